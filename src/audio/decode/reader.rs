//! What all readers of a container have in common.

use super::stage::Stage;
use super::{au, bare, mp3, ogg, wav};
use crate::audio::wav_stream::Malformed;

/// What is wrong with the audio, and at which byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    pub(super) byte: u64,
    pub(super) what: String,
}

impl Broken {
    pub(super) fn at(byte: u64, what: impl Into<String>) -> Broken {
        Broken {
            byte,
            what: what.into(),
        }
    }
}

impl From<Malformed> for Broken {
    fn from(malformed: Malformed) -> Broken {
        Broken::at(malformed.byte, malformed.what)
    }
}

/// Reads one kind of container and hands the samples in it to the stage.
pub(super) trait Reader: Send + std::fmt::Debug {
    /// Takes the next bytes.
    fn push(&mut self, bytes: &[u8], stage: &mut Stage) -> Result<(), Broken>;

    /// What is wrong with a file that ends here, though a stream may: its sound should still begin.
    fn cut_header(&self) -> Option<Broken> {
        None
    }

    /// No more comes.
    fn finish(&mut self, stage: &mut Stage) -> Result<(), Broken>;
}

/// The containers that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    Wav,
    Au,
    Mp3,
    Ogg,
    /// 16-bit samples with nothing around them.
    BareS16le,
    /// Mu-law with nothing around it.
    BareMulaw,
}

impl Container {
    /// A reader of it. `sample_rate` is the label's.
    pub(super) fn reader(self, sample_rate: u32) -> Box<dyn Reader> {
        match self {
            Container::Wav => Box::new(wav::WavReader::default()),
            Container::Au => Box::new(au::AuReader::default()),
            Container::Mp3 => Box::new(mp3::Mp3Reader::default()),
            Container::Ogg => Box::new(ogg::OggReader::default()),
            Container::BareS16le => Box::new(bare::BareReader::s16le(sample_rate)),
            Container::BareMulaw => Box::new(bare::BareReader::mulaw(sample_rate)),
        }
    }
}
