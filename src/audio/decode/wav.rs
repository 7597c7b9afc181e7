//! WAV, of one file or of many joined.

use super::pcm::Pcm;
use super::reader::{Broken, Reader};
use super::stage::Stage;
use super::{Format, Source, SourceLimits};
use crate::audio::wav_stream::{Part, WavFormat, WavStream};

#[derive(Debug, Default)]
pub(super) struct WavReader {
    stream: WavStream,
    /// How the samples are written, since the last header.
    pcm: Option<(WavFormat, Pcm)>,
    samples: Vec<f32>,
    /// Whether any samples have come.
    begun: bool,
}

impl Reader for WavReader {
    fn push(&mut self, bytes: &[u8], stage: &mut Stage) -> Result<(), Broken> {
        let WavReader {
            stream,
            pcm,
            samples,
            begun,
        } = self;
        stream.push(bytes, |part, at| {
            *begun |= matches!(part, Part::Samples(_));
            take(part, at, pcm, samples, stage)
        })
    }

    fn cut_header(&self) -> Option<Broken> {
        self.stream.cut_header().filter(|_| !self.begun).map(Broken::from)
    }

    fn finish(&mut self, stage: &mut Stage) -> Result<(), Broken> {
        let WavReader {
            stream, pcm, samples, ..
        } = self;
        stream.finish(|part, at| take(part, at, pcm, samples, stage))
    }
}

fn take(
    part: Part<'_>,
    at: u64,
    pcm: &mut Option<(WavFormat, Pcm)>,
    samples: &mut Vec<f32>,
    stage: &mut Stage,
) -> Result<(), Broken> {
    match part {
        Part::Format(format) => {
            let encoding = format.encoding().ok_or_else(|| Broken::at(at, unsupported(format)))?;
            SourceLimits::check(format.sample_rate, format.channels).map_err(|what| Broken::at(at, what))?;
            stage.begin(Source {
                format: Format::Wav,
                sample_rate: format.sample_rate,
                channels: format.channels,
            });
            // A frame that the samples before ended in the middle of is dropped with its reader.
            *pcm = Some((format, Pcm::new(encoding, false, format.channels)));
        }
        Part::Samples(bytes) => {
            if let Some((_, pcm)) = pcm {
                samples.clear();
                pcm.push(bytes, samples);
                stage.write(samples);
            }
        }
    }
    Ok(())
}

fn unsupported(format: WavFormat) -> String {
    let known = match format.tag {
        1 => "linear PCM",
        2 => "Microsoft ADPCM",
        3 => "floating point",
        6 => "A-law",
        7 => "mu-law",
        17 => "IMA ADPCM",
        49 => "GSM",
        80 => "MPEG layer II",
        85 => "mp3",
        _ => "not known here",
    };
    format!(
        "a WAV file in codec {} ({known}) with {} bits a sample cannot be decoded; linear PCM of 8, 16, 24 or 32 bits, \
         floating point, mu-law and A-law can",
        format.tag, format.bits
    )
}
