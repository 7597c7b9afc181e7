//! Speech over REST: raw audio as an answer's body, handed on as it comes.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::ops::ControlFlow;
use std::time::Duration;

use serde_json::json;
use support::http::{TestServer, answer, cut};
use support::rest::*;
use support::*;
use voicewire::deepdub::{Client, Clip, Config, PostRequest, SpeechRequest};
use voicewire::{CallOptions, CancelToken, ErrorKind};

#[test]
fn what_is_posted_is_the_audio_of_the_websocket() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for format in ["mp3", "opus", "mulaw"] {
        let heard = hear(&client, &request(format)).data();
        let posted = post(&client, &posted(format));
        assert!(posted.data == heard, "{format}");
        let summary = posted.result.expect("spoken");
        assert_eq!(summary.bytes, heard.len() as u64);
        assert_eq!(summary.chunks + 1, posted.indexes.len() as u64, "and an empty last one");
        assert!(summary.first_chunk.expect("some came") <= summary.total);
        assert_eq!((summary.retries, summary.duplicates), (0, 0));
        assert!(posted.indexes.iter().copied().eq(0..=summary.chunks));
        assert_eq!(posted.finals.iter().filter(|is_final| **is_final).count(), 1);
        assert_eq!(posted.finals.last(), Some(&true));
    }
}

#[test]
fn chunks_are_handed_on_while_the_rest_is_still_to_come() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    // It never says more than its first two chunks, and they are heard all the same.
    let cancel = CancelToken::new();
    let mut had = 0;
    let options = CallOptions::new().cancel(&cancel);
    let error = client
        .post_tts_with(&broken("stall,after=2"), &options, |chunk| {
            had += chunk.data.len() as u64;
            cancel.cancel();
            ControlFlow::Continue(())
        })
        .expect_err("cancelled");
    assert_kind(&error, ErrorKind::Cancelled);
    assert!(had > 0);
    assert_eq!(error.received().expect("told").bytes, had);
}

#[test]
fn a_callback_that_breaks_ends_the_call() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    // A service that says something, and then only listens for the end of the connection.
    let service = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let head = "HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\nTransfer-Encoding: chunked\r\n\r\n";
        stream
            .write_all(format!("{head}5\r\naudio\r\n").as_bytes())
            .expect("sent");
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .expect("a limit for a test that fails");
        stream.read_to_end(&mut Vec::new()).map(drop)
    });
    let config = Config::new().api_key("dd-0123456789abcdef");
    let client = Client::new(&config.rest_url(format!("http://{address}"))).expect("good");
    let mut calls = 0;
    let error = client
        .post_tts(&posted("mp3"), |_| {
            calls += 1;
            ControlFlow::Break(())
        })
        .expect_err("stopped");
    assert_kind(&error, ErrorKind::Cancelled);
    assert_eq!((calls, error.received().expect("told").chunks), (1, 1));
    let ended = service.join().expect("no panic");
    assert!(
        ended.is_ok() || ended.is_err_and(|error| error.kind() == std::io::ErrorKind::ConnectionReset),
        "the connection is closed"
    );
}

#[test]
fn a_body_that_breaks_off_is_an_error_that_says_what_had_come() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let whole = post(&client, &posted("mp3")).data;
    for fault in ["drop,after=2", "error=Server,after=2", "half", "close=1011,after=3"] {
        let posted = post(&client, &broken(fault));
        let error = posted.result.expect_err("broken off");
        assert!(
            matches!(error.kind(), ErrorKind::Closed | ErrorKind::Network),
            "{fault}: {error}"
        );
        let received = error.received().expect("told");
        assert_eq!(received.bytes, posted.data.len() as u64, "{fault}");
        assert!(received.chunks > 0 && whole.starts_with(&posted.data), "{fault}");
        assert!(!posted.finals.contains(&true), "{fault}");
        assert!(error.generation_id().is_some() && error.url().is_some_and(|url| url.ends_with("/tts")));
    }
}

