//! Handles of players, for the audio thread: a look-up without a lock.
//!
//! The table of all handles ([`handle`](super::handle)) has a lock, which an audio thread must not take. Players have
//! handles that say where they stand in a table of their own, which only grows. A slot is entered by one
//! compare-and-exchange, which fails for a handle that was freed, for garbage, and while another thread reads.

use std::cell::UnsafeCell;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::audio::PlayerReader;
use crate::error::{Error, ErrorKind, Result};

/// From the right: flags, the place in the table, how often that was taken, and a mark that no other handle has.
const FLAG_BITS: u32 = 3;
const INDEX_BITS: u32 = if usize::BITS == 64 { 20 } else { 12 };
const GENERATION_SHIFT: u32 = FLAG_BITS + INDEX_BITS;
const MARK: usize = 1 << (usize::BITS - 1);
const MOST_GENERATIONS: usize = (MARK >> GENERATION_SHIFT) - 1;

/// In a handle this one alone is set: no object's address is odd.
const LIVE: usize = 1;
/// A thread is reading.
const READING: usize = 2;
/// It is being freed: nobody begins to read.
const CLOSING: usize = 4;

/// Level n has this many slots, doubled n times.
const FIRST_LEVEL: usize = 64;
const LEVELS: usize = (INDEX_BITS - FIRST_LEVEL.ilog2()) as usize;
const MOST: usize = FIRST_LEVEL * ((1 << LEVELS) - 1);

struct Slot {
    /// The handle that stands for it, with flags; 0 for none.
    state: AtomicUsize,
    /// Changed under the lock of `FREE`.
    generation: AtomicUsize,
    /// The last handle that stood for it, also when that was freed; 0 while the next line changes.
    issued: AtomicUsize,
    /// That handle's player has so many.
    channels: AtomicUsize,
    reader: UnsafeCell<Option<PlayerReader>>,
}

// SAFETY: the reader is touched by whoever has set READING in the state, by whoever has set CLOSING once nobody reads,
// and by whoever has taken the slot from `FREE` while its state is 0; each of them is one thread.
unsafe impl Sync for Slot {}

static LEVEL: [OnceLock<Box<[Slot]>>; LEVELS] = [const { OnceLock::new() }; LEVELS];

static FREE: Mutex<Free> = Mutex::new(Free {
    returned: VecDeque::new(),
    unused: 0,
});

struct Free {
    /// The one that was freed first is taken first: what a freed handle was is known for long.
    returned: VecDeque<usize>,
    /// From here on no slot has been used.
    unused: usize,
}

/// The level, and the place in it.
fn place(index: usize) -> (usize, usize) {
    let level = (index / FIRST_LEVEL + 1).ilog2() as usize;
    (level, index - FIRST_LEVEL * ((1 << level) - 1))
}

fn slot(handle: usize) -> Option<&'static Slot> {
    if handle & MARK == 0 || handle & ((1 << FLAG_BITS) - 1) != LIVE {
        return None;
    }
    let (level, place) = place(handle >> FLAG_BITS & ((1 << INDEX_BITS) - 1));
    LEVEL.get(level)?.get()?.get(place)
}

/// Puts a reader into the table; its handle.
///
/// # Errors
/// `Internal` when there is no slot left, of about a million (of 4000 where pointers have 32 bits).
pub(super) fn open(reader: PlayerReader) -> Result<usize> {
    let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
    let index = match free.returned.pop_front() {
        Some(index) => index,
        None if free.unused < MOST => {
            free.unused += 1;
            free.unused - 1
        }
        None => return Err(Error::new(ErrorKind::Internal, "there are too many players")),
    };
    let (level, place) = place(index);
    let slots = LEVEL[level].get_or_init(|| (0..FIRST_LEVEL << level).map(|_| Slot::new()).collect());
    let slot = &slots[place];
    let generation = slot.generation.load(Ordering::Relaxed);
    let handle = MARK | generation << GENERATION_SHIFT | index << FLAG_BITS | LIVE;
    slot.issued.store(0, Ordering::Relaxed);
    slot.channels.store(reader.channels(), Ordering::Release);
    slot.issued.store(handle, Ordering::Release);
    // SAFETY: the slot is this thread's, and its state 0.
    unsafe { *slot.reader.get() = Some(reader) };
    slot.state.store(handle, Ordering::Release);
    Ok(handle)
}

