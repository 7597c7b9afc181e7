//! Callbacks on a thread of the host's choosing: what waits for the next poll, and the poll.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use super::hub::{Hub, SessionState, StateChange, closed};
use super::line::LineShared;
use super::signal::Signal;
use crate::error::{Error, Result};
use crate::sync::{Condvar, Mutex};
use crate::thread;

/// So many changes of state wait for a poll; then the oldest are forgotten. Nobody may poll for days.
const MAX_STATES: usize = 64;

pub(super) struct Polls {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Default)]
struct Waiting {
    lines: VecDeque<Arc<LineShared>>,
    states: VecDeque<StateChange>,
    /// The last change of state has come.
    closed: bool,
    /// This thread is calling back.
    polling: Option<usize>,
    /// For event loops; made when somebody asks for it.
    signal: Option<Arc<Signal>>,
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.states.is_empty()
    }

    fn raise(&self) {
        if let Some(signal) = &self.signal {
            signal.raise();
        }
    }
}

impl Polls {
    pub fn new() -> Polls {
        Polls {
            waiting: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// A line has something for its callback.
    pub fn announce(&self, line: Arc<LineShared>) {
        let mut waiting = self.waiting.lock();
        waiting.lines.push_back(line);
        waiting.raise();
        self.changed.notify_all();
    }

    /// The session's state has changed.
    pub fn state(&self, change: StateChange) {
        let mut waiting = self.waiting.lock();
        if waiting.closed {
            // The I/O thread was late to tell it.
            return;
        }
        waiting.closed = change.state == SessionState::Closed;
        if waiting.states.len() == MAX_STATES {
            waiting.states.pop_front();
        }
        waiting.states.push_back(change);
        waiting.raise();
        self.changed.notify_all();
    }

    /// What becomes readable when there is something to poll for.
    ///
    /// # Errors
    /// When the system gives none.
    pub fn signal(&self, session: &Hub) -> Result<Arc<Signal>> {
        let mut waiting = self.waiting.lock();
        if let Some(signal) = &waiting.signal {
            return Ok(Arc::clone(signal));
        }
        let signal = Arc::new(Signal::new()?);
        waiting.signal = Some(Arc::clone(&signal));
        // That nothing comes any more is news, too.
        if !waiting.is_empty() || session.is_gone() {
            waiting.raise();
        }
        Ok(signal)
    }

    /// Makes the callbacks that are due, waiting for the first until the deadline; how many that were.
    ///
    /// # Errors
    /// `InvalidArgument` from inside a callback of a poll; `Closed` when the session is, and nothing is left.
    pub fn poll(&self, session: &Hub, deadline: Option<Instant>) -> Result<usize> {
        let mut waiting = self.waiting.lock();
        loop {
            if waiting.polling == Some(thread::id()) {
                return Err(Error::invalid(
                    "session",
                    "being polled already",
                    "no poll from inside a callback",
                ));
            }
            if waiting.polling.is_none() && !waiting.is_empty() {
                break;
            }
            if session.is_gone() {
                return Err(closed());
            }
            match deadline {
                None => waiting = self.changed.wait(waiting),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Ok(0);
                    }
                    waiting = self.changed.wait_timeout(waiting, left);
                }
            }
        }
        waiting.polling = Some(thread::id());
        drop(waiting);
        Ok(self.call_back(session))
    }

    /// Lets those who wait in a poll look again.
    pub fn wake(&self) {
        // Under the lock, so that nobody is between looking and waiting.
        let waiting = self.waiting.lock();
        waiting.raise();
        self.changed.notify_all();
    }

    /// The session is closing: the rest is called back here, unless another thread is about to.
    pub fn finish(&self, session: &Hub) {
        let mut waiting = self.waiting.lock();
        // Who waits in a poll may leave.
        self.changed.notify_all();
        while waiting.polling.is_some() {
            if thread::in_callback() {
                // That poll finds the rest when its callback has returned.
                return;
            }
            waiting = self.changed.wait(waiting);
        }
        waiting.polling = Some(thread::id());
        drop(waiting);
        self.call_back(session);
    }

    /// With `polling` set to this thread, which it takes back at the end.
    fn call_back(&self, session: &Hub) -> usize {
        let mut calls = 0;
        loop {
            let (states, lines) = {
                let mut waiting = self.waiting.lock();
                // What is here now, and not what comes meanwhile, so that a poll ends; but all of it when there is no
                // next one.
                if waiting.is_empty() && session.is_closing() && !thread::in_callback() {
                    // The I/O thread has the last word.
                    drop(waiting);
                    session.wait_gone();
                    waiting = self.waiting.lock();
                }
                if waiting.is_empty() || (calls > 0 && !session.is_closing()) {
                    waiting.polling = None;
                    self.changed.notify_all();
                    if waiting.is_empty()
                        && let Some(signal) = &waiting.signal
                    {
                        signal.lower();
                    }
                    return calls;
                }
                (std::mem::take(&mut waiting.states), std::mem::take(&mut waiting.lines))
            };
            // Nothing comes after the last of them, so that comes after everything.
            let (last, before): (Vec<_>, Vec<_>) = states
                .into_iter()
                .partition(|change| change.state == SessionState::Closed);
            for change in &before {
                session.call_state(change);
            }
            calls += before.len() + last.len();
            for line in lines {
                calls += line.hand_over();
            }
            if !last.is_empty() {
                // Whoever cancelled a line may not have come to announce its end.
                for line in session.unheard() {
                    calls += line.hand_over();
                }
            }
            for change in &last {
                session.call_state(change);
            }
            // An announcement may have had nothing behind it any more.
            calls = calls.max(1);
        }
    }
}
