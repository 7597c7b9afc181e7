//! What all kinds of sessions have in common.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use super::deepdub_session::vw_deepdub_session;
use super::deepdub_text::vw_deepdub_text_session;
use super::handle::{self, Handle, PollHandle};
use super::input::{out_pointer, timeout};
use super::status::{CError, guard, vw_error, vw_status};
use crate::deepdub::{Delivery, Session, SessionState, StateChange, TextSession};
use crate::error::{Error, ErrorKind, Result};

/// Where a session calls back.
pub type vw_delivery = i32;
/// On the I/O thread of its client, the moment that something comes. All sessions of a client share that thread: a
/// callback that takes long holds up every one of them, so hand the audio on, or return VW_PAUSE.
pub const VW_DELIVERY_IO_THREAD: vw_delivery = 0;
/// Only inside vw_session_poll, on the thread that calls it, and inside the function that frees the session.
pub const VW_DELIVERY_POLL: vw_delivery = 1;

/// How a session stands with the service.
pub type vw_session_state = i32;
/// A connection is being opened.
pub const VW_SESSION_CONNECTING: vw_session_state = 0;
/// The connection is open.
pub const VW_SESSION_READY: vw_session_state = 1;
/// There is no connection.
pub const VW_SESSION_LOST: vw_session_state = 2;
/// The session has been freed, or its client. Nothing comes after it.
pub const VW_SESSION_CLOSED: vw_session_state = 3;

/// A session's state has changed. Everything in it is valid until the callback returns.
#[repr(C)]
pub struct vw_session_state_change {
    /// The size of this struct in the library that filled it.
    pub struct_size: usize,
    /// The new state.
    pub state: vw_session_state,
    /// Why the connection was lost, or could not be made; NULL when there is nothing to say.
    pub error: *const vw_error,
    /// How long until the next try, in milliseconds. Negative when there is none; a session that is lost then tries again
    /// with the next line or turn.
    pub retry_in_ms: f64,
}

/// Is told of each change of a session's state, where the session calls back.
pub type vw_session_state_fn =
    Option<unsafe extern "C" fn(change: *const vw_session_state_change, user_data: *mut c_void)>;

pub(super) fn delivery(code: vw_delivery) -> Result<Delivery> {
    match code {
        VW_DELIVERY_IO_THREAD => Ok(Delivery::IoThread),
        VW_DELIVERY_POLL => Ok(Delivery::Poll),
        other => Err(Error::invalid(
            "delivery",
            other,
            "VW_DELIVERY_IO_THREAD (0) or VW_DELIVERY_POLL (1)",
        )),
    }
}

fn state_code(state: SessionState) -> vw_session_state {
    match state {
        SessionState::Connecting => VW_SESSION_CONNECTING,
        SessionState::Ready => VW_SESSION_READY,
        SessionState::Lost => VW_SESSION_LOST,
        SessionState::Closed => VW_SESSION_CLOSED,
    }
}

/// The host's pointer, which goes where its callbacks go.
#[derive(Clone, Copy)]
pub(super) struct UserData(*mut c_void);

// SAFETY: the header says on which threads the callbacks are called with it.
unsafe impl Send for UserData {}

impl UserData {
    pub fn new(pointer: *mut c_void) -> UserData {
        UserData(pointer)
    }

    pub fn get(self) -> *mut c_void {
        self.0
    }
}

/// Tells a C callback of a change.
pub(super) fn state_callback(
    callback: unsafe extern "C" fn(*const vw_session_state_change, *mut c_void),
    user_data: UserData,
) -> impl FnMut(&StateChange) + Send + 'static {
    move |change| {
        let error = change.error.as_ref().map(CError::new);
        let change = vw_session_state_change {
            struct_size: size_of::<vw_session_state_change>(),
            state: state_code(change.state),
            error: error.as_ref().map_or(ptr::null(), CError::info),
            retry_in_ms: change.retry_in.map_or(-1.0, |wait| wait.as_secs_f64() * 1000.0),
        };
        // SAFETY: the header asks for a function that takes these and does not unwind.
        unsafe { callback(&raw const change, user_data.get()) };
    }
}

