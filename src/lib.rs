//! Streaming speech from cloud voices: audio arrives chunk by chunk while it is still being generated, and a
//! generation that came out wrong can be reported to the vendor.
//!
//! ```no_run
//! use std::ops::ControlFlow;
//! use voicewire::audio::{AudioFile, Format};
//! use voicewire::deepdub::{Client, Config, SpeechRequest, TRIAL_VOICE};
//!
//! let client = Client::new(&Config::new())?; // the key from DEEPDUB_API_KEY
//! let mut request = SpeechRequest::new("Welcome to the show.", TRIAL_VOICE);
//! request.format = Format::Wav;
//! let mut file = AudioFile::create("welcome.wav", request.format, 48000)?;
//! let mut written = Ok(());
//! client.stream_tts(&request, |chunk| {
//!     written = file.write(chunk.data);
//!     if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
//! })?;
//! file.finish()?;
//! # Ok::<(), voicewire::Error>(())
//! ```
//!
//! Calls block the thread that makes them, need no runtime, and can be ended from another thread with a
//! [`CancelToken`].

// A service that is left out leaves parts of what they share without use.
#![cfg_attr(not(all(feature = "palabra", feature = "respeecher")), allow(unused))]

mod answers;
pub mod audio;
#[cfg(feature = "capi")]
mod capi;
pub mod deepdub;
mod error;
mod handover;
#[cfg(test)]
mod handover_tests;
mod net;
mod open_enum;
#[cfg(feature = "palabra")]
pub mod palabra;
mod part_file;
#[cfg(feature = "respeecher")]
pub mod respeecher;
mod secret;
mod sync;
mod thread;
mod whole_number;

pub use error::{AudioPosition, Error, ErrorKind, KINDS, KindInfo, Problem, Received, Result};
pub use net::{CallOptions, CancelToken, HttpConfig, HttpTimeouts, Proxy, RetryPolicy, SaveTo, Saved};

/// This library's version, such as `0.1.0`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Compiles what the README shows.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
