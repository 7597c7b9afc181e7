//! Deepdub: text to speech.

use std::ffi::{c_char, c_void};
use std::mem::offset_of;
use std::ops::ControlFlow;
use std::ptr;

use super::audio_file::{format, format_code, vw_format};
use super::cancel::vw_cancel;
use super::deepdub_client::vw_deepdub_client;
use super::handle;
use super::input::{
    CallerStruct, VW_UNSET, number, optional_string, optional_text, out_pointer, read_struct, required_text, toggle,
    vw_toggle, write_struct,
};
use super::status::{c_string, guard, vw_status};
use crate::audio::Format;
use crate::deepdub::{AccentControl, Chunk, SpeechRequest, Summary};
use crate::error::{Error, Result};
use crate::net::CallOptions;

const UNSET_SEED: i64 = i64::MIN;

/// One text to be spoken. Fill it with vw_deepdub_tts_request_init, then set text, voice_prompt_id and what should
/// differ. The fields follow Deepdub's WebSocket page, "Request format".
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_tts_request {
    /// Set by vw_deepdub_tts_request_init.
    pub struct_size: usize,
    /// What to say; not empty. Required.
    pub text: *const c_char,
    /// Who says it: the id of a voice prompt; "asset:" before it names a built-in voice. Required.
    pub voice_prompt_id: *const c_char,
    /// Default "dd-etts-3.0".
    pub model: *const c_char,
    /// The language, such as "fr-FR". Default "en-US".
    pub locale: *const c_char,
    /// A UUID for the generation. Default: a new one.
    pub generation_id: *const c_char,
    /// Default VW_FORMAT_MP3.
    pub format: vw_format,
    /// 8000, 16000, 22050, 24000, 32000, 36000, 44100 or 48000 Hz. Default: the service's.
    pub sample_rate: i32,
    /// How long the audio should last, in seconds; more than 0. Not together with tempo. Default: as it comes.
    pub target_duration: f64,
    /// 0.5 (slow) to 2.0 (fast). Not together with target_duration. Default: the service's.
    pub tempo: f64,
    /// How much the voice varies: 0.0 to 1.0. Default: the service's.
    pub variance: f64,
    /// How freely it is generated: 0.0 to 1.0. Default: the service's.
    pub temperature: f64,
    /// The same seed gives the same audio for the same request. Default: VW_UNSET_SEED.
    pub seed: i64,
    /// More of the voice prompt's character. Default: the service's, as for the next four.
    pub prompt_boost: vw_toggle,
    /// Allows longer audio.
    pub super_stretch: vw_toggle,
    /// Priority for live use.
    pub realtime: vw_toggle,
    /// Audio clean-up.
    pub clean_audio: vw_toggle,
    /// Level adjustment.
    pub auto_gain: vw_toggle,
    /// The accent's base, such as "en-US". All three accent fields, or none.
    pub accent_base_locale: *const c_char,
    /// The accent to blend in, such as "fr-FR".
    pub accent_locale: *const c_char,
    /// 0.0 (base only) to 1.0 (the other only).
    pub accent_ratio: f64,
    /// A prompt whose delivery is imitated. Default none.
    pub performance_reference_prompt_id: *const c_char,
    /// Stops the call, or the line, from outside. Default none.
    pub cancel: *const vw_cancel,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_tts_request {
    const NAME: &'static str = "vw_deepdub_tts_request";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_tts_request>();

    fn init() -> Self {
        vw_deepdub_tts_request {
            struct_size: size_of::<Self>(),
            text: ptr::null(),
            voice_prompt_id: ptr::null(),
            model: ptr::null(),
            locale: ptr::null(),
            generation_id: ptr::null(),
            format: format_code(Format::Mp3),
            sample_rate: VW_UNSET,
            target_duration: f64::NAN,
            tempo: f64::NAN,
            variance: f64::NAN,
            temperature: f64::NAN,
            seed: UNSET_SEED,
            prompt_boost: VW_UNSET,
            super_stretch: VW_UNSET,
            realtime: VW_UNSET,
            clean_audio: VW_UNSET,
            auto_gain: VW_UNSET,
            accent_base_locale: ptr::null(),
            accent_locale: ptr::null(),
            accent_ratio: f64::NAN,
            performance_reference_prompt_id: ptr::null(),
            cancel: ptr::null(),
        }
    }
}

impl vw_deepdub_tts_request {
    /// # Safety
    /// Each text is NULL or ends in a NUL.
    pub(super) unsafe fn to_request(self) -> Result<(SpeechRequest, CallOptions)> {
        // SAFETY: passed on.
        let request = unsafe {
            let mut request = SpeechRequest::new(
                required_text("targetText", self.text)?,
                required_text("voicePromptId", self.voice_prompt_id)?,
            );
            if let Some(model) = optional_text("model", self.model)? {
                request.model = model.to_owned();
            }
            if let Some(locale) = optional_text("locale", self.locale)? {
                request.locale = locale.to_owned();
            }
            request.generation_id = optional_string("generationId", self.generation_id)?;
            request.accent_control = AccentControl::from_parts(
                optional_string("accentControl.accentBaseLocale", self.accent_base_locale)?,
                optional_string("accentControl.accentLocale", self.accent_locale)?,
                number(self.accent_ratio),
            )?;
            request.performance_reference_prompt_id =
                optional_string("performanceReferencePromptId", self.performance_reference_prompt_id)?;
            request
        };
        let sample_rate = match self.sample_rate {
            VW_UNSET => None,
            // Not a rate; `check` says what is.
            rate => Some(
                u32::try_from(rate)
                    .map_err(|_| Error::invalid("sampleRate", rate, "a rate in Hz, or VW_UNSET (-1)"))?,
            ),
        };
        let request = SpeechRequest {
            format: format(self.format)?,
            sample_rate,
            target_duration: number(self.target_duration),
            tempo: number(self.tempo),
            variance: number(self.variance),
            temperature: number(self.temperature),
            seed: (self.seed != UNSET_SEED).then_some(self.seed),
            prompt_boost: toggle("promptBoost", self.prompt_boost)?,
            super_stretch: toggle("superStretch", self.super_stretch)?,
            realtime: toggle("realtime", self.realtime)?,
            clean_audio: toggle("cleanAudio", self.clean_audio)?,
            auto_gain: toggle("autoGain", self.auto_gain)?,
            ..request
        };
        let mut options = CallOptions::new();
        if !self.cancel.is_null() {
            options = options.cancel(&*handle::get(self.cancel)?);
        }
        Ok((request, options))
    }
}

/// A piece of a generation's audio. Everything in it is valid until the callback returns.
#[repr(C)]
pub struct vw_deepdub_chunk {
    /// The size of this struct in the library that filled it.
    pub struct_size: usize,
    /// The bytes as the service sent them. With VW_FORMAT_WAV each chunk is a WAV file of its own: to join them use
    /// samples, or vw_audio_file.
    pub data: *const u8,
    /// Bytes in data. 0 only in a last chunk.
    pub size: usize,
    /// The samples in data: past its header for WAV, all of it for s16le and mulaw; NULL for mp3 and opus.
    pub samples: *const u8,
    /// Bytes in samples.
    pub samples_size: usize,
    /// The chunk's place in the generation; counts from 0, with no gaps.
    pub index: u64,
    /// The generation's id: a UUID.
    pub generation_id: *const c_char,
    /// 1 for the last chunk, else 0. Every generation that succeeds has exactly one, perhaps with no data.
    pub is_final: i32,
}

/// What a callback returns to go on. Anything that is not named here stops the call.
pub const VW_CONTINUE: i32 = 0;
/// What a callback returns to stop the call.
#[allow(dead_code)] // for callers: here it is whatever is not VW_CONTINUE
pub const VW_STOP: i32 = 1;

/// Gets the chunks of a generation, in order, on the thread that made the call. Returns VW_CONTINUE or VW_STOP.
pub type vw_deepdub_chunk_fn =
    Option<unsafe extern "C" fn(chunk: *const vw_deepdub_chunk, user_data: *mut c_void) -> i32>;

/// What a generation came to.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_tts_result {
    /// Set by vw_deepdub_tts_result_init.
    pub struct_size: usize,
    /// The generation's id, a UUID, NUL-terminated: what a report about it names.
    pub generation_id: [c_char; 40],
    /// Chunks with audio that were delivered. Of a line whose chunks wait for a poll, or to be asked for: that had come, also
    /// those that a cancel has dropped since.
    pub chunks: u64,
    /// Bytes of audio in them, as the service sent them.
    pub bytes: u64,
    /// Chunks that came twice and were dropped.
    pub duplicates: u64,
    /// How long it waited for the connection, in milliseconds: next to nothing in a session that was open already.
    pub connect_ms: f64,
    /// From the call to the first audio, everything included, in milliseconds; negative when none came.
    pub first_chunk_ms: f64,
    /// From the call to its end, or until now, in milliseconds.
    pub total_ms: f64,
    /// How long it waited in a session's queue until there was a place for it, in milliseconds. 0 outside of sessions.
    pub queued_ms: f64,
    /// The longest wait for a chunk after the one before it, in milliseconds.
    pub longest_gap_ms: f64,
    /// How often a session sent it again: because the connection broke, or the service asked to wait.
    pub retries: u64,
}

