//! Respeecher's endpoints, one by one: what they do, and what they refuse. Sound is in `respeecher_audio.rs`.

mod support;

use serde_json::{Value, json};
use support::api::{Api, Part, text, wav};
use support::{Answer, start};
use voicewire_sandbox::{Options, Sandbox};

const NOBODYS: &str = "00000000-0000-4000-8000-00000000dead";

struct World {
    sandbox: Sandbox,
    api: Api,
    project: Value,
    folder: Value,
}

/// A sandbox with a project that has a folder.
fn world() -> World {
    let sandbox = start();
    let api = Api::respeecher(&sandbox);
    let project = api.ok("POST", "/api/projects", Some(json!({"name": "Night Train"})));
    let folder = json!({"name": "Act one", "project_id": project["id"]});
    let folder = api.ok("POST", "/api/folders", Some(folder));
    World {
        sandbox,
        api,
        project,
        folder,
    }
}

impl World {
    fn tts(&self, words: &str) -> Value {
        let body = json!({"parent_folder_id": self.folder["id"], "text": words, "label": words});
        self.api.ok("POST", "/api/v2/recordings/tts", Some(body))
    }

    fn path(&self, prefix: &str, row: &Value) -> String {
        format!("{prefix}/{}", text(&row["id"]))
    }
}

fn names(answer: &Value, field: &str) -> Vec<String> {
    let rows = answer["list"].as_array().or(answer.as_array()).expect("a list");
    rows.iter().map(|row| text(&row[field]).to_owned()).collect()
}

/// Asserts a refusal in a sentence.
fn refused(answer: &Answer, status: u16, detail: &str) {
    assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.bytes));
    assert_eq!(answer.json(), json!({ "detail": detail }));
}

/// Asserts a refusal field by field, and gives where the problems are.
fn invalid(answer: &Answer) -> Vec<Value> {
    assert_eq!(answer.status, 422, "{}", String::from_utf8_lossy(&answer.bytes));
    let detail = answer.json()["detail"].clone();
    let problems = detail.as_array().expect("a list of problems").clone();
    for problem in &problems {
        assert!(problem["msg"].is_string() && problem["type"].is_string(), "{problem}");
    }
    problems.iter().map(|problem| problem["loc"].clone()).collect()
}

#[test]
fn nobody_gets_anything_without_a_good_key() {
    let sandbox = start();
    let nobody = Api::nobody(&sandbox);
    refused(&nobody.get("/api/credits"), 401, "Not authenticated");
    for key in ["", "nonsense", "rs-", "dd-00000000000000000000000065c9cbfe"] {
        refused(&nobody.with("api-key", key).get("/api/credits"), 401, "Invalid API key");
    }
    let named = Sandbox::start(Options {
        keys: vec!["the one".to_owned()],
        ..support::quick()
    })
    .unwrap();
    assert_eq!(Api::respeecher(&named).get("/api/credits").status, 200);
    let wrong = Api::nobody(&named).with("api-key", "rs-sandbox-0123456789");
    refused(&wrong.get("/api/credits"), 401, "Invalid API key");
}

