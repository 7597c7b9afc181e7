//! A voice from a recording, in one call.

use std::ops::ControlFlow;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use super::answers::Voice;
use super::client::Client;
use super::lang::LangCode;
use super::voices::{ProcessingStatus, Waiting, Waits};
use crate::error::{Error, ErrorKind, Result};
use crate::net::Multipart;

/// A voice to be cloned.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewVoice {
    /// Its name.
    pub name: String,
    /// What it is.
    pub description: Option<String>,
    /// The account's own words about it.
    pub labels: Map<String, Value>,
    /// The language that is spoken in the recording. Left out where there is none, and the service may want it.
    pub language: Option<LangCode>,
    /// Whether noise is to be taken out of it. Else the service decides.
    pub denoise: Option<bool>,
    /// Whether its speech is to be made evenly loud. Else the service decides.
    pub speech_normalization: Option<bool>,
    /// The recording: WAV, MP3, M4A, FLAC, WebM or MP4, by its ending. It is sent as it is read.
    pub recording: PathBuf,
    /// What else the service is to know, by its own names.
    pub extra: Map<String, Value>,
    /// How the making is waited for.
    pub waiting: Waiting,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CloneStage {
    /// The recording is uploaded: bytes.
    Uploading,
    /// The service makes the voice.
    Processing,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CloneProgress<'a> {
    /// What is being done.
    pub stage: CloneStage,
    /// Bytes in an upload, else 0 and then 1.
    pub done: u64,
    /// How much there is to do.
    pub total: u64,
    /// The voice: [`Client::get_voice`] says what became of it after a call that ended before its time.
    pub voice_id: Option<&'a str>,
}

