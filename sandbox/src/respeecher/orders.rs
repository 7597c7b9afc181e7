//! `/api/v2/orders`: conversions of an original into other voices, for credits.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::account::{Account, Row, Service};
use super::errors::{NO_CREDITS, Refusal};
use super::fields::{Fields, Id, MAX_NAME};
use super::front::Caller;
use super::recording::{Conversion, Recording, Stage};
use super::studio::{speak, transpose, wav_file};
use super::voices::{Accent, Style, Voice, voice};
use super::{MAX_CONVERSIONS, MAX_SEMITONES};
use crate::answer;
use crate::clock::{now, timestamp};
use crate::sound::Sound;
use crate::state::{State, lock};

/// One conversion, as it was ordered.
struct Wish {
    voice: &'static Voice,
    style: Option<&'static Style>,
    accent: Option<&'static Accent>,
    semitones: f64,
    label: Option<String>,
}

/// What is known of the original when the order comes in.
struct Original {
    id: Uuid,
    project_id: Uuid,
    folder_id: Uuid,
    label: String,
    text: Option<(String, Option<String>)>,
    sound: Arc<Sound>,
    /// What one conversion of it costs.
    credits: u64,
    calibration: Option<(Uuid, String, f64)>,
}

pub(super) async fn create(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let original_id = fields.required_id("original_id");
    let mut wishes = fields.objects("conversions");
    if wishes.len() > MAX_CONVERSIONS {
        fields.complain("conversions", "too_long", "List should have at most 100 items");
    }
    let calibration_id = fields.id("calibration_id");
    let use_calibration = fields.flag("use_calibration").unwrap_or(false);
    if use_calibration && calibration_id.is_none() {
        fields.missing("calibration_id");
    }
    let calibration_id = calibration_id.filter(|_| use_calibration);

    let original = {
        let mut service = lock(&state.respeecher.0);
        let account = service.account(caller.account);
        // What is wrong with the form of it comes first, and needs to know what the original is.
        let from_text = account
            .recordings
            .get(original_id)
            .is_some_and(|recording| recording.text.is_some());
        let wishes = wishes.iter_mut().map(|wish| Wish::parse(wish, from_text)).collect();
        let parsed: Vec<Option<Wish>> = wishes;
        (Original::find(account, original_id, calibration_id), parsed)
    };
    let (original, parsed) = original;
    for wish in wishes {
        fields.absorb(wish);
    }
    fields.check()?;
    let original = original?;
    let wishes: Vec<Wish> = parsed.into_iter().flatten().collect();

    let mut sounds = Vec::new();
    for wish in &wishes {
        sounds.push(original.converted(&state, wish).await?);
    }
    let mut service = lock(&state.respeecher.0);
    if service.account(caller.account).credits < original.credits {
        return Err(no_credits());
    }
    let orders: Vec<Value> = wishes
        .into_iter()
        .zip(sounds)
        .enumerate()
        .map(|(turn, (wish, sound))| {
            let error = service.charge(caller.account, original.credits);
            let account = service.account(caller.account);
            let recording = original.conversion(&state, wish, &sound, turn);
            let recording = account.add_recording(Recording { error, ..recording });
            let view = order(recording);
            with_user(view, account.user_id)
        })
        .collect();
    Ok(answer::json(StatusCode::OK, &Value::from(orders)))
}

fn no_credits() -> Refusal {
    Refusal::Detail(StatusCode::PAYMENT_REQUIRED, NO_CREDITS.to_owned())
}

impl Service {
    /// Counts a conversion and takes its credits; or says why it will fail, in which case it costs nothing.
    fn charge(&mut self, account: usize, credits: u64) -> Option<String> {
        self.ordered += 1;
        if let Some(reason) = self.failing.remove(&self.ordered) {
            return Some(reason);
        }
        let account = self.account(account);
        match account.credits.checked_sub(credits) {
            Some(rest) => {
                account.credits = rest;
                None
            }
            None => Some(NO_CREDITS.to_owned()),
        }
    }
}

impl Wish {
    fn parse(fields: &mut Fields, from_text: bool) -> Option<Wish> {
        let voice_id = fields.required_id("voice_id");
        let style_id = fields.id("narration_style_id");
        let accent_id = fields.id("accent_id");
        let semitones = fields.number("semitones_correction", -MAX_SEMITONES, MAX_SEMITONES);
        let label = fields.text("label", MAX_NAME);
        let unknown = "value_error";
        let Some(voice) = voice(voice_id) else {
            if voice_id != Uuid::default() {
                fields.complain("voice_id", unknown, "There is no such voice");
            }
            return None;
        };
        if !voice.available {
            fields.complain("voice_id", unknown, "The voice is not available to you");
        }
        if from_text && style_id.is_none() {
            fields.missing("narration_style_id");
        }
        let style = style_id.and_then(|id| voice.styles.iter().find(|style| style.id == id));
        if style_id.is_some() && style.is_none() {
            fields.complain("narration_style_id", unknown, "The voice has no such narration style");
        }
        let accent = accent_id.and_then(|id| voice.accents.iter().find(|accent| accent.id == id));
        if accent_id.is_some() && accent.is_none() {
            fields.complain("accent_id", unknown, "The voice has no such accent");
        }
        Some(Wish {
            voice,
            // The one is for text only, the other for recordings.
            style: style.filter(|_| from_text),
            accent: accent.or(voice.accents.first()).filter(|_| !from_text),
            semitones: semitones.unwrap_or(0.0),
            label,
        })
    }
}

