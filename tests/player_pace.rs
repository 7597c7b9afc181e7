//! At the pace of a sound device, against a delivery that is up to 300 ms late.

use std::sync::mpsc;
use std::time::{Duration, Instant};

use voicewire::audio::{Player, PlayerConfig, PlayerReader, Track, TrackOptions};

const RATE: u64 = 48_000;
const FRAMES: usize = 256;
/// Of audio in a chunk.
const CHUNK_MILLIS: u64 = 50;
const CHUNK: usize = (RATE * CHUNK_MILLIS / 1000) as usize;
const MOST_JITTER_MILLIS: u64 = 300;
/// More than the jitter, a chunk, a read and a fade.
const SUFFICIENT: Duration = Duration::from_millis(400);
const FADE: usize = 240;

/// When each chunk comes, in microseconds: as it is spoken, and up to 300 ms later, at random.
fn deliveries(chunks: u64, mut random: u64) -> Vec<u64> {
    let mut last = 0;
    (0..chunks)
        .map(|index| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let jitter = (random >> 33) % (MOST_JITTER_MILLIS * 1000);
            // They come in order.
            last = last.max(index * CHUNK_MILLIS * 1000 + jitter);
            last
        })
        .collect()
}

/// Each sample says which one it is.
fn chunk(index: usize) -> Vec<f32> {
    (index * CHUNK..(index + 1) * CHUNK)
        .map(|sample| (sample + 1) as f32)
        .collect()
}

fn player(cushion: Duration) -> (Player, PlayerReader, Track) {
    let mut config = PlayerConfig::new();
    config.cushion = cushion;
    config.max_cushion = cushion.max(Duration::from_millis(1));
    let (player, reader) = Player::new(config).expect("a player");
    let track = player.begin(&TrackOptions::default()).expect("a track");
    (player, reader, track)
}

/// What the ear noticed.
#[derive(Default, Debug)]
struct Heard {
    /// Samples that were heard as they are, or fading.
    samples: usize,
    faded: usize,
    /// Samples that are 0, which none was: a fade has come to its end.
    dips: usize,
    /// Frames of silence after the first sample.
    gap_frames: usize,
    silent: usize,
}

impl Heard {
    /// One read, of which the first frames were played: nothing may be lost, or come twice.
    fn take(&mut self, out: &[f32], played: usize) {
        for sample in &out[..played] {
            self.samples += 1;
            let expected = self.samples as f32;
            assert!((0.0..=expected).contains(sample), "{sample} instead of {expected}");
            self.faded += usize::from(*sample != expected);
            self.dips += usize::from(*sample == 0.0);
        }
        let silence = &out[played..];
        assert!(silence.iter().all(|sample| *sample == 0.0));
        self.silent += silence.len();
        if self.samples > 0 {
            self.gap_frames += silence.len();
        }
    }

    /// Reads once.
    fn read(&mut self, player: &Player, reader: &mut PlayerReader) {
        let mut out = [f32::NAN; FRAMES];
        let before = player.state().played_frames;
        reader.read(&mut out);
        self.take(&out, (player.state().played_frames - before) as usize);
    }
}

/// Both sides by one clock that is only a number.
fn play(cushion: Duration, chunks: u64, seed: u64) -> (Heard, Player) {
    let (player, mut reader, track) = player(cushion);
    let mut heard = Heard::default();
    let mut deliveries = deliveries(chunks, seed).into_iter().enumerate().peekable();
    for read in 0.. {
        let now = read * FRAMES as u64 * 1_000_000 / RATE;
        while let Some((index, _)) = deliveries.next_if(|(_, at)| *at <= now) {
            track.write_samples(&chunk(index)).expect("taken");
            if deliveries.peek().is_none() {
                track.finish().expect("ended");
            }
        }
        heard.read(&player, &mut reader);
        if player.state().track.is_none() {
            break;
        }
    }
    (heard, player)
}

#[test]
fn with_a_sufficient_cushion_no_sample_is_lost_repeated_or_late() {
    for seed in 0..12 {
        let (heard, player) = play(SUFFICIENT, 100, seed);
        let state = player.state();
        assert_eq!((heard.samples, heard.faded), (100 * CHUNK, 0), "seed {seed}");
        // The only silence after the beginning is the rest of the last read.
        assert!(heard.gap_frames < FRAMES, "seed {seed}: {heard:?}");
        assert_eq!((state.underruns, state.underrun_frames), (0, 0), "seed {seed}");
        assert_eq!(player.next_end().expect("over").frames_played as usize, heard.samples);
    }
}

#[test]
fn without_a_cushion_the_counters_say_what_was_heard() {
    let mut underruns = 0;
    for seed in 0..12 {
        let (heard, player) = play(Duration::ZERO, 100, seed);
        let state = player.state();
        assert_eq!(heard.samples, 100 * CHUNK, "seed {seed}: nothing is lost");
        let rest = heard.samples as u64 + heard.silent as u64;
        assert_eq!(state.underruns as usize, heard.dips, "seed {seed}");
        // After the end it is silent for the rest of a read.
        assert!(
            heard.gap_frames as u64 - state.underrun_frames < FRAMES as u64,
            "seed {seed}"
        );
        assert_eq!(state.played_frames + state.silent_frames, rest, "seed {seed}");
        assert_eq!(state.silent_frames, heard.silent as u64, "seed {seed}");
        // Out and in again.
        assert!(heard.faded <= state.underruns as usize * 2 * FADE, "seed {seed}");
        assert_eq!(player.next_end().expect("over").underruns, state.underruns);
        underruns += state.underruns;
    }
    assert!(underruns > 12, "{underruns}: the delivery was never late");
}

/// On two threads, by the clock on the wall. A reader that is late only reads later, and it waits for a writer that the
/// machine has held up, so that what is late is late by intention.
#[test]
fn in_real_time_a_sufficient_cushion_is_sufficient() {
    const CHUNKS: u64 = 60;
    let (player, mut reader, track) = player(SUFFICIENT);
    let start = Instant::now();
    let at = move |micros: u64| start + Duration::from_micros(micros);
    let times = deliveries(CHUNKS, 7);
    let (told, delivered) = mpsc::channel();
    let writing = std::thread::spawn({
        let times = times.clone();
        move || {
            for (index, micros) in times.into_iter().enumerate() {
                std::thread::sleep(at(micros).saturating_duration_since(Instant::now()));
                track.write_samples(&chunk(index)).expect("taken");
                let _ = told.send(());
            }
            track.finish().expect("ended");
        }
    });
    let mut heard = Heard::default();
    let mut due = times.iter().peekable();
    for read in 0.. {
        let now = read * FRAMES as u64 * 1_000_000 / RATE;
        std::thread::sleep(at(now).saturating_duration_since(Instant::now()));
        while due.next_if(|micros| **micros <= now).is_some() {
            delivered.recv().expect("the writer is well");
        }
        heard.read(&player, &mut reader);
        if player.state().track.is_none() {
            break;
        }
    }
    writing.join().expect("the writer is well");
    let state = player.state();
    assert_eq!((heard.samples, heard.faded), (CHUNKS as usize * CHUNK, 0));
    assert_eq!((state.underruns, state.underrun_frames), (0, 0));
}
