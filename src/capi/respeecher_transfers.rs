//! Respeecher: what is uploaded, and what is downloaded.

use std::ffi::{c_char, c_void};

use super::cancel::{call_options, vw_cancel};
use super::handle;
use super::input::required_text;
use super::json::{hand_over_if_wanted, optional_value, vw_json};
use super::respeecher::vw_respeecher_client;
use super::status::{guard, vw_status};

use super::transfer::{hand_over_saved, save_to, teller, vw_save_to, vw_transfer_fn};
use super::upload::{audio, vw_upload};

/// Makes a call that uploads: "create_recording" or "create_calibration".
///
/// parameters are as for vw_respeecher_call, without "data", which upload takes the place of. on_progress may be NULL; it is
/// told how many bytes of the whole request have been sent, and may stop it. cancel may be NULL. *answer, unless answer is
/// NULL, is what the service made: free it with vw_json_free. As vw_respeecher_call; VW_ERR_FILE when the audio cannot be
/// read, VW_ERR_CANCELLED when on_progress stopped it, VW_ERR_REJECTED_INPUT with the field "data" for what is no audio.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_upload(
    client: *const vw_respeecher_client,
    name: *const c_char,
    parameters: *const vw_json,
    upload: *const vw_upload,
    on_progress: vw_transfer_fn,
    user_data: *mut c_void,
    cancel: *const vw_cancel,
    answer: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?.with_options(&call_options(cancel)?);
        // SAFETY: the caller's text and struct, as the header asks for them.
        let (name, audio) = unsafe { (required_text("name", name)?, audio(upload)?) };
        let parameters = optional_value(parameters)?;
        let value = client.upload(name, parameters, &audio, teller(on_progress, user_data))?;
        // SAFETY: NULL or the caller's to be written to.
        unsafe { hand_over_if_wanted(value, answer) };
        Ok(())
    })
}

/// Makes a call whose answer is a file: "export_project" or "export_conversions", which are zips.
///
/// parameters are as for vw_respeecher_call. on_progress may be NULL; it may stop the download. cancel may be NULL. *saved,
/// unless saved is NULL, is an object with the file's "path" and its length, "bytes": free it with vw_json_free. What breaks
/// off goes on where it was, or is repeated. As vw_respeecher_call; VW_ERR_FILE when the file cannot be written,
/// VW_ERR_CANCELLED when on_progress stopped it: then nothing is left of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_download(
    client: *const vw_respeecher_client,
    name: *const c_char,
    parameters: *const vw_json,
    to: *const vw_save_to,
    on_progress: vw_transfer_fn,
    user_data: *mut c_void,
    cancel: *const vw_cancel,
    saved: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?.with_options(&call_options(cancel)?);
        // SAFETY: the caller's text and struct, as the header asks for them.
        let (name, to) = unsafe { (required_text("name", name)?, save_to(to)?) };
        let parameters = optional_value(parameters)?;
        let done = client.download(name, parameters, &to, teller(on_progress, user_data))?;
        // SAFETY: NULL or the caller's to be written to.
        unsafe { hand_over_saved(&done, saved) };
        Ok(())
    })
}

/// Downloads what a "url" in an answer leads to, such as a conversion's. The key goes along only if that is at the service
/// itself, and refused without it.
///
/// As vw_respeecher_download; VW_ERR_INVALID_ARGUMENT with the field "url" for one that is none, or unencrypted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_download_url(
    client: *const vw_respeecher_client,
    url: *const c_char,
    to: *const vw_save_to,
    on_progress: vw_transfer_fn,
    user_data: *mut c_void,
    cancel: *const vw_cancel,
    saved: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?.with_options(&call_options(cancel)?);
        // SAFETY: the caller's text and struct, as the header asks for them.
        let (url, to) = unsafe { (required_text("url", url)?, save_to(to)?) };
        let done = client.download_url(url, &to, teller(on_progress, user_data))?;
        // SAFETY: NULL or the caller's to be written to.
        unsafe { hand_over_saved(&done, saved) };
        Ok(())
    })
}
