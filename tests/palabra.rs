//! Palabra's calls about voices.

mod support;

use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::{Value, json};
use support::http::*;
use support::{assert_kind, options, sandbox};
use voicewire::palabra::*;
use voicewire::{CallOptions, CancelToken, ErrorKind, SaveTo};
use voicewire_sandbox::{Options, Sandbox};

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
            json!({ "voice_id": "v", "name": "N" }),
            "POST /saas/voice/m/v",
            json!({ "data": { "name": "N" } }),
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
            json!({ "name": "N", "samples": [{}] }),
            "POST /saas/voice/clone",
            json!({ "data": { "name": "N", "samples": [{}] } }),
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
        (_, "/saas/voice/limits") => ok(json!({ "limit": 3, "more": 1 })),
        _ => ok(json!({ "voice_id": "v", "name": "N", "processing_status": "dreaming", "odd": [] })),
    });
    let client = client(&server);
    let voice = client.get_voice("v").expect("there");
    assert_eq!(
        (voice.voice_id.as_deref(), voice.name.as_deref()),
        (Some("v"), Some("N"))
    );
    assert_eq!(
        voice.processing_status,
        Some(ProcessingStatus::Unknown("dreaming".to_owned()))
    );
    assert_eq!(
        client.update_voice("v", json!({ "name": "N" })).expect("changed"),
        voice
    );
    assert_eq!(
        client.update_voice("v", json!(1)).expect_err("no object").field(),
        Some("changes")
    );
    let limits = client.get_limits().expect("there");
    assert_eq!((limits.limit, limits.extra.get("more")), (Some(3), Some(&json!(1))));
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
    // A wait that is longer than any clock goes is past every limit.
    let absurd = Waiting {
        first: Duration::MAX,
        longest: Duration::MAX,
        ..quick()
    };
    for waiting in [short, absurd] {
        let error = client(&server)
            .regenerate_sample_waiting("v", &LangCode::De, &waiting)
            .expect_err("no time");
        assert_kind(&error, ErrorKind::Locked);
    }
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
        "/saas/voice" => ok(json!({ "items": [{ "voice_id": "a" }, { "voice_id": "b" }], "next": "t/2" })),
        "/saas/voice?token=t%2F2" => {
            ok(json!({ "items": [], "next": "https://api.example/saas/voice?x=1&token=t%203" }))
        }
        "/saas/voice?token=t%203" => ok(json!({ "items": [{ "voice_id": "c" }], "next": null })),
        "/saas/voice/builtin" => ok(json!({ "items": [{ "voice_id": "a" }] })),
        _ => ok(json!({ "items": [sample()], "next": "same" })),
    });
    let client = client(&server);
    let ids: Vec<String> = client
        .list_voices()
        .expect("good")
        .map(|voice| voice.expect("one").voice_id.expect("an id"))
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
                "voice_id": "v", "processing_status": "created",
                "samples": [{ "url": storage, "form_data": { "key": "k/1", "policy": "p", "number": 3 } }],
            })),
            _ if number < 3 => ok(json!({ "voice_id": "v", "processing_status": "pending" })),
            _ => ok(json!({
                "voice_id": "v", "processing_status": ends, "processing_result": { "errors": ["Too noisy", { "detail": "Too short" }] },
            })),
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
        name: "Me".to_owned(),
        description: Some("My own".to_owned()),
        language: Some(LangCode::EnGb),
        denoise: Some(true),
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
            "name": "Me", "description": "My own",
            "samples": [{ "filename": "me.wav", "mime_type": "audio/wav", "lang_code": "en-gb", "denoise": true }],
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
    assert!(error.message().contains("Too noisy; Too short"), "{error}");
    let slow = cloning(storage.url(), "pending");
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
        assert!(error.voice_id().is_some(), "{error:?}");
    }
    let sent = TestServer::with_answers(vec![Vec::new()]);
    std::fs::write(directory.join("empty.wav"), b"").expect("written");
    for (name, kind, field) in [
        ("me.txt", ErrorKind::InvalidArgument, "recording"),
        ("none.wav", ErrorKind::File, "recording"),
        ("empty.wav", ErrorKind::InvalidArgument, "recording"),
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

/// Some seconds of a tone, as a WAV file.
fn recording(directory: &Directory) -> std::path::PathBuf {
    let samples: Vec<u8> = (0..80_000)
        .map(|index| ((f64::from(index) * 0.1).sin() * 8000.0) as i16)
        .flat_map(i16::to_le_bytes)
        .collect();
    let path = directory.join("me.wav");
    let bytes = voicewire::audio::file_bytes(voicewire::audio::Format::S16le, 16_000, &samples);
    std::fs::write(&path, bytes).expect("written");
    path
}

fn of(sandbox: &Sandbox) -> Client {
    let config = Config::new()
        .api_key(sandbox.palabra().api_key())
        .base_url(sandbox.base_url())
        .http(http(0));
    Client::new(&config).expect("good")
}

fn mine(directory: &Directory) -> NewVoice {
    NewVoice {
        name: "Mine".to_owned(),
        language: Some(LangCode::En),
        recording: recording(directory),
        waiting: quick(),
        ..NewVoice::default()
    }
}

#[test]
fn every_call_works_against_the_sandbox() {
    let sandbox = Sandbox::start(Options {
        processing_delay: Duration::from_millis(30),
        ..options()
    })
    .expect("starts");
    let client = of(&sandbox);
    let directory = Directory::new();
    let go_on = |_: &CloneProgress<'_>| ControlFlow::Continue(());
    let voice = client.clone_voice(&mine(&directory), go_on).expect("cloned");
    let id = voice.voice_id.expect("an id");
    let sample = client.regenerate_sample(&id, &LangCode::EsMx).expect("made");
    let language = sample.text.as_ref().and_then(|text| text.lang.clone());
    assert_eq!(language, Some(LangCode::EsMx));
    let to = SaveTo::Directory(directory.0.clone());
    let url = sample.url.as_deref().expect("a url");
    let saved = client
        .download_url(url, &to, |_, _| ControlFlow::Continue(()))
        .expect("downloaded");
    assert!(saved.bytes > 1000, "{saved:?}");
    let samples = client.list_samples(&SampleQuery::default()).expect("good");
    let blobs: Vec<_> = samples.map(|sample| sample.expect("one").blob_id).collect();
    assert_eq!(blobs, [sample.blob_id]);
    sandbox.palabra().lock_voice(&id, 2);
    let error = client.regenerate_sample(&id, &LangCode::De).expect_err("locked");
    assert_kind(&error, ErrorKind::Locked);
    client
        .regenerate_sample_waiting(&id, &LangCode::De, &quick())
        .expect("in the end");
    let unknown = LangCode::Unknown("xx".to_owned());
    let error = client.regenerate_sample(&id, &unknown).expect_err("no language");
    assert_kind(&error, ErrorKind::RejectedInput);
    assert!(
        error.problem().is_some_and(|problem| problem.error_code == Some(422)),
        "{error}"
    );
    let renamed = client.update_voice(&id, json!({ "name": "Yours" })).expect("changed");
    assert_eq!(renamed.name.as_deref(), Some("Yours"));
    assert_eq!(client.get_voice(&id).expect("there").name.as_deref(), Some("Yours"));
    let limits = client.get_limits().expect("there");
    assert_eq!((limits.total, limits.ready), (Some(1), Some(1)));
    assert!(client.list_builtin_voices().expect("good").count() > 0);
    sandbox.palabra().seed_voices(45);
    assert_eq!(client.list_voices().expect("good").count(), 46);
    client.delete_voice(&id).expect("deleted");
    assert_kind(&client.get_voice(&id).expect_err("gone"), ErrorKind::NotFound);

    let table: Value = serde_json::from_str(include_str!("endpoints.json")).expect("JSON");
    let rows = table.as_array().expect("a list").iter();
    let asked = sandbox.requests();
    let mut number = 0;
    for row in rows.filter(|row| row["service"] == "palabra") {
        let (method, path) = (row["method"].as_str().unwrap_or(""), row["path"].as_str().unwrap_or(""));
        let is_known = |endpoint: &Endpoint| endpoint.method == method && endpoint.path == path;
        assert!(ENDPOINTS.iter().any(is_known), "{method} {path}");
        let path = path.replace("{voice_id}", &id);
        assert!(
            asked
                .iter()
                .any(|request| request.method == method && request.path == path && request.status == 200),
            "{method} {path} was not called"
        );
        number += 1;
    }
    assert_eq!(number, ENDPOINTS.len());
}

#[test]
fn a_voice_that_cannot_be_made_and_credentials_that_are_wrong_say_so() {
    let sandbox = sandbox();
    let directory = Directory::new();
    let go_on = |_: &CloneProgress<'_>| ControlFlow::Continue(());
    sandbox.palabra().fail_voice("Two people are speaking");
    let error = of(&sandbox).clone_voice(&mine(&directory), go_on).expect_err("failed");
    assert_kind(&error, ErrorKind::Server);
    assert!(error.message().contains("Two people are speaking"), "{error}");
    let left = of(&sandbox)
        .list_voices()
        .expect("good")
        .next()
        .expect("one")
        .expect("good");
    let left = left.voice_id.expect("an id");
    assert!(error.message().contains(&left), "{error}");
    assert_eq!(error.voice_id(), Some(left.as_str()));
    // So is one whose recording did not arrive.
    sandbox.inject("http=403,on=POST /storage".parse().expect("a fault"));
    let error = of(&sandbox)
        .clone_voice(&mine(&directory), go_on)
        .expect_err("no upload");
    let voices = of(&sandbox).list_voices().expect("good");
    let ids = voices.filter_map(|voice| voice.expect("good").voice_id);
    let ids: Vec<String> = ids.filter(|id| *id != left).collect();
    assert!(ids.len() == 1 && error.message().contains(&ids[0]), "{error}");
    assert_eq!(error.voice_id(), Some(ids[0].as_str()));
    let (id, secret) = sandbox.palabra().client();
    let base = || Config::new().base_url(sandbox.base_url()).http(http(0));
    Client::new(&base().client(id, secret))
        .expect("good")
        .get_limits()
        .expect("there");
    for wrong in [base().client(id, "wrong"), base().api_key("wrong")] {
        let error = Client::new(&wrong).expect("good").get_limits().expect_err("refused");
        assert_kind(&error, ErrorKind::Unauthorized);
        assert!(error.problem().is_some(), "{error}");
    }
    sandbox.palabra().set_voice_limit(1);
    let error = of(&sandbox)
        .clone_voice(&mine(&directory), go_on)
        .expect_err("one too many");
    assert_kind(&error, ErrorKind::QuotaExceeded);
    assert_eq!(error.voice_id(), None);
    assert!(
        error.problem().is_some_and(|problem| problem.error_code == Some(403)),
        "{error}"
    );
}
