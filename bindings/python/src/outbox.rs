//! Reports that wait in a directory until the service has them.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyIterator, PyList, PyTuple};
use voicewire::CallOptions;
use voicewire::deepdub::{self, NewIssue, OutboxOptions, Report, ReportState};

use crate::cancel::token;
use crate::client::{Client, limit};
use crate::errors;
use crate::interrupt::Interrupt;
use crate::issue::clip;
use crate::remembered::id_of;
use crate::request::text_of;
use crate::shutdown;

/// Reports in a directory, from where they are sent: now, when the network is back, or by the next process.
///
/// add() returns when the report, with its clip, is safe on the disk; send() and deliver() send what waits, with a client
/// that is given to them: no key is ever in the directory. A report is delivered at least once: twice when the service's
/// answer is lost, because the service has no way to tell that two reports are one.
///
/// Any number of threads and processes may use one directory at the same time; each report is sent by one of them at a
/// time. It needs no closing: nothing happens between the calls, and the context manager is there for symmetry. Iterating
/// and len() are over list(). The file system must have locks: network file systems often have none that can be relied
/// on.
///
/// Args:
///     path: The directory, made where it is not there, for this user alone.
///     max_bytes: Bytes that the reports which wait and those which were rejected may have together, clips included: 1
///         or more.
///     max_reports: How many such reports there may be: 1 or more.
///     max_delivered: How many delivered reports are remembered, with the service's id and without the clip: the latest.
///
/// Raises:
///     InvalidArgumentError: an empty path or a limit that cannot be; its `field` says which.
///     FileError: the directory cannot be made or written to.
#[pyclass(frozen, module = "voicewire.deepdub")]
pub(crate) struct Outbox(deepdub::Outbox);

fn count(py: Python<'_>, name: &str, value: i64) -> PyResult<u64> {
    u64::try_from(value).map_err(|_| errors::invalid(py, name, &value.to_string(), "a number that is not negative"))
}

impl Outbox {
    /// Without the interpreter, as a disk may be slow.
    fn on_disk<T: Send>(
        &self,
        py: Python<'_>,
        call: impl FnOnce(&deepdub::Outbox) -> voicewire::Result<T> + Send,
    ) -> PyResult<T> {
        py.detach(|| call(&self.0)).map_err(|error| errors::to_py(py, &error))
    }

    fn sending(
        &self,
        py: Python<'_>,
        on_report: Option<Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
        send: impl FnOnce(
            &deepdub::Outbox,
            &CallOptions,
            &mut dyn FnMut(&deepdub::StoredReport) -> ControlFlow<()>,
        ) -> voicewire::Result<deepdub::SendSummary>
        + Send,
    ) -> PyResult<SendSummary> {
        let cancel = token(cancel)?;
        if let Some(on_report) = on_report.as_ref().filter(|on_report| !on_report.is_callable()) {
            let kind = on_report.get_type();
            return Err(PyTypeError::new_err(format!(
                "argument 'on_report': a callable wanted, not {kind}"
            )));
        }
        py.check_signals()?;
        let interrupt = Interrupt::default();
        let options = interrupt.options(cancel.map(|cancel| cancel.get().core()));
        let on_report = on_report.map(Bound::unbind);
        let raised: Mutex<Option<PyErr>> = Mutex::default();
        let mut tell = |report: &deepdub::StoredReport| {
            let Some(on_report) = &on_report else {
                return ControlFlow::Continue(());
            };
            let told = Python::try_attach(|py| {
                let arguments = (StoredReport(report.clone()),).into_pyobject(py)?;
                shutdown::call(on_report.bind(py), &arguments).map(drop)
            });
            match told {
                Some(Ok(())) => ControlFlow::Continue(()),
                Some(Err(error)) => {
                    *raised.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                    ControlFlow::Break(())
                }
                // The interpreter is shutting down.
                None => ControlFlow::Break(()),
            }
        };
        let result = py.detach(|| send(&self.0, &options, &mut tell));
        if let Some(raised) = raised.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(raised);
        }
        result.map(SendSummary).map_err(|error| interrupt.exception(py, &error))
    }
}

