//! Statuses, this thread's last error, and the border that no panic crosses.

use std::cell::RefCell;
use std::ffi::{CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use crate::error::{Error, ErrorKind, KINDS, Result};

/// How a call ended. The numbers never change; new ones may be added.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum vw_status {
    /// It succeeded.
    VW_OK = 0,
    /// A parameter was refused before anything was sent; vw_error.field names it.
    VW_ERR_INVALID_ARGUMENT = 1,
    /// The service does not accept the key (HTTP 401 or 403).
    VW_ERR_UNAUTHORIZED = 2,
    /// Too many requests (RateLimit, HTTP 429). Wait, then try again.
    VW_ERR_RATE_LIMITED = 3,
    /// What the plan allows is used up: generation minutes (MaxExceeded), or voices (HTTP 403 to another one).
    VW_ERR_QUOTA_EXCEEDED = 4,
    /// The account has no credits left (InsufficientCredits, HTTP 402).
    VW_ERR_INSUFFICIENT_CREDITS = 5,
    /// The service refused the request (InvalidInput, HTTP 400 and the like).
    VW_ERR_REJECTED_INPUT = 6,
    /// What the request names does not exist (HTTP 404 or 410).
    VW_ERR_NOT_FOUND = 7,
    /// The connection could not be made, or broke.
    VW_ERR_NETWORK = 8,
    /// The encrypted connection could not be made: most often a certificate that is not trusted.
    VW_ERR_TLS = 9,
    /// A time limit ran out; vw_error.field names the setting.
    VW_ERR_TIMEOUT = 10,
    /// The service closed the connection, in good form, before it had finished.
    VW_ERR_CLOSED = 11,
    /// The service sent something that the protocol does not allow.
    VW_ERR_PROTOCOL = 12,
    /// The service failed (HTTP 5xx, or an error type that is not known here).
    VW_ERR_SERVER = 13,
    /// The caller stopped the call.
    VW_ERR_CANCELLED = 14,
    /// A file could not be read or written.
    VW_ERR_FILE = 15,
    /// A defect in this library. Please report it.
    VW_ERR_INTERNAL = 16,
    /// The audio of a generation was taken too slowly, and the room for what waits ran out; vw_error.field names the
    /// setting.
    VW_ERR_BUFFER_FULL = 17,
    /// Audio that cannot be decoded: broken, or of a form that is not known here.
    VW_ERR_BAD_AUDIO = 18,
    /// The directory of reports that wait to be sent has no room for another; vw_error.field names the setting.
    VW_ERR_OUTBOX_FULL = 19,
    /// Something else is being done to the same thing, such as a voice's sample being regenerated. Wait, then try again.
    VW_ERR_LOCKED = 20,
}

impl From<ErrorKind> for vw_status {
    fn from(kind: ErrorKind) -> vw_status {
        use vw_status::*;
        match kind {
            ErrorKind::InvalidArgument => VW_ERR_INVALID_ARGUMENT,
            ErrorKind::Unauthorized => VW_ERR_UNAUTHORIZED,
            ErrorKind::RateLimited => VW_ERR_RATE_LIMITED,
            ErrorKind::QuotaExceeded => VW_ERR_QUOTA_EXCEEDED,
            ErrorKind::InsufficientCredits => VW_ERR_INSUFFICIENT_CREDITS,
            ErrorKind::RejectedInput => VW_ERR_REJECTED_INPUT,
            ErrorKind::NotFound => VW_ERR_NOT_FOUND,
            ErrorKind::Network => VW_ERR_NETWORK,
            ErrorKind::Tls => VW_ERR_TLS,
            ErrorKind::Timeout => VW_ERR_TIMEOUT,
            ErrorKind::Closed => VW_ERR_CLOSED,
            ErrorKind::Protocol => VW_ERR_PROTOCOL,
            ErrorKind::Server => VW_ERR_SERVER,
            ErrorKind::Cancelled => VW_ERR_CANCELLED,
            ErrorKind::File => VW_ERR_FILE,
            ErrorKind::Internal => VW_ERR_INTERNAL,
            ErrorKind::BufferFull => VW_ERR_BUFFER_FULL,
            ErrorKind::BadAudio => VW_ERR_BAD_AUDIO,
            ErrorKind::OutboxFull => VW_ERR_OUTBOX_FULL,
            ErrorKind::Locked => VW_ERR_LOCKED,
        }
    }
}

