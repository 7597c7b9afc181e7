using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace Voicewire.Deepdub
{
    /// <summary>What has come of a generation and has not been asked for; one end, under one lock.</summary>
    internal sealed class ChunkQueue
    {
        /// <summary>With so many waiting the other side is held up.</summary>
        private const int Full = 16;

        private readonly object gate = new object();
        private readonly Queue<AudioChunk> waiting = new Queue<AudioChunk>();
        private TaskCompletionSource<bool> changed;
        private bool paused;
        private bool over;
        private bool left;
        private Exception failure;

        /// <summary>Adds a chunk of a line's. Pause when no more is wanted until TryTake says so.</summary>
        internal Flow Add(AudioChunk chunk)
        {
            TaskCompletionSource<bool> told;
            Flow flow;
            lock (gate)
            {
                waiting.Enqueue(chunk);
                paused = waiting.Count >= Full;
                flow = paused ? Flow.Pause : Flow.Continue;
                told = Changed();
            }
            if (told != null) told.TrySetResult(true);
            return flow;
        }

        /// <summary>Adds a chunk of a call's: waits for room. Stop when nobody wants it any more.</summary>
        internal Flow AddWaiting(AudioChunk chunk)
        {
            TaskCompletionSource<bool> told;
            lock (gate)
            {
                while (waiting.Count >= Full && !left) Monitor.Wait(gate);
                if (left) return Flow.Stop;
                waiting.Enqueue(chunk);
                told = Changed();
            }
            if (told != null) told.TrySetResult(true);
            return Flow.Continue;
        }

        /// <summary>Nothing comes any more; null when it went well.</summary>
        internal void End(Exception exception)
        {
            TaskCompletionSource<bool> told;
            lock (gate)
            {
                over = true;
                failure = exception;
                told = Changed();
            }
            if (told != null) told.TrySetResult(true);
        }

        /// <summary>Nobody takes anything any more.</summary>
        internal void Leave()
        {
            lock (gate)
            {
                left = true;
                waiting.Clear();
                Monitor.PulseAll(gate);
            }
        }

        /// <summary>
        /// The next chunk; null when the generation is over. Throws what it failed with, after what was good.
        /// <paramref name="resume"/> is called when there is room again.
        /// </summary>
        internal async Task<AudioChunk> Take(Action resume)
        {
            while (true)
            {
                Task change = null;
                AudioChunk chunk = null;
                var room = false;
                lock (gate)
                {
                    if (waiting.Count > 0)
                    {
                        chunk = waiting.Dequeue();
                        room = paused && waiting.Count <= Full / 2;
                        if (room) paused = false;
                        Monitor.PulseAll(gate);
                    }
                    else if (over)
                    {
                        if (failure != null) ExceptionDispatchInfo.Capture(failure).Throw();
                        return null;
                    }
                    else
                    {
                        if (changed == null) changed = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                        change = changed.Task;
                    }
                }
                if (room) resume();
                if (chunk != null) return chunk;
                await change.ConfigureAwait(false);
            }
        }

        /// <summary>Whom to tell, outside of the lock.</summary>
        private TaskCompletionSource<bool> Changed()
        {
            var told = changed;
            changed = null;
            return told;
        }
    }

    /// <summary>The chunks of a call that blocks, which is made on a thread of its own.</summary>
    internal sealed class CallChunks : IAsyncEnumerable<AudioChunk>
    {
        private readonly Client client;
        private readonly SpeechRequest request;

        internal CallChunks(Client client, SpeechRequest request)
        {
            this.client = client;
            this.request = request;
        }

        public IAsyncEnumerator<AudioChunk> GetAsyncEnumerator(CancellationToken cancel = default(CancellationToken))
        {
            return new Enumerator(client, request, cancel);
        }

        private sealed class Enumerator : IAsyncEnumerator<AudioChunk>
        {
            private readonly ChunkQueue queue = new ChunkQueue();
            private readonly CancellationTokenSource leave;
            private readonly Task call;

            internal Enumerator(Client client, SpeechRequest request, CancellationToken cancel)
            {
                leave = CancellationTokenSource.CreateLinkedTokenSource(cancel);
                var token = leave.Token;
                call = Task.Factory.StartNew(() =>
                {
                    try
                    {
                        client.StreamTts(request, chunk => queue.AddWaiting(chunk.ToArray()), token);
                        queue.End(null);
                    }
                    catch (OperationCanceledException error)
                    {
                        queue.End(new OperationCanceledException(error.Message, error, cancel));
                    }
                    catch (Exception error)
                    {
                        queue.End(error);
                    }
                }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }

            public AudioChunk Current { get; private set; }

            public ValueTask<bool> MoveNextAsync()
            {
                return new ValueTask<bool>(Next());
            }

            public ValueTask DisposeAsync()
            {
                queue.Leave();
                leave.Cancel();
                return new ValueTask(Finish());
            }

            private async Task<bool> Next()
            {
                Current = await queue.Take(() => { }).ConfigureAwait(false);
                return Current != null;
            }

            private async Task Finish()
            {
                await call.ConfigureAwait(false);
                leave.Dispose();
            }
        }
    }
}
