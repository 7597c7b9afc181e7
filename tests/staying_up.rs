//! Sessions through trouble: connections that break, services that ask to wait, servers that go and come back.

mod support;

use std::collections::HashMap;
use std::net::TcpListener;
use std::time::Duration;

use support::lines::{
    Got, LONG, assert_same, await_state, begin, begin_with, collector, failure, finish, kind, spoken, watched, whole,
};
use support::{NOBODY, assert_kind, config, faulty, options, request};
use voicewire::deepdub::{Client, Config, LineOptions, Session, SessionOptions, SessionState, SpeechRequest, Timeouts};
use voicewire::{ErrorKind, RetryPolicy};
use voicewire_sandbox::net::Link;
use voicewire_sandbox::{Options, Sandbox};

/// Soon, so that tests do not wait.
const SOON: RetryPolicy = RetryPolicy {
    retries: 3,
    first_delay: Duration::from_millis(2),
    max_delay: Duration::from_millis(20),
};

fn sandbox() -> Sandbox {
    Sandbox::start(options()).expect("a sandbox")
}

/// A client whose sessions come back.
fn client(sandbox: &Sandbox) -> Client {
    Client::new(&config(sandbox).retry(SOON)).expect("a client")
}

fn session(client: &Client) -> Session {
    client.open_session(SessionOptions::new()).expect("a session")
}

fn fault(text: &str) -> voicewire_sandbox::Fault {
    text.parse().expect("a fault")
}

/// How often each generation was asked for.
fn asked(sandbox: &Sandbox) -> HashMap<String, usize> {
    let mut asked = HashMap::new();
    for generation in sandbox.generations() {
        *asked.entry(generation.id).or_default() += 1;
    }
    asked
}

#[test]
fn what_had_no_audio_when_the_connection_broke_is_sent_again_by_itself() {
    for way in ["drop", "reset", "close=1012", "drop,after=0", "bad-frame"] {
        let sandbox = sandbox();
        let client = client(&sandbox);
        let session = session(&client);
        sandbox.inject(fault(way));
        let (audio, ended) = whole(&begin(&session, &request("s16le")));
        assert_same(&audio, &spoken(&client, &request("s16le")));
        assert_eq!(ended.summary.retries, 1, "{way}");
        // With the same id.
        assert_eq!(asked(&sandbox)[&ended.summary.generation_id], 2, "{way}");
    }
}

#[test]
fn what_had_audio_fails_with_what_arrived_and_is_not_said_twice() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = session(&client);
    sandbox.inject(fault("drop,after=2"));
    let (audio, ended) = finish(&begin(&session, &request("s16le")));
    let error = failure(ended);
    assert_kind(&error, ErrorKind::Network);
    let received = error.received().expect("received");
    assert_eq!((received.chunks, received.bytes), (2, audio.len() as u64));
    let id = error.generation_id().expect("an id").to_owned();
    // The session is there again for the next one.
    whole(&begin(&session, &request("s16le")));
    assert_eq!(asked(&sandbox)[&id], 1);
}

#[test]
fn what_can_be_joined_is_resumed_where_it_broke_off() {
    for format in ["s16le", "mulaw"] {
        let sandbox = sandbox();
        let client = client(&sandbox);
        let session = session(&client);
        // Twice, at different places.
        sandbox.inject(fault("drop,after=2"));
        sandbox.inject(fault("drop,after=4"));
        let options = LineOptions {
            resume: true,
            ..LineOptions::default()
        };
        let (audio, ended) = whole(&begin_with(&session, &request(format), &options));
        assert_same(&audio, &spoken(&client, &request(format)));
        assert_eq!(ended.summary.retries, 2);
        assert_eq!(ended.summary.bytes, audio.len() as u64);
    }
}

