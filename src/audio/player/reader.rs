//! The audio thread's side of a player.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};

use super::queue::Cursor;
use super::ramp::Ramp;
use super::{Notes, Shared};

/// How many segments and tracks without sound one read passes at most; the rest of it is silent then.
const MOST_MOVES: usize = 1024;

/// Of a second: how long a fade is.
const FADES_PER_SECOND: u64 = 200;
/// Two underruns within so many seconds of playing are too many for the cushion.
const REPEATED_SECONDS: u64 = 10;

/// What the control side wants.
pub(super) struct Wishes {
    pub paused: AtomicBool,
    /// Bits of an f32.
    pub gain: AtomicU32,
    /// The cushion that was set last, in frames, and above [`COUNT_SHIFT`] how often one was set.
    pub cushion: AtomicU64,
    /// In frames.
    pub max_cushion: u64,
}

pub(super) const COUNT_SHIFT: u32 = 40;

/// What the reader tells of itself, in frames where nothing else is said.
#[derive(Default)]
pub(super) struct Meters {
    pub played: AtomicU64,
    pub silent: AtomicU64,
    pub underrun: AtomicU64,
    /// How often.
    pub underruns: AtomicU64,
    pub cushion: AtomicU64,
    /// The serial number of the track that it is in.
    pub track: AtomicU64,
    /// Sound is coming out of it.
    pub playing: AtomicBool,
}

/// The audio thread's end of a [`Player`](super::Player): what the sound device's callback reads from.
///
/// Dropping it ends the player: what is begun or written afterwards is refused.
pub struct PlayerReader {
    cursor: Cursor<Notes>,
    /// Has what the cursor leaves behind, so that it never frees anything.
    shared: Arc<Shared>,
    channels: usize,
    /// Frames.
    fade: u64,
    phase: Phase,
    /// At underruns.
    dip: Ramp,
    gain: Ramp,
    /// At pauses.
    stop: Ramp,
    /// It has come to rest in a pause.
    resting: bool,
    /// In frames.
    cushion: u64,
    /// Which wish it comes from.
    cushion_count: u64,
    /// Frames played since the last underrun; `None` before the first.
    since_underrun: Option<u64>,
    totals: Totals,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Silent until the track has its cushion; in the middle of it after an underrun.
    Filling {
        underrun: bool,
    },
    Playing,
    /// What was kept for the purpose fades out, so many frames of it.
    Fading {
        left: u64,
    },
}

#[derive(Default)]
struct Totals {
    played: u64,
    silent: u64,
    underrun: u64,
    underruns: u64,
}

impl PlayerReader {
    pub(super) fn new(cursor: Cursor<Notes>, shared: Arc<Shared>) -> PlayerReader {
        let fade = u64::from(shared.config.sample_rate).div_ceil(FADES_PER_SECOND);
        let mut reader = PlayerReader {
            cursor,
            channels: usize::from(shared.config.channels),
            fade,
            phase: Phase::Filling { underrun: false },
            dip: Ramp::steady(1.0),
            gain: Ramp::steady(f32::from_bits(shared.wishes.gain.load(Ordering::Relaxed))),
            stop: Ramp::steady(1.0),
            resting: false,
            cushion: 0,
            cushion_count: u64::MAX,
            since_underrun: None,
            totals: Totals::default(),
            shared,
        };
        reader.take_cushion();
        reader
    }

    /// Fills `out`, interleaved, all of it: with what is to be heard, and with silence where there is nothing. Wait-free:
    /// takes no lock, allocates and frees nothing, and makes no system call, whatever the other threads are doing.
    ///
    /// A rest of `out` that is no whole frame becomes silent.
    pub fn read(&mut self, out: &mut [f32]) {
        let frames = out.len() / self.channels;
        let (out, rest) = out.split_at_mut(frames * self.channels);
        rest.fill(0.0);
        if frames == 0 {
            return;
        }
        self.take_cushion();
        self.take_gain();
        let played = self.totals.played;
        if self.shared.wishes.paused.load(Ordering::Acquire) {
            self.read_paused(out);
        } else {
            if self.resting {
                self.resting = false;
                // What has not begun begins as ever.
                let begun = !self.cursor.is_over() && self.cursor.track().played() > 0;
                self.stop.go(1.0, if begun { self.fade } else { 0 });
            }
            let mut moves = MOST_MOVES;
            self.render(out, &mut moves);
            self.gain.apply(out, self.channels);
            self.stop.apply(out, self.channels);
        }
        self.totals.silent += frames as u64 - (self.totals.played - played);
        self.tell();
    }

    /// Samples in a frame.
    pub fn channels(&self) -> usize {
        self.channels
    }

    /// Comes to rest within this read, and rests.
    fn read_paused(&mut self, out: &mut [f32]) {
        let mut moves = MOST_MOVES;
        let mut done = 0;
        if !self.resting {
            self.resting = true;
            let frames = match self.phase {
                // There is nothing to fade.
                Phase::Filling { .. } => 0,
                _ => out.len() / self.channels,
            };
            let fading = self.fade.min(frames as u64);
            done = fading as usize * self.channels;
            self.stop.go(0.0, fading);
            let fading = &mut out[..done];
            self.render(fading, &mut moves);
            self.gain.apply(fading, self.channels);
            self.stop.apply(fading, self.channels);
        }
        out[done..].fill(0.0);
        self.pass_silent(&mut moves);
    }

