//! Stopping a call from outside of it.

use std::cell::RefCell;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Stops calls from another thread, or from inside a callback.
///
/// Clones are one token. A token that has been cancelled stays so: calls that are given it afterwards end at
/// once. One token may be given to any number of calls.
#[derive(Clone, Default)]
pub struct CancelToken(Arc<Shared>);

#[derive(Default)]
struct Shared {
    cancelled: AtomicBool,
    waiting: Mutex<Vec<Weak<dyn WakeUp>>>,
}

/// Something that sleeps, or goes on by itself, and has to learn of a cancel.
pub(crate) trait WakeUp: Send + Sync {
    fn wake_up(self: Arc<Self>);
}

impl WakeUp for mio::Waker {
    fn wake_up(self: Arc<Self>) {
        // Waking fails only when the waiting thread's poll is gone, and then nobody waits.
        let _ = self.wake();
    }
}

impl CancelToken {
    /// A token that has not been cancelled.
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Ends every call that was given this token, also one that is waiting for the network, with
    /// [`ErrorKind::Cancelled`](crate::ErrorKind::Cancelled). Does not wait for them to return.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
        // Without the lock: who wakes up may do anything.
        let waiting: Vec<_> = self.lock().iter().filter_map(Weak::upgrade).collect();
        for sleeper in waiting {
            sleeper.wake_up();
        }
    }

    /// Whether [`cancel`](Self::cancel) has been called.
    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    /// From now on `sleeper` is woken by a cancel. Ends when it is dropped.
    pub(crate) fn wake_on_cancel<T: WakeUp + 'static>(&self, sleeper: &Arc<T>) {
        let waker: Weak<dyn WakeUp> = Arc::<T>::downgrade(sleeper);
        let mut waiting = self.lock();
        waiting.retain(|known| known.strong_count() > 0);
        // A kept connection comes back with each call.
        if !waiting
            .iter()
            .any(|known| std::ptr::addr_eq(known.as_ptr(), waker.as_ptr()))
        {
            waiting.push(waker);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Weak<dyn WakeUp>>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CancelToken")
            .field("cancelled", &self.is_cancelled())
            .finish()
    }
}

/// Asked now and then during a wait; `true` ends the call.
pub(crate) type InterruptCheck = Arc<dyn Fn() -> bool + Send + Sync>;

/// What may end one call before its time. The default is nothing.
#[derive(Clone, Default)]
pub struct CallOptions {
    pub(crate) cancel: Option<CancelToken>,
    pub(crate) interrupt: Option<InterruptCheck>,
    /// When the call ends at the latest, whatever its own limits say.
    pub(crate) deadline: Option<Instant>,
}

impl CallOptions {
    /// Nothing ends the call but its own time limits.
    pub fn new() -> CallOptions {
        CallOptions::default()
    }

    /// The call ends when `token` is cancelled.
    pub fn cancel(mut self, token: &CancelToken) -> CallOptions {
        self.cancel = Some(token.clone());
        self
    }

    /// Every 20 ms of a wait, `check` is asked on the calling thread; `true` ends the call as cancelled.
    ///
    /// For hosts that learn of an interruption only by asking, such as an interpreter's signal handling.
    /// Without it a waiting call uses no timer.
    pub fn interrupt(mut self, check: impl Fn() -> bool + Send + Sync + 'static) -> CallOptions {
        self.interrupt = Some(Arc::new(check));
        self
    }
}

impl CallOptions {
    /// How long a call may take that has this limit of its own.
    pub(crate) fn within(&self, limit: Option<Duration>) -> Option<Duration> {
        let left = self
            .deadline
            .map(|deadline| deadline.saturating_duration_since(Instant::now()));
        match (limit, left) {
            (Some(limit), Some(left)) => Some(limit.min(left)),
            (limit, left) => limit.or(left),
        }
    }
}

impl fmt::Debug for CallOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallOptions")
            .field("cancel", &self.cancel)
            .field("interrupt", &self.interrupt.is_some())
            .field("deadline", &self.deadline)
            .finish()
    }
}

/// Everything that may end the call in hand: the caller's options and the client's own end.
#[derive(Clone, Default)]
pub(crate) struct Control {
    pub tokens: Vec<CancelToken>,
    pub interrupt: Option<InterruptCheck>,
    /// When a wait for the network ends at the latest, whatever the limits of the request say: for a call whose end moves.
    pub deadline: Option<Instant>,
    /// Told how long the connection took, where one had to be made.
    pub connecting: Option<Arc<Stopwatch>>,
    /// Told that the request in hand was refused before all of it was sent: what is left of it need not be made.
    pub refused: Option<Arc<AtomicBool>>,
}

/// Time spent on something, by whoever does it.
#[derive(Default)]
pub(crate) struct Stopwatch(AtomicU64);

impl Stopwatch {
    pub fn add(&self, time: Duration) {
        let nanoseconds = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        self.0.fetch_add(nanoseconds, Ordering::Relaxed);
    }

    pub fn time(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

impl Control {
    pub fn new(client: &CancelToken, options: &CallOptions) -> Control {
        let tokens = options.cancel.iter().chain([client]).cloned().collect();
        Control {
            tokens,
            interrupt: options.interrupt.clone(),
            deadline: None,
            connecting: None,
            refused: None,
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.tokens.iter().any(CancelToken::is_cancelled)
    }

    /// Runs `call` with this control in force for [`Control::current`] on this thread.
    ///
    /// The HTTP library owns its pooled connections and has no place for a value that belongs to one call, so
    /// it travels beside the call.
    pub fn during<T>(&self, call: impl FnOnce() -> T) -> T {
        let before = CURRENT.replace(Some(self.clone()));
        let _restore = Restore(before);
        call()
    }

    pub fn current() -> Control {
        CURRENT.with_borrow(|current| current.clone().unwrap_or_default())
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Control>> = const { RefCell::new(None) };
}

struct Restore(Option<Control>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waker_is_kept_once_and_only_while_it_lives() {
        let poll = mio::Poll::new().expect("an event queue");
        let waker = Arc::new(mio::Waker::new(poll.registry(), mio::Token(0)).expect("a waker"));
        let token = CancelToken::new();
        (0..3).for_each(|_| token.wake_on_cancel(&waker));
        assert_eq!(token.lock().len(), 1);
        drop((waker, poll));
        let poll = mio::Poll::new().expect("an event queue");
        let another = Arc::new(mio::Waker::new(poll.registry(), mio::Token(0)).expect("a waker"));
        token.wake_on_cancel(&another);
        assert_eq!(token.lock().len(), 1);
    }
}
