//! How this service words its errors: `{"detail": "text"}`, or a list of problems where the input is not valid.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::answer;

/// Why a request is refused.
#[derive(Debug)]
pub(super) enum Refusal {
    /// In a sentence.
    Detail(StatusCode, String),
    /// Field by field.
    Invalid(Vec<Value>),
}

impl Refusal {
    pub(super) fn not_found(what: &str) -> Refusal {
        Refusal::Detail(StatusCode::NOT_FOUND, format!("{what} not found"))
    }

    pub(super) fn bad(why: impl Into<String>) -> Refusal {
        Refusal::Detail(StatusCode::BAD_REQUEST, why.into())
    }

    /// One problem: where it is, from `body`, `query` or `path` inwards.
    pub(super) fn invalid(place: &[&str], kind: &str, why: &str) -> Refusal {
        Refusal::Invalid(vec![problem(place, kind, why)])
    }
}

pub(super) fn problem(place: &[&str], kind: &str, why: &str) -> Value {
    // A number in the place is an index into a list.
    let place: Vec<Value> = place
        .iter()
        .map(|step| step.parse::<u64>().map_or_else(|_| (*step).into(), Value::from))
        .collect();
    json!({"loc": place, "msg": why, "type": kind})
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Refusal::Detail(status, text) => detail(status, &text),
            Refusal::Invalid(problems) => {
                answer::json(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "detail": problems }))
            }
        }
    }
}

/// An error in a sentence; `reason` is what to say where the service has no text of its own.
pub(crate) fn detail(status: StatusCode, reason: &str) -> Response {
    let text = match reason {
        "InsufficientCredits" => NO_CREDITS,
        "RateLimit" | "MaxExceeded" => "Too many requests",
        "Server" => "Internal Server Error",
        reason => reason,
    };
    answer::json(status, &json!({ "detail": text }))
}

/// What there is to say when the credits have run out.
pub(super) const NO_CREDITS: &str = "Not enough credits";
