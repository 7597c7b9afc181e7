//! Reports for outboxes, and directories for them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use voicewire::deepdub::{Client, Clip, NewIssue, Outbox, OutboxOptions, ReportState, StoredReport};
use voicewire::{Error, RetryPolicy};
use voicewire_sandbox::{Options, Sandbox};

pub use super::scratch::Scratch;
use super::{config, options};

impl Scratch {
    pub fn outbox(&self) -> Outbox {
        self.outbox_with(OutboxOptions::default())
    }

    pub fn outbox_with(&self, options: OutboxOptions) -> Outbox {
        Outbox::open(self.place(), options).expect("it opens")
    }

    /// Where the outbox is.
    pub fn place(&self) -> PathBuf {
        self.join("outbox")
    }

    /// The file of a report that waits, or was rejected.
    pub fn file(&self, place: &str, id: &str) -> PathBuf {
        self.place().join(place).join(format!("{id}.report"))
    }

    /// All files below the outbox, by their paths within it.
    pub fn files(&self) -> Vec<String> {
        fn walk(root: &Path, path: &Path, files: &mut Vec<String>) {
            for entry in std::fs::read_dir(path).expect("a directory").flatten() {
                match entry.path().is_dir() {
                    true => walk(root, &entry.path(), files),
                    false => files.push(entry.path().strip_prefix(root).expect("below").display().to_string()),
                }
            }
        }
        let mut files = Vec::new();
        walk(&self.place(), &self.place(), &mut files);
        files.sort();
        files
    }
}

/// A report that is told from others by its word.
pub fn report(word: &str) -> NewIssue {
    NewIssue {
        generation_id: "4da9902b-9141-4fb7-9efb-d616ce266ed9".to_owned(),
        generated_text: format!("Say {word} — Grüße 😀"),
        problem_word: word.to_owned(),
        voice_prompt_id: "vp_1".to_owned(),
        ..NewIssue::default()
    }
}

pub fn with_clip(word: &str, clip: &[u8]) -> NewIssue {
    NewIssue {
        problem_audio: Some(Clip::Bytes(clip.to_vec())),
        ..report(word)
    }
}

/// The words of the reports that a sandbox has taken, in their order.
pub fn taken(sandbox: &Sandbox) -> Vec<String> {
    let requests = sandbox.requests();
    let posts = requests.iter().filter(|request| {
        request.method == "POST" && request.path == "/api/v1/issues" && (200..300).contains(&request.status)
    });
    posts
        .map(|request| {
            request.body.as_ref().expect("a body")["problemWord"]
                .as_str()
                .expect("a word")
                .to_owned()
        })
        .collect()
}

pub fn listed(outbox: &Outbox, state: ReportState) -> Vec<StoredReport> {
    let reports = outbox.list().expect("it can be read");
    reports.into_iter().filter(|report| report.state == state).collect()
}

pub fn words(reports: &[StoredReport]) -> Vec<&str> {
    reports.iter().map(|report| report.problem_word.as_str()).collect()
}

/// A sandbox on a port that another one has had.
pub fn sandbox_on(port: u16) -> Sandbox {
    Sandbox::start(Options { port, ..options() }).expect("the port is free")
}

/// A client that tries nothing again by itself, and waits between an outbox's tries so briefly that nobody notices.
pub fn quick_client(sandbox: &Sandbox) -> Client {
    let policy = RetryPolicy {
        retries: 0,
        first_delay: Duration::from_millis(1),
        max_delay: Duration::from_millis(2),
    };
    Client::new(&config(sandbox).retry(policy)).expect("good")
}

/// The field that an error names.
pub fn field(error: &Error) -> &str {
    error.field().unwrap_or_default()
}
