//! Respeecher and Palabra, used from C.

#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use support::c::compile;
use support::c::scratch;
use support::native::*;
use support::scratch::Scratch;
use voicewire::audio::{Format, Output, decode};
use voicewire_sandbox::{Options, Sandbox};

/// The rows of both services: method and path.
fn rows() -> Vec<(String, String)> {
    let table: Value = serde_json::from_str(include_str!("endpoints.json")).expect("JSON");
    let rows = table.as_array().expect("a list").iter();
    rows.filter(|row| row["service"] != "deepdub")
        .map(|row| {
            let text = |name: &str| row[name].as_str().expect("a text").to_owned();
            (text("method"), text("path"))
        })
        .collect()
}

/// The row that a request is one of: a path as it stands there goes before one with an id in its place.
fn row_of<'a>(rows: &'a [(String, String)], method: &str, path: &str) -> Option<&'a (String, String)> {
    let of = |(known, template): &&(String, String)| {
        let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
        let fits = |(part, there): (&&str, &&str)| part == there || (part.starts_with('{') && !there.is_empty());
        known == method && template.len() == path.len() && template.iter().zip(&path).all(fits)
    };
    let mut fitting: Vec<_> = rows.iter().filter(of).collect();
    fitting.sort_by_key(|(_, path)| path.contains('{'));
    fitting.into_iter().next()
}

fn run(program: &Path, sandbox: &Sandbox, folder: &Path, scenario: &str) {
    with_sandbox(under_valgrind(program).arg(scenario), sandbox, folder);
}

#[test]
fn c_programs_make_every_call_of_respeecher_and_palabra() {
    let (folder, sandbox) = (scratch("services"), sandbox());
    let program = compile(&["tests/c/services.c"], &folder, false);
    sandbox.respeecher().refuse_folder_stats_post(true);
    let locked = sandbox.palabra().seed_voices(1).swap_remove(0);
    sandbox.palabra().lock_voice(&locked, 3);
    let palabra = voicewire::palabra::Config::new()
        .api_key(sandbox.palabra().api_key())
        .base_url(sandbox.base_url());
    let palabra = voicewire::palabra::Client::new(&palabra).expect("good");
    let builtin = palabra.list_builtin_voices().expect("good").next().expect("one");
    let before = sandbox.requests().len();
    let (email, password) = sandbox.respeecher().login();
    let mut command = under_valgrind(&program);
    command.env("TEST_EMAIL", email).env("TEST_PASSWORD", password);
    command.env("TEST_LOCKED", locked);
    command.env("TEST_BUILTIN", builtin.expect("a voice").voice_id.expect("an id"));
    with_sandbox(&mut command, &sandbox, &folder);

    let rows = rows();
    assert_eq!(rows.len(), 47 + 9);
    let requests = sandbox.requests().split_off(before);
    let called: Vec<_> = requests
        .iter()
        .filter_map(|request| row_of(&rows, &request.method, &request.path))
        .collect();
    for row in &rows {
        assert!(called.contains(&row), "{row:?} was not called");
    }
}

#[test]
fn ten_thousand_recordings_are_walked_in_c_in_the_memory_of_one_page() {
    let (folder, sandbox) = (scratch("services-many"), sandbox());
    let program = compile(&["tests/c/services_many.c"], &folder, false);
    let seeded = sandbox.respeecher().seed_recordings(10_000);
    let mut command = Command::new(&program);
    let output = with_sandbox(command.env("TEST_PROJECT", seeded.project_id), &sandbox, &folder);
    print!("{}", String::from_utf8_lossy(&output.stdout));
}

