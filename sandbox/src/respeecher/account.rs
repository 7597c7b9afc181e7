//! What the service knows of its customers.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::time::Instant;

use time::OffsetDateTime;
use uuid::Uuid;

use super::calibration::Calibration;
use super::errors::Refusal;
use super::folders::Folder;
use super::projects::Project;
use super::recording::Recording;
use super::voices::Setting;
use crate::clock;

/// How the one user signs in who has a password.
pub(crate) const EMAIL: &str = "sandbox@example.com";
pub(crate) const PASSWORD: &str = "a password for the sandbox";
/// The key of the same user.
pub(crate) const KEY: &str = "rs-sandbox-0123456789";

/// What keys begin with.
pub(super) const KEY_PREFIX: &str = "rs-";

/// The customers of one sandbox.
#[derive(Default)]
pub(crate) struct Accounts(pub(super) Mutex<Service>);

/// Everything that the service remembers.
#[derive(Default)]
pub(super) struct Service {
    accounts: Vec<Account>,
    /// Which account a key belongs to: those given out before, and those that were made.
    keys: HashMap<String, Key>,
    pub(super) sessions: HashMap<String, Session>,
    /// How many conversions have been ordered, and which of them shall fail, and why.
    pub(super) ordered: u64,
    pub(super) failing: HashMap<u64, String>,
    pub(super) failing_calibrations: Vec<String>,
    pub(super) refuses_folder_stats_post: bool,
    /// The credits that the next accounts begin with.
    pub(super) credits: Option<u64>,
}

struct Key {
    account: usize,
    /// Made by its user, who can delete it.
    made: bool,
    expires_at: Option<OffsetDateTime>,
    deleted: bool,
}

/// One login.
pub(super) struct Session {
    pub(super) account: usize,
    pub(super) csrf_token: String,
    pub(super) ends: Instant,
}

/// One customer.
pub(super) struct Account {
    pub(super) user_id: Uuid,
    pub(super) created_at: OffsetDateTime,
    pub(super) credits: u64,
    pub(super) initial_credits: u64,
    pub(super) projects: Table<Project>,
    pub(super) folders: Table<Folder>,
    pub(super) recordings: Table<Recording>,
    pub(super) calibrations: Table<Calibration>,
    /// The calibration to use where an order names none; none means "auto".
    pub(super) calibration: Option<Uuid>,
    pub(super) favorites: HashSet<Uuid>,
    /// By the id of an accent or a narration style.
    pub(super) settings: HashMap<Uuid, Setting>,
}

impl Service {
    /// The account of a key that the service accepts, made when it is first seen.
    pub(super) fn of_key(&mut self, key: &str, usual: &str, credits: u64) -> usize {
        // The usual key and the password are the same user's.
        let key = if key == usual { KEY } else { key };
        if let Some(known) = self.keys.get(key) {
            return known.account;
        }
        let credits = self.credits.unwrap_or(credits);
        self.accounts.push(Account {
            user_id: Uuid::new_v4(),
            created_at: clock::now(),
            credits,
            initial_credits: credits,
            projects: Table::default(),
            folders: Table::default(),
            recordings: Table::default(),
            calibrations: Table::default(),
            calibration: None,
            favorites: HashSet::new(),
            settings: HashMap::new(),
        });
        let account = self.accounts.len() - 1;
        let known = Key {
            account,
            made: false,
            expires_at: None,
            deleted: false,
        };
        self.keys.insert(key.to_owned(), known);
        account
    }

    /// The account of a key that a user has made, or why it is no good any more.
    pub(super) fn of_made_key(&self, key: &str) -> Option<Result<usize, &'static str>> {
        let known = self.keys.get(key).filter(|key| key.made)?;
        let expired = known.expires_at.is_some_and(|end| end <= OffsetDateTime::now_utc());
        Some(match known.deleted {
            true => Err("Invalid API key"),
            false if expired => Err("The API key has expired"),
            false => Ok(known.account),
        })
    }

    /// Makes a key, which replaces the one made before.
    pub(super) fn make_key(&mut self, account: usize, expires_at: Option<OffsetDateTime>) -> String {
        self.delete_key(account);
        let key = format!("{KEY_PREFIX}{}", Uuid::new_v4().simple());
        let known = Key {
            account,
            made: true,
            expires_at,
            deleted: false,
        };
        self.keys.insert(key.clone(), known);
        key
    }

    /// Deletes the key that was made; false if there is none.
    pub(super) fn delete_key(&mut self, account: usize) -> bool {
        let made = self.keys.values_mut();
        let mut made = made.filter(|key| key.account == account && key.made && !key.deleted);
        made.next().map(|key| key.deleted = true).is_some()
    }

    pub(super) fn account(&mut self, account: usize) -> &mut Account {
        &mut self.accounts[account]
    }

    pub(super) fn accounts(&mut self) -> impl Iterator<Item = &mut Account> {
        self.accounts.iter_mut()
    }
}

impl Account {
    pub(super) fn project(&mut self, id: Uuid) -> Result<&mut Project, Refusal> {
        self.projects.get(id).ok_or_else(|| Refusal::not_found("Project"))
    }

    pub(super) fn folder(&mut self, id: Uuid) -> Result<&mut Folder, Refusal> {
        self.folders.get(id).ok_or_else(|| Refusal::not_found("Folder"))
    }

    pub(super) fn recording(&mut self, id: Uuid) -> Result<&mut Recording, Refusal> {
        self.recordings.get(id).ok_or_else(|| Refusal::not_found("Recording"))
    }

    pub(super) fn found_calibration(&mut self, id: Uuid) -> Result<&mut Calibration, Refusal> {
        self.calibrations
            .get(id)
            .ok_or_else(|| Refusal::not_found("Calibration"))
    }
}

/// Something with an id.
pub(super) trait Row {
    fn id(&self) -> Uuid;
}

/// Rows in the order of their creation, found by id. What is removed leaves a hole.
pub(super) struct Table<T> {
    rows: Vec<Option<T>>,
    places: HashMap<Uuid, usize>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table {
            rows: Vec::new(),
            places: HashMap::new(),
        }
    }
}

impl<T: Row> Table<T> {
    pub(super) fn insert(&mut self, row: T) -> &mut T {
        self.places.insert(row.id(), self.rows.len());
        let place = self.rows.len();
        self.rows.push(None);
        self.rows[place].insert(row)
    }

    pub(super) fn get(&mut self, id: Uuid) -> Option<&mut T> {
        self.rows[*self.places.get(&id)?].as_mut()
    }

    pub(super) fn remove(&mut self, id: Uuid) -> Option<T> {
        let place = self.places.remove(&id)?;
        self.rows[place].take()
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.iter().flatten()
    }
}
