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
#[path = "csharp/package.rs"]
mod package;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;

use header::Header;
use support::native::{KEY, ROOT, succeed};
use support::scratch::Scratch;
use voicewire_sandbox::Sandbox;

const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bindings/csharp");

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn c_interface() -> Header {
    Header::read(&read(format!("{ROOT}/include/voicewire.h")))
}

fn scratch(name: &str) -> Scratch {
    Scratch::new(&format!("csharp-{name}"))
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
    static BUILT: OnceLock<Option<Scratch>> = OnceLock::new();
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
                        .args(files(&Path::new(ROOT).join("tests/csharp"), ".cs"))
                        .args(files(&Path::new(PACKAGE).join("Samples~"), ".cs")),
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
        .env("TEST_RESPEECHER_KEY", sandbox.respeecher().api_key())
        .env("TEST_PALABRA_KEY", sandbox.palabra().api_key())
        .env("TEST_SERVICES_URL", sandbox.base_url())
        .env("TEST_DIRECTORY", folder);
    command
}

/// Runs a test class; what it leaves in its folder is there until that goes.
#[track_caller]
fn run_in(class: &str) -> Option<Scratch> {
    let built = built()?;
    let (folder, sandbox) = (scratch(class), sandbox());
    succeed(&mut tests(built, &sandbox, &folder, &[class]));
    assert!(
        sandbox.wait_until_idle(Duration::from_secs(10)),
        "every connection is closed"
    );
    Some(folder)
}

#[track_caller]
fn run(class: &str) {
    run_in(class);
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
fn the_package_compiles_as_unity_and_il2cpp_have_it() {
    if !has_mono() {
        return;
    }
    let folder = scratch("unity");
    let engine = folder.join("Engine.cs");
    let attribute = "namespace AOT { public sealed class MonoPInvokeCallbackAttribute : System.Attribute {
        public MonoPInvokeCallbackAttribute(System.Type type) { } } }";
    std::fs::write(&engine, attribute).expect("written");
    for platform in ["UNITY_STANDALONE", "UNITY_IOS"] {
        succeed(
            mcs()
                .arg(format!("-define:UNITY_5_3_OR_NEWER;{platform}"))
                .arg("-target:library")
                .arg(format!("-out:{}", folder.join("Voicewire.dll").display()))
                .arg(&engine)
                .args(files(&Path::new(PACKAGE).join("Runtime"), ".cs")),
        );
    }
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

#[test]
fn csharp_streams_text_in() {
    run("TextSessions");
}

#[test]
fn csharp_reports_and_keeps_reports() {
    run("Reports");
}

#[test]
fn csharp_has_the_rest_of_deepdub() {
    run("Rest");
}

#[test]
fn csharp_converts_and_clones_voices() {
    run("Services");
}

#[test]
fn the_readme_s_csharp_program_converts() {
    let Some(built) = built() else { return };
    let (folder, sandbox) = (scratch("readme"), sandbox());
    let page = read(format!("{PACKAGE}/README.md"));
    let program = page
        .split("\n```csharp\n")
        .filter_map(|rest| rest.split_once("\n```"))
        .find_map(|(block, _)| block.contains("Voicewire.Respeecher.Client").then_some(block))
        .expect("the page has it");
    let source = folder.join("Program.cs");
    let using = "using System; using System.Linq; using Voicewire; using Voicewire.Respeecher;";
    let text = format!("{using} public static class Program {{ public static void Main() {{ {program} }} }}");
    std::fs::write(&source, text).expect("written");
    let mut compiling = mcs();
    compiling.arg(format!("-reference:{}", built.join("Voicewire.dll").display()));
    succeed(
        compiling
            .arg(format!("-out:{}", folder.join("Program.exe").display()))
            .arg(&source),
    );
    std::fs::copy(built.join("Voicewire.dll"), folder.join("Voicewire.dll")).expect("a copy");
    let libraries = std::env::current_exe().expect("this program has a path");
    let output = succeed(
        Command::new("mono")
            .arg(folder.join("Program.exe"))
            .current_dir(&folder)
            .env("LD_LIBRARY_PATH", libraries.parent().expect("in target/…/deps"))
            .env("RESPEECHER_API_KEY", sandbox.respeecher().api_key())
            .env("RESPEECHER_BASE_URL", sandbox.base_url()),
    );
    let told = String::from_utf8(output.stdout).expect("text");
    assert!(folder.join(told.trim()).is_file(), "{told}");
}

