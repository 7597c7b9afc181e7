//! What `voicewire.respeecher` is made of: the calls by their names, files, lists and the flow. Its types are Python.

use std::ops::ControlFlow;
use std::path::PathBuf;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use voicewire::CallOptions;
use voicewire::respeecher::{
    Answers, Audio, Client, Config, Conversion, ENDPOINTS, Endpoint, Incomplete, Job, Outcome, Place, Polling,
    Progress, Sends, Source,
};

use crate::call::Call;
use crate::http::http_config;
use crate::issue::bytes_of;
use crate::pages::{List, Pages, save_to};
use crate::request::Options;
use crate::shutdown::Detached;
use crate::speech::Speech;
use crate::{errors, json};

/// Speaks to the marketplace: what voicewire.respeecher.Client is built on.
#[pyclass(frozen, name = "_RespeecherClient", module = "voicewire._voicewire")]
pub(crate) struct RespeecherClient(Detached<Client>);

impl RespeecherClient {
    fn core(&self) -> &Client {
        &self.0
    }

    fn run<T: Send>(
        &self,
        py: Python<'_>,
        (call, options): &(Call, CallOptions),
        act: impl FnOnce(&Client) -> voicewire::Result<T> + Send,
    ) -> PyResult<T> {
        py.detach(|| act(&self.core().with_options(options)))
            .map_err(|error| call.exception(py, &error))
    }
}

#[pymethods]
impl RespeecherClient {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<RespeecherClient> {
        let options = Options::of(options.unwrap_or(&PyDict::new(py)))?;
        let mut config = Config::new();
        if let Some(key) = options.take::<String>("api_key")? {
            config = config.api_key(key);
        }
        match (options.take::<String>("email")?, options.take::<String>("password")?) {
            (None, None) => {}
            (Some(email), Some(password)) => config = config.login(email, password),
            (email, _) => {
                let field = if email.is_none() { "email" } else { "password" };
                return Err(errors::invalid(py, field, "not given", "an account's, both or none"));
            }
        }
        config.keep_password = options.take("keep_password")?.unwrap_or(false);
        config.base_url = options.take("base_url")?;
        config.http = http_config(&options)?;
        options.nothing_left()?;
        py.detach(|| Client::new(&config))
            .map(|client| RespeecherClient(Detached::new(client)))
            .map_err(|error| errors::to_py(py, &error))
    }

    #[getter]
    fn base_url(&self) -> String {
        self.core().base_url()
    }

