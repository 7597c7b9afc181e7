//! From an endpoint to an open socket: look-up, TCP, the proxy's tunnel, TLS. Never waits, so that one thread can open
//! many.

use std::collections::VecDeque;
use std::io::{self, ErrorKind as IoErrorKind};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use mio::Interest;
use mio::net::TcpStream;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, HandshakeKind, StreamOwned};

use super::endpoint::Endpoint;
use super::io::Io;
use super::network::Network;
use super::resolve::Lookup;
use super::socket::{Socket, io_error, tls_error};
use super::tunnel::Tunnel;
use super::wait::is_past;
use crate::error::{Error, ErrorKind, Result};

/// A connection in the making. Dropping it closes what is open.
pub(crate) struct Connecting {
    step: Step,
    /// What is to be put onto the TCP connection, in this order.
    layers: VecDeque<Layer>,
    /// The proxy, while what goes wrong is a matter between it and this side.
    proxy: Option<String>,
    deadline: Option<Instant>,
}

enum Step {
    Lookup(Lookup),
    Tcp(Addresses),
    /// One layer more than before.
    Open(Socket),
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
    Tunnel(Socket, Tunnel),
    /// The socket has been handed out, or an error has been.
    Over,
}

enum Layer {
    Tls(Encryption),
    Tunnel(Tunnel),
}

/// What it takes to speak TLS with a host.
struct Encryption {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
}

impl Connecting {
    /// To be done by `deadline`. Nothing is opened or asked yet.
    pub fn new(endpoint: &Endpoint, network: &Network, deadline: Option<Instant>) -> Result<Connecting> {
        let mut layers = VecDeque::new();
        let proxy = network.proxies.server(endpoint);
        if let Some(proxy) = proxy {
            if proxy.secure {
                layers.push_back(Layer::Tls(Encryption::new(&proxy.host, network)?));
            }
            layers.push_back(Layer::Tunnel(Tunnel::new(endpoint, proxy)));
        }
        // Before the network is touched: a machine with no certificates should say so, and at once.
        if endpoint.secure {
            layers.push_back(Layer::Tls(Encryption::new(&endpoint.host, network)?));
        }
        let lookup = match proxy {
            Some(proxy) => Lookup::new(&proxy.host, proxy.port),
            None => Lookup::new(&endpoint.host, endpoint.port),
        };
        Ok(Connecting {
            step: Step::Lookup(lookup),
            layers,
            proxy: proxy.map(|proxy| proxy.name()),
            deadline,
        })
    }

    /// Goes as far as it can without waiting. `None`: call again when the socket is ready, when `io.wake` was called,
    /// or when [`deadline`](Self::deadline) has passed; calling for no reason does no harm. After the socket or an
    /// error there is nothing more to come.
    ///
    /// The socket is registered, edge-triggered, for reading and writing: use it until it would block, then wait.
    pub fn advance(&mut self, io: &Io<'_>) -> Result<Option<Socket>> {
        loop {
            self.step = match std::mem::replace(&mut self.step, Step::Over) {
                Step::Open(socket) => match self.layers.pop_front() {
                    Some(Layer::Tls(encryption)) => Step::Tls(encryption.begin(socket)?),
                    Some(Layer::Tunnel(tunnel)) => Step::Tunnel(socket, tunnel),
                    None => return Ok(Some(socket)),
                },
                step => match self.go_on(step, io).map_err(|error| self.place(error))? {
                    Progress::Made(step) => step,
                    Progress::Waiting(step) => {
                        self.step = step;
                        return Ok(None);
                    }
                },
            };
        }
    }

