//! `voicewire.deepdub.Client`.

use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyTuple};
use voicewire::deepdub::{self, Config, IssueChanges, NewIssue, Region, Remember, Report, Timeouts};
use voicewire::{CallOptions, Proxy, RetryPolicy};

use crate::cancel::token;
use crate::errors;
use crate::generation::Generation;
use crate::interrupt::Interrupt;
use crate::issue::{Issue, clip};
use crate::remembered::{Remembered, id_of};
use crate::request::{Whole, speech_request, text_of};
use crate::session::Session;
use crate::shutdown::{self, Detached};
use crate::speech::Speech;
use crate::stream::SpeechStream;
use crate::summary::Summary;
use crate::text::TextSession;

/// Deepdub: speaks texts, files issues, keeps voices. Opens no connection before the first call.
///
/// May be used from any number of threads at once. Every call blocks the thread that makes it and lets other threads
/// run.
///
/// Ctrl-C ends a call on the main thread within 100 ms; Python hands signals to no other thread. Calls on other threads
/// are ended by close(), which ends all of them, or by the CancelToken that a call was given as `cancel`, which ends
/// that one. From asyncio, call in a thread and cancel its token with the task, as help(voicewire.CancelToken) shows.
///
/// As a context manager it is closed at the end of the block, however the block ends: close() is called, so that calls
/// that other threads still have under way, and streams that are not at their end, are a CancelledError. What has come
/// already (chunks, Speech, Issue) stays good.
///
/// A daemon thread that is in a call when the program ends stays there, also in a callback. What is to be finished, or
/// cleaned up, belongs into a thread that is joined.
///
/// After os.fork(), and so in a worker of multiprocessing's 'fork', make clients in the child; leave alone those of the
/// parent, and their streams.
///
/// Args:
///     api_key: Begins with 'dd-'. Else the environment's DEEPDUB_API_KEY.
///     rest_url: Where REST calls go. Else DEEPDUB_BASE_URL, else the region's own address.
///     websocket_url: Where texts are spoken. Else DEEPDUB_BASE_WEBSOCKET_URL, else the region's own address.
///     streaming_url: Where text is streamed in. Else DEEPDUB_BASE_WEBSOCKET_STREAMING_URL, else the region's own address.
///     region: 'us' or 'eu'. Else 'eu' if DD_EU is 1, else 'us'.
///     connect_timeout: Seconds to open a connection, name look-up included. This and the following are more than 0;
///         None is without end.
///     first_chunk_timeout: Seconds from the request to the first audio.
///     between_chunks_timeout: Seconds from one chunk to the next.
///     total_timeout: Seconds for a whole generation, connecting included.
///     rest_timeout: Seconds for a whole REST call, such as one about an issue, with all its tries. An upload of audio takes
///         as long as it moves: then this is how long nothing may.
///     ca_pem: Certificates, as the text of a PEM file, that are trusted besides the platform's own.
///     allow_plaintext: Whether ws:// and http:// are allowed to other hosts than this machine. The key and all audio
///         then cross the network readable by anyone.
///     key_in_query: Whether the WebSocket handshake carries the key in its URL rather than in a header, for gateways
///         that drop headers. URLs end up in logs.
///     max_message_bytes: The largest message or REST answer that is taken; 1024 or more.
///     proxy: The proxy that connections go through: 'http://[user:password@]host[:port]' (port 80 where none is given),
///         or 'https://…' for one that speaks TLS (port 443). '' is none. None is, for encrypted addresses beyond this
///         machine, that of HTTPS_PROXY, else of ALL_PROXY, except for the hosts in NO_PROXY.
///     retries: How often a REST call is tried again: reading, changing and deleting an issue after failures of the
///         connection and of the service and when it is too busy (HTTP 429); filing one only when the connection could
///         not be made or the service was too busy. All tries are within rest_timeout. 0 is never. Also how often a
///         session sends a line or turn again whose connection broke. Connecting again, and waiting for a service that
///         is too busy, have no number, but the same waits; with 0 a session does neither by itself.
///     retry_first_delay: The longest wait, in seconds, before the first of them; each further one may be twice as long
///         as the one before. A wait is half of that or more, at random, or what the service asks for, if that is
///         longer.
///     retry_max_delay: The longest wait, in seconds, that the service did not ask for.
///     remember: How many of the last generations are remembered for report(), from their first audio on; 0 is none.
///     remember_bytes: How many bytes of audio of all of them together, as the service sent it. When there is more, the
///         oldest lose theirs first, and are then reported without a clip.
///
/// Raises:
///     InvalidArgumentError: no key, or an argument that cannot be; its `field` says which.
#[pyclass(frozen, module = "voicewire.deepdub", weakref)]
pub(crate) struct Client(Detached<deepdub::Client>);

