//! A file that has its name only when it is whole.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};

/// A file that is written beside its destination and takes its name in [`put_in_place`](Self::put_in_place): a file of
/// that name is never half-written. Dropping it before removes what was written.
#[derive(Debug)]
pub(crate) struct PartFile {
    path: PathBuf,
    part: PathBuf,
    file: File,
}

impl PartFile {
    /// An existing file stays until [`put_in_place`](Self::put_in_place). A symbolic link is a name like any other: the link
    /// is replaced then, and the file that it leads to stays as it is.
    pub fn create(path: &Path) -> Result<PartFile> {
        let no = |error: &io::Error| Err(file_error(path, "could not be made", error));
        // Renaming over a device, or a link to one, would remove it.
        if path.metadata().is_ok_and(|there| !there.is_file()) {
            return no(&io::Error::other("it is there and is no plain file"));
        }
        let Some(name) = path.file_name() else {
            return Err(Error::invalid("path", format_args!("{path:?}"), "the name of a file"));
        };
        // The part has a name that the system takes. Whether it takes this one has to be asked now, and not when all has
        // been written: one that is too long, say, cannot even be looked for.
        match path.symlink_metadata() {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return no(&error),
            _ => {}
        }
        let written = path.as_os_str().as_encoded_bytes();
        if !written.ends_with(name.as_encoded_bytes()) {
            return no(&io::Error::other("it is the name of a directory"));
        }
        let path = path.to_path_buf();
        // Short, so that a name of any length that the system takes is taken here too.
        let part = path.with_file_name(format!(
            ".voicewire-{}.part",
            &uuid::Uuid::new_v4().simple().to_string()[..16]
        ));
        let file = File::create_new(&part).map_err(|error| file_error(&path, "could not be made", &error))?;
        let made = PartFile { path, part, file };
        // Who may read the old file may read the new one, and nobody else.
        // A link lets everybody through.
        let old = made.path.symlink_metadata().ok().filter(|old| old.is_file());
        old.map_or(Ok(()), |old| made.file.set_permissions(old.permissions()))
            .map_err(|error| file_error(&made.path, "could not be written", &error))?;
        Ok(made)
    }

    /// What it will be called.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Throws away what was written.
    pub fn start_over(&mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        self.file.rewind()
    }

    fn synced(&self) -> Result<()> {
        self.file
            .sync_all()
            .map_err(|error| file_error(&self.path, "could not be written", &error))
    }

    /// Gives the file its name, replacing a file that had it.
    pub fn put_in_place(self) -> Result<()> {
        self.synced()?;
        std::fs::rename(&self.part, &self.path)
            .map_err(|error| file_error(&self.path, "could not be put in place", &error))
    }

    /// Gives the file the name `path`, beside its destination, unless something is called so already: then it is given
    /// back. Of several that want one name at the same time, one gets it.
    pub fn put_in_place_as(mut self, path: PathBuf) -> Result<std::result::Result<(), PartFile>> {
        self.path = path;
        self.synced()?;
        match std::fs::hard_link(&self.part, &self.path) {
            // The other name goes with the drop.
            Ok(()) => return Ok(Ok(())),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(Err(self)),
            // Not every file system has two names for one file.
            Err(_) => {}
        }
        match File::create_new(&self.path) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(Err(self)),
            Err(error) => return Err(file_error(&self.path, "could not be made", &error)),
        }
        let path = self.path.clone();
        self.put_in_place().map(Ok).inspect_err(|_| {
            // What was made to keep the name.
            let _ = std::fs::remove_file(path);
        })
    }

    /// Whether a file is, byte for byte, what was written.
    pub fn is_same_as(&self, path: &Path) -> io::Result<bool> {
        let mut there = File::open(path)?;
        if there.metadata()?.len() != self.file.metadata()?.len() {
            return Ok(false);
        }
        let mut written = File::open(&self.part)?;
        let (mut left, mut right) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
        loop {
            let length = written.read(&mut left)?;
            if length == 0 {
                return Ok(true);
            }
            there.read_exact(&mut right[..length])?;
            if left[..length] != right[..length] {
                return Ok(false);
            }
        }
    }
}

impl Write for PartFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for PartFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        // Gone already after `put_in_place`.
        let _ = std::fs::remove_file(&self.part);
    }
}

pub(crate) fn file_error(path: &Path, what: &str, error: &io::Error) -> Error {
    Error::new(ErrorKind::File, format!("{} {what}: {error}", path.display())).with_field("path")
}
