//! Deepdub: streaming text-to-speech over a WebSocket and over REST, issue reports, voices.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use crate::state::State;

mod chunks;
mod delivery;
mod errors;
mod front;
mod gender;
mod generate;
mod issues;
mod live;
mod messages;
mod open;
mod request;
mod retroactive;
mod socket;
mod spoken;
mod tts;
mod usage;
mod voices;

pub(crate) use issues::Issues;
pub(crate) use spoken::Spoken;
pub(crate) use usage::Usage;
pub(crate) use voices::Voices;

/// The path of the WebSocket endpoint that takes one text per request.
pub(crate) const OPEN: &str = "/open";
/// The path of the WebSocket endpoint that takes a text while it is being written.
pub(crate) const LIVE: &str = "/ws";
/// Where the REST paths begin.
pub(crate) const REST: &str = "/api/v1";

/// The vendor's public trial key, which is what [`Sandbox::api_key`](crate::Sandbox::api_key) gives when
/// [`Options::keys`](crate::Options::keys) is empty.
pub(crate) const TRIAL_KEY: &str = "dd-00000000000000000000000065c9cbfe";

const TTS: &str = "/api/v1/tts";
const RETROACTIVE: &str = "/api/v1/tts/retroactive";
const ISSUES: &str = "/api/v1/issues";
const VOICE: &str = "/api/v1/voice";

/// Every path of this service, behind the check of the API key.
pub(crate) fn router(state: Arc<State>) -> Router<Arc<State>> {
    let speech = Router::new()
        .route(OPEN, get(socket::handshake))
        .route(LIVE, get(socket::handshake))
        .route(TTS, post(tts::tts))
        .route(RETROACTIVE, post(retroactive::retroactive))
        .route_layer(from_fn_with_state(Arc::clone(&state), front::front));
    let rest = Router::new()
        .route(ISSUES, post(issues::create))
        .route(
            "/api/v1/issues/{id}",
            get(issues::read).put(issues::update).delete(issues::archive),
        )
        .route(VOICE, get(voices::list).post(voices::create).put(voices::update))
        .route("/api/v1/voice/{id}", get(voices::read).delete(voices::delete))
        .route("/api/v1/gender-detection/classify", post(gender::classify))
        .route(
            "/api/v1/gender-detection/classify/upload",
            post(gender::classify_upload),
        )
        .route("/api/v1/usage/concurrent", get(usage::daily))
        .route("/api/v1/usage/concurrent/by-model", get(usage::by_model))
        .route("/api/v1/concurrent_connections/batch", get(usage::capacities))
        .route(
            "/api/v1/concurrent_connections/{model_id}",
            get(usage::read).put(usage::resize),
        )
        .route_layer(from_fn_with_state(state, front::plain));
    speech.merge(rest)
}
