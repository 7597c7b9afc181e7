//! Certificates are checked against the platform's trust store. A program of its own: it changes the environment.

#![cfg(all(unix, not(target_vendor = "apple")))] // where the store is a file that can be named

mod support;

use support::*;
use voicewire::ErrorKind;
use voicewire::deepdub::{Client, Config};
use voicewire_sandbox::{Options, Sandbox};

#[test]
fn what_the_platform_trusts_is_trusted_and_nothing_else() {
    let [trusted, other] = [(); 2].map(|()| Sandbox::start(Options { tls: true, ..options() }).expect("starts"));
    let store = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("platform.pem");
    std::fs::write(&store, trusted.ca_pem().expect("a certificate")).expect("written");
    // SAFETY: no other thread of this program reads the environment meanwhile.
    unsafe { std::env::set_var("SSL_CERT_FILE", &store) };
    let speak = |sandbox: &Sandbox| {
        let config = Config::new()
            .api_key(sandbox.api_key())
            .websocket_url(sandbox.deepdub_open_url());
        hear(&Client::new(&config).expect("good"), &request("mp3")).result
    };
    assert!(speak(&trusted).is_ok());
    assert_kind(&speak(&other).expect_err("another authority"), ErrorKind::Tls);
}
