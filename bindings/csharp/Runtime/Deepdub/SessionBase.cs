using System;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
#if UNITY_5_3_OR_NEWER
using MonoPInvokeCallbackAttribute = AOT.MonoPInvokeCallbackAttribute;
#endif

namespace Voicewire.Deepdub
{
    /// <summary>Where a session calls back.</summary>
    public enum Delivery
    {
        /// <summary>
        /// On the I/O thread of its client, the moment that something comes. All sessions of a client share that thread: hand
        /// the audio on, or return Flow.Pause.
        /// </summary>
        IoThread = Native.VW_DELIVERY_IO_THREAD,
        /// <summary>Only inside Poll, on the thread that calls it, and inside Dispose: for an engine's main thread.</summary>
        Poll = Native.VW_DELIVERY_POLL,
    }

    /// <summary>How a session stands with the service.</summary>
    public enum SessionState
    {
        /// <summary>A connection is being opened.</summary>
        Connecting = Native.VW_SESSION_CONNECTING,
        /// <summary>The connection is open.</summary>
        Ready = Native.VW_SESSION_READY,
        /// <summary>There is no connection.</summary>
        Lost = Native.VW_SESSION_LOST,
        /// <summary>The session has been disposed of, or its client.</summary>
        Closed = Native.VW_SESSION_CLOSED,
    }

    /// <summary>A session's state has changed.</summary>
    public sealed class StateChange
    {
        internal StateChange(SessionState state, VoicewireException error, TimeSpan? retryIn)
        {
            State = state;
            Error = error;
            RetryIn = retryIn;
        }

        /// <summary>The new state.</summary>
        public SessionState State { get; private set; }

        /// <summary>Why the connection was lost, or could not be made; null when there is nothing to say.</summary>
        public VoicewireException Error { get; private set; }

        /// <summary>How long until the next try; null when there is none.</summary>
        public TimeSpan? RetryIn { get; private set; }
    }

    /// <summary>What a session and a text session have in common.</summary>
    /// <remarks>
    /// For any number of threads at once. Dispose closes it: every line has had its end when it returns, unless it is called from
    /// inside a callback. Its lines, while they are spoken, and OnState keep a session from the garbage collector.
    /// </remarks>
    public abstract unsafe class SessionBase : IDisposable
    {
        private static readonly Native.vw_session_state_fn StateForward = OnStateChange;

        private readonly NativeHandle handle;

        internal delegate int Opener(IntPtr client, IntPtr onState, IntPtr userData, IntPtr* made);

        internal SessionBase(Client client, Delivery delivery, Action<StateChange> onState, Opener open, Func<IntPtr, int> free)
        {
            Client = client;
            Delivery = delivery;
            // Freed with the last change, which every session has.
            var watcher = GCHandle.Alloc(new Watcher { Tell = onState });
            IntPtr made;
            var forward = Marshal.GetFunctionPointerForDelegate(StateForward);
            var status = open(client.Handle, forward, GCHandle.ToIntPtr(watcher), &made);
            if (status != Native.VW_OK)
            {
                var error = VoicewireException.Last(status);
                watcher.Free();
                throw error;
            }
            handle = new NativeHandle(made, free);
        }

        /// <summary>Whose it is.</summary>
        public Client Client { get; private set; }

        /// <summary>Where it calls back.</summary>
        public Delivery Delivery { get; private set; }

        /// <summary>How it stands with the service.</summary>
        public SessionState State
        {
            get
            {
                int state;
                VoicewireException.Check(Native.vw_session_get_state(Handle, &state));
                GC.KeepAlive(this);
                return (SessionState)state;
            }
        }

        /// <summary>
        /// What an event loop can wait for, of a session with Delivery.Poll: a file descriptor on Unix, a SOCKET on Windows,
        /// readable when there is something to poll for. It is the session's: neither read from it nor close it.
        /// </summary>
        public IntPtr PollHandle
        {
            get
            {
                IntPtr found;
                VoicewireException.Check(Native.vw_session_poll_handle(Handle, &found));
                GC.KeepAlive(this);
                return found;
            }
        }

        /// <summary>
        /// Makes the callbacks that are due, on this thread, for a session with Delivery.Poll; once a frame say. Does not wait. What
        /// callbacks throw is thrown here, after all of them: as an AggregateException when it is more than one.
        /// </summary>
        /// <exception cref="ClosedException">When the client has been disposed of and every callback has been made.</exception>
        public void Poll()
        {
            Poll(TimeSpan.Zero);
        }

        /// <summary>Poll, which waits so long for the first of them. Inside a callback it never waits.</summary>
        public void Poll(TimeSpan timeout)
        {
            VoicewireException.Check(Callbacks.Poll(Handle, Units.Milliseconds(timeout, "timeout")));
            GC.KeepAlive(this);
        }

        /// <summary>
        /// Waits until the connection is open. There is no need to: lines wait by themselves. TimedOutException when it is not open
        /// by then; other exceptions are why it cannot be opened.
        /// </summary>
        public void WaitReady(TimeSpan timeout)
        {
            VoicewireException.Check(Native.vw_session_wait_ready(Handle, Units.Milliseconds(timeout, "timeout")));
            GC.KeepAlive(this);
        }

        /// <summary>Cancels everything that is being spoken, and closes the connection.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        internal IntPtr Handle
        {
            get { return handle.For(this); }
        }

        [MonoPInvokeCallback(typeof(Native.vw_session_state_fn))]
        private static void OnStateChange(Native.vw_session_state_change* change, IntPtr userData)
        {
            try
            {
                var self = GCHandle.FromIntPtr(userData);
                var watcher = (Watcher)self.Target;
                if (change->state == Native.VW_SESSION_CLOSED) self.Free();
                if (watcher.Tell == null || NativeHandle.Finalizing) return;
                var error = change->error == null ? null : VoicewireException.From(change->error->status, change->error);
                var retryIn = change->retry_in_ms < 0 ? (TimeSpan?)null : Units.Time(change->retry_in_ms);
                watcher.Tell(new StateChange((SessionState)change->state, error, retryIn));
            }
            catch (Exception exception)
            {
                Callbacks.Survive(exception);
                Callbacks.Lost(exception);
            }
        }

        private sealed class Watcher
        {
            internal Action<StateChange> Tell;
        }
    }
}