#[test]
fn a_resume_needs_a_seed_and_a_raw_format() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = session(&client);
    let options = LineOptions {
        resume: true,
        ..LineOptions::default()
    };
    let without_seed = SpeechRequest {
        seed: None,
        ..request("s16le")
    };
    for request in [without_seed, request("wav"), request("mp3")] {
        let (callback, gets) = collector();
        let error = session.speak(&request, &options, callback).expect_err("refused");
        assert_kind(&error, ErrorKind::InvalidArgument);
        assert_eq!(error.field(), Some("resume"));
        assert!(gets.recv_timeout(LONG).is_err(), "called back");
    }
}

#[test]
fn audio_that_is_not_the_same_again_is_not_joined() {
    let (listener, address) = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        (listener, address)
    };
    // The first time "AAAA", then the line goes; the second time something else.
    let server = std::thread::spawn(move || {
        for (data, more) in [("QUFBQQ==", true), ("QUFBQkND", false)] {
            let mut socket = tungstenite::accept(listener.accept().expect("a client").0).expect("a handshake");
            let asked = socket.read().expect("a request").into_text().expect("text");
            let id = serde_json::from_str::<serde_json::Value>(&asked).expect("JSON")["generationId"]
                .as_str()
                .expect("an id")
                .to_owned();
            let chunk = format!(r#"{{"generationId":"{id}","index":0,"data":"{data}","isFinished":false}}"#);
            socket.send(tungstenite::Message::text(chunk)).expect("sent");
            if !more {
                // Until the client has gone.
                while socket.read().is_ok() {}
            }
        }
    });
    let config = Config::new()
        .api_key("dd-0123456789abcdef")
        .websocket_url(format!("ws://{address}/open"))
        .retry(SOON);
    let client = Client::new(&config).expect("a client");
    let session = session(&client);
    let options = LineOptions {
        resume: true,
        ..LineOptions::default()
    };
    let (audio, ended) = finish(&begin_with(&session, &request("s16le"), &options));
    assert_eq!(audio, b"AAAA");
    let error = failure(ended);
    assert_kind(&error, ErrorKind::Protocol);
    assert!(error.message().contains("differs"), "{error}");
    session.close();
    server.join().expect("the server ends");
}

#[test]
fn a_service_that_is_busy_is_waited_for() {
    let sandbox = Sandbox::start(Options {
        max_concurrent: 1,
        ..options()
    })
    .expect("a sandbox");
    let client = client(&sandbox);
    let session = session(&client);
    let expected = spoken(&client, &request("s16le"));
    let lines: Vec<_> = (0..6).map(|_| begin(&session, &request("s16le"))).collect();
    // Those that were refused may have been tried while others ran; none is lost.
    for line in &lines {
        assert_same(&whole(line).0, &expected);
    }
}

#[test]
fn an_error_that_names_nobody_is_of_those_that_have_not_been_answered() {
    let sandbox = Sandbox::start(Options { pace: 4.0, ..options() }).expect("a sandbox");
    let client = client(&sandbox);
    let session = session(&client);
    let speaking = begin(&session, &request("s16le"));
    assert!(matches!(speaking.recv_timeout(LONG), Ok(Got::Chunk(..))));
    let refused = begin(&session, &faulty("s16le", "error=InsufficientCredits,anonymous"));
    assert_eq!(kind(&refused), ErrorKind::InsufficientCredits);
    // Goes on to its end: the rest of it comes in order.
    let mut rest = Vec::new();
    loop {
        match speaking.recv_timeout(LONG).expect("it goes on") {
            Got::Chunk(data, _) => rest.extend(data),
            Got::Ended(ended) => break assert!(ended.error.is_none(), "{ended:?}"),
        }
    }
    assert!(!rest.is_empty());
    // And one that asks to wait is waited for.
    sandbox.inject(fault("error=RateLimit,anonymous"));
    assert_eq!(whole(&begin(&session, &request("s16le"))).1.summary.retries, 1);
}

