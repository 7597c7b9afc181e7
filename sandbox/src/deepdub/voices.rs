//! `/voice`: the voice prompts that there are. Any other voice prompt id works for generations, too.

use axum::extract::{Query, rejection::QueryRejection};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::errors;
use crate::answer;

/// How many a request without a limit gets.
const DEFAULT_LIMIT: usize = 100;

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

/// The voice of a request that has a fault where its voice should be.
pub(super) const STORYTELLER: &str = VOICES[0][0];

pub(super) async fn list(query: Result<Query<Vec<(String, String)>>, QueryRejection>) -> Response {
    let bad = |message| errors::api(StatusCode::BAD_REQUEST, message);
    let Ok(Query(query)) = query else {
        return bad("Invalid request parameters");
    };
    let limit = match query.iter().find(|(name, _)| name == "limit") {
        None => Ok(DEFAULT_LIMIT),
        Some((_, limit)) => limit.parse::<usize>(),
    };
    match limit {
        Ok(limit) if limit > 0 => {
            let voices: Vec<Value> = VOICES.iter().take(limit).map(voice).collect();
            answer::json(StatusCode::OK, &json!({ "voicePrompts": voices }))
        }
        _ => bad("limit must be an integer of at least 1"),
    }
}

fn voice([id, title, locale, gender, style]: &[&str; 5]) -> Value {
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
