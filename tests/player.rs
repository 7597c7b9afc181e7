//! The playback buffer, from both of its sides.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use voicewire::audio::{Activity, Format, Output, Player, PlayerConfig, PlayerReader, Track, TrackOptions, decode};
use voicewire::{Error, ErrorKind};

/// 1 frame is 1 ms / 48; a fade is 240 frames.
const RATE: u32 = 48_000;
const FADE: usize = 240;

fn player(change: impl FnOnce(&mut PlayerConfig)) -> (Player, PlayerReader) {
    let mut config = PlayerConfig::new();
    config.cushion = Duration::from_millis(20);
    change(&mut config);
    Player::new(config).expect("a player")
}

fn track(player: &Player, id: u64) -> Track {
    let options = TrackOptions {
        id,
        ..TrackOptions::default()
    };
    player.begin(&options).expect("a track")
}

/// Samples that differ from each other and are not 0.
fn counted(from: usize, count: usize) -> Vec<f32> {
    (from..from + count)
        .map(|index| (index + 1) as f32 / 65_536.0)
        .collect()
}

fn read(reader: &mut PlayerReader, frames: usize) -> Vec<f32> {
    let mut out = vec![f32::NAN; frames];
    reader.read(&mut out);
    assert!(out.iter().all(|sample| sample.is_finite()), "all of it is filled");
    out
}

fn is_silent(samples: &[f32]) -> bool {
    samples.iter().all(|sample| *sample == 0.0)
}

fn biggest_jump(samples: &[f32]) -> f32 {
    samples
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max)
}

/// Ids, and the kinds of errors.
fn ends(player: &Player) -> Vec<(u64, Option<ErrorKind>, bool, u64)> {
    std::iter::from_fn(|| player.next_end())
        .map(|end| {
            let kind = end.error.as_ref().map(Error::kind);
            (end.id, kind, end.flushed, end.frames_played)
        })
        .collect()
}

#[test]
fn what_is_complete_is_played_as_it_is_and_ends_once() {
    let (player, mut reader) = player(|_| ());
    let line = track(&player, 7);
    line.write_samples(&counted(0, 100)).expect("taken");
    line.finish().expect("ended");
    assert!(ends(&player).is_empty(), "not before it is heard");
    assert_eq!(read(&mut reader, 99), counted(0, 99));
    assert!(ends(&player).is_empty(), "one sample is left");
    assert_eq!(read(&mut reader, 1), counted(99, 1));
    assert_eq!(ends(&player), [(7, None, false, 100)]);
    assert!(is_silent(&read(&mut reader, 300)));
    assert!(ends(&player).is_empty());
    let state = player.state();
    assert_eq!((state.activity, state.track), (Activity::Idle, None));
    assert_eq!(
        (state.played_frames, state.silent_frames, state.underruns),
        (100, 300, 0)
    );
}

#[test]
fn tracks_written_at_once_play_in_the_order_in_which_they_were_begun_without_a_gap() {
    let (player, mut reader) = player(|_| ());
    let [first, second, third] = [1, 2, 3].map(|id| track(&player, id));
    third.write_samples(&counted(5000, 50)).expect("taken");
    third.finish().expect("ended");
    second.write_samples(&counted(3000, 2000)).expect("taken");
    assert!(is_silent(&read(&mut reader, 100)), "the first has the turn");
    for part in counted(0, 3000).chunks(700) {
        first.write_samples(part).expect("taken");
    }
    first.finish().expect("ended");
    let mut heard = read(&mut reader, 4000);
    second.finish().expect("ended");
    heard.extend(read(&mut reader, 1050));
    assert_eq!(heard, counted(0, 5050));
    let ended: Vec<_> = ends(&player).iter().map(|end| end.0).collect();
    assert_eq!(ended, [1, 2, 3]);
    assert_eq!(player.state().underruns, 0);
}

