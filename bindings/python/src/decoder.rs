//! Decoding: piece by piece while it streams, and all at once.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyMemoryView};
use voicewire::audio::{self, Format, Output, WavSamples};
use voicewire::{Error, ErrorKind};

use crate::errors;
use crate::issue::bytes_of;
use crate::request::{Whole, whole};

/// How samples are handed out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Samples {
    F32,
    S16,
}

impl Samples {
    pub fn parse(py: Python<'_>, name: &str) -> PyResult<Samples> {
        match name {
            "f32" => Ok(Samples::F32),
            "s16" => Ok(Samples::S16),
            _ => Err(errors::invalid(py, "samples", &format!("'{name}'"), "'f32' or 's16'")),
        }
    }

    pub fn in_wav(self) -> WavSamples {
        match self {
            Samples::F32 => WavSamples::F32,
            Samples::S16 => WavSamples::S16,
        }
    }
}

/// What is wanted, of arguments that may be missing. 0 means "not given" in the core, and is none that can be given here.
pub(crate) fn output(py: Python<'_>, rate: Option<Whole>, channels: Option<Whole>) -> PyResult<Output> {
    match (whole(py, "output_rate", rate)?, whole(py, "channels", channels)?) {
        (Some(0), _) => Err(errors::invalid(py, "output_rate", "0", "4000 to 192000 Hz, or None")),
        (_, Some(0)) => Err(errors::invalid(py, "channels", "0", "1 to 8, or None")),
        (rate, channels) => Ok(Output::new(rate.unwrap_or(0), channels.unwrap_or(0))),
    }
}

/// Decodes audio while it streams, in pieces cut anywhere: mp3, Ogg Opus, WAV, Sun audio, mu-law and 16-bit samples.
///
/// What the bytes are is recognised from themselves where they say it: a WAV, Ogg, Sun audio or ID3 header counts more than
/// the label, and so do mp3 frames that follow each other. Delay and padding are cut off where they are stated. A stream that
/// breaks off, in the middle of a frame or of a header, is not broken: it ends with its last whole frame.
///
/// Samples come as a memoryview of their own, interleaved: floats ('f', full scale being -1 to 1) or 16-bit integers ('h').
/// numpy.asarray(samples) makes an array of it without a copy. May be used from any thread.
///
/// Args:
///     format: What it is labelled as: 'mp3', 'wav', 'opus', 'mulaw' or 's16le'.
///     sample_rate: In Hz, 4000 to 192000; needed for 'mulaw' and 's16le' only, which do not state theirs.
///     output_rate: Frames per second wanted, 4000 to 192000; the source's own where none is given.
///     channels: Wanted, 1 to 8; as many as the source has where none is given. One channel is copied to all; several
///         become one by their mean; otherwise the first ones stay, and what is missing is silent.
///     samples: 'f32' or 's16', which is rounded and clamped.
///
/// Raises:
///     InvalidArgumentError: a value that is none of these, or a sample rate is missing.
#[pyclass(frozen, module = "voicewire")]
pub(crate) struct Decoder {
    decoder: Mutex<audio::Decoder>,
    samples: Samples,
}

#[pymethods]
impl Decoder {
    #[new]
    #[pyo3(signature = (format, sample_rate=None, *, output_rate=None, channels=None, samples="f32"))]
    fn new(
        py: Python<'_>,
        format: &str,
        sample_rate: Option<Whole>,
        output_rate: Option<Whole>,
        channels: Option<Whole>,
        samples: &str,
    ) -> PyResult<Decoder> {
        let core = |error| errors::to_py(py, &error);
        let format: Format = format.parse().map_err(core)?;
        let sample_rate = whole(py, "sample_rate", sample_rate)?.unwrap_or(0);
        let output = output(py, output_rate, channels)?;
        Ok(Decoder {
            decoder: Mutex::new(audio::Decoder::new(format, sample_rate, output).map_err(core)?),
            samples: Samples::parse(py, samples)?,
        })
    }

