//! A local stand-in for the speech services that voicewire talks to, for development and tests: real protocols, real
//! speech, no account, no network, and [faults](Fault) on demand. It listens on 127.0.0.1 only.
//!
//! ```
//! use voicewire_sandbox::{Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::instant())?;
//! assert!(sandbox.deepdub_open_url().starts_with("ws://127.0.0.1:"));
//! sandbox.inject("error=RateLimit".parse()?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The program `voicewire-sandbox` is the same as a process of its own, steered over HTTP at `/sandbox/…`.
//!
//! Deepdub, Respeecher and Palabra are there, on one port.
//!
//! Where the vendors' pages leave a value open, the sandbox has its own: Deepdub requests without `format` get mp3,
//! those without `sampleRate` 48 000 Hz; `targetText` may have 20 000 characters, `targetDuration` 600 seconds, a clip
//! attached to an issue 20 MiB, any request but an upload 32 MiB. Every voice prompt id has a voice. A text for Respeecher
//! may have 5000 characters, a name 255, a page of a list 1000 rows, an order 100 conversions of up to 24 semitones; a
//! conversion takes one credit for each minute that it begins. A voice of Palabra's takes 10 MiB.
//!
//! What it does not share with the library under test is the point of it: no message type, no parser, no constant.

mod answer;
mod clock;
mod control;
mod deepdub;
mod error;
mod fault;
mod files;
mod guard;
pub mod net;
mod options;
mod palabra;
mod processing;
mod record;
mod respeecher;
mod sandbox;
mod server;
mod spoil;
mod state;
mod stream;
mod tls;
mod upload;
mod websocket;
mod zip;

pub use error::Error;
pub use fault::{Fault, FaultError};
pub use options::Options;
pub use palabra::Palabra;
pub use record::{Generation, Outcome, Request};
pub use respeecher::{Respeecher, Seeded};
pub use sandbox::Sandbox;
use voicewire_sandbox_speech::sound;
pub use voicewire_sandbox_speech::{codec, speech};
