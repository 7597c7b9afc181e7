//! What stands for a decoder that this library was built without: it refuses.
#![allow(dead_code)] // one of them may be there

pub(super) const MAX_SAMPLES_PER_FRAME: usize = 1;

/// For mp3.
#[derive(Default)]
pub(super) struct Decoder;

pub(super) enum DecodeError {
    ReservoirUnavailable(()),
    LeftOut,
}

pub(super) struct FrameInfo {
    pub(super) samples_produced: usize,
}

impl Decoder {
    pub(super) fn new() -> Decoder {
        Decoder
    }

    pub(super) fn decode(&mut self, _: &[u8], _: &mut [f32]) -> (usize, Result<FrameInfo, DecodeError>) {
        (0, Err(DecodeError::LeftOut))
    }
}

/// For Opus.
pub(super) struct OpusDecoder {
    pub(super) gain_q8: i32,
}

const NO_OPUS: &str = "this library was built without an Opus decoder";

impl OpusDecoder {
    pub(super) fn new(_: i32, _: usize) -> Result<OpusDecoder, &'static str> {
        Err(NO_OPUS)
    }

    pub(super) fn decode(&mut self, _: &[u8], _: usize, _: &mut [f32]) -> Result<usize, &'static str> {
        Err(NO_OPUS)
    }
}
