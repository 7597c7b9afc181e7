//! RIFF/WAVE headers: reading those of a stream, whose lengths lie.

/// What a WAV header says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WavInfo {
    /// The format tag: 1 is linear PCM, 7 mu-law. For an extensible header (0xFFFE) the tag inside it.
    pub format_tag: u16,
    /// Channels; 1 is mono.
    pub channels: u16,
    /// Frames per second.
    pub sample_rate: u32,
    /// Bits of one sample.
    pub bits_per_sample: u16,
    /// Where the samples begin.
    pub data_offset: usize,
    /// Bytes of samples that are there: never more than there are, whatever the header says.
    pub data_size: usize,
}

/// Reads the header at the beginning of `bytes`; `None` where there is no WAV header, or not all of one.
///
/// Lengths of 0 and of 0xFFFFFFFF, which stand for "not known yet", mean "to the end", as does one that goes
/// beyond it.
pub fn parse(bytes: &[u8]) -> Option<WavInfo> {
    if bytes.get(0..4)? != b"RIFF" || bytes.get(8..12)? != b"WAVE" {
        return None;
    }
    let mut at = 12;
    let mut format = None;
    loop {
        let name = bytes.get(at..at + 4)?;
        let size = u32_at(bytes, at + 4)?;
        let body = at + 8;
        match name {
            b"fmt " => format = Some(Fmt::parse(bytes.get(body..)?, size)?),
            b"data" => {
                let there = bytes.len() - body;
                let data_size = match size {
                    0 | u32::MAX => there,
                    size => there.min(size as usize),
                };
                let Fmt {
                    format_tag,
                    channels,
                    sample_rate,
                    bits_per_sample,
                } = format?;
                return Some(WavInfo {
                    format_tag,
                    channels,
                    sample_rate,
                    bits_per_sample,
                    data_offset: body,
                    data_size,
                });
            }
            _ => {}
        }
        // Chunks are padded to an even length.
        at = body.checked_add(size as usize)?.checked_add(size as usize & 1)?;
    }
}

/// The samples in a piece of a WAV stream: without the header where it begins with one, else all of it.
pub fn samples(bytes: &[u8]) -> &[u8] {
    match parse(bytes) {
        Some(info) => &bytes[info.data_offset..info.data_offset + info.data_size],
        None => bytes,
    }
}

struct Fmt {
    format_tag: u16,
    channels: u16,
    sample_rate: u32,
    bits_per_sample: u16,
}

impl Fmt {
    fn parse(body: &[u8], size: u32) -> Option<Fmt> {
        const EXTENSIBLE: u16 = 0xFFFE;
        let mut format_tag = u16_at(body, 0)?;
        if format_tag == EXTENSIBLE && size >= 40 {
            // The first two bytes of the sub-format's GUID are the tag.
            format_tag = u16_at(body, 24)?;
        }
        Some(Fmt {
            format_tag,
            channels: u16_at(body, 2)?,
            sample_rate: u32_at(body, 4)?,
            bits_per_sample: u16_at(body, 14)?,
        })
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
