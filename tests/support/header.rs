//! What include/voicewire.h declares.
#![allow(dead_code)] // each test program uses its own part of it

use std::sync::OnceLock;

pub const HEADER: &str = include_str!("../../include/voicewire.h");

/// A function's declaration.
pub struct Prototype {
    pub name: &'static str,
    /// All of it, without comments and the last semicolon.
    pub text: String,
}

/// Every function, in the order in which they are declared.
pub fn prototypes() -> &'static [Prototype] {
    static PROTOTYPES: OnceLock<Vec<Prototype>> = OnceLock::new();
    PROTOTYPES.get_or_init(|| {
        // cbindgen writes a comment before each, and begins it at the beginning of a line.
        let mut found = Vec::new();
        let mut lines = HEADER.lines();
        while let Some(line) = lines.next() {
            let begins = |c: char| c.is_ascii_lowercase();
            if !line.starts_with(begins) || line.starts_with("typedef") || !line.contains('(') {
                continue;
            }
            let mut text = line.to_owned();
            while !text.ends_with(';') {
                text.push('\n');
                text.push_str(lines.next().expect("a declaration ends"));
            }
            text.pop();
            let (before, _) = line.split_once('(').expect("there is one");
            let name = before.rsplit([' ', '*']).next().expect("it has a name");
            found.push(Prototype { name, text });
        }
        assert!(found.len() > 80, "{} functions", found.len());
        found
    })
}

/// Every constant that is an integer which an enumeration can hold: what is defined, by name.
pub fn constants() -> Vec<&'static str> {
    let defined = HEADER.lines().filter_map(|line| line.strip_prefix("#define VW_"));
    defined
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, value)| !value.contains("NAN") && !value.contains("INT64_MIN"))
        .map(|(name, _)| name)
        .collect()
}
