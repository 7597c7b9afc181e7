//! Deepdub: text to speech over REST.

use std::ffi::{c_char, c_void};
use std::ptr;

use super::clip::optional_clip;
use super::deepdub_client::vw_deepdub_client;
use super::deepdub_tts::{deliver, vw_deepdub_chunk_fn, vw_deepdub_tts_request, vw_deepdub_tts_result};
use super::handle;
use super::input::{CallerStruct, VW_UNSET, out_pointer, read_struct, toggle, vw_toggle};
use super::json::{hand_over, vw_json};
use super::status::{guard, vw_status};
use crate::deepdub::PostRequest;

/// What speech over REST takes besides a vw_deepdub_tts_request. Fill it with vw_deepdub_post_options_init.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_post_options {
    /// Set by vw_deepdub_post_options_init.
    pub struct_size: usize,
    /// Audio whose voice is imitated: the bytes of an audio file, 20 MiB at most. They are encoded here. Default none.
    pub voice_reference: *const u8,
    /// Bytes in voice_reference.
    pub voice_reference_size: usize,
    /// Instead of voice_reference: the path of an audio file, which is read during the call.
    pub voice_reference_path: *const c_char,
    /// Publish what is made. Default: the service's.
    pub publish: vw_toggle,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_post_options {
    const NAME: &'static str = "vw_deepdub_post_options";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_post_options>();

    fn init() -> Self {
        vw_deepdub_post_options {
            struct_size: size_of::<Self>(),
            voice_reference: ptr::null(),
            voice_reference_size: 0,
            voice_reference_path: ptr::null(),
            publish: VW_UNSET,
        }
    }
}

/// Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_post_options_init(options: *mut vw_deepdub_post_options) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("options", options)?.write(vw_deepdub_post_options::init()) };
        Ok(())
    })
}

/// Speaks one text over REST, as vw_deepdub_stream_tts does over a WebSocket: on_chunk gets the audio as it arrives, 16 KiB
/// at most at once, and an empty last chunk. For networks that let no WebSocket through, and for what options adds. The
/// request's format is VW_FORMAT_MP3, VW_FORMAT_OPUS or VW_FORMAT_MULAW.
///
/// options and result may be NULL. Statuses as for vw_deepdub_stream_tts; VW_ERR_FILE too, before anything is sent. A
/// connection that could not be made and a service that is too busy (HTTP 429) are tried again as the client's retries say,
/// within its total timeout; vw_deepdub_tts_result.retries counts that.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_post_tts(
    client: *const vw_deepdub_client,
    request: *const vw_deepdub_tts_request,
    options: *const vw_deepdub_post_options,
    on_chunk: vw_deepdub_chunk_fn,
    user_data: *mut c_void,
    result: *mut vw_deepdub_tts_result,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        // SAFETY: the caller's structs, as the header asks for them.
        let (speech, call_options) = unsafe { read_struct(request)?.to_request()? };
        let mut request = PostRequest::from(speech);
        if !options.is_null() {
            // SAFETY: as above; its bytes and its path are what the header asks for.
            unsafe {
                let options = read_struct(options)?;
                request.voice_reference = optional_clip(
                    "voiceReference",
                    options.voice_reference,
                    options.voice_reference_size,
                    options.voice_reference_path,
                )?;
                request.publish = toggle("publish", options.publish)?;
            }
        }
        // SAFETY: the caller's function and struct, as the header asks for them.
        unsafe {
            deliver(on_chunk, user_data, result, |on_chunk| {
                client.post_tts_with(&request, &call_options, on_chunk)
            })
        }
    })
}

/// Has one text spoken into a file, in any format: *out is {"url": the address that it can be fetched from}. Returns when
/// the file is there; the client's REST timeout is for all of it.
///
/// Free *out with vw_json_free. VW_ERR_INVALID_ARGUMENT before anything is sent; every other status but VW_ERR_FILE after.
/// After VW_ERR_NETWORK, VW_ERR_TIMEOUT or VW_ERR_SERVER the text may have been spoken all the same.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_tts_retroactive(
    client: *const vw_deepdub_client,
    request: *const vw_deepdub_tts_request,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's struct, as the header asks for it.
        let (request, options) = unsafe { read_struct(request)?.to_request()? };
        let url = client.tts_retroactive_with(&request, &options)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(serde_json::json!({ "url": url }), out) };
        Ok(())
    })
}