#[test]
fn csharp_plays_without_an_allocation() {
    run("Players");
}

#[test]
fn the_unity_sample_is_heard_and_interrupted() {
    let Some(folder) = run_in("Game") else { return };
    let wav = std::fs::read(folder.join("heard.wav")).expect("what was heard");
    let info = voicewire::audio::wav::parse(&wav).expect("a WAV header");
    assert!(info.sample_rate == 44_100 && info.data_size > 44_100, "{info:?}");
}

#[test]
fn csharp_does_everything_at_once() {
    let Some(built) = built() else { return };
    let folder = scratch("stress");
    let options = || voicewire_sandbox::Options {
        keys: vec![KEY.to_owned()],
        max_concurrent: 12,
        ..support::options()
    };
    // As it is, and with Mono's heap checked before each collection.
    for checks in ["", "check-at-minor-collections,verify-before-collections"] {
        let sandbox = Sandbox::start(options()).expect("the sandbox starts");
        succeed(tests(built, &sandbox, &folder, &["Stress"]).env("MONO_GC_DEBUG", checks));
        assert!(
            sandbox.wait_until_idle(Duration::from_secs(20)),
            "every connection is closed"
        );
    }
}

/// The package's own sources, without what is made.
fn written_by_hand() -> String {
    files(&Path::new(PACKAGE).join("Runtime"), ".cs")
        .iter()
        .filter(|path| !path.ends_with("Native.g.cs"))
        .map(read)
        .collect()
}

#[test]
fn every_function_is_used_or_left_out_for_a_reason() {
    let used = written_by_hand();
    let list = read(format!("{ROOT}/tests/csharp/uncovered.txt"));
    let left_out: Vec<&str> = list
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (name, reason) = line.split_once(": ").expect("a name and a reason");
            assert!(!reason.is_empty(), "{name} has a reason");
            name
        })
        .collect();
    let functions = c_interface().functions;
    assert!(functions.len() > 80, "the header is read");
    for function in &functions {
        let is_used = used.contains(&format!("Native.{}(", function.name));
        let is_left_out = left_out.iter().any(|name| match name.strip_suffix('*') {
            Some(beginning) => function.name.starts_with(beginning),
            None => function.name == *name,
        });
        assert!(
            is_used != is_left_out,
            "{}: used {is_used}, left out {is_left_out}",
            function.name
        );
    }
}

#[test]
fn the_package_is_one_for_unity() {
    let metas = package::metas(Path::new(PACKAGE));
    if std::env::var_os("VOICEWIRE_BLESS").is_some() {
        for stale in files(Path::new(PACKAGE), ".meta") {
            std::fs::remove_file(stale).expect("removed");
        }
        for (name, text) in &metas {
            let path = Path::new(PACKAGE).join(name);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            std::fs::write(path, text).expect("bindings/csharp is writable");
        }
    }
    let found: Vec<String> = files(Path::new(PACKAGE), ".meta")
        .iter()
        .map(|path| {
            path.strip_prefix(PACKAGE)
                .expect("below")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let mut expected: Vec<&String> = metas.keys().collect();
    expected.sort_by_key(|name| PathBuf::from(name));
    assert!(
        found.iter().eq(expected)
            && metas
                .iter()
                .all(|(name, text)| read(format!("{PACKAGE}/{name}")) == *text),
        "the .meta files are stale: run `VOICEWIRE_BLESS=1 cargo test --test csharp` and commit them"
    );
    let guids: std::collections::BTreeSet<&str> = metas.values().filter_map(|text| text.lines().nth(1)).collect();
    assert_eq!(guids.len(), metas.len(), "each has its own");
    for file in ["package.json", "Runtime/Library.cs"] {
        let version = env!("CARGO_PKG_VERSION");
        assert!(
            read(format!("{PACKAGE}/{file}")).contains(&format!("\"{version}\"")),
            "{file} says {version}"
        );
    }
}
