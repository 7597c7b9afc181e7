//! Decoding while streaming: the bare formats and WAV, recognised and joined.

use std::f64::consts::TAU;

use voicewire::audio::{Decoder, Format, Output, decode};
use voicewire::{ErrorKind, Result};

/// A sweep, so that no stretch of it is like another.
fn sweep(frames: usize) -> Vec<i16> {
    (0..frames)
        .map(|frame| {
            let time = frame as f64 / 48_000.0;
            (12_000.0 * (TAU * (200.0 + 3000.0 * time) * time).sin()) as i16
        })
        .collect()
}

fn s16le(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// A WAV file of 16-bit samples whose header states `size` bytes of them.
fn wav(samples: &[i16], rate: u32, channels: u16, size: u32) -> Vec<u8> {
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
fn in_pieces(format: Format, rate: u32, output: Output, pieces: &[&[u8]]) -> (Vec<i16>, Result<()>) {
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

fn own() -> Output {
    Output::default()
}

#[test]
fn s16le_comes_out_as_it_went_in() {
    let samples: Vec<i16> = (i16::MIN..=i16::MAX).collect();
    let decoded = decode::<i16>(Format::S16le, 24_000, &s16le(&samples), own()).unwrap();
    assert_eq!(decoded.samples, samples);
    assert_eq!((decoded.sample_rate, decoded.channels), (24_000, 1));
}

#[test]
fn wav_lengths_of_zero_and_all_ones_mean_to_the_end() {
    let samples = sweep(1000);
    for size in [0, u32::MAX, 2000, 0x7FFF_FFFF] {
        let bytes = wav(&samples, 16_000, 1, size);
        let decoded = decode::<i16>(Format::Wav, 0, &bytes, own()).unwrap();
        assert_eq!(decoded.samples, samples, "{size:#x}");
    }
}

#[test]
fn a_header_on_every_chunk_is_heard_as_little_as_one_on_the_first() {
    let samples = sweep(3000);
    for size in [0, u32::MAX, 2000] {
        let chunks: Vec<Vec<u8>> = samples.chunks(1000).map(|part| wav(part, 16_000, 1, size)).collect();
        let pieces: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
        assert_eq!(in_pieces(Format::Wav, 0, own(), &pieces).0, samples);
        assert_eq!(
            decode::<i16>(Format::Wav, 0, &chunks.concat(), own()).unwrap().samples,
            samples
        );
        // The first header may state its own chunk's length.
        let (first, rest) = samples.split_at(1000);
        let (head, bare) = (wav(first, 16_000, 1, size), s16le(rest));
        assert_eq!(in_pieces(Format::Wav, 0, own(), &[&head, &bare]).0, samples);
    }
}

#[test]
fn resampled_audio_is_as_long_as_it_was_and_in_step() {
    let tone = |rate: u32| -> Vec<f32> {
        (0..rate / 4)
            .map(|n| 0.3 * (TAU * 440.0 * f64::from(n) / f64::from(rate)).sin() as f32)
            .collect()
    };
    for from in [
        8000, 11_025, 16_000, 22_050, 24_000, 32_000, 36_000, 44_100, 44_101, 48_000,
    ] {
        for to in [8000, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000] {
            let bytes = s16le(
                &tone(from)
                    .iter()
                    .map(|sample| (sample * 32768.0).round() as i16)
                    .collect::<Vec<_>>(),
            );
            let decoded = decode::<f32>(Format::S16le, from, &bytes, Output::new(to, 1)).unwrap();
            let expected = tone(to);
            let length = (u64::from(from / 4) * u64::from(to) + u64::from(from) / 2) / u64::from(from);
            assert_eq!(decoded.samples.len() as u64, length, "{from} to {to}");
            let edge = expected.len() / 10; // where the tone starts and stops it rings
            let off = (edge..expected.len().min(decoded.samples.len()) - edge)
                .map(|n| (decoded.samples[n] - expected[n]).abs())
                .fold(0.0, f32::max);
            assert!(off < 2e-4, "{from} to {to} Hz: {off}");
        }
    }
}

#[test]
fn what_cannot_be_decoded_is_an_error_with_its_position() {
    let (samples, result) = in_pieces(Format::S16le, 24_000, own(), &[b"fLaC\0\0\0\x22"]);
    let error = result.unwrap_err();
    assert!(samples.is_empty());
    assert_eq!(error.kind(), ErrorKind::BadAudio);
    assert_eq!(error.audio_position().map(|position| position.byte), Some(0));
    assert!(error.to_string().contains("FLAC"), "{error}");
}

#[test]
fn nothing_at_all_is_no_samples_and_no_error() {
    for format in Format::ALL {
        let decoded = decode::<f32>(format, 24_000, b"", own()).unwrap();
        assert!(decoded.samples.is_empty(), "{format}");
    }
    let header = wav(&[], 8000, 1, 0);
    assert!(
        decode::<f32>(Format::Wav, 0, &header, own())
            .unwrap()
            .samples
            .is_empty()
    );
}
