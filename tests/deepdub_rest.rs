//! Deepdub's REST calls: voices, gender, usage, capacity; and every endpoint of the table at least once.

mod support;

use std::ops::ControlFlow;

use serde_json::json;
use support::http::{Directory, TestServer, answer, quick};
use support::rest::*;
use support::*;
use voicewire::ErrorKind;
use voicewire::deepdub::{
    Chunk, Client, Clip, Config, IssueChanges, NewIssue, NewVoice, PostRequest, Region, SpeechRequest, UsageQuery,
    VoiceChanges, VoiceGender,
};
use voicewire_sandbox::Sandbox;

#[test]
fn every_endpoint_of_the_table_is_called() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let directory = Directory::new();
    let sample = directory.join("me.wav");
    std::fs::write(&sample, voice(110.0, 0.5)).expect("written");

    post(&client, &posted("mp3")).result.expect("spoken");
    client.tts_retroactive(&request("wav")).expect("spoken");
    let made = client
        .upload_voice(&NewVoice::new(Clip::File(sample.clone())))
        .expect("made");
    client.list_voices(None).expect("listed");
    client.get_voice(&made).expect("there");
    client.update_voice(&made, &VoiceChanges::default()).expect("unchanged");
    client.delete_voice(&made).expect("deleted");
    client.classify_gender(&Clip::File(sample.clone())).expect("classified");
    client.classify_gender_upload(&sample).expect("classified");
    let range = UsageQuery::new("2026-01-01", "2026-12-31");
    client.usage(&range).expect("told");
    client.usage_by_model(&range).expect("told");
    client.capacities(&[MODEL]).expect("told");
    client.capacity(MODEL).expect("told");
    client.set_capacity(MODEL, 3).expect("set");
    let issue = NewIssue {
        generation_id: "4da9902b-9141-4fb7-9efb-d616ce266ed9".to_owned(),
        generated_text: "Hello.".to_owned(),
        problem_word: "Hello".to_owned(),
        voice_prompt_id: "vp".to_owned(),
        ..NewIssue::default()
    };
    let issue = client.create_issue(&issue).expect("filed").id;
    client.get_issue(&issue).expect("there");
    client.update_issue(&issue, &IssueChanges::default()).expect("changed");
    client.delete_issue(&issue).expect("deleted");

    assert_table_called(&sandbox, &made, &issue);
}

#[test]
fn refusals_are_told_in_the_services_words() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for (fault, kind, status) in [
        ("http=402", ErrorKind::InsufficientCredits, 402),
        ("http=401", ErrorKind::Unauthorized, 401),
        ("http=429,retry-after=7", ErrorKind::RateLimited, 429),
        ("http=500", ErrorKind::Server, 500),
        ("http=404", ErrorKind::NotFound, 404),
    ] {
        let posted = post(&client, &broken(fault));
        let error = posted.result.expect_err("refused");
        assert_kind(&error, kind);
        assert_eq!(error.http_status(), Some(status));
        assert_eq!(error.retry_after().is_some(), status == 429, "{error}");
        assert!(posted.indexes.is_empty());
        sandbox.inject(fault.parse().expect("a fault"));
        assert_kind(&client.list_voices(None).expect_err("refused"), kind);
        sandbox.inject(fault.parse().expect("a fault"));
        assert_kind(&client.tts_retroactive(&request("mp3")).expect_err("refused"), kind);
    }
    let locked = Sandbox::start(voicewire_sandbox::Options {
        keys: vec!["dd-the-right-one".to_owned()],
        ..options()
    })
    .expect("starts");
    let wrong = Client::new(&config(&locked).api_key("dd-the-wrong-one")).expect("good");
    let error = post(&wrong, &posted("mp3")).result.expect_err("refused");
    assert_kind(&error, ErrorKind::Unauthorized);
    assert!(!error.to_string().contains("wrong-one"), "{error}");
    assert_kind(&wrong.list_voices(None).expect_err("refused"), ErrorKind::Unauthorized);
    let file = Clip::Bytes(voice(110.0, 0.5));
    let error = wrong.classify_gender(&file).expect_err("refused");
    assert_eq!(error.message(), "Unauthorized: Invalid or missing API key");
    assert_kind(
        &wrong.classify_gender_live(&file).expect_err("refused"),
        ErrorKind::Unauthorized,
    );
}

