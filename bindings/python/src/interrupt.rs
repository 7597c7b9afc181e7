//! Ctrl-C during a wait. Python learns of signals only when it is asked, and only on its main thread.

use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use voicewire::{CallOptions, CancelToken};

use crate::errors;
use crate::shutdown;

/// How often a call that never has to wait asks all the same.
const PERIOD: Duration = Duration::from_millis(20);

/// Lets signal handlers end one call. What the handler raised is kept, to be raised from the call.
#[derive(Clone, Default)]
pub(crate) struct Interrupt {
    raised: Arc<Mutex<Option<PyErr>>>,
}

impl Interrupt {
    /// For a call that `cancel` and signal handlers end.
    pub fn options(&self, cancel: Option<&CancelToken>) -> CallOptions {
        let interrupt = self.clone();
        let options = CallOptions::new().interrupt(move || interrupt.check());
        match cancel {
            Some(cancel) => options.cancel(cancel),
            None => options,
        }
    }

    /// The exception to raise for `error`: the handler's own if it was one that ended the call.
    pub fn exception(&self, py: Python<'_>, error: &voicewire::Error) -> PyErr {
        self.raised().unwrap_or_else(|| errors::to_py(py, error))
    }

    /// What a signal handler raised, once.
    pub fn raised(&self) -> Option<PyErr> {
        self.raised.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether a signal handler has raised something. Called without the interpreter.
    pub fn check(&self) -> bool {
        if known_as_other_thread() {
            return false;
        }
        // None when the interpreter is shutting down: nobody is left to interrupt.
        let raised = Python::try_attach(|py| match is_main_thread(py) {
            Ok(true) => py.check_signals().err(),
            Ok(false) => None,
            // Asking runs Python, and with it the handlers of signals that have come already.
            Err(raised) => Some(raised),
        });
        match raised.flatten() {
            Some(error) => {
                *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                true
            }
            None => false,
        }
    }

    /// For loops over chunks that may all be there already, so that the core never waits and never asks.
    pub fn ticker(&self) -> impl FnMut() -> bool {
        let interrupt = self.clone();
        let mut last = Instant::now();
        move || {
            if last.elapsed() < PERIOD {
                return false;
            }
            last = Instant::now();
            interrupt.check()
        }
    }
}

thread_local! {
    /// Whether this thread was Python's main thread when it was asked, in the process of that id: after a fork the
    /// thread that forked is the main one.
    static MAIN: Cell<Option<(u32, bool)>> = const { Cell::new(None) };
}

/// Spares threads that no signal handler runs on the wait for the interpreter, fifty times a second.
fn known_as_other_thread() -> bool {
    MAIN.get() == Some((std::process::id(), false))
}

fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    let process = std::process::id();
    match MAIN.get() {
        Some((asked_in, main)) if asked_in == process => Ok(main),
        _ => {
            let main = ask(py)?;
            MAIN.set(Some((process, main)));
            Ok(main)
        }
    }
}

fn ask(py: Python<'_>) -> PyResult<bool> {
    let threading = py.import("threading")?;
    let main_thread = shutdown::call(&threading.getattr("main_thread")?, &PyTuple::empty(py))?;
    // A property, and so Python.
    let ident = (main_thread, "ident").into_pyobject(py)?;
    let main: u64 = shutdown::call(&py.import("builtins")?.getattr("getattr")?, &ident)?.extract()?;
    let this: u64 = threading.call_method0("get_ident")?.extract()?;
    Ok(main == this)
}
