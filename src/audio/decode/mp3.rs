//! Not there yet.

use super::reader::{Broken, Reader};
use super::stage::Stage;

#[derive(Debug, Default)]
pub(super) struct Mp3Reader;

impl Reader for Mp3Reader {
    fn push(&mut self, _: &[u8], _: &mut Stage) -> Result<(), Broken> {
        Err(Broken::at(0, "mp3 cannot be decoded yet"))
    }

    fn finish(&mut self, _: &mut Stage) -> Result<(), Broken> {
        Ok(())
    }
}
