//! What the files of a job are called.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::answers::Recording;
use super::job::{Job, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::net::safe_name;
use crate::part_file::PartFile;

/// The names of a job's files.
pub(super) struct FileNames<'a> {
    job: &'a Job,
    /// In small letters: on some systems names that differ in case alone are one.
    taken: HashSet<String>,
}

impl<'a> FileNames<'a> {
    pub fn new(job: &'a Job) -> FileNames<'a> {
        FileNames {
            job,
            taken: HashSet::new(),
        }
    }

    /// What the conversion's file may be called, best first: nothing else of this job's is called so.
    pub fn of(&self, index: usize, recording: &Recording) -> impl Iterator<Item = PathBuf> + use<'_> {
        let (stem, ending) = (stem_of(self.job, index, recording), ending_of(recording));
        let names = (1_u64..).map(move |number| {
            let shorter: String = stem.chars().take(40).collect();
            match number {
                1 => safe_name(&format!("{stem}.{ending}")).unwrap_or_else(|| format!("recording.{ending}")),
                _ => safe_name(&format!("{shorter}-{number}.{ending}")).unwrap_or_else(|| format!("{number}.{ending}")),
            }
        });
        names
            .filter(|name| !self.taken.contains(&name.to_lowercase()))
            .map(|name| self.job.directory.join(name))
    }

    /// The first of these names, as far as can be said before the file is there.
    pub fn first(&self, mut names: impl Iterator<Item = PathBuf>) -> PathBuf {
        let is_there = |path: &PathBuf| path.symlink_metadata().is_ok_and(|there| !there.is_dir());
        let found = names.find(|path| self.is_resumed() || !is_there(path));
        found.unwrap_or_default()
    }

    /// Gives the file the first of these names that nothing has: other jobs' files have been paid for, too. What a job
    /// that is resumed had downloaded before is its own, and is left as it is.
    pub fn place(&self, names: impl Iterator<Item = PathBuf>, mut file: PartFile) -> Result<PathBuf> {
        for path in names {
            if self.is_resumed() && file.is_same_as(&path).unwrap_or(false) {
                return Ok(path);
            }
            match file.put_in_place_as(path.clone())? {
                Ok(()) => return Ok(path),
                Err(back) => file = back,
            }
        }
        Err(Error::new(ErrorKind::Internal, "no name is left for a file"))
    }

    /// No other file of the job is called so.
    pub fn take(&mut self, path: &Path) {
        let name = path.file_name().unwrap_or_default();
        self.taken.insert(name.to_string_lossy().to_lowercase());
    }

    fn is_resumed(&self) -> bool {
        matches!(self.job.source, Source::Recording(_))
    }
}

fn stem_of(job: &Job, index: usize, recording: &Recording) -> String {
    let conversion = &job.conversions[index];
    let label = conversion.label.as_ref().or(job.label.as_ref());
    let voice = recording.voice_name.as_ref().unwrap_or(&conversion.voice_id);
    let style = match (&recording.narration_style_name, &recording.accent_name) {
        (Some(style), _) if conversion.narration_style_id.is_some() => Some(style),
        (_, Some(accent)) if conversion.accent_id.is_some() => Some(accent),
        _ => None,
    };
    let stem = [
        Some(label.map_or("recording", String::as_str)),
        Some(voice.as_str()),
        style.map(String::as_str),
    ];
    let stem: Vec<&str> = stem.into_iter().flatten().collect();
    // A slash in a voice's name is not a directory, and a dot not the beginning of an ending.
    stem.join("-").replace(['/', '\\', '.'], "_")
}

/// The ending of the conversion's file, as far as it is known.
fn ending_of(recording: &Recording) -> String {
    let path = recording
        .url
        .as_deref()
        .map(|url| url.split(['?', '#']).next().unwrap_or_default());
    [recording.file_name.as_deref(), path]
        .into_iter()
        .flatten()
        .filter_map(|name| name.rsplit('/').next()?.rsplit_once('.'))
        .map(|(_, ending)| ending.to_ascii_lowercase())
        .find(|ending| (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .unwrap_or_else(|| "wav".to_owned())
}
