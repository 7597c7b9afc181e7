//! The messages of a generation on a WebSocket, and the ways to spoil them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::Value;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::chunks::Chunk;
use crate::Fault;
use crate::fault::ErrorType;

/// The acknowledgement of a request.
pub(super) fn acknowledgement(id: &str, fault: &Fault) -> Vec<Message> {
    send(
        format!(r#"{{"data":"","generationId":{},"isFinished":false}}"#, quote(id)),
        fault,
    )
}

/// A chunk of audio.
pub(super) fn chunk(id: &str, chunk: &Chunk, fault: &Fault) -> Vec<Message> {
    let index = match fault.no_index {
        true => String::new(),
        false => format!(r#""index":{},"#, chunk.index),
    };
    let mut json = format!(r#"{{{index}"generationId":{},"data":""#, quote(id));
    STANDARD.encode_string(&chunk.data, &mut json);
    json.push_str(match chunk.is_finished {
        true => r#"","isFinished":true}"#,
        false => r#"","isFinished":false}"#,
    });
    let mut messages = send(json, fault);
    if fault.ping {
        messages.insert(0, Message::Ping(Bytes::from_static(b"sandbox")));
    }
    messages
}

/// An error; without an id it belongs to no generation in particular.
pub(super) fn error(kind: ErrorType, text: &str, id: Option<&str>, fault: &Fault) -> Vec<Message> {
    let id = id.map_or(String::new(), |id| format!(r#","generationId":{}"#, quote(id)));
    send(
        format!(r#"{{"error":{},"errorType":{}{id}}}"#, quote(text), quote(kind.name())),
        fault,
    )
}

/// What the vendor would say about an error of this kind.
pub(super) fn error_text(kind: ErrorType) -> &'static str {
    match kind {
        ErrorType::RateLimit => "Rate limit exceeded",
        ErrorType::MaxExceeded => "Maximum generation minutes exceeded",
        ErrorType::InsufficientCredits => "Insufficient credits",
        ErrorType::InvalidInput => "Invalid request parameters",
        ErrorType::Server => "Internal server error",
    }
}

/// JSON that breaks off.
pub(super) fn bad_json(id: &str, index: usize) -> Message {
    Message::text(format!(r#"{{"index":{index},"generationId":{},"data":"#, quote(id)))
}

/// A chunk whose data is not base64.
pub(super) fn bad_base64(id: &str, index: usize) -> Message {
    Message::text(format!(
        r#"{{"index":{index},"generationId":{},"data":"@not/base64@","isFinished":false}}"#,
        quote(id)
    ))
}

/// A text message that is not UTF-8.
pub(super) fn bad_utf8(id: &str, index: usize) -> Message {
    let mut bytes = format!(r#"{{"index":{index},"generationId":{},"data":""#, quote(id)).into_bytes();
    bytes.extend_from_slice(b"\xff\xfe\",\"isFinished\":false}");
    Message::Frame(Frame::message(bytes, OpCode::Data(Data::Text), true))
}

/// A frame with an opcode that does not exist and all reserved bits set.
pub(super) fn bad_frame() -> Message {
    let mut frame = Frame::message(&b"sandbox"[..], OpCode::Data(Data::Reserved(3)), true);
    let header = frame.header_mut();
    header.rsv1 = true;
    header.rsv2 = true;
    header.rsv3 = true;
    Message::Frame(frame)
}

/// A message of exactly that size: a chunk, if one fits.
pub(super) fn oversize(id: &str, index: usize, bytes: usize) -> Message {
    let head = format!(r#"{{"index":{index},"generationId":{},"data":""#, quote(id));
    let tail = r#"","isFinished":false}"#;
    let room = bytes.saturating_sub(head.len() + tail.len());
    let mut text = head;
    text.extend(std::iter::repeat_n('A', room - room % 4));
    text.push_str(tail);
    text.extend(std::iter::repeat_n(' ', room % 4));
    text.truncate(bytes);
    Message::text(text)
}

/// The frames of one JSON message, in the style that a fault asks for.
fn send(mut json: String, fault: &Fault) -> Vec<Message> {
    if fault.extra {
        json = format!(
            r#"{{"requestId":"sandbox","node":{{"zone":["a",1,null,true]}},{},"progress":0.5,"note":"{{\"data\":\"\\u0000\"}}"}}"#,
            &json[1..json.len() - 1]
        );
    }
    if fault.escape {
        json = json.replace('/', r"\/");
    }
    if fault.fragment {
        return fragments(json.into(), fault.binary);
    }
    vec![match fault.binary {
        true => Message::binary(json),
        false => Message::text(json),
    }]
}

/// A message in four frames, of which one is empty.
fn fragments(payload: Bytes, binary: bool) -> Vec<Message> {
    let kind = if binary { Data::Binary } else { Data::Text };
    let (a, b) = (payload.len() / 3, payload.len() * 2 / 3);
    [
        (payload.slice(..a), kind, false),
        (payload.slice(a..b), Data::Continue, false),
        (Bytes::new(), Data::Continue, false),
        (payload.slice(b..), Data::Continue, true),
    ]
    .into_iter()
    .map(|(part, kind, last)| Message::Frame(Frame::message(part, OpCode::Data(kind), last)))
    .collect()
}

fn quote(text: &str) -> String {
    Value::from(text).to_string()
}
