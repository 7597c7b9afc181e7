//! `voicewire.deepdub.Session`.

use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use pyo3::{PyTraverseError, PyVisit};
use voicewire::deepdub::{self, LineOptions, SessionOptions};

use crate::asyncio;
use crate::cancel::token;
use crate::connection::{Connection, OnState, StateNews, check_process};
use crate::errors;
use crate::line::Line;
use crate::request::speech_request;
use crate::speech::Speech;

/// A connection that is kept open, and looks after itself; speaks any number of lines, several at once. Made by
/// Client.open_session().
///
/// It connects at once, in the background, and again whenever the connection breaks, with growing pauses. A line that
/// had received no audio by then is sent again; one that had fails with what arrived, unless it was begun with resume=True.
/// When the service is too busy, a line waits and tries again within first_chunk_timeout. Time limits run from when there
/// is a place for it: what it waits in the queue does not count. While there is no connection it counts for all lines:
/// none waits for one longer than first_chunk_timeout.
///
/// All sessions of a client are served by one thread, whatever number of lines they speak. A session may be used from
/// any thread, and from asyncio: nothing but wait_ready() and tts() waits for the service.
///
/// It is closed by close(), at the end of its `with` or `async with` block, with its client, when nothing refers to it
/// or to one of its lines any more, and when the program exits. After os.fork() it belongs to the parent.
#[pyclass(frozen, module = "voicewire.deepdub", weakref)]
pub(crate) struct Session {
    connection: Connection<deepdub::Session>,
    process: u32,
}

/// The argument `keep_alive`.
pub(crate) fn keep_alive(py: Python<'_>, seconds: Option<f64>) -> PyResult<Option<Duration>> {
    match seconds {
        None => Ok(None),
        Some(seconds) => Duration::try_from_secs_f64(seconds).map(Some).map_err(|_| {
            let takes = "seconds, more than 0, or None for no pings";
            errors::invalid(py, "keep_alive", &seconds.to_string(), takes)
        }),
    }
}

/// A number of bytes, or of anything else that is counted.
pub(crate) fn count(py: Python<'_>, field: &str, number: i64) -> PyResult<usize> {
    usize::try_from(number).map_err(|_| errors::invalid(py, field, &number.to_string(), "1 or more"))
}