#[test]
fn a_login_needs_its_cookie_and_its_token_and_ends() {
    let sandbox = start();
    let nobody = Api::nobody(&sandbox);
    let (email, password) = sandbox.respeecher().login();
    let wrong = json!({"email": email, "password": "guess"});
    refused(
        &nobody.send("POST", "/api/login", Some(wrong)),
        401,
        "Incorrect email or password",
    );
    assert_eq!(invalid(&nobody.send("POST", "/api/login", Some(json!({})))).len(), 2);

    let log_in = || {
        let answer = nobody.send(
            "POST",
            "/api/login",
            Some(json!({"email": email, "password": password})),
        );
        let body = answer.json();
        assert_eq!(body["session_duration"], 3600);
        assert_eq!(body["user"]["email"], email);
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        assert!(cookie.contains("HttpOnly"), "{cookie}");
        let cookie = nobody.with("Cookie", cookie.split(';').next().unwrap());
        let user = cookie.with("X-Csrf-Token", text(&body["csrf_token"]));
        (cookie, user)
    };
    let (cookie, user) = log_in();
    refused(&cookie.get("/api/credits"), 403, "CSRF token missing or incorrect");
    let other = cookie.with("X-Csrf-Token", "another");
    refused(&other.get("/api/credits"), 403, "CSRF token missing or incorrect");
    // The login and the key are one user's.
    user.ok("POST", "/api/projects", Some(json!({"name": "By login"})));
    assert_eq!(
        names(&Api::respeecher(&sandbox).ok("GET", "/api/projects", None), "name"),
        ["By login"]
    );
    assert_eq!(user.ok("POST", "/api/logout", None), json!({"detail": "OK"}));
    refused(&user.get("/api/credits"), 401, "The session is not known");

    let (_, user) = log_in();
    assert_eq!(user.get("/api/credits").status, 200);
    sandbox.respeecher().expire_sessions();
    refused(&user.get("/api/credits"), 401, "The session has expired");
    let log = format!("{:?}", sandbox.requests());
    assert!(!log.contains(password) && log.contains("<secret>"), "{log}");
}

#[test]
fn a_key_that_is_made_works_until_it_is_replaced_deleted_or_expired() {
    let sandbox = start();
    let api = Api::respeecher(&sandbox);
    let make = |body: Value| {
        let made = api.ok("POST", "/api/api-key", Some(body));
        Api::nobody(&sandbox).with("api-key", text(&made["api_key"]))
    };
    let first = make(json!({}));
    api.ok("POST", "/api/projects", Some(json!({"name": "Mine"})));
    assert_eq!(names(&first.ok("GET", "/api/projects", None), "name"), ["Mine"]);
    let second = make(json!({"expires_at": "2999-01-01T00:00:00Z"}));
    refused(&first.get("/api/projects"), 401, "Invalid API key");
    assert_eq!(names(&second.ok("GET", "/api/projects", None), "name"), ["Mine"]);
    for way in ["2999-01-01T00:00:00.123456", "2999-01-01T00:00:00+02:00", "2999-01-01"] {
        make(json!({ "expires_at": way })).ok("GET", "/api/credits", None);
    }
    let expired = make(json!({"expires_at": "2001-01-01T00:00:00Z"}));
    refused(&expired.get("/api/credits"), 401, "The API key has expired");
    assert_eq!(api.ok("DELETE", "/api/api-key", None), json!({"detail": "OK"}));
    refused(&expired.get("/api/credits"), 401, "Invalid API key");
    refused(&api.delete("/api/api-key"), 404, "API key not found");
    let bad = api.send("POST", "/api/api-key", Some(json!({"expires_at": "tomorrow"})));
    assert_eq!(invalid(&bad), [json!(["body", "expires_at"])]);
}

#[test]
fn projects_are_created_listed_renamed_found_and_deleted() {
    let World {
        sandbox,
        api,
        project,
        folder,
    } = world();
    assert_eq!(project["slug"], "night-train");
    assert_eq!(project["active"], true);
    let again = api.ok("POST", "/api/projects", Some(json!({"name": "Night Train"})));
    assert_ne!(again["url"], project["url"]);
    api.ok(
        "POST",
        "/api/projects",
        Some(json!({"name": "Aurora", "owner": NOBODYS})),
    );

    let list = |query: &str| api.ok("GET", &format!("/api/projects?{query}"), None);
    assert_eq!(names(&list(""), "name"), ["Night Train", "Night Train", "Aurora"]);
    assert_eq!(
        names(&list("sort=name"), "name"),
        ["Aurora", "Night Train", "Night Train"]
    );
    assert_eq!(
        names(&list("direction=desc"), "name"),
        ["Aurora", "Night Train", "Night Train"]
    );
    assert_eq!(names(&list(&format!("owner={NOBODYS}")), "name"), ["Aurora"]);
    let page = list("limit=1&offset=1");
    assert_eq!(page["list"][0]["id"], again["id"]);
    assert_eq!(page["pagination"], json!({"count": 3, "limit": 1, "offset": 1}));
    for (query, field) in [
        ("limit=0", "limit"),
        ("offset=-1", "offset"),
        ("sort=size", "sort"),
        ("direction=up", "direction"),
    ] {
        let answer = api.get(&format!("/api/projects?{query}"));
        assert_eq!(invalid(&answer), [json!(["query", field])], "{query}");
    }

    let path = format!("/api/projects/{}", text(&project["id"]));
    let renamed = api.ok("PATCH", &path, Some(json!({"name": "Day Train"})));
    assert_eq!(renamed["name"], "Day Train");
    let by_url = |url: &str| api.get(&format!("/api/projects/by-url?project_url={url}"));
    assert_eq!(by_url("night-train").json(), renamed);
    refused(&by_url("nowhere"), 404, "Project not found");
    assert_eq!(
        invalid(&api.get("/api/projects/by-url")),
        [json!(["query", "project_url"])]
    );

    assert_eq!(api.ok("DELETE", &path, None), json!({"id": project["id"]}));
    refused(&api.delete(&path), 404, "Project not found");
    let folder = format!("/api/folders/{}", text(&folder["id"]));
    refused(&api.get(&folder), 404, "Folder not found");
    drop(sandbox);
}

