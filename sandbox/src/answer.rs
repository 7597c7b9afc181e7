//! HTTP answers, and the faults that replace them.

use std::future::pending;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use crate::Fault;
use crate::fault::{Event, Handshake};
use crate::stream::Line;

/// A JSON answer.
pub(crate) fn json(status: StatusCode, body: &Value) -> Response {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// What a fault makes of a request as a whole.
pub(crate) enum Verdict {
    /// Answer it as usual.
    Serve,
    /// Answer this instead.
    Answer(Response),
    /// Do not answer.
    Silence,
    /// End the connection.
    Cut,
}

/// What `fault` makes of a request as a whole. `error` is how the service words an error.
pub(crate) fn verdict(fault: &Fault, line: &Line, error: impl Fn(StatusCode, &str) -> Response) -> Verdict {
    match &fault.handshake {
        Some(Handshake::Http(status)) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::IM_A_TEAPOT);
            let mut response = error(status, status.canonical_reason().unwrap_or("Error"));
            if let Some(seconds) = fault.retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            }
            return Verdict::Answer(response);
        }
        Some(Handshake::Redirect(url)) => {
            let mut response = error(StatusCode::TEMPORARY_REDIRECT, "Moved");
            if let Ok(url) = HeaderValue::from_str(url) {
                response.headers_mut().insert(header::LOCATION, url);
            }
            return Verdict::Answer(response);
        }
        Some(Handshake::Silent | Handshake::Unanswered) => return Verdict::Silence,
        None => {}
    }
    match fault.event {
        Some(_) if fault.after.is_some() => Verdict::Serve,
        Some(Event::Error(kind)) => {
            let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            Verdict::Answer(error(status, kind.name()))
        }
        Some(Event::Drop | Event::Close(_) | Event::BadFrame) => Verdict::Cut,
        Some(Event::Reset) => {
            line.reset_at_end();
            Verdict::Cut
        }
        Some(Event::Stall) => Verdict::Silence,
        Some(Event::BadJson | Event::BadBase64 | Event::BadUtf8 | Event::Oversize(_) | Event::Half) | None => {
            Verdict::Serve
        }
    }
}

/// Never answers. The server drops whoever waits here when the client closes the connection.
pub(crate) async fn silence() -> Response {
    pending().await
}

/// Ends the connection with no answer.
pub(crate) async fn cut(line: &Line) -> Response {
    line.cut();
    pending().await
}
