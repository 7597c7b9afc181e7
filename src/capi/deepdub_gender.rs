//! Deepdub: whether a speaker sounds like a woman or a man.

use std::ffi::c_char;

use super::cancel::{call_options, vw_cancel};
use super::clip::required_clip;
use super::deepdub_client::vw_deepdub_client;
use super::handle;
use super::input::{out_pointer, required_text};
use super::json::{hand_over, vw_json, written};
use super::status::{guard, vw_status};

/// Classifies the speaker in the size bytes of an audio file at audio, 20 MiB at most: *out is an object with
/// predicted_gender ("female" or "male"), confidence (0.0 to 1.0), and, as far as the service tells, prediction (an object
/// with female and male, 0.0 to 1.0), duration_seconds and processing_time_ms. Bare samples are no file: they need a header
/// first, as vw_audio_bytes_as_sent makes one.
///
/// cancel may be NULL. Free *out with vw_json_free. VW_ERR_INVALID_ARGUMENT before anything is sent; VW_ERR_REJECTED_INPUT
/// when the service cannot decode it; every other status but VW_ERR_FILE.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_classify_gender(
    client: *const vw_deepdub_client,
    audio: *const u8,
    size: usize,
    cancel: *const vw_cancel,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's bytes.
        let clip = unsafe { required_clip("audio", audio, size)? };
        let classification = client.classify_gender_with(&clip, &call_options(cancel)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&classification)?, out) };
        Ok(())
    })
}

/// vw_deepdub_classify_gender of the audio at an address, which the service fetches: "http://", "https://" or "s3://".
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_classify_gender_at(
    client: *const vw_deepdub_client,
    url: *const c_char,
    cancel: *const vw_cancel,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let url = unsafe { required_text("url", url)? };
        let classification = client.classify_gender_at_with(url, &call_options(cancel)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&classification)?, out) };
        Ok(())
    })
}

/// vw_deepdub_classify_gender of the audio file at path, which is read while it is sent, of any length. VW_ERR_FILE too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_classify_gender_upload(
    client: *const vw_deepdub_client,
    path: *const c_char,
    cancel: *const vw_cancel,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let path = unsafe { required_text("path", path)? };
        let classification = client.classify_gender_upload_with(path, &call_options(cancel)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&classification)?, out) };
        Ok(())
    })
}

/// vw_deepdub_classify_gender of the first second of audio, over the WebSocket: that second alone is sent, decoded here.
/// Takes WAV, mp3, and Opus in Ogg, of any length; VW_ERR_BAD_AUDIO for anything else, before anything is sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_classify_gender_live(
    client: *const vw_deepdub_client,
    audio: *const u8,
    size: usize,
    cancel: *const vw_cancel,
    out: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's bytes.
        let clip = unsafe { required_clip("audio", audio, size)? };
        let classification = client.classify_gender_live_with(&clip, &call_options(cancel)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(written(&classification)?, out) };
        Ok(())
    })
}
