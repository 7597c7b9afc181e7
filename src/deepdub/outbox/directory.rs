//! The directory of an outbox: what stands where, and how a change survives a crash.
//!
//! Every file is written under another name in `tmp`, synced, renamed to its place, and the directory synced. So a file
//! that has its name is whole.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind as IoErrorKind, Write};
use std::path::{Path, PathBuf};

use uuid::Uuid;

use super::format::{Delivered, Note, from_json};
use crate::error::{Error, ErrorKind, Result};

/// How the files of reports end, and of all others.
const REPORT: &str = "report";
const JSON: &str = "json";
const PART: &str = "part";

/// Where a file stands says what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Reports to be sent.
    Waiting,
    /// Reports that the service refused.
    Rejected,
    /// What stays of those that were delivered.
    Delivered,
    /// What went wrong with those that were not.
    Notes,
    /// What is being written.
    Tmp,
}

impl Place {
    const ALL: [Place; 5] = [
        Place::Waiting,
        Place::Rejected,
        Place::Delivered,
        Place::Notes,
        Place::Tmp,
    ];

    fn name(self) -> &'static str {
        match self {
            Place::Waiting => "waiting",
            Place::Rejected => "rejected",
            Place::Delivered => "delivered",
            Place::Notes => "notes",
            Place::Tmp => "tmp",
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Place::Waiting | Place::Rejected => REPORT,
            Place::Delivered | Place::Notes => JSON,
            Place::Tmp => PART,
        }
    }
}

/// A file in one of the places.
pub(super) struct Entry {
    /// Its name, without the ending that the outbox's own have.
    pub id: String,
    pub path: PathBuf,
    /// Whether it is a plain file and named like one of the outbox's own.
    pub own: bool,
    pub size: u64,
    pub modified: std::time::SystemTime,
}

#[derive(Debug)]
pub(super) struct Directory {
    root: PathBuf,
}

/// A lock of the system's, which ends with the process, however that ends.
pub(super) struct Held(pub File);

impl Drop for Held {
    fn drop(&mut self) {
        // Closing would not do: after a fork another process has the same open file.
        let _ = self.0.unlock();
    }
}

/// What became of the wish to have a report for oneself.
pub(super) enum Hold {
    Held(Held),
    /// Another thread or process has it.
    Busy,
    /// It is not there any more.
    Gone,
    /// It cannot be opened.
    Unreadable(String),
}

impl Directory {
    /// Makes what is not there yet.
    pub fn open(root: &Path) -> Result<Directory> {
        if root.as_os_str().is_empty() {
            return Err(Error::invalid("path", "empty", "the path of a directory"));
        }
        // Relative to where the process is now, wherever it goes later.
        let root = std::path::absolute(root).map_err(|error| file_error(root, "could not be found", &error))?;
        let made = |path: &Path| {
            let failed = |error| file_error(path, "could not be made", &error);
            make_directory(path).map_err(failed)
        };
        made(&root)?;
        let directory = Directory { root };
        for place in Place::ALL {
            made(&directory.root.join(place.name()))?;
        }
        directory.clean()?;
        Ok(directory)
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn path(&self, place: Place, id: &str) -> PathBuf {
        self.root.join(place.name()).join(format!("{id}.{}", place.ending()))
    }

    /// Keeps other threads and processes from adding and moving.
    pub fn lock(&self) -> Result<Held> {
        let mut options = OpenOptions::new();
        self.locked(private(options.read(true).write(true).create(true)), File::lock)
    }

    /// Keeps other threads and processes from adding and moving, but not from looking.
    pub fn lock_shared(&self) -> Result<Held> {
        // Looking is possible where nothing can be written.
        self.locked(OpenOptions::new().read(true), File::lock_shared)
    }

    fn locked(&self, options: &OpenOptions, lock: impl Fn(&File) -> io::Result<()>) -> Result<Held> {
        let path = self.root.join("lock");
        let failed = |error: &io::Error| file_error(&path, "could not be locked", error);
        // Opened anew each time: a lock is the open file's.
        let file = options.open(&path).map_err(|error| failed(&error))?;
        loop {
            match lock(&file) {
                Ok(()) => return Ok(Held(file)),
                Err(error) if error.kind() == IoErrorKind::Interrupted => {}
                Err(error) => return Err(failed(&error)),
            }
        }
    }

    /// The files of a place, by their names, which is oldest first.
    pub fn entries(&self, place: Place) -> Result<Vec<Entry>> {
        let path = self.root.join(place.name());
        let failed = |error: io::Error| file_error(&path, "could not be read", &error);
        let mut entries = Vec::new();
        for entry in fs::read_dir(&path).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // One that has just gone, and directories, are nothing.
            let Ok(metadata) = entry.metadata() else { continue };
            if metadata.is_dir() {
                continue;
            }
            let own = name
                .strip_suffix(place.ending())
                .and_then(|name| name.strip_suffix('.'))
                .map(str::to_owned);
            entries.push(Entry {
                own: own.is_some() && metadata.is_file(),
                id: own.unwrap_or(name),
                path: entry.path(),
                size: metadata.len(),
                modified: metadata.modified().unwrap_or(std::time::SystemTime::UNIX_EPOCH),
            });
        }
        entries.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(entries)
    }

