using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Voicewire;
using Voicewire.Deepdub;

/// <summary>Sessions: callbacks on the I/O thread and in polls, chunks one by one, interruptions, handles that go at any time.</summary>
public static class Sessions
{
    private static readonly SessionOptions Polled = new SessionOptions { Delivery = Delivery.Poll };

    private static byte[] Whole()
    {
        using (var client = Check.Client()) return client.Tts(Check.Request()).Data;
    }

    public static void LinesCallBackOnTheIoThread()
    {
        var whole = Whole();
        using (var client = Check.Client())
        using (var session = client.OpenSession())
        {
            session.WaitReady(Check.Long);
            Check.Equal(SessionState.Ready, session.State);
            var mine = Thread.CurrentThread.ManagedThreadId;
            var bytes = new List<byte>();
            UtteranceEnd end = null;
            var ended = new ManualResetEvent(false);
            var line = session.Speak(Check.Request(), new LineOptions
            {
                OnChunk = chunk =>
                {
                    Check.That(mine != Thread.CurrentThread.ManagedThreadId && end == null, "elsewhere, before the end");
                    bytes.AddRange(chunk.Data.ToArray());
                    return Flow.Continue;
                },
                OnEnd = told => { end = told; ended.Set(); },
            });
            var summary = Check.Wait(line.Completion);
            Check.Wait(ended);
            Check.Same(whole, bytes.ToArray());
            Check.That(line.IsEnded && line.Summary.Bytes == whole.Length, "it has ended");
            Check.Equal(Status.Ok, end.Status);
            Check.That(end.Error == null && end.Summary.GenerationId == summary.GenerationId, "well");
            Check.Throws<InvalidOperationException>(() => line.GetAsyncEnumerator());
            line.Dispose();
            Check.Throws<ObjectDisposedException>(() => line.Cancel());
            Check.Throws<ObjectDisposedException>(() => { var ask = line.IsEnded; });
        }
    }

    public static void PolledLinesCallBackInPollsAlone()
    {
        var whole = Whole();
        using (var client = Check.Client())
        {
            var states = new List<SessionState>();
            var main = Thread.CurrentThread.ManagedThreadId;
            var polling = false;
            var session = client.OpenSession(new SessionOptions
            {
                Delivery = Delivery.Poll,
                OnState = change => { Check.That(polling && main == Thread.CurrentThread.ManagedThreadId, "in a poll"); states.Add(change.State); },
            });
            var bytes = new List<byte>();
            UtteranceEnd end = null;
            session.Speak(Check.Request(), new LineOptions
            {
                OnChunk = chunk =>
                {
                    Check.That(polling && main == Thread.CurrentThread.ManagedThreadId, "in a poll");
                    bytes.AddRange(chunk.Data.ToArray());
                    return Flow.Continue;
                },
                OnEnd = told => { Check.That(polling, "in a poll"); end = told; },
            });
            Check.That(session.PollHandle.ToInt64() > 0, "something to wait for");
            polling = true;
            while (end == null) session.Poll(Check.Long);
            Check.Same(whole, bytes.ToArray());
            Check.Equal(Status.Ok, end.Status);
            session.Dispose();
            Check.That(states.First() == SessionState.Connecting && states.Contains(SessionState.Ready) && states.Last() == SessionState.Closed,
                string.Join(" ", states));
            Check.Throws<ObjectDisposedException>(() => session.Poll());
            Check.Throws<ObjectDisposedException>(() => session.Speak(Check.Request()));
        }
    }

    public static void WhatCallbacksThrowComesOutOfThePollAndEndsTheLine()
    {
        using (var client = Check.Client())
        using (var session = client.OpenSession(Polled))
        {
            var mine = new FormatException("mine");
            var chunks = 0;
            UtteranceEnd end = null;
            var line = session.Speak(Check.Request(), new LineOptions { OnChunk = chunk => { chunks++; throw mine; }, OnEnd = told => end = told });
            var thrown = 0;
            while (end == null)
            {
                try
                {
                    session.Poll(Check.Long);
                }
                catch (FormatException error)
                {
                    Check.That(ReferenceEquals(mine, error), "the same");
                    thrown++;
                }
            }
            Check.Equal(1, thrown);
            Check.Equal(1, chunks);
            Check.Equal(Status.Cancelled, end.Status);
            Check.That(ReferenceEquals(mine, end.Error), "the end has it");
            Check.That(ReferenceEquals(mine, Check.Throws<FormatException>(() => Check.Wait(line.Completion))), "and so has Completion");
            // Of an end, and several of them at once.
            var ends = 0;
            for (var i = 0; i < 2; i++)
            {
                session.Speak(new SpeechRequest("x", "fault:error=InvalidInput"), new LineOptions { OnChunk = chunk => Flow.Continue, OnEnd = told => { ends++; throw mine; } });
            }
            thrown = 0;
            while (ends < 2)
            {
                try
                {
                    session.Poll(Check.Long);
                }
                catch (FormatException)
                {
                    thrown++;
                }
                catch (AggregateException error)
                {
                    thrown += error.InnerExceptions.Count;
                }
            }
            Check.Equal(2, thrown);
        }
    }