/// What is asked of a session, whatever it speaks.
trait AnySession: Send + Sync {
    fn poll(&self, timeout: Option<Duration>) -> Result<usize>;
    fn poll_handle(&self) -> Result<isize>;
    fn wait_ready(&self, timeout: Option<Duration>) -> Result<bool>;
    fn state(&self) -> StateChange;
}

macro_rules! any_session {
    ($($session:ty),*) => {$(
        impl AnySession for $session {
            fn poll(&self, timeout: Option<Duration>) -> Result<usize> {
                <$session>::poll(self, timeout)
            }

            fn poll_handle(&self) -> Result<isize> {
                <$session>::poll_handle(self)
            }

            fn wait_ready(&self, timeout: Option<Duration>) -> Result<bool> {
                <$session>::wait_ready(self, timeout)
            }

            fn state(&self) -> StateChange {
                <$session>::state(self)
            }
        }
    )*};
}

any_session!(Session, TextSession);

/// The session behind a handle of any of the kinds. The error is that of the last.
fn any(session: *const c_void) -> Result<Arc<dyn AnySession>> {
    of::<vw_deepdub_text_session>(session).or_else(|_| of::<vw_deepdub_session>(session))
}

fn of<H: Handle<Object: AnySession + Sized>>(session: *const c_void) -> Result<Arc<dyn AnySession>> {
    Ok(handle::get(session.cast::<H>())?)
}

/// Makes the callbacks that are due, on this thread, for a session that was opened with VW_DELIVERY_POLL. session is a
/// vw_deepdub_session or a vw_deepdub_text_session.
///
/// Waits up to timeout_ms for the first: 0 does not wait, VW_NO_TIMEOUT waits without end; inside a callback of this
/// library it never waits. VW_OK also when nothing was due. When several threads poll one session, one of them calls
/// back at a time. VW_ERR_CLOSED when the session's client has been freed and every callback has been made;
/// VW_ERR_INVALID_ARGUMENT when the session calls back on the I/O thread, and inside a callback that a poll of the same
/// session is making.
#[unsafe(no_mangle)]
pub extern "C" fn vw_session_poll(session: *const c_void, timeout_ms: u32) -> vw_status {
    guard(|| any(session)?.poll(timeout(timeout_ms)).map(drop))
}

/// What an event loop can wait for, in *out: it becomes readable when there is something to poll for, and stays so until
/// that has been polled. A file descriptor on Unix, a SOCKET on Windows. It is the session's: do not read from it, do not
/// close it, and do not wait for it when the session has been freed. session is a vw_deepdub_session or a
/// vw_deepdub_text_session.
///
/// VW_ERR_INVALID_ARGUMENT when the session calls back on the I/O thread; VW_ERR_INTERNAL when the system gives none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_session_poll_handle(session: *const c_void, out: *mut PollHandle) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let handle = any(session)?.poll_handle()?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(handle) };
        Ok(())
    })
}

/// Waits until the session's connection is open: nothing that is spoken has to wait for it then. There is no need to:
/// lines wait by themselves. session is a vw_deepdub_session or a
/// vw_deepdub_text_session.
///
/// Waits up to timeout_ms; VW_NO_TIMEOUT waits without end; inside a session's callback it never waits.
/// VW_ERR_TIMEOUT when it is not open yet, with the field "timeout_ms"; VW_ERR_CLOSED when the session's client has been
/// freed, or the session meanwhile; any other status is why it cannot be opened, when trying again by itself is no use.
#[unsafe(no_mangle)]
pub extern "C" fn vw_session_wait_ready(session: *const c_void, timeout_ms: u32) -> vw_status {
    guard(|| {
        if any(session)?.wait_ready(timeout(timeout_ms))? {
            return Ok(());
        }
        let mut message = format!("the session is not ready after {timeout_ms} ms");
        if let Some(error) = any(session)?.state().error {
            message.push_str(&format!("; {}", error.message()));
        }
        Err(Error::new(ErrorKind::Timeout, message).with_field("timeout_ms"))
    })
}

/// How the session stands with the service, in *out. session is a vw_deepdub_session or a
/// vw_deepdub_text_session.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_session_get_state(session: *const c_void, out: *mut vw_session_state) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let state = any(session)?.state().state;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(state_code(state)) };
        Ok(())
    })
}
