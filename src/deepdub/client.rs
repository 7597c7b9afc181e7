//! The client: one key, one set of addresses, any number of calls from any number of threads.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::config::{Config, Settings, env};
use super::generation::Chunk;
use super::memory::Memory;
use super::request::SpeechRequest;
use super::session::{Session, SessionOptions};
use super::stream::SpeechStream;
use super::summary::Summary;
use super::text::{TextConfig, TextSession, TextSessionOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::net::{CallOptions, CancelToken, HttpClient, Network, Proxies, Reactor, TlsSettings};
use crate::sync::Mutex;

/// Speaks texts and files issues. Clones are one client. Every call blocks the thread that makes it.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    settings: Arc<Settings>,
    network: Arc<Network>,
    http: HttpClient,
    closing: CancelToken,
    memory: Arc<Memory>,
    /// The I/O thread of all its sessions; started with the first.
    reactor: Mutex<Option<Arc<Reactor>>>,
}

impl Client {
    /// Checks the configuration. Nothing is sent, and no connection is opened, before the first call.
    ///
    /// # Errors
    /// `InvalidArgument`: no key, one that does not begin with `dd-`, an address that is none or that would
    /// send the key unencrypted, a time limit of zero, a PEM text with no certificate, a proxy of a kind that is not
    /// known here.
    pub fn new(config: &Config) -> Result<Client> {
        let settings = Settings::new(config)?;
        let network = Arc::new(Network {
            tls: TlsSettings::new(config.ca_pem.as_deref())?,
            proxies: Proxies::new(
                config.proxy.as_ref(),
                &[&settings.rest, &settings.websocket, &settings.streaming],
                env,
            )?,
        });
        let memory = Memory::new(settings.remember);
        let http = HttpClient::new(Arc::clone(&network), settings.max_message_bytes);
        Ok(Client(Arc::new(Inner {
            settings: Arc::new(settings),
            network,
            http,
            closing: CancelToken::new(),
            memory,
            reactor: Mutex::default(),
        })))
    }

    /// Speaks one text: `on_chunk` is called on this thread with each chunk as it arrives, in order.
    ///
    /// The last chunk has [`is_final`](Chunk::is_final) set and may be empty. Breaking from `on_chunk` ends the
    /// call at once, with [`Cancelled`](crate::ErrorKind::Cancelled).
    ///
    /// # Errors
    /// `InvalidArgument` before anything is sent; any other kind after. What had been delivered stays good, and
    /// [`Error::received`](crate::Error::received) says how much that was.
    pub fn stream_tts(
        &self,
        request: &SpeechRequest,
        on_chunk: impl FnMut(Chunk<'_>) -> ControlFlow<()>,
    ) -> Result<Summary> {
        self.stream_tts_with(request, &CallOptions::new(), on_chunk)
    }

    /// [`stream_tts`](Self::stream_tts) that can be ended from outside.
    ///
    /// # Errors
    /// As `stream_tts`; `Cancelled` when `options` ended it.
    pub fn stream_tts_with(
        &self,
        request: &SpeechRequest,
        options: &CallOptions,
        on_chunk: impl FnMut(Chunk<'_>) -> ControlFlow<()>,
    ) -> Result<Summary> {
        self.open_stream(request, options)?.hand_out(on_chunk)
    }

    /// Speaks one text and hands over the stream of its chunks, to be asked for one by one.
    ///
    /// Returns when the request has been sent.
    ///
    /// # Errors
    /// `InvalidArgument` before anything is sent; else whatever can go wrong while connecting.
    pub fn open_stream(&self, request: &SpeechRequest, options: &CallOptions) -> Result<SpeechStream> {
        SpeechStream::open(self, request, options)
    }

    /// Opens a session: a connection that is kept open and speaks any number of texts. Returns at once; the connection is
    /// made meanwhile, by the client's I/O thread, which all its sessions share and which its first one starts.
    ///
    /// # Errors
    /// `InvalidArgument` for options that cannot be right; `Closed` when the client has been closed; `Internal` when the
    /// system gives no thread. That the service cannot be reached is told by the session.
    pub fn open_session(&self, options: SessionOptions) -> Result<Session> {
        Session::open(self, options)
    }

    /// Opens a session into which text is streamed as it is produced. Returns at once, as
    /// [`open_session`](Self::open_session) does.
    ///
    /// # Errors
    /// As `open_session`; `InvalidArgument` for a configuration that cannot be right.
    pub fn open_text_session(&self, config: &TextConfig, options: TextSessionOptions) -> Result<TextSession> {
        TextSession::open(self, config, options)
    }

    /// Ends every call and every session that is under way, on all threads, as cancelled, and closes the connections that
    /// were kept for further calls. Calls made afterwards end at once.
    ///
    /// Waits for the I/O thread, and so for a callback that is running on it, unless this thread is in a callback itself.
    pub fn close(&self) {
        self.0.closing.cancel();
        self.0.http.close();
        let reactor = self.0.reactor.lock().clone();
        if let Some(reactor) = reactor {
            reactor.stop();
        }
    }

    /// Where REST calls go, without a query.
    pub fn rest_url(&self) -> String {
        self.settings().rest.display()
    }

    /// Where texts are spoken, without a query.
    pub fn websocket_url(&self) -> String {
        self.settings().websocket.display()
    }

    /// Where text is streamed in, without a query.
    pub fn streaming_url(&self) -> String {
        self.settings().streaming.display()
    }

    pub(super) fn shared_settings(&self) -> Arc<Settings> {
        Arc::clone(&self.0.settings)
    }

    /// The I/O thread.
    pub(super) fn reactor(&self) -> Result<Arc<Reactor>> {
        let mut reactor = self.0.reactor.lock();
        // Under the lock: a close that is not seen here finds the thread that is started here.
        if self.0.closing.is_cancelled() {
            return Err(Error::new(ErrorKind::Closed, "the client has been closed"));
        }
        // In a fork's other process there is only the handle of it.
        if let Some(running) = reactor.as_ref().filter(|running| running.is_here()) {
            return Ok(Arc::clone(running));
        }
        Ok(Arc::clone(reactor.insert(Arc::new(Reactor::start()?))))
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(super) fn network(&self) -> &Arc<Network> {
        &self.0.network
    }

    pub(super) fn http(&self) -> &HttpClient {
        &self.0.http
    }

    pub(super) fn memory(&self) -> &Arc<Memory> {
        &self.0.memory
    }

    pub(super) fn closing(&self) -> &CancelToken {
        &self.0.closing
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = self.settings();
        f.debug_struct("Client")
            .field("rest_url", &settings.rest.display())
            .field("websocket_url", &settings.websocket.display())
            .finish_non_exhaustive()
    }
}
