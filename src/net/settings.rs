//! What the clients of several services have in common.

use std::sync::Arc;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::http::{HttpClient, Limits};
use super::network::Network;
use super::proxy::{Proxies, Proxy};
use super::rest::Rest;
use super::retry::RetryPolicy;
use super::tls::TlsSettings;
use crate::error::{Error, Result};

/// How long HTTP requests may take. `None` is without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpTimeouts {
    /// To open a connection: name look-up, TCP and TLS. 10 s.
    pub connect: Option<Duration>,
    /// A whole call with all its tries and the waits between them. 60 s. Not for uploads and downloads, which take as
    /// long as they move.
    pub rest: Option<Duration>,
    /// How long nothing may move in an upload or a download, the service's thinking about what was uploaded included.
    /// 60 s.
    pub idle: Option<Duration>,
}

impl Default for HttpTimeouts {
    fn default() -> Self {
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        HttpTimeouts {
            connect: seconds(10),
            rest: seconds(60),
            idle: seconds(60),
        }
    }
}

/// How a client speaks HTTP: limits, trust, proxy, retries.
#[derive(Clone, Default)]
pub struct HttpConfig {
    /// How long things may take.
    pub timeouts: HttpTimeouts,
    /// Certificates, as the text of a PEM file, that are trusted besides the platform's own.
    pub ca_pem: Option<String>,
    /// Whether `http://` is allowed to other hosts than this machine. The key and all audio then cross the network
    /// readable by anyone. False.
    pub allow_plaintext: bool,
    /// The largest answer that is taken into memory, in bytes; 1024 or more. 16 MiB. Downloads go to disk and have no
    /// limit.
    pub max_message_bytes: Option<usize>,
    /// The proxy that connections go through. Else the environment's, as [`Proxy`] has it.
    pub proxy: Option<Proxy>,
    /// How often calls are tried again, where that can help and does no harm: reading, changing and deleting after
    /// failures of the connection and of the service and when it is too busy (HTTP 429); what makes something new only
    /// when the connection could not be made or the service was too busy. A download goes on where it broke off.
    pub retry: RetryPolicy,
}

impl HttpConfig {
    /// Everything by default.
    pub fn new() -> HttpConfig {
        HttpConfig::default()
    }
}

impl std::fmt::Debug for HttpConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpConfig")
            .field("timeouts", &self.timeouts)
            .field("ca_pem", &self.ca_pem.is_some())
            .field("allow_plaintext", &self.allow_plaintext)
            .field("max_message_bytes", &self.max_message_bytes)
            .field("proxy", &self.proxy)
            .field("retry", &self.retry)
            .finish()
    }
}

const DEFAULT_MAX_MESSAGE: usize = 16 * 1024 * 1024;
const LEAST_MAX_MESSAGE: usize = 1024;

impl Rest {
    /// For the service at `url`, the value of the setting `field`.
    pub fn new(field: &str, url: &str, config: &HttpConfig) -> Result<Rest> {
        let base = Endpoint::parse(field, url, ["http", "https"], config.allow_plaintext)?;
        let max_message = config.max_message_bytes.unwrap_or(DEFAULT_MAX_MESSAGE);
        if max_message < LEAST_MAX_MESSAGE {
            return Err(Error::invalid("max_message_bytes", max_message, "1024 or more"));
        }
        let HttpTimeouts { connect, rest, idle } = config.timeouts;
        let all = [
            ("connect_timeout", connect),
            ("rest_timeout", rest),
            ("idle_timeout", idle),
        ];
        if let Some((field, _)) = all
            .into_iter()
            .find(|(_, limit)| limit.is_some_and(|limit| limit.is_zero()))
        {
            return Err(Error::invalid(field, 0, "more than 0, or no limit at all"));
        }
        let network = Arc::new(Network {
            tls: TlsSettings::new(config.ca_pem.as_deref())?,
            proxies: Proxies::new(config.proxy.as_ref(), &[&base], environment)?,
        });
        Ok(Rest {
            http: HttpClient::new(network, max_message),
            base,
            closing: super::CancelToken::new(),
            limits: Limits {
                connect,
                whole: rest,
                idle,
                answer: None,
            },
            retry: config.retry,
            allow_plaintext: config.allow_plaintext,
        })
    }
}

/// An environment variable that is set to something.
pub(crate) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
