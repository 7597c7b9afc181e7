//! The player's queue: what is written arrives in order, once, and nothing of it is freed by or under the reader.

use loom::sync::{Arc, Mutex};
use loom::thread;

use crate::queue::{Cursor, Queue, Sizes, queue};

/// Small, so that tracks have several segments.
const SIZES: Sizes = Sizes {
    least: 1,
    most: 2,
    frame: 1,
};

/// Goes with the last that is held of its track, which must not be the reader's.
struct Notes {
    /// `None` for the track before the first.
    reader: Option<thread::ThreadId>,
}

impl Drop for Notes {
    fn drop(&mut self) {
        assert_ne!(Some(thread::current().id()), self.reader, "freed on the audio thread");
    }
}

/// So many switches between threads at places where they need not switch: more take hours and find nothing new.
fn bounded(check: impl Fn() + Send + Sync + 'static) {
    let mut model = loom::model::Builder::new();
    model.preemption_bound = Some(3);
    model.check(check);
}

fn new() -> (Arc<Mutex<Queue<()>>>, Cursor<()>) {
    let (queue, cursor) = queue(SIZES, ());
    (Arc::new(Mutex::new(queue)), cursor)
}

/// What one read finds: samples, and a 0 for each end of a track.
fn read<T>(cursor: &mut Cursor<T>, heard: &mut Vec<f32>) {
    for _ in 0..4 {
        let look = cursor.look();
        if cursor.is_over() {
            if !cursor.next_track() {
                return;
            }
        } else if look.is_dropped {
            assert!(cursor.skip(&mut 100));
            cursor.end();
            heard.push(0.0);
        } else if look.waiting > 0 {
            let mut sample = [-1.0];
            cursor.take(&mut sample);
            heard.extend(sample);
        } else if look.is_complete {
            cursor.end();
            heard.push(0.0);
        } else {
            return;
        }
    }
}

fn read_all<T>(cursor: &mut Cursor<T>, heard: &mut Vec<f32>) {
    for _ in 0..8 {
        read(cursor, heard);
    }
}

#[test]
fn samples_arrive_in_order_and_the_end_after_the_last() {
    loom::model(|| {
        let (queue, mut cursor) = new();
        let writer = thread::spawn({
            let queue = Arc::clone(&queue);
            move || {
                let first = queue.lock().unwrap().begin(());
                queue.lock().unwrap().append(first, &[1.0, 2.0]);
                queue.lock().unwrap().append(first, &[3.0]);
                queue.lock().unwrap().complete(first);
            }
        });
        let mut heard = Vec::new();
        read(&mut cursor, &mut heard);
        read(&mut cursor, &mut heard);
        writer.join().unwrap();
        read_all(&mut cursor, &mut heard);
        assert_eq!(heard, [1.0, 2.0, 3.0, 0.0]);
    });
}

#[test]
fn tracks_that_are_written_at_once_arrive_one_after_the_other() {
    loom::model(|| {
        let (queue, mut cursor) = new();
        let (first, second) = {
            let mut queue = queue.lock().unwrap();
            (queue.begin(()), queue.begin(()))
        };
        let writers = [(first, 1.0), (second, 2.0)].map(|(track, sample)| {
            let queue = Arc::clone(&queue);
            thread::spawn(move || {
                queue.lock().unwrap().append(track, &[sample]);
                queue.lock().unwrap().complete(track);
            })
        });
        let mut heard = Vec::new();
        read(&mut cursor, &mut heard);
        for writer in writers {
            writer.join().unwrap();
        }
        read_all(&mut cursor, &mut heard);
        assert_eq!(heard, [1.0, 0.0, 2.0, 0.0]);
    });
}

#[test]
fn what_the_reader_has_left_is_freed_by_others() {
    bounded(|| {
        let (queue, mut cursor) = queue(SIZES, Notes { reader: None });
        let queue = Arc::new(Mutex::new(queue));
        let reader = thread::spawn({
            let kept = Arc::clone(&queue);
            move || {
                let mut heard = Vec::new();
                read(&mut cursor, &mut heard);
                // The cursor goes after the thread that must not free.
                (kept, cursor, heard)
            }
        });
        let notes = || Notes {
            reader: Some(reader.thread().id()),
        };
        for sample in [1.0, 2.0] {
            let mut queue = queue.lock().unwrap();
            let track = queue.begin(notes());
            queue.append(track, &[sample]);
            queue.complete(track);
            queue.settle(drop);
        }
        let (_kept, mut cursor, mut heard) = reader.join().unwrap();
        read_all(&mut cursor, &mut heard);
        assert_eq!(heard, [1.0, 0.0, 2.0, 0.0]);
        let mut ends = 0;
        queue.lock().unwrap().settle(|_| ends += 1);
        assert!(ends <= 2 && queue.lock().unwrap().len() == 0);
    });
}

#[test]
fn after_a_flush_nothing_of_it_is_heard_and_the_next_track_is() {
    bounded(|| {
        let (queue, mut cursor) = new();
        let first = queue.lock().unwrap().begin(());
        queue.lock().unwrap().append(first, &[1.0]);
        let writer = thread::spawn({
            let queue = Arc::clone(&queue);
            move || {
                let mut queue = queue.lock().unwrap();
                // A write that is refused has been told of the flush.
                let taken = queue.append(first, &[2.0, 3.0]);
                assert_eq!(queue.complete(first), taken);
            }
        });
        let flusher = thread::spawn({
            let queue = Arc::clone(&queue);
            move || {
                let mut queue = queue.lock().unwrap();
                queue.drop_all();
                let next = queue.begin(());
                queue.append(next, &[9.0]);
                queue.complete(next);
            }
        });
        let mut heard = Vec::new();
        read(&mut cursor, &mut heard);
        flusher.join().unwrap();
        let before = heard.len();
        read_all(&mut cursor, &mut heard);
        writer.join().unwrap();
        read_all(&mut cursor, &mut heard);
        // What came before is the beginning of the track, or already some of what is new.
        let old: Vec<f32> = heard.iter().copied().take_while(|sample| *sample != 0.0).collect();
        assert!([1.0, 2.0, 3.0].starts_with(&old), "{heard:?}");
        assert!(old.len() <= before, "heard after the flush: {heard:?}");
        assert_eq!(heard[old.len()..], [0.0, 9.0, 0.0]);
        let mut cut = Vec::new();
        queue.lock().unwrap().settle(|over| cut.push(over.cut));
        assert_eq!(cut, [old != [1.0, 2.0, 3.0], false]);
    });
}
