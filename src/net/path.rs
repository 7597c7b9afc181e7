//! Paths and queries made of what a caller gave: nothing in it can name another place than it should.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::error::{Error, Result};

/// What a path segment or a value in a query may hold as it is (RFC 3986, "unreserved").
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The longest path segment in bytes, before it is encoded: ids have a few dozen.
const MAX_SEGMENT: usize = 1024;

/// The longest query in bytes, encoded. Servers take 8 KiB and more.
const MAX_QUERY: usize = 32 * 1024;

/// `value`, the parameter `field`, as one segment of a path, whatever it holds.
pub(crate) fn path_segment(field: &str, value: &str, takes: &str) -> Result<String> {
    if value.trim().is_empty() {
        return Err(Error::invalid(field, "empty", takes));
    }
    // These name other places, also when encoded.
    if value == "." || value == ".." {
        return Err(Error::invalid(field, format_args!("{value:?}"), takes));
    }
    if value.len() > MAX_SEGMENT {
        return Err(Error::invalid(field, format_args!("{} bytes long", value.len()), takes));
    }
    Ok(encoded(value))
}

/// `value` as it may stand in a query.
pub(crate) fn encoded(value: &str) -> String {
    utf8_percent_encode(value, UNRESERVED).to_string()
}

/// The pairs as a query, without its `?`.
pub(crate) fn query(pairs: &[(&str, String)]) -> Result<String> {
    let pieces: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encoded(name), encoded(value)))
        .collect();
    let query = pieces.join("&");
    if query.len() > MAX_QUERY {
        let longest = pairs.iter().max_by_key(|(_, value)| value.len());
        let (name, value) = longest.map_or(("", 0), |(name, value)| (*name, value.len()));
        return Err(Error::invalid(
            name,
            format_args!("{value} bytes long"),
            "what fits into an address: 32 KiB with everything, percent-encoded",
        ));
    }
    Ok(query)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_segment_stays_one_segment() {
        let made = |value| path_segment("id", value, "an id").expect("good");
        assert_eq!(made("a-b_c.d~1"), "a-b_c.d~1");
        assert_eq!(made("../x"), "..%2Fx");
        assert_eq!(made("a/b?c#d%2F\\é"), "a%2Fb%3Fc%23d%252F%5C%C3%A9");
        assert_eq!(made("..."), "...");
        for bad in ["", " ", "\t\n", ".", "..", &"x".repeat(1025)] {
            let error = path_segment("id", bad, "an id").expect_err("refused");
            assert_eq!((error.kind(), error.field()), (ErrorKind::InvalidArgument, Some("id")));
        }
    }

    #[test]
    fn a_query_keeps_its_pairs_apart() {
        let pairs = [("a", "1&b=2".to_owned()), ("c d", "é".to_owned())];
        assert_eq!(query(&pairs).expect("good"), "a=1%26b%3D2&c%20d=%C3%A9");
        let error = query(&[("a", String::new()), ("name", "x".repeat(33_000))]).expect_err("too long");
        assert_eq!(error.field(), Some("name"));
    }
}
