//! Palabra's calls about voices.

mod support;

use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::{Value, json};
use support::assert_kind;
use support::http::*;
use voicewire::palabra::*;
use voicewire::{CallOptions, CancelToken, ErrorKind, SaveTo};

const KEY: &str = "pl-5ecre75ecre75ecre75ecre7";

fn config(server: &TestServer) -> Config {
    Config::new().api_key(KEY).base_url(server.url()).http(http(0))
}

fn client(server: &TestServer) -> Client {
    Client::new(&config(server)).expect("good")
}

fn ok(data: Value) -> Vec<u8> {
    json("200 OK", json!({ "ok": true, "data": data }))
}

fn problem(status: &str, title: &str, detail: &str) -> Vec<u8> {
    let number: u16 = status.split(' ').next().and_then(|n| n.parse().ok()).expect("a status");
    let problem = json!({
        "type": "https://errors.example/a", "status": number, "title": title, "detail": detail,
        "instance": "/occurrences/7", "error_code": 4711,
    });
    json(
        status,
        json!({ "ok": false, "errors": [problem, { "detail": "And more" }] }),
    )
}

fn sample() -> Value {
    json!({
        "user_id": "u", "blob_id": "b", "url": "/files/b.wav", "model": "m", "filename": "b.wav", "new": 1,
        "audio_metadata": { "format": "wav", "codec": "pcm", "duration": 1.5, "mime_type": "audio/wav" },
        "text": { "content": "Hello", "lang": "en-us" }, "mime_type": "audio/wav", "display_name": "Mine",
        "utc_created_at": "2026-11-01T00:00:00Z", "description": null,
    })
}

fn quick() -> Waiting {
    Waiting {
        first: Duration::from_millis(1),
        longest: Duration::from_millis(2),
        limit: Some(Duration::from_secs(60)),
    }
}

#[test]
fn a_sample_is_regenerated_in_a_language() {
    let server = TestServer::with_answers(vec![ok(sample())]);
    let made = client(&server).regenerate_sample("v/1", &LangCode::EnUs).expect("made");
    let asked = &server.asked()[0];
    assert_eq!(
        (asked.method.as_str(), asked.target.as_str()),
        ("POST", "/saas/voice/m/v%2F1/tts-sample")
    );
    assert_eq!(asked.json(), json!({ "data": { "lang_code": "en-us" } }));
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!((made.blob_id.as_deref(), made.model.as_deref()), (Some("b"), Some("m")));
    assert_eq!(
        made.text.as_ref().and_then(|text| text.lang.clone()),
        Some(LangCode::EnUs)
    );
    assert_eq!(made.audio_metadata.as_ref().and_then(|audio| audio.duration), Some(1.5));
    assert_eq!(made.extra.get("new"), Some(&json!(1)));
}

#[test]
fn every_call_goes_where_it_should() {
    type Case = (&'static str, Value, &'static str, Value);
    let cases: [Case; 9] = [
        (
            "list_voices",
            json!({ "token": "t&1" }),
            "GET /saas/voice?token=t%261",
            Value::Null,
        ),
        (
            "list_builtin_voices",
            Value::Null,
            "GET /saas/voice/builtin",
            Value::Null,
        ),
        (
            "get_voice",
            json!({ "voice_id": "v" }),
            "GET /saas/voice/m/v",
            Value::Null,
        ),
        (
            "update_voice",
            json!({ "voice_id": "v", "display_name": "N" }),
            "POST /saas/voice/m/v",
            json!({ "data": { "display_name": "N" } }),
        ),
        (
            "delete_voice",
            json!({ "voice_id": "v" }),
            "DELETE /saas/voice/m/v",
            Value::Null,
        ),
        ("get_limits", Value::Null, "GET /saas/voice/limits", Value::Null),
        (
            "list_samples",
            json!({ "sort": "new", "page_size": 3, "token": null }),
            "GET /saas/voice/sample/tts?page_size=3&sort=new",
            Value::Null,
        ),
        (
            "create_clone",
            json!({ "display_name": "N" }),
            "POST /saas/voice/clone",
            json!({ "data": { "display_name": "N" } }),
        ),
        (
            "regenerate_sample",
            json!({ "voice_id": "v", "lang_code": "de" }),
            "POST /saas/voice/m/v/tts-sample",
            json!({ "data": { "lang_code": "de" } }),
        ),
    ];
    assert_eq!(cases.len(), ENDPOINTS.len());
    let server = TestServer::with_answers(vec![ok(json!({ "x": 1 }))]);
    for (number, (name, parameters, route, body)) in cases.into_iter().enumerate() {
        assert_eq!(ENDPOINTS[number].name, name);
        assert_eq!(client(&server).call(name, parameters).expect("good"), json!({ "x": 1 }));
        let asked = &server.asked()[number];
        assert_eq!(
            (format!("{} {}", asked.method, asked.target), asked.json()),
            (route.to_owned(), body)
        );
    }
}

