//! `voicewire.Player` and its tracks.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView, PySlice, PyTuple};
use voicewire::audio::{self, Activity, PlayerConfig, PlayerReader, TrackOptions};

use crate::chunk::Chunk;
use crate::errors;
use crate::issue::bytes_of;
use crate::request::Whole;

/// A playback buffer: plays tracks, one after the other, in the order in which they were begun, without a gap between
/// them. A sound device's callback reads from it and never waits; everything else may come from any thread, takes effect
/// at the next read, and does not wait for that.
///
/// A track is what begin() begins, or a line that was given the player, as in session.speak(…, player=player). It is
/// silent until the track has its cushion. When audio does not come in time in the middle of a track, what is left fades
/// out, and it fades in when there is a cushion again: nothing is lost by that, or said twice.
///
/// With sounddevice, whose callback gets a buffer to fill:
///
///     player = voicewire.Player(sample_rate=48000)
///     with sounddevice.RawOutputStream(48000, channels=1, dtype="float32",
///                                      callback=lambda out, *_: player.read_into(out)):
///         session.speak("Who goes there?", voice, player=player)
///         while player.next_end() is None:
///             time.sleep(0.02)
///
/// Keep it as long as it plays: lines and tracks do not, and when nothing refers to it any more they end as cancelled.
///
/// Args:
///     sample_rate: Frames per second that are read, 4000 to 192000. Tracks are converted to it.
///     channels: Channels that are read, interleaved, 1 to 8.
///     cushion_ms: How much of a track must wait before it begins, and before it goes on after an underrun, up to a
///         minute; a track that is complete need not. Less than 10 counts as 10.
///     max_cushion_ms: How far the cushion grows, by half each time, when an underrun comes within 10 s of playing after
///         another, up to a minute. Less than cushion_ms counts as cushion_ms.
///     max_buffered_ms: How much may wait, of all tracks together, up to a day. A write beyond it ends its own track with
///         BufferFullError, after what waits.
///     gain: What samples are multiplied by, 0 to 8; 1 leaves them as they are.
///
/// Raises:
///     InvalidArgumentError: an argument outside its range.
#[pyclass(frozen, module = "voicewire")]
pub(crate) struct Player {
    player: audio::Player,
    /// Never waited for while another thread has it: Python's threads read one after the other.
    reader: Mutex<PlayerReader>,
}

impl Player {
    pub fn core(&self) -> &audio::Player {
        &self.player
    }

    fn read_samples(&self, samples: &mut [f32]) {
        self.reader.lock().unwrap_or_else(PoisonError::into_inner).read(samples);
    }
}

/// The argument `player`.
pub(crate) fn player(player: Option<&Bound<'_, PyAny>>) -> PyResult<Option<audio::Player>> {
    let Some(player) = player else {
        return Ok(None);
    };
    let found = player.cast::<Player>().map(|player| Some(player.get().core().clone()));
    found.map_err(|_| {
        let kind = player.get_type();
        PyTypeError::new_err(format!("argument 'player': a voicewire.Player wanted, not {kind}"))
    })
}

/// Whether a buffer says that it is for float32 samples, or for bytes, which may be anything. What is for anything else
/// would become noise.
fn check_floats(name: &str, buffer: &Bound<'_, PyAny>) -> PyResult<()> {
    let format: String = PyMemoryView::from(buffer)?.getattr("format")?.extract()?;
    let native = if cfg!(target_endian = "little") { "<f" } else { ">f" };
    if ["f", "@f", "=f", "B", "b", "c", native].contains(&format.as_str()) {
        return Ok(());
    }
    Err(PyTypeError::new_err(format!(
        "argument '{name}': float32 samples wanted, or bytes of such, not items of the format '{format}'"
    )))
}

fn milliseconds(py: Python<'_>, field: &str, number: f64) -> PyResult<Duration> {
    Duration::try_from_secs_f64(number / 1000.0)
        .map_err(|_| errors::invalid(py, field, &number.to_string(), "milliseconds, 0 or more"))
}

