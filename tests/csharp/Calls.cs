using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using Voicewire;
using Voicewire.Deepdub;

/// <summary>Single calls: speaking, stopping, failing; files and decoders.</summary>
public static class Calls
{
    public static void ChunksComeInOrderOnThisThread()
    {
        using (var client = Check.Client())
        {
            var thread = Thread.CurrentThread.ManagedThreadId;
            var bytes = new List<byte>();
            long next = 0, finals = 0;
            string id = null;
            var summary = client.StreamTts(Check.Request(), chunk =>
            {
                Check.Equal(thread, Thread.CurrentThread.ManagedThreadId);
                Check.Equal(next++, chunk.Index);
                if (chunk.IsFinal) finals++;
                id = chunk.GenerationId;
                bytes.AddRange(chunk.Data.ToArray());
                Check.Equal(chunk.Data.Length, chunk.Samples.Length);
                return Flow.Continue;
            });
            Check.Equal(1L, finals);
            Check.Equal(summary.Bytes, (long)bytes.Count);
            Check.Equal(summary.GenerationId, id);
            Check.That(summary.Chunks > 1 && summary.FirstChunk > TimeSpan.Zero && summary.Total >= summary.FirstChunk, "figures");
            Check.Same(client.Tts(Check.Request()).Data, bytes.ToArray());
        }
    }

    public static void StoppingIsACancelledException()
    {
        using (var client = Check.Client())
        {
            var chunks = 0;
            var error = Check.Throws<CancelledException>(() => client.StreamTts(Check.Request(), chunk => ++chunks == 2 ? Flow.Stop : Flow.Continue));
            Check.Equal(2, chunks);
            Check.Equal(2L, error.ChunksReceived);
            Check.Equal(Status.Cancelled, error.Status);
        }
    }

    public static void WhatACallbackThrowsComesOutOfTheCall()
    {
        using (var client = Check.Client())
        {
            var mine = new FormatException("mine");
            var got = Check.Throws<FormatException>(() => client.StreamTts(Check.Request(), chunk => { throw mine; }));
            Check.That(ReferenceEquals(mine, got), "the same object");
            Check.That(got.StackTrace.Contains("Calls"), "with the place where it was thrown");
            Check.That(client.Tts(Check.Request()).Data.Length > 0, "the client goes on");
        }
    }

    public static void ACancellationTokenEndsACallThatWaits()
    {
        using (var client = Check.Client())
        using (var source = new CancellationTokenSource())
        {
            var error = Check.Throws<OperationCanceledException>(() => client.StreamTts(Check.Request("fault:stall,after=1"), chunk =>
            {
                source.CancelAfter(1);
                return Flow.Continue;
            }, source.Token));
            Check.Equal(source.Token, error.CancellationToken);
            Check.Equal(Status.Cancelled, ((VoicewireException)error.InnerException).Status);
            Check.Throws<OperationCanceledException>(() => client.Tts(Check.Request(), source.Token));
        }
    }

    public static void DisposingOfTheClientEndsItsCalls()
    {
        var client = Check.Client();
        var begun = new ManualResetEvent(false);
        var other = new Thread(() => { begun.WaitOne(); client.Dispose(); });
        other.Start();
        Check.Throws<CancelledException>(() => client.StreamTts(Check.Request("fault:stall,after=1"), chunk =>
        {
            begun.Set();
            return Flow.Continue;
        }));
        other.Join();
        client.Dispose();
        Check.Throws<ObjectDisposedException>(() => client.Tts(Check.Request()));
        Check.Throws<ObjectDisposedException>(() => client.OpenSession());
        Check.Throws<ObjectDisposedException>(() => client.GetIssue("iss_1"));
    }

    public static void ClientsDisposeOfThemselvesInTheirOwnCallbacks()
    {
        var client = Check.Client();
        Check.Throws<CancelledException>(() => client.StreamTts(Check.Request(), chunk => { client.Dispose(); return Flow.Continue; }));
    }

    public static void RefusalsNameTheField()
    {
        using (var client = Check.Client())
        {
            Func<Action<SpeechRequest>, Action> with = change => () =>
            {
                var request = Check.Request();
                change(request);
                client.Tts(request);
            };
            Check.Refuses("targetText", with(request => request.Text = null));
            Check.Refuses("targetText", with(request => request.Text = "a\0b"));
            Check.Refuses("targetText", with(request => request.Text = "\ud800"));
            Check.Refuses("tempo", with(request => request.Tempo = 3));
            Check.Refuses("sampleRate", with(request => request.SampleRate = 1));
            Check.Refuses("generationId", with(request => request.GenerationId = "x"));
        }
        var options = Check.Options;
        options.ConnectTimeout = TimeSpan.FromMilliseconds(-7);
        Check.Refuses("connect_timeout", () => new Client(options));
        options = Check.Options;
        options.ApiKey = "xx";
        Check.Refuses("api_key", () => new Client(options));
    }

