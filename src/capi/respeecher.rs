//! Respeecher: clients, and every call of the service as JSON.

use std::ffi::c_char;
use std::ptr;
use std::sync::Arc;

use once_cell::sync::Lazy;

use super::cancel::{call_options, vw_cancel};
use super::endpoint::{Table, forever, vw_endpoint};
use super::handle::{self, Handle};
use super::http_config::{http_config, vw_http_config};
use super::input::{CallerStruct, VW_OFF, optional_text, out_pointer, read_struct, required_text, toggle, vw_toggle};
use super::json::{hand_over, hand_over_if_wanted, optional_value, vw_json, written};
use super::status::{guard, vw_status};
use crate::error::Result;
use crate::respeecher::{Answers, Client, Config, ENDPOINTS, Endpoint, Sends};
use crate::sync::Mutex;

/// What a client of Respeecher's marketplace is made of. Fill it with vw_respeecher_config_init, then change what should
/// differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_respeecher_config {
    /// Set by vw_respeecher_config_init.
    pub struct_size: usize,
    /// The key. Default, where there is no email either: RESPEECHER_API_KEY.
    pub api_key: *const c_char,
    /// An account's address and password, to sign in with rather than with a key: with the first call, or with
    /// vw_respeecher_login. Both, or none.
    pub email: *const c_char,
    /// The account's password.
    pub password: *const c_char,
    /// Whether the password stays with the client, which then signs in again when a session has expired. VW_OFF: it is
    /// forgotten with the first sign-in, and what comes after an expiry is VW_ERR_UNAUTHORIZED. Default VW_OFF.
    pub keep_password: vw_toggle,
    /// Where the service is. Default: RESPEECHER_BASE_URL, else "https://gateway.respeecher.com".
    pub base_url: *const c_char,
    /// How HTTP is spoken. Default NULL: as vw_http_config_init fills it.
    pub http: *const vw_http_config,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_respeecher_config {
    const NAME: &'static str = "vw_respeecher_config";
    const FIRST_SIZE: usize = size_of::<vw_respeecher_config>();

    fn init() -> Self {
        vw_respeecher_config {
            struct_size: size_of::<Self>(),
            api_key: ptr::null(),
            email: ptr::null(),
            password: ptr::null(),
            keep_password: VW_OFF,
            base_url: ptr::null(),
            http: ptr::null(),
        }
    }
}

impl vw_respeecher_config {
    /// # Safety
    /// Each text is NULL or ends in a NUL; http is NULL or a struct as the header asks for it.
    unsafe fn to_config(self) -> Result<Config> {
        let mut config = Config::new();
        // SAFETY: passed on.
        unsafe {
            if let Some(key) = optional_text("api_key", self.api_key)? {
                config = config.api_key(key);
            }
            let email = optional_text("email", self.email)?;
            let password = optional_text("password", self.password)?;
            if email.is_some() || password.is_some() {
                config = config.login(email.unwrap_or_default(), password.unwrap_or_default());
            }
            config.base_url = optional_text("base_url", self.base_url)?.map(str::to_owned);
            config.http = http_config(self.http)?;
        }
        config.keep_password = toggle("keep_password", self.keep_password)?.unwrap_or(false);
        Ok(config)
    }
}

/// A client of Respeecher's marketplace: one account. May be used by any number of threads at once.
pub struct vw_respeecher_client {
    _opaque: [u8; 0],
}

impl Handle for vw_respeecher_client {
    type Object = Client;
    const NAME: &'static str = "vw_respeecher_client";
}

/// Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_config_init(config: *mut vw_respeecher_config) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("config", config)?.write(vw_respeecher_config::init()) };
        Ok(())
    })
}

/// Makes a client. Nothing is sent, and no connection is opened, before the first call.
///
/// config may be NULL: everything by default, the key from the environment. *out is the client; free it with
/// vw_respeecher_client_free. VW_ERR_INVALID_ARGUMENT when there is neither a key nor a login or there are both, the address
/// is none or would send the key unencrypted, a time limit is 0, or a field has no sense; vw_error.field names it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_client_new(
    config: *const vw_respeecher_config,
    out: *mut *mut vw_respeecher_client,
) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let config = if config.is_null() {
            Config::new()
        } else {
            // SAFETY: the caller's struct, as the header asks for it.
            unsafe { read_struct(config)?.to_config()? }
        };
        let client = handle::insert(Arc::new(Client::new(&config)?));
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(client) };
        Ok(())
    })
}

