//! What both engines promise about the sound of a line.

use voicewire_sandbox_speech::codec::SAMPLE_RATES;
use voicewire_sandbox_speech::speech::{Engine, Line, SpeechError, engine_in_use, speak};

const TEXT: &str = "The quick brown fox jumps over the lazy dog, and the dog does not mind. Not at all!";

fn line(text: &str) -> Line<'_> {
    Line {
        text,
        locale: "en-US",
        voice: "",
        sample_rate: 24000,
        tempo: None,
        target_duration: None,
        seed: 7,
        variance: None,
        temperature: None,
    }
}

fn with_every_engine(check: impl Fn(Engine)) {
    check(Engine::Formant);
    if engine_in_use(Engine::Auto) == Engine::Espeak {
        check(Engine::Espeak);
    } else {
        println!("skipped: there is no espeak-ng on this machine");
    }
}

fn said(line: &Line<'_>, engine: Engine) -> Vec<i16> {
    speak(line, engine).unwrap_or_else(|error| panic!("{engine:?}: {error}"))
}

/// Where sound ends and silence begins.
fn end_of_sound(samples: &[i16]) -> usize {
    samples
        .iter()
        .rposition(|s| s.unsigned_abs() > 64)
        .map_or(0, |last| last + 1)
}

fn is_silent(samples: &[i16]) -> bool {
    end_of_sound(samples) == 0
}

/// Cycles per second, found as the shift at which the sound is most like itself.
fn pitch(samples: &[i16], sample_rate: u32) -> f64 {
    let window = 2048;
    let likeness = |lag: usize| -> f64 {
        samples
            .windows(window)
            .step_by(window / 2)
            .map(|part| {
                let pairs = part.iter().zip(&part[lag..]);
                pairs.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>() / (window - lag) as f64
            })
            .sum()
    };
    let rate = sample_rate as usize;
    let best = (rate / 300..rate / 60).max_by(|&a, &b| likeness(a).total_cmp(&likeness(b)));
    f64::from(sample_rate) / best.unwrap() as f64
}

#[test]
fn engine_in_use_is_never_auto() {
    assert_ne!(engine_in_use(Engine::Auto), Engine::Auto);
    assert_eq!(engine_in_use(Engine::Espeak), Engine::Espeak);
    assert_eq!(engine_in_use(Engine::Formant), Engine::Formant);
    assert_eq!(Engine::default(), Engine::Auto);
}

#[test]
fn the_same_line_gives_the_same_samples() {
    with_every_engine(|engine| {
        let first = said(&line(TEXT), engine);
        for _ in 0..3 {
            assert!(said(&line(TEXT), engine) == first, "{engine:?}");
        }
    });
}

#[test]
fn every_sample_rate_gives_the_same_duration() {
    with_every_engine(|engine| {
        let seconds = SAMPLE_RATES.map(|sample_rate| {
            let samples = said(
                &Line {
                    sample_rate,
                    ..line(TEXT)
                },
                engine,
            );
            assert!(!is_silent(&samples));
            samples.len() as f64 / f64::from(sample_rate)
        });
        for other in seconds {
            assert!((other - seconds[0]).abs() < 0.001, "{engine:?}: {seconds:?}");
        }
        assert!((3.0..9.0).contains(&seconds[0]), "{engine:?}: {seconds:?}");
    });
}

#[test]
fn longer_text_takes_longer() {
    with_every_engine(|engine| {
        let one = said(&line("This is a sentence."), engine).len();
        let three = said(&line(&"This is a sentence. ".repeat(3)), engine).len();
        assert!((2 * one..4 * one).contains(&three), "{engine:?}: {one}, {three}");
    });
}

#[test]
fn tempo_changes_the_duration_in_proportion_and_not_the_pitch() {
    with_every_engine(|engine| {
        let natural = said(&line(TEXT), engine);
        for tempo in [0.5, 0.75, 1.0, 1.25, 1.6, 2.0] {
            let samples = said(
                &Line {
                    tempo: Some(tempo),
                    ..line(TEXT)
                },
                engine,
            );
            let factor = natural.len() as f64 / samples.len() as f64;
            assert!((factor / tempo - 1.0).abs() < 0.03, "{engine:?}: {tempo} gave {factor}");
            let (before, after) = (pitch(&natural, 24000), pitch(&samples, 24000));
            assert!(
                (after / before - 1.0).abs() < 0.12,
                "{engine:?}: {tempo}: {before} Hz, {after} Hz"
            );
        }
    });
}

