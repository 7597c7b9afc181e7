//! Deepdub: the lines of sessions.

use std::ffi::{CString, c_void};
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use super::deepdub_session::vw_deepdub_session;
use super::deepdub_tts::{VW_CONTINUE, c_chunk, vw_deepdub_chunk, vw_deepdub_tts_request, vw_deepdub_tts_result};
use super::handle::{self, Handle};
use super::input::{CallerStruct, VW_OFF, out_pointer, read_struct, toggle, vw_toggle, write_struct};
use super::player::vw_player;
use super::session::UserData;
use super::status::{CError, c_string, guard, vw_error, vw_status};
use crate::audio::Player;
use crate::deepdub::{Chunk, Ended, Flow, Line, LineEvent, LineOptions};
use crate::error::{Error, ErrorKind, Result};

/// What a line's on_chunk returns to get no chunk until vw_deepdub_line_resume. What comes meanwhile is kept, up to
/// max_buffered_bytes.
pub const VW_PAUSE: i32 = 2;

/// Gets the chunks of a line, in order, one at a time, where the session calls back. Returns VW_CONTINUE; VW_PAUSE; or
/// VW_STOP, which is as vw_deepdub_line_cancel.
pub type vw_deepdub_line_chunk_fn =
    Option<unsafe extern "C" fn(chunk: *const vw_deepdub_chunk, user_data: *mut c_void) -> i32>;

/// How a line, or a turn, ended. Everything in it is valid until the callback returns.
#[repr(C)]
pub struct vw_deepdub_line_end {
    /// The size of this struct in the library that filled it.
    pub struct_size: usize,
    /// VW_OK when it went well; VW_ERR_CANCELLED after a cancel, also by freeing the session or the client;
    /// VW_ERR_BUFFER_FULL when it was taken too slowly; any status that vw_deepdub_stream_tts has.
    pub status: vw_status,
    /// Why it failed; NULL when it went well.
    pub error: *const vw_error,
    /// What it came to, also when it failed. Never NULL.
    pub result: *const vw_deepdub_tts_result,
}

/// Gets the end of a line, where the session calls back.
pub type vw_deepdub_line_end_fn = Option<unsafe extern "C" fn(end: *const vw_deepdub_line_end, user_data: *mut c_void)>;

/// How one line is spoken, and who gets it. Fill it with vw_deepdub_line_options_init, then set on_chunk and what should
/// differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_line_options {
    /// Set by vw_deepdub_line_options_init.
    pub struct_size: usize,
    /// Before all lines that wait for their turn, rather than after them; of several the last one is first. Default VW_OFF.
    pub front: vw_toggle,
    /// When the connection breaks after some audio has come, the line is requested again, and what had been delivered is
    /// skipped once it is found to be the same. Takes a seed and the format s16le or mulaw. Default VW_OFF: such a line
    /// fails with what arrived.
    pub resume: vw_toggle,
    /// How many bytes of audio may wait for an on_chunk that is not called often enough or has returned VW_PAUSE; 1 or
    /// more. Beyond that the line ends with VW_ERR_BUFFER_FULL, after what waits. Default 64 MiB: 11 minutes of s16le at
    /// 48000 Hz.
    pub max_buffered_bytes: usize,
    /// Gets the chunks. Required without a player; with one, NULL is as if it returned VW_CONTINUE.
    pub on_chunk: vw_deepdub_line_chunk_fn,
    /// Gets the end: exactly once, whether the line went well, failed or was cancelled, and after the last on_chunk. When
    /// it has returned user_data is the caller's again. A line that is paused gets its end after what waits, or when it
    /// is cancelled. Default NULL: nobody is told.
    pub on_end: vw_deepdub_line_end_fn,
    /// Given to on_chunk and on_end. Default NULL.
    pub user_data: *mut c_void,
    /// Plays the line, after what has been asked for there before; in that order also with front. Its chunks go there
    /// first, on the I/O thread wherever the session calls back: the sound does not depend on polls. vw_player_flush cancels
    /// it when its next chunk comes, and in the queue when its turn comes, before it is asked for; vw_deepdub_line_cancel
    /// silences it there, also when it has ended; audio that cannot be decoded is its failure. Default NULL: none. The player
    /// may be freed at any time.
    pub player: *const vw_player,
    /// What the player's state and ends call it. Default 0.
    pub track_id: u64,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_line_options {
    const NAME: &'static str = "vw_deepdub_line_options";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_line_options>();

    fn init() -> Self {
        vw_deepdub_line_options {
            struct_size: size_of::<Self>(),
            front: VW_OFF,
            resume: VW_OFF,
            max_buffered_bytes: LineOptions::default().max_buffered_bytes,
            on_chunk: None,
            on_end: None,
            user_data: ptr::null_mut(),
            player: ptr::null(),
            track_id: 0,
        }
    }
}

