//! Audio bytes: containers, lengths, decoding, files. Knows no network and no service.

mod clip;
mod decode;
mod file;
mod format;
mod meter;
pub mod wav;
mod wav_stream;

pub(crate) use clip::{Place, cut};
pub use decode::{Decoded, Decoder, Output, Sample, Source, decode};
pub use file::{AudioFile, file_bytes};
pub use format::Format;
pub use meter::DurationMeter;
