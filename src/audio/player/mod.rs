//! The playback buffer: tracks that arrive when they arrive, on one side; on the other the sound device's callback, which
//! must never wait.

mod queue;
mod ramp;
mod reader;
mod state;
mod track;

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use self::queue::{Over, Queue, Sizes};
pub use self::reader::PlayerReader;
use self::reader::{COUNT_SHIFT, Meters, Wishes};
pub use self::state::{Activity, PlayerState, TrackEnd, TrackState};
pub use self::track::Track;
use super::Format;
use crate::error::{Error, ErrorKind, Result};
use crate::sync::Mutex;

/// So many ends wait to be asked for; then the oldest are lost.
const MOST_ENDS: usize = 1024;
/// So many tracks may wait, whatever is in them.
const MOST_TRACKS: usize = 65_536;
const LEAST_SEGMENT: usize = 256;
const MOST_SEGMENT: usize = 65_536;

/// How a player plays.
#[derive(Debug, Clone, PartialEq)]
pub struct PlayerConfig {
    /// Frames per second that are read, 4000 to 192000. Tracks are converted to it. 48000.
    pub sample_rate: u32,
    /// Channels that are read, interleaved, 1 to 8. 1.
    pub channels: u16,
    /// How much of a track must wait before it begins, and before it goes on after an underrun, up to a minute; a track that
    /// is complete need not. Less than 10 ms counts as 10 ms, as silence fades in and out. 100 ms.
    pub cushion: Duration,
    /// How far the cushion grows, by half each time, when an underrun comes within 10 s of playing after another, up to a
    /// minute. Less than `cushion` counts as `cushion`: it does not grow. 2 s.
    pub max_cushion: Duration,
    /// How much may wait, of all tracks together, up to a day. A write beyond it ends its own track with
    /// [`BufferFull`](ErrorKind::BufferFull), after what waits. 10 min: 115 MB at 48000 Hz, mono.
    pub max_buffered: Duration,
    /// What samples are multiplied by, 0 to 8. 1, which leaves them as they are.
    pub gain: f32,
}

impl Default for PlayerConfig {
    fn default() -> Self {
        PlayerConfig {
            sample_rate: 48_000,
            channels: 1,
            cushion: Duration::from_millis(100),
            max_cushion: Duration::from_secs(2),
            max_buffered: Duration::from_secs(600),
            gain: 1.0,
        }
    }
}

impl PlayerConfig {
    const MAX_CUSHION: Duration = Duration::from_secs(60);

    /// Everything by default.
    pub fn new() -> PlayerConfig {
        PlayerConfig::default()
    }

    fn check(&self) -> Result<()> {
        let refuse = |field, got: String, takes: &str| Err(Error::invalid(field, got, takes));
        if !(4000..=192_000).contains(&self.sample_rate) {
            return refuse("sample_rate", self.sample_rate.to_string(), "4000 to 192000 Hz");
        }
        if !(1..=8).contains(&self.channels) {
            return refuse("channels", self.channels.to_string(), "1 to 8");
        }
        check_cushion(self.cushion, Self::MAX_CUSHION)?;
        if self.max_cushion > Self::MAX_CUSHION {
            return refuse("max_cushion", format!("{:?}", self.max_cushion), "a minute at most");
        }
        if self.max_buffered < Duration::from_millis(1) || self.max_buffered > Duration::from_secs(86_400) {
            return refuse("max_buffered", format!("{:?}", self.max_buffered), "1 ms to a day");
        }
        if self.max_buffered < self.cushion {
            let got = format!("{:?}", self.max_buffered);
            return refuse(
                "max_buffered",
                got,
                "the cushion or more: a track would wait for it in vain",
            );
        }
        check_gain(self.gain)
    }

    /// As it has its effect.
    fn completed(mut self) -> PlayerConfig {
        self.max_cushion = self.max_cushion.max(self.cushion).min(self.max_buffered);
        self
    }

    fn frames(&self, time: Duration) -> u64 {
        // At most a day at 192000 Hz.
        (time.as_nanos() * u128::from(self.sample_rate)).div_ceil(1_000_000_000) as u64
    }