    fn go_on(&mut self, step: Step, io: &Io<'_>) -> Result<Progress> {
        Ok(match step {
            Step::Lookup(mut lookup) => match lookup.advance(io)? {
                Some(addresses) => Progress::Made(Step::Tcp(Addresses::new(addresses, self.deadline))),
                None if is_past(self.deadline) => return Err(lookup.timed_out()),
                None => Progress::Waiting(Step::Lookup(lookup)),
            },
            Step::Tcp(mut addresses) => match addresses.advance(io)? {
                Some(stream) => Progress::Made(Step::Open(Socket::Plain(stream))),
                None => Progress::Waiting(Step::Tcp(addresses)),
            },
            Step::Tls(mut stream) => {
                if shake_hands(&mut stream)? {
                    let resumed = stream.conn.handshake_kind() == Some(HandshakeKind::Resumed);
                    log::debug!("TLS session {}", if resumed { "resumed" } else { "begun" });
                    Progress::Made(Step::Open(Socket::Tls(stream)))
                } else if is_past(self.deadline) {
                    return Err(timed_out("the TLS handshake did not finish"));
                } else {
                    Progress::Waiting(Step::Tls(stream))
                }
            }
            Step::Tunnel(mut socket, mut tunnel) => {
                if tunnel.advance(&mut socket)? {
                    // From here on it is the service that speaks.
                    self.proxy = None;
                    Progress::Made(Step::Open(socket))
                } else if is_past(self.deadline) {
                    return Err(tunnel.timed_out());
                } else {
                    Progress::Waiting(Step::Tunnel(socket, tunnel))
                }
            }
            Step::Open(_) | Step::Over => {
                return Err(Error::new(
                    ErrorKind::Internal,
                    "a connection was asked for after it was made",
                ));
            }
        })
    }

    /// When to call [`advance`](Self::advance) at the latest. `None` is never.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.step {
            Step::Tcp(addresses) => addresses.until,
            _ => self.deadline,
        }
    }

    fn place(&self, error: Error) -> Error {
        match &self.proxy {
            // An answer with a status has the name in it.
            Some(proxy) if error.http_status().is_none() => error.about(&format!("the proxy {proxy}")),
            _ => error,
        }
    }
}

enum Progress {
    Made(Step),
    Waiting(Step),
}

impl Encryption {
    fn new(host: &str, network: &Network) -> Result<Encryption> {
        Ok(Encryption {
            config: network.tls.config()?,
            name: server_name(host)?,
        })
    }

    fn begin(self, socket: Socket) -> Result<Box<StreamOwned<ClientConnection, Socket>>> {
        let session = ClientConnection::new(self.config, self.name).map_err(tls_error)?;
        Ok(Box::new(StreamOwned::new(session, socket)))
    }
}

fn server_name(host: &str) -> Result<ServerName<'static>> {
    ServerName::try_from(host.to_owned()).map_err(|_| {
        Error::new(
            ErrorKind::Tls,
            format!("{host} is not a host name that a certificate can be for"),
        )
    })
}

/// Whether the handshake is complete; `false` when the socket has to be waited for.
fn shake_hands(stream: &mut StreamOwned<ClientConnection, Socket>) -> Result<bool> {
    while stream.conn.is_handshaking() {
        match stream.conn.complete_io(&mut stream.sock) {
            Ok(_) => {}
            Err(error) if error.kind() == IoErrorKind::WouldBlock => return Ok(false),
            Err(error) => return Err(io_error(error, "the TLS handshake failed")),
        }
    }
    Ok(true)
}

fn timed_out(what: &str) -> Error {
    Error::new(ErrorKind::Timeout, format!("{what} in time"))
}

/// The addresses of a host, tried in turn, each with its share of the time that is left.
struct Addresses {
    left: std::vec::IntoIter<SocketAddr>,
    /// The one that is being tried.
    trying: Option<(SocketAddr, TcpStream)>,
    /// When it has had its share.
    until: Option<Instant>,
    deadline: Option<Instant>,
    /// What the last one failed with.
    failure: Option<Error>,
}

