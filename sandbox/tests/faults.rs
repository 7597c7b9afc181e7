//! Each fault does what it says.

mod support;

use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use support::{Client, PATIENCE, audio, connect, fault, id, indexes, joined, quick, request, rest, start};
use tungstenite::error::ProtocolError;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Error, Message};
use voicewire_sandbox::{Fault, Options, Outcome, Sandbox};

/// A request whose voice is this fault.
fn with(fault: &str) -> Value {
    request(json!({"voicePromptId": format!("fault:{fault}"), "generationId": id(1)}))
}

/// Sends a request with this fault on a connection of its own.
fn faulty(sandbox: &Sandbox, fault: &str) -> Client {
    let mut client = Client::new(sandbox);
    client.send(&with(fault));
    client
}

/// All messages until the connection fails, and how it fails.
fn until_failure(client: &mut Client) -> (Vec<Value>, Error) {
    let mut messages = Vec::new();
    loop {
        match client.try_receive() {
            Ok(message) => messages.push(message),
            Err(error) => return (messages, error),
        }
    }
}

fn io_kind(error: &Error) -> Option<ErrorKind> {
    match error {
        Error::Io(error) => Some(error.kind()),
        _ => None,
    }
}

#[test]
fn an_error_comes_instead_of_the_acknowledgement_or_after_some_chunks() {
    let sandbox = start();
    for kind in [
        "RateLimit",
        "MaxExceeded",
        "InsufficientCredits",
        "InvalidInput",
        "Server",
    ] {
        let messages = faulty(&sandbox, &format!("error={kind}")).receive_all();
        assert_eq!(messages.len(), 1);
        assert_eq!(messages[0]["errorType"], kind);
        assert_eq!(messages[0]["generationId"], id(1).as_str());

        let messages = faulty(&sandbox, &format!("error={kind},after=2")).receive_all();
        assert_eq!(messages.len(), 4);
        assert_eq!(messages[3]["errorType"], kind);
    }
    let messages = faulty(&sandbox, "error=RateLimit,anonymous").receive_all();
    assert_eq!(messages[0].get("generationId"), None);
    assert!(
        sandbox
            .generations()
            .iter()
            .all(|generation| generation.outcome == Outcome::Failed)
    );
}

#[test]
fn the_connection_goes_on_after_an_error() {
    let sandbox = start();
    let mut client = faulty(&sandbox, "error=RateLimit,after=1");
    client.receive_all();
    assert_eq!(client.ask(json!({})).last().unwrap()["isFinished"], true);
}

#[test]
fn a_drop_has_no_close_frame_and_loses_nothing_that_was_sent() {
    let sandbox = start();
    let (messages, error) = until_failure(&mut faulty(&sandbox, "drop,after=2"));
    assert_eq!(indexes(&messages), [0, 1]);
    assert!(
        matches!(error, Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)),
        "{error:?}"
    );
    let (messages, _) = until_failure(&mut faulty(&sandbox, "drop"));
    assert_eq!(messages, [] as [Value; 0]);
    let (messages, _) = until_failure(&mut faulty(&sandbox, "drop,after=0"));
    assert_eq!(messages.len(), 1);
}

#[test]
fn a_reset_is_one() {
    let sandbox = start();
    let (_, error) = until_failure(&mut faulty(&sandbox, "reset,after=2"));
    assert_eq!(io_kind(&error), Some(ErrorKind::ConnectionReset), "{error:?}");
}

#[test]
fn a_close_has_its_code() {
    let sandbox = start();
    for code in [1000, 1011, 4001] {
        let mut client = faulty(&sandbox, &format!("close={code},after=1"));
        client.receive();
        assert_eq!(client.receive()["index"], 0);
        let Message::Close(Some(frame)) = client.socket.read().unwrap() else {
            panic!("no close frame");
        };
        assert_eq!(u16::from(frame.code), code);
        // The client's answer ends the connection at once.
        assert!(matches!(client.socket.read(), Err(Error::ConnectionClosed)));
    }
    assert!(sandbox.wait_until_idle(PATIENCE));
}

