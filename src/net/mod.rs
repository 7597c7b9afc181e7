//! Connections: TCP, TLS, HTTP and WebSocket, without knowing any service.
//!
//! Opening a connection, HTTP's heads and WebSocket messages are machines that never wait ([`Opening`] and what it is
//! made of): one thread can drive many. The calls that block drive theirs on the caller's thread over non-blocking
//! sockets, so that every wait can be bounded by a deadline and ended by a [`CancelToken`].

mod connect;
mod control;
mod endpoint;
mod exchange;
mod http;
mod http_transport;
mod io;
mod network;
mod opening;
mod proxy;
mod reactor;
mod resolve;
mod retry;
mod socket;
mod tls;
mod tunnel;
mod upgrade;
mod wait;
mod websocket;

pub use control::{CallOptions, CancelToken};
pub(crate) use control::{Control, WakeUp};
pub(crate) use endpoint::Endpoint;
pub(crate) use http::{Body, HttpClient, Limits, Method, Response};
pub(crate) use io::Io;
pub(crate) use network::Network;
pub(crate) use opening::{OpenError, Opening};
pub(crate) use proxy::Proxies;
pub use proxy::Proxy;
pub(crate) use reactor::{Actor, Next, Notifier, Reactor};
pub(crate) use retry::Backoff;
pub use retry::RetryPolicy;
pub(crate) use tls::TlsSettings;
pub(crate) use upgrade::UpgradeRequest;
pub(crate) use wait::{Wake, deadline_after, earlier, is_past, pause};
pub(crate) use websocket::{Connection, Frame, WebSocket};
