//! Gender: whether a speaker sounds like a woman or a man.

use std::cell::RefCell;
use std::fs::File;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer::{answers, typed};
use super::client::Client;
use super::clip::{Base64, Clip, file_error, size_of_plain_file};
use super::dial;
use super::errors::vendor_error;
use super::generation::not_json;
use super::request::not_blank;
use super::rest::{Wanted, unwritable};
use crate::audio::{Decoder, Format, Output, file_bytes};
use crate::error::{Error, ErrorKind, Result};
use crate::net::{Body, CallOptions, Connection, Control, Frame, Method, Multipart, Wake, deadline_after, earlier};
use crate::open_enum::open_enum;

open_enum! {
    /// What a speaker sounds like.
    SpeakerGender {
        /// A woman.
        Female "female",
        /// A man.
        Male "male",
    }
}

answers! {
    /// What the service takes a speaker for.
    GenderClassification(snake) {
        /// The likelier one.
        predicted_gender: SpeakerGender,
        /// How sure that is: 0.0 to 1.0.
        confidence: f64,
        /// How likely each is.
        prediction: GenderScores,
        /// Seconds of audio that were listened to.
        duration_seconds: f64,
        /// How long it took, in milliseconds.
        processing_time_ms: f64,
    }

    /// How likely each gender is: 0.0 to 1.0.
    GenderScores(snake) {
        /// That it is a woman.
        female: f64,
        /// That it is a man.
        male: f64,
    }
}

const CLASSIFY: &str = "/gender-detection/classify";

/// What is sent over the WebSocket: the service listens to one second, and its own client sends this rate.
const LIVE_RATE: u32 = 16_000;

/// How much of a file is read at once.
const PIECE: usize = 64 * 1024;

#[derive(Serialize)]
struct ClassifyBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio_base64: Option<Base64<'a>>,
}

impl Client {
    /// Classifies the speaker in the audio at this address, which the service fetches: `http://`, `https://` or `s3://`.
    ///
    /// # Errors
    /// `InvalidArgument` for an empty address, before anything is sent; `RejectedInput` when the service cannot fetch or
    /// decode it; any other kind.
    pub fn classify_gender_at(&self, url: &str) -> Result<GenderClassification> {
        self.classify_gender_at_with(url, &CallOptions::new())
    }

    /// [`classify_gender_at`](Self::classify_gender_at) that can be ended from outside.
    ///
    /// # Errors
    /// As `classify_gender_at`; `Cancelled` when `options` ended it.
    pub fn classify_gender_at_with(&self, url: &str, options: &CallOptions) -> Result<GenderClassification> {
        not_blank("url", url, "the address of an audio file")?;
        let body = ClassifyBody {
            audio_url: Some(url),
            audio_base64: None,
        };
        let wanted = Wanted {
            // Nothing comes of it but the answer.
            is_repeatable: true,
            ..Wanted::json(Method::Post, CLASSIFY, &body)?
        };
        self.rest(wanted, options, classification)
    }

    /// Classifies the speaker in this audio, which is sent within the request: 20 MiB at most. The upload takes as long as
    /// it moves. Bare samples need a header first: [`file_bytes`](crate::audio::file_bytes).
    ///
    /// # Errors
    /// `InvalidArgument` and `File` before anything is sent; `RejectedInput` when the service cannot decode it; any other
    /// kind.
    pub fn classify_gender(&self, audio: &Clip) -> Result<GenderClassification> {
        self.classify_gender_with(audio, &CallOptions::new())
    }

    /// [`classify_gender`](Self::classify_gender) that can be ended from outside.
    ///
    /// # Errors
    /// As `classify_gender`; `Cancelled` when `options` ended it.
    pub fn classify_gender_with(&self, audio: &Clip, options: &CallOptions) -> Result<GenderClassification> {
        let bytes = audio.read("audio")?;
        let mut json = Vec::with_capacity(bytes.len() / 3 * 4 + 64);
        let body = ClassifyBody {
            audio_url: None,
            audio_base64: Some(Base64(bytes)),
        };
        serde_json::to_writer(&mut json, &body).map_err(|error| unwritable(&error))?;
        drop(body);
        let wanted = Wanted {
            is_repeatable: true,
            ..Wanted::upload(Method::Post, CLASSIFY, json)
        };
        self.rest(wanted, options, classification)
    }

    /// Classifies the speaker in this audio file, which is read while it is sent, of any length.
    ///
    /// # Errors
    /// As [`classify_gender`](Self::classify_gender).
    pub fn classify_gender_upload(&self, path: impl AsRef<Path>) -> Result<GenderClassification> {
        self.classify_gender_upload_with(path, &CallOptions::new())
    }

