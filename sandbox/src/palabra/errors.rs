//! How this service words its errors: a list of problem details.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer;

/// Why a request is refused.
#[derive(Clone, Debug)]
pub(super) enum Refusal {
    Unauthorized(String),
    Forbidden(&'static str),
    /// Another request is at work on the same thing: 403 as well, and over by itself.
    Locked,
    NotFound(&'static str),
    Conflict(&'static str),
    /// Field by field: where, and what is wrong.
    Invalid(Vec<(String, String)>),
    Other(StatusCode, String),
}

impl Refusal {
    pub(super) fn invalid(field: &str, why: &str) -> Refusal {
        Refusal::Invalid(vec![(field.to_owned(), why.to_owned())])
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, kind, title) = match &self {
            Refusal::Unauthorized(_) => (401, 401, "unauthorized", "Unauthorized"),
            Refusal::Forbidden(_) => (403, 403, "forbidden", "Forbidden"),
            Refusal::Locked => (403, 423, "resource-locked", "Resource locked"),
            Refusal::NotFound(_) => (404, 404, "not-found", "Not found"),
            Refusal::Conflict(_) => (409, 409, "conflict", "Conflict"),
            Refusal::Invalid(_) => (422, 422, "validation-error", "Validation error"),
            Refusal::Other(status, _) => {
                let title = status.canonical_reason().unwrap_or("Error");
                (status.as_u16(), status.as_u16(), "error", title)
            }
        };
        let one = |detail: String| -> Value {
            json!({
                "type": format!("https://api.palabra.ai/errors/{kind}"),
                "status": status,
                "title": title,
                "detail": detail,
                "instance": format!("urn:uuid:{}", Uuid::new_v4()),
                "error_code": code,
            })
        };
        let errors: Vec<Value> = match self {
            Refusal::Forbidden(why) | Refusal::NotFound(why) | Refusal::Conflict(why) => {
                vec![one(why.to_owned())]
            }
            Refusal::Locked => vec![one("The resource is locked by another request".to_owned())],
            Refusal::Invalid(fields) => fields
                .into_iter()
                .map(|(field, why)| one(format!("{field}: {why}")))
                .collect(),
            Refusal::Unauthorized(why) | Refusal::Other(_, why) => vec![one(why)],
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        answer::json(status, &json!({"ok": false, "errors": errors}))
    }
}

/// An error that only its status says something about.
pub(crate) fn of_status(status: StatusCode, reason: &str) -> Response {
    let reason = match reason {
        "InsufficientCredits" => "Not enough credits",
        "RateLimit" | "MaxExceeded" => "Too many requests",
        "Server" => "Internal server error",
        reason => reason,
    };
    match status.as_u16() {
        401 => Refusal::Unauthorized(reason.to_owned()).into_response(),
        403 => Refusal::Forbidden("You may not do this").into_response(),
        404 => Refusal::NotFound("There is no such resource").into_response(),
        _ => Refusal::Other(status, reason.to_owned()).into_response(),
    }
}

/// A good answer.
pub(super) fn good(data: Value) -> Response {
    answer::json(StatusCode::OK, &json!({"ok": true, "data": data}))
}
