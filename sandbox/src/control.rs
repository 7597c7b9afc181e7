//! `/sandbox/…`: what a test in another process needs to steer the sandbox and to see what it did. No key is asked for.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use crate::state::State;
use crate::{Fault, Palabra, Respeecher, answer, deepdub, palabra, respeecher};

/// The largest body here.
const MAX_BODY: usize = 64 << 10;
/// The most faults that one request queues.
const MAX_TIMES: u64 = 10_000;

pub(crate) fn router() -> Router<Arc<State>> {
    Router::new()
        .route("/sandbox/faults", post(faults).delete(withdraw_faults))
        .route("/sandbox/requests", get(requests))
        .route("/sandbox/generations", get(generations))
        .route("/sandbox/connections", get(connections))
        .route("/sandbox/services", get(services))
        .route("/sandbox/processing", post(processing))
        .route("/sandbox/respeecher", post(respeecher))
        .route("/sandbox/palabra", post(palabra))
        .route("/sandbox/issues/{id}/audio", get(issue_audio))
}

async fn faults(Shared(state): Shared<Arc<State>>, body: Body) -> Response {
    let body = to_bytes(body, MAX_BODY).await.unwrap_or_default();
    match parse(&body) {
        Ok((fault, times)) => {
            for _ in 0..times {
                state.inject(fault.clone());
            }
            answer::json(StatusCode::OK, &json!({ "queued": times }))
        }
        Err(message) => answer::json(StatusCode::BAD_REQUEST, &json!({ "message": message })),
    }
}

async fn withdraw_faults(Shared(state): Shared<Arc<State>>) -> Response {
    answer::json(StatusCode::OK, &json!({ "withdrawn": state.withdraw_injected() }))
}

fn parse(body: &[u8]) -> Result<(Fault, u64), String> {
    let json: Value = serde_json::from_slice(body)
        .map_err(|_| r#"the body must be JSON: {"fault": "drop,after=2", "times": 1}"#.to_owned())?;
    let fault = json["fault"]
        .as_str()
        .ok_or("fault must be a string")?
        .parse::<Fault>()
        .map_err(|error| error.to_string())?;
    let times = match &json["times"] {
        Value::Null => 1,
        times => times
            .as_u64()
            .filter(|times| (1..=MAX_TIMES).contains(times))
            .ok_or_else(|| format!("times must be an integer from 1 to {MAX_TIMES}"))?,
    };
    Ok((fault, times))
}

/// How to sign in to each service.
async fn services(Shared(state): Shared<Arc<State>>) -> Response {
    let respeecher = Respeecher::of(&state);
    let palabra = Palabra::of(&state);
    let (email, password) = respeecher.login();
    let (client_id, client_secret) = palabra.client();
    answer::json(
        StatusCode::OK,
        &json!({
            "deepdub": {"api_key": state.options.a_key(deepdub::TRIAL_KEY)},
            "respeecher": {"api_key": respeecher.api_key(), "email": email, "password": password},
            "palabra": {"api_key": palabra.api_key(), "client_id": client_id, "client_secret": client_secret},
        }),
    )
}

/// `{"hold": true}`: what is begun from now on stays in the making.
async fn processing(Shared(state): Shared<Arc<State>>, body: Body) -> Response {
    answered(change(body, |request| {
        let hold = request["hold"].as_bool().ok_or("hold must be true or false")?;
        state.processing.hold(hold);
        Ok(json!({}))
    }))
    .await
}

async fn respeecher(Shared(state): Shared<Arc<State>>, body: Body) -> Response {
    answered(change(body, |request| {
        respeecher::change(&Respeecher::of(&state), request)
    }))
    .await
}

async fn palabra(Shared(state): Shared<Arc<State>>, body: Body) -> Response {
    answered(change(body, |request| palabra::change(&Palabra::of(&state), request))).await
}

async fn change(body: Body, change: impl FnOnce(&Value) -> Result<Value, String>) -> Result<Value, String> {
    let body = to_bytes(body, MAX_BODY).await.unwrap_or_default();
    let request = serde_json::from_slice(&body).map_err(|_| "the body must be JSON".to_owned())?;
    change(&request)
}

async fn answered(result: impl Future<Output = Result<Value, String>>) -> Response {
    match result.await {
        Ok(value) => answer::json(StatusCode::OK, &value),
        Err(message) => answer::json(StatusCode::BAD_REQUEST, &json!({ "message": message })),
    }
}

async fn requests(Shared(state): Shared<Arc<State>>) -> Response {
    let requests: Vec<Value> = state
        .requests()
        .into_iter()
        .map(|request| {
            json!({
                "method": request.method,
                "path": request.path,
                "status": request.status,
                "body": request.body,
            })
        })
        .collect();
    answer::json(StatusCode::OK, &json!({ "requests": requests }))
}

async fn generations(Shared(state): Shared<Arc<State>>) -> Response {
    let generations: Vec<Value> = state
        .generations()
        .into_iter()
        .map(|generation| {
            json!({
                "id": generation.id,
                "chunks": generation.chunks,
                "outcome": generation.outcome.name(),
            })
        })
        .collect();
    answer::json(StatusCode::OK, &json!({ "generations": generations }))
}

async fn connections(Shared(state): Shared<Arc<State>>) -> Response {
    answer::json(StatusCode::OK, &json!({ "open": state.open_sockets() }))
}

async fn issue_audio(Shared(state): Shared<Arc<State>>, Path(id): Path<String>) -> Response {
    match state.issues.audio(&id) {
        Some(audio) => Response::new(Body::from(audio)),
        None => answer::json(
            StatusCode::NOT_FOUND,
            &json!({"message": "there is no such issue, or it has no audio"}),
        ),
    }
}
