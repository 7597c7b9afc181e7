//! The keyword arguments that the clients of several services have in common.

use pyo3::prelude::*;
use voicewire::{HttpConfig, HttpTimeouts, Proxy, RetryPolicy};

use crate::request::Options;

/// How HTTP is spoken.
pub(crate) fn http_config(options: &Options<'_>) -> PyResult<HttpConfig> {
    let times = HttpTimeouts::default();
    let retry = RetryPolicy::default();
    let mut config = HttpConfig::new();
    config.timeouts = HttpTimeouts {
        connect: options.take_limit("connect_timeout", times.connect)?,
        rest: options.take_limit("rest_timeout", times.rest)?,
        idle: options.take_limit("idle_timeout", times.idle)?,
    };
    config.ca_pem = options.take("ca_pem")?;
    config.allow_plaintext = options.take("allow_plaintext")?.unwrap_or(false);
    config.max_message_bytes = options.take("max_message_bytes")?;
    config.proxy = options.take::<String>("proxy")?.map(|url| match url.as_str() {
        "" => Proxy::none(),
        url => Proxy::url(url),
    });
    config.retry = RetryPolicy {
        retries: options.take("retries")?.unwrap_or(retry.retries),
        first_delay: options.take_delay("retry_first_delay", retry.first_delay)?,
        max_delay: options.take_delay("retry_max_delay", retry.max_delay)?,
    };
    Ok(config)
}
