//! From the thread that receives to the one that consumes: a bounded queue with exactly one end, which can be cancelled
//! from anywhere.
//!
//! This is the one place where threads meet over a generation, kept small enough to be model-checked (`tests/loom`).

use std::collections::VecDeque;
use std::time::Instant;

use crate::sync::{Condvar, Mutex, MutexGuard};

/// Items of type `T`, then one end of type `E`.
pub(crate) struct Handover<T, E> {
    state: Mutex<State<T, E>>,
    changed: Condvar,
}

struct State<T, E> {
    items: VecDeque<(T, usize)>,
    held: usize,
    limit: usize,
    paused: bool,
    cancelled: bool,
    /// A consumer's callback is running over an item.
    delivering: bool,
    /// It was resumed meanwhile.
    resumed: bool,
    end: Option<E>,
    /// Whether there was an end; it may have been taken.
    ended: bool,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Push {
    Taken,
    /// The consumer is too slow: it would go over the limit.
    Full,
    /// Nobody wants it: cancelled, or ended.
    Closed,
}

/// What there is for the consumer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next<T, E> {
    /// The next item. Unless it was only [taken](Handover::take), [`delivered`](Handover::delivered) has to follow.
    Item(T),
    /// The end, handed out once.
    End(E),
    /// Nothing now.
    Empty,
    /// Nothing any more: cancelled, or the end has been handed out.
    Over,
}

impl<T, E> Handover<T, E> {
    /// One that holds items of `limit` bytes in all at most.
    pub fn new(limit: usize) -> Handover<T, E> {
        Handover {
            state: Mutex::new(State {
                items: VecDeque::new(),
                held: 0,
                limit,
                paused: false,
                cancelled: false,
                delivering: false,
                resumed: false,
                end: None,
                ended: false,
            }),
            changed: Condvar::new(),
        }
    }

    /// Adds an item that counts as `size` bytes.
    pub fn push(&self, item: T, size: usize) -> Push {
        let mut state = self.lock();
        if state.cancelled || state.ended {
            return Push::Closed;
        }
        if state.held.saturating_add(size) > state.limit {
            return Push::Full;
        }
        state.held += size;
        state.items.push_back((item, size));
        self.changed.notify_all();
        Push::Taken
    }

    /// Ends it, after the items that are in it. Only the first end counts: `false` for any other.
    pub fn finish(&self, end: E) -> bool {
        self.end(self.lock(), end)
    }

    /// [`finish`](Self::finish) for any end but that of a cancel: refused after a cancel, which may have dropped what came
    /// before, and after which nobody expects another end.
    pub fn complete(&self, end: E) -> bool {
        let state = self.lock();
        !state.cancelled && self.end(state, end)
    }

    fn end(&self, mut state: MutexGuard<'_, State<T, E>>, end: E) -> bool {
        if state.ended {
            return false;
        }
        state.ended = true;
        state.end = Some(end);
        self.changed.notify_all();
        true
    }

    /// No item is handed out any more; those in it are dropped. Returns when no callback is running over one, unless
    /// `wait` is false (the caller may be that callback). The end still comes: an end that waited behind items goes with
    /// them, because it was theirs, and the next [`finish`](Self::finish) counts.
    pub fn cancel(&self, wait: bool) {
        let mut state = self.lock();
        state.cancelled = true;
        state.held = 0;
        let dropped = std::mem::take(&mut state.items);
        if !dropped.is_empty() && state.end.take().is_some() {
            state.ended = false;
        }
        self.changed.notify_all();
        while wait && state.delivering {
            state = self.changed.wait(state);
        }
        drop(state);
        // What items do when they go is done without the lock.
        drop(dropped);
    }

    pub fn is_cancelled(&self) -> bool {
        self.lock().cancelled
    }

    pub fn is_ended(&self) -> bool {
        self.lock().ended
    }

    /// Whether a callback may be called over an item that is not in the queue: `true` counts as a delivery that
    /// [`delivered`](Self::delivered) ends. Not while others wait for their turn.
    pub fn begin(&self) -> Begin {
        let mut state = self.lock();
        if state.cancelled || state.ended {
            Begin::Closed
        } else if state.paused || !state.items.is_empty() {
            Begin::Queue
        } else {
            state.delivering = true;
            Begin::Deliver
        }
    }

    /// How many things there are for a callback now, the end included.
    pub fn waiting(&self) -> usize {
        let state = self.lock();
        state.items.len() + usize::from(state.end.is_some())
    }

    /// The next thing for a callback. One thread at a time.
    pub fn next(&self) -> Next<T, E> {
        let mut state = self.lock();
        match state.take(true) {
            Next::Item(item) => {
                state.delivering = true;
                Next::Item(item)
            }
            other => other,
        }
    }

    /// The callback over an item has returned.
    pub fn delivered(&self) {
        let mut state = self.lock();
        state.delivering = false;
        state.resumed = false;
        self.changed.notify_all();
    }

    /// The next thing for a consumer that asks for it.
    pub fn take(&self) -> Next<T, E> {
        self.lock().take(false)
    }

    /// Sleeps until there is something to [`take`](Self::take), or the deadline passes.
    pub fn wait(&self, deadline: Option<Instant>) {
        let mut state = self.lock();
        while state.items.is_empty() && !state.cancelled && !state.ended {
            match deadline {
                None => state = self.changed.wait(state),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return;
                    }
                    state = self.changed.wait_timeout(state, left);
                }
            }
        }
    }

    /// Items are kept and not handed to callbacks until [`resume`](Self::resume). Nothing, when that has come since the
    /// callback which asks for the pause began: whoever resumes may be faster than the callback returns.
    pub fn pause(&self) {
        let mut state = self.lock();
        state.paused = !state.resumed;
    }

    pub fn resume(&self) {
        let mut state = self.lock();
        state.paused = false;
        state.resumed = state.delivering;
    }

    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        self.state.lock()
    }
}

/// See [`Handover::begin`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begin {
    Deliver,
    Queue,
    Closed,
}

impl<T, E> State<T, E> {
    fn take(&mut self, respect_pause: bool) -> Next<T, E> {
        if !self.cancelled && !self.items.is_empty() {
            if respect_pause && self.paused {
                return Next::Empty;
            }
            if let Some((item, size)) = self.items.pop_front() {
                self.held -= size;
                return Next::Item(item);
            }
        }
        match self.end.take() {
            Some(end) => Next::End(end),
            None if self.ended || self.cancelled => Next::Over,
            None => Next::Empty,
        }
    }
}
