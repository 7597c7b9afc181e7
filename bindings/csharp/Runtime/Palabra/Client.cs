using System;
using System.Runtime.InteropServices;
using System.Threading;
#if UNITY_5_3_OR_NEWER
using MonoPInvokeCallbackAttribute = AOT.MonoPInvokeCallbackAttribute;
#endif

namespace Voicewire.Palabra
{
    /// <summary>A key, or a client's id and secret. What is null is as by default.</summary>
    public sealed class ClientOptions
    {
        /// <summary>The key. Default, where there is no ClientId either: the environment variable PALABRA_API_KEY.</summary>
        public string ApiKey { get; set; }

        /// <summary>A client's id, with its secret rather than a key. Default, where there is no key at all: PALABRA_CLIENT_ID.</summary>
        public string ClientId { get; set; }

        /// <summary>The client's secret. Default: PALABRA_CLIENT_SECRET.</summary>
        public string ClientSecret { get; set; }

        /// <summary>Where the service is. Default: PALABRA_API_URL, else the service's own address.</summary>
        public string BaseUrl { get; set; }

        /// <summary>How HTTP is spoken.</summary>
        public HttpOptions Http { get; set; }
    }

    /// <summary>How something that passes is waited for. What is null is as by default.</summary>
    public sealed class Waiting
    {
        /// <summary>The first wait; each further one is longer by half, or as long as the service asks for. Default 1 s.</summary>
        public TimeSpan? First { get; set; }

        /// <summary>The longest wait that the service did not ask for. Default 10 s.</summary>
        public TimeSpan? Longest { get; set; }

        /// <summary>How long to wait in all. Default 10 minutes.</summary>
        public TimeSpan? Limit { get; set; }

        internal unsafe Native.vw_palabra_waiting Native_()
        {
            Native.vw_palabra_waiting waiting;
            VoicewireException.Check(Native.vw_palabra_waiting_init(&waiting));
            Units.Set(ref waiting.first_ms, First, "waiting_first");
            Units.Set(ref waiting.longest_ms, Longest, "waiting_longest");
            Units.Set(ref waiting.limit_ms, Limit, "waiting_limit");
            return waiting;
        }
    }

    /// <summary>A voice to be cloned. What is null is as by default.</summary>
    public sealed class NewVoice
    {
        /// <summary>Its name, and the path of a recording: WAV, MP3, M4A, FLAC, WebM or MP4, by its ending.</summary>
        public NewVoice(string name, string recording)
        {
            Name = name;
            Recording = recording;
        }

        /// <summary>Its name.</summary>
        public string Name { get; set; }

        /// <summary>The path of the recording.</summary>
        public string Recording { get; set; }

        /// <summary>What it is.</summary>
        public string Description { get; set; }

        /// <summary>The account's own words about it: an object.</summary>
        public Json Labels { get; set; }

        /// <summary>The language that is spoken in the recording, such as "en-us".</summary>
        public string Language { get; set; }

        /// <summary>Whether noise is to be taken out of it.</summary>
        public bool? Denoise { get; set; }

        /// <summary>Whether its speech is to be made evenly loud.</summary>
        public bool? SpeechNormalization { get; set; }

        /// <summary>What else the service is to know, by its own names: an object.</summary>
        public Json Extra { get; set; }

        /// <summary>How the making is waited for.</summary>
        public Waiting Waiting { get; set; }
    }

    /// <summary>What is being done while a voice is cloned.</summary>
    public enum CloneStage
    {
        /// <summary>The recording is uploaded: bytes.</summary>
        Uploading = Native.VW_PALABRA_CLONE_UPLOADING,
        /// <summary>The service makes the voice.</summary>
        Processing = Native.VW_PALABRA_CLONE_PROCESSING,
    }

    /// <summary>How far a clone has come.</summary>
    public sealed class CloneProgress
    {
        internal unsafe CloneProgress(Native.vw_palabra_clone_progress* progress)
        {
            Stage = (CloneStage)progress->stage;
            Done = (long)progress->done;
            Total = (long)progress->total;
            VoiceId = Texts.Read(progress->voice_id);
        }

        /// <summary>What is being done.</summary>
        public CloneStage Stage { get; private set; }

        /// <summary>Bytes in an upload, else 0 and then 1.</summary>
        public long Done { get; private set; }

        /// <summary>How much there is to do.</summary>
        public long Total { get; private set; }

        /// <summary>The voice: the call "get_voice" says what became of it after a clone that ended before its time.</summary>
        public string VoiceId { get; private set; }
    }

    /// <summary>A client of Palabra: one account. For any number of threads at once.</summary>
    /// <remarks>
    /// Calls block the thread that makes them: they are nothing for a frame of a game. Callbacks come on that thread, and what
    /// they throw comes out of the call. Dispose, from any thread, ends the calls that are under way with CancelledException.
    /// The calls that take a name are those of the service; voicewire.h lists them, with their parameters, at vw_palabra_call.
    /// </remarks>
    public sealed unsafe class Client : IDisposable
    {
        private static readonly Native.vw_palabra_clone_progress_fn ProgressForward = OnCloneProgress;

        private readonly NativeHandle handle;

