//! REST calls to the service.

use std::time::Instant;

use serde_json::Value;

use super::client::Client;
use super::errors::response_error;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Backoff, Body, CallOptions, Control, Endpoint, Limits, Method, deadline_after, earlier, pause};

impl Client {
    /// One call; the answer's JSON, `null` for an empty one. Tried again as the settings say and [`may_repeat`] allows,
    /// all tries and the waits between them within the one time limit.
    pub(super) fn call(
        &self,
        method: Method,
        path: &str,
        json: Option<Vec<u8>>,
        options: &CallOptions,
    ) -> Result<Value> {
        let settings = self.settings();
        // Paths end up in logs, here and there.
        if path.contains(settings.key.expose()) {
            return Err(Error::invalid("id", "the API key", "the id of what the call is about"));
        }
        let endpoint = settings.rest.join(path);
        let body = json.map_or(Body::Empty, Body::Json);
        let control = Control::new(self.closing(), options);
        let deadline = earlier(deadline_after(settings.timeouts.rest), options.deadline);
        let mut backoff = Backoff::new(settings.retry);
        let mut attempts = 0;
        // Whether an earlier try may have done it, its answer being lost.
        let mut may_be_done = false;
        let complete = |error: Error, attempts: u32| {
            error
                .with_url(endpoint.display())
                .with_attempts(attempts)
                .map_texts(|text| settings.key.redact(text))
        };
        loop {
            attempts += 1;
            let error = match self.call_once(method, &endpoint, &body, &control, deadline) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            // There is no issue of that id any more, which is what was asked for.
            if method == Method::Delete && may_be_done && error.kind() == ErrorKind::NotFound {
                log::debug!("{} {}: an earlier try has done it", method.name(), endpoint.display());
                return Ok(Value::Null);
            }
            may_be_done |= !cannot_be_done(&error);
            let moment = if may_repeat(method, &error) {
                backoff.next(error.retry_after(), deadline)
            } else {
                None
            };
            let error = complete(error, attempts);
            let Some(moment) = moment else {
                return Err(error);
            };
            log::debug!("{} {}: once more, after: {error}", method.name(), endpoint.display());
            pause(&control, moment).map_err(|error| complete(error, attempts))?;
        }
    }

    fn call_once(
        &self,
        method: Method,
        endpoint: &Endpoint,
        body: &Body,
        control: &Control,
        deadline: Option<Instant>,
    ) -> Result<Value> {
        let settings = self.settings();
        let limits = Limits {
            connect: settings.timeouts.connect,
            whole: deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())),
        };
        let headers = [("x-api-key", settings.key.expose())];
        log::debug!("{} {}", method.name(), endpoint.display());
        let response = self.http().send(method, endpoint, &headers, body, control, limits)?;
        log::debug!("{} {}: {}", method.name(), endpoint.display(), response.status);
        if !(200..300).contains(&response.status) {
            return Err(response_error(&response));
        }
        // Some servers have nothing to say to a deletion.
        if response.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&response.body).map_err(|error| {
            Error::new(
                ErrorKind::Protocol,
                format!("the answer is not the JSON expected: {error}"),
            )
            .with_http_status(response.status)
        })
    }
}

/// Whether the same request may have another answer the next time, and may be made twice.
///
/// Reading, changing and deleting twice is as good as once. Filing is not: it is repeated only when nothing can have
/// come of the first try.
fn may_repeat(method: Method, error: &Error) -> bool {
    let may_pass = match error.kind() {
        // A proxy's answer of 4xx is a matter of settings.
        ErrorKind::Network => error.http_status().is_none_or(|status| status >= 500),
        ErrorKind::Closed | ErrorKind::Server => true,
        ErrorKind::RateLimited => error.http_status() == Some(429),
        // The whole call's limit leaves no time for another.
        ErrorKind::Timeout => error.field() == Some("connect_timeout"),
        _ => false,
    };
    may_pass && (method != Method::Post || cannot_be_done(error))
}

/// Whether the service cannot have done what it was asked for.
fn cannot_be_done(error: &Error) -> bool {
    error.is_unsent() || error.kind() == ErrorKind::RateLimited
}
