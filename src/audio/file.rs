//! Writing what a service sends as one file that plays.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::saved::{Container, Saved, WavSamples};
use super::{Format, Output};
use crate::error::{Error, ErrorKind, Result};

/// A file being written from the chunks of one generation: one valid container with right lengths.
///
/// As sent ([`create`](Self::create)): joined WAV chunks get one header. Mu-law gets a Sun audio header where the file's ending is `.au` or
/// `.snd`, `s16le` a WAV header where it is `.wav`. Everything else is written as it comes. Or
/// decoded, as WAV ([`create_decoded`](Self::create_decoded)).
///
/// It is written beside its destination and takes its name only in [`finish`](Self::finish): a file of that
/// name is never half-written. Dropping it before removes what was written. After a write that failed every further call
/// fails in the same way, so that it is enough to look at what `finish` says.
#[derive(Debug)]
pub struct AudioFile {
    path: PathBuf,
    part: PathBuf,
    writer: BufWriter<File>,
    saved: Saved,
    /// Bytes after the container's header.
    data: u64,
    /// Of what has been written.
    seconds: f64,
    /// What is to be written of one chunk.
    bytes: Vec<u8>,
    /// The first failure. There is a hole in the file then, and it is never put in place.
    failure: Option<Error>,
}

impl AudioFile {
    /// Begins `path` for chunks of `format` at `sample_rate` Hz. An existing file stays until
    /// [`finish`](Self::finish).
    ///
    /// The sample rate goes into the headers of `s16le` and `mulaw`; of a WAV stream the rate that its own
    /// first header states counts instead.
    ///
    /// # Errors
    /// `InvalidArgument` when the ending of `path` is known and for another format; `File` when the file
    /// cannot be made.
    pub fn create(path: impl AsRef<Path>, format: Format, sample_rate: u32) -> Result<AudioFile> {
        let container = container_for(path.as_ref(), format)?;
        AudioFile::begin(path.as_ref(), Saved::as_sent(format, sample_rate, container))
    }

    /// Begins a WAV file at `path` for what chunks of `format` at `sample_rate` Hz, a label as for
    /// [`Decoder::new`](super::Decoder::new), decode to: `samples` of the rate and with the channels that `output`
    /// asks for.
    ///
    /// # Errors
    /// `InvalidArgument` when the ending of `path` is known and another than `.wav` or `.wave`, or for a rate or a number
    /// of channels outside their range; `File` when the file cannot be made.
    pub fn create_decoded(
        path: impl AsRef<Path>,
        format: Format,
        sample_rate: u32,
        output: Output,
        samples: WavSamples,
    ) -> Result<AudioFile> {
        container_for(path.as_ref(), Format::Wav)?;
        AudioFile::begin(path.as_ref(), Saved::decoded(format, sample_rate, output, samples)?)
    }

    fn begin(path: &Path, saved: Saved) -> Result<AudioFile> {
        let path = destination(path)?;
        if path.file_name().is_none() {
            return Err(Error::invalid("path", format_args!("{path:?}"), "the name of a file"));
        }
        // Short, so that a name of any length that the system takes is taken here too.
        let part = path.with_file_name(format!(
            ".voicewire-{}.part",
            &uuid::Uuid::new_v4().simple().to_string()[..16]
        ));
        let file = File::create_new(&part).map_err(|error| file_error(&path, "could not be made", &error))?;
        // Who may read the old file may read the new one, and nobody else.
        let kept = path
            .metadata()
            .map_or(Ok(()), |old| file.set_permissions(old.permissions()));
        let mut writer = BufWriter::new(file);
        let written = kept.and_then(|()| writer.write_all(&saved.header(0)));
        let mut made = AudioFile {
            path,
            part,
            writer,
            saved,
            data: 0,
            seconds: 0.0,
            bytes: Vec::new(),
            failure: None,
        };
        made.checked(written)?;
        Ok(made)
    }

