//! A session's line: its audio, asked for chunk by chunk, by threads and by tasks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

use pyo3::exceptions::{PyStopAsyncIteration, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};
use pyo3::{PyTraverseError, PyVisit};
use voicewire::deepdub::{self, LineStream};

use crate::chunk::Chunk;
use crate::connection::{check_place, check_process};
use crate::interrupt::Interrupt;
use crate::shutdown;
use crate::speech::Speech;
use crate::summary::Summary;
use crate::waker::{LoopWaker, Wait};
use crate::{asyncio, errors};

/// One generation of a session: its audio, while it comes. Iterating over it waits for each chunk and yields it, with
/// `for` on any thread and with `async for` in a task of asyncio; the last chunk has is_final set.
///
/// A context manager, with `with` and `async with`: leaving the block before the end cancels the line. So do cancel(),
/// from any thread; a task that is cancelled while it waits for a chunk; and the loss of the last reference.
///
/// When it fails, the next chunk is an Error, and so is every attempt to get one afterwards: it ends without one only when
/// it is complete. After a cancel, Ctrl-C, and whatever else a signal handler raised, these are a CancelledError. Chunks
/// that came before stay good.
///
/// One thread or task at a time may wait for the next chunk. No wait needs a thread of its own. A line keeps its session
/// open; after os.fork() both belong to the parent.
#[pyclass(frozen, subclass, module = "voicewire.deepdub", weakref)]
pub(crate) struct Line {
    /// Held while a thread waits for a chunk; never waited for, since that thread may run a signal handler of
    /// Python's that comes back here.
    state: Mutex<State>,
    line: deepdub::Line,
    /// Writes the text, if it is a turn.
    turn: Option<deepdub::Turn>,
    wait: Arc<Wait>,
    session: Py<PyAny>,
    process: u32,
}

struct State {
    /// There until the drop.
    stream: Option<LineStream>,
    /// As Python has it, once it is known.
    generation_id: Option<Py<PyString>>,
    /// News goes to the event loop.
    notifying: bool,
}

impl Line {
    pub fn new(stream: LineStream, turn: Option<deepdub::Turn>, session: Py<PyAny>) -> Line {
        Line {
            line: stream.line().clone(),
            state: Mutex::new(State {
                stream: Some(stream),
                generation_id: None,
                notifying: false,
            }),
            turn,
            wait: Arc::default(),
            session,
            process: std::process::id(),
        }
    }

    fn state(&self) -> PyResult<MutexGuard<'_, State>> {
        match self.state.try_lock() {
            Ok(state) => Ok(state),
            Err(TryLockError::Poisoned(state)) => Ok(state.into_inner()),
            Err(TryLockError::WouldBlock) => Err(PyValueError::new_err(
                "another thread is waiting for this line's next chunk",
            )),
        }
    }

    pub fn turn(&self) -> Option<&deepdub::Turn> {
        self.turn.as_ref()
    }

    pub fn process(&self) -> u32 {
        self.process
    }

    fn stop(&self) {
        match &self.turn {
            Some(turn) => turn.cancel(),
            None => self.line.cancel(),
        }
    }

    /// The block of a context manager is over.
    fn leave(&self, py: Python<'_>) {
        // What a player has whole is played to its end.
        if !(self.line.is_played() && self.line.is_ended()) {
            self.cancel(py);
        }
    }

    /// All of it, in one.
    pub fn gather(&self, py: Python<'_>, sample_rate: Option<u32>) -> PyResult<Speech> {
        check_place(py, self.process)?;
        py.check_signals()?;
        let mut state = self.state()?;
        let State { stream, .. } = &mut *state;
        let stream = there(stream);
        let interrupt = Interrupt::default();
        let gathered = shutdown::wait(py, || {
            let mut gathered = crate::speech::Gathered::default();
            let mut interrupted = interrupt.ticker();
            while let Some(chunk) = stream.next_chunk_unless(|| interrupt.check())? {
                gathered.push(&chunk);
                if interrupted() {
                    stream.line().cancel();
                }
            }
            Ok(gathered)
        });
        match gathered {
            Ok(gathered) => Ok(gathered.into_speech(py, stream.summary(), sample_rate)),
            Err(error) => Err(interrupt.exception(py, &error)),
        }
    }
}

#[pymethods]
impl Line {
    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Chunk>> {
        check_place(py, self.process)?;
        let mut state = self.state()?;
        let State {
            stream, generation_id, ..
        } = &mut *state;
        let stream = there(stream);
        // While chunks are there already the core does not ask, and a loop inside Python such as list() does not
        // either.
        if let Err(raised) = py.check_signals() {
            if !stream.is_over() {
                self.stop();
            }
            return Err(raised);
        }
        let interrupt = Interrupt::default();
        match shutdown::wait(py, || stream.next_chunk_unless(|| interrupt.check())) {
            Ok(chunk) => Ok(chunk.map(|chunk| convert(py, &chunk, generation_id))),
            Err(error) => Err(interrupt.exception(py, &error)),
        }
    }

