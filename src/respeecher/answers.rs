//! What the service answers with. What it leaves out, or gives as null, is `None` or empty; what is not known here is in
//! `extra`.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use super::words::{AgeGroup, Gender, PitchGroup, RecordingType, Species, State, Visibility};
use crate::answers::answers;

answers! {
    /// A session that has been opened. Its cookie and token stay with the client.
    Session {
        /// The account.
        user: Map<String, Value>,
        /// How long the session lasts, as the service counts.
        session_duration: Option<f64>,
    }

    /// The account's credits.
    Credits {
        /// What is left.
        credits: Option<f64>,
        /// What there was.
        initial_credits: Option<f64>,
    }

    /// What a conversion went through for moderation.
    Moderation {
        /// How far it has come.
        state: Option<String>,
        /// Why it failed.
        error: Option<String>,
        /// The language that was found.
        language: Option<String>,
        /// Whether something in it is not allowed.
        has_violations: Option<bool>,
    }

    /// A price level.
    Tier {
        /// Its name.
        name: Option<String>,
    }

    /// What an accent is.
    AccentInfo {
        /// Its name.
        name: Option<String>,
        /// Its short name.
        short_name: Option<String>,
        /// Its locale, such as `en-GB`.
        locale: Option<String>,
    }

    /// What the account has set for an accent.
    AccentSettings {
        /// Whether it is the favourite.
        favorite: Option<bool>,
        /// By how many semitones the voice is shifted.
        semitones_correction: Option<f64>,
    }

    /// What a narration style is.
    NarrationStyleInfo {
        /// Its name.
        name: Option<String>,
    }

    /// What the account has set for a narration style.
    NarrationStyleSettings {
        /// Whether it is the favourite.
        favorite: Option<bool>,
    }

    /// What there is to hear of an accent.
    AccentSamples {
        /// As the service gives them: their form is not documented.
        samples: Value,
    }

    /// How long the audio was that has been converted.
    TimeConverted {
        /// In all.
        total: Option<f64>,
        /// This month.
        current_month: Option<f64>,
        /// Month by month (`previous_monthes`).
        previous_monthes: Vec<MonthConverted>,
    }

    /// One month of it.
    MonthConverted {
        /// A date in it, such as `2023-11-08`.
        month: Option<String>,
        /// How long the audio was.
        duration: Option<f64>,
    }

    /// How many conversions there were.
    ConversionCounts {
        /// In all.
        total: Option<u64>,
        /// Of these, finished.
        completed: Option<u64>,
        /// Under way.
        in_progress: Option<u64>,
        /// Failed.
        failed: Option<u64>,
    }

    /// How much one model has been used.
    ModelStats {
        /// The model.
        id: Option<String>,
        /// Its name.
        name: Option<String>,
        /// How many conversions it made.
        conversions_count: Option<u64>,
        /// How long their audio was.
        converted_time: Option<f64>,
    }

    /// The account's statistics.
    Stats {
        /// How long the audio was.
        time_converted: TimeConverted,
        /// How many conversions.
        conversions: ConversionCounts,
        /// By model.
        models: Vec<ModelStats>,
    }

    /// A project's statistics.
    ProjectStats {
        /// The project.
        project_id: Option<String>,
        /// How long the audio was.
        time_converted: TimeConverted,
        /// How many conversions.
        conversions: ConversionCounts,
    }

    /// A folder's statistics.
    FolderStats {
        /// The folder.
        folder_id: Option<String>,
        /// How many conversions.
        stats: ConversionCounts,
    }
}

