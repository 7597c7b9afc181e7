//! A piece of audio.

use std::ops::Range;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use voicewire::audio::Format;
use voicewire::deepdub;

/// A piece of a generation's audio. len(chunk) is its size in bytes and bytes(chunk) its data; a last chunk may be
/// empty.
#[pyclass(frozen, module = "voicewire.deepdub")]
pub(crate) struct Chunk {
    data: Py<PyBytes>,
    /// Where in the data the samples are.
    samples: Range<usize>,
    generation_id: Py<PyString>,
    index: u64,
    is_final: bool,
    format: Format,
}

impl Chunk {
    /// Copies the audio: the one copy between the decoder's buffer and Python.
    pub fn new(py: Python<'_>, chunk: &deepdub::Chunk<'_>, generation_id: &Py<PyString>) -> Chunk {
        Chunk {
            data: PyBytes::new(py, chunk.data).unbind(),
            samples: samples_in(chunk),
            generation_id: generation_id.clone_ref(py),
            index: chunk.index,
            is_final: chunk.is_final,
            format: chunk.format,
        }
    }

    pub fn bytes<'py>(&self, py: Python<'py>) -> &Bound<'py, PyBytes> {
        self.data.bind(py)
    }

    pub fn core_format(&self) -> Format {
        self.format
    }

    pub fn is_last(&self) -> bool {
        self.is_final
    }
}

/// Where in a chunk's data its samples are.
pub(crate) fn samples_in(chunk: &deepdub::Chunk<'_>) -> Range<usize> {
    let samples = chunk.samples();
    // The samples are a part of the data, or nothing.
    let start = match samples.is_empty() {
        true => 0,
        false => samples.as_ptr().addr() - chunk.data.as_ptr().addr(),
    };
    start..start + samples.len()
}

#[pymethods]
impl Chunk {
    /// The bytes as the service sent them. In the format 'wav' every chunk may begin with a header of its own:
    /// `samples` is without it, and AudioFile joins them under one.
    #[getter]
    fn data(&self, py: Python<'_>) -> Py<PyBytes> {
        self.data.clone_ref(py)
    }

    /// The samples in the data: past its header for 'wav' (16-bit signed little-endian), all of it for 's16le' and
    /// 'mulaw', nothing for the compressed formats. Always one channel.
    #[getter]
    fn samples(&self, py: Python<'_>) -> Py<PyBytes> {
        let data = self.data.as_bytes(py);
        match data.get(self.samples.clone()) {
            Some(samples) if samples.len() < data.len() => PyBytes::new(py, samples).unbind(),
            _ => self.data.clone_ref(py),
        }
    }

    /// The chunk's place in the generation: counts from 0, with no gaps.
    #[getter]
    fn index(&self) -> u64 {
        self.index
    }

    /// The generation's id: a UUID.
    #[getter]
    fn generation_id(&self, py: Python<'_>) -> Py<PyString> {
        self.generation_id.clone_ref(py)
    }

    /// Whether this is the last chunk. Every generation that succeeds has exactly one.
    #[getter]
    fn is_final(&self) -> bool {
        self.is_final
    }

    /// The format that was asked for, one of voicewire.Format: such as 'mp3'.
    #[getter]
    fn format(&self) -> &'static str {
        self.format.name()
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.data.as_bytes(py).len()
    }

    fn __bytes__(&self, py: Python<'_>) -> Py<PyBytes> {
        self.data.clone_ref(py)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!(
            "<voicewire.deepdub.Chunk {}: {} bytes of {}{}>",
            self.index,
            self.data.as_bytes(py).len(),
            self.format,
            if self.is_final { ", the last" } else { "" }
        )
    }
}
