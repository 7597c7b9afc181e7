//! WAV as it streams: headers anywhere, lengths that lie, chunks cut anywhere.

use std::fmt;

use super::decode::Sample;
use super::decode::carry::Carry;
use super::decode::pcm::Encoding;

/// How the samples of a WAV stream are written, by its `fmt` chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WavFormat {
    pub(crate) tag: u16,
    pub(crate) channels: u16,
    pub(crate) sample_rate: u32,
    pub(crate) bits: u16,
}

impl WavFormat {
    const EXTENSIBLE: u16 = 0xFFFE;
    /// As much of the chunk as is looked at.
    const LONGEST: usize = 40;

    fn parse(fmt: &[u8]) -> Option<WavFormat> {
        let u16_at = |at: usize| Some(u16::from_le_bytes([*fmt.get(at)?, *fmt.get(at + 1)?]));
        let mut tag = u16_at(0)?;
        if tag == WavFormat::EXTENSIBLE {
            // The first two bytes of the sub-format's GUID.
            tag = u16_at(24)?;
        }
        Some(WavFormat {
            tag,
            channels: u16_at(2)?,
            sample_rate: u32::from(u16_at(4)?) | u32::from(u16_at(6)?) << 16,
            bits: u16_at(14)?,
        })
    }

    /// For samples that are written down as `S` is.
    pub(crate) fn of<S: Sample>(sample_rate: u32, channels: u16) -> WavFormat {
        let (tag, bits) = S::WAV;
        WavFormat {
            tag,
            channels,
            sample_rate,
            bits,
        }
    }

    /// 16-bit samples.
    pub(crate) fn linear(sample_rate: u32, channels: u16) -> WavFormat {
        WavFormat::of::<i16>(sample_rate, channels)
    }

    /// Bytes of one sample of every channel.
    pub(crate) fn frame_size(self) -> usize {
        usize::from(self.channels) * usize::from(self.bits.div_ceil(8))
    }

    /// Whether samples like these, taken out of their chunks, play under [`header`](Self::header): every one by itself,
    /// and all of a size.
    pub(crate) fn can_be_joined(self) -> bool {
        const PCM_FLOAT_ALAW_MULAW: [u16; 4] = [1, 3, 6, 7];
        PCM_FLOAT_ALAW_MULAW.contains(&self.tag) && self.frame_size() > 0 && self.bits <= 64 && self.sample_rate > 0
    }

    /// The header of a file with `data_size` bytes of such samples.
    pub(crate) fn header(self, data_size: u32) -> [u8; 44] {
        let frame = u32::try_from(self.frame_size()).unwrap_or(u32::MAX);
        let mut header = [0; 44];
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            header[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        put(b"RIFF");
        // An odd data chunk is followed by one byte of padding, which counts here and not there.
        put(&(data_size.saturating_add(data_size & 1).saturating_add(36)).to_le_bytes());
        put(b"WAVEfmt ");
        put(&16u32.to_le_bytes());
        put(&self.tag.to_le_bytes());
        put(&self.channels.to_le_bytes());
        put(&self.sample_rate.to_le_bytes());
        put(&self.sample_rate.saturating_mul(frame).to_le_bytes()); // bytes per second
        put(&(frame as u16).to_le_bytes());
        put(&self.bits.to_le_bytes());
        put(b"data");
        put(&data_size.to_le_bytes());
        header
    }

    /// How one sample is written; `None` for what is not known here.
    pub(crate) fn encoding(self) -> Option<Encoding> {
        match (self.tag, self.bits) {
            (1, 8) => Some(Encoding::U8),
            (1, 16) => Some(Encoding::S16),
            (1, 24) => Some(Encoding::S24),
            (1, 32) => Some(Encoding::S32),
            (3, 32) => Some(Encoding::F32),
            (3, 64) => Some(Encoding::F64),
            (6, 8) => Some(Encoding::Alaw),
            (7, 8) => Some(Encoding::Mulaw),
            _ => None,
        }
    }
}

impl fmt::Display for WavFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.channels == 1 { "" } else { "s" };
        write!(
            f,
            "codec {}, {} Hz, {} channel{plural}, {} bits",
            self.tag, self.sample_rate, self.channels, self.bits
        )
    }
}

/// What comes out of a WAV stream.
pub(crate) enum Part<'a> {
    /// A header, the first or another, says how the samples after it are written.
    Format(WavFormat),
    /// Bytes of samples, which may end in the middle of one.
    Samples(&'a [u8]),
}

/// What is wrong with a WAV stream, and at which byte of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) byte: u64,
    pub(crate) what: String,
}

