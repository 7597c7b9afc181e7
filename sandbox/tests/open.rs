//! `/open` without faults.

mod support;

use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use serde_json::{Value, json};
use support::{Client, PATIENCE, audio, connect, fault, id, indexes, joined, quick, request, start};
use tungstenite::{Error, Message};
use voicewire_sandbox::{Options, Outcome, Sandbox};

#[test]
fn a_generation_is_acknowledged_and_its_chunks_come_in_order_with_audio_to_the_last() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    let messages = client.ask(json!({"generationId": id(1)}));
    assert_eq!(
        messages[0],
        json!({"data": "", "generationId": id(1), "isFinished": false})
    );
    let chunks = &messages[1..];
    assert!(chunks.len() > 5, "{} chunks", chunks.len());
    assert_eq!(indexes(chunks), (0..chunks.len() as u64).collect::<Vec<_>>());
    for (n, chunk) in chunks.iter().enumerate() {
        assert_eq!(chunk["generationId"], id(1).as_str());
        assert_eq!(chunk["isFinished"], n + 1 == chunks.len());
        assert!(!audio(chunk).is_empty());
    }
    let generation = &sandbox.generations()[0];
    assert_eq!(
        (generation.id.as_str(), generation.chunks, generation.outcome),
        (id(1).as_str(), chunks.len(), Outcome::Finished)
    );
}

#[test]
fn messages_are_text_frames_with_the_fields_in_the_vendors_order() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    client.send(&request(json!({"generationId": id(1)})));
    let _acknowledgement = client.socket.read().unwrap();
    let Message::Text(chunk) = client.socket.read().unwrap() else {
        panic!("not a text frame");
    };
    let start = format!(r#"{{"index":0,"generationId":"{}","data":""#, id(1));
    assert!(chunk.starts_with(&start));
    assert!(chunk.ends_with(r#"","isFinished":false}"#));
}

#[test]
fn an_id_is_made_for_a_request_without_one() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    let messages = client.ask(json!({}));
    let made = messages[0]["generationId"].as_str().unwrap();
    assert!(uuid::Uuid::parse_str(made).is_ok());
    assert!(messages.iter().all(|message| message["generationId"] == made));
}

#[test]
fn generations_on_one_connection_interleave() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    for n in 0..4 {
        let fields = json!({"generationId": id(n), "targetDuration": 10, "voicePromptId": "fault:chunk-delay=20"});
        client.send(&request(fields));
    }
    let mut by_id: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    let mut turns = Vec::new();
    while by_id
        .values()
        .filter(|messages| messages.last().is_some_and(|last| last["isFinished"] == true))
        .count()
        < 4
    {
        let message = client.receive();
        let id = message["generationId"].as_str().unwrap().to_owned();
        turns.push(id.clone());
        by_id.entry(id).or_default().push(message);
    }
    let audio: HashSet<Vec<u8>> = by_id.values().map(|messages| joined(messages)).collect();
    assert_eq!(audio.len(), 1, "the same request sounds the same");
    // Were they served one after the other, there would be three changes.
    let changes = turns.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert!(changes > 10, "{changes} changes of turn");
}

#[test]
fn null_is_unset_and_unknown_fields_are_ignored() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    let messages = client.ask(json!({
        "action": null, "generationId": null, "tempo": null, "duration": null, "targetDuration": null,
        "variance": null, "temperature": null, "promptBoost": null, "accentControl": null,
        "performanceReferencePromptId": null, "aFieldOfTheFuture": {"a": [1, 2]},
    }));
    assert_eq!(messages.last().unwrap()["isFinished"], true);
}

#[test]
fn duration_means_target_duration() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    for name in ["duration", "targetDuration"] {
        let audio = joined(&client.ask(json!({name: 2.0})));
        let seconds = audio.len() as f64 / 2.0 / 16000.0;
        assert!((seconds - 2.0).abs() < 0.1, "{name}: {seconds} s");
    }
}

