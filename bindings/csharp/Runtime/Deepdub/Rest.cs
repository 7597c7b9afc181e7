using System;
using System.Collections.Generic;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Voicewire.Deepdub
{
    /// <summary>What speech over REST takes besides a request. What is null is as by default.</summary>
    public sealed class PostOptions
    {
        /// <summary>Audio whose voice is imitated: the bytes of an audio file, 20 MiB at most.</summary>
        public byte[] VoiceReference { get; set; }

        /// <summary>Instead of VoiceReference: the path of an audio file, which is read during the call.</summary>
        public string VoiceReferencePath { get; set; }

        /// <summary>Publish what is made.</summary>
        public bool? Publish { get; set; }

        internal unsafe Native.vw_deepdub_post_options Native_(Texts texts)
        {
            Native.vw_deepdub_post_options options;
            VoicewireException.Check(Native.vw_deepdub_post_options_init(&options));
            options.voice_reference = texts.Add(VoiceReference);
            options.voice_reference_size = VoiceReference == null ? UIntPtr.Zero : (UIntPtr)VoiceReference.Length;
            options.voice_reference_path = texts.Add(VoiceReferencePath, "voiceReference");
            if (Publish != null) options.publish = Units.Toggle(Publish);
            return options;
        }
    }

    /// <summary>A voice to be made from a sample. What is null is as by default.</summary>
    public sealed class VoiceRequest
    {
        /// <summary>The sample: the bytes of an audio file, 20 MiB at most. This or AudioPath is required.</summary>
        public byte[] Audio { get; set; }

        /// <summary>Instead of Audio: the path of an audio file, which is read during the call.</summary>
        public string AudioPath { get; set; }

        /// <summary>What the sample is called, such as "me.wav". Required with Audio; default: the name of the file at AudioPath.</summary>
        public string Filename { get; set; }

        /// <summary>Its title.</summary>
        public string Title { get; set; }

        /// <summary>What is said in the sample.</summary>
        public string Text { get; set; }

        /// <summary>The language of the sample, such as "en-US".</summary>
        public string Locale { get; set; }

        /// <summary>"MALE", "FEMALE" or "NON_BINARY".</summary>
        public string Gender { get; set; }

        /// <summary>How old the speaker is, in years.</summary>
        public int? Age { get; set; }

        /// <summary>How it speaks, such as "Narrative".</summary>
        public string SpeakingStyle { get; set; }

        /// <summary>A name of your own for the speaker.</summary>
        public string SpeakerId { get; set; }

        /// <summary>Whether others may use it.</summary>
        public bool? Publish { get; set; }

        internal unsafe Native.vw_deepdub_voice_request Native_(Texts texts, IntPtr cancel)
        {
            Native.vw_deepdub_voice_request request;
            VoicewireException.Check(Native.vw_deepdub_voice_request_init(&request));
            request.audio = texts.Add(Audio);
            request.audio_size = Audio == null ? UIntPtr.Zero : (UIntPtr)Audio.Length;
            request.audio_path = texts.Add(AudioPath, "audio_path");
            request.filename = texts.Add(Filename, "filename");
            request.title = texts.Add(Title, "title");
            request.text = texts.Add(Text, "text");
            request.locale = texts.Add(Locale, "locale");
            request.gender = texts.Add(Gender, "gender");
            request.age = Age ?? Native.VW_UNSET;
            request.speaking_style = texts.Add(SpeakingStyle, "speaking_style");
            request.speaker_id = texts.Add(SpeakerId, "speaker_id");
            if (Publish != null) request.publish = Units.Toggle(Publish);
            request.cancel = cancel;
            return request;
        }
    }

    /// <summary>What is to be changed of a voice; what is null stays.</summary>
    public sealed class VoiceChanges
    {
        /// <summary>Its name, as shown.</summary>
        public string Name { get; set; }

        /// <summary>Its language, such as "en-US".</summary>
        public string Locale { get; set; }

        /// <summary>"MALE", "FEMALE" or "NON_BINARY".</summary>
        public string Gender { get; set; }

        /// <summary>How old the speaker is, in years.</summary>
        public int? Age { get; set; }

        internal unsafe Native.vw_deepdub_voice_changes Native_(Texts texts, IntPtr cancel)
        {
            Native.vw_deepdub_voice_changes changes;
            VoicewireException.Check(Native.vw_deepdub_voice_changes_init(&changes));
            changes.name = texts.Add(Name, "name");
            changes.locale = texts.Add(Locale, "locale");
            changes.gender = texts.Add(Gender, "gender");
            changes.age = Age ?? Native.VW_UNSET;
            changes.cancel = cancel;
            return changes;
        }
    }

    /// <summary>Of which usage is asked. What is null is all.</summary>
    public sealed class UsageQuery
    {
        /// <summary>The first day and the last, such as "2026-05-01", both of which are counted; 366 days in all at most.</summary>
        public UsageQuery(string from, string to)
        {
            From = from;
            To = to;
        }

        /// <summary>The first day.</summary>
        public string From { get; set; }

        /// <summary>The last day.</summary>
        public string To { get; set; }

        /// <summary>Of this model only.</summary>
        public string ModelId { get; set; }

        /// <summary>Of this region only.</summary>
        public string Region { get; set; }

        internal unsafe Native.vw_deepdub_usage_query Native_(Texts texts, IntPtr cancel)
        {
            Native.vw_deepdub_usage_query query;
            VoicewireException.Check(Native.vw_deepdub_usage_query_init(&query));
            query.from = texts.Add(From, "from");
            query.to = texts.Add(To, "to");
            query.model_id = texts.Add(ModelId, "model_id");
            query.region = texts.Add(Region, "region");
            query.cancel = cancel;
            return query;
        }
    }

    public sealed unsafe partial class Client
    {
        private delegate int Asker(IntPtr client, Texts texts, IntPtr cancel, IntPtr* made);

        /// <summary>Speaks one text over REST rather than a WebSocket; else as StreamTts.</summary>
        public Summary PostTts(SpeechRequest request, ChunkCallback onChunk, PostOptions options = null,
            CancellationToken cancel = default(CancellationToken))
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
                    var how = (options ?? new PostOptions()).Native_(texts);
                    Native.vw_deepdub_tts_result result;
                    VoicewireException.Check(Native.vw_deepdub_tts_result_init(&result));
                    var forward = Marshal.GetFunctionPointerForDelegate(ChunkForward);
                    var status = Native.vw_deepdub_post_tts(Handle, &native, &how, forward, GCHandle.ToIntPtr(self), &result);
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

        /// <summary>Has one text spoken into a file at the service; "url" in the answer says where.</summary>
        public Json TtsRetroactive(SpeechRequest request, CancellationToken cancel = default(CancellationToken))
        {
            if (request == null) throw new ArgumentNullException("request");
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            {
                var native = request.Native_(texts, scope);
                IntPtr made = IntPtr.Zero;
                var status = Native.vw_deepdub_tts_retroactive(Handle, &native, &made);
                GC.KeepAlive(this);
                return ProgressScope.Answer(null, scope, status, made);
            }
        }

        /// <summary>The account's voices, up to <paramref name="limit"/>.</summary>
        public Json ListVoices(int? limit = null, CancellationToken cancel = default(CancellationToken))
        {
            return Ask(cancel, (client, texts, stop, made) =>
                Native.vw_deepdub_list_voices(client, limit ?? Native.VW_UNSET, stop, made));
        }

        /// <summary>One voice. NotFoundException when there is none of that id.</summary>
        public Json GetVoice(string id, CancellationToken cancel = default(CancellationToken))
        {
            return Ask(cancel, (client, texts, stop, made) => Native.vw_deepdub_get_voice(client, texts.Add(id, "id"), stop, made));
        }

        /// <summary>Makes a voice from a sample.</summary>
        public Json UploadVoice(VoiceRequest request, CancellationToken cancel = default(CancellationToken))
        {
            if (request == null) throw new ArgumentNullException("request");
            return Ask(cancel, (client, texts, stop, made) =>
            {
                var native = request.Native_(texts, stop);
                return Native.vw_deepdub_upload_voice(client, &native, made);
            });
        }

        /// <summary>Changes what is set; the whole voice as it then is.</summary>
        public Json UpdateVoice(string id, VoiceChanges changes, CancellationToken cancel = default(CancellationToken))
        {
            if (changes == null) throw new ArgumentNullException("changes");
            return Ask(cancel, (client, texts, stop, made) =>
            {
                var native = changes.Native_(texts, stop);
                return Native.vw_deepdub_update_voice(client, texts.Add(id, "id"), &native, made);
            });
        }

        /// <summary>Deletes a voice.</summary>
        public void DeleteVoice(string id, CancellationToken cancel = default(CancellationToken))
        {
            Ask(cancel, (client, texts, stop, made) => Native.vw_deepdub_delete_voice(client, texts.Add(id, "id"), stop));
        }

        /// <summary>What gender a speaker sounds like: of the bytes of an audio file.</summary>
        public Json ClassifyGender(byte[] audio, CancellationToken cancel = default(CancellationToken))
        {
            return Ask(cancel, (client, texts, stop, made) =>
                Native.vw_deepdub_classify_gender(client, texts.Add(audio), Length(audio), stop, made));
        }

        /// <summary>The same of a file at an address.</summary>
        public Json ClassifyGenderAt(string url, CancellationToken cancel = default(CancellationToken))
        {
            return Ask(cancel, (client, texts, stop, made) =>
                Native.vw_deepdub_classify_gender_at(client, texts.Add(url, "url"), stop, made));
        }

        /// <summary>The same of a file here, which is uploaded.</summary>
        public Json ClassifyGenderUpload(string path, CancellationToken cancel = default(CancellationToken))
        {
            return Ask(cancel, (client, texts, stop, made) =>
                Native.vw_deepdub_classify_gender_upload(client, texts.Add(path, "path"), stop, made));
        }

        /// <summary>The same over a WebSocket.</summary>
        public Json ClassifyGenderLive(byte[] audio, CancellationToken cancel = default(CancellationToken))
        {
            return Ask(cancel, (client, texts, stop, made) =>
                Native.vw_deepdub_classify_gender_live(client, texts.Add(audio), Length(audio), stop, made));
        }

        /// <summary>What was spoken, by day.</summary>
        public Json Usage(UsageQuery query, CancellationToken cancel = default(CancellationToken))
        {
            if (query == null) throw new ArgumentNullException("query");
            return Ask(cancel, (client, texts, stop, made) =>
            {
                var native = query.Native_(texts, stop);
                return Native.vw_deepdub_usage(client, &native, made);
            });
        }

        /// <summary>What was spoken, by model and region.</summary>
        public Json UsageByModel(UsageQuery query, CancellationToken cancel = default(CancellationToken))
        {
            if (query == null) throw new ArgumentNullException("query");
            return Ask(cancel, (client, texts, stop, made) =>
            {
                var native = query.Native_(texts, stop);
                return Native.vw_deepdub_usage_by_model(client, &native, made);
            });
        }

        /// <summary>How many connections there are for a model, and should be.</summary>
        public Json GetCapacity(string modelId, CancellationToken cancel = default(CancellationToken))
        {
            return Ask(cancel, (client, texts, stop, made) =>
                Native.vw_deepdub_get_capacity(client, texts.Add(modelId, "model_id"), stop, made));
        }

        /// <summary>Sets how many there should be: 0 or more.</summary>
        public Json SetCapacity(string modelId, int size, CancellationToken cancel = default(CancellationToken))
        {
            return Ask(cancel, (client, texts, stop, made) =>
                Native.vw_deepdub_set_capacity(client, texts.Add(modelId, "model_id"), size, stop, made));
        }

        /// <summary>The same of several models: an array.</summary>
        public Json GetCapacities(IList<string> modelIds, CancellationToken cancel = default(CancellationToken))
        {
            if (modelIds == null) throw new ArgumentNullException("modelIds");
            return Ask(cancel, (client, texts, stop, made) =>
            {
                var ids = new IntPtr[Math.Max(1, modelIds.Count)];
                for (var at = 0; at < modelIds.Count; at++) ids[at] = (IntPtr)texts.Add(modelIds[at], "model_ids");
                fixed (IntPtr* first = ids)
                {
                    return Native.vw_deepdub_get_capacities(client, (byte**)first, (UIntPtr)modelIds.Count, stop, made);
                }
            });
        }

        private static UIntPtr Length(byte[] bytes)
        {
            return bytes == null ? UIntPtr.Zero : (UIntPtr)bytes.Length;
        }

        /// <summary>Makes a call; null when it has no answer.</summary>
        private Json Ask(CancellationToken cancel, Asker ask)
        {
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            {
                IntPtr made = IntPtr.Zero;
                var status = ask(Handle, texts, CancelScope.Value(scope), &made);
                GC.KeepAlive(this);
                return ProgressScope.Answer(null, scope, status, made);
            }
        }
    }
}
