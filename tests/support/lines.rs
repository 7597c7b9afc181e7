//! Collecting what a line's callback gets.
#![allow(dead_code)]

use std::sync::mpsc;
use std::time::Duration;

use voicewire::deepdub::{
    Client, Ended, Flow, LineEvent, LineOptions, Session, SessionOptions, SessionState, SpeechRequest, StateChange,
};
use voicewire::{Error, ErrorKind};

/// Longer than anything takes, unless it hangs.
pub const LONG: Duration = Duration::from_secs(60);

/// What a callback got.
#[derive(Debug)]
pub enum Got {
    Chunk(Vec<u8>, u64),
    Ended(Ended),
}

pub type Gets = mpsc::Receiver<Got>;

pub fn collector() -> (impl FnMut(LineEvent<'_>) -> Flow + Send + 'static, Gets) {
    let (tell, gets) = mpsc::channel();
    let callback = move |event: LineEvent<'_>| {
        let got = match event {
            LineEvent::Chunk(chunk) => Got::Chunk(chunk.data.to_vec(), chunk.index),
            LineEvent::Ended(ended) => Got::Ended(ended.clone()),
            _ => return Flow::Continue,
        };
        let _ = tell.send(got);
        Flow::Continue
    };
    (callback, gets)
}

/// Everything up to the end: the audio, and how it ended. Nothing may follow.
pub fn finish(gets: &Gets) -> (Vec<u8>, Ended) {
    let mut audio = Vec::new();
    let mut next = 0;
    loop {
        match gets.recv_timeout(LONG).expect("the line ends") {
            Got::Chunk(data, index) => {
                assert_eq!(index, next);
                next += 1;
                audio.extend(data);
            }
            Got::Ended(ended) => {
                assert!(
                    matches!(gets.recv_timeout(LONG), Err(mpsc::RecvTimeoutError::Disconnected)),
                    "something came after the end"
                );
                return (audio, ended);
            }
        }
    }
}

pub fn begin(session: &Session, request: &SpeechRequest) -> Gets {
    begin_with(session, request, &LineOptions::default())
}

pub fn begin_with(session: &Session, request: &SpeechRequest, options: &LineOptions) -> Gets {
    let (callback, gets) = collector();
    session.speak(request, options, callback).expect("begun");
    gets
}

pub fn failure(ended: Ended) -> Error {
    ended.error.expect("an error")
}

/// The audio of a line that goes well.
#[track_caller]
pub fn whole(gets: &Gets) -> (Vec<u8>, Ended) {
    let (audio, ended) = finish(gets);
    assert!(ended.error.is_none(), "{ended:?}");
    (audio, ended)
}

/// The kind of error that a line ends with.
#[track_caller]
pub fn kind(gets: &Gets) -> ErrorKind {
    failure(finish(gets).1).kind()
}

/// Options whose changes of state come out here.
pub fn watched() -> (SessionOptions, mpsc::Receiver<StateChange>) {
    let (tell, states) = mpsc::channel();
    let options = SessionOptions::new().on_state(move |change| {
        let _ = tell.send(change.clone());
    });
    (options, states)
}

/// The next change to that state.
pub fn await_state(states: &mpsc::Receiver<StateChange>, state: SessionState) -> StateChange {
    loop {
        let change = states.recv_timeout(LONG).expect("a change of state");
        if change.state == state {
            return change;
        }
    }
}

/// What the request says by itself.
pub fn spoken(client: &Client, request: &SpeechRequest) -> Vec<u8> {
    let heard = super::hear(client, request);
    heard.summary();
    heard.data()
}

/// That two recordings are the same, without printing them.
#[track_caller]
pub fn assert_same(audio: &[u8], expected: &[u8]) {
    assert_eq!(audio.len(), expected.len());
    assert!(!expected.is_empty());
    let differs = audio.iter().zip(expected).position(|(a, b)| a != b);
    assert_eq!(differs, None, "the first byte that differs");
}
