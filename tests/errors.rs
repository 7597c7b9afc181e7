//! Every kind of error, provoked.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use support::http::TestServer;
use support::*;
use voicewire::deepdub::{Client, Config, NewIssue, SpeechRequest};
use voicewire::{ErrorKind, KINDS, Proxy, RetryPolicy};
use voicewire_sandbox::{Options, Sandbox};

fn issue() -> NewIssue {
    NewIssue {
        generation_id: "abc".to_owned(),
        generated_text: "Hello Deepdub.".to_owned(),
        problem_word: "Deepdub".to_owned(),
        voice_prompt_id: "vp_1".to_owned(),
        ..NewIssue::default()
    }
}

#[test]
fn the_service_s_errors_keep_their_words_and_type() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let known = [
        ("RateLimit", ErrorKind::RateLimited),
        ("MaxExceeded", ErrorKind::QuotaExceeded),
        ("InsufficientCredits", ErrorKind::InsufficientCredits),
        ("InvalidInput", ErrorKind::RejectedInput),
        ("Server", ErrorKind::Server),
    ];
    for (vendor_type, kind) in known {
        for more in ["", ",anonymous", ",after=1", ",after=1,anonymous"] {
            let error = fail(&client, &format!("error={vendor_type}{more}"));
            assert_kind(&error, kind);
            assert_eq!(error.vendor_type(), Some(vendor_type));
            assert!(!error.message().is_empty());
            let chunks = u64::from(more.contains("after"));
            assert_eq!(
                error.received().map(|received| received.chunks),
                Some(chunks),
                "{vendor_type}{more}"
            );
        }
    }
}

#[test]
fn a_refused_handshake_is_told_by_its_status() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let known = [
        (400, ErrorKind::RejectedInput),
        (401, ErrorKind::Unauthorized),
        (402, ErrorKind::InsufficientCredits),
        (403, ErrorKind::Unauthorized),
        (404, ErrorKind::NotFound),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Server),
        (503, ErrorKind::Server),
    ];
    for (status, kind) in known {
        sandbox.inject(format!("http={status},retry-after=7").parse().expect("a fault"));
        let error = hear(&client, &request("mp3")).result.expect_err("refused");
        assert_kind(&error, kind);
        assert_eq!(error.http_status(), Some(status));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert!(
            error.url().is_some_and(|url| url.starts_with("ws://127.0.0.1:")),
            "{error:?}"
        );
        assert_eq!(error.received().map(|received| received.chunks), Some(0));

        sandbox.inject(format!("http={status},retry-after=7").parse().expect("a fault"));
        let error = client.create_issue(&issue()).expect_err("refused");
        assert_kind(&error, kind);
        assert_eq!(error.http_status(), Some(status));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    }
}

#[test]
fn what_a_refused_handshake_says_is_told_however_it_is_sent() {
    let chunked = "5\r\n{\"mes\r\n1;name=value\r\ns\r\nF\r\nage\":\"No entry.\r\n2\r\n\"}\r\n0\r\nTrailer: x\r\n\r\n";
    let chunked = format!("HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n{chunked}");
    let early = format!("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n{chunked}");
    for answer in [chunked, early] {
        let server = TestServer::with_answers(vec![answer.into_bytes()]);
        let error = hear(&odd_client(&server), &request("mp3")).result.expect_err("refused");
        assert_kind(&error, ErrorKind::Unauthorized);
        assert_eq!(error.message(), "No entry.");
    }
    // What is packed cannot be told.
    let packed =
        b"HTTP/1.1 503 Busy\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\n\x1f\x8b\x08\x00\x01".to_vec();
    let server = TestServer::with_answers(vec![packed]);
    let error = hear(&odd_client(&server), &request("mp3")).result.expect_err("refused");
    assert_eq!(error.message(), "the service answered with status 503 and no reason");
}

