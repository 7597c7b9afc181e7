//! The messages that come in: from the bytes of one frame to one event, borrowing and not copying.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};

use crate::whole_number::whole_number;

/// What one message says. `generation_id` is `None` where the service left it out.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// The request has been taken.
    Acknowledged {
        /// Whose.
        generation_id: Option<Cow<'a, str>>,
    },
    /// A piece of audio, perhaps empty.
    Chunk(ChunkMessage<'a>),
    /// A turn was stopped, as asked.
    Cancelled,
    /// The answer to a ping.
    Pong,
    /// Something failed: one generation, or what nobody has acknowledged yet.
    Failed {
        /// Whose.
        generation_id: Option<Cow<'a, str>>,
        /// The service's own words.
        message: Cow<'a, str>,
        /// `RateLimit`, `MaxExceeded`, `InsufficientCredits`, `InvalidInput`, or something new.
        error_type: Option<Cow<'a, str>>,
    },
}

/// A message that carries audio or ends a generation.
#[derive(Debug, Clone, PartialEq)]
pub struct ChunkMessage<'a> {
    /// Whose.
    pub generation_id: Option<Cow<'a, str>>,
    /// The chunk's place; counts from 0.
    pub index: Option<u64>,
    /// The audio, in base64.
    pub data: Cow<'a, str>,
    /// Whether it is the last one.
    pub is_final: bool,
}

/// Reads a text frame.
///
/// # Errors
/// When it is not a JSON object with the types the protocol has.
pub fn parse(frame: &str) -> Result<Event<'_>, serde_json::Error> {
    be_object(frame.as_bytes())?;
    serde_json::from_str(frame).map(Message::into_event)
}

/// Reads a binary frame, in which some deployments send the same JSON.
///
/// # Errors
/// As [`parse`]; and when it is not UTF-8.
pub fn parse_bytes(frame: &[u8]) -> Result<Event<'_>, serde_json::Error> {
    be_object(frame)?;
    serde_json::from_slice(frame).map(Message::into_event)
}

/// Refuses arrays, which serde takes for the fields in their order.
fn be_object(frame: &[u8]) -> Result<(), serde_json::Error> {
    match frame.trim_ascii_start().first() {
        Some(b'[') => Err(de::Error::custom("an array instead of an object")),
        _ => Ok(()),
    }
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase", expecting = "an object")]
struct Message<'a> {
    #[serde(borrow, default)]
    generation_id: Text<'a>,
    #[serde(default, deserialize_with = "whole_number")]
    index: Option<u64>,
    #[serde(borrow, default)]
    data: Text<'a>,
    #[serde(default)]
    is_finished: Option<bool>,
    #[serde(borrow, default)]
    error: Text<'a>,
    #[serde(borrow, default)]
    error_type: Text<'a>,
    /// What a gateway before the service says when it fails itself.
    #[serde(borrow, default)]
    message: Text<'a>,
    #[serde(borrow, default)]
    action: Text<'a>,
    #[serde(default)]
    is_cancelled: Option<bool>,
}

impl<'a> Message<'a> {
    fn into_event(self) -> Event<'a> {
        let generation_id = self.generation_id.not_empty();
        let data = self.data.0;
        let is_final = self.is_finished.unwrap_or(false);
        let (error, error_type) = (self.error.not_empty(), self.error_type.not_empty());
        if error.is_some() || error_type.is_some() {
            return Event::Failed {
                generation_id,
                message: error.unwrap_or_default(),
                error_type,
            };
        }
        // A greeting, say, may have words, too; an error may have none.
        let action = self.action.0.as_deref();
        let message = self.message.not_empty();
        let is_error = action == Some("error") || action.is_none() && message.is_some();
        if data.is_none() && !is_final && is_error {
            return Event::Failed {
                generation_id,
                message: message.unwrap_or_default(),
                error_type,
            };
        }
        if self.is_cancelled == Some(true) {
            return Event::Cancelled;
        }
        if action == Some("pong") {
            return Event::Pong;
        }
        let data = data.unwrap_or_default();
        if data.is_empty() && !is_final && self.index.is_none() {
            return Event::Acknowledged { generation_id };
        }
        Event::Chunk(ChunkMessage {
            generation_id,
            index: self.index,
            data,
            is_final,
        })
    }
}

/// A text that borrows where it can. `null` is none; any other JSON value is put into words.
///
/// (Serde's own `Option<Cow<str>>` always copies.)
#[derive(Default)]
struct Text<'a>(Option<Cow<'a, str>>);

impl<'a> Text<'a> {
    fn not_empty(self) -> Option<Cow<'a, str>> {
        self.0.filter(|text| !text.is_empty())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor).map(Text)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Borrowed(text)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    // An error that is an object, a list or `true` is an error still: kept as words.
    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut words = String::new();
        while let Some((name, value)) = map.next_entry::<String, serde_json::Value>()? {
            let separator = if words.is_empty() { "" } else { ", " };
            words.push_str(&format!(
                "{separator}{name}: {}",
                value.as_str().map_or_else(|| value.to_string(), str::to_owned)
            ));
        }
        Ok(Some(Cow::Owned(words)))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        let mut words = Vec::new();
        while let Some(value) = sequence.next_element::<serde_json::Value>()? {
            words.push(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        }
        Ok(Some(Cow::Owned(words.join("; "))))
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(value.then_some(Cow::Borrowed("true")))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Some(Cow::Owned(value.to_string())))
    }
}
