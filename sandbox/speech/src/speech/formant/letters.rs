//! From letters to sounds, by rules that suit English more or less and other languages less.

/// What the mouth does for a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sound {
    /// The first three resonances of the mouth, in hertz.
    pub(super) formants: [f64; 3],
    /// How loud the voice is, 0.0 to 1.0.
    pub(super) voice: f64,
    /// How loud the hiss of air is, 0.0 to 1.0, and its middle in hertz.
    pub(super) hiss: f64,
    pub(super) hiss_pitch: f64,
    /// How long it lasts at the natural speed.
    pub(super) millis: f64,
}

/// Spellings and the sounds they stand for, longer ones first. A sound is a letter that [`add`] knows.
const SPELLINGS: [(&str, &str); 46] = [
    ("tion", "S@n"),
    ("igh", "aI"),
    ("tch", "C"),
    ("sch", "S"),
    ("sh", "S"),
    ("ch", "C"),
    ("th", "T"),
    ("ph", "f"),
    ("wh", "w"),
    ("ng", "N"),
    ("ck", "k"),
    ("qu", "kw"),
    ("ee", "ii"),
    ("ea", "ii"),
    ("oo", "uu"),
    ("ou", "au"),
    ("ow", "ou"),
    ("ai", "eI"),
    ("ay", "eI"),
    ("oi", "oI"),
    ("ce", "s"),
    ("ci", "sI"),
    ("a", "A"),
    ("b", "b"),
    ("c", "k"),
    ("d", "d"),
    ("e", "e"),
    ("f", "f"),
    ("g", "g"),
    ("h", "h"),
    ("i", "I"),
    ("j", "J"),
    ("k", "k"),
    ("l", "l"),
    ("m", "m"),
    ("n", "n"),
    ("o", "o"),
    ("p", "p"),
    ("r", "r"),
    ("s", "s"),
    ("t", "t"),
    ("u", "@"),
    ("v", "v"),
    ("w", "w"),
    ("x", "ks"),
    ("z", "z"),
];

/// The English names of the digits, in sounds.
const DIGITS: [&str; 10] = [
    "zIrou", "w@n", "tuu", "Trii", "for", "faIv", "sIks", "sev@n", "eIt", "naIn",
];

/// All the sounds of a text, pauses included.
pub(super) fn sounds(text: &str) -> Vec<Sound> {
    let text: String = text.to_lowercase().chars().map(plain).collect();
    let mut sounds = Vec::new();
    let mut rest = text.as_str();
    let mut previous = ' ';
    while let Some(letter) = rest.chars().next() {
        let spelling = SPELLINGS.iter().find(|(letters, _)| rest.starts_with(letters));
        let used = spelling.map_or(letter.len_utf8(), |(letters, _)| letters.len());
        let after = &rest[used..];
        match spelling {
            // Double consonants sound once.
            Some(_) if letter == previous && used == 1 => {}
            // At the end of a word, an `e` after other letters is silent.
            Some(_) if letter == 'e' && previous.is_alphabetic() && !starts_with_letter(after) => {}
            Some((_, symbols)) => symbols.chars().for_each(|symbol| add(symbol, &mut sounds)),
            None => add_other(letter, &mut sounds),
        }
        previous = letter;
        rest = after;
    }
    sounds.push(pause(100.0));
    sounds
}

fn starts_with_letter(text: &str) -> bool {
    text.starts_with(char::is_alphabetic)
}

/// Latin letters without their accents.
fn plain(letter: char) -> char {
    match letter {
        'à'..='æ' => 'a',
        'ç' => 's',
        'è'..='ë' => 'e',
        'ì'..='ï' | 'y' | 'ý' | 'ÿ' | 'ı' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' | 'œ' => 'o',
        'ù'..='ü' => 'u',
        'ß' | 'ş' | 'ś' => 's',
        'ł' => 'w',
        other => other,
    }
}

