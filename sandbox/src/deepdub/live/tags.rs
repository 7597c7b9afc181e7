//! Finds the `<config … />` tags in a text that comes in pieces.

const NAME: &str = "<config";
/// A tag is not longer, in bytes: else one that never ends would swallow everything.
const LONGEST: usize = 4096;

/// What a text is made of.
#[derive(Debug, PartialEq)]
pub(super) enum Piece {
    /// To be spoken, and not touched.
    Text(String),
    /// A tag that switches the language, the voice, or both.
    Switch {
        locale: Option<String>,
        voice: Option<String>,
    },
    /// What begins as a tag and is none: why.
    Malformed(String),
}

/// What has been received of a tag, or of what may become one.
#[derive(Default)]
pub(super) struct Tags {
    pending: String,
}

impl Tags {
    /// Takes more text, and gives what is certain by now.
    pub(super) fn put(&mut self, text: &str) -> Vec<Piece> {
        self.pending.push_str(text);
        let mut pieces = Vec::new();
        while !self.pending.is_empty() {
            let length = if !self.pending.starts_with('<') {
                let length = self.pending.find('<').unwrap_or(self.pending.len());
                pieces.push(Piece::Text(self.pending[..length].to_owned()));
                length
            } else {
                match begins_tag(&self.pending) {
                    None => break,
                    Some(false) => {
                        pieces.push(Piece::Text("<".to_owned()));
                        1
                    }
                    Some(true) => match end_of_tag(&self.pending) {
                        Some(end) => {
                            pieces.push(parse(&self.pending[NAME.len()..end]).unwrap_or_else(Piece::Malformed));
                            end
                        }
                        None if self.pending.len() > LONGEST => {
                            pieces.push(Piece::Malformed("a config tag has no end".to_owned()));
                            self.pending.len()
                        }
                        None => break,
                    },
                }
            };
            self.pending.drain(..length);
        }
        pieces
    }

    /// Gives what is left when no more text follows.
    pub(super) fn end(&mut self) -> Option<Piece> {
        let rest = std::mem::take(&mut self.pending);
        match begins_tag(&rest) {
            _ if rest.is_empty() => None,
            Some(true) => Some(Piece::Malformed("a config tag has no end".to_owned())),
            _ => Some(Piece::Text(rest)),
        }
    }
}

/// Whether a text that begins with `<` begins with a config tag; none as long as that is open.
fn begins_tag(text: &str) -> Option<bool> {
    match text.strip_prefix(NAME) {
        Some(rest) => {
            let next = rest.chars().next()?;
            Some(next.is_ascii_whitespace() || next == '/' || next == '>')
        }
        None if NAME.starts_with(text) => None,
        None => Some(false),
    }
}

/// Where the tag at the beginning is over: after the first `>` that is in no quotes.
fn end_of_tag(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '>' => return Some(at + 1),
            None => {}
        }
    }
    None
}

/// Reads what follows the name of a tag, its `>` included.
fn parse(tag: &str) -> Result<Piece, String> {
    let malformed = |what: &str| format!("malformed config tag: {what}");
    let mut rest = tag
        .strip_suffix("/>")
        .ok_or_else(|| malformed("it must end with '/>'"))?;
    let (mut locale, mut voice) = (None, None);
    loop {
        let attribute = rest.trim_start_matches(|c: char| c.is_ascii_whitespace());
        if attribute.is_empty() {
            break;
        }
        if attribute.len() == rest.len() {
            return Err(malformed("white space is missing before an attribute"));
        }
        let (name, after) = attribute
            .split_once('=')
            .ok_or_else(|| malformed("an attribute has no value"))?;
        let name = name.trim_ascii_end();
        let after = after.trim_ascii_start();
        let quote = after
            .chars()
            .next()
            .filter(|quote| *quote == '"' || *quote == '\'')
            .ok_or_else(|| malformed("a value must be in quotes"))?;
        let (value, after) = after[1..]
            .split_once(quote)
            .ok_or_else(|| malformed("a quote is open"))?;
        let place = match name {
            "locale" => &mut locale,
            "voicePromptId" => &mut voice,
            _ => return Err(malformed(&format!("'{name}' is no attribute of it"))),
        };
        let value = unescape(value).ok_or_else(|| malformed(&format!("the value of {name}")))?;
        if value.trim().is_empty() {
            return Err(malformed(&format!("{name} must not be empty")));
        }
        if place.replace(value).is_some() {
            return Err(malformed(&format!("{name} is there twice")));
        }
        rest = after;
    }
    if locale.is_none() && voice.is_none() {
        return Err(malformed("it has neither locale nor voicePromptId"));
    }
    Ok(Piece::Switch { locale, voice })
}

