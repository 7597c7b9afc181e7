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
        self.next = wait.mul_f64(1.5);
        let now = Instant::now();
        let moment = now.checked_add(wait).unwrap_or(now);
        if self.deadline.is_some_and(|deadline| moment > deadline) {
            return Err(
                Error::new(ErrorKind::Timeout, format!("{}, and the limit is reached", what()))
                    .with_field("polling_limit"),
            );
        }
        client.pause_until(moment)
    }
}
