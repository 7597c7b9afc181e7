//! The C interface, used from C: compiled with all warnings on, run under valgrind where it is installed.

#![cfg(unix)]

mod support;

use std::path::Path;
use std::process::Command;

use support::c::{cc, compile, scratch};
use support::native::{
    KEY, ROOT, SYSTEM_LIBS, WARNINGS, has, libraries, readme_block, sandbox, sdl2, spoken, succeed, under_valgrind,
    with_sandbox, without_account,
};
use voicewire_sandbox::Sandbox;

/// What gives NULL, garbage and handles of another kind to every function, a file for each part of the header.
const MISUSE: &[&str] = &[
    "tests/c/misuse.c",
    "tests/c/misuse_decoder.c",
    "tests/c/misuse_deepdub_rest.c",
    "tests/c/misuse_line_stream.c",
    "tests/c/misuse_json.c",
    "tests/c/misuse_outbox.c",
    "tests/c/misuse_player.c",
    "tests/c/misuse_report.c",
    "tests/c/misuse_services.c",
];

#[test]
fn misuse_is_a_status_and_never_a_crash() {
    let (folder, sandbox) = (scratch("misuse"), sandbox());
    for source in MISUSE {
        let program = compile(&[source], &folder, false);
        with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
    }
    assert!(sandbox.requests().is_empty(), "nothing that is refused is sent");
}

#[test]
fn misuse_is_tried_on_every_function() {
    let header = include_str!("../include/voicewire.h");
    let tried: String = MISUSE
        .iter()
        .map(|source| std::fs::read_to_string(Path::new(ROOT).join(source)).expect("a source"))
        .collect();
    let functions: Vec<&str> = header
        .split(|character: char| !(character.is_ascii_alphanumeric() || character == '_' || character == '('))
        .filter_map(|word| {
            word.strip_suffix('(')
                .or_else(|| word.split_once('(').map(|(name, _)| name))
        })
        .filter(|name| name.starts_with("vw_"))
        .collect();
    assert!(functions.len() > 20, "{functions:?}");
    for function in functions {
        assert!(tried.contains(&format!("{function}(")), "{function} is not tried");
    }
}

#[test]
fn c_programs_speak_stop_fail_and_report() {
    let (folder, sandbox) = (scratch("behaviour"), sandbox());
    let program = compile(&["tests/c/behaviour.c"], &folder, false);
    with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
    assert!(
        sandbox.wait_until_idle(std::time::Duration::from_secs(10)),
        "every connection is closed"
    );
    let left: Vec<_> = std::fs::read_dir(&folder)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert!(
        !left.iter().any(|name| name.to_string_lossy().ends_with(".part")),
        "{left:?}"
    );
}

#[test]
fn c_programs_call_every_endpoint_of_deepdub() {
    let (folder, sandbox) = (scratch("deepdub-rest"), sandbox());
    std::fs::write(folder.join("voice.wav"), support::rest::voice(110.0, 1.0)).expect("written");
    let text = "This is a text, and no audio at all, however long it is listened to.";
    std::fs::write(folder.join("text.wav"), text).expect("written");
    let program = compile(&["tests/c/deepdub_rest.c"], &folder, false);
    let output = with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
    let told = String::from_utf8_lossy(&output.stdout);
    let id = |what: &str| {
        told.lines()
            .find_map(|line| line.strip_prefix(what))
            .expect("an id")
            .trim()
    };
    support::rest::assert_table_called(&sandbox, id("voice "), id("issue "));
}

#[test]
fn c_programs_read_and_build_json() {
    let (folder, sandbox) = (scratch("json"), sandbox());
    let program = compile(&["tests/c/json.c"], &folder, false);
    with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
}

#[test]
fn c_programs_built_with_another_version_of_the_header_run() {
    let (folder, sandbox) = (scratch("old-struct"), sandbox());
    let program = compile(&["tests/c/old_struct.c"], &folder, false);
    with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
}

#[test]
fn c_programs_keep_reports_until_the_service_has_them() {
    let (folder, sandbox) = (scratch("outbox"), sandbox());
    let program = compile(&["tests/c/outbox.c"], &folder, false);
    with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
}

#[test]
fn c_programs_speak_in_sessions() {
    let (folder, sandbox) = (scratch("session"), sandbox());
    let program = compile(&["tests/c/session.c"], &folder, false);
    with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
    assert!(
        sandbox.wait_until_idle(std::time::Duration::from_secs(10)),
        "every connection is closed"
    );
}