    /// Takes the next piece, a Chunk or bytes; what can be decoded now.
    ///
    /// Raises:
    ///     BadAudioError: the audio is broken or of a form that is not known; audio_byte and audio_seconds say where. What was
    ///         good before it is returned first, and the next call raises. Every later call raises it again.
    ///     InvalidArgumentError: after finish().
    fn push<'py>(&self, chunk: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyMemoryView>> {
        let py = chunk.py();
        match chunk.cast::<PyBytes>() {
            Ok(bytes) => self.decode(py, Some(bytes.as_bytes())),
            Err(_) => {
                let bytes = match chunk.cast::<crate::chunk::Chunk>() {
                    Ok(chunk) => chunk.get().bytes(py).as_bytes().to_vec(),
                    Err(_) => bytes_of(chunk)?,
                };
                self.decode(py, Some(&bytes))
            }
        }
    }

    /// No more comes: what was still inside. The second time that is nothing.
    ///
    /// Raises:
    ///     BadAudioError: as push().
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyMemoryView>> {
        self.decode(py, None)
    }

    /// Frames per second of the samples; None until it is known, where none was asked for.
    #[getter]
    fn sample_rate(&self, py: Python<'_>) -> Option<u32> {
        Some(self.with(py, |decoder| decoder.sample_rate())).filter(|rate| *rate > 0)
    }

    /// Channels of the samples; None until it is known, where no number was asked for.
    #[getter]
    fn channels(&self, py: Python<'_>) -> Option<u16> {
        Some(self.with(py, |decoder| decoder.channels())).filter(|channels| *channels > 0)
    }

    /// What the bytes turned out to be, one of voicewire.Format ('mulaw' for any Sun audio file); None until it is known.
    #[getter]
    fn source_format(&self, py: Python<'_>) -> Option<&'static str> {
        self.with(py, |decoder| decoder.source())
            .map(|source| source.format.name())
    }

    /// Frames per second of the source, 48000 for Opus; None until it is known.
    #[getter]
    fn source_rate(&self, py: Python<'_>) -> Option<u32> {
        self.with(py, |decoder| decoder.source())
            .map(|source| source.sample_rate)
    }

    /// Channels of the source; None until it is known.
    #[getter]
    fn source_channels(&self, py: Python<'_>) -> Option<u16> {
        self.with(py, |decoder| decoder.source()).map(|source| source.channels)
    }

    /// Seconds of audio decoded so far.
    #[getter]
    fn seconds(&self, py: Python<'_>) -> f64 {
        self.with(py, |decoder| decoder.seconds())
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let name = self.source_format(py).unwrap_or("nothing known yet");
        format!("<voicewire.Decoder: {:.2} s of {name}>", self.seconds(py))
    }
}

impl Decoder {
    /// Not while holding the interpreter: another thread may be decoding.
    fn with<R: Send>(&self, py: Python<'_>, body: impl FnOnce(&mut audio::Decoder) -> R + Send) -> R {
        py.detach(|| body(&mut self.decoder.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn decode<'py>(&self, py: Python<'py>, bytes: Option<&[u8]>) -> PyResult<Bound<'py, PyMemoryView>> {
        let (samples, result) = match self.samples {
            Samples::F32 => self.with(py, |decoder| decode_one::<f32, 4>(decoder, bytes, f32::to_ne_bytes)),
            Samples::S16 => self.with(py, |decoder| decode_one::<i16, 2>(decoder, bytes, i16::to_ne_bytes)),
        };
        match result {
            // The decoder gives the error again at the next call.
            Err(error) if error.kind() != ErrorKind::BadAudio || samples.is_empty() => Err(errors::to_py(py, &error)),
            _ => view(py, &samples, self.samples),
        }
    }
}

/// The samples as bytes, and the error after them.
fn decode_one<S: audio::Sample, const N: usize>(
    decoder: &mut audio::Decoder,
    bytes: Option<&[u8]>,
    to_bytes: impl Fn(S) -> [u8; N],
) -> (Vec<u8>, Result<(), Error>) {
    let mut samples = Vec::<S>::new();
    let result = match bytes {
        Some(bytes) => decoder.push(bytes, &mut samples),
        None => decoder.finish(&mut samples),
    };
    (samples.into_iter().flat_map(to_bytes).collect(), result)
}

fn view<'py>(py: Python<'py>, bytes: &[u8], samples: Samples) -> PyResult<Bound<'py, PyMemoryView>> {
    let code = if samples == Samples::F32 { "f" } else { "h" };
    let view = PyMemoryView::from(PyBytes::new(py, bytes).as_any())?;
    Ok(view.call_method1("cast", (code,))?.cast_into()?)
}

/// Audio that has been decoded. len(audio) is its number of samples.
#[pyclass(frozen, module = "voicewire")]
pub(crate) struct DecodedAudio {
    bytes: Py<PyBytes>,
    samples: Samples,
    wav: Py<PyBytes>,
    sample_rate: u32,
    channels: u16,
}

