//! Sound that comes in: what it is, how long, how high, and the same in another voice.

use std::io::Cursor;

use symphonia::core::codecs::audio::AudioDecoderOptions;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use crate::{codec, speech};

/// How much of a sound is looked at, in seconds.
const LONGEST: usize = 600;
/// How many samples per second spoken text has.
const SPOKEN_RATE: u32 = 22050;
/// How long a piece the pitch is looked for in.
const WINDOW_SECONDS: f64 = 0.04;
/// The voices that there are, in hertz.
const LOWEST_PITCH: f64 = 60.0;
const HIGHEST_PITCH: f64 = 420.0;

/// Mono samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound {
    /// As they follow each other.
    pub samples: Vec<i16>,
    /// Samples per second.
    pub sample_rate: u32,
}

/// Reads WAV, MP3, FLAC, Ogg Vorbis or Ogg Opus, as far as it goes and for ten minutes at most; `None` for what is no
/// sound, or of no such format. Takes its time: call it off asynchronous threads.
pub fn read(bytes: &[u8]) -> Option<Sound> {
    if !is_known(bytes) {
        return None;
    }
    let sound = match bytes.windows(8).take(256).any(|eight| eight == b"OpusHead") {
        true => read_opus(bytes),
        false => read_others(bytes),
    }?;
    (!sound.samples.is_empty() && sound.sample_rate > 0).then_some(sound)
}

/// The first bytes of the formats. Without them a decoder that looks for its sync word finds one in any noise.
fn is_known(bytes: &[u8]) -> bool {
    match bytes {
        [0xFF, second, ..] => second & 0xE0 == 0xE0,
        _ => {
            bytes.starts_with(b"fLaC")
                || bytes.starts_with(b"OggS")
                || bytes.starts_with(b"ID3")
                || bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE")
        }
    }
}

/// How long a sound is of whose file this is the beginning, in seconds, and `heard` what [`read`] made of that.
pub fn seconds_of_whole(beginning: &[u8], size: u64, heard: &Sound) -> f64 {
    let seconds = heard.seconds();
    let share = size as f64 / beginning.len().max(1) as f64;
    if share <= 1.0 && seconds < LONGEST as f64 {
        return seconds;
    }
    stated_seconds(beginning).unwrap_or(seconds * share)
}

/// What a file says of its length, where it does.
fn stated_seconds(bytes: &[u8]) -> Option<f64> {
    let format = opened(bytes)?;
    let track = format.default_track(TrackType::Audio)?;
    let rate = track.codec_params.as_ref()?.audio()?.sample_rate?;
    Some(track.num_frames? as f64 / f64::from(rate))
}

fn opened(bytes: &[u8]) -> Option<Box<dyn FormatReader + '_>> {
    let source = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    symphonia::default::get_probe()
        .probe(
            &Hint::new(),
            source,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .ok()
}

fn read_others(bytes: &[u8]) -> Option<Sound> {
    let mut format = opened(bytes)?;
    let track = format.default_track(TrackType::Audio)?;
    let track_id = track.id;
    let parameters = track.codec_params.as_ref()?.audio()?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .ok()?;
    let mut sound = Sound {
        samples: Vec::new(),
        sample_rate: 0,
    };
    let mut interleaved: Vec<f32> = Vec::new();
    // The end of a file that is not all there is an error, too: what came before it counts.
    while let Ok(Some(packet)) = format.next_packet() {
        if packet.track_id != track_id {
            continue;
        }
        let Ok(buffer) = decoder.decode(&packet) else { break };
        sound.sample_rate = buffer.spec().rate();
        let channels = buffer.spec().channels().count().max(1);
        buffer.copy_to_vec_interleaved(&mut interleaved);
        sound.samples.extend(interleaved.chunks(channels).map(|frame| {
            let mean = frame.iter().sum::<f32>() / channels as f32;
            (mean * 32767.0).round() as i16 // `as` saturates
        }));
        if sound.samples.len() / LONGEST >= sound.sample_rate as usize {
            break;
        }
    }
    Some(sound)
}

