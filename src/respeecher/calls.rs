//! Every call by its name, with its parameters and its answer as types. All go through [`Client::call`].

use std::ops::ControlFlow;

use serde_json::{Value, json};

use super::answers::*;
use super::client::{Audio, Client};
use super::list::List;
use super::parameters::typed;
use super::requests::*;
use crate::error::Result;
use crate::net::{SaveTo, Saved};

/// The account.
impl Client {
    /// Makes a key, which is good until `expires_at` (RFC 3339), or for good.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn create_api_key(&self, expires_at: Option<&str>) -> Result<ApiKey> {
        let parameters = expires_at.map_or(Value::Null, |moment| json!({ "expires_at": moment }));
        self.ask("create_api_key", parameters)
    }

    /// Deletes the account's key: also the one that this client has, if it is that.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn delete_api_key(&self) -> Result<()> {
        self.call("delete_api_key", Value::Null).map(drop)
    }

    /// The credits that are left.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn get_credits(&self) -> Result<Credits> {
        self.ask("get_credits", Value::Null)
    }

    /// The account's statistics.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn get_stats(&self) -> Result<Stats> {
        self.ask("get_stats", Value::Null)
    }

    /// The statistics of projects; one at least.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn project_stats(&self, project_ids: &[&str]) -> Result<Vec<ProjectStats>> {
        let OneOrMany(list) = self.ask("project_stats", json!({ "project_ids": project_ids }))?;
        Ok(list)
    }

    /// The statistics of folders; one at least.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn folder_stats(&self, folder_ids: &[&str]) -> Result<Vec<FolderStats>> {
        let OneOrMany(list) = self.ask("folder_stats", json!({ "folder_ids": folder_ids }))?;
        Ok(list)
    }
}

/// Calibrations.
impl Client {
    /// Measures a voice from audio. [`Calibration::state`] says when it is done.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub fn create_calibration(&self, name: &str, audio: &Audio) -> Result<Calibration> {
        let answer = self.upload("create_calibration", json!({ "name": name }), audio, |_, _| {
            ControlFlow::Continue(())
        })?;
        typed("create_calibration", answer)
    }

    /// Makes a calibration the one that is used; answers with what the service says about it, which may be nothing.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn enable_calibration(&self, calibration_id: &str) -> Result<Vec<Calibration>> {
        let OneOrMany(list) = self.ask("enable_calibration", json!({ "calibration_id": calibration_id }))?;
        Ok(list)
    }

    /// Has each recording measured by itself from now on; answers with the account, as the service gives it.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn enable_auto_calibration(&self) -> Result<Value> {
        self.call("enable_auto_calibration", Value::Null)
    }

    /// One calibration.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn get_calibration(&self, calibration_id: &str) -> Result<Calibration> {
        self.ask("get_calibration", json!({ "calibration_id": calibration_id }))
    }

    /// All calibrations.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn list_calibrations(&self) -> Result<Vec<Calibration>> {
        self.ask("list_calibrations", Value::Null)
    }

    /// Deletes a calibration; answers with it. `None` when the answer was lost and a further try found it gone.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn delete_calibration(&self, calibration_id: &str) -> Result<Option<Calibration>> {
        self.ask("delete_calibration", json!({ "calibration_id": calibration_id }))
    }
}

