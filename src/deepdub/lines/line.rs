//! A line: one generation, from where its chunks come in to where they are taken.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Instant;

use once_cell::sync::OnceCell;

use super::hub::{Delivery, Hub};
use crate::audio::{Format, Track};
use crate::deepdub::generation::Chunk;
use crate::deepdub::summary::{Figures, Summary, WaitFor};
use crate::error::{Error, ErrorKind, Result};
use crate::handover::{Begin, Handover, Next, Push};
use crate::net::{CancelToken, WakeUp};
use crate::sync::Mutex;
use crate::thread;

/// What a callback wants after an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// The next chunk, when it comes.
    Continue,
    /// No chunk until [`Line::resume`](crate::deepdub::Line::resume). What comes meanwhile is kept, up to
    /// [`LineOptions::max_buffered_bytes`](crate::deepdub::LineOptions::max_buffered_bytes).
    Pause,
    /// No chunk any more, as after [`Line::cancel`](crate::deepdub::Line::cancel).
    Stop,
}

/// What happens to a line.
#[derive(Debug)]
#[non_exhaustive]
pub enum LineEvent<'a> {
    /// The next chunk. After a cancel none comes.
    Chunk(Chunk<'a>),
    /// It has ended, whether it went well, failed or was cancelled: each line once, and nothing after it.
    Ended(&'a Ended),
}

/// How a line ended.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Ended {
    /// Its figures.
    pub summary: Summary,
    /// Why it failed; `None` when it went well. `Cancelled` after a cancel.
    pub error: Option<Error>,
}

