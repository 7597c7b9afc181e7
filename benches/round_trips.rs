//! How many round trips lie between a request and its first sound, on a line on which one takes 50 ms.
//!
//! ```text
//! benches/round_trips
//! ```
//!
//! Everything is done on such a line and without it, in turns; the difference of the medians, in round trips, is what
//! counts. It is a little over a whole number, because the line's timers are up to 2 ms late each time. The program fails
//! when something takes another number of round trips than its protocols ask for.

use std::net::SocketAddr;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use voicewire::audio::Format;
use voicewire::deepdub::{
    Client, Config, Flow, LineEvent, LineOptions, Session, SessionOptions, SpeechRequest, TRIAL_VOICE, TextConfig,
    TextSession, TextSessionOptions, TurnOptions,
};
use voicewire_sandbox::net::Link;
use voicewire_sandbox::speech::Engine;
use voicewire_sandbox::{Options, Sandbox};

const ONE_WAY: Duration = Duration::from_millis(25);
const ROUND_TRIP: Duration = Duration::from_millis(50);
const ROUNDS: usize = 7;
const TEXT: &str = "Welcome to the show.";
const LONG: Option<Duration> = Some(Duration::from_secs(10));

/// A row of the table.
struct Case {
    what: &'static str,
    /// Over TLS.
    tls: bool,
    /// Does it; how long it took to its first sound, or to its answer.
    run: fn(&Client) -> Duration,
    /// What its protocols ask for.
    round_trips: u32,
    because: &'static str,
}

const CASES: [Case; 14] = [
    Case {
        what: "`stream_tts`",
        tls: false,
        run: call,
        round_trips: 3,
        because: "TCP 1 + upgrade 1 + request 1",
    },
    Case {
        what: "`stream_tts`, TLS",
        tls: true,
        run: call,
        round_trips: 4,
        because: "TCP 1 + TLS 1.3 1 + upgrade 1 + request 1",
    },
    Case {
        what: "`stream_tts`, TLS, second call",
        tls: true,
        run: second_call,
        round_trips: 4,
        because: "the same: a resumed TLS session saves certificates, and no round trip",
    },
    Case {
        what: "session, at once",
        tls: false,
        run: new_session,
        round_trips: 3,
        because: "as `stream_tts`: the line waits for the connection",
    },
    Case {
        what: "session, at once, TLS",
        tls: true,
        run: new_session,
        round_trips: 4,
        because: "as `stream_tts`",
    },
    Case {
        what: "session, open",
        tls: false,
        run: open_session,
        round_trips: 1,
        because: "request 1",
    },
    Case {
        what: "session, open, TLS",
        tls: true,
        run: open_session,
        round_trips: 1,
        because: "request 1",
    },
    Case {
        what: "session, open, second line",
        tls: false,
        run: second_line,
        round_trips: 1,
        because: "request 1",
    },
    Case {
        what: "text session, at once",
        tls: false,
        run: new_text_session,
        round_trips: 3,
        because: "TCP 1 + upgrade 1 + text 1",
    },
    Case {
        what: "text session, open",
        tls: false,
        run: open_text_session,
        round_trips: 1,
        because: "text 1: its configuration goes before it, unanswered",
    },
    Case {
        what: "text session, open, TLS",
        tls: true,
        run: open_text_session,
        round_trips: 1,
        because: "text 1",
    },
    Case {
        what: "REST GET",
        tls: false,
        run: get,
        round_trips: 2,
        because: "TCP 1 + request 1",
    },
    Case {
        what: "REST GET, TLS",
        tls: true,
        run: get,
        round_trips: 3,
        because: "TCP 1 + TLS 1.3 1 + request 1",
    },
    Case {
        what: "REST GET, TLS, connection kept",
        tls: true,
        run: second_get,
        round_trips: 1,
        because: "request 1",
    },
];

