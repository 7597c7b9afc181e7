//! The service's enumerations.

use crate::open_enum::open_enum;

open_enum! {
    /// How far a recording, a conversion or a calibration has come.
    State {
        /// It waits for its turn:
        Pending "pending",
        /// It is being worked on:
        Processing "processing",
        /// It is finished:
        Done "done",
        /// It failed:
        Error "error",
        /// It failed:
        Failed "failed",
    }
}

impl State {
    /// Whether it has succeeded.
    pub fn is_done(&self) -> bool {
        *self == State::Done
    }

    /// Whether it has failed.
    pub fn is_failed(&self) -> bool {
        matches!(self, State::Error | State::Failed)
    }
}

open_enum! {
    /// What a recording is.
    RecordingType {
        /// What was uploaded, or spoken from a text:
        Original "original",
        /// What a voice was made to say:
        Conversion "conversion",
    }
}

open_enum! {
    /// To whom a voice is open.
    Visibility {
        Public "public",
        Paid "paid",
        Private "private",
        Kids "kids",
    }
}

open_enum! {
    /// What kind of being a voice belongs to.
    Species {
        Human "human",
        Animal "animal",
        Other "other",
    }
}

open_enum! {
    /// A voice's gender.
    Gender {
        Male "male",
        Female "female",
    }
}

open_enum! {
    /// A voice's age.
    AgeGroup {
        Child "child",
        Young "young",
        Adult "adult",
        Senior "senior",
    }
}

open_enum! {
    /// How high a voice is.
    PitchGroup {
        Low "low",
        Mid "mid",
        High "high",
    }
}

open_enum! {
    /// In which direction a list is sorted.
    Direction {
        /// The least first:
        Ascending "asc",
        /// The greatest first:
        Descending "desc",
    }
}

open_enum! {
    /// What projects are sorted by.
    ProjectSort {
        Name "name",
        CreatedAt "created_at",
        LastRecordingAt "last_recording_at",
    }
}

open_enum! {
    /// What voices are sorted by.
    VoiceSort {
        Name "name",
        Pitch "pitch",
        Rating "rating",
        CreatedAt "created_at",
    }
}
