//! One generation as its messages come in: order, duplicates, gaps, base64. Knows no socket.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig, Simd};
use once_cell::sync::Lazy;

use super::errors::vendor_error;
use super::wire::{self, ChunkMessage, Event};
use crate::audio::{Format, wav};
use crate::error::{Error, ErrorKind, Received, Result};

/// How many chunks may wait for one that is missing. On one connection chunks come in order; a few may be
/// exchanged where several machines serve one generation.
const MAX_HELD: usize = 64;

static BASE64: Lazy<Simd> =
    Lazy::new(|| Simd::standard(GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent)));

/// A piece of a generation's audio. Valid until the callback returns, or the next one is asked for.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Chunk<'a> {
    /// The bytes as the service sent them. Empty only in a last chunk.
    pub data: &'a [u8],
    /// The chunk's place in the generation; counts from 0, with no gaps.
    pub index: u64,
    /// The generation's id: a UUID.
    pub generation_id: &'a str,
    /// Whether this is the last chunk. Every generation that succeeds has exactly one, perhaps with no data.
    pub is_final: bool,
    /// The format that was asked for.
    pub format: Format,
}

impl<'a> Chunk<'a> {
    /// The samples in [`data`](Self::data): past its header for `wav`, all of it for `s16le` and `mulaw`,
    /// nothing for the compressed formats.
    pub fn samples(&self) -> &'a [u8] {
        match self.format {
            Format::Wav => wav::samples(self.data),
            Format::S16le | Format::Mulaw => self.data,
            _ => &[],
        }
    }
}

/// The error for a message that could not be parsed.
pub(super) fn not_json(error: &serde_json::Error) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!("a message is not the JSON expected: {error}"),
    )
}

/// A chunk that came before the one due.
struct Held {
    data: Vec<u8>,
    is_final: bool,
}

/// A generation as its messages come in: from the text of one message to the next chunk. Copies nothing but the audio,
/// and that once.
///
/// [`Client::stream_tts`](super::Client::stream_tts) does all of this; it is public for those who bring a connection
/// of their own, and for measuring it.
pub struct Generation {
    id: String,
    format: Format,
    max_held_bytes: usize,
    next_index: u64,
    held: BTreeMap<u64, Held>,
    held_bytes: usize,
    /// The decoded chunk in hand: `buffer[..length]`. Grows to the largest chunk and is used again.
    buffer: Vec<u8>,
    length: usize,
    is_final: bool,
    finished: bool,
    received: Received,
    duplicates: u64,
}

impl Generation {
    /// One that nothing has come of yet. Chunks that come early are kept up to `max_held_bytes` in all.
    pub fn new(id: impl Into<String>, format: Format, max_held_bytes: usize) -> Generation {
        Generation {
            id: id.into(),
            format,
            max_held_bytes,
            next_index: 0,
            held: BTreeMap::new(),
            held_bytes: 0,
            buffer: Vec::new(),
            length: 0,
            is_final: false,
            finished: false,
            received: Received::default(),
            duplicates: 0,
        }
    }

    /// The generation's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the last chunk has been handed out.
    pub fn is_finished(&self) -> bool {
        self.finished
    }

    /// What has been handed out.
    pub fn received(&self) -> Received {
        self.received
    }

