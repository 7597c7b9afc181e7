//! The C interface: thin. Each function checks its pointers, converts, and calls the core.
//!
//! The conventions are in the head of `include/voicewire.h` (`cbindgen.toml`), which is made from this module:
//! the comments on its public items are the header's.
//!
//! `unsafe` is here for what C hands over. A pointer is trusted to be NULL or to point to what its type says for
//! the length of the call; handles are not even trusted for that (see [`handle`]).

#![allow(non_camel_case_types)]

mod audio_bytes;
mod audio_file;
mod cancel;
mod clip;
mod decoder;
mod deepdub_client;
mod deepdub_gender;
mod deepdub_issues;
mod deepdub_line;
mod deepdub_line_stream;
mod deepdub_outbox;
mod deepdub_post_tts;
mod deepdub_report;
mod deepdub_session;
mod deepdub_text;
mod deepdub_tts;
mod deepdub_usage;
mod deepdub_voices;
mod endpoint;
mod handle;
mod http_config;
mod input;
mod json;
mod json_build;
mod json_pointer;
mod log;
#[cfg(feature = "palabra")]
mod palabra;
#[cfg(feature = "palabra")]
mod palabra_clone;
mod player;
mod player_slots;
#[cfg(feature = "respeecher")]
mod respeecher;
#[cfg(feature = "respeecher")]
mod respeecher_flow;
#[cfg(feature = "respeecher")]
mod respeecher_transfers;
mod session;
mod status;
mod track;
mod transfer;
#[cfg(feature = "respeecher")]
mod upload;
