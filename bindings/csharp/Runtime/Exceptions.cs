namespace Voicewire
{
    /// <summary>A parameter was refused before anything was sent; Field names it.</summary>
    public sealed unsafe class InvalidArgumentException : VoicewireException
    {
        internal InvalidArgumentException(Native.vw_error* error) : base(Status.InvalidArgument, error) { }

        internal InvalidArgumentException(string field, string message) : base(Status.InvalidArgument, field, message) { }
    }

    /// <summary>The service does not accept the key.</summary>
    public sealed unsafe class UnauthorizedException : VoicewireException
    {
        internal UnauthorizedException(Native.vw_error* error) : base(Status.Unauthorized, error) { }
    }

    /// <summary>Too many requests. RetryAfter says how long to wait, where the service does.</summary>
    public sealed unsafe class RateLimitedException : VoicewireException
    {
        internal RateLimitedException(Native.vw_error* error) : base(Status.RateLimited, error) { }
    }

    /// <summary>What the plan allows is used up: generation minutes, or voices.</summary>
    public sealed unsafe class QuotaExceededException : VoicewireException
    {
        internal QuotaExceededException(Native.vw_error* error) : base(Status.QuotaExceeded, error) { }
    }

    /// <summary>The account has no credits left.</summary>
    public sealed unsafe class InsufficientCreditsException : VoicewireException
    {
        internal InsufficientCreditsException(Native.vw_error* error) : base(Status.InsufficientCredits, error) { }
    }

    /// <summary>The service refused the request.</summary>
    public sealed unsafe class RejectedInputException : VoicewireException
    {
        internal RejectedInputException(Native.vw_error* error) : base(Status.RejectedInput, error) { }
    }

    /// <summary>What the request names does not exist.</summary>
    public sealed unsafe class NotFoundException : VoicewireException
    {
        internal NotFoundException(Native.vw_error* error) : base(Status.NotFound, error) { }
    }

    /// <summary>The connection could not be made, or broke.</summary>
    public sealed unsafe class NetworkException : VoicewireException
    {
        internal NetworkException(Native.vw_error* error) : base(Status.Network, error) { }
    }

    /// <summary>The encrypted connection could not be made: most often a certificate that is not trusted.</summary>
    public sealed unsafe class TlsException : VoicewireException
    {
        internal TlsException(Native.vw_error* error) : base(Status.Tls, error) { }
    }

    /// <summary>A time limit ran out; Field names the setting. Not called TimeoutException, which is System's.</summary>
    public sealed unsafe class TimedOutException : VoicewireException
    {
        internal TimedOutException(Native.vw_error* error) : base(Status.Timeout, error) { }
    }

    /// <summary>The service closed the connection before it had finished; or what was used has been closed.</summary>
    public sealed unsafe class ClosedException : VoicewireException
    {
        internal ClosedException(Native.vw_error* error) : base(Status.Closed, error) { }
    }

    /// <summary>The service sent something that the protocol does not allow.</summary>
    public sealed unsafe class ProtocolException : VoicewireException
    {
        internal ProtocolException(Native.vw_error* error) : base(Status.Protocol, error) { }
    }

    /// <summary>The service failed.</summary>
    public sealed unsafe class ServerException : VoicewireException
    {
        internal ServerException(Native.vw_error* error) : base(Status.Server, error) { }
    }

    /// <summary>The caller stopped it: by Flow.Stop, Cancel, or disposing of the session or client. A CancellationToken's own cancel is an OperationCanceledException.</summary>
    public sealed unsafe class CancelledException : VoicewireException
    {
        internal CancelledException(Native.vw_error* error) : base(Status.Cancelled, error) { }
    }

    /// <summary>A file could not be read or written.</summary>
    public sealed unsafe class FileException : VoicewireException
    {
        internal FileException(Native.vw_error* error) : base(Status.File, error) { }
    }

    /// <summary>A defect in the library. Please report it.</summary>
    public sealed unsafe class InternalException : VoicewireException
    {
        internal InternalException(Native.vw_error* error) : base(Status.Internal, error) { }
    }

    /// <summary>Audio was taken too slowly, and the room for what waits ran out; Field names the setting.</summary>
    public sealed unsafe class BufferFullException : VoicewireException
    {
        internal BufferFullException(Native.vw_error* error) : base(Status.BufferFull, error) { }
    }

    /// <summary>The outbox has no room for another report; Field names the setting.</summary>
    public sealed unsafe class OutboxFullException : VoicewireException
    {
        internal OutboxFullException(Native.vw_error* error) : base(Status.OutboxFull, error) { }
    }

    /// <summary>Something else is being done to the same thing. Wait, then try again.</summary>
    public sealed unsafe class LockedException : VoicewireException
    {
        internal LockedException(Native.vw_error* error) : base(Status.Locked, error) { }
    }

    /// <summary>Audio that cannot be decoded: broken, or of a form that is not known here. AudioByte says where.</summary>
    public sealed unsafe class BadAudioException : VoicewireException
    {
        internal BadAudioException(Native.vw_error* error) : base(Status.BadAudio, error) { }

        /// <summary>What a decoder handed out that was good before it, as floats; null where it is not a decoder's.</summary>
        public float[] Samples { get; internal set; }

        /// <summary>The same of a decoder that is asked for 16-bit samples.</summary>
        public short[] Samples16 { get; internal set; }
    }
}
