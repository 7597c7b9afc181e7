//! A whole generation.

use std::ops::Range;
use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use voicewire::audio::{self, AudioFile, DurationMeter, Format, Output};
use voicewire::deepdub::{self, SpeechRequest};

use crate::cancel::CancelToken;
use crate::chunk::samples_in;
use crate::decoder::{self, DecodedAudio, Samples};
use crate::errors;
use crate::generation::Generation;
use crate::pickled::{Reduced, reduced, written};
use crate::request::{Whole, whole};
use crate::summary::Summary;

/// All the audio of a generation. len(speech) is its size in bytes and bytes(speech) its data.
#[pyclass(frozen, module = "voicewire.deepdub", weakref)]
pub(crate) struct Speech {
    data: Py<PyBytes>,
    chunks: Vec<Place>,
    summary: deepdub::Summary,
    /// As asked for.
    sample_rate: Option<u32>,
}

/// Where a chunk is in the data, and its samples in the chunk: a WAV chunk may begin with a header of its own.
struct Place {
    bytes: Range<usize>,
    samples: Range<usize>,
}

/// Where the chunks are, as it is pickled: the bounds of their bytes and of their samples.
pub(crate) type Parts = Vec<(usize, usize, usize, usize)>;

/// Chunks that will be a whole.
#[derive(Default)]
pub(crate) struct Gathered {
    data: Vec<u8>,
    chunks: Vec<Place>,
}

impl Gathered {
    pub fn push(&mut self, chunk: &deepdub::Chunk<'_>) {
        self.chunks.push(Place {
            bytes: self.data.len()..self.data.len() + chunk.data.len(),
            samples: samples_in(chunk),
        });
        self.data.extend_from_slice(chunk.data);
    }

    pub fn into_speech(self, py: Python<'_>, summary: deepdub::Summary, sample_rate: Option<u32>) -> Speech {
        Speech {
            data: PyBytes::new(py, &self.data).unbind(),
            chunks: self.chunks,
            summary,
            sample_rate,
        }
    }
}

impl Speech {
    pub fn generate(
        py: Python<'_>,
        client: &deepdub::Client,
        request: &SpeechRequest,
        cancel: Option<&Bound<'_, CancelToken>>,
    ) -> PyResult<Speech> {
        let mut generation = Generation::open(py, client, request, cancel.map(|cancel| cancel.get().core()))?;
        let mut gathered = Gathered::default();
        generation.drain(py, |chunk| gathered.push(chunk))?;
        Ok(gathered.into_speech(py, generation.summary(), request.sample_rate))
    }

    pub fn restored(data: Py<PyBytes>, parts: Parts, summary: deepdub::Summary, sample_rate: Option<u32>) -> Speech {
        let place = |(begin, end, first, last)| Place {
            bytes: begin..end,
            samples: first..last,
        };
        Speech {
            data,
            chunks: parts.into_iter().map(place).collect(),
            summary,
            sample_rate,
        }
    }

