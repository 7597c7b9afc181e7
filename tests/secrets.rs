//! Keys are in no log, no error, no URL and no debug output. A program of its own: it has the process's logger.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Mutex;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use support::lines::{begin, whole};
use support::proxy::{Answer, TestProxy};
use support::*;
use voicewire::Proxy;
use voicewire::deepdub::{Client, NewIssue, SessionOptions};
use voicewire_sandbox::{Options, Sandbox};

const KEY: &str = "dd-5ecre75ecre75ecre75ecre75ecre7ab";

static LOG: Mutex<String> = Mutex::new(String::new());

/// Takes everything that any crate of this process logs, down to the finest.
struct Everything;

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}: {}\n", record.level(), record.target(), record.args());
        LOG.lock().expect("a lock").push_str(&line);
    }

    fn flush(&self) {}
}

#[test]
fn the_key_is_nowhere_but_in_the_header() {
    log::set_logger(&Everything).expect("the only logger");
    log::set_max_level(log::LevelFilter::Trace);

    let mut texts = Vec::new();
    for tls in [false, true] {
        // It accepts another key only, and says so in every way it can.
        let strict = Sandbox::start(Options {
            tls,
            keys: vec!["dd-another-key".to_owned()],
            ..options()
        })
        .expect("starts");
        let open = Sandbox::start(Options {
            tls,
            keys: vec![KEY.to_owned()],
            ..options()
        })
        .expect("starts");
        for sandbox in [&strict, &open] {
            let mut config = config(sandbox).api_key(KEY);
            for in_query in [false, true] {
                config.key_in_query = in_query;
                config.websocket_url = Some(format!("{}?token={KEY}", sandbox.deepdub_open_url()));
                let client = Client::new(&config).expect("good");
                texts.push(format!("{config:?} {client:?}"));
                let faults = [
                    "error=InvalidInput",
                    "drop,after=1",
                    "bad-json",
                    "close=1011",
                    "error=Server,anonymous",
                ];
                for fault in faults {
                    let error = hear(&client, &faulty("s16le", fault)).result.expect_err("it fails");
                    texts.push(format!("{error} {error:?}"));
                }
                let heard = hear(&client, &request("mp3"));
                texts.push(format!("{:?}", heard.result));
                let stream = client.open_stream(&request("mp3"), &Default::default());
                texts.push(format!("{stream:?}"));
                let error = client.get_issue(KEY).expect_err("it fails");
                texts.push(format!("{error} {error:?}"));
                let error = client.create_issue(&NewIssue::default()).expect_err("it fails");
                texts.push(format!("{error} {error:?}"));
            }
        }
    }
    texts.extend(errors_of_a_service_that_echoes());
    texts.extend(errors_behind_proxies());
    texts.extend(errors_of_a_session_s_service_that_echoes());
    let log = LOG.lock().expect("a lock");
    assert!(log.contains("voicewire::"), "the log was kept");
    texts.push(without_the_sandbox(&log));
    let secrets = [KEY.to_owned(), BASE64_STANDARD.encode(format!("user:{KEY}"))];
    for text in texts {
        for line in text.lines() {
            assert!(!secrets.iter().any(|secret| line.contains(secret)), "{line}");
        }
    }
}

/// One that answers with everything that it was sent, as some do when they are confused.
fn errors_of_a_service_that_echoes() -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let server = std::thread::spawn(move || {
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut request = vec![0; 8192];
            let length = stream.read(&mut request).expect("a request");
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            assert!(request.contains(KEY), "the header has it");
            let body = serde_json::json!({ "message": format!("InvalidInput: what is {request}?") }).to_string();
            let answer = format!(
                "HTTP/1.1 400 Bad Request\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            stream.write_all(answer.as_bytes()).expect("answered");
        }
    });
    let config = voicewire::deepdub::Config::new()
        .api_key(KEY)
        .rest_url(format!("http://{address}"))
        .websocket_url(format!("ws://{address}/open"));
    let client = Client::new(&config).expect("good");
    let errors = [
        hear(&client, &request("mp3")).result.expect_err("refused"),
        client.get_issue("iss_1").expect_err("refused"),
    ];
    server.join().expect("the server ends");
    assert!(
        errors.iter().all(|error| error.message().contains("[key]")),
        "it was echoed: {errors:?}"
    );
    errors.iter().map(|error| format!("{error} {error:?}")).collect()
}

