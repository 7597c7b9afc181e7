//! The voices that there are, their accents and narration styles, and what a user likes of them.

use std::cmp::Ordering;
use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::{Extension, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use super::account::Account;
use super::errors::Refusal;
use super::fields::{Fields, Id, MAX_NAME};
use super::front::Caller;
use super::studio::{speak, wav_file};
use super::{MAX_SEMITONES, paging};
use crate::answer;
use crate::files;
use crate::guard::Origin;
use crate::state::{State, lock};

/// The page of a request that names no limit.
const USUAL_LIMIT: usize = 25;

/// The words of the page.
const VISIBILITIES: [&str; 4] = ["public", "paid", "private", "kids"];
const SPECIES: [&str; 3] = ["human", "animal", "other"];
const GENDERS: [&str; 2] = ["male", "female"];
const AGES: [&str; 4] = ["child", "young", "adult", "senior"];
const PITCHES: [&str; 3] = ["low", "mid", "high"];

/// A voice of the marketplace.
pub(super) struct Voice {
    pub(super) id: Uuid,
    pub(super) name: &'static str,
    visibility: &'static str,
    species: &'static str,
    gender: &'static str,
    /// In hertz.
    pitch: f64,
    age_group: &'static str,
    pitch_group: &'static str,
    nationality: &'static str,
    rating: u32,
    /// Whether this account may order it.
    pub(super) available: bool,
    tier: &'static str,
    pub(super) accents: Vec<Accent>,
    pub(super) styles: Vec<Style>,
    /// By how much it shifts the voice of a recording, in semitones.
    pub(super) shift: f64,
}

pub(super) struct Accent {
    pub(super) id: Uuid,
    pub(super) name: &'static str,
    pub(super) locale: &'static str,
}

pub(super) struct Style {
    pub(super) id: Uuid,
    pub(super) name: &'static str,
}

/// What a user has set for an accent or a narration style.
#[derive(Clone, Copy, Default)]
pub(super) struct Setting {
    favorite: bool,
    semitones: f64,
}

/// Name, visibility, species, gender, pitch, age, pitch group, nationality, rating, tier.
type Seed = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    f64,
    &'static str,
    &'static str,
    &'static str,
    u32,
    &'static str,
);

const SEEDS: [Seed; 8] = [
    (
        "Nora", "public", "human", "female", 196.0, "adult", "mid", "american", 5, "basic",
    ),
    (
        "Basil", "public", "human", "male", 98.0, "senior", "low", "british", 4, "basic",
    ),
    (
        "Mila",
        "public",
        "human",
        "female",
        233.0,
        "young",
        "high",
        "ukrainian",
        5,
        "basic",
    ),
    (
        "Otto", "paid", "human", "male", 123.0, "adult", "mid", "german", 3, "pro",
    ),
    (
        "Pip", "kids", "human", "male", 277.0, "child", "high", "american", 4, "basic",
    ),
    (
        "Rex", "public", "animal", "male", 87.0, "adult", "low", "american", 2, "basic",
    ),
    (
        "Zorg", "public", "other", "male", 73.0, "adult", "low", "martian", 1, "basic",
    ),
    // Of a plan that nobody here has.
    (
        "Greta",
        "private",
        "human",
        "female",
        175.0,
        "senior",
        "mid",
        "swedish",
        5,
        "enterprise",
    ),
];

const ACCENTS: [(&str, &str, &str); 3] = [
    ("American English", "US", "en-US"),
    ("British English", "GB", "en-GB"),
    ("Ukrainian", "UA", "uk-UA"),
];
const STYLES: [&str; 3] = ["Neutral", "Cheerful", "Serious"];

/// The tier that may not be ordered from.
const OUT_OF_REACH: &str = "enterprise";

