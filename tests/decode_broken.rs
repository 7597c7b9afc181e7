//! Broken audio: where it is, what was good before it, and that nothing worse than an error comes of it.

#[path = "support/sounds.rs"]
mod sounds;

use sounds::*;
use voicewire::ErrorKind;
use voicewire::audio::{Decoder, Format, Output, decode};

const RATE: u32 = 24_000;

fn own() -> Output {
    Output::default()
}

/// Decodes `bytes`, which are broken at `byte`, and expects of them what `good` gives, whole.
fn assert_broken(format: Format, bytes: &[u8], byte: usize, good: &[i16]) {
    let mut random = Random(3);
    for _ in 0..5 {
        let (samples, result) = in_pieces(format, RATE, own(), &cut(bytes, &mut random));
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BadAudio);
        let position = error.audio_position().unwrap();
        assert_eq!(position.byte, byte as u64, "{error}");
        assert_eq!(samples, good, "{error}");
        let rate = if format == Format::Opus {
            48_000.0
        } else {
            f64::from(RATE)
        };
        assert!((position.seconds - good.len() as f64 / rate).abs() < 1e-9, "{error}");
        assert!(error.to_string().contains(&format!("at byte {byte},")), "{error}");
    }
}

/// Where the frames of mp3 begin, by their sync word and the length that all of them have.
fn mp3_frames(bytes: &[u8]) -> Vec<usize> {
    let size = 72 * 64_000 / RATE as usize;
    (0..bytes.len() / size)
        .map(|number| number * size)
        .inspect(|at| assert_eq!(bytes[*at], 0xFF))
        .collect()
}

fn ogg_pages(bytes: &[u8]) -> Vec<usize> {
    (0..bytes.len().saturating_sub(4))
        .filter(|at| &bytes[*at..*at + 4] == b"OggS")
        .collect()
}

/// Ogg's checksum, bit by bit, of the page from `from` to `until` with its own checksum as zero.
fn seal(bytes: &mut [u8], from: usize, until: usize) {
    bytes[from + 22..from + 26].fill(0);
    let crc = bytes[from..until].iter().fold(0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| {
            crc << 1 ^ if crc >> 31 == 1 { 0x04C1_1DB7 } else { 0 }
        })
    });
    bytes[from + 22..from + 26].copy_from_slice(&crc.to_le_bytes());
}

#[test]
fn an_mp3_frame_that_is_missing_is_named_by_its_place() {
    let mut bytes = encoded(Format::Mp3, &sweep(40_000), RATE);
    let at = mp3_frames(&bytes)[20];
    let good = decode::<i16>(Format::Mp3, 0, &bytes[..at], own()).unwrap().samples;
    assert!(good.len() > 9000);
    bytes[at] = 0x55;
    assert_broken(Format::Mp3, &bytes, at, &good);
    // Zeros at the end are none of the sound; zeros in the middle are broken.
    let padded = [&bytes[..at], &[0; 1000]].concat();
    assert_eq!(decode::<i16>(Format::Mp3, 0, &padded, own()).unwrap().samples, good);
    assert_broken(Format::Mp3, &[&padded, &bytes[..at]].concat(), at, &good);
}

#[test]
fn an_ogg_page_that_is_damaged_or_missing_is_named_by_its_place() {
    let bytes = encoded(Format::Opus, &sweep(48_000), 48_000);
    let pages = ogg_pages(&bytes);
    let (at, next) = (pages[5], pages[6]);
    let good = decode::<i16>(Format::Opus, 0, &bytes[..at], own()).unwrap().samples;
    assert!(good.len() > 10_000);
    let mut damaged = bytes.clone();
    damaged[at + 100] ^= 1;
    assert_broken(Format::Opus, &damaged, at, &good);
    let missing = [&bytes[..at], &bytes[next..]].concat();
    assert_broken(Format::Opus, &missing, at, &good);
    let garbage = [&bytes[..at], b"garbage".as_slice(), &bytes[at..]].concat();
    assert_broken(Format::Opus, &garbage, at, &good);
    assert_broken(Format::Opus, &bytes[pages[1]..], 0, &[]);
    // A packet that no decoder takes: code 3, with more frames than 120 ms hold.
    let mut refused = bytes.clone();
    let first = at + 27 + usize::from(bytes[at + 26]);
    refused[first] |= 3;
    refused[first + 1] = 63;
    seal(&mut refused, at, next);
    assert_broken(Format::Opus, &refused, at, &good);
}

