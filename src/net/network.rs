//! How a client reaches the network.

use super::proxy::Proxies;
use super::tls::TlsSettings;

/// What all connections of a client have in common.
#[derive(Debug)]
pub(crate) struct Network {
    pub tls: TlsSettings,
    pub proxies: Proxies,
}
