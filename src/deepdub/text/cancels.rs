//! Cancels that the service has been told and has not confirmed: what comes of these turns nobody wants.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::net::is_past;

/// A service that has not confirmed a cancel by then is not going to: it may have had nothing to stop.
const PATIENCE: Duration = Duration::from_secs(2);

/// So many are kept for a service that confirms none.
const MOST: usize = 16;

/// In the order in which they were told.
#[derive(Default)]
pub(super) struct Cancels(VecDeque<Cancel>);

struct Cancel {
    /// The turn's id, if it was known.
    id: Option<String>,
    /// When it has to be confirmed.
    until: Option<Instant>,
}

impl Cancels {
    pub fn told(&mut self, id: Option<String>) {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(Cancel {
            id,
            until: Instant::now().checked_add(PATIENCE),
        });
    }

    pub fn confirmed(&mut self) {
        self.0.pop_front();
    }

    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether a message with this id is of one of them. What names nobody is, while it may be.
    pub fn concern(&self, id: Option<&str>) -> bool {
        self.0.iter().any(|cancel| match (id, &cancel.id) {
            (Some(id), Some(known)) => known.eq_ignore_ascii_case(id),
            // Nothing else is spoken meanwhile.
            (_, None) => true,
            (None, _) => !is_past(cancel.until),
        })
    }

    /// Whether one is of a turn whose id is not known: what came of it could not be told from what comes of another turn.
    pub fn have_nameless(&self) -> bool {
        self.deadline().is_some()
    }

    /// When such a one has to be confirmed at the latest.
    pub fn deadline(&self) -> Option<Instant> {
        let nameless = self.0.iter().find(|cancel| cancel.id.is_none())?;
        nameless.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_confirms_nothing_is_heard_again_when_it_names_nobody() {
        let mut cancels = Cancels::default();
        (0..2 * MOST).for_each(|number| cancels.told(Some(number.to_string())));
        assert_eq!(cancels.0.len(), MOST);
        assert!(cancels.concern(None));
        for cancel in &mut cancels.0 {
            cancel.until = Some(Instant::now());
        }
        assert!(!cancels.concern(None));
        assert!(cancels.concern(Some("31")) && !cancels.concern(Some("32")));
    }
}
