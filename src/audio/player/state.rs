//! What a player says of itself.

use std::time::Duration;

use crate::error::Error;

/// What a player is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Activity {
    /// There is no track to play.
    Idle,
    /// Silent until the next track, or this one after an underrun, has its cushion.
    Filling,
    /// Sound comes out of it.
    Playing,
    /// It has been paused.
    Paused,
}

/// How a player stands: a moment's look from outside, exact to a read.
///
/// Frames are those handed to the sound device's callback. They are heard later by the device's latency, which the host
/// knows: what is heard now is `position` less that latency times the sample rate.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PlayerState {
    /// What it is doing.
    pub activity: Activity,
    /// The track that is played or waited for; `None` when there is none.
    pub track: Option<TrackState>,
    /// Tracks that come after that one.
    pub waiting: usize,
    /// Frames that wait to be played, of all tracks.
    pub buffered_frames: u64,
    /// How long they last.
    pub buffered: Duration,
    /// Frames played since the player was made.
    pub played_frames: u64,
    /// Frames of silence handed out since then: with `played_frames` all that was read.
    pub silent_frames: u64,
    /// The part of that silence that came in the middle of tracks, because nothing had come in time.
    pub underrun_frames: u64,
    /// How often that happened.
    pub underruns: u64,
    /// The cushion now; it grows when underruns repeat.
    pub cushion: Duration,
    /// The gain that was set.
    pub gain: f32,
    /// Ends that nobody took in time and that are [lost](super::Player::next_end).
    pub lost_ends: u64,
}

/// How a track stands that is played or waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct TrackState {
    /// The id that it was begun with.
    pub id: u64,
    /// Frames of it that have been played.
    pub position: u64,
    /// Frames of it that have come.
    pub written: u64,
    /// Whether that is all of it.
    pub is_complete: bool,
}

/// How a track ended, for the ear.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TrackEnd {
    /// The id that it was begun with.
    pub id: u64,
    /// Why there was not more of it; `None` when it was played whole. `Cancelled` when it was flushed or never finished.
    pub error: Option<Error>,
    /// Something of it had been dropped before it was played.
    pub flushed: bool,
    /// Frames of it that were played.
    pub frames_played: u64,
    /// How often nothing came in time.
    pub underruns: u64,
}
