//! The binary interface of include/voicewire.h against the one that was agreed on, tests/abi/voicewire.abi.
//!
//! `VOICEWIRE_BLESS=1 cargo test --test abi` agrees on what was added. What was removed or changed breaks programs that are
//! built already, and is agreed on by `VOICEWIRE_BLESS=break` alone. Needs libabigail's `abidw` and `abidiff`.
//!
//! Compared is not the library but a stand-in, compiled from the header with the header's own compiler: each function with
//! a body that does nothing. It has the types as C sees them and nothing else, while the library's debug information has
//! Rust's. That the library exports these functions is for tests/packaging.rs, and that the header is the source's for
//! tests/header.rs.

#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

#[path = "support/header.rs"]
mod header;

use std::path::{Path, PathBuf};
use std::process::Command;

const AGREED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/abi/voicewire.abi");

fn has(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        eprintln!("{program} is not installed: this test is left out");
    }
    found
}

/// The functions of the header with bodies that do nothing, and the constants as an enumeration that one more takes.
fn stand_in(change: impl Fn(String) -> String) -> String {
    let functions: String = header::prototypes()
        .iter()
        .map(|function| format!("{} {{ __builtin_trap(); }}\n", function.text))
        .collect();
    let constants: String = header::constants()
        .iter()
        .map(|name| format!("    VALUE_OF_{name} = VW_{name},\n"))
        .collect();
    change(format!(
        "{}\nenum constants {{\n{constants}}};\nvoid voicewire_constants(enum constants c, enum vw_status s) \
         {{ (void)c; (void)s; }}\n{functions}",
        header::HEADER
    ))
}

/// The binary interface of a source, as libabigail writes it.
fn dump(name: &str, source: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("abi-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a scratch folder");
    std::fs::write(folder.join("voicewire.c"), source).expect("written");
    let run = |command: &mut Command| {
        let output = command.current_dir(&folder).output().expect("it runs");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command:?}: {told}");
    };
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
    // No path of this machine in it.
    run(Command::new(compiler)
        .args(["-std=gnu11", "-g", "-O0", "-w", "-shared", "-fPIC"])
        .arg(format!("-ffile-prefix-map={}=.", folder.display()))
        .args(["voicewire.c", "-Wl,-soname,libvoicewire.so.0", "-o", "libvoicewire.so"]));
    run(Command::new("abidw").args([
        "--no-corpus-path",
        "--no-comp-dir-path",
        "--no-show-locs",
        "--out-file",
        "voicewire.abi",
        "libvoicewire.so",
    ]));
    folder.join("voicewire.abi")
}

/// What is different, in libabigail's words; `None` when nothing is.
fn difference(before: &Path, after: &Path, options: &[&str]) -> Option<String> {
    let output = Command::new("abidiff")
        .args(options)
        .arg(before)
        .arg(after)
        .output()
        .expect("it runs");
    let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let code = output.status.code().expect("it ends by itself");
    // The bits of its exit status: 1 and 2 are that it could not compare.
    assert!(code & 3 == 0, "abidiff: {code}\n{told}");
    (code != 0).then(|| told.into_owned())
}

/// What programs that are built already would not survive.
fn break_of(before: &Path, after: &Path) -> Option<String> {
    // What libabigail calls harmless, such as another value of an enumeration, it leaves out unless asked.
    difference(before, after, &["--no-added-syms"])
}

/// Anything that is different.
fn any_difference(before: &Path, after: &Path) -> Option<String> {
    difference(before, after, &["--harmless"])
}

#[test]
fn the_binary_interface_is_the_one_that_was_agreed_on() {
    if !has("abidw") || !has("abidiff") {
        return;
    }
    let (agreed, now) = (Path::new(AGREED), dump("now", &stand_in(|source| source)));
    let bless = std::env::var("VOICEWIRE_BLESS").unwrap_or_default();
    if agreed.exists() && bless != "break" {
        let broken = break_of(agreed, &now);
        assert!(
            broken.is_none(),
            "programs that are built already would break (VOICEWIRE_BLESS=break if that is meant):\n{}",
            broken.unwrap_or_default()
        );
    }
    if !bless.is_empty() && (!agreed.exists() || any_difference(agreed, &now).is_some()) {
        std::fs::copy(&now, agreed).expect("tests/abi is writable");
    }
    assert!(
        agreed.exists(),
        "there is no tests/abi/voicewire.abi: VOICEWIRE_BLESS=1 makes it"
    );
    let different = any_difference(agreed, &now);
    assert!(
        different.is_none(),
        "tests/abi/voicewire.abi is stale: run `VOICEWIRE_BLESS=1 cargo test --test abi` and commit it\n{}",
        different.unwrap_or_default()
    );
}

#[test]
fn changes_are_told_from_additions() {
    if !has("abidw") || !has("abidiff") {
        return;
    }
    let before = dump("before", &stand_in(|source| source));
    let after = |name: &str, from: &str, to: &str| {
        dump(
            name,
            &stand_in(|source| {
                assert!(source.contains(from), "{from}");
                source.replace(from, to)
            }),
        )
    };
    // A name, what to replace, and by what: all of them break. A member at the end as well: old programs have no room for it.
    for (name, from, to) in [
        ("type", "uint32_t max_cushion_ms;", "uint64_t max_cushion_ms;"),
        ("same-size", "uint32_t max_cushion_ms;", "float max_cushion_ms;"),
        ("gone", "uint32_t max_cushion_ms;", ""),
        ("at-the-end", "} vw_player_config;", "float more; } vw_player_config;"),
        (
            "between",
            "uint32_t max_cushion_ms;",
            "uint32_t more; uint32_t max_cushion_ms;",
        ),
        (
            "callback",
            "(*vw_log_fn)(vw_log_level level,",
            "(*vw_log_fn)(int64_t level,",
        ),
        (
            "parameter",
            "vw_status vw_cancel_now(struct vw_cancel *cancel)",
            "vw_status vw_cancel_now(struct vw_cancel *cancel, int32_t how)",
        ),
        (
            "function",
            "vw_status vw_cancel_now(struct vw_cancel *cancel)",
            "static vw_status vw_cancel_now(struct vw_cancel *cancel)",
        ),
        ("value", "#define VW_FORMAT_OPUS 3", "#define VW_FORMAT_OPUS 9"),
        ("status", "VW_ERR_LOCKED = 20,", "VW_ERR_LOCKED = 21,"),
        ("status-gone", "VW_ERR_LOCKED = 20,", ""),
    ] {
        let after = after(name, from, to);
        assert!(break_of(&before, &after).is_some(), "{name} is not seen");
    }
    // These do not, but are seen.
    for (name, from, to) in [
        (
            "more",
            "enum constants {",
            "void vw_one_more(void) { }\nenum constants {",
        ),
        (
            "new-value",
            "    VALUE_OF_FORMAT_OPUS",
            "    VALUE_OF_NEW = 100,\n    VALUE_OF_FORMAT_OPUS",
        ),
        (
            "new-status",
            "VW_ERR_LOCKED = 20,",
            "VW_ERR_LOCKED = 20,\nVW_ERR_NEW = 21,",
        ),
    ] {
        let after = after(name, from, to);
        assert_eq!(break_of(&before, &after), None, "{name}");
        assert!(any_difference(&before, &after).is_some(), "{name} is not seen");
    }
}
