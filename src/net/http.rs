//! REST calls: bounded, cancellable, redirects refused.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::control::Control;
use super::endpoint::Endpoint;
use super::http_transport::{HttpConnector, HttpResolver};
use super::network::Network;
use crate::error::{Error, ErrorKind, Result};

pub(crate) const USER_AGENT: &str = concat!("voicewire/", env!("CARGO_PKG_VERSION"));

/// How a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Delete,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        }
    }
}

/// What a request carries.
pub(crate) enum Body {
    Empty,
    Json(Vec<u8>),
}

/// How long a request may take. `None` is without end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub connect: Option<Duration>,
    /// Connecting included.
    pub whole: Option<Duration>,
}

/// A whole answer, whatever its status.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub location: Option<String>,
    pub body: Vec<u8>,
}

/// Keeps connections open between calls. Shared by any number of threads.
pub(crate) struct HttpClient {
    agent: ureq::Agent,
    max_body: usize,
}

impl HttpClient {
    pub fn new(network: Arc<Network>, max_body: usize) -> HttpClient {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // A redirect would carry the key to another place; the service has no reason to send one.
            .max_redirects(0)
            .proxy(None)
            .user_agent(USER_AGENT)
            .build();
        let agent = ureq::Agent::with_parts(config, HttpConnector::new(network), HttpResolver);
        HttpClient { agent, max_body }
    }

    /// Closes the connections that are kept for further requests. There can be no further requests.
    pub fn close(&self) {
        self.agent.clone().shutdown();
    }

    /// One request, without retries.
    pub fn send(
        &self,
        method: Method,
        endpoint: &Endpoint,
        headers: &[(&str, &str)],
        body: &Body,
        control: &Control,
        limits: Limits,
    ) -> Result<Response> {
        if control.is_cancelled() {
            return Err(Error::cancelled());
        }
        control
            .during(|| self.exchange(method, endpoint, headers, body, limits))
            .map_err(|error| request_error(error, self.max_body).with_url(endpoint.display()))
    }

    fn exchange(
        &self,
        method: Method,
        endpoint: &Endpoint,
        headers: &[(&str, &str)],
        body: &Body,
        limits: Limits,
    ) -> Result<Response, ureq::Error> {
        let method = match method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
            Method::Delete => http::Method::DELETE,
        };
        let mut request = http::Request::builder()
            .method(method)
            .uri(endpoint.url(None))
            .header("accept", "application/json");
        for (name, value) in headers {
            let mut value = http::HeaderValue::from_str(value).map_err(http::Error::from)?;
            value.set_sensitive(true);
            request = request.header(*name, value);
        }
        let mut response = match body {
            Body::Empty => self.run(request.body(())?, limits)?,
            Body::Json(json) => self.run(
                request
                    .header("content-type", "application/json")
                    .body(json.as_slice())?,
                limits,
            )?,
        };
        let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let retry_after = text("retry-after").and_then(parse_retry_after);
        let location = text("location").map(str::to_owned);
        let body = response
            .body_mut()
            .with_config()
            .limit(self.max_body as u64)
            .read_to_vec()?;
        Ok(Response {
            status: response.status().as_u16(),
            retry_after,
            location,
            body,
        })
    }

    fn run(
        &self,
        request: http::Request<impl ureq::AsSendBody>,
        limits: Limits,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(limits.whole)
            .timeout_connect(limits.connect)
            .build();
        self.agent.run(request)
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

fn request_error(error: ureq::Error, max_body: usize) -> Error {
    match error {
        ureq::Error::Other(other) => match other.downcast::<Error>() {
            Ok(ours) => *ours,
            Err(other) => Error::new(ErrorKind::Network, format!("the request failed: {other}")),
        },
        ureq::Error::Timeout(limit) => {
            Error::new(ErrorKind::Timeout, "the service did not answer in time").with_field(limit_name(limit))
        }
        ureq::Error::Io(error) => super::socket::io_error(error, "the request failed"),
        ureq::Error::BodyExceedsLimit(_) => Error::new(
            ErrorKind::Protocol,
            format!("the answer is over the limit of {max_body} bytes (max_message_bytes)"),
        )
        .with_field("max_message_bytes"),
        ureq::Error::Protocol(error) => Error::new(ErrorKind::Protocol, format!("the answer is not HTTP: {error}")),
        other => Error::new(ErrorKind::Network, format!("the request failed: {other}")),
    }
}

/// The setting whose limit ran out.
pub(super) fn limit_name(limit: ureq::Timeout) -> &'static str {
    match limit {
        ureq::Timeout::Connect => "connect_timeout",
        _ => "rest_timeout",
    }
}

/// `Retry-After`: seconds, or a date (RFC 9110, section 10.2.3).
pub(crate) fn parse_retry_after(value: &str) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(std::time::SystemTime::now()).unwrap_or_default())
}