        /// <summary>Makes a client; nothing is sent. InvalidArgumentException when there is no key, or a setting has no sense.</summary>
        public Client(ClientOptions options = null)
        {
            Library.Check();
            options = options ?? new ClientOptions();
            IntPtr made;
            using (var texts = new Texts())
            {
                var http = (options.Http ?? new HttpOptions()).Native_(texts);
                Native.vw_palabra_config config;
                VoicewireException.Check(Native.vw_palabra_config_init(&config));
                config.api_key = texts.Add(options.ApiKey, "api_key");
                config.client_id = texts.Add(options.ClientId, "client_id");
                config.client_secret = texts.Add(options.ClientSecret, "client_secret");
                config.base_url = texts.Add(options.BaseUrl, "base_url");
                config.http = &http;
                VoicewireException.Check(Native.vw_palabra_client_new(&config, &made));
            }
            handle = Library.Owner(made, free => Native.vw_palabra_client_free(free));
        }

        /// <summary>Makes one call of the service, by its name; <paramref name="parameters"/> is an object, or null.</summary>
        public Json Call(string name, Json parameters = null, CancellationToken cancel = default(CancellationToken))
        {
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            {
                IntPtr made = IntPtr.Zero;
                var status = Native.vw_palabra_call(
                    handle.For(this), texts.Add(name, "name"), Json.Value(parameters), CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                GC.KeepAlive(parameters);
                return ProgressScope.Answer(null, scope, status, made);
            }
        }

        /// <summary>The list of a call that answers with pages, such as "list_voices". Nothing is sent before the first item.</summary>
        public PagedList List(string name, Json parameters = null, CancellationToken cancel = default(CancellationToken))
        {
            using (var texts = new Texts())
            {
                var scope = CancelScope.For(cancel);
                IntPtr made;
                var status = Native.vw_palabra_list_open(
                    handle.For(this), texts.Add(name, "name"), Json.Value(parameters), CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                GC.KeepAlive(parameters);
                if (status == Native.VW_OK)
                {
                    return new PagedList(
                        made, (list, item) => Native.vw_palabra_list_next(list, item), free => Native.vw_palabra_list_free(free), scope);
                }
                var error = VoicewireException.Last(status);
                if (scope != null) scope.Dispose();
                throw error;
            }
        }

        /// <summary>
        /// Replaces all samples of a voice by a fresh one in a language, such as "en-us"; its "url" is in the answer.
        /// LockedException while another regeneration is running: at once without <paramref name="waiting"/>, else after its limit.
        /// </summary>
        public Json RegenerateSample(string voiceId, string langCode, Waiting waiting = null,
            CancellationToken cancel = default(CancellationToken))
        {
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            {
                var how = (waiting ?? new Waiting()).Native_();
                IntPtr made = IntPtr.Zero;
                var status = Native.vw_palabra_regenerate_sample(
                    handle.For(this), texts.Add(voiceId, "voice_id"), texts.Add(langCode, "lang_code"), waiting == null ? null : &how,
                    CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                return ProgressScope.Answer(null, scope, status, made);
            }
        }

        /// <summary>Makes a voice from a recording: announces it, uploads it, and waits until the voice, which is the answer, is ready.</summary>
        public Json Clone(NewVoice voice, Func<CloneProgress, Flow> onProgress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            if (voice == null) throw new ArgumentNullException("voice");
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            using (var progress = ProgressScope.For(onProgress))
            {
                var waiting = (voice.Waiting ?? new Waiting()).Native_();
                Native.vw_palabra_new_voice native;
                VoicewireException.Check(Native.vw_palabra_new_voice_init(&native));
                native.name = texts.Add(voice.Name, "name");
                native.description = texts.Add(voice.Description, "description");
                native.labels = Json.Value(voice.Labels);
                native.language = texts.Add(voice.Language, "language");
                if (voice.Denoise != null) native.denoise = Units.Toggle(voice.Denoise);
                if (voice.SpeechNormalization != null) native.speech_normalization = Units.Toggle(voice.SpeechNormalization);
                native.recording = texts.Add(voice.Recording, "recording");
                native.extra = Json.Value(voice.Extra);
                native.waiting = &waiting;
                var forward = progress == null ? IntPtr.Zero : Marshal.GetFunctionPointerForDelegate(ProgressForward);
                IntPtr made = IntPtr.Zero;
                var status = Native.vw_palabra_clone(
                    handle.For(this), &native, forward, ProgressScope.UserData(progress), CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                GC.KeepAlive(voice.Labels);
                GC.KeepAlive(voice.Extra);
                return ProgressScope.Answer(progress, scope, status, made);
            }
        }

        /// <summary>Downloads what a "url" in an answer leads to. An object with the file's "path" and "bytes".</summary>
        public Json DownloadUrl(string url, SaveTo to, Func<Transfer, Flow> onProgress = null,
            CancellationToken cancel = default(CancellationToken))
        {
            if (to == null) throw new ArgumentNullException("to");
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            using (var progress = ProgressScope.For(onProgress))
            {
                var where = to.Native_(texts);
                IntPtr made = IntPtr.Zero;
                var status = Native.vw_palabra_download_url(
                    handle.For(this), texts.Add(url, "url"), &where, ProgressScope.TransferPointer(progress),
                    ProgressScope.UserData(progress), CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                return ProgressScope.Answer(progress, scope, status, made);
            }
        }

        /// <summary>Ends what is under way, and frees it.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        [MonoPInvokeCallback(typeof(Native.vw_palabra_clone_progress_fn))]
        private static int OnCloneProgress(Native.vw_palabra_clone_progress* progress, IntPtr userData)
        {
            return ProgressScope.Tell(userData, () => new CloneProgress(progress));
        }
    }
}
