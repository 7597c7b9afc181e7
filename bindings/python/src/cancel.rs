//! Ending one call from outside of it.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// Ends the calls that it was given to as `cancel`, and no others: from another thread, from a callback, from a signal
/// handler.
///
/// A token that has been cancelled stays so: calls that are given it afterwards are a CancelledError at once, with
/// nothing sent. One token may be given to any number of calls. All of it may be used from any thread.
///
/// This is how a call from asyncio is ended with its task:
///
///     async def speak(client, text, voice):
///         token = voicewire.CancelToken()
///         try:
///             return await asyncio.to_thread(client.tts, text, voice, cancel=token)
///         except asyncio.CancelledError:
///             token.cancel()
///             raise
#[pyclass(frozen, module = "voicewire")]
#[derive(Default)]
pub(crate) struct CancelToken {
    token: voicewire::CancelToken,
    /// The tokens of streams that were given this one: the core takes one token for a call, and a stream has its own.
    streams: Mutex<Vec<Weak<voicewire::CancelToken>>>,
}

impl CancelToken {
    pub fn core(&self) -> &voicewire::CancelToken {
        &self.token
    }

    /// From now on `stream` is cancelled with this one.
    pub fn link(&self, stream: &Arc<voicewire::CancelToken>) {
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        streams.retain(|known| known.strong_count() > 0);
        streams.push(Arc::downgrade(stream));
        // cancel() sets it before it looks at the list: whichever comes second sees the other.
        if self.token.is_cancelled() {
            stream.cancel();
        }
    }
}

#[pymethods]
impl CancelToken {
    #[new]
    fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Ends every call that was given this token with CancelledError, without waiting for them to return. A second time
    /// it does nothing.
    fn cancel(&self, py: Python<'_>) {
        py.detach(|| {
            self.token.cancel();
            let streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
            for stream in streams.iter().filter_map(Weak::upgrade) {
                stream.cancel();
            }
        });
    }

    /// Whether cancel() has been called.
    #[getter]
    fn cancelled(&self) -> bool {
        self.token.is_cancelled()
    }

    fn __repr__(&self) -> &'static str {
        match self.token.is_cancelled() {
            true => "<voicewire.CancelToken, cancelled>",
            false => "<voicewire.CancelToken>",
        }
    }
}

/// The argument `cancel` of a call.
pub(crate) fn token<'a, 'py>(cancel: Option<&'a Bound<'py, PyAny>>) -> PyResult<Option<&'a Bound<'py, CancelToken>>> {
    let Some(cancel) = cancel else {
        return Ok(None);
    };
    cancel.cast::<CancelToken>().map(Some).map_err(|_| {
        let kind = cancel.get_type();
        PyTypeError::new_err(format!("argument 'cancel': a voicewire.CancelToken wanted, not {kind}"))
    })
}
