//! From the threads that write tracks to the audio thread: samples, in order, without a lock on the reader's side.
//!
//! A track is a chain of segments that only grow; the last segment of a track leads to the first of the next one. Whoever
//! writes holds the [`Queue`], under a lock; the audio thread has the [`Cursor`], which only loads and stores, allocates
//! nothing and frees nothing: what it has left behind goes when somebody writes, ends or asks. This file is model-checked
//! (`tests/loom`).

use std::collections::VecDeque;

use crate::sync::{Arc, AtomicU32, AtomicU64, Link, Ordering};

/// All of the track has been written.
const COMPLETE: u64 = 1;
/// Nothing of it is to be heard any more.
const DROPPED: u64 = 2;
/// How many samples have been written stands above these two.
const SHIFT: u32 = 2;

/// How many samples a segment has room for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub least: usize,
    pub most: usize,
    /// Samples that stay together: a frame. Segments hold whole ones.
    pub frame: usize,
}

impl Sizes {
    /// As much as is to be written, or twice the one before: little is left empty, and long tracks have few.
    fn next(self, before: usize, needed: usize) -> usize {
        let size = needed.max(before * 2).clamp(self.least, self.most);
        size.next_multiple_of(self.frame)
    }
}

/// What is known of a track on both sides.
pub(crate) struct Track<T> {
    serial: u64,
    /// Written by the queue alone.
    progress: AtomicU64,
    /// Samples that have been handed out; written by the cursor alone.
    played: AtomicU64,
    pub notes: T,
}

impl<T> Track<T> {
    fn new(serial: u64, notes: T) -> Arc<Track<T>> {
        Arc::new(Track {
            serial,
            progress: AtomicU64::new(0),
            played: AtomicU64::new(0),
            notes,
        })
    }

    /// Counted from 1, in the order in which they were begun.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// Samples that have been handed out.
    pub fn played(&self) -> u64 {
        self.played.load(Ordering::Acquire)
    }

    fn set_progress(&self, written: u64, flags: u64) {
        // What has been stored and linked before is seen by whoever sees this.
        self.progress.store(written << SHIFT | flags, Ordering::Release);
    }
}

struct Segment<T> {
    track: Arc<Track<T>>,
    /// As bits: no thread ever waits for another over one, and safe code can share them.
    samples: Box<[AtomicU32]>,
    next: Link<Segment<T>>,
}

impl<T> Segment<T> {
    fn new(track: &Arc<Track<T>>, size: usize) -> Arc<Segment<T>> {
        Arc::new(Segment {
            track: Arc::clone(track),
            samples: (0..size).map(|_| AtomicU32::new(0)).collect(),
            next: Link::new(),
        })
    }
}

impl<T> Drop for Segment<T> {
    /// One after the other: a chain may be longer than a stack is deep.
    fn drop(&mut self) {
        let mut next = self.next.take();
        while let Some(mut segment) = next.and_then(|next| Arc::try_unwrap(next).ok()) {
            next = segment.next.take();
        }
    }
}

/// What the cursor tells the queue.
struct Reading {
    /// Segments that it has left.
    left: AtomicU64,
    /// The last track that is over, for the ear; all tracks when the cursor is gone.
    ended: AtomicU64,
}

/// The writers' side.
pub(crate) struct Queue<T> {
    reading: Arc<Reading>,
    sizes: Sizes,
    /// The first segment that has not been given back. Each one holds the next.
    oldest: Arc<Segment<T>>,
    /// How many segments have been given back.
    left: u64,
    /// The end of the chain, when all tracks are complete.
    tail: Option<Arc<Segment<T>>>,
    /// Tracks that the cursor has not ended, or of which that has not been seen.
    tracks: VecDeque<Writing<T>>,
    last_serial: u64,
    /// Samples written in `tracks`, without those that were dropped.
    held: u64,
}

struct Writing<T> {
    track: Arc<Track<T>>,
    /// Its first segment, until the track before is complete.
    first: Option<Arc<Segment<T>>>,
    /// The segment that is being written, until the track is complete.
    open: Option<Arc<Segment<T>>>,
    /// Samples in `open`.
    filled: usize,
    written: u64,
    dropped: bool,
    /// It was complete before it was dropped.
    whole: bool,
}

/// A track that is over.
pub(crate) struct Over<T> {
    pub track: Arc<Track<T>>,
    /// Some of it was dropped before it was heard.
    pub cut: bool,
}

/// A track as it stands for its writers.
pub(crate) struct Standing<'a, T> {
    pub track: &'a Track<T>,
    pub written: u64,
    pub is_complete: bool,
    pub is_dropped: bool,
}

