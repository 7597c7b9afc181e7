//! Every call of the service, as a table.

use crate::error::{Error, Result};
use crate::net::Method;

/// What a call sends besides its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sends {
    /// A query.
    Query,
    /// A JSON object.
    Json,
    /// A form with an audio file in it, under `data`.
    Form,
}

/// What a call answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answers {
    /// JSON.
    Json,
    /// A page of a list: `{"list", "pagination"}`.
    Page,
    /// A file.
    File,
}

/// One call: a row of [`ENDPOINTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// What it is called here: the name of the method of [`Client`](super::Client), too.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with its parameters in braces.
    pub path: &'static str,
    /// What it sends besides.
    pub sends: Sends,
    /// What it answers with.
    pub answers: Answers,
    /// The parameters that must be given, besides those of the path.
    pub required: &'static [&'static str],
    /// The others that the service is known to take.
    pub optional: &'static [&'static str],
    /// Whether the vendor advises against it.
    pub deprecated: bool,
    /// Whether doing it twice is as good as once: only then it is tried again after a failure that leaves open whether it
    /// was done.
    pub repeatable: bool,
}

impl Endpoint {
    /// The row of this name.
    ///
    /// # Errors
    /// `InvalidArgument` when there is none.
    pub fn named(name: &str) -> Result<&'static Endpoint> {
        ENDPOINTS.iter().find(|endpoint| endpoint.name == name).ok_or_else(|| {
            Error::invalid(
                "name",
                format_args!("{name:?}"),
                "the name of a call, such as list_projects",
            )
        })
    }

    /// The parameters of the path, in its order.
    pub fn path_parameters(&self) -> impl Iterator<Item = &'static str> {
        self.path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }

    pub(super) fn http_method(&self) -> Method {
        match self.method {
            "GET" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "PATCH" => Method::Patch,
            _ => Method::Delete,
        }
    }
}

const fn row(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
) -> Endpoint {
    let kind = method.as_bytes();
    let is_get = kind[0] == b'G';
    Endpoint {
        name,
        method,
        path,
        sends: if is_get { Sends::Query } else { Sends::Json },
        answers: Answers::Json,
        required,
        optional,
        deprecated: false,
        // POST is the one whose second letter is an O.
        repeatable: kind[1] != b'O',
    }
}

const fn page(endpoint: Endpoint) -> Endpoint {
    Endpoint {
        answers: Answers::Page,
        ..endpoint
    }
}

const fn file(endpoint: Endpoint) -> Endpoint {
    Endpoint {
        answers: Answers::File,
        ..endpoint
    }
}

const fn form(endpoint: Endpoint) -> Endpoint {
    Endpoint {
        sends: Sends::Form,
        ..endpoint
    }
}

/// A POST that sets something, or only asks.
const fn repeatable(endpoint: Endpoint) -> Endpoint {
    Endpoint {
        repeatable: true,
        ..endpoint
    }
}

const fn deprecated(endpoint: Endpoint) -> Endpoint {
    Endpoint {
        deprecated: true,
        ..endpoint
    }
}

