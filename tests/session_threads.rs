//! What sessions cost a process: threads, and wake-ups when nothing happens. Apart from other tests, whose threads would
//! be counted too.

mod support;

use std::sync::Mutex;
use std::time::Duration;

use support::lines::{assert_same, begin, spoken, whole};
use support::{client, options, request};
use voicewire::deepdub::{Session, SessionOptions, SpeechRequest};
use voicewire_sandbox::{Options, Sandbox};

fn numbered(number: usize) -> SpeechRequest {
    SpeechRequest {
        text: format!("This is line number {number}."),
        ..request("s16le")
    }
}

/// The I/O threads of this process.
#[cfg(target_os = "linux")]
fn io_threads() -> Vec<std::path::PathBuf> {
    std::fs::read_dir("/proc/self/task")
        .expect("threads")
        .filter_map(|task| Some(task.ok()?.path()))
        .filter(|task| std::fs::read_to_string(task.join("comm")).is_ok_and(|name| name.trim() == "voicewire-io"))
        .collect()
}

/// Tests that count threads must not run beside each other.
static COUNTING: Mutex<()> = Mutex::new(());

#[test]
fn two_hundred_at_once_over_four_connections_are_all_right() {
    let _alone = COUNTING.lock();
    const SESSIONS: usize = 4;
    const LINES: usize = 200;
    let sandbox = Sandbox::start(Options {
        max_concurrent: 1000,
        // So that all of them run at the same time.
        first_chunk_delay: Duration::from_millis(500),
        ..options()
    })
    .expect("a sandbox");
    let client = client(&sandbox);
    let sessions: Vec<Session> = (0..SESSIONS)
        .map(|_| {
            let mut options = SessionOptions::new();
            options.max_running = LINES / SESSIONS;
            client.open_session(options).expect("a session")
        })
        .collect();
    let lines: Vec<_> = (0..LINES)
        .map(|number| begin(&sessions[number % SESSIONS], &numbered(number)))
        .collect();
    let audio: Vec<_> = lines.iter().map(|line| whole(line).0).collect();
    assert_eq!(sandbox.open_connections(), SESSIONS);
    assert_eq!(sandbox.generations().len(), LINES);
    #[cfg(target_os = "linux")]
    assert_eq!(io_threads().len(), 1);
    let quick = support::sandbox();
    let one_by_one = support::client(&quick);
    for (number, audio) in audio.iter().enumerate() {
        assert_same(audio, &spoken(&one_by_one, &numbered(number)));
    }
    drop(sessions);
    client.close();
    // The system may still list a thread for a moment that has been joined.
    #[cfg(target_os = "linux")]
    for left in (0..1000).rev() {
        if io_threads().is_empty() {
            break;
        }
        assert!(left > 0, "the thread goes on");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_idle_session_does_not_wake_up() {
    let _alone = COUNTING.lock();
    let sandbox = Sandbox::start(options()).expect("a sandbox");
    let client = client(&sandbox);
    let session = client.open_session(SessionOptions::new()).expect("a session");
    whole(&begin(&session, &request("s16le")));
    let switches = || -> u64 {
        let [thread] = &io_threads()[..] else {
            panic!("one I/O thread")
        };
        let status = std::fs::read_to_string(thread.join("status")).expect("its status");
        status
            .lines()
            .filter(|line| line.contains("ctxt_switches"))
            .filter_map(|line| line.split_whitespace().last()?.parse::<u64>().ok())
            .sum()
    };
    // It may be on its way to sleep.
    let mut before = switches();
    for _ in 0..50 {
        std::thread::sleep(Duration::from_millis(200));
        if before == std::mem::replace(&mut before, switches()) {
            break;
        }
    }
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(switches() - before, 0);
}