#[test]
fn input_that_is_not_valid_is_refused_field_by_field() {
    let world = world();
    let World { api, project, .. } = &world;
    let long = "x".repeat(256);
    for (body, field) in [
        (json!({}), "name"),
        (json!({"name": null}), "name"),
        (json!({"name": "  "}), "name"),
        (json!({"name": long}), "name"),
        (json!({"name": 7}), "name"),
        (json!({"name": "x", "owner": "me"}), "owner"),
    ] {
        let answer = api.send("POST", "/api/projects", Some(body));
        assert_eq!(invalid(&answer), [json!(["body", field])]);
    }
    let both = api.send("POST", "/api/folders", Some(json!({})));
    assert_eq!(invalid(&both), [json!(["body", "name"]), json!(["body", "project_id"])]);
    for body in ["", "[]", "{", "nothing"] {
        let body = Some(("application/json".to_owned(), body.as_bytes().to_vec()));
        assert_eq!(
            invalid(&api.exchange("POST", "/api/projects", body).0),
            [json!(["body"])]
        );
    }
    let id = text(&project["id"]);
    for trick in ["x", "..%2f..", "%00", "%2e%2e", &id[..35], &id.replace('-', "")] {
        let answer = api.send("PATCH", &format!("/api/projects/{trick}"), Some(json!({"name": "x"})));
        assert_eq!(invalid(&answer), [json!(["path", "project_id"])], "{trick}");
    }
}