// SAFETY: repr(C), struct_size first, numbers only.
unsafe impl CallerStruct for vw_deepdub_tts_result {
    const NAME: &'static str = "vw_deepdub_tts_result";
    const FIRST_SIZE: usize = offset_of!(vw_deepdub_tts_result, queued_ms);

    fn init() -> Self {
        vw_deepdub_tts_result {
            struct_size: size_of::<Self>(),
            generation_id: [0; 40],
            chunks: 0,
            bytes: 0,
            duplicates: 0,
            connect_ms: 0.0,
            first_chunk_ms: -1.0,
            total_ms: 0.0,
            queued_ms: 0.0,
            longest_gap_ms: 0.0,
            retries: 0,
        }
    }
}

impl From<&Summary> for vw_deepdub_tts_result {
    fn from(summary: &Summary) -> Self {
        let mut result = Self::init();
        // The last byte stays the NUL.
        let room = result.generation_id.len() - 1;
        for (place, byte) in result.generation_id[..room]
            .iter_mut()
            .zip(summary.generation_id.bytes())
        {
            *place = byte.cast_signed() as c_char;
        }
        let milliseconds = |duration: std::time::Duration| duration.as_secs_f64() * 1000.0;
        vw_deepdub_tts_result {
            chunks: summary.chunks,
            bytes: summary.bytes,
            duplicates: summary.duplicates,
            connect_ms: milliseconds(summary.connect),
            first_chunk_ms: summary.first_chunk.map_or(-1.0, milliseconds),
            total_ms: milliseconds(summary.total),
            queued_ms: milliseconds(summary.queued),
            longest_gap_ms: milliseconds(summary.longest_gap),
            retries: summary.retries.into(),
            ..result
        }
    }
}

