//! Lines beside each other: their order, and what one may do to the others.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use support::lines::{
    Got, LONG, assert_same, await_state, begin, begin_with, collector, failure, finish, spoken, watched, whole,
};
use support::service::SOON;
use support::{assert_kind, client, config, options, request};
use voicewire::deepdub::{Client, Delivery, Flow, LineEvent, LineOptions, SessionOptions, SessionState, SpeechRequest};
use voicewire::{CancelToken, ErrorKind};
use voicewire_sandbox::Sandbox;

fn numbered(number: usize) -> SpeechRequest {
    SpeechRequest {
        text: format!("This is line number {number}."),
        ..request("s16le")
    }
}

#[test]
fn five_run_at_once_and_the_others_follow_in_order() {
    let sandbox = Sandbox::start(options()).expect("a sandbox");
    let client = client(&sandbox);
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let lines: Vec<_> = (0..20).map(|number| begin(&session, &numbered(number))).collect();
    // The sandbox refuses a sixth; nothing is tried again here.
    for line in &lines {
        assert_eq!(whole(line).1.summary.retries, 0);
    }
    let asked: Vec<_> = sandbox
        .requests()
        .into_iter()
        .filter_map(|request| Some(request.body?["targetText"].as_str()?.to_owned()))
        .collect();
    let expected: Vec<_> = (0..20).map(|number| numbered(number).text).collect();
    assert_eq!(asked, expected);
}

#[test]
fn a_line_at_the_front_is_the_next_one() {
    let sandbox = Sandbox::start(options()).expect("a sandbox");
    let client = client(&sandbox);
    let mut options = SessionOptions::new();
    options.max_running = 1;
    let session = client.open_session(options).expect("a session");
    // It holds its place until it is let go.
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (holds, held) = std::sync::mpsc::channel();
    let (mut callback, first) = collector();
    session
        .speak(&numbered(0), &LineOptions::default(), move |event| {
            let _ = holds.send(());
            let _ = wait.recv();
            callback(event)
        })
        .expect("begun");
    held.recv_timeout(LONG).expect("it is being spoken");
    let front = LineOptions {
        front: true,
        ..LineOptions::default()
    };
    let lines = [
        begin(&session, &numbered(1)),
        begin(&session, &numbered(2)),
        begin_with(&session, &numbered(3), &front),
        begin_with(&session, &numbered(4), &front),
    ];
    drop(go);
    whole(&first);
    lines.iter().for_each(|line| {
        whole(line);
    });
    let order: Vec<_> = sandbox
        .requests()
        .into_iter()
        .filter_map(|request| Some(request.body?["targetText"].as_str()?.to_owned()))
        .collect();
    let expected: Vec<_> = [0, 4, 3, 1, 2].map(|number| numbered(number).text).into();
    assert_eq!(order, expected);
}

#[test]
fn a_slow_consumer_delays_only_itself_and_fails_alone_when_there_is_no_room() {
    let sandbox = Sandbox::start(options()).expect("a sandbox");
    let client = client(&sandbox);
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let expected = spoken(&client, &request("s16le"));
    let narrow = LineOptions {
        max_buffered_bytes: expected.len() / 2,
        ..LineOptions::default()
    };
    // Nobody takes anything of these two; one of them has room for all of it.
    let mut full = session.stream(&request("s16le"), &narrow).expect("begun");
    let mut slow = session
        .stream(&request("s16le"), &LineOptions::default())
        .expect("begun");
    for _ in 0..3 {
        assert_same(&whole(&begin(&session, &request("s16le"))).0, &expected);
    }
    let mut audio = Vec::new();
    while let Some(chunk) = slow.next_chunk().expect("it all waited") {
        audio.extend_from_slice(chunk.data);
    }
    assert_same(&audio, &expected);

    let mut audio = Vec::new();
    let error = loop {
        match full.next_chunk() {
            Ok(chunk) => audio.extend_from_slice(chunk.expect("it cannot be whole").data),
            Err(error) => break error,
        }
    };
    assert_kind(&error, ErrorKind::BufferFull);
    assert_eq!(error.field(), Some("max_buffered_bytes"));
    // What had been taken in comes before the error, in order.
    assert!(!audio.is_empty() && audio.len() <= narrow.max_buffered_bytes);
    assert_same(&audio, &expected[..audio.len()]);
    assert_eq!(error.received().expect("received").bytes, audio.len() as u64);
}