#[test]
fn a_wav_header_that_makes_no_sense_is_named_by_its_place() {
    let samples = sweep(500);
    let good = wav(&samples, RATE, 1, 1000);
    let at = good.len();
    let changed = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut second = wav(&samples, RATE, 1, 1000);
        change(&mut second);
        [good.clone(), second].concat()
    };
    // The fmt part is named by where it begins to say something.
    assert_broken(Format::Wav, &changed(&|wav| wav[20] = 17), at + 20, &samples);
    assert_broken(Format::Wav, &changed(&|wav| wav[34] = 12), at + 20, &samples);
    assert_broken(Format::Wav, &changed(&|wav| wav[22] = 0), at + 20, &samples);
    assert_broken(Format::Wav, &changed(&|wav| wav[23] = 200), at + 20, &samples);
    assert_broken(Format::Wav, &changed(&|wav| wav[26] = 200), at + 20, &samples);
    assert_broken(Format::Wav, &changed(&|wav| wav[16] = 4), at + 12, &samples);
    assert_broken(Format::Wav, &changed(&|wav| wav[12] = b'F'), at + 36, &samples);
}

#[test]
fn an_error_stays_what_it_was() {
    let mut decoder = Decoder::new(Format::Wav, 0, own()).unwrap();
    let mut samples = Vec::<f32>::new();
    let first = decoder.push(b"<html>not audio</html>", &mut samples).unwrap_err();
    for _ in 0..2 {
        assert_eq!(
            decoder
                .push(&wav(&[1], 8000, 1, 2), &mut samples)
                .unwrap_err()
                .to_string(),
            first.to_string()
        );
        assert_eq!(decoder.finish(&mut samples).unwrap_err().to_string(), first.to_string());
    }
    assert!(samples.is_empty());
}

#[test]
fn a_stream_that_breaks_off_ends_with_its_last_whole_frame() {
    let samples = sweep(20_000);
    for format in Format::ALL {
        let bytes = encoded(format, &samples, RATE);
        let whole = decode::<i16>(format, RATE, &bytes, own()).unwrap().samples;
        let header = match format {
            Format::Wav => bytes.windows(4).position(|name| name == b"data").expect("samples") + 8,
            _ => 0,
        };
        for length in (0..bytes.len()).step_by(bytes.len() / 97).chain(0..120) {
            let (cut, ended) = in_pieces(format, RATE, own(), &[&bytes[..length]]);
            ended.unwrap_or_else(|error| panic!("{format} cut after {length}: {error}"));
            assert!(whole.starts_with(&cut), "{format} cut after {length}");
            // A file may be cut like that, too, once a WAV has its header.
            if length == 0 || length >= header {
                let file = decode::<i16>(format, RATE, &bytes[..length], own());
                let file = file.unwrap_or_else(|error| panic!("{format} cut after {length}: {error}"));
                assert!(file.samples == cut, "{format} cut after {length}");
            }
            if length > bytes.len() / 2 {
                assert!(cut.len() > whole.len() / 3, "{format} cut after {length}");
            }
        }
    }
}

