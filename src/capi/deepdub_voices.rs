//! Deepdub: voices.

use std::ffi::c_char;
use std::ptr;

use super::cancel::{call_options, vw_cancel};
use super::clip::optional_clip;
use super::deepdub_client::vw_deepdub_client;
use super::handle;
use super::input::{
    CallerStruct, VW_UNSET, optional_string, optional_text, out_pointer, read_struct, required_text, toggle, vw_toggle,
};
use super::json::{hand_over, vw_json, written};
use super::status::{guard, vw_status};
use crate::deepdub::{NewVoice, VoiceChanges, VoiceGender};
use crate::error::{Error, Result};
use crate::net::CallOptions;

/// A voice to be made from a sample. Fill it with vw_deepdub_voice_request_init, then set the sample and what is known. What
/// is unset is left to the service.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_voice_request {
    /// Set by vw_deepdub_voice_request_init.
    pub struct_size: usize,
    /// The sample: the bytes of an audio file, 20 MiB at most. They are encoded here. This or audio_path is required.
    pub audio: *const u8,
    /// Bytes in audio.
    pub audio_size: usize,
    /// Instead of audio: the path of an audio file, which is read during the call.
    pub audio_path: *const c_char,
    /// What the sample is called, such as "me.wav". Required with audio; default: the name of the file at audio_path.
    pub filename: *const c_char,
    /// Its title.
    pub title: *const c_char,
    /// What is said in the sample.
    pub text: *const c_char,
    /// The language of the sample, such as "en-US".
    pub locale: *const c_char,
    /// "MALE", "FEMALE" or "NON_BINARY".
    pub gender: *const c_char,
    /// How old the speaker is, in years; 0 or more. Default VW_UNSET.
    pub age: i32,
    /// How it speaks, such as "Narrative".
    pub speaking_style: *const c_char,
    /// A name of your own for the speaker.
    pub speaker_id: *const c_char,
    /// Whether others may use it.
    pub publish: vw_toggle,
    /// Stops the call from outside. Default none.
    pub cancel: *const vw_cancel,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_voice_request {
    const NAME: &'static str = "vw_deepdub_voice_request";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_voice_request>();

    fn init() -> Self {
        vw_deepdub_voice_request {
            struct_size: size_of::<Self>(),
            audio: ptr::null(),
            audio_size: 0,
            audio_path: ptr::null(),
            filename: ptr::null(),
            title: ptr::null(),
            text: ptr::null(),
            locale: ptr::null(),
            gender: ptr::null(),
            age: VW_UNSET,
            speaking_style: ptr::null(),
            speaker_id: ptr::null(),
            publish: VW_UNSET,
            cancel: ptr::null(),
        }
    }
}

impl vw_deepdub_voice_request {
    /// # Safety
    /// Each text is NULL or ends in a NUL, and the sample is as long as it says.
    unsafe fn to_voice(self) -> Result<(NewVoice, CallOptions)> {
        // SAFETY: passed on.
        let voice = unsafe {
            let audio = optional_clip("audio", self.audio, self.audio_size, self.audio_path)?;
            let audio = audio.ok_or_else(|| Error::invalid("audio", "NULL", "audio or audio_path"))?;
            NewVoice {
                filename: optional_string("filename", self.filename)?,
                title: optional_string("title", self.title)?,
                text: optional_string("text", self.text)?,
                locale: optional_string("locale", self.locale)?,
                gender: optional_text("gender", self.gender)?.map(VoiceGender::from),
                age: optional_whole("age", self.age)?,
                speaking_style: optional_string("speaking_style", self.speaking_style)?,
                speaker_id: optional_string("speaker_id", self.speaker_id)?,
                publish: toggle("publish", self.publish)?,
                ..NewVoice::new(audio)
            }
        };
        Ok((voice, call_options(self.cancel)?))
    }
}

/// What to change in a voice. Fill it with vw_deepdub_voice_changes_init, then set what shall be different. The service takes
/// "" for unset.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_voice_changes {
    /// Set by vw_deepdub_voice_changes_init.
    pub struct_size: usize,
    /// Its name, as shown.
    pub name: *const c_char,
    /// Its language, such as "en-US".
    pub locale: *const c_char,
    /// "MALE", "FEMALE" or "NON_BINARY".
    pub gender: *const c_char,
    /// How old the speaker is, in years; 0 or more. Default VW_UNSET.
    pub age: i32,
    /// Stops the call from outside. Default none.
    pub cancel: *const vw_cancel,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_voice_changes {
    const NAME: &'static str = "vw_deepdub_voice_changes";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_voice_changes>();

    fn init() -> Self {
        vw_deepdub_voice_changes {
            struct_size: size_of::<Self>(),
            name: ptr::null(),
            locale: ptr::null(),
            gender: ptr::null(),
            age: VW_UNSET,
            cancel: ptr::null(),
        }
    }
}