    /// Adds the bytes of one chunk, as the service sent them. They may be cut anywhere.
    ///
    /// # Errors
    /// `File` when they cannot be written, or the file would outgrow its container (4 GiB for WAV and Sun audio);
    /// `BadAudio` when a WAV header cannot be read or states another kind of samples than the first, or when what is to be
    /// decoded cannot be.
    pub fn write(&mut self, chunk: &[u8]) -> Result<()> {
        self.add(|saved, bytes| saved.push(chunk, bytes))
    }

    fn add(&mut self, make: impl FnOnce(&mut Saved, &mut Vec<u8>) -> Result<()>) -> Result<()> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        let added = make(&mut self.saved, &mut bytes).and_then(|()| self.put(&bytes));
        self.bytes = bytes;
        if added.is_ok() {
            self.seconds = self.saved.seconds();
        }
        added.inspect_err(|error| self.failure = Some(error.clone()))
    }

    fn put(&mut self, bytes: &[u8]) -> Result<()> {
        // 64 bytes for the header and the padding.
        let limited = self.saved.container() != Container::AsSent;
        if limited && self.data + bytes.len() as u64 > u64::from(u32::MAX - 64) {
            return self.checked(Err(io::Error::other("its container holds 4 GiB at most")));
        }
        let written = self.writer.write_all(bytes);
        self.checked(written)?;
        self.data += bytes.len() as u64;
        Ok(())
    }

    /// Seconds of audio written so far.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }

    /// Completes the lengths in the header and gives the file its name, replacing a file that had it.
    ///
    /// # Errors
    /// `File`, or what [`write`](Self::write) has failed with; then nothing is left of it.
    pub fn finish(mut self) -> Result<()> {
        self.add(Saved::finish)?;
        let finished = self.complete();
        self.checked(finished)?;
        std::fs::rename(&self.part, &self.path)
            .map_err(|error| file_error(&self.path, "could not be put in place", &error))
    }

    fn complete(&mut self) -> io::Result<()> {
        // `write` keeps it below 4 GiB where a header states it.
        let data = u32::try_from(self.data).unwrap_or(u32::MAX);
        if self.saved.container().needs_padding(data) {
            self.writer.write_all(&[0])?;
        }
        self.writer.seek(SeekFrom::Start(0))?;
        self.writer.write_all(&self.saved.header(data))?;
        self.writer.flush()?;
        self.writer.get_ref().sync_all()
    }

    fn checked(&mut self, result: io::Result<()>) -> Result<()> {
        result.map_err(|error| {
            let failure = file_error(&self.path, "could not be written", &error);
            self.failure = Some(failure.clone());
            failure
        })
    }
}

impl Drop for AudioFile {
    fn drop(&mut self) {
        // Gone already after `finish`.
        let _ = std::fs::remove_file(&self.part);
    }
}

/// Where a symbolic link leads. Anything there that is not a plain file is refused: renaming over a device would
/// remove the device.
fn destination(path: &Path) -> Result<PathBuf> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    match path.metadata() {
        Ok(there) if !there.is_file() => Err(file_error(
            &path,
            "could not be made",
            &io::Error::other("it is there and is no plain file"),
        )),
        _ => Ok(path),
    }
}

fn container_for(path: &Path, format: Format) -> Result<Container> {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or("")
        .to_ascii_lowercase();
    match (ending.as_str(), format) {
        ("wav" | "wave", Format::Wav | Format::S16le) => Ok(Container::Wav),
        ("au" | "snd", Format::Mulaw) => Ok(Container::Au),
        _ => match Format::for_path(path) {
            Ok(known) if known == format => Ok(Container::AsSent),
            Ok(known) => Err(Error::invalid(
                "format",
                format,
                &format!("{known} for the file {}", path.display()),
            )),
            // An ending of the caller's own: the format's usual container.
            Err(_) if format == Format::Wav => Ok(Container::Wav),
            Err(_) => Ok(Container::AsSent),
        },
    }
}

fn file_error(path: &Path, what: &str, error: &io::Error) -> Error {
    Error::new(ErrorKind::File, format!("{} {what}: {error}", path.display())).with_field("path")
}