#[test]
fn c_programs_ask_for_the_chunks_of_a_line() {
    let (folder, sandbox) = (scratch("line-stream"), sandbox());
    let program = compile(&["tests/c/line_stream.c"], &folder, false);
    with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
    assert!(
        sandbox.wait_until_idle(std::time::Duration::from_secs(10)),
        "every connection is closed"
    );
}

#[test]
fn c_programs_decode_what_streams() {
    let (folder, sandbox) = (scratch("decoder"), sandbox());
    let program = compile(&["tests/c/decoder.c"], &folder, false);
    with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
}

#[test]
fn c_programs_stream_text_in() {
    let (folder, sandbox) = (scratch("text"), sandbox());
    let program = compile(&["tests/c/text_session.c"], &folder, false);
    with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
    assert!(
        sandbox.wait_until_idle(std::time::Duration::from_secs(10)),
        "every connection is closed"
    );
}

#[test]
fn c_programs_report_from_memory_with_the_second_where_it_happened() {
    let (folder, sandbox) = (scratch("report-from-memory"), sandbox());
    let program = compile(&["tests/c/report.c"], &folder, false);
    with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
    let heard = std::fs::read(folder.join("heard.s16le")).expect("what was heard");
    let filed = std::fs::read_to_string(folder.join("filed")).expect("ids");
    let clips: Vec<Vec<u8>> = filed
        .lines()
        .map(|id| sandbox.issue_audio(id).expect("a clip"))
        .collect();
    // At 16000 Hz: 1.5 s to 4.5 s, and 1.5 s to 2.5 s, two bytes a sample.
    assert_eq!(clips.len(), 3);
    assert_eq!(clips[0][44..], heard[48_000..144_000]);
    assert_eq!(clips[1][44..], heard[48_000..80_000]);
    assert_eq!(clips[2], clips[1], "the same by way of an outbox");
}

#[test]
fn c_programs_play() {
    let (folder, sandbox) = (scratch("player"), sandbox());
    let program = compile(&["tests/c/player.c"], &folder, false);
    with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
    with_sandbox(&mut Command::new(&program), &sandbox, &folder);
    assert!(
        sandbox.wait_until_idle(std::time::Duration::from_secs(10)),
        "every connection is closed"
    );
}

/// Against a service that is often too busy for so many.
fn stress(program: &mut Command, lines: u32, folder: &Path) {
    let options = voicewire_sandbox::Options {
        keys: vec![KEY.to_owned()],
        max_concurrent: 12,
        ..support::options()
    };
    let sandbox = Sandbox::start(options).expect("the sandbox starts");
    with_sandbox(program.arg(lines.to_string()), &sandbox, folder);
    assert!(
        sandbox.wait_until_idle(std::time::Duration::from_secs(20)),
        "every connection is closed"
    );
}

#[test]
fn c_programs_do_everything_at_once() {
    let folder = scratch("stress");
    let program = compile(&["tests/c/stress.c"], &folder, false);
    stress(&mut Command::new(&program), 20_000, &folder);
    stress(&mut under_valgrind(&program), 600, &folder);
}

#[test]
fn the_shared_library_serves_c_programs_too() {
    let (folder, sandbox) = (scratch("shared"), sandbox());
    let program = compile(&["tests/c/behaviour.c"], &folder, true);
    with_sandbox(&mut Command::new(program), &sandbox, &folder);
}

#[test]
fn the_header_compiles_alone_as_c99_and_as_cpp17() {
    let folder = scratch("header");
    let alone = folder.join("alone.c");
    std::fs::write(&alone, "#include <voicewire.h>\nint main(void) { return 0; }\n").expect("a file");
    succeed(cc().arg("-fsyntax-only").arg(&alone));
    if has("c++") {
        let alone_cpp = folder.join("alone.cpp");
        std::fs::copy(&alone, &alone_cpp).expect("a copy");
        let mut command = Command::new("c++");
        command
            .args(["-std=c++17", "-fsyntax-only", "-Wold-style-cast"])
            .args(WARNINGS);
        succeed(command.arg(format!("-I{ROOT}/include")).arg(&alone_cpp));
    }
}

