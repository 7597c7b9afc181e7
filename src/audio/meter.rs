//! How long the audio is that has come so far.

use super::Format;
use super::decode::mp3::{FrameHeader, Table};
use super::joined::Joined;

/// Counts the length of encoded audio while it arrives, in pieces cut anywhere, without decoding it.
///
/// Exact for `wav`, `s16le`, `mulaw` and `mp3` (whole frames, without the encoder's delay and padding where they are stated). For `opus` it is
/// the position that the last whole page states. Bytes that are not of the format count as nothing.
#[derive(Debug, Clone)]
pub struct DurationMeter {
    kind: Kind,
    rate: u32,
}

#[derive(Debug, Clone)]
enum Kind {
    /// Bytes of bare samples, each of so many bytes.
    Samples {
        bytes: u64,
        size: u32,
    },
    Wav(Box<Joined>),
    Mp3(Mp3),
    Ogg(Ogg),
}

impl DurationMeter {
    /// `sample_rate` in Hz counts for the formats that do not state it: `s16le` and `mulaw`. 0 makes their length 0.
    pub fn new(format: Format, sample_rate: u32) -> DurationMeter {
        let kind = match format {
            Format::S16le => Kind::Samples { bytes: 0, size: 2 },
            Format::Mulaw => Kind::Samples { bytes: 0, size: 1 },
            Format::Wav => Kind::Wav(Box::new(Joined::new(sample_rate))),
            Format::Mp3 => Kind::Mp3(Mp3::default()),
            Format::Opus => Kind::Ogg(Ogg::default()),
        };
        DurationMeter {
            kind,
            rate: sample_rate,
        }
    }

    /// Takes the next piece.
    pub fn push(&mut self, piece: &[u8]) {
        match &mut self.kind {
            Kind::Samples { bytes, .. } => *bytes += piece.len() as u64,
            // From a header that makes no sense on there is nothing to count.
            Kind::Wav(joined) => drop(joined.push(piece, &mut |_| {})),
            Kind::Mp3(mp3) => mp3.push(piece),
            Kind::Ogg(ogg) => ogg.push(piece),
        }
    }

    /// Seconds of audio so far.
    pub fn seconds(&self) -> f64 {
        let of = |count: u64, rate: u32| if rate == 0 { 0.0 } else { count as f64 / f64::from(rate) };
        match &self.kind {
            Kind::Samples { bytes, size } => of(bytes / u64::from(*size), self.rate),
            Kind::Wav(joined) => joined.seconds(),
            Kind::Mp3(mp3) => mp3.seconds,
            Kind::Ogg(ogg) => of(ogg.granule.saturating_sub(ogg.pre_skip), 48_000),
        }
    }
}

/// Walks from frame header to frame header.
#[derive(Debug, Clone, Default)]
struct Mp3 {
    /// The beginning of the frame in hand.
    pending: Vec<u8>,
    /// Bytes of the frame in hand that are still to come.
    skip: usize,
    seconds: f64,
    /// Frames of samples that the encoder put before the sound and that have not been counted off.
    delay: usize,
    /// Frames until the end that was stated, and the frames of samples after the sound.
    left: u64,
    padding: usize,
}

impl Mp3 {
    /// As much of a frame as holds the table that may stand in it.
    const HEAD: usize = 192;

    /// The frame of which the beginning is in `pending`.
    fn count(&mut self, frame: FrameHeader) {
        let rate = f64::from(frame.sample_rate);
        if let Some(table) = Table::parse(&self.pending, frame) {
            (self.delay, self.padding) = table.trim.unwrap_or_default();
            self.left = table.frames;
            return;
        }
        let silent = self.delay.min(frame.samples);
        self.delay -= silent;
        self.seconds += (frame.samples - silent) as f64 / rate;
        self.left = match self.left {
            1 => {
                self.seconds = (self.seconds - self.padding as f64 / rate).max(0.0);
                0
            }
            left => left.saturating_sub(1),
        };
    }

    fn push(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            if self.skip > 0 {
                let step = self.skip.min(piece.len());
                self.skip -= step;
                piece = &piece[step..];
                continue;
            }
            self.pending.push(piece[0]);
            piece = &piece[1..];
            if self.pending.len() < FrameHeader::SIZE {
                continue;
            }
            match FrameHeader::parse(&self.pending) {
                Some(frame) => {
                    if self.pending.len() < Self::HEAD.min(frame.size) {
                        continue;
                    }
                    self.count(frame);
                    self.skip = frame.size - self.pending.len();
                    self.pending.clear();
                }
                None => {
                    self.pending.remove(0);
                }
            }
        }
    }
}

/// Walks from page to page.
#[derive(Debug, Clone, Default)]
struct Ogg {
    /// The page header in hand, until it is whole; then the first bytes of the page's body.
    pending: Vec<u8>,
    skip: usize,
    granule: u64,
    pre_skip: u64,
    head_seen: bool,
}

impl Ogg {
    const FIXED: usize = 27;
    /// As much of the first page's body as holds the pre-skip.
    const HEAD: usize = 12;

    fn push(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            if self.skip > 0 {
                let step = self.skip.min(piece.len());
                self.skip -= step;
                piece = &piece[step..];
                continue;
            }
            self.pending.push(piece[0]);
            piece = &piece[1..];
            self.take_header();
        }
    }

    fn take_header(&mut self) {
        let pending = &self.pending;
        if !b"OggS".starts_with(&pending[..pending.len().min(4)]) {
            self.pending.remove(0);
            return;
        }
        let Some(&segments) = pending.get(Self::FIXED - 1) else {
            return;
        };
        let header = Self::FIXED + usize::from(segments);
        if pending.len() < header {
            return;
        }
        let body: usize = pending[Self::FIXED..header]
            .iter()
            .map(|&length| usize::from(length))
            .sum();
        if !self.head_seen && body >= Self::HEAD {
            if pending.len() < header + Self::HEAD {
                return;
            }
            if &pending[header..header + 8] == b"OpusHead" {
                self.pre_skip = u64::from(u16::from_le_bytes([pending[header + 10], pending[header + 11]]));
            }
        }
        let taken = pending.len() - header;
        let granule = pending[6..14]
            .iter()
            .rev()
            .fold(0u64, |value, &byte| value << 8 | u64::from(byte));
        // All ones: no packet ends on this page.
        if granule != u64::MAX {
            self.granule = self.granule.max(granule);
        }
        self.head_seen = true;
        self.skip = body - taken;
        self.pending.clear();
    }
}