#[test]
fn speech_is_asked_for_again_only_when_nothing_can_have_come_of_it() {
    let sandbox = sandbox();
    let retrying = Client::new(&config(&sandbox).retry(quick(2))).expect("good");
    sandbox.inject("http=429".parse().expect("a fault"));
    let summary = post(&retrying, &posted("mp3")).result.expect("in the end");
    assert_eq!(summary.retries, 1);
    let count = || sandbox.requests().len();
    let before = count();
    for fault in ["http=500", "drop", "half"] {
        sandbox.inject(fault.parse().expect("a fault"));
        post(&retrying, &posted("mp3")).result.expect_err("once");
    }
    assert_eq!(count() - before, 3, "each was sent once");
    // Reading is as good twice, and so is classifying; making a voice is not.
    sandbox.inject("http=500".parse().expect("a fault"));
    retrying.list_voices(None).expect("in the end");
    let sample = Clip::Bytes(voice(110.0, 0.5));
    sandbox.inject("http=500".parse().expect("a fault"));
    retrying.classify_gender(&sample).expect("in the end");
    let new = NewVoice {
        filename: Some("me.wav".to_owned()),
        ..NewVoice::new(sample)
    };
    sandbox.inject("http=500".parse().expect("a fault"));
    assert_kind(&retrying.upload_voice(&new).expect_err("once"), ErrorKind::Server);
    let voices = retrying.list_voices(None).expect("listed").len();
    sandbox.inject("http=429".parse().expect("a fault"));
    retrying.upload_voice(&new).expect("in the end");
    assert_eq!(
        retrying.list_voices(None).expect("listed").len(),
        voices + 1,
        "and only one"
    );
}

#[test]
fn a_voice_lives_from_its_upload_to_its_deletion() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let new = NewVoice {
        filename: Some("me.wav".to_owned()),
        title: Some("Narrator".to_owned()),
        text: Some("Schöne Grüße".to_owned()),
        locale: Some("de-DE".to_owned()),
        gender: Some(VoiceGender::NonBinary),
        age: Some(35),
        speaking_style: Some("Calm".to_owned()),
        speaker_id: Some("speaker 7".to_owned()),
        publish: Some(false),
        ..NewVoice::new(Clip::Bytes(voice(110.0, 0.5)))
    };
    let id = client.upload_voice(&new).expect("made");
    let there = client.get_voice(&id).expect("there");
    assert_eq!(there.id.as_deref(), Some(id.as_str()));
    assert_eq!(there.title, new.title);
    assert_eq!(there.text, new.text);
    assert_eq!(there.locale, new.locale);
    assert_eq!(there.gender, new.gender);
    assert_eq!(there.speaking_style, new.speaking_style);
    assert_eq!(there.speaker_id, new.speaker_id);
    let body = sandbox.requests()[0].body.clone().expect("JSON");
    assert_eq!((&body["age"], &body["publish"]), (&json!(35), &json!(false)));
    let all = client.list_voices(None).expect("listed");
    assert_eq!(all.last(), Some(&there));
    assert_eq!(client.list_voices(Some(2)).expect("listed"), all[..2]);
    let changes = VoiceChanges {
        name: Some("Teller".to_owned()),
        locale: Some("de-AT".to_owned()),
        gender: Some(VoiceGender::Female),
        age: Some(36),
    };
    let changed = client.update_voice(&id, &changes).expect("changed");
    assert_eq!((&changed.name, &changed.locale), (&changes.name, &changes.locale));
    assert_eq!((&changed.gender, &changed.title), (&changes.gender, &new.title));
    assert_eq!(client.get_voice(&id).expect("there"), changed);
    let request = SpeechRequest::new("Hello.", &id);
    let go_on = |_: Chunk<'_>| ControlFlow::Continue(());
    client.stream_tts(&request, go_on).expect("it speaks");
    assert_eq!(client.delete_voice(&id).expect("deleted"), "Voice prompt deleted");
    for error in [
        client.stream_tts(&request, go_on).expect_err("it is gone"),
        client.tts_retroactive(&request).expect_err("it is gone"),
    ] {
        assert_eq!(error.kind(), ErrorKind::RejectedInput, "{error}");
    }
    for error in [
        client.get_voice(&id).expect_err("gone"),
        client.delete_voice(&id).expect_err("gone"),
        client.update_voice(&id, &changes).expect_err("gone"),
    ] {
        assert_kind(&error, ErrorKind::NotFound);
    }
}

