//! New originals: uploaded, or spoken from text.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Extension, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::errors::Refusal;
use super::fields::{Fields, MAX_NAME};
use super::front::Caller;
use super::recording::Recording;
use super::studio::{listen, speak, wav_file};
use super::voices::{TTS_VOICES, TtsVoice};
use crate::answer;
use crate::clock::now;
use crate::files::{Content, File};
use crate::guard::{LoggedBody, Origin};
use crate::state::{State, lock};
use crate::upload::{self, Form, Upload};

/// The longest text, in characters.
const MAX_TEXT: usize = 5000;

/// The name of the part that holds the audio.
const DATA: &str = "data";

/// Reads a form, and notes what it was for the log.
pub(super) async fn form(state: &State, headers: &HeaderMap, body: Body) -> Result<Form, Refusal> {
    upload::read(headers, body, state.options.kept_upload)
        .await
        .map_err(|why| Refusal::invalid(&["body"], "value_error", &why))
}

/// The answer to an upload, with what the log is to show of it.
pub(super) fn logged(form: &Form, result: Result<Response, Refusal>) -> Response {
    let mut response = result.into_response();
    response.extensions_mut().insert(LoggedBody(form.summary()));
    response
}

/// Takes the audio out of a form, with what it is and how long, in seconds.
pub(super) async fn audio(form: &Form) -> Result<(Upload, crate::sound::Sound, f64), Refusal> {
    let Some(upload) = form.files.get(DATA) else {
        return Err(Refusal::invalid(&["body", DATA], "missing", "Field required"));
    };
    let Some(sound) = listen(upload.head.clone()).await? else {
        let why = "The file is not audio; supported formats are wav, ogg, mp3 and flac";
        return Err(Refusal::invalid(&["body", DATA], "value_error", why));
    };
    // Of a long one the beginning was listened to, and the rest is taken to be like it.
    let heard = upload.head.len().max(1) as f64 / upload.size.max(1) as f64;
    let seconds = sound.seconds() / heard;
    Ok((upload.clone(), sound, seconds))
}

pub(super) async fn upload(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Origin(origin): Origin,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let form = form(&state, &headers, body).await?;
    let result = take(&state, &caller, &origin, &form).await;
    Ok(logged(&form, result))
}

async fn take(state: &State, caller: &Caller, origin: &str, form: &Form) -> Result<Response, Refusal> {
    let mut fields = Fields::form(form);
    let folder_id = fields.required_id("parent_folder_id");
    let microphone = fields.text("microphone", MAX_NAME);
    let label = fields.text("label", MAX_NAME);
    if !form.files.contains_key(DATA) {
        fields.missing(DATA);
    }
    fields.check()?;
    let (upload, sound, duration) = audio(form).await?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    let project_id = account.folder(folder_id)?.project_id;
    let id = Uuid::new_v4();
    let zeros = upload.size - upload.head.len() as u64;
    let file = File {
        name: upload.file_name.clone(),
        content_type: content_type(&upload.head),
        content: Content::new(vec![upload.head.into()], zeros),
    };
    state.files.keep(id, file);
    let recording = account.add_recording(Recording {
        id,
        project_id,
        folder_id,
        label: label.unwrap_or_else(|| upload.file_name.clone()),
        file_name: upload.file_name,
        microphone: Some(microphone.unwrap_or_else(|| "file".to_owned())),
        size: upload.size,
        duration,
        starred: false,
        text: None,
        language: None,
        tts_voice: None,
        conversion: None,
        work: state.processing.begin(0),
        error: None,
        created_at: now(),
        note: None,
        sound: Some(Arc::new(sound)),
    });
    Ok(answer::json(StatusCode::OK, &recording.view_new(origin)))
}

fn content_type(head: &[u8]) -> &'static str {
    match head.get(..4) {
        Some(b"RIFF") => "audio/wav",
        Some(b"fLaC") => "audio/flac",
        Some(b"OggS") => "audio/ogg",
        _ => "audio/mpeg",
    }
}

