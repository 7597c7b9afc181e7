//! Deepdub: streaming text-to-speech over WebSocket and REST, issue reports about generations that came out wrong, voices,
//! gender classification, usage and capacity.
//!
//! Vendor pages: <https://docs.deepdub.ai> (WebSocket API; REST API; Issues).

mod answer;
mod capacity;
mod client;
mod clip;
mod config;
mod dial;
mod errors;
mod gender;
mod generation;
mod issues;
mod lines;
mod link;
mod memory;
mod outbox;
mod post_tts;
mod report;
mod request;
mod rest;
mod session;
mod stream;
mod summary;
mod text;
mod usage;
mod voices;
mod wire;

pub use capacity::Capacity;
pub use client::Client;
pub use clip::Clip;
pub use config::{Config, Region, TRIAL_KEY, TRIAL_VOICE, Timeouts};
pub use gender::{GenderClassification, GenderScores, SpeakerGender};
pub use generation::{Chunk, Generation};
pub use issues::{Issue, IssueChanges, NewIssue};
pub use lines::{Delivery, Ended, Flow, Line, LineEvent, LineStream, SessionState, StateChange};
pub use memory::{Remember, Remembered, RememberedChunk};
pub use outbox::{Outbox, OutboxOptions, ReportState, SendSummary, StoredError, StoredReport};
pub use post_tts::PostRequest;
pub use report::Report;
pub use request::{AccentControl, SAMPLE_RATES, SpeechRequest};
pub use session::{LineOptions, Session, SessionOptions};
pub use stream::SpeechStream;
pub use summary::Summary;
pub use text::{TextConfig, TextSession, TextSessionOptions, Turn, TurnOptions, config_tag};
pub use usage::{DailyUsage, ModelUsage, Usage, UsageByModel, UsageQuery};
pub use voices::{NewVoice, VoiceChanges, VoiceGender, VoicePrompt};
