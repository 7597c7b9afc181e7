//! What the service answers with. What it leaves out, or gives as null, is `None` or empty; what is not known here is in
//! `extra`.

use serde_json::{Map, Value};

use super::lang::LangCode;
use super::voices::ProcessingStatus;
use crate::answers::answers;

answers! {
    /// What kind of audio a sample is.
    AudioMetadata {
        /// The container.
        format: Option<String>,
        /// The codec.
        codec: Option<String>,
        /// Its length in seconds.
        duration: Option<f64>,
        /// Its media type, such as `audio/wav`.
        mime_type: Option<String>,
    }

    /// What a sample says.
    SampleText {
        /// The text.
        content: Option<String>,
        /// Its language.
        lang: Option<LangCode>,
        /// What spoke it: the vendor's page leaves open whether it is told here or of the sample.
        model: Option<String>,
    }

    /// A sample of a voice, spoken by the service.
    TtsSample {
        /// Whose voice it is.
        user_id: Option<String>,
        /// Names the sample.
        blob_id: Option<String>,
        /// Where its audio is, for [`Client::download_url`](super::Client::download_url).
        url: Option<String>,
        /// What kind of audio that is.
        audio_metadata: Option<AudioMetadata>,
        /// What it says.
        text: Option<SampleText>,
        /// What spoke it, where that is not told of the text.
        model: Option<String>,
        /// What its file is called.
        filename: Option<String>,
        /// Its media type.
        mime_type: Option<String>,
        /// Its name.
        display_name: Option<String>,
        /// What it is.
        description: Option<String>,
        /// When it was made: RFC 3339.
        utc_created_at: Option<String>,
    }

    /// A recording that a voice is cloned from.
    CloneSample {
        /// Names it.
        sample_id: Option<String>,
        /// Where it is to be uploaded, for a short time. It holds a permission: treat it as a secret.
        url: Option<String>,
        /// What is to be sent along.
        form_data: Map<String, Value>,
        /// What its file is called.
        filename: Option<String>,
        /// Its media type.
        mime_type: Option<String>,
        /// Its language.
        lang_code: Option<LangCode>,
        /// Whether noise is taken out of it.
        denoise: Option<bool>,
        /// Whether its speech is made evenly loud.
        speech_normalization: Option<bool>,
    }

    /// What came of the making of a voice.
    ProcessingResult {
        /// Why it failed.
        errors: Vec<Value>,
        /// What could be better.
        warnings: Vec<Value>,
    }

    /// A voice.
    Voice {
        /// Names it in other calls.
        voice_id: Option<String>,
        /// Its name.
        name: Option<String>,
        /// What it is.
        description: Option<String>,
        /// The account's own words about it.
        labels: Map<String, Value>,
        /// How far it has come.
        processing_status: Option<ProcessingStatus>,
        /// What came of that.
        processing_result: Option<ProcessingResult>,
        /// What it is cloned from.
        samples: Vec<CloneSample>,
        /// When it was made: RFC 3339.
        utc_created_at: Option<String>,
    }

    /// How many voices the account may have.
    Limits {
        /// How many there are.
        total: Option<u64>,
        /// How many there may be.
        limit: Option<u64>,
        /// How many more.
        remaining: Option<u64>,
        /// Of these, ready.
        ready: Option<u64>,
        /// Being made.
        pending: Option<u64>,
        /// Failed.
        failed: Option<u64>,
    }

    /// What the service says about a deletion.
    Deleted {}
}