#[test]
fn what_is_not_there_or_somebody_elses_is_not_found() {
    let World {
        sandbox,
        api,
        project,
        folder,
    } = world();
    let other = Api::nobody(&sandbox).with("api-key", "rs-somebody-else");
    let name = || Some(json!({"name": "x"}));
    let project = format!("/api/projects/{}", text(&project["id"]));
    let folder = format!("/api/folders/{}", text(&folder["id"]));
    refused(&other.send("PATCH", &project, name()), 404, "Project not found");
    refused(&other.delete(&project), 404, "Project not found");
    refused(&other.get(&format!("{project}/export")), 404, "Project not found");
    refused(&other.get(&folder), 404, "Folder not found");
    for (method, path, body, what) in [
        ("PATCH", format!("/api/folders/{NOBODYS}"), name(), "Folder"),
        ("DELETE", format!("/api/folders/{NOBODYS}"), None, "Folder"),
        ("GET", format!("/api/folders?project_id={NOBODYS}"), None, "Project"),
        ("GET", format!("/api/recordings?folder_id={NOBODYS}"), None, "Folder"),
        ("GET", format!("/api/recordings?project_id={NOBODYS}"), None, "Project"),
        (
            "GET",
            format!("/api/recordings/originals?folder_id={NOBODYS}"),
            None,
            "Folder",
        ),
        (
            "GET",
            format!("/api/recordings/conversions?original_id={NOBODYS}"),
            None,
            "Recording",
        ),
        (
            "GET",
            format!("/api/recordings/export?original_id={NOBODYS}"),
            None,
            "Recording",
        ),
        ("GET", format!("/api/recordings/{NOBODYS}"), None, "Recording"),
        (
            "PATCH",
            format!("/api/recordings/{NOBODYS}"),
            Some(json!({})),
            "Recording",
        ),
        ("DELETE", format!("/api/recordings/{NOBODYS}"), None, "Recording"),
        ("GET", format!("/api/calibration/{NOBODYS}"), None, "Calibration"),
        ("PUT", format!("/api/calibration/{NOBODYS}/enable"), None, "Calibration"),
        ("DELETE", format!("/api/calibration/{NOBODYS}"), None, "Calibration"),
        ("POST", format!("/api/v2/orders/retry/{NOBODYS}"), None, "Recording"),
        (
            "POST",
            format!("/api/v2/voices/favorite/{NOBODYS}"),
            Some(json!({"favorite": true})),
            "Voice",
        ),
        (
            "POST",
            "/api/v2/voices/settings".to_owned(),
            Some(json!({"voice_id": NOBODYS})),
            "Voice",
        ),
        (
            "GET",
            format!("/api/v2/accents/samples?accent_id={NOBODYS}"),
            None,
            "Accent",
        ),
        (
            "GET",
            format!("/api/stats/projects?project_ids={NOBODYS}"),
            None,
            "Project",
        ),
        (
            "GET",
            format!("/api/stats/folders?folder_ids={NOBODYS}"),
            None,
            "Folder",
        ),
    ] {
        refused(&api.send(method, &path, body), 404, &format!("{what} not found"));
    }
    refused(&api.get("/api/nowhere"), 404, "Not Found");
    refused(&api.send("PUT", "/api/projects", None), 405, "Method Not Allowed");
    // Those that went astray are in the log as well.
    let requests = sandbox.requests();
    let astray: Vec<u16> = requests[requests.len() - 2..]
        .iter()
        .map(|request| request.status)
        .collect();
    assert_eq!(astray, [404, 405]);
}

#[test]
fn folders_are_created_listed_renamed_and_deleted_with_what_is_in_them() {
    let world = world();
    let World {
        api, project, folder, ..
    } = &world;
    let inner = json!({"name": "Scene one", "project_id": project["id"], "parent_id": folder["id"]});
    let inner = api.ok("POST", "/api/folders", Some(inner));
    assert_eq!(inner["parent_id"], folder["id"]);
    let list = |query: &str| {
        api.ok(
            "GET",
            &format!("/api/folders?project_id={}{query}", text(&project["id"])),
            None,
        )
    };
    assert_eq!(names(&list(""), "name"), ["Act one", "Scene one"]);
    assert_eq!(list("")["pagination"], json!({"count": 2, "limit": 50, "offset": 0}));
    assert_eq!(names(&list("&direction=desc&limit=1"), "name"), ["Scene one"]);
    assert_eq!(invalid(&api.get("/api/folders")), [json!(["query", "project_id"])]);

    let path = world.path("/api/folders", folder);
    assert_eq!(
        api.ok("PATCH", &path, Some(json!({"name": "Act two"})))["name"],
        "Act two"
    );
    assert_eq!(api.ok("GET", &path, None)["name"], "Act two");
    let recording = world.tts("Gone with the folder.");
    assert_eq!(
        api.ok("DELETE", &path, None),
        json!([{"id": folder["id"]}, {"id": inner["id"]}])
    );
    let recording = world.path("/api/recordings", &recording);
    refused(&api.get(&recording), 404, "Recording not found");

    let elsewhere = api.ok("POST", "/api/projects", Some(json!({"name": "Elsewhere"})));
    let parent = api.ok(
        "POST",
        "/api/folders",
        Some(json!({"name": "x", "project_id": elsewhere["id"]})),
    );
    let astray = json!({"name": "x", "project_id": project["id"], "parent_id": parent["id"]});
    let answer = api.send("POST", "/api/folders", Some(astray));
    refused(&answer, 400, "The parent folder is in another project");
}

