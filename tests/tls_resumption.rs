//! Later connections resume the TLS session of earlier ones. A program of its own: it has the process's logger.

mod support;

use std::sync::Mutex;

use support::*;
use voicewire_sandbox::{Options, Sandbox};

static SESSIONS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps what the library says of its TLS sessions.
struct Sessions;

impl log::Log for Sessions {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.target().starts_with("voicewire::")
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = record.args().to_string();
        if self.enabled(record.metadata()) && line.starts_with("TLS session") {
            SESSIONS.lock().expect("a lock").push(line);
        }
    }

    fn flush(&self) {}
}

fn sessions() -> Vec<String> {
    std::mem::take(&mut *SESSIONS.lock().expect("a lock"))
}

#[test]
fn a_client_s_connections_resume_its_sessions_whatever_they_carry() {
    log::set_logger(&Sessions).expect("the only logger");
    log::set_max_level(log::LevelFilter::Debug);
    let sandbox = Sandbox::start(Options { tls: true, ..options() }).expect("starts");
    let (first, other) = (client(&sandbox), client(&sandbox));

    assert!(hear(&first, &request("mp3")).result.is_ok());
    assert_eq!(sessions(), ["TLS session begun"]);
    assert!(hear(&first, &request("mp3")).result.is_ok());
    assert!(first.get_issue("iss_unknown").is_err());
    assert_eq!(
        sessions(),
        ["TLS session resumed", "TLS session resumed"],
        "WebSocket, REST"
    );

    // Another client may have another trust: it has sessions of its own.
    assert!(other.get_issue("iss_unknown").is_err());
    assert!(hear(&other, &request("mp3")).result.is_ok());
    assert_eq!(
        sessions(),
        ["TLS session begun", "TLS session resumed"],
        "REST, WebSocket"
    );
}
