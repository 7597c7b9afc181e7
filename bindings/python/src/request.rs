//! The keyword arguments of a generation.

use std::time::Duration;

use pyo3::exceptions::{PyOverflowError, PyTypeError, PyUnicodeEncodeError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use voicewire::audio::Format;
use voicewire::deepdub::{AccentControl, SpeechRequest};

use crate::client::{delay, limit};
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
        Ok(text) => text.extract().map_err(|error| unicode(name, value, error)),
        Err(_) => {
            let kind = value.get_type();
            Err(PyTypeError::new_err(format!(
                "argument '{name}': str wanted, not {kind}"
            )))
        }
    }
}

/// What has lone surrogates is no Unicode, and cannot be sent; Python's own error names no argument.
pub(crate) fn unicode(name: &str, value: &Bound<'_, PyAny>, error: PyErr) -> PyErr {
    let py = value.py();
    if !error.is_instance_of::<PyUnicodeEncodeError>(py) {
        return error;
    }
    let shown = value.repr().and_then(|shown| shown.extract::<String>());
    let shown: String = shown.unwrap_or_default().chars().take(80).collect();
    errors::invalid(py, name, &shown, "text of Unicode, without lone surrogates")
}

/// A whole number as Python has it, of any size. Whether it is one that the argument can be is said with the argument's
/// name, which Rust's own conversions do not know.
pub(crate) struct Whole {
    /// As far as it can be held here.
    value: Option<i128>,
    text: String,
}

impl From<i128> for Whole {
    fn from(value: i128) -> Whole {
        Whole {
            value: Some(value),
            text: String::new(),
        }
    }
}

impl<'py> FromPyObject<'_, 'py> for Whole {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Whole> {
        let value = match object.extract::<i128>() {
            Ok(value) => Some(value),
            Err(error) if error.is_instance_of::<PyOverflowError>(object.py()) => None,
            Err(error) => return Err(error),
        };
        Ok(Whole {
            value,
            text: object.to_string(),
        })
    }
}

/// The number of an argument that may be left out.
pub(crate) fn whole<T: TryFrom<i128>>(py: Python<'_>, field: &str, number: Option<Whole>) -> PyResult<Option<T>> {
    number.map(|number| number.to(py, field)).transpose()
}

impl Whole {
    pub fn to<T: TryFrom<i128>>(&self, py: Python<'_>, field: &str) -> PyResult<T> {
        let value = self.value.and_then(|value| T::try_from(value).ok());
        value.ok_or_else(|| {
            errors::invalid(
                py,
                field,
                &self.text,
                "a whole number, 0 or more, that is not too large",
            )
        })
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
                if error.is_instance_of::<PyUnicodeEncodeError>(py) {
                    return Err(unicode(name, &value, error));
                }
                // Names the argument, as Python does.
                Err(PyTypeError::new_err(format!("argument '{name}': {}", error.value(py))))
            }
        }
    }

    /// What is there, whatever it is.
    pub fn take_any(&self, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
        let value = self.0.get_item(name)?;
        if value.is_some() {
            self.0.del_item(name)?;
        }
        Ok(value.filter(|value| !value.is_none()))
    }

    /// Seconds that something may take: None is without end, and what is not there is left at `default`.
    pub fn take_limit(&self, name: &str, default: Option<Duration>) -> PyResult<Option<Duration>> {
        if !self.0.contains(name)? {
            return Ok(default);
        }
        limit(self.0.py(), name, self.take::<f64>(name)?)
    }

    /// Seconds to wait, 0 included.
    pub fn take_delay(&self, name: &str, default: Duration) -> PyResult<Duration> {
        match self.take::<f64>(name)? {
            Some(seconds) => delay(self.0.py(), name, seconds),
            None => Ok(default),
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
