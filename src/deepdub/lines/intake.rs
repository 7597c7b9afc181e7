//! What comes for one line: chunks in their order, each handed on, and when the next one is due.

use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::line::LineShared;
use crate::deepdub::config::Timeouts;
use crate::deepdub::generation::{Chunk, Generation};
use crate::deepdub::memory::Recorder;
use crate::deepdub::summary::WaitFor;
use crate::deepdub::wire::Event;
use crate::error::{Error, ErrorKind, Received, Result};
use crate::net::{deadline_after, earlier, is_past};

/// One line's way in, on the I/O thread.
pub(in crate::deepdub) struct Intake {
    pub line: Arc<LineShared>,
    pub recorder: Recorder,
    generation: Generation,
    max_held_bytes: usize,
    /// When all of it has to be over.
    total: Option<Instant>,
    /// When the next thing has to come.
    next: Option<Instant>,
    /// What has been asked for has to be answered with audio by then, however often it is asked for again.
    due: Option<Instant>,
    /// When it was sent, or something came.
    heard: Instant,
    /// What has been handed on.
    received: Received,
    next_index: u64,
    resume: Option<Resume>,
    /// What the service answered to the last request, which has been sent again since.
    refused: Option<Error>,
    /// How often it was sent again because a connection broke.
    broken: u32,
}

/// What it takes to ask for the same audio again and go on where it broke off.
#[derive(Default)]
struct Resume {
    delivered: Fingerprint,
    /// While the beginning comes again.
    repeating: Option<Fingerprint>,
}

/// Of audio, from its beginning.
#[derive(Default, Clone)]
struct Fingerprint {
    hasher: DefaultHasher,
    length: u64,
}

impl Fingerprint {
    fn add(&mut self, data: &[u8]) {
        self.hasher.write(data);
        self.length += data.len() as u64;
    }
}

/// What a message came to.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::deepdub) enum Progress {
    GoesOn,
    /// That was the last chunk.
    Finished,
}

impl Intake {
    pub fn new(line: Arc<LineShared>, recorder: Recorder, max_held_bytes: usize, resume: bool) -> Intake {
        Intake {
            recorder,
            generation: Generation::new(line.id(), line.format, max_held_bytes),
            line,
            max_held_bytes,
            total: None,
            next: None,
            due: None,
            heard: Instant::now(),
            received: Received::default(),
            next_index: 0,
            resume: resume.then(Resume::default),
            refused: None,
            broken: 0,
        }
    }

    /// Its time runs: from here on all of it has to be over in the total limit.
    pub fn start_total(&mut self, timeouts: &Timeouts) {
        self.total = deadline_after(timeouts.total);
    }

    /// Audio has to come, as soon as it does after a request: for one that is made again, as soon as after the first.
    pub fn expect_audio(&mut self, timeouts: &Timeouts) {
        self.next = self.due.or_else(|| {
            deadline_after(if self.generation.received().chunks == 0 {
                timeouts.first_chunk
            } else {
                timeouts.between_chunks
            })
        });
    }

    /// As [`expect_audio`](Self::expect_audio), unless it is waited for already.
    pub fn keep_expecting_audio(&mut self, timeouts: &Timeouts) {
        if self.next.is_none() {
            self.expect_audio(timeouts);
        }
    }

    /// All of the request is on its way: audio has to come, and making the request again gives it no more time.
    pub fn ask(&mut self, timeouts: &Timeouts) {
        self.expect_audio(timeouts);
        self.due = self.next;
    }

    /// Nothing has to come for now.
    pub fn expect_nothing(&mut self) {
        self.next = None;
    }

    /// It is being sent: what comes from here on is the answer.
    pub fn sent(&mut self) {
        self.generation = Generation::new(self.line.id(), self.line.format, self.max_held_bytes);
        self.heard = Instant::now();
    }

    /// As [`sent`](Self::sent), the answer having this id. The line has it when something of it is handed on.
    pub fn sent_as(&mut self, id: &str) {
        self.generation = Generation::new(id, self.line.format, self.max_held_bytes);
        self.heard = Instant::now();
    }

    /// What came is for this one. Chunks are handed on.
    ///
    /// # Errors
    /// What the service reports; what is wrong with the message; what became of the chunks at the other end.
    pub fn accept(&mut self, event: Event<'_>, timeouts: &Timeouts) -> Result<Progress> {
        self.refused = None;
        let mut more = self.generation.accept_event(event)?;
        while more {
            let is_final = self.generation.chunk().is_final;
            self.due = None;
            self.hand_on()?;
            // Without the time that a callback took.
            self.heard = Instant::now();
            if self.next.is_some() {
                self.next = deadline_after(timeouts.between_chunks);
            }
            if is_final {
                return Ok(Progress::Finished);
            }
            more = self.generation.accept_held();
        }
        Ok(Progress::GoesOn)
    }

