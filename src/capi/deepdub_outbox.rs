//! Deepdub: reports that wait in a directory until the service has them.

use std::ffi::{CString, c_char, c_void};
use std::ops::ControlFlow;
use std::ptr;
use std::sync::Arc;
use std::time::SystemTime;

use super::cancel::{call_options, vw_cancel};
use super::deepdub_client::vw_deepdub_client;
use super::deepdub_issues::vw_deepdub_issue_request;
use super::deepdub_report::{named, vw_deepdub_report_options};
use super::deepdub_tts::VW_CONTINUE;
use super::handle::{self, Handle};
use super::input::{CallerStruct, check_size, out_pointer, read_struct, required_text, timeout, write_struct};
use super::status::{c_string, guard, vw_status};
use crate::deepdub::{Client, Outbox, OutboxOptions, ReportState, SendSummary, StoredReport};
use crate::error::{Error, Result};
use crate::net::CallOptions;

/// Bytes that the id of a report in an outbox needs, its NUL included.
pub const VW_OUTBOX_ID_SIZE: usize = 40;

/// What has become of a report that was handed to an outbox.
pub type vw_outbox_state = i32;
/// It is to be sent.
pub const VW_OUTBOX_WAITING: vw_outbox_state = 0;
/// The service refused it, or its clip has been damaged. It is kept until it is retried or dropped.
pub const VW_OUTBOX_REJECTED: vw_outbox_state = 1;
/// The service has it.
pub const VW_OUTBOX_DELIVERED: vw_outbox_state = 2;
/// The file cannot be understood: it was damaged, is of a newer version, or is none of the outbox's. It is left alone until
/// it is dropped.
pub const VW_OUTBOX_UNREADABLE: vw_outbox_state = 3;

/// Reports in a directory, from where they are sent: now, when the network is back, or by the next process. No key is ever
/// in the directory.
pub struct vw_deepdub_outbox {
    _opaque: [u8; 0],
}

impl Handle for vw_deepdub_outbox {
    type Object = Outbox;
    const NAME: &'static str = "vw_deepdub_outbox";
}

/// How much an outbox takes. Fill it with vw_deepdub_outbox_options_init, then change what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_outbox_options {
    /// Set by vw_deepdub_outbox_options_init.
    pub struct_size: usize,
    /// Bytes that the reports which wait and those which were rejected may have together, clips included: 1 or more.
    /// 268435456 (256 MiB).
    pub max_bytes: u64,
    /// How many such reports there may be: 1 or more. 1000.
    pub max_reports: u64,
    /// How many delivered reports are remembered, with the service's id and without the clip: the latest. 1000; 0 is none.
    pub max_delivered: u64,
}

// SAFETY: repr(C), struct_size first, numbers only.
unsafe impl CallerStruct for vw_deepdub_outbox_options {
    const NAME: &'static str = "vw_deepdub_outbox_options";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_outbox_options>();

    fn init() -> Self {
        let options = OutboxOptions::default();
        vw_deepdub_outbox_options {
            struct_size: size_of::<Self>(),
            max_bytes: options.max_bytes,
            max_reports: options.max_reports as u64,
            max_delivered: options.max_delivered as u64,
        }
    }
}

/// A report in an outbox. Read only; valid as long as the list that it is in, or until the callback returns. Texts are NULL
/// where there is nothing to say.
#[repr(C)]
pub struct vw_deepdub_outbox_report {
    /// The size of this struct in the library that filled it.
    pub struct_size: usize,
    /// The outbox's id for it, a UUID; of a file that is none of the outbox's, its name. Never NULL.
    pub id: *const c_char,
    /// What has become of it.
    pub state: vw_outbox_state,
    /// How often it was sent, as far as answers or failures are known.
    pub attempts: u32,
    /// When it was handed to the outbox, in seconds since 1970; VW_UNSET_NUMBER when it is unreadable.
    pub created: f64,
    /// When the service took it, in seconds since 1970; VW_UNSET_NUMBER when it has not.
    pub delivered: f64,
    /// The service's id for it, once it is delivered.
    pub issue_id: *const c_char,
    /// Why it has not been delivered; VW_OK before the first try, and when it has been.
    pub error_status: vw_status,
    /// The HTTP status that came with that; 0 when none did.
    pub error_http_status: i32,
    /// That in words; the service's own where it gave any.
    pub error_message: *const c_char,
    /// The generation it is about. NULL, as the next two, when it is unreadable.
    pub generation_id: *const c_char,
    /// The word that came out wrong.
    pub problem_word: *const c_char,
    /// The voice that spoke.
    pub voice_prompt_id: *const c_char,
    /// Bytes of audio that belong to it; 0 when there is none.
    pub clip_bytes: u64,
    /// Bytes of its file.
    pub size: u64,
}