/// What a line or turn is played on; `None` for NULL.
pub(super) fn played_on(player: *const vw_player) -> Result<Option<Player>> {
    (!player.is_null())
        .then(|| Ok((*handle::get(player)?).clone()))
        .transpose()
}

impl vw_deepdub_line_options {
    pub(super) fn to_options(self) -> Result<LineOptions> {
        Ok(LineOptions {
            front: toggle("front", self.front)?.unwrap_or(false),
            resume: toggle("resume", self.resume)?.unwrap_or(false),
            max_buffered_bytes: self.max_buffered_bytes,
            player: played_on(self.player)?,
            track_id: self.track_id,
            ..LineOptions::default()
        })
    }
}

pub(super) type Callback = Box<dyn FnMut(LineEvent<'_>) -> Flow + Send>;
type ChunkFn = unsafe extern "C" fn(*const vw_deepdub_chunk, *mut c_void) -> i32;

/// The host's side of a line.
pub(super) struct Receiver {
    /// `None` when the audio is only played.
    on_chunk: Option<ChunkFn>,
    on_end: vw_deepdub_line_end_fn,
    user_data: UserData,
    generation_id: Option<CString>,
    /// Locked until the caller has its handle; forgotten then.
    begun: Option<Arc<Mutex<()>>>,
}

impl Receiver {
    pub fn new(
        on_chunk: vw_deepdub_line_chunk_fn,
        on_end: vw_deepdub_line_end_fn,
        user_data: *mut c_void,
        is_played: bool,
    ) -> Result<Receiver> {
        if on_chunk.is_none() && !is_played {
            let takes = "a function that gets the chunks, or a player that plays them";
            return Err(Error::invalid("on_chunk", "NULL", takes));
        }
        Ok(Receiver {
            on_chunk,
            on_end,
            user_data: UserData::new(user_data),
            generation_id: None,
            begun: None,
        })
    }

    /// Whether it gets nothing but the end.
    pub fn wants_end_only(&self) -> bool {
        self.on_chunk.is_none()
    }

    /// Begins what calls back here: `begin` gets the callback, and must not wait for it. The handle is in `out` before
    /// the first call; NULL for `out` wants none.
    ///
    /// # Safety
    /// `out` is NULL or the caller's to be written to.
    pub unsafe fn begin<H: Handle>(
        mut self,
        out: *mut *mut H,
        begin: impl FnOnce(Callback) -> Result<H::Object>,
    ) -> Result<()> {
        let gate = Arc::new(Mutex::new(()));
        self.begun = (!out.is_null()).then(|| Arc::clone(&gate));
        let _beginning = gate.lock().unwrap_or_else(PoisonError::into_inner);
        let object = begin(Box::new(move |event| self.take(&event)))?;
        if !out.is_null() {
            // SAFETY: promised by the caller.
            unsafe { out.write(handle::insert(Arc::new(object))) };
        }
        Ok(())
    }

    fn take(&mut self, event: &LineEvent<'_>) -> Flow {
        if let Some(begun) = self.begun.take() {
            drop(begun.lock().unwrap_or_else(PoisonError::into_inner));
        }
        match event {
            LineEvent::Chunk(chunk) => self.chunk(chunk),
            LineEvent::Ended(ended) => {
                self.end(ended);
                Flow::Stop
            }
        }
    }

    fn chunk(&mut self, chunk: &Chunk<'_>) -> Flow {
        let Some(on_chunk) = self.on_chunk else {
            return Flow::Continue;
        };
        let id = self.generation_id.get_or_insert_with(|| c_string(chunk.generation_id));
        let chunk = c_chunk(chunk, id.as_ptr());
        // SAFETY: the header asks for a function that takes these and does not unwind.
        match unsafe { on_chunk(&raw const chunk, self.user_data.get()) } {
            VW_CONTINUE => Flow::Continue,
            VW_PAUSE => Flow::Pause,
            _ => Flow::Stop,
        }
    }

    fn end(&self, ended: &Ended) {
        let Some(on_end) = self.on_end else {
            return;
        };
        let error = ended.error.as_ref().map(CError::new);
        let result = vw_deepdub_tts_result::from(&ended.summary);
        let end = vw_deepdub_line_end {
            struct_size: size_of::<vw_deepdub_line_end>(),
            status: ended
                .error
                .as_ref()
                .map_or(vw_status::VW_OK, |error| error.kind().into()),
            error: error.as_ref().map_or(ptr::null(), CError::info),
            result: &raw const result,
        };
        // SAFETY: as for on_chunk.
        unsafe { on_end(&raw const end, self.user_data.get()) };
    }
}

/// One generation of a session: something to cancel it by, and to look at it. May be used by any number of threads at
/// once.
pub struct vw_deepdub_line {
    _opaque: [u8; 0],
}

impl Handle for vw_deepdub_line {
    type Object = Line;
    const NAME: &'static str = "vw_deepdub_line";
}

/// Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_line_options_init(options: *mut vw_deepdub_line_options) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("options", options)?.write(vw_deepdub_line_options::init()) };
        Ok(())
    })
}

