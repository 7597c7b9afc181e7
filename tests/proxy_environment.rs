//! The proxy that the environment names. A program of its own: it changes the environment.

mod support;

use support::proxy::{Answer, TestProxy};
use support::*;
use voicewire::deepdub::{Client, Config};
use voicewire::{ErrorKind, Proxy};

#[test]
fn the_environment_is_read_when_the_client_is_made() {
    let answer = Answer::Bytes(b"HTTP/1.1 403 No\r\n\r\n".to_vec());
    let [proxy, other] = [(); 2].map(|()| TestProxy::start(answer.clone()));
    // SAFETY: no other thread of this program reads the environment meanwhile.
    let set = |name: &str, value: &str| unsafe { std::env::set_var(name, value) };
    for name in ["https_proxy", "all_proxy", "no_proxy", "ALL_PROXY"] {
        set(name, "");
    }
    set("NO_PROXY", "elsewhere.invalid");
    set("HTTPS_PROXY", &proxy.url());
    let config = Config::new()
        .api_key("dd-00000000")
        .rest_url("https://voicewire.invalid/api/v1")
        .websocket_url("wss://voicewire.invalid/open");
    let made = Client::new(&config).expect("good");
    set("HTTPS_PROXY", &other.url());
    for error in [
        hear(&made, &request("mp3")).result.expect_err("no tunnel"),
        made.get_issue("iss_1").expect_err("no tunnel"),
    ] {
        assert_kind(&error, ErrorKind::Network);
        assert_eq!(error.http_status(), Some(403));
    }
    assert_eq!(proxy.heads().len(), 2);
    assert!(other.heads().is_empty());

    // The setting counts for more, and so do the exceptions.
    let direct = Client::new(&config.clone().proxy(Proxy::none())).expect("good");
    let excepted = Client::new(&config.websocket_url("wss://elsewhere.invalid/open")).expect("good");
    for client in [direct, excepted] {
        let error = hear(&client, &request("mp3")).result.expect_err("no such host");
        assert!(error.message().contains("could not be resolved"), "{error}");
    }
    let sandbox = sandbox();
    assert!(hear(&client(&sandbox), &request("mp3")).result.is_ok(), "this machine");
    assert!(other.heads().is_empty());
}
