//! Accepts connections and reads HTTP from them.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::StatusCode;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use crate::record::Request as Entry;
use crate::state::State;
use crate::stream::Stream;
use crate::{answer, control, deepdub, files, guard, palabra, respeecher};

/// The largest body of a request: room for 20 MB of audio in base64.
pub(crate) const MAX_BODY: usize = 32 << 20;

/// Every path of every service that the sandbox stands in for.
fn app(state: Arc<State>) -> Router {
    Router::new()
        .merge(deepdub::router(Arc::clone(&state)))
        .merge(respeecher::router(Arc::clone(&state)))
        .merge(palabra::router(Arc::clone(&state)))
        .merge(files::router(Arc::clone(&state)))
        .merge(control::router())
        .fallback(async |state: Shared<Arc<State>>, request: Request| {
            refusal(&state, request, StatusCode::NOT_FOUND, "Not Found").await
        })
        .method_not_allowed_fallback(async |state: Shared<Arc<State>>, request: Request| {
            refusal(&state, request, StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed").await
        })
        .with_state(state)
}

/// The answer to a request that no service knows, in the words of the one that is nearest. It is logged, too: a client
/// that goes astray should be found out.
async fn refusal(state: &State, request: Request, status: StatusCode, message: &str) -> Response {
    let (parts, body) = request.into_parts();
    guard::drain(body).await;
    let path = parts.uri.path();
    state.log(Entry {
        method: parts.method.to_string(),
        path: path.to_owned(),
        status: status.as_u16(),
        body: None,
    });
    if path.starts_with(palabra::PREFIX) {
        palabra::of_status(status, message)
    } else if path.starts_with("/api/") && !path.starts_with(deepdub::REST) {
        respeecher::detail(status, message)
    } else {
        answer::json(status, &json!({"success": false, "message": message}))
    }
}

/// Serves until it is dropped.
pub(crate) async fn serve(listener: TcpListener, tls: Option<TlsAcceptor>, state: Arc<State>) {
    let app = app(state);
    loop {
        match listener.accept().await {
            Ok((tcp, _)) => {
                tokio::spawn(connection(tcp, tls.clone(), app.clone()));
            }
            // Out of file descriptors, most likely. Trying again at once would spin.
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn connection(tcp: TcpStream, tls: Option<TlsAcceptor>, app: Router) {
    // Chunks are written whole, so waiting to fill a packet only adds latency.
    let _ = tcp.set_nodelay(true);
    let stream = match tls {
        None => Stream::plain(tcp),
        Some(tls) => match tls.accept(tcp).await {
            Ok(stream) => Stream::tls(stream),
            Err(_) => return,
        },
    };
    let line = stream.line();
    let service = service_fn({
        let line = line.clone();
        move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(line.clone());
            let app = app.clone();
            async move { Ok::<_, Infallible>(respond(app, request).await) }
        }
    });
    let http = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::select! {
        _ = http => {}
        () = line.was_cut() => {}
    }
}

async fn respond(app: Router, request: hyper::Request<Incoming>) -> Response {
    match app.oneshot(request.map(Body::new)).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}
