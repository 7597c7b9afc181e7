//! What is decoded here beside what ffmpeg decodes of the same bytes.

#[path = "support/ffmpeg.rs"]
mod ffmpeg;

use voicewire::audio::{Decoder, Format, Output};
use voicewire::deepdub::SAMPLE_RATES;
use voicewire_sandbox::codec;
use voicewire_sandbox::speech::{Engine, Line, speak};

/// The same second and a bit on every machine.
fn speech(sample_rate: u32) -> Vec<i16> {
    let line = Line {
        text: "She sells sea shells, and sea shells only.",
        locale: "en-US",
        voice: "decoder test",
        sample_rate,
        tempo: None,
        target_duration: Some(1.0317),
        seed: 1,
        variance: None,
        temperature: None,
    };
    speak(&line, Engine::Formant).unwrap()
}

/// Two voices, one on each side.
fn in_stereo(samples: &[i16]) -> Vec<i16> {
    let other = samples.iter().rev();
    samples
        .iter()
        .zip(other)
        .flat_map(|(left, right)| [*left, *right / 2])
        .collect()
}

/// Decodes in chunks of an odd length.
fn decoded(format: Format, label: u32, bytes: &[u8], output: Output) -> (Vec<f32>, u32, u16) {
    let mut decoder = Decoder::new(format, label, output).unwrap();
    let mut samples = Vec::new();
    for chunk in bytes.chunks(997) {
        decoder.push(chunk, &mut samples).unwrap();
    }
    decoder.finish(&mut samples).unwrap();
    (samples, decoder.sample_rate(), decoder.channels())
}

/// As long as ffmpeg's within `slack` frames, and the same sound.
fn assert_like_ffmpeg(what: &str, ours: &[f32], theirs: &[f32], slack: usize, least: f64) {
    let off = ours.len().abs_diff(theirs.len());
    let alike = ffmpeg::correlation(ours, theirs);
    if std::env::var_os("VOICEWIRE_SHOW").is_some() {
        println!(
            "{what}: {} and {} samples, correlation {alike:.7}",
            ours.len(),
            theirs.len()
        );
    }
    assert!(
        off <= slack,
        "{what}: {} samples, ffmpeg has {}",
        ours.len(),
        theirs.len()
    );
    assert!(alike > least, "{what}: correlation {alike}");
}

/// `bytes` at their own rate and at others; `before` is what ffmpeg must be told of them.
fn compare(what: &str, format: Format, label: u32, bytes: &[u8], before: &[&str]) {
    let (ours, rate, channels) = decoded(format, label, bytes, Output::default());
    let theirs = ffmpeg::decode(bytes, before, None, channels);
    let least = match (format, rate) {
        // ffmpeg has one border of mp3's bands at 24000 Hz two lines lower than the standard (and everybody else).
        (Format::Mp3, 24_000) => 0.999,
        // Versions of libopus differ a little.
        (Format::Opus, _) => 0.9995,
        _ => 0.9999,
    };
    assert_like_ffmpeg(&format!("{what}, {rate} Hz"), &ours, &theirs, 0, least);
    // Each has its turn.
    let others = [8000, 24_000, 44_100, 48_000, 22_050, 16_000];
    for to in [others[bytes.len() % 6], others[what.len() % 6]] {
        let (ours, ..) = decoded(format, label, bytes, Output::new(to, 0));
        let theirs = ffmpeg::decode(bytes, before, Some(to), channels);
        let slack = 2 * usize::from(channels);
        assert_like_ffmpeg(&format!("{what}, {rate} to {to} Hz"), &ours, &theirs, slack, least);
    }
}

