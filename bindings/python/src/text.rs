//! `voicewire.deepdub.TextSession` and its turns.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use pyo3::{PyTraverseError, PyVisit};
use voicewire::ErrorKind;
use voicewire::deepdub::{self, TextConfig, TextSessionOptions, TurnOptions};

use crate::cancel::token;
use crate::connection::{Connection, OnState, StateNews, check_place, check_process, patiently, seconds};
use crate::interrupt::Interrupt;
use crate::line::Line;
use crate::request::{Options, text_of};
use crate::session::{count, keep_alive};
use crate::{asyncio, errors, shutdown};

/// A connection into which text is streamed while it is being produced, and which is kept open from turn to turn. Made
/// by Client.open_text_session().
///
/// It connects, and comes back, as a Session does. Audio begins when the service has a sentence. Turns are spoken one
/// after the other: the text of one is sent when the one before it is over or has been cancelled. A turn that had
/// received no audio when the connection broke is sent again; one that had fails with what arrived. A turn's time limits
/// run from its end() on: the writer may take his time.
///
/// It may be used from any thread, and from asyncio: nothing but wait_ready(), ping() and a write() for which there is no
/// room waits for the service. It is closed by close(), at the end of its `with` or `async with` block, with its client,
/// when nothing refers to it or to one of its turns any more, and when the program exits. After os.fork() it belongs to
/// the parent.
#[pyclass(frozen, module = "voicewire.deepdub", weakref)]
pub(crate) struct TextSession {
    connection: Connection<deepdub::TextSession>,
    config: Mutex<TextConfig>,
    process: u32,
}

/// What is to be changed about how text is spoken.
fn change(config: &mut TextConfig, options: &Bound<'_, PyDict>) -> PyResult<()> {
    let options = Options::of(options)?;
    if let Some(voice) = options.take("voice_prompt_id")? {
        config.voice_prompt_id = voice;
    }
    if let Some(model) = options.take("model")? {
        config.model = model;
    }
    if let Some(locale) = options.take("locale")? {
        config.locale = locale;
    }
    if let Some(format) = options.take_format()? {
        config.format = format;
    }
    if let Some(rate) = options.take("sample_rate")? {
        config.sample_rate = rate;
    }
    if let Some(accept) = options.take("accept_emojis")? {
        config.accept_emojis = accept;
    }
    config.target_gender = options.take("target_gender")?.or(config.target_gender.take());
    config.first_audio_timeout = options.take("first_audio_timeout")?.or(config.first_audio_timeout);
    config.realtime = options.take("realtime")?.or(config.realtime);
    options.nothing_left()
}