impl Session {
    pub fn open(
        py: Python<'_>,
        client: &deepdub::Client,
        max_running: i64,
        keep_alive: Option<f64>,
        on_state: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Session> {
        let on_state = OnState::new(on_state)?;
        let mut options = SessionOptions::new();
        let told = Arc::clone(&on_state);
        options = options.on_state(move |change| told.tell(change));
        options.max_running = count(py, "max_running", max_running)?;
        options.keep_alive = self::keep_alive(py, keep_alive)?;
        let core = py
            .detach(|| client.open_session(options))
            .map_err(|error| errors::to_py(py, &error))?;
        Ok(Session {
            connection: Connection::new(py, core, on_state),
            process: std::process::id(),
        })
    }
}

#[pymethods]
impl Session {
    /// Speaks one text. Returns at once with the line, which is spoken whether it is iterated over or not.
    ///
    /// Args:
    ///     text, voice_prompt_id, model, …, performance_reference_prompt_id: As for Client.stream_tts().
    ///     front: Whether it goes before all lines that wait for their turn, rather than after them.
    ///     resume: Whether, when the connection breaks after some audio has come, the line is requested again, and what
    ///         had come is skipped once it is found to be the same. Takes a `seed` and the format 's16le' or 'mulaw'.
    ///     max_buffered_bytes: How many bytes of audio may wait to be iterated over. Beyond that the line fails with
    ///         BufferFullError, after what waits. 64 MiB by default: 11 minutes of 's16le' at 48000 Hz.
    ///     cancel: A voicewire.CancelToken that ends the line with CancelledError.
    ///     player: A voicewire.Player that plays the line, after what was asked for there before; in that order also with
    ///         front. Iterating over the line then waits for its end and yields nothing, and the line goes on when nothing
    ///         refers to it any more. player.flush() cancels it with its next chunk; cancel() silences it there, also when
    ///         all of it has come. Audio that cannot be decoded is its failure.
    ///     track_id: What the player's state() and next_end() call it; 0 or more.
    ///
    /// Raises:
    ///     InvalidArgumentError: before anything is sent; `field` says which argument.
    ///     ClosedError: the session has been closed.
    #[pyo3(
        signature = (text, voice_prompt_id, *, front=false, resume=false, max_buffered_bytes=64 * 1024 * 1024,
            cancel=None, player=None, track_id=0, **options),
        text_signature = "($self, text, voice_prompt_id, *, model='dd-etts-3.0', locale='en-US', format='mp3', \
            generation_id=None, sample_rate=None, target_duration=None, tempo=None, variance=None, temperature=None, \
            seed=None, prompt_boost=None, super_stretch=None, realtime=None, clean_audio=None, auto_gain=None, \
            accent_base_locale=None, accent_locale=None, accent_ratio=None, performance_reference_prompt_id=None, \
            front=False, resume=False, max_buffered_bytes=67108864, cancel=None, player=None, track_id=0)"
    )]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, each with a default")]
    fn speak(
        slf: &Bound<'_, Self>,
        text: &Bound<'_, PyAny>,
        voice_prompt_id: &Bound<'_, PyAny>,
        front: bool,
        resume: bool,
        max_buffered_bytes: i64,
        cancel: Option<&Bound<'_, PyAny>>,
        player: Option<&Bound<'_, PyAny>>,
        track_id: u64,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Line> {
        let py = slf.py();
        let session = slf.get();
        check_process(py, session.process)?;
        let request = speech_request(text, voice_prompt_id, options)?;
        let line = LineOptions {
            front,
            resume,
            max_buffered_bytes: count(py, "max_buffered_bytes", max_buffered_bytes)?,
            cancel: token(cancel)?.map(|cancel| cancel.get().core().clone()),
            player: crate::player::player(player)?,
            track_id,
        };
        let stream = session
            .connection
            .core()
            .stream(&request, &line)
            .map_err(|error| errors::to_py(py, &error))?;
        Ok(Line::new(stream, None, slf.clone().into_any().unbind()))
    }

    /// Speaks one text and returns all of its audio when it is there. The arguments are those of speak().
    ///
    /// It blocks; in a task of asyncio, use speak(). Ctrl-C ends it on the main thread within 100 ms.
    ///
    /// Raises:
    ///     Error: as speak(), and whatever can go wrong later. What came before is lost: use speak() where it matters.
    #[pyo3(
        signature = (text, voice_prompt_id, *, front=false, resume=false, max_buffered_bytes=64 * 1024 * 1024,
            cancel=None, **options),
        text_signature = "($self, text, voice_prompt_id, *, model='dd-etts-3.0', locale='en-US', format='mp3', \
            generation_id=None, sample_rate=None, target_duration=None, tempo=None, variance=None, temperature=None, \
            seed=None, prompt_boost=None, super_stretch=None, realtime=None, clean_audio=None, auto_gain=None, \
            accent_base_locale=None, accent_locale=None, accent_ratio=None, performance_reference_prompt_id=None, \
            front=False, resume=False, max_buffered_bytes=67108864, cancel=None)"
    )]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, each with a default")]
    fn tts(
        slf: &Bound<'_, Self>,
        text: &Bound<'_, PyAny>,
        voice_prompt_id: &Bound<'_, PyAny>,
        front: bool,
        resume: bool,
        max_buffered_bytes: i64,
        cancel: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Speech> {
        let rate = match options.map(|options| options.get_item("sample_rate")).transpose()? {
            Some(Some(rate)) if !rate.is_none() => rate.extract().ok(),
            _ => None,
        };
        let line = Self::speak(
            slf,
            text,
            voice_prompt_id,
            front,
            resume,
            max_buffered_bytes,
            cancel,
            None,
            0,
            options,
        )?;
        line.gather(slf.py(), rate)
    }

    /// How it stands with the service: 'connecting'; 'ready', the connection is open; 'lost', there is no connection, and
    /// it tries again after a while or with the next line; 'closed'.
    #[getter]
    fn state(&self) -> &'static str {
        self.connection.state()
    }

    /// Waits until the connection is open; False if it is not after `timeout` seconds, None being without end.
    ///
    /// It blocks, and need not be called: lines wait by themselves.
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

    /// Cancels every line and closes the connection, for good. A second time it does nothing.
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
        format!("<voicewire.deepdub.Session, {}>", self.connection.state())
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        self.connection.traverse(&visit)
    }

    fn __clear__(&self) {
        self.connection.clear();
    }
}
