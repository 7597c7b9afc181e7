//! Deepdub: sessions.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use super::deepdub_client::vw_deepdub_client;
use super::handle::{self, Handle};
use super::input::{CallerStruct, milliseconds, out_pointer, read_struct, timeout};
use super::session::{UserData, VW_DELIVERY_IO_THREAD, delivery, state_callback, vw_delivery, vw_session_state_fn};
use super::status::{guard, vw_status};
use crate::deepdub::{Session, SessionOptions};
use crate::error::Result;

/// How a session is kept. Fill it with vw_deepdub_session_options_init, then change what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_session_options {
    /// Set by vw_deepdub_session_options_init.
    pub struct_size: usize,
    /// How many lines the service speaks at once; the others wait for their turn. 1 or more. Default 5, which is what the
    /// vendor allows a customer.
    pub max_running: u32,
    /// Where it calls back. Default VW_DELIVERY_IO_THREAD.
    pub delivery: vw_delivery,
    /// After so long a silence the other side is pinged, and after as long again without a sign of life the connection is
    /// given up and made anew. 10 or more; VW_NO_TIMEOUT never pings. Default 20000 ms.
    pub keep_alive_ms: u32,
    /// Is told of each change of state, VW_SESSION_CLOSED being the last. Default NULL.
    pub on_state: vw_session_state_fn,
    /// Given to on_state. Default NULL.
    pub user_data: *mut c_void,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_session_options {
    const NAME: &'static str = "vw_deepdub_session_options";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_session_options>();

    fn init() -> Self {
        let options = SessionOptions::new();
        vw_deepdub_session_options {
            struct_size: size_of::<Self>(),
            max_running: u32::try_from(options.max_running).unwrap_or(u32::MAX),
            delivery: VW_DELIVERY_IO_THREAD,
            keep_alive_ms: milliseconds(options.keep_alive),
            on_state: None,
            user_data: ptr::null_mut(),
        }
    }
}

impl vw_deepdub_session_options {
    fn to_options(self) -> Result<SessionOptions> {
        let mut options = SessionOptions::new();
        options.max_running = usize::try_from(self.max_running).unwrap_or(usize::MAX);
        options.delivery = delivery(self.delivery)?;
        options.keep_alive = timeout(self.keep_alive_ms);
        Ok(match self.on_state {
            Some(callback) => options.on_state(state_callback(callback, UserData::new(self.user_data))),
            None => options,
        })
    }
}

/// A connection that is kept open, and looks after itself; speaks any number of lines, several at once. May be used by any
/// number of threads at once.
///
/// When the connection breaks it is made again, with growing pauses. A line that had received no audio by then is sent
/// again, with the same generation id; one that had fails with what arrived, unless it can resume. When the service asks
/// to wait (VW_ERR_RATE_LIMITED) a line waits and tries again within its limit for first audio. A line's time limits, which
/// are those of the client, run from when there is a place for it: what it waits in the queue does not count. While there is
/// no connection it counts for all lines: none waits for one longer than for first audio. To be asked for again gives a line
/// no more time for that.
pub struct vw_deepdub_session {
    _opaque: [u8; 0],
}

impl Handle for vw_deepdub_session {
    type Object = Session;
    const NAME: &'static str = "vw_deepdub_session";
}

/// Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_session_options_init(options: *mut vw_deepdub_session_options) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("options", options)?.write(vw_deepdub_session_options::init()) };
        Ok(())
    })
}

/// Opens a session. Returns at once: the connection is made meanwhile, by the client's I/O thread, which all its sessions
/// share and which its first one starts. That the service cannot be reached is told by vw_session_wait_ready, by on_state,
/// and as the end of lines.
///
/// options may be NULL: everything by default. *out is the session; free it with vw_deepdub_session_free. on_state may be
/// called before this returns. VW_ERR_INVALID_ARGUMENT for options that cannot be right; VW_ERR_CLOSED when the client is
/// being freed; VW_ERR_INTERNAL or VW_ERR_NETWORK when the system gives no thread, or no event queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_session_open(
    client: *const vw_deepdub_client,
    options: *const vw_deepdub_session_options,
    out: *mut *mut vw_deepdub_session,
) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let client = handle::get(client)?;
        let options = if options.is_null() {
            SessionOptions::new()
        } else {
            // SAFETY: the caller's struct, as the header asks for it.
            unsafe { read_struct(options)?.to_options()? }
        };
        let session = handle::insert(Arc::new(client.open_session(options)?));
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(session) };
        Ok(())
    })
}

/// Frees a session: cancels every line and closes the connection.
///
/// When it returns, every line has had its on_end, and nothing is called back any more. With VW_DELIVERY_POLL the rest is
/// called back here, on this thread. It waits for a callback that another thread is just running, so do not hold a lock
/// which that callback takes. From inside a session's callback it waits for nothing: what is left to call back may
/// come after that callback has returned, and each line's on_end says when its user_data is the caller's again.
///
/// Freeing the client closes all its sessions in the same way, except that those with VW_DELIVERY_POLL have the rest
/// called back by the next vw_session_poll, or here. Their handles are still to be freed.
/// VW_ERR_INVALID_ARGUMENT when session is neither NULL nor a live session.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_session_free(session: *mut vw_deepdub_session) -> vw_status {
    guard(|| {
        if let Some(session) = handle::remove(session.cast_const())? {
            session.close();
        }
        Ok(())
    })
}
