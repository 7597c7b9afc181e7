//! Deepdub: sessions into which text is streamed, and their turns.

use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::Arc;

use super::audio_file::{format, format_code, vw_format};
use super::cancel::vw_cancel;
use super::deepdub_client::vw_deepdub_client;
use super::deepdub_line::{
    Callback, Receiver, played_on, vw_deepdub_line_chunk_fn, vw_deepdub_line_end_fn, write_result,
};
use super::deepdub_tts::vw_deepdub_tts_result;
use super::handle::{self, Handle};
use super::input::{
    CallerStruct, VW_OFF, VW_UNSET, milliseconds, number, optional_string, optional_text, out_pointer, read_struct,
    required_text, required_text_bytes, timeout, toggle, vw_toggle,
};
use super::player::vw_player;
use super::session::{UserData, VW_DELIVERY_IO_THREAD, delivery, state_callback, vw_delivery, vw_session_state_fn};
use super::status::{guard, vw_status};
use crate::deepdub::{LineEvent, TextConfig, TextSession, TextSessionOptions, Turn, TurnOptions, config_tag};
use crate::error::{Error, ErrorKind, Result};

/// How streamed text is spoken. Fill it with vw_deepdub_text_config_init, then set voice_prompt_id and what should differ.
/// The fields follow Deepdub's WebSocket streaming page, "stream-config".
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_text_config {
    /// Set by vw_deepdub_text_config_init.
    pub struct_size: usize,
    /// Who says it: the id of a voice prompt. Required.
    pub voice_prompt_id: *const c_char,
    /// Default "dd-etts-3.0".
    pub model: *const c_char,
    /// The language, such as "fr-FR". Default "en-US".
    pub locale: *const c_char,
    /// VW_FORMAT_S16LE, VW_FORMAT_WAV or VW_FORMAT_MULAW. Default VW_FORMAT_S16LE.
    pub format: vw_format,
    /// 8000, 16000, 22050, 24000, 32000, 36000, 44100 or 48000 Hz. Default 16000, as is VW_UNSET.
    pub sample_rate: i32,
    /// Whether emojis in the text have an effect on how it is spoken. Default VW_OFF.
    pub accept_emojis: vw_toggle,
    /// The gender of who is spoken to, for languages that need it. Default: the service's.
    pub target_gender: *const c_char,
    /// How soon the first audio of a turn is wanted, in seconds, even of an incomplete sentence; more than 0. Default: the
    /// service's.
    pub first_audio_timeout: f64,
    /// Priority for live use. Default: the service's.
    pub realtime: vw_toggle,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_text_config {
    const NAME: &'static str = "vw_deepdub_text_config";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_text_config>();

    fn init() -> Self {
        let config = TextConfig::new("");
        vw_deepdub_text_config {
            struct_size: size_of::<Self>(),
            voice_prompt_id: ptr::null(),
            model: ptr::null(),
            locale: ptr::null(),
            format: format_code(config.format),
            sample_rate: config.sample_rate as i32,
            accept_emojis: VW_OFF,
            target_gender: ptr::null(),
            first_audio_timeout: f64::NAN,
            realtime: VW_UNSET,
        }
    }
}

impl vw_deepdub_text_config {
    /// # Safety
    /// Each text is NULL or ends in a NUL.
    unsafe fn to_config(self) -> Result<TextConfig> {
        // SAFETY: passed on.
        let mut config = unsafe {
            let mut config = TextConfig::new(required_text("voicePromptId", self.voice_prompt_id)?);
            if let Some(model) = optional_text("model", self.model)? {
                config.model = model.to_owned();
            }
            if let Some(locale) = optional_text("locale", self.locale)? {
                config.locale = locale.to_owned();
            }
            config.target_gender = optional_string("targetGender", self.target_gender)?;
            config
        };
        config.format = format(self.format)?;
        if self.sample_rate != VW_UNSET {
            config.sample_rate = u32::try_from(self.sample_rate)
                .map_err(|_| Error::invalid("sampleRate", self.sample_rate, "a rate in Hz, or VW_UNSET (-1)"))?;
        }
        config.accept_emojis = toggle("acceptEmojis", self.accept_emojis)?.unwrap_or(false);
        config.first_audio_timeout = number(self.first_audio_timeout);
        config.realtime = toggle("realtime", self.realtime)?;
        Ok(config)
    }
}

/// How a text session is kept. Fill it with vw_deepdub_text_session_options_init, then change what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_text_session_options {
    /// Set by vw_deepdub_text_session_options_init.
    pub struct_size: usize,
    /// Where it calls back. Default VW_DELIVERY_IO_THREAD.
    pub delivery: vw_delivery,
    /// As in vw_deepdub_session_options: 10 or more; VW_NO_TIMEOUT never pings. Default 20000 ms.
    pub keep_alive_ms: u32,
    /// How many bytes of written text may wait to be sent, for each turn; 1 or more. Default 65536.
    pub max_unsent_bytes: usize,
    /// Is told of each change of state, VW_SESSION_CLOSED being the last. Default NULL.
    pub on_state: vw_session_state_fn,
    /// Given to on_state. Default NULL.
    pub user_data: *mut c_void,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_text_session_options {
    const NAME: &'static str = "vw_deepdub_text_session_options";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_text_session_options>();

    fn init() -> Self {
        let options = TextSessionOptions::new();
        vw_deepdub_text_session_options {
            struct_size: size_of::<Self>(),
            delivery: VW_DELIVERY_IO_THREAD,
            keep_alive_ms: milliseconds(options.keep_alive),
            max_unsent_bytes: options.max_unsent_bytes,
            on_state: None,
            user_data: ptr::null_mut(),
        }
    }
}

impl vw_deepdub_text_session_options {
    fn to_options(self) -> Result<TextSessionOptions> {
        let mut options = TextSessionOptions::new();
        options.delivery = delivery(self.delivery)?;
        options.keep_alive = timeout(self.keep_alive_ms);
        options.max_unsent_bytes = self.max_unsent_bytes;
        Ok(match self.on_state {
            Some(callback) => options.on_state(state_callback(callback, UserData::new(self.user_data))),
            None => options,
        })
    }
}

/// Who gets the audio of one turn. Fill it with vw_deepdub_turn_options_init, then set on_chunk and what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_turn_options {
    /// Set by vw_deepdub_turn_options_init.
    pub struct_size: usize,
    /// How many bytes of audio may wait for an on_chunk that is not called often enough or has returned VW_PAUSE; 1 or
    /// more. Beyond that the turn ends with VW_ERR_BUFFER_FULL, after what waits. Default 64 MiB: 34 minutes of s16le at
    /// 16000 Hz.
    pub max_buffered_bytes: usize,
    /// Cancels the turn from outside, with all others that have it. Default none.
    pub cancel: *const vw_cancel,
    /// Gets the chunks; returns VW_CONTINUE, VW_PAUSE (until vw_deepdub_turn_resume), or VW_STOP, which is as
    /// vw_deepdub_turn_cancel. Required without a player; with one, NULL is as if it returned VW_CONTINUE.
    pub on_chunk: vw_deepdub_line_chunk_fn,
    /// Gets the end: exactly once, whether the turn went well, failed or was cancelled, and after the last on_chunk. When
    /// it has returned user_data is the caller's again. Default NULL: nobody is told.
    pub on_end: vw_deepdub_line_end_fn,
    /// Given to on_chunk and on_end. Default NULL.
    pub user_data: *mut c_void,
    /// Plays the turn, as in vw_deepdub_line_options. Default NULL: none.
    pub player: *const vw_player,
    /// What the player's state and ends call it. Default 0.
    pub track_id: u64,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_turn_options {
    const NAME: &'static str = "vw_deepdub_turn_options";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_turn_options>();

    fn init() -> Self {
        vw_deepdub_turn_options {
            struct_size: size_of::<Self>(),
            max_buffered_bytes: TurnOptions::default().max_buffered_bytes,
            cancel: ptr::null(),
            on_chunk: None,
            on_end: None,
            user_data: ptr::null_mut(),
            player: ptr::null(),
            track_id: 0,
        }
    }
}

/// A connection into which text is streamed while it is being produced, by a language model say, and which is kept open
/// from turn to turn. May be used by any number of threads at once, and with the vw_session functions.
///
/// Audio begins when the service has a sentence. Turns are spoken one after the other, in the order in which they were
/// begun: the text of one is sent when the one before it is over or has been cancelled. When the connection breaks it is
/// made again, with growing pauses. A turn that had received no audio by then is sent again; one that had fails with what
/// arrived. The limits total_timeout_ms and first_chunk_timeout_ms of the client run from the end of a turn's text:
/// whoever writes may take his time.
pub struct vw_deepdub_text_session {
    _opaque: [u8; 0],
}

impl Handle for vw_deepdub_text_session {
    type Object = TextSession;
    const NAME: &'static str = "vw_deepdub_text_session";
}

/// A turn, in the hands of who writes it. May be used by any number of threads at once.
pub struct vw_deepdub_turn {
    _opaque: [u8; 0],
}

impl Handle for vw_deepdub_turn {
    type Object = Turn;
    const NAME: &'static str = "vw_deepdub_turn";
}

/// Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_text_config_init(config: *mut vw_deepdub_text_config) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("config", config)?.write(vw_deepdub_text_config::init()) };
        Ok(())
    })
}

/// Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_text_session_options_init(
    options: *mut vw_deepdub_text_session_options,
) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("options", options)?.write(vw_deepdub_text_session_options::init()) };
        Ok(())
    })
}

/// Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_turn_options_init(options: *mut vw_deepdub_turn_options) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("options", options)?.write(vw_deepdub_turn_options::init()) };
        Ok(())
    })
}

/// Opens a text session. Returns at once: the connection is made meanwhile, by the client's I/O thread, which all its
/// sessions share and which its first one starts. That the service cannot be reached is told by vw_session_wait_ready, by
/// on_state, and as the end of turns.
///
/// options may be NULL: everything by default. *out is the session; free it with vw_deepdub_text_session_free. on_state may
/// be called before this returns. VW_ERR_INVALID_ARGUMENT for a configuration or options that cannot be right;
/// VW_ERR_CLOSED when the client is being freed; VW_ERR_INTERNAL or VW_ERR_NETWORK when the system gives no thread, or no
/// event queue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_text_session_open(
    client: *const vw_deepdub_client,
    config: *const vw_deepdub_text_config,
    options: *const vw_deepdub_text_session_options,
    out: *mut *mut vw_deepdub_text_session,
) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let client = handle::get(client)?;
        // SAFETY: the caller's structs, as the header asks for them.
        let config = unsafe { read_struct(config)?.to_config()? };
        let options = if options.is_null() {
            TextSessionOptions::new()
        } else {
            // SAFETY: as before.
            unsafe { read_struct(options)?.to_options()? }
        };
        let session = handle::insert(Arc::new(client.open_text_session(&config, options)?));
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(session) };
        Ok(())
    })
}

