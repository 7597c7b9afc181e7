using System;

namespace Voicewire
{
    /// <summary>How the clients of Respeecher and Palabra speak HTTP. What is null is as by default.</summary>
    public sealed class HttpOptions
    {
        /// <summary>Time to open a connection. Default 10 s.</summary>
        public TimeSpan? ConnectTimeout { get; set; }

        /// <summary>Time for a whole call, with all its tries; uploads and downloads may take as long as they move. Default one minute.</summary>
        public TimeSpan? RestTimeout { get; set; }

        /// <summary>How long nothing may move in an upload or a download. Default one minute.</summary>
        public TimeSpan? IdleTimeout { get; set; }

        /// <summary>Whether http:// is allowed to other hosts than this machine. Default no.</summary>
        public bool? AllowPlaintext { get; set; }

        /// <summary>Certificates that are trusted besides the platform's, as the text of a PEM file.</summary>
        public string CaPem { get; set; }

        /// <summary>The largest answer that is taken into memory, in bytes; 1024 or more. Default 16 MiB.</summary>
        public long? MaxMessageBytes { get; set; }

        /// <summary>The proxy that connections go through; "" is none. Default: that of the environment.</summary>
        public string Proxy { get; set; }

        /// <summary>How often a call is tried again where that can help and does no harm. Default 3.</summary>
        public int? Retries { get; set; }

        /// <summary>The longest wait before the first of them. Default 250 ms.</summary>
        public TimeSpan? RetryFirstDelay { get; set; }

        /// <summary>The longest wait that the service did not ask for. Default 8 s.</summary>
        public TimeSpan? RetryMaxDelay { get; set; }

        internal unsafe Native.vw_http_config Native_(Texts texts)
        {
            Native.vw_http_config config;
            VoicewireException.Check(Native.vw_http_config_init(&config));
            Units.Set(ref config.connect_timeout_ms, ConnectTimeout, "connect_timeout");
            Units.Set(ref config.rest_timeout_ms, RestTimeout, "rest_timeout");
            Units.Set(ref config.idle_timeout_ms, IdleTimeout, "idle_timeout");
            if (AllowPlaintext != null) config.allow_plaintext = Units.Toggle(AllowPlaintext);
            config.ca_pem = texts.Add(CaPem, "ca_pem");
            if (MaxMessageBytes != null) config.max_message_bytes = Units.Size(MaxMessageBytes.Value, "max_message_bytes");
            config.proxy = texts.Add(Proxy, "proxy");
            if (Retries != null) config.retries = Retries.Value;
            Units.Set(ref config.retry_first_delay_ms, RetryFirstDelay, "retry_first_delay");
            Units.Set(ref config.retry_max_delay_ms, RetryMaxDelay, "retry_max_delay");
            return config;
        }
    }
}
