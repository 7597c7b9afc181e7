//! Reports that the client fills in from memory, with a clip of the second where it happened.

mod support;

use std::io::Write;
use std::ops::ControlFlow;
use std::process::{Command, Stdio};

use support::*;
use voicewire::ErrorKind;
use voicewire::audio::{Format, wav};
use voicewire::deepdub::{
    Client, LineOptions, NewIssue, Remember, Report, SessionOptions, SpeechRequest, TRIAL_VOICE, TextConfig,
    TextSessionOptions, TurnOptions, config_tag,
};
use voicewire_sandbox::Sandbox;

const LONG_TEXT: &str = "The quick brown fox jumps over the lazy dog, and then it sleeps. In the morning the dog wakes, \
    looks for the fox, finds nothing but a trail in the wet grass, and follows it down to the river and beyond.";

fn long(format: &str) -> SpeechRequest {
    SpeechRequest {
        text: LONG_TEXT.to_owned(),
        ..request(format)
    }
}

fn samples(bytes: &[u8]) -> Vec<i16> {
    bytes
        .chunks_exact(2)
        .map(|pair| i16::from_le_bytes([pair[0], pair[1]]))
        .collect()
}

/// The clip of a report: a WAV file, whole and nothing else.
fn clip(sandbox: &Sandbox, id: &str) -> (u32, Vec<i16>) {
    let file = sandbox.issue_audio(id).expect("a clip");
    let info = wav::parse(&file).expect("a WAV file");
    assert_eq!((info.format_tag, info.channels, info.bits_per_sample), (1, 1, 16));
    assert_eq!(info.data_offset + info.data_size, file.len());
    assert_eq!(
        u32::from_le_bytes(file[4..8].try_into().expect("four bytes")) as usize + 8,
        file.len()
    );
    (info.sample_rate, samples(&file[info.data_offset..]))
}

fn report_at(client: &Client, id: &str, seconds: f64) -> voicewire::deepdub::Issue {
    client.report(id, &Report::new("fox").at(seconds)).expect("filed")
}

/// The samples that a generation should have, decoded by somebody else.
fn by_ffmpeg(bytes: &[u8]) -> Option<Vec<i16>> {
    let mut ffmpeg = Command::new("ffmpeg")
        .args(["-v", "error", "-i", "pipe:0", "-f", "s16le", "-ac", "1", "pipe:1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .ok()?;
    let mut stdin = ffmpeg.stdin.take().expect("piped");
    let bytes = bytes.to_vec();
    let writing = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = ffmpeg.wait_with_output().expect("it ends");
    writing.join().expect("no panic").expect("written");
    assert!(output.status.success());
    Some(samples(&output.stdout))
}

/// How alike two pieces are: 1 is the same.
fn correlation(one: &[i16], other: &[i16]) -> f64 {
    assert_eq!(one.len(), other.len());
    let dot = |a: &[i16], b: &[i16]| -> f64 { a.iter().zip(b).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum() };
    dot(one, other) / (dot(one, one) * dot(other, other)).sqrt()
}

#[test]
fn the_clip_is_the_second_where_it_happened() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for format in ["s16le", "wav"] {
        let heard = hear(&client, &long(format));
        let original = samples(&heard.samples);
        let seconds = original.len() as f64 / 16_000.0;
        assert!(seconds > 6.0, "long enough to cut out of: {seconds}");
        let id = &heard.summary().generation_id;
        for (at, begin, end) in [(3.25, 28_000, 76_000), (0.5, 0, 32_000)] {
            let issue = report_at(&client, id, at);
            assert_eq!(issue.problem_seconds, Some(at));
            assert_eq!(issue.generated_text.as_deref(), Some(LONG_TEXT));
            assert_eq!(issue.generation_id.as_ref(), Some(id));
            assert_eq!(issue.voice_prompt_id.as_deref(), Some(TRIAL_VOICE));
            assert_eq!(issue.problem_word.as_deref(), Some("fox"));
            let (rate, cut) = clip(&sandbox, &issue.id);
            assert_eq!(rate, 16_000);
            assert!(
                cut == original[begin..end],
                "{format}: the samples from {begin} to {end}"
            );
        }
        // At the end there is less to come.
        let (_, cut) = clip(&sandbox, &report_at(&client, id, seconds).id);
        assert!(cut == original[original.len() - 24_000..], "{format}: the end");
    }
}

#[test]
fn a_clip_of_compressed_audio_is_found_at_its_place_in_the_original() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for format in ["mp3", "opus", "mulaw"] {
        let heard = hear(&client, &long(format));
        let id = &heard.summary().generation_id;
        let (rate, cut) = clip(&sandbox, &report_at(&client, id, 3.0).id);
        assert_eq!(rate, if format == "opus" { 48_000 } else { 16_000 });
        let rate = rate as usize;
        assert_eq!(cut.len(), 3 * rate);
        let file = client.remembered(id).expect("remembered").file_bytes();
        let Some(original) = by_ffmpeg(&file) else {
            eprintln!("ffmpeg is not installed: {format} is not compared");
            continue;
        };
        let begin = rate * 3 / 2;
        let right = correlation(&cut, &original[begin..begin + cut.len()]);
        assert!(right > 0.999, "{format}: {right} at its place");
        for off in [rate / 100, rate / 2] {
            let wrong = correlation(&cut, &original[begin + off..begin + off + cut.len()]);
            assert!(wrong < 0.9, "{format}: {wrong} beside it");
        }
    }
}