fn read_opus(bytes: &[u8]) -> Option<Sound> {
    const RATE: u32 = 48_000;
    /// The longest packet, in samples: 120 ms.
    const PACKET: usize = 5760;
    let mut packets = ogg::PacketReader::new(Cursor::new(bytes));
    let head = packets.read_packet().ok()??;
    let channels = usize::from(*head.data.get(9)?);
    let mut decoder = opus_pure::OpusDecoder::new(RATE as i32, channels).ok()?;
    packets.read_packet().ok()??; // the comments
    let mut samples = Vec::new();
    let mut out = vec![0; PACKET * channels];
    while let Ok(Some(packet)) = packets.read_packet() {
        let Ok(frames) = decoder.decode_s16(&packet.data, PACKET, &mut out) else {
            break;
        };
        samples.extend(
            out[..frames * channels]
                .chunks(channels)
                .map(|frame| (frame.iter().map(|s| i32::from(*s)).sum::<i32>() / channels as i32) as i16),
        );
        if samples.len() / LONGEST >= RATE as usize {
            break;
        }
    }
    Some(Sound {
        samples,
        sample_rate: RATE,
    })
}

impl Sound {
    /// Speaks a text: the same one in the same voice gives the same sound. Takes its time, too.
    ///
    /// # Errors
    /// What [`speech::speak`] says.
    pub fn spoken(text: &str, locale: &str, voice: &str, engine: speech::Engine) -> Result<Sound, String> {
        let line = speech::Line {
            text,
            locale,
            voice,
            sample_rate: SPOKEN_RATE,
            tempo: None,
            target_duration: None,
            seed: 0,
            variance: Some(0.0),
            temperature: Some(0.0),
        };
        let samples = speech::speak(&line, engine).map_err(|error| error.to_string())?;
        Ok(Sound {
            samples,
            sample_rate: SPOKEN_RATE,
        })
    }

    /// How long it is, in seconds.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(self.sample_rate)
    }

    /// The same as a WAV file.
    pub fn wav(&self) -> Vec<u8> {
        codec::wav::file(&self.samples, self.sample_rate)
    }

    /// The same in a voice that is so many semitones higher, and faster by as much, as a tape is.
    ///
    /// # Errors
    /// The resampler's own words.
    pub fn transposed(&self, semitones: f64) -> Result<Sound, String> {
        let played_at = f64::from(self.sample_rate) * (semitones / 12.0).exp2();
        let samples = codec::resample(&self.samples, played_at.round().max(1.0) as u32, self.sample_rate)?;
        Ok(Sound {
            samples,
            sample_rate: self.sample_rate,
        })
    }

    /// The pitch of the voice in hertz, the median of where there is one; `None` if nothing sounds like a voice.
    pub fn pitch(&self) -> Option<f64> {
        let rate = f64::from(self.sample_rate);
        let window = (rate * WINDOW_SECONDS) as usize;
        let (shortest, longest) = ((rate / HIGHEST_PITCH) as usize, (rate / LOWEST_PITCH) as usize);
        if shortest == 0 {
            return None;
        }
        let mut found: Vec<f64> = self
            .samples
            .windows(window + longest)
            .step_by(window)
            .take(100)
            .filter_map(|part| period(part, window, shortest, longest))
            .map(|period| rate / period as f64)
            .collect();
        found.sort_by(f64::total_cmp);
        found.get(found.len() / 2).copied()
    }
}

