//! The doubles for networks: a line that is slow, cut or dead, and a proxy.

mod support;

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;
use support::{Client, PATIENCE, connect, start};
use voicewire_sandbox::net::{ConnectProxy, Link};

const DELAY: Duration = Duration::from_millis(40);
/// Longer than whatever passes on this machine, shorter than a test's patience.
const QUIET: Duration = Duration::from_millis(150);

/// A server that sends back what it gets, and ends when its client ends.
fn echo() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        for tcp in listener.incoming() {
            thread::spawn(move || {
                let tcp = tcp.unwrap();
                tcp.set_nodelay(true).unwrap();
                let _ = std::io::copy(&mut &tcp, &mut &tcp);
            });
        }
    });
    addr
}

fn dial(addr: SocketAddr) -> TcpStream {
    let tcp = TcpStream::connect(addr).unwrap();
    tcp.set_nodelay(true).unwrap();
    tcp.set_read_timeout(Some(PATIENCE)).unwrap();
    tcp
}

/// Sends these bytes and waits for their return.
fn there_and_back(tcp: &mut TcpStream, bytes: &[u8]) -> Duration {
    let begin = Instant::now();
    tcp.write_all(bytes).unwrap();
    let mut back = vec![0; bytes.len()];
    tcp.read_exact(&mut back).unwrap();
    assert!(back == bytes);
    begin.elapsed()
}

/// Whether nothing comes for a while.
fn is_quiet(tcp: &mut TcpStream) -> bool {
    tcp.set_read_timeout(Some(QUIET)).unwrap();
    let read = tcp.read(&mut [0; 64]);
    tcp.set_read_timeout(Some(PATIENCE)).unwrap();
    matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock || error.kind() == ErrorKind::TimedOut)
}

/// That it takes so many delays: never fewer, and no more of them unless the machine was busy with something else.
#[track_caller]
fn assert_takes(delays: u32, mut pass: impl FnMut() -> Duration) {
    let mut times = Vec::new();
    while times.len() < 50 {
        let time = pass();
        assert!(time >= DELAY * delays, "{time:?}, {delays} delays");
        if time < DELAY * (delays + 1) {
            return;
        }
        times.push(time);
    }
    panic!("never {delays} delays: {times:?}");
}

#[test]
fn a_link_takes_a_round_trip_to_connect_and_one_for_each_answer() {
    let (server, mut tries) = (echo(), 0);
    assert_takes(4, || {
        there_and_back(&mut dial(Link::start(server, DELAY).unwrap().addr()), b"first")
    });
    let link = Link::start(server, DELAY).unwrap();
    let mut tcp = dial(link.addr());
    there_and_back(&mut tcp, b"first");
    assert_takes(2, || {
        tries += 1;
        there_and_back(&mut tcp, b"second")
    });
    assert_eq!((link.connections(), link.open_connections()), (1, 1));
    let bytes = 5 + 6 * tries;
    assert_eq!((link.bytes_to_server(), link.bytes_to_client()), (bytes, bytes));
}

#[test]
fn a_link_is_late_and_not_narrow() {
    let link = Link::start(echo(), DELAY).unwrap();
    let mut tcp = dial(link.addr());
    there_and_back(&mut tcp, b"connected");
    // Pieces that each waited for the one before would take at least as long as they do one by one.
    let pieces = 50;
    let mut writer = tcp.try_clone().unwrap();
    let begin = Instant::now();
    let writing = thread::spawn(move || {
        for _ in 0..pieces {
            writer.write_all(&[7; 1000]).unwrap();
            thread::sleep(Duration::from_millis(1));
        }
    });
    tcp.read_exact(&mut vec![0; pieces * 1000]).unwrap();
    let time = begin.elapsed();
    assert!(time < DELAY * 2 * pieces as u32, "{time:?}");
    writing.join().unwrap();
    let large: Vec<u8> = (0..8 << 20).map(|n| (n % 251) as u8).collect();
    let mut writer = tcp.try_clone().unwrap();
    let sent = large.clone();
    let writing = thread::spawn(move || writer.write_all(&sent).unwrap());
    let mut back = vec![0; large.len()];
    tcp.read_exact(&mut back).unwrap();
    writing.join().unwrap();
    assert!(back == large);
}

