using System;
using System.Collections;
using System.Collections.Generic;

namespace Voicewire
{
    /// <summary>A list of a service's, fetched page by page as it is asked for. To be gone through once.</summary>
    /// <remarks>A failure is thrown where the next item was asked for; what had come stays good.</remarks>
    public sealed unsafe class PagedList : IEnumerable<Json>, IDisposable
    {
        internal delegate int Asker(IntPtr list, IntPtr* item);

        private readonly NativeHandle handle;
        private readonly Asker next;
        private readonly CancelScope cancel;

        internal PagedList(IntPtr made, Asker next, Func<IntPtr, int> free, CancelScope cancel)
        {
            handle = new NativeHandle(made, free);
            this.next = next;
            this.cancel = cancel;
        }

        /// <summary>The next item; null after the last.</summary>
        public Json Next()
        {
            IntPtr item;
            var status = next(handle.For(this), &item);
            GC.KeepAlive(this);
            CancelScope.Check(cancel, status);
            return item == IntPtr.Zero ? null : new Json(item);
        }

        /// <summary>The items from here on.</summary>
        public IEnumerator<Json> GetEnumerator()
        {
            for (var item = Next(); item != null; item = Next()) yield return item;
        }

        IEnumerator IEnumerable.GetEnumerator()
        {
            return GetEnumerator();
        }

        /// <summary>Leaves the rest unasked.</summary>
        public void Dispose()
        {
            handle.Dispose();
            if (cancel != null) cancel.Dispose();
        }
    }
}