/// Frees a text session: cancels every turn and closes the connection. A vw_deepdub_turn_write or
/// vw_deepdub_text_session_ping that waits on another thread ends with VW_ERR_CANCELLED.
///
/// When it returns, every turn has had its on_end, and nothing is called back any more; what vw_deepdub_session_free says
/// of waiting, of callbacks, of VW_DELIVERY_POLL and of freeing the client holds here, too. The handles of turns are
/// still to be freed. VW_ERR_INVALID_ARGUMENT when session is neither NULL nor a live text session.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_text_session_free(session: *mut vw_deepdub_text_session) -> vw_status {
    guard(|| {
        if let Some(session) = handle::remove(session.cast_const())? {
            session.close();
        }
        Ok(())
    })
}

/// Changes how turns are spoken that begin from now on. For the middle of a turn there is vw_deepdub_turn_switch.
///
/// VW_ERR_INVALID_ARGUMENT for a configuration that cannot be right; the one before stays then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_text_session_configure(
    session: *const vw_deepdub_text_session,
    config: *const vw_deepdub_text_config,
) -> vw_status {
    guard(|| {
        let session = handle::get(session)?;
        // SAFETY: the caller's struct, as the header asks for it.
        session.configure(&unsafe { read_struct(config)?.to_config()? })
    })
}

/// Asks the service for a sign of life, and waits for it up to timeout_ms; VW_NO_TIMEOUT waits without end. *out_ms is how
/// long that took, in milliseconds; out_ms may be NULL.
///
/// VW_ERR_TIMEOUT when none came, with the field "timeout_ms"; VW_ERR_INVALID_ARGUMENT inside a session's callback,
/// where it would wait for itself; VW_ERR_CLOSED when the session's client has been freed, VW_ERR_CANCELLED when it or the
/// session is freed meanwhile; any other status is why there is no connection, VW_ERR_NETWORK when there is none yet.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_text_session_ping(
    session: *const vw_deepdub_text_session,
    timeout_ms: u32,
    out_ms: *mut f64,
) -> vw_status {
    guard(|| {
        let took = handle::get(session)?.ping(timeout(timeout_ms)).map_err(|error| {
            // One that has a field is about the connection.
            if error.kind() == ErrorKind::Timeout && error.field().is_none() {
                error.with_field("timeout_ms")
            } else {
                error
            }
        })?;
        if !out_ms.is_null() {
            // SAFETY: not NULL, and the caller's to be written to.
            unsafe { out_ms.write(took.as_secs_f64() * 1000.0) };
        }
        Ok(())
    })
}

