//! Delivering from an outbox: waiting for the network, many at once, and ending it.

mod support;

use std::ops::ControlFlow;
use std::sync::mpsc;
use std::time::Duration;

use support::reports::*;
use support::*;
use voicewire::deepdub::ReportState;
use voicewire::{CallOptions, CancelToken, ErrorKind};

const GO_ON: ControlFlow<()> = ControlFlow::Continue(());

#[test]
fn two_that_send_at_once_send_each_report_once() {
    let (scratch, sandbox) = (Scratch::new("send-at-once"), sandbox());
    let outbox = scratch.outbox();
    let mut expected: Vec<String> = (0..40).map(|number| format!("word {number:02}")).collect();
    for word in &expected {
        outbox.add(&report(word)).expect("taken");
    }
    let client = client(&sandbox);
    let delivered: usize = std::thread::scope(|scope| {
        let sending: Vec<_> = (0..3)
            .map(|_| {
                let (outbox, client) = (scratch.outbox(), client.clone());
                scope.spawn(move || outbox.deliver(&client, None).expect("sent").delivered)
            })
            .collect();
        sending.into_iter().map(|thread| thread.join().expect("no panic")).sum()
    });
    assert_eq!(delivered, 40);
    let mut taken = taken(&sandbox);
    taken.sort();
    expected.sort();
    assert_eq!(taken, expected);
    assert_eq!(listed(&outbox, ReportState::Delivered).len(), 40);
}

#[test]
fn deliver_waits_for_the_network() {
    let (scratch, sandbox) = (Scratch::new("deliver"), sandbox());
    let client = quick_client(&sandbox);
    let port = sandbox.addr().port();
    drop(sandbox);
    let outbox = scratch.outbox();
    outbox.add(&report("one")).expect("taken");
    outbox.add(&report("two")).expect("taken");
    let (failed, failures) = mpsc::channel();
    std::thread::scope(|scope| {
        let delivering = scope.spawn(|| {
            outbox.deliver_with(&client, None, &CallOptions::new(), |report| {
                failed.send((report.state, report.attempts)).expect("somebody listens");
                GO_ON
            })
        });
        for tries in 1..=3 {
            assert_eq!(failures.recv().expect("a try"), (ReportState::Waiting, tries));
        }
        let sandbox = sandbox_on(port);
        let summary = delivering.join().expect("no panic").expect("delivered");
        assert_eq!((summary.delivered, summary.rejected, summary.waiting), (2, 0, 0));
        assert!(summary.error.is_none(), "{summary:?}");
        assert_eq!(taken(&sandbox), ["one", "two"]);
    });
}

#[test]
fn deliver_ends_with_its_time_and_where_waiting_does_not_help() {
    let (scratch, sandbox) = (Scratch::new("deliver-ends"), sandbox());
    let (outbox, client) = (scratch.outbox(), quick_client(&sandbox));
    assert_eq!(outbox.deliver(&client, None).expect("nothing to do").waiting, 0);
    outbox.add(&report("one")).expect("taken");
    for (fault, kind) in [
        ("http=401", ErrorKind::Unauthorized),
        ("http=402", ErrorKind::InsufficientCredits),
    ] {
        sandbox.inject(fault.parse().expect("a fault"));
        let summary = outbox.deliver(&client, None).expect("nothing is wrong with the outbox");
        assert_eq!(summary.waiting, 1);
        assert_kind(&summary.error.expect("why"), kind);
    }
    // The service asks for more time than there is.
    sandbox.inject("http=429,retry-after=3600".parse().expect("a fault"));
    let summary = outbox
        .deliver(&client, Some(Duration::from_secs(600)))
        .expect("it ends");
    assert_kind(&summary.error.expect("why"), ErrorKind::RateLimited);
    // It never answers, and the client would wait for a minute.
    sandbox.inject("silent".parse().expect("a fault"));
    let summary = outbox.deliver(&client, SHORT).expect("it ends");
    assert_eq!(summary.waiting, 1);
    assert_kind(&summary.error.expect("why"), ErrorKind::Timeout);
    let asked_before = sandbox.requests().len();
    let summary = outbox.deliver(&client, Some(Duration::ZERO)).expect("it ends");
    assert_eq!(
        (summary.waiting, sandbox.requests().len()),
        (1, asked_before),
        "there was no time to try"
    );
    assert_kind(&summary.error.expect("why"), ErrorKind::Timeout);
    assert_eq!(outbox.deliver(&client, None).expect("delivered").delivered, 1);
}

#[test]
fn a_cancel_a_close_and_the_callback_end_it() {
    let (scratch, sandbox) = (Scratch::new("cancel"), sandbox());
    let (outbox, client) = (scratch.outbox(), quick_client(&sandbox));
    let port = sandbox.addr().port();
    drop(sandbox);
    for word in ["one", "two"] {
        outbox.add(&report(word)).expect("taken");
    }
    let token = CancelToken::new();
    let options = CallOptions::new().cancel(&token);
    let error = outbox.deliver_with(&client, None, &options, |_| {
        token.cancel();
        GO_ON
    });
    assert_kind(&error.expect_err("it waits for ever else"), ErrorKind::Cancelled);
    let error = outbox
        .send_with(&client, &options, |_| GO_ON)
        .expect_err("cancelled before");
    assert_kind(&error, ErrorKind::Cancelled);

    let sandbox = sandbox_on(port);
    let stop_at_first = |_: &_| ControlFlow::Break(());
    let error = outbox
        .send_with(&client, &CallOptions::new(), stop_at_first)
        .expect_err("stopped");
    assert_kind(&error, ErrorKind::Cancelled);
    assert_eq!(taken(&sandbox), ["one"], "what was done is done");
    assert_eq!(words(&listed(&outbox, ReportState::Waiting)), ["two"]);
    client.close();
    assert_kind(
        &outbox.deliver(&client, None).expect_err("closed"),
        ErrorKind::Cancelled,
    );
    assert_eq!(words(&listed(&outbox, ReportState::Waiting)), ["two"]);
}

#[test]
fn the_callback_may_use_the_outbox() {
    let (scratch, sandbox) = (Scratch::new("callback"), sandbox());
    let (outbox, client) = (scratch.outbox(), quick_client(&sandbox));
    outbox.add(&report("one")).expect("taken");
    let dropped = outbox.add(&report("two")).expect("taken");
    let mut told = Vec::new();
    let result = outbox.send_with(&client, &CallOptions::new(), |report| {
        told.push((report.problem_word.clone(), report.state));
        outbox.list().expect("read");
        outbox.add(&with_clip("three", b"clip")).expect("taken");
        outbox.drop_report(&dropped).expect("dropped");
        GO_ON
    });
    assert_eq!(result.expect("sent").waiting, 1, "what was added meanwhile");
    assert_eq!(told, [("one".to_owned(), ReportState::Delivered)]);
    assert_eq!(taken(&sandbox), ["one"]);
}