impl Client {
    pub(crate) fn core(&self) -> &deepdub::Client {
        &self.0
    }

    /// A REST call: without the interpreter, but listening to Ctrl-C and `cancel`.
    pub(crate) fn rest<T: Send>(
        &self,
        py: Python<'_>,
        cancel: Option<&Bound<'_, PyAny>>,
        call: impl FnOnce(&deepdub::Client, &CallOptions) -> voicewire::Result<T> + Send,
    ) -> PyResult<T> {
        let cancel = token(cancel)?;
        py.check_signals()?;
        let interrupt = Interrupt::default();
        let options = interrupt.options(cancel.map(|cancel| cancel.get().core()));
        py.detach(|| call(self.core(), &options))
            .map_err(|error| interrupt.exception(py, &error))
    }
}

/// Seconds, or none.
pub(crate) fn limit(py: Python<'_>, field: &str, seconds: Option<f64>) -> PyResult<Option<Duration>> {
    match seconds {
        None => Ok(None),
        Some(seconds) if seconds == f64::INFINITY => Ok(None),
        Some(seconds) => Duration::try_from_secs_f64(seconds).map(Some).map_err(|_| {
            let takes = "seconds, more than 0, or None to wait without end";
            errors::invalid(py, field, &seconds.to_string(), takes)
        }),
    }
}

pub(crate) fn delay(py: Python<'_>, field: &str, seconds: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| errors::invalid(py, field, &seconds.to_string(), "seconds, 0 or more"))
}

