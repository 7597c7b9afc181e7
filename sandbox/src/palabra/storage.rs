//! Where the sound of a voice is uploaded: a storage service with its own rules, to which the form is the key.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};
use uuid::Uuid;

use super::account::Voice;
use super::samples::Sample;
use crate::files::refusal;
use crate::guard::{self, LoggedBody};
use crate::processing::Work;
use crate::sound::{self, Sound};
use crate::state::{State, lock};
use crate::upload::{self, Form};

const PATH: &str = "/storage/palabra";
/// The largest upload.
const MAX_UPLOAD: u64 = 10 << 20;
/// A shorter sound is taken with a warning, in seconds.
const SHORT: f64 = 30.0;

/// Address and form fields of an upload.
pub(super) fn target(origin: &str, id: Uuid) -> (String, Value) {
    let fields = json!({
        "key": format!("voices/{id}"),
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": "sandbox/s3/aws4_request",
        "policy": "c2FuZGJveA==",
        "x-amz-signature": signature(id),
    });
    (format!("{origin}{PATH}"), fields)
}

fn signature(id: Uuid) -> String {
    let (high, low) = id.as_u64_pair();
    format!("{:016x}{:016x}", low.rotate_left(7), high.rotate_left(13))
}

pub(super) fn router(state: Arc<State>) -> Router<Arc<State>> {
    Router::new()
        .route(PATH, post(take))
        .route_layer(from_fn_with_state(state, front))
}

async fn front(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    guard::pass(&state, request, next, refusal, |parts| {
        match parts.headers.contains_key(header::AUTHORIZATION) {
            true => Err((
                StatusCode::BAD_REQUEST,
                "Only one auth mechanism allowed; the form is signed already",
            )),
            false => Ok(()),
        }
    })
    .await
}

async fn take(Shared(state): Shared<Arc<State>>, headers: HeaderMap, body: Body) -> Response {
    let form = match upload::read(&headers, body, MAX_UPLOAD as usize).await {
        Ok(form) => form,
        Err(why) => return refusal(StatusCode::BAD_REQUEST, &why),
    };
    let mut response = match accept(&state, &form).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err((status, why)) => refusal(status, why),
    };
    response.extensions_mut().insert(LoggedBody(form.summary()));
    response
}

async fn accept(state: &State, form: &Form) -> Result<(), (StatusCode, &'static str)> {
    let denied = (StatusCode::FORBIDDEN, "Invalid according to Policy");
    let id = form
        .texts
        .get("key")
        .and_then(|key| Uuid::parse_str(key.strip_prefix("voices/")?).ok())
        .ok_or(denied)?;
    let (_, fields) = target("", id);
    let as_given = |(name, value): (&String, &Value)| form.texts.get(name).map(String::as_str) == value.as_str();
    if !fields.as_object().is_some_and(|fields| fields.iter().all(as_given)) {
        return Err(denied);
    }
    // What comes after the file is not looked at, so its signature would not be seen.
    let file = form
        .files
        .get("file")
        .filter(|_| form.order.last().is_some_and(|last| last == "file"));
    let Some(file) = file else {
        return Err((
            StatusCode::BAD_REQUEST,
            "POST requires exactly one file upload, as the last field",
        ));
    };
    if file.size > MAX_UPLOAD {
        return Err((
            StatusCode::BAD_REQUEST,
            "Your proposed upload exceeds the maximum allowed size",
        ));
    }
    let bytes = file.head.clone();
    let engine = state.options.engine;
    let (name, lang) = {
        let mut service = lock(&state.palabra.0);
        let voice = service.waiting_for(id).ok_or(denied)?;
        (voice.id.to_string(), voice.upload.lang_code)
    };
    // The voice that is heard is one that goes with the id.
    let made = tokio::task::spawn_blocking(move || {
        let heard = sound::read(&bytes);
        (heard, Sample::sound(lang, &name, engine))
    });
    let failed = (StatusCode::INTERNAL_SERVER_ERROR, "We encountered an internal error");
    let (heard, spoken) = made.await.map_err(|_| failed)?;
    let spoken = spoken.map_err(|_| failed)?;
    let mut service = lock(&state.palabra.0);
    let reason = service.failing.pop();
    let voice = service.waiting_for(id).ok_or(denied)?;
    begin(voice, state.processing.begin(0), heard, reason);
    let sample = Sample::keep(state, voice, lang, &spoken);
    voice.samples = vec![sample];
    Ok(())
}

/// Begins the cloning of a voice from what was heard.
fn begin(voice: &mut Voice, work: Work, heard: Option<Sound>, reason: Option<String>) {
    voice.cloning = Some(work);
    voice.errors = reason.into_iter().collect();
    voice.warnings.clear();
    match heard {
        None => voice.errors.push("The sample is not audio".to_owned()),
        Some(sound) if sound.seconds() < SHORT => {
            let short = format!("The sample is shorter than {SHORT} seconds");
            voice.warnings.push(short);
        }
        Some(_) => {}
    }
}
