//! Text on its way from who writes it to the I/O thread.

use std::time::Instant;

use crate::error::{Error, ErrorKind, Result};
use crate::sync::{Condvar, Mutex};

/// What has been written of a turn and not yet sent; bounded.
pub(super) struct Outbox {
    state: Mutex<State>,
    room: Condvar,
    limit: usize,
}

#[derive(Default)]
struct State {
    text: String,
    ended: bool,
    /// Why nothing can be written any more.
    closed: Option<Error>,
}

impl Outbox {
    pub fn new(limit: usize) -> Outbox {
        Outbox {
            state: Mutex::default(),
            room: Condvar::new(),
            limit,
        }
    }

    /// Takes text, when there is room for it, by the deadline. A text that is longer than all the room is taken when
    /// there is nothing else.
    ///
    /// # Errors
    /// `Timeout` when there was no room, and then nothing of it was taken; why the turn is over, if it is.
    pub fn write(&self, text: &str, deadline: Option<Instant>) -> Result<()> {
        let mut state = self.state.lock();
        loop {
            if let Some(error) = &state.closed {
                return Err(error.clone());
            }
            if state.ended {
                return Err(Error::new(ErrorKind::Closed, "the turn has been ended"));
            }
            if state.text.is_empty() || state.text.len() + text.len() <= self.limit {
                state.text.push_str(text);
                return Ok(());
            }
            match deadline {
                None => state = self.room.wait(state),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return Err(Error::new(
                            ErrorKind::Timeout,
                            format!(
                                "the text could not be taken in time: {} bytes are waiting to be sent (max_unsent_bytes)",
                                state.text.len()
                            ),
                        )
                        .with_field("max_unsent_bytes"));
                    }
                    state = self.room.wait_timeout(state, left);
                }
            }
        }
    }

    /// Nothing more will be written; `false` if that was known, or the turn is over.
    pub fn end(&self) -> bool {
        let mut state = self.state.lock();
        let news = !state.ended && state.closed.is_none();
        state.ended = true;
        self.room.notify_all();
        news
    }

    /// What has been written since the last time, and whether that was all.
    pub fn take(&self) -> (String, bool) {
        let mut state = self.state.lock();
        self.room.notify_all();
        (std::mem::take(&mut state.text), state.ended)
    }

    /// The turn is over: nobody reads what is written any more.
    pub fn close(&self, why: Error) {
        self.state.lock().closed.get_or_insert(why);
        self.room.notify_all();
    }
}
