//! Processes that use an outbox are killed at random moments, while the service comes and goes: no report is lost, and no
//! file is half written. `VOICEWIRE_KILLS` is how often, `VOICEWIRE_SEED` which moments.

#![cfg(unix)]

mod support;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use support::reports::*;
use support::*;
use voicewire::deepdub::{Client, Config, Outbox, OutboxOptions, ReportState, TRIAL_KEY};
use voicewire::{CallOptions, RetryPolicy};
use voicewire_sandbox::Sandbox;

const PLACE: &str = "VOICEWIRE_TEST_OUTBOX";
const SERVICE: &str = "VOICEWIRE_TEST_SERVICE";

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().expect("a number"))
}

/// The same moments for the same seed.
struct Random(u64);

impl Random {
    /// From 0 up to `end`.
    fn below(&mut self, end: u64) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (bits ^ (bits >> 31)) % end
    }
}

fn open(place: &Path) -> Outbox {
    // Whatever is delivered is remembered, and nothing is refused.
    let options = OutboxOptions {
        max_reports: 1_000_000,
        max_delivered: 1_000_000,
        ..OutboxOptions::default()
    };
    Outbox::open(place, options).expect("it opens")
}

/// Adds and sends until it is killed, and says which reports have been taken. Does nothing when it is not started by
/// [`Killed`].
#[test]
fn child() {
    let (Some(place), Ok(service)) = (std::env::var_os(PLACE), std::env::var(SERVICE)) else {
        return;
    };
    let outbox = open(Path::new(&place));
    let config = Config::new()
        .api_key(TRIAL_KEY)
        .rest_url(service)
        .retry(RetryPolicy::none());
    let client = Client::new(&config).expect("good");
    let process = std::process::id();
    tell("ready");
    for round in 0_u64.. {
        // Whether it succeeds is not the question here.
        let sent = outbox.send_with(&client, &CallOptions::new(), |report| {
            tell(&format!("sent {}", report.id));
            ControlFlow::Continue(())
        });
        sent.expect("nothing is wrong with the outbox");
        for part in 0..2 {
            let word = format!("{process} {round} {part}");
            let clip = vec![round.to_le_bytes()[0]; 1 + 700 * part];
            let id = outbox.add(&with_clip(&word, &clip)).expect("taken");
            tell(&format!("id {id} {word}"));
        }
    }
}

/// One line for the parent, at once.
fn tell(line: &str) {
    println!("{line}");
    std::io::stdout().flush().expect("the parent reads");
}

/// A process that is to be killed.
struct Killed {
    process: Child,
    told: BufReader<ChildStdout>,
    lines: Vec<String>,
}

impl Killed {
    fn start(place: &Path, service: &str) -> Killed {
        let mut process = Command::new(std::env::current_exe().expect("a path"))
            .args(["--exact", "child", "--nocapture", "--test-threads=1"])
            .env(PLACE, place)
            .env(SERVICE, service)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("it starts");
        let mut told = BufReader::new(process.stdout.take().expect("a pipe"));
        // Before that there is nothing to disturb.
        let mut line = String::new();
        while !line.ends_with("ready\n") {
            line.clear();
            assert_ne!(
                told.read_line(&mut line).expect("read"),
                0,
                "it failed before it was killed"
            );
        }
        let lines = Vec::new();
        Killed { process, told, lines }
    }

    /// Waits until it has done so much.
    fn watch(&mut self, lines: u64) {
        for _ in 0..lines {
            assert!(self.read_line(), "it failed before it was killed");
        }
    }

    /// Whether there is another line.
    fn read_line(&mut self) -> bool {
        let mut line = String::new();
        let count = self.told.read_line(&mut line).expect("read");
        // The last line may have been cut: then nobody was told.
        self.lines.extend(line.strip_suffix('\n').map(str::to_owned));
        count > 0
    }

    /// Kills it, and has the reports that it said it had handed over: ids and words.
    fn kill(mut self) -> Vec<(String, String)> {
        self.process.kill().expect("killed");
        let status = self.process.wait().expect("it ended");
        assert_eq!(
            std::os::unix::process::ExitStatusExt::signal(&status),
            Some(libc::SIGKILL),
            "it failed by itself"
        );
        while self.read_line() {}
        let ids = self
            .lines
            .iter()
            .filter_map(|line| line.strip_prefix("id ")?.split_once(' '));
        ids.map(|(id, word)| (id.to_owned(), word.to_owned())).collect()
    }
}

