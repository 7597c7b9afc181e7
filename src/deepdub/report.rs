//! Reports that are filled in from memory, with the second where it happened.

use super::client::Client;
use super::clip::{Clip, MAX_CLIP};
use super::issues::{Issue, NewIssue};
use super::memory::Remembered;
use crate::audio::{Format, Place, cut, joined_file_bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::net::CallOptions;

/// What is wrong with a generation that the client remembers.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The word or phrase that came out wrong. Not empty.
    pub problem_word: String,
    /// Where in the audio, in seconds from its beginning. None.
    pub problem_seconds: Option<f64>,
    /// Anything that helps. None.
    pub comments: Option<String>,
    /// How many seconds of audio are attached, half of them before `problem_seconds` and half after it, at most what
    /// the service takes (20 MiB, 3.6 minutes at 48000 Hz); 0 attaches nothing. Without `problem_seconds` the
    /// whole generation is attached, unless this is 0. 3.
    pub clip_seconds: f64,
}

impl Report {
    /// About this word, everything else by default.
    pub fn new(problem_word: impl Into<String>) -> Report {
        Report {
            problem_word: problem_word.into(),
            problem_seconds: None,
            comments: None,
            clip_seconds: 3.0,
        }
    }

    /// Where in the audio it is, in seconds from its beginning.
    pub fn at(mut self, seconds: f64) -> Report {
        self.problem_seconds = Some(seconds);
        self
    }
}

impl Client {
    /// Files a report about one of the last generations of this client: id, text and voice come from memory, and a clip
    /// of its audio is attached, as a WAV file cut around the second where it happened.
    ///
    /// Calls, sessions' lines and turns are remembered alike, from their first audio on, also while they are being
    /// spoken and after they failed. How many: [`Config::remember`](super::Config::remember). A generation whose audio
    /// there was no room for is reported without a clip, and so are bare samples (s16le, mulaw) for which no sample rate was
    /// asked, since nobody knows it. One that cannot be decoded has all of it attached as it came.
    ///
    /// # Errors
    /// `InvalidArgument` before anything is sent: the generation is not remembered, or has not so many seconds. Else as
    /// [`create_issue`](Self::create_issue).
    pub fn report(&self, generation_id: &str, report: &Report) -> Result<Issue> {
        self.report_with(generation_id, report, &CallOptions::new())
    }

    /// [`report`](Self::report) that can be ended from outside.
    ///
    /// # Errors
    /// As `report`; `Cancelled` when `options` ended it.
    pub fn report_with(&self, generation_id: &str, report: &Report, options: &CallOptions) -> Result<Issue> {
        self.create_issue_with(&self.prepare_report(generation_id, report)?, options)
    }

    /// What [`report`](Self::report) would file, for [`Outbox::add`](super::Outbox::add), or for changes of one's own.
    ///
    /// # Errors
    /// As `report`, before anything is sent.
    pub fn prepare_report(&self, generation_id: &str, report: &Report) -> Result<NewIssue> {
        let remembered = self.remembered(generation_id).ok_or_else(|| {
            Error::invalid(
                "generationId",
                format_args!("{generation_id:?}, which is not remembered"),
                &format!(
                    "one of the client's last {} generations of which audio has come (setting remember); for others \
                     there is create_issue",
                    self.settings().remember.generations
                ),
            )
        })?;
        remembered.issue(report)
    }

    /// The generation of this id, if it is remembered.
    pub fn remembered(&self, generation_id: &str) -> Option<Remembered> {
        self.memory().get(generation_id)
    }

    /// What is remembered of the last generations, the newest first.
    pub fn last_generations(&self) -> Vec<Remembered> {
        self.memory().all()
    }
}

impl Remembered {
    fn issue(&self, report: &Report) -> Result<NewIssue> {
        let seconds = |field, value: f64| match value.is_finite() && value >= 0.0 {
            true => Ok(()),
            false => Err(Error::invalid(field, value, "0 or more seconds")),
        };
        seconds("clip_seconds", report.clip_seconds)?;
        seconds("problemSeconds", report.problem_seconds.unwrap_or_default())?;
        Ok(NewIssue {
            generation_id: self.generation_id.clone(),
            generated_text: self.request.text.clone(),
            problem_word: report.problem_word.clone(),
            voice_prompt_id: self.request.voice_prompt_id.clone(),
            additional_comments: report.comments.clone(),
            problem_audio: self.clip(report)?.map(Clip::Bytes),
            problem_seconds: report.problem_seconds,
        })
    }

    fn clip(&self, report: &Report) -> Result<Option<Vec<u8>>> {
        let (format, rate) = (self.request.format, self.request.sample_rate);
        let is_unknown = rate.is_none() && matches!(format, Format::S16le | Format::Mulaw);
        if report.clip_seconds == 0.0 || self.audio_dropped || is_unknown {
            return Ok(None);
        }
        let whole = || Some(self.file_bytes()).filter(|whole| whole.len() as u64 <= MAX_CLIP);
        let Some(at) = report.problem_seconds else {
            return whole().map(Some).ok_or_else(|| {
                Error::invalid(
                    "problemSeconds",
                    "not given",
                    "a value for audio of more than 20 MiB, which cannot be attached whole; or clip_seconds 0",
                )
            });
        };
        let place = Place {
            at,
            seconds: report.clip_seconds,
            max_bytes: MAX_CLIP as usize,
        };
        let chunks = self.chunks.iter().map(|chunk| chunk.data.as_slice());
        match cut(chunks, format, rate.unwrap_or(0), place) {
            // What cannot be decoded is all the more to be reported.
            Err(error) if error.kind() == ErrorKind::BadAudio => Ok(whole()),
            clip => clip.map(Some),
        }
    }

    /// The audio that has come, as the bytes of one file that plays: what [`AudioFile`](crate::audio::AudioFile) would
    /// have written. Of bare samples for which no rate was asked nobody knows it; they are given as they are.
    pub fn file_bytes(&self) -> Vec<u8> {
        let chunks: Vec<&[u8]> = self.chunks.iter().map(|chunk| chunk.data.as_slice()).collect();
        let sent = chunks.concat();
        let format = self.request.format;
        match (format, self.request.sample_rate) {
            (Format::S16le | Format::Mulaw, None) => sent,
            // What is no such file after all is given as it came.
            (_, rate) => joined_file_bytes(format, rate.unwrap_or(0), &sent).unwrap_or(sent),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::super::memory::RememberedChunk;
    use super::super::request::SpeechRequest;
    use super::*;

    /// Nothing can be cut out of it, and it is all the more to be reported.
    #[test]
    fn audio_that_cannot_be_decoded_is_attached_as_it_came() {
        let mut request = SpeechRequest::new("Hello.", "a voice");
        request.format = Format::Opus;
        let chunk = |data: &[u8]| RememberedChunk {
            data: Arc::new(data.to_vec()),
            after: Duration::ZERO,
        };
        let remembered = Remembered {
            generation_id: "an id".to_owned(),
            request,
            chunks: vec![chunk(b"this is no audio, "), chunk(b"and nor is this")],
            is_final: true,
            audio_dropped: false,
        };
        let issue = remembered.issue(&Report::new("Hello").at(1.0)).expect("a report");
        assert_eq!(
            issue.problem_audio,
            Some(Clip::Bytes(b"this is no audio, and nor is this".to_vec()))
        );
    }
}
