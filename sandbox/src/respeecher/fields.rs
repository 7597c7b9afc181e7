//! Input, checked field by field, so that a refusal names all that is wrong with it.

use axum::extract::{FromRequestParts, Query, RawPathParams};
use axum::http::Uri;
use axum::http::request::Parts;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::errors::{Refusal, problem};
use crate::upload::Form;

/// The longest name or label.
pub(super) const MAX_NAME: usize = 255;
/// The longest page.
const MAX_LIMIT: usize = 1000;

/// The fields of a body, a form or a query. Each method takes one; where it is not as it should be, the method notes
/// that and gives a stand-in, and [`Fields::check`] refuses the whole.
pub(super) struct Fields {
    /// From `body` or `query` inwards.
    place: Vec<String>,
    values: Map<String, Value>,
    /// In a query and in a form all values are text.
    text_only: bool,
    problems: Vec<Value>,
}

/// Which part of a list to answer with.
#[derive(Clone, Copy)]
pub(super) struct Page {
    pub(super) limit: usize,
    pub(super) offset: usize,
}

impl Fields {
    /// A body that has to be a JSON object.
    pub(super) fn body(bytes: &[u8]) -> Result<Fields, Refusal> {
        match serde_json::from_slice(bytes) {
            Ok(Value::Object(values)) => Ok(Fields::new(vec!["body".to_owned()], values, false)),
            Ok(_) => Err(Refusal::invalid(&["body"], "dict_type", "Input should be an object")),
            Err(_) if bytes.is_empty() => Err(Refusal::invalid(&["body"], "missing", "Field required")),
            Err(error) => Err(Refusal::invalid(
                &["body"],
                "json_invalid",
                &format!("JSON decode error: {error}"),
            )),
        }
    }

