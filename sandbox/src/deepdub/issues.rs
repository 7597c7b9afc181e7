//! `/issues`: reports of generations that went wrong.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Extension, Path, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::errors;
use crate::answer;
use crate::clock::{now, timestamp};
use crate::state::{State, lock};

/// The largest clip.
const MAX_AUDIO: usize = 20 << 20;

const REQUIRED: [&str; 4] = ["generationId", "generatedText", "problemWord", "voicePromptId"];
const COMMENTS: &str = "additionalComments";
const SECONDS: &str = "problemSeconds";
const AUDIO: &str = "problemAudioFile";

/// The issues of one sandbox, by their ids.
#[derive(Default)]
pub(crate) struct Issues(Mutex<HashMap<String, Issue>>);

impl Issues {
    /// The audio attached to an issue, archived ones included.
    pub(crate) fn audio(&self, id: &str) -> Option<Vec<u8>> {
        lock(&self.0).get(id)?.audio.clone()
    }
}

struct Issue {
    created: OffsetDateTime,
    updated: OffsetDateTime,
    /// The fields that the client can set, but for the audio.
    fields: Map<String, Value>,
    audio: Option<Vec<u8>>,
    archived: bool,
}

impl Issue {
    fn view(&self, id: &str) -> Value {
        let mut view = self.fields.clone();
        view.insert("id".to_owned(), id.into());
        view.insert("state".to_owned(), "open".into());
        view.insert("createdAt".to_owned(), timestamp(self.created).into());
        view.insert("updatedAt".to_owned(), timestamp(self.updated).into());
        if let Some(audio) = &self.audio {
            view.insert("problemAudioBytes".to_owned(), audio.len().into());
        }
        Value::Object(view)
    }

    fn take(&mut self, change: Change) {
        self.fields.extend(change.fields);
        if change.audio.is_some() {
            self.audio = change.audio;
        }
    }
}

/// The checked fields of a request.
struct Change {
    fields: Map<String, Value>,
    audio: Option<Vec<u8>>,
}

impl Change {
    fn parse(body: &[u8]) -> Result<Change, String> {
        let json = errors::object(body)?;
        let mut fields = Map::new();
        for name in REQUIRED.into_iter().chain([COMMENTS]) {
            match &json[name] {
                Value::Null => {}
                Value::String(text) if name != COMMENTS && text.trim().is_empty() => {
                    return Err(format!("{name} must not be empty"));
                }
                Value::String(_) => {
                    fields.insert(name.to_owned(), json[name].clone());
                }
                _ => return Err(format!("{name} must be a string")),
            }
        }
        match &json[SECONDS] {
            Value::Null => {}
            Value::Number(seconds) if seconds.as_f64().is_some_and(|number| number >= 0.0) => {
                fields.insert(SECONDS.to_owned(), json[SECONDS].clone());
            }
            _ => return Err(format!("{SECONDS} must be a number of at least 0")),
        }
        let audio = match &json[AUDIO] {
            Value::Null => None,
            Value::String(text) => Some(
                STANDARD
                    .decode(text)
                    .map_err(|_| format!("{AUDIO} must be audio in base64"))?,
            ),
            _ => return Err(format!("{AUDIO} must be a string")),
        };
        if audio.as_ref().is_some_and(|audio| audio.len() > MAX_AUDIO) {
            return Err(format!("{AUDIO} exceeds {} MB", MAX_AUDIO >> 20));
        }
        Ok(Change { fields, audio })
    }
}

pub(super) async fn create(Shared(state): Shared<Arc<State>>, Extension(body): Extension<Bytes>) -> Response {
    let change = match Change::parse(&body) {
        Ok(change) => change,
        Err(reason) => return errors::issues(StatusCode::BAD_REQUEST, &reason),
    };
    if let Some(missing) = REQUIRED.into_iter().find(|name| !change.fields.contains_key(*name)) {
        let reason = format!("{missing} is required");
        return errors::issues(StatusCode::BAD_REQUEST, &reason);
    }
    let now = now();
    let issue = Issue {
        created: now,
        updated: now,
        fields: change.fields,
        audio: change.audio,
        archived: false,
    };
    let id = format!("iss_{}", &Uuid::new_v4().simple().to_string()[..10]);
    let view = issue.view(&id);
    lock(&state.issues.0).insert(id, issue);
    answer::json(StatusCode::CREATED, &view)
}

pub(super) async fn read(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Response {
    on_issue(&state, &id, |issue| issue.view(&id))
}

pub(super) async fn update(
    Shared(state): Shared<Arc<State>>,
    Path(id): Path<String>,
    Extension(body): Extension<Bytes>,
) -> Response {
    match Change::parse(&body) {
        Ok(change) => on_issue(&state, &id, |issue| {
            issue.take(change);
            // Always later than before, also within one tick of the clock.
            issue.updated = now().max(issue.updated + Duration::MILLISECOND);
            issue.view(&id)
        }),
        Err(reason) => errors::issues(StatusCode::BAD_REQUEST, &reason),
    }
}

pub(super) async fn archive(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Response {
    on_issue(&state, &id, |issue| {
        issue.archived = true;
        json!({"message": "Issue deleted"})
    })
}

/// Answers with what `action` makes of an issue that is not archived.
fn on_issue(state: &State, id: &str, action: impl FnOnce(&mut Issue) -> Value) -> Response {
    match lock(&state.issues.0).get_mut(id) {
        Some(issue) if !issue.archived => answer::json(StatusCode::OK, &action(issue)),
        _ => errors::issues(StatusCode::NOT_FOUND, "Issue not found"),
    }
}