/// What is known about an error. No text in it ever contains a key.
#[repr(C)]
pub struct vw_error {
    /// The size of this struct in the library that filled it.
    pub struct_size: usize,
    /// The status that the failed call returned.
    pub status: vw_status,
    /// What happened, in words; the service's own words where it gave any. Never NULL.
    pub message: *const c_char,
    /// One line with everything below in it, for a log or a person. Never NULL.
    pub description: *const c_char,
    /// What is concerned; NULL when nothing is. A parameter of a request as the service spells it ("targetText",
    /// "problemAudioFile"), a setting of the client without its unit ("api_key", "connect_timeout"), a parameter of a
    /// function ("out", "path"), or the type of a handle or struct ("vw_cancel").
    pub field: *const c_char,
    /// The address concerned, without its query; NULL when none is.
    pub url: *const c_char,
    /// The service's own name for the error, such as "RateLimit"; NULL when it gave none.
    pub vendor_type: *const c_char,
    /// The generation concerned, also when its id was made here; NULL when none is.
    pub generation_id: *const c_char,
    /// The HTTP status of the answer, which may be a proxy's that made no tunnel; 0 when there was none.
    pub http_status: i32,
    /// Seconds that the service asked to wait before the next try; negative when it did not say.
    pub retry_after_seconds: f64,
    /// Chunks with audio that had been delivered before the generation failed. They stay good. Of a line that was cancelled
    /// while chunks waited for a poll, or to be asked for: with those that were dropped.
    pub chunks_received: u64,
    /// Bytes of audio in them.
    pub bytes_received: u64,
    /// How often a REST call was tried, or the line of a session asked for, this being the last try's error; 0 for what is
    /// never tried again, and when nothing was tried.
    pub attempts: u32,
    /// Where in the audio it is broken (VW_ERR_BAD_AUDIO): the first byte of the frame, page or header that is, counted
    /// from the beginning of the stream; negative when it is not about that.
    pub audio_byte: i64,
    /// Seconds of good audio before it; negative when it is not about that.
    pub audio_seconds: f64,
    /// The service's own account of the error, where it gave one as problem details (RFC 9457), as Palabra does: a URI that
    /// names the kind of problem; NULL when it gave none, as in the next three.
    pub problem_type: *const c_char,
    /// The kind of problem in a few words.
    pub problem_title: *const c_char,
    /// What happened this time, which message begins with.
    pub problem_detail: *const c_char,
    /// A URI that names this occurrence, for the vendor's support.
    pub problem_instance: *const c_char,
    /// The service's number for the problem ("error_code"); INT64_MIN when it gave none.
    pub problem_error_code: i64,
    /// The voice that stays with the service although making it failed (vw_palabra_clone); NULL when none does.
    pub voice_id: *const c_char,
}

/// A `vw_error` and the texts that it points to: this thread's last one, or one for the length of a callback.
pub(super) struct CError {
    info: vw_error,
    _texts: [Option<CString>; 11],
}

impl CError {
    fn none() -> CError {
        CError::build(vw_status::VW_OK, None)
    }

    pub fn new(error: &Error) -> CError {
        CError::build(error.kind().into(), Some(error))
    }

    fn build(status: vw_status, error: Option<&Error>) -> CError {
        let text = |text: Option<&str>| text.map(c_string);
        let problem = error.and_then(Error::problem).cloned().unwrap_or_default();
        let texts = [
            Some(c_string(error.map_or("", Error::message))),
            Some(c_string(&error.map_or_else(String::new, Error::to_string))),
            text(error.and_then(Error::field)),
            text(error.and_then(Error::url)),
            text(error.and_then(Error::vendor_type)),
            text(error.and_then(Error::generation_id)),
            text(error.and_then(Error::voice_id)),
            text(problem.problem_type.as_deref()),
            text(problem.title.as_deref()),
            text(problem.detail.as_deref()),
            text(problem.instance.as_deref()),
        ];
        let pointers = texts
            .each_ref()
            .map(|text| text.as_ref().map_or(ptr::null(), |text| text.as_ptr()));
        let [
            message,
            description,
            field,
            url,
            vendor_type,
            generation_id,
            voice_id,
            ..,
        ] = pointers;
        let [.., problem_type, problem_title, problem_detail, problem_instance] = pointers;
        let position = error.and_then(Error::audio_position);
        let received = error.and_then(Error::received).unwrap_or_default();
        let info = vw_error {
            struct_size: size_of::<vw_error>(),
            status,
            message,
            description,
            field,
            url,
            vendor_type,
            generation_id,
            http_status: error.and_then(Error::http_status).unwrap_or(0).into(),
            retry_after_seconds: error
                .and_then(Error::retry_after)
                .map_or(-1.0, |wait| wait.as_secs_f64()),
            chunks_received: received.chunks,
            bytes_received: received.bytes,
            attempts: error.and_then(Error::attempts).unwrap_or(0),
            audio_byte: position.map_or(-1, |position| i64::try_from(position.byte).unwrap_or(i64::MAX)),
            audio_seconds: position.map_or(-1.0, |position| position.seconds),
            problem_type,
            problem_title,
            problem_detail,
            problem_instance,
            problem_error_code: problem.error_code.unwrap_or(i64::MIN),
            voice_id,
        };
        CError { info, _texts: texts }
    }

