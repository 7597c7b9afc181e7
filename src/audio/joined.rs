//! The samples of a WAV stream, as they were written, without what is around them.

use super::wav_stream::{Malformed, Part, WavFormat, WavStream};

/// Takes the headers out of a WAV stream, in pieces cut anywhere. What is left are whole frames, so that nothing after the
/// end of a chunk is out of step.
///
/// The first chunk must have a header: what begins otherwise is something else, mp3 or a page of HTML, and not samples.
#[derive(Debug, Clone)]
pub(super) struct Joined {
    stream: WavStream,
    header_seen: bool,
    frames: Frames,
}

/// Whole frames of what `format` says.
#[derive(Debug, Clone)]
struct Frames {
    format: WavFormat,
    /// The beginning of a frame whose rest has not come.
    cut: Vec<u8>,
    /// How many there were.
    count: u64,
}

impl Frames {
    fn push(&mut self, mut samples: &[u8], take: &mut impl FnMut(&[u8])) {
        let size = self.format.frame_size();
        if !self.cut.is_empty() {
            let missing = (size - self.cut.len()).min(samples.len());
            self.cut.extend_from_slice(&samples[..missing]);
            samples = &samples[missing..];
            if self.cut.len() < size {
                return;
            }
            take(&self.cut);
            self.cut.clear();
            self.count += 1;
        }
        let whole = samples.len() - samples.len() % size;
        if whole > 0 {
            take(&samples[..whole]);
        }
        self.count += (whole / size) as u64;
        self.cut.extend_from_slice(&samples[whole..]);
    }
}

impl Joined {
    /// `sample_rate` counts where nothing comes, and no header states another.
    pub(super) fn new(sample_rate: u32) -> Joined {
        Joined {
            stream: WavStream::default(),
            header_seen: false,
            frames: Frames {
                format: WavFormat::linear(sample_rate, 1),
                cut: Vec::new(),
                count: 0,
            },
        }
    }

    /// How the samples are written.
    pub(super) fn format(&self) -> WavFormat {
        self.frames.format
    }

    /// Seconds of samples so far.
    pub(super) fn seconds(&self) -> f64 {
        let rate = f64::from(self.frames.format.sample_rate);
        if rate == 0.0 {
            0.0
        } else {
            self.frames.count as f64 / rate
        }
    }

    /// Hands the samples of the next piece to `take`.
    ///
    /// A header that is none, cannot be read, or states another kind of samples than the first, is an error.
    pub(super) fn push(&mut self, piece: &[u8], take: &mut impl FnMut(&[u8])) -> Result<(), Malformed> {
        let Joined {
            stream,
            header_seen,
            frames,
        } = self;
        stream.push(piece, |part, at| take_part(part, at, frames, header_seen, take))
    }

    /// No more comes: hands on what was held back because it might have been a header.
    ///
    /// That the samples never began, though something came, is an error. In the middle of a later header a stream may
    /// break off.
    pub(super) fn finish(&mut self, take: &mut impl FnMut(&[u8])) -> Result<(), Malformed> {
        let Joined {
            stream,
            header_seen,
            frames,
        } = self;
        if let Some(cut) = stream.cut_header().filter(|_| frames.count == 0) {
            return Err(cut);
        }
        stream.finish(|part, at| take_part(part, at, frames, header_seen, take))
    }
}

fn take_part(
    part: Part<'_>,
    at: u64,
    frames: &mut Frames,
    header_seen: &mut bool,
    take: &mut impl FnMut(&[u8]),
) -> Result<(), Malformed> {
    match part {
        Part::Samples(samples) => frames.push(samples, take),
        Part::Format(stated) if !stated.can_be_joined() => {
            return Err(Malformed {
                byte: at,
                what: format!("a WAV header states {stated}, which are no samples that can be joined"),
            });
        }
        Part::Format(stated) if *header_seen && stated != frames.format => {
            return Err(Malformed {
                byte: at,
                what: format!("a WAV header states {stated}, after one that stated {}", frames.format),
            });
        }
        Part::Format(stated) => {
            *header_seen = true;
            frames.format = stated;
            frames.cut.clear();
        }
    }
    Ok(())
}
