-- Lua states come and go in LÖVE: a thread has its own, and a restart ends one with everything in it alive. One is ended
-- while it speaks, some after that.
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
LIVE = { client, session, line, voicewire.player(), voicewire.cancel() } -- until the state ends
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
