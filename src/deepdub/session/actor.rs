//! The session's part on the I/O thread: sends lines when it is their turn, and gives each what comes for it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Instant;

use super::run::Run;
use super::shared::SessionShared;
use crate::deepdub::config::Settings;
use crate::deepdub::errors::vendor_error;
use crate::deepdub::generation::not_json;
use crate::deepdub::lines::{Command, LineShared, Progress, SessionState, StateChange};
use crate::deepdub::link::{BACKLOG, Link, LinkEvent};
use crate::deepdub::wire::{self, ChunkMessage, Event};
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Actor, Backoff, Frame, Io, Next, earlier};

/// So many messages are taken before other connections have their turn.
const TURN: usize = 64;

/// So many lines the vendor speaks at once for one customer.
const SERVICE_LIMIT: usize = 5;

pub(super) struct SessionActor {
    shared: Arc<SessionShared>,
    settings: Arc<Settings>,
    link: Link,
    max_running: usize,
    /// Waiting for their turn, in order.
    queue: BTreeMap<i64, Run>,
    /// Sent, by their ids in lower case.
    running: HashMap<String, Run>,
    /// Nobody wants them any more, but the service still speaks them, and counts them: their ids in lower case, and when
    /// something last came.
    draining: HashMap<String, Instant>,
    /// Why there is no connection, and since when.
    trouble: Option<(Error, Instant)>,
    /// The service asked to wait.
    hold_until: Option<Instant>,
    backoff: Backoff,
    /// Before this nothing is too late, so that a message need not look at all lines. The moment may be earlier than the
    /// first of their deadlines, which mostly move on, and is found anew when it has come.
    check_at: Option<Instant>,
    /// Messages taken since there was nothing to hear.
    in_a_row: usize,
}

impl SessionActor {
    pub fn new(shared: Arc<SessionShared>, settings: Arc<Settings>, link: Link, max_running: usize) -> SessionActor {
        SessionActor {
            shared,
            backoff: Backoff::endless(settings.retry),
            settings,
            link,
            max_running,
            queue: BTreeMap::new(),
            running: HashMap::new(),
            draining: HashMap::new(),
            trouble: None,
            hold_until: None,
            check_at: None,
            in_a_row: 0,
        }
    }

    /// `false`: the session is to end.
    fn obey_commands(&mut self) -> bool {
        for command in self.shared.commands.take() {
            match command {
                Command::Begin(run) => {
                    // The end of one that was cancelled comes with that command, so that those which end together end in
                    // the order in which they were cancelled.
                    if !run.line.is_cancelled() {
                        self.link.want();
                        self.queue.insert(run.line.place, *run);
                    }
                }
                Command::Cancel(line) => self.cancel(&line),
                Command::Resume(line) => {
                    line.hand_over();
                }
                Command::Close => return false,
            }
        }
        true
    }

    fn cancel(&mut self, line: &Arc<LineShared>) {
        // A line that waits has its place; another line may have taken the place since, if this one was sent.
        if self
            .queue
            .get(&line.place)
            .is_some_and(|run| Arc::ptr_eq(&run.line, line))
        {
            self.queue.remove(&line.place);
        } else {
            let id = line.name.clone();
            if self.running.get(&id).is_some_and(|run| Arc::ptr_eq(&run.line, line)) {
                self.running.remove(&id);
                self.drain(id);
            }
        }
        line.end_cancelled();
    }

    fn on_link(&mut self, event: LinkEvent, now: Instant) {
        match event {
            LinkEvent::Connecting => self.change_state(SessionState::Connecting, None, None),
            LinkEvent::Ready => {
                self.trouble = None;
                self.change_state(SessionState::Ready, None, None);
            }
            LinkEvent::Lost { error, retry_in } => {
                let since = self.trouble.take().map_or(now, |(_, since)| since);
                self.trouble = Some((error.clone(), since));
                let patience = self.settings.timeouts.first_chunk;
                self.check_by(patience.and_then(|patience| now.checked_add(patience)));
                self.draining.clear();
                let comes_back = retry_in.is_some();
                for (_, run) in std::mem::take(&mut self.running) {
                    self.interrupted(run, &error, comes_back);
                }
                if !comes_back {
                    for (_, run) in std::mem::take(&mut self.queue) {
                        self.end(&run.line, Some(error.clone()));
                    }
                }
                self.change_state(SessionState::Lost, Some(error), retry_in);
            }
            LinkEvent::Message(frame) => {
                if let Err(error) = self.on_frame(frame, now) {
                    let lost = self.link.give_up(error);
                    self.on_link(lost, now);
                }
            }
        }
    }

