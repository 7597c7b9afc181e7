//! The HTTP library's connections, made of this library's sockets: the same trust, deadlines and cancellation
//! as for WebSocket.

use std::fmt;
use std::io::{self, ErrorKind as IoErrorKind, Read, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use http::Uri;
use ureq::config::Config;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, LazyBuffers, NextTimeout, Transport};

use super::connect::Connecting;
use super::control::Control;
use super::endpoint::Endpoint;
use super::http::limit_name;
use super::network::Network;
use super::socket::Socket;
use super::wait::{Waiter, Wake, deadline_after, earlier};
use crate::error::{Error, ErrorKind};

/// Looks nothing up: [`Connecting`] does, where it can be cancelled.
#[derive(Debug)]
pub(crate) struct HttpResolver;

impl Resolver for HttpResolver {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let mut unused = self.empty();
        // ureq wants at least one.
        unused.push(([0, 0, 0, 0], 0).into());
        Ok(unused)
    }
}

#[derive(Debug)]
pub(crate) struct HttpConnector {
    network: Arc<Network>,
}

impl HttpConnector {
    pub fn new(network: Arc<Network>) -> HttpConnector {
        HttpConnector { network }
    }
}

impl Connector for HttpConnector {
    type Out = HttpTransport;

    fn connect(&self, details: &ConnectionDetails<'_>, _: Option<()>) -> Result<Option<HttpTransport>, ureq::Error> {
        let begun = Instant::now();
        let opened = self.open(details);
        if let Some(stopwatch) = Control::current().connecting {
            stopwatch.add(begun.elapsed());
        }
        opened.map(Some).map_err(|error| ours(error.unsent()))
    }
}

impl HttpConnector {
    fn open(&self, details: &ConnectionDetails<'_>) -> crate::Result<HttpTransport> {
        // Checked when the client was made; here only taken apart again.
        let endpoint = Endpoint::parse("url", &details.uri.to_string(), ["http", "https"], true)?;
        let mut waiter = Waiter::new(Control::current())?;
        let deadline = earlier(deadline_of(&details.timeout), Control::current().deadline);
        let socket = connect(&endpoint, &self.network, &mut waiter, deadline).map_err(|error| {
            if error.kind() == ErrorKind::Timeout {
                error.with_field(limit_name(details.timeout.reason))
            } else {
                error
            }
        })?;
        let buffers = LazyBuffers::new(details.config.input_buffer_size(), details.config.output_buffer_size());
        Ok(HttpTransport {
            socket,
            waiter,
            buffers,
            secure: endpoint.secure,
            process: std::process::id(),
            has_heard: false,
            is_refused: false,
        })
    }
}

fn connect(
    endpoint: &Endpoint,
    network: &Network,
    waiter: &mut Waiter,
    deadline: Option<Instant>,
) -> crate::Result<Socket> {
    let mut connecting = Connecting::new(endpoint, network, deadline)?;
    loop {
        waiter.check()?;
        if let Some(socket) = connecting.advance(&waiter.io())? {
            return Ok(socket);
        }
        waiter.wait(connecting.deadline())?;
    }
}

fn ours(error: Error) -> ureq::Error {
    ureq::Error::Other(Box::new(error))
}

fn deadline_of(timeout: &NextTimeout) -> Option<Instant> {
    let after: Duration = *timeout.after;
    if timeout.after.is_not_happening() {
        None
    } else {
        deadline_after(Some(after))
    }
}

pub(crate) struct HttpTransport {
    socket: Socket,
    waiter: Waiter,
    buffers: LazyBuffers,
    secure: bool,
    /// The process that made it. After a fork two have it, and would read each other's answers.
    process: u32,
    /// Whether something has come while the request was still being sent, and has not been looked at yet.
    has_heard: bool,
    /// Whether that is a refusal: what is left of the request is not sent any more.
    is_refused: bool,
}

