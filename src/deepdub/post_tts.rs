//! `POST /tts`: one text in, raw audio as the answer's body, handed on as it arrives. And `POST /tts/retroactive`: speech
//! as a file to be fetched.
//!
//! Vendor pages: "Generate and stream TTS audio"; the published client for the other.

use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::Value;

use super::answer::part;
use super::client::Client;
use super::clip::{Base64, Clip};
use super::errors::{error_text, response_error};
use super::generation::{Chunk, Generation};
use super::request::{self, SpeechRequest};
use super::rest::{Wanted, unwritable};
use super::stream::{Source, SpeechStream};
use super::summary::{Figures, Summary, WaitFor};
use crate::audio::Format;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{
    Backoff, Body, CallOptions, Control, Head, Incoming, Limits, Method, Request, Stopwatch, deadline_after, earlier,
    is_past, may_repeat, pause,
};

/// The most that is handed on at once.
const PIECE: usize = 16 * 1024;

/// One text to be spoken over REST: the parameters of [`SpeechRequest`], and two more. `None` leaves a parameter to the
/// service.
#[derive(Debug, Clone, PartialEq)]
pub struct PostRequest {
    /// What to say and how. [`format`](SpeechRequest::format) is mp3, Opus or mu-law here.
    pub speech: SpeechRequest,
    /// `voiceReference`: audio whose voice is imitated.
    pub voice_reference: Option<Clip>,
    /// `publish`.
    pub publish: Option<bool>,
}

impl PostRequest {
    /// `text` spoken by `voice_prompt_id`, everything else by default.
    pub fn new(text: impl Into<String>, voice_prompt_id: impl Into<String>) -> PostRequest {
        PostRequest::from(SpeechRequest::new(text, voice_prompt_id))
    }

    /// Refuses what the service would refuse, as far as that is known without looking at the reference.
    ///
    /// # Errors
    /// `InvalidArgument`: the field, what it got, what it takes.
    pub fn check(&self) -> Result<()> {
        self.speech.check()?;
        match self.speech.format {
            Format::Wav | Format::S16le => Err(Error::invalid(
                "format",
                self.speech.format.name(),
                "mp3, opus or mulaw over REST; over the WebSocket every format",
            )),
            _ => Ok(()),
        }
    }

    fn to_json(&self, generation_id: &str) -> Result<Vec<u8>> {
        self.check()?;
        let voice_reference = self.voice_reference.as_ref().map(|clip| clip.read("voiceReference"));
        let body = PostBody {
            speech: self.speech.body(None, generation_id),
            voice_reference: voice_reference.transpose()?.map(Base64),
            publish: self.publish,
        };
        serde_json::to_vec(&body).map_err(|error| unwritable(&error))
    }
}

impl From<SpeechRequest> for PostRequest {
    fn from(speech: SpeechRequest) -> PostRequest {
        PostRequest {
            speech,
            voice_reference: None,
            publish: None,
        }
    }
}

#[derive(Serialize)]
struct PostBody<'a> {
    #[serde(flatten)]
    speech: request::Body<'a>,
    #[serde(rename = "voiceReference", skip_serializing_if = "Option::is_none")]
    voice_reference: Option<Base64<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    publish: Option<bool>,
}

