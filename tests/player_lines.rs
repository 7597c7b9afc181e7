//! Lines and turns that play on a player.

mod support;

use std::sync::mpsc;
use std::time::Duration;

use support::lines::{LONG, assert_same, begin_with, finish, kind, spoken, whole};
use support::{client, faulty, options, request, sandbox};
use voicewire::ErrorKind;
use voicewire::audio::{Format, Output, Player, PlayerConfig, PlayerReader, TrackEnd, decode};
use voicewire::deepdub::{
    Delivery, Flow, LineEvent, LineOptions, SessionOptions, TextConfig, TextSessionOptions, TurnOptions,
};
use voicewire_sandbox::Sandbox;

/// At the rate that the requests ask for, so that samples stay as they are.
fn player() -> (Player, PlayerReader) {
    let mut config = PlayerConfig::new();
    config.sample_rate = 16_000;
    config.cushion = Duration::from_millis(20);
    Player::new(config).expect("a player")
}

fn on(player: &Player, track_id: u64) -> LineOptions {
    LineOptions {
        player: Some(player.clone()),
        track_id,
        ..LineOptions::default()
    }
}

/// Reads until so many tracks have ended: what was played, without silence between and around, and the ends.
fn hear(player: &Player, reader: &mut PlayerReader, tracks: usize) -> (Vec<f32>, Vec<TrackEnd>) {
    let (mut heard, mut ends) = (Vec::new(), Vec::new());
    let mut out = [0.0; 160];
    while ends.len() < tracks {
        let before = player.state().played_frames;
        reader.read(&mut out);
        let played = (player.state().played_frames - before) as usize;
        if played == 0 {
            std::thread::yield_now();
        }
        // Silence is at the end of a read, unless a track begins in the middle of it: none does, while others are complete.
        heard.extend_from_slice(&out[..played]);
        ends.extend(std::iter::from_fn(|| player.next_end()));
    }
    (heard, ends)
}

fn samples(bytes: &[u8]) -> Vec<f32> {
    decode::<f32>(Format::S16le, 16_000, bytes, Output::new(16_000, 1))
        .expect("samples")
        .samples
}

#[test]
fn lines_play_in_the_order_in_which_they_were_asked_for_and_reach_their_callbacks_too() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let expected = spoken(&client, &request("s16le"));
    for delivery in [Delivery::IoThread, Delivery::Poll] {
        let (player, mut reader) = player();
        let mut options = SessionOptions::new();
        options.delivery = delivery;
        let session = client.open_session(options).expect("a session");
        let lines: Vec<_> = (0..4)
            .map(|id| {
                let options = LineOptions {
                    front: id % 2 == 1,
                    ..on(&player, id)
                };
                begin_with(&session, &request("s16le"), &options)
            })
            .collect();
        let (heard, ends) = hear(&player, &mut reader, 4);
        let once = samples(&expected);
        assert_eq!(heard.len(), 4 * once.len());
        let ids: Vec<_> = ends.iter().map(|end| end.id).collect();
        assert_eq!(ids, [0, 1, 2, 3]);
        assert!(
            ends.iter()
                .all(|end| end.error.is_none() && end.frames_played == once.len() as u64)
        );
        if delivery == Delivery::Poll {
            session.poll(Some(LONG)).expect("polled");
            while session.poll(Some(Duration::ZERO)).expect("polled") > 0 {}
        }
        for line in lines {
            assert_same(&whole(&line).0, &expected);
        }
    }
}

#[test]
fn a_line_that_is_only_played_sounds_as_it_was_sent() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let expected = samples(&spoken(&client, &request("s16le")));
    let (player, mut reader) = player();
    let session = client.open_session(SessionOptions::new()).expect("a session");
    for format in ["s16le", "wav"] {
        let (told, ended) = mpsc::channel();
        session
            .play(&request(format), &on(&player, 3), move |ended| {
                let _ = told.send(ended.clone());
            })
            .expect("begun");
        let ended = ended.recv_timeout(LONG).expect("it ends");
        assert!(ended.error.is_none() && ended.summary.bytes > 0);
        let (heard, ends) = hear(&player, &mut reader, 1);
        assert!(
            heard == expected,
            "{format}: {} samples of {}",
            heard.len(),
            expected.len()
        );
        assert_eq!((ends[0].id, ends[0].underruns), (3, 0));
    }
    let refused = session.play(&request("wav"), &LineOptions::default(), |_| ());
    assert_eq!(refused.expect_err("no player").field(), Some("player"));
}

