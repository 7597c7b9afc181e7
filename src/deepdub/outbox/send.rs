//! Sending what waits.

use std::ops::ControlFlow;
use std::time::Duration;

use super::Outbox;
use super::directory::{Held, Hold, Place};
use super::format::{Delivered, Report, Stored, read_clip, read_report, to_json};
use super::stored::{ReportState, SendSummary, StoredReport};
use crate::deepdub::client::Client;
use crate::deepdub::clip::Clip;
use crate::deepdub::issues::NewIssue;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Backoff, CallOptions, Control, RetryPolicy, deadline_after, is_past, pause};
use crate::thread::callback;

/// So many reports in a row that the service was reached with and did not take are not about the reports any more.
const FAILURES_IN_A_ROW: u32 = 3;

/// The shortest wait of [`Outbox::deliver`], whatever the client's settings say.
const SHORTEST_WAIT: Duration = Duration::from_millis(50);

/// What became of one report in one sending.
enum Outcome {
    /// It was sent: what there is to tell of it, and what went wrong.
    Sent(Box<StoredReport>, Option<Error>),
    /// Another thread or process has it, or had it.
    Passed,
    /// It cannot be sent, and is no reason to wait.
    Unreadable,
}

impl Outbox {
    /// Sends all reports that wait, oldest first, and returns. [`SendSummary`] tells what came of it; a report that cannot
    /// be delivered now is no error of this call.
    ///
    /// A report that the service refuses (HTTP 400, 404, 422 …) is kept aside with the reason. Where the failure is not
    /// the report's, it waits on: without a network, with a key or an account that the service does not accept, or when
    /// there are too many requests (HTTP 429, after the tries of the client's [`RetryPolicy`]), no further one is tried.
    /// When the service was reached and failed, or the connection broke, the next one is tried, until three in a row have
    /// failed.
    ///
    /// # Errors
    /// `File` when the directory cannot be read or changed; `Cancelled` when the client was closed.
    pub fn send(&self, client: &Client) -> Result<SendSummary> {
        self.send_with(client, &CallOptions::new(), |_| ControlFlow::Continue(()))
    }

    /// [`send`](Self::send) that can be ended from outside and says how it goes: `on_report` is called on this thread with
    /// each report that was tried, as it is after that. Breaking from it ends the call.
    ///
    /// # Errors
    /// As `send`; `Cancelled` when `options` or `on_report` ended it. What had been done is done.
    pub fn send_with(
        &self,
        client: &Client,
        options: &CallOptions,
        mut on_report: impl FnMut(&StoredReport) -> ControlFlow<()>,
    ) -> Result<SendSummary> {
        self.pass(client, options, &mut on_report)
    }

