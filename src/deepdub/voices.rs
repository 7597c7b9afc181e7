//! Voices: the account's own voice prompts.

use serde::Serialize;
use serde_json::Value;

use super::answer::{answers, part, typed};
use super::client::Client;
use super::clip::{Base64, Clip};
use super::errors::voice_limit_error;
use super::request::not_blank;
use super::rest::Wanted;
use crate::error::{Error, Result};
use crate::net::{CallOptions, Method, path_segment};
use crate::open_enum::open_enum;

open_enum! {
    /// Whose voice it is.
    VoiceGender {
        /// A man's.
        Male "MALE",
        /// A woman's.
        Female "FEMALE",
        /// Neither, or both.
        NonBinary "NON_BINARY",
    }
}

answers! {
    /// A voice prompt as the service has it.
    VoicePrompt(camel) {
        /// Names it in requests and in the other calls.
        id: String,
        /// Its title.
        title: String,
        /// Its name, as shown.
        name: String,
        /// The language that it speaks.
        locale: String,
        /// What is said in the sample that it was made from.
        text: String,
        /// When it was made: RFC 3339.
        created_at: String,
        /// Names the speaker.
        speaker_id: String,
        /// Whose voice it is.
        gender: VoiceGender,
        /// How it speaks, such as `Narrative`.
        speaking_style: String,
    }
}

/// A voice to be made from a sample. `None` leaves a field to the service.
#[derive(Debug, Clone, PartialEq)]
pub struct NewVoice {
    /// `data`: the sample.
    pub audio: Clip,
    /// `filename`: what the sample is called. A file's own name when it is `None`; bytes need one.
    pub filename: Option<String>,
    /// `title`.
    pub title: Option<String>,
    /// `text`: what is said in the sample.
    pub text: Option<String>,
    /// `locale`: the language of the sample, such as `en-US`.
    pub locale: Option<String>,
    /// `gender`.
    pub gender: Option<VoiceGender>,
    /// `age` of the speaker, in years.
    pub age: Option<u32>,
    /// `speaking_style`.
    pub speaking_style: Option<String>,
    /// `speaker_id`: a name of the caller's own for the speaker.
    pub speaker_id: Option<String>,
    /// `publish`: whether others may use it.
    pub publish: Option<bool>,
}

impl NewVoice {
    /// From this sample, everything else by default.
    pub fn new(audio: Clip) -> NewVoice {
        NewVoice {
            audio,
            filename: None,
            title: None,
            text: None,
            locale: None,
            gender: None,
            age: None,
            speaking_style: None,
            speaker_id: None,
            publish: None,
        }
    }

    fn filename(&self) -> Result<String> {
        let name = match (&self.filename, &self.audio) {
            (Some(name), _) => Some(name.clone()),
            (None, Clip::File(path)) => path.file_name().map(|name| name.to_string_lossy().into_owned()),
            (None, Clip::Bytes(_)) => None,
        };
        let takes = "the name of an audio file, such as me.wav";
        let name = name.ok_or_else(|| Error::invalid("filename", "not given", takes))?;
        not_blank("filename", &name, takes)?;
        Ok(name)
    }

    fn to_json(&self) -> Result<Vec<u8>> {
        let filename = self.filename()?;
        let body = UploadBody {
            filename: &filename,
            data: Base64(self.audio.read("audio")?),
            title: self.title.as_deref(),
            text: self.text.as_deref(),
            locale: self.locale.as_deref(),
            gender: self.gender.as_ref(),
            age: self.age,
            speaking_style: self.speaking_style.as_deref(),
            speaker_id: self.speaker_id.as_deref(),
            publish: self.publish,
        };
        // The base64, and the rest of it: written once, moved never.
        let mut json = Vec::with_capacity(body.data.0.len() / 3 * 4 + 1024);
        serde_json::to_writer(&mut json, &body).map_err(|error| super::rest::unwritable(&error))?;
        Ok(json)
    }
}

#[derive(Serialize)]
struct UploadBody<'a> {
    filename: &'a str,
    data: Base64<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<&'a VoiceGender>,
    #[serde(skip_serializing_if = "Option::is_none")]
    age: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaking_style: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publish: Option<bool>,
}

/// What to change in a voice; `None` stays as it is. The service takes an empty text for none, so that nothing can be
/// emptied.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct VoiceChanges {
    /// `name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `locale`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// `gender`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<VoiceGender>,
    /// `age` of the speaker, in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<u32>,
}

#[derive(Serialize)]
struct UpdateBody<'a> {
    id: &'a str,
    #[serde(flatten)]
    changes: &'a VoiceChanges,
}

impl Client {
    /// The account's voices; `limit` of them at most, 1 or more. The service's own limit is 100.
    ///
    /// # Errors
    /// `InvalidArgument` for a limit of 0, before anything is sent; any other kind after, with the service's words.
    pub fn list_voices(&self, limit: Option<u32>) -> Result<Vec<VoicePrompt>> {
        self.list_voices_with(limit, &CallOptions::new())
    }

