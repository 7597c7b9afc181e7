//! What the encoders write, read by a program that we did not write.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use voicewire_sandbox_speech::codec::{CodecError, Format, SAMPLE_RATES, encode};
use voicewire_sandbox_speech::speech::{Engine, Line, speak};

const CHUNK_MILLIS: u32 = 120;

/// The same two seconds on every machine, at an odd length.
fn speech(sample_rate: u32) -> Vec<i16> {
    let line = Line {
        text: "She sells sea shells, and sea shells only.",
        locale: "en-US",
        voice: "codec test",
        sample_rate,
        tempo: None,
        target_duration: Some(2.0317),
        seed: 1,
        variance: None,
        temperature: None,
    };
    speak(&line, Engine::Formant).unwrap()
}

fn in_every_format_and_rate(check: impl Fn(Format, u32)) {
    for format in Format::ALL {
        for rate in SAMPLE_RATES {
            check(format, rate);
        }
    }
}

/// The rate at which a decoder hands out what went in at `rate`.
fn decoded_rate(format: Format, rate: u32) -> u32 {
    match format {
        Format::Mp3 if rate == 36000 => 44100,
        Format::Opus => 48000,
        _ => rate,
    }
}

fn ffmpeg_is_missing() -> bool {
    let missing = Command::new("ffmpeg")
        .arg("-version")
        .stdout(Stdio::null())
        .status()
        .is_err();
    if missing {
        println!("skipped: there is no ffmpeg on this machine");
    }
    missing
}

/// A file that is gone when the test is over.
struct TempFile(PathBuf);

impl TempFile {
    fn new(name: &str, bytes: &[u8]) -> Self {
        let name = format!("voicewire-codec-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Samples at the rate that the file itself has, if ffmpeg has nothing to complain about.
fn ffmpeg(path: &Path, format: Format, rate: u32) -> Vec<i16> {
    let mut command = Command::new("ffmpeg");
    command.arg("-nostdin");
    match format {
        // Without a header, ffmpeg warns that it has to be told or guess everything.
        Format::S16le | Format::Mulaw => {
            command.args(["-v", "error", "-f", format.name(), "-ac", "1"]);
            command.args(["-ar", &rate.to_string()]);
        }
        // Too few frames look like anything, so say what they are.
        Format::Mp3 => _ = command.args(["-v", "warning", "-f", "mp3"]),
        Format::Wav | Format::Opus => _ = command.args(["-v", "warning"]),
    }
    let output = command
        .arg("-i")
        .arg(path)
        .args(["-f", "s16le", "-c:a", "pcm_s16le", "-"])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format:?} at {rate} Hz");
    samples(&output.stdout)
}

fn samples(bytes: &[u8]) -> Vec<i16> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    assert!(rest.is_empty());
    pairs.iter().copied().map(i16::from_le_bytes).collect()
}

fn correlation(a: &[i16], b: &[i16]) -> f64 {
    let product = |a: &[i16], b: &[i16]| -> f64 { a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum() };
    product(a, b) / (product(a, a) * product(b, b)).sqrt()
}

#[test]
fn joined_chunks_decode_to_what_went_in_without_a_warning() {
    if ffmpeg_is_missing() {
        return;
    }
    in_every_format_and_rate(|format, rate| {
        let source = speech(rate);
        // Every chunk costs one run of ffmpeg where each is a file.
        let millis = if format == Format::Wav { 700 } else { CHUNK_MILLIS };
        let chunks = encode(&source, rate, format, millis).unwrap();
        let bytes = match format {
            // Every chunk is a file: join their samples.
            Format::Wav => chunks
                .iter()
                .enumerate()
                .flat_map(|(number, chunk)| {
                    let file = TempFile::new(&format!("{rate}-{number}.wav"), chunk);
                    let samples = ffmpeg(&file.0, format, rate);
                    samples.into_iter().flat_map(i16::to_le_bytes)
                })
                .collect(),
            _ => chunks.concat(),
        };
        let raw = if format == Format::Wav { Format::S16le } else { format };
        let file = TempFile::new(&format!("{rate}.{}", raw.name()), &bytes);
        let decoded = ffmpeg(&file.0, raw, rate);
        // The lossy formats at other rates are compared with a source at the rate they come back at.
        let out_rate = decoded_rate(format, rate);
        let expected = source.len() as f64 * f64::from(out_rate) / f64::from(rate);
        assert!(
            (decoded.len() as f64 - expected).abs() <= 1.0,
            "{format:?} at {rate} Hz: {} samples, not {expected}",
            decoded.len()
        );
        match format {
            Format::Wav | Format::S16le => assert_eq!(decoded, source, "{format:?} at {rate} Hz"),
            _ => {
                let decoded = every_nth(&decoded, out_rate, rate);
                let likeness = correlation(&decoded, &source);
                println!("{format:?} at {rate} Hz: {likeness:.4}");
                assert!(likeness > 0.9, "{format:?} at {rate} Hz: {likeness}");
            }
        }
    });
}

/// Straight lines between samples are good enough to compare by.
fn every_nth(samples: &[i16], from: u32, to: u32) -> Vec<i16> {
    let length = samples.len() as u64 * u64::from(to) / u64::from(from);
    (0..length)
        .map(|index| {
            let position = index as f64 * f64::from(from) / f64::from(to);
            let left = samples[position as usize];
            let right = *samples.get(position as usize + 1).unwrap_or(&left);
            let mix = position.fract();
            (f64::from(left) * (1.0 - mix) + f64::from(right) * mix) as i16
        })
        .collect()
}

#[test]
fn players_know_the_duration_before_they_play() {
    if ffmpeg_is_missing() {
        return;
    }
    for format in [Format::Mp3, Format::Opus] {
        for rate in SAMPLE_RATES {
            // ffprobe counts whole frames, and what runs in and out of the codec.
            let decoded_rate = decoded_rate(format, rate);
            let frame = match format {
                Format::Mp3 if decoded_rate < 32000 => 576 + 1057,
                Format::Mp3 => 1152 + 1057,
                _ => 960 + 312,
            };
            let most = f64::from(frame) / f64::from(decoded_rate);
            let source = speech(rate);
            let bytes = encode(&source, rate, format, CHUNK_MILLIS).unwrap().concat();
            let file = TempFile::new(&format!("duration-{rate}.{}", format.name()), &bytes);
            let output = Command::new("ffprobe")
                .args(["-v", "warning", "-show_entries", "format=duration", "-of"])
                .arg("csv=p=0")
                .arg(&file.0)
                .output()
                .unwrap();
            assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format:?} {rate}");
            let duration: f64 = String::from_utf8_lossy(&output.stdout).trim().parse().unwrap();
            let expected = source.len() as f64 / f64::from(rate);
            assert!(
                (0.0..=most).contains(&(duration - expected)),
                "{format:?} at {rate} Hz: {duration} s, not {expected} s"
            );
        }
    }
}

