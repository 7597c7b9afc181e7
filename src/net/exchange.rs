//! One HTTP request and the head of its answer, on a socket that becomes something else afterwards.

use std::io::{ErrorKind as IoErrorKind, Read, Write};

use super::socket::{Socket, io_error};
use crate::error::{Error, ErrorKind, Result};

/// Sends a request and reads until the answer's head is complete. Never waits.
pub(crate) struct Exchange {
    /// What it is, for messages: "the … was not answered in time".
    what: &'static str,
    request: Vec<u8>,
    sent: usize,
    /// Whether the whole request has left this process.
    flushed: bool,
    answer: Vec<u8>,
    /// The longest answer that is read.
    limit: usize,
    /// How much is read at once.
    piece: usize,
}

const PIECE: usize = 4096;

impl Exchange {
    pub fn new(what: &'static str, request: Vec<u8>, limit: usize) -> Exchange {
        Exchange {
            what,
            request,
            sent: 0,
            flushed: false,
            answer: Vec::new(),
            limit,
            piece: PIECE,
        }
    }

    /// Leaves what comes after the head in the socket, when `piece` is 1.
    pub fn reading_at_most(mut self, piece: usize) -> Exchange {
        self.piece = piece.min(PIECE);
        self
    }

    /// The head, and the bytes that came after it; `None` when the socket has to be waited for. `parse` gives the head
    /// and its length once it is complete.
    pub fn advance<T>(
        &mut self,
        socket: &mut Socket,
        parse: impl Fn(&[u8]) -> Result<Option<(usize, T)>>,
    ) -> Result<Option<(T, Vec<u8>)>> {
        if !self.flushed && !self.send(socket)? {
            return Ok(None);
        }
        let mut piece = [0; PIECE];
        loop {
            match socket.read(&mut piece[..self.piece]) {
                Ok(0) => return Err(self.closed()),
                Ok(length) => self.answer.extend_from_slice(&piece[..length]),
                Err(error) if error.kind() == IoErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == IoErrorKind::Interrupted => continue,
                // Servers that refuse often cut the line without TLS's own goodbye.
                Err(error) if error.kind() == IoErrorKind::UnexpectedEof => return Err(self.closed()),
                Err(error) => return Err(io_error(error, &format!("the {} failed", self.what))),
            }
            if let Some((length, head)) = parse(&self.answer)? {
                return Ok(Some((head, self.answer.split_off(length))));
            }
            if self.answer.len() >= self.limit {
                return Err(Error::new(
                    ErrorKind::Protocol,
                    format!(
                        "the answer to the {} is longer than {} KiB",
                        self.what,
                        self.limit / 1024
                    ),
                ));
            }
        }
    }

    fn send(&mut self, socket: &mut Socket) -> Result<bool> {
        while !self.flushed {
            let rest = &self.request[self.sent..];
            let step = if rest.is_empty() {
                socket.flush().map(|()| self.flushed = true)
            } else {
                match socket.write(rest) {
                    Ok(0) => return Err(self.closed()),
                    written => written.map(|length| self.sent += length),
                }
            };
            match step {
                Ok(()) => {}
                Err(error) if error.kind() == IoErrorKind::WouldBlock => return Ok(false),
                Err(error) if error.kind() == IoErrorKind::Interrupted => {}
                Err(error) => return Err(io_error(error, &format!("the {} failed", self.what))),
            }
        }
        // It may have held a key.
        self.request = Vec::new();
        self.sent = 0;
        Ok(true)
    }

    pub fn timed_out(&self) -> Error {
        let happened = if self.flushed {
            "was not answered"
        } else {
            "could not be sent"
        };
        Error::new(ErrorKind::Timeout, format!("the {} {happened} in time", self.what))
    }

    fn closed(&self) -> Error {
        Error::new(
            ErrorKind::Network,
            format!("the connection was closed during the {}", self.what),
        )
    }
}
