//! Writing what a service sends as one file that plays.

use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::Path;

use super::meter::DurationMeter;
use super::{Format, wav};
use crate::error::{Error, Result};
use crate::part_file::{PartFile, file_error};

/// A file being written from the chunks of one generation: one valid container with right lengths.
///
/// Joined WAV chunks get one header. Mu-law gets a Sun audio header where the file's ending is `.au` or
/// `.snd`, `s16le` a WAV header where it is `.wav`. Everything else is written as it comes.
///
/// It is written beside its destination and takes its name only in [`finish`](Self::finish): a file of that
/// name is never half-written. Dropping it before removes what was written. After a write that failed every further call
/// fails in the same way, so that it is enough to look at what `finish` says.
#[derive(Debug)]
pub struct AudioFile {
    writer: BufWriter<PartFile>,
    format: Format,
    container: Container,
    sample_rate: u32,
    /// Bytes after the container's header.
    data: u64,
    meter: DurationMeter,
    /// The first failure. There is a hole in the file then, and it is never put in place.
    failure: Option<Error>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Container {
    /// The bytes as they come.
    AsSent,
    Wav,
    Au,
}

impl Container {
    /// A WAV file's parts have even lengths.
    fn needs_padding(self, data: u32) -> bool {
        self == Container::Wav && data % 2 == 1
    }

    fn header(self, sample_rate: u32, data: u32) -> Vec<u8> {
        match self {
            Container::AsSent => Vec::new(),
            Container::Wav => wav::header(sample_rate, data).to_vec(),
            Container::Au => {
                const MULAW: u32 = 1;
                let fields = [u32::from_be_bytes(*b".snd"), 24, data, MULAW, sample_rate, 1];
                fields.into_iter().flat_map(u32::to_be_bytes).collect()
            }
        }
    }
}

/// Bare samples as the bytes of one file that plays: 16-bit ones (`wav` without its chunks' headers, `s16le`) under a WAV
/// header, `mulaw` under a Sun audio header. What [`AudioFile`] writes, in memory. The other formats stay as they are.
pub fn file_bytes(format: Format, sample_rate: u32, samples: &[u8]) -> Vec<u8> {
    let container = match format {
        Format::Wav | Format::S16le => Container::Wav,
        Format::Mulaw => Container::Au,
        _ => Container::AsSent,
    };
    let size = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let mut bytes = container.header(sample_rate, size);
    bytes.extend_from_slice(samples);
    if container.needs_padding(size) {
        bytes.push(0);
    }
    bytes
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
        let mut writer = BufWriter::new(PartFile::create(path.as_ref())?);
        let written = writer.write_all(&container.header(sample_rate, 0));
        let meter = DurationMeter::new(format, sample_rate);
        let mut made = AudioFile {
            writer,
            format,
            container,
            sample_rate,
            data: 0,
            meter,
            failure: None,
        };
        made.checked(written)?;
        Ok(made)
    }

    /// Adds the bytes of one chunk, as the service sent them.
    ///
    /// # Errors
    /// `File` when they cannot be written, or the file would outgrow its container (4 GiB for WAV and Sun audio).
    pub fn write(&mut self, chunk: &[u8]) -> Result<()> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.format == Format::Wav
            && self.data == 0
            && let Some(info) = wav::parse(chunk)
        {
            self.sample_rate = info.sample_rate;
        }
        let bytes = if self.format == Format::Wav {
            wav::samples(chunk)
        } else {
            chunk
        };
        // 64 bytes for the header and the padding.
        if self.container != Container::AsSent && self.data + bytes.len() as u64 > u64::from(u32::MAX - 64) {
            return self.checked(Err(io::Error::other("its container holds 4 GiB at most")));
        }
        let written = self.writer.write_all(bytes);
        self.checked(written)?;
        self.meter.push(chunk);
        self.data += bytes.len() as u64;
        Ok(())
    }

    /// Seconds of audio written so far.
    pub fn seconds(&self) -> f64 {
        self.meter.seconds()
    }

    /// Completes the lengths in the header and gives the file its name, replacing a file that had it.
    ///
    /// # Errors
    /// `File`; then nothing is left of it.
    pub fn finish(mut self) -> Result<()> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        let finished = self.complete();
        self.checked(finished)?;
        let AudioFile { writer, .. } = self;
        let (part, _) = writer.into_parts();
        part.put_in_place()
    }

    fn complete(&mut self) -> io::Result<()> {
        // `write` keeps it below 4 GiB where a header states it.
        let data = u32::try_from(self.data).unwrap_or(u32::MAX);
        if self.container.needs_padding(data) {
            self.writer.write_all(&[0])?;
        }
        self.writer.seek(SeekFrom::Start(0))?;
        self.writer.write_all(&self.container.header(self.sample_rate, data))?;
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
