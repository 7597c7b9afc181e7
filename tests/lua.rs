//! bindings/lua, used from LuaJIT and LÖVE as programs use it.

#![cfg(unix)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use support::native::{KEY, ROOT, sandbox, succeed};
use support::scratch::Scratch;
use voicewire::deepdub::{SpeechRequest, TRIAL_VOICE};

/// Where cargo has put the library for this test program: beside it.
fn library() -> PathBuf {
    let program = std::env::current_exe().expect("this program has a path");
    program.with_file_name(format!(
        "{}voicewire{}",
        std::env::consts::DLL_PREFIX,
        std::env::consts::DLL_SUFFIX
    ))
}

fn scratch(name: &str) -> Scratch {
    Scratch::new(&format!("lua-{name}"))
}

fn has(program: &str, argument: &str) -> bool {
    let found = Command::new(program).arg(argument).output().is_ok();
    if !found {
        eprintln!("{program} is not installed: a part of this test is left out");
    }
    found
}

/// A command that finds the library by the environment, and nothing by this machine's.
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command
        .env_remove("LD_LIBRARY_PATH")
        .env_remove("LUA_PATH")
        .env_remove("LUA_CPATH")
        .env("VOICEWIRE_LIBRARY", library());
    command
}

/// Without the compiler, with it, and with it at work from the first loop on.
const MODES: [&[&str]; 3] = [&["-joff"], &[], &["-Ohotloop=1", "-Ohotexit=1"]];

/// Runs a script of tests/lua in every mode.
fn script(name: &str, arguments: &[&Path]) {
    if !has("luajit", "-v") {
        return;
    }
    for mode in MODES {
        let (folder, sandbox) = (scratch(name), sandbox());
        succeed(
            command("luajit")
                .args(mode)
                .arg(format!("{ROOT}/tests/lua/{name}.lua"))
                .args(arguments)
                .env("LUA_PATH", format!("{ROOT}/tests/lua/?.lua;;"))
                .env("TEST_ROOT", ROOT)
                .env("TEST_KEY", sandbox.api_key())
                .env("TEST_REST_URL", sandbox.deepdub_rest_url())
                .env("TEST_WEBSOCKET_URL", sandbox.deepdub_open_url())
                .env("TEST_STREAMING_URL", sandbox.deepdub_live_url())
                .env("TEST_RESPEECHER_KEY", sandbox.respeecher().api_key())
                .env("TEST_PALABRA_KEY", sandbox.palabra().api_key())
                .env("TEST_SERVICES_URL", sandbox.base_url())
                .env("TEST_DIRECTORY", &folder),
        );
        assert!(
            sandbox.wait_until_idle(Duration::from_secs(10)),
            "every connection is closed"
        );
    }
}

#[test]
fn lua_programs_speak_decode_and_report() {
    script("behaviour", &[]);
}

#[test]
fn lua_programs_speak_in_sessions() {
    script("session", &[]);
}

#[test]
fn lua_programs_have_the_rest_of_deepdub() {
    script("rest", &[]);
}

#[test]
fn lua_programs_convert_and_clone_voices() {
    script("services", &[]);
}

#[test]
fn lua_s_misuse_is_an_error_and_never_a_crash() {
    script("misuse", &[]);
}

#[test]
fn lua_s_garbage_is_collected_and_nothing_else() {
    script("collected", &[]);
}

#[test]
fn lua_declares_what_the_library_has() {
    let folder = scratch("functions");
    let list = folder.join("functions");
    let header = include_str!("../include/voicewire.h");
    let functions: String = header
        .lines()
        .filter(|line| !line.starts_with(' ') && !line.starts_with("typedef"))
        .filter_map(|line| line.split_once('(')?.0.rsplit([' ', '*']).next())
        .filter(|name| name.starts_with("vw_"))
        .map(|name| format!("{name}\n"))
        .collect();
    std::fs::write(&list, functions).expect("written");
    script("declarations", &[&list]);
}

