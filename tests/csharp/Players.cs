using System;
using System.Linq;
using System.Threading;
using Voicewire;
using Voicewire.Deepdub;

/// <summary>Players and tracks.</summary>
public static class Players
{
    private static float[] Ramp(int count)
    {
        return Enumerable.Range(1, count).Select(i => i / (float)count).ToArray();
    }

    public static void WhatIsWrittenIsReadSampleBySample()
    {
        using (var player = new Player())
        {
            var ramp = Ramp(48000);
            var track = player.Begin(id: 7);
            track.WriteSamples(ramp);
            Check.Equal(7L, player.State.TrackId);
            Check.Throws<InvalidArgumentException>(() => player.SetGain(9));
            track.Finish();
            Check.Throws<ClosedException>(() => track.WriteSamples(ramp));
            var got = new float[50000];
            Check.That(player.Read(new Span<float>(got, 0, 25000)) && player.Read(new Span<float>(got, 25000, 25000)), "read");
            Check.That(got.Take(48000).SequenceEqual(ramp) && got.Skip(48000).All(sample => sample == 0), "all of it");
            TrackEnd end;
            Check.That(player.TryTakeEnd(out end) && end.Id == 7 && end.Status == Status.Ok && end.FramesPlayed == 48000, "its end");
            Check.That(!player.TryTakeEnd(out end), "once");
            Check.Equal(PlayerActivity.Idle, player.State.Activity);
            track.Dispose();
            Check.Throws<ObjectDisposedException>(() => track.Finish());
        }
    }

    public static void BytesAreDecodedAndOneChannelGoesToAll()
    {
        using (var client = Check.Client())
        using (var player = new Player(new PlayerOptions { SampleRate = 16000 }))
        {
            var plain = client.Tts(Check.Request());
            DecoderInfo info;
            var expected = plain.ToSamples(out info);
            var track = player.Begin(AudioFormat.S16le, 16000);
            client.StreamTts(Check.Request(), chunk => { track.Write(chunk.Data); return Flow.Continue; });
            track.Finish();
            var got = new float[expected.Length * 6 + 1];
            got[got.Length - 1] = 1;
            Check.That(player.Read(got, 6), "read");
            for (var i = 0; i < expected.Length * 6; i++) Check.Equal(expected[i / 6], got[i]);
            Check.Equal(0f, got[got.Length - 1]);
            var two = new Player(new PlayerOptions { Channels = 2 });
            Check.That(two.Read(got, 2) && !two.Read(got, 3), "as many as it has");
            two.Dispose();
            track.Fail(Status.Network);
            track.Cancel();
        }
    }

    public static void PausesGainAndFlushesAreHeard()
    {
        using (var player = new Player(new PlayerOptions { Cushion = TimeSpan.FromMilliseconds(10), Gain = 0.5f }))
        {
            var track = player.Begin();
            track.WriteSamples(Enumerable.Repeat(0.5f, 48000).ToArray());
            var block = new float[960];
            player.Read(block);
            Check.Equal(0.25f, block[959]);
            player.Pause();
            player.Read(block);
            player.Read(block);
            Check.That(block.All(sample => sample == 0) && player.State.Activity == PlayerActivity.Paused, "paused");
            player.Resume();
            player.SetGain(1);
            player.Read(block);
            Check.Equal(0.5f, block[959]);
            player.SetCushion(TimeSpan.FromSeconds(1));
            Check.Equal(TimeSpan.FromSeconds(1), player.State.Cushion);
            player.Flush();
            player.Read(block);
            player.Read(block);
            Check.That(block.All(sample => sample == 0), "flushed");
            Check.Throws<CancelledException>(() => track.WriteSamples(block));
            TrackEnd end;
            Check.That(player.TryTakeEnd(out end) && end.Flushed && end.Error is CancelledException, "its end");
        }
    }

    public static void ReadingAllocatesNothing()
    {
        using (var player = new Player())
        {
            var track = player.Begin();
            track.WriteSamples(new float[48000 * 60]);
            track.Finish();
            var block = new float[1024];
            long worst = 0;
            var thread = new Thread(() =>
            {
                for (var i = 0; i < 10; i++) player.Read(block, 2);
                var before = GC.GetAllocatedBytesForCurrentThread();
                for (var i = 0; i < 2000; i++)
                {
                    player.Read(block, 2);
                    player.Read(new Span<float>(block));
                }
                worst = GC.GetAllocatedBytesForCurrentThread() - before;
            });
            thread.Start();
            thread.Join();
            Check.Equal(0L, worst);
            // The measure does measure.
            var start = GC.GetAllocatedBytesForCurrentThread();
            block = new float[100000];
            Check.That(GC.GetAllocatedBytesForCurrentThread() > start, "it counts");
        }
    }

    public static void AReadAfterOrWhileItIsDisposedOfIsSilence()
    {
        for (var round = 0; round < 20; round++)
        {
            var player = new Player(new PlayerOptions { Cushion = TimeSpan.Zero });
            var track = player.Begin();
            track.WriteSamples(Enumerable.Repeat(1f, 480000).ToArray());
            var reading = new ManualResetEvent(false);
            var block = Enumerable.Repeat(1f, 256).ToArray();
            var thread = new Thread(() =>
            {
                while (player.Read(block, 2)) reading.Set();
            });
            thread.Start();
            Check.Wait(reading);
            player.Dispose();
            thread.Join();
            Check.That(block.All(sample => sample == 0), "silence");
            Check.That(!player.Read(block) && !player.Read(block, 2), "it says so");
            Check.Throws<ObjectDisposedException>(() => { var ask = player.State; });
            Check.Throws<ObjectDisposedException>(() => player.Begin());
            Check.Throws<ClosedException>(() => track.WriteSamples(block));
            track.Dispose();
        }
    }

    public static void ALinePlaysAndAFlushIsBargeIn()
    {
        using (var client = Check.Client())
        using (var session = client.OpenSession())
        using (var player = new Player(new PlayerOptions { SampleRate = 16000 }))
        {
            DecoderInfo info;
            var expected = client.Tts(Check.Request()).ToSamples(out info);
            var line = session.Speak(Check.Request(), new LineOptions { Player = player, TrackId = 3 });
            Check.Wait(line.Completion);
            var got = new float[expected.Length];
            Check.That(player.Read(got) && got.SequenceEqual(expected), "heard");
            var long_ = session.Speak(Check.Request("fault:stall,after=3"), new LineOptions { Player = player });
            while (player.State.TrackFrames == 0) Thread.Yield();
            player.Flush();
            long_.Cancel();
            Check.Throws<CancelledException>(() => Check.Wait(long_.Completion));
            player.Dispose();
            Check.Throws<ObjectDisposedException>(() => session.Speak(Check.Request(), new LineOptions { Player = player }));
        }
    }
}
