//! TLS with the sandbox's own authority.

mod support;

use std::net::TcpStream;
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use serde_json::{Value, json};
use support::{PATIENCE, quick, request, trusting};
use tungstenite::client::IntoClientRequest;
use tungstenite::{Error, Message, WebSocket};
use voicewire_sandbox::{Options, Sandbox};

type Tls = StreamOwned<ClientConnection, TcpStream>;

fn start() -> Sandbox {
    Sandbox::start(Options { tls: true, ..quick() }).unwrap()
}

/// A connection that trusts this authority, to the sandbox under one of its names.
fn connect(sandbox: &Sandbox, ca_pem: &str, name: &str) -> Result<WebSocket<Tls>, String> {
    let config = trusting(ca_pem);
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let address = &sandbox.base_url()["https://".len()..];
    let tcp = TcpStream::connect(address).unwrap();
    tcp.set_read_timeout(Some(PATIENCE)).unwrap();
    let tls = StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), tcp);
    let mut request = sandbox.deepdub_open_url().into_client_request().unwrap();
    request
        .headers_mut()
        .insert("x-api-key", sandbox.api_key().parse().unwrap());
    tungstenite::client(request, tls)
        .map(|(socket, _)| socket)
        .map_err(|error| error.to_string())
}

#[test]
fn who_trusts_the_authority_is_served_under_every_name() {
    let sandbox = start();
    assert!(sandbox.base_url().starts_with("https://127.0.0.1:"));
    assert!(sandbox.deepdub_open_url().starts_with("wss://127.0.0.1:"));
    for name in ["127.0.0.1", "localhost", "::1"] {
        let mut socket = connect(&sandbox, sandbox.ca_pem().unwrap(), name).unwrap();
        socket.send(Message::text(request(json!({})).to_string())).unwrap();
        loop {
            let message = socket.read().unwrap().into_text().unwrap();
            let message: Value = serde_json::from_str(&message).unwrap();
            if message["isFinished"] == true {
                break;
            }
        }
        socket.close(None).unwrap();
        loop {
            match socket.read() {
                Ok(_) => {}
                Err(error) => {
                    assert!(matches!(error, Error::ConnectionClosed), "{error}");
                    break;
                }
            }
        }
    }
}

#[test]
fn who_does_not_trust_it_refuses() {
    let (sandbox, other) = (start(), start());
    let error = connect(&sandbox, other.ca_pem().unwrap(), "127.0.0.1").unwrap_err();
    assert!(error.contains("certificate"), "{error}");
    let error = connect(&sandbox, sandbox.ca_pem().unwrap(), "example.com").unwrap_err();
    assert!(error.contains("certificate"), "{error}");
}

#[test]
fn a_dropped_connection_ends_without_tls_saying_goodbye() {
    let sandbox = start();
    let mut socket = connect(&sandbox, sandbox.ca_pem().unwrap(), "localhost").unwrap();
    let request = request(json!({"voicePromptId": "fault:drop,after=1"}));
    socket.send(Message::text(request.to_string())).unwrap();
    socket.read().unwrap();
    socket.read().unwrap();
    match socket.read() {
        Err(Error::Io(error)) => assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof),
        other => panic!("{other:?}"),
    }
}

#[test]
fn without_tls_there_is_no_authority() {
    assert_eq!(support::start().ca_pem(), None);
}

#[test]
fn garbage_instead_of_tls_harms_nobody() {
    let sandbox = start();
    let mut tcp = TcpStream::connect(&sandbox.base_url()["https://".len()..]).unwrap();
    std::io::Write::write_all(&mut tcp, b"GET / HTTP/1.1\r\n\r\n").unwrap();
    assert!(connect(&sandbox, sandbox.ca_pem().unwrap(), "localhost").is_ok());
}
