//! `/open`: one text in, audio chunks out, any number of times on one WebSocket connection.

use std::future::pending;
use std::pin::{Pin, pin};
use std::sync::Arc;

use axum::extract::{Extension, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use hyper::upgrade::OnUpgrade;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use super::chunks::{self, Schedule};
use super::front::{self, Caller};
use super::request::Speech;
use super::{OPEN, errors, generate, messages};
use crate::Fault;
use crate::fault::{ErrorType, Event, Handshake};
use crate::record::{self, Outcome, Request as Entry};
use crate::state::{Run, Socket, State};
use crate::websocket::{self, End, Outgoing, What};

/// So many requests of one connection may wait for their answers; then it is not read until some have gone.
const MAX_PENDING: usize = 256;

type Work<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// The handshake.
pub(super) async fn open(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    mut request: Request,
) -> Response {
    let upgrade = request.extensions_mut().remove::<OnUpgrade>();
    let (response, upgrade) = match (websocket::accept(request.headers()), upgrade) {
        (Ok(response), Some(upgrade)) => (response, upgrade),
        (refused, _) => {
            let reason = refused.err().unwrap_or("this connection cannot be upgraded");
            let mut response = errors::api(StatusCode::UPGRADE_REQUIRED, reason);
            let headers = response.headers_mut();
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            return response;
        }
    };
    // Counted before the client can know that it is connected.
    let socket = state.socket();
    tokio::spawn(connection(state, caller, upgrade, socket));
    response
}

/// One connection, from its upgrade to its end.
async fn connection(state: Arc<State>, caller: Caller, upgrade: OnUpgrade, _open: Socket) {
    if caller.fault.handshake == Some(Handshake::Silent) {
        return websocket::ignore(upgrade).await;
    }
    let Some(mut socket) = websocket::upgraded(upgrade).await else {
        return;
    };
    let connection = Connection { state, caller };
    let end = {
        // A short queue, so that generations take turns and feel it when the client is slow.
        let (queue, mut outgoing) = mpsc::channel(1);
        let mut writing = pin!(socket.writer.run(&mut outgoing));
        // All work is a part of this task: when the connection goes, so does every generation on it.
        let mut work: FuturesUnordered<Work> = FuturesUnordered::new();
        loop {
            tokio::select! {
                end = &mut writing => break end,
                message = socket.reader.next(), if work.len() < MAX_PENDING => match message {
                    Some(message) => work.push(Box::pin(connection.answer(message, &queue))),
                    None => break End::Orderly,
                },
                Some(()) = work.next() => {}
            }
        }
    };
    socket.end(end).await;
}

/// Whom the generations of one connection serve.
struct Connection {
    state: Arc<State>,
    caller: Caller,
}

/// Why a request is not answered with speech.
struct Refusal {
    kind: ErrorType,
    text: String,
}

impl Refusal {
    fn invalid(text: String) -> Refusal {
        Refusal {
            kind: ErrorType::InvalidInput,
            text,
        }
    }
}

impl Connection {
    /// Answers one message to its end.
    async fn answer(&self, message: Message, queue: &mpsc::Sender<Outgoing>) {
        let arrived = Instant::now();
        let json = match &message {
            Message::Text(text) => errors::object(text.as_bytes()),
            _ => Err("requests are JSON in text frames, not binary ones".to_owned()),
        };
        let id = json
            .as_ref()
            .ok()
            .and_then(|json| json["generationId"].as_str())
            .map(str::to_owned);
        let begun = match &json {
            Ok(json) => self.begin(json),
            Err(reason) => Err(Refusal::invalid(reason.clone())),
        };
        self.state.log(Entry {
            method: "WS".to_owned(),
            path: OPEN.to_owned(),
            status: begun.as_ref().map_or_else(|refusal| refusal.kind.status(), |_| 200),
            body: json.ok().map(record::shortened),
        });
        match begun {
            Ok((speech, run, fault)) => {
                let generation = Generation {
                    state: &self.state,
                    queue,
                    speech: Arc::new(speech),
                    fault,
                };
                generation.run(run, arrived).await;
            }
            Err(refusal) => {
                let fault = Fault::default();
                let error = messages::error(refusal.kind, &refusal.text, id.as_deref(), &fault);
                let _ = queue.send(Outgoing::send(error)).await;
            }
        }
    }

    /// Checks a request and finds a place for it.
    fn begin(&self, json: &Value) -> Result<(Speech, Run, Fault), Refusal> {
        match &json["action"] {
            Value::Null => {}
            Value::String(action) if action == "text-to-speech" => {}
            _ => return Err(Refusal::invalid("action must be 'text-to-speech'".to_owned())),
        }
        let speech = Speech::parse(json).map_err(Refusal::invalid)?;
        let fault = self.fault(json).map_err(Refusal::invalid)?;
        match self.state.begin(&self.caller.key, &speech.generation_id) {
            Some(run) => Ok((speech, run, fault)),
            None => Err(Refusal {
                kind: ErrorType::RateLimit,
                text: format!(
                    "Rate limit exceeded: {} generations are under way",
                    self.state.options.max_concurrent
                ),
            }),
        }
    }

    /// The fault of a generation: the nearest of the places where one can be.
    fn fault(&self, json: &Value) -> Result<Fault, String> {
        let of_generation = |fault: &Fault| fault.handshake.is_none();
        if let Some(fault) = front::of_voice(json)? {
            if !of_generation(&fault) {
                return Err("voicePromptId: that fault is one of the handshake".to_owned());
            }
            return Ok(fault);
        }
        let url = self.caller.url_fault.clone().filter(of_generation);
        let fault = url
            .or_else(|| self.state.take_injected(of_generation))
            .or_else(|| self.state.options.fault.clone().filter(of_generation));
        Ok(fault.unwrap_or_default())
    }
}

/// One accepted request.
struct Generation<'a> {
    state: &'a Arc<State>,
    queue: &'a mpsc::Sender<Outgoing>,
    speech: Arc<Speech>,
    fault: Fault,
}

