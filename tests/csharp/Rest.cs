using System;
using System.Collections.Generic;
using System.IO;
using Voicewire;
using Voicewire.Deepdub;

/// <summary>The rest of Deepdub: speech over REST, voices, genders, usage, capacity.</summary>
public static class Rest
{
    private const string Model = "dd-etts-3.0";

    /// <summary>A second of 100 Hz, which sounds like a man.</summary>
    private static byte[] Sample()
    {
        var data = new byte[32000];
        for (var at = 0; at < data.Length; at += 2) data[at + 1] = (byte)(at / 160 % 2 == 0 ? 16 : 240);
        return AudioFile.Join(AudioFormat.S16le, 16000, data);
    }

    public static void SpeechComesOverRest()
    {
        using (var client = Check.Client())
        {
            var bytes = new List<byte>();
            var request = Check.Request();
            request.Format = AudioFormat.Mulaw;
            var summary = client.PostTts(request, chunk => { bytes.AddRange(chunk.Data.ToArray()); return Flow.Continue; });
            Check.Equal(summary.Bytes, (long)bytes.Count);
            Check.That(bytes.Count > 1000, "it is heard");
            request.Format = AudioFormat.Opus;
            var options = new PostOptions { VoiceReference = Sample(), Publish = false };
            Check.That(client.PostTts(request, chunk => Flow.Continue, options).Bytes > 1000, "like somebody else");
            Check.Throws<CancelledException>(() => client.PostTts(request, chunk => Flow.Stop));
            var mine = new FormatException("mine");
            Check.That(ReferenceEquals(mine, Check.Throws<FormatException>(() => client.PostTts(request, chunk => { throw mine; }))), "the same");
            Check.Refuses("format", () => client.PostTts(Check.Request(), chunk => Flow.Continue));
            request.Format = AudioFormat.Wav;
            using (var file = client.TtsRetroactive(request))
            using (var answer = client.ClassifyGenderAt(file.Text("/url")))
            {
                Check.That(answer.Text("/predicted_gender") != null, "it is there");
            }
        }
    }

    public static void VoicesComeAndGo()
    {
        var path = Path.Combine(Check.Folder, "sample.wav");
        File.WriteAllBytes(path, Sample());
        using (var client = Check.Client())
        {
            var request = new VoiceRequest { AudioPath = path, Title = "Narrator", Text = "Hello.", Locale = "de-DE", Gender = "NON_BINARY", Age = 40 };
            long before;
            using (var all = client.ListVoices()) before = all.Count();
            string id;
            using (var made = client.UploadVoice(request)) id = made.Text("/voice_prompt_id");
            using (var voice = client.GetVoice(id)) Check.Equal("Narrator", voice.Text("/title"));
            using (var all = client.ListVoices()) Check.Equal(before + 1, (long)all.Count());
            using (var some = client.ListVoices(2)) Check.Equal(2, some.Count());
            using (var voice = client.UpdateVoice(id, new VoiceChanges { Name = "Teller", Gender = "FEMALE" }))
            {
                Check.Equal("Teller", voice.Text("/name"));
                Check.Equal("de-DE", voice.Text("/locale"));
            }
            client.DeleteVoice(id);
            Check.Throws<NotFoundException>(() => client.GetVoice(id));
            Check.Refuses("filename", () => client.UploadVoice(new VoiceRequest { Audio = Sample() }));
        }
    }

    public static void GendersAreHeard()
    {
        var path = Path.Combine(Check.Folder, "speaker.wav");
        File.WriteAllBytes(path, Sample());
        using (var client = Check.Client())
        {
            foreach (var answer in new[] { client.ClassifyGender(Sample()), client.ClassifyGenderUpload(path), client.ClassifyGenderLive(Sample()) })
            {
                Check.Equal("male", answer.Text("/predicted_gender"));
                answer.Dispose();
            }
            Check.Throws<InvalidArgumentException>(() => client.ClassifyGender(null));
        }
    }

    public static void UsageAndCapacityAreTold()
    {
        using (var client = Check.Client())
        {
            var query = new UsageQuery("2025-01-01", "2025-12-31") { ModelId = Model };
            using (var usage = client.Usage(query)) Check.Equal(JsonType.Array, usage.TypeOf("/items"));
            using (var usage = client.UsageByModel(query)) Check.Equal("2025-12-31", usage.Text("/to"));
            Check.Refuses("from", () => client.Usage(new UsageQuery(null, "2025-12-31")));
            using (var set = client.SetCapacity(Model, 7)) Check.Equal(7, set.Integer("/desired_concurrent_connections"));
            using (var got = client.GetCapacity(Model)) Check.Equal(7, got.Integer("/desired_concurrent_connections"));
            using (var several = client.GetCapacities(new[] { Model, "dd-etts-2.5" }))
            {
                Check.Equal("dd-etts-2.5", several.Text("/1/model_id"));
            }
            Check.Throws<NotFoundException>(() => client.GetCapacity("gpt"));
            Check.Throws<InvalidArgumentException>(() => client.GetCapacities(new string[0]));
        }
    }
}
