//! Sessions opened, used, cancelled, re-opened and freed from several threads at once, against a service that drops,
//! delays and garbles: whatever happens, each line ends once, and nothing comes after its end or its cancel.
//!
//! 20 000 lines; `VOICEWIRE_STRESS=N` for another number.

mod support;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use support::{config, options, request};
use voicewire::deepdub::{
    Client, Delivery, Flow, Line, LineEvent, LineOptions, Session, SessionOptions, SpeechRequest, Timeouts,
};
use voicewire::{CancelToken, RetryPolicy};
use voicewire_sandbox::{Options, Sandbox};

const THREADS: usize = 4;

/// What goes wrong, and how often it does not.
const WAYS: [&str; 20] = [
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    "first-chunk-delay=3",
    "chunk-delay=1",
    "swap=1,duplicate=2",
    "binary,escape,extra,fragment",
    "drop",
    "drop,after=1",
    "reset,after=2",
    "close=1011,after=1",
    "error=InvalidInput",
    "error=Server,anonymous",
    "bad-json,after=1",
    "bad-base64",
    "gap=1",
];

/// Numbers that are the same for each run, and look like none.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn one_in(&mut self, many: usize) -> bool {
        self.below(many) == 0
    }
}

/// What is known of one line.
#[derive(Default)]
struct Fate {
    ends: AtomicUsize,
    next: AtomicUsize,
    cancelled: AtomicBool,
    wrong: AtomicBool,
    /// Those who wait for the end.
    waiting: (Mutex<()>, Condvar),
}

impl Fate {
    fn event(&self, event: &LineEvent<'_>) {
        match event {
            LineEvent::Chunk(chunk) => {
                let expected = self.next.fetch_add(1, Ordering::SeqCst);
                let late = self.cancelled.load(Ordering::SeqCst) || self.ends.load(Ordering::SeqCst) > 0;
                if late || chunk.index != expected as u64 {
                    self.wrong.store(true, Ordering::SeqCst);
                }
            }
            LineEvent::Ended(_) => {
                let _guard = self.waiting.0.lock();
                self.ends.fetch_add(1, Ordering::SeqCst);
                self.waiting.1.notify_all();
            }
            _ => {}
        }
    }

    fn wait(&self) {
        let guard = self.waiting.0.lock().expect("not poisoned");
        let nothing = |_: &mut ()| self.ends.load(Ordering::SeqCst) == 0;
        drop(self.waiting.1.wait_while(guard, nothing).expect("not poisoned"));
    }

    #[track_caller]
    fn check(&self) {
        assert_eq!(self.ends.load(Ordering::SeqCst), 1, "ends");
        assert!(
            !self.wrong.load(Ordering::SeqCst),
            "out of order, or after its end or cancel"
        );
    }
}

fn any_request(dice: &mut Dice) -> SpeechRequest {
    let mut request = request("s16le");
    request.text = ["Yes.", "Come here, now.", "And then there was nothing more to say."][dice.below(3)].to_owned();
    let way = WAYS[dice.below(WAYS.len())];
    if !way.is_empty() {
        request.voice_prompt_id = format!("fault:{way}");
    }
    request
}

fn begin(session: &Session, dice: &mut Dice, token: &CancelToken) -> (Line, Arc<Fate>) {
    let fate = Arc::new(Fate::default());
    let seen = Arc::clone(&fate);
    let stops_at = if dice.one_in(10) { dice.below(3) } else { usize::MAX };
    let options = LineOptions {
        front: dice.one_in(4),
        resume: dice.one_in(3),
        cancel: dice.one_in(8).then(|| token.clone()),
        ..LineOptions::default()
    };
    let line = session
        .speak(&any_request(dice), &options, move |event| {
            seen.event(&event);
            match event {
                LineEvent::Chunk(chunk) if chunk.index == stops_at as u64 => {
                    seen.cancelled.store(true, Ordering::SeqCst);
                    Flow::Stop
                }
                _ => Flow::Continue,
            }
        })
        .expect("begun");
    (line, fate)
}

/// One session's life; how many lines it had.
fn session_life(client: &Client, dice: &mut Dice) -> usize {
    let mut options = SessionOptions::new().on_state(|_| {});
    options.max_running = 1 + dice.below(8);
    if dice.one_in(2) {
        options.delivery = Delivery::Poll;
    }
    let polls = options.delivery == Delivery::Poll;
    let session = client.open_session(options).expect("a session");
    let token = CancelToken::new();
    let count = 1 + dice.below(30);
    let lines: Vec<_> = (0..count).map(|_| begin(&session, dice, &token)).collect();

    std::thread::scope(|scope| {
        let mut other = Dice(dice.0 ^ 0x5555);
        scope.spawn({
            let (lines, token) = (&lines, &token);
            move || {
                for (line, fate) in lines {
                    if other.one_in(6) {
                        line.cancel();
                        fate.cancelled.store(true, Ordering::SeqCst);
                    }
                }
                if other.one_in(4) {
                    token.cancel();
                }
            }
        });
        // Sometimes it is left before all is said.
        let patience = if dice.one_in(4) { dice.below(count) } else { count };
        for (_, fate) in &lines[..patience] {
            while polls && fate.ends.load(Ordering::SeqCst) == 0 {
                session.poll(None).expect("polled");
            }
            fate.wait();
        }
    });
    drop(session);
    for (_, fate) in &lines {
        fate.check();
    }
    count
}

#[test]
fn each_line_ends_exactly_once() {
    let wanted: usize = std::env::var("VOICEWIRE_STRESS").map_or(20_000, |number| number.parse().expect("a number"));
    let sandbox = Sandbox::start(Options {
        max_concurrent: 12,
        ..options()
    })
    .expect("a sandbox");
    let timeouts = Timeouts {
        // Far more than is needed.
        total: Some(Duration::from_secs(60)),
        first_chunk: Some(Duration::from_secs(5)),
        // A line whose last chunk was lost to a fault must not take long to be found out.
        between_chunks: Some(Duration::from_millis(300)),
        ..Timeouts::default()
    };
    let config = config(&sandbox).timeouts(timeouts).retry(RetryPolicy {
        retries: 2,
        first_delay: Duration::from_millis(1),
        max_delay: Duration::from_millis(5),
    });
    let done = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let (config, done) = (&config, &done);
            scope.spawn(move || {
                let mut dice = Dice(thread as u64 + 1);
                while done.load(Ordering::Relaxed) < wanted {
                    let client = Client::new(config).expect("a client");
                    for _ in 0..=dice.below(8) {
                        let lines = session_life(&client, &mut dice);
                        done.fetch_add(lines, Ordering::Relaxed);
                    }
                    if dice.one_in(2) {
                        client.close();
                    }
                }
            });
        }
    });
    assert!(done.into_inner() >= wanted);
    assert!(
        sandbox.wait_until_idle(Duration::from_secs(20)),
        "connections are left open"
    );
}