#[test]
fn a_seed_makes_speech_repeatable_and_no_seed_makes_it_vary() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    let mut speech = |seed: Value| joined(&client.ask(json!({"seed": seed, "variance": 1.0})));
    assert!(speech(json!(7)) == speech(json!(7)));
    assert!(speech(Value::Null) != speech(Value::Null));
}

#[test]
fn a_voice_reference_stands_for_a_voice_prompt() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    let messages = client.ask(json!({"voicePromptId": null, "voiceReference": "UklGRg=="}));
    assert_eq!(messages.last().unwrap()["isFinished"], true);
}

#[test]
fn the_default_format_is_mp3() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    let fields = |format| json!({"format": format, "targetText": "Yes.", "sampleRate": null});
    let unset = joined(&client.ask(fields(Value::Null)));
    assert!(unset == joined(&client.ask(fields(json!("mp3")))));
}

#[test]
fn every_wrong_field_is_refused_by_its_name() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    let cases = [
        ("action", json!({"action": "sing"})),
        ("action", json!({"action": 1})),
        ("model", json!({"model": null})),
        ("model", json!({"model": ""})),
        ("targetText", json!({"targetText": 5})),
        ("targetText", json!({"targetText": " \n"})),
        ("targetText", json!({"targetText": "é".repeat(20_001)})),
        ("locale", json!({"locale": []})),
        ("voicePromptId", json!({"voicePromptId": null})),
        ("voicePromptId", json!({"voicePromptId": "fault:explode"})),
        ("voicePromptId", json!({"voicePromptId": "fault:http=503"})),
        ("voiceReference", json!({"voiceReference": "?"})),
        ("generationId", json!({"generationId": "abc"})),
        ("generationId", json!({"generationId": 12})),
        ("format", json!({"format": "WAV"})),
        ("format", json!({"format": "headerless-wav"})),
        ("sampleRate", json!({"sampleRate": 11025})),
        ("sampleRate", json!({"sampleRate": "16000"})),
        ("sampleRate", json!({"sampleRate": 16000.5})),
        ("tempo", json!({"tempo": 0.49})),
        ("tempo", json!({"tempo": 2.01})),
        ("tempo", json!({"tempo": "fast"})),
        ("targetDuration", json!({"targetDuration": 0})),
        ("targetDuration", json!({"targetDuration": -1})),
        ("targetDuration", json!({"targetDuration": 1e9})),
        ("duration", json!({"duration": 0})),
        ("tempo", json!({"tempo": 1, "targetDuration": 3})),
        ("variance", json!({"variance": 1.1})),
        ("temperature", json!({"temperature": -0.1})),
        ("seed", json!({"seed": 1.5})),
        ("promptBoost", json!({"promptBoost": "yes"})),
        ("cleanAudio", json!({"cleanAudio": 1})),
        ("accentControl", json!({"accentControl": "fr-FR"})),
        (
            "accentRatio",
            json!({"accentControl": {"accentBaseLocale": "en-US", "accentLocale": "fr-FR"}}),
        ),
        (
            "accentLocale",
            json!({"accentControl": {"accentBaseLocale": "en-US", "accentRatio": 0.5}}),
        ),
        (
            "accentRatio",
            json!({"accentControl":
                {"accentBaseLocale": "en-US", "accentLocale": "fr-FR", "accentRatio": 1.5}}),
        ),
    ];
    for (field, fields) in cases {
        let error = client.refused(&request(fields.clone()));
        assert_eq!(error["errorType"], "InvalidInput", "{fields}");
        let text = error["error"].as_str().unwrap();
        assert!(text.contains(field), "{fields}: {text}");
    }
    assert_eq!(sandbox.generations(), []);
    // The connection survives all of that.
    assert!(client.ask(json!({})).len() > 2);
}

#[test]
fn an_error_has_the_generation_id_of_its_request_if_there_was_one() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    let error = client.refused(&request(json!({"tempo": 9, "generationId": id(3)})));
    assert_eq!(error["generationId"], id(3).as_str());
    let error = client.refused(&request(json!({"tempo": 9})));
    assert_eq!(error.get("generationId"), None);
}

