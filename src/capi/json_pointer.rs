//! Places in a JSON value, as RFC 6901 ("JSON pointer") names them: read, and written.

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// How many arrays and objects may be in one another: what the parser takes, so that what is built can be read again.
pub(super) const MAX_DEPTH: usize = 127;

/// A pointer, taken apart.
pub(super) struct Pointer<'a> {
    text: &'a str,
    steps: Vec<String>,
}

impl<'a> Pointer<'a> {
    pub fn parse(text: &'a str) -> Result<Pointer<'a>> {
        let Some(rest) = text.strip_prefix('/') else {
            if text.is_empty() {
                return Ok(Pointer {
                    text,
                    steps: Vec::new(),
                });
            }
            return Err(refused(text, "\"\", or a text that begins with \"/\""));
        };
        let steps = rest
            .split('/')
            .map(|step| unescaped(text, step))
            .collect::<Result<_>>()?;
        Ok(Pointer { text, steps })
    }

    /// What is there.
    pub fn find<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        self.steps.iter().try_fold(value, |value, step| match value {
            Value::Object(members) => members.get(step),
            Value::Array(elements) => elements.get(index(step)?),
            _ => None,
        })
    }

    /// What is there; where nothing is, that is an error.
    pub fn get<'v>(&self, value: &'v Value) -> Result<&'v Value> {
        self.find(value)
            .ok_or_else(|| refused(self.text, "a place where something is"))
    }

    /// Puts `new` there, and makes what is missing on the way. On failure `value` is as it was: what fails does so at
    /// parts that are there, before anything is made.
    pub fn set(&self, value: &mut Value, new: Value) -> Result<()> {
        if self.steps.len() + depth(&new) > MAX_DEPTH {
            let takes = format!("a place at which there are {MAX_DEPTH} arrays and objects in one another at most");
            return Err(refused(self.text, &takes));
        }
        let mut place = value;
        for step in &self.steps {
            if place.is_null() {
                *place = match step.as_str() {
                    "-" | "0" => Value::Array(Vec::new()),
                    _ => Value::Object(Map::new()),
                };
            }
            place = match place {
                Value::Object(members) => members.entry(step.as_str()).or_insert(Value::Null),
                Value::Array(elements) => {
                    let size = elements.len();
                    let index = if step == "-" { Some(size) } else { index(step) };
                    match index {
                        Some(index) if index <= size => {
                            if index == size {
                                elements.push(Value::Null);
                            }
                            &mut elements[index]
                        }
                        _ => {
                            let takes = format!("indices of 0 to {size}, or \"-\", into an array of {size}");
                            return Err(refused(self.text, &takes));
                        }
                    }
                }
                _ => return Err(refused(self.text, "a way through objects and arrays alone")),
            };
        }
        *place = new;
        Ok(())
    }
}

fn refused(pointer: &str, takes: &str) -> Error {
    Error::invalid("pointer", format_args!("{pointer:?}"), takes)
}

fn unescaped(pointer: &str, step: &str) -> Result<String> {
    let mut parts = step.split('~');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (meant, rest) = match part.as_bytes().first() {
            Some(b'0') => ('~', &part[1..]),
            Some(b'1') => ('/', &part[1..]),
            _ => return Err(refused(pointer, "~0 for a ~ and ~1 for a / in a name")),
        };
        text.push(meant);
        text.push_str(rest);
    }
    Ok(text)
}

/// Digits with no zero before them.
fn index(step: &str) -> Option<usize> {
    let is_number = step.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && (step == "0" || !step.starts_with('0'))).then(|| step.parse().ok())?
}

/// How many arrays and objects are in one another.
fn depth(value: &Value) -> usize {
    match value {
        Value::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn find(value: &Value, pointer: &str) -> Option<Value> {
        Pointer::parse(pointer).expect("a pointer").find(value).cloned()
    }

    #[test]
    fn the_pointers_of_the_rfc_find_what_it_says() {
        let value = json!({
            "foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8
        });
        let table = [
            ("", value.clone()),
            ("/foo", json!(["bar", "baz"])),
            ("/foo/0", json!("bar")),
            ("/", json!(0)),
            ("/a~1b", json!(1)),
            ("/c%d", json!(2)),
            ("/e^f", json!(3)),
            ("/g|h", json!(4)),
            ("/i\\j", json!(5)),
            ("/k\"l", json!(6)),
            ("/ ", json!(7)),
            ("/m~0n", json!(8)),
        ];
        for (pointer, there) in table {
            assert_eq!(find(&value, pointer), Some(there), "{pointer:?}");
        }
        for nothing in [
            "/foo/2",
            "/foo/-",
            "/foo/00",
            "/foo/+1",
            "/foo/",
            "/foo/0/0",
            "/bar",
            "/foo/18446744073709551616",
        ] {
            assert_eq!(find(&value, nothing), None, "{nothing:?}");
        }
        assert_eq!(
            find(&json!({"~1": 1, "/": 2}), "/~01"),
            Some(json!(1)),
            "~01 is ~1, not a slash"
        );
        for wrong in ["foo", "/~", "/~2", "/a~", " /foo"] {
            assert!(Pointer::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn what_is_missing_on_the_way_is_made() {
        let mut value = json!({});
        for (pointer, new) in [
            ("/a/b", json!(1)),
            ("/list/-", json!("first")),
            ("/list/1", json!("second")),
            ("/list/0", json!("changed")),
            ("/orders/0/id", json!(7)),
            ("/by number/5", json!(true)),
        ] {
            Pointer::parse(pointer)
                .and_then(|pointer| pointer.set(&mut value, new))
                .expect(pointer);
        }
        let made = json!({
            "a": {"b": 1}, "list": ["changed", "second"], "orders": [{"id": 7}], "by number": {"5": true}
        });
        assert_eq!(value, made);
    }

    #[test]
    fn what_cannot_be_set_changes_nothing() {
        let mut value = json!({"text": "a", "list": [1], "number": 1});
        let before = value.clone();
        let far = format!("/{}", vec!["a"; MAX_DEPTH + 1].join("/"));
        for pointer in [
            "/text/a",
            "/list/2",
            "/list/01",
            "/list/x",
            "/list/x/y",
            "/number/0",
            &far,
        ] {
            let error = Pointer::parse(pointer)
                .and_then(|pointer| pointer.set(&mut value, json!(0)))
                .expect_err(pointer);
            assert_eq!(error.field(), Some("pointer"), "{pointer:?}");
            assert_eq!(value, before, "{pointer:?}");
        }
    }

    #[test]
    fn the_deepest_that_can_be_built_can_be_read() {
        let mut value = json!(0);
        for _ in 0..MAX_DEPTH {
            let mut outer = Value::Null;
            Pointer::parse("/-")
                .and_then(|pointer| pointer.set(&mut outer, value))
                .expect("no deeper than allowed");
            value = outer;
        }
        let text = value.to_string();
        assert_eq!(serde_json::from_str::<Value>(&text).expect("readable"), value);
        let deeper = Pointer::parse("/-").and_then(|pointer| pointer.set(&mut Value::Null, value));
        assert!(deeper.is_err());
        assert!(
            serde_json::from_str::<Value>(&format!("[{text}]")).is_err(),
            "nor would it be read"
        );
    }
}