#[test]
fn target_duration_is_met_to_the_sample() {
    with_every_engine(|engine| {
        for sample_rate in [8000, 22050, 48000] {
            for seconds in [0.0001, 0.3, 2.5, 4.0, 5.123, 8.0, 60.0] {
                let target_duration = Some(seconds);
                let samples = said(
                    &Line {
                        target_duration,
                        sample_rate,
                        ..line(TEXT)
                    },
                    engine,
                );
                let expected = (seconds * f64::from(sample_rate)).round() as usize;
                assert_eq!(samples.len(), expected, "{engine:?}, {seconds} s");
            }
        }
    });
}

#[test]
fn target_duration_in_reach_is_filled_with_speech() {
    with_every_engine(|engine| {
        let natural = end_of_sound(&said(&line(TEXT), engine)) as f64 / 24000.0;
        for factor in [0.6, 0.9, 1.1, 1.7] {
            let target_duration = Some(natural * factor);
            let samples = said(
                &Line {
                    target_duration,
                    ..line(TEXT)
                },
                engine,
            );
            let filled = end_of_sound(&samples) as f64 / samples.len() as f64;
            assert!((0.96..=1.0).contains(&filled), "{engine:?}: × {factor}: {filled}");
        }
    });
}

#[test]
fn speech_cut_short_ends_without_a_click() {
    with_every_engine(|engine| {
        let samples = said(
            &Line {
                target_duration: Some(0.5),
                ..line(TEXT)
            },
            engine,
        );
        assert_eq!(samples.last(), Some(&0));
        assert!(!is_silent(&samples[samples.len() - 1200..]));
    });
}

#[test]
fn another_seed_gives_another_take_of_the_same_line() {
    with_every_engine(|engine| {
        let first = said(&line(TEXT), engine);
        for seed in [0, 1, 2, 3, u64::MAX] {
            let other = said(&Line { seed, ..line(TEXT) }, engine);
            assert!(other != first, "{engine:?}: seed {seed}");
            let factor = other.len() as f64 / first.len() as f64;
            assert!((0.94..1.06).contains(&factor), "{engine:?}: seed {seed}: {factor}");
        }
    });
}

#[test]
fn takes_differ_more_with_variance_and_temperature() {
    with_every_engine(|engine| {
        let spread = |degree: f64| {
            let lengths = (0..8).map(|seed| {
                let degree = Some(degree);
                let line = Line {
                    seed,
                    variance: degree,
                    temperature: degree,
                    ..line(TEXT)
                };
                said(&line, engine).len()
            });
            let lengths: Vec<_> = lengths.collect();
            lengths.iter().max().unwrap() - lengths.iter().min().unwrap()
        };
        let (calm, lively) = (spread(0.0), spread(1.0));
        assert!(lively > calm * 2, "{engine:?}: {calm}, {lively}");
    });
}

#[test]
fn voices_differ_from_each_other_and_stay_the_same() {
    with_every_engine(|engine| {
        let takes: Vec<_> = ["", "alice", "bob", "carol", "dave", "eve", "bd1b00bb", "голос"]
            .map(|voice| said(&Line { voice, ..line(TEXT) }, engine))
            .into();
        for (index, take) in takes.iter().enumerate() {
            assert!(takes[..index].iter().all(|other| other != take), "{engine:?}");
        }
        let pitches: Vec<_> = takes.iter().map(|take| pitch(take, 24000)).collect();
        println!("{engine:?}: {pitches:?}");
        let highest = pitches.iter().copied().fold(0.0, f64::max);
        let lowest = pitches.iter().copied().fold(1000.0, f64::min);
        assert!(highest > lowest * 1.3, "{engine:?}: {pitches:?}");
    });
}

#[test]
fn text_without_words_is_a_short_silence() {
    with_every_engine(|engine| {
        for text in ["", " ", "\n\n", "...", "?!", "—…«»", "\0\0", "<>&/", "-"] {
            let samples = said(&line(text), engine);
            assert!(is_silent(&samples), "{engine:?}: {text:?}");
            assert!((4500..5100).contains(&samples.len()), "{engine:?}: {text:?}");
        }
    });
}

