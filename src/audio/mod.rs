//! Audio bytes: containers, lengths, files. Knows no network and no service.

mod file;
mod format;
mod meter;
pub mod wav;

pub use file::{AudioFile, file_bytes};
pub use format::Format;
pub use meter::DurationMeter;
