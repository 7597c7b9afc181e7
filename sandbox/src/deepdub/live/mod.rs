//! `/ws`: text in as it is written, audio out sentence by sentence, turn after turn on one WebSocket connection.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

use super::front::Caller;
use super::socket::MAX_PENDING;
use super::{LIVE, errors, messages};
use crate::Fault;
use crate::fault::ErrorType;
use crate::record::{self, Outcome, Request as Entry};
use crate::state::State;
use crate::websocket::{Outgoing, Reader};
use settings::Settings;
use turn::Turn;
use writing::Writing;

mod sentences;
mod settings;
mod tags;
mod turn;
mod writing;

/// Answers the messages of one connection until the client has gone.
pub(super) async fn serve(state: Arc<State>, caller: Caller, reader: &mut Reader, queue: mpsc::Sender<Outgoing>) {
    let mut session = Session {
        state,
        caller,
        queue: queue.clone(),
        settings: None,
        writing: None,
        turns: VecDeque::new(),
        replies: VecDeque::new(),
    };
    session.reply(&json!({"action": "status", "connectionId": Uuid::new_v4().to_string()}));
    loop {
        let may_read = session.replies.len() < MAX_PENDING;
        tokio::select! {
            // In this order: a cancel is confirmed before anything is heard of the next turn, and whoever writes on and on
            // hears what he has written.
            biased;
            // Sent from here, and not where they are made: whoever waits for the queue must not keep the turn, which
            // may be ahead of it there, from going on.
            Ok(place) = queue.reserve(), if !session.replies.is_empty() => {
                if let Some(reply) = session.replies.pop_front() {
                    place.send(reply);
                }
            }
            () = turn::first(&mut session.turns), if !session.turns.is_empty() => {
                session.turns.pop_front();
            }
            message = reader.next(), if may_read => match message {
                Some(message) => session.take(&message),
                None => return,
            },
        }
    }
}

/// One connection.
struct Session {
    state: Arc<State>,
    caller: Caller,
    queue: mpsc::Sender<Outgoing>,
    /// What the client has asked for last; none before it has.
    settings: Option<Arc<Settings>>,
    /// The turn that the client is writing.
    writing: Option<Writing>,
    /// The turns that are not over, the one that is being spoken first. A turn waits until the one before it is over.
    turns: VecDeque<Turn>,
    /// What is to be sent besides the turns.
    replies: VecDeque<Outgoing>,
}

/// Why a message is not followed.
enum Refusal {
    /// It says nothing to a turn, and the client is told why.
    Session(String),
    /// It ends its turn, which tells the client itself.
    Turn(ErrorType),
}

impl Session {
    /// Follows one message.
    fn take(&mut self, message: &Message) {
        let json = match message {
            Message::Text(text) => errors::object(text.as_bytes()),
            _ => Err("messages are JSON in text frames, not binary ones".to_owned()),
        };
        let followed = match &json {
            Ok(json) => self.follow(json),
            Err(reason) => Err(Refusal::Session(reason.clone())),
        };
        self.state.log(Entry {
            method: "WS".to_owned(),
            path: LIVE.to_owned(),
            status: match &followed {
                Ok(()) => 200,
                Err(Refusal::Session(_)) => 400,
                Err(Refusal::Turn(kind)) => kind.status(),
            },
            body: json.ok().map(record::shortened),
        });
        if let Err(Refusal::Session(reason)) = followed {
            self.reply(&json!({"action": "error", "message": reason}));
        }
    }

    fn follow(&mut self, json: &Value) -> Result<(), Refusal> {
        match json["action"].as_str() {
            Some("stream-config") => self.configure(&json["config"]).map_err(Refusal::Session),
            Some("stream-text") => match json["data"]["text"].as_str() {
                Some(text) => self.write(text),
                None => Err(Refusal::Session("data.text must be a string".to_owned())),
            },
            Some("end-stream") => self.end(),
            Some("cancel") => {
                self.cancel();
                Ok(())
            }
            Some("ping") => {
                self.reply(&json!({"action": "pong"}));
                Ok(())
            }
            _ => Err(Refusal::Session(
                "action must be one of stream-config, stream-text, end-stream, cancel, ping".to_owned(),
            )),
        }
    }

    fn configure(&mut self, config: &Value) -> Result<(), String> {
        let settings = Arc::new(Settings::parse(config)?);
        if let Some(writing) = &mut self.writing {
            writing.configure(Arc::clone(&settings));
        }
        self.settings = Some(settings);
        Ok(())
    }

    fn write(&mut self, text: &str) -> Result<(), Refusal> {
        // An empty text begins nothing, but is as wrong as any before there are settings.
        let settings = self.configured()?;
        if text.is_empty() {
            return Ok(());
        }
        self.writing(settings)?.text(text).map_err(Refusal::Turn)
    }

    fn end(&mut self) -> Result<(), Refusal> {
        let settings = self.configured()?;
        let ended = self
            .writing(settings)
            .and_then(|writing| writing.end().map_err(Refusal::Turn));
        self.writing = None;
        ended
    }

    fn configured(&self) -> Result<Arc<Settings>, Refusal> {
        self.settings
            .clone()
            .ok_or_else(|| Refusal::Session("send a stream-config first".to_owned()))
    }

    /// The turn that is being written, which may be begun by this.
    fn writing(&mut self, settings: Arc<Settings>) -> Result<&mut Writing, Refusal> {
        let writing = match self.writing.take() {
            Some(writing) => writing,
            None => self.begin(settings)?,
        };
        Ok(self.writing.insert(writing))
    }

    fn begin(&mut self, settings: Arc<Settings>) -> Result<Writing, Refusal> {
        let id = Uuid::new_v4().to_string();
        let fault = self
            .caller
            .generation_fault(&self.state, "WS /ws", Some(&settings.voice));
        let fault = fault.map_err(Refusal::Session)?;
        let (segments, spoken) = mpsc::unbounded_channel();
        let writing = Writing::new(settings, segments);
        let Some(run) = self.state.begin(&self.caller.key, &id) else {
            let kind = ErrorType::RateLimit;
            let text = self.state.limit_reached();
            let error = messages::error(kind, &text, Some(&id), &Fault::default());
            self.replies.push_back(Outgoing::send(error));
            // Nobody will speak it, but the rest of its text must not be taken for another turn.
            self.writing = Some(writing);
            return Err(Refusal::Turn(kind));
        };
        let turn = Turn::new(&self.state, self.queue.clone(), id, run, fault, spoken);
        self.turns.push_back(turn);
        Ok(writing)
    }

    /// Ends all that the client has not received, and the turn that it is writing.
    fn cancel(&mut self) {
        self.writing = None;
        let id = self.turns.front().map(|turn| turn.id.clone());
        for turn in self.turns.drain(..) {
            turn.tracked.end(Outcome::Cancelled);
        }
        self.reply(&match id {
            Some(id) => json!({"isCancelled": true, "generationId": id}),
            None => json!({"isCancelled": true}),
        });
    }

    fn reply(&mut self, message: &Value) {
        let message = Message::text(message.to_string());
        self.replies.push_back(Outgoing::send(vec![message]));
    }
}