/// Projects and folders.
impl Client {
    /// Projects.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn list_projects(&self, query: &ProjectQuery) -> Result<List<Project>> {
        self.list_of("list_projects", parameters(query))
    }

    /// Makes a project.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn create_project(&self, project: &NewProject) -> Result<Project> {
        self.ask("create_project", parameters(project))
    }

    /// Renames a project.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn rename_project(&self, project_id: &str, name: &str) -> Result<Project> {
        self.ask("rename_project", json!({ "project_id": project_id, "name": name }))
    }

    /// Deletes a project. `None` when the answer was lost and a further try found it gone.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn delete_project(&self, project_id: &str) -> Result<Option<Deleted>> {
        self.ask("delete_project", json!({ "project_id": project_id }))
    }

    /// The project with this [`url`](Project::url).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn get_project_by_url(&self, project_url: &str) -> Result<Project> {
        self.ask("get_project_by_url", json!({ "project_url": project_url }))
    }

    /// Downloads a project as a zip file; `starred_only` leaves out what is not starred.
    ///
    /// # Errors
    /// As [`download`](Self::download).
    pub fn export_project(
        &self,
        project_id: &str,
        starred_only: Option<bool>,
        to: &SaveTo,
        on_progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()>,
    ) -> Result<Saved> {
        let parameters = json!({ "project_id": project_id, "starred_only": starred_only });
        self.download("export_project", parameters, to, on_progress)
    }

    /// The folders of a project.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn list_folders(&self, query: &FolderQuery) -> Result<List<Folder>> {
        self.list_of("list_folders", parameters(query))
    }

    /// Makes a folder.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn create_folder(&self, folder: &NewFolder) -> Result<Folder> {
        self.ask("create_folder", parameters(folder))
    }

    /// Renames a folder.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn rename_folder(&self, folder_id: &str, name: &str) -> Result<Folder> {
        self.ask("rename_folder", json!({ "folder_id": folder_id, "name": name }))
    }

    /// Deletes a folder, with those in it; answers with what is gone. Nothing when the answer was lost and a further try
    /// found it gone.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn delete_folder(&self, folder_id: &str) -> Result<Vec<Deleted>> {
        let OneOrMany(list) = self.ask("delete_folder", json!({ "folder_id": folder_id }))?;
        Ok(list)
    }

    /// One folder.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn get_folder(&self, folder_id: &str) -> Result<Folder> {
        self.ask("get_folder", json!({ "folder_id": folder_id }))
    }
}

/// Recordings and notes.
impl Client {
    /// Recordings of a project or a folder, conversions among them.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn list_recordings(&self, query: &RecordingQuery) -> Result<List<Recording>> {
        self.list_of("list_recordings", parameters(query))
    }

    /// The originals in a folder.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn list_originals(&self, query: &OriginalQuery) -> Result<List<Recording>> {
        self.list_of("list_originals", parameters(query))
    }

    /// The conversions of an original.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn list_conversions(&self, query: &ConversionQuery) -> Result<List<Recording>> {
        self.list_of("list_conversions", parameters(query))
    }

    /// Uploads audio as an original. [`Recording::state`] says when it is done.
    ///
    /// # Errors
    /// As [`upload`](Self::upload).
    pub fn create_recording(
        &self,
        recording: &NewRecording,
        audio: &Audio,
        on_progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()>,
    ) -> Result<Recording> {
        let mut parameters = parameters(recording);
        if recording.microphone.is_none() {
            parameters["microphone"] = "file".into();
        }
        let answer = self.upload("create_recording", parameters, audio, on_progress)?;
        typed("create_recording", answer)
    }

    /// Has a text spoken as an original, the old way.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    #[deprecated(note = "the vendor advises against it: use create_tts_recording")]
    pub fn create_tts_recording_v1(&self, recording: &NewTtsRecordingV1) -> Result<Recording> {
        self.ask("create_tts_recording_v1", parameters(recording))
    }

    /// Has a text spoken as an original. [`Recording::state`] says when it is done.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn create_tts_recording(&self, recording: &NewTtsRecording) -> Result<Recording> {
        self.ask("create_tts_recording", parameters(recording))
    }

    /// Changes the given fields of a recording; answers with the whole.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn update_recording(&self, recording_id: &str, changes: &RecordingChanges) -> Result<Recording> {
        let mut parameters = parameters(changes);
        parameters["recording_id"] = recording_id.into();
        self.ask("update_recording", parameters)
    }

    /// Sets all that can be set of a recording; answers with the whole.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn replace_recording(&self, recording_id: &str, label: &str, starred: bool) -> Result<Recording> {
        let parameters = json!({ "recording_id": recording_id, "label": label, "starred": starred });
        self.ask("replace_recording", parameters)
    }

    /// Deletes a recording.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn delete_recording(&self, recording_id: &str) -> Result<()> {
        self.call("delete_recording", json!({ "recording_id": recording_id }))
            .map(drop)
    }

    /// Downloads all conversions of an original as a zip file; `starred_only` leaves out what is not starred.
    ///
    /// # Errors
    /// As [`download`](Self::download).
    pub fn export_conversions(
        &self,
        original_id: &str,
        starred_only: Option<bool>,
        to: &SaveTo,
        on_progress: impl FnMut(u64, Option<u64>) -> ControlFlow<()>,
    ) -> Result<Saved> {
        let parameters = json!({ "original_id": original_id, "starred_only": starred_only });
        self.download("export_conversions", parameters, to, on_progress)
    }

    /// One recording.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn get_recording(&self, recording_id: &str) -> Result<Recording> {
        self.ask("get_recording", json!({ "recording_id": recording_id }))
    }

    /// Writes a note about a recording.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn create_note(&self, recording_id: &str, text: &str) -> Result<Note> {
        self.ask("create_note", json!({ "recording_id": recording_id, "text": text }))
    }

    /// Changes the note about a recording.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn update_note(&self, recording_id: &str, text: &str) -> Result<Note> {
        self.ask("update_note", json!({ "recording_id": recording_id, "text": text }))
    }

    /// Deletes the note about a recording; answers with it. `None` when the answer was lost and a further try found it
    /// gone.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn delete_note(&self, recording_id: &str) -> Result<Option<Note>> {
        self.ask("delete_note", json!({ "recording_id": recording_id }))
    }
}

