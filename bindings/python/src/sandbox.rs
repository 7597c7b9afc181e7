//! `voicewire.sandbox.Sandbox`: the local stand-in, in this process.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyTuple};
use serde_json::{Map, Value};
use voicewire::ErrorKind;
use voicewire_sandbox::speech::Engine;
use voicewire_sandbox::{Error, Fault, Options};

use crate::client::Client;
use crate::request::Whole;
use crate::{errors, json};

/// How often a wait looks for Ctrl-C.
const PERIOD: Duration = Duration::from_millis(20);

/// A local stand-in for the speech services, for development and tests: real protocols, real speech, no account, no
/// network, and faults on demand. It listens on 127.0.0.1 only, on a thread of its own, from the moment it is made.
///
/// Any number of them can run in one process, and all methods can be called from any thread. As a context manager it
/// is stopped at the end of the block.
///
/// After os.fork() the sandbox goes on in the parent alone: make those of the child in the child.
///
/// Args:
///     port: The TCP port; 0 picks a free one.
///     tls: Whether to serve TLS, with a certificate from an authority made for this sandbox (ca_pem).
///     keys: The API keys to accept. None given: any that begins with 'dd-' and has 8 more characters.
///     max_concurrent: How many generations one key may have under way at once.
///     first_chunk_delay: Seconds from a request to its first chunk, at the least.
///     pace: Seconds of audio sent per second after the first chunk; float('inf') is as fast as possible.
///     chunk_millis: Milliseconds of audio per chunk.
///     processing_delay: Seconds that a recording, a conversion or a calibration of Respeecher's takes to be made, and a
///         voice or a sample of Palabra's; 0 is that they are done when they are asked for next.
///     session_duration: Seconds that a login to Respeecher lasts.
///     credits: The credits of a new account of Respeecher's; a conversion takes one for each minute that it begins.
///     kept_upload: How many bytes of an uploaded file are kept. The rest is counted and hashed only.
///     engine: Which voice speaks: 'auto', 'espeak' (the program espeak-ng) or 'formant' (built in).
///     fault: A fault for every request, such as 'drop,after=2'; see inject().
///
/// Raises:
///     InvalidArgumentError: an argument that cannot be.
///     NetworkError: the port is taken.
#[pyclass(frozen, module = "voicewire.sandbox")]
pub(crate) struct Sandbox {
    /// `None` once it is stopped.
    running: Mutex<Option<voicewire_sandbox::Sandbox>>,
    base_url: String,
    rest_url: String,
    open_url: String,
    live_url: String,
    api_key: String,
    respeecher_api_key: String,
    palabra_api_key: String,
    ca_pem: Option<String>,
}

impl Sandbox {
    /// Asks the sandbox something that takes no time.
    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&voicewire_sandbox::Sandbox) -> T + Send,
    ) -> PyResult<T> {
        py.detach(|| {
            let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.as_ref().map(question)
        })
        .ok_or_else(|| PyValueError::new_err("the sandbox has been stopped"))
    }

    /// A client of another service, which is Python. `login` is the argument that stands for the key.
    fn client_of<'py>(
        &self,
        py: Python<'py>,
        module: &str,
        api_key: &str,
        login: &str,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let arguments = PyDict::new(py);
        arguments.set_item("base_url", &self.base_url)?;
        arguments.set_item("ca_pem", &self.ca_pem)?;
        if !options.map_or(Ok(false), |options| options.contains(login))? {
            arguments.set_item("api_key", api_key)?;
        }
        if let Some(options) = options {
            arguments.update(options.as_mapping())?;
        }
        py.import(module)?.getattr("Client")?.call((), Some(&arguments))
    }

    fn steer<'py>(
        &self,
        py: Python<'py>,
        changes: Option<&Bound<'py, PyDict>>,
        act: impl FnOnce(&voicewire_sandbox::Sandbox, &Value) -> Result<Value, String> + Send,
    ) -> PyResult<Bound<'py, PyAny>> {
        let changes = match changes {
            Some(changes) => json::from_py("changes", changes)?,
            None => Value::Object(Map::new()),
        };
        let answer = self.ask(py, |sandbox| act(sandbox, &changes))?;
        let answer = answer.map_err(|error| errors::invalid(py, "changes", &error, "what docs/sandbox.md lists"))?;
        json::to_py(py, &answer)
    }
}

/// For those who got one wrong.
const FAULT_LIST: &str = "the list is in sandbox/FAULTS.md of the project";

