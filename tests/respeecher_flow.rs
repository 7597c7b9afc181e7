//! From text or audio to finished files, in one call.

mod support;

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use support::http::{Directory, TestServer, http, json as answer};
use support::market::*;
use support::{assert_kind, options, sandbox};
use voicewire::respeecher::*;
use voicewire::{CallOptions, CancelToken, ErrorKind};
use voicewire_sandbox::{Options, Sandbox};

const PARAGRAPHS: [&str; 3] = [
    "Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do.",
    "So she was considering in her own mind whether the pleasure of making a daisy-chain would be worth the trouble.",
    "There was nothing so very remarkable in that; nor did Alice think it so very much out of the way.",
];

fn quick() -> Polling {
    Polling {
        first: Duration::from_millis(1),
        longest: Duration::from_millis(5),
        limit: Some(Duration::from_secs(60)),
    }
}

fn styled(voices: &[Voice]) -> Vec<Conversion> {
    let styled = |voice: &Voice| Conversion::styled(&voice.id, &voice.narration_styles[0].id);
    voices.iter().map(styled).collect()
}

fn job(text: &str, voices: &[Voice], directory: &Directory) -> Job {
    Job {
        source: Source::text(text),
        label: Some("line".to_owned()),
        conversions: styled(voices),
        directory: directory.0.clone(),
        polling: quick(),
        ..Job::default()
    }
}

fn go(_: &Progress<'_>) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// That it is a WAV file as long as it says.
fn assert_whole(path: &Path) {
    let bytes = std::fs::read(path).expect("there");
    assert!(bytes.starts_with(b"RIFF"), "{path:?}");
    let length = u32::from_le_bytes(bytes[4..8].try_into().expect("four")) as usize;
    assert_eq!(bytes.len(), length + 8, "{path:?}");
}

#[test]
fn three_paragraphs_and_two_voices_become_six_files() {
    let sandbox = Sandbox::start(Options {
        processing_delay: Duration::from_millis(30),
        ..options()
    })
    .expect("starts");
    let client = market(&sandbox);
    let two = &voices(&client)[..2];
    let directory = Directory::new();
    let mut folder = None;
    for (number, text) in PARAGRAPHS.iter().enumerate() {
        let mut job = job(text, two, &directory);
        job.label = Some(format!("alice {}", number + 1));
        if let Some(folder) = folder.take() {
            job.place = Place::Folder(folder);
        }
        let mut told = Vec::new();
        let outcome = client
            .convert(&job, |progress| {
                told.push((
                    progress.stage,
                    progress.done,
                    progress.total,
                    progress.recording_id.is_some(),
                ));
                ControlFlow::Continue(())
            })
            .expect("converted");
        assert!(outcome.failures.is_empty());
        let indexes: Vec<usize> = outcome.files.iter().map(|file| file.index).collect();
        assert_eq!(indexes, [0, 1]);
        for (file, voice) in outcome.files.iter().zip(two) {
            assert_whole(&file.path);
            assert_eq!(file.bytes, file.path.metadata().expect("there").len());
            assert_eq!(file.recording.voice_id.as_ref(), Some(&voice.id));
        }
        let stages: Vec<Stage> = told.iter().map(|told| told.0).collect();
        assert!(stages.is_sorted_by_key(|stage| *stage as u32), "{told:?}");
        assert!(told.contains(&(Stage::Converting, 2, 2, true)), "{told:?}");
        assert_eq!(told.first(), Some(&(Stage::Preparing, 0, 1, false)));
        assert_eq!(told.last(), Some(&(Stage::Downloading, 2, 2, true)));
        folder = outcome.folder_id;
    }
    let names = directory.names();
    assert_eq!(names.len(), 6, "{names:?}");
    for (number, name) in names.iter().enumerate() {
        let begins = format!("alice {}-", number / 2 + 1);
        assert!(name.starts_with(&begins) && name.ends_with(".wav"), "{name}");
    }
    let projects = client.list_projects(&ProjectQuery::default()).expect("good").count();
    assert_eq!(projects, 1, "the folder was used again");
}

#[test]
fn audio_is_uploaded_and_converted() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let voice = &voices(&client)[0];
    let directory = Directory::new();
    let accent = &voice.accents[1];
    let job = Job {
        source: Source::Audio(tone()),
        place: Place::New("Tones".to_owned()),
        conversions: vec![
            Conversion::new(&voice.id),
            Conversion {
                accent_id: Some(accent.id.clone()),
                semitones_correction: Some(-2.0),
                label: Some("a/../b.c".to_owned()),
                ..Conversion::new(&voice.id)
            },
        ],
        directory: directory.join("new/takes"),
        polling: quick(),
        ..Job::default()
    };
    let mut uploaded = 0;
    let outcome = client
        .convert(&job, |progress| {
            if progress.stage == Stage::Uploading {
                uploaded = uploaded.max(progress.done);
                assert!(progress.done <= progress.total);
            }
            ControlFlow::Continue(())
        })
        .expect("converted");
    assert!(uploaded > 16_000, "{uploaded}");
    let name = |index: usize| {
        outcome.files[index]
            .path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned()
    };
    assert!(name(0).starts_with("recording-"), "{}", name(0));
    assert!(name(1).starts_with("a____b_c-"), "{}", name(1));
    outcome.files.iter().for_each(|file| assert_whole(&file.path));
    // A style is for texts, and the service leaves it out: the conversion is the same all the same.
    let mut resumed = job.clone();
    resumed.source = Source::Recording(outcome.recording_id().expect("there").to_owned());
    resumed.conversions[0].narration_style_id = Some(voice.narration_styles[0].id.clone());
    assert_eq!(client.convert(&resumed, go).expect("there").files.len(), 2);
    let orders = sandbox.requests();
    assert_eq!(orders.iter().filter(|one| one.path == "/api/v2/orders").count(), 1);
    let project = client
        .list_projects(&ProjectQuery::default())
        .expect("good")
        .next()
        .expect("one")
        .expect("good");
    assert_eq!(project.name.as_deref(), Some("Tones"));
    assert_eq!(outcome.project_id, Some(project.id));
}

