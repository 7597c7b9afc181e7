//! The client: one account, any number of calls from any number of threads.

use std::cell::RefCell;
use std::fmt;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::config::Config;
use super::endpoints::{Answers, ENDPOINTS, Endpoint, Sends};
use super::errors::response_error;
use super::list::List;
use super::parameters::{check_given, content_type, object, query_value, typed};
use super::session::{Credentials, SignedIn};
use crate::error::{Error, ErrorKind, Result};
use crate::net::{
    self, Body, Call, CallOptions, Download, Method, Multipart, Place, Progress, Response, Rest, SaveTo, Saved,
};

/// Speaks to the marketplace. Clones are one client. Every call blocks the thread that makes it.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    options: CallOptions,
}

struct Inner {
    rest: Rest,
    credentials: Credentials,
}

/// Audio to be uploaded: WAV, Ogg, MP3 or FLAC. It is sent as it is read, whatever its length.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Audio {
    /// A file.
    File(PathBuf),
    /// The bytes of one, and what it would be called.
    Bytes {
        /// Such as `take-1.wav`.
        name: String,
        /// The whole file.
        bytes: Vec<u8>,
    },
}

impl From<&Path> for Audio {
    fn from(path: &Path) -> Audio {
        Audio::File(path.to_owned())
    }
}

