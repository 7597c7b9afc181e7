//! Respeecher's calls, each of them, against the sandbox.

mod support;

use std::collections::BTreeSet;

use serde_json::{Value, json};
use support::http::{Directory, TestServer, answer, http};
use support::market::*;
use support::{assert_kind, sandbox};
use voicewire::respeecher::*;
use voicewire::{ErrorKind, SaveTo};
use voicewire_sandbox::Sandbox;

/// What was asked of the sandbox: method and path, with ids in braces.
fn asked(sandbox: &Sandbox) -> BTreeSet<String> {
    let requests = sandbox.requests().into_iter();
    let routes = requests.map(|request| format!("{} {}", request.method, request.path));
    routes
        .map(|route| {
            let segments = route.split('/').map(|segment| {
                // The sandbox's ids are UUIDs.
                if segment.len() == 36 { "{}" } else { segment }
            });
            segments.collect::<Vec<_>>().join("/")
        })
        .collect()
}

#[test]
#[expect(deprecated)]
fn every_call_of_the_reference_works_by_its_types() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let directory = Directory::new();

    // The account.
    let key = client.create_api_key(Some("2099-01-01T00:00:00Z")).expect("a key");
    assert!(key.api_key.starts_with("rs-") && !format!("{key:?}").contains(&key.api_key));
    let with_new_key = Client::new(&market_config(&sandbox).api_key(&key.api_key)).expect("good");
    let credits = with_new_key.get_credits().expect("credits");
    assert_eq!((credits.credits, credits.initial_credits), (Some(1000.0), Some(1000.0)));
    client.delete_api_key().expect("deleted");
    assert_kind(&with_new_key.get_credits().expect_err("gone"), ErrorKind::Unauthorized);

    // Projects and folders.
    let (project, folder) = place(&client);
    assert_eq!(project.name.as_deref(), Some("Alice"));
    assert_eq!(folder.project_id.as_ref(), Some(&project.id));
    let renamed = client
        .rename_project(&project.id, "Alice in Wonderland")
        .expect("renamed");
    assert_eq!(
        (renamed.id.as_str(), renamed.name.as_deref()),
        (project.id.as_str(), Some("Alice in Wonderland"))
    );
    let by_url = client
        .get_project_by_url(renamed.url.as_deref().expect("a URL"))
        .expect("found");
    assert_eq!(by_url.id, project.id);
    let query = ProjectQuery {
        sort: Some(ProjectSort::CreatedAt),
        direction: Some(Direction::Descending),
        ..ProjectQuery::default()
    };
    let projects: Vec<Project> = client
        .list_projects(&query)
        .expect("good")
        .map(|p| p.expect("one"))
        .collect();
    assert!(projects.iter().any(|there| there.id == project.id));
    let renamed = client.rename_folder(&folder.id, "Chapter I").expect("renamed");
    assert_eq!(renamed.name.as_deref(), Some("Chapter I"));
    assert_eq!(
        client.get_folder(&folder.id).expect("there").name.as_deref(),
        Some("Chapter I")
    );
    let folders = FolderQuery {
        project_id: project.id.clone(),
        ..FolderQuery::default()
    };
    assert_eq!(client.list_folders(&folders).expect("good").count(), 1);

    // Recordings.
    let line = spoken(&client, &folder, "Down the rabbit hole.");
    assert_eq!(line.state, Some(State::Done));
    assert_eq!(
        (line.tts, line.text.as_deref()),
        (Some(true), Some("Down the rabbit hole."))
    );
    assert_eq!(line.r#type, Some(RecordingType::Original));
    assert!(line.duration.is_some_and(|seconds| seconds > 0.3), "{line:?}");
    let tts_voice = client.list_tts_voices().expect("voices").swap_remove(0);
    let old = client
        .create_tts_recording_v1(&NewTtsRecordingV1 {
            project_id: project.id.clone(),
            parent_folder_id: folder.id.clone(),
            label: None,
            voice_id: tts_voice.id.clone(),
            text: "The old way.".to_owned(),
        })
        .expect("made");
    assert_eq!(old.tts_voice_id.as_ref(), Some(&tts_voice.id));
    let new = NewRecording {
        parent_folder_id: folder.id.clone(),
        label: Some("Take 1".to_owned()),
        microphone: None,
    };
    let take = client.create_recording(&new, &tone(), go_on).expect("uploaded");
    assert_eq!(
        (take.label.as_deref(), take.microphone.as_deref()),
        (Some("Take 1"), Some("file"))
    );
    let changes = RecordingChanges {
        starred: Some(true),
        label: None,
    };
    let changed = client.update_recording(&take.id, &changes).expect("changed");
    assert_eq!(
        (changed.label.as_deref(), changed.starred),
        (Some("Take 1"), Some(true))
    );
    let replaced = client.replace_recording(&take.id, "Take 2", false).expect("changed");
    assert_eq!(
        (replaced.label.as_deref(), replaced.starred),
        (Some("Take 2"), Some(false))
    );
    let originals = OriginalQuery {
        folder_id: folder.id.clone(),
        ..OriginalQuery::default()
    };
    assert_eq!(client.list_originals(&originals).expect("good").count(), 3);

    // Notes.
    let note = client.create_note(&take.id, "Too loud").expect("written");
    assert_eq!(
        (note.recording_id.as_ref(), note.text.as_deref()),
        (Some(&take.id), Some("Too loud"))
    );
    assert_eq!(
        client.update_note(&take.id, "Fine").expect("changed").text.as_deref(),
        Some("Fine")
    );
    match client.get_recording(&take.id).expect("there").note {
        Some(RecordingNote::Note(there)) => assert_eq!(there.text.as_deref(), Some("Fine")),
        Some(RecordingNote::Text(text)) => assert_eq!(text, "Fine"),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        client
            .delete_note(&take.id)
            .expect("deleted")
            .and_then(|note| note.text)
            .as_deref(),
        Some("Fine")
    );

    // Voices and orders.
    let voices = voices(&client);
    let voice = &voices[0];
    let style = &voice.narration_styles[0].id;
    let found = client
        .search_voices(voice.name.as_deref().expect("a name"), Some(5))
        .expect("found");
    assert_eq!(found[0].id, voice.id);
    assert_eq!(
        client.favorite_voice(&voice.id, true).expect("set").favorite,
        Some(true)
    );
    let settings = VoiceSettings {
        voice_id: voice.id.clone(),
        narration_style_id: Some(style.clone()),
        accent_id: Some(voice.accents[0].id.clone()),
        semitones_correction: Some(2.0),
    };
    let set = client.set_voice_settings(&settings).expect("set");
    let of_accent = set.accents[0].settings.clone().expect("settings");
    assert_eq!(
        (of_accent.favorite, of_accent.semitones_correction),
        (Some(true), Some(2.0))
    );
    let filtered = VoiceQuery {
        gender: Some(Gender::Female),
        species: Some(Species::Human),
        ..VoiceQuery::default()
    };
    for voice in client.list_voices(&filtered).expect("good") {
        assert_eq!(voice.expect("a voice").gender, Some(Gender::Female));
    }
    assert!(
        !client
            .list_accent_samples(&voice.accents[0].id)
            .expect("samples")
            .samples
            .is_null()
    );
    let order = Order {
        original_id: line.id.clone(),
        conversions: vec![Conversion::styled(&voice.id, style)],
        ..Order::default()
    };
    let placed = client.create_order(&order).expect("placed");
    assert_eq!((placed.len(), placed[0].original_id.as_ref()), (1, Some(&line.id)));
    let conversions = ConversionQuery {
        original_id: line.id.clone(),
        ..ConversionQuery::default()
    };
    let made: Vec<Recording> = client
        .list_conversions(&conversions)
        .expect("good")
        .map(|c| c.expect("one"))
        .collect();
    assert_eq!(made[0].state, Some(State::Done));
    assert_eq!(Some(&made[0].id), placed[0].conversion_id.as_ref());
    assert_eq!(made[0].voice_id.as_ref(), Some(&voice.id));
    client.retry_order(&line.id).expect("retried");
    let saved = client
        .download_url(
            made[0].url.as_deref().expect("a URL"),
            &SaveTo::Directory(directory.0.clone()),
            go_on,
        )
        .expect("downloaded");
    assert!(std::fs::read(&saved.path).expect("there").starts_with(b"RIFF"));

    // Exports.
    let zip = SaveTo::File(directory.join("a.zip"));
    client
        .export_conversions(&line.id, Some(false), &zip, go_on)
        .expect("exported");
    assert!(
        std::fs::read(directory.join("a.zip"))
            .expect("there")
            .starts_with(b"PK\x03\x04")
    );
    let saved = client
        .export_project(&project.id, None, &SaveTo::Directory(directory.0.clone()), go_on)
        .expect("exported");
    assert!(
        saved.path.extension().is_some_and(|ending| ending == "zip"),
        "{saved:?}"
    );

    // Calibrations.
    let calibration = client.create_calibration("Mine", &tone()).expect("made");
    assert_eq!(calibration.name.as_deref(), Some("Mine"));
    let there = client.get_calibration(&calibration.id).expect("there");
    assert_eq!(there.state, Some(State::Done));
    client.enable_calibration(&calibration.id).expect("enabled");
    let all = client.list_calibrations().expect("there");
    assert_eq!((all.len(), all[0].enabled), (1, Some(true)));
    client.enable_auto_calibration().expect("enabled");
    assert_eq!(
        client.get_calibration(&calibration.id).expect("there").enabled,
        Some(false)
    );
    let gone = client
        .delete_calibration(&calibration.id)
        .expect("deleted")
        .expect("it");
    assert_eq!(gone.id, calibration.id);
    assert_kind(
        &client.get_calibration(&calibration.id).expect_err("gone"),
        ErrorKind::NotFound,
    );

    // Statistics.
    let stats = client.get_stats().expect("there");
    assert_eq!(
        (stats.conversions.total, stats.conversions.completed),
        (Some(1), Some(1))
    );
    let of_projects = client.project_stats(&[&project.id]).expect("there");
    assert_eq!(of_projects[0].project_id.as_ref(), Some(&project.id));
    assert_eq!(of_projects[0].conversions.total, Some(1));
    let of_folders = client.folder_stats(&[&folder.id]).expect("there");
    assert_eq!(
        (of_folders[0].folder_id.as_ref(), of_folders[0].stats.total),
        (Some(&folder.id), Some(1))
    );

    // Away with all of it.
    client.delete_recording(&take.id).expect("deleted");
    assert_kind(&client.get_recording(&take.id).expect_err("gone"), ErrorKind::NotFound);
    let recordings = RecordingQuery {
        project_id: Some(project.id.clone()),
        ..RecordingQuery::default()
    };
    assert_eq!(client.list_recordings(&recordings).expect("good").count(), 3);
    assert_eq!(client.delete_folder(&folder.id).expect("deleted")[0].id, folder.id);
    assert_eq!(
        client.delete_project(&project.id).expect("deleted").expect("it").id,
        project.id
    );

    let (email, password) = sandbox.respeecher().login();
    let signed_in = nobody_s_config(&sandbox).login(email, password);
    let signed_in = Client::new(&signed_in).expect("good");
    let session = signed_in.login().expect("signed in");
    assert_eq!(session.user.get("email"), Some(&json!(email)));
    signed_in.logout().expect("signed out");

    assert_eq!(client.folder_stats(&[]).expect_err("none").field(), Some("folder_ids"));
    sandbox.respeecher().refuse_folder_stats_post(true);
    let _ = client.folder_stats(&[&folder.id]);
    let asked = asked(&sandbox);
    let table: Value = serde_json::from_str(include_str!("endpoints.json")).expect("JSON");
    let rows = table.as_array().expect("a list").iter();
    let rows: Vec<&Value> = rows.filter(|row| row["service"] == "respeecher").collect();
    assert_eq!((rows.len(), ENDPOINTS.len()), (47, 47));
    for row in rows {
        let (method, path) = (row["method"].as_str().unwrap_or(""), row["path"].as_str().unwrap_or(""));
        let known = ENDPOINTS.iter().find(|endpoint| {
            // The one whose method is a matter of dispute.
            endpoint.path == path && (endpoint.method == method || endpoint.name == "folder_stats")
        });
        let known = known.unwrap_or_else(|| panic!("{method} {path} is not in the table"));
        assert_eq!(Some(known.deprecated), row["deprecated"].as_bool(), "{path}");
        let route = format!("{method} {path}");
        let segments = route
            .split('/')
            .map(|segment| if segment.starts_with('{') { "{}" } else { segment });
        let route = segments.collect::<Vec<_>>().join("/");
        assert!(asked.contains(&route), "{} was not called", known.name);
    }
}

