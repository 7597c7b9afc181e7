//! C#, on Mono: the runtime that Unity embeds. Left out where Mono is not installed, but for what needs none.
//!
//! There is no valgrind here: Mono's compiler and garbage collector are full of what it calls errors. What stands in for it is
//! the C tests, and Mono's own checks of its heap.

#![cfg(unix)]

mod support;

#[path = "csharp/header.rs"]
mod header;
#[path = "csharp/native.rs"]
mod native;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;

use header::Header;
use voicewire_sandbox::Sandbox;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bindings/csharp");
/// A key that must appear nowhere.
const KEY: &str = "dd-0123456789abcdef0123456789abcdef";

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn c_interface() -> Header {
    Header::read(&read(format!("{ROOT}/include/voicewire.h")))
}

fn scratch(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("csharp-{name}"));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).expect("a scratch folder");
    path
}

#[track_caller]
fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    assert!(
        !out.contains(KEY) && !err.contains(KEY),
        "{command:?} tells the key:\n{out}\n{err}"
    );
    output
}

/// All files below `folder` with this ending.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn has_mono() -> bool {
    let found = ["mcs", "mono"].iter().all(|program| {
        Command::new(program)
            .arg("--version")
            .output()
            .is_ok_and(|output| output.status.success())
    });
    if !found {
        eprintln!("Mono is not installed: this test is left out");
    }
    found
}

fn mcs() -> Command {
    let mut command = Command::new("mcs");
    command.args(["-langversion:latest", "-unsafe", "-debug", "-warn:4", "-warnaserror"]);
    command
}

/// The package and its tests, compiled once; `None` without Mono.
fn built() -> Option<&'static Path> {
    static BUILT: OnceLock<Option<PathBuf>> = OnceLock::new();
    BUILT
        .get_or_init(|| {
            has_mono().then(|| {
                let folder = scratch("built");
                let library = folder.join("Voicewire.dll");
                succeed(
                    mcs()
                        .arg("-target:library")
                        .arg(format!("-out:{}", library.display()))
                        .args(files(&Path::new(PACKAGE).join("Runtime"), ".cs")),
                );
                succeed(
                    mcs()
                        .arg(format!("-out:{}", folder.join("Tests.exe").display()))
                        .arg(format!("-reference:{}", library.display()))
                        .args(files(&Path::new(ROOT).join("tests/csharp"), ".cs")),
                );
                folder
            })
        })
        .as_deref()
}

fn sandbox() -> Sandbox {
    let options = voicewire_sandbox::Options {
        keys: vec![KEY.to_owned()],
        ..support::options()
    };
    Sandbox::start(options).expect("the sandbox starts")
}

/// Runs test classes in a process of their own.
fn tests(built: &Path, sandbox: &Sandbox, folder: &Path, classes: &[&str]) -> Command {
    let program = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new("mono");
    command
        .arg("--debug")
        .arg(built.join("Tests.exe"))
        .args(classes)
        // Where cargo has put the library for this test program; in the folders that cargo names there may be an older one.
        .env("LD_LIBRARY_PATH", program.parent().expect("in target/…/deps"))
        .env("TEST_KEY", sandbox.api_key())
        .env("TEST_REST_URL", sandbox.deepdub_rest_url())
        .env("TEST_WEBSOCKET_URL", sandbox.deepdub_open_url())
        .env("TEST_STREAMING_URL", sandbox.deepdub_live_url())
        .env("TEST_DIRECTORY", folder);
    command
}

#[track_caller]
fn run(class: &str) {
    let Some(built) = built() else { return };
    let (folder, sandbox) = (scratch(class), sandbox());
    succeed(&mut tests(built, &sandbox, &folder, &[class]));
    assert!(
        sandbox.wait_until_idle(Duration::from_secs(10)),
        "every connection is closed"
    );
}

#[test]
fn the_native_functions_are_those_of_the_header() {
    let committed = format!("{PACKAGE}/Runtime/Native.g.cs");
    let made = native::write(&c_interface());
    if std::env::var_os("VOICEWIRE_BLESS").is_some() {
        std::fs::write(&committed, &made).expect("bindings/csharp is writable");
    }
    let present = std::fs::read_to_string(&committed).unwrap_or_default();
    assert!(
        present == made,
        "Native.g.cs is stale: run `VOICEWIRE_BLESS=1 cargo test --test csharp` and commit it"
    );
}

#[test]
fn the_structs_lie_in_memory_as_c_has_them() {
    let Some(built) = built() else { return };
    let (folder, sandbox) = (scratch("layout"), sandbox());
    let (source, program) = (folder.join("layout.c"), folder.join("layout"));
    std::fs::write(&source, native::layout_program(&c_interface())).expect("written");
    succeed(
        Command::new("cc")
            .arg(format!("-I{ROOT}/include"))
            .arg(&source)
            .arg("-o")
            .arg(&program),
    );
    let sorted = |output: Output| {
        let text = String::from_utf8(output.stdout).expect("text");
        let mut lines: Vec<String> = text
            .lines()
            .filter(|line| line.starts_with("vw_"))
            .map(str::to_owned)
            .collect();
        lines.sort();
        lines
    };
    let c = sorted(succeed(&mut Command::new(program)));
    let csharp = sorted(succeed(&mut tests(built, &sandbox, &folder, &["Layout"])));
    assert!(c.len() > 200, "{c:?}");
    assert_eq!(c, csharp);
}

#[test]
fn csharp_has_all_of_the_interface() {
    run("Interface");
}

#[test]
fn csharp_speaks_stops_fails_and_decodes() {
    run("Calls");
}

#[test]
fn csharp_speaks_in_sessions() {
    run("Sessions");
}
