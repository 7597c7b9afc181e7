//! The outbox: reports that wait in a directory until the service has them.

mod support;

use std::sync::Barrier;
use std::time::{Duration, SystemTime};

use support::reports::*;
use support::*;
use voicewire::ErrorKind;
use voicewire::deepdub::{Clip, NewIssue, Outbox, OutboxOptions, ReportState};

#[test]
fn a_report_and_its_clip_are_kept_across_a_restart_and_arrive_as_they_were() {
    let (scratch, sandbox) = (Scratch::new("whole"), sandbox());
    let clip: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let path = scratch.join("clip.wav");
    std::fs::write(&path, &clip).expect("written");
    let given = NewIssue {
        additional_comments: Some("Twice.\n\"Really\".".to_owned()),
        problem_audio: Some(Clip::File(path.clone())),
        problem_seconds: Some(0.1 + 0.2),
        ..report("whole")
    };
    let before = SystemTime::now() - Duration::from_secs(1);
    let id = scratch.outbox().add(&given).expect("taken");
    std::fs::remove_file(&path).expect("removed");
    assert!(sandbox.requests().is_empty(), "adding sends nothing");

    let outbox = scratch.outbox();
    let waiting = outbox.list().expect("read").remove(0);
    assert_eq!(
        (waiting.id.as_str(), waiting.state),
        (id.as_str(), ReportState::Waiting)
    );
    assert_eq!((waiting.attempts, waiting.clip_bytes), (0, 100_000));
    assert!(
        waiting
            .created
            .is_some_and(|created| created >= before && created <= SystemTime::now())
    );
    assert!(waiting.last_error.is_none() && waiting.issue_id.is_none() && waiting.size > 100_000);

    let client = client(&sandbox);
    let summary = outbox.send(&client).expect("sent");
    assert_eq!((summary.delivered, summary.rejected, summary.waiting), (1, 0, 0));
    assert!(summary.error.is_none());
    let delivered = outbox.list().expect("read").remove(0);
    assert_eq!(
        (delivered.id.as_str(), delivered.state),
        (id.as_str(), ReportState::Delivered)
    );
    assert_eq!((delivered.attempts, delivered.created), (1, waiting.created));
    assert!(delivered.delivered >= delivered.created);
    assert_eq!(delivered.generation_id, given.generation_id);

    let issue_id = delivered.issue_id.expect("the service's id");
    let filed = client.get_issue(&issue_id).expect("there");
    assert_eq!(filed.generated_text.as_deref(), Some(given.generated_text.as_str()));
    assert_eq!(filed.problem_word.as_deref(), Some("whole"));
    assert_eq!(filed.voice_prompt_id.as_deref(), Some("vp_1"));
    assert_eq!(filed.additional_comments, given.additional_comments);
    assert_eq!(filed.problem_seconds, given.problem_seconds, "to the last bit");
    assert_eq!(sandbox.issue_audio(&issue_id), Some(clip));
    assert_eq!(scratch.outbox().send(&client).expect("nothing to do").delivered, 0);
    assert_eq!(taken(&sandbox).len(), 1);
}

