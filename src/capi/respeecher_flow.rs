//! Respeecher: from text or audio to finished files, in one call.

use std::ffi::{CStr, CString, c_char, c_void};
use std::ops::ControlFlow;
use std::ptr;
use std::time::Duration;

use serde_json::{Value, json};

use super::cancel::{call_options, vw_cancel};
use super::deepdub_tts::VW_CONTINUE;
use super::handle;
use super::input::{
    CallerStruct, milliseconds, number, optional_bytes, optional_string, optional_text, out_pointer, read_struct,
    required_text, timeout,
};
use super::json::{hand_over_if_wanted, vw_json, written};
use super::respeecher::vw_respeecher_client;
use super::status::{c_string, guard, vw_status};
use crate::error::{Error, Result};
use crate::respeecher::{Audio, Conversion, Job, Outcome, Place, Polling, Progress, Source, Stage};

/// More conversions than any order has: a count beyond it is garbage.
const MAX_CONVERSIONS: usize = 100_000;

/// One voice that an original is converted into. Fill it with vw_respeecher_conversion_init, then set voice_id and what
/// should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_respeecher_conversion {
    /// Set by vw_respeecher_conversion_init.
    pub struct_size: usize,
    /// The voice's "id". Required.
    pub voice_id: *const c_char,
    /// The "id" of one of its "narration_styles". Required where the original is spoken from a text.
    pub narration_style_id: *const c_char,
    /// The "id" of one of its "accents", for audio.
    pub accent_id: *const c_char,
    /// By how many semitones the outcome is shifted, besides the voice's own shift. Default VW_UNSET_NUMBER.
    pub semitones_correction: f64,
    /// Its label, with which the file's name begins. Default: the job's.
    pub label: *const c_char,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_respeecher_conversion {
    const NAME: &'static str = "vw_respeecher_conversion";
    const FIRST_SIZE: usize = size_of::<vw_respeecher_conversion>();

    fn init() -> Self {
        vw_respeecher_conversion {
            struct_size: size_of::<Self>(),
            voice_id: ptr::null(),
            narration_style_id: ptr::null(),
            accent_id: ptr::null(),
            semitones_correction: f64::NAN,
            label: ptr::null(),
        }
    }
}

impl vw_respeecher_conversion {
    /// # Safety
    /// Each text is NULL or ends in a NUL.
    unsafe fn to_conversion(self) -> Result<Conversion> {
        // SAFETY: passed on.
        unsafe {
            Ok(Conversion {
                voice_id: required_text("voice_id", self.voice_id)?.to_owned(),
                narration_style_id: optional_string("narration_style_id", self.narration_style_id)?,
                accent_id: optional_string("accent_id", self.accent_id)?,
                semitones_correction: number(self.semitones_correction),
                label: optional_string("label", self.label)?,
            })
        }
    }
}

/// One original and the voices that it is converted into. Fill it with vw_respeecher_job_init, then set one of text, file,
/// data and recording_id, the conversions, directory, and what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_respeecher_job {
    /// Set by vw_respeecher_job_init.
    pub struct_size: usize,
    /// What is converted: a text, which the service speaks first,
    pub text: *const c_char,
    /// the text's language (ISO 639; default: it is found out),
    pub text_language: *const c_char,
    /// or an audio file, which is uploaded first,
    pub file: *const c_char,
    /// or the bytes of one,
    pub data: *const u8,
    /// so many,
    pub size: usize,
    /// and what they would be called, such as "take-1.wav",
    pub data_name: *const c_char,
    /// or an original that is there: what a job was that did not come to its end. Conversions that were ordered for it are
    /// not ordered again, unless they failed.
    pub recording_id: *const c_char,
    /// Where the original goes: a folder that is there, such as the "/folder_id" of another job's outcome. Three
    /// paragraphs in two voices are three jobs of two conversions each, the second and third in the folder of the first,
    pub folder_id: *const c_char,
    /// or a new one in this project; else a new one in a new project.
    pub project_id: *const c_char,
    /// What the new folder, and the new project, are called. Default "voicewire".
    pub place_name: *const c_char,
    /// The original's label, with which the files' names begin. Default "recording". Jobs whose files go into one directory
    /// need labels of their own.
    pub label: *const c_char,
    /// Into which voices: an array of structs of one struct_size.
    pub conversions: *const vw_respeecher_conversion,
    /// How many; 1 or more.
    pub conversion_count: usize,
    /// The calibration to use, for audio. Default: the account's.
    pub calibration_id: *const c_char,
    /// The directory for the files, which is made if it is not there. Their names are made of the label, the voice and its
    /// style or accent, such as "recording-Nora-Neutral.wav", with what no system takes left out or replaced. A name of more
    /// than 200 bytes is cut before its ending. A file of such a name that is there stays, also one of this job's that differs
    /// in capitals alone: the new one has the first 40 characters of its name, "-2" and the ending, and so on. What a resumed
    /// job had downloaded before is not written a second time. Required.
    pub directory: *const c_char,
    /// How the service is asked whether it is done: the first wait; each further one is longer by half. 1 ms or more.
    /// Default 1000 ms.
    pub polling_first_ms: u32,
    /// The longest wait. 1 ms or more. Default 10000 ms.
    pub polling_longest_ms: u32,
    /// How long the service may take: once for the original and once for its conversions. Or VW_NO_TIMEOUT. Default
    /// 1800000 ms.
    pub polling_limit_ms: u32,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_respeecher_job {
    const NAME: &'static str = "vw_respeecher_job";
    const FIRST_SIZE: usize = size_of::<vw_respeecher_job>();

    fn init() -> Self {
        let polling = Polling::default();
        vw_respeecher_job {
            struct_size: size_of::<Self>(),
            text: ptr::null(),
            text_language: ptr::null(),
            file: ptr::null(),
            data: ptr::null(),
            size: 0,
            data_name: ptr::null(),
            recording_id: ptr::null(),
            folder_id: ptr::null(),
            project_id: ptr::null(),
            place_name: ptr::null(),
            label: ptr::null(),
            conversions: ptr::null(),
            conversion_count: 0,
            calibration_id: ptr::null(),
            directory: ptr::null(),
            polling_first_ms: milliseconds(Some(polling.first)),
            polling_longest_ms: milliseconds(Some(polling.longest)),
            polling_limit_ms: milliseconds(polling.limit),
        }
    }
}