#[test]
fn a_track_begins_when_its_cushion_is_there() {
    let (player, mut reader) = player(|config| config.cushion = Duration::from_millis(50));
    let line = track(&player, 0);
    line.write_samples(&counted(0, 2399)).expect("taken");
    assert!(is_silent(&read(&mut reader, 1000)));
    assert_eq!(player.state().activity, Activity::Filling);
    line.write_samples(&counted(2399, 1)).expect("taken");
    assert_eq!(read(&mut reader, 1000), counted(0, 1000));
    assert_eq!(player.state().activity, Activity::Playing);
    assert_eq!(player.state().underruns, 0);
}

#[test]
fn an_underrun_fades_out_and_in_and_loses_nothing() {
    let (player, mut reader) = player(|_| ());
    let line = track(&player, 0);
    line.write_samples(&[0.5; 1200]).expect("taken");
    let mut heard = read(&mut reader, 2000);
    assert!(heard[..1200 - FADE].iter().all(|sample| *sample == 0.5));
    assert!(heard[1200 - FADE + 1..1200].iter().all(|sample| *sample < 0.5));
    assert!(is_silent(&heard[1200..]));
    let state = player.state();
    assert_eq!((state.underruns, state.underrun_frames), (1, 800));
    assert_eq!((state.played_frames, state.buffered_frames), (1200, 0));
    assert_eq!(state.activity, Activity::Filling);

    // Less than a cushion does not go on.
    line.write_samples(&[0.5; 959]).expect("taken");
    heard.extend(read(&mut reader, 100));
    line.write_samples(&[0.5; 41]).expect("taken");
    line.finish().expect("ended");
    heard.extend(read(&mut reader, 1000));
    assert!(is_silent(&heard[2000..2100]));
    assert!(heard[2100 + FADE..].iter().all(|sample| *sample == 0.5));
    let step = 0.5 / FADE as f32 + 1e-6;
    assert!(biggest_jump(&heard) <= step, "a click: {}", biggest_jump(&heard));
    let end = player.next_end().expect("over");
    assert_eq!((end.underruns, end.frames_played, end.flushed), (1, 2200, false));
    assert!(end.error.is_none());
    assert_eq!(player.state().underrun_frames, 900);
}

#[test]
fn waiting_for_the_next_track_is_no_underrun() {
    let (player, mut reader) = player(|_| ());
    let first = track(&player, 0);
    first.write_samples(&counted(0, 500)).expect("taken");
    first.finish().expect("ended");
    let second = track(&player, 0);
    let heard = read(&mut reader, 1000);
    assert_eq!(heard[..500], counted(0, 500));
    assert!(is_silent(&heard[500..]));
    second.write_samples(&counted(500, 960)).expect("taken");
    assert_eq!(read(&mut reader, 300), counted(500, 300), "it begins as it is");
    assert_eq!(player.state().underruns, 0);
}

#[test]
fn the_cushion_grows_when_underruns_repeat_and_can_be_set() {
    let (player, mut reader) = player(|config| config.max_cushion = Duration::from_millis(50));
    let line = track(&player, 0);
    let mut seen = Vec::new();
    for _ in 0..5 {
        line.write_samples(&vec![0.1; RATE as usize / 10]).expect("taken");
        read(&mut reader, RATE as usize / 5);
        seen.push(player.state().cushion.as_millis());
    }
    assert_eq!(seen, [20, 30, 45, 50, 50]);
    player.set_cushion(Duration::from_millis(25)).expect("set");
    assert_eq!(player.state().cushion.as_millis(), 25);
    // After a long time without one, the next is not a repetition.
    for _ in 0..11 {
        line.write_samples(&vec![0.1; RATE as usize]).expect("taken");
        read(&mut reader, RATE as usize - FADE);
    }
    assert_eq!(player.state().underruns, 5);
    read(&mut reader, 48_000);
    assert_eq!((player.state().underruns, player.state().cushion.as_millis()), (6, 25));
    let refused = player.set_cushion(Duration::from_millis(51)).expect_err("too long");
    assert_eq!(
        (refused.kind(), refused.field()),
        (ErrorKind::InvalidArgument, Some("cushion"))
    );
}

