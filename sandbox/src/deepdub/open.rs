//! `/open`: one text in, audio chunks out, any number of times on one WebSocket connection.

use std::pin::Pin;
use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Message;

use super::delivery::{Delivery, Over};
use super::front::Caller;
use super::request::Speech;
use super::socket::MAX_PENDING;
use super::{OPEN, errors, gender, generate, messages};
use crate::Fault;
use crate::fault::ErrorType;
use crate::record::{self, Request as Entry};
use crate::state::{Run, State};
use crate::websocket::{Outgoing, Reader};

/// The action of a message that has sound in it instead of text.
const CLASSIFY: &str = "gender-classify";

type Work<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Answers the messages of one connection until the client has gone.
pub(super) async fn serve(state: Arc<State>, caller: Caller, reader: &mut Reader, queue: mpsc::Sender<Outgoing>) {
    let connection = Connection { state, caller };
    let mut work: FuturesUnordered<Work> = FuturesUnordered::new();
    loop {
        tokio::select! {
            message = reader.next(), if work.len() < MAX_PENDING => match message {
                Some(message) => work.push(Box::pin(connection.answer(message, &queue))),
                None => return,
            },
            Some(()) = work.next() => {}
        }
    }
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
        if let Ok(json) = &json
            && json["action"] == CLASSIFY
        {
            return self.classify(json, queue).await;
        }
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
                let id = &speech.generation_id;
                let delivery = Delivery::new(queue.clone(), id, run, fault, &self.state.options);
                // Whatever its end was, the client has been told.
                let _: Result<(), Over> = self.speak(delivery, &speech, arrived).await;
            }
            Err(refusal) => {
                let fault = Fault::default();
                let error = messages::error(refusal.kind, &refusal.text, id.as_deref(), &fault);
                let _ = queue.send(Outgoing::send(error)).await;
            }
        }
    }

    /// Says whose voice is in a message.
    async fn classify(&self, json: &Value, queue: &mpsc::Sender<Outgoing>) {
        let message = json.clone();
        let verdict = tokio::task::spawn_blocking(move || gender::over_socket(&message)).await;
        let verdict = verdict.unwrap_or_else(|error| Err(error.to_string()));
        self.state.log(Entry {
            method: "WS".to_owned(),
            path: OPEN.to_owned(),
            status: if verdict.is_ok() { 200 } else { 400 },
            body: Some(record::shortened(json.clone())),
        });
        let answer = match verdict {
            Ok(verdict) => vec![Message::text(verdict.to_string())],
            // It names no generation either.
            Err(reason) => messages::error(ErrorType::InvalidInput, &reason, None, &Fault::default()),
        };
        let _ = queue.send(Outgoing::send(answer)).await;
    }

    /// Checks a request and finds a place for it.
    fn begin(&self, json: &Value) -> Result<(Speech, Run, Fault), Refusal> {
        match &json["action"] {
            Value::Null => {}
            Value::String(action) if action == "text-to-speech" => {}
            _ => {
                return Err(Refusal::invalid(format!(
                    "action must be 'text-to-speech' or '{CLASSIFY}'"
                )));
            }
        }
        let speech = Speech::of(json, &self.state, &self.caller.key).map_err(Refusal::invalid)?;
        let fault = self
            .caller
            .generation_fault(&self.state, "WS /open", json["voicePromptId"].as_str());
        let fault = fault.map_err(Refusal::invalid)?;
        match self.state.begin(&self.caller.key, &speech.generation_id) {
            Some(run) => Ok((speech, run, fault)),
            None => Err(Refusal {
                kind: ErrorType::RateLimit,
                text: self.state.limit_reached(),
            }),
        }
    }

    async fn speak(&self, mut delivery: Delivery, speech: &Speech, arrived: Instant) -> Result<(), Over> {
        delivery.begin().await?;
        delivery.acknowledge().await;
        let utterance = &speech.utterance;
        match generate::audio(&self.state, &self.caller.key, Arc::clone(utterance)).await {
            Ok(audio) => delivery.audio(&audio, utterance.format, arrived, true).await,
            Err(text) => delivery.fail(ErrorType::Server, &text).await,
        }
    }
}
