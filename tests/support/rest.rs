//! What the tests of Deepdub's REST calls share.

use std::ops::ControlFlow;

use serde_json::Value;
use voicewire::audio::{Format, file_bytes};
use voicewire::deepdub::{Client, Config, PostRequest, Summary};
use voicewire::{Error, ErrorKind};
use voicewire_sandbox::{Request, Sandbox};

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

/// The model whose capacity [`assert_table_called`] looks for.
pub const MODEL: &str = "dd-etts-3.0";

/// Whether each of the service's rows in the table of endpoints was called, with success, by the sandbox's own log.
#[track_caller]
pub fn assert_table_called(sandbox: &Sandbox, voice: &str, issue: &str) {
    let table: Value = serde_json::from_str(include_str!("../endpoints.json")).expect("JSON");
    let rows = table.as_array().expect("a list").iter();
    let rows: Vec<&Value> = rows.filter(|row| row["service"] == "deepdub").collect();
    assert_eq!(rows.len(), 18);
    let asked = sandbox.requests();
    for row in rows {
        let (method, path) = (row["method"].as_str().unwrap_or(""), row["path"].as_str().unwrap_or(""));
        let path = path
            .replace("{prompt_id}", voice)
            .replace("{id}", issue)
            .replace("{model_id}", MODEL);
        let is_it = |asked: &Request| asked.method == method && asked.path == path && asked.status / 100 == 2;
        assert!(asked.iter().any(is_it), "{method} {path} was not called");
    }
}
