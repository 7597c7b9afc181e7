//! Palabra's endpoints: voices, cloning, samples.

mod support;

use std::time::Instant;

use serde_json::{Value, json};
use support::api::{Api, Part, read_answer, samples, text, wav};
use support::{Answer, PATIENCE, start};
use voicewire_sandbox::Sandbox;

const NOBODYS: &str = "00000000-0000-4000-8000-00000000dead";

/// The data of an answer that has to be a good one.
fn data(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.bytes));
    let body = answer.json();
    assert_eq!(body["ok"], true);
    body["data"].clone()
}

/// Asserts a refusal in the vendor's shape, and gives its problems.
fn problems(answer: &Answer, status: u16) -> Vec<Value> {
    assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.bytes));
    let body = answer.json();
    assert_eq!(body["ok"], false);
    let problems = body["errors"].as_array().expect("errors").clone();
    assert!(!problems.is_empty());
    for problem in &problems {
        assert_eq!(problem["status"], status);
        assert!(text(&problem["type"]).starts_with("https://"));
        assert!(text(&problem["title"]).len() >= 5 && text(&problem["detail"]).len() >= 5);
        assert!(text(&problem["instance"]).starts_with("urn:uuid:"));
        assert!(problem["error_code"].is_number());
    }
    problems
}

/// Where the problems of a refusal of the input are.
fn invalid(answer: &Answer) -> Vec<String> {
    let place = |problem: &Value| text(&problem["detail"]).split(':').next().unwrap().to_owned();
    problems(answer, 422).iter().map(place).collect()
}

fn clone_request(name: &str) -> Value {
    let sample = json!({"filename": "me.wav", "mime_type": "audio/wav", "lang_code": "en", "denoise": true});
    json!({"data": {"name": name, "labels": {"gender": "Female"}, "samples": [sample]}})
}

fn begin(api: &Api, name: &str) -> Value {
    data(&api.send("POST", "/saas/voice/clone", Some(clone_request(name))))
}

/// Uploads a sound to where the answer to a clone says.
fn upload(sandbox: &Sandbox, voice: &Value, file: &[u8]) -> Answer {
    let target = &voice["samples"][0];
    let form: Vec<(&str, Part)> = target["form_data"]
        .as_object()
        .expect("form data")
        .iter()
        .map(|(name, value)| (name.as_str(), Part::Text(text(value))))
        .chain([("file", Part::File("me.wav", file))])
        .collect();
    Api::nobody(sandbox).upload(text(&target["url"]), &form)
}

fn path(voice: &Value) -> String {
    format!("/saas/voice/m/{}", text(&voice["voice_id"]))
}

/// A voice that is ready.
fn cloned(sandbox: &Sandbox, name: &str) -> Value {
    let api = Api::palabra(sandbox);
    let voice = begin(&api, name);
    assert_eq!(upload(sandbox, &voice, &wav(200.0, 1.0)).status, 204);
    data(&api.get(&path(&voice)))
}

fn regenerate(api: &Api, voice: &str, lang: &str) -> Answer {
    let body = json!({"data": {"lang_code": lang}});
    api.send("POST", &format!("/saas/voice/m/{voice}/tts-sample"), Some(body))
}

#[test]
fn both_ways_to_sign_in_are_the_same_user_and_others_are_refused() {
    let sandbox = start();
    let nobody = Api::nobody(&sandbox);
    let (id, secret) = sandbox.palabra().client();
    let client = nobody.with("ClientID", id).with("ClientSecret", secret);
    begin(&client, "Mine");
    let voices = data(&Api::palabra(&sandbox).get("/saas/voice"));
    assert_eq!(voices["items"][0]["name"], "Mine");
    let other = nobody.with("Authorization", "Bearer pl-somebody-else");
    assert_eq!(data(&other.get("/saas/voice"))["items"], json!([]));
    // The name of a scheme may be written in any case.
    let same = nobody.with("Authorization", &format!("bearer {}", sandbox.palabra().api_key()));
    assert_eq!(data(&same.get("/saas/voice")), voices);
    for refused in [
        nobody.clone(),
        nobody.with("Authorization", "Bearer nonsense"),
        nobody.with("Authorization", sandbox.palabra().api_key()),
        nobody.with("ClientID", id),
        nobody.with("ClientID", id).with("ClientSecret", "guess"),
    ] {
        let problem = &problems(&refused.get("/saas/voice/limits"), 401)[0];
        assert_eq!(problem["title"], "Unauthorized");
    }
}

