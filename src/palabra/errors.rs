//! The service's errors, put into this library's words.

use serde_json::Value;

use crate::error::{Error, ErrorKind, Problem};
use crate::net::{Response, first_line, kind_of_status, redirect_message};

/// The error in an answer whose status is not a success: `{"ok": false, "errors": [problem details]}`.
///
/// `may_lock` says that the call is one whose 403 means a lock, unless it says something else.
pub(super) fn response_error(response: &Response, may_lock: bool) -> Error {
    let Response { status, body, .. } = response;
    let error = |kind: ErrorKind, message: String| {
        Error::new(kind, message)
            .with_http_status(*status)
            .with_retry_after(response.retry_after)
    };
    if *status < 400 {
        return error(kind_of_status(*status), redirect_message(response));
    }
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    match problem_in(&answer) {
        Some((problem, others)) => {
            let kind = kind_of(*status, Some(&problem), may_lock);
            let words = problem.detail.clone().or_else(|| problem.title.clone());
            let mut message = words.unwrap_or_else(|| format!("the service answered with status {status}"));
            for other in others {
                message.push_str("; ");
                message.push_str(&other);
            }
            let error = error(kind, message);
            let error = match &problem.problem_type {
                Some(problem_type) => error.with_vendor_type(problem_type),
                None => error,
            };
            error.with_problem(problem)
        }
        None => {
            let message = match first_line(body) {
                line if line.is_empty() => format!("the service answered with status {status} and no reason"),
                line => line,
            };
            error(kind_of(*status, None, may_lock), message)
        }
    }
}

/// The error in an answer that is a success by its status alone.
pub(super) fn error_in(answer: &Value, status: u16) -> Error {
    let Some((problem, _)) = problem_in(answer) else {
        return Error::new(ErrorKind::Server, "the service says that it failed, and not why").with_http_status(status);
    };
    let kind = kind_of(problem.status.unwrap_or(500), Some(&problem), false);
    let words = problem.detail.clone().or_else(|| problem.title.clone());
    let error = Error::new(kind, words.unwrap_or_else(|| "the service failed".to_owned()));
    error.with_http_status(status).with_problem(problem)
}

fn kind_of(status: u16, problem: Option<&Problem>, may_lock: bool) -> ErrorKind {
    if status != 403 {
        return kind_of_status(status);
    }
    let texts = problem
        .into_iter()
        .flat_map(|problem| [&problem.problem_type, &problem.title, &problem.detail]);
    let texts: Vec<String> = texts.flatten().map(|text| text.to_lowercase()).collect();
    let says = |word: &str| texts.iter().any(|text| text.contains(word));
    if says("locked") || says("in progress") || says("already being") {
        return ErrorKind::Locked;
    }
    if says("quota") || says("limit") && ["voices", "reached", "exceed"].into_iter().any(says) {
        return ErrorKind::QuotaExceeded;
    }
    // The vendor's page has no other meaning for it in this call. What speaks of permission means that all the same.
    let is_forbidden = [
        "forbidden",
        "permission",
        "not allowed",
        "access",
        "unauthorized",
        "credential",
    ]
    .into_iter()
    .any(says);
    if may_lock && !is_forbidden {
        ErrorKind::Locked
    } else {
        ErrorKind::Unauthorized
    }
}

/// The first problem, and the words of the others.
fn problem_in(answer: &Value) -> Option<(Problem, Vec<String>)> {
    let errors = answer.get("errors")?.as_array()?;
    let (first, others) = errors.split_first()?;
    let words = |error: &Value| error.get("detail").or(error.get("title"))?.as_str().map(str::to_owned);
    Some((problem(first), others.iter().filter_map(words).collect()))
}

fn problem(error: &Value) -> Problem {
    let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |name: &str| error.get(name).and_then(Value::as_i64);
    Problem {
        problem_type: text("type"),
        status: number("status").and_then(|status| u16::try_from(status).ok()),
        title: text("title"),
        detail: text("detail"),
        instance: text("instance"),
        error_code: number("error_code"),
    }
}
