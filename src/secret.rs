//! A key that cannot be printed.

use std::fmt;

/// What stands in its place.
const REDACTED: &str = "[key]";

/// From which length on, in bytes, a secret is replaced within words, too.
const LEAST_PART: usize = 8;

/// From which length on it is replaced at all.
const LEAST_WORD: usize = 4;

/// A key. Its `Debug` shows nothing of it, and it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub fn new(text: String) -> Secret {
        Secret(text)
    }

    /// The key itself: for the header that carries it and nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` with every occurrence of the key replaced: services do echo what they were sent. A short one (a password, or
    /// what somebody took for a key) only where it is no part of a word, and one that is too short to be secret nowhere.
    pub fn redact(&self, text: &str) -> String {
        if self.0.len() >= LEAST_PART {
            return text.replace(&self.0, REDACTED);
        }
        if self.0.len() < LEAST_WORD {
            return text.to_owned();
        }
        let mut redacted = String::new();
        let mut rest = 0;
        for (start, found) in text.match_indices(&self.0) {
            let end = start + found.len();
            let joins = |next: Option<char>| next.is_some_and(char::is_alphanumeric);
            if joins(text[..start].chars().next_back()) || joins(text[end..].chars().next()) {
                continue;
            }
            redacted.push_str(&text[rest..start]);
            redacted.push_str(REDACTED);
            rest = end;
        }
        redacted.push_str(&text[rest..]);
        redacted
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_replaced_is_the_secret_and_no_part_of_a_word() {
        let said = "Invalid API key: the password 'pass' (pass-pass) is no passport";
        let redacted = |secret: &str| Secret::new(secret.to_owned()).redact(said);
        assert_eq!(redacted("a"), said);
        assert_eq!(redacted(""), said);
        assert_eq!(
            redacted("pass"),
            "Invalid API key: the password '[key]' ([key]-[key]) is no passport"
        );
        assert_eq!(
            redacted("password"),
            "Invalid API key: the [key] 'pass' (pass-pass) is no passport"
        );
        assert_eq!(Secret::new("5ecre7key".to_owned()).redact("x5ecre7keyx"), "x[key]x");
        assert_eq!(
            Secret::new("\u{e9}t\u{e9}s".to_owned()).redact("\u{e9}t\u{e9}s \u{e9}t\u{e9}s"),
            "[key] [key]"
        );
    }
}
