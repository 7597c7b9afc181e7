//! From a checked request to audio.

use std::sync::Arc;
use std::time::Duration;

use super::request::Speech;
use crate::state::State;
use crate::{codec, speech};

/// The audio of a generation, encoded, in the pieces that become its chunks.
pub(super) struct Audio {
    pub(super) chunks: Vec<Vec<u8>>,
    /// How much speech one chunk holds, on average.
    pub(super) step: Duration,
}

/// Speaks and encodes, on a thread where that may take its time. The whole text is spoken before the first chunk goes
/// out, because a target duration can only be met for the whole.
pub(super) async fn audio(state: &Arc<State>, request: Arc<Speech>) -> Result<Audio, String> {
    let engine = state.options.engine;
    // Zero would make no progress, an hour would be one chunk.
    let chunk_millis = state.options.chunk_millis.clamp(1, 3_600_000);
    let work = tokio::task::spawn_blocking(move || make(&request, engine, chunk_millis));
    match work.await {
        Ok(audio) => audio,
        Err(error) => Err(format!("the voice failed: {error}")),
    }
}

fn make(request: &Speech, engine: speech::Engine, chunk_millis: u32) -> Result<Audio, String> {
    let line = speech::Line {
        text: &request.text,
        locale: &request.locale,
        voice: &request.voice,
        sample_rate: request.sample_rate,
        tempo: request.tempo,
        target_duration: request.target_duration,
        seed: request.seed,
        variance: request.variance,
        temperature: request.temperature,
    };
    let samples = speech::speak(&line, engine).map_err(|error| error.to_string())?;
    let chunks = codec::encode(&samples, request.sample_rate, request.format, chunk_millis)
        .map_err(|error| error.to_string())?;
    let seconds = samples.len() as f64 / f64::from(request.sample_rate);
    let step = Duration::from_secs_f64(seconds / chunks.len().max(1) as f64);
    Ok(Audio { chunks, step })
}
