//! What both kinds of sessions have in common: a state, somebody who is told of it, and an end.

use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::{PyTraverseError, PyVisit};
use voicewire::ErrorKind;
use voicewire::deepdub::{self, SessionState};

use crate::errors;
use crate::interrupt::Interrupt;
use crate::shutdown::{self, Close, Detached};
use crate::waker::{LoopWaker, Wait};

/// A session of the core.
pub(crate) trait Core: Send + Sync + 'static {
    fn state(&self) -> deepdub::StateChange;
    fn wait_ready(&self, timeout: Option<Duration>) -> voicewire::Result<bool>;
    fn close(&self);
}

macro_rules! core {
    ($kind:ty) => {
        impl Core for $kind {
            fn state(&self) -> deepdub::StateChange {
                <$kind>::state(self)
            }
            fn wait_ready(&self, timeout: Option<Duration>) -> voicewire::Result<bool> {
                <$kind>::wait_ready(self, timeout)
            }
            fn close(&self) {
                <$kind>::close(self);
            }
        }
    };
}

core!(deepdub::Session);
core!(deepdub::TextSession);

pub(crate) struct Connection<C: Core> {
    open: Detached<Arc<Open<C>>>,
    on_state: Arc<OnState>,
}

/// What is closed at exit.
struct Open<C: Core> {
    core: C,
    process: u32,
}

impl<C: Core> Close for Open<C> {
    fn close(&self) {
        // After a fork it is the parent's.
        if self.process == std::process::id() {
            self.core.close();
        }
    }
}

impl<C: Core> Connection<C> {
    pub fn new(py: Python<'_>, core: C, on_state: Arc<OnState>) -> Connection<C> {
        let open = Arc::new(Open {
            core,
            process: std::process::id(),
        });
        let weak: std::sync::Weak<Open<C>> = Arc::downgrade(&open);
        shutdown::close_at_exit(py, weak);
        Connection {
            open: Detached::new(open),
            on_state,
        }
    }

    fn open(&self) -> &Open<C> {
        &self.open
    }

    pub fn core(&self) -> &C {
        &self.open().core
    }

    pub fn state(&self) -> &'static str {
        name(self.core().state().state)
    }

    pub fn wait_ready(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<bool> {
        let timeout = seconds(py, "timeout", timeout)?;
        check_process(py, self.open().process)?;
        let ready = patiently(py, timeout, |slice| {
            Ok(self.core().wait_ready(Some(slice))?.then_some(()))
        })?;
        Ok(ready.is_some())
    }

    /// What tells a task of every change of the state from here on.
    pub fn state_news(&self) -> StateNews {
        let wait = Arc::default();
        let mut waits = self.on_state.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.retain(|wait| wait.strong_count() > 0);
        waits.push(Arc::downgrade(&wait));
        StateNews {
            wait,
            process: self.open().process,
        }
    }

    pub fn close(&self, py: Python<'_>) {
        let open = self.open();
        shutdown::wait(py, || open.close());
    }

    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.on_state.callable.try_lock() {
            Ok(callable) => visit.call(&*callable),
            Err(_) => Ok(()),
        }
    }

    pub fn clear(&self) {
        drop(self.on_state.take());
    }
}

pub(crate) fn name(state: SessionState) -> &'static str {
    match state {
        SessionState::Connecting => "connecting",
        SessionState::Ready => "ready",
        SessionState::Closed => "closed",
        _ => "lost",
    }
}

/// Who is told of states.
pub(crate) struct OnState {
    /// The argument `on_state`, until the last state has been told.
    callable: Mutex<Option<Py<PyAny>>>,
    /// Of tasks.
    waits: Mutex<Vec<Weak<Wait>>>,
}

/// A task's wait for a session's state.
#[pyclass(frozen, name = "_StateNews", module = "voicewire._voicewire")]
pub(crate) struct StateNews {
    wait: Arc<Wait>,
    process: u32,
}

#[pymethods]
impl StateNews {
    /// A future that is resolved when the state has changed; None when it has since the last one.
    fn _begin<'py>(&self, waker: &Bound<'py, LoopWaker>) -> PyResult<Option<Bound<'py, PyAny>>> {
        check_place(waker.py(), self.process)?;
        self.wait.begin(waker)
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.wait.traverse(&visit)
    }

    fn __clear__(&self) {
        self.wait.clear();
    }
}

thread_local! {
    static IN_CALLBACK: Cell<bool> = const { Cell::new(false) };
}

impl OnState {
    pub fn new(callable: Option<&Bound<'_, PyAny>>) -> PyResult<Arc<OnState>> {
        if callable.is_some_and(|callable| !callable.is_callable()) {
            return Err(PyTypeError::new_err("argument 'on_state': a callable wanted"));
        }
        Ok(Arc::new(OnState {
            callable: Mutex::new(callable.map(|callable| callable.clone().unbind())),
            waits: Mutex::default(),
        }))
    }

