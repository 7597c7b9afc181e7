//! Deepdub: reports that the client fills in from memory.

use std::ffi::c_char;
use std::ptr;

use super::cancel::{call_options, vw_cancel};
use super::deepdub_client::vw_deepdub_client;
use super::deepdub_issues::{hand_over, vw_deepdub_issue};
use super::handle;
use super::input::{CallerStruct, number, optional_string, optional_text, out_pointer, read_struct};
use super::status::{guard, vw_status};
use crate::deepdub::{Client, Report};
use crate::error::{Error, Result};

/// What is wrong with a generation that the client remembers. Fill it with vw_deepdub_report_options_init, then set
/// problem_word and what is known.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_deepdub_report_options {
    /// Set by vw_deepdub_report_options_init.
    pub struct_size: usize,
    /// The word or phrase that came out wrong. Required.
    pub problem_word: *const c_char,
    /// Where in the audio, in seconds from its beginning; 0 or more. Default VW_UNSET_NUMBER.
    pub problem_seconds: f64,
    /// Anything that helps. Default NULL.
    pub comments: *const c_char,
    /// How many seconds of audio are attached, half of them before problem_seconds and half after it, at most what the
    /// service takes (20 MiB, 3.6 minutes at 48000 Hz); 0 attaches nothing. Without problem_seconds the whole generation
    /// is attached, unless this is 0. Default 3.
    pub clip_seconds: f64,
    /// Stops the call from outside. Default NULL.
    pub cancel: *const vw_cancel,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_deepdub_report_options {
    const NAME: &'static str = "vw_deepdub_report_options";
    const FIRST_SIZE: usize = size_of::<vw_deepdub_report_options>();

    fn init() -> Self {
        vw_deepdub_report_options {
            struct_size: size_of::<Self>(),
            problem_word: ptr::null(),
            problem_seconds: f64::NAN,
            comments: ptr::null(),
            clip_seconds: Report::new("").clip_seconds,
            cancel: ptr::null(),
        }
    }
}

impl vw_deepdub_report_options {
    /// # Safety
    /// Each text is NULL or ends in a NUL.
    pub unsafe fn to_report(self) -> Result<Report> {
        // SAFETY: passed on.
        let (problem_word, comments) = unsafe {
            (
                optional_string("problemWord", self.problem_word)?,
                optional_string("additionalComments", self.comments)?,
            )
        };
        Ok(Report {
            problem_word: problem_word.ok_or_else(|| Error::invalid("problemWord", "NULL", "a text"))?,
            problem_seconds: number(self.problem_seconds),
            comments,
            clip_seconds: self.clip_seconds,
        })
    }
}

/// The generation that is meant.
///
/// # Safety
/// `generation_id` is NULL or ends in a NUL.
pub(super) unsafe fn named(client: &Client, generation_id: *const c_char) -> Result<String> {
    // SAFETY: promised by the caller.
    match unsafe { optional_text("generationId", generation_id)? } {
        Some(id) => Ok(id.to_owned()),
        None => match client.last_generations().first() {
            Some(last) => Ok(last.generation_id.clone()),
            None => Err(Error::invalid(
                "generationId",
                "NULL while no generation is remembered",
                "the id of a generation of which audio has come",
            )),
        },
    }
}

/// Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_report_options_init(options: *mut vw_deepdub_report_options) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("options", options)?.write(vw_deepdub_report_options::init()) };
        Ok(())
    })
}

/// Files a report about one of the last generations of this client: id, text and voice come from memory, and a clip of its
/// audio is attached, as a WAV file cut around the second where it happened. *out is the report as the service has it.
///
/// generation_id is that of a call, a line or a turn; NULL is the one whose audio began last. They are remembered from
/// their first audio on, also while they are being spoken and after they failed, as long as remember_generations and
/// remember_audio_bytes of the client allow. A generation whose audio there was no room for is reported without a clip, and so
/// are bare samples (s16le, mulaw) for which no sample_rate was asked, since nobody knows it. One that cannot be decoded has
/// all of it attached as it came.
///
/// VW_ERR_INVALID_ARGUMENT before anything is sent: the generation is not remembered, or has not so many seconds, or is too
/// long to be attached whole. Else as vw_deepdub_create_issue.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_deepdub_report(
    client: *const vw_deepdub_client,
    generation_id: *const c_char,
    options: *const vw_deepdub_report_options,
    out: *mut *mut vw_deepdub_issue,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?;
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's struct and texts, as the header asks for them.
        let (id, report, call) = unsafe {
            let options = read_struct(options)?;
            (
                named(&client, generation_id)?,
                options.to_report()?,
                call_options(options.cancel)?,
            )
        };
        let issue = client.report_with(&id, &report, &call)?;
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { hand_over(&issue, out) }
    })
}
