//! From the I/O thread to an asyncio event loop.
//!
//! No lock here is held while Python runs: what waits for the lock may have the interpreter. And the I/O thread does not
//! wait for the interpreter, where the loop can listen to a pipe: one that is busy would hold up all that is to come.

#[cfg(unix)]
use std::io::{PipeReader, PipeWriter, Read, Write};
#[cfg(unix)]
use std::os::fd::AsRawFd;
#[cfg(unix)]
use std::sync::OnceLock;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

#[cfg(unix)]
use pyo3::exceptions::PyNotImplementedError;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyWeakrefMethods, PyWeakrefReference};
use pyo3::{PyTraverseError, PyVisit};

use crate::shutdown;

/// Wakes one event loop, for all lines that are waited for on it: however many have news, one call is on its way to the
/// loop at most.
#[pyclass(frozen, name = "_LoopWaker", module = "voicewire._voicewire")]
pub(crate) struct LoopWaker(Arc<Waker>);

struct Waker {
    event_loop: Py<PyWeakrefReference>,
    due: Mutex<Due>,
    /// What the loop listens to, if it does.
    #[cfg(unix)]
    pipe: OnceLock<(PipeReader, PipeWriter)>,
}

#[derive(Default)]
struct Due {
    /// Not kept here: a loop that was closed never comes for them, and through its futures they keep whoever waited.
    waits: Vec<Weak<Wait>>,
    /// The loop has been told to call.
    called: bool,
}

#[pymethods]
impl LoopWaker {
    #[new]
    fn new(event_loop: &Bound<'_, PyAny>) -> PyResult<LoopWaker> {
        Ok(LoopWaker(Arc::new(Waker {
            event_loop: PyWeakrefReference::new(event_loop)?.unbind(),
            due: Mutex::default(),
            #[cfg(unix)]
            pipe: OnceLock::new(),
        })))
    }

    /// Has the loop listen to a pipe, if it can; on its thread. Else it is called.
    fn _listen(slf: &Bound<'_, Self>) -> PyResult<()> {
        #[cfg(unix)]
        {
            let py = slf.py();
            let waker = &slf.get().0;
            if let Some(event_loop) = waker.event_loop.bind(py).upgrade()
                && waker.pipe.get().is_none()
            {
                let (reader, writer) = std::io::pipe()?;
                match event_loop.call_method1("add_reader", (reader.as_raw_fd(), slf)) {
                    Ok(_) => drop(waker.pipe.set((reader, writer))),
                    Err(error) if error.is_instance_of::<PyNotImplementedError>(py) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        #[cfg(not(unix))]
        let _ = slf;
        Ok(())
    }

    /// On the loop's thread.
    fn __call__(&self, py: Python<'_>) -> PyResult<()> {
        // First the pipe, so that what comes from here on is written again.
        #[cfg(unix)]
        if let Some((reader, _)) = self.0.pipe.get() {
            let mut reader = reader;
            let _ = reader.read(&mut [0; 16]);
        }
        for wait in self.0.take() {
            if let Some(wait) = wait.upgrade() {
                wait.resolve(py)?;
            }
        }
        Ok(())
    }
}

impl Waker {
    /// On any thread.
    fn wake(self: &Arc<Self>, wait: Weak<Wait>) {
        {
            let mut due = lock(&self.due);
            due.waits.push(wait);
            if std::mem::replace(&mut due.called, true) {
                return;
            }
        }
        #[cfg(unix)]
        if let Some((_, writer)) = self.pipe.get() {
            // One byte is on its way at most: there is room. The reader is there as long as the writer.
            let mut writer = writer;
            let _ = writer.write(&[0]);
            return;
        }
        shutdown::attach(|py| {
            let event_loop = self.event_loop.bind(py).upgrade();
            let called = event_loop
                .map(|event_loop| event_loop.call_method1("call_soon_threadsafe", (LoopWaker(Arc::clone(self)),)));
            // On a loop that has been closed, or is no more, nobody waits.
            if !matches!(called, Some(Ok(_))) {
                drop(self.take());
            }
        });
    }

    fn take(&self) -> Vec<Weak<Wait>> {
        let mut due = lock(&self.due);
        due.called = false;
        std::mem::take(&mut due.waits)
    }
}

/// A line's wait for news, on an event loop.
#[derive(Default)]
pub(crate) struct Wait(Mutex<State>);

#[derive(Default)]
struct State {
    /// Something has come that nobody was told of.
    news: bool,
    /// Whom to tell: once, when something comes.
    waker: Option<Arc<Waker>>,
    /// What the one who waits has in hand.
    future: Option<Py<PyAny>>,
}

impl Wait {
    /// On any thread: there is something to ask for.
    pub fn notify(self: &Arc<Self>) {
        let waker = {
            let mut state = lock(&self.0);
            let waker = state.waker.take();
            state.news |= waker.is_none();
            waker
        };
        if let Some(waker) = waker {
            waker.wake(Arc::downgrade(self));
        }
    }

    /// What has come until now is going to be asked for.
    pub fn asking(&self) {
        lock(&self.0).news = false;
    }

    /// A future of the waker's event loop that is resolved when something comes; `None` when something has come already.
    pub fn begin<'py>(&self, waker: &Bound<'py, LoopWaker>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = waker.py();
        let waker = &waker.get().0;
        let before = {
            let mut state = lock(&self.0);
            if std::mem::take(&mut state.news) {
                return Ok(None);
            }
            state.future.as_ref().map(|future| future.clone_ref(py))
        };
        if let Some(future) = before
            && is_awaited(future.bind(py))?
        {
            return Err(PyValueError::new_err(
                "another task is waiting for this line's next chunk",
            ));
        }
        let event_loop = waker.event_loop.bind(py).upgrade();
        let event_loop = event_loop.ok_or_else(|| PyValueError::new_err("the event loop is gone"))?;
        let future = event_loop.call_method0("create_future")?;
        let mut state = lock(&self.0);
        if std::mem::take(&mut state.news) {
            return Ok(None);
        }
        state.waker = Some(Arc::clone(waker));
        let before = state.future.replace(future.clone().unbind());
        drop(state);
        drop(before);
        Ok(Some(future))
    }

    fn resolve(&self, py: Python<'_>) -> PyResult<()> {
        let future = lock(&self.0).future.take();
        if let Some(future) = future
            && !is_done(future.bind(py))?
        {
            future.call_method1(py, "set_result", (py.None(),))?;
        }
        Ok(())
    }

    pub fn traverse(&self, visit: &PyVisit<'_>) -> Result<(), PyTraverseError> {
        match self.0.try_lock() {
            Ok(state) => visit.call(&state.future),
            Err(_) => Ok(()),
        }
    }

    pub fn clear(&self) {
        let future = lock(&self.0).future.take();
        drop(future);
    }
}

/// Whether somebody may still come back to it: on a loop that has been closed nobody does.
fn is_awaited(future: &Bound<'_, PyAny>) -> PyResult<bool> {
    let is_gone = || future.call_method0("get_loop")?.call_method0("is_closed")?.is_truthy();
    Ok(!is_done(future)? && !is_gone()?)
}

fn is_done(future: &Bound<'_, PyAny>) -> PyResult<bool> {
    future.call_method0("done")?.is_truthy()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