#[test]
fn names_and_routes_are_each_there_once() {
    let names: BTreeSet<&str> = ENDPOINTS.iter().map(|endpoint| endpoint.name).collect();
    let routes: BTreeSet<String> = ENDPOINTS.iter().map(|e| format!("{} {}", e.method, e.path)).collect();
    assert_eq!((names.len(), routes.len()), (47, 47));
    let deprecated: Vec<&str> = ENDPOINTS.iter().filter(|e| e.deprecated).map(|e| e.path).collect();
    assert_eq!(deprecated, ["/api/recordings/tts"]);
}

#[test]
fn every_call_refuses_wrong_parameters_before_it_sends_anything() {
    let server = TestServer::with_answers(vec![Vec::new()]);
    let client = Client::new(&Config::new().api_key("rs-x").base_url(server.url()).http(http(0))).expect("good");
    let refused = |name: &str, parameters: Value, field: &str| {
        let error = client.call(name, parameters.clone()).expect_err("refused");
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidArgument, Some(field)),
            "{name} {parameters}"
        );
    };
    for endpoint in ENDPOINTS {
        let needed: Vec<&str> = endpoint
            .path_parameters()
            .chain(endpoint.required.iter().copied())
            .collect();
        let all: serde_json::Map<String, Value> = needed.iter().map(|name| ((*name).to_owned(), json!("x"))).collect();
        for name in &needed {
            for wrong in [Value::Null, json!(""), json!(" \n")] {
                let mut parameters = all.clone();
                parameters.insert((*name).to_owned(), wrong);
                if endpoint.answers == Answers::File {
                    let to = SaveTo::Directory(std::env::temp_dir());
                    let error = client
                        .download(endpoint.name, parameters.into(), &to, go_on)
                        .expect_err("refused");
                    assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some(*name)));
                } else {
                    let field = if endpoint.sends == Sends::Form { "data" } else { *name };
                    refused(endpoint.name, parameters.into(), field);
                }
            }
        }
        for name in endpoint.path_parameters() {
            for wrong in [
                json!("."),
                json!(".."),
                json!("x".repeat(5000)),
                json!(["x"]),
                json!({}),
                json!(true),
            ] {
                let mut parameters = all.clone();
                parameters.insert(name.to_owned(), wrong);
                if endpoint.answers != Answers::File {
                    refused(endpoint.name, parameters.into(), name);
                }
            }
        }
        refused(endpoint.name, json!("text"), "parameters");
    }
    // Ids that would make one call of another: `export` is no recording.
    let mut places = 0;
    for endpoint in ENDPOINTS {
        let Some(name) = endpoint.path_parameters().next() else {
            continue;
        };
        let before = endpoint.path.trim_end_matches(&format!("{{{name}}}"));
        for other in ENDPOINTS
            .iter()
            .filter(|other| other.path_parameters().next().is_none())
        {
            let Some(id) = other.path.strip_prefix(before).filter(|id| !id.contains('/')) else {
                continue;
            };
            places += 1;
            let parameters = json!({ name: id, "name": "x", "label": "x", "starred": true });
            refused(endpoint.name, parameters, name);
        }
    }
    assert_eq!(places, 20);
    refused("nonsense", json!({}), "name");
    refused("export_project", json!({ "project_id": "p" }), "name");
    refused("search_voices", json!({ "name": "x".repeat(50_000) }), "name");
    refused("search_voices", json!({ "name": { "x": 1 } }), "name");
    // They go as one text with commas.
    for ids in [json!(["a,b"]), json!(["a", " "]), json!([""])] {
        refused("project_stats", json!({ "project_ids": ids }), "project_ids");
    }
    refused(
        "create_order",
        json!({ "original_id": "o", "conversions": [] }),
        "conversions",
    );
    for (limit, offset) in [(json!(0), json!(0)), (json!(-1), json!(0)), (json!("x"), json!(0))] {
        let error = client
            .list("list_projects", json!({ "limit": limit, "offset": offset }))
            .expect_err("refused");
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidArgument, Some("limit"))
        );
    }
    assert!(client.list("get_stats", Value::Null).is_err());
    assert!(server.asked().is_empty());
}