    public static void FailuresOfTheServiceAreTheirOwnExceptions()
    {
        using (var client = Check.Client())
        {
            var error = Check.Throws<RateLimitedException>(() => client.Tts(Check.Request("fault:error=RateLimit,after=2")));
            Check.Equal("RateLimit", error.VendorType);
            Check.Equal(2L, error.ChunksReceived);
            Check.That(error.BytesReceived > 0 && error.GenerationId.Length == 36, "what had come");
            Check.That(error.Message.Contains("RateLimit") && error.Url.StartsWith("ws://"), error.Message);
            Check.Throws<NetworkException>(() => client.Tts(Check.Request("fault:drop,after=1")));
            var missing = Check.Throws<NotFoundException>(() => client.GetIssue("iss_none"));
            Check.Equal(404, missing.HttpStatus);
        }
        var options = Check.Options;
        options.WebsocketUrl += "?fault=http=429,retry-after=7";
        using (var client = new Client(options))
        {
            var busy = Check.Throws<RateLimitedException>(() => client.Tts(Check.Request()));
            Check.Equal(429, busy.HttpStatus);
            Check.Equal(TimeSpan.FromSeconds(7), busy.RetryAfter);
        }
        options = Check.Options;
        options.FirstChunkTimeout = TimeSpan.FromMilliseconds(1);
        using (var client = new Client(options))
        {
            var late = Check.Throws<TimedOutException>(() => client.Tts(Check.Request("fault:stall")));
            Check.Equal("first_chunk_timeout", late.Field);
        }
    }

    public static void ChunksAreAskedForOneByOne()
    {
        using (var client = Check.Client())
        {
            var whole = client.Tts(Check.Request()).Data;
            Check.Same(whole, Streams.All(client.StreamTtsAsync(Check.Request())));
            // Left early, the call ends: it could not be enumerated to its end.
            var chunks = client.StreamTtsAsync(Check.Request("fault:stall,after=1")).GetAsyncEnumerator();
            Check.That(Check.Wait(chunks.MoveNextAsync().AsTask()), "one comes");
            Check.Wait(chunks.DisposeAsync().AsTask());
            Check.Throws<RateLimitedException>(() => Streams.All(client.StreamTtsAsync(Check.Request("fault:error=RateLimit,after=2"))));
            using (var source = new CancellationTokenSource())
            {
                var waiting = client.StreamTtsAsync(Check.Request("fault:stall,after=1")).GetAsyncEnumerator(source.Token);
                Check.That(Check.Wait(waiting.MoveNextAsync().AsTask()), "one comes");
                source.Cancel();
                Check.Throws<OperationCanceledException>(() => { while (Check.Wait(waiting.MoveNextAsync().AsTask())) { } });
                Check.Wait(waiting.DisposeAsync().AsTask());
            }
        }
    }

    public static void FilesHoldWhatWasSpoken()
    {
        using (var client = Check.Client())
        {
            var request = Check.Request();
            request.Format = AudioFormat.Wav;
            var path = Path.Combine(Check.Folder, "hällo.wav");
            using (var file = new AudioFile(path, AudioFormat.Wav, 16000))
            {
                client.StreamTts(request, chunk => { file.Write(chunk.Data); return Flow.Continue; });
                Check.That(file.Seconds > 1, "seconds");
                Check.That(!File.Exists(path), "not before it is whole");
                file.Finish();
                Check.Throws<InvalidArgumentException>(() => file.Finish());
                file.Dispose();
                Check.Throws<ObjectDisposedException>(() => file.Write(new byte[1]));
            }
            var written = File.ReadAllBytes(path);
            var plain = client.Tts(Check.Request());
            Check.Same(plain.Data, written.Skip(44).ToArray());
            Check.Same(written, client.Tts(request).ToFile());
            Check.Same(written, plain.ToWav());
            using (var abandoned = new AudioFile(Path.Combine(Check.Folder, "never.mp3"), AudioFormat.Mp3, 48000)) abandoned.Write(new byte[10]);
            Check.That(!Directory.GetFiles(Check.Folder).Any(name => name.Contains("never")), "nothing is left");
            Check.Equal(AudioFormat.Opus, AudioFile.FormatFor("a.ogg"));
            Check.Refuses("path", () => AudioFile.FormatFor("a.txt"));
            Check.Throws<FileException>(() => new AudioFile(Path.Combine(Check.Folder, "no/where.mp3"), AudioFormat.Mp3, 48000));
        }
    }