#[pymethods]
impl Outbox {
    #[new]
    #[pyo3(
        signature = (path, *, max_bytes=256 * 1024 * 1024, max_reports=1000, max_delivered=1000),
        text_signature = "(path, *, max_bytes=268435456, max_reports=1000, max_delivered=1000)"
    )]
    fn new(py: Python<'_>, path: PathBuf, max_bytes: i64, max_reports: i64, max_delivered: i64) -> PyResult<Outbox> {
        let number = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        let options = OutboxOptions {
            max_bytes: count(py, "max_bytes", max_bytes)?,
            max_reports: number(count(py, "max_reports", max_reports)?),
            max_delivered: number(count(py, "max_delivered", max_delivered)?),
        };
        py.detach(|| deepdub::Outbox::open(path, options))
            .map(Outbox)
            .map_err(|error| errors::to_py(py, &error))
    }

    /// Takes a report, and returns the outbox's id for it (a UUID) when it is safe: the file and its name are synced to the
    /// disk. Nothing is sent.
    ///
    /// Args:
    ///     generation_id, generated_text, problem_word, voice_prompt_id, additional_comments, problem_audio,
    ///     problem_seconds: As for Client.create_issue(). Audio that is a path is read now.
    ///
    /// Raises:
    ///     InvalidArgumentError: what create_issue() would refuse; its `field` says what.
    ///     OutboxFullError: a limit would be exceeded; its `field` says which.
    ///     FileError: the clip cannot be read or the report not be written, as on a full disk. Nothing of it stays then.
    #[pyo3(signature = (*, generation_id, generated_text, problem_word, voice_prompt_id, additional_comments=None,
        problem_audio=None, problem_seconds=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn add(
        &self,
        py: Python<'_>,
        generation_id: &Bound<'_, PyAny>,
        generated_text: &Bound<'_, PyAny>,
        problem_word: &Bound<'_, PyAny>,
        voice_prompt_id: &Bound<'_, PyAny>,
        additional_comments: Option<String>,
        problem_audio: Option<&Bound<'_, PyAny>>,
        problem_seconds: Option<f64>,
    ) -> PyResult<String> {
        let issue = NewIssue {
            generation_id: text_of("generation_id", generation_id)?,
            generated_text: text_of("generated_text", generated_text)?,
            problem_word: text_of("problem_word", problem_word)?,
            voice_prompt_id: text_of("voice_prompt_id", voice_prompt_id)?,
            additional_comments,
            problem_audio: problem_audio.map(clip).transpose()?,
            problem_seconds,
        };
        self.on_disk(py, |outbox| outbox.add(&issue))
    }

    /// Takes a report about one of the last generations of client, filled in and with a clip as Client.report() makes it.
    /// Returns as add() does. Nothing is sent.
    ///
    /// Args:
    ///     client: The client that spoke.
    ///     generation, problem_word, problem_seconds, comments, clip_seconds: As for Client.report().
    ///
    /// Raises:
    ///     InvalidArgumentError, OutboxFullError, FileError: as Client.report() and add().
    #[pyo3(signature = (client, generation, problem_word, *, problem_seconds=None, comments=None, clip_seconds=3.0))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn report(
        &self,
        py: Python<'_>,
        client: &Bound<'_, Client>,
        generation: &Bound<'_, PyAny>,
        problem_word: String,
        problem_seconds: Option<f64>,
        comments: Option<String>,
        clip_seconds: f64,
    ) -> PyResult<String> {
        let id = id_of(generation)?;
        let report = Report {
            problem_word,
            problem_seconds,
            comments,
            clip_seconds,
        };
        let client = client.get();
        self.on_disk(py, |outbox| outbox.add(&client.core().prepare_report(&id, &report)?))
    }

    /// Sends all reports that wait, oldest first, and returns a SendSummary. A report that cannot be delivered now raises
    /// nothing: it waits on, and the summary's `error` says why.
    ///
    /// One that the service refuses (HTTP 400, 404, 422 …) is kept aside with the reason. Where the failure is not the
    /// report's, it waits on: without a network, with a key or an account that the service does not accept, or when there
    /// are too many requests (HTTP 429, after the client's tries), no further one is tried. When the service was reached
    /// and failed, or the connection broke, the next one is tried, until three in a row have failed.
    ///
    /// Args:
    ///     client: Sends them.
    ///     on_report: Called with each report that was tried, a StoredReport, as it is after that. What it raises ends the
    ///         call, and is raised.
    ///     cancel: A CancelToken that ends the call.
    ///
    /// Raises:
    ///     CancelledError: `cancel` or closing the client ended it. What had been done is done.
    ///     FileError: the directory cannot be read or changed.
    #[pyo3(signature = (client, *, on_report=None, cancel=None))]
    fn send(
        &self,
        py: Python<'_>,
        client: &Bound<'_, Client>,
        on_report: Option<Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<SendSummary> {
        let client = client.get().core().clone();
        self.sending(py, on_report, cancel, move |outbox, options, tell| {
            outbox.send_with(&client, options, tell)
        })
    }

    /// Sends reports until none waits any more, or until the time is over: after failures that may pass, such as a lost
    /// network, it waits and tries again. For a thread of the program's; there is none of the library's. Returns a
    /// SendSummary.
    ///
    /// The waits are those of the client's settings for retries, without end and at least 50 ms, or what the service asks
    /// for. It returns early when the next try would come too late, and when waiting does not help, because the service
    /// does not accept the key or the account: the summary's `error` says so.
    ///
    /// Args:
    ///     client: Sends them.
    ///     timeout: Seconds; None is for as long as it takes. A call that is under way then is ended.
    ///     on_report, cancel: As for send().
    ///
    /// Raises:
    ///     Error: as send().
    #[pyo3(signature = (client, *, timeout=None, on_report=None, cancel=None))]
    fn deliver(
        &self,
        py: Python<'_>,
        client: &Bound<'_, Client>,
        timeout: Option<f64>,
        on_report: Option<Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<SendSummary> {
        let client = client.get().core().clone();
        let timeout: Option<Duration> = limit(py, "timeout", timeout)?;
        self.sending(py, on_report, cancel, move |outbox, options, tell| {
            outbox.deliver_with(&client, timeout, options, tell)
        })
    }

    /// Everything that is in the outbox, oldest first, as a list of StoredReport: what waits, what was rejected, what is
    /// remembered of the delivered, and files that cannot be understood.
    ///
    /// Raises:
    ///     FileError: the directory cannot be read.
    fn list<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let reports = self.on_disk(py, deepdub::Outbox::list)?;
        PyList::new(py, reports.into_iter().map(StoredReport))
    }

    /// Has a rejected report wait again. Nothing is sent. One that waits already stays as it is.
    ///
    /// Raises:
    ///     NotFoundError: there is none of that id.
    ///     InvalidArgumentError: it was delivered.
    fn retry(&self, id: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = id.py();
        let id = text_of("id", id)?;
        self.on_disk(py, |outbox| outbox.retry(&id))
    }

    /// Removes a report, its clip and what is known of it, whatever its state; the service keeps what it has. One that is
    /// being sent at this moment may arrive all the same.
    ///
    /// Raises:
    ///     NotFoundError: there is none of that id.
    fn drop(&self, id: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = id.py();
        let id = text_of("id", id)?;
        self.on_disk(py, |outbox| outbox.drop_report(&id))
    }

    /// The directory, as an absolute path.
    #[getter]
    fn path(&self) -> PathBuf {
        self.0.path().to_path_buf()
    }

    fn __len__(&self, py: Python<'_>) -> PyResult<usize> {
        self.on_disk(py, |outbox| outbox.list().map(|reports| reports.len()))
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyIterator>> {
        self.list(py)?.try_iter()
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, _exception: &Bound<'_, PyTuple>) {}

    fn __repr__(&self) -> String {
        format!("<voicewire.deepdub.Outbox in {}>", self.0.path().display())
    }
}

/// A report in an outbox. Times are in seconds since 1970, as time.time() has them.
#[pyclass(frozen, module = "voicewire.deepdub")]
pub(crate) struct StoredReport(deepdub::StoredReport);

fn seconds(moment: Option<SystemTime>) -> Option<f64> {
    let since = moment?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    Some(since.as_secs_f64())
}

impl StoredReport {
    fn known<'a>(&self, text: &'a str) -> Option<&'a str> {
        (self.0.state != ReportState::Unreadable).then_some(text)
    }
}

