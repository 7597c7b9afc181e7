//! Deepdub: streaming text-to-speech, and issue reports about generations that came out wrong.
//!
//! Vendor pages: <https://docs.deepdub.ai> (WebSocket API; Issues).

mod client;
mod config;
mod dial;
mod errors;
mod generation;
mod issues;
mod lines;
mod link;
mod memory;
mod outbox;
mod report;
mod request;
mod rest;
mod session;
mod stream;
mod summary;
mod text;
mod wire;

pub use client::Client;
pub use config::{Config, Region, TRIAL_KEY, TRIAL_VOICE, Timeouts};
pub use generation::{Chunk, Generation};
pub use issues::{Clip, Issue, IssueChanges, NewIssue};
pub use lines::{Delivery, Ended, Flow, Line, LineEvent, LineStream, SessionState, StateChange};
pub use memory::{Remember, Remembered, RememberedChunk};
pub use outbox::{Outbox, OutboxOptions, ReportState, SendSummary, StoredError, StoredReport};
pub use report::Report;
pub use request::{AccentControl, SAMPLE_RATES, SpeechRequest};
pub use session::{LineOptions, Session, SessionOptions};
pub use stream::SpeechStream;
pub use summary::Summary;
pub use text::{TextConfig, TextSession, TextSessionOptions, Turn, TurnOptions, config_tag};
