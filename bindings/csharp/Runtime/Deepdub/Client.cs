using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
#if UNITY_5_3_OR_NEWER
using MonoPInvokeCallbackAttribute = AOT.MonoPInvokeCallbackAttribute;
#endif

namespace Voicewire.Deepdub
{
    /// <summary>One of the vendor's sites.</summary>
    public enum Region
    {
        /// <summary>United States.</summary>
        Us = Native.VW_REGION_US,
        /// <summary>European Union.</summary>
        Eu = Native.VW_REGION_EU,
    }

    /// <summary>The settings of a client. What is null is as by default.</summary>
    public sealed class ClientOptions
    {
        /// <summary>The key; begins with "dd-". Default: the environment variable DEEPDUB_API_KEY.</summary>
        public string ApiKey { get; set; }

        /// <summary>Where REST calls go. Default: DEEPDUB_BASE_URL, else the region's own.</summary>
        public string RestUrl { get; set; }

        /// <summary>Where texts are spoken. Default: DEEPDUB_BASE_WEBSOCKET_URL, else the region's own.</summary>
        public string WebsocketUrl { get; set; }

        /// <summary>Where text is streamed in. Default: DEEPDUB_BASE_WEBSOCKET_STREAMING_URL, else the region's own.</summary>
        public string StreamingUrl { get; set; }

        /// <summary>Which site serves the client where no address is given. Default Eu when DD_EU=1, else Us.</summary>
        public Region? Region { get; set; }

        /// <summary>Time to open a connection. Default 10 s.</summary>
        public TimeSpan? ConnectTimeout { get; set; }

        /// <summary>The wait for the first audio. Default 30 s.</summary>
        public TimeSpan? FirstChunkTimeout { get; set; }

        /// <summary>The wait for each further chunk. Default 15 s.</summary>
        public TimeSpan? BetweenChunksTimeout { get; set; }

        /// <summary>Time for a whole generation. Default 5 minutes.</summary>
        public TimeSpan? TotalTimeout { get; set; }

        /// <summary>Time for a whole REST call, with all its tries. Default one minute.</summary>
        public TimeSpan? RestTimeout { get; set; }

        /// <summary>Whether ws:// and http:// are allowed to other hosts than this machine. Default no.</summary>
        public bool? AllowPlaintext { get; set; }

        /// <summary>Whether the WebSocket handshake carries the key in its URL. URLs end up in logs. Default no.</summary>
        public bool? KeyInQuery { get; set; }

        /// <summary>Certificates that are trusted besides the platform's, as the text of a PEM file.</summary>
        public string CaPem { get; set; }

        /// <summary>The largest message or answer that is taken, in bytes; 1024 or more. Default 16 MiB.</summary>
        public long? MaxMessageBytes { get; set; }

        /// <summary>The proxy that connections go through; "" is none. Default: that of the environment.</summary>
        public string Proxy { get; set; }

        /// <summary>How often a REST call is tried again where that can help. Default 3.</summary>
        public int? Retries { get; set; }

        /// <summary>The longest wait before the first of them. Default 250 ms.</summary>
        public TimeSpan? RetryFirstDelay { get; set; }

        /// <summary>The longest wait that the service did not ask for. Default 8 s.</summary>
        public TimeSpan? RetryMaxDelay { get; set; }

        /// <summary>How many of its last generations the client remembers, for Report; 0 is none. Default 10.</summary>
        public long? RememberGenerations { get; set; }

        /// <summary>How many bytes of audio of all of them together. Default 16 MiB.</summary>
        public long? RememberAudioBytes { get; set; }

