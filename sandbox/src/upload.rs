//! Multipart bodies: counted, hashed and mostly thrown away while they come in.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use futures_util::{StreamExt, stream};
use multer::{Constraints, Multipart, SizeLimit};
use ring::digest::{Context, SHA256};
use serde_json::{Map, Value, json};
use tokio::sync::Mutex;

/// The largest upload.
const MAX_UPLOAD: u64 = 4 << 30;
/// The longest text field.
const MAX_TEXT: usize = 64 << 10;

/// A multipart form that was read to its end.
#[derive(Default)]
pub(crate) struct Form {
    pub(crate) texts: BTreeMap<String, String>,
    pub(crate) files: BTreeMap<String, Upload>,
    /// The names of all parts, in their order.
    pub(crate) order: Vec<String>,
}

/// A part with a file name: what is kept of it.
#[derive(Clone)]
pub(crate) struct Upload {
    pub(crate) file_name: String,
    pub(crate) content_type: Option<String>,
    pub(crate) size: u64,
    /// In hexadecimal, of the whole.
    pub(crate) sha256: String,
    /// Its beginning: all of it, if it is not longer than what is kept.
    pub(crate) head: Vec<u8>,
}

/// Whether a request says that its body is multipart.
pub(crate) fn is_multipart(headers: &HeaderMap) -> bool {
    content_type(headers).is_some_and(|value| value.to_ascii_lowercase().starts_with("multipart/form-data"))
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()
}

/// Reads a form and keeps `kept` bytes of each file at most. What is refused is read to its end all the same: a client that is
/// still sending would not see the answer.
///
/// # Errors
/// What is wrong with the body, in a person's words.
pub(crate) async fn read(headers: &HeaderMap, body: Body, kept: usize) -> Result<Form, String> {
    let body = Arc::new(Mutex::new(body.into_data_stream()));
    let form = read_parts(headers, &body, kept).await;
    if form.is_err() {
        let mut rest = body.lock().await;
        while let Some(Ok(_)) = rest.next().await {}
    }
    form
}

async fn read_parts(headers: &HeaderMap, body: &Arc<Mutex<BodyDataStream>>, kept: usize) -> Result<Form, String> {
    let boundary = content_type(headers)
        .and_then(|value| multer::parse_boundary(value).ok())
        .ok_or("the body must be multipart/form-data with a boundary")?;
    let limit = SizeLimit::new().whole_stream(MAX_UPLOAD);
    let pieces = stream::unfold(Arc::clone(body), async |body| {
        let piece = body.lock().await.next().await?;
        Some((piece, body))
    });
    let mut parts = Multipart::with_constraints(pieces, boundary, Constraints::new().size_limit(limit));
    let mut form = Form::default();
    while let Some(mut part) = parts.next_field().await.map_err(words)? {
        let name = part.name().unwrap_or_default().to_owned();
        form.order.push(name.clone());
        let Some(file_name) = part.file_name().map(str::to_owned) else {
            let mut text = Vec::new();
            while let Some(bytes) = part.chunk().await.map_err(words)? {
                if text.len() + bytes.len() > MAX_TEXT {
                    return Err(format!("the field {name} is longer than {} KiB", MAX_TEXT >> 10));
                }
                text.extend_from_slice(&bytes);
            }
            let text = String::from_utf8(text).map_err(|_| format!("the field {name} is not UTF-8"))?;
            form.texts.insert(name, text);
            continue;
        };
        let mut upload = Upload {
            file_name,
            content_type: part.content_type().map(ToString::to_string),
            size: 0,
            sha256: String::new(),
            head: Vec::new(),
        };
        let mut digest = Context::new(&SHA256);
        while let Some(bytes) = part.chunk().await.map_err(words)? {
            upload.size += bytes.len() as u64;
            digest.update(&bytes);
            let room = kept - upload.head.len();
            upload.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
        upload.sha256 = hexadecimal(digest.finish().as_ref());
        form.files.insert(name, upload);
    }
    Ok(form)
}

fn words(error: multer::Error) -> String {
    format!("the multipart body cannot be read: {error}")
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Form {
    /// What the request log shows of it.
    pub(crate) fn summary(&self) -> Value {
        let mut summary: Map<String, Value> = self
            .texts
            .iter()
            .map(|(name, text)| (name.clone(), text.as_str().into()))
            .collect();
        for (name, upload) in &self.files {
            summary.insert(name.clone(), upload.summary());
        }
        Value::Object(summary)
    }
}

impl Upload {
    fn summary(&self) -> Value {
        json!({
            "file_name": self.file_name,
            "content_type": self.content_type,
            "size": self.size,
            "sha256": self.sha256,
        })
    }
}
