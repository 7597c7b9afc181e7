//! A service's calls as rows of a table that C can walk.

use std::ffi::{CStr, c_char};
use std::ptr;

use super::status::c_string;

/// One call of a service. Static.
#[repr(C)]
pub struct vw_endpoint {
    /// The size of this struct in the library that filled it.
    pub struct_size: usize,
    /// What it is called here, such as "create_project".
    pub name: *const c_char,
    /// The HTTP method, such as "POST".
    pub method: *const c_char,
    /// The path, with its parameters in braces, such as "/api/projects/{project_id}". They must be given.
    pub path: *const c_char,
    /// The other parameters that must be given, with commas between them; "" for none.
    pub required: *const c_char,
    /// Those that may be given, with commas between them; "" for none. What is not named here is sent along, too.
    pub optional: *const c_char,
    /// 1 when it uploads a file: for vw_respeecher_upload. Else 0.
    pub uploads: i32,
    /// 1 when it answers with a file: for vw_respeecher_download. Else 0.
    pub downloads: i32,
    /// 1 when it answers with a list, page by page: for vw_respeecher_list_open or vw_palabra_list_open. Else 0.
    pub pages: i32,
    /// 1 when the vendor advises against it. Else 0.
    pub deprecated: i32,
    /// 1 when doing it twice is as good as once: only then it is tried again after a failure that leaves open whether it was
    /// done. Else 0.
    pub repeatable: i32,
}

/// A table made once.
pub(super) struct Table(pub Vec<vw_endpoint>);

// SAFETY: the pointers lead to texts that nobody changes or frees.
unsafe impl Send for Table {}
// SAFETY: as above.
unsafe impl Sync for Table {}

impl Table {
    /// Row `index`, or NULL beyond the end.
    pub fn row(&'static self, index: usize) -> *const vw_endpoint {
        self.0.get(index).map_or(ptr::null(), ptr::from_ref)
    }
}

/// A text that is never freed, for a table that is made once.
pub(super) fn forever(text: &str) -> *const c_char {
    let text: &'static CStr = Box::leak(c_string(text).into_boxed_c_str());
    text.as_ptr()
}

/// How the header describes a call, on one line.
#[cfg(test)]
pub(super) fn documented(
    [name, method, path]: [&str; 3],
    required: &[&str],
    optional: &[&str],
    notes: &[(bool, &str)],
) -> String {
    let mut parts: Vec<String> = required.iter().map(|name| (*name).to_owned()).collect();
    parts.extend(optional.iter().map(|name| format!("[{name}]")));
    let mut entry = format!("- {name}: {method} {path}");
    if !parts.is_empty() {
        entry.push_str(&format!(" ({})", parts.join(", ")));
    }
    for (_, note) in notes.iter().filter(|(holds, _)| *holds) {
        entry.push_str(&format!("; {note}"));
    }
    entry.push('.');
    entry
}
