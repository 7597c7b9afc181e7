//! Sessions: many lines on one connection, in order, cancelled, polled, closed.

mod support;

use std::sync::mpsc;
use std::time::Duration;

use support::lines::{Got, LONG, assert_same, collector, failure, finish, spoken};
use support::{client, options, request, sandbox};
use voicewire::ErrorKind;
use voicewire::deepdub::{Client, Delivery, Flow, LineEvent, LineOptions, Session, SessionOptions, SessionState};
use voicewire_sandbox::Sandbox;

fn session(client: &Client) -> Session {
    client.open_session(SessionOptions::new()).expect("a session")
}

#[test]
fn a_line_is_what_a_call_says() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = session(&client);
    let request = request("s16le");
    let (callback, gets) = collector();
    session
        .speak(&request, &LineOptions::default(), callback)
        .expect("begun");
    let (audio, ended) = finish(&gets);
    assert!(ended.error.is_none(), "{ended:?}");
    assert_same(&audio, &spoken(&client, &request));
    assert_eq!(ended.summary.bytes, audio.len() as u64);
    assert!(ended.summary.first_chunk.is_some());
}

#[test]
fn a_stream_asks_for_its_chunks() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = session(&client);
    let request = request("mp3");
    let mut stream = session.stream(&request, &LineOptions::default()).expect("begun");
    let mut audio = Vec::new();
    while let Some(chunk) = stream.next_chunk().expect("spoken") {
        audio.extend_from_slice(chunk.data);
    }
    assert_same(&audio, &spoken(&client, &request));
    assert!(stream.next_chunk().expect("still over").is_none());
}

#[test]
fn with_poll_nothing_is_called_outside_of_it() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let here = std::thread::current().id();
    let session = client
        .open_session({
            let mut options = SessionOptions::new().on_state(move |_| assert_eq!(std::thread::current().id(), here));
            options.delivery = Delivery::Poll;
            options
        })
        .expect("a session");
    let (mut callback, gets) = collector();
    session
        .speak(&request("s16le"), &LineOptions::default(), move |event| {
            assert_eq!(std::thread::current().id(), here);
            callback(event)
        })
        .expect("begun");
    let mut ended = None;
    let mut audio = Vec::new();
    while ended.is_none() {
        assert!(gets.try_recv().is_err(), "called outside of a poll");
        session.poll(Some(LONG)).expect("polled");
        while let Ok(got) = gets.try_recv() {
            match got {
                Got::Chunk(data, ..) => audio.extend(data),
                Got::Ended(end) => ended = Some(end),
            }
        }
    }
    assert!(ended.expect("ended").error.is_none());
    assert_same(&audio, &spoken(&client, &request("s16le")));
}

#[test]
fn a_cancelled_line_ends_once_as_cancelled() {
    // Slower than any thread.
    let sandbox = Sandbox::start(voicewire_sandbox::Options {
        pace: 0.05,
        ..options()
    })
    .expect("a sandbox");
    let client = client(&sandbox);
    let session = session(&client);
    let (callback, gets) = collector();
    let line = session
        .speak(&request("s16le"), &LineOptions::default(), callback)
        .expect("begun");
    assert!(matches!(gets.recv_timeout(LONG), Ok(Got::Chunk(..))));
    line.cancel();
    let (_, ended) = finish(&gets);
    assert_eq!(failure(ended).kind(), ErrorKind::Cancelled);
    // The session goes on.
    let (callback, gets) = collector();
    session
        .speak(&request("s16le"), &LineOptions::default(), callback)
        .expect("begun");
    assert!(matches!(gets.recv_timeout(LONG), Ok(Got::Chunk(..))));
    session.close();
    assert_eq!(failure(finish(&gets).1).kind(), ErrorKind::Cancelled);
    assert_eq!(session.state().state, SessionState::Closed);
}

#[test]
fn a_line_that_is_cancelled_before_all_was_handed_over_did_not_go_well() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = client
        .open_session({
            let mut options = SessionOptions::new();
            options.delivery = Delivery::Poll;
            options
        })
        .expect("a session");
    let (callback, gets) = collector();
    let line = session
        .speak(&request("s16le"), &LineOptions::default(), callback)
        .expect("begun");
    // All of it has come, and nobody has polled.
    while !line.is_ended() {
        std::thread::sleep(Duration::from_millis(5));
    }
    line.cancel();
    while session.poll(Some(Duration::ZERO)).expect("polled") > 0 {}
    let (audio, ended) = finish(&gets);
    assert!(audio.is_empty());
    assert_eq!(failure(ended).kind(), ErrorKind::Cancelled);
}

