//! Reading allocates and frees nothing: with this allocator, a read that does aborts the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use voicewire::audio::{Player, PlayerConfig, PlayerReader, Track, TrackOptions};

#[global_allocator]
static ALLOCATOR: AllocDisabler = AllocDisabler;

fn player(channels: u16) -> (Player, PlayerReader) {
    let mut config = PlayerConfig::new();
    config.cushion = Duration::from_millis(20);
    config.channels = channels;
    Player::new(config).expect("a player")
}

fn track(player: &Player) -> Track {
    player.begin(&TrackOptions::default()).expect("a track")
}

fn read(reader: &mut PlayerReader, times: usize) {
    let mut out = [0.0; 512];
    assert_no_alloc(|| (0..times).for_each(|_| reader.read(&mut out)));
}

#[test]
fn no_read_allocates_or_frees_whatever_happens() {
    for channels in [1, 2] {
        let (player, mut reader) = player(channels);
        let second = vec![0.5; usize::from(channels) * 48_000];
        read(&mut reader, 2);
        // Many segments, an underrun in the middle, and one that repeats.
        let line = track(&player);
        for _ in 0..2 {
            line.write_samples(&second).expect("taken");
            read(&mut reader, 500);
        }
        assert_eq!(player.state().underruns, 2);
        line.finish().expect("ended");
        drop(line);
        read(&mut reader, 1);
        // Tracks that follow each other, some of them empty; nobody asks for ends, or frees what was left.
        for index in 0..500 {
            let line = track(&player);
            line.write_samples(&second[..usize::from(channels) * (index % 7)])
                .expect("taken");
            line.finish().expect("ended");
        }
        read(&mut reader, 20);
        // A pause, a gain and a flush, with much that waits.
        let lines: Vec<_> = (0..20).map(|_| track(&player)).collect();
        for line in &lines {
            line.write_samples(&second).expect("taken");
        }
        read(&mut reader, 2);
        player.set_gain(0.3).expect("set");
        read(&mut reader, 2);
        player.pause();
        read(&mut reader, 3);
        player.resume();
        read(&mut reader, 2);
        lines[0].cancel();
        read(&mut reader, 2);
        player.flush();
        read(&mut reader, 5);
        drop(lines);
        // When nobody else is left.
        let last = track(&player);
        last.write_samples(&second).expect("taken");
        drop((last, player));
        read(&mut reader, 500);
    }
}

#[test]
fn no_read_allocates_or_frees_while_others_write_flush_and_ask() {
    let (player, mut reader) = player(1);
    let stop = Arc::new(AtomicBool::new(false));
    let reading = std::thread::spawn({
        let stop = Arc::clone(&stop);
        move || {
            while !stop.load(Ordering::Relaxed) {
                read(&mut reader, 1);
            }
        }
    });
    let samples = vec![0.5; 3000];
    for round in 0..2000 {
        let line = track(&player);
        // Refused when it was flushed.
        let _ = line.write_samples(&samples[..round % 3000]);
        if round % 3 == 0 {
            let _ = line.finish();
        }
        if round % 10 == 0 {
            player.flush();
        }
        while player.next_end().is_some() {}
    }
    stop.store(true, Ordering::Relaxed);
    reading.join().expect("no read failed");
}