fn main() -> ExitCode {
    let [plain, tls] = [false, true].map(Place::new);
    let place = |case: &Case| if case.tls { &tls } else { &plain };
    // Whoever is first pays for what everyone uses: the speech, the platform's certificates.
    for case in &CASES {
        place(case).measure(case, false);
    }
    let mut times = vec![(Vec::new(), Vec::new()); CASES.len()];
    for _ in 0..ROUNDS {
        for (case, (near, far)) in CASES.iter().zip(&mut times) {
            near.push(place(case).measure(case, false));
            far.push(place(case).measure(case, true));
        }
    }

    println!("| | first sound, ms | without the line, ms | round trips | | expected |");
    println!("| --- | ---: | ---: | ---: | ---: | --- |");
    let mut as_expected = true;
    for (case, (near, far)) in CASES.iter().zip(times) {
        let (near, far) = (median(near), median(far));
        let trips = far.saturating_sub(near).as_secs_f64() / ROUND_TRIP.as_secs_f64();
        let right = (trips.round() - f64::from(case.round_trips)).abs() < 0.5;
        as_expected &= right;
        println!(
            "| {} | {:.1} | {:.1} | {trips:.2} | **{trips:.0}** | {}{}: {} |",
            case.what,
            far.as_secs_f64() * 1e3,
            near.as_secs_f64() * 1e3,
            if right { "" } else { "NOT " },
            case.round_trips,
            case.because,
        );
    }
    if as_expected {
        return ExitCode::SUCCESS;
    }
    eprintln!("round_trips: something takes another number of round trips than it should");
    ExitCode::FAILURE
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// A sandbox, and the long line to it.
struct Place {
    sandbox: Sandbox,
    link: Link,
}

impl Place {
    fn new(tls: bool) -> Place {
        let sandbox = Sandbox::start(Options {
            tls,
            engine: Engine::Formant,
            ..Options::instant()
        })
        .expect("a sandbox");
        let link = Link::start(sandbox.addr(), ONE_WAY).expect("a line");
        Place { sandbox, link }
    }

    fn measure(&self, case: &Case, far: bool) -> Duration {
        let addr = if far { self.link.addr() } else { self.sandbox.addr() };
        let client = self.client(addr);
        let time = (case.run)(&client);
        client.close();
        time
    }

    fn client(&self, addr: SocketAddr) -> Client {
        let here = |url: String| url.replace(&self.sandbox.addr().to_string(), &addr.to_string());
        let mut config = Config::new()
            .api_key(self.sandbox.api_key())
            .rest_url(here(self.sandbox.deepdub_rest_url()))
            .websocket_url(here(self.sandbox.deepdub_open_url()))
            .streaming_url(here(self.sandbox.deepdub_live_url()));
        if let Some(pem) = self.sandbox.ca_pem() {
            config = config.ca_pem(pem);
        }
        Client::new(&config).expect("a client")
    }
}

fn request() -> SpeechRequest {
    let mut request = SpeechRequest::new(TEXT, TRIAL_VOICE);
    request.format = Format::S16le;
    request.sample_rate = Some(16_000);
    request.seed = Some(7);
    request
}

fn call(client: &Client) -> Duration {
    let begin = Instant::now();
    let mut first = None;
    client
        .stream_tts(&request(), |_| {
            first.get_or_insert_with(|| begin.elapsed());
            ControlFlow::Continue(())
        })
        .expect("spoken");
    first.expect("a chunk")
}

fn second_call(client: &Client) -> Duration {
    call(client);
    call(client)
}

/// Tells when the first chunk came, and when it is over.
fn watch(
    begin: Instant,
) -> (
    impl FnMut(LineEvent<'_>) -> Flow + Send + 'static,
    impl FnOnce() -> Duration,
) {
    let (tell, told) = mpsc::channel();
    let callback = move |event: LineEvent<'_>| {
        match event {
            LineEvent::Chunk(chunk) if chunk.index == 0 => {
                let _ = tell.send(begin.elapsed());
            }
            LineEvent::Ended(ended) => assert!(ended.error.is_none(), "{ended:?}"),
            _ => {}
        }
        Flow::Continue
    };
    // The callback goes with the end of the line, and its sender with it.
    let wait = move || {
        let first = told.recv().expect("a chunk");
        while told.recv().is_ok() {}
        first
    };
    (callback, wait)
}

fn speak(session: &Session) -> Duration {
    let (callback, wait) = watch(Instant::now());
    session
        .speak(&request(), &LineOptions::default(), callback)
        .expect("begun");
    wait()
}

fn new_session(client: &Client) -> Duration {
    let begin = Instant::now();
    let session = client.open_session(SessionOptions::new()).expect("a session");
    let (callback, wait) = watch(begin);
    session
        .speak(&request(), &LineOptions::default(), callback)
        .expect("begun");
    wait()
}

fn ready_session(client: &Client) -> Session {
    let session = client.open_session(SessionOptions::new()).expect("a session");
    assert!(session.wait_ready(LONG).expect("a connection"));
    session
}

fn open_session(client: &Client) -> Duration {
    speak(&ready_session(client))
}

fn second_line(client: &Client) -> Duration {
    let session = ready_session(client);
    speak(&session);
    speak(&session)
}

fn text_session(client: &Client) -> TextSession {
    let config = TextConfig::new(TRIAL_VOICE);
    client
        .open_text_session(&config, TextSessionOptions::new())
        .expect("a session")
}

fn write(session: &TextSession, begin: Instant) -> Duration {
    let (callback, wait) = watch(begin);
    let turn = session.begin_turn(&TurnOptions::default(), callback).expect("begun");
    turn.write(TEXT, LONG).expect("written");
    turn.end();
    wait()
}

fn new_text_session(client: &Client) -> Duration {
    let begin = Instant::now();
    write(&text_session(client), begin)
}

fn open_text_session(client: &Client) -> Duration {
    let session = text_session(client);
    assert!(session.wait_ready(LONG).expect("a connection"));
    write(&session, Instant::now())
}

fn get(client: &Client) -> Duration {
    let begin = Instant::now();
    let error = client.get_issue("iss_unknown").expect_err("nobody filed it");
    assert_eq!(error.kind(), voicewire::ErrorKind::NotFound);
    begin.elapsed()
}

fn second_get(client: &Client) -> Duration {
    get(client);
    get(client)
}
