//! Decoding while streaming: the bare formats and WAV, recognised and joined.

#[path = "support/sounds.rs"]
mod sounds;

use std::f64::consts::TAU;

use sounds::*;
use voicewire::ErrorKind;
use voicewire::audio::{Decoder, Format, Output, Source, decode};

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

/// What `bytes` are when they are labelled `label`.
fn recognised(label: Format, bytes: &[u8]) -> Option<Source> {
    let mut decoder = Decoder::new(label, 24_000, own()).unwrap();
    let mut samples = Vec::<f32>::new();
    for byte in bytes.chunks(7) {
        decoder.push(byte, &mut samples).unwrap();
    }
    decoder.finish(&mut samples).unwrap();
    decoder.source()
}

#[test]
fn containers_are_recognised_whatever_the_label_says() {
    let samples = sweep(24_000);
    for label in Format::ALL {
        for format in [Format::Wav, Format::Mp3, Format::Opus] {
            let source = recognised(label, &encoded(format, &samples, 24_000)).unwrap();
            assert_eq!((source.format, source.channels), (format, 1), "labelled {label}");
            let rate = if format == Format::Opus { 48_000 } else { 24_000 };
            assert_eq!(source.sample_rate, rate, "labelled {label}");
        }
    }
    let au = voicewire::audio::file_bytes(Format::Mulaw, 8000, &encoded(Format::Mulaw, &sweep(800), 8000));
    assert_eq!(recognised(Format::Mp3, &au).unwrap().sample_rate, 8000);
    // mp3 without a tag, and behind one.
    let mp3 = encoded(Format::Mp3, &samples, 24_000);
    let tagged = [b"ID3\x04\0\0\0\0\x02\x01".as_slice(), &[0; 257], &mp3].concat();
    assert_eq!(recognised(Format::S16le, &tagged).unwrap().format, Format::Mp3);
}

#[test]
fn samples_that_begin_like_an_mp3_frame_are_samples() {
    let header = &encoded(Format::Mp3, &sweep(24_000), 24_000)[..4];
    let size = 192; // of its frame: 64 kbit/s at 24000 Hz
    for headers in [1, 2] {
        let mut bytes = vec![0x11; 4000];
        for number in 0..headers {
            bytes[number * size..][..4].copy_from_slice(header);
        }
        for label in [Format::S16le, Format::Mulaw] {
            assert_eq!(recognised(label, &bytes).unwrap().format, label);
        }
        let decoded = decode::<i16>(Format::S16le, 24_000, &bytes, own()).unwrap();
        assert_eq!(s16le(&decoded.samples), bytes);
    }
    // Short ones, too, which end before it could be told.
    for length in [1, 2, 3, 4, 100, 192, 195] {
        let bytes = [header, &[0x11; 200]].concat();
        let decoded = decode::<i16>(Format::S16le, 24_000, &bytes[..length], own()).unwrap();
        assert_eq!(decoded.samples.len(), length / 2);
    }
}

#[test]
fn cut_anywhere_it_sounds_the_same() {
    let mut random = Random(7);
    let rate = 24_000;
    let samples = sweep(12_011);
    let wav_parts: Vec<u8> = samples
        .chunks(2001)
        .enumerate()
        .flat_map(|(number, part)| match number % 3 {
            0 => wav(part, rate, 1, (part.len() * 2) as u32),
            1 => [
                wav(part, rate, 1, (part.len() * 2) as u32),
                b"LIST\x05\0\0\0RIFFX\0".to_vec(),
            ]
            .concat(),
            _ => wav(part, rate, 1, u32::MAX),
        })
        .collect();
    let mut all: Vec<(Format, Vec<u8>)> = Format::ALL
        .into_iter()
        .map(|format| (format, encoded(format, &samples, rate)))
        .collect();
    let twice = |format| {
        [
            encoded(format, &samples, rate),
            encoded(format, &samples[..6000], 44_100),
        ]
        .concat()
    };
    all.extend([
        (Format::Wav, wav_parts),
        (Format::Mp3, twice(Format::Mp3)),
        (Format::Opus, twice(Format::Opus)),
    ]);
    for (format, bytes) in &all {
        for output in [own(), Output::new(22_050, 2)] {
            let whole = in_pieces(*format, rate, output, &[bytes]);
            whole.1.unwrap();
            assert!(whole.0.len() > 10_000, "{format}");
            for _ in 0..10 {
                let (pieces, finished) = in_pieces(*format, rate, output, &cut(bytes, &mut random));
                finished.unwrap();
                assert!(pieces == whole.0, "{format} to {output:?}");
            }
        }
    }
}

#[test]
fn delay_and_padding_are_cut_off_where_they_are_stated() {
    for rate in [8000, 24_000, 44_100, 48_000] {
        for length in [1, 500, 1151, 1152, 1153, 20_011] {
            let samples = sweep(length);
            for format in [Format::Mp3, Format::Opus] {
                let bytes = encoded(format, &samples, rate);
                let output = Output::new(rate, 1);
                let decoded = decode::<f32>(format, rate, &bytes, output).unwrap();
                assert!(decoded.samples.len().abs_diff(length) <= 1, "{format} {rate}: {length}");
            }
        }
    }
}

