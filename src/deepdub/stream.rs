//! One generation, driven by the caller's thread: on a WebSocket of its own, or as the body of an HTTP answer.

use std::fmt;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use super::client::Client;
use super::dial;
use super::generation::{Chunk, Generation};
use super::memory::Recorder;
use super::post_tts::SpokenBody;
use super::request::SpeechRequest;
use super::summary::{Figures, Summary, WaitFor};
use crate::audio::Format;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{CallOptions, Connection, Control, Frame, Wake, deadline_after, earlier, is_past};

/// A generation's audio, chunk by chunk. Dropping it stops the generation and closes the connection.
pub struct SpeechStream {
    client: Client,
    /// `None` once the generation has ended, in whatever way.
    source: Option<Source>,
    /// Where it was asked for.
    url: String,
    generation: Generation,
    format: Format,
    figures: Figures,
    recorder: Recorder,
    /// When the whole call has to be over; moved by the time that the caller takes over chunks.
    total_deadline: Option<Instant>,
    /// What it failed with: said again to whoever asks again, so that a part never looks like the whole.
    failure: Option<Error>,
    /// When a chunk was last handed out.
    handed_out: Option<Instant>,
}

/// Where the audio comes from.
pub(super) enum Source {
    Socket(Box<Connection>),
    Body(Box<SpokenBody>),
}

impl SpeechStream {
    pub(super) fn open(client: &Client, request: &SpeechRequest, options: &CallOptions) -> Result<SpeechStream> {
        request.check()?;
        let generation_id = request.generation_id();
        let message = request.to_json(&generation_id)?;
        let settings = client.settings();
        let mut stream = SpeechStream::begin(client, request, generation_id, settings.websocket.display());
        stream.figures.wait_for(Some(WaitFor::Connection));
        match stream.connect(message, options) {
            Ok(connection) => stream.source = Some(Source::Socket(Box::new(connection))),
            Err(error) => return Err(stream.end(error)),
        }
        Ok(stream)
    }

    /// One that has no connection yet.
    pub(super) fn begin(client: &Client, request: &SpeechRequest, generation_id: String, url: String) -> SpeechStream {
        log::debug!("generation {generation_id}: connecting to {url}");
        let settings = client.settings();
        SpeechStream {
            client: client.clone(),
            source: None,
            url,
            generation: Generation::new(generation_id, request.format, settings.max_message_bytes),
            format: request.format,
            figures: Figures::start(),
            recorder: client.memory().recorder(|| request.clone()),
            total_deadline: deadline_after(settings.timeouts.total),
            failure: None,
            handed_out: None,
        }
    }

    /// With what `connect` gives, which is told when the whole call has to be over.
    pub(super) fn connect_with(
        mut self,
        connect: impl FnOnce(&mut Figures, Option<Instant>) -> Result<Source>,
    ) -> Result<SpeechStream> {
        match connect(&mut self.figures, self.total_deadline) {
            Ok(source) => self.source = Some(source),
            Err(error) => return Err(self.end(error)),
        }
        Ok(self)
    }

    /// All chunks, each as it arrives, until `on_chunk` breaks.
    pub(super) fn hand_out(mut self, mut on_chunk: impl FnMut(Chunk<'_>) -> ControlFlow<()>) -> Result<Summary> {
        while let Some(chunk) = self.next_chunk()? {
            let is_final = chunk.is_final;
            if on_chunk(chunk).is_break() && !is_final {
                return Err(self.stop());
            }
        }
        Ok(self.summary())
    }

    fn connect(&mut self, message: String, options: &CallOptions) -> Result<Connection> {
        let settings = self.client.settings();
        let deadline = earlier(self.total_deadline, deadline_after(settings.timeouts.connect));
        let control = Control::new(self.client.closing(), options);
        let mut connection = dial::opening(settings, self.client.network(), &settings.websocket, deadline)
            .and_then(|opening| Connection::open(opening, control))
            .map_err(dial::error)?;
        self.figures.wait_for(None);
        log::debug!(
            "generation {}: connected after {:.1?}",
            self.generation.id(),
            self.figures.connect()
        );
        if connection.send_text(message, deadline)? == Wake::TimedOut {
            return Err(
                Error::new(ErrorKind::Timeout, "the request could not be sent in time").with_field("connect_timeout")
            );
        }
        Ok(connection)
    }

    /// The next chunk, waiting for it; `None` after the last.
    ///
    /// # Errors
    /// Anything but `InvalidArgument`. [`Error::received`] says how much audio had come before; it stays good.
    /// After an error every further call gives that error again.
    pub fn next_chunk(&mut self) -> Result<Option<Chunk<'_>>> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        // A caller that plays the audio as it comes takes as long as the audio lasts.
        if let (Some(deadline), Some(handed_out)) = (self.total_deadline, self.handed_out.take()) {
            self.total_deadline = deadline.checked_add(handed_out.elapsed());
        }
        match self.advance() {
            Ok(true) => {
                self.handed_out = Some(Instant::now());
                Ok(Some(self.generation.chunk()))
            }
            Ok(false) => Ok(None),
            Err(error) => Err(self.end(error)),
        }
    }

