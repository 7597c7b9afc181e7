-- What the Lua tests share.
package.path = os.getenv("TEST_ROOT") .. "/bindings/lua/?.lua;" .. package.path
local voicewire = require("voicewire")

local check = { voicewire = voicewire, VOICE = voicewire.deepdub.TRIAL_VOICE }
check.TEXT = "The quick brown fox jumps over the lazy dog, and then it sleeps."

local function fail(message)
    error(message, 3)
end

function check.equal(got, expected)
    if got ~= expected then
        fail(("%s, not %s"):format(tostring(got), tostring(expected)))
    end
end

function check.yes(condition, message)
    if not condition then
        fail(message or "not so")
    end
    return condition
end

--- Calls a function that must raise an error object of this kind, about this field. Returns it.
function check.fails(kind, field, call, ...)
    local succeeded, failure = pcall(call, ...)
    if succeeded then
        fail("it does not fail")
    elseif not voicewire.is_error(failure) then
        fail("no error object: " .. tostring(failure))
    elseif failure.kind ~= kind or (field and failure.field ~= field) then
        fail(("%s about %s, not %s about %s: %s"):format(failure.kind, tostring(failure.field), kind, tostring(field),
            tostring(failure)))
    end
    return failure
end

function check.client(options)
    local all = {
        api_key = os.getenv("TEST_KEY"),
        rest_url = os.getenv("TEST_REST_URL"),
        websocket_url = os.getenv("TEST_WEBSOCKET_URL"),
        streaming_url = os.getenv("TEST_STREAMING_URL"),
    }
    for key, value in pairs(options or {}) do
        all[key] = value
    end
    return voicewire.deepdub.client(all)
end

--- A client of "respeecher" or "palabra", which makes each call once.
function check.service(name)
    return voicewire[name].client({
        api_key = os.getenv("TEST_" .. name:upper() .. "_KEY"),
        base_url = os.getenv("TEST_SERVICES_URL"),
        http = { retries = 0 },
    })
end

--- What always gives the same audio.
function check.request(options)
    local all = { voice_prompt_id = check.VOICE, format = "s16le", sample_rate = 16000, seed = 7 }
    for key, value in pairs(options or {}) do
        all[key] = value
    end
    return all
end

--- Polls until something is so; not for ever.
function check.wait(session, is)
    local begin = os.time()
    while not is() do
        session:poll(1000)
        if os.time() - begin > 60 then
            fail("it does not come")
        end
    end
end

function check.path(name)
    return os.getenv("TEST_DIRECTORY") .. "/" .. name
end

function check.read(path)
    local file = assert(io.open(path, "rb"))
    local data = file:read("*a")
    file:close()
    return data
end

--- Runs the tests, which have names, one after the other.
function check.run(tests)
    for _, test in ipairs(tests) do
        local succeeded, trace = xpcall(test[2], function(failure)
            return debug.traceback(test[1] .. ": " .. tostring(failure), 2)
        end)
        if not succeeded then
            io.stderr:write(trace, "\n")
            os.exit(1)
        end
    end
    print(#tests .. " tests")
end

return check
