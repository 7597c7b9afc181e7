//! What to say and how: the parameters of a generation, checked before anything is sent.

use serde::Serialize;
use uuid::Uuid;

use super::rest::unwritable;
use crate::audio::Format;
use crate::error::{Error, Result};

/// The sample rates that the service makes, in Hz.
pub const SAMPLE_RATES: [u32; 8] = [8000, 16000, 22050, 24000, 32000, 36000, 44100, 48000];

/// One text to be spoken. `None` leaves a parameter to the service.
///
/// The fields follow the vendor's WebSocket page, "Request format"; errors name them as that page does.
#[derive(Debug, Clone, PartialEq)]
pub struct SpeechRequest {
    /// `targetText`: what to say. Not empty.
    pub text: String,
    /// `voicePromptId`: who says it; `asset:` before the id names a built-in voice. Not empty.
    pub voice_prompt_id: String,
    /// `model`. `dd-etts-3.0`.
    pub model: String,
    /// `locale`: the language, such as `en-US` or `fr-FR`. `en-US`.
    pub locale: String,
    /// `format`. MP3. Always sent, because the service's own default has changed.
    pub format: Format,
    /// `generationId`: a UUID of the caller's own. One is made when it is `None`.
    pub generation_id: Option<String>,
    /// `sampleRate` in Hz: one of [`SAMPLE_RATES`].
    pub sample_rate: Option<u32>,
    /// `targetDuration` in seconds, more than 0. Not together with `tempo`.
    pub target_duration: Option<f64>,
    /// `tempo`: 0.5 (slow) to 2.0 (fast). Not together with `target_duration`.
    pub tempo: Option<f64>,
    /// `variance`: how much the voice varies, 0.0 to 1.0.
    pub variance: Option<f64>,
    /// `temperature`: how freely it is generated, 0.0 to 1.0.
    pub temperature: Option<f64>,
    /// `seed`: the same one gives the same audio for the same request.
    pub seed: Option<i64>,
    /// `promptBoost`: more of the voice prompt's character.
    pub prompt_boost: Option<bool>,
    /// `superStretch`: allows longer audio.
    pub super_stretch: Option<bool>,
    /// `realtime`: priority for live use.
    pub realtime: Option<bool>,
    /// `cleanAudio`: audio clean-up. The service's default is true.
    pub clean_audio: Option<bool>,
    /// `autoGain`: level adjustment.
    pub auto_gain: Option<bool>,
    /// `accentControl`.
    pub accent_control: Option<AccentControl>,
    /// `performanceReferencePromptId`: a prompt whose delivery is imitated.
    pub performance_reference_prompt_id: Option<String>,
}

/// A blend of two accents. The service takes all three or none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AccentControl {
    /// `accentBaseLocale`, such as `en-US`.
    #[serde(rename = "accentBaseLocale")]
    pub base_locale: String,
    /// `accentLocale`, such as `fr-FR`.
    #[serde(rename = "accentLocale")]
    pub locale: String,
    /// `accentRatio`: 0.0 (base only) to 1.0 (the other only).
    #[serde(rename = "accentRatio")]
    pub ratio: f64,
}

impl AccentControl {
    /// From parts of which some may be missing: all three, or none.
    ///
    /// # Errors
    /// `InvalidArgument` naming the first missing part when only some are given.
    pub fn from_parts(
        base_locale: Option<String>,
        locale: Option<String>,
        ratio: Option<f64>,
    ) -> Result<Option<AccentControl>> {
        match (base_locale, locale, ratio) {
            (None, None, None) => Ok(None),
            (Some(base_locale), Some(locale), Some(ratio)) => Ok(Some(AccentControl {
                base_locale,
                locale,
                ratio,
            })),
            (base_locale, locale, _) => {
                let missing = match (base_locale, locale) {
                    (None, _) => "accentControl.accentBaseLocale",
                    (_, None) => "accentControl.accentLocale",
                    _ => "accentControl.accentRatio",
                };
                Err(Error::invalid(
                    missing,
                    "not given",
                    "a value when any other part of accentControl has one: all three or none",
                ))
            }
        }
    }
}

impl SpeechRequest {
    /// `text` spoken by `voice_prompt_id`, everything else by default.
    pub fn new(text: impl Into<String>, voice_prompt_id: impl Into<String>) -> SpeechRequest {
        SpeechRequest {
            text: text.into(),
            voice_prompt_id: voice_prompt_id.into(),
            model: "dd-etts-3.0".to_owned(),
            locale: "en-US".to_owned(),
            format: Format::Mp3,
            generation_id: None,
            sample_rate: None,
            target_duration: None,
            tempo: None,
            variance: None,
            temperature: None,
            seed: None,
            prompt_boost: None,
            super_stretch: None,
            realtime: None,
            clean_audio: None,
            auto_gain: None,
            accent_control: None,
            performance_reference_prompt_id: None,
        }
    }

