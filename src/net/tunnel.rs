//! Asking a proxy for a tunnel (RFC 9110, section 9.3.6).

use super::endpoint::Endpoint;
use super::exchange::Exchange;
use super::proxy::{ProxyServer, host_and_port};
use super::socket::Socket;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// The longest head that is read.
const MAX_ANSWER: usize = 16 * 1024;
const MAX_HEADERS: usize = 64;

/// The request for a tunnel, and what came of it. Never waits.
pub(crate) struct Tunnel {
    exchange: Exchange,
    proxy: String,
    with_password: bool,
}

impl Tunnel {
    /// To `endpoint`, whose name the proxy looks up.
    pub fn new(endpoint: &Endpoint, proxy: &ProxyServer) -> Tunnel {
        let place = host_and_port(&endpoint.host, endpoint.port);
        let mut request = format!(
            "CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: {}\r\n",
            super::http::USER_AGENT
        );
        if let Some(authorization) = proxy.authorization.as_ref().map(Secret::expose) {
            request.push_str(&format!("Proxy-Authorization: {authorization}\r\n"));
        }
        request.push_str("\r\n");
        Tunnel {
            // Byte by byte: what comes after the head is the tunnel's.
            exchange: Exchange::new("CONNECT request", request.into_bytes(), MAX_ANSWER).reading_at_most(1),
            proxy: proxy.name(),
            with_password: proxy.authorization.is_some(),
        }
    }

    /// Whether `socket` leads through the tunnel now; `false` when it has to be waited for.
    pub fn advance(&mut self, socket: &mut Socket) -> Result<bool> {
        match self.exchange.advance(socket, parse_status)? {
            Some((200..300, _)) => Ok(true),
            Some((status, _)) => Err(self.refused(status)),
            None => Ok(false),
        }
    }

    pub fn timed_out(&self) -> Error {
        self.exchange.timed_out()
    }

    fn refused(&self, status: u16) -> Error {
        let message = match (status, self.with_password) {
            (407, false) => "wants a user name and a password: http://user:password@host:port".to_owned(),
            (407, true) => "does not accept the user name and password (in the Basic scheme)".to_owned(),
            (status, _) => format!("made no tunnel, but answered with status {status}"),
        };
        Error::new(ErrorKind::Network, format!("the proxy {} {message}", self.proxy)).with_http_status(status)
    }
}

fn parse_status(answer: &[u8]) -> Result<Option<(usize, u16)>> {
    // Only at the end of a line can it be complete.
    if answer.last() != Some(&b'\n') {
        return Ok(None);
    }
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Response::new(&mut headers);
    match parsed.parse(answer) {
        Ok(httparse::Status::Complete(length)) => Ok(Some((length, parsed.code.unwrap_or(0)))),
        Ok(httparse::Status::Partial) => Ok(None),
        Err(error) => Err(Error::new(
            ErrorKind::Protocol,
            format!("the answer to the CONNECT request is not HTTP: {error}"),
        )),
    }
}
