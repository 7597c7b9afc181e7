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

/// Puts the audio into chunks, with what a fault does to their bytes and their order. There is always at least one.
pub(super) fn plan(audio: Vec<Vec<u8>>, format: Format, fault: &Fault) -> Vec<Chunk> {
    let mut chunks: Vec<Chunk> = audio
        .into_iter()
        .enumerate()
        .map(|(index, mut data)| {
            if format == Format::Wav {
                alter_wav(&mut data, index, fault);
            }
            Chunk {
                index,
                data: data.into(),
                is_finished: false,
            }
        })
        .collect();
    if fault.empty_final || chunks.is_empty() {
        chunks.push(Chunk {
            index: chunks.len(),
            data: Bytes::new(),
            is_finished: false,
        });
    }
    if let Some(last) = chunks.last_mut() {
        last.is_finished = true;
    }
    reorder(chunks, fault)
}

fn reorder(chunks: Vec<Chunk>, fault: &Fault) -> Vec<Chunk> {
    let mut order: Vec<usize> = (0..chunks.len()).collect();
    if let Some(n) = fault.swap.filter(|n| n + 1 < order.len()) {
        order.swap(n, n + 1);
    }
    order
        .into_iter()
        .filter(|n| Some(*n) != fault.gap)
        .flat_map(|n| std::iter::repeat_n(n, if Some(n) == fault.duplicate { 2 } else { 1 }))
        .map(|n| chunks[n].clone())
        .collect()
}

fn alter_wav(wav: &mut Vec<u8>, index: usize, fault: &Fault) {
    let Some(data) = wav_data(wav) else { return };
    if let Some(length) = fault.wav_lengths {
        wav[4..8].copy_from_slice(&length.to_le_bytes());
        wav[data - 4..data].copy_from_slice(&length.to_le_bytes());
    }
    if fault.wav_header_first && index > 0 {
        wav.drain(..data);
    }
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
    first: Instant,
    step: Duration,
    sent: u32,
}

impl Schedule {
    /// For a request that arrived at that time and whose audio is ready now.
    pub(super) fn new(arrived: Instant, audio: &Audio, fault: &Fault, options: &Options) -> Schedule {
        let delay = fault.first_chunk_delay.unwrap_or(options.first_chunk_delay);
        let pace = options.pace;
        let step = match fault.chunk_delay {
            Some(delay) => delay,
            None if pace > 0.0 => Duration::try_from_secs_f64(audio.step.as_secs_f64() / pace).unwrap_or_default(),
            None => Duration::ZERO,
        };
        Schedule {
            // Speech that took longer to make than the delay does not lead to a burst of chunks.
            first: (arrived + delay).max(Instant::now()),
            step,
            sent: 0,
        }
    }

    /// Waits until the next chunk may go out.
    pub(super) async fn wait(&mut self) {
        let due = self.first + self.step.saturating_mul(self.sent);
        self.sent += 1;
        if due > Instant::now() {
            sleep_until(due).await;
        }
    }
}
