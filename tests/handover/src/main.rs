//! The one place where threads meet over a generation, for helgrind and drd: `tests/valgrind.rs` runs this under both.
//!
//! They follow pthread's locks and threads, not the futexes that Rust's own are made of, nor the atomics of its `Arc`: so
//! the core's file stands here on locks of pthread, the threads are pthread's, and what they share is leaked. What the
//! consumer's callback writes is behind no lock at all: only what the hand-over promises keeps the threads apart.

#[allow(dead_code)]
#[path = "../../../src/handover.rs"]
mod handover;
mod sync;

use std::cell::UnsafeCell;
use std::ffi::c_void;
use std::ptr;
use std::time::{Duration, Instant};

use handover::{Begin, Handover, Next, Push};

const ROUNDS: usize = 50;

/// A host's memory.
struct Played(UnsafeCell<Vec<u64>>);

// SAFETY: that nobody else is at it is what is tested.
unsafe impl Sync for Played {}

impl Played {
    fn play(&self, item: u64) {
        // A callback takes its time, in which others come to theirs.
        // SAFETY: no pointers.
        unsafe { libc::sched_yield() };
        // SAFETY: as above.
        unsafe { (*self.0.get()).push(item) };
    }

    /// The host is done with it.
    fn take(&self) -> Vec<u64> {
        // SAFETY: as above.
        unsafe { std::mem::take(&mut *self.0.get()) }
    }
}

struct Meeting {
    handover: Handover<Box<u64>, Vec<u64>>,
    played: Played,
}

fn meeting() -> &'static Meeting {
    Box::leak(Box::new(Meeting {
        handover: Handover::new(64),
        played: Played(UnsafeCell::new(Vec::new())),
    }))
}

struct Thread(libc::pthread_t);

impl Thread {
    fn start(meeting: &'static Meeting, work: fn(&'static Meeting)) -> Thread {
        extern "C" fn run(given: *mut c_void) -> *mut c_void {
            // SAFETY: made below, for this thread.
            let (meeting, work) = *unsafe { Box::from_raw(given.cast::<(&'static Meeting, fn(&'static Meeting))>()) };
            work(meeting);
            ptr::null_mut()
        }
        let given = Box::into_raw(Box::new((meeting, work)));
        let mut thread = std::mem::MaybeUninit::uninit();
        // SAFETY: a place for the thread, and what `run` takes.
        unsafe {
            assert_eq!(
                libc::pthread_create(thread.as_mut_ptr(), ptr::null(), run, given.cast()),
                0
            );
            Thread(thread.assume_init())
        }
    }

    fn join(self) {
        // SAFETY: started, and joined once.
        assert_eq!(unsafe { libc::pthread_join(self.0, ptr::null_mut()) }, 0);
    }
}

/// The thread that receives calls back at once, or leaves for later what has to wait.
fn receive(meeting: &'static Meeting) {
    for item in 0..20 {
        match meeting.handover.begin() {
            Begin::Deliver => {
                meeting.played.play(item);
                if item % 7 == 3 {
                    meeting.handover.pause();
                }
                meeting.handover.delivered();
            }
            Begin::Queue => assert_ne!(meeting.handover.push(Box::new(item), 1), Push::Full),
            Begin::Closed => return,
        }
        call_back(meeting);
    }
    meeting.handover.complete(vec![1]);
}

/// What waits, on a thread that polls.
fn call_back(meeting: &'static Meeting) {
    while let Next::Item(item) = meeting.handover.next() {
        meeting.played.play(*item);
        meeting.handover.delivered();
    }
}

fn resume(meeting: &'static Meeting) {
    for _ in 0..20 {
        meeting.handover.resume();
    }
}

fn push(meeting: &'static Meeting) {
    for item in 0..20 {
        meeting.handover.push(Box::new(item), 1);
    }
    meeting.handover.complete(vec![1]);
}

fn cancel(meeting: &'static Meeting) {
    meeting.handover.cancel(true);
    meeting.handover.finish(vec![2]);
}

fn poll(meeting: &'static Meeting) {
    for _ in 0..20 {
        call_back(meeting);
    }
}

/// Lets the others go on, each time to another place.
fn pass(round: usize) {
    for _ in 0..round {
        // SAFETY: no pointers.
        unsafe { libc::sched_yield() };
    }
}

fn main() {
    for round in 0..ROUNDS {
        // Callbacks on the I/O thread, and a host that cancels and then takes back what they wrote to.
        let meeting = meeting();
        let threads = [Thread::start(meeting, receive), Thread::start(meeting, resume)];
        pass(round);
        meeting.handover.cancel(true);
        meeting.played.take();
        meeting.handover.finish(vec![3]);
        assert!(matches!(meeting.handover.next(), Next::End(_)));
        threads.into_iter().for_each(Thread::join);
        // The same inside polls.
        let meeting = self::meeting();
        let threads = [
            Thread::start(meeting, push),
            Thread::start(meeting, poll),
            Thread::start(meeting, resume),
        ];
        pass(round);
        meeting.handover.cancel(true);
        meeting.played.take();
        threads.into_iter().for_each(Thread::join);
        // Somebody who asks, and somebody who cancels.
        let meeting = self::meeting();
        let threads = [Thread::start(meeting, push), Thread::start(meeting, cancel)];
        let ended = loop {
            meeting
                .handover
                .wait(Instant::now().checked_add(Duration::from_millis(1)));
            match meeting.handover.take() {
                Next::Item(item) => meeting.played.play(*item),
                Next::End(end) => break end[0],
                Next::Empty | Next::Over => {}
            }
        };
        assert!(ended == 1 || ended == 2);
        threads.into_iter().for_each(Thread::join);
        assert!(meeting.played.take().len() <= 20);
    }
    println!("{ROUNDS} rounds");
}