#[test]
fn recordings_are_listed_read_changed_and_deleted() {
    let world = world();
    let api = &world.api;
    let made: Vec<Value> = ["One.", "Two.", "Three."]
        .iter()
        .map(|words| world.tts(words))
        .collect();
    assert_eq!(made[0]["state"], "processing");
    assert_eq!(made[0]["url"], Value::Null);
    assert_eq!(made[0]["tts"], true);
    assert_eq!(made[0]["type"], "original");

    let folder = text(&world.folder["id"]);
    let project = text(&world.project["id"]);
    for path in [
        format!("/api/recordings?folder_id={folder}"),
        format!("/api/recordings?project_id={project}"),
        format!("/api/recordings/originals?folder_id={folder}"),
    ] {
        assert_eq!(names(&api.ok("GET", &path, None), "text"), ["One.", "Two.", "Three."]);
        let page = api.ok("GET", &format!("{path}&direction=desc&limit=2&offset=1"), None);
        assert_eq!(names(&page, "text"), ["Two.", "One."]);
        assert_eq!(page["pagination"], json!({"count": 3, "limit": 2, "offset": 1}));
    }
    assert_eq!(invalid(&api.get("/api/recordings")), [json!(["query", "project_id"])]);
    assert_eq!(
        invalid(&api.get("/api/recordings/originals")),
        [json!(["query", "folder_id"])]
    );
    assert_eq!(
        invalid(&api.get("/api/recordings/conversions")),
        [json!(["query", "original_id"])]
    );
    assert_eq!(
        invalid(&api.get("/api/recordings/export")),
        [json!(["query", "original_id"])]
    );

    let path = world.path("/api/recordings", &made[1]);
    assert_eq!(api.ok("GET", &path, None)["state"], "done");
    let changed = api.ok("PATCH", &path, Some(json!({"starred": true})));
    assert_eq!((&changed["starred"], &changed["label"]), (&json!(true), &json!("Two.")));
    let put = api.ok("PUT", &path, Some(json!({"starred": false, "label": "Take two"})));
    assert_eq!((&put["starred"], &put["label"]), (&json!(false), &json!("Take two")));
    let incomplete = api.send("PUT", &path, Some(json!({"label": "x"})));
    assert_eq!(invalid(&incomplete), [json!(["body", "starred"])]);
    let wrong = api.send("PATCH", &path, Some(json!({"starred": "yes"})));
    assert_eq!(invalid(&wrong), [json!(["body", "starred"])]);

    let gone = api.delete(&path);
    assert_eq!((gone.status, gone.bytes.len()), (204, 0));
    refused(&api.get(&path), 404, "Recording not found");
    let loaded = Api::nobody(&world.sandbox).get(text(&put["url"]));
    assert_eq!(loaded.status, 404);
    let project = api.ok("GET", "/api/projects/by-url?project_url=night-train", None);
    assert!(project["last_recording_at"].is_string());
}

#[test]
fn text_becomes_a_recording_in_both_ways() {
    let world = world();
    let api = &world.api;
    let voices = api.ok("GET", "/api/tts-voices", None);
    assert_eq!(voices[0]["is_default"], true);
    assert!(voices.as_array().unwrap().len() > 1);
    let old = json!({
        "project_id": world.project["id"], "parent_folder_id": world.folder["id"], "label": "Old way",
        "voice_id": voices[1]["id"], "text": "The old way.",
    });
    let recording = api.ok("POST", "/api/recordings/tts", Some(old.clone()));
    assert_eq!(recording["tts_voice"], voices[1]["name"]);
    let mut unknown = old.clone();
    unknown["voice_id"] = NOBODYS.into();
    refused(
        &api.send("POST", "/api/recordings/tts", Some(unknown)),
        404,
        "TTS voice not found",
    );
    assert_eq!(
        invalid(&api.send("POST", "/api/recordings/tts", Some(json!({})))).len(),
        4
    );

    let new = |fields: Value| {
        let mut body = json!({"parent_folder_id": world.folder["id"], "text": "Bonjour."});
        body.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        api.send("POST", "/api/v2/recordings/tts", Some(body))
    };
    assert_eq!(new(json!({"text_language": "fr"})).status, 200);
    assert_eq!(new(json!({})).json()["label"], "Bonjour.");
    assert_eq!(
        invalid(&new(json!({"text_language": "French"}))),
        [json!(["body", "text_language"])]
    );
    assert_eq!(invalid(&new(json!({"text": ""}))), [json!(["body", "text"])]);
    assert_eq!(
        invalid(&new(json!({"text": "x".repeat(5001)}))),
        [json!(["body", "text"])]
    );
    refused(&new(json!({"parent_folder_id": NOBODYS})), 404, "Folder not found");
}

