//! What the whole flow is asked for, and what comes of it.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use super::answers::Recording;
use super::client::Audio;
use super::requests::{Conversion, check_shift};
use crate::error::{Error, ErrorKind, Result};

/// What is converted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Source {
    /// A text, which the service speaks first. Its conversions need a narration style.
    Text {
        /// What is spoken.
        text: String,
        /// Its language (ISO 639). Else it is found out.
        language: Option<String>,
    },
    /// Audio, which is uploaded first.
    Audio(Audio),
    /// An original that is there: what a job was that did not come to its end. Conversions that were ordered for it are
    /// not ordered again, unless they failed.
    Recording(String),
}

impl Source {
    /// A text whose language the service finds out.
    pub fn text(text: impl Into<String>) -> Source {
        Source::Text {
            text: text.into(),
            language: None,
        }
    }

    /// An audio file.
    pub fn file(path: impl Into<PathBuf>) -> Source {
        Source::Audio(Audio::File(path.into()))
    }
}

impl Default for Source {
    fn default() -> Source {
        Source::text("")
    }
}

/// Where the original goes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// A folder that is there. [`Outcome::folder_id`] of one job is good for the next.
    Folder(String),
    /// A new folder of this name in a project that is there.
    Project {
        /// The project.
        project_id: String,
        /// What the new folder is called.
        folder: String,
    },
    /// A new folder in a new project, both of this name.
    New(String),
}

impl Default for Place {
    fn default() -> Place {
        Place::New("voicewire".to_owned())
    }
}

/// How the service is asked whether it is done: the waits grow from the first to the longest by half each time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Polling {
    /// The first wait. 1 s.
    pub first: Duration,
    /// The longest wait. 10 s.
    pub longest: Duration,
    /// How long the service may take: once for the original and once for its conversions. `None` is without end.
    /// 30 min.
    pub limit: Option<Duration>,
}

impl Default for Polling {
    fn default() -> Polling {
        Polling {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(10),
            limit: Some(Duration::from_secs(30 * 60)),
        }
    }
}

/// One original and the voices that it is to be converted into.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Job {
    /// What is converted.
    pub source: Source,
    /// Where the original goes.
    pub place: Place,
    /// The original's label, with which the files' names begin. Else `recording`.
    pub label: Option<String>,
    /// Into which voices; one at least.
    pub conversions: Vec<Conversion>,
    /// The calibration to use, for audio. Else the account's.
    pub calibration_id: Option<String>,
    /// The directory for the files, which is made if it is not there. Their names are made of the label (the
    /// conversion's own, if it has one), the voice and its style or accent. A file of such a name that is there stays,
    /// and the new one gets a number (`-2`); what a resumed job had downloaded before is not written a second time.
    pub directory: PathBuf,
    /// How the service is asked whether it is done.
    pub polling: Polling,
}

impl Job {
    pub(super) fn check(&self) -> Result<()> {
        let empty = |field: &str| Err(Error::invalid(field, "empty", "something that is not empty"));
        let is_text = matches!(self.source, Source::Text { .. });
        match &self.source {
            Source::Text { text, .. } if text.trim().is_empty() => return empty("text"),
            Source::Recording(id) if id.trim().is_empty() => return empty("recording_id"),
            Source::Audio(Audio::File(path)) if path.as_os_str().is_empty() => return empty("file"),
            Source::Audio(Audio::Bytes { bytes, .. }) if bytes.is_empty() => return empty("data"),
            // What cannot be read is told before there is a project for it.
            Source::Audio(Audio::File(path)) if !path.metadata().is_ok_and(|there| there.is_file()) => {
                let message = format!("{} is not a file that can be read", path.display());
                return Err(Error::new(ErrorKind::File, message).with_field("file"));
            }
            // The service says so only when there is a project for it.
            Source::Text {
                language: Some(language),
                ..
            } if language.trim().is_empty() => return empty("text_language"),
            _ => {}
        }
        let mut labels = self.conversions.iter().map(|conversion| &conversion.label);
        if labels.any(|label| label.as_deref() == Some("")) || self.label.as_deref() == Some("") {
            return empty("label");
        }
        match &self.place {
            Place::Folder(id) if id.trim().is_empty() => return empty("folder_id"),
            Place::Project { project_id, .. } if project_id.trim().is_empty() => return empty("project_id"),
            Place::Project { folder: name, .. } | Place::New(name) if name.trim().is_empty() => {
                return empty("place_name");
            }
            _ => {}
        }
        if self.conversions.is_empty() {
            return Err(Error::invalid("conversions", "empty", "one voice at least"));
        }
        for conversion in &self.conversions {
            if conversion.voice_id.trim().is_empty() {
                return empty("voice_id");
            }
            check_shift(conversion.semitones_correction)?;
            // Before a text has been paid for.
            if is_text && conversion.narration_style_id.is_none() {
                return Err(Error::invalid(
                    "narration_style_id",
                    "not given",
                    "one of the voice's narration_styles, as texts need it",
                ));
            }
        }
        if self.directory.as_os_str().is_empty() {
            return empty("directory");
        }
        let waits = [
            ("polling_first", self.polling.first),
            ("polling_longest", self.polling.longest),
        ];
        match waits.into_iter().find(|(_, wait)| wait.is_zero()) {
            Some((field, _)) => Err(Error::invalid(field, 0, "a wait of more than 0")),
            None => Ok(()),
        }
    }
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// The project and the folder are made, or the original is looked up.
    Preparing,
    /// Audio is uploaded: bytes.
    Uploading,
    /// The service speaks the text, or looks at the audio.
    Processing,
    /// The conversions are ordered.
    Ordering,
    /// The service converts: conversions.
    Converting,
    /// The files are downloaded: conversions.
    Downloading,
}

