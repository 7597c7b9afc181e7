//! Writing chunks as one file that plays.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use voicewire::audio::{self, Format};

use crate::chunk::Chunk;
use crate::decoder;
use crate::errors;
use crate::issue::bytes_of;
use crate::request::{Whole, whole};

/// A file being written from the chunks of one generation: one valid container with right lengths.
///
/// Joined WAV chunks get one header; 'mulaw' gets a Sun audio header where the ending is .au or .snd, 's16le' a WAV
/// header where it is .wav. Everything else is written as it comes.
///
/// It is written beside its destination and takes its name, replacing a file that had it, only in finish(): a file of
/// that name is never half-written. As a context manager it is finished at the end of the block, and removed when the
/// block ends with an exception. May be used from any thread.
///
/// Args:
///     path: str or os.PathLike.
///     format: 'mp3', 'wav', 'opus', 'mulaw' or 's16le'; has to fit the ending where that is a known one.
///     sample_rate: In Hz, more than 0. What a WAV stream states itself counts instead.
///
/// Raises:
///     InvalidArgumentError: the ending is for another format, or the place is no plain file.
///     FileError: the file cannot be made, or later: written.
#[pyclass(frozen, module = "voicewire")]
pub(crate) struct AudioFile {
    state: Mutex<State>,
    path: PathBuf,
    format: Format,
}

struct State {
    /// `None` once it is finished or removed.
    file: Option<audio::AudioFile>,
    /// How long it was in the end.
    seconds: f64,
}

impl AudioFile {
    fn of(file: audio::AudioFile, path: PathBuf, format: Format) -> AudioFile {
        AudioFile {
            state: Mutex::new(State {
                file: Some(file),
                seconds: 0.0,
            }),
            path,
            format,
        }
    }

    /// Not to be held while waiting for the interpreter.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, py: Python<'_>, bytes: &[u8]) -> PyResult<()> {
        let written = py.detach(|| self.state().file.as_mut().map(|file| file.write(bytes)));
        match written {
            Some(result) => result.map_err(|error| errors::to_py(py, &error)),
            None => Err(PyValueError::new_err("the file has been finished")),
        }
    }
}

#[pymethods]
impl AudioFile {
    #[new]
    fn new(py: Python<'_>, path: PathBuf, format: &str, sample_rate: Whole) -> PyResult<AudioFile> {
        let sample_rate: u32 = sample_rate.to(py, "sample_rate")?;
        let core = |error| errors::to_py(py, &error);
        let format: Format = format.parse().map_err(core)?;
        if sample_rate == 0 {
            return Err(errors::invalid(py, "sample_rate", "0", "a rate in Hz, more than 0"));
        }
        let file = py
            .detach(|| audio::AudioFile::create(&path, format, sample_rate))
            .map_err(core)?;
        Ok(AudioFile::of(file, path, format))
    }

    /// A WAV file of what chunks decode to, of the rate and with the channels that are asked for. Otherwise it is as one of
    /// chunks as they are sent: write() takes these.
    ///
    /// Args:
    ///     path: str or os.PathLike, which ends in .wav or .wave, or in no known way.
    ///     format, sample_rate, output_rate, channels: As for Decoder.
    ///     samples: 's16' or 'f32': 16-bit integers or 32-bit floating point.
    ///
    /// Raises:
    ///     InvalidArgumentError: as Decoder, and for the ending of another format.
    ///     FileError: the file cannot be made, or later: written.
    #[staticmethod]
    #[pyo3(signature = (path, format, sample_rate=None, *, output_rate=None, channels=None, samples="s16"))]
    fn decoded(
        py: Python<'_>,
        path: PathBuf,
        format: &str,
        sample_rate: Option<Whole>,
        output_rate: Option<Whole>,
        channels: Option<Whole>,
        samples: &str,
    ) -> PyResult<AudioFile> {
        let format: Format = format.parse().map_err(|error| errors::to_py(py, &error))?;
        let sample_rate = whole(py, "sample_rate", sample_rate)?.unwrap_or(0);
        let output = decoder::output(py, output_rate, channels)?;
        let samples = decoder::Samples::parse(py, samples)?;
        let file = decoder::wav_file(py, &path, (format, sample_rate), output, samples)?;
        Ok(AudioFile::of(file, path, format))
    }

