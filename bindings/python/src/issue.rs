//! Reports about generations that came out wrong.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMemoryView};
use serde_json::Value;
use voicewire::deepdub::{self, Clip};

use crate::json;
use crate::pickled::{Reduced, reduced, written};
use crate::speech::Speech;

/// A report as the service has it. Fields that the service left out are None. Two are equal when all that the service
/// said of them is.
#[pyclass(frozen, module = "voicewire.deepdub")]
pub(crate) struct Issue(pub deepdub::Issue);

#[pymethods]
impl Issue {
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        reduced(py, "_restore_issue", (written(&self.0)?,))
    }

    /// Names the report in later calls.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// Such as 'open', 'in progress' or 'resolved'.
    #[getter]
    fn state(&self) -> Option<&str> {
        self.0.state.as_deref()
    }

    /// When it was filed: RFC 3339.
    #[getter]
    fn created_at(&self) -> Option<&str> {
        self.0.created_at.as_deref()
    }

    /// When it last changed: RFC 3339.
    #[getter]
    fn updated_at(&self) -> Option<&str> {
        self.0.updated_at.as_deref()
    }

    /// The generation it is about.
    #[getter]
    fn generation_id(&self) -> Option<&str> {
        self.0.generation_id.as_deref()
    }

    /// The text that was spoken.
    #[getter]
    fn generated_text(&self) -> Option<&str> {
        self.0.generated_text.as_deref()
    }

    /// The word that came out wrong.
    #[getter]
    fn problem_word(&self) -> Option<&str> {
        self.0.problem_word.as_deref()
    }

    /// The voice that spoke.
    #[getter]
    fn voice_prompt_id(&self) -> Option<&str> {
        self.0.voice_prompt_id.as_deref()
    }

    /// Comments.
    #[getter]
    fn additional_comments(&self) -> Option<&str> {
        self.0.additional_comments.as_deref()
    }

    /// Where in the audio, in seconds from its beginning.
    #[getter]
    fn problem_seconds(&self) -> Option<f64> {
        self.0.problem_seconds
    }

    /// Whatever else the service said: a new dict, with the service's own names.
    #[getter]
    fn extra<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        json::to_dict(py, &self.0.extra)
    }

    /// The whole report as a dict that json.dumps() takes, with the service's own names, such as 'problemWord'.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        match serde_json::to_value(&self.0) {
            Ok(Value::Object(object)) => json::to_dict(py, &object),
            _ => Ok(PyDict::new(py)),
        }
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Issue>().is_ok_and(|other| other.get().0 == self.0)
    }

    // Python takes the hash away from what has an equality of its own.
    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.id.hash(&mut hasher);
        hasher.finish()
    }

    fn __repr__(&self) -> String {
        let text = |text: &Option<String>| text.as_ref().map_or("None".to_owned(), |text| format!("{text:?}"));
        format!(
            "<voicewire.deepdub.Issue {}: state {}, word {}>",
            self.0.id,
            text(&self.0.state),
            text(&self.0.problem_word)
        )
    }
}

/// The `problem_audio` of a report: a generation, anything with bytes in it, or a path.
pub(crate) fn clip(audio: &Bound<'_, PyAny>) -> PyResult<Clip> {
    audio_of("problem_audio", audio)
}

/// The audio that the argument `name` is: a generation, anything with bytes in it, or a path.
/// [`audio_of`], for what is to be listened to by a machine.
pub(crate) fn sent_audio_of(name: &str, audio: &Bound<'_, PyAny>) -> PyResult<Clip> {
    match audio.cast::<Speech>() {
        Ok(speech) => Ok(Clip::Bytes(speech.get().sent_bytes(audio.py(), name)?)),
        Err(_) => audio_of(name, audio),
    }
}

pub(crate) fn audio_of(name: &str, audio: &Bound<'_, PyAny>) -> PyResult<Clip> {
    if let Ok(speech) = audio.cast::<Speech>() {
        return Ok(Clip::Bytes(speech.get().file_bytes(audio.py())?));
    }
    if let Ok(bytes) = bytes_of(audio) {
        return Ok(Clip::Bytes(bytes));
    }
    let path: PathBuf = audio.extract().map_err(|_| {
        let kind = audio.get_type();
        PyTypeError::new_err(format!(
            "argument '{name}': Speech, bytes, str or os.PathLike wanted, not {kind}"
        ))
    })?;
    Ok(Clip::File(path))
}

/// A copy of what the buffer of a `bytes`, `bytearray`, `memoryview`, array … holds.
pub(crate) fn bytes_of(object: &Bound<'_, PyAny>) -> PyResult<Vec<u8>> {
    // The stable interface of Python 3.9 has no buffers of its own.
    PyMemoryView::from(object)?.call_method0("tobytes")?.extract()
}