    #[pyo3(signature = (name, parameters, cancel=None))]
    fn call<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        parameters: &Bound<'py, PyAny>,
        cancel: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let parameters = json::from_py("parameters", parameters)?;
        let call = Call::begin(py, cancel, None)?;
        let answer = self.run(py, &call, |client| client.call(name, parameters))?;
        json::to_py(py, &answer)
    }

    #[pyo3(signature = (name, parameters, audio, file_name, on_progress=None, cancel=None))]
    #[expect(clippy::too_many_arguments, reason = "it is what it is told")]
    fn upload<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        parameters: &Bound<'py, PyAny>,
        audio: &Bound<'py, PyAny>,
        file_name: Option<String>,
        on_progress: Option<&Bound<'py, PyAny>>,
        cancel: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let parameters = json::from_py("parameters", parameters)?;
        let audio = audio_of(audio, file_name)?;
        let call = Call::begin(py, cancel, on_progress)?;
        let answer = self.run(py, &call, |client| {
            client.upload(name, parameters, &audio, |done, total| call.0.tell_bytes(done, total))
        })?;
        json::to_py(py, &answer)
    }

    #[pyo3(signature = (name, parameters, path, on_progress=None, cancel=None))]
    fn download(
        &self,
        py: Python<'_>,
        name: &str,
        parameters: &Bound<'_, PyAny>,
        path: PathBuf,
        on_progress: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PathBuf> {
        let parameters = json::from_py("parameters", parameters)?;
        let to = save_to(py, path)?;
        let call = Call::begin(py, cancel, on_progress)?;
        let saved = self.run(py, &call, |client| {
            client.download(name, parameters, &to, |done, total| call.0.tell_bytes(done, total))
        })?;
        Ok(saved.path)
    }

    #[pyo3(signature = (url, path, on_progress=None, cancel=None))]
    fn download_url(
        &self,
        py: Python<'_>,
        url: &str,
        path: PathBuf,
        on_progress: Option<&Bound<'_, PyAny>>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<PathBuf> {
        let to = save_to(py, path)?;
        let call = Call::begin(py, cancel, on_progress)?;
        let saved = self.run(py, &call, |client| {
            client.download_url(url, &to, |done, total| call.0.tell_bytes(done, total))
        })?;
        Ok(saved.path)
    }

    #[pyo3(signature = (name, parameters, cancel=None))]
    fn list(
        &self,
        py: Python<'_>,
        name: &str,
        parameters: &Bound<'_, PyAny>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Pages> {
        let parameters = json::from_py("parameters", parameters)?;
        let call = Call::begin(py, cancel, None)?;
        let list = self.run(py, &call, |client| client.list(name, parameters))?;
        Ok(Pages::new(call.0, List::Respeecher(list)))
    }

    #[pyo3(signature = (cancel=None))]
    fn login<'py>(&self, py: Python<'py>, cancel: Option<&Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let call = Call::begin(py, cancel, None)?;
        let session = self.run(py, &call, Client::login)?;
        json::to_py(py, &serde_json::to_value(session).unwrap_or_default())
    }

    /// What came of a job, and what went wrong.
    #[pyo3(signature = (on_progress=None, cancel=None, **job))]
    fn convert<'py>(
        &self,
        py: Python<'py>,
        on_progress: Option<&Bound<'py, PyAny>>,
        cancel: Option<&Bound<'py, PyAny>>,
        job: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<(Bound<'py, PyDict>, Option<PyErr>)> {
        let job = job_of(&Options::of(job.unwrap_or(&PyDict::new(py)))?)?;
        let (call, options) = Call::begin(py, cancel, on_progress)?;
        let result = py.detach(|| {
            let client = self.core().with_options(&options);
            client.convert(&job, |progress| tell(&call, progress))
        });
        match result.map_err(Incomplete::into_parts) {
            Ok(outcome) => Ok((outcome_of(py, &outcome)?, None)),
            Err((error, outcome)) => Ok((outcome_of(py, &outcome)?, Some(call.exception(py, &error)))),
        }
    }

    fn close(&self, py: Python<'_>) {
        py.detach(|| self.core().close());
    }
}

/// A path, or what has bytes in it, as what is uploaded.
pub(crate) fn audio_of(audio: &Bound<'_, PyAny>, file_name: Option<String>) -> PyResult<Audio> {
    let bytes = match audio.cast::<Speech>() {
        Ok(speech) => Some(speech.get().sent_bytes(audio.py(), "audio")?),
        Err(_) => bytes_of(audio).ok(),
    };
    if let Some(bytes) = bytes {
        let name = file_name.unwrap_or_else(|| format!("audio.{}", ending_of(&bytes)));
        return Ok(Audio::Bytes { name, bytes });
    }
    let path: PathBuf = audio.extract().map_err(|_| {
        let kind = audio.get_type();
        PyTypeError::new_err(format!(
            "argument 'audio': Speech, bytes, str or os.PathLike wanted, not {kind}"
        ))
    })?;
    Ok(Audio::File(path))
}

/// What a file of these bytes is called.
fn ending_of(bytes: &[u8]) -> &'static str {
    match bytes {
        [b'R', b'I', b'F', b'F', ..] => "wav",
        [b'O', b'g', b'g', b'S', ..] => "ogg",
        [b'f', b'L', b'a', b'C', ..] => "flac",
        _ => "mp3",
    }
}

fn tell(call: &Call, progress: &Progress<'_>) -> ControlFlow<()> {
    let Progress {
        stage,
        done,
        total,
        recording_id,
        bytes,
        ..
    } = progress;
    call.tell(|py| (stage.name(), *done, *total, *recording_id, *bytes).into_pyobject(py))
}

