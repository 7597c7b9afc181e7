using System;

namespace Voicewire.Deepdub
{
    /// <summary>How streamed text is spoken. What is null is as by default.</summary>
    public sealed class TextConfig
    {
        /// <summary>The voice prompt that says it.</summary>
        public TextConfig(string voicePromptId)
        {
            VoicePromptId = voicePromptId;
        }

        /// <summary>Who says it: the id of a voice prompt.</summary>
        public string VoicePromptId { get; set; }

        /// <summary>Default "dd-etts-3.0".</summary>
        public string Model { get; set; }

        /// <summary>The language, such as "fr-FR". Default "en-US".</summary>
        public string Locale { get; set; }

        /// <summary>S16le, Wav or Mulaw. Default S16le.</summary>
        public AudioFormat? Format { get; set; }

        /// <summary>8000, 16000, 22050, 24000, 32000, 36000, 44100 or 48000 Hz. Default 16000.</summary>
        public int? SampleRate { get; set; }

        /// <summary>Whether emojis in the text have an effect on how it is spoken. Default no.</summary>
        public bool? AcceptEmojis { get; set; }

        /// <summary>The gender of who is spoken to, for languages that need it.</summary>
        public string TargetGender { get; set; }

        /// <summary>How soon the first audio of a turn is wanted, in seconds; more than 0.</summary>
        public double? FirstAudioTimeout { get; set; }

        /// <summary>Priority for live use.</summary>
        public bool? Realtime { get; set; }

        internal unsafe Native.vw_deepdub_text_config Native_(Texts texts)
        {
            Native.vw_deepdub_text_config config;
            VoicewireException.Check(Native.vw_deepdub_text_config_init(&config));
            config.voice_prompt_id = texts.Add(VoicePromptId, "voicePromptId");
            config.model = texts.Add(Model, "model");
            config.locale = texts.Add(Locale, "locale");
            if (Format != null) config.format = (int)Format.Value;
            config.sample_rate = SampleRate ?? Native.VW_UNSET;
            if (AcceptEmojis != null) config.accept_emojis = Units.Toggle(AcceptEmojis);
            config.target_gender = texts.Add(TargetGender, "targetGender");
            config.first_audio_timeout = Units.Number(FirstAudioTimeout);
            config.realtime = Units.Toggle(Realtime);
            return config;
        }
    }

    /// <summary>How a text session is kept. What is null is as by default.</summary>
    public sealed class TextSessionOptions
    {
        /// <summary>Where it calls back. Default IoThread.</summary>
        public Delivery Delivery { get; set; }

        /// <summary>After so long a silence the other side is pinged; 10 ms or more, or infinite. Default 20 s.</summary>
        public TimeSpan? KeepAlive { get; set; }

        /// <summary>How many bytes of written text may wait to be sent, for each turn; 1 or more. Default 65536.</summary>
        public long? MaxUnsentBytes { get; set; }

        /// <summary>Is told of each change of state, Closed being the last.</summary>
        public Action<StateChange> OnState { get; set; }
    }

    /// <summary>
    /// A connection into which text is streamed while it is being produced, by a language model say, and which is kept open from
    /// turn to turn. Turns are spoken one after the other.
    /// </summary>
    public sealed unsafe class TextSession : SessionBase
    {
        internal TextSession(Client client, TextConfig config, TextSessionOptions options)
            : base(client, options.Delivery, options.OnState, (value, onState, userData, made) =>
            {
                Native.vw_deepdub_text_session_options native;
                VoicewireException.Check(Native.vw_deepdub_text_session_options_init(&native));
                native.delivery = (int)options.Delivery;
                if (options.KeepAlive != null) native.keep_alive_ms = Units.Milliseconds(options.KeepAlive.Value, "keep_alive");
                if (options.MaxUnsentBytes != null)
                {
                    native.max_unsent_bytes = Units.Size(options.MaxUnsentBytes.Value, "max_unsent_bytes");
                }
                native.on_state = onState;
                native.user_data = userData;
                using (var texts = new Texts())
                {
                    var how = config.Native_(texts);
                    return Native.vw_deepdub_text_session_open(value, &how, &native, made);
                }
            }, free => Native.vw_deepdub_text_session_free(free))
        {
        }

        /// <summary>
        /// The tag that switches language, voice or both in the middle of a text, for whoever puts texts together before they are
        /// written; "" when both are null.
        /// </summary>
        public static string ConfigTag(string locale, string voicePromptId)
        {
            Library.Check();
            using (var texts = new Texts())
            {
                var localeText = texts.Add(locale, "locale");
                var voiceText = texts.Add(voicePromptId, "voice_prompt_id");
                UIntPtr needed;
                VoicewireException.Check(Native.vw_deepdub_config_tag(localeText, voiceText, null, UIntPtr.Zero, &needed));
                var buffer = new byte[(int)needed];
                fixed (byte* first = buffer)
                {
                    VoicewireException.Check(Native.vw_deepdub_config_tag(localeText, voiceText, first, needed, null));
                    return Texts.Read(first);
                }
            }
        }