/// Takes the samples out of a WAV stream: of one file, or of many joined, each chunk with a header of its own or only the
/// first.
///
/// Lengths are believed as far as they go. 0 and 0xFFFFFFFF mean "to the end"; where samples end too early and no part
/// of a WAV file follows, there are more of them; and wherever `RIFF....WAVE` stands, a new header begins. Other parts
/// are never taken for samples.
#[derive(Debug, Clone)]
pub(crate) struct WavStream {
    state: State,
    carry: Carry,
    /// Bytes that are done with.
    position: u64,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// `RIFF`, a length, `WAVE`.
    Riff,
    /// The name and length of a part before the samples.
    Part { fmt_seen: bool },
    /// So many bytes of the `fmt` part.
    Fmt { size: u32 },
    /// So many bytes of a part that does not matter.
    Skip { left: u64, then: Then },
    /// Samples: so many bytes, or to the end; `odd` when their length asks for a byte of padding.
    Samples { left: Option<u64>, odd: bool },
    /// The samples that were stated are over.
    After { odd: bool },
}

#[derive(Debug, Clone, Copy)]
enum Then {
    Part { fmt_seen: bool },
    After,
}

impl State {
    const TO_THE_END: State = State::Samples { left: None, odd: false };
}

impl Default for WavStream {
    fn default() -> Self {
        WavStream {
            state: State::Riff,
            carry: Carry::default(),
            position: 0,
        }
    }
}

impl WavStream {
    /// Enough to decide about anything.
    const NEED: usize = 64;
    pub(crate) const RIFF: usize = 12;

    /// Whether `bytes` can be the beginning of a WAV header, as far as they go.
    pub(crate) fn may_begin(bytes: &[u8]) -> bool {
        let same = |at: usize, text: &[u8]| bytes.iter().skip(at).zip(text).all(|(a, b)| a == b);
        (same(0, b"RIFF") || same(0, b"RF64") || same(0, b"BW64")) && same(8, b"WAVE")
    }