#[test]
fn a_paused_line_lets_the_others_pass() {
    for delivery in [Delivery::IoThread, Delivery::Poll] {
        let sandbox = Sandbox::start(options()).expect("a sandbox");
        let client = client(&sandbox);
        let mut options = SessionOptions::new();
        options.delivery = delivery;
        let session = client.open_session(options).expect("a session");
        let (mut callback, gets) = collector();
        let line = session
            .speak(&request("s16le"), &LineOptions::default(), move |event| {
                let pauses = matches!(&event, LineEvent::Chunk(chunk) if chunk.index == 0);
                callback(event);
                if pauses { Flow::Pause } else { Flow::Continue }
            })
            .expect("begun");
        let poll = || {
            if delivery == Delivery::Poll {
                session.poll(Some(Duration::from_millis(5))).expect("polled");
            }
        };
        let other = Arc::new(AtomicUsize::new(0));
        let ended = Arc::clone(&other);
        session
            .speak(&request("s16le"), &LineOptions::default(), move |event| {
                if matches!(event, LineEvent::Ended(_)) {
                    ended.store(1, Ordering::SeqCst);
                }
                Flow::Continue
            })
            .expect("begun");
        while other.load(Ordering::SeqCst) == 0 || !line.is_ended() {
            poll();
            std::thread::yield_now();
        }
        assert!(matches!(gets.try_recv(), Ok(Got::Chunk(_, 0))));
        assert!(gets.try_recv().is_err(), "called while it was paused");
        line.resume();
        let mut ended = None;
        let mut chunks = 1;
        while ended.is_none() {
            poll();
            match gets.recv_timeout(if delivery == Delivery::Poll {
                Duration::ZERO
            } else {
                LONG
            }) {
                Ok(Got::Chunk(_, index)) => {
                    assert_eq!(index, chunks);
                    chunks += 1;
                }
                Ok(Got::Ended(end)) => ended = Some(end),
                Err(_) => {}
            }
        }
        assert!(ended.expect("ended").error.is_none());
    }
}

#[test]
fn two_lines_cannot_have_one_id() {
    let sandbox = Sandbox::start(options()).expect("a sandbox");
    let client = client(&sandbox);
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let named = SpeechRequest {
        generation_id: Some("4DA9902B-9141-4fb7-9efb-d616ce266ed9".to_owned()),
        ..request("s16le")
    };
    // It is not over before it is let go.
    let (go, wait) = std::sync::mpsc::channel::<()>();
    let (mut callback, line) = collector();
    session
        .speak(&named, &LineOptions::default(), move |event| {
            let _ = wait.recv();
            callback(event)
        })
        .expect("begun");
    let again = SpeechRequest {
        generation_id: named.generation_id.as_ref().map(|id| id.to_lowercase()),
        ..named.clone()
    };
    let (callback, _gets) = collector();
    let error = session
        .speak(&again, &LineOptions::default(), callback)
        .expect_err("refused");
    assert_kind(&error, ErrorKind::InvalidArgument);
    assert_eq!(error.field(), Some("generationId"));
    drop(go);
    whole(&line);
    // When it is over, the id is free.
    whole(&begin(&session, &named));
}

#[test]
fn a_callback_that_panics_ends_its_line_alone() {
    let sandbox = Sandbox::start(options()).expect("a sandbox");
    let client = client(&sandbox);
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let (mut callback, gets) = collector();
    session
        .speak(&request("s16le"), &LineOptions::default(), move |event| {
            assert!(!matches!(event, LineEvent::Chunk(_)), "on purpose");
            callback(event)
        })
        .expect("begun");
    assert_kind(&failure(finish(&gets).1), ErrorKind::Internal);
    whole(&begin(&session, &request("s16le")));
}

#[test]
fn who_interrupts_does_not_wait_for_the_end_of_what_was_interrupted() {
    for at_once in [1, 5] {
        // Slower than anybody has patience for.
        let sandbox = Sandbox::start(voicewire_sandbox::Options {
            pace: 0.05,
            ..options()
        })
        .expect("a sandbox");
        // It may count what was interrupted for a moment more.
        let client = Client::new(&config(&sandbox).retry(SOON)).expect("a client");
        let mut options = SessionOptions::new();
        options.max_running = at_once;
        let session = client.open_session(options).expect("a session");
        let mut streams: Vec<_> = (0..at_once)
            .map(|_| {
                session
                    .stream(&request("s16le"), &LineOptions::default())
                    .expect("begun")
            })
            .collect();
        for stream in &mut streams {
            stream.next_chunk().expect("spoken").expect("audio");
            stream.line().cancel();
        }
        let mut next = session
            .stream(&request("s16le"), &LineOptions::default())
            .expect("begun");
        assert!(!next.next_chunk().expect("spoken").expect("audio").data.is_empty());
    }
}

