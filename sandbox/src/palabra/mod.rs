//! Palabra: cloned voices, and samples of what they sound like.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::state::State;

mod account;
mod control;
mod errors;
mod fields;
mod front;
mod samples;
mod storage;
mod voices;

pub(crate) use account::Accounts;
pub use control::Palabra;
pub(crate) use control::change;
pub(crate) use errors::of_status;

/// Where the paths begin.
pub(crate) const PREFIX: &str = "/saas";

/// The codes of the vendor's page.
#[rustfmt::skip] // a line each would be long
const LANGUAGES: [&str; 78] = [
    "ar", "ar-ae", "ar-sa", "az", "be", "bg", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "en-au", "en-ca",
    "en-gb", "en-us", "es", "es-mx", "es-co", "es-ar", "es-ch", "es-la", "et", "fi", "fil", "fr", "fr-ca", "gl", "he",
    "hi", "hr", "hu", "id", "is", "it", "ja", "kk", "ko", "lt", "lv", "mk", "ms", "nl", "no", "pl", "pt", "pt-br",
    "ro", "ru", "sk", "sl", "sr", "sv", "sw", "ta", "th", "tr", "uk", "ur", "vi", "zh", "zh-hans", "zh-hant", "auto",
    "ba", "bn", "eo", "eu", "fa", "ga", "ia", "mn", "mr", "mt", "ug", "yue",
];

/// Every path of this service, behind the check of who asks, and the storage that its uploads go to.
pub(crate) fn router(state: Arc<State>) -> Router<Arc<State>> {
    Router::new()
        .route("/saas/voice", get(voices::list))
        .route("/saas/voice/builtin", get(voices::builtin))
        .route("/saas/voice/limits", get(voices::limits))
        .route("/saas/voice/clone", post(voices::clone))
        .route("/saas/voice/sample/tts", get(samples::list))
        .route(
            "/saas/voice/m/{voice_id}",
            get(voices::read).post(voices::update).delete(voices::delete),
        )
        .route("/saas/voice/m/{voice_id}/tts-sample", post(samples::regenerate))
        .route_layer(from_fn_with_state(Arc::clone(&state), front::front))
        .merge(storage::router(state))
}
