//! Exports: the conversions of a project or of an original, as a zip.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{Extension, State as Shared};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use uuid::Uuid;

use super::account::Account;
use super::errors::Refusal;
use super::fields::{Fields, Id};
use super::front::Caller;
use super::recording::{Recording, Stage};
use crate::files::{Content, File, Files};
use crate::state::{State, lock};
use crate::zip;

pub(super) async fn of_project(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let starred_only = fields.flag("starred_only").unwrap_or(false);
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    let name = account.project(id)?.name.clone();
    let wanted = |recording: &Recording| recording.project_id == id && (recording.starred || !starred_only);
    Ok(archive(account, &state.files, name, wanted).answer(&headers))
}

pub(super) async fn of_original(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let original_id = fields.required_id("original_id");
    let starred_only = fields.flag("starred_only").unwrap_or(false);
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    let name = account.recording(original_id)?.label.clone();
    let wanted =
        |recording: &Recording| recording.original_id() == Some(original_id) && (recording.starred || !starred_only);
    Ok(archive(account, &state.files, name, wanted).answer(&headers))
}

/// A zip of the finished conversions that are wanted, each in the directory of its folder.
fn archive(account: &Account, files: &Files, name: String, wanted: impl Fn(&Recording) -> bool) -> File {
    let mut names = HashSet::new();
    let folder = |id: Uuid| account.folders.iter().find(|folder| folder.id == id);
    let entries = account
        .recordings
        .iter()
        .filter(|recording| recording.conversion.is_some() && recording.stage() == Stage::Done && wanted(recording))
        .filter_map(|recording| {
            let folder = folder(recording.folder_id).map_or("", |folder| &folder.name);
            let folder = folder.replace(['/', '\\'], "_");
            let mut entry = format!("{folder}/{}", recording.file_name);
            let mut number = 2;
            while !names.insert(entry.clone()) {
                entry = format!("{folder}/{number} {}", recording.file_name);
                number += 1;
            }
            Some((entry, files.get(recording.id)?.content.whole()))
        })
        .collect();
    File {
        name: format!("{name}.zip"),
        content_type: "application/zip",
        content: Content::new(zip::archive(entries), 0),
    }
}