/// Begins the next turn. Returns at once; the chunks and the end go to the callbacks in options. The ids in chunks and
/// results are the service's: one that is told before the first audio, by vw_deepdub_turn_get_result or by on_end, is "".
///
/// *out is the turn, to be written with vw_deepdub_turn_write; free it with vw_deepdub_turn_free. It is set before the
/// first callback for it, which may come before this returns.
/// VW_ERR_INVALID_ARGUMENT when the options cannot be right; VW_ERR_CLOSED when the session's client has been freed. Then
/// no callback is called. Everything else that goes wrong comes as the turn's end.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_text_session_begin_turn(
    session: *const vw_deepdub_text_session,
    options: *const vw_deepdub_turn_options,
    out: *mut *mut vw_deepdub_turn,
) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let session = handle::get(session)?;
        // SAFETY: the caller's struct, as the header asks for it.
        let options = unsafe { read_struct(options)? };
        let receiver = Receiver::new(
            options.on_chunk,
            options.on_end,
            options.user_data,
            !options.player.is_null(),
        )?;
        let mut turn_options = TurnOptions {
            max_buffered_bytes: options.max_buffered_bytes,
            player: played_on(options.player)?,
            track_id: options.track_id,
            ..TurnOptions::default()
        };
        if !options.cancel.is_null() {
            turn_options.cancel = Some((*handle::get(options.cancel)?).clone());
        }
        let end_only = receiver.wants_end_only();
        let begin = |mut callback: Callback| match end_only {
            true => session.play_turn(&turn_options, move |ended| {
                callback(LineEvent::Ended(ended));
            }),
            false => session.begin_turn(&turn_options, callback),
        };
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { receiver.begin(out, begin) }
    })
}

/// Adds to a turn's text: a sentence, a word, a token of a language model, any piece of UTF-8. "" adds nothing. A piece may
/// end inside a character, as tokens of bytes do: what there is of it waits for its rest, which the next piece begins with;
/// of a turn that is ended before that it is left out.
///
/// Does not wait for the network: the text is taken while no more than max_unsent_bytes wait to be sent (a longer one when
/// nothing else waits), else it waits for room, up to timeout_ms and never longer; VW_NO_TIMEOUT waits without end. 0, and
/// any call inside a session's callback, does not wait at all. Of several threads that write one turn each text stays in
/// one piece, if it is whole characters.
/// VW_ERR_TIMEOUT when there was no room, with the field "max_unsent_bytes": nothing of the text was taken, so it may be
/// written again. VW_ERR_INVALID_ARGUMENT when it is not UTF-8 after what was written before: nothing of it was taken, either.
/// VW_ERR_CLOSED when the text has been ended, or the turn is over; VW_ERR_CANCELLED when it was cancelled,
/// also by freeing the session or the client; any other status is what the turn failed with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_turn_write(
    turn: *const vw_deepdub_turn,
    text: *const c_char,
    timeout_ms: u32,
) -> vw_status {
    guard(|| {
        let turn = handle::get(turn)?;
        // SAFETY: the caller's text, as the header asks for it.
        let text = unsafe { required_text_bytes("text", text)? };
        turn.write_bytes(text, timeout(timeout_ms))
    })
}

/// Switches language, voice or both for the text that is written after it, up to the next switch or the turn's end. Each
/// may be NULL, and stays as it is then. Writes the tag of vw_deepdub_config_tag, and so waits and fails as
/// vw_deepdub_turn_write does; VW_ERR_INVALID_ARGUMENT when one is blank.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_turn_switch(
    turn: *const vw_deepdub_turn,
    locale: *const c_char,
    voice_prompt_id: *const c_char,
    timeout_ms: u32,
) -> vw_status {
    guard(|| {
        let turn = handle::get(turn)?;
        // SAFETY: the caller's texts, as the header asks for them.
        let (locale, voice) = unsafe {
            (
                optional_text("locale", locale)?,
                optional_text("voicePromptId", voice_prompt_id)?,
            )
        };
        turn.switch(locale, voice, timeout(timeout_ms))
    })
}

/// Ends a turn's text: the rest of it is spoken now, and after the last of it the turn is over. Does not wait, also not for
/// what has been written before. Does nothing the second time, and to a turn that is over.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_turn_end(turn: *const vw_deepdub_turn) -> vw_status {
    guard(|| {
        handle::get(turn)?.end();
        Ok(())
    })
}

