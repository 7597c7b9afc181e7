//! One generation under way: the one path that the iterator, the callback form and the whole form share.

use pyo3::prelude::*;
use pyo3::types::PyString;
use voicewire::deepdub::{self, SpeechRequest};
use voicewire::{CallOptions, CancelToken};

use crate::chunk::Chunk;
use crate::errors;
use crate::interrupt::Interrupt;

pub(crate) struct Generation {
    stream: deepdub::SpeechStream,
    interrupt: Interrupt,
    generation_id: Py<PyString>,
    /// What ended it before its last chunk.
    failure: Option<voicewire::Error>,
}

impl Generation {
    /// Connects and sends the request. `cancel` ends it, and every wait for a chunk.
    pub fn open(
        py: Python<'_>,
        client: &deepdub::Client,
        request: &SpeechRequest,
        cancel: Option<&CancelToken>,
    ) -> PyResult<Generation> {
        Generation::begin(py, cancel, |options| client.open_stream(request, options))
    }

    /// What `open` gives, whichever way the text is spoken.
    pub fn begin(
        py: Python<'_>,
        cancel: Option<&CancelToken>,
        open: impl FnOnce(&CallOptions) -> voicewire::Result<deepdub::SpeechStream> + Send,
    ) -> PyResult<Generation> {
        py.check_signals()?;
        let interrupt = Interrupt::default();
        let options = interrupt.options(cancel);
        let stream = py
            .detach(|| open(&options))
            .map_err(|error| interrupt.exception(py, &error))?;
        let generation_id = PyString::new(py, stream.generation_id()).unbind();
        Ok(Generation {
            stream,
            interrupt,
            generation_id,
            failure: None,
        })
    }

    /// The next chunk, waiting for it without the interpreter; `None` after the last. Once it has failed it fails for
    /// good: what was cut short must not look complete.
    pub fn next(&mut self, py: Python<'_>) -> PyResult<Option<Chunk>> {
        if let Some(failure) = &self.failure {
            return Err(errors::to_py(py, failure));
        }
        // While chunks are there already the core does not ask, and a loop inside Python such as list() does not
        // either.
        if let Err(raised) = py.check_signals() {
            self.failure = Some(self.stream.stop());
            return Err(raised);
        }
        let stream = &mut self.stream;
        match py.detach(|| stream.next_chunk()) {
            Ok(chunk) => Ok(chunk.map(|chunk| Chunk::new(py, &chunk, &self.generation_id))),
            Err(error) => {
                let raised = self.interrupt.exception(py, &error);
                self.failure = Some(error);
                Err(raised)
            }
        }
    }

    /// Takes all chunks at once: each goes to `take`, without the interpreter.
    pub fn drain(&mut self, py: Python<'_>, mut take: impl FnMut(&deepdub::Chunk<'_>) + Send) -> PyResult<()> {
        let stream = &mut self.stream;
        let interrupt = &self.interrupt;
        py.detach(|| {
            let mut interrupted = interrupt.ticker();
            while let Some(chunk) = stream.next_chunk()? {
                take(&chunk);
                if interrupted() {
                    return Err(stream.stop());
                }
            }
            Ok(())
        })
        .map_err(|error| self.interrupt.exception(py, &error))
    }

    /// Closes the connection. The exception says that the caller wanted it so, or what had ended it before.
    pub fn stop(&mut self, py: Python<'_>) -> PyErr {
        let stream = &mut self.stream;
        errors::to_py(py, self.failure.get_or_insert_with(|| stream.stop()))
    }

    pub fn summary(&self) -> deepdub::Summary {
        self.stream.summary()
    }
}
