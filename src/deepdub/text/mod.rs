//! Text streamed in, as a language model produces it, and spoken turn by turn on one connection.

mod actor;
mod cancels;
mod config;
mod outbox;
mod ping;
mod shared;

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use config::{TextConfig, config_tag};

use self::actor::{TextActor, TurnRun};
use self::outbox::Outbox;
use self::ping::Ping;
use self::shared::{Order, TextShared};
use super::client::Client;
use super::lines::{
    Command, Delivery, Ended, Flow, INTERRUPT_PERIOD, Line, LineEvent, LineShared, LineStream, Listener, StateCallback,
    StateChange, ended_only, play,
};
use super::link::{Link, Upkeep};
use crate::audio::Player;
use crate::error::{Error, Result};
use crate::net::{CancelToken, deadline_after};
use crate::sync::Mutex;
use crate::thread;

/// How a text session is kept.
pub struct TextSessionOptions {
    /// Where callbacks are called. On the I/O thread.
    pub delivery: Delivery,
    /// As [`SessionOptions::keep_alive`](super::SessionOptions::keep_alive). 20 s.
    pub keep_alive: Option<Duration>,
    /// How many bytes of written text may wait to be sent, per turn. 64 KiB.
    pub max_unsent_bytes: usize,
    on_state: Option<StateCallback>,
}

impl Default for TextSessionOptions {
    fn default() -> Self {
        TextSessionOptions {
            delivery: Delivery::default(),
            keep_alive: Some(Duration::from_secs(20)),
            max_unsent_bytes: 64 * 1024,
            on_state: None,
        }
    }
}

impl TextSessionOptions {
    /// Everything by default.
    pub fn new() -> TextSessionOptions {
        TextSessionOptions::default()
    }

    /// `callback` is told of each change of state, where the turns' callbacks are called too.
    pub fn on_state(mut self, callback: impl FnMut(&StateChange) + Send + 'static) -> TextSessionOptions {
        self.on_state = Some(Box::new(callback));
        self
    }
}

impl fmt::Debug for TextSessionOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextSessionOptions")
            .field("delivery", &self.delivery)
            .field("keep_alive", &self.keep_alive)
            .field("max_unsent_bytes", &self.max_unsent_bytes)
            .field("on_state", &self.on_state.is_some())
            .finish()
    }
}

/// How one turn is spoken.
#[derive(Debug, Clone)]
pub struct TurnOptions {
    /// As [`LineOptions::max_buffered_bytes`](super::LineOptions::max_buffered_bytes). 64 MiB.
    pub max_buffered_bytes: usize,
    /// Cancels the turn from outside, with others that have the same token. None.
    pub cancel: Option<CancelToken>,
    /// Plays the turn, as [`LineOptions::player`](super::LineOptions::player). None.
    pub player: Option<Player>,
    /// What the player calls it. 0.
    pub track_id: u64,
}

impl Default for TurnOptions {
    fn default() -> Self {
        TurnOptions {
            max_buffered_bytes: 64 * 1024 * 1024,
            cancel: None,
            player: None,
            track_id: 0,
        }
    }
}

/// A connection into which text is streamed while it is being produced, and which is kept open from turn to turn.
///
/// It connects, and comes back, as a [`Session`](super::Session) does. Audio begins when the service has a sentence. Turns
/// are spoken one after the other: the text of one is sent when the one before it is over or has been cancelled. A turn
/// that had received no audio when the connection broke is sent again; one that had fails with what arrived.
///
/// A turn's time limits run from its end on: the writer may take his time.
pub struct TextSession {
    shared: Arc<TextShared>,
    /// Has the I/O thread.
    client: Client,
    config: Mutex<TextConfig>,
    max_unsent: usize,
}

impl TextSession {
    pub(super) fn open(client: &Client, config: &TextConfig, options: TextSessionOptions) -> Result<TextSession> {
        config.check()?;
        let TextSessionOptions {
            delivery,
            keep_alive,
            max_unsent_bytes,
            on_state,
        } = options;
        let upkeep = Upkeep::new(keep_alive)?;
        if max_unsent_bytes == 0 {
            return Err(Error::invalid("max_unsent_bytes", 0, "1 or more"));
        }
        let settings = client.shared_settings();
        let link = Link::new(&settings, client.network(), &settings.streaming, upkeep);
        let shared = Arc::new(TextShared::new(delivery, on_state));
        client.closing().wake_on_cancel(&shared);
        client.reactor()?.add(|notifier| {
            shared.commands.set_notifier(notifier);
            Box::new(TextActor::new(Arc::clone(&shared), settings, link))
        })?;
        Ok(TextSession {
            shared,
            client: client.clone(),
            config: Mutex::new(config.clone()),
            max_unsent: max_unsent_bytes,
        })
    }

