//! From one sample rate to another.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

/// Frames that the resampler takes at a time, at least. Longer blocks have a sharper filter, and cost memory.
const BLOCK: usize = 1024;

/// `samples` at `from` hertz, as they sound at `to` hertz. Starts in step with its input and is `len × to ÷ from` long,
/// rounded.
///
/// # Errors
/// The resampler's own words, for a rate of zero.
pub(crate) fn resample(samples: &[i16], from: u32, to: u32) -> Result<Vec<i16>, String> {
    if from == to || samples.is_empty() {
        return Ok(samples.to_vec());
    }
    let block = block_frames(from, to);
    let mut fft =
        Fft::<f32>::new(from as usize, to as usize, block, 1, FixedSync::Both).map_err(|error| error.to_string())?;
    let length = rescaled(samples.len(), from, to);
    // What comes out first is the filter's delay, not sound.
    let mut delay = fft.output_delay();
    let mut block_in = vec![0.0; fft.input_frames_max()];
    let mut block_out = vec![0.0; fft.output_frames_max()];
    let mut blocks = samples.chunks(block_in.len());
    let mut out = Vec::with_capacity(length);
    while out.len() < length {
        // After the last samples, silence pushes out what the filter still holds.
        let block = blocks.next().unwrap_or_default();
        for (index, value) in block_in.iter_mut().enumerate() {
            *value = f32::from(block.get(index).copied().unwrap_or(0));
        }
        let produced = process(&mut fft, &block_in, &mut block_out)?;
        let fresh = &block_out[delay.min(produced)..produced];
        delay -= produced - fresh.len();
        out.extend(fresh.iter().map(|value| value.round() as i16)); // `as` saturates
    }
    out.truncate(length);
    Ok(out)
}

/// How many frames to resample at a time: a length that the ratio of the rates allows, and an even multiple of it.
///
/// The resampler's filter is half a block late. It says so in whole samples, so with blocks of odd length (22050 to
/// 48000 Hz, say) it comes out half a sample off.
fn block_frames(from: u32, to: u32) -> usize {
    let unit = (from / greatest_common_divisor(from, to).max(1)).max(1) as usize;
    unit * BLOCK.div_ceil(unit).next_multiple_of(2)
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

/// One block; returns how many samples came out.
fn process(fft: &mut Fft<f32>, input: &[f32], output: &mut [f32]) -> Result<usize, String> {
    let room = output.len();
    let input = InterleavedSlice::new(input, 1, input.len()).map_err(|error| error.to_string())?;
    let mut output = InterleavedSlice::new_mut(output, 1, room).map_err(|error| error.to_string())?;
    let (_, produced) = fft
        .process_into_buffer(&input, &mut output, None)
        .map_err(|error| error.to_string())?;
    Ok(produced)
}

/// `length` samples at `from` hertz last as long as this many at `to` hertz.
fn rescaled(length: usize, from: u32, to: u32) -> usize {
    let (length, from, to) = (length as u128, u128::from(from), u128::from(to));
    ((length * to + from / 2) / from) as usize
}

#[cfg(test)]
mod tests {
    use super::resample;
    use crate::codec::SAMPLE_RATES;
    use std::f64::consts::TAU;

    #[test]
    fn a_tone_stays_in_place_at_every_pair_of_rates() {
        let tone = |rate: u32| -> Vec<i16> {
            (0..rate / 4)
                .map(|index| (10_000.0 * (TAU * 440.0 * f64::from(index) / f64::from(rate)).sin()) as i16)
                .collect()
        };
        for from in SAMPLE_RATES.into_iter().chain([22051, 21901]) {
            for to in SAMPLE_RATES {
                let (expected, got) = (tone(to), resample(&tone(from), from, to).unwrap());
                assert!(got.len().abs_diff(expected.len()) <= 3, "{from} to {to}");
                let edge = expected.len() / 5; // where the tone starts and stops it rings
                let middle = edge..expected.len() - edge;
                let off = middle.map(|index| got[index].abs_diff(expected[index])).max();
                assert!(off < Some(30), "{from} to {to} Hz: {off:?}");
            }
        }
    }
}
