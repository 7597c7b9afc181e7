using System;
using System.Runtime.InteropServices;

namespace Voicewire
{
    /// <summary>A file being written from the chunks of one generation: one valid container with right lengths.</summary>
    /// <remarks>It is written beside its path and takes its name in Finish; one that is disposed of before is removed.</remarks>
    public sealed unsafe class AudioFile : IDisposable
    {
        private readonly NativeHandle handle;

        /// <summary>
        /// Begins a file for chunks of <paramref name="format"/> at <paramref name="sampleRate"/> Hz. InvalidArgumentException
        /// when the path's ending is for another format; FileException when it cannot be made.
        /// </summary>
        public AudioFile(string path, AudioFormat format, int sampleRate)
        {
            Library.Check();
            IntPtr made;
            using (var texts = new Texts())
            {
                VoicewireException.Check(Native.vw_audio_file_create(texts.Add(path, "path"), (int)format, sampleRate, &made));
            }
            handle = Owner(made);
        }

        /// <summary>Begins a WAV file for what chunks, labelled as the options say, decode to.</summary>
        public AudioFile(string path, DecoderOptions options, WavSamples samples = WavSamples.S16)
        {
            Library.Check();
            IntPtr made;
            using (var texts = new Texts())
            {
                var config = (options ?? new DecoderOptions()).Native_();
                VoicewireException.Check(
                    Native.vw_audio_file_create_decoded(texts.Add(path, "path"), &config, (int)samples, &made));
            }
            handle = Owner(made);
        }

        /// <summary>Seconds of audio written so far.</summary>
        public double Seconds
        {
            get
            {
                double seconds;
                VoicewireException.Check(Native.vw_audio_file_seconds(handle.For(this), &seconds));
                GC.KeepAlive(this);
                return seconds;
            }
        }

        /// <summary>The format to ask for in order to write a path, by its ending.</summary>
        public static AudioFormat FormatFor(string path)
        {
            Library.Check();
            int format;
            using (var texts = new Texts())
            {
                VoicewireException.Check(Native.vw_format_for_path(texts.Add(path, "path"), &format));
            }
            return (AudioFormat)format;
        }

        /// <summary>
        /// Makes one file that plays of all the chunks of one generation, one after the other, as the service sent them.
        /// </summary>
        public static byte[] Join(AudioFormat format, int sampleRate, ReadOnlySpan<byte> data)
        {
            Library.Check();
            IntPtr made;
            fixed (byte* bytes = &MemoryMarshal.GetReference(data))
            {
                VoicewireException.Check(
                    Native.vw_audio_bytes_as_sent((int)format, sampleRate, bytes, (UIntPtr)data.Length, &made));
            }
            return Take(made);
        }

        /// <summary>Makes a WAV file of what bytes, labelled as the options say, decode to.</summary>
        public static byte[] Decode(DecoderOptions options, ReadOnlySpan<byte> data, WavSamples samples = WavSamples.S16)
        {
            Library.Check();
            var config = (options ?? new DecoderOptions()).Native_();
            IntPtr made;
            fixed (byte* bytes = &MemoryMarshal.GetReference(data))
            {
                VoicewireException.Check(
                    Native.vw_audio_bytes_decoded(&config, (int)samples, bytes, (UIntPtr)data.Length, &made));
            }
            return Take(made);
        }

        /// <summary>Adds a chunk's data, as the service sent it.</summary>
        public void Write(ReadOnlySpan<byte> data)
        {
            int status;
            fixed (byte* bytes = &MemoryMarshal.GetReference(data))
            {
                status = Native.vw_audio_file_write(handle.For(this), bytes, (UIntPtr)data.Length);
            }
            GC.KeepAlive(this);
            VoicewireException.Check(status);
        }

        /// <summary>Completes the file and gives it its name. Waits for the disk: nothing for a frame of a game.</summary>
        public void Finish()
        {
            VoicewireException.Check(Native.vw_audio_file_finish(handle.For(this)));
            GC.KeepAlive(this);
        }

        /// <summary>A file that was not finished is removed.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        private static NativeHandle Owner(IntPtr made)
        {
            return new NativeHandle(made, free => Native.vw_audio_file_free(free));
        }

        private static byte[] Take(IntPtr made)
        {
            try
            {
                byte* data;
                UIntPtr size;
                VoicewireException.Check(Native.vw_audio_bytes_get(made, &data, &size));
                return new ReadOnlySpan<byte>(data, checked((int)(ulong)size)).ToArray();
            }
            finally
            {
                Native.vw_audio_bytes_free(made);
            }
        }
    }
}
