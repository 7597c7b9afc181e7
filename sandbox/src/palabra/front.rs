//! Who asks: a key, or a client with its secret.

use std::sync::Arc;

use axum::extract::{Request, State as Shared};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::account::{CLIENT_ID, CLIENT_SECRET, KEY, KEY_PREFIX};
use super::errors;
use crate::guard::{self, Refused};
use crate::state::{State, lock};

/// Who asks: an extension of every request that passed.
#[derive(Clone, Copy)]
pub(super) struct Caller(pub(super) usize);

pub(super) async fn front(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    guard::pass(&state, request, next, errors::of_status, |parts| {
        let key = key(&state, parts)?;
        let usual = state.options.a_key(KEY);
        Ok(Caller(lock(&state.palabra.0).of_key(&key, usual)))
    })
    .await
}

/// The key of whoever asks. The client's is the usual one.
fn key(state: &State, parts: &Parts) -> Result<String, Refused> {
    let no = |why| (StatusCode::UNAUTHORIZED, why);
    let header = |name: &str| {
        let value = parts.headers.get(name)?;
        Some(value.to_str().unwrap_or_default().to_owned())
    };
    if let Some(authorization) = header(header::AUTHORIZATION.as_str()) {
        // The scheme may be written in any case.
        return authorization
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("Bearer"))
            .map(|(_, key)| key.trim_start_matches(' '))
            .filter(|key| state.options.accepts_key(KEY_PREFIX, key))
            .map(str::to_owned)
            .ok_or(no("Invalid API key"));
    }
    match (header("ClientID"), header("ClientSecret")) {
        (Some(id), Some(secret)) if id == CLIENT_ID && secret == CLIENT_SECRET => {
            Ok(state.options.a_key(KEY).to_owned())
        }
        (None, None) => Err(no("Not authenticated")),
        _ => Err(no("Invalid client credentials")),
    }
}
