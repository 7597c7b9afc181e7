//! The REST paths and the control paths.

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::{Answer, Client, PATIENCE, request, rest, rest_with_key, start};
use voicewire_sandbox::{Options, Outcome, Sandbox};

fn tts(sandbox: &Sandbox, fields: Value) -> Answer {
    rest(sandbox, "POST", "/api/v1/tts", Some(&request(fields))).unwrap()
}

fn issue(fields: Value) -> Value {
    let mut issue = json!({
        "generationId": "abc123-def456",
        "generatedText": "Hello world, welcome to Deepdub.",
        "problemWord": "Deepdub",
        "voicePromptId": "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773",
    });
    for (name, value) in fields.as_object().unwrap() {
        issue[name] = value.clone();
    }
    issue
}

fn created(sandbox: &Sandbox, fields: Value) -> Value {
    let answer = rest(sandbox, "POST", "/api/v1/issues", Some(&issue(fields))).unwrap();
    assert_eq!(answer.status, 201);
    answer.json()
}

fn path(issue: &Value) -> String {
    format!("/api/v1/issues/{}", issue["id"].as_str().unwrap())
}

#[test]
fn speech_over_rest_is_the_audio_that_open_sends() {
    let sandbox = start();
    for (format, content_type) in [("mp3", "audio/mpeg"), ("opus", "audio/ogg"), ("mulaw", "audio/basic")] {
        let answer = tts(&sandbox, json!({"format": format}));
        assert_eq!(answer.status, 200);
        assert_eq!(answer.headers["content-type"], content_type);
        if format != "opus" {
            // An Ogg stream has a serial number of its own, which may differ.
            let open = Client::new(&sandbox).ask(json!({"format": format}));
            assert!(answer.bytes == support::joined(&open), "{format}");
        }
    }
    let answer = tts(&sandbox, json!({"format": null}));
    assert_eq!(answer.headers["content-type"], "audio/mpeg");
    let generation = &sandbox.generations()[0];
    assert_eq!(generation.outcome, Outcome::Finished);
    assert!(generation.chunks > 5);
}

#[test]
fn speech_over_rest_is_refused_in_the_vendors_words() {
    let sandbox = start();
    for (field, fields) in [
        ("wav", json!({"format": "wav"})),
        ("s16le", json!({"format": "s16le"})),
        ("targetText", json!({"targetText": null})),
        ("tempo", json!({"tempo": 3})),
    ] {
        let answer = tts(&sandbox, fields);
        assert_eq!(answer.status, 400);
        let body = answer.json();
        assert_eq!(body["success"], false);
        assert!(body["message"].as_str().unwrap().contains(field), "{body}");
    }
}

#[test]
fn rest_counts_against_the_limit_too() {
    let sandbox = Sandbox::start(Options {
        max_concurrent: 1,
        ..support::quick()
    })
    .unwrap();
    let mut client = Client::new(&sandbox);
    client.send(&request(json!({"voicePromptId": "fault:stall,after=0"})));
    client.receive();
    let answer = tts(&sandbox, json!({"format": "mulaw"}));
    assert_eq!(answer.status, 429);
    assert_eq!(
        answer.json(),
        json!({"success": false, "message": "RateLimit: concurrent request limit exceeded"})
    );
}

#[test]
fn without_a_good_key_nothing_is_answered() {
    let sandbox = start();
    let url_key = format!("/api/v1/voice?x-api-key={}", sandbox.api_key());
    for (method, path) in [
        ("GET", "/api/v1/voice"),
        // A key in the URL is for WebSocket handshakes only.
        ("GET", url_key.as_str()),
        ("POST", "/api/v1/tts"),
    ] {
        for key in [None, Some("dd-"), Some("nonsense")] {
            let body = (method == "POST").then(|| request(json!({})));
            let answer = rest_with_key(&sandbox, method, path, body.as_ref(), key).unwrap();
            assert_eq!(answer.status, 401);
            assert_eq!(
                answer.json(),
                json!({"success": false, "message": "Unauthorized: invalid or missing API key"})
            );
        }
    }
    let answer = rest_with_key(&sandbox, "GET", "/api/v1/issues/iss_1", None, None).unwrap();
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json(), json!({"message": "Unauthorized"}));
}