#[test]
fn a_handshake_may_be_confirmed_in_several_lines() {
    let server = TestServer::start(|_, asked| {
        let key = asked.header("sec-websocket-key").expect("a key");
        let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
        let head = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\nconnection: keep-alive\r\nconnection: upgrade\r\n";
        let mut answer = format!("{head}upgrade: WebSocket\r\nsec-websocket-accept: {accept}\r\n\r\n").into_bytes();
        let message = br#"{"index":0,"data":"AAEC","isFinished":true}"#;
        answer.extend([0x81, message.len() as u8]);
        answer.extend_from_slice(message);
        answer
    });
    let heard = hear(&odd_client(&server), &request("s16le"));
    assert_eq!(heard.data(), [0, 1, 2]);
}

/// A client of a server that answers as no sandbox does.
fn odd_client(server: &TestServer) -> Client {
    let config = Config::new()
        .api_key("dd-5ecre75ecre75ecre7")
        .websocket_url(format!("ws://{}/open", server.address))
        .retry(RetryPolicy::none());
    Client::new(&config).expect("good")
}

#[test]
fn redirects_are_refused_and_the_place_is_named() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    sandbox.inject("redirect=https://elsewhere.example/open?x=1".parse().expect("a fault"));
    let error = hear(&client, &request("mp3")).result.expect_err("refused");
    assert_kind(&error, ErrorKind::Protocol);
    assert!(error.message().contains("https://elsewhere.example/open"), "{error}");
    sandbox.inject("redirect=https://elsewhere.example/issues".parse().expect("a fault"));
    let error = client.create_issue(&issue()).expect_err("refused");
    assert_kind(&error, ErrorKind::Protocol);
    assert!(error.message().contains("https://elsewhere.example/issues"), "{error}");
}

#[test]
fn broken_messages_are_protocol_errors_and_what_came_before_stays() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for fault in ["bad-frame", "bad-json", "bad-base64", "bad-utf8", "oversize=17000000"] {
        let heard = hear(&client, &faulty("s16le", &format!("{fault},after=1")));
        assert_kind(heard.error(), ErrorKind::Protocol);
        assert_eq!(heard.chunks.len(), 1, "{fault}: the first chunk is delivered");
        let received = heard.error().received().expect("known");
        assert_eq!(
            (received.chunks, received.bytes),
            (1, heard.data().len() as u64),
            "{fault}"
        );
    }
}

#[test]
fn a_gap_names_the_missing_chunk() {
    let sandbox = sandbox();
    let heard = hear(&client(&sandbox), &faulty("s16le", "gap=2"));
    assert_kind(heard.error(), ErrorKind::Protocol);
    assert!(
        heard.error().message().contains("chunk 2 is missing"),
        "{}",
        heard.error()
    );
    assert_eq!(heard.indexes, [0, 1]);
}

#[test]
fn a_message_over_the_limit_is_refused_and_the_limit_is_named() {
    let sandbox = sandbox();
    let error = fail(&client(&sandbox), "oversize=16777300");
    assert_kind(&error, ErrorKind::Protocol);
    assert_eq!(error.field(), Some("max_message_bytes"));

    let mut config = config(&sandbox);
    config.max_message_bytes = Some(1024);
    let small = Client::new(&config).expect("good");
    assert_eq!(
        hear(&small, &request("s16le")).error().field(),
        Some("max_message_bytes")
    );
}

#[test]
fn a_lost_connection_says_how_much_arrived() {
    for tls in [false, true] {
        let sandbox = Sandbox::start(Options { tls, ..options() }).expect("starts");
        let client = client(&sandbox);
        let losses = [
            ("drop", ErrorKind::Network),
            ("close=1011", ErrorKind::Closed),
            ("close=1000", ErrorKind::Closed),
        ];
        for (fault, kind) in losses {
            for chunks in [0, 2] {
                let heard = hear(&client, &faulty("s16le", &format!("{fault},after={chunks}")));
                assert_kind(heard.error(), kind);
                let received = heard.error().received().expect("known");
                assert_eq!(
                    (received.chunks, received.bytes),
                    (chunks, heard.data().len() as u64),
                    "{fault}"
                );
                if chunks > 0 {
                    let told = format!("{chunks} chunks, {} bytes", heard.data().len());
                    assert!(heard.error().to_string().contains(&told), "{}", heard.error());
                }
            }
        }
        // What is lost with a reset is not told by the system; that it was one is.
        let heard = hear(&client, &faulty("s16le", "reset,after=2"));
        assert_kind(heard.error(), ErrorKind::Network);
        assert!(heard.chunks.len() <= 2);
    }
}

