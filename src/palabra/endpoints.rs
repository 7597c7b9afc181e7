//! Every call of the service, as a table.

use crate::error::{Error, Result};
use crate::net::Method;

/// One call: a row of [`ENDPOINTS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Endpoint {
    /// What it is called here: the name of the method of [`Client`](super::Client), too.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path, with its parameters in braces. What is sent besides is a query for GET, else the object `data`.
    pub path: &'static str,
    /// The parameters that must be given, besides those of the path.
    pub required: &'static [&'static str],
    /// The others that the service is known to take.
    pub optional: &'static [&'static str],
    /// Whether it answers with a page of a list: `{"items", "next"}`.
    pub pages: bool,
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
                "the name of a call, such as list_voices",
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
    Endpoint {
        name,
        method,
        path,
        required,
        optional,
        pages: false,
        repeatable: method.as_bytes()[0] != b'P',
    }
}

const fn pages(endpoint: Endpoint) -> Endpoint {
    Endpoint {
        pages: true,
        ..endpoint
    }
}

/// Every call about voices.
#[rustfmt::skip]
pub const ENDPOINTS: &[Endpoint] = &[
    pages(row("list_voices", "GET", "/saas/voice", &[], &["search", "lang", "token", "page_size"])),
    pages(row("list_builtin_voices", "GET", "/saas/voice/builtin", &[], &["token", "page_size"])),
    row("get_voice", "GET", "/saas/voice/m/{voice_id}", &[], &[]),
    // Changing a voice twice is as good as once.
    Endpoint { repeatable: true, ..row("update_voice", "POST", "/saas/voice/m/{voice_id}", &[], &["name", "description", "labels"]) },
    row("delete_voice", "DELETE", "/saas/voice/m/{voice_id}", &[], &[]),
    row("get_limits", "GET", "/saas/voice/limits", &[], &[]),
    pages(row("list_samples", "GET", "/saas/voice/sample/tts", &[], &["sort", "page_size", "token"])),
    row("create_clone", "POST", "/saas/voice/clone", &["name", "samples"], &["description", "labels"]),
    row("regenerate_sample", "POST", "/saas/voice/m/{voice_id}/tts-sample", &["lang_code"], &[]),
];
