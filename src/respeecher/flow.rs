//! From text or audio to finished files, in one call.

use std::collections::HashSet;
use std::ops::ControlFlow;

use super::answers::{PlacedOrder, Recording};
use super::client::Client;
use super::errors::kind_of_reason;
use super::file_names::FileNames;
use super::job::{Converted, Failure, Incomplete, Job, Outcome, Place, Progress, Source, Stage};
use super::requests::{Conversion, ConversionQuery, NewFolder, NewProject, NewRecording, NewTtsRecording, Order};
use super::waits::Waits;
use super::words::State;
use crate::error::{Error, ErrorKind, Result};
use crate::net::SaveTo;

/// How many conversions are asked for at once.
const PAGE: u64 = 100;

impl Client {
    /// Text or audio in, finished files out: makes what the job needs, has it spoken or uploads it, waits, orders the
    /// conversions, waits, and downloads each to a file of its own.
    ///
    /// `on_progress` is told how far it has come, and may stop it; so may the client's options. A job that has been
    /// stopped or has failed can be resumed with its [`recording_id`](Outcome::recording_id).
    ///
    /// # Errors
    /// [`Incomplete`]: what went wrong, and what came of it all the same. A conversion that fails does not keep the
    /// others from becoming files. As kinds: `InvalidArgument` before anything is ordered, `Server` or `RejectedInput`
    /// with the service's words for what it could not process or convert, `InsufficientCredits` for what there were no
    /// credits for, `Timeout` with the field `polling_limit` when it took too long, `Cancelled`, and whatever calls and
    /// downloads can fail with.
    ///
    /// Where the original itself is refused, the project and the folder that were made for it are deleted again. They
    /// stay when it may have arrived all the same, and when the job is stopped; their ids are in the outcome.
    pub fn convert(
        &self,
        job: &Job,
        mut on_progress: impl FnMut(&Progress<'_>) -> ControlFlow<()>,
    ) -> Result<Outcome, Incomplete> {
        let mut flow = Flow {
            client: self,
            job,
            on_progress: &mut on_progress,
            outcome: Outcome::default(),
        };
        let result = flow.run();
        let mut outcome = flow.outcome;
        outcome.failures.sort_by_key(|failure| failure.index);
        match result.and_then(|()| summed_up(job, &outcome)) {
            Ok(()) => Ok(outcome),
            Err(error) => Err(Incomplete::new(error, outcome)),
        }
    }
}

/// The error of a job some of whose conversions failed.
fn summed_up(job: &Job, outcome: &Outcome) -> Result<()> {
    let Some(first) = outcome.failures.first() else {
        return Ok(());
    };
    let (failed, all) = (outcome.failures.len(), job.conversions.len());
    Err(first
        .error
        .clone()
        .about(&format!("{failed} of {all} conversions failed")))
}

struct Flow<'a> {
    client: &'a Client,
    job: &'a Job,
    on_progress: &'a mut dyn FnMut(&Progress<'_>) -> ControlFlow<()>,
    outcome: Outcome,
}