#[test]
fn a_call_that_takes_fields_sends_an_object_of_them_also_of_none() {
    let server = TestServer::with_answers(vec![answer("200 OK", "", br#"{ "id": "x", "api_key": "rs-y" }"#)]);
    let client = Client::new(&Config::new().api_key("rs-x").base_url(server.url()).http(http(0))).expect("good");
    client.create_api_key(None).expect("made");
    client
        .update_recording("r", &RecordingChanges::default())
        .expect("nothing changed");
    // These take none.
    client.enable_calibration("c").expect("enabled");
    client.delete_api_key().expect("deleted");
    client.logout().expect("a key stays");
    let bodies: Vec<Vec<u8>> = server.asked().into_iter().map(|asked| asked.body).collect();
    assert_eq!(bodies, [&b"{}"[..], b"{}", b"", b"", b""]);
}

#[test]
fn an_id_is_one_segment_whatever_it_holds() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let ids = [
        "../credits",
        "a/b",
        "x?y=z",
        "%2e%2e",
        "..%2f",
        "#",
        "é ü",
        "a\\b",
        "...",
        "a\u{0}b",
        "*",
    ];
    for id in ids {
        let errors = [
            client.get_recording(id).expect_err("none"),
            client.rename_project(id, "x").expect_err("none"),
            client.delete_folder(id).expect_err("none"),
            client.enable_calibration(id).expect_err("none"),
            client.retry_order(id).expect_err("none"),
            client.favorite_voice(id, true).expect_err("none"),
        ];
        for error in errors {
            assert!(
                matches!(error.kind(), ErrorKind::NotFound | ErrorKind::RejectedInput),
                "{id}: {error}"
            );
        }
    }
    for request in sandbox.requests() {
        let segments = request.path.split('/').filter(|segment| !segment.is_empty()).count();
        assert!(
            request.path != "/api/credits" && (3..=5).contains(&segments),
            "{request:?}"
        );
        assert!(
            request.status == 404 || request.status == 422 || request.status == 400,
            "{request:?}"
        );
    }
}

#[test]
fn the_service_s_refusals_keep_their_words_and_the_field() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let error = client
        .call("create_project", json!({ "name": 3 }))
        .expect_err("no text");
    assert_kind(&error, ErrorKind::RejectedInput);
    assert_eq!((error.http_status(), error.field()), (Some(422), Some("name")));
    assert!(
        error.vendor_type().is_some() && error.message().contains("name: "),
        "{error}"
    );
    let error = client
        .get_recording("00000000-0000-0000-0000-000000000001")
        .expect_err("none");
    assert_kind(&error, ErrorKind::NotFound);
    let (_, folder) = place(&client);
    let new = NewRecording {
        parent_folder_id: folder.id.clone(),
        ..NewRecording::default()
    };
    let text = Audio::Bytes {
        name: "x.wav".to_owned(),
        bytes: b"This is no audio.".repeat(100),
    };
    let error = client.create_recording(&new, &text, go_on).expect_err("no audio");
    assert_eq!((error.kind(), error.field()), (ErrorKind::RejectedInput, Some("data")));
    let line = spoken(&client, &folder, "Hello.");
    let mut order = Order {
        original_id: line.id,
        conversions: vec![Conversion::new(&voices(&client)[0].id)],
        ..Order::default()
    };
    let error = client.create_order(&order).expect_err("no style");
    assert_eq!(error.field(), Some("conversions.0.narration_style_id"), "{error}");
    let voice = &voices(&client)[0];
    order.conversions = vec![Conversion::styled(&voice.id, &voice.narration_styles[0].id)];
    sandbox.respeecher().set_credits(0);
    assert_kind(
        &client.create_order(&order).expect_err("no credits"),
        ErrorKind::InsufficientCredits,
    );
    let wrong = Client::new(&market_config(&sandbox).api_key("wrong")).expect("good");
    assert_kind(&wrong.get_credits().expect_err("a wrong key"), ErrorKind::Unauthorized);
}

#[test]
fn each_shape_of_an_error_is_understood() {
    type Case = (
        &'static str,
        &'static str,
        ErrorKind,
        &'static str,
        Option<&'static str>,
    );
    let cases: [Case; 10] = [
        (
            "400 Bad",
            r#"{"detail": "Too short"}"#,
            ErrorKind::RejectedInput,
            "Too short",
            None,
        ),
        (
            "402 Pay",
            r#"{"detail": "No credits"}"#,
            ErrorKind::InsufficientCredits,
            "No credits",
            None,
        ),
        (
            "403 No",
            r#"{"detail": "Not yours"}"#,
            ErrorKind::Unauthorized,
            "Not yours",
            None,
        ),
        (
            "422 Bad",
            r#"{"detail": [{"loc": ["query", "limit"], "msg": "too many", "type": "le"}, {"loc": ["body"], "msg": "bad"}]}"#,
            ErrorKind::RejectedInput,
            "limit: too many; body: bad",
            Some("limit"),
        ),
        (
            "422 Bad",
            r#"{"detail": [{"odd": 1}]}"#,
            ErrorKind::RejectedInput,
            r#"{"odd":1}"#,
            None,
        ),
        (
            "422 Bad",
            r#"{"detail": []}"#,
            ErrorKind::RejectedInput,
            r#"{"detail": []}"#,
            None,
        ),
        (
            "502 Bad",
            "<html><title>\nBad gateway</title>",
            ErrorKind::Server,
            "Bad gateway",
            None,
        ),
        (
            "400 Bad",
            "{\n  \"reason\": \"why\"\n}",
            ErrorKind::RejectedInput,
            r#"{"reason":"why"}"#,
            None,
        ),
        (
            "503 Busy",
            "\u{1f}\u{8}packed",
            ErrorKind::Server,
            "the service answered with status 503 and no reason",
            None,
        ),
        (
            "500 Bad",
            "",
            ErrorKind::Server,
            "the service answered with status 500 and no reason",
            None,
        ),
    ];
    for (status, body, kind, message, field) in cases {
        let server = TestServer::with_answers(vec![answer(status, "", body.as_bytes())]);
        let config = Config::new().api_key("rs-x").base_url(server.url()).http(http(0));
        let error = Client::new(&config).expect("good").get_stats().expect_err("it fails");
        assert_eq!(
            (error.kind(), error.message(), error.field()),
            (kind, message, field),
            "{body}"
        );
    }
}

#[test]
fn unknown_fields_are_kept_and_unknown_words_are_words() {
    let body = br#"{"id": "r", "state": "dreaming", "type": null, "note": "Text", "size": 12, "more": {"deep": [1]},
        "created_at": null, "moderation": {"has_violations": true, "new": 1}, "calibration_value": "1.5"}"#;
    let server = TestServer::with_answers(vec![answer("200 OK", "", body)]);
    let config = Config::new().api_key("rs-x").base_url(server.url()).http(http(0));
    let recording = Client::new(&config)
        .expect("good")
        .get_recording("r")
        .expect("understood");
    assert_eq!(recording.state, Some(State::Unknown("dreaming".to_owned())));
    assert_eq!(recording.extra.get("more"), Some(&json!({ "deep": [1] })));
    assert_eq!(recording.note, Some(RecordingNote::Text("Text".to_owned())));
    let written = serde_json::to_value(&recording).expect("JSON");
    assert_eq!(written["state"], "dreaming");
    assert_eq!(written["more"]["deep"][0], 1);
    assert_eq!(written["moderation"]["new"], 1);
    assert_eq!(written["calibration_value"], "1.5");
}

