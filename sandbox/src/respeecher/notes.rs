//! `/api/notes`: one note to a recording.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::errors::Refusal;
use super::fields::Fields;
use super::front::Caller;
use crate::answer;
use crate::state::{State, lock};

/// The longest note, in characters.
const MAX_TEXT: usize = 4000;

pub(super) struct Note {
    id: Uuid,
    text: String,
}

impl Note {
    /// How it is seen in its recording.
    pub(super) fn in_recording(&self) -> Value {
        json!({"id": self.id, "text": self.text, "active": true})
    }

    fn view(&self, recording_id: Uuid, active: bool) -> Value {
        json!({"recording_id": recording_id, "text": self.text, "id": self.id, "active": active})
    }
}

fn parse(body: &[u8]) -> Result<(Uuid, String), Refusal> {
    let mut fields = Fields::body(body)?;
    let recording_id = fields.required_id("recording_id");
    let text = fields.required_text("text", MAX_TEXT);
    fields.check()?;
    Ok((recording_id, text))
}

pub(super) async fn create(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
) -> Result<Response, Refusal> {
    let (recording_id, text) = parse(&body)?;
    let mut service = lock(&state.respeecher.0);
    let recording = service.account(caller.account).recording(recording_id)?;
    if recording.note.is_some() {
        return Err(Refusal::bad("The recording has a note already"));
    }
    let id = Uuid::new_v4();
    let note = recording.note.insert(Note { id, text });
    Ok(answer::json(StatusCode::OK, &note.view(recording_id, true)))
}

pub(super) async fn update(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
) -> Result<Response, Refusal> {
    let (recording_id, text) = parse(&body)?;
    let mut service = lock(&state.respeecher.0);
    let recording = service.account(caller.account).recording(recording_id)?;
    let note = recording.note.as_mut().ok_or_else(|| Refusal::not_found("Note"))?;
    note.text = text;
    Ok(answer::json(StatusCode::OK, &note.view(recording_id, true)))
}

pub(super) async fn delete(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let recording_id = fields.required_id("recording_id");
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let recording = service.account(caller.account).recording(recording_id)?;
    let note = recording.note.take().ok_or_else(|| Refusal::not_found("Note"))?;
    Ok(answer::json(StatusCode::OK, &note.view(recording_id, false)))
}
