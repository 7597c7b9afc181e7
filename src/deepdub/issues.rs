//! Issues: reports about generations that came out wrong.

use serde::Serialize;
use serde_json::{Map, Value};

use super::client::Client;
use super::clip::{Base64, Clip};
use super::request::not_blank;
use crate::answers::read_from_object;
use crate::error::{Error, ErrorKind, Result};
use crate::net::{CallOptions, Method, path_segment};

/// A report to be filed. The first four fields are required.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NewIssue {
    /// `generationId`: the generation that came out wrong.
    pub generation_id: String,
    /// `generatedText`: the exact text that was spoken.
    pub generated_text: String,
    /// `problemWord`: the word or phrase that came out wrong.
    pub problem_word: String,
    /// `voicePromptId`: the voice that spoke.
    pub voice_prompt_id: String,
    /// `additionalComments`: anything that helps.
    pub additional_comments: Option<String>,
    /// `problemAudioFile`: the audio concerned.
    pub problem_audio: Option<Clip>,
    /// `problemSeconds`: where in the audio, in seconds from its beginning; 0 or more.
    pub problem_seconds: Option<f64>,
}

/// What to change in a report; `None` stays as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IssueChanges {
    /// `generationId`.
    pub generation_id: Option<String>,
    /// `generatedText`.
    pub generated_text: Option<String>,
    /// `problemWord`.
    pub problem_word: Option<String>,
    /// `voicePromptId`.
    pub voice_prompt_id: Option<String>,
    /// `additionalComments`.
    pub additional_comments: Option<String>,
    /// `problemAudioFile`.
    pub problem_audio: Option<Clip>,
    /// `problemSeconds`; 0 or more.
    pub problem_seconds: Option<f64>,
}

/// A report as the service has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Issue {
    /// Names the report in later calls.
    pub id: String,
    /// Such as `open`, `in progress` or `resolved`.
    pub state: Option<String>,
    /// When it was filed: RFC 3339.
    pub created_at: Option<String>,
    /// When it last changed: RFC 3339.
    pub updated_at: Option<String>,
    /// The generation it is about.
    pub generation_id: Option<String>,
    /// The text that was spoken.
    pub generated_text: Option<String>,
    /// The word that came out wrong.
    pub problem_word: Option<String>,
    /// The voice that spoke.
    pub voice_prompt_id: Option<String>,
    /// Comments.
    pub additional_comments: Option<String>,
    /// Where in the audio, in seconds.
    pub problem_seconds: Option<f64>,
    /// Whatever else the service said.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

read_from_object!(Issue {
    id: needed,
    state: optional_camel,
    created_at: optional_camel,
    updated_at: optional_camel,
    generation_id: optional_camel,
    generated_text: optional_camel,
    problem_word: optional_camel,
    voice_prompt_id: optional_camel,
    additional_comments: optional_camel,
    problem_seconds: optional_camel,
});

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    generation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generated_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem_word: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    voice_prompt_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    additional_comments: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem_audio_file: Option<Base64<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem_seconds: Option<f64>,
}

/// Its bytes, when there are some and not too many.
pub(super) fn clip(clip: &Clip) -> Result<std::borrow::Cow<'_, [u8]>> {
    clip.read("problemAudioFile")
}

impl IssueChanges {
    /// What is known to be wrong without looking at the clip.
    fn check(&self) -> Result<()> {
        let required = [
            ("generationId", &self.generation_id),
            ("generatedText", &self.generated_text),
            ("problemWord", &self.problem_word),
            ("voicePromptId", &self.voice_prompt_id),
        ];
        for (field, value) in required {
            if let Some(value) = value {
                not_blank(field, value, "a text that is not empty")?;
            }
        }
        if let Some(seconds) = self
            .problem_seconds
            .filter(|seconds| !(seconds.is_finite() && *seconds >= 0.0))
        {
            return Err(Error::invalid("problemSeconds", seconds, "0 or more seconds"));
        }
        Ok(())
    }

    fn to_json(&self) -> Result<Vec<u8>> {
        self.check()?;
        let body = Body {
            generation_id: self.generation_id.as_deref(),
            generated_text: self.generated_text.as_deref(),
            problem_word: self.problem_word.as_deref(),
            voice_prompt_id: self.voice_prompt_id.as_deref(),
            additional_comments: self.additional_comments.as_deref(),
            problem_audio_file: self.problem_audio.as_ref().map(clip).transpose()?.map(Base64),
            problem_seconds: self.problem_seconds,
        };
        serde_json::to_vec(&body)
            .map_err(|error| Error::new(ErrorKind::Internal, format!("the report could not be written: {error}")))
    }
}

