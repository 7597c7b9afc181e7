//! Text streamed in: turns, tags, cancels, configuration, and what breaks.

mod support;

use std::time::Duration;

use support::lines::{collector, failure, finish};
use support::{NOBODY, config, options};
use voicewire::deepdub::{
    Client, LineStream, SessionOptions, TRIAL_VOICE, TextConfig, TextSession, TextSessionOptions, Timeouts,
    TurnOptions, config_tag,
};
use voicewire::{Error, ErrorKind, RetryPolicy};
use voicewire_sandbox::{Options, Outcome, Sandbox};

const LONG: Option<Duration> = Some(Duration::from_secs(60));

/// Runs out, and not before what has to come first: longer than threads are late.
const LIMIT: Option<Duration> = Some(Duration::from_secs(2));

fn sandbox() -> Sandbox {
    Sandbox::start(options()).expect("a sandbox")
}

fn client(sandbox: &Sandbox) -> Client {
    Client::new(&config(sandbox)).expect("a client")
}

fn session(client: &Client) -> TextSession {
    client
        .open_text_session(&TextConfig::new(TRIAL_VOICE), TextSessionOptions::new())
        .expect("a session")
}

fn rest(stream: &mut LineStream) -> Result<Vec<u8>, Error> {
    let mut audio = Vec::new();
    while let Some(chunk) = stream.next_chunk()? {
        audio.extend_from_slice(chunk.data);
    }
    Ok(audio)
}

fn speak(session: &TextSession, pieces: &[&str]) -> Result<Vec<u8>, Error> {
    let (turn, mut stream) = session.stream_turn(&TurnOptions::default())?;
    for piece in pieces {
        turn.write(piece, LONG)?;
    }
    turn.end();
    rest(&mut stream)
}

#[test]
fn how_the_text_was_cut_makes_no_difference() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = session(&client);
    let whole = speak(&session, &["Hello there. How are you?"]).expect("spoken");
    let cut = speak(&session, &["Hel", "lo th", "ere.", " Ho", "w are you", "?"]).expect("spoken");
    assert!(!whole.is_empty());
    assert_eq!(whole, cut);
    // One connection for both.
    assert_eq!(sandbox.open_connections(), 1);
}

#[test]
fn audio_comes_before_the_text_is_complete() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = session(&client);
    let (turn, mut stream) = session.stream_turn(&TurnOptions::default()).expect("begun");
    turn.write("The first sentence. And then", LONG).expect("taken");
    assert!(!stream.next_chunk().expect("spoken").expect("audio").data.is_empty());
    assert!(!turn.line().generation_id().is_empty());
    turn.write(" the second.", LONG).expect("taken");
    drop(turn);
    assert!(!rest(&mut stream).expect("spoken").is_empty());
    assert_eq!(stream.summary().generation_id, sandbox.generations()[0].id);
}

#[test]
fn a_cancelled_turn_is_silent_and_the_next_one_is_whole() {
    let sandbox = Sandbox::start(Options { pace: 1.0, ..options() }).expect("a sandbox");
    let client = client(&sandbox);
    let session = session(&client);
    for heard in [true, false] {
        let (turn, mut stream) = session.stream_turn(&TurnOptions::default()).expect("begun");
        turn.write("A long story. It goes on and on. And on.", LONG)
            .expect("taken");
        if heard {
            stream.next_chunk().expect("spoken");
        }
        turn.cancel();
        assert_eq!(rest(&mut stream).expect_err("cancelled").kind(), ErrorKind::Cancelled);
        assert_eq!(turn.write("more", LONG).expect_err("over").kind(), ErrorKind::Cancelled);
        assert!(!speak(&session, &["Yes."]).expect("spoken").is_empty());
    }
    // The one that nobody heard of may not have been sent at all.
    let outcomes: Vec<_> = sandbox
        .generations()
        .iter()
        .map(|generation| generation.outcome)
        .collect();
    assert_eq!(outcomes.first(), Some(&Outcome::Cancelled), "{outcomes:?}");
    assert_eq!(
        outcomes.iter().filter(|outcome| **outcome == Outcome::Finished).count(),
        2
    );
}

#[test]
fn voices_switch_in_the_middle_and_between_turns() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = session(&client);
    let one = speak(&session, &["Good morning."]).expect("spoken");
    let mut config = TextConfig::new("another voice & \"more\"");
    session.configure(&config).expect("good");
    let other = speak(&session, &["Good morning."]).expect("spoken");
    assert_ne!(one, other);
    session.configure(&TextConfig::new(TRIAL_VOICE)).expect("good");
    let tag = config_tag(None, Some(&config.voice_prompt_id)).expect("a voice");
    let both = speak(&session, &["Good morning.", &tag, "Good morning."]).expect("spoken");
    assert_eq!(both, [one, other].concat());
    config.format = voicewire::audio::Format::Mp3;
    assert_eq!(
        session.configure(&config).expect_err("no mp3").kind(),
        ErrorKind::InvalidArgument
    );
}

