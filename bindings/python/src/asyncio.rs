//! Coroutines, which are written in Python: `voicewire._aio`.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::connection::seconds;

static NEXT_CHUNK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static WRITE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static READY: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
static DONE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();

/// Waits for a line's next chunk.
pub(crate) fn next_chunk<'py>(line: &Bound<'py, crate::line::Line>) -> PyResult<Bound<'py, PyAny>> {
    let py = line.py();
    NEXT_CHUNK.import(py, "voicewire._aio", "next_chunk")?.call1((line,))
}

/// Writes when there is room.
pub(crate) fn write<'py>(
    turn: &Bound<'py, crate::text::Turn>,
    text: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = turn.py();
    WRITE.import(py, "voicewire._aio", "write")?.call1((turn, text))
}

/// Waits until a session is ready.
pub(crate) fn ready<'py>(session: &Bound<'py, PyAny>, timeout: Option<f64>) -> PyResult<Bound<'py, PyAny>> {
    let py = session.py();
    let timeout = seconds(py, "timeout", timeout)?.map(|timeout| timeout.as_secs_f64());
    READY.import(py, "voicewire._aio", "ready")?.call1((session, timeout))
}

/// Is this value at once.
pub(crate) fn done(py: Python<'_>, value: Py<PyAny>) -> PyResult<Bound<'_, PyAny>> {
    DONE.import(py, "voicewire._aio", "done")?.call1((value,))
}
