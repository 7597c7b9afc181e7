//! What all connections of one sandbox share.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use crate::deepdub::{Issues, Spoken, Usage, Voices};
use crate::files::Files;
use crate::processing::Processing;
use crate::record::{Log, Outcome, Request, Tracked};
use crate::{Fault, Generation, Options, palabra, respeecher};

/// What all connections of one sandbox share. Every lock is held for a few statements only, never while waiting.
pub(crate) struct State {
    pub(crate) options: Options,
    pub(crate) issues: Issues,
    pub(crate) voices: Voices,
    pub(crate) usage: Usage,
    pub(crate) spoken: Spoken,
    pub(crate) respeecher: respeecher::Accounts,
    pub(crate) palabra: palabra::Accounts,
    pub(crate) files: Files,
    pub(crate) processing: Processing,
    requests: Log<Request>,
    generations: Log<Tracked>,
    injected: Mutex<VecDeque<Fault>>,
    running: Mutex<HashMap<String, usize>>,
    sockets: Mutex<usize>,
    idle: Condvar,
}

impl State {
    pub(crate) fn new(options: Options) -> State {
        State {
            processing: Processing::new(options.processing_delay),
            options,
            issues: Issues::default(),
            voices: Voices::default(),
            usage: Usage::default(),
            spoken: Spoken::default(),
            respeecher: respeecher::Accounts::default(),
            palabra: palabra::Accounts::default(),
            files: Files::default(),
            requests: Log::new(),
            generations: Log::new(),
            injected: Mutex::default(),
            running: Mutex::default(),
            sockets: Mutex::default(),
            idle: Condvar::new(),
        }
    }

    pub(crate) fn log(&self, request: Request) {
        self.requests.push(request);
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.all()
    }

    pub(crate) fn generations(&self) -> Vec<Generation> {
        self.generations.all().iter().map(Tracked::snapshot).collect()
    }

    pub(crate) fn inject(&self, fault: Fault) {
        lock(&self.injected).push_back(fault);
    }

    /// Forgets the injected faults that nothing has taken, and says how many there were.
    pub(crate) fn withdraw_injected(&self) -> usize {
        std::mem::take(&mut *lock(&self.injected)).len()
    }

    /// Takes the oldest injected fault for this target, if it is one that `wanted` can use. One that it cannot use stays
    /// the next.
    pub(crate) fn take_injected(&self, target: &str, wanted: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let mut injected = lock(&self.injected);
        let next = injected.iter().position(|fault| fault.is_for(target))?;
        match wanted(&injected[next]) {
            true => injected.remove(next),
            false => None,
        }
    }

    /// Begins a generation for this key, if it has not too many under way.
    pub(crate) fn begin(self: &Arc<State>, key: &str, id: &str) -> Option<Run> {
        let tracked = Tracked::new(id);
        self.generations.push(tracked.clone());
        let mut running = lock(&self.running);
        let count = running.entry(key.to_owned()).or_default();
        if *count >= self.options.max_concurrent {
            tracked.end(Outcome::Failed);
            return None;
        }
        *count += 1;
        Some(Run {
            state: Arc::clone(self),
            key: key.to_owned(),
            tracked,
        })
    }

    /// How many generations this key has under way.
    pub(crate) fn running(&self, key: &str) -> usize {
        lock(&self.running).get(key).copied().unwrap_or(0)
    }

    /// What to say when there is no place.
    pub(crate) fn limit_reached(&self) -> String {
        let limit = self.options.max_concurrent;
        format!("Rate limit exceeded: {limit} generations are under way")
    }

    /// Counts a WebSocket connection as open for as long as the result lives.
    pub(crate) fn socket(self: &Arc<State>) -> Socket {
        *lock(&self.sockets) += 1;
        Socket(Arc::clone(self))
    }

    pub(crate) fn open_sockets(&self) -> usize {
        *lock(&self.sockets)
    }

    pub(crate) fn wait_until_idle(&self, timeout: Duration) -> bool {
        let deadline = Instant::now().checked_add(timeout);
        let mut open = lock(&self.sockets);
        while *open > 0 {
            let left = match deadline {
                Some(deadline) => deadline.saturating_duration_since(Instant::now()),
                None => Duration::MAX,
            };
            if left.is_zero() {
                return false;
            }
            // A wait of centuries overflows the clock of some systems.
            let left = left.min(Duration::from_secs(3600));
            open = match self.idle.wait_timeout(open, left) {
                Ok((open, _)) => open,
                Err(poisoned) => poisoned.into_inner().0,
            };
        }
        true
    }
}

/// A generation under way: holds one of its key's places until it is dropped or ended.
pub(crate) struct Run {
    state: Arc<State>,
    key: String,
    tracked: Tracked,
}

impl Run {
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn tracked(&self) -> &Tracked {
        &self.tracked
    }

    /// Ends it, so that its place is free before the client learns of the end and asks for the next generation.
    pub(crate) fn end(self, outcome: Outcome) {
        self.tracked.end(outcome);
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Has no effect after `end`: who drops a run without ending it was dropped itself, with its connection.
        self.tracked.end(Outcome::ClientGone);
        let mut running = lock(&self.state.running);
        if let Some(count) = running.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                running.remove(&self.key);
            }
        }
    }
}

/// See [`State::socket`].
pub(crate) struct Socket(Arc<State>);

impl Drop for Socket {
    fn drop(&mut self) {
        let mut open = lock(&self.0.sockets);
        *open -= 1;
        if *open == 0 {
            self.0.idle.notify_all();
        }
    }
}

/// Locks, also after a panic elsewhere: none of the data here can be half changed.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}