    fn is_set(&self) -> bool {
        self.callable.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn take(&self) -> Option<Py<PyAny>> {
        self.callable.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// On the I/O thread.
    pub fn tell(&self, change: &deepdub::StateChange) {
        if self.is_set() {
            self.call(change);
        }
        let waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for wait in waits.iter().filter_map(Weak::upgrade) {
            wait.notify();
        }
    }

    fn call(&self, change: &deepdub::StateChange) {
        shutdown::attach(|py| {
            let callable = match change.state {
                // The last: whatever it refers to may go.
                SessionState::Closed => self.take(),
                _ => {
                    let callable = self.callable.lock().unwrap_or_else(PoisonError::into_inner);
                    callable.as_ref().map(|callable| callable.clone_ref(py))
                }
            };
            let Some(callable) = callable else {
                return;
            };
            let before = IN_CALLBACK.replace(true);
            if let Err(error) = callable.call1(py, (StateChange(change.clone()),)) {
                error.write_unraisable(py, Some(callable.bind(py)));
            }
            IN_CALLBACK.set(before);
        });
    }
}

/// A change in how a session stands with the service: what `on_state` is called with.
#[pyclass(frozen, module = "voicewire.deepdub")]
pub(crate) struct StateChange(deepdub::StateChange);

#[pymethods]
impl StateChange {
    /// The new state: 'connecting'; 'ready', the connection is open; 'lost', there is no connection; 'closed', after
    /// which nothing comes.
    #[getter]
    fn state(&self) -> &'static str {
        name(self.0.state)
    }

    /// Why the connection was lost, or could not be made: an Error; else None.
    #[getter]
    fn error(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        let error = self.0.error.as_ref()?;
        Some(errors::to_py(py, error).into_value(py).into_any())
    }

    /// Seconds until the next try. None, when it is 'lost': the next line tries.
    #[getter]
    fn retry_in(&self) -> Option<f64> {
        self.0.retry_in.map(|wait| wait.as_secs_f64())
    }

    fn __repr__(&self) -> String {
        let why = match &self.0.error {
            Some(error) => format!(": {error}"),
            None => String::new(),
        };
        format!("<voicewire.deepdub.StateChange to {}{why}>", name(self.0.state))
    }
}

/// A wait of the caller's own: `None` is without end.
pub(crate) fn seconds(py: Python<'_>, field: &str, seconds: Option<f64>) -> PyResult<Option<Duration>> {
    match seconds {
        None => Ok(None),
        Some(seconds) if seconds == f64::INFINITY => Ok(None),
        Some(seconds) => Duration::try_from_secs_f64(seconds).map(Some).map_err(|_| {
            errors::invalid(
                py,
                field,
                &seconds.to_string(),
                "seconds, 0 or more, or None to wait without end",
            )
        }),
    }
}

/// Refuses waits that would never end: of the I/O thread for itself, and of a forked process for its parent's.
pub(crate) fn check_place(py: Python<'_>, process: u32) -> PyResult<()> {
    if IN_CALLBACK.get() {
        return Err(errors::invalid(
            py,
            "on_state",
            "waiting inside its callback",
            "a callable that waits for nothing of its client's",
        ));
    }
    check_process(py, process)
}

/// Refuses what belongs to the process that this one was forked from.
pub(crate) fn check_process(py: Python<'_>, process: u32) -> PyResult<()> {
    if process == std::process::id() {
        return Ok(());
    }
    Err(errors::plain(
        py,
        ErrorKind::Closed,
        "the session belongs to the process that this one was forked from",
    ))
}

/// How often a wait looks for Ctrl-C.
const SLICE: Duration = Duration::from_millis(20);

/// Waits in slices, listening to signal handlers, until `step` has something or the time is up. Inside a callback it does
/// not wait.
pub(crate) fn patiently<T: Send>(
    py: Python<'_>,
    timeout: Option<Duration>,
    step: impl Fn(Duration) -> voicewire::Result<Option<T>> + Send + Sync,
) -> PyResult<Option<T>> {
    py.check_signals()?;
    // On the I/O thread nothing would happen meanwhile.
    let timeout = if IN_CALLBACK.get() {
        Some(Duration::ZERO)
    } else {
        timeout
    };
    let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    let interrupt = Interrupt::default();
    let outcome = shutdown::wait(py, || {
        loop {
            let left = deadline.map_or(SLICE, |deadline| deadline.saturating_duration_since(Instant::now()));
            if let Some(found) = step(left.min(SLICE))? {
                return Ok(Some(found));
            }
            if left.is_zero() || interrupt.check() {
                return Ok(None);
            }
        }
    });
    match outcome {
        Ok(None) => interrupt.raised().map_or(Ok(None), Err),
        Ok(found) => Ok(found),
        Err(error) => Err(errors::to_py(py, &error)),
    }
}