/// A program that says which library it has found.
const FINDS: &str = "print(require('voicewire').version())";

#[test]
fn lua_finds_the_library_where_programs_put_it() {
    if !has("luajit", "-v") {
        return;
    }
    let version = format!("{}\n", env!("CARGO_PKG_VERSION"));
    let module = format!("{ROOT}/bindings/lua/voicewire.lua");

    let beside = scratch("beside");
    std::fs::copy(&module, beside.join("voicewire.lua")).expect("a copy");
    std::os::unix::fs::symlink(library(), beside.join(library().file_name().expect("a name"))).expect("a link");
    let mut finding = command("luajit");
    finding.env_remove("VOICEWIRE_LIBRARY").args(["-e", FINDS]);
    let found = succeed(finding.env("LUA_PATH", beside.join("?.lua")));
    assert_eq!(String::from_utf8_lossy(&found.stdout), version);

    let mut finding = command("luajit");
    finding.env_remove("VOICEWIRE_LIBRARY").args(["-e", FINDS]);
    let by_cpath = finding
        .env("LUA_PATH", format!("{ROOT}/bindings/lua/?.lua"))
        .env("LUA_CPATH", beside.join("?.so"));
    assert_eq!(String::from_utf8_lossy(&succeed(by_cpath).stdout), version);

    let mut finding = command("luajit");
    let missing = finding
        .env("LUA_PATH", format!("{ROOT}/bindings/lua/?.lua"))
        .env("VOICEWIRE_LIBRARY", "/nowhere/libvoicewire.so")
        .args(["-e", FINDS])
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&missing.stderr);
    assert!(!missing.status.success(), "{told}");
    assert!(
        told.contains("set VOICEWIRE_LIBRARY") && told.contains("/nowhere/libvoicewire.so is not there"),
        "{told}"
    );
}

#[test]
fn a_game_finds_the_library_in_its_folder() {
    if !has("love", "--version") {
        return;
    }
    let game = scratch("game");
    std::fs::copy(format!("{ROOT}/bindings/lua/voicewire.lua"), game.join("voicewire.lua")).expect("a copy");
    std::os::unix::fs::symlink(library(), game.join(library().file_name().expect("a name"))).expect("a link");
    std::fs::write(game.join("main.lua"), format!("{FINDS} love.event.quit()")).expect("written");
    std::fs::write(
        game.join("conf.lua"),
        "function love.conf(t) for _, name in ipairs({ 'audio', 'graphics', 'joystick', 'window' }) do t.modules[name] = false end end",
    )
    .expect("written");
    let found = succeed(
        command("love")
            .env_remove("VOICEWIRE_LIBRARY")
            .arg(&game)
            .env("HOME", &game),
    );
    assert_eq!(
        String::from_utf8_lossy(&found.stdout),
        concat!(env!("CARGO_PKG_VERSION"), "\n")
    );
}

#[test]
fn a_game_s_lua_states_come_and_go() {
    if !has("love", "--version") {
        return;
    }
    let (folder, sandbox) = (scratch("restart"), sandbox());
    let told = succeed(
        command("love")
            .arg(format!("{ROOT}/tests/lua/restart"))
            .env("HOME", &folder)
            .env("TEST_ROOT", ROOT)
            .env("TEST_DIRECTORY", &folder)
            .env("DEEPDUB_API_KEY", KEY)
            .env("DEEPDUB_BASE_WEBSOCKET_URL", sandbox.deepdub_open_url()),
    );
    assert_eq!(String::from_utf8_lossy(&told.stdout), "spoken after 8 starts\n");
    assert!(
        sandbox.wait_until_idle(Duration::from_secs(10)),
        "every connection is closed"
    );
}

/// The first block of Lua in a page.
fn lua_block(page: &str) -> &str {
    let (_, rest) = page.split_once("\n```lua\n").expect("the page has it");
    rest.split_once("\n```").expect("it ends").0
}