impl vw_respeecher_job {
    /// # Safety
    /// Each text is NULL or ends in a NUL; `data` and `conversions` lead to as much as they say.
    unsafe fn to_job(self) -> Result<Job> {
        // SAFETY: passed on.
        unsafe {
            Ok(Job {
                source: self.source()?,
                place: self.place()?,
                label: optional_string("label", self.label)?,
                conversions: self.conversions()?,
                calibration_id: optional_string("calibration_id", self.calibration_id)?,
                directory: required_text("directory", self.directory)?.into(),
                polling: Polling {
                    first: Duration::from_millis(self.polling_first_ms.into()),
                    longest: Duration::from_millis(self.polling_longest_ms.into()),
                    limit: timeout(self.polling_limit_ms),
                },
            })
        }
    }

    /// # Safety
    /// As for `to_job`.
    unsafe fn source(self) -> Result<Source> {
        // SAFETY: passed on.
        unsafe {
            let text = optional_string("text", self.text)?;
            let language = optional_string("text_language", self.text_language)?;
            let file = optional_text("file", self.file)?;
            let data = optional_bytes("data", self.data, self.size)?;
            let recording_id = optional_string("recording_id", self.recording_id)?;
            match (text, file, data, recording_id) {
                (Some(text), None, None, None) => Ok(Source::Text { text, language }),
                (None, Some(file), None, None) => Ok(Source::file(file)),
                (None, None, Some(bytes), None) => Ok(Source::Audio(Audio::Bytes {
                    name: required_text("data_name", self.data_name)?.to_owned(),
                    bytes: bytes.to_vec(),
                })),
                (None, None, None, Some(id)) => Ok(Source::Recording(id)),
                (None, None, None, None) => Err(Error::invalid("text", "not given", ONE_SOURCE)),
                _ => Err(Error::invalid("text", "not the only source", ONE_SOURCE)),
            }
        }
    }

    /// # Safety
    /// As for `to_job`.
    unsafe fn place(self) -> Result<Place> {
        // SAFETY: passed on.
        unsafe {
            let name = optional_string("place_name", self.place_name)?.unwrap_or_else(|| "voicewire".to_owned());
            let folder_id = optional_string("folder_id", self.folder_id)?;
            match (folder_id, optional_string("project_id", self.project_id)?) {
                (Some(id), None) => Ok(Place::Folder(id)),
                (None, Some(project_id)) => Ok(Place::Project {
                    project_id,
                    folder: name,
                }),
                (None, None) => Ok(Place::New(name)),
                (Some(_), Some(_)) => Err(Error::invalid("folder_id", "given besides a project", "one of the two")),
            }
        }
    }

