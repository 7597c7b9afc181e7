//! Why a sandbox does not start.

use std::{fmt, io};

/// Why a sandbox does not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The port on 127.0.0.1 cannot be had, most often because another program uses it.
    Bind {
        /// The port asked for.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// The certificate for TLS could not be made.
    Tls(String),
    /// The system refused a thread or an event queue.
    Runtime(io::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Bind { port, source } if source.kind() == io::ErrorKind::AddrInUse => write!(
                f,
                "port {port} on 127.0.0.1 is in use: choose another one, or 0 for any free one"
            ),
            Error::Bind { port, source } => {
                write!(f, "cannot listen on 127.0.0.1 port {port}: {source}")
            }
            Error::Tls(message) => write!(f, "cannot make a certificate: {message}"),
            Error::Runtime(source) => write!(f, "cannot start the server's thread: {source}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Bind { source, .. } | Error::Runtime(source) => Some(source),
            Error::Tls(_) => None,
        }
    }
}
