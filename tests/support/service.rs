//! A service that says, message by message, what a test is about.
#![allow(dead_code)]

use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use tungstenite::{Message, WebSocket};
use voicewire::RetryPolicy;
use voicewire::deepdub::{Client, Config, Timeouts};

/// A service that answers one connection in its own way.
pub struct Service {
    pub address: String,
    thread: JoinHandle<()>,
}

impl Service {
    pub fn start(serve: impl FnOnce(&mut Peer) + Send + 'static) -> Service {
        let mut serve = Some(serve);
        Service::start_over(1, move |_, peer| {
            if let Some(serve) = serve.take() {
                serve(peer);
            }
        })
    }

    /// One that drops all connections but the last when `serve` has returned.
    pub fn start_over(connections: usize, mut serve: impl FnMut(usize, &mut Peer) + Send + 'static) -> Service {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound").to_string();
        let thread = std::thread::spawn(move || {
            for connection in 0..connections {
                let stream = listener.accept().expect("a client").0;
                let mut peer = Peer(tungstenite::accept(stream).expect("a handshake"));
                serve(connection, &mut peer);
                // Until the client has gone.
                while connection + 1 == connections && peer.0.read().is_ok() {}
            }
        });
        Service { address, thread }
    }

    pub fn client(&self, timeouts: Timeouts) -> Client {
        self.client_that_retries(timeouts, RetryPolicy::none())
    }

    pub fn client_that_retries(&self, timeouts: Timeouts, retry: RetryPolicy) -> Client {
        let config = Config::new()
            .api_key(KEY)
            .websocket_url(format!("ws://{}/open", self.address))
            .streaming_url(format!("ws://{}/ws", self.address))
            .timeouts(timeouts)
            .retry(retry);
        Client::new(&config).expect("a client")
    }

    pub fn end(self) {
        self.thread.join().expect("the service ends");
    }
}

pub const KEY: &str = "dd-0123456789abcdef";

/// Tries again at once.
pub const SOON: RetryPolicy = RetryPolicy {
    retries: 3,
    first_delay: Duration::from_millis(2),
    max_delay: Duration::from_millis(20),
};

/// Longer than any test.
pub const MUCH_LATER: RetryPolicy = RetryPolicy {
    retries: 3,
    first_delay: Duration::from_secs(3600),
    max_delay: Duration::from_secs(3600),
};

pub struct Peer(pub WebSocket<TcpStream>);

impl Peer {
    pub fn next(&mut self) -> serde_json::Value {
        loop {
            if let Message::Text(text) = self.0.read().expect("a message") {
                return serde_json::from_str(&text).expect("JSON");
            }
        }
    }

    /// Whether anything more is said before the client goes.
    pub fn is_left_alone(&mut self) -> bool {
        !matches!(self.0.read(), Ok(Message::Text(_)))
    }

    /// The text of a turn up to its end, or to the piece that ends with `last`; its configuration has to come first.
    pub fn text(&mut self, last: &str) -> String {
        assert_eq!(self.next()["action"], "stream-config");
        let mut text = String::new();
        loop {
            let message = self.next();
            match message["action"].as_str() {
                Some("stream-text") => text.push_str(message["data"]["text"].as_str().expect("text")),
                Some("end-stream") => return text,
                other => panic!("{other:?}"),
            }
            if text.ends_with(last) {
                return text;
            }
        }
    }

    /// The next request's id.
    pub fn asked(&mut self) -> String {
        self.next()["generationId"].as_str().expect("an id").to_owned()
    }

    /// The next message that asks for this; those before it are passed over.
    pub fn until(&mut self, action: &str) {
        while self.next()["action"] != action {}
    }

    pub fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).expect("sent");
    }

    pub fn chunk(&mut self, id: &str, index: u64, data: &str, last: bool) {
        self.say(&chunk(id, index, data, last));
    }
}

pub fn chunk(id: &str, index: u64, data: &str, last: bool) -> String {
    format!(r#"{{"generationId":"{id}","index":{index},"data":"{data}","isFinished":{last}}}"#)
}
