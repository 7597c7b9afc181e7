//! Lists that come page by page, as they are asked for.

use std::collections::VecDeque;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::client::{Client, typed};
use super::endpoints::Endpoint;
use crate::error::{Error, ErrorKind, Result};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// The token of the next page; `None` on the last.
    #[serde(default)]
    pub next: Option<String>,
    /// Whatever else the service said.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

/// A list, fetched as it is asked for: it holds one page at a time. After an error it is at its end; what had come stays
/// good.
pub struct List<T> {
    client: Client,
    endpoint: &'static Endpoint,
    parameters: Map<String, Value>,
    waiting: VecDeque<T>,
    is_at_end: bool,
}

impl<T: DeserializeOwned> List<T> {
    pub(super) fn new(client: Client, endpoint: &'static Endpoint, parameters: Map<String, Value>) -> List<T> {
        List {
            client,
            endpoint,
            parameters,
            waiting: VecDeque::new(),
            is_at_end: false,
        }
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
        page.map(Some)
    }

    fn fetch(&mut self) -> Result<Page<T>> {
        let answer = self.client.exchange(self.endpoint, self.parameters.clone())?;
        let page: Page<T> = typed(self.endpoint.name, answer)?;
        match page.next.as_deref().filter(|next| !next.is_empty()).map(token_in) {
            Some(token) if self.parameters.get("token").and_then(Value::as_str) == Some(&token) => {
                return Err(Error::new(
                    ErrorKind::Protocol,
                    format!("{} gives the same page again", self.endpoint.name),
                ));
            }
            Some(token) => drop(self.parameters.insert("token".to_owned(), token.into())),
            None => self.is_at_end = true,
        }
        Ok(page)
    }
}

/// The token, also where the service gives the next page's address.
fn token_in(next: &str) -> String {
    let query = next.split_once('?').map(|(_, query)| query);
    let token = query.and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("token=")));
    match token {
        Some(token) => percent_encoding::percent_decode_str(token)
            .decode_utf8_lossy()
            .into_owned(),
        None => next.to_owned(),
    }
}

impl<T: DeserializeOwned> Iterator for List<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Result<T>> {
        // A page may be empty without being the last.
        while self.waiting.is_empty() {
            match self.next_page() {
                Ok(Some(page)) => self.waiting.extend(page.items),
                Ok(None) => return None,
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
            .finish_non_exhaustive()
    }
}