    public static void WhatCallbacksThrowOnTheIoThreadIsTold()
    {
        using (var client = Check.Client())
        using (var session = client.OpenSession())
        {
            var mine = new FormatException("mine");
            var line = session.Speak(Check.Request(), new LineOptions { OnChunk = chunk => { throw mine; } });
            Check.That(ReferenceEquals(mine, Check.Throws<FormatException>(() => Check.Wait(line.Completion))), "by Completion");
            var seen = new List<Exception>();
            var told = new ManualResetEvent(false);
            Action<Exception> observe = error => { seen.Add(error); told.Set(); };
            Library.UnobservedException += observe;
            var next = session.Speak(Check.Request(), new LineOptions { OnChunk = chunk => Flow.Continue, OnEnd = end => { throw mine; } });
            Check.Wait(told);
            Library.UnobservedException -= observe;
            Check.That(seen.Single() == mine, "by UnobservedException");
            Check.Equal(Status.Ok, Check.Wait(next.Completion) == null ? Status.Internal : Status.Ok);
        }
    }

    /// <summary>An abort is thrown again after it has been caught: it must not end the library's thread.</summary>
    public static void AnAbortInACallbackIsAnExceptionAsAnyOther()
    {
        using (var client = Check.Client())
        using (var session = client.OpenSession())
        {
            var line = session.Speak(Check.Request(), new LineOptions { OnChunk = chunk => { Thread.CurrentThread.Abort(); return Flow.Continue; } });
            Check.Throws<ThreadAbortException>(() => Check.Wait(line.Completion));
            var next = session.Speak(Check.Request(), new LineOptions { OnChunk = chunk => Flow.Continue });
            Check.That(Check.Wait(next.Completion).Chunks > 1, "the thread goes on");
        }
    }

    /// <summary>Mono makes it of a fault: a signal, which the thread must take.</summary>
    public static void NullReferencesInCallbacksAreExceptionsAsEverywhere()
    {
        using (var client = Check.Client())
        using (var session = client.OpenSession())
        {
            string nothing = null;
            var line = session.Speak(Check.Request(), new LineOptions { OnChunk = chunk => (Flow)nothing.Length });
            Check.Throws<NullReferenceException>(() => Check.Wait(line.Completion));
        }
    }

    /// <summary>The collector stops all threads, also the library's own that have called back, and waits for that.</summary>
    public static void GarbageCanBeCollectedWhileSessionsLive()
    {
        using (var client = Check.Client())
        using (var session = client.OpenSession())
        {
            var line = session.Speak(Check.Request(Check.Slow), new LineOptions { OnChunk = chunk => Flow.Continue });
            while (!line.IsEnded) GC.Collect();
            Check.Wait(line.Completion);
            GC.Collect();
        }
    }

    public static void LinesCanBeEnumerated()
    {
        var whole = Whole();
        using (var client = Check.Client())
        using (var session = client.OpenSession())
        {
            Check.Same(whole, Streams.All(session.Speak(Check.Request())));
            Check.Throws<ServerException>(() => Streams.All(session.Speak(Check.Request("fault:error=Server,after=1"))));
        }
    }