#[test]
fn a_voice_that_cannot_be_is_refused() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let directory = Directory::new();
    // Sparse: it is not written, and must not be read.
    let large = directory.join("large.wav");
    let file = std::fs::File::create(&large).expect("made");
    file.set_len(1 << 40).expect("long");
    let upload = |clip: Clip| client.upload_voice(&NewVoice::new(clip));
    let error = upload(Clip::File(large)).expect_err("too large");
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::InvalidArgument, Some("audio"))
    );
    assert!(error.message().contains("20 MiB"), "{error}");
    assert_eq!(kind_of(upload(Clip::File(directory.0.clone()))), ErrorKind::File);
    assert_eq!(kind_of(upload(Clip::File(directory.join("none.wav")))), ErrorKind::File);
    let error = upload(Clip::Bytes(voice(110.0, 0.1))).expect_err("no name");
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::InvalidArgument, Some("filename"))
    );
    let named = |bytes: Vec<u8>| NewVoice {
        filename: Some("me.wav".to_owned()),
        ..NewVoice::new(Clip::Bytes(bytes))
    };
    let field = |bytes| {
        let error = client.upload_voice(&named(bytes)).expect_err("refused");
        (error.kind(), error.field().map(str::to_owned))
    };
    assert_eq!(
        field(Vec::new()),
        (ErrorKind::InvalidArgument, Some("audio".to_owned()))
    );
    let mut most = voice(110.0, 0.1);
    most.resize((20 << 20) + 1, 0);
    assert_eq!(
        field(most.clone()),
        (ErrorKind::InvalidArgument, Some("audio".to_owned()))
    );
    assert_eq!(kind_of(client.list_voices(Some(0))), ErrorKind::InvalidArgument);
    assert!(sandbox.requests().is_empty());
    most.pop();
    client.upload_voice(&named(most)).expect("just not too large");
    let error = client.upload_voice(&named(b"no audio".to_vec())).expect_err("refused");
    assert_kind(&error, ErrorKind::RejectedInput);
    assert_eq!(error.message(), "Invalid audio data");
}

#[test]
fn an_account_that_is_full_is_told_apart_from_one_that_may_not() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let new = NewVoice {
        filename: Some("me.wav".to_owned()),
        ..NewVoice::new(Clip::Bytes(voice(110.0, 0.1)))
    };
    let error = (0..=100)
        .find_map(|_| client.upload_voice(&new).err())
        .expect("there is a limit");
    assert_kind(&error, ErrorKind::QuotaExceeded);
    assert_eq!(error.http_status(), Some(403));
    assert_eq!(error.message(), "Voice prompt limit reached for your account");
}

#[test]
fn no_id_leads_to_another_path() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let tricks = ["..", ".", "", " ", &"x".repeat(2000)];
    for id in tricks {
        for error in [
            client.get_voice(id).expect_err("refused"),
            client.delete_voice(id).expect_err("refused"),
            client.update_voice(id, &VoiceChanges::default()).expect_err("refused"),
            client.capacity(id).expect_err("refused"),
            client.set_capacity(id, 1).expect_err("refused"),
        ] {
            assert_kind(&error, ErrorKind::InvalidArgument);
        }
    }
    for (error, field) in [
        (client.capacity("batch").expect_err("refused"), "model_id"),
        (client.capacities(&[]).expect_err("refused"), "model_ids"),
        (client.capacities(&["a,b"]).expect_err("refused"), "model_ids"),
        (client.capacities(&["a", ""]).expect_err("refused"), "model_ids"),
    ] {
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some(field)));
    }
    assert!(sandbox.requests().is_empty());
    let server = TestServer::with_answers(vec![support::http::json("404 Not Found", json!({"message": "none"}))]);
    let client = client_of(&server);
    for id in ["../issues/iss_1", "a/b", "a?limit=1", "a#b", "a%2Fb", "é\\x"] {
        assert_eq!(kind_of(client.get_voice(id)), ErrorKind::NotFound);
        assert_eq!(kind_of(client.set_capacity(id, 1)), ErrorKind::NotFound);
        assert_eq!(kind_of(client.delete_voice(id)), ErrorKind::NotFound);
    }
    for asked in server.asked() {
        let rest = asked
            .target
            .strip_prefix("/voice/")
            .or_else(|| asked.target.strip_prefix("/concurrent_connections/"))
            .expect("its own place");
        assert!(!rest.contains(['/', '?', '#', '\\']), "{}", asked.target);
    }
    assert_eq!(server.asked().len(), 18);
}