/// Stops a turn, and tells the service to: barge-in. When this returns, its on_chunk is not running and is not called
/// again; only on_end still comes. What waits for a poll or a resume is dropped, and so is text that has not been sent.
/// The next turn waits for the service to confirm only where nothing of this one had been heard yet. Does nothing to a turn
/// that has ended and of which nothing waits.
///
/// It waits for an on_chunk that another thread is just running, so do not hold a lock which that takes. From inside a
/// session's callback it waits for nothing: on_chunk is not called again, and a call that runs on another thread may
/// still be running.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_turn_cancel(turn: *const vw_deepdub_turn) -> vw_status {
    guard(|| {
        handle::get(turn)?.cancel();
        Ok(())
    })
}

/// Lets chunks come again after VW_PAUSE, as vw_deepdub_line_resume does.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_turn_resume(turn: *const vw_deepdub_turn) -> vw_status {
    guard(|| {
        handle::get(turn)?.line().resume();
        Ok(())
    })
}

/// Whether a turn is over, 1 or 0, in *out: not only its text. Chunks and on_end may still be waiting for their callbacks.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_turn_is_ended(turn: *const vw_deepdub_turn, out: *mut i32) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let ended = handle::get(turn)?.line().is_ended();
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(ended.into()) };
        Ok(())
    })
}

/// What a turn has come to so far, in *result, which vw_deepdub_tts_result_init has prepared. Its chunks and bytes are what
/// has arrived; some of it may still be waiting for on_chunk. Its times run from vw_deepdub_text_session_begin_turn on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_turn_get_result(
    turn: *const vw_deepdub_turn,
    result: *mut vw_deepdub_tts_result,
) -> vw_status {
    guard(|| {
        let result = out_pointer("result", result)?;
        // SAFETY: the caller's struct, as the header asks for it.
        unsafe { write_result(result, handle::get(turn)?.line()) }
    })
}

/// Frees a turn's handle, and ends its text if that has not been ended: the next turn can come. Its audio goes on, and its
/// callbacks with it; to stop them there is vw_deepdub_turn_cancel. A vw_deepdub_turn_write that waits on another thread
/// ends with VW_ERR_CLOSED.
///
/// VW_ERR_INVALID_ARGUMENT when turn is neither NULL nor a live turn.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_turn_free(turn: *mut vw_deepdub_turn) -> vw_status {
    guard(|| {
        if let Some(turn) = handle::remove(turn.cast_const())? {
            // Also while another thread uses it.
            turn.end();
        }
        Ok(())
    })
}

/// The tag that switches language, voice or both in the middle of a text, such as `<config locale="es-MX" />`, for whoever
/// puts texts together before they are written. What the values hold cannot end the tag; "" when both are NULL. Text from
/// elsewhere may hold such tags, too, and they have their effect in it.
///
/// Writes it into buffer, which has size bytes, with its NUL. *out_needed is how many bytes that takes, NUL included, also
/// when buffer is too small; it may be NULL. NULL as buffer with a size of 0 only asks for that.
/// VW_ERR_INVALID_ARGUMENT when buffer is too small, and it is left as it was; when a value is blank.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_config_tag(
    locale: *const c_char,
    voice_prompt_id: *const c_char,
    buffer: *mut c_char,
    size: usize,
    out_needed: *mut usize,
) -> vw_status {
    guard(|| {
        // SAFETY: the caller's texts, as the header asks for them.
        let tag = unsafe {
            config_tag(
                optional_text("locale", locale)?,
                optional_text("voicePromptId", voice_prompt_id)?,
            )?
        };
        let needed = tag.len() + 1;
        if buffer.is_null() && size > 0 {
            return Err(Error::invalid(
                "buffer",
                format_args!("NULL with a size of {size}"),
                "a pointer to that many bytes",
            ));
        }
        if !out_needed.is_null() {
            // SAFETY: not NULL, and the caller's to be written to.
            unsafe { out_needed.write(needed) };
        }
        if buffer.is_null() {
            return Ok(());
        }
        if size < needed {
            return Err(Error::invalid(
                "size",
                size,
                &format!("{needed} or more, the NUL included"),
            ));
        }
        // SAFETY: the buffer has `size` bytes, and `needed` of them are written; the tag is elsewhere.
        unsafe {
            ptr::copy_nonoverlapping(tag.as_ptr().cast::<c_char>(), buffer, tag.len());
            buffer.add(tag.len()).write(0);
        }
        Ok(())
    })
}
