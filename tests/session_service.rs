//! Sessions against services that say, message by message, what a test is about: what comes late, twice, garbled, or
//! without end.

mod support;

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use support::lines::{Got, LONG, await_state, begin, begin_with, collector, failure, finish, kind, watched, whole};
use support::request;
use support::service::{KEY, MUCH_LATER, SOON, Service, chunk};
use tungstenite::Message;
use voicewire::deepdub::{Flow, LineEvent, LineOptions, SessionOptions, SessionState, Timeouts};
use voicewire::{ErrorKind, RetryPolicy};

/// Runs out, and not before what has to come first: longer than threads are late.
const LIMIT: Option<Duration> = Some(Duration::from_secs(2));

#[test]
fn a_garbled_message_of_a_cancelled_line_is_nobody_else_s() {
    let (go, cancelled) = mpsc::channel();
    let service = Service::start(move |peer| {
        let (one, other) = (peer.asked(), peer.asked());
        peer.chunk(&one, 0, "QUFBQQ==", false);
        peer.chunk(&other, 0, "QkJCQg==", false);
        cancelled.recv().expect("cancelled");
        peer.say(&format!(r#"{{"generationId":"{one}","index":1,"data"#));
        peer.chunk(&other, 1, "", true);
    });
    let client = service.client(Timeouts::default());
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let (callback, unwanted) = collector();
    let line = session
        .speak(&request("s16le"), &LineOptions::default(), callback)
        .expect("begun");
    let wanted = begin(&session, &request("s16le"));
    assert!(matches!(unwanted.recv_timeout(LONG), Ok(Got::Chunk(..))));
    line.cancel();
    go.send(()).expect("the service goes on");
    assert_eq!(whole(&wanted).0, b"BBBB");
    assert_eq!(kind(&unwanted), ErrorKind::Cancelled);
    drop(session);
    service.end();
}

#[test]
fn a_service_that_never_stops_talking_does_not_keep_a_line_from_its_limits() {
    let service = Service::start(|peer| {
        peer.asked();
        let empty_objects = [0x81, 2, b'{', b'}'].repeat(16 * 1024);
        while peer.0.get_mut().write_all(&empty_objects).is_ok() {}
    });
    let client = service.client(Timeouts {
        // Longer than threads are late: the line is asked for.
        total: Some(Duration::from_secs(1)),
        ..Timeouts::default()
    });
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let error = failure(finish(&begin(&session, &request("s16le"))).1);
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Timeout, Some("total_timeout"))
    );
    drop(session);
    service.end();
}

#[test]
fn the_longest_of_durations_is_no_trouble() {
    let (go, cancelled) = mpsc::channel();
    let service = Service::start(move |peer| {
        let one = peer.asked();
        peer.chunk(&one, 0, "QUFBQQ==", false);
        cancelled.recv().expect("cancelled");
        peer.asked();
    });
    let client = service.client(Timeouts {
        // Longer than threads are late.
        first_chunk: Some(Duration::from_secs(2)),
        between_chunks: Some(Duration::MAX),
        total: Some(Duration::MAX),
        connect: Some(Duration::MAX),
        ..Timeouts::default()
    });
    let mut options = SessionOptions::new();
    options.keep_alive = Some(Duration::MAX);
    let session = client.open_session(options).expect("a session");
    let (callback, unwanted) = collector();
    let line = session
        .speak(&request("s16le"), &LineOptions::default(), callback)
        .expect("begun");
    assert!(matches!(unwanted.recv_timeout(LONG), Ok(Got::Chunk(..))));
    // The service goes on speaking it, as far as is known here.
    line.cancel();
    go.send(()).expect("the service goes on");
    assert_eq!(kind(&begin(&session, &request("s16le"))), ErrorKind::Timeout);
    drop(session);
    service.end();
}

