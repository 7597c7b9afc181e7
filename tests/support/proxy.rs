//! A proxy that makes tunnels, or answers as a test wants it to.
#![allow(dead_code)] // each test program uses its own part of it

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// What it does with a request.
#[derive(Clone)]
pub enum Answer {
    /// A tunnel to this address, whatever was asked for.
    Tunnel(SocketAddr),
    /// These bytes, then an end.
    Bytes(Vec<u8>),
    /// Nothing.
    Silence,
}

/// Runs until the test's program ends.
pub struct TestProxy {
    pub address: SocketAddr,
    heads: Arc<Mutex<Vec<String>>>,
}

impl TestProxy {
    pub fn start(answer: Answer) -> TestProxy {
        TestProxy::start_with(vec![answer])
    }

    /// One answer for each connection in turn, the last for all that follow.
    pub fn start_with(answers: Vec<Answer>) -> TestProxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("bound");
        let heads = Arc::new(Mutex::new(Vec::new()));
        let known = Arc::clone(&heads);
        std::thread::spawn(move || {
            for (number, stream) in listener.incoming().flatten().enumerate() {
                let answer = answers[number.min(answers.len() - 1)].clone();
                let heads = Arc::clone(&known);
                std::thread::spawn(move || serve(stream, answer, &heads));
            }
        });
        TestProxy { address, heads }
    }

    /// The heads of the requests so far.
    pub fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("a lock").clone()
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn serve(mut stream: TcpStream, answer: Answer, heads: &Mutex<Vec<String>>) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    heads
        .lock()
        .expect("a lock")
        .push(String::from_utf8_lossy(&head).into_owned());
    match answer {
        Answer::Tunnel(to) => {
            let service = TcpStream::connect(to)?;
            stream.write_all(b"HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n")?;
            let (from_client, to_service) = (stream.try_clone()?, service.try_clone()?);
            std::thread::spawn(move || pump(from_client, to_service));
            pump(service, stream)
        }
        Answer::Bytes(bytes) => {
            stream.write_all(&bytes)?;
            stream.shutdown(Shutdown::Write)?;
            stream.read_to_end(&mut Vec::new()).map(drop)
        }
        Answer::Silence => stream.read_to_end(&mut Vec::new()).map(drop),
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream) -> io::Result<()> {
    let copied = io::copy(&mut from, &mut to);
    let _ = to.shutdown(Shutdown::Write);
    copied.map(drop)
}

/// TLS in front of `plain`: its address, and the certificate to trust.
pub fn encrypted(plain: SocketAddr) -> (SocketAddr, String) {
    let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("good");
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let session = ServerConnection::new(Arc::clone(&config)).expect("a session");
            std::thread::spawn(move || {
                let service = TcpStream::connect(plain)?;
                relay(StreamOwned::new(session, stream), service)
            });
        }
    });
    (address, made.cert.pem())
}

/// Both ways on one thread, since the two ways of TLS cannot be taken apart.
fn relay(mut client: StreamOwned<ServerConnection, TcpStream>, mut service: TcpStream) -> io::Result<()> {
    let a_moment = Some(Duration::from_millis(1));
    client.sock.set_read_timeout(a_moment)?;
    service.set_read_timeout(a_moment)?;
    let mut bytes = vec![0; 64 * 1024];
    let nothing = |error: &io::Error| matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
    loop {
        match client.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(length) => service.write_all(&bytes[..length])?,
            Err(error) if nothing(&error) => {}
            Err(error) => return Err(error),
        }
        match service.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(length) => client.write_all(&bytes[..length])?,
            Err(error) if nothing(&error) => {}
            Err(error) => return Err(error),
        }
    }
}
