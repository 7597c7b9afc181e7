//! `/ws`: text in as it is written, audio out sentence by sentence.

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Client, PATIENCE, audio, connect, fault, indexes, joined, quick, start};
use tungstenite::Message;
use voicewire_sandbox::{Options, Outcome, Sandbox};

const VOICE: &str = "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773";

fn config(fields: Value) -> Value {
    let mut config = json!({
        "model": "dd-etts-3.2",
        "locale": "en-US",
        "voicePromptId": VOICE,
        "format": "s16le",
        "sampleRate": 16000,
        "acceptEmojis": false,
    });
    for (name, value) in fields.as_object().expect("an object") {
        config[name] = value.clone();
    }
    json!({"action": "stream-config", "config": config})
}

fn text(text: &str) -> Value {
    json!({"action": "stream-text", "data": {"text": text}})
}

fn end() -> Value {
    json!({"action": "end-stream"})
}

fn cancel() -> Value {
    json!({"action": "cancel"})
}

fn ping() -> Value {
    json!({"action": "ping"})
}

/// A connection that has had its greeting.
fn open(sandbox: &Sandbox, query: &str) -> Client {
    let url = sandbox.deepdub_live_url() + query;
    let mut client = connect(&url, &[("x-api-key", sandbox.api_key())]).expect("a connection");
    assert_eq!(client.receive()["action"], "status");
    client
}

/// A connection with these settings.
fn configured(sandbox: &Sandbox, fields: Value) -> Client {
    let mut client = open(sandbox, "");
    client.send(&config(fields));
    client
}

/// One turn, whose text comes in these pieces.
fn turn(client: &mut Client, pieces: &[&str]) -> Vec<Value> {
    for piece in pieces {
        client.send(&text(piece));
    }
    client.send(&end());
    client.receive_all()
}

/// The audio of a text that is written in one piece, with these settings.
fn spoken(sandbox: &Sandbox, fields: Value, said: &str) -> Vec<u8> {
    joined(&turn(&mut configured(sandbox, fields), &[said]))
}

#[track_caller]
fn session_error(client: &mut Client, names: &str) {
    let message = client.receive();
    assert_eq!(message["action"], "error", "{message}");
    assert!(message["message"].as_str().unwrap().contains(names), "{message}");
    assert_eq!(message.get("generationId"), None);
}

#[test]
fn a_client_is_greeted_with_the_id_of_its_connection() {
    let sandbox = start();
    let mut client = connect(&sandbox.deepdub_live_url(), &[("x-api-key", sandbox.api_key())]).unwrap();
    let status = client.receive();
    assert_eq!(status["action"], "status");
    assert!(uuid::Uuid::parse_str(status["connectionId"].as_str().unwrap()).is_ok());
}

#[test]
fn a_turn_is_one_generation_that_counts_its_chunks_through_all_sentences() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    let messages = turn(
        &mut client,
        &["One sen", "tence here. And ano", "ther one! And the rest"],
    );
    let id = messages[0]["generationId"].as_str().unwrap();
    assert!(uuid::Uuid::parse_str(id).is_ok());
    assert_eq!(indexes(&messages), (0..messages.len() as u64).collect::<Vec<_>>());
    for (n, message) in messages.iter().enumerate() {
        assert_eq!(message["generationId"], id);
        assert_eq!(message["isFinished"], n + 1 == messages.len());
        assert!(!audio(message).is_empty());
    }
    let generations = sandbox.generations();
    assert_eq!(generations.len(), 1);
    let generation = &generations[0];
    assert_eq!(
        (generation.id.as_str(), generation.chunks, generation.outcome),
        (id, messages.len(), Outcome::Finished)
    );
    // The next turn is another generation, and counts from 0.
    let next = turn(&mut client, &["Next."]);
    assert_ne!(next[0]["generationId"], id);
    assert_eq!(next[0]["index"], 0);
}

#[test]
fn a_sentence_is_spoken_before_the_turn_ends() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    client.send(&text("This is complete. And this is n"));
    let first = client.receive();
    assert_eq!((first["index"].as_u64(), audio(&first).is_empty()), (Some(0), false));
    client.send(&text("ot."));
    client.send(&end());
    assert_eq!(client.receive_all().last().unwrap()["isFinished"], true);
}

#[test]
fn the_same_sentences_sound_the_same_however_their_text_is_cut() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    let whole = joined(&turn(&mut client, &["Here is one. Here is another."]));
    let pieces: Vec<String> = "Here is one. Here is another.".chars().map(|c| c.to_string()).collect();
    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
    assert!(joined(&turn(&mut client, &pieces)) == whole);
    let mut parts = spoken(&sandbox, json!({}), "Here is one.");
    parts.extend(spoken(&sandbox, json!({}), "Here is another."));
    assert!(parts == whole);
}

