//! Carries bytes between two connections, late if need be.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf, split};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};

use crate::stream::{Line, Stream};

/// How much is read at once, in bytes.
const PIECE: usize = 16 << 10;
/// How many pieces may be on their way in one direction: then the sender feels it, as on a network.
const UNDER_WAY: usize = 4096;

/// What all connections of one double share: what passed, and what its owner does to them.
#[derive(Default)]
pub(super) struct Traffic {
    pub(super) connections: AtomicU64,
    pub(super) open: AtomicUsize,
    pub(super) to_server: AtomicU64,
    pub(super) to_client: AtomicU64,
    cuts: watch::Sender<u64>,
    hung: watch::Sender<bool>,
}

impl Traffic {
    pub(super) fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    pub(super) fn hang(&self, hangs: bool) {
        self.hung.send_replace(hangs);
    }

    /// Waits while it hangs.
    async fn flowing(&self) {
        // Fails when the sender is gone, and that is here.
        let _ = self.hung.subscribe().wait_for(|hung| !hung).await;
    }

    /// Counts a connection, and drops its work when it is cut.
    pub(super) async fn connection(&self, work: impl Future<Output = ()>) {
        let mut cuts = self.cuts.subscribe();
        self.connections.fetch_add(1, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
        let mut work = pin!(work);
        // Goes before the work and what is open on it, so that whoever has seen the cut finds it counted.
        let _open = Open(&self.open);
        tokio::select! {
            () = &mut work => {}
            _ = cuts.changed() => {}
        }
    }
}

struct Open<'a>(&'a AtomicUsize);

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Carries bytes both ways until both sides have ended, each piece so much later than it came. The end of one side and
/// a reset are passed on as such, and as late.
pub(super) async fn pipe(client: Stream, server: Stream, delay: Duration, traffic: &Traffic) {
    let lines = [client.line(), server.line()];
    // While the connections are still there: they are closed with the work on them.
    let reset = |_: &io::Error| lines.iter().for_each(Line::reset_at_end);
    let (from_client, to_client) = split(client);
    let (from_server, to_server) = split(server);
    let there = carry(from_client, to_server, delay, traffic, &traffic.to_server);
    let back = carry(from_server, to_client, delay, traffic, &traffic.to_client);
    let _: io::Result<((), ())> = tokio::try_join!(async { there.await.inspect_err(reset) }, async {
        back.await.inspect_err(reset)
    },);
}

/// One direction.
async fn carry(
    mut from: ReadHalf<Stream>,
    mut to: WriteHalf<Stream>,
    delay: Duration,
    traffic: &Traffic,
    count: &AtomicU64,
) -> io::Result<()> {
    let (sent, mut under_way) = mpsc::channel(UNDER_WAY);
    let reading = async move {
        loop {
            traffic.flowing().await;
            let mut piece = BytesMut::with_capacity(PIECE);
            let read = from.read_buf(&mut piece).await;
            let ended = !matches!(read, Ok(count) if count > 0);
            let piece = read.map(|_| piece.freeze());
            if sent.send((Instant::now() + delay, piece)).await.is_err() || ended {
                return Ok(());
            }
        }
    };
    let writing = async {
        while let Some((due, piece)) = under_way.recv().await {
            if !delay.is_zero() {
                sleep_until(due).await;
            }
            traffic.flowing().await;
            let piece = piece?;
            if piece.is_empty() {
                return to.shutdown().await;
            }
            // First, so that whoever has received it finds it counted.
            count.fetch_add(piece.len() as u64, Ordering::Relaxed);
            to.write_all(&piece).await?;
            to.flush().await?;
        }
        Ok(())
    };
    tokio::try_join!(reading, writing).map(|_| ())
}