#[test]
fn the_usage_is_what_was_spoken() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let long = SpeechRequest {
        target_duration: Some(3.0),
        ..request("mulaw")
    };
    post(&client, &PostRequest::from(long)).result.expect("spoken");
    // Whatever day it is.
    let mut rows = Vec::new();
    let mut models = Vec::new();
    for year in 2026..2046 {
        let query = UsageQuery::new(format!("{year}-01-01"), format!("{year}-12-31"));
        let usage = client.usage(&query).expect("told");
        assert_eq!(usage.from, Some(query.from.clone()));
        rows.extend(usage.items.expect("rows"));
        models.extend(client.usage_by_model(&query).expect("told").items.expect("rows"));
        let other = UsageQuery {
            model_id: Some("dd-etts-2.5".to_owned()),
            ..query.clone()
        };
        assert_eq!(client.usage(&other).expect("told").items, Some(Vec::new()));
        let elsewhere = UsageQuery {
            region: Some("a region & more".to_owned()),
            ..query
        };
        assert_eq!(client.usage_by_model(&elsewhere).expect("told").items, Some(Vec::new()));
    }
    assert_eq!((rows.len(), models.len()), (1, 1));
    assert_eq!(rows[0].model_id.as_deref(), Some("dd-etts-3.0"));
    assert!((rows[0].usage_seconds_times_size.expect("told") - 3.0).abs() < 0.01);
    assert_eq!(models[0].days_with_usage, Some(1));
    assert!((models[0].total_usage_seconds_times_size.expect("told") - 3.0).abs() < 0.01);
}

#[test]
fn days_that_are_none_are_refused_before_anything_is_sent() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for (from, to, field) in [
        ("", "2026-05-01", "from"),
        ("2026-05-01", "", "to"),
        ("May", "2026-05-01", "from"),
        ("2026-5-1", "2026-05-01", "from"),
        ("2026-01-01", "2026-02-30", "to"),
        ("2026-05-02", "2026-05-01", "to"),
        ("2026-01-01", "2027-01-02", "to"),
    ] {
        for error in [
            client.usage(&UsageQuery::new(from, to)).expect_err("refused"),
            client.usage_by_model(&UsageQuery::new(from, to)).expect_err("refused"),
        ] {
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some(field)));
        }
    }
    assert!(sandbox.requests().is_empty());
    client
        .usage(&UsageQuery::new("2026-01-01", "2027-01-01"))
        .expect("366 days");
    client
        .usage(&UsageQuery::new("2026-05-01", "2026-05-01"))
        .expect("one day");
}

