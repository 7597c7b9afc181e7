//! Waiting for a socket, until a deadline, unless the call is cancelled.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token, Waker};

use super::control::Control;
use super::io::Io;
use crate::error::{Error, ErrorKind, Result};

const SOCKET: Token = Token(0);
const WAKER: Token = Token(1);

/// How often a host that wants to be asked is asked. Five times within the 100 ms that a person notices.
const INTERRUPT_PERIOD: Duration = Duration::from_millis(20);

/// Why a wait ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wake {
    /// The socket may be ready: try it.
    Ready,
    /// The deadline passed.
    TimedOut,
}

/// Sleeps until one socket is ready. Edge-triggered: wait only after the socket said `WouldBlock`.
pub(crate) struct Waiter {
    poll: Poll,
    events: Events,
    waker: Arc<Waker>,
    /// The same for threads that know nothing of event queues.
    wake: Arc<dyn Fn() + Send + Sync>,
    control: Control,
    /// When the host was last asked whether to go on.
    asked: Instant,
}

impl Waiter {
    pub fn new(control: Control) -> Result<Waiter> {
        Waiter::build(control)
            .map_err(|error| Error::new(ErrorKind::Network, format!("the system gave no event queue: {error}")))
    }

    fn build(control: Control) -> io::Result<Waiter> {
        let poll = Poll::new()?;
        let waker = Arc::new(Waker::new(poll.registry(), WAKER)?);
        let wake = Arc::new({
            let waker = Arc::clone(&waker);
            // Waking fails only when the poll is gone, and then nobody waits.
            move || drop(waker.wake())
        });
        let mut waiter = Waiter {
            poll,
            events: Events::with_capacity(4),
            waker,
            wake,
            control: Control::default(),
            asked: Instant::now(),
        };
        waiter.set_control(control);
        Ok(waiter)
    }

    /// What ends the waits from here on.
    pub fn set_control(&mut self, control: Control) {
        for token in &control.tokens {
            token.wake_on_cancel(&self.waker);
        }
        self.control = control;
    }

    /// For the machine whose socket is waited for here.
    pub fn io(&self) -> Io<'_> {
        Io {
            registry: self.poll.registry(),
            token: SOCKET,
            wake: &self.wake,
        }
    }

    /// An error if the call has been cancelled meanwhile. The host, which may be slow to answer, is asked now and then.
    pub fn check(&mut self) -> Result<()> {
        if self.control.is_cancelled() {
            return Err(Error::cancelled());
        }
        if self.control.interrupt.is_some() && self.asked.elapsed() >= INTERRUPT_PERIOD {
            self.check_interrupt()?;
        }
        Ok(())
    }

    fn check_interrupt(&mut self) -> Result<()> {
        let interrupted = self.control.interrupt.as_ref().is_some_and(|check| check());
        self.asked = Instant::now();
        if interrupted { Err(Error::cancelled()) } else { Ok(()) }
    }

    /// Sleeps until the socket is ready or the deadline passes. `None` is no deadline.
    pub fn wait(&mut self, deadline: Option<Instant>) -> Result<Wake> {
        loop {
            self.check()?;
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(Wake::TimedOut);
            }
            let slice = match (left, &self.control.interrupt) {
                (Some(left), Some(_)) => Some(left.min(INTERRUPT_PERIOD)),
                (None, Some(_)) => Some(INTERRUPT_PERIOD),
                (left, None) => left,
            };
            match self.poll.poll(&mut self.events, slice) {
                Ok(()) if !self.events.is_empty() => {
                    self.check()?;
                    return Ok(Wake::Ready);
                }
                Ok(()) => self.check_interrupt()?,
                // A signal: the host may want to act on it now.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => self.check_interrupt()?,
                Err(error) => {
                    return Err(Error::new(
                        ErrorKind::Internal,
                        format!("waiting for the network failed: {error}"),
                    ));
                }
            }
        }
    }
}

/// Sleeps until `moment`, unless the call is cancelled meanwhile.
pub(crate) fn pause(control: &Control, moment: impl Into<Option<Instant>>) -> Result<()> {
    let mut waiter = Waiter::new(control.clone())?;
    let moment = moment.into();
    while waiter.wait(moment)? == Wake::Ready {}
    Ok(())
}

/// The earlier of two deadlines, where `None` is never.
pub(crate) fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    }
}

/// Whether `deadline` has come. `None` never does.
pub(crate) fn is_past(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|deadline| Instant::now() >= deadline)
}

/// The moment `limit` from now. `None` is never, as is a limit too long for the clock.
pub(crate) fn deadline_after(limit: Option<Duration>) -> Option<Instant> {
    limit.and_then(|limit| Instant::now().checked_add(limit))
}