    fn hand_on(&mut self) -> Result<()> {
        let chunk = self.generation.chunk();
        let data = match &mut self.resume {
            Some(resume) => resume.unheard(&chunk)?,
            None => chunk.data,
        };
        if data.is_empty() && !chunk.is_final {
            return Ok(());
        }
        self.line.set_id(chunk.generation_id);
        let index = self.next_index;
        self.next_index += 1;
        let before = self.received;
        if !data.is_empty() {
            self.received.chunks += 1;
            self.received.bytes += data.len() as u64;
        }
        self.line
            .figures
            .lock()
            .chunk(self.heard.elapsed(), self.received, self.generation.duplicates());
        let chunk = Chunk { data, index, ..chunk };
        self.recorder.chunk(&chunk);
        let delivered = self.line.deliver(chunk);
        if matches!(&delivered, Err(error) if error.kind() == ErrorKind::BufferFull) {
            // There was no room for it.
            self.received = before;
            self.line.figures.lock().received = before;
        }
        delivered
    }

    /// Whether the same request may be sent again because the service asks to wait. Nothing must be said twice: only what
    /// has said nothing, or what can be told to go on.
    pub fn can_begin_again(&self) -> bool {
        self.received.bytes == 0 || self.resume.is_some()
    }

    /// As [`can_begin_again`](Self::can_begin_again), because a connection broke: not more often than `retries`. How often
    /// the service asked to wait does not count.
    pub fn can_begin_again_elsewhere(&self, retries: u32) -> bool {
        self.broken < retries && self.can_begin_again()
    }

    /// Whether audio has come.
    pub fn has_audio(&self) -> bool {
        self.received.bytes > 0
    }

    /// It is going to be sent again, because the service asked to wait with this error.
    pub fn begin_again_after(&mut self, refused: Error) {
        self.begin_again(WaitFor::Turn);
        self.refused = Some(refused);
    }

    /// It is going to be sent again, because the connection broke.
    pub fn begin_again_elsewhere(&mut self) {
        self.begin_again(WaitFor::Connection);
        self.broken += 1;
    }

    /// It is going to be sent again, when there is what it waits for.
    fn begin_again(&mut self, when: WaitFor) {
        self.refused = None;
        // Nothing has come of that, and nothing is missing of it.
        self.generation = Generation::new(self.line.id(), self.line.format, self.max_held_bytes);
        {
            let mut figures = self.line.figures.lock();
            figures.retries += 1;
            figures.wait_for(Some(when));
        }
        if let Some(resume) = &mut self.resume {
            resume.repeating = (self.received.bytes > 0).then(Fingerprint::default);
        }
    }

    /// When all of it has to be over.
    pub fn total_deadline(&self) -> Option<Instant> {
        self.total
    }

    /// The latest moment to which it waits for a connection that is not there since `down`, whether or not it has had its
    /// turn.
    pub fn patience(&self, down: Instant, limit: Option<Duration>) -> Option<Instant> {
        let since = self.line.figures.lock().called().max(down);
        limit.and_then(|limit| since.checked_add(limit))
    }

    /// When something has to have come.
    pub fn deadline(&self) -> Option<Instant> {
        earlier(self.next, self.total)
    }

    /// The error, if it is too late. `connection` is why there is none.
    pub fn timed_out(&self, connection: Option<&Error>) -> Option<Error> {
        if !is_past(self.deadline()) {
            return None;
        }
        if self.generation.has_gap() {
            return Some(self.generation.gap());
        }
        // The service has not answered otherwise since.
        if let Some(error) = connection.or(self.refused.as_ref()) {
            return Some(error.clone());
        }
        let (what, field) = if is_past(self.total) {
            ("the generation did not finish in time", "total_timeout")
        } else if self.generation.received().chunks == 0 {
            ("no audio came in time", "first_chunk_timeout")
        } else {
            ("the next chunk did not come in time", "between_chunks_timeout")
        };
        Some(Error::new(ErrorKind::Timeout, what).with_field(field))
    }
}

impl Resume {
    /// What of the chunk has not been handed on before.
    ///
    /// # Errors
    /// `Protocol` when the audio is not the same as the first time.
    fn unheard<'a>(&mut self, chunk: &Chunk<'a>) -> Result<&'a [u8]> {
        let mut data = chunk.data;
        if let Some(repeating) = &mut self.repeating {
            let left = self.delivered.length - repeating.length;
            let known = data.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let (again, new) = data.split_at(known);
            repeating.add(again);
            data = new;
            if repeating.length == self.delivered.length {
                let same = repeating.hasher.finish() == self.delivered.hasher.finish();
                self.repeating = None;
                if !same {
                    return Err(different("it differs from what had been delivered"));
                }
            } else if chunk.is_final {
                return Err(different("it ends before the place where it broke off"));
            }
        }
        self.delivered.add(data);
        Ok(data)
    }
}

fn different(how: &str) -> Error {
    Error::new(
        ErrorKind::Protocol,
        format!("the connection broke, and the audio that came again cannot be joined: {how}"),
    )
}