/// A queue and its only cursor.
pub(crate) fn queue<T>(sizes: Sizes, notes: T) -> (Queue<T>, Cursor<T>) {
    let reading = Arc::new(Reading {
        left: AtomicU64::new(0),
        ended: AtomicU64::new(0),
    });
    // A track before the first, which is over.
    let none = Track::new(0, notes);
    none.set_progress(0, COMPLETE);
    let segment = Segment::new(&none, 0);
    let cursor = Cursor {
        reading: Arc::clone(&reading),
        segment: Arc::clone(&segment),
        position: 0,
        played: 0,
        left: 0,
        over: true,
    };
    let queue = Queue {
        reading,
        sizes,
        oldest: Arc::clone(&segment),
        left: 0,
        tail: Some(segment),
        tracks: VecDeque::new(),
        last_serial: 0,
        held: 0,
    };
    (queue, cursor)
}

impl<T> Queue<T> {
    /// A track after all others; its serial number.
    pub fn begin(&mut self, notes: T) -> u64 {
        self.last_serial += 1;
        let track = Track::new(self.last_serial, notes);
        // Without room: nobody knows yet how much comes.
        let first = Segment::new(&track, 0);
        let open = Some(Arc::clone(&first));
        let first = match self.tail.take() {
            Some(tail) => {
                tail.next.set(first);
                None
            }
            None => Some(first),
        };
        self.tracks.push_back(Writing {
            track,
            first,
            open,
            filled: 0,
            written: 0,
            dropped: false,
            whole: false,
        });
        self.last_serial
    }

    /// Adds samples to a track: whole frames. What is no number becomes silence. `false` when the track is complete.
    pub fn append(&mut self, serial: u64, mut samples: &[f32]) -> bool {
        let sizes = self.sizes;
        let Some(writing) = self.index(serial).map(|index| &mut self.tracks[index]) else {
            return false;
        };
        let Some(open) = &mut writing.open else {
            return false;
        };
        self.held += samples.len() as u64;
        writing.written += samples.len() as u64;
        while !samples.is_empty() {
            let room = &open.samples[writing.filled..];
            if room.is_empty() {
                let next = Segment::new(&writing.track, sizes.next(open.samples.len(), samples.len()));
                open.next.set(Arc::clone(&next));
                *open = next;
                writing.filled = 0;
                continue;
            }
            let (now, later) = samples.split_at(room.len().min(samples.len()));
            for (place, sample) in room.iter().zip(now) {
                let sample = if sample.is_finite() { *sample } else { 0.0 };
                place.store(sample.to_bits(), Ordering::Relaxed);
            }
            writing.filled += now.len();
            samples = later;
        }
        writing.track.set_progress(writing.written, 0);
        true
    }

    /// Nothing more comes of it. `false` when it is complete already.
    pub fn complete(&mut self, serial: u64) -> bool {
        let Some(index) = self.index(serial) else {
            return false;
        };
        self.end(index, COMPLETE)
    }

    /// Nothing more is heard of it. `false` when it is over, or dropped already.
    pub fn drop_track(&mut self, serial: u64) -> bool {
        let Some(index) = self.index(serial) else {
            return false;
        };
        let writing = &mut self.tracks[index];
        if writing.dropped {
            return false;
        }
        writing.dropped = true;
        writing.whole = writing.open.is_none();
        self.held -= writing.written;
        if writing.whole {
            writing.track.set_progress(writing.written, COMPLETE | DROPPED);
            return true;
        }
        self.end(index, COMPLETE | DROPPED)
    }

    /// Drops all that have been begun.
    pub fn drop_all(&mut self) {
        let serials = self.tracks.front().map_or(0, |writing| writing.track.serial)..=self.last_serial;
        for serial in serials {
            self.drop_track(serial);
        }
    }

    fn end(&mut self, index: usize, flags: u64) -> bool {
        let Some(open) = self.tracks[index].open.take() else {
            return false;
        };
        // The way on is there before the end is seen: no read falls between two tracks.
        match self.tracks.get_mut(index + 1).and_then(|next| next.first.take()) {
            Some(first) => open.next.set(first),
            None => self.tail = Some(open),
        }
        let writing = &self.tracks[index];
        writing.track.set_progress(writing.written, flags);
        true
    }

    /// Frees what the cursor has left, and hands over the tracks that are over.
    pub fn settle(&mut self, mut over: impl FnMut(Over<T>)) {
        let left = self.reading.left.load(Ordering::Acquire);
        while self.left < left
            && let Some(next) = self.oldest.next.get()
        {
            self.oldest = next;
            self.left += 1;
        }
        let ended = self.reading.ended.load(Ordering::Acquire);
        while self.tracks.front().is_some_and(|writing| writing.track.serial <= ended)
            && let Some(writing) = self.tracks.pop_front()
        {
            if !writing.dropped {
                self.held -= writing.written;
            }
            let complete = writing.open.is_none() && (!writing.dropped || writing.whole);
            over(Over {
                cut: !complete || writing.track.played() < writing.written,
                track: writing.track,
            });
        }
    }

