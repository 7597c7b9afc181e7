//! One exception class for each row of [`voicewire::KINDS`], and the way of an error into Python.

use pyo3::exceptions::{PyConnectionError, PyException, PyLookupError, PyOSError, PyTimeoutError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyTuple, PyType};
use voicewire::{ErrorKind, KINDS, KindInfo};

use crate::problem::Problem;

const BASE_DOC: &str = "\
Anything that goes wrong in voicewire; each kind has a subclass of its own.

str(error) is one line for a person: what was tried, what came back, what to do. It never contains a key. What is not
known of the following is None.

Attributes:
    kind: The kind's name, such as 'rate_limited'.
    message: What happened, in words; the service's own words where it gave any.
    field: The parameter or setting concerned: of a request spelled as the service spells it, such as 'sampleRate', else an
        argument's name.
    url: The address concerned, without its query.
    http_status: The HTTP status that the service answered with, or a proxy that made no tunnel.
    vendor_type: The service's own name for the error, such as 'RateLimit'.
    retry_after: Seconds that the service asked to wait before the next try.
    generation_id: The generation concerned, also when its id was made here.
    chunks_received: Chunks with audio that had been delivered before a generation failed. They stay good.
    bytes_received: Bytes of audio in them, as sent by the service.
    attempts: How often a REST call was tried, or a session's line sent, this being the last try's error; None for what is
        never tried again.
    audio_byte: Where in the audio it is broken ('bad_audio'): the first byte of the frame, page or header that is, counted
        from the beginning of the stream.
    audio_seconds: Seconds of good audio before it.
    problem: The service's own account of the error, a voicewire.Problem, where it gave one in the form of problem details.
    voice_id: The voice that stays with the service although palabra.Client.clone() failed.
    outcome: What came of it all the same, where a call does several things: of respeecher.Client.convert() a
        respeecher.Outcome, with the files that are there.";

/// `FileError` is an `OSError`, and yet has nothing in the attributes that those have.
const NO_ERRNO: &str = "

The message names the file and the system's reason. errno, strerror and filename, which an OSError may have, are None.";

/// What is None in every instance, unless it says otherwise.
const OPTIONAL: [&str; 14] = [
    "field",
    "url",
    "http_status",
    "vendor_type",
    "retry_after",
    "generation_id",
    "chunks_received",
    "bytes_received",
    "attempts",
    "audio_byte",
    "audio_seconds",
    "problem",
    "voice_id",
    "outcome",
];

struct Classes {
    base: Py<PyType>,
    /// In the order of [`KINDS`].
    kinds: Vec<Py<PyType>>,
}

static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();

fn classes(py: Python<'_>) -> PyResult<&Classes> {
    CLASSES.get_or_try_init(py, || {
        let attributes = PyDict::new(py);
        for name in OPTIONAL {
            attributes.set_item(name, py.None())?;
        }
        attributes.set_item("kind", "")?;
        attributes.set_item("message", "")?;
        let base = class("Error", &[py.get_type::<PyException>()], BASE_DOC, attributes)?;
        let kinds = KINDS
            .iter()
            .map(|info| {
                let mut bases = vec![base.clone()];
                bases.extend(also(py, info.kind));
                let attributes = PyDict::new(py);
                attributes.set_item("kind", info.name)?;
                let mut doc = format!("Kind '{}': {}.", info.name, info.meaning);
                if info.kind == ErrorKind::File {
                    doc.push_str(NO_ERRNO);
                }
                Ok(class(info.python_name, &bases, &doc, attributes)?.unbind())
            })
            .collect::<PyResult<_>>()?;
        Ok(Classes {
            base: base.unbind(),
            kinds,
        })
    })
}

