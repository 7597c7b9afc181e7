//! HTTP requests: bounded, cancellable, redirects refused.

use std::cell::RefCell;
use std::fmt;
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::control::Control;
use super::endpoint::Endpoint;
use super::http_transport::{HttpConnector, HttpResolver};
use super::multipart::{Multipart, Told};
use super::network::Network;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;

pub(crate) const USER_AGENT: &str = concat!("voicewire/", env!("CARGO_PKG_VERSION"));

/// How a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        }
    }
}

/// Is told how many bytes of how many have gone their way, and says whether to go on.
pub(crate) type Progress<'a> = &'a mut dyn FnMut(u64, Option<u64>) -> ControlFlow<()>;

/// What a request carries.
pub(crate) enum Body<'a> {
    Empty,
    Json(Vec<u8>),
    Form {
        form: &'a Multipart,
        progress: RefCell<Progress<'a>>,
    },
}

/// How long a request may take. `None` is without end.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Limits {
    pub connect: Option<Duration>,
    /// Connecting included.
    pub whole: Option<Duration>,
    /// How long nothing may move.
    pub idle: Option<Duration>,
    /// From the request's last byte to the answer's head.
    pub answer: Option<Duration>,
}

/// One request, whatever becomes of it.
pub(crate) struct Request<'a, 'b> {
    pub method: Method,
    pub endpoint: &'a Endpoint,
    /// The media types that are wanted.
    pub accept: &'a str,
    /// Secret, all of them, to the HTTP library's log.
    pub headers: &'a [(&'a str, &'a str)],
    pub body: &'a Body<'b>,
    pub control: &'a Control,
    pub limits: Limits,
}

/// A whole answer, whatever its status.
#[derive(Debug, Clone, Default)]
pub(crate) struct Response {
    pub status: u16,
    pub retry_after: Option<Duration>,
    pub location: Option<String>,
    /// The first pair of each `Set-Cookie`, as it goes into `Cookie`.
    pub cookies: Vec<Secret>,
    pub body: Vec<u8>,
}

/// The content codings there are (RFC 9110, section 8.4.1, and those registered since).
const PACKINGS: [&str; 7] = ["gzip", "x-gzip", "deflate", "compress", "x-compress", "br", "zstd"];

/// What an answer says before its body.
#[derive(Debug, Default)]
pub(crate) struct Head {
    pub status: u16,
    /// How many bytes follow, where that is said.
    pub length: Option<u64>,
    /// Whether the end of the body can be told from a connection that broke.
    pub has_end: bool,
    /// How the body is packed.
    packed: Option<String>,
    pub content_type: Option<String>,
    pub disposition: Option<String>,
    pub content_range: Option<String>,
    pub accepts_ranges: bool,
    /// What names this very content: a strong `ETag`, else `Last-Modified`.
    pub validator: Option<String>,
    pub retry_after: Option<Duration>,
    pub location: Option<String>,
    cookies: Vec<Secret>,
}

impl Head {
    /// The media type of an answer in words, which is no audio and no archive.
    pub fn type_of_words(&self) -> Option<String> {
        let content_type = self.content_type.as_deref()?.trim().to_ascii_lowercase();
        let (top, rest) = content_type.split_once('/')?;
        // `application/problem+json`, say.
        let is_words = top == "text" || rest.contains("json") || rest.contains("xml");
        is_words.then_some(content_type)
    }

