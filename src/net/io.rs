//! What a machine that never waits is given by the thread that drives it.

use std::sync::Arc;

/// Where sockets are registered, and how a helper thread says that it is worth trying again.
pub(crate) struct Io<'a> {
    pub registry: &'a mio::Registry,
    /// The token of this machine's one socket.
    pub token: mio::Token,
    /// Callable from any thread, also when the machine is long gone.
    pub wake: &'a Arc<dyn Fn() + Send + Sync>,
}
