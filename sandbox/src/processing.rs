//! Work that takes its time: a recording being made, a voice being cloned.

use std::time::{Duration, Instant};

use tokio::sync::watch;

/// How long work takes, and whether it gets done at all for now.
pub(crate) struct Processing {
    delay: Duration,
    held: watch::Sender<bool>,
}

/// One piece of work under way.
#[derive(Clone)]
pub(crate) struct Work {
    due: Instant,
    /// For work that began while work was held: its release.
    held: Option<watch::Receiver<bool>>,
}

impl Processing {
    pub(crate) fn new(delay: Duration) -> Processing {
        Processing {
            delay,
            held: watch::Sender::new(false),
        }
    }

    /// From now on, work that begins does not end; or, with `false`, may end again, that which waits for it included.
    pub(crate) fn hold(&self, held: bool) {
        self.held.send_replace(held);
    }

    /// Begins work that comes after `before` other pieces of the same order.
    pub(crate) fn begin(&self, before: usize) -> Work {
        let turns = u32::try_from(before + 1).unwrap_or(u32::MAX);
        let now = Instant::now();
        // Further than any clock goes is as good as an hour for a test.
        let due = now
            .checked_add(self.delay.saturating_mul(turns))
            .unwrap_or(now + Duration::from_secs(3600));
        Work {
            due,
            held: (*self.held.borrow()).then(|| self.held.subscribe()),
        }
    }

    /// Work that was done long ago.
    pub(crate) fn done() -> Work {
        Work {
            due: Instant::now(),
            held: None,
        }
    }
}

impl Work {
    pub(crate) fn is_over(&self) -> bool {
        let held = self.held.as_ref().is_some_and(|held| *held.borrow());
        !held && Instant::now() >= self.due
    }

    pub(crate) async fn over(mut self) {
        if let Some(held) = &mut self.held {
            // A sender that is gone holds nothing.
            let _ = held.wait_for(|held| !held).await;
        }
        tokio::time::sleep_until(self.due.into()).await;
    }
}
