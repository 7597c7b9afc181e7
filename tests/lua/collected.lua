-- The garbage collector closes what nobody holds, at any time, and takes nothing that is in use.
local check = require("check")
local voicewire, equal, yes = check.voicewire, check.equal, check.yes
local SLOW = "fault:chunk-delay=30"

local client = check.client()

check.run({
    { "what nobody holds is closed", function()
        local gone = setmetatable({}, { __mode = "v" })
        local function make()
            local other = check.client()
            local session = other:open_session({ on_state = function() end })
            local player = voicewire.player()
            local text_session = other:open_text_session({ voice_prompt_id = check.VOICE })
            gone[1], gone[2], gone[3] = other, session, player
            gone[4] = session:speak(check.TEXT, check.request({ voice_prompt_id = SLOW, on_end = function() end }))
            gone[5] = session:speak(check.TEXT, check.request({ player = player }))
            gone[6], gone[7] = text_session, text_session:begin_turn()
            gone[8], gone[9], gone[10] = voicewire.decoder(), player:begin(), voicewire.cancel()
            gone[11] = voicewire.audio_file(check.path("gone.wav"))
            session:poll()
        end
        for _ = 1, 20 do
            make()
            collectgarbage()
            collectgarbage()
            for i = 1, 11 do
                equal(gone[i], nil)
            end
        end
    end },

    { "sessions are closed inside another's callbacks", function()
        local session, gone = client:open_session(), setmetatable({}, { __mode = "v" })
        local dropped, closed = 0, 0
        local line = session:speak(check.TEXT, check.request({ on_chunk = function()
            for i = 1, 3 do
                local other = client:open_session({ on_state = function() end })
                other:speak(check.TEXT, check.request({ voice_prompt_id = SLOW, on_end = function() end }))
                gone[i] = other
                dropped = dropped + 1
            end
            collectgarbage()
            collectgarbage()
            for i = 1, 3 do
                closed = closed + (gone[i] == nil and 1 or 0)
            end
        end }))
        check.wait(session, function() return line.ended end)
        yes(dropped > 10)
        -- The last one may still be in a register.
        yes(closed >= dropped * 2 / 3, closed .. " of " .. dropped)
        session:close()
    end },

    { "a line whose object is dropped is heard all the same", function()
        local session, heard, ended = client:open_session(), 0, nil
        session:speak(check.TEXT, check.request({
            on_chunk = function(chunk)
                collectgarbage()
                heard = heard + #chunk.data
            end,
            on_end = function(line) ended = line end,
        }))
        collectgarbage()
        collectgarbage()
        check.wait(session, function()
            collectgarbage()
            return ended
        end)
        equal(ended.error, nil)
        equal(heard, ended.result.bytes)
        session:close()
    end },

    { "a player that only its line holds plays on", function()
        local session = client:open_session()
        local line = session:speak(check.TEXT, check.request({ player = voicewire.player() }))
        collectgarbage()
        collectgarbage()
        check.wait(session, function() return line.ended end)
        equal(line.error, nil)
        session:close()
    end },

    { "options need not outlive the call", function()
        local session, lines = client:open_session(), {}
        local expected = client:say(check.TEXT, check.request()).data
        for i = 1, 10 do
            local heard = {}
            -- Strings that are nobody's afterwards.
            lines[i] = { session:speak(check.TEXT:sub(1, 20) .. check.TEXT:sub(21), check.request({
                model = ("dd-etts"):upper():lower() .. "-3.0",
                on_chunk = function(chunk) heard[#heard + 1] = chunk.data end,
            })), heard }
            collectgarbage()
        end
        for _, line in ipairs(lines) do
            check.wait(session, function() return line[1].ended end)
            equal(table.concat(line[2]), expected)
        end
        session:close()
    end },

    { "everything goes on while garbage is made and collected in small steps", function()
        collectgarbage("setpause", 50)
        collectgarbage("setstepmul", 1000)
        local expected = client:say(check.TEXT, check.request()).data
        for round = 1, 30 do
            local session, player = client:open_session(), voicewire.player({ sample_rate = 16000 })
            local heard = {}
            local line = session:speak(check.TEXT, check.request({ player = player, on_chunk = function(chunk)
                heard[#heard + 1] = chunk.data
                local _ = ("x"):rep(1000) .. round
            end }))
            session:speak(check.TEXT, check.request({ voice_prompt_id = SLOW, on_chunk = function() end }))
            local state = {}
            while not line.ended do
                session:poll(10)
                for _ = 1, 20 do
                    player:read(16)
                    player:state(state)
                    player:next_end()
                end
            end
            equal(table.concat(heard), expected)
            if round % 2 == 0 then
                session:close()
            end
        end
        yes(true)
    end },
})

-- What is alive when the Lua state ends is closed with it.
local player = voicewire.player()
local session = client:open_session({ on_state = function() end })
session:speak(check.TEXT, check.request({ voice_prompt_id = SLOW, on_end = function() error("unheard") end }))
session:speak(check.TEXT, check.request({ player = player }))
session:poll(0)
LEFT = { client, session, player }
