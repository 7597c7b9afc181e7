//! `/files/…`: where the `url` of an answer leads, as a storage service would serve it: no key, parts on request.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::ops::Range;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State as Shared};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use bytes::Bytes;
use futures_util::stream;
use uuid::Uuid;

use crate::guard;
use crate::state::{State, lock};

/// The most bytes that are sent at a time.
const PIECE: usize = 64 << 10;
/// How many files that belong to nothing are kept.
const LOOSE: usize = 64;

static ZEROS: [u8; PIECE] = [0; PIECE];

/// Bytes to be downloaded.
#[derive(Clone, Default)]
pub(crate) struct Content {
    parts: Vec<Bytes>,
    /// How many zero bytes come after the parts, for what was too long to be kept.
    zeros: u64,
}

impl Content {
    pub(crate) fn new(parts: Vec<Bytes>, zeros: u64) -> Content {
        Content { parts, zeros }
    }

    pub(crate) fn len(&self) -> u64 {
        self.parts.iter().map(|part| part.len() as u64).sum::<u64>() + self.zeros
    }

    /// All of it in one piece.
    pub(crate) fn whole(&self) -> Bytes {
        match &self.parts[..] {
            [one] if self.zeros == 0 => one.clone(),
            _ => {
                let mut whole = self.parts.concat();
                whole.resize(whole.len() + self.zeros as usize, 0);
                whole.into()
            }
        }
    }

    /// What begins at `offset`, in one piece that is not longer than `most`.
    fn piece(&self, mut offset: u64, most: u64) -> Bytes {
        let most = most.min(PIECE as u64) as usize;
        for part in &self.parts {
            if offset < part.len() as u64 {
                let begin = offset as usize;
                return part.slice(begin..part.len().min(begin + most));
            }
            offset -= part.len() as u64;
        }
        Bytes::from_static(&ZEROS[..most])
    }

    fn body(self, range: Range<u64>) -> Body {
        Body::from_stream(stream::unfold((self, range), async |(content, range)| {
            if range.is_empty() {
                return None;
            }
            let piece = content.piece(range.start, range.end - range.start);
            let rest = range.start + piece.len() as u64..range.end;
            Some((Ok::<_, Infallible>(piece), (content, rest)))
        }))
    }
}

/// A file that can be downloaded.
#[derive(Clone)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) content_type: &'static str,
    pub(crate) content: Content,
}

impl File {
    /// The answer to a request for it: all of it, or the range that is asked for.
    pub(crate) fn answer(self, headers: &HeaderMap) -> Response {
        let length = self.content.len();
        let mut response = Response::new(Body::empty());
        let answer = response.headers_mut();
        answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        answer.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        answer.insert(header::CONTENT_DISPOSITION, disposition(&self.name));
        let range = match asked_range(headers, length) {
            Asked::All => 0..length,
            Asked::Range(range) => {
                let told = format!("bytes {}-{}/{length}", range.start, range.end - 1);
                answer.insert(header::CONTENT_RANGE, text(&told));
                *response.status_mut() = StatusCode::PARTIAL_CONTENT;
                range
            }
            Asked::Impossible => {
                answer.insert(header::CONTENT_RANGE, text(&format!("bytes */{length}")));
                *response.status_mut() = StatusCode::RANGE_NOT_SATISFIABLE;
                0..0
            }
        };
        response
            .headers_mut()
            .insert(header::CONTENT_LENGTH, (range.end - range.start).into());
        *response.body_mut() = self.content.body(range);
        response
    }
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""))
}

/// `attachment` with the name as it is, hostile or not: quoted, and beyond ASCII in the form of RFC 5987 as well.
fn disposition(name: &str) -> HeaderValue {
    let quoted: String = name
        .chars()
        .flat_map(|c| match c {
            '"' | '\\' => vec!['\\', c],
            c if c.is_ascii() && !c.is_ascii_control() => vec![c],
            _ => vec!['_'],
        })
        .collect();
    let mut value = format!("attachment; filename=\"{quoted}\"");
    if !name.chars().all(|c| c.is_ascii() && !c.is_ascii_control()) {
        value += "; filename*=UTF-8''";
        for byte in name.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => value.push(char::from(byte)),
                _ => value += &format!("%{byte:02X}"),
            }
        }
    }
    text(&value)
}

enum Asked {
    All,
    Range(Range<u64>),
    Impossible,
}