/// Orders and voices.
impl Client {
    /// Orders conversions; answers with one order for each. [`list_conversions`](Self::list_conversions) says when they
    /// are done. It costs credits.
    ///
    /// # Errors
    /// As [`call`](Self::call); `InsufficientCredits`.
    pub fn create_order(&self, order: &Order) -> Result<Vec<PlacedOrder>> {
        for conversion in &order.conversions {
            check_shift(conversion.semitones_correction)?;
        }
        let OneOrMany(list) = self.ask("create_order", parameters(order))?;
        Ok(list)
    }

    /// Has the failed conversions of an original tried again; answers with what the service says, which may be nothing.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn retry_order(&self, recording_id: &str) -> Result<Value> {
        self.call("retry_order", json!({ "recording_id": recording_id }))
    }

    /// The voices that speak texts into originals.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn list_tts_voices(&self) -> Result<Vec<TtsVoice>> {
        self.ask("list_tts_voices", Value::Null)
    }

    /// The voices that there are to convert into.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub fn list_voices(&self, query: &VoiceQuery) -> Result<List<Voice>> {
        self.list_of("list_voices", parameters(query))
    }

    /// Voices by their name; `limit` at most.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn search_voices(&self, name: &str, limit: Option<u64>) -> Result<Vec<Voice>> {
        self.ask("search_voices", json!({ "name": name, "limit": limit }))
    }

    /// Makes a voice a favourite, or no longer; answers with it.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn favorite_voice(&self, voice_id: &str, favorite: bool) -> Result<Voice> {
        self.ask("favorite_voice", json!({ "voice_id": voice_id, "favorite": favorite }))
    }

    /// Sets a voice's favourites and shifts; answers with it.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn set_voice_settings(&self, settings: &VoiceSettings) -> Result<Voice> {
        check_shift(settings.semitones_correction)?;
        self.ask("set_voice_settings", parameters(settings))
    }

    /// What there is to hear of an accent.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub fn list_accent_samples(&self, accent_id: &str) -> Result<AccentSamples> {
        self.ask("list_accent_samples", json!({ "accent_id": accent_id }))
    }
}
