using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
#if UNITY_5_3_OR_NEWER
using MonoPInvokeCallbackAttribute = AOT.MonoPInvokeCallbackAttribute;
#endif

namespace Voicewire.Deepdub
{
    /// <summary>How a line, or a turn, ended.</summary>
    public sealed class UtteranceEnd
    {
        internal UtteranceEnd(Status status, Exception error, Summary summary)
        {
            Status = status;
            Error = error;
            Summary = summary;
        }

        /// <summary>Ok when it went well; Cancelled after a cancel, also by disposing of the session or the client.</summary>
        public Status Status { get; private set; }

        /// <summary>
        /// Why it failed: a VoicewireException, an OperationCanceledException for a CancellationToken, or what OnChunk threw;
        /// null when it went well.
        /// </summary>
        public Exception Error { get; private set; }

        /// <summary>What it came to, also when it failed.</summary>
        public Summary Summary { get; private set; }
    }

    /// <summary>Who gets a line or a turn, and where it is heard.</summary>
    public class UtteranceOptions
    {
        /// <summary>
        /// Gets the chunks, in order, one at a time, where the session calls back. Without this and without a Player they are
        /// asked for one by one: await foreach over the line or turn. What it throws cancels it, and comes with its end.
        /// </summary>
        public ChunkCallback OnChunk { get; set; }

        /// <summary>Gets the end, once, after the last OnChunk.</summary>
        public Action<UtteranceEnd> OnEnd { get; set; }

        /// <summary>Plays it, after what has been asked for there before.</summary>
        public Player Player { get; set; }

        /// <summary>What the player's state and ends call it.</summary>
        public long TrackId { get; set; }

        /// <summary>How many bytes of audio may wait to be taken; 1 or more. Beyond that it ends with BufferFull. Default 64 MiB.</summary>
        public long? MaxBufferedBytes { get; set; }

        /// <summary>Cancels it from outside.</summary>
        public CancellationToken Cancel { get; set; }
    }

    /// <summary>What is being spoken: a line of a session, or a turn of a text session. For any number of threads at once.</summary>
    /// <remarks>
    /// It goes on when this is disposed of, or forgotten, and its callbacks with it; to stop it there is Cancel. An enumeration
    /// that is left stops it.
    /// </remarks>
    public abstract unsafe class Utterance : IAsyncEnumerable<AudioChunk>, IDisposable
    {
        private static readonly Native.vw_deepdub_line_chunk_fn ChunkForward = OnChunk;
        private static readonly Native.vw_deepdub_line_end_fn EndForward = OnEnd;

        /// <summary>What its callbacks know. They have no hold on this object, which has the handle.</summary>
        internal readonly Listener Told;

        private readonly SessionBase session;
        private NativeHandle handle;

        internal Utterance(UtteranceOptions options, SessionBase session)
        {
            this.session = session;
            Told = new Listener
            {
                Chunk = options.OnChunk,
                End = options.OnEnd,
                Queue = options.OnChunk == null && options.Player == null ? new ChunkQueue() : null,
                // One that nobody polls any more would never end.
                Keeps = session.Delivery == Delivery.IoThread ? session : null,
                Player = options.Player,
                Cancel = CancelScope.For(options.Cancel),
            };
            Told.Self = GCHandle.Alloc(Told);
        }

        /// <summary>Done when it has ended: what it came to, or what it failed with.</summary>
        public Task<Summary> Completion
        {
            get { return Told.Completion(); }
        }

        /// <summary>Whether it has ended. Chunks and its end may still be waiting for their callbacks.</summary>
        public bool IsEnded
        {
            get
            {
                int ended;
                VoicewireException.Check(AskEnded(Value, &ended));
                GC.KeepAlive(this);
                return ended != 0;
            }
        }

        /// <summary>What it has come to so far.</summary>
        public Summary Summary
        {
            get
            {
                Native.vw_deepdub_tts_result result;
                VoicewireException.Check(Native.vw_deepdub_tts_result_init(&result));
                VoicewireException.Check(AskResult(Value, &result));
                GC.KeepAlive(this);
                return new Summary(&result);
            }
        }

        /// <summary>
        /// Stops it. When this returns, its OnChunk is not running and is not called again; only its end still comes. From inside
        /// a callback it waits for nothing. So no lock may be held that OnChunk takes.
        /// </summary>
        public void Cancel()
        {
            VoicewireException.Check(NativeCancel(Value));
            GC.KeepAlive(this);
        }

        /// <summary>Lets chunks come again after Flow.Pause.</summary>
        public void Resume()
        {
            VoicewireException.Check(NativeResume(Value));
            GC.KeepAlive(this);
        }

        /// <summary>Its chunks, one by one, for one reader. Only without OnChunk and Player. One that is left early cancels it.</summary>
        public IAsyncEnumerator<AudioChunk> GetAsyncEnumerator(CancellationToken cancel = default(CancellationToken))
        {
            if (Told.Queue == null) throw new InvalidOperationException("its chunks go to OnChunk, or to a player");
            return new UtteranceChunks(this, cancel);
        }

