//! The service's errors, put into this library's words.

use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::net::{Response, first_line, kind_of_status, redirect_message};

/// The error in an answer whose status is not a success: `{"detail": "…"}`, or for a request that does not hold
/// `{"detail": [{"loc", "msg", "type"}]}`.
pub(super) fn response_error(response: &Response) -> Error {
    let Response { status, body, .. } = response;
    let error = |message: String| {
        Error::new(kind_of_status(*status), message)
            .with_http_status(*status)
            .with_retry_after(response.retry_after)
    };
    if *status < 400 {
        return error(redirect_message(response));
    }
    let detail = match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(mut object)) => object.remove("detail").unwrap_or_default(),
        _ => Value::Null,
    };
    match detail {
        Value::String(text) if !text.trim().is_empty() => error(text),
        Value::Array(problems) if !problems.is_empty() => {
            let words: Vec<String> = problems.iter().map(words_of).collect();
            let mut error = error(words.join("; "));
            if let Some(field) = problems.iter().find_map(field_of) {
                error = error.with_field(&field);
            }
            if let Some(kind) = problems.iter().find_map(|problem| problem.get("type")?.as_str()) {
                error = error.with_vendor_type(kind);
            }
            error
        }
        _ => match first_line(body) {
            line if line.is_empty() => error(format!("the service answered with status {status} and no reason")),
            line => error(line),
        },
    }
}

/// What the service's reason for something that failed later means: it comes without a status.
pub(super) fn kind_of_reason(reason: &str) -> ErrorKind {
    match reason.to_lowercase().contains("credit") {
        true => ErrorKind::InsufficientCredits,
        false => ErrorKind::Server,
    }
}

fn words_of(problem: &Value) -> String {
    let message = problem.get("msg").and_then(Value::as_str);
    match (field_of(problem), message) {
        (Some(field), Some(message)) => format!("{field}: {message}"),
        (None, Some(message)) => message.to_owned(),
        (_, None) => problem.to_string(),
    }
}

/// The place in the request, without the part of it that it is in: `conversions.0.voice_id`.
fn field_of(problem: &Value) -> Option<String> {
    let place = problem.get("loc")?.as_array()?;
    let skip = usize::from(place.len() > 1 && matches!(place[0].as_str(), Some("body" | "query" | "path" | "form")));
    let steps: Vec<String> = place[skip..]
        .iter()
        .map(|step| step.as_str().map_or_else(|| step.to_string(), str::to_owned))
        .collect();
    (!steps.is_empty()).then(|| steps.join("."))
}