#[test]
fn any_text_is_spoken() {
    with_every_engine(|engine| {
        for text in [
            "😀 🎉🎉",
            "مرحبا بالعالم",
            "שלום עולם",
            "你好，世界。",
            "こんにちは",
            "Привет",
            "e\u{301}\u{302}\u{303}te\u{301}",
            "zero\u{200B}width\u{200D}joiner\u{202E}desrever",
            "42 + 17 = 59",
            "[[h@'loU]] is not a command",
            "\u{1}50S neither is this",
            "ﷺ and 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
        ] {
            let samples = said(&line(text), engine);
            assert!(!is_silent(&samples), "{engine:?}: {text:?}");
            assert!(samples.len() > 4000, "{engine:?}: {text:?}");
        }
    });
}

#[test]
fn a_nul_does_not_end_the_text() {
    with_every_engine(|engine| {
        let with_nul = said(&line("one\0two three four five"), engine).len();
        let without = said(&line("one two three four five"), engine).len();
        assert_eq!(with_nul, without, "{engine:?}");
    });
}

#[test]
fn options_and_markup_are_read_out() {
    with_every_engine(|engine| {
        let word = said(&line("world"), engine).len();
        for text in [
            "-v de world",
            "--help world",
            "-f /etc/passwd world",
            "<speak>hello <break time=\"9s\"/> world</speak>",
            "a < b & c > d",
        ] {
            let samples = said(&line(text), engine);
            let length = samples.len();
            assert!(
                (word * 5 / 4..24000 * 8).contains(&length),
                "{engine:?}: {text:?}: {length}"
            );
        }
    });
}

#[test]
fn a_book_of_text_does_not_block() {
    let sentence = "All work and no play makes Jack a dull boy. ";
    with_every_engine(|engine| {
        // The pipes of a program can fill up; the built-in voice has none, and its sound is only a matter of time.
        let bytes = if engine == Engine::Espeak { 100_000 } else { 10_000 };
        let text = sentence.repeat(bytes / sentence.len());
        let samples = said(
            &Line {
                sample_rate: 8000,
                ..line(&text)
            },
            engine,
        );
        assert!(samples.len() > 8000 * bytes / 40, "{engine:?}: {}", samples.len());
    });
}

#[test]
fn one_long_word_is_spoken() {
    with_every_engine(|engine| {
        let text = "a".repeat(10_000);
        assert!(
            !said(
                &Line {
                    sample_rate: 8000,
                    ..line(&text)
                },
                engine
            )
            .is_empty()
        );
    });
}

#[test]
fn any_locale_has_a_voice_and_languages_differ() {
    with_every_engine(|engine| {
        for locale in ["", "-", "xx-YY", "en", "EN_us", "pt-BR", "zh-CN", "no-NO", "a b", "🇫🇷"] {
            assert!(!is_silent(&said(&Line { locale, ..line(TEXT) }, engine)), "{locale}");
        }
    });
    if engine_in_use(Engine::Auto) == Engine::Espeak {
        let takes = ["en-US", "en-GB", "fr-FR", "pt-BR", "de-DE"]
            .map(|locale| said(&Line { locale, ..line(TEXT) }, Engine::Espeak));
        for (index, take) in takes.iter().enumerate() {
            assert!(takes[..index].iter().all(|other| other != take));
        }
    }
}

#[test]
fn several_lines_can_be_spoken_at_once() {
    with_every_engine(|engine| {
        let alone = said(&line(TEXT), engine);
        std::thread::scope(|scope| {
            let speakers: Vec<_> = (0..4).map(|_| scope.spawn(|| said(&line(TEXT), engine))).collect();
            for speaker in speakers {
                assert!(speaker.join().unwrap() == alone, "{engine:?}");
            }
        });
    });
}

#[test]
fn fields_out_of_range_are_refused_by_name() {
    let field = |line: Line<'_>| match speak(&line, Engine::Formant) {
        Err(SpeechError::Field(field, _)) => field,
        other => panic!("{:?}", other.map(|samples| samples.len())),
    };
    for sample_rate in [0, 7999, 48001] {
        assert_eq!(
            field(Line {
                sample_rate,
                ..line(TEXT)
            }),
            "sample_rate"
        );
    }
    for target in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e9] {
        let target_duration = Some(target);
        assert_eq!(
            field(Line {
                target_duration,
                ..line(TEXT)
            }),
            "target_duration"
        );
    }
    assert_eq!(
        field(Line {
            tempo: Some(f64::NAN),
            ..line(TEXT)
        }),
        "tempo"
    );
}
