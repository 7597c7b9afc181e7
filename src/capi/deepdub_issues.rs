//! Deepdub: reports about generations that came out wrong.

use std::ffi::{CString, c_char};
use std::ptr;
use std::sync::Arc;

use super::cancel::{call_options, vw_cancel};
use super::clip::optional_clip;
use super::deepdub_client::vw_deepdub_client;
use super::handle::{self, Handle};
use super::input::{CallerStruct, number, optional_string, out_pointer, read_struct, required_text};
use super::status::{c_string, guard, vw_status};
use crate::deepdub::{Issue, IssueChanges, NewIssue};
use crate::error::{Error, ErrorKind, Result};
use crate::net::CallOptions;

/// What to report, or what to change in a report. Fill it with vw_deepdub_issue_request_init, then set what is known.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_issue_request {
    /// Set by vw_deepdub_issue_request_init.
    pub struct_size: usize,
    /// The generation that came out wrong. Required for a new report.
    pub generation_id: *const c_char,
    /// The exact text that was spoken. Required for a new report.
    pub generated_text: *const c_char,
    /// The word or phrase that came out wrong. Required for a new report.
    pub problem_word: *const c_char,
    /// The voice that spoke. Required for a new report.
    pub voice_prompt_id: *const c_char,
    /// Anything that helps.
    pub additional_comments: *const c_char,
    /// The audio concerned: the bytes of an audio file, 20 MiB at most. They are encoded here.
    pub problem_audio: *const u8,
    /// Bytes in problem_audio.
    pub problem_audio_size: usize,
    /// Instead of problem_audio: the path of an audio file, which is read during the call.
    pub problem_audio_path: *const c_char,
    /// Where in the audio, in seconds from its beginning; 0 or more.
    pub problem_seconds: f64,
    /// Stops the call from outside.
    pub cancel: *const vw_cancel,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_issue_request {
    const NAME: &'static str = "vw_deepdub_issue_request";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_issue_request>();

    fn init() -> Self {
        vw_deepdub_issue_request {
            struct_size: size_of::<Self>(),
            generation_id: ptr::null(),
            generated_text: ptr::null(),
            problem_word: ptr::null(),
            voice_prompt_id: ptr::null(),
            additional_comments: ptr::null(),
            problem_audio: ptr::null(),
            problem_audio_size: 0,
            problem_audio_path: ptr::null(),
            problem_seconds: f64::NAN,
            cancel: ptr::null(),
        }
    }
}

impl vw_deepdub_issue_request {
    /// # Safety
    /// Each text is NULL or ends in a NUL, and the clip is as long as it says.
    unsafe fn to_changes(self) -> Result<(IssueChanges, CallOptions)> {
        // SAFETY: passed on.
        let changes = unsafe {
            let problem_audio = optional_clip(
                "problemAudioFile",
                self.problem_audio,
                self.problem_audio_size,
                self.problem_audio_path,
            )?;
            IssueChanges {
                generation_id: optional_string("generationId", self.generation_id)?,
                generated_text: optional_string("generatedText", self.generated_text)?,
                problem_word: optional_string("problemWord", self.problem_word)?,
                voice_prompt_id: optional_string("voicePromptId", self.voice_prompt_id)?,
                additional_comments: optional_string("additionalComments", self.additional_comments)?,
                problem_audio,
                problem_seconds: number(self.problem_seconds),
            }
        };
        Ok((changes, call_options(self.cancel)?))
    }

    /// The new report that it describes.
    ///
    /// # Safety
    /// As for `to_changes`.
    pub(super) unsafe fn to_issue(self) -> Result<(NewIssue, CallOptions)> {
        // SAFETY: the same promise.
        let (fields, options) = unsafe { self.to_changes()? };
        let required =
            |field: &str, value: Option<String>| value.ok_or_else(|| Error::invalid(field, "NULL", "a text"));
        let issue = NewIssue {
            generation_id: required("generationId", fields.generation_id)?,
            generated_text: required("generatedText", fields.generated_text)?,
            problem_word: required("problemWord", fields.problem_word)?,
            voice_prompt_id: required("voicePromptId", fields.voice_prompt_id)?,
            additional_comments: fields.additional_comments,
            problem_audio: fields.problem_audio,
            problem_seconds: fields.problem_seconds,
        };
        Ok((issue, options))
    }
}

/// A report as the service has it. Made by this library and read only; free it with vw_deepdub_issue_free. Texts are NULL
/// where the service gave none.
#[repr(C)]
pub struct vw_deepdub_issue {
    /// The size of this struct in the library that made it.
    pub struct_size: usize,
    /// Names the report in later calls. Never NULL.
    pub id: *const c_char,
    /// Such as "open", "in progress" or "resolved".
    pub state: *const c_char,
    /// When it was filed: RFC 3339.
    pub created_at: *const c_char,
    /// When it last changed: RFC 3339.
    pub updated_at: *const c_char,
    /// The generation it is about.
    pub generation_id: *const c_char,
    /// The text that was spoken.
    pub generated_text: *const c_char,
    /// The word that came out wrong.
    pub problem_word: *const c_char,
    /// The voice that spoke.
    pub voice_prompt_id: *const c_char,
    /// Comments.
    pub additional_comments: *const c_char,
    /// Where in the audio, in seconds; VW_UNSET_NUMBER (test it with isnan) where the service gave none.
    pub problem_seconds: f64,
    /// The whole answer as a JSON object, with the fields that are not known here. Never NULL.
    pub json: *const c_char,
}

