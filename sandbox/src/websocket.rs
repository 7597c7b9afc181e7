//! A WebSocket connection from the upgrade on: knows frames, and no service's messages.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};

use crate::record::{Outcome, Tracked};
use crate::server::MAX_BODY;
use crate::state::Run;
use crate::stream::{Line, Stream};

/// How long a client may take to answer a close frame.
const CLOSING: Duration = Duration::from_secs(5);

/// The answer that accepts a WebSocket handshake, or why it is none.
pub(crate) fn accept(headers: &HeaderMap) -> Result<Response, &'static str> {
    let has = |name: header::HeaderName, token: &str| {
        headers.get_all(name).iter().any(|value| {
            value
                .to_str()
                .is_ok_and(|value| value.split(',').any(|part| part.trim().eq_ignore_ascii_case(token)))
        })
    };
    if !has(header::CONNECTION, "upgrade") || !has(header::UPGRADE, "websocket") {
        return Err("this path speaks WebSocket: connect with ws:// or wss://");
    }
    if !has(header::SEC_WEBSOCKET_VERSION, "13") {
        return Err("Sec-WebSocket-Version must be 13");
    }
    let key = headers
        .get(header::SEC_WEBSOCKET_KEY)
        .ok_or("Sec-WebSocket-Key is missing")?;
    let accept =
        HeaderValue::try_from(derive_accept_key(key.as_bytes())).map_err(|_| "Sec-WebSocket-Key is not valid")?;

    let mut response = Response::default();
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    Ok(response)
}

/// An accepted connection.
pub(crate) struct WebSocket {
    pub(crate) writer: Writer,
    pub(crate) reader: Reader,
}

/// Where a connection's messages come from.
pub(crate) struct Reader(SplitStream<WebSocketStream<Stream>>);

/// Where a connection's messages go to.
pub(crate) struct Writer {
    sink: SplitSink<WebSocketStream<Stream>, Message>,
    line: Line,
}

/// Waits until the handshake's answer has gone out, and takes the connection over.
pub(crate) async fn upgraded(upgrade: OnUpgrade) -> Option<WebSocket> {
    let (stream, already_read) = raw(upgrade).await?;
    let line = stream.line();
    let mut config = WebSocketConfig::default();
    config.max_message_size = Some(MAX_BODY);
    config.max_frame_size = Some(MAX_BODY);
    let socket = WebSocketStream::from_partially_read(stream, already_read, Role::Server, Some(config));
    let (sink, stream) = socket.await.split();
    Some(WebSocket {
        writer: Writer { sink, line },
        reader: Reader(stream),
    })
}

/// Takes a connection over and only reads it, until the client closes it.
pub(crate) async fn ignore(upgrade: OnUpgrade) {
    if let Some((mut stream, _)) = raw(upgrade).await {
        let mut buffer = [0; 4096];
        while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
    }
}

async fn raw(upgrade: OnUpgrade) -> Option<(Stream, Vec<u8>)> {
    let parts = upgrade.await.ok()?.downcast::<TokioIo<Stream>>().ok()?;
    Some((parts.io.into_inner(), parts.read_buf.to_vec()))
}

impl Reader {
    /// The next message with content; none when the client has closed the connection or broken the protocol.
    pub(crate) async fn next(&mut self) -> Option<Message> {
        loop {
            match self.0.next().await {
                Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) => {
                    return Some(message);
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                // A ping has been answered by the protocol's own machinery.
                Some(Ok(_)) => {}
            }
        }
    }
}

/// One thing to do on a connection.
pub(crate) struct Outgoing {
    pub(crate) what: What,
    /// A generation that sends an audio chunk by this.
    pub(crate) chunk_of: Option<Tracked>,
    /// A generation that ends by this.
    pub(crate) ends: Option<(Run, Outcome)>,
}

/// See [`Outgoing`].
pub(crate) enum What {
    Send(Vec<Message>),
    Close(u16),
    Drop,
    Reset,
}

impl Outgoing {
    pub(crate) fn send(messages: Vec<Message>) -> Outgoing {
        Outgoing {
            what: What::Send(messages),
            chunk_of: None,
            ends: None,
        }
    }
}

/// How a connection came to its end.
pub(crate) enum End {
    /// With close frames, or because the client went.
    Orderly,
    /// By a fault: nothing more may be written.
    Cut,
}

impl Writer {
    /// Does one thing after the other until there is an end.
    pub(crate) async fn run(&mut self, queue: &mut mpsc::Receiver<Outgoing>) -> End {
        while let Some(outgoing) = queue.recv().await {
            // What is remembered of a message is written down first: whoever has received it can rely on it.
            if let Some(tracked) = outgoing.chunk_of {
                tracked.count_chunk();
            }
            if let Some((run, outcome)) = outgoing.ends {
                run.end(outcome);
            }
            match outgoing.what {
                What::Send(messages) => {
                    for message in messages {
                        if self.sink.feed(message).await.is_err() {
                            return End::Orderly;
                        }
                    }
                    if self.sink.flush().await.is_err() {
                        return End::Orderly;
                    }
                }
                What::Close(code) => {
                    let frame = CloseFrame {
                        code: CloseCode::from(code),
                        reason: "fault".into(),
                    };
                    let _ = self.sink.send(Message::Close(Some(frame))).await;
                    // The client's answer ends the reader, and so the connection.
                    tokio::time::sleep(CLOSING).await;
                    return End::Orderly;
                }
                What::Drop => return End::Cut,
                What::Reset => {
                    self.line.reset_at_end();
                    return End::Cut;
                }
            }
        }
        End::Orderly
    }
}

impl WebSocket {
    /// Closes the connection: with a close frame and TLS's own goodbye, unless it was cut.
    pub(crate) async fn end(self, end: End) {
        if matches!(end, End::Cut) {
            return;
        }
        let Ok(mut socket) = self.reader.0.reunite(self.writer.sink) else {
            return;
        };
        let goodbye = async {
            // The answer to the client's close frame, if that was the end, has been prepared but not written.
            let _ = socket.flush().await;
            let _ = socket.close(None).await;
            let _ = socket.get_mut().shutdown().await;
        };
        let _ = tokio::time::timeout(CLOSING, goodbye).await;
    }
}