#[test]
fn inside_a_callback_nothing_waits() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let talking = session(&client);
    let polled = client
        .open_session({
            let mut options = SessionOptions::new();
            options.delivery = Delivery::Poll;
            options
        })
        .expect("a session");
    polled.wait_ready(Some(LONG)).expect("reached");
    let (mut callback, gets) = collector();
    talking
        .speak(&request("s16le"), &LineOptions::default(), move |event| {
            // Nothing comes while this holds the I/O thread up.
            while polled.poll(None).expect("polled") > 0 {}
            callback(event)
        })
        .expect("begun");
    assert!(finish(&gets).1.error.is_none());
}

#[test]
fn a_line_that_is_cancelled_while_chunks_come_never_looks_complete() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = session(&client);
    let mut request = request("mulaw");
    request.seed = Some(1);
    for _ in 0..300 {
        let mut stream = session.stream(&request, &LineOptions::default()).expect("begun");
        let last = stream.next_chunk().expect("spoken").expect("audio").is_final;
        stream.line().cancel();
        assert!(last || stream.next_chunk().is_err(), "what is missing was not told");
    }
}

#[test]
fn a_cancel_returns_when_the_callback_has() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for delivery in [Delivery::IoThread, Delivery::Poll] {
        let session = client
            .open_session({
                let mut options = SessionOptions::new();
                options.delivery = delivery;
                options
            })
            .expect("a session");
        let (begins, running) = mpsc::channel();
        let (tell, cancelled) = mpsc::channel();
        let (leaves, left) = mpsc::channel();
        let (ends, end) = mpsc::channel();
        let line = session
            .speak(&request("s16le"), &LineOptions::default(), move |event| {
                if matches!(event, LineEvent::Chunk(_)) {
                    let _ = begins.send(());
                    // As long as this runs, nobody may think that it does not.
                    let returned_meanwhile = cancelled.recv_timeout(Duration::from_millis(100)).is_ok();
                    let _ = leaves.send(returned_meanwhile);
                } else {
                    let _ = ends.send(());
                }
                Flow::Continue
            })
            .expect("begun");
        std::thread::scope(|scope| {
            let line = &line;
            scope.spawn(move || {
                running.recv_timeout(LONG).expect("called");
                line.cancel();
                let _ = tell.send(());
            });
            while delivery == Delivery::Poll && end.try_recv().is_err() {
                session.poll(Some(LONG)).expect("polled");
            }
        });
        // One call, or more where the other thread was slow to cancel.
        let left: Vec<_> = left.try_iter().collect();
        assert!(!left.is_empty() && !left.contains(&true), "{left:?}");
    }
}

#[test]
fn inside_a_callback_a_poll_waits_for_nobody_who_polls() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let talking = session(&client);
    let polled = client
        .open_session({
            let mut options = SessionOptions::new();
            options.delivery = Delivery::Poll;
            options
        })
        .expect("a session");
    let polled = std::sync::Arc::new(polled);
    let (begins, running) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let (mut callback, gets) = collector();
    let (ends, end) = mpsc::channel();
    polled
        .speak(&request("s16le"), &LineOptions::default(), move |event| {
            let _ = begins.send(());
            let _ = wait.recv_timeout(LONG);
            if matches!(event, LineEvent::Ended(_)) {
                let _ = ends.send(());
            }
            callback(event)
        })
        .expect("begun");
    std::thread::scope(|scope| {
        let polling = std::sync::Arc::clone(&polled);
        scope.spawn(move || {
            while end.try_recv().is_err() {
                polling.poll(Some(LONG)).expect("polled");
            }
        });
        running.recv_timeout(LONG).expect("called");
        let (tell, told) = mpsc::channel();
        let other = std::sync::Arc::clone(&polled);
        talking
            .speak(&request("s16le"), &LineOptions::default(), move |_| {
                let _ = tell.send(other.poll(None));
                Flow::Stop
            })
            .expect("begun");
        let outcome = told.recv_timeout(LONG).expect("called");
        assert_eq!(outcome.expect("it does not wait"), 0);
        drop(go);
    });
    assert!(finish(&gets).1.error.is_none());
}
