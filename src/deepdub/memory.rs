//! The last generations of a client: what was asked for and what came, so that a report can be made of it afterwards.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::generation::Chunk;
use super::request::SpeechRequest;
use crate::sync::Mutex;

/// How much a client remembers of its last generations: see [`Client::report`](super::Client::report). In memory alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remember {
    /// How many generations of which audio has come; 0 remembers none. 10.
    pub generations: usize,
    /// How many bytes of audio of all of them together, as the service sent it. When there is more, the oldest
    /// generations lose theirs first. 16 MiB: 3 minutes of s16le at 48000 Hz, 17 of mp3 at 128 kbit/s.
    pub audio_bytes: usize,
}

impl Default for Remember {
    fn default() -> Self {
        Remember {
            generations: 10,
            audio_bytes: 16 * 1024 * 1024,
        }
    }
}

impl Remember {
    /// Nothing at all.
    pub const OFF: Remember = Remember {
        generations: 0,
        audio_bytes: 0,
    };
}

/// A generation that a client remembers, as it was when it was asked for. The audio is shared, not copied.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Remembered {
    /// Its id.
    pub generation_id: String,
    /// What was asked for. Of a text session's turn the text that had been sent by then, tags included; what only calls
    /// and lines have is at its default.
    pub request: SpeechRequest,
    /// The chunks that have come, in order.
    pub chunks: Vec<RememberedChunk>,
    /// Whether the last chunk has come.
    pub is_final: bool,
    /// Whether there is less in `chunks` than came, because there was no room for it
    /// ([`Remember::audio_bytes`]): then there is nothing.
    pub audio_dropped: bool,
}

/// One chunk of a generation that is remembered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RememberedChunk {
    /// Its audio, as the service sent it.
    pub data: Arc<Vec<u8>>,
    /// When it came, since the generation was asked for.
    pub after: Duration,
}

/// The generations of one client.
pub(super) struct Memory {
    limits: Remember,
    /// The oldest first.
    kept: Mutex<VecDeque<Arc<Kept>>>,
    /// Bytes of audio in all of them.
    held: AtomicUsize,
    spare: Mutex<Spare>,
}

/// What chunks were in that are forgotten, for those that come: memory that is given back to the system and asked for again
/// is cleared each time, which takes longer than the copying.
#[derive(Default)]
struct Spare {
    buffers: Vec<Vec<u8>>,
    bytes: usize,
}

impl Spare {
    fn take(&mut self) -> Option<Vec<u8>> {
        let buffer = self.buffers.pop()?;
        self.bytes -= buffer.capacity();
        Some(buffer)
    }

    fn keep(&mut self, buffer: Vec<u8>) {
        self.bytes += buffer.capacity();
        self.buffers.push(buffer);
    }

    /// Gives back what is more than this.
    fn shrink_to(&mut self, bytes: usize) {
        while self.bytes > bytes && self.take().is_some() {}
    }
}

struct Kept {
    generation_id: String,
    state: Mutex<State>,
}

struct State {
    request: SpeechRequest,
    chunks: Vec<RememberedChunk>,
    is_final: bool,
    /// No audio is kept: it was too much, or nobody can ask for it any more.
    dropped: bool,
}

/// What is in `data`, in `buffer` if that is of a size for it.
fn filled(mut buffer: Vec<u8>, data: &[u8]) -> Vec<u8> {
    // The other spare ones are no better: chunks of a client are about as long as each other.
    if buffer.capacity() < data.len() || buffer.capacity() / 2 > data.len() {
        buffer = Vec::with_capacity(data.len());
    }
    buffer.clear();
    buffer.extend_from_slice(data);
    buffer
}

impl Memory {
    pub fn new(limits: Remember) -> Arc<Memory> {
        Arc::new(Memory {
            limits,
            kept: Mutex::default(),
            held: AtomicUsize::new(0),
            spare: Mutex::default(),
        })
    }

    /// What records a generation that is being asked for.
    pub fn recorder(self: &Arc<Self>, request: impl FnOnce() -> SpeechRequest) -> Recorder {
        Recorder(match self.limits.generations {
            0 => Recording::Off,
            _ => Recording::Ahead {
                memory: Arc::clone(self),
                request: Box::new(request()),
                asked: Instant::now(),
            },
        })
    }

    /// The newest first.
    pub fn all(&self) -> Vec<Remembered> {
        self.kept.lock().iter().rev().map(|kept| kept.snapshot()).collect()
    }

