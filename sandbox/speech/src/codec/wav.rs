//! A WAV file with the 68-byte header that the service's encoder writes.

/// Bytes before the first sample: RIFF and WAVE (12), the `fmt ` chunk (8 + 40), the head of the `data` chunk (8).
pub const HEADER: usize = 68;

/// Format tag: the real format is in the extension. Why the `fmt ` chunk is 40 bytes long instead of 16.
const WAVE_FORMAT_EXTENSIBLE: u16 = 0xFFFE;

/// KSDATAFORMAT_SUBTYPE_PCM, as it lies in the file.
const SUBFORMAT_PCM: [u8; 16] = [
    0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x00, 0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71,
];

/// Channel mask: one channel, front centre.
const SPEAKER_FRONT_CENTER: u32 = 0x4;

/// A whole WAV file: mono, 16 bit.
pub fn file(samples: &[i16], sample_rate: u32) -> Vec<u8> {
    let data_bytes = samples.len() * 2;
    let mut file = Vec::with_capacity(HEADER + data_bytes);
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&size_field(HEADER - 8 + data_bytes));
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&40u32.to_le_bytes());
    file.extend_from_slice(&WAVE_FORMAT_EXTENSIBLE.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes()); // channels
    file.extend_from_slice(&sample_rate.to_le_bytes());
    file.extend_from_slice(&(sample_rate * 2).to_le_bytes()); // bytes per second
    file.extend_from_slice(&2u16.to_le_bytes()); // bytes per sample of all channels
    file.extend_from_slice(&16u16.to_le_bytes()); // bits per sample
    file.extend_from_slice(&22u16.to_le_bytes()); // size of the extension
    file.extend_from_slice(&16u16.to_le_bytes()); // bits that carry sound
    file.extend_from_slice(&SPEAKER_FRONT_CENTER.to_le_bytes());
    file.extend_from_slice(&SUBFORMAT_PCM);
    file.extend_from_slice(b"data");
    file.extend_from_slice(&size_field(data_bytes));
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}

/// A RIFF length. More than 4 GiB cannot be told, and 0xFFFFFFFF is what writers put then.
fn size_field(bytes: usize) -> [u8; 4] {
    u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes()
}