answers! {
    /// Something that was deleted.
    Deleted(id) {}

    /// A voice of one's own as the service has measured it, to shift conversions by.
    Calibration(id) {
        /// Its name.
        name: Option<String>,
        /// Whose it is.
        user_id: Option<String>,
        /// The fundamental frequency, in Hz.
        f0: Option<f64>,
        /// How it was measured.
        algorithm: Option<String>,
        /// Where its audio is.
        bucket: Option<String>,
        /// Where in there.
        key: Option<String>,
        /// How far it has come.
        state: Option<State>,
        /// Why it failed.
        error: Option<String>,
        /// When it was made: RFC 3339.
        created_at: Option<String>,
        /// When it was finished: RFC 3339.
        calibrated_at: Option<String>,
        /// Whether it is the one that is used.
        enabled: Option<bool>,
    }

    /// A project: folders with recordings in them.
    Project(id) {
        /// Its name.
        name: Option<String>,
        /// Its name as it stands in its URL.
        slug: Option<String>,
        /// Whose it is: a user or a group.
        owner: Option<String>,
        /// Its URL, for `get_project_by_url`.
        url: Option<String>,
        /// Not used any more.
        models: Option<Value>,
        /// Whether it is there.
        active: Option<bool>,
        /// When it was made: RFC 3339.
        created_at: Option<String>,
        /// When the last recording came into it: RFC 3339.
        last_recording_at: Option<String>,
    }

    /// A folder of a project.
    Folder(id) {
        /// Its name.
        name: Option<String>,
        /// The project it is in.
        project_id: Option<String>,
        /// The folder it is in.
        parent_id: Option<String>,
        /// Whether it is there.
        active: Option<bool>,
        /// When it was made: RFC 3339.
        created_at: Option<String>,
    }

    /// A recording: an original, or a conversion of one.
    Recording(id) {
        /// The project it is in.
        project_id: Option<String>,
        /// The folder it is in.
        parent_folder_id: Option<String>,
        /// Whether it is an original or a conversion (`type`).
        r#type: Option<RecordingType>,
        /// Where its audio is, for [`Client::download_url`](super::Client::download_url).
        url: Option<String>,
        /// Where its waveform is.
        waveform_url: Option<String>,
        /// What its file is called.
        file_name: Option<String>,
        /// Its label.
        label: Option<String>,
        /// How far it has come.
        state: Option<State>,
        /// Of a conversion: what was converted.
        original_id: Option<String>,
        /// The model.
        model_id: Option<String>,
        /// The model's name.
        model_name: Option<String>,
        /// Of a conversion: the voice.
        voice_id: Option<String>,
        /// The voice's name.
        voice_name: Option<String>,
        /// The accent.
        accent_id: Option<String>,
        /// The accent's name.
        accent_name: Option<String>,
        /// The narration style.
        narration_style_id: Option<String>,
        /// The narration style's name.
        narration_style_name: Option<String>,
        /// By how many semitones it was shifted.
        semitones_correction: Option<f64>,
        /// The calibration that was used.
        calibration_id: Option<String>,
        /// Its value: a number or a text, depending on whom one asks.
        calibration_value: Option<Value>,
        /// Its name.
        calibration_name: Option<String>,
        /// The microphone; `file` for an upload.
        microphone: Option<String>,
        /// The file's length in bytes.
        size: Option<f64>,
        /// Its length in seconds.
        duration: Option<f64>,
        /// Whether it is starred.
        starred: Option<bool>,
        /// Whether it was spoken from a text.
        tts: Option<bool>,
        /// The name of the voice that spoke it.
        tts_voice: Option<String>,
        /// That voice.
        tts_voice_id: Option<String>,
        /// The text.
        text: Option<String>,
        /// What it was made with.
        params: Option<Value>,
        /// Why it failed.
        error: Option<String>,
        /// Whether it is there.
        active: Option<bool>,
        /// When it was made: RFC 3339.
        created_at: Option<String>,
        /// When it was converted: RFC 3339.
        converted_at: Option<String>,
        /// How often it was listened to.
        listen_count: Option<u64>,
        /// What is being done to it.
        process_stage: Option<String>,
        /// A note about it.
        note: Option<RecordingNote>,
        /// The payment.
        transaction_id: Option<String>,
        /// What moderation found.
        moderation: Option<Moderation>,
    }

    /// A voice that speaks texts into originals.
    TtsVoice(id) {
        /// To whom it is open.
        visibility: Option<Visibility>,
        /// Its name.
        name: Option<String>,
        /// Its fundamental frequency, in Hz.
        f0: Option<f64>,
        /// Whether it is used where none is named.
        is_default: Option<bool>,
    }

    /// A note about a recording.
    Note(id) {
        /// The recording.
        recording_id: Option<String>,
        /// What it says.
        text: Option<String>,
        /// Whether it is there.
        active: Option<bool>,
    }

    /// One conversion that has been ordered.
    PlacedOrder(id) {
        /// Who ordered it.
        user_id: Option<String>,
        /// What is converted.
        original_id: Option<String>,
        /// The conversion: the id of a [`Recording`].
        conversion_id: Option<String>,
        /// The payment.
        transaction_id: Option<String>,
        /// The moderation.
        moderation_id: Option<String>,
        /// The calibration that is used.
        calibration_id: Option<String>,
        /// For the vendor's support.
        tracking_id: Option<String>,
        /// The fundamental frequency it is adjusted to.
        f0: Option<f64>,
        /// How far it has come.
        state: Option<State>,
        /// When it was ordered: RFC 3339.
        created_at: Option<String>,
        /// When it was finished: RFC 3339.
        closed_at: Option<String>,
        /// Why it failed.
        error: Option<String>,
    }

    /// An accent that a voice speaks with: for conversions of audio.
    Accent(id) {
        /// Whether it is used where none is named.
        is_default: Option<bool>,
        /// Whether it is the voice's own.
        native: Option<bool>,
        /// What it is.
        info: AccentInfo,
        /// Its price levels.
        tiers: Vec<Tier>,
        /// Whether the account may use it.
        available: Option<bool>,
        /// What the account has set for it.
        settings: Option<AccentSettings>,
    }

    /// A style that a voice speaks texts in.
    NarrationStyle(id) {
        /// Whether it is used where none is named.
        is_default: Option<bool>,
        /// What it is.
        info: NarrationStyleInfo,
        /// What the account has set for it.
        settings: Option<NarrationStyleSettings>,
    }

    /// A voice of the marketplace.
    Voice(id) {
        /// Whose it is.
        owner_id: Option<String>,
        /// Its name.
        name: Option<String>,
        /// Its name as it stands in URLs.
        slug: Option<String>,
        /// To whom it is open.
        visibility: Option<Visibility>,
        /// What kind of being it belongs to.
        species: Option<Species>,
        /// Who lent it.
        artist: Option<String>,
        /// Whether the vendor has checked that.
        verified_artist: Option<bool>,
        /// Its gender.
        gender: Option<Gender>,
        /// Its pitch, in Hz.
        pitch: Option<f64>,
        /// Its age.
        age_group: Option<AgeGroup>,
        /// How high it is.
        pitch_group: Option<PitchGroup>,
        /// Where it comes from.
        nationality: Option<String>,
        /// A picture.
        image_url: Option<String>,
        /// A small one.
        thumbnail_url: Option<String>,
        /// What the vendor says about it.
        description: Option<String>,
        /// How it was rated.
        rating: Option<f64>,
        /// Whether it is there.
        active: Option<bool>,
        /// When it was made: RFC 3339.
        created_at: Option<String>,
        /// Whether it is a favourite.
        favorite: Option<bool>,
        /// Whether the account may use it.
        available: Option<bool>,
        /// Its accents, for audio.
        accents: Vec<Accent>,
        /// Its narration styles, for texts.
        narration_styles: Vec<NarrationStyle>,
        /// Its price levels.
        tiers: Vec<Tier>,
    }
}

