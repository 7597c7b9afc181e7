//! A plain client for the tests: other people's crates, and nothing of the library that the sandbox is for.
#![allow(dead_code)] // Each test program uses its own part of this.

pub mod api;

use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use serde_json::{Value, json};
use tungstenite::client::IntoClientRequest;
use tungstenite::{Error, Message, WebSocket};
use voicewire_sandbox::{Fault, Options, Sandbox, speech};

/// A test that waits longer than this is broken; it is not a measure of anything.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// No delays, and the voice that is there on every machine.
pub fn quick() -> Options {
    Options {
        engine: speech::Engine::Formant,
        ..Options::instant()
    }
}

pub fn start() -> Sandbox {
    Sandbox::start(quick()).expect("a sandbox starts")
}

pub fn fault(text: &str) -> Fault {
    text.parse().expect("a fault")
}

/// A request with every required field and these ones.
pub fn request(fields: Value) -> Value {
    let mut request = json!({
        "model": "dd-etts-3.0",
        "targetText": "The quick brown fox jumps over the lazy dog.",
        "locale": "en-US",
        "voicePromptId": "bd1b00bb-be1c-4679-8eaa-0fcbfd4ff773",
        "format": "s16le",
        "sampleRate": 16000,
        "seed": 7,
    });
    for (name, value) in fields.as_object().expect("an object") {
        request[name] = value.clone();
    }
    request
}

pub fn id(n: u128) -> String {
    uuid::Uuid::from_u128(n).to_string()
}

/// A connection to `/open`.
pub struct Client {
    pub socket: WebSocket<TcpStream>,
}

/// Connects to an address of `/open` with these headers.
pub fn connect(url: &str, headers: &[(&'static str, &str)]) -> Result<Client, Error> {
    let mut request = url.into_client_request()?;
    let address = request.uri().authority().expect("an address").to_string();
    for (name, value) in headers {
        request
            .headers_mut()
            .insert(*name, value.parse().expect("a header value"));
    }
    let tcp = TcpStream::connect(address).expect("the port is open");
    tcp.set_read_timeout(Some(PATIENCE)).expect("a time limit");
    match tungstenite::client(request, tcp) {
        Ok((socket, _)) => Ok(Client { socket }),
        Err(tungstenite::HandshakeError::Failure(error)) => Err(error),
        Err(tungstenite::HandshakeError::Interrupted(_)) => panic!("no answer to the handshake"),
    }
}

impl Client {
    pub fn new(sandbox: &Sandbox) -> Client {
        Client::with_query(sandbox, "")
    }

    pub fn with_query(sandbox: &Sandbox, query: &str) -> Client {
        let url = sandbox.deepdub_open_url() + query;
        connect(&url, &[("x-api-key", sandbox.api_key())]).expect("a connection")
    }

    pub fn send(&mut self, request: &Value) {
        self.socket
            .send(Message::text(request.to_string()))
            .expect("the request goes out");
    }

    /// The next JSON message, in whatever kind of frame.
    pub fn receive(&mut self) -> Value {
        self.try_receive().expect("a message")
    }

    pub fn try_receive(&mut self) -> Result<Value, Error> {
        loop {
            match self.socket.read()? {
                Message::Text(text) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Message::Binary(bytes) => return Ok(serde_json::from_slice(&bytes).expect("JSON")),
                Message::Close(_) => return Err(Error::ConnectionClosed),
                _ => {}
            }
        }
    }

    /// All messages up to the one with isFinished or an error.
    pub fn receive_all(&mut self) -> Vec<Value> {
        let mut messages = Vec::new();
        loop {
            let message = self.receive();
            let last = message["isFinished"] == true || message["error"].is_string();
            messages.push(message);
            if last {
                return messages;
            }
        }
    }

    /// Sends a request and gives all messages of its answer.
    pub fn ask(&mut self, fields: Value) -> Vec<Value> {
        self.send(&request(fields));
        self.receive_all()
    }

    /// Sends a request that has to fail, and gives the error.
    pub fn refused(&mut self, request: &Value) -> Value {
        self.send(request);
        let message = self.receive();
        assert!(message["error"].is_string(), "{message}");
        message
    }
}

/// The audio in a message.
pub fn audio(message: &Value) -> Vec<u8> {
    STANDARD
        .decode(message["data"].as_str().expect("data"))
        .expect("base64")
}

/// The audio of all messages, joined.
pub fn joined(messages: &[Value]) -> Vec<u8> {
    messages.iter().flat_map(audio).collect()
}

/// The indexes of the messages that have one.
pub fn indexes(messages: &[Value]) -> Vec<u64> {
    messages
        .iter()
        .filter_map(|message| message["index"].as_u64())
        .collect()
}

/// What a TLS client is set up with that trusts this authority alone.
pub fn trusting(ca_pem: &str) -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(ca_pem.as_bytes()).expect("a certificate"))
        .expect("a certificate that can be trusted");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions that the provider has")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// A blocking HTTP client that reports statuses as answers.
pub fn http() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(PATIENCE))
        .max_redirects(0)
        .build()
        .into()
}

/// One REST request with the key, a JSON body if there is one, and its answer.
pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).expect("JSON")
    }
}

pub fn rest(sandbox: &Sandbox, method: &str, path: &str, body: Option<&Value>) -> Result<Answer, ureq::Error> {
    rest_with_key(sandbox, method, path, body, Some(sandbox.api_key()))
}

pub fn rest_with_key(
    sandbox: &Sandbox,
    method: &str,
    path: &str,
    body: Option<&Value>,
    key: Option<&str>,
) -> Result<Answer, ureq::Error> {
    let mut request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{}{path}", sandbox.base_url()));
    if let Some(key) = key {
        request = request.header("x-api-key", key);
    }
    let mut response = match body {
        None => http().run(request.body(()).expect("a request"))?,
        Some(body) => http().run(request.body(body.to_string()).expect("a request"))?,
    };
    let bytes = response.body_mut().with_config().limit(1 << 30).read_to_vec()?;
    Ok(Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        bytes,
    })
}
