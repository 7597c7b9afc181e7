using System;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
#if UNITY_5_3_OR_NEWER
using MonoPInvokeCallbackAttribute = AOT.MonoPInvokeCallbackAttribute;
#endif

namespace Voicewire
{
    /// <summary>How far an upload or a download has come, in bytes.</summary>
    public struct Transfer
    {
        /// <summary>Bytes so far.</summary>
        public long Done { get; internal set; }

        /// <summary>Bytes in all; null when nobody said.</summary>
        public long? Total { get; internal set; }
    }

    /// <summary>Where a download goes: set one of the two. There is never half a file.</summary>
    public sealed class SaveTo
    {
        /// <summary>The path of the file; one that is there is replaced.</summary>
        public string File { get; set; }

        /// <summary>A directory, in which it has the name that the service gives.</summary>
        public string Directory { get; set; }

        internal unsafe Native.vw_save_to Native_(Texts texts)
        {
            Native.vw_save_to to;
            VoicewireException.Check(Native.vw_save_to_init(&to));
            to.file = texts.Add(File, "file");
            to.directory = texts.Add(Directory, "directory");
            return to;
        }
    }

    /// <summary>Audio to be uploaded: a file, or bytes and what they would be called.</summary>
    public sealed class Upload
    {
        /// <summary>The path of an audio file.</summary>
        public string Path { get; set; }

        /// <summary>Instead: the bytes of one.</summary>
        public byte[] Data { get; set; }

        /// <summary>What the bytes would be called, such as "take-1.wav".</summary>
        public string Name { get; set; }

        internal unsafe Native.vw_upload Native_(Texts texts)
        {
            Native.vw_upload upload;
            VoicewireException.Check(Native.vw_upload_init(&upload));
            upload.path = texts.Add(Path, "path");
            upload.data = texts.Add(Data);
            upload.size = Data == null ? UIntPtr.Zero : (UIntPtr)Data.Length;
            upload.name = texts.Add(Name, "name");
            return upload;
        }
    }

    /// <summary>What is told how far a call has come, for the length of the call; and what that threw.</summary>
    internal sealed unsafe class ProgressScope : IDisposable
    {
        private static readonly Native.vw_transfer_fn TransferForward = OnTransfer;
        private readonly Func<object, Flow> tell;
        private GCHandle self;
        private Exception thrown;

        /// <summary>Null for nobody.</summary>
        internal static ProgressScope For<T>(Func<T, Flow> onProgress)
        {
            return onProgress == null ? null : new ProgressScope(progress => onProgress((T)progress));
        }

        private ProgressScope(Func<object, Flow> tell)
        {
            this.tell = tell;
            self = GCHandle.Alloc(this);
        }

        internal static IntPtr UserData(ProgressScope scope)
        {
            return scope == null ? IntPtr.Zero : GCHandle.ToIntPtr(scope.self);
        }

        /// <summary>on_progress of uploads and downloads.</summary>
        internal static IntPtr TransferPointer(ProgressScope scope)
        {
            return scope == null ? IntPtr.Zero : Marshal.GetFunctionPointerForDelegate(TransferForward);
        }

        /// <summary>Tells it; make(progress) makes what is told, inside of what catches exceptions.</summary>
        internal static int Tell(IntPtr userData, Func<object> make)
        {
            var scope = (ProgressScope)GCHandle.FromIntPtr(userData).Target;
            try
            {
                return (int)scope.tell(make());
            }
            catch (Exception exception)
            {
                Callbacks.Survive(exception);
                scope.thrown = exception;
                return Native.VW_STOP;
            }
        }

        /// <summary>
        /// What a call has made; throws what the callback threw, or else what the call failed with, and what came of it.
        /// </summary>
        internal static Json Answer(ProgressScope scope, CancelScope cancel, int status, IntPtr made)
        {
            var error = status == Native.VW_OK ? null : VoicewireException.Last(status);
            var answer = made == IntPtr.Zero ? null : new Json(made);
            if (scope != null && scope.thrown != null)
            {
                if (answer != null) answer.Dispose();
                ExceptionDispatchInfo.Capture(scope.thrown).Throw();
            }
            if (error == null) return answer;
            error.Outcome = answer;
            throw CancelScope.Explain(cancel, error);
        }

        public void Dispose()
        {
            self.Free();
        }

        [MonoPInvokeCallback(typeof(Native.vw_transfer_fn))]
        private static int OnTransfer(long done, long total, IntPtr userData)
        {
            return Tell(userData, () => new Transfer { Done = done, Total = total < 0 ? (long?)null : total });
        }
    }
}