    /// A run's connection broke.
    fn interrupted(&mut self, mut run: Run, error: &Error, comes_back: bool) {
        if comes_back && run.intake.can_begin_again_elsewhere(self.settings.retry.retries) {
            run.intake.begin_again_elsewhere();
            run.intake.expect_audio(&self.settings.timeouts);
            self.check_by(run.intake.deadline());
            self.queue.insert(run.line.place, run);
        } else {
            self.end(&run.line, Some(error.clone()));
        }
    }

    /// # Errors
    /// When it cannot be said whom the message concerns: then the connection cannot be trusted any more.
    fn on_frame(&mut self, frame: Frame, now: Instant) -> Result<()> {
        let event = match &frame {
            Frame::Text(text) => wire::parse(text),
            Frame::Binary(bytes) => wire::parse_bytes(bytes),
            Frame::Ping | Frame::Pong(_) | Frame::Close { .. } => return Ok(()),
        };
        match event {
            Ok(event) => self.on_event(event, now),
            Err(error) => {
                let bytes = match &frame {
                    Frame::Text(text) => text.as_bytes(),
                    Frame::Binary(bytes) => bytes,
                    _ => &[],
                };
                let error = not_json(&error);
                match self.mentioned(bytes) {
                    Some(id) => {
                        match self.draining.get_mut(&id) {
                            // Nobody wants it, garbled or not.
                            Some(heard) => *heard = now,
                            None => self.fail(&id, error, true),
                        }
                        Ok(())
                    }
                    None => Err(error),
                }
            }
        }
    }

    fn on_event(&mut self, event: Event<'_>, now: Instant) -> Result<()> {
        let (id, ends) = match &event {
            Event::Acknowledged { generation_id } => (generation_id, false),
            Event::Chunk(ChunkMessage {
                generation_id,
                is_final,
                ..
            }) => (generation_id, *is_final),
            Event::Failed { generation_id, .. } => (generation_id, true),
            // Are of another protocol.
            Event::Cancelled | Event::Pong => return Ok(()),
        };
        let Some(id) = id else {
            return self.on_anonymous(event, now);
        };
        // As they were sent is how they come back, if the service does nothing to them.
        let id = if self.running.contains_key(&**id) {
            id.to_string()
        } else {
            id.to_ascii_lowercase()
        };
        if let Some(heard) = self.draining.get_mut(&id) {
            self.link.works();
            *heard = now;
            if ends {
                self.draining.remove(&id);
            }
            return Ok(());
        }
        self.give(&id, event);
        Ok(())
    }

    /// A message that names no generation.
    fn on_anonymous(&mut self, event: Event<'_>, now: Instant) -> Result<()> {
        match event {
            Event::Failed {
                message, error_type, ..
            } => {
                // Those that are being spoken go on.
                let ids = |wanted: &dyn Fn(&Run) -> bool| -> Vec<String> {
                    let runs = self.running.iter().filter(|(_, run)| wanted(run));
                    runs.map(|(id, _)| id.clone()).collect()
                };
                let mut concerned = ids(&|run| !run.acknowledged);
                if concerned.is_empty() {
                    // Or the only one that nothing has been heard of.
                    concerned = ids(&|run| !run.intake.has_audio());
                    concerned.truncate(if concerned.len() == 1 { 1 } else { 0 });
                }
                if concerned.is_empty() {
                    let message = self.settings.key.redact(&message);
                    log::warn!("the service reports an error of nothing that is known here: {message}");
                }
                for id in concerned {
                    self.fail(&id, vendor_error(error_type.as_deref(), &message), false);
                }
                Ok(())
            }
            Event::Acknowledged { .. } | Event::Cancelled | Event::Pong => Ok(()),
            Event::Chunk(_) if self.running.len() == 1 && self.draining.is_empty() => {
                if let Some(id) = self.running.keys().next().cloned() {
                    self.give(&id, event);
                }
                Ok(())
            }
            Event::Chunk(_) if self.running.is_empty() && self.draining.len() <= 1 => {
                self.draining.values_mut().for_each(|heard| *heard = now);
                Ok(())
            }
            Event::Chunk(_) => Err(Error::new(
                ErrorKind::Protocol,
                "a chunk names no generation, while several are being spoken",
            )),
        }
    }

    /// Gives a message to the run that it is for.
    fn give(&mut self, id: &str, event: Event<'_>) {
        let Some(run) = self.running.get_mut(id) else {
            log::debug!("a message of generation {id}, which is not known here");
            return;
        };
        self.link.works();
        // The service is done with it.
        let ends = matches!(&event, Event::Failed { .. }) || matches!(&event, Event::Chunk(chunk) if chunk.is_final);
        let first = !run.intake.has_audio();
        let progress = run.accept(event, &self.settings.timeouts);
        // After the first audio it may be earlier than before.
        self.check_at = earlier(self.check_at, run.intake.deadline());
        if first && run.intake.has_audio() {
            // The service takes requests again.
            self.backoff = Backoff::endless(self.settings.retry);
        }
        match progress {
            Ok(Progress::GoesOn) => {}
            Ok(Progress::Finished) => {
                if let Some(run) = self.running.remove(id) {
                    self.end(&run.line, None);
                }
            }
            Err(error) => self.fail(id, error, !ends),
        }
    }