/// Stands before the sandbox, and knows what that has taken before any client does.
struct Relay {
    url: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Where the sandbox is, if there is one.
    to: Mutex<Option<SocketAddr>>,
    /// How often each report was taken, by its word.
    taken: Mutex<BTreeMap<String, u32>>,
    /// How many answers have gone to clients.
    answers: Mutex<u64>,
    answered: Condvar,
}

impl Relay {
    fn start() -> Relay {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let url = format!("http://{}/api/v1", listener.local_addr().expect("an address"));
        let shared = Arc::<Shared>::default();
        let all = Arc::clone(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let shared = Arc::clone(&all);
                // It ends with an error when either side goes away.
                std::thread::spawn(move || relay(client?, &shared));
            }
        });
        Relay { url, shared }
    }

    fn lead_to(&self, sandbox: Option<&Sandbox>) {
        *self.shared.to.lock().expect("a lock") = sandbox.map(Sandbox::addr);
    }

    /// Waits for the next answer, or a moment when there is none.
    fn watch(&self) {
        let answers = self.shared.answers.lock().expect("a lock");
        let before = *answers;
        let moment = Duration::from_millis(50);
        drop(
            self.shared
                .answered
                .wait_timeout_while(answers, moment, |now| *now == before),
        );
    }
}

fn relay(mut client: TcpStream, shared: &Shared) -> std::io::Result<()> {
    loop {
        let (head, body) = read_message(&mut client)?;
        let to = *shared.to.lock().expect("a lock");
        let mut server = TcpStream::connect(to.ok_or(std::io::ErrorKind::NotFound)?)?;
        server.write_all(&head)?;
        server.write_all(&body)?;
        let (answer_head, answer) = read_message(&mut server)?;
        if answer_head.starts_with(b"HTTP/1.1 2") {
            let issue: serde_json::Value = serde_json::from_slice(&answer)?;
            let word = issue["problemWord"].as_str().expect("a word").to_owned();
            *shared.taken.lock().expect("a lock").entry(word).or_default() += 1;
        }
        client.write_all(&answer_head)?;
        client.write_all(&answer)?;
        *shared.answers.lock().expect("a lock") += 1;
        shared.answered.notify_all();
    }
}

/// A head with its empty line, and a body of the length that it states.
fn read_message(stream: &mut TcpStream) -> std::io::Result<(Vec<u8>, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let text = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    let mut body = vec![0; length.map_or(0, |length| length.trim().parse().expect("a length"))];
    stream.read_exact(&mut body)?;
    Ok((head, body))
}

/// Has the sandbox come and go, and sometimes fail, until it is told to end.
fn come_and_go(relay: &Relay, mut random: Random, end: &mpsc::Receiver<()>) {
    let is_over = |random: &mut Random, most: u64| {
        let wait = Duration::from_millis(random.below(most));
        end.recv_timeout(wait) != Err(RecvTimeoutError::Timeout)
    };
    loop {
        let sandbox = sandbox();
        relay.lead_to(Some(&sandbox));
        for _ in 0..random.below(4) {
            let faults = ["http=503", "drop", "http=422", "retry-after=1,http=429"];
            sandbox.inject(faults[random.below(4) as usize].parse().expect("a fault"));
        }
        if is_over(&mut random, 80) {
            return;
        }
        // In the middle of whatever it is doing.
        drop(sandbox);
        relay.lead_to(None);
        if is_over(&mut random, 30) {
            return;
        }
    }
}

