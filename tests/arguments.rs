//! What is refused before anything is sent, and how it is told.

mod support;

use std::time::Duration;

use support::*;
use voicewire::audio::Format;
use voicewire::deepdub::{AccentControl, Client, Config, Region, SpeechRequest, Timeouts};
use voicewire::{Error, ErrorKind};

#[track_caller]
fn refused(error: &Error, field: &str, takes: &str) {
    assert_kind(error, ErrorKind::InvalidArgument);
    assert_eq!(error.field(), Some(field), "{error}");
    assert!(error.message().starts_with(field), "it names the field: {error}");
    assert!(error.message().contains(takes), "it says what it takes: {error}");
}

fn accent(base: &str, other: &str, ratio: f64) -> Option<AccentControl> {
    Some(AccentControl {
        base_locale: base.to_owned(),
        locale: other.to_owned(),
        ratio,
    })
}

#[test]
fn a_wrong_parameter_is_refused_before_anything_is_sent() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let good = || request("mp3");
    let wrong: Vec<(&str, &str, SpeechRequest)> = vec![
        (
            "targetText",
            "text",
            SpeechRequest {
                text: String::new(),
                ..good()
            },
        ),
        (
            "targetText",
            "text",
            SpeechRequest {
                text: " \n\t".to_owned(),
                ..good()
            },
        ),
        (
            "voicePromptId",
            "voice",
            SpeechRequest {
                voice_prompt_id: String::new(),
                ..good()
            },
        ),
        (
            "model",
            "dd-etts",
            SpeechRequest {
                model: String::new(),
                ..good()
            },
        ),
        (
            "locale",
            "en-US",
            SpeechRequest {
                locale: String::new(),
                ..good()
            },
        ),
        (
            "generationId",
            "UUID",
            SpeechRequest {
                generation_id: Some("mine".to_owned()),
                ..good()
            },
        ),
        (
            "generationId",
            "UUID",
            SpeechRequest {
                generation_id: Some(String::new()),
                ..good()
            },
        ),
        (
            "generationId",
            "UUID",
            SpeechRequest {
                generation_id: Some("4da9902b91414fb79efbd616ce266ed9".to_owned()),
                ..good()
            },
        ),
        (
            "sampleRate",
            "44100",
            SpeechRequest {
                sample_rate: Some(11025),
                ..good()
            },
        ),
        (
            "sampleRate",
            "44100",
            SpeechRequest {
                sample_rate: Some(0),
                ..good()
            },
        ),
        (
            "targetDuration",
            "more than 0",
            SpeechRequest {
                target_duration: Some(0.0),
                ..good()
            },
        ),
        (
            "targetDuration",
            "more than 0",
            SpeechRequest {
                target_duration: Some(f64::NAN),
                ..good()
            },
        ),
        (
            "targetDuration",
            "more than 0",
            SpeechRequest {
                target_duration: Some(f64::INFINITY),
                ..good()
            },
        ),
        (
            "tempo",
            "0.5 to 2.0",
            SpeechRequest {
                tempo: Some(0.4999),
                ..good()
            },
        ),
        (
            "tempo",
            "0.5 to 2.0",
            SpeechRequest {
                tempo: Some(2.0001),
                ..good()
            },
        ),
        (
            "tempo",
            "0.5 to 2.0",
            SpeechRequest {
                tempo: Some(f64::NAN),
                ..good()
            },
        ),
        (
            "targetDuration",
            "without tempo",
            SpeechRequest {
                tempo: Some(1.0),
                target_duration: Some(2.0),
                ..good()
            },
        ),
        (
            "variance",
            "0.0 to 1.0",
            SpeechRequest {
                variance: Some(-0.1),
                ..good()
            },
        ),
        (
            "temperature",
            "0.0 to 1.0",
            SpeechRequest {
                temperature: Some(1.1),
                ..good()
            },
        ),
        (
            "accentControl.accentBaseLocale",
            "locale",
            SpeechRequest {
                accent_control: accent("", "fr-FR", 0.5),
                ..good()
            },
        ),
        (
            "accentControl.accentLocale",
            "locale",
            SpeechRequest {
                accent_control: accent("en-US", "", 0.5),
                ..good()
            },
        ),
        (
            "accentControl.accentRatio",
            "0.0 to 1.0",
            SpeechRequest {
                accent_control: accent("en-US", "fr-FR", 1.5),
                ..good()
            },
        ),
        (
            "performanceReferencePromptId",
            "prompt",
            SpeechRequest {
                performance_reference_prompt_id: Some(String::new()),
                ..good()
            },
        ),
    ];
    for (field, takes, request) in wrong {
        refused(&hear(&client, &request).result.expect_err(field), field, takes);
    }
    assert!(sandbox.requests().is_empty());
}

