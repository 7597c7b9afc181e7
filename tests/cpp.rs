//! The C++ interface, used from C++: compiled with all warnings on, run under valgrind where it is installed.

#![cfg(unix)]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use support::native::{ROOT, SYSTEM_LIBS, has, libraries, sandbox, succeed, under_valgrind, with_sandbox};
use support::scratch::Scratch;

/// Everything that a careful project turns on.
const WARNINGS: [&str; 8] = [
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wshadow",
    "-Wconversion",
    "-Wsign-conversion",
    "-Wold-style-cast",
    "-Werror",
];
/// The ways in which the header is used.
const WAYS: [&[&str]; 6] = [
    &["-std=c++17"],
    &["-std=c++20"],
    // C++23 as compilers called it before it was.
    &["-std=c++2b"],
    &["-std=c++17", "-fno-exceptions"],
    &["-std=c++17", "-fno-rtti"],
    &["-std=c++17", "-DVOICEWIRE_NO_EXCEPTIONS"],
];

fn cxx(compiler: &str, flags: &[&str]) -> Command {
    let mut command = Command::new(compiler);
    command
        .args(flags)
        .arg("-g")
        .args(WARNINGS)
        .arg(format!("-I{ROOT}/include"));
    command
}

/// A program of these sources; `None` where there is no C++ compiler.
fn compile(sources: &[&str], flags: &[&str], folder: &Path) -> Option<PathBuf> {
    let compiler = std::env::var("CXX").unwrap_or_else(|_| "c++".to_owned());
    if !has(&compiler) {
        return None;
    }
    let program = folder.join(Path::new(sources[0]).file_stem().expect("a source has a name"));
    let mut command = cxx(&compiler, flags);
    command.args(sources.iter().map(|source| Path::new(ROOT).join(source)));
    command.arg("-o").arg(&program).arg(libraries().join("libvoicewire.a"));
    succeed(command.args(SYSTEM_LIBS));
    Some(program)
}

/// Compiles a program and runs it against a sandbox, with no error and no leak.
fn run(source: &str, flags: &[&str], name: &str) {
    let (folder, sandbox) = (Scratch::new(&format!("cpp-{name}")), sandbox());
    let Some(program) = compile(&[source], flags, &folder) else {
        return;
    };
    with_sandbox(&mut under_valgrind(&program), &sandbox, &folder);
    assert!(
        sandbox.wait_until_idle(Duration::from_secs(10)),
        "every connection is closed"
    );
}

#[test]
fn cpp_programs_speak_decode_play_and_report() {
    run("tests/cpp/behaviour.cpp", &["-std=c++17"], "behaviour");
}

#[test]
fn cpp_programs_speak_in_sessions_and_ranges() {
    run("tests/cpp/session.cpp", &["-std=c++17"], "session");
}

#[test]
fn cpp_objects_may_go_in_callbacks_of_their_own() {
    run("tests/cpp/lifetimes.cpp", &["-std=c++17"], "lifetimes");
}

#[test]
fn cpp_programs_convert_and_clone_voices() {
    run("tests/cpp/services.cpp", &["-std=c++17"], "services");
}

#[test]
fn cpp_programs_without_exceptions_get_results() {
    run(
        "tests/cpp/no_exceptions.cpp",
        &["-std=c++17", "-fno-exceptions", "-fno-rtti"],
        "no-exceptions",
    );
}

#[test]
fn cpp20_programs_have_spans() {
    run("tests/cpp/behaviour.cpp", &["-std=c++20"], "cpp20");
}

#[test]
fn the_header_bears_with_the_habits_of_other_programs() {
    run("tests/cpp/habits.cpp", &["-std=c++17"], "habits-17");
    run("tests/cpp/habits.cpp", &["-std=c++20"], "habits-20");
}

