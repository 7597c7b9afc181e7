//! What `src/sync.rs` has, made of the locks that helgrind and drd know.

use std::cell::UnsafeCell;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

pub(crate) struct Mutex<T> {
    /// In a box, because it must not move.
    lock: Box<UnsafeCell<libc::pthread_mutex_t>>,
    value: UnsafeCell<T>,
}

// SAFETY: the value is reached through the lock.
unsafe impl<T: Send> Sync for Mutex<T> {}
// SAFETY: a mutex that nobody holds may go to another thread.
unsafe impl<T: Send> Send for Mutex<T> {}

pub(crate) struct MutexGuard<'a, T>(&'a Mutex<T>);

impl<T> Mutex<T> {
    pub fn new(value: T) -> Mutex<T> {
        Mutex {
            lock: Box::new(UnsafeCell::new(libc::PTHREAD_MUTEX_INITIALIZER)),
            value: UnsafeCell::new(value),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, T> {
        // SAFETY: initialised, and where it was.
        assert_eq!(unsafe { libc::pthread_mutex_lock(self.lock.get()) }, 0);
        MutexGuard(self)
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the lock is held.
        unsafe { &*self.0.value.get() }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: as before, and the guard is borrowed.
        unsafe { &mut *self.0.value.get() }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        // SAFETY: this thread holds it.
        assert_eq!(unsafe { libc::pthread_mutex_unlock(self.0.lock.get()) }, 0);
    }
}

pub(crate) struct Condvar(Box<UnsafeCell<libc::pthread_cond_t>>);

// SAFETY: made for several threads.
unsafe impl Sync for Condvar {}
// SAFETY: one that nobody waits for may go to another thread.
unsafe impl Send for Condvar {}

impl Condvar {
    pub fn new() -> Condvar {
        Condvar(Box::new(UnsafeCell::new(libc::PTHREAD_COND_INITIALIZER)))
    }

    pub fn notify_all(&self) {
        // SAFETY: initialised, and where it was.
        assert_eq!(unsafe { libc::pthread_cond_broadcast(self.0.get()) }, 0);
    }

    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> MutexGuard<'a, T> {
        // SAFETY: this thread holds the mutex, and does so again afterwards.
        assert_eq!(unsafe { libc::pthread_cond_wait(self.0.get(), guard.0.lock.get()) }, 0);
        guard
    }

    pub fn wait_timeout<'a, T>(&self, guard: MutexGuard<'a, T>, limit: Duration) -> MutexGuard<'a, T> {
        let mut until = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: a place for the time.
        unsafe { libc::clock_gettime(libc::CLOCK_REALTIME, &raw mut until) };
        let nanoseconds = until.tv_nsec + libc::c_long::from(limit.subsec_nanos());
        until.tv_sec += libc::time_t::try_from(limit.as_secs()).expect("not for ever") + nanoseconds / 1_000_000_000;
        until.tv_nsec = nanoseconds % 1_000_000_000;
        // SAFETY: as for `wait`.
        let status = unsafe { libc::pthread_cond_timedwait(self.0.get(), guard.0.lock.get(), &raw const until) };
        assert!(status == 0 || status == libc::ETIMEDOUT, "{status}");
        guard
    }
}
