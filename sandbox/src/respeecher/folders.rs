//! `/api/folders`.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::account::{Account, Row};
use super::errors::Refusal;
use super::fields::{Fields, Id, MAX_NAME};
use super::front::Caller;
use super::paging;
use crate::answer;
use crate::clock::{now, timestamp};
use crate::state::{State, lock};

/// The page of a request that names no limit.
const USUAL_LIMIT: usize = 50;

pub(super) struct Folder {
    pub(super) id: Uuid,
    pub(super) project_id: Uuid,
    parent_id: Option<Uuid>,
    pub(super) name: String,
    created_at: OffsetDateTime,
}

impl Row for Folder {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Folder {
    fn view(&self) -> Value {
        json!({
            "name": self.name,
            "project_id": self.project_id,
            "parent_id": self.parent_id,
            "id": self.id,
            "active": true,
            "created_at": timestamp(self.created_at),
        })
    }
}

impl Account {
    pub(super) fn add_folder(&mut self, name: String, project_id: Uuid, parent_id: Option<Uuid>) -> &mut Folder {
        self.folders.insert(Folder {
            id: Uuid::new_v4(),
            project_id,
            parent_id,
            name,
            created_at: now(),
        })
    }

    /// A folder and all that are in it, however deep.
    fn with_inner_folders(&self, id: Uuid) -> Vec<Uuid> {
        let mut found = vec![id];
        let mut seen = 0;
        while seen < found.len() {
            let inner = self
                .folders
                .iter()
                .filter(|folder| folder.parent_id == Some(found[seen]));
            let inner: Vec<Uuid> = inner.map(Row::id).collect();
            found.extend(inner);
            seen += 1;
        }
        found
    }
}

pub(super) async fn list(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let project_id = fields.required_id("project_id");
    let page = fields.page(USUAL_LIMIT);
    let descending = fields.descending();
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    account.project(project_id)?;
    let folders = account.folders.iter().filter(|folder| folder.project_id == project_id);
    Ok(paging::answer(folders, descending, page, Folder::view))
}

pub(super) async fn create(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let name = fields.required_text("name", MAX_NAME);
    let project_id = fields.required_id("project_id");
    let parent_id = fields.id("parent_id");
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    account.project(project_id)?;
    if let Some(parent) = parent_id
        && account.folder(parent)?.project_id != project_id
    {
        return Err(Refusal::bad("The parent folder is in another project"));
    }
    let folder = account.add_folder(name, project_id, parent_id);
    Ok(answer::json(StatusCode::OK, &folder.view()))
}

pub(super) async fn read(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut service = lock(&state.respeecher.0);
    let folder = service.account(caller.account).folder(id)?;
    Ok(answer::json(StatusCode::OK, &folder.view()))
}

pub(super) async fn rename(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let name = fields.required_text("name", MAX_NAME);
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let folder = service.account(caller.account).folder(id)?;
    folder.name = name;
    Ok(answer::json(StatusCode::OK, &folder.view()))
}

/// Answers with the ids of all that is gone: the folder, and those in it.
pub(super) async fn delete(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    account.folder(id)?;
    let gone = account.with_inner_folders(id);
    for folder in &gone {
        account.folders.remove(*folder);
    }
    account.delete_recordings(&state.files, |recording| gone.contains(&recording.folder_id));
    let gone: Vec<Value> = gone.into_iter().map(|id| json!({ "id": id })).collect();
    Ok(answer::json(StatusCode::OK, &Value::from(gone)))
}
