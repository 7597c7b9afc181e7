//! ffmpeg, where it is there: a judge that is none of ours.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Says so when there is none.
pub fn is_missing() -> bool {
    let there = Command::new("ffmpeg")
        .arg("-version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if there.is_err() {
        println!("skipped: there is no ffmpeg on this machine");
    }
    there.is_err()
}

/// A file that is gone when the test is over.
pub struct TempFile(PathBuf);

impl TempFile {
    pub fn new(ending: &str) -> TempFile {
        let name = format!("voicewire-{}.{ending}", uuid());
        TempFile(std::env::temp_dir().join(name))
    }

    pub fn with(ending: &str, bytes: &[u8]) -> TempFile {
        let file = TempFile::new(ending);
        std::fs::File::create(&file.0).unwrap().write_all(bytes).unwrap();
        file
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Different in every process and for every call.
fn uuid() -> String {
    use std::sync::atomic::{AtomicU32, Ordering};
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Runs ffmpeg; what it writes to its standard output.
pub fn run(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
        .args(arguments)
        .output()
        .expect("ffmpeg runs");
    assert!(
        output.status.success(),
        "ffmpeg {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// Encodes `samples` with one of ffmpeg's encoders.
pub fn encode(samples: &[i16], rate: u32, channels: u16, arguments: &[&str], ending: &str) -> Vec<u8> {
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let (input, output) = (TempFile::with("raw", &bytes), TempFile::new(ending));
    let (rate, channels) = (rate.to_string(), channels.to_string());
    let mut all = vec![
        "-f",
        "s16le",
        "-ar",
        &rate,
        "-ac",
        &channels,
        "-i",
        input.path().to_str().unwrap(),
    ];
    all.extend(arguments);
    all.push(output.path().to_str().unwrap());
    run(&all);
    std::fs::read(output.path()).unwrap()
}

/// What ffmpeg decodes `bytes` to, at its own rate where `rate` is `None`. `before` is what it must be told about them.
pub fn decode(bytes: &[u8], before: &[&str], rate: Option<u32>, channels: u16) -> Vec<f32> {
    let input = TempFile::with("bin", bytes);
    let (rate, channels) = (rate.map(|rate| rate.to_string()), channels.to_string());
    let mut all = before.to_vec();
    all.extend(["-i", input.path().to_str().unwrap(), "-f", "f32le", "-ac", &channels]);
    if let Some(rate) = &rate {
        all.extend(["-ar", rate]);
    }
    all.push("-");
    run(&all)
        .as_chunks::<4>()
        .0
        .iter()
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect()
}

/// How alike two signals are: 1 where one is the other, but for its loudness.
pub fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let sum = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum::<f64>();
    let length = a.len().min(b.len());
    let (a, b) = (&a[..length], &b[..length]);
    sum(a, b) / (sum(a, a) * sum(b, b)).sqrt()
}
