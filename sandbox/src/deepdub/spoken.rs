//! What has been spoken lately: the same again costs no time, so that stress tests and benchmarks measure the client.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

use super::generate::{Audio, Utterance};
use crate::state::lock;

/// How many utterances are kept.
const KEPT: usize = 64;
/// Longer audio, in bytes, is not kept, so that all of it together stays small.
const LARGEST: usize = 1 << 20;

type Slot = Arc<OnceCell<Arc<Audio>>>;

/// The utterances of one sandbox, whose engine and length of chunks are always the same.
#[derive(Default)]
pub(crate) struct Spoken(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    slots: HashMap<String, Slot>,
    /// The oldest first.
    order: VecDeque<String>,
}

impl Spoken {
    /// Gives the audio of an utterance, making it if need be. Whoever wants it meanwhile waits for it.
    pub(super) async fn get(
        &self,
        utterance: &Utterance,
        make: impl AsyncFnOnce() -> Result<Audio, String>,
    ) -> Result<Arc<Audio>, String> {
        if utterance.seed.is_none() {
            // Every take is another one.
            return make().await.map(Arc::new);
        }
        // All that it consists of, with every digit of its numbers.
        let key = format!("{utterance:?}");
        let slot = lock(&self.0).slot(&key);
        let audio = slot.get_or_try_init(async || make().await.map(Arc::new)).await;
        if audio.as_ref().map_or(true, |audio| size(audio) > LARGEST) {
            lock(&self.0).forget(&key);
        }
        audio.cloned()
    }
}

impl Kept {
    fn slot(&mut self, key: &str) -> Slot {
        if let Some(slot) = self.slots.get(key) {
            return Arc::clone(slot);
        }
        if self.order.len() == KEPT
            && let Some(oldest) = self.order.pop_front()
        {
            self.slots.remove(&oldest);
        }
        self.order.push_back(key.to_owned());
        Arc::clone(self.slots.entry(key.to_owned()).or_default())
    }

    fn forget(&mut self, key: &str) {
        if self.slots.remove(key).is_some() {
            self.order.retain(|kept| kept != key);
        }
    }
}

fn size(audio: &Audio) -> usize {
    audio.chunks.iter().map(|chunk| chunk.len()).sum()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::codec::Format;

    fn utterance(text: &str, seed: Option<u64>) -> Utterance {
        Utterance {
            model: "a model".to_owned(),
            text: text.to_owned(),
            locale: "en-US".to_owned(),
            voice: "a".to_owned(),
            format: Format::S16le,
            sample_rate: 16000,
            tempo: None,
            target_duration: None,
            seed,
            variance: None,
            temperature: None,
        }
    }

    /// How often these are made, when each has so many bytes.
    fn made(spoken: &Spoken, utterances: &[Utterance], bytes: usize) -> usize {
        let mut made = 0;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for utterance in utterances {
            let make = async || {
                made += 1;
                Ok(Audio {
                    chunks: vec![Bytes::from(vec![0; bytes])],
                    step: Duration::ZERO,
                })
            };
            runtime.block_on(spoken.get(utterance, make)).unwrap();
        }
        made
    }

    #[test]
    fn the_same_is_made_once_and_anything_else_again() {
        let spoken = Spoken::default();
        let one = utterance("One.", Some(1));
        let faster = Utterance {
            tempo: Some(1.000_000_1),
            ..one.clone()
        };
        let rate = Utterance {
            sample_rate: 8000,
            ..one.clone()
        };
        let all = [one.clone(), one.clone(), utterance("One.", Some(2)), faster, rate, one];
        assert_eq!(made(&spoken, &all, 10), 4);
        assert_eq!(
            made(&spoken, &[utterance("One.", None), utterance("One.", None)], 10),
            2
        );
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let spoken = Spoken::default();
        let many: Vec<Utterance> = (0..KEPT as u64 + 1).map(|n| utterance("One.", Some(n))).collect();
        assert_eq!(made(&spoken, &many, 10), KEPT + 1);
        assert_eq!(lock(&spoken.0).slots.len(), KEPT);
        assert_eq!(made(&spoken, &many[1..], 10), 0);
        assert_eq!(made(&spoken, &many[..1], 10), 1);
        let large = [utterance("Large.", Some(1)), utterance("Large.", Some(1))];
        assert_eq!(made(&spoken, &large, LARGEST + 1), 2);
    }

    #[test]
    fn a_failure_is_not_kept() {
        let spoken = Spoken::default();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let one = utterance("One.", Some(1));
        let failed = runtime.block_on(spoken.get(&one, async || Err("no".to_owned())));
        assert!(failed.is_err());
        assert_eq!(made(&spoken, &[one], 10), 1);
    }
}
