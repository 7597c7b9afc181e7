//! What one read of 256 frames costs the audio thread, by what the player is doing: nanoseconds, the worst case too.
//!
//! ```text
//! benches/player [READS]
//! ```

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use voicewire::audio::{Player, PlayerConfig, PlayerReader, Track, TrackOptions};

const READS: usize = 200_000;
const FRAMES: usize = 256;

/// Takes so many times, with so many channels, in nanoseconds.
type Case = fn(usize, u16) -> Vec<u64>;

fn main() {
    let reads = std::env::args()
        .nth(1)
        .map_or(READS, |reads| reads.parse().expect("a number"));
    println!("| | channels | p50 | p99 | p99.9 | max |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: |");
    for channels in [1, 2] {
        let cases: [(&str, Case); 9] = [
            ("the clock alone", clock),
            ("idle", idle),
            ("playing", playing),
            ("playing, with a gain", gained),
            ("playing, while another thread writes and asks", contended),
            ("the read of an underrun", underrun),
            ("four tracks in a read", switches),
            ("paused", paused),
            ("the read after a flush of 10 min", flushed),
        ];
        for (name, case) in cases {
            let mut times = case(reads, channels);
            times.sort_unstable();
            let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize];
            println!(
                "| {name} | {channels} | {} | {} | {} | {} |",
                at(0.5),
                at(0.99),
                at(0.999),
                at(1.0)
            );
        }
    }
}

fn player(channels: u16) -> (Player, PlayerReader) {
    let mut config = PlayerConfig::new();
    config.channels = channels;
    config.cushion = Duration::from_millis(10);
    config.max_cushion = config.cushion;
    Player::new(config).expect("a player")
}

fn track(player: &Player) -> Track {
    player.begin(&TrackOptions::default()).expect("a track")
}

/// Nanoseconds of one read; the buffer has been used before, as a device's is.
fn timed(reader: &mut PlayerReader, out: &mut [f32]) -> u64 {
    let before = Instant::now();
    reader.read(black_box(out));
    before.elapsed().as_nanos() as u64
}

fn out(channels: u16) -> Vec<f32> {
    vec![0.0; FRAMES * usize::from(channels)]
}

fn clock(reads: usize, _: u16) -> Vec<u64> {
    (0..reads)
        .map(|_| {
            let before = Instant::now();
            black_box(());
            before.elapsed().as_nanos() as u64
        })
        .collect()
}

fn idle(reads: usize, channels: u16) -> Vec<u64> {
    let (_player, mut reader) = player(channels);
    let mut out = out(channels);
    (0..reads).map(|_| timed(&mut reader, &mut out)).collect()
}

/// One long track, written a chunk at a time.
fn long(reads: usize, channels: u16, player: &Player, reader: &mut PlayerReader) -> Vec<u64> {
    let line = track(player);
    let chunk = vec![0.25; FRAMES * 40 * usize::from(channels)];
    let mut out = out(channels);
    line.write_samples(&chunk).expect("taken");
    (0..reads)
        .map(|read| {
            if read % 40 == 0 {
                line.write_samples(&chunk).expect("taken");
            }
            timed(reader, &mut out)
        })
        .collect()
}

fn playing(reads: usize, channels: u16) -> Vec<u64> {
    let (player, mut reader) = player(channels);
    let times = long(reads, channels, &player, &mut reader);
    assert_eq!(player.state().underruns, 0);
    times
}

fn gained(reads: usize, channels: u16) -> Vec<u64> {
    let (player, mut reader) = player(channels);
    player.set_gain(0.5).expect("set");
    long(reads, channels, &player, &mut reader)
}

fn contended(reads: usize, channels: u16) -> Vec<u64> {
    let (player, mut reader) = player(channels);
    let stop = Arc::new(AtomicBool::new(false));
    let other = std::thread::spawn({
        let (player, stop) = (player.clone(), Arc::clone(&stop));
        move || {
            let chunk = vec![0.25; FRAMES * usize::from(player.config().channels)];
            while !stop.load(Ordering::Relaxed) {
                let line = track(&player);
                for _ in 0..20 {
                    while player.state().buffered_frames > 48_000 && !stop.load(Ordering::Relaxed) {}
                    line.write_samples(&chunk).expect("taken");
                }
                line.finish().expect("ended");
                while player.next_end().is_some() {}
            }
        }
    });
    let mut out = out(channels);
    // Both wait for each other: fewer are enough.
    let times = (0..reads / 20)
        .map(|_| {
            while player.state().buffered_frames < 2 * FRAMES as u64 {
                std::thread::yield_now();
            }
            timed(&mut reader, &mut out)
        })
        .collect();
    stop.store(true, Ordering::Relaxed);
    other.join().expect("the writer is well");
    times
}

/// Of each burst the read in which it runs dry, which has samples, a fade and silence.
fn underrun(reads: usize, channels: u16) -> Vec<u64> {
    let (player, mut reader) = player(channels);
    let line = track(&player);
    let burst = vec![0.25; 600 * usize::from(channels)];
    let mut out = out(channels);
    let times = (0..reads / 4)
        .map(|_| {
            line.write_samples(&burst).expect("taken");
            reader.read(&mut out);
            let time = timed(&mut reader, &mut out);
            reader.read(&mut out);
            time
        })
        .collect();
    assert!(player.state().underruns as usize >= reads / 4);
    times
}

fn switches(reads: usize, channels: u16) -> Vec<u64> {
    let (player, mut reader) = player(channels);
    let quarter = vec![0.25; FRAMES / 4 * usize::from(channels)];
    let mut out = out(channels);
    (0..reads)
        .map(|_| {
            for _ in 0..4 {
                let line = track(&player);
                line.write_samples(&quarter).expect("taken");
                line.finish().expect("ended");
            }
            while player.next_end().is_some() {}
            timed(&mut reader, &mut out)
        })
        .collect()
}

fn paused(reads: usize, channels: u16) -> Vec<u64> {
    let (player, mut reader) = player(channels);
    let line = track(&player);
    line.write_samples(&vec![0.25; 4800 * usize::from(channels)])
        .expect("taken");
    player.pause();
    let mut out = out(channels);
    (0..reads).map(|_| timed(&mut reader, &mut out)).collect()
}

fn flushed(reads: usize, channels: u16) -> Vec<u64> {
    let (player, mut reader) = player(channels);
    let minute = vec![0.25; 60 * 48_000 * usize::from(channels)];
    let mut out = out(channels);
    (0..(reads / 20_000).max(1))
        .map(|_| {
            let line = track(&player);
            (0..10).for_each(|_| line.write_samples(&minute).expect("taken"));
            reader.read(&mut out);
            player.flush();
            timed(&mut reader, &mut out)
        })
        .collect()
}