/// The struct that C reads and the texts that it points to.
pub(super) struct IssueBox {
    public: vw_deepdub_issue,
    _texts: Vec<CString>,
}

// SAFETY: the pointers lead to texts that the box owns and nobody changes.
unsafe impl Send for IssueBox {}
// SAFETY: as above.
unsafe impl Sync for IssueBox {}

impl Handle for vw_deepdub_issue {
    type Object = IssueBox;
    const NAME: &'static str = "vw_deepdub_issue";
}

impl IssueBox {
    fn new(issue: &Issue) -> Result<IssueBox> {
        let json = serde_json::to_string(issue).map_err(|error| {
            Error::new(
                ErrorKind::Internal,
                format!("an issue could not be written as JSON: {error}"),
            )
        })?;
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
        let public = vw_deepdub_issue {
            struct_size: size_of::<vw_deepdub_issue>(),
            id: keep(Some(&issue.id)),
            state: keep(issue.state.as_deref()),
            created_at: keep(issue.created_at.as_deref()),
            updated_at: keep(issue.updated_at.as_deref()),
            generation_id: keep(issue.generation_id.as_deref()),
            generated_text: keep(issue.generated_text.as_deref()),
            problem_word: keep(issue.problem_word.as_deref()),
            voice_prompt_id: keep(issue.voice_prompt_id.as_deref()),
            additional_comments: keep(issue.additional_comments.as_deref()),
            problem_seconds: issue.problem_seconds.unwrap_or(f64::NAN),
            json: keep(Some(&json)),
        };
        Ok(IssueBox { public, _texts: texts })
    }
}

/// # Safety
/// `out` is not NULL and may be written to.
pub(super) unsafe fn hand_over(issue: &Issue, out: *mut *mut vw_deepdub_issue) -> Result<()> {
    let issue = Arc::new(IssueBox::new(issue)?);
    let pointer = ptr::from_ref(&issue.public).cast_mut();
    handle::insert_at(pointer.addr(), issue);
    // SAFETY: promised by the caller.
    unsafe { out.write(pointer) };
    Ok(())
}

/// Fills a request with its defaults: nothing set. VW_ERR_INVALID_ARGUMENT when request is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_issue_request_init(request: *mut vw_deepdub_issue_request) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("request", request)?.write(vw_deepdub_issue_request::init()) };
        Ok(())
    })
}

/// Files a report. *out is the report as the service has it; its id is for the other calls.
///
/// There is no way to tell the service that two reports are one: after VW_ERR_NETWORK, VW_ERR_TIMEOUT or VW_ERR_SERVER the
/// report may have been filed all the same. VW_ERR_INVALID_ARGUMENT and VW_ERR_FILE before anything is sent; every
/// other status after, with the service's words in vw_error.message.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_create_issue(
    client: *const vw_deepdub_client,
    request: *const vw_deepdub_issue_request,
    out: *mut *mut vw_deepdub_issue,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's struct, as the header asks for it.
        let (issue, options) = unsafe { read_struct(request)?.to_issue()? };
        let issue = client.create_issue_with(&issue, &options)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(&issue, out) }
    })
}

/// Reads a report, with its present state, into *out.
///
/// cancel may be NULL. VW_ERR_NOT_FOUND when there is none of that id, or it was deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_get_issue(
    client: *const vw_deepdub_client,
    id: *const c_char,
    cancel: *const vw_cancel,
    out: *mut *mut vw_deepdub_issue,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let id = unsafe { required_text("id", id)? };
        let issue = client.get_issue_with(id, &call_options(cancel)?)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(&issue, out) }
    })
}

/// Changes the fields of a report that are set in changes (with none it changes nothing); the whole report as it then is goes into *out.
///
/// Statuses as for vw_deepdub_create_issue and vw_deepdub_get_issue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_update_issue(
    client: *const vw_deepdub_client,
    id: *const c_char,
    changes: *const vw_deepdub_issue_request,
    out: *mut *mut vw_deepdub_issue,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text and struct, as the header asks for them.
        let (id, (changes, options)) = unsafe { (required_text("id", id)?, read_struct(changes)?.to_changes()?) };
        let issue = client.update_issue_with(id, &changes, &options)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(&issue, out) }
    })
}

/// Withdraws a report: the service archives it, and reading it afterwards is VW_ERR_NOT_FOUND.
///
/// cancel may be NULL. VW_ERR_NOT_FOUND when there is none of that id, or it was deleted before.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_delete_issue(
    client: *const vw_deepdub_client,
    id: *const c_char,
    cancel: *const vw_cancel,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        // SAFETY: the caller's text.
        let id = unsafe { required_text("id", id)? };
        client.delete_issue_with(id, &call_options(cancel)?).map(drop)
    })
}

/// Frees a report's memory; the service keeps the report. VW_ERR_INVALID_ARGUMENT when issue is neither NULL nor live; the
/// pointer of one that was freed may be another one's by then.
#[unsafe(no_mangle)]
pub extern "C" fn vw_deepdub_issue_free(issue: *mut vw_deepdub_issue) -> vw_status {
    guard(|| handle::remove(issue.cast_const()).map(drop))
}
