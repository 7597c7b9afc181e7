//! `/api/calibration`: how high a user's own voice is.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Extension, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::account::{Account, Row};
use super::errors::Refusal;
use super::fields::{Fields, Id, MAX_NAME};
use super::front::Caller;
use super::originals::{audio, form, logged};
use crate::answer;
use crate::clock::{now, timestamp};
use crate::processing::Work;
use crate::state::{State, lock};
use crate::upload::Form;

/// What is said of the pitch of a sound that has none.
const SOME_PITCH: f64 = 130.0;

pub(super) struct Calibration {
    id: Uuid,
    name: String,
    pitch: f64,
    work: Work,
    error: Option<String>,
    created_at: OffsetDateTime,
}

impl Row for Calibration {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Calibration {
    fn view(&self, user_id: Uuid, enabled: bool, processing: bool) -> Value {
        let failed = self.error.as_ref().filter(|_| !processing);
        let done = !processing && failed.is_none();
        let state = match (processing, failed) {
            (true, _) => "processing",
            (false, Some(_)) => "error",
            (false, None) => "done",
        };
        json!({
            "id": self.id,
            "name": self.name,
            "user_id": user_id,
            "f0": done.then(|| self.pitch.round() as i64),
            "algorithm": "autocorrelation",
            "bucket": "sandbox",
            "key": format!("calibrations/{}", self.id),
            "state": state,
            "error": failed,
            "created_at": timestamp(self.created_at),
            "calibrated_at": done.then(|| timestamp(self.created_at)),
            "enabled": enabled,
        })
    }

    /// What conversions note of it: its id, its name and the pitch.
    pub(super) fn as_used(&self) -> Result<(Uuid, String, f64), Refusal> {
        match (self.work.is_over(), &self.error) {
            (true, None) => Ok((self.id, self.name.clone(), self.pitch)),
            (true, Some(_)) => Err(Refusal::bad("The calibration has failed")),
            (false, _) => Err(Refusal::bad("The calibration is not ready yet")),
        }
    }
}

impl Account {
    fn calibration_view(&self, calibration: &Calibration) -> Value {
        let enabled = self.calibration == Some(calibration.id);
        calibration.view(self.user_id, enabled, !calibration.work.is_over())
    }

    fn calibration_views(&self) -> Value {
        self.calibrations.iter().map(|row| self.calibration_view(row)).collect()
    }
}

pub(super) async fn create(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let form = form(&state, &headers, body).await?;
    let result = take(&state, &caller, &form).await;
    Ok(logged(&form, result))
}

async fn take(state: &State, caller: &Caller, form: &Form) -> Result<Response, Refusal> {
    let mut fields = Fields::form(form);
    let name = fields.required_text("name", MAX_NAME);
    if !form.files.contains_key("data") {
        fields.missing("data");
    }
    fields.check()?;
    let (_, sound, _) = audio(form).await?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    if account.calibrations.iter().any(|calibration| calibration.name == name) {
        return Err(Refusal::bad("There is a calibration with this name already"));
    }
    let user_id = account.user_id;
    let error = service.failing_calibrations.pop();
    let calibration = service.account(caller.account).calibrations.insert(Calibration {
        id: Uuid::new_v4(),
        name,
        pitch: sound.pitch().unwrap_or(SOME_PITCH),
        work: state.processing.begin(0),
        error,
        created_at: now(),
    });
    Ok(answer::json(StatusCode::OK, &calibration.view(user_id, false, true)))
}

pub(super) async fn list(Shared(state): Shared<Arc<State>>, Extension(caller): Extension<Caller>) -> Response {
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    answer::json(StatusCode::OK, &account.calibration_views())
}

pub(super) async fn read(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    account.found_calibration(id)?;
    let found = account.calibrations.iter().find(|row| row.id == id);
    let view = found.map(|calibration| account.calibration_view(calibration));
    Ok(answer::json(StatusCode::OK, &json!(view)))
}

pub(super) async fn delete(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    let gone = account.calibrations.remove(id);
    let gone = gone.ok_or_else(|| Refusal::not_found("Calibration"))?;
    account.calibration = account.calibration.filter(|enabled| *enabled != id);
    Ok(answer::json(StatusCode::OK, &account.calibration_view(&gone)))
}

/// Makes one the default, and answers with all.
pub(super) async fn enable(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    account.found_calibration(id)?.as_used()?;
    account.calibration = Some(id);
    Ok(answer::json(StatusCode::OK, &account.calibration_views()))
}

/// Makes "auto" the default, and answers with the user.
pub(super) async fn automatic(Shared(state): Shared<Arc<State>>, Extension(caller): Extension<Caller>) -> Response {
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    account.calibration = None;
    answer::json(StatusCode::OK, &account.user())
}