#[test]
fn what_create_issue_would_refuse_is_not_taken() {
    let scratch = Scratch::new("refused");
    let outbox = scratch.outbox();
    let empty = scratch.files();
    let wrong = [
        (
            "generationId",
            NewIssue {
                generation_id: String::new(),
                ..report("x")
            },
        ),
        (
            "generatedText",
            NewIssue {
                generated_text: " \n".to_owned(),
                ..report("x")
            },
        ),
        ("problemWord", report(" ")),
        (
            "voicePromptId",
            NewIssue {
                voice_prompt_id: String::new(),
                ..report("x")
            },
        ),
        (
            "problemSeconds",
            NewIssue {
                problem_seconds: Some(f64::NAN),
                ..report("x")
            },
        ),
        ("problemAudioFile", with_clip("x", b"")),
        ("problemAudioFile", with_clip("x", &vec![0; (20 << 20) + 1])),
    ];
    for (name, issue) in wrong {
        let error = outbox.add(&issue).expect_err(name);
        assert_kind(&error, ErrorKind::InvalidArgument);
        assert_eq!(field(&error), name);
    }
    let missing = NewIssue {
        problem_audio: Some(Clip::File(scratch.join("missing.wav"))),
        ..report("x")
    };
    assert_kind(&outbox.add(&missing).expect_err("no such clip"), ErrorKind::File);
    assert_eq!(scratch.files(), empty);
    for options in [
        OutboxOptions {
            max_bytes: 0,
            ..OutboxOptions::default()
        },
        OutboxOptions {
            max_reports: 0,
            ..OutboxOptions::default()
        },
    ] {
        let error = Outbox::open(scratch.place(), options).expect_err("refused");
        assert_kind(&error, ErrorKind::InvalidArgument);
    }
    assert_kind(
        &Outbox::open("", OutboxOptions::default()).expect_err("refused"),
        ErrorKind::InvalidArgument,
    );
}

#[test]
fn without_a_network_reports_wait_and_then_go_in_their_order() {
    let (scratch, sandbox) = (Scratch::new("offline"), sandbox());
    let client = quick_client(&sandbox);
    let port = sandbox.addr().port();
    drop(sandbox);
    let outbox = scratch.outbox();
    for word in ["one", "two", "three"] {
        outbox.add(&report(word)).expect("taken");
    }
    for tries in 1..=2 {
        let summary = outbox.send(&client).expect("nothing is wrong with the outbox");
        assert_eq!((summary.delivered, summary.rejected, summary.waiting), (0, 0, 3));
        assert_kind(&summary.error.expect("why"), ErrorKind::Network);
        let waiting = listed(&outbox, ReportState::Waiting);
        assert_eq!(
            waiting.iter().map(|report| report.attempts).collect::<Vec<_>>(),
            [tries, 0, 0]
        );
        let error = waiting[0].last_error.as_ref().expect("why");
        assert_eq!(error.kind, Some(ErrorKind::Network));
    }
    let sandbox = sandbox_on(port);
    let summary = scratch.outbox().send(&client).expect("sent");
    assert_eq!((summary.delivered, summary.waiting), (3, 0));
    assert_eq!(taken(&sandbox), ["one", "two", "three"]);
    let delivered = listed(&outbox, ReportState::Delivered);
    assert_eq!(words(&delivered), ["one", "two", "three"]);
    assert_eq!(delivered[0].attempts, 3);
    assert!(
        !scratch.files().iter().any(|file| file.starts_with("notes/")),
        "{:?}",
        scratch.files()
    );
}

#[test]
fn a_rejected_report_is_kept_aside_with_the_reason_and_can_be_retried() {
    for status in [400, 404, 413, 422] {
        let (scratch, sandbox) = (Scratch::new(&format!("rejected-{status}")), sandbox());
        let (outbox, client) = (scratch.outbox(), quick_client(&sandbox));
        let id = outbox.add(&with_clip("bad", b"clip")).expect("taken");
        outbox.add(&report("good")).expect("taken");
        sandbox.inject(format!("http={status}").parse().expect("a fault"));
        let summary = outbox.send(&client).expect("sent");
        assert_eq!((summary.delivered, summary.rejected, summary.waiting), (1, 1, 0));
        assert!(summary.error.is_none(), "nothing waits: {summary:?}");
        assert_eq!(taken(&sandbox), ["good"]);

        let rejected = listed(&scratch.outbox(), ReportState::Rejected).remove(0);
        let error = rejected.last_error.expect("the reason");
        assert_eq!(
            (rejected.id.as_str(), rejected.attempts, error.http_status),
            (id.as_str(), 1, Some(status))
        );
        assert!(!error.message.is_empty() && error.at.is_some());
        assert_eq!(outbox.send(&client).expect("sent").rejected, 0, "it is not sent again");

        outbox.retry(&id).expect("waits again");
        outbox.retry(&id).expect("waits still");
        assert_eq!(outbox.send(&client).expect("sent").delivered, 1);
        assert_eq!(taken(&sandbox), ["good", "bad"]);
        let delivered = listed(&outbox, ReportState::Delivered);
        let issue_id = delivered[0].issue_id.as_deref().expect("an id");
        assert_eq!(sandbox.issue_audio(issue_id).as_deref(), Some(&b"clip"[..]));
        assert_kind(&outbox.retry(&id).expect_err("delivered"), ErrorKind::InvalidArgument);
    }
}

