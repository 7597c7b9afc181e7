//! Python's `voicewire._voicewire`: the core's calls, results and errors as Python objects.
//!
//! Importing it starts no thread, installs no logger and touches no signal handler. It sees to the program's exit, and to
//! forks (`shutdown`).

mod asyncio;
mod audio_file;
mod cancel;
mod chunk;
mod client;
mod connection;
mod decoder;
mod errors;
mod generation;
mod interrupt;
mod issue;
mod json;
mod line;
mod outbox;
mod player;
mod remembered;
mod request;
#[cfg(feature = "sandbox")]
mod sandbox;
mod session;
mod shutdown;
mod speech;
mod stream;
mod summary;
mod text;
mod waker;

use pyo3::prelude::*;

// `AudioFile`, `CancelToken`, the classes of `deepdub` and the errors are reached by their places in the package.
#[pymodule]
mod _voicewire {
    use pyo3::prelude::*;
    use pyo3::types::PyTuple;

    #[pymodule_export]
    use crate::audio_file::{AudioFile, format_for_path};
    #[pymodule_export]
    use crate::cancel::CancelToken;
    #[pymodule_export]
    use crate::chunk::Chunk;
    #[pymodule_export]
    use crate::client::Client;
    #[pymodule_export]
    use crate::connection::{StateChange, StateNews};
    #[pymodule_export]
    use crate::decoder::{DecodedAudio, Decoder, decode};
    #[pymodule_export]
    use crate::issue::Issue;
    #[pymodule_export]
    use crate::line::Line;
    #[pymodule_export]
    use crate::outbox::{Outbox, SendSummary, StoredReport};
    #[pymodule_export]
    use crate::player::{Player, PlayerState, Track, TrackEnd};
    #[pymodule_export]
    use crate::remembered::Remembered;
    #[cfg(feature = "sandbox")]
    #[pymodule_export]
    use crate::sandbox::Sandbox;
    #[pymodule_export]
    use crate::session::Session;
    #[pymodule_export]
    use crate::speech::Speech;
    #[pymodule_export]
    use crate::stream::SpeechStream;
    #[pymodule_export]
    use crate::summary::Summary;
    #[pymodule_export]
    use crate::text::{TextSession, Turn, config_tag};
    #[pymodule_export]
    use crate::waker::LoopWaker;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", voicewire::VERSION)?;
        let rates = PyTuple::new(module.py(), voicewire::deepdub::SAMPLE_RATES)?;
        module.add("SAMPLE_RATES", rates)?;
        module.add("TRIAL_KEY", voicewire::deepdub::TRIAL_KEY)?;
        module.add("TRIAL_VOICE", voicewire::deepdub::TRIAL_VOICE)?;
        crate::errors::add_to(module)?;
        crate::shutdown::register(module.py())
    }
}
