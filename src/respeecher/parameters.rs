//! What calls are made with, checked and written down; what comes back, read.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};

/// The parameters of a call, null being none.
pub(super) fn object(parameters: Value) -> Result<Map<String, Value>> {
    match parameters {
        Value::Object(object) => Ok(object),
        Value::Null => Ok(Map::new()),
        _ => Err(Error::invalid(
            "parameters",
            "no JSON object",
            "an object of parameters by their names",
        )),
    }
}

pub(super) fn check_given(name: &str, value: Option<&Value>) -> Result<()> {
    let takes = "something that is not empty";
    match value {
        None | Some(Value::Null) => Err(Error::invalid(name, "not given", takes)),
        Some(Value::String(text)) if text.trim().is_empty() => Err(Error::invalid(name, "empty", takes)),
        Some(Value::Array(list)) if list.is_empty() => Err(Error::invalid(name, "an empty list", takes)),
        Some(_) => Ok(()),
    }
}

/// A value as it stands in a query or a form.
pub(super) fn query_value(name: &str, value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Array(list) => {
            let texts: Vec<String> = list
                .iter()
                .map(|value| query_value(name, value))
                .collect::<Result<_>>()?;
            // The service takes them as one text, in which nobody could tell one with a comma from two.
            if let Some(bad) = texts.iter().find(|text| text.trim().is_empty() || text.contains(',')) {
                let takes = "texts that are not empty and have no commas";
                return Err(Error::invalid(name, format_args!("{bad:?} in a list"), takes));
            }
            Ok(texts.join(","))
        }
        Value::Null | Value::Object(_) => Err(Error::invalid(name, value, "a text, a number, a truth value or a list")),
    }
}

/// The answer to `name` as what it should be.
pub(super) fn typed<T: DeserializeOwned>(name: &str, answer: Value) -> Result<T> {
    serde_json::from_value(answer).map_err(|error| {
        Error::new(
            ErrorKind::Protocol,
            format!("the answer to {name} is not what it should be: {error}"),
        )
    })
}

pub(super) fn content_type(name: &str) -> &'static str {
    let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    match ending.as_str() {
        "wav" | "wave" => "audio/wav",
        "ogg" | "oga" | "opus" => "audio/ogg",
        "mp3" => "audio/mpeg",
        "flac" => "audio/flac",
        _ => "application/octet-stream",
    }
}
