-- Respeecher and Palabra: tables there and back, jobs and clones, what they fail with.
local check = require("check")
local voicewire, equal, yes = check.voicewire, check.equal, check.yes

local function size(path)
    return #check.read(path)
end

--- A job that stops itself at a stage, or runs to its end.
local function job(voice, options)
    local all = {
        directory = check.path("takes"),
        polling_first_ms = 1,
        conversions = { { voice_id = voice.id, narration_style_id = voice.narration_styles[1].id } },
    }
    for key, value in pairs(options) do
        all[key] = value
    end
    return all
end

check.run({
    { "tables are sent and answered as JSON", function()
        local client = check.service("respeecher")
        local project = client:call("create_project", { name = "Älice \"2\"/~" })
        equal(project.name, "Älice \"2\"/~")
        equal(client:list("list_projects"):next().name, project.name)
        check.fails("invalid_argument", "name", client.call, client, "nonsense")
        check.fails("invalid_argument", "name", client.list, client, "create_project")
        local names = {}
        for _, endpoint in ipairs(voicewire.respeecher.endpoints()) do
            names[endpoint.name] = endpoint.method
        end
        equal(names.create_project, "POST")
        yes(#voicewire.palabra.endpoints() > 5)
        client:logout()
        client:close()
        check.fails("invalid_argument", nil, client.call, client, "list_voices")
    end },

    { "a text becomes files, also in a second go", function()
        local client, voice = check.service("respeecher"), nil
        for one in client:list("list_voices") do
            if one.available and one.narration_styles[1] then
                voice = one
                break
            end
        end
        local stopped = check.fails("cancelled", nil, client.convert, client, job(voice, {
            text = "Down the rabbit hole.",
            on_progress = function(progress) return progress.stage ~= "ordering" end,
        }))
        local recording_id = yes(stopped.outcome.recording_id)
        local thrown = {}
        local succeeded, failure = pcall(client.convert, client, job(voice, {
            recording_id = recording_id,
            on_progress = function() error(thrown) end,
        }))
        yes(not succeeded and failure == thrown)
        local stages = {}
        local outcome = client:convert(job(voice, { recording_id = recording_id, on_progress = function(progress)
            stages[progress.stage] = progress.total
        end }))
        equal(#outcome.files, 1)
        equal(size(outcome.files[1].path), outcome.files[1].bytes)
        equal(stages.downloading, 1)

        local sent = 0
        local made = client:upload("create_recording", { parent_folder_id = outcome.folder_id }, {
            path = outcome.files[1].path,
            on_progress = function(transfer) sent = transfer.done end,
        })
        yes(made.id and sent > 1000)
        made = client:upload("create_recording", { parent_folder_id = outcome.folder_id }, {
            data = check.read(outcome.files[1].path), name = "take-2.wav",
        })
        yes(made.id)
        check.fails("file", nil, client.upload, client, "create_recording", { parent_folder_id = outcome.folder_id },
            { path = check.path("nowhere.wav") })
        local zip = client:download("export_conversions", { original_id = recording_id }, { file = check.path("a.zip") })
        equal(size(zip.path), zip.bytes)
        local url = outcome.files[1].recording.url
        check.fails("cancelled", nil, client.download_url, client, url,
            { file = check.path("b.wav"), on_progress = function() return false end })
        equal(size(client:download_url(url, { file = check.path("b.wav") }).path), outcome.files[1].bytes)
        local token = voicewire.cancel()
        token:cancel()
        check.fails("cancelled", nil, client.call, client, "list_voices", nil, { cancel = token })
        check.fails("invalid_argument", "directory", client.convert, client, { text = "x", conversions = { { voice_id = "v" } } })
        check.fails("invalid_argument", "voice", client.convert, client, { text = "x", voice = "v" })
    end },

    { "a recording becomes a voice, and problems are told whole", function()
        local client = check.service("palabra")
        local file = voicewire.audio_file(check.path("voice.wav"), { format = "s16le", sample_rate = 16000 })
        file:write((("\0\16"):rep(40) .. ("\0\240"):rep(40)):rep(200))
        file:finish()
        local stages = 0
        local voice = client:clone({
            name = "Mine",
            recording = check.path("voice.wav"),
            language = "en-us",
            labels = { mood = "calm" },
            waiting = { first_ms = 1 },
            on_progress = function() stages = stages + 1 end,
        })
        equal(voice.processing_status, "ready")
        yes(stages > 1)
        local voices = 0
        for _ in client:list("list_voices") do
            voices = voices + 1
        end
        equal(voices, 1)
        local sample = client:regenerate_sample(voice.voice_id, "de", { waiting = {} })
        equal(sample.text.lang, "de")
        yes(size(client:download_url(sample.url, { file = check.path("sample.wav") }).path) > 1000)
        client:call("delete_voice", { voice_id = voice.voice_id })
        local failure = check.fails("not_found", nil, client.call, client, "get_voice", { voice_id = voice.voice_id })
        yes(failure.problem_title and failure.problem_detail)
        equal(failure.http_status, 404)
        check.fails("invalid_argument", "lang_code", client.regenerate_sample, client, "v", "klingon")
    end },

    { "everything goes while garbage is collected", function()
        collectgarbage("setpause", 50)
        collectgarbage("setstepmul", 1000)
        local client = check.service("palabra")
        local market = check.service("respeecher")
        for i = 1, 100 do
            local name = ("x"):rep(100) .. i
            equal(market:call("create_project", { name = name }).name, name)
            local failure = check.fails("rejected_input", nil, client.call, client, "get_voice", { voice_id = "v" .. i })
            yes(failure.problem_title)
            if i % 20 == 0 then
                client, market = check.service("palabra"), check.service("respeecher")
                client:list("list_voices"):next()
                collectgarbage()
            end
        end
    end },
})
