//! Palabra: a voice from a recording, in one call.

use std::ffi::{CString, c_char, c_void};
use std::ops::ControlFlow;
use std::ptr;

use serde_json::{Map, Value};

use super::cancel::{call_options, vw_cancel};
use super::deepdub_tts::VW_CONTINUE;
use super::handle;
use super::input::{
    CallerStruct, VW_UNSET, optional_string, optional_text, out_pointer, read_struct, required_text, toggle, vw_toggle,
};
use super::json::{hand_over_if_wanted, optional_value, vw_json, written};
use super::palabra::{vw_palabra_client, vw_palabra_waiting};
use super::status::{c_string, guard, vw_status};
use crate::error::{Error, Result};
use crate::palabra::{CloneProgress, CloneStage, LangCode, NewVoice, Waiting};

/// A voice to be cloned. Fill it with vw_palabra_new_voice_init, then set name, recording and what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_palabra_new_voice {
    /// Set by vw_palabra_new_voice_init.
    pub struct_size: usize,
    /// Its name. Required.
    pub name: *const c_char,
    /// What it is. Default none.
    pub description: *const c_char,
    /// The account's own words about it: an object. Default none.
    pub labels: *const vw_json,
    /// The language that is spoken in the recording, such as "en-us". Default: it is left out, and the service may want
    /// it.
    pub language: *const c_char,
    /// Whether noise is to be taken out of it. Default: the service's.
    pub denoise: vw_toggle,
    /// Whether its speech is to be made evenly loud. Default: the service's.
    pub speech_normalization: vw_toggle,
    /// The recording, a file: WAV, MP3, M4A, FLAC, WebM or MP4, by its ending. It is sent as it is read. Required.
    pub recording: *const c_char,
    /// What else the service is to know, by its own names: an object. Default none.
    pub extra: *const vw_json,
    /// How the making is waited for. Default NULL: as vw_palabra_waiting_init fills it.
    pub waiting: *const vw_palabra_waiting,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_palabra_new_voice {
    const NAME: &'static str = "vw_palabra_new_voice";
    const FIRST_SIZE: usize = size_of::<vw_palabra_new_voice>();

    fn init() -> Self {
        vw_palabra_new_voice {
            struct_size: size_of::<Self>(),
            name: ptr::null(),
            description: ptr::null(),
            labels: ptr::null(),
            language: ptr::null(),
            denoise: VW_UNSET,
            speech_normalization: VW_UNSET,
            recording: ptr::null(),
            extra: ptr::null(),
            waiting: ptr::null(),
        }
    }
}

impl vw_palabra_new_voice {
    /// # Safety
    /// Each text is NULL or ends in a NUL; waiting is NULL or a struct as the header asks for it.
    unsafe fn to_voice(self) -> Result<NewVoice> {
        // SAFETY: passed on.
        unsafe {
            Ok(NewVoice {
                name: required_text("name", self.name)?.to_owned(),
                description: optional_string("description", self.description)?,
                labels: object("labels", self.labels)?,
                language: optional_text("language", self.language)?
                    .map(LangCode::parse)
                    .transpose()
                    .map_err(|error| error.with_field("language"))?,
                denoise: toggle("denoise", self.denoise)?,
                speech_normalization: toggle("speech_normalization", self.speech_normalization)?,
                recording: required_text("recording", self.recording)?.into(),
                extra: object("extra", self.extra)?,
                waiting: if self.waiting.is_null() {
                    Waiting::default()
                } else {
                    read_struct(self.waiting)?.to_waiting()
                },
            })
        }
    }
}

fn object(field: &str, json: *const vw_json) -> Result<Map<String, Value>> {
    match optional_value(json)? {
        Value::Null => Ok(Map::new()),
        Value::Object(members) => Ok(members),
        _ => Err(Error::invalid(field, "no JSON object", "an object, or NULL")),
    }
}