impl TextSession {
    pub fn open(
        client: &deepdub::Client,
        voice_prompt_id: &Bound<'_, PyAny>,
        keep_alive: Option<f64>,
        max_unsent_bytes: i64,
        on_state: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<TextSession> {
        let py = voice_prompt_id.py();
        let mut config = TextConfig::new(text_of("voice_prompt_id", voice_prompt_id)?);
        if let Some(options) = options {
            change(&mut config, options)?;
        }
        let on_state = OnState::new(on_state)?;
        let mut settings = TextSessionOptions::new();
        let told = Arc::clone(&on_state);
        settings = settings.on_state(move |change| told.tell(change));
        settings.keep_alive = self::keep_alive(py, keep_alive)?;
        settings.max_unsent_bytes = count(py, "max_unsent_bytes", max_unsent_bytes)?;
        let core = py
            .detach(|| client.open_text_session(&config, settings))
            .map_err(|error| errors::to_py(py, &error))?;
        Ok(TextSession {
            connection: Connection::new(py, core, on_state),
            config: Mutex::new(config),
            process: std::process::id(),
        })
    }
}

#[pymethods]
impl TextSession {
    /// Begins the next turn. Returns at once.
    ///
    /// Args:
    ///     max_buffered_bytes: How many bytes of audio may wait to be iterated over. Beyond that the turn fails with
    ///         BufferFullError, after what waits. 64 MiB by default.
    ///     cancel: A voicewire.CancelToken that ends the turn with CancelledError.
    ///     player, track_id: As for Session.speak(): a voicewire.Player that plays the turn.
    ///
    /// Raises:
    ///     InvalidArgumentError: an argument that cannot be.
    ///     ClosedError: the session has been closed.
    #[pyo3(signature = (*, max_buffered_bytes=64 * 1024 * 1024, cancel=None, player=None, track_id=0),
        text_signature = "($self, *, max_buffered_bytes=67108864, cancel=None, player=None, track_id=0)")]
    fn begin_turn<'py>(
        slf: &Bound<'py, Self>,
        max_buffered_bytes: i64,
        cancel: Option<&Bound<'py, PyAny>>,
        player: Option<&Bound<'py, PyAny>>,
        track_id: u64,
    ) -> PyResult<Bound<'py, Turn>> {
        let py = slf.py();
        check_process(py, slf.get().process)?;
        let options = TurnOptions {
            max_buffered_bytes: count(py, "max_buffered_bytes", max_buffered_bytes)?,
            cancel: token(cancel)?.map(|cancel| cancel.get().core().clone()),
            player: crate::player::player(player)?,
            track_id,
        };
        let (turn, stream) = slf
            .get()
            .connection
            .core()
            .stream_turn(&options)
            .map_err(|error| errors::to_py(py, &error))?;
        let line = Line::new(stream, Some(turn), slf.clone().into_any().unbind());
        Bound::new(py, PyClassInitializer::from(line).add_subclass(Turn))
    }

    /// Changes how turns are spoken that begin from now on: the given ones of the arguments of
    /// Client.open_text_session(). None leaves one as it is. For the middle of a turn there is Turn.switch().
    ///
    /// Raises:
    ///     InvalidArgumentError: what cannot be; then nothing is changed.
    #[pyo3(
        signature = (**options),
        text_signature = "($self, *, voice_prompt_id=None, model=None, locale=None, format=None, sample_rate=None, \
            accept_emojis=None, target_gender=None, first_audio_timeout=None, realtime=None)"
    )]
    fn configure(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        check_process(py, self.process)?;
        let Some(options) = options else {
            return Ok(());
        };
        let mut config = self.config.lock().unwrap_or_else(PoisonError::into_inner).clone();
        change(&mut config, options)?;
        self.connection
            .core()
            .configure(&config)
            .map_err(|error| errors::to_py(py, &error))?;
        *self.config.lock().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(())
    }

    /// Asks the service for a sign of life; the seconds that took. It blocks; Ctrl-C ends it on the main thread.
    ///
    /// Args:
    ///     timeout: Seconds to wait for the answer; None is without end.
    ///
    /// Raises:
    ///     TimeoutError: there was none in time.
    ///     InvalidArgumentError: it was called in on_state.
    ///     Error: why there is no connection.
    #[pyo3(signature = (timeout=Some(10.0)), text_signature = "($self, timeout=10.0)")]
    fn ping(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<f64> {
        let timeout = seconds(py, "timeout", timeout)?;
        check_place(py, self.process)?;
        py.check_signals()?;
        let interrupt = Interrupt::default();
        shutdown::wait(py, || self.connection.core().ping_unless(timeout, || interrupt.check()))
            .map(|taken| taken.as_secs_f64())
            .map_err(|error| interrupt.exception(py, &error))
    }

    /// How it stands with the service: as Session.state.
    #[getter]
    fn state(&self) -> &'static str {
        self.connection.state()
    }

    /// Waits until the connection is open; False if it is not after `timeout` seconds, None being without end.
    ///
    /// It blocks, and need not be called: turns wait by themselves.
    ///
    /// Raises:
    ///     Error: why it cannot be opened, if trying again by itself is no use; ClosedError when the session has been closed.
    #[pyo3(signature = (timeout=None))]
    fn wait_ready(&self, py: Python<'_>, timeout: Option<f64>) -> PyResult<bool> {
        self.connection.wait_ready(py, timeout)
    }

    /// wait_ready() for asyncio: awaited, it lets the event loop run meanwhile. It takes no thread, and may be cancelled.
    ///
    /// Raises:
    ///     Error: as wait_ready().
    #[pyo3(signature = (timeout=None))]
    fn ready<'py>(slf: &Bound<'py, Self>, timeout: Option<f64>) -> PyResult<Bound<'py, PyAny>> {
        asyncio::ready(slf.as_any(), timeout)
    }

    /// For the coroutine of ready().
    fn _state_news(&self) -> StateNews {
        self.connection.state_news()
    }

    /// Cancels every turn and closes the connection, for good. A second time it does nothing.
    ///
    /// Waits for nothing but an on_state callback that is just running, and not for that when called in it.
    fn close(&self, py: Python<'_>) {
        self.connection.close(py);
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) {
        self.close(py);
    }

    fn __aenter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        asyncio::done(slf.py(), slf.clone().into_any().unbind())
    }

    #[pyo3(signature = (*_exception))]
    fn __aexit__<'py>(&self, py: Python<'py>, _exception: &Bound<'_, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.close(py);
        asyncio::done(py, py.None())
    }

    fn __repr__(&self) -> String {
        format!("<voicewire.deepdub.TextSession, {}>", self.connection.state())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.connection.traverse(&visit)
    }

    fn __clear__(&self) {
        self.connection.clear();
    }
}

/// A turn of a TextSession: its text is written here, and iterating over it gives its audio, as for a Line. Made by
/// TextSession.begin_turn().
///
/// The text has to be ended with end(), or the audio has no end either. One thread or task may write while another
/// iterates. As a context manager, and with the loss of the last reference, it is cancelled like any Line.
#[pyclass(frozen, extends = Line, module = "voicewire.deepdub")]
pub(crate) struct Turn;