#[test]
fn a_pause_keeps_the_place_and_fades() {
    let (player, mut reader) = player(|_| ());
    let line = track(&player, 0);
    line.write_samples(&[0.5; 6000]).expect("taken");
    line.finish().expect("ended");
    let mut heard = read(&mut reader, 256);
    player.pause();
    assert_eq!(player.state().activity, Activity::Paused);
    // Shorter than a fade: it is silent all the same when the read is over.
    heard.extend(read(&mut reader, 128));
    assert_eq!(heard.last(), Some(&0.0));
    let paused = read(&mut reader, 1000);
    assert!(is_silent(&paused));
    heard.extend(paused);
    assert_eq!(player.state().played_frames, 384);
    player.resume();
    heard.extend(read(&mut reader, 6000));
    assert_eq!(player.state().played_frames, 6000);
    assert!(biggest_jump(&heard[..7000]) <= 0.5 / 128.0 + 1e-6);
    assert_eq!(ends(&player), [(0, None, false, 6000)]);
    assert_eq!(
        (player.state().underruns, player.state().silent_frames),
        (0, 1000 + 6000 - 5616)
    );
}

#[test]
fn paused_before_it_begins_a_track_begins_as_it_is() {
    let (player, mut reader) = player(|_| ());
    player.pause();
    let line = track(&player, 0);
    line.write_samples(&counted(0, 600)).expect("taken");
    line.finish().expect("ended");
    assert!(is_silent(&read(&mut reader, 300)));
    player.resume();
    assert_eq!(read(&mut reader, 600), counted(0, 600));
}

#[test]
fn after_a_flush_the_next_read_is_silent_and_its_tracks_are_told() {
    let (player, mut reader) = player(|_| ());
    let whole = track(&player, 1);
    whole.write_samples(&counted(0, 100)).expect("taken");
    whole.finish().expect("ended");
    let playing = track(&player, 2);
    playing.write_samples(&counted(100, 5000)).expect("taken");
    let waiting = track(&player, 3);
    waiting.write_samples(&counted(0, 5000)).expect("taken");
    waiting.finish().expect("ended");
    read(&mut reader, 400);
    player.flush();
    assert_eq!(player.state().buffered_frames, 0);
    let refused = playing.write_samples(&[0.5; 10]).expect_err("flushed");
    assert_eq!(refused.kind(), ErrorKind::Cancelled);
    let next = track(&player, 4);
    assert!(is_silent(&read(&mut reader, 256)));
    let cancelled = Some(ErrorKind::Cancelled);
    assert_eq!(
        ends(&player),
        [
            (1, None, false, 100),
            (2, cancelled, true, 300),
            (3, cancelled, true, 0)
        ]
    );
    // Also when all is settled.
    assert_eq!(
        playing.write_samples(&[0.5]).expect_err("flushed").kind(),
        ErrorKind::Cancelled
    );
    next.write_samples(&counted(9000, 960)).expect("taken");
    next.finish().expect("ended");
    assert_eq!(read(&mut reader, 960), counted(9000, 960), "as it is");
    assert_eq!(ends(&player), [(4, None, false, 960)]);
}

#[test]
fn a_flush_counts_while_paused_and_when_nothing_is_there() {
    let (player, mut reader) = player(|_| ());
    player.flush();
    let line = track(&player, 1);
    line.write_samples(&counted(0, 1000)).expect("taken");
    read(&mut reader, 10);
    player.pause();
    player.flush();
    player.flush();
    assert!(is_silent(&read(&mut reader, 10)));
    assert_eq!(ends(&player), [(1, Some(ErrorKind::Cancelled), true, 10)]);
    drop(line);
    let next = track(&player, 2);
    next.write_samples(&counted(0, 500)).expect("taken");
    next.finish().expect("ended");
    player.resume();
    assert_eq!(read(&mut reader, 500), counted(0, 500));
}

