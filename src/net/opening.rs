//! From an endpoint to an open WebSocket: the connection, then the upgrade. Never waits.

use std::time::Instant;

use super::connect::Connecting;
use super::http::Response;
use super::io::Io;
use super::network::Network;
use super::socket::Socket;
use super::upgrade::{Upgrade, UpgradeRequest, Upgraded};
use super::websocket::WebSocket;
use crate::error::{Error, ErrorKind, Result};

/// Why a WebSocket could not be opened.
pub(crate) enum OpenError {
    Failed(Error),
    /// The server answered the handshake with something other than 101.
    Refused(Response),
}

impl From<Error> for OpenError {
    fn from(error: Error) -> Self {
        OpenError::Failed(error)
    }
}

/// A WebSocket in the making, which owns all that it needs. Dropping it closes what is open.
pub(crate) struct Opening {
    step: Step,
    upgrade: Upgrade,
    max_message: usize,
}

enum Step {
    Connecting(Connecting),
    Upgrading(Socket),
    /// The WebSocket has been handed out, or an error has been.
    Over,
}

impl Opening {
    /// To be open by `deadline`, for messages of at most `max_message` bytes. Nothing is sent yet.
    pub fn new(
        request: UpgradeRequest,
        network: &Network,
        deadline: Option<Instant>,
        max_message: usize,
    ) -> Result<Opening> {
        Ok(Opening {
            step: Step::Connecting(Connecting::new(&request.endpoint, network, deadline)?),
            upgrade: Upgrade::new(&request, deadline),
            max_message,
        })
    }

    /// As [`Connecting::advance`]: goes as far as it can without waiting; `None` is to be called again.
    pub fn advance(&mut self, io: &Io<'_>) -> Result<Option<WebSocket>, OpenError> {
        let mut socket = match std::mem::replace(&mut self.step, Step::Over) {
            Step::Connecting(mut connecting) => match connecting.advance(io)? {
                Some(socket) => socket,
                None => {
                    self.step = Step::Connecting(connecting);
                    return Ok(None);
                }
            },
            Step::Upgrading(socket) => socket,
            Step::Over => {
                return Err(Error::new(ErrorKind::Internal, "a WebSocket was asked for after it was opened").into());
            }
        };
        match self.upgrade.advance(&mut socket)? {
            Some(Upgraded::Accepted(first_bytes)) => Ok(Some(WebSocket::new(socket, first_bytes, self.max_message))),
            Some(Upgraded::Refused(response)) => Err(OpenError::Refused(response)),
            None => {
                self.step = Step::Upgrading(socket);
                Ok(None)
            }
        }
    }

    /// When to call [`advance`](Self::advance) at the latest. `None` is never.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.step {
            Step::Connecting(connecting) => connecting.deadline(),
            _ => self.upgrade.deadline(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{SocketAddr, TcpListener};
    use std::sync::Arc;
    use std::time::Duration;

    use mio::{Events, Poll, Token, Waker};

    use super::*;
    use crate::net::tls::TlsSettings;
    use crate::net::wait::deadline_after;
    use crate::net::{Endpoint, Frame, Proxies};

    /// What an I/O thread has.
    struct Driver {
        poll: Poll,
        events: Events,
        wake: Arc<dyn Fn() + Send + Sync>,
    }

    impl Driver {
        fn new() -> Driver {
            let poll = Poll::new().expect("an event queue");
            let waker = Waker::new(poll.registry(), Token(1000)).expect("a waker");
            Driver {
                poll,
                events: Events::with_capacity(16),
                wake: Arc::new(move || waker.wake().expect("woken")),
            }
        }

        fn io(&self, token: usize) -> Io<'_> {
            Io {
                registry: self.poll.registry(),
                token: Token(token),
                wake: &self.wake,
            }
        }

        fn wait(&mut self) {
            self.poll
                .poll(&mut self.events, Some(Duration::from_secs(20)))
                .expect("events");
        }
    }

    fn opening(address: &str, limit: Duration) -> Opening {
        let request = UpgradeRequest {
            endpoint: Endpoint::parse("url", &format!("ws://{address}/open"), ["ws", "wss"], true).expect("a URL"),
            query: None,
            headers: Vec::new(),
        };
        let network = Network {
            tls: TlsSettings::new(None).expect("no extra trust"),
            proxies: Proxies::None,
        };
        Opening::new(request, &network, deadline_after(Some(limit)), 1024).expect("good")
    }

