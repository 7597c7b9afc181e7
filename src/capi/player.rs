//! The playback buffer, and what the audio thread reads from it.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;
use std::time::Duration;

use super::handle::{self, Handle};
use super::input::{CallerStruct, out_pointer, read_struct, write_struct};
use super::player_slots;
use super::status::{CError, guard, vw_error, vw_status};
use crate::audio::{Activity, Player, PlayerConfig, PlayerState, TrackEnd, TrackState};
use crate::error::{Error, Result};

/// How a player plays. Fill it with vw_player_config_init, then change what should differ.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_player_config {
    /// Set by vw_player_config_init.
    pub struct_size: usize,
    /// Frames per second that are read, 4000 to 192000; tracks are converted to it. Default 48000.
    pub sample_rate: i32,
    /// Channels that are read, interleaved, 1 to 8. Default 1.
    pub channels: i32,
    /// How much of a track must wait before it begins, and before it goes on after an underrun, up to 60000; a track that
    /// is complete need not. Less than 10 counts as 10, as silence fades in and out. Default 100 ms.
    pub cushion_ms: u32,
    /// How far the cushion grows, by half each time, when an underrun comes within 10 s of playing after another; up to
    /// 60000. Less than cushion_ms counts as cushion_ms. Default 2000 ms.
    pub max_cushion_ms: u32,
    /// How much may wait, of all tracks together; 1 to 86400000, and no less than the cushion. What is written beyond it ends its own track with
    /// VW_ERR_BUFFER_FULL, after what waits. Default 600000 ms: 115 MB at 48000 Hz, mono.
    pub max_buffered_ms: u32,
    /// What samples are multiplied by, 0 to 8. Default 1, which leaves them as they are.
    pub gain: f32,
}

// SAFETY: repr(C), struct_size first, numbers only.
unsafe impl CallerStruct for vw_player_config {
    const NAME: &'static str = "vw_player_config";
    const FIRST_SIZE: usize = size_of::<vw_player_config>();

    fn init() -> Self {
        let config = PlayerConfig::new();
        let milliseconds = |time: Duration| time.as_millis() as u32;
        vw_player_config {
            struct_size: size_of::<Self>(),
            sample_rate: config.sample_rate as i32,
            channels: config.channels.into(),
            cushion_ms: milliseconds(config.cushion),
            max_cushion_ms: milliseconds(config.max_cushion),
            max_buffered_ms: milliseconds(config.max_buffered),
            gain: config.gain,
        }
    }
}

impl vw_player_config {
    fn to_config(self) -> Result<PlayerConfig> {
        let milliseconds = |time: u32| Duration::from_millis(time.into());
        Ok(PlayerConfig {
            sample_rate: u32::try_from(self.sample_rate)
                .map_err(|_| Error::invalid("sample_rate", self.sample_rate, "4000 to 192000 Hz"))?,
            channels: u16::try_from(self.channels).map_err(|_| Error::invalid("channels", self.channels, "1 to 8"))?,
            cushion: milliseconds(self.cushion_ms),
            max_cushion: milliseconds(self.max_cushion_ms),
            max_buffered: milliseconds(self.max_buffered_ms),
            gain: self.gain,
        })
    }
}

/// Plays tracks, one after the other, in the order in which they were begun, without a gap between them. The sound
/// device's callback reads from it with vw_player_read, which never waits; everything else is for other threads, takes
/// effect at the next read, and does not wait for that.
///
/// A track is what vw_player_begin begins, or a line or turn that has the player in its options. It is silent until the
/// track has its cushion. When audio does not come in time in the middle of a track, what is left fades out, and it fades
/// in when there is a cushion again: nothing is lost by that, or said twice.
pub struct vw_player {
    _opaque: [u8; 0],
}

impl Handle for vw_player {
    type Object = Player;
    const NAME: &'static str = "vw_player";
}

/// What a player is doing.
pub type vw_player_activity = i32;
/// There is no track to play.
pub const VW_PLAYER_IDLE: vw_player_activity = 0;
/// It is silent until the next track, or this one after an underrun, has its cushion.
pub const VW_PLAYER_FILLING: vw_player_activity = 1;
/// Sound comes out of it.
pub const VW_PLAYER_PLAYING: vw_player_activity = 2;
/// It has been paused.
pub const VW_PLAYER_PAUSED: vw_player_activity = 3;

