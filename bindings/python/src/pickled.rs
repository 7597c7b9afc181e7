//! Results as they go from process to process: a worker's, to who made it work.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use serde::de::DeserializeOwned;

use crate::issue::Issue;
use crate::speech::{Parts, Speech};
use crate::summary::Summary;

/// What `pickle` is told by `__reduce__`: which of the functions below makes it again, and out of what.
pub(crate) type Reduced<'py> = (Bound<'py, PyAny>, Bound<'py, PyTuple>);

pub(crate) fn reduced<'py>(
    py: Python<'py>,
    restore: &str,
    parts: impl IntoPyObject<'py, Target = PyTuple, Output = Bound<'py, PyTuple>, Error = PyErr>,
) -> PyResult<Reduced<'py>> {
    let restore = py.import("voicewire._voicewire")?.getattr(restore)?;
    Ok((restore, parts.into_pyobject(py)?))
}

pub(crate) fn written(value: &impl serde::Serialize) -> PyResult<String> {
    serde_json::to_string(value).map_err(|error| PyValueError::new_err(error.to_string()))
}

fn read<T: DeserializeOwned>(text: &str) -> PyResult<T> {
    serde_json::from_str(text).map_err(|error| PyValueError::new_err(format!("not what was pickled: {error}")))
}

#[pyfunction]
pub(crate) fn _restore_summary(text: &str) -> PyResult<Summary> {
    read(text).map(Summary)
}

#[pyfunction]
pub(crate) fn _restore_issue(text: &str) -> PyResult<Issue> {
    read(text).map(Issue)
}

#[pyfunction]
pub(crate) fn _restore_speech(
    data: Py<PyBytes>,
    chunks: Parts,
    summary: &str,
    sample_rate: Option<u32>,
) -> PyResult<Speech> {
    Ok(Speech::restored(data, chunks, read(summary)?, sample_rate))
}
