//! The table of all endpoints, `tests/endpoints.json` of the project: each of them is one of the sandbox's.

mod support;

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use support::api::{Api, text};
use support::start;

const TABLE: &str = include_str!("../../tests/endpoints.json");

fn table() -> Vec<Value> {
    serde_json::from_str(TABLE).expect("a list of endpoints")
}

/// The path with something for each parameter.
fn filled(path: &str) -> String {
    path.split('/')
        .map(|step| match step.starts_with('{') {
            true => "00000000-0000-4000-8000-00000000dead",
            false => step,
        })
        .collect::<Vec<_>>()
        .join("/")
}

#[test]
fn the_table_has_every_endpoint_once() {
    let table = table();
    let mut counts = BTreeMap::new();
    let mut seen = HashSet::new();
    for row in &table {
        *counts.entry(text(&row["service"])).or_insert(0) += 1;
        assert!(
            seen.insert((text(&row["method"]), text(&row["path"]))),
            "{row} is there twice"
        );
    }
    assert_eq!(
        counts,
        BTreeMap::from([("deepdub", 18), ("palabra", 9), ("respeecher", 47)])
    );
    let deprecated: Vec<&str> = table
        .iter()
        .filter(|row| row["deprecated"] == true)
        .map(|row| text(&row["path"]))
        .collect();
    assert_eq!(deprecated, ["/api/recordings/tts"]);
}

#[test]
fn every_endpoint_of_the_table_is_routed_and_asks_who_is_there() {
    let sandbox = start();
    let nobody = Api::nobody(&sandbox);
    for row in table() {
        let (method, path) = (text(&row["method"]), text(&row["path"]));
        let answer = nobody.send(method, &filled(path), None);
        // Whoever has no key is told so only where there is something to be had; a login asks for its body first.
        let expected = if path == "/api/login" { 422 } else { 401 };
        assert_eq!(answer.status, expected, "{method} {path}");
        let body = answer.json();
        let shape = match (text(&row["service"]), path) {
            ("respeecher", _) => "detail",
            ("palabra", _) => "errors",
            (_, path) if path.contains("/gender-detection/") => "error",
            _ => "message",
        };
        assert!(body.get(shape).is_some(), "{method} {path}: {body}");
    }
}

#[test]
fn what_is_in_no_table_is_not_there() {
    let sandbox = start();
    let nobody = Api::nobody(&sandbox);
    for (method, path, status) in [
        ("GET", "/api/v2/orders", 405),
        ("DELETE", "/api/projects", 405),
        ("GET", "/api/v2/accents", 404),
        ("GET", "/saas/voice/m", 404),
        ("PATCH", "/saas/voice/limits", 405),
        ("GET", "/api/v1/usage", 404),
        ("DELETE", "/api/v1/voice", 405),
    ] {
        assert_eq!(nobody.send(method, path, None).status, status, "{method} {path}");
    }
}