#[pymethods]
impl Player {
    #[new]
    #[pyo3(signature = (*, sample_rate=Whole::from(48000), channels=Whole::from(1), cushion_ms=100.0, max_cushion_ms=2000.0,
        max_buffered_ms=600000.0, gain=1.0), text_signature = "(*, sample_rate=48000, channels=1, cushion_ms=100.0, \
        max_cushion_ms=2000.0, max_buffered_ms=600000.0, gain=1.0)")]
    fn new(
        py: Python<'_>,
        sample_rate: Whole,
        channels: Whole,
        cushion_ms: f64,
        max_cushion_ms: f64,
        max_buffered_ms: f64,
        gain: f32,
    ) -> PyResult<Player> {
        let config = PlayerConfig {
            sample_rate: sample_rate.to(py, "sample_rate")?,
            channels: channels.to(py, "channels")?,
            cushion: milliseconds(py, "cushion", cushion_ms)?,
            max_cushion: milliseconds(py, "max_cushion", max_cushion_ms)?,
            max_buffered: milliseconds(py, "max_buffered", max_buffered_ms)?,
            gain,
        };
        let (player, reader) = audio::Player::new(config).map_err(|error| errors::to_py(py, &error))?;
        Ok(Player {
            player,
            reader: Mutex::new(reader),
        })
    }

    /// The next frames as float32 samples in the machine's byte order, interleaved: frames * channels * 4 bytes, always so
    /// many, silent where there is nothing to be heard. Never waits.
    fn read<'py>(&self, py: Python<'py>, frames: usize) -> PyResult<Bound<'py, PyBytes>> {
        let channels = usize::from(self.player.config().channels);
        let size = frames
            .checked_mul(channels * size_of::<f32>())
            .filter(|size| isize::try_from(*size).is_ok())
            .ok_or_else(|| PyValueError::new_err("frames is more than memory can have"))?;
        PyBytes::new_with(py, size, |bytes| {
            let mut block = [0.0; BLOCK];
            let whole = BLOCK / channels * channels;
            for part in bytes.chunks_mut(whole * size_of::<f32>()) {
                let samples = &mut block[..part.len() / size_of::<f32>()];
                self.read_samples(samples);
                for (bytes, sample) in part.chunks_exact_mut(size_of::<f32>()).zip(samples) {
                    bytes.copy_from_slice(&sample.to_ne_bytes());
                }
            }
            Ok(())
        })
    }

    /// Fills a writable buffer, such as the one that sounddevice's callback gets, as read() does: all of it, with silence
    /// after the last whole frame. Never waits.
    fn read_into(&self, py: Python<'_>, buffer: &Bound<'_, PyAny>) -> PyResult<()> {
        let view = PyMemoryView::from(buffer)?;
        if view.getattr("readonly")?.extract()? {
            return Err(PyTypeError::new_err("argument 'buffer': a writable buffer wanted"));
        }
        check_floats("buffer", &view)?;
        let size: usize = view.getattr("nbytes")?.extract()?;
        if size == 0 {
            return Ok(());
        }
        let view = view.call_method1("cast", ("B",))?;
        let frame = usize::from(self.player.config().channels) * size_of::<f32>();
        let whole = size / frame * frame;
        // The stable interface of Python 3.9 has no buffers of its own: it is copied in by Python.
        let place = |from: usize, to: usize| PySlice::new(py, from as isize, to as isize, 1);
        view.set_item(place(0, whole), self.read(py, whole / frame)?)?;
        view.set_item(place(whole, size), PyBytes::new_with(py, size - whole, |_| Ok(()))?)
    }

    /// Begins a track, to be played when all that were begun before are over. It keeps them waiting until it is finished,
    /// failed or cancelled, or nothing refers to it any more.
    ///
    /// Args:
    ///     format: What Track.write() gets: one of voicewire.Format.
    ///     sample_rate: The rate of what has no header ('s16le', 'mulaw'), in Hz.
    ///     id: What state() and next_end() call it, 0 or more; need not be unique.
    ///
    /// Raises:
    ///     InvalidArgumentError: an argument that cannot be.
    ///     BufferFullError: 65536 tracks wait.
    #[pyo3(signature = (format="s16le", sample_rate=Whole::from(48000), *, id=Whole::from(0)),
        text_signature = "($self, format='s16le', sample_rate=48000, *, id=0)")]
    fn begin(&self, py: Python<'_>, format: &str, sample_rate: Whole, id: Whole) -> PyResult<Track> {
        let core = |error| errors::to_py(py, &error);
        let sample_rate = sample_rate.to(py, "sample_rate")?;
        let mut options = TrackOptions::new(format.parse().map_err(core)?, sample_rate);
        options.id = id.to(py, "id")?;
        let track = py.detach(|| self.player.begin(&options)).map_err(core)?;
        Ok(Track { track })
    }

    /// Fades out within the next read, and is silent until resume(). Nothing is lost, and tracks can be written as ever.
    fn pause(&self) {
        self.player.pause();
    }

    /// Goes on where it was paused, fading in.
    fn resume(&self) {
        self.player.resume();
    }

    /// Silences all tracks that have been begun, from the next read on: barge-in. What waits is dropped; what is still
    /// written to them is a CancelledError, which also ends the lines that play here. Tracks begun afterwards play as ever.
    /// A paused player stays paused.
    fn flush(&self, py: Python<'_>) {
        py.detach(|| self.player.flush());
    }

    /// What samples are multiplied by, 0 to 8. What is set is reached within 5 ms.
    #[getter]
    fn gain(&self, py: Python<'_>) -> f32 {
        py.detach(|| self.player.state().gain)
    }

    #[setter]
    fn set_gain(&self, py: Python<'_>, gain: f32) -> PyResult<()> {
        self.player.set_gain(gain).map_err(|error| errors::to_py(py, &error))
    }

    /// The cushion now, in milliseconds; it grows when underruns repeat. What is set, up to max_cushion_ms, counts from the
    /// next time on that it is waited for.
    #[getter]
    fn cushion_ms(&self, py: Python<'_>) -> f64 {
        py.detach(|| self.player.state().cushion.as_secs_f64() * 1000.0)
    }

    #[setter]
    fn set_cushion_ms(&self, py: Python<'_>, cushion_ms: f64) -> PyResult<()> {
        let cushion = milliseconds(py, "cushion", cushion_ms)?;
        py.detach(|| self.player.set_cushion(cushion))
            .map_err(|error| errors::to_py(py, &error))
    }

    /// Frames per second that are read.
    #[getter]
    fn sample_rate(&self) -> u32 {
        self.player.config().sample_rate
    }

    /// Channels that are read, interleaved.
    #[getter]
    fn channels(&self) -> u16 {
        self.player.config().channels
    }

    /// How it stands.
    fn state(&self, py: Python<'_>) -> PlayerState {
        PlayerState(py.detach(|| self.player.state()))
    }

    /// The next track that is over for the ear, or None: its last frame has been handed to a read, or it was silenced and
    /// a read has come since. Each track once, in their order. Of ends that nobody asks for the last 1024 are kept.
    fn next_end(&self, py: Python<'_>) -> Option<TrackEnd> {
        py.detach(|| self.player.next_end()).map(TrackEnd)
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let state = py.detach(|| self.player.state());
        format!(
            "<voicewire.Player, {}: {:.0} ms wait, {} underruns>",
            name(state.activity),
            state.buffered.as_secs_f64() * 1000.0,
            state.underruns
        )
    }
}

