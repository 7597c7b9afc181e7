using System;
using System.Runtime.InteropServices;

namespace Voicewire
{
    /// <summary>How a player plays. What is null is as by default.</summary>
    public sealed class PlayerOptions
    {
        /// <summary>Frames per second that are read, 4000 to 192000. Default 48000.</summary>
        public int? SampleRate { get; set; }

        /// <summary>Channels that are read, interleaved, 1 to 8. Default 1.</summary>
        public int? Channels { get; set; }

        /// <summary>How much of a track must wait before it begins, up to a minute. Default 100 ms.</summary>
        public TimeSpan? Cushion { get; set; }

        /// <summary>How far the cushion grows when underruns repeat, up to a minute. Default 2 s.</summary>
        public TimeSpan? MaxCushion { get; set; }

        /// <summary>How much may wait, of all tracks together, up to a day. Default 10 minutes.</summary>
        public TimeSpan? MaxBuffered { get; set; }

        /// <summary>What samples are multiplied by, 0 to 8. Default 1.</summary>
        public float? Gain { get; set; }
    }

    /// <summary>What a player is doing.</summary>
    public enum PlayerActivity
    {
        /// <summary>There is no track to play.</summary>
        Idle = Native.VW_PLAYER_IDLE,
        /// <summary>It is silent until a track has its cushion.</summary>
        Filling = Native.VW_PLAYER_FILLING,
        /// <summary>Sound comes out of it.</summary>
        Playing = Native.VW_PLAYER_PLAYING,
        /// <summary>It has been paused.</summary>
        Paused = Native.VW_PLAYER_PAUSED,
    }

    /// <summary>How a player stands, exact to a read. Frames are those handed out by Read.</summary>
    public struct PlayerState
    {
        /// <summary>What it is doing.</summary>
        public PlayerActivity Activity { get; internal set; }

        /// <summary>The track that is played or waited for; null when there is none, and so the next three are 0 and false.</summary>
        public long? TrackId { get; internal set; }

        /// <summary>Frames of it that have been played.</summary>
        public long TrackPosition { get; internal set; }

        /// <summary>Frames of it that have come.</summary>
        public long TrackFrames { get; internal set; }

        /// <summary>Whether that is all of it.</summary>
        public bool TrackIsComplete { get; internal set; }

        /// <summary>What samples are multiplied by, as it was set.</summary>
        public float Gain { get; internal set; }

        /// <summary>Tracks that come after that one.</summary>
        public long TracksWaiting { get; internal set; }

        /// <summary>Frames that wait to be played, of all tracks.</summary>
        public long BufferedFrames { get; internal set; }

        /// <summary>How long they last.</summary>
        public TimeSpan Buffered { get; internal set; }

        /// <summary>Frames played since the player was made.</summary>
        public long PlayedFrames { get; internal set; }

        /// <summary>Frames of silence handed out since then.</summary>
        public long SilentFrames { get; internal set; }

        /// <summary>The part of it that came in the middle of tracks, because nothing had come in time.</summary>
        public long UnderrunFrames { get; internal set; }

        /// <summary>How often that happened.</summary>
        public long Underruns { get; internal set; }

        /// <summary>The cushion now; it grows when underruns repeat.</summary>
        public TimeSpan Cushion { get; internal set; }

        /// <summary>Ends that nobody took in time and that are lost.</summary>
        public long LostEnds { get; internal set; }
    }

    /// <summary>How a track ended, for the ear.</summary>
    public struct TrackEnd
    {
        /// <summary>The id that it was begun with.</summary>
        public long Id { get; internal set; }

        /// <summary>Ok when it was played whole; Cancelled when it was silenced; otherwise why there was not more of it.</summary>
        public Status Status { get; internal set; }

        /// <summary>Whether something of it was dropped before it was played.</summary>
        public bool Flushed { get; internal set; }

        /// <summary>More about the status; null when that is Ok.</summary>
        public VoicewireException Error { get; internal set; }

        /// <summary>Frames of it that were played.</summary>
        public long FramesPlayed { get; internal set; }

        /// <summary>How often nothing came in time.</summary>
        public long Underruns { get; internal set; }
    }

    /// <summary>Plays tracks, one after the other, without a gap. The sound device's callback reads from it and never waits.</summary>
    /// <remarks>All but Read is for any thread, takes effect at the next read, and does not wait for that.</remarks>
    public sealed unsafe class Player : IDisposable
    {
        private readonly NativeHandle handle;

