//! Not there yet.

use super::reader::{Broken, Reader};
use super::stage::Stage;

#[derive(Debug, Default)]
pub(super) struct OggReader;

impl Reader for OggReader {
    fn push(&mut self, _: &[u8], _: &mut Stage) -> Result<(), Broken> {
        Err(Broken::at(0, "ogg cannot be decoded yet"))
    }

    fn finish(&mut self, _: &mut Stage) -> Result<(), Broken> {
        Ok(())
    }
}