/// What is in an outbox. Made by this library and read only; free it with vw_deepdub_outbox_reports_free.
#[repr(C)]
pub struct vw_deepdub_outbox_reports {
    /// The size of this struct in the library that made it.
    pub struct_size: usize,
    /// How many reports there are.
    pub count: usize,
    /// The reports, oldest first. Never NULL, and no pointer in it is.
    pub reports: *const *const vw_deepdub_outbox_report,
}

/// What a sending came to. Fill it with vw_deepdub_outbox_summary_init first.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_outbox_summary {
    /// Set by vw_deepdub_outbox_summary_init.
    pub struct_size: usize,
    /// Reports that the service took.
    pub delivered: u64,
    /// Reports that it refused, which are kept aside.
    pub rejected: u64,
    /// Reports that are to be sent still, those included that another thread or process is sending just now.
    pub waiting: u64,
    /// The last failure that left a report waiting; VW_OK when there was none.
    pub status: vw_status,
    /// Seconds that the service asked to wait before the next try; negative when it did not say.
    pub retry_after_seconds: f64,
}

// SAFETY: repr(C), struct_size first; it is only ever written, never read from C.
unsafe impl CallerStruct for vw_deepdub_outbox_summary {
    const NAME: &'static str = "vw_deepdub_outbox_summary";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_outbox_summary>();

    fn init() -> Self {
        vw_deepdub_outbox_summary {
            struct_size: size_of::<Self>(),
            delivered: 0,
            rejected: 0,
            waiting: 0,
            status: vw_status::VW_OK,
            retry_after_seconds: -1.0,
        }
    }
}

impl From<&SendSummary> for vw_deepdub_outbox_summary {
    fn from(summary: &SendSummary) -> Self {
        let error = summary.error.as_ref();
        vw_deepdub_outbox_summary {
            delivered: summary.delivered as u64,
            rejected: summary.rejected as u64,
            waiting: summary.waiting as u64,
            status: error.map_or(vw_status::VW_OK, |error| error.kind().into()),
            retry_after_seconds: error
                .and_then(Error::retry_after)
                .map_or(-1.0, |wait| wait.as_secs_f64()),
            ..Self::init()
        }
    }
}

/// Is told of each report that was tried, as it is after that, on the thread that made the call. Returns VW_CONTINUE or
/// VW_STOP.
pub type vw_deepdub_outbox_report_fn =
    Option<unsafe extern "C" fn(report: *const vw_deepdub_outbox_report, user_data: *mut c_void) -> i32>;

/// The struct that C reads and the texts that it points to.
struct ReportBox {
    public: vw_deepdub_outbox_report,
    _texts: Vec<CString>,
}

impl ReportBox {
    fn new(report: &StoredReport) -> ReportBox {
        let mut texts = Vec::new();
        let mut keep = |text: Option<&str>| match text {
            Some(text) => {
                let text = c_string(text);
                // The text stays where it is when the vector moves its owners.
                let pointer = text.as_ptr();
                texts.push(text);
                pointer
            }
            None => ptr::null(),
        };
        let known = |text| (report.state != ReportState::Unreadable).then_some(text);
        let error = report.last_error.as_ref();
        let public = vw_deepdub_outbox_report {
            struct_size: size_of::<vw_deepdub_outbox_report>(),
            id: keep(Some(&report.id)),
            state: match report.state {
                ReportState::Waiting => VW_OUTBOX_WAITING,
                ReportState::Rejected => VW_OUTBOX_REJECTED,
                ReportState::Delivered => VW_OUTBOX_DELIVERED,
                ReportState::Unreadable => VW_OUTBOX_UNREADABLE,
            },
            attempts: report.attempts,
            created: seconds(report.created),
            delivered: seconds(report.delivered),
            issue_id: keep(report.issue_id.as_deref()),
            error_status: error.map_or(vw_status::VW_OK, |error| {
                error.kind.map_or(vw_status::VW_ERR_INTERNAL, vw_status::from)
            }),
            error_http_status: error.and_then(|error| error.http_status).unwrap_or(0).into(),
            error_message: keep(error.map(|error| error.message.as_str())),
            generation_id: keep(known(report.generation_id.as_str())),
            problem_word: keep(known(report.problem_word.as_str())),
            voice_prompt_id: keep(known(report.voice_prompt_id.as_str())),
            clip_bytes: report.clip_bytes,
            size: report.size,
        };
        ReportBox { public, _texts: texts }
    }
}