#[test]
fn a_stream_that_failed_says_so_again() {
    let sandbox = sandbox();
    let mut stream = client(&sandbox)
        .open_post_tts(&broken("drop,after=1"), &CallOptions::new())
        .expect("begun");
    let first = loop {
        match stream.next_chunk() {
            Ok(chunk) => assert!(chunk.is_some_and(|chunk| !chunk.is_final)),
            Err(error) => break error,
        }
    };
    let again = stream.next_chunk().expect_err("still");
    assert_eq!((again.kind(), again.message()), (first.kind(), first.message()));
}

#[test]
fn a_body_whose_end_is_missing_is_never_the_whole() {
    let audio = vec![7; 5000];
    let server = TestServer::with_answers(vec![
        cut("200 OK", "Content-Type: audio/mpeg\r\n", &audio, 3000),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Type: audio/mpeg\r\n\r\nhello".to_vec(),
        answer("200 OK", "Content-Type: audio/mpeg\r\n", b""),
        answer("200 OK", "Content-Type: application/json\r\n", b"{\"success\":true}"),
        answer("200 OK", "Content-Type: text/html\r\n", b"<html>"),
        b"not even HTTP\r\n\r\n".to_vec(),
        answer("204 No Content", "", b""),
        answer("302 Found", "Location: http://elsewhere.example/?secret\r\n", b""),
        answer(
            "200 OK",
            "Content-Type: application/problem+json\r\n",
            b"{\"message\":\"No.\"}",
        ),
        answer(
            "200 OK",
            "Content-Type: audio/mpeg\r\nContent-Encoding: gzip\r\n",
            b"\x1f\x8b\x08",
        ),
    ]);
    let client = client_of(&server);
    let had: Vec<(ErrorKind, usize)> = (0..11)
        .map(|_| {
            let posted = post(&client, &posted("mp3"));
            assert!(!posted.finals.contains(&true));
            (posted.result.expect_err("not whole").kind(), posted.data.len())
        })
        .collect();
    let broken = |kind: ErrorKind| matches!(kind, ErrorKind::Closed | ErrorKind::Network | ErrorKind::Protocol);
    assert!(broken(had[0].0) && broken(had[1].0), "{had:?}");
    assert_eq!((had[0].1, had[1].1), (3000, 5));
    assert!(had[2..].iter().all(|had| *had == (ErrorKind::Protocol, 0)), "{had:?}");
}

#[test]
fn what_the_service_says_instead_of_speaking_is_told() {
    let said = b"{\"success\":false,\"message\":\"No such voice.\"}";
    let server = TestServer::with_answers(vec![answer("200 OK", "Content-Type: application/json\r\n", said)]);
    let error = post(&client_of(&server), &posted("mp3")).result.expect_err("no audio");
    let message = "the answer is no audio, but application/json: No such voice.";
    assert_eq!((error.kind(), error.message()), (ErrorKind::Protocol, message));
    // The status is known, whatever becomes of the words.
    let server = TestServer::with_answers(vec![cut("402 Payment Required", "", b"{\"message\":\"Empty.\"}", 5)]);
    let error = post(&client_of(&server), &posted("mp3")).result.expect_err("no audio");
    assert_eq!(
        (error.kind(), error.http_status()),
        (ErrorKind::InsufficientCredits, Some(402))
    );
}