    /// [`classify_gender_upload`](Self::classify_gender_upload) that can be ended from outside.
    ///
    /// # Errors
    /// As `classify_gender_upload`; `Cancelled` when `options` ended it.
    pub fn classify_gender_upload_with(
        &self,
        path: impl AsRef<Path>,
        options: &CallOptions,
    ) -> Result<GenderClassification> {
        let path = path.as_ref();
        if size_of_plain_file(path).map_err(|error| file_error("path", path, &error))? == 0 {
            return Err(Error::invalid("path", "empty", "an audio file"));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut form = Multipart::new();
        form.file("file", &name, "application/octet-stream", path.to_owned());
        let mut progress = |_: u64, _: Option<u64>| ControlFlow::Continue(());
        let wanted = Wanted {
            body: Body::Form {
                form: &form,
                progress: RefCell::new(&mut progress),
            },
            is_repeatable: true,
            is_upload: true,
            ..Wanted::new(Method::Post, "/gender-detection/classify/upload")
        };
        self.rest(wanted, options, classification)
    }

    /// Classifies the speaker in the first second of this audio, over the WebSocket: that second alone is sent, decoded
    /// here. Takes what [`Decoder`] does: WAV, mp3, Opus in Ogg.
    ///
    /// # Errors
    /// `InvalidArgument`, `File` and `BadAudio` before anything is sent; any other kind after.
    pub fn classify_gender_live(&self, audio: &Clip) -> Result<GenderClassification> {
        self.classify_gender_live_with(audio, &CallOptions::new())
    }

    /// [`classify_gender_live`](Self::classify_gender_live) that can be ended from outside.
    ///
    /// # Errors
    /// As `classify_gender_live`; `Cancelled` when `options` ended it.
    pub fn classify_gender_live_with(&self, audio: &Clip, options: &CallOptions) -> Result<GenderClassification> {
        let second = first_second(audio)?;
        let id = Uuid::new_v4().to_string();
        let message = json!({
            "action": "gender-classify",
            "generationId": id,
            "audio": STANDARD.encode(second),
            "sample_rate": LIVE_RATE,
        });
        let settings = self.settings();
        self.ask_live(&id, message.to_string(), options).map_err(|error| {
            let error = error.with_url(settings.websocket.display());
            error.map_texts(|text| settings.key.redact(text))
        })
    }

    /// One message on a connection of its own, and what answers it.
    fn ask_live(&self, id: &str, message: String, options: &CallOptions) -> Result<GenderClassification> {
        let settings = self.settings();
        let whole = deadline_after(options.within(settings.timeouts.rest));
        let deadline = earlier(whole, deadline_after(settings.timeouts.connect));
        let control = Control::new(self.closing(), options);
        let mut connection = dial::opening(settings, self.network(), &settings.websocket, deadline)
            .and_then(|opening| Connection::open(opening, control))
            .map_err(dial::error)?;
        let late = || Error::new(ErrorKind::Timeout, "the service did not answer in time").with_field("rest_timeout");
        if connection.send_text(message, whole)? == Wake::TimedOut {
            return Err(late());
        }
        loop {
            let answer: Value = match connection.receive(whole)? {
                Some(Frame::Text(text)) => serde_json::from_str(&text).map_err(|error| not_json(&error))?,
                Some(Frame::Binary(bytes)) => serde_json::from_slice(&bytes).map_err(|error| not_json(&error))?,
                Some(Frame::Close { .. }) => {
                    let message = "the service closed the connection before it answered";
                    return Err(Error::new(ErrorKind::Closed, message));
                }
                Some(Frame::Ping | Frame::Pong(_)) => continue,
                None => return Err(late()),
            };
            let text = |name: &str| answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
            if text("generationId").is_some_and(|other| !other.eq_ignore_ascii_case(id)) {
                continue;
            }
            if let Some(message) = text("error") {
                return Err(vendor_error(text("errorType"), message));
            }
            if answer.get("predicted_gender").is_some() {
                return classification(answer);
            }
        }
    }
}

fn classification(answer: Value) -> Result<GenderClassification> {
    let classification: GenderClassification = typed(answer, "a classification")?;
    match (&classification.predicted_gender, classification.confidence) {
        (Some(_), Some(_)) => Ok(classification),
        _ => Err(Error::new(
            ErrorKind::Protocol,
            "the answer names no gender, or not how sure that is",
        )),
    }
}

/// The first second, as a WAV file: one channel, 16 bits.
fn first_second(audio: &Clip) -> Result<Vec<u8>> {
    let field = "audio";
    // What the label says counts for nothing that has a header.
    let decoder = Decoder::new(Format::Wav, 0, Output::new(LIVE_RATE, 1))?;
    let mut second = FirstSecond {
        decoder,
        samples: Vec::new(),
    };
    match audio {
        Clip::Bytes(bytes) => {
            for piece in bytes.chunks(PIECE) {
                if !second.push(piece)? {
                    break;
                }
            }
        }
        Clip::File(path) => {
            let unreadable = |error| file_error(field, path, &error);
            size_of_plain_file(path).map_err(unreadable)?;
            let mut file = File::open(path).map_err(unreadable)?;
            let mut piece = vec![0; PIECE];
            loop {
                let length = file.read(&mut piece).map_err(unreadable)?;
                if length == 0 || !second.push(&piece[..length])? {
                    break;
                }
            }
        }
    }
    let FirstSecond {
        mut decoder,
        mut samples,
    } = second;
    if samples.len() < LIVE_RATE as usize {
        decoder.finish(&mut samples)?;
    }
    if samples.is_empty() {
        return Err(Error::invalid(field, "nothing that can be heard", "an audio file"));
    }
    let bytes: Vec<u8> = samples
        .iter()
        .take(LIVE_RATE as usize)
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    Ok(file_bytes(Format::S16le, LIVE_RATE, &bytes))
}

struct FirstSecond {
    decoder: Decoder,
    samples: Vec<i16>,
}

impl FirstSecond {
    /// Whether more is wanted.
    fn push(&mut self, piece: &[u8]) -> Result<bool> {
        let pushed = self.decoder.push(piece, &mut self.samples);
        let is_enough = self.samples.len() >= LIVE_RATE as usize;
        // What is broken later on is nobody's business.
        if !is_enough {
            pushed.map_err(|error| {
                error.about("the audio is no file that can be read (bare samples need a WAV header)")
            })?;
        }
        Ok(!is_enough)
    }
}
