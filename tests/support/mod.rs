//! What the tests share: a sandbox, a client of it, and collecting what comes.
#![allow(dead_code)] // each test program uses its own part of it

#[cfg(unix)]
pub mod c;

pub mod header;

pub mod http;

pub mod lines;

pub mod market;

#[cfg(unix)]
pub mod native;

pub mod proxy;

pub mod reports;

pub mod rest;

pub mod scratch;

pub mod service;

use std::ops::ControlFlow;
use std::time::Duration;

use voicewire::deepdub::{Client, Config, SpeechRequest, Summary, TRIAL_VOICE, Timeouts};
use voicewire::{Error, ErrorKind, RetryPolicy};
use voicewire_sandbox::speech::Engine;
use voicewire_sandbox::{Options, Sandbox};

/// A sandbox that answers at once, with the voice that every machine has.
pub fn options() -> Options {
    Options {
        engine: Engine::Formant,
        ..Options::instant()
    }
}

pub fn sandbox() -> Sandbox {
    Sandbox::start(options()).expect("the sandbox starts")
}

pub fn config(sandbox: &Sandbox) -> Config {
    let config = Config::new()
        .api_key(sandbox.api_key())
        .rest_url(sandbox.deepdub_rest_url())
        .websocket_url(sandbox.deepdub_open_url())
        .streaming_url(sandbox.deepdub_live_url())
        // Most tests are about the single call.
        .retry(RetryPolicy::none());
    match sandbox.ca_pem() {
        Some(pem) => config.ca_pem(pem),
        None => config,
    }
}

pub fn client(sandbox: &Sandbox) -> Client {
    Client::new(&config(sandbox)).expect("the configuration is good")
}

/// One whose limits are changed.
pub fn hasty_client(sandbox: &Sandbox, change: impl FnOnce(&mut Timeouts)) -> Client {
    let mut timeouts = Timeouts::default();
    change(&mut timeouts);
    Client::new(&config(sandbox).timeouts(timeouts)).expect("the configuration is good")
}

/// Where nobody listens. (A port that was let go may be somebody else's by now.)
pub const NOBODY: &str = "127.0.0.1:1";

/// Short enough to wait for, long enough for a machine that is busy with something else.
pub const SHORT: Option<Duration> = Some(Duration::from_millis(400));

pub const TEXT: &str = "The quick brown fox jumps over the lazy dog, and then it sleeps.";

/// A request that always gives the same audio.
pub fn request(format: &str) -> SpeechRequest {
    let mut request = SpeechRequest::new(TEXT, TRIAL_VOICE);
    request.format = format.parse().expect("a format");
    request.sample_rate = Some(16_000);
    request.seed = Some(7);
    request
}

/// A request whose generation goes wrong in the way that `fault` says. The audio is that of [`request`].
pub fn faulty(format: &str, fault: &str) -> SpeechRequest {
    SpeechRequest {
        voice_prompt_id: format!("fault:{fault}"),
        ..request(format)
    }
}

/// Everything that came of a generation.
pub struct Heard {
    pub chunks: Vec<Vec<u8>>,
    pub indexes: Vec<u64>,
    pub finals: Vec<bool>,
    pub samples: Vec<u8>,
    pub result: Result<Summary, Error>,
}

impl Heard {
    pub fn data(&self) -> Vec<u8> {
        self.chunks.concat()
    }

    pub fn error(&self) -> &Error {
        self.result.as_ref().expect_err("the generation fails")
    }

    pub fn summary(&self) -> &Summary {
        self.result.as_ref().expect("the generation succeeds")
    }
}

pub fn hear(client: &Client, request: &SpeechRequest) -> Heard {
    let (mut chunks, mut indexes, mut finals, mut samples) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let result = client.stream_tts(request, |chunk| {
        chunks.push(chunk.data.to_vec());
        indexes.push(chunk.index);
        finals.push(chunk.is_final);
        samples.extend_from_slice(chunk.samples());
        ControlFlow::Continue(())
    });
    Heard {
        chunks,
        indexes,
        finals,
        samples,
        result,
    }
}

/// The error of a generation that goes wrong in the way that `fault` says.
pub fn fail(client: &Client, fault: &str) -> Error {
    hear(client, &faulty("s16le", fault))
        .result
        .expect_err("the generation fails")
}

#[track_caller]
pub fn assert_kind(error: &Error, kind: ErrorKind) {
    assert_eq!(error.kind(), kind, "{error}");
}
