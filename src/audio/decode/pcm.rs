//! Samples that are written down one by one: linear, floating point, mu-law and A-law.

/// How one sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    U8,
    S8,
    S16,
    S24,
    S32,
    F32,
    F64,
    Mulaw,
    Alaw,
}

impl Encoding {
    /// Bytes of one sample.
    pub(crate) fn size(self) -> usize {
        match self {
            Encoding::U8 | Encoding::S8 | Encoding::Mulaw | Encoding::Alaw => 1,
            Encoding::S16 => 2,
            Encoding::S24 => 3,
            Encoding::S32 | Encoding::F32 => 4,
            Encoding::F64 => 8,
        }
    }
}

/// Reads frames of samples, in pieces cut anywhere.
#[derive(Debug)]
pub(crate) struct Pcm {
    encoding: Encoding,
    big_endian: bool,
    frame: usize,
    /// The beginning of a frame whose rest has not come.
    cut: Vec<u8>,
}

impl Pcm {
    pub(crate) fn new(encoding: Encoding, big_endian: bool, channels: u16) -> Pcm {
        let frame = encoding.size() * usize::from(channels.max(1));
        Pcm {
            encoding,
            big_endian,
            frame,
            cut: Vec::with_capacity(frame),
        }
    }

    /// Appends to `samples` the whole frames that there are now.
    pub(crate) fn push(&mut self, mut bytes: &[u8], samples: &mut Vec<f32>) {
        if !self.cut.is_empty() {
            let missing = (self.frame - self.cut.len()).min(bytes.len());
            self.cut.extend_from_slice(&bytes[..missing]);
            bytes = &bytes[missing..];
            if self.cut.len() < self.frame {
                return;
            }
            let cut = std::mem::take(&mut self.cut);
            self.read(&cut, samples);
            self.cut = cut;
            self.cut.clear();
        }
        let whole = bytes.len() - bytes.len() % self.frame;
        self.read(&bytes[..whole], samples);
        self.cut.extend_from_slice(&bytes[whole..]);
    }

    fn read(&self, bytes: &[u8], samples: &mut Vec<f32>) {
        fn each<const N: usize>(bytes: &[u8], samples: &mut Vec<f32>, sample: impl Fn([u8; N]) -> f32) {
            let (whole, _) = bytes.as_chunks::<N>();
            samples.extend(whole.iter().map(|bytes| sample(*bytes)));
        }
        match (self.encoding, self.big_endian) {
            (Encoding::U8, _) => each(bytes, samples, |[byte]| (f32::from(byte) - 128.0) / 128.0),
            (Encoding::S8, _) => each(bytes, samples, |[byte]| f32::from(byte.cast_signed()) / 128.0),
            (Encoding::Mulaw, _) => each(bytes, samples, |[byte]| f32::from(mulaw(byte)) / 32768.0),
            (Encoding::Alaw, _) => each(bytes, samples, |[byte]| f32::from(alaw(byte)) / 32768.0),
            (Encoding::S16, false) => each(bytes, samples, |bytes| f32::from(i16::from_le_bytes(bytes)) / 32768.0),
            (Encoding::S16, true) => each(bytes, samples, |bytes| f32::from(i16::from_be_bytes(bytes)) / 32768.0),
            (Encoding::S24, false) => each(bytes, samples, |[a, b, c]| s32(i32::from_le_bytes([0, a, b, c]))),
            (Encoding::S24, true) => each(bytes, samples, |[a, b, c]| s32(i32::from_be_bytes([a, b, c, 0]))),
            (Encoding::S32, false) => each(bytes, samples, |bytes| s32(i32::from_le_bytes(bytes))),
            (Encoding::S32, true) => each(bytes, samples, |bytes| s32(i32::from_be_bytes(bytes))),
            (Encoding::F32, false) => each(bytes, samples, |bytes| finite(f32::from_le_bytes(bytes))),
            (Encoding::F32, true) => each(bytes, samples, |bytes| finite(f32::from_be_bytes(bytes))),
            (Encoding::F64, false) => each(bytes, samples, |bytes| finite(f64::from_le_bytes(bytes) as f32)),
            (Encoding::F64, true) => each(bytes, samples, |bytes| finite(f64::from_be_bytes(bytes) as f32)),
        }
    }
}

fn s32(value: i32) -> f32 {
    value as f32 / 2_147_483_648.0
}

/// One value that is no number would spoil everything around it in the resampler.
fn finite(value: f32) -> f32 {
    if value.is_finite() { value } else { 0.0 }
}

/// G.711 mu-law.
const fn mulaw(byte: u8) -> i16 {
    const BIAS: i16 = 0x84;
    let byte = !byte;
    let magnitude = (((byte as i16 & 0x0F) << 3) + BIAS) << (byte >> 4 & 7);
    if byte & 0x80 == 0 {
        magnitude - BIAS
    } else {
        BIAS - magnitude
    }
}

/// G.711 A-law.
const fn alaw(byte: u8) -> i16 {
    let byte = byte ^ 0x55;
    let mantissa = (byte as i16 & 0x0F) << 4;
    let magnitude = match byte >> 4 & 7 {
        0 => mantissa + 8,
        exponent => (mantissa + 0x108) << (exponent - 1),
    };
    if byte & 0x80 == 0 { -magnitude } else { magnitude }
}