/// One range of bytes; several at once, and what is no range, count as none, as the standard allows.
fn asked_range(headers: &HeaderMap, length: u64) -> Asked {
    let Some((first, last)) = headers
        .get(header::RANGE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("bytes="))
        .and_then(|range| range.split_once('-'))
    else {
        return Asked::All;
    };
    let range = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if last >= first => first..last.saturating_add(1).min(length),
        (Ok(first), Err(_)) if last.is_empty() => first..length,
        (Err(_), Ok(count)) if first.is_empty() => length.saturating_sub(count)..length,
        _ => return Asked::All,
    };
    match range.start < range.end {
        true => Asked::Range(range),
        false => Asked::Impossible,
    }
}

/// The files of one sandbox, by their ids.
#[derive(Default)]
pub(crate) struct Files(Mutex<Store>);

#[derive(Default)]
struct Store {
    files: HashMap<Uuid, File>,
    /// Those that nothing refers to, oldest first.
    loose: VecDeque<Uuid>,
}

impl Files {
    /// Keeps a file until it is removed.
    pub(crate) fn keep(&self, id: Uuid, file: File) {
        lock(&self.0).files.insert(id, file);
    }

    /// Keeps a file for some time: as long as it is among the last 64 of its kind.
    pub(crate) fn keep_loose(&self, file: File) -> Uuid {
        let id = Uuid::new_v4();
        let mut store = lock(&self.0);
        store.files.insert(id, file);
        store.loose.push_back(id);
        if store.loose.len() > LOOSE
            && let Some(oldest) = store.loose.pop_front()
        {
            store.files.remove(&oldest);
        }
        id
    }

    pub(crate) fn remove(&self, id: Uuid) {
        lock(&self.0).files.remove(&id);
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<File> {
        lock(&self.0).files.get(&id).cloned()
    }

    /// The file behind an address that this sandbox gave out.
    pub(crate) fn at(&self, url: &str, origin: &str) -> Option<File> {
        let path = url.strip_prefix(origin)?.strip_prefix("/files/")?;
        self.get(Uuid::parse_str(path.split('/').next()?).ok()?)
    }
}

/// The address of a file, for a client that knows the sandbox as `origin`.
pub(crate) fn url(origin: &str, id: Uuid, name: &str) -> String {
    let name: String = name
        .chars()
        .map(|c| match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '-' | '.' | '_' => c,
            _ => '_',
        })
        .collect();
    format!("{origin}/files/{id}/{name}?signature={:016x}", id.as_u64_pair().0)
}

pub(crate) fn router(state: Arc<State>) -> Router<Arc<State>> {
    Router::new()
        .route("/files/{id}/{name}", get(download))
        .route_layer(from_fn_with_state(state, front))
}

async fn front(Shared(state): Shared<Arc<State>>, request: Request, next: Next) -> Response {
    guard::pass(&state, request, next, refusal, |parts| {
        // The signature in the address is the one way to sign in, and two are refused.
        match parts.headers.contains_key(header::AUTHORIZATION) {
            true => Err((
                StatusCode::BAD_REQUEST,
                "Only one auth mechanism allowed; the address is signed already",
            )),
            false => Ok(()),
        }
    })
    .await
}

async fn download(
    Shared(state): Shared<Arc<State>>,
    Path((id, name)): Path<(String, String)>,
    method: Method,
    request: Request,
) -> Response {
    let file = Uuid::parse_str(&id)
        .ok()
        .and_then(|id| Some((id, state.files.get(id)?)));
    let Some((id, file)) = file else {
        return refusal(StatusCode::NOT_FOUND, "The specified key does not exist.");
    };
    let signed = url("", id, &name);
    if request
        .uri()
        .path_and_query()
        .is_none_or(|asked| asked.as_str() != signed)
    {
        return refusal(
            StatusCode::FORBIDDEN,
            "The request signature we calculated does not match the signature you provided.",
        );
    }
    let mut response = file.answer(request.headers());
    if method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}

/// An error as a storage service words it: XML.
pub(crate) fn refusal(status: StatusCode, message: &str) -> Response {
    let code = match status.as_u16() {
        400 => "InvalidArgument",
        403 => "AccessDenied",
        404 => "NoSuchKey",
        503 => "SlowDown",
        _ => "InternalError",
    };
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/xml"));
    response
}
