using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Threading;
#if UNITY_5_3_OR_NEWER
using MonoPInvokeCallbackAttribute = AOT.MonoPInvokeCallbackAttribute;
#endif

namespace Voicewire.Respeecher
{
    /// <summary>One voice that an original is converted into. What is null is as by default.</summary>
    public sealed class Conversion
    {
        /// <summary>The voice.</summary>
        public Conversion(string voiceId)
        {
            VoiceId = voiceId;
        }

        /// <summary>The voice.</summary>
        public string VoiceId { get; set; }

        /// <summary>How it narrates a text.</summary>
        public string NarrationStyleId { get; set; }

        /// <summary>Its accent.</summary>
        public string AccentId { get; set; }

        /// <summary>Semitones to shift the pitch by.</summary>
        public double? SemitonesCorrection { get; set; }

        /// <summary>What the conversion is called.</summary>
        public string Label { get; set; }
    }

    /// <summary>One original, which is a text, a file, bytes or a recording that is there, and the voices that it is converted into.</summary>
    public sealed class Job
    {
        /// <summary>What is converted: a text, which the service speaks first.</summary>
        public string Text { get; set; }

        /// <summary>The text's language (ISO 639). Default: it is found out.</summary>
        public string TextLanguage { get; set; }

        /// <summary>Or the path of an audio file, which is uploaded first.</summary>
        public string File { get; set; }

        /// <summary>Or the bytes of one.</summary>
        public byte[] Data { get; set; }

        /// <summary>What the bytes would be called, such as "take-1.wav".</summary>
        public string DataName { get; set; }

        /// <summary>Or an original that is there: what a job was that did not come to its end.</summary>
        public string RecordingId { get; set; }

        /// <summary>Where the original goes: a folder that is there.</summary>
        public string FolderId { get; set; }

        /// <summary>Or a new one in this project; else a new one in a new project.</summary>
        public string ProjectId { get; set; }

        /// <summary>What the new folder, and the new project, are called. Default "voicewire".</summary>
        public string PlaceName { get; set; }

        /// <summary>The original's label, with which the files' names begin. Default "recording".</summary>
        public string Label { get; set; }

        /// <summary>Into which voices: one or more.</summary>
        public IList<Conversion> Conversions { get; set; } = new List<Conversion>();

        /// <summary>The calibration to use, for audio. Default: the account's.</summary>
        public string CalibrationId { get; set; }

        /// <summary>The directory for the files, which is made if it is not there. What is there stays: a new file of the same name
        /// gets a number. Required.</summary>
        public string Directory { get; set; }

        /// <summary>The first wait before the service is asked whether it is done; each further one is longer by half. Default 1 s.</summary>
        public TimeSpan? PollingFirst { get; set; }

        /// <summary>The longest wait. Default 10 s.</summary>
        public TimeSpan? PollingLongest { get; set; }

        /// <summary>How long the service may take for the original, and again for its conversions. Default 30 minutes.</summary>
        public TimeSpan? PollingLimit { get; set; }

        /// <summary>Refers to conversions, which it fills.</summary>
        internal unsafe Native.vw_respeecher_job Native_(Texts texts, Native.vw_respeecher_conversion* conversions)
        {
            for (var index = 0; index < Conversions.Count; index++)
            {
                var wanted = Conversions[index];
                VoicewireException.Check(Native.vw_respeecher_conversion_init(&conversions[index]));
                conversions[index].voice_id = texts.Add(wanted.VoiceId, "voice_id");
                conversions[index].narration_style_id = texts.Add(wanted.NarrationStyleId, "narration_style_id");
                conversions[index].accent_id = texts.Add(wanted.AccentId, "accent_id");
                if (wanted.SemitonesCorrection != null) conversions[index].semitones_correction = wanted.SemitonesCorrection.Value;
                conversions[index].label = texts.Add(wanted.Label, "label");
            }
            Native.vw_respeecher_job job;
            VoicewireException.Check(Native.vw_respeecher_job_init(&job));
            job.text = texts.Add(Text, "text");
            job.text_language = texts.Add(TextLanguage, "text_language");
            job.file = texts.Add(File, "file");
            job.data = texts.Add(Data);
            job.size = Data == null ? UIntPtr.Zero : (UIntPtr)Data.Length;
            job.data_name = texts.Add(DataName, "data_name");
            job.recording_id = texts.Add(RecordingId, "recording_id");
            job.folder_id = texts.Add(FolderId, "folder_id");
            job.project_id = texts.Add(ProjectId, "project_id");
            job.place_name = texts.Add(PlaceName, "place_name");
            job.label = texts.Add(Label, "label");
            job.conversions = conversions;
            job.conversion_count = (UIntPtr)Conversions.Count;
            job.calibration_id = texts.Add(CalibrationId, "calibration_id");
            job.directory = texts.Add(Directory, "directory");
            Units.Set(ref job.polling_first_ms, PollingFirst, "polling_first");
            Units.Set(ref job.polling_longest_ms, PollingLongest, "polling_longest");
            Units.Set(ref job.polling_limit_ms, PollingLimit, "polling_limit");
            return job;
        }
    }

