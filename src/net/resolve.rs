//! From a host name to addresses, without waiting.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, TryRecvError};

use super::endpoint::is_localhost;
use super::io::Io;
use crate::error::{Error, ErrorKind, Result};
use crate::thread;

/// A look-up of one name. Dropping it leaves the look-up's thread to end by itself.
///
/// The system's look-up can neither be bounded nor cancelled, so it has a thread of its own, which ends when
/// the system answers. Addresses and `localhost` (which is this machine by definition, RFC 6761) need none.
pub(crate) struct Lookup {
    host: String,
    port: u16,
    /// `None` before the thread is started, which takes a waker that comes with the first `advance`.
    answers: Option<Receiver<io::Result<Vec<SocketAddr>>>>,
}

impl Lookup {
    pub fn new(host: &str, port: u16) -> Lookup {
        Lookup {
            host: host.to_owned(),
            port,
            answers: None,
        }
    }

    /// The addresses, of which there is at least one; `None` while the system has not answered.
    pub fn advance(&mut self, io: &Io<'_>) -> Result<Option<Vec<SocketAddr>>> {
        if let Some(known) = without_asking(&self.host, self.port) {
            return Ok(Some(known));
        }
        let answers = match &self.answers {
            Some(answers) => answers,
            None => self.answers.insert(start(self.host.clone(), self.port, io.wake)?),
        };
        match answers.try_recv() {
            Ok(Ok(addresses)) if addresses.is_empty() => Err(self.unresolved("it has no address")),
            Ok(Ok(addresses)) => Ok(Some(addresses)),
            Ok(Err(error)) => Err(self.unresolved(&error.to_string())),
            Err(TryRecvError::Disconnected) => Err(self.unresolved("the look-up ended without an answer")),
            Err(TryRecvError::Empty) => Ok(None),
        }
    }

    pub fn timed_out(&self) -> Error {
        Error::new(
            ErrorKind::Timeout,
            format!("the host name {} was not resolved in time", self.host),
        )
    }

    fn unresolved(&self, why: &str) -> Error {
        Error::new(
            ErrorKind::Network,
            format!("the host name {} could not be resolved: {why}", self.host),
        )
    }
}

fn without_asking(host: &str, port: u16) -> Option<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Some(vec![SocketAddr::new(address, port)]);
    }
    is_localhost(host).then(|| vec![(Ipv4Addr::LOCALHOST, port).into(), (Ipv6Addr::LOCALHOST, port).into()])
}

fn start(host: String, port: u16, wake: &Arc<dyn Fn() + Send + Sync>) -> Result<Receiver<io::Result<Vec<SocketAddr>>>> {
    let (answer, answers) = mpsc::channel();
    let wake = Arc::clone(wake);
    thread::spawn("voicewire-dns", move || {
        let result = (host.as_str(), port).to_socket_addrs().map(Vec::from_iter);
        // Nobody is woken for an answer that nobody wants any more.
        if answer.send(result).is_ok() {
            wake();
        }
    })?;
    Ok(answers)
}