#[test]
fn the_length_of_the_clip_is_the_callers() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let heard = hear(&client, &long("s16le"));
    let id = &heard.summary().generation_id;
    let file = |clip_seconds, problem_seconds| {
        let report = Report {
            clip_seconds,
            problem_seconds,
            comments: Some("too fast".to_owned()),
            ..Report::new("fox")
        };
        let issue = client.report(id, &report).expect("filed");
        assert_eq!(issue.additional_comments.as_deref(), Some("too fast"));
        issue.id
    };
    assert_eq!(clip(&sandbox, &file(1.0, Some(3.0))).1.len(), 16_000);
    assert_eq!(clip(&sandbox, &file(1e9, Some(3.0))).1, samples(&heard.samples));
    assert_eq!(clip(&sandbox, &file(3.0, None)).1, samples(&heard.samples));
    assert_eq!(sandbox.issue_audio(&file(0.0, Some(3.0))), None);
    for wrong in [-1.0, f64::NAN, f64::INFINITY] {
        let report = Report {
            clip_seconds: wrong,
            ..Report::new("fox")
        };
        let error = client.report(id, &report).expect_err("refused");
        assert_eq!(error.field(), Some("clip_seconds"));
        let error = client.report(id, &Report::new("fox").at(wrong)).expect_err("refused");
        assert_eq!(error.field(), Some("problemSeconds"));
    }
}

#[test]
fn a_second_that_there_is_not_is_refused_before_anything_is_sent() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let heard = hear(&client, &long("mp3"));
    let before = sandbox.requests().len();
    let id = &heard.summary().generation_id;
    let error = client.report(id, &Report::new("fox").at(600.0)).expect_err("refused");
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::InvalidArgument, Some("problemSeconds"))
    );
    let error = client.report(id, &Report::new(" ")).expect_err("refused");
    assert_eq!(error.field(), Some("problemWord"));
    let error = client
        .report("4da9902b-9141-4fb7-9efb-d616ce266ed9", &Report::new("fox"))
        .expect_err("refused");
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::InvalidArgument, Some("generationId"))
    );
    assert!(error.to_string().contains("create_issue"), "{error}");
    assert_eq!(sandbox.requests().len(), before);
}

#[test]
fn lines_and_turns_are_remembered_too() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let session = client.open_session(SessionOptions::new()).expect("open");
    let mut line = session
        .stream(&long("s16le"), &LineOptions::default())
        .expect("asked for");
    let mut audio = Vec::new();
    while let Some(chunk) = line.next_chunk().expect("spoken") {
        audio.extend_from_slice(chunk.data);
    }
    let issue = report_at(&client, line.line().generation_id(), 3.0);
    assert_eq!(issue.generated_text.as_deref(), Some(LONG_TEXT));
    assert_eq!(clip(&sandbox, &issue.id).1, samples(&audio)[24_000..72_000]);

    let config = TextConfig::new(TRIAL_VOICE);
    let session = client
        .open_text_session(&config, TextSessionOptions::new())
        .expect("open");
    let (turn, mut stream) = session.stream_turn(&TurnOptions::default()).expect("begun");
    let tag = config_tag(Some("en-GB"), None).expect("a language");
    for piece in ["Hello there. ", &tag, "How are", " you, my ", "friend?"] {
        turn.write(piece, None).expect("taken");
    }
    turn.end();
    let mut audio = Vec::new();
    while let Some(chunk) = stream.next_chunk().expect("spoken") {
        audio.extend_from_slice(chunk.data);
    }
    let issue = client
        .report(turn.line().generation_id(), &Report::new("friend"))
        .expect("filed");
    assert_eq!(
        issue.generated_text,
        Some(format!("Hello there. {tag}How are you, my friend?"))
    );
    assert_eq!(clip(&sandbox, &issue.id), (16_000, samples(&audio)));
    let ids: Vec<_> = client
        .last_generations()
        .into_iter()
        .map(|one| one.generation_id)
        .collect();
    assert_eq!(ids, [turn.line().generation_id(), line.line().generation_id()]);
}