fn seconds(moment: Option<SystemTime>) -> f64 {
    moment
        .and_then(|moment| moment.duration_since(SystemTime::UNIX_EPOCH).ok())
        .map_or(f64::NAN, |time| time.as_secs_f64())
}

/// The list that C reads and what it points to.
pub(super) struct ReportsBox {
    public: vw_deepdub_outbox_reports,
    _pointers: Vec<*const vw_deepdub_outbox_report>,
    _reports: Vec<ReportBox>,
}

// SAFETY: the pointers lead to what the box owns and nobody changes.
unsafe impl Send for ReportsBox {}
// SAFETY: as above.
unsafe impl Sync for ReportsBox {}

impl Handle for vw_deepdub_outbox_reports {
    type Object = ReportsBox;
    const NAME: &'static str = "vw_deepdub_outbox_reports";
}

impl ReportsBox {
    fn new(reports: &[StoredReport]) -> ReportsBox {
        let reports: Vec<ReportBox> = reports.iter().map(ReportBox::new).collect();
        // Vectors keep what they hold in one place when they are moved themselves.
        let pointers: Vec<_> = reports.iter().map(|report| &raw const report.public).collect();
        ReportsBox {
            public: vw_deepdub_outbox_reports {
                struct_size: size_of::<vw_deepdub_outbox_reports>(),
                count: pointers.len(),
                reports: pointers.as_ptr(),
            },
            _pointers: pointers,
            _reports: reports,
        }
    }
}

/// Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_outbox_options_init(options: *mut vw_deepdub_outbox_options) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("options", options)?.write(vw_deepdub_outbox_options::init()) };
        Ok(())
    })
}

/// Prepares a summary for vw_deepdub_outbox_send and vw_deepdub_outbox_deliver. VW_ERR_INVALID_ARGUMENT when summary is
/// NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_outbox_summary_init(summary: *mut vw_deepdub_outbox_summary) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("summary", summary)?.write(vw_deepdub_outbox_summary::init()) };
        Ok(())
    })
}

/// Opens the outbox in the directory path, which is made where it is not there, for this user alone (0700, files 0600), and
/// clears away what crashed processes left half done. options may be NULL, for the defaults.
///
/// Any number of threads and processes may use one directory at the same time; each report is sent by one of them at a
/// time. The file system must have locks: network file systems often have none that can be relied on. *out is the outbox;
/// free it with vw_deepdub_outbox_free. VW_ERR_INVALID_ARGUMENT for an empty path and limits of 0; VW_ERR_FILE when the
/// directory cannot be made or written to.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_outbox_open(
    path: *const c_char,
    options: *const vw_deepdub_outbox_options,
    out: *mut *mut vw_deepdub_outbox,
) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let path = unsafe { required_text("path", path)? };
        let options = match options.is_null() {
            true => vw_deepdub_outbox_options::init(),
            // SAFETY: the caller's struct, as the header asks for it.
            false => unsafe { read_struct(options)? },
        };
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let options = OutboxOptions {
            max_bytes: options.max_bytes,
            max_reports: count(options.max_reports),
            max_delivered: count(options.max_delivered),
        };
        let outbox = Outbox::open(path, options)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(handle::insert(Arc::new(outbox))) };
        Ok(())
    })
}

/// Takes a report, and returns when it is safe: the file, with the clip, and its name are synced to the disk. A clip that
/// is a path is read now. Nothing is sent. Waits for the disk: nothing for a frame of a game.
///
/// id has room for VW_OUTBOX_ID_SIZE bytes and gets the outbox's id for the report, a UUID with a NUL.
/// VW_ERR_INVALID_ARGUMENT for what vw_deepdub_create_issue would refuse; VW_ERR_OUTBOX_FULL when a limit would be
/// exceeded, which vw_error.field names ("max_bytes", "max_reports"); VW_ERR_FILE when the clip cannot be read or the report
/// not be written, as on a full disk; VW_ERR_CANCELLED when report.cancel has been cancelled before. Nothing of the report
/// stays then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_outbox_add(
    outbox: *mut vw_deepdub_outbox,
    report: *const vw_deepdub_issue_request,
    id: *mut c_char,
) -> vw_status {
    guard(|| {
        let outbox = handle::get(outbox.cast_const())?;
        let place = out_pointer("id", id)?;
        // SAFETY: the caller's struct, as the header asks for it.
        let (issue, options) = unsafe { read_struct(report)?.to_issue()? };
        if options.cancel.is_some_and(|cancel| cancel.is_cancelled()) {
            return Err(Error::cancelled());
        }
        let id = outbox.add(&issue)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { write_id(&id, place) };
        Ok(())
    })
}