#[test]
fn each_time_limit_is_named_when_it_runs_out() {
    let sandbox = sandbox();
    sandbox.inject("silent-handshake".parse().expect("a fault"));
    let connect = hasty_client(&sandbox, |timeouts| timeouts.connect = SHORT);
    let error = hear(&connect, &request("s16le")).result.expect_err("too late");
    assert_kind(&error, ErrorKind::Timeout);
    assert_eq!(error.field(), Some("connect_timeout"));

    let first = hasty_client(&sandbox, |timeouts| timeouts.first_chunk = SHORT);
    sandbox.inject("silent".parse().expect("a fault"));
    let error = hear(&first, &request("s16le")).result.expect_err("too late");
    assert_kind(&error, ErrorKind::Timeout);
    assert_eq!(error.field(), Some("first_chunk_timeout"), "accepted, and then silent");
    let error = fail(&first, "stall");
    assert_eq!(
        error.field(),
        Some("first_chunk_timeout"),
        "acknowledged, and then silent"
    );

    let between = hasty_client(&sandbox, |timeouts| timeouts.between_chunks = SHORT);
    let error = fail(&between, "stall,after=2");
    assert_kind(&error, ErrorKind::Timeout);
    assert_eq!(error.field(), Some("between_chunks_timeout"));
    assert_eq!(error.received().map(|received| received.chunks), Some(2));

    let total = hasty_client(&sandbox, |timeouts| timeouts.total = SHORT);
    for fault in ["stall", "stall,after=1"] {
        let error = fail(&total, fault);
        assert_kind(&error, ErrorKind::Timeout);
        assert_eq!(error.field(), Some("total_timeout"));
    }

    // Accepts connections, as the system does it for everyone, and never speaks TLS.
    let mute = TcpListener::bind("127.0.0.1:0").expect("a port");
    let timeouts = voicewire::deepdub::Timeouts {
        connect: SHORT,
        ..Default::default()
    };
    let address = mute.local_addr().expect("bound");
    let config = config(&sandbox)
        .rest_url(format!("https://{address}/"))
        .timeouts(timeouts);
    let error = Client::new(&config)
        .expect("good")
        .create_issue(&issue())
        .expect_err("too late");
    assert_kind(&error, ErrorKind::Timeout);
    assert_eq!(error.field(), Some("connect_timeout"));

    let rest = hasty_client(&sandbox, |timeouts| timeouts.rest = SHORT);
    sandbox.inject("silent-handshake".parse().expect("a fault"));
    let error = rest.create_issue(&issue()).expect_err("too late");
    assert_kind(&error, ErrorKind::Timeout);
    assert_eq!(error.field(), Some("rest_timeout"));
}

#[test]
fn a_server_that_accepts_and_says_nothing_is_a_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let mut timeouts = voicewire::deepdub::Timeouts::default();
    (timeouts.connect, timeouts.rest) = (SHORT, SHORT);
    let config = Config::new()
        .api_key("dd-00000000")
        .rest_url(format!("http://{address}"))
        .websocket_url(format!("ws://{address}/open"))
        .timeouts(timeouts);
    let client = Client::new(&config).expect("good");
    assert_kind(
        &hear(&client, &request("mp3")).result.expect_err("too late"),
        ErrorKind::Timeout,
    );
    assert_kind(&client.get_issue("iss_1").expect_err("too late"), ErrorKind::Timeout);
}

