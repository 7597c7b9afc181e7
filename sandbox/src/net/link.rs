//! A slow line to one server, which can be cut and can go dead.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::sleep;

use super::pipe::{Traffic, pipe};
use super::server::Server;
use crate::stream::Stream;

/// A line to one server, over which every byte takes its time in either direction. The bandwidth is not limited: what
/// is sent together arrives together. The system's timer makes it up to 2 ms slower than asked for.
///
/// Its methods can be called from any thread. Dropping it closes every connection.
pub struct Link {
    server: Server,
    traffic: Arc<Traffic>,
}

impl Link {
    /// Starts a line to `to` that takes `one_way_delay` in each direction.
    ///
    /// A connection costs a round trip of its own: the system lets a client connect at once, but what it sends leaves
    /// two delays later. So the first answer comes after four of them, as it does over a real line.
    ///
    /// # Errors
    /// When the system does not give a port or a thread.
    pub fn start(to: SocketAddr, one_way_delay: Duration) -> io::Result<Link> {
        let traffic = Arc::new(Traffic::default());
        let shared = Arc::clone(&traffic);
        let server = Server::start("voicewire-link", move |client| {
            let traffic = Arc::clone(&shared);
            async move { traffic.connection(connect(client, to, one_way_delay, &traffic)).await }
        })?;
        Ok(Link { server, traffic })
    }

    /// Where to connect to: a port of 127.0.0.1.
    pub fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// How many connections there have been.
    pub fn connections(&self) -> u64 {
        self.traffic.connections.load(Ordering::Relaxed)
    }

    /// How many connections are open.
    pub fn open_connections(&self) -> usize {
        self.traffic.open.load(Ordering::Relaxed)
    }

    /// The bytes that have arrived at the server.
    pub fn bytes_to_server(&self) -> u64 {
        self.traffic.to_server.load(Ordering::Relaxed)
    }

    /// The bytes that have arrived at clients.
    pub fn bytes_to_client(&self) -> u64 {
        self.traffic.to_client.load(Ordering::Relaxed)
    }

    /// Ends all connections, without what is under way on them. New ones are possible at once.
    pub fn cut(&self) {
        self.traffic.cut();
    }

    /// Goes silent: from now on nothing arrives, not even the end of a connection, as if the other side had lost its
    /// power. With `false`, everything that was held back arrives.
    pub fn hang(&self, hangs: bool) {
        self.traffic.hang(hangs);
    }
}

async fn connect(client: TcpStream, to: SocketAddr, delay: Duration, traffic: &Traffic) {
    let client = Stream::plain(client);
    // The client's wish to connect arrives …
    sleep(delay).await;
    let server = TcpStream::connect(to).await;
    // … and the answer to it.
    sleep(delay).await;
    match server {
        Ok(server) => {
            let _ = server.set_nodelay(true);
            pipe(client, Stream::plain(server), delay, traffic).await;
        }
        Err(_) => client.line().reset_at_end(),
    }
}