        /// <summary>Changes how turns are spoken that begin from now on.</summary>
        public void Configure(TextConfig config)
        {
            if (config == null) throw new ArgumentNullException("config");
            using (var texts = new Texts())
            {
                var native = config.Native_(texts);
                VoicewireException.Check(Native.vw_deepdub_text_session_configure(Handle, &native));
            }
            GC.KeepAlive(this);
        }

        /// <summary>Asks the service for a sign of life, and says how long it took. TimedOutException when none came.</summary>
        public TimeSpan Ping(TimeSpan timeout)
        {
            double milliseconds;
            VoicewireException.Check(
                Native.vw_deepdub_text_session_ping(Handle, Units.Milliseconds(timeout, "timeout"), &milliseconds));
            GC.KeepAlive(this);
            return Units.Time(milliseconds);
        }

        /// <summary>Begins the next turn. Returns at once.</summary>
        public Turn BeginTurn(UtteranceOptions options = null)
        {
            return new Turn(this, options ?? new UtteranceOptions());
        }
    }

    /// <summary>A turn, in the hands of who writes it. Dispose, or forgetting it, ends its text.</summary>
    public sealed unsafe class Turn : Utterance
    {
        internal Turn(TextSession session, UtteranceOptions options) : base(options, session)
        {
            int status;
            IntPtr made = IntPtr.Zero;
            try
            {
                Native.vw_deepdub_turn_options turn;
                VoicewireException.Check(Native.vw_deepdub_turn_options_init(&turn));
                if (options.MaxBufferedBytes != null)
                {
                    turn.max_buffered_bytes = Units.Size(options.MaxBufferedBytes.Value, "max_buffered_bytes");
                }
                turn.cancel = CancelScope.Value(Told.Cancel);
                turn.on_chunk = ChunkPointerIfWanted;
                turn.on_end = EndPointer;
                turn.user_data = UserData;
                turn.player = options.Player == null ? IntPtr.Zero : options.Player.Handle;
                turn.track_id = (ulong)options.TrackId;
                status = Native.vw_deepdub_text_session_begin_turn(session.Handle, &turn, &made);
            }
            catch
            {
                Refused();
                throw;
            }
            Begun(status, made);
        }

        /// <summary>
        /// Adds to the text: a sentence, a word, a token of a language model. Waits for room while too much is unsent, without end.
        /// ClosedException when the text has been ended or the turn is over, CancelledException when it was cancelled.
        /// </summary>
        public void Write(string text)
        {
            Write(text, System.Threading.Timeout.InfiniteTimeSpan);
        }

        /// <summary>Write that waits no longer for room: TimedOutException, and nothing of it was taken.</summary>
        public void Write(string text, TimeSpan timeout)
        {
            using (var texts = new Texts())
            {
                var bytes = texts.Add(text, "text");
                VoicewireException.Check(Native.vw_deepdub_turn_write(Value, bytes, Units.Milliseconds(timeout, "timeout")));
            }
            GC.KeepAlive(this);
        }

        /// <summary>Switches language, voice or both for the text that is written after it; null stays as it is.</summary>
        public void Switch(string locale, string voicePromptId)
        {
            using (var texts = new Texts())
            {
                VoicewireException.Check(Native.vw_deepdub_turn_switch(
                    Value, texts.Add(locale, "locale"), texts.Add(voicePromptId, "voice_prompt_id"), Native.VW_NO_TIMEOUT));
            }
            GC.KeepAlive(this);
        }

        /// <summary>Ends the text: the rest of it is spoken now.</summary>
        public void End()
        {
            VoicewireException.Check(Native.vw_deepdub_turn_end(Value));
            GC.KeepAlive(this);
        }

        internal override Func<IntPtr, int> NativeFree
        {
            get { return free => Native.vw_deepdub_turn_free(free); }
        }

        internal override int NativeCancel(IntPtr value)
        {
            return Native.vw_deepdub_turn_cancel(value);
        }

        internal override int NativeResume(IntPtr value)
        {
            return Native.vw_deepdub_turn_resume(value);
        }

        internal override int AskEnded(IntPtr value, int* ended)
        {
            return Native.vw_deepdub_turn_is_ended(value, ended);
        }

        internal override int AskResult(IntPtr value, Native.vw_deepdub_tts_result* result)
        {
            return Native.vw_deepdub_turn_get_result(value, result);
        }
    }
}
