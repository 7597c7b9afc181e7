//! What a client is made of: key, addresses, limits.

use std::time::Duration;

use super::memory::Remember;
use crate::error::{Error, Result};
pub(super) use crate::net::environment as env;
use crate::net::{Endpoint, Proxy, RetryPolicy};
use crate::secret::Secret;

/// The vendor's public key for trying things out: rate-limited by address, US region only.
pub const TRIAL_KEY: &str = "dd-00000000000000000000000065c9cbfe";

/// A voice that the trial key may use ("Storyteller").
pub const TRIAL_VOICE: &str = "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773";

/// Which of the vendor's sites serves a client, where no address is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Region {
    /// United States.
    #[default]
    Us,
    /// European Union.
    Eu,
}

/// How long things may take. `None` is without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To open the connection: name look-up, TCP, TLS and WebSocket handshake. 10 s.
    pub connect: Option<Duration>,
    /// The wait for the first audio. 30 s.
    pub first_chunk: Option<Duration>,
    /// The wait for each further chunk; the time that the caller takes over one does not count. 15 s.
    pub between_chunks: Option<Duration>,
    /// A whole generation, connecting included; the time that the caller takes over its chunks does not count. 5 min.
    pub total: Option<Duration>,
    /// A whole REST call, such as one about an issue, with all its tries and the waits between them. An upload of audio
    /// takes as long as it moves: then this is how long nothing may. 60 s.
    pub rest: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        Timeouts {
            connect: seconds(10),
            first_chunk: seconds(30),
            between_chunks: seconds(15),
            total: seconds(300),
            rest: seconds(60),
        }
    }
}

/// The settings of a [`Client`](super::Client). What is `None` is looked up in the environment when the client
/// is made, and then has its default.
#[derive(Clone, Default)]
pub struct Config {
    pub(crate) api_key: Option<Secret>,
    /// Where REST calls go. Else `DEEPDUB_BASE_URL`, else the region's own.
    pub rest_url: Option<String>,
    /// Where texts are spoken. Else `DEEPDUB_BASE_WEBSOCKET_URL`, else the region's own.
    pub websocket_url: Option<String>,
    /// Where text is streamed in. Else `DEEPDUB_BASE_WEBSOCKET_STREAMING_URL`, else the region's own.
    pub streaming_url: Option<String>,
    /// Else `DD_EU=1` is [`Region::Eu`], else [`Region::Us`].
    pub region: Option<Region>,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// Certificates, as the text of a PEM file, that are trusted besides the platform's own.
    pub ca_pem: Option<String>,
    /// Whether `ws://` and `http://` are allowed to other hosts than this machine. The key and all audio then
    /// cross the network readable by anyone. False.
    pub allow_plaintext: bool,
    /// Whether the WebSocket handshake carries the key in its URL rather than in a header, for gateways that
    /// drop headers. URLs end up in logs. False.
    pub key_in_query: bool,
    /// The largest message or REST answer that is taken, in bytes. 16 MiB.
    pub max_message_bytes: Option<usize>,
    /// The proxy that connections go through. Else the environment's, as [`Proxy`] has it.
    pub proxy: Option<Proxy>,
    /// How often REST calls are tried again, where that can help and does no harm: reading, changing and deleting
    /// after failures of the connection and of the service and when it is too busy (HTTP 429); filing, speaking and making
    /// a voice only when the connection could not be made or the service was too busy. All within [`Timeouts::rest`],
    /// speech within [`Timeouts::total`]; uploads of audio as often as this allows.
    ///
    /// Also how often a session sends a line or turn again whose connection broke. Connecting again, and waiting for a service
    /// that is too busy, have no number, but the same waits; with no retries a session does neither by itself.
    pub retry: RetryPolicy,
    /// How much is remembered of the last generations, for [`Client::report`](super::Client::report).
    pub remember: Remember,
}

impl Config {
    /// Everything from the environment, or by default.
    pub fn new() -> Config {
        Config::default()
    }

    /// The key, which begins with `dd-`. Else `DEEPDUB_API_KEY`.
    pub fn api_key(mut self, key: impl Into<String>) -> Config {
        self.api_key = Some(Secret::new(key.into()));
        self
    }

    /// Where REST calls go, such as `https://restapi.deepdub.ai/api/v1`.
    pub fn rest_url(mut self, url: impl Into<String>) -> Config {
        self.rest_url = Some(url.into());
        self
    }

    /// Where texts are spoken, such as `wss://wsapi.deepdub.ai/open`.
    pub fn websocket_url(mut self, url: impl Into<String>) -> Config {
        self.websocket_url = Some(url.into());
        self
    }

    /// Where text is streamed in, such as `wss://wss.deepdub.ai/ws`.
    pub fn streaming_url(mut self, url: impl Into<String>) -> Config {
        self.streaming_url = Some(url.into());
        self
    }

    /// Which site serves the client where no address is given.
    pub fn region(mut self, region: Region) -> Config {
        self.region = Some(region);
        self
    }