    /// Adds a chunk, or the bytes of one. They may be cut anywhere.
    ///
    /// A Chunk has to be of the file's format; bytes are taken on trust.
    ///
    /// Raises:
    ///     InvalidArgumentError: a Chunk of another format.
    ///     FileError: it cannot be written, or would outgrow its container (4 GiB for WAV and Sun audio).
    ///     BadAudioError: what is to be WAV does not begin with a header, or one cannot be read or states other samples than
    ///         the first, or what is to be decoded cannot be. There will be no file then.
    ///     ValueError: the file has been finished.
    fn write(&self, chunk: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = chunk.py();
        if let Ok(chunk) = chunk.cast::<Chunk>() {
            let chunk = chunk.get();
            if chunk.core_format() != self.format {
                let takes = format!("'{}', the format that this file was created with", self.format);
                return Err(errors::invalid(
                    py,
                    "format",
                    &format!("'{}' in this chunk", chunk.core_format()),
                    &takes,
                ));
            }
            self.add(py, chunk.bytes(py).as_bytes())
        } else if let Ok(bytes) = chunk.cast::<PyBytes>() {
            self.add(py, bytes.as_bytes())
        } else {
            self.add(py, &bytes_of(chunk)?)
        }
    }

    /// Completes the lengths in the header and gives the file its name. A second time it does nothing.
    ///
    /// Raises:
    ///     FileError: nothing is left of it then.
    fn finish(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| {
            let mut state = self.state();
            match state.file.take() {
                Some(file) => {
                    state.seconds = file.seconds();
                    file.finish()
                }
                None => Ok(()),
            }
        })
        .map_err(|error| errors::to_py(py, &error))
    }

    /// Seconds of audio written so far.
    #[getter]
    fn seconds(&self, py: Python<'_>) -> f64 {
        py.detach(|| {
            let state = self.state();
            state.file.as_ref().map_or(state.seconds, audio::AudioFile::seconds)
        })
    }

    /// Where it will be, as given: a pathlib.Path.
    #[getter]
    fn path(&self) -> &PathBuf {
        &self.path
    }

    /// The format of the chunks, one of voicewire.Format: such as 'mp3'.
    #[getter]
    fn format(&self) -> &'static str {
        self.format.name()
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (exception_type, *_rest))]
    fn __exit__(
        &self,
        py: Python<'_>,
        exception_type: Option<&Bound<'_, PyAny>>,
        _rest: &Bound<'_, pyo3::types::PyTuple>,
    ) -> PyResult<()> {
        if exception_type.is_none() {
            return self.finish(py);
        }
        py.detach(|| {
            let mut state = self.state();
            state.seconds = state.file.as_ref().map_or(state.seconds, audio::AudioFile::seconds);
            state.file = None;
        });
        Ok(())
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let open = py.detach(|| self.state().file.is_some());
        format!(
            "<voicewire.AudioFile {:?}: {:.2} s of {}, {}>",
            self.path,
            self.seconds(py),
            self.format,
            if open { "being written" } else { "finished" }
        )
    }
}

/// The format to ask for in order to write a file, by its ending: '.wav', '.mp3', '.opus' and '.ogg', '.au' and '.snd'
/// (mu-law in a Sun audio file), '.ul', '.ulaw' and '.mulaw' (bare mu-law), '.pcm', '.raw' and '.s16le' (bare samples).
///
/// Raises:
///     InvalidArgumentError: for any other ending.
#[pyfunction]
pub(crate) fn format_for_path(py: Python<'_>, path: PathBuf) -> PyResult<&'static str> {
    match Format::for_path(path) {
        Ok(format) => Ok(format.name()),
        Err(error) => Err(errors::to_py(py, &error)),
    }
}