impl DecodedAudio {
    /// Decodes all of `bytes`.
    pub fn decode(
        py: Python<'_>,
        format: Format,
        sample_rate: u32,
        bytes: &[u8],
        output: Output,
        samples: Samples,
    ) -> PyResult<DecodedAudio> {
        fn all<S: audio::Sample>(
            format: Format,
            sample_rate: u32,
            bytes: &[u8],
            output: Output,
        ) -> Result<(Vec<u8>, u32, u16), Error> {
            let decoded = audio::decode::<S>(format, sample_rate, bytes, output)?;
            Ok((decoded.to_wav(), decoded.sample_rate, decoded.channels))
        }
        let decoded = py.detach(|| match samples {
            Samples::F32 => all::<f32>(format, sample_rate, bytes, output),
            Samples::S16 => all::<i16>(format, sample_rate, bytes, output),
        });
        let (wav, sample_rate, channels) = decoded.map_err(|error| errors::to_py(py, &error))?;
        Ok(DecodedAudio {
            bytes: PyBytes::new(py, &native(&wav[44..], samples)).unbind(),
            samples,
            wav: PyBytes::new(py, &wav).unbind(),
            sample_rate,
            channels,
        })
    }
}

/// Little-endian samples, as a WAV file has them, in this machine's order.
fn native(bytes: &[u8], samples: Samples) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if cfg!(target_endian = "big") {
        let size = if samples == Samples::F32 { 4 } else { 2 };
        bytes.chunks_exact_mut(size).for_each(<[u8]>::reverse);
    }
    bytes
}

#[pymethods]
impl DecodedAudio {
    /// The samples, interleaved: a memoryview of floats ('f', full scale being -1 to 1) or 16-bit integers ('h').
    #[getter]
    fn samples<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyMemoryView>> {
        view(py, self.bytes.as_bytes(py), self.samples)
    }

    /// Frames per second; 0 when there was no audio to say.
    #[getter]
    fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Channels; 0 when there was no audio to say.
    #[getter]
    fn channels(&self) -> u16 {
        self.channels
    }

    /// Seconds of audio.
    #[getter]
    fn seconds(&self, py: Python<'_>) -> f64 {
        let frames = self.__len__(py) / usize::from(self.channels.max(1));
        frames as f64 / f64::from(self.sample_rate.max(1))
    }

    /// As the bytes of a WAV file, in 16 bits or, for 'f32', in 32-bit floating point.
    fn to_wav(&self, py: Python<'_>) -> Py<PyBytes> {
        self.wav.clone_ref(py)
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        let size = if self.samples == Samples::F32 { 4 } else { 2 };
        self.bytes.as_bytes(py).len() / size
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!(
            "<voicewire.DecodedAudio: {:.2} s at {} Hz, {} channel{}>",
            self.seconds(py),
            self.sample_rate,
            self.channels,
            if self.channels == 1 { "" } else { "s" }
        )
    }
}

/// Decodes all of data at once, as Decoder does piece by piece.
///
/// Args:
///     data: bytes, or what has them.
///     format, sample_rate, output_rate, channels, samples: As for Decoder.
///
/// Raises:
///     BadAudioError: the audio is broken or of a form that is not known; audio_byte and audio_seconds say where. What was
///         good before it a Decoder hands out. Also for WAV that ends before its samples begin, which only a stream may.
///     InvalidArgumentError: as for Decoder.
#[pyfunction]
#[pyo3(signature = (data, format, sample_rate=None, *, output_rate=None, channels=None, samples="f32"))]
pub(crate) fn decode(
    data: &Bound<'_, PyAny>,
    format: &str,
    sample_rate: Option<Whole>,
    output_rate: Option<Whole>,
    channels: Option<Whole>,
    samples: &str,
) -> PyResult<DecodedAudio> {
    let py = data.py();
    let sample_rate = whole(py, "sample_rate", sample_rate)?.unwrap_or(0);
    let format: Format = format.parse().map_err(|error| errors::to_py(py, &error))?;
    let (output, samples) = (output(py, output_rate, channels)?, Samples::parse(py, samples)?);
    let bytes = bytes_of(data)?;
    DecodedAudio::decode(py, format, sample_rate, &bytes, output, samples)
}

/// Begins a WAV file of what is decoded: for `AudioFile.decoded` and `Speech.save_wav`.
pub(crate) fn wav_file(
    py: Python<'_>,
    path: &PathBuf,
    (format, sample_rate): (Format, u32),
    output: Output,
    samples: Samples,
) -> PyResult<audio::AudioFile> {
    py.detach(|| audio::AudioFile::create_decoded(path, format, sample_rate, output, samples.in_wav()))
        .map_err(|error| errors::to_py(py, &error))
}
