//! Whole mp3 frames into samples, without what the encoder put around the sound.

#[cfg(feature = "mp3")]
use nanomp3_core::{DecodeError, Decoder, MAX_SAMPLES_PER_FRAME};

use super::header::{FrameHeader, Table};
use crate::audio::Format;
use crate::audio::decode::Source;
#[cfg(not(feature = "mp3"))]
use crate::audio::decode::left_out::{DecodeError, Decoder, MAX_SAMPLES_PER_FRAME};
use crate::audio::decode::stage::Stage;

pub(super) struct Frames {
    decoder: Box<Decoder>,
    decoded: Box<[f32; MAX_SAMPLES_PER_FRAME]>,
    window: Window,
}

/// Which frames of samples of a stream are sound, counted from the first.
#[derive(Debug, Clone)]
struct Window {
    at: u64,
    from: u64,
    /// Where the padding is, when it is known.
    padding: std::ops::Range<u64>,
}

impl Window {
    const ALL: Window = Window {
        at: 0,
        from: 0,
        padding: 0..0,
    };

    fn new(table: Table, frame: usize) -> Window {
        /// What every decoder adds in front.
        const DECODER_DELAY: u64 = 529;
        let Some((delay, padding)) = table.trim else {
            return Window::ALL;
        };
        let end = table.frames * frame as u64;
        let padding = (padding as u64).saturating_sub(DECODER_DELAY);
        Window {
            at: 0,
            from: delay as u64 + DECODER_DELAY,
            padding: end.saturating_sub(padding)..end,
        }
    }

    /// The part of the next `count` that is sound, by its place among them.
    fn take(&mut self, count: usize) -> std::ops::Range<usize> {
        let end = self.at + count as u64;
        let from = self.from.clamp(self.at, end);
        // Padding is at the end of a frame: what is after it belongs to frames that the table did not know of.
        let until = if self.padding.contains(&self.at) {
            from
        } else if self.padding.start < end && self.padding.end > self.at {
            self.padding.start.max(from)
        } else {
            end
        };
        let range = (from - self.at) as usize..(until - self.at) as usize;
        self.at = end;
        range
    }
}

impl Default for Frames {
    fn default() -> Self {
        Frames {
            decoder: Box::default(),
            decoded: Box::new([0.0; MAX_SAMPLES_PER_FRAME]),
            window: Window::ALL,
        }
    }
}

impl std::fmt::Debug for Frames {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Frames")
            .field("window", &self.window)
            .finish_non_exhaustive()
    }
}

impl Frames {
    /// Decodes one whole frame. What is wrong with it, where it cannot be decoded.
    pub(super) fn decode(&mut self, frame: &[u8], header: FrameHeader, stage: &mut Stage) -> Result<(), &'static str> {
        let source = Source {
            format: Format::Mp3,
            sample_rate: header.sample_rate,
            channels: header.channels,
        };
        if stage.source() != Some(source) {
            stage.begin(source);
        }
        if let Some(table) = Table::parse(frame, header) {
            // A stream begins here, the first or one that was joined.
            *self.decoder = Decoder::new();
            self.window = Window::new(table, header.samples);
            return Ok(());
        }
        let channels = usize::from(header.channels);
        let (_, decoded) = self.decoder.decode(frame, &mut self.decoded[..]);
        match decoded {
            Ok(info) if info.samples_produced == header.samples => {}
            // What it builds on was cut off with the frames before.
            Err(DecodeError::ReservoirUnavailable(_)) => self.decoded[..header.samples * channels].fill(0.0),
            _ if cfg!(not(feature = "mp3")) => return Err("this library was built without an mp3 decoder"),
            _ => return Err("an mp3 frame cannot be decoded"),
        }
        let sound = self.window.take(header.samples);
        stage.write(&self.decoded[sound.start * channels..sound.end * channels]);
        Ok(())
    }
}
