//! Tracks of a player, for those who write them.

use std::ffi::c_void;
use std::sync::Arc;

use super::audio_file::{format, format_code, vw_format};
use super::deepdub_tts::{VW_CONTINUE, VW_STOP, vw_deepdub_chunk};
use super::handle::{self, Handle};
use super::input::{CallerStruct, optional_bytes, out_pointer, read_struct};
use super::player::vw_player;
use super::status::{guard, vw_status};
use crate::audio::{Track, TrackOptions};
use crate::error::{Error, KINDS, Result};

/// What a track is, and how it is told from others. Fill it with vw_track_options_init, then change what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_track_options {
    /// Set by vw_track_options_init.
    pub struct_size: usize,
    /// What vw_track_write gets. Default VW_FORMAT_S16LE.
    pub format: vw_format,
    /// The rate of what has no header (s16le, mulaw), 4000 to 192000 Hz. Default 48000.
    pub sample_rate: i32,
    /// What vw_player_state and vw_track_end call it; need not be unique. Default 0.
    pub id: u64,
}

// SAFETY: repr(C), struct_size first, numbers only.
unsafe impl CallerStruct for vw_track_options {
    const NAME: &'static str = "vw_track_options";
    const FIRST_SIZE: usize = size_of::<vw_track_options>();

    fn init() -> Self {
        let options = TrackOptions::default();
        vw_track_options {
            struct_size: size_of::<Self>(),
            format: format_code(options.format),
            sample_rate: options.sample_rate as i32,
            id: options.id,
        }
    }
}

/// One line's way into a player. May be used by any number of threads at once.
pub struct vw_track {
    _opaque: [u8; 0],
}

/// With what it takes to check what is written.
pub(super) struct PlayerTrack {
    track: Track,
    channels: usize,
}

impl Handle for vw_track {
    type Object = PlayerTrack;
    const NAME: &'static str = "vw_track";
}

/// Fills options with their defaults. VW_ERR_INVALID_ARGUMENT when options is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_track_options_init(options: *mut vw_track_options) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("options", options)?.write(vw_track_options::init()) };
        Ok(())
    })
}

/// Begins a track, to be played when all that were begun before are over. It keeps them waiting until it is finished,
/// failed, cancelled or freed, whether or not anything comes.
///
/// options may be NULL: everything by default. *out is the track; free it with vw_track_free.
/// VW_ERR_INVALID_ARGUMENT for options outside their ranges; VW_ERR_BUFFER_FULL when 65536 tracks wait.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_player_begin(
    player: *const vw_player,
    options: *const vw_track_options,
    out: *mut *mut vw_track,
) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let player = handle::get(player)?;
        let mut wanted = TrackOptions::default();
        if !options.is_null() {
            // SAFETY: the caller's struct, as the header asks for it.
            let given = unsafe { read_struct(options)? };
            wanted.format = format(given.format)?;
            wanted.sample_rate = u32::try_from(given.sample_rate)
                .map_err(|_| Error::invalid("sample_rate", given.sample_rate, "4000 to 192000 Hz"))?;
            wanted.id = given.id;
        }
        let track = PlayerTrack {
            track: player.begin(&wanted)?,
            channels: player.config().channels.into(),
        };
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(handle::insert(Arc::new(track))) };
        Ok(())
    })
}

/// Decodes the next piece of a track, cut anywhere, and adds it. Does not wait.
///
/// VW_ERR_BAD_AUDIO for what cannot be decoded, VW_ERR_BUFFER_FULL when more than max_buffered_ms would wait: then the
/// track ends with that error, after what is good. VW_ERR_CANCELLED when it was flushed or cancelled; VW_ERR_CLOSED when it
/// has been finished or the player has been freed; any other status is what it has failed with.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_track_write(track: *const vw_track, data: *const u8, size: usize) -> vw_status {
    guard(|| {
        let track = handle::get(track)?;
        // SAFETY: the caller's bytes, as the header asks for them.
        track
            .track
            .write(unsafe { optional_bytes("data", data, size)? }.unwrap_or_default())
    })
}

