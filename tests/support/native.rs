//! Programs in other languages: compiled with the library of this build, run against a sandbox.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Once;

use voicewire_sandbox::Sandbox;

pub const ROOT: &str = env!("CARGO_MANIFEST_DIR");
pub const WARNINGS: [&str; 4] = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"];
pub const SYSTEM_LIBS: [&str; 3] = ["-lpthread", "-ldl", "-lm"];
/// A key that must appear nowhere.
pub const KEY: &str = "dd-0123456789abcdef0123456789abcdef";

/// Where cargo has put the libraries for this test program: beside it. (One level up there may be those of an earlier
/// build.)
pub fn libraries() -> PathBuf {
    let program = std::env::current_exe().expect("this program has a path");
    program.parent().expect("in target/…/deps").to_path_buf()
}

pub fn has(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("{program} is not installed: a part of this test is left out");
    }
    found
}

#[track_caller]
pub fn succeed(command: &mut Command) -> Output {
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

/// Runs a program, under valgrind where there is one: no error, no leak.
pub fn under_valgrind(program: &Path) -> Command {
    if !has("valgrind") {
        return Command::new(program);
    }
    let mut command = Command::new("valgrind");
    command
        .args([
            "--quiet",
            "--error-exitcode=99",
            "--leak-check=full",
            "--errors-for-leak-kinds=definite,indirect,possible",
        ])
        .arg(program);
    command
}

pub fn with_sandbox(command: &mut Command, sandbox: &Sandbox, folder: &Path) -> Output {
    succeed(
        command
            // Cargo puts a folder first in which a library of an earlier build may lie.
            .env_remove("LD_LIBRARY_PATH")
            // What is not given is not found either.
            .env_remove("RESPEECHER_API_KEY")
            .env_remove("PALABRA_API_KEY")
            .env_remove("PALABRA_CLIENT_ID")
            .env("TEST_KEY", sandbox.api_key())
            .env("TEST_REST_URL", sandbox.deepdub_rest_url())
            .env("TEST_WEBSOCKET_URL", sandbox.deepdub_open_url())
            .env("TEST_STREAMING_URL", sandbox.deepdub_live_url())
            .env("TEST_RESPEECHER_KEY", sandbox.respeecher().api_key())
            .env("TEST_PALABRA_KEY", sandbox.palabra().api_key())
            .env("TEST_SERVICES_URL", sandbox.base_url())
            .env("TEST_DIRECTORY", folder),
    )
}

pub fn sandbox() -> Sandbox {
    let options = voicewire_sandbox::Options {
        keys: vec![KEY.to_owned()],
        ..super::options()
    };
    Sandbox::start(options).expect("the sandbox starts")
}

/// Builds the program that the C examples start when there is no key.
pub fn sandbox_program() -> PathBuf {
    static BUILT: Once = Once::new();
    let deps = libraries();
    let profile = deps.parent().expect("in target/…");
    BUILT.call_once(|| {
        let mut command = Command::new(env!("CARGO"));
        // Without -p, so that the dependencies are those that `cargo build` in the Makefile makes.
        command.current_dir(ROOT).args(["build", "--bin", "voicewire-sandbox"]);
        command.arg("--target-dir").arg(profile.parent().expect("in target"));
        if profile.ends_with("release") {
            command.arg("--release");
        }
        succeed(&mut command);
    });
    profile.join("voicewire-sandbox")
}

pub fn without_account(command: &mut Command, folder: &Path) -> Output {
    succeed(
        command
            .current_dir(folder)
            .env("VOICEWIRE_SANDBOX", sandbox_program())
            .env_remove("DEEPDUB_API_KEY")
            .env_remove("RESPEECHER_API_KEY")
            .env_remove("PALABRA_API_KEY")
            .env_remove("PALABRA_CLIENT_ID"),
    )
}

/// What the compiler has to be told of SDL2; `None` where it is not installed.
pub fn sdl2() -> Option<Vec<String>> {
    let output = Command::new("pkg-config").args(["--cflags", "--libs", "sdl2"]).output();
    let flags = output.ok().filter(|output| output.status.success());
    if flags.is_none() {
        eprintln!("SDL2 is not installed: a part of this test is left out");
    }
    let flags = String::from_utf8(flags?.stdout).expect("flags are text");
    Some(flags.split_whitespace().map(str::to_owned).collect())
}

/// What the example asks for, decoded, from a sandbox like its own.
pub fn spoken(text: &str) -> Vec<f32> {
    use voicewire::audio::{Format, Output, decode};
    let sandbox = Sandbox::start(voicewire_sandbox::Options::default()).expect("the sandbox starts");
    let mut request = voicewire::deepdub::SpeechRequest::new(text, voicewire::deepdub::TRIAL_VOICE);
    request.sample_rate = Some(48_000);
    request.seed = Some(7);
    let bytes = super::hear(&super::client(&sandbox), &request).data();
    let decoded = decode::<f32>(Format::Mp3, 0, &bytes, Output::new(48_000, 1)).expect("whole");
    decoded.samples
}

/// The first code block of the README that begins with this line.
pub fn readme_block(fence: &str) -> &'static str {
    let readme = include_str!("../../README.md");
    let (_, rest) = readme.split_once(&format!("\n{fence}\n")).expect("the README has it");
    rest.split_once("\n```").expect("it ends").0
}
