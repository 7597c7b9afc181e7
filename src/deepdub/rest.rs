//! REST calls to the service.

use serde::Serialize;
use serde_json::Value;

use super::client::Client;
use super::errors::response_error;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{self, Body, Call, CallOptions, Control, Limits, Method, Response};

/// One call, as it is asked for.
pub(super) struct Wanted<'a> {
    pub method: Method,
    pub path: &'a str,
    pub query: Vec<(&'static str, String)>,
    pub body: Body<'a>,
    /// Whether doing it twice is as good as once.
    pub is_repeatable: bool,
    /// Whether the body is so long that it may take as long as it moves.
    pub is_upload: bool,
    /// What an answer that is no success means.
    pub error_of: &'a dyn Fn(&Response) -> Error,
}

impl<'a> Wanted<'a> {
    /// With nothing in it. Whatever but makes something new is repeatable.
    pub fn new(method: Method, path: &'a str) -> Wanted<'a> {
        Wanted {
            method,
            path,
            query: Vec::new(),
            body: Body::Empty,
            is_repeatable: method != Method::Post,
            is_upload: false,
            error_of: &response_error,
        }
    }

    pub fn json(method: Method, path: &'a str, body: &impl Serialize) -> Result<Wanted<'a>> {
        let json = serde_json::to_vec(body).map_err(|error| unwritable(&error))?;
        Ok(Wanted {
            body: Body::Json(json),
            ..Wanted::new(method, path)
        })
    }

    /// With audio in it.
    pub fn upload(method: Method, path: &'a str, json: Vec<u8>) -> Wanted<'a> {
        Wanted {
            body: Body::Json(json),
            is_upload: true,
            ..Wanted::new(method, path)
        }
    }
}

pub(super) fn unwritable(error: &serde_json::Error) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!("the request could not be written: {error}"),
    )
}

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
        let wanted = Wanted {
            body: json.map_or(Body::Empty, Body::Json),
            ..Wanted::new(method, path)
        };
        self.rest(wanted, options, Ok)
    }

    /// One call, and what `take` makes of the answer's JSON. Tried again as the settings say.
    pub(super) fn rest<T>(
        &self,
        wanted: Wanted<'_>,
        options: &CallOptions,
        take: impl FnOnce(Value) -> Result<T>,
    ) -> Result<T> {
        let settings = self.settings();
        let mut endpoint = settings.rest.join(wanted.path);
        if !wanted.query.is_empty() {
            endpoint = endpoint.with_query(&net::query(&wanted.query)?);
        }
        let secrets = [settings.key.clone()];
        let call = Call {
            method: wanted.method,
            endpoint: &endpoint,
            headers: &[("x-api-key", settings.key.expose())],
            body: &wanted.body,
            is_repeatable: wanted.is_repeatable,
            error_of: wanted.error_of,
            secrets: &secrets,
        };
        let (whole, idle) = match wanted.is_upload {
            true => (options.within(None), settings.timeouts.rest),
            false => (options.within(settings.timeouts.rest), None),
        };
        let limits = Limits {
            connect: settings.timeouts.connect,
            whole,
            idle,
            answer: None,
        };
        let control = Control::new(self.closing(), options);
        let response = net::call(self.http(), &call, &control, limits, settings.retry).map_err(|error| {
            match error.field() {
                // The one limit there is.
                Some("idle_timeout") => error.with_field("rest_timeout"),
                _ => error,
            }
        })?;
        net::json(&response).and_then(take).map_err(|error: Error| {
            let error = error.with_url(endpoint.display()).with_http_status(response.status);
            error.map_texts(|text| settings.key.redact(text))
        })
    }
}
