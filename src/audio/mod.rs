//! Audio bytes: containers, lengths, decoding, files, playing. Knows no network and no service.

mod clip;
mod decode;
mod file;
mod format;
mod joined;
mod meter;
mod player;
mod saved;
pub mod wav;
mod wav_stream;

pub(crate) use clip::{Place, cut};
pub use decode::{Decoded, Decoder, Output, Sample, Source, decode};
pub use file::AudioFile;
pub use format::Format;
pub use meter::DurationMeter;
pub use player::{
    Activity, Player, PlayerConfig, PlayerReader, PlayerState, Track, TrackEnd, TrackOptions, TrackState,
};
pub use saved::{WavSamples, file_bytes, joined_file_bytes};