    /// Hands the parts of the next piece to `take` as soon as they are known, each with the byte where it begins.
    pub(crate) fn push<E: From<Malformed>>(
        &mut self,
        bytes: &[u8],
        mut take: impl FnMut(Part<'_>, u64) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut carry = std::mem::take(&mut self.carry);
        let pushed = carry.push(Self::NEED, bytes, |bytes| {
            let mut used = 0;
            loop {
                let step = self.read(&bytes[used..], &mut take)?;
                used += step.bytes;
                self.position += step.bytes as u64;
                if !step.more || used == bytes.len() {
                    return Ok(used);
                }
            }
        });
        self.carry = carry;
        pushed
    }

    /// No more comes: what was held back because it might have been a header is samples.
    pub(crate) fn finish<E: From<Malformed>>(
        &mut self,
        mut take: impl FnMut(Part<'_>, u64) -> Result<(), E>,
    ) -> Result<(), E> {
        let rest = std::mem::take(&mut self.carry);
        let rest = rest.rest();
        match self.state {
            State::Samples { left, .. } => {
                let left = left.and_then(|left| usize::try_from(left).ok());
                take(
                    Part::Samples(&rest[..rest.len().min(left.unwrap_or(rest.len()))]),
                    self.position,
                )
            }
            State::After { odd } => {
                let padding = odd && rest == [0];
                let part = part(rest).is_some_and(|(name, size)| known(name, size));
                if padding || part {
                    Ok(())
                } else {
                    take(Part::Samples(rest), self.position)
                }
            }
            _ => Ok(()),
        }
    }

    /// What is wrong when no more comes now: bytes that came end in the middle of a header.
    pub(crate) fn cut_header(&self) -> Option<Malformed> {
        let nothing_came = self.position == 0 && self.carry.rest().is_empty();
        match self.state {
            State::Samples { .. } | State::After { .. } | State::Skip { then: Then::After, .. } => None,
            _ if nothing_came => None,
            _ => Some(self.malformed("it ends before its WAV header does")),
        }
    }

    fn read<E: From<Malformed>>(
        &mut self,
        bytes: &[u8],
        take: &mut impl FnMut(Part<'_>, u64) -> Result<(), E>,
    ) -> Result<Step, E> {
        match self.state {
            State::Riff => {
                if !Self::may_begin(bytes) {
                    return Err(self.malformed("no RIFF/WAVE header where one must be").into());
                }
                if bytes.len() < Self::RIFF {
                    return Ok(Step::WAIT);
                }
                self.state = State::Part { fmt_seen: false };
                Ok(Step::on(Self::RIFF))
            }
            State::Part { fmt_seen } => self.read_part(bytes, fmt_seen).map_err(E::from),
            State::Fmt { size } => {
                let looked_at = WavFormat::LONGEST.min(size as usize);
                if bytes.len() < looked_at {
                    return Ok(Step::WAIT);
                }
                let format =
                    WavFormat::parse(&bytes[..looked_at]).ok_or_else(|| self.malformed("its fmt part is cut short"))?;
                take(Part::Format(format), self.position)?;
                self.state = State::Skip {
                    left: padded(size) - looked_at as u64,
                    then: Then::Part { fmt_seen: true },
                };
                Ok(Step::on(looked_at))
            }
            State::Skip { left, then } => {
                let step = left.min(bytes.len() as u64);
                self.state = match (left - step, then) {
                    (0, Then::Part { fmt_seen }) => State::Part { fmt_seen },
                    (0, Then::After) => State::After { odd: false },
                    (left, then) => State::Skip { left, then },
                };
                Ok(Step::on(step as usize))
            }
            State::Samples { left, odd } => self.read_samples(bytes, left, odd, take),
            State::After { odd } => Ok(self.read_after(bytes, odd)),
        }
    }

    fn read_part(&mut self, bytes: &[u8], fmt_seen: bool) -> Result<Step, Malformed> {
        let Some((name, size)) = part(bytes) else {
            return Ok(Step::WAIT);
        };
        self.state = match name {
            b"fmt " if size < 16 => return Err(self.malformed("its fmt part is too short")),
            b"fmt " => State::Fmt { size },
            b"data" if !fmt_seen => return Err(self.malformed("its samples come before its fmt part")),
            // Nothing, or not known: what follows tells.
            b"data" if size == 0 => State::After { odd: false },
            b"data" if size == u32::MAX => State::TO_THE_END,
            b"data" => State::Samples {
                left: Some(size.into()),
                odd: size % 2 == 1,
            },
            _ => State::Skip {
                left: padded(size),
                then: Then::Part { fmt_seen },
            },
        };
        Ok(Step::on(8))
    }

    fn read_samples<E: From<Malformed>>(
        &mut self,
        bytes: &[u8],
        left: Option<u64>,
        odd: bool,
        take: &mut impl FnMut(Part<'_>, u64) -> Result<(), E>,
    ) -> Result<Step, E> {
        let most = left.map_or(bytes.len(), |left| {
            bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX))
        });
        let header = find_header(bytes, most);
        let samples = header.unwrap_or(most);
        if samples > 0 {
            take(Part::Samples(&bytes[..samples]), self.position)?;
        }
        let whole_header = header.is_some() && bytes.len() - samples >= Self::RIFF;
        self.state = match left.map(|left| left - samples as u64) {
            _ if whole_header => State::Riff,
            Some(0) => State::After { odd },
            left => State::Samples { left, odd },
        };
        Ok(Step {
            bytes: samples,
            more: header.is_none() || whole_header,
        })
    }

    /// What follows the samples that were stated: a byte of padding, another part, another header, or more samples.
    fn read_after(&mut self, bytes: &[u8], odd: bool) -> Step {
        let follows =
            |bytes: &[u8]| Self::may_begin(bytes) || part(bytes).is_some_and(|(name, size)| known(name, size));
        let padding = usize::from(odd && bytes.first() == Some(&0));
        if bytes.len() < Self::RIFF + padding {
            return Step::WAIT;
        }
        let padding = if padding == 1 && follows(&bytes[1..]) { 1 } else { 0 };
        let bytes = &bytes[padding..];
        if Self::may_begin(bytes) {
            self.state = State::Riff;
        } else if let Some((_, size)) = part(bytes).filter(|(name, size)| known(name, *size)) {
            self.state = State::Skip {
                left: 8 + padded(size),
                then: Then::After,
            };
        } else {
            self.state = State::TO_THE_END;
        }
        Step::on(padding)
    }

    fn malformed(&self, what: &str) -> Malformed {
        Malformed {
            byte: self.position,
            what: what.to_owned(),
        }
    }
}

/// How far a step of reading came, and whether another may follow before more bytes have come.
struct Step {
    bytes: usize,
    more: bool,
}

impl Step {
    const WAIT: Step = Step { bytes: 0, more: false };

    fn on(bytes: usize) -> Step {
        Step { bytes, more: true }
    }
}

/// The name and length of the part that begins here.
fn part(bytes: &[u8]) -> Option<(&[u8; 4], u32)> {
    let (name, rest) = bytes.split_first_chunk::<4>()?;
    let (size, _) = rest.split_first_chunk::<4>()?;
    Some((name, u32::from_le_bytes(*size)))
}

/// Parts are padded to an even length.
fn padded(size: u32) -> u64 {
    u64::from(size) + u64::from(size & 1)
}

/// Whether this is a part of a WAV file rather than two samples: its name is known, or reads like one and its length is
/// small.
fn known(name: &[u8; 4], size: u32) -> bool {
    const NAMES: [&[u8; 4]; 16] = [
        b"LIST", b"id3 ", b"ID3 ", b"JUNK", b"junk", b"PAD ", b"FLLR", b"bext", b"cue ", b"smpl", b"inst", b"fact",
        b"PEAK", b"iXML", b"axml", b"data",
    ];
    NAMES.contains(&name)
        || (size < 0x1_0000
            && name
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || *byte == b' ' || *byte == b'_'))
}

/// Where among the first `most` of `bytes` a header begins, or may begin for all that is known yet.
fn find_header(bytes: &[u8], most: usize) -> Option<usize> {
    let mut at = 0;
    loop {
        at += bytes[at..most].iter().position(|&byte| byte == b'R')?;
        if WavStream::may_begin(&bytes[at..]) {
            return Some(at);
        }
        at += 1;
    }
}
