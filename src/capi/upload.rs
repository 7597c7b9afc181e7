//! Audio that goes up with a call.

use std::ffi::c_char;
use std::ptr;

use super::input::{CallerStruct, optional_bytes, optional_text, out_pointer, read_struct, required_text};
use super::status::{guard, vw_status};
use crate::error::{Error, Result};
use crate::respeecher::Audio;

/// Audio to be uploaded: WAV, Ogg, MP3 or FLAC, as a file or as bytes. Fill it with vw_upload_init, then set path, or data,
/// size and name.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_upload {
    /// Set by vw_upload_init.
    pub struct_size: usize,
    /// A file, which is sent as it is read, whatever its length.
    pub path: *const c_char,
    /// The bytes of one, in place of a path. They are copied.
    pub data: *const u8,
    /// How many they are.
    pub size: usize,
    /// What they would be called, such as "take-1.wav". Required for bytes.
    pub name: *const c_char,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_upload {
    const NAME: &'static str = "vw_upload";
    const FIRST_SIZE: usize = size_of::<vw_upload>();

    fn init() -> Self {
        vw_upload {
            struct_size: size_of::<Self>(),
            path: ptr::null(),
            data: ptr::null(),
            size: 0,
            name: ptr::null(),
        }
    }
}

/// # Safety
/// `upload` is NULL or points to a struct as the header asks for it.
pub(super) unsafe fn audio(upload: *const vw_upload) -> Result<Audio> {
    // SAFETY: promised by the caller, as its texts and bytes are.
    unsafe {
        let upload = read_struct(upload)?;
        let path = optional_text("path", upload.path)?;
        let data = optional_bytes("data", upload.data, upload.size)?;
        match (path, data) {
            (Some(""), _) => Err(Error::invalid("path", "empty", "the path of an audio file")),
            (Some(path), None) => Ok(Audio::File(path.into())),
            (None, Some(bytes)) => Ok(Audio::Bytes {
                name: required_text("name", upload.name)?.to_owned(),
                bytes: bytes.to_vec(),
            }),
            (Some(_), Some(_)) => Err(Error::invalid("data", "given besides a path", "one of the two")),
            (None, None) => Err(Error::invalid("path", "NULL, and so is data", "one of the two")),
        }
    }
}

/// Prepares an upload with nothing in it. VW_ERR_INVALID_ARGUMENT when upload is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_upload_init(upload: *mut vw_upload) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("upload", upload)?.write(vw_upload::init()) };
        Ok(())
    })
}
