//! What a `stream-config` asks for, checked.

use serde_json::Value;

use crate::codec::Format;
use crate::deepdub::front;
use crate::deepdub::request::Fields;

/// The sample rate of a config that names none: what the vendor's own client sends then.
const DEFAULT_SAMPLE_RATE: u32 = 16_000;

/// How a turn is to be spoken.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) model: String,
    pub(super) locale: String,
    /// As it was sent: it may be a fault.
    pub(super) voice: String,
    pub(super) format: Format,
    pub(super) sample_rate: u32,
}

impl Settings {
    /// Checks a config, as a request to `/open` is checked.
    pub(super) fn parse(config: &Value) -> Result<Settings, String> {
        let fields = Fields(config.as_object().ok_or("config must be an object")?);
        let model = fields.required("model")?;
        let locale = fields.required("locale")?;
        let voice = fields.required("voicePromptId")?;
        check_voice(voice)?;
        let format = match fields.text("format")? {
            None => Format::Wav,
            Some(name) => Format::parse(name)
                .filter(|format| matches!(format, Format::Wav | Format::S16le | Format::Mulaw))
                .ok_or("format must be one of wav, s16le, mulaw")?,
        };
        let sample_rate = fields.sample_rate()?.unwrap_or(DEFAULT_SAMPLE_RATE);
        for name in ["acceptEmojis", "realtime"] {
            fields.flag(name)?;
        }
        fields.text("targetGender")?;
        fields.number("firstAudioTimeout", 0.0, f64::MAX)?;
        Ok(Settings {
            model: model.to_owned(),
            locale: locale.to_owned(),
            voice: voice.to_owned(),
            format,
            sample_rate,
        })
    }
}

/// A voice that is a fault has to be one of a generation.
pub(super) fn check_voice(voice: &str) -> Result<(), String> {
    match front::of_voice(Some(voice))? {
        Some(fault) if fault.handshake.is_some() => Err("voicePromptId: that fault is one of the handshake".to_owned()),
        _ => Ok(()),
    }
}
