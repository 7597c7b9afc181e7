//! What becomes of chunks in a file: the bytes as they were sent under one header, or the samples in them.

use super::joined::Joined;
use super::meter::DurationMeter;
use super::wav_stream::{Malformed, WavFormat};
use super::{Decoder, Format, Output};
use crate::error::{AudioPosition, Error, ErrorKind, Result};

/// How a WAV file holds decoded samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum WavSamples {
    /// 16-bit integers, which everything can play.
    #[default]
    S16,
    /// 32-bit floating point: nothing is rounded or clamped.
    F32,
}

/// What is around the samples in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// The bytes as they come.
    AsSent,
    Wav,
    Au,
}

impl Container {
    /// A WAV file's parts have even lengths.
    pub(super) fn needs_padding(self, data: u32) -> bool {
        self == Container::Wav && data % 2 == 1
    }

    fn header(self, format: WavFormat, data: u32) -> Vec<u8> {
        match self {
            Container::AsSent => Vec::new(),
            Container::Wav => format.header(data).to_vec(),
            Container::Au => {
                const MULAW: u32 = 1;
                let fields = [u32::from_be_bytes(*b".snd"), 24, data, MULAW, format.sample_rate, 1];
                fields.into_iter().flat_map(u32::to_be_bytes).collect()
            }
        }
    }
}

/// Turns chunks into what a file holds.
#[derive(Debug)]
pub(super) enum Saved {
    Bytes {
        container: Container,
        sample_rate: u32,
        meter: DurationMeter,
    },
    /// WAV chunks, without their headers.
    Joined(Box<Joined>),
    Decoded {
        decoder: Box<Decoder>,
        /// The label's rate, for the header of a file in which nothing is.
        sample_rate: u32,
        samples: WavSamples,
        s16: Vec<i16>,
        f32: Vec<f32>,
    },
}

impl Saved {
    pub(super) fn as_sent(format: Format, sample_rate: u32, container: Container) -> Saved {
        match format {
            Format::Wav => Saved::Joined(Box::new(Joined::new(sample_rate))),
            _ => Saved::Bytes {
                container,
                sample_rate,
                meter: DurationMeter::new(format, sample_rate),
            },
        }
    }

    pub(super) fn decoded(format: Format, sample_rate: u32, output: Output, samples: WavSamples) -> Result<Saved> {
        Ok(Saved::Decoded {
            decoder: Box::new(Decoder::new(format, sample_rate, output)?),
            sample_rate,
            samples,
            s16: Vec::new(),
            f32: Vec::new(),
        })
    }

    pub(super) fn container(&self) -> Container {
        match self {
            Saved::Bytes { container, .. } => *container,
            Saved::Joined(_) | Saved::Decoded { .. } => Container::Wav,
        }
    }

    /// The file's header, with `data` bytes after it. Always as long.
    pub(super) fn header(&self, data: u32) -> Vec<u8> {
        let format = match self {
            Saved::Bytes { sample_rate, .. } => WavFormat::linear(*sample_rate, 1),
            Saved::Joined(joined) => joined.format(),
            Saved::Decoded {
                decoder,
                sample_rate,
                samples,
                ..
            } => {
                // A file must state something that plays, also when nothing came that said what it is.
                let rate = match (decoder.sample_rate(), *sample_rate) {
                    (0, 0) => 48_000,
                    (0, rate) => rate,
                    (rate, _) => rate,
                };
                let channels = decoder.channels().max(1);
                match samples {
                    WavSamples::S16 => WavFormat::of::<i16>(rate, channels),
                    WavSamples::F32 => WavFormat::of::<f32>(rate, channels),
                }
            }
        };
        self.container().header(format, data)
    }

    /// Appends to `bytes` what is to be written of `chunk`.
    pub(super) fn push(&mut self, chunk: &[u8], bytes: &mut Vec<u8>) -> Result<()> {
        match self {
            Saved::Bytes { meter, .. } => {
                meter.push(chunk);
                bytes.extend_from_slice(chunk);
                Ok(())
            }
            Saved::Joined(joined) => joined
                .push(chunk, &mut |samples| bytes.extend_from_slice(samples))
                .map_err(|malformed| bad_header(malformed, joined)),
            Saved::Decoded { .. } => self.decode(Some(chunk), bytes),
        }
    }