#[test]
fn the_types_know_the_calls() {
    let server = TestServer::start(|_, asked| match (asked.method.as_str(), asked.target.as_str()) {
        ("DELETE", _) => json("200 OK", json!({ "ok": true })),
        (_, "/saas/voice/limits") => ok(json!({ "max_voices": 3 })),
        _ => ok(json!({ "id": "v", "display_name": "N", "processing_status": "dreaming", "odd": [] })),
    });
    let client = client(&server);
    let voice = client.get_voice("v").expect("there");
    assert_eq!((voice.id(), voice.display_name.as_deref()), (Some("v"), Some("N")));
    assert_eq!(
        voice.processing_status,
        Some(ProcessingStatus::Unknown("dreaming".to_owned()))
    );
    assert_eq!(
        client
            .update_voice("v", json!({ "display_name": "N" }))
            .expect("changed"),
        voice
    );
    assert_eq!(
        client.update_voice("v", json!(1)).expect_err("no object").field(),
        Some("changes")
    );
    assert_eq!(
        client.get_limits().expect("there").extra.get("max_voices"),
        Some(&json!(3))
    );
    assert_eq!(client.delete_voice("v").expect("gone"), None);
}

#[test]
fn a_lock_is_not_a_missing_permission() {
    let locked = || problem("403 Forbidden", "Resource locked", "Another regeneration is running");
    let forbidden = || problem("403 Forbidden", "Forbidden", "You have no permission to do this");
    let cases = [
        (locked(), ErrorKind::Locked, ErrorKind::Locked),
        // Without a word, it is what the page says about this call.
        (
            answer("403 Forbidden", "", b""),
            ErrorKind::Locked,
            ErrorKind::Unauthorized,
        ),
        (forbidden(), ErrorKind::Unauthorized, ErrorKind::Unauthorized),
        (
            problem("423 Locked", "Locked", "Wait"),
            ErrorKind::Locked,
            ErrorKind::Locked,
        ),
        (
            problem("401 No", "Unauthorized", "No such key"),
            ErrorKind::Unauthorized,
            ErrorKind::Unauthorized,
        ),
    ];
    for (answer, regenerating, deleting) in cases {
        let server = TestServer::with_answers(vec![answer]);
        let client = client(&server);
        assert_kind(
            &client.regenerate_sample("v", &LangCode::De).expect_err("no"),
            regenerating,
        );
        assert_kind(&client.delete_voice("v").expect_err("no"), deleting);
    }
}

