//! One thread that serves any number of connections. It sleeps until a socket is ready, a caller wakes it, or a deadline
//! that somebody set passes: when nothing happens it does not run.

use std::collections::{BTreeSet, HashMap};
use std::io::ErrorKind as IoErrorKind;
use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use mio::{Events, Poll, Registry, Token, Waker};

use super::io::Io;
use crate::error::{Error, ErrorKind, Result};
use crate::sync::Mutex;
use crate::thread;

/// The waker's place; actors count from 1.
const WAKER: Token = Token(0);

/// Something that lives on the reactor's thread, with one socket at most.
pub(crate) trait Actor: Send {
    /// Does what can be done without waiting: called when the socket may be ready (edge-triggered), when somebody woke
    /// it, and when its deadline has passed. Also for nothing.
    fn advance(&mut self, io: &Io<'_>) -> Next;

    /// The thread is ending, and this actor with it.
    fn shut_down(&mut self);
}

/// What an actor wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// To be called when something happens, at this time at the latest.
    Wait(Option<Instant>),
    /// To be called again when the others have had their turn.
    Again,
    /// Nothing: it is done.
    Done,
}

/// The thread. Dropping it [stops](Self::stop) it.
pub(crate) struct Reactor {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
    process: u32,
}

struct Shared {
    waker: Waker,
    inbox: Mutex<Inbox>,
    next_id: AtomicUsize,
}

/// An actor, the number it goes by, and what wakes it.
type Arrival = (usize, Box<dyn Actor>, Arc<dyn Fn() + Send + Sync>);

#[derive(Default)]
struct Inbox {
    arrivals: Vec<Arrival>,
    woken: Vec<usize>,
    ending: bool,
}

/// Wakes one actor, from any thread.
#[derive(Clone)]
pub(crate) struct Notifier {
    shared: Arc<Shared>,
    id: usize,
    /// Woken already, and not yet called.
    pending: Arc<AtomicBool>,
}

impl Notifier {
    pub fn wake(&self) {
        if self.pending.swap(true, Ordering::SeqCst) {
            return;
        }
        self.shared.inbox.lock().woken.push(self.id);
        // Fails only when the poll is gone, and the thread with it.
        let _ = self.shared.waker.wake();
    }

    /// The actor is being called: a wake from here on is a new one.
    pub fn taken(&self) {
        self.pending.store(false, Ordering::SeqCst);
    }
}

impl Reactor {
    pub fn start() -> Result<Reactor> {
        let failed = |error| Error::new(ErrorKind::Network, format!("the system gave no event queue: {error}"));
        let poll = Poll::new().map_err(failed)?;
        let shared = Arc::new(Shared {
            waker: Waker::new(poll.registry(), WAKER).map_err(failed)?,
            inbox: Mutex::default(),
            next_id: AtomicUsize::new(1),
        });
        let thread = thread::spawn("voicewire-io", {
            let shared = Arc::clone(&shared);
            // Whatever runs here may be the host's code, if only the destructor of a callback.
            move || thread::callback(|| Running::new(poll, shared).run())
        })?;
        Ok(Reactor {
            shared,
            thread: Mutex::new(Some(thread)),
            process: std::process::id(),
        })
    }

    /// Puts an actor on the thread; `make` gets what wakes it.
    ///
    /// # Errors
    /// `Closed` when the thread is ending.
    pub fn add(&self, make: impl FnOnce(Notifier) -> Box<dyn Actor>) -> Result<()> {
        let id = self.shared.next_id.fetch_add(1, Ordering::Relaxed);
        let notifier = Notifier {
            shared: Arc::clone(&self.shared),
            id,
            pending: Arc::default(),
        };
        let wake = {
            let notifier = notifier.clone();
            Arc::new(move || notifier.wake())
        };
        let actor = make(notifier);
        {
            let mut inbox = self.shared.inbox.lock();
            if inbox.ending {
                return Err(Error::new(ErrorKind::Closed, "the client has been closed"));
            }
            inbox.arrivals.push((id, actor, wake));
        }
        let _ = self.shared.waker.wake();
        Ok(())
    }

    /// Whether this process is the one that has the thread. A fork's other side has only the handle.
    pub fn is_here(&self) -> bool {
        self.process == std::process::id()
    }

    /// Ends all actors and the thread, and waits for that unless this thread is in a callback.
    pub fn stop(&self) {
        self.signal_end();
        if !self.is_here() {
            // There is no such thread in a fork's other process, and its number may be that of one which is none of this
            // reactor's: it must not even be detached.
            mem::forget(self.thread.lock().take());
            return;
        }
        if thread::in_callback() {
            return;
        }
        // Under the lock, so that a second caller waits as well.
        let mut thread = self.thread.lock();
        if let Some(thread) = thread.take() {
            // Its panics were caught where they happened.
            let _ = thread.join();
        }
    }