    /// # Safety
    /// As for `to_job`.
    unsafe fn conversions(self) -> Result<Vec<Conversion>> {
        let count = self.conversion_count;
        if self.conversions.is_null() && count > 0 {
            let got = format!("NULL with a count of {count}");
            return Err(Error::invalid("conversions", got, "a pointer to that many"));
        }
        if count > MAX_CONVERSIONS {
            return Err(Error::invalid(
                "conversion_count",
                count,
                &format!("{MAX_CONVERSIONS} at most"),
            ));
        }
        let mut conversions = Vec::new();
        let mut next = self.conversions;
        for _ in 0..count {
            // SAFETY: promised by the caller. One struct follows the other as the caller's compiler laid them out: its size
            // is in each, and all of them have the first one's.
            unsafe {
                let size = next.cast::<usize>().read_unaligned();
                let first = self.conversions.cast::<usize>().read_unaligned();
                if size != first {
                    let takes = format!("{first}, as in the first: fill each with vw_respeecher_conversion_init");
                    return Err(Error::invalid("vw_respeecher_conversion.struct_size", size, &takes));
                }
                conversions.push(read_struct(next)?.to_conversion()?);
                next = next.byte_add(size);
            }
        }
        Ok(conversions)
    }
}

const ONE_SOURCE: &str = "one of text, file, data and recording_id";

/// What is being done in a job.
pub type vw_respeecher_stage = i32;
/// The project and the folder are made, or the original is looked up.
pub const VW_RESPEECHER_PREPARING: vw_respeecher_stage = 0;
/// Audio is uploaded: bytes.
pub const VW_RESPEECHER_UPLOADING: vw_respeecher_stage = 1;
/// The service speaks the text, or looks at the audio.
pub const VW_RESPEECHER_PROCESSING: vw_respeecher_stage = 2;
/// The conversions are ordered.
pub const VW_RESPEECHER_ORDERING: vw_respeecher_stage = 3;
/// The service converts: conversions.
pub const VW_RESPEECHER_CONVERTING: vw_respeecher_stage = 4;
/// The files are downloaded: conversions.
pub const VW_RESPEECHER_DOWNLOADING: vw_respeecher_stage = 5;

/// How far a job has come. Everything in it is valid until the callback returns.
#[repr(C)]
pub struct vw_respeecher_progress {
    /// The size of this struct in the library that filled it.
    pub struct_size: usize,
    /// What is being done.
    pub stage: vw_respeecher_stage,
    /// The stage's name, such as "converting".
    pub stage_name: *const c_char,
    /// How much of it is done: bytes in an upload, conversions in ordering, converting and downloading, else 0 and then 1.
    pub done: u64,
    /// How much there is to do.
    pub total: u64,
    /// The original, once it is there: what the job can be resumed with. Else NULL.
    pub recording_id: *const c_char,
    /// While downloading: the bytes of the present file that have come.
    pub bytes: u64,
}

/// Is told how far a job has come, on the thread that made the call. Returns VW_CONTINUE or VW_STOP.
pub type vw_respeecher_progress_fn =
    Option<unsafe extern "C" fn(progress: *const vw_respeecher_progress, user_data: *mut c_void) -> i32>;

fn stage(stage: Stage) -> (vw_respeecher_stage, &'static CStr) {
    match stage {
        Stage::Preparing => (VW_RESPEECHER_PREPARING, c"preparing"),
        Stage::Uploading => (VW_RESPEECHER_UPLOADING, c"uploading"),
        Stage::Processing => (VW_RESPEECHER_PROCESSING, c"processing"),
        Stage::Ordering => (VW_RESPEECHER_ORDERING, c"ordering"),
        Stage::Converting => (VW_RESPEECHER_CONVERTING, c"converting"),
        Stage::Downloading => (VW_RESPEECHER_DOWNLOADING, c"downloading"),
    }
}