    /// The generation's id.
    pub fn generation_id(&self) -> &str {
        self.generation.id()
    }

    /// What the generation has come to so far.
    pub fn summary(&self) -> Summary {
        self.figures.summary(self.generation.id(), self.format)
    }

    /// Stops the generation, as the caller wants no more of it. The error says so, and what had come.
    pub fn stop(&mut self) -> Error {
        self.end(Error::cancelled())
    }

    /// Whether there is a next chunk; it is in `generation` then.
    fn advance(&mut self) -> Result<bool> {
        // From here, not from the last chunk: the time that the caller takes is not the service's.
        let waiting = Instant::now();
        let timeouts = &self.client.settings().timeouts;
        let first = self.generation.received().chunks == 0;
        let limit = match &self.source {
            Some(Source::Body(body)) if first => body.first_left,
            _ if first => timeouts.first_chunk,
            _ => timeouts.between_chunks,
        };
        let deadline = earlier(deadline_after(limit), self.total_deadline);
        loop {
            if self.generation.accept_held() {
                self.chunk_arrived(waiting.elapsed());
                return Ok(true);
            }
            if self.source.is_none() {
                return Ok(false);
            }
            // Looked at also while there is always something to read: a service may send without end.
            if is_past(deadline) {
                return Err(self.timed_out());
            }
            if self.receive(deadline)? {
                self.chunk_arrived(waiting.elapsed());
                return Ok(true);
            }
        }
    }

    /// Takes what comes next; whether it is a chunk.
    fn receive(&mut self, deadline: Option<Instant>) -> Result<bool> {
        let connection = match &mut self.source {
            None => return Ok(false),
            Some(Source::Socket(connection)) => connection,
            Some(Source::Body(body)) => {
                return match body.read_into(&mut self.generation, deadline) {
                    Err(error) if error.kind() == ErrorKind::Timeout => Err(self.timed_out()),
                    read => read.map(|()| true),
                };
            }
        };
        match connection.receive(deadline)? {
            Some(Frame::Text(text)) => self.generation.accept_text(&text),
            Some(Frame::Binary(bytes)) => self.generation.accept_binary(&bytes),
            Some(Frame::Close { code, reason }) => Err(self.closed(code, &reason)),
            Some(Frame::Ping | Frame::Pong(_)) => Ok(false),
            None => Err(self.timed_out()),
        }
    }

    fn chunk_arrived(&mut self, waited: Duration) {
        self.recorder.chunk(&self.generation.chunk());
        self.figures
            .chunk(waited, self.generation.received(), self.generation.duplicates());
        if self.generation.is_finished() {
            self.close();
            let Summary {
                chunks,
                bytes,
                duplicates,
                total,
                ..
            } = self.summary();
            log::debug!(
                "generation {}: finished after {total:.1?} with {chunks} chunks, {bytes} bytes, {duplicates} duplicates",
                self.generation.id()
            );
        }
    }

    fn close(&mut self) {
        self.source = None;
        self.figures.end();
    }

    fn timed_out(&self) -> Error {
        if self.generation.has_gap() {
            return self.generation.gap();
        }
        let (what, field) = if is_past(self.total_deadline) {
            ("the generation did not finish in time", "total_timeout")
        } else if self.generation.received().chunks == 0 {
            ("no audio came in time", "first_chunk_timeout")
        } else {
            ("the next chunk did not come in time", "between_chunks_timeout")
        };
        Error::new(ErrorKind::Timeout, what).with_field(field)
    }

    fn closed(&self, code: Option<u16>, reason: &str) -> Error {
        if self.generation.has_gap() {
            return self.generation.gap();
        }
        let mut message = "the service closed the connection before the generation had finished".to_owned();
        if let Some(code) = code {
            message.push_str(&format!(", with code {code}"));
        }
        if !reason.is_empty() {
            message.push_str(&format!(": {reason}"));
        }
        Error::new(ErrorKind::Closed, message)
    }

    /// Gives up the connection and completes `error` with what is known here.
    fn end(&mut self, error: Error) -> Error {
        self.close();
        let settings = self.client.settings();
        let error = error
            .with_url(&self.url)
            .map_texts(|text| settings.key.redact(text))
            .with_generation(self.generation.id(), self.generation.received());
        log::debug!("generation {}: {error}", self.generation.id());
        self.failure = Some(error.clone());
        error
    }
}

impl fmt::Debug for SpeechStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpeechStream")
            .field("summary", &self.summary())
            .finish_non_exhaustive()
    }
}