    /// Begins the next turn; `on_event` gets its chunks and its end.
    ///
    /// # Errors
    /// `InvalidArgument` for options that cannot be right; `Closed` when the session is. Then `on_event` is never called.
    pub fn begin_turn(
        &self,
        options: &TurnOptions,
        on_event: impl FnMut(LineEvent<'_>) -> Flow + Send + 'static,
    ) -> Result<Turn> {
        self.begin(options, Listener::All(Box::new(on_event)))
    }

    /// Begins the next turn, to be heard from [`TurnOptions::player`] only; `on_end` is told how the turn ended, which is
    /// when all of it has come.
    ///
    /// # Errors
    /// As [`begin_turn`](Self::begin_turn); `InvalidArgument` without a player.
    pub fn play_turn(&self, options: &TurnOptions, on_end: impl FnMut(&Ended) + Send + 'static) -> Result<Turn> {
        if options.player.is_none() {
            return Err(Error::invalid("player", "not given", "a player to play on"));
        }
        self.begin(options, ended_only(on_end))
    }

    /// Begins the next turn, whose chunks are handed over when they are asked for; with a [player](TurnOptions::player)
    /// only its end.
    ///
    /// # Errors
    /// As [`begin_turn`](Self::begin_turn).
    pub fn stream_turn(&self, options: &TurnOptions) -> Result<(Turn, LineStream)> {
        let listener = match options.player {
            Some(_) => Listener::AsksForEnd,
            None => Listener::Asks,
        };
        let turn = self.begin(options, listener)?;
        let stream = LineStream::new(turn.line.clone());
        Ok((turn, stream))
    }

    fn begin(&self, options: &TurnOptions, listener: Listener) -> Result<Turn> {
        if options.max_buffered_bytes == 0 {
            return Err(Error::invalid("max_buffered_bytes", 0, "1 or more"));
        }
        self.shared.hub.check_here()?;
        let (config, format, rate, recorder) = {
            let config = self.config.lock();
            let recorder = self.client.memory().recorder(|| config.to_request());
            (config.to_json(), config.format, config.sample_rate, recorder)
        };
        let place = self.shared.next_place();
        let line = Arc::new(LineShared::new(
            &self.shared,
            (place.to_string(), place),
            format,
            options.max_buffered_bytes,
            listener,
        ));
        self.shared.hub.remember(&line)?;
        if let Some(player) = &options.player {
            play(&line, player, Some(rate), options.track_id)?;
        }
        if let Some(token) = &options.cancel {
            line.cancel_with(token);
        }
        let outbox = Arc::new(Outbox::new(self.max_unsent));
        let max_held = self.client.settings().max_message_bytes;
        let run = TurnRun::new(Arc::clone(&line), recorder, Arc::clone(&outbox), config, max_held);
        self.shared.commands.give(Command::Begin(Order::Turn(Box::new(run))));
        if self.shared.hub.is_gone() {
            // It came too late.
            self.shared.refuse_commands();
        }
        // Before or after: one of both sees the other.
        if options.cancel.as_ref().is_some_and(CancelToken::is_cancelled) {
            line.cancel(false);
        }
        Ok(Turn {
            line: Line::new(line),
            outbox,
            shared: Arc::clone(&self.shared),
        })
    }

    /// Changes how turns are spoken that begin from now on. For the middle of a turn there is [`Turn::switch`].
    ///
    /// # Errors
    /// `InvalidArgument` for a configuration that cannot be right; the one before stays.
    pub fn configure(&self, config: &TextConfig) -> Result<()> {
        self.shared.hub.check_here()?;
        config.check()?;
        *self.config.lock() = config.clone();
        Ok(())
    }

    /// Asks the service for a sign of life; how long that took.
    ///
    /// # Errors
    /// `Timeout`; `InvalidArgument` from inside a callback, which would wait for itself; why there is no connection.
    pub fn ping(&self, timeout: Option<Duration>) -> Result<Duration> {
        self.begin_ping()?.wait(deadline_after(timeout))
    }

    /// [`ping`](Self::ping) for hosts that learn of an interruption only by asking: every 20 ms of the wait `interrupted` is
    /// asked, and `true` ends it.
    ///
    /// # Errors
    /// As `ping`; `Cancelled`.
    pub fn ping_unless(&self, timeout: Option<Duration>, interrupted: impl Fn() -> bool) -> Result<Duration> {
        let deadline = deadline_after(timeout);
        self.begin_ping()?.wait_unless(deadline, INTERRUPT_PERIOD, interrupted)
    }

    fn begin_ping(&self) -> Result<Arc<Ping>> {
        if thread::in_callback() {
            return Err(Error::invalid(
                "session",
                "in a callback",
                "no ping from inside a callback",
            ));
        }
        self.shared.hub.check_here()?;
        if self.shared.hub.is_closing() {
            return Err(super::lines::closed());
        }
        let ping = Arc::new(Ping::new());
        self.shared
            .commands
            .give(Command::Begin(Order::Ping(Arc::clone(&ping))));
        if self.shared.hub.is_gone() {
            // It came too late.
            self.shared.refuse_commands();
        }
        Ok(ping)
    }

    /// As [`Session::poll`](super::Session::poll).
    ///
    /// # Errors
    /// As there.
    pub fn poll(&self, timeout: Option<Duration>) -> Result<usize> {
        self.shared.hub.poll(timeout)
    }

    /// As [`Session::poll_handle`](super::Session::poll_handle).
    ///
    /// # Errors
    /// As there.
    pub fn poll_handle(&self) -> Result<isize> {
        self.shared.hub.poll_handle()
    }

    /// How it stands with the service.
    pub fn state(&self) -> StateChange {
        self.shared.hub.state()
    }

    /// As [`Session::wait_ready`](super::Session::wait_ready).
    ///
    /// # Errors
    /// As there.
    pub fn wait_ready(&self, timeout: Option<Duration>) -> Result<bool> {
        self.shared.hub.wait_ready(timeout)
    }

    /// As [`Session::close`](super::Session::close): cancels every turn and closes the connection.
    pub fn close(&self) {
        self.shared.hub.close(|| self.shared.commands.give(Command::Close));
    }
}

impl Drop for TextSession {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for TextSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TextSession")
            .field("client", &self.client)
            .field("state", &self.state().state)
            .finish_non_exhaustive()
    }
}

