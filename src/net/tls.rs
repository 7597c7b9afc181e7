//! Whom to trust: one TLS configuration for HTTP and WebSocket.

use std::sync::Arc;

use once_cell::sync::OnceCell;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, KeyProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;

use crate::error::{Error, ErrorKind, Result};

/// How many sessions are kept, to be resumed by later connections: eight each for REST, WebSocket, a proxy, and one to
/// spare.
const SESSIONS: usize = 4 * 8;

/// Extra trust, and the TLS configuration made of it when the first encrypted connection is.
///
/// Reading the platform's certificates takes milliseconds: a client that talks to a loopback sandbox never
/// pays for it, and one that talks to a service does so once. As all connections share it, a connection can resume the
/// session of an earlier one, which saves the certificates and their checking.
#[derive(Debug, Default)]
pub(crate) struct TlsSettings {
    extra_roots: Vec<CertificateDer<'static>>,
    config: OnceCell<Arc<ClientConfig>>,
}

impl TlsSettings {
    /// Trusts the platform's certificates, and those in `ca_pem` (the text of a PEM file) besides.
    pub fn new(ca_pem: Option<&str>) -> Result<TlsSettings> {
        let mut extra_roots = Vec::new();
        if let Some(pem) = ca_pem {
            for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                let certificate = certificate.map_err(|error| {
                    Error::invalid(
                        "ca_pem",
                        format_args!("not readable ({error})"),
                        "certificates in PEM form",
                    )
                })?;
                // Now, rather than as a riddle at the first connection.
                rustls::RootCertStore::empty()
                    .add(certificate.clone())
                    .map_err(|error| {
                        Error::invalid(
                            "ca_pem",
                            format_args!("not a certificate ({error})"),
                            "certificates in PEM form",
                        )
                    })?;
                extra_roots.push(certificate);
            }
            if extra_roots.is_empty() {
                return Err(Error::invalid(
                    "ca_pem",
                    "a text with no certificate in it",
                    "certificates in PEM form",
                ));
            }
        }
        Ok(TlsSettings {
            extra_roots,
            config: OnceCell::new(),
        })
    }

    pub fn config(&self) -> Result<Arc<ClientConfig>> {
        self.config.get_or_try_init(|| self.build()).cloned()
    }

    fn build(&self) -> Result<Arc<ClientConfig>> {
        let failed = |error: rustls::Error| {
            Error::new(
                ErrorKind::Tls,
                format!(
                    "no trusted certificates could be loaded: {error}; install the system's CA certificates (the package ca-certificates) or name some with ca_pem"
                ),
            )
        };
        // The provider is named rather than installed: the process-wide default belongs to the host.
        let provider = Arc::new(CryptoProvider {
            key_provider: &NoKeys,
            ..ring::default_provider()
        });
        let verifier = verifier(&self.extra_roots, &provider).map_err(failed)?;
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .dangerous()
            // "Dangerous" is any verifier of one's own; this one asks the platform.
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        config.resumption = Resumption::in_memory_sessions(SESSIONS);
        Ok(Arc::new(config))
    }
}

/// Loads no private keys: clients show no certificates here, so that what signs with one need not be in the library.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> std::result::Result<Arc<dyn SigningKey>, rustls::Error> {
        Err(rustls::Error::General(
            "client certificates are not supported".to_owned(),
        ))
    }
}

/// Asks the platform.
#[cfg(not(target_os = "android"))]
fn verifier(
    extra_roots: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> std::result::Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    use rustls_platform_verifier::Verifier;
    let verifier = Verifier::new_with_extra_roots(extra_roots.iter().cloned(), Arc::clone(provider))?;
    Ok(Arc::new(verifier))
}

/// Trusts the certificates in Android's own directory. Its verifier is Java's: it would have to be handed the virtual
/// machine, and takes no further roots.
#[cfg(target_os = "android")]
fn verifier(
    extra_roots: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> std::result::Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
    use rustls::RootCertStore;
    use rustls::client::WebPkiServerVerifier;

    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots.add_parsable_certificates(extra_roots.iter().cloned());
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider))
        .build()
        .map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
        .map_err(|error| rustls::Error::General(error.to_string()))
}