#[test]
fn answers_that_are_not_what_they_should_be_are_protocol_errors() {
    for body in ["", "null", "[]", "{}", "nonsense", r#"{"id": 3}"#] {
        let server = TestServer::with_answers(vec![answer("200 OK", "", body.as_bytes())]);
        let config = Config::new().api_key("rs-x").base_url(server.url()).http(http(0));
        let error = Client::new(&config)
            .expect("good")
            .get_recording("r")
            .expect_err("nothing");
        assert_kind(&error, ErrorKind::Protocol);
    }
}

#[test]
fn a_page_of_somebody_in_between_is_named() {
    let page = b"<!DOCTYPE html><html><head><title>Sign in to this network</title></head></html>";
    let server = TestServer::with_answers(vec![answer("200 OK", "Content-Type: text/html\r\n", page)]);
    let config = Config::new().api_key("rs-x").base_url(server.url()).http(http(0));
    let error = Client::new(&config).expect("good").get_stats().expect_err("no answer");
    assert_kind(&error, ErrorKind::Protocol);
    assert!(error.message().contains("Sign in to this network"), "{error}");
}

#[test]
fn a_list_may_leave_out_how_long_it_is_or_count_in_floating_point() {
    for pagination in [
        json!(null),
        json!({}),
        json!({"count": 3}),
        json!({"count": 3.0, "limit": null, "offset": 0.0}),
    ] {
        let server = TestServer::start(move |_, asked| {
            let offset = asked
                .target
                .split("offset=")
                .nth(1)
                .map_or(0, |from| from.parse().expect("a number"));
            let ids: Vec<_> = (offset..3).take(2).map(|id| json!({"id": format!("p{id}")})).collect();
            support::http::json("200 OK", json!({"list": ids, "pagination": pagination}))
        });
        let config = Config::new().api_key("rs-x").base_url(server.url()).http(http(0));
        let query = ProjectQuery {
            limit: Some(2),
            ..ProjectQuery::default()
        };
        let projects = Client::new(&config)
            .expect("good")
            .list_projects(&query)
            .expect("a list");
        let ids: Vec<String> = projects.map(|project| project.expect("one").id).collect();
        assert_eq!(ids, ["p0", "p1", "p2"]);
    }
}

#[test]
fn folder_statistics_are_asked_for_in_the_other_way_where_the_first_is_not_allowed() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let (_, folder) = place(&client);
    let before = client.folder_stats(&[&folder.id]).expect("by POST");
    sandbox.respeecher().refuse_folder_stats_post(true);
    let stats = client.folder_stats(&[&folder.id]).expect("by GET");
    assert_eq!(stats, before);
    let ways: Vec<String> = sandbox
        .requests()
        .into_iter()
        .filter(|request| request.path == "/api/stats/folders")
        .map(|request| request.method)
        .collect();
    assert_eq!(ways, ["POST", "POST", "GET"]);
}