#[test]
fn a_turn_without_text_is_one_empty_message() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    for pieces in [&[][..], &["", "  \n"][..]] {
        let messages = turn(&mut client, pieces);
        assert_eq!(messages.len(), 1);
        assert_eq!(
            (&messages[0]["index"], &messages[0]["data"], &messages[0]["isFinished"]),
            (&json!(0), &json!(""), &json!(true))
        );
        assert!(messages[0]["generationId"].is_string());
    }
}

#[test]
fn when_all_text_has_been_spoken_the_last_message_is_empty() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    let messages = turn(&mut client, &["All of it. "]);
    let (last, chunks) = messages.split_last().unwrap();
    assert_eq!((&last["data"], &last["index"]), (&json!(""), &json!(chunks.len())));
    assert_eq!(sandbox.generations()[0].chunks, chunks.len());
}

#[test]
fn turns_that_are_written_ahead_are_spoken_one_after_the_other() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    for said in ["The first turn. It has two sentences.", "The second."] {
        client.send(&text(said));
        client.send(&end());
    }
    let (one, two) = (client.receive_all(), client.receive_all());
    assert!(joined(&one) == spoken(&sandbox, json!({}), "The first turn. It has two sentences."));
    assert!(joined(&two) == spoken(&sandbox, json!({}), "The second."));
    assert_ne!(one[0]["generationId"], two[0]["generationId"]);
}

#[test]
fn the_formats_are_wav_s16le_and_mulaw() {
    let sandbox = start();
    let raw = spoken(&sandbox, json!({"sampleRate": 8000}), "Hello.");
    let mulaw = spoken(&sandbox, json!({"sampleRate": 8000, "format": "mulaw"}), "Hello.");
    assert_eq!(mulaw.len() * 2, raw.len());
    for chunk in turn(
        &mut configured(&sandbox, json!({"format": "wav"})),
        &["Hello. You there."],
    ) {
        assert_eq!(audio(&chunk)[..4], *b"RIFF");
    }
}

#[test]
fn a_bad_config_is_refused_by_its_field_and_changes_nothing() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    for (field, fields) in [
        ("model", json!({"model": null})),
        ("locale", json!({"locale": ""})),
        ("voicePromptId", json!({"voicePromptId": 5})),
        ("voicePromptId", json!({"voicePromptId": "fault:explode"})),
        ("voicePromptId", json!({"voicePromptId": "fault:http=500"})),
        ("format", json!({"format": "mp3"})),
        ("format", json!({"format": "headerless-wav"})),
        ("sampleRate", json!({"sampleRate": 11025})),
        ("acceptEmojis", json!({"acceptEmojis": "yes"})),
        ("realtime", json!({"realtime": 1})),
        ("targetGender", json!({"targetGender": 1})),
        ("firstAudioTimeout", json!({"firstAudioTimeout": -1})),
    ] {
        client.send(&config(fields));
        session_error(&mut client, field);
    }
    client.send(&json!({"action": "stream-config"}));
    session_error(&mut client, "config");
    assert!(joined(&turn(&mut client, &["Hello."])) == spoken(&sandbox, json!({}), "Hello."));
    let full = json!({"targetGender": "female", "firstAudioTimeout": 0.5, "realtime": true, "acceptEmojis": null});
    assert!(!spoken(&sandbox, full, "Hello.").is_empty());
}

#[test]
fn text_before_any_config_is_refused() {
    let sandbox = start();
    let mut client = open(&sandbox, "");
    for message in [text("Hello."), text(""), end()] {
        client.send(&message);
        session_error(&mut client, "stream-config");
    }
    assert_eq!(sandbox.generations(), []);
    client.send(&config(json!({})));
    assert!(!turn(&mut client, &["Hello."]).is_empty());
}

