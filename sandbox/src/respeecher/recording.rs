//! A recording: an original, or a conversion of one.

use std::sync::Arc;

use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::account::{Account, Row};
use super::notes::Note;
use super::voices::{Accent, Style, TtsVoice, Voice};
use crate::clock::timestamp;
use crate::files::{self, Files};
use crate::processing::Work;
use crate::sound::Sound;

pub(super) struct Recording {
    pub(super) id: Uuid,
    pub(super) project_id: Uuid,
    pub(super) folder_id: Uuid,
    pub(super) label: String,
    pub(super) file_name: String,
    pub(super) microphone: Option<String>,
    /// In bytes.
    pub(super) size: u64,
    /// In seconds.
    pub(super) duration: f64,
    pub(super) starred: bool,
    /// What is said, if it came from text.
    pub(super) text: Option<String>,
    pub(super) language: Option<String>,
    pub(super) tts_voice: Option<&'static TtsVoice>,
    pub(super) conversion: Option<Conversion>,
    pub(super) work: Work,
    /// Why it fails, when the work is over.
    pub(super) error: Option<String>,
    pub(super) created_at: OffsetDateTime,
    pub(super) note: Option<Note>,
    /// What conversions are made from: of an original only, and of a long one only the beginning.
    pub(super) sound: Option<Arc<Sound>>,
}

/// What makes a recording a conversion.
pub(super) struct Conversion {
    pub(super) original_id: Uuid,
    pub(super) voice: &'static Voice,
    pub(super) accent: Option<&'static Accent>,
    pub(super) style: Option<&'static Style>,
    pub(super) semitones: f64,
    /// Id, name and pitch.
    pub(super) calibration: Option<(Uuid, String, f64)>,
    pub(super) transaction_id: Uuid,
}

/// How far a recording is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Processing,
    Done,
    Error,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Stage::Processing => "processing",
            Stage::Done => "done",
            Stage::Error => "error",
        }
    }
}

impl Row for Recording {
    fn id(&self) -> Uuid {
        self.id
    }
}

impl Recording {
    pub(super) fn stage(&self) -> Stage {
        match (self.work.is_over(), &self.error) {
            (false, _) => Stage::Processing,
            (true, None) => Stage::Done,
            (true, Some(_)) => Stage::Error,
        }
    }

    pub(super) fn original_id(&self) -> Option<Uuid> {
        self.conversion.as_ref().map(|conversion| conversion.original_id)
    }

    /// How it is seen by a client that knows the sandbox as `origin`.
    pub(super) fn view(&self, origin: &str) -> Value {
        self.view_at(origin, self.stage())
    }

    /// How it is seen in the answer that creates it: in the making, however quick that is.
    pub(super) fn view_new(&self, origin: &str) -> Value {
        self.view_at(origin, Stage::Processing)
    }

    fn view_at(&self, origin: &str, stage: Stage) -> Value {
        let done = stage == Stage::Done;
        let url = done.then(|| files::url(origin, self.id, &self.file_name));
        let conversion = self.conversion.as_ref();
        let calibration = conversion.and_then(|conversion| conversion.calibration.as_ref());
        let accent = conversion.and_then(|conversion| conversion.accent);
        let style = conversion.and_then(|conversion| conversion.style);
        json!({
            "id": self.id,
            "project_id": self.project_id,
            "parent_folder_id": self.folder_id,
            "type": if conversion.is_some() { "conversion" } else { "original" },
            "url": url,
            "waveform_url": null,
            "file_name": self.file_name,
            "label": self.label,
            "state": stage.name(),
            "original_id": self.original_id(),
            // What voices were called before.
            "model_id": conversion.map(|conversion| conversion.voice.id),
            "model_name": conversion.map(|conversion| conversion.voice.name),
            "voice_id": conversion.map(|conversion| conversion.voice.id),
            "voice_name": conversion.map(|conversion| conversion.voice.name),
            "accent_id": accent.map(|accent| accent.id),
            "accent_name": accent.map(|accent| accent.name),
            "narration_style_id": style.map(|style| style.id),
            "narration_style_name": style.map(|style| style.name),
            "semitones_correction": conversion.map(|conversion| conversion.semitones),
            "calibration_id": calibration.map(|(id, _, _)| id),
            "calibration_value": calibration.map(|(_, _, pitch)| pitch),
            "calibration_name": calibration.map(|(_, name, _)| name),
            "microphone": self.microphone,
            "size": if stage == Stage::Error { 0 } else { self.size },
            "duration": if stage == Stage::Error { 0.0 } else { self.duration },
            "starred": self.starred,
            "tts": self.text.is_some(),
            "tts_voice": self.tts_voice.map(|voice| voice.name),
            "tts_voice_id": self.tts_voice.map(|voice| voice.id),
            "text": self.text,
            "params": {},
            "error": self.error.as_ref().filter(|_| stage == Stage::Error),
            "active": true,
            "created_at": timestamp(self.created_at),
            "converted_at": (done && conversion.is_some()).then(|| timestamp(self.created_at)),
            "listen_count": 0,
            "process_stage": (stage == Stage::Processing).then_some("converting"),
            "note": self.note.as_ref().map(|note| note.in_recording()),
            "transaction_id": conversion.map(|conversion| conversion.transaction_id),
            "moderation": null,
        })
    }
}

impl Account {
    /// Adds a recording, and tells its project.
    pub(super) fn add_recording(&mut self, recording: Recording) -> &mut Recording {
        if let Some(project) = self.projects.get(recording.project_id) {
            project.last_recording_at = Some(recording.created_at);
        }
        self.recordings.insert(recording)
    }

    /// Deletes recordings with their files, and the conversions of those that are gone.
    pub(super) fn delete_recordings(&mut self, files: &Files, which: impl Fn(&Recording) -> bool) {
        let mut gone: Vec<Uuid> = self.recordings.iter().filter(|r| which(r)).map(Row::id).collect();
        let of_gone = |recording: &&Recording| recording.original_id().is_some_and(|id| gone.contains(&id));
        let conversions: Vec<Uuid> = self.recordings.iter().filter(of_gone).map(Row::id).collect();
        gone.extend(conversions);
        for id in gone {
            self.recordings.remove(id);
            files.remove(id);
        }
    }
}
