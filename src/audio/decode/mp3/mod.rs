//! mp3: frames, the tags around them, and the table that a stream may begin with.

mod frames;
mod header;

pub(in crate::audio) use self::header::{FrameHeader, Table};

use self::frames::Frames;
use super::carry::Carry;
use super::reader::{Broken, Reader};
use super::stage::Stage;

/// Walks from frame to frame.
#[derive(Debug, Default)]
pub(super) struct Mp3Reader {
    state: State,
    carry: Carry,
    frames: Frames,
    /// The frame before, whose kind the next one has.
    last: Option<FrameHeader>,
    /// Bytes that are done with.
    position: u64,
}

#[derive(Debug, Clone, Copy, Default)]
enum State {
    /// Before the first frame. So many bytes were none of it: a stream may have been cut out of another.
    #[default]
    Start,
    Searching {
        from: u64,
    },
    /// Where a frame must begin, or a tag.
    Frame,
    /// So many bytes of a tag.
    Skip {
        left: u64,
    },
    /// Nothing but zeros since this byte, as some put at the end.
    Zeros {
        since: u64,
    },
}

/// Where a step of reading came to.
enum Step {
    /// This many bytes on.
    On(usize),
    /// More bytes have to come.
    Wait,
}

impl Mp3Reader {
    /// A frame and the header after it.
    const NEED: usize = FrameHeader::LONGEST_FRAME + FrameHeader::SIZE;
    /// Bytes in which a first frame has to be found.
    const MOST_SEARCHED: u64 = 1 << 16;

    fn read(&mut self, bytes: &[u8], ended: bool, stage: &mut Stage) -> Result<usize, Broken> {
        let mut used = 0;
        while used < bytes.len() {
            let rest = &bytes[used..];
            let step = match self.state {
                State::Start => self.read_start(rest),
                State::Searching { from } => self.search(rest, from)?,
                State::Frame => self.read_frame(rest, ended, stage)?,
                State::Skip { left } => {
                    let step = left.min(rest.len() as u64);
                    self.state = match left - step {
                        0 if self.last.is_none() => State::Start,
                        0 => State::Frame,
                        left => State::Skip { left },
                    };
                    Step::On(step as usize)
                }
                State::Zeros { since } => {
                    let zeros = rest.iter().take_while(|byte| **byte == 0).count();
                    if zeros < rest.len() {
                        return Err(Broken::at(since, NO_FRAME));
                    }
                    Step::On(zeros)
                }
            };
            match step {
                Step::On(bytes) => {
                    used += bytes;
                    self.position += bytes as u64;
                }
                Step::Wait => break,
            }
        }
        Ok(used)
    }

    fn read_start(&mut self, bytes: &[u8]) -> Step {
        match Tag::at(bytes) {
            Tag::Size(left) => self.state = State::Skip { left },
            Tag::NotYet => return Step::Wait,
            Tag::None if bytes.len() < FrameHeader::SIZE => return Step::Wait,
            // Right at the beginning one header is enough: nothing has to wait for the next.
            Tag::None if FrameHeader::parse(bytes).is_some() => self.state = State::Frame,
            Tag::None => self.state = State::Searching { from: self.position },
        }
        Step::On(0)
    }

    /// Looks for the first frame, which another of its kind must follow.
    fn search(&mut self, bytes: &[u8], from: u64) -> Result<Step, Broken> {
        for at in 0..bytes.len().saturating_sub(FrameHeader::SIZE - 1) {
            if self.position + at as u64 - from > Self::MOST_SEARCHED {
                return Err(Broken::at(from, "no mp3 frame was found where the audio must begin"));
            }
            let Some(header) = FrameHeader::parse(&bytes[at..]) else {
                continue;
            };
            let next = &bytes[bytes.len().min(at + header.size)..];
            if next.len() < FrameHeader::SIZE {
                return Ok(if at == 0 { Step::Wait } else { Step::On(at) });
            }
            if FrameHeader::parse(next).is_some_and(|next| next.goes_with(header)) {
                self.state = State::Frame;
                return Ok(Step::On(at));
            }
        }
        match bytes.len().saturating_sub(FrameHeader::SIZE - 1) {
            0 => Ok(Step::Wait),
            searched => Ok(Step::On(searched)),
        }
    }

