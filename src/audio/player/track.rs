//! A track in the hands of who writes it.

use std::fmt;
use std::sync::Arc;

use super::{Shared, TrackOptions, ended};
use crate::audio::{Decoder, Output};
use crate::error::{Error, ErrorKind, Result};
use crate::sync::Mutex;

/// One line's way into a [`Player`](super::Player). Any thread may write; dropping it ends the track, after what was
/// written, as one that was not finished.
pub struct Track {
    shared: Arc<Shared>,
    serial: u64,
    id: u64,
    decoding: Mutex<Decoding>,
}

struct Decoding {
    /// `None` when the track has been ended.
    decoder: Option<Decoder>,
    /// What it was ended with.
    failure: Option<Error>,
    /// Used again for each chunk.
    samples: Vec<f32>,
}

impl Decoding {
    /// # Errors
    /// How the track was ended here.
    fn check(&self) -> Result<()> {
        match &self.decoder {
            Some(_) => Ok(()),
            None => Err(self.failure.clone().unwrap_or_else(ended)),
        }
    }

    /// Takes out what the decoder still holds, into `samples`; `None` when that has been done.
    fn finish(&mut self) -> Option<Result<()>> {
        let mut decoder = self.decoder.take()?;
        self.samples.clear();
        Some(decoder.finish(&mut self.samples))
    }
}

impl Track {
    pub(super) fn new(
        shared: Arc<Shared>,
        options: &TrackOptions,
        begin: impl FnOnce() -> Result<u64>,
    ) -> Result<Track> {
        let output = Output::new(shared.config.sample_rate, shared.config.channels);
        let decoder = Decoder::new(options.format, options.sample_rate, output)?;
        Ok(Track {
            serial: begin()?,
            shared,
            id: options.id,
            decoding: Mutex::new(Decoding {
                decoder: Some(decoder),
                failure: None,
                samples: Vec::new(),
            }),
        })
    }

    /// The id that it was begun with.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Whether nothing of it will be heard any more: the player was flushed, or it was cancelled.
    pub fn is_dropped(&self) -> bool {
        let check = self.shared.check(self.serial);
        check.is_err_and(|error| error.kind() == ErrorKind::Cancelled)
    }

    /// Decodes the next piece of the track and adds it. Does not wait.
    ///
    /// # Errors
    /// `BadAudio` for what cannot be decoded, `BufferFull` when more than
    /// [`max_buffered`](super::PlayerConfig::max_buffered) would wait: then the track ends with that error, after what is
    /// good. `Cancelled` when it was flushed; `Closed` when it has been finished or the reader is gone; what it has
    /// [failed](Self::fail) with.
    pub fn write(&self, chunk: &[u8]) -> Result<()> {
        let mut decoding = self.decoding.lock();
        decoding.check()?;
        // Not decoded for nothing.
        self.shared.check(self.serial)?;
        let Decoding { decoder, samples, .. } = &mut *decoding;
        samples.clear();
        let decoded = decoder.as_mut().map_or(Ok(()), |decoder| decoder.push(chunk, samples));
        let written = self.shared.append(self.serial, samples);
        self.ended_by(&mut decoding, decoded.and(written))
    }

    /// Adds samples at the player's rate, interleaved for its channels. What is no finite number becomes silence.
    ///
    /// # Errors
    /// `InvalidArgument` when they are no whole frames; otherwise as [`write`](Self::write).
    pub fn write_samples(&self, samples: &[f32]) -> Result<()> {
        let channels = usize::from(self.shared.config.channels);
        if !samples.len().is_multiple_of(channels) {
            return Err(Error::invalid(
                "samples",
                samples.len(),
                &format!("a multiple of {channels}: whole frames"),
            ));
        }
        let mut decoding = self.decoding.lock();
        decoding.check()?;
        let written = self.shared.append(self.serial, samples);
        self.ended_by(&mut decoding, written)
    }

    /// Ends it well: all of it has been written. Does nothing when it has ended already.
    ///
    /// # Errors
    /// As [`write`](Self::write), for what the decoder still held.
    pub fn finish(&self) -> Result<()> {
        let mut decoding = self.decoding.lock();
        let Some(finished) = decoding.finish() else {
            return Ok(());
        };
        let written = self.shared.append(self.serial, &decoding.samples);
        let ended = self.ended_by(&mut decoding, finished.and(written));
        self.shared.complete(self.serial, None);
        ended
    }

    /// Ends it with an error, which its end tells: what was good is played. Does nothing when it has ended already.
    pub fn fail(&self, error: Error) {
        let mut decoding = self.decoding.lock();
        if decoding.finish().is_some() {
            // What it failed with counts more than how it breaks off.
            let _ = self.shared.append(self.serial, &decoding.samples);
            let _ = self.ended_by(&mut decoding, Err(error));
        }
    }

    /// A failure is the track's end.
    fn ended_by(&self, decoding: &mut Decoding, result: Result<()>) -> Result<()> {
        if let Err(error) = &result {
            decoding.decoder = None;
            decoding.samples = Vec::new();
            decoding.failure = Some(error.clone());
            self.shared.complete(self.serial, Some(error.clone()));
        }
        result
    }

    /// Ends it as one that was not finished, with `Cancelled`: what was written is played. Does nothing when it has ended
    /// already.
    pub fn abandon(&self) {
        self.fail(Error::new(
            ErrorKind::Cancelled,
            "the track was given up before it was finished",
        ));
    }

    /// Silences it from the next read on, whatever waits and is still written; the others go on. It ends as flushed. Does
    /// not wait, also not for a write.
    pub fn cancel(&self) {
        self.shared.drop_track(self.serial);
    }
}

impl Drop for Track {
    fn drop(&mut self) {
        self.abandon();
    }
}

impl fmt::Debug for Track {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Track").field("id", &self.id).finish_non_exhaustive()
    }
}
