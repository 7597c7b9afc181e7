//! What the handle of a session, its lines and its part of the I/O thread share: who calls back, and how it stands.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use once_cell::sync::OnceCell;

use super::line::LineShared;
use super::polls::Polls;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Notifier, deadline_after};
use crate::sync::{Condvar, Mutex};
use crate::thread;

/// Where a session's callbacks are called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Delivery {
    /// On the client's I/O thread, the moment that something comes. A callback that takes long holds up everything else
    /// of its client: it should hand the audio on, or [pause](super::Flow::Pause).
    #[default]
    IoThread,
    /// Only inside [`Session::poll`](crate::deepdub::Session::poll), on the thread that calls it.
    Poll,
}

/// How a session stands with the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionState {
    /// A connection is being opened.
    Connecting,
    /// The connection is open.
    Ready,
    /// There is no connection. [`StateChange`] says why, and when the next try is.
    Lost,
    /// The session has been closed, or its client. Nothing comes after it.
    Closed,
}

/// A session's state has changed.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StateChange {
    /// The new state.
    pub state: SessionState,
    /// Why the connection was lost, or could not be made.
    pub error: Option<Error>,
    /// How long until the next try. `None`, when it is lost: at the next line.
    pub retry_in: Option<Duration>,
}

pub(in crate::deepdub) type StateCallback = Box<dyn FnMut(&StateChange) + Send>;

/// What a caller wants of the session's part of the I/O thread. `B` is what kinds of sessions differ in.
pub(in crate::deepdub) enum Command<B> {
    Begin(B),
    /// It was cancelled.
    Cancel(Arc<LineShared>),
    /// Its paused callback wants chunks again.
    Resume(Arc<LineShared>),
    Close,
}

/// Commands on their way to the I/O thread.
pub(in crate::deepdub) struct Commands<B> {
    waiting: Mutex<Vec<Command<B>>>,
    notifier: OnceCell<Notifier>,
}

impl<B> Commands<B> {
    pub fn new() -> Commands<B> {
        Commands {
            waiting: Mutex::new(Vec::new()),
            notifier: OnceCell::new(),
        }
    }

    pub fn set_notifier(&self, notifier: Notifier) {
        // Once, by whoever makes the session.
        let _ = self.notifier.set(notifier);
    }

    pub fn give(&self, command: Command<B>) {
        self.waiting.lock().push(command);
        self.wake();
    }

    /// Lets the I/O thread look, without a command.
    pub fn wake(&self) {
        if let Some(notifier) = self.notifier.get() {
            notifier.wake();
        }
    }

    /// On the I/O thread: what has been asked for since the last time.
    pub fn take(&self) -> Vec<Command<B>> {
        if let Some(notifier) = self.notifier.get() {
            notifier.taken();
        }
        std::mem::take(&mut *self.waiting.lock())
    }
}

pub(in crate::deepdub) struct Hub {
    pub delivery: Delivery,
    polls: Polls,
    /// Lines whose end has not been handed over, by their names.
    lines: Mutex<HashMap<String, Arc<LineShared>>>,
    on_state: Mutex<Option<StateCallback>>,
    state: Mutex<State>,
    state_changed: Condvar,
    process: u32,
}

struct State {
    current: StateChange,
    closing: bool,
    /// The part on the I/O thread is gone.
    gone: bool,
}

impl Hub {
    pub fn new(delivery: Delivery, on_state: Option<StateCallback>) -> Hub {
        Hub {
            delivery,
            polls: Polls::new(),
            lines: Mutex::default(),
            on_state: Mutex::new(on_state),
            state: Mutex::new(State {
                current: StateChange {
                    state: SessionState::Connecting,
                    error: None,
                    retry_in: None,
                },
                closing: false,
                gone: false,
            }),
            state_changed: Condvar::new(),
            process: std::process::id(),
        }
    }

    /// Whether this process is the one that has the I/O thread. In a fork's other process nothing happens any more, and
    /// locks may be held by nobody.
    pub fn is_here(&self) -> bool {
        self.process == std::process::id()
    }

