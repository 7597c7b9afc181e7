//! One error for everything that can go wrong, and the one table that names its kinds.

use std::fmt;
use std::time::Duration;

/// The result of every call of this library that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, coarsely enough to decide what to do next.
///
/// [`ErrorKind::info`] gives each kind's number and name in C and its exception in Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A parameter was refused here, before anything was sent. [`Error::field`] names it.
    InvalidArgument,
    /// The service does not accept the key (HTTP 401 or 403).
    Unauthorized,
    /// Too many requests at once or in too short a time (`RateLimit`, HTTP 429). Wait, then try again.
    RateLimited,
    /// What the plan allows is used up: generation minutes (`MaxExceeded`), or voices (HTTP 403 to another one).
    QuotaExceeded,
    /// The account has no credits left (`InsufficientCredits`, HTTP 402).
    InsufficientCredits,
    /// The service understood the request and refused it (`InvalidInput`, HTTP 400, 409, 413, 422 …).
    RejectedInput,
    /// What the request names does not exist (HTTP 404 or 410).
    NotFound,
    /// The connection could not be made, or broke.
    Network,
    /// The encrypted connection could not be made: most often a certificate that is not trusted.
    Tls,
    /// One of the time limits ran out. [`Error::field`] names the setting.
    Timeout,
    /// The service closed the connection, in good form, before it had finished.
    Closed,
    /// The service sent something that the protocol does not allow.
    Protocol,
    /// The service failed (HTTP 5xx, or an error type that is not known here).
    Server,
    /// The caller stopped the call.
    Cancelled,
    /// A file could not be read or written.
    File,
    /// A defect in this library. Please report it.
    Internal,
    /// The audio of a generation was taken too slowly, and the room for what waits ran out. [`Error::field`] names the
    /// setting.
    BufferFull,
    /// Audio that cannot be decoded: broken, or of a form that is not known here.
    BadAudio,
    /// The directory of reports that wait to be sent has no room for another. [`Error::field`] names the setting.
    OutboxFull,
    /// Something else is being done to the same thing (Palabra's 403 while a voice's sample is being regenerated). It
    /// passes: wait, then try again. Not a missing permission, which is [`Unauthorized`](Self::Unauthorized).
    Locked,
}

/// One row of the table that C, Python and Rust share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KindInfo {
    /// The kind that this row is about.
    pub kind: ErrorKind,
    /// The value of the C status; 0 is success. Never changes.
    pub code: i32,
    /// The kind's name in snake_case.
    pub name: &'static str,
    /// The constant of the C status.
    pub c_name: &'static str,
    /// The exception class in Python.
    pub python_name: &'static str,
    /// What the kind means, in a few words.
    pub meaning: &'static str,
}

macro_rules! kinds {
    ($($kind:ident $code:literal $name:literal $c:literal $python:literal $meaning:literal;)*) => {
        /// Every kind, in the order of its code: row `n` has code `n + 1`.
        pub const KINDS: &[KindInfo] = &[$(KindInfo {
            kind: ErrorKind::$kind, code: $code, name: $name, c_name: $c, python_name: $python, meaning: $meaning,
        },)*];

        impl ErrorKind {
            /// This kind's row of the table.
            pub const fn info(self) -> KindInfo {
                match self { $(ErrorKind::$kind => KINDS[$code - 1],)* }
            }
        }
    };
}

kinds! {
    InvalidArgument      1 "invalid_argument"     "VW_ERR_INVALID_ARGUMENT"     "InvalidArgumentError"     "a parameter was refused before anything was sent";
    Unauthorized         2 "unauthorized"         "VW_ERR_UNAUTHORIZED"         "UnauthorizedError"        "the service does not accept the key";
    RateLimited          3 "rate_limited"         "VW_ERR_RATE_LIMITED"         "RateLimitedError"         "too many requests; wait and try again";
    QuotaExceeded        4 "quota_exceeded"       "VW_ERR_QUOTA_EXCEEDED"       "QuotaExceededError"       "what the plan allows is used up: generation minutes, or voices";
    InsufficientCredits  5 "insufficient_credits" "VW_ERR_INSUFFICIENT_CREDITS" "InsufficientCreditsError" "the account has no credits left";
    RejectedInput        6 "rejected_input"       "VW_ERR_REJECTED_INPUT"       "RejectedInputError"       "the service refused the request";
    NotFound             7 "not_found"            "VW_ERR_NOT_FOUND"            "NotFoundError"            "what the request names does not exist";
    Network              8 "network"              "VW_ERR_NETWORK"              "NetworkError"             "the connection could not be made, or broke";
    Tls                  9 "tls"                  "VW_ERR_TLS"                  "TlsError"                 "the encrypted connection could not be made";
    Timeout             10 "timeout"              "VW_ERR_TIMEOUT"              "TimeoutError"             "a time limit ran out";
    Closed              11 "closed"               "VW_ERR_CLOSED"               "ClosedError"              "the service closed the connection before it had finished";
    Protocol            12 "protocol"             "VW_ERR_PROTOCOL"             "ProtocolError"            "the service sent something the protocol does not allow";
    Server              13 "server"               "VW_ERR_SERVER"               "ServerError"              "the service failed";
    Cancelled           14 "cancelled"            "VW_ERR_CANCELLED"            "CancelledError"           "the caller stopped the call";
    File                15 "file"                 "VW_ERR_FILE"                 "FileError"                "a file could not be read or written";
    Internal            16 "internal"             "VW_ERR_INTERNAL"             "InternalError"            "a defect in this library";
    BufferFull          17 "buffer_full"          "VW_ERR_BUFFER_FULL"          "BufferFullError"          "audio was taken too slowly, and the room for what waits ran out";
    BadAudio            18 "bad_audio"            "VW_ERR_BAD_AUDIO"            "BadAudioError"            "the audio is broken, or of a form that is not known here";
    OutboxFull          19 "outbox_full"          "VW_ERR_OUTBOX_FULL"          "OutboxFullError"          "too many reports wait to be sent";
    Locked              20 "locked"               "VW_ERR_LOCKED"               "LockedError"              "something else is being done to the same thing; wait and try again";
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.info().name.replace('_', " "))
    }
}