/// Takes a report about one of the last generations of client, filled in and with a clip as vw_deepdub_report makes it.
/// generation_id and options are as there. Returns as vw_deepdub_outbox_add does, with the id in id, which has
/// VW_OUTBOX_ID_SIZE bytes; nothing is sent.
///
/// Statuses as for both.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_outbox_add_report(
    outbox: *mut vw_deepdub_outbox,
    client: *const vw_deepdub_client,
    generation_id: *const c_char,
    options: *const vw_deepdub_report_options,
    id: *mut c_char,
) -> vw_status {
    guard(|| {
        let outbox = handle::get(outbox.cast_const())?;
        let client = handle::get(client)?;
        let place = out_pointer("id", id)?;
        // SAFETY: the caller's struct and texts, as the header asks for them.
        let (generation, report, call) = unsafe {
            let options = read_struct(options)?;
            (
                named(&client, generation_id)?,
                options.to_report()?,
                call_options(options.cancel)?,
            )
        };
        if call.cancel.is_some_and(|cancel| cancel.is_cancelled()) {
            return Err(Error::cancelled());
        }
        let id = outbox.add(&client.prepare_report(&generation, &report)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { write_id(&id, place) };
        Ok(())
    })
}

/// # Safety
/// `place` is not NULL and has VW_OUTBOX_ID_SIZE bytes.
unsafe fn write_id(id: &str, place: *mut c_char) {
    let id = c_string(id);
    let bytes = id.as_bytes_with_nul();
    debug_assert!(bytes.len() <= VW_OUTBOX_ID_SIZE);
    // SAFETY: a UUID and its NUL are 37 bytes, and the caller has room for more.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr().cast(), place, bytes.len()) };
}

/// Sends all reports that wait, oldest first, and returns. A report that cannot be delivered now is no failure of this
/// call: it waits on, and summary (which may be NULL) says why.
///
/// A report is delivered at least once: twice when the service's answer is lost, because the service has no way to tell
/// that two reports are one. One that the service refuses (HTTP 400, 404, 422 ...) is kept aside with the reason. Where the
/// failure is not the report's, it waits on: without a network, with a key or an account that the service does not accept,
/// or when there are too many requests (HTTP 429, after the client's tries), no further one is tried. When the service was
/// reached and failed, or the connection broke, the next one is tried, until three in a row have failed.
///
/// on_report and cancel may be NULL. VW_ERR_CANCELLED when cancel, on_report or freeing the client ended it; what had been
/// done is done. VW_ERR_FILE when the directory cannot be read or changed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_outbox_send(
    outbox: *mut vw_deepdub_outbox,
    client: *const vw_deepdub_client,
    on_report: vw_deepdub_outbox_report_fn,
    user_data: *mut c_void,
    cancel: *const vw_cancel,
    summary: *mut vw_deepdub_outbox_summary,
) -> vw_status {
    let send = |outbox: &Outbox, client: &Client, options: &CallOptions, tell: &mut Tell<'_>| {
        outbox.send_with(client, options, tell)
    };
    // SAFETY: the caller's, as the header asks for them.
    unsafe { sending(outbox, client, on_report, user_data, cancel, summary, send) }
}

/// Sends reports until none waits any more, or until timeout_ms milliseconds have passed (VW_NO_TIMEOUT: for as long as it
/// takes): after failures that may pass, such as a lost network, it waits and tries again. For a thread of the program's;
/// there is none of the library's.
///
/// The waits are those of the client's settings for retries, without end and at least 50 ms, or what the service asks for.
/// It returns early when the next try would come too late, and when waiting does not help, because the service does not
/// accept the key or the account: summary.status says so. A call that is under way when the time is over is ended.
/// Otherwise as vw_deepdub_outbox_send.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_outbox_deliver(
    outbox: *mut vw_deepdub_outbox,
    client: *const vw_deepdub_client,
    timeout_ms: u32,
    on_report: vw_deepdub_outbox_report_fn,
    user_data: *mut c_void,
    cancel: *const vw_cancel,
    summary: *mut vw_deepdub_outbox_summary,
) -> vw_status {
    let deliver = |outbox: &Outbox, client: &Client, options: &CallOptions, tell: &mut Tell<'_>| {
        outbox.deliver_with(client, timeout(timeout_ms), options, tell)
    };
    // SAFETY: the caller's, as the header asks for them.
    unsafe { sending(outbox, client, on_report, user_data, cancel, summary, deliver) }
}