    /// [`list_voices`](Self::list_voices) that can be ended from outside.
    ///
    /// # Errors
    /// As `list_voices`; `Cancelled` when `options` ended it.
    pub fn list_voices_with(&self, limit: Option<u32>, options: &CallOptions) -> Result<Vec<VoicePrompt>> {
        if limit == Some(0) {
            return Err(Error::invalid("limit", 0, "1 or more"));
        }
        let mut wanted = Wanted::new(Method::Get, "/voice");
        wanted.query.extend(limit.map(|limit| ("limit", limit.to_string())));
        self.rest(wanted, options, |answer| {
            typed(part(answer, "voicePrompts")?, "a list of voices")
        })
    }

    /// One voice.
    ///
    /// # Errors
    /// `NotFound` when the account has none of that id.
    pub fn get_voice(&self, id: &str) -> Result<VoicePrompt> {
        self.get_voice_with(id, &CallOptions::new())
    }

    /// [`get_voice`](Self::get_voice) that can be ended from outside.
    ///
    /// # Errors
    /// As `get_voice`; `Cancelled` when `options` ended it.
    pub fn get_voice_with(&self, id: &str, options: &CallOptions) -> Result<VoicePrompt> {
        let path = voice_path(id)?;
        self.rest(Wanted::new(Method::Get, &path), options, prompt)
    }

    /// Makes a voice from a sample; answers with its id, for [`SpeechRequest`](super::SpeechRequest) and the other calls.
    ///
    /// There is no way to tell the service that two are one: when this fails with `Network`, `Timeout` or `Server`, the
    /// voice may have been made all the same. The upload takes as long as it moves.
    ///
    /// # Errors
    /// `InvalidArgument` and `File` before anything is sent: no name, a sample that is empty or over 20 MiB;
    /// `QuotaExceeded` when the account may have no more voices.
    pub fn upload_voice(&self, voice: &NewVoice) -> Result<String> {
        self.upload_voice_with(voice, &CallOptions::new())
    }

    /// [`upload_voice`](Self::upload_voice) that can be ended from outside.
    ///
    /// # Errors
    /// As `upload_voice`; `Cancelled` when `options` ended it.
    pub fn upload_voice_with(&self, voice: &NewVoice, options: &CallOptions) -> Result<String> {
        let wanted = Wanted {
            error_of: &voice_limit_error,
            ..Wanted::upload(Method::Post, "/voice", voice.to_json()?)
        };
        self.rest(wanted, options, |answer| {
            match part(part(answer, "response")?, "voice_prompt_id")? {
                Value::String(id) => Ok(id),
                other => part(other, "voice_prompt_id").map(|id| id.to_string()),
            }
        })
    }

    /// Changes the given fields of a voice; answers with the whole.
    ///
    /// # Errors
    /// `NotFound` when the account has none of that id.
    pub fn update_voice(&self, id: &str, changes: &VoiceChanges) -> Result<VoicePrompt> {
        self.update_voice_with(id, changes, &CallOptions::new())
    }

    /// [`update_voice`](Self::update_voice) that can be ended from outside.
    ///
    /// # Errors
    /// As `update_voice`; `Cancelled` when `options` ended it.
    pub fn update_voice_with(&self, id: &str, changes: &VoiceChanges, options: &CallOptions) -> Result<VoicePrompt> {
        // It goes into the body; refused all the same where the other calls would refuse it.
        voice_path(id)?;
        let body = UpdateBody { id, changes };
        let wanted = Wanted::json(Method::Put, "/voice", &body)?;
        self.rest(wanted, options, prompt)
    }

    /// Deletes a voice for good. Answers with the service's words; with none when the answer was lost and a further try
    /// found the voice gone, which is a success.
    ///
    /// # Errors
    /// `NotFound` when the account has none of that id.
    pub fn delete_voice(&self, id: &str) -> Result<String> {
        self.delete_voice_with(id, &CallOptions::new())
    }

    /// [`delete_voice`](Self::delete_voice) that can be ended from outside.
    ///
    /// # Errors
    /// As `delete_voice`; `Cancelled` when `options` ended it.
    pub fn delete_voice_with(&self, id: &str, options: &CallOptions) -> Result<String> {
        let path = voice_path(id)?;
        self.rest(Wanted::new(Method::Delete, &path), options, |answer| {
            let message = answer.get("message").and_then(Value::as_str);
            Ok(message.unwrap_or_default().to_owned())
        })
    }
}

fn prompt(answer: Value) -> Result<VoicePrompt> {
    typed(part(answer, "prompt")?, "a voice")
}

/// The path of one voice, whatever the id holds.
fn voice_path(id: &str) -> Result<String> {
    let segment = path_segment("id", id, "the id of a voice prompt")?;
    Ok(format!("/voice/{segment}"))
}