impl Client {
    /// Speaks one text over REST: as [`stream_tts`](Self::stream_tts), for networks that let no WebSocket through, for a
    /// `voiceReference`, and with connections that are kept for further calls.
    ///
    /// A chunk is what has come at once, 16 KiB at most; the last one is empty. A connection that could not be made and a
    /// service that is too busy (HTTP 429) are tried again, as [`Config::retry`](super::Config::retry) says and
    /// [`Timeouts::total`](super::Timeouts::total) allows.
    ///
    /// # Errors
    /// `InvalidArgument` and `File` before anything is sent; any other kind after. A body that breaks off is an error too.
    /// What had been delivered stays good, and [`Error::received`](crate::Error::received) says how much that was.
    pub fn post_tts(
        &self,
        request: &PostRequest,
        on_chunk: impl FnMut(Chunk<'_>) -> ControlFlow<()>,
    ) -> Result<Summary> {
        self.post_tts_with(request, &CallOptions::new(), on_chunk)
    }

    /// [`post_tts`](Self::post_tts) that can be ended from outside.
    ///
    /// # Errors
    /// As `post_tts`; `Cancelled` when `options` ended it.
    pub fn post_tts_with(
        &self,
        request: &PostRequest,
        options: &CallOptions,
        on_chunk: impl FnMut(Chunk<'_>) -> ControlFlow<()>,
    ) -> Result<Summary> {
        self.open_post_tts(request, options)?.hand_out(on_chunk)
    }

    /// Speaks one text over REST and hands over the stream of its chunks, to be asked for one by one.
    ///
    /// Returns when the service has begun to answer.
    ///
    /// # Errors
    /// As [`post_tts`](Self::post_tts).
    pub fn open_post_tts(&self, request: &PostRequest, options: &CallOptions) -> Result<SpeechStream> {
        let generation_id = request.speech.generation_id();
        let json = request.to_json(&generation_id)?;
        let endpoint = self.settings().rest.join("/tts");
        let stream = SpeechStream::begin(self, &request.speech, generation_id, endpoint.display());
        stream.connect_with(|figures, total_deadline| {
            let post = Post {
                client: self,
                json: Body::Json(json),
                options,
                total_deadline,
            };
            post.send(figures).map(Box::new).map(Source::Body)
        })
    }

    /// Has one text spoken into a file, in any format; answers with the address that it can be fetched from.
    ///
    /// The service answers when the file is there: [`Timeouts::rest`](super::Timeouts::rest) is for all of it. When this
    /// fails with `Network`, `Timeout` or `Server`, the text may have been spoken all the same.
    ///
    /// # Errors
    /// `InvalidArgument` before anything is sent; any other kind after.
    pub fn tts_retroactive(&self, request: &SpeechRequest) -> Result<String> {
        self.tts_retroactive_with(request, &CallOptions::new())
    }

    /// [`tts_retroactive`](Self::tts_retroactive) that can be ended from outside.
    ///
    /// # Errors
    /// As `tts_retroactive`; `Cancelled` when `options` ended it.
    pub fn tts_retroactive_with(&self, request: &SpeechRequest, options: &CallOptions) -> Result<String> {
        request.check()?;
        let generation_id = request.generation_id();
        let body = request.body(None, &generation_id);
        let wanted = Wanted::json(Method::Post, "/tts/retroactive", &body)?;
        self.rest(wanted, options, |answer| match part(answer, "url")? {
            Value::String(url) => Ok(url),
            other => Err(Error::new(ErrorKind::Protocol, format!("the address is none: {other}"))),
        })
    }
}

/// A request for speech, as often as it is tried.
struct Post<'a> {
    client: &'a Client,
    json: Body<'a>,
    options: &'a CallOptions,
    total_deadline: Option<Instant>,
}

impl Post<'_> {
    /// Until the service answers with audio, or for good with something else. Speech costs: it is asked for again only when
    /// nothing can have come of the try before.
    fn send(&self, figures: &mut Figures) -> Result<SpokenBody> {
        let mut backoff = Backoff::new(self.client.settings().retry);
        let mut attempts = 0;
        loop {
            attempts += 1;
            let error = match self.send_once(figures) {
                Ok(body) => return Ok(body),
                Err(error) => error.with_attempts(attempts),
            };
            let moment = if may_repeat(false, &error) {
                backoff.next(error.retry_after(), self.total_deadline)
            } else {
                None
            };
            let Some(moment) = moment else {
                return Err(error);
            };
            log::debug!("POST /tts: once more, after: {error}");
            figures.retries += 1;
            figures.wait_for(Some(WaitFor::Turn));
            let control = Control::new(self.client.closing(), self.options);
            let paused = pause(&control, moment);
            figures.wait_for(None);
            paused?;
        }
    }

