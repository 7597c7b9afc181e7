//! The part of a text session on the I/O thread: sends the text of one turn after the other, and hands on what comes.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;

use super::cancels::Cancels;
use super::outbox::Outbox;
use super::ping::Ping;
use super::shared::{Order, TextShared};
use crate::deepdub::config::{Settings, Timeouts};
use crate::deepdub::errors::vendor_error;
use crate::deepdub::generation::not_json;
use crate::deepdub::lines::{Command, Intake, LineShared, Progress, SessionState, StateChange};
use crate::deepdub::link::{BACKLOG, Link, LinkEvent};
use crate::deepdub::memory::Recorder;
use crate::deepdub::summary::WaitFor;
use crate::deepdub::wire::{self, ChunkMessage, Event};
use crate::error::{Error, ErrorKind};
use crate::net::{Actor, Backoff, Frame, Io, Next, deadline_after, earlier, is_past};

/// So many messages are taken before other connections have their turn.
const BATCH: usize = 64;

/// One turn on the I/O thread.
pub(super) struct TurnRun {
    line: Arc<LineShared>,
    intake: Intake,
    pub outbox: Arc<Outbox>,
    /// The message that configures it.
    config: String,
    /// Text that has been sent, kept until audio has come: if the connection breaks before, it is sent again.
    sent: String,
    /// Text that is to be sent.
    unsent: String,
    /// Whether the service knows of it.
    begun: bool,
    /// Whether the service knows its end.
    end_sent: bool,
    /// The id that the service speaks it under, until it is sent again.
    id: Option<String>,
    /// Whether it is its turn.
    admitted: bool,
    /// When the service has to have stopped asking to wait.
    hold_limit: Option<Instant>,
}

impl TurnRun {
    pub fn new(
        line: Arc<LineShared>,
        recorder: Recorder,
        outbox: Arc<Outbox>,
        config: String,
        max_held_bytes: usize,
    ) -> TurnRun {
        TurnRun {
            intake: Intake::new(Arc::clone(&line), recorder, max_held_bytes, false),
            line,
            outbox,
            config,
            sent: String::new(),
            unsent: String::new(),
            begun: false,
            end_sent: false,
            id: None,
            admitted: false,
            hold_limit: None,
        }
    }

    /// The service asks to wait: until when it may, from the first time on.
    fn hold_back(&mut self, timeouts: &Timeouts) -> Option<Instant> {
        if self.hold_limit.is_none() {
            self.hold_limit = deadline_after(timeouts.first_chunk);
        }
        earlier(self.hold_limit, self.intake.deadline())
    }

    /// All of it is to be sent from the beginning.
    fn rewind(&mut self) {
        self.sent.push_str(&std::mem::take(&mut self.unsent));
        self.unsent = std::mem::take(&mut self.sent);
        self.begun = false;
        self.end_sent = false;
        self.id = None;
    }
}

pub(super) struct TextActor {
    shared: Arc<TextShared>,
    settings: Arc<Settings>,
    link: Link,
    /// The first is being spoken, or written.
    turns: VecDeque<TurnRun>,
    /// The configuration that the service has.
    configured: Option<String>,
    /// Cancels that the service has not confirmed.
    unconfirmed: Cancels,
    /// The id of the turn that was over last: what still comes of it is not the next one's.
    over: Option<String>,
    /// Asked for; sent when there is a connection.
    pings_to_send: Vec<Arc<Ping>>,
    pings: VecDeque<Arc<Ping>>,
    /// Why there is no connection.
    trouble: Option<(Error, Instant)>,
    /// The service asked to wait.
    hold_until: Option<Instant>,
    hold: Backoff,
    /// Messages taken since there was nothing to hear.
    in_a_row: usize,
}

impl TextActor {
    pub fn new(shared: Arc<TextShared>, settings: Arc<Settings>, link: Link) -> TextActor {
        TextActor {
            shared,
            hold: Backoff::endless(settings.retry),
            settings,
            link,
            turns: VecDeque::new(),
            configured: None,
            unconfirmed: Cancels::default(),
            over: None,
            pings: VecDeque::new(),
            pings_to_send: Vec::new(),
            trouble: None,
            hold_until: None,
            in_a_row: 0,
        }
    }