/// Digits, pauses, and the letters of other scripts.
fn add_other(letter: char, sounds: &mut Vec<Sound>) {
    match letter {
        '0'..='9' => {
            let word = DIGITS[letter as usize - '0' as usize];
            word.chars().for_each(|symbol| add(symbol, sounds));
            sounds.push(pause(40.0));
        }
        '.' | '!' | '?' | '\n' | '。' | '！' | '？' | '۔' | '।' => sounds.push(pause(350.0)),
        ',' | ';' | ':' | '–' | '—' | '，' | '、' | '،' => sounds.push(pause(180.0)),
        _ if letter.is_whitespace() => sounds.push(pause(35.0)),
        // A syllable, always the same for the same letter.
        _ if letter.is_alphanumeric() || letter >= '\u{1F000}' => {
            let code = letter as usize;
            add(char::from(b"ptkbdgmnlrszfvwS"[code % 16]), sounds);
            add(char::from(b"AeIou@ai"[code / 16 % 8]), sounds);
        }
        _ => {}
    }
}

/// Adds what `symbol` stands for: one sound, or two where the mouth first closes and then opens.
fn add(symbol: char, sounds: &mut Vec<Sound>) {
    let hissing = |hiss, hiss_pitch, voice, millis| Sound {
        hiss,
        hiss_pitch,
        ..voiced([400.0, 1500.0, 2500.0], voice, millis)
    };
    let mut stop = |voice: f64, hiss_pitch| {
        sounds.push(voiced([200.0, 1200.0, 2300.0], voice, 55.0));
        sounds.push(hissing(0.7, hiss_pitch, voice, 18.0));
    };
    let sound = match symbol {
        'i' => voiced([280.0, 2250.0, 3000.0], 1.0, 85.0),
        'I' => voiced([390.0, 1990.0, 2550.0], 1.0, 80.0),
        'e' => voiced([540.0, 1800.0, 2480.0], 1.0, 90.0),
        'A' => voiced([680.0, 1650.0, 2410.0], 1.0, 105.0),
        'a' => voiced([730.0, 1150.0, 2440.0], 1.0, 100.0),
        'o' => voiced([560.0, 880.0, 2410.0], 1.0, 105.0),
        'u' => voiced([310.0, 900.0, 2240.0], 1.0, 85.0),
        '@' => voiced([600.0, 1200.0, 2400.0], 0.9, 75.0),
        'w' => voiced([300.0, 700.0, 2200.0], 0.6, 60.0),
        'r' => voiced([420.0, 1250.0, 1600.0], 0.7, 65.0),
        'l' => voiced([360.0, 1100.0, 2700.0], 0.6, 65.0),
        'm' => voiced([250.0, 1000.0, 2200.0], 0.5, 75.0),
        'n' => voiced([250.0, 1500.0, 2500.0], 0.5, 70.0),
        'N' => voiced([250.0, 2000.0, 2700.0], 0.5, 75.0),
        's' => hissing(0.6, 6200.0, 0.0, 95.0),
        'S' => hissing(0.7, 3000.0, 0.0, 95.0),
        'f' => hissing(0.25, 7500.0, 0.0, 85.0),
        'T' => hissing(0.25, 5200.0, 0.0, 75.0),
        'h' => hissing(0.3, 1600.0, 0.1, 60.0),
        'z' => hissing(0.35, 6200.0, 0.4, 75.0),
        'v' => hissing(0.15, 7500.0, 0.5, 65.0),
        'p' => return stop(0.0, 900.0),
        't' => return stop(0.0, 4500.0),
        'k' => return stop(0.0, 2000.0),
        'b' => return stop(0.3, 900.0),
        'd' => return stop(0.3, 4500.0),
        'g' => return stop(0.3, 2000.0),
        'C' => return "tS".chars().for_each(|symbol| add(symbol, sounds)),
        'J' => return "dz".chars().for_each(|symbol| add(symbol, sounds)),
        _ => return,
    };
    sounds.push(sound);
}

fn voiced(formants: [f64; 3], voice: f64, millis: f64) -> Sound {
    Sound {
        formants,
        voice,
        hiss: 0.0,
        hiss_pitch: 3000.0,
        millis,
    }
}

fn pause(millis: f64) -> Sound {
    voiced([500.0, 1500.0, 2500.0], 0.0, millis)
}
