//! What a chunk costs the client over a real socket, beside reading the same bytes and dropping them.
//!
//! ```text
//! benches/socket
//! ```
//!
//! A process of its own sends prepared generations as fast as they are taken: to all ways of receiving the same bytes, in
//! the same pieces. What is counted is the time on processors of this process, in turns, the median of the rounds.

mod usage;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use voicewire::audio::Format;
use voicewire::deepdub::{
    Client, Config, Delivery, Flow, LineEvent, LineOptions, Session, SessionOptions, SpeechRequest, TRIAL_KEY,
    TRIAL_VOICE,
};

/// Bytes of audio in a chunk; the last is 200 ms of s16le at 48000 Hz.
const SIZES: [usize; 3] = [1024, 4096, 19_200];
const ROUNDS: usize = 9;
const ID: &str = "4da9902b-9141-4fb7-9efb-d616ce266ed9";

/// A generation of about 8 MB.
fn chunks_of(size: usize) -> usize {
    (6 << 20) / size
}

fn main() {
    if std::env::args().nth(1).as_deref() == Some("serve") {
        return serve();
    }
    let program = std::env::current_exe().expect("this program");
    let mut server = Command::new(program)
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a second process");
    let mut addr = String::new();
    BufReader::new(server.stdout.take().expect("its output"))
        .read_line(&mut addr)
        .expect("its address");
    compare(addr.trim());
    let _ = server.kill();
    let _ = server.wait();
}

fn compare(addr: &str) {
    println!("| µs of CPU a chunk | 1 KiB | | 4 KiB | | 18.75 KiB | |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | ---: |");
    let ways: [(&str, Way); 5] = [
        ("read and dropped", read_and_drop),
        ("`stream_tts`", stream_tts),
        ("session, on the I/O thread", session),
        ("session, in a poll", poll),
        ("session, `LineStream`", line_stream),
    ];
    let place = Place::new(addr);
    let mut costs = vec![vec![Vec::new(); SIZES.len()]; ways.len()];
    for round in 0..=ROUNDS {
        for (at, size) in SIZES.into_iter().enumerate() {
            for ((_, way), costs) in ways.iter().zip(&mut costs) {
                let begin = usage::cpu();
                way(&place, size);
                let cost = (usage::cpu() - begin).as_secs_f64() * 1e6 / chunks_of(size) as f64;
                // The first round warms up.
                if round > 0 {
                    costs[at].push(cost);
                }
            }
        }
    }
    let mut least = [0.0; SIZES.len()];
    for ((name, _), costs) in ways.iter().zip(costs) {
        print!("| {name} ");
        for (mut costs, least) in costs.into_iter().zip(&mut least) {
            costs.sort_by(f64::total_cmp);
            let cost = costs[costs.len() / 2];
            if *least == 0.0 {
                *least = cost;
            }
            print!("| {cost:.1} | × {:.1} ", cost / *least);
        }
        println!("|");
    }
}

/// Receives one generation whose chunks have so many bytes.
type Way = fn(&Place, usize);

/// The clients, made once.
struct Place {
    addr: String,
    client: Client,
    direct: Session,
    polled: Session,
}

impl Place {
    fn new(addr: &str) -> Place {
        let config = Config::new()
            .api_key(TRIAL_KEY)
            .websocket_url(format!("ws://{addr}/open"));
        let client = Client::new(&config).expect("a client");
        let open = |delivery| {
            let mut options = SessionOptions::new();
            options.delivery = delivery;
            client.open_session(options).expect("a session")
        };
        Place {
            addr: addr.to_owned(),
            direct: open(Delivery::IoThread),
            polled: open(Delivery::Poll),
            client,
        }
    }
}

fn read_and_drop(place: &Place, size: usize) {
    let mut stream = TcpStream::connect(&place.addr).expect("connected");
    writeln!(stream, "RAW {size}").expect("asked");
    let mut buffer = vec![0; 32 * 1024];
    let mut left = prepared(size).len();
    while left > 0 {
        let count = stream.read(&mut buffer).expect("read");
        assert!(count > 0, "it broke");
        left -= count;
    }
}

/// What is to be spoken is how large the chunks shall be.
fn request(size: usize) -> SpeechRequest {
    let mut request = SpeechRequest::new(size.to_string(), TRIAL_VOICE);
    request.format = Format::S16le;
    request
}

