//! Input, checked field by field.

use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::http::Uri;
use axum::http::request::Parts;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::errors::Refusal;

/// The longest page, and that of a request that names none.
const MAX_PAGE: usize = 100;
const USUAL_PAGE: usize = 25;

/// The fields of a body or a query, and what is wrong with them.
pub(super) struct Fields {
    place: &'static str,
    values: Map<String, Value>,
    problems: Vec<(String, String)>,
}

impl Fields {
    /// What is in the `data` of a body.
    pub(super) fn data(bytes: &[u8]) -> Result<Fields, Refusal> {
        let body: Value =
            serde_json::from_slice(bytes).map_err(|error| Refusal::invalid("body", &format!("not JSON: {error}")))?;
        match body.get("data") {
            Some(Value::Object(values)) => Ok(Fields::new("data", values.clone())),
            Some(_) => Err(Refusal::invalid("data", "must be an object")),
            None => Err(Refusal::invalid("data", "field required")),
        }
    }

    pub(super) fn query(uri: &Uri) -> Result<Fields, Refusal> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| Refusal::invalid("query", "cannot be read"))?;
        let values = pairs.into_iter().map(|(name, value)| (name, value.into())).collect();
        Ok(Fields::new("query", values))
    }

    fn new(place: &'static str, values: Map<String, Value>) -> Fields {
        Fields {
            place,
            values,
            problems: Vec::new(),
        }
    }

    /// Refuses, if anything was not as it should be.
    pub(super) fn check(self) -> Result<(), Refusal> {
        match self.problems.is_empty() {
            true => Ok(()),
            false => Err(Refusal::Invalid(self.problems)),
        }
    }

    pub(super) fn complain(&mut self, name: &str, why: &str) {
        self.problems.push((format!("{}.{name}", self.place), why.to_owned()));
    }

    pub(super) fn get(&self, name: &str) -> Option<Value> {
        self.values.get(name).filter(|value| !value.is_null()).cloned()
    }

    pub(super) fn text(&mut self, name: &str, min: usize, max: usize) -> Option<String> {
        match self.get(name)? {
            Value::String(text) if (min..=max).contains(&text.trim().chars().count()) => Some(text),
            Value::String(_) => {
                self.complain(name, &format!("must have {min} to {max} characters"));
                None
            }
            _ => {
                self.complain(name, "must be a string");
                None
            }
        }
    }

    pub(super) fn required_text(&mut self, name: &str, min: usize, max: usize) -> String {
        if self.get(name).is_none() {
            self.complain(name, "field required");
        }
        self.text(name, min, max).unwrap_or_default()
    }

    /// One of a few words.
    pub(super) fn word(&mut self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        let value = self.get(name)?;
        let word = words.iter().find(|word| value.as_str() == Some(word)).copied();
        if word.is_none() {
            self.complain(name, &format!("must be one of {}", words.join(", ")));
        }
        word
    }

    pub(super) fn required_word(&mut self, name: &str, words: &[&'static str]) -> &'static str {
        if self.get(name).is_none() {
            self.complain(name, "field required");
        }
        self.word(name, words).unwrap_or_default()
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let value = self.get(name)?;
        if !value.is_boolean() {
            self.complain(name, "must be true or false");
        }
        value.as_bool()
    }

    /// The one object in a list that has to have one.
    pub(super) fn only(&mut self, name: &str) -> Fields {
        let inner = match self.get(name) {
            Some(Value::Array(mut items)) if items.len() == 1 => items.remove(0),
            _ => Value::Null,
        };
        match inner {
            Value::Object(values) => Fields::new("data.samples.0", values),
            _ => {
                self.complain(name, "must be a list of one object");
                Fields::new("data.samples.0", Map::new())
            }
        }
    }

    /// Takes over what was wrong with a part of this, unless the part itself was.
    pub(super) fn absorb(&mut self, inner: Fields) {
        if !inner.values.is_empty() {
            self.problems.extend(inner.problems);
        }
    }

    /// How many to answer with, and how many to skip.
    pub(super) fn page(&mut self) -> (usize, usize) {
        let mut size = USUAL_PAGE;
        if let Some(asked) = self.get("page_size") {
            match asked.as_str().and_then(|text| text.parse().ok()) {
                Some(asked) if (1..=MAX_PAGE).contains(&asked) => size = asked,
                _ => self.complain("page_size", "must be an integer from 1 to 100"),
            }
        }
        let skipped = match self.get("token") {
            None => Some(0),
            Some(token) => token.as_str().and_then(offset),
        };
        if skipped.is_none() {
            self.complain("token", "is not one of this list");
        }
        (size, skipped.unwrap_or(0))
    }
}

/// What a token for the rows after so many is.
pub(super) fn token(offset: usize) -> String {
    format!("after-{offset:08x}")
}

fn offset(token: &str) -> Option<usize> {
    let digits = token.strip_prefix("after-").filter(|digits| digits.len() == 8)?;
    usize::from_str_radix(digits, 16).ok()
}

/// The voice id in a path.
pub(super) struct VoiceId(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for VoiceId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<VoiceId, Refusal> {
        let params = RawPathParams::from_request_parts(parts, state).await.ok();
        let text = params
            .as_ref()
            .and_then(|params| params.iter().next())
            .map(|(_, text)| text);
        text.filter(|text| text.len() == 36)
            .and_then(|text| Uuid::parse_str(text).ok())
            .map(VoiceId)
            .ok_or_else(|| Refusal::invalid("path.voice_id", "must be a UUID"))
    }
}
