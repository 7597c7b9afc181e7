//! JSON as Python objects.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use serde_json::{Map, Number, Value};

use crate::errors;
use crate::request::unicode;

/// How deep what is sent may be. What contains itself is deeper.
const MAX_DEPTH: usize = 100;

pub(crate) fn to_py<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    Ok(match value {
        Value::Null => py.None().into_bound(py),
        Value::Bool(value) => PyBool::new(py, *value).to_owned().into_any(),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(whole), _) => PyInt::new(py, whole).into_any(),
            (_, Some(whole)) => PyInt::new(py, whole).into_any(),
            _ => PyFloat::new(py, number.as_f64().unwrap_or(f64::NAN)).into_any(),
        },
        Value::String(text) => PyString::new(py, text).into_any(),
        Value::Array(values) => {
            let values = values
                .iter()
                .map(|value| to_py(py, value))
                .collect::<PyResult<Vec<_>>>()?;
            PyList::new(py, values)?.into_any()
        }
        Value::Object(object) => to_dict(py, object)?.into_any(),
    })
}

pub(crate) fn to_dict<'py>(py: Python<'py>, object: &Map<String, Value>) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for (name, value) in object {
        dict.set_item(name, to_py(py, value)?)?;
    }
    Ok(dict)
}

/// The other way: None, truth values, numbers, texts, paths, lists, tuples and dicts of them. `name` is the argument's.
pub(crate) fn from_py(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Value> {
    value_of(name, object, 0)
}

fn value_of(name: &str, object: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value> {
    if depth > MAX_DEPTH {
        return Err(PyValueError::new_err(format!("argument '{name}': it is too deep")));
    }
    if object.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(value) = object.cast::<PyBool>() {
        return Ok(Value::Bool(value.is_true()));
    }
    if let Ok(text) = object.cast::<PyString>() {
        let text = text.extract().map_err(|error| unicode(name, object, error))?;
        return Ok(Value::String(text));
    }
    if let Ok(whole) = object.cast::<PyInt>() {
        let number = match whole.extract::<i64>() {
            Ok(number) => Some(Number::from(number)),
            Err(_) => whole.extract::<u64>().ok().map(Number::from),
        };
        let takes = "a whole number of 64 bits";
        return number
            .map(Value::Number)
            .ok_or_else(|| errors::invalid(object.py(), name, &object.to_string(), takes));
    }
    if let Ok(number) = object.cast::<PyFloat>() {
        let takes = "a finite number";
        return Number::from_f64(number.value())
            .map(Value::Number)
            .ok_or_else(|| errors::invalid(object.py(), name, &object.to_string(), takes));
    }
    if let Ok(dict) = object.cast::<PyDict>() {
        let mut map = Map::new();
        for (key, value) in dict {
            let key: String = key
                .extract()
                .map_err(|_| PyTypeError::new_err(format!("argument '{name}': a dict's keys must be str")))?;
            let field = if depth == 0 { key.as_str() } else { name };
            let value = value_of(field, &value, depth + 1)?;
            map.insert(key, value);
        }
        return Ok(Value::Object(map));
    }
    if object.is_instance_of::<PyList>() || object.is_instance_of::<PyTuple>() {
        let mut values = Vec::new();
        for value in object.try_iter()? {
            values.push(value_of(name, &value?, depth + 1)?);
        }
        return Ok(Value::Array(values));
    }
    if let Ok(path) = object.call_method0("__fspath__") {
        return value_of(name, &path, depth + 1);
    }
    let kind = object.get_type();
    Err(PyTypeError::new_err(format!(
        "argument '{name}': {kind} cannot be sent as JSON"
    )))
}

/// What is known to be an object.
pub(crate) fn map_from_py(name: &str, object: &Bound<'_, PyAny>) -> PyResult<Map<String, Value>> {
    // What is in it belongs to it.
    match value_of(name, object, 1)? {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        _ => {
            let kind = object.get_type();
            Err(PyTypeError::new_err(format!(
                "argument '{name}': dict wanted, not {kind}"
            )))
        }
    }
}
