//! The client: one key, one set of addresses, any number of calls from any number of threads.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

use super::config::{Config, Settings};
use super::generation::Chunk;
use super::request::SpeechRequest;
use super::stream::{SpeechStream, Summary};
use crate::error::Result;
use crate::net::{CallOptions, CancelToken, HttpClient, TlsSettings};

/// Speaks texts and files issues. Clones are one client. Every call blocks the thread that makes it.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    settings: Settings,
    tls: Arc<TlsSettings>,
    http: HttpClient,
    closing: CancelToken,
}

impl Client {
    /// Checks the configuration. Nothing is sent, and no connection is opened, before the first call.
    ///
    /// # Errors
    /// `InvalidArgument`: no key, one that does not begin with `dd-`, an address that is none or that would
    /// send the key unencrypted, a time limit of zero, a PEM text with no certificate.
    pub fn new(config: &Config) -> Result<Client> {
        let settings = Settings::new(config)?;
        let tls = Arc::new(TlsSettings::new(config.ca_pem.as_deref())?);
        let http = HttpClient::new(Arc::clone(&tls), settings.max_message_bytes);
        Ok(Client(Arc::new(Inner {
            settings,
            tls,
            http,
            closing: CancelToken::new(),
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
        mut on_chunk: impl FnMut(Chunk<'_>) -> ControlFlow<()>,
    ) -> Result<Summary> {
        let mut stream = self.open_stream(request, options)?;
        while let Some(chunk) = stream.next_chunk()? {
            let is_final = chunk.is_final;
            if on_chunk(chunk).is_break() && !is_final {
                return Err(stream.stop());
            }
        }
        Ok(stream.summary())
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

    /// Ends every call that is under way, on all threads, as cancelled, and closes the connections that were kept for
    /// further calls. Calls made afterwards end at once.
    pub fn close(&self) {
        self.0.closing.cancel();
        self.0.http.close();
    }

    /// Where REST calls go, without a query.
    pub fn rest_url(&self) -> String {
        self.settings().rest.display()
    }

    /// Where texts are spoken, without a query.
    pub fn websocket_url(&self) -> String {
        self.settings().websocket.display()
    }

    pub(super) fn settings(&self) -> &Settings {
        &self.0.settings
    }

    pub(super) fn tls(&self) -> &TlsSettings {
        &self.0.tls
    }

    pub(super) fn http(&self) -> &HttpClient {
        &self.0.http
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
