//! Signing in and out, keys that users make, credits.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{Extension, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::account::{Account, EMAIL, PASSWORD, Session};
use super::errors::Refusal;
use super::fields::Fields;
use super::front::{COOKIE, Caller};
use crate::answer;
use crate::clock::timestamp;
use crate::state::{State, lock};

pub(super) async fn log_in(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let email = fields.required_text("email", 320);
    let password = fields.required_text("password", 1024);
    fields.check()?;
    if email != EMAIL || password != PASSWORD {
        return Err(Refusal::Detail(
            StatusCode::UNAUTHORIZED,
            "Incorrect email or password".to_owned(),
        ));
    }
    let id = Uuid::new_v4().simple().to_string();
    let csrf_token = Uuid::new_v4().simple().to_string();
    let duration = state.options.session_duration;
    let mut service = lock(&state.respeecher.0);
    let user = service.account(caller.account).user();
    let session = Session {
        account: caller.account,
        csrf_token: csrf_token.clone(),
        ends: Instant::now() + duration,
    };
    service.sessions.insert(id.clone(), session);
    let mut response = answer::json(
        StatusCode::OK,
        &json!({"user": user, "csrf_token": csrf_token, "session_duration": duration.as_secs()}),
    );
    let cookie = format!(
        "{COOKIE}={id}; Path=/; HttpOnly; SameSite=Lax; Max-Age={}",
        duration.as_secs()
    );
    response.headers_mut().insert(
        header::SET_COOKIE,
        HeaderValue::from_str(&cookie).unwrap_or(HeaderValue::from_static("")),
    );
    Ok(response)
}

pub(super) async fn log_out(Shared(state): Shared<Arc<State>>, Extension(caller): Extension<Caller>) -> Response {
    if let Some(session) = caller.session {
        lock(&state.respeecher.0).sessions.remove(&session);
    }
    answer::json(StatusCode::OK, &json!({"detail": "OK"}))
}

pub(super) async fn make_key(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
) -> Result<Response, Refusal> {
    let mut expires_at = None;
    if !body.is_empty() {
        let mut fields = Fields::body(&body)?;
        if let Some(text) = fields.text("expires_at", 64) {
            expires_at = moment(&text);
            if expires_at.is_none() {
                fields.complain("expires_at", "datetime_parsing", "Input should be a valid datetime");
            }
        }
        fields.check()?;
    }
    let key = lock(&state.respeecher.0).make_key(caller.account, expires_at);
    Ok(answer::json(StatusCode::OK, &json!({ "api_key": key })))
}

/// A moment as ISO 8601 has it: without a zone it is UTC's, and a day begins at midnight.
fn moment(text: &str) -> Option<OffsetDateTime> {
    ["", "Z", "T00:00:00Z"]
        .into_iter()
        .find_map(|rest| OffsetDateTime::parse(&format!("{text}{rest}"), &Rfc3339).ok())
}

pub(super) async fn delete_key(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Refusal> {
    match lock(&state.respeecher.0).delete_key(caller.account) {
        true => Ok(answer::json(StatusCode::OK, &json!({"detail": "OK"}))),
        false => Err(Refusal::not_found("API key")),
    }
}

pub(super) async fn credits(Shared(state): Shared<Arc<State>>, Extension(caller): Extension<Caller>) -> Response {
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    answer::json(
        StatusCode::OK,
        &json!({"credits": account.credits, "initial_credits": account.initial_credits}),
    )
}

impl Account {
    pub(super) fn user(&self) -> Value {
        json!({
            "id": self.user_id,
            "email": EMAIL,
            "first_name": "Sandy",
            "last_name": "Box",
            "active": true,
            "created_at": timestamp(self.created_at),
            "calibration_id": self.calibration,
        })
    }
}
