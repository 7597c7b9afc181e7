//! `/usage/…`: what an account has used, and `/concurrent_connections/…`: what it has room for.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Extension, Path, State as Shared};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::{Value, json};
use time::{Date, Month, OffsetDateTime};

use super::errors;
use super::front::Key;
use super::request::Fields;
use crate::answer;
use crate::guard::query;
use crate::state::{State, lock};

/// The models that there is room for.
const MODELS: [&str; 7] = [
    "dd-etts-1.1",
    "dd-etts-2.5",
    "dd-etts-3.0",
    "dd-etts-3.2",
    "dd-etts-3.3",
    "dd-etts-3.4",
    "dd-etts-3.5",
];
/// Where everything here happens.
const REGION: &str = "us-east-1";
/// The longest range.
const MAX_DAYS: i64 = 366;
/// How many connections a model has room for at first, and at most.
const USUAL_SIZE: i128 = 5;
const MAX_SIZE: i128 = 1000;

/// What has been used, and what has been set.
#[derive(Default)]
pub(crate) struct Usage {
    /// Seconds of speech by key, day and model.
    spoken: Mutex<BTreeMap<(String, Date, String), f64>>,
    /// By key and model.
    sizes: Mutex<HashMap<(String, String), i128>>,
}

impl Usage {
    /// Counts speech that was made.
    pub(super) fn add(&self, key: &str, model: &str, seconds: f64) {
        let day = OffsetDateTime::now_utc().date();
        let row = (key.to_owned(), day, model.to_owned());
        *lock(&self.spoken).entry(row).or_default() += seconds;
    }
}

/// What a request asks for.
struct Asked {
    from: Date,
    to: Date,
    model: Option<String>,
    region: Option<String>,
}

impl Asked {
    fn parse(uri: &Uri) -> Result<Asked, String> {
        let day = |name: &str| match query(uri, name) {
            None => Err(format!("{name} is required")),
            Some(text) => date(&text).ok_or_else(|| format!("{name} must be a date, as 2026-05-01")),
        };
        let (from, to) = (day("from")?, day("to")?);
        if to < from {
            return Err("to must be on or after from".to_owned());
        }
        if (to - from).whole_days() >= MAX_DAYS {
            return Err(format!("the range must be of {MAX_DAYS} days at most"));
        }
        Ok(Asked {
            from,
            to,
            model: query(uri, "model_id"),
            region: query(uri, "region"),
        })
    }

    /// Days, models and seconds.
    fn rows(&self, usage: &Usage, key: &str) -> Vec<(Date, String, f64)> {
        if self.region.as_deref().is_some_and(|region| region != REGION) {
            return Vec::new();
        }
        lock(&usage.spoken)
            .iter()
            .filter(|((owner, day, model), _)| {
                owner == key
                    && (self.from..=self.to).contains(day)
                    && self.model.as_ref().is_none_or(|asked| asked == model)
            })
            .map(|((_, day, model), seconds)| (*day, model.clone(), *seconds))
            .collect()
    }

    fn answer(&self, items: Vec<Value>) -> Response {
        answer::json(
            StatusCode::OK,
            &json!({
                "customerId": CUSTOMER,
                "from": self.from.to_string(),
                "to": self.to.to_string(),
                "items": items,
            }),
        )
    }
}

/// Who everybody is.
const CUSTOMER: &str = "cust_sandbox";

/// Year, month and day, each with all its digits.
fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part = parts.next()?;
        let right = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<u16>().ok().filter(|_| right)
    };
    let (year, month, day) = (number(4)?, number(2)?, number(2)?);
    let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
    if parts.next().is_some() {
        return None;
    }
    Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()
}

