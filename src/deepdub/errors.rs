//! The service's errors, put into this library's words.

use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::net::{Response, first_line, kind_of_status, redirect_message};

/// The error types that the service names, and what they are here.
const TYPES: [(&str, ErrorKind); 4] = [
    ("RateLimit", ErrorKind::RateLimited),
    ("MaxExceeded", ErrorKind::QuotaExceeded),
    ("InsufficientCredits", ErrorKind::InsufficientCredits),
    ("InvalidInput", ErrorKind::RejectedInput),
];

fn kind_of_type(error_type: &str) -> Option<ErrorKind> {
    TYPES
        .into_iter()
        .find(|(name, _)| *name == error_type)
        .map(|(_, kind)| kind)
}

/// An error that came in a WebSocket message.
pub(crate) fn vendor_error(error_type: Option<&str>, message: &str) -> Error {
    let kind = error_type.and_then(kind_of_type).unwrap_or(ErrorKind::Server);
    let message = if message.is_empty() {
        error_type.unwrap_or("the service gave no reason")
    } else {
        message
    };
    let error = Error::new(kind, message);
    match error_type {
        Some(error_type) => error.with_vendor_type(error_type),
        None => error,
    }
}

/// [`response_error`] for making a voice, where 403 is about how many there may be.
pub(crate) fn voice_limit_error(response: &Response) -> Error {
    let error = response_error(response);
    match response.status {
        403 => Error::new(ErrorKind::QuotaExceeded, error.message())
            .with_http_status(response.status)
            .with_retry_after(response.retry_after),
        _ => error,
    }
}

/// The error in an answer whose status is not a success.
pub(crate) fn response_error(response: &Response) -> Error {
    let Response { status, body, .. } = response;
    let text = error_text(body);
    // Some messages begin with the type, "RateLimit: …", or are nothing more.
    let vendor_type = text
        .split(':')
        .next()
        .map(str::trim)
        .filter(|before| kind_of_type(before).is_some());
    let kind = match kind_of_status(*status) {
        // A type says more than a status.
        general @ (ErrorKind::RateLimited | ErrorKind::RejectedInput) => {
            vendor_type.and_then(kind_of_type).unwrap_or(general)
        }
        general => general,
    };
    let message = match text.as_str() {
        _ if *status < 400 => redirect_message(response),
        "" => format!("the service answered with status {status} and no reason"),
        text => text.to_owned(),
    };
    let error = Error::new(kind, message)
        .with_http_status(*status)
        .with_retry_after(response.retry_after);
    match vendor_type {
        Some(vendor_type) => error.with_vendor_type(vendor_type),
        None => error,
    }
}

/// The service's words in an error's body: `message`, `error` or `detail` of its JSON, else its first line. Where the
/// error has details, both.
pub(super) fn error_text(body: &[u8]) -> String {
    if let Ok(Value::Object(object)) = serde_json::from_slice(body) {
        let text = |name: &str| object.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        if let (None, Some(error), Some(detail)) = (text("message"), text("error"), text("detail")) {
            return format!("{error}: {detail}");
        }
        let known = ["message", "error", "detail", "Message"]
            .into_iter()
            .filter_map(|name| object.get(name));
        if let Some(text) = known
            .into_iter()
            .find_map(|value| value.as_str().filter(|text| !text.is_empty()))
        {
            return text.to_owned();
        }
    }
    first_line(body)
}
