using System;
using System.Threading;
using Voicewire;
using Voicewire.Deepdub;

/// <summary>A thousand lines at once, cancelled, left, forgotten and disposed of from several threads.</summary>
public static class Stress
{
    public static void AThousandLinesEndOnceEach()
    {
        const int lines = 1000;
        var ends = new int[lines];
        var left = new CountdownEvent(lines);
        using (var client = Check.Client())
        {
            var threads = new Thread[4];
            var failure = default(Exception);
            for (var t = 0; t < threads.Length; t++)
            {
                var thread = t;
                threads[t] = new Thread(() =>
                {
                    try
                    {
                        using (var session = client.OpenSession(new SessionOptions { Delivery = thread % 2 == 0 ? Delivery.IoThread : Delivery.Poll }))
                        {
                            for (var i = thread; i < lines; i += threads.Length)
                            {
                                var number = i;
                                var line = session.Speak(new SpeechRequest("Nobody, sir.", Client.TrialVoice) { Format = AudioFormat.S16le, SampleRate = 8000 },
                                    new LineOptions
                                    {
                                        OnChunk = chunk => number % 7 == 0 ? Flow.Stop : Flow.Continue,
                                        OnEnd = end => { Interlocked.Increment(ref ends[number]); left.Signal(); },
                                    });
                                if (i % 3 == 0) line.Cancel();
                                if (i % 5 == 0) line.Dispose();
                                if (i % 50 == 0) GC.Collect();
                                if (session.Delivery == Delivery.Poll) session.Poll();
                            }
                            // What is left ends with the session, or before it.
                            if (thread < 2) return;
                            while (session.Delivery == Delivery.Poll && left.CurrentCount > lines / 2) session.Poll(TimeSpan.FromMilliseconds(10));
                        }
                    }
                    catch (Exception error)
                    {
                        failure = error;
                    }
                });
                threads[t].Start();
            }
            foreach (var thread in threads) thread.Join();
            if (failure != null) throw failure;
            Check.Wait(left.WaitHandle);
        }
        foreach (var count in ends) Check.Equal(1, count);
    }
}
