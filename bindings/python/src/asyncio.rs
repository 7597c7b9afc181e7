//! Coroutines, which are written in Python: `voicewire._aio`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyTuple;

use crate::connection::seconds;
use crate::shutdown;

static NEXT_CHUNK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static WRITE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static READY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static DONE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Waits for a line's next chunk.
pub(crate) fn next_chunk<'py>(line: &Bound<'py, crate::line::Line>) -> PyResult<Bound<'py, PyAny>> {
    let py = line.py();
    call(NEXT_CHUNK.import(py, "voicewire._aio", "next_chunk")?, (line,))
}

/// Writes when there is room.
pub(crate) fn write<'py>(
    turn: &Bound<'py, crate::text::Turn>,
    text: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = turn.py();
    call(WRITE.import(py, "voicewire._aio", "write")?, (turn, text))
}

/// Waits until a session is ready.
pub(crate) fn ready<'py>(session: &Bound<'py, PyAny>, timeout: Option<f64>) -> PyResult<Bound<'py, PyAny>> {
    let py = session.py();
    let timeout = seconds(py, "timeout", timeout)?.map(|timeout| timeout.as_secs_f64());
    call(READY.import(py, "voicewire._aio", "ready")?, (session, timeout))
}

/// Is this value at once.
pub(crate) fn done(py: Python<'_>, value: Py<PyAny>) -> PyResult<Bound<'_, PyAny>> {
    call(DONE.import(py, "voicewire._aio", "done")?, (value,))
}

/// Making a coroutine is Python already.
fn call<'py>(
    make: &Bound<'py, PyAny>,
    arguments: impl IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error = PyErr>,
) -> PyResult<Bound<'py, PyAny>> {
    shutdown::call(make, &arguments.into_pyobject(make.py())?)
}