impl Flow<'_> {
    fn run(&mut self) -> Result<()> {
        self.job.check()?;
        std::fs::create_dir_all(&self.job.directory).map_err(|error| {
            let directory = self.job.directory.display();
            Error::new(ErrorKind::File, format!("{directory} could not be made: {error}")).with_field("directory")
        })?;
        self.tell(Stage::Preparing, 0, 1)?;
        let original = match &self.job.source {
            Source::Recording(id) => self.client.get_recording(id)?,
            _ => self.make_original().inspect_err(|error| self.clear_up(error))?,
        };
        self.remember(&original);
        self.processed(original)?;
        let mut wanted = self.ordered()?;
        let finished = self.converted(&mut wanted)?;
        self.downloaded(finished)
    }

    fn tell(&mut self, stage: Stage, done: u64, total: u64) -> Result<()> {
        self.tell_bytes(stage, done, total, 0)
    }

    fn tell_bytes(&mut self, stage: Stage, done: u64, total: u64, bytes: u64) -> Result<()> {
        let progress = Progress {
            stage,
            done,
            total,
            recording_id: self.outcome.recording.as_ref().map(|recording| recording.id.as_str()),
            bytes,
        };
        match (self.on_progress)(&progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::cancelled()),
        }
    }

    fn remember(&mut self, original: &Recording) {
        let keep = |known: &mut Option<String>, new: &Option<String>| {
            if let Some(new) = new {
                *known = Some(new.clone());
            }
        };
        keep(&mut self.outcome.project_id, &original.project_id);
        keep(&mut self.outcome.folder_id, &original.parent_folder_id);
        self.outcome.recording = Some(original.clone());
    }

    fn make_original(&mut self) -> Result<Recording> {
        let folder = self.folder()?;
        self.tell(Stage::Preparing, 1, 1)?;
        let label = self.job.label.clone();
        match &self.job.source {
            Source::Text { text, language } => self.client.create_tts_recording(&NewTtsRecording {
                parent_folder_id: folder,
                text: text.clone(),
                text_language: language.clone(),
                label,
                tts_voice_id: None,
            }),
            Source::Audio(audio) => {
                let new = NewRecording {
                    parent_folder_id: folder,
                    microphone: None,
                    label,
                };
                let client = self.client;
                client.create_recording(&new, audio, |sent, total| {
                    match self.tell(Stage::Uploading, sent, total.unwrap_or(sent)) {
                        Ok(()) => ControlFlow::Continue(()),
                        Err(_) => ControlFlow::Break(()),
                    }
                })
            }
            Source::Recording(id) => self.client.get_recording(id),
        }
    }

    fn folder(&mut self) -> Result<String> {
        let (project_id, name) = match &self.job.place {
            Place::Folder(id) => {
                self.outcome.folder_id = Some(id.clone());
                return Ok(id.clone());
            }
            Place::Project { project_id, folder } => (project_id.clone(), folder),
            Place::New(name) => (self.client.create_project(&NewProject::new(name))?.id, name),
        };
        self.outcome.project_id = Some(project_id.clone());
        let folder = self.client.create_folder(&NewFolder {
            name: name.clone(),
            project_id,
            parent_id: None,
        })?;
        self.outcome.folder_id = Some(folder.id.clone());
        Ok(folder.id)
    }

    /// Deletes what was made for an original that is certainly not there. What cannot be deleted stays in the outcome.
    fn clear_up(&mut self, error: &Error) {
        let is_refused = error.http_status().is_some_and(|status| (400..500).contains(&status));
        let is_here = matches!(error.kind(), ErrorKind::InvalidArgument | ErrorKind::File);
        if !is_refused && !is_here && !error.is_unsent() {
            return;
        }
        let Outcome {
            project_id, folder_id, ..
        } = &self.outcome;
        let deleted = match (&self.job.place, project_id, folder_id) {
            (Place::New(_), Some(id), _) => self.client.delete_project(id).map(drop),
            (Place::Project { .. }, _, Some(id)) => self.client.delete_folder(id).map(drop),
            _ => return,
        };
        match deleted {
            Ok(()) => {
                self.outcome.folder_id = None;
                self.outcome
                    .project_id
                    .take_if(|_| matches!(self.job.place, Place::New(_)));
            }
            Err(error) => log::debug!("what was made for the job stays: {error}"),
        }
    }

    /// Waits until the original is done.
    fn processed(&mut self, mut original: Recording) -> Result<()> {
        self.tell(Stage::Processing, 0, 1)?;
        let mut waits = Waits::new(self.job.polling);
        loop {
            match &original.state {
                Some(state) if state.is_done() => return self.tell(Stage::Processing, 1, 1),
                Some(state) if state.is_failed() => {
                    return Err(failure_of(&original, format!("the recording {}", original.id)));
                }
                _ => {}
            }
            waits.wait(self.client, || format!("the recording {} is not done yet", original.id))?;
            original = self
                .client
                .get_recording(&original.id)
                .map_err(|error| missed(error, &format!("the recording {}", original.id)))?;
            self.remember(&original);
            self.tell(Stage::Processing, 0, 1)?;
        }
    }

    /// The conversions that are there for those of the job; orders the others.
    fn ordered(&mut self) -> Result<Vec<Wanted>> {
        let original_id = self.outcome.recording_id().unwrap_or_default().to_owned();
        let total = self.job.conversions.len() as u64;
        let mut wanted: Vec<Wanted> = self.job.conversions.iter().map(|_| Wanted::default()).collect();
        let there = match self.job.source {
            Source::Recording(_) => self.conversions()?,
            _ => Vec::new(),
        };
        // Whatever failed before is ordered again, and is not what is waited for.
        let (failed, usable): (Vec<_>, Vec<_>) = there
            .into_iter()
            .partition(|conversion| conversion.state.as_ref().is_some_and(State::is_failed));
        let mut taken: HashSet<String> = failed.into_iter().map(|conversion| conversion.id).collect();
        for (wanted, conversion) in wanted.iter_mut().zip(&self.job.conversions) {
            let found = usable
                .iter()
                .find(|there| !taken.contains(&there.id) && is_of(there, conversion));
            if let Some(found) = found {
                taken.insert(found.id.clone());
                wanted.id = Some(found.id.clone());
            }
        }
        let missing: Vec<usize> = (0..wanted.len()).filter(|index| wanted[*index].id.is_none()).collect();
        let there = total - missing.len() as u64;
        self.tell(Stage::Ordering, there, total)?;
        if !missing.is_empty() {
            let order = Order {
                original_id,
                conversions: missing
                    .iter()
                    .map(|index| self.job.conversions[*index].clone())
                    .collect(),
                use_calibration: self.job.calibration_id.is_some().then_some(true),
                calibration_id: self.job.calibration_id.clone(),
            };
            let placed = match self.client.create_order(&order) {
                Ok(placed) => placed,
                // What was ordered before can still become files.
                Err(error) if there > 0 && error.kind() != ErrorKind::Cancelled => {
                    for index in &missing {
                        wanted[*index].error = Some(error.clone());
                    }
                    Vec::new()
                }
                Err(error) => {
                    let what = format!("the order for the recording {}, which stays", order.original_id);
                    return Err(error.about(&what));
                }
            };
            // Where the answer does not say which is which, they are told by their voices.
            if placed.len() == missing.len() {
                for (index, placed) in missing.iter().zip(placed) {
                    wanted[*index].place(placed);
                }
            }
        }
        for wanted in &mut wanted {
            wanted.not.clone_from(&taken);
        }
        self.tell(Stage::Ordering, total, total)?;
        Ok(wanted)
    }

    fn conversions(&self) -> Result<Vec<Recording>> {
        let query = ConversionQuery {
            original_id: self.outcome.recording_id().unwrap_or_default().to_owned(),
            limit: Some(PAGE),
            ..ConversionQuery::default()
        };
        self.client.list_conversions(&query)?.collect()
    }

    /// Waits until each conversion is done, has failed or is gone; those that are done, with their indexes.
    fn converted(&mut self, wanted: &mut [Wanted]) -> Result<Vec<(usize, Recording)>> {
        let total = wanted.len() as u64;
        let mut finished: Vec<Option<Recording>> = vec![None; wanted.len()];
        let mut failed = HashSet::new();
        // What the order itself said.
        for (index, wanted) in wanted.iter().enumerate() {
            if let Some(error) = &wanted.error {
                failed.insert(index);
                let what = format!("the conversion into {}", self.job.conversions[index].voice_id);
                self.failed(index, wanted.id.clone(), error.clone().about(&what));
            }
        }
        let mut waits = Waits::new(self.job.polling);
        let mut told = None;
        loop {
            let there = match self.conversions() {
                Ok(there) => there,
                // Somebody has deleted the original, and with it what was to become of it.
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    for (index, wanted) in wanted.iter().enumerate() {
                        if finished[index].is_none() && failed.insert(index) {
                            let what = format!("the recording {}", self.outcome.recording_id().unwrap_or_default());
                            self.failed(index, wanted.id.clone(), missed(error.clone(), &what));
                        }
                    }
                    Vec::new()
                }
                Err(error) => return Err(error),
            };
            let mut known: HashSet<String> = wanted.iter().filter_map(|wanted| wanted.id.clone()).collect();
            for (index, wanted) in wanted.iter_mut().enumerate() {
                if finished[index].is_some() || failed.contains(&index) {
                    continue;
                }
                let conversion = &self.job.conversions[index];
                let listed = there.iter().find(|there| match &wanted.id {
                    Some(id) => there.id == *id,
                    None => !known.contains(&there.id) && !wanted.not.contains(&there.id) && is_of(there, conversion),
                });
                let found = match (listed, &wanted.id) {
                    (Some(listed), _) => listed.clone(),
                    (None, None) => continue,
                    // A list may be behind: what is not in it is asked for by itself, and is gone if it is not there either.
                    (None, Some(id)) => match self.client.get_recording(id) {
                        Ok(found) => found,
                        Err(error) if error.kind() == ErrorKind::NotFound => {
                            failed.insert(index);
                            let what = format!("the conversion {id} into {}", conversion.voice_id);
                            self.failed(index, Some(id.clone()), missed(error, &what));
                            continue;
                        }
                        Err(error) => return Err(error),
                    },
                };
                // Once it is known it is never taken for another one of the same voice.
                known.insert(found.id.clone());
                wanted.id = Some(found.id.clone());
                match &found.state {
                    Some(state) if state.is_done() => finished[index] = Some(found),
                    Some(state) if state.is_failed() => {
                        failed.insert(index);
                        let what = described(conversion, &found);
                        self.failed(index, Some(found.id.clone()), failure_of(&found, what));
                    }
                    _ => {}
                }
            }
            let done = finished.iter().flatten().count() as u64;
            if told != Some(done) {
                self.tell(Stage::Converting, done, total)?;
                told = Some(done);
            }
            if done + failed.len() as u64 == total {
                let finished = finished.into_iter().enumerate();
                return Ok(finished
                    .filter_map(|(index, recording)| Some((index, recording?)))
                    .collect());
            }
            let waited = waits.wait(self.client, || format!("{done} of {total} conversions are done"));
            if let Err(error) = waited {
                // What is done is still good.
                if error.kind() == ErrorKind::Timeout {
                    let finished = finished.into_iter().enumerate();
                    self.downloaded(
                        finished
                            .filter_map(|(index, recording)| Some((index, recording?)))
                            .collect(),
                    )?;
                }
                return Err(error);
            }
        }
    }

    fn failed(&mut self, index: usize, conversion_id: Option<String>, error: Error) {
        self.outcome.failures.push(Failure {
            index,
            conversion_id,
            error,
        });
    }

    fn downloaded(&mut self, finished: Vec<(usize, Recording)>) -> Result<()> {
        let total = finished.len() as u64;
        let mut names = FileNames::new(self.job);
        for (done, (index, recording)) in finished.into_iter().enumerate() {
            let done = done as u64;
            self.tell(Stage::Downloading, done, total)?;
            let Some(url) = recording.url.clone() else {
                let what = described(&self.job.conversions[index], &recording);
                let error = Error::new(ErrorKind::Protocol, "it is done and has no url").about(&what);
                self.failed(index, Some(recording.id), error);
                continue;
            };
            let client = self.client;
            let to = SaveTo::File(names.first(names.of(index, &recording)));
            let place = |file| names.place(names.of(index, &recording), file);
            let saved = client.download_url_as(&url, &to, Some(&place), |bytes, _| {
                match self.tell_bytes(Stage::Downloading, done, total, bytes) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            });
            match saved {
                Ok(saved) => {
                    names.take(&saved.path);
                    self.outcome.files.push(Converted {
                        index,
                        recording,
                        path: saved.path,
                        bytes: saved.bytes,
                    });
                }
                Err(error) if error.kind() == ErrorKind::Cancelled => return Err(error),
                Err(error) => {
                    let what = described(&self.job.conversions[index], &recording);
                    self.failed(index, Some(recording.id), error.about(&what));
                }
            }
        }
        self.tell(Stage::Downloading, total, total)
    }
}