    fn new(response: &http::Response<ureq::Body>) -> Head {
        let text = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let owned = |name: &str| text(name).map(str::to_owned);
        let length = text("content-length").and_then(|length| length.trim().parse().ok());
        // Names are Latin-1 in old servers and UTF-8 in new ones; neither is what HTTP says.
        let disposition = response.headers().get("content-disposition").map(|value| {
            let bytes = value.as_bytes();
            String::from_utf8(bytes.to_vec()).unwrap_or_else(|_| bytes.iter().copied().map(char::from).collect())
        });
        // Storages hand out whatever an uploader has called an encoding, such as utf-8.
        let codings = ["content-encoding", "transfer-encoding"].into_iter().filter_map(text);
        let packed = codings
            .flat_map(|codings| codings.split(','))
            .map(str::trim)
            .find(|coding| PACKINGS.iter().any(|packing| coding.eq_ignore_ascii_case(packing)));
        let etag = text("etag").filter(|etag| etag.starts_with('"'));
        let cookies = response.headers().get_all("set-cookie").iter();
        Head {
            status: response.status().as_u16(),
            length,
            has_end: length.is_some() || response.headers().contains_key("transfer-encoding"),
            packed: packed.map(str::to_owned),
            content_type: owned("content-type"),
            disposition,
            content_range: owned("content-range"),
            accepts_ranges: text("accept-ranges").is_some_and(|ranges| ranges.trim().eq_ignore_ascii_case("bytes")),
            validator: etag.or_else(|| text("last-modified")).map(str::to_owned),
            retry_after: text("retry-after").and_then(parse_retry_after),
            location: owned("location"),
            cookies: cookies
                .filter_map(|value| value.to_str().ok()?.split(';').next())
                .map(|pair| Secret::new(pair.trim().to_owned()))
                .collect(),
        }
    }

    /// Bytes that are packed, though nobody has asked for that, are neither a file nor sound nor text.
    fn refuse_packed(&self) -> Result<()> {
        match &self.packed {
            // What a service has to say against a request is worth more than how it says it; the body of a redirect is
            // nobody's.
            Some(coding) if matches!(self.status, 200..=203 | 205..=299) => Err(Error::new(
                ErrorKind::Protocol,
                format!("the answer is packed ({coding}), which nobody has asked for"),
            )
            .with_http_status(self.status)),
            _ => Ok(()),
        }
    }

    /// The answer, with its body.
    pub fn into_response(self, body: Vec<u8>) -> Response {
        Response {
            status: self.status,
            retry_after: self.retry_after,
            location: self.location,
            cookies: self.cookies,
            body,
        }
    }
}

/// An answer's body, to be read as it comes. Dropping it before its end closes the connection.
pub(crate) struct Incoming {
    reader: ureq::BodyReader<'static>,
}

impl Incoming {
    /// The next bytes, waiting for some, with what may end the call in force; 0 at the end.
    pub fn piece_during(&mut self, control: &Control, buffer: &mut [u8]) -> Result<usize> {
        control.during(|| self.piece(buffer))
    }

    /// The next bytes, waiting for some; 0 at the end.
    pub fn piece(&mut self, buffer: &mut [u8]) -> Result<usize> {
        loop {
            match self.reader.read(buffer) {
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                read => return read.map_err(read_error),
            }
        }
    }
}