#[test]
fn while_the_service_asks_to_wait_nothing_is_sent() {
    let service = Service::start(|peer| {
        let id = peer.asked();
        peer.say(&format!(
            r#"{{"generationId":"{id}","error":"busy","errorType":"RateLimit"}}"#
        ));
        assert!(peer.is_left_alone());
    });
    let client = service.client_that_retries(
        Timeouts {
            first_chunk: None,
            total: None,
            ..Timeouts::default()
        },
        MUCH_LATER,
    );
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let (callback, _one) = collector();
    let line = session
        .speak(&request("s16le"), &LineOptions::default(), callback)
        .expect("begun");
    while line.summary().retries == 0 {
        std::thread::yield_now();
    }
    let other = begin(&session, &request("s16le"));
    session.close();
    assert_eq!(kind(&other), ErrorKind::Cancelled);
    service.end();
}

#[test]
fn who_asks_to_wait_and_then_says_nothing_is_what_the_line_failed_for() {
    let limit = Timeouts {
        first_chunk: Some(Duration::from_secs(1)),
        ..Timeouts::default()
    };
    let service = Service::start(move |peer| {
        peer.asked();
        peer.say(r#"{"error":"busy","errorType":"RateLimit"}"#);
        peer.asked();
    });
    let client = service.client_that_retries(limit, SOON);
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let error = failure(finish(&begin(&session, &request("s16le"))).1);
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::RateLimited, Some(2)));
    drop(session);
    service.end();
}

#[test]
fn a_garbled_message_of_nobody_ends_the_connection() {
    let service = Service::start(|peer| {
        let id = peer.asked();
        peer.chunk(&id, 0, "QUFBQQ==", false);
        peer.say("{garbled");
        // Nothing that comes after it counts.
        peer.chunk(&id, 1, "", true);
    });
    let client = service.client(Timeouts::default());
    let session = client.open_session(SessionOptions::new()).expect("a session");
    assert_eq!(kind(&begin(&session, &request("s16le"))), ErrorKind::Protocol);
    drop(session);
    service.end();
}

#[test]
fn what_the_service_says_at_the_end_is_told_without_the_key() {
    let service = Service::start(|peer| {
        let frame = tungstenite::protocol::CloseFrame {
            code: 1008.into(),
            reason: format!("who is {KEY}?").into(),
        };
        peer.0.close(Some(frame)).expect("closed");
    });
    let client = service.client(Timeouts::default());
    let (options, states) = watched();
    let session = client.open_session(options).expect("a session");
    let lost = await_state(&states, SessionState::Lost);
    let error = lost.error.expect("why");
    assert!(error.message().contains("who is [key]?"), "{error}");
    drop(session);
    service.end();
}

#[test]
fn lines_behind_those_that_ran_out_of_time_are_spoken_on_a_new_connection() {
    let service = Service::start_over(2, |connection, peer| match connection {
        // It takes as many as it speaks at once, and says nothing.
        0 => while peer.0.read().is_ok() {},
        _ => {
            let id = peer.asked();
            peer.chunk(&id, 0, "QUFBQQ==", true);
        }
    });
    let client = service.client(Timeouts {
        first_chunk: LIMIT,
        between_chunks: None,
        ..Timeouts::default()
    });
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let stuck: Vec<_> = (0..5).map(|_| begin(&session, &request("s16le"))).collect();
    let next = begin(&session, &request("s16le"));
    for line in &stuck {
        assert_eq!(kind(line), ErrorKind::Timeout);
    }
    let (audio, ended) = whole(&next);
    assert_eq!(audio, b"AAAA");
    // Nobody waits for anything but the connection.
    assert!(LIMIT > Some(ended.summary.connect * 2), "{ended:?}");
    drop(session);
    service.end();
}