#[test]
fn what_is_not_the_report_s_fault_leaves_it_waiting_and_stops() {
    let faults = [
        ("http=401", ErrorKind::Unauthorized),
        ("http=402", ErrorKind::InsufficientCredits),
        ("http=429,retry-after=7", ErrorKind::RateLimited),
    ];
    for (fault, kind) in faults {
        let (scratch, sandbox) = (Scratch::new(kind.info().name), sandbox());
        let (outbox, client) = (scratch.outbox(), quick_client(&sandbox));
        outbox.add(&report("one")).expect("taken");
        outbox.add(&report("two")).expect("taken");
        sandbox.inject(fault.parse().expect("a fault"));
        let summary = outbox.send(&client).expect("nothing is wrong with the outbox");
        assert_eq!(
            (summary.delivered, summary.rejected, summary.waiting),
            (0, 0, 2),
            "{fault}"
        );
        assert_kind(&summary.error.expect("why"), kind);
        assert_eq!(sandbox.requests().len(), 1, "{fault}: no further one is tried");
        assert_eq!(outbox.send(&client).expect("sent").delivered, 2);
    }
}

#[test]
fn a_service_that_fails_with_one_report_has_the_others() {
    for fault in [
        "http=500",
        "http=503",
        "drop",
        "http=408",
        "redirect=https://example.com/",
    ] {
        let (scratch, sandbox) = (Scratch::new("fails-once"), sandbox());
        let (outbox, client) = (scratch.outbox(), quick_client(&sandbox));
        for word in ["one", "two", "three"] {
            outbox.add(&report(word)).expect("taken");
        }
        sandbox.inject(fault.parse().expect("a fault"));
        let summary = outbox.send(&client).expect("sent");
        assert_eq!(
            (summary.delivered, summary.rejected, summary.waiting),
            (2, 0, 1),
            "{fault}"
        );
        assert!(summary.error.is_some());
        assert_eq!(outbox.send(&client).expect("sent").delivered, 1);
        assert_eq!(taken(&sandbox), ["two", "three", "one"]);
    }
    let (scratch, sandbox) = (Scratch::new("fails"), sandbox());
    let (outbox, client) = (scratch.outbox(), quick_client(&sandbox));
    for word in ["one", "two", "three", "four"] {
        outbox.add(&report(word)).expect("taken");
        sandbox.inject("http=500".parse().expect("a fault"));
    }
    let summary = outbox.send(&client).expect("nothing is wrong with the outbox");
    assert_eq!((summary.delivered, summary.waiting), (0, 4));
    assert_eq!(sandbox.requests().len(), 3, "that is enough of it");
}