pub(in crate::deepdub) type Callback = Box<dyn FnMut(LineEvent<'_>) -> Flow + Send>;
pub(in crate::deepdub) type Notify = Arc<dyn Fn() + Send + Sync>;

/// A chunk that waits counts as so many bytes at least: about what it takes besides its audio.
const SMALLEST: usize = 64;

/// A chunk that waits for its consumer.
pub(in crate::deepdub) struct Kept {
    data: Vec<u8>,
    index: u64,
    is_final: bool,
}

impl Kept {
    pub fn chunk<'a>(&'a self, line: &'a LineShared) -> Chunk<'a> {
        Chunk {
            data: &self.data,
            index: self.index,
            generation_id: line.id(),
            is_final: self.is_final,
            format: line.format,
        }
    }
}

/// What a line belongs to.
pub(in crate::deepdub) trait Owner: Send + Sync {
    fn hub(&self) -> &Hub;
    /// Tells the I/O thread that the line was cancelled.
    fn cancelled(&self, line: Arc<LineShared>);
    /// Tells the I/O thread that the line's callback wants chunks again.
    fn resumed(&self, line: Arc<LineShared>);
}

/// What the session, its thread and the line's handle share.
pub(in crate::deepdub) struct LineShared {
    /// What its owner knows it by.
    pub name: String,
    /// Where it stands in the order of its owner's lines.
    pub place: i64,
    pub format: Format,
    pub figures: Mutex<Figures>,
    /// The generation's id, once it is known.
    id: OnceCell<String>,
    owner: Weak<dyn Owner>,
    handover: Handover<Kept, Ended>,
    max_buffered: usize,
    consumer: Consumer,
    /// Whether the consumer gets the chunks, and not only the end.
    wants_chunks: bool,
    /// Where its audio is played; set before anything comes.
    track: OnceCell<Track>,
    /// What cancels it from outside; set before anything comes.
    token: OnceCell<CancelToken>,
    /// Nobody asks for its end any more.
    unwatched: AtomicBool,
    /// Is in the session's list of lines that have something for a poll.
    announced: AtomicBool,
}

/// Who gets what of a line.
pub(in crate::deepdub) enum Listener {
    /// A callback gets the chunks and the end.
    All(Callback),
    /// A callback gets the end; the audio is played.
    End(Callback),
    /// Somebody asks, for chunks and end.
    Asks,
    /// Somebody may ask for the end; the audio is played.
    AsksForEnd,
}

/// Who takes the events.
enum Consumer {
    /// A callback, on the session's thread or in its polls.
    Callback(Delivery, Mutex<Option<Callback>>),
    /// Somebody who asks; this is called when there is something.
    Puller(Mutex<Option<Notify>>),
}

impl LineShared {
    /// One that nobody has sent yet.
    pub fn new<O: Owner + 'static>(
        owner: &Arc<O>,
        (name, place): (String, i64),
        format: Format,
        max_buffered: usize,
        listener: Listener,
    ) -> LineShared {
        let wants_chunks = matches!(listener, Listener::All(_) | Listener::Asks);
        let owner_of_line: Weak<dyn Owner> = Arc::<O>::downgrade(owner);
        LineShared {
            name,
            place,
            format,
            figures: Mutex::new({
                let mut figures = Figures::start();
                figures.wait_for(Some(WaitFor::Turn));
                figures
            }),
            id: OnceCell::new(),
            owner: owner_of_line,
            handover: Handover::new(max_buffered),
            max_buffered,
            consumer: match listener {
                Listener::All(callback) | Listener::End(callback) => {
                    Consumer::Callback(owner.hub().delivery, Mutex::new(Some(callback)))
                }
                Listener::Asks | Listener::AsksForEnd => Consumer::Puller(Mutex::new(None)),
            },
            wants_chunks,
            track: OnceCell::new(),
            token: OnceCell::new(),
            unwatched: AtomicBool::new(false),
            announced: AtomicBool::new(false),
        }
    }

    /// The generation's id; empty while it is not known.
    pub fn id(&self) -> &str {
        self.id.get().map_or("", String::as_str)
    }

    /// Only the first one counts.
    pub fn set_id(&self, id: &str) {
        self.id.get_or_init(|| id.to_owned());
    }

    pub fn summary(&self) -> Summary {
        self.figures.lock().summary(self.id(), self.format)
    }

    /// Its audio goes into this track, before anybody else gets it. Once, before it is sent.
    pub fn play_on(&self, track: Track) {
        let track = self.track.get_or_init(|| track);
        // The session may have been closed meanwhile.
        if self.is_cancelled() {
            track.cancel();
        }
        if self.is_ended() {
            track.fail(Error::cancelled());
        }
    }

    /// Whether its audio is played.
    pub fn is_played(&self) -> bool {
        self.track.get().is_some()
    }

    /// Whether it was to be played, and the player was flushed since.
    pub fn is_flushed(&self) -> bool {
        self.track.get().is_some_and(Track::is_dropped)
    }

    /// It ends when `token` is cancelled. Once, before it is sent.
    pub fn cancel_with(self: &Arc<Self>, token: &CancelToken) {
        self.token.get_or_init(|| token.clone()).wake_on_cancel(self);
    }

    /// Whether it was; the command that says so may still be on its way. A token counts before it has got round to all of
    /// its lines, so that none of them takes the place of another.
    pub fn is_cancelled(&self) -> bool {
        self.handover.is_cancelled() || self.token.get().is_some_and(CancelToken::is_cancelled)
    }

    pub fn is_ended(&self) -> bool {
        !self.is_here() || self.handover.is_ended()
    }

    /// Whether this process is the one that it is spoken in: see [`Hub::is_here`].
    pub fn is_here(&self) -> bool {
        self.owner.upgrade().is_none_or(|owner| owner.hub().is_here())
    }

    /// On the session's thread: a chunk came.
    ///
    /// # Errors
    /// `BufferFull` when nobody takes what comes; `Cancelled` when the callback stops, the player was flushed, or nobody
    /// wants it any more; `Internal` when it panics; `BadAudio` when it cannot be played.
    pub fn deliver(self: &Arc<Self>, chunk: Chunk<'_>) -> Result<()> {
        if let Some(track) = self.track.get() {
            track.write(chunk.data).map_err(|error| match error.kind() {
                // Whoever has closed the player has stopped its lines.
                ErrorKind::Closed => Error::cancelled(),
                _ => error,
            })?;
        }
        if !self.wants_chunks {
            return match self.handover.is_cancelled() || self.handover.is_ended() {
                true => Err(Error::cancelled()),
                false => Ok(()),
            };
        }
        if let Consumer::Callback(Delivery::IoThread, callback) = &self.consumer {
            match self.handover.begin() {
                Begin::Deliver => return self.call(callback, chunk),
                // It must not look complete without this chunk.
                Begin::Closed => return Err(Error::cancelled()),
                Begin::Queue => {}
            }
        }
        let kept = Kept {
            data: chunk.data.to_vec(),
            index: chunk.index,
            is_final: chunk.is_final,
        };
        match self.handover.push(kept, chunk.data.len().max(SMALLEST)) {
            Push::Taken => {
                self.announce();
                Ok(())
            }
            Push::Closed => Err(Error::cancelled()),
            Push::Full => Err(Error::new(
                ErrorKind::BufferFull,
                format!(
                    "the audio was taken too slowly: more than {} bytes would wait (max_buffered_bytes)",
                    self.max_buffered
                ),
            )
            .with_field("max_buffered_bytes")),
        }
    }

    /// Ends it; only the first end counts. Whoever takes its events gets the end after what waits already; callbacks on
    /// the session's thread get it by [`hand_over`](Self::hand_over).
    pub fn finish(self: &Arc<Self>, error: Option<Error>) {
        let is_cancel = matches!(&error, Some(error) if error.kind() == ErrorKind::Cancelled);
        // Once a cancel has returned there is no other end: whoever cancelled it gives it that.
        self.end(
            error,
            if is_cancel {
                Handover::finish
            } else {
                Handover::complete
            },
        );
    }

    /// [`finish`](Self::finish) with this way of handing the end over.
    fn end(self: &Arc<Self>, error: Option<Error>, give: fn(&Handover<Kept, Ended>, Ended) -> bool) {
        let error = match (error, self.track.get()) {
            // What the decoder still held may be broken.
            (None, Some(track)) => track.finish().err(),
            (error, _) => error,
        };
        let ended = {
            let mut figures = self.figures.lock();
            figures.end();
            Ended {
                summary: figures.summary(self.id(), self.format),
                error: error.map(|error| self.tell_of(&figures, error)),
            }
        };
        match &ended.error {
            Some(error) => log::debug!("generation {}: {error}", self.id()),
            None => log::debug!("generation {}: finished after {:.1?}", self.id(), ended.summary.total),
        }
        let failure = ended.error.clone();
        let first = give(&self.handover, ended);
        if let (Some(track), Some(error)) = (self.track.get(), failure) {
            track.fail(error);
        }
        if first {
            self.announce();
        }
        if self.unwatched.load(Ordering::SeqCst) {
            self.forget();
        }
    }

    /// Nobody is going to ask for its end: it goes on, and its owner forgets it then.
    pub fn unwatch(&self) {
        self.unwatched.store(true, Ordering::SeqCst);
        if self.is_ended() {
            self.forget();
        }
    }

    /// What it fails with when it is cancelled.
    pub fn cancelled(&self) -> Error {
        self.tell_of(&self.figures.lock(), Error::cancelled())
    }

    /// What a failure says of the line: whose it is, and what had come.
    fn tell_of(&self, figures: &Figures, error: Error) -> Error {
        let error = error.with_generation(self.id(), figures.received);
        match figures.retries {
            0 => error,
            retries => error.with_attempts(retries + 1),
        }
    }

    /// Says that there is something to take, to whom it concerns.
    pub fn announce(self: &Arc<Self>) {
        match &self.consumer {
            Consumer::Callback(Delivery::Poll, _) => {
                if !self.announced.swap(true, Ordering::SeqCst)
                    && let Some(owner) = self.owner.upgrade()
                {
                    owner.hub().announce(Arc::clone(self));
                }
            }
            // The session's thread sees to it itself.
            Consumer::Callback(Delivery::IoThread, _) => {}
            Consumer::Puller(notify) => {
                let notify = notify.lock().clone();
                if let Some(notify) = notify {
                    // Its panic is not this thread's end.
                    let _ = thread::callback(|| catch_unwind(AssertUnwindSafe(|| notify())));
                }
            }
        }
    }

    /// Whether its events are callbacks on the session's thread.
    pub fn is_direct(&self) -> bool {
        matches!(self.consumer, Consumer::Callback(Delivery::IoThread, _))
    }

    /// Calls the callback with all that waits, on the thread where callbacks belong; how many calls that made. What comes
    /// meanwhile is announced again: else a callback that is slower than the service would keep a poll from ending.
    pub fn hand_over(self: &Arc<Self>) -> usize {
        let Consumer::Callback(_, callback) = &self.consumer else {
            return 0;
        };
        // From here on news is announced again.
        self.announced.store(false, Ordering::SeqCst);
        let mut calls = 0;
        let mut left = self.handover.waiting();
        while left > 0 {
            left -= 1;
            match self.handover.next() {
                Next::Item(kept) => {
                    calls += 1;
                    if let Err(error) = self.call(callback, kept.chunk(self)) {
                        self.handover.cancel(false);
                        self.end(Some(error), Handover::finish);
                        self.tell(Owner::cancelled);
                        // The end.
                        left = 1;
                    }
                }
                Next::End(ended) => {
                    self.call_end(callback, &ended);
                    return calls + 1;
                }
                Next::Empty | Next::Over => return calls,
            }
        }
        calls
    }

    /// Calls the callback over a chunk; [`Handover::begin`] or [`Handover::next`] has allowed it.
    fn call(&self, slot: &Mutex<Option<Callback>>, chunk: Chunk<'_>) -> Result<()> {
        let is_final = chunk.is_final;
        let callback = slot.lock().take();
        let flow = callback.map(|mut callback| {
            let flow = thread::callback(|| catch_unwind(AssertUnwindSafe(|| callback(LineEvent::Chunk(chunk)))));
            *slot.lock() = Some(callback);
            flow
        });
        if matches!(flow, Some(Ok(Flow::Pause))) {
            self.handover.pause();
        }
        self.handover.delivered();
        match flow {
            // It had everything.
            Some(Ok(Flow::Stop)) if is_final => Ok(()),
            Some(Ok(Flow::Stop)) => Err(Error::cancelled()),
            Some(Err(_)) => Err(Error::new(ErrorKind::Internal, "the line's callback panicked")),
            Some(Ok(Flow::Continue | Flow::Pause)) | None => Ok(()),
        }
    }

    fn call_end(&self, slot: &Mutex<Option<Callback>>, ended: &Ended) {
        self.forget();
        let callback = slot.lock().take();
        if let Some(mut callback) = callback {
            // Its panic concerns nobody any more.
            let _ = thread::callback(|| {
                catch_unwind(AssertUnwindSafe(move || {
                    callback(LineEvent::Ended(ended));
                }))
            });
        }
    }

    /// No chunk from here on. The end follows where events go. Waits for a callback that is running, unless this thread
    /// is in one.
    pub fn cancel(self: &Arc<Self>, wait: bool) {
        if !self.is_here() {
            return;
        }
        // Also of a line that has ended: its sound may last longer.
        if let Some(track) = self.track.get() {
            track.cancel();
        }
        self.end_now(wait);
    }

    /// [`cancel`](Self::cancel) with the session: what is complete is played to its end.
    pub fn close(self: &Arc<Self>, wait: bool) {
        match self.is_ended() {
            true => self.end_now(wait),
            false => self.cancel(wait),
        }
    }

    fn end_now(self: &Arc<Self>, wait: bool) {
        if !self.is_here() {
            return;
        }
        self.handover.cancel(wait && !thread::in_callback());
        if !self.is_direct() {
            self.finish(Some(Error::cancelled()));
        }
        self.tell(Owner::cancelled);
    }

    /// Chunks go to the callback again.
    pub fn resume(self: &Arc<Self>) {
        if !self.is_here() {
            return;
        }
        self.handover.resume();
        if self.is_direct() {
            self.tell(Owner::resumed);
        } else {
            self.announce();
        }
    }

    /// The next thing for who asks for it.
    pub fn take(&self) -> Next<Kept, Ended> {
        let next = self.handover.take();
        if matches!(next, Next::End(_)) {
            self.forget();
        }
        next
    }

    /// Sleeps until there is something to take.
    pub fn wait(&self, deadline: Option<Instant>) {
        self.handover.wait(deadline);
    }

    pub fn set_notify(&self, notify: Notify) {
        if let Consumer::Puller(slot) = &self.consumer {
            *slot.lock() = Some(notify);
        }
    }

    /// Its owner need not know of it any more.
    pub fn forget(&self) {
        if let Some(owner) = self.owner.upgrade() {
            owner.hub().forget(self);
        }
    }

    /// On the I/O thread: it was cancelled, and gets its end unless it has had one.
    pub fn end_cancelled(self: &Arc<Self>) {
        self.finish(Some(Error::cancelled()));
        if self.is_direct() {
            self.hand_over();
        }
    }

    fn tell(self: &Arc<Self>, what: impl FnOnce(&(dyn Owner + 'static), Arc<LineShared>)) {
        if let Some(owner) = self.owner.upgrade() {
            what(&*owner, Arc::clone(self));
        }
    }
}

impl WakeUp for LineShared {
    /// The line's cancel token was cancelled; that does not wait for anything.
    fn wake_up(self: Arc<Self>) {
        self.cancel(false);
    }
}

#[cfg(test)]
mod tests;