impl Turn {
    fn add(slf: &Bound<'_, Self>, text: &str, timeout: Option<f64>) -> PyResult<()> {
        let py = slf.py();
        let timeout = seconds(py, "timeout", timeout)?;
        if Self::take(slf, text)? {
            return Ok(());
        }
        let core = core(slf)?;
        let taken = patiently(py, timeout, |slice| write(core, text, slice))?;
        match taken {
            Some(()) => Ok(()),
            // Says that there is no room.
            None => core
                .write(text, Some(Duration::ZERO))
                .map_err(|error| errors::to_py(py, &error)),
        }
    }

    /// Without waiting; whether there was room.
    fn take(slf: &Bound<'_, Self>, text: &str) -> PyResult<bool> {
        let py = slf.py();
        check_process(py, slf.as_super().get().process())?;
        let taken = write(core(slf)?, text, Duration::ZERO).map_err(|error| errors::to_py(py, &error))?;
        Ok(taken.is_some())
    }
}

/// The writing end.
fn core<'a>(turn: &'a Bound<'_, Turn>) -> PyResult<&'a deepdub::Turn> {
    let turn = turn.as_super().get().turn();
    turn.ok_or_else(|| pyo3::exceptions::PyRuntimeError::new_err("a turn without text"))
}

/// `None` when there is no room.
fn write(turn: &deepdub::Turn, text: &str, timeout: Duration) -> voicewire::Result<Option<()>> {
    match turn.write(text, Some(timeout)) {
        Ok(()) => Ok(Some(())),
        Err(error) if error.kind() == ErrorKind::Timeout && error.field() == Some("max_unsent_bytes") => Ok(None),
        Err(error) => Err(error),
    }
}

#[pymethods]
impl Turn {
    /// Adds to the text: a sentence, a word, a token of a language model.
    ///
    /// The text is taken as long as there is room for it (max_unsent_bytes), without waiting for the network. Else it
    /// waits for room, and Ctrl-C ends that on the main thread; in on_state it does not wait at all.
    ///
    /// Args:
    ///     text: An empty one does nothing.
    ///     timeout: Seconds to wait for room; None is without end.
    ///
    /// Raises:
    ///     TimeoutError: there was no room in time; nothing of the text was taken.
    ///     ClosedError: the text has been ended.
    ///     Error: what the turn failed with; CancelledError after a cancel.
    #[pyo3(signature = (text, timeout=None))]
    fn write(slf: &Bound<'_, Self>, text: &Bound<'_, PyAny>, timeout: Option<f64>) -> PyResult<()> {
        Self::add(slf, &text_of("text", text)?, timeout)
    }

    /// write() for asyncio: it never blocks the event loop. Where there is no room, and only then, it waits in a thread
    /// of the loop's executor. A task that is cancelled meanwhile cancels the turn, of which nobody could say how much
    /// was written.
    fn awrite<'py>(slf: &Bound<'py, Self>, text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        text_of("text", text)?;
        asyncio::write(slf, text)
    }

    /// write() if there is room; whether there was. For the coroutine of awrite().
    fn _take(slf: &Bound<'_, Self>, text: &Bound<'_, PyAny>) -> PyResult<bool> {
        Self::take(slf, &text_of("text", text)?)
    }

    /// Switches language, voice or both for the text that is written after it, by writing a config_tag().
    ///
    /// Raises:
    ///     Error: as write().
    #[pyo3(signature = (*, locale=None, voice_prompt_id=None, timeout=None))]
    fn switch(
        slf: &Bound<'_, Self>,
        locale: Option<&str>,
        voice_prompt_id: Option<&str>,
        timeout: Option<f64>,
    ) -> PyResult<()> {
        Self::add(slf, &config_tag(slf.py(), locale, voice_prompt_id)?, timeout)
    }

    /// Ends the text: the rest of it is spoken now, and after the last of it the turn is over. A second time it does
    /// nothing.
    fn end(slf: &Bound<'_, Self>) -> PyResult<()> {
        check_process(slf.py(), slf.as_super().get().process())?;
        core(slf)?.end();
        Ok(())
    }
}

/// A tag that switches language, voice or both for the text after it, up to the next tag or the turn's end, such as
/// '<config locale="es-MX" />': to be written into the text of a Turn. What the values hold cannot end the tag. Empty when
/// neither is given.
///
/// Whoever passes on text from elsewhere should know that such tags have their effect in it, too.
///
/// Raises:
///     InvalidArgumentError: one is blank.
#[pyfunction]
#[pyo3(signature = (*, locale=None, voice_prompt_id=None))]
pub(crate) fn config_tag(py: Python<'_>, locale: Option<&str>, voice_prompt_id: Option<&str>) -> PyResult<String> {
    deepdub::config_tag(locale, voice_prompt_id).map_err(|error| errors::to_py(py, &error))
}