    public static void DecodersHandOutSamples()
    {
        using (var client = Check.Client())
        {
            var plain = client.Tts(Check.Request());
            DecoderInfo info;
            var samples = plain.ToSamples(out info);
            Check.Equal(16000, info.SampleRate);
            Check.Equal(1, info.Channels);
            Check.Equal(AudioFormat.S16le, info.SourceFormat);
            Check.Equal(plain.Data.Length / 2, samples.Length);
            for (var i = 0; i < samples.Length; i++) Check.Equal(BitConverter.ToInt16(plain.Data, 2 * i) / 32768f, samples[i]);
            using (var decoder = new Decoder(new DecoderOptions { Format = AudioFormat.S16le, SampleRate = 16000, Channels = 2 }))
            {
                var stereo = decoder.Push16(plain.Data);
                Check.Equal(samples.Length * 2, stereo.Length);
                Check.That(stereo[200] == stereo[201] && stereo[200] == BitConverter.ToInt16(plain.Data, 200), "both channels");
                Check.Equal(0, decoder.Finish16().Length);
                decoder.Dispose();
                Check.Throws<ObjectDisposedException>(() => { decoder.Push(new byte[2]); });
            }
        }
    }

    public static void BrokenAudioSaysWhereAndKeepsWhatWasGood()
    {
        using (var client = Check.Client())
        {
            var request = Check.Request();
            request.Format = AudioFormat.Opus;
            var opus = client.Tts(request).Data;
            // A bit of a later page's body: its checksum tells.
            opus[opus.Length - 40] ^= 1;
            var error = Check.Throws<BadAudioException>(() =>
            {
                using (var decoder = new Decoder(new DecoderOptions { Format = AudioFormat.Opus })) { decoder.Push(opus); decoder.Finish(); }
            });
            Check.That(error.AudioByte > 0 && error.AudioSeconds >= 0, "where");
            Check.That(error.Samples != null, "what was good");
        }
        Check.Refuses("channels", () => new Decoder(new DecoderOptions { Channels = 9 }));
    }

    public static void TheLogIsToldWhatHappensAndNoKey()
    {
        var lines = new List<string>();
        Log.Set(LogLevel.Debug, (level, line) => { lock (lines) lines.Add(level + " " + line); });
        using (var client = Check.Client()) client.Tts(Check.Request());
        Log.Set(LogLevel.Off, null);
        int count;
        lock (lines)
        {
            count = lines.Count;
            Check.That(count > 0 && lines.All(line => line.StartsWith("Debug ") || line.StartsWith("Info ") || line.StartsWith("Warn ")), "lines");
            Check.That(!lines.Any(line => line.Contains(Environment.GetEnvironmentVariable("TEST_KEY"))), "no key");
        }
        using (var client = Check.Client()) client.Tts(Check.Request());
        lock (lines) Check.Equal(count, lines.Count);
        Exception seen = null;
        Action<Exception> observe = error => seen = error;
        Library.UnobservedException += observe;
        Log.Set(LogLevel.Debug, (level, line) => { throw new FormatException(line); });
        using (var client = Check.Client()) client.Tts(Check.Request());
        Log.Set(LogLevel.Debug, null);
        Library.UnobservedException -= observe;
        Check.That(seen is FormatException, "what the log's callback throws is told");
    }
}

/// <summary>What `await foreach` comes to, which Mono's compiler does not know.</summary>
public static class Streams
{
    public static byte[] All(IAsyncEnumerable<AudioChunk> chunks)
    {
        return Check.Wait(Collect(chunks));
    }

    private static async System.Threading.Tasks.Task<byte[]> Collect(IAsyncEnumerable<AudioChunk> chunks)
    {
        var bytes = new List<byte>();
        var each = chunks.GetAsyncEnumerator();
        try
        {
            while (await each.MoveNextAsync()) bytes.AddRange(each.Current.Data);
        }
        finally
        {
            await each.DisposeAsync();
        }
        return bytes.ToArray();
    }
}
