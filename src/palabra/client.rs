//! The client: one account, any number of calls from any number of threads.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Instant;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::config::{Config, SignIn};
use super::endpoints::Endpoint;
use super::errors::{error_in, response_error};
use super::list::List;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{self, Body, Call, CallOptions, Download, Multipart, Rest, SaveTo, Saved};
use crate::secret::Secret;

/// Speaks to the service. Clones are one client. Every call blocks the thread that makes it.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    options: CallOptions,
}

struct Inner {
    rest: Rest,
    headers: Vec<(&'static str, Secret)>,
    secrets: Vec<Secret>,
}

impl Client {
    /// Checks the configuration. Nothing is sent before the first call.
    ///
    /// # Errors
    /// `InvalidArgument`: neither a key nor a client id with its secret, an address that is none or that would send them
    /// unencrypted, a time limit of zero, a PEM text with no certificate, a proxy of a kind that is not known here.
    pub fn new(config: &Config) -> Result<Client> {
        let SignIn { headers, secrets } = config.sign_in()?;
        Ok(Client {
            inner: Arc::new(Inner {
                rest: Rest::new("base_url", &config.address(), &config.http)?,
                headers,
                secrets,
            }),
            options: CallOptions::new(),
        })
    }

    /// The same client, whose calls `options` may end from outside.
    pub fn with_options(&self, options: &CallOptions) -> Client {
        Client {
            inner: Arc::clone(&self.inner),
            options: options.clone(),
        }
    }

    /// Ends every call that is under way, on all threads, as cancelled, and closes the connections that were kept for
    /// further calls. Calls made afterwards end at once.
    pub fn close(&self) {
        self.inner.rest.close();
    }

    /// Where the service is, without a query.
    pub fn base_url(&self) -> String {
        self.inner.rest.base().display()
    }

    /// The call called `name` in [`ENDPOINTS`](super::ENDPOINTS), whatever it is: with this, everything that the service
    /// does can be had as JSON. Answers with the answer's `data`.
    ///
    /// `parameters` is an object with the parameters of the path, and of the query or of the body's `data`, by the
    /// service's own names; null is the same as nothing. What the table does not know is sent along.
    ///
    /// # Errors
    /// `InvalidArgument`, with the parameter's name, before anything is sent: no such call, a required parameter that is
    /// missing or empty, one that cannot be in a path. Then whatever the service says, with its
    /// [`problem`](Error::problem).
    pub fn call(&self, name: &str, parameters: Value) -> Result<Value> {
        self.exchange(Endpoint::named(name)?, object(parameters)?)
    }

    /// A list of the call called `name`, page by page as it is asked for.
    ///
    /// # Errors
    /// `InvalidArgument` for a call that answers with no pages. The rest comes from the list.
    pub fn list(&self, name: &str, parameters: Value) -> Result<List<Value>> {
        self.list_of(name, parameters)
    }

    /// Downloads what a [`url`](super::TtsSample::url) leads to. The key goes along only if that is at the service itself,
    /// and refused without it.
    ///
    /// # Errors
    /// `InvalidArgument` for a URL that is none, or unencrypted; `File` when it cannot be written, `Cancelled` when
    /// `on_progress` stopped it. Then nothing is left of it: there is never half a file.
    pub fn download_url(
        &self,
        url: &str,
        to: &SaveTo,
        mut on_progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()>,
    ) -> Result<Saved> {
        let from = self.inner.rest.follow("url", url)?;
        let name = from.path.rsplit('/').next().and_then(net::safe_name);
        let download = Download {
            from,
            headers: &self.headers(),
            is_link: true,
            to,
            place: None,
            fallback_name: name.as_deref().unwrap_or("sample"),
            on_progress: &mut on_progress,
            error_of: &|response| response_error(response, false),
            secrets: &self.inner.secrets,
        };
        self.inner.rest.download(download, &self.options)
    }

    pub(super) fn list_of<T: DeserializeOwned>(&self, name: &str, parameters: Value) -> Result<List<T>> {
        let endpoint = Endpoint::named(name)?;
        if !endpoint.pages {
            return Err(Error::invalid(
                "name",
                name,
                "a call that answers with pages, such as list_voices",
            ));
        }
        Ok(List::new(self.clone(), endpoint, object(parameters)?))
    }

    /// One call of the typed layer.
    pub(super) fn ask<T: DeserializeOwned>(&self, name: &str, parameters: Value) -> Result<T> {
        typed(name, self.call(name, parameters)?)
    }

