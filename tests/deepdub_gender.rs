//! Gender classification, in all its ways.

mod support;

use serde_json::json;
use support::http::Directory;
use support::rest::{kind_of, voice};
use support::*;
use voicewire::ErrorKind;
use voicewire::audio::{Format, decode};
use voicewire::deepdub::{Clip, SpeakerGender};

#[test]
fn a_speaker_is_classified_in_all_ways() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let directory = Directory::new();
    for (pitch, gender) in [(110.0, SpeakerGender::Male), (230.0, SpeakerGender::Female)] {
        let file = voice(pitch, 1.5);
        let path = directory.join("me.wav");
        std::fs::write(&path, &file).expect("written");
        let by_data = client.classify_gender(&Clip::Bytes(file.clone())).expect("classified");
        let by_upload = client.classify_gender_upload(&path).expect("classified");
        let live = client.classify_gender_live(&Clip::File(path)).expect("classified");
        let live_bytes = client.classify_gender_live(&Clip::Bytes(file)).expect("classified");
        assert_eq!(by_data.duration_seconds, Some(1.5));
        assert_eq!(by_upload.duration_seconds, Some(1.5));
        assert_eq!(live.duration_seconds, Some(1.0), "one second is sent");
        for one in [by_data, by_upload, live, live_bytes] {
            assert_eq!(one.predicted_gender, Some(gender.clone()));
            assert!(one.confidence.is_some_and(|confidence| confidence > 0.9));
            let scores = one.prediction.expect("told");
            assert!((scores.female.expect("told") + scores.male.expect("told") - 1.0).abs() < 1e-9);
        }
    }
    let sent = sandbox.requests();
    let upload = sent.iter().find(|asked| asked.path.ends_with("/upload")).expect("sent");
    let body = upload.body.clone().expect("a form");
    assert_eq!(body["file"]["file_name"], "me.wav", "{body}");
    let message = sent.iter().find(|asked| asked.method == "WS").expect("sent");
    let body = message.body.clone().expect("JSON");
    // A second of samples behind a header, in base64: the service is not trusted with cutting it.
    let audio = body["audio"].as_str().expect("base64");
    assert_eq!(audio.len(), (44_usize + 2 * 16_000).div_ceil(3) * 4);
    assert_eq!(
        (&body["action"], &body["sample_rate"]),
        (&json!("gender-classify"), &json!(16000))
    );
}

#[test]
fn one_second_is_cut_out_of_whatever_is_encoded() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for format in ["mp3", "opus", "wav"] {
        let spoken = hear(&client, &request(format)).data();
        let spoken =
            voicewire::audio::joined_file_bytes(format.parse().expect("a format"), 16_000, &spoken).expect("a file");
        let whole = decode::<i16>(Format::Wav, 0, &spoken, voicewire::audio::Output::new(16_000, 1)).expect("audio");
        assert!(whole.samples.len() > 16_000);
        let live = client.classify_gender_live(&Clip::Bytes(spoken)).expect("classified");
        assert_eq!(live.duration_seconds, Some(1.0), "{format}");
    }
    let short = client
        .classify_gender_live(&Clip::Bytes(voice(110.0, 0.25)))
        .expect("classified");
    assert_eq!(short.duration_seconds, Some(0.25));
}

#[test]
fn what_is_no_audio_cannot_be_classified() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let directory = Directory::new();
    let text = directory.join("text.wav");
    std::fs::write(
        &text,
        "This is no audio at all, but a text that is long enough to be looked at.",
    )
    .expect("written");
    let empty = directory.join("empty.wav");
    std::fs::write(&empty, "").expect("written");
    // Nothing of these is sent.
    assert_eq!(
        kind_of(client.classify_gender_live(&Clip::File(text.clone()))),
        ErrorKind::BadAudio
    );
    for clip in [Clip::Bytes(Vec::new()), Clip::File(empty.clone())] {
        assert_eq!(kind_of(client.classify_gender_live(&clip)), ErrorKind::InvalidArgument);
        assert_eq!(kind_of(client.classify_gender(&clip)), ErrorKind::InvalidArgument);
    }
    assert_eq!(
        kind_of(client.classify_gender_upload(&empty)),
        ErrorKind::InvalidArgument
    );
    assert_eq!(kind_of(client.classify_gender_upload(&directory.0)), ErrorKind::File);
    assert_eq!(kind_of(client.classify_gender_at(" ")), ErrorKind::InvalidArgument);
    assert!(sandbox.requests().is_empty());
    // The service says of these what it makes of them.
    for error in [
        client.classify_gender(&Clip::File(text.clone())).expect_err("refused"),
        client.classify_gender_upload(&text).expect_err("refused"),
        client
            .classify_gender_at("https://example.com/none.wav")
            .expect_err("refused"),
    ] {
        assert_kind(&error, ErrorKind::RejectedInput);
        assert!(
            error.message().starts_with("Bad request: "),
            "with the details: {error}"
        );
    }
}
