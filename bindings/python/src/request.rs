//! The keyword arguments of a generation.

use pyo3::exceptions::{PyOverflowError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use voicewire::audio::Format;
use voicewire::deepdub::{AccentControl, SpeechRequest};

use crate::errors;

/// The request that the arguments of `stream_tts`, `speak` and `tts` make. `None` leaves an option to the service.
pub(crate) fn speech_request(
    text: &Bound<'_, PyAny>,
    voice_prompt_id: &Bound<'_, PyAny>,
    options: Option<&Bound<'_, PyDict>>,
) -> PyResult<SpeechRequest> {
    let mut request = SpeechRequest::new(text_of("text", text)?, text_of("voice_prompt_id", voice_prompt_id)?);
    let Some(options) = options else {
        return Ok(request);
    };
    let core = |error| errors::to_py(options.py(), &error);
    let options = Options::of(options)?;
    if let Some(model) = options.take("model")? {
        request.model = model;
    }
    if let Some(locale) = options.take("locale")? {
        request.locale = locale;
    }
    if let Some(format) = options.take_format()? {
        request.format = format;
    }
    request.generation_id = options.take("generation_id")?;
    request.sample_rate = options.take("sample_rate")?;
    request.target_duration = options.take("target_duration")?;
    request.tempo = options.take("tempo")?;
    request.variance = options.take("variance")?;
    request.temperature = options.take("temperature")?;
    request.seed = options.take("seed")?;
    request.prompt_boost = options.take("prompt_boost")?;
    request.super_stretch = options.take("super_stretch")?;
    request.realtime = options.take("realtime")?;
    request.clean_audio = options.take("clean_audio")?;
    request.auto_gain = options.take("auto_gain")?;
    request.accent_control = AccentControl::from_parts(
        options.take("accent_base_locale")?,
        options.take("accent_locale")?,
        options.take("accent_ratio")?,
    )
    .map_err(core)?;
    request.performance_reference_prompt_id = options.take("performance_reference_prompt_id")?;
    options.nothing_left()?;
    Ok(request)
}

/// A str argument that has to be there.
pub(crate) fn text_of(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    match value.cast::<PyString>() {
        // What has lone surrogates is no Unicode: Python's own error says so.
        Ok(text) => text.extract(),
        Err(_) => {
            let kind = value.get_type();
            Err(PyTypeError::new_err(format!(
                "argument '{name}': str wanted, not {kind}"
            )))
        }
    }
}

/// Keyword arguments that have not been understood yet.
pub(crate) struct Options<'py>(Bound<'py, PyDict>);

impl<'py> Options<'py> {
    pub fn of(options: &Bound<'py, PyDict>) -> PyResult<Options<'py>> {
        Ok(Options(options.copy()?))
    }

    pub fn take<T>(&self, name: &str) -> PyResult<Option<T>>
    where
        T: FromPyObjectOwned<'py>,
    {
        let Some(value) = self.0.get_item(name)? else {
            return Ok(None);
        };
        self.0.del_item(name)?;
        if value.is_none() {
            return Ok(None);
        }
        let py = self.0.py();
        match value.extract::<T>() {
            Ok(value) => Ok(Some(value)),
            Err(error) => {
                let error: PyErr = error.into();
                if error.is_instance_of::<PyOverflowError>(py) {
                    // The right type, and yet not a number that the parameter can be.
                    return Err(errors::invalid(
                        py,
                        name,
                        &value.to_string(),
                        "a whole number in its range",
                    ));
                }
                // Names the argument, as Python does.
                Err(PyTypeError::new_err(format!("argument '{name}': {}", error.value(py))))
            }
        }
    }

    pub fn take_format(&self) -> PyResult<Option<Format>> {
        let name = self.take::<String>("format")?;
        name.map(|name| name.parse::<Format>())
            .transpose()
            .map_err(|error| errors::to_py(self.0.py(), &error))
    }

    pub fn nothing_left(&self) -> PyResult<()> {
        match self.0.keys().get_item(0) {
            Ok(name) => Err(PyTypeError::new_err(format!(
                "got an unexpected keyword argument '{name}'"
            ))),
            Err(_) => Ok(()),
        }
    }
}
