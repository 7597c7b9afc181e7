-- Sessions from Lua: lines with callbacks, chunks on demand, players, cancelling; text streamed in; errors in callbacks.
local check = require("check")
local ffi = require("ffi")
local voicewire, equal, yes = check.voicewire, check.equal, check.yes
local SLOW = "fault:chunk-delay=30"

local client = check.client()
local expected = client:say(check.TEXT, check.request()).data

--- Reads a player until a track is over, and returns its end and the 16-bit samples that were not silence.
local function played(player, session)
    local out = {}
    while true do
        local samples = player:read(160)
        for i = 0, 159 do
            out[#out + 1] = samples[i] * 32768
        end
        local ended = player:next_end()
        if ended then
            local first, last = 1, #out
            while out[first] == 0 do first = first + 1 end
            while out[last] == 0 do last = last - 1 end
            local data = ffi.new("int16_t[?]", last - first + 1)
            for i = first, last do data[i - first] = out[i] end
            return ended, ffi.string(data, 2 * (last - first + 1))
        elseif player:state().activity ~= "playing" then
            out = #out > 100000 and {} or out -- silence while it comes
            session:poll(1)
        end
    end
end

--- Without the silence at its ends.
local function loud(data)
    return (data:gsub("^(%z%z)*", ""):gsub("^%z+", ""):gsub("%z+$", ""))
end

check.run({
    { "lines are heard in polls only, and end once", function()
        local session, ends, chunks = client:open_session(), 0, 0
        yes(session:wait_ready())
        equal(session:state(), "ready")
        local line
        line = session:speak(check.TEXT, check.request({
            on_chunk = function(chunk)
                equal(ends, 0)
                chunks = chunks + #chunk.data
            end,
            on_end = function(ended)
                equal(ended, line)
                ends = ends + 1
            end,
        }))
        equal(line.text, check.TEXT)
        while not line:is_ended() do end -- it comes by itself
        equal(chunks, 0)
        equal(ends, 0)
        equal(line.ended, false)
        check.wait(session, function() return line.ended end)
        equal(chunks, #expected)
        equal(ends, 1)
        equal(line.error, nil)
        equal(line.result.bytes, #expected)
        equal(line:progress().bytes, #expected)
        session:poll()
        equal(ends, 1)
        session:close()
        equal(ends, 1)
    end },

    { "chunks wait to be asked for, and few of them", function()
        local session = client:open_session()
        local line = session:speak(check.TEXT:rep(12, " "), check.request())
        while not line:is_ended() do end
        session:poll()
        session:poll()
        yes(#line._waiting <= 16, #line._waiting .. " chunks wait")
        equal(line.ended, false)
        local heard = {}
        for chunk in line:chunks() do
            heard[#heard + 1] = chunk.data
        end
        yes(#heard > 16)
        equal(#table.concat(heard), line.result.bytes)
        equal(line:next_chunk(), nil)
        session:close()
    end },

    { "several lines are spoken at once, each whole", function()
        local session, lines = client:open_session({ max_running = 3 }), {}
        for i = 1, 12 do
            local heard = {}
            lines[i] = { heard, session:speak(check.TEXT, check.request({ on_chunk = function(chunk)
                heard[#heard + 1] = chunk.data
            end })) }
        end
        for _, line in ipairs(lines) do
            check.wait(session, function() return line[2].ended end)
            equal(table.concat(line[1]), expected)
        end
        session:close()
    end },

    { "a line ends with what went wrong", function()
        local session = client:open_session()
        local line = session:speak(check.TEXT, check.request({ voice_prompt_id = "fault:error=InvalidInput" }))
        check.wait(session, function() return line.ended end)
        yes(voicewire.is_error(line.error))
        equal(line.error.kind, "rejected_input")
        local failure = check.fails("rejected_input", nil, function() for _ in line:chunks() do end end)
        equal(failure, line.error)
        check.fails("invalid_argument", "targetText", session.speak, session, "", check.request())
        session:close()
    end },

    { "a line that is cancelled is silent at once, and ends", function()
        local session, chunks, cancelled, after = client:open_session(), 0, false, 0
        local line
        line = session:speak(check.TEXT, check.request({ voice_prompt_id = SLOW, on_chunk = function()
            chunks = chunks + 1
            after = after + (cancelled and 1 or 0)
            if chunks == 2 then
                line:cancel()
                cancelled = true
            end
        end }))
        check.wait(session, function() return line.ended end)
        equal(after, 0)
        equal(line.error.kind, "cancelled")
        local token = voicewire.cancel()
        local other = session:speak(check.TEXT, check.request({ voice_prompt_id = SLOW, cancel = token }))
        token:cancel()
        check.wait(session, function() return other.ended end)
        equal(other.error.kind, "cancelled")
        local stopped = session:speak(check.TEXT, check.request({ on_chunk = function() return false end }))
        check.wait(session, function() return stopped.ended end)
        equal(stopped.error.kind, "cancelled")
        session:close()
    end },

    { "a line pauses and goes on", function()
        local session, heard, paused = client:open_session(), {}, false
        local line = session:speak(check.TEXT, check.request({ on_chunk = function(chunk)
            yes(not paused)
            heard[#heard + 1] = chunk.data
            paused = #heard == 1
            return paused and "pause" or nil
        end }))
        while not line:is_ended() do end
        session:poll(0)
        equal(#heard, 1)
        paused = false
        line:resume()
        check.wait(session, function() return line.ended end)
        equal(table.concat(heard), expected)
        session:close()
    end },

    { "errors in callbacks come out of the poll, and the session goes on", function()
        local session, mine = client:open_session(), { "mine" }
        local line = session:speak(check.TEXT, check.request({
            on_chunk = function() error(mine) end,
            on_end = function() error("at the end", 0) end,
        }))
        local raised = {}
        while not line.ended do
            local succeeded, failure = pcall(session.poll, session, 1000)
            if not succeeded then
                raised[#raised + 1] = failure
            end
        end
        yes(raised[1] == mine or raised[2] == mine, "the chunk's error")
        local well = session:speak(check.TEXT, check.request())
        for _ in well:chunks() do end
        equal(well.error, nil)
        -- An error object of the library's stays one.
        local other = session:speak(check.TEXT, check.request({ on_chunk = function() session:poll(0) end }))
        check.fails("invalid_argument", nil, check.wait, session, function() return other.ended end)
        session:close()
    end },

    { "a coroutine cannot yield out of a callback, and polls in its turn", function()
        local session = client:open_session()
        local routine = coroutine.create(function()
            local line = session:speak(check.TEXT, check.request({ on_chunk = function() coroutine.yield() end }))
            check.wait(session, function() return line.ended end)
        end)
        local succeeded, failure = coroutine.resume(routine)
        equal(succeeded, false)
        yes(tostring(failure):find("yield"), tostring(failure))
        local heard = {}
        routine = coroutine.wrap(function()
            local line = session:speak(check.TEXT, check.request({ on_chunk = function(chunk) heard[#heard + 1] = chunk.data end }))
            while not line.ended do
                session:poll(0)
                coroutine.yield(true)
            end
        end)
        while routine() do end
        equal(table.concat(heard), expected)
        session:close()
    end },

    { "closing calls back the ends that are left, and may come inside a callback", function()
        local session, ends = client:open_session(), {}
        for i = 1, 3 do
            session:speak(check.TEXT, check.request({ voice_prompt_id = SLOW, on_end = function(line)
                ends[#ends + 1] = line.error.kind
            end }))
        end
        session:close()
        equal(table.concat(ends, " "), "cancelled cancelled cancelled")
        session:close()

        local other, line = client:open_session(), nil
        local failure
        line = other:speak(check.TEXT, check.request({
            on_chunk = function() other:close() end,
            on_end = function(ended) failure = ended.error end,
        }))
        pcall(check.wait, other, function() return line.ended end)
        other:close()
        yes(line.ended and failure.kind == "cancelled")
    end },

    { "states are told, the last of them closed", function()
        local states = {}
        local session = client:open_session({ on_state = function(change)
            states[#states + 1] = change.state
        end })
        check.wait(session, function() return #states > 0 and states[#states] == "ready" end)
        session:close()
        equal(states[#states], "closed")
    end },

    { "a line plays on a player, which says whose it is and how it ended", function()
        local session, player = client:open_session(), voicewire.player({ sample_rate = 16000, cushion_ms = 60000,
            max_cushion_ms = 60000 })
        local line = session:speak(check.TEXT, check.request({ player = player }))
        yes(line.track_id > 0)
        local ended, heard = played(player, session)
        equal(ended.id, line.track_id)
        equal(ended.kind, "ok")
        equal(ended.flushed, false)
        equal(ended.frames_played, #expected / 2)
        equal(loud(heard), loud(expected))
        check.wait(session, function() return line.ended end)
        equal(line.error, nil)

        local other = session:speak(check.TEXT, check.request({ player = player, track_id = 99 }))
        check.wait(session, function() return other.ended end)
        player:read(1600)
        local state = player:state()
        equal(state.activity, "playing")
        equal(state.track_id, 99)
        yes(state.track_position > 0 and state.track_position <= 1600)
        player:pause()
        player:read(1600)
        equal(player:state({}).activity, "paused")
        player:resume()
        player:flush()
        player:read(1600)
        local flushed = player:next_end()
        equal(flushed.id, 99)
        equal(flushed.flushed, true)
        equal(flushed.kind, "cancelled")

        local failed = session:speak(check.TEXT, check.request({ player = player, voice_prompt_id = "fault:drop,after=1" }))
        local last = played(player, session)
        equal(last.kind, "network")
        equal(last.error.kind, "network")
        check.wait(session, function() return failed.ended end)
        equal(failed.error.kind, "network")
        player:close()
        session:close()
    end },

    { "a track is written by the program", function()
        local player = voicewire.player({ sample_rate = 8000, channels = 2 })
        local track = player:begin({ id = 5, sample_rate = 8000 })
        track:write_samples({ 0.5, -0.5, 0.25, -0.25 })
        track:finish()
        local samples = player:read(4)
        equal(samples[0], 0.5)
        equal(samples[3], -0.25)
        equal(samples[7], 0)
        equal(player:next_end().frames_played, 2)
        check.fails("closed", nil, track.write, track, "late")
        local other = player:begin()
        other:fail(voicewire.VW_ERR_TIMEOUT)
        player:read(4)
        equal(player:next_end().kind, "timeout")
        local third = player:begin()
        third:write(("\1\1"):rep(9000))
        third:cancel()
        player:read(4)
        equal(player:next_end().flushed, true)
    end },

    { "text is streamed in, turn by turn", function()
        local session = client:open_text_session({ voice_prompt_id = check.VOICE, format = "s16le", sample_rate = 16000 })
        yes(session:ping() >= 0)
        local turn = session:begin_turn()
        for word in ("Halt! Who goes there? Nobody, sir. "):gmatch("%S+%s") do
            yes(turn:write(word))
        end
        yes(turn:switch({ locale = "fr-FR" }))
        yes(turn:write("Bonjour. "))
        turn:finish()
        local bytes = 0
        for chunk in turn:chunks() do
            bytes = bytes + #chunk.data
        end
        yes(bytes > 32000)
        equal(turn.result.bytes, bytes)
        check.fails("closed", nil, turn.write, turn, "late")
        session:configure({ voice_prompt_id = check.VOICE, sample_rate = 8000 })
        local cut = session:begin_turn()
        cut:write(check.TEXT)
        cut:cancel()
        check.wait(session, function() return cut.ended end)
        equal(cut.error.kind, "cancelled")
        check.fails("cancelled", nil, cut.write, cut, "late")
        session:close()
    end },

    { "a turn without room says so and takes nothing", function()
        local session = client:open_text_session({ voice_prompt_id = check.VOICE, max_unsent_bytes = 10 })
        local first, second = session:begin_turn(), session:begin_turn()
        -- The second waits for the first, and its text with it.
        yes(second:write("12345678"))
        equal(second:write("12345678"), false)
        equal(second:write("12345678", 1), false)
        yes(second:write("12"))
        first:finish()
        second:cancel()
        session:close()
    end },

    { "a turn plays on a player", function()
        local session = client:open_text_session({ voice_prompt_id = check.VOICE, sample_rate = 16000 })
        local player = voicewire.player({ sample_rate = 16000, cushion_ms = 60000, max_cushion_ms = 60000 })
        local turn = session:begin_turn({ player = player })
        turn:write("Who goes there?")
        turn:finish()
        local ended = played(player, session)
        equal(ended.id, turn.track_id)
        equal(ended.kind, "ok")
        check.wait(session, function() return turn.ended end)
        equal(turn.result.bytes, 2 * ended.frames_played)
        session:close()
    end },

    { "a client that is closed closes its sessions", function()
        local other = check.client()
        local session = other:open_session()
        local line = session:speak(check.TEXT, check.request({ voice_prompt_id = SLOW }))
        other:close()
        while not line.ended do
            session:poll(1000)
        end
        equal(line.error.kind, "cancelled")
        check.fails("closed", nil, session.speak, session, check.TEXT, check.request())
        session:close()
    end },
})