fn job_of(options: &Options<'_>) -> PyResult<Job> {
    // Whether they are of use depends on what is converted.
    let (language, file_name) = (options.take("language")?, options.take("file_name")?);
    let source = match (
        options.take("text")?,
        options.take("recording_id")?,
        options.take_any("audio")?,
    ) {
        (_, Some(id), _) => Source::Recording(id),
        (_, _, Some(audio)) => Source::Audio(audio_of(&audio, file_name)?),
        (text, _, _) => Source::Text {
            text: text.unwrap_or_default(),
            language,
        },
    };
    let name: Option<String> = options.take("place")?;
    let place = match (options.take("folder_id")?, options.take("project_id")?) {
        (Some(id), _) => Place::Folder(id),
        (None, Some(project_id)) => Place::Project {
            project_id,
            folder: name.unwrap_or_else(|| "voicewire".to_owned()),
        },
        (None, None) => name.map_or_else(Place::default, Place::New),
    };
    let usual = Polling::default();
    let job = Job {
        source,
        place,
        label: options.take("label")?,
        conversions: conversions_of(options)?,
        calibration_id: options.take("calibration_id")?,
        directory: options.take("directory")?.unwrap_or_default(),
        polling: Polling {
            first: options.take_delay("polling_first", usual.first)?,
            longest: options.take_delay("polling_longest", usual.longest)?,
            limit: options.take_limit("polling_limit", usual.limit)?,
        },
    };
    options.nothing_left()?;
    Ok(job)
}

fn conversions_of(options: &Options<'_>) -> PyResult<Vec<Conversion>> {
    let Some(list) = options.take_any("conversions")? else {
        return Ok(Vec::new());
    };
    let mut conversions = Vec::new();
    for one in list.try_iter()? {
        let one = one?;
        let Ok(fields) = one.cast::<PyDict>() else {
            return Err(PyTypeError::new_err("argument 'conversions': dicts wanted"));
        };
        let fields = Options::of(fields)?;
        let mut conversion = Conversion::new(fields.take::<String>("voice_id")?.unwrap_or_default());
        conversion.narration_style_id = fields.take("narration_style_id")?;
        conversion.accent_id = fields.take("accent_id")?;
        conversion.semitones_correction = fields.take("semitones_correction")?;
        conversion.label = fields.take("label")?;
        fields.nothing_left()?;
        conversions.push(conversion);
    }
    Ok(conversions)
}

fn outcome_of<'py>(py: Python<'py>, outcome: &Outcome) -> PyResult<Bound<'py, PyDict>> {
    let recording = |recording| serde_json::to_value(recording).unwrap_or_default();
    let dict = PyDict::new(py);
    dict.set_item("project_id", &outcome.project_id)?;
    dict.set_item("folder_id", &outcome.folder_id)?;
    let original = outcome.recording.as_ref().map(recording).unwrap_or_default();
    dict.set_item("recording", json::to_py(py, &original)?)?;
    let files = PyList::empty(py);
    for file in &outcome.files {
        let made = json::to_py(py, &recording(&file.recording))?;
        files.append((file.index, made, &file.path, file.bytes))?;
    }
    dict.set_item("files", files)?;
    let failures = PyList::empty(py);
    for failure in &outcome.failures {
        let error = errors::to_py(py, &failure.error).into_value(py);
        failures.append((failure.index, &failure.conversion_id, error))?;
    }
    dict.set_item("failures", failures)?;
    Ok(dict)
}

/// The table of calls, a dict each.
pub(crate) fn endpoints(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    let row = |endpoint: &Endpoint| {
        let row = PyDict::new(py);
        row.set_item("name", endpoint.name)?;
        row.set_item("method", endpoint.method)?;
        row.set_item("path", endpoint.path)?;
        let sends = match endpoint.sends {
            Sends::Query => "query",
            Sends::Form => "form",
            _ => "json",
        };
        row.set_item("sends", sends)?;
        let answers = match endpoint.answers {
            Answers::Page => "page",
            Answers::File => "file",
            _ => "json",
        };
        row.set_item("answers", answers)?;
        row.set_item("required", PyTuple::new(py, endpoint.required)?)?;
        row.set_item("optional", PyTuple::new(py, endpoint.optional)?)?;
        row.set_item("deprecated", endpoint.deprecated)?;
        row.set_item("repeatable", endpoint.repeatable)?;
        Ok(row)
    };
    let rows: Vec<_> = ENDPOINTS.iter().map(row).collect::<PyResult<_>>()?;
    PyTuple::new(py, rows)
}