    /// A run fails: for good, unless the service only asked to wait. `spoken`: the service does not know, and goes on.
    fn fail(&mut self, id: &str, error: Error, spoken: bool) {
        let Some(mut run) = self.running.remove(id) else {
            return;
        };
        if error.kind() == ErrorKind::RateLimited
            && !spoken
            && run.intake.can_begin_again()
            && let Some(until) = self.hold(&error, run.intake.deadline())
        {
            let error = error.map_texts(|text| self.settings.key.redact(text));
            log::debug!("generation {id}: {error}; it waits");
            run.intake.begin_again_after(error);
            self.queue.insert(run.line.place, run);
            self.hold_until = Some(until);
            self.check_by(self.hold_until);
            return;
        }
        if spoken {
            self.drain(id.to_owned());
        }
        self.end(&run.line, Some(error));
    }

    /// Until when to send nothing, because the service asked for that; `None` when that would be too late. Lines that are
    /// refused together wait together.
    fn hold(&mut self, error: &Error, deadline: Option<Instant>) -> Option<Instant> {
        match self.hold_until {
            Some(until) if error.retry_after().is_none() => {
                deadline.is_none_or(|deadline| until < deadline).then_some(until)
            }
            held => {
                let until = self.backoff.next(error.retry_after(), deadline)?;
                Some(held.map_or(until, |held| held.max(until)))
            }
        }
    }

    /// The service goes on with it, and nobody listens.
    fn drain(&mut self, id: String) {
        let now = Instant::now();
        self.draining.insert(id, now);
        let patience = self.settings.timeouts.between_chunks;
        self.check_by(patience.and_then(|patience| now.checked_add(patience)));
    }

    /// Something is too late from then on.
    fn check_by(&mut self, deadline: Option<Instant>) {
        self.check_at = earlier(self.check_at, deadline);
    }

    /// A line has ended.
    fn end(&self, line: &Arc<LineShared>, error: Option<Error>) {
        let error = error.map(|error| {
            error
                .with_url(self.link.url())
                .map_texts(|text| self.settings.key.redact(text))
        });
        if matches!(&error, Some(error) if error.kind() == ErrorKind::Cancelled) {
            if line.is_cancelled() {
                // That command is on its way, and ends it.
                return;
            }
            line.cancel(false);
        }
        line.finish(error);
        if line.is_direct() {
            line.hand_over();
        }
    }

    /// The one generation that the service speaks whose id stands somewhere in `bytes`.
    fn mentioned(&self, bytes: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
        let spoken = self.running.keys().chain(self.draining.keys());
        let mut mentioned = spoken.filter(|id| text.contains(id.as_str()));
        let first = mentioned.next()?;
        mentioned.next().is_none().then(|| first.clone())
    }

    /// How many lines may be sent. What is cancelled counts for the service, which goes on speaking it, and not for the
    /// caller.
    fn free_places(&self) -> usize {
        let of_caller = self.max_running.saturating_sub(self.running.len());
        let of_service = self.max_running.max(SERVICE_LIMIT);
        of_caller.min(of_service.saturating_sub(self.running.len() + self.draining.len()))
    }

    /// When all that the service speaks is what nobody wants any more, and a line waits for that, a new connection is
    /// sooner there than the end of it.
    fn leave_the_unwanted(&mut self) {
        let waiting = !self.queue.is_empty() && self.hold_until.is_none();
        if waiting
            && self.running.is_empty()
            && !self.draining.is_empty()
            && self.free_places() == 0
            && self.link.is_open()
        {
            log::debug!(
                "{}: left for a new connection: it is full of cancelled lines",
                self.link.url()
            );
            self.draining.clear();
            self.link.renew();
        }
    }