    /// Samples that wait to be heard.
    pub fn buffered(&self) -> u64 {
        let playing = self.tracks.front().filter(|writing| !writing.dropped);
        self.held - playing.map_or(0, |writing| writing.track.played().min(writing.written))
    }

    /// Whether there is nobody who reads.
    pub fn is_abandoned(&self) -> bool {
        self.reading.ended.load(Ordering::Acquire) == u64::MAX
    }

    /// Tracks that are not over, as far as that has been [seen](Self::settle).
    pub fn len(&self) -> usize {
        self.tracks.len()
    }

    /// A track that is not over.
    pub fn get(&self, serial: u64) -> Option<Standing<'_, T>> {
        self.index(serial).map(|index| self.standing(index))
    }

    /// The first track that is not over.
    pub fn first(&self) -> Option<Standing<'_, T>> {
        (!self.tracks.is_empty()).then(|| self.standing(0))
    }

    fn standing(&self, index: usize) -> Standing<'_, T> {
        let writing = &self.tracks[index];
        Standing {
            track: &writing.track,
            written: writing.written,
            is_complete: writing.open.is_none(),
            is_dropped: writing.dropped,
        }
    }

    fn index(&self, serial: u64) -> Option<usize> {
        let first = self.tracks.front()?.track.serial;
        let index = usize::try_from(serial.checked_sub(first)?).ok()?;
        (index < self.tracks.len()).then_some(index)
    }
}

/// The audio thread's side. Nothing in it waits, allocates or frees.
pub(crate) struct Cursor<T> {
    reading: Arc<Reading>,
    /// Where it is. The queue holds it, too, until `left` is told.
    segment: Arc<Segment<T>>,
    /// In the segment.
    position: usize,
    /// Samples of the track that were handed out.
    played: u64,
    left: u64,
    /// The track's end has been told.
    over: bool,
}

/// How the track stands that the cursor is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    /// Samples that can be taken.
    pub waiting: u64,
    /// None come after these.
    pub is_complete: bool,
    /// These are not to be heard.
    pub is_dropped: bool,
}

impl<T> Cursor<T> {
    pub fn look(&self) -> Look {
        let progress = self.segment.track.progress.load(Ordering::Acquire);
        Look {
            waiting: (progress >> SHIFT).saturating_sub(self.played),
            is_complete: progress & COMPLETE != 0,
            is_dropped: progress & DROPPED != 0,
        }
    }

    /// The track that it is in.
    pub fn track(&self) -> &Track<T> {
        &self.segment.track
    }

    /// Whether the track's end has been [told](Self::end).
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Takes as many samples as `out` holds, which must be waiting.
    pub fn take(&mut self, out: &mut [f32]) {
        let taken = out.len() as u64;
        let mut rest = out;
        while !rest.is_empty() {
            let waiting = &self.segment.samples[self.position..];
            if waiting.is_empty() {
                if self.step() {
                    continue;
                }
                // Not while the caller asks for what is there.
                rest.fill(0.0);
                break;
            }
            let count = waiting.len().min(rest.len());
            let (now, later) = rest.split_at_mut(count);
            for (sample, bits) in now.iter_mut().zip(waiting) {
                *sample = f32::from_bits(bits.load(Ordering::Relaxed));
            }
            self.position += count;
            rest = later;
        }
        self.played += taken;
        self.segment.track.played.store(self.played, Ordering::Release);
    }

    /// Goes to the end of a track that was dropped, `moves` segments at most; whether it is there.
    pub fn skip(&mut self, moves: &mut usize) -> bool {
        while let Some(next) = self.segment.next.get()
            && next.track.serial == self.segment.track.serial
        {
            if *moves == 0 {
                return false;
            }
            *moves -= 1;
            self.step_to(next);
        }
        true
    }

    /// Tells that the track is over.
    pub fn end(&mut self) {
        self.over = true;
        self.reading.ended.store(self.segment.track.serial, Ordering::Release);
    }

    /// Goes from a track that is over to the next one; `false` when there is none.
    pub fn next_track(&mut self) -> bool {
        let went = self.over && self.step();
        if went {
            self.played = 0;
            self.over = false;
        }
        went
    }

    fn step(&mut self) -> bool {
        self.segment.next.get().map(|next| self.step_to(next)).is_some()
    }

    fn step_to(&mut self, next: Arc<Segment<T>>) {
        // Never the last to hold it: the queue learns of it after that.
        self.segment = next;
        self.position = 0;
        self.left += 1;
        self.reading.left.store(self.left, Ordering::Release);
    }
}

impl<T> Drop for Cursor<T> {
    fn drop(&mut self) {
        self.reading.ended.store(u64::MAX, Ordering::Release);
    }
}