    /// `false`: the session is to end.
    fn obey_commands(&mut self) -> bool {
        let mut goes_on = true;
        for command in self.shared.commands.take() {
            match command {
                Command::Begin(Order::Turn(turn)) => {
                    if turn.line.is_cancelled() {
                        // The command for that follows, and ends it.
                        turn.outbox.close(Error::cancelled());
                    } else {
                        self.link.want();
                        self.turns.push_back(*turn);
                    }
                }
                Command::Begin(Order::Ping(ping)) => {
                    self.link.want();
                    self.pings_to_send.push(ping);
                }
                Command::Cancel(line) => self.cancel(&line),
                Command::Resume(line) => {
                    line.hand_over();
                }
                // Those behind it are waited for, too.
                Command::Close => goes_on = false,
            }
        }
        goes_on
    }

    fn cancel(&mut self, line: &Arc<LineShared>) {
        if let Some(place) = self.turns.iter().position(|turn| Arc::ptr_eq(&turn.line, line))
            && let Some(turn) = self.turns.remove(place)
        {
            turn.outbox.close(Error::cancelled());
            self.silence(&turn);
        }
        line.end_cancelled();
    }

    /// Nobody wants the turn any more: the service is told to stop it.
    fn silence(&mut self, turn: &TurnRun) {
        if turn.begun && self.link.is_open() {
            self.link.send(json!({"action": "cancel"}).to_string());
            self.unconfirmed.told(turn.id.clone());
        }
    }

    /// Sends what has been written of the turn whose turn it is.
    fn send(&mut self, now: Instant) {
        if self.hold_until.is_some_and(|until| until <= now) {
            self.hold_until = None;
        }
        if self.link.is_open() {
            for ping in self.pings_to_send.drain(..) {
                self.link.send(json!({"action": "ping"}).to_string());
                self.pings.push_back(ping);
            }
        }
        let Some(turn) = self.turns.front_mut() else {
            return;
        };
        if !turn.admitted {
            turn.admitted = true;
            // As long as for audio it waits for the connection.
            turn.intake.expect_audio(&self.settings.timeouts);
            turn.line.figures.lock().wait_for(Some(WaitFor::Connection));
        }
        // While the network does not take what has been sent, text stays where it is bounded.
        if !self.link.is_open() || self.link.has_unsent() || self.hold_until.is_some() {
            return;
        }
        // What comes next would be taken for what is left of the one that was cancelled, or the other way round.
        if self.unconfirmed.have_nameless() {
            return;
        }
        // The command for that follows, and ends it.
        if turn.line.is_cancelled() || self.shared.hub.is_closing() {
            return;
        }
        let (text, ended) = turn.outbox.take();
        turn.intake.recorder.text(&text);
        turn.unsent.push_str(&text);
        let has_text = !turn.unsent.is_empty();
        let ends = ended && !turn.end_sent;
        if (has_text || ends) && self.configured.as_ref() != Some(&turn.config) {
            self.link.send(turn.config.clone());
            self.configured = Some(turn.config.clone());
        }
        if !turn.begun {
            // The writer may take his time.
            turn.intake.expect_nothing();
            turn.line.figures.lock().wait_for(None);
        }
        if has_text {
            self.link
                .send(json!({"action": "stream-text", "data": {"text": turn.unsent}}).to_string());
            turn.begun = true;
            if !turn.intake.has_audio() {
                turn.sent.push_str(&turn.unsent);
            }
            turn.unsent.clear();
        }
        if ends {
            self.link.send(json!({"action": "end-stream"}).to_string());
            turn.begun = true;
            turn.end_sent = true;
            if turn.intake.total_deadline().is_none() {
                // From the first end on, however often it is sent.
                turn.intake.start_total(&self.settings.timeouts);
            }
            turn.intake.ask(&self.settings.timeouts);
        }
    }

    fn on_link(&mut self, event: LinkEvent) {
        match event {
            LinkEvent::Connecting => self.change_state(SessionState::Connecting, None, None),
            LinkEvent::Ready => {
                self.trouble = None;
                self.change_state(SessionState::Ready, None, None);
            }
            LinkEvent::Lost { error, retry_in } => {
                self.lost(&error, retry_in.is_some());
                let since = self.trouble.take().map_or_else(Instant::now, |(_, since)| since);
                self.trouble = Some((error.clone(), since));
                self.change_state(SessionState::Lost, Some(error), retry_in);
            }
            LinkEvent::Message(frame) => {
                let event = match &frame {
                    Frame::Text(text) => wire::parse(text),
                    Frame::Binary(bytes) => wire::parse_bytes(bytes),
                    Frame::Ping | Frame::Pong(_) | Frame::Close { .. } => return,
                };
                match event {
                    Ok(event) => self.on_event(event),
                    // What else may be lost cannot be known: only the turn in hand can be concerned, unless a cancelled
                    // one still is.
                    Err(error) => {
                        let begun = self.turns.front().is_some_and(|turn| turn.begun);
                        if begun && !self.unconfirmed.concern(None) {
                            self.fail(not_json(&error), true);
                        } else {
                            log::debug!("of no turn that is being spoken: {}", not_json(&error));
                        }
                    }
                }
            }
        }
    }