#[test]
fn a_stalled_generation_says_no_more_but_its_connection_does() {
    let sandbox = start();
    let mut client = faulty(&sandbox, "stall,after=2");
    let mut stalled: Vec<Value> = (0..3).map(|_| client.receive()).collect();
    client.send(&request(json!({"generationId": id(2)})));
    let mut other = Vec::new();
    while other.last().is_none_or(|last: &Value| last["isFinished"] == false) {
        let message = client.receive();
        match message["generationId"] == id(1).as_str() {
            true => stalled.push(message),
            false => other.push(message),
        }
    }
    assert_eq!(indexes(&stalled), [0, 1]);
    assert_eq!(sandbox.generations()[0].outcome, Outcome::Running);
}

#[test]
fn delays_are_kept() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    let begin = Instant::now();
    client.send(&with("first-chunk-delay=120"));
    client.receive();
    client.receive();
    assert!(begin.elapsed() >= Duration::from_millis(120));
    client.receive_all();
    // From the request on: when the first chunk was sent is not known here.
    let begin = Instant::now();
    client.send(&with("chunk-delay=30"));
    client.receive();
    client.receive();
    let chunks = client.receive_all().len() as u32;
    assert!(begin.elapsed() >= Duration::from_millis(30) * chunks);
}

#[test]
fn chunks_are_doubled_exchanged_and_left_out() {
    let sandbox = start();
    let order = |fault: &str| indexes(&faulty(&sandbox, fault).receive_all());
    let plain = order("chunk-delay=0");
    let mut doubled = plain.clone();
    doubled.insert(1, 1);
    assert_eq!(order("duplicate=1"), doubled);
    let mut exchanged = plain.clone();
    exchanged.swap(1, 2);
    assert_eq!(order("swap=1"), exchanged);
    let mut left_out = plain.clone();
    left_out.remove(2);
    assert_eq!(order("gap=2"), left_out);
    assert_eq!(order("gap=1000"), plain);
}

#[test]
fn a_bad_frame_is_one() {
    let sandbox = start();
    let (messages, error) = until_failure(&mut faulty(&sandbox, "bad-frame,after=1"));
    assert_eq!(indexes(&messages), [0]);
    assert!(matches!(error, Error::Protocol(_)), "{error:?}");
}

#[test]
fn bad_messages_come_between_good_ones() {
    let sandbox = start();
    let mut client = faulty(&sandbox, "bad-json,after=1");
    client.receive();
    client.receive();
    let Message::Text(text) = client.socket.read().unwrap() else {
        panic!("not a text frame");
    };
    assert!(serde_json::from_str::<Value>(&text).is_err());
    assert_eq!(client.receive()["index"], 1);

    let mut client = faulty(&sandbox, "bad-base64,after=0");
    client.receive();
    let message = client.receive();
    assert!(message["data"].as_str().unwrap().contains('@'));

    let (messages, error) = until_failure(&mut faulty(&sandbox, "bad-utf8,after=2"));
    assert_eq!(indexes(&messages), [0, 1]);
    assert!(matches!(error, Error::Utf8(_)), "{error:?}");
}

#[test]
fn an_oversize_message_has_the_size_asked_for() {
    let sandbox = start();
    let mut client = faulty(&sandbox, "oversize=5000001,after=0");
    client.socket.set_config(|config: &mut WebSocketConfig| {
        config.max_message_size = None;
        config.max_frame_size = None;
    });
    client.receive();
    let message = client.socket.read().unwrap();
    assert_eq!(message.len(), 5_000_001);
    let json: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
    assert!(audio(&json).len() > 3_000_000);
    assert_eq!(client.receive()["index"], 0);
}

