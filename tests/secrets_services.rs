//! Keys, passwords, cookies and tokens are in no log, no error, no URL and no debug output. A program of its own: it has
//! the process's logger.

mod support;

use std::ops::ControlFlow;
use std::sync::Mutex;

use serde_json::json;
use support::http::*;
use voicewire::{SaveTo, palabra, respeecher};

const KEY: &str = "rs-5ecre75ecre75ecre75ecre7";
const PASSWORD: &str = "5ecre7 pa55word";
const COOKIE: &str = "5ecre7c00kie5ecre7";
const TOKEN: &str = "5ecre7t0ken5ecre7";
const CLIENT_SECRET: &str = "5ecre7cl1ent5ecre7";

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

/// Says everything back that it is told, in the form of an error.
fn echo(asked: &Asked) -> Vec<u8> {
    let said = format!("{} {}", asked.head, String::from_utf8_lossy(&asked.body));
    let problem = json!({ "type": said, "title": said, "detail": said, "instance": said });
    json("400 Bad Request", json!({ "detail": said, "errors": [problem] }))
}

fn echoing() -> TestServer {
    TestServer::start(|_, asked| match asked.target.as_str() {
        "/api/login" => answer(
            "200 OK",
            &format!("Set-Cookie: session={COOKIE}; HttpOnly\r\nContent-Type: application/json\r\n"),
            json!({ "user": {}, "csrf_token": TOKEN, "session_duration": 60 })
                .to_string()
                .as_bytes(),
        ),
        "/api/credits" => answer("401 No", "", &echo(asked)),
        _ => echo(asked),
    })
}

#[test]
fn nothing_that_is_secret_is_told_to_anybody_else() {
    log::set_logger(&Everything).expect("the only logger");
    log::set_max_level(log::LevelFilter::Trace);
    let server = echoing();
    let directory = Directory::new();
    let to = SaveTo::Directory(directory.0.clone());
    let go_on = |_: u64, _: Option<u64>| ControlFlow::Continue(());
    let mut texts = Vec::new();
    let mut note = |text: String| texts.push(text);

    let base = || respeecher::Config::new().base_url(server.url()).http(http(1));
    for config in [
        base().api_key(KEY),
        base().login("me@example.com", PASSWORD),
        base().login("me@example.com", PASSWORD).keep_password(true),
    ] {
        let client = respeecher::Client::new(&config).expect("good");
        note(format!("{config:?} {client:?}"));
        for error in [
            client.get_stats().expect_err("it fails"),
            client.get_recording("r").expect_err("it fails"),
            client.get_credits().expect_err("it fails"),
            client.export_project("p", None, &to, go_on).expect_err("it fails"),
            client.logout().expect_err("it fails"),
            client.get_stats().expect_err("it fails"),
            client
                .login()
                .err()
                .unwrap_or_else(|| client.get_stats().expect_err("it fails")),
        ] {
            note(format!("{error} {error:?}"));
        }
    }
    // A key where an id should be.
    let client = respeecher::Client::new(&base().api_key(KEY)).expect("good");
    let error = client.get_recording(KEY).expect_err("refused");
    note(format!("{error} {error:?}"));
    let base = || palabra::Config::new().base_url(server.url()).http(http(1));
    for config in [base().api_key(KEY), base().client("the-id", CLIENT_SECRET)] {
        let client = palabra::Client::new(&config).expect("good");
        note(format!("{config:?} {client:?}"));
        for error in [
            client.get_limits().expect_err("it fails"),
            client
                .regenerate_sample("v", &palabra::LangCode::De)
                .expect_err("it fails"),
            client.download_url("/x?signature=y", &to, go_on).expect_err("it fails"),
        ] {
            note(format!("{error} {error:?} {:?}", error.problem()));
        }
    }
    texts.push(LOG.lock().expect("a lock").clone());
    // It was said, and said back.
    let asked: Vec<String> = server
        .asked()
        .iter()
        .map(|asked| format!("{}{}", asked.head, String::from_utf8_lossy(&asked.body)))
        .collect();
    for secret in [KEY, PASSWORD, COOKIE, TOKEN, CLIENT_SECRET] {
        assert!(
            asked.iter().any(|asked| asked.contains(secret)),
            "{secret} was never sent"
        );
        for text in &texts {
            assert!(!text.contains(secret), "{secret} in {}", excerpt(text, secret));
        }
    }
}

fn excerpt(text: &str, secret: &str) -> String {
    let at = text.find(secret).unwrap_or(0);
    let from = (0..=at.saturating_sub(300))
        .rev()
        .find(|index| text.is_char_boundary(*index))
        .unwrap_or(0);
    text[from..].chars().take(600).collect()
}