#[test]
fn a_recording_has_one_note() {
    let world = world();
    let api = &world.api;
    let recording = world.tts("To be noted.");
    let note = |words: &str| Some(json!({"recording_id": recording["id"], "text": words}));
    refused(&api.send("PUT", "/api/notes", note("x")), 404, "Note not found");
    let made = api.ok("POST", "/api/notes", note("Louder."));
    assert_eq!((&made["text"], &made["active"]), (&json!("Louder."), &json!(true)));
    assert_eq!(made["recording_id"], recording["id"]);
    refused(
        &api.send("POST", "/api/notes", note("x")),
        400,
        "The recording has a note already",
    );
    assert_eq!(api.ok("PUT", "/api/notes", note("Softer."))["id"], made["id"]);
    let seen = api.ok("GET", &world.path("/api/recordings", &recording), None);
    assert_eq!(
        seen["note"],
        json!({"id": made["id"], "text": "Softer.", "active": true})
    );
    let gone = api.ok("DELETE", "/api/notes", Some(json!({"recording_id": recording["id"]})));
    assert_eq!((&gone["text"], &gone["active"]), (&json!("Softer."), &json!(false)));
    assert_eq!(invalid(&api.send("DELETE", "/api/notes", None)), [json!(["body"])]);
    assert_eq!(
        invalid(&api.send("POST", "/api/notes", note(""))),
        [json!(["body", "text"])]
    );
}

#[test]
fn voices_are_listed_filtered_sorted_and_searched() {
    let sandbox = start();
    let api = Api::respeecher(&sandbox);
    let list = |query: &str| api.ok("GET", &format!("/api/v2/voices?{query}"), None);
    let all = list("");
    assert_eq!(all["pagination"], json!({"count": 8, "limit": 25, "offset": 0}));
    let voice = &all["list"][0];
    for field in ["accents", "narration_styles", "tiers"] {
        assert!(!voice[field].as_array().unwrap().is_empty(), "{field}");
    }
    assert_eq!(names(&list("species=animal"), "name"), ["Rex"]);
    assert_eq!(
        names(&list("gender=male&age_group=child&pitch_group=high"), "name"),
        ["Pip"]
    );
    assert_eq!(names(&list("visibility=paid&nationality=german"), "name"), ["Otto"]);
    let sorted = names(&list("sort=pitch&direction=desc&limit=2"), "name");
    assert_eq!(sorted, ["Pip", "Mila"]);
    for (query, field) in [
        ("gender=none", "gender"),
        ("species=plant", "species"),
        ("limit=many", "limit"),
    ] {
        let answer = api.get(&format!("/api/v2/voices?{query}"));
        assert_eq!(invalid(&answer), [json!(["query", field])]);
    }
    let search = |query: &str| names(&api.ok("GET", &format!("/api/v2/voices/search?{query}"), None), "name");
    assert_eq!(search("name=OR"), ["Nora", "Zorg"]);
    assert_eq!(search("name=or&limit=1"), ["Nora"]);
    assert_eq!(search("name=nobody"), [] as [&str; 0]);
}

