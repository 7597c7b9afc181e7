//! The turn that a client is writing: from its text to what is to be spoken, sentence by sentence.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::sentences::Sentences;
use super::settings::{Settings, check_voice};
use super::tags::{Piece, Tags};
use super::turn::Segment;
use crate::deepdub::front;
use crate::deepdub::generate::Utterance;
use crate::deepdub::request::MAX_TEXT;
use crate::deepdub::voices::STORYTELLER;
use crate::fault::ErrorType;

/// There is no seed here: the same text is spoken in the same way.
const SEED: u64 = 0;

/// The turn that a client is writing.
pub(super) struct Writing {
    settings: Arc<Settings>,
    /// What tags have changed since.
    locale: Option<String>,
    voice: Option<String>,
    tags: Tags,
    sentences: Sentences,
    /// Nobody is at its other end when the turn is over: then the rest of the text is for nothing.
    segments: mpsc::UnboundedSender<Segment>,
}

impl Writing {
    pub(super) fn new(settings: Arc<Settings>, segments: mpsc::UnboundedSender<Segment>) -> Writing {
        Writing {
            settings,
            locale: None,
            voice: None,
            tags: Tags::default(),
            sentences: Sentences::default(),
            segments,
        }
    }

    /// Other settings from the next text on; what has been written is spoken with those it was written under.
    pub(super) fn configure(&mut self, settings: Arc<Settings>) {
        self.break_sentence();
        let voice = settings.voice.clone();
        if voice != self.settings.voice {
            self.apply_fault(&voice);
        }
        self.settings = settings;
        (self.locale, self.voice) = (None, None);
    }

    /// Takes more text.
    pub(super) fn text(&mut self, text: &str) -> Result<(), ErrorType> {
        for piece in self.tags.put(text) {
            self.piece(piece)?;
        }
        Ok(())
    }

    /// There is no more text: speaks the rest.
    pub(super) fn end(&mut self) -> Result<(), ErrorType> {
        if let Some(rest) = self.tags.end() {
            self.piece(rest)?;
        }
        let end = match self.sentences.end() {
            Some(rest) => self.say(rest, true),
            None => Segment::End,
        };
        self.put(end);
        Ok(())
    }

    fn piece(&mut self, piece: Piece) -> Result<(), ErrorType> {
        match piece {
            Piece::Text(text) => {
                for sentence in self.sentences.put(&text) {
                    let say = self.say(sentence, false);
                    self.put(say);
                }
                // A character has four bytes at most.
                if self.sentences.pending() > MAX_TEXT * 4 {
                    return self.fail(format!("a sentence has more than {MAX_TEXT} characters"));
                }
            }
            Piece::Switch { locale, voice } => {
                self.break_sentence();
                if let Some(voice) = voice {
                    if let Err(reason) = check_voice(&voice) {
                        return self.fail(reason);
                    }
                    self.apply_fault(&voice);
                    self.voice = Some(voice);
                }
                self.locale = locale.or(self.locale.take());
            }
            Piece::Malformed(reason) => return self.fail(reason),
        }
        Ok(())
    }

    /// Speaks what has been written so far as if it were a sentence.
    fn break_sentence(&mut self) {
        if let Some(rest) = self.sentences.end() {
            let say = self.say(rest, false);
            self.put(say);
        }
    }

    /// A voice that is a fault is one from there on.
    fn apply_fault(&self, voice: &str) {
        if let Ok(Some(fault)) = front::of_voice(Some(voice)) {
            self.put(Segment::Fault(fault));
        }
    }

    fn say(&self, text: String, is_last: bool) -> Segment {
        let voice = self.voice.as_ref().unwrap_or(&self.settings.voice);
        let utterance = Utterance {
            model: self.settings.model.clone(),
            text,
            locale: self.locale.as_ref().unwrap_or(&self.settings.locale).clone(),
            voice: match front::of_voice(Some(voice)) {
                Ok(None) => voice.clone(),
                _ => STORYTELLER.to_owned(),
            },
            format: self.settings.format,
            sample_rate: self.settings.sample_rate,
            tempo: None,
            target_duration: None,
            seed: Some(SEED),
            variance: None,
            temperature: None,
        };
        Segment::Say {
            utterance: Arc::new(utterance),
            arrived: Instant::now(),
            is_last,
        }
    }

    fn fail(&mut self, reason: String) -> Result<(), ErrorType> {
        self.put(Segment::Fail(reason));
        // What may still come is not part of any turn.
        (self.segments, _) = mpsc::unbounded_channel();
        Err(ErrorType::InvalidInput)
    }

    fn put(&self, segment: Segment) {
        let _ = self.segments.send(segment);
    }
}
