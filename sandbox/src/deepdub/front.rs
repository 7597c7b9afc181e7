//! What every request for speech passes first: its body is read, its key is checked, its fault is chosen, and it is
//! logged. What is no speech goes another way to the same effect.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;

use super::{LIVE, OPEN, RETROACTIVE, TTS, errors};
use crate::answer::{self, Verdict};
use crate::guard::{self, Origin, query};
use crate::record::{self, Request as Entry};
use crate::server::MAX_BODY;
use crate::state::State;
use crate::stream::Line;
use crate::{Fault, fault};

/// A voice prompt id that begins like this is a fault instead.
pub(super) const FAULT_VOICE: &str = "fault:";

/// Who asks, and what shall go wrong: an extension of every request that passed.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) key: String,
    pub(super) line: Line,
    /// From the URL. On REST the choice has been made, and it is in `fault`.
    pub(super) url_fault: Option<Fault>,
    pub(super) fault: Fault,
}

/// Who asks for what is no speech.
#[derive(Clone)]
pub(super) struct Key(pub(super) String);

/// The same as [`front`] for paths that have no speech in them.
pub(super) async fn plain(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    guard::pass(
        &state,
        request,
        next,
        |status, reason| errors::on(&path, status, reason),
        |parts| match key(&parts.headers, &parts.uri, false, &state) {
            Some(key) => Ok(Key(key)),
            None => Err((StatusCode::UNAUTHORIZED, "")),
        },
    )
    .await
}

pub(super) async fn front(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let method = parts.method.to_string();
    let path = parts.uri.path().to_owned();
    let line = parts.extensions.get::<Line>().cloned().unwrap_or_default();
    let log = |status: u16, body: Option<Value>| {
        state.log(Entry {
            method: method.clone(),
            path: path.clone(),
            status,
            body: body.map(record::shortened),
        });
    };
    let refuse = |status: StatusCode, message: &str, body: Option<Value>| {
        log(status.as_u16(), body);
        errors::on(&path, status, message)
    };

    let Some(bytes) = guard::whole(body).await else {
        let message = format!("the body is larger than {} MiB", MAX_BODY >> 20);
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, &message, None);
    };
    let json = serde_json::from_slice::<Value>(&bytes).ok();

    let websocket = path == OPEN || path == LIVE;
    let Some(key) = key(&parts.headers, &parts.uri, websocket, &state) else {
        return refuse(StatusCode::UNAUTHORIZED, "", json);
    };

    let target = format!("{method} {path}");
    let url_fault = match query(&parts.uri, "fault").map(|text| text.parse()) {
        None => None,
        Some(Ok(fault)) => Some(fault),
        Some(Err(error)) => return refuse(StatusCode::BAD_REQUEST, &text(error), json),
    };
    let voice_fault = match json
        .as_ref()
        .filter(|_| path == TTS || path == RETROACTIVE)
        .map(|json| of_voice(json["voicePromptId"].as_str()))
    {
        None | Some(Ok(None)) => None,
        Some(Ok(Some(fault))) => Some(fault),
        Some(Err(message)) => return refuse(StatusCode::BAD_REQUEST, &message, json),
    };
    let fault = voice_fault.or_else(|| url_fault.clone()).or_else(|| {
        // A generation's fault waits for the first generation on the connection.
        state.take_injected(&target, |fault| !websocket || fault.handshake.is_some())
    });
    let fault = fault.or_else(|| state.options.fault.clone().filter(|fault| fault.is_for(&target)));
    let mut fault = fault.unwrap_or_default();
    if let Some(delay) = fault.delay.filter(|_| !websocket) {
        tokio::time::sleep(delay).await;
    }

    if websocket {
        fault.event = None;
    }
    match answer::verdict(&fault, &line, |status, reason| errors::on(&path, status, reason)) {
        // This one comes after the handshake.
        Verdict::Silence if fault.handshake == Some(fault::Handshake::Silent) && websocket => {}
        Verdict::Serve => {}
        Verdict::Answer(response) => {
            log(response.status().as_u16(), json);
            return response;
        }
        Verdict::Silence => {
            log(0, json);
            return answer::silence().await;
        }
        Verdict::Cut => {
            log(0, json);
            return answer::cut(&line).await;
        }
    }

    parts.extensions.insert(Origin(guard::origin(&state, &parts)));
    parts.extensions.insert(Caller {
        key,
        line,
        url_fault,
        fault,
    });
    parts.extensions.insert::<Bytes>(bytes);
    let response = next.run(Request::from_parts(parts, Body::empty())).await;
    log(response.status().as_u16(), json);
    response
}

/// The API key, if it is an acceptable one. A WebSocket client may put it into the URL, since browsers cannot set
/// headers there.
fn key(headers: &HeaderMap, uri: &Uri, in_url: bool, state: &State) -> Option<String> {
    let header = headers
        .get("x-api-key")
        .map(|value| value.to_str().unwrap_or_default().to_owned());
    let key = match header {
        None if in_url => query(uri, "x-api-key"),
        header => header,
    };
    key.filter(|key| state.options.accepts_key("dd-", key))
}

impl Caller {
    /// The fault of a generation in this voice, on `target`: the nearest of the places where one can be.
    pub(super) fn generation_fault(&self, state: &State, target: &str, voice: Option<&str>) -> Result<Fault, String> {
        let of_generation = |fault: &Fault| fault.handshake.is_none();
        if let Some(fault) = of_voice(voice)? {
            if !of_generation(&fault) {
                return Err("voicePromptId: that fault is one of the handshake".to_owned());
            }
            return Ok(fault);
        }
        let url = self.url_fault.clone().filter(of_generation);
        let fault = url.or_else(|| state.take_injected(target, of_generation)).or_else(|| {
            state
                .options
                .fault
                .clone()
                .filter(|fault| of_generation(fault) && fault.is_for(target))
        });
        Ok(fault.unwrap_or_default())
    }
}

/// The fault in a voice prompt id.
pub(super) fn of_voice(id: Option<&str>) -> Result<Option<Fault>, String> {
    match id.and_then(|id| id.strip_prefix(FAULT_VOICE)) {
        None => Ok(None),
        Some(fault) => fault
            .parse()
            .map(Some)
            .map_err(|error| format!("voicePromptId: {error}")),
    }
}

fn text(error: fault::FaultError) -> String {
    error.to_string()
}
