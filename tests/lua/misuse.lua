-- What is wrong is an error object, and never a crash: wrong types, closed objects, others' methods, NULs, typing errors.
local check = require("check")
local ffi = require("ffi")
local voicewire, equal, yes = check.voicewire, check.equal, check.yes

local function objects()
    local client = check.client()
    local session = client:open_session()
    local text_session = client:open_text_session({ voice_prompt_id = check.VOICE })
    local player = voicewire.player()
    return {
        cancel = voicewire.cancel(),
        decoder = voicewire.decoder(),
        audio_file = voicewire.audio_file(check.path("misuse.wav")),
        player = player,
        track = player:begin(),
        client = client,
        outbox = voicewire.deepdub.outbox(check.path("misuse")),
        session = session,
        text_session = text_session,
        line = session:speak(check.TEXT, check.request()),
        turn = text_session:begin_turn(),
        market = check.service("respeecher"),
        voices = check.service("palabra"),
        list = check.service("palabra"):list("list_voices"),
    }
end

local WRONG = { false, 7, -1, 0 / 0, 2 ^ 70, "x", "a\0b", print, {}, ffi.new("int[4]"), coroutine.create(print),
    ffi.cast("void *", 5) }

--- The methods of an object's class.
local function methods(object)
    local all = {}
    for name, method in pairs(getmetatable(object)) do
        if type(method) == "function" and name:sub(1, 1) ~= "_" then
            all[name] = method
        end
    end
    return all
end

--- Raises an error object or succeeds: nothing of Lua's own, and no crash.
local function tried(what, call, ...)
    local succeeded, failure = pcall(call, ...)
    if not succeeded and not voicewire.is_error(failure) then
        error(what .. ": no error object: " .. tostring(failure), 0)
    end
    return succeeded, failure
end

