-- Two characters talk in turn; space interrupts the one who speaks, escape ends the game. With no account:
--
--     voicewire-sandbox -- love bindings/lua/examples/love
--
-- Arguments, for tests and for machines without a screen or a loudspeaker:
--     --press KEY@LINE:SECONDS   presses a key when so much of a line has been heard
--     --cushion MS               how much of a line must have come before it begins [100]
--     --record DIRECTORY         leaves heard.wav and subtitles.txt there, and quits at the end

-- In a game of your own voicewire.lua lies beside main.lua.
package.path = love.filesystem.getSource() .. "/../../?.lua;" .. package.path

local voicewire = require("voicewire")
local Loudspeaker = require("loudspeaker")
local Record = require("record")

local RATE = 48000
local GUARD = { name = "Guard", x = 180, colour = { 0.9, 0.5, 0.3 }, tempo = 0.9 }
local TRAVELLER = { name = "Traveller", x = 460, colour = { 0.4, 0.7, 0.9 }, tempo = 1.3 }
local DIALOGUE = {
    { GUARD, "Halt! Who goes there?" },
    { TRAVELLER, "Nobody, sir. Only the wind, and a long story that begins on a morning in May, at the sea." },
    { GUARD, "Then come in, nobody." },
    { TRAVELLER, "Thank you." },
}

local client, session, player, loudspeaker, record
local press = {} -- { key, line, seconds }
local lines = {} -- by their number in the dialogue, those that have been asked for
local numbers = {} -- the number of a line by its track_id
local asked, over = 0, 0 -- numbers of the last line that was asked for, and of the last that is over
local subtitle = { number = 0, words = "" }
local trouble

local function options(arguments)
    local all = { cushion = 100 }
    for i = 1, #arguments, 2 do
        local name, value = arguments[i], arguments[i + 1]
        if name == "--press" then
            local key, line, seconds = value:match("^(%w+)@(%d+):([%d.]+)$")
            press[#press + 1] = { key = key, line = tonumber(line), seconds = tonumber(seconds) }
        elseif name == "--cushion" then
            all.cushion = tonumber(value)
        elseif name == "--record" then
            all.record = value
        else
            error("unknown argument " .. name, 0)
        end
    end
    return all
end

function love.load(arguments)
    local chosen = options(arguments)
    client = voicewire.deepdub.client()
    session = client:open_session()
    player = voicewire.player({ sample_rate = RATE, cushion_ms = chosen.cushion, max_cushion_ms = 60000 })
    record = chosen.record and Record.new(chosen.record, RATE)
    loudspeaker = Loudspeaker.new(player, record and function(sound) record:sound(sound) end)
end

--- Has the next line spoken: it plays when those before it are over.
local function ask()
    asked = asked + 1
    local character, text = DIALOGUE[asked][1], DIALOGUE[asked][2]
    lines[asked] = session:speak(text, {
        voice_prompt_id = voicewire.deepdub.TRIAL_VOICE,
        tempo = character.tempo,
        format = "s16le",
        sample_rate = RATE,
        seed = asked,
        player = player,
        on_end = function(line)
            if line.error and line.error.kind ~= "cancelled" then
                trouble = tostring(line.error)
            end
        end,
    })
    numbers[lines[asked].track_id] = asked
end

--- Barge-in: silences who speaks and what comes after, and goes on with the next line.
local function interrupt()
    local heard = loudspeaker:heard()
    local number = heard and numbers[heard.track_id]
    if number and number > over then
        player:flush()
        for i = number, asked do
            lines[i]:cancel()
            numbers[lines[i].track_id] = nil
        end
        numbers[lines[number].track_id] = number -- still heard for a moment
        asked, over = number, number
    end
end

--- The words of a line of which `position` of `frames` have been heard, as far as they are known.
local function words_until(text, position, frames, is_complete)
    -- Until all of it has come: 15 letters a second.
    frames = is_complete and frames or math.max(frames, #text / 15 * RATE)
    local letters = math.ceil(#text * position / frames)
    return text:match("^" .. ("."):rep(math.min(letters, #text)) .. "%S*")
end

--- Subtitles follow what is heard.
local function follow(heard)
    local number = heard and numbers[heard.track_id] or 0
    local words = ""
    if number > 0 then
        words = words_until(DIALOGUE[number][2], heard.position, heard.frames, heard.is_complete)
        -- What has been read is not taken back when a line turns out to be longer.
        if number == subtitle.number and #words < #subtitle.words then
            words = subtitle.words
        end
    end
    if number ~= subtitle.number or words ~= subtitle.words then
        subtitle = { number = number, words = words }
        if record and heard then
            record:subtitle(heard.first_frame, number, heard.position, words)
        end
    end
    for i, key in ipairs(press) do
        if key.line == number and heard.position >= key.seconds * RATE then
            table.remove(press, i)
            love.event.push("keypressed", key.key, key.key, false)
            break
        end
    end
end

function love.update()
    session:poll(0)
    for ended in function() return player:next_end() end do
        local number = numbers[ended.id]
        over = math.max(over, number or 0)
    end
    -- One line ahead, so that there is no gap between two.
    while asked < #DIALOGUE and asked < over + 2 do
        ask()
    end
    loudspeaker:update()
    follow(loudspeaker:heard())
    if record and over == #DIALOGUE and loudspeaker:is_silent() then
        love.event.quit()
    end
end

function love.keypressed(key)
    if key == "space" then
        interrupt()
    elseif key == "escape" then
        love.event.quit()
    end
end

local function draw(character, heard)
    local speaks = heard and numbers[heard.track_id] and DIALOGUE[numbers[heard.track_id]][1] == character
    love.graphics.setColor(character.colour)
    love.graphics.circle("fill", character.x, 150, 60)
    love.graphics.setColor(0.1, 0.1, 0.1)
    love.graphics.circle("fill", character.x - 22, 135, 7)
    love.graphics.circle("fill", character.x + 22, 135, 7)
    love.graphics.ellipse("fill", character.x, 175, 22, 3 + (speaks and heard.loudness * 30 or 0))
    love.graphics.printf(character.name, character.x - 60, 220, 120, "center")
end

function love.draw()
    local heard = loudspeaker:heard()
    love.graphics.clear(0.95, 0.93, 0.88)
    draw(GUARD, heard)
    draw(TRAVELLER, heard)
    love.graphics.setColor(0.1, 0.1, 0.1)
    love.graphics.printf(subtitle.words, 40, 270, 560, "center")
    love.graphics.printf(trouble or "space interrupts, escape quits", 40, 335, 560, "center")
end

function love.quit()
    if record then
        record:save()
    end
    session:close()
    client:close()
end
