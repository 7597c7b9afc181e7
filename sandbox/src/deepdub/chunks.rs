//! The chunks of a generation as they are to be sent: in which order, with which bytes, and when.

use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

use super::generate::Audio;
use crate::codec::Format;
use crate::{Fault, Options};

/// One chunk to send.
#[derive(Clone)]
pub(super) struct Chunk {
    pub(super) index: usize,
    pub(super) data: Bytes,
    pub(super) is_finished: bool,
}

/// All chunks of a generation whose audio is there as a whole. There is always one at least, unless a fault takes it.
pub(super) fn plan(audio: &Audio, format: Format, fault: &Fault) -> Vec<Chunk> {
    let mut order = Order::default();
    pieces(audio, true, fault)
        .into_iter()
        .flat_map(|(data, is_finished)| order.put(data, is_finished, format, fault))
        .collect()
}

/// The data of the chunks that some audio makes, and whether the generation ends with each. When it ends here there is
/// one that says so, if need be an empty one.
pub(super) fn pieces(audio: &Audio, is_last: bool, fault: &Fault) -> Vec<(Bytes, bool)> {
    let mut pieces: Vec<_> = audio.chunks.iter().map(|data| (data.clone(), false)).collect();
    if is_last {
        if fault.empty_final || pieces.is_empty() {
            pieces.push((Bytes::new(), false));
        }
        if let Some((_, is_finished)) = pieces.last_mut() {
            *is_finished = true;
        }
    }
    pieces
}

/// Counts the chunks of one generation, with what a fault does to their bytes and their order.
#[derive(Default)]
pub(super) struct Order {
    next: usize,
    /// A chunk that changes places with the one after it.
    held: Option<Chunk>,
}

impl Order {
    /// Takes the next chunk, and gives those that are to be sent now.
    pub(super) fn put(&mut self, data: Bytes, is_finished: bool, format: Format, fault: &Fault) -> Vec<Chunk> {
        let index = self.next;
        self.next += 1;
        let alters = fault.wav_lengths.is_some() || fault.wav_header_first;
        let chunk = Chunk {
            index,
            data: match format {
                Format::Wav if alters => altered_wav(&data, index, fault),
                _ => data,
            },
            is_finished,
        };
        if fault.swap == Some(index) && !is_finished && self.held.is_none() {
            self.held = Some(chunk);
            return Vec::new();
        }
        [Some(chunk), self.held.take()]
            .into_iter()
            .flatten()
            .filter(|chunk| Some(chunk.index) != fault.gap)
            .flat_map(|chunk| {
                let times = if Some(chunk.index) == fault.duplicate { 2 } else { 1 };
                std::iter::repeat_n(chunk, times)
            })
            .collect()
    }
}

fn altered_wav(wav: &Bytes, index: usize, fault: &Fault) -> Bytes {
    let Some(data) = wav_data(wav) else { return wav.clone() };
    let mut wav = wav.to_vec();
    if let Some(length) = fault.wav_lengths {
        wav[4..8].copy_from_slice(&length.to_le_bytes());
        wav[data - 4..data].copy_from_slice(&length.to_le_bytes());
    }
    if fault.wav_header_first && index > 0 {
        wav.drain(..data);
    }
    wav.into()
}

/// Where the samples of a WAV file begin.
fn wav_data(wav: &[u8]) -> Option<usize> {
    let mut at = 12;
    loop {
        let id = wav.get(at..at + 4)?;
        let length = wav.get(at + 4..at + 8)?;
        if id == b"data" {
            return Some(at + 8);
        }
        let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
        at += 8 + length + length % 2;
    }
}

/// When the chunks of one generation go out.
pub(super) struct Schedule {
    delay: Duration,
    pace: f64,
    chunk_delay: Option<Duration>,
    /// When the next chunk may go; none before there was audio.
    due: Option<Instant>,
    step: Duration,
}

impl Schedule {
    pub(super) fn new(fault: &Fault, options: &Options) -> Schedule {
        Schedule {
            delay: fault.first_chunk_delay.unwrap_or(options.first_chunk_delay),
            pace: options.pace,
            chunk_delay: fault.chunk_delay,
            due: None,
            step: Duration::ZERO,
        }
    }

    /// From the next audio on another fault is in force.
    pub(super) fn change(&mut self, fault: &Fault, options: &Options) {
        let due = self.due;
        *self = Schedule::new(fault, options);
        self.due = due;
    }

    /// For audio that is ready now and was asked for at that time.
    pub(super) fn audio(&mut self, audio: &Audio, arrived: Instant) {
        self.step = match self.chunk_delay {
            Some(delay) => delay,
            None if self.pace > 0.0 => {
                Duration::try_from_secs_f64(audio.step.as_secs_f64() / self.pace).unwrap_or_default()
            }
            None => Duration::ZERO,
        };
        let due = self.due.unwrap_or(arrived + self.delay);
        // Speech that took longer to make than the delay does not lead to a burst of chunks.
        self.due = Some(due.max(Instant::now()));
    }

    /// Waits until the next chunk may go out.
    pub(super) async fn wait(&mut self) {
        let Some(due) = self.due else { return };
        self.due = Some(due + self.step);
        if due > Instant::now() {
            sleep_until(due).await;
        }
    }
}
