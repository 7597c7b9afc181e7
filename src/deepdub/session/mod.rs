//! Sessions: any number of generations on one connection that is kept open.

mod actor;
mod run;
mod shared;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use self::actor::SessionActor;
use self::run::Run;
use self::shared::SessionShared;
use super::client::Client;
use super::lines::{
    Command, Delivery, Ended, Flow, Line, LineEvent, LineShared, LineStream, Listener, StateCallback, StateChange,
    ended_only, play,
};
use super::link::{Link, Upkeep};
use super::request::SpeechRequest;
use crate::audio::{Format, Player};
use crate::error::{Error, Result};
use crate::net::CancelToken;

/// How a session is kept.
pub struct SessionOptions {
    /// How many lines the service speaks at once; the others wait for their turn. The vendor allows 5 per customer. 5.
    pub max_running: usize,
    /// Where callbacks are called. On the I/O thread.
    pub delivery: Delivery,
    /// After so long a silence the other side is pinged, and after as long again without a sign of life the connection
    /// is given up and made anew. 20 s; `None` never pings.
    pub keep_alive: Option<Duration>,
    on_state: Option<StateCallback>,
}

impl Default for SessionOptions {
    fn default() -> Self {
        SessionOptions {
            max_running: 5,
            delivery: Delivery::default(),
            keep_alive: Some(Duration::from_secs(20)),
            on_state: None,
        }
    }
}

impl SessionOptions {
    /// Everything by default.
    pub fn new() -> SessionOptions {
        SessionOptions::default()
    }

    /// `callback` is told of each change of state, where the lines' callbacks are called too.
    pub fn on_state(mut self, callback: impl FnMut(&StateChange) + Send + 'static) -> SessionOptions {
        self.on_state = Some(Box::new(callback));
        self
    }
}

impl fmt::Debug for SessionOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionOptions")
            .field("max_running", &self.max_running)
            .field("delivery", &self.delivery)
            .field("keep_alive", &self.keep_alive)
            .field("on_state", &self.on_state.is_some())
            .finish()
    }
}

/// How one line is spoken.
#[derive(Debug, Clone)]
pub struct LineOptions {
    /// Before all lines that wait for their turn, rather than after them; of several the last one is first. False.
    pub front: bool,
    /// When the connection breaks after some audio has come, the line is requested again, and what had been delivered is
    /// skipped once it is found to be the same. Takes a `seed` and a format without structure (s16le or mulaw). False:
    /// such a line fails with what arrived.
    pub resume: bool,
    /// How many bytes of audio may wait for a consumer that is slow, or [paused](Flow::Pause). Beyond that the line fails
    /// with [`BufferFull`](crate::ErrorKind::BufferFull), after what waits; a chunk counts as 64 at least. 64 MiB: 11
    /// minutes of s16le at 48000 Hz.
    pub max_buffered_bytes: usize,
    /// Cancels the line from outside, with others that have the same token. None.
    pub cancel: Option<CancelToken>,
    /// Plays the line, after what has been asked for there before; in that order also when `front` is set. Its chunks go
    /// there first, on the I/O thread wherever callbacks are called, so that the sound does not depend on polls. A
    /// [flush](Player::flush) cancels it when its next chunk comes, and in the queue when its turn comes, before it is asked
    /// for; audio that cannot be decoded is its failure. None.
    pub player: Option<Player>,
    /// What the player calls it. 0.
    pub track_id: u64,
}

impl Default for LineOptions {
    fn default() -> Self {
        LineOptions {
            front: false,
            resume: false,
            max_buffered_bytes: 64 * 1024 * 1024,
            cancel: None,
            player: None,
            track_id: 0,
        }
    }
}

/// A connection that is kept open, and looks after itself; speaks any number of lines, several at once.
///
/// It connects at once, on the client's I/O thread, and connects again whenever the connection breaks, with growing
/// pauses ([`Config::retry`](super::Config::retry)). A line that had received no audio by then is sent again, with the
/// same generation id; one that had fails with what arrived, unless it can [resume](LineOptions::resume). `RateLimit`
/// waits and tries again within the line's limit for its first audio.
///
/// A line's time limits run from when there is a place for it: what it waits in the queue does not count. While there is
/// no connection it counts for all lines: none waits for one longer than for first audio. To be asked for again gives a line
/// no more time for its first audio.
///
/// Each line ends in exactly one [`LineEvent::Ended`]. Dropping the session [closes](Self::close) it. In a process that was
/// forked from its own it is closed, and nothing is called back.
pub struct Session {
    shared: Arc<SessionShared>,
    /// Has the I/O thread.
    client: Client,
}

impl Session {
    pub(super) fn open(client: &Client, options: SessionOptions) -> Result<Session> {
        let SessionOptions {
            max_running,
            delivery,
            keep_alive,
            on_state,
        } = options;
        if max_running == 0 {
            return Err(Error::invalid("max_running", 0, "1 or more"));
        }
        let upkeep = Upkeep::new(keep_alive)?;
        let settings = client.shared_settings();
        let link = Link::new(&settings, client.network(), &settings.websocket, upkeep);
        let shared = Arc::new(SessionShared::new(delivery, on_state));
        client.closing().wake_on_cancel(&shared);
        client.reactor()?.add(|notifier| {
            shared.commands.set_notifier(notifier);
            Box::new(SessionActor::new(Arc::clone(&shared), settings, link, max_running))
        })?;
        Ok(Session {
            shared,
            client: client.clone(),
        })
    }