#[test]
fn a_service_that_talks_without_end_is_a_timeout() {
    use tungstenite::Message;
    let ping = || Message::Ping(Vec::new().into());
    let acknowledgement = || Message::text(r#"{"data":"","isFinished":false}"#);
    let chunk = || Message::text(r#"{"data":"AAAA","isFinished":false}"#);
    type Flood = fn() -> Message;
    let floods: [(Flood, &str); 3] = [
        (ping, "first_chunk_timeout"),
        (acknowledgement, "first_chunk_timeout"),
        (chunk, "total_timeout"),
    ];
    for (flood, field) in floods {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let server = std::thread::spawn(move || {
            let (stream, _) = listener.accept().expect("a client");
            let mut socket = tungstenite::accept(stream).expect("a handshake");
            socket.read().expect("a request");
            while socket.send(flood()).is_ok() {}
        });
        let timeouts = voicewire::deepdub::Timeouts {
            first_chunk: SHORT,
            total: SHORT.map(|short| short * 2),
            ..Default::default()
        };
        let config = Config::new()
            .api_key("dd-00000000")
            .websocket_url(format!("ws://{address}/open"))
            .timeouts(timeouts);
        let heard = hear(&Client::new(&config).expect("good"), &request("s16le"));
        assert_kind(heard.error(), ErrorKind::Timeout);
        assert_eq!(heard.error().field(), Some(field));
        assert_eq!(
            heard.error().received().map(|received| received.chunks),
            Some(heard.chunks.len() as u64)
        );
        server.join().expect("the server ends");
    }
}

#[test]
fn nobody_there_is_a_network_error_that_names_the_place() {
    let config = Config::new()
        .api_key("dd-00000000")
        .rest_url(format!("http://{NOBODY}"))
        .websocket_url(format!("ws://{}/open", NOBODY.replace("127.0.0.1", "localhost")))
        .retry(RetryPolicy::none());
    let client = Client::new(&config).expect("good");
    let error = hear(&client, &request("mp3")).result.expect_err("nobody there");
    assert_kind(&error, ErrorKind::Network);
    assert!(error.url().is_some_and(|url| url.starts_with("ws://localhost:")));
    assert_kind(
        &client.get_issue("iss_1").expect_err("nobody there"),
        ErrorKind::Network,
    );
}

#[test]
fn a_name_that_does_not_exist_is_a_network_error() {
    // Reserved for never existing (RFC 6761).
    let config = Config::new()
        .api_key("dd-00000000")
        .rest_url("https://voicewire.invalid/api/v1")
        .websocket_url("wss://voicewire.invalid/open")
        .proxy(Proxy::none())
        .retry(RetryPolicy::none());
    let client = Client::new(&config).expect("good");
    let error = hear(&client, &request("mp3")).result.expect_err("no such host");
    assert_kind(&error, ErrorKind::Network);
    assert!(error.message().contains("voicewire.invalid"), "{error}");
    assert_kind(
        &client.get_issue("iss_1").expect_err("no such host"),
        ErrorKind::Network,
    );
}

#[test]
fn answers_that_are_no_handshake_are_protocol_errors() {
    let answers: [&[u8]; 5] = [
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        &[b'x'; 70_000],
    ];
    for answer in answers {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let server = std::thread::spawn({
            let answer = answer.to_vec();
            move || {
                let (mut stream, _) = listener.accept().expect("a client");
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(&answer);
                let _ = stream.read_to_end(&mut Vec::new());
            }
        });
        let config = Config::new()
            .api_key("dd-00000000")
            .websocket_url(format!("ws://{address}/open"));
        let error = hear(&Client::new(&config).expect("good"), &request("mp3"))
            .result
            .expect_err("no handshake");
        assert_kind(&error, ErrorKind::Protocol);
        server.join().expect("the server ends");
    }
}

#[test]
fn a_handshake_has_to_confirm_the_upgrade_in_whatever_spelling() {
    let right = "Upgrade: WebSocket\r\nConnection: keep-alive, upgrade\r\n";
    let wrong = [
        "Upgrade: websocket\r\n",
        "Connection: Upgrade\r\n",
        "Upgrade: h2c\r\nConnection: Upgrade\r\n",
    ];
    for (headers, kind) in [(right, ErrorKind::Network)]
        .into_iter()
        .chain(wrong.map(|h| (h, ErrorKind::Protocol)))
    {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut request = vec![0; 4096];
            let length = stream.read(&mut request).expect("a request");
            let request = String::from_utf8_lossy(&request[..length]).into_owned();
            let key = request
                .lines()
                .find_map(|line| line.strip_prefix("Sec-WebSocket-Key: "))
                .expect("a key");
            let accept = tungstenite::handshake::derive_accept_key(key.as_bytes());
            let answer = format!("HTTP/1.1 101 Go\r\n{headers}Sec-WebSocket-Accept: {accept}\r\n\r\n");
            stream.write_all(answer.as_bytes()).expect("answered");
            // The client's request, or its goodbye; then this end hangs up.
            let _ = stream.read(&mut [0; 4096]);
        });
        let config = Config::new()
            .api_key("dd-00000000")
            .websocket_url(format!("ws://{address}/open"));
        let error = hear(&Client::new(&config).expect("good"), &request("mp3"))
            .result
            .expect_err("it ends");
        assert_kind(&error, kind);
        server.join().expect("the server ends");
    }
}

