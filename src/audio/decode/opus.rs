//! An Opus stream in Ogg (RFC 7845): its two headers, its packets, and what is to be cut off at both ends.

#[cfg(feature = "opus")]
use opus_pure::OpusDecoder;

#[cfg(not(feature = "opus"))]
use super::left_out::OpusDecoder;
use super::stage::Stage;
use super::{Format, Source};

/// One stream, packet by packet.
#[derive(Debug, Default)]
pub(super) struct OpusStream {
    state: State,
    /// Decoded, and not written yet: since the last granule position. Only the end of a stream may not be played.
    waiting: Vec<f32>,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Head,
    Tags(Box<Sound>),
    Sound(Box<Sound>),
}

/// The decoder and where it is.
struct Sound {
    decoder: OpusDecoder,
    channels: u16,
    /// Frames that are still to be dropped at the beginning.
    skip: usize,
    /// The granule position of what has been written; `None` until the first page says where the stream begins.
    granule: Option<u64>,
}

impl std::fmt::Debug for Sound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sound")
            .field("channels", &self.channels)
            .field("granule", &self.granule)
            .finish_non_exhaustive()
    }
}

/// How much of a packet is needed.
pub(super) struct Most {
    pub(super) bytes: usize,
    /// Whether a longer one is none the worse for it.
    pub(super) rest_is_dropped: bool,
}

impl OpusStream {
    const RATE: u32 = 48_000;
    /// 120 ms.
    const LONGEST: usize = 5760;

    /// How long packets can be. The comments may hold pictures, and are not looked at.
    pub(super) fn longest_packet(&self) -> Most {
        let (bytes, rest_is_dropped) = match self.state {
            State::Tags(_) => (8, true),
            _ => (1 << 16, false),
        };
        Most { bytes, rest_is_dropped }
    }

    /// Takes a whole packet.
    pub(super) fn packet(&mut self, packet: &[u8], stage: &mut Stage) -> Result<(), String> {
        match std::mem::take(&mut self.state) {
            State::Head => {
                let sound = Sound::from_head(packet)?;
                stage.begin(Source {
                    format: Format::Opus,
                    sample_rate: Self::RATE,
                    channels: sound.channels,
                });
                self.state = State::Tags(Box::new(sound));
            }
            State::Tags(sound) => {
                if !packet.starts_with(b"OpusTags") {
                    return Err("the second packet of an Opus stream must be its OpusTags".to_owned());
                }
                self.state = State::Sound(sound);
            }
            State::Sound(mut sound) => {
                let decoded = sound.decode(packet, &mut self.waiting);
                self.state = State::Sound(sound);
                return decoded;
            }
        }
        Ok(())
    }

    /// A page ends here, and states the granule position of the last packet that ends on it, if one does.
    pub(super) fn page_end(&mut self, granule: Option<u64>, last: bool, stage: &mut Stage) {
        let State::Sound(sound) = &mut self.state else {
            return;
        };
        let frames = (self.waiting.len() / usize::from(sound.channels)) as u64;
        if frames == 0 {
            return;
        }
        // A stream that was cut out of another begins later than at 0.
        let begin = sound
            .granule
            .unwrap_or_else(|| granule.map_or(0, |granule| granule.saturating_sub(frames)));
        let end = begin.saturating_add(frames);
        // Only the last page may end before its packets do.
        let kept = match granule.filter(|granule| last && *granule < end) {
            Some(granule) => granule.saturating_sub(begin),
            None => frames,
        };
        sound.granule = Some(end);
        sound.write(&self.waiting, kept as usize, stage);
        self.waiting.clear();
    }

    /// The stream has broken off: what is there is played.
    pub(super) fn finish(&mut self, stage: &mut Stage) {
        if let State::Sound(sound) = &mut self.state {
            sound.write(&self.waiting, usize::MAX, stage);
            self.waiting.clear();
        }
    }
}

impl Sound {
    fn from_head(head: &[u8]) -> Result<Sound, String> {
        let fields = match head.first_chunk::<19>() {
            Some(fields) if fields.starts_with(b"OpusHead") => fields,
            _ => {
                let names: [(&[u8], &str); 4] = [
                    (b"\x01vorbis", "Vorbis"),
                    (b"\x7FFLAC", "FLAC"),
                    (b"Speex   ", "Speex"),
                    (b"\x80theora", "Theora"),
                ];
                let found = names.iter().find(|(magic, _)| head.starts_with(magic));
                let found = found.map_or("something unknown", |(_, name)| name);
                return Err(format!("the Ogg stream begins with {found} instead of an OpusHead"));
            }
        };
        let (version, channels, family) = (fields[8], fields[9], fields[18]);
        if version > 15 {
            return Err(format!("version {version} of Opus in Ogg is not known here"));
        }
        if family > 1 || !(1..=2).contains(&channels) {
            return Err(format!(
                "Opus with {channels} channels in mapping {family} cannot be decoded; one and two can"
            ));
        }
        let mut decoder =
            OpusDecoder::new(OpusStream::RATE.cast_signed(), channels.into()).map_err(|error| error.to_string())?;
        decoder.gain_q8 = i16::from_le_bytes([fields[16], fields[17]]).into();
        Ok(Sound {
            decoder,
            channels: channels.into(),
            skip: u16::from_le_bytes([fields[10], fields[11]]).into(),
            granule: None,
        })
    }

    fn decode(&mut self, packet: &[u8], decoded: &mut Vec<f32>) -> Result<(), String> {
        if packet.is_empty() {
            return Err("an Opus packet is empty".to_owned());
        }
        let (before, channels) = (decoded.len(), usize::from(self.channels));
        decoded.resize(before + OpusStream::LONGEST * channels, 0.0);
        let frames = self.decoder.decode(packet, OpusStream::LONGEST, &mut decoded[before..]);
        decoded.truncate(before + frames.as_ref().map_or(0, |frames| frames * channels));
        match frames {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("an Opus packet cannot be decoded: {error}")),
        }
    }

    /// Hands on the first `kept` frames of `decoded`, but for those that are dropped at the beginning.
    fn write(&mut self, decoded: &[f32], kept: usize, stage: &mut Stage) {
        let channels = usize::from(self.channels);
        let frames = decoded.len() / channels;
        let skip = self.skip.min(frames);
        self.skip -= skip;
        let kept = kept.clamp(skip, frames.max(skip));
        stage.write(&decoded[skip * channels..kept * channels]);
    }
}