/// The closure that tells `on_progress`, which may be NULL.
fn teller(
    on_progress: vw_respeecher_progress_fn,
    user_data: *mut c_void,
) -> impl FnMut(&Progress<'_>) -> ControlFlow<()> {
    // Of the original that is there now; it is asked for with every piece of a download.
    let mut known: Option<(String, CString)> = None;
    move |progress| {
        let Some(on_progress) = on_progress else {
            return ControlFlow::Continue(());
        };
        if let Some(id) = progress.recording_id
            && known.as_ref().is_none_or(|(known, _)| known != id)
        {
            known = Some((id.to_owned(), c_string(id)));
        }
        let (stage, name) = stage(progress.stage);
        let told = vw_respeecher_progress {
            struct_size: size_of::<vw_respeecher_progress>(),
            stage,
            stage_name: name.as_ptr(),
            done: progress.done,
            total: progress.total,
            recording_id: match (&known, progress.recording_id) {
                (Some((_, id)), Some(_)) => id.as_ptr(),
                _ => ptr::null(),
            },
            bytes: progress.bytes,
        };
        // SAFETY: the header asks for a function that takes these and does not unwind.
        match unsafe { on_progress(&told, user_data) } {
            VW_CONTINUE => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    }
}

/// An outcome as the header describes it; `None` when nothing has come of the job.
fn outcome_json(outcome: &Outcome) -> Result<Option<Value>> {
    let is_nothing = outcome.project_id.is_none() && outcome.folder_id.is_none() && outcome.recording.is_none();
    if is_nothing {
        return Ok(None);
    }
    let mut files = Vec::new();
    for file in &outcome.files {
        files.push(json!({
            "index": file.index,
            "path": file.path.display().to_string(),
            "bytes": file.bytes,
            "recording": written(&file.recording)?,
        }));
    }
    let failures = outcome.failures.iter().map(|failure| {
        let kind = failure.error.kind().info();
        json!({
            "index": failure.index,
            "conversion_id": failure.conversion_id,
            "status": kind.code,
            "status_name": kind.c_name,
            "message": failure.error.message(),
            "description": failure.error.to_string(),
        })
    });
    Ok(Some(json!({
        "project_id": outcome.project_id,
        "folder_id": outcome.folder_id,
        "recording_id": outcome.recording_id(),
        "recording": written(&outcome.recording)?,
        "files": files,
        "failures": failures.collect::<Vec<Value>>(),
    })))
}

/// Fills a conversion with its defaults. VW_ERR_INVALID_ARGUMENT when conversion is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_conversion_init(conversion: *mut vw_respeecher_conversion) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("conversion", conversion)?.write(vw_respeecher_conversion::init()) };
        Ok(())
    })
}

/// Fills a job with its defaults. VW_ERR_INVALID_ARGUMENT when job is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_job_init(job: *mut vw_respeecher_job) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("job", job)?.write(vw_respeecher_job::init()) };
        Ok(())
    })
}

/// Text or audio in, finished files out: makes what the job needs, has it spoken or uploads it, waits, orders the
/// conversions, waits, and downloads each to a file of its own.
///
/// on_progress may be NULL; it may stop the job. cancel may be NULL. *outcome, unless outcome is NULL, is an object; free it
/// with vw_json_free:
///
/// - "files": the conversions that have become files, each with "index" (which of the job's conversions), "path", "bytes" and
///   "recording" (the conversion, as the service has it: vw_respeecher_call). So "/files/0/path" is where the first is, and
///   vw_json_size(outcome, "/files") how many there are.
/// - "failures": those that have not, each with "index", "conversion_id", "status" (a vw_status), "status_name", "message" and
///   "description".
/// - "recording_id": what the job can be resumed with. "recording": the original, as the service has it.
/// - "project_id" and "folder_id", as far as they are known: another job can use the folder.
///
/// A conversion that fails does not keep the others from becoming files (but an order with a voice or style that does not
/// exist is refused whole). So *outcome is written on failure, too, other than
/// elsewhere, if anything has come of the job: if there is a project, a folder or an original. Else it stays as it was; set
/// it to NULL before, and free it whatever the status is. Where the original itself is refused, the project and the folder
/// that were made for it are deleted again; they stay when it may have arrived all the same, and when the job is stopped.
///
/// VW_ERR_INVALID_ARGUMENT before anything is ordered, with the field; VW_ERR_SERVER or VW_ERR_REJECTED_INPUT with the
/// service's words for what it could not process or convert, VW_ERR_INSUFFICIENT_CREDITS for what there were no credits for: of
/// several failures those of the first, and how many there are; VW_ERR_TIMEOUT with the field "polling_limit" when it took too long; VW_ERR_CANCELLED; VW_ERR_FILE; and whatever calls and
/// downloads can fail with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_respeecher_convert(
    client: *const vw_respeecher_client,
    job: *const vw_respeecher_job,
    on_progress: vw_respeecher_progress_fn,
    user_data: *mut c_void,
    cancel: *const vw_cancel,
    outcome: *mut *mut vw_json,
) -> vw_status {
    guard(|| {
        let client = handle::get(client)?.with_options(&call_options(cancel)?);
        // SAFETY: the caller's struct, as the header asks for it.
        let job = unsafe { read_struct(job)?.to_job()? };
        let (came, failed) = match client.convert(&job, teller(on_progress, user_data)) {
            Ok(came) => (came, Ok(())),
            Err(incomplete) => {
                let (error, came) = incomplete.into_parts();
                (came, Err(error))
            }
        };
        if let Some(came) = outcome_json(&came)? {
            // SAFETY: NULL or the caller's to be written to.
            unsafe { hand_over_if_wanted(came, outcome) };
        }
        failed
    })
}