pub(super) async fn daily(
    Shared(state): Shared<Arc<State>>,
    Extension(Key(key)): Extension<Key>,
    uri: Uri,
) -> Response {
    let asked = match Asked::parse(&uri) {
        Ok(asked) => asked,
        Err(reason) => return errors::api(StatusCode::BAD_REQUEST, &reason),
    };
    let items = asked
        .rows(&state.usage, &key)
        .into_iter()
        .map(|(day, model, seconds)| {
            json!({
                "date": day.to_string(),
                "customerId": CUSTOMER,
                "modelId": model,
                "region": REGION,
                "usageSecondsTimesSize": seconds,
                "concurrencyHours": seconds / 3600.0,
                "averageSize": seconds / 86400.0,
            })
        })
        .collect();
    asked.answer(items)
}

pub(super) async fn by_model(
    Shared(state): Shared<Arc<State>>,
    Extension(Key(key)): Extension<Key>,
    uri: Uri,
) -> Response {
    let asked = match Asked::parse(&uri) {
        Ok(asked) => asked,
        Err(reason) => return errors::api(StatusCode::BAD_REQUEST, &reason),
    };
    let mut models: BTreeMap<String, (u64, f64)> = BTreeMap::new();
    for (_, model, seconds) in asked.rows(&state.usage, &key) {
        let total = models.entry(model).or_default();
        total.0 += 1;
        total.1 += seconds;
    }
    let range = ((asked.to - asked.from).whole_days() + 1) as f64 * 86400.0;
    let items = models
        .into_iter()
        .map(|(model, (days, seconds))| {
            json!({
                "modelId": model,
                "region": REGION,
                "totalUsageSecondsTimesSize": seconds,
                "totalConcurrencyHours": seconds / 3600.0,
                "averageInstancesOverRange": seconds / range,
                "daysWithUsage": days,
            })
        })
        .collect();
    asked.answer(items)
}

fn capacity(state: &State, key: &str, model: &str) -> Value {
    let sizes = lock(&state.usage.sizes);
    let size = sizes
        .get(&(key.to_owned(), model.to_owned()))
        .copied()
        .unwrap_or(USUAL_SIZE);
    json!({
        "concurrent_connections": state.running(key),
        "desired_concurrent_connections": size as i64,
    })
}

fn no_model() -> Response {
    errors::api(StatusCode::NOT_FOUND, "Model not found")
}

fn good(data: Value) -> Response {
    answer::json(
        StatusCode::OK,
        &json!({"success": true, "message": "Operation successful", "data": data}),
    )
}

pub(super) async fn capacities(
    Shared(state): Shared<Arc<State>>,
    Extension(Key(key)): Extension<Key>,
    uri: Uri,
) -> Response {
    let asked = query(&uri, "model_ids").unwrap_or_default();
    let known = |model: &str| MODELS.contains(&model);
    if !asked.split(',').all(known) {
        return errors::api(StatusCode::BAD_REQUEST, "Invalid model IDs");
    }
    let row = |model: &str| {
        let mut row = capacity(&state, &key, model);
        row["model_id"] = model.into();
        row
    };
    good(asked.split(',').map(row).collect())
}

pub(super) async fn read(
    Shared(state): Shared<Arc<State>>,
    Extension(Key(key)): Extension<Key>,
    Path(model): Path<String>,
) -> Response {
    match MODELS.contains(&model.as_str()) {
        true => good(capacity(&state, &key, &model)),
        false => no_model(),
    }
}

pub(super) async fn resize(
    Shared(state): Shared<Arc<State>>,
    Extension(Key(key)): Extension<Key>,
    Path(model): Path<String>,
    Extension(body): Extension<Bytes>,
) -> Response {
    let size = errors::object(&body).and_then(|body| {
        let fields = body.as_object().map(Fields).ok_or("the body must be a JSON object")?;
        fields.integer("size")
    });
    let size = match size {
        Ok(Some(size)) if (0..=MAX_SIZE).contains(&size) => size,
        _ => return errors::api(StatusCode::BAD_REQUEST, "Invalid size parameter"),
    };
    if !MODELS.contains(&model.as_str()) {
        return no_model();
    }
    lock(&state.usage.sizes).insert((key.clone(), model.clone()), size);
    good(capacity(&state, &key, &model))
}
