//! Respeecher's marketplace: projects, folders, recordings, and their conversions into other voices by order.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{delete, get, post, put};

use crate::state::State;

mod account;
mod calibration;
mod control;
mod errors;
mod exports;
mod fields;
mod folders;
mod front;
mod notes;
mod orders;
mod originals;
mod paging;
mod projects;
mod recording;
mod recordings;
mod session;
mod stats;
mod studio;
mod voices;

pub(crate) use account::Accounts;
pub(crate) use control::change;
pub use control::{Respeecher, Seeded};
pub(crate) use errors::detail;

/// Where one signs in.
const LOGIN: &str = "/api/login";

/// By how many semitones a voice can be shifted, up or down.
const MAX_SEMITONES: f64 = 24.0;
/// The most conversions of one order.
const MAX_CONVERSIONS: usize = 100;

/// Every path of this service, behind the check of who asks.
pub(crate) fn router(state: Arc<State>) -> Router<Arc<State>> {
    Router::new()
        .route(LOGIN, post(session::log_in))
        .route("/api/logout", post(session::log_out))
        .route("/api/api-key", post(session::make_key).delete(session::delete_key))
        .route("/api/credits", get(session::credits))
        .route("/api/calibration", post(calibration::create).get(calibration::list))
        .route("/api/calibration/auto", post(calibration::automatic))
        .route(
            "/api/calibration/{calibration_id}",
            get(calibration::read).delete(calibration::delete),
        )
        .route("/api/calibration/{calibration_id}/enable", put(calibration::enable))
        .route("/api/projects", get(projects::list).post(projects::create))
        .route("/api/projects/by-url", get(projects::by_url))
        .route(
            "/api/projects/{project_id}",
            delete(projects::delete).patch(projects::rename),
        )
        .route("/api/projects/{project_id}/export", get(exports::of_project))
        .route("/api/folders", get(folders::list).post(folders::create))
        .route(
            "/api/folders/{folder_id}",
            get(folders::read).patch(folders::rename).delete(folders::delete),
        )
        .route("/api/recordings", get(recordings::list).post(originals::upload))
        .route("/api/recordings/originals", get(recordings::originals))
        .route("/api/recordings/conversions", get(recordings::conversions))
        .route("/api/recordings/export", get(exports::of_original))
        .route("/api/recordings/tts", post(originals::tts_deprecated))
        .route(
            "/api/recordings/{recording_id}",
            get(recordings::read)
                .patch(recordings::update)
                .put(recordings::replace)
                .delete(recordings::delete),
        )
        .route("/api/v2/recordings/tts", post(originals::tts))
        .route("/api/tts-voices", get(voices::tts_voices))
        .route(
            "/api/notes",
            post(notes::create).put(notes::update).delete(notes::delete),
        )
        .route("/api/stats", get(stats::of_account))
        .route("/api/stats/projects", get(stats::of_projects))
        .route(
            "/api/stats/folders",
            get(stats::of_folders_by_query).post(stats::of_folders_by_body),
        )
        .route("/api/v2/orders", post(orders::create))
        .route("/api/v2/orders/retry/{recording_id}", post(orders::retry))
        .route("/api/v2/voices", get(voices::list))
        .route("/api/v2/voices/search", get(voices::search))
        .route("/api/v2/voices/favorite/{voice_id}", post(voices::set_favorite))
        .route("/api/v2/voices/settings", post(voices::set_settings))
        .route("/api/v2/accents/samples", get(voices::samples))
        .route_layer(from_fn_with_state(state, front::front))
}