impl Read for Incoming {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.reader.read(buffer)
    }
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

    /// One request, without retries; the whole answer, in memory.
    pub fn send(&self, request: &Request<'_, '_>) -> Result<Response> {
        self.receive(request, |head, body| {
            let body = self.read_whole(body)?;
            Ok(head.into_response(body))
        })
    }

    /// The rest of a body, which must not be larger than the limit.
    pub fn read_whole(&self, body: &mut dyn Read) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        body.take(self.max_body as u64 + 1)
            .read_to_end(&mut bytes)
            .map_err(read_error)?;
        if bytes.len() > self.max_body {
            return Err(Error::new(
                ErrorKind::Protocol,
                format!(
                    "the answer is over the limit of {} bytes (max_message_bytes)",
                    self.max_body
                ),
            )
            .with_field("max_message_bytes"));
        }
        Ok(bytes)
    }

    /// One request, without retries; `take` is given the answer's head and its body to read, of any length.
    pub fn receive<T>(
        &self,
        request: &Request<'_, '_>,
        take: impl FnOnce(Head, &mut Incoming) -> Result<T>,
    ) -> Result<T> {
        let (head, mut body) = self.begin(request)?;
        request
            .control
            .during(|| take(head, &mut body))
            .map_err(|error| error.with_url(request.endpoint.display()))
    }

    /// One request, without retries, up to the answer's head; its body is read afterwards, at the caller's pace.
    pub fn begin(&self, request: &Request<'_, '_>) -> Result<(Head, Incoming)> {
        let Request { control, endpoint, .. } = request;
        if control.is_cancelled() {
            return Err(Error::cancelled());
        }
        let response = control
            .during(|| self.exchange(request))
            .map_err(|error| error.with_url(endpoint.display()))?;
        let head = Head::new(&response);
        head.refuse_packed()
            .map_err(|error| error.with_url(endpoint.display()))?;
        let reader = response.into_body().into_reader();
        Ok((head, Incoming { reader }))
    }

    fn exchange(&self, request: &Request<'_, '_>) -> Result<http::Response<ureq::Body>> {
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Put => http::Method::PUT,
            Method::Patch => http::Method::PATCH,
            Method::Delete => http::Method::DELETE,
        };
        let mut builder = http::Request::builder()
            .method(method)
            .uri(request.endpoint.url(None))
            .header("accept", request.accept);
        for (name, value) in request.headers {
            let mut value = http::HeaderValue::from_str(value)
                .map_err(|error| Error::new(ErrorKind::Internal, format!("the header {name} is none: {error}")))?;
            value.set_sensitive(true);
            builder = builder.header(*name, value);
        }
        let limits = request.limits;
        let made = |error: http::Error| Error::new(ErrorKind::Internal, format!("the request is none: {error}"));
        match request.body {
            Body::Empty => self.run(builder.body(()).map_err(made)?, limits),
            Body::Json(json) => {
                let builder = builder.header("content-type", "application/json");
                self.run(builder.body(json.as_slice()).map_err(made)?, limits)
            }
            Body::Form { form, progress } => {
                let bytes = form.open()?;
                let builder = builder
                    .header("content-type", form.content_type())
                    .header("content-length", bytes.length);
                let refused = Arc::new(AtomicBool::new(false));
                let mut told = Told {
                    refused: refused.clone(),
                    sent: 0,
                    total: bytes.length,
                    inner: bytes,
                    progress: &mut *progress.borrow_mut(),
                };
                let body = ureq::SendBody::from_reader(&mut told);
                let request = builder.body(body).map_err(made)?;
                let control = Control {
                    refused: Some(refused),
                    ..Control::current()
                };
                control.during(|| self.run(request, limits))
            }
        }
    }

    fn run(&self, request: http::Request<impl ureq::AsSendBody>, limits: Limits) -> Result<http::Response<ureq::Body>> {
        let request = self
            .agent
            .configure_request(request)
            .timeout_global(limits.whole)
            .timeout_connect(limits.connect)
            .timeout_recv_response(limits.answer)
            .timeout_per_read(limits.idle)
            .timeout_per_write(limits.idle)
            .build();
        self.agent.run(request).map_err(request_error)
    }
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

/// What reading an answer's body failed with.
fn read_error(error: std::io::Error) -> Error {
    request_error(ureq::Error::from(error))
}

fn request_error(error: ureq::Error) -> Error {
    match error {
        ureq::Error::Other(other) => match other.downcast::<Error>() {
            Ok(ours) => *ours,
            Err(other) => Error::new(ErrorKind::Network, format!("the request failed: {other}")),
        },
        ureq::Error::Timeout(limit) => {
            Error::new(ErrorKind::Timeout, "the service did not answer in time").with_field(limit_name(limit))
        }
        // What was to be sent could not be read, or should not be sent any more.
        ureq::Error::Io(error) => match error.downcast::<Error>() {
            Ok(ours) => ours,
            Err(error) => super::socket::io_error(error, "the request failed"),
        },
        ureq::Error::Protocol(error) => Error::new(ErrorKind::Protocol, format!("the answer is not HTTP: {error}")),
        other => Error::new(ErrorKind::Network, format!("the request failed: {other}")),
    }
}

/// The setting whose limit ran out.
pub(super) fn limit_name(limit: ureq::Timeout) -> &'static str {
    match limit {
        ureq::Timeout::Connect => "connect_timeout",
        ureq::Timeout::PerRead | ureq::Timeout::PerWrite => "idle_timeout",
        ureq::Timeout::RecvResponse => "first_chunk_timeout",
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
