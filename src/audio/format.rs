//! The formats that audio comes in.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How audio is encoded. Always one channel (mono).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Format {
    /// MPEG audio layer III.
    Mp3,
    /// RIFF/WAVE with 16-bit samples. In a stream every chunk may be a WAV file of its own: [`Chunk::samples`]
    /// gives the samples without the header, and [`AudioFile`] joins them under one.
    ///
    /// [`Chunk::samples`]: crate::deepdub::Chunk::samples
    /// [`AudioFile`]: crate::audio::AudioFile
    Wav,
    /// Opus in an Ogg container (RFC 7845). Decodes to 48 kHz whatever the sample rate asked for.
    Opus,
    /// G.711 mu-law: 8 bits a sample, no header.
    Mulaw,
    /// 16-bit signed little-endian samples, no header.
    S16le,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 5] = [Format::Mp3, Format::Wav, Format::Opus, Format::Mulaw, Format::S16le];

    /// The name that the services use: `mp3`, `wav`, `opus`, `mulaw`, `s16le`.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Mp3 => "mp3",
            Format::Wav => "wav",
            Format::Opus => "opus",
            Format::Mulaw => "mulaw",
            Format::S16le => "s16le",
        }
    }

    /// The format to ask for in order to write `path`, by its ending.
    ///
    /// `.mp3`; `.wav`; `.opus` and `.ogg`; `.au` and `.snd` (mu-law in a Sun audio file); `.ul`, `.ulaw` and
    /// `.mulaw` (bare mu-law); `.pcm`, `.raw` and `.s16le` (bare samples). Upper case counts the same.
    ///
    /// # Errors
    /// `InvalidArgument` for any other ending, naming those that are known.
    pub fn for_path(path: impl AsRef<Path>) -> Result<Format> {
        let path = path.as_ref();
        let ending = path
            .extension()
            .and_then(|ending| ending.to_str())
            .unwrap_or("")
            .to_ascii_lowercase();
        match ending.as_str() {
            "mp3" => Ok(Format::Mp3),
            "wav" | "wave" => Ok(Format::Wav),
            "opus" | "ogg" => Ok(Format::Opus),
            "au" | "snd" | "ul" | "ulaw" | "mulaw" => Ok(Format::Mulaw),
            "pcm" | "raw" | "s16le" => Ok(Format::S16le),
            _ => Err(Error::invalid(
                "path",
                format_args!("{}", path.display()),
                "a file name that ends in .wav, .mp3, .opus, .ogg, .au, .ul or .pcm",
            )),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Format> {
        Format::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| Error::invalid("format", format_args!("{name:?}"), "mp3, wav, opus, mulaw or s16le"))
    }
}
