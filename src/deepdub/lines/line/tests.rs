//! Lines between threads that are late.

use super::*;
use crate::deepdub::lines::{Line, LineStream};

struct Nobody(Hub);

impl Owner for Nobody {
    fn hub(&self) -> &Hub {
        &self.0
    }

    fn cancelled(&self, _: Arc<LineShared>) {}

    fn resumed(&self, _: Arc<LineShared>) {}
}

/// Another thread is in the middle of a cancel: nothing comes any more, and the end has not been given yet.
#[test]
fn a_line_whose_end_nobody_asks_for_is_forgotten() {
    let owner = Arc::new(Nobody(Hub::new(Delivery::IoThread, None)));
    let new = || {
        Arc::new(LineShared::new(
            &owner,
            ("a line".to_owned(), 0),
            Format::S16le,
            1,
            Listener::Asks,
        ))
    };
    let line = new();
    owner.0.remember(&line).expect("open");
    let mut stream = LineStream::new(Line::new(Arc::clone(&line)));
    line.handover.cancel(true);
    let error = stream.next_chunk().expect_err("over");
    assert_eq!(error.kind(), ErrorKind::Cancelled);
    assert!(error.received().is_some(), "it says what had come, as the end does");
    drop(stream);
    owner.0.remember(&new()).expect("the name is free again");
}

/// The service is faster than the callback.
#[test]
fn a_poll_ends_while_more_comes() {
    let owner = Arc::new(Nobody(Hub::new(Delivery::Poll, None)));
    let itself: Arc<OnceCell<Arc<LineShared>>> = Arc::default();
    let deliver = |line: &Arc<LineShared>, index| {
        line.deliver(Chunk {
            data: b"audio",
            index,
            generation_id: "a line",
            is_final: false,
            format: Format::S16le,
        })
        .expect("there is room");
    };
    let callback: Callback = Box::new({
        let itself = Arc::clone(&itself);
        move |event| {
            if let LineEvent::Chunk(chunk) = event {
                let line = itself.get().expect("begun");
                if chunk.index < 9 {
                    deliver(line, chunk.index + 2);
                }
            }
            Flow::Continue
        }
    });
    let line = itself.get_or_init(|| {
        Arc::new(LineShared::new(
            &owner,
            ("a line".to_owned(), 0),
            Format::S16le,
            1000,
            Listener::All(callback),
        ))
    });
    deliver(line, 0);
    deliver(line, 1);
    let poll = || owner.0.poll(Some(std::time::Duration::ZERO)).expect("open");
    assert_eq!([poll(), poll(), poll(), poll(), poll(), poll()], [2, 2, 2, 2, 2, 1]);
}

/// A service may send a byte at a time.
#[test]
fn small_chunks_cannot_take_more_memory_than_large_ones() {
    let owner = Arc::new(Nobody(Hub::new(Delivery::Poll, None)));
    let limit = 100 * std::mem::size_of::<Kept>();
    let line = Arc::new(LineShared::new(
        &owner,
        ("a line".to_owned(), 0),
        Format::S16le,
        limit,
        Listener::Asks,
    ));
    let refused = (0..).find_map(|index| {
        let chunk = Chunk {
            data: b"a",
            index,
            generation_id: "a line",
            is_final: false,
            format: Format::S16le,
        };
        line.deliver(chunk).err().map(|error| (index, error.kind()))
    });
    let (taken, kind) = refused.expect("it has a limit");
    assert_eq!(kind, ErrorKind::BufferFull);
    assert!(taken <= 100, "{taken} take more than {limit} bytes");
}

/// Nothing comes after the chunk at which it failed, but why.
#[test]
fn a_callback_that_panics_before_the_last_of_what_waits_ends_its_line_with_that() {
    let owner = Arc::new(Nobody(Hub::new(Delivery::Poll, None)));
    let (tell, told) = std::sync::mpsc::channel();
    let callback: Callback = Box::new(move |event| match event {
        LineEvent::Chunk(_) => panic!("a panic of the host"),
        LineEvent::Ended(ended) => {
            let _ = tell.send(ended.error.as_ref().map(Error::kind));
            Flow::Continue
        }
    });
    let line = Arc::new(LineShared::new(
        &owner,
        ("a line".to_owned(), 0),
        Format::S16le,
        1000,
        Listener::All(callback),
    ));
    for index in 0..3 {
        line.deliver(Chunk {
            data: b"audio",
            index,
            generation_id: "a line",
            is_final: index == 2,
            format: Format::S16le,
        })
        .expect("there is room");
    }
    line.finish(None);
    owner.0.poll(Some(std::time::Duration::ZERO)).expect("open");
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [Some(ErrorKind::Internal)]);
}

#[test]
fn what_fails_after_a_cancel_has_returned_is_cancelled() {
    let owner = Arc::new(Nobody(Hub::new(Delivery::IoThread, None)));
    let (tell, told) = std::sync::mpsc::channel();
    let callback: Callback = Box::new(move |event| {
        if let LineEvent::Ended(ended) = event {
            let _ = tell.send(ended.error.as_ref().map(Error::kind));
        }
        Flow::Continue
    });
    let line = Arc::new(LineShared::new(
        &owner,
        ("a line".to_owned(), 0),
        Format::S16le,
        1,
        Listener::All(callback),
    ));
    Line::new(Arc::clone(&line)).cancel();
    // The I/O thread comes upon a garbled message first, and then upon the cancel.
    line.finish(Some(Error::new(ErrorKind::Protocol, "garbled")));
    line.hand_over();
    line.end_cancelled();
    assert_eq!(told.try_iter().collect::<Vec<_>>(), [Some(ErrorKind::Cancelled)]);
}

/// Another thread is in the middle of a cancel: the line has its end, and the poll has not been told.
#[test]
fn a_session_that_is_closed_waits_for_nobody_to_announce_an_end() {
    type Close = fn(&Hub);
    let closes: [(&str, Close); 3] = [
        ("by its host", |hub| hub.close(|| hub.gone())),
        ("with its client", |hub| {
            hub.gone();
            hub.poll(Some(std::time::Duration::ZERO)).expect("something is due");
        }),
        ("in a callback", |hub| thread::callback(|| hub.close(|| {}))),
    ];
    for (how, close) in closes {
        let (tell, told) = std::sync::mpsc::channel();
        let tell_state = tell.clone();
        let on_state: crate::deepdub::lines::StateCallback = Box::new(move |change| {
            let _ = tell_state.send(format!("{:?}", change.state));
        });
        let owner = Arc::new(Nobody(Hub::new(Delivery::Poll, Some(on_state))));
        let callback: Callback = Box::new(move |event| {
            if let LineEvent::Ended(ended) = event {
                let _ = tell.send(format!("{:?}", ended.error.as_ref().map(Error::kind)));
            }
            Flow::Continue
        });
        let line = Arc::new(LineShared::new(
            &owner,
            ("a line".to_owned(), 0),
            Format::S16le,
            1,
            Listener::All(callback),
        ));
        owner.0.remember(&line).expect("open");
        line.announced.store(true, Ordering::SeqCst);
        line.handover.cancel(false);
        line.finish(Some(Error::cancelled()));
        close(&owner.0);
        assert_eq!(
            told.try_iter().collect::<Vec<_>>(),
            ["Some(Cancelled)", "Closed"],
            "{how}"
        );
    }
}
