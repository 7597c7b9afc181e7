//! REST calls that are tried again, and those that are not.

mod support;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use support::http::{TestServer, answer};
use support::proxy::{Answer, TestProxy};
use support::*;
use voicewire::deepdub::{Client, Config, Issue, IssueChanges, NewIssue, Timeouts};
use voicewire::{CallOptions, CancelToken, Error, ErrorKind, Proxy, RetryPolicy};
use voicewire_sandbox::{Options, Sandbox};

/// With waits that nobody notices.
fn quick(retries: u32) -> RetryPolicy {
    RetryPolicy {
        retries,
        first_delay: Duration::from_millis(1),
        max_delay: Duration::from_millis(2),
    }
}

/// With waits that no test gets to the end of.
fn slow() -> RetryPolicy {
    RetryPolicy {
        retries: 3,
        first_delay: Duration::from_secs(3600),
        max_delay: Duration::from_secs(3600),
    }
}

fn persistent(sandbox: &Sandbox) -> Config {
    config(sandbox).retry(quick(3))
}

fn made(config: &Config) -> Client {
    Client::new(config).expect("good")
}

fn report() -> NewIssue {
    NewIssue {
        generation_id: "abc".to_owned(),
        generated_text: "Hello Deepdub.".to_owned(),
        problem_word: "Deepdub".to_owned(),
        voice_prompt_id: "vp_1".to_owned(),
        ..NewIssue::default()
    }
}

fn inject(sandbox: &Sandbox, faults: &[&str]) {
    for fault in faults {
        sandbox.inject(fault.parse().expect("a fault"));
    }
}

/// What was asked since `before` requests, and how it was answered.
fn asked(sandbox: &Sandbox, before: usize) -> Vec<(String, u16)> {
    let requests = sandbox.requests().split_off(before);
    requests
        .into_iter()
        .map(|request| (request.method, request.status))
        .collect()
}

type Call = fn(&Client, &Issue) -> Result<(), Error>;

/// The calls that may be made twice.
const REPEATABLE: [(&str, Call); 3] = [
    ("GET", |client, issue| client.get_issue(&issue.id).map(drop)),
    ("PUT", |client, issue| {
        let changes = IssueChanges {
            problem_seconds: Some(1.0),
            ..IssueChanges::default()
        };
        client.update_issue(&issue.id, &changes).map(drop)
    }),
    ("DELETE", |client, issue| client.delete_issue(&issue.id).map(drop)),
];

#[test]
fn what_may_be_made_twice_is_tried_again_after_failures_that_may_pass() {
    let sandbox = sandbox();
    let client = made(&persistent(&sandbox));
    let passing = [
        ("http=500", 500),
        ("http=502", 502),
        ("http=503,retry-after=0", 503),
        ("http=504", 504),
        ("http=429", 429),
        ("error=RateLimit", 429),
        ("error=Server", 500),
        ("drop", 0),
        ("reset", 0),
    ];
    for (fault, status) in passing {
        for (method, call) in REPEATABLE {
            let issue = client.create_issue(&report()).expect("filed");
            let before = sandbox.requests().len();
            inject(&sandbox, &[fault, fault]);
            call(&client, &issue).unwrap_or_else(|error| panic!("{method} {fault}: {error}"));
            let method = method.to_owned();
            assert_eq!(
                asked(&sandbox, before),
                [(method.clone(), status), (method.clone(), status), (method, 200)],
                "{fault}"
            );
        }
    }
}

#[test]
fn the_last_error_stands_and_says_how_often_it_was_tried() {
    let sandbox = sandbox();
    let issue = client(&sandbox).create_issue(&report()).expect("filed");
    for (retries, tries) in [(0, 1), (1, 2), (3, 4)] {
        let before = sandbox.requests().len();
        inject(&sandbox, &["http=500"].repeat(tries - 1));
        inject(&sandbox, &["http=503,retry-after=0"]);
        let client = made(&config(&sandbox).retry(quick(retries)));
        let error = client.get_issue(&issue.id).expect_err("it fails to the end");
        assert_kind(&error, ErrorKind::Server);
        assert_eq!(error.http_status(), Some(503));
        assert_eq!(error.attempts(), Some(tries as u32));
        assert_eq!(error.to_string().contains(&format!("tried {tries} times")), tries > 1);
        assert_eq!(asked(&sandbox, before).len(), tries);
    }
    assert_eq!(RetryPolicy::none().retries, 0);
    assert_eq!(Config::new().retry.retries, 3);
}

