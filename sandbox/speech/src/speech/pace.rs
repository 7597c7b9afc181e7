//! How fast to speak: engines take words per minute, requests ask for a tempo or a length.

/// The natural speed of the engines, in words per minute.
const NATURAL: f64 = 175.0;
/// The speeds between which speech can be understood (and espeak makes it by itself rather than by stretching).
const SLOWEST: f64 = 80.0;
const FASTEST: f64 = 450.0;

/// How many times a line may be spoken in order to find its speed.
const ATTEMPTS: usize = 4;
/// Near enough, as a share of the length wanted.
const TOLERANCE: f64 = 0.01;

/// Quieter samples count as silence.
const SILENCE: u16 = 64;
/// A cut ends in a fade of this length, which keeps it from clicking.
const FADE_MILLIS: u32 = 5;

/// What the length of the speech should be.
#[derive(Clone, Copy, Debug)]
pub(super) enum Goal {
    /// What comes of the natural speed.
    Natural,
    /// What comes of the natural speed, divided by this.
    Tempo(f64),
    /// So many samples or, rather than more, a little fewer; silence at the end does not count.
    Fit(usize),
}

/// Lets `speak` speak at the number of words per minute that meets `goal` best, trying a few. `haste` is the take's
/// own factor on the natural speed.
pub(super) fn render<E>(goal: Goal, haste: f64, speak: impl Fn(u32) -> Result<Vec<i16>, E>) -> Result<Vec<i16>, E> {
    let mut wpm = words_per_minute(NATURAL * haste);
    let mut best = speak(wpm)?;
    let (length, wanted): (fn(&[i16]) -> usize, f64) = match goal {
        Goal::Natural => return Ok(best),
        Goal::Tempo(tempo) => (<[i16]>::len, best.len() as f64 / tempo),
        // Half the tolerance below, so as to land under the goal and not over it.
        Goal::Fit(samples) => (end_of_sound, samples as f64 * (1.0 - TOLERANCE / 2.0)),
    };
    let miss = |samples: &[i16]| match goal {
        Goal::Fit(most) if length(samples) > most => f64::INFINITY,
        _ => (length(samples) as f64 - wanted).abs() / wanted,
    };
    let mut tried = vec![wpm];
    let mut current = length(&best) as f64;
    while miss(&best) > TOLERANCE && tried.len() < ATTEMPTS {
        // Length goes roughly with the inverse of speed; the next attempt starts from what this one gave.
        wpm = words_per_minute(f64::from(wpm) * current / wanted);
        if tried.contains(&wpm) {
            break;
        }
        tried.push(wpm);
        let attempt = speak(wpm)?;
        current = length(&attempt) as f64;
        // Where nothing fits, the shortest comes nearest.
        if miss(&attempt) < miss(&best) || miss(&best).is_infinite() && attempt.len() < best.len() {
            best = attempt;
        }
    }
    Ok(best)
}

/// Brings `samples` to exactly `length`, with silence at the end or by cutting the end off.
pub(super) fn fit(samples: &mut Vec<i16>, length: usize, sample_rate: u32) {
    let cuts_into_sound = length < end_of_sound(samples);
    samples.resize(length, 0);
    if cuts_into_sound {
        let fade = ((sample_rate * FADE_MILLIS / 1000) as usize).min(length);
        for (left, sample) in samples.iter_mut().rev().take(fade).enumerate() {
            *sample = (i64::from(*sample) * left as i64 / fade as i64) as i16;
        }
    }
}

/// Where the silence at the end begins.
fn end_of_sound(samples: &[i16]) -> usize {
    samples
        .iter()
        .rposition(|sample| sample.unsigned_abs() > SILENCE)
        .map_or(0, |last| last + 1)
}

fn words_per_minute(wanted: f64) -> u32 {
    wanted.clamp(SLOWEST, FASTEST).round() as u32
}