#[test]
fn a_cancelled_track_is_silent_and_the_next_one_follows_at_once() {
    let (player, mut reader) = player(|_| ());
    let first = track(&player, 1);
    first.write_samples(&counted(0, 5000)).expect("taken");
    let second = track(&player, 2);
    second.write_samples(&counted(7000, 500)).expect("taken");
    second.finish().expect("ended");
    assert_eq!(read(&mut reader, 100), counted(0, 100));
    first.cancel();
    assert_eq!(read(&mut reader, 500), counted(7000, 500));
    assert_eq!(
        ends(&player),
        [(1, Some(ErrorKind::Cancelled), true, 100), (2, None, false, 500)]
    );
}

#[test]
fn gain_is_exact_and_moves_without_a_jump() {
    let (player, mut reader) = player(|_| ());
    let line = track(&player, 0);
    line.write_samples(&[0.5; 5000]).expect("taken");
    let mut heard = read(&mut reader, 100);
    player.set_gain(0.5).expect("set");
    heard.extend(read(&mut reader, 100));
    heard.extend(read(&mut reader, 300));
    assert!(biggest_jump(&heard) < 0.0015);
    assert!(heard[100 + FADE..].iter().all(|sample| *sample == 0.25));
    player.set_gain(0.0).expect("set");
    read(&mut reader, 300);
    assert!(is_silent(&read(&mut reader, 10)));
    for bad in [-0.1, 8.1, f32::NAN, f32::INFINITY] {
        assert_eq!(player.set_gain(bad).expect_err("refused").field(), Some("gain"));
    }
    assert!(player.state().gain == 0.0);
}

#[test]
fn what_was_good_of_a_failed_track_is_played_and_its_end_tells_why() {
    let (player, mut reader) = player(|_| ());
    let failed = track(&player, 1);
    failed.write_samples(&counted(0, 700)).expect("taken");
    let broken = {
        let (other, other_reader) = self::player(|_| ());
        let other_track = track(&other, 0);
        drop(other_reader);
        other_track.write_samples(&[0.0]).expect_err("nobody reads")
    };
    assert_eq!(broken.kind(), ErrorKind::Closed);
    failed.fail(broken);
    assert_eq!(
        failed.write_samples(&[0.0]).expect_err("over").kind(),
        ErrorKind::Closed
    );
    let dropped = track(&player, 2);
    dropped.write_samples(&counted(700, 300)).expect("taken");
    drop(dropped);
    assert_eq!(read(&mut reader, 1000), counted(0, 1000));
    assert_eq!(
        ends(&player),
        [
            (1, Some(ErrorKind::Closed), false, 700),
            (2, Some(ErrorKind::Cancelled), false, 300)
        ]
    );
}

#[test]
fn audio_that_cannot_be_decoded_ends_its_track_alone() {
    let (player, mut reader) = player(|_| ());
    // A codec that nobody knows.
    let bad = player.begin(&TrackOptions::new(Format::Wav, RATE)).expect("a track");
    let mut bytes =
        b"RIFF\x2c\0\0\0WAVEfmt \x10\0\0\0\x55\x55\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data\x08\0\0\0".to_vec();
    bytes.extend([0; 8]);
    let error = bad.write(&bytes).expect_err("broken");
    assert_eq!(error.kind(), ErrorKind::BadAudio);
    assert_eq!(bad.write(&bytes).expect_err("still").kind(), ErrorKind::BadAudio);
    let good = track(&player, 5);
    good.write_samples(&counted(0, 50)).expect("taken");
    good.finish().expect("ended");
    assert_eq!(read(&mut reader, 50), counted(0, 50));
    assert_eq!(
        ends(&player),
        [(0, Some(ErrorKind::BadAudio), false, 0), (5, None, false, 50)]
    );
}

#[test]
fn bytes_are_decoded_to_the_player_s_rate_and_channels() {
    let (player, mut reader) = player(|config| config.channels = 2);
    let bytes: Vec<u8> = (0..3200_i32)
        .flat_map(|index| ((index * 7) as i16).to_le_bytes())
        .collect();
    let line = player
        .begin(&TrackOptions::new(Format::S16le, 16_000))
        .expect("a track");
    for piece in bytes.chunks(333) {
        line.write(piece).expect("taken");
    }
    line.finish().expect("ended");
    let expected = decode::<f32>(Format::S16le, 16_000, &bytes, Output::new(RATE, 2)).expect("decoded");
    let mut out = vec![f32::NAN; expected.samples.len() + 1];
    reader.read(&mut out);
    let (last, heard) = out.split_last().expect("not empty");
    assert_eq!(
        (heard, *last),
        (&expected.samples[..], 0.0),
        "and half a frame is silent"
    );
    assert_eq!(
        player.next_end().expect("over").frames_played,
        expected.samples.len() as u64 / 2
    );
    assert!(line.write_samples(&[0.1, 0.2, 0.3]).is_err());
}

