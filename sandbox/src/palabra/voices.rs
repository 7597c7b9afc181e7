//! `/saas/voice`: the voices of an account, those for all, and cloning.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State as Shared};
use axum::http::Uri;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::account::{Status, Upload, Voice};
use super::errors::{Refusal, good};
use super::fields::{Fields, VoiceId, token};
use super::front::Caller;
use super::{LANGUAGES, storage};
use crate::clock::now;
use crate::guard::Origin;
use crate::state::{State, lock};

/// The longest name.
const MAX_NAME: usize = 255;
/// The longest description.
const MAX_DESCRIPTION: usize = 2000;

/// What a voice can be cloned from.
const MIME_TYPES: [&str; 9] = [
    "audio/x-wav",
    "audio/wav",
    "audio/mp3",
    "audio/x-m4a",
    "audio/mpeg",
    "audio/flac",
    "video/webm",
    "video/mp4",
    "video/mpeg",
];

/// The voices for all: name and gender.
const BUILTIN: [(&str, &str); 4] = [
    ("Alba", "Female"),
    ("Bruno", "Male"),
    ("Celia", "Female"),
    ("Dario", "Male"),
];

fn builtin_id(index: usize) -> Uuid {
    Uuid::from_u64_pair(0x5eed_0000_0000_4001, 0x8000_0000_0000_0000 | index as u64)
}

fn builtin_view(index: usize) -> Value {
    let (name, gender) = BUILTIN[index];
    json!({
        "voice_id": builtin_id(index),
        "name": name,
        "description": null,
        "labels": {"gender": gender},
        "processing_status": "ready",
        "processing_result": {"errors": [], "warnings": []},
        "samples": [],
        "utc_created_at": "2024-01-01T00:00:00.000Z",
    })
}

/// Refuses what changes a voice that is everybody's.
pub(super) fn not_builtin(id: Uuid) -> Result<(), Refusal> {
    match (0..BUILTIN.len()).any(|index| builtin_id(index) == id) {
        true => Err(Refusal::Forbidden("A built-in voice cannot be changed")),
        false => Ok(()),
    }
}

/// One page of rows, and the token of the next one if there is one.
pub(super) fn page(rows: Vec<Value>, (size, skipped): (usize, usize)) -> Response {
    let end = skipped.saturating_add(size);
    let next = (end < rows.len()).then(|| token(end));
    let items: Vec<Value> = rows.into_iter().skip(skipped).take(size).collect();
    good(json!({"items": items, "next": next}))
}

pub(super) async fn list(
    Shared(state): Shared<Arc<State>>,
    Extension(Caller(caller)): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let search = fields.text("search", 2, MAX_NAME).unwrap_or_default().to_lowercase();
    let lang = fields.word("lang", &LANGUAGES);
    let asked = fields.page();
    fields.check()?;
    let mut service = lock(&state.palabra.0);
    let voices = &service.account(caller).voices;
    let rows = voices
        .iter()
        .filter(|voice| voice.name.to_lowercase().contains(&search))
        .filter(|voice| lang.is_none_or(|lang| voice.upload.lang_code == lang))
        .map(Voice::view);
    Ok(page(rows.collect(), asked))
}

pub(super) async fn builtin(uri: Uri) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let asked = fields.page();
    fields.check()?;
    Ok(page((0..BUILTIN.len()).map(builtin_view).collect(), asked))
}

pub(super) async fn read(
    Shared(state): Shared<Arc<State>>,
    Extension(Caller(caller)): Extension<Caller>,
    VoiceId(id): VoiceId,
) -> Result<Response, Refusal> {
    if let Some(index) = (0..BUILTIN.len()).find(|index| builtin_id(*index) == id) {
        return Ok(good(builtin_view(index)));
    }
    Ok(good(lock(&state.palabra.0).account(caller).voice(id)?.view()))
}