#[test]
fn a_wav_file_that_ends_before_its_samples_begin_is_broken() {
    let with_parts = [&wav(&[], 8000, 1, 0)[..36], b"LIST\x04\0\0\0abcd", b"JUNK\x02\0\0\0"].concat();
    let cut_in_fmt = [&b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0"[..], &[0x55; 3]].concat();
    let whole = wav(&[1, 2], 8000, 1, 4);
    let mut files: Vec<&[u8]> = (1..44).map(|length| &whole[..length]).collect();
    files.extend([&with_parts[..], &cut_in_fmt]);
    for bytes in files {
        let length = bytes.len();
        let error = decode::<i16>(Format::Wav, 0, bytes, own()).expect_err(&format!("{length} bytes"));
        assert_eq!(error.kind(), ErrorKind::BadAudio, "{length}: {error}");
        assert!(error.message().contains("before its WAV header"), "{length}: {error}");
        // A stream may break off there.
        let (samples, ended) = in_pieces(Format::Wav, 0, own(), &[bytes]);
        ended.unwrap_or_else(|error| panic!("{length} bytes: {error}"));
        assert!(samples.is_empty());
    }
    // Once there were samples, it may break off anywhere, as in the header of another chunk.
    for length in 44..whole.len() + 20 {
        let joined = [&whole[..], &whole].concat();
        decode::<i16>(Format::Wav, 0, &joined[..length], own()).expect("broken off after its header");
    }
}

#[test]
fn mp3_cut_out_of_the_middle_plays_from_its_first_whole_frame() {
    let bytes = encoded(Format::Mp3, &sweep(40_000), RATE);
    let frames = mp3_frames(&bytes);
    let decoded = decode::<i16>(Format::Mp3, 0, &bytes[frames[10] + 57..], own()).unwrap();
    assert_eq!(decoded.samples.len(), (frames.len() - 11) * 576);
}

#[test]
fn tags_are_skipped_however_long_they_say_they_are() {
    let samples = sweep(10_000);
    let mp3 = encoded(Format::Mp3, &samples, RATE);
    let plain = decode::<i16>(Format::Mp3, 0, &mp3, own()).unwrap().samples;
    let ape = [
        b"APETAGEX\xD0\x07\0\0\x20\0\0\0\0\0\0\0\0\0\0\xA0\0\0\0\0\0\0\0\0".as_slice(),
        &[7; 32],
    ]
    .concat();
    let v1 = [b"TAG".as_slice(), &[b'x'; 125]].concat();
    let v2 = [b"ID3\x03\0\0\0\0\x01\x00".as_slice(), &[0xFF; 128]].concat();
    for bytes in [
        [v2.as_slice(), &mp3].concat(),
        [&mp3, v1.as_slice()].concat(),
        [&mp3, ape.as_slice(), &v1].concat(),
    ] {
        assert_eq!(decode::<i16>(Format::Mp3, 0, &bytes, own()).unwrap().samples, plain);
    }
    // 256 MB, of which 8 come.
    let mut decoder = Decoder::new(Format::Mp3, 0, own()).unwrap();
    let mut none = Vec::<i16>::new();
    decoder.push(b"ID3\x04\0\0\x7F\x7F\x7F\x7F", &mut none).unwrap();
    for _ in 0..1000 {
        decoder.push(&[0xFF; 8000], &mut none).unwrap();
    }
    decoder.finish(&mut none).unwrap();
    assert!(none.is_empty());
}

#[test]
fn what_begins_like_nothing_known_is_refused() {
    for bytes in [
        b"{\"error\": \"no\"}".as_slice(),
        b"\0\0\0\x20ftypM4A ",
        b"fLaC\0\0\0\0",
    ] {
        for format in [Format::Mp3, Format::Wav, Format::Opus] {
            let error = decode::<f32>(format, 0, bytes, own()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadAudio, "{format}: {error}");
        }
    }
    let noise: Vec<u8> = {
        let mut random = Random(11);
        (0..200_000).map(|_| random.next() as u8 & 0x7F).collect()
    };
    let error = decode::<f32>(Format::Mp3, 0, &noise, own()).unwrap_err();
    assert_eq!(error.audio_position().map(|position| position.byte), Some(0));
}

/// Changes `bytes` a little: as lines and disks do, and as somebody who means harm would.
fn mutate(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + random.below(4) {
        let at = random.below(bytes.len());
        // Headers are where most depends on every bit.
        let at = if random.below(3) == 0 {
            at.min(random.below(200))
        } else {
            at
        };
        let length = random.below(40).min(bytes.len() - at);
        match random.below(7) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at..at + length].fill(0xFF),
            2 => bytes[at..at + length].fill(0),
            3 => drop(bytes.drain(at..at + length)),
            4 => {
                let copied = bytes[at..at + length].to_vec();
                let to = random.below(bytes.len());
                bytes.splice(to..to, copied);
            }
            5 => bytes.truncate(at.max(50)),
            _ => bytes[at..at + length]
                .iter_mut()
                .for_each(|byte| *byte = random.next() as u8),
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
    // Half of them with good checksums, so that the change is seen behind these, too.
    if random.below(2) == 0 {
        let pages = ogg_pages(&bytes);
        for (number, page) in pages.iter().enumerate() {
            let until = pages.get(number + 1).copied().unwrap_or(bytes.len());
            if until - page >= 27 {
                seal(&mut bytes, *page, until);
            }
        }
    }
    bytes
}

#[test]
fn any_bytes_give_samples_or_an_error_and_nothing_else() {
    let mut random = Random(0x0D15_EA5E);
    let samples = sweep(4000);
    let mut originals: Vec<(Format, Vec<u8>)> = Format::ALL
        .into_iter()
        .map(|format| (format, encoded(format, &samples, RATE)))
        .collect();
    originals.push((
        Format::Wav,
        [wav(&samples, RATE, 2, 8000), b"LIST\x04\0\0\0abcd".to_vec()]
            .concat()
            .repeat(2),
    ));
    originals.push((
        Format::Mulaw,
        voicewire::audio::file_bytes(Format::Mulaw, 8000, &[0x55; 3000]),
    ));
    let rounds = std::env::var("VOICEWIRE_MUTATIONS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(3000);
    for round in 0..rounds {
        let (format, original) = &originals[round % originals.len()];
        let bytes = mutate(original, &mut random);
        let output = [own(), Output::new(8000, 2), Output::new(0, 1)][random.below(3)];
        let (whole, result) = in_pieces(*format, RATE, output, &[&bytes]);
        // 384 bytes a sample would be 120 ms of every byte: more cannot come of Opus, and all others have less.
        assert!(
            whole.len() <= bytes.len() * 11_520,
            "{format}: {} of {}",
            whole.len(),
            bytes.len()
        );
        // Broken in the same way however it is cut.
        let (pieces, other) = in_pieces(*format, RATE, output, &cut(&bytes, &mut random));
        assert!(whole == pieces, "{format}, round {round}");
        assert_eq!(
            result.map_err(|e| e.to_string()),
            other.map_err(|e| e.to_string()),
            "{format}, round {round}"
        );
    }
}
