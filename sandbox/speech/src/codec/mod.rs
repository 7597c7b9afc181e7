//! Samples into the bytes that a service sends: WAV, raw PCM, mu-law, MP3 and Ogg Opus, cut into chunks.

mod mp3;
mod mulaw;
mod opus;
mod resample;
pub mod wav;

pub(crate) use resample::resample;

use std::fmt;

/// The sample rates that a request may ask for, in hertz.
pub const SAMPLE_RATES: [u32; 8] = [8000, 16000, 22050, 24000, 32000, 36000, 44100, 48000];

/// How audio is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// 16-bit PCM; every chunk is a WAV file of its own with a 68-byte header.
    Wav,
    /// 16-bit little-endian PCM with no header.
    S16le,
    /// G.711 mu-law with no header: one byte per sample, at whatever rate was asked for.
    Mulaw,
    /// Mono MP3 at a constant bit rate, with an `Info` frame first.
    Mp3,
    /// Mono Opus in Ogg (RFC 7845).
    Opus,
}

impl Format {
    /// Every format there is.
    pub const ALL: [Self; 5] = [Self::Wav, Self::S16le, Self::Mulaw, Self::Mp3, Self::Opus];

    /// The format that a request calls `name` (`wav`, `s16le`, `mulaw`, `mp3` or `opus`; lower case only).
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// What a request calls this format.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::S16le => "s16le",
            Self::Mulaw => "mulaw",
            Self::Mp3 => "mp3",
            Self::Opus => "opus",
        }
    }

    /// The `Content-Type` of an HTTP response in this format.
    ///
    /// It has no parameters: `s16le` and `mulaw` do not say their sample rate.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Wav => "audio/wav",
            Self::S16le => "audio/pcm",
            Self::Mulaw => "audio/basic",
            Self::Mp3 => "audio/mpeg",
            Self::Opus => "audio/ogg",
        }
    }
}

/// Why a line could not be encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodecError {
    /// The sample rate, in hertz, is not one of [`SAMPLE_RATES`].
    SampleRate(u32),
    /// The encoder of this format failed, and says why.
    Encoder(Format, String),
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SampleRate(rate) => {
                write!(f, "sample rate {rate} Hz is not one of {SAMPLE_RATES:?}")
            }
            Self::Encoder(format, reason) => write!(f, "the {} encoder failed: {reason}", format.name()),
        }
    }
}

impl std::error::Error for CodecError {}

/// Encodes a whole line of mono `samples`, as the chunks in which a service would send it.
///
/// Each chunk holds about `chunk_millis` of audio and the last one what is left; none is empty, and no samples give no
/// chunks. PCM and mu-law chunks are cut at that length exactly, MP3 between frames, Opus between Ogg pages. The
/// first MP3 chunk begins with the `Info` frame and the first Opus chunk with the two header pages, so joining the
/// chunks gives a file (for [`Format::Wav`], each chunk is a file). The same input gives the same bytes.
///
/// Two formats do not know every rate of [`SAMPLE_RATES`], so their audio is resampled: 36000 Hz becomes 44100 Hz in
/// MP3, and in Opus, which always plays at 48000 Hz, the rate asked for is only noted in the header.
///
/// # Errors
/// [`CodecError::SampleRate`] for a rate outside [`SAMPLE_RATES`]; [`CodecError::Encoder`] if an encoder refuses.
pub fn encode(
    samples: &[i16],
    sample_rate: u32,
    format: Format,
    chunk_millis: u32,
) -> Result<Vec<Vec<u8>>, CodecError> {
    if !SAMPLE_RATES.contains(&sample_rate) {
        return Err(CodecError::SampleRate(sample_rate));
    }
    if samples.is_empty() {
        return Ok(Vec::new());
    }
    match format {
        Format::Wav => Ok(cut(samples, sample_rate, chunk_millis, |piece| {
            wav::file(piece, sample_rate)
        })),
        Format::S16le => Ok(cut(samples, sample_rate, chunk_millis, s16le)),
        Format::Mulaw => Ok(cut(samples, sample_rate, chunk_millis, mulaw::encode)),
        Format::Mp3 => mp3::encode(samples, sample_rate, chunk_millis),
        Format::Opus => opus::encode(samples, sample_rate, chunk_millis),
    }
}

/// The bytes of each run of samples that makes one chunk, for the formats that can be cut anywhere.
fn cut(samples: &[i16], sample_rate: u32, chunk_millis: u32, bytes: impl Fn(&[i16]) -> Vec<u8>) -> Vec<Vec<u8>> {
    samples
        .chunks(units_per_chunk(sample_rate, chunk_millis, 1))
        .map(bytes)
        .collect()
}

/// How many units of `unit` samples come nearest to `chunk_millis`: at least one.
fn units_per_chunk(sample_rate: u32, chunk_millis: u32, unit: usize) -> usize {
    let samples = u64::from(sample_rate) * u64::from(chunk_millis) / 1000;
    let unit = unit as u64;
    usize::try_from((samples + unit / 2) / unit)
        .unwrap_or(usize::MAX)
        .max(1)
}

fn s16le(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}
