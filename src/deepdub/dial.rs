//! Opening the service's WebSockets: where the key goes, and what a refusal means.

use std::time::Instant;

use super::config::Settings;
use super::errors::response_error;
use crate::error::{Error, ErrorKind};
use crate::net::{Endpoint, Network, OpenError, Opening, UpgradeRequest};
use crate::secret::Secret;

/// A connection to `endpoint` in the making, to be open by `deadline`.
pub(super) fn opening(
    settings: &Settings,
    network: &Network,
    endpoint: &Endpoint,
    deadline: Option<Instant>,
) -> Result<Opening, OpenError> {
    let query = settings
        .key_in_query
        .then(|| Secret::new(format!("x-api-key={}", encode(settings.key.expose()))));
    let request = UpgradeRequest {
        endpoint: endpoint.clone(),
        headers: match query {
            Some(_) => Vec::new(),
            None => vec![("x-api-key", settings.key.clone())],
        },
        query,
    };
    Ok(Opening::new(request, network, deadline, settings.max_message_bytes)?)
}

/// Why it could not be opened, in this library's words.
pub(super) fn error(error: OpenError) -> Error {
    match error {
        OpenError::Failed(error) if error.kind() == ErrorKind::Timeout => error.with_field("connect_timeout"),
        OpenError::Failed(error) => error,
        OpenError::Refused(response) => response_error(&response),
    }
}

/// Percent-encodes everything that is not plain in a query.
fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