impl NewIssue {
    /// Whether it can be filed, as far as that is known without looking at the clip.
    pub(super) fn check(&self) -> Result<()> {
        self.without_clip().check()
    }

    fn without_clip(&self) -> IssueChanges {
        IssueChanges {
            generation_id: Some(self.generation_id.clone()),
            generated_text: Some(self.generated_text.clone()),
            problem_word: Some(self.problem_word.clone()),
            voice_prompt_id: Some(self.voice_prompt_id.clone()),
            additional_comments: self.additional_comments.clone(),
            problem_audio: None,
            problem_seconds: self.problem_seconds,
        }
    }
}

impl From<&NewIssue> for IssueChanges {
    fn from(new: &NewIssue) -> IssueChanges {
        IssueChanges {
            problem_audio: new.problem_audio.clone(),
            ..new.without_clip()
        }
    }
}

impl Client {
    /// Files a report. The answer's [`id`](Issue::id) is for the other calls.
    ///
    /// There is no way to tell the service that two reports are one: when this fails with `Network`, `Timeout`
    /// or `Server`, the report may have been filed all the same.
    ///
    /// # Errors
    /// `InvalidArgument` and `File` before anything is sent; any other kind after, with the service's words.
    pub fn create_issue(&self, issue: &NewIssue) -> Result<Issue> {
        self.create_issue_with(issue, &CallOptions::new())
    }

    /// [`create_issue`](Self::create_issue) that can be ended from outside.
    ///
    /// # Errors
    /// As `create_issue`; `Cancelled` when `options` ended it.
    pub fn create_issue_with(&self, issue: &NewIssue, options: &CallOptions) -> Result<Issue> {
        let body = IssueChanges::from(issue).to_json()?;
        self.issue(Method::Post, "/issues", Some(body), options)
    }

    /// Reads a report: its fields and its present state.
    ///
    /// # Errors
    /// `NotFound` when there is none of that id, or it was deleted.
    pub fn get_issue(&self, id: &str) -> Result<Issue> {
        self.get_issue_with(id, &CallOptions::new())
    }

    /// [`get_issue`](Self::get_issue) that can be ended from outside.
    ///
    /// # Errors
    /// As `get_issue`; `Cancelled` when `options` ended it.
    pub fn get_issue_with(&self, id: &str, options: &CallOptions) -> Result<Issue> {
        self.issue(Method::Get, &issue_path(id)?, None, options)
    }

    /// Changes the given fields of a report; answers with the whole.
    ///
    /// # Errors
    /// As [`create_issue`](Self::create_issue) and [`get_issue`](Self::get_issue).
    pub fn update_issue(&self, id: &str, changes: &IssueChanges) -> Result<Issue> {
        self.update_issue_with(id, changes, &CallOptions::new())
    }

    /// [`update_issue`](Self::update_issue) that can be ended from outside.
    ///
    /// # Errors
    /// As `update_issue`; `Cancelled` when `options` ended it.
    pub fn update_issue_with(&self, id: &str, changes: &IssueChanges, options: &CallOptions) -> Result<Issue> {
        let path = issue_path(id)?;
        self.issue(Method::Put, &path, Some(changes.to_json()?), options)
    }

    /// Withdraws a report: the service archives it, and reading it afterwards is `NotFound`. Answers with the
    /// service's words; with none when the answer was lost and a further try found the report gone, which is a success.
    ///
    /// # Errors
    /// `NotFound` when there is none of that id, or it was deleted before.
    pub fn delete_issue(&self, id: &str) -> Result<String> {
        self.delete_issue_with(id, &CallOptions::new())
    }

    /// [`delete_issue`](Self::delete_issue) that can be ended from outside.
    ///
    /// # Errors
    /// As `delete_issue`; `Cancelled` when `options` ended it.
    pub fn delete_issue_with(&self, id: &str, options: &CallOptions) -> Result<String> {
        let answer = self.call(Method::Delete, &issue_path(id)?, None, options)?;
        Ok(answer
            .get("message")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned())
    }

    fn issue(&self, method: Method, path: &str, body: Option<Vec<u8>>, options: &CallOptions) -> Result<Issue> {
        let answer = self.call(method, path, body, options)?;
        serde_json::from_value(answer).map_err(|error| {
            Error::new(ErrorKind::Protocol, format!("the answer is not an issue: {error}"))
                .with_url(self.settings().rest.join(path).display())
        })
    }
}

/// The path of one report, whatever the id holds.
fn issue_path(id: &str) -> Result<String> {
    let segment = path_segment("id", id, "the id of an issue, such as iss_12345abcde")?;
    Ok(format!("/issues/{segment}"))
}
