//! Deepdub: streaming text-to-speech, and issue reports about generations that came out wrong.
//!
//! Vendor pages: <https://docs.deepdub.ai> (WebSocket API; Issues).

mod client;
mod config;
mod errors;
mod generation;
mod issues;
mod request;
mod rest;
mod stream;
mod wire;

pub use client::Client;
pub use config::{Config, Region, TRIAL_KEY, TRIAL_VOICE, Timeouts};
pub use generation::{Chunk, Generation};
pub use issues::{Clip, Issue, IssueChanges, NewIssue};
pub use request::{AccentControl, SAMPLE_RATES, SpeechRequest};
pub use stream::{SpeechStream, Summary};