/// A conversion of the job on its way.
#[derive(Default)]
struct Wanted {
    /// The conversion, where it is known.
    id: Option<String>,
    /// What the order said against it.
    error: Option<Error>,
    /// Conversions that were there before.
    not: HashSet<String>,
}

impl Wanted {
    fn place(&mut self, placed: PlacedOrder) {
        if placed.state.as_ref().is_some_and(State::is_failed) {
            let words = placed
                .error
                .unwrap_or_else(|| "the order failed, with no reason given".to_owned());
            self.error = Some(Error::new(kind_of_reason(&words), words));
        }
        self.id = placed.conversion_id;
    }
}

/// Whether `there` is what `conversion` asked for.
fn is_of(there: &Recording, conversion: &Conversion) -> bool {
    // Services leave out what they have no use for, as a style for audio.
    let same = |asked: &Option<String>, there: &Option<String>| asked.is_none() || there.is_none() || asked == there;
    there.voice_id.as_deref() == Some(&conversion.voice_id)
        && same(&conversion.narration_style_id, &there.narration_style_id)
        && same(&conversion.accent_id, &there.accent_id)
        && (conversion.label.is_none() || conversion.label == there.label)
        && conversion
            .semitones_correction
            .is_none_or(|asked| (asked - there.semitones_correction.unwrap_or_default()).abs() < 1e-6)
}

fn described(conversion: &Conversion, recording: &Recording) -> String {
    let voice = recording.voice_name.as_ref().unwrap_or(&conversion.voice_id);
    format!("the conversion {} into {voice}", recording.id)
}

/// That the service does not have any more what was waited for.
fn missed(error: Error, what: &str) -> Error {
    match error.kind() {
        ErrorKind::NotFound => error.about(&format!("{what} is no longer there")),
        _ => error,
    }
}

/// Why the service could not do it.
fn failure_of(recording: &Recording, what: String) -> Error {
    let moderation = recording.moderation.as_ref();
    let is_refused = moderation.is_some_and(|moderation| moderation.has_violations == Some(true));
    let words = [
        recording.error.as_ref(),
        moderation.and_then(|moderation| moderation.error.as_ref()),
    ];
    let words = words.into_iter().flatten().find(|words| !words.trim().is_empty());
    let words = words.map_or("the service gave no reason", String::as_str);
    let kind = if is_refused {
        ErrorKind::RejectedInput
    } else {
        kind_of_reason(words)
    };
    Error::new(kind, words).about(&what)
}