#[test]
fn a_conversion_that_fails_does_not_keep_the_others_from_becoming_files() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let three = voices(&client)[..3].to_vec();
    let directory = Directory::new();
    sandbox.respeecher().fail_conversion(2, "The voice got a cold");
    let job = job(PARAGRAPHS[0], &three, &directory);
    let incomplete = client.convert(&job, go).expect_err("one fails");
    let error = incomplete.error();
    assert_kind(error, ErrorKind::Server);
    let name = three[1].name.as_deref().expect("a name");
    assert!(
        error.message().contains("1 of 3") && error.message().contains(name),
        "{error}"
    );
    assert!(error.message().contains("The voice got a cold"), "{error}");
    let outcome = incomplete.outcome();
    let indexes: Vec<usize> = outcome.files.iter().map(|file| file.index).collect();
    assert_eq!(indexes, [0, 2]);
    outcome.files.iter().for_each(|file| assert_whole(&file.path));
    assert_eq!((outcome.failures.len(), outcome.failures[0].index), (1, 1));
    assert!(outcome.failures[0].conversion_id.is_some());

    // Resumed, the failed one alone is ordered again.
    let resumed = Job {
        source: Source::Recording(outcome.recording_id().expect("an original").to_owned()),
        ..job
    };
    let outcome = client.convert(&resumed, go).expect("converted");
    assert_eq!(outcome.files.len(), 3);
    assert_eq!(directory.names().len(), 3);
    let ordered: Vec<usize> = sandbox
        .requests()
        .iter()
        .filter(|request| request.path == "/api/v2/orders")
        .filter_map(|request| Some(request.body.as_ref()?["conversions"].as_array()?.len()))
        .collect();
    assert_eq!(ordered, [3, 1]);
}