    pub fn get(&self, generation_id: &str) -> Option<Remembered> {
        let kept = self
            .kept
            .lock()
            .iter()
            .rev()
            .find(|kept| kept.generation_id.eq_ignore_ascii_case(generation_id))
            .cloned();
        kept.map(|kept| kept.snapshot())
    }

    fn begin(&self, generation_id: &str, request: SpeechRequest) -> Arc<Kept> {
        let new = Arc::new(Kept {
            generation_id: generation_id.to_owned(),
            state: Mutex::new(State {
                request,
                chunks: Vec::new(),
                is_final: false,
                dropped: false,
            }),
        });
        let mut kept = self.kept.lock();
        kept.push_back(Arc::clone(&new));
        while kept.len() > self.limits.generations {
            if let Some(oldest) = kept.pop_front() {
                self.drop_audio(&oldest);
            }
        }
        new
    }

    fn chunk(&self, kept: &Arc<Kept>, chunk: &Chunk<'_>, after: Duration) {
        if chunk.is_final {
            kept.state.lock().is_final = true;
        }
        // Nobody else adds to this one, so that it cannot have audio again after it lost it.
        if chunk.data.is_empty() || kept.state.lock().dropped {
            return;
        }
        // Copied with no lock: others remember at the same time.
        let spare = self.spare.lock().take();
        let data = filled(spare.unwrap_or_default(), chunk.data);
        let size = data.capacity();
        if !self.make_room(kept, size) {
            return;
        }
        let data = Arc::new(data);
        let mut state = kept.state.lock();
        if state.dropped {
            // It was forgotten a moment ago.
            self.held.fetch_sub(size, Ordering::Relaxed);
        } else {
            state.chunks.push(RememberedChunk { data, after });
        }
    }

    /// Takes room for so many bytes, from what is spare and then from the oldest; `false` when there is none left but its
    /// own.
    fn make_room(&self, kept: &Arc<Kept>, size: usize) -> bool {
        let limit = self.limits.audio_bytes;
        let fits = || {
            let held = self.held.load(Ordering::Relaxed);
            self.spare.lock().shrink_to(limit.saturating_sub(held));
            held <= limit
        };
        self.held.fetch_add(size, Ordering::Relaxed);
        if fits() {
            return true;
        }
        let all = self.kept.lock();
        for other in all.iter().filter(|other| !Arc::ptr_eq(other, kept)) {
            self.drop_audio(other);
            if fits() {
                return true;
            }
        }
        self.drop_audio(kept);
        self.held.fetch_sub(size, Ordering::Relaxed);
        false
    }

    fn drop_audio(&self, kept: &Kept) {
        let mut state = kept.state.lock();
        state.dropped = true;
        let chunks = std::mem::take(&mut state.chunks);
        drop(state);
        let size: usize = chunks.iter().map(|chunk| chunk.data.capacity()).sum();
        self.held.fetch_sub(size, Ordering::Relaxed);
        let mut spare = self.spare.lock();
        // What somebody else has, too, is theirs.
        let buffers = chunks.into_iter().filter_map(|chunk| Arc::into_inner(chunk.data));
        buffers.for_each(|buffer| spare.keep(buffer));
    }
}

impl Kept {
    fn snapshot(&self) -> Remembered {
        let state = self.state.lock();
        Remembered {
            generation_id: self.generation_id.clone(),
            request: state.request.clone(),
            chunks: state.chunks.clone(),
            is_final: state.is_final,
            audio_dropped: state.dropped,
        }
    }
}

/// Records one generation. It is among those remembered from its first audio on, so that what only waits for its turn
/// takes nobody's place.
pub(super) struct Recorder(Recording);

enum Recording {
    Off,
    Ahead {
        memory: Arc<Memory>,
        request: Box<SpeechRequest>,
        asked: Instant,
    },
    On {
        memory: Arc<Memory>,
        kept: Arc<Kept>,
        asked: Instant,
    },
}

impl Recorder {
    /// More of its text is spoken.
    pub fn text(&mut self, text: &str) {
        match &mut self.0 {
            Recording::Off => {}
            Recording::Ahead { request, .. } => request.text.push_str(text),
            Recording::On { kept, .. } => kept.state.lock().request.text.push_str(text),
        }
    }

