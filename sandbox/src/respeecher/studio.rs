//! Where sound is made: speech from text, and a recording in another voice.

use std::sync::Arc;

use axum::http::StatusCode;

use super::errors::Refusal;
use crate::files::{Content, File};
use crate::sound::{self, Sound};
use crate::state::State;

/// Runs what takes its time on a thread where it may.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T, String> + Send + 'static) -> Result<T, Refusal> {
    let failed = |why: String| Refusal::Detail(StatusCode::INTERNAL_SERVER_ERROR, why);
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result.map_err(failed),
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Speaks a text. The same one in the same voice gives the same sound.
pub(super) async fn speak(state: &State, text: String, locale: String, voice: String) -> Result<Sound, Refusal> {
    let engine = state.options.engine;
    aside(move || Sound::spoken(&text, &locale, &voice, engine)).await
}

/// Listens to an uploaded file; `None` if it is no sound.
pub(super) async fn listen(bytes: Vec<u8>) -> Result<Option<Sound>, Refusal> {
    aside(move || Ok(sound::read(&bytes))).await
}

/// The same in a voice that is so many semitones higher.
pub(super) async fn transpose(sound: Arc<Sound>, semitones: f64) -> Result<Sound, Refusal> {
    aside(move || sound.transposed(semitones)).await
}

pub(super) fn wav_file(name: &str, sound: &Sound) -> File {
    File {
        name: name.to_owned(),
        content_type: "audio/wav",
        content: Content::new(vec![sound.wav().into()], 0),
    }
}