#[test]
fn who_was_asked_to_wait_is_sent_again_all_the_same_when_the_connection_breaks() {
    let service = Service::start_over(2, |connection, peer| match connection {
        0 => {
            for _ in 0..SOON.retries {
                let id = peer.asked();
                peer.say(&format!(
                    r#"{{"generationId":"{id}","error":"busy","errorType":"RateLimit"}}"#
                ));
            }
            peer.asked();
        }
        _ => {
            let id = peer.asked();
            peer.chunk(&id, 0, "QUFBQQ==", true);
        }
    });
    let client = service.client_that_retries(Timeouts::default(), SOON);
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let (audio, ended) = whole(&begin(&session, &request("s16le")));
    assert_eq!((&audio[..], ended.summary.retries), (&b"AAAA"[..], SOON.retries + 1));
    drop(session);
    service.end();
}

#[test]
fn what_is_asked_for_again_has_as_long_as_for_first_audio() {
    let service = Service::start_over(2, |connection, peer| {
        let id = peer.asked();
        if connection == 0 {
            peer.chunk(&id, 0, "QUFBQQ==", false);
        }
    });
    let timeouts = Timeouts {
        first_chunk: LIMIT,
        between_chunks: None,
        ..Timeouts::default()
    };
    let client = service.client_that_retries(timeouts, SOON);
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let options = LineOptions {
        resume: true,
        ..LineOptions::default()
    };
    let (audio, ended) = finish(&begin_with(&session, &request("s16le"), &options));
    assert_eq!(audio, b"AAAA");
    let error = failure(ended);
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Timeout, Some("first_chunk_timeout"))
    );
    drop(session);
    service.end();
}

#[test]
fn a_line_that_is_sent_again_and_again_has_no_more_time_for_its_first_audio() {
    let service = Service::start_over(20, |connection, peer| {
        let id = peer.asked();
        if connection == 19 {
            peer.chunk(&id, 0, "QUFBQQ==", true);
        }
        // A service that is slow to break.
        std::thread::sleep(Duration::from_millis(150));
    });
    let timeouts = Timeouts {
        first_chunk: Some(Duration::from_secs(1)),
        ..Timeouts::default()
    };
    let retry = RetryPolicy { retries: 1000, ..SOON };
    let client = service.client_that_retries(timeouts, retry);
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let (audio, ended) = finish(&begin(&session, &request("s16le")));
    assert_eq!((&audio[..], ended.summary.retries > 0), (&b""[..], true));
    // Why there is no connection, or that nothing came over the last one.
    let kind = failure(ended).kind();
    assert!(matches!(kind, ErrorKind::Timeout | ErrorKind::Network), "{kind:?}");
    // Nobody is left to break with.
    drop((session, client));
    drop(service);
}

#[test]
fn after_its_client_was_closed_in_a_callback_no_chunk_is_called_back() {
    let service = Service::start(|peer| {
        let ids = [peer.asked(), peer.asked()];
        let chunks = (0..20).flat_map(|index| ids.iter().map(move |id| chunk(id, index, "QUFBQQ==", false)));
        // At once, so that the client has all of them when it hands out the first.
        for chunk in chunks {
            peer.0.write(Message::text(chunk)).expect("taken");
        }
        peer.0.flush().expect("sent");
    });
    let client = service.client(Timeouts::default());
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let (tell, told) = mpsc::channel();
    let closed = Arc::new(AtomicBool::new(false));
    for _ in 0..2 {
        let (tell, client, closed) = (tell.clone(), client.clone(), Arc::clone(&closed));
        let on_event = move |event: LineEvent<'_>| {
            let is_chunk = matches!(event, LineEvent::Chunk(_));
            // Whether it comes too late.
            tell.send((is_chunk, closed.load(Ordering::SeqCst)))
                .expect("somebody waits");
            if is_chunk && !closed.load(Ordering::SeqCst) {
                client.close();
                closed.store(true, Ordering::SeqCst);
            }
            Flow::Continue
        };
        session
            .speak(&request("s16le"), &LineOptions::default(), on_event)
            .expect("begun");
    }
    drop(tell);
    let events: Vec<_> = told.iter().collect();
    assert_eq!(events, [(true, false), (false, true), (false, true)]);
    drop(session);
    service.end();
}
