//! Model-checks the places where threads meet over a generation: loom tries every interleaving.
//!
//! The files under test are the core's own; only their locks and atomics are loom's.
#![cfg(test)]

#[allow(dead_code)]
#[path = "../../../src/handover.rs"]
mod handover;
mod player;
#[allow(dead_code)]
#[path = "../../../src/audio/player/queue.rs"]
mod queue;
mod sync;

use handover::{Begin, Handover, Next, Push};
use loom::sync::Arc;
use loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use loom::thread;

#[test]
fn items_come_in_order_and_the_end_once() {
    loom::model(|| {
        let handover = Arc::new(Handover::new(8));
        let producer = thread::spawn({
            let handover = Arc::clone(&handover);
            move || {
                assert_eq!(handover.push(1, 1), Push::Taken);
                assert_eq!(handover.push(2, 1), Push::Taken);
                assert!(handover.finish("end"));
            }
        });
        let mut seen = Vec::new();
        loop {
            handover.wait(None);
            match handover.take() {
                Next::Item(item) => seen.push(item),
                Next::End(end) => break assert_eq!(end, "end"),
                Next::Empty | Next::Over => panic!("woken for nothing"),
            }
        }
        assert_eq!(seen, [1, 2]);
        producer.join().unwrap();
        assert_eq!(handover.take(), Next::Over);
    });
}

#[test]
fn no_callback_begins_or_runs_after_a_cancel_has_returned() {
    loom::model(|| {
        let handover: Arc<Handover<u8, ()>> = Arc::new(Handover::new(8));
        let cancelled = Arc::new(AtomicBool::new(false));
        let receiving = thread::spawn({
            let (handover, cancelled) = (Arc::clone(&handover), Arc::clone(&cancelled));
            move || {
                for _ in 0..2 {
                    if handover.begin() == Begin::Deliver {
                        // The callback.
                        assert!(!cancelled.load(Ordering::SeqCst));
                        handover.delivered();
                    }
                }
            }
        });
        handover.cancel(true);
        cancelled.store(true, Ordering::SeqCst);
        receiving.join().unwrap();
    });
}

#[test]
fn of_several_ends_exactly_one_is_handed_out() {
    loom::model(|| {
        let handover: Arc<Handover<u8, &str>> = Arc::new(Handover::new(8));
        let ends = Arc::new(AtomicUsize::new(0));
        let threads: Vec<_> = ["service", "client"]
            .into_iter()
            .map(|who| {
                let (handover, ends) = (Arc::clone(&handover), Arc::clone(&ends));
                thread::spawn(move || {
                    handover.finish(who);
                    if let Next::End(_) = handover.take() {
                        ends.fetch_add(1, Ordering::SeqCst);
                    }
                })
            })
            .collect();
        handover.cancel(false);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        if let Next::End(_) = handover.take() {
            ends.fetch_add(1, Ordering::SeqCst);
        }
        assert_eq!(ends.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_queued_item_is_not_delivered_after_a_cancel() {
    loom::model(|| {
        let handover: Arc<Handover<u8, ()>> = Arc::new(Handover::new(8));
        let cancelled = Arc::new(AtomicBool::new(false));
        handover.pause();
        handover.push(1, 1);
        handover.resume();
        let polling = thread::spawn({
            let (handover, cancelled) = (Arc::clone(&handover), Arc::clone(&cancelled));
            move || {
                if let Next::Item(_) = handover.next() {
                    assert!(!cancelled.load(Ordering::SeqCst));
                    handover.delivered();
                }
            }
        });
        handover.cancel(true);
        cancelled.store(true, Ordering::SeqCst);
        polling.join().unwrap();
    });
}

#[test]
fn a_resume_is_not_lost_however_it_meets_the_pause() {
    loom::model(|| {
        let handover: Arc<Handover<u8, ()>> = Arc::new(Handover::new(8));
        assert_eq!(handover.begin(), Begin::Deliver);
        // The callback has handed its audio on, and another thread has played it.
        let playing = thread::spawn({
            let handover = Arc::clone(&handover);
            move || handover.resume()
        });
        handover.pause();
        handover.delivered();
        playing.join().unwrap();
        handover.push(1, 1);
        assert!(matches!(handover.next(), Next::Item(1)));
    });
}

#[test]
fn what_lost_an_item_to_a_cancel_never_looks_whole() {
    loom::model(|| {
        let handover = Arc::new(Handover::new(8));
        let receiving = thread::spawn({
            let handover = Arc::clone(&handover);
            move || {
                if handover.push(1, 1) == Push::Taken {
                    handover.complete("whole");
                }
            }
        });
        handover.cancel(true);
        handover.finish("cancelled");
        receiving.join().unwrap();
        // With the cancel before or after the end: nobody has taken the item.
        assert_eq!(handover.take(), Next::End("cancelled"));
    });
}
