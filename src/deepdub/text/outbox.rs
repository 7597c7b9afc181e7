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
    /// The beginning of a character whose rest has not been written yet.
    cut: Vec<u8>,
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
    /// there is nothing else. It may begin and end inside a character.
    ///
    /// # Errors
    /// `Timeout` when there was no room, `InvalidArgument` when it is not UTF-8 after what was written before, and then
    /// nothing of it was taken; why the turn is over, if it is.
    pub fn write(&self, text: &[u8], deadline: Option<Instant>) -> Result<()> {
        let mut state = self.state.lock();
        loop {
            if let Some(error) = &state.closed {
                return Err(error.clone());
            }
            if state.ended {
                return Err(Error::new(ErrorKind::Closed, "the turn has been ended"));
            }
            if state.text.is_empty() || state.text.len() + text.len() <= self.limit {
                let (whole, cut) = whole_characters(&state.cut, text)?;
                state.text.push_str(&whole);
                state.cut = cut;
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

    /// Nothing more will be written; `false` if that was known, or the turn is over. A character that was only begun is
    /// none.
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

/// The characters that are whole, and the beginning of one that is not.
fn whole_characters(before: &[u8], text: &[u8]) -> Result<(String, Vec<u8>)> {
    let mut bytes = before.to_vec();
    bytes.extend_from_slice(text);
    let (length, is_cut) = match std::str::from_utf8(&bytes) {
        Ok(whole) => (whole.len(), false),
        Err(error) => (error.valid_up_to(), error.error_len().is_none()),
    };
    let rest = bytes.split_off(length);
    if !rest.is_empty() && !is_cut {
        return Err(Error::invalid("text", "not UTF-8", "UTF-8"));
    }
    // Nothing is lost: all of it is valid.
    Ok((String::from_utf8_lossy(&bytes).into_owned(), rest))
}
