//! What faults make of a JSON answer.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use serde_json::{Value, json};

use crate::fault::{Event, Fault};

/// The fields that hold one of a few words.
const ENUMERATIONS: [&str; 12] = [
    "state",
    "type",
    "visibility",
    "species",
    "gender",
    "age_group",
    "pitch_group",
    "process_stage",
    "processing_status",
    "predicted_gender",
    "speakingStyle",
    "mime_type",
];

/// A word that no enumeration has.
const UNHEARD_OF: &str = "unheard-of";

/// The answer, with what the fault does to JSON. Other answers stay as they are.
pub(crate) async fn json(response: Response, fault: &Fault) -> Response {
    let broken = fault.event == Some(Event::BadJson);
    if !broken && !fault.extra && !fault.unknown_values || !is_json(response.headers()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let bytes = match serde_json::from_slice::<Value>(&bytes) {
        _ if broken => bytes.slice(..bytes.len() / 2),
        Ok(mut value) => {
            change(&mut value, fault);
            value.to_string().into()
        }
        Err(_) => bytes,
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(bytes))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

fn change(value: &mut Value, fault: &Fault) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| change(item, fault)),
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if fault.unknown_values && field.is_string() && ENUMERATIONS.contains(&name.as_str()) {
                    *field = UNHEARD_OF.into();
                }
                change(field, fault);
            }
            if fault.extra {
                fields.insert("unheardOf".to_owned(), json!({"nested": [1, null, "three"]}));
            }
        }
        _ => {}
    }
}
