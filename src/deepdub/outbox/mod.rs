//! The outbox: reports in a directory, from where they are sent now, later, or by the next process.
//!
//! ```text
//! lock               held while something is added or moved
//! waiting/ID.report  to be sent
//! rejected/ID.report refused by the service
//! notes/ID.json      how often a report has failed, and why
//! delivered/ID.json  what stays of one that was delivered
//! tmp/               what is being written
//! ```
//!
//! [`format`] has what is in the files, [`directory`] how they change.

mod directory;
mod format;
mod send;
mod stored;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

pub use self::stored::{ReportState, SendSummary, StoredError, StoredReport};

use self::directory::{Directory, Place};
use self::format::{Delivered, Report};
use super::issues::{NewIssue, clip};
use crate::error::{Error, ErrorKind, Result};
use crate::sync::Mutex;

/// How much an outbox takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutboxOptions {
    /// Bytes that the reports which wait and those which were rejected may have together, clips included: 1 or more.
    /// 256 MiB.
    pub max_bytes: u64,
    /// How many such reports there may be: 1 or more. 1000.
    pub max_reports: usize,
    /// How many delivered reports are remembered, with the service's id and without the clip: the latest. 1000; 0 is none.
    pub max_delivered: usize,
}

impl Default for OutboxOptions {
    fn default() -> Self {
        OutboxOptions {
            max_bytes: 256 * 1024 * 1024,
            max_reports: 1000,
            max_delivered: 1000,
        }
    }
}

/// Reports that wait in a directory until the service has them: across lost networks, restarts and crashes.
///
/// [`add`](Self::add) returns when the report and its clip are on the disk; [`send`](Self::send) and
/// [`deliver`](Self::deliver) send what waits, with a client that is given to them: nothing of a key is ever in the
/// directory. A report is delivered **at least once**. It is delivered twice when the service's answer is lost (the network
/// breaks, the process is killed before the answer is recorded), because the service has no way to tell that two reports
/// are one.
///
/// Any number of threads and processes may use one directory at the same time; each report is sent by one of them at a
/// time. Clones are one outbox. It needs no closing: nothing happens between the calls. The directory is for this user
/// alone (0700, files 0600), on a file system that has locks; network file systems often have none that can be relied on.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    directory: Directory,
    options: OutboxOptions,
    /// Delivered, and the disk has not taken the record yet: not to be sent again.
    unrecorded: Mutex<BTreeMap<String, Delivered>>,
}

impl Outbox {
    /// Opens the outbox in `directory`, which is made where it is not there, and clears away what crashed processes left
    /// half done.
    ///
    /// # Errors
    /// `InvalidArgument` for an empty path or limits of 0; `File` when the directory cannot be made or written to.
    pub fn open(directory: impl AsRef<Path>, options: OutboxOptions) -> Result<Outbox> {
        if options.max_bytes == 0 {
            return Err(Error::invalid("max_bytes", 0, "1 byte or more"));
        }
        if options.max_reports == 0 {
            return Err(Error::invalid("max_reports", 0, "1 or more"));
        }
        Ok(Outbox(Arc::new(Inner {
            directory: Directory::open(directory.as_ref())?,
            options,
            unrecorded: Mutex::default(),
        })))
    }

    /// The directory, as an absolute path.
    pub fn path(&self) -> &Path {
        self.directory().root()
    }

    /// Takes a report, and returns the outbox's id for it (a UUID) when the report is safe: the file and its name are
    /// synced to the disk. A clip that is a file is read now. Nothing is sent.
    ///
    /// # Errors
    /// `InvalidArgument` for what [`create_issue`](super::Client::create_issue) would refuse; `OutboxFull` when a limit
    /// would be exceeded, which [`Error::field`] names; `File` when the clip cannot be read or the report not be written,
    /// as on a full disk. Nothing of the report stays then.
    pub fn add(&self, issue: &NewIssue) -> Result<String> {
        issue.check()?;
        let clip = issue.problem_audio.as_ref().map(clip).transpose()?;
        let clip = clip.as_deref().unwrap_or_default();
        // Their order as texts is that of time.
        let id = Uuid::now_v7().to_string();
        let head = Report::new(id.clone(), issue).head(clip)?;
        let size = (head.len() + clip.len()) as u64;
        // Before a large clip is written for nothing.
        self.check_room(size)?;
        let directory = self.directory();
        let mut part = directory.part()?;
        part.write(&[&head, clip])?;
        let path = directory.path(Place::Waiting, &id);
        {
            let _lock = directory.lock()?;
            self.check_room(size)?;
            part.place(&path)?;
        }
        if let Err(error) = directory.sync(Place::Waiting) {
            // The caller is told that there is no such report.
            let _ = directory.remove(Place::Waiting, &id);
            return Err(error);
        }
        log::debug!("outbox: took report {id}, {size} bytes");
        Ok(id)
    }

