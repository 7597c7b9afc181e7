//! The queue by itself, on one thread. (Apart from it, because `tests/loom` takes its file for its own tests.)

use crate::handover::{Begin, Handover, Next, Push};

#[test]
fn what_was_pushed_before_the_end_comes_before_it() {
    let handover = Handover::new(10);
    assert_eq!(handover.push('a', 4), Push::Taken);
    assert_eq!(handover.push('b', 6), Push::Taken);
    assert_eq!(handover.push('c', 1), Push::Full);
    assert!(handover.finish("full"));
    assert!(!handover.finish("again"));
    assert_eq!(handover.push('d', 1), Push::Closed);
    assert_eq!(handover.take(), Next::Item('a'));
    assert_eq!(handover.take(), Next::Item('b'));
    assert_eq!(handover.take(), Next::End("full"));
    assert_eq!(handover.take(), Next::Over);
}

#[test]
fn a_cancel_drops_what_waits_and_keeps_the_end() {
    let handover = Handover::new(10);
    handover.push('a', 4);
    handover.cancel(true);
    assert_eq!(handover.take(), Next::Over);
    assert_eq!(handover.begin(), Begin::Closed);
    assert!(handover.finish("cancelled"));
    assert_eq!(handover.next(), Next::End("cancelled"));
}

#[test]
fn a_cancel_before_the_last_item_takes_back_the_end_behind_it() {
    let handover = Handover::new(10);
    handover.push('a', 4);
    assert!(handover.finish("all of it"));
    handover.cancel(true);
    assert!(handover.finish("cancelled"));
    assert_eq!(handover.next(), Next::End("cancelled"));
    let handover: Handover<char, _> = Handover::new(10);
    assert!(handover.finish("all of it"));
    handover.cancel(true);
    assert!(!handover.finish("cancelled"));
    assert_eq!(handover.next(), Next::End("all of it"));
}

#[test]
fn a_pause_keeps_items_for_later_and_still_counts_them() {
    let handover: Handover<char, ()> = Handover::new(2);
    handover.pause();
    assert_eq!(handover.begin(), Begin::Queue);
    assert_eq!(handover.push('a', 2), Push::Taken);
    assert_eq!(handover.push('b', 1), Push::Full);
    assert_eq!(handover.next(), Next::Empty);
    handover.resume();
    assert_eq!(handover.begin(), Begin::Queue, "not before its turn");
    assert_eq!(handover.next(), Next::Item('a'));
    handover.delivered();
    assert_eq!(handover.begin(), Begin::Deliver);
}

#[test]
fn a_resume_that_comes_before_the_pause_it_answers_is_not_lost() {
    let handover: Handover<char, ()> = Handover::new(2);
    assert_eq!(handover.begin(), Begin::Deliver);
    handover.resume();
    handover.pause();
    handover.delivered();
    assert_eq!(handover.begin(), Begin::Deliver, "not paused");
    handover.pause();
    handover.delivered();
    assert_eq!(handover.begin(), Begin::Queue, "the next pause counts");
}