/// After how many samples the beginning of `part` comes again, if it does.
fn period(part: &[i16], window: usize, shortest: usize, longest: usize) -> Option<usize> {
    let energy = |from: usize| -> f64 { part[from..from + window].iter().map(|s| f64::from(*s).powi(2)).sum() };
    let own = energy(0);
    // Quieter than a whisper.
    if own / (window as f64) < 100.0 * 100.0 {
        return None;
    }
    let likeness: Vec<f64> = (shortest..=longest)
        .map(|lag| {
            let both: f64 = (0..window)
                .map(|index| f64::from(part[index]) * f64::from(part[index + lag]))
                .sum();
            both / (own * energy(lag)).sqrt().max(1.0)
        })
        .collect();
    let best = likeness.iter().copied().fold(0.0, f64::max);
    if best < 0.7 {
        return None;
    }
    // Twice the period is as good a match as the period itself.
    let first = likeness.iter().position(|value| *value >= best * 0.93)?;
    let peak = (first..likeness.len() - 1).find(|index| likeness[index + 1] < likeness[*index])?;
    Some(shortest + peak)
}

#[cfg(test)]
mod tests {
    use super::{Sound, read};
    use crate::codec::{Format, encode};
    use crate::speech::{Engine, Line, speak};

    /// A tone like a voice's, with overtones.
    fn tone(pitch: f64, sample_rate: u32) -> Sound {
        let sample = |index: u32| {
            let turn = std::f64::consts::TAU * pitch * f64::from(index) / f64::from(sample_rate);
            ((turn.sin() + 0.6 * (2.0 * turn).sin() + 0.3 * (3.0 * turn).sin()) * 6000.0) as i16
        };
        Sound {
            samples: (0..sample_rate).map(sample).collect(),
            sample_rate,
        }
    }

    #[test]
    fn a_pitch_is_found_within_two_hertz_or_percent() {
        for pitch in [80.0, 120.0, 165.0, 220.0, 300.0] {
            for rate in [8000, 16000, 44100] {
                let found = tone(pitch, rate).pitch().unwrap();
                assert!(
                    (found - pitch).abs() < (pitch * 0.02).max(2.0),
                    "{pitch} Hz at {rate}: {found}"
                );
            }
        }
        assert_eq!(
            Sound {
                samples: vec![0; 16000],
                sample_rate: 16000
            }
            .pitch(),
            None
        );
    }

    #[test]
    fn an_octave_up_is_half_as_long_and_twice_as_high() {
        let up = tone(110.0, 16000).transposed(12.0).unwrap();
        assert_eq!(up.samples.len(), 8000);
        assert!((up.pitch().unwrap() - 220.0).abs() < 5.0);
    }

    #[test]
    fn what_the_encoders_write_is_read_back() {
        let line = Line {
            text: "She sells sea shells.",
            locale: "en-US",
            voice: "a voice",
            sample_rate: 24000,
            tempo: None,
            target_duration: Some(1.5),
            seed: 1,
            variance: None,
            temperature: None,
        };
        let samples = speak(&line, Engine::Formant).unwrap();
        for format in [Format::Wav, Format::Mp3, Format::Opus] {
            // Opus is read page by page, and a chunk of WAV is a file.
            let chunk_millis = if format == Format::Wav { 60_000 } else { 100 };
            let file = encode(&samples, 24000, format, chunk_millis).unwrap().concat();
            let sound = read(&file).unwrap();
            assert!((sound.seconds() - 1.5).abs() < 0.15, "{format:?}: {}", sound.seconds());
            let half = read(&file[..file.len() / 2]).unwrap_or_else(|| panic!("{format:?} cut in the middle"));
            assert!((half.seconds() - 0.75).abs() < 0.3, "{format:?}: {}", half.seconds());
            if format == Format::Wav {
                assert_eq!(sound.samples.len(), samples.len());
            }
        }
    }

    #[test]
    fn what_is_no_sound_is_not_read() {
        for bytes in [
            &b""[..],
            b"RIFF",
            b"%PDF-1.7 and more",
            b"RIFF\0\0\0\0WAVE",
            b"OggS nothing",
            b"\xff\xfb",
            b"fLaC",
        ] {
            assert_eq!(read(bytes), None, "{bytes:?}");
        }
        let noise: Vec<u8> = (0..10_000u32)
            .map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8)
            .collect();
        assert_eq!(read(&noise), None);
    }
}
