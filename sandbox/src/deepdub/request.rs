//! The parameters of a generation, checked.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use std::sync::Arc;
use uuid::Uuid;

use super::front::FAULT_VOICE;
use super::generate::Utterance;
use super::voices::STORYTELLER;
use crate::codec::{Format, SAMPLE_RATES};
use crate::state::State;

/// The sample rate of a request that names none. The vendor's page does not say what it is there.
const DEFAULT_SAMPLE_RATE: u32 = 48_000;
/// The longest text, in characters: about twenty minutes of speech.
pub(super) const MAX_TEXT: usize = 20_000;
/// The longest duration that may be asked for, in seconds.
const MAX_DURATION: f64 = 600.0;

/// A checked request for speech.
#[derive(Debug)]
pub(super) struct Speech {
    pub(super) generation_id: String,
    pub(super) utterance: Arc<Utterance>,
}

impl Speech {
    /// [`parse`](Self::parse) for the account of `key`, which may have deleted the voice.
    pub(super) fn of(request: &Value, state: &State, key: &str) -> Result<Speech, String> {
        let speech = Speech::parse(request)?;
        state.voices.can_speak(key, &speech.utterance.voice)?;
        Ok(speech)
    }

    /// Checks a request: one without an acceptable value for every field that it has is refused with a text that names
    /// the first such field. `null` means unset; unknown fields are ignored.
    fn parse(request: &Value) -> Result<Speech, String> {
        let fields = Fields(request.as_object().ok_or("the request must be a JSON object")?);
        let model = fields.required("model")?.to_owned();
        let text = fields.required("targetText")?;
        let length = text.chars().count();
        if length > MAX_TEXT {
            return Err(format!(
                "targetText has {length} characters; at most {MAX_TEXT} are possible"
            ));
        }
        let locale = fields.required("locale")?;
        let voice = fields.voice()?;
        let generation_id = match fields.text("generationId")? {
            None => Uuid::new_v4().to_string(),
            Some(id) if Uuid::parse_str(id).is_ok() => id.to_owned(),
            Some(_) => return Err("generationId must be a UUID".to_owned()),
        };
        let format = match fields.text("format")? {
            None => Format::Mp3,
            Some(name) => parse_format(name)?,
        };
        let sample_rate = fields.sample_rate()?.unwrap_or(DEFAULT_SAMPLE_RATE);
        let tempo = fields.number("tempo", 0.5, 2.0)?;
        let target_duration = fields.duration()?;
        if tempo.is_some() && target_duration.is_some() {
            return Err("tempo and targetDuration cannot be combined".to_owned());
        }
        let variance = fields.number("variance", 0.0, 1.0)?;
        let temperature = fields.number("temperature", 0.0, 1.0)?;
        // A negative seed is as good as any: what matters is that the same one gives the same speech.
        let seed = fields.integer("seed")?.map(|seed| seed as u64);
        fields.accent()?;
        for name in [
            "promptBoost",
            "superStretch",
            "realtime",
            "cleanAudio",
            "autoGain",
            "publish",
        ] {
            fields.flag(name)?;
        }
        for name in ["performanceReferencePromptId", "targetGender"] {
            fields.text(name)?;
        }
        Ok(Speech {
            generation_id,
            utterance: Arc::new(Utterance {
                model,
                text: text.to_owned(),
                locale: locale.to_owned(),
                voice,
                format,
                sample_rate,
                tempo,
                target_duration,
                seed,
                variance,
                temperature,
            }),
        })
    }
}

fn parse_format(name: &str) -> Result<Format, String> {
    match Format::parse(name) {
        Some(format) => Ok(format),
        None => Err("format must be one of wav, s16le, mp3, opus, mulaw".to_owned()),
    }
}

/// The fields of a request, with `null` as good as absent.
pub(super) struct Fields<'a>(pub(super) &'a Map<String, Value>);

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(format!("{name} must be a string")),
        }
    }

    pub(super) fn required(&self, name: &str) -> Result<&'a str, String> {
        match self.text(name)? {
            None => Err(format!("missing required field '{name}'")),
            Some(text) if text.trim().is_empty() => Err(format!("{name} must not be empty")),
            Some(text) => Ok(text),
        }
    }

    pub(super) fn flag(&self, name: &str) -> Result<(), String> {
        match self.get(name) {
            None | Some(Value::Bool(_)) => Ok(()),
            Some(_) => Err(format!("{name} must be true or false")),
        }
    }

    pub(super) fn integer(&self, name: &str) -> Result<Option<i128>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value
                .as_i64()
                .map(i128::from)
                .or_else(|| value.as_u64().map(i128::from))
                .map(Some)
                .ok_or_else(|| format!("{name} must be an integer")),
        }
    }

    pub(super) fn number(&self, name: &str, min: f64, max: f64) -> Result<Option<f64>, String> {
        match self.get(name).map(Value::as_f64) {
            None => Ok(None),
            Some(Some(number)) if (min..=max).contains(&number) => Ok(Some(number)),
            Some(Some(_)) => Err(format!("{name} must be from {min} to {max}")),
            Some(None) => Err(format!("{name} must be a number")),
        }
    }

    pub(super) fn sample_rate(&self) -> Result<Option<u32>, String> {
        let Some(rate) = self.integer("sampleRate")? else {
            return Ok(None);
        };
        SAMPLE_RATES
            .into_iter()
            .find(|possible| i128::from(*possible) == rate)
            .map(Some)
            .ok_or_else(|| format!("sampleRate must be one of {SAMPLE_RATES:?}"))
    }

    /// Published clients call it `duration`, the documentation `targetDuration`.
    fn duration(&self) -> Result<Option<f64>, String> {
        for name in ["targetDuration", "duration"] {
            if let Some(seconds) = self.number(name, 0.0, MAX_DURATION)? {
                if seconds == 0.0 {
                    return Err(format!("{name} must be above 0"));
                }
                return Ok(Some(seconds));
            }
        }
        Ok(None)
    }

    /// A prompt id, or else the audio of a voice to imitate, of which here only its presence counts.
    fn voice(&self) -> Result<String, String> {
        let reference = self.text("voiceReference")?;
        if let Some(audio) = reference
            && STANDARD.decode(audio).is_err()
        {
            return Err("voiceReference must be audio in base64".to_owned());
        }
        match self.text("voicePromptId")? {
            None if reference.is_some_and(|audio| !audio.is_empty()) => Ok("voiceReference".to_owned()),
            Some(id) if id.starts_with(FAULT_VOICE) => Ok(STORYTELLER.to_owned()),
            _ => self.required("voicePromptId").map(str::to_owned),
        }
    }

    fn accent(&self) -> Result<(), String> {
        let accent = match self.get("accentControl") {
            None => return Ok(()),
            Some(Value::Object(accent)) => Fields(accent),
            Some(_) => return Err("accentControl must be an object".to_owned()),
        };
        let inside = |error: String| format!("accentControl: {error}");
        accent.required("accentBaseLocale").map_err(inside)?;
        accent.required("accentLocale").map_err(inside)?;
        match accent.number("accentRatio", 0.0, 1.0).map_err(inside)? {
            Some(_) => Ok(()),
            None => Err(inside("missing required field 'accentRatio'".to_owned())),
        }
    }
}
