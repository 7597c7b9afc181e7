//! The WebSocket handshake (RFC 6455, section 4).
//!
//! Done here rather than by tungstenite, whose own handshake writes the request, key included, to the trace
//! log, keeps only what happens to be read of a refusal's body, and takes no list in `Connection`.

use std::io::{ErrorKind as IoErrorKind, Read};
use std::time::{Duration, Instant};

use tungstenite::handshake::client::generate_key;
use tungstenite::handshake::derive_accept_key;

use super::endpoint::Endpoint;
use super::exchange::Exchange;
use super::http::Response;
use super::socket::Socket;
use super::wait::{deadline_after, earlier, is_past};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// The longest answer to a handshake, head and body, that is read.
const MAX_ANSWER: usize = 64 * 1024;
const MAX_HEADERS: usize = 100;
/// How long the body of a refusal may take after its head: it only adds words to an error.
const REFUSAL_BODY: Duration = Duration::from_secs(2);

/// What to ask for.
pub(crate) struct UpgradeRequest {
    pub endpoint: Endpoint,
    /// Added to the endpoint's own query.
    pub query: Option<Secret>,
    pub headers: Vec<(&'static str, Secret)>,
}

/// How the server answered.
pub(crate) enum Upgraded {
    /// With 101; these bytes came after the head and are the first of the first frame.
    Accepted(Vec<u8>),
    /// With something else.
    Refused(Response),
}

/// The handshake as a machine that never waits: call [`advance`](Self::advance) whenever the socket may be ready.
pub(crate) struct Upgrade {
    key: String,
    exchange: Exchange,
    /// A refusal, of which the body is still to come.
    refusal: Option<(Head, Vec<u8>)>,
    deadline: Option<Instant>,
}

impl Upgrade {
    pub fn new(request: &UpgradeRequest, deadline: Option<Instant>) -> Upgrade {
        let key = generate_key();
        let exchange = Exchange::new(
            "WebSocket handshake",
            request_bytes(request, &key).into_bytes(),
            MAX_ANSWER,
        );
        Upgrade {
            key,
            exchange,
            refusal: None,
            deadline,
        }
    }

    /// The answer; `None` when the socket has to be waited for, until [`deadline`](Self::deadline).
    pub fn advance(&mut self, socket: &mut Socket) -> Result<Option<Upgraded>> {
        if self.refusal.is_none() {
            match self.exchange.advance(socket, parse_head)? {
                Some((head, first_bytes)) if head.status == 101 => {
                    head.verify(&self.key)?;
                    return Ok(Some(Upgraded::Accepted(first_bytes)));
                }
                Some(refusal) => {
                    self.deadline = earlier(self.deadline, deadline_after(Some(REFUSAL_BODY)));
                    self.refusal = Some(refusal);
                }
                None if is_past(self.deadline) => return Err(self.exchange.timed_out()),
                None => return Ok(None),
            }
        }
        let Some((head, body)) = &mut self.refusal else {
            return Ok(None);
        };
        if !read_refusal(socket, body, head) && !is_past(self.deadline) {
            return Ok(None);
        }
        Ok(Some(Upgraded::Refused(Response {
            status: head.status,
            retry_after: head.retry_after,
            location: head.location.take(),
            body: head.framing.content(std::mem::take(body)),
            ..Response::default()
        })))
    }

    pub fn deadline(&self) -> Option<Instant> {
        self.deadline
    }
}

fn request_bytes(request: &UpgradeRequest, key: &str) -> String {
    let UpgradeRequest {
        endpoint,
        query,
        headers,
    } = request;
    let mut text = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nUser-Agent: {}\r\n",
        endpoint.request_target(query.as_ref().map(Secret::expose)),
        endpoint.authority(),
        super::http::USER_AGENT,
    );
    for (name, value) in headers {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value.expose());
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text
}

/// How the end of a refusal's body is told.
enum Framing {
    Length(usize),
    Chunked,
    /// By the connection's.
    Close,
}

impl Framing {
    fn is_whole(&self, bytes: &[u8]) -> bool {
        match self {
            Framing::Length(length) => bytes.len() >= *length,
            Framing::Chunked => dechunked(bytes).1,
            Framing::Close => false,
        }
    }

