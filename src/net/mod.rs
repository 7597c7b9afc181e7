//! Connections: TCP, TLS, HTTP and WebSocket, without knowing any service.
//!
//! Everything here runs on the caller's thread over non-blocking sockets, so that every wait can be bounded by
//! a deadline and ended by a [`CancelToken`].

mod connect;
mod control;
mod endpoint;
mod http;
mod http_transport;
mod resolve;
mod tls;
mod upgrade;
mod wait;
mod websocket;

pub(crate) use control::Control;
pub use control::{CallOptions, CancelToken};
pub(crate) use endpoint::Endpoint;
pub(crate) use http::{Body, HttpClient, Limits, Method, Response};
pub(crate) use tls::TlsSettings;
pub(crate) use upgrade::UpgradeRequest;
pub(crate) use wait::{Wake, deadline_after, earlier};
pub(crate) use websocket::{Connection, Frame, OpenError};
