//! `/api/stats`: what has been converted.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Extension, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::account::{Account, Row};
use super::errors::Refusal;
use super::fields::Fields;
use super::front::Caller;
use super::recording::{Recording, Stage};
use crate::answer;
use crate::state::{State, lock};

/// How many conversions there are, and how long those are that succeeded.
#[derive(Default)]
struct Count {
    total: u64,
    completed: u64,
    in_progress: u64,
    failed: u64,
    seconds: f64,
    seconds_this_month: f64,
}

impl Count {
    fn of<'a>(conversions: impl Iterator<Item = &'a Recording>) -> Count {
        let now = OffsetDateTime::now_utc();
        let mut count = Count::default();
        for conversion in conversions {
            count.total += 1;
            match conversion.stage() {
                Stage::Processing => count.in_progress += 1,
                Stage::Error => count.failed += 1,
                Stage::Done => {
                    count.completed += 1;
                    count.seconds += conversion.duration;
                    let made = conversion.created_at;
                    if (made.year(), made.month()) == (now.year(), now.month()) {
                        count.seconds_this_month += conversion.duration;
                    }
                }
            }
        }
        count
    }

    fn conversions(&self) -> Value {
        json!({
            "total": self.total,
            "completed": self.completed,
            "in_progress": self.in_progress,
            "failed": self.failed,
        })
    }

    fn time(&self) -> Value {
        json!({"total": whole(self.seconds), "current_month": whole(self.seconds_this_month)})
    }
}

/// Begun seconds.
fn whole(seconds: f64) -> u64 {
    seconds.ceil() as u64
}

fn conversions(account: &Account) -> impl Iterator<Item = &Recording> {
    account
        .recordings
        .iter()
        .filter(|recording| recording.conversion.is_some())
}

pub(super) async fn of_account(Shared(state): Shared<Arc<State>>, Extension(caller): Extension<Caller>) -> Response {
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    let count = Count::of(conversions(account));
    let mut time = count.time();
    // A sandbox that runs past the end of a month tells the former months' share in one.
    let before = count.seconds - count.seconds_this_month;
    time["previous_monthes"] = match whole(before) {
        0 => json!([]),
        duration => json!([{"month": last_month(), "duration": duration}]),
    };
    let mut models: BTreeMap<Uuid, (&str, u64, f64)> = BTreeMap::new();
    for recording in conversions(account) {
        if let Some(conversion) = &recording.conversion {
            let model = models
                .entry(conversion.voice.id)
                .or_insert((conversion.voice.name, 0, 0.0));
            model.1 += 1;
            if recording.stage() == Stage::Done {
                model.2 += recording.duration;
            }
        }
    }
    let models: Vec<Value> = models
        .into_iter()
        .map(|(id, (name, count, seconds))| {
            json!({"id": id, "name": name, "conversions_count": count, "converted_time": whole(seconds)})
        })
        .collect();
    answer::json(
        StatusCode::OK,
        &json!({"time_converted": time, "conversions": count.conversions(), "models": models}),
    )
}

fn last_month() -> String {
    let first = OffsetDateTime::now_utc().date().replace_day(1).ok();
    let last = first
        .and_then(|first| first.previous_day())
        .map(|date| date.to_string());
    last.unwrap_or_default()
}

pub(super) async fn of_projects(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Refusal> {
    let mut fields = Fields::query(&uri)?;
    let ids = fields.ids("project_ids");
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    let ids = ids.unwrap_or_else(|| account.projects.iter().map(Row::id).collect());
    let mut answers = Vec::new();
    for id in ids {
        account.project(id)?;
        let count = Count::of(conversions(account).filter(|conversion| conversion.project_id == id));
        answers.push(json!({
            "project_id": id,
            "time_converted": count.time(),
            "conversions": count.conversions(),
        }));
    }
    Ok(answer::json(StatusCode::OK, &Value::from(answers)))
}

pub(super) async fn of_folders_by_query(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    uri: Uri,
) -> Result<Response, Refusal> {
    of_folders(&state, &caller, Fields::query(&uri)?)
}

pub(super) async fn of_folders_by_body(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
) -> Result<Response, Refusal> {
    if lock(&state.respeecher.0).refuses_folder_stats_post {
        let text = "Method Not Allowed".to_owned();
        return Err(Refusal::Detail(StatusCode::METHOD_NOT_ALLOWED, text));
    }
    of_folders(&state, &caller, Fields::body(&body)?)
}

fn of_folders(state: &State, caller: &Caller, mut fields: Fields) -> Result<Response, Refusal> {
    let ids = fields.required_ids("folder_ids");
    fields.check()?;
    let mut service = lock(&state.respeecher.0);
    let account = service.account(caller.account);
    let mut answers = Vec::new();
    for id in ids {
        account.folder(id)?;
        let count = Count::of(conversions(account).filter(|conversion| conversion.folder_id == id));
        answers.push(json!({"folder_id": id, "stats": count.conversions()}));
    }
    Ok(answer::json(StatusCode::OK, &Value::from(answers)))
}