        /// <summary>Makes a player. InvalidArgumentException for an option outside its range.</summary>
        public Player(PlayerOptions options = null)
        {
            Library.Check();
            Native.vw_player_config config;
            VoicewireException.Check(Native.vw_player_config_init(&config));
            if (options != null)
            {
                if (options.SampleRate != null) config.sample_rate = options.SampleRate.Value;
                if (options.Channels != null) config.channels = options.Channels.Value;
                if (options.Cushion != null) config.cushion_ms = Units.Milliseconds(options.Cushion.Value, "cushion");
                if (options.MaxCushion != null) config.max_cushion_ms = Units.Milliseconds(options.MaxCushion.Value, "max_cushion");
                if (options.MaxBuffered != null) config.max_buffered_ms = Units.Milliseconds(options.MaxBuffered.Value, "max_buffered");
                if (options.Gain != null) config.gain = options.Gain.Value;
            }
            IntPtr made;
            VoicewireException.Check(Native.vw_player_new(&config, &made));
            handle = new NativeHandle(made, free => Native.vw_player_free(free));
            SampleRate = config.sample_rate;
            Channels = config.channels;
            // The runtime compiles what a read takes now, rather than in the sound device's callback.
            Read(new float[Channels]);
            Read(new float[0], Channels);
        }

        /// <summary>Frames per second that are read.</summary>
        public int SampleRate { get; private set; }

        /// <summary>Channels that are read, interleaved.</summary>
        public int Channels { get; private set; }

        /// <summary>How it stands.</summary>
        public PlayerState State
        {
            get
            {
                Native.vw_player_state state;
                VoicewireException.Check(Native.vw_player_state_init(&state));
                VoicewireException.Check(Native.vw_player_get_state(handle.For(this), &state));
                GC.KeepAlive(this);
                return new PlayerState
                {
                    Activity = (PlayerActivity)state.activity,
                    TrackId = state.has_track == 0 ? (long?)null : (long)state.track_id,
                    TrackPosition = (long)state.track_position,
                    TrackFrames = (long)state.track_frames,
                    TrackIsComplete = state.track_is_complete != 0,
                    Gain = state.gain,
                    TracksWaiting = (long)state.tracks_waiting,
                    BufferedFrames = (long)state.buffered_frames,
                    Buffered = Units.Time(state.buffered_ms),
                    PlayedFrames = (long)state.played_frames,
                    SilentFrames = (long)state.silent_frames,
                    UnderrunFrames = (long)state.underrun_frames,
                    Underruns = (long)state.underruns,
                    Cushion = Units.Time(state.cushion_ms),
                    LostEnds = (long)state.lost_ends,
                };
            }
        }

        /// <summary>
        /// For the sound device's callback: fills all of <paramref name="samples"/>, with silence where there is nothing to be
        /// heard, also after Dispose. No lock, no allocation, no exception. One thread at a time: false, and silence, when
        /// another is reading, or the player has been disposed of.
        /// </summary>
        public bool Read(Span<float> samples)
        {
            var frames = samples.Length / Channels;
            var read = false;
            if (!handle.IsClosed)
            {
                fixed (float* first = &MemoryMarshal.GetReference(samples))
                {
                    read = frames == 0 || Native.vw_player_read(handle.DangerousGetHandle(), first, (UIntPtr)frames) == Native.VW_OK;
                }
                GC.KeepAlive(this);
            }
            if (!read) samples.Clear();
            else if (samples.Length > frames * Channels) samples.Slice(frames * Channels).Clear();
            return read;
        }

        /// <summary>
        /// Read for a device of as many channels as <paramref name="channels"/> says, as Unity's OnAudioFilterRead is given them:
        /// those of the player, or any number when the player has one, which is copied to all. Else false, and silence.
        /// </summary>
        public bool Read(float[] samples, int channels)
        {
            if (channels == Channels) return Read(new Span<float>(samples));
            if (Channels != 1 || channels < 1)
            {
                Array.Clear(samples, 0, samples.Length);
                return false;
            }
            var frames = samples.Length / channels;
            var read = Read(new Span<float>(samples, 0, frames));
            // From the end, so that no frame is written over before it has been copied.
            Array.Clear(samples, frames * channels, samples.Length - frames * channels);
            for (var frame = frames - 1; frame >= 0; frame--)
            {
                var sample = samples[frame];
                for (var channel = 0; channel < channels; channel++) samples[frame * channels + channel] = sample;
            }
            return read;
        }

        /// <summary>Fades out within the next read, and is silent until Resume. Nothing is lost.</summary>
        public void Pause()
        {
            VoicewireException.Check(Native.vw_player_pause(handle.For(this)));
            GC.KeepAlive(this);
        }

        /// <summary>Goes on where it was paused, fading in.</summary>
        public void Resume()
        {
            VoicewireException.Check(Native.vw_player_resume(handle.For(this)));
            GC.KeepAlive(this);
        }

        /// <summary>Silences all tracks that have been begun, from the next read on, and cancels the lines that play here: barge-in.</summary>
        public void Flush()
        {
            VoicewireException.Check(Native.vw_player_flush(handle.For(this)));
            GC.KeepAlive(this);
        }

