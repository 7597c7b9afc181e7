//! Who asks: a key, or a session with its token.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State as Shared};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use super::account::{KEY, KEY_PREFIX};
use super::{LOGIN, errors};
use crate::guard::{self, Refused};
use crate::state::{State, lock};

/// The cookie that holds a session.
pub(super) const COOKIE: &str = "respeecher_session";

/// Who asks: an extension of every request that passed.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) account: usize,
    /// The session, if that is how they signed in.
    pub(super) session: Option<String>,
}

pub(super) async fn front(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    guard::pass(&state, request, next, errors::detail, |parts| sign_in(&state, parts)).await
}

fn sign_in(state: &State, parts: &Parts) -> Result<Caller, Refused> {
    let no = |why| (StatusCode::UNAUTHORIZED, why);
    let mut service = lock(&state.respeecher.0);
    if let Some(key) = parts.headers.get("api-key") {
        let key = key.to_str().unwrap_or_default();
        let account = match service.of_made_key(key) {
            Some(Ok(account)) => account,
            Some(Err(why)) => return Err(no(why)),
            None if state.options.accepts_key(KEY_PREFIX, key) => {
                service.of_key(key, state.options.a_key(KEY), state.options.credits)
            }
            None => return Err(no("Invalid API key")),
        };
        return Ok(Caller { account, session: None });
    }
    if parts.uri.path() == LOGIN {
        let account = service.of_key(KEY, KEY, state.options.credits);
        return Ok(Caller { account, session: None });
    }
    let Some(cookie) = cookie(&parts.headers) else {
        return Err(no("Not authenticated"));
    };
    let Some(session) = service.sessions.get(&cookie) else {
        return Err(no("The session is not known"));
    };
    if session.ends <= Instant::now() {
        service.sessions.remove(&cookie);
        return Err(no("The session has expired"));
    }
    let token = parts.headers.get("x-csrf-token").map(|token| token.as_bytes());
    if token != Some(session.csrf_token.as_bytes()) {
        return Err((StatusCode::FORBIDDEN, "CSRF token missing or incorrect"));
    }
    Ok(Caller {
        account: session.account,
        session: Some(cookie),
    })
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value.to_owned())
}
