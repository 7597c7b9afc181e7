//! Text sessions against services that say, message by message, what a test is about.

mod support;

use std::sync::mpsc;
use std::time::Duration;

use support::lines::{Gets, LONG, await_state, collector, failure, finish, kind, whole};
use support::service::{KEY, MUCH_LATER, SOON, Service};
use support::{NOBODY, assert_kind};
use voicewire::deepdub::{
    Client, Config, SessionState, TRIAL_VOICE, TextConfig, TextSession, TextSessionOptions, Timeouts, Turn, TurnOptions,
};
use voicewire::{ErrorKind, RetryPolicy};

fn text_session(client: &Client) -> TextSession {
    client
        .open_text_session(&TextConfig::new(TRIAL_VOICE), TextSessionOptions::new())
        .expect("a session")
}

fn write(session: &TextSession, text: &str) -> (Turn, Gets) {
    let (callback, gets) = collector();
    let turn = session.begin_turn(&TurnOptions::default(), callback).expect("begun");
    turn.write(text, Some(LONG)).expect("taken");
    turn.end();
    (turn, gets)
}

#[test]
fn what_comes_of_a_turn_that_is_over_is_not_the_next_one_s() {
    let service = Service::start(|peer| {
        peer.until("end-stream");
        for _ in 0..2 {
            peer.chunk("one", 0, "QUFBQQ==", true);
        }
        // Of nobody who has been asked for.
        peer.until("end-stream");
        peer.chunk("one", 0, "QUFBQQ==", true);
        peer.chunk("two", 0, "QkJCQg==", true);
    });
    let client = service.client(Timeouts::default());
    let session = text_session(&client);
    let (_first, one) = write(&session, "One.");
    let (_second, two) = write(&session, "Two.");
    assert_eq!(whole(&one).0, b"AAAA");
    let (audio, ended) = whole(&two);
    assert_eq!(audio, b"BBBB");
    assert_eq!(ended.summary.generation_id, "two");
    drop(session);
    service.end();
}