#[test]
fn a_file_that_cannot_be_written_does_not_keep_the_others_from_it() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let two = voices(&client)[..2].to_vec();
    let directory = Directory::new();
    let job = job(PARAGRAPHS[0], &two, &directory);
    let files = client.convert(&job, go).expect("converted").files;
    std::fs::remove_file(&files[0].path).expect("removed");
    std::fs::create_dir_all(files[0].path.join("in the way")).expect("made");
    let incomplete = client.convert(&job, go).expect_err("one has no place");
    assert_kind(incomplete.error(), ErrorKind::File);
    let outcome = incomplete.outcome();
    assert_eq!((outcome.files.len(), outcome.files[0].index), (1, 1));
    assert_whole(&outcome.files[0].path);
    assert_eq!((outcome.failures.len(), outcome.failures[0].index), (1, 0));
    assert_kind(&outcome.failures[0].error, ErrorKind::File);
}

#[test]
fn credits_that_run_out_in_the_middle_leave_what_was_paid_for() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let two = voices(&client)[..2].to_vec();
    let directory = Directory::new();
    sandbox.respeecher().set_credits(1);
    let incomplete = client
        .convert(&job(PARAGRAPHS[0], &two, &directory), go)
        .expect_err("too poor");
    assert_eq!(
        (incomplete.outcome().files.len(), incomplete.outcome().failures.len()),
        (1, 1)
    );
    assert_whole(&incomplete.outcome().files[0].path);
    let failure = &incomplete.outcome().failures[0];
    for error in [incomplete.error(), &failure.error] {
        assert_kind(error, ErrorKind::InsufficientCredits);
        let id = failure.conversion_id.as_deref().expect("it was ordered");
        assert!(error.message().contains(id), "{error}");
    }
    // What was paid for can be had again, though the rest of it cannot be ordered.
    std::fs::remove_file(&incomplete.outcome().files[0].path).expect("removed");
    let resumed = Job {
        source: Source::Recording(incomplete.outcome().recording_id().expect("there").to_owned()),
        ..job("", &two, &directory)
    };
    let again = client.convert(&resumed, go).expect_err("still too poor");
    assert_kind(again.error(), ErrorKind::InsufficientCredits);
    assert!(again.error().message().contains(&two[1].id), "{}", again.error());
    assert_eq!((again.outcome().files.len(), again.outcome().failures[0].index), (1, 1));
    assert_whole(&again.outcome().files[0].path);
    // Nothing is left: the order itself is refused.
    let incomplete = client
        .convert(&job(PARAGRAPHS[1], &two, &directory), go)
        .expect_err("too poor");
    assert_kind(incomplete.error(), ErrorKind::InsufficientCredits);
    assert!(incomplete.outcome().folder_id.is_some());
    let id = incomplete.outcome().recording_id().expect("it stays");
    assert!(incomplete.error().message().contains(id), "{}", incomplete.error());
    assert_eq!(directory.names().len(), 1);
    sandbox.respeecher().set_credits(10);
    let resumed = Job {
        source: Source::Recording(incomplete.outcome().recording_id().expect("there").to_owned()),
        ..job("", &two, &directory)
    };
    assert_eq!(client.convert(&resumed, go).expect("converted").files.len(), 2);
}

#[test]
fn a_download_that_breaks_off_is_repeated_and_the_file_is_whole() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let one = voices(&client)[..1].to_vec();
    let directory = Directory::new();
    sandbox.inject("half,on=GET /files".parse().expect("a fault"));
    let outcome = client
        .convert(&job(PARAGRAPHS[0], &one, &directory), go)
        .expect("converted");
    assert_whole(&outcome.files[0].path);
    let downloads = sandbox
        .requests()
        .iter()
        .filter(|r| r.path.starts_with("/files/"))
        .count();
    assert_eq!(downloads, 2);
}