/// Frees a client. Calls that are using it, on whatever threads, and its lists end soon with VW_ERR_CANCELLED.
///
/// VW_ERR_INVALID_ARGUMENT when client is neither NULL nor a live client.
#[unsafe(no_mangle)]
pub extern "C" fn vw_respeecher_client_free(client: *mut vw_respeecher_client) -> vw_status {
    guard(|| {
        if let Some(client) = handle::remove(client.cast_const())? {
            client.close();
        }
        Ok(())
    })
}

/// Makes one call of the service, by its name: with this everything that the service does can be had as JSON.
///
/// parameters is an object with the parameters of the path, the query or the body by the service's own names; NULL is none.
/// A parameter that is not known here is sent along. In a query an array becomes one text with commas. *answer is what the
/// service answered, null where it answered nothing; free it with vw_json_free. answer may be NULL, and so may cancel.
///
/// The calls, with their parameters besides those of the path; those in brackets may be left out. For calls that upload,
/// "data" is the path of the file here.
///
/// - create_api_key: POST /api/api-key ([expires_at]).
/// - delete_api_key: DELETE /api/api-key.
/// - login: POST /api/login (email, password).
/// - logout: POST /api/logout.
/// - create_calibration: POST /api/calibration (name); uploads.
/// - enable_calibration: PUT /api/calibration/{calibration_id}/enable.
/// - enable_auto_calibration: POST /api/calibration/auto.
/// - get_calibration: GET /api/calibration/{calibration_id}.
/// - list_calibrations: GET /api/calibration.
/// - delete_calibration: DELETE /api/calibration/{calibration_id}.
/// - get_credits: GET /api/credits.
/// - list_projects: GET /api/projects ([limit], [offset], [sort], [direction], [owner]); pages.
/// - create_project: POST /api/projects (name, [owner], [models]).
/// - rename_project: PATCH /api/projects/{project_id} (name).
/// - delete_project: DELETE /api/projects/{project_id}.
/// - get_project_by_url: GET /api/projects/by-url (project_url).
/// - export_project: GET /api/projects/{project_id}/export ([starred_only]); for vw_respeecher_download.
/// - list_folders: GET /api/folders (project_id, [limit], [offset], [direction]); pages.
/// - create_folder: POST /api/folders (name, project_id, [parent_id]).
/// - rename_folder: PATCH /api/folders/{folder_id} (name).
/// - delete_folder: DELETE /api/folders/{folder_id}.
/// - get_folder: GET /api/folders/{folder_id}.
/// - list_recordings: GET /api/recordings ([project_id], [folder_id], [limit], [offset], [direction]); pages.
/// - list_originals: GET /api/recordings/originals (folder_id, [limit], [offset], [direction]); pages.
/// - list_conversions: GET /api/recordings/conversions (original_id, [limit], [offset], [direction]); pages.
/// - create_recording: POST /api/recordings (parent_folder_id, [microphone], [label]); uploads.
/// - create_tts_recording_v1: POST /api/recordings/tts (project_id, parent_folder_id, voice_id, text, [label]);
///   deprecated.
/// - update_recording: PATCH /api/recordings/{recording_id} ([label], [starred]).
/// - replace_recording: PUT /api/recordings/{recording_id} (label, starred).
/// - delete_recording: DELETE /api/recordings/{recording_id}.
/// - export_conversions: GET /api/recordings/export (original_id, [starred_only]); for vw_respeecher_download.
/// - get_recording: GET /api/recordings/{recording_id}.
/// - create_tts_recording: POST /api/v2/recordings/tts (parent_folder_id, text, [text_language], [label],
///   [tts_voice_id]).
/// - list_tts_voices: GET /api/tts-voices.
/// - create_note: POST /api/notes (recording_id, text).
/// - update_note: PUT /api/notes (recording_id, text).
/// - delete_note: DELETE /api/notes (recording_id).
/// - get_stats: GET /api/stats.
/// - project_stats: GET /api/stats/projects (project_ids).
/// - folder_stats: POST /api/stats/folders (folder_ids).
/// - create_order: POST /api/v2/orders (original_id, conversions, [calibration_id], [use_calibration]).
/// - retry_order: POST /api/v2/orders/retry/{recording_id}.
/// - list_voices: GET /api/v2/voices ([limit], [offset], [sort], [direction], [visibility], [species], [gender],
///   [age_group], [pitch_group], [nationality]); pages.
/// - search_voices: GET /api/v2/voices/search (name, [limit]).
/// - favorite_voice: POST /api/v2/voices/favorite/{voice_id} (favorite).
/// - set_voice_settings: POST /api/v2/voices/settings (voice_id, [narration_style_id], [accent_id],
///   [semitones_correction]).
/// - list_accent_samples: GET /api/v2/accents/samples (accent_id).
///
/// What is in an answer, and so at which pointers, the service's own page tells for each call, and with a line for each field
/// the types of voicewire::respeecher ("cargo doc") and the classes of voicewire.respeecher in Python. Everything that is
/// named has its id at "/id". The most asked for: of a voice "/name", "/available", "/narration_styles/0/id" and
/// "/narration_styles/0/info/name", "/accents/0/id" and "/accents/0/info/name"; of a recording "/state", "/error", "/url",
/// "/label", "/duration"; "/credits" of get_credits.
///
/// VW_ERR_INVALID_ARGUMENT before anything is sent, vw_error.field naming the parameter ("name" for a name that is none): a
/// parameter that is missing or empty, an id that cannot be in a path ("." and ".." and what is longer than 1024 bytes; all
/// others are percent-encoded and stay one segment) or would make another call of it (the recording "export"), an element of
/// an array in a query that is empty or has a comma, a call that answers with a file. After that whatever the service says,
/// with its words: VW_ERR_REJECTED_INPUT, VW_ERR_UNAUTHORIZED, VW_ERR_INSUFFICIENT_CREDITS, VW_ERR_NOT_FOUND and so on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_call(
    client: *const vw_respeecher_client,
    name: *const c_char,
    parameters: *const vw_json,
    cancel: *const vw_cancel,
    answer: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?.with_options(&call_options(cancel)?);
        // SAFETY: the caller's text.
        let name = unsafe { required_text("name", name)? };
        let value = client.call(name, optional_value(parameters)?)?;
        // SAFETY: NULL or the caller's to be written to.
        unsafe { hand_over_if_wanted(value, answer) };
        Ok(())
    })
}

