//! A line in the hands of the one who asked for it.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::line::{Kept, LineShared};
use crate::deepdub::generation::Chunk;
use crate::deepdub::summary::Summary;
use crate::error::{Error, Result};
use crate::handover::Next;

/// A line that calls back. Clones are one line; dropping them changes nothing: the line goes on.
#[derive(Clone)]
pub struct Line(Arc<LineShared>);

impl Line {
    pub(in crate::deepdub) fn new(line: Arc<LineShared>) -> Line {
        Line(line)
    }

    /// The generation's id: what a report about it names. A [`TextSession`](crate::deepdub::TextSession)'s turn has one
    /// when its first audio has come, and an empty one before.
    pub fn generation_id(&self) -> &str {
        self.0.id()
    }

    /// Stops it. When this returns, its callback is not running over a chunk and is not called with one again; only its
    /// end still comes. What waits for a poll or a resume is dropped; does nothing to a line that has
    /// ended and of which nothing waits. What waits in a [`Player`](crate::audio::Player) is dropped, too: it is silent from
    /// the next read on.
    ///
    /// The service has no way to stop a [`Session`](crate::deepdub::Session)'s line: it goes on speaking it, unheard. That
    /// takes no place among [`max_running`](crate::deepdub::SessionOptions::max_running), but one of the five that the
    /// service allows: to interrupt without waiting, leave one of these free (`max_running` 4), or cancel all that is being
    /// spoken. To put another line in its place, speak that one at the front first, and then cancel: the other way round,
    /// the next line of the queue may be faster.
    ///
    /// It waits for a callback that another thread is just running, so do not hold a lock which that callback takes. From
    /// inside a session's callback it waits for nothing: a call for this line that runs on another thread may then
    /// still be running.
    pub fn cancel(&self) {
        self.0.cancel(true);
    }

    /// Lets chunks come again after [`Flow::Pause`](crate::deepdub::Flow::Pause).
    pub fn resume(&self) {
        self.0.resume();
    }

    /// Whether it has ended; the event that says so may not have been handed over yet.
    pub fn is_ended(&self) -> bool {
        self.0.is_ended()
    }

    /// What it has come to so far.
    pub fn summary(&self) -> Summary {
        self.0.summary()
    }

    /// Whether its audio goes to a [`Player`](crate::audio::Player).
    pub fn is_played(&self) -> bool {
        self.0.is_played()
    }

    /// Whether this process is the one that it is spoken in, rather than one that was forked from it.
    pub(crate) fn is_here(&self) -> bool {
        self.0.is_here()
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Line")
            .field("generation_id", &self.generation_id())
            .field("ended", &self.is_ended())
            .finish_non_exhaustive()
    }
}

/// A line whose chunks are asked for, one by one, on any thread. Dropping it cancels the line.
///
/// One whose audio goes to a [`Player`](crate::audio::Player) hands out no chunks, only its end; dropping it lets it go on.
pub struct LineStream {
    line: Line,
    /// The chunk in hand.
    kept: Option<Kept>,
    /// How it ended.
    ended: Option<Result<(), Error>>,
}

/// How often a host that wants to be asked is asked.
pub(in crate::deepdub) const INTERRUPT_PERIOD: Duration = Duration::from_millis(20);

impl LineStream {
    pub(in crate::deepdub) fn new(line: Line) -> LineStream {
        LineStream {
            line,
            kept: None,
            ended: None,
        }
    }

