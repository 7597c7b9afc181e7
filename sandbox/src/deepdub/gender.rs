//! `/gender-detection/…`, and `gender-classify` over `/open`: whether a speaker is a woman or a man, by the pitch.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{Extension, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::errors;
use super::request::Fields;
use crate::answer;
use crate::guard::{LoggedBody, Origin};
use crate::server::MAX_BODY;
use crate::sound::{self, Sound};
use crate::state::State;
use crate::upload;

/// Where these paths begin.
pub(super) const GENDER: &str = "/api/v1/gender-detection";

/// The pitch that is as often a woman's as a man's, in hertz.
const MIDDLE: f64 = 165.0;
/// By how many hertz it has to differ for the one to be three times as likely as the other, nearly.
const SPREAD: f64 = 15.0;

/// What is wrong with the input.
fn bad(detail: &str) -> Response {
    errors::gender(StatusCode::BAD_REQUEST, "Bad request", detail)
}

pub(super) async fn classify(
    Shared(state): Shared<Arc<State>>,
    Extension(body): Extension<Bytes>,
    Origin(origin): Origin,
) -> Response {
    let begin = Instant::now();
    let bytes = match errors::object(&body).and_then(|body| given(&state, &origin, &body)) {
        Ok(bytes) => bytes,
        Err(reason) => return bad(&reason),
    };
    let size = bytes.len() as u64;
    answer(bytes, size, begin).await
}

/// The sound that a request gives, or says where to find.
fn given(state: &State, origin: &str, body: &Value) -> Result<Vec<u8>, String> {
    let fields = body.as_object().map(Fields).ok_or("the body must be a JSON object")?;
    match (fields.text("audio_url")?, fields.text("audio_base64")?) {
        (None, None) => Err("Either audio_url or audio_base64 must be provided".to_owned()),
        (_, Some(audio)) => STANDARD
            .decode(audio)
            .map_err(|_| "audio_base64 is not base64".to_owned()),
        // No network: what can be fetched is what this sandbox has given out itself.
        (Some(url), None) => match state.files.at(url, origin) {
            Some(file) => Ok(file.content.whole().to_vec()),
            None => Err("audio_url cannot be fetched".to_owned()),
        },
    }
}

pub(super) async fn classify_upload(headers: HeaderMap, body: Body) -> Response {
    let begin = Instant::now();
    let form = match upload::read(&headers, body, MAX_BODY).await {
        Ok(form) => form,
        Err(reason) => return bad(&reason),
    };
    let mut response = match form.files.get("file") {
        Some(file) => answer(file.head.clone(), file.size, begin).await,
        None => bad("No file uploaded"),
    };
    response.extensions_mut().insert(LoggedBody(form.summary()));
    response
}

/// Of the beginning of a file of so many bytes.
async fn answer(bytes: Vec<u8>, size: u64, begin: Instant) -> Response {
    let heard = tokio::task::spawn_blocking(move || {
        sound::read(&bytes).map(|sound| {
            let mut verdict = verdict(&sound);
            verdict["duration_seconds"] = json!(sound::seconds_of_whole(&bytes, size, &sound));
            verdict
        })
    });
    match heard.await {
        Ok(Some(mut verdict)) => {
            verdict["processing_time_ms"] = json!(begin.elapsed().as_secs_f64() * 1000.0);
            answer::json(StatusCode::OK, &verdict)
        }
        Ok(None) => bad("The audio cannot be decoded"),
        Err(error) => errors::gender(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Classification failed",
            &error.to_string(),
        ),
    }
}

/// What is thought of a sound. One without a voice could be anybody's.
fn verdict(sound: &Sound) -> Value {
    let pitch = sound.pitch().unwrap_or(MIDDLE);
    let female = 1.0 / (1.0 + ((MIDDLE - pitch) / SPREAD).exp());
    let (gender, confidence) = match female >= 0.5 {
        true => ("female", female),
        false => ("male", 1.0 - female),
    };
    json!({
        "predicted_gender": gender,
        "confidence": confidence,
        "prediction": {"female": female, "male": 1.0 - female},
        "duration_seconds": sound.seconds(),
    })
}

/// Answers `gender-classify`: its sound is a file, or samples of 16 bits at the rate that the message says. One second
/// of it is listened to.
///
/// The answer does not say which message it is to: the vendor's client waits for it among those that name no generation.
pub(super) fn over_socket(message: &Value) -> Result<Value, String> {
    let fields = message
        .as_object()
        .map(Fields)
        .ok_or("the message must be a JSON object")?;
    fields.required("generationId")?;
    let audio = STANDARD
        .decode(fields.required("audio")?)
        .map_err(|_| "audio must be base64")?;
    let rate = match fields.integer("sample_rate")? {
        None => None,
        Some(rate) => match u32::try_from(rate) {
            Ok(rate) if (8000..=192_000).contains(&rate) => Some(rate),
            _ => return Err("sample_rate must be from 8000 to 192000".to_owned()),
        },
    };
    let raw = |rate| Sound {
        samples: audio
            .chunks_exact(2)
            .map(|two| i16::from_le_bytes([two[0], two[1]]))
            .collect(),
        sample_rate: rate,
    };
    let mut sound = sound::read(&audio)
        .or_else(|| rate.map(raw))
        .filter(|sound| !sound.samples.is_empty())
        .ok_or("audio must be a file, or samples with a sample_rate")?;
    sound.samples.truncate(sound.sample_rate as usize);
    let mut verdict = verdict(&sound);
    verdict["action"] = "gender-classify".into();
    Ok(verdict)
}