/// The same over a connection that is kept: of a line that waits therefore, and of nobody. With this library's own log of
/// it: that of the WebSocket library has all frames, at its finest level.
fn errors_of_a_session_s_service_that_echoes() -> Vec<String> {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let server = std::thread::spawn(move || {
        let mut socket = tungstenite::accept(listener.accept().expect("a client").0).expect("a handshake");
        for turn in 0..2 {
            let asked = socket.read().expect("a request").into_text().expect("text");
            let asked: serde_json::Value = serde_json::from_str(&asked).expect("JSON");
            let id = asked["generationId"].as_str().expect("an id");
            let answers = match turn {
                0 => vec![format!(
                    r#"{{"generationId":"{id}","error":"{KEY} is busy","errorType":"RateLimit"}}"#
                )],
                // The line has been heard, so that it cannot be concerned.
                _ => vec![
                    format!(r#"{{"generationId":"{id}","index":0,"data":"QUFBQQ=="}}"#),
                    format!(r#"{{"error":"who is {KEY}?","errorType":"Server"}}"#),
                    format!(r#"{{"generationId":"{id}","index":1,"data":"","isFinished":true}}"#),
                ],
            };
            for answer in answers {
                socket.send(tungstenite::Message::text(answer)).expect("sent");
            }
        }
        while socket.read().is_ok() {}
    });
    let config = voicewire::deepdub::Config::new()
        .api_key(KEY)
        .websocket_url(format!("ws://{address}/open"));
    let client = Client::new(&config).expect("good");
    let before = LOG.lock().expect("a lock").len();
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let mut texts = vec![format!("{:?}", whole(&begin(&session, &request("s16le"))).1)];
    drop(session);
    server.join().expect("the server ends");
    let log = LOG.lock().expect("a lock").split_off(before);
    assert!(
        log.contains("who is [key]?") && log.contains("[key] is busy"),
        "it was echoed"
    );
    let ours = |line: &&str| {
        line.split(' ')
            .nth(1)
            .is_some_and(|target| target.starts_with("voicewire::"))
    };
    texts.extend(log.lines().filter(ours).map(str::to_owned));
    texts
}

/// With the key as the proxy's password too.
fn errors_behind_proxies() -> Vec<String> {
    let sandbox = sandbox();
    let echo = format!("HTTP/1.1 407 {KEY}\r\nProxy-Authenticate: Basic realm=\"{KEY}\"\r\n\r\n{KEY}");
    let answers = [
        Answer::Bytes(echo.into()),
        Answer::Bytes(format!("{KEY}\r\n\r\n").into()),
        Answer::Tunnel("127.0.0.1:1".parse().expect("an address")),
    ];
    let mut texts = Vec::new();
    for answer in answers {
        let proxy = TestProxy::start(answer);
        let config = config(&sandbox).proxy(Proxy::url(format!("http://user:{KEY}@{}", proxy.address)));
        let client = Client::new(&config).expect("good");
        texts.push(format!("{config:?} {client:?}"));
        let errors = [
            hear(&client, &request("mp3")).result.expect_err("no tunnel"),
            client.get_issue("iss_1").expect_err("no tunnel"),
        ];
        texts.extend(errors.map(|error| format!("{error} {error:?}")));
    }
    let wrong = config(&sandbox).proxy(Proxy::url(format!("socks5://user:{KEY}@127.0.0.1:1")));
    texts.push(format!("{:?}", Client::new(&wrong)));
    texts
}

/// The sandbox runs in this process too, and its server's libraries log what they receive.
fn without_the_sandbox(log: &str) -> String {
    let servers = ["hyper", "tokio", "h2", "axum", "tower", "mio", "voicewire_sandbox"];
    let ours = |line: &&str| {
        !servers
            .iter()
            .any(|server| line.split(' ').nth(1).is_some_and(|target| target.starts_with(server)))
    };
    log.lines().filter(ours).map(|line| format!("{line}\n")).collect()
}