/// How a player stands, exact to a read. Frames are those handed out by vw_player_read. They are heard later by the sound
/// device's latency, which the host knows: what is heard now of the track is track_position less that latency.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_player_state {
    /// Set by vw_player_state_init.
    pub struct_size: usize,
    /// What it is doing.
    pub activity: vw_player_activity,
    /// 1 when there is a track that is played or waited for, else 0, and so are the next four.
    pub has_track: i32,
    /// The id that it was begun with.
    pub track_id: u64,
    /// Frames of it that have been played.
    pub track_position: u64,
    /// Frames of it that have come.
    pub track_frames: u64,
    /// 1 when that is all of it.
    pub track_is_complete: i32,
    /// What samples are multiplied by, as it was set.
    pub gain: f32,
    /// Tracks that come after that one.
    pub tracks_waiting: u64,
    /// Frames that wait to be played, of all tracks.
    pub buffered_frames: u64,
    /// How long they last, in milliseconds.
    pub buffered_ms: f64,
    /// Frames played since the player was made.
    pub played_frames: u64,
    /// Frames of silence handed out since then: with played_frames all that was read.
    pub silent_frames: u64,
    /// The part of that silence that came in the middle of tracks, because nothing had come in time.
    pub underrun_frames: u64,
    /// How often that happened.
    pub underruns: u64,
    /// The cushion now, in milliseconds; it grows when underruns repeat.
    pub cushion_ms: f64,
    /// Ends that nobody took in time and that are lost: see vw_player_next_end.
    pub lost_ends: u64,
}

// SAFETY: repr(C), struct_size first, numbers only.
unsafe impl CallerStruct for vw_player_state {
    const NAME: &'static str = "vw_player_state";
    const FIRST_SIZE: usize = size_of::<vw_player_state>();

    fn init() -> Self {
        vw_player_state {
            struct_size: size_of::<Self>(),
            activity: VW_PLAYER_IDLE,
            has_track: 0,
            track_id: 0,
            track_position: 0,
            track_frames: 0,
            track_is_complete: 0,
            gain: 0.0,
            tracks_waiting: 0,
            buffered_frames: 0,
            buffered_ms: 0.0,
            played_frames: 0,
            silent_frames: 0,
            underrun_frames: 0,
            underruns: 0,
            cushion_ms: 0.0,
            lost_ends: 0,
        }
    }
}

impl From<PlayerState> for vw_player_state {
    fn from(state: PlayerState) -> Self {
        let TrackState {
            id,
            position,
            written,
            is_complete,
        } = state.track.unwrap_or_default();
        vw_player_state {
            struct_size: size_of::<Self>(),
            activity: match state.activity {
                Activity::Idle => VW_PLAYER_IDLE,
                Activity::Filling => VW_PLAYER_FILLING,
                Activity::Playing => VW_PLAYER_PLAYING,
                Activity::Paused => VW_PLAYER_PAUSED,
            },
            has_track: state.track.is_some().into(),
            track_id: id,
            track_position: position,
            track_frames: written,
            track_is_complete: is_complete.into(),
            gain: state.gain,
            tracks_waiting: state.waiting as u64,
            buffered_frames: state.buffered_frames,
            buffered_ms: state.buffered.as_secs_f64() * 1000.0,
            played_frames: state.played_frames,
            silent_frames: state.silent_frames,
            underrun_frames: state.underrun_frames,
            underruns: state.underruns,
            cushion_ms: state.cushion.as_secs_f64() * 1000.0,
            lost_ends: state.lost_ends,
        }
    }
}

/// How a track ended, for the ear.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct vw_track_end {
    /// Set by vw_track_end_init.
    pub struct_size: usize,
    /// The id that it was begun with.
    pub id: u64,
    /// VW_OK when it was played whole; VW_ERR_CANCELLED when it was flushed, cancelled, or freed before it was finished;
    /// otherwise why there was not more of it.
    pub status: vw_status,
    /// 1 when something of it was dropped before it was played, else 0.
    pub flushed: i32,
    /// More about the status; NULL when that is VW_OK. Valid until this thread calls vw_player_next_end again, or ends.
    pub error: *const vw_error,
    /// Frames of it that were played.
    pub frames_played: u64,
    /// How often nothing came in time.
    pub underruns: u64,
}

// SAFETY: repr(C), struct_size first, pointers and numbers only.
unsafe impl CallerStruct for vw_track_end {
    const NAME: &'static str = "vw_track_end";
    const FIRST_SIZE: usize = size_of::<vw_track_end>();