#[pymethods]
impl StoredReport {
    /// The outbox's id for it, a UUID; of a file that is none of the outbox's, its name.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// 'waiting' (it is to be sent), 'rejected' (the service refused it, or its clip has been damaged; it is kept until it
    /// is retried or dropped), 'delivered', or 'unreadable' (the file cannot be understood and is left alone).
    #[getter]
    fn state(&self) -> &'static str {
        self.0.state.name()
    }

    /// When it was handed to the outbox; None when it is unreadable.
    #[getter]
    fn created(&self) -> Option<f64> {
        seconds(self.0.created)
    }

    /// When the service took it; None when it has not.
    #[getter]
    fn delivered(&self) -> Option<f64> {
        seconds(self.0.delivered)
    }

    /// How often it was sent, as far as answers or failures are known.
    #[getter]
    fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Why it has not been delivered: the message of the last failure; None before the first try, and when it has been.
    #[getter]
    fn last_error(&self) -> Option<&str> {
        self.0.last_error.as_ref().map(|error| error.message.as_str())
    }

    /// The kind of that failure, such as 'network'; None without one, and for a kind that this version does not know.
    #[getter]
    fn last_error_kind(&self) -> Option<&'static str> {
        let kind = self.0.last_error.as_ref()?.kind?;
        Some(kind.info().name)
    }

    /// The HTTP status that came with that failure; None when none did.
    #[getter]
    fn last_error_http_status(&self) -> Option<u16> {
        self.0.last_error.as_ref()?.http_status
    }

    /// The service's id for it, once it is delivered: for Client.get_issue().
    #[getter]
    fn issue_id(&self) -> Option<&str> {
        self.0.issue_id.as_deref()
    }

    /// The generation it is about; None, as the next two, when it is unreadable.
    #[getter]
    fn generation_id(&self) -> Option<&str> {
        self.known(&self.0.generation_id)
    }

    /// The word that came out wrong.
    #[getter]
    fn problem_word(&self) -> Option<&str> {
        self.known(&self.0.problem_word)
    }

    /// The voice that spoke.
    #[getter]
    fn voice_prompt_id(&self) -> Option<&str> {
        self.known(&self.0.voice_prompt_id)
    }

    /// Bytes of audio that belong to it; 0 when there is none.
    #[getter]
    fn clip_bytes(&self) -> u64 {
        self.0.clip_bytes
    }

    /// Bytes of its file.
    #[getter]
    fn size(&self) -> u64 {
        self.0.size
    }

    /// All of it as a dict that json.dumps() takes.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        dict.set_item("id", self.id())?;
        dict.set_item("state", self.state())?;
        dict.set_item("created", self.created())?;
        dict.set_item("delivered", self.delivered())?;
        dict.set_item("attempts", self.attempts())?;
        dict.set_item("last_error", self.last_error())?;
        dict.set_item("last_error_kind", self.last_error_kind())?;
        dict.set_item("last_error_http_status", self.last_error_http_status())?;
        dict.set_item("issue_id", self.issue_id())?;
        dict.set_item("generation_id", self.generation_id())?;
        dict.set_item("problem_word", self.problem_word())?;
        dict.set_item("voice_prompt_id", self.voice_prompt_id())?;
        dict.set_item("clip_bytes", self.clip_bytes())?;
        dict.set_item("size", self.size())?;
        Ok(dict)
    }

    fn __repr__(&self) -> String {
        format!(
            "<voicewire.deepdub.StoredReport {}: {}, word {:?}>",
            self.0.id,
            self.state(),
            self.0.problem_word
        )
    }
}

/// What a sending came to.
#[pyclass(frozen, module = "voicewire.deepdub")]
pub(crate) struct SendSummary(deepdub::SendSummary);

#[pymethods]
impl SendSummary {
    /// How many reports the service took.
    #[getter]
    fn delivered(&self) -> usize {
        self.0.delivered
    }

    /// How many it refused; they are kept aside.
    #[getter]
    fn rejected(&self) -> usize {
        self.0.rejected
    }

    /// How many are to be sent still, those included that another thread or process is sending just now.
    #[getter]
    fn waiting(&self) -> usize {
        self.0.waiting
    }

    /// The last failure that left a report waiting, a voicewire.Error that was not raised; None when there was none.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyAny>> {
        let error = self.0.error.as_ref()?;
        Some(errors::to_py(py, error).into_value(py).into_bound(py).into_any())
    }

    fn __repr__(&self) -> String {
        format!(
            "<voicewire.deepdub.SendSummary: {} delivered, {} rejected, {} waiting>",
            self.0.delivered, self.0.rejected, self.0.waiting
        )
    }
}