#[test]
fn what_will_not_pass_is_not_tried_again() {
    let sandbox = sandbox();
    let client = made(&persistent(&sandbox));
    let lasting = [
        "http=400",
        "http=401",
        "http=402",
        "http=403",
        "http=404",
        "http=409",
        "http=410",
        "http=413",
        "http=422",
        "error=MaxExceeded",
        "error=InsufficientCredits",
        "error=InvalidInput",
        "redirect=https://elsewhere.example/",
    ];
    let issue = client.create_issue(&report()).expect("filed");
    for fault in lasting {
        for (method, call) in REPEATABLE {
            let before = sandbox.requests().len();
            inject(&sandbox, &[fault]);
            let error = call(&client, &issue).expect_err("it fails");
            assert_eq!(error.attempts(), Some(1), "{method} {fault}");
            assert_eq!(asked(&sandbox, before).len(), 1, "{method} {fault}");
        }
    }
    let error = client.get_issue("..").expect_err("refused here");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::InvalidArgument, None));
}

#[test]
fn filing_is_not_repeated_when_it_may_have_been_done() {
    let sandbox = sandbox();
    let client = made(&persistent(&sandbox));
    for fault in [
        "http=500",
        "http=503,retry-after=0",
        "drop",
        "reset",
        "http=401",
        "error=MaxExceeded",
    ] {
        let before = sandbox.requests().len();
        inject(&sandbox, &[fault]);
        let error = client.create_issue(&report()).expect_err("it fails");
        assert_eq!(error.attempts(), Some(1), "{fault}: {error}");
        assert_eq!(asked(&sandbox, before).len(), 1, "{fault}");
    }
}

#[test]
fn filing_is_repeated_when_the_service_was_too_busy_for_it() {
    let sandbox = sandbox();
    let client = made(&persistent(&sandbox));
    inject(&sandbox, &["http=429,retry-after=0", "error=RateLimit"]);
    client.create_issue(&report()).expect("filed");
    let posts = [429, 429, 200].map(|status| ("POST".to_owned(), status));
    let mut asked = asked(&sandbox, 0);
    // 201, as it happens, is as good.
    asked[2].1 = asked[2].1.min(200);
    assert_eq!(asked, posts);
}

#[test]
fn filing_is_repeated_when_the_connection_could_not_be_made() {
    for tls in [false, true] {
        let sandbox = Sandbox::start(Options { tls, ..options() }).expect("starts");
        let mut answers = vec![
            Answer::Bytes(b"HTTP/1.1 502 Bad Gateway\r\n\r\n".to_vec()),
            Answer::Bytes(Vec::new()),
            // Too late for its share of the time.
            Answer::Silence,
        ];
        if tls {
            // The tunnel ends in the middle of the TLS handshake.
            answers.push(Answer::Bytes(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()));
        }
        let tries = answers.len() + 1;
        answers.push(Answer::Tunnel(place(&sandbox)));
        let proxy = TestProxy::start_with(answers);
        let mut config = config(&sandbox).retry(quick(9)).proxy(Proxy::url(proxy.url()));
        config.timeouts.connect = SHORT;
        made(&config).create_issue(&report()).expect("filed");
        assert_eq!(proxy.heads().len(), tries);
        assert_eq!(asked(&sandbox, 0).len(), 1);
    }
}

#[test]
fn filing_is_not_repeated_once_its_bytes_may_have_left() {
    let sandbox = sandbox();
    // The tunnel is made, and ends before an answer.
    let proxy = TestProxy::start(Answer::Bytes(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()));
    let config = persistent(&sandbox).proxy(Proxy::url(proxy.url()));
    let error = made(&config).create_issue(&report()).expect_err("it fails");
    assert_kind(&error, ErrorKind::Network);
    assert_eq!((error.attempts(), proxy.heads().len()), (Some(1), 1));
    let error = made(&config).get_issue("iss_1").expect_err("it fails");
    assert_kind(&error, ErrorKind::Network);
    assert_eq!((error.attempts(), proxy.heads().len()), (Some(4), 5));
}

#[test]
fn settings_that_are_wrong_stay_wrong() {
    let sandbox = Sandbox::start(Options { tls: true, ..options() }).expect("starts");
    let untrusted = TestProxy::start(Answer::Tunnel(place(&sandbox)));
    let mut config = persistent(&sandbox).proxy(Proxy::url(untrusted.url()));
    config.ca_pem = None;
    let error = made(&config).get_issue("iss_1").expect_err("untrusted");
    assert_kind(&error, ErrorKind::Tls);
    assert_eq!((error.attempts(), untrusted.heads().len()), (Some(1), 1));
    for status in [407, 403] {
        let proxy = TestProxy::start(Answer::Bytes(format!("HTTP/1.1 {status} No\r\n\r\n").into()));
        let config = persistent(&sandbox).proxy(Proxy::url(proxy.url()));
        let error = made(&config).get_issue("iss_1").expect_err("no tunnel");
        assert_eq!((error.attempts(), proxy.heads().len()), (Some(1), 1), "{error}");
    }
}

