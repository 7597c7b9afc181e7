//! Palabra: clients, every call about voices as JSON, and samples.

use std::ffi::{c_char, c_void};
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use once_cell::sync::Lazy;

use super::cancel::{call_options, vw_cancel};
use super::endpoint::{Table, forever, vw_endpoint};
use super::handle::{self, Handle};
use super::http_config::{http_config, vw_http_config};
use super::input::{CallerStruct, milliseconds, optional_text, out_pointer, read_struct, required_text, timeout};
use super::json::{hand_over, hand_over_if_wanted, optional_value, vw_json, written};
use super::status::{guard, vw_status};
use super::transfer::{hand_over_saved, save_to, teller, vw_save_to, vw_transfer_fn};
use crate::error::Result;
use crate::palabra::{Client, Config, ENDPOINTS, Endpoint, LangCode, Waiting};
use crate::sync::Mutex;

/// What a client of Palabra is made of. Fill it with vw_palabra_config_init, then change what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_palabra_config {
    /// Set by vw_palabra_config_init.
    pub struct_size: usize,
    /// A key. Default, where there is no client_id either: PALABRA_API_KEY.
    pub api_key: *const c_char,
    /// A client's id and secret, in place of a key. Default, where there is no key at all: PALABRA_CLIENT_ID and
    /// PALABRA_CLIENT_SECRET.
    pub client_id: *const c_char,
    /// The secret.
    pub client_secret: *const c_char,
    /// Where the service is. Default: PALABRA_API_URL, else "https://api.palabra.ai".
    pub base_url: *const c_char,
    /// How HTTP is spoken. Default NULL: as vw_http_config_init fills it.
    pub http: *const vw_http_config,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_palabra_config {
    const NAME: &'static str = "vw_palabra_config";
    const FIRST_SIZE: usize = size_of::<vw_palabra_config>();

    fn init() -> Self {
        vw_palabra_config {
            struct_size: size_of::<Self>(),
            api_key: ptr::null(),
            client_id: ptr::null(),
            client_secret: ptr::null(),
            base_url: ptr::null(),
            http: ptr::null(),
        }
    }
}

impl vw_palabra_config {
    /// # Safety
    /// Each text is NULL or ends in a NUL; http is NULL or a struct as the header asks for it.
    unsafe fn to_config(self) -> Result<Config> {
        let mut config = Config::new();
        // SAFETY: passed on.
        unsafe {
            if let Some(key) = optional_text("api_key", self.api_key)? {
                config = config.api_key(key);
            }
            let id = optional_text("client_id", self.client_id)?;
            let secret = optional_text("client_secret", self.client_secret)?;
            if id.is_some() || secret.is_some() {
                config = config.client(id.unwrap_or_default(), secret.unwrap_or_default());
            }
            config.base_url = optional_text("base_url", self.base_url)?.map(str::to_owned);
            config.http = http_config(self.http)?;
        }
        Ok(config)
    }
}

/// A client of Palabra: one account. May be used by any number of threads at once.
pub struct vw_palabra_client {
    _opaque: [u8; 0],
}

impl Handle for vw_palabra_client {
    type Object = Client;
    const NAME: &'static str = "vw_palabra_client";
}

/// Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_palabra_config_init(config: *mut vw_palabra_config) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("config", config)?.write(vw_palabra_config::init()) };
        Ok(())
    })
}

/// Makes a client. Nothing is sent, and no connection is opened, before the first call.
///
/// config may be NULL: everything by default, the key from the environment. *out is the client; free it with
/// vw_palabra_client_free. VW_ERR_INVALID_ARGUMENT when there is neither a key nor a client id with its secret or there are
/// both, the address is none or would send them unencrypted, a time limit is 0, or a field has no sense; vw_error.field names
/// it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_palabra_client_new(
    config: *const vw_palabra_config,
    out: *mut *mut vw_palabra_client,
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
pub extern "C" fn vw_palabra_client_free(client: *mut vw_palabra_client) -> vw_status {
    guard(|| {
        if let Some(client) = handle::remove(client.cast_const())? {
            client.close();
        }
        Ok(())
    })
}