/// A turn in the hands of who writes it. Dropping it ends its text, as [`end`](Self::end) does.
pub struct Turn {
    line: Line,
    outbox: Arc<Outbox>,
    shared: Arc<TextShared>,
}

impl Turn {
    /// Adds to the text: a sentence, a word, a token of a language model. Does not wait for the network: the text is taken
    /// as long as there is room ([`TextSessionOptions::max_unsent_bytes`]), else it waits for room up to `timeout`, `None`
    /// without end. Inside a callback it does not wait at all.
    ///
    /// # Errors
    /// `Timeout`, and nothing of the text was taken; what the turn failed with; `Cancelled`; `Closed` when it is over.
    pub fn write(&self, text: &str, timeout: Option<Duration>) -> Result<()> {
        self.write_bytes(text.as_bytes(), timeout)
    }

    /// [`write`](Self::write) for tokens of bytes, which may end inside a UTF-8 character: what there is of it waits for
    /// its rest, in the next write. If the turn is ended before that, it is left out.
    ///
    /// # Errors
    /// As `write`; `InvalidArgument` when it is not UTF-8, after what was written before. Nothing of it is taken then.
    pub fn write_bytes(&self, text: &[u8], timeout: Option<Duration>) -> Result<()> {
        self.shared.hub.check_here()?;
        if text.is_empty() {
            return Ok(());
        }
        let deadline = if thread::in_callback() {
            Some(Instant::now())
        } else {
            deadline_after(timeout)
        };
        self.outbox.write(text, deadline)?;
        self.shared.commands.wake();
        Ok(())
    }

    /// Switches language, voice or both for the text that is written after it: writes a [`config_tag`].
    ///
    /// # Errors
    /// As [`write`](Self::write) and [`config_tag`].
    pub fn switch(&self, locale: Option<&str>, voice_prompt_id: Option<&str>, timeout: Option<Duration>) -> Result<()> {
        self.write(&config_tag(locale, voice_prompt_id)?, timeout)
    }

    /// Ends the text: the rest of it is spoken now, and after the last of it the turn is over. Does nothing the second time.
    pub fn end(&self) {
        // A fork's other process has only the handle, and a lock that may be held by nobody.
        if self.line.is_here() && self.outbox.end() {
            self.shared.commands.wake();
        }
    }

    /// Stops the turn, as [`Line::cancel`] does, and tells the service to.
    pub fn cancel(&self) {
        if self.line.is_here() {
            self.outbox.close(Error::cancelled());
            self.line.cancel();
        }
    }

    /// The turn as a line: its id, its figures.
    pub fn line(&self) -> &Line {
        &self.line
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").field("line", &self.line).finish_non_exhaustive()
    }
}