#[test]
fn half_a_frame_is_refused() {
    let (player, _reader) = player(|config| config.channels = 2);
    let refused = track(&player, 0).write_samples(&[0.1, 0.2, 0.3]).expect_err("refused");
    assert_eq!(
        (refused.kind(), refused.field()),
        (ErrorKind::InvalidArgument, Some("samples"))
    );
}

#[test]
fn what_is_no_number_becomes_silence() {
    let (player, mut reader) = player(|_| ());
    let line = track(&player, 0);
    line.write_samples(&[0.1, f32::NAN, f32::INFINITY, -0.2])
        .expect("taken");
    line.finish().expect("ended");
    assert_eq!(read(&mut reader, 4), [0.1, 0.0, 0.0, -0.2]);
}

#[test]
fn too_much_waiting_ends_the_track_that_wrote_it_after_what_waits() {
    let (player, mut reader) = player(|config| config.max_buffered = Duration::from_millis(100));
    let [first, second] = [1, 2].map(|id| track(&player, id));
    first.write_samples(&counted(0, 3000)).expect("taken");
    second.write_samples(&counted(3000, 1800)).expect("taken");
    let refused = second.write_samples(&[0.5]).expect_err("full");
    assert_eq!(
        (refused.kind(), refused.field()),
        (ErrorKind::BufferFull, Some("max_buffered"))
    );
    assert_eq!(
        second.write_samples(&[0.5]).expect_err("still").kind(),
        ErrorKind::BufferFull
    );
    let mut heard = read(&mut reader, 100);
    first.write_samples(&[0.5; 100]).expect("there is room again");
    first.finish().expect("ended");
    heard.extend(read(&mut reader, 4800));
    assert_eq!(heard[..3000], counted(0, 3000));
    assert_eq!(heard[3100..], counted(3000, 1800));
    assert_eq!(
        ends(&player),
        [(1, None, false, 3100), (2, Some(ErrorKind::BufferFull), false, 1800)]
    );
}

#[test]
fn thousands_of_tiny_lines_join_and_end_in_order() {
    const LINES: u64 = 5000;
    let (player, mut reader) = player(|_| ());
    let mut written = Vec::new();
    let mut ended = Vec::new();
    let mut heard = Vec::new();
    for id in 0..LINES {
        let line = track(&player, id);
        // Every third says nothing.
        let samples = counted(written.len(), (id % 3) as usize);
        line.write_samples(&samples).expect("taken");
        line.finish().expect("ended");
        written.extend(samples);
        if id % 500 == 499 {
            heard.extend(read(&mut reader, 256));
            ended.extend(ends(&player));
        }
    }
    while heard.len() < written.len() {
        let frames = 256.min(written.len() - heard.len());
        heard.extend(read(&mut reader, frames));
        ended.extend(ends(&player));
    }
    read(&mut reader, 1);
    ended.extend(ends(&player));
    assert_eq!(heard, written);
    let expected: Vec<_> = (0..LINES).map(|id| (id, None, false, id % 3)).collect();
    assert_eq!(ended, expected);
}

#[test]
fn one_read_passes_a_limited_number_of_lines_without_sound() {
    let (player, mut reader) = player(|_| ());
    for id in 0..10_000 {
        drop(track(&player, id));
    }
    let line = track(&player, 10_000);
    line.write_samples(&counted(0, 10)).expect("taken");
    line.finish().expect("ended");
    // 1024 each.
    for _ in 0..9 {
        assert!(is_silent(&read(&mut reader, 10)));
    }
    assert_eq!(read(&mut reader, 10), counted(0, 10));
    let state = player.state();
    assert_eq!((state.underruns, state.activity), (0, Activity::Idle));
    assert_eq!(state.lost_ends, 10_001 - 1024);
    let kept: Vec<_> = ends(&player).iter().map(|end| end.0).collect();
    assert_eq!(kept, (10_001 - 1024..=10_000).collect::<Vec<u64>>());
}