impl vw_deepdub_voice_changes {
    /// # Safety
    /// Each text is NULL or ends in a NUL.
    unsafe fn to_changes(self) -> Result<(VoiceChanges, CallOptions)> {
        // SAFETY: passed on.
        let changes = unsafe {
            VoiceChanges {
                name: optional_string("name", self.name)?,
                locale: optional_string("locale", self.locale)?,
                gender: optional_text("gender", self.gender)?.map(VoiceGender::from),
                age: optional_whole("age", self.age)?,
            }
        };
        Ok((changes, call_options(self.cancel)?))
    }
}

/// A whole number, or `None` for VW_UNSET.
fn optional_whole(field: &str, value: i32) -> Result<Option<u32>> {
    match value {
        VW_UNSET => Ok(None),
        value => u32::try_from(value)
            .map(Some)
            .map_err(|_| Error::invalid(field, value, "0 or more, or VW_UNSET (-1)")),
    }
}

/// Fills a request with its defaults. VW_ERR_INVALID_ARGUMENT when request is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_voice_request_init(request: *mut vw_deepdub_voice_request) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("request", request)?.write(vw_deepdub_voice_request::init()) };
        Ok(())
    })
}

/// Fills changes with nothing to change. VW_ERR_INVALID_ARGUMENT when changes is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_voice_changes_init(changes: *mut vw_deepdub_voice_changes) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("changes", changes)?.write(vw_deepdub_voice_changes::init()) };
        Ok(())
    })
}

/// The account's voices: *out is an array of objects with id, title, name, locale, text, createdAt, speakerId, gender and
/// speakingStyle, as far as the service tells.
///
/// limit is how many at most, 1 or more; VW_UNSET leaves that to the service, which gives 100. cancel may be NULL. Free *out
/// with vw_json_free.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_list_voices(
    client: *const vw_deepdub_client,
    limit: i32,
    cancel: *const vw_cancel,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        let voices = client.list_voices_with(optional_whole("limit", limit)?, &call_options(cancel)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&voices)?, out) };
        Ok(())
    })
}

/// One voice into *out, an object as in vw_deepdub_list_voices.
///
/// cancel may be NULL. Free *out with vw_json_free. VW_ERR_NOT_FOUND when the account has none of that id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_get_voice(
    client: *const vw_deepdub_client,
    id: *const c_char,
    cancel: *const vw_cancel,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let id = unsafe { required_text("id", id)? };
        let voice = client.get_voice_with(id, &call_options(cancel)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&voice)?, out) };
        Ok(())
    })
}

/// Makes a voice from a sample: *out is {"voice_prompt_id": its id}, for requests and the other calls. The upload takes as
/// long as it moves; the client's REST timeout is how long nothing may.
///
/// Free *out with vw_json_free. VW_ERR_INVALID_ARGUMENT and VW_ERR_FILE before anything is sent; VW_ERR_QUOTA_EXCEEDED when
/// the account may have no more voices. After VW_ERR_NETWORK, VW_ERR_TIMEOUT or VW_ERR_SERVER the voice may have been made
/// all the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_upload_voice(
    client: *const vw_deepdub_client,
    request: *const vw_deepdub_voice_request,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's struct, as the header asks for it.
        let (voice, options) = unsafe { read_struct(request)?.to_voice()? };
        let id = client.upload_voice_with(&voice, &options)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(serde_json::json!({ "voice_prompt_id": id }), out) };
        Ok(())
    })
}

/// Changes the fields of a voice that are set in changes; the whole voice as it then is goes into *out.
///
/// Free *out with vw_json_free. VW_ERR_NOT_FOUND when the account has none of that id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_update_voice(
    client: *const vw_deepdub_client,
    id: *const c_char,
    changes: *const vw_deepdub_voice_changes,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text and struct, as the header asks for them.
        let (id, (changes, options)) = unsafe { (required_text("id", id)?, read_struct(changes)?.to_changes()?) };
        let voice = client.update_voice_with(id, &changes, &options)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&voice)?, out) };
        Ok(())
    })
}

/// Deletes a voice for good.
///
/// cancel may be NULL. VW_ERR_NOT_FOUND when the account has none of that id.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_delete_voice(
    client: *const vw_deepdub_client,
    id: *const c_char,
    cancel: *const vw_cancel,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        // SAFETY: the caller's text.
        let id = unsafe { required_text("id", id)? };
        client.delete_voice_with(id, &call_options(cancel)?).map(drop)
    })
}
