//! A client's connection as bytes, plain or TLS, which can be cut.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_rustls::server::TlsStream;

/// The handle by which whoever answers a request can cut the connection that it came on.
#[derive(Clone, Default)]
pub(crate) struct Line(Arc<LineState>);

#[derive(Default)]
struct LineState {
    cut: Notify,
    reset: AtomicBool,
}

impl Line {
    /// Asks the HTTP connection to end at once, with no answer.
    pub(crate) fn cut(&self) {
        // Keeps a permit when nobody waits yet.
        self.0.cut.notify_one();
    }

    /// From now on, the end of the connection is a TCP reset.
    pub(crate) fn reset_at_end(&self) {
        self.0.reset.store(true, Ordering::Relaxed);
    }

    pub(crate) async fn was_cut(&self) {
        self.0.cut.notified().await;
    }
}

/// A client's connection.
pub(crate) struct Stream {
    io: Io,
    line: Line,
}

enum Io {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub(crate) fn plain(tcp: TcpStream) -> Stream {
        Stream {
            io: Io::Plain(tcp),
            line: Line::default(),
        }
    }

    pub(crate) fn tls(tls: TlsStream<TcpStream>) -> Stream {
        Stream {
            io: Io::Tls(Box::new(tls)),
            line: Line::default(),
        }
    }

    pub(crate) fn line(&self) -> Line {
        self.line.clone()
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.line.0.reset.load(Ordering::Relaxed) {
            let tcp = match &self.io {
                Io::Plain(tcp) => tcp,
                Io::Tls(tls) => tls.get_ref().0,
            };
            // A socket that lingers for no time is closed by a reset.
            let _ = tcp.set_zero_linger();
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().io {
            Io::Plain(tcp) => Pin::new(tcp).poll_read(cx, buffer),
            Io::Tls(tls) => Pin::new(tls).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.get_mut().io {
            Io::Plain(tcp) => Pin::new(tcp).poll_write(cx, bytes),
            Io::Tls(tls) => Pin::new(tls).poll_write(cx, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().io {
            Io::Plain(tcp) => Pin::new(tcp).poll_flush(cx),
            Io::Tls(tls) => Pin::new(tls).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut self.get_mut().io {
            Io::Plain(tcp) => Pin::new(tcp).poll_shutdown(cx),
            Io::Tls(tls) => Pin::new(tls).poll_shutdown(cx),
        }
    }
}
