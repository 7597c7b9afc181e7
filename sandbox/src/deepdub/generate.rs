//! From a checked request to audio.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use uuid::Uuid;

use crate::codec::Format;
use crate::state::State;
use crate::{codec, speech};

/// What is to be said, how, and as which bytes.
#[derive(Clone, Debug)]
pub(super) struct Utterance {
    pub(super) model: String,
    pub(super) text: String,
    pub(super) locale: String,
    pub(super) voice: String,
    pub(super) format: Format,
    pub(super) sample_rate: u32,
    pub(super) tempo: Option<f64>,
    pub(super) target_duration: Option<f64>,
    /// Without one, each time is another take.
    pub(super) seed: Option<u64>,
    pub(super) variance: Option<f64>,
    pub(super) temperature: Option<f64>,
}

/// The audio of an utterance, encoded, in the pieces that become its chunks.
pub(super) struct Audio {
    pub(super) chunks: Vec<Bytes>,
    /// How much speech one chunk holds, on average.
    pub(super) step: Duration,
}

impl Audio {
    /// How long all of it is.
    fn seconds(&self) -> f64 {
        self.step.as_secs_f64() * self.chunks.len() as f64
    }
}

/// Speaks and encodes, on a thread where that may take its time. The whole text is spoken before the first chunk goes
/// out, because a target duration can only be met for the whole. It counts as used by `key`.
pub(super) async fn audio(state: &Arc<State>, key: &str, utterance: Arc<Utterance>) -> Result<Arc<Audio>, String> {
    let engine = state.options.engine;
    // Zero would make no progress, an hour would be one chunk.
    let chunk_millis = state.options.chunk_millis.clamp(1, 3_600_000);
    let make = {
        let utterance = Arc::clone(&utterance);
        async move || {
            let work = tokio::task::spawn_blocking(move || make(&utterance, engine, chunk_millis));
            match work.await {
                Ok(audio) => audio,
                Err(error) => Err(format!("the voice failed: {error}")),
            }
        }
    };
    let audio = state.spoken.get(&utterance, make).await?;
    state.usage.add(key, &utterance.model, audio.seconds());
    Ok(audio)
}

fn make(utterance: &Utterance, engine: speech::Engine, chunk_millis: u32) -> Result<Audio, String> {
    let line = speech::Line {
        text: &utterance.text,
        locale: &utterance.locale,
        voice: &utterance.voice,
        sample_rate: utterance.sample_rate,
        tempo: utterance.tempo,
        target_duration: utterance.target_duration,
        seed: utterance.seed.unwrap_or_else(|| Uuid::new_v4().as_u64_pair().0),
        variance: utterance.variance,
        temperature: utterance.temperature,
    };
    let samples = speech::speak(&line, engine).map_err(|error| error.to_string())?;
    let chunks = codec::encode(&samples, utterance.sample_rate, utterance.format, chunk_millis)
        .map_err(|error| error.to_string())?;
    let seconds = samples.len() as f64 / f64::from(utterance.sample_rate);
    let step = Duration::from_secs_f64(seconds / chunks.len().max(1) as f64);
    let chunks = chunks.into_iter().map(Bytes::from).collect();
    Ok(Audio { chunks, step })
}
