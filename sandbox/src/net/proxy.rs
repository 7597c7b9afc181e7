//! An HTTP proxy for `CONNECT`, as companies have them.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::pipe::{Traffic, pipe};
use super::server::Server;
use crate::state::lock;
use crate::stream::Stream;
use crate::{Error, tls};

/// The longest head of a request, in bytes.
const MAX_HEAD: usize = 16 << 10;

/// An HTTP proxy that makes tunnels by `CONNECT`, with a password if there is to be one.
///
/// It looks no name up: one that it is not told of by [`map`](ConnectProxy::map) is answered 502, except `localhost`, and
/// so is an address that is not of the loopback. Thus a test can use a name that exists nowhere else, and prove that the
/// client leaves names to its proxy.
///
/// Its methods can be called from any thread. Dropping it closes every connection.
pub struct ConnectProxy {
    server: Server,
    shared: Arc<Shared>,
    ca_pem: Option<String>,
}

#[derive(Default)]
struct Shared {
    traffic: Traffic,
    /// What the header has to say; none when all are let through.
    authorization: Option<String>,
    names: Mutex<HashMap<String, SocketAddr>>,
    targets: Mutex<Vec<String>>,
    refuse: Mutex<Option<u16>>,
    tunnels: AtomicU64,
}

impl ConnectProxy {
    /// Starts one that asks for this user and password (HTTP Basic), if any.
    ///
    /// # Errors
    /// [`Error::Runtime`] when the system does not give a port or a thread.
    pub fn start(credentials: Option<(&str, &str)>) -> Result<ConnectProxy, Error> {
        ConnectProxy::start_with(credentials, None)
    }

    /// The same, spoken to over TLS, with a certificate as [`Options::tls`](crate::Options::tls) makes one.
    ///
    /// # Errors
    /// Also [`Error::Tls`].
    pub fn start_tls(credentials: Option<(&str, &str)>) -> Result<ConnectProxy, Error> {
        ConnectProxy::start_with(credentials, Some(tls::make()?))
    }

    fn start_with(credentials: Option<(&str, &str)>, tls: Option<tls::Tls>) -> Result<ConnectProxy, Error> {
        let shared = Arc::new(Shared {
            authorization: credentials
                .map(|(user, password)| format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))),
            ..Shared::default()
        });
        let (acceptor, ca_pem) = match tls {
            Some(tls) => (Some(tls.acceptor), Some(tls.ca_pem)),
            None => (None, None),
        };
        let server = Server::start("voicewire-proxy", {
            let shared = Arc::clone(&shared);
            move |tcp| {
                let (shared, acceptor) = (Arc::clone(&shared), acceptor.clone());
                async move {
                    let work = async {
                        let client = match acceptor {
                            None => Ok(Stream::plain(tcp)),
                            Some(acceptor) => acceptor.accept(tcp).await.map(Stream::tls),
                        };
                        if let Ok(client) = client {
                            // Its error says that the client has gone.
                            let _ = shared.serve(client).await;
                        }
                    };
                    shared.traffic.connection(work).await;
                }
            }
        })
        .map_err(Error::Runtime)?;
        Ok(ConnectProxy { server, shared, ca_pem })
    }

    /// Where it listens: a port of 127.0.0.1.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// `http://127.0.0.1:PORT`, or `https://…` when it is spoken to over TLS; without the password.
    pub fn url(&self) -> String {
        let scheme = if self.ca_pem.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.addr())
    }

    /// The certificate that a client has to trust, in PEM; none without TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// From now on a tunnel to `target` (`voice.test:443`: host and port, in any case) leads to `to`.
    pub fn map(&self, target: &str, to: SocketAddr) {
        lock(&self.shared.names).insert(target.to_ascii_lowercase(), to);
    }

    /// From now on every `CONNECT` with the right password is answered with this status instead; none ends that.
    pub fn refuse(&self, status: Option<u16>) {
        *lock(&self.shared.refuse) = status;
    }

    /// The `host:port` of each `CONNECT`, in order, as they were asked for; also of those that were refused.
    pub fn targets(&self) -> Vec<String> {
        lock(&self.shared.targets).clone()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> u64 {
        self.shared.traffic.connections.load(Ordering::Relaxed)
    }

    /// How many connections are open.
    pub fn open_connections(&self) -> usize {
        self.shared.traffic.open.load(Ordering::Relaxed)
    }

    /// How many tunnels there have been.
    pub fn tunnels(&self) -> u64 {
        self.shared.tunnels.load(Ordering::Relaxed)
    }

    /// The bytes that went through tunnels to servers.
    pub fn bytes_to_server(&self) -> u64 {
        self.shared.traffic.to_server.load(Ordering::Relaxed)
    }

    /// The bytes that went through tunnels to clients.
    pub fn bytes_to_client(&self) -> u64 {
        self.shared.traffic.to_client.load(Ordering::Relaxed)
    }

    /// Ends all connections. New ones are possible at once.
    pub fn cut(&self) {
        self.shared.traffic.cut();
    }
}

