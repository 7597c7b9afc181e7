//! What the tests of Deepdub's REST calls share.

use std::ops::ControlFlow;

use voicewire::audio::{Format, file_bytes};
use voicewire::deepdub::{Client, Config, PostRequest, Summary};
use voicewire::{Error, ErrorKind};

use super::http::{TestServer, quick};
use super::{faulty, request};

/// Half a second of a voice of that pitch, as a WAV file: pulses, as from a throat.
pub fn voice(pitch: f64, seconds: f64) -> Vec<u8> {
    let rate = 16_000;
    let samples: Vec<u8> = (0..(seconds * f64::from(rate)) as u32)
        .flat_map(|n| {
            let phase = f64::from(n) * pitch / f64::from(rate) * std::f64::consts::TAU;
            let sum: f64 = (1..=8).map(|k| (phase * f64::from(k)).sin() / f64::from(k)).sum();
            ((sum * 8000.0) as i16).to_le_bytes()
        })
        .collect();
    file_bytes(Format::S16le, rate, &samples)
}

pub fn posted(format: &str) -> PostRequest {
    PostRequest::from(request(format))
}

pub fn broken(fault: &str) -> PostRequest {
    PostRequest::from(faulty("mp3", fault))
}

pub struct Posted {
    pub data: Vec<u8>,
    pub indexes: Vec<u64>,
    pub finals: Vec<bool>,
    pub result: Result<Summary, Error>,
}

pub fn post(client: &Client, request: &PostRequest) -> Posted {
    let (mut data, mut indexes, mut finals) = (Vec::new(), Vec::new(), Vec::new());
    let result = client.post_tts(request, |chunk| {
        data.extend_from_slice(chunk.data);
        indexes.push(chunk.index);
        finals.push(chunk.is_final);
        ControlFlow::Continue(())
    });
    Posted {
        data,
        indexes,
        finals,
        result,
    }
}

#[track_caller]
pub fn kind_of<T: std::fmt::Debug>(result: Result<T, Error>) -> ErrorKind {
    result.expect_err("it fails").kind()
}

pub fn client_of(server: &TestServer) -> Client {
    let config = Config::new().api_key("dd-0123456789abcdef").rest_url(server.url());
    Client::new(&config.retry(quick(0))).expect("good")
}