/// Every call of the vendor's reference, in its order.
///
/// `folder_stats` is sent as POST, with GET in its place where the service answers that with 405: the vendor's page and
/// other descriptions differ.
#[rustfmt::skip]
pub const ENDPOINTS: &[Endpoint] = &[
    row("create_api_key", "POST", "/api/api-key", &[], &["expires_at"]),
    row("delete_api_key", "DELETE", "/api/api-key", &[], &[]),
    repeatable(row("login", "POST", "/api/login", &["email", "password"], &[])),
    repeatable(row("logout", "POST", "/api/logout", &[], &[])),
    form(row("create_calibration", "POST", "/api/calibration", &["name"], &[])),
    row("enable_calibration", "PUT", "/api/calibration/{calibration_id}/enable", &[], &[]),
    repeatable(row("enable_auto_calibration", "POST", "/api/calibration/auto", &[], &[])),
    row("get_calibration", "GET", "/api/calibration/{calibration_id}", &[], &[]),
    row("list_calibrations", "GET", "/api/calibration", &[], &[]),
    row("delete_calibration", "DELETE", "/api/calibration/{calibration_id}", &[], &[]),
    row("get_credits", "GET", "/api/credits", &[], &[]),
    page(row("list_projects", "GET", "/api/projects", &[], &["limit", "offset", "sort", "direction", "owner"])),
    row("create_project", "POST", "/api/projects", &["name"], &["owner", "models"]),
    row("rename_project", "PATCH", "/api/projects/{project_id}", &["name"], &[]),
    row("delete_project", "DELETE", "/api/projects/{project_id}", &[], &[]),
    row("get_project_by_url", "GET", "/api/projects/by-url", &["project_url"], &[]),
    file(row("export_project", "GET", "/api/projects/{project_id}/export", &[], &["starred_only"])),
    page(row("list_folders", "GET", "/api/folders", &["project_id"], &["limit", "offset", "direction"])),
    row("create_folder", "POST", "/api/folders", &["name", "project_id"], &["parent_id"]),
    row("rename_folder", "PATCH", "/api/folders/{folder_id}", &["name"], &[]),
    row("delete_folder", "DELETE", "/api/folders/{folder_id}", &[], &[]),
    row("get_folder", "GET", "/api/folders/{folder_id}", &[], &[]),
    page(row("list_recordings", "GET", "/api/recordings", &[], &["project_id", "folder_id", "limit", "offset", "direction"])),
    page(row("list_originals", "GET", "/api/recordings/originals", &["folder_id"], &["limit", "offset", "direction"])),
    page(row("list_conversions", "GET", "/api/recordings/conversions", &["original_id"], &["limit", "offset", "direction"])),
    form(row("create_recording", "POST", "/api/recordings", &["parent_folder_id"], &["microphone", "label"])),
    deprecated(row("create_tts_recording_v1", "POST", "/api/recordings/tts", &["project_id", "parent_folder_id", "voice_id", "text"], &["label"])),
    row("update_recording", "PATCH", "/api/recordings/{recording_id}", &[], &["label", "starred"]),
    row("replace_recording", "PUT", "/api/recordings/{recording_id}", &["label", "starred"], &[]),
    row("delete_recording", "DELETE", "/api/recordings/{recording_id}", &[], &[]),
    file(row("export_conversions", "GET", "/api/recordings/export", &["original_id"], &["starred_only"])),
    row("get_recording", "GET", "/api/recordings/{recording_id}", &[], &[]),
    row("create_tts_recording", "POST", "/api/v2/recordings/tts", &["parent_folder_id", "text"], &["text_language", "label", "tts_voice_id"]),
    row("list_tts_voices", "GET", "/api/tts-voices", &[], &[]),
    row("create_note", "POST", "/api/notes", &["recording_id", "text"], &[]),
    row("update_note", "PUT", "/api/notes", &["recording_id", "text"], &[]),
    row("delete_note", "DELETE", "/api/notes", &["recording_id"], &[]),
    row("get_stats", "GET", "/api/stats", &[], &[]),
    row("project_stats", "GET", "/api/stats/projects", &["project_ids"], &[]),
    repeatable(row("folder_stats", "POST", "/api/stats/folders", &["folder_ids"], &[])),
    row("create_order", "POST", "/api/v2/orders", &["original_id", "conversions"], &["calibration_id", "use_calibration"]),
    row("retry_order", "POST", "/api/v2/orders/retry/{recording_id}", &[], &[]),
    page(row("list_voices", "GET", "/api/v2/voices", &[], &[
        "limit", "offset", "sort", "direction", "visibility", "species", "gender", "age_group", "pitch_group", "nationality",
    ])),
    row("search_voices", "GET", "/api/v2/voices/search", &["name"], &["limit"]),
    repeatable(row("favorite_voice", "POST", "/api/v2/voices/favorite/{voice_id}", &["favorite"], &[])),
    repeatable(row("set_voice_settings", "POST", "/api/v2/voices/settings", &["voice_id"], &["narration_style_id", "accent_id", "semitones_correction"])),
    row("list_accent_samples", "GET", "/api/v2/accents/samples", &["accent_id"], &[]),
];