    /// How long things may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Config {
        self.timeouts = timeouts;
        self
    }

    /// Trusts the certificates in this PEM text besides the platform's.
    pub fn ca_pem(mut self, pem: impl Into<String>) -> Config {
        self.ca_pem = Some(pem.into());
        self
    }

    /// Goes through this proxy, or through none, whatever the environment says.
    pub fn proxy(mut self, proxy: Proxy) -> Config {
        self.proxy = Some(proxy);
        self
    }

    /// How often REST calls, and the lines of sessions, are tried again.
    pub fn retry(mut self, retry: RetryPolicy) -> Config {
        self.retry = retry;
        self
    }

    /// How much is remembered of the last generations.
    pub fn remember(mut self, remember: Remember) -> Config {
        self.remember = remember;
        self
    }
}

impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("api_key", &self.api_key)
            .field("rest_url", &self.rest_url.as_deref().map(without_query))
            .field("websocket_url", &self.websocket_url.as_deref().map(without_query))
            .field("streaming_url", &self.streaming_url.as_deref().map(without_query))
            .field("region", &self.region)
            .field("timeouts", &self.timeouts)
            .field("ca_pem", &self.ca_pem.is_some())
            .field("allow_plaintext", &self.allow_plaintext)
            .field("key_in_query", &self.key_in_query)
            .field("max_message_bytes", &self.max_message_bytes)
            .field("proxy", &self.proxy)
            .field("retry", &self.retry)
            .finish()
    }
}

fn without_query(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
}

/// A configuration that has been checked and completed.
pub(crate) struct Settings {
    pub key: Secret,
    pub rest: Endpoint,
    pub websocket: Endpoint,
    pub streaming: Endpoint,
    pub timeouts: Timeouts,
    pub key_in_query: bool,
    pub max_message_bytes: usize,
    pub retry: RetryPolicy,
    pub remember: Remember,
}

const DEFAULT_MAX_MESSAGE: usize = 16 * 1024 * 1024;
/// Below this not even a chunk fits.
const LEAST_MAX_MESSAGE: usize = 1024;

impl Settings {
    pub fn new(config: &Config) -> Result<Settings> {
        let key = match &config.api_key {
            Some(key) => key.clone(),
            None => Secret::new(env("DEEPDUB_API_KEY").ok_or_else(|| {
                Error::invalid(
                    "api_key",
                    "not given",
                    "a key from app.deepdub.ai: pass one, or set DEEPDUB_API_KEY",
                )
            })?),
        };
        check_key(&key)?;
        let region = config.region.unwrap_or(if env("DD_EU").as_deref() == Some("1") {
            Region::Eu
        } else {
            Region::Us
        });
        let (rest, websocket, streaming) = match region {
            Region::Us => (
                "https://restapi.deepdub.ai/api/v1",
                "wss://wsapi.deepdub.ai/open",
                "wss://wss.deepdub.ai/ws",
            ),
            Region::Eu => (
                "https://restapi.eu.deepdub.ai/api/v1",
                "wss://wsapi.eu.deepdub.ai/open",
                "wss://wss.eu.deepdub.ai/ws",
            ),
        };
        let address = |given: &Option<String>, variable: &str, default: &str| {
            given
                .clone()
                .or_else(|| env(variable))
                .unwrap_or_else(|| default.to_owned())
        };
        let rest = address(&config.rest_url, "DEEPDUB_BASE_URL", rest);
        let websocket = address(&config.websocket_url, "DEEPDUB_BASE_WEBSOCKET_URL", websocket);
        let streaming = address(&config.streaming_url, "DEEPDUB_BASE_WEBSOCKET_STREAMING_URL", streaming);
        let max_message_bytes = config.max_message_bytes.unwrap_or(DEFAULT_MAX_MESSAGE);
        if max_message_bytes < LEAST_MAX_MESSAGE {
            return Err(Error::invalid("max_message_bytes", max_message_bytes, "1024 or more"));
        }
        check_timeouts(&config.timeouts)?;
        Ok(Settings {
            key,
            rest: Endpoint::parse("rest_url", &rest, ["http", "https"], config.allow_plaintext)?,
            websocket: Endpoint::parse("websocket_url", &websocket, ["ws", "wss"], config.allow_plaintext)?,
            streaming: Endpoint::parse("streaming_url", &streaming, ["ws", "wss"], config.allow_plaintext)?,
            timeouts: config.timeouts,
            key_in_query: config.key_in_query,
            max_message_bytes,
            retry: config.retry,
            remember: config.remember,
        })
    }
}

/// The key itself stays out of the message, also a wrong one: it may be right for something else.
fn check_key(key: &Secret) -> Result<()> {
    let refused = |got: &str| Error::invalid("api_key", got, "a key that begins with dd-");
    let text = key.expose();
    if text.is_empty() {
        Err(refused("empty"))
    } else if !text.starts_with("dd-") || text.len() <= "dd-".len() {
        Err(refused("not a Deepdub key"))
    } else if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        Err(refused("a text with spaces or characters that no key has"))
    } else {
        Ok(())
    }
}

fn check_timeouts(timeouts: &Timeouts) -> Result<()> {
    let Timeouts {
        connect,
        first_chunk,
        between_chunks,
        total,
        rest,
    } = *timeouts;
    let all = [
        ("connect_timeout", connect),
        ("first_chunk_timeout", first_chunk),
        ("between_chunks_timeout", between_chunks),
        ("total_timeout", total),
        ("rest_timeout", rest),
    ];
    match all
        .into_iter()
        .find(|(_, limit)| limit.is_some_and(|limit| limit.is_zero()))
    {
        Some((field, _)) => Err(Error::invalid(field, 0, "more than 0, or no limit at all")),
        None => Ok(()),
    }
}
