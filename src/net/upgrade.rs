//! The WebSocket handshake (RFC 6455, section 4).
//!
//! Done here rather than by tungstenite, whose own handshake writes the request, key included, to the trace
//! log, keeps only what happens to be read of a refusal's body, and takes no list in `Connection`.

use std::io::{ErrorKind as IoErrorKind, Read, Write};
use std::time::{Duration, Instant};

use tungstenite::handshake::client::generate_key;
use tungstenite::handshake::derive_accept_key;

use super::connect::{Socket, io_error};
use super::endpoint::Endpoint;
use super::http::Response;
use super::wait::{Waiter, Wake, deadline_after, earlier};
use crate::error::{Error, ErrorKind, Result};

/// The longest answer to a handshake, head and body, that is read.
const MAX_ANSWER: usize = 64 * 1024;
const MAX_HEADERS: usize = 100;
/// How long the body of a refusal may take after its head: it only adds words to an error.
const REFUSAL_BODY: Duration = Duration::from_secs(2);

/// What to ask for.
pub(crate) struct UpgradeRequest<'a> {
    pub endpoint: &'a Endpoint,
    /// Added to the endpoint's own query.
    pub query: Option<&'a str>,
    pub headers: &'a [(&'a str, &'a str)],
}

/// How the server answered.
pub(crate) enum Upgraded {
    /// With 101; these bytes came after the head and are the first of the first frame.
    Accepted(Vec<u8>),
    /// With something else.
    Refused(Response),
}

pub(crate) fn upgrade(
    socket: &mut Socket,
    request: &UpgradeRequest<'_>,
    waiter: &mut Waiter,
    deadline: Option<Instant>,
) -> Result<Upgraded> {
    let key = generate_key();
    send(socket, request_bytes(request, &key).as_bytes(), waiter, deadline)?;

    let mut answer = Vec::new();
    let (head_length, head) = loop {
        if let Some(parsed) = parse_head(&answer)? {
            break parsed;
        }
        if answer.len() >= MAX_ANSWER {
            return Err(Error::new(
                ErrorKind::Protocol,
                "the answer to the WebSocket handshake is longer than 64 KiB",
            ));
        }
        match receive(socket, &mut answer, waiter, deadline)? {
            Some(0) => {
                return Err(Error::new(
                    ErrorKind::Network,
                    "the connection was closed during the WebSocket handshake",
                ));
            }
            Some(_) => {}
            None => {
                return Err(Error::new(
                    ErrorKind::Timeout,
                    "the WebSocket handshake was not answered in time",
                ));
            }
        }
    };
    let rest = answer.split_off(head_length);
    if head.status == 101 {
        head.verify(&key)?;
        return Ok(Upgraded::Accepted(rest));
    }
    let body = read_refusal(socket, rest, &head, waiter, deadline)?;
    Ok(Upgraded::Refused(Response {
        status: head.status,
        retry_after: head.retry_after,
        location: head.location,
        body,
    }))
}

fn request_bytes(request: &UpgradeRequest<'_>, key: &str) -> String {
    let UpgradeRequest {
        endpoint,
        query,
        headers,
    } = request;
    let mut text = format!(
        "GET {} HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\nUser-Agent: {}\r\n",
        endpoint.request_target(*query),
        endpoint.authority(),
        super::http::USER_AGENT,
    );
    for (name, value) in *headers {
        text.push_str(name);
        text.push_str(": ");
        text.push_str(value);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text
}

/// The parts of an answer's head that matter here.
struct Head {
    status: u16,
    upgrade: bool,
    connection: bool,
    accept: Option<String>,
    content_length: Option<usize>,
    retry_after: Option<Duration>,
    location: Option<String>,
}

/// The head and its length, or `None` while it is not complete.
fn parse_head(answer: &[u8]) -> Result<Option<(usize, Head)>> {
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
    let header = |name: &str| {
        let found = parsed
            .headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))?;
        std::str::from_utf8(found.value).ok()
    };
    let lists = |name: &str, token: &str| {
        header(name).is_some_and(|value| value.split(',').any(|item| item.trim().eq_ignore_ascii_case(token)))
    };
    let head = Head {
        status: parsed.code.unwrap_or(0),
        upgrade: lists("upgrade", "websocket"),
        connection: lists("connection", "upgrade"),
        accept: header("sec-websocket-accept").map(|value| value.trim().to_owned()),
        content_length: header("content-length").and_then(|value| value.trim().parse().ok()),
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

fn send(socket: &mut Socket, mut bytes: &[u8], waiter: &mut Waiter, deadline: Option<Instant>) -> Result<()> {
    loop {
        let step = if bytes.is_empty() {
            socket.flush().map(|()| 0)
        } else {
            socket.write(bytes)
        };
        match step {
            Ok(0) if bytes.is_empty() => return Ok(()),
            Ok(0) => {
                return Err(Error::new(
                    ErrorKind::Network,
                    "the connection was closed during the WebSocket handshake",
                ));
            }
            Ok(written) => bytes = &bytes[written..],
            Err(error) if error.kind() == IoErrorKind::WouldBlock => {
                if waiter.wait(deadline)? == Wake::TimedOut {
                    return Err(Error::new(
                        ErrorKind::Timeout,
                        "the WebSocket handshake could not be sent in time",
                    ));
                }
            }
            Err(error) if error.kind() == IoErrorKind::Interrupted => {}
            Err(error) => return Err(io_error(error, "the WebSocket handshake failed")),
        }
    }
}

/// Appends what has come to `buffer`; 0 is the end of the stream, `None` that the deadline passed.
fn receive(
    socket: &mut Socket,
    buffer: &mut Vec<u8>,
    waiter: &mut Waiter,
    deadline: Option<Instant>,
) -> Result<Option<usize>> {
    let mut piece = [0; 4096];
    loop {
        match socket.read(&mut piece) {
            Ok(length) => {
                buffer.extend_from_slice(&piece[..length]);
                return Ok(Some(length));
            }
            Err(error) if error.kind() == IoErrorKind::WouldBlock => {
                if waiter.wait(deadline)? == Wake::TimedOut {
                    return Ok(None);
                }
            }
            Err(error) if error.kind() == IoErrorKind::Interrupted => {}
            // Servers that refuse often cut the line without TLS's own goodbye.
            Err(error) if error.kind() == IoErrorKind::UnexpectedEof => return Ok(Some(0)),
            Err(error) => return Err(io_error(error, "the WebSocket handshake failed")),
        }
    }
}

/// As much of a refusal's body as comes: what is missing of it costs only words.
fn read_refusal(
    socket: &mut Socket,
    mut body: Vec<u8>,
    head: &Head,
    waiter: &mut Waiter,
    deadline: Option<Instant>,
) -> Result<Vec<u8>> {
    let wanted = match head.status {
        204 | 304 => 0, // which have none (RFC 9110, section 6.4.1)
        _ => head.content_length.unwrap_or(MAX_ANSWER).min(MAX_ANSWER),
    };
    let deadline = earlier(deadline, deadline_after(Some(REFUSAL_BODY)));
    while body.len() < wanted {
        match receive(socket, &mut body, waiter, deadline) {
            Ok(Some(0) | None) => break,
            Ok(Some(_)) => {}
            Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
            Err(_) => break,
        }
    }
    body.truncate(wanted);
    Ok(body)
}
