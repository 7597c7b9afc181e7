using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace Voicewire.Deepdub
{
    /// <summary>A line's or turn's chunks, asked for one by one.</summary>
    internal sealed class UtteranceChunks : IAsyncEnumerator<AudioChunk>
    {
        private readonly Utterance utterance;
        private readonly Action resume;
        private readonly CancellationToken cancel;
        private readonly CancellationTokenRegistration registration;

        internal UtteranceChunks(Utterance utterance, CancellationToken cancel)
        {
            this.utterance = utterance;
            this.cancel = cancel;
            resume = utterance.ResumeIfLive;
            registration = cancel.Register(utterance.CancelIfLive);
        }

        public AudioChunk Current { get; private set; }

        public ValueTask<bool> MoveNextAsync()
        {
            return new ValueTask<bool>(Next());
        }

        public ValueTask DisposeAsync()
        {
            registration.Dispose();
            utterance.CancelIfLive();
            utterance.Told.Queue.Leave();
            return new ValueTask();
        }

        private async Task<bool> Next()
        {
            try
            {
                Current = await utterance.Told.Queue.Take(resume).ConfigureAwait(false);
            }
            catch (CancelledException error)
            {
                if (!cancel.IsCancellationRequested) throw;
                throw new OperationCanceledException(error.Message, error, cancel);
            }
            return Current != null;
        }
    }
}