    /// <summary>What is being done in a job.</summary>
    public enum Stage
    {
        /// <summary>Projects and folders are made.</summary>
        Preparing = Native.VW_RESPEECHER_PREPARING,
        /// <summary>The audio is uploaded: bytes.</summary>
        Uploading = Native.VW_RESPEECHER_UPLOADING,
        /// <summary>The service speaks the text, or looks at the audio.</summary>
        Processing = Native.VW_RESPEECHER_PROCESSING,
        /// <summary>The conversions are ordered.</summary>
        Ordering = Native.VW_RESPEECHER_ORDERING,
        /// <summary>The service converts: conversions.</summary>
        Converting = Native.VW_RESPEECHER_CONVERTING,
        /// <summary>The files are downloaded: conversions.</summary>
        Downloading = Native.VW_RESPEECHER_DOWNLOADING,
    }

    /// <summary>How far a job has come.</summary>
    public sealed class JobProgress
    {
        internal unsafe JobProgress(Native.vw_respeecher_progress* progress)
        {
            Stage = (Stage)progress->stage;
            StageName = Texts.Read(progress->stage_name);
            Done = (long)progress->done;
            Total = (long)progress->total;
            RecordingId = Texts.Read(progress->recording_id);
            Bytes = (long)progress->bytes;
        }

        /// <summary>What is being done.</summary>
        public Stage Stage { get; private set; }

        /// <summary>The stage's name, such as "converting".</summary>
        public string StageName { get; private set; }

        /// <summary>How much of it is done: bytes or conversions.</summary>
        public long Done { get; private set; }

        /// <summary>How much there is to do.</summary>
        public long Total { get; private set; }

        /// <summary>What the job can be resumed with; null before it is there.</summary>
        public string RecordingId { get; private set; }

        /// <summary>Bytes of the present file, while downloading.</summary>
        public long Bytes { get; private set; }
    }

    public sealed unsafe partial class Client
    {
        private static readonly Native.vw_respeecher_progress_fn ProgressForward = OnJobProgress;

        /// <summary>
        /// Text or audio in, finished files out. Of what comes of it "/files/0/path" and the like tell; VoicewireException.Outcome
        /// has the same of a job that failed.
        /// </summary>
        public Json Convert(Job job, Func<JobProgress, Flow> onProgress = null, CancellationToken cancel = default(CancellationToken))
        {
            if (job == null) throw new ArgumentNullException("job");
            var conversions = new Native.vw_respeecher_conversion[Math.Max(1, job.Conversions.Count)];
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            using (var progress = ProgressScope.For(onProgress))
            {
                fixed (Native.vw_respeecher_conversion* first = conversions)
                {
                    var native = job.Native_(texts, first);
                    var forward = progress == null ? IntPtr.Zero : Marshal.GetFunctionPointerForDelegate(ProgressForward);
                    IntPtr made = IntPtr.Zero;
                    var status = Native.vw_respeecher_convert(
                        handle.For(this), &native, forward, ProgressScope.UserData(progress), CancelScope.Value(scope), &made);
                    GC.KeepAlive(this);
                    return ProgressScope.Answer(progress, scope, status, made);
                }
            }
        }

        [MonoPInvokeCallback(typeof(Native.vw_respeecher_progress_fn))]
        private static int OnJobProgress(Native.vw_respeecher_progress* progress, IntPtr userData)
        {
            return ProgressScope.Tell(userData, () => new JobProgress(progress));
        }
    }
}
