//! How a sandbox is set up.

use std::time::Duration;

use crate::Fault;
use crate::speech;

/// The vendor's public trial key, which is what [`Sandbox::api_key`](crate::Sandbox::api_key) gives when
/// [`Options::keys`] is empty.
pub(crate) const TRIAL_KEY: &str = "dd-00000000000000000000000065c9cbfe";

/// How a sandbox is set up. Start from [`Options::default`], which behaves like a live service, or from
/// [`Options::instant`], and change what matters:
///
/// ```
/// use voicewire_sandbox::Options;
///
/// let options = Options { max_concurrent: 1, ..Options::instant() };
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    /// The TCP port on 127.0.0.1. Default 0: the system picks a free one.
    pub port: u16,
    /// Serve TLS, with a certificate for 127.0.0.1, ::1 and localhost from a certificate authority made for this
    /// sandbox ([`Sandbox::ca_pem`](crate::Sandbox::ca_pem)). Default false.
    pub tls: bool,
    /// The API keys to accept. Default empty: any that begins with `dd-` and has at least 8 more characters.
    pub keys: Vec<String>,
    /// How many generations one API key may have under way at once, over all its connections. Default 5.
    pub max_concurrent: usize,
    /// From a request to its first audio chunk, at the least. Default 60 ms.
    pub first_chunk_delay: Duration,
    /// Seconds of audio sent per second after the first chunk. Default 10; `f64::INFINITY`, and anything that is not
    /// above zero, means as fast as possible.
    pub pace: f64,
    /// Milliseconds of audio per chunk. Default 200.
    pub chunk_millis: u32,
    /// Which voice speaks. Default [`speech::Engine::Auto`].
    pub engine: speech::Engine,
    /// A fault for every request. Default none.
    pub fault: Option<Fault>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            port: 0,
            tls: false,
            keys: Vec::new(),
            max_concurrent: 5,
            first_chunk_delay: Duration::from_millis(60),
            pace: 10.0,
            chunk_millis: 200,
            engine: speech::Engine::Auto,
            fault: None,
        }
    }
}

impl Options {
    /// No delays and no pacing: what tests want that are not about time.
    pub fn instant() -> Options {
        Options {
            first_chunk_delay: Duration::ZERO,
            pace: f64::INFINITY,
            ..Options::default()
        }
    }

    /// A key that [`Options::accepts_key`] accepts.
    pub(crate) fn a_key(&self) -> &str {
        self.keys.first().map_or(TRIAL_KEY, String::as_str)
    }

    pub(crate) fn accepts_key(&self, key: &str) -> bool {
        if self.keys.is_empty() {
            key.strip_prefix("dd-").is_some_and(|rest| rest.chars().count() >= 8)
        } else {
            self.keys.iter().any(|accepted| accepted == key)
        }
    }
}
