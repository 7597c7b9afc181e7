//! What a client remembers of its last generations.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};
use voicewire::deepdub;

/// A generation that its client remembers, as it was when it was asked for: see Client.last_generations().
#[pyclass(frozen, module = "voicewire.deepdub")]
pub(crate) struct Remembered(pub deepdub::Remembered);

#[pymethods]
impl Remembered {
    /// The generation's id.
    #[getter]
    fn generation_id(&self) -> &str {
        &self.0.generation_id
    }

    /// The text; of a text session's turn what had been sent by then.
    #[getter]
    fn text(&self) -> &str {
        &self.0.request.text
    }

    /// Who spoke.
    #[getter]
    fn voice_prompt_id(&self) -> &str {
        &self.0.request.voice_prompt_id
    }

    /// The model.
    #[getter]
    fn model(&self) -> &str {
        &self.0.request.model
    }

    /// The language.
    #[getter]
    fn locale(&self) -> &str {
        &self.0.request.locale
    }

    /// The format that was asked for, one of voicewire.Format.
    #[getter]
    fn format(&self) -> &'static str {
        self.0.request.format.name()
    }

    /// The sample rate that was asked for, in Hz; None when none was.
    #[getter]
    fn sample_rate(&self) -> Option<u32> {
        self.0.request.sample_rate
    }

    /// Whether the last chunk had come.
    #[getter]
    fn is_final(&self) -> bool {
        self.0.is_final
    }

    /// Whether there was no room for the audio (remember_bytes): then there is none.
    #[getter]
    fn audio_dropped(&self) -> bool {
        self.0.audio_dropped
    }

    /// The chunks that had come, in order, as pairs: seconds since the generation was asked for, and the bytes as the
    /// service sent them.
    #[getter]
    fn chunks<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let pairs = self
            .0
            .chunks
            .iter()
            .map(|chunk| (chunk.after.as_secs_f64(), PyBytes::new(py, &chunk.data)));
        PyList::new(py, pairs)
    }

    /// The bytes of all chunks as the service sent them, one after the other. In the format 'wav' there may be a header at
    /// every chunk: to_file_bytes() has one.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let chunks: Vec<&[u8]> = self.0.chunks.iter().map(|chunk| chunk.data.as_slice()).collect();
        PyBytes::new(py, &chunks.concat())
    }

    /// All of it as the bytes of one file that plays, as Speech.to_file_bytes() gives it.
    fn to_file_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let bytes = py.detach(|| self.0.file_bytes());
        PyBytes::new(py, &bytes)
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let remembered = &slf.get().0;
        let bytes: usize = remembered.chunks.iter().map(|chunk| chunk.data.len()).sum();
        Ok(format!(
            "<voicewire.deepdub.Remembered {} {}: {} chunks, {bytes} bytes>",
            remembered.generation_id,
            remembered.request.format,
            remembered.chunks.len()
        ))
    }
}

/// The id of what is given: an id, or anything that has one as its generation_id.
pub(crate) fn id_of(generation: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(id) = generation.cast::<PyString>() {
        return id.extract();
    }
    let id = generation.getattr_opt("generation_id")?;
    match id.as_ref().and_then(|id| id.cast::<PyString>().ok()) {
        Some(id) => id.extract(),
        None => Err(PyTypeError::new_err(format!(
            "argument 'generation': an id, or what has a generation_id, such as a Speech or a Line, wanted; not {}",
            generation.get_type().name()?
        ))),
    }
}