#[test]
fn the_state_tells_which_track_is_heard_and_how_far() {
    let (player, mut reader) = player(|_| ());
    assert_eq!(player.state().activity, Activity::Idle);
    let [first, second] = [11, 12].map(|id| track(&player, id));
    first.write_samples(&counted(0, 2000)).expect("taken");
    second.write_samples(&counted(0, 400)).expect("taken");
    let state = player.state();
    assert_eq!((state.activity, state.waiting), (Activity::Filling, 1));
    assert_eq!(state.buffered_frames, 2400);
    assert_eq!(state.buffered, Duration::from_millis(50));
    read(&mut reader, 480);
    let state = player.state();
    let playing = state.track.expect("one plays");
    assert_eq!((playing.id, playing.position, playing.written), (11, 480, 2000));
    assert!(!playing.is_complete);
    first.finish().expect("ended");
    second.finish().expect("ended");
    assert!(player.state().track.expect("one plays").is_complete);
    read(&mut reader, 1620);
    let state = player.state();
    let playing = state.track.expect("one plays");
    assert_eq!((playing.id, playing.position, state.waiting), (12, 100, 0));
    assert_eq!((state.played_frames, state.buffered_frames), (2100, 300));
}

#[test]
fn without_a_player_what_was_written_plays_on_and_without_a_reader_nothing_is_taken() {
    let (first, mut reader) = player(|_| ());
    let line = track(&first, 0);
    line.write_samples(&counted(0, 500)).expect("taken");
    line.finish().expect("ended");
    drop((first, line));
    assert_eq!(read(&mut reader, 500), counted(0, 500));
    assert!(is_silent(&read(&mut reader, 500)));

    let (second, reader) = player(|_| ());
    let line = track(&second, 1);
    line.write_samples(&counted(0, 500)).expect("taken");
    drop(reader);
    assert_eq!(
        line.write_samples(&[0.1]).expect_err("closed").kind(),
        ErrorKind::Closed
    );
    assert_eq!(
        second.begin(&TrackOptions::default()).expect_err("closed").kind(),
        ErrorKind::Closed
    );
    let end = second.next_end().expect("it is over");
    assert_eq!((end.id, end.flushed, end.frames_played), (1, true, 0));
    assert_eq!(second.state().activity, Activity::Idle);
}

#[test]
fn configurations_outside_their_ranges_are_refused() {
    let refused = |change: fn(&mut PlayerConfig)| {
        let mut config = PlayerConfig::new();
        change(&mut config);
        let error = Player::new(config).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        error.field().expect("a field").to_owned()
    };
    assert_eq!(refused(|config| config.sample_rate = 3999), "sample_rate");
    assert_eq!(refused(|config| config.sample_rate = 192_001), "sample_rate");
    assert_eq!(refused(|config| config.channels = 0), "channels");
    assert_eq!(refused(|config| config.channels = 9), "channels");
    assert_eq!(refused(|config| config.cushion = Duration::from_secs(61)), "cushion");
    assert_eq!(
        refused(|config| config.max_cushion = Duration::from_secs(61)),
        "max_cushion"
    );
    assert_eq!(refused(|config| config.max_buffered = Duration::ZERO), "max_buffered");
    assert_eq!(refused(|config| config.gain = f32::NAN), "gain");
    let (player, _reader) = player(|_| ());
    let bare = TrackOptions::new(Format::S16le, 0);
    assert_eq!(player.begin(&bare).expect_err("refused").field(), Some("sample_rate"));
    assert!(ends(&player).is_empty(), "what was refused has no end");
}

