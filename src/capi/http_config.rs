//! How clients of REST services speak HTTP.

use std::ffi::c_char;
use std::ptr;
use std::time::Duration;

use super::input::{
    CallerStruct, VW_OFF, VW_UNSET, milliseconds, optional_text, out_pointer, read_struct, timeout, toggle, vw_toggle,
};
use super::status::{guard, vw_status};
use crate::error::{Error, Result};
use crate::net::{HttpConfig, HttpTimeouts, Proxy, RetryPolicy};

/// How a client of Respeecher or Palabra speaks HTTP. Fill it with vw_http_config_init, then change what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_http_config {
    /// Set by vw_http_config_init.
    pub struct_size: usize,
    /// Time to open a connection: name look-up, TCP and TLS. Default 10000 ms.
    pub connect_timeout_ms: u32,
    /// Time for a whole call with all its tries and the waits between them; uploads and downloads may take as long as they
    /// move. Default 60000 ms.
    pub rest_timeout_ms: u32,
    /// How long nothing may move in an upload or a download. Default 60000 ms. Each of the three is 1 or more, or
    /// VW_NO_TIMEOUT.
    pub idle_timeout_ms: u32,
    /// Whether http:// is allowed to other hosts than this machine, the key then being readable on the way. Default
    /// VW_OFF.
    pub allow_plaintext: vw_toggle,
    /// Certificates that are trusted besides the platform's, as the text of a PEM file. Default none.
    pub ca_pem: *const c_char,
    /// The largest answer that is taken into memory, in bytes; 1024 or more. Default 16 MiB. Downloads go to disk and have no
    /// limit.
    pub max_message_bytes: usize,
    /// The proxy that connections go through, as in vw_deepdub_config. Default NULL: the environment's.
    pub proxy: *const c_char,
    /// How often a call is tried again: reading, changing and deleting after failures of the connection and of the service
    /// and when it is too busy (HTTP 429); what makes something new only when the connection could not be made or the service
    /// was too busy. A download goes on where it broke off. 0 is never. Default 3, as is VW_UNSET.
    pub retries: i32,
    /// The longest wait before the first of them; each further one may be twice as long as the one before. A wait is
    /// half of that or more, at random, or what the service asks for, if that is longer. Default 250 ms.
    pub retry_first_delay_ms: u32,
    /// The longest wait that the service did not ask for. Default 8000 ms.
    pub retry_max_delay_ms: u32,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_http_config {
    const NAME: &'static str = "vw_http_config";
    const FIRST_SIZE: usize = size_of::<vw_http_config>();

    fn init() -> Self {
        let timeouts = HttpTimeouts::default();
        let retry = RetryPolicy::default();
        vw_http_config {
            struct_size: size_of::<Self>(),
            connect_timeout_ms: milliseconds(timeouts.connect),
            rest_timeout_ms: milliseconds(timeouts.rest),
            idle_timeout_ms: milliseconds(timeouts.idle),
            allow_plaintext: VW_OFF,
            ca_pem: ptr::null(),
            max_message_bytes: 16 * 1024 * 1024,
            proxy: ptr::null(),
            retries: retry.retries as i32,
            retry_first_delay_ms: milliseconds(Some(retry.first_delay)),
            retry_max_delay_ms: milliseconds(Some(retry.max_delay)),
        }
    }
}

/// What NULL, or a caller's struct, asks for.
///
/// # Safety
/// `config` is NULL or points to a struct as the header asks for it.
pub(super) unsafe fn http_config(config: *const vw_http_config) -> Result<HttpConfig> {
    if config.is_null() {
        return Ok(HttpConfig::new());
    }
    // SAFETY: promised by the caller, as its texts are.
    unsafe {
        let config = read_struct(config)?;
        Ok(HttpConfig {
            timeouts: HttpTimeouts {
                connect: timeout(config.connect_timeout_ms),
                rest: timeout(config.rest_timeout_ms),
                idle: timeout(config.idle_timeout_ms),
            },
            ca_pem: optional_text("ca_pem", config.ca_pem)?.map(str::to_owned),
            allow_plaintext: toggle("allow_plaintext", config.allow_plaintext)?.unwrap_or(false),
            max_message_bytes: Some(config.max_message_bytes),
            proxy: proxy(config.proxy)?,
            retry: retry_policy(config.retries, config.retry_first_delay_ms, config.retry_max_delay_ms)?,
        })
    }
}

/// # Safety
/// `url` is NULL or ends in a NUL.
pub(super) unsafe fn proxy(url: *const c_char) -> Result<Option<Proxy>> {
    // SAFETY: promised by the caller.
    let url = unsafe { optional_text("proxy", url)? };
    Ok(url.map(|url| match url {
        "" => Proxy::none(),
        url => Proxy::url(url),
    }))
}

pub(super) fn retry_policy(retries: i32, first_delay_ms: u32, max_delay_ms: u32) -> Result<RetryPolicy> {
    Ok(RetryPolicy {
        retries: match retries {
            VW_UNSET => RetryPolicy::default().retries,
            retries => {
                u32::try_from(retries).map_err(|_| Error::invalid("retries", retries, "0 or more, or VW_UNSET (-1)"))?
            }
        },
        first_delay: Duration::from_millis(first_delay_ms.into()),
        max_delay: Duration::from_millis(max_delay_ms.into()),
    })
}

/// Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_http_config_init(config: *mut vw_http_config) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("config", config)?.write(vw_http_config::init()) };
        Ok(())
    })
}
