//! Ogg Opus after RFC 7845: the packets by `opus-pure`, the pages by `ogg`.

use super::{CodecError, Format, resample, units_per_chunk};
use ogg::{PacketWriteEndInfo, PacketWriter};
use opus_pure::{Application, MAX_PACKET_BYTES, OpusEncoder, OpusHead};

/// Granule positions count samples at this rate, whatever rate the encoder takes.
const GRANULE_RATE: u32 = 48_000;
/// Packets hold 20 ms, the length that Opus is made for.
const PACKETS_PER_SECOND: u32 = 50;
/// Bits per second: enough for the encoder to keep the wave's shape, rather than fill its upper part with noise.
const BITRATE: i32 = 64_000;

/// Who made the stream, in the tags page.
const VENDOR: &str = concat!("voicewire-sandbox ", env!("CARGO_PKG_VERSION"));

pub(super) fn encode(samples: &[i16], sample_rate: u32, chunk_millis: u32) -> Result<Vec<Vec<u8>>, CodecError> {
    let rate = coding_rate(sample_rate);
    let samples = resample(samples, sample_rate, rate).map_err(failed)?;
    let mut encoder = OpusEncoder::new(rate as i32, 1, Application::Audio).map_err(failed)?;
    encoder.bitrate_bps = BITRATE;
    encoder.complexity = 5; // four times as fast as the default, and speech sounds no different at this bit rate
    let head = OpusHead::for_encoder(&encoder, sample_rate);
    let stream = packets(&mut encoder, &samples, rate, head.pre_skip)?;
    let granules_per_sample = u64::from(GRANULE_RATE / rate);
    let end = u64::from(head.pre_skip) + samples.len() as u64 * granules_per_sample;
    let packet_samples = (GRANULE_RATE / PACKETS_PER_SECOND) as usize;
    Pages::new(serial_of(&samples), &head)
        .and_then(|pages| {
            let per_page = units_per_chunk(GRANULE_RATE, chunk_millis, packet_samples);
            pages.write(stream, per_page, packet_samples as u64, end)
        })
        .map_err(failed)
}

/// Opus takes five rates as they are; any other is resampled to its highest.
fn coding_rate(sample_rate: u32) -> u32 {
    match sample_rate {
        8000 | 12000 | 16000 | 24000 => sample_rate,
        _ => GRANULE_RATE,
    }
}

/// A serial number for the stream, which has to differ between streams that are played one after the other, and not
/// between two encodings of the same sound (FNV-1a over the samples).
fn serial_of(samples: &[i16]) -> u32 {
    samples.iter().fold(0x811C_9DC5, |hash, &sample| {
        (hash ^ u32::from(sample.cast_unsigned())).wrapping_mul(0x0100_0193)
    })
}

/// Encodes `samples` and as much silence as it takes to push the last of them out of the encoder, which runs
/// `pre_skip` granules behind.
fn packets(encoder: &mut OpusEncoder, samples: &[i16], rate: u32, pre_skip: u16) -> Result<Vec<Vec<u8>>, CodecError> {
    let frame = (rate / PACKETS_PER_SECOND) as usize;
    let lag = usize::from(pre_skip).div_ceil((GRANULE_RATE / rate) as usize);
    let mut packet = vec![0; MAX_PACKET_BYTES];
    let mut packets = Vec::new();
    for start in (0..samples.len() + lag).step_by(frame) {
        let rest = samples.get(start..).unwrap_or_default();
        let mut block = rest[..rest.len().min(frame)].to_vec();
        block.resize(frame, 0);
        let bytes = encoder.encode_s16(&block, frame, &mut packet).map_err(failed)?;
        packets.push(packet[..bytes].to_vec());
    }
    Ok(packets)
}

/// The Ogg stream while it is being written, cut into chunks.
struct Pages {
    writer: PacketWriter<'static, Vec<u8>>,
    serial: u32,
}

impl Pages {
    /// Writes the head and the tags, each on a page of its own as the RFC wants it.
    fn new(serial: u32, head: &OpusHead) -> std::io::Result<Self> {
        let mut pages = Self {
            writer: PacketWriter::new(Vec::new()),
            serial,
        };
        pages.packet(opus_head(head), PacketWriteEndInfo::EndPage, 0)?;
        pages.packet(opus_tags(), PacketWriteEndInfo::EndPage, 0)?;
        Ok(pages)
    }

    /// Writes the sound, `per_page` packets to a page; returns the pages as chunks.
    ///
    /// The last granule position is `end`, less than the packets would play: that is how a stream says where its
    /// sound stops.
    fn write(
        mut self,
        packets: Vec<Vec<u8>>,
        per_page: usize,
        packet_granules: u64,
        end: u64,
    ) -> std::io::Result<Vec<Vec<u8>>> {
        let mut chunks = Vec::new();
        let count = packets.len();
        for (packet, number) in packets.into_iter().zip(1..) {
            let granule = (number as u64 * packet_granules).min(end);
            let ending = if number == count {
                PacketWriteEndInfo::EndStream
            } else if number % per_page == 0 {
                PacketWriteEndInfo::EndPage
            } else {
                PacketWriteEndInfo::NormalPacket
            };
            let page_is_full = ending != PacketWriteEndInfo::NormalPacket;
            self.packet(packet, ending, granule)?;
            if page_is_full {
                chunks.push(std::mem::take(self.writer.inner_mut()));
            }
        }
        Ok(chunks)
    }

    fn packet(&mut self, packet: Vec<u8>, ending: PacketWriteEndInfo, granule: u64) -> std::io::Result<()> {
        self.writer.write_packet(packet, self.serial, ending, granule)
    }
}

/// The identification header (RFC 7845, 5.1): version 1, mono, mapping family 0.
fn opus_head(head: &OpusHead) -> Vec<u8> {
    let mut packet = b"OpusHead\x01\x01".to_vec();
    packet.extend_from_slice(&head.pre_skip.to_le_bytes());
    packet.extend_from_slice(&head.input_sample_rate.to_le_bytes());
    packet.extend_from_slice(&0i16.to_le_bytes()); // output gain
    packet.push(0); // mapping family
    packet
}

/// The comment header (RFC 7845, 5.2), with no comments in it.
fn opus_tags() -> Vec<u8> {
    let mut packet = b"OpusTags".to_vec();
    packet.extend_from_slice(&(VENDOR.len() as u32).to_le_bytes());
    packet.extend_from_slice(VENDOR.as_bytes());
    packet.extend_from_slice(&0u32.to_le_bytes());
    packet
}

fn failed(error: impl ToString) -> CodecError {
    CodecError::Encoder(Format::Opus, error.to_string())
}