#[test]
fn a_stream_of_a_played_line_has_only_an_end_and_its_drop_cancels_nothing() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let (player, mut reader) = player();
    let session = client.open_session(SessionOptions::new()).expect("a session");
    drop(session.stream(&request("s16le"), &on(&player, 1)).expect("begun"));
    let mut line = session.stream(&request("s16le"), &on(&player, 2)).expect("begun");
    assert!(line.next_chunk().expect("well").is_none());
    let (heard, ends) = hear(&player, &mut reader, 2);
    assert!(ends.iter().all(|end| end.error.is_none()));
    assert_eq!(heard.len() as u64, 2 * line.summary().bytes / 2);
    // Nobody asked for its end, and it is forgotten all the same, soon after: its id may be used again.
    let mut again = request("s16le");
    again.generation_id = Some("0c9a5d0e-7ddc-4d18-a8f2-cbd4dd4ac000".to_owned());
    for _ in 0..3 {
        while let Err(error) = session.stream(&again, &on(&player, 3)).map(drop) {
            assert_eq!(error.kind(), ErrorKind::InvalidArgument);
            std::thread::yield_now();
        }
        hear(&player, &mut reader, 1);
    }
}

#[test]
fn every_line_ends_once_for_the_ear_however_it_ended() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let (player, mut reader) = player();
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let cases = [
        ("error=Server", ErrorKind::Server),
        ("error=Server,after=2", ErrorKind::Server),
        ("gap=1", ErrorKind::Protocol),
        ("drop,after=2", ErrorKind::Network),
    ];
    for (id, (fault, expected)) in (0..).zip(cases) {
        let line = begin_with(&session, &faulty("s16le", fault), &on(&player, id));
        let (audio, ended) = finish(&line);
        let error = ended.error.expect("it fails");
        let (heard, ends) = hear(&player, &mut reader, 1);
        assert_eq!(
            ends[0].error.as_ref().map(voicewire::Error::kind),
            Some(error.kind()),
            "{fault}"
        );
        if expected != ErrorKind::Network {
            assert_eq!(error.kind(), expected, "{fault}");
        }
        assert_eq!((ends[0].id, ends[0].flushed), (id, false), "{fault}");
        assert!(heard == samples(&audio), "{fault}: what was good is played");
    }
    // Refused: no line, no track.
    let mut bad = request("s16le");
    bad.text = String::new();
    assert!(session.play(&bad, &on(&player, 9), |_| ()).is_err());
    assert!(player.state().track.is_none() && player.next_end().is_none());
    drop(reader);
    let closed = session.play(&request("s16le"), &on(&player, 9), |_| ());
    assert_eq!(closed.expect_err("nobody reads").kind(), ErrorKind::Closed);
}

#[test]
fn a_flush_cancels_the_lines_that_are_still_spoken() {
    let sandbox = Sandbox::start(voicewire_sandbox::Options { pace: 1.0, ..options() }).expect("a sandbox");
    let client = client(&sandbox);
    let (player, mut reader) = player();
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let lines = [1, 2].map(|id| begin_with(&session, &request("s16le"), &on(&player, id)));
    while player.state().buffered_frames == 0 {
        std::thread::yield_now();
    }
    player.flush();
    let mut out = [1.0; 160];
    reader.read(&mut out);
    assert!(out.iter().all(|sample| *sample == 0.0));
    for line in &lines {
        assert_eq!(kind(line), ErrorKind::Cancelled);
    }
    let (heard, ends) = hear(&player, &mut reader, 2);
    assert!(heard.is_empty() && ends.iter().all(|end| end.flushed));
}