pub(super) static VOICES: LazyLock<Vec<Voice>> = LazyLock::new(|| {
    let seeds = SEEDS.into_iter().enumerate();
    seeds
        .map(
            |(index, (name, visibility, species, gender, pitch, age_group, pitch_group, nationality, rating, tier))| {
                Voice {
                    id: seeded(1, index, 0),
                    name,
                    visibility,
                    species,
                    gender,
                    pitch,
                    age_group,
                    pitch_group,
                    nationality,
                    rating,
                    available: tier != OUT_OF_REACH,
                    tier,
                    accents: (0..ACCENTS.len())
                        .map(|n| Accent {
                            id: seeded(2, index, n),
                            name: ACCENTS[n].0,
                            locale: ACCENTS[n].2,
                        })
                        .collect(),
                    styles: (0..STYLES.len())
                        .map(|n| Style {
                            id: seeded(3, index, n),
                            name: STYLES[n],
                        })
                        .collect(),
                    // No two voices leave a recording as it was, or make the same of it.
                    shift: [3.0, -5.0, 5.0, -3.0, 8.0, -7.0, -10.0, 2.0][index],
                }
            },
        )
        .collect()
});

/// A voice for the text of an original.
pub(super) struct TtsVoice {
    pub(super) id: Uuid,
    pub(super) name: &'static str,
    f0: f64,
}

pub(super) static TTS_VOICES: LazyLock<[TtsVoice; 3]> = LazyLock::new(|| {
    [("Default", 140.0), ("Deep", 95.0), ("Bright", 210.0)].map(|(name, f0)| TtsVoice {
        id: seeded(4, f0 as usize, 0),
        name,
        f0,
    })
});

/// The same id in every sandbox.
fn seeded(kind: u64, index: usize, inner: usize) -> Uuid {
    let low = 0x8000_0000_0000_0000 | (index as u64) << 8 | inner as u64;
    Uuid::from_u64_pair(0x5eed_0000_0000_4000 | kind << 32, low)
}

pub(super) fn voice(id: Uuid) -> Option<&'static Voice> {
    VOICES.iter().find(|voice| voice.id == id)
}

impl Voice {
    fn view(&self, account: &Account) -> Value {
        let tiers = json!([{"name": self.tier}]);
        let setting = |id: Uuid| account.settings.get(&id).copied().unwrap_or_default();
        let accents: Vec<Value> = self
            .accents
            .iter()
            .zip(ACCENTS)
            .enumerate()
            .map(|(index, (accent, (name, short_name, locale)))| {
                let setting = setting(accent.id);
                json!({
                    "id": accent.id,
                    "is_default": index == 0,
                    "native": index == 0,
                    "info": {"name": name, "short_name": short_name, "locale": locale},
                    "tiers": tiers,
                    "available": self.available,
                    "settings": {"favorite": setting.favorite, "semitones_correction": setting.semitones},
                })
            })
            .collect();
        let styles: Vec<Value> = self
            .styles
            .iter()
            .enumerate()
            .map(|(index, style)| {
                json!({
                    "id": style.id,
                    "is_default": index == 0,
                    "info": {"name": style.name},
                    "settings": {"favorite": setting(style.id).favorite},
                })
            })
            .collect();
        let slug = self.name.to_lowercase();
        json!({
            "id": self.id,
            "owner_id": seeded(0, 0, 0),
            "name": self.name,
            "slug": slug,
            "visibility": self.visibility,
            "species": self.species,
            "artist": null,
            "verified_artist": false,
            "gender": self.gender,
            "pitch": self.pitch,
            "age_group": self.age_group,
            "pitch_group": self.pitch_group,
            "nationality": self.nationality,
            "image_url": format!("https://images.example.com/{slug}.png"),
            "thumbnail_url": format!("https://images.example.com/{slug}-small.png"),
            "description": null,
            "rating": self.rating,
            "active": true,
            "created_at": "2024-02-28T11:21:32.401Z",
            "favorite": account.favorites.contains(&self.id),
            "available": self.available,
            "accents": accents,
            "narration_styles": styles,
            "tiers": tiers,
        })
    }
}