    /// What C gets of it. Good as long as this lives.
    pub fn info(&self) -> *const vw_error {
        &raw const self.info
    }
}

thread_local! {
    static LAST: RefCell<Box<CError>> = RefCell::new(Box::new(CError::none()));
}

/// What a thread is told when its own details are gone already.
static ENDING: Static = Static(vw_error {
    struct_size: size_of::<vw_error>(),
    status: vw_status::VW_OK,
    message: c"".as_ptr(),
    description: c"no details: this thread is ending".as_ptr(),
    field: ptr::null(),
    url: ptr::null(),
    vendor_type: ptr::null(),
    generation_id: ptr::null(),
    http_status: 0,
    retry_after_seconds: -1.0,
    chunks_received: 0,
    bytes_received: 0,
    attempts: 0,
    audio_byte: -1,
    audio_seconds: -1.0,
    problem_type: ptr::null(),
    problem_title: ptr::null(),
    problem_detail: ptr::null(),
    problem_instance: ptr::null(),
    problem_error_code: i64::MIN,
    voice_id: ptr::null(),
});

struct Static(vw_error);

// SAFETY: its pointers lead to constants.
unsafe impl Sync for Static {}

/// A text for C; what C cannot hold is replaced.
pub(super) fn c_string(text: &str) -> CString {
    CString::new(text.replace('\0', "\u{FFFD}")).unwrap_or_default()
}

/// Runs a function's body: its error becomes a status and this thread's last error, and so does a panic.
pub(super) fn guard(body: impl FnOnce() -> Result<()>) -> vw_status {
    let error = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return vw_status::VW_OK,
        Ok(Err(error)) => error,
        Err(_) => Error::new(ErrorKind::Internal, "the library panicked; please report how"),
    };
    let last = Box::new(CError::new(&error));
    // Fails only while the thread ends, when nobody can ask any more.
    let _ = LAST.try_with(|slot| slot.replace(last));
    error.kind().into()
}

/// The details of the last call on this thread that failed. A call that succeeds leaves them as they are, so look
/// only after a failure. Never NULL; before any failure its status is VW_OK, and so it is while the thread ends (in
/// destructors of its thread-specific data). Valid until the next call fails on this thread, or the thread ends.
#[unsafe(no_mangle)]
pub extern "C" fn vw_last_error() -> *const vw_error {
    LAST.try_with(|slot| ptr::from_ref(&slot.borrow().info))
        .unwrap_or(&ENDING.0)
}

/// This library's version, such as "0.1.0". Static.
#[unsafe(no_mangle)]
pub extern "C" fn vw_version() -> *const c_char {
    const VERSION: &std::ffi::CStr =
        match std::ffi::CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => c"",
        };
    VERSION.as_ptr()
}

/// A status's name, such as "VW_ERR_TIMEOUT"; "unknown" for a number that is none. Static.
#[unsafe(no_mangle)]
pub extern "C" fn vw_status_name(status: i32) -> *const c_char {
    static_text(status, c"VW_OK", |row| NAMES[row].0)
}

/// What a status means, in a few words; "unknown" for a number that is none. Static.
#[unsafe(no_mangle)]
pub extern "C" fn vw_status_text(status: i32) -> *const c_char {
    static_text(status, c"success", |row| NAMES[row].1)
}

fn static_text(
    status: i32,
    ok: &'static std::ffi::CStr,
    of: impl Fn(usize) -> &'static std::ffi::CStr,
) -> *const c_char {
    let text = match usize::try_from(status) {
        Ok(0) => ok,
        Ok(code) if code <= KINDS.len() => of(code - 1),
        _ => c"unknown",
    };
    text.as_ptr()
}

/// The table of kinds again, as C strings: name and meaning.
static NAMES: once_cell::sync::Lazy<Vec<(&'static std::ffi::CStr, &'static std::ffi::CStr)>> =
    once_cell::sync::Lazy::new(|| {
        let leak = |text: &str| -> &'static std::ffi::CStr { Box::leak(c_string(text).into_boxed_c_str()) };
        KINDS.iter().map(|row| (leak(row.c_name), leak(row.meaning))).collect()
    });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_at_the_border_as_an_internal_error() {
        assert_eq!(guard(|| panic!("a defect")), vw_status::VW_ERR_INTERNAL);
        // SAFETY: never NULL, and valid until this thread's next failure.
        assert_eq!(unsafe { (*vw_last_error()).status }, vw_status::VW_ERR_INTERNAL);
        assert_eq!(guard(|| Ok(())), vw_status::VW_OK);
    }
}