    /// Sends reports until none waits any more, or for as long as `limit` says (`None` is no limit): after failures that
    /// may pass, such as a lost network, it waits and tries again. For a thread of the host's; there is none of the
    /// library's.
    ///
    /// The waits are those of the client's [`RetryPolicy`], without end and at least 50 ms, or what the service asks for. It returns early when
    /// the next try would come too late, and when waiting does not help, because the service does not accept the key or
    /// the account: [`SendSummary::error`] says so. A call that is under way when the time is over is ended.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn deliver(&self, client: &Client, limit: Option<Duration>) -> Result<SendSummary> {
        self.deliver_with(client, limit, &CallOptions::new(), |_| ControlFlow::Continue(()))
    }

    /// [`deliver`](Self::deliver) that can be ended from outside and says how it goes, as
    /// [`send_with`](Self::send_with) does.
    ///
    /// # Errors
    /// As `send_with`.
    pub fn deliver_with(
        &self,
        client: &Client,
        limit: Option<Duration>,
        options: &CallOptions,
        mut on_report: impl FnMut(&StoredReport) -> ControlFlow<()>,
    ) -> Result<SendSummary> {
        let deadline = deadline_after(limit);
        let control = Control::new(client.closing(), options);
        let options = CallOptions {
            deadline,
            ..options.clone()
        };
        let policy = RetryPolicy {
            retries: 1,
            ..client.settings().retry
        };
        let mut backoff = Backoff::endless(policy);
        let mut total = SendSummary::default();
        loop {
            let pass = self.pass(client, &options, &mut on_report)?;
            total.delivered += pass.delivered;
            total.rejected += pass.rejected;
            total.waiting = pass.waiting;
            let wish = pass.error.as_ref().and_then(Error::retry_after).unwrap_or_default();
            let helps = pass.error.as_ref().is_none_or(waiting_helps);
            // A sending that the deadline cut short may have met none.
            let earlier = total.error.take().filter(|_| pass.waiting > 0);
            total.error = pass.error.or(earlier);
            if total.waiting == 0 || !helps {
                return Ok(total);
            }
            if pass.delivered + pass.rejected > 0 {
                backoff = Backoff::endless(policy);
            }
            let Some(moment) = backoff.next(Some(wish.max(SHORTEST_WAIT)), deadline) else {
                return Ok(total);
            };
            pause(&control, moment)?;
        }
    }

    /// Sends each report that waits once.
    fn pass(
        &self,
        client: &Client,
        options: &CallOptions,
        on_report: &mut dyn FnMut(&StoredReport) -> ControlFlow<()>,
    ) -> Result<SendSummary> {
        let control = Control::new(client.closing(), options);
        let mut summary = SendSummary::default();
        let mut unreadable = 0;
        let mut failures = 0;
        summary.error = self.record_rest().err();
        for entry in self.directory().entries(Place::Waiting)? {
            // Calls that are quick enough never ask.
            if control.is_cancelled() || control.interrupt.as_ref().is_some_and(|check| check()) {
                return Err(Error::cancelled());
            }
            if is_past(options.deadline) {
                let words = "the time was over before every report had been tried";
                let error = Error::new(ErrorKind::Timeout, words).with_field("timeout");
                summary.error = summary.error.or(Some(error));
                break;
            }
            let outcome = match entry.own {
                true => self.send_one(client, options, &entry.id)?,
                false => Outcome::Unreadable,
            };
            let (report, error) = match outcome {
                Outcome::Sent(report, error) => (report, error),
                Outcome::Passed => continue,
                Outcome::Unreadable => {
                    unreadable += 1;
                    continue;
                }
            };
            match report.state {
                ReportState::Delivered => summary.delivered += 1,
                ReportState::Rejected => summary.rejected += 1,
                _ => {}
            }
            let stopped = callback(|| on_report(&report)).is_break();
            if report.state == ReportState::Waiting {
                failures += 1;
            } else {
                failures = 0;
            }
            let enough = error.as_ref().is_some_and(|error| {
                report.state == ReportState::Waiting && (failures >= FAILURES_IN_A_ROW || !was_reached(error))
                    || report.state == ReportState::Delivered
            });
            if report.state != ReportState::Rejected && error.is_some() {
                summary.error = error;
            }
            if stopped {
                return Err(Error::cancelled());
            }
            if enough {
                break;
            }
        }
        let left = self.directory().entries(Place::Waiting)?;
        let unrecorded = self.0.unrecorded.lock();
        let left = left.iter().filter(|entry| !unrecorded.contains_key(&entry.id)).count();
        summary.waiting = left.saturating_sub(unreadable);
        Ok(summary)
    }

    fn send_one(&self, client: &Client, options: &CallOptions, id: &str) -> Result<Outcome> {
        let directory = self.directory();
        if self.0.unrecorded.lock().contains_key(id) {
            return Ok(Outcome::Passed);
        }
        let mut held = match directory.hold(id)? {
            Hold::Held(held) => held,
            Hold::Busy | Hold::Gone => return Ok(Outcome::Passed),
            Hold::Unreadable(why) => {
                log::warn!("outbox: report {id} cannot be opened: {why}");
                return Ok(Outcome::Unreadable);
            }
        };
        // By a process that was stopped before it could remove it.
        if matches!(directory.record(id), Some(Ok(_))) {
            directory.remove(Place::Waiting, id)?;
            return Ok(Outcome::Passed);
        }
        let stored = match read_report(&mut held.0, id) {
            Ok(stored) => stored,
            Err(why) => {
                log::warn!("outbox: report {id} cannot be read: {why}");
                return Ok(Outcome::Unreadable);
            }
        };
        let clip = match read_clip(&mut held.0, &stored) {
            Ok(Some(clip)) => clip,
            Ok(None) => {
                let error = Error::new(ErrorKind::File, "the clip is damaged: its checksum is wrong");
                return self.reject(&held, &stored, error);
            }
            Err(error) => {
                log::warn!("outbox: the clip of report {id} cannot be read: {error}");
                return Ok(Outcome::Unreadable);
            }
        };
        let issue = new_issue(&stored.report, clip);
        match client.create_issue_with(&issue, options) {
            // Some services say more than they should.
            Ok(filed) => self.delivered(&held, &stored, client.settings().key.redact(&filed.id)),
            Err(error) if error.kind() == ErrorKind::Cancelled => Err(error),
            Err(error) if is_of_the_report(&error) => self.reject(&held, &stored, error),
            Err(error) => {
                log::debug!("outbox: report {id} waits on: {error}");
                let note = directory.note(id).failed(&error);
                // It only says how often.
                if let Err(failure) = directory.write(Place::Notes, id, &to_json(&note)?) {
                    log::warn!("outbox: {failure}");
                }
                let report = StoredReport::undelivered(&stored, size(&held), ReportState::Waiting, note);
                Ok(Outcome::Sent(Box::new(report), Some(error)))
            }
        }
    }

    /// The service has it: first the record, then the report goes, so that a crash between the two loses nothing and sends
    /// nothing again.
    fn delivered(&self, held: &Held, stored: &Stored, issue_id: String) -> Result<Outcome> {
        let (directory, id) = (self.directory(), &stored.report.id);
        let record = Delivered::new(stored, issue_id, &directory.note(id));
        log::debug!("outbox: report {id} was delivered as {}", record.issue_id);
        // From here on it is not sent again by this process, whatever the disk says.
        self.0.unrecorded.lock().insert(id.clone(), record.clone());
        let mut failure = self.record(&record).err();
        let size = size(held);
        if failure.is_some() && directory.remove(Place::Waiting, id).is_ok() {
            // A full disk has room then; an open file would keep its room.
            let _ = held.0.set_len(0);
            failure = self.record(&record).err();
        }
        let report = StoredReport::delivered(record, size);
        Ok(Outcome::Sent(Box::new(report), failure))
    }

    /// Writes a record and removes its report.
    fn record(&self, record: &Delivered) -> Result<()> {
        let (directory, id) = (self.directory(), &record.id);
        directory.write(Place::Delivered, id, &to_json(record)?)?;
        self.0.unrecorded.lock().remove(id);
        // What stays for want of permission has its record, and is not sent again.
        for place in [Place::Waiting, Place::Notes] {
            if let Err(error) = directory.remove(place, id) {
                log::warn!("outbox: {error}");
            }
        }
        self.forget_oldest()
    }

    /// What could not be recorded in an earlier sending.
    fn record_rest(&self) -> Result<()> {
        let rest: Vec<Delivered> = self.0.unrecorded.lock().values().cloned().collect();
        rest.iter().try_for_each(|record| self.record(record))
    }

    /// Keeps the number of records down.
    fn forget_oldest(&self) -> Result<()> {
        let directory = self.directory();
        let mut entries = directory.entries(Place::Delivered)?;
        let surplus = entries.len().saturating_sub(self.0.options.max_delivered);
        entries.retain(|entry| entry.own);
        entries.sort_by_key(|entry| entry.modified);
        for entry in entries.iter().take(surplus) {
            // It is all that keeps a report from being sent that could not be removed.
            if !directory.path(Place::Waiting, &entry.id).exists() {
                directory.remove(Place::Delivered, &entry.id)?;
            }
        }
        Ok(())
    }

    /// Keeps a report aside, with the reason.
    fn reject(&self, held: &Held, stored: &Stored, error: Error) -> Result<Outcome> {
        let (directory, id) = (self.directory(), &stored.report.id);
        log::warn!("outbox: report {id} was rejected: {error}");
        let note = directory.note(id).failed(&error);
        // The reason first: a report that was rejected has one.
        if let Err(failure) = directory.write(Place::Notes, id, &to_json(&note)?) {
            log::warn!("outbox: {failure}");
        }
        if !directory.change_place(id, Place::Waiting, Place::Rejected)? {
            // Dropped meanwhile.
            directory.remove(Place::Notes, id)?;
        }
        let report = StoredReport::undelivered(stored, size(held), ReportState::Rejected, note);
        Ok(Outcome::Sent(Box::new(report), Some(error)))
    }
}

