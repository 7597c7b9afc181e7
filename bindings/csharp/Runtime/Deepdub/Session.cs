using System;

namespace Voicewire.Deepdub
{
    /// <summary>How a session is kept. What is null is as by default.</summary>
    public sealed class SessionOptions
    {
        /// <summary>How many lines the service speaks at once; the others wait. 1 or more. Default 5.</summary>
        public int? MaxRunning { get; set; }

        /// <summary>Where it calls back. Default IoThread.</summary>
        public Delivery Delivery { get; set; }

        /// <summary>After so long a silence the other side is pinged; 10 ms or more, or infinite. Default 20 s.</summary>
        public TimeSpan? KeepAlive { get; set; }

        /// <summary>Is told of each change of state, Closed being the last.</summary>
        public Action<StateChange> OnState { get; set; }
    }

    /// <summary>Who gets one line, and how it is spoken.</summary>
    public sealed class LineOptions : UtteranceOptions
    {
        /// <summary>Before all lines that wait for their turn, rather than after them.</summary>
        public bool Front { get; set; }

        /// <summary>
        /// When the connection breaks after some audio has come, it is requested again, and what had been delivered is skipped.
        /// Takes a seed and the format S16le or Mulaw.
        /// </summary>
        public bool ResumeBroken { get; set; }
    }

    /// <summary>
    /// A connection that is kept open, and looks after itself; speaks any number of lines, several at once. When it breaks it is
    /// made again, and a line of which nothing has been heard is sent again.
    /// </summary>
    public sealed unsafe class Session : SessionBase
    {
        internal Session(Client client, SessionOptions options)
            : base(client, options.Delivery, options.OnState, (value, onState, userData, made) =>
            {
                Native.vw_deepdub_session_options native;
                VoicewireException.Check(Native.vw_deepdub_session_options_init(&native));
                if (options.MaxRunning != null) native.max_running = (uint)Math.Max(0, options.MaxRunning.Value);
                native.delivery = (int)options.Delivery;
                if (options.KeepAlive != null) native.keep_alive_ms = Units.Milliseconds(options.KeepAlive.Value, "keep_alive");
                native.on_state = onState;
                native.user_data = userData;
                return Native.vw_deepdub_session_open(value, &native, made);
            }, free => Native.vw_deepdub_session_free(free))
        {
        }

        /// <summary>
        /// Speaks one text. Returns at once; what goes wrong with the service comes as the line's end. InvalidArgumentException
        /// when the request or the options cannot be right.
        /// </summary>
        public Line Speak(SpeechRequest request, LineOptions options = null)
        {
            if (request == null) throw new ArgumentNullException("request");
            return new Line(this, request, options ?? new LineOptions());
        }
    }

    /// <summary>One generation of a session.</summary>
    public sealed unsafe class Line : Utterance
    {
        internal Line(Session session, SpeechRequest request, LineOptions options) : base(options, session)
        {
            int status;
            IntPtr made = IntPtr.Zero;
            var texts = new Texts();
            try
            {
                var native = request.Native_(texts, Told.Cancel);
                Native.vw_deepdub_line_options line;
                VoicewireException.Check(Native.vw_deepdub_line_options_init(&line));
                line.front = Units.Toggle(options.Front);
                line.resume = Units.Toggle(options.ResumeBroken);
                if (options.MaxBufferedBytes != null)
                {
                    line.max_buffered_bytes = Units.Size(options.MaxBufferedBytes.Value, "max_buffered_bytes");
                }
                line.on_chunk = ChunkPointerIfWanted;
                line.on_end = EndPointer;
                line.user_data = UserData;
                line.player = options.Player == null ? IntPtr.Zero : options.Player.Handle;
                line.track_id = (ulong)options.TrackId;
                status = Native.vw_deepdub_session_speak(session.Handle, &native, &line, &made);
            }
            catch
            {
                Refused();
                throw;
            }
            finally
            {
                texts.Dispose();
            }
            Begun(status, made);
        }

        internal override Func<IntPtr, int> NativeFree
        {
            get { return free => Native.vw_deepdub_line_free(free); }
        }

        internal override int NativeCancel(IntPtr value)
        {
            return Native.vw_deepdub_line_cancel(value);
        }

        internal override int NativeResume(IntPtr value)
        {
            return Native.vw_deepdub_line_resume(value);
        }

        internal override int AskEnded(IntPtr value, int* ended)
        {
            return Native.vw_deepdub_line_is_ended(value, ended);
        }

        internal override int AskResult(IntPtr value, Native.vw_deepdub_tts_result* result)
        {
            return Native.vw_deepdub_line_get_result(value, result);
        }
    }

    public sealed unsafe partial class Client
    {
        /// <summary>Opens a session. Returns at once: the connection is made meanwhile.</summary>
        public Session OpenSession(SessionOptions options = null)
        {
            return new Session(this, options ?? new SessionOptions());
        }

        /// <summary>Opens a text session. Returns at once: the connection is made meanwhile.</summary>
        public TextSession OpenTextSession(TextConfig config, TextSessionOptions options = null)
        {
            if (config == null) throw new ArgumentNullException("config");
            return new TextSession(this, config, options ?? new TextSessionOptions());
        }
    }
}