#[test]
fn the_shortest_lines_come_back_whole() {
    if ffmpeg_is_missing() {
        return;
    }
    for format in [Format::Mp3, Format::Opus] {
        for rate in [8000, 24000, 48000] {
            for length in [1, 100, 577, 2000] {
                let bytes = encode(&vec![1000; length], rate, format, 20).unwrap().concat();
                let file = TempFile::new(&format!("short-{rate}-{length}.{}", format.name()), &bytes);
                let decoded = ffmpeg(&file.0, format, rate).len();
                let factor = (decoded_rate(format, rate) / rate) as usize;
                assert_eq!(decoded, length * factor, "{format:?} at {rate} Hz");
            }
        }
    }
}

#[test]
fn every_wav_chunk_has_a_header_of_68_bytes() {
    for rate in SAMPLE_RATES {
        let source = speech(rate);
        let mut joined = Vec::new();
        for chunk in encode(&source, rate, Format::Wav, CHUNK_MILLIS).unwrap() {
            let field = |at: usize| u32::from_le_bytes(chunk[at..at + 4].try_into().unwrap());
            assert_eq!(&chunk[..4], b"RIFF");
            assert_eq!(field(4) as usize, chunk.len() - 8);
            assert_eq!(&chunk[8..16], b"WAVEfmt ");
            assert_eq!(field(16), 40);
            assert_eq!(chunk[20..24], [0xFE, 0xFF, 1, 0], "extensible, mono");
            assert_eq!(field(24), rate);
            assert_eq!(field(28), rate * 2);
            assert_eq!(chunk[32..38], [2, 0, 16, 0, 22, 0]);
            assert_eq!(chunk[44..46], [1, 0], "PCM");
            assert_eq!(&chunk[60..64], b"data");
            assert_eq!(field(0x40) as usize, chunk.len() - 0x44);
            joined.extend(samples(&chunk[0x44..]));
        }
        assert_eq!(joined, source);
    }
}

