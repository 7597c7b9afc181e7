using System;
using System.Runtime.InteropServices;
#if UNITY_5_3_OR_NEWER
using MonoPInvokeCallbackAttribute = AOT.MonoPInvokeCallbackAttribute;
#endif

namespace Voicewire
{
    /// <summary>How much is logged: everything up to this.</summary>
    public enum LogLevel
    {
        /// <summary>Nothing.</summary>
        Off = Native.VW_LOG_OFF,
        /// <summary>What went wrong and is not also an exception.</summary>
        Error = Native.VW_LOG_ERROR,
        /// <summary>What may be going wrong.</summary>
        Warn = Native.VW_LOG_WARN,
        /// <summary>What a person running the program may want to know.</summary>
        Info = Native.VW_LOG_INFO,
        /// <summary>What a developer may want to know: connections, requests, how they ended.</summary>
        Debug = Native.VW_LOG_DEBUG,
    }

    /// <summary>The library's log. Off until it is asked for; no key is ever in it.</summary>
    public static unsafe class Log
    {
        private static readonly Native.vw_log_fn Forward = OnLine;
        private static volatile Action<LogLevel, string> target;

        /// <summary>
        /// Sends the log to <paramref name="callback"/>, up to <paramref name="level"/>, in place of wherever it went; null or
        /// LogLevel.Off turns it off. It is called on whatever thread does the work, on several at once if several work. When
        /// this returns the callback before is not running and is not called again; so not from inside of it.
        /// </summary>
        public static void Set(LogLevel level, Action<LogLevel, string> callback)
        {
            Library.Check();
            var on = callback != null && level != LogLevel.Off;
            if (on) target = callback;
            var forward = on ? Marshal.GetFunctionPointerForDelegate(Forward) : IntPtr.Zero;
            VoicewireException.Check(Native.vw_set_log((int)level, forward, IntPtr.Zero));
            if (!on) target = null;
        }

        [MonoPInvokeCallback(typeof(Native.vw_log_fn))]
        private static void OnLine(int level, byte* message, IntPtr userData)
        {
            try
            {
                var callback = target;
                if (callback != null) callback((LogLevel)level, Texts.Read(message));
            }
            catch (Exception exception)
            {
                Callbacks.Survive(exception);
                Library.OnUnobservedException(exception);
            }
        }
    }
}