    public static void ASlowReaderHoldsTheLineUpAndLosesNothing()
    {
        var request = Check.Request();
        request.Text = string.Concat(Enumerable.Repeat(Check.Text + " ", 20));
        using (var client = Check.Client())
        using (var session = client.OpenSession())
        {
            var whole = client.Tts(request);
            Check.That(whole.Summary.Chunks > 50, "more than are kept for a reader");
            var line = session.Speak(request);
            var chunks = line.GetAsyncEnumerator();
            // All of it has arrived before the second chunk is taken.
            Check.That(Check.Wait(chunks.MoveNextAsync().AsTask()), "one comes");
            while (!line.IsEnded) Thread.Yield();
            Check.That(!line.Completion.IsCompleted, "its end waits for its reader");
            var bytes = new List<byte>(chunks.Current.Data);
            while (Check.Wait(chunks.MoveNextAsync().AsTask())) bytes.AddRange(chunks.Current.Data);
            Check.Same(whole.Data, bytes.ToArray());
            Check.Equal(whole.Summary.Bytes, Check.Wait(line.Completion).Bytes);
        }
    }

    public static void AnEnumerationThatIsLeftCancelsTheLine()
    {
        using (var client = Check.Client())
        using (var session = client.OpenSession())
        {
            var line = session.Speak(Check.Request(Check.Endless));
            var chunks = line.GetAsyncEnumerator();
            Check.That(Check.Wait(chunks.MoveNextAsync().AsTask()), "one comes");
            Check.Wait(chunks.DisposeAsync().AsTask());
            Check.Throws<CancelledException>(() => Check.Wait(line.Completion));

            using (var source = new CancellationTokenSource())
            {
                var other = session.Speak(Check.Request("fault:stall,after=1"));
                var reader = other.GetAsyncEnumerator(source.Token);
                Check.That(Check.Wait(reader.MoveNextAsync().AsTask()), "one comes");
                var waiting = reader.MoveNextAsync().AsTask();
                source.Cancel();
                Check.Equal(source.Token, Check.Throws<OperationCanceledException>(() => Check.Wait(waiting)).CancellationToken);
                Check.Wait(reader.DisposeAsync().AsTask());

                var third = session.Speak(Check.Request(), new LineOptions { OnChunk = chunk => Flow.Continue, Cancel = source.Token });
                Check.Throws<System.Threading.Tasks.TaskCanceledException>(() => Check.Wait(third.Completion));
            }
        }
    }

    public static void ALineThatIsCancelledFallsSilentAtOnce()
    {
        using (var client = Check.Client())
        using (var session = client.OpenSession())
        {
            var begun = new ManualResetEvent(false);
            var late = false;
            var cancelled = false;
            var line = session.Speak(Check.Request(Check.Endless), new LineOptions
            {
                OnChunk = chunk => { late |= cancelled; begun.Set(); return Flow.Continue; },
            });
            Check.Wait(begun);
            line.Cancel();
            cancelled = true;
            Check.Throws<CancelledException>(() => Check.Wait(line.Completion));
            Check.That(!late, "no chunk after the cancel");

            // From inside, and paused and resumed.
            var paused = new ManualResetEvent(false);
            var chunks = 0;
            var other = session.Speak(Check.Request(), new LineOptions
            {
                OnChunk = chunk => { if (++chunks > 1) return Flow.Continue; paused.Set(); return Flow.Pause; },
            });
            Check.Wait(paused);
            while (!other.IsEnded) Thread.Yield();
            Check.Equal(1, chunks);
            other.Resume();
            var summary = Check.Wait(other.Completion);
            Check.Equal(summary.Chunks, (long)chunks);
            Check.That(chunks > 1, "the rest came");
            var third = session.Speak(Check.Request(), new LineOptions { OnChunk = chunk => Flow.Stop });
            Check.Throws<CancelledException>(() => Check.Wait(third.Completion));
        }
    }

    public static void RefusalsAreThrownAndNothingIsCalledBack()
    {
        using (var client = Check.Client())
        using (var session = client.OpenSession())
        {
            Action<UtteranceEnd> never = end => { throw new Exception("called back"); };
            Check.Refuses("targetText", () => session.Speak(new SpeechRequest("", "v"), new LineOptions { OnChunk = chunk => Flow.Stop, OnEnd = never }));
            Check.Refuses("voicePromptId", () => session.Speak(new SpeechRequest("x", "a\0"), new LineOptions { OnChunk = chunk => Flow.Stop, OnEnd = never }));
            Check.Throws<ArgumentNullException>(() => session.Speak(null));
            Check.Throws<InvalidArgumentException>(() => session.Poll());
            Check.Refuses("max_running", () => client.OpenSession(new SessionOptions { MaxRunning = 0 }));
            client.Dispose();
            Check.Throws<ClosedException>(() => session.Speak(Check.Request()));
        }
    }

