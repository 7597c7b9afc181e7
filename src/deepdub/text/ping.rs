//! A question to the service that somebody waits for.

use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};
use crate::sync::{Condvar, Mutex};

pub(super) struct Ping {
    asked: Instant,
    answer: Mutex<Option<Result<Duration>>>,
    answered: Condvar,
}

impl Ping {
    pub fn new() -> Ping {
        Ping {
            asked: Instant::now(),
            answer: Mutex::new(None),
            answered: Condvar::new(),
        }
    }

    /// On the I/O thread: it has been answered, or cannot be.
    pub fn settle(&self, outcome: Result<()>) {
        let answer = outcome.map(|()| self.asked.elapsed());
        self.answer.lock().get_or_insert(answer);
        self.answered.notify_all();
    }

    pub fn wait(&self, deadline: Option<Instant>) -> Result<Duration> {
        self.answer_by(deadline).unwrap_or_else(|| Err(too_late()))
    }

    /// Waits in slices of `period`, and no longer when `interrupted` says so.
    pub fn wait_unless(
        &self,
        deadline: Option<Instant>,
        period: Duration,
        interrupted: impl Fn() -> bool,
    ) -> Result<Duration> {
        loop {
            let slice = Instant::now() + period;
            let is_last = deadline.is_some_and(|deadline| deadline <= slice);
            match self.answer_by(if is_last { deadline } else { Some(slice) }) {
                Some(answer) => return answer,
                None if is_last => return Err(too_late()),
                None if interrupted() => return Err(Error::cancelled()),
                None => {}
            }
        }
    }

    fn answer_by(&self, deadline: Option<Instant>) -> Option<Result<Duration>> {
        let mut answer = self.answer.lock();
        loop {
            if answer.is_some() {
                return answer.clone();
            }
            match deadline {
                None => answer = self.answered.wait(answer),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return None;
                    }
                    answer = self.answered.wait_timeout(answer, left);
                }
            }
        }
    }
}

fn too_late() -> Error {
    Error::new(ErrorKind::Timeout, "the service did not answer the ping in time")
}
