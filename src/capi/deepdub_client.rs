//! Deepdub: configuration and client.

use std::ffi::c_char;
use std::mem::offset_of;
use std::ptr;
use std::sync::Arc;

use super::handle::{self, Handle};
use super::http_config::{proxy, retry_policy};
use super::input::{
    CallerStruct, VW_OFF, VW_UNSET, milliseconds, optional_text, out_pointer, read_struct, timeout, toggle, vw_toggle,
};
use super::status::{guard, vw_status};
use crate::deepdub::{Client, Config, Region, Remember, Timeouts};
use crate::error::{Error, Result};
use crate::net::RetryPolicy;

/// One of the vendor's sites, or VW_UNSET.
pub type vw_region = i32;
/// United States.
pub const VW_REGION_US: vw_region = 0;
/// European Union.
pub const VW_REGION_EU: vw_region = 1;

/// The settings of a client. Fill it with vw_deepdub_config_init, then change what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_config {
    /// Set by vw_deepdub_config_init.
    pub struct_size: usize,
    /// The key; begins with "dd-". Default: the environment variable DEEPDUB_API_KEY.
    pub api_key: *const c_char,
    /// Where REST calls go. Default: DEEPDUB_BASE_URL, else the region's own.
    pub rest_url: *const c_char,
    /// Where texts are spoken. Default: DEEPDUB_BASE_WEBSOCKET_URL, else the region's own.
    pub websocket_url: *const c_char,
    /// Which site serves the client where no address is given. Default: VW_REGION_EU when DD_EU=1, else VW_REGION_US.
    pub region: vw_region,
    /// Time to open a connection: name look-up, TCP, TLS, WebSocket handshake. Default 10000 ms.
    pub connect_timeout_ms: u32,
    /// The wait for the first audio. Default 30000 ms.
    pub first_chunk_timeout_ms: u32,
    /// The wait for each further chunk; the time that the callback takes does not count. Default 15000 ms.
    pub between_chunks_timeout_ms: u32,
    /// Time for a whole generation, connecting included; the time that the callback takes does not count. Default
    /// 300000 ms.
    pub total_timeout_ms: u32,
    /// Time for a whole REST call, such as one about an issue, with all its tries. An upload of audio takes as long
    /// as it moves: then this is how long nothing may. Default 60000 ms. Each of the five is 1 or more, or VW_NO_TIMEOUT.
    pub rest_timeout_ms: u32,
    /// Whether ws:// and http:// are allowed to other hosts than this machine, the key then being readable on the way.
    /// Default VW_OFF.
    pub allow_plaintext: vw_toggle,
    /// Whether the WebSocket handshake carries the key in its URL rather than in a header. URLs end up in logs.
    /// Default VW_OFF.
    pub key_in_query: vw_toggle,
    /// Certificates that are trusted besides the platform's, as the text of a PEM file. Default none.
    pub ca_pem: *const c_char,
    /// The largest message or answer that is taken, in bytes; 1024 or more. Default 16 MiB. What a call holds in memory
    /// is at most about three times this, and in practice a few times the largest chunk.
    pub max_message_bytes: usize,
    /// The proxy that connections go through: "http://[user:password@]host[:port]" (port 80 where none is given), or
    /// "https://…" for a proxy that speaks TLS (port 443); "" is none. Default NULL: for encrypted addresses beyond this
    /// machine that of HTTPS_PROXY, else of ALL_PROXY, except for the hosts in NO_PROXY.
    pub proxy: *const c_char,
    /// How often a REST call is tried again: reading, changing and deleting an issue after failures of the connection
    /// and of the service and when it is too busy (HTTP 429); filing one only when the connection could not be made or
    /// the service was too busy. All tries are within rest_timeout_ms. 0 is never. Default 3, as is VW_UNSET.
    ///
    /// Also how often a session sends a line or turn again whose connection broke. Connecting again, and waiting for a service
    /// that is too busy, have no number, but the same waits; with 0 a session does neither by itself.
    pub retries: i32,
    /// The longest wait before the first of them; each further one may be twice as long as the one before. A wait is
    /// half of that or more, at random, or what the service asks for, if that is longer. Default 250 ms.
    pub retry_first_delay_ms: u32,
    /// The longest wait that the service did not ask for. Default 8000 ms.
    pub retry_max_delay_ms: u32,
    /// Where text is streamed in. Default: DEEPDUB_BASE_WEBSOCKET_STREAMING_URL, else the region's own.
    pub streaming_url: *const c_char,
    /// How many of its last generations the client remembers, from their first audio on, for vw_deepdub_report; 0 is none.
    /// Default 10.
    pub remember_generations: usize,
    /// How many bytes of audio of all of them together, as the service sent it. When there is more, the oldest
    /// generations lose theirs first, and are then reported without a clip. Default 16 MiB: 3 minutes of s16le at 48000 Hz.
    pub remember_audio_bytes: usize,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_config {
    const NAME: &'static str = "vw_deepdub_config";
    const FIRST_SIZE: usize = offset_of!(vw_deepdub_config, streaming_url);

    fn init() -> Self {
        let timeouts = Timeouts::default();
        let retry = RetryPolicy::default();
        let remember = Remember::default();
        vw_deepdub_config {
            struct_size: size_of::<Self>(),
            api_key: ptr::null(),
            rest_url: ptr::null(),
            websocket_url: ptr::null(),
            region: VW_UNSET,
            connect_timeout_ms: milliseconds(timeouts.connect),
            first_chunk_timeout_ms: milliseconds(timeouts.first_chunk),
            between_chunks_timeout_ms: milliseconds(timeouts.between_chunks),
            total_timeout_ms: milliseconds(timeouts.total),
            rest_timeout_ms: milliseconds(timeouts.rest),
            allow_plaintext: VW_OFF,
            key_in_query: VW_OFF,
            ca_pem: ptr::null(),
            max_message_bytes: 16 * 1024 * 1024,
            proxy: ptr::null(),
            retries: retry.retries as i32,
            retry_first_delay_ms: milliseconds(Some(retry.first_delay)),
            retry_max_delay_ms: milliseconds(Some(retry.max_delay)),
            streaming_url: ptr::null(),
            remember_generations: remember.generations,
            remember_audio_bytes: remember.audio_bytes,
        }
    }
}

