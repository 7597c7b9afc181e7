//! A sandbox goes, with whatever is open, and another one takes its place.

mod support;

use std::io::Read;
use std::time::{Duration, Instant};

use serde_json::json;
use support::{Client, PATIENCE, connect, quick, request};
use voicewire_sandbox::{Options, Sandbox};

/// Rather than never, which is when these generations end.
const AT_ONCE: Duration = PATIENCE;

fn on(port: u16) -> Sandbox {
    // Speaks so slowly that generations are under way whenever it is stopped.
    let options = Options {
        port,
        pace: 0.5,
        ..quick()
    };
    Sandbox::start(options).expect("the port is free")
}

fn port(sandbox: &Sandbox) -> u16 {
    sandbox.base_url().rsplit(':').next().unwrap().parse().unwrap()
}

#[test]
fn a_sandbox_starts_on_the_port_of_one_that_was_stopped_with_open_connections() {
    let mut sandbox = on(0);
    let port = port(&sandbox);
    let mut left_open = Vec::new();
    for _ in 0..10 {
        let mut speaking = Client::new(&sandbox);
        speaking.send(&request(json!({})));
        speaking.receive();
        let idle = connect(&sandbox.deepdub_live_url(), &[("x-api-key", sandbox.api_key())]).unwrap();
        left_open.extend([speaking, idle]);
        drop(sandbox);
        sandbox = on(port);
        assert!(Client::new(&sandbox).socket.can_write());
    }
}

#[test]
fn clients_of_a_sandbox_that_is_stopped_notice_at_once() {
    let sandbox = on(0);
    let mut speaking = Client::new(&sandbox);
    speaking.send(&request(json!({})));
    speaking.receive();
    let mut stalled = Client::new(&sandbox);
    stalled.send(&request(json!({"voicePromptId": "fault:stall"})));
    let mut silent = Client::with_query(&sandbox, "?fault=silent");
    let mut live = connect(&sandbox.deepdub_live_url(), &[("x-api-key", sandbox.api_key())]).unwrap();
    let mut unasked = std::net::TcpStream::connect(("127.0.0.1", port(&sandbox))).unwrap();
    unasked.set_read_timeout(Some(AT_ONCE)).unwrap();
    drop(sandbox);
    for client in [&mut speaking, &mut stalled, &mut silent, &mut live] {
        let begin = Instant::now();
        while client.try_receive().is_ok() {}
        assert!(begin.elapsed() < AT_ONCE);
    }
    match unasked.read(&mut [0; 16]) {
        Ok(count) => assert_eq!(count, 0),
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset),
    }
}
