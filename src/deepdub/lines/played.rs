//! Lines whose audio goes to a player.

use std::sync::Arc;

use super::line::{Ended, Flow, LineEvent, LineShared, Listener};
use crate::audio::{Player, TrackOptions};
use crate::error::Result;

/// The rate of what has no header, where none is asked for.
const SERVICE_RATE: u32 = 48_000;

/// Lets a line that its owner has remembered, and that nobody has sent yet, play on `player`, after what is there.
///
/// # Errors
/// When the player takes no track; then the line is forgotten.
pub(in crate::deepdub) fn play(
    line: &Arc<LineShared>,
    player: &Player,
    sample_rate: Option<u32>,
    track_id: u64,
) -> Result<()> {
    let mut options = TrackOptions::new(line.format, sample_rate.unwrap_or(SERVICE_RATE));
    options.id = track_id;
    // Not before the line is accepted: every track has an end to be told.
    let track = player.begin(&options).inspect_err(|_| line.forget())?;
    line.play_on(track);
    Ok(())
}

/// A listener that is told the end.
pub(in crate::deepdub) fn ended_only(mut on_end: impl FnMut(&Ended) + Send + 'static) -> Listener {
    Listener::End(Box::new(move |event| {
        if let LineEvent::Ended(ended) = event {
            on_end(ended);
        }
        Flow::Continue
    }))
}
