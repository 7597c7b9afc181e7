//! Downloads: of any length, to disk, and whole or not at all.

use std::io::{self, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::control::{CallOptions, Control};
use super::endpoint::Endpoint;
use super::file_name::name_in_disposition;
use super::http::{Body, Head, Incoming, Limits, Method, Progress, Request, Response};
use super::rest::{Rest, may_repeat, redacted};
use super::retry::Backoff;
use super::wait::pause;
use crate::error::{Error, ErrorKind, Result};
use crate::part_file::{PartFile, file_error};
use crate::secret::Secret;

/// Where a download goes. It is written beside its destination and takes its name when it is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SaveTo {
    /// This file; one of that name is replaced. So is a symbolic link, and not what it leads to.
    File(PathBuf),
    /// This directory, which is there, under the name that the service gives, made safe: no directories, no control
    /// characters, no device's name, not hidden, 200 bytes at most. A file of that name is replaced.
    Directory(PathBuf),
}

/// What a download has become.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Saved {
    /// The file.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
}

/// How often a download may be sent elsewhere.
const MAX_REDIRECTS: u32 = 5;

/// How much is read at once.
const PIECE: usize = 64 * 1024;

/// Gives a file that is whole its name, and answers with its path.
pub(crate) type Place<'a> = &'a dyn Fn(PartFile) -> Result<PathBuf>;

pub(crate) struct Download<'a> {
    pub from: Endpoint,
    /// Sent to the service alone, wherever else the download leads.
    pub headers: &'a [(&'a str, &'a str)],
    /// Whether it is an address out of an answer. Such addresses are signed in most cases, and storage services refuse
    /// those that come with a key besides: the headers go along only where it does not work without.
    pub is_link: bool,
    pub to: &'a SaveTo,
    /// Gives the file its name, which it answers with, where that is not simply the one that it goes to.
    pub place: Option<Place<'a>>,
    /// For a directory, where the service gives no name.
    pub fallback_name: &'a str,
    pub on_progress: Progress<'a>,
    pub error_of: &'a dyn Fn(&Response) -> Error,
    pub secrets: &'a [Secret],
}

/// What has come so far.
#[derive(Default)]
struct State {
    file: Option<PartFile>,
    written: u64,
    /// How much there is in all, where that was said.
    total: Option<u64>,
    validator: Option<String>,
    /// Whether a link turned out to want the headers.
    wants_headers: bool,
}

/// What came of one try.
enum Step {
    Done,
    Elsewhere(String),
    /// The link wants to know who asks.
    WithHeaders,
    /// What was had does not fit what is there now.
    FromTheStart,
}

impl Rest {
    /// Downloads. What breaks off goes on where it was, if the service can tell that it is still the same, and else from
    /// the start; tried again as long as that brings something.
    pub fn download(&self, mut download: Download<'_>, options: &CallOptions) -> Result<Saved> {
        let control = self.control(options);
        let mut state = State::default();
        let mut from = download.from.clone();
        let mut redirects = 0;
        let mut restarts = 0;
        let mut backoff = Backoff::new(self.retry);
        let (mut attempts, mut furthest) = (0, 0);
        loop {
            attempts += 1;
            let error = match self.step(&from, &mut download, &mut state, &control) {
                Ok(Step::Done) => break,
                Ok(Step::Elsewhere(location)) => {
                    redirects += 1;
                    if redirects > MAX_REDIRECTS {
                        return Err(
                            Error::new(ErrorKind::Protocol, "the download is sent from one place to another")
                                .with_url(from.display()),
                        );
                    }
                    from = from
                        .follow("location", &location, self.allow_plaintext)
                        .map_err(|error| Error::new(ErrorKind::Protocol, error.message()).with_url(from.display()))?;
                    continue;
                }
                Ok(Step::WithHeaders) => {
                    state.wants_headers = true;
                    continue;
                }
                Ok(Step::FromTheStart) => {
                    restarts += 1;
                    if restarts > self.retry.retries {
                        return Err(
                            Error::new(ErrorKind::Protocol, "the file changes while it is downloaded")
                                .with_url(from.display()),
                        );
                    }
                    state.restart().map_err(|error| state.failed(&error))?;
                    continue;
                }
                Err(error) => error,
            };
            if state.written > furthest {
                furthest = state.written;
                backoff = Backoff::new(self.retry);
            }
            let moment = if may_repeat(true, &error) {
                backoff.next(error.retry_after(), None)
            } else {
                None
            };
            let error = redacted(error.with_url(from.display()).with_attempts(attempts), download.secrets);
            let Some(moment) = moment else {
                return Err(error);
            };
            log::debug!(
                "{}: once more from byte {}, after: {error}",
                from.display(),
                state.written
            );
            pause(&control, moment).map_err(|error| error.with_url(from.display()))?;
        }
        let bytes = state.written;
        let file = state
            .file
            .ok_or_else(|| Error::new(ErrorKind::Internal, "a download without a file"))?;
        let path = match download.place {
            Some(place) => place(file)?,
            None => {
                let path = file.path().to_owned();
                file.put_in_place()?;
                path
            }
        };
        Ok(Saved { path, bytes })
    }

