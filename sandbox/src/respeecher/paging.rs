//! Lists, a page at a time.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use super::fields::Page;
use crate::answer;

/// One page of `rows`, with how many there are in all.
pub(super) fn answer<'a, T: 'a>(
    rows: impl DoubleEndedIterator<Item = &'a T>,
    descending: bool,
    page: Page,
    mut view: impl FnMut(&T) -> Value,
) -> Response {
    let mut rows: Vec<&T> = rows.collect();
    if descending {
        rows.reverse();
    }
    let list: Vec<Value> = rows
        .iter()
        .skip(page.offset)
        .take(page.limit)
        .map(|row| view(row))
        .collect();
    let pagination = json!({"count": rows.len(), "limit": page.limit, "offset": page.offset});
    answer::json(StatusCode::OK, &json!({"list": list, "pagination": pagination}))
}