fn parse_fault(py: Python<'_>, text: &str) -> PyResult<Fault> {
    text.parse::<Fault>().map_err(|error| {
        errors::invalid(
            py,
            "fault",
            &format!("{text:?}"),
            &format!("a fault ({error}); {FAULT_LIST}"),
        )
    })
}

fn parse_engine(py: Python<'_>, name: &str) -> PyResult<Engine> {
    match name {
        "auto" => Ok(Engine::Auto),
        "espeak" => Ok(Engine::Espeak),
        "formant" => Ok(Engine::Formant),
        _ => Err(errors::invalid(
            py,
            "engine",
            &format!("{name:?}"),
            "'auto', 'espeak' or 'formant'",
        )),
    }
}

fn seconds(py: Python<'_>, field: &str, seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| errors::invalid(py, field, &seconds.to_string(), "seconds, 0 or more"))
}

#[pymethods]
impl Sandbox {
    #[new]
    #[pyo3(
        signature = (port=0, *, tls=false, keys=Vec::new(), max_concurrent=Whole::from(5), first_chunk_delay=0.06,
            pace=10.0, chunk_millis=Whole::from(200), processing_delay=0.3, session_duration=3600.0, credits=Whole::from(1000),
            kept_upload=Whole::from(4 << 20), engine="auto", fault=None),
        text_signature = "(port=0, *, tls=False, keys=(), max_concurrent=5, first_chunk_delay=0.06, pace=10.0, \
            chunk_millis=200, processing_delay=0.3, session_duration=3600.0, credits=1000, kept_upload=4194304, \
            engine='auto', fault=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, each with a default")]
    fn new(
        py: Python<'_>,
        port: i64,
        tls: bool,
        keys: Vec<String>,
        max_concurrent: Whole,
        first_chunk_delay: f64,
        pace: f64,
        chunk_millis: Whole,
        processing_delay: f64,
        session_duration: f64,
        credits: Whole,
        kept_upload: Whole,
        engine: &str,
        fault: Option<&str>,
    ) -> PyResult<Sandbox> {
        if pace.is_nan() || pace <= 0.0 {
            return Err(errors::invalid(py, "pace", &pace.to_string(), "a number above 0"));
        }
        let chunk_millis: u32 = chunk_millis.to(py, "chunk_millis")?;
        if chunk_millis == 0 {
            return Err(errors::invalid(py, "chunk_millis", "0", "1 or more"));
        }
        let options = Options {
            port: u16::try_from(port)
                .map_err(|_| errors::invalid(py, "port", &port.to_string(), "a TCP port, 0 to 65535"))?,
            tls,
            keys,
            max_concurrent: max_concurrent.to(py, "max_concurrent")?,
            first_chunk_delay: seconds(py, "first_chunk_delay", first_chunk_delay)?,
            pace,
            chunk_millis,
            processing_delay: seconds(py, "processing_delay", processing_delay)?,
            session_duration: seconds(py, "session_duration", session_duration)?,
            credits: credits.to(py, "credits")?,
            kept_upload: kept_upload.to(py, "kept_upload")?,
            engine: parse_engine(py, engine)?,
            fault: fault.map(|fault| parse_fault(py, fault)).transpose()?,
        };
        let sandbox = py
            .detach(|| voicewire_sandbox::Sandbox::start(options))
            .map_err(|error| {
                let kind = match error {
                    Error::Bind { .. } => ErrorKind::Network,
                    _ => ErrorKind::Internal,
                };
                errors::plain(py, kind, &error.to_string())
            })?;
        Ok(Sandbox {
            base_url: sandbox.base_url().to_owned(),
            rest_url: sandbox.deepdub_rest_url(),
            open_url: sandbox.deepdub_open_url(),
            live_url: sandbox.deepdub_live_url(),
            api_key: sandbox.api_key().to_owned(),
            respeecher_api_key: sandbox.respeecher().api_key().to_owned(),
            palabra_api_key: sandbox.palabra().api_key().to_owned(),
            ca_pem: sandbox.ca_pem().map(str::to_owned),
            running: Mutex::new(Some(sandbox)),
        })
    }

    /// 'http://127.0.0.1:PORT', or 'https://…' with TLS.
    #[getter]
    fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The base URL of Deepdub's REST API: deepdub.Client's rest_url.
    #[getter]
    fn deepdub_rest_url(&self) -> &str {
        &self.rest_url
    }

    /// The URL of Deepdub's WebSocket: deepdub.Client's websocket_url.
    #[getter]
    fn deepdub_open_url(&self) -> &str {
        &self.open_url
    }

    /// The URL of Deepdub's WebSocket for text that is still being written: deepdub.Client's streaming_url.
    #[getter]
    fn deepdub_live_url(&self) -> &str {
        &self.live_url
    }

    /// A key that it accepts: the first of `keys`, or the vendor's public trial key.
    #[getter]
    fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The base URL of Respeecher: respeecher.Client's base_url.
    #[getter]
    fn respeecher_url(&self) -> &str {
        &self.base_url
    }

    /// A key that its Respeecher accepts: the first of `keys`, or one of its own.
    #[getter]
    fn respeecher_api_key(&self) -> &str {
        &self.respeecher_api_key
    }

    /// The address and the password that its Respeecher accepts; the same user's as the key.
    #[getter]
    fn respeecher_login(&self, py: Python<'_>) -> PyResult<(&'static str, &'static str)> {
        self.ask(py, |sandbox| sandbox.respeecher().login())
    }

    /// The base URL of Palabra: palabra.Client's base_url.
    #[getter]
    fn palabra_url(&self) -> &str {
        &self.base_url
    }

    /// A key that its Palabra accepts: the first of `keys`, or one of its own.
    #[getter]
    fn palabra_api_key(&self) -> &str {
        &self.palabra_api_key
    }

    /// The client id and the secret that its Palabra accepts; the same user's as the key.
    #[getter]
    fn palabra_login(&self, py: Python<'_>) -> PyResult<(&'static str, &'static str)> {
        self.ask(py, |sandbox| sandbox.palabra().client())
    }

    /// The certificate that a client has to trust, in PEM; None without TLS.
    #[getter]
    fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// A deepdub.Client that speaks to this sandbox; any argument of its own may be given besides.
    #[pyo3(signature = (**options), text_signature = "($self, **options)")]
    fn client<'py>(&self, py: Python<'py>, options: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        let arguments = PyDict::new(py);
        arguments.set_item("api_key", &self.api_key)?;
        arguments.set_item("rest_url", &self.rest_url)?;
        arguments.set_item("websocket_url", &self.open_url)?;
        arguments.set_item("streaming_url", &self.live_url)?;
        arguments.set_item("ca_pem", &self.ca_pem)?;
        if let Some(options) = options {
            arguments.update(options.as_mapping())?;
        }
        py.get_type::<Client>().call((), Some(&arguments))
    }

    /// A respeecher.Client that speaks to this sandbox; any argument of its own may be given besides.
    #[pyo3(signature = (**options), text_signature = "($self, **options)")]
    fn respeecher_client<'py>(
        &self,
        py: Python<'py>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.client_of(py, "voicewire.respeecher", &self.respeecher_api_key, "email", options)
    }

    /// A palabra.Client that speaks to this sandbox; any argument of its own may be given besides.
    #[pyo3(signature = (**options), text_signature = "($self, **options)")]
    fn palabra_client<'py>(
        &self,
        py: Python<'py>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.client_of(py, "voicewire.palabra", &self.palabra_api_key, "client_id", options)
    }

    /// Steers its Respeecher; docs/sandbox.md of the project has the whole list. Returns what there is to say about it.
    ///
    ///     steer_respeecher(credits=3)
    ///     steer_respeecher(fail_conversion={"nth": 2, "reason": "hoarse"})
    ///
    /// Raises:
    ///     InvalidArgumentError: it cannot be steered like that.
    #[pyo3(signature = (**changes), text_signature = "($self, **changes)")]
    fn steer_respeecher<'py>(
        &self,
        py: Python<'py>,
        changes: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.steer(py, changes, |sandbox, changes| sandbox.respeecher().steer(changes))
    }

    /// Steers its Palabra, likewise.
    ///
    ///     steer_palabra(lock_voice={"voice_id": voice_id, "times": 2})
    ///
    /// Raises:
    ///     InvalidArgumentError: it cannot be steered like that.
    #[pyo3(signature = (**changes), text_signature = "($self, **changes)")]
    fn steer_palabra<'py>(&self, py: Python<'py>, changes: Option<&Bound<'py, PyDict>>) -> PyResult<Bound<'py, PyAny>> {
        self.steer(py, changes, |sandbox, changes| sandbox.palabra().steer(changes))
    }

    /// From now on, recordings, conversions, calibrations and voices that are begun stay in the making; with False they
    /// go on, those that waited included.
    #[pyo3(signature = (hold=true))]
    fn hold_processing(&self, py: Python<'_>, hold: bool) -> PyResult<()> {
        self.ask(py, |sandbox| sandbox.hold_processing(hold))
    }

    /// Makes the next request go wrong, and that one only; several are used in their order.
    ///
    /// A fault is a comma-separated list. The list of all is in sandbox/FAULTS.md of the project; the most useful:
    ///
    ///     'http=503,retry-after=7': the request is answered with this status, and this wait.
    ///     'silent': the request is taken and never answered.
    ///     'error=RateLimit': the service's error; also MaxExceeded, InsufficientCredits, InvalidInput, Server.
    ///     'error=Server,after=2': the same when 2 chunks have been sent; 'after' goes with the next four too.
    ///     'drop': the connection ends without a word.
    ///     'close=1011': it is closed with this WebSocket code.
    ///     'stall': nothing more comes, and the connection stays open.
    ///     'bad-json': a message that is no JSON.
    ///     'gap=2': chunk 2 is left out.
    ///     'first-chunk-delay=500': the first chunk comes after so many milliseconds; 'chunk-delay=500' is for each.
    ///
    /// A generation's own faults can also be its voice: the voice_prompt_id 'fault:stall,after=2'.
    ///
    /// Raises:
    ///     InvalidArgumentError: it is not a fault.
    fn inject(&self, py: Python<'_>, fault: &str) -> PyResult<()> {
        let fault = parse_fault(py, fault)?;
        self.ask(py, |sandbox| sandbox.inject(fault))
    }

    /// Forgets the injected faults that no request has taken, and returns how many there were.
    fn withdraw_faults(&self, py: Python<'_>) -> PyResult<usize> {
        self.ask(py, |sandbox| sandbox.withdraw_faults())
    }

    /// What was asked of it, in order; the last 10 000: dicts with 'method' ('WS' for a message on a WebSocket
    /// connection), 'path', 'status' (0 when it was left without an answer) and 'body' (None unless it was JSON).
    fn requests<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let requests = self.ask(py, voicewire_sandbox::Sandbox::requests)?;
        let dict = |request: voicewire_sandbox::Request| {
            let dict = PyDict::new(py);
            dict.set_item("method", request.method)?;
            dict.set_item("path", request.path)?;
            dict.set_item("status", request.status)?;
            let body = request.body.map(|body| json::to_py(py, &body)).transpose()?;
            dict.set_item("body", body)?;
            Ok(dict)
        };
        requests.into_iter().map(dict).collect()
    }

    /// The generations that were begun, in order; the last 10 000: dicts with 'id', 'chunks' (audio chunks sent) and
    /// 'outcome' ('running', 'finished', 'failed', 'client gone' or 'cancelled').
    fn generations<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyDict>>> {
        let generations = self.ask(py, voicewire_sandbox::Sandbox::generations)?;
        let dict = |generation: voicewire_sandbox::Generation| {
            let dict = PyDict::new(py);
            dict.set_item("id", generation.id)?;
            dict.set_item("chunks", generation.chunks)?;
            dict.set_item("outcome", generation.outcome.name())?;
            Ok(dict)
        };
        generations.into_iter().map(dict).collect()
    }

    /// How many WebSocket connections are open.
    #[getter]
    fn open_connections(&self, py: Python<'_>) -> PyResult<usize> {
        self.ask(py, voicewire_sandbox::Sandbox::open_connections)
    }

    /// Waits until no WebSocket connection is open; False if some still are after so many seconds.
    fn wait_until_idle(&self, py: Python<'_>, timeout: f64) -> PyResult<bool> {
        // A limit that is longer than any clock goes is none.
        let deadline = Instant::now().checked_add(seconds(py, "timeout", timeout)?);
        loop {
            py.check_signals()?;
            let left = deadline.map_or(PERIOD, |deadline| deadline.saturating_duration_since(Instant::now()));
            if self.ask(py, |sandbox| sandbox.wait_until_idle(left.min(PERIOD)))? {
                return Ok(true);
            }
            if left.is_zero() {
                return Ok(false);
            }
        }
    }

    /// The audio attached to an issue, decoded; None if there is no such issue or it has none.
    fn issue_audio<'py>(&self, py: Python<'py>, id: &str) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let audio = self.ask(py, |sandbox| sandbox.issue_audio(id))?;
        Ok(audio.map(|audio| PyBytes::new(py, &audio)))
    }

    /// Stops it and closes every connection. A second time it does nothing; other methods are a ValueError afterwards.
    fn stop(&self, py: Python<'_>) {
        py.detach(|| {
            let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
            drop(running);
        });
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) {
        self.stop(py);
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let stopped = self.ask(py, |_| ()).is_err();
        format!(
            "<voicewire.sandbox.Sandbox at {}{}>",
            self.base_url,
            if stopped { ", stopped" } else { "" }
        )
    }
}