    /// Begins a file that is put in its place later.
    pub fn part(&self) -> Result<Part> {
        // Nobody takes it for a leftover before it is locked.
        let lock = self.lock()?;
        let path = self.path(Place::Tmp, &Uuid::now_v7().to_string());
        let failed = |error: io::Error| file_error(&path, "could not be made", &error);
        let file = private(OpenOptions::new().read(true).write(true).create_new(true))
            .open(&path)
            .map_err(failed)?;
        let part = Part {
            held: Held(file),
            path,
            placed: false,
        };
        part.held
            .0
            .try_lock()
            .map_err(|error| file_error(&part.path, "could not be locked", &error.into()))?;
        drop(lock);
        Ok(part)
    }

    /// Writes a whole file.
    pub fn write(&self, place: Place, id: &str, bytes: &[u8]) -> Result<()> {
        let mut part = self.part()?;
        part.write(&[bytes])?;
        part.place(&self.path(place, id))?;
        self.sync(place)
    }

    /// Moves a report, and has the system keep it so.
    pub fn change_place(&self, id: &str, from: Place, to: Place) -> Result<bool> {
        let _lock = self.lock()?;
        let (old, new) = (self.path(from, id), self.path(to, id));
        match fs::rename(&old, &new) {
            Ok(()) => {}
            Err(error) if error.kind() == IoErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(file_error(&old, "could not be moved", &error)),
        }
        self.sync(to)?;
        self.sync(from)?;
        Ok(true)
    }

    /// Removes a file; whether it was there.
    pub fn remove(&self, place: Place, id: &str) -> Result<bool> {
        self.remove_file(place, &self.path(place, id))
    }

    /// [`remove`](Self::remove), of a file that has another name than the outbox gives.
    pub fn remove_foreign(&self, place: Place, name: &str) -> Result<bool> {
        self.remove_file(place, &self.root.join(place.name()).join(name))
    }

    fn remove_file(&self, place: Place, path: &Path) -> Result<bool> {
        match fs::remove_file(path) {
            Ok(()) => self.sync(place).map(|()| true),
            Err(error) if error.kind() == IoErrorKind::NotFound => Ok(false),
            Err(error) => Err(file_error(path, "could not be removed", &error)),
        }
    }

    /// Until this returns a crash of the machine may undo what was done to the names in a place.
    pub fn sync(&self, place: Place) -> Result<()> {
        let path = self.root.join(place.name());
        sync_directory(&path).map_err(|error| file_error(&path, "could not be synced", &error))
    }

    /// Has a waiting report for this thread alone.
    pub fn hold(&self, id: &str) -> Result<Hold> {
        let path = self.path(Place::Waiting, id);
        let file = match open_to_lock(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == IoErrorKind::NotFound => return Ok(Hold::Gone),
            // Not the one file's fault: what is delivered could not be recorded.
            Err(error) if error.kind() == IoErrorKind::ReadOnlyFilesystem => {
                return Err(file_error(&path, "could not be locked", &error));
            }
            Err(error) => return Ok(Hold::Unreadable(error.to_string())),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(Hold::Busy),
            Err(TryLockError::Error(error)) => return Err(file_error(&path, "could not be locked", &error)),
        }
        let held = Held(file);
        // Who had the lock before may have delivered it since it was opened here.
        Ok(if is_at(&held.0, &path) {
            Hold::Held(held)
        } else {
            Hold::Gone
        })
    }

    /// What went wrong so far. A note that cannot be read is as good as none.
    pub fn note(&self, id: &str) -> Note {
        read_plain(&self.path(Place::Notes, id))
            .ok()
            .and_then(|bytes| from_json(&bytes).ok())
            .unwrap_or_default()
    }

    /// What stays of a delivered report; `None` when there is no such file. The error says in words what is wrong with it.
    pub fn record(&self, id: &str) -> Option<Result<Delivered, String>> {
        match read_plain(&self.path(Place::Delivered, id)) {
            Ok(bytes) => Some(from_json(&bytes)),
            Err(error) if error.kind() == IoErrorKind::NotFound => None,
            Err(error) => Some(Err(error.to_string())),
        }
    }

