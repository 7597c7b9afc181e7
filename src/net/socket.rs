//! A connected socket, encrypted or not, that never waits.

use std::io::{self, Read, Write};

use mio::net::TcpStream;
use rustls::{CertificateError, ClientConnection, StreamOwned};

use crate::error::{Error, ErrorKind};

/// A connected, non-blocking socket. Reads and writes say `WouldBlock` when they would.
#[derive(Debug)]
pub(crate) enum Socket {
    Plain(TcpStream),
    /// TLS over whatever the inner socket is.
    Tls(Box<StreamOwned<ClientConnection, Socket>>),
}

impl Socket {
    /// Tells the other side that nothing more comes, as far as that goes without waiting: TLS has a word for it, so that
    /// the end cannot be mistaken for an attack.
    pub fn say_goodbye(&mut self) {
        if let Socket::Tls(stream) = self {
            stream.conn.send_close_notify();
            // The connection is given up either way.
            let _ = stream.flush();
        }
    }
}

pub(crate) fn tls_error(error: rustls::Error) -> Error {
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
