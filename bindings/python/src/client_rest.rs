//! `voicewire.deepdub.Client`: speech over REST, voices, gender, usage, capacity.

use std::path::PathBuf;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use voicewire::deepdub::{NewVoice, PostRequest, UsageQuery, VoiceChanges, VoiceGender};

use crate::answers::{Capacity, GenderClassification, Usage, UsageByModel, VoicePrompt};
use crate::cancel::token;
use crate::client::Client;
use crate::errors;
use crate::issue::sent_audio_of;
use crate::request::{Whole, speech_request, text_of, whole};
use crate::stream::SpeechStream;

/// What the days of a query are called here.
const DAYS: &[(&str, &str)] = &[("from", "from_day"), ("to", "to_day")];

/// A day as text, or as a `datetime.date`.
fn day_of(name: &str, day: &Bound<'_, PyAny>) -> PyResult<String> {
    // A datetime is a date, too, and its day is what is meant.
    let day = &day.call_method0("date").unwrap_or_else(|_| day.clone());
    match day.getattr("isoformat") {
        Ok(isoformat) => isoformat.call0()?.extract(),
        Err(_) => text_of(name, day),
    }
}

fn usage_query(
    from_day: &Bound<'_, PyAny>,
    to_day: &Bound<'_, PyAny>,
    model_id: Option<String>,
    region: Option<String>,
) -> PyResult<UsageQuery> {
    let mut query = UsageQuery::new(day_of("from_day", from_day)?, day_of("to_day", to_day)?);
    query.model_id = model_id;
    query.region = region;
    Ok(query)
}