type Tell<'a> = dyn FnMut(&StoredReport) -> ControlFlow<()> + 'a;

/// # Safety
/// `summary` is NULL or points to as many writable bytes as its struct_size says; `on_report` takes what the header says.
unsafe fn sending(
    outbox: *const vw_deepdub_outbox,
    client: *const vw_deepdub_client,
    on_report: vw_deepdub_outbox_report_fn,
    user_data: *mut c_void,
    cancel: *const vw_cancel,
    summary: *mut vw_deepdub_outbox_summary,
    send: impl FnOnce(&Outbox, &Client, &CallOptions, &mut Tell<'_>) -> Result<SendSummary>,
) -> vw_status {
    guard(|| {
        let (outbox, client) = (handle::get(outbox)?, handle::get(client)?);
        let options = call_options(cancel)?;
        if !summary.is_null() {
            // Before anything is sent.
            // SAFETY: promised by the caller; it may not be aligned.
            check_size::<vw_deepdub_outbox_summary>(unsafe { summary.cast::<usize>().read_unaligned() })?;
        }
        let mut tell = |report: &StoredReport| {
            let Some(on_report) = on_report else {
                return ControlFlow::Continue(());
            };
            let report = ReportBox::new(report);
            // SAFETY: the header asks for a function that takes these and does not unwind.
            match unsafe { on_report(&raw const report.public, user_data) } {
                VW_CONTINUE => ControlFlow::Continue(()),
                _ => ControlFlow::Break(()),
            }
        };
        let result = send(&outbox, &client, &options, &mut tell)?;
        if !summary.is_null() {
            // SAFETY: promised by the caller.
            unsafe { write_struct(summary, &vw_deepdub_outbox_summary::from(&result))? };
        }
        Ok(())
    })
}

/// Everything that is in the outbox, oldest first: what waits, what was rejected, what is remembered of the delivered, and
/// files that cannot be understood.
///
/// *out is the list; free it with vw_deepdub_outbox_reports_free. It stays as it is when the outbox changes, or is freed.
/// VW_ERR_FILE when the directory cannot be read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_outbox_list(
    outbox: *const vw_deepdub_outbox,
    out: *mut *mut vw_deepdub_outbox_reports,
) -> vw_status {
    guard(|| {
        let outbox = handle::get(outbox)?;
        let out = out_pointer("out", out)?;
        let reports = Arc::new(ReportsBox::new(&outbox.list()?));
        let pointer = ptr::from_ref(&reports.public).cast_mut();
        handle::insert_at(pointer.addr(), reports);
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(pointer) };
        Ok(())
    })
}

/// Frees a list. VW_ERR_INVALID_ARGUMENT when reports is neither NULL nor live; the pointer of one that was freed may be
/// another one's by then.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_outbox_reports_free(reports: *mut vw_deepdub_outbox_reports) -> vw_status {
    guard(|| handle::remove(reports.cast_const()).map(drop))
}

/// Has a rejected report wait again. Nothing is sent. One that waits already stays as it is.
///
/// VW_ERR_NOT_FOUND when there is none of that id; VW_ERR_INVALID_ARGUMENT when it was delivered; VW_ERR_FILE when it
/// cannot be moved.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_outbox_retry(outbox: *mut vw_deepdub_outbox, id: *const c_char) -> vw_status {
    guard(|| {
        let outbox = handle::get(outbox.cast_const())?;
        // SAFETY: the caller's text.
        outbox.retry(unsafe { required_text("id", id)? })
    })
}

/// Removes a report, its clip and what is known of it, whatever its state; the service keeps what it has. One that is being
/// sent at this moment may arrive all the same.
///
/// VW_ERR_NOT_FOUND when there is none of that id; VW_ERR_FILE when it cannot be removed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_outbox_drop(outbox: *mut vw_deepdub_outbox, id: *const c_char) -> vw_status {
    guard(|| {
        let outbox = handle::get(outbox.cast_const())?;
        // SAFETY: the caller's text.
        outbox.drop_report(unsafe { required_text("id", id)? })
    })
}

/// Frees an outbox; the directory stays with all that is in it. Calls that are using it go on.
///
/// VW_ERR_INVALID_ARGUMENT when outbox is neither NULL nor live.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_outbox_free(outbox: *mut vw_deepdub_outbox) -> vw_status {
    guard(|| handle::remove(outbox.cast_const()).map(drop))
}
