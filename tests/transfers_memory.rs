//! That nothing large is ever in memory. A program of its own: it looks at the whole process.
#![cfg(target_os = "linux")]

mod support;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::ops::ControlFlow;

use support::http::{Directory, TestServer, http, json};
use voicewire::SaveTo;
use voicewire::respeecher::{Audio, Client, Config, NewRecording, RecordingQuery};

const GIB: u64 = 1 << 30;
const MIB: u64 = 1 << 20;

/// Bytes of this process in memory now.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .expect("it says so");
    line.trim()
        .trim_end_matches("kB")
        .trim()
        .parse::<u64>()
        .expect("a number")
        * 1024
}

fn client(url: String) -> Client {
    Client::new(&Config::new().api_key("rs-x").base_url(url).http(http(0))).expect("good")
}

/// Takes whatever comes, and gives back as much as it is asked for, piece by piece.
fn endless() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut piece = vec![0; 64 * 1024];
            let mut head = Vec::new();
            while !head.windows(4).any(|window| window == b"\r\n\r\n") {
                let length = stream.read(&mut piece).expect("a head");
                head.extend_from_slice(&piece[..length]);
            }
            let end = head
                .windows(4)
                .position(|window| window == b"\r\n\r\n")
                .expect("an end")
                + 4;
            let text = String::from_utf8_lossy(&head[..end]).to_lowercase();
            if text.starts_with("get") {
                let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {GIB}\r\n\r\n");
                let mut left = GIB;
                while left > 0 {
                    let length = left.min(piece.len() as u64);
                    if stream.write_all(&piece[..length as usize]).is_err() {
                        break;
                    }
                    left -= length;
                }
            } else {
                let length = text.lines().find_map(|line| line.strip_prefix("content-length: "));
                let length: u64 = length.and_then(|length| length.parse().ok()).expect("a length");
                let mut had = (head.len() - end) as u64;
                while had < length {
                    had += stream.read(&mut piece).expect("the body") as u64;
                }
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{\"id\":\"r\"}");
            }
            let _ = stream.shutdown(Shutdown::Both);
        }
    });
    url
}

#[test]
fn a_gibibyte_goes_up_and_down_and_ten_thousand_recordings_pass_in_little_memory() {
    let directory = Directory::new();
    let large = directory.join("large.wav");
    // A hole takes no room on the disk.
    std::fs::File::create(&large)
        .and_then(|file| file.set_len(GIB))
        .expect("made");
    let client = client(endless());
    let mut most = 0;
    let mut calls = 0;
    let mut look = |_: u64, _: Option<u64>| {
        calls += 1;
        if calls % 64 == 0 {
            most = most.max(resident());
        }
        ControlFlow::Continue(())
    };
    let before = resident();
    let new = NewRecording {
        parent_folder_id: "f".to_owned(),
        ..NewRecording::default()
    };
    client
        .create_recording(&new, &Audio::File(large.clone()), &mut look)
        .expect("uploaded");
    let saved = client
        .export_project("p", None, &SaveTo::File(directory.join("large.zip")), &mut look)
        .expect("downloaded");
    assert_eq!(saved.bytes, GIB);
    println!(
        "1 GiB up and 1 GiB down: {} KiB more",
        most.saturating_sub(before) / 1024
    );
    assert!(most.saturating_sub(before) < 16 * MIB, "{before} {most}");

    let server = TestServer::start(|_, asked| {
        let offset = asked
            .target
            .split("offset=")
            .nth(1)
            .and_then(|rest| rest.split('&').next()?.parse().ok());
        let offset: u64 = offset.unwrap_or(0);
        let list: Vec<_> = (offset..(offset + 100).min(10_000))
            .map(|number| serde_json::json!({ "id": number.to_string(), "text": "x".repeat(1000) }))
            .collect();
        let pagination = serde_json::json!({ "count": 10_000, "limit": 100, "offset": offset });
        json("200 OK", serde_json::json!({ "list": list, "pagination": pagination }))
    });
    let client = self::client(server.url());
    let query = RecordingQuery {
        limit: Some(100),
        ..RecordingQuery::default()
    };
    let before = resident();
    let mut most = before;
    let mut passed = 0;
    for recording in client.list_recordings(&query).expect("good") {
        assert_eq!(recording.expect("one").id, passed.to_string());
        passed += 1;
        if passed % 500 == 0 {
            most = most.max(resident());
        }
    }
    assert_eq!(passed, 10_000);
    println!("10 000 recordings: {} KiB more", most.saturating_sub(before) / 1024);
    assert!(most.saturating_sub(before) < 16 * MIB, "{before} {most}");
}
