//! How streamed text is to be spoken: for a turn, and for the middle of one.

use serde_json::{Value, json};

use crate::audio::Format;
use crate::deepdub::request::{SAMPLE_RATES, SpeechRequest, not_blank};
use crate::error::{Error, Result};

/// How the text of a [`TextSession`](super::TextSession) is spoken. `None` leaves a parameter to the service.
#[derive(Debug, Clone, PartialEq)]
pub struct TextConfig {
    /// `voicePromptId`: who says it. Not empty.
    pub voice_prompt_id: String,
    /// `model`. `dd-etts-3.0`.
    pub model: String,
    /// `locale`: the language, such as `en-US` or `fr-FR`. `en-US`.
    pub locale: String,
    /// `format`: wav, s16le or mulaw. S16le.
    pub format: Format,
    /// `sampleRate` in Hz: one of [`SAMPLE_RATES`]. 16000, which is what the vendor's own client asks for.
    pub sample_rate: u32,
    /// `acceptEmojis`: whether emojis in the text have an effect. False.
    pub accept_emojis: bool,
    /// `targetGender`: the gender of who is spoken to, for languages that need it.
    pub target_gender: Option<String>,
    /// `firstAudioTimeout` in seconds: how soon the first audio of a turn is wanted, even of an incomplete sentence.
    pub first_audio_timeout: Option<f64>,
    /// `realtime`: priority for live use.
    pub realtime: Option<bool>,
}

impl TextConfig {
    /// Spoken by `voice_prompt_id`, everything else by default.
    pub fn new(voice_prompt_id: impl Into<String>) -> TextConfig {
        TextConfig {
            voice_prompt_id: voice_prompt_id.into(),
            model: "dd-etts-3.0".to_owned(),
            locale: "en-US".to_owned(),
            format: Format::S16le,
            sample_rate: 16000,
            accept_emojis: false,
            target_gender: None,
            first_audio_timeout: None,
            realtime: None,
        }
    }

    /// The request that a turn would be, without its text.
    pub(super) fn to_request(&self) -> SpeechRequest {
        SpeechRequest {
            model: self.model.clone(),
            locale: self.locale.clone(),
            format: self.format,
            sample_rate: Some(self.sample_rate),
            realtime: self.realtime,
            ..SpeechRequest::new("", self.voice_prompt_id.as_str())
        }
    }

    /// Refuses what the service would refuse.
    ///
    /// # Errors
    /// `InvalidArgument`: the field, what it got, what it takes.
    pub fn check(&self) -> Result<()> {
        not_blank("voicePromptId", &self.voice_prompt_id, "the id of a voice prompt")?;
        not_blank("model", &self.model, "a model such as dd-etts-3.0")?;
        not_blank("locale", &self.locale, "a locale such as en-US")?;
        if !matches!(self.format, Format::Wav | Format::S16le | Format::Mulaw) {
            return Err(Error::invalid(
                "format",
                self.format,
                "wav, s16le or mulaw for streamed text",
            ));
        }
        if !SAMPLE_RATES.contains(&self.sample_rate) {
            return Err(Error::invalid(
                "sampleRate",
                self.sample_rate,
                "8000, 16000, 22050, 24000, 32000, 36000, 44100 or 48000 Hz",
            ));
        }
        if let Some(gender) = &self.target_gender {
            not_blank("targetGender", gender, "a gender")?;
        }
        match self.first_audio_timeout {
            Some(seconds) if !(seconds.is_finite() && seconds > 0.0) => {
                Err(Error::invalid("firstAudioTimeout", seconds, "more than 0 seconds"))
            }
            _ => Ok(()),
        }
    }

    /// The message that asks for it.
    pub(super) fn to_json(&self) -> String {
        let mut config = json!({
            "model": self.model,
            "locale": self.locale,
            "voicePromptId": self.voice_prompt_id,
            "format": self.format.name(),
            "sampleRate": self.sample_rate,
            "acceptEmojis": self.accept_emojis,
        });
        let optional = [
            ("targetGender", self.target_gender.as_deref().map(Value::from)),
            ("firstAudioTimeout", self.first_audio_timeout.map(Value::from)),
            ("realtime", self.realtime.map(Value::from)),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                config[name] = value;
            }
        }
        json!({"action": "stream-config", "config": config}).to_string()
    }
}

/// A tag that switches language, voice or both for the text after it, up to the next tag or the turn's end:
/// `<config locale="es-MX" />`. Written into the text of a turn; what the values hold cannot end the tag. Empty when
/// neither is given.
///
/// Whoever passes on text from elsewhere should know that such tags have their effect in it, too.
///
/// # Errors
/// `InvalidArgument` for one that is given and blank: the service would refuse the turn.
pub fn config_tag(locale: Option<&str>, voice_prompt_id: Option<&str>) -> Result<String> {
    if let Some(locale) = locale {
        not_blank("locale", locale, "a locale such as en-US")?;
    }
    if let Some(voice) = voice_prompt_id {
        not_blank("voicePromptId", voice, "the id of a voice prompt")?;
    }
    let attributes: String = [("locale", locale), ("voicePromptId", voice_prompt_id)]
        .into_iter()
        .filter_map(|(name, value)| Some(format!(" {name}=\"{}\"", escape(value?))))
        .collect();
    if attributes.is_empty() {
        return Ok(attributes);
    }
    Ok(format!("<config{attributes} />"))
}

fn escape(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for character in value.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // No language or voice has any, and they do not survive in an attribute.
            control if control.is_control() => escaped.push(' '),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_holds_whatever_its_values_are() {
        let tag = |locale, voice| config_tag(locale, voice).expect("neither is blank");
        assert_eq!(tag(Some("es-MX"), None), r#"<config locale="es-MX" />"#);
        assert_eq!(
            tag(Some("a\"/>&<"), Some("it's\n")),
            r#"<config locale="a&quot;/&gt;&amp;&lt;" voicePromptId="it&apos;s " />"#
        );
        assert_eq!(tag(None, None), "");
        for (locale, voice, field) in [(Some(""), None, "locale"), (Some("fr-FR"), Some(" "), "voicePromptId")] {
            assert_eq!(config_tag(locale, voice).expect_err("blank").field(), Some(field));
        }
    }
}
