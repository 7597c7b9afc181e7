//! What can be made to go wrong on the services that answer with JSON and files.

mod support;

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::api::{Api, Part, text, wav};
use support::{fault, start};
use voicewire_sandbox::{Fault, Options, Sandbox};

fn project(api: &Api, name: &str) -> Value {
    api.ok("POST", "/api/projects", Some(json!({"name": name})))
}

#[test]
fn every_service_words_a_fault_in_its_own_way() {
    let sandbox = start();
    let (respeecher, palabra) = (Api::respeecher(&sandbox), Api::palabra(&sandbox));
    sandbox.inject(fault("http=503,retry-after=7"));
    let answer = respeecher.get("/api/credits");
    assert_eq!(
        (answer.status, answer.json()),
        (503, json!({"detail": "Service Unavailable"}))
    );
    assert_eq!(answer.headers["retry-after"], "7");
    sandbox.inject(fault("error=InsufficientCredits"));
    let answer = respeecher.get("/api/credits");
    assert_eq!(
        (answer.status, answer.json()),
        (402, json!({"detail": "Not enough credits"}))
    );
    sandbox.inject(fault("error=RateLimit"));
    let answer = palabra.get("/saas/voice");
    assert_eq!(
        (answer.status, &answer.json()["errors"][0]["detail"]),
        (429, &json!("Too many requests"))
    );
    let url = Api::deepdub(&sandbox).get("/api/v1/gender-detection/classify?fault=http=500");
    assert_eq!(url.status, 405, "a fault is for what there is");
    let url = Api::deepdub(&sandbox).send("POST", "/api/v1/gender-detection/classify?fault=http=500", None);
    assert_eq!(
        url.json(),
        json!({"error": "Classification failed", "detail": "Internal server error"})
    );
    for path in ["/api/credits?fault=nonsense", "/saas/voice?fault=nonsense"] {
        let api = if path.starts_with("/api") {
            &respeecher
        } else {
            &palabra
        };
        assert_eq!(api.get(path).status, 400);
    }
}

#[test]
fn a_fault_that_is_aimed_lets_the_others_pass() {
    let sandbox = start();
    let api = Api::respeecher(&sandbox);
    sandbox.inject(fault("http=500,on=GET /api/projects/"));
    sandbox.inject(fault("http=501"));
    // Another one that comes later is not held up by it.
    assert_eq!(api.get("/api/credits").status, 501);
    let made = project(&api, "Unharmed");
    assert_eq!(api.get("/api/projects").status, 200);
    let export = format!("/api/projects/{}/export", text(&made["id"]));
    assert_eq!(api.get(&export).status, 500);
    assert_eq!(api.get(&export).status, 200);
    let always = Sandbox::start(Options {
        fault: Some(fault("http=503,on=POST /api/v2/orders")),
        ..support::quick()
    })
    .unwrap();
    let api = Api::respeecher(&always);
    project(&api, "Unharmed");
    for _ in 0..2 {
        assert_eq!(api.send("POST", "/api/v2/orders", Some(json!({}))).status, 503);
    }
}

#[test]
fn half_an_answer_is_announced_as_a_whole_one_and_comes_whole_the_next_time() {
    let sandbox = start();
    let seeded = sandbox.respeecher().seed_recordings(1);
    let api = Api::respeecher(&sandbox);
    let list = api.ok("GET", &format!("/api/recordings?folder_id={}", seeded.folder_id), None);
    let url = text(&list["list"][0]["url"]).to_owned();
    let nobody = Api::nobody(&sandbox);
    let whole = nobody.get(&url).bytes;
    sandbox.inject(fault("half,on=/files/"));
    let (answer, told) = nobody.exchange("GET", &url, None);
    assert_eq!((answer.status, told), (200, Some(whole.len())));
    assert!(answer.bytes == whole[..whole.len() / 2]);
    let rest = nobody
        .with("Range", &format!("bytes={}-", answer.bytes.len()))
        .get(&url);
    assert!([answer.bytes, rest.bytes].concat() == whole);
    assert_eq!(nobody.get(&url).bytes.len(), whole.len());
    // JSON as well, and speech that has no length of its own.
    sandbox.inject(fault("half,on=/api/credits"));
    let (answer, told) = api.exchange("GET", "/api/credits", None);
    assert_eq!(answer.bytes.len(), told.unwrap() / 2);
    let export = format!("/api/projects/{}/export", seeded.project_id);
    sandbox.inject(fault("half,on=/export"));
    let (answer, told) = api.exchange("GET", &export, None);
    assert_eq!(answer.bytes.len(), told.unwrap() / 2);
}

#[test]
fn json_is_broken_enriched_and_filled_with_unknown_words() {
    let sandbox = start();
    let api = Api::respeecher(&sandbox);
    let good = api.ok("GET", "/api/v2/voices?limit=1", None);
    sandbox.inject(fault("bad-json"));
    let answer = api.get("/api/v2/voices?limit=1");
    assert_eq!(answer.status, 200);
    assert!(serde_json::from_slice::<Value>(&answer.bytes).is_err());
    sandbox.inject(fault("extra,unknown-values"));
    let odd = api.ok("GET", "/api/v2/voices?limit=1", None);
    let voice = &odd["list"][0];
    for field in ["visibility", "species", "gender", "age_group", "pitch_group"] {
        assert_eq!(voice[field], "unheard-of");
    }
    assert_eq!(voice["name"], good["list"][0]["name"]);
    for inside in [&odd, voice, &voice["accents"][0]["info"], &odd["pagination"]] {
        assert!(inside["unheardOf"].is_object(), "{inside}");
    }
    assert_eq!(api.ok("GET", "/api/v2/voices?limit=1", None), good);
    sandbox.palabra().seed_voices(1);
    sandbox.inject(fault("unknown-values"));
    let page = Api::palabra(&sandbox).ok("GET", "/saas/voice", None);
    assert_eq!(page["data"]["items"][0]["processing_status"], "unheard-of");
    // A file is no JSON.
    let speech = json!({"model": "m", "targetText": "x", "locale": "en", "voicePromptId": "v", "format": "mulaw"});
    sandbox.inject(fault("unknown-values"));
    let answer = Api::deepdub(&sandbox).send("POST", "/api/v1/tts", Some(speech));
    assert_eq!(answer.headers["content-type"], "audio/basic");
}