    pub(super) fn pause_until(&self, moment: Instant) -> Result<()> {
        net::pause(&self.inner.rest.control(&self.options), moment)
    }

    fn headers(&self) -> Vec<(&'static str, &str)> {
        self.inner
            .headers
            .iter()
            .map(|(name, value)| (*name, value.expose()))
            .collect()
    }

    pub(super) fn exchange(&self, endpoint: &Endpoint, mut parameters: Map<String, Value>) -> Result<Value> {
        let mut path = endpoint.path.to_owned();
        for name in endpoint.path_parameters() {
            let takes = "an id, as the service gave it";
            let value = match parameters.remove(name) {
                Some(Value::String(id)) => id,
                Some(Value::Number(id)) => id.to_string(),
                Some(other) if !other.is_null() => return Err(Error::invalid(name, other, takes)),
                _ => return Err(Error::invalid(name, "not given", takes)),
            };
            path = path.replace(&format!("{{{name}}}"), &net::path_segment(name, &value, takes)?);
        }
        for name in endpoint.required {
            match parameters.get(*name) {
                None | Some(Value::Null) => return Err(Error::invalid(name, "not given", "something")),
                Some(Value::String(text)) if text.trim().is_empty() => {
                    return Err(Error::invalid(name, "empty", "something that is not empty"));
                }
                Some(_) => {}
            }
        }
        let mut place = self.inner.rest.base().join(&path);
        let mut body = Body::Empty;
        match endpoint.method {
            "GET" => {
                let mut pairs = Vec::new();
                for (name, value) in &parameters {
                    match value {
                        Value::Null => {}
                        Value::String(text) => pairs.push((name.as_str(), text.clone())),
                        Value::Bool(_) | Value::Number(_) => pairs.push((name.as_str(), value.to_string())),
                        _ => return Err(Error::invalid(name, value, "a text, a number or a truth value")),
                    }
                }
                place = place.with_query(&net::query(&pairs)?);
            }
            "POST" => body = Body::Json(json!({ "data": parameters }).to_string().into_bytes()),
            _ => {}
        }
        let may_lock = endpoint.name == "regenerate_sample";
        let response = self.inner.rest.call(
            &Call {
                method: endpoint.http_method(),
                endpoint: &place,
                headers: &self.headers(),
                body: &body,
                is_repeatable: endpoint.repeatable,
                error_of: &|response| response_error(response, may_lock),
                secrets: &self.inner.secrets,
            },
            &self.options,
        )?;
        let answer = net::json(&response).map_err(|error| error.with_url(place.display()))?;
        data_of(answer, response.status).map_err(|error| error.with_url(place.display()))
    }

    /// Uploads a form to an address that the service gave, which is another's: nothing of the credentials goes along.
    pub(super) fn upload_form(&self, url: &str, form: &Multipart, on_progress: net::Progress<'_>) -> Result<()> {
        let place = self
            .inner
            .rest
            .follow("url", url)
            .map_err(|error| Error::new(ErrorKind::Protocol, error.message()))?;
        let body = Body::Form {
            form,
            progress: std::cell::RefCell::new(on_progress),
        };
        let call = Call {
            method: net::Method::Post,
            endpoint: &place,
            headers: &[],
            body: &body,
            // The same file at the same place.
            is_repeatable: true,
            error_of: &|response| response_error(response, false),
            secrets: &self.inner.secrets,
        };
        self.inner.rest.call(&call, &self.options).map(drop)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}

/// What is in `{"ok": true, "data": …}`.
fn data_of(answer: Value, status: u16) -> Result<Value> {
    match answer {
        Value::Object(mut answer) if answer.contains_key("data") || answer.contains_key("ok") => {
            let data = answer.remove("data").unwrap_or_default();
            match answer.get("ok") {
                Some(Value::Bool(false)) => Err(error_in(&Value::Object(answer), status)),
                _ => Ok(data),
            }
        }
        other => Ok(other),
    }
}

/// The parameters of a call, null being none.
fn object(parameters: Value) -> Result<Map<String, Value>> {
    match parameters {
        Value::Object(object) => Ok(object),
        Value::Null => Ok(Map::new()),
        _ => Err(Error::invalid(
            "parameters",
            "no JSON object",
            "an object of parameters by their names",
        )),
    }
}

/// The answer to `name` as what it should be.
pub(super) fn typed<T: DeserializeOwned>(name: &str, answer: Value) -> Result<T> {
    serde_json::from_value(answer).map_err(|error| {
        Error::new(
            ErrorKind::Protocol,
            format!("the answer to {name} is not what it should be: {error}"),
        )
    })
}
