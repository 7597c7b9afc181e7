//! What is left of one chunk when the next one comes.

/// The bytes that a reader could not use yet. It reads from the chunk itself where it can, so that only what lies across a
/// border is copied.
#[derive(Debug, Clone, Default)]
pub(crate) struct Carry {
    held: Vec<u8>,
}

impl Carry {
    /// Has `read` read `bytes` after what was held. `read` says how many of the bytes that it is given it is done with; of
    /// `need` bytes, always at least one.
    pub(crate) fn push<E>(
        &mut self,
        need: usize,
        mut bytes: &[u8],
        mut read: impl FnMut(&[u8]) -> Result<usize, E>,
    ) -> Result<(), E> {
        while !self.held.is_empty() && !bytes.is_empty() {
            let before = self.held.len();
            let taken = bytes.len().min(need.saturating_sub(before).max(1));
            self.held.extend_from_slice(&bytes[..taken]);
            let used = read(&self.held)?.min(self.held.len());
            if used >= before {
                self.held.clear();
                bytes = &bytes[used - before..];
            } else {
                self.held.drain(..used);
                bytes = &bytes[taken..];
            }
        }
        if !bytes.is_empty() {
            let used = read(bytes)?.min(bytes.len());
            self.held.extend_from_slice(&bytes[used..]);
        }
        Ok(())
    }

    /// What is held.
    pub(crate) fn rest(&self) -> &[u8] {
        &self.held
    }
}
