//! Mu-law companding, after ITU-T G.711.

/// Moves the segments' borders to powers of two.
const BIAS: u16 = 0x84;
/// The largest magnitude that still fits after [`BIAS`] is added.
const CLIP: u16 = 32635;

/// One byte per sample.
pub(super) fn encode(samples: &[i16]) -> Vec<u8> {
    samples.iter().map(|&sample| byte(sample)).collect()
}

/// Sign, three bits of segment (the magnitude's power of two), four bits of what follows its leading one; inverted.
fn byte(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let magnitude = sample.unsigned_abs().min(CLIP) + BIAS;
    let segment = 8 - magnitude.leading_zeros(); // BIAS makes bit 7 the lowest leading one, CLIP bit 14 the highest
    let mantissa = (magnitude >> (segment + 3)) & 0x0F;
    !(sign | (segment as u8) << 4 | mantissa as u8)
}

#[cfg(test)]
mod tests {
    use super::byte;

    #[test]
    fn values_are_those_of_the_standard() {
        for (sample, expected) in [
            (0, 0xFF),
            (-1, 0x7F),
            (4, 0xFE),
            (32767, 0x80),
            (-32768, 0x00),
            (1000, 0xCE),
            (-1000, 0x4E),
        ] {
            assert_eq!(byte(sample), expected, "{sample}");
        }
    }
}