#[test]
fn what_is_not_a_json_object_in_a_text_frame_is_refused() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    let messages = [
        Message::text("{"),
        Message::text("[]"),
        Message::text(""),
        Message::text("[".repeat(100_000)),
        Message::binary(request(json!({})).to_string()),
    ];
    for message in messages {
        client.socket.send(message).unwrap();
        assert_eq!(client.receive()["errorType"], "InvalidInput");
    }
}

#[test]
fn a_key_may_not_have_more_generations_at_once_than_the_limit_over_all_its_connections() {
    let options = Options {
        max_concurrent: 2,
        ..quick()
    };
    let sandbox = Sandbox::start(options).unwrap();
    let stalled = json!({"voicePromptId": "fault:stall,after=1"});
    let mut clients = [Client::new(&sandbox), Client::new(&sandbox)];
    for client in &mut clients {
        client.send(&request(stalled.clone()));
        client.receive();
        client.receive();
    }
    let [first, mut second] = clients;
    let error = second.refused(&request(json!({"generationId": id(9)})));
    assert_eq!(error["errorType"], "RateLimit");
    assert_eq!(error["generationId"], id(9).as_str());
    // Another key is not concerned.
    let mut other = connect(&sandbox.deepdub_open_url(), &[("x-api-key", "dd-another-key")]).unwrap();
    assert!(other.ask(json!({})).len() > 2);
    // A place is free again when its connection is gone.
    drop(first);
    loop {
        let answer = second.ask(json!({}));
        if answer[0]["error"].is_null() {
            break;
        }
    }
}

#[test]
fn a_place_is_free_as_soon_as_the_last_chunk_is_there() {
    let options = Options {
        max_concurrent: 1,
        ..quick()
    };
    let sandbox = Sandbox::start(options).unwrap();
    let mut client = Client::new(&sandbox);
    for _ in 0..20 {
        let messages = client.ask(json!({"targetText": "Go."}));
        assert_eq!(messages.last().unwrap()["isFinished"], true);
    }
}

#[test]
fn a_generation_ends_with_its_connection() {
    let sandbox = Sandbox::start(Options { pace: 1.0, ..quick() }).unwrap();
    let mut client = Client::new(&sandbox);
    client.send(&request(json!({"generationId": id(1)})));
    client.receive();
    client.receive();
    assert_eq!(sandbox.open_connections(), 1);
    assert_eq!(sandbox.generations()[0].outcome, Outcome::Running);
    drop(client);
    assert!(sandbox.wait_until_idle(PATIENCE));
    assert_eq!(sandbox.open_connections(), 0);
    let generation = &sandbox.generations()[0];
    assert_eq!(generation.outcome, Outcome::ClientGone);
    assert!(generation.chunks < 5, "{} chunks", generation.chunks);
}

#[test]
fn waiting_until_idle_has_a_limit() {
    let sandbox = start();
    let _client = Client::new(&sandbox);
    assert!(!sandbox.wait_until_idle(std::time::Duration::from_millis(20)));
}

