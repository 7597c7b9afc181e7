//! A factor that moves to where it should be, rather than jumping there: a jump is heard as a click.

/// Multiplies frames by a factor that moves evenly to its target. At a steady 1 it leaves them as they are, bit by bit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ramp {
    level: f32,
    target: f32,
    /// Frames until it is there.
    left: u64,
}

impl Ramp {
    pub fn steady(level: f32) -> Ramp {
        Ramp {
            level,
            target: level,
            left: 0,
        }
    }

    /// To `target` in so many frames, from where it is.
    pub fn go(&mut self, target: f32, frames: u64) {
        self.target = target;
        self.left = frames;
        if frames == 0 {
            self.level = target;
        }
    }

    pub fn target(&self) -> f32 {
        self.target
    }

    pub fn apply(&mut self, samples: &mut [f32], channels: usize) {
        let mut frames = samples.chunks_exact_mut(channels);
        while self.left > 0
            && let Some(frame) = frames.next()
        {
            self.level += (self.target - self.level) / self.left as f32;
            self.left -= 1;
            if self.left == 0 {
                self.level = self.target;
            }
            frame.iter_mut().for_each(|sample| *sample *= self.level);
        }
        if self.left == 0 && self.level != 1.0 {
            frames.flatten().for_each(|sample| *sample *= self.level);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ramp_moves_evenly_across_calls_and_all_channels_of_a_frame_alike() {
        let mut ramp = Ramp::steady(1.0);
        ramp.go(0.0, 4);
        let mut samples = [1.0; 12];
        let (first, second) = samples.split_at_mut(6);
        ramp.apply(first, 2);
        ramp.apply(second, 2);
        let expected = [0.75, 0.75, 0.5, 0.5, 0.25, 0.25, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        for (sample, expected) in samples.iter().zip(expected) {
            assert!((sample - expected).abs() < 1e-6, "{samples:?}");
        }
    }

    #[test]
    fn a_steady_one_changes_no_bit() {
        let mut samples = [0.1, f32::MIN_POSITIVE, -0.0];
        let before = samples.map(f32::to_bits);
        Ramp::steady(1.0).apply(&mut samples, 1);
        assert_eq!(samples.map(f32::to_bits), before);
    }
}
