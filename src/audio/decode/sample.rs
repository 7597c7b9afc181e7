//! The two forms in which samples are handed out.

/// What a sample can be: `f32`, where full scale is -1 to 1, and `i16`.
pub trait Sample: Copy + Default + Send + 'static + sealed::Sealed {}

impl Sample for f32 {}
impl Sample for i16 {}

pub(super) mod sealed {
    pub trait Sealed: Sized {
        /// Appends `decoded`.
        fn append(decoded: &[f32], samples: &mut Vec<Self>);
    }

    impl Sealed for f32 {
        fn append(decoded: &[f32], samples: &mut Vec<f32>) {
            samples.extend_from_slice(decoded);
        }
    }

    impl Sealed for i16 {
        fn append(decoded: &[f32], samples: &mut Vec<i16>) {
            // `as` clamps. What came from 16 bits comes back as it was: f32 holds it exactly.
            samples.extend(decoded.iter().map(|sample| (sample * 32768.0).round_ties_even() as i16));
        }
    }
}
