using System;
using System.Threading;

namespace Voicewire.Deepdub
{
    /// <summary>What to report, or what to change in a report.</summary>
    public sealed class IssueRequest
    {
        /// <summary>The generation that came out wrong. Required for a new report, as are the next three.</summary>
        public string GenerationId { get; set; }

        /// <summary>The exact text that was spoken.</summary>
        public string GeneratedText { get; set; }

        /// <summary>The word or phrase that came out wrong.</summary>
        public string ProblemWord { get; set; }

        /// <summary>The voice that spoke.</summary>
        public string VoicePromptId { get; set; }

        /// <summary>Anything that helps.</summary>
        public string AdditionalComments { get; set; }

        /// <summary>The bytes of an audio file, 20 MiB at most.</summary>
        public byte[] ProblemAudio { get; set; }

        /// <summary>Instead of ProblemAudio: the path of an audio file, which is read during the call.</summary>
        public string ProblemAudioPath { get; set; }

        /// <summary>Where in the audio, in seconds from its beginning; 0 or more.</summary>
        public double? ProblemSeconds { get; set; }

        internal unsafe Native.vw_deepdub_issue_request Native_(Texts texts, CancelScope cancel)
        {
            Native.vw_deepdub_issue_request request;
            VoicewireException.Check(Native.vw_deepdub_issue_request_init(&request));
            request.generation_id = texts.Add(GenerationId, "generationId");
            request.generated_text = texts.Add(GeneratedText, "generatedText");
            request.problem_word = texts.Add(ProblemWord, "problemWord");
            request.voice_prompt_id = texts.Add(VoicePromptId, "voicePromptId");
            request.additional_comments = texts.Add(AdditionalComments, "additionalComments");
            request.problem_audio = texts.Add(ProblemAudio);
            request.problem_audio_size = ProblemAudio == null ? UIntPtr.Zero : (UIntPtr)ProblemAudio.Length;
            request.problem_audio_path = texts.Add(ProblemAudioPath, "problemAudioFile");
            request.problem_seconds = Units.Number(ProblemSeconds);
            request.cancel = CancelScope.Value(cancel);
            return request;
        }
    }

    /// <summary>What is wrong with a generation that the client remembers.</summary>
    public sealed class ReportOptions
    {
        /// <summary>The word or phrase that came out wrong.</summary>
        public ReportOptions(string problemWord)
        {
            ProblemWord = problemWord;
        }

        /// <summary>The word or phrase that came out wrong.</summary>
        public string ProblemWord { get; set; }

        /// <summary>Where in the audio, in seconds from its beginning; 0 or more.</summary>
        public double? ProblemSeconds { get; set; }

        /// <summary>Anything that helps.</summary>
        public string Comments { get; set; }

        /// <summary>How many seconds of audio are attached, around ProblemSeconds; 0 attaches nothing. Default 3.</summary>
        public double? ClipSeconds { get; set; }

        internal unsafe Native.vw_deepdub_report_options Native_(Texts texts, CancelScope cancel)
        {
            Native.vw_deepdub_report_options options;
            VoicewireException.Check(Native.vw_deepdub_report_options_init(&options));
            options.problem_word = texts.Add(ProblemWord, "problemWord");
            options.problem_seconds = Units.Number(ProblemSeconds);
            options.comments = texts.Add(Comments, "additionalComments");
            if (ClipSeconds != null) options.clip_seconds = ClipSeconds.Value;
            options.cancel = CancelScope.Value(cancel);
            return options;
        }
    }

    /// <summary>A report as the service has it. Texts are null where it gave none.</summary>
    public sealed class Issue
    {
        /// <summary>Copies what the library has made, and frees that.</summary>
        internal static unsafe Issue Take(Native.vw_deepdub_issue* made)
        {
            try
            {
                return new Issue(made);
            }
            finally
            {
                Native.vw_deepdub_issue_free(made);
            }
        }

        private unsafe Issue(Native.vw_deepdub_issue* issue)
        {
            Id = Texts.Read(issue->id);
            State = Texts.Read(issue->state);
            CreatedAt = Texts.Read(issue->created_at);
            UpdatedAt = Texts.Read(issue->updated_at);
            GenerationId = Texts.Read(issue->generation_id);
            GeneratedText = Texts.Read(issue->generated_text);
            ProblemWord = Texts.Read(issue->problem_word);
            VoicePromptId = Texts.Read(issue->voice_prompt_id);
            AdditionalComments = Texts.Read(issue->additional_comments);
            ProblemSeconds = Units.Given(issue->problem_seconds);
            Json = Texts.Read(issue->json);
        }