/// The exception of Python's own that says the same, for code that knows only those.
fn also(py: Python<'_>, kind: ErrorKind) -> Option<Bound<'_, PyType>> {
    match kind {
        ErrorKind::InvalidArgument => Some(py.get_type::<PyValueError>()),
        ErrorKind::NotFound => Some(py.get_type::<PyLookupError>()),
        ErrorKind::Network | ErrorKind::Closed => Some(py.get_type::<PyConnectionError>()),
        ErrorKind::Timeout => Some(py.get_type::<PyTimeoutError>()),
        ErrorKind::File => Some(py.get_type::<PyOSError>()),
        _ => None,
    }
}

/// What a `class` statement does.
fn class<'py>(
    name: &str,
    bases: &[Bound<'py, PyType>],
    doc: &str,
    attributes: Bound<'py, PyDict>,
) -> PyResult<Bound<'py, PyType>> {
    let py = attributes.py();
    attributes.set_item("__module__", "voicewire")?;
    attributes.set_item("__doc__", doc)?;
    let made = py
        .get_type::<PyType>()
        .call1((name, PyTuple::new(py, bases)?, attributes))?;
    Ok(made.cast_into::<PyType>()?)
}

/// Puts `Error` and its subclasses into the module.
pub(crate) fn add_to(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let classes = classes(module.py())?;
    module.add("Error", &classes.base)?;
    for (info, class) in KINDS.iter().zip(&classes.kinds) {
        module.add(info.python_name, class)?;
    }
    Ok(())
}

/// The exception for an error of the core.
pub(crate) fn to_py(py: Python<'_>, error: &voicewire::Error) -> PyErr {
    build(py, error.kind().info(), &error.to_string(), error.message())
        .and_then(|value| {
            let set = |name: &str, text: Option<&str>| text.map_or(Ok(()), |text| value.setattr(name, text));
            set("field", error.field())?;
            set("url", error.url())?;
            set("vendor_type", error.vendor_type())?;
            set("generation_id", error.generation_id())?;
            set("voice_id", error.voice_id())?;
            if let Some(status) = error.http_status() {
                value.setattr("http_status", status)?;
            }
            if let Some(wait) = error.retry_after() {
                value.setattr("retry_after", wait.as_secs_f64())?;
            }
            if let Some(attempts) = error.attempts() {
                value.setattr("attempts", attempts)?;
            }
            if let Some(position) = error.audio_position() {
                value.setattr("audio_byte", position.byte)?;
                value.setattr("audio_seconds", position.seconds)?;
            }
            if let Some(problem) = error.problem() {
                value.setattr("problem", Problem(problem.clone()))?;
            }
            if let Some(received) = error.received() {
                value.setattr("chunks_received", received.chunks)?;
                value.setattr("bytes_received", received.bytes)?;
            }
            Ok(PyErr::from_value(value))
        })
        // No memory, or the like: that is what there is to tell then.
        .unwrap_or_else(|error| error)
}

/// An argument that is refused before the core sees it, in the words that the core has for its own.
pub(crate) fn invalid(py: Python<'_>, field: &str, got: &str, takes: &str) -> PyErr {
    let message = format!("{field} is {got}; it takes {takes}");
    let kind = ErrorKind::InvalidArgument;
    build(py, kind.info(), &format!("{kind}: {message}"), &message)
        .and_then(|value| {
            value.setattr("field", field)?;
            Ok(PyErr::from_value(value))
        })
        .unwrap_or_else(|error| error)
}

/// The same error, with the argument that it is about called as it is in Python.
pub(crate) fn renamed(py: Python<'_>, error: PyErr, names: &[(&str, &str)]) -> PyErr {
    let value = error.value(py);
    let field: Option<String> = value.getattr("field").and_then(|field| field.extract()).ok();
    let name = names.iter().find(|(name, _)| field.as_deref() == Some(name));
    // Where it cannot be set it stays as it was.
    name.and_then(|(_, argument)| value.setattr("field", argument).ok());
    error
}

/// An error of `kind` with nothing but a message.
pub(crate) fn plain(py: Python<'_>, kind: ErrorKind, message: &str) -> PyErr {
    build(py, kind.info(), &format!("{kind}: {message}"), message)
        .map(PyErr::from_value)
        .unwrap_or_else(|error| error)
}

fn build<'py>(py: Python<'py>, info: KindInfo, line: &str, message: &str) -> PyResult<Bound<'py, PyAny>> {
    let classes = classes(py)?;
    let class = KINDS
        .iter()
        .zip(&classes.kinds)
        .find(|(row, _)| row.kind == info.kind)
        .map_or(&classes.base, |(_, class)| class);
    let value = class.bind(py).call1((line,))?;
    value.setattr("message", message)?;
    Ok(value)
}
