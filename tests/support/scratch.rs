//! Folders for what the tests make.

use std::ffi::OsStr;
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// A folder of this name, empty at first. It goes with this: a program with the library in it takes 30 MB. Where the test
/// fails it stays in `target/tmp`, to be looked at, until the next run.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Scratch {
        Scratch::at(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name))
    }

    /// In memory where the system has a place for that: what a killed process has written stays, and the disk takes no
    /// time.
    pub fn in_memory(name: &str) -> Scratch {
        let memory = Path::new("/dev/shm");
        match memory.is_dir() {
            true => Scratch::at(memory.join(format!("voicewire-{name}-{}", std::process::id()))),
            false => Scratch::new(name),
        }
    }

    fn at(path: PathBuf) -> Scratch {
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a scratch folder");
        Scratch(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let stays = std::thread::panicking() && self.0.starts_with(env!("CARGO_TARGET_TMPDIR"));
        if !stays {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

impl Deref for Scratch {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for Scratch {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<OsStr> for Scratch {
    fn as_ref(&self) -> &OsStr {
        self.0.as_os_str()
    }
}
