//! The interpreter's end, and forks: when the I/O thread may run Python, and when a wait must not come back to it.
//!
//! A thread that asks for an interpreter that is ending is ended by it where it stands, in the middle of Rust. So at exit,
//! before the interpreter begins to end, the sessions are closed and the I/O threads locked out; and Python's own daemon
//! threads, which nobody can keep from asking, stay where they are ([`wait`], [`call`]).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError, Weak};
use std::thread::ThreadId;
use std::time::Duration;

#[cfg(not(windows))]
use pyo3::exceptions::PyImportError;
use pyo3::ffi;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// How many threads are in [`attach`], and [`SHUT`].
static GATE: AtomicUsize = AtomicUsize::new(0);
const SHUT: usize = 1 << (usize::BITS - 1);

/// The exit has begun: waits on other threads than this one do not come back.
static EXITING: OnceLock<ThreadId> = OnceLock::new();

/// What is to be closed at exit. Locked only by who has the interpreter, so that a fork finds it unlocked.
static OPEN: Mutex<Vec<Weak<dyn Close>>> = Mutex::new(Vec::new());

/// Something with callbacks of the I/O thread.
pub(crate) trait Close: Send + Sync {
    /// Called without the interpreter.
    fn close(&self);
}

/// Sees to it that this is closed before the interpreter ends.
pub(crate) fn close_at_exit(_py: Python<'_>, what: Weak<dyn Close>) {
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|known| known.strong_count() > 0);
    open.push(what);
}

/// Runs Python on a thread that is not Python's own; not at all when the interpreter is ending.
pub(crate) fn attach(call: impl FnOnce(Python<'_>)) {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            GATE.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let before = GATE.fetch_add(1, Ordering::SeqCst);
    let _leave = Leave;
    if before & SHUT == 0 {
        Python::try_attach(call);
    }
}

/// Waits without the interpreter. A daemon thread that is still waiting when the program exits stays there.
pub(crate) fn wait<T: Send>(py: Python<'_>, wait: impl FnOnce() -> T + Send) -> T {
    py.detach(|| {
        let outcome = wait();
        if let Some(exiting) = EXITING.get()
            && *exiting != std::thread::current().id()
        {
            loop {
                std::thread::park();
            }
        }
        outcome
    })
}

/// Calls what is the program's own on a thread of the program's.
///
/// While it sleeps, say, it is without the interpreter, and before 3.14 a daemon thread that then asks for one that is ending
/// is unwound: through frames of Rust, which cannot bear that. It stays here instead, as later versions have it stay.
pub(crate) fn call<'py>(callable: &Bound<'py, PyAny>, arguments: &Bound<'py, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
    struct Stay;
    impl Drop for Stay {
        fn drop(&mut self) {
            loop {
                std::thread::park();
            }
        }
    }
    type Object = *mut ffi::PyObject;
    type Call = unsafe extern "C-unwind" fn(Object, Object, Object) -> Object;
    // SAFETY: the same function, of which it is said besides that it may unwind. The compiler shall not see that it is
    // declared otherwise.
    let call: Call = std::hint::black_box(unsafe {
        std::mem::transmute::<unsafe extern "C" fn(Object, Object, Object) -> Object, Call>(ffi::PyObject_Call)
    });
    let stay = Stay;
    // SAFETY: the interpreter is held, and both are there as long as it takes.
    let answer = unsafe { call(callable.as_ptr(), arguments.as_ptr(), std::ptr::null_mut()) };
    std::mem::forget(stay);
    // SAFETY: a new reference, or NULL and an exception.
    unsafe { Bound::from_owned_ptr_or_err(callable.py(), answer) }
}

/// Drops what may have to wait for the I/O thread, which may be waiting for the interpreter.
pub(crate) fn drop_detached<T: Send>(what: T) {
    let mut what = Some(what);
    Python::try_attach(|py| py.detach(|| drop(what.take())));
}

/// What is dropped as by [`drop_detached`].
pub(crate) struct Detached<T: Send>(Option<T>);

impl<T: Send> Detached<T> {
    pub fn new(what: T) -> Detached<T> {
        Detached(Some(what))
    }
}

impl<T: Send> std::ops::Deref for Detached<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // It is there until the drop.
        self.0.as_ref().unwrap_or_else(|| unreachable!())
    }
}

impl<T: Send> Drop for Detached<T> {
    fn drop(&mut self) {
        drop_detached(self.0.take());
    }
}

/// By `atexit`.
#[pyfunction]
fn at_exit(py: Python<'_>) {
    EXITING.get_or_init(|| std::thread::current().id());
    let open = std::mem::take(&mut *OPEN.lock().unwrap_or_else(PoisonError::into_inner));
    py.detach(|| {
        for session in open.iter().filter_map(Weak::upgrade) {
            session.close();
        }
        GATE.fetch_or(SHUT, Ordering::SeqCst);
        while GATE.load(Ordering::SeqCst) != SHUT {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}

/// In the child of a fork, which has none of the threads that were in [`attach`].
#[pyfunction]
fn after_fork() {
    GATE.store(0, Ordering::SeqCst);
}

/// Refuses subinterpreters, in which there would be types and an exit for one of them that all others have, too.
pub(crate) fn check_interpreter(_py: Python<'_>) -> PyResult<()> {
    // Not in Windows' python3.dll before 3.10.
    #[cfg(not(windows))]
    // SAFETY: the interpreter is held.
    if unsafe { ffi::PyInterpreterState_GetID(ffi::PyInterpreterState_Get()) } != 0 {
        return Err(PyImportError::new_err(
            "voicewire is for the main interpreter and cannot be imported in a subinterpreter (under mod_wsgi, set \
            WSGIApplicationGroup %{GLOBAL})",
        ));
    }
    Ok(())
}

pub(crate) fn register(py: Python<'_>) -> PyResult<()> {
    py.import("atexit")?
        .call_method1("register", (wrap_pyfunction!(at_exit, py)?,))?;
    let os = py.import("os")?;
    if os.hasattr("register_at_fork")? {
        let arguments = pyo3::types::PyDict::new(py);
        arguments.set_item("after_in_child", wrap_pyfunction!(after_fork, py)?)?;
        os.call_method("register_at_fork", (), Some(&arguments))?;
    }
    Ok(())
}