/// What becomes of a request.
enum Answer {
    Tunnel(TcpStream),
    Refusal(u16, String),
}

impl Shared {
    /// Answers the requests of one connection, until one of them makes it a tunnel.
    async fn serve(&self, mut client: Stream) -> io::Result<()> {
        let mut received = Vec::new();
        loop {
            let Some(length) = head(&mut client, &mut received).await? else {
                return Ok(());
            };
            let text = String::from_utf8_lossy(&received[..length]).into_owned();
            received.drain(..length);
            match self.answer(&text).await {
                Answer::Tunnel(mut server) => {
                    let _ = server.set_nodelay(true);
                    self.tunnels.fetch_add(1, Ordering::Relaxed);
                    // A client in a hurry has sent this before it had its answer.
                    self.traffic
                        .to_server
                        .fetch_add(received.len() as u64, Ordering::Relaxed);
                    server.write_all(&received).await?;
                    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
                    client.flush().await?;
                    pipe(client, Stream::plain(server), Duration::ZERO, &self.traffic).await;
                    return Ok(());
                }
                Answer::Refusal(status, reason) => {
                    client.write_all(refusal(status, &reason).as_bytes()).await?;
                    client.flush().await?;
                }
            }
        }
    }

    async fn answer(&self, head: &str) -> Answer {
        let mut lines = head.split("\r\n");
        let mut request = lines.next().unwrap_or_default().split(' ');
        let (Some("CONNECT"), Some(target)) = (request.next(), request.next()) else {
            return Answer::Refusal(405, "this proxy takes CONNECT only".to_owned());
        };
        lock(&self.targets).push(target.to_owned());
        let authorization = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("proxy-authorization"))
            .map(|(_, value)| value.trim());
        if self.authorization.is_some() && authorization != self.authorization.as_deref() {
            return Answer::Refusal(407, "this proxy wants a user and a password".to_owned());
        }
        if let Some(status) = *lock(&self.refuse) {
            return Answer::Refusal(status, "this proxy has been told to refuse".to_owned());
        }
        let Some(to) = self.address(target) else {
            return Answer::Refusal(502, format!("this proxy knows of no {target}"));
        };
        match TcpStream::connect(to).await {
            Ok(server) => Answer::Tunnel(server),
            Err(error) => Answer::Refusal(502, format!("{target} cannot be reached: {error}")),
        }
    }

    fn address(&self, target: &str) -> Option<SocketAddr> {
        let target = target.to_ascii_lowercase();
        if let Some(to) = lock(&self.names).get(&target) {
            return Some(*to);
        }
        match target.strip_prefix("localhost:") {
            Some(port) => port.parse().ok().map(|port| (Ipv4Addr::LOCALHOST, port).into()),
            None => target.parse().ok().filter(|to: &SocketAddr| to.ip().is_loopback()),
        }
    }
}

/// Reads until the head of a request is there, and gives its length; none when there is no further one.
async fn head(client: &mut Stream, received: &mut Vec<u8>) -> io::Result<Option<usize>> {
    loop {
        if let Some(at) = received.windows(4).position(|end| end == b"\r\n\r\n") {
            return Ok(Some(at + 4));
        }
        if received.len() > MAX_HEAD || client.read_buf(received).await? == 0 {
            return Ok(None);
        }
    }
}

fn refusal(status: u16, reason: &str) -> String {
    let asks = match status {
        407 => "Proxy-Authenticate: Basic realm=\"sandbox\"\r\n",
        _ => "",
    };
    format!(
        "HTTP/1.1 {status} Refused\r\n{asks}Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{reason}",
        reason.len()
    )
}