    /// Removes what processes left behind that ended in the middle of something.
    fn clean(&self) -> Result<()> {
        let _lock = self.lock()?;
        for entry in self.entries(Place::Tmp)? {
            let path = self.path(Place::Tmp, &entry.id);
            // What is being written is locked.
            if entry.own && open_to_lock(&path).is_ok_and(|file| file.try_lock().is_ok()) {
                self.remove(Place::Tmp, &entry.id)?;
            }
        }
        for entry in self.entries(Place::Waiting)? {
            // Delivered and recorded, and then there was no time to remove it.
            if entry.own && matches!(self.record(&entry.id), Some(Ok(_))) {
                self.remove(Place::Waiting, &entry.id)?;
            }
        }
        for entry in self.entries(Place::Notes)? {
            let place = [Place::Waiting, Place::Rejected];
            if entry.own && !place.iter().any(|place| self.path(*place, &entry.id).exists()) {
                self.remove(Place::Notes, &entry.id)?;
            }
        }
        Ok(())
    }
}

/// A file that is being written. It goes unless it is put in its place.
pub(super) struct Part {
    held: Held,
    path: PathBuf,
    placed: bool,
}

impl Part {
    /// Returns when the system has it on its disk.
    pub fn write(&mut self, pieces: &[&[u8]]) -> Result<()> {
        let file = &mut self.held.0;
        pieces
            .iter()
            .try_for_each(|piece| file.write_all(piece))
            .and_then(|()| file.sync_all())
            .map_err(|error| file_error(&self.path, "could not be written", &error))
    }

    /// Gives it its name. The directory has to be synced after it.
    pub fn place(mut self, path: &Path) -> Result<()> {
        fs::rename(&self.path, path).map_err(|error| file_error(path, "could not be put in place", &error))?;
        self.placed = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.placed {
            let _ = fs::remove_file(&self.path);
        }
    }
}

pub(super) fn file_error(path: &Path, what: &str, error: &io::Error) -> Error {
    Error::new(ErrorKind::File, format!("{} {what}: {error}", path.display()))
}

/// Opens what is a plain file, and nothing that would lead elsewhere or have the call wait.
pub(super) fn open_plain(path: &Path) -> io::Result<File> {
    plain_only(plain(OpenOptions::new().read(true)).open(path)?)
}

/// [`open_plain`] for what is to be locked: there are file systems that lock only what may be written.
fn open_to_lock(path: &Path) -> io::Result<File> {
    plain_only(plain(OpenOptions::new().read(true).write(true)).open(path)?)
}

fn plain_only(file: File) -> io::Result<File> {
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is no plain file"));
    }
    Ok(file)
}

fn read_plain(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    io::Read::read_to_end(&mut open_plain(path)?, &mut bytes)?;
    Ok(bytes)
}

/// Makes a directory for its owner alone, and those above it. One that is there stays as it is; an empty one becomes its
/// owner's alone where that can be.
fn make_directory(path: &Path) -> io::Result<()> {
    match path.metadata() {
        Ok(metadata) if metadata.is_dir() => {
            if fs::read_dir(path)?.next().is_none() {
                let _ = close_to_others(path);
            }
            return Ok(());
        }
        Ok(_) => return Err(io::Error::from(IoErrorKind::NotADirectory)),
        Err(error) if error.kind() == IoErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    if let Some(parent) = parent.filter(|parent| !parent.exists()) {
        make_directory(parent)?;
    }
    match private_directory().create(path) {
        Ok(()) => parent.map_or(Ok(()), sync_directory),
        // Another process has been faster.
        Err(error) if error.kind() == IoErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
mod system {
    use std::fs::{DirBuilder, File, OpenOptions, Permissions};
    use std::io;
    use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
    use std::path::Path;

    pub fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options.mode(0o600).custom_flags(libc::O_NOFOLLOW)
    }

    pub fn plain(options: &mut OpenOptions) -> &mut OpenOptions {
        options.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
    }

    pub fn private_directory() -> DirBuilder {
        let mut builder = DirBuilder::new();
        builder.mode(0o700);
        builder
    }

    pub fn close_to_others(path: &Path) -> io::Result<()> {
        std::fs::set_permissions(path, Permissions::from_mode(0o700))
    }

    pub fn sync_directory(path: &Path) -> io::Result<()> {
        match File::open(path)?.sync_all() {
            // There are file systems that cannot, and need not.
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
            result => result,
        }
    }

    /// Whether a path still leads to an open file.
    pub fn is_at(file: &File, path: &Path) -> bool {
        match (file.metadata(), path.symlink_metadata()) {
            (Ok(open), Ok(there)) => (open.dev(), open.ino()) == (there.dev(), there.ino()),
            _ => false,
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::{DirBuilder, File, OpenOptions};
    use std::io;
    use std::path::Path;

    pub fn private(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub fn plain(options: &mut OpenOptions) -> &mut OpenOptions {
        options
    }

    pub fn private_directory() -> DirBuilder {
        DirBuilder::new()
    }

    pub fn close_to_others(_: &Path) -> io::Result<()> {
        Ok(())
    }

    pub fn sync_directory(_: &Path) -> io::Result<()> {
        Ok(())
    }

    pub fn is_at(_: &File, path: &Path) -> bool {
        path.exists()
    }
}

use system::{close_to_others, is_at, plain, private, private_directory, sync_directory};
