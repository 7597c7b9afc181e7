//! A service's own account of an error.

use pyo3::prelude::*;

/// A service's own account of an error, as RFC 9457 ("problem details") has it. What it left out is None.
#[pyclass(frozen, eq, module = "voicewire")]
#[derive(PartialEq)]
pub(crate) struct Problem(pub voicewire::Problem);

type Parts = (
    Option<String>,
    Option<u16>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
);

#[pymethods]
impl Problem {
    // For pickle: errors go from process to process.
    #[new]
    #[pyo3(signature = (r#type=None, status=None, title=None, detail=None, instance=None, error_code=None))]
    fn new(
        r#type: Option<String>,
        status: Option<u16>,
        title: Option<String>,
        detail: Option<String>,
        instance: Option<String>,
        error_code: Option<i64>,
    ) -> Problem {
        let mut problem = voicewire::Problem::default();
        problem.problem_type = r#type;
        problem.status = status;
        problem.title = title;
        problem.detail = detail;
        problem.instance = instance;
        problem.error_code = error_code;
        Problem(problem)
    }

    /// A URI that names the kind of problem.
    #[getter]
    fn r#type(&self) -> Option<&str> {
        self.0.problem_type.as_deref()
    }

    /// The HTTP status.
    #[getter]
    fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// The kind of problem in a few words.
    #[getter]
    fn title(&self) -> Option<&str> {
        self.0.title.as_deref()
    }

    /// What happened this time.
    #[getter]
    fn detail(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// A URI that names this occurrence, for the vendor's support.
    #[getter]
    fn instance(&self) -> Option<&str> {
        self.0.instance.as_deref()
    }

    /// The service's number for it.
    #[getter]
    fn error_code(&self) -> Option<i64> {
        self.0.error_code
    }

    fn __getnewargs__(&self) -> Parts {
        let voicewire::Problem {
            problem_type,
            status,
            title,
            detail,
            instance,
            error_code,
            ..
        } = self.0.clone();
        (problem_type, status, title, detail, instance, error_code)
    }

    fn __repr__(&self) -> String {
        let text = |text: Option<&str>| text.map_or("None".to_owned(), |text| format!("{text:?}"));
        let code = self.0.error_code.map_or("None".to_owned(), |code| code.to_string());
        format!(
            "<voicewire.Problem {}: {}, error code {code}>",
            text(self.title()),
            text(self.detail())
        )
    }
}