#[test]
fn chunks_hold_about_as_much_audio_as_asked() {
    in_every_format_and_rate(|format, rate| {
        let source = speech(rate);
        let seconds = source.len() as f64 / f64::from(rate);
        for millis in [60, 200, 500] {
            let chunks = encode(&source, rate, format, millis).unwrap();
            assert!(chunks.iter().all(|chunk| !chunk.is_empty()));
            let expected = seconds * 1000.0 / f64::from(millis);
            assert!(
                (expected * 0.75..expected * 1.3 + 2.0).contains(&(chunks.len() as f64)),
                "{format:?} at {rate} Hz, {millis} ms: {} chunks, not {expected}",
                chunks.len()
            );
        }
    });
}

#[test]
fn lengths_of_chunks_at_the_extremes_are_understood() {
    let source = speech(8000);
    for format in Format::ALL {
        let single = encode(&source, 8000, format, u32::MAX).unwrap();
        assert_eq!(single.len(), 1, "{format:?}");
        let many = encode(&source, 8000, format, 0).unwrap();
        assert!(many.len() > 20, "{format:?}: {}", many.len());
    }
}

#[test]
fn raw_formats_have_one_size_per_sample() {
    let source = speech(24000);
    let size = |format| encode(&source, 24000, format, 100).unwrap().concat().len();
    assert_eq!(size(Format::S16le), source.len() * 2);
    assert_eq!(size(Format::Mulaw), source.len());
}

#[test]
fn first_opus_chunk_holds_the_headers_and_audio() {
    let chunks = encode(&speech(16000), 16000, Format::Opus, 100).unwrap();
    for (number, chunk) in chunks.iter().enumerate() {
        let pages = chunk.windows(4).filter(|bytes| bytes == b"OggS").count();
        assert_eq!(pages, if number == 0 { 3 } else { 1 });
        assert_eq!(chunk.windows(8).any(|b| b == b"OpusHead"), number == 0);
    }
    let head = chunks[0].windows(8).position(|b| b == b"OpusHead").unwrap();
    assert_eq!(chunks[0][head + 12..head + 16], 16000u32.to_le_bytes());
}

#[test]
fn mp3_chunks_begin_with_a_frame_and_the_first_with_an_info_frame() {
    for rate in SAMPLE_RATES {
        let chunks = encode(&speech(rate), rate, Format::Mp3, 100).unwrap();
        assert!(chunks.iter().all(|chunk| chunk[0] == 0xFF && chunk[1] & 0xE0 == 0xE0));
        assert!(chunks[0].windows(4).take(64).any(|bytes| bytes == b"Info"));
    }
}

#[test]
fn the_same_samples_give_the_same_bytes() {
    in_every_format_and_rate(|format, rate| {
        let source = speech(rate);
        let first = encode(&source, rate, format, CHUNK_MILLIS).unwrap();
        assert_eq!(first, encode(&source, rate, format, CHUNK_MILLIS).unwrap());
    });
}

#[test]
fn no_samples_give_no_chunks() {
    in_every_format_and_rate(|format, rate| {
        assert_eq!(encode(&[], rate, format, 100), Ok(Vec::new()));
    });
}

#[test]
fn samples_at_full_scale_are_encoded() {
    let loud: Vec<i16> = (0..4000)
        .map(|index| if index / 40 % 2 == 0 { i16::MAX } else { i16::MIN })
        .collect();
    in_every_format_and_rate(|format, rate| {
        assert!(!encode(&loud, rate, format, 100).unwrap().is_empty());
    });
}

#[test]
fn other_sample_rates_are_refused() {
    for rate in [0, 1, 11025, 96000, u32::MAX] {
        for format in Format::ALL {
            let refused = encode(&[1, 2, 3], rate, format, 100);
            assert_eq!(refused, Err(CodecError::SampleRate(rate)));
        }
    }
}

#[test]
fn formats_have_the_names_of_the_requests() {
    for format in Format::ALL {
        assert_eq!(Format::parse(format.name()), Some(format));
        assert!(format.content_type().starts_with("audio/"));
    }
    for unknown in ["", "WAV", "flac", "opus "] {
        assert_eq!(Format::parse(unknown), None);
    }
}
