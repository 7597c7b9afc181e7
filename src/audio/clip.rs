//! A few seconds out of encoded audio.

use super::{Decoder, Format, Output, file_bytes};
use crate::error::{Error, ErrorKind, Result};

/// What to cut out: so many seconds, half of them before `at` and half after it; less at the ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub at: f64,
    pub seconds: f64,
    /// Bytes that the file may have at most.
    pub max_bytes: usize,
}

/// A piece of a stream, as a WAV file: one channel, 16 bits, at the rate that the audio has. `sample_rate` counts where
/// the audio does not state its own; 0 is unknown.
///
/// # Errors
/// `InvalidArgument` for `problemSeconds` beyond the end; `BadAudio` when nothing can be decoded, or not as far as that.
pub(crate) fn cut<'a>(
    chunks: impl Iterator<Item = &'a [u8]>,
    format: Format,
    sample_rate: u32,
    place: Place,
) -> Result<Vec<u8>> {
    let mut window = Window {
        decoder: Decoder::new(
            format,
            sample_rate,
            Output {
                channels: 1,
                ..Output::default()
            },
        )?,
        place,
        samples: Vec::new(),
        skipped: 0,
    };
    let mut broken = None;
    for chunk in chunks {
        match window.push(chunk) {
            Ok(true) => {}
            Ok(false) => return Ok(window.into_file()),
            Err(error) => {
                broken = Some(error);
                break;
            }
        }
    }
    if broken.is_none() {
        broken = window.finish().err();
    }
    window.complete(broken)
}

struct Window {
    decoder: Decoder,
    place: Place,
    /// What may be in the clip.
    samples: Vec<i16>,
    /// How many came before those.
    skipped: u64,
}

impl Window {
    const HEADER: usize = 44;

    /// Where the clip begins and ends, in samples.
    fn bounds(&self) -> (u64, u64) {
        let rate = self.decoder.sample_rate();
        let longest = self.place.max_bytes.saturating_sub(Self::HEADER) / 2;
        let half = (self.place.seconds * f64::from(rate)).min(longest as f64) / 2.0;
        let middle = self.place.at * f64::from(rate);
        ((middle - half).max(0.0) as u64, (middle + half) as u64)
    }

    /// Whether more is wanted.
    fn push(&mut self, chunk: &[u8]) -> Result<bool> {
        let pushed = self.decoder.push(chunk, &mut self.samples);
        let (begin, end) = self.bounds();
        let before = begin.saturating_sub(self.skipped).min(self.samples.len() as u64);
        self.samples.drain(..before as usize);
        self.skipped += before;
        pushed?;
        Ok(self.decoder.sample_rate() == 0 || self.skipped + (self.samples.len() as u64) < end)
    }

    fn finish(&mut self) -> Result<()> {
        let Window { decoder, samples, .. } = self;
        decoder.finish(samples)
    }

    /// The stream is over.
    fn complete(self, broken: Option<Error>) -> Result<Vec<u8>> {
        let (rate, there) = (self.decoder.sample_rate(), self.skipped + self.samples.len() as u64);
        if there == 0 || rate == 0 {
            return Err(broken.unwrap_or_else(|| {
                Error::new(
                    ErrorKind::BadAudio,
                    "there is no audio of which the sample rate is known",
                )
            }));
        }
        if self.place.at * f64::from(rate) > there as f64 {
            let seconds = there as f64 / f64::from(rate);
            return Err(broken.unwrap_or_else(|| {
                let takes = format!("0 to {seconds:.3} seconds, the length of the audio");
                Error::invalid("problemSeconds", self.place.at, &takes)
            }));
        }
        Ok(self.into_file())
    }

    fn into_file(self) -> Vec<u8> {
        let (begin, end) = self.bounds();
        let before = begin.saturating_sub(self.skipped).min(self.samples.len() as u64) as usize;
        let wanted = usize::try_from(end - begin).unwrap_or(usize::MAX);
        let bytes: Vec<u8> = self.samples[before..]
            .iter()
            .take(wanted)
            .flat_map(|sample| sample.to_le_bytes())
            .collect();
        file_bytes(Format::S16le, self.decoder.sample_rate(), &bytes)
    }
}
