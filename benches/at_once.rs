//! So many generations at once: one of the clients that `benches/at_once` compares.
//!
//! `at_once N PER_CONNECTION`; where to, it takes from the environment. Prints one line of JSON.

mod usage;

use std::sync::mpsc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use voicewire::audio::Format;
use voicewire::deepdub::{
    Client, Config, Flow, LineEvent, LineOptions, Session, SessionOptions, SpeechRequest, TRIAL_VOICE,
};

const IDLE: Duration = Duration::from_millis(300);

/// A generation that is over.
struct Done {
    first: Duration,
    chunks: u64,
    bytes: u64,
}

fn main() {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|argument| argument.parse().expect("a number"));
    let (count, per_connection): (usize, usize) = (arguments.next().expect("N"), arguments.next().expect("a number"));
    let client = Client::new(&Config::new()).expect("a client");
    let sessions: Vec<Session> = (0..count.div_ceil(per_connection))
        .map(|_| {
            let mut options = SessionOptions::new();
            options.max_running = per_connection;
            client.open_session(options).expect("a session")
        })
        .collect();
    for session in &sessions {
        assert!(session.wait_ready(Some(Duration::from_secs(10))).expect("a connection"));
    }
    // One on each: whatever is made at the first use is there.
    speak(&sessions, sessions.len());

    let (cpu, begin) = (usage::cpu(), Instant::now());
    sleep(IDLE);
    let idle = (usage::cpu() - cpu).as_secs_f64() / begin.elapsed().as_secs_f64();

    let (cpu, begin) = (usage::cpu(), Instant::now());
    let done = speak(&sessions, count);
    let seconds = begin.elapsed().as_secs_f64();
    let cpu = (usage::cpu() - cpu).as_secs_f64() - idle * seconds;
    let first: Vec<String> = done.iter().map(|done| done.first.as_secs_f64().to_string()).collect();
    println!(
        r#"{{"cpu": {cpu}, "seconds": {seconds}, "chunks": {}, "bytes": {}, "first": [{}], "rss_kib": {}, "threads": {}}}"#,
        done.iter().map(|done| done.chunks).sum::<u64>(),
        done.iter().map(|done| done.bytes).sum::<u64>(),
        first.join(","),
        usage::status("VmHWM"),
        usage::status("Threads"),
    );
}

fn speak(sessions: &[Session], count: usize) -> Vec<Done> {
    let mut request = SpeechRequest::new(std::env::var("BENCH_TEXT").expect("BENCH_TEXT"), TRIAL_VOICE);
    request.format = Format::S16le;
    request.sample_rate = Some(48_000);
    request.seed = Some(7);
    let (tell, told) = mpsc::channel();
    for n in 0..count {
        let (tell, begin) = (tell.clone(), Instant::now());
        let (mut first, mut bytes) = (None, 0);
        let callback = move |event: LineEvent<'_>| {
            match event {
                LineEvent::Chunk(chunk) => {
                    first.get_or_insert_with(|| begin.elapsed());
                    bytes += chunk.data.len() as u64;
                }
                LineEvent::Ended(ended) => {
                    assert!(ended.error.is_none(), "{ended:?}");
                    assert_eq!(ended.summary.bytes, bytes);
                    let _ = tell.send(Done {
                        first: first.expect("a chunk"),
                        chunks: ended.summary.chunks,
                        bytes,
                    });
                }
                _ => {}
            }
            Flow::Continue
        };
        sessions[n % sessions.len()]
            .speak(&request, &LineOptions::default(), callback)
            .expect("begun");
    }
    drop(tell);
    let done: Vec<Done> = told.iter().collect();
    assert_eq!(done.len(), count, "a callback panicked");
    done
}