#[test]
fn a_voice_is_cloned_from_metadata_over_the_upload_to_ready() {
    let sandbox = start();
    let api = Api::palabra(&sandbox);
    let voice = begin(&api, "Narrator");
    assert_eq!(voice["processing_status"], "created");
    assert_eq!(voice["labels"], json!({"gender": "Female"}));
    let target = &voice["samples"][0];
    assert_eq!(
        (&target["denoise"], &target["speech_normalization"]),
        (&json!(true), &json!(true))
    );
    sandbox.hold_processing(true);
    let file = wav(200.0, 1.0);
    assert_eq!(upload(&sandbox, &voice, &file).status, 204);
    let logged = sandbox.requests().pop().unwrap();
    assert_eq!(logged.body.unwrap()["file"]["size"], file.len());
    assert_eq!(data(&api.get(&path(&voice)))["processing_status"], "pending");
    let limits = data(&api.get("/saas/voice/limits"));
    assert_eq!(
        limits,
        json!({"total": 1, "limit": 50, "remaining": 49, "ready": 0, "pending": 1, "failed": 0})
    );
    let early = regenerate(&api, text(&voice["voice_id"]), "en");
    assert_eq!(problems(&early, 409)[0]["detail"], "The voice is not ready");
    sandbox.hold_processing(false);
    let ready = data(&api.get(&path(&voice)));
    assert_eq!(ready["processing_status"], "ready");
    let result = json!({"errors": [], "warnings": ["The sample is shorter than 30 seconds"]});
    assert_eq!(ready["processing_result"], result);
    assert!(ready["samples"][0].get("form_data").is_none());
}

#[test]
fn a_voice_fails_on_demand_and_for_what_is_no_sound() {
    let sandbox = start();
    let api = Api::palabra(&sandbox);
    let voice = begin(&api, "Silent");
    assert_eq!(upload(&sandbox, &voice, b"no sound at all").status, 204);
    let failed = data(&api.get(&path(&voice)));
    assert_eq!(failed["processing_status"], "failed");
    assert_eq!(
        failed["processing_result"]["errors"],
        json!(["The sample is not audio"])
    );
    sandbox.palabra().fail_voice("Two people speak");
    let failed = cloned(&sandbox, "Choir");
    assert_eq!(failed["processing_result"]["errors"], json!(["Two people speak"]));
    assert_eq!(cloned(&sandbox, "Fine")["processing_status"], "ready");
    assert_eq!(data(&api.get("/saas/voice/limits"))["failed"], 2);
}

#[test]
fn the_storage_takes_what_its_form_says_and_nothing_else() {
    let sandbox = start();
    let voice = begin(&Api::palabra(&sandbox), "Narrator");
    let target = &voice["samples"][0];
    let file = wav(200.0, 0.2);
    let url = text(&target["url"]);
    let fields: Vec<(&str, Part)> = target["form_data"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), Part::Text(text(value))))
        .collect();
    let nobody = Api::nobody(&sandbox);
    for left_out in 0..fields.len() {
        let mut form = fields.clone();
        form.remove(left_out);
        form.push(("file", Part::File("me.wav", &file)));
        assert_eq!(nobody.upload(url, &form).status, 403, "without {}", fields[left_out].0);
    }
    assert_eq!(nobody.upload(url, &fields).status, 400);
    let mut file_first = fields.clone();
    file_first.insert(0, ("file", Part::File("me.wav", &file)));
    assert_eq!(nobody.upload(url, &file_first).status, 400);
    let big = vec![0; (10 << 20) + 1];
    let mut too_big = fields.clone();
    too_big.push(("file", Part::File("me.wav", &big)));
    assert_eq!(nobody.upload(url, &too_big).status, 400);
    let mut good = fields;
    good.push(("file", Part::File("me.wav", &file)));
    let with_key = Api::palabra(&sandbox).upload(url, &good);
    assert_eq!(with_key.status, 400, "the key went to the storage");
    assert!(String::from_utf8(with_key.bytes).unwrap().starts_with("<?xml"));
    assert_eq!(nobody.upload(url, &good).status, 204);
}

