//! How a sandbox is set up.

use std::time::Duration;

use crate::Fault;
use crate::speech;

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
    /// The API keys to accept, on every service. Default empty: any that begins with the service's prefix (`dd-` for
    /// Deepdub, `rs-` for Respeecher, `pl-` for Palabra) and has at least 8 more characters.
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
    /// How long a recording, a conversion or a calibration of Respeecher's takes to be made, and a voice or a sample of
    /// Palabra's. Conversions of one order are made one after the other. Default 300 ms; zero means that it is done when
    /// it is asked for next.
    pub processing_delay: Duration,
    /// How long a login to Respeecher lasts. Default one hour; what clients are told is whole seconds.
    pub session_duration: Duration,
    /// The credits of each new account of Respeecher's: a conversion takes one per started minute. Default 1000.
    pub credits: u64,
    /// How many bytes of an uploaded file are kept. The rest is counted and hashed only; where the file is downloaded
    /// again, it is zeros. Default 4 MiB.
    pub kept_upload: usize,
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
            processing_delay: Duration::from_millis(300),
            session_duration: Duration::from_secs(3600),
            credits: 1000,
            kept_upload: 4 << 20,
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
            processing_delay: Duration::ZERO,
            ..Options::default()
        }
    }

    /// A key that a service accepts: of those named the first that begins as its keys do, or else the first; where none is
    /// named, this one.
    pub(crate) fn a_key(&self, usual: &'static str) -> &str {
        let prefix = usual.split_inclusive('-').next().unwrap_or_default();
        let begins = self.keys.iter().find(|key| key.starts_with(prefix));
        begins.or(self.keys.first()).map_or(usual, String::as_str)
    }

    /// Whether a service whose keys begin with `prefix` accepts this one.
    pub(crate) fn accepts_key(&self, prefix: &str, key: &str) -> bool {
        if self.keys.is_empty() {
            key.strip_prefix(prefix).is_some_and(|rest| rest.chars().count() >= 8)
        } else {
            self.keys.iter().any(|accepted| accepted == key)
        }
    }
}
