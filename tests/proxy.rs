//! Connections through a proxy.

mod support;

use std::net::SocketAddr;

use support::proxy::{Answer, TestProxy, encrypted};
use support::*;
use voicewire::deepdub::{
    Client, Config, NewIssue, SessionOptions, TRIAL_VOICE, TextConfig, TextSessionOptions, Timeouts,
};
use voicewire::{Error, ErrorKind, Proxy};
use voicewire_sandbox::net::ConnectProxy;
use voicewire_sandbox::{Options, Sandbox};

fn place(sandbox: &Sandbox) -> SocketAddr {
    let url = sandbox.base_url().to_owned();
    let (_, place) = url.split_once("://").expect("a URL");
    place.trim_end_matches('/').parse().expect("an address")
}

fn issue() -> NewIssue {
    NewIssue {
        generation_id: "abc".to_owned(),
        generated_text: "Hello Deepdub.".to_owned(),
        problem_word: "Deepdub".to_owned(),
        voice_prompt_id: "vp_1".to_owned(),
        ..NewIssue::default()
    }
}

/// What both kinds of connection fail with behind a proxy that answers so.
fn failures(answer: Answer, user: &str) -> (TestProxy, [Error; 2]) {
    let sandbox = sandbox();
    let proxy = TestProxy::start(answer);
    let url = format!("http://{user}{}", proxy.address);
    let mut config = config(&sandbox).proxy(Proxy::url(url)).timeouts(Timeouts {
        connect: SHORT,
        ..Timeouts::default()
    });
    config.rest_url = Some(sandbox.deepdub_rest_url());
    let client = Client::new(&config).expect("good");
    let errors = [
        hear(&client, &request("mp3")).result.expect_err("no tunnel"),
        client.create_issue(&issue()).expect_err("no tunnel"),
    ];
    assert!(sandbox.requests().is_empty(), "nothing came through");
    (proxy, errors)
}

