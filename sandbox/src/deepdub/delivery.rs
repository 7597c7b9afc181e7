//! Sends one generation over a WebSocket: its chunks in their order and at their times, with what its fault does.

use std::future::pending;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::chunks::{self, Order, Schedule};
use super::generate::Audio;
use super::messages;
use crate::codec::Format;
use crate::fault::{ErrorType, Event};
use crate::record::Outcome;
use crate::state::Run;
use crate::websocket::{Outgoing, What};
use crate::{Fault, Options};

/// The generation has come to its end, good or bad.
pub(super) struct Over;

/// One generation under way.
pub(super) struct Delivery {
    queue: mpsc::Sender<Outgoing>,
    id: String,
    fault: Fault,
    schedule: Schedule,
    order: Order,
    sent: usize,
    /// None when it is over.
    run: Option<Run>,
}

impl Delivery {
    pub(super) fn new(queue: mpsc::Sender<Outgoing>, id: &str, run: Run, fault: Fault, options: &Options) -> Delivery {
        Delivery {
            queue,
            id: id.to_owned(),
            schedule: Schedule::new(&fault, options),
            fault,
            order: Order::default(),
            sent: 0,
            run: Some(run),
        }
    }

    /// The generation begins: with what its fault does before anything is sent.
    pub(super) async fn begin(&mut self) -> Result<(), Over> {
        self.moment(None).await
    }

    /// From here on another fault is in force.
    pub(super) async fn change(&mut self, fault: Fault, options: &Options) -> Result<(), Over> {
        self.schedule.change(&fault, options);
        self.fault = fault;
        self.moment(None).await
    }

    pub(super) async fn acknowledge(&self) {
        if !self.fault.no_ack {
            let acknowledgement = messages::acknowledgement(&self.id, &self.fault);
            self.put(Outgoing::send(acknowledgement)).await;
        }
    }

    /// Sends audio that was asked for at that time; with the end of the generation, if this is its last.
    pub(super) async fn audio(
        &mut self,
        audio: &Audio,
        format: Format,
        arrived: Instant,
        is_last: bool,
    ) -> Result<(), Over> {
        self.schedule.audio(audio, arrived);
        for (data, is_finished) in chunks::pieces(audio, is_last, &self.fault) {
            self.chunk(data, is_finished, format).await?;
        }
        Ok(())
    }

    /// Ends the generation with a message that has no audio.
    pub(super) async fn finish(&mut self) -> Result<(), Over> {
        // No format alters what is empty.
        self.chunk(Bytes::new(), true, Format::S16le).await
    }

    /// Ends the generation with an error.
    pub(super) async fn fail(&mut self, kind: ErrorType, text: &str) -> Result<(), Over> {
        let error = messages::error(kind, text, Some(&self.id), &self.fault);
        self.end(What::Send(error)).await
    }

    async fn chunk(&mut self, data: Bytes, is_finished: bool, format: Format) -> Result<(), Over> {
        let due = self.order.put(data, is_finished, format, &self.fault);
        let last = due.len().checked_sub(1).filter(|_| is_finished);
        if is_finished && last.is_none() {
            // The fault has left the end out.
            return self.end(What::Send(Vec::new())).await;
        }
        for (n, chunk) in due.iter().enumerate() {
            self.moment(Some(self.sent)).await?;
            self.schedule.wait().await;
            let mut outgoing = Outgoing::send(messages::chunk(&self.id, chunk, &self.fault));
            if !chunk.data.is_empty() {
                outgoing.chunk_of = self.run.as_ref().map(|run| run.tracked().clone());
            }
            if Some(n) == last {
                outgoing.ends = self.run.take().map(|run| (run, Outcome::Finished));
            }
            self.put(outgoing).await;
            self.sent += 1;
        }
        match last {
            Some(_) => Err(Over),
            None => Ok(()),
        }
    }

    /// Does what the fault does at this moment: before anything is sent, or when so many chunks have been sent.
    async fn moment(&mut self, sent: Option<usize>) -> Result<(), Over> {
        let event = self.fault.event.filter(|_| self.fault.after == sent);
        // In the place of the chunk that is due.
        let due = sent.unwrap_or(0);
        let more = match event {
            None => return Ok(()),
            Some(Event::Error(kind)) => {
                let id = (!self.fault.anonymous).then_some(self.id.as_str());
                let error = messages::error(kind, messages::error_text(kind), id, &self.fault);
                return self.end(What::Send(error)).await;
            }
            Some(Event::Drop) => return self.end(What::Drop).await,
            Some(Event::Reset) => return self.end(What::Reset).await,
            Some(Event::Close(code)) => return self.end(What::Close(code)).await,
            Some(Event::BadFrame) => return self.end(What::Send(vec![messages::bad_frame()])).await,
            Some(Event::Stall) => pending().await,
            Some(Event::BadJson) => messages::bad_json(&self.id, due),
            Some(Event::BadBase64) => messages::bad_base64(&self.id, due),
            Some(Event::BadUtf8) => messages::bad_utf8(&self.id, due),
            Some(Event::Oversize(bytes)) => messages::oversize(&self.id, due, bytes),
            // Of REST answers only.
            Some(Event::Half) => return Ok(()),
        };
        self.put(Outgoing::send(vec![more])).await;
        Ok(())
    }

    async fn end(&mut self, what: What) -> Result<(), Over> {
        let ends = self.run.take().map(|run| (run, Outcome::Failed));
        self.put(Outgoing {
            what,
            chunk_of: None,
            ends,
        })
        .await;
        Err(Over)
    }

    /// Fails only when the connection is ending, and then this generation is about to be dropped with it.
    async fn put(&self, outgoing: Outgoing) {
        let _ = self.queue.send(outgoing).await;
    }
}