/// How much audio had been delivered when a generation failed. It stays good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Received {
    /// Chunks with audio that were delivered. Of a line whose chunks wait for a poll, or to be asked for: that had come, also
    /// those that a cancel has dropped since.
    pub chunks: u64,
    /// Bytes of audio in them, as sent by the service (WAV headers included).
    pub bytes: u64,
}

/// A service's own account of an error, as RFC 9457 ("problem details") has it. What it left out is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Problem {
    /// `type`: a URI that names the kind of problem.
    pub problem_type: Option<String>,
    /// `status`: the HTTP status.
    pub status: Option<u16>,
    /// `title`: the kind of problem in a few words.
    pub title: Option<String>,
    /// `detail`: what happened this time.
    pub detail: Option<String>,
    /// `instance`: a URI that names this occurrence, for the vendor's support.
    pub instance: Option<String>,
    /// `error_code`: the service's number for it.
    pub error_code: Option<i64>,
}

/// Where in a stream of audio something is wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct AudioPosition {
    /// The first byte of the frame, page or header that is broken, counted from the beginning of the stream.
    pub byte: u64,
    /// Seconds of good audio before it.
    pub seconds: f64,
}

/// What went wrong, where, and what the service said about it.
///
/// Never contains a key. [`Display`](fmt::Display) gives one line for a person: what was tried, what came
/// back, what to do.
#[derive(Clone)]
pub struct Error(Box<Details>);

#[derive(Debug, Clone)]
struct Details {
    kind: ErrorKind,
    message: String,
    field: Option<String>,
    url: Option<String>,
    http_status: Option<u16>,
    vendor_type: Option<String>,
    retry_after: Option<Duration>,
    generation_id: Option<String>,
    voice_id: Option<String>,
    received: Option<Received>,
    attempts: Option<u32>,
    problem: Option<Problem>,
    audio_position: Option<AudioPosition>,
    /// Whether it is certain that nothing of the request was sent.
    unsent: bool,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Error {
        Error(Box::new(Details {
            kind,
            message: message.into(),
            field: None,
            url: None,
            http_status: None,
            vendor_type: None,
            retry_after: None,
            generation_id: None,
            voice_id: None,
            received: None,
            attempts: None,
            problem: None,
            audio_position: None,
            unsent: false,
        }))
    }

    /// A parameter that is refused: which, what it was, what it takes.
    pub(crate) fn invalid(field: &str, got: impl fmt::Display, takes: &str) -> Error {
        Error::new(
            ErrorKind::InvalidArgument,
            format!("{field} is {got}; it takes {takes}"),
        )
        .with_field(field)
    }

    pub(crate) fn cancelled() -> Error {
        Error::new(
            ErrorKind::Cancelled,
            "it was stopped by the caller, or by closing its session or client",
        )
    }

    /// Says before the words what they are about.
    pub(crate) fn about(mut self, what: &str) -> Error {
        self.0.message = format!("{what}: {}", self.0.message);
        self
    }

    pub(crate) fn with_field(mut self, field: &str) -> Error {
        self.0.field = Some(field.to_owned());
        self
    }

    pub(crate) fn with_url(mut self, url: impl Into<String>) -> Error {
        self.0.url = Some(url.into());
        self
    }

    pub(crate) fn with_http_status(mut self, status: u16) -> Error {
        self.0.http_status = Some(status);
        self
    }

    pub(crate) fn with_vendor_type(mut self, vendor_type: impl Into<String>) -> Error {
        self.0.vendor_type = Some(vendor_type.into());
        self
    }

    pub(crate) fn with_retry_after(mut self, wait: Option<Duration>) -> Error {
        self.0.retry_after = wait.or(self.0.retry_after);
        self
    }

    pub(crate) fn with_generation(mut self, id: &str, received: Received) -> Error {
        // Those that the service makes up are not known at first.
        self.0.generation_id = (!id.is_empty()).then(|| id.to_owned());
        self.0.received = Some(received);
        self
    }