#[test]
fn an_issue_lives_from_its_creation_to_its_archiving() {
    let sandbox = start();
    let new = created(&sandbox, json!({"problemSeconds": 2.5, "unknown": 1}));
    let id = new["id"].as_str().unwrap();
    assert!(id.starts_with("iss_") && id.len() == 14, "{id}");
    assert_eq!(new["state"], "open");
    assert_eq!(new["problemWord"], "Deepdub");
    assert_eq!(new["problemSeconds"], 2.5);
    assert_eq!(new.get("additionalComments"), None);
    assert_eq!(new.get("problemAudioBytes"), None);
    let time = new["createdAt"].as_str().unwrap();
    assert!(time.len() >= 20 && time.ends_with('Z') && &time[10..11] == "T");
    assert_eq!(new["createdAt"], new["updatedAt"]);

    let answer = rest(&sandbox, "GET", &path(&new), None).unwrap();
    assert_eq!((answer.status, answer.json()), (200, new.clone()));

    let change = json!({"additionalComments": "With seed 42, too.", "problemWord": "world"});
    let answer = rest(&sandbox, "PUT", &path(&new), Some(&change)).unwrap();
    assert_eq!(answer.status, 200);
    let changed = answer.json();
    assert_eq!(changed["additionalComments"], "With seed 42, too.");
    assert_eq!(changed["problemWord"], "world");
    assert_eq!(changed["generatedText"], new["generatedText"]);
    assert_eq!(changed["createdAt"], new["createdAt"]);
    assert!(changed["updatedAt"].as_str() > new["updatedAt"].as_str());

    let answer = rest(&sandbox, "DELETE", &path(&new), None).unwrap();
    assert_eq!(
        (answer.status, answer.json()),
        (200, json!({"message": "Issue deleted"}))
    );
    for method in ["GET", "PUT", "DELETE"] {
        let body = (method == "PUT").then(|| json!({}));
        let answer = rest(&sandbox, method, &path(&new), body.as_ref()).unwrap();
        assert_eq!(
            (answer.status, answer.json()),
            (404, json!({"message": "Issue not found"}))
        );
    }
}

#[test]
fn the_clip_of_an_issue_arrives_whole() {
    let sandbox = start();
    let clip: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    let new = created(&sandbox, json!({"problemAudioFile": STANDARD.encode(&clip)}));
    assert_eq!(new["problemAudioBytes"], clip.len());
    assert_eq!(new.get("problemAudioFile"), None);
    let id = new["id"].as_str().unwrap();
    assert!(sandbox.issue_audio(id).as_ref() == Some(&clip));
    let answer = rest_with_key(&sandbox, "GET", &format!("/sandbox/issues/{id}/audio"), None, None);
    assert!(answer.unwrap().bytes == clip);
    let logged = sandbox.requests()[0].body.clone().unwrap();
    assert_eq!(logged["problemAudioFile"], "<133336 bytes>");
    assert_eq!(sandbox.issue_audio("iss_none"), None);
}

#[test]
fn a_clip_may_have_20_mb_and_no_more() {
    let sandbox = start();
    let with = |bytes: usize| {
        let clip = STANDARD.encode(vec![0; bytes]);
        let issue = issue(json!({"problemAudioFile": clip}));
        rest(&sandbox, "POST", "/api/v1/issues", Some(&issue)).unwrap()
    };
    assert_eq!(with(20 << 20).status, 201);
    let refused = with((20 << 20) + 1);
    assert_eq!(refused.status, 400);
    assert!(refused.json()["message"].as_str().unwrap().contains("20 MB"));
}

#[test]
fn an_incomplete_or_wrong_issue_is_refused_by_its_field() {
    let sandbox = start();
    let old = created(&sandbox, json!({}));
    for (field, value, on_change) in [
        ("generationId", Value::Null, false),
        ("generatedText", Value::Null, false),
        ("problemWord", Value::Null, false),
        ("voicePromptId", Value::Null, false),
        ("problemWord", json!(""), true),
        ("problemWord", json!(7), true),
        ("additionalComments", json!([]), true),
        ("problemSeconds", json!(-1), true),
        ("problemSeconds", json!("2"), true),
        ("problemAudioFile", json!("data:audio/wav;base64,UklGRg=="), true),
        ("problemAudioFile", json!(1), true),
    ] {
        let fields = json!({field: value});
        let answer = rest(&sandbox, "POST", "/api/v1/issues", Some(&issue(fields.clone()))).unwrap();
        assert_eq!(answer.status, 400, "{fields}");
        let body = answer.json();
        assert!(body["message"].as_str().unwrap().contains(field), "{body}");
        assert_eq!(body.as_object().unwrap().len(), 1);
        let answer = rest(&sandbox, "PUT", &path(&old), Some(&fields)).unwrap();
        assert_eq!(answer.status, if on_change { 400 } else { 200 }, "{fields}");
    }
    for body in [json!([]), json!("x")] {
        let answer = rest(&sandbox, "POST", "/api/v1/issues", Some(&body)).unwrap();
        assert_eq!(answer.status, 400);
    }
}

