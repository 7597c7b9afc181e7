//! Writing what a service sends as one file that plays.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use super::saved::{Container, Saved, WavSamples};
use super::{Format, Output};
use crate::error::{Error, Result};
use crate::part_file::{PartFile, file_error};

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
    writer: BufWriter<PartFile>,
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
    /// [`finish`](Self::finish). So does a symbolic link, which is replaced then; what it leads to stays as it is.
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
        let mut writer = BufWriter::new(PartFile::create(path)?);
        let written = writer.write_all(&saved.header(0));
        let mut made = AudioFile {
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
    /// `BadAudio` when what is to be WAV does not begin with a header, or one cannot be read or states another kind of samples
    /// than the first, or when what is to be decoded cannot be.
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
    /// `File`; `BadAudio` when WAV ended before its first header did; or what [`write`](Self::write) has failed with. Then
    /// nothing is left of it. A file into which nothing was written is one without sound.
    pub fn finish(mut self) -> Result<()> {
        self.add(Saved::finish)?;
        let finished = self.complete();
        self.checked(finished)?;
        let (part, _) = self.writer.into_parts();
        part.put_in_place()
    }

    fn complete(&mut self) -> io::Result<()> {
        // `write` keeps it below 4 GiB where a header states it.
        let data = u32::try_from(self.data).unwrap_or(u32::MAX);
        if self.saved.container().needs_padding(data) {
            self.writer.write_all(&[0])?;
        }
        self.writer.seek(SeekFrom::Start(0))?;
        self.writer.write_all(&self.saved.header(data))?;
        self.writer.flush()
    }

    fn checked(&mut self, result: io::Result<()>) -> Result<()> {
        result.map_err(|error| {
            let failure = file_error(self.writer.get_ref().path(), "could not be written", &error);
            self.failure = Some(failure.clone());
            failure
        })
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