fn size(held: &Held) -> u64 {
    held.0.metadata().map_or(0, |metadata| metadata.len())
}

fn new_issue(report: &Report, clip: Vec<u8>) -> NewIssue {
    NewIssue {
        generation_id: report.generation_id.clone(),
        generated_text: report.generated_text.clone(),
        problem_word: report.problem_word.clone(),
        voice_prompt_id: report.voice_prompt_id.clone(),
        additional_comments: report.additional_comments.clone(),
        problem_audio: (!clip.is_empty()).then_some(Clip::Bytes(clip)),
        problem_seconds: report.problem_seconds,
    }
}

/// Whether the same report would be refused the next time, too.
fn is_of_the_report(error: &Error) -> bool {
    match error.kind() {
        // "Request timeout" and "too early" are refusals that pass.
        ErrorKind::RejectedInput => !matches!(error.http_status(), Some(408 | 425)),
        ErrorKind::NotFound | ErrorKind::InvalidArgument => true,
        _ => false,
    }
}

/// Whether the service may have had the report in hand, so that the failure may be the report's own.
fn was_reached(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Network | ErrorKind::Closed => !error.is_unsent(),
        ErrorKind::Timeout => error.field() != Some("connect_timeout"),
        ErrorKind::Server | ErrorKind::Protocol | ErrorKind::RejectedInput => true,
        _ => false,
    }
}

/// Whether it may go better later without anybody doing something about it.
fn waiting_helps(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::Unauthorized | ErrorKind::QuotaExceeded | ErrorKind::InsufficientCredits | ErrorKind::File
    )
}
