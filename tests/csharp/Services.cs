using System;
using System.IO;
using System.Linq;
using System.Threading;
using Voicewire;

/// <summary>JSON, Respeecher, Palabra.</summary>
public static class Services
{
    private static readonly HttpOptions Once = new HttpOptions { Retries = 0 };

    private static string Setting(string name)
    {
        return Environment.GetEnvironmentVariable(name);
    }

    private static Voicewire.Respeecher.Client Respeecher()
    {
        return new Voicewire.Respeecher.Client(new Voicewire.Respeecher.ClientOptions
        {
            ApiKey = Setting("TEST_RESPEECHER_KEY"), BaseUrl = Setting("TEST_SERVICES_URL"), Http = Once,
        });
    }

    private static Voicewire.Palabra.Client Palabra()
    {
        return new Voicewire.Palabra.Client(new Voicewire.Palabra.ClientOptions
        {
            ApiKey = Setting("TEST_PALABRA_KEY"), BaseUrl = Setting("TEST_SERVICES_URL"), Http = Once,
        });
    }

    public static void ValuesAreReadAndBuilt()
    {
        using (var read = Json.Parse("{\"list\": [{\"name\": \"Zoë\", \"age\": 0}, {\"ratio\": 0.5}], \"on\": false, \"none\": null}"))
        {
            Check.Equal(JsonType.Object, read.TypeOf());
            Check.Equal(2, read.Count("/list"));
            Check.Equal("Zoë", read.Text("/list/0/name"));
            Check.Equal(null, read.Text("/list/0/age"));
            Check.Equal(0, read.Integer("/list/0/age"));
            Check.Equal(null, read.Integer("/list/0/name"));
            Check.Equal(0.5, read.Number("/list/1/ratio"));
            Check.Equal(null, read.Number("/on"));
            Check.Equal(false, read.Bool("/on"));
            Check.Equal(null, read.Bool("/none"));
            Check.Equal(JsonType.Null, read.TypeOf("/none"));
            Check.Equal(JsonType.Absent, read.TypeOf("/nothing"));
            Check.That(read.Key("", 0) != null && read.Key("", 9) == null && read.Key("", -1) == null, "keys");
            using (var built = new Json())
            using (var first = read.At("/list/0"))
            {
                built.Set("/text", "one").Set("/whole", 3).Set("/number", 4.5).Set("/bool", true).Set("/null", (string)null).Set("/copy", first);
                Check.Equal("{\"bool\":true,\"copy\":{\"age\":0,\"name\":\"Zoë\"},\"null\":null,\"number\":4.5,\"text\":\"one\",\"whole\":3}",
                    string.Concat("{", string.Join(",", Enumerable.Range(0, built.Count()).Select(at => built.Key("", at)).OrderBy(key => key, StringComparer.Ordinal)
                        .Select(key => "\"" + key + "\":" + (key == "copy" ? "{\"age\":0,\"name\":\"Zoë\"}" : built.Dump("/" + key)))), "}"));
                Check.Equal("Zoë", built.Text("/copy/name"));
            }
            Check.Refuses("pointer", () => read.At("/nothing"));
            Check.Refuses("pointer", () => read.Text("/a\0b"));
        }
        Check.Refuses("text", () => Json.Parse("{"));
        var gone = new Json();
        gone.Dispose();
        Check.Throws<ObjectDisposedException>(() => gone.Text("/x"));
        Check.Throws<ArgumentNullException>(() => Json.Parse(null));
    }

    public static void RespeecherConverts()
    {
        using (var client = Respeecher())
        using (var parameters = new Json().Set("/name", "Alice"))
        using (var project = client.Call("create_project", parameters))
        {
            Check.Refuses("name", () => client.Call("nonsense"));
            Check.Refuses("name", () => client.List("create_project"));
            var voice = client.List("list_voices").First(one => one.Bool("/available") == true && one.Text("/narration_styles/0/id") != null);
            var job = new Voicewire.Respeecher.Job
            {
                Text = "Down the rabbit hole.", ProjectId = project.Text("/id"), Directory = Path.Combine(Check.Folder, "takes"),
                PollingFirst = TimeSpan.FromMilliseconds(1),
            };
            job.Conversions.Add(new Voicewire.Respeecher.Conversion(voice.Text("/id")) { NarrationStyleId = voice.Text("/narration_styles/0/id") });
            // Stopped on the way, by the callback's word, its exception, and a token: what came of it is told.
            var stopped = Check.Throws<CancelledException>(() => client.Convert(
                job, progress => progress.Stage == Voicewire.Respeecher.Stage.Ordering ? Flow.Stop : Flow.Continue));
            Check.That(stopped.Outcome.Text("/recording_id") != null, "what it can be resumed with");
            Check.Equal("boom", Check.Throws<InvalidOperationException>(() => client.Convert(
                job, progress => { throw new InvalidOperationException("boom"); })).Message);
            using (var source = new CancellationTokenSource())
            {
                var cancelled = Check.Throws<OperationCanceledException>(() => client.Convert(
                    job, progress =>
                    {
                        source.Cancel();
                        return Flow.Continue;
                    }, source.Token));
                Check.Equal(source.Token, cancelled.CancellationToken);
            }
            // And then to its end.
            job.RecordingId = stopped.Outcome.Text("/recording_id");
            job.Text = job.ProjectId = null;
            var told = 0;
            using (var outcome = client.Convert(job, progress =>
            {
                Check.That(progress.StageName != null && progress.Done <= progress.Total, "how far it is");
                told++;
                return Flow.Continue;
            }))
            {
                Check.That(told > 2, "it tells how far it is");
                Check.Equal(1, outcome.Count("/files"));
                var path = outcome.Text("/files/0/path");
                Check.Equal(outcome.Integer("/files/0/bytes").Value, new FileInfo(path).Length);
                UpAndDown(client, outcome, path);
            }
            Check.Refuses("directory", () => client.Convert(new Voicewire.Respeecher.Job { Text = "x", Conversions = job.Conversions }));
            Check.Throws<InvalidArgumentException>(() => client.Login());
            client.Logout();
            client.Dispose();
            Check.Throws<ObjectDisposedException>(() => client.Call("list_voices"));
        }
        Check.Refuses("api_key", () => new Voicewire.Respeecher.Client(new Voicewire.Respeecher.ClientOptions { ApiKey = "", BaseUrl = "http://127.0.0.1:1" }));
    }