fn stream_tts(place: &Place, size: usize) {
    let mut bytes = 0;
    let take = |chunk: voicewire::deepdub::Chunk<'_>| {
        bytes += chunk.data.len();
        ControlFlow::Continue(())
    };
    place.client.stream_tts(&request(size), take).expect("spoken");
    assert_eq!(bytes, size * chunks_of(size));
}

fn counting(tell: mpsc::Sender<usize>) -> impl FnMut(LineEvent<'_>) -> Flow + Send + 'static {
    let mut bytes = 0;
    move |event| {
        match event {
            LineEvent::Chunk(chunk) => bytes += chunk.data.len(),
            LineEvent::Ended(ended) => {
                assert!(ended.error.is_none(), "{ended:?}");
                let _ = tell.send(bytes);
            }
            _ => {}
        }
        Flow::Continue
    }
}

fn session(place: &Place, size: usize) {
    let (tell, told) = mpsc::channel();
    place
        .direct
        .speak(&request(size), &LineOptions::default(), counting(tell))
        .expect("begun");
    assert_eq!(told.recv().expect("an end"), size * chunks_of(size));
}

fn poll(place: &Place, size: usize) {
    let (tell, told) = mpsc::channel();
    place
        .polled
        .speak(&request(size), &LineOptions::default(), counting(tell))
        .expect("begun");
    let bytes = loop {
        place.polled.poll(None).expect("polled");
        if let Ok(bytes) = told.try_recv() {
            break bytes;
        }
    };
    assert_eq!(bytes, size * chunks_of(size));
}

fn line_stream(place: &Place, size: usize) {
    let mut stream = place
        .direct
        .stream(&request(size), &LineOptions::default())
        .expect("begun");
    let mut bytes = 0;
    while let Some(chunk) = stream.next_chunk().expect("spoken") {
        bytes += chunk.data.len();
    }
    assert_eq!(bytes, size * chunks_of(size));
}

/// A generation as it goes over the wire: each message an unmasked text frame.
fn prepared(size: usize) -> Vec<u8> {
    let audio: Vec<u8> = (0..size as u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let data = STANDARD.encode(audio);
    let mut wire = Vec::new();
    for index in 0..chunks_of(size) {
        let is_last = index + 1 == chunks_of(size);
        let message = format!(r#"{{"generationId":"{ID}","index":{index},"data":"{data}","isFinished":{is_last}}}"#);
        wire.push(0x81);
        match u16::try_from(message.len()) {
            Ok(length) => {
                wire.push(126);
                wire.extend_from_slice(&length.to_be_bytes());
            }
            Err(_) => {
                wire.push(127);
                wire.extend_from_slice(&(message.len() as u64).to_be_bytes());
            }
        }
        wire.extend_from_slice(message.as_bytes());
    }
    wire
}

/// The other process.
fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    println!("{}", listener.local_addr().expect("an address"));
    for stream in listener.incoming() {
        let stream = stream.expect("a connection");
        thread::spawn(move || answer(stream));
    }
}

/// A client that goes is nothing to be told.
fn answer(mut stream: TcpStream) -> Option<()> {
    let _ = stream.set_nodelay(true);
    let mut first = [0; 3];
    while stream.peek(&mut first).ok()? < first.len() {}
    if &first == b"RAW" {
        let mut line = String::new();
        BufReader::new(stream.try_clone().ok()?).read_line(&mut line).ok()?;
        let size = line.split_whitespace().nth(1)?.parse().ok()?;
        return stream.write_all(&prepared(size)).ok();
    }
    let mut socket = tungstenite::accept(stream).ok()?;
    loop {
        let message = socket.read().ok()?;
        if !message.is_text() {
            continue;
        }
        let request: serde_json::Value = serde_json::from_str(message.to_text().ok()?).ok()?;
        let size = request["targetText"].as_str()?.parse().ok()?;
        let mut wire = prepared(size);
        // Ids all have the same length.
        let id = request["generationId"].as_str()?.as_bytes();
        let step = wire.windows(ID.len()).position(|window| window == ID.as_bytes())?;
        let mut at = step;
        while at + id.len() <= wire.len() {
            if &wire[at..at + id.len()] == ID.as_bytes() {
                wire[at..at + id.len()].copy_from_slice(id);
                at += size;
            } else {
                at += 1;
            }
        }
        socket.get_mut().write_all(&wire).ok()?;
    }
}
