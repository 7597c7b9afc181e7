//! When to try again, and how long to wait before.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{Duration, Instant};

/// How often, and after what waits, something that failed is tried again.
///
/// The first wait is between half of `first_delay` and the whole, the next ones between half and the whole of twice the
/// one before, up to `max_delay`: at random, so that many clients that failed at once do not come back at once. Where
/// the service asks for a longer wait (`Retry-After`), it is that long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Tries after the first one. 3; 0 is to fail at once.
    pub retries: u32,
    /// The longest that the first wait can be. 250 ms.
    pub first_delay: Duration,
    /// The longest that any wait can be that the service did not ask for. 8 s.
    pub max_delay: Duration,
}

impl RetryPolicy {
    /// No further try.
    pub fn none() -> RetryPolicy {
        RetryPolicy {
            retries: 0,
            ..RetryPolicy::default()
        }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        RetryPolicy {
            retries: 3,
            first_delay: Duration::from_millis(250),
            max_delay: Duration::from_secs(8),
        }
    }
}

/// The waits of one row of tries.
#[derive(Debug)]
pub(crate) struct Backoff {
    left: u32,
    /// The longest that the next wait can be.
    delay: Duration,
    max_delay: Duration,
}

impl Backoff {
    pub fn new(policy: RetryPolicy) -> Backoff {
        Backoff {
            left: policy.retries,
            delay: policy.first_delay,
            max_delay: policy.max_delay,
        }
    }

    /// One that gives up only when the policy has no tries at all: for what has a deadline of its own.
    pub fn endless(policy: RetryPolicy) -> Backoff {
        let endless = if policy.retries > 0 { u32::MAX } else { 0 };
        Backoff::new(RetryPolicy {
            retries: endless,
            ..policy
        })
    }

    /// When to try again; `None` when that is enough, because there are no tries left or because that moment would be
    /// after `deadline`. Not before what the service asked for with `retry_after`.
    pub fn next(&mut self, retry_after: Option<Duration>, deadline: Option<Instant>) -> Option<Instant> {
        self.left = self.left.checked_sub(1)?;
        let delay = self.delay.min(self.max_delay);
        self.delay = delay.saturating_mul(2);
        let half = delay / 2;
        let wait = (half + half.mul_f64(random())).max(retry_after.unwrap_or_default());
        let moment = Instant::now().checked_add(wait)?;
        (deadline.is_none_or(|deadline| moment < deadline)).then_some(moment)
    }
}

/// From 0 up to 1. The standard library's hash keys are the randomness that every process has already.
fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish();
    (bits >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(policy: RetryPolicy) -> Vec<Duration> {
        let mut backoff = Backoff::new(policy);
        let mut wait = || {
            let before = Instant::now();
            backoff
                .next(None, None)
                .map(|moment| moment.saturating_duration_since(before))
        };
        std::iter::from_fn(&mut wait).collect()
    }

    #[test]
    fn waits_double_up_to_the_longest_and_are_at_random() {
        let policy = RetryPolicy {
            retries: 6,
            first_delay: Duration::from_secs(100),
            max_delay: Duration::from_secs(800),
        };
        let rows: Vec<_> = (0..20).map(|_| waits(policy)).collect();
        for row in &rows {
            assert_eq!(row.len(), 6);
            for (wait, longest) in row.iter().zip([100, 200, 400, 800, 800, 800]) {
                let seconds = wait.as_secs_f64();
                // One second for the clock, which goes on between two looks at it.
                let range = f64::from(longest) / 2.0..=f64::from(longest) + 1.0;
                assert!(range.contains(&seconds), "{seconds} {range:?}");
            }
        }
        let spread = |of: fn(f64, f64) -> f64| rows.iter().map(|row| row[0].as_secs_f64()).reduce(of);
        assert!(spread(f64::max) > spread(f64::min).map(|least| least + 5.0), "{rows:?}");
    }

    #[test]
    fn nothing_is_tried_again_without_retries() {
        assert!(waits(RetryPolicy::none()).is_empty());
    }

    #[test]
    fn the_longest_of_durations_is_no_trouble() {
        let policy = RetryPolicy {
            retries: 3,
            first_delay: Duration::MAX,
            max_delay: Duration::MAX,
        };
        assert!(waits(policy).is_empty());
        let long = Some(Duration::MAX);
        assert_eq!(Backoff::new(RetryPolicy::default()).next(long, None), None);
    }

    #[test]
    fn the_service_s_wish_is_waited_for_unless_it_is_past_the_deadline() {
        let policy = RetryPolicy::default();
        let minute = Duration::from_secs(60);
        let start = Instant::now();
        let moment = Backoff::new(policy).next(Some(minute), Some(start + 2 * minute));
        assert!(moment.is_some_and(|moment| moment >= start + minute && moment < start + minute * 2));
        assert_eq!(Backoff::new(policy).next(Some(minute), Some(start + minute)), None);
        // A wish for less than it would have been anyway.
        let moment = Backoff::new(policy).next(Some(Duration::ZERO), None);
        assert!(moment.is_some_and(|moment| moment >= start + policy.first_delay / 2));
    }
}
