//! Networks that misbehave, for tests of clients: a [`Link`] that is slow, cut or dead, and a [`ConnectProxy`]. Both
//! listen on 127.0.0.1 only, carry the bytes of any protocol, run on a thread of their own, and stop when dropped.
//!
//! ```
//! use std::time::Duration;
//! use voicewire_sandbox::{Options, Sandbox, net::Link};
//!
//! let sandbox = Sandbox::start(Options::instant())?;
//! let link = Link::start(sandbox.addr(), Duration::from_millis(20))?;
//! let url = format!("ws://{}/open", link.addr());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod link;
mod pipe;
mod proxy;
mod server;

pub use link::Link;
pub use proxy::ConnectProxy;
