using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Threading;
#if UNITY_5_3_OR_NEWER
using MonoPInvokeCallbackAttribute = AOT.MonoPInvokeCallbackAttribute;
#endif

namespace Voicewire
{
#if !UNITY_5_3_OR_NEWER
    /// <summary>Marks what native code calls back. IL2CPP makes a native function of these ahead of time, and of no others.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    internal sealed class MonoPInvokeCallbackAttribute : Attribute
    {
        public MonoPInvokeCallbackAttribute(Type type)
        {
            Type = type;
        }

        public Type Type { get; private set; }
    }
#endif

    /// <summary>Where exceptions go that callbacks throw. None may pass through native code.</summary>
    internal static class Callbacks
    {
        /// <summary>What was thrown in the poll that this thread is making; null outside of one.</summary>
        [ThreadStatic] private static List<Exception> thrown;

        /// <summary>Polls, and throws what a callback threw in it: as it was when it was one, else all of them together.</summary>
        internal static int Poll(IntPtr session, uint timeout)
        {
            var outer = thrown;
            thrown = null;
            int status;
            List<Exception> mine;
            inPoll++;
            try
            {
                status = Native.vw_session_poll(session, timeout);
            }
            finally
            {
                inPoll--;
                mine = thrown;
                thrown = outer;
            }
            if (mine != null && mine.Count == 1) ExceptionDispatchInfo.Capture(mine[0]).Throw();
            if (mine != null) throw new AggregateException(mine);
            return status;
        }

        [ThreadStatic] private static int inPoll;

        /// <summary>Keeps an exception for the poll that is under way. False when there is none.</summary>
        internal static bool Keep(Exception exception)
        {
            if (inPoll == 0) return false;
            if (thrown == null) thrown = new List<Exception>();
            thrown.Add(exception);
            return true;
        }

        /// <summary>
        /// Comes first where an exception is caught: one that aborts a thread would be thrown again right after, and end the
        /// thread in the midst of native code.
        /// </summary>
        internal static void Survive(Exception exception)
        {
            if (exception is ThreadAbortException) Thread.ResetAbort();
        }

        /// <summary>For what has nobody else to be thrown at.</summary>
        internal static void Lost(Exception exception)
        {
            if (!Keep(exception)) Library.OnUnobservedException(exception);
        }
    }
}