impl HttpTransport {
    /// Whether the service has refused the request before all of it was sent, as services do that look at its head first.
    /// Many of them close the connection at once, and what they said is all that tells why.
    fn hears_refusal(&mut self) -> bool {
        loop {
            let free = self.buffers.input_append_buf();
            if free.is_empty() {
                break;
            }
            match self.socket.read(free) {
                Ok(0) => break,
                Ok(length) => {
                    self.buffers.input_appended(length);
                    // Nothing of it has been used: whoever wants it comes to await_input.
                    self.buffers.input_consume(0);
                    self.has_heard = true;
                }
                Err(error) if error.kind() == IoErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        // The status after "HTTP/1.1 ": whatever is no success, and not on the way to one.
        let status = self.buffers.input().get(9);
        self.is_refused = self.has_heard && status.is_some_and(|digit| (b'3'..=b'5').contains(digit));
        if self.is_refused
            && let Some(refused) = Control::current().refused
        {
            refused.store(true, Ordering::Relaxed);
        }
        self.is_refused
    }

    fn wait(&mut self, deadline: Option<Instant>, timeout: &NextTimeout) -> Result<(), ureq::Error> {
        match self.waiter.wait(deadline).map_err(ours)? {
            Wake::Ready => Ok(()),
            Wake::TimedOut => Err(ureq::Error::Timeout(timeout.reason)),
        }
    }
}

impl Transport for HttpTransport {
    fn buffers(&mut self) -> &mut dyn Buffers {
        &mut self.buffers
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), ureq::Error> {
        // A kept connection is used by another call than the one that made it.
        let control = Control::current();
        let end = control.deadline;
        self.waiter.set_control(control);
        let timeout = timeout.for_write();
        let deadline = earlier(deadline_of(&timeout), end);
        let mut sent = 0;
        if self.is_refused {
            return Ok(());
        }
        loop {
            let step = if sent < amount {
                self.socket.write(&self.buffers.output()[sent..amount])
            } else {
                self.socket.flush().map(|()| 0)
            };
            match step {
                Ok(0) if sent == amount => return Ok(()),
                Ok(0) => return Err(ureq::Error::Io(IoErrorKind::WriteZero.into())),
                Ok(length) => sent += length,
                Err(error) if error.kind() == IoErrorKind::Interrupted => {}
                Err(_) if self.hears_refusal() => return Ok(()),
                Err(error) if error.kind() == IoErrorKind::WouldBlock => self.wait(deadline, &timeout)?,
                Err(error) => return Err(ureq::Error::Io(error)),
            }
        }
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, ureq::Error> {
        let control = Control::current();
        let end = control.deadline;
        self.waiter.set_control(control);
        let timeout = timeout.for_read();
        let deadline = earlier(deadline_of(&timeout), end);
        if std::mem::take(&mut self.has_heard) {
            return Ok(true);
        }
        loop {
            match self.socket.read(self.buffers.input_append_buf()) {
                Ok(length) => {
                    self.buffers.input_appended(length);
                    return Ok(length > 0);
                }
                Err(error) if error.kind() == IoErrorKind::WouldBlock => self.wait(deadline, &timeout)?,
                Err(error) if error.kind() == IoErrorKind::Interrupted => {}
                // Who refuses a request without reading it often cuts the line, which is the end of what there is to say.
                Err(_) if self.is_refused => return Ok(false),
                Err(error) => return Err(ureq::Error::Io(error)),
            }
        }
    }

    fn is_open(&mut self) -> bool {
        if self.is_refused || self.process != std::process::id() {
            return false;
        }
        // Nothing may come between two requests: data, an end and an error all mean that it is used up.
        let idle: io::Result<usize> = self.socket.read(&mut [0]);
        matches!(idle, Err(error) if error.kind() == IoErrorKind::WouldBlock)
    }

    fn is_tls(&self) -> bool {
        self.secure
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").finish_non_exhaustive()
    }
}