    fn __aiter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __anext__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        asyncio::next_chunk(slf)
    }

    /// The next chunk if it is there; None if it is not. For the coroutine of __anext__().
    fn _poll(&self, py: Python<'_>) -> PyResult<Option<Chunk>> {
        check_process(py, self.process)?;
        let mut state = self.state()?;
        let State {
            stream, generation_id, ..
        } = &mut *state;
        let stream = there(stream);
        self.wait.asking();
        match stream.try_next_chunk() {
            Ok(Some(chunk)) => return Ok(Some(convert(py, &chunk, generation_id))),
            Ok(None) => {}
            Err(error) => return Err(errors::to_py(py, &error)),
        }
        match stream.is_over() {
            true => Err(PyStopAsyncIteration::new_err(())),
            false => Ok(None),
        }
    }

    /// A future that is resolved when there is something to poll for; None when that may be so already.
    fn _news<'py>(&self, waker: &Bound<'py, LoopWaker>) -> PyResult<Option<Bound<'py, PyAny>>> {
        {
            let mut state = self.state()?;
            if !std::mem::replace(&mut state.notifying, true)
                && let Some(stream) = &state.stream
            {
                let wait = Arc::clone(&self.wait);
                stream.on_ready(move || wait.notify());
            }
        }
        self.wait.begin(waker)
    }

    /// The generation's id, a UUID: what a report about it names. A Turn's is '' until its first audio has come.
    #[getter]
    fn generation_id(&self) -> &str {
        self.line.generation_id()
    }

    /// What it has come to so far.
    #[getter]
    fn summary(&self) -> Summary {
        Summary(self.line.summary())
    }

    /// Whether it has ended, well or not. What came before its end may still wait to be iterated over.
    #[getter]
    fn is_ended(&self) -> bool {
        self.line.is_ended()
    }

    /// Stops it, from any thread: who waits for its next chunk gets a CancelledError, as does every later attempt to get
    /// one. Of a line that has ended it drops the chunks that still wait; after the last chunk it does nothing.
    ///
    /// The service cannot stop a session's line: it goes on speaking it, unheard, and counts it among the five that it
    /// allows. To interrupt without waiting, leave one of these free (max_running=4), or cancel all that is being spoken.
    /// To put another line in its place, speak that one with front=True first, and then cancel.
    fn cancel(&self, py: Python<'_>) {
        if check_process(py, self.process).is_ok() {
            py.detach(|| self.stop());
        }
    }

    /// cancel(), for contextlib.aclosing() and what else closes asynchronous iterators.
    fn aclose<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.cancel(py);
        asyncio::done(py, py.None())
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) {
        self.leave(py);
    }

    fn __aenter__<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        asyncio::done(slf.py(), slf.clone().into_any().unbind())
    }

    #[pyo3(signature = (*_exception))]
    fn __aexit__<'py>(&self, py: Python<'py>, _exception: &Bound<'_, PyTuple>) -> PyResult<Bound<'py, PyAny>> {
        self.leave(py);
        asyncio::done(py, py.None())
    }

    fn __repr__(slf: &Bound<'_, Self>) -> PyResult<String> {
        let line = &slf.get().line;
        let summary = line.summary();
        let id = match summary.generation_id.as_str() {
            "" => "no id yet",
            id => id,
        };
        Ok(format!(
            "<voicewire.deepdub.{} {id}: {} chunks, {} bytes of {} so far{}>",
            slf.get_type().name()?,
            summary.chunks,
            summary.bytes,
            summary.format,
            if line.is_ended() { ", ended" } else { "" }
        ))
    }

    fn __traverse__(&self, visit: PyVisit<'_>) -> Result<(), PyTraverseError> {
        visit.call(&self.session)?;
        self.wait.traverse(&visit)
    }

    fn __clear__(&self) {
        self.wait.clear();
    }
}

/// It is there until the drop, after which nobody can ask.
fn there(stream: &mut Option<LineStream>) -> &mut LineStream {
    stream.as_mut().unwrap_or_else(|| unreachable!())
}

/// Copies a chunk; all of a line have the same id object.
fn convert(py: Python<'_>, chunk: &deepdub::Chunk<'_>, generation_id: &mut Option<Py<PyString>>) -> Chunk {
    let id = generation_id.get_or_insert_with(|| PyString::new(py, chunk.generation_id).unbind());
    Chunk::new(py, chunk, id)
}

impl Drop for Line {
    fn drop(&mut self) {
        let stream = self
            .state
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .stream
            .take();
        let turn = self.turn.take();
        if self.process == std::process::id() {
            shutdown::drop_detached((turn, stream));
        } else {
            // The parent's. Its locks may have been held when this process was forked.
            std::mem::forget((turn, stream));
        }
    }
}
