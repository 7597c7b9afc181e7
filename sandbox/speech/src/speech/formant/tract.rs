//! From sounds to samples: a voice and a hiss, each shaped by resonators (a source-filter model after Klatt, 1980).

use super::letters::Sound;
use crate::speech::ENGINE_RATE;
use crate::speech::character::Dice;
use std::f64::consts::{PI, TAU};

const RATE: f64 = ENGINE_RATE as f64;
/// The mouth moves once per step: 5 ms.
const STEP: usize = ENGINE_RATE as usize / 200;
/// The share of the way to its goal that it moves in one step. Less than all of it blends neighbouring sounds.
const AGILITY: f64 = 0.35;
/// The upper resonances hardly move in speech.
const FOURTH_FORMANT: f64 = 3500.0;
/// Widths of the resonances, in hertz.
const WIDTHS: [f64; 4] = [70.0, 95.0, 130.0, 200.0];
const HISS_WIDTH: f64 = 1400.0;
const VOICE_GAIN: f64 = 40000.0;
const HISS_GAIN: f64 = 7500.0;
/// A sentence starts this much higher than it ends, and sinks by a third of what is left per second.
const START_OF_SENTENCE: f64 = 0.25;

/// A mouth in the middle of speaking.
pub(super) struct Tract {
    pitch: f64,
    resonance: f64,
    now: Sound,
    /// Where in its cycle the voice is, 0.0 to 1.0, and the air flow of the last sample.
    phase: f64,
    flow: f64,
    rise: f64,
    cascade: [Resonator; 4],
    hiss: Resonator,
    dice: Dice,
    /// Samples due that did not fill a step: keeps lengths true over the whole text.
    owed: f64,
}

impl Tract {
    /// A speaker whose voice is `pitch` hertz high and whose mouth resonates `resonance` times as high as a man's.
    pub(super) fn new(pitch: f64, resonance: f64) -> Self {
        Self {
            pitch,
            resonance,
            now: Sound {
                formants: [500.0, 1500.0, 2500.0],
                voice: 0.0,
                hiss: 0.0,
                hiss_pitch: 3000.0,
                millis: 0.0,
            },
            phase: 0.0,
            flow: 0.0,
            rise: START_OF_SENTENCE,
            cascade: [Resonator::default(); 4],
            hiss: Resonator::default(),
            dice: Dice(1),
            owed: 0.0,
        }
    }

    /// Moves to `sound` and stays there, for `millis` in all.
    pub(super) fn utter(&mut self, sound: &Sound, millis: f64, samples: &mut Vec<i16>) {
        // After a long pause a new sentence begins.
        if sound.voice + sound.hiss == 0.0 && sound.millis > 100.0 {
            self.rise = START_OF_SENTENCE;
        }
        self.owed += millis * RATE / 1000.0;
        while self.owed >= STEP as f64 {
            self.owed -= STEP as f64;
            self.step_towards(sound);
            samples.extend(std::iter::repeat_with(|| self.sample()).take(STEP));
        }
    }

    fn step_towards(&mut self, goal: &Sound) {
        let approach = |value: &mut f64, goal: f64| *value += (goal - *value) * AGILITY;
        for (value, &goal) in self.now.formants.iter_mut().zip(&goal.formants) {
            approach(value, goal);
        }
        approach(&mut self.now.voice, goal.voice);
        approach(&mut self.now.hiss, goal.hiss);
        self.now.hiss_pitch = goal.hiss_pitch;
        self.rise *= 1.0 - STEP as f64 / RATE / 3.0;
        let [first, second, third] = self.now.formants;
        let formants = [first, second, third, FOURTH_FORMANT];
        for ((resonator, formant), width) in self.cascade.iter_mut().zip(formants).zip(WIDTHS) {
            resonator.tune(formant * self.resonance, width);
        }
        self.hiss.tune(self.now.hiss_pitch, HISS_WIDTH);
    }

    fn sample(&mut self) -> i16 {
        let voice = self.pulse() * self.now.voice * VOICE_GAIN;
        let voice = self.cascade.iter_mut().fold(voice, |x, r| r.filter(x));
        let hiss = self.dice.swing() * self.now.hiss * HISS_GAIN;
        let hiss = self.hiss.filter(hiss);
        (voice + hiss) as i16 // saturates
    }

    /// One sample of the vocal folds (Rosenberg's pulse): they open slowly and close fast. What the lips let out is
    /// the change of the flow, not the flow.
    fn pulse(&mut self) -> f64 {
        let wobble = 1.0 + 0.01 * self.dice.swing();
        self.phase = (self.phase + self.pitch * (0.9 + self.rise) * wobble / RATE).fract();
        let flow = match self.phase {
            opening @ ..0.4 => (1.0 - (PI * opening / 0.4).cos()) / 2.0,
            closing @ ..0.56 => (PI / 2.0 * (closing - 0.4) / 0.16).cos(),
            _ => 0.0,
        };
        let change = flow - self.flow;
        self.flow = flow;
        change
    }
}

/// A filter that rings at one frequency and lets what is lower pass.
#[derive(Clone, Copy, Default)]
struct Resonator {
    a: f64,
    b: f64,
    c: f64,
    last: [f64; 2],
}

impl Resonator {
    fn tune(&mut self, hertz: f64, width: f64) {
        let damping = (-PI * width / RATE).exp();
        self.c = -damping * damping;
        self.b = 2.0 * damping * (TAU * hertz / RATE).cos();
        self.a = 1.0 - self.b - self.c;
    }

    fn filter(&mut self, input: f64) -> f64 {
        let output = self.a * input + self.b * self.last[0] + self.c * self.last[1];
        self.last = [output, self.last[0]];
        output
    }
}
