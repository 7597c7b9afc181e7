//! Lists that come page by page, as they are asked for.

use std::collections::VecDeque;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::client::Client;
use super::endpoints::Endpoint;
use super::parameters::typed;
use crate::error::{Error, ErrorKind, Result};
use crate::whole_number::count;

/// Where a page is in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Pagination {
    /// How many there are in all.
    #[serde(default, deserialize_with = "count")]
    pub count: u64,
    /// How many a page has at most.
    #[serde(default, deserialize_with = "count")]
    pub limit: u64,
    /// How many come before it.
    #[serde(default, deserialize_with = "count")]
    pub offset: u64,
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it.
    pub list: Vec<T>,
    /// Where it is.
    #[serde(default, deserialize_with = "default_for_null")]
    pub pagination: Pagination,
    /// Whatever else the service said.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

fn default_for_null<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Pagination, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// A list, fetched as it is asked for: it holds one page at a time. After an error it is at its end; what had come stays
/// good, and [`offset`](Self::offset) says where to go on.
pub struct List<T> {
    client: Client,
    endpoint: &'static Endpoint,
    parameters: Map<String, Value>,
    waiting: VecDeque<T>,
    /// How many have been handed out, and how many were to be left out.
    offset: u64,
    /// The first on the page before, to notice a service that gives the same page again and again.
    first: Option<Value>,
    is_at_end: bool,
}

impl<T: DeserializeOwned> List<T> {
    pub(super) fn new(client: Client, endpoint: &'static Endpoint, parameters: Map<String, Value>) -> Result<List<T>> {
        let number = |name: &str, least: u64| match parameters.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match value.as_u64().filter(|value| *value >= least) {
                Some(value) => Ok(Some(value)),
                None => Err(Error::invalid(name, value, &format!("a whole number, {least} or more"))),
            },
        };
        number("limit", 1)?;
        let offset = number("offset", 0)?.unwrap_or(0);
        Ok(List {
            client,
            endpoint,
            parameters,
            waiting: VecDeque::new(),
            offset,
            first: None,
            is_at_end: false,
        })
    }

    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// Whatever the call fails with.
    pub fn next_page(&mut self) -> Result<Option<Page<T>>> {
        if self.is_at_end {
            return Ok(None);
        }
        let page = self.fetch();
        // Not for ever: the same call would fail in the same way.
        self.is_at_end |= page.is_err();
        let page = page?;
        // A program may begin anywhere.
        self.offset = self.offset.saturating_add(page.list.len() as u64);
        Ok((!page.list.is_empty()).then_some(page))
    }

    fn fetch(&mut self) -> Result<Page<T>> {
        let mut parameters = self.parameters.clone();
        if self.offset > 0 {
            parameters.insert("offset".to_owned(), self.offset.into());
        }
        let answer = self.client.exchange(self.endpoint, parameters)?;
        let first = answer.pointer("/list/0").cloned();
        if first.is_some() && first == self.first {
            return Err(Error::new(
                ErrorKind::Protocol,
                format!("{} gives the same page again", self.endpoint.name),
            ));
        }
        self.first = first;
        let page: Page<T> = typed(self.endpoint.name, answer)?;
        let length = page.list.len() as u64;
        let asked = self.parameters.get("limit").and_then(Value::as_u64);
        let Pagination { count, limit, .. } = page.pagination;
        // The service may give fewer than were asked for.
        let full = if limit > 0 { limit } else { asked.unwrap_or(length) };
        let so_far = self.offset.saturating_add(length);
        // A count that is the first page's length is either the whole, or not what it says: one more call tells.
        let is_counted = count == so_far && self.offset > 0;
        // A page that is not full is the last, unless it is counted that there are more: who asked for more than the
        // service gives at once would else lose them without a word.
        let is_short = length < full && count <= so_far;
        self.is_at_end = length == 0 || is_short || is_counted;
        Ok(page)
    }

    /// How many come before the next one.
    pub fn offset(&self) -> u64 {
        self.offset.saturating_sub(self.waiting.len() as u64)
    }
}

impl<T: DeserializeOwned> Iterator for List<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        if self.waiting.is_empty() {
            match self.next_page() {
                Ok(page) => self.waiting.extend(page.into_iter().flat_map(|page| page.list)),
                Err(error) => return Some(Err(error)),
            }
        }
        self.waiting.pop_front().map(Ok)
    }
}

impl<T> std::fmt::Debug for List<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("List")
            .field("name", &self.endpoint.name)
            .field("offset", &self.offset)
            .finish_non_exhaustive()
    }
}
