using System;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Threading;
#if UNITY_5_3_OR_NEWER
using MonoPInvokeCallbackAttribute = AOT.MonoPInvokeCallbackAttribute;
#endif

namespace Voicewire.Deepdub
{
    /// <summary>How much an outbox takes. What is null is as by default.</summary>
    public sealed class OutboxOptions
    {
        /// <summary>Bytes that the reports which wait and were rejected may have together. Default 256 MiB.</summary>
        public long? MaxBytes { get; set; }

        /// <summary>How many such reports there may be. Default 1000.</summary>
        public long? MaxReports { get; set; }

        /// <summary>How many delivered reports are remembered; 0 is none. Default 1000.</summary>
        public long? MaxDelivered { get; set; }
    }

    /// <summary>What has become of a report that was handed to an outbox.</summary>
    public enum OutboxState
    {
        /// <summary>It is to be sent.</summary>
        Waiting = Native.VW_OUTBOX_WAITING,
        /// <summary>The service refused it, or its clip has been damaged. It is kept until it is retried or dropped.</summary>
        Rejected = Native.VW_OUTBOX_REJECTED,
        /// <summary>The service has it.</summary>
        Delivered = Native.VW_OUTBOX_DELIVERED,
        /// <summary>The file cannot be understood. It is left alone until it is dropped.</summary>
        Unreadable = Native.VW_OUTBOX_UNREADABLE,
    }

    /// <summary>A report in an outbox. Texts are null where there is nothing to say.</summary>
    public sealed class OutboxReport
    {
        private static readonly DateTime Epoch = new DateTime(1970, 1, 1, 0, 0, 0, DateTimeKind.Utc);

        internal unsafe OutboxReport(Native.vw_deepdub_outbox_report* report)
        {
            Id = Texts.Read(report->id);
            State = (OutboxState)report->state;
            Attempts = (int)report->attempts;
            Created = When(report->created);
            Delivered = When(report->delivered);
            IssueId = Texts.Read(report->issue_id);
            ErrorStatus = (Status)report->error_status;
            ErrorHttpStatus = report->error_http_status == 0 ? (int?)null : report->error_http_status;
            ErrorMessage = Texts.Read(report->error_message);
            GenerationId = Texts.Read(report->generation_id);
            ProblemWord = Texts.Read(report->problem_word);
            VoicePromptId = Texts.Read(report->voice_prompt_id);
            ClipBytes = (long)report->clip_bytes;
            Size = (long)report->size;
        }

        /// <summary>The outbox's id for it; of a file that is none of the outbox's, its name.</summary>
        public string Id { get; private set; }

        /// <summary>What has become of it.</summary>
        public OutboxState State { get; private set; }

        /// <summary>How often it was sent, as far as answers or failures are known.</summary>
        public int Attempts { get; private set; }

        /// <summary>When it was handed to the outbox, in UTC; null when it is unreadable.</summary>
        public DateTime? Created { get; private set; }

        /// <summary>When the service took it, in UTC; null when it has not.</summary>
        public DateTime? Delivered { get; private set; }

        /// <summary>The service's id for it, once it is delivered.</summary>
        public string IssueId { get; private set; }

        /// <summary>Why it has not been delivered; Ok before the first try, and when it has been.</summary>
        public Status ErrorStatus { get; private set; }

        /// <summary>The HTTP status that came with that; null when none did.</summary>
        public int? ErrorHttpStatus { get; private set; }

        /// <summary>That in words.</summary>
        public string ErrorMessage { get; private set; }

        /// <summary>The generation it is about.</summary>
        public string GenerationId { get; private set; }

        /// <summary>The word that came out wrong.</summary>
        public string ProblemWord { get; private set; }

        /// <summary>The voice that spoke.</summary>
        public string VoicePromptId { get; private set; }

        /// <summary>Bytes of audio that belong to it; 0 when there is none.</summary>
        public long ClipBytes { get; private set; }

        /// <summary>Bytes of its file.</summary>
        public long Size { get; private set; }

        private static DateTime? When(double seconds)
        {
            return double.IsNaN(seconds) ? (DateTime?)null : Epoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }
    }