#[test]
fn a_link_passes_the_end_of_one_direction_on() {
    let link = Link::start(echo(), DELAY).unwrap();
    let mut tcp = dial(link.addr());
    tcp.write_all(b"all there is").unwrap();
    tcp.shutdown(Shutdown::Write).unwrap();
    let mut back = String::new();
    tcp.read_to_string(&mut back).unwrap();
    assert_eq!(back, "all there is");
}

#[test]
fn a_link_passes_a_reset_on_and_has_one_where_nobody_listens() {
    let sandbox = start();
    let link = Link::start(sandbox.addr(), Duration::ZERO).unwrap();
    let url = format!("ws://{}/open?fault=reset,after=1", link.addr());
    let mut client = connect(&url, &[("x-api-key", sandbox.api_key())]).unwrap();
    client.send(&support::request(json!({})));
    let error = loop {
        if let Err(error) = client.try_receive() {
            break error;
        }
    };
    let is_reset = matches!(&error, tungstenite::Error::Io(error) if error.kind() == ErrorKind::ConnectionReset);
    assert!(is_reset, "{error:?}");

    let nobody = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .unwrap()
        .local_addr()
        .unwrap();
    let link = Link::start(nobody, Duration::ZERO).unwrap();
    let error = dial(link.addr()).read(&mut [0; 1]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_link_that_is_cut_ends_its_connections_and_takes_new_ones() {
    let link = Link::start(echo(), Duration::ZERO).unwrap();
    let mut tcps = [dial(link.addr()), dial(link.addr())];
    for tcp in &mut tcps {
        there_and_back(tcp, b"connected");
    }
    link.cut();
    for tcp in &mut tcps {
        assert!(matches!(tcp.read(&mut [0; 1]), Ok(0) | Err(_)));
        assert!(!is_quiet(tcp));
    }
    assert_eq!(link.open_connections(), 0);
    there_and_back(&mut dial(link.addr()), b"again");
    assert_eq!(link.connections(), 3);
}

#[test]
fn a_link_that_hangs_says_nothing_and_loses_nothing() {
    let sandbox = start();
    let link = Link::start(echo(), Duration::ZERO).unwrap();
    let mut tcp = dial(link.addr());
    there_and_back(&mut tcp, b"connected");
    link.hang(true);
    tcp.write_all(b"held").unwrap();
    assert!(is_quiet(&mut tcp));
    let mut new = dial(link.addr());
    new.write_all(b"held too").unwrap();
    assert!(is_quiet(&mut new));
    link.hang(false);
    let mut back = [0; 4];
    tcp.read_exact(&mut back).unwrap();
    assert_eq!(&back, b"held");
    there_and_back(&mut tcp, b"and on");

    // The end of the server is not noticed either.
    let link = Link::start(sandbox.addr(), Duration::ZERO).unwrap();
    let url = format!("ws://{}/ws", link.addr());
    let mut client = connect(&url, &[("x-api-key", sandbox.api_key())]).unwrap();
    client.receive();
    link.hang(true);
    drop(sandbox);
    assert!(is_quiet(client.socket.get_mut()));
    link.cut();
    assert!(client.try_receive().is_err());
}

#[test]
fn a_link_that_is_dropped_takes_its_connections_along() {
    let link = Link::start(echo(), Duration::ZERO).unwrap();
    let addr = link.addr();
    let mut tcp = dial(addr);
    there_and_back(&mut tcp, b"connected");
    drop(link);
    assert!(matches!(tcp.read(&mut [0; 1]), Ok(0) | Err(_)));
    assert!(TcpStream::connect(addr).is_err());
}

/// Asks a proxy for a tunnel, and gives the head of its answer.
fn ask(stream: &mut (impl Read + Write), target: &str, credentials: Option<&str>) -> String {
    let authorization = credentials.map_or(String::new(), |it| format!("Proxy-Authorization: Basic {it}\r\n"));
    write!(
        stream,
        "CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{authorization}\r\n"
    )
    .unwrap();
    answer(stream)
}

fn answer(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("Content-Length: "))
        .map_or(0, |length| length.parse().unwrap());
    stream.read_exact(&mut vec![0; length]).unwrap();
    head
}

#[test]
fn a_proxy_leads_to_a_name_that_only_it_knows() {
    let sandbox = start();
    let proxy = ConnectProxy::start(None).unwrap();
    proxy.map("voice.test:80", sandbox.addr());
    let mut tcp = dial(proxy.addr());
    let head = ask(&mut tcp, "Voice.test:80", None);
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let mut request = tungstenite::ClientRequestBuilder::new("ws://voice.test/open".parse().unwrap());
    request = request.with_header("x-api-key", sandbox.api_key());
    let (socket, _) = tungstenite::client(request, tcp).unwrap();
    let mut client = Client { socket };
    assert_eq!(client.ask(json!({})).last().unwrap()["isFinished"], true);
    assert_eq!(proxy.targets(), ["Voice.test:80"]);
    assert_eq!((proxy.connections(), proxy.tunnels()), (1, 1));
    let (there, back) = (proxy.bytes_to_server(), proxy.bytes_to_client());
    assert!(there > 300 && back > 10_000, "{there} and {back} bytes");
    proxy.cut();
    assert!(client.try_receive().is_err());
}

#[test]
fn a_proxy_knows_addresses_of_this_machine_and_no_other_names() {
    let echo = echo();
    let proxy = ConnectProxy::start(None).unwrap();
    for target in [echo.to_string(), format!("localhost:{}", echo.port())] {
        let mut tcp = dial(proxy.addr());
        assert!(ask(&mut tcp, &target, None).starts_with("HTTP/1.1 200 "));
        there_and_back(&mut tcp, b"through");
    }
    let mut tcp = dial(proxy.addr());
    for target in ["voice.test:443", "192.0.2.1:443", "127.0.0.1", ""] {
        let head = ask(&mut tcp, target, None);
        assert!(head.starts_with("HTTP/1.1 502 "), "{target}: {head}");
    }
    tcp.write_all(b"GET http://127.0.0.1/ HTTP/1.1\r\n\r\n").unwrap();
    assert!(answer(&mut tcp).starts_with("HTTP/1.1 405 "));
    assert_eq!(proxy.tunnels(), 2);
}

#[test]
fn a_proxy_with_a_password_asks_for_it() {
    let echo = echo().to_string();
    let proxy = ConnectProxy::start(Some(("user", "pass:word"))).unwrap();
    let mut tcp = dial(proxy.addr());
    for wrong in [None, Some("dXNlcjp3cm9uZw==")] {
        let head = ask(&mut tcp, &echo, wrong);
        assert!(head.starts_with("HTTP/1.1 407 "), "{head}");
        assert!(head.contains("\r\nProxy-Authenticate: Basic realm="), "{head}");
    }
    // On the same connection, and "user:pass:word".
    let head = ask(&mut tcp, &echo, Some("dXNlcjpwYXNzOndvcmQ="));
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    there_and_back(&mut tcp, b"through");
    assert_eq!(proxy.targets().len(), 3);
    assert_eq!((proxy.connections(), proxy.tunnels()), (1, 1));
}

#[test]
fn a_proxy_refuses_as_it_is_told() {
    let echo = echo().to_string();
    let proxy = ConnectProxy::start(None).unwrap();
    let mut tcp = dial(proxy.addr());
    proxy.refuse(Some(403));
    assert!(ask(&mut tcp, &echo, None).starts_with("HTTP/1.1 403 "));
    proxy.refuse(None);
    assert!(ask(&mut tcp, &echo, None).starts_with("HTTP/1.1 200 "));
}

#[test]
fn what_a_client_sends_with_its_request_for_a_tunnel_goes_through() {
    let echo = echo();
    let proxy = ConnectProxy::start(None).unwrap();
    let mut tcp = dial(proxy.addr());
    write!(tcp, "CONNECT {echo} HTTP/1.1\r\n\r\nhasty").unwrap();
    assert!(answer(&mut tcp).starts_with("HTTP/1.1 200 "));
    let mut back = [0; 5];
    tcp.read_exact(&mut back).unwrap();
    assert_eq!(&back, b"hasty");
}

#[test]
fn a_proxy_can_be_spoken_to_over_tls() {
    let echo = echo().to_string();
    let proxy = ConnectProxy::start_tls(None).unwrap();
    assert!(proxy.url().starts_with("https://127.0.0.1:"));
    let config = support::trusting(proxy.ca_pem().unwrap());
    let name = rustls::pki_types::ServerName::try_from("127.0.0.1").unwrap();
    let mut session = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut tcp = dial(proxy.addr());
    let mut stream = rustls::Stream::new(&mut session, &mut tcp);
    assert!(ask(&mut stream, &echo, None).starts_with("HTTP/1.1 200 "));
    stream.write_all(b"through").unwrap();
    let mut back = [0; 7];
    stream.read_exact(&mut back).unwrap();
    assert_eq!(&back, b"through");
}
