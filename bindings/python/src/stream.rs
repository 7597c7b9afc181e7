//! A generation as an iterator.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use voicewire::{CallOptions, CancelToken, deepdub};

use crate::cancel;
use crate::chunk::Chunk;
use crate::generation::Generation;
use crate::summary::Summary;

/// A generation's audio: iterating over it waits for each chunk and yields it. The last one has is_final set.
///
/// A context manager: leaving the block stops a generation that is still under way and closes its connection, as does
/// close(), from any thread. One thread at a time may wait for the next chunk.
///
/// When the generation fails, the next chunk is an Error, and so is every attempt to get one afterwards: it ends with
/// StopIteration only when it is complete. After Ctrl-C, and whatever else a signal handler raised, these are a
/// CancelledError. Chunks that came before stay good.
///
/// After os.fork() a stream belongs to the parent; the child must leave it alone.
#[pyclass(frozen, module = "voicewire.deepdub", weakref)]
pub(crate) struct SpeechStream {
    /// Held while a thread waits for a chunk; never waited for, since that thread may run a signal handler of
    /// Python's that comes back here.
    state: Mutex<State>,
    /// What the generation had come to when it was last looked at.
    summary: Mutex<deepdub::Summary>,
    closing: Arc<CancelToken>,
    generation_id: String,
}

struct State {
    generation: Generation,
    /// Whether the last chunk has been handed out.
    ended: bool,
}

impl SpeechStream {
    pub fn open(
        py: Python<'_>,
        cancel: Option<&Bound<'_, cancel::CancelToken>>,
        open: impl FnOnce(&CallOptions) -> voicewire::Result<deepdub::SpeechStream> + Send,
    ) -> PyResult<SpeechStream> {
        let closing = Arc::new(CancelToken::new());
        if let Some(cancel) = cancel {
            cancel.get().link(&closing);
        }
        let generation = Generation::begin(py, Some(&closing), open)?;
        let summary = generation.summary();
        Ok(SpeechStream {
            generation_id: summary.generation_id.clone(),
            summary: Mutex::new(summary),
            state: Mutex::new(State {
                generation,
                ended: false,
            }),
            closing,
        })
    }

    /// `None` while another call has it.
    fn state(&self) -> Option<MutexGuard<'_, State>> {
        match self.state.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::Poisoned(state)) => Some(state.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn last_summary(&self) -> MutexGuard<'_, deepdub::Summary> {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl SpeechStream {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Chunk>> {
        let mut state = self
            .state()
            .ok_or_else(|| PyValueError::new_err("another thread is waiting for this stream's next chunk"))?;
        if state.ended {
            return Ok(None);
        }
        if self.closing.is_cancelled() {
            return Err(state.generation.stop(py));
        }
        let next = state.generation.next(py);
        state.ended = match &next {
            Ok(Some(chunk)) => chunk.is_last(),
            Ok(None) => true,
            // The generation says it again.
            Err(_) => false,
        };
        *self.last_summary() = state.generation.summary();
        next
    }

    /// The generation's id, a UUID: what a report about it names.
    #[getter]
    fn generation_id(&self) -> &str {
        &self.generation_id
    }

    /// What the generation has come to so far; while another thread waits for a chunk, what it had come to before.
    #[getter]
    fn summary(&self) -> Summary {
        match self.state() {
            Some(state) => Summary(state.generation.summary()),
            None => Summary(self.last_summary().clone()),
        }
    }

    /// Stops the generation and closes its connection, from any thread. A thread that is waiting for a chunk gets a
    /// CancelledError, as does every later attempt to get one. After the last chunk, after an error, and a second
    /// time, it does nothing.
    fn close(&self, py: Python<'_>) {
        self.closing.cancel();
        // A thread that holds it is on its way out, and closes the connection itself.
        if let Some(mut state) = self.state()
            && !state.ended
        {
            state.generation.stop(py);
        }
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, pyo3::types::PyTuple>) {
        self.close(py);
    }

    fn __repr__(&self) -> String {
        let summary = self.last_summary();
        format!(
            "<voicewire.deepdub.SpeechStream of {}: {} chunks, {} bytes of {} so far>",
            self.generation_id, summary.chunks, summary.bytes, summary.format
        )
    }
}