#[test]
fn metadata_that_is_not_valid_is_refused_field_by_field() {
    let sandbox = start();
    let api = Api::palabra(&sandbox);
    let send = |body: Value| invalid(&api.send("POST", "/saas/voice/clone", Some(body)));
    assert_eq!(send(json!({})), ["data"]);
    assert_eq!(send(json!({"data": []})), ["data"]);
    assert_eq!(send(json!({"data": {}})), ["data.name", "data.samples"]);
    for (field, value) in [
        ("name", json!("")),
        ("name", json!("x".repeat(256))),
        ("labels", json!({"a": 1})),
    ] {
        let mut body = clone_request("x");
        body["data"][field] = value;
        assert_eq!(send(body), [format!("data.{field}")]);
    }
    for (field, value) in [("mime_type", "text/plain"), ("lang_code", "xx"), ("filename", "")] {
        let mut body = clone_request("x");
        body["data"]["samples"][0][field] = value.into();
        assert_eq!(send(body), [format!("data.samples.0.{field}")]);
    }
    let mut two = clone_request("x");
    let sample = two["data"]["samples"][0].clone();
    two["data"]["samples"] = json!([sample, sample]);
    assert_eq!(send(two), ["data.samples"]);
    sandbox.palabra().set_voice_limit(0);
    let full = api.send("POST", "/saas/voice/clone", Some(clone_request("x")));
    assert_eq!(problems(&full, 403)[0]["title"], "Forbidden");
}

#[test]
fn voices_are_listed_page_by_page_read_changed_and_deleted() {
    let sandbox = start();
    let api = Api::palabra(&sandbox);
    let ids = sandbox.palabra().seed_voices(60);
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = data(&api.get(&format!("/saas/voice?page_size=25{next}")));
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|voice| text(&voice["voice_id"]).to_owned()),
        );
        match page["next"].as_str() {
            Some(token) => next = format!("&token={token}"),
            None => break,
        }
    }
    assert!(seen == ids);
    let found = data(&api.get("/saas/voice?search=oice%2060&lang=en"));
    assert_eq!(found["items"].as_array().unwrap().len(), 1);
    for (query, field) in [
        ("page_size=0", "page_size"),
        ("page_size=101", "page_size"),
        ("token=x", "token"),
        ("search=x", "search"),
        ("lang=xx", "lang"),
    ] {
        assert_eq!(
            invalid(&api.get(&format!("/saas/voice?{query}"))),
            [format!("query.{field}")]
        );
    }
    let path = format!("/saas/voice/m/{}", ids[0]);
    let changed = data(&api.send("POST", &path, Some(json!({"data": {"name": "Renamed"}}))));
    assert_eq!(
        (&changed["name"], &changed["processing_status"]),
        (&json!("Renamed"), &json!("ready"))
    );
    assert_eq!(data(&api.get(&path)), changed);
    assert_eq!(
        invalid(&api.send("POST", &path, Some(json!({"data": {"name": 1}})))),
        ["data.name"]
    );
    assert_eq!(data(&api.delete(&path)), json!({"voice_id": ids[0]}));
    for answer in [api.get(&path), api.delete(&path), regenerate(&api, &ids[0], "en")] {
        assert_eq!(problems(&answer, 404)[0]["error_code"], 404);
    }
    let other = Api::nobody(&sandbox).with("Authorization", "Bearer pl-somebody-else");
    problems(&other.get(&format!("/saas/voice/m/{}", ids[1])), 404);
    for trick in ["x", "..%2f..", "%2e%2e"] {
        assert_eq!(invalid(&api.get(&format!("/saas/voice/m/{trick}"))), ["path.voice_id"]);
    }
    problems(&api.get("/saas/voice/nowhere"), 404);
    problems(&api.send("PUT", "/saas/voice", None), 405);
}

#[test]
fn built_in_voices_can_be_read_and_not_changed() {
    let sandbox = start();
    let api = Api::palabra(&sandbox);
    let page = data(&api.get("/saas/voice/builtin?page_size=3"));
    assert_eq!(page["items"].as_array().unwrap().len(), 3);
    let rest = data(&api.get(&format!("/saas/voice/builtin?token={}", text(&page["next"]))));
    assert_eq!(
        (rest["items"].as_array().unwrap().len(), &rest["next"]),
        (1, &Value::Null)
    );
    let id = text(&page["items"][0]["voice_id"]);
    let path = format!("/saas/voice/m/{id}");
    assert_eq!(data(&api.get(&path)), page["items"][0]);
    for answer in [
        api.send("POST", &path, Some(json!({"data": {"name": "x"}}))),
        api.delete(&path),
        regenerate(&api, id, "en"),
    ] {
        assert_eq!(problems(&answer, 403)[0]["title"], "Forbidden");
    }
}