#[test]
fn a_ping_is_answered_while_a_turn_is_spoken() {
    let sandbox = Sandbox::start(Options { pace: 1.0, ..options() }).expect("a sandbox");
    let client = client(&sandbox);
    let session = session(&client);
    assert!(session.wait_ready(LONG).expect("connected"));
    let (turn, mut stream) = session.stream_turn(&TurnOptions::default()).expect("begun");
    turn.write("It is being spoken. ", LONG).expect("taken");
    stream.next_chunk().expect("spoken");
    session.ping(LONG).expect("answered");
    session.ping_unless(LONG, || false).expect("answered");
}

#[test]
fn a_ping_that_nobody_answers_ends_when_it_is_interrupted() {
    let sandbox = sandbox();
    let url = format!("{}?fault=silent", sandbox.deepdub_live_url());
    let client = Client::new(&config(&sandbox).streaming_url(url)).expect("a client");
    let session = session(&client);
    assert!(session.wait_ready(LONG).expect("connected"));
    let error = session.ping_unless(LONG, || true).expect_err("interrupted");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    let error = session
        .ping_unless(Some(Duration::from_millis(5)), || false)
        .expect_err("too late");
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[test]
fn a_turn_without_text_ends_without_audio() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    assert!(speak(&session(&client), &[]).expect("over").is_empty());
}

#[test]
fn a_write_waits_for_room_no_longer_than_it_may() {
    // Nobody accepts the connection.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = nobody.local_addr().expect("bound");
    let sandbox = sandbox();
    let client = Client::new(&config(&sandbox).streaming_url(format!("ws://{address}/ws"))).expect("a client");
    let mut options = TextSessionOptions::new();
    options.max_unsent_bytes = 10;
    let session = client
        .open_text_session(&TextConfig::new(TRIAL_VOICE), options)
        .expect("a session");
    let (turn, _stream) = session.stream_turn(&TurnOptions::default()).expect("begun");
    turn.write("12345", LONG).expect("there is room");
    turn.write("67890", LONG).expect("there is room");
    let error = turn.write("!", Some(Duration::from_millis(5))).expect_err("no room");
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Timeout, Some("max_unsent_bytes"))
    );
}

/// A client whose sessions come back.
fn steady_client(sandbox: &Sandbox) -> Client {
    let soon = RetryPolicy {
        retries: 3,
        first_delay: Duration::from_millis(2),
        max_delay: Duration::from_millis(20),
    };
    Client::new(&config(sandbox).retry(soon)).expect("a client")
}

#[test]
fn a_turn_that_nothing_was_heard_of_is_sent_again_with_all_its_text() {
    for way in [
        "drop",
        "reset",
        "close=1012",
        "error=RateLimit",
        "error=RateLimit,anonymous",
    ] {
        let sandbox = sandbox();
        let client = steady_client(&sandbox);
        let session = session(&client);
        let expected = speak(&session, &["One. Two. Three."]).expect("spoken");
        sandbox.inject(way.parse().expect("a fault"));
        let (turn, mut stream) = session.stream_turn(&TurnOptions::default()).expect("begun");
        for piece in ["One.", " Two.", " Three."] {
            turn.write(piece, LONG).expect("taken");
        }
        turn.end();
        let audio = rest(&mut stream).unwrap_or_else(|error| panic!("{way}: {error}"));
        assert!(audio == expected, "{way}");
        assert_eq!(stream.summary().retries, 1, "{way}");
    }
}

#[test]
fn a_turn_that_was_heard_fails_with_what_arrived_and_the_next_one_is_whole() {
    for way in ["drop,after=1", "bad-json,after=1", "error=Server,after=1"] {
        let sandbox = sandbox();
        let client = steady_client(&sandbox);
        let session = session(&client);
        let expected = speak(&session, &["One. Two. Three."]).expect("spoken");
        sandbox.inject(way.parse().expect("a fault"));
        let (turn, mut stream) = session.stream_turn(&TurnOptions::default()).expect("begun");
        turn.write("One. Two. ", LONG).expect("taken");
        let error = rest(&mut stream).expect_err("it fails");
        assert_eq!(error.received().expect("received").chunks, 1, "{way}: {error}");
        // Who is still writing learns of it.
        let late = loop {
            if let Err(late) = turn.write("Three.", LONG) {
                break late;
            }
        };
        assert_eq!(late.kind(), error.kind(), "{way}");
        drop(turn);
        let next = speak(&session, &["One. Two. Three."]).expect("spoken");
        assert!(next == expected, "{way}");
    }
}

#[test]
fn closing_a_session_ends_its_turns_and_frees_its_writers() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = session(&client);
    let (turn, mut stream) = session.stream_turn(&TurnOptions::default()).expect("begun");
    let (_second, mut waiting) = session.stream_turn(&TurnOptions::default()).expect("begun");
    session.close();
    for stream in [&mut stream, &mut waiting] {
        assert_eq!(rest(stream).expect_err("over").kind(), ErrorKind::Cancelled);
    }
    assert!(turn.write("more", LONG).is_err());
    assert!(session.ping(LONG).is_err());
    assert_eq!(
        session.stream_turn(&TurnOptions::default()).expect_err("closed").kind(),
        ErrorKind::Closed
    );
}