/// What is being done while a voice is cloned.
pub type vw_palabra_clone_stage = i32;
/// The recording is uploaded: bytes.
pub const VW_PALABRA_CLONE_UPLOADING: vw_palabra_clone_stage = 0;
/// The service makes the voice.
pub const VW_PALABRA_CLONE_PROCESSING: vw_palabra_clone_stage = 1;

/// How far a clone has come. Everything in it is valid until the callback returns.
#[repr(C)]
pub struct vw_palabra_clone_progress {
    /// The size of this struct in the library that filled it.
    pub struct_size: usize,
    /// What is being done.
    pub stage: vw_palabra_clone_stage,
    /// Bytes in an upload, else 0 and then 1.
    pub done: u64,
    /// How much there is to do.
    pub total: u64,
    /// The voice: the call "get_voice" says what became of it after a clone that ended before its time.
    pub voice_id: *const c_char,
}

/// Is told how far a clone has come, on the thread that made the call. Returns VW_CONTINUE or VW_STOP.
pub type vw_palabra_clone_progress_fn =
    Option<unsafe extern "C" fn(progress: *const vw_palabra_clone_progress, user_data: *mut c_void) -> i32>;

/// The closure that tells `on_progress`, which may be NULL.
fn teller(
    on_progress: vw_palabra_clone_progress_fn,
    user_data: *mut c_void,
) -> impl FnMut(&CloneProgress<'_>) -> ControlFlow<()> {
    // There is one voice.
    let mut voice_id: Option<CString> = None;
    move |progress| {
        let Some(on_progress) = on_progress else {
            return ControlFlow::Continue(());
        };
        if voice_id.is_none() {
            voice_id = progress.voice_id.map(c_string);
        }
        let told = vw_palabra_clone_progress {
            struct_size: size_of::<vw_palabra_clone_progress>(),
            stage: match progress.stage {
                CloneStage::Uploading => VW_PALABRA_CLONE_UPLOADING,
                CloneStage::Processing => VW_PALABRA_CLONE_PROCESSING,
            },
            done: progress.done,
            total: progress.total,
            voice_id: voice_id.as_ref().map_or(ptr::null(), |id| id.as_ptr()),
        };
        // SAFETY: the header asks for a function that takes these and does not unwind.
        match unsafe { on_progress(&told, user_data) } {
            VW_CONTINUE => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

/// Fills a voice to be cloned with its defaults. VW_ERR_INVALID_ARGUMENT when voice is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_palabra_new_voice_init(voice: *mut vw_palabra_new_voice) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("voice", voice)?.write(vw_palabra_new_voice::init()) };
        Ok(())
    })
}

/// Makes a voice from a recording: announces it, uploads it, and waits until the voice is ready. *made is the voice; free it
/// with vw_json_free. "/voice_id" names it in other calls; "/processing_status" is "ready", "/name" what it is called.
///
/// on_progress may be NULL; it may stop it. cancel may be NULL, and so may made. VW_ERR_INVALID_ARGUMENT and VW_ERR_FILE
/// before anything is sent; VW_ERR_SERVER with the service's words when it could not make the voice, VW_ERR_TIMEOUT with the
/// field "waiting_limit" when it took too long, VW_ERR_CANCELLED; VW_ERR_QUOTA_EXCEEDED when the account may have no more
/// voices; then whatever calls can fail with. A voice that has been announced stays, and vw_last_error()->voice_id is its id:
/// "delete_voice" makes room again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_palabra_clone(
    client: *const vw_palabra_client,
    voice: *const vw_palabra_new_voice,
    on_progress: vw_palabra_clone_progress_fn,
    user_data: *mut c_void,
    cancel: *const vw_cancel,
    made: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?.with_options(&call_options(cancel)?);
        // SAFETY: the caller's struct, as the header asks for it.
        let voice = unsafe { read_struct(voice)?.to_voice()? };
        let voice = written(&client.clone_voice(&voice, teller(on_progress, user_data))?)?;
        // SAFETY: NULL or the caller's to be written to.
        unsafe { hand_over_if_wanted(voice, made) };
        Ok(())
    })
}
