//! What is sent to the service. `None` is left to it.

use serde::Serialize;
use serde_json::Value;

use super::words::{AgeGroup, Direction, Gender, PitchGroup, ProjectSort, Species, Visibility, VoiceSort};
use crate::error::{Error, Result};

/// Structs whose fields have the service's names.
macro_rules! requests {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, Serialize)]
        pub struct $name {
            $($(#[$field_doc])* #[serde(skip_serializing_if = "is_left_out")] pub $field: $type,)*
        }
    )*};
}

trait LeftOut {
    fn is_left_out(&self) -> bool {
        false
    }
}

impl<T> LeftOut for Option<T> {
    fn is_left_out(&self) -> bool {
        self.is_none()
    }
}

impl LeftOut for String {}
impl LeftOut for bool {}
impl<T> LeftOut for Vec<T> {}

fn is_left_out(value: &impl LeftOut) -> bool {
    value.is_left_out()
}

requests! {
    /// Which projects, and in what order.
    ProjectQuery {
        /// How many on a page.
        limit: Option<u64>,
        /// How many to leave out first.
        offset: Option<u64>,
        /// By what they are sorted.
        sort: Option<ProjectSort>,
        /// In which direction.
        direction: Option<Direction>,
        /// Only those of this user or group.
        owner: Option<String>,
    }

    /// A project to be made.
    NewProject {
        /// Its name.
        name: String,
        /// Whose it is: a user or a group.
        owner: Option<String>,
    }

    /// Which folders.
    FolderQuery {
        /// Of which project.
        project_id: String,
        /// How many on a page. 50.
        limit: Option<u64>,
        /// How many to leave out first.
        offset: Option<u64>,
        /// In which direction they are sorted.
        direction: Option<Direction>,
    }

    /// A folder to be made.
    NewFolder {
        /// Its name.
        name: String,
        /// The project it is in.
        project_id: String,
        /// The folder it is in.
        parent_id: Option<String>,
    }

    /// Which recordings.
    RecordingQuery {
        /// Of this project.
        project_id: Option<String>,
        /// In this folder.
        folder_id: Option<String>,
        /// How many on a page.
        limit: Option<u64>,
        /// How many to leave out first.
        offset: Option<u64>,
        /// In which direction they are sorted.
        direction: Option<Direction>,
    }

    /// Which originals.
    OriginalQuery {
        /// In this folder.
        folder_id: String,
        /// How many on a page.
        limit: Option<u64>,
        /// How many to leave out first.
        offset: Option<u64>,
        /// In which direction they are sorted.
        direction: Option<Direction>,
    }

    /// Which conversions.
    ConversionQuery {
        /// Of this original.
        original_id: String,
        /// How many on a page.
        limit: Option<u64>,
        /// How many to leave out first.
        offset: Option<u64>,
        /// In which direction they are sorted.
        direction: Option<Direction>,
    }

    /// An original to be made of audio.
    NewRecording {
        /// The folder it comes into.
        parent_folder_id: String,
        /// The microphone. `file`, which is what an upload is to say.
        microphone: Option<String>,
        /// Its label.
        label: Option<String>,
    }

    /// An original to be spoken from a text.
    NewTtsRecording {
        /// The folder it comes into.
        parent_folder_id: String,
        /// What is spoken.
        text: String,
        /// The text's language (ISO 639). Else it is found out.
        text_language: Option<String>,
        /// Its label.
        label: Option<String>,
        /// The voice that speaks it. Not on the vendor's page.
        tts_voice_id: Option<String>,
    }

    /// An original to be spoken from a text, for the call that the vendor advises against.
    NewTtsRecordingV1 {
        /// The project it comes into.
        project_id: String,
        /// The folder it comes into.
        parent_folder_id: String,
        /// Its label.
        label: Option<String>,
        /// The voice that speaks it: the id of a [`TtsVoice`](super::TtsVoice).
        voice_id: String,
        /// What is spoken.
        text: String,
    }

    /// What to change in a recording; `None` stays as it is.
    RecordingChanges {
        /// Its label.
        label: Option<String>,
        /// Whether it is starred.
        starred: Option<bool>,
    }

    /// Conversions to be made of an original.
    Order {
        /// The original.
        original_id: String,
        /// Into which voices; one at least.
        conversions: Vec<Conversion>,
        /// The calibration to use, for audio.
        calibration_id: Option<String>,
        /// Whether that one is used rather than the account's, for audio.
        use_calibration: Option<bool>,
    }

    /// One voice that an original is converted into.
    Conversion {
        /// The voice.
        voice_id: String,
        /// One of its narration styles. Required where the original was spoken from a text.
        narration_style_id: Option<String>,
        /// One of its accents, for audio.
        accent_id: Option<String>,
        /// By how many semitones the outcome is shifted, besides the voice's own shift.
        semitones_correction: Option<f64>,
        /// Its label.
        label: Option<String>,
    }

    /// Which voices, and in what order.
    VoiceQuery {
        /// How many on a page. 25.
        limit: Option<u64>,
        /// How many to leave out first.
        offset: Option<u64>,
        /// By what they are sorted.
        sort: Option<VoiceSort>,
        /// In which direction.
        direction: Option<Direction>,
        /// Only these.
        visibility: Option<Visibility>,
        /// Only these.
        species: Option<Species>,
        /// Only these.
        gender: Option<Gender>,
        /// Only these.
        age_group: Option<AgeGroup>,
        /// Only these.
        pitch_group: Option<PitchGroup>,
        /// Only these.
        nationality: Option<String>,
    }

    /// What to set for a voice.
    VoiceSettings {
        /// The voice.
        voice_id: String,
        /// The narration style to make the favourite.
        narration_style_id: Option<String>,
        /// The accent to make the favourite.
        accent_id: Option<String>,
        /// By how many semitones that accent is shifted.
        semitones_correction: Option<f64>,
    }
}

impl NewProject {
    /// One of this name.
    pub fn new(name: impl Into<String>) -> NewProject {
        NewProject {
            name: name.into(),
            ..NewProject::default()
        }
    }
}

impl Conversion {
    /// Into this voice.
    pub fn new(voice_id: impl Into<String>) -> Conversion {
        Conversion {
            voice_id: voice_id.into(),
            ..Conversion::default()
        }
    }

    /// Into this voice in this narration style, as texts need it.
    pub fn styled(voice_id: impl Into<String>, narration_style_id: impl Into<String>) -> Conversion {
        Conversion {
            narration_style_id: Some(narration_style_id.into()),
            ..Conversion::new(voice_id)
        }
    }
}

/// JSON has no infinite numbers: they would be sent as nothing.
pub(super) fn check_shift(semitones: Option<f64>) -> Result<()> {
    match semitones.filter(|shift| !shift.is_finite()) {
        Some(shift) => Err(Error::invalid("semitones_correction", shift, "a finite number")),
        None => Ok(()),
    }
}

/// A request as the parameters of its call.
pub(super) fn parameters(request: &impl Serialize) -> Value {
    // They are structs of texts, numbers and truth values: nothing in them can fail.
    serde_json::to_value(request).unwrap_or_default()
}
