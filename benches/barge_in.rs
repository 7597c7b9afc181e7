//! How long after a cancel it is silent: from the call of `Line::cancel` to the return of the last callback over a chunk,
//! while chunks come as fast as they can.
//!
//! ```text
//! benches/barge_in [TRIALS]
//! ```

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use voicewire::ErrorKind;
use voicewire::audio::Format;
use voicewire::deepdub::{
    Client, Config, Delivery, Ended, Flow, Line, LineEvent, LineOptions, Session, SessionOptions, SpeechRequest,
    TRIAL_VOICE,
};

const TRIALS: usize = 500;
/// A trial is cancelled at a random moment up to so long after its first chunk.
const LATEST: Duration = Duration::from_millis(5);
const LONG: Duration = Duration::from_secs(20);
const TARGET: Duration = Duration::from_millis(1);

/// Who cancels.
#[derive(Clone, Copy, PartialEq)]
enum By {
    Thread,
    Callback,
}

fn main() -> ExitCode {
    let trials = std::env::args()
        .nth(1)
        .map_or(TRIALS, |trials| trials.parse().expect("a number"));
    let client = Client::new(&Config::new()).expect("a client");
    println!(
        "| callbacks | cancelled | trials | silent after, µs: p50 | p99 | max | `cancel` returns after, µs: p50 | p99 | max |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    let mut good = true;
    for (delivery, name) in [(Delivery::IoThread, "on the I/O thread"), (Delivery::Poll, "in a poll")] {
        let session = Arc::new(open(&client, delivery));
        let ending = Arc::new(AtomicBool::new(false));
        let poller = (delivery == Delivery::Poll).then(|| {
            let (session, ending) = (Arc::clone(&session), Arc::clone(&ending));
            thread::spawn(move || {
                while !ending.load(Ordering::Relaxed) {
                    session.poll(Some(Duration::from_millis(100))).expect("polled");
                }
            })
        });
        for (by, how) in [(By::Thread, "by another thread"), (By::Callback, "in the callback")] {
            let mut random = 1;
            let (mut silent, mut returned): (Vec<_>, Vec<_>) =
                (0..trials).filter_map(|_| trial(&session, by, &mut random)).unzip();
            let [a, b, c] = percentiles(&mut silent);
            let [d, e, f] = percentiles(&mut returned);
            println!(
                "| {name} | {how} | {} | {a:.1} | {b:.1} | {c:.1} | {d:.1} | {e:.1} | {f:.1} |",
                silent.len()
            );
            good &= silent.len() > trials / 2 && silent[silent.len() / 2] < TARGET;
        }
        ending.store(true, Ordering::Relaxed);
        if let Some(poller) = poller {
            poller.join().expect("polled to the end");
        }
    }
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn open(client: &Client, delivery: Delivery) -> Session {
    let mut options = SessionOptions::new();
    options.delivery = delivery;
    // The service goes on with what was cancelled; the next trial does not wait for that.
    options.max_running = 200;
    let session = client.open_session(options).expect("a session");
    assert!(session.wait_ready(Some(LONG)).expect("a connection"));
    session
}

/// In microseconds: the median, the 99th of a hundred, the largest.
fn percentiles(times: &mut [Duration]) -> [f64; 3] {
    times.sort();
    [times.len() / 2, times.len() * 99 / 100, times.len().saturating_sub(1)]
        .map(|at| times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e6))
}

/// What the callback shares with the trial.
#[derive(Default)]
struct Seen {
    /// Set before the line begins to be spoken, for the callback to cancel.
    line: Option<Line>,
    /// When the last callback over a chunk returned.
    last: Option<Instant>,
    /// When the callback called `cancel`, and how long that took.
    cancelled: Option<(Instant, Duration)>,
}

enum Told {
    First,
    Ended(Ended),
}

/// How long it took until it was silent and until `cancel` had returned; `None` when the line was faster.
fn trial(session: &Session, by: By, random: &mut u64) -> Option<(Duration, Duration)> {
    let delay = LATEST.mul_f64(next(random));
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (tell, told) = mpsc::channel();
    let callback = {
        let (seen, mut sink, mut first) = (Arc::clone(&seen), Vec::new(), None);
        move |event: LineEvent<'_>| {
            match event {
                LineEvent::Chunk(chunk) => {
                    // What a player does: it takes the bytes over.
                    sink.clear();
                    sink.extend_from_slice(chunk.data);
                    let first = *first.get_or_insert_with(|| {
                        let _ = tell.send(Told::First);
                        Instant::now()
                    });
                    let mut seen = seen.lock().expect("a lock");
                    if by == By::Callback && seen.cancelled.is_none() && first.elapsed() >= delay {
                        let begin = Instant::now();
                        if let Some(line) = &seen.line {
                            line.cancel();
                            seen.cancelled = Some((begin, begin.elapsed()));
                        }
                    }
                    seen.last = Some(Instant::now());
                }
                LineEvent::Ended(ended) => {
                    let _ = tell.send(Told::Ended(ended.clone()));
                }
                _ => {}
            }
            Flow::Continue
        }
    };
    let line = session
        .speak(&request(), &LineOptions::default(), callback)
        .expect("begun");
    seen.lock().expect("a lock").line = Some(line.clone());
    assert!(matches!(told.recv_timeout(LONG).expect("a chunk"), Told::First));
    if by == By::Thread {
        sleep(delay);
        let begin = Instant::now();
        line.cancel();
        seen.lock().expect("a lock").cancelled = Some((begin, begin.elapsed()));
    }
    let Told::Ended(ended) = told.recv_timeout(LONG).expect("the end") else {
        panic!("the first chunk twice");
    };
    let mut seen = seen.lock().expect("a lock");
    // It has the callback, which has it.
    seen.line = None;
    match ended.error {
        Some(error) if error.kind() == ErrorKind::Cancelled => {}
        None => return None,
        Some(error) => panic!("{error}"),
    }
    let (begin, took) = seen.cancelled?;
    let silent = seen.last?.saturating_duration_since(begin);
    if by == By::Thread {
        assert!(silent <= took, "a callback was running when `cancel` had returned");
    }
    Some((silent, took))
}

/// From 0 to 1.
fn next(random: &mut u64) -> f64 {
    *random = random
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*random >> 11) as f64 / (1u64 << 53) as f64
}

/// Half a minute of speech.
fn request() -> SpeechRequest {
    let text = "She sells sea shells on the sea shore, and the shells that she sells are sea shells, I am sure. ";
    let mut request = SpeechRequest::new(text.repeat(5), TRIAL_VOICE);
    request.format = Format::S16le;
    request.sample_rate = Some(16_000);
    request.seed = Some(7);
    request
}