    fn listen() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        (listener, address)
    }

    /// Made in a caller's thread, driven in another.
    const _: fn() = || {
        fn can_be_sent<T: Send>() {}
        can_be_sent::<Opening>();
        can_be_sent::<WebSocket>();
    };

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn one_thread_opens_many_and_calls_for_no_reason_do_no_harm() {
        const MANY: usize = 5;
        let (listener, address) = listen();
        let server = std::thread::spawn(move || {
            let accept = |_| tungstenite::accept(listener.accept().expect("a client").0).expect("a handshake");
            let mut sockets: Vec<_> = (0..MANY).map(accept).collect();
            for socket in &mut sockets {
                // Answers the ping on the way, and ends with the goodbye.
                while socket.read().is_ok() {}
            }
        });
        let mut driver = Driver::new();
        let mut openings: Vec<_> = (0..MANY)
            .map(|_| Some(opening(&format!("localhost:{}", address.port()), LONG)))
            .collect();
        let mut open = Vec::new();
        while open.len() < MANY {
            for (token, slot) in openings.iter_mut().enumerate() {
                // Every one with each event, whomever it was for.
                for _ in 0..2 {
                    let io = driver.io(token);
                    let advanced = slot.as_mut().map(|opening| opening.advance(&io));
                    if let Some(Ok(Some(socket))) = advanced {
                        (*slot, _) = (None, open.push(socket));
                    } else {
                        assert!(!matches!(advanced, Some(Err(_))), "it fails");
                    }
                }
            }
            if open.len() < MANY {
                driver.wait();
            }
        }
        for (number, socket) in open.iter_mut().enumerate() {
            socket.queue_ping(number.to_string()).expect("taken");
            while !socket.flush().expect("sent") {
                driver.wait();
            }
            let frame = loop {
                match socket.receive().expect("a frame") {
                    Some(frame) => break frame,
                    None => driver.wait(),
                }
            };
            assert!(matches!(frame, Frame::Pong(bytes) if bytes == number.to_string()));
            socket.close();
        }
        drop(open);
        server.join().expect("the server ends");
    }

    #[test]
    fn dropping_one_that_is_half_open_closes_it() {
        let (listener, address) = listen();
        let mut driver = Driver::new();
        let mut half = opening(&address.to_string(), LONG);
        let (mut stream, _) = loop {
            assert!(matches!(half.advance(&driver.io(0)), Ok(None)));
            listener.set_nonblocking(true).expect("set");
            match listener.accept() {
                Ok(accepted) => break accepted,
                Err(_) => driver.wait(),
            }
        };
        stream.set_nonblocking(false).expect("set");
        drop(half);
        // Ends, because the other side is closed.
        let _ = stream.read_to_end(&mut Vec::new());
    }

    #[test]
    fn a_look_up_wakes_the_driver_when_it_is_done() {
        let mut driver = Driver::new();
        // Reserved for never existing (RFC 6761).
        let mut opening = opening("voicewire.invalid", LONG);
        let error = loop {
            match opening.advance(&driver.io(0)) {
                Ok(None) => driver.wait(),
                Err(OpenError::Failed(error)) => break error,
                _ => panic!("there is no such host"),
            }
            assert!(!driver.events.is_empty(), "woken, rather than tired of waiting");
        };
        assert!(
            error.message().contains("voicewire.invalid could not be resolved"),
            "{error}"
        );
    }

    #[test]
    fn the_deadline_passes_without_any_event() {
        let (_listener, address) = listen();
        let mut driver = Driver::new();
        let mut late = opening(&address.to_string(), Duration::from_millis(30));
        let error = loop {
            match late.advance(&driver.io(0)) {
                Ok(None) => {
                    let left = late
                        .deadline()
                        .map(|deadline| deadline.saturating_duration_since(Instant::now()));
                    driver.poll.poll(&mut driver.events, left).expect("events");
                }
                Ok(Some(_)) => panic!("nobody answers"),
                Err(OpenError::Failed(error)) => break error,
                Err(OpenError::Refused(_)) => panic!("nobody answers"),
            }
        };
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(error.message(), "the WebSocket handshake was not answered in time");
    }
}
