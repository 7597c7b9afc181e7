//! The examples in C++, compiled and run against a sandbox of their own.

#![cfg(unix)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::native::{
    KEY, ROOT, SYSTEM_LIBS, has, libraries, readme_block, sandbox, sdl2, spoken, succeed, under_valgrind,
    without_account,
};
use support::scratch::Scratch;

const WARNINGS: [&str; 6] = ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Wconversion", "-Werror"];

fn scratch(name: &str) -> Scratch {
    Scratch::new(&format!("cpp-example-{name}"))
}

/// An example as its Makefile builds it; `None` where there is no C++ compiler.
fn compile(name: &str, flags: &[String], folder: &Path) -> Option<PathBuf> {
    if !has("c++") || !has("cc") {
        return None;
    }
    let object = folder.join("local_sandbox.o");
    let mut c = Command::new("cc");
    c.args(["-std=c99", "-c"])
        .arg(format!("{ROOT}/examples/c/local_sandbox.c"));
    succeed(c.arg("-o").arg(&object));
    let program = folder.join(name);
    let mut command = Command::new("c++");
    command
        .args(["-std=c++17", "-g"])
        .args(WARNINGS)
        .arg(format!("-I{ROOT}/include"));
    command.arg(format!("{ROOT}/examples/cpp/{name}.cpp")).arg(object);
    command.arg("-o").arg(&program).arg(libraries().join("libvoicewire.a"));
    succeed(command.args(flags).args(SYSTEM_LIBS));
    Some(program)
}

/// The samples of a WAV file with 16 bits.
fn samples(path: &Path) -> Vec<i32> {
    let wav = std::fs::read(path).expect("a file");
    let info = voicewire::audio::wav::parse(&wav).expect("a WAV header");
    assert_eq!(
        (info.sample_rate, info.data_size + info.data_offset),
        (48_000, wav.len()),
        "{path:?}"
    );
    let (pairs, _) = wav[info.data_offset..].as_chunks::<2>();
    pairs.iter().map(|pair| i16::from_le_bytes(*pair).into()).collect()
}

#[test]
fn the_example_say_leaves_a_file_that_plays() {
    let folder = scratch("say");
    let Some(program) = compile("say", &[], &folder) else {
        return;
    };
    let output = without_account(
        under_valgrind(&program).args(["Welcome to the show.", "welcome.wav"]),
        &folder,
    );
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("welcome.wav, first chunk after"), "{told}");
    assert!(
        samples(&folder.join("welcome.wav")).len() > 24_000,
        "half a second at least"
    );
    without_account(Command::new(&program).args(["Hello.", "a.mp3"]), &folder);
    assert!(std::fs::metadata(folder.join("a.mp3")).expect("a file").len() > 1000);
    let refused = Command::new(&program)
        .current_dir(&folder)
        .args(["Hello.", "a.txt"])
        .env("DEEPDUB_API_KEY", KEY)
        .output();
    let refused = refused.expect("it runs");
    assert_eq!(refused.status.code(), Some(1), "an exception is told: {refused:?}");
}

#[test]
fn the_example_session_speaks_at_once_and_interrupts() {
    let folder = scratch("session");
    let Some(program) = compile("session", &[], &folder) else {
        return;
    };
    let output = without_account(&mut under_valgrind(&program), &folder);
    let told = String::from_utf8_lossy(&output.stdout);
    assert_eq!(told.matches("VW_OK").count(), 2, "{told}");
    assert_eq!(told.matches("VW_ERR_CANCELLED").count(), 1, "{told}");
    for name in ["guard.wav", "merchant.wav", "bard.wav"] {
        assert!(!samples(&folder.join(name)).is_empty(), "{name}");
    }
}

/// What a line sounds like alone, as the example writes it down.
fn alone(text: &str) -> Vec<i32> {
    spoken(text)
        .iter()
        .map(|sample| (sample.clamp(-1.0, 1.0) * 32767.0).round() as i32)
        .collect()
}

/// How many samples from `begin` on are those of `line`, but for rounding.
fn matching(heard: &[i32], begin: usize, line: &[i32]) -> usize {
    let pairs = heard[begin..].iter().zip(line);
    pairs.take_while(|(heard, said)| (*heard - *said).abs() <= 1).count()
}

/// Where a line begins: silence matches anywhere, its first loud part does not.
fn find(heard: &[i32], line: &[i32]) -> Option<usize> {
    let loud = line
        .iter()
        .position(|sample| sample.abs() > 2000)
        .expect("it is loud somewhere");
    let part = &line[loud..loud + 256];
    (loud..heard.len().saturating_sub(part.len()))
        .find(|place| matching(heard, *place, part) == part.len())
        .map(|place| place - loud)
}