    fn check_room(&self, size: u64) -> Result<()> {
        let (mut reports, mut bytes) = (0, 0_u64);
        for place in [Place::Waiting, Place::Rejected] {
            for entry in self.directory().entries(place)?.into_iter().filter(|entry| entry.own) {
                reports += 1;
                bytes = bytes.saturating_add(entry.size);
            }
        }
        let OutboxOptions {
            max_bytes, max_reports, ..
        } = self.0.options;
        let full = |field: &str, message: String| Err(Error::new(ErrorKind::OutboxFull, message).with_field(field));
        if reports >= max_reports {
            let message = format!("{reports} reports are in the outbox, and max_reports is {max_reports}");
            return full("max_reports", message);
        }
        if bytes.saturating_add(size) > max_bytes {
            let message =
                format!("the reports in the outbox have {bytes} bytes, this one {size}, and max_bytes is {max_bytes}");
            return full("max_bytes", message);
        }
        Ok(())
    }

    /// Everything that is in the outbox, oldest first: what waits, what was rejected, what is remembered of the delivered,
    /// and files that cannot be understood.
    ///
    /// # Errors
    /// `File` when the directory cannot be read.
    pub fn list(&self) -> Result<Vec<StoredReport>> {
        let directory = self.directory();
        let _lock = directory.lock_shared()?;
        let mut reports = BTreeMap::new();
        let mut tell = |report: StoredReport| reports.insert(report.id.clone(), report);
        for place in [Place::Waiting, Place::Rejected] {
            for entry in directory.entries(place)? {
                directory.undelivered(place, entry).map(&mut tell);
            }
        }
        // After those that wait: a report that is in both places has been delivered.
        for entry in directory.entries(Place::Delivered)? {
            directory.delivered(entry).map(&mut tell);
        }
        for record in self.0.unrecorded.lock().values() {
            tell(StoredReport::delivered(record.clone(), 0));
        }
        Ok(reports.into_values().collect())
    }

    /// Has a rejected report wait again. Nothing is sent. One that waits already stays as it is.
    ///
    /// # Errors
    /// `NotFound` when there is none of that id; `InvalidArgument` when it was delivered; `File` when it cannot be moved.
    pub fn retry(&self, id: &str) -> Result<()> {
        check_id(id)?;
        let directory = self.directory();
        if directory.change_place(id, Place::Rejected, Place::Waiting)? {
            return Ok(());
        }
        if self.is_delivered(id) {
            return Err(Error::invalid(
                "id",
                "that of a delivered report",
                "the id of one that was rejected",
            ));
        }
        match directory.path(Place::Waiting, id).exists() {
            true => Ok(()),
            false => Err(not_there(id)),
        }
    }

    /// Removes a report, its clip and what is known of it, whatever its state; the service keeps what it has. One that is
    /// being sent at this moment may arrive all the same.
    ///
    /// # Errors
    /// `NotFound` when there is none of that id; `File` when it cannot be removed.
    pub fn drop_report(&self, id: &str) -> Result<()> {
        check_id(id)?;
        let directory = self.directory();
        let _lock = directory.lock()?;
        let mut found = self.0.unrecorded.lock().remove(id).is_some();
        // The record last: as long as it is there, a report that waits is not sent.
        for place in [Place::Waiting, Place::Rejected, Place::Delivered] {
            found |= directory.remove(place, id)? || directory.remove_foreign(place, id)?;
        }
        directory.remove(Place::Notes, id)?;
        if found { Ok(()) } else { Err(not_there(id)) }
    }

    fn is_delivered(&self, id: &str) -> bool {
        self.0.unrecorded.lock().contains_key(id) || matches!(self.directory().record(id), Some(Ok(_)))
    }

    fn directory(&self) -> &Directory {
        &self.0.directory
    }
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("path", &self.path())
            .field("options", &self.0.options)
            .finish()
    }
}

/// An id becomes the name of a file, and must not lead out of the directory.
fn check_id(id: &str) -> Result<()> {
    if id.is_empty() || id == "." || id == ".." || id.contains(['/', '\\', '\0', ':']) {
        return Err(Error::invalid(
            "id",
            format_args!("{id:?}"),
            "the id of a report in the outbox",
        ));
    }
    Ok(())
}

fn not_there(id: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("the outbox has no report {id}")).with_field("id")
}
