//! Usage: how much of its dedicated capacity an account has used.

use super::answer::{answers, typed};
use super::client::Client;
use super::rest::Wanted;
use crate::error::{Error, Result};
use crate::net::{CallOptions, Method};

/// The longest range, in days.
const MAX_DAYS: i64 = 366;

/// What to tell the usage of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageQuery {
    /// The first day, such as `2026-05-01`.
    pub from: String,
    /// The last day, which is counted too: on or after `from`, and 366 days in all at most.
    pub to: String,
    /// `model_id`: of this model only.
    pub model_id: Option<String>,
    /// `region`: of this region only.
    pub region: Option<String>,
}

answers! {
    /// Usage by day, model and region.
    Usage(camel) {
        /// The account.
        customer_id: String,
        /// The first day.
        from: String,
        /// The last day.
        to: String,
        /// The rows.
        items: Vec<DailyUsage>,
    }

    /// A day's usage of a model in a region.
    DailyUsage(camel) {
        /// The day.
        date: String,
        /// The account.
        customer_id: String,
        /// The model's dedicated route.
        model_id: String,
        /// The region.
        region: String,
        /// Seconds of instances: their number times how long they ran.
        usage_seconds_times_size: f64,
        /// The same in hours.
        concurrency_hours: f64,
        /// How many instances there were on average.
        average_size: f64,
    }

    /// Usage by model and region.
    UsageByModel(camel) {
        /// The account.
        customer_id: String,
        /// The first day.
        from: String,
        /// The last day.
        to: String,
        /// The rows.
        items: Vec<ModelUsage>,
    }

    /// The usage of a model in a region, over the whole range.
    ModelUsage(camel) {
        /// The model's dedicated route.
        model_id: String,
        /// The region.
        region: String,
        /// Seconds of instances: their number times how long they ran.
        total_usage_seconds_times_size: f64,
        /// The same in hours.
        total_concurrency_hours: f64,
        /// How many instances there were on average, days without any included.
        average_instances_over_range: f64,
        /// On how many days there was any.
        days_with_usage: u64,
    }
}

impl UsageQuery {
    /// From this day to that, of all models and regions.
    pub fn new(from: impl Into<String>, to: impl Into<String>) -> UsageQuery {
        UsageQuery {
            from: from.into(),
            to: to.into(),
            model_id: None,
            region: None,
        }
    }

    fn wanted<'a>(&self, path: &'a str) -> Result<Wanted<'a>> {
        let (from, to) = (day("from", &self.from)?, day("to", &self.to)?);
        if to < from {
            return Err(Error::invalid("to", &self.to, &format!("{} or later", self.from)));
        }
        if to - from >= MAX_DAYS {
            let takes = format!("a day less than {MAX_DAYS} days after {}", self.from);
            return Err(Error::invalid("to", &self.to, &takes));
        }
        let mut wanted = Wanted::new(Method::Get, path);
        wanted.query = vec![("from", self.from.clone()), ("to", self.to.clone())];
        let filters = [("model_id", &self.model_id), ("region", &self.region)];
        wanted.query.extend(
            filters
                .into_iter()
                .filter_map(|(name, value)| Some((name, value.clone()?))),
        );
        Ok(wanted)
    }
}

/// The number of a day, counted from some day long ago.
fn day(field: &str, text: &str) -> Result<i64> {
    let number = |range: std::ops::Range<usize>| {
        let digits = text.get(range)?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i64>().ok().filter(|_| is_number)
    };
    let parse = || {
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let length = match month {
            4 | 6 | 9 | 11 => 30,
            2 => 28 + i64::from(is_leap),
            1..=12 => 31,
            _ => return None,
        };
        let is_date = text.len() == 10 && &text[4..5] == "-" && &text[7..8] == "-" && (1..=length).contains(&day);
        // The year begins in March, so that the day that is not always there is the last.
        let (year, month) = if month < 3 {
            (year - 1, month + 9)
        } else {
            (year, month - 3)
        };
        let days = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        is_date.then(|| days + (153 * month + 2) / 5 + day)
    };
    parse().ok_or_else(|| Error::invalid(field, format_args!("{text:?}"), "a day, such as 2026-05-01"))
}

impl Client {
    /// Usage by day, model and region.
    ///
    /// # Errors
    /// `InvalidArgument` for days that are none or a range that is too long, before anything is sent; any other kind after.
    /// `Server` with status 504: a smaller range may do.
    pub fn usage(&self, query: &UsageQuery) -> Result<Usage> {
        self.usage_with(query, &CallOptions::new())
    }

    /// [`usage`](Self::usage) that can be ended from outside.
    ///
    /// # Errors
    /// As `usage`; `Cancelled` when `options` ended it.
    pub fn usage_with(&self, query: &UsageQuery, options: &CallOptions) -> Result<Usage> {
        self.rest(query.wanted("/usage/concurrent")?, options, |answer| {
            typed(answer, "usage by day")
        })
    }

    /// Usage by model and region, over the whole range.
    ///
    /// # Errors
    /// As [`usage`](Self::usage).
    pub fn usage_by_model(&self, query: &UsageQuery) -> Result<UsageByModel> {
        self.usage_by_model_with(query, &CallOptions::new())
    }

    /// [`usage_by_model`](Self::usage_by_model) that can be ended from outside.
    ///
    /// # Errors
    /// As `usage_by_model`; `Cancelled` when `options` ended it.
    pub fn usage_by_model_with(&self, query: &UsageQuery, options: &CallOptions) -> Result<UsageByModel> {
        self.rest(query.wanted("/usage/concurrent/by-model")?, options, |answer| {
            typed(answer, "usage by model")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_the_calendar_does() {
        let number = |text| day("from", text).expect("a day");
        for (before, after) in [
            ("2026-05-01", "2026-05-02"),
            ("2026-02-28", "2026-03-01"),
            ("2024-02-28", "2024-02-29"),
            ("2024-02-29", "2024-03-01"),
            ("2025-12-31", "2026-01-01"),
            ("1900-02-28", "1900-03-01"),
            ("2000-02-29", "2000-03-01"),
        ] {
            assert_eq!(number(before) + 1, number(after), "{before}");
        }
        assert_eq!(number("2027-01-01") - number("2026-01-01"), 365);
        for bad in [
            "",
            "2026-5-1",
            "2026-02-29",
            "1900-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-04-31",
            "2026-01-00",
            "2026/01/01",
            "+026-01-01",
            "2026-01-01 ",
            "May",
            "ää26-01-01",
            "2026-01-0é",
        ] {
            assert!(day("from", bad).is_err(), "{bad}");
        }
    }
}
