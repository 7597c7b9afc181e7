//! Palabra: cloned voices, and the samples that let one hear them.
//!
//! The vendor's page describes the regeneration of a sample. Of the other calls the fields are as far as they are known;
//! whatever else the service says is in `extra`, and whatever else it wants to know can be said with [`Client::call`].
//!
//! [`Client::regenerate_sample`] replaces the samples of a voice by a fresh one in a language; around it are the other
//! calls about voices, and [`Client::clone_voice`] makes one from a recording in one call.
//!
//! ```no_run
//! use voicewire::palabra::{Client, Config, LangCode};
//!
//! let client = Client::new(&Config::new())?; // from PALABRA_API_KEY, or PALABRA_CLIENT_ID and PALABRA_CLIENT_SECRET
//! let sample = client.regenerate_sample("voice-id", &LangCode::EnUs)?;
//! println!("{}", sample.url.unwrap_or_default());
//! # Ok::<(), voicewire::Error>(())
//! ```

mod answers;
mod client;
mod clone;
mod config;
mod endpoints;
mod errors;
mod lang;
mod list;
mod voices;

pub use answers::{AudioMetadata, CloneSample, Deleted, Limits, ProcessingResult, SampleText, TtsSample, Voice};
pub use client::Client;
pub use clone::{CloneProgress, CloneStage, NewVoice};
pub use config::{BASE_URL, Config};
pub use endpoints::{ENDPOINTS, Endpoint};
pub use lang::LangCode;
pub use list::{List, Page};
pub use voices::{ProcessingStatus, SampleQuery, Waiting};