    public static void AnythingGoesInsideACallback()
    {
        var deeds = new Action<Client, Session, Line>[]
        {
            (client, session, line) => client.Dispose(),
            (client, session, line) => session.Dispose(),
            (client, session, line) => line.Cancel(),
            (client, session, line) => { line.Dispose(); session.Dispose(); client.Dispose(); },
        };
        foreach (var delivery in new[] { Delivery.IoThread, Delivery.Poll })
        {
            foreach (var deed in deeds)
            {
                var client = Check.Client();
                var session = client.OpenSession(new SessionOptions { Delivery = delivery });
                Line line = null;
                var there = new ManualResetEvent(false);
                var ended = new ManualResetEvent(false);
                var done = false;
                line = session.Speak(Check.Request(Check.Slow), new LineOptions
                {
                    OnChunk = chunk =>
                    {
                        Check.Wait(there);
                        // A client's sessions are closed by its I/O thread: what has come may be called back until then.
                        if (done && deed == deeds[0]) return Flow.Continue;
                        Check.That(!done, "once");
                        done = true;
                        deed(client, session, line);
                        return Flow.Continue;
                    },
                    OnEnd = end => ended.Set(),
                });
                there.Set();
                while (delivery == Delivery.Poll && !ended.WaitOne(0))
                {
                    try
                    {
                        session.Poll(TimeSpan.FromSeconds(1));
                    }
                    catch (ObjectDisposedException)
                    {
                        break;
                    }
                    catch (ClosedException)
                    {
                        break;
                    }
                }
                Check.Wait(ended);
                Check.That(done, "it was done");
                session.Dispose();
                client.Dispose();
            }
        }
    }

    public static void WhatIsForgottenIsFreed()
    {
        using (var client = Check.Client())
        {
            // A line that nobody holds is spoken to its end, and holds its session.
            var ended = new ManualResetEvent(false);
            var forgotten = Forget(client, Delivery.IoThread, Check.Request(), end => { if (end.Status == Status.Ok) ended.Set(); });
            GC.Collect();
            GC.WaitForPendingFinalizers();
            Check.Wait(ended);
            Check.Collect(() => forgotten.All(one => !one.IsAlive));

            // One that nobody polls any more is closed, and calls nobody back on the finalizer's thread.
            var called = false;
            forgotten = Forget(client, Delivery.Poll, Check.Request(), end => called = true);
            Check.Collect(() => forgotten.All(one => !one.IsAlive));
            Check.That(!called, "nobody was called back");
        }
        var gone = ForgetClient();
        Check.Collect(() => !gone.IsAlive);
    }

    private static WeakReference[] Forget(Client client, Delivery delivery, SpeechRequest request, Action<UtteranceEnd> onEnd)
    {
        WeakReference[] forgotten = null;
        // In a thread whose stack is gone afterwards: Mono's collector takes what looks like a pointer for one.
        var thread = new Thread(() =>
        {
            var session = client.OpenSession(new SessionOptions { Delivery = delivery });
            var line = session.Speak(request, new LineOptions { OnChunk = chunk => Flow.Continue, OnEnd = onEnd });
            forgotten = new[] { new WeakReference(session), new WeakReference(line) };
        });
        thread.Start();
        thread.Join();
        return forgotten;
    }

    private static WeakReference ForgetClient()
    {
        WeakReference forgotten = null;
        var thread = new Thread(() => forgotten = new WeakReference(Check.Client()));
        thread.Start();
        thread.Join();
        return forgotten;
    }

    /// <summary>As Unity's editor does with what it compiles anew.</summary>
    public static void ADomainCanBeUnloadedWhileItSpeaks()
    {
        for (var i = 0; i < 5; i++)
        {
            var domain = AppDomain.CreateDomain("game " + i);
            domain.DoCallBack(Domains.Speak);
            AppDomain.Unload(domain);
        }
    }
}

public static class Domains
{
    public static void Speak()
    {
        var client = Check.Client();
        var session = client.OpenSession();
        Log.Set(LogLevel.Debug, (level, line) => { });
        var begun = new CountdownEvent(3);
        for (var i = 0; i < 3; i++)
        {
            session.Speak(Check.Request(Check.Slow), new LineOptions
            {
                OnChunk = chunk => { if (chunk.Index == 0) begun.Signal(); return Flow.Continue; },
                OnEnd = end => { },
            });
        }
        Check.Wait(begun.WaitHandle);
    }
}
