//! What every request to a REST service passes first: its fault is chosen, its body is read, whoever asks is made out,
//! and it is logged. How errors are worded and who may ask is the service's own.

use std::sync::Arc;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use crate::answer::{self, Verdict};
use crate::fault::{Event, Fault};
use crate::record::{self, Request as Entry};
use crate::server::MAX_BODY;
use crate::state::State;
use crate::stream::Line;
use crate::{spoil, upload};

/// How the client knows the sandbox: scheme, name and port. An extension of every request that passed.
#[derive(Clone)]
pub(crate) struct Origin(pub(crate) String);

/// What the log shows as the body of a request whose body is not JSON. An extension of the answer.
#[derive(Clone)]
pub(crate) struct LoggedBody(pub(crate) Value);

/// Fields of a body that no log shows.
const SECRETS: [&str; 1] = ["password"];

/// Why somebody is sent away.
pub(crate) type Refused = (StatusCode, &'static str);

/// Lets a request through, if nothing is against it. `words` is how the service words an error; `sign_in` makes out who
/// asks, which becomes an extension of the request, or says why not.
pub(crate) async fn pass<Caller: Clone + Send + Sync + 'static>(
    state: &Arc<State>,
    request: Request,
    next: Next,
    words: impl Fn(StatusCode, &str) -> Response,
    sign_in: impl FnOnce(&Parts) -> Result<Caller, Refused>,
) -> Response {
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

    let multipart = upload::is_multipart(&parts.headers);
    let (bytes, body) = match multipart {
        true => (Bytes::new(), body),
        false => match whole(body).await {
            Some(bytes) => (bytes, Body::empty()),
            None => {
                let message = format!("the body is larger than {} MiB", MAX_BODY >> 20);
                let refusal = words(StatusCode::PAYLOAD_TOO_LARGE, &message);
                log(refusal.status().as_u16(), None);
                return refusal;
            }
        },
    };
    let json = serde_json::from_slice::<Value>(&bytes).ok().map(without_secrets);

    let caller = match sign_in(&parts) {
        Ok(caller) => caller,
        Err((status, why)) => {
            drain(body).await;
            log(status.as_u16(), json);
            return words(status, why);
        }
    };
    let fault = match choose(state, &parts.uri, &format!("{method} {path}")) {
        Ok(fault) => fault,
        Err(message) => {
            drain(body).await;
            log(StatusCode::BAD_REQUEST.as_u16(), json);
            return words(StatusCode::BAD_REQUEST, &message);
        }
    };
    if let Some(delay) = fault.delay {
        tokio::time::sleep(delay).await;
    }
    match answer::verdict(&fault, &line, &words) {
        Verdict::Serve => {}
        Verdict::Answer(response) => {
            drain(body).await;
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

    let origin = origin(state, &parts);
    parts.extensions.insert(Origin(origin));
    parts.extensions.insert(caller);
    parts.extensions.insert::<Bytes>(bytes);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let logged = match response.extensions_mut().remove::<LoggedBody>() {
        Some(LoggedBody(body)) => Some(body),
        None => json,
    };
    let response = spoil::json(response, &fault).await;
    log(response.status().as_u16(), logged);
    match fault.event {
        Some(Event::Half) => half(response, line),
        _ => response,
    }
}

/// The fault of a REST request that is none for speech: from its URL, injected, or the one for all.
pub(crate) fn choose(state: &State, uri: &Uri, target: &str) -> Result<Fault, String> {
    let of_url = match query(uri, "fault").map(|text| text.parse::<Fault>()) {
        None => None,
        Some(Ok(fault)) => Some(fault),
        Some(Err(error)) => return Err(error.to_string()),
    };
    Ok(of_url
        .filter(|fault| fault.is_for(target))
        .or_else(|| state.take_injected(target, |_| true))
        .or_else(|| state.options.fault.clone().filter(|fault| fault.is_for(target)))
        .unwrap_or_default())
}

pub(crate) fn query(uri: &Uri, name: &str) -> Option<String> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

pub(crate) fn origin(state: &State, parts: &Parts) -> String {
    let scheme = if state.options.tls { "https" } else { "http" };
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or("127.0.0.1");
    format!("{scheme}://{host}")
}

/// A body, unless it is larger than what is taken; it is read to its end all the same.
pub(crate) async fn whole(body: Body) -> Option<Bytes> {
    let mut bytes = Vec::new();
    let mut body = body.into_data_stream();
    while let Some(piece) = body.next().await {
        bytes.extend_from_slice(&piece.ok()?);
        if bytes.len() > MAX_BODY {
            while let Some(Ok(_)) = body.next().await {}
            return None;
        }
    }
    Some(bytes.into())
}

/// Reads what is left of an upload that is refused: a client that is still sending would not see the answer.
pub(crate) async fn drain(body: Body) {
    let mut body = body.into_data_stream();
    while let Some(Ok(_)) = body.next().await {}
}

fn without_secrets(mut body: Value) -> Value {
    for name in SECRETS {
        if let Some(secret) = body.get_mut(name) {
            *secret = json!("<secret>");
        }
    }
    body
}

/// The first half of an answer, after which its connection ends.
fn half(response: Response, line: Line) -> Response {
    let (mut parts, body) = response.into_parts();
    let length = match parts.headers.get(header::CONTENT_LENGTH).map(HeaderValue::to_str) {
        Some(Ok(length)) => length.parse().unwrap_or(0),
        _ => body.size_hint().exact().unwrap_or(0),
    };
    parts.headers.insert(header::CONTENT_LENGTH, length.into());
    let begun = (body.into_data_stream(), length / 2, line);
    let body = Body::from_stream(stream::unfold(begun, async |(mut body, left, line)| {
        let piece: Bytes = match left {
            0 => None,
            _ => body.next().await.and_then(Result::ok),
        }
        .unwrap_or_default();
        if piece.is_empty() {
            // The server writes out what there is when it finds nothing more here, and only then sees the cut.
            line.cut();
            std::future::pending::<()>().await;
        }
        let piece = piece.slice(..piece.len().min(left as usize));
        let left = left - piece.len() as u64;
        Some((Ok::<_, axum::Error>(piece), (body, left, line)))
    }));
    Response::from_parts(parts, body)
}

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Origin, Self::Rejection> {
        // Every route is behind the guard, which puts it there.
        Ok(parts.extensions.get().cloned().unwrap_or(Origin(String::new())))
    }
}