    fn lost(&mut self, error: &Error, comes_back: bool) {
        self.configured = None;
        self.unconfirmed.clear();
        for ping in self.pings.drain(..).chain(self.pings_to_send.drain(..)) {
            ping.settle(Err(error.clone()));
        }
        if !comes_back {
            for turn in std::mem::take(&mut self.turns) {
                self.end(&turn, Some(error.clone()));
            }
            return;
        }
        let Some(turn) = self.turns.front_mut() else {
            return;
        };
        if !turn.begun {
            turn.intake.keep_expecting_audio(&self.settings.timeouts);
        } else if turn.intake.can_begin_again_elsewhere(self.settings.retry.retries) {
            turn.intake.begin_again_elsewhere();
            turn.rewind();
            turn.intake.expect_audio(&self.settings.timeouts);
        } else if let Some(turn) = self.turns.pop_front() {
            self.end(&turn, Some(error.clone()));
        }
    }

    fn on_event(&mut self, event: Event<'_>) {
        let id = match &event {
            Event::Acknowledged { .. } => return,
            Event::Cancelled => {
                self.unconfirmed.confirmed();
                return;
            }
            Event::Pong => {
                if let Some(ping) = self.pings.pop_front() {
                    self.link.works();
                    ping.settle(Ok(()));
                }
                return;
            }
            Event::Chunk(ChunkMessage { generation_id, .. }) | Event::Failed { generation_id, .. } => generation_id,
        };
        if self.unconfirmed.concern(id.as_deref()) {
            return;
        }
        let known = |over: &String| id.as_ref().is_some_and(|id| over.eq_ignore_ascii_case(id));
        let late = self.over.as_ref().is_some_and(known);
        // What comes before its text has been sent is not about it.
        let Some(turn) = self.turns.front_mut().filter(|turn| turn.begun && !late) else {
            log::debug!("a message of no turn that is being spoken");
            return;
        };
        if let Event::Failed {
            generation_id: None,
            message,
            error_type: None,
        } = &event
        {
            // About what this side has sent. It says nothing of what becomes of the rest, and of how the service is
            // configured now: that is said again, after a cancel of whatever it may be speaking.
            let error = Error::new(ErrorKind::RejectedInput, message.as_ref());
            self.configured = None;
            return self.fail(error, true);
        }
        if let Some(id) = id {
            match &turn.id {
                Some(known) if !known.eq_ignore_ascii_case(id) => {
                    log::debug!("a message of generation {id}, which is not known here");
                    return;
                }
                None if !matches!(event, Event::Failed { .. }) => {
                    turn.intake.sent_as(id);
                    turn.id = Some(id.to_string());
                }
                _ => {}
            }
        }
        let (progress, reported) = match event {
            Event::Failed {
                message, error_type, ..
            } => (Err(vendor_error(error_type.as_deref(), &message)), true),
            event => {
                self.link.works();
                (turn.intake.accept(event, &self.settings.timeouts), false)
            }
        };
        if turn.intake.has_audio() {
            // It cannot be said again.
            turn.sent = String::new();
            self.hold = Backoff::endless(self.settings.retry);
        }
        match progress {
            Ok(Progress::GoesOn) => {}
            Ok(Progress::Finished) => {
                if let Some(turn) = self.turns.pop_front() {
                    self.end(&turn, None);
                }
            }
            Err(error) => self.fail(error, !reported),
        }
    }

    /// The turn in hand fails: for good, unless the service only asked to wait. `spoken`: the service does not know, and
    /// goes on.
    fn fail(&mut self, error: Error, spoken: bool) {
        let Some(mut turn) = self.turns.pop_front() else {
            return;
        };
        if spoken || !turn.end_sent {
            self.silence(&turn);
        }
        if error.kind() == ErrorKind::RateLimited
            && !spoken
            && turn.intake.can_begin_again()
            && let Some(moment) = self
                .hold
                .next(error.retry_after(), turn.hold_back(&self.settings.timeouts))
        {
            turn.intake.begin_again_after(error);
            turn.intake.expect_nothing();
            turn.rewind();
            self.turns.push_front(turn);
            self.hold_until = Some(moment);
            return;
        }
        self.end(&turn, Some(error));
    }

