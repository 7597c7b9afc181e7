//! How fast audio is decoded, as multiples of real time, beside ffmpeg on the same bytes.
//!
//! ```text
//! benches/decode
//! ```
//!
//! Ten minutes of speech in each format, decoded in chunks of 4 KiB, as it is and to another rate. What is counted is the
//! time on processors: here of the thread, of ffmpeg as it tells it (`-benchmark`), its start taken off. Turns about, the
//! best of the rounds.

use std::process::{Command, Stdio};

use voicewire::audio::{Decoder, Format, Output};
use voicewire_sandbox::codec;
use voicewire_sandbox::speech::{Engine, Line, speak};

const RATE: u32 = 24_000;
const SECONDS: usize = 600;
const ROUNDS: usize = 5;

fn main() {
    let samples = speech();
    let seconds = samples.len() as f64 / f64::from(RATE);
    println!(
        "| {seconds:.0} s at {RATE} Hz, times real time | voicewire to f32 | to s16 | to f32 at 48000 Hz | ffmpeg | at 48000 Hz |"
    );
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    let empty = File::new("empty", &[0; 2]);
    for format in Format::ALL {
        let made = codec::Format::parse(format.name()).expect("the sandbox has it");
        // One WAV file, since ffmpeg stops at the end of the first.
        let bytes = codec::encode(&samples, RATE, made, 3_600_000)
            .expect("encoded")
            .concat();
        let file = File::new(format.name(), &bytes);
        // Opus is at 48000 already: its other rate is 24000.
        let other = if format == Format::Opus { RATE } else { 48_000 };
        let mut best = [f64::MAX; 6];
        for _ in 0..ROUNDS {
            let now = [
                of_thread(|| decode::<f32>(format, &bytes, Output::default())),
                of_thread(|| decode::<i16>(format, &bytes, Output::default())),
                of_thread(|| decode::<f32>(format, &bytes, Output::new(other, 1))),
                of_ffmpeg(format, &file, None),
                of_ffmpeg(format, &file, Some(other)),
                of_ffmpeg(Format::S16le, &empty, None),
            ];
            for (best, now) in best.iter_mut().zip(now) {
                *best = best.min(now.unwrap_or(f64::NAN));
            }
        }
        let times = |time: f64| {
            if time < f64::MAX && time > 0.0 {
                format!("{:.0}", seconds / time)
            } else {
                "not here".to_owned()
            }
        };
        let [f32, s16, resampled, ffmpeg, ffmpeg_resampled, start] = best;
        println!(
            "| {format}{} | {} | {} | {} | {} | {} |",
            if format == Format::Opus {
                " (at 48000, and to 24000)"
            } else {
                ""
            },
            times(f32),
            times(s16),
            times(resampled),
            times(ffmpeg - start),
            times(ffmpeg_resampled - start),
        );
    }
}

/// A line said over and over.
fn speech() -> Vec<i16> {
    let line = Line {
        text: "She sells sea shells, and sea shells only. Nobody knows what else she might have sold at the sea shore.",
        locale: "en-US",
        voice: "bench",
        sample_rate: RATE,
        tempo: None,
        target_duration: Some(10.0),
        seed: 1,
        variance: None,
        temperature: None,
    };
    let samples = speak(&line, Engine::Formant).expect("spoken");
    samples.iter().copied().cycle().take(SECONDS * RATE as usize).collect()
}

fn decode<S: voicewire::audio::Sample>(format: Format, bytes: &[u8], output: Output) {
    let mut decoder = Decoder::new(format, RATE, output).expect("a decoder");
    let mut samples = Vec::<S>::new();
    for chunk in bytes.chunks(4096) {
        samples.clear();
        decoder.push(chunk, &mut samples).expect("good audio");
        std::hint::black_box(&samples);
    }
    decoder.finish(&mut samples).expect("good audio");
}

/// Seconds on processors that this thread takes for `work`.
fn of_thread(work: impl FnOnce()) -> Option<f64> {
    let now = || {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: it is there to be written to.
        unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
        time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
    };
    let before = now();
    work();
    Some(now() - before)
}

/// Seconds on processors that ffmpeg says it took.
fn of_ffmpeg(format: Format, file: &File, rate: Option<u32>) -> Option<f64> {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-nostdin", "-benchmark", "-threads", "1"]);
    if let Format::Mulaw | Format::S16le = format {
        command.args(["-f", format.name(), "-ar", "24000", "-ac", "1"]);
    }
    command.arg("-i").arg(&file.0);
    if let Some(rate) = rate {
        command.args(["-ar", &rate.to_string()]);
    }
    let output = command
        .args(["-c:a", "pcm_f32le", "-f", "null", "-"])
        .stdin(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let after = |name: &str| -> Option<f64> {
        let (_, rest) = text.rsplit_once(name)?;
        rest.split('s').next()?.parse().ok()
    };
    Some(after("utime=")? + after("stime=")?)
}

/// A file that is gone afterwards.
struct File(std::path::PathBuf);

impl File {
    fn new(ending: &str, bytes: &[u8]) -> File {
        let name = format!("voicewire-bench-{}.{ending}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).expect("a file");
        File(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
