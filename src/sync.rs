//! Locks that a panic elsewhere does not poison, and what else threads meet over. (`tests/loom` puts the model checker's
//! own in their place.)

use std::sync::{OnceLock, PoisonError};
use std::time::Duration;

pub(crate) use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
pub(crate) use std::sync::{Arc, MutexGuard};

#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(std::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub const fn new(value: T) -> Mutex<T> {
        Mutex(std::sync::Mutex::new(value))
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Condvar(std::sync::Condvar);

impl Condvar {
    pub const fn new() -> Condvar {
        Condvar(std::sync::Condvar::new())
    }

    pub fn notify_all(&self) {
        self.0.notify_all();
    }

    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        self.0.wait(guard).unwrap_or_else(PoisonError::into_inner)
    }

    pub fn wait_timeout<'a, T>(&self, guard: MutexGuard<'a, T>, limit: Duration) -> MutexGuard<'a, T> {
        self.0
            .wait_timeout(guard, limit)
            .unwrap_or_else(PoisonError::into_inner)
            .0
    }
}

/// A pointer that is set once. To look at it is one load.
pub(crate) struct Link<T>(OnceLock<Arc<T>>);

impl<T> Link<T> {
    pub const fn new() -> Link<T> {
        Link(OnceLock::new())
    }

    /// Once; any other time is without effect.
    pub fn set(&self, to: Arc<T>) {
        let _ = self.0.set(to);
    }

    pub fn get(&self) -> Option<Arc<T>> {
        self.0.get().cloned()
    }

    pub fn take(&mut self) -> Option<Arc<T>> {
        self.0.take()
    }
}