    fn pieces<'a>(&'a self, data: &'a [u8]) -> impl Iterator<Item = (&'a [u8], &'a [u8])> {
        self.chunks.iter().map(move |place| {
            let chunk = data.get(place.bytes.clone()).unwrap_or_default();
            (chunk, chunk.get(place.samples.clone()).unwrap_or_default())
        })
    }

    /// As one file that plays.
    pub fn file_bytes(&self, py: Python<'_>) -> PyResult<Vec<u8>> {
        let data = self.data.as_bytes(py);
        let rate = match self.summary.format {
            // Its own header counts.
            Format::Wav => Some(self.sample_rate.unwrap_or(0)),
            Format::S16le | Format::Mulaw => self.sample_rate,
            _ => None,
        };
        // What is compressed can simply be joined; of bare samples nobody knows the rate.
        let Some(rate) = rate else {
            return Ok(data.to_vec());
        };
        audio::joined_file_bytes(self.summary.format, rate, data).map_err(|error| errors::to_py(py, &error))
    }

    /// As one file that services take as the argument `name`: they know neither bare samples nor Sun audio.
    pub fn sent_bytes(&self, py: Python<'_>, name: &str) -> PyResult<Vec<u8>> {
        match (self.summary.format, self.sample_rate) {
            (Format::S16le | Format::Mulaw, None) => Err(errors::invalid(
                py,
                name,
                "bare samples of a rate that nobody knows",
                "speech that was generated with a sample_rate, or in another format",
            )),
            (Format::Mulaw, Some(rate)) => {
                let data = self.data.as_bytes(py);
                let decoded = py.detach(|| audio::decode::<i16>(Format::Mulaw, rate, data, Output::default()));
                decoded
                    .map(|decoded| decoded.to_wav())
                    .map_err(|error| errors::to_py(py, &error))
            }
            _ => self.file_bytes(py),
        }
    }

    /// What the data are labelled as, for decoding.
    fn label(&self, py: Python<'_>, given: Option<u32>) -> PyResult<(Format, u32)> {
        match (given.or(self.sample_rate), self.summary.format) {
            (None, Format::S16le | Format::Mulaw) => Err(errors::invalid(
                py,
                "sample_rate",
                "not given",
                "the audio's rate in Hz, which was not asked for when it was generated and does not state itself",
            )),
            (rate, format) => Ok((format, rate.unwrap_or(0))),
        }
    }

    fn rate(&self, py: Python<'_>, given: Option<u32>, path: &Path) -> PyResult<u32> {
        // Bare samples have no place for it.
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        let has_header = ending.is_some_and(|ending| ["wav", "wave", "au", "snd"].iter().any(|name| ending == *name));
        match (given.or(self.sample_rate), self.summary.format) {
            (Some(0), _) => Err(errors::invalid(py, "sample_rate", "0", "a rate in Hz, more than 0")),
            (Some(rate), _) => Ok(rate),
            (None, Format::S16le | Format::Mulaw) if has_header => Err(errors::invalid(
                py,
                "sample_rate",
                "not given",
                "the audio's rate in Hz, which was not asked for when it was generated and does not state itself",
            )),
            (None, _) => Ok(0),
        }
    }
}

#[pymethods]
impl Speech {
    /// The bytes of all chunks as the service sent them, one after the other. In the format 'wav' there may be a
    /// header at every chunk: save() writes a file that plays, and `samples` is without headers.
    #[getter]
    fn data(&self, py: Python<'_>) -> Py<PyBytes> {
        self.data.clone_ref(py)
    }