/// In a game's menu nothing sounds, and what is dropped there is over all the same.
#[test]
fn what_is_dropped_in_a_pause_before_it_began_ends_there() {
    let (player, mut reader) = player(|config| config.cushion = Duration::ZERO);
    let mut out = [1.0; 256];
    player.pause();
    reader.read(&mut out);
    for id in 1..=3 {
        let line = track(&player, id);
        line.write_samples(&[0.5; 4800]).expect("taken");
        line.finish().expect("ended");
    }
    reader.read(&mut out);
    assert!(ends(&player).is_empty(), "they wait");
    player.flush();
    reader.read(&mut out);
    assert_eq!(out, [0.0; 256]);
    let over: Vec<_> = std::iter::from_fn(|| player.next_end()).collect();
    assert_eq!(
        over.iter().map(|end| (end.id, end.flushed)).collect::<Vec<_>>(),
        [(1, true), (2, true), (3, true)]
    );
    assert_eq!(player.state().buffered_frames, 0);
    // What comes after it begins as ever.
    let line = track(&player, 4);
    line.write_samples(&[0.5; 4800]).expect("taken");
    line.finish().expect("ended");
    player.resume();
    reader.read(&mut out);
    assert_eq!(out, [0.5; 256]);
}

#[test]
fn a_cushion_that_cannot_be_filled_is_refused_and_one_beyond_the_largest_does_not_grow() {
    let small = |config: &mut PlayerConfig| {
        config.cushion = Duration::from_millis(200);
        config.max_buffered = Duration::from_millis(199);
    };
    let mut config = PlayerConfig::new();
    small(&mut config);
    assert_eq!(Player::new(config).expect_err("refused").field(), Some("max_buffered"));
    let (player, _reader) = player(|config| {
        config.cushion = Duration::from_secs(3);
        config.max_cushion = Duration::from_secs(2);
    });
    player.set_cushion(Duration::from_secs(3)).expect("it may stay");
    assert!(player.set_cushion(Duration::from_secs(4)).is_err());
}

/// Writers, a flusher and one who pauses, against a reader: nothing is heard out of order or twice, each track ends once.
#[test]
fn everything_at_once_keeps_the_order() {
    const TRACKS: u64 = 400;
    let (player, mut reader) = player(|config| config.cushion = Duration::ZERO);
    let stop = Arc::new(AtomicBool::new(false));
    let reading = std::thread::spawn({
        let stop = Arc::clone(&stop);
        move || {
            let (mut out, mut last) = ([0.0; 256], 0.0_f32);
            while !stop.load(Ordering::Relaxed) {
                reader.read(&mut out);
                // Tracks are steady, and each is louder than the one before.
                for sample in out.iter().filter(|sample| **sample > 0.0) {
                    assert!(*sample >= last, "{sample} after {last}");
                    last = *sample;
                }
            }
            reader
        }
    });
    let (send, receive) = mpsc::channel::<(Track, f32)>();
    let writing = std::thread::spawn(move || {
        for (track, level) in receive {
            // Too little to begin before it is complete, so that there is no underrun, and nothing fades.
            for _ in 0..3 {
                if track.write_samples(&[level; 97]).is_err() {
                    break;
                }
            }
            let _ = track.finish();
        }
    });
    let mut ended = Vec::new();
    for id in 1..=TRACKS {
        let line = track(&player, id);
        line.write_samples(&[id as f32; 97]).expect("taken");
        if id % 3 == 0 {
            line.finish().expect("ended");
        }
        send.send((line, id as f32)).expect("somebody writes");
        if id % 50 == 0 {
            player.flush();
        }
        ended.extend(std::iter::from_fn(|| player.next_end()).map(|end| end.id));
        let state = player.state();
        assert!(state.buffered_frames <= TRACKS * 97 * 6);
    }
    drop(send);
    writing.join().expect("the writer is well");
    while ended.len() < TRACKS as usize {
        ended.extend(std::iter::from_fn(|| player.next_end()).map(|end| end.id));
        std::thread::yield_now();
    }
    stop.store(true, Ordering::Relaxed);
    reading.join().expect("the reader is well");
    assert_eq!(ended, (1..=TRACKS).collect::<Vec<_>>());
}