    fn init() -> Self {
        vw_track_end {
            struct_size: size_of::<Self>(),
            id: 0,
            status: vw_status::VW_OK,
            flushed: 0,
            error: ptr::null(),
            frames_played: 0,
            underruns: 0,
        }
    }
}

thread_local! {
    /// What the last end that this thread took points to.
    static END_ERROR: RefCell<Option<Box<CError>>> = const { RefCell::new(None) };
}

impl From<TrackEnd> for vw_track_end {
    fn from(end: TrackEnd) -> Self {
        let error = end.error.as_ref().map(|error| Box::new(CError::new(error)));
        let info = error.as_ref().map_or(ptr::null(), |error| error.info());
        // A thread that is ending gets no details.
        let kept = END_ERROR.try_with(|slot| *slot.borrow_mut() = error).is_ok();
        vw_track_end {
            struct_size: size_of::<Self>(),
            id: end.id,
            status: end.error.as_ref().map_or(vw_status::VW_OK, |error| error.kind().into()),
            flushed: end.flushed.into(),
            error: if kept { info } else { ptr::null() },
            frames_played: end.frames_played,
            underruns: end.underruns,
        }
    }
}

/// Fills a configuration with its defaults. VW_ERR_INVALID_ARGUMENT when config is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_player_config_init(config: *mut vw_player_config) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("config", config)?.write(vw_player_config::init()) };
        Ok(())
    })
}

/// Prepares a struct for vw_player_get_state. VW_ERR_INVALID_ARGUMENT when state is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_player_state_init(state: *mut vw_player_state) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("state", state)?.write(vw_player_state::init()) };
        Ok(())
    })
}

/// Prepares a struct for vw_player_next_end. VW_ERR_INVALID_ARGUMENT when end is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_track_end_init(end: *mut vw_track_end) -> vw_status {
    guard(|| {
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out_pointer("end", end)?.write(vw_track_end::init()) };
        Ok(())
    })
}

/// Makes a player. config may be NULL: everything by default. *out is the player; free it with vw_player_free.
///
/// VW_ERR_INVALID_ARGUMENT for a configuration outside its ranges; VW_ERR_INTERNAL when about a million players live.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_player_new(config: *const vw_player_config, out: *mut *mut vw_player) -> vw_status {
    guard(|| {
        let out = out_pointer("out", out)?;
        let config = if config.is_null() {
            PlayerConfig::new()
        } else {
            // SAFETY: the caller's struct, as the header asks for it.
            unsafe { read_struct(config)?.to_config()? }
        };
        let (player, reader) = Player::new(config)?;
        let number = player_slots::open(reader)?;
        handle::insert_at(number, Arc::new(player));
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(ptr::without_provenance_mut(number)) };
        Ok(())
    })
}

/// Frees a player. A vw_player_read that is just running on another thread is waited for; every later one is silent. What
/// waits is dropped: writes to its tracks fail with VW_ERR_CLOSED, and lines that play on it are cancelled when their next
/// chunk comes. The handles of tracks are still to be freed.
///
/// VW_ERR_INVALID_ARGUMENT when player is neither NULL nor a live player.
#[unsafe(no_mangle)]
pub extern "C" fn vw_player_free(player: *mut vw_player) -> vw_status {
    guard(|| {
        if handle::remove(player.cast_const())?.is_some() {
            player_slots::close(player.addr());
        }
        Ok(())
    })
}

/// For the sound device's callback: fills out, all of it, with frames * channels samples, interleaved, and with silence
/// where there is nothing to be heard. Wait-free: it takes no lock, allocates and frees nothing, and makes no system call,
/// whatever other threads are doing. One thread at a time.
///
/// VW_ERR_INVALID_ARGUMENT when another thread is reading from it, or player is no live player: then out is filled with
/// silence, too, as for one channel where player is not known to have been one. Also when out is NULL or not aligned, or
/// frames * channels samples are more than memory can have; then nothing is written. It never sets vw_last_error.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_player_read(player: *mut vw_player, out: *mut f32, frames: usize) -> vw_status {
    // SAFETY: promised by the caller.
    let read = catch_unwind(AssertUnwindSafe(|| unsafe { read(player.addr(), out, frames) }));
    match read {
        Ok(true) => vw_status::VW_OK,
        Ok(false) => vw_status::VW_ERR_INVALID_ARGUMENT,
        Err(_) => vw_status::VW_ERR_INTERNAL,
    }
}