/// Samples that are read at a time.
const BLOCK: usize = 1024;

fn name(activity: Activity) -> &'static str {
    match activity {
        Activity::Idle => "idle",
        Activity::Filling => "filling",
        Activity::Playing => "playing",
        Activity::Paused => "paused",
        _ => "unknown",
    }
}

/// One line's way into a Player, made by Player.begin(). May be written from any thread.
///
/// A context manager: finished at the end of the block; failed when the block ends with an exception, and what was good
/// is played. So it is when nothing refers to it any more.
#[pyclass(frozen, module = "voicewire")]
pub(crate) struct Track {
    track: audio::Track,
}

#[pymethods]
impl Track {
    /// Decodes the next piece of the track and adds it: a deepdub.Chunk, bytes, or anything with a buffer. Does not wait
    /// for the sound.
    ///
    /// Raises:
    ///     BadAudioError: it cannot be decoded; the track ends with that, after what is good.
    ///     BufferFullError: more than max_buffered_ms would wait; the track ends with that.
    ///     CancelledError: it was flushed or cancelled.
    ///     ClosedError: it has been finished.
    fn write(&self, py: Python<'_>, data: &Bound<'_, PyAny>) -> PyResult<()> {
        let written = match data.cast::<Chunk>() {
            Ok(chunk) => {
                let bytes = chunk.get().bytes(py).as_bytes();
                py.detach(|| self.track.write(bytes))
            }
            Err(_) => {
                let bytes = bytes_of(data)?;
                py.detach(|| self.track.write(&bytes))
            }
        };
        written.map_err(|error| errors::to_py(py, &error))
    }

    /// Adds samples at the player's rate, interleaved for its channels: a buffer of float32 in the machine's byte order,
    /// such as array.array("f", …). What is no finite number becomes silence.
    ///
    /// Raises:
    ///     InvalidArgumentError: they are no whole frames.
    ///     Error: otherwise as write().
    fn write_samples(&self, py: Python<'_>, samples: &Bound<'_, PyAny>) -> PyResult<()> {
        check_floats("samples", samples)?;
        let bytes = bytes_of(samples)?;
        let (samples, rest) = bytes.as_chunks::<4>();
        if !rest.is_empty() {
            let got = format!("{} bytes", bytes.len());
            return Err(errors::invalid(py, "samples", &got, "float32 samples, 4 bytes each"));
        }
        let samples: Vec<f32> = samples.iter().map(|sample| f32::from_ne_bytes(*sample)).collect();
        py.detach(|| self.track.write_samples(&samples))
            .map_err(|error| errors::to_py(py, &error))
    }

