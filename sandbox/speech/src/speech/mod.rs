//! Text into sound, by `espeak-ng` where that program is installed and by a small built-in voice where it is not.

mod character;
mod espeak;
mod formant;
mod pace;

use crate::codec::resample;
use character::Character;
use pace::Goal;
use std::fmt;
use std::time::Duration;

/// The rate at which the engines speak, in hertz; what they say is then resampled to the rate asked for.
const ENGINE_RATE: u32 = 22050;

/// What is heard of a text that has nothing to say in it.
const SILENCE_MILLIS: u32 = 200;

/// The longest `target_duration`, in seconds.
const LONGEST_TARGET: f64 = 3600.0;

/// Which voice speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Engine {
    /// `espeak-ng` if that program is on `PATH`, else the built-in voice.
    #[default]
    Auto,
    /// The program `espeak-ng`.
    Espeak,
    /// The built-in formant voice: no program needed, and hardly to be understood.
    Formant,
}

/// What is to be said, and how.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// The text: any Unicode. Markup is read out, not obeyed.
    pub text: &'a str,
    /// The language, as in `en-US` or `pt_BR`. One that the engine does not speak falls back to another country's
    /// variety of it, then to English. The built-in voice has one way of speaking for all.
    pub locale: &'a str,
    /// Who speaks: any id. Different ids sound different, the same one always the same. The empty id is the engine's
    /// own voice, the plainest.
    pub voice: &'a str,
    /// Samples per second: 8000 to 48000.
    pub sample_rate: u32,
    /// Speed from 0.5 (half) to 2.0 (double); values outside count as the nearest. The pitch stays. Default: 1.0.
    pub tempo: Option<f64>,
    /// Length in seconds, up to 3600, met to the sample: by the speed as far as that goes, then by silence at the end
    /// or by cutting the end off. Takes precedence over `tempo`.
    pub target_duration: Option<f64>,
    /// The take: another seed says the same a little differently.
    pub seed: u64,
    /// How far takes differ, 0.0 to 1.0; adds to `temperature`. Default: 0.5.
    pub variance: Option<f64>,
    /// How far takes differ, 0.0 to 1.0; adds to `variance`. Default: 0.5.
    pub temperature: Option<f64>,
}

/// Why a line could not be spoken.
#[derive(Debug)]
pub enum SpeechError {
    /// A field of the [`Line`] is out of its range: its name and what it may be.
    Field(&'static str, &'static str),
    /// `espeak-ng` cannot be run: it is not installed, or not on `PATH`.
    NotInstalled(std::io::Error),
    /// `espeak-ng` ran and failed: what happened.
    Program(String),
    /// `espeak-ng` had not finished after this time, and was stopped.
    TimedOut(Duration),
    /// The sound could not be brought to the sample rate.
    Resampling(String),
}

impl fmt::Display for SpeechError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field, range) => write!(f, "{field} must be {range}"),
            Self::NotInstalled(error) => {
                write!(
                    f,
                    "cannot run espeak-ng ({error}): install it, or use the built-in voice"
                )
            }
            Self::Program(what) => write!(f, "espeak-ng failed: {what}"),
            Self::TimedOut(limit) => write!(f, "espeak-ng did not finish within {limit:?}"),
            Self::Resampling(reason) => write!(f, "resampling failed: {reason}"),
        }
    }
}

impl std::error::Error for SpeechError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotInstalled(error) => Some(error),
            _ => None,
        }
    }
}

/// The engine that `engine` comes to on this machine: never [`Engine::Auto`].
///
/// Whether `espeak-ng` is there is found out once per process, by running it.
pub fn engine_in_use(engine: Engine) -> Engine {
    match engine {
        Engine::Auto if espeak::is_installed() => Engine::Espeak,
        Engine::Auto => Engine::Formant,
        chosen => chosen,
    }
}

/// Speaks `line`: mono 16-bit samples at `line.sample_rate`.
///
/// The same line gives the same samples on the same machine. A text without a letter, digit or emoji gives a short
/// silence. Blocks while a program runs, and a `tempo` or `target_duration` can take up to four runs: call it off
/// asynchronous threads.
///
/// # Errors
/// [`SpeechError::Field`] for a line that makes no sense; the others when `espeak-ng` or the resampler fail.
pub fn speak(line: &Line<'_>, engine: Engine) -> Result<Vec<i16>, SpeechError> {
    check(line)?;
    let text = without_controls(line.text);
    let character = Character::new(line.voice, line.seed, line.variance, line.temperature);
    // The take's pitch: the engine's sound is taken for one of a rate nearby, which raises or lowers it.
    let engine_rate = (f64::from(ENGINE_RATE) * character.take.pitch).round() as u32;
    let goal = goal(line, engine_rate);
    let speed = character.take.speed;
    let spoken = if !has_something_to_say(&text) {
        vec![0; (ENGINE_RATE * SILENCE_MILLIS / 1000) as usize]
    } else if engine_in_use(engine) == Engine::Formant {
        pace::render(goal, speed, |wpm| Ok(formant::speak(&text, &character, wpm)))?
    } else {
        let voice = espeak::Voice::new(line.locale, &character)?;
        pace::render(goal, speed, |wpm| voice.speak(&text, wpm))?
    };
    let mut samples = resample(&spoken, engine_rate, line.sample_rate).map_err(SpeechError::Resampling)?;
    character.take.apply_loudness(&mut samples);
    if let Some(seconds) = line.target_duration {
        let length = (seconds * f64::from(line.sample_rate)).round() as usize;
        pace::fit(&mut samples, length, line.sample_rate);
    }
    Ok(samples)
}

fn check(line: &Line<'_>) -> Result<(), SpeechError> {
    if !(8000..=48000).contains(&line.sample_rate) {
        return Err(SpeechError::Field("sample_rate", "8000 to 48000 Hz"));
    }
    if line.tempo.is_some_and(|tempo| !tempo.is_finite()) {
        return Err(SpeechError::Field("tempo", "a number"));
    }
    if let Some(seconds) = line.target_duration
        && !(seconds > 0.0 && seconds <= LONGEST_TARGET)
    {
        return Err(SpeechError::Field(
            "target_duration",
            "more than 0 and at most 3600 seconds",
        ));
    }
    Ok(())
}

/// What the speed of speaking has to reach, in samples of `engine_rate`.
fn goal(line: &Line<'_>, engine_rate: u32) -> Goal {
    match (line.target_duration, line.tempo) {
        (Some(seconds), _) => Goal::Fit((seconds * f64::from(engine_rate)) as usize),
        (None, Some(tempo)) if tempo != 1.0 => Goal::Tempo(tempo.clamp(0.5, 2.0)),
        (None, _) => Goal::Natural,
    }
}

/// Control characters become spaces: a NUL ends a C program's text, and some steer espeak's voice.
fn without_controls(text: &str) -> String {
    let space = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    text.chars().map(space).collect()
}

fn has_something_to_say(text: &str) -> bool {
    let is_emoji = |c: char| c >= '\u{1F000}';
    text.chars().any(|c| c.is_alphanumeric() || is_emoji(c))
}