#[test]
fn the_header_compiles_alone_in_all_its_ways() {
    let folder = Scratch::new("cpp-header");
    for compiler in ["g++", "clang++"].into_iter().filter(|compiler| has(compiler)) {
        let headers = std::fs::read_dir(format!("{ROOT}/include/voicewire"))
            .expect("headers")
            .chain(std::fs::read_dir(format!("{ROOT}/include/voicewire/deepdub")).expect("headers"))
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|ending| ending == "hpp"))
            .chain([PathBuf::from(format!("{ROOT}/include/voicewire.hpp"))]);
        let headers: Vec<PathBuf> = headers.collect();
        assert!(headers.len() > 8, "{headers:?}");
        let alone = folder.join("alone.cpp");
        let includes: String = headers
            .iter()
            .map(|header| format!("#include \"{}\"\n", header.display()))
            .collect();
        std::fs::write(&alone, includes).expect("a file");
        for way in WAYS {
            succeed(cxx(compiler, way).arg("-fsyntax-only").arg(&alone));
        }
        // Each for itself.
        for header in &headers {
            std::fs::write(&alone, format!("#include \"{}\"\n", header.display())).expect("a file");
            succeed(cxx(compiler, WAYS[0]).arg("-fsyntax-only").arg(&alone));
        }
    }
}

#[test]
fn code_with_exceptions_and_code_without_are_linked_into_one_program() {
    let folder = Scratch::new("cpp-both");
    if !has("c++") {
        return;
    }
    let body = "#include <voicewire.hpp>\n";
    let with = format!(
        "{body}bool fails();\nint main() {{ try {{ (void)voicewire::audio_file::create(\"a.mp3\", voicewire::format::wav, \
         1); }} catch (const voicewire::error &) {{ return fails() ? 0 : 1; }} return 2; }}\n"
    );
    let without = format!(
        "{body}bool fails();\nbool fails() {{ return !voicewire::audio_file::create(\"a.mp3\", voicewire::format::wav, \
         1).has_value(); }}\n"
    );
    let mut objects = Vec::new();
    for (name, text, flags) in [("with", with, WAYS[0]), ("without", without, WAYS[3])] {
        let (source, object) = (folder.join(format!("{name}.cpp")), folder.join(format!("{name}.o")));
        std::fs::write(&source, text).expect("a file");
        succeed(cxx("c++", flags).arg("-c").arg(&source).arg("-o").arg(&object));
        objects.push(object);
    }
    let program = folder.join("both");
    let mut command = Command::new("c++");
    command
        .args(objects)
        .arg("-o")
        .arg(&program)
        .arg(libraries().join("libvoicewire.a"));
    succeed(command.args(SYSTEM_LIBS));
    succeed(&mut Command::new(program));
}

/// The words of a text that begin like names of this library.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| !(character.is_ascii_alphanumeric() || character == '_'))
}

#[test]
fn everything_in_the_c_header_is_in_the_cpp_header() {
    /// What C++ programs do not need, and why.
    const LEFT_OUT: [&str; 1] = [
        "VW_UNSET_NUMBER", // std::optional says it
    ];
    let c = include_str!("../include/voicewire.h");
    let mut cpp = String::new();
    for folder in ["include/voicewire", "include/voicewire/deepdub"] {
        for entry in std::fs::read_dir(Path::new(ROOT).join(folder))
            .expect("headers")
            .flatten()
        {
            if entry.path().is_file() {
                cpp.push_str(&std::fs::read_to_string(entry.path()).expect("a header"));
            }
        }
    }
    // Comments name what they do not use.
    let code = |text: &str| -> String {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with(['/', '*']));
        lines.collect::<Vec<_>>().join("\n")
    };
    let (c, cpp) = (code(c), code(&cpp));
    let used: std::collections::HashSet<&str> = names(&cpp).collect();
    let functions = c
        .split('(')
        .filter_map(|before| names(before).last())
        .filter(|name| name.starts_with("vw_"));
    let statuses = names(&c).filter(|name| name.starts_with("VW_ERR_"));
    let wanted: Vec<&str> = functions
        .chain(statuses)
        .filter(|name| !name.ends_with("_fn"))
        .collect();
    assert!(wanted.len() > 110, "{wanted:?}");
    let missing: Vec<_> = wanted
        .iter()
        .filter(|name| !used.contains(*name) && !LEFT_OUT.contains(name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    // Fields of structs that are filled here or read here.
    let fields = c
        .lines()
        .filter_map(|line| line.strip_prefix("    ")?.strip_suffix(';'))
        .filter_map(|line| names(line).last());
    let missing: Vec<_> = fields
        .filter(|name| *name != "struct_size" && !used.contains(*name))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}
