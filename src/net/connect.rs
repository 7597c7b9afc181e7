//! From an endpoint to an open socket: look-up, TCP, TLS.

use std::io::{self, ErrorKind as IoErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::Instant;

use mio::event::Source;
use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConnection, StreamOwned};

use super::endpoint::Endpoint;
use super::resolve::resolve;
use super::tls::TlsSettings;
use super::wait::{Waiter, Wake, earlier};
use crate::error::{Error, ErrorKind, Result};

/// A connected, non-blocking socket, encrypted or not. Reads and writes say `WouldBlock` when they would.
#[derive(Debug)]
pub(crate) enum Socket {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Socket {
    /// Connects within `deadline`. `waiter` waits for the socket afterwards.
    pub fn connect(
        endpoint: &Endpoint,
        tls: &TlsSettings,
        waiter: &mut Waiter,
        deadline: Option<Instant>,
    ) -> Result<Socket> {
        // Before the network is touched: a machine with no certificates should say so, and at once.
        let config = if endpoint.secure { Some(tls.config()?) } else { None };
        let addresses = resolve(&endpoint.host, endpoint.port, waiter, deadline)?;
        let stream = connect_tcp(&addresses, waiter, deadline)?;
        let Some(config) = config else {
            return Ok(Socket::Plain(stream));
        };
        let name = ServerName::try_from(endpoint.host.clone()).map_err(|_| {
            Error::new(
                ErrorKind::Tls,
                format!("{} is not a host name that a certificate can be for", endpoint.host),
            )
        })?;
        let session = ClientConnection::new(config, name).map_err(tls_error)?;
        let mut socket = StreamOwned::new(session, stream);
        while socket.conn.is_handshaking() {
            match socket.conn.complete_io(&mut socket.sock) {
                Ok(_) => {}
                Err(error) if error.kind() == IoErrorKind::WouldBlock => {
                    if waiter.wait(deadline)? == Wake::TimedOut {
                        return Err(timed_out("the TLS handshake did not finish"));
                    }
                }
                Err(error) => return Err(io_error(error, "the TLS handshake failed")),
            }
        }
        Ok(Socket::Tls(Box::new(socket)))
    }

    /// Tells the other side that nothing more comes, as far as that goes without waiting: TLS has a word for it, so that
    /// the end cannot be mistaken for an attack.
    pub fn say_goodbye(&mut self) {
        if let Socket::Tls(stream) = self {
            stream.conn.send_close_notify();
            // The connection is given up either way.
            let _ = stream.flush();
        }
    }

    fn tcp(&mut self) -> &mut TcpStream {
        match self {
            Socket::Plain(stream) => stream,
            Socket::Tls(stream) => &mut stream.sock,
        }
    }
}

fn timed_out(what: &str) -> Error {
    Error::new(ErrorKind::Timeout, format!("{what} in time"))
}

/// Tries the addresses in turn, each with its share of the time that is left.
fn connect_tcp(addresses: &[SocketAddr], waiter: &mut Waiter, deadline: Option<Instant>) -> Result<TcpStream> {
    let mut last = None;
    for (tried, address) in addresses.iter().enumerate() {
        let left = addresses.len() - tried;
        let share = deadline.map(|deadline| {
            let now = Instant::now();
            now + deadline.saturating_duration_since(now) / left as u32
        });
        match connect_one(*address, waiter, earlier(share, deadline)) {
            Ok(stream) => return Ok(stream),
            Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
            Err(error) => {
                log::debug!("{address}: {error}");
                last = Some(error);
            }
        }
    }
    Err(last.unwrap_or_else(|| Error::new(ErrorKind::Internal, "a host name was resolved to no address")))
}

fn connect_one(address: SocketAddr, waiter: &mut Waiter, deadline: Option<Instant>) -> Result<TcpStream> {
    let failed = |error: io::Error| Error::new(ErrorKind::Network, format!("could not connect to {address}: {error}"));
    let mut stream = TcpStream::connect(address).map_err(failed)?;
    waiter.add(&mut stream).map_err(failed)?;
    loop {
        let waited = waiter.wait(deadline);
        // The stream leaves the queue by being closed when one of these returns.
        if waited? == Wake::TimedOut {
            return Err(timed_out(&format!("{address} did not answer")));
        }
        if let Some(error) = stream.take_error().map_err(failed)? {
            return Err(failed(error));
        }
        match stream.peer_addr() {
            Ok(_) => break,
            // Still under way: the wake-up was for something else.
            Err(error) if error.kind() == IoErrorKind::NotConnected => {}
            Err(error) => return Err(failed(error)),
        }
    }
    // Requests are single small writes; waiting to fill a packet would only add latency.
    stream.set_nodelay(true).map_err(failed)?;
    Ok(stream)
}

fn tls_error(error: rustls::Error) -> Error {
    let advice = match &error {
        rustls::Error::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => {
            return Error::new(
                ErrorKind::Tls,
                "the certificate is for another host name than the address has",
            );
        }
        rustls::Error::InvalidCertificate(_) => {
            "; the certificate is not trusted by this machine (a private CA can be added with ca_pem)"
        }
        rustls::Error::InvalidMessage(_) => "; the other side may not speak TLS at all",
        _ => "",
    };
    Error::new(ErrorKind::Tls, format!("{error}{advice}"))
}

/// Tells TLS failures, which come wrapped in an I/O error, from the network's own.
pub(crate) fn io_error(error: io::Error, what: &str) -> Error {
    let text = error.to_string();
    match error.into_inner().map(|inner| inner.downcast::<rustls::Error>()) {
        Some(Ok(tls)) => tls_error(*tls),
        _ => Error::new(ErrorKind::Network, format!("{what}: {text}")),
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Socket::Plain(stream) => stream.read(buffer),
            Socket::Tls(stream) => stream.read(buffer),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Socket::Plain(stream) => stream.write(bytes),
            Socket::Tls(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Socket::Plain(stream) => stream.flush(),
            Socket::Tls(stream) => stream.flush(),
        }
    }
}

impl Source for Socket {
    fn register(&mut self, registry: &Registry, token: Token, interests: Interest) -> io::Result<()> {
        self.tcp().register(registry, token, interests)
    }

    fn reregister(&mut self, registry: &Registry, token: Token, interests: Interest) -> io::Result<()> {
        self.tcp().reregister(registry, token, interests)
    }

    fn deregister(&mut self, registry: &Registry) -> io::Result<()> {
        self.tcp().deregister(registry)
    }
}
