//! MP3 by `rusty_mp3`: Layer III, mono, constant bit rate.
//!
//! Its stream begins with an `Info` frame that counts frames and bytes and tells the encoder's delay and padding in
//! LAME's way, so players know the duration at once and cut the sound back to exactly the samples that went in.

use super::{CodecError, Format, resample, units_per_chunk};
use rusty_mp3::{Mp3Encoder, Mp3EncoderConfig};

pub(super) fn encode(samples: &[i16], sample_rate: u32, chunk_millis: u32) -> Result<Vec<Vec<u8>>, CodecError> {
    // MP3 has no 36000 Hz: the next higher rate that it has loses nothing.
    if sample_rate == 36000 {
        let samples =
            resample(samples, sample_rate, 44100).map_err(|reason| CodecError::Encoder(Format::Mp3, reason))?;
        return encode(&samples, 44100, chunk_millis);
    }
    let mut encoder = Mp3Encoder::new(Mp3EncoderConfig {
        bitrate_kbps: bitrate_kbps(sample_rate),
        ..Mp3EncoderConfig::default()
    });
    encoder
        .push_pcm_s16(samples, 1, sample_rate)
        .map_err(|error| CodecError::Encoder(Format::Mp3, error.to_string()))?;
    encoder.finish();
    // The encoder hands out one frame at a time, and after `finish` its only error is that there are no more.
    let frames: Vec<Vec<u8>> = std::iter::from_fn(|| encoder.next_packet().ok()).collect();
    Ok(chunks(frames, frames_per_chunk(sample_rate, chunk_millis)))
}

/// Whole frames into chunks; the `Info` frame, which has no sound in it, comes on top in the first.
fn chunks(frames: Vec<Vec<u8>>, per_chunk: usize) -> Vec<Vec<u8>> {
    let first = frames.len().min(per_chunk.saturating_add(1));
    let (first, rest) = frames.split_at(first);
    std::iter::once(first.concat())
        .chain(rest.chunks(per_chunk).map(<[_]>::concat))
        .collect()
}

fn frames_per_chunk(sample_rate: u32, chunk_millis: u32) -> usize {
    let frame = if sample_rate < 32000 { 576 } else { 1152 };
    units_per_chunk(sample_rate, chunk_millis, frame)
}

/// Kilobits per second at which speech of this rate comes out clean: about four bits a sample in the low rates,
/// fewer where most of the band is empty. All of them exist in the MPEG version of their rate.
fn bitrate_kbps(sample_rate: u32) -> u32 {
    match sample_rate {
        ..16000 => 32,
        16000..22050 => 48,
        22050..32000 => 64,
        32000..44100 => 80,
        _ => 96,
    }
}