/// Frees what [`open`] has made, once nobody reads it. To be called once.
pub(super) fn close(handle: usize) {
    let Some(slot) = slot(handle) else {
        return;
    };
    slot.state.fetch_or(CLOSING, Ordering::AcqRel);
    while slot.state.load(Ordering::Acquire) & READING != 0 {
        std::thread::yield_now();
    }
    // SAFETY: nobody reads, and nobody begins to.
    let reader = unsafe { (*slot.reader.get()).take() };
    slot.state.store(0, Ordering::Release);
    let generation = slot.generation.fetch_add(1, Ordering::Relaxed);
    if generation < MOST_GENERATIONS {
        let mut free = FREE.lock().unwrap_or_else(PoisonError::into_inner);
        free.returned.push_back(handle >> FLAG_BITS & ((1 << INDEX_BITS) - 1));
    }
    drop(reader);
}

/// Lets `work` have the reader, unless the handle is none, was freed, or another thread has it. Wait-free.
pub(super) fn with_reader<T>(handle: usize, work: impl FnOnce(&mut PlayerReader) -> T) -> Option<T> {
    struct Leave(&'static Slot);
    impl Drop for Leave {
        fn drop(&mut self) {
            self.0.state.fetch_and(!READING, Ordering::Release);
        }
    }
    let slot = slot(handle)?;
    slot.state
        .compare_exchange(handle, handle | READING, Ordering::Acquire, Ordering::Relaxed)
        .ok()?;
    let _leave = Leave(slot);
    // SAFETY: READING was set by this thread, which takes it back after the work.
    let reader = unsafe { &mut *slot.reader.get() };
    reader.as_mut().map(work)
}

/// How many channels a player has that can be read, is being read, or was freed not long ago.
pub(super) fn channels(handle: usize) -> Option<usize> {
    let slot = slot(handle)?;
    let is_issued = || slot.issued.load(Ordering::Acquire) == handle;
    // Asked again, as the slot may have been taken meanwhile.
    is_issued()
        .then(|| slot.channels.load(Ordering::Acquire))
        .filter(|_| is_issued())
}

impl Slot {
    fn new() -> Slot {
        Slot {
            state: AtomicUsize::new(0),
            generation: AtomicUsize::new(0),
            issued: AtomicUsize::new(0),
            channels: AtomicUsize::new(0),
            reader: UnsafeCell::new(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{Player, PlayerConfig};

    fn reader() -> PlayerReader {
        Player::new(PlayerConfig::new()).expect("a player").1
    }

    #[test]
    fn every_index_has_a_place_of_its_own() {
        let mut expected = (0, 0);
        for index in 0..10_000 {
            assert_eq!(place(index), expected, "{index}");
            expected.1 += 1;
            if expected.1 == FIRST_LEVEL << expected.0 {
                expected = (expected.0 + 1, 0);
            }
        }
        assert_eq!(place(MOST - 1).0, LEVELS - 1);
        assert_eq!(place(MOST).0, LEVELS);
    }

    #[test]
    fn a_handle_is_good_until_it_is_closed_and_never_again() {
        let handles: Vec<_> = (0..200).map(|_| open(reader()).expect("a slot")).collect();
        for handle in &handles {
            assert!(with_reader(*handle, |_| ()).is_some());
            assert!(
                with_reader(handle ^ 1 << GENERATION_SHIFT, |_| ()).is_none(),
                "another generation"
            );
            for flag in [LIVE, READING, CLOSING] {
                assert!(with_reader(handle ^ flag, |_| ()).is_none());
            }
        }
        for handle in &handles {
            close(*handle);
            assert!(with_reader(*handle, |_| ()).is_none());
            assert_eq!(channels(*handle), Some(1), "it is remembered");
        }
        let again: Vec<_> = (0..200).map(|_| open(reader()).expect("a slot")).collect();
        for handle in &handles {
            assert!(!again.contains(handle) && with_reader(*handle, |_| ()).is_none());
        }
        again.into_iter().for_each(close);
    }

    #[test]
    fn one_thread_reads_at_a_time() {
        let handle = open(reader()).expect("a slot");
        let inside = with_reader(handle, |_| with_reader(handle, |_| ()).is_none());
        assert_eq!(inside, Some(true));
        assert!(with_reader(handle, |_| ()).is_some(), "it was left");
        close(handle);
    }
}