#[test]
fn the_readme_s_lua_programs_speak() {
    if !has("luajit", "-v") {
        return;
    }
    for page in [include_str!("../README.md"), include_str!("../bindings/lua/README.md")] {
        let (folder, sandbox) = (scratch("readme"), sandbox());
        std::fs::write(folder.join("hello.lua"), lua_block(page)).expect("written");
        succeed(
            command("luajit")
                .arg("hello.lua")
                .current_dir(&folder)
                .env("LUA_PATH", format!("{ROOT}/bindings/lua/?.lua"))
                .env("DEEPDUB_API_KEY", KEY)
                .env("DEEPDUB_BASE_WEBSOCKET_URL", sandbox.deepdub_open_url()),
        );
        let wav = std::fs::read(folder.join("hello.wav")).expect("a file");
        assert!(voicewire::audio::wav::parse(&wav).is_some_and(|info| info.data_size + 44 == wav.len()));
    }
}

/// A line of the game's dialogue as it was heard alone.
struct Spoken {
    text: String,
    samples: Vec<i16>,
}

/// What the game says, by its source: the tempo of who speaks and the words, in order.
fn dialogue() -> Vec<Spoken> {
    let source = include_str!("../bindings/lua/examples/love/main.lua");
    let tempo = |name: &str| {
        let (_, rest) = source.split_once(&format!("local {name} = ")).expect("a character");
        let (_, rest) = rest.split_once("tempo = ").expect("its tempo");
        rest.split([' ', ',', '}'])
            .next()
            .expect("a number")
            .parse()
            .expect("a number")
    };
    let (_, lines) = source.split_once("local DIALOGUE = {\n").expect("a dialogue");
    let (lines, _) = lines.split_once("\n}\n").expect("it ends");
    let sandbox = sandbox();
    lines
        .lines()
        .zip(1..)
        .map(|(line, seed)| {
            let (name, text) = line.trim().trim_start_matches("{ ").split_once(", \"").expect("a line");
            let (text, _) = text.rsplit_once('"').expect("its text ends");
            let mut request = SpeechRequest::new(text, TRIAL_VOICE);
            request.tempo = Some(tempo(name));
            request.format = voicewire::audio::Format::S16le;
            request.sample_rate = Some(48_000);
            request.seed = Some(seed);
            let heard = support::hear(&support::client(&sandbox), &request);
            heard.summary();
            Spoken {
                text: text.to_owned(),
                samples: samples(&heard.data()),
            }
        })
        .collect()
}

fn samples(bytes: &[u8]) -> Vec<i16> {
    bytes
        .as_chunks::<2>()
        .0
        .iter()
        .map(|sample| i16::from_le_bytes(*sample))
        .collect()
}

/// Where the beginning of `line` is heard, from `from` on, and how much of it as it was spoken.
fn find(heard: &[i16], line: &[i16], from: usize) -> Option<(usize, usize)> {
    const BEGINNING: usize = 2400;
    // Silence is found everywhere: go by the first sound.
    let quiet = line.iter().position(|sample| *sample != 0)?;
    let beginning = &line[quiet..quiet + BEGINNING];
    let at = heard[from..]
        .windows(BEGINNING)
        .position(|window| window == beginning)?
        + from;
    let begin = at - quiet;
    let same = heard[begin..]
        .iter()
        .zip(line)
        .take_while(|(one, other)| one == other)
        .count();
    Some((begin, same))
}

/// A change of the subtitles.
struct Subtitle {
    frame: usize,
    line: usize,
    words: String,
}

fn subtitles(folder: &Path) -> Vec<Subtitle> {
    let text = std::fs::read_to_string(folder.join("subtitles.txt")).expect("subtitles");
    text.lines()
        .map(|row| {
            let fields: Vec<&str> = row.splitn(4, '\t').collect();
            Subtitle {
                frame: fields[0].parse().expect("a frame"),
                line: fields[1].parse().expect("a number"),
                words: fields[3].to_owned(),
            }
        })
        .collect()
}