impl Addresses {
    fn new(addresses: Vec<SocketAddr>, deadline: Option<Instant>) -> Addresses {
        Addresses {
            left: addresses.into_iter(),
            trying: None,
            until: deadline,
            deadline,
            failure: None,
        }
    }

    fn advance(&mut self, io: &Io<'_>) -> Result<Option<TcpStream>> {
        loop {
            let Some((address, stream)) = self.trying.take() else {
                self.try_next(io)?;
                continue;
            };
            match is_connected(address, &stream) {
                Ok(true) => return Ok(Some(stream)),
                // Still under way: the wake-up was for something else.
                Ok(false) if !is_past(self.until) => {
                    self.trying = Some((address, stream));
                    return Ok(None);
                }
                Ok(false) => self.failed(address, timed_out(&format!("{address} did not answer"))),
                Err(error) => self.failed(address, error),
            }
        }
    }

    fn try_next(&mut self, io: &Io<'_>) -> Result<()> {
        let left = self.left.len();
        let Some(address) = self.left.next() else {
            return Err(self
                .failure
                .take()
                .unwrap_or_else(|| Error::new(ErrorKind::Internal, "a host name was resolved to no address")));
        };
        self.until = self.deadline.map(|deadline| {
            let now = Instant::now();
            now + deadline.saturating_duration_since(now) / left as u32
        });
        let opened = TcpStream::connect(address).and_then(|mut stream| {
            io.registry
                .register(&mut stream, io.token, Interest::READABLE | Interest::WRITABLE)?;
            Ok(stream)
        });
        match opened {
            Ok(stream) => self.trying = Some((address, stream)),
            Err(error) => self.failed(address, unreachable(address, &error)),
        }
        Ok(())
    }

    fn failed(&mut self, address: SocketAddr, error: Error) {
        log::debug!("{address}: {error}");
        self.failure = Some(error);
    }
}

fn is_connected(address: SocketAddr, stream: &TcpStream) -> Result<bool> {
    let failed = |error: io::Error| unreachable(address, &error);
    if let Some(error) = stream.take_error().map_err(failed)? {
        return Err(failed(error));
    }
    match stream.peer_addr() {
        Ok(_) => {
            // Requests are single small writes; waiting to fill a packet would only add latency.
            stream.set_nodelay(true).map_err(failed)?;
            Ok(true)
        }
        Err(error) if error.kind() == IoErrorKind::NotConnected => Ok(false),
        Err(error) => Err(failed(error)),
    }
}

fn unreachable(address: SocketAddr, error: &io::Error) -> Error {
    Error::new(ErrorKind::Network, format!("could not connect to {address}: {error}"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::time::Duration;

    use mio::{Events, Poll, Token};

    use super::*;

    /// Where nobody listens. A port that was let go may be somebody else's by now.
    fn closed() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 1))
    }

    fn connect(addresses: Vec<SocketAddr>) -> Result<TcpStream> {
        let mut poll = Poll::new().expect("an event queue");
        let registry = poll.registry().try_clone().expect("a registry");
        let wake: Arc<dyn Fn() + Send + Sync> = Arc::new(|| ());
        let io = Io {
            registry: &registry,
            token: Token(0),
            wake: &wake,
        };
        let limit = Duration::from_secs(60);
        let mut addresses = Addresses::new(addresses, Some(Instant::now() + limit));
        loop {
            if let Some(stream) = addresses.advance(&io)? {
                return Ok(stream);
            }
            poll.poll(&mut Events::with_capacity(4), Some(limit)).expect("events");
        }
    }

    #[test]
    fn addresses_are_tried_until_one_answers() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let open = listener.local_addr().expect("bound");
        let stream = connect(vec![closed(), closed(), open]).expect("the last answers");
        assert_eq!(stream.peer_addr().expect("connected"), open);
        let last = closed();
        let error = connect(vec![closed(), last]).expect_err("none answers");
        assert!(
            error.message().starts_with(&format!("could not connect to {last}: ")),
            "{error}"
        );
    }
}