    /// The next chunk, waiting for it; `None` after the last.
    ///
    /// # Errors
    /// What the line failed with. [`Error::received`] says how much audio had come before; it stays good. After an error
    /// every further call gives that error again.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk<'_>>> {
        while !self.advance()? {
            if self.is_over() {
                return Ok(None);
            }
            self.line.0.wait(None);
        }
        Ok(self.chunk())
    }

    /// [`next_chunk`](Self::next_chunk) that waits no longer than `timeout`; `None` when none has come by then, or none comes
    /// any more: see [`is_over`](Self::is_over).
    ///
    /// # Errors
    /// As `next_chunk`.
    pub fn next_chunk_within(&mut self, timeout: Duration) -> Result<Option<Chunk<'_>>> {
        // Without end when it is further away than the clock goes.
        let deadline = Instant::now().checked_add(timeout);
        while !self.advance()? {
            if self.is_over() || deadline.is_some_and(|deadline| deadline <= Instant::now()) {
                return Ok(None);
            }
            self.line.0.wait(deadline);
        }
        Ok(self.chunk())
    }

    /// [`next_chunk`](Self::next_chunk) for hosts that learn of an interruption only by asking: every 20 ms of the wait
    /// `interrupted` is asked, and `true` cancels the line.
    ///
    /// # Errors
    /// As `next_chunk`.
    pub fn next_chunk_unless(&mut self, interrupted: impl Fn() -> bool) -> Result<Option<Chunk<'_>>> {
        while !self.advance()? {
            if self.is_over() {
                return Ok(None);
            }
            self.line.0.wait(Instant::now().checked_add(INTERRUPT_PERIOD));
            if interrupted() {
                self.line.cancel();
            }
        }
        Ok(self.chunk())
    }

    /// The next chunk if it is here already. `None` when there is none now, or none any more: see
    /// [`is_over`](Self::is_over).
    ///
    /// # Errors
    /// As [`next_chunk`](Self::next_chunk).
    pub fn try_next_chunk(&mut self) -> Result<Option<Chunk<'_>>> {
        Ok(if self.advance()? { self.chunk() } else { None })
    }

    /// Whether the last chunk has been handed out, or the line has failed.
    pub fn is_over(&self) -> bool {
        self.ended.is_some()
    }

    /// `notify` is called each time that there is something to ask for, also the end: for event loops. It replaces the
    /// one before, and is called once now. It is called on the session's thread and on those that cancel: it must not
    /// block, and not ask for the chunk itself.
    pub fn on_ready(&self, notify: impl Fn() + Send + Sync + 'static) {
        let notify = Arc::new(notify);
        self.line.0.set_notify(notify.clone());
        // Of what came before nobody was told.
        notify();
    }

    /// The line: its id, its figures, its cancel.
    pub fn line(&self) -> &Line {
        &self.line
    }

    /// What it has come to so far.
    pub fn summary(&self) -> Summary {
        self.line.summary()
    }

    /// Moves to the next chunk; `false` when there is none now, or none any more.
    fn advance(&mut self) -> Result<bool> {
        self.kept = None;
        if self.ended.is_none() {
            match self.line.0.take() {
                Next::Item(kept) => {
                    self.kept = Some(kept);
                    return Ok(true);
                }
                Next::Empty => return Ok(false),
                Next::End(ended) => self.ended = Some(ended.error.map_or(Ok(()), Err)),
                // Cancelled a moment ago, by a thread that has not come to say why.
                Next::Over => {
                    // Nobody will ask for the end, which is what else its owner forgets it by.
                    self.line.0.forget();
                    self.ended = Some(Err(self.line.0.cancelled()));
                }
            }
        }
        match &self.ended {
            Some(Err(error)) => Err(error.clone()),
            _ => Ok(false),
        }
    }

    fn chunk(&self) -> Option<Chunk<'_>> {
        self.kept.as_ref().map(|kept| kept.chunk(&self.line.0))
    }
}

impl Drop for LineStream {
    fn drop(&mut self) {
        if self.ended.is_none() {
            if self.line.0.is_played() {
                self.line.0.unwatch();
            } else {
                self.line.cancel();
                self.line.0.forget();
            }
        }
    }
}

impl fmt::Debug for LineStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LineStream")
            .field("generation_id", &self.line.generation_id())
            .field("over", &self.is_over())
            .finish_non_exhaustive()
    }
}