#[test]
fn the_form_of_messages_changes_and_their_audio_does_not() {
    let sandbox = start();
    let plain = joined(&Client::new(&sandbox).ask(json!({})));
    for name in ["binary", "escape", "extra", "ping", "fragment", "no-index"] {
        let messages = faulty(&sandbox, name).receive_all();
        assert!(joined(&messages) == plain, "{name}");
    }
    let all = "binary,escape,extra,ping,fragment,no-index,empty-final";
    assert!(joined(&faulty(&sandbox, all).receive_all()) == plain);
}

#[test]
fn the_form_is_the_one_asked_for() {
    let sandbox = start();
    let raw = |fault: &str| {
        let mut client = faulty(&sandbox, fault);
        let mut messages = Vec::new();
        loop {
            let message = client.socket.read().unwrap();
            let last = message.clone().into_data().ends_with(b"\"isFinished\":true}");
            messages.push(message);
            if last {
                return messages;
            }
        }
    };
    assert!(raw("binary").iter().all(Message::is_binary));
    let escaped = raw("escape");
    let text = |message: &Message| message.to_text().unwrap().to_owned();
    assert!(escaped.iter().any(|message| text(message).contains("\\/")));
    assert!(
        escaped
            .iter()
            .all(|message| text(message).replace("\\/", "").find('/').is_none())
    );
    let pinged = raw("ping");
    assert!(pinged[1].is_ping() && pinged[3].is_ping());
}

#[test]
fn fragments_are_frames_of_their_own() {
    let sandbox = start();
    let mut client = Client::new(&sandbox);
    client.send(&with("fragment"));
    // The first frame of the acknowledgement: text, and not the final one.
    let mut head = [0; 2];
    client.socket.get_mut().read_exact(&mut head).unwrap();
    assert_eq!(head[0], 0x01);
}

#[test]
fn fields_are_added_and_left_out() {
    let sandbox = start();
    let messages = faulty(&sandbox, "extra").receive_all();
    assert!(messages.iter().all(|message| message["progress"] == 0.5));
    let messages = faulty(&sandbox, "no-index").receive_all();
    assert_eq!(indexes(&messages), [] as [u64; 0]);
    let messages = faulty(&sandbox, "no-ack").receive_all();
    assert_eq!(messages[0]["index"], 0);
    let messages = faulty(&sandbox, "empty-final").receive_all();
    let [.., before, last] = messages.as_slice() else {
        panic!("too few messages")
    };
    assert_eq!(before["isFinished"], false);
    assert_eq!((&last["isFinished"], &last["data"]), (&json!(true), &json!("")));
}

#[test]
fn wav_headers_lie_and_go_missing() {
    let sandbox = start();
    let chunks = |fault: &str| -> Vec<Vec<u8>> {
        let mut client = Client::new(&sandbox);
        let voice = format!("fault:{fault}");
        let messages = client.ask(json!({"format": "wav", "voicePromptId": voice}));
        messages[1..].iter().map(audio).collect()
    };
    let plain = chunks("chunk-delay=0");
    for (fault, length) in [("wav-lengths=0", [0; 4]), ("wav-lengths=ffffffff", [0xFF; 4])] {
        for (chunk, plain) in chunks(fault).iter().zip(&plain) {
            assert_eq!(chunk[4..8], length);
            assert_eq!(chunk[0x40..0x44], length);
            assert!(chunk[0x44..] == plain[0x44..]);
        }
    }
    let headless = chunks("wav-header=first");
    assert!(headless[0] == plain[0]);
    for (chunk, plain) in headless[1..].iter().zip(&plain[1..]) {
        assert!(chunk[..] == plain[0x44..]);
    }
}

