//! Sounds to decode, and decoding them in pieces.
#![allow(dead_code)] // each test program uses its own part of it

use std::f64::consts::TAU;

use voicewire::Result;
use voicewire::audio::{Decoder, Format, Output};
use voicewire_sandbox::codec;

/// A sweep, so that no stretch of it is like another.
pub fn sweep(frames: usize) -> Vec<i16> {
    (0..frames)
        .map(|frame| {
            let time = frame as f64 / 48_000.0;
            (12_000.0 * (TAU * (200.0 + 3000.0 * time) * time).sin()) as i16
        })
        .collect()
}

pub fn s16le(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// A WAV file of 16-bit samples whose header states `size` bytes of them.
pub fn wav(samples: &[i16], rate: u32, channels: u16, size: u32) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0".to_vec();
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * u32::from(channels) * 2).to_le_bytes());
    bytes.extend((channels * 2).to_le_bytes());
    bytes.extend(16u16.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend(size.to_le_bytes());
    bytes.extend(s16le(samples));
    bytes
}

/// Decodes in pieces; what had come before an error, and the error.
pub fn in_pieces(format: Format, rate: u32, output: Output, pieces: &[&[u8]]) -> (Vec<i16>, Result<()>) {
    let mut decoder = Decoder::new(format, rate, output).unwrap();
    let mut samples = Vec::new();
    for piece in pieces {
        if let Err(error) = decoder.push(piece, &mut samples) {
            return (samples, Err(error));
        }
    }
    let finished = decoder.finish(&mut samples);
    (samples, finished)
}

pub fn own() -> Output {
    Output::default()
}

/// What the service sends of `samples` in each format, joined; and the label.
pub fn encoded(format: Format, samples: &[i16], rate: u32) -> Vec<u8> {
    let format = codec::Format::parse(format.name()).unwrap();
    codec::encode(samples, rate, format, 100).unwrap().concat()
}

/// Numbers that look random, and are the same every time (xorshift).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }
}

/// `bytes` cut into pieces of random length, some of them empty.
pub fn cut<'a>(mut bytes: &'a [u8], random: &mut Random) -> Vec<&'a [u8]> {
    let longest = [2, 16, 200, 3000, 70_000][random.below(5)];
    let mut pieces = Vec::new();
    while !bytes.is_empty() {
        let (piece, rest) = bytes.split_at(random.below(longest).min(bytes.len()));
        pieces.push(piece);
        bytes = rest;
    }
    pieces
}