        internal unsafe Native.vw_deepdub_config Native_(Texts texts)
        {
            Native.vw_deepdub_config config;
            VoicewireException.Check(Native.vw_deepdub_config_init(&config));
            config.api_key = texts.Add(ApiKey, "api_key");
            config.rest_url = texts.Add(RestUrl, "rest_url");
            config.websocket_url = texts.Add(WebsocketUrl, "websocket_url");
            config.streaming_url = texts.Add(StreamingUrl, "streaming_url");
            if (Region != null) config.region = (int)Region.Value;
            Units.Set(ref config.connect_timeout_ms, ConnectTimeout, "connect_timeout");
            Units.Set(ref config.first_chunk_timeout_ms, FirstChunkTimeout, "first_chunk_timeout");
            Units.Set(ref config.between_chunks_timeout_ms, BetweenChunksTimeout, "between_chunks_timeout");
            Units.Set(ref config.total_timeout_ms, TotalTimeout, "total_timeout");
            Units.Set(ref config.rest_timeout_ms, RestTimeout, "rest_timeout");
            if (AllowPlaintext != null) config.allow_plaintext = Units.Toggle(AllowPlaintext);
            if (KeyInQuery != null) config.key_in_query = Units.Toggle(KeyInQuery);
            config.ca_pem = texts.Add(CaPem, "ca_pem");
            if (MaxMessageBytes != null) config.max_message_bytes = Units.Size(MaxMessageBytes.Value, "max_message_bytes");
            config.proxy = texts.Add(Proxy, "proxy");
            if (Retries != null) config.retries = Retries.Value;
            Units.Set(ref config.retry_first_delay_ms, RetryFirstDelay, "retry_first_delay");
            Units.Set(ref config.retry_max_delay_ms, RetryMaxDelay, "retry_max_delay");
            if (RememberGenerations != null)
            {
                config.remember_generations = Units.Size(RememberGenerations.Value, "remember_generations");
            }
            if (RememberAudioBytes != null)
            {
                config.remember_audio_bytes = Units.Size(RememberAudioBytes.Value, "remember_audio_bytes");
            }
            return config;
        }
    }

    /// <summary>A client of Deepdub: one key, one set of addresses. For any number of threads at once.</summary>
    /// <remarks>
    /// Calls block the thread that makes them; what an engine wants on its main thread a Session has. Dispose, from any thread,
    /// ends the calls that are under way with CancelledException, and closes the sessions.
    /// </remarks>
    public sealed unsafe partial class Client : IDisposable
    {
        /// <summary>Deepdub's "Storyteller", a voice prompt that everyone may try.</summary>
        public const string TrialVoice = "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773";

        private static readonly Native.vw_deepdub_chunk_fn ChunkForward = OnChunk;

        private readonly NativeHandle handle;

        /// <summary>Makes a client; nothing is sent. InvalidArgumentException when there is no key, or a setting has no sense.</summary>
        public Client(ClientOptions options = null)
        {
            Library.Check();
            IntPtr made;
            using (var texts = new Texts())
            {
                var config = (options ?? new ClientOptions()).Native_(texts);
                VoicewireException.Check(Native.vw_deepdub_client_new(&config, &made));
            }
            handle = Library.Owner(made, free => Native.vw_deepdub_client_free(free));
        }

        internal IntPtr Handle
        {
            get { return handle.For(this); }
        }

        /// <summary>
        /// Speaks one text: <paramref name="onChunk"/> gets each chunk as it arrives, on this thread. Returns when the generation
        /// has ended. What it throws comes out of here.
        /// </summary>
        /// <exception cref="CancelledException">When it returned anything but Flow.Continue before the last chunk, or the client
        /// was disposed of.</exception>
        /// <exception cref="OperationCanceledException">When <paramref name="cancel"/> was cancelled.</exception>
        public Summary StreamTts(SpeechRequest request, ChunkCallback onChunk, CancellationToken cancel = default(CancellationToken))
        {
            if (request == null) throw new ArgumentNullException("request");
            if (onChunk == null) throw new ArgumentNullException("onChunk");
            var call = new Call { OnChunk = onChunk };
            var self = GCHandle.Alloc(call);
            try
            {
                using (var texts = new Texts())
                using (var scope = CancelScope.For(cancel))
                {
                    var native = request.Native_(texts, scope);
                    Native.vw_deepdub_tts_result result;
                    VoicewireException.Check(Native.vw_deepdub_tts_result_init(&result));
                    var forward = Marshal.GetFunctionPointerForDelegate(ChunkForward);
                    var status = Native.vw_deepdub_stream_tts(Handle, &native, forward, GCHandle.ToIntPtr(self), &result);
                    GC.KeepAlive(this);
                    if (call.Thrown != null) ExceptionDispatchInfo.Capture(call.Thrown).Throw();
                    CancelScope.Check(scope, status);
                    return new Summary(&result);
                }
            }
            finally
            {
                self.Free();
            }
        }

