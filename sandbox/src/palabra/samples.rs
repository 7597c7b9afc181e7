//! What a cloned voice sounds like: samples in text-to-speech, listed, and made anew.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::LANGUAGES;
use super::account::{Status, Voice};
use super::errors::{Refusal, good};
use super::fields::{Fields, VoiceId};
use super::front::Caller;
use super::voices::{not_builtin, page};
use crate::clock::{now, timestamp};
use crate::files::{self, Content, File};
use crate::guard::Origin;
use crate::sound::Sound;
use crate::speech;
use crate::state::{State, lock};

/// What is said in every sample.
const TEXT: &str = "Hello, this is how I sound in your language.";

/// What speaks it.
const MODEL: &str = "sandbox-1";

/// One sample of a voice.
pub(super) struct Sample {
    pub(super) blob_id: Uuid,
    lang: &'static str,
    /// In seconds.
    duration: f64,
    display_name: String,
    created_at: OffsetDateTime,
}

impl Sample {
    /// Speaks one. Takes its time.
    pub(super) fn sound(lang: &str, voice: &str, engine: speech::Engine) -> Result<Sound, String> {
        Sound::spoken(TEXT, lang, voice, engine)
    }

    /// Keeps the sound of one for download.
    pub(super) fn keep(state: &State, voice: &Voice, lang: &'static str, sound: &Sound) -> Sample {
        let blob_id = Uuid::new_v4();
        let file = File {
            name: file_name(lang),
            content_type: "audio/wav",
            content: Content::new(vec![sound.wav().into()], 0),
        };
        state.files.keep(blob_id, file);
        Sample {
            blob_id,
            lang,
            duration: sound.seconds(),
            display_name: format!("{} ({lang})", voice.name),
            created_at: now(),
        }
    }

    fn view(&self, user_id: Uuid, origin: &str) -> Value {
        let name = file_name(self.lang);
        json!({
            "user_id": user_id,
            "blob_id": self.blob_id,
            "url": files::url(origin, self.blob_id, &name),
            "audio_metadata": {
                "format": "wav",
                "codec": "pcm_s16le",
                "duration": self.duration,
                "mime_type": "audio/wav",
            },
            // The vendor's page leaves open which of the two the model belongs to.
            "text": {"content": TEXT, "lang": self.lang, "model": MODEL},
            "model": MODEL,
            "filename": name,
            "mime_type": "audio/wav",
            "display_name": self.display_name,
            "description": null,
            "utc_created_at": timestamp(self.created_at),
        })
    }
}

fn file_name(lang: &str) -> String {
    format!("sample-{lang}.wav")
}

/// The samples of all voices that are ready.
pub(super) async fn list(
    Shared(state): Shared<Arc<State>>,
    Extension(Caller(caller)): Extension<Caller>,
    Origin(origin): Origin,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let sort = fields.word("sort", &["asc", "desc", "utc_created_at", "-utc_created_at"]);
    let asked = fields.page();
    fields.check()?;
    let mut service = lock(&state.palabra.0);
    let account = service.account(caller);
    let user_id = account.user_id;
    let mut samples: Vec<&Sample> = account
        .voices
        .iter()
        .filter(|voice| voice.status() == Status::Ready)
        .flat_map(|voice| &voice.samples)
        .collect();
    samples.sort_by_key(|sample| sample.created_at);
    if matches!(sort, Some("desc" | "-utc_created_at")) {
        samples.reverse();
    }
    let rows = samples.into_iter().map(|sample| sample.view(user_id, &origin));
    Ok(page(rows.collect(), asked))
}

pub(super) async fn regenerate(
    Shared(state): Shared<Arc<State>>,
    Extension(Caller(caller)): Extension<Caller>,
    Extension(body): Extension<Bytes>,
    Origin(origin): Origin,
    VoiceId(id): VoiceId,
) -> Result<Response, Refusal> {
    let mut fields = Fields::data(&body)?;
    let lang = fields.required_word("lang_code", &LANGUAGES);
    fields.check()?;
    not_builtin(id)?;
    {
        let mut service = lock(&state.palabra.0);
        if service.account(caller).voice(id)?.status() != Status::Ready {
            return Err(Refusal::Conflict("The voice is not ready"));
        }
        if let Some(times) = service.locked.get_mut(&id).filter(|times| **times > 0) {
            *times -= 1;
            return Err(Refusal::Locked);
        }
        if !service.regenerating.insert(id) {
            return Err(Refusal::Locked);
        }
    }
    // Goes on when the client goes away, and keeps the voice locked for as long.
    let work = tokio::spawn(async move {
        let made = make(&state, caller, id, lang, &origin).await;
        lock(&state.palabra.0).regenerating.remove(&id);
        made
    });
    let failed = |why: String| Refusal::Other(StatusCode::INTERNAL_SERVER_ERROR, why);
    work.await.map_err(|error| failed(error.to_string()))?
}

async fn make(
    state: &Arc<State>,
    caller: usize,
    id: Uuid,
    lang: &'static str,
    origin: &str,
) -> Result<Response, Refusal> {
    let failed = |why: String| Refusal::Other(StatusCode::INTERNAL_SERVER_ERROR, why);
    let work = state.processing.begin(0);
    let engine = state.options.engine;
    let spoken = tokio::task::spawn_blocking(move || Sample::sound(lang, &id.to_string(), engine));
    let sound = spoken
        .await
        .map_err(|error| failed(error.to_string()))?
        .map_err(failed)?;
    work.over().await;
    let mut service = lock(&state.palabra.0);
    let account = service.account(caller);
    let user_id = account.user_id;
    let voice = account.voice(id)?;
    let sample = Sample::keep(state, voice, lang, &sound);
    let view = sample.view(user_id, origin);
    for old in std::mem::replace(&mut voice.samples, vec![sample]) {
        state.files.remove(old.blob_id);
    }
    Ok(good(view))
}
