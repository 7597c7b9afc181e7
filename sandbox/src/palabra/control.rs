//! How a test steers this service.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::account::{CLIENT_ID, CLIENT_SECRET, KEY, Upload, Voice};
use super::samples::Sample;
use crate::clock::now;
use crate::processing::Processing;
use crate::sound::Sound;
use crate::state::{State, lock};

/// The most voices that one request seeds.
const MAX_SEEDED: u64 = 100_000;

/// The Palabra part of a sandbox: [`Sandbox::palabra`](crate::Sandbox::palabra).
pub struct Palabra<'a> {
    pub(crate) state: &'a Arc<State>,
}

impl<'a> Palabra<'a> {
    pub(crate) fn of(state: &'a Arc<State>) -> Palabra<'a> {
        Palabra { state }
    }
}

impl Palabra<'_> {
    /// A key that is accepted as `Authorization: Bearer`.
    pub fn api_key(&self) -> &str {
        self.state.options.a_key(KEY)
    }

    /// The client id and secret that are accepted instead; the same user's.
    pub fn client(&self) -> (&'static str, &'static str) {
        (CLIENT_ID, CLIENT_SECRET)
    }

    /// Lets the next so many attempts to regenerate the sample of a voice find it locked.
    pub fn lock_voice(&self, voice_id: &str, times: u32) {
        if let Ok(id) = Uuid::parse_str(voice_id) {
            lock(&self.state.palabra.0).locked.insert(id, times);
        }
    }

    /// Whether a sample of this voice is being made.
    pub fn is_regenerating(&self, voice_id: &str) -> bool {
        let id = Uuid::parse_str(voice_id);
        id.is_ok_and(|id| lock(&self.state.palabra.0).regenerating.contains(&id))
    }

    /// Makes the next voice that is uploaded fail with this reason.
    pub fn fail_voice(&self, reason: &str) {
        lock(&self.state.palabra.0).failing.insert(0, reason.to_owned());
    }

    /// Sets how many voices an account may have. At first 50.
    pub fn set_voice_limit(&self, limit: usize) {
        lock(&self.state.palabra.0).voice_limit = limit;
    }

    /// What `POST /sandbox/palabra` does with this object, and what it answers.
    ///
    /// # Errors
    /// Which field is not what it should be.
    pub fn steer(&self, changes: &Value) -> Result<Value, String> {
        change(self, changes)
    }

    /// Adds so many voices that are ready, with a sample each, to the account of [`Palabra::api_key`]; gives their ids.
    /// They are called `Voice 1` and so on, and the limit does not count for them.
    pub fn seed_voices(&self, count: usize) -> Vec<String> {
        let sound = Sound {
            samples: vec![0; 800],
            sample_rate: 8000,
        };
        let mut service = lock(&self.state.palabra.0);
        let account = service.of_key(KEY, KEY);
        let account = service.account(account);
        (1..=count)
            .map(|number| {
                let id = Uuid::new_v4();
                let mut voice = Voice {
                    id,
                    name: format!("Voice {number}"),
                    description: None,
                    labels: json!({}),
                    upload: Upload {
                        id: Uuid::new_v4(),
                        file_name: "seed.wav".to_owned(),
                        mime_type: "audio/wav",
                        lang_code: "en",
                        denoise: false,
                        speech_normalization: true,
                    },
                    cloning: Some(Processing::done()),
                    errors: Vec::new(),
                    warnings: Vec::new(),
                    samples: Vec::new(),
                    created_at: now(),
                };
                voice.samples = vec![Sample::keep(self.state, &voice, "en", &sound)];
                account.voices.push(voice);
                id.to_string()
            })
            .collect()
    }
}

/// What `POST /sandbox/palabra` does: the methods above, by their names.
pub(crate) fn change(palabra: &Palabra<'_>, request: &Value) -> Result<Value, String> {
    let fields = request.as_object().ok_or("the body must be a JSON object")?;
    let mut answer = json!({});
    for (name, value) in fields {
        let count = || value.as_u64().ok_or_else(|| format!("{name} must be a whole number"));
        match name.as_str() {
            "lock_voice" => {
                let id = value["voice_id"].as_str().ok_or("lock_voice needs a voice_id")?;
                let times = value["times"].as_u64().unwrap_or(1);
                palabra.lock_voice(id, u32::try_from(times).unwrap_or(u32::MAX));
            }
            "fail_voice" => palabra.fail_voice(value.as_str().ok_or("fail_voice needs a reason")?),
            "voice_limit" => palabra.set_voice_limit(count()? as usize),
            "seed_voices" => {
                let count = count()?;
                if count > MAX_SEEDED {
                    return Err(format!("{name} must be at most {MAX_SEEDED}"));
                }
                answer = json!({"voice_ids": palabra.seed_voices(count as usize)});
            }
            _ => return Err(format!("{name} is not known")),
        }
    }
    Ok(answer)
}