        /// <summary>Speaks one text, and returns all of it.</summary>
        public Speech Tts(SpeechRequest request, CancellationToken cancel = default(CancellationToken))
        {
            var data = new MemoryStream();
            var summary = StreamTts(request, chunk =>
            {
                var bytes = chunk.Data.ToArray();
                data.Write(bytes, 0, bytes.Length);
                return Flow.Continue;
            }, cancel);
            return new Speech(data.ToArray(), request.Format ?? AudioFormat.Mp3, request.SampleRate, summary);
        }

        /// <summary>
        /// Speaks one text: its chunks one by one, on a thread of the pool's kind while they are being asked for. Every
        /// enumeration speaks it anew; one that is left early is stopped.
        /// </summary>
        public IAsyncEnumerable<AudioChunk> StreamTtsAsync(SpeechRequest request)
        {
            if (request == null) throw new ArgumentNullException("request");
            return new CallChunks(this, request);
        }

        /// <summary>Ends what is under way, closes the client's sessions, and frees it.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        [MonoPInvokeCallback(typeof(Native.vw_deepdub_chunk_fn))]
        private static int OnChunk(Native.vw_deepdub_chunk* chunk, IntPtr userData)
        {
            var call = (Call)GCHandle.FromIntPtr(userData).Target;
            try
            {
                return (int)call.OnChunk(new Chunk(chunk));
            }
            catch (Exception exception)
            {
                Callbacks.Survive(exception);
                call.Thrown = exception;
                return Native.VW_STOP;
            }
        }

        private sealed class Call
        {
            internal ChunkCallback OnChunk;
            internal Exception Thrown;
        }
    }

    /// <summary>A text that has been spoken.</summary>
    public sealed class Speech
    {
        internal Speech(byte[] data, AudioFormat format, int? sampleRate, Summary summary)
        {
            Data = data;
            Format = format;
            SampleRate = sampleRate;
            Summary = summary;
        }

        /// <summary>The bytes of all chunks, one after the other, as the service sent them.</summary>
        public byte[] Data { get; private set; }

        /// <summary>What was asked for.</summary>
        public AudioFormat Format { get; private set; }

        /// <summary>What was asked for.</summary>
        public int? SampleRate { get; private set; }

        /// <summary>What it came to.</summary>
        public Summary Summary { get; private set; }

        /// <summary>One file that plays, in the format that was asked for.</summary>
        public byte[] ToFile()
        {
            return AudioFile.Join(Format, SampleRate ?? 48000, Data);
        }

        /// <summary>A WAV file of what it decodes to.</summary>
        public byte[] ToWav(int? outputRate = null, int? channels = null, WavSamples samples = WavSamples.S16)
        {
            return AudioFile.Decode(Options(outputRate, channels), Data, samples);
        }

        /// <summary>Its samples: floats, interleaved, for AudioClip.SetData for example. The information says their rate and channels.</summary>
        public float[] ToSamples(out DecoderInfo info, int? outputRate = null, int? channels = null)
        {
            using (var decoder = new Decoder(Options(outputRate, channels)))
            {
                var first = decoder.Push(Data).ToArray();
                var rest = decoder.Finish();
                var all = new float[first.Length + rest.Length];
                first.CopyTo(all, 0);
                rest.CopyTo(new Span<float>(all, first.Length, rest.Length));
                info = decoder.Info;
                return all;
            }
        }

        private DecoderOptions Options(int? outputRate, int? channels)
        {
            var bare = Format == AudioFormat.S16le || Format == AudioFormat.Mulaw;
            return new DecoderOptions
            {
                Format = Format, SampleRate = bare ? SampleRate ?? 48000 : (int?)null, OutputRate = outputRate, Channels = channels,
            };
        }
    }
}