#[test]
fn favorites_and_settings_of_voices_stay() {
    let sandbox = start();
    let api = Api::respeecher(&sandbox);
    let voice = api.ok("GET", "/api/v2/voices?limit=1", None)["list"][0].clone();
    let path = format!("/api/v2/voices/favorite/{}", text(&voice["id"]));
    assert_eq!(api.ok("POST", &path, Some(json!({"favorite": true})))["favorite"], true);
    assert_eq!(
        api.ok("GET", "/api/v2/voices?limit=1", None)["list"][0]["favorite"],
        true
    );
    assert_eq!(
        api.ok("POST", &path, Some(json!({"favorite": false})))["favorite"],
        false
    );
    assert_eq!(
        invalid(&api.send("POST", &path, Some(json!({})))),
        [json!(["body", "favorite"])]
    );

    let settings = json!({
        "voice_id": voice["id"], "narration_style_id": voice["narration_styles"][1]["id"],
        "accent_id": voice["accents"][2]["id"], "semitones_correction": -3,
    });
    let set = api.ok("POST", "/api/v2/voices/settings", Some(settings.clone()));
    assert_eq!(
        set["accents"][2]["settings"],
        json!({"favorite": true, "semitones_correction": -3.0})
    );
    assert_eq!(set["narration_styles"][1]["settings"], json!({"favorite": true}));
    let refusal = |field: &str, value: Value| {
        let mut settings = settings.clone();
        settings[field] = value;
        api.send("POST", "/api/v2/voices/settings", Some(settings))
    };
    assert_eq!(
        invalid(&refusal("semitones_correction", json!(99))),
        [json!(["body", "semitones_correction"])]
    );
    refused(
        &refusal("accent_id", voice["narration_styles"][0]["id"].clone()),
        404,
        "Accent not found",
    );
    refused(
        &refusal("narration_style_id", json!(NOBODYS)),
        404,
        "Narration style not found",
    );
}

#[test]
fn calibrations_go_from_processing_to_done_or_to_an_error() {
    let sandbox = start();
    let api = Api::respeecher(&sandbox);
    let create = |name: &str| {
        let file = wav(220.0, 0.5);
        api.upload(
            "/api/calibration",
            &[("name", Part::Text(name)), ("data", Part::File("me.wav", &file))],
        )
    };
    let made = create("Mine").json();
    assert_eq!((&made["state"], &made["f0"]), (&json!("processing"), &Value::Null));
    let path = format!("/api/calibration/{}", text(&made["id"]));
    let done = api.ok("GET", &path, None);
    assert_eq!(done["state"], "done");
    let pitch = done["f0"].as_i64().unwrap();
    assert!((215..=225).contains(&pitch), "{pitch}");
    refused(&create("Mine"), 400, "There is a calibration with this name already");

    sandbox.respeecher().fail_calibration("The recording is too noisy");
    let failed = create("Noisy").json();
    let failed = api.ok("GET", &format!("/api/calibration/{}", text(&failed["id"])), None);
    assert_eq!(
        (&failed["state"], &failed["error"]),
        (&json!("error"), &json!("The recording is too noisy"))
    );
    let failed = format!("/api/calibration/{}/enable", text(&failed["id"]));
    refused(&api.send("PUT", &failed, None), 400, "The calibration has failed");

    let all = api.ok("PUT", &format!("{path}/enable"), None);
    assert_eq!((&all[0]["enabled"], &all[1]["enabled"]), (&json!(true), &json!(false)));
    assert!(api.ok("POST", "/api/calibration/auto", None)["email"].is_string());
    assert_eq!(api.ok("GET", "/api/calibration", None)[0]["enabled"], false);
    assert_eq!(api.ok("DELETE", &path, None)["id"], made["id"]);
    refused(&api.get(&path), 404, "Calibration not found");

    let no_name = api.upload("/api/calibration", &[("data", Part::File("x.wav", &wav(200.0, 0.1)))]);
    assert_eq!(invalid(&no_name), [json!(["body", "name"])]);
    let no_sound = api.upload(
        "/api/calibration",
        &[("name", Part::Text("x")), ("data", Part::File("x.wav", b"text"))],
    );
    assert_eq!(invalid(&no_sound), [json!(["body", "data"])]);
    assert_eq!(
        invalid(&api.send("POST", "/api/calibration", Some(json!({})))),
        [json!(["body"])]
    );
}
