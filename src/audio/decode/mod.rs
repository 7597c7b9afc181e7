//! From encoded bytes to samples, while they stream.

mod au;
mod bare;
pub(super) mod carry;
#[cfg(not(all(feature = "mp3", feature = "opus")))]
mod left_out;
pub(super) mod mp3;
mod ogg;
mod opus;
pub(super) mod pcm;
mod reader;
mod recognise;
mod resample;
pub(super) mod sample;
mod stage;
mod wav;

use self::reader::{Broken, Reader};
use self::recognise::{Recognised, recognise};
use self::stage::Stage;
use super::Format;
use super::wav_stream::WavFormat;
use crate::error::{AudioPosition, Error, ErrorKind, Result};

pub use self::sample::Sample;

/// How decoded samples are wanted.
///
/// The default is as the source has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Output {
    /// Frames per second, 4000 to 192000; 0 for the source's own rate.
    pub sample_rate: u32,
    /// Channels, interleaved, 1 to 8; 0 for as many as the source has. One channel is copied to all; several become one by
    /// their mean; otherwise the first ones stay, and what is missing is silent.
    pub channels: u16,
}

impl Output {
    /// The rates that can be asked for, in Hz.
    const RATES: std::ops::RangeInclusive<u32> = 4000..=192_000;
    const CHANNELS: std::ops::RangeInclusive<u16> = 1..=8;

    /// At `sample_rate` Hz, with so many channels; 0 for the source's own.
    pub fn new(sample_rate: u32, channels: u16) -> Output {
        Output { sample_rate, channels }
    }

    fn check(self) -> Result<()> {
        if self.sample_rate != 0 && !Output::RATES.contains(&self.sample_rate) {
            return Err(Error::invalid(
                "output_rate",
                self.sample_rate,
                "4000 to 192000 Hz, or none for the source's own",
            ));
        }
        if self.channels != 0 && !Output::CHANNELS.contains(&self.channels) {
            return Err(Error::invalid(
                "channels",
                self.channels,
                "1 to 8, or none for as many as the source has",
            ));
        }
        Ok(())
    }
}

/// What the bytes turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Source {
    /// The format. A Sun audio file counts as [`Format::Mulaw`], whatever is in it.
    pub format: Format,
    /// Frames per second. Opus always plays at 48000.
    pub sample_rate: u32,
    /// Channels; 1 is mono.
    pub channels: u16,
}

/// What a source may state: more is taken for broken, because every byte of it could ask for any amount of memory.
struct SourceLimits;

impl SourceLimits {
    const RATES: std::ops::RangeInclusive<u32> = 4000..=384_000;
    const CHANNELS: std::ops::RangeInclusive<u16> = 1..=32;

    fn check(sample_rate: u32, channels: u16) -> Result<(), String> {
        if !Self::RATES.contains(&sample_rate) {
            return Err(format!(
                "it states a sample rate of {sample_rate} Hz; 4000 to 384000 can be decoded"
            ));
        }
        if !Self::CHANNELS.contains(&channels) {
            return Err(format!("it states {channels} channels; 1 to 32 can be decoded"));
        }
        Ok(())
    }

    /// [`check`](Self::check) for a number of channels that may be absurd.
    fn check_wide(sample_rate: u32, channels: u32) -> Result<u16, String> {
        let narrow = u16::try_from(channels).unwrap_or(u16::MAX);
        Self::check(sample_rate, narrow).map(|()| narrow)
    }
}

/// Decodes audio while it streams, in pieces cut anywhere.
///
/// What the bytes are is recognised from themselves: a WAV, Ogg, Sun audio or ID3 header counts more than the label, and
/// so do mp3 frames that follow each other. `s16le` and `mulaw` have no header: they are what the label says where
/// nothing else is recognised. A stream that breaks off, in the middle of a frame or of a header, is not broken: it ends
/// with the last whole frame, and no bytes at all are no samples.
///
/// Its memory does not grow with the stream: a decoder holds what waits for the end of its frame or page (64 KiB at
/// most) and the samples of one push.
#[derive(Debug)]
pub struct Decoder {
    format: Format,
    sample_rate: u32,
    state: State,
    stage: Stage,
}

#[derive(Debug)]
enum State {
    /// The first bytes, until they say what they are.
    Unknown(Vec<u8>),
    Reading(Box<dyn Reader>),
    Failed(Error),
    Finished,
}

/// What came, when no more comes.
#[derive(Debug, Clone, Copy)]
enum Extent {
    /// All that a service got round to sending.
    Stream,
    /// All that there is.
    File,
}

impl Decoder {
    /// A decoder of what is labelled `format` at `sample_rate` Hz. The label counts where the bytes do not say otherwise;
    /// the rate is that of `s16le` and `mulaw` only, 4000 to 192000.
    ///
    /// # Errors
    /// `InvalidArgument` for a rate or a number of channels outside their range.
    pub fn new(format: Format, sample_rate: u32, output: Output) -> Result<Decoder> {
        output.check()?;
        let needs_rate = matches!(format, Format::S16le | Format::Mulaw);
        if (needs_rate || sample_rate != 0) && !Output::RATES.contains(&sample_rate) {
            let takes = "4000 to 192000 Hz";
            return Err(match sample_rate {
                0 => Error::invalid("sample_rate", "not given", takes),
                rate => Error::invalid("sample_rate", rate, takes),
            });
        }
        Ok(Decoder {
            format,
            sample_rate,
            state: State::Unknown(Vec::new()),
            stage: Stage::new(output),
        })
    }