#[test]
fn none_of_the_lines_of_a_token_takes_the_place_of_another() {
    let sandbox = Sandbox::start(voicewire_sandbox::Options {
        pace: 0.05,
        ..options()
    })
    .expect("a sandbox");
    let client = client(&sandbox);
    let mut options = SessionOptions::new();
    options.max_running = 1;
    let session = client.open_session(options).expect("a session");
    let token = CancelToken::new();
    let cancelled = LineOptions {
        cancel: Some(token.clone()),
        ..LineOptions::default()
    };
    let mut speaks = session.stream(&numbered(0), &cancelled).expect("begun");
    speaks.next_chunk().expect("spoken").expect("audio");
    let between = session.stream(&numbered(1), &cancelled).expect("begun");
    let (tell, told) = std::sync::mpsc::channel();
    let told = std::sync::Mutex::new(told);
    let _lines: Vec<_> = [(2, &cancelled), (3, &LineOptions::default())]
        .into_iter()
        .map(|(number, options)| {
            let tell = tell.clone();
            let on_event = move |event: LineEvent<'_>| {
                if matches!(event, LineEvent::Chunk(_)) {
                    let _ = tell.send(number);
                }
                Flow::Continue
            };
            session.speak(&numbered(number), options, on_event).expect("begun")
        })
        .collect();
    // In the middle of the cancel: line 0 has been told, line 2 has not.
    let (tell_next, next) = std::sync::mpsc::channel();
    let cancelling = token.clone();
    between.on_ready(move || {
        if !cancelling.is_cancelled() {
            return;
        }
        let _ = tell_next.send(told.lock().expect("whole").recv_timeout(LONG));
    });
    token.cancel();
    assert_eq!(next.recv().expect("it was told"), Ok(3));
}

#[test]
fn a_session_that_closes_asks_for_nothing_more() {
    let sandbox = Sandbox::start(voicewire_sandbox::Options {
        pace: 0.05,
        ..options()
    })
    .expect("a sandbox");
    let client = client(&sandbox);
    let mut options = SessionOptions::new();
    options.max_running = 1;
    let session = client.open_session(options).expect("a session");
    let mut speaks = session.stream(&numbered(0), &LineOptions::default()).expect("begun");
    speaks.next_chunk().expect("spoken").expect("audio");
    let between = session.stream(&numbered(1), &LineOptions::default()).expect("begun");
    let _waits = session.stream(&numbered(2), &LineOptions::default()).expect("begun");
    // In the middle of the close: line 0 has left its place, line 2 has not ended.
    let (other, closing) = (client.clone(), std::sync::atomic::AtomicBool::new(false));
    between.on_ready(move || {
        if closing.swap(true, Ordering::SeqCst) {
            // All sessions of a client have one thread: it has been round.
            let (options, states) = watched();
            let _session = other.open_session(options).expect("a session");
            await_state(&states, SessionState::Ready);
        }
    });
    session.close();
    assert!(sandbox.wait_until_idle(LONG));
    let asked = sandbox.requests().into_iter().filter_map(|request| request.body);
    let texts: Vec<_> = asked
        .filter_map(|body| Some(body["targetText"].as_str()?.to_owned()))
        .collect();
    assert_eq!(texts, [numbered(0).text]);
}

#[test]
fn the_last_thing_that_is_told_is_that_the_session_is_closed() {
    for delivery in [Delivery::IoThread, Delivery::Poll] {
        // Slower than any thread: none ends by itself.
        let sandbox = Sandbox::start(voicewire_sandbox::Options {
            pace: 0.05,
            ..options()
        })
        .expect("a sandbox");
        let client = client(&sandbox);
        let (tell, told) = std::sync::mpsc::channel();
        let tell_state = tell.clone();
        let mut options = SessionOptions::new().on_state(move |change| {
            let _ = tell_state.send(format!("{:?}", change.state));
        });
        options.delivery = delivery;
        let session = client.open_session(options).expect("a session");
        for number in 0..8 {
            let tell = tell.clone();
            session
                .speak(&numbered(number), &LineOptions::default(), move |event| {
                    if matches!(event, LineEvent::Ended(_)) {
                        let _ = tell.send(number.to_string());
                    }
                    Flow::Continue
                })
                .expect("begun");
        }
        drop((session, tell));
        let mut told: Vec<String> = told
            .into_iter()
            .filter(|what| what != "Connecting" && what != "Ready")
            .collect();
        // A poll takes lines in the order in which they have something to tell.
        if delivery == Delivery::Poll {
            told[..8].sort();
        }
        assert_eq!(told, ["0", "1", "2", "3", "4", "5", "6", "7", "Closed"], "{delivery:?}");
    }
}
