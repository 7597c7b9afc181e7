//! A plain HTTP client for the REST services, on a bare socket: it sends any path as it is, and sees where an answer
//! breaks off.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;
use ureq::http::{HeaderMap, HeaderName, HeaderValue};
use voicewire_sandbox::Sandbox;

use super::{Answer, PATIENCE};

/// A service, as one user sees it.
#[derive(Clone)]
pub struct Api {
    pub address: String,
    pub headers: Vec<(String, String)>,
}

/// The content of a part of a form, with its file name if it is a file.
#[derive(Clone, Copy)]
pub enum Part<'a> {
    Text(&'a str),
    File(&'a str, &'a [u8]),
}

impl Api {
    pub fn new(sandbox: &Sandbox, headers: &[(&str, &str)]) -> Api {
        Api {
            address: sandbox.addr().to_string(),
            headers: headers.iter().map(|(n, v)| (n.to_string(), v.to_string())).collect(),
        }
    }

    pub fn respeecher(sandbox: &Sandbox) -> Api {
        Api::new(sandbox, &[("api-key", sandbox.respeecher().api_key())])
    }

    pub fn palabra(sandbox: &Sandbox) -> Api {
        let key = format!("Bearer {}", sandbox.palabra().api_key());
        Api::new(sandbox, &[("Authorization", &key)])
    }

    pub fn deepdub(sandbox: &Sandbox) -> Api {
        Api::new(sandbox, &[("x-api-key", sandbox.api_key())])
    }

    /// Nobody: for addresses that are signed, and for who has no key.
    pub fn nobody(sandbox: &Sandbox) -> Api {
        Api::new(sandbox, &[])
    }

    pub fn with(&self, name: &str, value: &str) -> Api {
        let mut other = self.clone();
        other.headers.push((name.to_owned(), value.to_owned()));
        other
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, None)
    }

    pub fn send(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| ("application/json".to_owned(), body.to_string().into_bytes()));
        self.exchange(method, path, body).0
    }

    /// The JSON of an answer that has to be a good one.
    pub fn ok(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let answer = self.send(method, path, body);
        assert_eq!(
            answer.status,
            200,
            "{method} {path}: {}",
            String::from_utf8_lossy(&answer.bytes)
        );
        answer.json()
    }

    pub fn upload(&self, path: &str, parts: &[(&str, Part)]) -> Answer {
        const BOUNDARY: &str = "a-boundary-that-no-audio-has";
        let mut body = Vec::new();
        for (name, part) in parts {
            let head = match part {
                Part::Text(_) => format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n"),
                Part::File(file, _) => format!(
                    "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\
                     Content-Type: audio/wav\r\n\r\n"
                ),
            };
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(match part {
                Part::Text(text) => text.as_bytes(),
                Part::File(_, bytes) => bytes,
            });
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        self.exchange("POST", path, Some((content_type, body))).0
    }

    /// One request and its answer, and how many bytes the answer said it has, if it said so.
    pub fn exchange(&self, method: &str, path: &str, body: Option<(String, Vec<u8>)>) -> (Answer, Option<usize>) {
        let tcp = self.begin(method, path, body);
        read_answer(tcp)
    }

    /// Sends a request, whose answer is still to be read.
    pub fn begin(&self, method: &str, path: &str, body: Option<(String, Vec<u8>)>) -> TcpStream {
        let path = match path.strip_prefix("http://") {
            Some(url) => &url[url.find('/').expect("a path")..],
            None => path,
        };
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            self.address
        );
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        let (content_type, body) = body.unwrap_or_default();
        if !content_type.is_empty() {
            head += &format!("Content-Type: {content_type}\r\n");
        }
        head += &format!("Content-Length: {}\r\n\r\n", body.len());
        let mut tcp = TcpStream::connect(&self.address).expect("the port is open");
        tcp.set_read_timeout(Some(PATIENCE)).expect("a time limit");
        tcp.write_all(head.as_bytes()).expect("the head goes out");
        tcp.write_all(&body).expect("the body goes out");
        tcp
    }
}

pub fn read_answer(mut tcp: TcpStream) -> (Answer, Option<usize>) {
    let mut bytes = Vec::new();
    // A connection that is cut may end with an error; what came before it counts.
    let _ = tcp.read_to_end(&mut bytes);
    let end = bytes
        .windows(4)
        .position(|four| four == b"\r\n\r\n")
        .expect("an answer, with a head");
    let head = String::from_utf8(bytes[..end].to_vec()).expect("a head in ASCII");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1));
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(": ").expect("a header");
        headers.append(
            HeaderName::from_bytes(name.as_bytes()).expect("a name"),
            HeaderValue::from_str(value).expect("a value"),
        );
    }
    let mut body = bytes.split_off(end + 4);
    let told = headers
        .get("content-length")
        .map(|value| value.to_str().unwrap().parse().unwrap());
    if headers.get("transfer-encoding").is_some() {
        body = unchunked(&body);
    }
    let answer = Answer {
        status: status.expect("a status").parse().expect("a number"),
        headers,
        bytes: body,
    };
    (answer, told)
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|two| two == b"\r\n") else {
            return body;
        };
        let size = std::str::from_utf8(&rest[..end]).expect("a size");
        let size = usize::from_str_radix(size, 16).expect("a hexadecimal size");
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
}

/// A WAV file of so many seconds with a voice-like tone.
pub fn wav(pitch: f64, seconds: f64) -> Vec<u8> {
    const RATE: u32 = 16_000;
    let samples: Vec<i16> = (0..(seconds * f64::from(RATE)) as u32)
        .map(|index| {
            let turn = std::f64::consts::TAU * pitch * f64::from(index) / f64::from(RATE);
            ((turn.sin() + 0.5 * (2.0 * turn).sin()) * 8000.0) as i16
        })
        .collect();
    let data: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let mut file = b"RIFF".to_vec();
    file.extend_from_slice(&(36 + data.len() as u32).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend_from_slice(&RATE.to_le_bytes());
    file.extend_from_slice(&(RATE * 2).to_le_bytes());
    file.extend_from_slice(b"\x02\0\x10\0data");
    file.extend_from_slice(&(data.len() as u32).to_le_bytes());
    file.extend_from_slice(&data);
    file
}

/// The samples of a WAV file in 16 bits, whatever its header is.
pub fn samples(file: &[u8]) -> Vec<i16> {
    assert_eq!(&file[..4], b"RIFF");
    assert_eq!(&file[8..12], b"WAVE");
    let data = file.windows(4).position(|four| four == b"data").expect("data") + 8;
    file[data..]
        .chunks_exact(2)
        .map(|two| i16::from_le_bytes([two[0], two[1]]))
        .collect()
}

pub fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}
