//! Python's `voicewire._voicewire`: the core's calls, results and errors as Python objects.
//!
//! Importing it starts no thread, installs no logger and touches no signal handler. It sees to the program's exit, and to
//! forks (`shutdown`).

mod answers;
mod asyncio;
mod audio_file;
mod call;
mod cancel;
mod chunk;
mod client;
mod client_rest;
mod connection;
mod decoder;
mod errors;
mod generation;
mod http;
mod interrupt;
mod issue;
mod json;
mod line;
mod outbox;
mod pages;
mod palabra;
mod player;
mod problem;
mod remembered;
mod request;
mod respeecher;
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
    use crate::answers::{Capacity, DailyUsage, GenderClassification, ModelUsage, Usage, UsageByModel, VoicePrompt};
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
    use crate::pages::Pages;
    #[pymodule_export]
    use crate::palabra::PalabraClient;
    #[pymodule_export]
    use crate::player::{Player, PlayerState, Track, TrackEnd};
    #[pymodule_export]
    use crate::problem::Problem;
    #[pymodule_export]
    use crate::remembered::Remembered;
    #[pymodule_export]
    use crate::respeecher::RespeecherClient;
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
        module.add("_RESPEECHER_ENDPOINTS", crate::respeecher::endpoints(module.py())?)?;
        module.add("_PALABRA_ENDPOINTS", crate::palabra::endpoints(module.py())?)?;
        module.add("_RESPEECHER_URL", voicewire::respeecher::BASE_URL)?;
        module.add("_PALABRA_URL", voicewire::palabra::BASE_URL)?;
        let codes = PyTuple::new(module.py(), voicewire::palabra::LangCode::WORDS)?;
        module.add("_LANG_CODES", codes)?;
        crate::errors::add_to(module)?;
        crate::shutdown::register(module.py())
    }
}
