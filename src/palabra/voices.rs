//! Every call by its name, with its parameters and its answer as types. All go through [`Client::call`].

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::answers::{Deleted, Limits, TtsSample, Voice};
use super::client::Client;
use super::lang::LangCode;
use super::list::List;
use crate::error::{Error, ErrorKind, Result};
use crate::net::deadline_after;
use crate::open_enum::open_enum;

open_enum! {
    /// How far a voice has come.
    ProcessingStatus {
        /// It waits for its recording:
        Created "created",
        /// It waits for its turn, or is being made:
        Pending "pending",
        /// It is being made:
        Processing "processing",
        /// It can be used:
        Ready "ready",
        /// It could not be made:
        Failed "failed",
    }
}

/// Which samples, and in what order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SampleQuery {
    /// By what they are sorted, as the service has it.
    pub sort: Option<String>,
    /// How many on a page.
    pub page_size: Option<u64>,
}

/// How something that passes is waited for: the waits grow from the first to the longest by half each time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Waiting {
    /// The first wait. 1 s.
    pub first: Duration,
    /// The longest wait. 10 s.
    pub longest: Duration,
    /// How long to wait in all. `None` is without end. 10 min.
    pub limit: Option<Duration>,
}

impl Default for Waiting {
    fn default() -> Waiting {
        Waiting {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(10),
            limit: Some(Duration::from_secs(600)),
        }
    }
}

/// The waits between two questions.
pub(super) struct Waits {
    next: Duration,
    longest: Duration,
    deadline: Option<Instant>,
}

impl Waits {
    pub fn new(waiting: &Waiting) -> Result<Waits> {
        for (field, wait) in [("waiting_first", waiting.first), ("waiting_longest", waiting.longest)] {
            if wait.is_zero() {
                return Err(Error::invalid(field, 0, "a wait of more than 0"));
            }
        }
        Ok(Waits {
            next: waiting.first,
            longest: waiting.longest,
            deadline: deadline_after(waiting.limit),
        })
    }

    /// Waits, at least as long as the service asks for; false when that would be past the limit.
    pub fn wait(&mut self, client: &Client, asked: Option<Duration>) -> Result<bool> {
        let usual = self.next.min(self.longest);
        let wait = usual.max(asked.unwrap_or_default());
        self.next = usual.saturating_add(usual / 2);
        let now = Instant::now();
        let Some(moment) = now.checked_add(wait) else {
            return Ok(false);
        };
        if self.deadline.is_some_and(|deadline| moment > deadline) {
            return Ok(false);
        }
        client.pause_until(moment)?;
        Ok(true)
    }
}

impl Client {
    /// Replaces all samples of a voice by a fresh one in this language; answers with it.
    ///
    /// # Errors
    /// As [`call`](Self::call); `Locked` while another regeneration of the same voice is running.
    pub fn regenerate_sample(&self, voice_id: &str, language: &LangCode) -> Result<TtsSample> {
        self.ask(
            "regenerate_sample",
            json!({ "voice_id": voice_id, "lang_code": language }),
        )
    }

    /// [`regenerate_sample`](Self::regenerate_sample) that waits for a regeneration that is running.
    ///
    /// # Errors
    /// As `regenerate_sample`; `Locked` when the limit is reached.
    pub fn regenerate_sample_waiting(
        &self,
        voice_id: &str,
        language: &LangCode,
        waiting: &Waiting,
    ) -> Result<TtsSample> {
        let mut waits = Waits::new(waiting)?;
        loop {
            match self.regenerate_sample(voice_id, language) {
                Err(error) if error.kind() == ErrorKind::Locked => {
                    if !waits.wait(self, error.retry_after())? {
                        return Err(error);
                    }
                }
                other => return other,
            }
        }
    }

    /// The account's voices.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn list_voices(&self) -> Result<List<Voice>> {
        self.list_of("list_voices", Value::Null)
    }

    /// The voices that everybody has.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn list_builtin_voices(&self) -> Result<List<Voice>> {
        self.list_of("list_builtin_voices", Value::Null)
    }

    /// One voice.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn get_voice(&self, voice_id: &str) -> Result<Voice> {
        self.ask("get_voice", json!({ "voice_id": voice_id }))
    }

    /// Changes the given fields of a voice, such as `name`, by the service's own names; answers with the whole.
    ///
    /// # Errors
    /// As [`call`](Self::call); `InvalidArgument` when `changes` is no JSON object.
    pub fn update_voice(&self, voice_id: &str, changes: Value) -> Result<Voice> {
        let Value::Object(mut parameters) = changes else {
            return Err(Error::invalid(
                "changes",
                "no JSON object",
                "an object of fields by their names",
            ));
        };
        parameters.insert("voice_id".to_owned(), voice_id.into());
        self.ask("update_voice", Value::Object(parameters))
    }

    /// Deletes a voice; answers with what the service says about it, which may be nothing.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn delete_voice(&self, voice_id: &str) -> Result<Option<Deleted>> {
        self.ask("delete_voice", json!({ "voice_id": voice_id }))
    }

    /// How many voices the account may have.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn get_limits(&self) -> Result<Limits> {
        self.ask("get_limits", Value::Null)
    }

    /// The samples of all voices.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn list_samples(&self, query: &SampleQuery) -> Result<List<TtsSample>> {
        self.list_of(
            "list_samples",
            json!({ "sort": query.sort, "page_size": query.page_size }),
        )
    }
}
