using System;
using System.Runtime.InteropServices;

namespace Voicewire
{
    /// <summary>One handle of the library's, freed exactly once: by Dispose, or by the finalizer of whoever forgot it.</summary>
    /// <remarks>
    /// It is not kept alive for the length of a call, as SafeHandle's own marshalling would do: freeing one is how a call that
    /// is under way is ended. That is safe because handles are numbers that the library looks up, and never uses again.
    /// Who calls the library keeps this object from the finalizer with GC.KeepAlive.
    /// </remarks>
    internal sealed class NativeHandle : SafeHandle
    {
        /// <summary>Set while the finalizer thread frees something: nobody's callbacks are called there.</summary>
        [ThreadStatic] internal static bool Finalizing;

        private readonly Func<IntPtr, int> free;

        internal NativeHandle(IntPtr value, Func<IntPtr, int> free) : base(IntPtr.Zero, true)
        {
            this.free = free;
            SetHandle(value);
        }

        public override bool IsInvalid
        {
            get { return handle == IntPtr.Zero; }
        }

        /// <summary>The handle, for a call. ObjectDisposedException when it has been given back.</summary>
        internal IntPtr For(object owner)
        {
            if (IsClosed) throw new ObjectDisposedException(owner.GetType().Name);
            return handle;
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                base.Dispose(true);
                return;
            }
            Finalizing = true;
            try
            {
                base.Dispose(false);
            }
            finally
            {
                Finalizing = false;
            }
        }

        protected override bool ReleaseHandle()
        {
            return free(handle) == Native.VW_OK;
        }
    }
}
