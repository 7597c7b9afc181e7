//! Deepdub: lines whose chunks are asked for.

use std::ffi::CString;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::deepdub_line::{vw_deepdub_line_options, write_result};
use super::deepdub_session::vw_deepdub_session;
use super::deepdub_tts::{c_chunk, vw_deepdub_chunk, vw_deepdub_tts_request, vw_deepdub_tts_result};
use super::handle::{self, Handle};
use super::input::{out_pointer, read_struct, timeout};
use super::status::{c_string, guard, vw_status};
use crate::deepdub::{Line, LineOptions, LineStream};
use crate::error::{Error, ErrorKind, Result};
use crate::thread;

/// A line of a session whose chunks are asked for, one by one, on any thread, rather than called back. For loops,
/// generators and ranges. What has come and was not asked for waits, up to max_buffered_bytes.
pub struct vw_deepdub_line_stream {
    _opaque: [u8; 0],
}

impl Handle for vw_deepdub_line_stream {
    type Object = Streaming;
    const NAME: &'static str = "vw_deepdub_line_stream";
}

/// What stands behind the handle.
pub(super) struct Streaming {
    /// To cancel it by while another thread waits for a chunk.
    line: Line,
    pulled: Mutex<Pulled>,
}

struct Pulled {
    stream: LineStream,
    /// What the caller looks at until he asks for the next one.
    chunk: Option<InHand>,
    generation_id: Option<CString>,
}

struct InHand(vw_deepdub_chunk);

// SAFETY: its pointers lead into `Pulled`, which it never leaves.
unsafe impl Send for InHand {}

impl Pulled {
    /// Where the next chunk is; NULL after the last. `None` when it has not come in time.
    fn next(&mut self, timeout: Option<Duration>) -> Result<Option<*const vw_deepdub_chunk>> {
        self.chunk = None;
        let chunk = match timeout {
            Some(timeout) => self.stream.next_chunk_within(timeout)?,
            None => self.stream.next_chunk()?,
        };
        if let Some(chunk) = chunk {
            let id = self.generation_id.get_or_insert_with(|| c_string(chunk.generation_id));
            let chunk = self.chunk.insert(InHand(c_chunk(&chunk, id.as_ptr())));
            return Ok(Some(&raw const chunk.0));
        }
        Ok(self.stream.is_over().then_some(ptr::null()))
    }
}

/// Speaks one text in a session. Returns at once; the chunks are asked for with vw_deepdub_line_stream_next. The request's
/// cancel stops the line, too.
///
/// options may be NULL: everything by default; on_chunk, on_end and player must be NULL in it. The session may call back on
/// the I/O thread or in polls: this line needs no poll. *out is the stream; free it with vw_deepdub_line_stream_free.
/// VW_ERR_INVALID_ARGUMENT and VW_ERR_CLOSED as for vw_deepdub_session_speak. Everything else that goes wrong
/// vw_deepdub_line_stream_next tells.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_session_stream(
    session: *const vw_deepdub_session,
    request: *const vw_deepdub_tts_request,
    options: *const vw_deepdub_line_options,
    out: *mut *mut vw_deepdub_line_stream,
) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let session = handle::get(session)?;
        let options = if options.is_null() {
            LineOptions::default()
        } else {
            // SAFETY: the caller's struct, as the header asks for it.
            let options = unsafe { read_struct(options)? };
            let set = [
                ("on_chunk", options.on_chunk.is_some()),
                ("on_end", options.on_end.is_some()),
                ("player", !options.player.is_null()),
            ];
            if let Some((field, _)) = set.into_iter().find(|(_, is_set)| *is_set) {
                return Err(Error::invalid(field, "given", "NULL: the chunks are asked for"));
            }
            options.to_options()?
        };
        // SAFETY: the caller's struct, as the header asks for it.
        let (request, call) = unsafe { read_struct(request)?.to_request()? };
        let options = LineOptions {
            cancel: call.cancel,
            ..options
        };
        let stream = session.stream(&request, &options)?;
        let streaming = Streaming {
            line: stream.line().clone(),
            pulled: Mutex::new(Pulled {
                stream,
                chunk: None,
                generation_id: None,
            }),
        };
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(handle::insert(Arc::new(streaming))) };
        Ok(())
    })
}

/// The next chunk, in *out; NULL after the last. The chunk and all that is in it belong to the stream, and are valid until
/// this is called for it again, or it is freed. Not for two threads at once, since each takes the other's chunk away.
///
/// Waits up to timeout_ms for it; VW_NO_TIMEOUT waits as long as the line's own time limits let it; inside a session's
/// callback it never waits. VW_ERR_TIMEOUT with the field "timeout_ms" when none has come by then: ask again. Any other
/// status is what the line failed with, as in vw_deepdub_line_end, and comes again at every further call; what came before
/// stays good. VW_ERR_CLOSED in a process that was forked from the session's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_line_stream_next(
    stream: *mut vw_deepdub_line_stream,
    timeout_ms: u32,
    out: *mut *const vw_deepdub_chunk,
) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let streaming = handle::get(stream.cast_const())?;
        if !streaming.line.is_here() {
            let message = "the line belongs to the process that this one was forked from";
            return Err(Error::new(ErrorKind::Closed, message));
        }
        let limit = if thread::in_callback() {
            Some(Duration::ZERO)
        } else {
            timeout(timeout_ms)
        };
        let mut pulled = streaming.pulled.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(chunk) = pulled.next(limit)? else {
            let message = match thread::in_callback() {
                true => "no chunk has come yet, and a session's callback does not wait for one".to_owned(),
                false => format!("no chunk has come within {timeout_ms} ms"),
            };
            return Err(Error::new(ErrorKind::Timeout, message).with_field("timeout_ms"));
        };
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(chunk) };
        Ok(())
    })
}

/// Stops the line: a vw_deepdub_line_stream_next that waits on another thread ends with VW_ERR_CANCELLED, and so does every
/// later one. What waits is dropped; what the service does then vw_deepdub_line_cancel says. Does nothing to a line that has
/// ended and of which nothing waits.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_line_stream_cancel(stream: *mut vw_deepdub_line_stream) -> vw_status {
    guard(|| {
        handle::get(stream.cast_const())?.line.cancel();
        Ok(())
    })
}

/// What the line has come to so far, in *result, which vw_deepdub_tts_result_init has prepared. Its chunks and bytes are
/// what has arrived; some of it may not have been asked for yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_line_stream_get_result(
    stream: *const vw_deepdub_line_stream,
    result: *mut vw_deepdub_tts_result,
) -> vw_status {
    guard(|| {
        let result = out_pointer("result", result)?;
        // SAFETY: the caller's struct, as the header asks for it.
        unsafe { write_result(result, &handle::get(stream)?.line) }
    })
}

/// Frees a stream and the chunk that it has handed out. A line that has not ended is cancelled.
///
/// VW_ERR_INVALID_ARGUMENT when stream is neither NULL nor a live stream.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_line_stream_free(stream: *mut vw_deepdub_line_stream) -> vw_status {
    guard(|| {
        if let Some(streaming) = handle::remove(stream.cast_const())? {
            // Also when another thread holds on to it, waiting for a chunk.
            streaming.line.cancel();
        }
        Ok(())
    })
}
