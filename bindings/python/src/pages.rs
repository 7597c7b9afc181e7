//! Lists of the services, a page at a time.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use serde_json::Value;
use voicewire::{palabra, respeecher};

use crate::call::Call;
use crate::{errors, json, shutdown};

pub(crate) enum List {
    Respeecher(respeecher::List<Value>),
    Palabra(palabra::List<Value>),
}

/// The pages of a list, as the service gives them.
#[pyclass(frozen, name = "_Pages", module = "voicewire._voicewire")]
pub(crate) struct Pages {
    call: Call,
    list: Mutex<Option<List>>,
}

impl Drop for Pages {
    fn drop(&mut self) {
        // With it goes a client, which may be the last of its kind.
        shutdown::drop_detached(self.list.get_mut().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Pages {
    pub fn new(call: Call, list: List) -> Pages {
        Pages {
            call,
            list: Mutex::new(Some(list)),
        }
    }
}

#[pymethods]
impl Pages {
    /// The next page; None after the last.
    fn next_page<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        py.check_signals()?;
        let page = py.detach(|| {
            let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
            match list.as_mut() {
                Some(List::Respeecher(list)) => list.next_page().map(|page| page.map(serde_json::to_value)),
                Some(List::Palabra(list)) => list.next_page().map(|page| page.map(serde_json::to_value)),
                None => Ok(None),
            }
        });
        match page.map_err(|error| self.call.exception(py, &error))? {
            Some(page) => json::to_py(py, &page.unwrap_or_default()),
            None => Ok(py.None().into_bound(py)),
        }
    }
}

/// Where a download goes: into a directory that is there, or else to a file.
pub(crate) fn save_to(py: Python<'_>, path: std::path::PathBuf) -> PyResult<voicewire::SaveTo> {
    if path.as_os_str().is_empty() {
        return Err(errors::invalid(py, "path", "empty", "where the file goes"));
    }
    Ok(match py.detach(|| path.is_dir()) {
        true => voicewire::SaveTo::Directory(path),
        false => voicewire::SaveTo::File(path),
    })
}