/// Adds samples at the player's rate, interleaved for its channels: frames * channels of them. What is no finite number
/// becomes silence. NULL with 0 frames adds nothing. Fails as vw_track_write does.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_track_write_samples(
    track: *const vw_track,
    samples: *const f32,
    frames: usize,
) -> vw_status {
    guard(|| {
        let track = handle::get(track)?;
        // SAFETY: the caller's samples, as the header asks for them.
        track
            .track
            .write_samples(unsafe { frames_of(samples, frames, track.channels)? })
    })
}

/// # Safety
/// `samples` is NULL or points to so many frames.
unsafe fn frames_of<'a>(samples: *const f32, frames: usize, channels: usize) -> Result<&'a [f32]> {
    if frames == 0 {
        return Ok(&[]);
    }
    if samples.is_null() || !samples.is_aligned() {
        let got = if samples.is_null() { "NULL" } else { "not aligned" };
        return Err(Error::invalid("samples", got, "a pointer to frames * channels floats"));
    }
    let count = frames
        .checked_mul(channels)
        .filter(|count| *count <= isize::MAX as usize / size_of::<f32>())
        .ok_or_else(|| Error::invalid("frames", frames, "a number that memory can have"))?;
    // SAFETY: promised by the caller, and the size is one that a slice can have.
    Ok(unsafe { std::slice::from_raw_parts(samples, count) })
}

/// Ends a track well: all of it has been written. Does nothing when it has ended already. Fails as vw_track_write does, for
/// what was still to be decoded.
#[unsafe(no_mangle)]
pub extern "C" fn vw_track_finish(track: *const vw_track) -> vw_status {
    guard(|| handle::get(track)?.track.finish())
}

/// Ends a track with a status that its end tells, such as that of the call that should have written it: what was good is
/// played. VW_OK is as vw_track_finish. Does nothing when it has ended already. VW_ERR_INVALID_ARGUMENT for a number that is
/// no status.
#[unsafe(no_mangle)]
pub extern "C" fn vw_track_fail(track: *const vw_track, status: i32) -> vw_status {
    guard(|| {
        let track = handle::get(track)?;
        if status == vw_status::VW_OK as i32 {
            return track.track.finish();
        }
        let row = KINDS
            .iter()
            .find(|row| row.code == status)
            .ok_or_else(|| Error::invalid("status", status, "a vw_status"))?;
        track.track.fail(Error::new(row.kind, row.meaning));
        Ok(())
    })
}

/// Silences a track from the next read on, whatever of it waits and is still written; other tracks go on. It ends as
/// flushed. Does nothing to a track that is over.
#[unsafe(no_mangle)]
pub extern "C" fn vw_track_cancel(track: *const vw_track) -> vw_status {
    guard(|| {
        handle::get(track)?.track.cancel();
        Ok(())
    })
}

/// Frees a track's handle. One that has not ended ends, after what was written, with VW_ERR_CANCELLED.
///
/// VW_ERR_INVALID_ARGUMENT when track is neither NULL nor a live track.
#[unsafe(no_mangle)]
pub extern "C" fn vw_track_free(track: *mut vw_track) -> vw_status {
    guard(|| {
        if let Some(track) = handle::remove(track.cast_const())? {
            // Also while another thread uses it.
            track.track.abandon();
        }
        Ok(())
    })
}

/// An on_chunk that plays: user_data is a vw_track of the request's format and sample rate, as in
///
///     vw_deepdub_stream_tts(client, &request, vw_track_on_chunk, track, NULL)
///
/// Writes each chunk, and finishes the track after the last. Returns VW_STOP when the track takes no more, because it was
/// flushed for example; when the call fails otherwise, tell the track with vw_track_fail.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_track_on_chunk(chunk: *const vw_deepdub_chunk, user_data: *mut c_void) -> i32 {
    let status = guard(|| {
        let track = handle::get(user_data.cast::<vw_track>().cast_const())?;
        if chunk.is_null() {
            return Err(Error::invalid("chunk", "NULL", "a chunk"));
        }
        // SAFETY: the library's chunk, or one like it.
        let (bytes, is_final) = unsafe {
            let chunk = &*chunk;
            (optional_bytes("data", chunk.data, chunk.size)?, chunk.is_final != 0)
        };
        track.track.write(bytes.unwrap_or_default())?;
        if is_final { track.track.finish() } else { Ok(()) }
    });
    if status == vw_status::VW_OK {
        VW_CONTINUE
    } else {
        VW_STOP
    }
}
