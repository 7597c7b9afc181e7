//! What a generation came to.

use pyo3::prelude::*;
use voicewire::deepdub;

use crate::pickled::{Reduced, reduced, written};

/// What a generation came to, or has come to so far. Times are in seconds.
#[pyclass(frozen, module = "voicewire.deepdub")]
pub(crate) struct Summary(pub deepdub::Summary);

#[pymethods]
impl Summary {
    /// The generation's id, a UUID: what a report about it names.
    #[getter]
    fn generation_id(&self) -> &str {
        &self.0.generation_id
    }

    /// The format that was asked for, one of voicewire.Format: such as 'mp3'.
    #[getter]
    fn format(&self) -> &'static str {
        self.0.format.name()
    }

    /// Chunks with audio that were delivered.
    #[getter]
    fn chunks(&self) -> u64 {
        self.0.chunks
    }

    /// Bytes of audio in them, as the service sent them.
    #[getter]
    fn bytes(&self) -> u64 {
        self.0.bytes
    }

    /// Chunks that came twice and were dropped.
    #[getter]
    fn duplicates(&self) -> u64 {
        self.0.duplicates
    }

    /// Seconds in a session's queue, until a place was free; 0.0 outside of sessions.
    #[getter]
    fn queued_seconds(&self) -> f64 {
        self.0.queued.as_secs_f64()
    }

    /// Seconds that it waited for the connection: next to nothing in a session that was open already.
    #[getter]
    fn connect_seconds(&self) -> f64 {
        self.0.connect.as_secs_f64()
    }

    /// Seconds from the call to the first audio, connecting included; None when none came.
    #[getter]
    fn first_chunk_seconds(&self) -> Option<f64> {
        self.0.first_chunk.map(|time| time.as_secs_f64())
    }

    /// The longest wait for a chunk after the one before it, in seconds.
    #[getter]
    fn longest_gap_seconds(&self) -> f64 {
        self.0.longest_gap.as_secs_f64()
    }

    /// How often a session sent it again: because the connection broke, or the service asked to wait.
    #[getter]
    fn retries(&self) -> u32 {
        self.0.retries
    }

    /// Seconds from the call to its end, or until now.
    #[getter]
    fn total_seconds(&self) -> f64 {
        self.0.total.as_secs_f64()
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        reduced(py, "_restore_summary", (written(&self.0)?,))
    }

    fn __repr__(&self) -> String {
        let first = match self.0.first_chunk {
            Some(time) => format!("{:.3} s to the first", time.as_secs_f64()),
            None => "none yet".to_owned(),
        };
        format!(
            "<voicewire.deepdub.Summary of {}: {} chunks, {} bytes of {}, {first}, {:.3} s in all>",
            self.0.generation_id,
            self.0.chunks,
            self.0.bytes,
            self.0.format,
            self.0.total.as_secs_f64()
        )
    }
}