impl Original {
    fn find(account: &mut Account, id: Uuid, calibration: Option<Uuid>) -> Result<Original, Refusal> {
        let calibration = match calibration.or(account.calibration) {
            None => None,
            Some(id) => Some(account.found_calibration(id)?.as_used()?),
        };
        let recording = account.recording(id)?;
        if recording.conversion.is_some() {
            return Err(Refusal::bad("The recording is a conversion, not an original"));
        }
        if recording.stage() != Stage::Done {
            return Err(Refusal::bad("The original is not ready yet"));
        }
        let Some(sound) = recording.sound.clone() else {
            return Err(Refusal::bad("The original has no sound"));
        };
        Ok(Original {
            id,
            project_id: recording.project_id,
            folder_id: recording.folder_id,
            label: recording.label.clone(),
            text: recording.text.clone().map(|text| (text, recording.language.clone())),
            sound,
            credits: credits(recording.duration),
            calibration,
        })
    }

    /// What it sounds like in another voice: spoken anew if it is text, else transposed.
    async fn converted(&self, state: &State, wish: &Wish) -> Result<Sound, Refusal> {
        match &self.text {
            Some((text, language)) => {
                let style = wish.style.map_or("", |style| style.name);
                let locale = language.clone().unwrap_or_else(|| "en-US".to_owned());
                let sound = speak(state, text.clone(), locale, format!("{}/{style}", wish.voice.id)).await?;
                match wish.semitones {
                    0.0 => Ok(sound),
                    semitones => transpose(Arc::new(sound), semitones).await,
                }
            }
            None => transpose(Arc::clone(&self.sound), wish.voice.shift + wish.semitones).await,
        }
    }

    /// The conversion that comes after `turn` others of its order.
    fn conversion(&self, state: &State, wish: Wish, sound: &Sound, turn: usize) -> Recording {
        let id = Uuid::new_v4();
        let label = wish
            .label
            .unwrap_or_else(|| format!("{} ({})", self.label, wish.voice.name));
        let file_name = format!("{}.wav", label.replace(['/', '\\'], "_"));
        let file = wav_file(&file_name, sound);
        let size = file.content.len();
        state.files.keep(id, file);
        Recording {
            id,
            project_id: self.project_id,
            folder_id: self.folder_id,
            label,
            file_name,
            microphone: None,
            size,
            duration: sound.seconds(),
            starred: false,
            text: self.text.as_ref().map(|(text, _)| text.clone()),
            language: None,
            tts_voice: None,
            conversion: Some(Conversion {
                original_id: self.id,
                voice: wish.voice,
                accent: wish.accent,
                style: wish.style,
                semitones: wish.semitones,
                calibration: self.calibration.clone().filter(|_| self.text.is_none()),
                transaction_id: Uuid::new_v4(),
            }),
            work: state.processing.begin(turn),
            error: None,
            created_at: now(),
            note: None,
            sound: None,
        }
    }
}

/// What a conversion of so many seconds costs: one credit for each minute that it begins.
fn credits(seconds: f64) -> u64 {
    (seconds / 60.0).ceil().max(1.0) as u64
}

/// The order that made a conversion. There are no ids of orders anywhere else, so it has that of its transaction.
fn order(recording: &Recording) -> Value {
    let Some(conversion) = &recording.conversion else {
        return Value::Null;
    };
    let calibration = conversion.calibration.as_ref();
    json!({
        "id": Uuid::new_v4(),
        "original_id": conversion.original_id,
        "conversion_id": recording.id,
        "transaction_id": conversion.transaction_id,
        "moderation_id": null,
        "calibration_id": calibration.map(|(id, _, _)| id),
        "tracking_id": Uuid::new_v4(),
        "f0": calibration.map(|(_, _, pitch)| pitch),
        "state": "processing",
        "created_at": timestamp(recording.created_at),
        "closed_at": null,
        "error": null,
    })
}

fn with_user(mut order: Value, user_id: Uuid) -> Value {
    order["user_id"] = json!(user_id);
    order
}

/// Makes the failed conversions of an original once more, or one failed conversion.
pub(super) async fn retry(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    let original_id = account.recording(id)?.original_id().unwrap_or(id);
    let of = original_id;
    let cost = credits(account.recording(of)?.duration);
    let failed: Vec<Uuid> = account
        .recordings
        .iter()
        .filter(|recording| recording.id == id || recording.original_id() == Some(id))
        .filter(|recording| recording.conversion.is_some() && recording.stage() == Stage::Error)
        .map(Row::id)
        .collect();
    if !failed.is_empty() && account.credits < cost {
        return Err(no_credits());
    }
    let mut orders = Vec::new();
    for (turn, failed) in failed.into_iter().enumerate() {
        let error = service.charge(caller.account, cost);
        let account = service.account(caller.account);
        let user_id = account.user_id;
        let recording = account.recording(failed)?;
        recording.error = error;
        recording.work = state.processing.begin(turn);
        orders.push(with_user(order(recording), user_id));
    }
    Ok(answer::json(StatusCode::OK, &Value::from(orders)))
}