    /// A turn has ended.
    fn end(&mut self, turn: &TurnRun, error: Option<Error>) {
        if !turn.line.id().is_empty() {
            self.over = Some(turn.line.id().to_owned());
        }
        let error = error.map(|error| {
            error
                .with_url(self.link.url())
                .map_texts(|text| self.settings.key.redact(text))
        });
        turn.outbox.close(
            error
                .clone()
                .unwrap_or_else(|| Error::new(ErrorKind::Closed, "the turn is over")),
        );
        if matches!(&error, Some(error) if error.kind() == ErrorKind::Cancelled) {
            turn.line.cancel(false);
        }
        turn.line.finish(error);
        if turn.line.is_direct() {
            turn.line.hand_over();
        }
    }

    /// The service does not say that it has stopped a turn. A new connection has nothing of it.
    fn leave(&mut self) {
        log::debug!(
            "{}: left for a new connection: a cancel is not confirmed",
            self.link.url()
        );
        self.link.renew();
        self.configured = None;
        self.unconfirmed.clear();
        // Those that have been asked are asked again.
        self.pings_to_send.splice(..0, self.pings.drain(..));
    }

    fn expire(&mut self) {
        if is_past(self.unconfirmed.deadline()) {
            self.leave();
        }
        let connected = self.link.is_open();
        let trouble = self.trouble.clone().filter(|_| !connected);
        let why = trouble.as_ref().map(|(error, _)| error);
        let late = self.turns.front().and_then(|turn| turn.intake.timed_out(why));
        if let Some(error) = late {
            self.fail(error, true);
        }
        let Some((error, down)) = trouble else { return };
        // Who waits for the turn before waits for the connection, too.
        let now = Instant::now();
        let patience = self.settings.timeouts.first_chunk;
        let (hopeless, others) = std::mem::take(&mut self.turns).into_iter().partition(|turn| {
            let limit = turn.intake.patience(down, patience);
            limit.is_some_and(|limit| limit <= now)
        });
        self.turns = others;
        let hopeless: VecDeque<TurnRun> = hopeless;
        for turn in hopeless {
            self.end(&turn, Some(error.clone()));
        }
    }

    fn deadline(&self) -> Option<Instant> {
        let turn = self.turns.front().and_then(|turn| turn.intake.deadline());
        let patience = self.settings.timeouts.first_chunk;
        let trouble = self.trouble.iter().filter(|_| !self.link.is_open());
        trouble
            .flat_map(|(_, down)| self.turns.iter().map(|turn| turn.intake.patience(*down, patience)))
            .chain([self.link.deadline(), self.hold_until, self.unconfirmed.deadline()])
            .fold(turn, earlier)
    }

    fn change_state(&self, state: SessionState, error: Option<Error>, retry_in: Option<Duration>) {
        self.shared.hub.set_state(StateChange { state, error, retry_in });
    }

    fn close(&mut self) {
        self.link.close();
        for turn in self.turns.drain(..) {
            turn.outbox.close(Error::cancelled());
        }
        for ping in self.pings.drain(..).chain(self.pings_to_send.drain(..)) {
            ping.settle(Err(Error::cancelled()));
        }
        self.shared.refuse_commands();
        self.shared.hub.gone();
        // What came meanwhile; whoever comes later finds that it is gone.
        self.shared.refuse_commands();
    }
}

impl Actor for TextActor {
    fn advance(&mut self, io: &Io<'_>) -> Next {
        if !self.obey_commands() {
            self.close();
            return Next::Done;
        }
        let now = Instant::now();
        let mut more = true;
        for _ in 0..BATCH {
            self.send(now);
            match self.link.next(io, now) {
                Some(event) => self.on_link(event),
                None => {
                    more = false;
                    break;
                }
            }
        }
        self.in_a_row = if more { self.in_a_row.saturating_add(BATCH) } else { 0 };
        if more && self.in_a_row < BACKLOG {
            // Who has much to hear may have something to say, too. A failure shows when it is read from.
            let _ = self.link.flush();
            return Next::Again;
        }
        self.expire();
        self.send(now);
        match self.link.flush() {
            Ok(()) if more => Next::Again,
            Ok(()) => Next::Wait(self.deadline()),
            Err(error) => {
                // It shows when it is read from.
                log::debug!("{}: {error}", self.link.url());
                Next::Again
            }
        }
    }

    fn shut_down(&mut self) {
        self.close();
    }
}
