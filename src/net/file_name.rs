//! The name that a service gives a file, made safe.

use percent_encoding::percent_decode_str;

/// The longest name in bytes. Systems take 255; whoever uses it may want to add something.
const MAX_NAME: usize = 200;

/// The longest ending that is kept when a name is cut, its dot included.
const MAX_ENDING: usize = 16;

/// The file name in a `Content-Disposition` header (RFC 6266), made safe; `None` when there is none that could be.
pub(crate) fn name_in_disposition(header: &str) -> Option<String> {
    let mut plain = None;
    let mut extended = None;
    // The type, such as `attachment`, is the first piece.
    for (name, value) in parameters(header) {
        match name.to_ascii_lowercase().as_str() {
            "filename" if plain.is_none() => plain = Some(value),
            "filename*" if extended.is_none() => extended = decode_extended(&value),
            _ => {}
        }
    }
    // The extended one is what the sender means where both are there.
    [extended, plain]
        .into_iter()
        .flatten()
        .find_map(|name| safe_name(&name))
}

/// `name="value"` and `name=value` after the first `;`, unquoted.
fn parameters(header: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = header.split_once(';').map_or("", |(_, rest)| rest);
    loop {
        rest = rest.trim_start_matches([' ', '\t', ';']);
        let Some((name, after)) = rest.split_once('=') else {
            return found;
        };
        let after = after.trim_start();
        let value;
        if let Some(quoted) = after.strip_prefix('"') {
            let mut text = String::new();
            let mut characters = quoted.char_indices();
            let mut end = quoted.len();
            while let Some((at, character)) = characters.next() {
                match character {
                    '"' => {
                        end = at + 1;
                        break;
                    }
                    // RFC 9110's quoted-pair. Some senders write Windows paths unescaped: what a lost backslash joins
                    // is still one name.
                    '\\' => text.extend(characters.next().map(|(_, escaped)| escaped)),
                    other => text.push(other),
                }
            }
            value = text;
            rest = &quoted[end..];
            rest = rest.split_once(';').map_or("", |(_, rest)| rest);
        } else {
            let (token, next) = after.split_once(';').unwrap_or((after, ""));
            value = token.trim().to_owned();
            rest = next;
        }
        found.push((name.trim().to_owned(), value));
    }
}

/// `charset'language'percent-encoded` (RFC 8187).
fn decode_extended(value: &str) -> Option<String> {
    let mut pieces = value.splitn(3, '\'');
    let (charset, _, text) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let bytes: Vec<u8> = percent_decode_str(text).collect();
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" => String::from_utf8(bytes).ok(),
        "iso-8859-1" => Some(bytes.into_iter().map(char::from).collect()),
        _ => None,
    }
}

/// `name` as one that every system takes, that names nothing but a file in the directory at hand, that is shown as it is
/// and is not hidden; `None` when nothing is left of it.
pub(crate) fn safe_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last
        .chars()
        .filter(|character| !is_invisible(*character))
        .map(|character| {
            if r#"<>:"|?*"#.contains(character) {
                '_'
            } else {
                character
            }
        })
        .collect();
    // Windows drops dots and spaces at the end; a dot at the beginning hides the file.
    let mut clean = clean.trim().trim_matches(['.', ' ']).to_owned();
    shorten(&mut clean);
    if clean.is_empty() {
        return None;
    }
    if is_reserved(&clean) {
        clean.insert(0, '_');
    }
    Some(clean)
}

/// Control characters, and those that change the order in which others are shown, or show nothing.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fffd}')
}

/// Windows' devices, with any ending.
fn is_reserved(name: &str) -> bool {
    let stem = name
        .split('.')
        .next()
        .unwrap_or_default()
        .trim_end()
        .to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    ["COM", "LPT"].iter().any(|device| {
        stem.strip_prefix(device).is_some_and(|number| {
            let mut characters = number.chars();
            let digit = characters.next();
            characters.next().is_none()
                && digit.is_some_and(|digit| digit.is_ascii_digit() || matches!(digit, '¹' | '²' | '³'))
        })
    })
}

