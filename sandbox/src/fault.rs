//! What can be made to go wrong, and how it is written down.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// The largest message that `oversize` makes.
const MAX_OVERSIZE: usize = 256 << 20;

/// Something that goes wrong on purpose: read from text with [`str::parse`], written back with [`ToString`].
///
/// The text is a comma-separated list of `name` or `name=value`. A fault is either of the *handshake* (one of the
/// first table) or of the *generation* (any number of the second and at most one of the third table).
///
/// It can be in four places, of which the first one counts: in a request for speech, as a `voicePromptId` of
/// `fault:` and the text; in the URL's query, as `fault`; injected for the next request; in
/// [`Options::fault`](crate::Options::fault).
///
#[doc = include_str!("../FAULTS.md")]
///
/// ```
/// let fault: voicewire_sandbox::Fault = "drop,after=2".parse().unwrap();
/// assert_eq!(fault.to_string(), "drop,after=2");
/// assert!("dorp".parse::<voicewire_sandbox::Fault>().is_err());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    pub(crate) handshake: Option<Handshake>,
    pub(crate) retry_after: Option<u64>,
    /// Before any REST answer.
    pub(crate) delay: Option<Duration>,
    /// What the method and the path have to contain.
    pub(crate) on: Option<String>,
    pub(crate) event: Option<Event>,
    pub(crate) after: Option<usize>,
    pub(crate) anonymous: bool,
    pub(crate) first_chunk_delay: Option<Duration>,
    pub(crate) chunk_delay: Option<Duration>,
    pub(crate) duplicate: Option<usize>,
    pub(crate) swap: Option<usize>,
    pub(crate) gap: Option<usize>,
    pub(crate) binary: bool,
    pub(crate) escape: bool,
    pub(crate) extra: bool,
    pub(crate) unknown_values: bool,
    pub(crate) ping: bool,
    pub(crate) fragment: bool,
    pub(crate) empty_final: bool,
    pub(crate) no_ack: bool,
    pub(crate) no_index: bool,
    pub(crate) wav_lengths: Option<u32>,
    pub(crate) wav_header_first: bool,
}

/// A fault that replaces the answer to an HTTP request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Handshake {
    Http(u16),
    Silent,
    Unanswered,
    Redirect(String),
}

/// A fault that happens at one moment of a generation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Error(ErrorType),
    Drop,
    Reset,
    Close(u16),
    Stall,
    BadFrame,
    BadJson,
    BadBase64,
    BadUtf8,
    Oversize(usize),
    Half,
}

/// The vendor's error types, and one for its own failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorType {
    RateLimit,
    MaxExceeded,
    InsufficientCredits,
    InvalidInput,
    Server,
}

impl ErrorType {
    const ALL: [ErrorType; 5] = [
        ErrorType::RateLimit,
        ErrorType::MaxExceeded,
        ErrorType::InsufficientCredits,
        ErrorType::InvalidInput,
        ErrorType::Server,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            ErrorType::RateLimit => "RateLimit",
            ErrorType::MaxExceeded => "MaxExceeded",
            ErrorType::InsufficientCredits => "InsufficientCredits",
            ErrorType::InvalidInput => "InvalidInput",
            ErrorType::Server => "Server",
        }
    }

    /// The HTTP status that stands for the same on REST.
    pub(crate) fn status(self) -> u16 {
        match self {
            ErrorType::RateLimit | ErrorType::MaxExceeded => 429,
            ErrorType::InsufficientCredits => 402,
            ErrorType::InvalidInput => 400,
            ErrorType::Server => 500,
        }
    }
}

/// Why a text is not a [`Fault`]: says which item, and what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultError(String);

impl fmt::Display for FaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a fault: {}", self.0)
    }
}

impl std::error::Error for FaultError {}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Fault, FaultError> {
        let mut fault = Fault::default();
        let mut seen = Vec::new();
        for item in text.split(',') {
            let item = item.trim();
            let (name, value) = match item.split_once('=') {
                Some((name, value)) => (name.trim(), Some(value.trim())),
                None => (item, None),
            };
            if seen.contains(&name) {
                return Err(FaultError(format!("'{name}' is there twice")));
            }
            seen.push(name);
            fault.set(name, value)?;
        }
        fault.check()?;
        Ok(fault)
    }
}

