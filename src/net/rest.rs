//! REST calls: tried again where that can help and does no harm, with a service's own words for what went wrong.

use std::time::Instant;

use serde_json::Value;

use super::control::{CallOptions, CancelToken, Control};
use super::endpoint::Endpoint;
use super::http::{Body, HttpClient, Limits, Method, Request, Response};
use super::retry::{Backoff, RetryPolicy};
use super::wait::{deadline_after, pause};
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

/// One call, with everything that its tries have in common.
pub(crate) struct Call<'a, 'b> {
    pub method: Method,
    pub endpoint: &'a Endpoint,
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a Body<'b>,
    /// Whether doing it twice is as good as once.
    pub is_repeatable: bool,
    /// What an answer that is no success means.
    pub error_of: &'a dyn Fn(&Response) -> Error,
    /// What no error may hold.
    pub secrets: &'a [Secret],
}

/// What a client needs for calls to one service.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(super) base: Endpoint,
    pub(super) http: HttpClient,
    pub(super) closing: CancelToken,
    pub(super) limits: Limits,
    pub(super) retry: RetryPolicy,
    pub(super) allow_plaintext: bool,
}

impl Rest {
    /// Where the service is.
    pub fn base(&self) -> &Endpoint {
        &self.base
    }

    /// Ends what is under way, and whatever is begun afterwards.
    pub fn close(&self) {
        self.closing.cancel();
        self.http.close();
    }

    /// What may end a call.
    pub fn control(&self, options: &CallOptions) -> Control {
        Control::new(&self.closing, options)
    }

    /// See [`call`]. An upload takes as long as it moves.
    pub fn call(&self, wanted: &Call<'_, '_>, options: &CallOptions) -> Result<Response> {
        let limits = match wanted.body {
            Body::Form { .. } => Limits {
                whole: options.within(None),
                ..self.limits
            },
            _ => Limits {
                whole: options.within(self.limits.whole),
                idle: None,
                ..self.limits
            },
        };
        call(&self.http, wanted, &self.control(options), limits, self.retry)
    }

    /// Where `link`, the value of the field `field` of an answer, leads.
    pub fn follow(&self, field: &str, link: &str) -> Result<Endpoint> {
        self.base.follow(field, link, self.allow_plaintext)
    }
}

/// One call; the answer if it is a success (2xx). Tried again as `retry` says and [`may_repeat`] allows, all tries and the
/// waits between them within the one limit.
///
/// The deletion of what an earlier try may have deleted is a success, with an empty answer.
pub(crate) fn call(
    http: &HttpClient,
    call: &Call<'_, '_>,
    control: &Control,
    limits: Limits,
    retry: RetryPolicy,
) -> Result<Response> {
    let Call { method, endpoint, .. } = *call;
    // Paths end up in logs, here and there.
    let mut keys = call.secrets.iter().filter(|secret| secret.expose().len() >= LEAST_KEY);
    if keys.any(|key| endpoint.path.contains(key.expose())) {
        return Err(Error::invalid("id", "the API key", "the id of what the call is about"));
    }
    let deadline = deadline_after(limits.whole);
    let mut backoff = Backoff::new(retry);
    let mut attempts = 0;
    // Whether an earlier try may have done it, its answer being lost.
    let mut may_be_done = false;
    let complete = |error: Error, attempts: u32| {
        let error = error.with_url(endpoint.display()).with_attempts(attempts);
        redacted(error, call.secrets)
    };
    loop {
        attempts += 1;
        let error = match call_once(http, call, control, limits, deadline) {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        // There is nothing of that id any more, which is what was asked for.
        if method == Method::Delete && may_be_done && error.kind() == ErrorKind::NotFound {
            log::debug!("{} {}: an earlier try has done it", method.name(), endpoint.display());
            return Ok(Response {
                status: 204,
                ..Response::default()
            });
        }
        may_be_done |= !cannot_be_done(&error);
        let moment = if may_repeat(call.is_repeatable, &error) {
            backoff.next(error.retry_after(), deadline)
        } else {
            None
        };
        let error = complete(error, attempts);
        let Some(moment) = moment else {
            return Err(error);
        };
        log::debug!("{} {}: once more, after: {error}", method.name(), endpoint.display());
        pause(control, moment).map_err(|error| complete(error, attempts))?;
    }
}

fn call_once(
    http: &HttpClient,
    call: &Call<'_, '_>,
    control: &Control,
    limits: Limits,
    deadline: Option<Instant>,
) -> Result<Response> {
    let Call { method, endpoint, .. } = *call;
    log::debug!("{} {}", method.name(), endpoint.display());
    let headers = [call.headers, &[("accept-encoding", "identity")]].concat();
    let response = http.send(&Request {
        method,
        endpoint,
        accept: "application/json",
        headers: &headers,
        body: call.body,
        control,
        limits: Limits {
            whole: deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())),
            ..limits
        },
    })?;
    log::debug!("{} {}: {}", method.name(), endpoint.display(), response.status);
    if (200..300).contains(&response.status) {
        Ok(response)
    } else {
        Err((call.error_of)(&response))
    }
}

