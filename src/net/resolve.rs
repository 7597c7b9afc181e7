//! From a host name to addresses, within the deadline.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::time::Instant;

use super::endpoint::is_localhost;
use super::wait::{Waiter, Wake};
use crate::error::{Error, ErrorKind, Result};
use crate::thread;

/// The addresses of `host`. `waiter` must not have a socket that can become ready meanwhile.
///
/// The system's look-up can neither be bounded nor cancelled, so it has a thread of its own, which ends when
/// the system answers. Addresses and `localhost` (which is this machine by definition, RFC 6761) need none.
pub(crate) fn resolve(
    host: &str,
    port: u16,
    waiter: &mut Waiter,
    deadline: Option<Instant>,
) -> Result<Vec<SocketAddr>> {
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    if is_localhost(host) {
        return Ok(vec![
            (Ipv4Addr::LOCALHOST, port).into(),
            (Ipv6Addr::LOCALHOST, port).into(),
        ]);
    }
    let (answer, answers) = mpsc::channel();
    let waker = waiter.waker();
    let name = host.to_owned();
    thread::spawn("voicewire-dns", move || {
        let _ = answer.send((name.as_str(), port).to_socket_addrs().map(Vec::from_iter));
        let _ = waker.wake();
    })?;
    let unresolved = |why: &str| {
        Error::new(
            ErrorKind::Network,
            format!("the host name {host} could not be resolved: {why}"),
        )
    };
    loop {
        let waited = waiter.wait(deadline)?;
        match answers.try_recv() {
            Ok(Ok(addresses)) if addresses.is_empty() => return Err(unresolved("it has no address")),
            Ok(Ok(addresses)) => return Ok(addresses),
            Ok(Err(error)) => return Err(unresolved(&error.to_string())),
            Err(mpsc::TryRecvError::Disconnected) => return Err(unresolved("the look-up ended without an answer")),
            Err(mpsc::TryRecvError::Empty) if waited == Wake::TimedOut => {
                return Err(Error::new(
                    ErrorKind::Timeout,
                    format!("the host name {host} was not resolved in time"),
                ));
            }
            Err(mpsc::TryRecvError::Empty) => {}
        }
    }
}
