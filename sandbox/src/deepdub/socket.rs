//! A WebSocket connection to this service, from its handshake to its end. What is said on it is up to the endpoint.

use std::sync::Arc;

use axum::extract::{Extension, Request, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use hyper::upgrade::OnUpgrade;
use tokio::sync::mpsc;

use super::front::Caller;
use super::{LIVE, errors, live, open};
use crate::fault::Handshake;
use crate::state::{Socket, State};
use crate::websocket::{self, End};

/// So many answers of one connection may be under way or wait to be sent; then it is not read until some have gone.
pub(super) const MAX_PENDING: usize = 256;

/// The handshake of either endpoint.
pub(super) async fn handshake(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    mut request: Request,
) -> Response {
    let upgrade = request.extensions_mut().remove::<OnUpgrade>();
    let (response, upgrade) = match (websocket::accept(request.headers()), upgrade) {
        (Ok(response), Some(upgrade)) => (response, upgrade),
        (refused, _) => {
            let reason = refused.err().unwrap_or("this connection cannot be upgraded");
            let mut response = errors::api(StatusCode::UPGRADE_REQUIRED, reason);
            let headers = response.headers_mut();
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
            headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            return response;
        }
    };
    let is_live = request.uri().path() == LIVE;
    // Counted before the client can know that it is connected.
    let socket = state.socket();
    tokio::spawn(connection(state, caller, upgrade, is_live, socket));
    response
}

/// One connection, from its upgrade to its end.
async fn connection(state: Arc<State>, caller: Caller, upgrade: OnUpgrade, is_live: bool, _open: Socket) {
    if caller.fault.handshake == Some(Handshake::Silent) {
        return websocket::ignore(upgrade).await;
    }
    let Some(mut socket) = websocket::upgraded(upgrade).await else {
        return;
    };
    let end = {
        // A short queue, so that generations take turns and feel it when the client is slow.
        let (queue, mut outgoing) = mpsc::channel(1);
        let reader = &mut socket.reader;
        let serving = async {
            match is_live {
                true => live::serve(state, caller, reader, queue).await,
                false => open::serve(state, caller, reader, queue).await,
            }
        };
        // All work is a part of this task: when the connection goes, so does every generation on it.
        tokio::select! {
            end = socket.writer.run(&mut outgoing) => end,
            () = serving => End::Orderly,
        }
    };
    socket.end(end).await;
}