    /// Chunks that came twice and were dropped.
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// The chunk that was announced last.
    pub fn chunk(&self) -> Chunk<'_> {
        Chunk {
            data: &self.buffer[..self.length],
            // Counted on already.
            index: self.next_index.saturating_sub(1),
            generation_id: &self.id,
            is_final: self.is_final,
            format: self.format,
        }
    }

    /// Takes the text of one message. `true`: [`chunk`](Self::chunk) has the next chunk. Messages of other generations
    /// are passed over.
    ///
    /// # Errors
    /// `Protocol` for a message that is not what it should be or comes in the wrong place; what the service reports.
    pub fn accept_text(&mut self, message: &str) -> Result<bool> {
        self.accept(wire::parse(message))
    }

    /// [`accept_text`](Self::accept_text) for a message that came as bytes.
    ///
    /// # Errors
    /// As `accept_text`; also when it is not UTF-8.
    pub fn accept_binary(&mut self, message: &[u8]) -> Result<bool> {
        self.accept(wire::parse_bytes(message))
    }

    fn accept(&mut self, event: Result<Event<'_>, serde_json::Error>) -> Result<bool> {
        self.accept_event(event.map_err(|error| not_json(&error))?)
    }

    /// Takes a message that has been parsed already.
    pub(super) fn accept_event(&mut self, event: Event<'_>) -> Result<bool> {
        match event {
            Event::Failed {
                generation_id,
                message,
                error_type,
            } if self.concerns(generation_id.as_deref()) => Err(vendor_error(error_type.as_deref(), &message)),
            Event::Chunk(message) if self.concerns(message.generation_id.as_deref()) => self.accept_chunk(&message),
            _ => Ok(false),
        }
    }

    /// Whether the next chunk is among those that came early; ask until it is not, before the next message.
    pub fn accept_held(&mut self) -> bool {
        let Some(held) = self.held.remove(&self.next_index) else {
            return false;
        };
        self.held_bytes -= held.data.len();
        self.buffer.clear();
        self.buffer.extend_from_slice(&held.data);
        self.deliver(held.data.len(), held.is_final)
    }

    /// Only one generation runs on this connection, so what names none is about this one.
    fn concerns(&self, id: Option<&str>) -> bool {
        id.is_none_or(|id| id.eq_ignore_ascii_case(&self.id))
    }

    fn accept_chunk(&mut self, message: &ChunkMessage<'_>) -> Result<bool> {
        let index = message.index.unwrap_or(self.next_index);
        if index < self.next_index || self.held.contains_key(&index) {
            // Its audio is here already. A last message that repeats an index still is the last.
            self.duplicates += 1;
            if !message.is_final {
                return Ok(false);
            }
            return if self.held.is_empty() {
                Ok(self.deliver(0, true))
            } else {
                Err(self.gap())
            };
        }
        let length = self.decode(index, &message.data)?;
        if index == self.next_index {
            if message.is_final && !self.held.is_empty() {
                return Err(self.gap());
            }
            return Ok(self.deliver(length, message.is_final));
        }
        self.held_bytes += length;
        if message.is_final || self.held.len() == MAX_HELD || self.held_bytes > self.max_held_bytes {
            return Err(self.gap());
        }
        let held = Held {
            data: self.buffer[..length].to_vec(),
            is_final: message.is_final,
        };
        self.held.insert(index, held);
        Ok(false)
    }

    /// Room for audio that comes as it is, to be announced with [`accept_filled`](Self::accept_filled).
    pub(super) fn room(&mut self, size: usize) -> &mut [u8] {
        if self.buffer.len() < size {
            self.buffer.resize(size, 0);
        }
        &mut self.buffer[..size]
    }

    /// So much audio is in the room; none is the end. [`chunk`](Self::chunk) has it.
    pub(super) fn accept_filled(&mut self, length: usize) {
        self.deliver(length, length == 0);
    }

    /// Decodes into the buffer; the number of bytes.
    fn decode(&mut self, index: u64, data: &str) -> Result<usize> {
        let needed = base64::decoded_len_estimate(data.len());
        if self.buffer.len() < needed {
            self.buffer.resize(needed, 0);
        }
        BASE64.decode_slice(data, &mut self.buffer).map_err(|error| {
            Error::new(
                ErrorKind::Protocol,
                format!("the audio of chunk {index} is not base64: {error}"),
            )
        })
    }

    fn deliver(&mut self, length: usize, is_final: bool) -> bool {
        self.length = length;
        self.is_final = is_final;
        self.finished = is_final;
        self.next_index += 1;
        if length > 0 {
            self.received.chunks += 1;
            self.received.bytes += length as u64;
        }
        length > 0 || is_final
    }

    /// The error that names the chunk that did not come.
    pub(super) fn gap(&self) -> Error {
        Error::new(
            ErrorKind::Protocol,
            format!("chunk {} is missing: {}", self.next_index, self.waiting()),
        )
    }

    /// Whether chunks are waiting for one that is missing.
    pub(super) fn has_gap(&self) -> bool {
        !self.held.is_empty()
    }

    fn waiting(&self) -> String {
        match self.held.keys().next() {
            Some(first) => format!("chunk {first} and {} more came after it", self.held.len() - 1),
            None => "the last chunk came without it".to_owned(),
        }
    }
}