#[test]
fn every_format_and_rate_of_the_service_is_decoded_as_ffmpeg_does() {
    if ffmpeg::is_missing() {
        return;
    }
    for rate in SAMPLE_RATES {
        let samples = speech(rate);
        for (format, made) in Format::ALL.into_iter().zip([
            codec::Format::Mp3,
            codec::Format::Wav,
            codec::Format::Opus,
            codec::Format::Mulaw,
            codec::Format::S16le,
        ]) {
            assert_eq!(format.name(), made.name());
            let bytes = codec::encode(&samples, rate, made, 120).unwrap().concat();
            // ffmpeg stops at the end of the first of the joined files.
            let bytes = if format == Format::Wav {
                codec::encode(&samples, rate, made, 10_000).unwrap().concat()
            } else {
                bytes
            };
            let hertz = rate.to_string();
            let bare: &[&str] = match format {
                Format::Mulaw => &["-f", "mulaw", "-ar", &hertz, "-ac", "1"],
                Format::S16le => &["-f", "s16le", "-ar", &hertz, "-ac", "1"],
                _ => &[],
            };
            compare(&format!("{format} of the sandbox"), format, rate, &bytes, bare);
        }
    }
}

#[test]
fn mp3_of_every_rate_is_decoded_as_ffmpeg_does() {
    if ffmpeg::is_missing() {
        return;
    }
    for rate in [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000] {
        let mono = speech(rate);
        for (channels, samples) in [(1, &mono), (2, &in_stereo(&mono))] {
            for arguments in [
                &["-b:a", "64k"] as &[&str],
                &["-q:a", "4"],
                &["-q:a", "4", "-write_xing", "0", "-id3v2_version", "0"],
                &[
                    "-b:a",
                    "48k",
                    "-write_id3v1",
                    "1",
                    "-metadata",
                    "title=Shells",
                    "-joint_stereo",
                    "0",
                ],
            ] {
                let mut all = vec!["-c:a", "libmp3lame"];
                all.extend(arguments);
                let bytes = ffmpeg::encode(samples, rate, channels, &all, "mp3");
                compare(&format!("mp3 {channels} {arguments:?}"), Format::Mp3, 0, &bytes, &[]);
            }
        }
    }
}

#[test]
fn opus_of_every_frame_length_is_decoded_as_ffmpeg_does() {
    if ffmpeg::is_missing() {
        return;
    }
    let mono = speech(48_000);
    for (channels, samples) in [(1, &mono), (2, &in_stereo(&mono))] {
        for length in ["2.5", "5", "10", "20", "40", "60"] {
            for arguments in [
                &["-b:a", "64k", "-application", "audio"] as &[&str],
                &["-b:a", "16k", "-application", "voip"],
                &["-b:a", "24k", "-application", "lowdelay", "-vbr", "off"],
            ] {
                let mut all = vec!["-c:a", "libopus", "-frame_duration", length];
                all.extend(arguments);
                let bytes = ffmpeg::encode(samples, 48_000, channels, &all, "opus");
                // By libopus, which defines what is right: ffmpeg's own decoder has SILK some frames early.
                compare(
                    &format!("opus {channels} {length} ms {arguments:?}"),
                    Format::Opus,
                    0,
                    &bytes,
                    &["-c:a", "libopus"],
                );
            }
        }
    }
}

#[test]
fn wav_and_sun_audio_of_every_kind_are_decoded_as_ffmpeg_does() {
    if ffmpeg::is_missing() {
        return;
    }
    let mono = speech(22_050);
    let little = [
        "pcm_u8",
        "pcm_s16le",
        "pcm_s24le",
        "pcm_s32le",
        "pcm_f32le",
        "pcm_f64le",
        "pcm_mulaw",
        "pcm_alaw",
    ];
    let big = [
        "pcm_s8",
        "pcm_s16be",
        "pcm_s24be",
        "pcm_s32be",
        "pcm_f32be",
        "pcm_f64be",
        "pcm_mulaw",
        "pcm_alaw",
    ];
    for (channels, samples) in [(1, &mono), (2, &in_stereo(&mono))] {
        for (ending, codecs) in [("wav", little), ("au", big)] {
            for codec in codecs {
                let arguments = ["-c:a", codec, "-metadata", "title=Shells at the sea shore"];
                let bytes = ffmpeg::encode(samples, 22_050, channels, &arguments, ending);
                compare(&format!("{ending} {channels} {codec}"), Format::Wav, 0, &bytes, &[]);
            }
        }
    }
}