    /// The samples in the data: without headers for 'wav' (16-bit signed little-endian), all of it for 's16le' and
    /// 'mulaw', nothing for the compressed formats. Always one channel.
    #[getter]
    fn samples<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        let data = self.data.as_bytes(py);
        let samples: Vec<&[u8]> = self.pieces(data).map(|(_, samples)| samples).collect();
        PyBytes::new(py, &samples.concat())
    }

    /// What the generation came to.
    #[getter]
    fn summary(&self) -> Summary {
        Summary(self.summary.clone())
    }

    /// The generation's id, a UUID: what a report about it names.
    #[getter]
    fn generation_id(&self) -> &str {
        &self.summary.generation_id
    }

    /// The format that was asked for, one of voicewire.Format: such as 'mp3'.
    #[getter]
    fn format(&self) -> &'static str {
        self.summary.format.name()
    }

    /// Seconds of audio. None where nobody knows: for 's16le' and 'mulaw' that were generated without a sample rate.
    #[getter]
    fn seconds(&self, py: Python<'_>) -> Option<f64> {
        if self.sample_rate.is_none() && matches!(self.summary.format, Format::S16le | Format::Mulaw) {
            return None;
        }
        let mut meter = DurationMeter::new(self.summary.format, self.sample_rate.unwrap_or(0));
        for (chunk, _) in self.pieces(self.data.as_bytes(py)) {
            meter.push(chunk);
        }
        Some(meter.seconds())
    }

    /// Writes it as one file that plays, replacing a file of that name.
    ///
    /// The file's ending has to fit the format, as format_for_path() says; besides, 's16le' can go into a '.wav'.
    ///
    /// Args:
    ///     path: str or os.PathLike.
    ///     sample_rate: In Hz: for 's16le' in a '.wav' and 'mulaw' in an '.au' or '.snd', where none was asked for.
    ///
    /// Raises:
    ///     InvalidArgumentError: the ending is for another format, or a sample rate is missing.
    ///     FileError: the file cannot be written; what had that name before is still there.
    #[pyo3(signature = (path, *, sample_rate=None))]
    fn save(&self, py: Python<'_>, path: PathBuf, sample_rate: Option<Whole>) -> PyResult<()> {
        let rate = self.rate(py, whole(py, "sample_rate", sample_rate)?, &path)?;
        let data = self.data.as_bytes(py);
        py.detach(|| {
            let mut file = AudioFile::create(&path, self.summary.format, rate)?;
            for (chunk, _) in self.pieces(data) {
                file.write(chunk)?;
            }
            file.finish()
        })
        .map_err(|error| errors::to_py(py, &error))
    }

    /// Decodes all of it.
    ///
    /// Args:
    ///     sample_rate: In Hz: for 's16le' and 'mulaw', where none was asked for.
    ///     output_rate, channels, samples: As for voicewire.Decoder.
    ///
    /// Raises:
    ///     BadAudioError: the audio is broken or of a form that is not known; audio_byte and audio_seconds say where.
    ///     InvalidArgumentError: as for voicewire.Decoder, or a sample rate is missing.
    #[pyo3(signature = (*, sample_rate=None, output_rate=None, channels=None, samples="f32"))]
    fn decode(
        &self,
        py: Python<'_>,
        sample_rate: Option<Whole>,
        output_rate: Option<Whole>,
        channels: Option<Whole>,
        samples: &str,
    ) -> PyResult<DecodedAudio> {
        let (format, rate) = self.label(py, whole(py, "sample_rate", sample_rate)?)?;
        let (output, samples) = (
            decoder::output(py, output_rate, channels)?,
            Samples::parse(py, samples)?,
        );
        DecodedAudio::decode(py, format, rate, self.data.as_bytes(py), output, samples)
    }

    /// Writes what it decodes to as a WAV file, replacing a file of that name.
    ///
    /// Args:
    ///     path: str or os.PathLike, which ends in .wav or .wave, or in no known way.
    ///     sample_rate: In Hz: for 's16le' and 'mulaw', where none was asked for.
    ///     output_rate, channels: As for voicewire.Decoder.
    ///     samples: 's16' or 'f32': 16-bit integers or 32-bit floating point.
    ///
    /// Raises:
    ///     BadAudioError: the audio is broken or of a form that is not known; audio_byte and audio_seconds say where.
    ///     InvalidArgumentError: the ending is for another format, or as decode().
    ///     FileError: the file cannot be written; what had that name before is still there.
    #[pyo3(signature = (path, *, sample_rate=None, output_rate=None, channels=None, samples="s16"))]
    fn save_wav(
        &self,
        py: Python<'_>,
        path: PathBuf,
        sample_rate: Option<Whole>,
        output_rate: Option<Whole>,
        channels: Option<Whole>,
        samples: &str,
    ) -> PyResult<()> {
        let label = self.label(py, whole(py, "sample_rate", sample_rate)?)?;
        let (output, samples) = (
            decoder::output(py, output_rate, channels)?,
            Samples::parse(py, samples)?,
        );
        let mut file = decoder::wav_file(py, &path, label, output, samples)?;
        let data = self.data.as_bytes(py);
        py.detach(|| {
            file.write(data)?;
            file.finish()
        })
        .map_err(|error| errors::to_py(py, &error))
    }

    /// All of it as the bytes of one file that plays, as save() writes it: 'wav' under one header. 's16le' gets a WAV
    /// header and 'mulaw' a Sun audio header where a sample rate was asked for; without one they stay bare samples.
    ///
    /// Raises:
    ///     BadAudioError: 'wav' does not begin with a header, or one cannot be read or states other samples than the first.
    fn to_file_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.file_bytes(py)?))
    }

    fn __len__(&self, py: Python<'_>) -> usize {
        self.data.as_bytes(py).len()
    }

    fn __bytes__(&self, py: Python<'_>) -> Py<PyBytes> {
        self.data.clone_ref(py)
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        let place = |place: &Place| {
            let Place { bytes, samples } = place;
            (bytes.start, bytes.end, samples.start, samples.end)
        };
        let parts: Parts = self.chunks.iter().map(place).collect();
        let data = self.data.clone_ref(py);
        reduced(
            py,
            "_restore_speech",
            (data, parts, written(&self.summary)?, self.sample_rate),
        )
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        format!(
            "<voicewire.deepdub.Speech {}: {}{} bytes of {}>",
            self.summary.generation_id,
            self.seconds(py)
                .map_or(String::new(), |seconds| format!("{seconds:.2} s, ")),
            self.summary.bytes,
            self.summary.format
        )
    }
}