#[test]
fn a_lock_can_be_waited_out() {
    let locked = || problem("403 Forbidden", "Resource locked", "Another regeneration is running");
    let server = TestServer::with_answers(vec![locked(), locked(), ok(sample())]);
    client(&server)
        .regenerate_sample_waiting("v", &LangCode::De, &quick())
        .expect("in the end");
    assert_eq!(server.asked().len(), 3);

    let server = TestServer::with_answers(vec![locked()]);
    let short = Waiting {
        limit: Some(Duration::ZERO),
        ..quick()
    };
    let error = client(&server)
        .regenerate_sample_waiting("v", &LangCode::De, &short)
        .expect_err("no time");
    assert_kind(&error, ErrorKind::Locked);
    let other = TestServer::with_answers(vec![problem("404 No", "Not found", "No such voice")]);
    let error = client(&other)
        .regenerate_sample_waiting("v", &LangCode::De, &quick())
        .expect_err("none");
    assert_eq!((error.kind(), other.asked().len()), (ErrorKind::NotFound, 1));

    // A wait without end, ended from outside.
    let token = CancelToken::new();
    let stopper = token.clone();
    let server = TestServer::start(move |_, _| {
        stopper.cancel();
        problem("403 Forbidden", "Resource locked", "Another regeneration is running")
    });
    let endless = Waiting {
        first: Duration::from_secs(3600),
        longest: Duration::from_secs(3600),
        limit: None,
    };
    let client = client(&server).with_options(&CallOptions::new().cancel(&token));
    let error = client
        .regenerate_sample_waiting("v", &LangCode::De, &endless)
        .expect_err("cancelled");
    assert_kind(&error, ErrorKind::Cancelled);
}

#[test]
fn problem_details_reach_the_user_whole() {
    let server = TestServer::with_answers(vec![problem("422 Bad", "Invalid language", "No such language")]);
    let error = client(&server)
        .regenerate_sample("v", &LangCode::De)
        .expect_err("refused");
    assert_kind(&error, ErrorKind::RejectedInput);
    assert_eq!(error.message(), "No such language; And more");
    let problem = error.problem().expect("its details");
    assert_eq!(problem.problem_type.as_deref(), Some("https://errors.example/a"));
    assert_eq!((problem.status, problem.error_code), (Some(422), Some(4711)));
    assert_eq!(problem.title.as_deref(), Some("Invalid language"));
    assert_eq!(problem.detail.as_deref(), Some("No such language"));
    assert_eq!(problem.instance.as_deref(), Some("/occurrences/7"));
    assert!(error.to_string().contains("/occurrences/7"), "{error}");
    // A failure under a good status is one all the same.
    let odd = json!({ "ok": false, "errors": [{ "status": 404, "detail": "No such voice" }] });
    let server = TestServer::with_answers(vec![json("200 OK", odd)]);
    assert_kind(
        &client(&server).get_voice("v").expect_err("failed"),
        ErrorKind::NotFound,
    );
}

#[test]
fn wrong_parameters_are_refused_before_anything_is_sent() {
    let server = TestServer::with_answers(vec![Vec::new()]);
    let client = client(&server);
    for endpoint in ENDPOINTS {
        let needed: Vec<&str> = endpoint
            .path_parameters()
            .chain(endpoint.required.iter().copied())
            .collect();
        let all: serde_json::Map<String, Value> = needed.iter().map(|name| ((*name).to_owned(), json!("x"))).collect();
        for name in needed {
            for wrong in [Value::Null, json!(""), json!(" ")] {
                let mut parameters = all.clone();
                parameters.insert(name.to_owned(), wrong);
                let error = client.call(endpoint.name, parameters.into()).expect_err("refused");
                assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some(name)));
            }
        }
    }
    for id in [".", "..", &"x".repeat(5000)] {
        let error = client.delete_voice(id).expect_err("refused");
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidArgument, Some("voice_id"))
        );
    }
    assert!(client.call("nonsense", Value::Null).is_err() && client.list("get_voice", Value::Null).is_err());
    assert!(client.call("list_voices", json!({ "token": [1] })).is_err());
    assert_eq!(LangCode::parse("xx").expect_err("none").field(), Some("lang_code"));
    assert!(server.asked().is_empty());
    assert_eq!(LangCode::parse(" ZH-Hans ").expect("one"), LangCode::ZhHans);
    // As many as the vendor's page has.
    assert_eq!(LangCode::WORDS.len(), 78);
}