fn region(py: Python<'_>, name: Option<&str>) -> PyResult<Option<Region>> {
    match name {
        None => Ok(None),
        Some("us") => Ok(Some(Region::Us)),
        Some("eu") => Ok(Some(Region::Eu)),
        Some(other) => Err(errors::invalid(py, "region", &format!("{other:?}"), "'us' or 'eu'")),
    }
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(
        signature = (api_key=None, *, rest_url=None, websocket_url=None, streaming_url=None, region=None, connect_timeout=Some(10.0),
            first_chunk_timeout=Some(30.0), between_chunks_timeout=Some(15.0), total_timeout=Some(300.0),
            rest_timeout=Some(60.0), ca_pem=None, allow_plaintext=false, key_in_query=false,
            max_message_bytes=Whole::from(16 * 1024 * 1024), proxy=None, retries=Whole::from(3), retry_first_delay=0.25,
            retry_max_delay=8.0, remember=Whole::from(10), remember_bytes=Whole::from(16 * 1024 * 1024)),
        text_signature = "(api_key=None, *, rest_url=None, websocket_url=None, streaming_url=None, region=None, \
            connect_timeout=10.0, first_chunk_timeout=30.0, between_chunks_timeout=15.0, total_timeout=300.0, rest_timeout=60.0, \
            ca_pem=None, allow_plaintext=False, key_in_query=False, max_message_bytes=16777216, proxy=None, \
            retries=3, retry_first_delay=0.25, retry_max_delay=8.0, remember=10, remember_bytes=16777216)"
    )]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments, each with a default")]
    fn new(
        py: Python<'_>,
        api_key: Option<String>,
        rest_url: Option<String>,
        websocket_url: Option<String>,
        streaming_url: Option<String>,
        region: Option<&str>,
        connect_timeout: Option<f64>,
        first_chunk_timeout: Option<f64>,
        between_chunks_timeout: Option<f64>,
        total_timeout: Option<f64>,
        rest_timeout: Option<f64>,
        ca_pem: Option<String>,
        allow_plaintext: bool,
        key_in_query: bool,
        max_message_bytes: Whole,
        proxy: Option<&str>,
        retries: Whole,
        retry_first_delay: f64,
        retry_max_delay: f64,
        remember: Whole,
        remember_bytes: Whole,
    ) -> PyResult<Client> {
        let mut config = Config::new();
        if let Some(key) = api_key {
            config = config.api_key(key);
        }
        config.rest_url = rest_url;
        config.websocket_url = websocket_url;
        config.streaming_url = streaming_url;
        config.region = self::region(py, region)?;
        config.timeouts = Timeouts {
            connect: limit(py, "connect_timeout", connect_timeout)?,
            first_chunk: limit(py, "first_chunk_timeout", first_chunk_timeout)?,
            between_chunks: limit(py, "between_chunks_timeout", between_chunks_timeout)?,
            total: limit(py, "total_timeout", total_timeout)?,
            rest: limit(py, "rest_timeout", rest_timeout)?,
        };
        config.ca_pem = ca_pem;
        config.allow_plaintext = allow_plaintext;
        config.key_in_query = key_in_query;
        config.max_message_bytes = Some(max_message_bytes.to(py, "max_message_bytes")?);
        config.proxy = proxy.map(|url| match url {
            "" => Proxy::none(),
            url => Proxy::url(url),
        });
        config.retry = RetryPolicy {
            retries: retries.to(py, "retries")?,
            first_delay: delay(py, "retry_first_delay", retry_first_delay)?,
            max_delay: delay(py, "retry_max_delay", retry_max_delay)?,
        };
        config.remember = Remember {
            generations: remember.to(py, "remember")?,
            audio_bytes: remember_bytes.to(py, "remember_bytes")?,
        };
        py.detach(|| deepdub::Client::new(&config))
            .map(|client| Client(Detached::new(client)))
            .map_err(|error| errors::to_py(py, &error))
    }

    /// Speaks one text and gives the stream of its chunks, to be iterated over while they arrive.
    ///
    /// Returns when the request has been sent. A generation option that is None, or left out, is left to the service,
    /// except where a default is given; they follow the vendor's WebSocket page.
    ///
    /// Args:
    ///     text: What to say. Not empty.
    ///     voice_prompt_id: Who says it; 'asset:' before the id names a built-in voice.
    ///     model: 'dd-etts-3.0' by default.
    ///     locale: The language, such as 'en-US' (the default) or 'fr-FR'.
    ///     format: 'mp3' (the default), 'wav', 'opus', 'mulaw' or 's16le'.
    ///     generation_id: A UUID of your own; one is made otherwise.
    ///     sample_rate: In Hz, one of voicewire.SAMPLE_RATES.
    ///     target_duration: Seconds that the speech shall last, more than 0. Not together with tempo.
    ///     tempo: 0.5 (slow) to 2.0 (fast). Not together with target_duration.
    ///     variance: 0.0 to 1.0.
    ///     temperature: 0.0 to 1.0.
    ///     seed: An int that fits 64 bits, signed; the same one gives the same audio for the same request.
    ///     prompt_boost: True for more of the voice prompt's character.
    ///     super_stretch: True allows longer audio.
    ///     realtime: True for priority in live use.
    ///     clean_audio: Audio clean-up; the service's own default is True.
    ///     auto_gain: True for level adjustment.
    ///     accent_base_locale: With the next two, all or none: a blend of two accents. Such as 'en-US'.
    ///     accent_locale: The other one, such as 'fr-FR'.
    ///     accent_ratio: 0.0 (base only) to 1.0 (the other only).
    ///     performance_reference_prompt_id: A prompt whose delivery is imitated.
    ///     cancel: A voicewire.CancelToken that ends this call, and then the stream, with CancelledError.
    ///
    /// Raises:
    ///     InvalidArgumentError: before anything is sent; `field` says which argument.
    ///     CancelledError: `cancel` was cancelled, or the client closed; if before the call, nothing is sent.
    ///     Error: whatever else can go wrong while connecting.
    #[pyo3(
        signature = (text, voice_prompt_id, *, cancel=None, **options),
        text_signature = "($self, text, voice_prompt_id, *, model='dd-etts-3.0', locale='en-US', format='mp3', \
            generation_id=None, sample_rate=None, target_duration=None, tempo=None, variance=None, temperature=None, \
            seed=None, prompt_boost=None, super_stretch=None, realtime=None, clean_audio=None, auto_gain=None, \
            accent_base_locale=None, accent_locale=None, accent_ratio=None, performance_reference_prompt_id=None, \
            cancel=None)"
    )]
    fn stream_tts(
        &self,
        text: &Bound<'_, PyAny>,
        voice_prompt_id: &Bound<'_, PyAny>,
        cancel: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<SpeechStream> {
        let request = speech_request(text, voice_prompt_id, options)?;
        SpeechStream::open(text.py(), token(cancel)?, |options| {
            self.core().open_stream(&request, options)
        })
    }

    /// Speaks one text: on_chunk is called on this thread with each chunk as it arrives. The options are those of
    /// stream_tts().
    ///
    /// When on_chunk returns False (not None or 0), or raises, the generation ends at once and its connection is
    /// closed. After the last chunk, whose is_final is set, False means nothing.
    ///
    /// Raises:
    ///     CancelledError: on_chunk returned False, `cancel` was cancelled, or the client was closed.
    ///     Error: as stream_tts(), and whatever can go wrong later. Chunks that came before stay good.
    ///     Exception: what on_chunk raised, as it is.
    #[pyo3(
        signature = (text, voice_prompt_id, on_chunk, *, cancel=None, **options),
        text_signature = "($self, text, voice_prompt_id, on_chunk, *, model='dd-etts-3.0', locale='en-US', \
            format='mp3', generation_id=None, sample_rate=None, target_duration=None, tempo=None, variance=None, \
            temperature=None, seed=None, prompt_boost=None, super_stretch=None, realtime=None, clean_audio=None, \
            auto_gain=None, accent_base_locale=None, accent_locale=None, accent_ratio=None, \
            performance_reference_prompt_id=None, cancel=None)"
    )]
    fn speak(
        &self,
        text: &Bound<'_, PyAny>,
        voice_prompt_id: &Bound<'_, PyAny>,
        on_chunk: &Bound<'_, PyAny>,
        cancel: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Summary> {
        let py = on_chunk.py();
        if !on_chunk.is_callable() {
            return Err(PyTypeError::new_err("argument 'on_chunk': a callable wanted"));
        }
        let request = speech_request(text, voice_prompt_id, options)?;
        let cancel = token(cancel)?;
        let mut generation = Generation::open(py, self.core(), &request, cancel.map(|cancel| cancel.get().core()))?;
        while let Some(chunk) = generation.next(py)? {
            let is_last = chunk.is_last();
            // An exception leaves by `?`, which drops the generation and so closes its connection.
            let answer = shutdown::call(on_chunk, &(chunk,).into_pyobject(py)?)?;
            if answer.is(&*PyBool::new(py, false)) && !is_last {
                return Err(generation.stop(py));
            }
        }
        Ok(Summary(generation.summary()))
    }

    /// Speaks one text and returns all of its audio when it is there. The options are those of stream_tts().
    ///
    /// Raises:
    ///     Error: as stream_tts(), and whatever can go wrong later. What came before is lost: use stream_tts() where
    ///         it matters.
    #[pyo3(
        signature = (text, voice_prompt_id, *, cancel=None, **options),
        text_signature = "($self, text, voice_prompt_id, *, model='dd-etts-3.0', locale='en-US', format='mp3', \
            generation_id=None, sample_rate=None, target_duration=None, tempo=None, variance=None, temperature=None, \
            seed=None, prompt_boost=None, super_stretch=None, realtime=None, clean_audio=None, auto_gain=None, \
            accent_base_locale=None, accent_locale=None, accent_ratio=None, performance_reference_prompt_id=None, \
            cancel=None)"
    )]
    fn tts(
        &self,
        text: &Bound<'_, PyAny>,
        voice_prompt_id: &Bound<'_, PyAny>,
        cancel: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Speech> {
        let request = speech_request(text, voice_prompt_id, options)?;
        Speech::generate(text.py(), self.core(), &request, token(cancel)?)
    }

    /// Files a report about a generation that came out wrong. The answer's id is for the other calls.
    ///
    /// There is no way to tell the service that two reports are one: when this fails with NetworkError, TimeoutError
    /// or ServerError, the report may have been filed all the same.
    ///
    /// Args:
    ///     generation_id: The generation. This and the next three are required and not empty.
    ///     generated_text: The exact text that was spoken.
    ///     problem_word: The word or phrase that came out wrong.
    ///     voice_prompt_id: The voice that spoke.
    ///     additional_comments: Anything that helps.
    ///     problem_audio: The audio concerned, 20 MiB at most: a Speech, as the one file that its to_file_bytes()
    ///         gives; bytes (or anything like it) of a file, sent as they are; or a file's path as str or os.PathLike.
    ///     problem_seconds: Where in the audio, in seconds from its beginning; 0 or more.
    ///     cancel: A voicewire.CancelToken that ends this call with CancelledError.
    ///
    /// Raises:
    ///     InvalidArgumentError, FileError: before anything is sent.
    ///     Error: whatever can go wrong later.
    #[pyo3(signature = (*, generation_id, generated_text, problem_word, voice_prompt_id, additional_comments=None,
        problem_audio=None, problem_seconds=None, cancel=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn create_issue(
        &self,
        py: Python<'_>,
        generation_id: &Bound<'_, PyAny>,
        generated_text: &Bound<'_, PyAny>,
        problem_word: &Bound<'_, PyAny>,
        voice_prompt_id: &Bound<'_, PyAny>,
        additional_comments: Option<String>,
        problem_audio: Option<&Bound<'_, PyAny>>,
        problem_seconds: Option<f64>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Issue> {
        let issue = NewIssue {
            generation_id: text_of("generation_id", generation_id)?,
            generated_text: text_of("generated_text", generated_text)?,
            problem_word: text_of("problem_word", problem_word)?,
            voice_prompt_id: text_of("voice_prompt_id", voice_prompt_id)?,
            additional_comments,
            problem_audio: problem_audio.map(clip).transpose()?,
            problem_seconds,
        };
        self.rest(py, cancel, |client, options| client.create_issue_with(&issue, options))
            .map(Issue)
    }

    /// Files a report about one of the last generations of this client: id, text and voice come from memory, and a clip
    /// of its audio is attached, as a WAV file cut around the second where it happened.
    ///
    /// Calls, sessions' lines and turns are remembered alike, from their first audio on, also while they are being spoken
    /// and after they failed. One whose audio there was no room for is reported without a clip, and so are bare samples
    /// ('s16le', 'mulaw') for which no sample_rate was asked, since nobody knows it.
    ///
    /// Args:
    ///     generation: Its id, or what has one as its generation_id: a Speech, SpeechStream, Summary, Line, Remembered.
    ///     problem_word: The word or phrase that came out wrong.
    ///     problem_seconds: Where in the audio, in seconds from its beginning; 0 or more.
    ///     comments: Anything that helps.
    ///     clip_seconds: How many seconds of audio are attached, half of them before problem_seconds and half after it, at
    ///         most what the service takes (20 MiB, 3.6 minutes at 48000 Hz); 0 attaches nothing. Without problem_seconds
    ///         the whole generation is attached, unless this is 0.
    ///     cancel: A voicewire.CancelToken that ends this call with CancelledError.
    ///
    /// Raises:
    ///     InvalidArgumentError: before anything is sent: the generation is not remembered, has not so many seconds, or is
    ///         too long to be attached whole.
    ///     Error: as create_issue().
    #[pyo3(signature = (generation, problem_word, *, problem_seconds=None, comments=None, clip_seconds=3.0, cancel=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn report(
        &self,
        py: Python<'_>,
        generation: &Bound<'_, PyAny>,
        problem_word: String,
        problem_seconds: Option<f64>,
        comments: Option<String>,
        clip_seconds: f64,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Issue> {
        let id = id_of(generation)?;
        let report = Report {
            problem_word,
            problem_seconds,
            comments,
            clip_seconds,
        };
        self.rest(py, cancel, |client, options| client.report_with(&id, &report, options))
            .map(Issue)
    }

    /// What is remembered of the last generations, the newest first.
    fn last_generations(&self, py: Python<'_>) -> Vec<Remembered> {
        py.detach(|| self.core().last_generations().into_iter().map(Remembered).collect())
    }

    /// Reads a report: its fields and its present state.
    ///
    /// Raises:
    ///     NotFoundError: there is none of that id, or it was deleted.
    ///     Error: whatever else can go wrong.
    #[pyo3(signature = (id, *, cancel=None))]
    fn get_issue(&self, id: &Bound<'_, PyAny>, cancel: Option<&Bound<'_, PyAny>>) -> PyResult<Issue> {
        let py = id.py();
        let id = text_of("id", id)?;
        self.rest(py, cancel, |client, options| client.get_issue_with(&id, options))
            .map(Issue)
    }

    /// Changes the given fields of a report, those of create_issue(); None leaves a field as it is. Returns the whole
    /// report.
    ///
    /// Raises:
    ///     Error: as create_issue() and get_issue().
    #[pyo3(signature = (id, *, generation_id=None, generated_text=None, problem_word=None, voice_prompt_id=None,
        additional_comments=None, problem_audio=None, problem_seconds=None, cancel=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn update_issue(
        &self,
        id: &Bound<'_, PyAny>,
        generation_id: Option<String>,
        generated_text: Option<String>,
        problem_word: Option<String>,
        voice_prompt_id: Option<String>,
        additional_comments: Option<String>,
        problem_audio: Option<&Bound<'_, PyAny>>,
        problem_seconds: Option<f64>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Issue> {
        let py = id.py();
        let id = text_of("id", id)?;
        let changes = IssueChanges {
            generation_id,
            generated_text,
            problem_word,
            voice_prompt_id,
            additional_comments,
            problem_audio: problem_audio.map(clip).transpose()?,
            problem_seconds,
        };
        self.rest(py, cancel, |client, options| {
            client.update_issue_with(&id, &changes, options)
        })
        .map(Issue)
    }

    /// Withdraws a report: the service archives it, and reading it afterwards is NotFoundError. Returns the service's
    /// words.
    ///
    /// Raises:
    ///     NotFoundError: there is none of that id, or it was deleted before.
    ///     Error: whatever else can go wrong.
    #[pyo3(signature = (id, *, cancel=None))]
    fn delete_issue(&self, id: &Bound<'_, PyAny>, cancel: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
        let py = id.py();
        let id = text_of("id", id)?;
        self.rest(py, cancel, |client, options| client.delete_issue_with(&id, options))
    }

    /// Opens a session: a connection that is kept open and speaks any number of texts. Returns at once.
    ///
    /// Args:
    ///     max_running: How many lines the service speaks at once; the others wait for their turn. The vendor allows 5
    ///         per customer.
    ///     keep_alive: After so many seconds of silence the other side is pinged, and after as many again without a sign
    ///         of life the connection is given up and made anew. None never pings.
    ///     on_state: Called with a StateChange at each change of state, on the client's I/O thread, and so while it runs
    ///         nothing else of the client goes on. It must not wait for anything, such as a chunk; from asyncio, give it
    ///         what passes the change on with loop.call_soon_threadsafe. What it raises goes to sys.unraisablehook.
    ///
    /// Raises:
    ///     InvalidArgumentError: an argument that cannot be; its `field` says which.
    ///     ClosedError: the client has been closed.
    #[pyo3(
        signature = (*, max_running=5, keep_alive=Some(20.0), on_state=None),
        text_signature = "($self, *, max_running=5, keep_alive=20.0, on_state=None)"
    )]
    fn open_session(
        &self,
        py: Python<'_>,
        max_running: i64,
        keep_alive: Option<f64>,
        on_state: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Session> {
        Session::open(py, self.core(), max_running, keep_alive, on_state)
    }

    /// Opens a session into which text is streamed as it is produced, and spoken turn by turn. Returns at once.
    ///
    /// None, or left out, leaves a parameter to the service, except where a default is given.
    ///
    /// Args:
    ///     voice_prompt_id: Who says it.
    ///     model: 'dd-etts-3.0' by default.
    ///     locale: The language, such as 'en-US' (the default) or 'fr-FR'.
    ///     format: 's16le' (the default), 'wav' or 'mulaw'.
    ///     sample_rate: In Hz, one of voicewire.SAMPLE_RATES; 16000 by default.
    ///     accept_emojis: Whether emojis in the text have an effect. False by default.
    ///     target_gender: The gender of who is spoken to, for languages that need it.
    ///     first_audio_timeout: Seconds within which the first audio of a turn is wanted, even of an incomplete sentence.
    ///     realtime: True for priority in live use.
    ///     keep_alive, on_state: As for open_session().
    ///     max_unsent_bytes: How many bytes of written text may wait to be sent, per turn. 64 KiB by default.
    ///
    /// Raises:
    ///     InvalidArgumentError: an argument that cannot be; its `field` says which.
    ///     ClosedError: the client has been closed.
    #[pyo3(
        signature = (voice_prompt_id, *, keep_alive=Some(20.0), max_unsent_bytes=64 * 1024, on_state=None, **options),
        text_signature = "($self, voice_prompt_id, *, model='dd-etts-3.0', locale='en-US', format='s16le', \
            sample_rate=16000, accept_emojis=False, target_gender=None, first_audio_timeout=None, realtime=None, \
            keep_alive=20.0, max_unsent_bytes=65536, on_state=None)"
    )]
    fn open_text_session(
        &self,
        voice_prompt_id: &Bound<'_, PyAny>,
        keep_alive: Option<f64>,
        max_unsent_bytes: i64,
        on_state: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<TextSession> {
        TextSession::open(
            self.core(),
            voice_prompt_id,
            keep_alive,
            max_unsent_bytes,
            on_state,
            options,
        )
    }

    /// Ends every call and every session that is under way, on all threads, with CancelledError, and closes the
    /// connections. It is for good: calls made afterwards are a CancelledError too, with nothing sent, and sessions a
    /// ClosedError. Waits for nothing but an on_state callback that is just running. A second time it does nothing.
    fn close(&self, py: Python<'_>) {
        py.detach(|| self.core().close());
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) {
        self.close(py);
    }

    fn __repr__(&self) -> String {
        format!(
            "<voicewire.deepdub.Client of {} and {}>",
            self.core().websocket_url(),
            self.core().rest_url()
        )
    }
}
