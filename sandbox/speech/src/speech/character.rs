//! Who speaks, and how this take differs from the next: numbers drawn from the voice's id and the seed.

/// A speaker in one take.
#[derive(Debug)]
pub(super) struct Character {
    /// Sounds like a woman rather than a man.
    pub(super) female: bool,
    /// Which of its ready-made timbres an engine should use: any number.
    pub(super) timbre: u64,
    /// Height of the voice among those of its sex: -1.0 to 1.0.
    pub(super) pitch: f64,
    /// What the seed changes.
    pub(super) take: Take,
}

/// The small differences between takes of the same line: factors near 1.
#[derive(Debug)]
pub(super) struct Take {
    pub(super) pitch: f64,
    pub(super) speed: f64,
    loudness: f64,
}

impl Character {
    /// The speaker `voice` in the take `seed`. The empty id is the plain voice of an engine: male, of middle pitch,
    /// timbre 0.
    pub(super) fn new(voice: &str, seed: u64, variance: Option<f64>, temperature: Option<f64>) -> Self {
        let take = Take::new(seed, spread(variance, temperature));
        if voice.is_empty() {
            return Self {
                female: false,
                timbre: 0,
                pitch: 0.0,
                take,
            };
        }
        let mut dice = Dice(fnv1a(voice.as_bytes()));
        Self {
            female: dice.roll().is_multiple_of(2),
            timbre: dice.roll() >> 8,
            pitch: dice.swing(),
            take,
        }
    }
}

impl Take {
    fn new(seed: u64, spread: f64) -> Self {
        let mut dice = Dice(seed);
        Self {
            pitch: 1.0 + spread * dice.swing(),
            speed: 1.0 + spread * dice.swing(),
            // Never louder than the engine made it, so that nothing clips.
            loudness: 1.0 - spread * dice.swing().abs(),
        }
    }

    pub(super) fn apply_loudness(&self, samples: &mut [i16]) {
        // In 1/65536, so that the loop needs no floating point.
        let factor = (self.loudness * 65536.0) as i32;
        for sample in samples {
            *sample = ((i32::from(*sample) * factor) >> 16) as i16;
        }
    }
}

/// The most by which pitch, speed and loudness differ between takes: from 0.4 % to 2.4 %, and 1.4 % by default.
fn spread(variance: Option<f64>, temperature: Option<f64>) -> f64 {
    let part = |value: Option<f64>| match value {
        Some(value) if value.is_finite() => value.clamp(0.0, 1.0),
        _ => 0.5,
    };
    0.004 + 0.01 * (part(variance) + part(temperature))
}

/// SplitMix64: good enough dice, the same on every machine, and in need of no warming up.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// Any number.
    pub(super) fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// -1.0 to 1.0, evenly.
    pub(super) fn swing(&mut self) -> f64 {
        (self.roll() >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }
}

/// The 64-bit FNV-1a hash: stable across machines and Rust versions, which the standard library's hasher is not.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}
