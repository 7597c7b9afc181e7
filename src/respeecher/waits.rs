//! Asking again and again, less and less often.

use std::time::{Duration, Instant};

use super::client::Client;
use super::job::Polling;
use crate::error::{Error, ErrorKind, Result};
use crate::net::deadline_after;

/// The waits between two questions.
pub(super) struct Waits {
    polling: Polling,
    next: Duration,
    deadline: Option<Instant>,
}

impl Waits {
    pub(super) fn new(polling: Polling) -> Waits {
        Waits {
            polling,
            next: polling.first,
            deadline: deadline_after(polling.limit),
        }
    }

    pub(super) fn wait(&mut self, client: &Client, what: impl Fn() -> String) -> Result<()> {
        let wait = self.next.min(self.polling.longest);
        self.next = wait.saturating_add(wait / 2);
        // A wait that is longer than any clock goes ends with the limit, or never.
        let moment = deadline_after(Some(wait));
        if self
            .deadline
            .is_some_and(|deadline| moment.is_none_or(|moment| moment > deadline))
        {
            return Err(
                Error::new(ErrorKind::Timeout, format!("{}, and the limit is reached", what()))
                    .with_field("polling_limit"),
            );
        }
        client.pause_until(moment)
    }
}
