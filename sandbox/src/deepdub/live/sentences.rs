//! Finds the sentences in a text that comes in pieces.

/// What may end a sentence when white space follows.
const ENDS: &str = ".!?…।؟";
/// What ends a sentence whatever follows: these scripts have no spaces.
const WIDE_ENDS: &str = "。！？";
/// What may stand between a sentence's end and the white space.
const CLOSERS: &str = "\"'”’»›)]}」』）";

/// The sentence that is being collected. Where sentences end does not depend on how the text was cut into pieces.
#[derive(Default)]
pub(super) struct Sentences {
    pending: String,
    /// Whether it ends with what may be its end.
    ended: bool,
    wide: bool,
}

impl Sentences {
    /// Takes more text, and gives the sentences that are complete, without white space around them.
    pub(super) fn put(&mut self, text: &str) -> Vec<String> {
        let mut complete = Vec::new();
        for c in text.chars() {
            let is_wide = WIDE_ENDS.contains(c);
            let is_end = is_wide || ENDS.contains(c);
            let goes_on = is_end || CLOSERS.contains(c);
            if self.ended && (c.is_whitespace() || self.wide && !goes_on) {
                complete.extend(self.end());
            }
            self.ended = is_end || self.ended && goes_on;
            self.wide = is_wide || self.wide && self.ended;
            self.pending.push(c);
        }
        complete
    }

    /// Gives what is left, as if a sentence ended here.
    pub(super) fn end(&mut self) -> Option<String> {
        let rest = std::mem::take(self).pending;
        let rest = rest.trim();
        (!rest.is_empty()).then(|| rest.to_owned())
    }

    pub(super) fn pending(&self) -> usize {
        self.pending.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Sentences;

    /// The sentences of a text that comes in pieces of so many characters.
    fn split(text: &str, piece: usize) -> Vec<String> {
        let mut sentences = Sentences::default();
        let characters: Vec<char> = text.chars().collect();
        let mut all = Vec::new();
        for piece in characters.chunks(piece) {
            all.extend(sentences.put(&piece.iter().collect::<String>()));
        }
        all.extend(sentences.end());
        all
    }

    #[test]
    fn sentences_end_at_white_space_after_their_mark_however_the_text_is_cut() {
        let cases: [(&str, &[&str]); 8] = [
            (" One.  Two! ", &["One.", "Two!"]),
            ("It is 3.5 of 4.\nYes", &["It is 3.5 of 4.", "Yes"]),
            (
                "\"Really?!\" he said. (So.) Yes",
                &["\"Really?!\"", "he said.", "(So.)", "Yes"],
            ),
            ("No end, and no more", &["No end, and no more"]),
            ("¿Qué? Sí… bien", &["¿Qué?", "Sí…", "bien"]),
            ("今日は。「はい。」次", &["今日は。", "「はい。」", "次"]),
            ("   \n ", &[]),
            ("", &[]),
        ];
        for (text, sentences) in cases {
            for piece in 1..=8 {
                assert_eq!(split(text, piece), sentences, "{text:?} by {piece}");
            }
        }
    }

    #[test]
    fn a_sentence_is_given_as_soon_as_white_space_follows_it() {
        let mut sentences = Sentences::default();
        assert!(sentences.put("One.").is_empty());
        assert_eq!(sentences.put(" "), ["One."]);
    }
}