    /// What has come of the content in these bytes.
    fn content(&self, mut bytes: Vec<u8>) -> Vec<u8> {
        match self {
            Framing::Length(length) => bytes.truncate(*length),
            Framing::Chunked => bytes = dechunked(&bytes).0,
            Framing::Close => {}
        }
        bytes
    }
}

/// The content of a body in chunks (RFC 9112, section 7.1), as far as it has come, and whether it has come to its end.
fn dechunked(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut content = Vec::new();
    loop {
        let (start, size) = match httparse::parse_chunk_size(rest) {
            Ok(httparse::Status::Complete((start, size))) => (start, usize::try_from(size).unwrap_or(usize::MAX)),
            Ok(httparse::Status::Partial) => return (content, false),
            Err(_) => return (content, true),
        };
        let data = &rest[start..];
        content.extend_from_slice(&data[..size.min(data.len())]);
        // What follows a chunk is a line end; what follows the last one are trailers, which nobody asked for.
        match data.get(size.saturating_add(2)..) {
            _ if size == 0 => return (content, true),
            Some(after) => rest = after,
            None => return (content, false),
        }
    }
}

/// The parts of an answer's head that matter here.
struct Head {
    status: u16,
    upgrade: bool,
    connection: bool,
    accept: Option<String>,
    framing: Framing,
    retry_after: Option<Duration>,
    location: Option<String>,
}

/// The head and its length, or `None` while it is not complete. Interim answers (RFC 9110, section 15.2) before it are
/// passed over.
fn parse_head(answer: &[u8]) -> Result<Option<(usize, Head)>> {
    let mut start = 0;
    loop {
        match parse_one_head(&answer[start..])? {
            Some((length, head)) if matches!(head.status, 100 | 102..200) => start += length,
            Some((length, head)) => return Ok(Some((start + length, head))),
            None => return Ok(None),
        }
    }
}

fn parse_one_head(answer: &[u8]) -> Result<Option<(usize, Head)>> {
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Response::new(&mut headers);
    let length = match parsed.parse(answer) {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => {
            return Err(Error::new(
                ErrorKind::Protocol,
                format!("the answer to the WebSocket handshake is not HTTP: {error}"),
            ));
        }
    };
    let all = |name: &'static str| {
        let found = parsed
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case(name));
        found.filter_map(|header| std::str::from_utf8(header.value).ok())
    };
    let header = |name: &'static str| all(name).next();
    // A list may be spread over several lines.
    let lists = |name: &'static str, token: &str| {
        all(name).any(|value| value.split(',').any(|item| item.trim().eq_ignore_ascii_case(token)))
    };
    let status = parsed.code.unwrap_or(0);
    let content_length = header("content-length").and_then(|value| value.trim().parse().ok());
    let framing = match content_length {
        _ if matches!(status, 204 | 304) => Framing::Length(0), // which have none (RFC 9110, section 6.4.1)
        _ if lists("transfer-encoding", "chunked") => Framing::Chunked,
        Some(length) => Framing::Length(length),
        None => Framing::Close,
    };
    let head = Head {
        status,
        upgrade: lists("upgrade", "websocket"),
        connection: lists("connection", "upgrade"),
        accept: header("sec-websocket-accept").map(|value| value.trim().to_owned()),
        framing,
        retry_after: header("retry-after").and_then(super::http::parse_retry_after),
        location: header("location").map(str::to_owned),
    };
    Ok(Some((length, head)))
}

impl Head {
    fn verify(&self, key: &str) -> Result<()> {
        let wrong = if !self.upgrade || !self.connection {
            "does not confirm the upgrade"
        } else if self.accept.as_deref() != Some(derive_accept_key(key.as_bytes()).as_str()) {
            "has a wrong Sec-WebSocket-Accept"
        } else {
            return Ok(());
        };
        Err(Error::new(
            ErrorKind::Protocol,
            format!("the answer to the WebSocket handshake {wrong}"),
        ))
    }
}

/// Reads as much of a refusal's body as has come: what is missing of it costs only words. Whether that is all.
fn read_refusal(socket: &mut Socket, body: &mut Vec<u8>, head: &Head) -> bool {
    let mut piece = [0; 4096];
    while body.len() < MAX_ANSWER && !head.framing.is_whole(body) {
        match socket.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => body.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == IoErrorKind::WouldBlock => return false,
            Err(error) if error.kind() == IoErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    true
}