#[test]
fn the_shared_library_exports_the_interface_and_nothing_else() {
    if !has("nm") {
        return;
    }
    let library = libraries().join(format!(
        "{}voicewire{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    ));
    let output = succeed(Command::new("nm").args(["-D", "--defined-only"]).arg(library));
    let text = String::from_utf8_lossy(&output.stdout);
    let symbols: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().last()).collect();
    assert!(symbols.contains(&"vw_deepdub_stream_tts"), "{symbols:?}");
    let others: Vec<_> = symbols.iter().filter(|name| !name.starts_with("vw_")).collect();
    assert!(others.is_empty(), "{others:?}");
}

#[test]
fn the_example_say_leaves_a_file_that_plays() {
    let folder = scratch("say");
    let program = compile(&["examples/c/say.c", "examples/c/local_sandbox.c"], &folder, false);
    let output = without_account(
        under_valgrind(&program).args(["Welcome to the show.", "-o", "welcome.wav"]),
        &folder,
    );
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(
        told.contains("DEEPDUB_API_KEY is not set") && told.contains("first chunk after"),
        "{told}"
    );
    let wav = std::fs::read(folder.join("welcome.wav")).expect("a file");
    let info = voicewire::audio::wav::parse(&wav).expect("a WAV header");
    assert_eq!(
        (info.sample_rate, info.data_offset, info.data_size),
        (48_000, 44, wav.len() - 44)
    );
    assert!(info.data_size > 48_000, "half a second at least");
    for file in ["a.mp3", "a.opus", "a.au", "a.ul", "a.pcm"] {
        without_account(Command::new(&program).args(["Hello.", "-o", file]), &folder);
        assert!(
            std::fs::metadata(folder.join(file)).expect("a file").len() > 1000,
            "{file}"
        );
    }
}

#[test]
fn the_example_say_speaks_through_the_service_where_there_is_a_key() {
    let (folder, sandbox) = (scratch("say-key"), sandbox());
    let program = compile(&["examples/c/say.c", "examples/c/local_sandbox.c"], &folder, false);
    succeed(
        Command::new(&program)
            .current_dir(&folder)
            .args(["Welcome to the show.", "-o", "welcome.mp3", "--seed", "3"])
            .env("DEEPDUB_API_KEY", KEY)
            .env("DEEPDUB_BASE_WEBSOCKET_URL", sandbox.deepdub_open_url()),
    );
    assert_eq!(sandbox.generations().len(), 1);
}

#[test]
fn the_example_session_speaks_at_once_and_interrupts() {
    let folder = scratch("example-session");
    let program = compile(&["examples/c/session.c", "examples/c/local_sandbox.c"], &folder, false);
    let output = without_account(&mut under_valgrind(&program), &folder);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(told.matches("VW_OK").count(), 2, "{told}");
    assert_eq!(told.matches("VW_ERR_CANCELLED").count(), 1, "{told}");
    for name in ["guard.wav", "merchant.wav", "bard.wav"] {
        let wav = std::fs::read(folder.join(name)).expect("a file");
        let info = voicewire::audio::wav::parse(&wav).expect("a WAV header");
        assert!(info.data_size > 0 && info.data_size + 44 == wav.len(), "{name}");
    }
}

#[test]
fn the_example_llm_speaks_while_it_thinks_and_is_interrupted() {
    let folder = scratch("example-llm");
    let program = compile(&["examples/c/llm.c", "examples/c/local_sandbox.c"], &folder, false);
    let output = without_account(&mut under_valgrind(&program), &folder);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(told.matches("VW_ERR_CANCELLED").count(), 1, "{told}");
    assert_eq!(told.matches("VW_OK").count(), 1, "{told}");
    for name in ["story.wav", "answer.wav"] {
        let wav = std::fs::read(folder.join(name)).expect("a file");
        let info = voicewire::audio::wav::parse(&wav).expect("a WAV header");
        assert!(info.data_size > 0 && info.data_size + 44 == wav.len(), "{name}");
    }
}

#[test]
fn the_example_report_issue_follows_a_report_to_its_end() {
    let folder = scratch("report");
    let program = compile(
        &["examples/c/report_issue.c", "examples/c/local_sandbox.c"],
        &folder,
        false,
    );
    let output = without_account(&mut under_valgrind(&program), &folder);
    let told = String::from_utf8_lossy(&output.stdout);
    for word in ["filed iss_", "read iss_", "changed iss_", "withdrawn iss_"] {
        assert!(told.contains(word), "{told}");
    }
}

#[test]
fn the_example_outbox_keeps_a_report_until_there_is_a_network() {
    let folder = scratch("example-outbox");
    let program = compile(&["examples/c/outbox.c", "examples/c/local_sandbox.c"], &folder, false);
    let output = without_account(&mut under_valgrind(&program), &folder);
    let told = String::from_utf8_lossy(&output.stdout);
    for words in [
        "kept ",
        "is waiting (VW_ERR_NETWORK",
        "is delivered as iss_",
        "1 delivered, 0 rejected, 0 waiting",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
}

#[test]
fn the_example_play_is_heard_line_after_line_without_a_gap() {
    let Some(flags) = sdl2() else { return };
    let folder = scratch("play");
    let program = folder.join("play");
    let mut command = cc();
    command.args(["examples/c/play.c", "examples/c/local_sandbox.c"].map(|source| Path::new(ROOT).join(source)));
    command.arg("-o").arg(&program).arg(libraries().join("libvoicewire.a"));
    succeed(command.args(flags).args(SYSTEM_LIBS));

    // What a device would have got. No line begins before all of it is there, so that none is interrupted here.
    let lines = ["Who goes there?", "Nobody, sir."];
    let mut play = Command::new(&program);
    play.env("SDL_AUDIODRIVER", "disk");
    let output = without_account(play.args(["-c", "60000"]).args(lines), &folder);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        told.contains(lines[0]) && told.contains(lines[1]) && told.contains("0 underruns"),
        "{told}"
    );
    let heard: Vec<f32> = std::fs::read(folder.join("sdlaudio.raw"))
        .expect("what was heard")
        .as_chunks::<4>()
        .0
        .iter()
        .map(|sample| f32::from_le_bytes(*sample))
        .collect();
    let expected = lines.map(spoken).concat();
    let begin = heard
        .windows(64)
        .position(|window| window == &expected[..64])
        .expect("it begins");
    assert!(heard[..begin].iter().all(|sample| *sample == 0.0), "silence before");
    assert!(
        heard[begin..][..expected.len()] == expected,
        "line after line, sample by sample"
    );
    assert!(
        heard[begin + expected.len()..].iter().all(|sample| *sample == 0.0),
        "silence after"
    );

    let mut play = Command::new(&program);
    play.env("SDL_AUDIODRIVER", "dummy");
    let output = without_account(play.arg("Nobody, sir."), &folder);
    assert!(String::from_utf8_lossy(&output.stdout).contains("the end"));
}

#[test]
fn the_readme_s_c_program_speaks_as_its_commands_say() {
    let (folder, sandbox) = (scratch("readme"), sandbox());
    let source = folder.join("hello.c");
    std::fs::write(&source, readme_block("```c")).expect("written");
    let readme = include_str!("../README.md");
    let line = readme
        .lines()
        .find(|line| line.starts_with("cc -std=c99 hello.c"))
        .expect("the README's command");
    // The same line, with the libraries of this build and the folders of this test.
    let library = libraries().join("libvoicewire.a").display().to_string();
    let line = line
        .replace("target/release/libvoicewire.a", &library)
        .replace("-Iinclude", &format!("-I{ROOT}/include"));
    succeed(Command::new("sh").arg("-c").arg(line).current_dir(&folder));
    succeed(
        Command::new("./hello")
            .current_dir(&folder)
            .env("DEEPDUB_API_KEY", KEY)
            .env("DEEPDUB_BASE_WEBSOCKET_URL", sandbox.deepdub_open_url()),
    );
    let wav = std::fs::read(folder.join("hello.wav")).expect("a file");
    assert!(voicewire::audio::wav::parse(&wav).is_some_and(|info| info.data_size + 44 == wav.len()));
}

#[test]
fn a_plug_in_with_the_static_library_can_keep_its_symbols_to_itself() {
    if !has("nm") || !cfg!(target_os = "linux") {
        return;
    }
    let folder = scratch("plugin");
    let source = folder.join("plugin.c");
    std::fs::write(
        &source,
        "#include <voicewire.h>\nconst char *plugin_version(void) { return vw_version(); }\n",
    )
    .expect("written");
    let plugin = folder.join("plugin.so");
    let mut command = cc();
    command
        .args(["-shared", "-fPIC", "-Wl,--exclude-libs,ALL", "-o"])
        .arg(&plugin)
        .arg(&source);
    succeed(command.arg(libraries().join("libvoicewire.a")).args(SYSTEM_LIBS));
    let output = succeed(Command::new("nm").args(["-D", "--defined-only"]).arg(&plugin));
    let text = String::from_utf8_lossy(&output.stdout);
    let symbols: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().last()).collect();
    assert_eq!(symbols, ["plugin_version"]);
}

#[test]
fn the_makefile_builds_the_examples() {
    if !has("make") {
        return;
    }
    // With the libraries that are there already.
    let output = Command::new("make")
        .args(["--dry-run", "CARGO=true", "PROFILE=dev"])
        .current_dir(format!("{ROOT}/examples/c"))
        .output();
    let output = output.expect("make runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success()
            && ["say", "report_issue", "respeecher", "palabra"]
                .iter()
                .all(|name| told.contains(&format!("-o build/{name}"))),
        "{told}"
    );
}