/// Cuts the middle out of a name that is too long: its ending says what it is.
fn shorten(name: &mut String) {
    if name.len() <= MAX_NAME {
        return;
    }
    let ending = match name.rfind('.') {
        Some(dot) if name.len() - dot <= MAX_ENDING => name[dot..].to_owned(),
        _ => String::new(),
    };
    let mut cut = MAX_NAME - ending.len();
    while !name.is_char_boundary(cut) {
        cut -= 1;
    }
    name.truncate(cut);
    let kept = name.trim_end_matches(['.', ' ']).len();
    name.truncate(kept);
    name.push_str(&ending);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_in_every_form_of_the_header() {
        let cases = [
            ("attachment; filename=\"takes.zip\"", Some("takes.zip")),
            ("attachment; filename=takes.zip", Some("takes.zip")),
            ("attachment;filename = \"takes.zip\" ; size=3", Some("takes.zip")),
            ("ATTACHMENT; FILENAME=\"a;b.zip\"", Some("a;b.zip")),
            (r#"attachment; filename="a\"b.zip""#, Some("a_b.zip")),
            ("attachment; filename*=UTF-8''Gr%C3%BC%C3%9Fe.zip", Some("Grüße.zip")),
            (
                "attachment; filename=\"x.zip\"; filename*=utf-8'de'%e2%82%ac.zip",
                Some("€.zip"),
            ),
            (
                "attachment; filename*=utf-8''%e2%82%ac.zip; filename=\"x.zip\"",
                Some("€.zip"),
            ),
            ("attachment; filename*=iso-8859-1'en'%A3.zip", Some("£.zip")),
            // What cannot be decoded leaves the other.
            ("attachment; filename=x.zip; filename*=utf-8''%ff.zip", Some("x.zip")),
            ("attachment; filename=x.zip; filename*=koi8-r''%c1.zip", Some("x.zip")),
            ("attachment; filename=\"no end", Some("no end")),
            ("attachment", None),
            ("", None),
            ("filename=x.zip", None),
            ("attachment; filename=\"\"", None),
        ];
        for (header, name) in cases {
            assert_eq!(name_in_disposition(header).as_deref(), name, "{header}");
        }
    }

    #[test]
    fn a_name_names_a_plain_visible_file_here() {
        let cases = [
            ("../../etc/passwd", Some("passwd")),
            ("/etc/passwd", Some("passwd")),
            (r"C:\Windows\system32\x.dll", Some("x.dll")),
            (r"..\x.zip", Some("x.zip")),
            ("C:x.zip", Some("C_x.zip")),
            ("..", None),
            (".", None),
            ("a/..", None),
            ("a/", None),
            ("  ", None),
            ("...", None),
            (".bashrc", Some("bashrc")),
            ("x.zip. . ", Some("x.zip")),
            ("a\0b\r\nc\x7f\u{85}.zip", Some("abc.zip")),
            ("gpj\u{202e}exe.zip", Some("gpjexe.zip")),
            ("NUL", Some("_NUL")),
            ("con.zip", Some("_con.zip")),
            ("Com1.tar.gz", Some("_Com1.tar.gz")),
            ("lpt³.wav", Some("_lpt³.wav")),
            ("aux .wav", Some("_aux .wav")),
            ("COM10.wav", Some("COM10.wav")),
            ("CONTENT.wav", Some("CONTENT.wav")),
            ("what?*.wav", Some("what__.wav")),
        ];
        for (name, safe) in cases {
            assert_eq!(safe_name(name).as_deref(), safe, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_keeps_its_ending() {
        let name = safe_name(&format!("{}.wav", "é".repeat(400))).expect("a name");
        assert!(name.len() <= MAX_NAME && name.ends_with("é.wav"), "{name}");
        let name = safe_name(&format!("x.{}", "y".repeat(400))).expect("a name");
        assert_eq!(name.len(), MAX_NAME);
        // What is cut may leave a dot at the end.
        let name = safe_name(&format!("{}.{}", "x".repeat(MAX_NAME - 1), "y".repeat(400))).expect("a name");
        assert_eq!(name, "x".repeat(MAX_NAME - 1));
    }
}