    fn time(&self, frames: u64) -> Duration {
        let rate = u64::from(self.sample_rate);
        let rest = (frames % rate) * 1_000_000_000 / rate;
        Duration::from_secs(frames / rate) + Duration::from_nanos(rest)
    }
}

fn check_cushion(cushion: Duration, most: Duration) -> Result<()> {
    if cushion > most {
        return Err(Error::invalid(
            "cushion",
            format_args!("{cushion:?}"),
            &format!("{most:?} at most"),
        ));
    }
    Ok(())
}

fn check_gain(gain: f32) -> Result<()> {
    if !(0.0..=8.0).contains(&gain) {
        return Err(Error::invalid("gain", gain, "0 to 8"));
    }
    Ok(())
}

/// What a track is, and how it is told from others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackOptions {
    /// What [`Track::write`] gets, as [`Decoder`](super::Decoder) takes it. S16le.
    pub format: Format,
    /// The rate of what has no header, in Hz. 48000.
    pub sample_rate: u32,
    /// What [`PlayerState`] and [`TrackEnd`] call it; need not be unique. 0.
    pub id: u64,
}

impl Default for TrackOptions {
    fn default() -> Self {
        TrackOptions {
            format: Format::S16le,
            sample_rate: 48_000,
            id: 0,
        }
    }
}

impl TrackOptions {
    /// Of such a format and rate.
    pub fn new(format: Format, sample_rate: u32) -> TrackOptions {
        TrackOptions {
            format,
            sample_rate,
            ..TrackOptions::default()
        }
    }
}

/// What the reader and the writers of a track know of it.
struct Notes {
    id: u64,
    /// Counted by the reader.
    underruns: AtomicU64,
    /// Why it ended; the reader does not look.
    error: Mutex<Option<Error>>,
}

impl Notes {
    fn new(id: u64) -> Notes {
        Notes {
            id,
            underruns: AtomicU64::new(0),
            error: Mutex::new(None),
        }
    }
}

struct Shared {
    config: PlayerConfig,
    wishes: Wishes,
    meters: Meters,
    control: Mutex<Control>,
}

/// What those who write and ask share. The reader never locks it.
struct Control {
    queue: Queue<Notes>,
    ends: VecDeque<TrackEnd>,
    lost_ends: u64,
}

/// Plays tracks, one after the other, in the order in which they were [begun](Self::begin).
///
/// The sound device's callback pulls with a [`PlayerReader`]. Everything here is for other threads, takes effect at the
/// next read, and does not wait for it. Clones are one player; what has been written is played also when all of them are
/// gone.
#[derive(Clone)]
pub struct Player(Arc<Shared>);

impl Player {
    /// A player, and what the audio thread reads from it.
    ///
    /// # Errors
    /// `InvalidArgument` for a configuration outside its ranges.
    pub fn new(config: PlayerConfig) -> Result<(Player, PlayerReader)> {
        config.check()?;
        let config = config.completed();
        let sizes = Sizes {
            least: LEAST_SEGMENT,
            most: MOST_SEGMENT,
            frame: usize::from(config.channels),
        };
        let (queue, cursor) = queue::queue(sizes, Notes::new(0));
        let cushion = config.frames(config.cushion);
        let shared = Arc::new(Shared {
            wishes: Wishes {
                paused: AtomicBool::new(false),
                gain: AtomicU32::new(config.gain.to_bits()),
                cushion: AtomicU64::new(cushion),
                max_cushion: config.frames(config.max_cushion),
            },
            meters: Meters {
                cushion: AtomicU64::new(cushion),
                ..Meters::default()
            },
            control: Mutex::new(Control {
                queue,
                ends: VecDeque::new(),
                lost_ends: 0,
            }),
            config,
        });
        let reader = PlayerReader::new(cursor, Arc::clone(&shared));
        Ok((Player(shared), reader))
    }

    /// How it was made.
    pub fn config(&self) -> &PlayerConfig {
        &self.0.config
    }