#[test]
fn a_full_outbox_says_so_and_takes_again_when_there_is_room() {
    let (scratch, sandbox) = (Scratch::new("full"), sandbox());
    let (outbox, client) = (
        scratch.outbox_with(OutboxOptions {
            max_reports: 2,
            ..OutboxOptions::default()
        }),
        quick_client(&sandbox),
    );
    let first = outbox.add(&report("one")).expect("taken");
    outbox.add(&report("two")).expect("taken");
    let error = outbox.add(&report("three")).expect_err("full");
    assert_kind(&error, ErrorKind::OutboxFull);
    assert_eq!(field(&error), "max_reports");
    // What was rejected has its place still, what was delivered has not.
    sandbox.inject("http=422".parse().expect("a fault"));
    assert_eq!(outbox.send(&client).expect("sent").rejected, 1);
    outbox.add(&report("three")).expect("taken");
    assert_kind(&outbox.add(&report("four")).expect_err("full"), ErrorKind::OutboxFull);
    outbox.drop_report(&first).expect("dropped");
    outbox.add(&report("four")).expect("taken");

    let small = OutboxOptions {
        max_bytes: 10_000,
        ..OutboxOptions::default()
    };
    let scratch = Scratch::new("full-bytes");
    let outbox = scratch.outbox_with(small);
    let error = outbox
        .add(&with_clip("huge", &[0; 10_000]))
        .expect_err("larger than all the room");
    assert_kind(&error, ErrorKind::OutboxFull);
    assert_eq!(field(&error), "max_bytes");
    let before = scratch.files();
    (0..2).for_each(|_| drop(outbox.add(&with_clip("large", &[0; 4000])).expect("taken")));
    assert_kind(
        &outbox.add(&with_clip("large", &[0; 4000])).expect_err("full"),
        ErrorKind::OutboxFull,
    );
    assert_eq!(
        scratch.files().len(),
        before.len() + 2,
        "nothing is left of what was refused"
    );
}

#[test]
fn many_that_add_at_once_keep_the_limit_to_the_last_report() {
    let options = OutboxOptions {
        max_reports: 2,
        ..OutboxOptions::default()
    };
    for _ in 0..10 {
        let (scratch, start) = (Scratch::new("add-at-once"), Barrier::new(8));
        let taken: usize = std::thread::scope(|scope| {
            let adding: Vec<_> = (0..8)
                .map(|_| {
                    // As another process has it.
                    let (outbox, start) = (scratch.outbox_with(options), &start);
                    scope.spawn(move || {
                        start.wait();
                        usize::from(outbox.add(&with_clip("x", &[1; 3000])).is_ok())
                    })
                })
                .collect();
            adding.into_iter().map(|thread| thread.join().expect("no panic")).sum()
        });
        assert_eq!(taken, 2);
        assert_eq!(scratch.files().len(), 3, "two reports, the lock, and no leftovers");
    }
}

#[test]
fn only_the_latest_deliveries_are_remembered() {
    for (kept, expected) in [(2, vec!["two", "three"]), (0, vec![])] {
        let (scratch, sandbox) = (Scratch::new("remembered"), sandbox());
        let outbox = scratch.outbox_with(OutboxOptions {
            max_delivered: kept,
            ..OutboxOptions::default()
        });
        for word in ["one", "two", "three"] {
            outbox.add(&report(word)).expect("taken");
            assert_eq!(outbox.send(&client(&sandbox)).expect("sent").delivered, 1);
        }
        assert_eq!(words(&outbox.list().expect("read")), expected);
        assert_eq!(taken(&sandbox), ["one", "two", "three"]);
    }
}

#[test]
fn a_report_can_be_dropped_whatever_its_state() {
    let (scratch, sandbox) = (Scratch::new("drop"), sandbox());
    let (outbox, client) = (scratch.outbox(), quick_client(&sandbox));
    let rejected = outbox.add(&report("rejected")).expect("taken");
    let delivered = outbox.add(&report("delivered")).expect("taken");
    sandbox.inject("http=422".parse().expect("a fault"));
    outbox.send(&client).expect("sent");
    let waiting = outbox.add(&report("waiting")).expect("taken");
    for id in [&rejected, &delivered, &waiting] {
        outbox.drop_report(id).expect("dropped");
        assert_kind(&outbox.drop_report(id).expect_err("gone"), ErrorKind::NotFound);
        assert_kind(&outbox.retry(id).expect_err("gone"), ErrorKind::NotFound);
    }
    assert!(outbox.list().expect("read").is_empty());
    assert_eq!(scratch.files(), ["lock"]);
    for id in ["", ".", "..", "../lock", "a/b", "a\\b", "a\0b", "c:a"] {
        assert_kind(&outbox.drop_report(id).expect_err(id), ErrorKind::InvalidArgument);
        assert_kind(&outbox.retry(id).expect_err(id), ErrorKind::InvalidArgument);
    }
    assert_eq!(scratch.files(), ["lock"]);
}
