//! The two forms in which samples are handed out.

/// What a sample can be: `f32`, where full scale is -1 to 1, and `i16`.
pub trait Sample: Copy + Default + Send + 'static + sealed::Sealed {}

impl Sample for f32 {}
impl Sample for i16 {}

pub(crate) mod sealed {
    pub trait Sealed: Sized {
        /// How a WAV file says that it holds these: the format tag, and the bits of one.
        const WAV: (u16, u16);

        /// Appends `samples` as a WAV file holds them.
        fn write(samples: &[Self], bytes: &mut Vec<u8>);

        /// Appends `decoded`.
        fn append(decoded: &[f32], samples: &mut Vec<Self>);
    }

    impl Sealed for f32 {
        const WAV: (u16, u16) = (3, 32);

        fn write(samples: &[f32], bytes: &mut Vec<u8>) {
            bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        }

        fn append(decoded: &[f32], samples: &mut Vec<f32>) {
            samples.extend_from_slice(decoded);
        }
    }

    impl Sealed for i16 {
        const WAV: (u16, u16) = (1, 16);

        fn write(samples: &[i16], bytes: &mut Vec<u8>) {
            bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
        }

        fn append(decoded: &[f32], samples: &mut Vec<i16>) {
            // `as` clamps. What came from 16 bits comes back as it was: f32 holds it exactly.
            samples.extend(decoded.iter().map(|sample| (sample * 32768.0).round_ties_even() as i16));
        }
    }
}