    /// A flush, and an end after the last sample, are told in a pause all the same.
    fn pass_silent(&mut self, moves: &mut usize) {
        loop {
            let look = self.cursor.look();
            if self.cursor.is_over() {
                if *moves == 0 || !self.next_track() {
                    return;
                }
                *moves -= 1;
            } else if look.is_dropped {
                if !self.cursor.skip(moves) {
                    return;
                }
                self.end();
            } else if look.is_complete && look.waiting == 0 {
                self.end();
            } else {
                return;
            }
        }
    }

    /// Plays into `out`: the samples as they are, but for underruns.
    fn render(&mut self, out: &mut [f32], moves: &mut usize) {
        let mut done = 0;
        while done < out.len() {
            let rest = &mut out[done..];
            let frames = (rest.len() / self.channels) as u64;
            if self.cursor.is_over() {
                if *moves == 0 || !self.next_track() {
                    break;
                }
                *moves -= 1;
                continue;
            }
            if self.cursor.look().is_dropped {
                if !self.pass_dropped(moves) {
                    break;
                }
                continue;
            }
            let look = self.cursor.look();
            let waiting = look.waiting / self.channels as u64;
            if look.is_complete && waiting == 0 {
                self.end();
                continue;
            }
            let playable = match self.phase {
                // Less than two fades would be gone before it is loud.
                Phase::Filling { underrun } => {
                    if !look.is_complete && waiting < self.cushion.max(2 * self.fade) {
                        self.totals.underrun += if underrun { frames } else { 0 };
                        break;
                    }
                    if underrun {
                        self.dip.go(1.0, self.fade);
                    }
                    self.phase = Phase::Playing;
                    continue;
                }
                Phase::Playing if look.is_complete => waiting,
                // A fade's length is kept back, so that there is something to fade out when no more comes.
                Phase::Playing => waiting.saturating_sub(self.fade),
                Phase::Fading { left } => left.min(waiting),
            };
            if playable == 0 {
                match self.phase {
                    Phase::Fading { .. } => self.phase = Phase::Filling { underrun: true },
                    _ => self.underrun(waiting),
                }
                continue;
            }
            let now = playable.min(frames);
            let playing = &mut rest[..now as usize * self.channels];
            self.cursor.take(playing);
            self.dip.apply(playing, self.channels);
            if let Phase::Fading { left } = &mut self.phase {
                *left -= now;
            }
            self.totals.played += now;
            self.since_underrun = self.since_underrun.map(|frames| frames.saturating_add(now));
            done += playing.len();
        }
        out[done..].fill(0.0);
        self.end_if_over();
    }

    /// No more has come in time: what is left fades out.
    fn underrun(&mut self, left: u64) {
        self.dip.go(0.0, left);
        self.phase = Phase::Fading { left };
        self.totals.underruns += 1;
        self.cursor.track().notes.underruns.fetch_add(1, Ordering::Relaxed);
        let rate = u64::from(self.shared.config.sample_rate);
        if self
            .since_underrun
            .replace(0)
            .is_some_and(|frames| frames < REPEATED_SECONDS * rate)
        {
            let grown = (self.cushion + self.cushion / 2).max(self.cushion + 2 * self.fade);
            self.cushion = grown.min(self.shared.wishes.max_cushion).max(self.cushion);
        }
    }

    /// Leaves a track that was dropped; `false` when the way through it is too long for this read.
    fn pass_dropped(&mut self, moves: &mut usize) -> bool {
        while !self.cursor.is_over() && self.cursor.look().is_dropped {
            if !self.cursor.skip(moves) {
                return false;
            }
            self.end();
            // The next may be dropped as well.
            if *moves == 0 || !self.next_track() {
                break;
            }
            *moves -= 1;
        }
        true
    }

    fn end_if_over(&mut self) {
        let look = self.cursor.look();
        if !self.cursor.is_over() && look.is_complete && look.waiting == 0 {
            self.end();
        }
    }

    fn end(&mut self) {
        self.phase = Phase::Filling { underrun: false };
        self.dip = Ramp::steady(1.0);
        self.cursor.end();
    }

    fn next_track(&mut self) -> bool {
        let went = self.cursor.next_track();
        if went {
            let track = self.cursor.track().serial();
            self.shared.meters.track.store(track, Ordering::Relaxed);
        }
        went
    }

    fn take_cushion(&mut self) {
        let wish = self.shared.wishes.cushion.load(Ordering::Relaxed);
        if wish >> COUNT_SHIFT != self.cushion_count {
            self.cushion_count = wish >> COUNT_SHIFT;
            self.cushion = wish & ((1 << COUNT_SHIFT) - 1);
        }
    }

    fn take_gain(&mut self) {
        let gain = f32::from_bits(self.shared.wishes.gain.load(Ordering::Relaxed));
        if gain != self.gain.target() {
            self.gain.go(gain, self.fade);
        }
    }

    fn tell(&self) {
        let meters = &self.shared.meters;
        let playing = !self.resting && !matches!(self.phase, Phase::Filling { .. });
        meters.played.store(self.totals.played, Ordering::Relaxed);
        meters.silent.store(self.totals.silent, Ordering::Relaxed);
        meters.underrun.store(self.totals.underrun, Ordering::Relaxed);
        meters.underruns.store(self.totals.underruns, Ordering::Relaxed);
        meters.cushion.store(self.cushion, Ordering::Relaxed);
        meters.playing.store(playing, Ordering::Relaxed);
    }
}

impl std::fmt::Debug for PlayerReader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PlayerReader")
            .field("channels", &self.channels)
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}