#[test]
fn a_certificate_that_is_not_trusted_is_a_tls_error() {
    let sandbox = Sandbox::start(Options { tls: true, ..options() }).expect("starts");
    let untrusting = Config::new()
        .api_key(sandbox.api_key())
        .rest_url(sandbox.deepdub_rest_url())
        .websocket_url(sandbox.deepdub_open_url());
    let client = Client::new(&untrusting).expect("good");
    for error in [
        hear(&client, &request("mp3")).result.expect_err("untrusted"),
        client.create_issue(&issue()).expect_err("untrusted"),
    ] {
        assert_kind(&error, ErrorKind::Tls);
        assert!(error.message().contains("not trusted"), "it says what to do: {error}");
    }
    assert!(sandbox.requests().is_empty(), "the key is not sent to a stranger");
}

#[test]
fn a_trusted_private_ca_is_enough_for_both_protocols() {
    let sandbox = Sandbox::start(Options { tls: true, ..options() }).expect("starts");
    let client = client(&sandbox);
    assert_eq!(
        hear(&client, &request("s16le")).data(),
        hear(&support::client(&support::sandbox()), &request("s16le")).data()
    );
    assert!(client.create_issue(&issue()).is_ok());
}

#[test]
fn tls_to_a_server_without_it_is_a_tls_error() {
    let sandbox = sandbox();
    let address = sandbox.base_url().trim_start_matches("http://").to_owned();
    let config = Config::new()
        .api_key("dd-00000000")
        .rest_url(format!("https://{address}/api/v1"))
        .websocket_url(format!("wss://{address}/open"));
    let client = Client::new(&config).expect("good");
    assert_kind(
        &hear(&client, &request("mp3")).result.expect_err("no TLS there"),
        ErrorKind::Tls,
    );
    assert_kind(
        &client.create_issue(&issue()).expect_err("no TLS there"),
        ErrorKind::Tls,
    );
}

#[test]
fn the_service_s_own_checks_reach_the_user() {
    let sandbox = sandbox();
    let long = SpeechRequest::new("word ".repeat(100_000), "vp_1");
    let error = hear(&client(&sandbox), &long).result.expect_err("too long");
    assert_kind(&error, ErrorKind::RejectedInput);
    assert!(error.message().contains("targetText"), "{error}");
}

#[test]
fn too_many_at_once_is_rate_limited() {
    let sandbox = Sandbox::start(Options {
        max_concurrent: 1,
        ..options()
    })
    .expect("starts");
    let client = client(&sandbox);
    let mut running = client
        .open_stream(&faulty("s16le", "stall,after=1"), &Default::default())
        .expect("opens");
    assert!(running.next_chunk().expect("a chunk").is_some());
    assert_kind(
        &hear(&client, &request("mp3")).result.expect_err("one too many"),
        ErrorKind::RateLimited,
    );
}

#[test]
fn the_table_of_kinds_is_complete_and_in_order() {
    for (row, info) in KINDS.iter().enumerate() {
        assert_eq!(info.code as usize, row + 1);
        assert_eq!(info.kind.info(), *info);
        assert_eq!(info.c_name, format!("VW_ERR_{}", info.name.to_uppercase()));
    }
    let header = include_str!("../include/voicewire.h");
    for info in KINDS {
        assert!(
            header.contains(&format!("{} = {},", info.c_name, info.code)),
            "{}",
            info.c_name
        );
    }
}
