//! What a session's handle, its lines and its part of the I/O thread share.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::run::Run;
use crate::deepdub::lines::{Command, Commands, Delivery, Hub, LineShared, Owner, StateCallback};
use crate::net::WakeUp;

pub(super) struct SessionShared {
    pub hub: Hub,
    pub commands: Commands<Box<Run>>,
    /// Places at the back of the queue count up from 0, those at the front down from -1.
    back: AtomicI64,
    front: AtomicI64,
}

impl SessionShared {
    pub fn new(delivery: Delivery, on_state: Option<StateCallback>) -> SessionShared {
        SessionShared {
            hub: Hub::new(delivery, on_state),
            commands: Commands::new(),
            back: AtomicI64::new(0),
            front: AtomicI64::new(-1),
        }
    }

    /// The place of a new line in the order of the session.
    pub fn next_place(&self, front: bool) -> i64 {
        if front {
            self.front.fetch_sub(1, Ordering::Relaxed)
        } else {
            self.back.fetch_add(1, Ordering::Relaxed)
        }
    }
}

impl Owner for SessionShared {
    fn hub(&self) -> &Hub {
        &self.hub
    }

    fn cancelled(&self, line: Arc<LineShared>) {
        self.commands.give(Command::Cancel(line));
    }

    fn resumed(&self, line: Arc<LineShared>) {
        self.commands.give(Command::Resume(line));
    }
}

impl WakeUp for SessionShared {
    /// The client is closing.
    fn wake_up(self: Arc<Self>) {
        self.hub.silence();
    }
}