#[test]
fn no_report_is_lost_and_no_file_half_written_however_often_it_is_killed() {
    if std::env::var_os(PLACE).is_some() {
        return;
    }
    let kills = number("VOICEWIRE_KILLS", 500);
    let seed = number("VOICEWIRE_SEED", std::process::id().into());
    println!("VOICEWIRE_SEED={seed}");
    let mut random = Random(seed);
    let scratch = Scratch::in_memory("kill");
    let place = scratch.place();
    drop(open(&place));

    let relay = Arc::new(Relay::start());
    let (end, ended) = mpsc::channel();
    let service = std::thread::spawn({
        let (relay, random) = (Arc::clone(&relay), Random(random.below(u64::MAX)));
        move || come_and_go(&relay, random, &ended)
    });
    let mut accepted = Vec::new();
    let mut killed = 0;
    while killed < kills {
        // Now and then two share the directory.
        let together = 1 + u64::from(random.below(4) == 0);
        let mut processes: Vec<_> = (0..together).map(|_| Killed::start(&place, &relay.url)).collect();
        // In the middle of anything, or while an answer is being recorded.
        match random.below(2) {
            0 => {
                processes[0].watch(random.below(12));
                std::thread::sleep(Duration::from_micros(random.below(10_000)));
            }
            _ => {
                relay.watch();
                std::thread::sleep(Duration::from_micros(random.below(1000)));
            }
        }
        for process in processes {
            accepted.extend(process.kill());
            killed += 1;
        }
        check_files(&place);
    }
    drop(end);
    service.join().expect("no panic");

    // Whatever is left goes now.
    let sandbox = sandbox();
    relay.lead_to(Some(&sandbox));
    let config = Config::new().api_key(sandbox.api_key()).rest_url(relay.url.clone());
    let client = Client::new(&config).expect("good");
    let outbox = open(&place);
    for report in listed(&outbox, ReportState::Rejected) {
        outbox.retry(&report.id).expect("waits again");
    }
    let waited = listed(&outbox, ReportState::Waiting).len();
    let summary = outbox.deliver(&client, None).expect("delivered");
    assert_eq!((summary.rejected, summary.waiting), (0, 0), "{summary:?}");
    let taken = relay.shared.taken.lock().expect("a lock");
    let delivered: BTreeMap<_, _> = outbox
        .list()
        .expect("read")
        .into_iter()
        .map(|report| (report.id.clone(), report))
        .collect();
    for (id, word) in &accepted {
        assert!(taken.contains_key(word), "{id} ({word}) is lost; VOICEWIRE_SEED={seed}");
        let record = delivered
            .get(id)
            .unwrap_or_else(|| panic!("{id} is not remembered; VOICEWIRE_SEED={seed}"));
        assert_eq!((record.state, &record.problem_word), (ReportState::Delivered, word));
        assert!(record.issue_id.as_ref().is_some_and(|id| id.starts_with("iss_")));
    }
    let again: u32 = taken.values().map(|times| times - 1).sum();
    println!(
        "{killed} kills: {} reports accepted, {} delivered, {waited} of them in the end, {again} more than once",
        accepted.len(),
        taken.len()
    );
    assert!(accepted.len() as u64 > kills / 4, "the processes had too little time");
    let left: Vec<_> = scratch
        .files()
        .into_iter()
        .filter(|file| !file.starts_with("delivered/"))
        .collect();
    assert_eq!(left, ["lock"]);
}

/// Every file that has its name is whole. Does not ask the library, but the format's description.
fn check_files(place: &Path) {
    for state in ["waiting", "rejected"] {
        for entry in std::fs::read_dir(place.join(state)).expect("read").flatten() {
            let bytes = std::fs::read(entry.path()).expect("read");
            let end = bytes.iter().position(|byte| *byte == b'\n').expect("a first line");
            let line: Vec<&str> = std::str::from_utf8(&bytes[..end]).expect("text").split(' ').collect();
            let (json, clip): (usize, usize) = (line[2].parse().expect("a length"), line[4].parse().expect("a length"));
            assert_eq!(bytes.len(), end + 1 + json + 1 + clip, "{entry:?}");
            let report: serde_json::Value = serde_json::from_slice(&bytes[end + 1..][..json]).expect("JSON");
            let name = entry.file_name().to_string_lossy().into_owned();
            assert_eq!(report["id"].as_str(), name.strip_suffix(".report"));
        }
    }
    for state in ["delivered", "notes"] {
        for entry in std::fs::read_dir(place.join(state)).expect("read").flatten() {
            let bytes = std::fs::read(entry.path()).expect("read");
            serde_json::from_slice::<serde_json::Value>(&bytes).unwrap_or_else(|error| panic!("{entry:?}: {error}"));
        }
    }
}
