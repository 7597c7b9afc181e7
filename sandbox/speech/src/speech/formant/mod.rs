//! A small voice of our own, for machines without `espeak-ng`.
//!
//! Letters become sounds by simple rules ([`letters`]), and sounds become samples in a model of the mouth ([`tract`]).
//! It takes as long as a speaker would, is loud where there is a vowel and hisses where there is an `s`; it is not
//! meant to be understood.

mod letters;
mod tract;

use super::character::Character;
use tract::Tract;

/// The speed at which the sounds have the lengths that [`letters`] gives them, in words per minute.
const TABLE_SPEED: f64 = 175.0;
/// The pitch of an average man and woman, in hertz.
const MALE_PITCH: f64 = 112.0;
const FEMALE_PITCH: f64 = 196.0;
/// How far voices of one sex lie apart, in octaves either way.
const PITCH_REACH: f64 = 0.35;
/// A woman's mouth and throat are shorter, and resonate as much higher.
const FEMALE_RESONANCE: f64 = 1.16;

/// Samples at [`ENGINE_RATE`](super::ENGINE_RATE).
pub(super) fn speak(text: &str, character: &Character, words_per_minute: u32) -> Vec<i16> {
    let (pitch, resonance) = if character.female {
        (FEMALE_PITCH, FEMALE_RESONANCE)
    } else {
        (MALE_PITCH, 1.0)
    };
    let timbre = (character.timbre % 5) as f64; // the plain voice's is 0
    let mut tract = Tract::new(
        pitch * (PITCH_REACH * character.pitch).exp2(),
        resonance * (1.0 + 0.025 * timbre),
    );
    let stretch = TABLE_SPEED / f64::from(words_per_minute);
    let mut samples = Vec::new();
    for sound in letters::sounds(text) {
        tract.utter(&sound, sound.millis * stretch, &mut samples);
    }
    samples
}
