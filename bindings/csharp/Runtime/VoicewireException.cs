using System;

namespace Voicewire
{
    /// <summary>A service's own account of an error (RFC 9457). What it did not say is null.</summary>
    public sealed class Problem
    {
        private Problem()
        {
        }

        internal static unsafe Problem From(Native.vw_error* error)
        {
            var found = new Problem
            {
                Type = Texts.Read(error->problem_type),
                Title = Texts.Read(error->problem_title),
                Detail = Texts.Read(error->problem_detail),
                Instance = Texts.Read(error->problem_instance),
                ErrorCode = error->problem_error_code == long.MinValue ? (long?)null : error->problem_error_code,
            };
            var isThere = found.Type != null || found.Title != null || found.Detail != null || found.Instance != null
                || found.ErrorCode != null;
            return isThere ? found : null;
        }

        /// <summary>A URI that names the kind of problem.</summary>
        public string Type { get; private set; }

        /// <summary>The kind of problem in a few words.</summary>
        public string Title { get; private set; }

        /// <summary>What happened this time.</summary>
        public string Detail { get; private set; }

        /// <summary>A URI of this occurrence, for the vendor's support.</summary>
        public string Instance { get; private set; }

        /// <summary>The service's number for the problem.</summary>
        public long? ErrorCode { get; private set; }
    }

    /// <summary>What the library says of a failure. There is a class for each Status; no text in it ever contains a key.</summary>
    public unsafe class VoicewireException : Exception
    {
        internal VoicewireException(Status status, string field, string message) : base(message)
        {
            Status = status;
            ServiceMessage = message;
            Field = field;
        }

        internal VoicewireException(Status status, Native.vw_error* error) : base(Texts.Read(error->description))
        {
            Status = status;
            ServiceMessage = Texts.Read(error->message);
            Field = Texts.Read(error->field);
            Url = Texts.Read(error->url);
            VendorType = Texts.Read(error->vendor_type);
            GenerationId = Texts.Read(error->generation_id);
            HttpStatus = error->http_status == 0 ? (int?)null : error->http_status;
            RetryAfter = error->retry_after_seconds < 0 ? (TimeSpan?)null : Units.Time(error->retry_after_seconds * 1000);
            ChunksReceived = (long)error->chunks_received;
            BytesReceived = (long)error->bytes_received;
            Attempts = (int)error->attempts;
            AudioByte = error->audio_byte < 0 ? (long?)null : error->audio_byte;
            AudioSeconds = error->audio_seconds < 0 ? (double?)null : error->audio_seconds;
            Problem = Problem.From(error);
            VoiceId = Texts.Read(error->voice_id);
        }

        /// <summary>The kind of failure.</summary>
        public Status Status { get; private set; }

        /// <summary>What happened; the service's own words where it gave any. Message has all else in it, too.</summary>
        public string ServiceMessage { get; private set; }

        /// <summary>The parameter or setting concerned; null when there is none.</summary>
        public string Field { get; private set; }

        /// <summary>The address concerned, without its query; null when there is none.</summary>
        public string Url { get; private set; }

        /// <summary>The service's own name for the error, such as "RateLimit"; null when it gave none.</summary>
        public string VendorType { get; private set; }

        /// <summary>The generation concerned; null when there is none.</summary>
        public string GenerationId { get; private set; }

        /// <summary>The HTTP status of the answer; null when there was none.</summary>
        public int? HttpStatus { get; private set; }

        /// <summary>How long the service asks to wait before the next try; null when it did not say.</summary>
        public TimeSpan? RetryAfter { get; private set; }

        /// <summary>Chunks with audio that had been delivered before the generation failed. They stay good.</summary>
        public long ChunksReceived { get; private set; }

        /// <summary>Bytes of audio in them.</summary>
        public long BytesReceived { get; private set; }

        /// <summary>How often a REST call was tried, or a session's line sent; 0 for what is never tried again.</summary>
        public int Attempts { get; private set; }

        /// <summary>The first byte of what is broken in audio, counted from the beginning; null when it is not about that.</summary>
        public long? AudioByte { get; private set; }

        /// <summary>Seconds of good audio before it; null when it is not about that.</summary>
        public double? AudioSeconds { get; private set; }

        /// <summary>The service's own account of the error, as Palabra gives it; null when it gave none.</summary>
        public Problem Problem { get; private set; }

        /// <summary>The voice that stays with Palabra although making it failed; null elsewhere.</summary>
        public string VoiceId { get; private set; }

        /// <summary>
        /// What came of a Respeecher job that failed: its files so far, and the "recording_id" that it can be resumed with; null
        /// elsewhere, and when nothing has come of it.
        /// </summary>
        public Json Outcome { get; internal set; }

        /// <summary>Throws what this thread's last call failed with.</summary>
        internal static void Check(int status)
        {
            if (status != Native.VW_OK) throw Last(status);
        }

        internal static VoicewireException Last(int status)
        {
            return From(status, Native.vw_last_error());
        }

        /// <summary>The exception of the status' own class.</summary>
        internal static VoicewireException From(int status, Native.vw_error* error)
        {
            switch ((Status)status)
            {
                case Status.InvalidArgument: return new InvalidArgumentException(error);
                case Status.Unauthorized: return new UnauthorizedException(error);
                case Status.RateLimited: return new RateLimitedException(error);
                case Status.QuotaExceeded: return new QuotaExceededException(error);
                case Status.InsufficientCredits: return new InsufficientCreditsException(error);
                case Status.RejectedInput: return new RejectedInputException(error);
                case Status.NotFound: return new NotFoundException(error);
                case Status.Network: return new NetworkException(error);
                case Status.Tls: return new TlsException(error);
                case Status.Timeout: return new TimedOutException(error);
                case Status.Closed: return new ClosedException(error);
                case Status.Protocol: return new ProtocolException(error);
                case Status.Server: return new ServerException(error);
                case Status.Cancelled: return new CancelledException(error);
                case Status.File: return new FileException(error);
                case Status.Internal: return new InternalException(error);
                case Status.BufferFull: return new BufferFullException(error);
                case Status.BadAudio: return new BadAudioException(error);
                case Status.OutboxFull: return new OutboxFullException(error);
                case Status.Locked: return new LockedException(error);
                default: return new VoicewireException((Status)status, error);
            }
        }
    }
}