#[test]
fn what_has_come_can_be_reported_while_more_comes_and_after_a_failure() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let mut reported = None;
    let mut heard = Vec::new();
    client
        .stream_tts(&long("s16le"), |chunk| {
            heard.extend_from_slice(chunk.data);
            if chunk.index == 1 {
                let issue = client.report(chunk.generation_id, &Report::new("fox")).expect("filed");
                reported = Some((issue.id, heard.len()));
            }
            ControlFlow::Continue(())
        })
        .expect("spoken");
    let (id, length) = reported.expect("a second chunk");
    assert_eq!(clip(&sandbox, &id).1, samples(&heard[..length]));

    let broken = faulty("s16le", "drop,after=2");
    let failed = hear(&client, &broken);
    let generation = failed.error().generation_id().expect("an id");
    let remembered = client.remembered(generation).expect("remembered");
    assert!(!remembered.is_final && remembered.chunks.len() == 2);
    let issue = client.report(generation, &Report::new("fox")).expect("filed");
    assert_eq!(clip(&sandbox, &issue.id).1, samples(&remembered.file_bytes()[44..]));
}

#[test]
fn how_much_is_remembered_is_the_callers() {
    let sandbox = sandbox();
    let with = |generations, audio_bytes| {
        let remember = Remember {
            generations,
            audio_bytes,
        };
        Client::new(&config(&sandbox).remember(remember)).expect("a client")
    };
    let off = Client::new(&config(&sandbox).remember(Remember::OFF)).expect("a client");
    let id = hear(&off, &request("mp3")).summary().generation_id.clone();
    assert!(off.last_generations().is_empty());
    assert!(off.report(&id, &Report::new("fox")).is_err());

    let two = with(2, 1 << 20);
    let ids: Vec<_> = (0..3)
        .map(|_| hear(&two, &request("mp3")).summary().generation_id.clone())
        .collect();
    assert!(two.remembered(&ids[0]).is_none());
    assert!(two.remembered(&ids[1]).is_some() && two.remembered(&ids[2]).is_some());

    // Too much audio for its room: reported all the same.
    let little = with(2, 1000);
    let id = hear(&little, &request("s16le")).summary().generation_id.clone();
    let issue = report_at(&little, &id, 1.0);
    assert_eq!(issue.generated_text.as_deref(), Some(TEXT));
    assert_eq!(sandbox.issue_audio(&issue.id), None);
}

#[test]
fn what_would_be_filed_can_be_had_and_changed() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let id = hear(&client, &request("wav")).summary().generation_id.clone();
    let prepared: NewIssue = client.prepare_report(&id, &Report::new("fox").at(1.0)).expect("there");
    assert!(sandbox.requests().iter().all(|request| request.method != "POST"));
    let issue = NewIssue {
        additional_comments: Some("twice".to_owned()),
        ..prepared
    };
    assert_eq!(
        client
            .create_issue(&issue)
            .expect("filed")
            .additional_comments
            .as_deref(),
        Some("twice")
    );
}

/// The rate of bare samples is what was asked for; nobody knows it otherwise.
#[test]
fn bare_samples_of_an_unknown_rate_are_reported_without_a_clip() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let request = SpeechRequest {
        sample_rate: None,
        format: Format::S16le,
        ..request("s16le")
    };
    let id = hear(&client, &request).summary().generation_id.clone();
    let issue = report_at(&client, &id, 1.0);
    assert_eq!(issue.problem_seconds, Some(1.0));
    assert_eq!(sandbox.issue_audio(&issue.id), None);
}
