-- What speaking costs a frame of a Lua game, and the garbage that it makes. From the root of the repository:
--
--     cargo build && VOICEWIRE_LIBRARY=target/debug/libvoicewire.so target/debug/voicewire-sandbox -- luajit benches/lua_frame.lua
package.path = "bindings/lua/?.lua;" .. package.path
local voicewire = require("voicewire")

local session = voicewire.deepdub.client():open_session()
local player = voicewire.player()
local track = player:begin()
track:write(("\1\1"):rep(4800000))
assert(session:wait_ready())

local function time(name, times, call)
    for _ = 1, 100 do
        call()
    end
    collectgarbage()
    collectgarbage("stop")
    local begin, garbage = os.clock(), collectgarbage("count")
    for _ = 1, times do
        call()
    end
    print(("%-28s %6.2f us %6.0f bytes"):format(name, (os.clock() - begin) / times * 1e6,
        (collectgarbage("count") - garbage) * 1024 / times))
    collectgarbage("restart")
end

local state = {}
time("session:poll()", 20000, function() session:poll() end)
time("player:state(state)", 20000, function() player:state(state) end)
time("player:next_end()", 20000, function() player:next_end() end)
time("player:read(800)", 1000, function() player:read(800) end)
