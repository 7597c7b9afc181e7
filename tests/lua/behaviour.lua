-- Speaking, files, decoding, reports and the outbox from Lua, one text at a time.
local check = require("check")
local voicewire, equal, yes = check.voicewire, check.equal, check.yes

--- 16-bit samples of a string of them.
local function samples_of(data)
    local ffi = require("ffi")
    return ffi.cast("const int16_t *", data), #data / 2
end

check.run({
    { "a text is said, chunk by chunk, and the same for the same seed", function()
        local client = check.client()
        local indexes, finals, sizes = {}, 0, 0
        local speech = client:say(check.TEXT, check.request({ on_chunk = function(chunk)
            indexes[#indexes + 1] = chunk.index
            finals = finals + (chunk.is_final and 1 or 0)
            sizes = sizes + #chunk.data
            equal(chunk.samples, #chunk.data > 0 and chunk.data or chunk.samples)
            equal(#chunk.generation_id, 36)
        end }))
        yes(#speech.data > 32000, "a second at least")
        equal(sizes, #speech.data)
        equal(finals, 1)
        yes(#indexes > 2 and indexes[1] == 0 and indexes[#indexes] == #indexes - 1)
        equal(table.concat(speech.chunks), speech.data)
        equal(#speech.generation_id, 36)
        equal(speech.result.bytes, #speech.data)
        yes(speech.result.first_chunk_ms >= 0)
        equal(client:say(check.TEXT, check.request()).data, speech.data)
        yes(client:say(check.TEXT, check.request({ seed = 8 })).data ~= speech.data, "another seed is another voice")
        equal(client:say(check.TEXT, check.request({ seed = 7LL })).data, speech.data)
        client:close()
    end },

    { "a chunk's callback stops the call", function()
        local client, chunks = check.client(), 0
        local failure = check.fails("cancelled", nil, client.stream, client, check.TEXT, check.request({
            on_chunk = function()
                chunks = chunks + 1
                return false
            end,
        }))
        equal(chunks, 1)
        equal(failure.chunks_received, 1)
        yes(failure.bytes_received > 0)
    end },

    { "an error in a callback comes out of the call as it is", function()
        local client, mine = check.client(), { "mine" }
        local succeeded, failure = pcall(client.stream, client, check.TEXT, check.request({
            on_chunk = function() error(mine) end,
        }))
        equal(succeeded, false)
        equal(failure, mine)
        yes(#client:say(check.TEXT, check.request()).data > 0, "and the next call is as ever")
    end },

    { "a callback may use the client that calls it", function()
        local client, inner = check.client(), nil
        client:stream(check.TEXT, check.request({ on_chunk = function()
            inner = inner or client:say("Inside.", check.request()).data
        end }))
        equal(inner, client:say("Inside.", check.request()).data)
    end },

    { "what was said is saved as a file that plays, and as bytes", function()
        local client = check.client()
        local speech = client:say(check.TEXT, check.request())
        speech:save(check.path("said.wav"))
        local wav = check.read(check.path("said.wav"))
        equal(wav:sub(1, 4), "RIFF")
        equal(wav:sub(45), speech.data)
        equal(speech:file(), wav)
        equal(speech:wav():sub(45), speech.data)
        local mp3 = client:say(check.TEXT, check.request({ format = "mp3" }))
        mp3:save(check.path("said.mp3"))
        equal(check.read(check.path("said.mp3")), mp3.data)
        check.fails("invalid_argument", "format", mp3.save, mp3, check.path("said.ogg"))
        equal(mp3:wav({ output_rate = 8000, channels = 2 }):sub(23, 28), "\2\0\64\31\0\0")
    end },

    { "a file is written while it streams", function()
        local client = check.client()
        local file = voicewire.audio_file(check.path("streamed.wav"), { sample_rate = 16000, format = "s16le" })
        client:stream(check.TEXT, check.request({ on_chunk = function(chunk) file:write(chunk) end }))
        yes(file:seconds() > 1)
        file:finish()
        check.fails("invalid_argument", nil, file.write, file, "late")
        file:close()
        equal(check.read(check.path("streamed.wav")):sub(45), client:say(check.TEXT, check.request()).data)

        local decoded = voicewire.audio_file(check.path("decoded.wav"), { decoded = true, format = "mp3" })
        client:stream(check.TEXT, check.request({ format = "mp3", on_chunk = function(chunk) decoded:write(chunk) end }))
        decoded:finish()
        equal(check.read(check.path("decoded.wav")):sub(1, 4), "RIFF")

        local dropped = voicewire.audio_file(check.path("dropped.wav"), { format = "wav" })
        dropped:close()
        equal(io.open(check.path("dropped.wav")), nil)
    end },

    { "what streams is decoded, sample by sample", function()
        local client = check.client()
        local raw = client:say(check.TEXT, check.request()).data
        local expected, count = samples_of(raw)
        for _, samples in ipairs({ "f32", "s16" }) do
            local decoder = voicewire.decoder({ format = "s16le", sample_rate = 16000, channels = 2, samples = samples })
            local at, unit = 0, samples == "f32" and 32768 or 1
            local function take(array, frames, channels)
                equal(channels, 2)
                for i = 0, frames - 1 do
                    equal(array[2 * i] * unit, expected[at + i])
                    equal(array[2 * i + 1] * unit, expected[at + i])
                end
                at = at + frames
            end
            for from = 1, #raw, 1001 do
                take(decoder:push(raw:sub(from, from + 1000)))
            end
            take(decoder:finish())
            equal(at, count)
            local info = decoder:info()
            equal(info.sample_rate, 16000)
            equal(info.source_format, "s16le")
            decoder:close()
        end
    end },

    { "the error of broken audio says where, and has what was good", function()
        local first
        check.client():stream(check.TEXT, check.request({ format = "wav", on_chunk = function(chunk)
            first = first or chunk
        end }))
        local wav = first.data
        local decoder = voicewire.decoder({ format = "wav" })
        local failure = check.fails("bad_audio", nil, decoder.push, decoder, 
            -- Then one of a coding that nobody knows.
            wav .. wav:sub(1, 20) .. "\99" .. wav:sub(22))
        yes(failure.audio_byte >= #wav, failure.audio_byte)
        equal(failure.frames, #first.samples / 2)
        equal(math.floor(failure.samples[100] * 32768), (samples_of(first.samples))[100])
    end },

    { "a token ends a call that has it", function()
        local client, token = check.client(), voicewire.cancel()
        local failure = check.fails("cancelled", nil, client.say, client, check.TEXT, check.request({
            cancel = token,
            on_chunk = function() token:cancel() end,
        }))
        equal(failure.status, voicewire.VW_ERR_CANCELLED)
        check.fails("cancelled", nil, client.say, client, check.TEXT, check.request({ cancel = token }))
        token:close()
    end },

    { "an error has everything that is known", function()
        local client = check.client()
        local failure = check.fails("rate_limited", nil, client.say, client, check.TEXT,
            check.request({ voice_prompt_id = "fault:error=RateLimit" }))
        equal(failure.status, voicewire.VW_ERR_RATE_LIMITED)
        equal(failure.vendor_type, "RateLimit")
        equal(#failure.generation_id, 36)
        yes(#failure.message > 0 and tostring(failure):find("RateLimit", 1, true), tostring(failure))
        local issue = check.fails("not_found", nil, client.get_issue, client, "iss_none")
        equal(issue.http_status, 404)
        yes(issue.url:find("^http") and issue.attempts == 1)
        local wrong = check.client({ api_key = "dd-00000000000000000000000000000000" })
        check.fails("unauthorized", nil, wrong.say, wrong, check.TEXT, check.request())
    end },

    { "reports are filed, read, changed and withdrawn", function()
        local client = check.client()
        local speech = client:say(check.TEXT, check.request())
        local issue = client:report(nil, { problem_word = "fox", problem_seconds = 0.5 })
        equal(issue.generation_id, speech.generation_id)
        equal(issue.generated_text, check.TEXT)
        equal(issue.problem_seconds, 0.5)
        local again = client:report(speech.generation_id, { problem_word = "dog" })
        equal(again.problem_seconds, nil)
        local made = client:create_issue({
            generation_id = speech.generation_id, generated_text = check.TEXT, problem_word = "dog",
            voice_prompt_id = check.VOICE, problem_audio = speech:wav(),
        })
        equal(client:get_issue(made.id).problem_word, "dog")
        equal(client:update_issue(made.id, { problem_word = "fox" }).problem_word, "fox")
        client:delete_issue(made.id)
        check.fails("not_found", nil, client.get_issue, client, made.id)
        check.fails("invalid_argument", nil, client.report, client, nil, {})
    end },

    { "an outbox keeps reports until the service has them", function()
        local client, outbox = check.client(), voicewire.deepdub.outbox(check.path("outbox"), { max_reports = 3 })
        local speech = client:say(check.TEXT, check.request())
        local first = outbox:report(client, speech.generation_id, { problem_word = "fox" })
        local second = outbox:add({
            generation_id = speech.generation_id, generated_text = check.TEXT, problem_word = "dog",
            voice_prompt_id = check.VOICE,
        })
        equal(#first, 36)
        local reports = outbox:list()
        equal(#reports, 2)
        equal(reports[1].id, first)
        equal(reports[1].state, "waiting")
        yes(reports[1].clip_bytes > 0)
        outbox:drop(second)
        local told = {}
        local summary = outbox:send(client, { on_report = function(report) told[#told + 1] = report end })
        equal(summary.delivered, 1)
        equal(summary.kind, "ok")
        equal(#told, 1)
        equal(told[1].state, "delivered")
        equal(client:get_issue(told[1].issue_id).problem_word, "fox")
        equal(outbox:deliver(client, 1000).waiting, 0)
        check.fails("not_found", nil, outbox.retry, outbox, second)
        local mine = {}
        outbox:report(client, nil, { problem_word = "fox" })
        local succeeded, failure = pcall(outbox.send, outbox, client, { on_report = function() error(mine) end })
        equal(succeeded, false)
        equal(failure, mine)
        outbox:close()
    end },

    { "the module may be loaded again", function()
        package.loaded.voicewire = nil
        local other = require("voicewire")
        yes(other ~= voicewire)
        equal(other.version(), voicewire.version())
        other.player():close()
    end },
})
