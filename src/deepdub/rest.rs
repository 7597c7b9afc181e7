//! REST calls to the service.

use serde_json::Value;

use super::client::Client;
use super::errors::response_error;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Body, CallOptions, Control, Limits, Method};

impl Client {
    /// One call; the answer's JSON, `null` for an empty one.
    pub(super) fn call(
        &self,
        method: Method,
        path: &str,
        json: Option<Vec<u8>>,
        options: &CallOptions,
    ) -> Result<Value> {
        let settings = self.settings();
        let endpoint = settings.rest.join(path);
        let body = json.map_or(Body::Empty, Body::Json);
        let control = Control::new(self.closing(), options);
        let limits = Limits {
            connect: settings.timeouts.connect,
            whole: settings.timeouts.rest,
        };
        let headers = [("x-api-key", settings.key.expose())];
        // Paths end up in logs, here and there.
        if path.contains(settings.key.expose()) {
            return Err(Error::invalid("id", "the API key", "the id of what the call is about"));
        }
        log::debug!("{} {}", method.name(), endpoint.display());
        let answer = self
            .http()
            .send(method, &endpoint, &headers, &body, &control, limits)
            .and_then(|response| {
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
            });
        answer.map_err(|error| {
            error
                .with_url(endpoint.display())
                .map_texts(|text| settings.key.redact(text))
        })
    }
}
