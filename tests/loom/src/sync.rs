//! What `src/sync.rs` has, made of loom's locks.

use std::time::Duration;

use loom::cell::UnsafeCell;
use loom::sync::atomic::AtomicBool;

pub(crate) use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};
pub(crate) use loom::sync::{Arc, MutexGuard};

pub(crate) struct Mutex<T>(loom::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub fn new(value: T) -> Mutex<T> {
        Mutex(loom::sync::Mutex::new(value))
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap()
    }
}

pub(crate) struct Condvar(loom::sync::Condvar);

impl Condvar {
    pub fn new() -> Condvar {
        Condvar(loom::sync::Condvar::new())
    }

    pub fn notify_all(&self) {
        self.0.notify_all();
    }

    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0.wait(guard).unwrap()
    }

    pub fn wait_timeout<'a, T>(&self, guard: MutexGuard<'a, T>, limit: Duration) -> MutexGuard<'a, T> {
        self.0.wait_timeout(guard, limit).unwrap().0
    }
}

/// As `OnceLock` is made: loom tells if anybody reads it before it is whole.
pub(crate) struct Link<T> {
    is_set: AtomicBool,
    to: UnsafeCell<Option<Arc<T>>>,
}

impl<T> Link<T> {
    pub fn new() -> Link<T> {
        Link {
            is_set: AtomicBool::new(false),
            to: UnsafeCell::new(None),
        }
    }

    pub fn set(&self, to: Arc<T>) {
        assert!(!self.is_set.load(Ordering::Relaxed), "set twice");
        // SAFETY: set once, under the queue's lock, and looked at only after the flag.
        self.to.with_mut(|place| unsafe { *place = Some(to) });
        self.is_set.store(true, Ordering::Release);
    }

    pub fn get(&self) -> Option<Arc<T>> {
        if !self.is_set.load(Ordering::Acquire) {
            return None;
        }
        // SAFETY: it is not changed any more.
        self.to.with(|place| unsafe { (*place).clone() })
    }

    pub fn take(&mut self) -> Option<Arc<T>> {
        // SAFETY: nobody else has it.
        self.to.with_mut(|place| unsafe { (*place).take() })
    }
}
// SAFETY: as of a `OnceLock`; loom checks the accesses.
unsafe impl<T: Send + Sync> Sync for Link<T> {}
// SAFETY: as before.
unsafe impl<T: Send + Sync> Send for Link<T> {}