    fn read_frame(&mut self, bytes: &[u8], ended: bool, stage: &mut Stage) -> Result<Step, Broken> {
        let header = match Tag::at(bytes) {
            Tag::Size(left) => {
                self.state = State::Skip { left };
                return Ok(Step::On(0));
            }
            Tag::NotYet => return Ok(Step::Wait),
            Tag::None if bytes.len() < FrameHeader::SIZE => return Ok(Step::Wait),
            Tag::None => FrameHeader::parse(bytes),
        };
        let Some(header) = header else {
            if bytes[..FrameHeader::SIZE] == [0; FrameHeader::SIZE] {
                self.state = State::Zeros { since: self.position };
                return Ok(Step::On(0));
            }
            return Err(Broken::at(self.position, NO_FRAME));
        };
        let Some(frame) = bytes.get(..header.size) else {
            return Ok(Step::Wait);
        };
        // Another rate or number of channels in mid-stream is rather a broken header, unless the next frame has it, too.
        if self.last.is_some_and(|last| !last.goes_with(header)) {
            let next = &bytes[header.size..];
            if next.len() < FrameHeader::SIZE && !ended {
                return Ok(Step::Wait);
            }
            if next.len() >= FrameHeader::SIZE && !FrameHeader::parse(next).is_some_and(|next| next.goes_with(header)) {
                return Err(Broken::at(
                    self.position,
                    "an mp3 frame is of another kind than those around it",
                ));
            }
        }
        self.last = Some(header);
        self.frames
            .decode(frame, header, stage)
            .map_err(|what| Broken::at(self.position, what))?;
        Ok(Step::On(header.size))
    }
}

const NO_FRAME: &str = "no mp3 frame begins where one must";

impl Reader for Mp3Reader {
    fn push(&mut self, bytes: &[u8], stage: &mut Stage) -> Result<(), Broken> {
        let mut carry = std::mem::take(&mut self.carry);
        let pushed = carry.push(Self::NEED, bytes, |bytes| self.read(bytes, false, stage));
        self.carry = carry;
        pushed
    }

    fn finish(&mut self, stage: &mut Stage) -> Result<(), Broken> {
        let carry = std::mem::take(&mut self.carry);
        self.read(carry.rest(), true, stage)?;
        match self.state {
            State::Searching { from } => Err(Broken::at(from, "no mp3 frame was found in it")),
            _ => Ok(()),
        }
    }
}

/// What may stand between frames without being one.
enum Tag {
    /// A tag of so many bytes.
    Size(u64),
    /// It may be one; more bytes will tell.
    NotYet,
    None,
}

impl Tag {
    fn at(bytes: &[u8]) -> Tag {
        let begins = |name: &[u8]| bytes.iter().zip(name).all(|(a, b)| a == b);
        if begins(b"ID3") {
            let Some(header) = bytes.first_chunk::<10>() else {
                return Tag::NotYet;
            };
            if header[3] == 0xFF || header[6..].iter().any(|byte| byte & 0x80 != 0) {
                return Tag::None;
            }
            let size = header[6..].iter().fold(0, |size, byte| size << 7 | u64::from(*byte));
            let footer = if header[5] & 0x10 != 0 { 10 } else { 0 };
            return Tag::Size(10 + size + footer);
        }
        if begins(b"TAG+") {
            return if bytes.len() < 4 { Tag::NotYet } else { Tag::Size(227) };
        }
        if begins(b"TAG") {
            return if bytes.len() < 3 { Tag::NotYet } else { Tag::Size(128) };
        }
        if begins(b"APETAGEX") {
            let Some(header) = bytes.first_chunk::<32>() else {
                return Tag::NotYet;
            };
            // What is stated leaves out the header; a tag that has none has just been passed over, but for its footer.
            let size = u32::from_le_bytes([header[12], header[13], header[14], header[15]]);
            let is_header = header[23] & 0x20 != 0;
            return Tag::Size(32 + if is_header { u64::from(size) } else { 0 });
        }
        Tag::None
    }
}