    fn signal_end(&self) {
        if self.is_here() {
            self.shared.inbox.lock().ending = true;
            let _ = self.shared.waker.wake();
        }
    }
}

impl Drop for Reactor {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The thread's own side.
struct Running {
    poll: Poll,
    shared: Arc<Shared>,
    actors: HashMap<usize, Place>,
    deadlines: BTreeSet<(Instant, usize)>,
    /// Whom to call in this round. May name one twice, or one that has gone.
    due: Vec<usize>,
}

struct Place {
    actor: Box<dyn Actor>,
    wake: Arc<dyn Fn() + Send + Sync>,
    deadline: Option<Instant>,
}

impl Running {
    fn new(poll: Poll, shared: Arc<Shared>) -> Running {
        Running {
            poll,
            shared,
            actors: HashMap::new(),
            deadlines: BTreeSet::new(),
            due: Vec::new(),
        }
    }

    fn run(mut self) {
        let mut events = Events::with_capacity(256);
        while self.take_inbox() {
            let timeout = if self.due.is_empty() {
                self.deadlines
                    .first()
                    .map(|(deadline, _)| deadline.saturating_duration_since(Instant::now()))
            } else {
                Some(std::time::Duration::ZERO)
            };
            match self.poll.poll(&mut events, timeout) {
                Ok(()) => {}
                Err(error) if error.kind() == IoErrorKind::Interrupted => continue,
                Err(error) => {
                    log::error!("waiting for the network failed: {error}");
                    break;
                }
            }
            self.due
                .extend(events.iter().map(|event| event.token().0).filter(|id| *id != WAKER.0));
            // Who was woken is told at once, not after the next sleep.
            if !self.take_inbox() {
                break;
            }
            let now = Instant::now();
            self.due.extend(
                self.deadlines
                    .iter()
                    .take_while(|(deadline, _)| *deadline <= now)
                    .map(|(_, id)| *id),
            );
            self.advance_due();
        }
        // Nobody looks into the inbox any more.
        self.shared.inbox.lock().ending = true;
        self.take_inbox();
        for (_, mut place) in self.actors.drain() {
            guarded(|| place.actor.shut_down());
        }
    }

    /// Lets in who came and notes who was woken; false when the thread has to end.
    fn take_inbox(&mut self) -> bool {
        let (arrivals, ending) = {
            let mut inbox = self.shared.inbox.lock();
            self.due.append(&mut inbox.woken);
            (mem::take(&mut inbox.arrivals), inbox.ending)
        };
        for (id, actor, wake) in arrivals {
            let place = Place {
                actor,
                wake,
                deadline: None,
            };
            self.actors.insert(id, place);
            self.due.push(id);
        }
        !ending
    }

    fn advance_due(&mut self) {
        let mut due = mem::take(&mut self.due);
        due.sort_unstable();
        due.dedup();
        for id in due.drain(..) {
            let Some(place) = self.actors.get_mut(&id) else {
                continue;
            };
            let next = place.advance(self.poll.registry(), id);
            let deadline = match next {
                Some(Next::Wait(deadline)) => deadline,
                Some(Next::Again) => {
                    self.due.push(id);
                    place.deadline
                }
                Some(Next::Done) => {
                    self.remove(id);
                    continue;
                }
                None => {
                    // A defect in the actor: the others must not suffer.
                    place.end_after_panic();
                    self.remove(id);
                    continue;
                }
            };
            if deadline != place.deadline {
                if let Some(old) = place.deadline {
                    self.deadlines.remove(&(old, id));
                }
                if let Some(new) = deadline {
                    self.deadlines.insert((new, id));
                }
                place.deadline = deadline;
            }
        }
        if self.due.is_empty() {
            // The allocation is used again.
            self.due = due;
        }
    }

    fn remove(&mut self, id: usize) {
        if let Some(place) = self.actors.remove(&id) {
            if let Some(deadline) = place.deadline {
                self.deadlines.remove(&(deadline, id));
            }
            guarded(|| drop(place));
        }
    }
}

impl Place {
    fn advance(&mut self, registry: &Registry, id: usize) -> Option<Next> {
        let io = Io {
            registry,
            token: Token(id),
            wake: &self.wake,
        };
        let actor = &mut self.actor;
        guarded(|| actor.advance(&io))
    }

    fn end_after_panic(&mut self) {
        log::error!("a connection is given up because of a defect in this library");
        let actor = &mut self.actor;
        guarded(|| actor.shut_down());
    }
}

/// A panic stays on this side: the thread serves others.
fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}
