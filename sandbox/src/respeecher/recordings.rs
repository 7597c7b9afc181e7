//! `/api/recordings`: listing, reading, changing, deleting.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::Response;

use super::errors::Refusal;
use super::fields::{Fields, Id, MAX_NAME};
use super::front::Caller;
use super::paging;
use super::recording::Recording;
use crate::answer;
use crate::guard::Origin;
use crate::state::{State, lock};

/// The page of a request that names no limit.
const USUAL_LIMIT: usize = 50;

pub(super) async fn list(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Origin(origin): Origin,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let project_id = fields.id("project_id");
    let folder_id = fields.id("folder_id");
    if project_id.is_none() && folder_id.is_none() {
        fields.complain("project_id", "missing", "Either project_id or folder_id is required");
    }
    let page = fields.page(USUAL_LIMIT);
    let descending = fields.descending();
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    if let Some(id) = project_id {
        account.project(id)?;
    }
    if let Some(id) = folder_id {
        account.folder(id)?;
    }
    let recordings = account.recordings.iter().filter(|recording| {
        project_id.is_none_or(|id| recording.project_id == id) && folder_id.is_none_or(|id| recording.folder_id == id)
    });
    Ok(paging::answer(recordings, descending, page, |recording| {
        recording.view(&origin)
    }))
}

pub(super) async fn originals(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Origin(origin): Origin,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let folder_id = fields.required_id("folder_id");
    let page = fields.page(USUAL_LIMIT);
    let descending = fields.descending();
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    account.folder(folder_id)?;
    let originals = account
        .recordings
        .iter()
        .filter(|recording| recording.folder_id == folder_id && recording.conversion.is_none());
    Ok(paging::answer(originals, descending, page, |recording| {
        recording.view(&origin)
    }))
}

pub(super) async fn conversions(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Origin(origin): Origin,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let original_id = fields.required_id("original_id");
    let page = fields.page(USUAL_LIMIT);
    let descending = fields.descending();
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    account.recording(original_id)?;
    let conversions = account
        .recordings
        .iter()
        .filter(|recording| recording.original_id() == Some(original_id));
    Ok(paging::answer(conversions, descending, page, |recording| {
        recording.view(&origin)
    }))
}

pub(super) async fn read(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Origin(origin): Origin,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut service = lock(&state.respeecher.0);
    let recording = service.account(caller.account).recording(id)?;
    Ok(answer::json(StatusCode::OK, &recording.view(&origin)))
}

/// Changes the fields that are there.
pub(super) async fn update(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
    Origin(origin): Origin,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let label = fields.text("label", MAX_NAME);
    let starred = fields.flag("starred");
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let recording = service.account(caller.account).recording(id)?;
    recording.change(label, starred);
    Ok(answer::json(StatusCode::OK, &recording.view(&origin)))
}

/// Changes all fields, which all have to be there.
pub(super) async fn replace(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
    Origin(origin): Origin,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let label = fields.required_text("label", MAX_NAME);
    let starred = fields.required_flag("starred");
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let recording = service.account(caller.account).recording(id)?;
    recording.change(Some(label), Some(starred));
    Ok(answer::json(StatusCode::OK, &recording.view(&origin)))
}

impl Recording {
    fn change(&mut self, label: Option<String>, starred: Option<bool>) {
        if let Some(label) = label {
            self.label = label;
        }
        if let Some(starred) = starred {
            self.starred = starred;
        }
    }
}

pub(super) async fn delete(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    account.recording(id)?;
    account.delete_recordings(&state.files, |recording| recording.id == id);
    let mut response = Response::default();
    *response.status_mut() = StatusCode::NO_CONTENT;
    Ok(response)
}
