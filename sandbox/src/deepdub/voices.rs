//! `/voice`: the voice prompts of an account, which begins with some. Any other voice prompt id works for generations,
//! too, unless it has been deleted.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Extension, Path, Query, State as Shared, rejection::QueryRejection};
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use uuid::Uuid;

use super::errors;
use super::front::Key;
use super::request::Fields;
use crate::clock::{now, timestamp};
use crate::state::{State, lock};
use crate::{answer, sound};

/// How many a request without a limit gets.
const DEFAULT_LIMIT: usize = 100;
/// The largest sample.
const MAX_AUDIO: usize = 20 << 20;
/// What is said of a larger one.
pub(super) const TOO_LARGE: &str = "Audio data exceeds 20 MB limit";
/// How many voices an account may have.
const MAX_VOICES: usize = 100;
const NOT_FOUND: &str = "Voice prompt not found";
/// The oldest speaker.
const MAX_AGE: i128 = 150;

/// Id, title, locale, gender, speaking style. The first three are the vendor's own trial voices.
const VOICES: [[&str; 5]; 6] = [
    [
        "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773",
        "Storyteller",
        "en-US",
        "MALE",
        "Narrative",
    ],
    [
        "50a537cf-1ec8-4714-b07e-c589ab76be4b",
        "Promo",
        "en-US",
        "MALE",
        "Promotional",
    ],
    [
        "c0866c1c-0731-45b2-9c90-21be974513b4",
        "Meditation",
        "en-US",
        "FEMALE",
        "Calm",
    ],
    ["vp_sandbox_nora", "Nora", "en-GB", "FEMALE", "Conversational"],
    ["vp_sandbox_luc", "Luc", "fr-FR", "MALE", "Neutral"],
    ["vp_sandbox_sol", "Sol", "es-MX", "NON_BINARY", "Neutral"],
];

const GENDERS: [&str; 3] = ["MALE", "FEMALE", "NON_BINARY"];

/// The voice of a request that has a fault where its voice should be.
pub(super) const STORYTELLER: &str = VOICES[0][0];

/// The voice prompts of one sandbox, by the key of their account.
#[derive(Default)]
pub(crate) struct Voices {
    there: Mutex<HashMap<String, Vec<Value>>>,
    /// By key and id.
    deleted: Mutex<HashSet<(String, String)>>,
}

impl Voices {
    /// Whether a voice can speak for an account.
    pub(super) fn can_speak(&self, key: &str, id: &str) -> Result<(), String> {
        match lock(&self.deleted).contains(&(key.to_owned(), id.to_owned())) {
            true => Err(NOT_FOUND.to_owned()),
            false => Ok(()),
        }
    }

    /// Does something to the voices of an account.
    fn of<T>(&self, key: &str, action: impl FnOnce(&mut Vec<Value>) -> T) -> T {
        let mut accounts = lock(&self.there);
        let voices = accounts
            .entry(key.to_owned())
            .or_insert_with(|| VOICES.iter().map(first).collect());
        action(voices)
    }
}

/// A voice that an account begins with.
fn first([id, title, locale, gender, style]: &[&str; 5]) -> Value {
    json!({
        "id": id,
        "title": title,
        "name": title,
        "locale": locale,
        "text": "",
        "createdAt": "2025-01-01T00:00:00Z",
        "speakerId": format!("speaker-{}", title.to_lowercase()),
        "gender": gender,
        "speakingStyle": style,
    })
}

fn bad(message: &str) -> Response {
    errors::api(StatusCode::BAD_REQUEST, message)
}

fn not_found() -> Response {
    errors::api(StatusCode::NOT_FOUND, NOT_FOUND)
}