#[test]
fn what_cannot_be_understood_is_refused_and_the_connection_stays() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    for message in [
        Message::text("{"),
        Message::text("[]"),
        Message::text(r#"{"action":"sing"}"#),
        Message::text(r#"{"action":null}"#),
        Message::text(r#"{"action":"stream-text"}"#),
        Message::text(r#"{"action":"stream-text","data":{"text":1}}"#),
        Message::binary(r#"{"action":"ping"}"#),
    ] {
        client.socket.send(message).unwrap();
        session_error(&mut client, "");
    }
    client.send(&ping());
    assert_eq!(client.receive(), json!({"action": "pong"}));
    let statuses: Vec<u16> = sandbox.requests().iter().map(|request| request.status).collect();
    assert_eq!(statuses, [101, 200, 400, 400, 400, 400, 400, 400, 400, 200]);
    let last = sandbox.requests().pop().unwrap();
    assert_eq!(
        (last.method.as_str(), last.path.as_str(), last.body),
        ("WS", "/ws", Some(ping()))
    );
}

#[test]
fn a_config_within_a_turn_counts_from_the_next_text_on() {
    let sandbox = start();
    let other = json!({"voicePromptId": "another-voice", "sampleRate": 24000});
    let mut client = configured(&sandbox, json!({}));
    client.send(&text("One. Two wor"));
    client.send(&config(other.clone()));
    let messages = turn(&mut client, &["ds. Three."]);
    let expected = [
        spoken(&sandbox, json!({}), "One."),
        spoken(&sandbox, json!({}), "Two wor"),
        spoken(&sandbox, other.clone(), "ds."),
        spoken(&sandbox, other.clone(), "Three."),
    ];
    assert!(joined(&messages) == expected.concat());
    assert_eq!(indexes(&messages), (0..messages.len() as u64).collect::<Vec<_>>());
    assert_eq!(sandbox.generations().len(), 1 + expected.len());
    // It stays.
    assert!(joined(&turn(&mut client, &["Three."])) == expected[3]);
}

#[test]
fn a_tag_switches_voice_and_language_until_the_turn_ends() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    let messages = turn(
        &mut client,
        &[
            "Hello <con",
            "fig voicePromptId=\"a&amp;b\" />there<config voicePromptId='c' locale='es-MX'/> friend.",
        ],
    );
    let expected = [
        spoken(&sandbox, json!({}), "Hello"),
        spoken(&sandbox, json!({"voicePromptId": "a&b"}), "there"),
        spoken(&sandbox, json!({"voicePromptId": "c"}), "friend."),
    ];
    assert!(joined(&messages) == expected.concat());
    assert!(joined(&turn(&mut client, &["Hello"])) == expected[0]);
}

#[test]
fn what_is_no_tag_is_spoken() {
    let sandbox = start();
    let say = |said: &str| spoken(&sandbox, json!({}), said);
    assert!(say("a < b &lt; c <configure>") != say("a b c"));
    assert!(say("it ends in <confi") != say("it ends in"));
}

#[test]
fn a_malformed_tag_ends_the_turn_after_what_was_said_before_it() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    client.send(&text("Before. <config speed=\"2\" />After. "));
    let messages = client.receive_all();
    let (error, said) = messages.split_last().unwrap();
    assert_eq!(error["errorType"], "InvalidInput");
    assert!(error["error"].as_str().unwrap().contains("speed"));
    assert_eq!(error["generationId"], said[0]["generationId"]);
    assert!(joined(said) == spoken(&sandbox, json!({}), "Before."));
    assert_eq!(sandbox.generations()[0].outcome, Outcome::Failed);
    // The rest of the turn is not another one.
    client.send(&text("More of the same turn. "));
    client.send(&end());
    assert!(joined(&turn(&mut client, &["Next."])) == spoken(&sandbox, json!({}), "Next."));
    assert_eq!(sandbox.generations().len(), 4);

    client.send(&text("<config locale=\"en"));
    client.send(&end());
    assert_eq!(client.receive()["errorType"], "InvalidInput");
}

#[test]
fn cancel_stops_the_turn_at_once() {
    let sandbox = Sandbox::start(Options { pace: 1.0, ..quick() }).unwrap();
    let mut client = configured(&sandbox, json!({}));
    client.send(&text(&"This takes a while. And this is still to come. ".repeat(40)));
    let id = client.receive()["generationId"].clone();
    client.send(&cancel());
    let cancelled = loop {
        let message = client.receive();
        if message.get("isCancelled").is_some() {
            break message;
        }
    };
    assert_eq!(cancelled, json!({"isCancelled": true, "generationId": id}));
    assert_eq!(sandbox.generations()[0].outcome, Outcome::Cancelled);
    // Nothing of it follows, and the turn after it begins with a sentence of its own.
    let begin = Instant::now();
    client.send(&config(json!({"voicePromptId": "fault:chunk-delay=0"})));
    let messages = turn(&mut client, &["New."]);
    assert!(messages.iter().all(|message| message["generationId"] != id));
    assert!(joined(&messages) == spoken(&sandbox, json!({}), "New."));
    // The rest of it would have been spoken for two minutes.
    assert!(begin.elapsed() < PATIENCE);
}

#[test]
fn cancel_is_answered_also_when_nothing_is_spoken() {
    let sandbox = start();
    let mut client = open(&sandbox, "");
    client.send(&cancel());
    assert_eq!(client.receive(), json!({"isCancelled": true}));
    client.send(&config(json!({})));
    turn(&mut client, &["Done."]);
    client.send(&cancel());
    assert_eq!(client.receive(), json!({"isCancelled": true}));
}

#[test]
fn a_cancel_is_confirmed_before_the_next_turn_is_heard() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    // What has been spoken is there at once when it is asked for again.
    turn(&mut client, &["Yes."]);
    for _ in 0..200 {
        // Together, so that there is more to read before the confirmation has gone out.
        for message in [cancel(), text("Yes."), end()] {
            client.socket.write(Message::text(message.to_string())).expect("taken");
        }
        client.socket.flush().expect("sent");
        assert_eq!(client.receive()["isCancelled"], true);
        client.receive_all();
    }
}

#[test]
fn cancel_ends_turns_that_wait_as_well() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({"voicePromptId": "fault:stall"}));
    for said in ["One.", "Two."] {
        client.send(&text(said));
        client.send(&end());
    }
    client.send(&cancel());
    assert_eq!(client.receive()["isCancelled"], true);
    let outcomes: Vec<Outcome> = sandbox.generations().iter().map(|it| it.outcome).collect();
    assert_eq!(outcomes, [Outcome::Cancelled; 2]);
}