    /// Takes the next piece, and appends to `samples`, interleaved, what can be decoded now.
    ///
    /// # Errors
    /// `BadAudio`, with [`Error::audio_position`], when the audio is broken or of a form that is not known here. What
    /// was good before it is in `samples`. Every later call gives that error again. `InvalidArgument` after
    /// [`finish`](Self::finish).
    pub fn push<S: Sample>(&mut self, chunk: &[u8], samples: &mut Vec<S>) -> Result<()> {
        let read = self.read(chunk);
        self.hand_out(samples);
        read
    }

    /// No more comes: appends what was still inside. The second time there is nothing.
    ///
    /// # Errors
    /// `BadAudio` as for [`push`](Self::push).
    pub fn finish<S: Sample>(&mut self, samples: &mut Vec<S>) -> Result<()> {
        let ended = self.end(Extent::Stream);
        self.hand_out(samples);
        ended
    }

    /// As [`finish`](Self::finish), of a file: its header is whole, or it is broken.
    pub(super) fn finish_file<S: Sample>(&mut self, samples: &mut Vec<S>) -> Result<()> {
        let ended = self.end(Extent::File);
        self.hand_out(samples);
        ended
    }

    /// Frames per second of the samples that are handed out; 0 until it is known, where the source's own was asked for.
    pub fn sample_rate(&self) -> u32 {
        self.stage.output().sample_rate
    }

    /// Channels of the samples that are handed out; 0 until it is known, where the source's own was asked for.
    pub fn channels(&self) -> u16 {
        self.stage.output().channels
    }

    /// What the bytes turned out to be; `None` until they have said so. Of several streams in one the last.
    pub fn source(&self) -> Option<Source> {
        self.stage.source()
    }

    /// Seconds of audio decoded so far.
    pub fn seconds(&self) -> f64 {
        self.stage.seconds()
    }

    fn hand_out<S: Sample>(&mut self, samples: &mut Vec<S>) {
        S::append(self.stage.samples(), samples);
        self.stage.clear();
    }

    fn read(&mut self, chunk: &[u8]) -> Result<()> {
        let read = match &mut self.state {
            State::Failed(error) => return Err(error.clone()),
            State::Finished => {
                return Err(Error::invalid(
                    "chunk",
                    "given after the end",
                    "nothing after the decoder was finished",
                ));
            }
            State::Reading(reader) => reader.push(chunk, &mut self.stage),
            State::Unknown(_) => self.read_first(chunk, false),
        };
        read.map_err(|broken| self.fail(broken))
    }

    fn end(&mut self, extent: Extent) -> Result<()> {
        let known = match &self.state {
            State::Failed(error) => return Err(error.clone()),
            State::Finished => return Ok(()),
            State::Unknown(_) => self.read_first(&[], true),
            State::Reading(_) => Ok(()),
        };
        let ended = known.and_then(|()| match &mut self.state {
            State::Reading(reader) => match (extent, reader.cut_header()) {
                (Extent::File, Some(broken)) => Err(broken),
                _ => reader.finish(&mut self.stage),
            },
            _ => Ok(()),
        });
        ended.map_err(|broken| self.fail(broken))?;
        self.stage.flush();
        self.state = State::Finished;
        Ok(())
    }

    /// Reads while it is not known what it is.
    fn read_first(&mut self, chunk: &[u8], ended: bool) -> Result<(), Broken> {
        let State::Unknown(held) = &mut self.state else {
            return Ok(());
        };
        let mut first = std::mem::take(held);
        first.extend_from_slice(chunk);
        if first.is_empty() {
            return Ok(());
        }
        match recognise(&first, self.format, ended)? {
            Recognised::NotYet => {
                self.state = State::Unknown(first);
                Ok(())
            }
            Recognised::As(container) => {
                let mut reader = container.reader(self.sample_rate);
                let read = reader.push(&first, &mut self.stage);
                self.state = State::Reading(reader);
                read
            }
        }
    }

    /// What was good is ready to be handed out, all of it; the rest is this error.
    fn fail(&mut self, broken: Broken) -> Error {
        self.stage.flush();
        let error = Error::new(ErrorKind::BadAudio, broken.what).with_audio_position(AudioPosition {
            byte: broken.byte,
            seconds: self.stage.seconds(),
        });
        self.state = State::Failed(error.clone());
        error
    }
}

/// Samples, and how they are to be played.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Decoded<S> {
    /// The samples, interleaved.
    pub samples: Vec<S>,
    /// Frames per second; 0 when there was no audio to say.
    pub sample_rate: u32,
    /// Channels; 0 when there was no audio to say.
    pub channels: u16,
}

impl<S: Sample> Decoded<S> {
    /// As the bytes of a WAV file: 16-bit for `i16`, 32-bit floating point for `f32`.
    pub fn to_wav(&self) -> Vec<u8> {
        let size = u32::try_from(size_of_val(&self.samples[..])).unwrap_or(u32::MAX);
        // A file must state something, also when there was nothing to say it.
        let format = WavFormat::of::<S>(self.sample_rate.max(1), self.channels.max(1));
        let mut bytes = format.header(size).to_vec();
        S::write(&self.samples, &mut bytes);
        bytes
    }
}

/// Decodes all of `bytes` at once. See [`Decoder`].
///
/// # Errors
/// As [`Decoder::new`] and [`Decoder::push`]; then what was good is lost. `BadAudio`, too, for WAV that ends before its
/// samples begin, which only a stream may. No bytes at all are no samples.
pub fn decode<S: Sample>(format: Format, sample_rate: u32, bytes: &[u8], output: Output) -> Result<Decoded<S>> {
    let mut decoder = Decoder::new(format, sample_rate, output)?;
    let mut samples = Vec::new();
    decoder.push(bytes, &mut samples)?;
    decoder.finish_file(&mut samples)?;
    Ok(Decoded {
        samples,
        sample_rate: decoder.sample_rate(),
        channels: decoder.channels(),
    })
}
