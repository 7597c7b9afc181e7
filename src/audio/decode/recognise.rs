//! What the bytes are, whatever the label says.

use super::Format;
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
    let begins = |name: &[u8]| bytes.len() >= name.len() && bytes.starts_with(name);
    let may_begin = |name: &[u8]| !ended && bytes.len() < name.len() && name.starts_with(bytes);
    if bytes.len() >= 12 && WavStream::may_begin(bytes) {
        return Ok(Recognised::As(Container::Wav));
    }
    if bytes.len() < 12 && !ended && WavStream::may_begin(bytes) {
        return Ok(Recognised::NotYet);
    }
    if let Some((_, container)) = KNOWN.iter().find(|(name, _)| begins(name)) {
        return Ok(Recognised::As(*container));
    }
    if let Some((_, name)) = UNKNOWN.iter().find(|(name, _)| begins(name)) {
        return Err(Broken::at(
            0,
            format!("{name} cannot be decoded here; mp3, Ogg Opus, WAV, Sun audio, s16le and mulaw can"),
        ));
    }
    if KNOWN.iter().any(|(name, _)| may_begin(name)) || UNKNOWN.iter().any(|(name, _)| may_begin(name)) {
        return Ok(Recognised::NotYet);
    }
    match format {
        Format::S16le => Ok(Recognised::As(Container::BareS16le)),
        Format::Mulaw => Ok(Recognised::As(Container::BareMulaw)),
        Format::Mp3 => Ok(Recognised::As(Container::Mp3)),
        _ => Err(Broken::at(
            0,
            format!("labelled {format}, but it begins like no audio that is known here"),
        )),
    }
}
