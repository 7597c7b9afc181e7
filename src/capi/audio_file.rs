//! Formats, and writing what a service sends as one file that plays.

use std::ffi::c_char;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::handle::{self, Handle};
use super::input::{optional_bytes, out_pointer, required_text};
use super::status::{guard, vw_status};
use crate::audio::{AudioFile, Format};
use crate::error::{Error, Result};

/// How audio is encoded. Always one channel (mono).
pub type vw_format = i32;
/// MPEG audio layer III.
pub const VW_FORMAT_MP3: vw_format = 1;
/// RIFF/WAVE with 16-bit samples; in a stream each chunk is a WAV file of its own.
pub const VW_FORMAT_WAV: vw_format = 2;
/// Opus in an Ogg container; decodes to 48 kHz whatever the sample rate asked for.
pub const VW_FORMAT_OPUS: vw_format = 3;
/// G.711 mu-law: 8 bits a sample, no header.
pub const VW_FORMAT_MULAW: vw_format = 4;
/// 16-bit signed little-endian samples, no header.
pub const VW_FORMAT_S16LE: vw_format = 5;

pub(super) fn format_code(format: Format) -> vw_format {
    match format {
        Format::Mp3 => VW_FORMAT_MP3,
        Format::Wav => VW_FORMAT_WAV,
        Format::Opus => VW_FORMAT_OPUS,
        Format::Mulaw => VW_FORMAT_MULAW,
        Format::S16le => VW_FORMAT_S16LE,
    }
}

pub(super) fn format(code: vw_format) -> Result<Format> {
    Format::ALL
        .into_iter()
        .find(|format| format_code(*format) == code)
        .ok_or_else(|| {
            Error::invalid(
                "format",
                code,
                "VW_FORMAT_MP3 (1), VW_FORMAT_WAV (2), VW_FORMAT_OPUS (3), VW_FORMAT_MULAW (4) or VW_FORMAT_S16LE (5)",
            )
        })
}

/// A file being written from the chunks of one generation: one valid container with right lengths.
pub struct vw_audio_file {
    _opaque: [u8; 0],
}

/// `None` once it has been finished.
pub(super) struct File(Mutex<Option<AudioFile>>);

impl File {
    pub(super) fn new(file: AudioFile) -> File {
        File(Mutex::new(Some(file)))
    }

    fn lock(&self) -> MutexGuard<'_, Option<AudioFile>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(file: &mut Option<AudioFile>) -> Result<&mut AudioFile> {
    file.as_mut().ok_or_else(|| {
        Error::invalid(
            "vw_audio_file",
            "finished already",
            "a file that is still being written",
        )
    })
}

impl Handle for vw_audio_file {
    type Object = File;
    const NAME: &'static str = "vw_audio_file";
}

/// The format to ask for in order to write path, by its ending: .mp3; .wav; .opus, .ogg; .au, .snd, .ul, .ulaw, .mulaw
/// (mulaw); .pcm, .raw, .s16le (s16le). Upper case counts the same.
///
/// VW_ERR_INVALID_ARGUMENT for any other ending.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_format_for_path(path: *const c_char, out: *mut vw_format) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text and place.
        unsafe { out.write(format_code(Format::for_path(required_text("path", path)?)?)) };
        Ok(())
    })
}

/// Begins a file for chunks of format at sample_rate Hz. It is written beside path and takes its name in
/// vw_audio_file_finish; a file that has that name stays until then.
///
/// Joined WAV chunks get one header. A path in .wav also takes s16le, one in .au or .snd mulaw: the header then states
/// sample_rate, which for WAV comes from its own first header. *out is the file; free it with vw_audio_file_free.
/// VW_ERR_INVALID_ARGUMENT when the ending of path is for another format; VW_ERR_FILE when it cannot be made, the name is
/// none that the system takes for a file, or there is something else than a plain file. It has the permissions of a file that
/// it replaces. A symbolic link is replaced, too, and what it leads to stays as it is.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_audio_file_create(
    path: *const c_char,
    format_code: vw_format,
    sample_rate: i32,
    out: *mut *mut vw_audio_file,
) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        // SAFETY: the caller's text.
        let path = unsafe { required_text("path", path)? };
        let format = format(format_code)?;
        let rate = u32::try_from(sample_rate).ok().filter(|rate| *rate > 0);
        let rate = rate.ok_or_else(|| Error::invalid("sample_rate", sample_rate, "a rate in Hz, more than 0"))?;
        let file = File::new(AudioFile::create(path, format, rate)?);
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(handle::insert(Arc::new(file))) };
        Ok(())
    })
}

/// Adds the bytes of one chunk: its data and size, as the service sent them. They may be cut anywhere.
///
/// VW_ERR_FILE when they cannot be written; VW_ERR_BAD_AUDIO when what is to be WAV does not begin with a header, or one
/// cannot be read or states other samples than the first, and when what is to be decoded cannot be. Every further call for
/// this file then fails in the same way, so that it is enough to look at what vw_audio_file_finish says.
/// VW_ERR_INVALID_ARGUMENT after vw_audio_file_finish.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_audio_file_write(file: *mut vw_audio_file, data: *const u8, size: usize) -> vw_status {
    guard(|| {
        let file = handle::get(file.cast_const())?;
        // SAFETY: the caller's bytes.
        let bytes = unsafe { optional_bytes("data", data, size)? }.unwrap_or_default();
        open(&mut file.lock())?.write(bytes)
    })
}

/// Seconds of audio written so far, in *out. VW_ERR_INVALID_ARGUMENT after vw_audio_file_finish.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_audio_file_seconds(file: *const vw_audio_file, out: *mut f64) -> vw_status {
    guard(|| {
        let file = handle::get(file)?;
        let seconds = open(&mut file.lock())?.seconds();
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("out", out)?.write(seconds) };
        Ok(())
    })
}

/// Completes the file and gives it its name, replacing one that had it. The handle is still to be freed. Waits until the
/// system has it on its disk: nothing for a callback on the I/O thread, nor for a frame of a game.
///
/// VW_ERR_FILE when that fails; VW_ERR_BAD_AUDIO when WAV ended before its first header did; or what vw_audio_file_write has
/// failed with. Nothing is left of the file then. One into which nothing was written is a file without sound.
/// VW_ERR_INVALID_ARGUMENT the second time.
#[unsafe(no_mangle)]
pub extern "C" fn vw_audio_file_finish(file: *mut vw_audio_file) -> vw_status {
    guard(|| {
        let file = handle::get(file.cast_const())?;
        let mut file = file.lock();
        open(&mut file)?;
        file.take().map_or(Ok(()), AudioFile::finish)
    })
}

/// Frees a file. One that was not finished is removed.
///
/// VW_ERR_INVALID_ARGUMENT when file is neither NULL nor a live file.
#[unsafe(no_mangle)]
pub extern "C" fn vw_audio_file_free(file: *mut vw_audio_file) -> vw_status {
    guard(|| handle::remove(file.cast_const()).map(drop))
}
