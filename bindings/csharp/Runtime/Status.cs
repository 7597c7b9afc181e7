namespace Voicewire
{
    /// <summary>How a call ended; the kind of an exception. The numbers never change; new ones may be added.</summary>
    public enum Status
    {
        /// <summary>It succeeded.</summary>
        Ok = Native.VW_OK,
        /// <summary>A parameter was refused before anything was sent; Field names it.</summary>
        InvalidArgument = Native.VW_ERR_INVALID_ARGUMENT,
        /// <summary>The service does not accept the key.</summary>
        Unauthorized = Native.VW_ERR_UNAUTHORIZED,
        /// <summary>Too many requests. Wait, then try again.</summary>
        RateLimited = Native.VW_ERR_RATE_LIMITED,
        /// <summary>What the plan allows is used up: generation minutes, or voices.</summary>
        QuotaExceeded = Native.VW_ERR_QUOTA_EXCEEDED,
        /// <summary>The account has no credits left.</summary>
        InsufficientCredits = Native.VW_ERR_INSUFFICIENT_CREDITS,
        /// <summary>The service refused the request.</summary>
        RejectedInput = Native.VW_ERR_REJECTED_INPUT,
        /// <summary>What the request names does not exist.</summary>
        NotFound = Native.VW_ERR_NOT_FOUND,
        /// <summary>The connection could not be made, or broke.</summary>
        Network = Native.VW_ERR_NETWORK,
        /// <summary>The encrypted connection could not be made: most often a certificate that is not trusted.</summary>
        Tls = Native.VW_ERR_TLS,
        /// <summary>A time limit ran out; Field names the setting.</summary>
        Timeout = Native.VW_ERR_TIMEOUT,
        /// <summary>The service closed the connection before it had finished; or what was used has been closed.</summary>
        Closed = Native.VW_ERR_CLOSED,
        /// <summary>The service sent something that the protocol does not allow.</summary>
        Protocol = Native.VW_ERR_PROTOCOL,
        /// <summary>The service failed.</summary>
        Server = Native.VW_ERR_SERVER,
        /// <summary>The caller stopped it.</summary>
        Cancelled = Native.VW_ERR_CANCELLED,
        /// <summary>A file could not be read or written.</summary>
        File = Native.VW_ERR_FILE,
        /// <summary>A defect in the library. Please report it.</summary>
        Internal = Native.VW_ERR_INTERNAL,
        /// <summary>Audio was taken too slowly, and the room for what waits ran out; Field names the setting.</summary>
        BufferFull = Native.VW_ERR_BUFFER_FULL,
        /// <summary>Audio that cannot be decoded.</summary>
        BadAudio = Native.VW_ERR_BAD_AUDIO,
        /// <summary>The outbox has no room for another report; Field names the setting.</summary>
        OutboxFull = Native.VW_ERR_OUTBOX_FULL,
        /// <summary>Something else is being done to the same thing. Wait, then try again.</summary>
        Locked = Native.VW_ERR_LOCKED,
    }
}
