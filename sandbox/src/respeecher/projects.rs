//! `/api/projects`.

use std::cmp::Ordering;
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

pub(super) struct Project {
    pub(super) id: Uuid,
    pub(super) name: String,
    slug: String,
    owner: Uuid,
    created_at: OffsetDateTime,
    pub(super) last_recording_at: Option<OffsetDateTime>,
}

impl Row for Project {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Project {
    fn view(&self) -> Value {
        json!({
            "name": self.name,
            "slug": self.slug,
            "owner": self.owner,
            // A project is found by this, which is no address.
            "url": self.slug,
            "models": {},
            "id": self.id,
            "active": true,
            "created_at": timestamp(self.created_at),
            "last_recording_at": self.last_recording_at.map(timestamp),
        })
    }
}

impl Account {
    pub(super) fn add_project(&mut self, name: String, owner: Option<Uuid>) -> &mut Project {
        let id = Uuid::new_v4();
        let project = Project {
            id,
            slug: self.free_slug(&name),
            name,
            owner: owner.unwrap_or(self.user_id),
            created_at: now(),
            last_recording_at: None,
        };
        self.projects.insert(project)
    }

    /// The name as a part of a URL, with a number where there is such a project already.
    fn free_slug(&self, name: &str) -> String {
        let kept: String = name
            .to_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let slug = kept.trim_matches('-').to_owned();
        let taken = |slug: &str| self.projects.iter().any(|project| project.slug == slug);
        if !taken(&slug) && !slug.is_empty() {
            return slug;
        }
        let number = (2..).find(|number| !taken(&format!("{slug}-{number}"))).unwrap_or(0);
        format!("{slug}-{number}")
    }
}

pub(super) async fn list(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let page = fields.page(USUAL_LIMIT);
    let sort = fields.word("sort", &["name", "created_at", "last_recording_at"]);
    let descending = fields.descending();
    let owner = fields.id("owner");
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    let mut projects: Vec<&Project> = account
        .projects
        .iter()
        .filter(|project| owner.is_none_or(|owner| project.owner == owner))
        .collect();
    let order = |a: &&Project, b: &&Project| match sort {
        Some("name") => a.name.cmp(&b.name),
        Some("last_recording_at") => a.last_recording_at.cmp(&b.last_recording_at),
        // They are in this order.
        _ => Ordering::Equal,
    };
    projects.sort_by(order);
    Ok(paging::answer(projects.into_iter(), descending, page, Project::view))
}

pub(super) async fn create(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let name = fields.required_text("name", MAX_NAME);
    let owner = fields.id("owner");
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let project = service.account(caller.account).add_project(name, owner);
    Ok(answer::json(StatusCode::OK, &project.view()))
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
    let project = service.account(caller.account).project(id)?;
    project.name = name;
    Ok(answer::json(StatusCode::OK, &project.view()))
}

pub(super) async fn delete(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    account
        .projects
        .remove(id)
        .ok_or_else(|| Refusal::not_found("Project"))?;
    let folders: Vec<Uuid> = account
        .folders
        .iter()
        .filter(|folder| folder.project_id == id)
        .map(Row::id)
        .collect();
    for folder in folders {
        account.folders.remove(folder);
    }
    account.delete_recordings(&state.files, |recording| recording.project_id == id);
    Ok(answer::json(StatusCode::OK, &json!({ "id": id })))
}

pub(super) async fn by_url(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let url = fields.required_text("project_url", 2048);
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let projects = &service.account(caller.account).projects;
    match projects.iter().find(|project| project.slug == url) {
        Some(project) => Ok(answer::json(StatusCode::OK, &project.view())),
        None => Err(Refusal::not_found("Project")),
    }
}