        /// <summary>Names the report in later calls.</summary>
        public string Id { get; private set; }

        /// <summary>Such as "open", "in progress" or "resolved".</summary>
        public string State { get; private set; }

        /// <summary>When it was filed: RFC 3339.</summary>
        public string CreatedAt { get; private set; }

        /// <summary>When it last changed: RFC 3339.</summary>
        public string UpdatedAt { get; private set; }

        /// <summary>The generation it is about.</summary>
        public string GenerationId { get; private set; }

        /// <summary>The text that was spoken.</summary>
        public string GeneratedText { get; private set; }

        /// <summary>The word that came out wrong.</summary>
        public string ProblemWord { get; private set; }

        /// <summary>The voice that spoke.</summary>
        public string VoicePromptId { get; private set; }

        /// <summary>Comments.</summary>
        public string AdditionalComments { get; private set; }

        /// <summary>Where in the audio, in seconds.</summary>
        public double? ProblemSeconds { get; private set; }

        /// <summary>The whole answer as a JSON object, with the fields that are not known here.</summary>
        public string Json { get; private set; }
    }

    public sealed unsafe partial class Client
    {
        /// <summary>
        /// Files a report. After NetworkException, TimedOutException or ServerException it may have been filed all the same.
        /// </summary>
        public Issue CreateIssue(IssueRequest request, CancellationToken cancel = default(CancellationToken))
        {
            if (request == null) throw new ArgumentNullException("request");
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            {
                var native = request.Native_(texts, scope);
                Native.vw_deepdub_issue* made;
                CancelScope.Check(scope, Native.vw_deepdub_create_issue(Handle, &native, &made));
                GC.KeepAlive(this);
                return Issue.Take(made);
            }
        }

        /// <summary>Reads a report. NotFoundException when there is none of that id, or it was deleted.</summary>
        public Issue GetIssue(string id, CancellationToken cancel = default(CancellationToken))
        {
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            {
                Native.vw_deepdub_issue* made;
                CancelScope.Check(
                    scope, Native.vw_deepdub_get_issue(Handle, texts.Add(id, "id"), CancelScope.Value(scope), &made));
                GC.KeepAlive(this);
                return Issue.Take(made);
            }
        }

        /// <summary>Changes the fields of a report that are set in <paramref name="changes"/>.</summary>
        public Issue UpdateIssue(string id, IssueRequest changes, CancellationToken cancel = default(CancellationToken))
        {
            if (changes == null) throw new ArgumentNullException("changes");
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            {
                var native = changes.Native_(texts, scope);
                Native.vw_deepdub_issue* made;
                CancelScope.Check(scope, Native.vw_deepdub_update_issue(Handle, texts.Add(id, "id"), &native, &made));
                GC.KeepAlive(this);
                return Issue.Take(made);
            }
        }

        /// <summary>Withdraws a report.</summary>
        public void DeleteIssue(string id, CancellationToken cancel = default(CancellationToken))
        {
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            {
                CancelScope.Check(scope, Native.vw_deepdub_delete_issue(Handle, texts.Add(id, "id"), CancelScope.Value(scope)));
                GC.KeepAlive(this);
            }
        }

        /// <summary>
        /// Files a report about one of the last generations of this client: id, text and voice come from memory, and a clip of its
        /// audio is attached. <paramref name="generationId"/> null is the one whose audio began last.
        /// </summary>
        public Issue Report(string generationId, ReportOptions options, CancellationToken cancel = default(CancellationToken))
        {
            if (options == null) throw new ArgumentNullException("options");
            using (var texts = new Texts())
            using (var scope = CancelScope.For(cancel))
            {
                var native = options.Native_(texts, scope);
                Native.vw_deepdub_issue* made;
                CancelScope.Check(
                    scope, Native.vw_deepdub_report(Handle, texts.Add(generationId, "generation_id"), &native, &made));
                GC.KeepAlive(this);
                return Issue.Take(made);
            }
        }
    }
}