        /// <summary>Gives up the handle.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        internal IntPtr Value
        {
            get { return handle.For(this); }
        }

        internal static IntPtr ChunkPointer
        {
            get { return Marshal.GetFunctionPointerForDelegate(ChunkForward); }
        }

        internal static IntPtr EndPointer
        {
            get { return Marshal.GetFunctionPointerForDelegate(EndForward); }
        }

        /// <summary>on_chunk, for the options: with a player none is needed where nobody listens.</summary>
        internal IntPtr ChunkPointerIfWanted
        {
            get { return Told.Chunk == null && Told.Queue == null ? IntPtr.Zero : ChunkPointer; }
        }

        internal IntPtr UserData
        {
            get { return GCHandle.ToIntPtr(Told.Self); }
        }

        /// <summary>It has been begun, or refused: then nothing is called back, and this throws.</summary>
        internal void Begun(int status, IntPtr made)
        {
            if (status != Native.VW_OK)
            {
                var error = CancelScope.Explain(Told.Cancel, VoicewireException.Last(status));
                Refused();
                throw error;
            }
            handle = new NativeHandle(made, NativeFree);
            GC.KeepAlive(session);
        }

        internal void Refused()
        {
            Told.Self.Free();
            if (Told.Cancel != null) Told.Cancel.Dispose();
        }

        internal abstract Func<IntPtr, int> NativeFree { get; }

        internal abstract int NativeCancel(IntPtr value);

        internal abstract int NativeResume(IntPtr value);

        internal abstract int AskEnded(IntPtr value, int* ended);

        internal abstract int AskResult(IntPtr value, Native.vw_deepdub_tts_result* result);

        [MonoPInvokeCallback(typeof(Native.vw_deepdub_line_chunk_fn))]
        private static int OnChunk(Native.vw_deepdub_chunk* chunk, IntPtr userData)
        {
            if (NativeHandle.Finalizing) return Native.VW_STOP;
            var told = (Listener)GCHandle.FromIntPtr(userData).Target;
            try
            {
                if (told.Queue != null) return (int)told.Queue.Add(new Chunk(chunk).ToArray());
                return (int)told.Chunk(new Chunk(chunk));
            }
            catch (Exception exception)
            {
                Callbacks.Survive(exception);
                told.Thrown = exception;
                Callbacks.Keep(exception);
                return Native.VW_STOP;
            }
        }

        [MonoPInvokeCallback(typeof(Native.vw_deepdub_line_end_fn))]
        private static void OnEnd(Native.vw_deepdub_line_end* end, IntPtr userData)
        {
            try
            {
                var self = GCHandle.FromIntPtr(userData);
                var told = (Listener)self.Target;
                self.Free();
                told.Ended(end);
            }
            catch (Exception exception)
            {
                Callbacks.Survive(exception);
                Callbacks.Lost(exception);
            }
        }

        /// <summary>What stands behind user_data, from the call that begins it to its on_end.</summary>
        internal sealed class Listener
        {
            internal ChunkCallback Chunk;
            internal Action<UtteranceEnd> End;
            internal ChunkQueue Queue;
            internal Exception Thrown;
            internal CancelScope Cancel;
            internal GCHandle Self;

            /// <summary>What may not be finalized before the end.</summary>
            internal object Keeps;
            internal Player Player;

            private readonly object gate = new object();
            private TaskCompletionSource<Summary> completion;
            private UtteranceEnd ended;

            internal Task<Summary> Completion()
            {
                lock (gate)
                {
                    if (completion == null)
                    {
                        completion = new TaskCompletionSource<Summary>(TaskCreationOptions.RunContinuationsAsynchronously);
                        if (ended != null) Complete();
                    }
                    return completion.Task;
                }
            }

            internal void Ended(Native.vw_deepdub_line_end* end)
            {
                Exception error = null;
                if (end->error != null) error = CancelScope.Explain(Cancel, VoicewireException.From(end->status, end->error));
                if (Thrown != null) error = Thrown;
                if (Cancel != null) Cancel.Dispose();
                var told = new UtteranceEnd((Status)end->status, error, new Summary(end->result));
                if (Queue != null) Queue.End(error);
                lock (gate)
                {
                    ended = told;
                    if (completion != null) Complete();
                }
                Keeps = null;
                if (End != null && !NativeHandle.Finalizing) End(told);
            }

            private void Complete()
            {
                if (ended.Error == null) completion.TrySetResult(ended.Summary);
                else if (ended.Error is OperationCanceledException) completion.TrySetCanceled(((OperationCanceledException)ended.Error).CancellationToken);
                else completion.TrySetException(ended.Error);
            }
        }

        internal void ResumeIfLive()
        {
            if (!handle.IsClosed) NativeResume(handle.DangerousGetHandle());
            GC.KeepAlive(this);
        }

        internal void CancelIfLive()
        {
            if (!handle.IsClosed) NativeCancel(handle.DangerousGetHandle());
            GC.KeepAlive(this);
        }
    }
}