        /// <summary>Sets what samples are multiplied by, 0 to 8.</summary>
        public void SetGain(float gain)
        {
            VoicewireException.Check(Native.vw_player_set_gain(handle.For(this), gain));
            GC.KeepAlive(this);
        }

        /// <summary>Sets the cushion, up to MaxCushion, however far it has grown.</summary>
        public void SetCushion(TimeSpan cushion)
        {
            VoicewireException.Check(Native.vw_player_set_cushion(handle.For(this), Units.Milliseconds(cushion, "cushion")));
            GC.KeepAlive(this);
        }

        /// <summary>
        /// The next track that is over for the ear: each exactly once, in the order in which they were begun. False when there is
        /// none now.
        /// </summary>
        public bool TryTakeEnd(out TrackEnd end)
        {
            Native.vw_track_end found;
            int any;
            VoicewireException.Check(Native.vw_track_end_init(&found));
            VoicewireException.Check(Native.vw_player_next_end(handle.For(this), &found, &any));
            GC.KeepAlive(this);
            end = new TrackEnd();
            if (any == 0) return false;
            end.Id = (long)found.id;
            end.Status = (Status)found.status;
            end.Flushed = found.flushed != 0;
            end.Error = found.error == null ? null : VoicewireException.From(found.status, found.error);
            end.FramesPlayed = (long)found.frames_played;
            end.Underruns = (long)found.underruns;
            return true;
        }

        /// <summary>
        /// Begins a track, to be played when all that were begun before are over. It keeps them waiting until it is finished,
        /// failed, cancelled or disposed of.
        /// </summary>
        /// <param name="format">What Track.Write gets.</param>
        /// <param name="sampleRate">The rate of what has no header (s16le, mulaw), 4000 to 192000 Hz.</param>
        /// <param name="id">What PlayerState and TrackEnd call it; need not be unique.</param>
        public Track Begin(AudioFormat format = AudioFormat.S16le, int sampleRate = 48000, long id = 0)
        {
            Native.vw_track_options options;
            VoicewireException.Check(Native.vw_track_options_init(&options));
            options.format = (int)format;
            options.sample_rate = sampleRate;
            options.id = (ulong)id;
            IntPtr made;
            VoicewireException.Check(Native.vw_player_begin(handle.For(this), &options, &made));
            GC.KeepAlive(this);
            return new Track(made, Channels);
        }

        /// <summary>Silent from now on. What waits is dropped, and lines that play here are cancelled when their next chunk comes.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        internal IntPtr Handle
        {
            get { return handle.For(this); }
        }
    }

    /// <summary>One line's way into a player. For any number of threads at once.</summary>
    public sealed unsafe class Track : IDisposable
    {
        private readonly NativeHandle handle;
        private readonly int channels;

        internal Track(IntPtr made, int channels)
        {
            handle = new NativeHandle(made, free => Native.vw_track_free(free));
            this.channels = channels;
        }

        /// <summary>
        /// Decodes the next piece, cut anywhere, and adds it. Does not wait. CancelledException when it was flushed or cancelled,
        /// ClosedException when it has been finished, BufferFullException when too much waits.
        /// </summary>
        public void Write(ReadOnlySpan<byte> data)
        {
            int status;
            fixed (byte* bytes = &MemoryMarshal.GetReference(data))
            {
                status = Native.vw_track_write(handle.For(this), bytes, (UIntPtr)data.Length);
            }
            GC.KeepAlive(this);
            VoicewireException.Check(status);
        }

        /// <summary>Adds whole frames of samples at the player's rate, interleaved for its channels.</summary>
        public void WriteSamples(ReadOnlySpan<float> samples)
        {
            if (samples.Length % channels != 0)
            {
                throw new InvalidArgumentException("samples", "samples: got " + samples.Length + ", takes whole frames of " + channels);
            }
            int status;
            fixed (float* first = &MemoryMarshal.GetReference(samples))
            {
                status = Native.vw_track_write_samples(handle.For(this), first, (UIntPtr)(samples.Length / channels));
            }
            GC.KeepAlive(this);
            VoicewireException.Check(status);
        }

        /// <summary>Ends it well: all of it has been written.</summary>
        public void Finish()
        {
            VoicewireException.Check(Native.vw_track_finish(handle.For(this)));
            GC.KeepAlive(this);
        }

        /// <summary>Ends it with a status that its end tells; what was good is played.</summary>
        public void Fail(Status status)
        {
            VoicewireException.Check(Native.vw_track_fail(handle.For(this), (int)status));
            GC.KeepAlive(this);
        }

        /// <summary>Silences it from the next read on; other tracks go on.</summary>
        public void Cancel()
        {
            VoicewireException.Check(Native.vw_track_cancel(handle.For(this)));
            GC.KeepAlive(this);
        }

        /// <summary>A track that has not ended ends, after what was written, as cancelled.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }
    }
}
