//! Files written from what a service sends: one container, right lengths, playable at once.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use support::scratch::Scratch;
use support::*;
use voicewire::ErrorKind;
use voicewire::audio::{
    AudioFile, DurationMeter, Format, Output, WavSamples, decode, file_bytes, joined_file_bytes, wav,
};
use voicewire::deepdub::SAMPLE_RATES;
use voicewire::deepdub::SpeechRequest;

fn scratch(name: &str) -> Scratch {
    Scratch::new(&format!("audio-{name}"))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    entries
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

fn save(chunks: &[Vec<u8>], path: &Path, format: Format, rate: u32) -> f64 {
    let mut file = AudioFile::create(path, format, rate).expect("a file");
    for chunk in chunks {
        file.write(chunk).expect("written");
    }
    let seconds = file.seconds();
    file.finish().expect("finished");
    seconds
}

#[test]
fn joined_wav_chunks_have_one_header_and_right_lengths() {
    let (folder, sandbox) = (scratch("joined"), sandbox());
    let client = client(&sandbox);
    let samples = hear(&client, &request("s16le")).data();
    for fault in ["", "wav-lengths=0", "wav-lengths=ffffffff", "wav-header=first"] {
        let request = if fault.is_empty() {
            request("wav")
        } else {
            faulty("wav", fault)
        };
        let path = folder.join("line.wav");
        // The rate given is wrong on purpose: the header's counts.
        let seconds = save(&hear(&client, &request).chunks, &path, Format::Wav, 44_100);
        let bytes = std::fs::read(&path).expect("a file");
        let info = wav::parse(&bytes).expect("a header");
        assert_eq!(
            (info.format_tag, info.channels, info.bits_per_sample, info.sample_rate),
            (1, 1, 16, 16_000),
            "{fault}"
        );
        assert_eq!(
            u32::from_le_bytes(bytes[4..8].try_into().expect("four")) as usize,
            bytes.len() - 8,
            "{fault}"
        );
        assert_eq!(
            u32::from_le_bytes(bytes[40..44].try_into().expect("four")) as usize,
            samples.len(),
            "{fault}"
        );
        assert_eq!(&bytes[44..], samples, "{fault}");
        assert!((seconds - samples.len() as f64 / 32_000.0).abs() < 1e-9, "{fault}");
    }
}

#[test]
fn bare_samples_get_a_container_where_the_ending_asks_for_one() {
    let folder = scratch("bare");
    let chunk = vec![vec![1, 2, 3, 4, 5]];
    save(&chunk, &folder.join("a.wav"), Format::S16le, 8000);
    let bytes = std::fs::read(folder.join("a.wav")).expect("a file");
    assert_eq!(file_bytes(Format::S16le, 8000, &chunk[0]), bytes, "the same in memory");
    assert_eq!(
        wav::parse(&bytes).map(|info| (info.sample_rate, info.data_size)),
        Some((8000, 5))
    );
    assert_eq!(bytes.len(), 44 + 6, "padded to an even length");
    assert_eq!(u32::from_le_bytes(bytes[4..8].try_into().expect("four")), 36 + 6);

    save(&chunk, &folder.join("a.au"), Format::Mulaw, 8000);
    let bytes = std::fs::read(folder.join("a.au")).expect("a file");
    assert_eq!(file_bytes(Format::Mulaw, 8000, &chunk[0]), bytes, "the same in memory");
    let words: Vec<u32> = bytes[..24]
        .chunks(4)
        .map(|word| u32::from_be_bytes(word.try_into().expect("four")))
        .collect();
    assert_eq!(words, [0x2e73_6e64, 24, 5, 1, 8000, 1]);
    assert_eq!(&bytes[24..], chunk[0]);

    save(&chunk, &folder.join("a.pcm"), Format::S16le, 8000);
    assert_eq!(std::fs::read(folder.join("a.pcm")).expect("a file"), chunk[0]);
}

#[test]
fn a_file_takes_its_name_only_when_it_is_finished() {
    let folder = scratch("names");
    let path = folder.join("line.pcm");
    std::fs::write(&path, b"before").expect("a file");
    let mut file = AudioFile::create(&path, Format::S16le, 8000).expect("a file");
    file.write(b"after").expect("written");
    assert_eq!(std::fs::read(&path).expect("still there"), b"before");
    file.finish().expect("finished");
    assert_eq!(std::fs::read(&path).expect("replaced"), b"after");

    let mut given_up = AudioFile::create(folder.join("given_up.wav"), Format::Wav, 8000).expect("a file");
    given_up.write(b"RIFF").expect("written");
    drop(given_up);
    assert_eq!(names(&folder), ["line.pcm"]);
}

#[test]
fn places_that_are_no_plain_file_are_refused() {
    let folder = scratch("places");
    for path in [
        folder.join("missing/a.wav"),
        PathBuf::from("/dev/null"),
        folder.to_path_buf(),
        PathBuf::from("/"),
        // What cannot be anybody's name is not found out only when all has been written.
        folder.join(format!("{}.wav", "n".repeat(300))),
        folder.join("a.wav/"),
        folder.join("a.wav/."),
        folder.join("a\0b.wav"),
    ] {
        let error = AudioFile::create(&path, Format::Wav, 8000).expect_err("refused");
        assert!(
            matches!(error.kind(), ErrorKind::File | ErrorKind::InvalidArgument),
            "{error}"
        );
    }
    let error = AudioFile::create(folder.join("a.mp3"), Format::Wav, 8000).expect_err("another container");
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::InvalidArgument, Some("format"))
    );
    assert!(names(&folder).is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_with_a_hole_is_never_put_in_place() {
    let folder = scratch("full");
    let path = folder.join("song.pcm");
    std::fs::write(&path, b"the old song").expect("a file");
    // A limit on the size of files stands for a full disk. It is the process's: in one of its own.
    let program = std::env::current_exe().expect("this program");
    let script = format!(
        "trap '' XFSZ; ulimit -f 8; exec {} --exact full_disk_child --ignored --nocapture",
        program.display()
    );
    let output = Command::new("sh")
        .args(["-c", &script])
        .env("SONG", &path)
        .output()
        .expect("sh runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(std::fs::read(&path).expect("still there"), b"the old song");
    assert_eq!(names(&folder), ["song.pcm"]);
}

#[test]
#[ignore = "run by a_file_with_a_hole_is_never_put_in_place, under a limit"]
fn full_disk_child() {
    let path = std::env::var("SONG").expect("a path");
    let mut file = AudioFile::create(path, Format::S16le, 8000).expect("a file");
    assert_kind(&file.write(&[1; 100_000]).expect_err("over the limit"), ErrorKind::File);
    assert_eq!(file.seconds(), 0.0, "what was not written does not count");
    assert_kind(&file.write(&[1; 2]).expect_err("there is a hole"), ErrorKind::File);
    assert_kind(&file.finish().expect_err("there is a hole"), ErrorKind::File);
}

#[test]
#[cfg(unix)]
fn a_file_keeps_the_permissions_of_the_one_it_replaces() {
    use std::os::unix::fs::PermissionsExt;
    let folder = scratch("private");
    let path = folder.join("private.pcm");
    std::fs::write(&path, b"x").expect("a file");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("private");
    save(&[vec![1, 2]], &path, Format::S16le, 8000);
    assert_eq!(path.metadata().expect("there").permissions().mode() & 0o777, 0o600);
    let longest = path.with_file_name(format!("{}.pcm", "n".repeat(251)));
    save(&[vec![1, 2]], &longest, Format::S16le, 8000);
}

#[test]
fn lengths_are_counted_however_the_bytes_are_cut() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for format in Format::ALL {
        let heard = hear(
            &client,
            &SpeechRequest {
                target_duration: Some(2.0),
                ..request(format.name())
            },
        );
        let mut whole = DurationMeter::new(format, 16_000);
        heard.chunks.iter().for_each(|chunk| whole.push(chunk));
        // MP3 has whole frames of 36 ms at this rate: one for the table at its beginning, two for the encoder's delay
        // and what fills the last one.
        let tolerance = if format == Format::Mp3 { 0.145 } else { 1e-6 };
        assert!(
            (whole.seconds() - 2.0).abs() < tolerance,
            "{format}: {}",
            whole.seconds()
        );
        if format == Format::Wav {
            continue; // its pieces are chunks
        }
        for size in [1, 7, 1000] {
            let mut cut = DurationMeter::new(format, 16_000);
            heard.data().chunks(size).for_each(|piece| cut.push(piece));
            assert_eq!(cut.seconds(), whole.seconds(), "{format} in pieces of {size}");
        }
    }
}

#[test]
fn garbage_has_no_length_and_does_no_harm() {
    let garbage: Vec<u8> = (0..20_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    for format in Format::ALL {
        let mut meter = DurationMeter::new(format, 0);
        for piece in [
            &garbage[..],
            b"OggS",
            b"RIFF\0\0\0\0WAVEdata\xff\xff\xff\xff",
            b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff",
            &[0xff; 100],
            &[],
        ] {
            meter.push(piece);
            wav::parse(piece);
            wav::samples(piece);
        }
        assert!(meter.seconds().is_finite());
    }
}

#[test]
fn other_people_s_players_take_every_file_without_a_warning() {
    let has = |program: &str| Command::new(program).arg("-version").output().is_ok();
    if !has("ffmpeg") {
        eprintln!("ffmpeg is not installed: this test is left out");
        return;
    }
    let (folder, sandbox) = (scratch("players"), sandbox());
    let client = client(&sandbox);
    for rate in SAMPLE_RATES {
        for ending in ["wav", "mp3", "opus", "ogg", "au"] {
            let path = folder.join(format!("{rate}.{ending}"));
            let format = Format::for_path(&path).expect("known");
            let request = SpeechRequest {
                sample_rate: Some(rate),
                target_duration: Some(1.5),
                ..request(format.name())
            };
            save(&hear(&client, &request).chunks, &path, format, rate);
            let output = Command::new("ffmpeg")
                .args(["-hide_banner", "-v", "warning", "-i"])
                .arg(&path)
                .args(["-f", "s16le", "-ar", "8000", "-"])
                .output()
                .expect("ffmpeg runs");
            let told = String::from_utf8_lossy(&output.stderr);
            // Said of every mono PCM file, ffmpeg's own included: the container has no place for it.
            let told: Vec<_> = told
                .lines()
                .filter(|line| !line.starts_with("Guessed Channel Layout"))
                .collect();
            assert!(
                output.status.success() && told.is_empty(),
                "{ending} at {rate} Hz: {told:?}"
            );
            let seconds = output.stdout.len() as f64 / 16_000.0;
            assert!((seconds - 1.5).abs() < 0.08, "{ending} at {rate} Hz lasts {seconds} s");
        }
    }
}

/// A WAV file of what stands in `samples`, in `bits` and so many channels.
fn wav_of(samples: &[u8], rate: u32, channels: u16, bits: u16) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0".to_vec();
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend((channels * bits / 8).to_le_bytes());
    bytes.extend(bits.to_le_bytes());
    bytes.extend(b"data");
    bytes.extend((samples.len() as u32).to_le_bytes());
    bytes.extend(samples);
    bytes
}

#[test]
fn headers_are_taken_out_wherever_chunks_are_cut_and_whatever_is_around_the_samples() {
    let folder = scratch("cut_headers");
    let samples: Vec<u8> = (0..6 * 20).collect();
    let list = b"LIST\x03\0\0\0abc\0";
    for (channels, bits) in [(1, 16), (2, 16), (1, 24), (1, 8)] {
        let frame = usize::from(channels * bits / 8);
        let file = wav_of(&samples, 22_050, channels, bits);
        // The second is cut in the middle of a frame: what is left of that is no sound.
        let sent = [&file, list.as_slice(), &file[..file.len() - 1], &file].concat();
        let cut = &samples[..samples.len() - frame];
        let expected = [&samples, cut, &samples].concat();
        for size in [1, 2, 3, 7, 11, 13, 45, 1000] {
            let path = folder.join("line.wav");
            let chunks: Vec<Vec<u8>> = sent.chunks(size).map(<[u8]>::to_vec).collect();
            let seconds = save(&chunks, &path, Format::Wav, 8000);
            let bytes = std::fs::read(&path).expect("a file");
            let info = wav::parse(&bytes).expect("a header");
            assert_eq!(
                (info.channels, info.bits_per_sample, info.sample_rate),
                (channels, bits, 22_050)
            );
            assert_eq!(&bytes[44..44 + info.data_size], expected, "{bits} bits by {size}");
            assert_eq!(bytes.len(), 44 + expected.len().next_multiple_of(2));
            assert!((seconds - (expected.len() / frame) as f64 / 22_050.0).abs() < 1e-9);
            assert_eq!(
                joined_file_bytes(Format::Wav, 8000, &sent).expect("good"),
                bytes,
                "the same in memory"
            );
        }
    }
}

#[test]
fn chunks_of_different_kinds_are_not_joined() {
    let folder = scratch("different");
    let sent = [wav_of(&[1, 2], 8000, 1, 16), wav_of(&[1, 2], 16_000, 1, 16)];
    let mut file = AudioFile::create(folder.join("line.wav"), Format::Wav, 8000).expect("a file");
    file.write(&sent[0]).expect("written");
    let error = file.write(&sent[1]).expect_err("another rate");
    assert_eq!(error.kind(), ErrorKind::BadAudio);
    assert_eq!(error.audio_position().map(|position| position.byte), Some(46 + 20));
    assert_eq!(file.finish().expect_err("no file").to_string(), error.to_string());
    assert!(names(&folder).is_empty());
}

/// What is no WAV, and how its writing ends: after the first bytes, or only when no more come.
fn no_wav() -> Vec<(&'static str, Vec<u8>, bool)> {
    let filled = |beginning: &[u8]| [beginning, &[b'z'; 400]].concat();
    let good = wav_of(&[1, 2, 3, 4], 8000, 1, 16);
    let changed = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    vec![
        ("mp3", filled(b"\xFF\xFB\x90\x64"), true),
        ("mp3 with a tag", filled(b"ID3"), true),
        ("Ogg", filled(b"OggS"), true),
        ("a page", b"<html>".to_vec(), true),
        ("one byte", vec![0], true),
        ("samples without a header", good[44..].to_vec(), true),
        ("RIFF of something else", filled(b"RIFFzzzzAVI "), true),
        ("RIFF and noise", filled(b"RIFF"), true),
        ("a codec that has no single samples", changed(20, 17), true),
        ("a format made of noise", filled(b"RIFFzzzzWAVEfmt \x10\0\0\0"), true),
        ("no rate", wav_of(&[1, 2], 0, 1, 16), true),
        ("samples before their format", filled(b"RIFFzzzzWAVEdata"), true),
        ("RIFF, WAVE and noise", filled(b"RIFFzzzzWAVE"), false),
        ("a format and noise", filled(&good[..36]), false),
        ("RIFF alone", b"RIFF".to_vec(), false),
        ("half a header", good[..43].to_vec(), false),
    ]
}

#[test]
fn what_is_no_wav_is_not_taken_for_it() {
    let folder = scratch("no_wav");
    for (what, sent, at_once) in no_wav() {
        for size in [1, 5, 64, 1000] {
            let mut file = AudioFile::create(folder.join("line.wav"), Format::Wav, 48_000).expect("a file");
            let written = sent.chunks(size).try_for_each(|chunk| file.write(chunk));
            assert_eq!(written.is_err(), at_once, "{what} by {size}: {written:?}");
            let seconds = file.seconds();
            let error = file.finish().expect_err(what);
            assert_eq!(error.kind(), ErrorKind::BadAudio, "{what} by {size}: {error}");
            assert!(error.audio_position().is_some(), "{what} by {size}");
            assert_eq!(seconds, 0.0, "{what} by {size}");
        }
        let error = joined_file_bytes(Format::Wav, 48_000, &sent).expect_err(what);
        assert_eq!(error.kind(), ErrorKind::BadAudio, "{what} in memory: {error}");
        let mut meter = DurationMeter::new(Format::Wav, 48_000);
        meter.push(&sent);
        assert_eq!(meter.seconds(), 0.0, "{what}");
    }
    assert!(names(&folder).is_empty());
}

#[test]
fn a_wav_that_ends_before_its_samples_begin_is_decoded_to_no_file() {
    let folder = scratch("cut_decoded");
    let good = wav_of(&[1, 2, 3, 4], 8000, 1, 16);
    for sent in [&good[..4], &good[..30], &good[..43]] {
        for size in [1, 64] {
            let path = folder.join("line.wav");
            let (format, samples) = (Format::Wav, WavSamples::S16);
            let mut file = AudioFile::create_decoded(path, format, 0, Output::default(), samples).expect("a file");
            sent.chunks(size)
                .try_for_each(|chunk| file.write(chunk))
                .expect("so far");
            let error = file.finish().expect_err("it has no samples");
            assert_eq!(error.kind(), ErrorKind::BadAudio, "{error}");
        }
    }
    assert!(names(&folder).is_empty());
}

/// A generation may be silent, or break off.
#[test]
fn a_wav_of_no_samples_is_a_file_all_the_same() {
    let folder = scratch("silent");
    let good = wav_of(&[1, 2, 3, 4], 8000, 1, 16);
    for (what, sent, samples) in [
        ("nothing came", vec![], 0),
        ("a header alone", wav_of(&[], 8000, 1, 16), 0),
        ("a header alone, of no length", [&good[..40], &[0xFF; 4]].concat(), 0),
        ("broken off in the second header", [&good[..], &good[..30]].concat(), 4),
    ] {
        let path = folder.join("line.wav");
        save(std::slice::from_ref(&sent), &path, Format::Wav, 8000);
        let bytes = std::fs::read(&path).expect("a file");
        let info = wav::parse(&bytes).expect("a header");
        assert_eq!((info.sample_rate, info.data_size), (8000, samples), "{what}");
        assert_eq!(
            joined_file_bytes(Format::Wav, 8000, &sent).expect(what),
            bytes,
            "{what}"
        );
    }
}

#[test]
fn decoded_audio_is_saved_at_the_rate_and_with_the_channels_asked_for() {
    let (folder, sandbox) = (scratch("decoded"), sandbox());
    let client = client(&sandbox);
    for format in Format::ALL {
        let chunks = hear(&client, &request(format.name())).chunks;
        let rate = 16_000;
        for (output, samples, bits) in [
            (Output::default(), WavSamples::S16, 16),
            (Output::new(44_100, 2), WavSamples::F32, 32),
        ] {
            let path = folder.join(format!("{format}.wav"));
            let mut file = AudioFile::create_decoded(&path, format, rate, output, samples).expect("a file");
            for chunk in &chunks {
                file.write(chunk).expect("written");
            }
            let seconds = file.seconds();
            file.finish().expect("finished");
            let bytes = std::fs::read(&path).expect("a file");
            let info = wav::parse(&bytes).expect("a header");
            let own = if format == Format::Opus { 48_000 } else { rate };
            let rate = if output.sample_rate == 0 {
                own
            } else {
                output.sample_rate
            };
            assert_eq!(
                (info.sample_rate, info.channels, info.bits_per_sample),
                (rate, output.channels.max(1), bits)
            );
            assert_eq!(bytes.len(), 44 + info.data_size);
            let frames = info.data_size / usize::from(info.channels * bits / 8);
            assert!((frames as f64 / f64::from(rate) - seconds).abs() < 1e-4, "{format}");
            let sent = chunks.concat();
            let in_memory = match samples {
                WavSamples::F32 => decode::<f32>(format, own, &sent, output).expect("good").to_wav(),
                _ => decode::<i16>(format, own, &sent, output).expect("good").to_wav(),
            };
            assert!(in_memory == bytes, "{format}: the same in memory");
        }
    }
    let error = AudioFile::create_decoded(folder.join("a.mp3"), Format::Mp3, 0, Output::default(), WavSamples::S16);
    assert_eq!(error.expect_err("not WAV").kind(), ErrorKind::InvalidArgument);
    let mut broken =
        AudioFile::create_decoded(folder.join("b.wav"), Format::Wav, 0, Output::default(), WavSamples::S16)
            .expect("a file");
    assert_eq!(
        broken.write(b"<html>nothing").expect_err("broken").kind(),
        ErrorKind::BadAudio
    );
    assert_eq!(broken.finish().expect_err("broken").kind(), ErrorKind::BadAudio);
    assert!(!folder.join("b.wav").exists());
}

/// What a file says of its length is what a player makes of it: the encoder's delay and padding are no sound.
#[test]
fn the_length_of_mp3_is_that_of_its_sound() {
    use voicewire::audio::{DurationMeter, Output, decode};
    let sandbox = sandbox();
    let client = client(&sandbox);
    for rate in [8000, 24_000, 48_000] {
        let mut request = request("mp3");
        request.sample_rate = Some(rate);
        let bytes = hear(&client, &request).data();
        let decoded = decode::<i16>(Format::Mp3, 0, &bytes, Output::default()).expect("whole");
        let sound = decoded.samples.len() as f64 / f64::from(rate);
        for piece in [1, 100, bytes.len()] {
            let mut meter = DurationMeter::new(Format::Mp3, 0);
            bytes.chunks(piece).for_each(|piece| meter.push(piece));
            let stated = meter.seconds();
            assert!((stated - sound).abs() < 1e-6, "{rate} Hz: {stated} for {sound}");
        }
    }
}
