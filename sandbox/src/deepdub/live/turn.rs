//! A turn being spoken: one generation, whose audio is made sentence by sentence.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::Fault;
use crate::deepdub::delivery::{Delivery, Over};
use crate::deepdub::generate::{self, Utterance};
use crate::fault::ErrorType;
use crate::record::Tracked;
use crate::state::{Run, State};
use crate::websocket::Outgoing;

/// What a turn does next.
pub(super) enum Segment {
    Say {
        utterance: Arc<Utterance>,
        arrived: Instant,
        is_last: bool,
    },
    Fault(Fault),
    /// Ends it: the text cannot be understood.
    Fail(String),
    /// Ends it: everything has been said.
    End,
}

/// A turn that is not over. Dropping it ends it where it is.
pub(super) struct Turn {
    pub(super) id: String,
    pub(super) tracked: Tracked,
    work: Pin<Box<dyn Future<Output = ()> + Send>>,
}

impl Turn {
    pub(super) fn new(
        state: &Arc<State>,
        queue: mpsc::Sender<Outgoing>,
        id: String,
        run: Run,
        fault: Fault,
        mut segments: mpsc::UnboundedReceiver<Segment>,
    ) -> Turn {
        let tracked = run.tracked().clone();
        let key = run.key().to_owned();
        let mut delivery = Delivery::new(queue, &id, run, fault, &state.options);
        let state = Arc::clone(state);
        let work = Box::pin(async move {
            // Whatever its end was, the client has been told.
            let _: Result<(), Over> = speak(&state, &key, &mut delivery, &mut segments).await;
        });
        Turn { id, tracked, work }
    }
}

/// Waits until the first turn is over.
pub(super) async fn first(turns: &mut VecDeque<Turn>) {
    if let Some(turn) = turns.front_mut() {
        turn.work.as_mut().await;
    }
}

async fn speak(
    state: &Arc<State>,
    key: &str,
    delivery: &mut Delivery,
    segments: &mut mpsc::UnboundedReceiver<Segment>,
) -> Result<(), Over> {
    delivery.begin().await?;
    while let Some(segment) = segments.recv().await {
        match segment {
            Segment::Say {
                utterance,
                arrived,
                is_last,
            } => {
                let format = utterance.format;
                if let Err(reason) = state.voices.can_speak(key, &utterance.voice) {
                    return delivery.fail(ErrorType::InvalidInput, &reason).await;
                }
                match generate::audio(state, key, utterance).await {
                    Ok(audio) => delivery.audio(&audio, format, arrived, is_last).await?,
                    Err(text) => delivery.fail(ErrorType::Server, &text).await?,
                }
            }
            Segment::Fault(fault) => delivery.change(fault, &state.options).await?,
            Segment::Fail(reason) => delivery.fail(ErrorType::InvalidInput, &reason).await?,
            Segment::End => delivery.finish().await?,
        }
    }
    Ok(())
}