impl Generation<'_> {
    async fn run(self, run: Run, arrived: Instant) {
        let id = &self.speech.generation_id;
        let Some(run) = self.moment(None, run).await else {
            return;
        };
        if !self.fault.no_ack {
            let acknowledgement = messages::acknowledgement(id, &self.fault);
            self.put(Outgoing::send(acknowledgement)).await;
        }
        let audio = match generate::audio(self.state, Arc::clone(&self.speech)).await {
            Ok(audio) => audio,
            Err(text) => {
                let error = messages::error(ErrorType::Server, &text, Some(id), &self.fault);
                return self.end(What::Send(error), run).await;
            }
        };
        let mut schedule = Schedule::new(arrived, &audio, &self.fault, &self.state.options);
        let chunks = chunks::plan(audio.chunks, self.speech.format, &self.fault);
        let last = chunks.len().saturating_sub(1);
        let mut run = Some(run);
        for (sent, chunk) in chunks.iter().enumerate() {
            let Some(running) = run.take() else { return };
            let Some(running) = self.moment(Some(sent), running).await else {
                return;
            };
            schedule.wait().await;
            let mut outgoing = Outgoing::send(messages::chunk(id, chunk, &self.fault));
            outgoing.chunk_of = (!chunk.data.is_empty()).then(|| running.tracked().clone());
            if sent == last {
                outgoing.ends = Some((running, Outcome::Finished));
            } else {
                run = Some(running);
            }
            self.put(outgoing).await;
        }
        if let Some(run) = run {
            // The fault left no chunk at all.
            run.end(Outcome::Failed);
        }
    }

    /// Does what the fault does at this moment: before the acknowledgement, or when so many chunks have been sent.
    /// Gives the run back if the generation goes on.
    async fn moment(&self, sent: Option<usize>, run: Run) -> Option<Run> {
        let event = self.fault.event.filter(|_| self.fault.after == sent);
        let id = &self.speech.generation_id;
        // In the place of the chunk that is due.
        let due = sent.unwrap_or(0);
        let more = match event {
            None => return Some(run),
            Some(Event::Error(kind)) => {
                let id = (!self.fault.anonymous).then_some(id.as_str());
                let error = messages::error(kind, messages::error_text(kind), id, &self.fault);
                self.end(What::Send(error), run).await;
                return None;
            }
            Some(Event::Drop) => {
                self.end(What::Drop, run).await;
                return None;
            }
            Some(Event::Reset) => {
                self.end(What::Reset, run).await;
                return None;
            }
            Some(Event::Close(code)) => {
                self.end(What::Close(code), run).await;
                return None;
            }
            Some(Event::BadFrame) => {
                self.end(What::Send(vec![messages::bad_frame()]), run).await;
                return None;
            }
            Some(Event::Stall) => pending().await,
            Some(Event::BadJson) => messages::bad_json(id, due),
            Some(Event::BadBase64) => messages::bad_base64(id, due),
            Some(Event::BadUtf8) => messages::bad_utf8(id, due),
            Some(Event::Oversize(bytes)) => messages::oversize(id, due, bytes),
        };
        self.put(Outgoing::send(vec![more])).await;
        Some(run)
    }

    async fn end(&self, what: What, run: Run) {
        self.put(Outgoing {
            what,
            chunk_of: None,
            ends: Some((run, Outcome::Failed)),
        })
        .await;
    }

    /// Fails only when the connection is ending, and then this generation is about to be dropped with it.
    async fn put(&self, outgoing: Outgoing) {
        let _ = self.queue.send(outgoing).await;
    }
}