/// Fills a request with its defaults. VW_ERR_INVALID_ARGUMENT when request is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_tts_request_init(request: *mut vw_deepdub_tts_request) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("request", request)?.write(vw_deepdub_tts_request::init()) };
        Ok(())
    })
}

/// Prepares a place for a result. VW_ERR_INVALID_ARGUMENT when result is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_tts_result_init(result: *mut vw_deepdub_tts_result) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("result", result)?.write(vw_deepdub_tts_result::init()) };
        Ok(())
    })
}

/// Speaks one text: on_chunk gets each chunk as it arrives. Returns when the generation has ended.
///
/// result may be NULL. VW_ERR_INVALID_ARGUMENT before anything is sent, with the field, what it got and what it takes;
/// VW_ERR_CANCELLED when on_chunk returned anything but VW_CONTINUE before the last chunk, when the request's cancel was
/// used, or when the client was freed; every other status but VW_ERR_FILE too. What on_chunk had got before stays good,
/// and a vw_audio_file with it may be finished: vw_error.chunks_received and bytes_received say how much that was, and
/// vw_error.generation_id of which generation. result is filled on VW_OK only, which is also what stopping at the last
/// chunk comes to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_stream_tts(
    client: *const vw_deepdub_client,
    request: *const vw_deepdub_tts_request,
    on_chunk: vw_deepdub_chunk_fn,
    user_data: *mut c_void,
    result: *mut vw_deepdub_tts_result,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        // SAFETY: the caller's struct, as the header asks for it.
        let (request, options) = unsafe { read_struct(request)?.to_request()? };
        // SAFETY: the caller's function and struct, as the header asks for them.
        unsafe {
            deliver(on_chunk, user_data, result, |on_chunk| {
                client.stream_tts_with(&request, &options, on_chunk)
            })
        }
    })
}

/// Has `speak` hand its chunks to C, and fills the result.
///
/// # Safety
/// `on_chunk` is NULL or takes a chunk and `user_data` and does not unwind; `result` is NULL or the caller's struct.
pub(super) unsafe fn deliver(
    on_chunk: vw_deepdub_chunk_fn,
    user_data: *mut c_void,
    result: *mut vw_deepdub_tts_result,
    speak: impl FnOnce(&mut dyn FnMut(Chunk<'_>) -> ControlFlow<()>) -> Result<Summary>,
) -> Result<()> {
    let on_chunk = on_chunk.ok_or_else(|| Error::invalid("on_chunk", "NULL", "a function that gets the chunks"))?;
    if !result.is_null() {
        // Before anything is spoken.
        // SAFETY: the caller's struct; its first member is readable.
        super::input::check_size::<vw_deepdub_tts_result>(unsafe { result.cast::<usize>().read_unaligned() })?;
    }
    let mut generation_id = None;
    let summary = speak(&mut |chunk| {
        let id = generation_id.get_or_insert_with(|| c_string(chunk.generation_id));
        let chunk = c_chunk(&chunk, id.as_ptr());
        // SAFETY: promised by the caller.
        match unsafe { on_chunk(&chunk, user_data) } {
            VW_CONTINUE => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    })?;
    if !result.is_null() {
        // SAFETY: the caller's struct, checked above.
        unsafe { write_struct(result, &(&summary).into())? };
    }
    Ok(())
}

/// A chunk for C; `generation_id` is the chunk's, with a NUL.
pub(super) fn c_chunk(chunk: &Chunk<'_>, generation_id: *const c_char) -> vw_deepdub_chunk {
    let samples = chunk.samples();
    vw_deepdub_chunk {
        struct_size: size_of::<vw_deepdub_chunk>(),
        data: chunk.data.as_ptr(),
        size: chunk.data.len(),
        samples: if samples.is_empty() {
            ptr::null()
        } else {
            samples.as_ptr()
        },
        samples_size: samples.len(),
        index: chunk.index,
        generation_id,
        is_final: chunk.is_final.into(),
    }
}
