//! What Deepdub's REST calls answer with: voices, gender, usage, capacity.

use std::hash::{DefaultHasher, Hash, Hasher};

use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde::Serialize;
use serde_json::Value;
use voicewire::deepdub;

use crate::json;

/// A class of read-only attributes over one of the core's answers.
macro_rules! answer {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* fn $field:ident(&$this:ident) -> $type:ty $get:block)* }) => {
        $(#[$meta])*
        #[pyclass(frozen, module = "voicewire.deepdub")]
        pub(crate) struct $name(pub deepdub::$name);

        #[pymethods]
        #[allow(clippy::wrong_self_convention, reason = "the service calls the first day so")]
        impl $name {
            $(
                $(#[$field_meta])*
                #[getter]
                fn $field(&$this) -> $type $get
            )*

            /// Whatever else the service said: a new dict, with the service's own names.
            #[getter]
            fn extra<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                json::to_dict(py, &self.0.extra)
            }

            /// All of it as a dict that json.dumps() takes, with the service's own names; what it left out is left out.
            fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
                match value(&self.0) {
                    Value::Object(object) => json::to_dict(py, &object),
                    _ => Ok(PyDict::new(py)),
                }
            }

            fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
                other.cast::<$name>().is_ok_and(|other| other.get().0 == self.0)
            }

            // Python takes the hash away from what has an equality of its own.
            fn __hash__(&self) -> u64 {
                let mut hasher = DefaultHasher::new();
                value(&self.0).to_string().hash(&mut hasher);
                hasher.finish()
            }

            fn __repr__(&self) -> String {
                format!("<voicewire.deepdub.{} {}>", stringify!($name), value(&self.0))
            }
        }
    };
}

fn value(answer: &impl Serialize) -> Value {
    serde_json::to_value(answer).unwrap_or_default()
}

answer! {
    /// A voice prompt as the service has it. Fields that the service left out are None, and id is empty. Two are equal when
    /// all that the service said of them is.
    VoicePrompt {
        /// Names it in requests and in the other calls.
        fn id(&self) -> &str { self.0.id.as_deref().unwrap_or_default() }
        /// Its title.
        fn title(&self) -> Option<&str> { self.0.title.as_deref() }
        /// Its name, as shown.
        fn name(&self) -> Option<&str> { self.0.name.as_deref() }
        /// The language that it speaks.
        fn locale(&self) -> Option<&str> { self.0.locale.as_deref() }
        /// What is said in the sample that it was made from.
        fn text(&self) -> Option<&str> { self.0.text.as_deref() }
        /// When it was made: RFC 3339.
        fn created_at(&self) -> Option<&str> { self.0.created_at.as_deref() }
        /// Names the speaker.
        fn speaker_id(&self) -> Option<&str> { self.0.speaker_id.as_deref() }
        /// 'MALE', 'FEMALE' or 'NON_BINARY', or a new word of the service's.
        fn gender(&self) -> Option<&str> { self.0.gender.as_ref().map(deepdub::VoiceGender::as_str) }
        /// How it speaks, such as 'Narrative'.
        fn speaking_style(&self) -> Option<&str> { self.0.speaking_style.as_deref() }
    }
}

answer! {
    /// What the service takes a speaker for.
    GenderClassification {
        /// 'female' or 'male', or a new word of the service's.
        fn predicted_gender(&self) -> &str {
            self.0.predicted_gender.as_ref().map_or("", deepdub::SpeakerGender::as_str)
        }
        /// How sure that is: 0.0 to 1.0.
        fn confidence(&self) -> f64 { self.0.confidence.unwrap_or_default() }
        /// How likely it is a woman: 0.0 to 1.0.
        fn female(&self) -> Option<f64> { self.0.prediction.as_ref()?.female }
        /// How likely it is a man: 0.0 to 1.0.
        fn male(&self) -> Option<f64> { self.0.prediction.as_ref()?.male }
        /// Seconds of audio that were listened to.
        fn duration_seconds(&self) -> Option<f64> { self.0.duration_seconds }
        /// How long it took, in milliseconds.
        fn processing_time_ms(&self) -> Option<f64> { self.0.processing_time_ms }
    }
}

answer! {
    /// Usage by day, model and region.
    Usage {
        /// The account.
        fn customer_id(&self) -> Option<&str> { self.0.customer_id.as_deref() }
        /// The first day.
        fn from_day(&self) -> Option<&str> { self.0.from.as_deref() }
        /// The last day.
        fn to_day(&self) -> Option<&str> { self.0.to.as_deref() }
        /// The rows: a new list.
        fn items(&self) -> Vec<DailyUsage> { self.0.items.iter().flatten().cloned().map(DailyUsage).collect() }
    }
}

answer! {
    /// A day's usage of a model in a region.
    DailyUsage {
        /// The day.
        fn date(&self) -> Option<&str> { self.0.date.as_deref() }
        /// The account.
        fn customer_id(&self) -> Option<&str> { self.0.customer_id.as_deref() }
        /// The model's dedicated route.
        fn model_id(&self) -> Option<&str> { self.0.model_id.as_deref() }
        /// The region.
        fn region(&self) -> Option<&str> { self.0.region.as_deref() }
        /// Seconds of instances: their number times how long they ran.
        fn usage_seconds_times_size(&self) -> Option<f64> { self.0.usage_seconds_times_size }
        /// The same in hours.
        fn concurrency_hours(&self) -> Option<f64> { self.0.concurrency_hours }
        /// How many instances there were on average.
        fn average_size(&self) -> Option<f64> { self.0.average_size }
    }
}

answer! {
    /// Usage by model and region.
    UsageByModel {
        /// The account.
        fn customer_id(&self) -> Option<&str> { self.0.customer_id.as_deref() }
        /// The first day.
        fn from_day(&self) -> Option<&str> { self.0.from.as_deref() }
        /// The last day.
        fn to_day(&self) -> Option<&str> { self.0.to.as_deref() }
        /// The rows: a new list.
        fn items(&self) -> Vec<ModelUsage> { self.0.items.iter().flatten().cloned().map(ModelUsage).collect() }
    }
}

answer! {
    /// The usage of a model in a region, over the whole range.
    ModelUsage {
        /// The model's dedicated route.
        fn model_id(&self) -> Option<&str> { self.0.model_id.as_deref() }
        /// The region.
        fn region(&self) -> Option<&str> { self.0.region.as_deref() }
        /// Seconds of instances: their number times how long they ran.
        fn total_usage_seconds_times_size(&self) -> Option<f64> { self.0.total_usage_seconds_times_size }
        /// The same in hours.
        fn total_concurrency_hours(&self) -> Option<f64> { self.0.total_concurrency_hours }
        /// How many instances there were on average, days without any included.
        fn average_instances_over_range(&self) -> Option<f64> { self.0.average_instances_over_range }
        /// On how many days there was any.
        fn days_with_usage(&self) -> Option<u64> { self.0.days_with_usage }
    }
}

answer! {
    /// How many connections a model serves.
    Capacity {
        /// The model; only where several are asked for at once.
        fn model_id(&self) -> Option<&str> { self.0.model_id.as_deref() }
        /// Connections that there are.
        fn concurrent_connections(&self) -> Option<u64> { self.0.concurrent_connections }
        /// Connections that there should be.
        fn desired_concurrent_connections(&self) -> Option<u64> { self.0.desired_concurrent_connections }
    }
}