    /// <summary>What a sending came to.</summary>
    public sealed class OutboxSummary
    {
        internal OutboxSummary(Native.vw_deepdub_outbox_summary summary)
        {
            Delivered = (long)summary.delivered;
            Rejected = (long)summary.rejected;
            Waiting = (long)summary.waiting;
            Status = (Status)summary.status;
            RetryAfter = summary.retry_after_seconds < 0 ? (TimeSpan?)null : Units.Time(summary.retry_after_seconds * 1000);
        }

        /// <summary>Reports that the service took.</summary>
        public long Delivered { get; private set; }

        /// <summary>Reports that it refused, which are kept aside.</summary>
        public long Rejected { get; private set; }

        /// <summary>Reports that are to be sent still.</summary>
        public long Waiting { get; private set; }

        /// <summary>The last failure that left a report waiting; Ok when there was none.</summary>
        public Status Status { get; private set; }

        /// <summary>How long the service asks to wait before the next try; null when it did not say.</summary>
        public TimeSpan? RetryAfter { get; private set; }
    }

    /// <summary>Reports in a directory, from where they are sent: now, when the network is back, or by the next process.</summary>
    public sealed unsafe class Outbox : IDisposable
    {
        private static readonly Native.vw_deepdub_outbox_report_fn ReportForward = OnReport;

        private readonly NativeHandle handle;

        /// <summary>Opens the outbox in a directory, which is made where it is not there.</summary>
        public Outbox(string path, OutboxOptions options = null)
        {
            Library.Check();
            Native.vw_deepdub_outbox_options native;
            VoicewireException.Check(Native.vw_deepdub_outbox_options_init(&native));
            if (options != null)
            {
                if (options.MaxBytes != null) native.max_bytes = (ulong)Math.Max(0, options.MaxBytes.Value);
                if (options.MaxReports != null) native.max_reports = (ulong)Math.Max(0, options.MaxReports.Value);
                if (options.MaxDelivered != null) native.max_delivered = (ulong)Math.Max(0, options.MaxDelivered.Value);
            }
            IntPtr made;
            using (var texts = new Texts())
            {
                VoicewireException.Check(Native.vw_deepdub_outbox_open(texts.Add(path, "path"), &native, &made));
            }
            handle = new NativeHandle(made, free => Native.vw_deepdub_outbox_free(free));
        }

        /// <summary>Everything that is in it, oldest first.</summary>
        public OutboxReport[] List()
        {
            Native.vw_deepdub_outbox_reports* found;
            VoicewireException.Check(Native.vw_deepdub_outbox_list(Handle, &found));
            GC.KeepAlive(this);
            try
            {
                var reports = new OutboxReport[(int)found->count];
                for (var i = 0; i < reports.Length; i++) reports[i] = new OutboxReport(found->reports[i]);
                return reports;
            }
            finally
            {
                Native.vw_deepdub_outbox_reports_free(found);
            }
        }

        /// <summary>
        /// Takes a report, and returns its id in the outbox when it is safe on the disk. Nothing is sent. OutboxFullException when
        /// a limit would be exceeded.
        /// </summary>
        public string Add(IssueRequest report)
        {
            if (report == null) throw new ArgumentNullException("report");
            var id = stackalloc byte[Native.VW_OUTBOX_ID_SIZE];
            using (var texts = new Texts())
            {
                var native = report.Native_(texts, null);
                VoicewireException.Check(Native.vw_deepdub_outbox_add(Handle, &native, id));
            }
            GC.KeepAlive(this);
            return Texts.Read(id);
        }

        /// <summary>
        /// Takes a report about one of the last generations of a client, as Client.Report makes it. Nothing is sent.
        /// </summary>
        public string Report(Client client, string generationId, ReportOptions options)
        {
            if (client == null) throw new ArgumentNullException("client");
            if (options == null) throw new ArgumentNullException("options");
            var id = stackalloc byte[Native.VW_OUTBOX_ID_SIZE];
            using (var texts = new Texts())
            {
                var native = options.Native_(texts, null);
                VoicewireException.Check(Native.vw_deepdub_outbox_add_report(
                    Handle, client.Handle, texts.Add(generationId, "generation_id"), &native, id));
            }
            GC.KeepAlive(client);
            GC.KeepAlive(this);
            return Texts.Read(id);
        }

