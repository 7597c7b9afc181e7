//! Typed answers, handed over as JSON.

use serde::Serialize;

use super::json::{hand_over, vw_json};
use crate::error::{Error, ErrorKind, Result};

/// [`hand_over`] for a typed answer.
///
/// # Safety
/// As for `hand_over`.
pub(super) unsafe fn hand_over_answer(answer: &impl Serialize, out: *mut *mut vw_json) -> Result<()> {
    let value = serde_json::to_value(answer)
        .map_err(|error| Error::new(ErrorKind::Internal, format!("the answer is no JSON: {error}")))?;
    // SAFETY: promised by the caller.
    unsafe { hand_over(value, out) };
    Ok(())
}
