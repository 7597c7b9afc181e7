-- The rest of Deepdub: speech over REST, voices, genders, usage, capacity.
local check = require("check")
local voicewire, equal, yes = check.voicewire, check.equal, check.yes
local MODEL = "dd-etts-3.0"

--- A second of 100 Hz, which sounds like a man.
local function sample()
    local path = check.path("sample.wav")
    local file = voicewire.audio_file(path, { format = "s16le", sample_rate = 16000 })
    file:write((("\0\16"):rep(80) .. ("\0\240"):rep(80)):rep(100))
    file:finish()
    return path, check.read(path)
end

local client = check.client()
local path, bytes = sample()

check.run({
    { "speech comes over REST", function()
        local heard = {}
        local result = client:post(check.TEXT, check.request({ format = "mulaw", on_chunk = function(chunk)
            heard[#heard + 1] = chunk.data
        end }))
        equal(#table.concat(heard), result.bytes)
        yes(result.bytes > 1000)
        yes(client:post(check.TEXT, check.request({ format = "opus", voice_reference = bytes, publish = false,
            on_chunk = function() end })).bytes > 1000)
        check.fails("cancelled", nil, client.post, client, check.TEXT,
            check.request({ format = "mp3", on_chunk = function() return false end }))
        check.fails("invalid_argument", "format", client.post, client, check.TEXT, check.request({ on_chunk = function() end }))
        check.fails("invalid_argument", "on_chunk", client.post, client, check.TEXT, check.request())
        check.fails("invalid_argument", "voice_reference_size", client.post, client, check.TEXT,
            check.request({ format = "mp3", voice_reference = "abc", voice_reference_size = 2 ^ 30, on_chunk = function() end }))
        local file = client:tts_retroactive(check.request({ text = check.TEXT, format = "wav" }))
        yes(client:classify_gender_at(file.url).predicted_gender)
    end },

    { "voices come and go", function()
        local before = #client:list_voices()
        local id = client:upload_voice({ audio_path = path, title = "Narrator", text = "Hello.", locale = "de-DE",
            gender = "NON_BINARY", age = 40 }).voice_prompt_id
        equal(client:get_voice(id).title, "Narrator")
        equal(#client:list_voices(), before + 1)
        equal(#client:list_voices({ limit = 2 }), 2)
        local changed = client:update_voice(id, { name = "Teller", gender = "FEMALE" })
        equal(changed.name, "Teller")
        equal(changed.locale, "de-DE")
        equal(client:delete_voice(id), nil)
        check.fails("not_found", nil, client.get_voice, client, id)
        check.fails("invalid_argument", "filename", client.upload_voice, client, { audio = bytes })
        check.fails("invalid_argument", "audio_size", client.upload_voice, client, { audio = bytes, audio_size = 2 ^ 30 })
    end },

    { "genders are heard", function()
        equal(client:classify_gender(bytes).predicted_gender, "male")
        equal(client:classify_gender_upload(path).predicted_gender, "male")
        equal(client:classify_gender_live(bytes).predicted_gender, "male")
        check.fails("rejected_input", nil, client.classify_gender, client, "no audio at all")
    end },

    { "usage and capacity are told", function()
        local query = { from = "2025-01-01", to = "2025-12-31", model_id = MODEL }
        equal(type(client:usage(query).items), "table")
        equal(client:usage_by_model(query).to, "2025-12-31")
        check.fails("invalid_argument", "from", client.usage, client, { to = "2025-12-31" })
        equal(client:set_capacity(MODEL, 7).desired_concurrent_connections, 7)
        equal(client:get_capacity(MODEL).desired_concurrent_connections, 7)
        equal(client:get_capacities({ MODEL, "dd-etts-2.5" })[2].model_id, "dd-etts-2.5")
        check.fails("not_found", nil, client.get_capacity, client, "gpt")
        local token = voicewire.cancel()
        token:cancel()
        check.fails("cancelled", nil, client.get_capacity, client, MODEL, { cancel = token })
    end },
})