#[test]
fn joined_streams_play_without_what_is_around_each() {
    let samples = sweep(48_000);
    for format in [Format::Mp3, Format::Opus] {
        let joined: Vec<u8> = samples
            .chunks(12_000)
            .flat_map(|part| encoded(format, part, 48_000))
            .collect();
        let decoded = decode::<f32>(format, 0, &joined, own()).unwrap().samples;
        assert_eq!(decoded.len(), samples.len(), "{format}");
        let (mut off, mut all) = (0.0, 0.0);
        for (decoded, sample) in decoded.iter().zip(&samples) {
            let sample = f32::from(*sample) / 32_768.0;
            off += (decoded - sample).powi(2);
            all += sample.powi(2);
        }
        assert!(off / all < 0.05, "{format}: {}", off / all);
    }
}

#[test]
fn parts_and_padding_around_wav_samples_are_never_heard() {
    let samples = sweep(999);
    let data = s16le(&samples);
    let list = b"LIST\x09\0\0\0INFOISFT \0".to_vec();
    let head = wav(&[], 8000, 1, data.len() as u32);
    let (start, end) = head.split_at(36);
    for bytes in [
        [start, &list, end, &data].concat(),
        [&head, data.as_slice(), &list].concat(),
        [&head, data.as_slice(), b"PROP\x04\0\0\0\x7F\x7F\x7F\x7F"].concat(),
    ] {
        assert_eq!(decode::<i16>(Format::Wav, 0, &bytes, own()).unwrap().samples, samples);
        // The same again behind it.
        let twice = decode::<i16>(Format::Wav, 0, &bytes.repeat(2), own()).unwrap().samples;
        assert_eq!(twice, samples.repeat(2));
    }
    // An odd number of 8-bit samples has a byte of padding.
    let mut odd = wav(&[], 8000, 1, 3);
    odd[34] = 8;
    odd.extend([0, 128, 255, 0]);
    let expected = [i16::MIN, 0, 32_512];
    assert_eq!(decode::<i16>(Format::Wav, 0, &odd, own()).unwrap().samples, expected);
    assert_eq!(
        decode::<i16>(Format::Wav, 0, &odd.repeat(2), own()).unwrap().samples,
        expected.repeat(2)
    );
}

#[test]
fn channels_are_copied_averaged_and_kept() {
    let decoded = |bytes: &[u8], channels| {
        decode::<i16>(Format::Wav, 0, bytes, Output::new(0, channels))
            .unwrap()
            .samples
    };
    let mono = wav(&[100, -200], 8000, 1, 0);
    assert_eq!(decoded(&mono, 3), [100, 100, 100, -200, -200, -200]);
    let stereo = wav(&[100, 200, -300, -100], 8000, 2, 0);
    assert_eq!(decoded(&stereo, 1), [150, -200]);
    assert_eq!(decoded(&stereo, 2), [100, 200, -300, -100]);
    assert_eq!(decoded(&stereo, 3), [100, 200, 0, -300, -100, 0]);
    let surround = wav(&[1, 2, 3, 4, 5, 6], 8000, 3, 0);
    assert_eq!(decoded(&surround, 2), [1, 2, 4, 5]);
}

#[test]
fn loud_samples_are_clamped_and_no_numbers_are_silence() {
    let mut bytes = wav(&[], 8000, 1, 0);
    bytes[20] = 3;
    bytes[34] = 32;
    for sample in [2.0, -2.0, 0.5, f32::NAN, f32::INFINITY, 1.6 / 32_768.0] {
        bytes.extend(f32::to_le_bytes(sample));
    }
    let decoded = decode::<i16>(Format::Wav, 0, &bytes, own()).unwrap().samples;
    assert_eq!(decoded, [i16::MAX, i16::MIN, 16_384, 0, 0, 2]);
}

#[test]
fn the_first_sound_waits_for_nothing_that_is_not_needed() {
    let samples = sweep(24_000);
    let mp3 = encoded(Format::Mp3, &samples, 24_000);
    let mut decoder = Decoder::new(Format::Mp3, 0, own()).unwrap();
    let mut decoded = Vec::<f32>::new();
    // The table, and three frames of 192 bytes: the delay of the first two is cut off.
    decoder.push(&mp3[..4 * 192], &mut decoded).unwrap();
    assert!(decoded.len() >= 576 - 529, "{}", decoded.len());
    // The resampler looks 16 frames ahead.
    let mut decoder = Decoder::new(Format::S16le, 8000, Output::new(48_000, 1)).unwrap();
    let mut decoded = Vec::<f32>::new();
    decoder.push(&s16le(&samples[..80]), &mut decoded).unwrap();
    assert!(decoded.len() >= (80 - 17) * 6, "{}", decoded.len());
}

#[test]
fn what_was_asked_for_is_checked() {
    for (rate, channels) in [(3999, 1), (192_001, 1), (8000, 9)] {
        let error = Decoder::new(Format::Wav, 0, Output::new(rate, channels)).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
    }
    assert!(Decoder::new(Format::S16le, 0, own()).is_err());
    assert!(Decoder::new(Format::Mp3, 0, own()).is_ok());
    let mut decoder = Decoder::new(Format::S16le, 8000, own()).unwrap();
    let mut samples = Vec::<i16>::new();
    decoder.finish(&mut samples).unwrap();
    decoder.finish(&mut samples).unwrap();
    assert_eq!(
        decoder.push(b"xx", &mut samples).unwrap_err().kind(),
        ErrorKind::InvalidArgument
    );
}