#[test]
fn a_handshake_is_answered_with_a_status() {
    let sandbox = start();
    sandbox.inject(fault("http=429,retry-after=7"));
    let url = sandbox.deepdub_open_url();
    let headers = [("x-api-key", sandbox.api_key())];
    let Err(Error::Http(response)) = connect(&url, &headers) else {
        panic!("accepted");
    };
    assert_eq!(response.status().as_u16(), 429);
    assert_eq!(response.headers()["retry-after"], "7");

    let Err(Error::Http(response)) = connect(&format!("{url}?fault=redirect%3Dhttp://127.0.0.1:1/x"), &headers) else {
        panic!("accepted");
    };
    assert_eq!(response.status().as_u16(), 307);
    assert_eq!(response.headers()["location"], "http://127.0.0.1:1/x");
    // Only the one request was concerned.
    assert!(connect(&url, &headers).is_ok());
}

#[test]
fn a_silent_connection_is_open_and_says_nothing() {
    let sandbox = start();
    let mut client = Client::with_query(&sandbox, "?fault=silent");
    client.send(&request(json!({})));
    client.socket.send(Message::Ping("x".into())).unwrap();
    let tcp = client.socket.get_ref();
    tcp.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    let error = client.try_receive().unwrap_err();
    assert!(
        matches!(io_kind(&error), Some(ErrorKind::WouldBlock | ErrorKind::TimedOut)),
        "{error:?}"
    );
    assert_eq!(sandbox.open_connections(), 1);
    drop(client);
    assert!(sandbox.wait_until_idle(PATIENCE));
}

#[test]
fn a_silent_handshake_is_read_and_not_answered() {
    let sandbox = start();
    for path in ["/open?fault=silent-handshake", "/api/v1/voice?fault=silent"] {
        let mut tcp = std::net::TcpStream::connect(&sandbox.base_url()["http://".len()..]).unwrap();
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: x\r\nx-api-key: {}\r\n\r\n",
            sandbox.api_key()
        );
        std::io::Write::write_all(&mut tcp, request.as_bytes()).unwrap();
        tcp.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        let error = tcp.read(&mut [0; 16]).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
    }
    assert!(sandbox.requests().iter().all(|request| request.status == 0));
}

#[test]
fn the_nearest_fault_counts_and_an_injected_one_waits_for_its_turn() {
    let sandbox = Sandbox::start(Options {
        fault: Some(fault("error=Server")),
        ..quick()
    })
    .unwrap();
    let mut in_url = Client::with_query(&sandbox, "?fault=error%3DMaxExceeded");
    sandbox.inject(fault("error=InsufficientCredits"));
    let kind = |messages: &[Value]| messages[0]["errorType"].as_str().unwrap().to_owned();
    let voice = json!({"voicePromptId": "fault:error=RateLimit"});
    assert_eq!(kind(&in_url.ask(voice)), "RateLimit");
    assert_eq!(kind(&in_url.ask(json!({}))), "MaxExceeded");
    let mut plain = Client::new(&sandbox);
    assert_eq!(kind(&plain.ask(json!({}))), "InsufficientCredits");
    assert_eq!(kind(&plain.ask(json!({}))), "Server");
}

#[test]
fn an_unreadable_fault_in_the_url_is_a_bad_request() {
    let sandbox = start();
    let answer = rest(&sandbox, "GET", "/api/v1/voice?fault=explode", None).unwrap();
    assert_eq!(answer.status, 400);
    assert!(answer.json()["message"].as_str().unwrap().contains("explode"));
}