        /// <summary>
        /// Sends all reports that wait, oldest first, once. A report that cannot be delivered now waits on, and the summary says
        /// why. <paramref name="onReport"/> is told of each that was tried, on this thread; Flow.Stop ends it.
        /// </summary>
        public OutboxSummary Send(
            Client client, Func<OutboxReport, Flow> onReport = null, CancellationToken cancel = default(CancellationToken))
        {
            return Sending(client, onReport, cancel, (value, forward, userData, token, summary) =>
                Native.vw_deepdub_outbox_send(Handle, value, forward, userData, token, summary));
        }

        /// <summary>Sends until none waits any more, or the time is over: after failures that may pass it tries again.</summary>
        public OutboxSummary Deliver(
            Client client, TimeSpan timeout, Func<OutboxReport, Flow> onReport = null,
            CancellationToken cancel = default(CancellationToken))
        {
            var limit = Units.Milliseconds(timeout, "timeout");
            return Sending(client, onReport, cancel, (value, forward, userData, token, summary) =>
                Native.vw_deepdub_outbox_deliver(Handle, value, limit, forward, userData, token, summary));
        }

        /// <summary>Has a rejected report wait again. NotFoundException when there is none of that id.</summary>
        public void Retry(string id)
        {
            using (var texts = new Texts())
            {
                VoicewireException.Check(Native.vw_deepdub_outbox_retry(Handle, texts.Add(id, "id")));
            }
            GC.KeepAlive(this);
        }

        /// <summary>Removes a report, its clip and what is known of it. NotFoundException when there is none of that id.</summary>
        public void Drop(string id)
        {
            using (var texts = new Texts())
            {
                VoicewireException.Check(Native.vw_deepdub_outbox_drop(Handle, texts.Add(id, "id")));
            }
            GC.KeepAlive(this);
        }

        /// <summary>The directory stays, with all that is in it.</summary>
        public void Dispose()
        {
            handle.Dispose();
        }

        private IntPtr Handle
        {
            get { return handle.For(this); }
        }

        private delegate int Sender(
            IntPtr client, IntPtr forward, IntPtr userData, IntPtr cancel, Native.vw_deepdub_outbox_summary* summary);

        private OutboxSummary Sending(Client client, Func<OutboxReport, Flow> onReport, CancellationToken cancel, Sender send)
        {
            if (client == null) throw new ArgumentNullException("client");
            var call = new Call { OnReport = onReport };
            var self = GCHandle.Alloc(call);
            try
            {
                using (var scope = CancelScope.For(cancel))
                {
                    Native.vw_deepdub_outbox_summary summary;
                    VoicewireException.Check(Native.vw_deepdub_outbox_summary_init(&summary));
                    var forward = onReport == null ? IntPtr.Zero : Marshal.GetFunctionPointerForDelegate(ReportForward);
                    var status = send(client.Handle, forward, GCHandle.ToIntPtr(self), CancelScope.Value(scope), &summary);
                    if (call.Thrown != null) ExceptionDispatchInfo.Capture(call.Thrown).Throw();
                    CancelScope.Check(scope, status);
                    return new OutboxSummary(summary);
                }
            }
            finally
            {
                self.Free();
                GC.KeepAlive(client);
                GC.KeepAlive(this);
            }
        }

        [MonoPInvokeCallback(typeof(Native.vw_deepdub_outbox_report_fn))]
        private static int OnReport(Native.vw_deepdub_outbox_report* report, IntPtr userData)
        {
            var call = (Call)GCHandle.FromIntPtr(userData).Target;
            try
            {
                return (int)call.OnReport(new OutboxReport(report));
            }
            catch (Exception exception)
            {
                Callbacks.Survive(exception);
                call.Thrown = exception;
                return Native.VW_STOP;
            }
        }

        private sealed class Call
        {
            internal Func<OutboxReport, Flow> OnReport;
            internal Exception Thrown;
        }
    }
}