impl Stage {
    /// Its name in snake_case.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Preparing => "preparing",
            Stage::Uploading => "uploading",
            Stage::Processing => "processing",
            Stage::Ordering => "ordering",
            Stage::Converting => "converting",
            Stage::Downloading => "downloading",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How far a job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// What is being done.
    pub stage: Stage,
    /// How much of it is done: bytes in an upload, conversions in ordering, converting and downloading, else 0 and then 1.
    pub done: u64,
    /// How much there is to do.
    pub total: u64,
    /// The original, once it is there: what the job can be resumed with ([`Source::Recording`]).
    pub recording_id: Option<&'a str>,
    /// While downloading: the bytes of the present file that have come.
    pub bytes: u64,
}

/// A conversion that has become a file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Converted {
    /// Which of the job's conversions: an index.
    pub index: usize,
    /// The conversion, as the service has it.
    pub recording: Recording,
    /// The file.
    pub path: PathBuf,
    /// Its length.
    pub bytes: u64,
}

/// A conversion that has not.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Failure {
    /// Which of the job's conversions: an index.
    pub index: usize,
    /// The conversion, if there is one.
    pub conversion_id: Option<String>,
    /// What went wrong.
    pub error: Error,
}

/// What came of a job.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Outcome {
    /// The project, if it is known.
    pub project_id: Option<String>,
    /// The folder, if it is known: another job can use it.
    pub folder_id: Option<String>,
    /// The original, once there was one.
    pub recording: Option<Recording>,
    /// The conversions that have become files, in the job's order.
    pub files: Vec<Converted>,
    /// Those that failed, in the job's order.
    pub failures: Vec<Failure>,
}

impl Outcome {
    /// What the job can be resumed with ([`Source::Recording`]).
    pub fn recording_id(&self) -> Option<&str> {
        self.recording.as_ref().map(|recording| recording.id.as_str())
    }
}

/// A job that did not come to its end, and what came of it all the same.
#[derive(Clone)]
pub struct Incomplete(Box<(Error, Outcome)>);

impl Incomplete {
    pub(super) fn new(error: Error, outcome: Outcome) -> Incomplete {
        Incomplete(Box::new((error, outcome)))
    }

    /// What went wrong; of several conversions that failed, the first with its reason and how many there are.
    pub fn error(&self) -> &Error {
        &self.0.0
    }

    /// What came of it: the files that are there stay good.
    pub fn outcome(&self) -> &Outcome {
        &self.0.1
    }

    /// Both.
    pub fn into_parts(self) -> (Error, Outcome) {
        *self.0
    }
}

impl From<Incomplete> for Error {
    fn from(incomplete: Incomplete) -> Error {
        incomplete.into_parts().0
    }
}

impl fmt::Display for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error().fmt(f)
    }
}

impl fmt::Debug for Incomplete {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incomplete")
            .field("error", self.error())
            .field("outcome", self.outcome())
            .finish()
    }
}

impl std::error::Error for Incomplete {}
