//! C#, on Mono: the runtime that Unity embeds. Left out where Mono is not installed, but for what needs none.

#![cfg(unix)]

mod support;

#[path = "csharp/header.rs"]
mod header;
#[path = "csharp/native.rs"]
mod native;

use std::path::{Path, PathBuf};

use header::Header;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PACKAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/bindings/csharp");

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn c_interface() -> Header {
    Header::read(&read(format!("{ROOT}/include/voicewire.h")))
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
