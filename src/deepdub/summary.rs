//! What a generation came to, and how long its parts took.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::audio::Format;
use crate::error::Received;

/// What a generation came to: the figures to tune by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Summary {
    /// The generation's id: what a report about it names.
    pub generation_id: String,
    /// The format that was asked for.
    pub format: Format,
    /// Chunks with audio that were delivered. Of a line whose chunks wait for a poll, or to be asked for: that had come, also
    /// those that a cancel has dropped since.
    pub chunks: u64,
    /// Bytes of audio in them, as the service sent them.
    pub bytes: u64,
    /// Chunks that came twice and were dropped.
    pub duplicates: u64,
    /// How long it waited for its turn: in a session's queue, for the turn before it, and because the service asked to
    /// wait. Zero outside of sessions.
    pub queued: Duration,
    /// How long it waited for a connection, also for one to come back. Next to nothing in a session that was open
    /// already.
    pub connect: Duration,
    /// From the call to the first audio, everything included. `None` when none came.
    pub first_chunk: Option<Duration>,
    /// The longest wait for a chunk after the one before it.
    pub longest_gap: Duration,
    /// From the call to its end, or until now.
    pub total: Duration,
    /// How often it was sent again: because the connection broke, or the service asked to wait.
    pub retries: u32,
}

/// The stopwatch of one generation.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    called: Instant,
    ended: Option<Duration>,
    queued: Duration,
    connect: Duration,
    /// What it is waiting for, and since when.
    waiting: Option<(WaitFor, Instant)>,
    first_chunk: Option<Duration>,
    longest_gap: Duration,
    pub received: Received,
    pub duplicates: u64,
    pub retries: u32,
}

/// What a generation can wait for before the service has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaitFor {
    Turn,
    Connection,
}

impl Figures {
    pub fn start() -> Figures {
        Figures {
            called: Instant::now(),
            ended: None,
            queued: Duration::ZERO,
            connect: Duration::ZERO,
            waiting: None,
            first_chunk: None,
            longest_gap: Duration::ZERO,
            received: Received::default(),
            duplicates: 0,
            retries: 0,
        }
    }

    /// It waits for `what` from now on, or with `None` for the service.
    pub fn wait_for(&mut self, what: Option<WaitFor>) {
        let now = Instant::now();
        if let Some((what, since)) = self.waiting.take() {
            let waited = now.duration_since(since);
            match what {
                WaitFor::Turn => self.queued += waited,
                WaitFor::Connection => self.connect += waited,
            }
        }
        self.waiting = what.map(|what| (what, now));
    }

    /// A connection took so long, as is known only now.
    pub fn connected_in(&mut self, time: Duration) {
        self.connect += time;
    }

    pub fn connect(&self) -> Duration {
        self.connect
    }

    pub fn called(&self) -> Instant {
        self.called
    }

    /// Audio came, `waited` after what came before it.
    pub fn chunk(&mut self, waited: Duration, received: Received, duplicates: u64) {
        self.duplicates = duplicates;
        self.received = received;
        if received.chunks == 0 {
            return;
        }
        if self.first_chunk.is_none() {
            self.first_chunk = Some(self.called.elapsed());
        } else {
            self.longest_gap = self.longest_gap.max(waited);
        }
    }

    /// Stops the watch, once.
    pub fn end(&mut self) {
        self.wait_for(None);
        self.ended.get_or_insert(self.called.elapsed());
    }

    pub fn summary(&self, generation_id: &str, format: Format) -> Summary {
        Summary {
            generation_id: generation_id.to_owned(),
            format,
            chunks: self.received.chunks,
            bytes: self.received.bytes,
            duplicates: self.duplicates,
            queued: self.queued,
            connect: self.connect,
            first_chunk: self.first_chunk,
            longest_gap: self.longest_gap,
            total: self.ended.unwrap_or_else(|| self.called.elapsed()),
            retries: self.retries,
        }
    }
}
