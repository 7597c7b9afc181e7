//! What a text session's handle, its turns and its part of the I/O thread share.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::actor::TurnRun;
use super::ping::Ping;
use crate::deepdub::lines::{Command, Commands, Delivery, Hub, LineShared, Owner, StateCallback};
use crate::error::Error;
use crate::net::WakeUp;

/// What a caller wants besides what all sessions can do.
pub(super) enum Order {
    Turn(Box<TurnRun>),
    Ping(Arc<Ping>),
}

pub(super) struct TextShared {
    pub hub: Hub,
    pub commands: Commands<Order>,
    place: AtomicI64,
}

impl TextShared {
    pub fn new(delivery: Delivery, on_state: Option<StateCallback>) -> TextShared {
        TextShared {
            hub: Hub::new(delivery, on_state),
            commands: Commands::new(),
            place: AtomicI64::new(0),
        }
    }

    pub fn next_place(&self) -> i64 {
        self.place.fetch_add(1, Ordering::Relaxed)
    }

    /// Nobody obeys commands any more: those who wait for it are told. The turns' lines the hub ends.
    pub fn refuse_commands(&self) {
        for command in self.commands.take() {
            match command {
                Command::Begin(Order::Ping(ping)) => ping.settle(Err(Error::cancelled())),
                Command::Begin(Order::Turn(turn)) => turn.outbox.close(Error::cancelled()),
                Command::Cancel(_) | Command::Resume(_) | Command::Close => {}
            }
        }
    }
}

impl Owner for TextShared {
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

impl WakeUp for TextShared {
    /// The client is closing.
    fn wake_up(self: Arc<Self>) {
        self.hub.silence();
    }
}
