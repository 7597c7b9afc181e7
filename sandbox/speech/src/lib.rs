//! What the sandbox says: texts into sound, sound into the formats of the services, and back.
//!
//! A package of its own because it computes: it is compiled with optimisation where the rest of the sandbox is not.

pub mod codec;
pub mod sound;
pub mod speech;