#[test]
fn time_limits_are_those_of_a_stream() {
    let sandbox = sandbox();
    let field = |fault: &str, change: fn(&mut voicewire::deepdub::Timeouts)| {
        let error = post(&hasty_client(&sandbox, change), &broken(fault))
            .result
            .expect_err("late");
        assert_kind(&error, ErrorKind::Timeout);
        error.field().map(str::to_owned)
    };
    assert_eq!(
        field("silent", |limits| limits.first_chunk = SHORT).as_deref(),
        Some("first_chunk_timeout")
    );
    assert_eq!(
        field("stall,after=0", |limits| limits.first_chunk = SHORT).as_deref(),
        Some("first_chunk_timeout")
    );
    assert_eq!(
        field("stall,after=1", |limits| limits.between_chunks = SHORT).as_deref(),
        Some("between_chunks_timeout")
    );
    assert_eq!(
        field("silent", |limits| limits.total = SHORT).as_deref(),
        Some("total_timeout")
    );
    assert_eq!(
        field("stall,after=1", |limits| limits.total = SHORT).as_deref(),
        Some("total_timeout")
    );
    // What the caller takes over a chunk is not the service's time.
    let limit = std::time::Duration::from_secs(4);
    let client = hasty_client(&sandbox, |limits| limits.total = Some(limit));
    let summary = client
        .post_tts(&posted("mp3"), |chunk| {
            if chunk.index == 0 {
                std::thread::sleep(limit + limit / 4);
            }
            ControlFlow::Continue(())
        })
        .expect("spoken");
    assert!(summary.bytes > 0);
}

#[test]
fn what_only_rest_takes_is_sent() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let request = PostRequest {
        voice_reference: Some(Clip::Bytes(vec![0, 1, 2, 250])),
        publish: Some(false),
        ..posted("opus")
    };
    post(&client, &request).result.expect("spoken");
    let body = sandbox.requests()[0].body.clone().expect("JSON");
    assert_eq!(
        (&body["voiceReference"], &body["publish"]),
        (&json!("AAEC+g=="), &json!(false))
    );
    assert_eq!((&body["format"], &body["sampleRate"]), (&json!("opus"), &json!(16000)));
    assert!(body.get("action").is_none());
    post(&client, &posted("mp3")).result.expect("spoken");
    let least = sandbox.requests()[1].body.clone().expect("JSON");
    assert!(least.get("voiceReference").is_none() && least.get("publish").is_none());
}

#[test]
fn a_request_that_cannot_be_is_refused_before_anything_is_sent() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for (field, request) in [
        ("format", posted("wav")),
        ("format", posted("s16le")),
        ("targetText", PostRequest::new(" ", "v")),
        (
            "voiceReference",
            PostRequest {
                voice_reference: Some(Clip::Bytes(Vec::new())),
                ..posted("mp3")
            },
        ),
    ] {
        let error = post(&client, &request).result.expect_err("refused");
        assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some(field)));
    }
    let missing = PostRequest {
        voice_reference: Some(Clip::File("/no/such/file".into())),
        ..posted("mp3")
    };
    assert_eq!(kind_of(post(&client, &missing).result), ErrorKind::File);
    assert_eq!(
        kind_of(client.tts_retroactive(&SpeechRequest::new("", "v"))),
        ErrorKind::InvalidArgument
    );
    assert!(sandbox.requests().is_empty());
}

#[test]
fn what_was_posted_can_be_reported() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let id = post(&client, &posted("mp3")).result.expect("spoken").generation_id;
    let filed = client
        .report(&id, &voicewire::deepdub::Report::new("fox").at(0.5))
        .expect("filed");
    assert_eq!(filed.generated_text.as_deref(), Some(TEXT));
    assert!(
        sandbox
            .issue_audio(&filed.id)
            .is_some_and(|clip| clip.starts_with(b"RIFF"))
    );
}

#[test]
fn speech_as_a_file_can_be_fetched() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let url = client.tts_retroactive(&request("wav")).expect("spoken");
    // The service can fetch it, too.
    let heard = client.classify_gender_at(&url).expect("classified");
    assert!(heard.duration_seconds.expect("told") > 1.0);
    let server = TestServer::with_answers(vec![support::http::json("200 OK", json!({"url": 7}))]);
    assert_eq!(
        kind_of(client_of(&server).tts_retroactive(&request("wav"))),
        ErrorKind::Protocol
    );
}