#[test]
fn the_example_game_loop_is_heard_line_by_line_and_the_interrupted_one_cut() {
    let Some(flags) = sdl2() else { return };
    let folder = scratch("game-loop");
    let Some(program) = compile("game_loop", &flags, &folder) else {
        return;
    };
    // No line begins before all of it is there, so that none is interrupted by a machine that is busy.
    let mut game = Command::new(&program);
    game.args(["--cushion", "60000", "--interrupt", "1.5", "--record"]);
    game.env("SDL_VIDEODRIVER", "dummy").env("SDL_AUDIODRIVER", "dummy");
    let output = without_account(&mut game, &folder);
    let told = String::from_utf8_lossy(&output.stdout);
    eprintln!("{told}");
    assert!(told.contains("bard: interrupted after"), "{told}");
    assert_eq!(told.matches("VW_OK after").count(), 3, "{told}");
    // How they compare is shown: a machine may be busy with something else.
    for when in ["quiet", "speaking"] {
        let line = told.lines().find(|line| line.starts_with(when)).expect(when);
        for percentile in ["p50", "p95", "p99"] {
            let times = line.matches(percentile).count();
            assert_eq!(times, 2, "of work, and from frame to frame: {line}");
        }
    }

    let [guard, merchant, bard, heard] =
        ["guard.wav", "merchant.wav", "bard.wav", "heard.wav"].map(|name| samples(&folder.join(name)));
    let whole = [
        (
            &guard,
            "Halt! Nobody enters the castle after dark. Those are the orders.",
        ),
        (&merchant, "Fresh apples, straight from the valley! Who will have some?"),
    ];
    for (channel, text) in whole {
        let line = alone(text);
        let begin = find(channel, &line).expect(text);
        assert_eq!(
            matching(channel, begin, &line),
            line.len(),
            "whole and in order: {text}"
        );
        assert!(
            channel[..begin]
                .iter()
                .chain(&channel[begin + line.len()..])
                .all(|sample| *sample == 0),
            "nothing else: {text}"
        );
    }

    let ballad = alone(
        "Now hear the ballad of the seven kings, which has, I am proud to say, no fewer than ninety verses, and of which I \
         shall leave out not a single one.",
    );
    let begin = find(&bard, &ballad).expect("the ballad begins");
    let kept = matching(&bard, begin, &ballad);
    assert!(
        kept > 48_000 && kept + 24_000 < ballad.len(),
        "cut after {kept} of {} samples",
        ballad.len()
    );
    let retort = alone("Very well. I shall be silent.");
    let answer = find(&bard, &retort).expect("the retort begins");
    assert!(answer >= begin + kept, "after what it cuts");
    assert_eq!(matching(&bard, answer, &retort), retort.len(), "the retort is whole");
    // What is left of the ballad fades; then there is silence.
    let fade = 480;
    assert!(
        bard[begin + kept + fade..answer].iter().all(|sample| *sample == 0),
        "not a word more of the ballad"
    );
    assert!(
        bard[answer + retort.len()..].iter().all(|sample| *sample == 0),
        "nothing after the retort"
    );

    // The mix is all three, of which all speak at once.
    assert_eq!([guard.len(), merchant.len(), bard.len()], [heard.len(); 3]);
    let is_mixed =
        (0..heard.len()).all(|place| (heard[place] * 3 - guard[place] - merchant[place] - bard[place]).abs() <= 5);
    assert!(is_mixed, "heard is the sum");
    let loud = |channel: &[i32]| -> Vec<bool> {
        channel
            .chunks(4800)
            .map(|part| part.iter().any(|sample| sample.abs() > 2000))
            .collect()
    };
    let (guard, merchant, bard) = (loud(&guard), loud(&merchant), loud(&bard));
    let at_once = (0..bard.len())
        .filter(|place| guard[*place] && merchant[*place] && bard[*place])
        .count();
    assert!(at_once >= 8, "all three speak at once for {at_once} tenths of a second");
}

#[test]
fn the_makefile_builds_the_examples() {
    if !has("make") {
        return;
    }
    // With the libraries that are there already.
    let output = Command::new("make")
        .args(["--dry-run", "CARGO=true", "PROFILE=dev"])
        .current_dir(format!("{ROOT}/examples/cpp"))
        .output();
    let output = output.expect("make runs");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("-o build/say") && told.contains("-o build/session"),
        "{told}"
    );
}

#[test]
fn the_readme_s_cpp_program_speaks() {
    let (folder, sandbox) = (scratch("readme"), sandbox());
    if !has("c++") {
        return;
    }
    let (source, program) = (folder.join("hello.cpp"), folder.join("hello"));
    std::fs::write(&source, readme_block("```cpp")).expect("written");
    let mut command = Command::new("c++");
    command
        .args(["-std=c++17"])
        .args(WARNINGS)
        .arg(format!("-I{ROOT}/include"))
        .arg(&source);
    command.arg("-o").arg(&program).arg(libraries().join("libvoicewire.a"));
    succeed(command.args(SYSTEM_LIBS));
    succeed(
        Command::new(&program)
            .current_dir(&folder)
            .env("DEEPDUB_API_KEY", KEY)
            .env("DEEPDUB_BASE_WEBSOCKET_URL", sandbox.deepdub_open_url()),
    );
    assert!(samples(&folder.join("hello.wav")).len() > 24_000);
}