    pub(super) fn query(uri: &Uri) -> Result<Fields, Refusal> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| Refusal::invalid(&["query"], "value_error", "The query cannot be read"))?;
        let values = pairs.into_iter().map(|(name, value)| (name, value.into())).collect();
        Ok(Fields::new(vec!["query".to_owned()], values, true))
    }

    /// The text fields of a form.
    pub(super) fn form(form: &Form) -> Fields {
        let values = form
            .texts
            .iter()
            .map(|(name, value)| (name.clone(), value.as_str().into()));
        Fields::new(vec!["body".to_owned()], values.collect(), true)
    }

    fn new(place: Vec<String>, values: Map<String, Value>, text_only: bool) -> Fields {
        Fields {
            place,
            values,
            text_only,
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

    pub(super) fn complain(&mut self, name: &str, kind: &str, why: &str) {
        let place: Vec<&str> = self.place.iter().map(String::as_str).chain([name]).collect();
        self.problems.push(problem(&place, kind, why));
    }

    /// A field that is there; `null` counts as absent.
    fn get(&self, name: &str) -> Option<Value> {
        self.values.get(name).filter(|value| !value.is_null()).cloned()
    }

    pub(super) fn missing(&mut self, name: &str) {
        self.complain(name, "missing", "Field required");
    }

    /// A text of so many characters at most; of nothing but white space counts as empty, and may not be.
    pub(super) fn text(&mut self, name: &str, longest: usize) -> Option<String> {
        match self.get(name)? {
            Value::String(text) if text.trim().is_empty() => {
                self.complain(name, "string_too_short", "String should have at least 1 character");
                None
            }
            Value::String(text) if text.chars().count() > longest => {
                let why = format!("String should have at most {longest} characters");
                self.complain(name, "string_too_long", &why);
                None
            }
            Value::String(text) => Some(text),
            _ => {
                self.complain(name, "string_type", "Input should be a valid string");
                None
            }
        }
    }

    pub(super) fn required_text(&mut self, name: &str, longest: usize) -> String {
        if self.get(name).is_none() {
            self.missing(name);
        }
        self.text(name, longest).unwrap_or_default()
    }

    pub(super) fn id(&mut self, name: &str) -> Option<Uuid> {
        let value = self.get(name)?;
        let id = value.as_str().and_then(parse_id);
        if id.is_none() {
            self.complain(name, "uuid_parsing", "Input should be a valid UUID");
        }
        id
    }

    pub(super) fn required_id(&mut self, name: &str) -> Uuid {
        if self.get(name).is_none() {
            self.missing(name);
        }
        self.id(name).unwrap_or_default()
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let flag = match self.get(name)? {
            Value::Bool(flag) => Some(flag),
            Value::String(text) if self.text_only => truth(&text),
            _ => None,
        };
        if flag.is_none() {
            self.complain(name, "bool_parsing", "Input should be a valid boolean");
        }
        flag
    }

    pub(super) fn required_flag(&mut self, name: &str) -> bool {
        if self.get(name).is_none() {
            self.missing(name);
        }
        self.flag(name).unwrap_or_default()
    }

    pub(super) fn number(&mut self, name: &str, min: f64, max: f64) -> Option<f64> {
        let value = self.get(name)?;
        let number = match &value {
            Value::String(text) if self.text_only => text.parse().ok(),
            value => value.as_f64(),
        };
        match number {
            Some(number) if (min..=max).contains(&number) => Some(number),
            Some(_) => {
                let why = format!("Input should be from {min} to {max}");
                self.complain(name, "value_error", &why);
                None
            }
            None => {
                self.complain(name, "float_type", "Input should be a valid number");
                None
            }
        }
    }

    /// One of a few words.
    pub(super) fn word(&mut self, name: &str, words: &[&'static str]) -> Option<&'static str> {
        let value = self.get(name)?;
        let word = words.iter().find(|word| value.as_str() == Some(word));
        if word.is_none() {
            let why = format!("Input should be one of {words:?}");
            self.complain(name, "enum", &why);
        }
        word.copied()
    }

    /// Whether the order is a falling one.
    pub(super) fn descending(&mut self) -> bool {
        self.word("direction", &["asc", "desc"]) == Some("desc")
    }

    pub(super) fn page(&mut self, usual_limit: usize) -> Page {
        Page {
            limit: self.count("limit", 1, MAX_LIMIT).unwrap_or(usual_limit),
            offset: self.count("offset", 0, usize::MAX).unwrap_or(0),
        }
    }

    pub(super) fn count(&mut self, name: &str, min: usize, max: usize) -> Option<usize> {
        let value = self.get(name)?;
        let count: Option<usize> = value.as_str().and_then(|text| text.parse().ok());
        match count {
            Some(count) if (min..=max).contains(&count) => Some(count),
            _ => {
                let why = format!("Input should be a valid integer of at least {min} and at most {max}");
                self.complain(name, "int_parsing", &why);
                None
            }
        }
    }

    /// A list of ids: text with commas in a query, a list in a body.
    pub(super) fn ids(&mut self, name: &str) -> Option<Vec<Uuid>> {
        let ids: Option<Vec<Uuid>> = match self.get(name)? {
            Value::String(text) if self.text_only => text.split(',').map(parse_id).collect(),
            Value::Array(items) => items.iter().map(|item| parse_id(item.as_str()?)).collect(),
            _ => None,
        };
        if ids.is_none() {
            self.complain(name, "uuid_parsing", "Input should be a list of valid UUIDs");
        }
        ids
    }

    pub(super) fn required_ids(&mut self, name: &str) -> Vec<Uuid> {
        if self.get(name).is_none() {
            self.missing(name);
        }
        self.ids(name).unwrap_or_default()
    }

    /// The objects in a list that has to have some.
    pub(super) fn objects(&mut self, name: &str) -> Vec<Fields> {
        let items = match self.get(name) {
            Some(Value::Array(items)) => items,
            Some(_) => {
                self.complain(name, "list_type", "Input should be a valid list");
                return Vec::new();
            }
            None => {
                self.missing(name);
                return Vec::new();
            }
        };
        if items.is_empty() {
            self.complain(name, "too_short", "List should have at least 1 item");
        }
        let mut objects = Vec::new();
        for (index, item) in items.into_iter().enumerate() {
            let mut place = self.place.clone();
            place.extend([name.to_owned(), index.to_string()]);
            match item {
                Value::Object(values) => objects.push(Fields::new(place, values, false)),
                _ => self.complain(name, "dict_type", "Each item should be an object"),
            }
        }
        objects
    }

    /// Takes over what was wrong with a part of this.
    pub(super) fn absorb(&mut self, inner: Fields) {
        self.problems.extend(inner.problems);
    }
}

/// A truth value in a query or a form, in any of the ways that frameworks of this kind take: Python's clients write `True`.
fn truth(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
        "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
        _ => None,
    }
}

fn parse_id(text: &str) -> Option<Uuid> {
    // The other ways to write one are not the service's.
    Uuid::parse_str(text).ok().filter(|_| text.len() == 36)
}

/// The id in a path.
pub(super) struct Id(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Id, Refusal> {
        let invalid = |name: &str| Refusal::invalid(&["path", name], "uuid_parsing", "Input should be a valid UUID");
        let params = RawPathParams::from_request_parts(parts, state)
            .await
            .map_err(|_| invalid("id"))?;
        let (name, text) = params.iter().next().ok_or_else(|| invalid("id"))?;
        parse_id(text).map(Id).ok_or_else(|| invalid(name))
    }
}
