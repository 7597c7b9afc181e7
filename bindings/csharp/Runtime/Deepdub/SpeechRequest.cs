using System;
using System.Threading;

namespace Voicewire.Deepdub
{
    /// <summary>One text to be spoken. What is null is as by default. The fields follow Deepdub's WebSocket page.</summary>
    public sealed class SpeechRequest
    {
        /// <summary>A text, and the id of the voice prompt that says it.</summary>
        public SpeechRequest(string text, string voicePromptId)
        {
            Text = text;
            VoicePromptId = voicePromptId;
        }

        /// <summary>What to say; not empty.</summary>
        public string Text { get; set; }

        /// <summary>Who says it: the id of a voice prompt; "asset:" before it names a built-in voice.</summary>
        public string VoicePromptId { get; set; }

        /// <summary>Default "dd-etts-3.0".</summary>
        public string Model { get; set; }

        /// <summary>The language, such as "fr-FR". Default "en-US".</summary>
        public string Locale { get; set; }

        /// <summary>A UUID for the generation. Default: a new one.</summary>
        public string GenerationId { get; set; }

        /// <summary>Default Mp3.</summary>
        public AudioFormat? Format { get; set; }

        /// <summary>8000, 16000, 22050, 24000, 32000, 36000, 44100 or 48000 Hz. Default: the service's.</summary>
        public int? SampleRate { get; set; }

        /// <summary>How long the audio should last, in seconds; more than 0. Not together with Tempo.</summary>
        public double? TargetDuration { get; set; }

        /// <summary>0.5 (slow) to 2.0 (fast). Not together with TargetDuration.</summary>
        public double? Tempo { get; set; }

        /// <summary>How much the voice varies: 0.0 to 1.0.</summary>
        public double? Variance { get; set; }

        /// <summary>How freely it is generated: 0.0 to 1.0.</summary>
        public double? Temperature { get; set; }

        /// <summary>The same seed gives the same audio for the same request.</summary>
        public long? Seed { get; set; }

        /// <summary>More of the voice prompt's character.</summary>
        public bool? PromptBoost { get; set; }

        /// <summary>Allows longer audio.</summary>
        public bool? SuperStretch { get; set; }

        /// <summary>Priority for live use.</summary>
        public bool? Realtime { get; set; }

        /// <summary>Audio clean-up.</summary>
        public bool? CleanAudio { get; set; }

        /// <summary>Level adjustment.</summary>
        public bool? AutoGain { get; set; }

        /// <summary>The accent's base, such as "en-US". All three accent fields, or none.</summary>
        public string AccentBaseLocale { get; set; }

        /// <summary>The accent to blend in, such as "fr-FR".</summary>
        public string AccentLocale { get; set; }

        /// <summary>0.0 (base only) to 1.0 (the other only).</summary>
        public double? AccentRatio { get; set; }

        /// <summary>A prompt whose delivery is imitated.</summary>
        public string PerformanceReferencePromptId { get; set; }

        internal unsafe Native.vw_deepdub_tts_request Native_(Texts texts, CancelScope cancel)
        {
            Native.vw_deepdub_tts_request request;
            VoicewireException.Check(Native.vw_deepdub_tts_request_init(&request));
            request.text = texts.Add(Text, "targetText");
            request.voice_prompt_id = texts.Add(VoicePromptId, "voicePromptId");
            request.model = texts.Add(Model, "model");
            request.locale = texts.Add(Locale, "locale");
            request.generation_id = texts.Add(GenerationId, "generationId");
            if (Format != null) request.format = (int)Format.Value;
            request.sample_rate = SampleRate ?? Native.VW_UNSET;
            request.target_duration = Units.Number(TargetDuration);
            request.tempo = Units.Number(Tempo);
            request.variance = Units.Number(Variance);
            request.temperature = Units.Number(Temperature);
            request.seed = Seed ?? Native.VW_UNSET_SEED;
            request.prompt_boost = Units.Toggle(PromptBoost);
            request.super_stretch = Units.Toggle(SuperStretch);
            request.realtime = Units.Toggle(Realtime);
            request.clean_audio = Units.Toggle(CleanAudio);
            request.auto_gain = Units.Toggle(AutoGain);
            request.accent_base_locale = texts.Add(AccentBaseLocale, "accentControl.accentBaseLocale");
            request.accent_locale = texts.Add(AccentLocale, "accentControl.accentLocale");
            request.accent_ratio = Units.Number(AccentRatio);
            request.performance_reference_prompt_id = texts.Add(PerformanceReferencePromptId, "performanceReferencePromptId");
            request.cancel = CancelScope.Value(cancel);
            return request;
        }
    }

    /// <summary>What a generation came to.</summary>
    public sealed class Summary
    {
        internal unsafe Summary(Native.vw_deepdub_tts_result* result)
        {
            GenerationId = Texts.Read(result->generation_id);
            Chunks = (long)result->chunks;
            Bytes = (long)result->bytes;
            Duplicates = (long)result->duplicates;
            Connect = Units.Time(result->connect_ms);
            FirstChunk = result->first_chunk_ms < 0 ? (TimeSpan?)null : Units.Time(result->first_chunk_ms);
            Total = Units.Time(result->total_ms);
            Queued = Units.Time(result->queued_ms);
            LongestGap = Units.Time(result->longest_gap_ms);
            Retries = (long)result->retries;
        }

        /// <summary>The generation's id, a UUID: what a report about it names.</summary>
        public string GenerationId { get; private set; }

        /// <summary>Chunks with audio that were delivered.</summary>
        public long Chunks { get; private set; }

        /// <summary>Bytes of audio in them.</summary>
        public long Bytes { get; private set; }

        /// <summary>Chunks that came twice and were dropped.</summary>
        public long Duplicates { get; private set; }

        /// <summary>How long it waited for the connection.</summary>
        public TimeSpan Connect { get; private set; }

        /// <summary>From the call to the first audio; null when none came.</summary>
        public TimeSpan? FirstChunk { get; private set; }

        /// <summary>From the call to its end, or until now.</summary>
        public TimeSpan Total { get; private set; }

        /// <summary>How long it waited in a session's queue.</summary>
        public TimeSpan Queued { get; private set; }

        /// <summary>The longest wait for a chunk after the one before it.</summary>
        public TimeSpan LongestGap { get; private set; }

        /// <summary>How often a session sent it again.</summary>
        public long Retries { get; private set; }
    }
}