#[test]
fn faults_on_rest() {
    let sandbox = start();
    let tts = |fault: &str| {
        let body = request(json!({"format": "mulaw", "voicePromptId": format!("fault:{fault}")}));
        rest(&sandbox, "POST", "/api/v1/tts", Some(&body))
    };
    for (kind, status) in [
        ("RateLimit", 429),
        ("InsufficientCredits", 402),
        ("InvalidInput", 400),
        ("Server", 500),
    ] {
        let answer = tts(&format!("error={kind}")).unwrap();
        assert_eq!(answer.status, status);
        assert_eq!(answer.json()["success"], false);
    }
    assert_eq!(tts("http=503").unwrap().status, 503);
    assert!(tts("drop").is_err());
    assert!(tts("drop,after=2").is_err());
    assert!(tts("reset,after=2").is_err());
    assert_eq!(sandbox.generations().last().unwrap().chunks, 2);
    let whole = tts("chunk-delay=0").unwrap().bytes;
    assert!(tts("gap=1").unwrap().bytes.len() < whole.len());
    sandbox.inject(fault("http=500"));
    let answer = rest(&sandbox, "GET", "/api/v1/issues/iss_none", None).unwrap();
    assert_eq!(answer.status, 500);
    assert_eq!(answer.json().as_object().unwrap().len(), 1);
    sandbox.inject(fault("drop"));
    assert!(rest(&sandbox, "GET", "/api/v1/voice", None).is_err());
    assert!(rest(&sandbox, "GET", "/api/v1/voice", None).is_ok());
}

#[test]
fn a_broken_off_rest_answer_has_the_chunks_so_far() {
    let sandbox = start();
    let body = request(json!({"format": "mulaw", "voicePromptId": "fault:drop,after=2"})).to_string();
    let mut tcp = std::net::TcpStream::connect(&sandbox.base_url()["http://".len()..]).unwrap();
    let head = format!(
        "POST /api/v1/tts HTTP/1.1\r\nhost: x\r\nx-api-key: {}\r\ncontent-length: {}\r\n\r\n",
        sandbox.api_key(),
        body.len()
    );
    std::io::Write::write_all(&mut tcp, (head + &body).as_bytes()).unwrap();
    let mut answer = Vec::new();
    tcp.read_to_end(&mut answer).unwrap();
    // Two chunks of 200 ms at 16 kHz, one byte per sample.
    assert!(answer.len() > 2 * 3200, "{} bytes", answer.len());
    assert!(!answer.ends_with(b"0\r\n\r\n"));
}

#[test]
fn a_fault_reads_back_what_it_writes() {
    for text in [
        "http=503,retry-after=2",
        "silent",
        "silent-handshake",
        "redirect=http://127.0.0.1:80/a=b",
        "error=RateLimit,anonymous,after=3",
        "drop,after=0",
        "reset",
        "close=4000",
        "stall",
        "oversize=10,after=1,first-chunk-delay=5,chunk-delay=6,duplicate=1,swap=2,gap=3,binary,escape,extra,ping,\
         fragment,empty-final,no-ack,no-index,wav-lengths=ffffffff,wav-header=first",
        "bad-frame",
        "bad-json,wav-lengths=0",
        "bad-base64",
        "bad-utf8",
    ] {
        let fault = fault(text);
        assert_eq!(fault.to_string(), text);
        assert_eq!(fault.to_string().parse::<Fault>().unwrap(), fault);
    }
}

#[test]
fn what_is_not_a_fault_is_refused_with_a_reason() {
    for (text, reason) in [
        ("", "empty"),
        ("drop,", "empty"),
        ("dorp", "dorp"),
        ("drop=1", "no value"),
        ("drop,drop", "twice"),
        ("drop,stall", "one thing"),
        ("http=101", "200 to 599"),
        ("http=+200", "200 to 599"),
        ("http", "200 to 599"),
        ("http=200,silent", "only one"),
        ("http=200,drop", "cannot be combined"),
        ("close=999", "1000 to 4999"),
        ("error=Bad", "RateLimit"),
        ("after=1", "after"),
        ("anonymous,drop", "anonymous"),
        ("drop,retry-after=1", "retry-after"),
        ("oversize=999999999999", "oversize"),
        ("wav-lengths=1", "ffffffff"),
        ("wav-header=last", "first"),
        ("redirect=", "URL"),
        ("redirect=a\nb", "URL"),
    ] {
        let error = text.parse::<Fault>().unwrap_err().to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
}