#[test]
fn lists_follow_their_tokens() {
    let server = TestServer::start(|_, asked| match asked.target.as_str() {
        "/saas/voice" => ok(json!({ "items": [{ "id": "a" }, { "id": "b" }], "next": "t/2" })),
        "/saas/voice?token=t%2F2" => {
            ok(json!({ "items": [], "next": "https://api.example/saas/voice?x=1&token=t%203" }))
        }
        "/saas/voice?token=t%203" => ok(json!({ "items": [{ "id": "c" }], "next": null })),
        "/saas/voice/builtin" => ok(json!({ "items": [{ "id": "a" }] })),
        _ => ok(json!({ "items": [sample()], "next": "same" })),
    });
    let client = client(&server);
    let ids: Vec<String> = client
        .list_voices()
        .expect("good")
        .map(|voice| voice.expect("one").id().expect("an id").to_owned())
        .collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(client.list_builtin_voices().expect("good").count(), 1);
    let query = SampleQuery {
        sort: Some("asc".to_owned()),
        page_size: Some(1),
    };
    let mut samples = client.list_samples(&query).expect("good");
    assert!(samples.next().is_some_and(|one| one.is_ok()));
    assert_kind(
        &samples.next().expect("an end").expect_err("the same again"),
        ErrorKind::Protocol,
    );
    assert!(samples.next().is_none());
}

#[test]
fn a_client_signs_in_with_a_key_or_with_an_id_and_a_secret() {
    let server = TestServer::with_answers(vec![ok(json!({}))]);
    let config = Config::new()
        .client("the-id", "the-secret")
        .base_url(server.url())
        .http(http(0));
    Client::new(&config).expect("good").get_limits().expect("there");
    let asked = &server.asked()[0];
    assert_eq!(
        (asked.header("ClientID"), asked.header("ClientSecret")),
        (Some("the-id"), Some("the-secret"))
    );
    assert_eq!(asked.header("authorization"), None);
    let refused = |config: Config, field: &str| {
        let error = Client::new(&config.base_url("http://127.0.0.1:1")).expect_err("refused");
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidArgument, Some(field)),
            "{error}"
        );
    };
    refused(Config::new().api_key(""), "api_key");
    refused(Config::new().api_key("a b"), "api_key");
    refused(Config::new().client("", "s"), "client_id");
    refused(Config::new().client("i", "s\n"), "client_secret");
    refused(Config::new().api_key("k").client("i", "s"), "api_key");
    assert_eq!(
        Client::new(&Config::new().api_key("k")).expect("good").base_url(),
        "https://api.palabra.ai/"
    );
}

/// A service that makes voices: ready, or failed, after some questions.
fn cloning(storage: String, ends: &'static str) -> TestServer {
    TestServer::start(
        move |number, asked| match (asked.method.as_str(), asked.target.as_str()) {
            ("POST", "/saas/voice/clone") => ok(json!({
                "id": "v", "processing_status": "pending",
                "samples": [{ "url": storage, "form_data": { "key": "k/1", "policy": "p", "number": 3 } }],
            })),
            _ if number < 3 => ok(json!({ "id": "v", "processing_status": "processing" })),
            _ => ok(json!({ "id": "v", "processing_status": ends, "processing_error": "Too noisy" })),
        },
    )
}

