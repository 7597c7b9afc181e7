//! Audio that is sent along: bytes, or a file.

use std::borrow::Cow;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};

use crate::error::{Error, ErrorKind, Result};

/// The largest clip that is sent, in bytes before base64.
pub(super) const MAX_CLIP: u64 = 20 * 1024 * 1024;

/// A piece of audio to send along, in a report, as a voice's sample …: 20 MiB at most. It is encoded here.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Clip {
    /// The bytes of an audio file.
    Bytes(Vec<u8>),
    /// An audio file, read when the call is made, or when the report is handed to an outbox.
    File(PathBuf),
}

impl Clip {
    /// Its bytes, as the parameter `field`, when there are some and not too many.
    pub(super) fn read(&self, field: &str) -> Result<Cow<'_, [u8]>> {
        let too_large = |size: u64| Error::invalid(field, format_args!("{size} bytes"), "20 MiB of audio at most");
        let bytes = match self {
            Clip::Bytes(bytes) => Cow::from(bytes),
            Clip::File(path) => {
                let unreadable = |error| file_error(field, path, &error);
                // Looked at before it is read; a file that grows meanwhile is found out below.
                let size = size_of_plain_file(path).map_err(unreadable)?;
                if size > MAX_CLIP {
                    return Err(too_large(size));
                }
                Cow::from(read_file(path).map_err(unreadable)?)
            }
        };
        if bytes.is_empty() {
            return Err(Error::invalid(field, "empty", "the bytes of an audio file"));
        }
        if bytes.len() as u64 > MAX_CLIP {
            return Err(too_large(bytes.len() as u64));
        }
        Ok(bytes)
    }
}

/// Only plain files: a pipe could keep the call waiting for ever.
pub(super) fn size_of_plain_file(path: &Path) -> std::io::Result<u64> {
    let metadata = path.metadata()?;
    match metadata.is_file() {
        true => Ok(metadata.len()),
        false => Err(std::io::Error::other("it is no plain file")),
    }
}

pub(super) fn file_error(field: &str, path: &Path, error: &std::io::Error) -> Error {
    let message = format!("{} could not be read: {error}", path.display());
    Error::new(ErrorKind::File, message).with_field(field)
}

/// At most one byte more than is allowed, so that a wrong path cannot fill the memory.
fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_CLIP + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Bytes that are base64 in JSON, written without a copy in between.
pub(super) struct Base64<'a>(pub Cow<'a, [u8]>);

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(&self.0, &STANDARD))
    }
}