#[test]
fn what_trying_again_cannot_cure_is_tried_once() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = session(&client);
    for (way, expected) in [
        ("error=MaxExceeded", ErrorKind::QuotaExceeded),
        ("error=InsufficientCredits", ErrorKind::InsufficientCredits),
        ("error=InvalidInput", ErrorKind::RejectedInput),
        ("error=Server", ErrorKind::Server),
    ] {
        let error = failure(finish(&begin(&session, &faulty("s16le", way))).1);
        assert_kind(&error, expected);
        assert_eq!(asked(&sandbox)[error.generation_id().expect("an id")], 1, "{way}");
    }
}

#[test]
fn a_key_that_is_refused_is_not_tried_again_until_the_next_line() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    sandbox.inject(fault("http=401"));
    let (options, states) = watched();
    let session = client.open_session(options).expect("a session");
    let lost = await_state(&states, SessionState::Lost);
    assert!(lost.retry_in.is_none());
    assert_kind(&lost.error.expect("why"), ErrorKind::Unauthorized);
    let error = session.wait_ready(Some(LONG)).expect_err("it has given up");
    assert_kind(&error, ErrorKind::Unauthorized);
    // A line may go well meanwhile.
    whole(&begin(&session, &request("s16le")));
    await_state(&states, SessionState::Ready);
}

#[test]
fn a_line_fails_with_the_handshake_that_was_refused() {
    for (status, expected) in [(401, ErrorKind::Unauthorized), (402, ErrorKind::InsufficientCredits)] {
        let sandbox = Sandbox::start(Options {
            fault: Some(fault(&format!("http={status}"))),
            ..options()
        })
        .expect("a sandbox");
        assert_eq!(kind(&begin(&session(&client(&sandbox)), &request("s16le"))), expected);
    }
}

#[test]
fn a_handshake_that_fails_for_now_is_tried_again() {
    for way in ["http=503", "http=429,retry-after=0", "http=500"] {
        let sandbox = sandbox();
        let client = client(&sandbox);
        sandbox.inject(fault(way));
        sandbox.inject(fault(way));
        whole(&begin(&session(&client), &request("s16le")));
    }
}

#[test]
fn without_a_network_lines_fail_in_their_time_and_say_why() {
    // Longer than threads are late.
    let limit = Duration::from_secs(2);
    let timeouts = Timeouts {
        first_chunk: Some(limit),
        ..Timeouts::default()
    };
    let config = Config::new()
        .api_key("dd-0123456789abcdef")
        .websocket_url(format!("ws://{NOBODY}/open"))
        .timeouts(timeouts)
        .retry(SOON);
    let client = Client::new(&config).expect("a client");
    let (options, states) = watched();
    let session = client.open_session(options).expect("a session");
    assert!(await_state(&states, SessionState::Lost).retry_in.is_some());
    // Also those that have not even had their turn.
    let lines: Vec<_> = (0..8).map(|_| begin(&session, &request("s16le"))).collect();
    for (number, line) in lines.iter().enumerate() {
        let ended = finish(line).1;
        let summary = ended.summary.clone();
        let error = failure(ended);
        assert_kind(&error, ErrorKind::Network);
        assert!(error.message().contains("could not connect"), "{error}");
        // Where the time went.
        let waited = if number < 5 { summary.connect } else { summary.queued };
        assert!(waited * 2 > summary.total, "{summary:?}");
        // Nobody waits for the others to give up first, and then as long again.
        assert!(summary.total < limit * 2, "{summary:?}");
    }
}

#[test]
fn retries_can_be_off() {
    let sandbox = sandbox();
    let client = Client::new(&config(&sandbox).retry(RetryPolicy::none())).expect("a client");
    let (options, states) = watched();
    let session = client.open_session(options).expect("a session");
    for way in ["drop", "error=RateLimit"] {
        sandbox.inject(fault(way));
        let error = failure(finish(&begin(&session, &request("s16le"))).1);
        assert!(
            matches!(error.kind(), ErrorKind::Network | ErrorKind::RateLimited),
            "{error}"
        );
    }
    assert!(await_state(&states, SessionState::Lost).retry_in.is_none());
    // The next line connects.
    whole(&begin(&session, &request("s16le")));
}

