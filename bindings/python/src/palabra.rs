//! What `voicewire.palabra` is made of: the calls by their names, files, lists and cloning. Its types are Python.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use voicewire::CallOptions;
use voicewire::palabra::{Client, Config, ENDPOINTS, Endpoint, LangCode, NewVoice, Waiting};

use crate::call::Call;
use crate::http::http_config;
use crate::pages::{List, Pages, save_to};
use crate::request::Options;
use crate::shutdown::Detached;
use crate::{errors, json};

/// Speaks to the service: what voicewire.palabra.Client is built on.
#[pyclass(frozen, name = "_PalabraClient", module = "voicewire._voicewire")]
pub(crate) struct PalabraClient(Detached<Client>);

impl PalabraClient {
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
impl PalabraClient {
    #[new]
    #[pyo3(signature = (**options))]
    fn new(py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<PalabraClient> {
        let options = Options::of(options.unwrap_or(&PyDict::new(py)))?;
        let mut config = Config::new();
        if let Some(key) = options.take::<String>("api_key")? {
            config = config.api_key(key);
        }
        match (
            options.take::<String>("client_id")?,
            options.take::<String>("client_secret")?,
        ) {
            (None, None) => {}
            (Some(id), Some(secret)) => config = config.client(id, secret),
            (id, _) => {
                let field = if id.is_none() { "client_id" } else { "client_secret" };
                return Err(errors::invalid(
                    py,
                    field,
                    "not given",
                    "what the service gave, both or none",
                ));
            }
        }
        config.base_url = options.take("base_url")?;
        config.http = http_config(&options)?;
        options.nothing_left()?;
        py.detach(|| Client::new(&config))
            .map(|client| PalabraClient(Detached::new(client)))
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
        Ok(Pages::new(call.0, List::Palabra(list)))
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

    /// Without `waits` a lock is an error at once.
    #[pyo3(signature = (voice_id, lang_code, waits=false, cancel=None, **waiting))]
    fn regenerate_sample<'py>(
        &self,
        py: Python<'py>,
        voice_id: Option<String>,
        lang_code: &str,
        waits: bool,
        cancel: Option<&Bound<'py, PyAny>>,
        waiting: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let language = LangCode::parse(lang_code).map_err(|error| errors::to_py(py, &error))?;
        let voice_id = voice_id.unwrap_or_default();
        let options = Options::of(waiting.unwrap_or(&PyDict::new(py)))?;
        let waiting = waiting_of(&options)?;
        options.nothing_left()?;
        let call = Call::begin(py, cancel, None)?;
        let sample = self.run(py, &call, |client| match waits {
            true => client.regenerate_sample_waiting(&voice_id, &language, &waiting),
            false => client.regenerate_sample(&voice_id, &language),
        })?;
        json::to_py(py, &serde_json::to_value(sample).unwrap_or_default())
    }

    /// A voice from a recording.
    #[pyo3(signature = (on_progress=None, cancel=None, **voice))]
    fn clone_voice<'py>(
        &self,
        py: Python<'py>,
        on_progress: Option<&Bound<'py, PyAny>>,
        cancel: Option<&Bound<'py, PyAny>>,
        voice: Option<&Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let new = voice_of(py, &Options::of(voice.unwrap_or(&PyDict::new(py)))?)?;
        let call = Call::begin(py, cancel, on_progress)?;
        let made = self.run(py, &call, |client| {
            client.clone_voice(&new, |progress| {
                let stage = match progress.stage {
                    voicewire::palabra::CloneStage::Uploading => "uploading",
                    _ => "processing",
                };
                let (done, total, id) = (progress.done, progress.total, progress.voice_id);
                call.0.tell(|py| (stage, done, total, id).into_pyobject(py))
            })
        })?;
        json::to_py(py, &serde_json::to_value(made).unwrap_or_default())
    }

    fn close(&self, py: Python<'_>) {
        py.detach(|| self.core().close());
    }
}

fn waiting_of(options: &Options<'_>) -> PyResult<Waiting> {
    let usual = Waiting::default();
    Ok(Waiting {
        first: options.take_delay("waiting_first", usual.first)?,
        longest: options.take_delay("waiting_longest", usual.longest)?,
        limit: options.take_limit("waiting_limit", usual.limit)?,
    })
}

fn voice_of(py: Python<'_>, options: &Options<'_>) -> PyResult<NewVoice> {
    let mut new = NewVoice {
        name: options.take("name")?.unwrap_or_default(),
        description: options.take("description")?,
        denoise: options.take("denoise")?,
        speech_normalization: options.take("speech_normalization")?,
        recording: options.take("audio")?.unwrap_or_default(),
        waiting: waiting_of(options)?,
        ..NewVoice::default()
    };
    if let Some(labels) = options.take_any("labels")? {
        new.labels = json::map_from_py("labels", &labels)?;
    }
    if let Some(extra) = options.take_any("extra")? {
        new.extra = json::map_from_py("extra", &extra)?;
    }
    if let Some(code) = options.take::<String>("lang_code")? {
        new.language = Some(LangCode::parse(&code).map_err(|error| errors::to_py(py, &error))?);
    }
    options.nothing_left()?;
    Ok(new)
}

/// The table of calls, a dict each.
pub(crate) fn endpoints(py: Python<'_>) -> PyResult<Bound<'_, PyTuple>> {
    let row = |endpoint: &Endpoint| {
        let row = PyDict::new(py);
        row.set_item("name", endpoint.name)?;
        row.set_item("method", endpoint.method)?;
        row.set_item("path", endpoint.path)?;
        row.set_item("required", PyTuple::new(py, endpoint.required)?)?;
        row.set_item("optional", PyTuple::new(py, endpoint.optional)?)?;
        row.set_item("pages", endpoint.pages)?;
        row.set_item("repeatable", endpoint.repeatable)?;
        Ok(row)
    };
    let rows: Vec<_> = ENDPOINTS.iter().map(row).collect::<PyResult<_>>()?;
    PyTuple::new(py, rows)
}