    /// Speaks one text; `on_event` gets its chunks and its end. Returns at once.
    ///
    /// # Errors
    /// `InvalidArgument` when the request cannot be right, and then `on_event` is never called; `Closed` when the session
    /// is. Everything else comes as the line's end.
    pub fn speak(
        &self,
        request: &SpeechRequest,
        options: &LineOptions,
        on_event: impl FnMut(LineEvent<'_>) -> Flow + Send + 'static,
    ) -> Result<Line> {
        self.begin(request, options, Listener::All(Box::new(on_event)))
    }

    /// Speaks one text into [`LineOptions::player`] only; `on_end` is told how the line ended, which is when all of it has
    /// come, and not when it has been heard ([`Player::next_end`]).
    ///
    /// # Errors
    /// As [`speak`](Self::speak); `InvalidArgument` without a player.
    pub fn play(
        &self,
        request: &SpeechRequest,
        options: &LineOptions,
        on_end: impl FnMut(&Ended) + Send + 'static,
    ) -> Result<Line> {
        if options.player.is_none() {
            return Err(Error::invalid("player", "not given", "a player to play on"));
        }
        self.begin(request, options, ended_only(on_end))
    }

    /// Speaks one text and hands over its chunks when they are asked for; with a [player](LineOptions::player) only its
    /// end.
    ///
    /// # Errors
    /// As [`speak`](Self::speak).
    pub fn stream(&self, request: &SpeechRequest, options: &LineOptions) -> Result<LineStream> {
        let listener = match options.player {
            Some(_) => Listener::AsksForEnd,
            None => Listener::Asks,
        };
        Ok(LineStream::new(self.begin(request, options, listener)?))
    }

    fn begin(&self, request: &SpeechRequest, options: &LineOptions, listener: Listener) -> Result<Line> {
        request.check()?;
        options.check(request)?;
        self.shared.hub.check_here()?;
        let id = request.generation_id();
        let message = request.to_json(&id)?;
        let line = Arc::new(LineShared::new(
            &self.shared,
            (id.to_ascii_lowercase(), self.shared.next_place(options.front)),
            request.format,
            options.max_buffered_bytes,
            listener,
        ));
        line.set_id(&id);
        self.shared.hub.remember(&line)?;
        if let Some(player) = &options.player {
            play(&line, player, request.sample_rate, options.track_id)?;
        }
        if let Some(token) = &options.cancel {
            line.cancel_with(token);
        }
        let max_held = self.client.settings().max_message_bytes;
        let recorder = self.client.memory().recorder(|| request.clone());
        let run = Run::new(Arc::clone(&line), recorder, message, max_held, options.resume);
        self.shared.commands.give(Command::Begin(Box::new(run)));
        // Before or after: one of both sees the other.
        if options.cancel.as_ref().is_some_and(CancelToken::is_cancelled) {
            line.cancel(false);
        }
        Ok(Line::new(line))
    }

    /// Makes the callbacks that are due, on this thread, with [`Delivery::Poll`]; waits up to `timeout` for the first,
    /// `None` without end, and inside a session's callback not at all. How many callbacks that were.
    ///
    /// # Errors
    /// `InvalidArgument` when the session calls back on the I/O thread, and from inside one of its callbacks; `Closed` when
    /// the session is closed and nothing is left to call back.
    pub fn poll(&self, timeout: Option<Duration>) -> Result<usize> {
        self.shared.hub.poll(timeout)
    }

    /// What an event loop can wait for, to become readable: then there is something to [`poll`](Self::poll) for. A file
    /// descriptor on Unix, a `SOCKET` on Windows. It stays the session's: do not read from it, and do not close it.
    ///
    /// # Errors
    /// `InvalidArgument` when the session calls back on the I/O thread; `Internal` when the system gives none.
    pub fn poll_handle(&self) -> Result<isize> {
        self.shared.hub.poll_handle()
    }

    /// How it stands with the service.
    pub fn state(&self) -> StateChange {
        self.shared.hub.state()
    }

    /// Waits until the connection is open; `false` when it is not after `timeout`. Inside a session's callback it
    /// does not wait.
    ///
    /// # Errors
    /// Why it cannot be opened, if trying again by itself is no use; `Closed` when the session is.
    pub fn wait_ready(&self, timeout: Option<Duration>) -> Result<bool> {
        self.shared.hub.wait_ready(timeout)
    }

    /// Cancels every line and closes the connection. When it returns, every line has had its end, and nothing is called
    /// back any more. From inside a session's callback it returns at once, and the ends of the lines come after
    /// that callback has returned.
    ///
    /// It waits for a callback that another thread is just running, so do not hold a lock which that callback takes.
    pub fn close(&self) {
        self.shared.hub.close(|| self.shared.commands.give(Command::Close));
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("client", &self.client)
            .field("state", &self.state().state)
            .finish_non_exhaustive()
    }
}

impl LineOptions {
    fn check(&self, request: &SpeechRequest) -> Result<()> {
        if self.resume && (request.seed.is_none() || !matches!(request.format, Format::S16le | Format::Mulaw)) {
            return Err(Error::invalid(
                "resume",
                "set for a request whose audio cannot be joined",
                "a request with a seed, in the format s16le or mulaw",
            ));
        }
        if self.max_buffered_bytes == 0 {
            return Err(Error::invalid("max_buffered_bytes", 0, "1 or more"));
        }
        Ok(())
    }
}
