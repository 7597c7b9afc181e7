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
mod pickled;
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

    use crate::answers::{Capacity, DailyUsage, GenderClassification, ModelUsage, Usage, UsageByModel, VoicePrompt};
    use crate::audio_file::{AudioFile, format_for_path};
    use crate::cancel::CancelToken;
    use crate::chunk::Chunk;
    use crate::client::Client;
    use crate::connection::{StateChange, StateNews};
    use crate::decoder::{DecodedAudio, Decoder, decode};
    use crate::issue::Issue;
    use crate::line::Line;
    use crate::outbox::{Outbox, SendSummary, StoredReport};
    use crate::pages::Pages;
    use crate::palabra::PalabraClient;
    use crate::pickled::{_restore_issue, _restore_speech, _restore_summary};
    use crate::player::{Player, PlayerState, Track, TrackEnd};
    use crate::problem::Problem;
    use crate::remembered::Remembered;
    use crate::respeecher::RespeecherClient;
    use crate::session::Session;
    use crate::speech::Speech;
    use crate::stream::SpeechStream;
    use crate::summary::Summary;
    use crate::text::{TextSession, Turn, config_tag};
    use crate::waker::LoopWaker;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        crate::shutdown::check_interpreter(module.py())?;
        add_types(module)?;
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

    /// Rather than by `#[pymodule_export]`, which makes the types before anything can be looked at.
    fn add_types(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add_class::<Capacity>()?;
        module.add_class::<DailyUsage>()?;
        module.add_class::<GenderClassification>()?;
        module.add_class::<ModelUsage>()?;
        module.add_class::<Usage>()?;
        module.add_class::<UsageByModel>()?;
        module.add_class::<VoicePrompt>()?;
        module.add_class::<AudioFile>()?;
        module.add_function(wrap_pyfunction!(format_for_path, module)?)?;
        module.add_class::<CancelToken>()?;
        module.add_class::<Chunk>()?;
        module.add_class::<Client>()?;
        module.add_class::<StateChange>()?;
        module.add_class::<StateNews>()?;
        module.add_class::<DecodedAudio>()?;
        module.add_class::<Decoder>()?;
        module.add_function(wrap_pyfunction!(decode, module)?)?;
        module.add_class::<Issue>()?;
        module.add_class::<Line>()?;
        module.add_class::<Outbox>()?;
        module.add_class::<SendSummary>()?;
        module.add_class::<StoredReport>()?;
        module.add_class::<Pages>()?;
        module.add_class::<PalabraClient>()?;
        module.add_class::<Player>()?;
        module.add_class::<PlayerState>()?;
        module.add_class::<Track>()?;
        module.add_class::<TrackEnd>()?;
        module.add_class::<Problem>()?;
        module.add_class::<Remembered>()?;
        module.add_class::<RespeecherClient>()?;
        #[cfg(feature = "sandbox")]
        module.add_class::<crate::sandbox::Sandbox>()?;
        module.add_class::<Session>()?;
        module.add_class::<Speech>()?;
        module.add_class::<SpeechStream>()?;
        module.add_class::<Summary>()?;
        module.add_class::<TextSession>()?;
        module.add_class::<Turn>()?;
        module.add_function(wrap_pyfunction!(config_tag, module)?)?;
        module.add_class::<LoopWaker>()?;
        module.add_function(wrap_pyfunction!(_restore_issue, module)?)?;
        module.add_function(wrap_pyfunction!(_restore_speech, module)?)?;
        module.add_function(wrap_pyfunction!(_restore_summary, module)?)?;
        Ok(())
    }
}