/// What is a whole WAV file, by its name; nothing else may be there.
fn takes(folder: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let bytes = std::fs::read(entry.path()).expect("a file");
        let name = entry.file_name().into_string().expect("UTF-8");
        let decoded = decode::<f32>(Format::Wav, 0, &bytes, Output::new(16_000, 1));
        let samples = decoded.unwrap_or_else(|error| panic!("{name}: {error}")).samples;
        let length = u32::from_le_bytes(bytes[4..8].try_into().expect("four")) as usize;
        assert_eq!(bytes.len(), length + 8, "{name} is whole");
        assert!(
            samples.len() > 16_000 && samples.iter().any(|s| s.abs() > 0.05),
            "{name}"
        );
        names.push(name);
    }
    names.sort();
    names
}

fn orders(sandbox: &Sandbox) -> Vec<usize> {
    let requests = sandbox.requests().into_iter();
    requests
        .filter(|request| request.path == "/api/v2/orders")
        .filter_map(|request| Some(request.body?["conversions"].as_array()?.len()))
        .collect()
}

/// The program, its folder, and where it puts its files.
fn flow(name: &str) -> (PathBuf, Scratch, PathBuf) {
    let folder = scratch(name);
    let program = compile(&["tests/c/respeecher_flow.c"], &folder, false);
    let takes = folder.join("takes");
    (program, folder, takes)
}

const SIX: [&str; 6] = ["alice 1-", "alice 1-", "alice 2-", "alice 2-", "alice 3-", "alice 3-"];

#[track_caller]
fn assert_named(names: &[String], begins: &[&str]) {
    assert_eq!(names.len(), begins.len(), "{names:?}");
    for (name, begins) in names.iter().zip(begins) {
        assert!(name.starts_with(begins) && name.ends_with(".wav"), "{names:?}");
    }
}

#[test]
fn three_paragraphs_and_two_voices_become_six_files_in_c() {
    let (program, folder, there) = flow("flow");
    let options = Options {
        processing_delay: Duration::from_millis(30),
        ..support::options()
    };
    let sandbox = Sandbox::start(options).expect("starts");
    run(&program, &sandbox, &folder, "paragraphs");
    assert_named(&takes(&there), &SIX);
    assert_eq!(orders(&sandbox), [2, 2, 2]);
}

#[test]
fn a_conversion_that_fails_is_named_in_c_and_leaves_five_files() {
    let (program, folder, there) = flow("flow-failing");
    let sandbox = sandbox();
    sandbox.respeecher().fail_conversion(4, "The voice got a cold");
    run(&program, &sandbox, &folder, "one-fails");
    assert_named(
        &takes(&there),
        &["alice 1-", "alice 1-", "alice 2-", "alice 3-", "alice 3-"],
    );
    // Resumed, that one alone is ordered again.
    run(&program, &sandbox, &folder, "resume");
    assert_named(&takes(&there), &SIX);
    assert_eq!(orders(&sandbox), [2, 2, 2, 1]);
}

#[test]
fn credits_that_run_out_in_the_middle_leave_what_was_paid_for_in_c() {
    let (program, folder, there) = flow("flow-credits");
    let sandbox = sandbox();
    sandbox.respeecher().set_credits(3);
    run(&program, &sandbox, &folder, "credits");
    assert_named(&takes(&there), &["alice 1-", "alice 1-", "alice 2-"]);
    sandbox.respeecher().set_credits(10);
    run(&program, &sandbox, &folder, "resume");
    assert_named(&takes(&there), &SIX);
}

#[test]
fn a_download_that_breaks_off_is_repeated_or_leaves_no_file_in_c() {
    let (program, folder, there) = flow("flow-dropped");
    let sandbox = sandbox();
    sandbox.inject("half,on=GET /files".parse().expect("a fault"));
    run(&program, &sandbox, &folder, "paragraphs");
    assert_named(&takes(&there), &SIX);
    let requests = sandbox.requests().into_iter();
    assert_eq!(
        requests.filter(|request| request.path.starts_with("/files/")).count(),
        7
    );

    let (program, folder, there) = flow("flow-dropped-for-good");
    sandbox.inject("half,on=GET /files".parse().expect("a fault"));
    run(&program, &sandbox, &folder, "dropped-for-good");
    assert_named(&takes(&there), &SIX[1..]);
}