impl vw_deepdub_config {
    /// # Safety
    /// Each text is NULL or ends in a NUL.
    unsafe fn to_config(self) -> Result<Config> {
        let mut config = Config::new();
        // SAFETY: passed on.
        unsafe {
            if let Some(key) = optional_text("api_key", self.api_key)? {
                config = config.api_key(key);
            }
            config.rest_url = optional_text("rest_url", self.rest_url)?.map(str::to_owned);
            config.websocket_url = optional_text("websocket_url", self.websocket_url)?.map(str::to_owned);
            config.streaming_url = optional_text("streaming_url", self.streaming_url)?.map(str::to_owned);
            config.ca_pem = optional_text("ca_pem", self.ca_pem)?.map(str::to_owned);
            config.proxy = proxy(self.proxy)?;
        }
        config.region = match self.region {
            VW_UNSET => None,
            VW_REGION_US => Some(Region::Us),
            VW_REGION_EU => Some(Region::Eu),
            other => {
                return Err(Error::invalid(
                    "region",
                    other,
                    "VW_REGION_US (0), VW_REGION_EU (1) or VW_UNSET (-1)",
                ));
            }
        };
        config.timeouts = Timeouts {
            connect: timeout(self.connect_timeout_ms),
            first_chunk: timeout(self.first_chunk_timeout_ms),
            between_chunks: timeout(self.between_chunks_timeout_ms),
            total: timeout(self.total_timeout_ms),
            rest: timeout(self.rest_timeout_ms),
        };
        config.allow_plaintext = toggle("allow_plaintext", self.allow_plaintext)?.unwrap_or(false);
        config.key_in_query = toggle("key_in_query", self.key_in_query)?.unwrap_or(false);
        config.max_message_bytes = Some(self.max_message_bytes);
        config.retry = retry_policy(self.retries, self.retry_first_delay_ms, self.retry_max_delay_ms)?;
        config.remember = Remember {
            generations: self.remember_generations,
            audio_bytes: self.remember_audio_bytes,
        };
        Ok(config)
    }
}

/// A client of Deepdub: one key, one set of addresses. May be used by any number of threads at once.
pub struct vw_deepdub_client {
    _opaque: [u8; 0],
}

impl Handle for vw_deepdub_client {
    type Object = Client;
    const NAME: &'static str = "vw_deepdub_client";
}

/// Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_config_init(config: *mut vw_deepdub_config) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("config", config)?.write(vw_deepdub_config::init()) };
        Ok(())
    })
}

/// Makes a client. Nothing is sent, and no connection is opened, before the first call.
///
/// config may be NULL: everything by default, the key from the environment. *out is the client; free it with
/// vw_deepdub_client_free. VW_ERR_INVALID_ARGUMENT when there is no key or it does not begin with "dd-", an address is
/// none or would send the key unencrypted, a time limit is 0, or a field has no sense; vw_error.field names it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_client_new(
    config: *const vw_deepdub_config,
    out: *mut *mut vw_deepdub_client,
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

/// Frees a client. Calls that are using it, on whatever threads, end soon with VW_ERR_CANCELLED.
///
/// Its sessions are closed, as vw_deepdub_session_free says; their handles are still to be freed. It waits for a callback
/// that its I/O thread is just running, unless it is called from inside a callback of a session.
/// VW_ERR_INVALID_ARGUMENT when client is neither NULL nor a live client.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_client_free(client: *mut vw_deepdub_client) -> vw_status {
    guard(|| {
        if let Some(client) = handle::remove(client.cast_const())? {
            client.close();
        }
        Ok(())
    })
}