#[test]
fn a_ping_is_answered_while_a_turn_is_spoken() {
    let sandbox = Sandbox::start(Options { pace: 1.0, ..quick() }).unwrap();
    let mut client = configured(&sandbox, json!({}));
    client.send(&text(
        "This is a sentence that takes a while to be spoken, at least some seconds. ",
    ));
    client.receive();
    client.send(&ping());
    let mut chunks = 0;
    while client.receive() != json!({"action": "pong"}) {
        chunks += 1;
    }
    assert!(chunks < 3, "{chunks} chunks before the pong");
    assert_eq!(sandbox.generations()[0].outcome, Outcome::Running);
}

#[test]
fn a_turn_holds_a_place_from_its_first_text_to_its_end() {
    let options = Options {
        max_concurrent: 1,
        ..quick()
    };
    let sandbox = Sandbox::start(options).unwrap();
    let (mut one, mut two) = (configured(&sandbox, json!({})), configured(&sandbox, json!({})));
    one.send(&text("unfinish"));
    one.send(&ping());
    one.receive();
    two.send(&text("No place. "));
    let error = two.receive();
    assert_eq!(error["errorType"], "RateLimit");
    assert!(error["generationId"].is_string());
    // The places are the key's, on whichever path; those of another key are free.
    assert_eq!(Client::new(&sandbox).ask(json!({}))[0]["errorType"], "RateLimit");
    let mut other = connect(&sandbox.deepdub_live_url(), &[("x-api-key", "dd-another-key")]).unwrap();
    other.receive();
    other.send(&config(json!({})));
    assert_eq!(turn(&mut other, &["Go."]).last().unwrap()["isFinished"], true);
    // The rest of that turn says nothing more.
    two.send(&text("Still none. "));
    two.send(&end());
    two.send(&ping());
    assert_eq!(two.receive()["action"], "pong");
    let refused = |it: &voicewire_sandbox::Request| it.status == 429 && it.path == "/ws";
    assert_eq!(sandbox.requests().into_iter().filter(refused).count(), 1);
    // A place is free as soon as the last message of its turn, or the answer to a cancel, is there.
    turn(&mut one, &["ed"]);
    for _ in 0..10 {
        assert_eq!(turn(&mut two, &["Mine. Now"]).last().unwrap()["isFinished"], true);
        one.send(&text("unfinish"));
        one.send(&cancel());
        assert_eq!(one.receive()["isCancelled"], true);
    }
}

#[test]
fn the_first_chunk_is_delayed_from_the_text_that_it_speaks() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({"voicePromptId": "fault:first-chunk-delay=150"}));
    client.send(&text("Sl"));
    std::thread::sleep(Duration::from_millis(100));
    let begin = Instant::now();
    turn(&mut client, &["ow."]);
    assert!(begin.elapsed() >= Duration::from_millis(150));
}

#[test]
fn a_turn_ends_with_its_connection() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({}));
    client.send(&text("One. Tw"));
    client.receive();
    assert_eq!(sandbox.open_connections(), 1);
    drop(client);
    assert!(sandbox.wait_until_idle(PATIENCE));
    assert_eq!(sandbox.generations()[0].outcome, Outcome::ClientGone);
}