    /// Begins a track, to be played when all that were begun before are over. It keeps them waiting until it is ended,
    /// whether or not anything comes.
    ///
    /// # Errors
    /// `InvalidArgument` for a rate outside its range; `Closed` when the reader is gone; `BufferFull` when 65536 tracks
    /// wait.
    pub fn begin(&self, options: &TrackOptions) -> Result<Track> {
        Track::new(Arc::clone(&self.0), options, || self.0.begin(options.id))
    }

    /// Fades out within the next read, and is silent until [`resume`](Self::resume). Nothing is lost, and tracks can be
    /// written as ever.
    pub fn pause(&self) {
        self.0.wishes.paused.store(true, Ordering::Release);
    }

    /// Goes on where it was paused, fading in.
    pub fn resume(&self) {
        self.0.wishes.paused.store(false, Ordering::Release);
    }

    /// Silences all tracks that have been begun, from the next read on: barge-in. What waits is dropped, what is still
    /// written to them is refused with `Cancelled`, which also cancels lines that play here; tracks begun afterwards play
    /// as ever. A paused player stays paused.
    pub fn flush(&self) {
        let mut control = self.0.control.lock();
        control.settle(self.0.channels());
        control.queue.drop_all();
    }

    /// Sets what samples are multiplied by, 0 to 8; it moves there within 5 ms.
    ///
    /// # Errors
    /// `InvalidArgument`.
    pub fn set_gain(&self, gain: f32) -> Result<()> {
        check_gain(gain)?;
        self.0.wishes.gain.store(gain.to_bits(), Ordering::Relaxed);
        Ok(())
    }

    /// Sets the cushion, up to [`max_cushion`](PlayerConfig::max_cushion): from the next start on, and however far it has
    /// grown.
    ///
    /// # Errors
    /// `InvalidArgument`.
    pub fn set_cushion(&self, cushion: Duration) -> Result<()> {
        check_cushion(cushion, self.0.config.max_cushion)?;
        let frames = self.0.config.frames(cushion);
        // Under the lock, so that each has a count of its own.
        let _control = self.0.control.lock();
        let before = self.0.wishes.cushion.load(Ordering::Relaxed);
        let count = (before >> COUNT_SHIFT).wrapping_add(1);
        self.0
            .wishes
            .cushion
            .store(count << COUNT_SHIFT | frames, Ordering::Relaxed);
        self.0.meters.cushion.store(frames, Ordering::Relaxed);
        Ok(())
    }

    /// How it stands.
    pub fn state(&self) -> PlayerState {
        self.0.state()
    }

    /// The next track that is over for the ear: its last frame has been handed to a read, or it was silenced and a read has
    /// come since. Each track once, in their order; `None` when there is none now. Of ends that nobody asks for the last
    /// 1024 are kept.
    pub fn next_end(&self) -> Option<TrackEnd> {
        let mut control = self.0.control.lock();
        control.settle(self.0.channels());
        control.ends.pop_front()
    }
}

impl fmt::Debug for Player {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Player")
            .field("config", &self.0.config)
            .finish_non_exhaustive()
    }
}

impl Shared {
    /// Notes a track that begins; its serial number.
    fn begin(&self, id: u64) -> Result<u64> {
        let mut control = self.control.lock();
        control.settle(self.channels());
        if control.queue.is_abandoned() {
            return Err(abandoned());
        }
        if control.queue.len() >= MOST_TRACKS {
            return Err(Error::new(
                ErrorKind::BufferFull,
                format!("{MOST_TRACKS} tracks wait to be played; no more can"),
            ));
        }
        Ok(control.queue.begin(Notes::new(id)))
    }

    /// # Errors
    /// Why nothing can be written to the track any more.
    fn check(&self, serial: u64) -> Result<()> {
        self.control.lock().check(serial)
    }

