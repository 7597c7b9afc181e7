//! A connection that looks after itself: opens, pings, notices a dead peer, and comes back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::config::Settings;
use super::dial;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Backoff, Endpoint, Frame, Io, Network, Opening, WebSocket, deadline_after};

/// More messages than wait for a reader who was held up. Who has taken as many, and there are still more, is up to date
/// with a service that never stops talking, and may look at its limits: until then, what is due may have come.
pub(super) const BACKLOG: usize = 64 * 1024;

/// What happens to a connection.
pub(super) enum LinkEvent {
    Connecting,
    Ready,
    /// It broke, or could not be made. The next try is then, or when it is [wanted](Link::want).
    Lost {
        error: Error,
        retry_in: Option<Duration>,
    },
    Message(Frame),
}

/// How a connection looks after itself.
#[derive(Debug, Clone, Copy)]
pub(super) struct Upkeep {
    /// After so long a silence the other side is pinged, and after as long again without an answer it is dead. `None`
    /// never pings.
    keep_alive: Option<Duration>,
}

impl Upkeep {
    /// # Errors
    /// `InvalidArgument` for an interval that would flood the other side.
    pub fn new(keep_alive: Option<Duration>) -> Result<Upkeep> {
        if keep_alive.is_some_and(|interval| interval < Duration::from_millis(10)) {
            return Err(Error::invalid(
                "keep_alive",
                "less than 10 ms",
                "10 ms or more, or none at all",
            ));
        }
        Ok(Upkeep { keep_alive })
    }
}

pub(super) struct Link {
    settings: Arc<Settings>,
    network: Arc<Network>,
    endpoint: Endpoint,
    upkeep: Upkeep,
    state: State,
    backoff: Backoff,
    wanted: bool,
    /// The service named the time of the next try.
    told_to_wait: bool,
}

enum State {
    /// Until then, or until it is wanted.
    Down(Option<Instant>),
    Opening(Box<Opening>),
    Open(Box<Open>),
}

struct Open {
    socket: WebSocket,
    since: Instant,
    /// When something last came.
    heard: Instant,
    /// When it was pinged, if nothing has come since.
    pinged: Option<Instant>,
    /// Something may not have gone out yet.
    unsent: bool,
}

impl Link {
    /// One that connects at the first call.
    pub fn new(settings: &Arc<Settings>, network: &Arc<Network>, endpoint: &Endpoint, upkeep: Upkeep) -> Link {
        Link {
            settings: Arc::clone(settings),
            network: Arc::clone(network),
            endpoint: endpoint.clone(),
            upkeep,
            state: State::Down(None),
            backoff: Backoff::endless(settings.retry),
            wanted: true,
            told_to_wait: false,
        }
    }