impl Client {
    /// Makes a voice from a recording: announces it, uploads it, and waits until the voice is ready.
    ///
    /// `on_progress` is told how far it has come, and may stop it.
    ///
    /// # Errors
    /// `InvalidArgument` and `File` before anything is sent; `Server` with the service's words when it could not make the
    /// voice, `Timeout` with the field `waiting_limit` when it took too long, `Cancelled`; `QuotaExceeded` when the
    /// account may have no more voices; then whatever calls can fail with. A voice that has been announced stays, and the
    /// error names it ([`Error::voice_id`]): [`Client::delete_voice`] makes room again.
    pub fn clone_voice(
        &self,
        new: &NewVoice,
        mut on_progress: impl FnMut(&CloneProgress<'_>) -> ControlFlow<()>,
    ) -> Result<Voice> {
        if new.name.trim().is_empty() {
            return Err(Error::invalid("name", "empty", "a name"));
        }
        // What is wrong with it is told now; the time begins after the upload.
        Waits::new(&new.waiting)?;
        let path = new.recording.as_path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.ok_or_else(|| Error::invalid("recording", format_args!("{path:?}"), "the path of a file"))?;
        let mime_type = mime_type_of(&name)?;
        // What cannot be read is told before there is half a voice.
        match path.metadata() {
            Ok(there) if there.is_file() && there.len() > 0 => {}
            // The voice would fail, and stay.
            Ok(there) if there.is_file() => return Err(Error::invalid("recording", "empty", "an audio file")),
            _ => {
                let message = format!("{} is not a file that can be read", path.display());
                return Err(Error::new(ErrorKind::File, message).with_field("recording"));
            }
        }
        let announced: Voice = self.ask("create_clone", new.announcement(&name, mime_type))?;
        let voice_id = announced.voice_id.clone().ok_or_else(|| {
            let message = "the answer to create_clone has no voice_id";
            Error::new(ErrorKind::Protocol, message)
        })?;
        self.finish_clone(new, &announced, &voice_id, (&name, mime_type), &mut on_progress)
            .map_err(|error| {
                let what = format!("the voice {voice_id}, which stays with the service");
                error.about(&what).with_voice(&voice_id)
            })
    }

    /// Uploads the recording of a voice that has been announced, and waits for it.
    fn finish_clone(
        &self,
        new: &NewVoice,
        announced: &Voice,
        voice_id: &str,
        (name, mime_type): (&str, &'static str),
        on_progress: &mut dyn FnMut(&CloneProgress<'_>) -> ControlFlow<()>,
    ) -> Result<Voice> {
        let missing = |what: &str| Error::new(ErrorKind::Protocol, format!("the answer to create_clone has no {what}"));
        let sample = announced.samples.first().ok_or_else(|| missing("samples"))?;
        let url = sample.url.as_deref().ok_or_else(|| missing("url for the upload"))?;
        let mut form = Multipart::new();
        for (name, value) in &sample.form_data {
            match value {
                Value::String(text) => form.text(name, text),
                other => form.text(name, &other.to_string()),
            }
        }
        // Storage services ignore what comes after the file.
        form.file("file", name, mime_type, new.recording.clone());
        let mut tell = |stage, done, total| {
            on_progress(&CloneProgress {
                stage,
                done,
                total,
                voice_id: Some(voice_id),
            })
        };
        self.upload_form(url, &form, &mut |sent, total| {
            tell(CloneStage::Uploading, sent, total.unwrap_or(sent))
        })?;
        let mut waits = Waits::new(&new.waiting)?;
        loop {
            let voice = self.get_voice(voice_id)?;
            let status = voice.processing_status.clone();
            let is_ready = status == Some(ProcessingStatus::Ready);
            if tell(CloneStage::Processing, u64::from(is_ready), 1).is_break() {
                return Err(Error::cancelled());
            }
            if is_ready {
                return Ok(voice);
            }
            if status == Some(ProcessingStatus::Failed) {
                return Err(Error::new(ErrorKind::Server, words_of(&voice)).about("it could not be made"));
            }
            if !waits.wait(self, None)? {
                let message = "it is not ready yet, and the limit is reached";
                return Err(Error::new(ErrorKind::Timeout, message).with_field("waiting_limit"));
            }
        }
    }
}

impl NewVoice {
    /// What the service is told of it first.
    fn announcement(&self, file_name: &str, mime_type: &str) -> Value {
        let mut sample = json!({ "filename": file_name, "mime_type": mime_type });
        let options = [
            (
                "lang_code",
                self.language.as_ref().map(|language| language.as_str().into()),
            ),
            ("denoise", self.denoise.map(Value::from)),
            ("speech_normalization", self.speech_normalization.map(Value::from)),
        ];
        for (name, value) in options {
            if let Some(value) = value {
                sample[name] = value;
            }
        }
        let mut parameters = self.extra.clone();
        parameters.insert("name".to_owned(), self.name.as_str().into());
        parameters.insert("samples".to_owned(), json!([sample]));
        if let Some(description) = &self.description {
            parameters.insert("description".to_owned(), description.as_str().into());
        }
        if !self.labels.is_empty() {
            parameters.insert("labels".to_owned(), self.labels.clone().into());
        }
        Value::Object(parameters)
    }
}

/// Why a voice could not be made.
fn words_of(voice: &Voice) -> String {
    let errors = voice.processing_result.iter().flat_map(|result| &result.errors);
    let words: Vec<String> = errors
        .map(|error| {
            let words = ["detail", "message", "title"]
                .into_iter()
                .find_map(|name| error.get(name));
            let words = words.unwrap_or(error);
            words.as_str().map_or_else(|| words.to_string(), str::to_owned)
        })
        .collect();
    if words.is_empty() {
        "the service gave no reason".to_owned()
    } else {
        words.join("; ")
    }
}

/// The media types that the service takes.
fn mime_type_of(name: &str) -> Result<&'static str> {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "wav" | "wave" => Ok("audio/wav"),
        "mp3" => Ok("audio/mpeg"),
        "m4a" => Ok("audio/x-m4a"),
        "flac" => Ok("audio/flac"),
        "webm" => Ok("video/webm"),
        "mp4" => Ok("video/mp4"),
        "mpeg" | "mpg" => Ok("video/mpeg"),
        _ => Err(Error::invalid(
            "recording",
            format_args!("{name:?}"),
            "a file that ends in .wav, .mp3, .m4a, .flac, .webm, .mp4 or .mpeg",
        )),
    }
}
