//! What the service knows of its customers.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::errors::Refusal;
use super::samples::Sample;
use crate::clock::timestamp;
use crate::processing::Work;

/// The usual key, and the client that is the same user's.
pub(crate) const KEY: &str = "pl-sandbox-0123456789";
pub(crate) const CLIENT_ID: &str = "sandbox-client";
pub(crate) const CLIENT_SECRET: &str = "sandbox-client-secret";
/// What keys begin with.
pub(super) const KEY_PREFIX: &str = "pl-";
/// How many voices an account may have.
const VOICE_LIMIT: usize = 50;

/// The customers of one sandbox.
#[derive(Default)]
pub(crate) struct Accounts(pub(super) Mutex<Service>);

/// Everything that the service remembers.
pub(super) struct Service {
    accounts: Vec<Account>,
    keys: HashMap<String, usize>,
    pub(super) voice_limit: usize,
    /// The reasons of the next clones to fail.
    pub(super) failing: Vec<String>,
    /// The voices that a sample is being made for.
    pub(super) regenerating: HashSet<Uuid>,
    /// How many more attempts find a voice locked.
    pub(super) locked: HashMap<Uuid, u32>,
}

impl Default for Service {
    fn default() -> Service {
        Service {
            accounts: Vec::new(),
            keys: HashMap::new(),
            voice_limit: VOICE_LIMIT,
            failing: Vec::new(),
            regenerating: HashSet::new(),
            locked: HashMap::new(),
        }
    }
}

/// One customer.
pub(super) struct Account {
    pub(super) user_id: Uuid,
    /// In the order of their creation.
    pub(super) voices: Vec<Voice>,
}

pub(super) struct Voice {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) labels: Value,
    pub(super) upload: Upload,
    /// Begins with the upload.
    pub(super) cloning: Option<Work>,
    /// Why it fails, when it is over.
    pub(super) errors: Vec<String>,
    pub(super) warnings: Vec<String>,
    /// What it sounds like; seen when it is ready.
    pub(super) samples: Vec<Sample>,
    pub(super) created_at: OffsetDateTime,
}

/// The sound that a voice is cloned from, as it was announced.
pub(super) struct Upload {
    pub(super) id: Uuid,
    pub(super) file_name: String,
    pub(super) mime_type: &'static str,
    pub(super) lang_code: &'static str,
    pub(super) denoise: bool,
    pub(super) speech_normalization: bool,
}

/// How far a voice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Created,
    Pending,
    Ready,
    Failed,
}

impl Service {
    /// The account of a key that the service accepts, made when it is first seen.
    pub(super) fn of_key(&mut self, key: &str, usual: &str) -> usize {
        let key = if key == usual { KEY } else { key };
        if let Some(account) = self.keys.get(key) {
            return *account;
        }
        self.accounts.push(Account {
            user_id: Uuid::new_v4(),
            voices: Vec::new(),
        });
        self.keys.insert(key.to_owned(), self.accounts.len() - 1);
        self.accounts.len() - 1
    }

    pub(super) fn account(&mut self, account: usize) -> &mut Account {
        &mut self.accounts[account]
    }

    /// The voice that waits for the upload with this id, whoever's it is: the upload is signed.
    pub(super) fn waiting_for(&mut self, upload: Uuid) -> Option<&mut Voice> {
        let mut voices = self.accounts.iter_mut().flat_map(|account| &mut account.voices);
        voices.find(|voice| voice.upload.id == upload)
    }
}

impl Account {
    pub(super) fn voice(&mut self, id: Uuid) -> Result<&mut Voice, Refusal> {
        self.voices
            .iter_mut()
            .find(|voice| voice.id == id)
            .ok_or(Refusal::NotFound("There is no such voice"))
    }

    pub(super) fn count(&self, status: Status) -> usize {
        self.voices.iter().filter(|voice| voice.status() == status).count()
    }
}

impl Voice {
    pub(super) fn status(&self) -> Status {
        match &self.cloning {
            None => Status::Created,
            Some(work) if !work.is_over() => Status::Pending,
            Some(_) if self.errors.is_empty() => Status::Ready,
            Some(_) => Status::Failed,
        }
    }

    pub(super) fn view(&self) -> Value {
        let status = match self.status() {
            Status::Created => "created",
            Status::Pending => "pending",
            Status::Ready => "ready",
            Status::Failed => "failed",
        };
        let over = matches!(self.status(), Status::Ready | Status::Failed);
        let result = over.then(|| json!({"errors": self.errors, "warnings": self.warnings}));
        json!({
            "voice_id": self.id,
            "name": self.name,
            "description": self.description,
            "labels": self.labels,
            "processing_status": status,
            "processing_result": result,
            "samples": [{
                "sample_id": self.upload.id,
                "filename": self.upload.file_name,
                "mime_type": self.upload.mime_type,
                "lang_code": self.upload.lang_code,
                "denoise": self.upload.denoise,
                "speech_normalization": self.upload.speech_normalization,
            }],
            "utc_created_at": timestamp(self.created_at),
        })
    }
}
