using System;
using System.Threading;

namespace Voicewire
{
    /// <summary>A CancellationToken as the library's vw_cancel, for the length of a call or of a line.</summary>
    internal sealed class CancelScope : IDisposable
    {
        private static readonly Action<object> CancelNow = Cancel;
        private readonly NativeHandle handle;
        private readonly CancellationToken token;
        private CancellationTokenRegistration registration;

        private CancelScope(IntPtr value, CancellationToken token)
        {
            this.token = token;
            handle = new NativeHandle(value, free => Native.vw_cancel_free(free));
        }

        /// <summary>Null for a token that nobody can cancel.</summary>
        internal static unsafe CancelScope For(CancellationToken token)
        {
            if (!token.CanBeCanceled) return null;
            IntPtr made;
            VoicewireException.Check(Native.vw_cancel_new(&made));
            var scope = new CancelScope(made, token);
            scope.registration = token.Register(CancelNow, scope);
            return scope;
        }

        /// <summary>What a request's cancel field gets; NULL for null.</summary>
        internal static IntPtr Value(CancelScope scope)
        {
            return scope == null ? IntPtr.Zero : scope.handle.DangerousGetHandle();
        }

        /// <summary>What is to be thrown: OperationCanceledException when it was this token that ended it.</summary>
        internal static Exception Explain(CancelScope scope, VoicewireException exception)
        {
            if (scope == null || exception.Status != Status.Cancelled || !scope.token.IsCancellationRequested) return exception;
            return new OperationCanceledException(exception.Message, exception, scope.token);
        }

        /// <summary>Throws what this thread's last call failed with.</summary>
        internal static void Check(CancelScope scope, int status)
        {
            if (status != Native.VW_OK) throw Explain(scope, VoicewireException.Last(status));
        }

        public void Dispose()
        {
            registration.Dispose();
            handle.Dispose();
        }

        private static void Cancel(object scope)
        {
            Native.vw_cancel_now(((CancelScope)scope).handle.DangerousGetHandle());
        }
    }
}