    /// Lets in whose turn it is, and sends them if there is a connection.
    fn send(&mut self, now: Instant) {
        if self.hold_until.is_some_and(|until| until <= now) {
            self.hold_until = None;
        }
        self.leave_the_unwanted();
        let free = self.free_places();
        let timeouts = &self.settings.timeouts;
        for run in self.queue.values_mut().take(free) {
            run.admit(timeouts);
            self.check_at = earlier(self.check_at, run.intake.deadline());
        }
        if !self.link.is_open() || self.hold_until.is_some() {
            return;
        }
        let mut sent = 0;
        while sent < free {
            let Some((_, mut run)) = self.queue.pop_first() else {
                return;
            };
            // Not asked for to be thrown away. The command for that follows, and ends it.
            if run.line.is_cancelled() || self.shared.hub.is_closing() {
                continue;
            }
            if run.line.is_flushed() {
                run.line.end_cancelled();
                continue;
            }
            let id = run.line.name.clone();
            if self.draining.contains_key(&id) {
                let error = Error::invalid(
                    "generationId",
                    format_args!("{:?}, which the service is still speaking", run.line.id()),
                    "an id of its own for each line",
                );
                self.end(&run.line, Some(error));
                continue;
            }
            self.link.send(run.send(&self.settings.timeouts));
            self.check_by(run.intake.deadline());
            self.running.insert(id, run);
            sent += 1;
        }
    }

    /// Those of the queue that have a deadline: the front of it, however long it is.
    fn waiting(&self) -> impl Iterator<Item = &Run> {
        self.queue
            .values()
            .take_while(|run| run.is_admitted() || run.line.place < 0)
    }

    /// Ends what has taken too long.
    fn expire(&mut self, now: Instant) {
        let trouble = self.trouble.as_ref().map(|(error, _)| error);
        let mut late: Vec<(i64, Error)> = self
            .waiting()
            .filter_map(|run| Some((run.line.place, run.intake.timed_out(trouble)?)))
            .collect();
        if let Some((error, down)) = &self.trouble {
            // Who waits in the queue waits for the connection, too.
            let patience = self.settings.timeouts.first_chunk;
            let hopeless = |run: &&Run| run.intake.patience(*down, patience).is_some_and(|moment| moment <= now);
            late.extend(
                self.queue
                    .values()
                    .filter(hopeless)
                    .map(|run| (run.line.place, error.clone())),
            );
        }
        for (place, error) in late {
            if let Some(run) = self.queue.remove(&place) {
                self.end(&run.line, Some(error));
            }
        }
        let late: Vec<(String, Error)> = self
            .running
            .iter()
            .filter_map(|(id, run)| Some((id.clone(), run.intake.timed_out(None)?)))
            .collect();
        for (id, error) in late {
            self.fail(&id, error, true);
        }
        if let Some(patience) = self.settings.timeouts.between_chunks {
            self.draining
                .retain(|_, heard| heard.checked_add(patience).is_none_or(|end| now < end));
        }
    }

    /// When the first thing is too late, or the service may be asked again.
    fn first_deadline(&self) -> Option<Instant> {
        let patience = self.settings.timeouts.between_chunks;
        let runs = self
            .waiting()
            .chain(self.running.values())
            .map(|run| run.intake.deadline());
        let draining = self
            .draining
            .values()
            .map(|heard| patience.and_then(|patience| heard.checked_add(patience)));
        let patience = self.settings.timeouts.first_chunk;
        let hopeless = self
            .trouble
            .iter()
            .flat_map(|(_, down)| self.queue.values().map(|run| run.intake.patience(*down, patience)));
        runs.chain(draining)
            .chain(hopeless)
            .chain([self.hold_until])
            .fold(None, earlier)
    }

    fn change_state(&self, state: SessionState, error: Option<Error>, retry_in: Option<std::time::Duration>) {
        self.shared.hub.set_state(StateChange { state, error, retry_in });
    }

    fn close(&mut self) {
        self.link.close();
        self.queue.clear();
        self.running.clear();
        self.shared.hub.gone();
    }
}

impl Actor for SessionActor {
    fn advance(&mut self, io: &Io<'_>) -> Next {
        if !self.obey_commands() {
            self.close();
            return Next::Done;
        }
        let now = Instant::now();
        let mut more = true;
        for _ in 0..TURN {
            self.send(now);
            match self.link.next(io, now) {
                Some(event) => self.on_link(event, now),
                None => {
                    more = false;
                    break;
                }
            }
        }
        self.in_a_row = if more { self.in_a_row.saturating_add(TURN) } else { 0 };
        if more && self.in_a_row < BACKLOG {
            // Who has much to hear may have something to say, too. A failure shows when it is read from.
            let _ = self.link.flush();
            return Next::Again;
        }
        if self.check_at.is_some_and(|check_at| check_at <= now) {
            self.expire(now);
            self.check_at = self.first_deadline();
        } else if self.running.is_empty() && self.queue.is_empty() && self.draining.is_empty() {
            // An idle session sleeps through.
            self.check_at = self.hold_until;
        }
        // Places may have become free.
        self.send(now);
        if let Err(error) = self.link.flush() {
            // It shows when it is read from.
            log::debug!("{}: {error}", self.link.url());
            return Next::Again;
        }
        if more {
            return Next::Again;
        }
        Next::Wait(earlier(self.check_at, self.link.deadline()))
    }

    fn shut_down(&mut self) {
        self.close();
    }
}