    fn step(&self, from: &Endpoint, download: &mut Download<'_>, state: &mut State, control: &Control) -> Result<Step> {
        let range = format!("bytes={}-", state.written);
        let mut headers = vec![("accept-encoding", "identity")];
        let is_known = from.is_same_server(&self.base);
        let is_signed_in = is_known && (!download.is_link || state.wants_headers);
        if is_signed_in {
            headers.extend_from_slice(download.headers);
        }
        // Without something that names the content, what comes may be the rest of another file.
        let validator = state.validator.clone().filter(|_| state.written > 0);
        match &validator {
            Some(validator) => headers.extend([("range", range.as_str()), ("if-range", validator)]),
            None if state.written > 0 => state.restart().map_err(|error| state.failed(&error))?,
            None => {}
        }
        log::debug!("GET {} from byte {}", from.display(), state.written);
        let request = Request {
            method: Method::Get,
            endpoint: from,
            accept: "*/*",
            headers: &headers,
            body: &Body::Empty,
            control,
            limits: Limits {
                whole: None,
                ..self.limits
            },
        };
        self.http.receive(&request, |head, body| match head.status {
            200 | 206 => state.take(head, body, download, from),
            // Nothing is there after what was had.
            416 if validator.is_some() => Ok(Step::FromTheStart),
            401 | 403 if is_known && !is_signed_in => Ok(Step::WithHeaders),
            301 | 302 | 303 | 307 | 308 if head.location.is_some() => {
                Ok(Step::Elsewhere(head.location.unwrap_or_default()))
            }
            _ => {
                let body = self.http.read_whole(body)?;
                Err((download.error_of)(&head.into_response(body)))
            }
        })
    }
}

impl State {
    fn restart(&mut self) -> io::Result<()> {
        self.written = 0;
        self.total = None;
        self.validator = None;
        self.file.as_mut().map_or(Ok(()), PartFile::start_over)
    }

    fn failed(&self, error: &io::Error) -> Error {
        let path = self.file.as_ref().map_or(Path::new(""), PartFile::path);
        file_error(path, "could not be written", error)
    }

    /// Writes what comes to the file until it ends.
    fn take(&mut self, head: Head, body: &mut Incoming, download: &mut Download<'_>, from: &Endpoint) -> Result<Step> {
        if head.status == 206 {
            match head.content_range.as_deref().and_then(parse_content_range) {
                Some((start, total))
                    if start == self.written && total.is_none_or(|total| Some(total) == self.total) => {}
                _ => return Ok(Step::FromTheStart),
            }
        } else {
            if self.written > 0 {
                self.restart().map_err(|error| self.failed(&error))?;
            }
            if !head.has_end {
                return Err(Error::new(
                    ErrorKind::Protocol,
                    "the service does not say how long the file is, so that its end cannot be told from a break",
                ));
            }
            self.total = head.length;
            self.validator = head.validator.clone().filter(|_| head.accepts_ranges);
        }
        if self.file.is_none() {
            let path = destination(download.to, &head, download.fallback_name);
            self.file = Some(PartFile::create(&path)?);
            log::debug!("{} goes to {}", from.display(), path.display());
        }
        let mut piece = vec![0; PIECE];
        if (download.on_progress)(self.written, self.total).is_break() {
            return Err(Error::cancelled());
        }
        loop {
            let length = body.piece(&mut piece)?;
            if length == 0 {
                break;
            }
            // A service that has something to say instead; some call whatever they send a text.
            if let Some(words) = head.type_of_words()
                && self.written == 0
                && matches!(piece[..length].trim_ascii_start().first(), Some(b'{' | b'[' | b'<'))
            {
                let message = format!("the answer is no file, but {words}");
                return Err(Error::new(ErrorKind::Protocol, message).with_http_status(head.status));
            }
            let written = self
                .file
                .as_mut()
                .map_or(Ok(()), |file| file.write_all(&piece[..length]));
            written.map_err(|error| self.failed(&error))?;
            self.written += length as u64;
            if let ControlFlow::Break(()) = (download.on_progress)(self.written, self.total) {
                return Err(Error::cancelled());
            }
        }
        match self.total {
            Some(total) if self.written != total => Err(Error::new(
                ErrorKind::Network,
                format!("the download ended after {} of {total} bytes", self.written),
            )),
            _ => Ok(Step::Done),
        }
    }
}

fn destination(to: &SaveTo, head: &Head, fallback_name: &str) -> PathBuf {
    match to {
        SaveTo::File(path) => path.clone(),
        SaveTo::Directory(directory) => {
            let name = head.disposition.as_deref().and_then(name_in_disposition);
            directory.join(name.as_deref().unwrap_or(fallback_name))
        }
    }
}

/// The first byte and the length of the whole in `bytes 5-9/10`; the length may be `*`.
fn parse_content_range(value: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = value.trim().strip_prefix("bytes ")?.split_once('/')?;
    let start = range.split_once('-')?.0.trim().parse().ok()?;
    match total.trim() {
        "*" => Some((start, None)),
        total => Some((start, Some(total.parse().ok()?))),
    }
}
