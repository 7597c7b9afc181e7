using System;
using System.Runtime.InteropServices;

namespace Voicewire
{
    /// <summary>What is to be decoded, and how the samples are wanted.</summary>
    public sealed class DecoderOptions
    {
        /// <summary>What the audio is labelled as. A header in the bytes counts more. Default Mp3.</summary>
        public AudioFormat Format { get; set; } = AudioFormat.Mp3;

        /// <summary>The rate in Hz of S16le and Mulaw, which do not state theirs: 4000 to 192000.</summary>
        public int? SampleRate { get; set; }

        /// <summary>Frames per second wanted, 4000 to 192000. Default: the source's own.</summary>
        public int? OutputRate { get; set; }

        /// <summary>Channels wanted, interleaved, 1 to 8. Default: as many as the source has.</summary>
        public int? Channels { get; set; }

        internal unsafe Native.vw_decoder_config Native_()
        {
            Native.vw_decoder_config config;
            VoicewireException.Check(Native.vw_decoder_config_init(&config));
            config.format = (int)Format;
            config.sample_rate = SampleRate ?? Native.VW_UNSET;
            config.output_rate = OutputRate ?? Native.VW_UNSET;
            config.channels = Channels ?? Native.VW_UNSET;
            return config;
        }
    }

    /// <summary>What a decoder has found out. 0, and null, until it is known.</summary>
    public struct DecoderInfo
    {
        /// <summary>Frames per second of the samples that are handed out.</summary>
        public int SampleRate { get; internal set; }

        /// <summary>Channels of the samples that are handed out.</summary>
        public int Channels { get; internal set; }

        /// <summary>What the bytes turned out to be.</summary>
        public AudioFormat? SourceFormat { get; internal set; }

        /// <summary>Frames per second of the source; 48000 for Opus.</summary>
        public int SourceRate { get; internal set; }

        /// <summary>Channels of the source.</summary>
        public int SourceChannels { get; internal set; }

        /// <summary>Seconds of audio decoded so far.</summary>
        public double Seconds { get; internal set; }
    }

    /// <summary>Decodes audio while it streams: mp3, Ogg Opus, WAV, Sun audio, mu-law and 16-bit samples, cut anywhere.</summary>
    /// <remarks>
    /// The samples that it hands out are its own memory, valid until the next call for it or Dispose: copy what is to stay. For
    /// one thread at a time. Broken audio is a BadAudioException, which has the samples that were good before it.
    /// </remarks>
    public sealed unsafe class Decoder : IDisposable
    {
        private readonly NativeHandle handle;

        /// <summary>Makes a decoder. InvalidArgumentException for an option outside its range.</summary>
        public Decoder(DecoderOptions options = null)
        {
            Library.Check();
            var config = (options ?? new DecoderOptions()).Native_();
            IntPtr made;
            VoicewireException.Check(Native.vw_decoder_new(&config, &made));
            handle = new NativeHandle(made, free => Native.vw_decoder_free(free));
        }

        /// <summary>What has been found out so far.</summary>
        public DecoderInfo Info
        {
            get
            {
                Native.vw_decoder_info info;
                VoicewireException.Check(Native.vw_decoder_info_init(&info));
                VoicewireException.Check(Native.vw_decoder_get_info(handle.For(this), &info));
                GC.KeepAlive(this);
                return new DecoderInfo
                {
                    SampleRate = (int)info.sample_rate,
                    Channels = (int)info.channels,
                    SourceFormat = info.source_format == 0 ? (AudioFormat?)null : (AudioFormat)info.source_format,
                    SourceRate = (int)info.source_rate,
                    SourceChannels = (int)info.source_channels,
                    Seconds = info.seconds,
                };
            }
        }

        /// <summary>Takes the next bytes, and hands out the samples that can be decoded now: floats, interleaved, -1 to 1.</summary>
        public ReadOnlySpan<float> Push(ReadOnlySpan<byte> data)
        {
            float* samples = null;
            UIntPtr frames = UIntPtr.Zero;
            int status;
            fixed (byte* bytes = &MemoryMarshal.GetReference(data))
            {
                status = Native.vw_decoder_push_f32(handle.For(this), bytes, (UIntPtr)data.Length, &samples, &frames);
            }
            return Floats(status, samples, frames);
        }

        /// <summary>Push with 16-bit samples, rounded and clamped.</summary>
        public ReadOnlySpan<short> Push16(ReadOnlySpan<byte> data)
        {
            short* samples = null;
            UIntPtr frames = UIntPtr.Zero;
            int status;
            fixed (byte* bytes = &MemoryMarshal.GetReference(data))
            {
                status = Native.vw_decoder_push_s16(handle.For(this), bytes, (UIntPtr)data.Length, &samples, &frames);
            }
            return Shorts(status, samples, frames);
        }

        /// <summary>No more comes: hands out what was still inside.</summary>
        public ReadOnlySpan<float> Finish()
        {
            float* samples = null;
            UIntPtr frames = UIntPtr.Zero;
            var status = Native.vw_decoder_finish_f32(handle.For(this), &samples, &frames);
            return Floats(status, samples, frames);
        }

        /// <summary>Finish with 16-bit samples, rounded and clamped.</summary>
        public ReadOnlySpan<short> Finish16()
        {
            short* samples = null;
            UIntPtr frames = UIntPtr.Zero;
            var status = Native.vw_decoder_finish_s16(handle.For(this), &samples, &frames);
            return Shorts(status, samples, frames);
        }

        /// <summary>Frees the decoder and the samples that it has handed out.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        private ReadOnlySpan<float> Floats(int status, float* samples, UIntPtr frames)
        {
            var error = Error(status);
            var found = new ReadOnlySpan<float>(samples, Count(frames));
            GC.KeepAlive(this);
            if (error == null) return found;
            var bad = error as BadAudioException;
            if (bad != null) bad.Samples = found.ToArray();
            throw error;
        }

        private ReadOnlySpan<short> Shorts(int status, short* samples, UIntPtr frames)
        {
            var error = Error(status);
            var found = new ReadOnlySpan<short>(samples, Count(frames));
            GC.KeepAlive(this);
            if (error == null) return found;
            var bad = error as BadAudioException;
            if (bad != null) bad.Samples16 = found.ToArray();
            throw error;
        }

        /// <summary>Taken before anything else is asked, which would be this thread's last call then.</summary>
        private static VoicewireException Error(int status)
        {
            return status == Native.VW_OK ? null : VoicewireException.Last(status);
        }

        private int Count(UIntPtr frames)
        {
            return frames == UIntPtr.Zero ? 0 : checked((int)(ulong)frames * Info.Channels);
        }
    }
}
