using System;
using System.Collections.Generic;

namespace Voicewire
{
    /// <summary>The native library as a whole.</summary>
    public static unsafe class Library
    {
        /// <summary>
        /// The version of the native library that these classes are made for. They are delivered together; with another one
        /// the first client, player, decoder or file throws.
        /// </summary>
        public const string PackageVersion = "0.1.0";

        private static readonly Dictionary<IntPtr, Func<IntPtr, int>> Clients = new Dictionary<IntPtr, Func<IntPtr, int>>();

        private static bool isChecked;

        /// <summary>
        /// An exception that a callback has thrown and that can be thrown to nobody: outside of Poll it is that of OnEnd, of a
        /// state's or of the log's callback. Called on the thread where it happened. What OnChunk throws cancels its line and is
        /// told by its end.
        /// </summary>
        public static event Action<Exception> UnobservedException;

        /// <summary>The native library's version.</summary>
        public static string Version
        {
            get { return Texts.Read(Native.vw_version()); }
        }

        /// <summary>A status' name in C, such as "VW_ERR_TIMEOUT".</summary>
        public static string NameOf(Status status)
        {
            return Texts.Read(Native.vw_status_name((int)status));
        }

        /// <summary>What a status means, in a few words.</summary>
        public static string Describe(Status status)
        {
            return Texts.Read(Native.vw_status_text((int)status));
        }

        internal static void OnUnobservedException(Exception exception)
        {
            try
            {
                var observers = UnobservedException;
                if (observers != null) observers(exception);
            }
            catch (Exception)
            {
                // There is nobody left to tell.
            }
        }

        /// <summary>A client of a service, which is freed at the end of the program if nobody has done it before.</summary>
        internal static NativeHandle Owner(IntPtr client, Func<IntPtr, int> free)
        {
            lock (Clients) Clients.Add(client, free);
            return new NativeHandle(client, value =>
            {
                lock (Clients) Clients.Remove(value);
                return free(value);
            });
        }

        private static void CloseAll()
        {
            List<KeyValuePair<IntPtr, Func<IntPtr, int>>> left;
            lock (Clients)
            {
                left = new List<KeyValuePair<IntPtr, Func<IntPtr, int>>>(Clients);
                Clients.Clear();
            }
            foreach (var client in left) client.Value(client.Key);
            Native.vw_set_log(Native.VW_LOG_OFF, IntPtr.Zero, IntPtr.Zero);
        }

        /// <summary>Comes before the first call of anything that is made.</summary>
        internal static void Check()
        {
            lock (Clients)
            {
                if (isChecked) return;
                if (Version != PackageVersion)
                {
                    throw new DllNotFoundException("voicewire " + Version + " was found, and these classes are for " + PackageVersion);
                }
                // Unity's editor unloads what it compiles anew. Native threads must not call into what is gone.
                AppDomain.CurrentDomain.DomainUnload += (sender, arguments) => CloseAll();
                AppDomain.CurrentDomain.ProcessExit += (sender, arguments) => CloseAll();
                isChecked = true;
            }
        }
    }
}
