//! Where downloads go, and how far they and uploads have come.

use std::ffi::{c_char, c_void};
use std::ops::ControlFlow;
use std::ptr;

use serde_json::json;

use super::deepdub_tts::VW_CONTINUE;
use super::input::{CallerStruct, optional_text, out_pointer, read_struct};
use super::json::{hand_over, vw_json};
use super::status::{guard, vw_status};
use crate::error::{Error, Result};
use crate::net::{SaveTo, Saved};

/// Is told how far an upload or a download has come, on the thread that made the call: done bytes of total, which is -1
/// when nobody said. Returns VW_CONTINUE or VW_STOP.
pub type vw_transfer_fn = Option<unsafe extern "C" fn(done: i64, total: i64, user_data: *mut c_void) -> i32>;

/// The closure that tells `on_progress`, which may be NULL.
pub(super) fn teller(
    on_progress: vw_transfer_fn,
    user_data: *mut c_void,
) -> impl FnMut(u64, Option<u64>) -> ControlFlow<()> {
    let bytes = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    move |done, total| {
        let Some(on_progress) = on_progress else {
            return ControlFlow::Continue(());
        };
        // SAFETY: the header asks for a function that takes these and does not unwind.
        match unsafe { on_progress(bytes(done), total.map_or(-1, bytes), user_data) } {
            VW_CONTINUE => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

/// Where a download goes. It is written beside its destination and takes its name when it is whole: there is never half a
/// file. Fill it with vw_save_to_init, then set one of the two.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_save_to {
    /// Set by vw_save_to_init.
    pub struct_size: usize,
    /// This file; one of that name is replaced. So is a symbolic link, and not what it leads to.
    pub file: *const c_char,
    /// This directory, which is there, under the name that the service gives, made safe: no directories, no control
    /// characters, no device's name, not hidden, 200 bytes at most. A file of that name is replaced.
    pub directory: *const c_char,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_save_to {
    const NAME: &'static str = "vw_save_to";
    const FIRST_SIZE: usize = size_of::<vw_save_to>();

    fn init() -> Self {
        vw_save_to {
            struct_size: size_of::<Self>(),
            file: ptr::null(),
            directory: ptr::null(),
        }
    }
}

/// # Safety
/// `to` is NULL or points to a struct as the header asks for it.
pub(super) unsafe fn save_to(to: *const vw_save_to) -> Result<SaveTo> {
    // SAFETY: promised by the caller, as its texts are.
    unsafe {
        let to = read_struct(to)?;
        let file = optional_text("file", to.file)?;
        let directory = optional_text("directory", to.directory)?;
        match (file, directory) {
            (Some(""), _) => Err(Error::invalid("file", "empty", "the path of a file")),
            (_, Some("")) => Err(Error::invalid("directory", "empty", "the path of a directory")),
            (Some(file), None) => Ok(SaveTo::File(file.into())),
            (None, Some(directory)) => Ok(SaveTo::Directory(directory.into())),
            (Some(_), Some(_)) => Err(Error::invalid("directory", "given besides a file", "one of the two")),
            (None, None) => Err(Error::invalid("file", "NULL, and so is directory", "one of the two")),
        }
    }
}

/// # Safety
/// `out` is NULL, for a caller who does not want to know, or may be written to.
pub(super) unsafe fn hand_over_saved(saved: &Saved, out: *mut *mut vw_json) {
    if !out.is_null() {
        let saved = json!({ "path": saved.path.display().to_string(), "bytes": saved.bytes });
        // SAFETY: promised by the caller.
        unsafe { hand_over(saved, out) };
    }
}

/// Prepares a destination with nothing in it. VW_ERR_INVALID_ARGUMENT when to is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_save_to_init(to: *mut vw_save_to) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("to", to)?.write(vw_save_to::init()) };
        Ok(())
    })
}
