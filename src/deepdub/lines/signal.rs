//! Something that an event loop can wait for: readable while there is something to poll for.

use std::io::{ErrorKind as IoErrorKind, Read, Write};

use crate::error::{Error, ErrorKind, Result};

#[cfg(unix)]
use std::os::fd::AsRawFd;
#[cfg(unix)]
use std::os::unix::net::UnixStream as Stream;

#[cfg(not(unix))]
use std::net::TcpStream as Stream;

/// A pair of connected sockets; the host waits for the one.
pub(in crate::deepdub) struct Signal {
    waited_for: Stream,
    raised: Stream,
}

impl Signal {
    pub fn new() -> Result<Signal> {
        let build = || {
            let (waited_for, raised) = pair()?;
            waited_for.set_nonblocking(true)?;
            raised.set_nonblocking(true)?;
            Ok(Signal { waited_for, raised })
        };
        build().map_err(|error: std::io::Error| {
            Error::new(
                ErrorKind::Internal,
                format!("the system gave no handle to wait for: {error}"),
            )
        })
    }

    /// Makes it readable.
    pub fn raise(&self) {
        // Full is as readable as it gets.
        let _ = (&self.raised).write(&[1]);
    }

    /// Makes it unreadable again.
    pub fn lower(&self) {
        let mut bytes = [0; 256];
        loop {
            match (&self.waited_for).read(&mut bytes) {
                Ok(0) => return,
                Ok(_) => {}
                Err(error) if error.kind() == IoErrorKind::Interrupted => {}
                Err(_) => return,
            }
        }
    }

    /// A file descriptor on Unix, a `SOCKET` on Windows.
    pub fn handle(&self) -> isize {
        #[cfg(unix)]
        return self.waited_for.as_raw_fd() as isize;
        #[cfg(windows)]
        return std::os::windows::io::AsRawSocket::as_raw_socket(&self.waited_for) as isize;
        #[cfg(not(any(unix, windows)))]
        return -1;
    }
}

#[cfg(unix)]
fn pair() -> std::io::Result<(Stream, Stream)> {
    Stream::pair()
}

#[cfg(not(unix))]
fn pair() -> std::io::Result<(Stream, Stream)> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let raised = Stream::connect(listener.local_addr()?)?;
    // Someone else may have been faster to connect.
    loop {
        let (waited_for, from) = listener.accept()?;
        if from == raised.local_addr()? {
            return Ok((waited_for, raised));
        }
    }
}
