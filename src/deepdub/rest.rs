//! REST calls to the service.

use serde_json::Value;

use super::client::Client;
use super::errors::response_error;
use crate::error::{Error, Result};
use crate::net::{self, Body, Call, CallOptions, Control, Limits, Method};

impl Client {
    /// One call; the answer's JSON, `null` for an empty one. Tried again as the settings say, within the one time limit;
    /// what is filed only when nothing can have come of the first try.
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
        let secrets = [settings.key.clone()];
        let call = Call {
            method,
            endpoint: &endpoint,
            headers: &[("x-api-key", settings.key.expose())],
            body: &body,
            is_repeatable: method != Method::Post,
            error_of: &response_error,
            secrets: &secrets,
        };
        let limits = Limits {
            connect: settings.timeouts.connect,
            whole: options.within(settings.timeouts.rest),
            idle: None,
        };
        let control = Control::new(self.closing(), options);
        let response = net::call(self.http(), &call, &control, limits, settings.retry)?;
        net::json(&response).map_err(|error: Error| error.with_url(endpoint.display()))
    }
}