    private static void UpAndDown(Voicewire.Respeecher.Client client, Json outcome, string path)
    {
        using (var take = new Json().Set("/parent_folder_id", outcome.Text("/folder_id")))
        {
            long sent = 0;
            using (var recording = client.Upload("create_recording", take, new Upload { Path = path }, transfer =>
            {
                Check.That(transfer.Done >= sent && !(transfer.Done > transfer.Total), "it goes on");
                sent = transfer.Done;
                return Flow.Continue;
            }))
            {
                Check.That(sent > 1000 && recording.Text("/id") != null, "it is there");
            }
            var bytes = File.ReadAllBytes(path);
            client.Upload("create_recording", take, new Upload { Data = bytes, Name = "take-2.wav" }).Dispose();
            Check.Throws<FileException>(() => client.Upload("create_recording", take, new Upload { Path = "/nowhere.wav" }));
        }
        var to = new SaveTo { File = Path.Combine(Check.Folder, "a.zip") };
        using (var of = new Json().Set("/original_id", outcome.Text("/recording_id")))
        using (var saved = client.Download("export_conversions", of, to))
        {
            Check.Equal(saved.Integer("/bytes").Value, new FileInfo(to.File).Length);
        }
        var url = outcome.Text("/files/0/recording/url");
        Check.Throws<CancelledException>(() => client.DownloadUrl(url, to, transfer => Flow.Stop));
        client.DownloadUrl(url, to).Dispose();
        Check.Same(File.ReadAllBytes(path), File.ReadAllBytes(to.File));
    }

    public static void PalabraClonesAndTellsItsProblems()
    {
        var recording = Path.Combine(Check.Folder, "voice.wav");
        var second = new byte[32000];
        for (var at = 0; at < second.Length; at += 2) second[at + 1] = (byte)(at / 80 % 2 == 0 ? 16 : 240);
        File.WriteAllBytes(recording, AudioFile.Join(AudioFormat.S16le, 16000, second));
        using (var client = Palabra())
        using (var labels = new Json().Set("/mood", "calm"))
        {
            var voice = new Voicewire.Palabra.NewVoice("Mine", recording)
            {
                Labels = labels, Language = "en-us", Waiting = new Voicewire.Palabra.Waiting { First = TimeSpan.FromMilliseconds(1) },
            };
            var told = 0;
            using (var made = client.Clone(voice, progress =>
            {
                Check.That(progress.VoiceId != null && progress.Done <= progress.Total, "how far it is");
                told++;
                return Flow.Continue;
            }))
            using (var of = new Json().Set("/voice_id", made.Text("/voice_id")))
            {
                Check.That(told > 1, "it tells how far it is");
                Check.Equal("ready", made.Text("/processing_status"));
                Check.Equal(1, client.List("list_voices").Count());
                using (var sample = client.RegenerateSample(made.Text("/voice_id"), "de"))
                {
                    Check.Equal("de", sample.Text("/text/lang"));
                    var to = new SaveTo { File = Path.Combine(Check.Folder, "sample.wav") };
                    client.DownloadUrl(sample.Text("/url"), to).Dispose();
                    Check.That(new FileInfo(to.File).Length > 1000, "it is there");
                }
                client.Call("delete_voice", of).Dispose();
                var error = Check.Throws<NotFoundException>(() => client.Call("get_voice", of));
                Check.Equal(404, error.HttpStatus);
                Check.That(error.Problem.Title != null && error.Problem.Detail != null && error.ServiceMessage.StartsWith(error.Problem.Detail), "the service's own account");
            }
            Check.Equal("boom", Check.Throws<InvalidOperationException>(() => client.Clone(
                voice, progress => { throw new InvalidOperationException("boom"); })).Message);
            Check.Equal(null, Check.Refuses("name", () => client.Call("nonsense")).Problem);
            Check.Refuses("lang_code", () => client.RegenerateSample("a", "klingon"));
        }
    }

    /// <summary>A call that waits is ended from outside, and nothing keeps what is forgotten.</summary>
    public static void WhatIsForgottenIsFreed()
    {
        var forgotten = new WeakReference[20];
        var forgetting = new Thread(() =>
        {
            for (var at = 0; at < forgotten.Length; at++)
            {
                var client = Palabra();
                var list = client.List("list_voices", null, new CancellationTokenSource().Token);
                list.Next();
                new Json().Set("/x", at);
                forgotten[at] = new WeakReference(client);
            }
        });
        forgetting.Start();
        forgetting.Join();
        Check.Collect(() => forgotten.Count(one => one.IsAlive) < 3);
    }
}