#[test]
fn the_ends_of_every_range_are_taken() {
    for (tempo, duration, unit) in [
        (Some(0.5), None, 0.0),
        (Some(2.0), None, 1.0),
        (None, Some(0.001), 0.0),
        (None, Some(1e9), 1.0),
    ] {
        let request = SpeechRequest {
            tempo,
            target_duration: duration,
            variance: Some(unit),
            temperature: Some(unit),
            accent_control: accent("en-US", "fr-FR", unit),
            ..request("mp3")
        };
        request.check().expect("within every range");
    }
}

#[test]
fn an_accent_needs_all_of_its_parts() {
    let text = || Some("en-US".to_owned());
    assert_eq!(AccentControl::from_parts(None, None, None).expect("none"), None);
    assert_eq!(
        AccentControl::from_parts(text(), text(), Some(0.0)).expect("all"),
        accent("en-US", "en-US", 0.0)
    );
    let partial = [
        ("accentControl.accentBaseLocale", None, text(), Some(0.5)),
        ("accentControl.accentBaseLocale", None, None, Some(0.5)),
        ("accentControl.accentLocale", text(), None, Some(0.5)),
        ("accentControl.accentRatio", text(), text(), None),
    ];
    for (field, base, other, ratio) in partial {
        refused(
            &AccentControl::from_parts(base, other, ratio).expect_err("partial"),
            field,
            "all three or none",
        );
    }
}

#[track_caller]
fn refused_config(config: &Config, field: &str, takes: &str) {
    refused(&Client::new(config).expect_err("refused"), field, takes);
}

#[test]
fn a_key_has_to_look_like_one() {
    for key in [
        "",
        "dd-",
        "sk-0123456789",
        "DD-0123456789",
        "dd-a b",
        "dd-\u{e9}",
        "dd-x\r\ny: z",
    ] {
        refused_config(&Config::new().api_key(key), "api_key", "dd-");
    }
}

#[test]
fn addresses_are_checked_and_plaintext_stays_on_this_machine() {
    let good = || Config::new().api_key("dd-00000000");
    for url in [
        "",
        "nonsense",
        "/open",
        "https://h/open",
        "ftp://h/",
        "ws://",
        "wss://user:pass@h/open",
        "wss://h:99999/open",
    ] {
        refused_config(&good().websocket_url(url), "websocket_url", "wss://");
    }
    for url in ["wss://h/", "http//h", "https://", "https://h:port/"] {
        refused_config(&good().rest_url(url), "rest_url", "https://");
    }
    for host in [
        "example.com",
        "10.0.0.1",
        "127.0.0.1.example.com",
        "localhost.example.com",
        "[::2]",
        "0.0.0.0",
        "128.0.0.1",
    ] {
        refused_config(
            &good().websocket_url(format!("ws://{host}/open")),
            "websocket_url",
            "unencrypted",
        );
        refused_config(
            &good().rest_url(format!("http://{host}/api")),
            "rest_url",
            "unencrypted",
        );
    }
    for host in [
        "localhost",
        "LOCALHOST:8080",
        "127.0.0.1",
        "127.1.2.3:1",
        "[::1]",
        "[::1]:8080",
    ] {
        Client::new(
            &good()
                .websocket_url(format!("ws://{host}/open"))
                .rest_url(format!("http://{host}")),
        )
        .expect(host);
    }
    let mut allowed = good()
        .websocket_url("ws://example.com/open")
        .rest_url("http://example.com");
    allowed.allow_plaintext = true;
    Client::new(&allowed).expect("explicitly allowed");
}

