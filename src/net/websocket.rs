//! WebSocket messages over a non-blocking socket, and a blocking way to drive them.

use std::io::ErrorKind as IoErrorKind;
use std::time::Instant;

use tungstenite::error::{CapacityError, ProtocolError};
use tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tungstenite::{Bytes, Message, Utf8Bytes};

use super::control::Control;
use super::opening::{OpenError, Opening};
use super::socket::{Socket, io_error};
use super::wait::{Waiter, Wake};
use crate::error::{Error, ErrorKind, Result};

/// tungstenite zeroes this much before each read: large enough for a chunk in one read, no larger.
const READ_BUFFER: usize = 32 * 1024;

/// One message from the other side. The bytes are shared with the receive buffer, not copied.
#[derive(Debug)]
pub(crate) enum Frame {
    Text(Utf8Bytes),
    Binary(Bytes),
    /// Nothing for the reader: it has been answered.
    Ping,
    /// The answer to a ping of this side, with its bytes.
    #[allow(dead_code)] // looked at by whoever sends pings
    Pong(Bytes),
    /// The other side said goodbye. Nothing comes after it.
    Close {
        code: Option<u16>,
        reason: String,
    },
}

/// Text in, messages out, never waiting: the state machine that every driver drives.
pub(crate) struct WebSocket {
    inner: tungstenite::WebSocket<Socket>,
    max_message: usize,
}

impl WebSocket {
    /// `first_bytes` came with the handshake's answer.
    pub fn new(socket: Socket, first_bytes: Vec<u8>, max_message: usize) -> WebSocket {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER)
            .max_message_size(Some(max_message))
            .max_frame_size(Some(max_message));
        let inner = tungstenite::WebSocket::from_partially_read(socket, first_bytes, Role::Client, Some(config));
        WebSocket { inner, max_message }
    }

    /// The next message that is already here; `None` when the socket has to be waited for.
    pub fn receive(&mut self) -> Result<Option<Frame>> {
        loop {
            match self.inner.read() {
                Ok(Message::Text(text)) => return Ok(Some(Frame::Text(text))),
                Ok(Message::Binary(bytes)) => return Ok(Some(Frame::Binary(bytes))),
                Ok(Message::Close(frame)) => {
                    let (code, reason) = frame.map_or((None, String::new()), |f: CloseFrame| {
                        (Some(f.code.into()), f.reason.to_string())
                    });
                    return Ok(Some(Frame::Close { code, reason }));
                }
                // Handed out, so that no flood of them can keep the reader from looking at its deadlines.
                Ok(Message::Ping(_) | Message::Frame(_)) => return Ok(Some(Frame::Ping)),
                Ok(Message::Pong(bytes)) => return Ok(Some(Frame::Pong(bytes))),
                Err(tungstenite::Error::Io(error)) if error.kind() == IoErrorKind::WouldBlock => return Ok(None),
                Err(tungstenite::Error::Io(error)) if error.kind() == IoErrorKind::Interrupted => {}
                Err(error) => return Err(self.error(error)),
            }
        }
    }

    /// Takes `text` for sending; [`flush`](Self::flush) until it says that it has gone out.
    pub fn queue_text(&mut self, text: String) -> Result<()> {
        self.queue(Message::text(text))
    }

    /// Takes a ping for sending, as [`queue_text`](Self::queue_text) does; a [`Frame::Pong`] with the same bytes
    /// answers it. At most 125 bytes.
    #[allow(dead_code)] // for whoever keeps connections open
    pub fn queue_ping(&mut self, payload: impl Into<Bytes>) -> Result<()> {
        self.queue(Message::Ping(payload.into()))
    }

    fn queue(&mut self, message: Message) -> Result<()> {
        match self.inner.write(message) {
            Ok(()) => Ok(()),
            // Taken, and kept until the socket is ready.
            Err(tungstenite::Error::Io(error)) if error.kind() == IoErrorKind::WouldBlock => Ok(()),
            Err(error) => Err(self.error(error)),
        }
    }

    /// `true` when everything taken has gone out; `false` when the socket has to be waited for.
    pub fn flush(&mut self) -> Result<bool> {
        loop {
            match self.inner.flush() {
                Ok(()) => return Ok(true),
                Err(tungstenite::Error::Io(error)) if error.kind() == IoErrorKind::WouldBlock => return Ok(false),
                Err(tungstenite::Error::Io(error)) if error.kind() == IoErrorKind::Interrupted => {}
                Err(error) => return Err(self.error(error)),
            }
        }
    }

    /// Says goodbye, as far as that goes without waiting. The socket is closed by dropping this.
    pub fn close(&mut self) {
        // The connection is given up either way.
        let _ = self.inner.close(None);
        self.inner.get_mut().say_goodbye();
    }

    fn error(&self, error: tungstenite::Error) -> Error {
        use tungstenite::Error as E;
        match error {
            E::Io(error) => io_error(error, "the connection was lost"),
            E::Protocol(ProtocolError::ResetWithoutClosingHandshake) => {
                Error::new(ErrorKind::Network, "the connection was lost: the other side hung up")
            }
            E::ConnectionClosed | E::AlreadyClosed => {
                Error::new(ErrorKind::Closed, "the service closed the connection")
            }
            E::Capacity(CapacityError::MessageTooLong { size, .. }) => Error::new(
                ErrorKind::Protocol,
                format!(
                    "a message of {size} bytes is over the limit of {} (max_message_bytes)",
                    self.max_message
                ),
            )
            .with_field("max_message_bytes"),
            E::Utf8(_) => Error::new(ErrorKind::Protocol, "a text message is not UTF-8"),
            other => Error::new(ErrorKind::Protocol, format!("the WebSocket stream is broken: {other}")),
        }
    }
}

/// A WebSocket with the means to wait for it, on the thread that calls. Dropping it closes it.
pub(crate) struct Connection {
    socket: WebSocket,
    waiter: Waiter,
    /// The process that opened it. A fork's other side has it too, and must not speak or read in its place.
    process: u32,
}

impl Connection {
    pub fn open(mut opening: Opening, control: Control) -> Result<Connection, OpenError> {
        let mut waiter = Waiter::new(control)?;
        loop {
            waiter.check()?;
            if let Some(socket) = opening.advance(&waiter.io())? {
                return Ok(Connection {
                    socket,
                    waiter,
                    process: std::process::id(),
                });
            }
            waiter.wait(opening.deadline())?;
        }
    }

    pub fn send_text(&mut self, text: String, deadline: Option<Instant>) -> Result<Wake> {
        self.socket.queue_text(text)?;
        while !self.socket.flush()? {
            if self.waiter.wait(deadline)? == Wake::TimedOut {
                return Ok(Wake::TimedOut);
            }
        }
        Ok(Wake::Ready)
    }

    /// The next message; `None` when the deadline passed with none. What is already here comes first: the deadline
    /// counts only while there is nothing.
    pub fn receive(&mut self, deadline: Option<Instant>) -> Result<Option<Frame>> {
        self.waiter.check()?;
        if self.process != std::process::id() {
            return Err(Error::new(
                ErrorKind::Closed,
                "the connection belongs to the process that this one was forked from",
            ));
        }
        loop {
            if let Some(frame) = self.socket.receive()? {
                return Ok(Some(frame));
            }
            if self.waiter.wait(deadline)? == Wake::TimedOut {
                return Ok(None);
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.process == std::process::id() {
            self.socket.close();
        }
    }
}