/// The way that is deprecated: names the project, and a voice that it needs.
pub(super) async fn tts_deprecated(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
    Origin(origin): Origin,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let project_id = fields.required_id("project_id");
    let folder_id = fields.required_id("parent_folder_id");
    let label = fields.text("label", MAX_NAME);
    let voice_id = fields.required_id("voice_id");
    let text = fields.required_text("text", MAX_TEXT);
    fields.check()?;
    {
        let mut service = lock(&state.respeecher.0);
        let account = service.account(caller.account);
        account.project(project_id)?;
        if account.folder(folder_id)?.project_id != project_id {
            return Err(Refusal::bad("The folder is in another project"));
        }
    }
    let text = Text {
        project_id,
        folder_id,
        label,
        voice: tts_voice(voice_id)?,
        language: None,
        text,
    };
    text.record(&state, &caller, &origin).await
}

pub(super) async fn tts(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
    Origin(origin): Origin,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let folder_id = fields.required_id("parent_folder_id");
    let text = fields.required_text("text", MAX_TEXT);
    let language = fields.text("text_language", 35);
    if let Some(language) = &language
        && !is_language(language)
    {
        fields.complain(
            "text_language",
            "value_error",
            "Input should be an ISO 639 language code",
        );
    }
    let label = fields.text("label", MAX_NAME);
    let voice_id = fields.id("tts_voice_id");
    fields.check()?;
    let voice = match voice_id {
        Some(id) => tts_voice(id)?,
        None => &TTS_VOICES[0],
    };
    let project_id = {
        let mut service = lock(&state.respeecher.0);
        service.account(caller.account).folder(folder_id)?.project_id
    };
    let text = Text {
        project_id,
        folder_id,
        label,
        voice,
        language,
        text,
    };
    text.record(&state, &caller, &origin).await
}

/// Two or three letters, perhaps with a region.
fn is_language(code: &str) -> bool {
    let mut parts = code.split(['-', '_']);
    let language = parts.next().unwrap_or_default();
    (2..=3).contains(&language.len())
        && language.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn tts_voice(id: Uuid) -> Result<&'static TtsVoice, Refusal> {
    TTS_VOICES
        .iter()
        .find(|voice| voice.id == id)
        .ok_or_else(|| Refusal::not_found("TTS voice"))
}

/// A text to be spoken, with where it goes.
struct Text {
    project_id: Uuid,
    folder_id: Uuid,
    label: Option<String>,
    voice: &'static TtsVoice,
    language: Option<String>,
    text: String,
}

impl Text {
    async fn record(self, state: &State, caller: &Caller, origin: &str) -> Result<Response, Refusal> {
        let locale = self.language.clone().unwrap_or_else(|| "en-US".to_owned());
        let sound = speak(state, self.text.clone(), locale, self.voice.id.to_string()).await?;
        let id = Uuid::new_v4();
        // The first words are its name, as far as they go.
        let begin: String = self.text.chars().take(40).collect();
        let label = self.label.unwrap_or(begin);
        let file_name = format!("{id}.wav");
        let file = wav_file(&file_name, &sound);
        let size = file.content.len();
        state.files.keep(id, file);
        let mut service = lock(&state.respeecher.0);
        let recording = service.account(caller.account).add_recording(Recording {
            id,
            project_id: self.project_id,
            folder_id: self.folder_id,
            label,
            file_name,
            microphone: None,
            size,
            duration: sound.seconds(),
            starred: false,
            text: Some(self.text),
            language: self.language,
            tts_voice: Some(self.voice),
            conversion: None,
            work: state.processing.begin(0),
            error: None,
            created_at: now(),
            note: None,
            sound: Some(Arc::new(sound)),
        });
        Ok(answer::json(StatusCode::OK, &recording.view_new(origin)))
    }
}
