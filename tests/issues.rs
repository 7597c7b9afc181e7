//! Issues: filed, read, changed, withdrawn.

mod support;

use support::*;
use voicewire::ErrorKind;
use voicewire::deepdub::{Clip, IssueChanges, NewIssue};

fn report() -> NewIssue {
    NewIssue {
        generation_id: "4da9902b-9141-4fb7-9efb-d616ce266ed9".to_owned(),
        generated_text: "Hello, \"Deepdub\" — Schöne Grüße 😀".to_owned(),
        problem_word: "Deepdub".to_owned(),
        voice_prompt_id: "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773".to_owned(),
        additional_comments: Some("Stress on the wrong syllable.\nTwice.".to_owned()),
        problem_audio: Some(Clip::Bytes((0..=255).collect())),
        problem_seconds: Some(2.5),
    }
}

#[test]
fn a_report_comes_back_as_it_was_filed() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let report = report();
    let filed = client.create_issue(&report).expect("filed");
    assert!(filed.id.starts_with("iss_"));
    assert_eq!(filed.state.as_deref(), Some("open"));
    assert_eq!(filed.generation_id.as_deref(), Some(report.generation_id.as_str()));
    assert_eq!(filed.generated_text.as_deref(), Some(report.generated_text.as_str()));
    assert_eq!(filed.problem_word.as_deref(), Some("Deepdub"));
    assert_eq!(filed.voice_prompt_id.as_deref(), Some(report.voice_prompt_id.as_str()));
    assert_eq!(filed.additional_comments, report.additional_comments);
    assert_eq!(filed.problem_seconds, Some(2.5));
    assert!(filed.created_at.is_some() && filed.updated_at.is_some());
    assert_eq!(
        sandbox.issue_audio(&filed.id),
        Some((0..=255).collect()),
        "the clip arrives byte for byte"
    );
    assert_eq!(client.get_issue(&filed.id).expect("there"), filed);
}

#[test]
fn unknown_fields_of_an_answer_are_kept() {
    let sandbox = sandbox();
    let filed = client(&sandbox).create_issue(&report()).expect("filed");
    assert_eq!(filed.extra.get("problemAudioBytes"), Some(&serde_json::json!(256)));
    let json = serde_json::to_value(&filed).expect("JSON");
    assert_eq!(json["problemAudioBytes"], 256);
    assert_eq!(json["problemWord"], "Deepdub");
}

#[test]
fn only_the_fields_given_are_sent_and_changed() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let least = NewIssue {
        additional_comments: None,
        problem_audio: None,
        problem_seconds: None,
        ..report()
    };
    let filed = client.create_issue(&least).expect("filed");
    let body = sandbox
        .requests()
        .last()
        .and_then(|request| request.body.clone())
        .expect("a body");
    let mut names: Vec<_> = body.as_object().expect("an object").keys().cloned().collect();
    names.sort();
    assert_eq!(names, ["generatedText", "generationId", "problemWord", "voicePromptId"]);

    let changes = IssueChanges {
        additional_comments: Some("also with seed 42".to_owned()),
        problem_seconds: Some(0.0),
        ..IssueChanges::default()
    };
    let changed = client.update_issue(&filed.id, &changes).expect("changed");
    assert_eq!(changed.additional_comments.as_deref(), Some("also with seed 42"));
    assert_eq!(changed.problem_seconds, Some(0.0));
    assert_eq!(changed.problem_word, filed.problem_word);
    assert_eq!(changed.created_at, filed.created_at);
    let everything = IssueChanges {
        generation_id: Some("other".to_owned()),
        generated_text: Some("Another text.".to_owned()),
        problem_word: Some("Another".to_owned()),
        voice_prompt_id: Some("vp_2".to_owned()),
        problem_audio: Some(Clip::Bytes(vec![1, 2, 3])),
        ..IssueChanges::default()
    };
    let changed = client.update_issue(&filed.id, &everything).expect("changed");
    assert_eq!(changed.generation_id.as_deref(), Some("other"));
    assert_eq!(changed.generated_text.as_deref(), Some("Another text."));
    assert_eq!(changed.problem_word.as_deref(), Some("Another"));
    assert_eq!(changed.voice_prompt_id.as_deref(), Some("vp_2"));
    assert_eq!(sandbox.issue_audio(&filed.id), Some(vec![1, 2, 3]));
    assert_eq!(client.get_issue(&filed.id).expect("there"), changed);
}

