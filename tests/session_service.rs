//! Sessions against services that say, message by message, what a test is about: what comes late, twice, garbled, or
//! without end.

mod support;

use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use support::lines::{Gets, Got, LONG, await_state, begin, collector, failure, finish, kind, watched, whole};
use support::{assert_kind, request};
use tungstenite::{Message, WebSocket};
use voicewire::deepdub::{
    Client, Config, LineOptions, SessionOptions, SessionState, TRIAL_VOICE, TextConfig, TextSession,
    TextSessionOptions, Timeouts, Turn, TurnOptions,
};
use voicewire::{ErrorKind, RetryPolicy};

/// A service that answers one connection in its own way.
struct Service {
    address: String,
    thread: JoinHandle<()>,
}

impl Service {
    fn start(serve: impl FnOnce(&mut Peer) + Send + 'static) -> Service {
        let mut serve = Some(serve);
        Service::start_over(1, move |_, peer| {
            if let Some(serve) = serve.take() {
                serve(peer);
            }
        })
    }

    /// One that drops all connections but the last when `serve` has returned.
    fn start_over(connections: usize, mut serve: impl FnMut(usize, &mut Peer) + Send + 'static) -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        let thread = std::thread::spawn(move || {
            for connection in 0..connections {
                let stream = listener.accept().expect("a client").0;
                let mut peer = Peer(tungstenite::accept(stream).expect("a handshake"));
                serve(connection, &mut peer);
                // Until the client has gone.
                while connection + 1 == connections && peer.0.read().is_ok() {}
            }
        });
        Service { address, thread }
    }

    fn client(&self, timeouts: Timeouts) -> Client {
        self.client_that_retries(timeouts, RetryPolicy::none())
    }

    fn client_that_retries(&self, timeouts: Timeouts, retry: RetryPolicy) -> Client {
        let config = Config::new()
            .api_key(KEY)
            .websocket_url(format!("ws://{}/open", self.address))
            .streaming_url(format!("ws://{}/ws", self.address))
            .timeouts(timeouts)
            .retry(retry);
        Client::new(&config).expect("a client")
    }

    fn end(self) {
        self.thread.join().expect("the service ends");
    }
}

const KEY: &str = "dd-0123456789abcdef";

/// Tries again at once.
const SOON: RetryPolicy = RetryPolicy {
    retries: 3,
    first_delay: Duration::from_millis(2),
    max_delay: Duration::from_millis(20),
};

/// Longer than any test.
const MUCH_LATER: RetryPolicy = RetryPolicy {
    retries: 3,
    first_delay: Duration::from_secs(3600),
    max_delay: Duration::from_secs(3600),
};

struct Peer(WebSocket<TcpStream>);

impl Peer {
    fn next(&mut self) -> serde_json::Value {
        loop {
            if let Message::Text(text) = self.0.read().expect("a message") {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }

    /// Whether anything more is said before the client goes.
    fn is_left_alone(&mut self) -> bool {
        !matches!(self.0.read(), Ok(Message::Text(_)))
    }

    /// The text of a turn up to its end, or to the piece that ends with `last`; its configuration has to come first.
    fn text(&mut self, last: &str) -> String {
        assert_eq!(self.next()["action"], "stream-config");
        let mut text = String::new();
        loop {
            let message = self.next();
            match message["action"].as_str() {
                Some("stream-text") => text.push_str(message["data"]["text"].as_str().expect("text")),
                Some("end-stream") => return text,
                other => panic!("{other:?}"),
            }
            if text.ends_with(last) {
                return text;
            }
        }
    }

    /// The next request's id.
    fn asked(&mut self) -> String {
        self.next()["generationId"].as_str().expect("an id").to_owned()
    }

    /// The next message that asks for this; those before it are passed over.
    fn until(&mut self, action: &str) {
        while self.next()["action"] != action {}
    }

    fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).expect("sent");
    }

    fn chunk(&mut self, id: &str, index: u64, data: &str, last: bool) {
        self.say(&format!(
            r#"{{"generationId":"{id}","index":{index},"data":"{data}","isFinished":{last}}}"#
        ));
    }
}

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