/// The calls of the service, by index from 0; NULL beyond the last. Static.
#[unsafe(no_mangle)]
pub extern "C" fn vw_respeecher_endpoint(index: usize) -> *const vw_endpoint {
    static TABLE: Lazy<Table> = Lazy::new(|| Table(ENDPOINTS.iter().map(row).collect()));
    TABLE.row(index)
}

fn row(endpoint: &Endpoint) -> vw_endpoint {
    vw_endpoint {
        struct_size: size_of::<vw_endpoint>(),
        name: forever(endpoint.name),
        method: forever(endpoint.method),
        path: forever(endpoint.path),
        required: forever(&endpoint.required.join(",")),
        optional: forever(&endpoint.optional.join(",")),
        uploads: (endpoint.sends == Sends::Form).into(),
        downloads: (endpoint.answers == Answers::File).into(),
        pages: (endpoint.answers == Answers::Page).into(),
        deprecated: endpoint.deprecated.into(),
        repeatable: endpoint.repeatable.into(),
    }
}

/// Signs in with the address and password of the configuration; *account is what the service says about the account. Calls
/// do that themselves when they are the first: this is to know early, and to come back after vw_respeecher_logout.
///
/// cancel and account may be NULL. VW_ERR_INVALID_ARGUMENT when the client has no password: it has a key, or has signed in
/// before and was not to keep it. VW_ERR_UNAUTHORIZED when the service does not accept it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_login(
    client: *const vw_respeecher_client,
    cancel: *const vw_cancel,
    account: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?.with_options(&call_options(cancel)?);
        let session = written(&client.login()?)?;
        // SAFETY: NULL or the caller's to be written to.
        unsafe { hand_over_if_wanted(session, account) };
        Ok(())
    })
}