#[test]
fn a_deleted_report_is_not_found() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let id = client.create_issue(&report()).expect("filed").id;
    assert_eq!(client.delete_issue(&id).expect("deleted"), "Issue deleted");
    for error in [
        client.get_issue(&id).expect_err("gone"),
        client.delete_issue(&id).expect_err("gone"),
        client.update_issue(&id, &IssueChanges::default()).expect_err("gone"),
    ] {
        assert_kind(&error, ErrorKind::NotFound);
        assert_eq!(error.message(), "Issue not found", "the service's words");
        assert_eq!(error.http_status(), Some(404));
    }
}

#[test]
fn a_clip_may_be_a_file() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let directory = std::env::temp_dir().join(format!("voicewire-clip-{}", std::process::id()));
    std::fs::create_dir_all(&directory).expect("a directory");
    let path = directory.join("clip.wav");
    std::fs::write(&path, b"RIFF and so on").expect("a file");
    let with_file = NewIssue {
        problem_audio: Some(Clip::File(path.clone())),
        ..report()
    };
    let filed = client.create_issue(&with_file).expect("filed");
    assert_eq!(sandbox.issue_audio(&filed.id).as_deref(), Some(&b"RIFF and so on"[..]));

    let error = client
        .create_issue(&NewIssue {
            problem_audio: Some(Clip::File(directory.clone())),
            ..report()
        })
        .expect_err("a folder is no clip, as a pipe is none");
    assert_kind(&error, ErrorKind::File);

    std::fs::remove_file(&path).expect("removed");
    let requests = sandbox.requests().len();
    let error = client.create_issue(&with_file).expect_err("no such file");
    assert_kind(&error, ErrorKind::File);
    assert!(error.message().contains("clip.wav"), "{error}");
    assert_eq!(error.field(), Some("problemAudioFile"));
    std::fs::File::create(&path)
        .and_then(|file| file.set_len(21 << 20))
        .expect("a large file");
    assert_kind(
        &client.create_issue(&with_file).expect_err("too large"),
        ErrorKind::InvalidArgument,
    );
    assert_eq!(sandbox.requests().len(), requests, "nothing was sent");
    std::fs::remove_dir_all(&directory).expect("removed");
}

#[test]
fn what_the_service_would_refuse_is_not_sent() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let wrong = [
        (
            "generationId",
            NewIssue {
                generation_id: String::new(),
                ..report()
            },
        ),
        (
            "generatedText",
            NewIssue {
                generated_text: " \n".to_owned(),
                ..report()
            },
        ),
        (
            "problemWord",
            NewIssue {
                problem_word: String::new(),
                ..report()
            },
        ),
        (
            "voicePromptId",
            NewIssue {
                voice_prompt_id: String::new(),
                ..report()
            },
        ),
        (
            "problemSeconds",
            NewIssue {
                problem_seconds: Some(-0.1),
                ..report()
            },
        ),
        (
            "problemSeconds",
            NewIssue {
                problem_seconds: Some(f64::NAN),
                ..report()
            },
        ),
        (
            "problemAudioFile",
            NewIssue {
                problem_audio: Some(Clip::Bytes(Vec::new())),
                ..report()
            },
        ),
    ];
    for (field, issue) in wrong {
        let error = client.create_issue(&issue).expect_err(field);
        assert_kind(&error, ErrorKind::InvalidArgument);
        assert_eq!(error.field(), Some(field));
    }
    assert!(sandbox.requests().is_empty());
}

#[test]
fn an_id_cannot_lead_to_another_place() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for id in ["", "  ", ".", ".."] {
        assert_kind(&client.get_issue(id).expect_err("refused"), ErrorKind::InvalidArgument);
    }
    assert!(sandbox.requests().is_empty());
    for id in [
        "../voice",
        "a/b",
        "iss_1?limit=1",
        "iss_1#x",
        "%2e%2e/voice",
        "iss 1\r\nx-evil: 1",
        "Grüße",
        "a\0b",
    ] {
        assert_kind(&client.get_issue(id).expect_err("not there"), ErrorKind::NotFound);
        let path = sandbox.requests().last().expect("a request").path.clone();
        let segment = path.strip_prefix("/api/v1/issues/").expect("below issues");
        assert!(!segment.contains(['/', '?', '#', ' ']), "{path}");
    }
}
