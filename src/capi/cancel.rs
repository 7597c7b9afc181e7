//! Stopping a call from another thread.

use std::sync::Arc;

use super::handle::{self, Handle};
use super::input::out_pointer;
use super::status::{guard, vw_status};
use crate::error::Result;
use crate::net::{CallOptions, CancelToken};

/// Stops calls from outside of them: from another thread, a signal handler's thread, a user interface.
pub struct vw_cancel {
    _opaque: [u8; 0],
}

impl Handle for vw_cancel {
    type Object = CancelToken;
    const NAME: &'static str = "vw_cancel";
}

/// Makes a token that can be given to any number of calls.
///
/// *out is the token; free it with vw_cancel_free, which does not stop the calls that have it.
/// VW_ERR_INVALID_ARGUMENT when out is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_cancel_new(out: *mut *mut vw_cancel) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(handle::insert(Arc::new(CancelToken::new()))) };
        Ok(())
    })
}

/// Ends every call that has this token, now and in future, with VW_ERR_CANCELLED; a call that waits for the network
/// wakes up. Does not wait for them to return.
///
/// VW_ERR_INVALID_ARGUMENT when cancel is no live token.
#[unsafe(no_mangle)]
pub extern "C" fn vw_cancel_now(cancel: *mut vw_cancel) -> vw_status {
    guard(|| {
        handle::get(cancel.cast_const())?.cancel();
        Ok(())
    })
}

/// Frees a token. Calls that have it go on.
///
/// VW_ERR_INVALID_ARGUMENT when cancel is neither NULL nor a live token.
#[unsafe(no_mangle)]
pub extern "C" fn vw_cancel_free(cancel: *mut vw_cancel) -> vw_status {
    guard(|| handle::remove(cancel.cast_const()).map(drop))
}

/// What a call is given that may be stopped by `cancel`; NULL is nothing.
pub(super) fn call_options(cancel: *const vw_cancel) -> Result<CallOptions> {
    if cancel.is_null() {
        Ok(CallOptions::new())
    } else {
        Ok(CallOptions::new().cancel(&*handle::get(cancel)?))
    }
}
