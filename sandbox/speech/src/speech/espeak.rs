//! The program `espeak-ng`: text in on its standard input, a WAV stream out on its standard output.

use super::character::Character;
use super::{ENGINE_RATE, SpeechError};
use crate::codec::resample;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

const PROGRAM: &str = "espeak-ng";

/// The longest that one run may take: it speaks some hundred times faster than real time.
const TIME_LIMIT: Duration = Duration::from_secs(60);
/// What is read of its output at most: three hours of sound.
const OUTPUT_LIMIT: u64 = 3 * 3600 * ENGINE_RATE as u64 * 2;

/// espeak's variants of a voice that stay clear: no whisper, croak or echo. The first is the plain voice.
const MALE: [&str; 4] = ["", "+m3", "+m1", "+m4"];
const FEMALE: [&str; 3] = ["+f2", "+f1", "+f3"];
/// espeak's scale of pitch runs from 0 to 99; farther from its middle than this, voices turn unnatural.
const PITCH_MIDDLE: f64 = 50.0;
const PITCH_REACH: f64 = 18.0;

/// A voice of espeak, set up for one line.
#[derive(Debug)]
pub(super) struct Voice {
    name: String,
    pitch: u32,
}

impl Voice {
    /// The voice for `locale` that is most like `character`.
    ///
    /// # Errors
    /// [`SpeechError::NotInstalled`] if there is no espeak.
    pub(super) fn new(locale: &str, character: &Character) -> Result<Self, SpeechError> {
        let variants: &[&str] = if character.female { &FEMALE } else { &MALE };
        let variant = variants[(character.timbre % variants.len() as u64) as usize];
        Ok(Self {
            name: format!("{}{variant}", language_for(locale, languages()?)),
            pitch: (PITCH_MIDDLE + PITCH_REACH * character.pitch).round() as u32,
        })
    }

    /// Samples at [`ENGINE_RATE`].
    pub(super) fn speak(&self, text: &str, words_per_minute: u32) -> Result<Vec<i16>, SpeechError> {
        // Text goes in by standard input only: nothing in it can be taken for an option.
        let mut child = Command::new(PROGRAM)
            .args(["--stdin", "--stdout", "-b", "1", "-v", &self.name])
            .args(["-s", &words_per_minute.to_string()])
            .args(["-p", &self.pitch.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(SpeechError::NotInstalled)?;
        let output = converse(&mut child, readable(text).as_bytes())?;
        let sound =
            Wav::parse(&output).ok_or_else(|| SpeechError::Program("its output is not 16-bit mono WAV".to_owned()))?;
        // Voices of other makes have other rates.
        resample(&sound.samples, sound.rate, ENGINE_RATE).map_err(SpeechError::Resampling)
    }
}

/// `[[` begins espeak's own phoneme notation.
fn readable(text: &str) -> String {
    text.replace("[[", "[ [")
}

/// Writes `input` while reading the output, so that neither pipe can fill up and stop the program for good; stops it
/// if it takes too long.
fn converse(child: &mut Child, input: &[u8]) -> Result<Vec<u8>, SpeechError> {
    let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(SpeechError::Program("it has no pipes".to_owned()));
    };
    thread::scope(|scope| {
        // A failing write means that the program ended early; its exit status says more.
        scope.spawn(move || stdin.write_all(input));
        let (sender, receiver) = mpsc::channel();
        scope.spawn(move || {
            let mut output = Vec::new();
            let result = stdout.take(OUTPUT_LIMIT).read_to_end(&mut output);
            // Fails only after the time limit, when nobody waits for it any more.
            let _ = sender.send(result.map(|_| output));
        });
        let output = receiver.recv_timeout(TIME_LIMIT);
        if output.is_err() {
            // Closes its ends of the pipes too, which ends the threads.
            let _ = child.kill();
        }
        let status = child.wait();
        match (output, status) {
            (Err(_), _) => Err(SpeechError::TimedOut(TIME_LIMIT)),
            (Ok(Err(error)), _) | (_, Err(error)) => Err(SpeechError::Program(error.to_string())),
            (Ok(Ok(output)), Ok(status)) if status.success() => Ok(output),
            (_, Ok(status)) => Err(SpeechError::Program(status.to_string())),
        }
    })
}

/// What is in a WAV stream.
#[derive(Debug, PartialEq)]
struct Wav {
    rate: u32,
    samples: Vec<i16>,
}

impl Wav {
    /// Reads mono 16-bit PCM. The length of the samples is not believed: espeak writes it before it knows, so they
    /// reach to the end of the stream. Empty output is a program with nothing to say.
    fn parse(bytes: &[u8]) -> Option<Self> {
        if bytes.is_empty() {
            return Some(Self {
                rate: ENGINE_RATE,
                samples: Vec::new(),
            });
        }
        let mut rest = bytes.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WAVE")?;
        let mut rate = None;
        loop {
            let (name, tail) = rest.split_first_chunk::<4>()?;
            let (length, tail) = tail.split_first_chunk::<4>()?;
            if name == b"data" {
                let (samples, _) = tail.as_chunks::<2>();
                let samples = samples.iter().copied().map(i16::from_le_bytes).collect();
                return rate.map(|rate| Self { rate, samples });
            }
            let length = u32::from_le_bytes(*length) as usize;
            let body = tail.get(..length)?;
            if name == b"fmt " {
                rate = Some(pcm_rate(body)?);
            }
            rest = tail.get(length + length % 2..)?; // chunks begin at even offsets
        }
    }
}

/// The sample rate in a `fmt ` chunk, if that says mono 16-bit PCM.
fn pcm_rate(fmt: &[u8]) -> Option<u32> {
    let (format_and_channels, tail) = fmt.split_first_chunk::<4>()?;
    let (rate, tail) = tail.split_first_chunk::<4>()?;
    let bits = tail.get(6..8)?;
    let rate = u32::from_le_bytes(*rate);
    (*format_and_channels == [1, 0, 1, 0] && bits == [16, 0] && rate > 0).then_some(rate)
}

/// Whether the program is on `PATH` and has voices.
pub(super) fn is_installed() -> bool {
    languages().is_ok_and(|languages| !languages.is_empty())
}

/// The languages that this espeak speaks, in lower case, as `-v` takes them. Found out once per process, unless the
/// program cannot be run.
fn languages() -> Result<&'static [String], SpeechError> {
    static LANGUAGES: OnceLock<Vec<String>> = OnceLock::new();
    if let Some(languages) = LANGUAGES.get() {
        return Ok(languages);
    }
    let listing = Command::new(PROGRAM)
        .arg("--voices")
        .stdin(Stdio::null())
        .output()
        .map_err(SpeechError::NotInstalled)?;
    let listing = String::from_utf8_lossy(&listing.stdout);
    Ok(LANGUAGES.get_or_init(|| parse_languages(&listing)))
}