#[test]
fn capacity_is_read_and_set_by_model() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    assert_eq!(
        client
            .capacity("dd-etts-3.0")
            .expect("told")
            .desired_concurrent_connections,
        Some(5)
    );
    let set = client.set_capacity("dd-etts-3.0", 7).expect("set");
    assert_eq!(
        (set.desired_concurrent_connections, set.concurrent_connections),
        (Some(7), Some(0))
    );
    let both = client.capacities(&["dd-etts-3.0", "dd-etts-2.5"]).expect("told");
    let sizes: Vec<_> = both
        .iter()
        .map(|one| {
            (
                one.model_id.as_deref().unwrap_or(""),
                one.desired_concurrent_connections,
            )
        })
        .collect();
    assert_eq!(sizes, [("dd-etts-3.0", Some(7)), ("dd-etts-2.5", Some(5))]);
    assert_eq!(kind_of(client.capacity("gpt")), ErrorKind::NotFound);
    assert_eq!(kind_of(client.set_capacity("gpt", 1)), ErrorKind::NotFound);
    assert_eq!(
        kind_of(client.capacities(&["dd-etts-3.0", "gpt"])),
        ErrorKind::RejectedInput
    );
    assert_eq!(
        kind_of(client.set_capacity("dd-etts-3.0", u32::MAX)),
        ErrorKind::RejectedInput
    );
    // The page leaves open what several look like.
    let by_model = json!({"success": true, "data": {"b": {"concurrent_connections": 2}, "a": {"new": true}}});
    let server = TestServer::with_answers(vec![support::http::json("200 OK", by_model)]);
    let told = client_of(&server).capacities(&["a", "b"]).expect("told");
    assert_eq!(told.len(), 2);
    let of = |model: &str| {
        told.iter()
            .find(|one| one.model_id.as_deref() == Some(model))
            .expect("there")
    };
    assert_eq!(of("b").concurrent_connections, Some(2));
    assert_eq!(of("a").extra.get("new"), Some(&json!(true)));
}

#[test]
fn new_fields_and_words_are_kept() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    sandbox.inject("extra,unknown-values".parse().expect("a fault"));
    let voices = client.list_voices(None).expect("listed");
    assert!(voices.iter().all(|voice| !voice.extra.is_empty()), "{voices:?}");
    assert!(
        voices
            .iter()
            .all(|voice| matches!(voice.gender, Some(VoiceGender::Unknown(_)))),
        "{voices:?}"
    );
}

#[test]
fn garbage_is_no_answer() {
    let garbage = [
        answer("200 OK", "", b"<html>"),
        answer("200 OK", "", b""),
        answer("200 OK", "", b"[]"),
        answer("200 OK", "", b"{}"),
        answer("200 OK", "", b"null"),
        answer("200 OK", "", b"7"),
        answer(
            "200 OK",
            "",
            b"{\"prompt\":7,\"voicePrompts\":{},\"response\":null,\"data\":\"x\",\"items\":7,\"predicted_gender\":[]}",
        ),
    ];
    let number = garbage.len();
    let server = TestServer::start(move |asked, _| garbage[asked / 6].clone());
    let client = client_of(&server);
    let sample = Clip::Bytes(voice(110.0, 0.1));
    for _ in 0..number {
        let new = NewVoice {
            filename: Some("x".to_owned()),
            ..NewVoice::new(sample.clone())
        };
        for kind in [
            kind_of(client.list_voices(None)),
            kind_of(client.get_voice("x")),
            kind_of(client.upload_voice(&new)),
            kind_of(client.classify_gender(&sample)),
            kind_of(client.capacity("x")),
            kind_of(client.capacities(&["x"])),
        ] {
            assert_eq!(kind, ErrorKind::Protocol);
        }
    }
    assert_eq!(server.asked().len(), number * 6);
    let sandbox = sandbox();
    let ours = support::client(&sandbox);
    for fault in ["half", "bad-json"] {
        sandbox.inject(fault.parse().expect("a fault"));
        ours.usage(&UsageQuery::new("2026-01-01", "2026-01-02"))
            .expect_err("cut");
    }
}

#[test]
fn a_region_has_addresses_of_its_own() {
    let of = |region| {
        let mut config = Config::new().api_key("dd-0123456789abcdef");
        config.region = Some(region);
        let client = Client::new(&config).expect("good");
        [client.rest_url(), client.websocket_url(), client.streaming_url()]
    };
    // As the published clients have them.
    assert_eq!(
        of(Region::Us),
        [
            "https://restapi.deepdub.ai/api/v1",
            "wss://wsapi.deepdub.ai/open",
            "wss://wss.deepdub.ai/ws"
        ]
    );
    assert_eq!(
        of(Region::Eu),
        [
            "https://restapi.eu.deepdub.ai/api/v1",
            "wss://wsapi.eu.deepdub.ai/open",
            "wss://wss.eu.deepdub.ai/ws"
        ]
    );
}