    /// The generation's id: the caller's, or a new one.
    pub(crate) fn generation_id(&self) -> String {
        self.generation_id.clone().unwrap_or_else(|| Uuid::new_v4().to_string())
    }

    /// Refuses what the service would refuse.
    ///
    /// # Errors
    /// `InvalidArgument`: the field, what it got, what it takes.
    pub fn check(&self) -> Result<()> {
        not_blank("targetText", &self.text, "the text to be spoken")?;
        not_blank("voicePromptId", &self.voice_prompt_id, "the id of a voice prompt")?;
        not_blank("model", &self.model, "a model such as dd-etts-3.0")?;
        not_blank("locale", &self.locale, "a locale such as en-US")?;
        if let Some(id) = &self.generation_id {
            // The hyphenated form alone: other spellings would come back differently from how they went.
            if id.len() != 36 || Uuid::try_parse(id).is_err() {
                return Err(Error::invalid(
                    "generationId",
                    format_args!("{id:?}"),
                    "a UUID such as 4da9902b-9141-4fb7-9efb-d616ce266ed9",
                ));
            }
        }
        if let Some(rate) = self.sample_rate.filter(|rate| !SAMPLE_RATES.contains(rate)) {
            return Err(Error::invalid(
                "sampleRate",
                rate,
                "8000, 16000, 22050, 24000, 32000, 36000, 44100 or 48000 Hz",
            ));
        }
        if let Some(seconds) = self
            .target_duration
            .filter(|seconds| !(seconds.is_finite() && *seconds > 0.0))
        {
            return Err(Error::invalid("targetDuration", seconds, "more than 0 seconds"));
        }
        in_range("tempo", self.tempo, 0.5, 2.0)?;
        if let (Some(seconds), Some(tempo)) = (self.target_duration, self.tempo) {
            return Err(Error::invalid(
                "targetDuration",
                format_args!("{seconds} while tempo is {tempo}"),
                "a value only without tempo: each of the two sets the speed",
            ));
        }
        in_range("variance", self.variance, 0.0, 1.0)?;
        in_range("temperature", self.temperature, 0.0, 1.0)?;
        if let Some(accent) = &self.accent_control {
            not_blank(
                "accentControl.accentBaseLocale",
                &accent.base_locale,
                "a locale such as en-US",
            )?;
            not_blank("accentControl.accentLocale", &accent.locale, "a locale such as fr-FR")?;
            in_range("accentControl.accentRatio", Some(accent.ratio), 0.0, 1.0)?;
        }
        if let Some(id) = &self.performance_reference_prompt_id {
            not_blank("performanceReferencePromptId", id, "the id of a prompt")?;
        }
        Ok(())
    }

    /// The message for `/open`. What is `None` is left out.
    pub(crate) fn to_json(&self, generation_id: &str) -> Result<String> {
        serde_json::to_string(&self.body(Some("text-to-speech"), generation_id)).map_err(|error| unwritable(&error))
    }

    /// The parameters as all ways to speak take them.
    pub(super) fn body<'a>(&'a self, action: Option<&'a str>, generation_id: &'a str) -> Body<'a> {
        Body {
            action,
            generation_id,
            target_text: &self.text,
            model: &self.model,
            locale: &self.locale,
            voice_prompt_id: &self.voice_prompt_id,
            format: self.format.name(),
            sample_rate: self.sample_rate,
            target_duration: self.target_duration,
            tempo: self.tempo,
            variance: self.variance,
            temperature: self.temperature,
            seed: self.seed,
            prompt_boost: self.prompt_boost,
            super_stretch: self.super_stretch,
            realtime: self.realtime,
            clean_audio: self.clean_audio,
            auto_gain: self.auto_gain,
            accent_control: self.accent_control.as_ref(),
            performance_reference_prompt_id: self.performance_reference_prompt_id.as_deref(),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<&'a str>,
    generation_id: &'a str,
    target_text: &'a str,
    model: &'a str,
    locale: &'a str,
    voice_prompt_id: &'a str,
    format: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample_rate: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    target_duration: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tempo: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variance: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_boost: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    super_stretch: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    realtime: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clean_audio: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auto_gain: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    accent_control: Option<&'a AccentControl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    performance_reference_prompt_id: Option<&'a str>,
}

pub(crate) fn not_blank(field: &str, value: &str, takes: &str) -> Result<()> {
    if value.trim().is_empty() {
        let got = if value.is_empty() { "empty" } else { "only white space" };
        return Err(Error::invalid(field, got, takes));
    }
    Ok(())
}

fn in_range(field: &str, value: Option<f64>, least: f64, most: f64) -> Result<()> {
    match value {
        // Written so that NaN is refused.
        Some(value) if !(value >= least && value <= most) => {
            Err(Error::invalid(field, value, &format!("{least:.1} to {most:.1}")))
        }
        _ => Ok(()),
    }
}