    /// A chunk is about to be handed on.
    pub fn chunk(&mut self, chunk: &Chunk<'_>) {
        if let Recording::Ahead { memory, request, asked } = &mut self.0 {
            if chunk.data.is_empty() {
                return;
            }
            // Its place is taken by what follows; an empty text costs nothing.
            let request = std::mem::replace(&mut **request, SpeechRequest::new("", ""));
            self.0 = Recording::On {
                kept: memory.begin(chunk.generation_id, request),
                memory: Arc::clone(memory),
                asked: *asked,
            };
        }
        if let Recording::On { memory, kept, asked } = &self.0 {
            memory.chunk(kept, chunk, asked.elapsed());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::Format;

    fn chunk<'a>(id: &'a str, data: &'a [u8]) -> Chunk<'a> {
        Chunk {
            data,
            index: 0,
            generation_id: id,
            is_final: false,
            format: Format::S16le,
        }
    }

    fn record(memory: &Arc<Memory>, id: &str, sizes: &[usize]) -> Recorder {
        let mut recorder = memory.recorder(|| SpeechRequest::new(id, "a voice"));
        for &size in sizes {
            recorder.chunk(&chunk(id, &vec![7; size]));
        }
        recorder
    }

    fn held(memory: &Memory) -> Vec<(String, usize, bool)> {
        let size = |all: &Remembered| all.chunks.iter().map(|chunk| chunk.data.len()).sum();
        memory
            .all()
            .iter()
            .map(|one| (one.generation_id.clone(), size(one), one.audio_dropped))
            .collect()
    }

    #[test]
    fn the_last_generations_are_kept_and_no_more_audio_than_there_is_room_for() {
        let memory = Memory::new(Remember {
            generations: 3,
            audio_bytes: 100,
        });
        let mut first = record(&memory, "first", &[30]);
        record(&memory, "second", &[30, 10]);
        record(&memory, "third", &[30]);
        assert_eq!(
            held(&memory),
            [
                ("third".into(), 30, false),
                ("second".into(), 40, false),
                ("first".into(), 30, false)
            ]
        );
        // The fourth puts out the first, of which nothing is kept even if more of it comes.
        record(&memory, "fourth", &[30]);
        first.chunk(&chunk("first", &[7; 90]));
        assert_eq!(held(&memory).len(), 3);
        assert_eq!(memory.held.load(Ordering::Relaxed), 100);
        // One byte more, and the oldest loses its audio, not its place.
        record(&memory, "fifth", &[1]);
        record(&memory, "sixth", &[40]);
        assert_eq!(
            held(&memory),
            [
                ("sixth".into(), 40, false),
                ("fifth".into(), 1, false),
                ("fourth".into(), 30, false)
            ]
        );
        record(&memory, "seventh", &[60, 41]);
        assert_eq!(
            held(&memory),
            [
                ("seventh".into(), 0, true),
                ("sixth".into(), 0, true),
                ("fifth".into(), 0, true)
            ]
        );
        assert_eq!(memory.held.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn what_was_forgotten_makes_room_for_what_comes() {
        let memory = Memory::new(Remember {
            generations: 1,
            audio_bytes: 100,
        });
        let spare = || memory.spare.lock().bytes;
        record(&memory, "first", &[30, 30]);
        let first = memory.all().remove(0).chunks;
        record(&memory, "second", &[]);
        assert_eq!(spare(), 0, "nothing has come of it yet");
        record(&memory, "third", &[40]);
        assert_eq!(spare(), 0, "somebody has the first");
        drop(first);
        let buffer = memory.all()[0].chunks[0].data.as_ptr();
        record(&memory, "fourth", &[30]);
        let chunks = memory.all().remove(0).chunks;
        assert_eq!(
            (chunks[0].data.as_ptr(), chunks[0].data.as_slice()),
            (buffer, &[7; 30][..])
        );
        drop(chunks);
        // Too large for what comes: it is given back.
        record(&memory, "fifth", &[10]);
        assert_eq!((spare(), memory.held.load(Ordering::Relaxed)), (0, 10));
        // The room is for what is held and what is spare together.
        record(&memory, "sixth", &[30, 60]);
        record(&memory, "seventh", &[20]);
        assert_eq!((spare(), memory.held.load(Ordering::Relaxed)), (30, 20));
        record(&memory, "eighth", &[90]);
        assert_eq!((spare(), memory.held.load(Ordering::Relaxed)), (0, 90));
    }

    #[test]
    fn what_only_waits_for_its_turn_takes_nobodys_place() {
        let memory = Memory::new(Remember {
            generations: 1,
            audio_bytes: 100,
        });
        record(&memory, "heard", &[1]);
        let waiting = record(&memory, "waiting", &[0]);
        assert_eq!(held(&memory), [("heard".into(), 1, false)]);
        drop(waiting);
        record(&Memory::new(Remember::OFF), "nobody", &[1]);
    }
}