impl Client {
    /// Checks the configuration. Nothing is sent before the first call.
    ///
    /// # Errors
    /// `InvalidArgument`: neither a key nor a login, an address that is none or that would send the key unencrypted, a
    /// time limit of zero, a PEM text with no certificate, a proxy of a kind that is not known here.
    pub fn new(config: &Config) -> Result<Client> {
        let rest = Rest::new("base_url", &config.address(), &config.http)?;
        Ok(Client {
            inner: Arc::new(Inner {
                rest,
                credentials: Credentials::new(config.sign_in()?, config.keep_password),
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
    /// does can be had as JSON.
    ///
    /// `parameters` is an object with the parameters of the path, the query or the body by the service's own names; null
    /// is the same as nothing. What the table does not know is sent along. In a query a list becomes one text with
    /// commas. For calls that upload, `data` is the path of the file; `null` is returned where the service answers with
    /// nothing.
    ///
    /// # Errors
    /// `InvalidArgument`, with the parameter's name, before anything is sent: no such call, a required parameter that is
    /// missing or empty, one that cannot be in a path or would make another call of it, a list with a comma in a text where it
    /// becomes one, a call whose answer is a file ([`download`](Self::download)).
    /// Then whatever the service says.
    pub fn call(&self, name: &str, parameters: Value) -> Result<Value> {
        let endpoint = Endpoint::named(name)?;
        let mut parameters = object(parameters)?;
        if endpoint.sends != Sends::Form {
            return self.exchange(endpoint, parameters);
        }
        match parameters.remove("data") {
            Some(Value::String(path)) if !path.is_empty() => {
                self.send_form(endpoint, parameters, &Audio::File(path.into()), &mut |_, _| {
                    ControlFlow::Continue(())
                })
            }
            other => Err(Error::invalid(
                "data",
                other.map_or("not given".to_owned(), |value| value.to_string()),
                "the path of an audio file",
            )),
        }
    }

    /// A call that uploads. `on_progress` is told how many bytes of how many have been sent, and may stop it.
    ///
    /// # Errors
    /// As [`call`](Self::call); `File` when the audio cannot be read, `Cancelled` when `on_progress` stopped it.
    pub fn upload(
        &self,
        name: &str,
        parameters: Value,
        audio: &Audio,
        mut on_progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()>,
    ) -> Result<Value> {
        let endpoint = Endpoint::named(name)?;
        if endpoint.sends != Sends::Form {
            return Err(Error::invalid(
                "name",
                name,
                "a call that uploads, such as create_recording",
            ));
        }
        self.send_form(endpoint, object(parameters)?, audio, &mut on_progress)
    }

    /// A call whose answer is a file: `export_project`, `export_conversions`. `on_progress` is told how many bytes of how
    /// many have come, and may stop it.
    ///
    /// # Errors
    /// As [`call`](Self::call); `File` when it cannot be written, `Cancelled` when `on_progress` stopped it. Then nothing
    /// is left of it: there is never half a file.
    pub fn download(
        &self,
        name: &str,
        parameters: Value,
        to: &SaveTo,
        mut on_progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()>,
    ) -> Result<Saved> {
        let endpoint = Endpoint::named(name)?;
        if endpoint.answers != Answers::File {
            return Err(Error::invalid(
                "name",
                name,
                "a call that answers with a file, such as export_project",
            ));
        }
        let (from, _) = self.prepared(endpoint, object(parameters)?)?;
        self.save(from, false, to, None, "export.zip", &mut on_progress)
    }

    /// Downloads what a [`url`](super::Recording::url) leads to. The key goes along only if that is at the service
    /// itself, and refused without it.
    ///
    /// # Errors
    /// As [`download`](Self::download); `InvalidArgument` for a URL that is none, or unencrypted.
    pub fn download_url(
        &self,
        url: &str,
        to: &SaveTo,
        on_progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()>,
    ) -> Result<Saved> {
        self.download_url_as(url, to, None, on_progress)
    }

    /// The same, and `place` gives the file its name.
    pub(super) fn download_url_as(
        &self,
        url: &str,
        to: &SaveTo,
        place: Option<Place<'_>>,
        mut on_progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()>,
    ) -> Result<Saved> {
        let from = self.inner.rest.follow("url", url)?;
        let name = from.path.rsplit('/').next().and_then(net::safe_name);
        let name = name.as_deref().unwrap_or("recording");
        self.save(from, true, to, place, name, &mut on_progress)
    }

    /// A list of the call called `name`, page by page as it is asked for. `parameters` as for [`call`](Self::call);
    /// `limit` is the size of a page, and `offset` where it begins.
    ///
    /// # Errors
    /// `InvalidArgument` for a call that answers with no pages. The rest comes from the list.
    pub fn list(&self, name: &str, parameters: Value) -> Result<List<Value>> {
        self.list_of(name, parameters)
    }

    pub(super) fn list_of<T: DeserializeOwned>(&self, name: &str, parameters: Value) -> Result<List<T>> {
        let endpoint = Endpoint::named(name)?;
        if endpoint.answers != Answers::Page {
            return Err(Error::invalid(
                "name",
                name,
                "a call that answers with pages, such as list_projects",
            ));
        }
        let parameters = object(parameters)?;
        // What is wrong with them is told here rather than by the first page.
        self.prepared(endpoint, parameters.clone())?;
        List::new(self.clone(), endpoint, parameters)
    }

    /// Signs in, with the address and password of the configuration, and answers with the account. Calls do that
    /// themselves when they are the first; this is to know early, and to come back after a [`logout`](Self::logout).
    ///
    /// # Errors
    /// `InvalidArgument` when the client has no password: it has a key, or has signed in before and was not to keep it.
    /// `Unauthorized` when the service does not accept it.
    pub fn login(&self) -> Result<super::Session> {
        let answer = self.sign_in()?;
        typed("login", answer)
    }

    /// Ends the session. Calls made afterwards are `Unauthorized` until [`login`](Self::login). A client with a key stays
    /// as it is.
    ///
    /// # Errors
    /// Whatever the service says; the session is forgotten all the same.
    pub fn logout(&self) -> Result<()> {
        self.call("logout", Value::Null).map(drop)
    }

    pub(super) fn pause_until(&self, moment: Option<Instant>) -> Result<()> {
        net::pause(&self.inner.rest.control(&self.options), moment)
    }

    /// One call of the typed layer.
    pub(super) fn ask<T: DeserializeOwned>(&self, name: &str, parameters: Value) -> Result<T> {
        let answer = self.call(name, parameters)?;
        typed(name, answer)
    }

    pub(super) fn exchange(&self, endpoint: &Endpoint, parameters: Map<String, Value>) -> Result<Value> {
        if endpoint.answers == Answers::File {
            return Err(Error::invalid(
                "name",
                endpoint.name,
                "a call that answers with JSON; this one is for download",
            ));
        }
        match endpoint.name {
            "login" => return self.sign_in_as(&parameters),
            "logout" => {
                let answer = self.plain(endpoint, parameters);
                self.inner.credentials.sign_out();
                return answer;
            }
            _ => {}
        }
        let folder_ids = parameters.get("folder_ids").cloned();
        match self.plain(endpoint, parameters) {
            // The vendor's page says GET, others POST.
            Err(error) if endpoint.name == "folder_stats" && error.http_status() == Some(405) => {
                let query = net::query(&[(
                    "folder_ids",
                    query_value("folder_ids", &folder_ids.unwrap_or_default())?,
                )])?;
                let place = self.inner.rest.base().join(endpoint.path).with_query(&query);
                self.request(Method::Get, &place, &Body::Empty, true)
            }
            other => other,
        }
    }

    fn plain(&self, endpoint: &Endpoint, parameters: Map<String, Value>) -> Result<Value> {
        let (place, body) = self.prepared(endpoint, parameters)?;
        self.request(endpoint.http_method(), &place, &body, endpoint.repeatable)
    }

    /// Where a call goes and what it carries.
    fn prepared(
        &self,
        endpoint: &Endpoint,
        mut parameters: Map<String, Value>,
    ) -> Result<(net::Endpoint, Body<'static>)> {
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
            // That place is another call's.
            if ENDPOINTS.iter().any(|other| other.path == path) {
                return Err(Error::invalid(name, format_args!("{value:?}"), takes));
            }
        }
        for name in endpoint.required {
            check_given(name, parameters.get(*name))?;
        }
        let place = self.inner.rest.base().join(&path);
        match endpoint.sends {
            Sends::Query => {
                let mut pairs = Vec::new();
                for (name, value) in &parameters {
                    if !value.is_null() {
                        pairs.push((name.as_str(), query_value(name, value)?));
                    }
                }
                Ok((place.with_query(&net::query(&pairs)?), Body::Empty))
            }
            // A call that takes fields has an object of them, also of none: services ask for a body where there may be one.
            // A deletion has a body only where it says what is to be deleted.
            Sends::Json if parameters.is_empty() && endpoint.required.is_empty() && endpoint.optional.is_empty() => {
                Ok((place, Body::Empty))
            }
            Sends::Json => Ok((place, Body::Json(Value::Object(parameters).to_string().into_bytes()))),
            Sends::Form => Ok((place, Body::Empty)),
        }
    }

    fn send_form(
        &self,
        endpoint: &Endpoint,
        parameters: Map<String, Value>,
        audio: &Audio,
        on_progress: Progress<'_>,
    ) -> Result<Value> {
        let (place, _) = self.prepared(endpoint, parameters.clone())?;
        let mut form = Multipart::new();
        // The file comes last: a server can look at the rest before it takes it.
        for (name, value) in &parameters {
            if !value.is_null() {
                form.text(name, &query_value(name, value)?);
            }
        }
        match audio {
            Audio::File(path) => {
                let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
                let name =
                    name.ok_or_else(|| Error::invalid("data", format_args!("{path:?}"), "the path of a file"))?;
                form.file("data", &name, content_type(&name), path.clone());
            }
            Audio::Bytes { bytes, .. } if bytes.is_empty() => {
                return Err(Error::invalid("data", "empty", "the bytes of an audio file"));
            }
            Audio::Bytes { name, bytes } => form.bytes("data", name, content_type(name), bytes.clone()),
        }
        let body = Body::Form {
            form: &form,
            progress: RefCell::new(on_progress),
        };
        self.request(endpoint.http_method(), &place, &body, endpoint.repeatable)
    }

    /// One request with the credentials, and the answer's JSON. A session that has expired is opened anew, if it may be.
    fn request(&self, method: Method, place: &net::Endpoint, body: &Body<'_>, is_repeatable: bool) -> Result<Value> {
        let response = self.signed_in(|who, secrets| {
            self.inner.rest.call(
                &Call {
                    method,
                    endpoint: place,
                    headers: &who.headers(),
                    body,
                    is_repeatable,
                    error_of: &response_error,
                    secrets,
                },
                &self.options,
            )
        })?;
        self.inner.credentials.renew(&response.cookies);
        net::json(&response).map_err(|error| error.with_url(place.display()))
    }

    fn save(
        &self,
        from: net::Endpoint,
        is_link: bool,
        to: &SaveTo,
        place: Option<Place<'_>>,
        fallback_name: &str,
        on_progress: Progress<'_>,
    ) -> Result<Saved> {
        let progress = RefCell::new(on_progress);
        self.signed_in(|who, secrets| {
            let download = Download {
                from: from.clone(),
                headers: &who.headers(),
                is_link,
                to,
                place,
                fallback_name,
                on_progress: &mut |done, total| (progress.borrow_mut())(done, total),
                error_of: &response_error,
                secrets,
            };
            self.inner.rest.download(download, &self.options)
        })
    }

    /// Does something as whoever this is; once more after signing in again when the session turns out to have expired.
    fn signed_in<T>(&self, act: impl Fn(&SignedIn, &[crate::secret::Secret]) -> Result<T>) -> Result<T> {
        let credentials = &self.inner.credentials;
        let who = match credentials.current()? {
            Some(who) => who,
            None => {
                self.sign_in()?;
                credentials
                    .current()?
                    .ok_or_else(|| Error::new(ErrorKind::Unauthorized, "another thread ended the session"))?
            }
        };
        let error = match act(&who, &credentials.secrets()) {
            Err(error) if error.http_status() == Some(401) && who.is_session() => error,
            other => return other,
        };
        // Refused is not done: it can be asked again, whatever it is.
        if !credentials.expired(&who) {
            return Err(
                error.about("the session has expired, or was ended elsewhere; sign in again, or keep the password")
            );
        }
        if credentials.current()?.is_none() {
            self.sign_in()?;
        }
        match credentials.current()? {
            Some(who) => act(&who, &credentials.secrets()),
            None => Err(error),
        }
    }

    fn sign_in(&self) -> Result<Value> {
        let login = self.inner.credentials.login()?;
        let body = serde_json::json!({ "email": login.email, "password": login.password.expose() });
        self.open_session(body)
    }

    /// A login through [`call`](Self::call), as somebody else perhaps.
    fn sign_in_as(&self, parameters: &Map<String, Value>) -> Result<Value> {
        for name in ["email", "password"] {
            check_given(name, parameters.get(name))?;
        }
        let credentials = &self.inner.credentials;
        let before = credentials.become_login(parameters)?;
        self.open_session(Value::Object(parameters.clone()))
            .inspect_err(|_| credentials.stay_login(before))
    }

    fn open_session(&self, body: Value) -> Result<Value> {
        let endpoint = Endpoint::named("login")?;
        let place = self.inner.rest.base().join(endpoint.path);
        let secrets = self.inner.credentials.secrets();
        let response: Response = self.inner.rest.call(
            &Call {
                method: endpoint.http_method(),
                endpoint: &place,
                headers: &[],
                body: &Body::Json(body.to_string().into_bytes()),
                is_repeatable: endpoint.repeatable,
                error_of: &response_error,
                secrets: &secrets,
            },
            &self.options,
        )?;
        let mut answer = net::json(&response)?;
        self.inner
            .credentials
            .opened(response.cookies, &mut answer)
            .map_err(|error| error.with_url(place.display()))?;
        Ok(answer)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url())
            .finish_non_exhaustive()
    }
}