#[test]
fn a_peer_that_fell_silent_is_found_dead_and_left() {
    let sandbox = sandbox();
    let link = Link::start(sandbox.addr(), Duration::ZERO).expect("a link");
    let config = config(&sandbox)
        .websocket_url(format!("ws://{}/open", link.addr()))
        .retry(SOON);
    let client = Client::new(&config).expect("a client");
    let (mut options, states) = watched();
    // Longer than threads are late: who lives answers in time.
    options.keep_alive = Some(Duration::from_secs(1));
    let session = client.open_session(options).expect("a session");
    await_state(&states, SessionState::Ready);
    link.hang(true);
    let lost = await_state(&states, SessionState::Lost);
    assert!(lost.error.expect("why").message().contains("ping"));
    link.hang(false);
    whole(&begin(&session, &request("s16le")));
}

#[test]
fn a_sandbox_that_is_killed_and_restarted_is_spoken_with_again_and_nothing_is_said_twice() {
    let first = Sandbox::start(Options {
        pace: 20.0,
        ..options()
    })
    .expect("a sandbox");
    let port = first.addr().port();
    let client = client(&first);
    let (options_of_session, states) = watched();
    let session = client.open_session(options_of_session).expect("a session");
    let requests: Vec<_> = (0..12)
        .map(|number| SpeechRequest {
            text: format!("This is line number {number}, and it takes a while to say it."),
            generation_id: Some(format!("00000000-0000-4000-8000-{number:012}")),
            ..request("s16le")
        })
        .collect();
    let lines: Vec<_> = requests.iter().map(|request| begin(&session, request)).collect();
    assert!(matches!(lines[0].recv_timeout(LONG), Ok(Got::Chunk(..))));
    // What had been sent of each, by the log of the one that is going.
    drop(first);
    await_state(&states, SessionState::Lost);
    let second = Sandbox::start(Options { port, ..options() }).expect("the port again");
    await_state(&states, SessionState::Ready);

    let mut whole_lines = Vec::new();
    for (number, (line, request)) in lines.iter().zip(&requests).enumerate() {
        let mut audio = Vec::new();
        let ended = loop {
            match line.recv_timeout(LONG).expect("it ends") {
                Got::Chunk(data, _) => audio.extend(data),
                Got::Ended(ended) => break ended,
            }
        };
        match ended.error {
            None => {
                if number > 0 {
                    whole_lines.push((request, audio));
                }
            }
            Some(error) => {
                // It had been heard in part: it says so, and was not begun again.
                assert_kind(&error, ErrorKind::Network);
                assert!(error.received().is_some_and(|received| received.chunks > 0), "{error}");
                assert!(!asked(&second).contains_key(error.generation_id().expect("an id")));
            }
        }
    }
    // At least those that were waiting for their turn.
    assert!(whole_lines.len() >= 6, "{}", whole_lines.len());
    assert!(asked(&second).values().all(|times| *times == 1));
    for (request, audio) in whole_lines {
        assert_same(&audio, &spoken(&client, request));
    }
}

#[test]
fn a_garbled_message_that_names_its_line_is_of_that_line_alone() {
    let sandbox = Sandbox::start(Options {
        pace: 20.0,
        ..options()
    })
    .expect("a sandbox");
    let client = client(&sandbox);
    let session = session(&client);
    let expected = spoken(&client, &request("s16le"));
    let good: Vec<_> = (0..3).map(|_| begin(&session, &request("s16le"))).collect();
    for way in ["bad-json,after=1", "bad-base64,after=1"] {
        assert_eq!(kind(&begin(&session, &faulty("s16le", way))), ErrorKind::Protocol);
    }
    for line in &good {
        assert_same(&whole(line).0, &expected);
    }
    assert_eq!(sandbox.open_connections(), 1);
}