#[test]
fn a_turn_that_has_not_begun_is_not_hit_by_what_comes() {
    let (go, over) = mpsc::channel();
    let service = Service::start(move |peer| {
        peer.until("end-stream");
        peer.chunk("one", 0, "QUFBQQ==", true);
        over.recv().expect("it is over, and the next one waits for its text");
        peer.say(r#"{"action":"error","message":"of what was before"}"#);
        peer.say(r#"{"error":"of what was before","errorType":"Server"}"#);
        peer.say("{garbled");
        peer.say(r#"{"index":0,"data":"QUFBQQ==","isFinished":true}"#);
        // When that is answered, all of it has been heard.
        peer.until("ping");
        peer.say(r#"{"action":"pong"}"#);
        peer.until("end-stream");
        peer.chunk("two", 0, "QkJCQg==", true);
    });
    let client = service.client(Timeouts::default());
    let session = text_session(&client);
    whole(&write(&session, "One.").1);
    let (callback, gets) = collector();
    let turn = session.begin_turn(&TurnOptions::default(), callback).expect("begun");
    go.send(()).expect("the service goes on");
    session.ping(Some(LONG)).expect("answered");
    turn.write("Two.", Some(LONG)).expect("taken");
    turn.end();
    assert_eq!(whole(&gets).0, b"BBBB");
    drop(session);
    service.end();
}

#[test]
fn a_turn_that_is_refused_takes_nobody_with_it() {
    let service = Service::start(|peer| {
        // Nothing of it is followed, and each message is answered with that. It is stopped, in case that some of it is
        // spoken after all.
        while peer.next()["action"] != "cancel" {
            peer.say(r#"{"action":"error","message":"not with this voice"}"#);
        }
        peer.chunk("refused", 0, "QUFBQQ==", true);
        peer.say(r#"{"isCancelled":true}"#);
        // It does not know the voice, so that is said again.
        peer.until("stream-config");
        peer.until("end-stream");
        peer.chunk("two", 0, "QkJCQg==", true);
    });
    let client = service.client(Timeouts::default());
    let session = text_session(&client);
    let (_first, one) = write(&session, "One.");
    let (_second, two) = write(&session, "Two.");
    assert_kind(&failure(finish(&one).1), ErrorKind::RejectedInput);
    assert_eq!(whole(&two).0, b"BBBB");
    drop(session);
    service.end();
}

#[test]
fn while_the_service_asks_to_wait_no_text_is_sent() {
    let service = Service::start(|peer| {
        peer.until("end-stream");
        peer.say(r#"{"generationId":"one","error":"busy","errorType":"RateLimit"}"#);
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
    let session = text_session(&client);
    let (turn, gets) = write(&session, "One.");
    while turn.line().summary().retries == 0 {
        std::thread::yield_now();
    }
    session.close();
    assert_eq!(kind(&gets), ErrorKind::Cancelled);
    service.end();
}

#[test]
fn text_that_was_sent_in_vain_is_sent_again_with_its_configuration() {
    let (go, lost) = mpsc::channel();
    let service = Service::start_over(2, move |connection, peer| match connection {
        0 => {
            assert_eq!(peer.text("two."), "One, two.");
            go.send(()).expect("the test goes on");
        }
        _ => {
            assert_eq!(peer.text("\0"), "One, two. Three.");
            peer.chunk("one", 0, "QUFBQQ==", true);
        }
    });
    let client = service.client_that_retries(Timeouts::default(), SOON);
    let session = text_session(&client);
    let (callback, gets) = collector();
    let turn = session.begin_turn(&TurnOptions::default(), callback).expect("begun");
    turn.write("One, ", Some(LONG)).expect("taken");
    turn.write("two.", Some(LONG)).expect("taken");
    lost.recv_timeout(LONG).expect("it was heard");
    turn.write(" Three.", Some(LONG)).expect("taken");
    turn.end();
    let (audio, ended) = whole(&gets);
    assert_eq!((&audio[..], ended.summary.retries), (&b"AAAA"[..], 1));
    drop(session);
    service.end();
}

#[test]
fn a_turn_that_was_heard_in_part_fails_and_its_writer_is_told() {
    let service = Service::start_over(2, |connection, peer| match connection {
        0 => {
            assert_eq!(peer.text("."), "One.");
            peer.chunk("one", 0, "QUFBQQ==", false);
        }
        _ => {
            assert_eq!(peer.text("\0"), "Two.");
            peer.chunk("two", 0, "QkJCQg==", true);
        }
    });
    let client = service.client_that_retries(Timeouts::default(), SOON);
    let session = text_session(&client);
    let (callback, gets) = collector();
    let turn = session.begin_turn(&TurnOptions::default(), callback).expect("begun");
    turn.write("One.", Some(LONG)).expect("taken");
    let (audio, ended) = finish(&gets);
    assert_eq!(audio, b"AAAA");
    assert_kind(&failure(ended), ErrorKind::Network);
    assert_kind(&turn.write("more", Some(LONG)).expect_err("over"), ErrorKind::Network);
    assert_eq!(whole(&write(&session, "Two.").1).0, b"BBBB");
    drop(session);
    service.end();
}

#[test]
fn a_ping_ends_with_its_connection() {
    let service = Service::start(|peer| {
        peer.until("ping");
        peer.0.get_mut().shutdown(std::net::Shutdown::Both).expect("hung up");
    });
    let client = service.client(Timeouts::default());
    let session = text_session(&client);
    assert!(session.wait_ready(Some(LONG)).expect("connected"));
    assert_kind(&session.ping(Some(LONG)).expect_err("lost"), ErrorKind::Network);
    drop(session);
    service.end();
}

#[test]
fn text_is_not_taken_without_bounds_while_the_network_takes_none() {
    let (go, tried) = mpsc::channel();
    let service = Service::start(move |_| tried.recv().expect("the test goes on"));
    let client = service.client(Timeouts::default());
    let session = text_session(&client);
    assert!(session.wait_ready(Some(LONG)).expect("connected"));
    let (callback, _gets) = collector();
    let turn = session.begin_turn(&TurnOptions::default(), callback).expect("begun");
    let piece = "word ".repeat(10_000);
    // Far more than the system keeps.
    let refused = (0..640).find_map(|_| turn.write(&piece, Some(Duration::from_millis(100))).err());
    let error = refused.expect("there is an end to it");
    assert_eq!(error.field(), Some("max_unsent_bytes"));
    session.close();
    go.send(()).expect("the service goes on");
    service.end();
}

#[test]
fn a_turn_after_a_cancel_that_nobody_confirms_is_spoken() {
    let (go, written) = mpsc::channel();
    let service = Service::start_over(2, move |connection, peer| match connection {
        0 => {
            assert_eq!(peer.text("One"), "One");
            go.send(()).expect("the test goes on");
            peer.until("cancel");
            // There was nothing to stop. Whether this is of the turn that was cancelled nobody could know.
            while let Ok(message) = peer.0.read() {
                if message.to_text().is_ok_and(|text| text.contains("end-stream")) {
                    peer.chunk("some", 0, "QUFBQQ==", true);
                }
            }
        }
        _ => {
            assert_eq!(peer.text("\0"), "Two.");
            peer.chunk("two", 0, "QkJCQg==", true);
        }
    });
    let client = service.client(Timeouts::default());
    let session = text_session(&client);
    let (callback, one) = collector();
    let turn = session.begin_turn(&TurnOptions::default(), callback).expect("begun");
    turn.write("One", Some(LONG)).expect("taken");
    written.recv_timeout(LONG).expect("it was heard");
    turn.cancel();
    let (_two, two) = write(&session, "Two.");
    assert_eq!(kind(&one), ErrorKind::Cancelled);
    assert_eq!(whole(&two).0, b"BBBB");
    drop(session);
    service.end();
}

#[test]
fn a_greeting_that_has_words_is_no_error() {
    let service = Service::start(|peer| {
        peer.until("end-stream");
        peer.say(r#"{"action":"status","message":"welcome"}"#);
        peer.chunk("one", 0, "QUFBQQ==", true);
    });
    let client = service.client(Timeouts::default());
    let session = text_session(&client);
    assert_eq!(whole(&write(&session, "One.").1).0, b"AAAA");
    drop(session);
    service.end();
}

#[test]
fn a_service_that_only_greets_is_asked_less_and_less_often() {
    const LOSSES: usize = 5;
    let service = Service::start_over(LOSSES + 1, |_, peer| peer.say(r#"{"action":"status"}"#));
    let first_delay = Duration::from_millis(10);
    let retry = RetryPolicy {
        retries: 1,
        first_delay,
        max_delay: LONG,
    };
    let client = service.client_that_retries(Timeouts::default(), retry);
    let (tell, states) = mpsc::channel();
    let options = TextSessionOptions::new().on_state(move |change| {
        let _ = tell.send(change.clone());
    });
    let session = client
        .open_text_session(&TextConfig::new(TRIAL_VOICE), options)
        .expect("a session");
    let waits: Vec<_> = (0..LOSSES)
        .map(|_| {
            await_state(&states, SessionState::Lost)
                .retry_in
                .expect("it tries again")
        })
        .collect();
    assert!(waits.iter().any(|wait| *wait > first_delay), "{waits:?}");
    await_state(&states, SessionState::Ready);
    drop(session);
    service.end();
}

#[test]
fn a_ping_where_nobody_listens_says_that() {
    let config = Config::new()
        .api_key(KEY)
        .streaming_url(format!("ws://{NOBODY}/ws"))
        .retry(SOON);
    let session = text_session(&Client::new(&config).expect("good"));
    assert_kind(&session.ping(Some(LONG)).expect_err("nobody there"), ErrorKind::Network);
}

#[test]
fn text_may_be_cut_inside_a_character() {
    let (tell, told) = mpsc::channel();
    let service = Service::start(move |peer| {
        tell.send(peer.text("é")).expect("somebody waits");
    });
    let client = service.client(Timeouts::default());
    let session = text_session(&client);
    let (callback, _gets) = collector();
    let turn = session.begin_turn(&TurnOptions::default(), callback).expect("begun");
    for byte in "Zoë: 👋, ½!".as_bytes() {
        turn.write_bytes(&[*byte], Some(LONG)).expect("taken");
    }
    // Half a character, and then another: neither is taken, and what was there still waits for its rest.
    turn.write_bytes(&"é".as_bytes()[..1], Some(LONG)).expect("taken");
    for wrong in [&b"x"[..], b"\xFF", "é".as_bytes()] {
        let refused = turn.write_bytes(wrong, Some(LONG)).expect_err("not UTF-8");
        assert_eq!(
            (refused.kind(), refused.field()),
            (ErrorKind::InvalidArgument, Some("text"))
        );
    }
    assert_kind(
        &turn.write("whole", Some(LONG)).expect_err("not UTF-8"),
        ErrorKind::InvalidArgument,
    );
    turn.write_bytes(&"é".as_bytes()[1..], Some(LONG)).expect("taken");
    turn.write_bytes(&"👋".as_bytes()[..3], Some(LONG)).expect("taken");
    turn.end();
    assert_eq!(told.recv().expect("said"), "Zoë: 👋, ½!é");
    turn.cancel();
    drop(session);
    service.end();
}