impl Fault {
    fn set(&mut self, name: &str, value: Option<&str>) -> Result<(), FaultError> {
        let flag = |field: &mut bool| match value {
            None => {
                *field = true;
                Ok(())
            }
            Some(_) => Err(FaultError(format!("'{name}' takes no value"))),
        };
        let plain = |event: Event| match value {
            None => Ok(event),
            Some(_) => Err(FaultError(format!("'{name}' takes no value"))),
        };
        match name {
            "http" => {
                let status = number(name, value, 200, 599)?;
                self.handshake(Handshake::Http(status as u16))
            }
            "redirect" => match value {
                Some(url) if url.bytes().all(|b| b.is_ascii_graphic()) && !url.is_empty() => {
                    self.handshake(Handshake::Redirect(url.to_owned()))
                }
                _ => Err(FaultError("'redirect' needs a URL".to_owned())),
            },
            "silent" => {
                plain(Event::Stall)?;
                self.handshake(Handshake::Silent)
            }
            "silent-handshake" => {
                plain(Event::Stall)?;
                self.handshake(Handshake::Unanswered)
            }
            "delay" => set(&mut self.delay, millis(name, value)?),
            "on" => match value {
                Some(text) if !text.is_empty() => set(&mut self.on, text.to_owned()),
                _ => Err(FaultError("'on' needs a part of a method and path".to_owned())),
            },
            "half" => self.event(plain(Event::Half)?),
            "unknown-values" => flag(&mut self.unknown_values),
            "retry-after" => set(&mut self.retry_after, number(name, value, 0, u64::MAX)?),
            "error" => {
                let kind = ErrorType::ALL
                    .into_iter()
                    .find(|kind| Some(kind.name()) == value)
                    .ok_or_else(|| {
                        let names = ErrorType::ALL.map(ErrorType::name).join(", ");
                        FaultError(format!("'error' must be one of {names}"))
                    })?;
                self.event(Event::Error(kind))
            }
            "drop" => self.event(plain(Event::Drop)?),
            "reset" => self.event(plain(Event::Reset)?),
            "close" => {
                let code = number(name, value, 1000, 4999)?;
                self.event(Event::Close(code as u16))
            }
            "stall" => self.event(plain(Event::Stall)?),
            "bad-frame" => self.event(plain(Event::BadFrame)?),
            "bad-json" => self.event(plain(Event::BadJson)?),
            "bad-base64" => self.event(plain(Event::BadBase64)?),
            "bad-utf8" => self.event(plain(Event::BadUtf8)?),
            "oversize" => {
                let bytes = number(name, value, 1, MAX_OVERSIZE as u64)?;
                self.event(Event::Oversize(bytes as usize))
            }
            "after" => set(&mut self.after, count(name, value)?),
            "anonymous" => flag(&mut self.anonymous),
            "first-chunk-delay" => set(&mut self.first_chunk_delay, millis(name, value)?),
            "chunk-delay" => set(&mut self.chunk_delay, millis(name, value)?),
            "duplicate" => set(&mut self.duplicate, count(name, value)?),
            "swap" => set(&mut self.swap, count(name, value)?),
            "gap" => set(&mut self.gap, count(name, value)?),
            "binary" => flag(&mut self.binary),
            "escape" => flag(&mut self.escape),
            "extra" => flag(&mut self.extra),
            "ping" => flag(&mut self.ping),
            "fragment" => flag(&mut self.fragment),
            "empty-final" => flag(&mut self.empty_final),
            "no-ack" => flag(&mut self.no_ack),
            "no-index" => flag(&mut self.no_index),
            "wav-lengths" => match value {
                Some("0") => set(&mut self.wav_lengths, 0),
                Some("ffffffff") => set(&mut self.wav_lengths, u32::MAX),
                _ => Err(FaultError("'wav-lengths' must be 0 or ffffffff".to_owned())),
            },
            "wav-header" => match value {
                Some("first") => {
                    self.wav_header_first = true;
                    Ok(())
                }
                _ => Err(FaultError("'wav-header' must be first".to_owned())),
            },
            "" => Err(FaultError("an item is empty".to_owned())),
            _ => Err(FaultError(format!("'{name}' is not known"))),
        }
    }

    fn handshake(&mut self, handshake: Handshake) -> Result<(), FaultError> {
        match self.handshake.replace(handshake) {
            None => Ok(()),
            Some(_) => Err(FaultError(
                "only one of http, silent, silent-handshake and redirect is possible".to_owned(),
            )),
        }
    }

    fn event(&mut self, event: Event) -> Result<(), FaultError> {
        match self.event.replace(event) {
            None => Ok(()),
            Some(_) => Err(FaultError(
                "only one thing can happen at one moment (error, drop, close, stall …)".to_owned(),
            )),
        }
    }

    /// Whether it is meant for this request, given as its method, a space and its path.
    pub(crate) fn is_for(&self, target: &str) -> bool {
        self.on.as_deref().is_none_or(|part| target.contains(part))
    }

