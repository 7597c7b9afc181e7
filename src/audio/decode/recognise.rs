//! What the bytes are, whatever the label says.

use super::Format;
use super::mp3::FrameHeader;
use super::reader::{Broken, Container};
use crate::audio::wav_stream::WavStream;

/// What the first bytes of a stream tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Recognised {
    /// It is this.
    As(Container),
    /// More bytes are needed to say.
    NotYet,
}

/// Beginnings that name a container which can be read.
const KNOWN: [(&[u8], Container); 3] = [
    (b"OggS", Container::Ogg),
    (b".snd", Container::Au),
    (b"ID3", Container::Mp3),
];

/// Beginnings that name one which cannot.
const UNKNOWN: [(&[u8], &str); 6] = [
    (b"fLaC", "FLAC"),
    (b"\x1A\x45\xDF\xA3", "Matroska or WebM"),
    (b"RIFX", "WAV in the other byte order (RIFX)"),
    (b"FORM", "AIFF"),
    (b"caff", "Core Audio"),
    (b"#!AM", "AMR"),
];

/// Looks at the first bytes of a stream that is labelled `format`; `ended` when there are no more.
pub(super) fn recognise(bytes: &[u8], format: Format, ended: bool) -> Result<Recognised, Broken> {
    let bare = match format {
        Format::S16le => Some(Container::BareS16le),
        Format::Mulaw => Some(Container::BareMulaw),
        _ => None,
    };
    let begins = |name: &[u8]| bytes.starts_with(name);
    let cut = |name: &[u8]| bytes.len() < name.len() && name.starts_with(bytes);
    if let Some((_, container)) = KNOWN.iter().find(|(name, _)| begins(name)) {
        return Ok(Recognised::As(*container));
    }
    if WavStream::may_begin(bytes) {
        return Ok(match bare {
            _ if bytes.len() >= WavStream::RIFF => Recognised::As(Container::Wav),
            Some(bare) if ended => Recognised::As(bare),
            // A header that is cut short is no audio, and not broken.
            None if ended => Recognised::As(Container::Wav),
            _ => Recognised::NotYet,
        });
    }
    if let Some((_, name)) = UNKNOWN.iter().find(|(name, _)| begins(name)) {
        return Err(unknown(name));
    }
    if let Some((_, container)) = KNOWN.iter().find(|(name, _)| cut(name)) {
        return Ok(if ended {
            Recognised::As(bare.unwrap_or(*container))
        } else {
            Recognised::NotYet
        });
    }
    if !ended && UNKNOWN.iter().any(|(name, _)| cut(name)) {
        return Ok(Recognised::NotYet);
    }
    // Samples may look like one frame of mp3 by accident, but not like one after the other.
    match mp3_frames(bytes, if bare.is_some() { 3 } else { 2 }) {
        Frames::Enough => return Ok(Recognised::As(Container::Mp3)),
        Frames::SoFar(_) if !ended && format != Format::Mp3 => return Ok(Recognised::NotYet),
        Frames::SoFar(whole) if whole > usize::from(bare.is_some()) => return Ok(Recognised::As(Container::Mp3)),
        _ => {}
    }
    match bare {
        Some(bare) => Ok(Recognised::As(bare)),
        None if bytes.get(4..8).is_some_and(|name| name == b"ftyp") => Err(unknown("MP4")),
        // It may have been cut out of a stream in the middle of a frame.
        None if format == Format::Mp3 => Ok(Recognised::As(Container::Mp3)),
        None => Err(Broken::at(
            0,
            format!("labelled {format}, but it begins like no audio that is known here"),
        )),
    }
}

fn unknown(name: &str) -> Broken {
    Broken::at(
        0,
        format!("{name} cannot be decoded here; mp3, Ogg Opus, WAV, Sun audio, s16le and mulaw can"),
    )
}

/// What follows each other at the beginning.
enum Frames {
    /// As many headers as were asked for.
    Enough,
    /// So many whole frames, and then the bytes end.
    SoFar(usize),
    /// Something else.
    No,
}

fn mp3_frames(bytes: &[u8], enough: usize) -> Frames {
    let mut at = 0;
    let mut first = None;
    for number in 0..enough {
        let Some(rest) = bytes.get(at..).filter(|rest| rest.len() >= FrameHeader::SIZE) else {
            let may_be = bytes
                .get(at..)
                .unwrap_or_default()
                .iter()
                .zip([0xFF, 0xE0])
                .all(|(a, b)| a & b == b);
            // A frame whose end has not come is none yet.
            let whole = if at <= bytes.len() {
                number
            } else {
                number.saturating_sub(1)
            };
            return if may_be { Frames::SoFar(whole) } else { Frames::No };
        };
        let Some(header) = FrameHeader::parse(rest) else {
            return Frames::No;
        };
        if !header.goes_with(*first.get_or_insert(header)) {
            return Frames::No;
        }
        at += header.size;
    }
    Frames::Enough
}