#[test]
fn a_deletion_that_an_earlier_try_has_done_is_a_success() {
    let sandbox = sandbox();
    let client = made(&persistent(&sandbox));
    for fault in ["drop", "http=503"] {
        // As if the first try had done it, and its answer were lost.
        inject(&sandbox, &[fault]);
        assert_eq!(client.delete_issue("iss_gone").expect("gone"), "");
        inject(&sandbox, &[fault]);
        assert_kind(&client.get_issue("iss_gone").expect_err("gone"), ErrorKind::NotFound);
    }
    // No earlier try can have done it.
    inject(&sandbox, &["http=429"]);
    let error = client.delete_issue("iss_gone").expect_err("never there");
    assert_kind(&error, ErrorKind::NotFound);
    assert_eq!(error.attempts(), Some(2));
}

#[test]
fn all_tries_are_within_one_time_limit() {
    let sandbox = sandbox();
    let mut config = persistent(&sandbox);
    // Long enough for the first answer to come in time on a machine that is busy.
    config.timeouts.rest = Some(Duration::from_secs(2));
    inject(&sandbox, &["http=503", "silent-handshake"]);
    let error = made(&config).get_issue("iss_1").expect_err("too late");
    assert_kind(&error, ErrorKind::Timeout);
    assert_eq!((error.field(), error.attempts()), (Some("rest_timeout"), Some(2)));
    assert_eq!(asked(&sandbox, 0).len(), 2);
}

#[test]
fn a_wait_past_the_time_limit_is_not_begun() {
    let sandbox = sandbox();
    let timeouts = Timeouts {
        rest: Some(Duration::from_secs(30)),
        ..Timeouts::default()
    };
    // What the service asks for is past it, and what this side would wait is.
    for (fault, policy, wish) in [
        ("http=429,retry-after=60", quick(3), Some(60)),
        ("http=503,retry-after=60", quick(3), Some(60)),
        ("http=503", slow(), None),
    ] {
        let before = sandbox.requests().len();
        let client = made(&config(&sandbox).retry(policy).timeouts(timeouts));
        inject(&sandbox, &[fault]);
        let error = client.get_issue("iss_1").expect_err("it gives up");
        assert_eq!(error.retry_after(), wish.map(Duration::from_secs));
        assert_eq!(error.attempts(), Some(1));
        assert_eq!(asked(&sandbox, before).len(), 1);
    }
}

#[test]
fn the_service_may_say_by_a_date_when_to_come_back() {
    let busy = |date: &str| {
        answer(
            "429 Too Many Requests",
            &format!("Retry-After: {date}\r\nContent-Type: application/json\r\n"),
            br#"{"message":"busy"}"#,
        )
    };
    let client = |answers| {
        let server = TestServer::with_answers(answers);
        let config = Config::new()
            .api_key("dd-0123456789abcdef")
            .rest_url(server.url())
            .retry(quick(3));
        (made(&config), server)
    };
    // Not within the time limit.
    let (late, server) = client(vec![busy("Fri, 31 Dec 9999 23:59:59 GMT")]);
    let error = late.get_issue("iss_1").expect_err("it gives up");
    assert!(error.retry_after() > Some(Duration::from_secs(3600)), "{error:?}");
    assert_eq!(server.asked().len(), 1);
    // It has come.
    let (soon, server) = client(vec![
        busy("Thu, 01 Jan 1970 00:00:00 GMT"),
        answer("404 Not Found", "", b""),
    ]);
    assert_kind(&soon.get_issue("iss_1").expect_err("it is asked"), ErrorKind::NotFound);
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn the_wait_can_be_ended_from_outside() {
    let token = CancelToken::new();
    type Ending = fn(&CancelToken, &Client) -> bool;
    let endings: [Ending; 3] = [
        |_, _| true,
        |_, client| {
            client.close();
            false
        },
        |token, _| {
            token.cancel();
            false
        },
    ];
    for end in endings {
        let sandbox = sandbox();
        let client = made(&config(&sandbox).retry(slow()).timeouts(Timeouts {
            rest: None,
            ..Timeouts::default()
        }));
        inject(&sandbox, &["http=503"]);
        let (asks, canceller, closer) = (AtomicU32::new(0), token.clone(), client.clone());
        // Asked every 20 ms: the tenth time, the answer has come and the wait has begun.
        let check = move || asks.fetch_add(1, Ordering::Relaxed) == 10 && end(&canceller, &closer);
        let options = CallOptions::new().cancel(&token).interrupt(check);
        let error = client.get_issue_with("iss_1", &options).expect_err("it was ended");
        assert_kind(&error, ErrorKind::Cancelled);
        assert_eq!(error.attempts(), Some(1));
        assert_eq!(sandbox.requests().len(), 1);
    }
}

fn place(sandbox: &Sandbox) -> SocketAddr {
    let (_, place) = sandbox.base_url().split_once("://").expect("a URL");
    place.trim_end_matches('/').parse().expect("an address")
}
