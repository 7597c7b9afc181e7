//! How this service words its errors over HTTP.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::gender::GENDER;
use super::voices::TOO_LARGE;
use super::{ISSUES, VOICE};
use crate::answer;

/// An error on any path but the issues'.
pub(super) fn api(status: StatusCode, message: &str) -> Response {
    answer::json(status, &json!({"success": false, "message": message}))
}

/// An error on the issues' paths.
pub(super) fn issues(status: StatusCode, message: &str) -> Response {
    answer::json(status, &json!({ "message": message }))
}

/// An error on the paths of gender detection.
pub(super) fn gender(status: StatusCode, error: &str, detail: &str) -> Response {
    answer::json(status, &json!({"error": error, "detail": detail}))
}

/// An error in the words of the path it happens on; `reason` is what to say where the vendor has no text of its own.
pub(super) fn on(path: &str, status: StatusCode, reason: &str) -> Response {
    if path.starts_with(ISSUES) {
        return issues(
            status,
            match status.as_u16() {
                401 => "Unauthorized",
                404 => "Issue not found",
                _ => reason,
            },
        );
    }
    if path.starts_with(GENDER) {
        return match status.as_u16() {
            401 => gender(status, "Unauthorized", "Invalid or missing API key"),
            400 => gender(status, "Bad request", reason),
            500 => gender(status, "Classification failed", "Internal server error"),
            _ => gender(status, status.canonical_reason().unwrap_or("Error"), reason),
        };
    }
    // However much larger the sample is than what is taken.
    if path == VOICE && status == StatusCode::PAYLOAD_TOO_LARGE {
        return api(StatusCode::BAD_REQUEST, TOO_LARGE);
    }
    api(
        status,
        match status.as_u16() {
            401 => "Unauthorized: invalid or missing API key",
            402 => "InsufficientCredits: your account has no remaining credits",
            429 if reason != "MaxExceeded" => "RateLimit: concurrent request limit exceeded",
            500 => "Internal server error",
            _ => reason,
        },
    )
}

/// A body that has to be a JSON object.
pub(super) fn object(body: &[u8]) -> Result<Value, String> {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) if value.is_object() => Ok(value),
        Ok(_) => Err("the body must be a JSON object".to_owned()),
        Err(error) => Err(format!("the body is not valid JSON: {error}")),
    }
}
