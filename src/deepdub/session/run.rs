//! One line of a session on the I/O thread: its request, and its way through queue, connection and service.

use std::sync::Arc;

use crate::deepdub::config::Timeouts;
use crate::deepdub::lines::{Intake, LineShared, Progress};
use crate::deepdub::memory::Recorder;
use crate::deepdub::summary::WaitFor;
use crate::deepdub::wire::Event;
use crate::error::Result;

pub(super) struct Run {
    pub line: Arc<LineShared>,
    pub intake: Intake,
    /// The request, as it is sent each time.
    message: String,
    /// Whether the service has answered since it was last sent.
    pub acknowledged: bool,
    /// Whether it has left the queue; it waits for the connection from then on.
    admitted: bool,
}

impl Run {
    pub fn new(line: Arc<LineShared>, recorder: Recorder, message: String, max_held_bytes: usize, resume: bool) -> Run {
        Run {
            intake: Intake::new(Arc::clone(&line), recorder, max_held_bytes, resume),
            line,
            message,
            acknowledged: false,
            admitted: false,
        }
    }

    /// There is a place for it: from here on its time runs, and it waits for the connection as long as for first audio.
    pub fn admit(&mut self, timeouts: &Timeouts) {
        if self.admitted {
            return;
        }
        self.admitted = true;
        self.intake.start_total(timeouts);
        self.intake.expect_audio(timeouts);
        self.line.figures.lock().wait_for(Some(WaitFor::Connection));
    }

    pub fn is_admitted(&self) -> bool {
        self.admitted
    }

    /// It is being sent: the message.
    pub fn send(&mut self, timeouts: &Timeouts) -> String {
        self.intake.sent();
        self.intake.ask(timeouts);
        self.acknowledged = false;
        self.line.figures.lock().wait_for(None);
        self.message.clone()
    }

    /// What came is for this one.
    ///
    /// # Errors
    /// As [`Intake::accept`].
    pub fn accept(&mut self, event: Event<'_>, timeouts: &Timeouts) -> Result<Progress> {
        self.acknowledged = true;
        self.intake.accept(event, timeouts)
    }
}