#[test]
fn voices_are_listed_up_to_a_limit() {
    let sandbox = start();
    let answer = rest(&sandbox, "GET", "/api/v1/voice", None).unwrap();
    assert_eq!(answer.status, 200);
    let body = answer.json();
    let voices = body["voicePrompts"].as_array().unwrap();
    assert!(voices.len() > 3);
    for voice in voices {
        for field in ["id", "title", "name", "locale", "createdAt", "speakerId"] {
            assert!(voice[field].is_string(), "{voice}");
        }
        let gender = voice["gender"].as_str().unwrap();
        assert!(["MALE", "FEMALE", "NON_BINARY"].contains(&gender));
    }
    let answer = rest(&sandbox, "GET", "/api/v1/voice?limit=2", None).unwrap();
    assert_eq!(answer.json()["voicePrompts"].as_array().unwrap()[..], voices[..2]);
    for limit in ["0", "-1", "many", ""] {
        let answer = rest(&sandbox, "GET", &format!("/api/v1/voice?limit={limit}"), None);
        assert_eq!(answer.unwrap().status, 400);
    }
}

#[test]
fn unknown_paths_and_wrong_methods_are_json_errors() {
    let sandbox = start();
    for (method, path, status) in [
        ("GET", "/", 404),
        ("GET", "/open/", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/tts", 405),
        ("DELETE", "/api/v1/issues", 405),
        ("GET", "/sandbox/faults", 405),
    ] {
        let answer = rest(&sandbox, method, path, None).unwrap();
        assert_eq!(answer.status, status, "{method} {path}");
        assert!(answer.json()["message"].is_string());
    }
}

#[test]
fn a_body_larger_than_32_mib_is_refused() {
    let sandbox = start();
    let issue = issue(json!({"additionalComments": "x".repeat(32 << 20)}));
    // The answer comes before the whole body has gone out, which some clients report as an error of writing.
    if let Ok(answer) = rest(&sandbox, "POST", "/api/v1/issues", Some(&issue)) {
        assert_eq!(answer.status, 413);
    }
    assert_eq!(sandbox.requests()[0].status, 413);
}

#[test]
fn another_process_can_queue_faults_and_see_what_happened() {
    let sandbox = start();
    let control = |method: &str, path: &str, body: Option<Value>| {
        rest_with_key(&sandbox, method, path, body.as_ref(), None).unwrap()
    };
    let queued = control(
        "POST",
        "/sandbox/faults",
        Some(json!({"fault": "error=RateLimit", "times": 2})),
    );
    assert_eq!(queued.status, 200);
    let mut client = Client::new(&sandbox);
    for refused in [true, true, false] {
        let messages = client.ask(json!({}));
        assert_eq!(messages[0]["error"].is_string(), refused);
    }
    let open = control("GET", "/sandbox/connections", None).json();
    assert_eq!(open, json!({"open": 1}));
    drop(client);
    assert!(sandbox.wait_until_idle(PATIENCE));
    let open = control("GET", "/sandbox/connections", None).json();
    assert_eq!(open, json!({"open": 0}));

    let generations = control("GET", "/sandbox/generations", None).json();
    let outcomes: Vec<_> = generations["generations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|generation| generation["outcome"].as_str().unwrap())
        .collect();
    assert_eq!(outcomes, ["failed", "failed", "finished"]);
    let requests = control("GET", "/sandbox/requests", None).json();
    assert_eq!(requests["requests"][0]["status"], 101);
    assert_eq!(requests["requests"][1]["body"]["model"], "dd-etts-3.0");

    // What has not come yet can be taken back.
    let faults = |method: &str, body| control(method, "/sandbox/faults", body).json();
    faults("POST", Some(json!({"fault": "error=RateLimit", "times": 3})));
    faults("POST", Some(json!({"fault": "http=503,on=GET /never"})));
    let mut client = Client::new(&sandbox);
    assert!(client.ask(json!({}))[0]["error"].is_string());
    assert_eq!(faults("DELETE", None), json!({"withdrawn": 3}));
    assert!(client.ask(json!({}))[0]["error"].is_null());
    assert_eq!(faults("DELETE", None), json!({"withdrawn": 0}));

    for (body, reason) in [
        (json!({"fault": "explode"}), "explode"),
        (json!({"fault": "drop", "times": 0}), "times"),
        (json!({}), "fault"),
        (json!([]), "fault"),
    ] {
        let answer = control("POST", "/sandbox/faults", Some(body));
        assert_eq!(answer.status, 400);
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(reason), "{message}");
    }
}
