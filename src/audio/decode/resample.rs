//! From one sample rate to another, while the samples come.

use std::f64::consts::PI;

/// A low-pass filter between two rates: a sinc under a Kaiser window, its phases computed beforehand.
///
/// Frame `n` of the output is the input at the time `n × from ÷ to`, exactly: the filter looks as far ahead as it looks
/// back, so nothing is early or late, and all that it holds back is half its length (2 ms at 8000 Hz).
#[derive(Debug)]
pub(super) struct Resampler {
    channels: u16,
    /// The ratio of the rates in lowest terms: `step` frames of input for `unit` frames of output.
    step: u64,
    unit: u64,
    /// Frames that the filter looks at on each side.
    half: usize,
    phases: Vec<f32>,
    /// How many phases there are between two frames of input; those between are interpolated where they are fewer than `unit`.
    steps: usize,
    /// The frames, planar, that outputs still to come look at: `input[channel][0]` is frame `first`.
    input: Vec<Vec<f32>>,
    first: i64,
    /// The time of the next output, in frames of input and in so many parts of `unit` of one.
    frame: i64,
    part: u64,
    /// Frames that came in, and went out.
    came: u64,
    went: u64,
    row: Vec<f32>,
}

impl Resampler {
    /// Zero crossings on each side. The filter is that much longer when it goes down in rate.
    const CROSSINGS: f64 = 16.0;
    /// Where the stop band begins, going down: a little below half the output's rate.
    const CUTOFF: f64 = 0.97;
    /// The shape of the window: -90 dB beyond the transition.
    const BETA: f64 = 9.0;
    /// More phases than this are interpolated.
    const MOST_STEPS: u64 = 1024;
    const INTERPOLATED_STEPS: usize = 512;
    /// Frames that are kept before those done with are removed.
    const SLACK: usize = 4096;

    pub(super) fn new(from: u32, to: u32, channels: u16) -> Resampler {
        let divisor = greatest_common_divisor(from, to).max(1);
        let (step, unit) = (u64::from(from / divisor), u64::from(to / divisor));
        let scale = (f64::from(to) * Self::CUTOFF / f64::from(from)).min(1.0);
        // A multiple of eight in all, for the processor's vectors.
        let half = ((Self::CROSSINGS / scale).ceil() as usize).next_multiple_of(4);
        let steps = if unit <= Self::MOST_STEPS {
            unit as usize
        } else {
            Self::INTERPOLATED_STEPS
        };
        let phases = (0..=steps)
            .flat_map(|phase| filter(phase as f64 / steps as f64, scale, half))
            .collect();
        let before = half - 1;
        Resampler {
            channels,
            step,
            unit,
            half,
            phases,
            steps,
            input: vec![vec![0.0; before]; channels.into()],
            first: -(before as i64),
            frame: 0,
            part: 0,
            came: 0,
            went: 0,
            row: vec![0.0; 2 * half],
        }
    }

    pub(super) fn channels(&self) -> u16 {
        self.channels
    }

    /// Takes interleaved frames, and appends those that can be made of them now.
    pub(super) fn push(&mut self, samples: &[f32], out: &mut Vec<f32>) {
        let channels = usize::from(self.channels);
        self.came += (samples.len() / channels) as u64;
        for (channel, input) in self.input.iter_mut().enumerate() {
            input.extend(samples.iter().skip(channel).step_by(channels));
        }
        self.make(u64::MAX, out);
    }

    /// No more comes: silence pushes the rest out.
    pub(super) fn finish(&mut self, out: &mut Vec<f32>) {
        let (came, unit, step) = (u128::from(self.came), u128::from(self.unit), u128::from(self.step));
        let whole = (came * unit + step / 2) / step;
        for input in &mut self.input {
            input.resize(input.len() + self.half + 1, 0.0);
        }
        self.make(u64::try_from(whole).unwrap_or(u64::MAX), out);
    }

    fn make(&mut self, most: u64, out: &mut Vec<f32>) {
        let taps = 2 * self.half;
        let there = self.input.first().map_or(0, Vec::len);
        while self.went < most {
            let from = (self.frame - (self.half as i64 - 1) - self.first) as usize;
            if from + taps > there {
                break;
            }
            let row = if self.steps as u64 == self.unit {
                &self.phases[self.part as usize * taps..][..taps]
            } else {
                let at = self.part as f64 / self.unit as f64 * self.steps as f64;
                let share = at.fract() as f32;
                let (low, high) = self.phases[at as usize * taps..][..2 * taps].split_at(taps);
                for ((row, low), high) in self.row.iter_mut().zip(low).zip(high) {
                    *row = low + (high - low) * share;
                }
                &self.row
            };
            out.extend(self.input.iter().map(|input| dot(&input[from..from + taps], row)));
            self.went += 1;
            self.part += self.step;
            self.frame += (self.part / self.unit) as i64;
            self.part %= self.unit;
        }
        self.forget();
    }

    /// Removes what no output looks at any more.
    fn forget(&mut self) {
        let done = (self.frame - (self.half as i64 - 1) - self.first).max(0) as usize;
        let there = self.input.first().map_or(0, Vec::len);
        let done = done.min(there);
        if done >= Self::SLACK {
            for input in &mut self.input {
                input.drain(..done);
            }
            self.first += done as i64;
        }
    }
}

/// The filter for an output that lies `phase` of the way from one frame of input to the next.
fn filter(phase: f64, scale: f64, half: usize) -> impl Iterator<Item = f32> {
    let width = Resampler::CROSSINGS / scale;
    let values: Vec<f64> = (0..2 * half)
        .map(|tap| {
            let distance = tap as f64 - (half as f64 - 1.0) - phase;
            let inside = 1.0 - (distance / width).powi(2);
            let window = if inside < 0.0 {
                0.0
            } else {
                bessel(Resampler::BETA * inside.sqrt())
            };
            window * sinc(distance * scale)
        })
        .collect();
    // What is constant stays as loud as it is, whatever the phase.
    let sum: f64 = values.iter().sum();
    values.into_iter().map(move |value| (value / sum) as f32)
}

fn sinc(x: f64) -> f64 {
    if x.abs() < 1e-9 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// The modified Bessel function of the first kind and order zero.
fn bessel(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut sum, mut term, mut n) = (1.0, 1.0, 1.0);
    while term > sum * 1e-12 {
        term *= quarter / (n * n);
        sum += term;
        n += 1.0;
    }
    sum
}

/// In eight sums, which the compiler keeps in vectors.
#[inline]
fn dot(a: &[f32], b: &[f32]) -> f32 {
    const LANES: usize = 8;
    let mut sums = [0.0f32; LANES];
    for (a, b) in a.as_chunks::<LANES>().0.iter().zip(b.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum()
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