/// A note as it stands in its recording.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum RecordingNote {
    /// The note.
    Note(Note),
    /// What it says: some answers give only that.
    Text(String),
}

impl<'de> Deserialize<'de> for RecordingNote {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RecordingNote, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(RecordingNote::Text(text)),
            other => serde_json::from_value(other)
                .map(RecordingNote::Note)
                .map_err(serde::de::Error::custom),
        }
    }
}

/// A key that has just been made. Its `Debug` does not show it.
#[derive(Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct ApiKey {
    /// The key itself: it is not shown again.
    pub api_key: String,
    /// Whatever else the service said.
    #[serde(flatten)]
    pub extra: Map<String, Value>,
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKey")
            .field("extra", &self.extra)
            .finish_non_exhaustive()
    }
}

/// One, or a list of them, or nothing: where descriptions of the service differ.
#[derive(Debug)]
pub(super) struct OneOrMany<T>(pub Vec<T>);

impl<'de, T: serde::de::DeserializeOwned> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<OneOrMany<T>, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Null => Ok(OneOrMany(Vec::new())),
            Value::Array(list) => list
                .into_iter()
                .map(serde_json::from_value)
                .collect::<Result<_, _>>()
                .map(OneOrMany),
            one => serde_json::from_value(one).map(|one| OneOrMany(vec![one])),
        }
        .map_err(serde::de::Error::custom)
    }
}
