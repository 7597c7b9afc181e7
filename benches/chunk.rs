//! One chunk's way from the bytes of a WebSocket frame to the callback, beside what else one could do.
//!
//! ```text
//! cargo bench
//! ```
//!
//! The ratios within one run are what counts. `copy` is the least anyone can do: taking the bytes over once.

use std::hint::black_box;
use std::io::{self, Cursor, Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use tungstenite::protocol::{Role, WebSocketConfig};
use voicewire::audio::Format;
use voicewire::deepdub::Generation;

const ID: &str = "4da9902b-9141-4fb7-9efb-d616ce266ed9";
const SIZES: [usize; 3] = [1024, 4096, 16384];

fn audio(size: usize) -> Vec<u8> {
    (0..size as u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

/// The text of a chunk's message. Without an index every one is the next.
fn message(size: usize) -> String {
    format!(
        r#"{{"generationId":"{ID}","data":"{}","isFinished":false}}"#,
        STANDARD.encode(audio(size))
    )
}

/// The same message for ever, as one unmasked text frame after the other.
struct Wire {
    frame: Cursor<Vec<u8>>,
}

impl Wire {
    fn new(message: &str) -> Wire {
        let mut frame = vec![0x81];
        match message.len() {
            length @ 126..=0xFFFF => {
                frame.push(126);
                frame.extend_from_slice(&(length as u16).to_be_bytes());
            }
            length => {
                frame.push(127);
                frame.extend_from_slice(&(length as u64).to_be_bytes());
            }
        }
        frame.extend_from_slice(message.as_bytes());
        Wire {
            frame: Cursor::new(frame),
        }
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.frame.position() == self.frame.get_ref().len() as u64 {
            self.frame.set_position(0);
        }
        self.frame.read(buffer)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// As this library sets it up.
fn socket(message: &str) -> tungstenite::WebSocket<Wire> {
    let config = WebSocketConfig::default().read_buffer_size(32 * 1024);
    tungstenite::WebSocket::from_raw_socket(Wire::new(message), Role::Client, Some(config))
}

#[derive(serde::Deserialize)]
struct Plain {
    data: String,
}

fn chunk(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("chunk");
    for size in SIZES {
        let message = message(size);
        group.throughput(Throughput::Bytes(size as u64));

        group.bench_function(BenchmarkId::new("frame_to_callback", size), |bencher| {
            let mut socket = socket(&message);
            let mut generation = Generation::new(ID, Format::S16le, 1 << 20);
            bencher.iter(|| {
                let frame = socket.read().expect("a frame");
                assert!(generation.accept_text(frame.to_text().expect("text")).expect("a chunk"));
                black_box(generation.chunk().data.len())
            });
        });

        group.bench_function(BenchmarkId::new("message_to_callback", size), |bencher| {
            let mut generation = Generation::new(ID, Format::S16le, 1 << 20);
            bencher.iter(|| {
                assert!(generation.accept_text(black_box(&message)).expect("a chunk"));
                black_box(generation.chunk().data.len())
            });
        });

        group.bench_function(BenchmarkId::new("obvious", size), |bencher| {
            let mut socket = socket(&message);
            bencher.iter(|| {
                let frame = socket.read().expect("a frame");
                let message: Plain = serde_json::from_str(frame.to_text().expect("text")).expect("JSON");
                black_box(STANDARD.decode(message.data).expect("base64").len())
            });
        });

        let encoded = STANDARD.encode(audio(size));
        let mut out = vec![0; base64::decoded_len_estimate(encoded.len())];
        group.bench_function(BenchmarkId::new("base64_simd_crate", size), |bencher| {
            bencher.iter(|| {
                let out = base64_simd::Out::from_slice(&mut out);
                black_box(
                    base64_simd::STANDARD
                        .decode(black_box(encoded.as_bytes()), out)
                        .expect("base64")
                        .len(),
                )
            });
        });
        let simd = base64::engine::Simd::standard(base64::engine::GeneralPurposeConfig::new());
        group.bench_function(BenchmarkId::new("base64_crate_simd", size), |bencher| {
            bencher.iter(|| simd.decode_slice(black_box(&encoded), &mut out).expect("base64"));
        });
        group.bench_function(BenchmarkId::new("base64_crate_scalar", size), |bencher| {
            bencher.iter(|| STANDARD.decode_slice(black_box(&encoded), &mut out).expect("base64"));
        });

        let mut copy = vec![0; message.len()];
        group.bench_function(BenchmarkId::new("copy", size), |bencher| {
            bencher.iter(|| black_box(&mut copy).copy_from_slice(black_box(message.as_bytes())));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().without_plots().measurement_time(std::time::Duration::from_secs(2));
    targets = chunk
}
criterion_main!(benches);