pub(super) async fn list(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let page = fields.page(USUAL_LIMIT);
    let sort = fields.word("sort", &["name", "pitch", "rating", "created_at"]);
    let descending = fields.descending();
    let visibility = fields.word("visibility", &VISIBILITIES);
    let species = fields.word("species", &SPECIES);
    let gender = fields.word("gender", &GENDERS);
    let age = fields.word("age_group", &AGES);
    let pitch = fields.word("pitch_group", &PITCHES);
    let nationality = fields.text("nationality", MAX_NAME);
    fields.check()?;
    let is = |asked: Option<&str>, value: &str| asked.is_none_or(|asked| asked == value);
    let mut voices: Vec<&Voice> = VOICES
        .iter()
        .filter(|voice| is(visibility, voice.visibility) && is(species, voice.species))
        .filter(|voice| is(gender, voice.gender) && is(age, voice.age_group))
        .filter(|voice| is(pitch, voice.pitch_group) && is(nationality.as_deref(), voice.nationality))
        .collect();
    voices.sort_by(|a, b| match sort {
        Some("name") => a.name.cmp(b.name),
        Some("pitch") => a.pitch.total_cmp(&b.pitch),
        Some("rating") => a.rating.cmp(&b.rating),
        _ => Ordering::Equal,
    });
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    Ok(paging::answer(voices.into_iter(), descending, page, |voice| {
        voice.view(account)
    }))
}

pub(super) async fn search(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let name = fields.text("name", MAX_NAME).unwrap_or_default().to_lowercase();
    let page = fields.page(USUAL_LIMIT);
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    let found: Vec<Value> = VOICES
        .iter()
        .filter(|voice| voice.name.to_lowercase().contains(&name))
        .take(page.limit)
        .map(|voice| voice.view(account))
        .collect();
    Ok(answer::json(StatusCode::OK, &Value::from(found)))
}

pub(super) async fn set_favorite(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
    Id(id): Id,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let favorite = fields.required_flag("favorite");
    fields.check()?;
    let voice = voice(id).ok_or_else(|| Refusal::not_found("Voice"))?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    match favorite {
        true => account.favorites.insert(id),
        false => account.favorites.remove(&id),
    };
    Ok(answer::json(StatusCode::OK, &voice.view(account)))
}

pub(super) async fn set_settings(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
) -> Result<Response, Refusal> {
    let mut fields = Fields::body(&body)?;
    let voice_id = fields.required_id("voice_id");
    let style_id = fields.id("narration_style_id");
    let accent_id = fields.id("accent_id");
    let semitones = fields.number("semitones_correction", -MAX_SEMITONES, MAX_SEMITONES);
    fields.check()?;
    let voice = voice(voice_id).ok_or_else(|| Refusal::not_found("Voice"))?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    if let Some(id) = style_id {
        if !voice.styles.iter().any(|style| style.id == id) {
            return Err(Refusal::not_found("Narration style"));
        }
        // One of a voice's styles is the favourite.
        for style in &voice.styles {
            account.settings.entry(style.id).or_default().favorite = style.id == id;
        }
    }
    if let Some(id) = accent_id {
        if !voice.accents.iter().any(|accent| accent.id == id) {
            return Err(Refusal::not_found("Accent"));
        }
        for accent in &voice.accents {
            account.settings.entry(accent.id).or_default().favorite = accent.id == id;
        }
        if let Some(semitones) = semitones {
            account.settings.entry(id).or_default().semitones = semitones;
        }
    }
    Ok(answer::json(StatusCode::OK, &voice.view(account)))
}

pub(super) async fn tts_voices() -> Response {
    let voices: Vec<Value> = TTS_VOICES
        .iter()
        .enumerate()
        .map(|(index, voice)| {
            json!({
                "id": voice.id,
                "visibility": "public",
                "name": voice.name,
                "f0": voice.f0,
                "is_default": index == 0,
            })
        })
        .collect();
    answer::json(StatusCode::OK, &Value::from(voices))
}

/// The names of the samples, with the addresses of their audio.
pub(super) async fn samples(
    Shared(state): Shared<Arc<State>>,
    Origin(origin): Origin,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let id = fields.required_id("accent_id");
    fields.check()?;
    let (voice, accent) = VOICES
        .iter()
        .flat_map(|voice| voice.accents.iter().map(move |accent| (voice, accent)))
        .find(|(_, accent)| accent.id == id)
        .ok_or_else(|| Refusal::not_found("Accent"))?;
    if state.files.get(id).is_none() {
        let text = format!("My name is {}.", voice.name);
        let sound = speak(&state, text, accent.locale.to_owned(), voice.id.to_string()).await?;
        state.files.keep(id, wav_file(&format!("{}.wav", accent.name), &sound));
    }
    let url = files::url(&origin, id, &format!("{}.wav", accent.name));
    Ok(answer::json(StatusCode::OK, &json!({"samples": {"speech": url}})))
}
