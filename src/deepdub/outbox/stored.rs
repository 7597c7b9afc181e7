//! What an outbox tells of its reports.

use std::time::SystemTime;

use super::directory::{Directory, Entry, Place, open_plain};
use super::format::{Delivered, Note, Stored, Trouble, moment, read_report};
use crate::error::{Error, ErrorKind, KINDS};

/// What is said of a file that somebody else has put there.
const FOREIGN: &str = "it is none of the outbox's";

/// What has become of a report that was handed to an outbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReportState {
    /// It is to be sent.
    Waiting,
    /// The service refused it, or its clip has been damaged. It is kept until it is retried or dropped.
    Rejected,
    /// The service has it.
    Delivered,
    /// The file cannot be understood: it was damaged, is of a newer version, or is none of the outbox's. It is left alone
    /// until it is dropped.
    Unreadable,
}

impl ReportState {
    /// The state in snake_case, such as `waiting`.
    pub fn name(self) -> &'static str {
        match self {
            ReportState::Waiting => "waiting",
            ReportState::Rejected => "rejected",
            ReportState::Delivered => "delivered",
            ReportState::Unreadable => "unreadable",
        }
    }
}

/// What went wrong with a report, as it was stored.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StoredError {
    /// `None` for a kind that this version does not know.
    pub kind: Option<ErrorKind>,
    /// What happened, in words; the service's own words where it gave any.
    pub message: String,
    /// The HTTP status that the service answered with.
    pub http_status: Option<u16>,
    /// When that was. `None` for what is found out by looking, such as a damaged file.
    pub at: Option<SystemTime>,
}

impl From<Trouble> for StoredError {
    fn from(trouble: Trouble) -> StoredError {
        let row = KINDS.iter().find(|row| row.name == trouble.kind);
        StoredError {
            kind: row.map(|row| row.kind),
            message: trouble.message,
            http_status: trouble.http_status,
            at: Some(moment(trouble.at)),
        }
    }
}

/// A report in an outbox.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StoredReport {
    /// The outbox's id for it, a UUID; of a file that is none of the outbox's, its name (without `.report`).
    pub id: String,
    /// What has become of it.
    pub state: ReportState,
    /// When it was handed to the outbox. `None` when it is unreadable.
    pub created: Option<SystemTime>,
    /// When the service took it.
    pub delivered: Option<SystemTime>,
    /// How often it was sent, as far as answers or failures are known.
    pub attempts: u32,
    /// Why it has not been delivered; `None` before the first try, and when it has been.
    pub last_error: Option<StoredError>,
    /// The service's id for it, once it is delivered.
    pub issue_id: Option<String>,
    /// The generation it is about. Empty, as the next two, when it is unreadable.
    pub generation_id: String,
    /// The word that came out wrong.
    pub problem_word: String,
    /// The voice that spoke.
    pub voice_prompt_id: String,
    /// Bytes of audio that belong to it; 0 when there is none.
    pub clip_bytes: u64,
    /// Bytes of its file.
    pub size: u64,
}

impl StoredReport {
    pub(super) fn undelivered(stored: &Stored, size: u64, state: ReportState, note: Note) -> StoredReport {
        let Stored { report, clip_bytes, .. } = stored;
        StoredReport {
            id: report.id.clone(),
            state,
            created: Some(moment(report.created)),
            delivered: None,
            attempts: note.attempts,
            last_error: note.last_error.map(StoredError::from),
            issue_id: None,
            generation_id: report.generation_id.clone(),
            problem_word: report.problem_word.clone(),
            voice_prompt_id: report.voice_prompt_id.clone(),
            clip_bytes: *clip_bytes,
            size,
        }
    }

    pub(super) fn delivered(record: Delivered, size: u64) -> StoredReport {
        StoredReport {
            id: record.id,
            state: ReportState::Delivered,
            created: Some(moment(record.created)),
            delivered: Some(moment(record.delivered)),
            attempts: record.attempts,
            last_error: None,
            issue_id: Some(record.issue_id),
            generation_id: record.generation_id,
            problem_word: record.problem_word,
            voice_prompt_id: record.voice_prompt_id,
            clip_bytes: record.clip_bytes,
            size,
        }
    }

    pub(super) fn unreadable(entry: Entry, why: &str) -> StoredReport {
        StoredReport {
            id: entry.id,
            state: ReportState::Unreadable,
            created: None,
            delivered: None,
            attempts: 0,
            last_error: Some(StoredError {
                kind: Some(ErrorKind::File),
                message: format!("{} cannot be read: {why}", entry.path.display()),
                http_status: None,
                at: None,
            }),
            issue_id: None,
            generation_id: String::new(),
            problem_word: String::new(),
            voice_prompt_id: String::new(),
            clip_bytes: 0,
            size: entry.size,
        }
    }
}

impl Directory {
    /// What stands in a place for waiting or refused reports; `None` when it has just gone.
    pub(super) fn undelivered(&self, place: Place, entry: Entry) -> Option<StoredReport> {
        let state = match place {
            Place::Rejected => ReportState::Rejected,
            _ => ReportState::Waiting,
        };
        if !entry.own {
            return Some(StoredReport::unreadable(entry, FOREIGN));
        }
        let read = match open_plain(&entry.path) {
            Ok(mut file) => read_report(&mut file, &entry.id),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
            Err(error) => Err(error.to_string()),
        };
        Some(match read {
            Ok(stored) => StoredReport::undelivered(&stored, entry.size, state, self.note(&entry.id)),
            Err(why) => StoredReport::unreadable(entry, &why),
        })
    }

    /// What stays of a delivered report; `None` when it has just gone.
    pub(super) fn delivered(&self, entry: Entry) -> Option<StoredReport> {
        let record = match entry.own {
            true => self.record(&entry.id)?,
            false => Err(FOREIGN.to_owned()),
        };
        Some(match record {
            Ok(record) => StoredReport::delivered(record, entry.size),
            Err(why) => StoredReport::unreadable(entry, &why),
        })
    }
}

/// What a sending came to.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SendSummary {
    /// Reports that the service took.
    pub delivered: usize,
    /// Reports that it refused, which are kept aside.
    pub rejected: usize,
    /// Reports that are to be sent still, those included that another thread or process is sending just now.
    pub waiting: usize,
    /// The last failure that left a report waiting; `None` when there was none.
    pub error: Option<Error>,
}
