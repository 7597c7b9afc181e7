//! C programs as tests: compiled with all warnings on.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::native::{ROOT, SYSTEM_LIBS, WARNINGS, libraries, succeed};
use super::scratch::Scratch;

pub fn scratch(name: &str) -> Scratch {
    Scratch::new(&format!("c-{name}"))
}

pub fn cc() -> Command {
    let mut command = Command::new(std::env::var("CC").unwrap_or_else(|_| "cc".to_owned()));
    command
        .args(["-std=c99", "-g"])
        .args(WARNINGS)
        .arg(format!("-I{ROOT}/include"));
    command
}

pub fn compile(sources: &[&str], folder: &Path, shared: bool) -> PathBuf {
    let program = folder.join(Path::new(sources[0]).file_stem().expect("a source has a name"));
    let mut command = cc();
    command.args(sources.iter().map(|source| Path::new(ROOT).join(source)));
    command.arg("-o").arg(&program);
    let libraries = libraries();
    if shared {
        command
            .arg("-L")
            .arg(&libraries)
            .arg("-lvoicewire")
            .arg(format!("-Wl,-rpath,{}", libraries.display()));
    } else {
        command.arg(libraries.join("libvoicewire.a"));
    }
    succeed(command.args(SYSTEM_LIBS));
    program
}