/// The length from which on a secret is taken for a key: a short password may stand in a path for another reason.
const LEAST_KEY: usize = 16;

/// The error with nothing of the secrets in it.
pub(super) fn redacted(error: Error, secrets: &[Secret]) -> Error {
    secrets
        .iter()
        .fold(error, |error, secret| error.map_texts(|text| secret.redact(text)))
}

/// Whether the same request may have another answer the next time, and may be made again.
///
/// Reading, changing and deleting twice is as good as once. Making something new is not: it is repeated only when nothing
/// can have come of the first try.
pub(crate) fn may_repeat(is_repeatable: bool, error: &Error) -> bool {
    let may_pass = match error.kind() {
        // A proxy's answer of 4xx is a matter of settings.
        ErrorKind::Network => error.http_status().is_none_or(|status| status >= 500),
        ErrorKind::Closed | ErrorKind::Server => true,
        ErrorKind::RateLimited => error.http_status() == Some(429),
        // The whole call's limit leaves no time for another.
        ErrorKind::Timeout => matches!(error.field(), Some("connect_timeout" | "idle_timeout")),
        _ => false,
    };
    may_pass && (is_repeatable || cannot_be_done(error))
}

/// Whether the service cannot have done what it was asked for.
fn cannot_be_done(error: &Error) -> bool {
    error.is_unsent() || error.kind() == ErrorKind::RateLimited
}

/// The answer's JSON; `null` for an empty one: some servers have nothing to say to a deletion.
pub(crate) fn json(response: &Response) -> Result<Value> {
    if response.body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&response.body).map_err(|error| {
        // The page of somebody in between, who wants one to sign in, say.
        let what = match response.body.trim_ascii_start().first() {
            Some(b'<') => format!("it is a page: {}", first_line(&response.body)),
            _ => error.to_string(),
        };
        Error::new(
            ErrorKind::Protocol,
            format!("the answer is not the JSON expected: {what}"),
        )
        .with_http_status(response.status)
    })
}

/// What a status that is no success means where the service says nothing more.
pub(crate) fn kind_of_status(status: u16) -> ErrorKind {
    match status {
        401 | 403 => ErrorKind::Unauthorized,
        402 => ErrorKind::InsufficientCredits,
        404 | 410 => ErrorKind::NotFound,
        423 => ErrorKind::Locked,
        429 => ErrorKind::RateLimited,
        400..500 => ErrorKind::RejectedInput,
        500.. => ErrorKind::Server,
        _ => ErrorKind::Protocol,
    }
}

/// The words for a status below 400 that means nothing here, a redirect in most cases.
pub(crate) fn redirect_message(response: &Response) -> String {
    match &response.location {
        Some(location) if (300..400).contains(&response.status) => {
            let place = location.split('?').next().unwrap_or_default();
            format!("the service points to {place}; redirects are not followed, because they would carry the key along")
        }
        _ => format!(
            "the service answered with status {}, which means nothing here",
            response.status
        ),
    }
}

/// The longest text of an error that is not JSON which is passed on.
const MAX_RAW_TEXT: usize = 500;

/// The first line of an error's body that is not what the service's errors are.
pub(crate) fn first_line(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    let text = match text.starts_with('<') {
        true => of_markup(text),
        false => text,
    };
    let mut line = text.lines().next().unwrap_or_default().to_owned();
    // The first line of JSON that is laid out is a brace.
    if line.len() < text.len()
        && let Ok(value) = serde_json::from_str::<Value>(text)
    {
        line = value.to_string();
    }
    // What is packed, or no text at all.
    if line
        .chars()
        .any(|character| character.is_control() && character != '\t')
    {
        return String::new();
    }
    line.chars().take(MAX_RAW_TEXT).collect()
}

/// What storages say in XML, and proxies in HTML; nothing where it is neither.
fn of_markup(text: &str) -> &str {
    [("<Message>", "</Message>"), ("<title>", "</title>")]
        .into_iter()
        .find_map(|(begin, end)| Some(text.split_once(begin)?.1.split_once(end)?.0.trim()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_body_says_is_told_without_its_markup() {
        assert_eq!(first_line(b" No such voice.\nMore.\n"), "No such voice.");
        let xml = b"<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Message>It is gone.</Message></Error>";
        assert_eq!(first_line(xml), "It is gone.");
        assert_eq!(
            first_line(b"<html><head><title>502 Bad Gateway</title></head></html>"),
            "502 Bad Gateway"
        );
        assert_eq!(first_line(b"<Error>"), "");
        assert_eq!(first_line(b""), "");
    }
}