#[test]
fn regions_have_their_addresses() {
    let told = |config: &Config| format!("{:?}", Client::new(config).expect("good"));
    let config = || Config::new().api_key("dd-00000000");
    assert!(told(&config().region(Region::Us)).contains("wss://wsapi.deepdub.ai/open"));
    let eu = told(&config().region(Region::Eu));
    assert!(
        eu.contains("wss://wsapi.eu.deepdub.ai/open") && eu.contains("https://restapi.eu.deepdub.ai/api/v1"),
        "{eu}"
    );
}

#[test]
fn a_time_limit_of_zero_and_a_tiny_message_limit_are_refused() {
    let good = || Config::new().api_key("dd-00000000");
    let zero = Some(Duration::ZERO);
    let default = Timeouts::default();
    for (field, timeouts) in [
        (
            "connect_timeout",
            Timeouts {
                connect: zero,
                ..default
            },
        ),
        (
            "first_chunk_timeout",
            Timeouts {
                first_chunk: zero,
                ..default
            },
        ),
        (
            "between_chunks_timeout",
            Timeouts {
                between_chunks: zero,
                ..default
            },
        ),
        ("total_timeout", Timeouts { total: zero, ..default }),
        ("rest_timeout", Timeouts { rest: zero, ..default }),
    ] {
        refused_config(&good().timeouts(timeouts), field, "more than 0");
    }
    let none = Timeouts {
        connect: None,
        first_chunk: None,
        between_chunks: None,
        total: None,
        rest: None,
    };
    Client::new(&good().timeouts(none)).expect("no limit is a choice");
    let all = [
        default.connect,
        default.first_chunk,
        default.between_chunks,
        default.total,
        default.rest,
    ];
    assert!(all.iter().all(Option::is_some), "but not the default");
    let huge = Timeouts {
        total: Some(Duration::MAX),
        connect: Some(Duration::MAX),
        ..default
    };
    let sandbox = sandbox();
    let client = Client::new(&config(&sandbox).timeouts(huge)).expect("good");
    hear(&client, &request("mp3"))
        .result
        .expect("a limit beyond the clock is no limit");
    let mut tiny = good();
    tiny.max_message_bytes = Some(1023);
    refused_config(&tiny, "max_message_bytes", "1024");
}

#[test]
fn a_ca_text_has_to_hold_a_certificate() {
    let good = || Config::new().api_key("dd-00000000");
    refused_config(&good().ca_pem(""), "ca_pem", "PEM");
    refused_config(
        &good().ca_pem("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
        "ca_pem",
        "PEM",
    );
    refused_config(
        &good().ca_pem("-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n"),
        "ca_pem",
        "PEM",
    );
}

#[test]
fn a_format_is_chosen_by_the_file_s_ending() {
    let known = [
        ("a.wav", Format::Wav),
        ("dir.mp3/A.WAV", Format::Wav),
        ("a.mp3", Format::Mp3),
        ("a.opus", Format::Opus),
        ("a.ogg", Format::Opus),
        ("a.au", Format::Mulaw),
        ("a.ul", Format::Mulaw),
        ("a.pcm", Format::S16le),
    ];
    for (path, format) in known {
        assert_eq!(Format::for_path(path).expect("known"), format, "{path}");
    }
    for path in ["a", "a.flac", "wav", "", "a.wav/"] {
        match Format::for_path(path) {
            Err(error) => refused(&error, "path", ".wav"),
            Ok(format) => assert_eq!((path, format), ("a.wav/", Format::Wav)),
        }
    }
}