    fn send_once(&self, figures: &mut Figures) -> Result<SpokenBody> {
        let begun = Instant::now();
        let settings = self.client.settings();
        let stopwatch = Arc::new(Stopwatch::default());
        let mut control = Control::new(self.client.closing(), self.options);
        control.deadline = self.total_deadline;
        control.connecting = Some(Arc::clone(&stopwatch));
        let endpoint = settings.rest.join("/tts");
        let request = Request {
            method: Method::Post,
            endpoint: &endpoint,
            accept: "audio/*, application/json",
            headers: &[("x-api-key", settings.key.expose()), ("accept-encoding", "identity")],
            body: &self.json,
            control: &control,
            limits: Limits {
                connect: settings.timeouts.connect,
                answer: settings.timeouts.first_chunk,
                ..Limits::default()
            },
        };
        log::debug!("POST {}", endpoint.display());
        let answered = self.client.http().begin(&request);
        figures.connected_in(stopwatch.time());
        let (head, incoming) = answered.map_err(|error| match error.kind() {
            ErrorKind::Timeout if is_past(self.total_deadline) => {
                Error::new(ErrorKind::Timeout, "the generation did not finish in time").with_field("total_timeout")
            }
            ErrorKind::Timeout if error.field() != Some("connect_timeout") => {
                Error::new(ErrorKind::Timeout, "no audio came in time").with_field("first_chunk_timeout")
            }
            _ => error,
        })?;
        log::debug!("POST {}: {}", endpoint.display(), head.status);
        let waited = begun.elapsed().saturating_sub(stopwatch.time());
        let mut body = SpokenBody {
            incoming,
            control,
            expected: head.length,
            first_left: settings.timeouts.first_chunk.map(|limit| limit.saturating_sub(waited)),
        };
        match self.refusal(head, &mut body)? {
            Some(error) => Err(error),
            None => Ok(body),
        }
    }

    /// What an answer says that is no audio. That some of it does not come costs words only, and no more time than audio
    /// would have had.
    fn words(&self, body: &mut SpokenBody) -> Result<Vec<u8>> {
        body.control.deadline = earlier(self.total_deadline, deadline_after(body.first_left));
        let http = self.client.http();
        match body.control.during(|| http.read_whole(&mut body.incoming)) {
            Err(error) if error.kind() == ErrorKind::Cancelled => Err(error),
            words => Ok(words.unwrap_or_default()),
        }
    }

    /// What is wrong with an answer that is no audio.
    fn refusal(&self, head: Head, body: &mut SpokenBody) -> Result<Option<Error>> {
        let protocol = |message: String| Error::new(ErrorKind::Protocol, message).with_http_status(head.status);
        if !(200..300).contains(&head.status) {
            let words = self.words(body)?;
            return Ok(Some(response_error(&head.into_response(words))));
        }
        if let Some(content_type) = head.type_of_words() {
            let words = error_text(&self.words(body)?);
            let separator = if words.is_empty() { "" } else { ": " };
            let message = format!("the answer is no audio, but {content_type}{separator}{words}");
            return Ok(Some(protocol(message)));
        }
        if !head.has_end {
            let message = "the service does not say where the audio ends, so that its end cannot be told from a break";
            return Ok(Some(protocol(message.to_owned())));
        }
        Ok(None)
    }
}

/// Audio that is coming in as the body of an answer.
pub(super) struct SpokenBody {
    incoming: Incoming,
    control: Control,
    expected: Option<u64>,
    /// What is left of the limit for the first audio.
    pub first_left: Option<Duration>,
}

impl SpokenBody {
    /// The next piece, waiting for it until `deadline`, as the generation's next chunk.
    pub fn read_into(&mut self, generation: &mut Generation, deadline: Option<Instant>) -> Result<()> {
        if self.control.is_cancelled() {
            return Err(Error::cancelled());
        }
        self.control.deadline = deadline;
        let length = self.incoming.piece_during(&self.control, generation.room(PIECE))?;
        let had = generation.received().bytes;
        match self.expected {
            Some(expected) if length == 0 && had != expected => Err(Error::new(
                ErrorKind::Network,
                format!("the audio ended after {had} of {expected} bytes"),
            )),
            _ if length == 0 && had == 0 => Err(Error::new(ErrorKind::Protocol, "the answer has no audio in it")),
            _ => {
                generation.accept_filled(length);
                Ok(())
            }
        }
    }
}

impl fmt::Debug for SpokenBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SpokenBody").finish_non_exhaustive()
    }
}