#[pymethods]
impl Client {
    /// Speaks one text over REST and gives the stream of its chunks, to be iterated over while they arrive: as stream_tts(),
    /// for networks that let no WebSocket through, for a voice_reference, and with connections that are kept for further
    /// calls.
    ///
    /// Returns when the service has begun to answer. A chunk is what has come at once, 16 KiB at most; the last one is
    /// empty. A connection that could not be made and a service that is too busy (HTTP 429) are tried again, as the client's
    /// `retries` says, within its total_timeout.
    ///
    /// Args:
    ///     format: 'mp3' (the default), 'opus' or 'mulaw'. This and all other options are those of stream_tts().
    ///     voice_reference: Audio whose voice is imitated, 20 MiB at most: a Speech, bytes (or anything like it) of a file, or
    ///         a file's path as str or os.PathLike.
    ///     publish: True publishes what is made.
    ///
    /// Raises:
    ///     InvalidArgumentError, FileError: before anything is sent; `field` says which argument.
    ///     CancelledError: `cancel` was cancelled, or the client closed; if before the call, nothing is sent.
    ///     Error: whatever else can go wrong until the service answers. What goes wrong later comes with the next chunk.
    #[pyo3(
        signature = (text, voice_prompt_id, *, voice_reference=None, publish=None, cancel=None, **options),
        text_signature = "($self, text, voice_prompt_id, *, model='dd-etts-3.0', locale='en-US', format='mp3', \
            generation_id=None, sample_rate=None, target_duration=None, tempo=None, variance=None, temperature=None, \
            seed=None, prompt_boost=None, super_stretch=None, realtime=None, clean_audio=None, auto_gain=None, \
            accent_base_locale=None, accent_locale=None, accent_ratio=None, performance_reference_prompt_id=None, \
            voice_reference=None, publish=None, cancel=None)"
    )]
    fn post_tts(
        &self,
        text: &Bound<'_, PyAny>,
        voice_prompt_id: &Bound<'_, PyAny>,
        voice_reference: Option<&Bound<'_, PyAny>>,
        publish: Option<bool>,
        cancel: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<SpeechStream> {
        let mut request = PostRequest::from(speech_request(text, voice_prompt_id, options)?);
        let reference = voice_reference.map(|audio| sent_audio_of("voice_reference", audio));
        request.voice_reference = reference.transpose()?;
        request.publish = publish;
        SpeechStream::open(text.py(), token(cancel)?, |options| {
            self.core().open_post_tts(&request, options)
        })
    }

    /// Has one text spoken into a file, in any format, and returns the address that it can be fetched from. The options are
    /// those of stream_tts(); rest_timeout is for all of it.
    ///
    /// Raises:
    ///     InvalidArgumentError: before anything is sent.
    ///     Error: whatever can go wrong later. After NetworkError, TimeoutError or ServerError the text may have been spoken
    ///         all the same.
    #[pyo3(
        signature = (text, voice_prompt_id, *, cancel=None, **options),
        text_signature = "($self, text, voice_prompt_id, *, model='dd-etts-3.0', locale='en-US', format='mp3', \
            generation_id=None, sample_rate=None, target_duration=None, tempo=None, variance=None, temperature=None, \
            seed=None, prompt_boost=None, super_stretch=None, realtime=None, clean_audio=None, auto_gain=None, \
            accent_base_locale=None, accent_locale=None, accent_ratio=None, performance_reference_prompt_id=None, \
            cancel=None)"
    )]
    fn tts_retroactive(
        &self,
        text: &Bound<'_, PyAny>,
        voice_prompt_id: &Bound<'_, PyAny>,
        cancel: Option<&Bound<'_, PyAny>>,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<String> {
        let request = speech_request(text, voice_prompt_id, options)?;
        self.rest(text.py(), cancel, |client, options| {
            client.tts_retroactive_with(&request, options)
        })
    }

    /// The account's voices; `limit` of them at most, 1 or more. The service's own limit is 100.
    ///
    /// Raises:
    ///     Error: whatever can go wrong; InvalidArgumentError before anything is sent.
    #[pyo3(signature = (limit=None, *, cancel=None))]
    fn list_voices(
        &self,
        py: Python<'_>,
        limit: Option<Whole>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<VoicePrompt>> {
        let limit = whole(py, "limit", limit)?;
        self.rest(py, cancel, |client, options| client.list_voices_with(limit, options))
            .map(|voices| voices.into_iter().map(VoicePrompt).collect())
    }

    /// One voice.
    ///
    /// Raises:
    ///     NotFoundError: the account has none of that id.
    ///     Error: whatever else can go wrong.
    #[pyo3(signature = (id, *, cancel=None))]
    fn get_voice(&self, id: &Bound<'_, PyAny>, cancel: Option<&Bound<'_, PyAny>>) -> PyResult<VoicePrompt> {
        let py = id.py();
        let id = text_of("id", id)?;
        self.rest(py, cancel, |client, options| client.get_voice_with(&id, options))
            .map(VoicePrompt)
    }

    /// Makes a voice from a sample, and returns its id: a voice_prompt_id.
    ///
    /// There is no way to tell the service that two are one: when this fails with NetworkError, TimeoutError or ServerError,
    /// the voice may have been made all the same. The upload takes as long as it moves; rest_timeout is how long nothing may.
    ///
    /// Args:
    ///     audio: The sample, 20 MiB at most: a Speech, bytes (or anything like it) of a file, or a file's path as str or
    ///         os.PathLike.
    ///     filename: What the sample is called, such as 'me.wav'. A file's own name otherwise; everything else needs one.
    ///     title: Its title. This and the following are left to the service when they are None.
    ///     text: What is said in the sample.
    ///     locale: The language of the sample, such as 'en-US'.
    ///     gender: 'MALE', 'FEMALE' or 'NON_BINARY'.
    ///     age: How old the speaker is, in years.
    ///     speaking_style: How it speaks, such as 'Narrative'.
    ///     speaker_id: A name of your own for the speaker.
    ///     publish: Whether others may use it.
    ///     cancel: A voicewire.CancelToken that ends this call with CancelledError.
    ///
    /// Raises:
    ///     InvalidArgumentError, FileError: before anything is sent.
    ///     QuotaExceededError: the account may have no more voices.
    ///     Error: whatever else can go wrong.
    #[pyo3(signature = (audio, *, filename=None, title=None, text=None, locale=None, gender=None, age=None,
        speaking_style=None, speaker_id=None, publish=None, cancel=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn upload_voice(
        &self,
        audio: &Bound<'_, PyAny>,
        filename: Option<String>,
        title: Option<String>,
        text: Option<String>,
        locale: Option<String>,
        gender: Option<&str>,
        age: Option<Whole>,
        speaking_style: Option<String>,
        speaker_id: Option<String>,
        publish: Option<bool>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<String> {
        let py = audio.py();
        let voice = NewVoice {
            audio: sent_audio_of("audio", audio)?,
            filename,
            title,
            text,
            locale,
            gender: gender.map(VoiceGender::from),
            age: whole(py, "age", age)?,
            speaking_style,
            speaker_id,
            publish,
        };
        self.rest(py, cancel, |client, options| client.upload_voice_with(&voice, options))
    }

    /// Changes the given fields of a voice; None leaves a field as it is, and so, to the service, does ''. Returns the whole
    /// voice.
    ///
    /// Raises:
    ///     NotFoundError: the account has none of that id.
    ///     Error: whatever else can go wrong.
    #[pyo3(signature = (id, *, name=None, locale=None, gender=None, age=None, cancel=None))]
    fn update_voice(
        &self,
        id: &Bound<'_, PyAny>,
        name: Option<String>,
        locale: Option<String>,
        gender: Option<&str>,
        age: Option<Whole>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<VoicePrompt> {
        let py = id.py();
        let id = text_of("id", id)?;
        let changes = VoiceChanges {
            name,
            locale,
            gender: gender.map(VoiceGender::from),
            age: whole(py, "age", age)?,
        };
        self.rest(py, cancel, |client, options| {
            client.update_voice_with(&id, &changes, options)
        })
        .map(VoicePrompt)
    }

    /// Deletes a voice for good. Returns the service's words.
    ///
    /// Raises:
    ///     NotFoundError: the account has none of that id.
    ///     Error: whatever else can go wrong.
    #[pyo3(signature = (id, *, cancel=None))]
    fn delete_voice(&self, id: &Bound<'_, PyAny>, cancel: Option<&Bound<'_, PyAny>>) -> PyResult<String> {
        let py = id.py();
        let id = text_of("id", id)?;
        self.rest(py, cancel, |client, options| client.delete_voice_with(&id, options))
    }

    /// Classifies the speaker in this audio, 20 MiB at most: a Speech, bytes (or anything like it) of a file, or a file's
    /// path as str or os.PathLike. It is sent within the request. Bare samples need a header first; a Speech gets one, if it
    /// was generated with a sample_rate.
    ///
    /// Raises:
    ///     InvalidArgumentError, FileError: before anything is sent.
    ///     RejectedInputError: the service cannot decode it.
    ///     Error: whatever else can go wrong.
    #[pyo3(signature = (audio, *, cancel=None))]
    fn classify_gender(
        &self,
        audio: &Bound<'_, PyAny>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<GenderClassification> {
        let py = audio.py();
        let audio = sent_audio_of("audio", audio)?;
        self.rest(py, cancel, |client, options| {
            client.classify_gender_with(&audio, options)
        })
        .map(GenderClassification)
    }

    /// Classifies the speaker in the audio at this address, which the service fetches: 'http://', 'https://' or 's3://'.
    ///
    /// Raises:
    ///     RejectedInputError: the service cannot fetch or decode it.
    ///     Error: whatever else can go wrong; InvalidArgumentError before anything is sent.
    #[pyo3(signature = (url, *, cancel=None))]
    fn classify_gender_at(
        &self,
        url: &Bound<'_, PyAny>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<GenderClassification> {
        let py = url.py();
        let url = text_of("url", url)?;
        self.rest(py, cancel, |client, options| {
            client.classify_gender_at_with(&url, options)
        })
        .map(GenderClassification)
    }

    /// Classifies the speaker in the audio file at `path`, which is read while it is sent, of any length.
    ///
    /// Raises:
    ///     InvalidArgumentError, FileError: before anything is sent.
    ///     RejectedInputError: the service cannot decode it.
    ///     Error: whatever else can go wrong.
    #[pyo3(signature = (path, *, cancel=None))]
    fn classify_gender_upload(
        &self,
        py: Python<'_>,
        path: PathBuf,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<GenderClassification> {
        self.rest(py, cancel, |client, options| {
            client.classify_gender_upload_with(&path, options)
        })
        .map(GenderClassification)
    }

    /// Classifies the speaker in the first second of this audio, over the WebSocket: that second alone is sent, decoded
    /// here. Takes WAV, mp3, and Opus in Ogg: a Speech, bytes (or anything like it) of a file, or a file's path.
    ///
    /// Raises:
    ///     InvalidArgumentError, FileError, BadAudioError: before anything is sent.
    ///     Error: whatever can go wrong later.
    #[pyo3(signature = (audio, *, cancel=None))]
    fn classify_gender_live(
        &self,
        audio: &Bound<'_, PyAny>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<GenderClassification> {
        let py = audio.py();
        let audio = sent_audio_of("audio", audio)?;
        self.rest(py, cancel, |client, options| {
            client.classify_gender_live_with(&audio, options)
        })
        .map(GenderClassification)
    }

    /// Usage by day, model and region.
    ///
    /// Args:
    ///     from_day: The first day: a datetime.date, or text such as '2026-05-01'.
    ///     to_day: The last day, which is counted too: on or after from_day, and 366 days in all at most.
    ///     model_id: Of this model only.
    ///     region: Of this region only.
    ///     cancel: A voicewire.CancelToken that ends this call with CancelledError.
    ///
    /// Raises:
    ///     InvalidArgumentError: before anything is sent; its `field` is 'from' or 'to'.
    ///     Error: whatever can go wrong later; after a ServerError with http_status 504 a smaller range may do.
    #[pyo3(signature = (from_day, to_day, *, model_id=None, region=None, cancel=None))]
    fn usage(
        &self,
        from_day: &Bound<'_, PyAny>,
        to_day: &Bound<'_, PyAny>,
        model_id: Option<String>,
        region: Option<String>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Usage> {
        let query = usage_query(from_day, to_day, model_id, region)?;
        self.rest(from_day.py(), cancel, |client, options| {
            client.usage_with(&query, options)
        })
        .map_err(|error| errors::renamed(from_day.py(), error, DAYS))
        .map(Usage)
    }

    /// Usage by model and region, over the whole range. Arguments and errors are those of usage().
    #[pyo3(signature = (from_day, to_day, *, model_id=None, region=None, cancel=None))]
    fn usage_by_model(
        &self,
        from_day: &Bound<'_, PyAny>,
        to_day: &Bound<'_, PyAny>,
        model_id: Option<String>,
        region: Option<String>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<UsageByModel> {
        let query = usage_query(from_day, to_day, model_id, region)?;
        self.rest(from_day.py(), cancel, |client, options| {
            client.usage_by_model_with(&query, options)
        })
        .map_err(|error| errors::renamed(from_day.py(), error, DAYS))
        .map(UsageByModel)
    }

    /// The capacity of a model, such as 'dd-etts-3.0'.
    ///
    /// Raises:
    ///     NotFoundError: there is no such model.
    ///     Error: whatever else can go wrong.
    #[pyo3(signature = (model_id, *, cancel=None))]
    fn capacity(&self, model_id: &Bound<'_, PyAny>, cancel: Option<&Bound<'_, PyAny>>) -> PyResult<Capacity> {
        let py = model_id.py();
        let model_id = text_of("model_id", model_id)?;
        self.rest(py, cancel, |client, options| client.capacity_with(&model_id, options))
            .map(Capacity)
    }

    /// Sets how many connections there should be for a model: `size`, 0 or more. Returns what is so far.
    ///
    /// Raises:
    ///     NotFoundError: there is no such model.
    ///     RejectedInputError: the service does not take that size.
    ///     Error: whatever else can go wrong.
    #[pyo3(signature = (model_id, size, *, cancel=None))]
    fn set_capacity(
        &self,
        model_id: &Bound<'_, PyAny>,
        size: Whole,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Capacity> {
        let py = model_id.py();
        let model_id = text_of("model_id", model_id)?;
        let size = size.to(py, "size")?;
        self.rest(py, cancel, |client, options| {
            client.set_capacity_with(&model_id, size, options)
        })
        .map(Capacity)
    }

    /// The capacities of several models.
    ///
    /// Raises:
    ///     RejectedInputError: one of them is no model.
    ///     Error: whatever else can go wrong; InvalidArgumentError before anything is sent.
    #[pyo3(signature = (model_ids, *, cancel=None))]
    fn capacities(
        &self,
        py: Python<'_>,
        model_ids: &Bound<'_, PyAny>,
        cancel: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<Capacity>> {
        if model_ids.is_instance_of::<PyString>() {
            return Err(PyTypeError::new_err(
                "argument 'model_ids': a list of str wanted, not one",
            ));
        }
        let model_ids: Vec<String> = model_ids
            .try_iter()?
            .map(|id| text_of("model_ids", &id?))
            .collect::<PyResult<_>>()?;
        let ids: Vec<&str> = model_ids.iter().map(String::as_str).collect();
        self.rest(py, cancel, |client, options| client.capacities_with(&ids, options))
            .map(|capacities| capacities.into_iter().map(Capacity).collect())
    }
}
