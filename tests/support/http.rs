//! A service that answers as a test wants it to, byte by byte.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// One request, whole.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    /// The path with its query.
    pub target: String,
    pub head: String,
    pub body: Vec<u8>,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Runs until the test's program ends. Each answer is the last on its connection.
pub struct TestServer {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl TestServer {
    /// `answer` gets the number of the request, from 0, and gives the bytes of the answer; none at all is a connection
    /// that breaks.
    pub fn start(answer: impl Fn(usize, &Asked) -> Vec<u8> + Send + Sync + 'static) -> TestServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let known = Arc::clone(&asked);
        let answer = Arc::new(answer);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (asked, answer) = (Arc::clone(&known), Arc::clone(&answer));
                std::thread::spawn(move || serve(stream, &asked, &*answer));
            }
        });
        TestServer { address, asked }
    }

    /// One that gives these answers in turn, the last one again and again.
    pub fn with_answers(answers: Vec<Vec<u8>>) -> TestServer {
        TestServer::start(move |number, _| answers[number.min(answers.len() - 1)].clone())
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("a lock").clone()
    }
}

fn serve(
    mut stream: TcpStream,
    asked: &Mutex<Vec<Asked>>,
    answer: &dyn Fn(usize, &Asked) -> Vec<u8>,
) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let mut words = head.split(' ');
    let mut request = Asked {
        method: words.next().unwrap_or_default().to_owned(),
        target: words.next().unwrap_or_default().to_owned(),
        head: head.clone(),
        body: Vec::new(),
    };
    let length = request.header("content-length").and_then(|length| length.parse().ok());
    reader.take(length.unwrap_or(0)).read_to_end(&mut request.body)?;
    let number = {
        let mut asked = asked.lock().expect("a lock");
        asked.push(request.clone());
        asked.len() - 1
    };
    stream.write_all(&answer(number, &request))?;
    stream.shutdown(Shutdown::Write)?;
    // What the other side still wants to say is no reason for a reset.
    stream.read_to_end(&mut Vec::new()).map(drop)
}

/// An answer with these headers and this body, whose length it tells.
pub fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// The same, cut after `kept` bytes of the body.
pub fn cut(status: &str, headers: &str, body: &[u8], kept: usize) -> Vec<u8> {
    let mut bytes = answer(status, headers, body);
    bytes.truncate(bytes.len() - body.len() + kept);
    bytes
}

pub fn json(status: &str, body: serde_json::Value) -> Vec<u8> {
    answer(
        status,
        "Content-Type: application/json\r\n",
        body.to_string().as_bytes(),
    )
}

/// A directory of its own, gone with it.
pub struct Directory(pub std::path::PathBuf);

impl Directory {
    pub fn new() -> Directory {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("voicewire-test-{}-{number}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a directory");
        Directory(path)
    }

    pub fn join(&self, name: &str) -> std::path::PathBuf {
        self.0.join(name)
    }

    /// The names of what is in it.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("there").flatten();
        let mut names: Vec<String> = entries
            .map(|entry| entry.file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// With waits that nobody notices.
pub fn quick(retries: u32) -> voicewire::RetryPolicy {
    let wait = std::time::Duration::from_millis(1);
    voicewire::RetryPolicy {
        retries,
        first_delay: wait,
        max_delay: wait,
    }
}

pub fn http(retries: u32) -> voicewire::HttpConfig {
    voicewire::HttpConfig {
        retry: quick(retries),
        proxy: Some(voicewire::Proxy::none()),
        ..voicewire::HttpConfig::new()
    }
}