#[test]
fn what_is_wrong_with_a_job_is_told_before_anything_is_sent() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let directory = Directory::new();
    let good = || Job {
        conversions: vec![Conversion::styled("v", "s")],
        ..job("Hello.", &[], &directory)
    };
    let with = |change: fn(&mut Job)| {
        let mut job = good();
        change(&mut job);
        job
    };
    let cases: [(&str, Job); 14] = [
        ("text", with(|job| job.source = Source::text(" "))),
        ("label", with(|job| job.label = Some(String::new()))),
        (
            "text_language",
            with(|job| {
                job.source = Source::Text {
                    text: "Hello.".to_owned(),
                    language: Some(String::new()),
                };
            }),
        ),
        (
            "semitones_correction",
            with(|job| job.conversions[0].semitones_correction = Some(f64::INFINITY)),
        ),
        (
            "recording_id",
            with(|job| job.source = Source::Recording(String::new())),
        ),
        ("file", with(|job| job.source = Source::file(""))),
        (
            "data",
            with(|job| {
                job.source = Source::Audio(Audio::Bytes {
                    name: "x.wav".to_owned(),
                    bytes: Vec::new(),
                });
            }),
        ),
        ("conversions", with(|job| job.conversions.clear())),
        ("voice_id", with(|job| job.conversions[0].voice_id.clear())),
        (
            "narration_style_id",
            with(|job| job.conversions[0].narration_style_id = None),
        ),
        ("directory", with(|job| job.directory.clear())),
        ("place_name", with(|job| job.place = Place::New(String::new()))),
        ("polling_first", with(|job| job.polling.first = Duration::ZERO)),
        ("polling_longest", with(|job| job.polling.longest = Duration::ZERO)),
    ];
    for (field, job) in cases {
        let incomplete = client.convert(&job, go).expect_err("refused");
        let error = incomplete.error();
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidArgument, Some(field)),
            "{error}"
        );
    }
    let missing = with(|job| job.source = Source::file("nothing-here.wav"));
    let incomplete = client.convert(&missing, go).expect_err("refused");
    assert_kind(incomplete.error(), ErrorKind::File);
    assert!(sandbox.requests().is_empty());
}

#[test]
fn what_was_made_for_an_original_that_is_refused_is_deleted() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let one = voices(&client)[..1].to_vec();
    let directory = Directory::new();
    let refused = |place: Place| Job {
        label: Some("x".repeat(1000)),
        place,
        ..job(PARAGRAPHS[0], &one, &directory)
    };
    let count = || client.list_projects(&ProjectQuery::default()).expect("good").count();
    let incomplete = client.convert(&refused(Place::default()), go).expect_err("refused");
    assert_kind(incomplete.error(), ErrorKind::RejectedInput);
    assert_eq!(count(), 0);
    let outcome = incomplete.outcome();
    assert!(outcome.project_id.is_none() && outcome.folder_id.is_none());

    // What was there before stays.
    let (project, folder) = place(&client);
    let in_project = Place::Project {
        project_id: project.id.clone(),
        folder: "New".to_owned(),
    };
    for there in [in_project, Place::Folder(folder.id.clone())] {
        let incomplete = client.convert(&refused(there), go).expect_err("refused");
        assert_eq!(
            incomplete.outcome().project_id.is_some(),
            incomplete.outcome().folder_id.is_none()
        );
    }
    let query = FolderQuery {
        project_id: project.id,
        ..FolderQuery::default()
    };
    let folders: Vec<Folder> = client
        .list_folders(&query)
        .expect("good")
        .map(|folder| folder.expect("a folder"))
        .collect();
    assert!(folders.iter().any(|there| there.id == folder.id));
    assert!(folders.iter().all(|there| there.name.as_deref() != Some("New")));

    // An original that may have arrived is not deleted, and can be found.
    sandbox.inject("drop,on=POST /api/v2/recordings/tts".parse().expect("a fault"));
    let incomplete = client
        .convert(&job(PARAGRAPHS[0], &one, &directory), go)
        .expect_err("broken");
    assert_kind(incomplete.error(), ErrorKind::Network);
    assert!(incomplete.outcome().project_id.is_some() && incomplete.outcome().folder_id.is_some());
    assert_eq!(count(), 2);
}