    /// # Errors
    /// `Closed` in a fork's other process.
    pub fn check_here(&self) -> Result<()> {
        if self.is_here() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Closed,
            "the session belongs to the process that this one was forked from",
        ))
    }

    /// Notes a line that begins.
    ///
    /// # Errors
    /// `Closed` when the session is closing; `InvalidArgument` when there is a line with that id.
    pub fn remember(&self, line: &Arc<LineShared>) -> Result<()> {
        // The lock is held over both, so that a close finds every line that was let in.
        let mut lines = self.lines.lock();
        if self.is_closing() {
            return Err(closed());
        }
        if lines.contains_key(&line.name) {
            return Err(Error::invalid(
                "generationId",
                format_args!("{:?}, which is being spoken already", line.id()),
                "an id of its own for each line",
            ));
        }
        lines.insert(line.name.clone(), Arc::clone(line));
        Ok(())
    }

    pub fn forget(&self, line: &LineShared) {
        let mut lines = self.lines.lock();
        // By then another line may have the name.
        if lines.get(&line.name).is_some_and(|known| std::ptr::eq(&**known, line)) {
            lines.remove(&line.name);
        }
    }

    /// Lines whose end has not been handed over, in order.
    pub fn unheard(&self) -> Vec<Arc<LineShared>> {
        in_order(&self.lines.lock())
    }

    pub fn is_closing(&self) -> bool {
        self.state.lock().closing
    }

    pub fn state(&self) -> StateChange {
        if !self.is_here() {
            return closed_state();
        }
        self.state.lock().current.clone()
    }

    /// On the I/O thread, and where the session is closed. Nothing comes after `Closed`.
    pub fn set_state(&self, change: StateChange) {
        {
            let mut state = self.state.lock();
            if state.current.state == SessionState::Closed {
                return;
            }
            state.current = change.clone();
        }
        log::debug!(
            "session: {:?}{}",
            change.state,
            change
                .error
                .as_ref()
                .map_or_else(String::new, |error| format!(": {error}"))
        );
        self.state_changed.notify_all();
        match self.delivery {
            Delivery::IoThread => self.call_state(&change),
            Delivery::Poll => self.polls.state(change),
        }
    }

    /// Tells the host of a state, on the thread where callbacks belong.
    pub fn call_state(&self, change: &StateChange) {
        let callback = self.on_state.lock().take();
        if let Some(mut callback) = callback {
            let _ = thread::callback(|| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| callback(change))));
            *self.on_state.lock() = Some(callback);
        }
    }

    /// Makes the callbacks that are due, on this thread.
    ///
    /// # Errors
    /// `InvalidArgument` when callbacks belong to the I/O thread, or from inside one; `Closed` when nothing comes any more.
    pub fn poll(&self, timeout: Option<Duration>) -> Result<usize> {
        self.check_poll()?;
        self.polls.poll(self, patience(timeout))
    }

    /// What becomes readable when there is something to poll for.
    ///
    /// # Errors
    /// `InvalidArgument` when callbacks belong to the I/O thread; `Internal` when the system gives none.
    pub fn poll_handle(&self) -> Result<isize> {
        self.check_poll()?;
        Ok(self.polls.signal(self)?.handle())
    }

    fn check_poll(&self) -> Result<()> {
        self.check_here()?;
        match self.delivery {
            Delivery::Poll => Ok(()),
            Delivery::IoThread => Err(Error::invalid(
                "session",
                "one that calls back on the I/O thread",
                "a session that was opened for polling",
            )),
        }
    }

    /// A line has something for the next poll.
    pub fn announce(&self, line: Arc<LineShared>) {
        self.polls.announce(line);
    }

    /// Waits until the connection is open; `false` when it is not after `timeout`.
    ///
    /// # Errors
    /// Why it cannot be opened, if trying again by itself is no use; `Closed` when the session is.
    pub fn wait_ready(&self, timeout: Option<Duration>) -> Result<bool> {
        self.check_here()?;
        let state = self.wait_settled(patience(timeout));
        match state.state {
            SessionState::Ready => Ok(true),
            SessionState::Closed => Err(closed()),
            SessionState::Lost if state.retry_in.is_none() => Err(state.error.unwrap_or_else(closed)),
            _ => Ok(false),
        }
    }

    /// Waits until the session is ready, is closed, has given up, or the deadline passes.
    fn wait_settled(&self, deadline: Option<Instant>) -> StateChange {
        let mut state = self.state.lock();
        loop {
            let settled = match state.current.state {
                SessionState::Ready | SessionState::Closed => true,
                SessionState::Lost => state.current.retry_in.is_none(),
                SessionState::Connecting => false,
            };
            if settled {
                return state.current.clone();
            }
            match deadline {
                None => state = self.state_changed.wait(state),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return state.current.clone();
                    }
                    state = self.state_changed.wait_timeout(state, left);
                }
            }
        }
    }

    /// No line begins from here on; those that have.
    fn let_nobody_in(&self) -> Vec<Arc<LineShared>> {
        let lines = self.lines.lock();
        self.state.lock().closing = true;
        in_order(&lines)
    }

    /// Ends every line and, by `end`, the part on the I/O thread. When it returns nothing is called back any more, unless
    /// this thread is in a callback: then the rest follows when that has returned.
    pub fn close(&self, end: impl FnOnce()) {
        if !self.is_here() {
            return;
        }
        let lines = self.let_nobody_in();
        let wait = !thread::in_callback();
        for line in lines {
            // Ends those whose end does not need the I/O thread.
            line.close(wait);
        }
        end();
        if wait {
            self.wait_gone();
        }
        if self.delivery == Delivery::Poll {
            if !wait {
                // Not waited for, the I/O thread may say so when nobody polls any more.
                self.set_state(closed_state());
            }
            self.polls.finish(self);
        }
    }

    /// The client is closing, and the part on the I/O thread with it: no chunk is handed out any more.
    pub fn silence(&self) {
        if self.is_here() {
            for line in self.let_nobody_in() {
                line.close(false);
            }
        }
    }

    /// On the I/O thread: its part ends. Nothing is called back by it any more.
    pub fn gone(&self) {
        for line in self.let_nobody_in() {
            line.close(false);
            line.end_cancelled();
        }
        self.set_state(closed_state());
        self.state.lock().gone = true;
        self.state_changed.notify_all();
        self.polls.wake();
    }

    pub fn wait_gone(&self) {
        let mut state = self.state.lock();
        while !state.gone {
            state = self.state_changed.wait(state);
        }
    }

    pub fn is_gone(&self) -> bool {
        self.state.lock().gone
    }
}

/// Until when to wait: not at all inside a callback, which may be what keeps it from happening.
fn patience(timeout: Option<Duration>) -> Option<Instant> {
    if thread::in_callback() {
        return Some(Instant::now());
    }
    deadline_after(timeout)
}

/// As they were asked for, so that their ends come in that order.
fn in_order(lines: &HashMap<String, Arc<LineShared>>) -> Vec<Arc<LineShared>> {
    let mut lines: Vec<_> = lines.values().cloned().collect();
    lines.sort_by_key(|line| line.place);
    lines
}

fn closed_state() -> StateChange {
    StateChange {
        state: SessionState::Closed,
        error: None,
        retry_in: None,
    }
}

pub(in crate::deepdub) fn closed() -> Error {
    Error::new(ErrorKind::Closed, "the session has been closed")
}
