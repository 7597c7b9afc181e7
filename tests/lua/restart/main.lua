-- LÖVE's own: what is read into its sounds; and Lua states, which come and go. A thread has its own, and a restart ends one
-- with everything in it alive, every other time while it speaks.
local ROOT, DIRECTORY = os.getenv("TEST_ROOT"), os.getenv("TEST_DIRECTORY")
package.path = ROOT .. "/bindings/lua/?.lua;" .. package.path
local voicewire = require("voicewire")
local VOICE = voicewire.deepdub.TRIAL_VOICE
local RESTARTS = 8

local count = assert(io.open(DIRECTORY .. "/starts", "a+"))
count:write("x")
count:seek("set")
local starts = #count:read("*a")
count:close()

-- A SoundData gets what the player has, rounded and clamped; one of another shape is refused.
local player = voicewire.player({ sample_rate = 8000, channels = 2 })
local track = player:begin({ sample_rate = 8000 })
track:write_samples({ 0.5, -0.25, 2, -2, 100.4 / 32768, -100.6 / 32768 })
track:finish()
local sound = love.sound.newSoundData(4, 8000, 16, 2)
player:read_into(sound)
for i, expected in ipairs({ 16384, -8192, 32767, -32768, 100, -101, 0, 0 }) do
    local sample = math.floor(sound:getSample(i - 1) * 32767 + 0.5)
    assert(math.abs(sample - expected) <= 1, sample .. ", not " .. expected)
end
for _, wrong in ipairs({ love.sound.newSoundData(4, 8000, 16, 1), love.sound.newSoundData(4, 8000, 8, 2),
    love.sound.newSoundData(4, 44100, 16, 2), love.data.newByteData(64), io.stdout, newproxy() }) do
    local succeeded, failure = pcall(player.read_into, player, wrong)
    assert(not succeeded and voicewire.is_error(failure) and failure.field == "sound", tostring(failure))
end

local THREAD = [[
    local root, voice = ...
    package.path = root .. "/bindings/lua/?.lua;" .. package.path
    local client = require("voicewire").deepdub.client()
    local speech = client:say("Nobody, sir.", { voice_prompt_id = voice, format = "s16le" })
    love.thread.getChannel("said"):push(#speech.data)
]]

local client = voicewire.deepdub.client()
local session = client:open_session({ on_state = function() end })
local line = session:speak("Who goes there?", { voice_prompt_id = VOICE, format = "s16le", on_end = function() end })
LIVE = { client, session, line, player, voicewire.cancel() } -- until the state ends
local thread = love.thread.newThread(THREAD)
thread:start(ROOT, VOICE)

function love.update()
    session:poll(0)
    local failure = thread:getError()
    if failure or line.error then
        error(failure or line.error)
    end
    local is_over = line.ended and not thread:isRunning()
    if starts < RESTARTS and (is_over or starts % 2 == 1) then
        thread:wait()
        love.event.quit("restart")
    elseif is_over then
        assert(love.thread.getChannel("said"):getCount() > 0)
        print("spoken after " .. starts .. " starts")
        love.event.quit()
    end
end