/// Ends the session. Calls made afterwards are VW_ERR_UNAUTHORIZED until vw_respeecher_login. A client with a key stays as
/// it is.
///
/// cancel may be NULL. Whatever the service says; the session is forgotten all the same.
#[unsafe(no_mangle)]
pub extern "C" fn vw_respeecher_logout(client: *const vw_respeecher_client, cancel: *const vw_cancel) -> vw_status {
    guard(|| handle::get(client)?.with_options(&call_options(cancel)?).logout())
}

/// A list that is fetched page by page, as it is asked for: it holds one page at a time, however long it is.
pub struct vw_respeecher_list {
    _opaque: [u8; 0],
}

/// A type of its own, so that no other handle is one.
pub(super) struct RespeecherList(Mutex<crate::respeecher::List<serde_json::Value>>);

impl Handle for vw_respeecher_list {
    type Object = RespeecherList;
    const NAME: &'static str = "vw_respeecher_list";
}

/// Opens the list of a call that answers with pages, such as "list_recordings". Nothing is sent before the first item is
/// asked for.
///
/// parameters are as for vw_respeecher_call: "limit" is the size of a page, and "offset" where it begins. cancel may be NULL;
/// it ends the asking, too. *out is the list; free it with vw_respeecher_list_free. VW_ERR_INVALID_ARGUMENT for a call that
/// answers with no pages, and for parameters as vw_respeecher_call has it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_list_open(
    client: *const vw_respeecher_client,
    name: *const c_char,
    parameters: *const vw_json,
    cancel: *const vw_cancel,
    out: *mut *mut vw_respeecher_list,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?.with_options(&call_options(cancel)?);
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let name = unsafe { required_text("name", name)? };
        let list = client.list(name, optional_value(parameters)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(handle::insert(Arc::new(RespeecherList(Mutex::new(list))))) };
        Ok(())
    })
}

/// The next item of a list, into *item: free it with vw_json_free. NULL after the last one.
///
/// It asks for the next page when it has to. After a failure the list is at its end; what had come stays good. Threads that
/// share a list take turns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_list_next(
    list: *const vw_respeecher_list,
    item: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let list = handle::get(list)?;
        let item = out_pointer("item", item)?;
        let next = list.0.lock().next().transpose()?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe {
            match next {
                Some(next) => hand_over(next, item),
                None => item.write(ptr::null_mut()),
            }
        }
        Ok(())
    })
}

/// How many come before the next item, into *offset: where another list goes on after a failure.
///
/// VW_ERR_INVALID_ARGUMENT when list is no live list, or offset is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_list_offset(list: *const vw_respeecher_list, offset: *mut u64) -> vw_status {
    guard(|| {
        let list = handle::get(list)?;
        let offset = out_pointer("offset", offset)?;
        let before = list.0.lock().offset();
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { offset.write(before) };
        Ok(())
    })
}

/// Frees a list. A page that another thread is waiting for still comes. VW_ERR_INVALID_ARGUMENT when list is neither NULL nor
/// a live list.
#[unsafe(no_mangle)]
pub extern "C" fn vw_respeecher_list_free(list: *mut vw_respeecher_list) -> vw_status {
    guard(|| handle::remove(list.cast_const()).map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_lists_every_call() {
        let source = include_str!("respeecher.rs");
        let lines = source
            .lines()
            .filter_map(|line| line.strip_prefix("///"))
            .map(str::trim);
        let documented = lines.collect::<Vec<_>>().join(" ");
        for endpoint in ENDPOINTS {
            let notes = [
                (endpoint.sends == Sends::Form, "uploads"),
                (endpoint.answers == Answers::File, "for vw_respeecher_download"),
                (endpoint.answers == Answers::Page, "pages"),
                (endpoint.deprecated, "deprecated"),
            ];
            let entry = super::super::endpoint::documented(
                [endpoint.name, endpoint.method, endpoint.path],
                endpoint.required,
                endpoint.optional,
                &notes,
            );
            assert!(documented.contains(&entry), "{entry}");
        }
    }
}