check.run({
    { "methods want an object of their own class", function()
        for kind, object in pairs(objects()) do
            for name, method in pairs(methods(object)) do
                for _, wrong in ipairs(WRONG) do
                    check.fails("invalid_argument", "self", method, wrong)
                end
                check.fails("invalid_argument", "self", method)
                check.fails("invalid_argument", "self", method, setmetatable({ _handle = ffi.cast("void *", 5) }, {}))
                for other_kind, other in pairs(objects()) do
                    if other_kind ~= kind then
                        check.fails("invalid_argument", "self", method, other)
                        other:close()
                    end
                end
            end
            object:close()
        end
    end },

    { "methods take arguments of any type without a crash", function()
        local skipped = { close = true, poll = true, chunks = true, wait_ready = true, ping = true }
        for kind, object in pairs(objects()) do
            for name, method in pairs(methods(object)) do
                if not skipped[name] then
                    for _, wrong in ipairs(WRONG) do
                        tried(kind .. ":" .. name, method, object, wrong)
                        tried(kind .. ":" .. name, method, object, "x", wrong)
                    end
                    tried(kind .. ":" .. name, method, object, nil, nil)
                end
            end
            object:close()
        end
    end },

    { "closed objects raise errors, and close again", function()
        for kind, object in pairs(objects()) do
            object:close()
            object:close()
            for name, method in pairs(methods(object)) do
                if name ~= "close" then
                    local failure = check.fails("invalid_argument", nil, method, object, "x", {}, {})
                    yes(tostring(failure):find("closed", 1, true), kind .. ":" .. name .. ": " .. tostring(failure))
                end
            end
        end
        local closed = objects()
        closed.client:close()
        check.fails("closed", nil, closed.session.speak, closed.session, check.TEXT, check.request())
        closed.player:close()
        check.fails("closed", nil, closed.track.write, closed.track, "ab")
        closed.cancel:close()
        local client = check.client()
        check.fails("invalid_argument", "cancel", client.say, client, check.TEXT, check.request({ cancel = closed.cancel }))
        check.fails("invalid_argument", "player", objects().session.speak, closed.session, check.TEXT,
            check.request({ player = closed.player }))
    end },

    { "options of the wrong type and unknown ones are named", function()
        local client = check.client()
        for option, wrong in pairs({
            text = "a\0b", voice_prompt_id = 7, model = true, format = "mp4", sample_rate = 8000.5, tempo = "fast",
            seed = 0.5, realtime = 1, cancel = "x", on_chunk = "x", struct_size = 8, user_data = 7, voice = "x",
            generation_id = {}, temperature = {},
        }) do
            if option == "text" then
                check.fails("invalid_argument", "text", client.say, client, wrong, check.request())
            else
                local failure = check.fails("invalid_argument", option, client.say, client, check.TEXT,
                    check.request({ [option] = wrong }))
                yes(tostring(failure):find("misuse.lua:%d+: ") or tostring(failure):find("check.lua:%d+: "), tostring(failure))
            end
        end
        check.fails("invalid_argument", "sampleRate", client.say, client, check.TEXT, check.request({ sample_rate = 1 }))
        check.fails("invalid_argument", "7", client.say, client, check.TEXT, check.request({ [7] = 7 }))
        check.fails("invalid_argument", "options", client.say, client, check.TEXT, "x")
        local session = client:open_session()
        check.fails("invalid_argument", "delivery", client.open_session, client, { delivery = 0 })
        check.fails("invalid_argument", "on_state", client.open_session, client, { on_state = 7 })
        check.fails("invalid_argument", "on_end", session.speak, session, check.TEXT, check.request({ on_end = {} }))
        check.fails("invalid_argument", "max_buffered_bytes", session.speak, session, check.TEXT,
            check.request({ max_buffered_bytes = -1 }))
        check.fails("invalid_argument", "player", session.speak, session, check.TEXT, check.request({ player = session }))
        check.fails("invalid_argument", "timeout_ms", session.poll, session, -1)
        check.fails("invalid_argument", "timeout_ms", session.poll, session, "soon")
        check.fails("invalid_argument", "connect_timeout_ms", check.client, { connect_timeout_ms = 2 ^ 32 })
        check.client({ connect_timeout_ms = math.huge }):close()
        check.fails("invalid_argument", "text_", session.speak, session, check.TEXT, check.request({ text_ = "x" }))
    end },

    { "how long the bytes are is nobody's to say", function()
        local client, market = check.client(), check.service("respeecher")
        check.fails("invalid_argument", "problem_audio_size", client.create_issue, client, {
            generation_id = "g", generated_text = "t", problem_word = "w", voice_prompt_id = "v", problem_audio = "abc",
            problem_audio_size = 2 ^ 30,
        })
        check.fails("invalid_argument", "size", market.upload, market, "create_recording", {}, { data = "abc", size = 2 ^ 30 })
        check.fails("invalid_argument", "size", market.convert, market, { data = "abc", size = 2 ^ 30 })
        check.fails("invalid_argument", "conversion_count", market.convert, market, { conversion_count = 9 })
    end },

    { "what is no JSON is refused", function()
        local market, cycle = check.service("respeecher"), {}
        cycle.again = cycle
        for _, wrong in ipairs({ cycle, { [2] = "x" }, { x = print }, { x = "a\0b" }, { ["a\0b"] = 1 }, { [true] = 1 },
            { x = 0 / 0 }, { x = math.huge }, { x = ffi.new("int[4]") }, "x", 7, print }) do
            check.fails("invalid_argument", nil, market.call, market, "create_project", wrong)
        end
    end },

    { "what makes objects takes anything without a crash", function()
        for _, make in ipairs({ voicewire.player, voicewire.decoder, voicewire.audio_file, voicewire.deepdub.client,
            voicewire.deepdub.outbox, voicewire.respeecher.client, voicewire.palabra.client }) do
            for _, wrong in ipairs(WRONG) do
                local given = wrong == "x" and check.path("x.wav") or wrong
                tried("making", make, given)
                tried("making", make, check.path("y.wav"), wrong)
            end
        end
        check.fails("invalid_argument", "path", voicewire.audio_file)
        check.fails("invalid_argument", "samples", voicewire.decoder, { samples = "s24" })
        check.fails("invalid_argument", "channels", voicewire.player, { channels = 99 })
        equal(voicewire.is_error("x"), false)
    end },

    { "reads have limits", function()
        local player = voicewire.player({ channels = 8 })
        for _, wrong in ipairs({ -1, 0.5, 2 ^ 40, 2 ^ 31, 0 / 0, "x" }) do
            check.fails("invalid_argument", "frames", player.read, player, wrong)
        end
        player:read(0)
        equal(player:read(3)[23], 0)
        player:close()
    end },
})