    /// Refuses items that would have no effect, since a test that relies on one would prove nothing.
    fn check(&self) -> Result<(), FaultError> {
        let problem = if self.after.is_some() && matches!(self.event, None | Some(Event::Half)) {
            "'after' needs something that happens then, such as drop"
        } else if self.anonymous && !matches!(self.event, Some(Event::Error(_))) {
            "'anonymous' needs an error"
        } else if self.retry_after.is_some() && !matches!(self.handshake, Some(Handshake::Http(_))) {
            "'retry-after' needs http=STATUS"
        } else if self.on.is_some()
            && self.delay.is_none()
            && self.handshake.is_none()
            && self.of_generation().next().is_none()
        {
            "'on' needs something that goes wrong there"
        } else if self.handshake.is_some() && self.of_generation().next().is_some() {
            "a fault of the handshake cannot be combined with one of the generation"
        } else {
            return Ok(());
        };
        Err(FaultError(problem.to_owned()))
    }

    /// The items that say something about a generation, as text.
    fn of_generation(&self) -> impl Iterator<Item = String> {
        let event = self.event.map(|event| match event {
            Event::Error(kind) => format!("error={}", kind.name()),
            Event::Drop => "drop".to_owned(),
            Event::Reset => "reset".to_owned(),
            Event::Close(code) => format!("close={code}"),
            Event::Stall => "stall".to_owned(),
            Event::BadFrame => "bad-frame".to_owned(),
            Event::BadJson => "bad-json".to_owned(),
            Event::BadBase64 => "bad-base64".to_owned(),
            Event::BadUtf8 => "bad-utf8".to_owned(),
            Event::Oversize(bytes) => format!("oversize={bytes}"),
            Event::Half => "half".to_owned(),
        });
        let named = |name: &str, value: Option<u128>| value.map(|value| format!("{name}={value}"));
        let flag = |name: &str, set: bool| set.then(|| name.to_owned());
        let index = |value: Option<usize>| value.map(|value| value as u128);
        [
            event,
            flag("anonymous", self.anonymous),
            named("after", index(self.after)),
            named(
                "first-chunk-delay",
                self.first_chunk_delay.map(|delay| delay.as_millis()),
            ),
            named("chunk-delay", self.chunk_delay.map(|delay| delay.as_millis())),
            named("duplicate", index(self.duplicate)),
            named("swap", index(self.swap)),
            named("gap", index(self.gap)),
            flag("binary", self.binary),
            flag("escape", self.escape),
            flag("extra", self.extra),
            flag("unknown-values", self.unknown_values),
            flag("ping", self.ping),
            flag("fragment", self.fragment),
            flag("empty-final", self.empty_final),
            flag("no-ack", self.no_ack),
            flag("no-index", self.no_index),
            self.wav_lengths.map(|length| format!("wav-lengths={length:x}")),
            flag("wav-header=first", self.wav_header_first),
        ]
        .into_iter()
        .flatten()
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut items = Vec::new();
        match &self.handshake {
            Some(Handshake::Http(status)) => items.push(format!("http={status}")),
            Some(Handshake::Silent) => items.push("silent".to_owned()),
            Some(Handshake::Unanswered) => items.push("silent-handshake".to_owned()),
            Some(Handshake::Redirect(url)) => items.push(format!("redirect={url}")),
            None => {}
        }
        if let Some(seconds) = self.retry_after {
            items.push(format!("retry-after={seconds}"));
        }
        if let Some(delay) = self.delay {
            items.push(format!("delay={}", delay.as_millis()));
        }
        items.extend(self.of_generation());
        if let Some(on) = &self.on {
            items.push(format!("on={on}"));
        }
        f.write_str(&items.join(","))
    }
}

fn set<T>(field: &mut Option<T>, value: T) -> Result<(), FaultError> {
    *field = Some(value);
    Ok(())
}

fn number(name: &str, value: Option<&str>, min: u64, max: u64) -> Result<u64, FaultError> {
    value
        .filter(|value| value.bytes().all(|b| b.is_ascii_digit()))
        .and_then(|value| value.parse().ok())
        .filter(|number| (min..=max).contains(number))
        .ok_or_else(|| {
            FaultError(match max {
                u64::MAX => format!("'{name}' needs a whole number of at least {min}"),
                _ => format!("'{name}' needs a whole number from {min} to {max}"),
            })
        })
}

fn count(name: &str, value: Option<&str>) -> Result<usize, FaultError> {
    number(name, value, 0, u32::MAX.into()).map(|number| number as usize)
}

/// An hour at most: a longer wait is `stall`.
fn millis(name: &str, value: Option<&str>) -> Result<Duration, FaultError> {
    number(name, value, 0, 3_600_000).map(Duration::from_millis)
}