/// Makes one call of the service, by its name.
///
/// parameters is an object with the parameters of the path, the query or the body by the service's own names; NULL is none.
/// A parameter that is not known here is sent along. *answer is the answer's "data", null where there was none; free it with
/// vw_json_free. answer may be NULL, and so may cancel.
///
/// The calls, with their parameters besides those of the path; those in brackets may be left out:
///
/// - list_voices: GET /saas/voice ([search], [lang], [token], [page_size]); pages.
/// - list_builtin_voices: GET /saas/voice/builtin ([token], [page_size]); pages.
/// - get_voice: GET /saas/voice/m/{voice_id}.
/// - update_voice: POST /saas/voice/m/{voice_id} ([name], [description], [labels]).
/// - delete_voice: DELETE /saas/voice/m/{voice_id}.
/// - get_limits: GET /saas/voice/limits.
/// - list_samples: GET /saas/voice/sample/tts ([sort], [page_size], [token]); pages.
/// - create_clone: POST /saas/voice/clone (name, samples, [description], [labels]).
/// - regenerate_sample: POST /saas/voice/m/{voice_id}/tts-sample (lang_code).
///
/// What is in an answer, and so at which pointers, the service's own pages tell for each call, and with a line for each field
/// the types of voicewire::palabra ("cargo doc") and the classes of voicewire.palabra in Python. The most asked for: of a voice
/// "/voice_id", "/name", "/processing_status"; of a sample "/url"; of get_limits "/limit" and "/remaining".
///
/// VW_ERR_INVALID_ARGUMENT before anything is sent, vw_error.field naming the parameter ("name" for a name that is none): a
/// parameter that is missing or empty, an id that cannot be in a path ("." and ".." and what is longer than 1024 bytes; all
/// others are percent-encoded and stay one segment). After that whatever the service says, with its problem details:
/// VW_ERR_LOCKED while a voice's sample is being regenerated, VW_ERR_UNAUTHORIZED for a missing permission, and so on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_palabra_call(
    client: *const vw_palabra_client,
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
pub extern "C" fn vw_palabra_endpoint(index: usize) -> *const vw_endpoint {
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
        uploads: 0,
        downloads: 0,
        pages: endpoint.pages.into(),
        deprecated: 0,
        repeatable: endpoint.repeatable.into(),
    }
}

/// Downloads what a "url" in an answer leads to, such as a sample's. The key goes along only if that is at the service
/// itself, and refused without it.
///
/// on_progress may be NULL; it may stop the download. cancel may be NULL. *saved, unless saved is NULL, is an object with the
/// file's "path" and its length, "bytes": free it with vw_json_free. VW_ERR_INVALID_ARGUMENT with the field "url" for one that
/// is none, or unencrypted; VW_ERR_FILE when the file cannot be written, VW_ERR_CANCELLED when on_progress stopped it: then
/// nothing is left of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_palabra_download_url(
    client: *const vw_palabra_client,
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

/// How something that passes is waited for. Fill it with vw_palabra_waiting_init, then change what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_palabra_waiting {
    /// Set by vw_palabra_waiting_init.
    pub struct_size: usize,
    /// The first wait; each further one is longer by half, or as long as the service asks for. 1 ms or more. Default 1000 ms.
    pub first_ms: u32,
    /// The longest wait that the service did not ask for. 1 ms or more. Default 10000 ms.
    pub longest_ms: u32,
    /// How long to wait in all, or VW_NO_TIMEOUT. Default 600000 ms.
    pub limit_ms: u32,
}

// SAFETY: repr(C), struct_size first, numbers only.
unsafe impl CallerStruct for vw_palabra_waiting {
    const NAME: &'static str = "vw_palabra_waiting";
    const FIRST_SIZE: usize = size_of::<vw_palabra_waiting>();

    fn init() -> Self {
        let waiting = Waiting::default();
        vw_palabra_waiting {
            struct_size: size_of::<Self>(),
            first_ms: milliseconds(Some(waiting.first)),
            longest_ms: milliseconds(Some(waiting.longest)),
            limit_ms: milliseconds(waiting.limit),
        }
    }
}

impl vw_palabra_waiting {
    pub(super) fn to_waiting(self) -> Waiting {
        Waiting {
            first: Duration::from_millis(self.first_ms.into()),
            longest: Duration::from_millis(self.longest_ms.into()),
            limit: timeout(self.limit_ms),
        }
    }
}