/// A value with its entities resolved; none if it has others than XML's own five, or a bare `<` or `&`.
fn unescape(value: &str) -> Option<String> {
    let mut parts = value.split('&');
    let mut text = parts.next()?.to_owned();
    for part in parts {
        let (entity, after) = part.split_once(';')?;
        text.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => return None,
        });
        text.push_str(after);
    }
    (!value.contains('<')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, Piece, Tags};

    /// The pieces of a text that comes so many bytes at a time, with neighbouring texts joined.
    fn pieces(text: &str, bytes: usize) -> Vec<Piece> {
        let mut tags = Tags::default();
        let mut all: Vec<Piece> = Vec::new();
        let chunks = text.as_bytes().chunks(bytes);
        let mut found: Vec<Piece> = chunks
            .flat_map(|part| tags.put(str::from_utf8(part).unwrap()))
            .collect();
        found.extend(tags.end());
        for piece in found {
            match (all.last_mut(), piece) {
                (Some(Piece::Text(before)), Piece::Text(more)) => before.push_str(&more),
                (_, piece) => all.push(piece),
            }
        }
        all
    }

    fn switch(locale: Option<&str>, voice: Option<&str>) -> Piece {
        Piece::Switch {
            locale: locale.map(str::to_owned),
            voice: voice.map(str::to_owned),
        }
    }

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    #[test]
    fn tags_are_found_however_the_text_is_cut() {
        let cases = [
            (
                "a <config locale=\"es-MX\" /> b",
                vec![text("a "), switch(Some("es-MX"), None), text(" b")],
            ),
            ("<config voicePromptId='v'/>", vec![switch(None, Some("v"))]),
            (
                "<config\n locale = \"a>b\"\tvoicePromptId='&amp;&lt;&gt;&quot;&apos;\"' />",
                vec![switch(Some("a>b"), Some("&<>\"'\""))],
            ),
            (
                "1 < 2 &lt; <configure x/> <b>",
                vec![text("1 < 2 &lt; <configure x/> <b>")],
            ),
            ("<<config locale='x'/>", vec![text("<"), switch(Some("x"), None)]),
            ("a <confi", vec![text("a <confi")]),
            ("a <config", vec![text("a <config")]),
        ];
        for (given, expected) in cases {
            for bytes in 1..=given.len() {
                assert_eq!(pieces(given, bytes), expected, "{given} by {bytes}");
            }
        }
    }

    #[test]
    fn what_begins_as_a_tag_and_is_none_is_malformed() {
        for tag in [
            "<config />",
            "<config/>",
            "<config>",
            "<config locale=\"x\">",
            "<config locale=x />",
            "<config locale />",
            "<config locale=\"\" />",
            "<config locale=\"x />",
            "<config locale=\"x\" locale=\"y\" />",
            "<config locale=\"x\"voicePromptId=\"y\" />",
            "<config voice=\"x\" />",
            "<config locale=\"&nbsp;\" />",
            "<config locale=\"a & b\" />",
            "<config locale=\"<\" />",
            "<config locale=\"x\"",
        ] {
            let found = pieces(tag, 1);
            assert!(matches!(found[..], [Piece::Malformed(_)]), "{tag}: {found:?}");
        }
        let endless = "<config locale='".to_owned() + &"x".repeat(LONGEST);
        assert!(matches!(Tags::default().put(&endless)[..], [Piece::Malformed(_)]));
    }
}