    /// Somebody has something to send: if it has given up, it tries again; if it waits long before the next try, it waits
    /// as long as before the first.
    pub fn want(&mut self) {
        self.wanted = true;
        if let State::Down(Some(retry_at)) = &mut self.state
            && !self.told_to_wait
            && let Some(soon) = Instant::now().checked_add(self.settings.retry.first_delay)
        {
            *retry_at = (*retry_at).min(soon);
        }
    }

    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Open(_))
    }

    /// The address, for messages.
    pub fn url(&self) -> String {
        self.endpoint.display()
    }

    /// Takes a message for sending, which [`next`](Self::next) sees to. Only while it is open.
    pub fn send(&mut self, text: String) {
        if let State::Open(open) = &mut self.state {
            // A failure is found again by reading.
            if let Err(error) = open.socket.queue_text(text) {
                log::debug!("{}: {error}", self.endpoint.display());
            }
            open.unsent = true;
        }
    }

    /// The next thing that happens, without waiting; `None` when nothing does before the socket is ready, or
    /// [`deadline`](Self::deadline).
    pub fn next(&mut self, io: &Io<'_>, now: Instant) -> Option<LinkEvent> {
        match &mut self.state {
            State::Down(retry_at) => {
                let due = match retry_at {
                    Some(retry_at) => *retry_at <= now,
                    None => self.wanted,
                };
                due.then(|| self.open())
            }
            State::Opening(opening) => match opening.advance(io) {
                Ok(None) => None,
                Ok(Some(socket)) => {
                    self.state = State::Open(Box::new(Open {
                        socket,
                        since: now,
                        heard: now,
                        pinged: None,
                        unsent: false,
                    }));
                    Some(LinkEvent::Ready)
                }
                Err(error) => Some(self.lost(dial::error(error))),
            },
            State::Open(open) => match open.next(self.upkeep.keep_alive, now) {
                Ok(None) => None,
                Ok(Some(Frame::Close { code, reason })) => Some(self.lost(closed(code, &reason))),
                Ok(Some(frame)) => Some(LinkEvent::Message(frame)),
                Err(error) => Some(self.lost(error)),
            },
        }
    }

    /// Sends what has been taken, as far as that goes without waiting.
    ///
    /// # Errors
    /// When the connection turns out to be broken; [`next`](Self::next) will say so, too.
    pub fn flush(&mut self) -> Result<()> {
        match &mut self.state {
            State::Open(open) if open.unsent => {
                open.unsent = !open.socket.flush()?;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// The service does over it what it is there for: the next loss is a new story. A service that only greets, or complains,
    /// before it hangs up must not be asked over and over.
    pub fn works(&mut self) {
        self.backoff = Backoff::endless(self.settings.retry);
    }

    /// Gives the connection up because of what came over it.
    pub fn give_up(&mut self, error: Error) -> LinkEvent {
        self.lost(error)
    }

    /// Whether something that was taken for sending has not gone out yet.
    pub fn has_unsent(&self) -> bool {
        matches!(&self.state, State::Open(open) if open.unsent)
    }

    /// Leaves this connection, and all that the other side still sends over it, for a new one.
    pub fn renew(&mut self) {
        self.close();
        self.wanted = true;
    }

    /// Says goodbye, and stays down.
    pub fn close(&mut self) {
        if let State::Open(open) = &mut self.state {
            open.socket.close();
        }
        self.state = State::Down(None);
        self.wanted = false;
    }

    /// When to call [`next`](Self::next) at the latest.
    pub fn deadline(&self) -> Option<Instant> {
        match &self.state {
            // Wanted since `next` was last called.
            State::Down(None) if self.wanted => Some(Instant::now()),
            State::Down(retry_at) => *retry_at,
            State::Opening(opening) => opening.deadline(),
            State::Open(open) => open.deadline(self.upkeep.keep_alive),
        }
    }

    fn open(&mut self) -> LinkEvent {
        self.wanted = false;
        let deadline = deadline_after(self.settings.timeouts.connect);
        match dial::opening(&self.settings, &self.network, &self.endpoint, deadline) {
            Ok(opening) => {
                self.state = State::Opening(Box::new(opening));
                LinkEvent::Connecting
            }
            Err(error) => self.lost(dial::error(error)),
        }
    }

    fn lost(&mut self, error: Error) -> LinkEvent {
        if let State::Open(open) = &mut self.state {
            open.socket.close();
            if open.since.elapsed() >= self.settings.retry.max_delay {
                // It lasted.
                self.works();
            }
        }
        let error = error
            .with_url(self.endpoint.display())
            .map_texts(|text| self.settings.key.redact(text));
        self.told_to_wait = error.retry_after().is_some();
        let retry_at = if worth_another_try(&error) {
            self.backoff.next(error.retry_after(), None)
        } else {
            None
        };
        if retry_at.is_none() {
            // Who wanted it is told why it cannot be.
            self.wanted = false;
        }
        self.state = State::Down(retry_at);
        LinkEvent::Lost {
            error,
            retry_in: retry_at.map(|moment| moment.saturating_duration_since(Instant::now())),
        }
    }
}

impl Open {
    fn next(&mut self, keep_alive: Option<Duration>, now: Instant) -> Result<Option<Frame>> {
        if let Some(frame) = self.socket.receive()? {
            self.heard = now;
            self.pinged = None;
            return Ok(Some(frame));
        }
        if self.deadline(keep_alive).is_some_and(|deadline| deadline <= now) {
            if self.pinged.is_some() {
                return Err(Error::new(
                    ErrorKind::Network,
                    "the connection was lost: the other side has not answered a ping",
                ));
            }
            self.socket.queue_ping(Vec::new())?;
            self.pinged = Some(now);
            self.unsent = true;
        }
        if self.unsent {
            self.unsent = !self.socket.flush()?;
        }
        Ok(None)
    }

    fn deadline(&self, keep_alive: Option<Duration>) -> Option<Instant> {
        let since = self.pinged.unwrap_or(self.heard);
        keep_alive.and_then(|keep_alive| since.checked_add(keep_alive))
    }
}

fn closed(code: Option<u16>, reason: &str) -> Error {
    let mut message = "the service closed the connection".to_owned();
    if let Some(code) = code {
        message.push_str(&format!(", with code {code}"));
    }
    if !reason.is_empty() {
        message.push_str(&format!(": {reason}"));
    }
    Error::new(ErrorKind::Closed, message)
}

/// Whether the same may go well another time: not where the key, the certificate, the address or the proxy is wrong.
fn worth_another_try(error: &Error) -> bool {
    match error.kind() {
        // A proxy's answer of 4xx is a matter of settings, and accounts are locked over many wrong passwords.
        ErrorKind::Network => error.http_status().is_none_or(|status| status >= 500),
        ErrorKind::Timeout | ErrorKind::Closed | ErrorKind::Server | ErrorKind::RateLimited => true,
        // Garbage may be one machine's; over and over it would be everybody's.
        ErrorKind::Protocol => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deepdub::Config;
    use crate::net::{Proxies, TlsSettings};

    fn link() -> Link {
        let config = Config::new()
            .api_key("dd-0123456789abcdef")
            .websocket_url("ws://127.0.0.1:1/open");
        let settings = Arc::new(Settings::new(&config).expect("good"));
        let network = Arc::new(Network {
            tls: TlsSettings::new(None).expect("no extra trust"),
            proxies: Proxies::None,
        });
        let upkeep = Upkeep::new(None).expect("no pings");
        Link::new(&settings, &network, &settings.websocket, upkeep)
    }

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn who_speaks_does_not_wait_out_a_pause_that_has_grown_long() {
        let mut link = link();
        let now = Instant::now();
        link.state = State::Down(Some(now + HOUR));
        link.want();
        let soon = link.deadline().expect("there is a next try");
        assert!(soon < now + HOUR / 2);
        // Nor is it put off by the next who speaks.
        link.want();
        assert_eq!(link.deadline(), Some(soon));
    }

    #[test]
    fn what_the_service_asked_for_is_waited_out() {
        let mut link = link();
        let busy = Error::new(ErrorKind::Server, "busy").with_retry_after(Some(HOUR));
        link.lost(busy);
        let then = link.deadline();
        link.want();
        assert_eq!(link.deadline(), then);
    }
}