#[test]
fn a_turn_whose_first_chunk_was_lost_with_the_connection_is_sent_again() {
    let sandbox = sandbox();
    let client = Client::new(&config(&sandbox).retry(RetryPolicy::default())).expect("a client");
    let session = session(&client);
    let pieces = ["Hello there. How are you today?"];
    let whole = speak(&session, &pieces).expect("spoken");
    // The second chunk comes alone, and with it an id that nobody will hear of again.
    sandbox.inject("swap=0,drop,after=1".parse().expect("a fault"));
    let (turn, mut stream) = session.stream_turn(&TurnOptions::default()).expect("begun");
    turn.write(pieces[0], LONG).expect("taken");
    turn.end();
    assert_eq!(rest(&mut stream).expect("spoken"), whole);
    let summary = stream.summary();
    assert_eq!(summary.retries, 1);
    let last = sandbox.generations().pop().expect("spoken");
    assert_eq!(summary.generation_id, last.id);
}

#[test]
fn whoever_writes_or_pings_learns_that_the_session_is_closing() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for round in 0..300 {
        let mut options = TextSessionOptions::new();
        options.max_unsent_bytes = 1;
        let session = client
            .open_text_session(&TextConfig::new(TRIAL_VOICE), options)
            .expect("a session");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while let Ok((turn, _stream)) = session.stream_turn(&TurnOptions::default()) {
                    while turn.write("x", None).is_ok() {}
                }
            });
            scope.spawn(|| {
                while session
                    .ping(None)
                    .is_err_and(|error| error.kind() == ErrorKind::Network)
                {}
            });
            std::thread::sleep(Duration::from_micros(round * 5));
            session.close();
        });
    }
}

#[test]
fn a_service_that_is_always_busy_is_waited_for_no_longer_than_the_limit() {
    let sandbox = sandbox();
    let config = config(&sandbox)
        .timeouts(Timeouts {
            total: LIMIT,
            ..Timeouts::default()
        })
        .retry(RetryPolicy {
            retries: 3,
            first_delay: Duration::from_millis(2),
            max_delay: Duration::from_millis(20),
        });
    let client = Client::new(&config).expect("a client");
    let session = client
        .open_text_session(&TextConfig::new("fault:error=RateLimit"), TextSessionOptions::new())
        .expect("a session");
    let (callback, gets) = collector();
    let turn = session.begin_turn(&TurnOptions::default(), callback).expect("begun");
    turn.write("Yes.", LONG).expect("taken");
    turn.end();
    let error = failure(finish(&gets).1);
    assert!(
        matches!(error.kind(), ErrorKind::RateLimited | ErrorKind::Timeout),
        "{error}"
    );
}

#[test]
fn without_a_network_turns_fail_in_their_time_and_say_why() {
    let sandbox = sandbox();
    let timeouts = Timeouts {
        first_chunk: LIMIT,
        ..Timeouts::default()
    };
    let retry = RetryPolicy {
        retries: 3,
        first_delay: Duration::from_millis(2),
        max_delay: Duration::from_millis(20),
    };
    let config = config(&sandbox)
        .streaming_url(format!("ws://{NOBODY}/ws"))
        .timeouts(timeouts)
        .retry(retry);
    let client = Client::new(&config).expect("a client");
    let session = session(&client);
    // Also the one whose turn has not come.
    let turns = [(); 2].map(|()| session.stream_turn(&TurnOptions::default()).expect("begun"));
    for (turn, _) in &turns {
        turn.write("Hello.", LONG).expect("taken");
        turn.end();
    }
    for (_, mut stream) in turns {
        let error = rest(&mut stream).expect_err("nobody is there");
        assert_eq!(error.kind(), ErrorKind::Network);
        assert!(error.message().contains("could not connect"), "{error}");
    }
}

#[test]
fn a_ping_waits_for_the_connection() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    session(&client).ping(LONG).expect("answered");
}

#[test]
fn a_service_that_stays_busy_is_not_waited_for_longer_than_for_first_audio() {
    let sandbox = Sandbox::start(Options {
        max_concurrent: 0,
        ..options()
    })
    .expect("a sandbox");
    let timeouts = Timeouts {
        first_chunk: LIMIT,
        ..Timeouts::default()
    };
    let retry = RetryPolicy {
        retries: 3,
        first_delay: Duration::from_millis(2),
        max_delay: Duration::from_millis(20),
    };
    let client = Client::new(&config(&sandbox).timeouts(timeouts).retry(retry)).expect("a client");
    let error = speak(&session(&client), &["Hello."]).expect_err("busy");
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(error.attempts().is_some_and(|attempts| attempts > 1), "{error}");
    let lines = client.open_session(SessionOptions::new()).expect("a session");
    let ended = support::lines::finish(&support::lines::begin(&lines, &support::request("s16le"))).1;
    assert_eq!(ended.error.expect("busy").kind(), ErrorKind::RateLimited);
}