pub(super) async fn list(
    Shared(state): Shared<Arc<State>>,
    Extension(Key(key)): Extension<Key>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Response {
    let Ok(Query(query)) = query else {
        return bad("Invalid request parameters");
    };
    let limit = match query.iter().find(|(name, _)| name == "limit") {
        None => Ok(DEFAULT_LIMIT),
        Some((_, limit)) => limit.parse::<usize>(),
    };
    match limit {
        Ok(limit) if limit > 0 => {
            let voices: Vec<Value> = state
                .voices
                .of(&key, |voices| voices.iter().take(limit).cloned().collect());
            answer::json(StatusCode::OK, &json!({ "voicePrompts": voices }))
        }
        _ => bad("limit must be an integer of at least 1"),
    }
}

pub(super) async fn create(
    Shared(state): Shared<Arc<State>>,
    Extension(Key(key)): Extension<Key>,
    Extension(body): Extension<Bytes>,
) -> Response {
    let (voice, audio) = match errors::object(&body).and_then(|body| parse(&body)) {
        Ok(parsed) => parsed,
        Err(reason) => return bad(&reason),
    };
    let heard = tokio::task::spawn_blocking(move || sound::read(&audio)).await;
    if !matches!(heard, Ok(Some(_))) {
        return bad("Invalid audio data");
    }
    let id = voice["id"].clone();
    let added = state.voices.of(&key, |voices| {
        let room = voices.len() < MAX_VOICES;
        if room {
            voices.push(voice);
        }
        room
    });
    match added {
        true => answer::json(StatusCode::OK, &json!({"response": {"voice_prompt_id": id}})),
        false => errors::api(StatusCode::FORBIDDEN, "Voice prompt limit reached for your account"),
    }
}

/// A voice to be made, and what it is made from.
fn parse(body: &Value) -> Result<(Value, Vec<u8>), String> {
    let fields = body.as_object().map(Fields).ok_or("the body must be a JSON object")?;
    let filename = fields.required("filename")?;
    let data = fields.required("data")?;
    // Four characters are three bytes.
    if data.len() / 4 * 3 > MAX_AUDIO + 3 {
        return Err(TOO_LARGE.to_owned());
    }
    let audio = STANDARD.decode(data).map_err(|_| "data must be audio in base64")?;
    if audio.len() > MAX_AUDIO {
        return Err(TOO_LARGE.to_owned());
    }
    let gender = gender(&fields)?;
    age(&fields)?;
    fields.flag("publish")?;
    let title = fields.text("title")?.unwrap_or(filename);
    // Published clients name it, the documentation only titles it.
    let name = fields.text("name")?.unwrap_or(title);
    let mut voice = json!({
        "id": format!("vp_{}", &Uuid::new_v4().simple().to_string()[..10]),
        "title": title,
        "name": name,
        "locale": fields.text("locale")?.unwrap_or("en-US"),
        "text": fields.text("text")?.unwrap_or_default(),
        "createdAt": timestamp(now()),
        "speakerId": fields.text("speaker_id")?.map_or_else(|| Uuid::new_v4().to_string(), str::to_owned),
        "speakingStyle": fields.text("speaking_style")?.unwrap_or("Neutral"),
    });
    // What nobody has said is not there: null is none of the words that it may be.
    if let Some(gender) = gender {
        voice["gender"] = gender.into();
    }
    Ok((voice, audio))
}

/// Published clients write it in lower case.
fn gender(fields: &Fields<'_>) -> Result<Option<&'static str>, String> {
    let Some(given) = fields.text("gender")?.filter(|given| !given.is_empty()) else {
        return Ok(None);
    };
    GENDERS
        .into_iter()
        .find(|gender| gender.eq_ignore_ascii_case(given))
        .map(Some)
        .ok_or_else(|| "gender must be one of MALE, FEMALE, NON_BINARY".to_owned())
}

fn age(fields: &Fields<'_>) -> Result<(), String> {
    match fields.integer("age")? {
        Some(age) if !(0..=MAX_AGE).contains(&age) => Err(format!("age must be from 0 to {MAX_AGE}")),
        _ => Ok(()),
    }
}

/// Changes the fields that are there and not empty.
pub(super) async fn update(
    Shared(state): Shared<Arc<State>>,
    Extension(Key(key)): Extension<Key>,
    Extension(body): Extension<Bytes>,
) -> Response {
    let body = match errors::object(&body) {
        Ok(body) => body,
        Err(reason) => return bad(&reason),
    };
    let (id, changes) = match changes(&body) {
        Ok(parsed) => parsed,
        Err(reason) => return bad(&reason),
    };
    let changed = state.voices.of(&key, |voices| {
        let voice = voices.iter_mut().find(|voice| voice["id"] == id)?;
        for (name, value) in changes {
            voice[name] = value.into();
        }
        Some(voice.clone())
    });
    match changed {
        Some(voice) => answer::json(StatusCode::OK, &json!({ "prompt": voice })),
        None => not_found(),
    }
}

/// The fields to be changed, with what they shall be.
type Changes<'a> = Vec<(&'static str, &'a str)>;

fn changes(body: &Value) -> Result<(&str, Changes<'_>), String> {
    let fields = body.as_object().map(Fields).ok_or("the body must be a JSON object")?;
    let id = fields.text("id")?.filter(|id| !id.is_empty());
    let id = id.ok_or("Invalid request: voice prompt ID is required")?;
    age(&fields)?;
    let mut changes = Vec::new();
    for name in ["name", "locale"] {
        changes.extend(
            fields
                .text(name)?
                .filter(|text| !text.is_empty())
                .map(|text| (name, text)),
        );
    }
    changes.extend(gender(&fields)?.map(|gender| ("gender", gender)));
    Ok((id, changes))
}

pub(super) async fn read(
    Shared(state): Shared<Arc<State>>,
    Extension(Key(key)): Extension<Key>,
    Path(id): Path<String>,
) -> Response {
    let found = state
        .voices
        .of(&key, |voices| voices.iter().find(|voice| voice["id"] == *id).cloned());
    match found {
        Some(voice) => answer::json(StatusCode::OK, &json!({ "prompt": voice })),
        None => not_found(),
    }
}

pub(super) async fn delete(
    Shared(state): Shared<Arc<State>>,
    Extension(Key(key)): Extension<Key>,
    Path(id): Path<String>,
) -> Response {
    let gone = state.voices.of(&key, |voices| {
        let before = voices.len();
        voices.retain(|voice| voice["id"] != *id);
        voices.len() < before
    });
    if !gone {
        return not_found();
    }
    // Everybody speaks with those, under the one key that is public; a list of one's own they can leave.
    if !VOICES.iter().any(|[public, ..]| *public == id) {
        lock(&state.voices.deleted).insert((key, id.clone()));
    }
    answer::json(
        StatusCode::OK,
        &json!({"success": true, "message": "Voice prompt deleted", "data": {"voice_prompt_id": id}}),
    )
}
