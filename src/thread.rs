//! Threads that the host does not notice.

use std::cell::Cell;
use std::thread::JoinHandle;

use crate::error::{Error, ErrorKind, Result};

/// Starts a thread that takes none of the signals that are sent to the host: a program that handles them on a thread of its
/// own choosing keeps doing so. Signals that are meant for this very thread do arrive: a fault in a callback, and what
/// garbage collectors stop the world with. Mono and Boehm's would wait for a thread that blocks those for ever.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    let _blocked = SignalsBlocked::new();
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(work)
        .map_err(|error| Error::new(ErrorKind::Internal, format!("the system gave no thread: {error}")))
}

/// Faults, which are always the thread's own; a runtime makes exceptions of them.
#[cfg(unix)]
const FAULTS: [libc::c_int; 6] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGSYS,
];

/// What garbage collectors send to a thread to stop it and to let it go on.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn of_collectors() -> impl Iterator<Item = libc::c_int> {
    [libc::SIGPWR, libc::SIGXCPU]
        .into_iter()
        .chain(libc::SIGRTMIN()..=libc::SIGRTMAX())
}

/// What garbage collectors send to a thread to stop it and to let it go on.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
fn of_collectors() -> impl Iterator<Item = libc::c_int> {
    [libc::SIGXCPU].into_iter()
}

/// While it lives, this thread has the signals blocked that are for the host; a thread started meanwhile inherits that.
#[cfg(unix)]
struct SignalsBlocked(libc::sigset_t);

#[cfg(unix)]
impl SignalsBlocked {
    fn new() -> SignalsBlocked {
        let mut before = std::mem::MaybeUninit::uninit();
        // SAFETY: both sets are on this stack; sigfillset and pthread_sigmask write them whole before they are
        // read, and have no failure for these arguments.
        unsafe {
            let mut all = std::mem::MaybeUninit::uninit();
            libc::sigfillset(all.as_mut_ptr());
            for own in FAULTS.into_iter().chain(of_collectors()) {
                libc::sigdelset(all.as_mut_ptr(), own);
            }
            libc::sigemptyset(before.as_mut_ptr());
            libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr());
            SignalsBlocked(before.assume_init())
        }
    }
}

#[cfg(unix)]
impl Drop for SignalsBlocked {
    fn drop(&mut self) {
        // SAFETY: the set was filled by `new`.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, std::ptr::null_mut()) };
    }
}

#[cfg(not(unix))]
struct SignalsBlocked;

#[cfg(not(unix))]
impl SignalsBlocked {
    fn new() -> SignalsBlocked {
        SignalsBlocked
    }
}

thread_local! {
    static CALLBACKS: Cell<u32> = const { Cell::new(0) };
}

/// Runs the host's code. Meanwhile this thread waits for no other callback: it would wait for itself, or for another
/// that waits for it.
pub(crate) fn callback<T>(call: impl FnOnce() -> T) -> T {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            CALLBACKS.set(CALLBACKS.get() - 1);
        }
    }
    CALLBACKS.set(CALLBACKS.get() + 1);
    let _leave = Leave;
    call()
}

/// Whether this thread is in the host's code, called by this library.
pub(crate) fn in_callback() -> bool {
    CALLBACKS.get() > 0
}

/// A number that no other thread has while this one lives. (The standard library's takes memory, on the host's threads, too.)
pub(crate) fn id() -> usize {
    CALLBACKS.with(|callbacks| std::ptr::from_ref(callbacks).addr())
}

#[cfg(all(test, unix))]
mod tests {
    #[test]
    fn a_thread_takes_what_is_for_itself_and_nothing_that_is_for_the_host() {
        let blocked = |signal: libc::c_int| {
            let work = move |out: std::sync::mpsc::Sender<bool>| {
                let mut set = std::mem::MaybeUninit::uninit();
                // SAFETY: the set is on this stack, and is written whole where there is nothing to change.
                let found = unsafe {
                    libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), set.as_mut_ptr());
                    libc::sigismember(set.as_ptr(), signal)
                };
                out.send(found == 1).expect("somebody listens");
            };
            let (out, told) = std::sync::mpsc::channel();
            let thread = super::spawn("test", move || work(out)).expect("a thread");
            thread.join().expect("it ends");
            told.recv().expect("an answer")
        };
        for signal in [
            libc::SIGINT,
            libc::SIGTERM,
            libc::SIGHUP,
            libc::SIGCHLD,
            libc::SIGUSR1,
            libc::SIGALRM,
        ] {
            assert!(blocked(signal), "{signal} is for the host");
        }
        for signal in super::FAULTS.into_iter().chain(super::of_collectors()) {
            assert!(!blocked(signal), "{signal} is for the thread");
        }
    }
}