    /// Ends it well: all of it has been written. Does nothing when it has ended already.
    ///
    /// Raises:
    ///     Error: as write(), for what was still to be decoded.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.track.finish())
            .map_err(|error| errors::to_py(py, &error))
    }

    /// Silences it from the next read on, whatever of it waits and is still written; other tracks go on.
    fn cancel(&self, py: Python<'_>) {
        py.detach(|| self.track.cancel());
    }

    /// The id that it was begun with.
    #[getter]
    fn id(&self) -> u64 {
        self.track.id()
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*exception))]
    fn __exit__(&self, py: Python<'_>, exception: &Bound<'_, PyTuple>) -> PyResult<()> {
        if exception.get_item(0)?.is_none() {
            return self.finish(py);
        }
        py.detach(|| self.track.abandon());
        Ok(())
    }

    fn __repr__(&self) -> String {
        format!("<voicewire.Track {}>", self.track.id())
    }
}

/// How a Player stands: a moment's look, exact to a read.
///
/// Frames are those handed to the sound device. They are heard later by the device's latency: what is heard now of the
/// track is track_position less that latency.
#[pyclass(frozen, module = "voicewire")]
pub(crate) struct PlayerState(audio::PlayerState);

#[pymethods]
impl PlayerState {
    /// 'idle', there is no track; 'filling', it is silent until the next track, or this one after an underrun, has its
    /// cushion; 'playing'; 'paused'.
    #[getter]
    fn activity(&self) -> &'static str {
        name(self.0.activity)
    }

    /// The id of the track that is played or waited for; None when there is none.
    #[getter]
    fn track_id(&self) -> Option<u64> {
        self.0.track.map(|track| track.id)
    }

    /// Frames of it that have been played.
    #[getter]
    fn track_position(&self) -> u64 {
        self.0.track.map_or(0, |track| track.position)
    }

    /// Frames of it that have come.
    #[getter]
    fn track_frames(&self) -> u64 {
        self.0.track.map_or(0, |track| track.written)
    }

    /// Whether that is all of it.
    #[getter]
    fn track_is_complete(&self) -> bool {
        self.0.track.is_some_and(|track| track.is_complete)
    }

    /// Tracks that come after that one.
    #[getter]
    fn waiting(&self) -> usize {
        self.0.waiting
    }

    /// Frames that wait to be played, of all tracks.
    #[getter]
    fn buffered_frames(&self) -> u64 {
        self.0.buffered_frames
    }

    /// How long they last.
    #[getter]
    fn buffered_ms(&self) -> f64 {
        self.0.buffered.as_secs_f64() * 1000.0
    }

    /// Frames played since the player was made.
    #[getter]
    fn played_frames(&self) -> u64 {
        self.0.played_frames
    }

    /// Frames of silence handed out since then: with played_frames all that was read.
    #[getter]
    fn silent_frames(&self) -> u64 {
        self.0.silent_frames
    }

    /// The part of that silence that came in the middle of tracks, because nothing had come in time.
    #[getter]
    fn underrun_frames(&self) -> u64 {
        self.0.underrun_frames
    }

    /// How often that happened.
    #[getter]
    fn underruns(&self) -> u64 {
        self.0.underruns
    }

    /// The cushion now; it grows when underruns repeat.
    #[getter]
    fn cushion_ms(&self) -> f64 {
        self.0.cushion.as_secs_f64() * 1000.0
    }

    /// The gain that was set.
    #[getter]
    fn gain(&self) -> f32 {
        self.0.gain
    }

    /// Ends that nobody took in time and that are lost.
    #[getter]
    fn lost_ends(&self) -> u64 {
        self.0.lost_ends
    }

    fn __repr__(&self) -> String {
        format!(
            "<voicewire.PlayerState, {}: {} frames played, {} wait, {} underruns>",
            name(self.0.activity),
            self.0.played_frames,
            self.0.buffered_frames,
            self.0.underruns
        )
    }
}

/// How a track ended, for the ear.
#[pyclass(frozen, module = "voicewire")]
pub(crate) struct TrackEnd(audio::TrackEnd);

#[pymethods]
impl TrackEnd {
    /// The id that it was begun with.
    #[getter]
    fn id(&self) -> u64 {
        self.0.id
    }

    /// Why there was not more of it, an Error; None when it was played whole. A CancelledError when it was flushed,
    /// cancelled, or never finished.
    #[getter]
    fn error(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        let error = self.0.error.as_ref()?;
        Some(errors::to_py(py, error).into_value(py).into_any())
    }

    /// Whether something of it was dropped before it was played.
    #[getter]
    fn flushed(&self) -> bool {
        self.0.flushed
    }

    /// Frames of it that were played.
    #[getter]
    fn frames_played(&self) -> u64 {
        self.0.frames_played
    }

    /// How often nothing came in time.
    #[getter]
    fn underruns(&self) -> u64 {
        self.0.underruns
    }

    fn __repr__(&self) -> String {
        let how = match &self.0.error {
            None => "played whole".to_owned(),
            Some(error) => error.to_string(),
        };
        format!("<voicewire.TrackEnd of {}: {how}>", self.0.id)
    }
}