#[test]
fn a_love_game_is_heard_interrupted_and_subtitled() {
    /// Frames of a buffer of the game's: how exactly subtitles can follow.
    const BUFFER: usize = 1024;
    const INTERRUPTED: usize = 2;
    if !has("love", "--version") || !has("xvfb-run", "--help") {
        return;
    }
    let (folder, sandbox) = (scratch("love"), sandbox());
    succeed(
        command("xvfb-run")
            .args(["-a", "love"])
            .arg(format!("{ROOT}/bindings/lua/examples/love"))
            // No line begins before all of it is there, so that none is broken on a machine that is busy.
            .args(["--cushion", "60000", "--press", "space@2:0.5", "--record"])
            .arg(&folder)
            .env("ALSOFT_DRIVERS", "null")
            .env("HOME", &folder)
            .env("DEEPDUB_API_KEY", KEY)
            .env("DEEPDUB_BASE_WEBSOCKET_URL", sandbox.deepdub_open_url()),
    );
    assert!(
        sandbox.wait_until_idle(Duration::from_secs(10)),
        "every connection is closed"
    );

    let wav = std::fs::read(folder.join("heard.wav")).expect("what was heard");
    let info = voicewire::audio::wav::parse(&wav).expect("a WAV header");
    assert_eq!((info.sample_rate, info.data_size), (48_000, wav.len() - 44));
    let heard = samples(&wav[44..]);
    let (lines, subtitles) = (dialogue(), subtitles(&folder));
    assert_eq!(lines.len(), 4);
    let (mut end, mut fades) = (0, 0);
    for (line, number) in lines.iter().zip(1..) {
        let (begin, frames) = find(&heard, &line.samples, end).unwrap_or_else(|| panic!("line {number} is heard"));
        assert!(
            heard[begin.min(end + fades)..begin].iter().all(|sample| *sample == 0),
            "only silence before line {number}"
        );
        (end, fades) = (begin + frames, 0);
        if number == INTERRUPTED {
            assert!(
                frames >= 24_000 && frames < line.samples.len() / 2,
                "cut after half a second and soon: {frames} of {}",
                line.samples.len()
            );
            // It fades out within a read.
            fades = BUFFER;
        } else {
            assert_eq!(frames, line.samples.len(), "line {number} is whole");
        }
        follow(&subtitles, number, line, begin, end, BUFFER);
    }
    assert!(heard[end..].iter().all(|sample| *sample == 0), "and silence after it");
    let order: Vec<usize> = subtitles
        .iter()
        .map(|subtitle| subtitle.line)
        .filter(|line| *line > 0)
        .collect();
    assert!(order.is_sorted(), "{order:?}");
    assert!(subtitles.is_sorted_by_key(|subtitle| subtitle.frame));
}

/// The subtitles of a line come while it is heard, word by word, each when it is said and not later than a buffer after.
fn follow(subtitles: &[Subtitle], number: usize, line: &Spoken, begin: usize, end: usize, buffer: usize) {
    let its: Vec<&Subtitle> = subtitles.iter().filter(|subtitle| subtitle.line == number).collect();
    assert!(its.len() > 1, "line {number} has subtitles");
    for subtitle in &its {
        let words = &subtitle.words;
        assert!(line.text.starts_with(words.as_str()), "{words}");
        assert!(
            subtitle.frame + buffer >= begin && subtitle.frame <= end,
            "{words}: {} is not in {begin}..{end}",
            subtitle.frame
        );
        // The last word shown has begun by the end of the buffer.
        let before = words.trim_end().rfind(' ').map_or(0, |space| space + 1);
        let said = line.text.len() * (subtitle.frame + buffer - begin.min(subtitle.frame)) / line.samples.len();
        assert!(before <= said + 1, "{words}: too soon, {said} letters have been said");
    }
    assert!(its.is_sorted_by_key(|subtitle| subtitle.words.len()));
    let last = &its[its.len() - 1].words;
    assert_eq!(*last == line.text, number != 2, "{last}");
}
