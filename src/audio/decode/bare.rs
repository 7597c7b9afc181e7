//! Samples with nothing around them: what they are is known by the label alone.

use super::pcm::{Encoding, Pcm};
use super::reader::{Broken, Reader};
use super::stage::Stage;
use super::{Format, Source};

#[derive(Debug)]
pub(super) struct BareReader {
    source: Source,
    pcm: Pcm,
    samples: Vec<f32>,
}

impl BareReader {
    pub(super) fn s16le(sample_rate: u32) -> BareReader {
        BareReader::new(Format::S16le, Encoding::S16, sample_rate)
    }

    pub(super) fn mulaw(sample_rate: u32) -> BareReader {
        BareReader::new(Format::Mulaw, Encoding::Mulaw, sample_rate)
    }

    fn new(format: Format, encoding: Encoding, sample_rate: u32) -> BareReader {
        BareReader {
            source: Source {
                format,
                sample_rate,
                channels: 1,
            },
            pcm: Pcm::new(encoding, false, 1),
            samples: Vec::new(),
        }
    }
}

impl Reader for BareReader {
    fn push(&mut self, bytes: &[u8], stage: &mut Stage) -> Result<(), Broken> {
        if stage.source().is_none() {
            stage.begin(self.source);
        }
        self.samples.clear();
        self.pcm.push(bytes, &mut self.samples);
        stage.write(&self.samples);
        Ok(())
    }

    fn finish(&mut self, _: &mut Stage) -> Result<(), Broken> {
        Ok(())
    }
}
