//! Sun audio files (`.au`, `.snd`).

use super::carry::Carry;
use super::pcm::{Encoding, Pcm};
use super::reader::{Broken, Reader};
use super::stage::Stage;
use super::{Format, Source, SourceLimits};

#[derive(Debug, Default)]
pub(super) struct AuReader {
    carry: Carry,
    pcm: Option<Pcm>,
    /// Bytes of the annotation that are still to come.
    skip: usize,
    samples: Vec<f32>,
}

impl AuReader {
    const HEADER: usize = 24;

    fn header(&mut self, bytes: &[u8], stage: &mut Stage) -> Result<usize, Broken> {
        let Some((header, _)) = bytes.split_first_chunk::<{ Self::HEADER }>() else {
            return Ok(0);
        };
        let word = |at: usize| u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
        let (offset, encoding, sample_rate) = (word(4), word(12), word(16));
        let encoding = match encoding {
            1 => Encoding::Mulaw,
            2 => Encoding::S8,
            3 => Encoding::S16,
            4 => Encoding::S24,
            5 => Encoding::S32,
            6 => Encoding::F32,
            7 => Encoding::F64,
            27 => Encoding::Alaw,
            _ => {
                return Err(Broken::at(
                    12,
                    format!("a Sun audio file in encoding {encoding} cannot be decoded"),
                ));
            }
        };
        if offset < Self::HEADER as u32 {
            return Err(Broken::at(
                4,
                "the header of a Sun audio file states that it is shorter than it is",
            ));
        }
        let channels = SourceLimits::check_wide(sample_rate, word(20)).map_err(|what| Broken::at(16, what))?;
        stage.begin(Source {
            format: Format::Mulaw,
            sample_rate,
            channels,
        });
        self.pcm = Some(Pcm::new(encoding, true, channels));
        self.skip = offset as usize - Self::HEADER;
        Ok(Self::HEADER)
    }

    fn read(&mut self, bytes: &[u8], stage: &mut Stage) -> Result<usize, Broken> {
        let header = match self.pcm {
            Some(_) => 0,
            None => self.header(bytes, stage)?,
        };
        let Some(pcm) = &mut self.pcm else {
            return Ok(0);
        };
        let bytes = &bytes[header..];
        let skip = self.skip.min(bytes.len());
        self.skip -= skip;
        self.samples.clear();
        // The length that the header states may be that of a stream whose end was not known: all of it is samples.
        pcm.push(&bytes[skip..], &mut self.samples);
        stage.write(&self.samples);
        Ok(header + bytes.len())
    }
}

impl Reader for AuReader {
    fn push(&mut self, bytes: &[u8], stage: &mut Stage) -> Result<(), Broken> {
        let mut carry = std::mem::take(&mut self.carry);
        let pushed = carry.push(Self::HEADER, bytes, |bytes| self.read(bytes, stage));
        self.carry = carry;
        pushed
    }

    fn finish(&mut self, _: &mut Stage) -> Result<(), Broken> {
        Ok(())
    }
}
