//! Audio that C hands over: bytes, or a path.

use std::ffi::c_char;
use std::path::PathBuf;

use super::input::{optional_bytes, optional_string};
use crate::deepdub::Clip;
use crate::error::{Error, Result};

/// The audio in `bytes` or at `path`; `None` for neither.
///
/// # Safety
/// The bytes are as long as they say; the path is NULL or ends in a NUL.
pub(super) unsafe fn optional_clip(
    field: &str,
    bytes: *const u8,
    size: usize,
    path: *const c_char,
) -> Result<Option<Clip>> {
    // SAFETY: promised by the caller.
    match unsafe { (optional_bytes(field, bytes, size)?, optional_string(field, path)?) } {
        (None, None) => Ok(None),
        (Some(bytes), None) => Ok(Some(Clip::Bytes(bytes.to_vec()))),
        (None, Some(path)) => Ok(Some(Clip::File(PathBuf::from(path)))),
        (Some(_), Some(_)) => Err(Error::invalid(field, "given twice", "either bytes or a path")),
    }
}

/// The audio in `bytes`, which has to be there.
///
/// # Safety
/// The bytes are as long as they say.
pub(super) unsafe fn required_clip(field: &str, bytes: *const u8, size: usize) -> Result<Clip> {
    // SAFETY: promised by the caller.
    let bytes = unsafe { optional_bytes(field, bytes, size)? };
    let bytes = bytes.ok_or_else(|| Error::invalid(field, "NULL", "the bytes of an audio file"))?;
    Ok(Clip::Bytes(bytes.to_vec()))
}