/// # Safety
/// `out` is NULL or has room for as many frames as the player's.
unsafe fn read(player: usize, out: *mut f32, frames: usize) -> bool {
    let most = isize::MAX as usize / size_of::<f32>();
    let room = |channels: usize| {
        frames
            .checked_mul(channels)
            .filter(|samples| *samples <= most && !out.is_null() && out.is_aligned())
    };
    let done = player_slots::with_reader(player, |reader| {
        let Some(samples) = room(reader.channels()) else {
            return false;
        };
        // What is not written yet must not be looked at as numbers: silence first.
        // SAFETY: the caller's place for so many samples; all zero bytes are a sample.
        let out = unsafe {
            out.write_bytes(0, samples);
            std::slice::from_raw_parts_mut(out, samples)
        };
        reader.read(out);
        true
    });
    done.unwrap_or_else(|| {
        if let Some(samples) = room(player_slots::channels(player).unwrap_or(1)) {
            // SAFETY: the caller's place for a player of so many channels; for what is none, one channel at least.
            unsafe { out.write_bytes(0, samples) };
        }
        false
    })
}

/// Fades out within the next read, and is silent until vw_player_resume. Nothing is lost, and tracks can be written as
/// ever. Does nothing to a player that is paused.
#[unsafe(no_mangle)]
pub extern "C" fn vw_player_pause(player: *const vw_player) -> vw_status {
    guard(|| {
        handle::get(player)?.pause();
        Ok(())
    })
}

/// Goes on where it was paused, fading in. Does nothing to a player that is not paused.
#[unsafe(no_mangle)]
pub extern "C" fn vw_player_resume(player: *const vw_player) -> vw_status {
    guard(|| {
        handle::get(player)?.resume();
        Ok(())
    })
}

/// Silences all tracks that have been begun, from the next read on: barge-in. What waits is dropped; what is still written
/// to them is refused with VW_ERR_CANCELLED, which also cancels the lines that play here. Tracks begun afterwards play as
/// ever. A paused player stays paused.
#[unsafe(no_mangle)]
pub extern "C" fn vw_player_flush(player: *const vw_player) -> vw_status {
    guard(|| {
        handle::get(player)?.flush();
        Ok(())
    })
}

/// Sets what samples are multiplied by, 0 to 8; it moves there within 5 ms. VW_ERR_INVALID_ARGUMENT for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn vw_player_set_gain(player: *const vw_player, gain: f32) -> vw_status {
    guard(|| handle::get(player)?.set_gain(gain))
}

/// Sets the cushion, 0 to max_cushion_ms, however far it has grown; from the next time on that it is waited for.
/// VW_ERR_INVALID_ARGUMENT for more than that.
#[unsafe(no_mangle)]
pub extern "C" fn vw_player_set_cushion(player: *const vw_player, cushion_ms: u32) -> vw_status {
    guard(|| handle::get(player)?.set_cushion(Duration::from_millis(cushion_ms.into())))
}

/// How a player stands, in *state, which vw_player_state_init has prepared.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_player_get_state(player: *const vw_player, state: *mut vw_player_state) -> vw_status {
    guard(|| {
        let state = out_pointer("state", state)?;
        let current = handle::get(player)?.state().into();
        // SAFETY: the caller's struct, as the header asks for it.
        unsafe { write_struct(state, &current) }
    })
}

/// The next track that is over for the ear: its last frame has been handed to a read, or it was silenced and a read has come
/// since. Each track exactly once, in the order in which they were begun. Of ends that nobody takes the last 1024 are kept;
/// how many are lost vw_player_get_state says.
///
/// *out is 1, and *end filled, which vw_track_end_init has prepared; or 0, and *end as it was, when there is none now.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn vw_player_next_end(
    player: *const vw_player,
    end: *mut vw_track_end,
    out: *mut i32,
) -> vw_status {
    guard(|| {
        let end = out_pointer("end", end)?;
        let out = out_pointer("out", out)?;
        let player = handle::get(player)?;
        // SAFETY: the caller's struct; its size comes first. Nothing is taken that cannot be handed over.
        super::input::check_size::<vw_track_end>(unsafe { end.cast::<usize>().read_unaligned() })?;
        let next = player.next_end();
        let found = next.is_some();
        if let Some(next) = next {
            // SAFETY: as before.
            unsafe { write_struct(end, &next.into())? };
        }
        // SAFETY: not NULL, and the caller's to be written to.
        unsafe { out.write(found.into()) };
        Ok(())
    })
}