#[test]
fn a_shift_is_ordered_for_texts_too_and_an_endless_one_for_nothing() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let one = voices(&client)[..1].to_vec();
    let directory = Directory::new();
    let mut shifted = job(PARAGRAPHS[0], &one, &directory);
    shifted.conversions[0].semitones_correction = Some(2.0);
    let outcome = client.convert(&shifted, go).expect("converted");
    assert_eq!(outcome.files[0].recording.semitones_correction, Some(2.0));
    // Resumed, it is known again.
    shifted.source = Source::Recording(outcome.recording.expect("it is there").id);
    client.convert(&shifted, go).expect("downloaded");
    let orders = || {
        sandbox
            .requests()
            .iter()
            .filter(|request| request.path == "/api/v2/orders")
            .count()
    };
    assert_eq!(orders(), 1);
    let order = Order {
        original_id: "o".to_owned(),
        conversions: vec![Conversion {
            semitones_correction: Some(f64::NEG_INFINITY),
            ..Conversion::new("v")
        }],
        ..Order::default()
    };
    let endless = client.create_order(&order).expect_err("refused");
    assert_eq!(endless.field(), Some("semitones_correction"));
    assert_eq!(orders(), 1);
}

#[test]
fn a_job_can_be_stopped_at_any_stage_and_resumed() {
    for stage in [
        Stage::Preparing,
        Stage::Processing,
        Stage::Ordering,
        Stage::Converting,
        Stage::Downloading,
    ] {
        let sandbox = sandbox();
        let client = market(&sandbox);
        let two = voices(&client)[..2].to_vec();
        let directory = Directory::new();
        let job = job(PARAGRAPHS[2], &two, &directory);
        let incomplete = client
            .convert(&job, |progress| {
                if progress.stage == stage {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })
            .expect_err("stopped");
        assert_kind(incomplete.error(), ErrorKind::Cancelled);
        assert!(directory.names().is_empty(), "{stage}");
        let Some(id) = incomplete.outcome().recording_id() else {
            assert_eq!(stage, Stage::Preparing);
            continue;
        };
        let resumed = Job {
            source: Source::Recording(id.to_owned()),
            ..job
        };
        assert_eq!(
            client.convert(&resumed, go).expect("converted").files.len(),
            2,
            "{stage}"
        );
        let placed: usize = sandbox
            .requests()
            .iter()
            .filter(|request| request.path == "/api/v2/orders")
            .filter_map(|request| Some(request.body.as_ref()?["conversions"].as_array()?.len()))
            .sum();
        assert_eq!(placed, 2, "{stage}: nothing is paid for twice");
    }
}

#[test]
fn waiting_has_an_end_and_can_be_ended() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let one = voices(&client)[..1].to_vec();
    let directory = Directory::new();
    sandbox.hold_processing(true);
    let mut job = job(PARAGRAPHS[0], &one, &directory);
    job.polling.limit = Some(Duration::from_millis(100));
    let incomplete = client.convert(&job, go).expect_err("too long");
    assert_eq!(
        (incomplete.error().kind(), incomplete.error().field()),
        (ErrorKind::Timeout, Some("polling_limit"))
    );
    assert!(incomplete.outcome().recording_id().is_some());
    // A wait that is longer than any clock goes is past every limit.
    job.polling.first = Duration::MAX;
    job.polling.longest = Duration::MAX;
    let incomplete = client.convert(&job, go).expect_err("too long");
    assert_kind(incomplete.error(), ErrorKind::Timeout);
    // From another thread, in the middle of a wait that has no end.
    for wait in [Duration::from_secs(3600), Duration::MAX] {
        job.polling = Polling {
            first: wait,
            longest: wait,
            limit: None,
        };
        let token = CancelToken::new();
        let stopper = token.clone();
        let options = CallOptions::new().cancel(&token);
        let mut asked = 0;
        let incomplete = client
            .with_options(&options)
            .convert(&job, |progress| {
                if progress.stage == Stage::Processing {
                    asked += 1;
                    let stopper = stopper.clone();
                    std::thread::spawn(move || stopper.cancel());
                }
                ControlFlow::Continue(())
            })
            .expect_err("cancelled");
        assert_kind(incomplete.error(), ErrorKind::Cancelled);
        assert_eq!(asked, 1, "it does not ask again and again");
    }
    sandbox.hold_processing(false);
}

