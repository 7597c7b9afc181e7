//! `POST /tts`: the same parameters as `/open`, answered with raw audio as it is made.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Extension, State as Shared};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use futures_util::stream;
use tokio::time::Instant;

use super::chunks::{self, Chunk, Schedule};
use super::front::Caller;
use super::request::Speech;
use super::{errors, generate};
use crate::Fault;
use crate::codec::Format;
use crate::fault::Event;
use crate::record::Outcome;
use crate::state::{Run, State};
use crate::stream::Line;

/// What the published client calls bare samples here. The vendor's page does not name it.
const HEADERLESS: &str = "headerless-wav";

pub(super) async fn tts(
    Shared(state): Shared<Arc<State>>,
    Extension(caller): Extension<Caller>,
    Extension(body): Extension<Bytes>,
) -> Response {
    let arrived = Instant::now();
    let invalid = |reason: String| errors::api(StatusCode::BAD_REQUEST, &format!("Invalid request: {reason}"));
    let mut is_headerless = false;
    let speech = errors::object(&body).and_then(|mut json| {
        is_headerless = json["format"] == HEADERLESS;
        if is_headerless {
            json["format"] = Format::S16le.name().into();
        }
        Speech::of(&json, &state, &caller.key)
    });
    let speech = match speech {
        Ok(speech) => speech,
        Err(reason) => return invalid(reason),
    };
    let format = speech.utterance.format;
    if matches!(format, Format::Wav | Format::S16le) && !is_headerless {
        return invalid(format!(
            "format {} is possible over the WebSocket only; use mp3, opus or mulaw here",
            format.name()
        ));
    }
    let Some(run) = state.begin(&caller.key, &speech.generation_id) else {
        return errors::on(super::TTS, StatusCode::TOO_MANY_REQUESTS, "");
    };
    let audio = match generate::audio(&state, &caller.key, Arc::clone(&speech.utterance)).await {
        Ok(audio) => audio,
        Err(reason) => {
            run.end(Outcome::Failed);
            return errors::api(StatusCode::INTERNAL_SERVER_ERROR, &reason);
        }
    };
    let mut schedule = Schedule::new(&caller.fault, &state.options);
    schedule.audio(&audio, arrived);
    let chunks = chunks::plan(&audio, format, &caller.fault);
    let mut fault = caller.fault;
    if fault.event == Some(Event::Half) {
        fault.event = Some(Event::Drop);
        fault.after = Some(chunks.len() / 2);
    }
    let sending = Sending {
        chunks: chunks.into_iter(),
        sent: 0,
        schedule,
        fault,
        line: caller.line,
        run: Some(run),
    };
    let body = stream::unfold(sending, async |mut sending| {
        let bytes = sending.next().await?;
        Some((Ok::<_, Infallible>(bytes), sending))
    });
    let mut response = Response::new(Body::from_stream(body));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(format.content_type()));
    response
}

/// The body of one answer, under way.
struct Sending {
    chunks: std::vec::IntoIter<Chunk>,
    sent: usize,
    schedule: Schedule,
    fault: Fault,
    line: Line,
    run: Option<Run>,
}

impl Sending {
    async fn next(&mut self) -> Option<Bytes> {
        if self.fault.after == Some(self.sent) {
            self.moment().await;
        }
        let chunk = self.chunks.next()?;
        self.schedule.wait().await;
        self.sent += 1;
        if let Some(run) = &self.run {
            run.tracked().count_chunk();
        }
        // Ended before the client can see the end.
        if self.chunks.len() == 0
            && let Some(run) = self.run.take()
        {
            run.end(Outcome::Finished);
        }
        Some(chunk.data)
    }

    /// Does what the fault does when so many chunks have been sent. Returns if the answer goes on.
    async fn moment(&mut self) {
        match self.fault.event {
            Some(Event::Stall) => pending().await,
            Some(Event::Reset) => self.line.reset_at_end(),
            Some(Event::Drop | Event::Close(_) | Event::BadFrame | Event::Error(_)) => {}
            _ => return,
        }
        if let Some(run) = self.run.take() {
            run.end(Outcome::Failed);
        }
        // The server writes out the chunks so far when it finds nothing more here, and only then sees the cut.
        self.line.cut();
        pending().await
    }
}
