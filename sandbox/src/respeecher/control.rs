//! How a test steers this service.

use std::time::Instant;

use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

use super::account::{EMAIL, KEY, PASSWORD};
use super::recording::Recording;
use super::studio::wav_file;
use super::voices::TTS_VOICES;
use crate::clock::now;
use crate::processing::Processing;
use crate::sound::Sound;
use crate::state::{State, lock};

/// The most recordings that one request seeds.
const MAX_SEEDED: u64 = 1_000_000;

/// The Respeecher part of a sandbox: [`Sandbox::respeecher`](crate::Sandbox::respeecher).
pub struct Respeecher<'a> {
    pub(crate) state: &'a State,
}

/// Where recordings were put: [`Respeecher::seed_recordings`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// The new project.
    pub project_id: String,
    /// The new folder in it, with the recordings.
    pub folder_id: String,
}

impl<'a> Respeecher<'a> {
    pub(crate) fn of(state: &'a State) -> Respeecher<'a> {
        Respeecher { state }
    }
}

impl Respeecher<'_> {
    /// A key that is accepted. It and the login are the same user's.
    pub fn api_key(&self) -> &str {
        self.state.options.a_key(KEY)
    }

    /// The address and the password of the one user who has one.
    pub fn login(&self) -> (&'static str, &'static str) {
        (EMAIL, PASSWORD)
    }

    /// Sets the credits of every account, and what new ones begin with.
    pub fn set_credits(&self, credits: u64) {
        let mut service = lock(&self.state.respeecher.0);
        service.credits = Some(credits);
        for account in service.accounts() {
            account.credits = credits;
        }
    }

    /// Makes the `nth` conversion ordered from now on fail with this reason: 1 is the next. Those that are retried count.
    pub fn fail_conversion(&self, nth: u64, reason: &str) {
        let mut service = lock(&self.state.respeecher.0);
        let number = service.ordered + nth.max(1);
        service.failing.insert(number, reason.to_owned());
    }

    /// Makes the next calibration fail with this reason.
    pub fn fail_calibration(&self, reason: &str) {
        lock(&self.state.respeecher.0)
            .failing_calibrations
            .insert(0, reason.to_owned());
    }

    /// Ends every login.
    pub fn expire_sessions(&self) {
        for session in lock(&self.state.respeecher.0).sessions.values_mut() {
            session.ends = Instant::now();
        }
    }

    /// Whether statistics by folder are to be had by GET only, as one of the vendor's pages has it: POST is answered
    /// with 405 then.
    pub fn refuse_folder_stats_post(&self, refuse: bool) {
        lock(&self.state.respeecher.0).refuses_folder_stats_post = refuse;
    }

    /// What `POST /sandbox/respeecher` does with this object, and what it answers.
    ///
    /// # Errors
    /// Which field is not what it should be.
    pub fn steer(&self, changes: &Value) -> Result<Value, String> {
        change(self, changes)
    }

    /// Adds a project with a folder of so many finished recordings to the account of [`Respeecher::api_key`]. They are
    /// called `Recording 1` and so on, and all have the same short sound.
    pub fn seed_recordings(&self, count: usize) -> Seeded {
        let sound = Arc::new(tone());
        let file = wav_file("tone.wav", &sound);
        let mut service = lock(&self.state.respeecher.0);
        let account = service.of_key(KEY, KEY, self.state.options.credits);
        let account = service.account(account);
        let project_id = account.add_project("Seeded".to_owned(), None).id;
        let folder_id = account.add_folder("Seeded".to_owned(), project_id, None).id;
        for number in 1..=count {
            let id = Uuid::new_v4();
            self.state.files.keep(id, file.clone());
            account.add_recording(Recording {
                id,
                project_id,
                folder_id,
                label: format!("Recording {number}"),
                file_name: file.name.clone(),
                microphone: None,
                size: file.content.len(),
                duration: sound.seconds(),
                starred: false,
                text: Some(format!("This is recording {number}.")),
                language: None,
                tts_voice: Some(&TTS_VOICES[0]),
                conversion: None,
                work: Processing::done(),
                error: None,
                created_at: now(),
                note: None,
                sound: Some(Arc::clone(&sound)),
            });
        }
        Seeded {
            project_id: project_id.to_string(),
            folder_id: folder_id.to_string(),
        }
    }
}

/// A tenth of a second of 200 Hz.
fn tone() -> Sound {
    let sample_rate = 8000;
    let turn = |index: u32| std::f64::consts::TAU * 200.0 * f64::from(index) / f64::from(sample_rate);
    Sound {
        samples: (0..sample_rate / 10)
            .map(|index| (turn(index).sin() * 8000.0) as i16)
            .collect(),
        sample_rate,
    }
}

/// What `POST /sandbox/respeecher` does: the methods above, by their names.
pub(crate) fn change(respeecher: &Respeecher<'_>, request: &Value) -> Result<Value, String> {
    let fields = request.as_object().ok_or("the body must be a JSON object")?;
    let mut answer = json!({});
    for (name, value) in fields {
        let count = || value.as_u64().ok_or_else(|| format!("{name} must be a whole number"));
        let flag = || value.as_bool().ok_or_else(|| format!("{name} must be true or false"));
        let text = |value: &Value| {
            value
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| format!("{name} needs a reason"))
        };
        match name.as_str() {
            "credits" => respeecher.set_credits(count()?),
            "fail_conversion" => {
                let nth = value["nth"].as_u64().unwrap_or(1);
                respeecher.fail_conversion(nth, &text(&value["reason"])?);
            }
            "fail_calibration" => respeecher.fail_calibration(&text(value)?),
            "expire_sessions" => {
                if flag()? {
                    respeecher.expire_sessions();
                }
            }
            "refuse_folder_stats_post" => respeecher.refuse_folder_stats_post(flag()?),
            "seed_recordings" => {
                let count = count()?;
                if count > MAX_SEEDED {
                    return Err(format!("{name} must be at most {MAX_SEEDED}"));
                }
                let seeded = respeecher.seed_recordings(count as usize);
                answer = json!({"project_id": seeded.project_id, "folder_id": seeded.folder_id});
            }
            _ => return Err(format!("{name} is not known")),
        }
    }
    Ok(answer)
}