#[test]
fn faults_come_from_the_voice_the_url_and_those_injected() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({"voicePromptId": "fault:error=Server,after=1"}));
    let messages = turn(&mut client, &["One. Two."]);
    assert_eq!(indexes(&messages), [0]);
    assert_eq!(messages[1]["errorType"], "Server");

    let mut client = open(&sandbox, "?fault=error=MaxExceeded");
    client.send(&config(json!({})));
    client.send(&text("On"));
    assert_eq!(client.receive()["errorType"], "MaxExceeded");

    sandbox.inject(fault("error=InsufficientCredits"));
    let mut client = configured(&sandbox, json!({}));
    assert_eq!(turn(&mut client, &["One."])[0]["errorType"], "InsufficientCredits");
    assert_eq!(turn(&mut client, &["One."]).last().unwrap()["isFinished"], true);

    let mut client = configured(&sandbox, json!({}));
    let messages = turn(&mut client, &["One. <config voicePromptId='fault:error=Server'/> Two."]);
    assert!(messages[0]["data"].is_string());
    assert_eq!(messages.last().unwrap()["errorType"], "Server");
}

#[test]
fn faults_of_order_and_style_count_through_the_sentences() {
    let sandbox = start();
    let plain = turn(&mut configured(&sandbox, json!({})), &["Go. Stop. Go on."]);
    assert!(plain.len() > 3);
    let all: Vec<u64> = (0..plain.len() as u64).collect();
    let with = |fault: &str| {
        let voice = json!({"voicePromptId": format!("fault:{fault}")});
        turn(&mut configured(&sandbox, voice), &["Go. Stop. Go on."])
    };
    for n in 0..plain.len() - 1 {
        let mut swapped = all.clone();
        swapped.swap(n, n + 1);
        // The last one says that it is, also when it comes too early.
        let mut messages = with(&format!("swap={n}"));
        if n + 2 == plain.len() {
            assert_eq!(messages.last().unwrap()["isFinished"], true);
            continue;
        }
        assert_eq!(indexes(&messages), swapped);
        messages.sort_by_key(|message| message["index"].as_u64());
        assert_eq!(joined(&messages), joined(&plain));
        let without: Vec<u64> = all.iter().copied().filter(|it| *it != n as u64).collect();
        assert_eq!(indexes(&with(&format!("gap={n}"))), without);
        assert_eq!(with(&format!("duplicate={n}")).len(), plain.len() + 1);
    }
    for style in ["binary", "escape", "extra", "ping", "fragment", "no-ack", "no-index"] {
        assert_eq!(joined(&with(style)), joined(&plain), "{style}");
    }
    let messages = with("empty-final");
    assert_eq!(messages.last().unwrap()["data"], "");
    assert_eq!(joined(&messages), joined(&plain));
}

#[test]
fn faults_of_the_connection_end_it() {
    let sandbox = start();
    for fault in [
        "drop,after=1",
        "reset,after=1",
        "close=1011,after=1",
        "bad-frame,after=1",
    ] {
        let mut client = configured(&sandbox, json!({"voicePromptId": format!("fault:{fault}")}));
        client.send(&text("One sentence. Another. "));
        let failed = loop {
            match client.try_receive() {
                Ok(message) => assert_eq!(message["index"], 0, "{fault}"),
                Err(error) => break error,
            }
        };
        let late = matches!(&failed, tungstenite::Error::Io(error) if error.kind() == std::io::ErrorKind::WouldBlock);
        assert!(!late, "{fault}: {failed:?}");
    }
    let url = sandbox.deepdub_live_url() + "?fault=http=503";
    let refused = connect(&url, &[("x-api-key", sandbox.api_key())]);
    assert!(matches!(refused, Err(tungstenite::Error::Http(answer)) if answer.status().as_u16() == 503));
    let refused = connect(&sandbox.deepdub_live_url(), &[]);
    assert!(matches!(refused, Err(tungstenite::Error::Http(answer)) if answer.status().as_u16() == 401));
}

#[test]
fn a_stalled_turn_leaves_its_connection_usable() {
    let sandbox = start();
    let mut client = configured(&sandbox, json!({"voicePromptId": "fault:stall,after=1"}));
    client.send(&text("One. Two. "));
    client.receive();
    client.send(&ping());
    assert_eq!(client.receive()["action"], "pong");
    client.send(&cancel());
    assert_eq!(client.receive()["isCancelled"], true);
    client.send(&config(json!({})));
    assert_eq!(turn(&mut client, &["On."]).last().unwrap()["isFinished"], true);
}
