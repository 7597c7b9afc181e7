//! From the samples of the source to those that were asked for.

use super::resample::Resampler;
use super::{Output, Source};

/// Takes what a reader decodes and makes of it what was asked for: channels, rate, the list of what is ready.
#[derive(Debug)]
pub(super) struct Stage {
    output: Output,
    /// What is decoded now; readers may change it at any time.
    source: Option<Source>,
    /// Between the source's rate and the output's, where they differ.
    resampler: Option<Resampler>,
    /// Ready to be handed out.
    samples: Vec<f32>,
    mixed: Vec<f32>,
    resampled: Vec<f32>,
    /// Frames of the source since it began, and the length of those before it.
    frames: u64,
    seconds_before: f64,
}

impl Stage {
    pub(super) fn new(output: Output) -> Stage {
        Stage {
            output,
            source: None,
            resampler: None,
            samples: Vec::new(),
            mixed: Vec::new(),
            resampled: Vec::new(),
            frames: 0,
            seconds_before: 0.0,
        }
    }

    /// What comes from now on is of `source`. The first source's rate and channels are the output's where none were asked
    /// for.
    pub(super) fn begin(&mut self, source: Source) {
        let same = self
            .source
            .is_some_and(|now| (now.sample_rate, now.channels) == (source.sample_rate, source.channels));
        if !same {
            self.flush();
            self.seconds_before = self.seconds();
            self.frames = 0;
        }
        self.source = Some(source);
        if self.output.sample_rate == 0 {
            self.output.sample_rate = source.sample_rate;
        }
        if self.output.channels == 0 {
            self.output.channels = source.channels;
        }
    }

    /// Takes interleaved samples of the source.
    pub(super) fn write(&mut self, decoded: &[f32]) {
        let Some(source) = self.source.filter(|_| !decoded.is_empty()) else {
            return;
        };
        self.frames += (decoded.len() / usize::from(source.channels)) as u64;
        // Where there are fewer channels in the end they are resampled, else those that came.
        let carried = source.channels.min(self.output.channels);
        if source.sample_rate == self.output.sample_rate && self.resampler.is_none() {
            remix(decoded, source.channels, self.output.channels, &mut self.samples);
            return;
        }
        let resampler = self
            .resampler
            .get_or_insert_with(|| Resampler::new(source.sample_rate, self.output.sample_rate, carried));
        self.mixed.clear();
        remix(decoded, source.channels, carried, &mut self.mixed);
        self.resampled.clear();
        resampler.push(&self.mixed, &mut self.resampled);
        remix(&self.resampled, carried, self.output.channels, &mut self.samples);
    }

    /// No more comes of this source: what the resampler still holds is ready, too.
    pub(super) fn flush(&mut self) {
        if let Some(mut resampler) = self.resampler.take() {
            self.resampled.clear();
            resampler.finish(&mut self.resampled);
            remix(
                &self.resampled,
                resampler.channels(),
                self.output.channels,
                &mut self.samples,
            );
        }
    }

    /// Seconds of audio that came from the source.
    pub(super) fn seconds(&self) -> f64 {
        let rate = self.source.map_or(0, |source| source.sample_rate);
        self.seconds_before
            + if rate == 0 {
                0.0
            } else {
                self.frames as f64 / f64::from(rate)
            }
    }

    pub(super) fn output(&self) -> Output {
        self.output
    }

    pub(super) fn source(&self) -> Option<Source> {
        self.source
    }

    pub(super) fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// What was ready has been handed out.
    pub(super) fn clear(&mut self) {
        self.samples.clear();
    }
}

/// Appends `samples` of `from` channels to `out` as `to` channels: one becomes copies, several become one by their mean,
/// and otherwise the first ones stay and what is missing is silent.
fn remix(samples: &[f32], from: u16, to: u16, out: &mut Vec<f32>) {
    let (from, to) = (usize::from(from), usize::from(to));
    match (from, to) {
        _ if from == to => out.extend_from_slice(samples),
        (1, _) => out.extend(samples.iter().flat_map(|&sample| std::iter::repeat_n(sample, to))),
        (_, 1) => out.extend(
            samples
                .chunks_exact(from)
                .map(|frame| frame.iter().sum::<f32>() / from as f32),
        ),
        _ => out.extend(
            samples
                .chunks_exact(from)
                .flat_map(|frame| (0..to).map(|channel| frame.get(channel).copied().unwrap_or(0.0))),
        ),
    }
}