#[test]
fn a_close_frame_is_answered() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    client.socket.close(None).unwrap();
    loop {
        match client.socket.read() {
            Ok(_) => {}
            Err(Error::ConnectionClosed) => break,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(sandbox.wait_until_idle(PATIENCE));
}

#[test]
fn audio_is_paced_and_the_first_chunk_is_delayed() {
    let options = Options {
        first_chunk_delay: std::time::Duration::from_millis(150),
        pace: 10.0,
        ..quick()
    };
    let sandbox = Sandbox::start(options).unwrap();
    let mut client = Client::new(&sandbox);
    let begin = Instant::now();
    client.send(&request(json!({"targetDuration": 4})));
    client.receive();
    client.receive();
    assert!(begin.elapsed().as_millis() >= 150);
    client.receive_all();
    // 4 s of audio in chunks of 200 ms: the last of them begins at 3.8 s, which takes 380 ms at this pace. (When the first was
    // sent is not known here.)
    let elapsed = begin.elapsed().as_millis();
    assert!(elapsed >= 150 + 350, "{elapsed} ms");
}

#[test]
fn the_key_goes_into_the_header_or_the_url_of_the_handshake() {
    let sandbox = start();
    let url = sandbox.deepdub_open_url();
    let key = sandbox.api_key();
    assert!(connect(&url, &[("x-api-key", key)]).is_ok());
    assert!(connect(&format!("{url}?x-api-key={key}"), &[]).is_ok());
    let logged = format!("{:?}", sandbox.requests());
    assert!(!logged.contains(key), "{logged}");
    for (url, headers) in [
        (url.clone(), vec![]),
        (url.clone(), vec![("x-api-key", "dd-short")]),
        (url.clone(), vec![("x-api-key", "sk-00000000000000")]),
        (format!("{url}?x-api-key=nothing"), vec![]),
    ] {
        let Err(Error::Http(response)) = connect(&url, &headers) else {
            panic!("accepted {headers:?}");
        };
        assert_eq!(response.status().as_u16(), 401);
        let body: Value = serde_json::from_slice(response.body().as_ref().unwrap()).unwrap();
        assert_eq!(
            body,
            json!({"success": false, "message": "Unauthorized: invalid or missing API key"})
        );
    }
}

#[test]
fn with_keys_of_its_own_a_sandbox_accepts_no_other() {
    let options = Options {
        keys: vec!["secret-one".to_owned(), "secret-two".to_owned()],
        ..quick()
    };
    let sandbox = Sandbox::start(options).unwrap();
    let url = sandbox.deepdub_open_url();
    assert_eq!(sandbox.api_key(), "secret-one");
    assert!(connect(&url, &[("x-api-key", "secret-two")]).is_ok());
    assert!(connect(&url, &[("x-api-key", "dd-00000000000000")]).is_err());
}

#[test]
fn connections_and_requests_are_logged() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    client.ask(json!({"targetText": "Logged."}));
    client.refused(&json!({"action": "sing"}));
    let requests = sandbox.requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|request| (request.method.as_str(), request.path.as_str(), request.status))
        .collect();
    assert_eq!(
        seen,
        [("GET", "/open", 101), ("WS", "/open", 200), ("WS", "/open", 400)]
    );
    assert_eq!(requests[0].body, None);
    assert_eq!(requests[1].body.as_ref().unwrap()["targetText"], "Logged.");
}

#[test]
fn a_get_that_is_no_handshake_is_told_to_upgrade() {
    let sandbox = start();
    let answer = support::rest(&sandbox, "GET", "/open", None).unwrap();
    assert_eq!(answer.status, 426);
    assert_eq!(answer.headers["upgrade"], "websocket");
}

#[test]
fn several_sandboxes_in_one_process_do_not_know_of_each_other() {
    let (one, two) = (start(), start());
    assert_ne!(one.base_url(), two.base_url());
    one.inject(fault("error=Server"));
    assert!(Client::new(&two).ask(json!({})).len() > 2);
    assert_eq!(Client::new(&one).ask(json!({}))[0]["errorType"], "Server");
    one.stop();
    assert_eq!(two.requests().len(), 2);
}

#[test]
fn stopping_closes_connections_and_frees_the_port() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    client.send(&request(json!({"voicePromptId": "fault:stall"})));
    let port = sandbox.base_url().rsplit(':').next().unwrap().to_owned();
    drop(sandbox);
    assert!(client.try_receive().is_err());
    let again = Sandbox::start(Options {
        port: port.parse().unwrap(),
        ..quick()
    });
    assert!(again.is_ok());
}

#[test]
fn stopping_does_not_wait_for_long_speech() {
    let sandbox = Sandbox::start(Options { pace: 1.0, ..quick() }).unwrap();
    let mut client = Client::new(&sandbox);
    client.send(&request(json!({"targetText": "All work and no play. ".repeat(900)})));
    client.receive();
    let begin = Instant::now();
    drop(sandbox);
    // It would be spoken for a quarter of an hour.
    assert!(begin.elapsed() < PATIENCE, "{:?}", begin.elapsed());
}