/// Changes the fields that are there.
pub(super) async fn update(
    Shared(state): Shared<Arc<State>>,
    Extension(Caller(caller)): Extension<Caller>,
    Extension(body): Extension<Bytes>,
    VoiceId(id): VoiceId,
) -> Result<Response, Refusal> {
    let mut fields = Fields::data(&body)?;
    let name = fields.text("name", 1, MAX_NAME);
    let description = fields.text("description", 0, MAX_DESCRIPTION);
    let labels = labels(&mut fields);
    fields.check()?;
    not_builtin(id)?;
    let mut service = lock(&state.palabra.0);
    let voice = service.account(caller).voice(id)?;
    if let Some(name) = name {
        voice.name = name;
    }
    if description.is_some() {
        voice.description = description;
    }
    if let Some(labels) = labels {
        voice.labels = labels;
    }
    Ok(good(voice.view()))
}

fn labels(fields: &mut Fields) -> Option<Value> {
    let labels = fields.get("labels")?;
    let texts = labels
        .as_object()
        .is_some_and(|labels| labels.values().all(Value::is_string));
    if !texts {
        fields.complain("labels", "must be an object of strings");
    }
    Some(labels)
}

pub(super) async fn delete(
    Shared(state): Shared<Arc<State>>,
    Extension(Caller(caller)): Extension<Caller>,
    VoiceId(id): VoiceId,
) -> Result<Response, Refusal> {
    not_builtin(id)?;
    let mut service = lock(&state.palabra.0);
    let account = service.account(caller);
    for sample in &account.voice(id)?.samples {
        state.files.remove(sample.blob_id);
    }
    account.voices.retain(|voice| voice.id != id);
    Ok(good(json!({ "voice_id": id })))
}

pub(super) async fn limits(
    Shared(state): Shared<Arc<State>>,
    Extension(Caller(caller)): Extension<Caller>,
) -> Response {
    let mut service = lock(&state.palabra.0);
    let limit = service.voice_limit;
    let account = service.account(caller);
    let total = account.voices.len();
    good(json!({
        "total": total,
        "limit": limit,
        "remaining": limit.saturating_sub(total),
        "ready": account.count(Status::Ready),
        "pending": account.count(Status::Pending) + account.count(Status::Created),
        "failed": account.count(Status::Failed),
    }))
}

/// Notes what is to be cloned, and says where to upload it.
pub(super) async fn clone(
    Shared(state): Shared<Arc<State>>,
    Extension(Caller(caller)): Extension<Caller>,
    Extension(body): Extension<Bytes>,
    Origin(origin): Origin,
) -> Result<Response, Refusal> {
    let mut fields = Fields::data(&body)?;
    let name = fields.required_text("name", 1, MAX_NAME);
    let description = fields.text("description", 0, MAX_DESCRIPTION);
    let labels = labels(&mut fields).unwrap_or_else(|| json!({}));
    let mut sample = fields.only("samples");
    let upload = Upload {
        id: Uuid::new_v4(),
        file_name: sample.required_text("filename", 1, MAX_NAME),
        mime_type: sample.required_word("mime_type", &MIME_TYPES),
        lang_code: sample.required_word("lang_code", &LANGUAGES),
        denoise: sample.flag("denoise").unwrap_or(false),
        speech_normalization: sample.flag("speech_normalization").unwrap_or(true),
    };
    fields.absorb(sample);
    fields.check()?;
    let mut service = lock(&state.palabra.0);
    let limit = service.voice_limit;
    let account = service.account(caller);
    if account.voices.len() >= limit {
        return Err(Refusal::Forbidden("The limit of voices has been reached"));
    }
    let (url, form_data) = storage::target(&origin, upload.id);
    let voice = Voice {
        id: Uuid::new_v4(),
        name,
        description,
        labels,
        upload,
        cloning: None,
        errors: Vec::new(),
        warnings: Vec::new(),
        samples: Vec::new(),
        created_at: now(),
    };
    let mut view = voice.view();
    view["samples"][0]["url"] = url.into();
    view["samples"][0]["form_data"] = form_data;
    account.voices.push(voice);
    Ok(good(view))
}