#[test]
fn lines_in_the_queue_of_a_player_that_is_flushed_are_not_asked_for() {
    let sandbox = Sandbox::start(voicewire_sandbox::Options { pace: 1.0, ..options() }).expect("a sandbox");
    let client = client(&sandbox);
    let (player, mut reader) = player();
    let mut options = SessionOptions::new();
    options.max_running = 1;
    let session = client.open_session(options).expect("a session");
    let lines: Vec<_> = (0..20)
        .map(|id| begin_with(&session, &request("s16le"), &on(&player, id)))
        .collect();
    while player.state().buffered_frames == 0 {
        std::thread::yield_now();
    }
    player.flush();
    let reply = begin_with(&session, &request("s16le"), &on(&player, 20));
    for line in &lines {
        assert_eq!(kind(line), ErrorKind::Cancelled);
    }
    let (_, ends) = hear(&player, &mut reader, 21);
    assert!(ends[..20].iter().all(|end| end.flushed) && ends[20].error.is_none());
    whole(&reply);
    // The first, and the reply.
    assert_eq!(sandbox.generations().len(), 2);
}

#[test]
fn a_cancel_silences_its_line_alone_and_a_close_plays_what_is_whole() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let expected = samples(&spoken(&client, &request("s16le")));
    let (player, mut reader) = player();
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let mut lines: Vec<_> = (1..4)
        .map(|id| session.stream(&request("s16le"), &on(&player, id)).expect("begun"))
        .collect();
    for line in &mut lines {
        assert!(line.next_chunk().expect("well").is_none());
    }
    lines[1].line().cancel();
    session.close();
    let (heard, ends) = hear(&player, &mut reader, 3);
    assert!(heard == [&expected[..], &expected[..]].concat());
    let flushed: Vec<_> = ends.iter().map(|end| (end.id, end.flushed)).collect();
    assert_eq!(flushed, [(1, false), (2, true), (3, false)]);
}

#[test]
fn a_callback_that_stops_silences_and_one_that_pauses_does_not() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let (player, mut reader) = player();
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let _line = session
        .speak(&request("s16le"), &on(&player, 1), |event| match event {
            LineEvent::Chunk(_) => Flow::Pause,
            _ => Flow::Continue,
        })
        .expect("begun");
    let (heard, ends) = hear(&player, &mut reader, 1);
    assert!(!heard.is_empty() && ends[0].error.is_none(), "{ends:?}");
    session
        .speak(&request("s16le"), &on(&player, 2), |_| Flow::Stop)
        .expect("begun");
    let (_, ends) = hear(&player, &mut reader, 1);
    assert_eq!(
        ends[0].error.as_ref().map(voicewire::Error::kind),
        Some(ErrorKind::Cancelled)
    );
}

#[test]
fn a_full_player_fails_the_line_after_what_waits() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let mut config = PlayerConfig::new();
    config.sample_rate = 16_000;
    config.max_buffered = Duration::from_millis(500);
    let (player, mut reader) = Player::new(config).expect("a player");
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let line = begin_with(&session, &request("s16le"), &on(&player, 1));
    let (audio, ended) = finish(&line);
    let error = ended.error.expect("it fails");
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::BufferFull, Some("max_buffered"))
    );
    let (heard, ends) = hear(&player, &mut reader, 1);
    assert!(heard == samples(&audio));
    assert_eq!(
        ends[0].error.as_ref().map(voicewire::Error::kind),
        Some(ErrorKind::BufferFull)
    );
}

#[test]
fn turns_play_one_after_the_other() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let (player, mut reader) = player();
    let config = TextConfig::new("vp_1");
    let session = client
        .open_text_session(&config, TextSessionOptions::new())
        .expect("a session");
    for id in 1..4 {
        let options = TurnOptions {
            player: Some(player.clone()),
            track_id: id,
            ..TurnOptions::default()
        };
        let turn = session.play_turn(&options, |_| ()).expect("begun");
        turn.write("Once upon a time there was a fox.", None).expect("written");
    }
    let (_, ends) = hear(&player, &mut reader, 3);
    let ids: Vec<_> = ends.iter().map(|end| end.id).collect();
    assert_eq!(ids, [1, 2, 3]);
    assert!(ends.iter().all(|end| end.error.is_none() && end.frames_played > 4000));
    let refused = session.play_turn(&TurnOptions::default(), |_| ());
    assert_eq!(refused.expect_err("no player").field(), Some("player"));
}
