//! What a sandbox remembers of what was asked of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::state::lock;

/// How many entries each log keeps; older ones are forgotten, so that a sandbox can run for weeks.
const KEPT: usize = 10_000;

/// Longer strings in a logged body are replaced by a note of their length (attached audio, mostly).
const LONGEST_STRING: usize = 64 << 10;

/// One request, as [`Sandbox::requests`](crate::Sandbox::requests) reports it. Never contains an API key.
///
/// A WebSocket connection has one entry for its handshake (`GET`, status 101) and one for each message from the client
/// (`WS`, with the status that the same answer would have over REST: 200, 400, 429 …).
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The HTTP method, or `WS` for a message on a WebSocket connection.
    pub method: String,
    /// The path without its query.
    pub path: String,
    /// The HTTP status; 0 when the request was left without an answer.
    pub status: u16,
    /// The body, when it was JSON. A string longer than 64 KiB is replaced by `<N bytes>`, a password by `<secret>`. Of a
    /// multipart body, its text fields, and for each file its `file_name`, `content_type`, `size` and `sha256`.
    pub body: Option<Value>,
}

/// How a generation went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Under way.
    Running,
    /// Everything was sent.
    Finished,
    /// It ended with an error, or with a fault that was asked for.
    Failed,
    /// The client closed the connection first.
    ClientGone,
    /// The client cancelled it.
    Cancelled,
}

impl Outcome {
    /// The outcome in words: `running`, `finished`, `failed`, `client gone` or `cancelled`.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Running => "running",
            Outcome::Finished => "finished",
            Outcome::Failed => "failed",
            Outcome::ClientGone => "client gone",
            Outcome::Cancelled => "cancelled",
        }
    }
}

/// One generation, as [`Sandbox::generations`](crate::Sandbox::generations) reports it. A request that was refused as
/// invalid is not a generation; one over the limit of concurrent generations is a failed one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// The client's generation id, or the one made for it.
    pub id: String,
    /// The audio chunks that went out, each as often as it was sent.
    pub chunks: usize,
    /// How it went.
    pub outcome: Outcome,
}

/// A log with a bounded number of entries, oldest first.
pub(crate) struct Log<T> {
    entries: Mutex<VecDeque<T>>,
}

impl<T: Clone> Log<T> {
    pub(crate) fn new() -> Log<T> {
        Log {
            entries: Mutex::new(VecDeque::new()),
        }
    }

    pub(crate) fn push(&self, entry: T) {
        let mut entries = lock(&self.entries);
        if entries.len() == KEPT {
            entries.pop_front();
        }
        entries.push_back(entry);
    }

    pub(crate) fn all(&self) -> Vec<T> {
        lock(&self.entries).iter().cloned().collect()
    }
}

/// A generation under way: what is known of it, shared between the log and whoever sends it. When the last sender lets
/// go of it while it is running, its client is gone.
#[derive(Clone)]
pub(crate) struct Tracked(Arc<Mutex<Generation>>);

impl Tracked {
    pub(crate) fn new(id: &str) -> Tracked {
        Tracked(Arc::new(Mutex::new(Generation {
            id: id.to_owned(),
            chunks: 0,
            outcome: Outcome::Running,
        })))
    }

    pub(crate) fn snapshot(&self) -> Generation {
        lock(&self.0).clone()
    }

    pub(crate) fn count_chunk(&self) {
        lock(&self.0).chunks += 1;
    }

    /// The first outcome stands.
    pub(crate) fn end(&self, outcome: Outcome) {
        let mut generation = lock(&self.0);
        if generation.outcome == Outcome::Running {
            generation.outcome = outcome;
        }
    }
}

/// Shortens the strings of a body that are too long to keep.
pub(crate) fn shortened(mut body: Value) -> Value {
    match &mut body {
        Value::String(text) if text.len() > LONGEST_STRING => {
            *text = format!("<{} bytes>", text.len());
        }
        Value::Array(items) => {
            for item in items {
                *item = shortened(item.take());
            }
        }
        Value::Object(fields) => {
            for (_, field) in fields.iter_mut() {
                *field = shortened(field.take());
            }
        }
        _ => {}
    }
    body
}