/// Runs a job of two conversions that are held in the making, with `deed` done once they are.
fn disturbed(deed: impl Fn(&Client, &str)) -> Incomplete {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let two = voices(&client)[..2].to_vec();
    let directory = Directory::new();
    let mut job = job(PARAGRAPHS[0], &two, &directory);
    job.polling.limit = None;
    let mut is_done = false;
    let incomplete = client
        .convert(&job, |progress| {
            match progress.stage {
                Stage::Ordering => sandbox.hold_processing(true),
                Stage::Converting if !std::mem::replace(&mut is_done, true) => {
                    deed(&client, progress.recording_id.expect("an original"));
                    sandbox.hold_processing(false);
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })
        .expect_err("something is gone");
    incomplete
        .outcome()
        .files
        .iter()
        .for_each(|file| assert_whole(&file.path));
    assert_kind(incomplete.error(), ErrorKind::NotFound);
    assert!(incomplete.error().message().contains("no longer there"), "{incomplete}");
    incomplete
}

fn conversions_of(client: &Client, original_id: &str) -> Vec<Recording> {
    let query = ConversionQuery {
        original_id: original_id.to_owned(),
        ..ConversionQuery::default()
    };
    let listed = client.list_conversions(&query).expect("good");
    listed.map(|conversion| conversion.expect("a conversion")).collect()
}

#[test]
fn a_conversion_that_is_deleted_meanwhile_fails_alone_and_at_once() {
    let gone = std::cell::RefCell::new(String::new());
    let incomplete = disturbed(|client, original| {
        let conversion = conversions_of(client, original).swap_remove(0);
        client.delete_recording(&conversion.id).expect("deleted");
        assert_eq!(conversions_of(client, original).len(), 1);
        gone.replace(conversion.id);
    });
    let outcome = incomplete.outcome();
    assert_eq!((outcome.files.len(), outcome.failures.len()), (1, 1));
    let failure = &outcome.failures[0];
    let id = gone.into_inner();
    assert_eq!(failure.conversion_id.as_ref(), Some(&id));
    assert_kind(&failure.error, ErrorKind::NotFound);
    assert_eq!(failure.error.http_status(), Some(404));
    assert!(failure.error.message().contains(&id), "{}", failure.error);
    assert!(incomplete.error().message().contains("1 of 2"), "{incomplete}");
}

#[test]
fn an_original_that_is_deleted_meanwhile_takes_its_conversions_along() {
    let incomplete = disturbed(|client, original| client.delete_recording(original).expect("deleted"));
    let outcome = incomplete.outcome();
    let failed: Vec<_> = outcome
        .failures
        .iter()
        .map(|failure| (failure.index, failure.conversion_id.is_some()))
        .collect();
    assert_eq!(failed, [(0, true), (1, true)]);
    assert!(outcome.files.is_empty());
    let id = outcome.recording_id().expect("it was there");
    assert!(incomplete.error().message().contains(id), "{incomplete}");
}

#[test]
fn an_original_that_is_deleted_in_the_making_ends_the_job() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let one = voices(&client)[..1].to_vec();
    let directory = Directory::new();
    let mut job = job(PARAGRAPHS[0], &one, &directory);
    job.polling.limit = None;
    sandbox.hold_processing(true);
    let mut is_deleted = false;
    let incomplete = client
        .convert(&job, |progress| {
            if progress.stage == Stage::Processing && !std::mem::replace(&mut is_deleted, true) {
                let id = progress.recording_id.expect("an original");
                client.delete_recording(id).expect("deleted");
            }
            ControlFlow::Continue(())
        })
        .expect_err("it is gone");
    assert_kind(incomplete.error(), ErrorKind::NotFound);
    let id = incomplete.outcome().recording_id().expect("it was there");
    let words = format!("the recording {id} is no longer there");
    assert!(incomplete.error().message().starts_with(&words), "{incomplete}");
}

#[test]
fn a_conversion_that_a_list_leaves_out_is_waited_for_as_long_as_it_is_there() {
    // The list is behind: the one conversion is only there when it is asked for by its id, at last done.
    let asked_for = std::sync::atomic::AtomicU32::new(0);
    let server = TestServer::start(
        move |_, asked| match (asked.method.as_str(), asked.target.split('?').next()) {
            ("POST", Some("/api/v2/orders")) => answer(
                "200 OK",
                json!([{ "id": "o", "conversion_id": "c", "state": "processing" }]),
            ),
            (_, Some("/api/recordings/conversions")) => answer(
                "200 OK",
                json!({ "list": [], "pagination": { "count": 0, "limit": 100, "offset": 0 } }),
            ),
            (_, Some("/api/recordings/c")) => {
                let count = asked_for.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                let state = if count < 2 { "processing" } else { "done" };
                answer(
                    "200 OK",
                    json!({ "id": "c", "voice_id": "v", "state": state, "url": "/files/1.wav" }),
                )
            }
            (_, Some(path)) if path.starts_with("/files/") => answer("200 OK", json!(path)),
            _ => answer("200 OK", json!({ "id": "r", "state": "done" })),
        },
    );
    let client = Client::new(&Config::new().api_key("rs-x").base_url(server.url()).http(http(0))).expect("good");
    let directory = Directory::new();
    let job = Job {
        source: Source::Audio(tone()),
        place: Place::Folder("f".to_owned()),
        conversions: vec![Conversion::new("v")],
        ..job("", &[], &directory)
    };
    assert_eq!(client.convert(&job, go).expect("converted").files.len(), 1);
}

#[test]
fn files_of_one_job_have_different_names_whatever_the_service_calls_things() {
    // Two takes of one voice, a name that wants out, and one that differs in case alone.
    let conversions = json!([
        { "id": "c1", "voice_id": "v", "voice_name": "../Ann", "state": "done", "url": "/files/1.wav" },
        { "id": "c2", "voice_id": "v", "voice_name": "../Ann", "state": "done", "url": "/files/2.wav" },
        { "id": "c3", "voice_id": "w", "voice_name": "../ANN", "state": "done", "url": "/files/3", "file_name": "x.MP3" },
        { "id": "c4", "voice_id": "x", "voice_name": "Bob", "state": "done", "url": null },
    ]);
    let server = TestServer::start(
        move |_, asked| match (asked.method.as_str(), asked.target.split('?').next()) {
            ("POST", Some("/api/v2/orders")) => answer("200 OK", json!([])),
            (_, Some("/api/recordings/conversions")) => answer(
                "200 OK",
                json!({ "list": conversions, "pagination": { "count": 4, "limit": 100, "offset": 0 } }),
            ),
            (_, Some(path)) if path.starts_with("/files/") => answer("200 OK", json!(path)),
            _ => answer("200 OK", json!({ "id": "r", "state": "done" })),
        },
    );
    let client = Client::new(&Config::new().api_key("rs-x").base_url(server.url()).http(http(0))).expect("good");
    let directory = Directory::new();
    let job = Job {
        source: Source::text("Hello."),
        place: Place::Folder("f".to_owned()),
        conversions: ["v", "v", "w", "x"]
            .map(|voice| Conversion::styled(voice, "s"))
            .to_vec(),
        directory: directory.0.clone(),
        polling: quick(),
        ..Job::default()
    };
    // The service does not say the style: told by their voices alone they are not found.
    let job = Job {
        source: Source::file("none"),
        conversions: job.conversions.iter().map(|c| Conversion::new(&c.voice_id)).collect(),
        ..job
    };
    let job = Job {
        source: Source::Audio(tone()),
        ..job
    };
    let incomplete = client.convert(&job, go).expect_err("one has no url");
    assert_kind(incomplete.error(), ErrorKind::Protocol);
    assert_eq!(incomplete.outcome().failures[0].index, 3);
    let names: Vec<String> = incomplete
        .outcome()
        .files
        .iter()
        .map(|file| file.path.file_name().expect("a name").to_string_lossy().into_owned())
        .collect();
    assert_eq!(
        names,
        ["recording-___Ann.wav", "recording-___Ann-2.wav", "recording-___ANN.mp3"]
    );
    assert_eq!(directory.names().len(), 3);
    // Each is its own conversion.
    let of_files: Vec<String> = incomplete
        .outcome()
        .files
        .iter()
        .map(|file| file.recording.id.clone())
        .collect();
    assert_eq!(of_files, ["c1", "c2", "c3"]);
}

#[test]
fn an_original_that_fails_says_why() {
    for (recording, kind, words) in [
        (
            json!({ "id": "r", "state": "error", "error": "No speech" }),
            ErrorKind::Server,
            "No speech",
        ),
        (
            json!({ "id": "r", "state": "failed", "moderation": { "has_violations": true, "error": "Rude" } }),
            ErrorKind::RejectedInput,
            "Rude",
        ),
        (json!({ "id": "r", "state": "error" }), ErrorKind::Server, "no reason"),
    ] {
        let server = TestServer::with_answers(vec![answer("200 OK", recording)]);
        let client = Client::new(&Config::new().api_key("rs-x").base_url(server.url()).http(http(0))).expect("good");
        let directory = Directory::new();
        let job = Job {
            conversions: vec![Conversion::styled("v", "s")],
            place: Place::Folder("f".to_owned()),
            ..job("Hello.", &[], &directory)
        };
        let incomplete = client.convert(&job, go).expect_err("it fails");
        assert_kind(incomplete.error(), kind);
        assert!(incomplete.error().message().contains(words), "{incomplete}");
        assert_eq!(incomplete.outcome().recording_id(), Some("r"));
    }
}

#[test]
fn files_of_other_jobs_stay_as_they_are() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let two = voices(&client)[..2].to_vec();
    let directory = Directory::new();
    let files = |outcome: &Outcome| outcome.files.iter().map(|file| file.path.clone()).collect::<Vec<_>>();
    let first = client
        .convert(&job(PARAGRAPHS[0], &two, &directory), go)
        .expect("converted");
    let before: Vec<_> = files(&first)
        .iter()
        .map(|path| std::fs::read(path).expect("there"))
        .collect();
    let second = client
        .convert(&job(PARAGRAPHS[1], &two, &directory), go)
        .expect("converted");
    // The same again, which is paid for again.
    let third = client
        .convert(&job(PARAGRAPHS[1], &two, &directory), go)
        .expect("converted");
    assert_eq!(directory.names().len(), 6, "{:?}", directory.names());
    for (number, outcome) in [&second, &third].into_iter().enumerate() {
        for (file, first) in outcome.files.iter().zip(&first.files) {
            assert_whole(&file.path);
            let stem = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
            assert_eq!(stem(&file.path), format!("{}-{}", stem(&first.path), number + 2));
        }
    }
    let after: Vec<_> = files(&first)
        .iter()
        .map(|path| std::fs::read(path).expect("there"))
        .collect();
    assert!(before == after, "the first job's files are what they were");

    // What is a job's own it has again under the same names, and nothing of the others'.
    std::fs::remove_file(&second.files[1].path).expect("removed");
    let resumed = Job {
        source: Source::Recording(second.recording_id().expect("there").to_owned()),
        ..job("", &two, &directory)
    };
    let resumed = client.convert(&resumed, go).expect("converted");
    assert_eq!(files(&resumed), files(&second));
    assert_eq!(directory.names().len(), 6, "{:?}", directory.names());
}

#[test]
fn jobs_at_the_same_time_do_not_write_the_same_file() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let one = voices(&client)[..1].to_vec();
    let directory = Directory::new();
    let all_download = std::sync::Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut has_met = false;
                let outcome = client.convert(&job(PARAGRAPHS[0], &one, &directory), |progress| {
                    // All have chosen a name when the first of them is whole.
                    if progress.bytes > 0 && !std::mem::replace(&mut has_met, true) {
                        all_download.wait();
                    }
                    ControlFlow::Continue(())
                });
                assert_whole(&outcome.expect("converted").files[0].path);
            });
        }
    });
    assert_eq!(directory.names().len(), 4, "{:?}", directory.names());
}
