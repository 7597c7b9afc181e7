using System;

namespace Voicewire
{
    /// <summary>How audio is encoded. Always one channel.</summary>
    public enum AudioFormat
    {
        /// <summary>MPEG audio layer III.</summary>
        Mp3 = Native.VW_FORMAT_MP3,
        /// <summary>RIFF/WAVE with 16-bit samples; in a stream each chunk is a WAV file of its own.</summary>
        Wav = Native.VW_FORMAT_WAV,
        /// <summary>Opus in an Ogg container.</summary>
        Opus = Native.VW_FORMAT_OPUS,
        /// <summary>G.711 mu-law: 8 bits a sample, no header.</summary>
        Mulaw = Native.VW_FORMAT_MULAW,
        /// <summary>16-bit signed little-endian samples, no header.</summary>
        S16le = Native.VW_FORMAT_S16LE,
    }

    /// <summary>How a WAV file holds decoded samples.</summary>
    public enum WavSamples
    {
        /// <summary>16-bit integers, which everything can play.</summary>
        S16 = Native.VW_WAV_S16,
        /// <summary>32-bit floating point: nothing is rounded or clamped.</summary>
        F32 = Native.VW_WAV_F32,
    }

    /// <summary>What a callback says to a stream of chunks.</summary>
    public enum Flow
    {
        /// <summary>Go on.</summary>
        Continue = Native.VW_CONTINUE,
        /// <summary>Stop: the call or the line is cancelled.</summary>
        Stop = Native.VW_STOP,
        /// <summary>No more until Resume; what comes meanwhile is kept. Of lines and turns only.</summary>
        Pause = Native.VW_PAUSE,
    }

    /// <summary>A piece of a generation's audio, where the library has it: valid until the callback returns, and copied by nobody.</summary>
    public unsafe ref struct Chunk
    {
        private readonly Native.vw_deepdub_chunk* chunk;

        internal Chunk(Native.vw_deepdub_chunk* chunk)
        {
            this.chunk = chunk;
        }

        /// <summary>The bytes as the service sent them. Empty only in a last chunk.</summary>
        public ReadOnlySpan<byte> Data
        {
            get { return new ReadOnlySpan<byte>(chunk->data, (int)chunk->size); }
        }

        /// <summary>The samples in Data: past its header for WAV, all of it for s16le and mulaw; empty for mp3 and opus.</summary>
        public ReadOnlySpan<byte> Samples
        {
            get { return new ReadOnlySpan<byte>(chunk->samples, (int)chunk->samples_size); }
        }

        /// <summary>The chunk's place in the generation, counted from 0 with no gaps.</summary>
        public long Index
        {
            get { return (long)chunk->index; }
        }

        /// <summary>Whether it is the last. Every generation that succeeds has exactly one.</summary>
        public bool IsFinal
        {
            get { return chunk->is_final != 0; }
        }

        /// <summary>The generation's id: a UUID. A new string each time.</summary>
        public string GenerationId
        {
            get { return Texts.Read(chunk->generation_id); }
        }

        /// <summary>A copy that may be kept.</summary>
        public AudioChunk ToArray()
        {
            var data = Data.ToArray();
            var offset = chunk->samples == null ? 0 : (int)(chunk->samples - chunk->data);
            return new AudioChunk(data, offset, (int)chunk->samples_size, Index, IsFinal, GenerationId);
        }
    }

    /// <summary>Gets the chunks of a generation, in order.</summary>
    public delegate Flow ChunkCallback(Chunk chunk);

    /// <summary>A piece of a generation's audio that is the program's own.</summary>
    public sealed class AudioChunk
    {
        internal AudioChunk(byte[] data, int offset, int size, long index, bool isFinal, string generationId)
        {
            Data = data;
            Samples = new ArraySegment<byte>(data, offset, size);
            Index = index;
            IsFinal = isFinal;
            GenerationId = generationId;
        }

        /// <summary>The bytes as the service sent them. Empty only in a last chunk.</summary>
        public byte[] Data { get; private set; }

        /// <summary>The samples in Data: past its header for WAV, all of it for s16le and mulaw; empty for mp3 and opus.</summary>
        public ArraySegment<byte> Samples { get; private set; }

        /// <summary>The chunk's place in the generation, counted from 0 with no gaps.</summary>
        public long Index { get; private set; }

        /// <summary>Whether it is the last.</summary>
        public bool IsFinal { get; private set; }

        /// <summary>The generation's id: a UUID.</summary>
        public string GenerationId { get; private set; }
    }
}
