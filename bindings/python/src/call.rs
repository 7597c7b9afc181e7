//! One call of a service: without the interpreter, but listening to Ctrl-C, to a token and to a callback.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyTuple};
use voicewire::CallOptions;

use crate::cancel::token;
use crate::interrupt::Interrupt;
use crate::shutdown;

/// What can end a call before its time.
pub(crate) struct Call {
    interrupt: Interrupt,
    on_progress: Option<Py<PyAny>>,
    /// What the callback raised.
    raised: Mutex<Option<PyErr>>,
}

impl Call {
    /// Looks at the arguments that all calls have, and at signals that have come.
    pub fn begin(
        py: Python<'_>,
        cancel: Option<&Bound<'_, PyAny>>,
        on_progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(Call, CallOptions)> {
        let cancel = token(cancel)?;
        if let Some(other) = on_progress.filter(|on_progress| !on_progress.is_callable()) {
            let kind = other.get_type();
            return Err(PyTypeError::new_err(format!(
                "argument 'on_progress': a callable wanted, not {kind}"
            )));
        }
        py.check_signals()?;
        let interrupt = Interrupt::default();
        let options = interrupt.options(cancel.map(|cancel| cancel.get().core()));
        let call = Call {
            interrupt,
            on_progress: on_progress.map(|on_progress| on_progress.clone().unbind()),
            raised: Mutex::default(),
        };
        Ok((call, options))
    }

    /// Tells the callback, which may stop the call: by False, or by raising. Called without the interpreter.
    pub fn tell(
        &self,
        arguments: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyTuple>>,
    ) -> ControlFlow<()> {
        let Some(on_progress) = &self.on_progress else {
            return ControlFlow::Continue(());
        };
        let told = Python::try_attach(|py| {
            let answer = shutdown::call(on_progress.bind(py), &arguments(py)?)?;
            Ok(answer.is(&*PyBool::new(py, false)))
        });
        match told {
            Some(Ok(false)) => ControlFlow::Continue(()),
            Some(Err(error)) => {
                *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                ControlFlow::Break(())
            }
            // Or the interpreter is shutting down.
            Some(Ok(true)) | None => ControlFlow::Break(()),
        }
    }

    /// [`tell`](Self::tell) of bytes.
    pub fn tell_bytes(&self, done: u64, total: Option<u64>) -> ControlFlow<()> {
        self.tell(|py| (done, total).into_pyobject(py))
    }

    /// The exception to raise for `error`: the callback's own, or a signal handler's, if it was one of these that ended
    /// the call.
    pub fn exception(&self, py: Python<'_>, error: &voicewire::Error) -> PyErr {
        let raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner).take();
        let exception = raised.unwrap_or_else(|| self.interrupt.exception(py, error));
        if let Some(id) = error.voice_id() {
            // Where it cannot be set the message of what was raised is all there is.
            let _ = exception.value(py).setattr("voice_id", id);
        }
        exception
    }
}