/// Fills a waiting with its defaults. VW_ERR_INVALID_ARGUMENT when waiting is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_palabra_waiting_init(waiting: *mut vw_palabra_waiting) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("waiting", waiting)?.write(vw_palabra_waiting::init()) };
        Ok(())
    })
}

/// Replaces all samples of a voice by a fresh one in this language, such as "en-us"; *sample is the new one: its audio is at
/// "/url", for vw_palabra_download_url, its words at "/text/content", its language at "/text/lang", its media type at
/// "/mime_type".
///
/// While another regeneration of the same voice is running this is VW_ERR_LOCKED: at once when waiting is NULL, else when
/// waiting's limit is reached. cancel may be NULL, and so may sample; free *sample with vw_json_free.
/// VW_ERR_INVALID_ARGUMENT with the field "lang_code" for a language that is not known here, which vw_palabra_call would send
/// along; as vw_palabra_call besides.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_palabra_regenerate_sample(
    client: *const vw_palabra_client,
    voice_id: *const c_char,
    lang_code: *const c_char,
    waiting: *const vw_palabra_waiting,
    cancel: *const vw_cancel,
    sample: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?.with_options(&call_options(cancel)?);
        // SAFETY: the caller's texts.
        let (voice_id, language) = unsafe {
            (
                required_text("voice_id", voice_id)?,
                required_text("lang_code", lang_code)?,
            )
        };
        let language = LangCode::parse(language)?;
        let made = if waiting.is_null() {
            client.regenerate_sample(voice_id, &language)?
        } else {
            // SAFETY: the caller's struct, as the header asks for it.
            let waiting = unsafe { read_struct(waiting)? }.to_waiting();
            client.regenerate_sample_waiting(voice_id, &language, &waiting)?
        };
        let made = written(&made)?;
        // SAFETY: NULL or the caller's to be written to.
        unsafe { hand_over_if_wanted(made, sample) };
        Ok(())
    })
}

/// A list that is fetched page by page, as it is asked for: it holds one page at a time, however long it is.
pub struct vw_palabra_list {
    _opaque: [u8; 0],
}

/// A type of its own, so that no other handle is one.
pub(super) struct PalabraList(Mutex<crate::palabra::List<serde_json::Value>>);

impl Handle for vw_palabra_list {
    type Object = PalabraList;
    const NAME: &'static str = "vw_palabra_list";
}

/// Opens the list of a call that answers with pages, such as "list_voices". Nothing is sent before the first item is asked
/// for.
///
/// parameters are as for vw_palabra_call. cancel may be NULL; it ends the asking, too. *out is the list; free it with
/// vw_palabra_list_free. VW_ERR_INVALID_ARGUMENT for a call that answers with no pages.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_palabra_list_open(
    client: *const vw_palabra_client,
    name: *const c_char,
    parameters: *const vw_json,
    cancel: *const vw_cancel,
    out: *mut *mut vw_palabra_list,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?.with_options(&call_options(cancel)?);
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let name = unsafe { required_text("name", name)? };
        let list = client.list(name, optional_value(parameters)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(handle::insert(Arc::new(PalabraList(Mutex::new(list))))) };
        Ok(())
    })
}

/// The next item of a list, into *item: free it with vw_json_free. NULL after the last one.
///
/// It asks for the next page when it has to. After a failure the list is at its end; what had come stays good. Threads that
/// share a list take turns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_palabra_list_next(list: *const vw_palabra_list, item: *mut *mut vw_json) -> vw_status {
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

/// Frees a list. A page that another thread is waiting for still comes. VW_ERR_INVALID_ARGUMENT when list is neither NULL nor
/// a live list.
#[unsafe(no_mangle)]
pub extern "C" fn vw_palabra_list_free(list: *mut vw_palabra_list) -> vw_status {
    guard(|| handle::remove(list.cast_const()).map(drop))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_lists_every_call() {
        let source = include_str!("palabra.rs");
        let lines = source
            .lines()
            .filter_map(|line| line.strip_prefix("///"))
            .map(str::trim);
        let documented = lines.collect::<Vec<_>>().join(" ");
        for endpoint in ENDPOINTS {
            let entry = super::super::endpoint::documented(
                [endpoint.name, endpoint.method, endpoint.path],
                endpoint.required,
                endpoint.optional,
                &[(endpoint.pages, "pages")],
            );
            assert!(documented.contains(&entry), "{entry}");
        }
    }
}