    pub(crate) fn with_voice(mut self, id: &str) -> Error {
        self.0.voice_id = Some(id.to_owned());
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Error {
        self.0.attempts = Some(attempts);
        self
    }

    pub(crate) fn with_problem(mut self, problem: Problem) -> Error {
        self.0.problem = Some(problem);
        self
    }

    pub(crate) fn with_audio_position(mut self, position: AudioPosition) -> Error {
        self.0.audio_position = Some(position);
        self
    }

    /// The connection was never there: the request cannot have been carried out.
    pub(crate) fn unsent(mut self) -> Error {
        self.0.unsent = true;
        self
    }

    pub(crate) fn is_unsent(&self) -> bool {
        self.0.unsent
    }

    /// Applies `redact` to every text that may hold something the service or the system said.
    pub(crate) fn map_texts(mut self, redact: impl Fn(&str) -> String) -> Error {
        let details = &mut *self.0;
        details.message = redact(&details.message);
        let problem = details.problem.as_mut().map(|problem| {
            let Problem {
                problem_type,
                title,
                detail,
                instance,
                ..
            } = problem;
            [problem_type, title, detail, instance]
        });
        for text in [
            &mut details.field,
            &mut details.url,
            &mut details.vendor_type,
            &mut details.generation_id,
            &mut details.voice_id,
        ]
        .into_iter()
        .chain(problem.into_iter().flatten())
        .flatten()
        {
            *text = redact(text);
        }
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// What happened, in words; the service's own words where it gave any. Not the whole
    /// [`Display`](fmt::Display) line, which adds the rest of what is known.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The parameter or setting concerned: of a request spelled as the service spells it, else an argument's name.
    pub fn field(&self) -> Option<&str> {
        self.0.field.as_deref()
    }

    /// The address concerned, without its query.
    pub fn url(&self) -> Option<&str> {
        self.0.url.as_deref()
    }

    /// The HTTP status that the service answered with, or a proxy that made no tunnel.
    pub fn http_status(&self) -> Option<u16> {
        self.0.http_status
    }

    /// The service's own name for the error, such as `RateLimit`.
    pub fn vendor_type(&self) -> Option<&str> {
        self.0.vendor_type.as_deref()
    }

    /// How long the service asked to wait before the next try.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The generation concerned, also when its id was made here.
    pub fn generation_id(&self) -> Option<&str> {
        self.0.generation_id.as_deref()
    }

    /// The voice that stays with the service although making it failed (Palabra).
    pub fn voice_id(&self) -> Option<&str> {
        self.0.voice_id.as_deref()
    }

    /// How much audio had been delivered before the generation failed.
    pub fn received(&self) -> Option<Received> {
        self.0.received
    }

    /// How often a REST call was tried, or a session's line sent, this error being the last try's: 1 when it was not tried
    /// again. `None` for what is never tried again, and when nothing was tried.
    pub fn attempts(&self) -> Option<u32> {
        self.0.attempts
    }

    /// The service's own account of the error, whole, where it gave one in the form of problem details.
    pub fn problem(&self) -> Option<&Problem> {
        self.0.problem.as_ref()
    }

    /// Where in the audio it went wrong (`BadAudio`).
    pub fn audio_position(&self) -> Option<AudioPosition> {
        self.0.audio_position
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Details {
            kind,
            message,
            field,
            url,
            http_status,
            vendor_type,
            retry_after,
            received,
            generation_id,
            attempts,
            problem,
            audio_position,
            // The message names it.
            voice_id: _,
            unsent: _,
        } = &*self.0;
        write!(f, "{kind}: {message}")?;
        let mut notes = Vec::new();
        if let Some(field) = field.as_ref().filter(|field| !message.contains(field.as_str())) {
            notes.push(field.clone());
        }
        if let Some(vendor_type) = vendor_type {
            notes.push(vendor_type.clone());
        }
        if let Some(status) = http_status {
            notes.push(format!("HTTP {status}"));
        }
        if let Some(wait) = retry_after {
            notes.push(format!("try again in {} s", wait.as_secs_f64().ceil()));
        }
        if let Some(attempts) = attempts.filter(|attempts| *attempts > 1) {
            notes.push(format!("tried {attempts} times"));
        }
        if let Some(AudioPosition { byte, seconds }) = audio_position {
            notes.push(format!("at byte {byte}, after {seconds:.3} s of good audio"));
        }
        if let Some(Received { chunks, bytes }) = received.filter(|received| received.chunks > 0) {
            let plural = if chunks == 1 { "" } else { "s" };
            notes.push(format!("{chunks} chunk{plural}, {bytes} bytes of audio arrived before"));
        }
        if let Some(id) = generation_id {
            notes.push(format!("generation {id}"));
        }
        if let Some(instance) = problem.as_ref().and_then(|problem| problem.instance.as_ref()) {
            notes.push(format!("instance {instance}"));
        }
        if let Some(url) = url {
            notes.push(url.clone());
        }
        if !notes.is_empty() {
            write!(f, " ({})", notes.join(", "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}