    fn append(&self, serial: u64, samples: &[f32]) -> Result<()> {
        let mut control = self.control.lock();
        control.settle(self.channels());
        control.check(serial)?;
        let most = self.config.frames(self.config.max_buffered) * self.channels();
        if control.queue.buffered() + samples.len() as u64 > most {
            return Err(Error::new(
                ErrorKind::BufferFull,
                format!(
                    "the audio is not played as fast as it comes: more than {:?} would wait (max_buffered)",
                    self.config.max_buffered
                ),
            )
            .with_field("max_buffered"));
        }
        control.queue.append(serial, samples);
        Ok(())
    }

    /// Nothing more comes of a track. Only the first end counts.
    fn complete(&self, serial: u64, error: Option<Error>) {
        let mut control = self.control.lock();
        if let Some(standing) = control.queue.get(serial)
            && !standing.is_complete
        {
            // Before it is seen to be over.
            *standing.track.notes.error.lock() = error;
        }
        control.queue.complete(serial);
        control.settle(self.channels());
    }

    fn drop_track(&self, serial: u64) {
        let mut control = self.control.lock();
        control.settle(self.channels());
        control.queue.drop_track(serial);
    }

    fn state(&self) -> PlayerState {
        let channels = self.channels();
        let mut control = self.control.lock();
        control.settle(channels);
        let queue = &control.queue;
        let playing = queue.get(self.meters.track.load(Ordering::Relaxed));
        let track = playing.or_else(|| queue.first()).map(|standing| TrackState {
            id: standing.track.notes.id,
            position: standing.track.played() / channels,
            written: standing.written / channels,
            is_complete: standing.is_complete,
        });
        let activity = if self.wishes.paused.load(Ordering::Acquire) {
            Activity::Paused
        } else if track.is_none() {
            Activity::Idle
        } else if self.meters.playing.load(Ordering::Relaxed) {
            Activity::Playing
        } else {
            Activity::Filling
        };
        let buffered_frames = queue.buffered() / channels;
        let meter = |meter: &AtomicU64| meter.load(Ordering::Relaxed);
        PlayerState {
            activity,
            track,
            waiting: queue.len().saturating_sub(1),
            buffered_frames,
            buffered: self.config.time(buffered_frames),
            played_frames: meter(&self.meters.played),
            silent_frames: meter(&self.meters.silent),
            underrun_frames: meter(&self.meters.underrun),
            underruns: meter(&self.meters.underruns),
            cushion: self.config.time(meter(&self.meters.cushion)),
            gain: f32::from_bits(self.wishes.gain.load(Ordering::Relaxed)),
            lost_ends: control.lost_ends,
        }
    }

    fn channels(&self) -> u64 {
        self.config.channels.into()
    }
}

impl Control {
    /// Sees what the reader has done meanwhile.
    fn settle(&mut self, channels: u64) {
        let Control { queue, ends, lost_ends } = self;
        queue.settle(|over| {
            if ends.len() == MOST_ENDS {
                ends.pop_front();
                *lost_ends += 1;
            }
            ends.push_back(track_end(&over, channels));
        });
    }

    fn check(&self, serial: u64) -> Result<()> {
        match self.queue.get(serial) {
            Some(standing) if standing.is_dropped => Err(flushed()),
            Some(standing) if !standing.is_complete => Ok(()),
            Some(_) => Err(ended()),
            None if self.queue.is_abandoned() => Err(abandoned()),
            // Its writer has not ended it.
            None => Err(flushed()),
        }
    }
}

fn track_end(over: &Over<Notes>, channels: u64) -> TrackEnd {
    let notes = &over.track.notes;
    let error = notes.error.lock().take();
    TrackEnd {
        id: notes.id,
        error: error.or_else(|| over.cut.then(flushed)),
        flushed: over.cut,
        frames_played: over.track.played() / channels,
        underruns: notes.underruns.load(Ordering::Relaxed),
    }
}

fn flushed() -> Error {
    Error::new(
        ErrorKind::Cancelled,
        "the player was flushed, or the track was cancelled",
    )
}

fn ended() -> Error {
    Error::new(ErrorKind::Closed, "the track has been ended")
}

fn abandoned() -> Error {
    Error::new(ErrorKind::Closed, "the player has been closed: nobody reads from it")
}