#[test]
fn a_voice_is_cloned_in_one_call() {
    let storage = TestServer::with_answers(vec![answer("204 No Content", "", b"")]);
    let directory = Directory::new();
    let recording = directory.join("me.wav");
    std::fs::write(&recording, [9; 5000]).expect("written");
    let new = NewVoice {
        display_name: "Me".to_owned(),
        description: Some("My own".to_owned()),
        recording,
        waiting: quick(),
        ..NewVoice::default()
    };
    let service = cloning(format!("{}/bucket?signature=s", storage.url()), "ready");
    let mut told = Vec::new();
    let voice = client(&service)
        .clone_voice(&new, |progress| {
            told.push((
                progress.stage,
                progress.done == progress.total,
                progress.voice_id.map(str::to_owned),
            ));
            ControlFlow::Continue(())
        })
        .expect("cloned");
    assert_eq!(voice.processing_status, Some(ProcessingStatus::Ready));
    let announced = service.asked()[0].json();
    assert_eq!(
        announced["data"],
        json!({
            "display_name": "Me", "description": "My own",
            "samples": [{ "filename": "me.wav", "mime_type": "audio/wav" }],
        })
    );
    assert_eq!(service.asked().len(), 4);
    let upload = &storage.asked()[0];
    assert_eq!(upload.target, "/bucket?signature=s");
    assert!(!upload.head.contains(KEY), "{}", upload.head);
    let body = String::from_utf8_lossy(&upload.body).into_owned();
    assert!(body.contains("name=\"key\"\r\n\r\nk/1\r\n") && body.contains("name=\"number\"\r\n\r\n3\r\n"));
    let (key, file) = (
        body.find("name=\"policy\""),
        body.find("name=\"file\"; filename=\"me.wav\""),
    );
    assert!(key < file && upload.body.windows(5000).any(|window| window == [9; 5000]));
    assert_eq!(told.last(), Some(&(CloneStage::Processing, true, Some("v".to_owned()))));
    assert!(told.contains(&(CloneStage::Uploading, true, Some("v".to_owned()))));

    let failing = cloning(storage.url(), "failed");
    let error = client(&failing)
        .clone_voice(&new, |_| ControlFlow::Continue(()))
        .expect_err("noisy");
    assert_kind(&error, ErrorKind::Server);
    assert!(error.message().contains("Too noisy"), "{error}");
    let slow = cloning(storage.url(), "processing");
    let mut hasty = new.clone();
    hasty.waiting.limit = Some(Duration::from_millis(20));
    let error = client(&slow)
        .clone_voice(&hasty, |_| ControlFlow::Continue(()))
        .expect_err("slow");
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::Timeout, Some("waiting_limit"))
    );
    for stage in [CloneStage::Uploading, CloneStage::Processing] {
        let service = cloning(storage.url(), "ready");
        let error = client(&service)
            .clone_voice(&new, |progress| {
                if progress.stage == stage {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .expect_err("stopped");
        assert_kind(&error, ErrorKind::Cancelled);
    }
    let sent = TestServer::with_answers(vec![Vec::new()]);
    for (name, kind, field) in [
        ("me.txt", ErrorKind::InvalidArgument, "recording"),
        ("none.wav", ErrorKind::File, "recording"),
        ("", ErrorKind::InvalidArgument, "recording"),
    ] {
        let mut wrong = new.clone();
        wrong.recording = if name.is_empty() {
            "/".into()
        } else {
            directory.join(name)
        };
        let error = client(&sent)
            .clone_voice(&wrong, |_| ControlFlow::Continue(()))
            .expect_err("refused");
        assert_eq!((error.kind(), error.field()), (kind, Some(field)), "{error}");
    }
    assert!(sent.asked().is_empty());
}

#[test]
fn a_sample_can_be_downloaded() {
    let server = TestServer::with_answers(vec![answer("200 OK", "", b"RIFF")]);
    let directory = Directory::new();
    let to = SaveTo::Directory(directory.0.clone());
    let saved = client(&server)
        .download_url("/files/b.wav", &to, |_, _| ControlFlow::Continue(()))
        .expect("downloaded");
    assert_eq!((saved.bytes, directory.names()), (4, vec!["b.wav".to_owned()]));
}