/// The second column of `espeak-ng --voices`, below its heading.
fn parse_languages(listing: &str) -> Vec<String> {
    listing
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().nth(1))
        .map(str::to_ascii_lowercase)
        .collect()
}

/// The language that is nearest to `locale`: this country's, or the plain one, or another country's, or English.
///
/// What comes back is one of `languages`, never a piece of the request.
fn language_for<'a>(locale: &str, languages: &'a [String]) -> &'a str {
    let locale = locale.to_ascii_lowercase().replace('_', "-");
    let language = locale.split('-').next().unwrap_or_default();
    let find = |wanted: &str| languages.iter().find(|known| *known == wanted);
    let exact = |name: &str| renamed(name).and_then(find).or_else(|| find(name));
    let of_country = |known: &&String| known.split('-').next() == Some(language);
    exact(&locale)
        .or_else(|| exact(language))
        .or_else(|| languages.iter().find(of_country))
        .or_else(|| find("en-us"))
        .map_or("en", String::as_str)
}

/// espeak's name for what locales call otherwise, or should sound like.
fn renamed(locale: &str) -> Option<&'static str> {
    Some(match locale {
        "en" | "en-ca" => "en-us",
        "en-au" | "en-nz" | "en-ie" | "en-in" | "en-za" => "en-gb",
        "es-mx" | "es-us" | "es-ar" | "es-co" | "es-cl" | "es-pe" => "es-419",
        "fr" | "fr-ca" => "fr-fr",
        "pt-pt" => "pt",
        "zh-hk" | "zh-yue" => "yue",
        "zh" => "cmn",
        "no" | "nn" => "nb",
        "iw" => "he",
        "in" => "id",
        "vi-vn" => "vi",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Wav, language_for, parse_languages};

    #[test]
    fn locales_find_the_nearest_language() {
        let languages = parse_languages(
            "Pty Language Age/Gender VoiceName File Other\n 5 de --/M German gmw/de\n 2 en-gb --/M E e\n \
             2 en-us --/M E e\n 5 es --/M S s\n 5 es-419 --/M S s\n 5 fr-be --/M F f\n 5 fr-fr --/M F f\n \
             5 pt --/M P p\n 5 pt-br --/M P p\n 5 cmn --/M C c\n",
        );
        for (locale, expected) in [
            ("en-US", "en-us"),
            ("en_GB", "en-gb"),
            ("en", "en-us"),
            ("fr-FR", "fr-fr"),
            ("fr-CA", "fr-fr"),
            ("fr-BE", "fr-be"),
            ("de-AT", "de"),
            ("es-MX", "es-419"),
            ("es-ES", "es"),
            ("pt-BR", "pt-br"),
            ("pt-PT", "pt"),
            ("zh-CN", "cmn"),
            ("tlh", "en-us"),
            ("", "en-us"),
            ("--help", "en-us"),
        ] {
            assert_eq!(language_for(locale, &languages), expected, "{locale}");
        }
    }

    #[test]
    fn samples_reach_to_the_end_whatever_the_length_says() {
        let mut stream =
            b"RIFF\xFF\xFF\xFF\x7FWAVEfmt \x10\0\0\0\x01\0\x01\0\x22\x56\0\0\x44\xAC\0\0\x02\0\x10\0".to_vec();
        stream.extend_from_slice(b"data\0\0\0\0\x01\0\xFF\xFF\x07");
        let wav = Wav::parse(&stream).unwrap();
        assert_eq!(
            wav,
            Wav {
                rate: 22050,
                samples: vec![1, -1]
            }
        );
        assert_eq!(Wav::parse(&stream[..30]), None);
    }
}