#[test]
fn an_answer_can_be_late_or_never_come() {
    let sandbox = start();
    let api = Api::respeecher(&sandbox);
    let begin = Instant::now();
    sandbox.inject(fault("delay=150"));
    assert_eq!(api.get("/api/credits").status, 200);
    assert!(begin.elapsed() >= Duration::from_millis(150));
    for cut in ["drop", "reset"] {
        sandbox.inject(fault(cut));
        let mut tcp = api.begin("GET", "/api/credits", None);
        let mut bytes = Vec::new();
        let _ = std::io::Read::read_to_end(&mut tcp, &mut bytes);
        assert_eq!(bytes, b"", "{cut}");
        assert_eq!(sandbox.requests().pop().unwrap().status, 0);
    }
}

#[test]
fn an_upload_that_is_refused_is_read_to_its_end() {
    let sandbox = start();
    // More than the buffers of a connection hold: a client that is still sending would not see the answer.
    let file = wav(150.0, 400.0);
    let parts = [("data", Part::File("long.wav", &file))];
    let nobody = Api::nobody(&sandbox).upload("/api/recordings", &parts);
    assert_eq!(
        (nobody.status, nobody.json()),
        (401, json!({"detail": "Not authenticated"}))
    );
    sandbox.inject(fault("http=503"));
    assert_eq!(Api::respeecher(&sandbox).upload("/api/recordings", &parts).status, 503);
    assert!(sandbox.requests().iter().all(|request| request.body.is_none()));
}

#[test]
fn faults_of_services_are_written_as_they_are_read() {
    for text in [
        "http=503,retry-after=7,delay=20,on=POST /api/v2/orders",
        "half,on=/files/",
        "delay=5",
        "bad-json,extra,unknown-values,on=GET",
    ] {
        assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
    }
    for (text, why) in [
        ("on=/api", "'on' needs something that goes wrong there"),
        ("half,on=", "'on' needs a part of a method and path"),
        (
            "half,after=1",
            "'after' needs something that happens then, such as drop",
        ),
        ("delay=soon", "'delay' needs a whole number from 0 to 3600000"),
        ("half=1", "'half' takes no value"),
    ] {
        let error = text.parse::<Fault>().unwrap_err().to_string();
        assert_eq!(error, format!("not a fault: {why}"), "{text}");
    }
}

#[test]
fn another_process_steers_the_services() {
    let sandbox = start();
    let control = Api::nobody(&sandbox);
    let api = Api::respeecher(&sandbox);
    let services = control.ok("GET", "/sandbox/services", None);
    assert_eq!(services["respeecher"]["api_key"], sandbox.respeecher().api_key());
    assert_eq!(services["palabra"]["client_id"], sandbox.palabra().client().0);
    let set = |path: &str, body: Value| control.send("POST", path, Some(body));
    assert_eq!(
        set(
            "/sandbox/respeecher",
            json!({"credits": 7, "refuse_folder_stats_post": true})
        )
        .status,
        200
    );
    assert_eq!(api.ok("GET", "/api/credits", None)["credits"], 7);
    assert_eq!(api.send("POST", "/api/stats/folders", Some(json!({}))).status, 405);
    assert_eq!(set("/sandbox/processing", json!({"hold": true})).status, 200);
    let folder = sandbox.respeecher().seed_recordings(0).folder_id;
    let text_of = json!({"parent_folder_id": folder, "text": "x"});
    let made = api.ok("POST", "/api/v2/recordings/tts", Some(text_of));
    let path = format!("/api/recordings/{}", text(&made["id"]));
    assert_eq!(api.ok("GET", &path, None)["state"], "processing");
    assert_eq!(set("/sandbox/processing", json!({"hold": false})).status, 200);
    assert_eq!(api.ok("GET", &path, None)["state"], "done");
    let seeded = set(
        "/sandbox/palabra",
        json!({"seed_voices": 2, "voice_limit": 2, "fail_voice": "x"}),
    )
    .json();
    assert_eq!(seeded["voice_ids"].as_array().unwrap().len(), 2);
    for (path, body) in [
        ("/sandbox/respeecher", json!({"credit": 1})),
        ("/sandbox/respeecher", json!({"credits": -1})),
        ("/sandbox/respeecher", json!([])),
        ("/sandbox/respeecher", json!({"fail_conversion": {"nth": 1}})),
        ("/sandbox/palabra", json!({"lock_voice": {}})),
        ("/sandbox/palabra", json!({"seed_voices": 1e9})),
        ("/sandbox/processing", json!({"hold": "yes"})),
    ] {
        let answer = set(path, body);
        assert_eq!(answer.status, 400);
        assert!(answer.json()["message"].is_string());
    }
}
