//! Lines, the generations that do not belong to one call, and how their chunks reach whoever wants them. What speaks them
//! is in `session` and `text`.

mod handle;
mod hub;
mod intake;
mod line;
mod played;
mod polls;
mod signal;

pub(super) use handle::INTERRUPT_PERIOD;
pub use handle::{Line, LineStream};
pub(super) use hub::{Command, Commands, Hub, StateCallback, closed};
pub use hub::{Delivery, SessionState, StateChange};
pub(super) use intake::{Intake, Progress};
pub use line::{Ended, Flow, LineEvent};
pub(super) use line::{LineShared, Listener, Owner};
pub(super) use played::{ended_only, play};