#[test]
fn everything_goes_through_the_tunnel() {
    for tls in [false, true] {
        let sandbox = Sandbox::start(Options { tls, ..options() }).expect("starts");
        let proxy = TestProxy::start(Answer::Tunnel(place(&sandbox)));
        let client = Client::new(&config(&sandbox).proxy(Proxy::url(proxy.url()))).expect("good");
        let direct = hear(&support::client(&sandbox), &request("s16le")).data();
        assert_eq!(hear(&client, &request("s16le")).data(), direct);
        let filed = client.create_issue(&issue()).expect("filed");
        assert_eq!(client.get_issue(&filed.id).expect("there"), filed);

        let place = place(&sandbox);
        let heads = proxy.heads();
        assert_eq!(heads.len(), 2, "REST keeps its connection: {heads:?}");
        for head in heads {
            assert!(
                head.starts_with(&format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n")),
                "{head}"
            );
            assert!(
                !head.contains("Authorization") && !head.contains(sandbox.api_key()),
                "{head}"
            );
        }
    }
}

#[test]
fn sessions_go_through_the_tunnel_too() {
    for tls in [false, true] {
        let sandbox = Sandbox::start(Options { tls, ..options() }).expect("starts");
        let proxy = ConnectProxy::start(Some(("player", "s3cret"))).expect("a proxy");
        let url = proxy.url().replace("://", "://player:s3cret@");
        let client = Client::new(&config(&sandbox).proxy(Proxy::url(url))).expect("good");
        let session = client.open_session(SessionOptions::new()).expect("a session");
        lines::whole(&lines::begin(&session, &request("s16le")));
        let text = client
            .open_text_session(&TextConfig::new(TRIAL_VOICE), TextSessionOptions::new())
            .expect("a session");
        text.ping(Some(lines::LONG))
            .or_else(|_| {
                // It may not have been connected yet.
                text.wait_ready(Some(lines::LONG))?;
                text.ping(Some(lines::LONG))
            })
            .expect("answered");
        assert_eq!(proxy.tunnels(), 2);
        assert_eq!(sandbox.open_connections(), 2);
    }
}

#[test]
fn the_proxy_looks_the_service_s_name_up() {
    let sandbox = sandbox();
    let proxy = TestProxy::start(Answer::Tunnel(place(&sandbox)));
    let mut config = config(&sandbox).proxy(Proxy::url(proxy.url()));
    config.allow_plaintext = true;
    config.websocket_url = Some("ws://voicewire.invalid/open".to_owned());
    config.rest_url = Some("http://voicewire.invalid:8080/api/v1".to_owned());
    let client = Client::new(&config).expect("good");
    assert!(hear(&client, &request("mp3")).result.is_ok());
    assert!(client.create_issue(&issue()).is_ok());
    let asked: Vec<_> = proxy
        .heads()
        .iter()
        .map(|head| head.lines().next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        asked,
        [
            "CONNECT voicewire.invalid:80 HTTP/1.1",
            "CONNECT voicewire.invalid:8080 HTTP/1.1"
        ]
    );
}

#[test]
fn a_proxy_may_speak_tls_itself() {
    for tls in [false, true] {
        let sandbox = Sandbox::start(Options { tls, ..options() }).expect("starts");
        let proxy = TestProxy::start(Answer::Tunnel(place(&sandbox)));
        let (address, certificate) = encrypted(proxy.address);
        let mut config = config(&sandbox).proxy(Proxy::url(format!("https://{address}")));
        config.ca_pem = Some(certificate + config.ca_pem.as_deref().unwrap_or_default());
        let client = Client::new(&config).expect("good");
        let direct = hear(&support::client(&sandbox), &request("s16le")).data();
        assert_eq!(hear(&client, &request("s16le")).data(), direct);
        assert!(client.create_issue(&issue()).is_ok());
        assert_eq!(proxy.heads().len(), 2);

        config.ca_pem = sandbox.ca_pem().map(str::to_owned);
        let untrusting = Client::new(&config).expect("good");
        let error = hear(&untrusting, &request("s16le")).result.expect_err("untrusted");
        assert_kind(&error, ErrorKind::Tls);
        assert!(error.message().contains(&format!("the proxy {address}")), "{error}");
    }
}

#[test]
fn user_and_password_go_to_the_proxy_and_nowhere_else() {
    let sandbox = sandbox();
    let proxy = TestProxy::start(Answer::Tunnel(place(&sandbox)));
    // The example of RFC 7617, section 2.
    let url = format!("http://Aladdin:open%20sesame@{}", proxy.address);
    let config = config(&sandbox).proxy(Proxy::url(url));
    let client = Client::new(&config).expect("good");
    assert!(hear(&client, &request("mp3")).result.is_ok());
    assert!(client.create_issue(&issue()).is_ok());
    for head in proxy.heads() {
        assert!(
            head.contains("\r\nProxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n"),
            "{head}"
        );
    }
    let shown = format!("{config:?} {client:?} {:?}", config.proxy);
    assert!(!shown.contains("sesame") && !shown.contains("Aladdin"), "{shown}");
}

#[test]
fn a_proxy_that_wants_a_password_is_named_and_the_password_is_not() {
    let refusal = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n";
    for (user, words) in [
        ("", "wants a user name and a password"),
        ("me:hunter2@", "does not accept the user name and password"),
    ] {
        let (proxy, errors) = failures(Answer::Bytes(refusal.into()), user);
        for error in errors {
            assert_kind(&error, ErrorKind::Network);
            assert_eq!(error.http_status(), Some(407));
            assert!(
                error
                    .message()
                    .contains(&format!("the proxy {} {words}", proxy.address)),
                "{error}"
            );
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}

#[test]
fn a_proxy_that_refuses_is_named_with_its_status() {
    for status in [403, 502, 302, 199] {
        let answer = format!("HTTP/1.1 {status} Whatever\r\nContent-Length: 5\r\n\r\nwords");
        let (proxy, errors) = failures(Answer::Bytes(answer.into()), "");
        for error in errors {
            assert_kind(&error, ErrorKind::Network);
            assert_eq!(error.http_status(), Some(status));
            let words = format!("the proxy {} made no tunnel", proxy.address);
            assert!(error.message().contains(&words), "{error}");
        }
    }
}

#[test]
fn a_session_asks_a_proxy_that_refuses_once_and_again_for_the_next_line() {
    for status in [407, 403] {
        let answer = format!("HTTP/1.1 {status} Whatever\r\nContent-Length: 0\r\n\r\n");
        let proxy = TestProxy::start(Answer::Bytes(answer.into()));
        let url = format!("http://player:wrong@{}", proxy.address);
        let client = Client::new(&config(&sandbox()).proxy(Proxy::url(url))).expect("good");
        let session = client.open_session(SessionOptions::new()).expect("a session");
        let error = session.wait_ready(Some(lines::LONG)).expect_err("no tunnel");
        assert_eq!(error.http_status(), Some(status));
        assert_eq!(proxy.heads().len(), 1);
        let error = lines::finish(&lines::begin(&session, &request("s16le"))).1.error;
        assert_eq!(error.expect("no tunnel").http_status(), Some(status));
        assert_eq!(proxy.heads().len(), 2);
    }
}

#[test]
fn answers_that_are_no_http_are_bounded_and_refused() {
    let answers = [
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n".to_vec(), ErrorKind::Protocol),
        (vec![b'x'; 70_000], ErrorKind::Protocol),
        (b"HTTP/1.1 200 OK\r\nX: ".repeat(5000), ErrorKind::Protocol),
        (b"HTTP/1.1 200 OK\r\nVia".to_vec(), ErrorKind::Network),
        (Vec::new(), ErrorKind::Network),
    ];
    for (answer, kind) in answers {
        let (proxy, errors) = failures(Answer::Bytes(answer), "");
        for error in errors {
            assert_kind(&error, kind);
            assert!(
                error.message().contains(&format!("the proxy {}", proxy.address)),
                "{error}"
            );
        }
    }
}

#[test]
fn the_proxy_s_answer_counts_into_the_time_to_connect() {
    let (_, errors) = failures(Answer::Silence, "");
    for error in errors {
        assert_kind(&error, ErrorKind::Timeout);
        assert_eq!(error.field(), Some("connect_timeout"));
        assert!(
            error.message().contains("the CONNECT request was not answered"),
            "{error}"
        );
    }
}

#[test]
fn what_comes_right_after_the_proxy_s_answer_is_the_service_s() {
    let service = r#"{"id":"iss_1","state":"open"}"#;
    let answer = format!(
        "HTTP/1.0 200 OK\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{service}",
        service.len()
    );
    let proxy = TestProxy::start(Answer::Bytes(answer.into()));
    let config = config(&sandbox()).proxy(Proxy::url(proxy.url()));
    let issue = Client::new(&config).expect("good").get_issue("iss_1").expect("there");
    assert_eq!(issue.id, "iss_1");
}

#[test]
fn no_proxy_there_is_a_network_error_that_names_it() {
    let config = config(&sandbox()).proxy(Proxy::url(format!("http://me:hunter2@{NOBODY}")));
    let client = Client::new(&config).expect("good");
    for error in [
        hear(&client, &request("mp3")).result.expect_err("nobody there"),
        client.get_issue("iss_1").expect_err("nobody there"),
    ] {
        assert_kind(&error, ErrorKind::Network);
        assert!(error.message().contains(&format!("the proxy {NOBODY}")), "{error}");
        assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    }
}

#[test]
fn other_kinds_of_proxy_are_refused_when_the_client_is_made() {
    let config = Config::new().api_key("dd-00000000");
    for url in ["socks5://127.0.0.1:1080", "socks4://a", "quic://a", "http://", "//"] {
        let error = Client::new(&config.clone().proxy(Proxy::url(url))).expect_err(url);
        assert_kind(&error, ErrorKind::InvalidArgument);
        assert_eq!(error.field(), Some("proxy"));
        assert!(
            error.message().contains("http://[user:password@]host[:port]"),
            "{error}"
        );
    }
}
