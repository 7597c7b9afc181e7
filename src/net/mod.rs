//! Connections: TCP, TLS, HTTP and WebSocket, without knowing any service.
//!
//! Opening a connection, HTTP's heads and WebSocket messages are machines that never wait ([`Opening`] and what it is
//! made of): one thread can drive many. The calls that block drive theirs on the caller's thread over non-blocking
//! sockets, so that every wait can be bounded by a deadline and ended by a [`CancelToken`].

mod connect;
mod control;
mod download;
mod endpoint;
mod exchange;
mod file_name;
mod http;
mod http_transport;
mod io;
mod multipart;
mod network;
mod opening;
mod path;
mod proxy;
mod reactor;
mod resolve;
mod rest;
mod retry;
mod settings;
mod socket;
mod tls;
mod tunnel;
mod upgrade;
mod wait;
mod websocket;

pub use control::{CallOptions, CancelToken};
pub(crate) use control::{Control, Stopwatch, WakeUp};
pub(crate) use download::{Download, Place};
pub use download::{SaveTo, Saved};
pub(crate) use endpoint::Endpoint;
pub(crate) use file_name::safe_name;
pub(crate) use http::{Body, Head, HttpClient, Incoming, Limits, Method, Progress, Request, Response};
pub(crate) use io::Io;
pub(crate) use multipart::Multipart;
pub(crate) use network::Network;
pub(crate) use opening::{OpenError, Opening};
pub(crate) use path::{path_segment, query};
pub(crate) use proxy::Proxies;
pub use proxy::Proxy;
pub(crate) use reactor::{Actor, Next, Notifier, Reactor};
pub(crate) use rest::{Call, Rest, call, first_line, json, kind_of_status, may_repeat, redirect_message};
pub(crate) use retry::Backoff;
pub use retry::RetryPolicy;
pub(crate) use settings::environment;
pub use settings::{HttpConfig, HttpTimeouts};
pub(crate) use tls::TlsSettings;
pub(crate) use upgrade::UpgradeRequest;
pub(crate) use wait::{Wake, deadline_after, earlier, is_past, pause};
pub(crate) use websocket::{Connection, Frame, WebSocket};