#[test]
fn a_job_is_stopped_from_its_callback_and_resumed_in_c() {
    let (program, folder, there) = flow("flow-stopped");
    let sandbox = sandbox();
    run(&program, &sandbox, &folder, "stop");
    // Stopped in six stages, and nothing was paid for twice.
    assert_eq!(takes(&there).len(), 2);
    let ordered: usize = orders(&sandbox).iter().sum();
    assert_eq!(ordered, 5 * 2);
}

#[test]
fn a_wait_is_ended_from_another_thread_in_c() {
    let (program, folder, there) = flow("flow-waiting");
    let sandbox = sandbox();
    sandbox.hold_processing(true);
    run(&program, &sandbox, &folder, "wait");
    assert!(takes(&there).is_empty());
    assert!(
        sandbox.wait_until_idle(Duration::from_secs(10)),
        "every connection is closed"
    );
}

#[test]
fn wrong_input_is_a_status_in_c_and_goes_to_no_other_path() {
    let (folder, sandbox) = (scratch("services-wrong"), sandbox());
    let program = compile(&["tests/c/services_wrong.c"], &folder, false);
    with_sandbox(&mut Command::new(&program), &sandbox, &folder);
    // With the method that is tried first where there are two.
    let respeecher = voicewire::respeecher::ENDPOINTS
        .iter()
        .map(|row| (row.method, row.path));
    let palabra = voicewire::palabra::ENDPOINTS.iter().map(|row| (row.method, row.path));
    let rows = respeecher.chain(palabra);
    let rows: Vec<_> = rows
        .map(|(method, path)| (method.to_owned(), path.to_owned()))
        .collect();
    let mut arrived = BTreeMap::new();
    for request in sandbox.requests() {
        let row = row_of(&rows, &request.method, &request.path);
        let (method, path) = row.unwrap_or_else(|| panic!("{} {} is no call", request.method, request.path));
        *arrived.entry(format!("{method} {path}")).or_insert(0) += 1;
    }
    // The program has written down what it sent.
    let mut sent = BTreeMap::new();
    for line in std::fs::read_to_string(folder.join("sent")).expect("written").lines() {
        *sent.entry(line.to_owned()).or_insert(0) += 1;
    }
    assert_eq!(arrived, sent);
}

/// Whether it is a WAV file with a second of sound in it, or nearly.
fn plays(path: &Path) -> bool {
    let bytes = std::fs::read(path).expect("a file");
    decode::<f32>(Format::Wav, 0, &bytes, Output::new(16_000, 1)).is_ok_and(|decoded| decoded.samples.len() > 12_000)
}

#[test]
fn the_examples_convert_a_text_and_clone_what_comes_of_it() {
    let folder = scratch("example-services");
    let example = |name: &str| {
        let source = format!("examples/c/{name}.c");
        compile(&[&source, "examples/c/local_sandbox.c"], &folder, false)
    };
    let (respeecher, palabra) = (example("respeecher"), example("palabra"));
    let output = without_account(
        under_valgrind(&respeecher).args(["Welcome to the show.", "And now the news.", "-d", "takes"]),
        &folder,
    );
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(out.contains(", Neutral\n") && !out.contains("(null)"), "{out}");
    let paths: Vec<&str> = out.lines().filter(|line| line.starts_with("takes/")).collect();
    assert_eq!(paths.len(), 4, "{out}");
    assert!(
        paths[1].starts_with("takes/text 1-") && paths[2].starts_with("takes/text 2-"),
        "{out}"
    );
    assert!(err.contains("downloading  2 of 2"), "{err}");
    assert!(paths.iter().all(|path| plays(&folder.join(path))));

    let output = without_account(
        under_valgrind(&palabra).args([paths[0], "-l", "de", "-o", "sample.wav"]),
        &folder,
    );
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(out.contains(" is ready\n") && out.ends_with("sample.wav\n"), "{out}");
    assert!(std::fs::metadata(folder.join("sample.wav")).expect("a file").len() > 1000);
}