    /// Appends to `bytes` what is still to be written at the end.
    pub(super) fn finish(&mut self, bytes: &mut Vec<u8>) -> Result<()> {
        match self {
            Saved::Bytes { .. } => Ok(()),
            Saved::Joined(joined) => joined
                .finish(&mut |samples| bytes.extend_from_slice(samples))
                .map_err(|malformed| bad_header(malformed, joined)),
            Saved::Decoded { .. } => self.decode(None, bytes),
        }
    }

    fn decode(&mut self, chunk: Option<&[u8]>, bytes: &mut Vec<u8>) -> Result<()> {
        fn take<S: super::Sample>(
            decoder: &mut Decoder,
            chunk: Option<&[u8]>,
            samples: &mut Vec<S>,
            bytes: &mut Vec<u8>,
        ) -> Result<()> {
            samples.clear();
            match chunk {
                Some(chunk) => decoder.push(chunk, samples)?,
                None => decoder.finish_file(samples)?,
            }
            S::write(samples, bytes);
            Ok(())
        }
        match self {
            Saved::Decoded {
                decoder,
                samples: WavSamples::S16,
                s16,
                ..
            } => take(decoder, chunk, s16, bytes),
            Saved::Decoded { decoder, f32, .. } => take(decoder, chunk, f32, bytes),
            _ => Ok(()),
        }
    }

    pub(super) fn seconds(&self) -> f64 {
        match self {
            Saved::Bytes { meter, .. } => meter.seconds(),
            Saved::Joined(joined) => joined.seconds(),
            Saved::Decoded { decoder, .. } => decoder.seconds(),
        }
    }
}

fn bad_header(malformed: Malformed, joined: &Joined) -> Error {
    Error::new(ErrorKind::BadAudio, malformed.what).with_audio_position(AudioPosition {
        byte: malformed.byte,
        seconds: joined.seconds(),
    })
}

/// Bare samples as the bytes of one file that plays: 16-bit ones (`wav` without its chunks' headers, `s16le`) under a WAV
/// header, `mulaw` under a Sun audio header. What [`AudioFile`](super::AudioFile) writes, in memory. The other formats
/// stay as they are.
pub fn file_bytes(format: Format, sample_rate: u32, samples: &[u8]) -> Vec<u8> {
    let container = match format {
        Format::Wav | Format::S16le => Container::Wav,
        Format::Mulaw => Container::Au,
        _ => Container::AsSent,
    };
    in_container(container, WavFormat::linear(sample_rate, 1), samples)
}

/// What a service sent, its chunks one after the other, as the bytes of one file that plays: [`file_bytes`], with the
/// headers in a `wav` stream taken out and their rate, channels and bits in the one that is left.
///
/// # Errors
/// `BadAudio` when `wav` does not begin with a header, or one cannot be read or states another kind of samples than the first.
pub fn joined_file_bytes(format: Format, sample_rate: u32, sent: &[u8]) -> Result<Vec<u8>> {
    if format != Format::Wav {
        return Ok(file_bytes(format, sample_rate, sent));
    }
    let mut saved = Saved::as_sent(format, sample_rate, Container::Wav);
    let mut samples = Vec::new();
    saved.push(sent, &mut samples)?;
    saved.finish(&mut samples)?;
    let Saved::Joined(joined) = saved else {
        return Ok(samples);
    };
    Ok(in_container(Container::Wav, joined.format(), &samples))
}

fn in_container(container: Container, format: WavFormat, samples: &[u8]) -> Vec<u8> {
    let size = u32::try_from(samples.len()).unwrap_or(u32::MAX);
    let mut bytes = container.header(format, size);
    bytes.extend_from_slice(samples);
    if container.needs_padding(size) {
        bytes.push(0);
    }
    bytes
}