#[test]
fn a_regenerated_sample_replaces_those_before_and_can_be_heard() {
    let sandbox = start();
    let api = Api::palabra(&sandbox);
    let voice = cloned(&sandbox, "Narrator");
    let list = || {
        data(&api.get("/saas/voice/sample/tts"))["items"]
            .as_array()
            .unwrap()
            .clone()
    };
    let first = list();
    assert_eq!(first.len(), 1);
    let made = data(&regenerate(&api, text(&voice["voice_id"]), "en-gb"));
    assert_eq!(list(), std::slice::from_ref(&made));
    assert_eq!(made["text"]["lang"], "en-gb");
    assert!(made["model"].is_string() && made["model"] == made["text"]["model"]);
    assert_eq!(made["display_name"], "Narrator (en-gb)");
    let nobody = Api::nobody(&sandbox);
    let sound = nobody.get(text(&made["url"]));
    let seconds = samples(&sound.bytes).len() as f64 / 22050.0;
    assert!((made["audio_metadata"]["duration"].as_f64().unwrap() - seconds).abs() < 1e-6);
    assert_eq!(nobody.get(text(&first[0]["url"])).status, 404);
    let id = text(&voice["voice_id"]);
    for lang in ["auto", "yue", "zh-hant"] {
        assert_eq!(data(&regenerate(&api, id, lang))["text"]["lang"], lang);
    }
    for lang in ["", "EN", "en-xx"] {
        assert_eq!(invalid(&regenerate(&api, id, lang)), ["data.lang_code"]);
    }
    let path = format!("/saas/voice/m/{id}/tts-sample");
    assert_eq!(
        invalid(&api.send("POST", &path, Some(json!({"lang_code": "en"})))),
        ["data"]
    );
    problems(&regenerate(&api, NOBODYS, "en"), 404);
}

#[test]
fn one_regeneration_at_a_time_finds_the_voice_locked() {
    let sandbox = start();
    let api = Api::palabra(&sandbox);
    let ids = sandbox.palabra().seed_voices(2);
    sandbox.hold_processing(true);
    let body = (
        "application/json".to_owned(),
        br#"{"data":{"lang_code":"de"}}"#.to_vec(),
    );
    let first = api.begin("POST", &format!("/saas/voice/m/{}/tts-sample", ids[0]), Some(body));
    let begun = Instant::now();
    while !sandbox.palabra().is_regenerating(&ids[0]) {
        assert!(begun.elapsed() < PATIENCE, "it never began");
        std::thread::yield_now();
    }
    let locked = &problems(&regenerate(&api, &ids[0], "fr"), 403)[0];
    assert_eq!(
        (&locked["title"], &locked["error_code"]),
        (&json!("Resource locked"), &json!(423))
    );
    assert!(!sandbox.palabra().is_regenerating(&ids[1]));
    sandbox.hold_processing(false);
    assert_eq!(data(&read_answer(first).0)["text"]["lang"], "de");
    assert_eq!(data(&regenerate(&api, &ids[0], "fr"))["text"]["lang"], "fr");
    assert_eq!(data(&regenerate(&api, &ids[1], "fr"))["text"]["lang"], "fr");
}

#[test]
fn a_voice_is_locked_as_often_as_is_asked_for() {
    let sandbox = start();
    let api = Api::palabra(&sandbox);
    let id = &sandbox.palabra().seed_voices(1)[0];
    let control = json!({"lock_voice": {"voice_id": id, "times": 2}});
    Api::nobody(&sandbox).ok("POST", "/sandbox/palabra", Some(control));
    problems(&regenerate(&api, id, "en"), 403);
    problems(&regenerate(&api, id, "en"), 403);
    data(&regenerate(&api, id, "en"));
}

#[test]
fn samples_are_listed_page_by_page_in_both_directions() {
    let sandbox = start();
    let api = Api::palabra(&sandbox);
    sandbox.palabra().seed_voices(5);
    let names = |path: &str| -> Vec<String> {
        let page = data(&api.get(path));
        let items = page["items"].as_array().unwrap();
        items
            .iter()
            .map(|item| text(&item["display_name"]).to_owned())
            .collect()
    };
    let up = names("/saas/voice/sample/tts?sort=asc");
    let mut down = names("/saas/voice/sample/tts?sort=desc");
    down.reverse();
    assert_eq!((up.len(), &up), (5, &down));
    let page = data(&api.get("/saas/voice/sample/tts?page_size=3"));
    let rest = names(&format!(
        "/saas/voice/sample/tts?page_size=3&token={}",
        text(&page["next"])
    ));
    assert_eq!(rest, up[3..]);
    assert_eq!(
        invalid(&api.get("/saas/voice/sample/tts?sort=loudness")),
        ["query.sort"]
    );
}
