using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Voicewire;
using Voicewire.Deepdub;

/// <summary>Text streamed in, turn by turn.</summary>
public static class TextSessions
{
    public static void TurnsAreSpokenWhileTheyAreWritten()
    {
        using (var client = Check.Client())
        using (var session = client.OpenTextSession(new TextConfig(Client.TrialVoice)))
        {
            session.WaitReady(Check.Long);
            Check.That(session.Ping(Check.Long) >= TimeSpan.Zero, "a sign of life");
            var bytes = new List<byte>();
            var turn = session.BeginTurn(new UtteranceOptions { OnChunk = chunk => { bytes.AddRange(chunk.Data.ToArray()); return Flow.Continue; } });
            foreach (var word in Check.Text.Split(' ')) turn.Write(word + " ");
            turn.End();
            Check.Throws<ClosedException>(() => turn.Write("late"));
            var summary = Check.Wait(turn.Completion);
            Check.Equal(summary.Bytes, (long)bytes.Count);
            Check.That(bytes.Count > 16000 && turn.IsEnded, "heard");
            turn.Dispose();
            Check.Throws<ObjectDisposedException>(() => turn.Write("x"));

            // The same again, asked for chunk by chunk.
            var second = session.BeginTurn();
            second.Write(Check.Text + " ", TimeSpan.Zero);
            second.End();
            Check.Same(bytes.ToArray(), Streams.All(second));

            session.Configure(new TextConfig(Client.TrialVoice) { Locale = "fr-FR" });
            var third = session.BeginTurn();
            third.Write("Eins, zwei. ");
            third.Switch("de-DE", null);
            third.Cancel();
            Check.Throws<CancelledException>(() => Check.Wait(third.Completion));
            Check.Refuses("voicePromptId", () => session.Configure(new TextConfig(null)));
        }
        Check.Equal("<config locale=\"es-MX\" />", TextSession.ConfigTag("es-MX", null));
        Check.Equal("", TextSession.ConfigTag(null, null));
    }

    public static void PolledTurnsCallBackInPolls()
    {
        using (var client = Check.Client())
        using (var session = client.OpenTextSession(new TextConfig(Client.TrialVoice), new TextSessionOptions { Delivery = Delivery.Poll }))
        {
            UtteranceEnd end = null;
            var turn = session.BeginTurn(new UtteranceOptions { OnChunk = chunk => Flow.Continue, OnEnd = told => end = told });
            turn.Write(Check.Text);
            turn.End();
            while (end == null) session.Poll(Check.Long);
            Check.Equal(Status.Ok, end.Status);
        }
    }
}

/// <summary>Reports, and the outbox that keeps them.</summary>
public static class Reports
{
    public static void AReportIsFiledReadChangedAndWithdrawn()
    {
        using (var client = Check.Client())
        {
            var request = new IssueRequest
            {
                GenerationId = Guid.NewGuid().ToString(), GeneratedText = "Grüße an 語 and \ud83d\ude00", ProblemWord = "語",
                VoicePromptId = Client.TrialVoice, ProblemAudio = new byte[] { 1, 2, 3 }, ProblemSeconds = 0.5,
            };
            var issue = client.CreateIssue(request);
            Check.Equal(request.GeneratedText, client.GetIssue(issue.Id).GeneratedText);
            Check.That(issue.Json.StartsWith("{") && issue.State != null && issue.CreatedAt != null, "as the service has it");
            Check.Equal("more", client.UpdateIssue(issue.Id, new IssueRequest { AdditionalComments = "more" }).AdditionalComments);
            client.DeleteIssue(issue.Id);
            Check.Throws<NotFoundException>(() => client.GetIssue(issue.Id));
            Check.Throws<InvalidArgumentException>(() => client.CreateIssue(new IssueRequest()));
        }
    }

    public static void WhatTheClientRemembersIsReported()
    {
        using (var client = Check.Client())
        {
            var speech = client.Tts(Check.Request());
            var issue = client.Report(null, new ReportOptions("fox") { ProblemSeconds = 0.5, ClipSeconds = 1, Comments = "x" });
            Check.Equal(speech.Summary.GenerationId, issue.GenerationId);
            Check.Equal(Check.Text, issue.GeneratedText);
            Check.Throws<InvalidArgumentException>(() => client.Report(Guid.NewGuid().ToString(), new ReportOptions("fox")));
        }
    }

    public static void AnOutboxKeepsReportsUntilTheServiceHasThem()
    {
        var path = Path.Combine(Check.Folder, "öutbox");
        using (var client = Check.Client())
        using (var outbox = new Outbox(path, new OutboxOptions { MaxReports = 2 }))
        {
            client.Tts(Check.Request());
            var first = outbox.Report(client, null, new ReportOptions("fox"));
            var second = outbox.Add(new IssueRequest { GenerationId = Guid.NewGuid().ToString(), GeneratedText = "a", ProblemWord = "a", VoicePromptId = "v" });
            Check.Equal("max_reports", Check.Throws<OutboxFullException>(() => outbox.Report(client, null, new ReportOptions("fox"))).Field);
            Check.That(outbox.List().Select(report => report.Id).SequenceEqual(new[] { first, second }), "listed");
            Check.That(outbox.List().All(report => report.State == OutboxState.Waiting && report.Created != null && report.Delivered == null), "waiting");
            var mine = new FormatException("mine");
            Check.That(ReferenceEquals(mine, Check.Throws<FormatException>(() => outbox.Send(client, report => { throw mine; }))), "what a callback throws");
            var told = new List<OutboxReport>();
            var summary = outbox.Deliver(client, Check.Long, report => { told.Add(report); return Flow.Continue; });
            Check.That(summary.Delivered == 1 && summary.Waiting == 0 && summary.Status == Status.Ok, "the rest");
            Check.That(told.Single().IssueId != null && told[0].ProblemWord == "a", "told");
            Check.Throws<InvalidArgumentException>(() => outbox.Retry(first));
            outbox.Drop(first);
            Check.Throws<NotFoundException>(() => outbox.Drop(first));
            Check.Equal(0L, outbox.Send(client).Delivered);
            outbox.Dispose();
            Check.Throws<ObjectDisposedException>(() => outbox.List());
        }
    }
}