/// Speaks one text in a session. Returns at once; the chunks and the end go to the callbacks in options. The request's
/// cancel stops the line, too.
///
/// *out is the line; free it with vw_deepdub_line_free. It is set before the first callback for it, which may come before
/// this returns. out may be NULL: the line is spoken all the same.
/// VW_ERR_INVALID_ARGUMENT when the request or the options cannot be right, or the generation id is that of a line which
/// has not ended; VW_ERR_CLOSED when the session's client has been freed. Then no callback is called. Everything else that
/// goes wrong comes as the line's end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_session_speak(
    session: *const vw_deepdub_session,
    request: *const vw_deepdub_tts_request,
    options: *const vw_deepdub_line_options,
    out: *mut *mut vw_deepdub_line,
) -> vw_status {
    guard(|| {
        let session = handle::get(session)?;
        // SAFETY: the caller's structs, as the header asks for them.
        let (options, (request, call)) = unsafe { (read_struct(options)?, read_struct(request)?.to_request()?) };
        let receiver = Receiver::new(
            options.on_chunk,
            options.on_end,
            options.user_data,
            !options.player.is_null(),
        )?;
        let options = LineOptions {
            cancel: call.cancel,
            ..options.to_options()?
        };
        let end_only = receiver.wants_end_only();
        let begin = |mut callback: Callback| match end_only {
            true => session.play(&request, &options, move |ended| {
                callback(LineEvent::Ended(ended));
            }),
            false => session.speak(&request, &options, callback),
        };
        // SAFETY: as the header asks for it.
        unsafe { receiver.begin(out, begin) }
    })
}

/// Stops a line. When this returns, its on_chunk is not running and is not called again; only on_end still comes. What
/// waits for a poll, a resume or in a player is dropped. Does nothing to a line that has ended and of which nothing waits.
///
/// It waits for an on_chunk that another thread is just running, so do not hold a lock which that takes. From inside a
/// session's callback it waits for nothing: on_chunk is not called again, and a call that runs on another thread may
/// still be running.
///
/// The service has no way to stop a line: it goes on speaking it, unheard. That takes no place among max_running, but one of
/// the five that the service allows: to interrupt without waiting, leave one of these free (max_running 4), or cancel all
/// that is being spoken.
///
/// To put another line in its place, speak that one at the front first, and then cancel: the other way round, the next line
/// of the queue may be faster.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_line_cancel(line: *mut vw_deepdub_line) -> vw_status {
    guard(|| {
        handle::get(line.cast_const())?.cancel();
        Ok(())
    })
}

/// Lets chunks come again after VW_PAUSE, beginning with those that wait. While on_chunk is running it takes back the
/// VW_PAUSE that it may return. Does nothing to a line that is not paused.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_line_resume(line: *mut vw_deepdub_line) -> vw_status {
    guard(|| {
        handle::get(line.cast_const())?.resume();
        Ok(())
    })
}

/// Whether a line has ended, 1 or 0, in *out. Chunks and on_end may still be waiting for their callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_line_is_ended(line: *const vw_deepdub_line, out: *mut i32) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let ended = handle::get(line)?.is_ended();
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(ended.into()) };
        Ok(())
    })
}

/// What a line has come to so far, in *result, which vw_deepdub_tts_result_init has prepared. Its chunks and bytes are what
/// has arrived; some of it may still be waiting for on_chunk.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_line_get_result(
    line: *const vw_deepdub_line,
    result: *mut vw_deepdub_tts_result,
) -> vw_status {
    guard(|| {
        let result = out_pointer("result", result)?;
        // SAFETY: the caller's struct, as the header asks for it.
        unsafe { write_result(result, &*handle::get(line)?) }
    })
}

/// # Safety
/// `result` is the caller's struct, and not NULL.
pub(super) unsafe fn write_result(result: *mut vw_deepdub_tts_result, line: &Line) -> Result<()> {
    if !line.is_here() {
        return Err(Error::new(
            ErrorKind::Closed,
            "the line belongs to the process that this one was forked from",
        ));
    }
    // SAFETY: promised by the caller.
    unsafe { write_struct(result, &(&line.summary()).into()) }
}

/// Frees a line's handle. The line goes on, and its callbacks with it.
///
/// VW_ERR_INVALID_ARGUMENT when line is neither NULL nor a live line.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_line_free(line: *mut vw_deepdub_line) -> vw_status {
    guard(|| handle::remove(line.cast_const()).map(drop))
}
