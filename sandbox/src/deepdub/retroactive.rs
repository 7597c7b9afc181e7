//! `POST /tts/retroactive`: speech as a file, to be fetched from an address.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::front::Caller;
use super::request::Speech;
use super::{errors, generate};
use crate::codec::Format;
use crate::files::{self, Content, File};
use crate::guard::Origin;
use crate::record::Outcome;
use crate::state::State;
use crate::{answer, codec};

pub(super) async fn retroactive(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
    Origin(origin): Origin,
) -> Response {
    let speech = match errors::object(&body).and_then(|json| Speech::of(&json, &state, &caller.key)) {
        Ok(speech) => speech,
        Err(reason) => return errors::api(StatusCode::BAD_REQUEST, &format!("Invalid request: {reason}")),
    };
    let Some(run) = state.begin(&caller.key, &speech.generation_id) else {
        return errors::on(super::TTS, StatusCode::TOO_MANY_REQUESTS, "");
    };
    let utterance = &speech.utterance;
    let audio = match generate::audio(&state, &caller.key, Arc::clone(utterance)).await {
        Ok(audio) => audio,
        Err(reason) => {
            run.end(Outcome::Failed);
            return errors::api(StatusCode::INTERNAL_SERVER_ERROR, &reason);
        }
    };
    let format = utterance.format;
    let chunks = match format {
        // On a stream each chunk is a file of its own; this is one.
        Format::Wav => vec![joined(&audio.chunks, utterance.sample_rate).into()],
        _ => audio.chunks.clone(),
    };
    for _ in &chunks {
        run.tracked().count_chunk();
    }
    let name = format!("{}.{}", speech.generation_id, format.name());
    let file = File {
        name: name.clone(),
        content_type: format.content_type(),
        content: Content::new(chunks, 0),
    };
    let id = state.files.keep_loose(file);
    run.end(Outcome::Finished);
    answer::json(StatusCode::OK, &json!({"url": files::url(&origin, id, &name)}))
}

/// The samples of WAV files of our own making, under one header.
fn joined(files: &[Bytes], sample_rate: u32) -> Vec<u8> {
    let samples: Vec<i16> = files
        .iter()
        .flat_map(|file| file[codec::wav::HEADER..].chunks_exact(2))
        .map(|two| i16::from_le_bytes([two[0], two[1]]))
        .collect();
    codec::wav::file(&samples, sample_rate)
}
