//! Messages that no service should send: whatever comes, an error or audio, never a panic.

mod support;

use support::assert_kind;
use voicewire::ErrorKind;
use voicewire::audio::Format;
use voicewire::deepdub::Generation;

const ID: &str = "4da9902b-9141-4fb7-9efb-d616ce266ed9";

fn generation() -> Generation {
    Generation::new(ID, Format::S16le, 1 << 20)
}

fn chunk(index: u64, data: &str, last: bool) -> String {
    format!(r#"{{"index":{index},"generationId":"{ID}","data":"{data}","isFinished":{last}}}"#)
}

#[test]
fn the_documented_stream_is_read() {
    let mut generation = generation();
    assert!(
        !generation
            .accept_text(&format!(r#"{{"data":"","generationId":"{ID}","isFinished":false}}"#))
            .expect("fine")
    );
    assert!(generation.accept_text(&chunk(0, "AAEC", false)).expect("fine"));
    assert_eq!(generation.chunk().data, [0, 1, 2]);
    assert!(generation.accept_text(&chunk(1, "Aw==", true)).expect("fine"));
    let last = generation.chunk();
    assert_eq!(
        (last.data, last.index, last.is_final, last.generation_id),
        (&[3][..], 1, true, ID)
    );
    assert!(generation.is_finished());
}

#[test]
fn unusual_spellings_are_read() {
    let spellings = [
        format!(
            r#"{{"generationId":"{}","index":0,"data":"AAEC","isFinished":null,"error":null,"errorType":""}}"#,
            ID.to_uppercase()
        ),
        r#"{"index":0,"data":"AAEC"}"#.to_owned(),
        r#"{"data":"A\u0041EC"}"#.to_owned(),
        r#"{"index":0,"data":"AAEC","nested":{"data":"x","error":"y"},"list":[1,[2]]}"#.to_owned(),
        "\n { \"index\" : 0 , \"data\" : \"AAEC\" } \r\n".to_owned(),
    ];
    for text in spellings {
        let mut generation = generation();
        assert!(generation.accept_text(&text).expect("fine"), "{text}");
        assert_eq!(generation.chunk().data, [0, 1, 2], "{text}");
        let mut generation = self::generation();
        assert!(generation.accept_binary(text.as_bytes()).expect("fine"), "{text}");
    }
    // A language with one kind of number writes it like this.
    let mut floating = generation();
    for index in ["0.0", "1.0"] {
        let text = format!(r#"{{"index":{index},"data":"AAEC"}}"#);
        assert!(floating.accept_text(&text).expect("fine"), "{text}");
    }
    let mut generation = generation();
    assert!(
        generation
            .accept_text(&chunk(0, "//8", true))
            .expect("padding may be left out")
    );
    assert_eq!(generation.chunk().data, [255, 255]);
}

#[test]
fn a_gateway_s_own_error_is_an_error() {
    let message = r#"{"message": "Internal server error", "connectionId":"x", "requestId":"y"}"#;
    let error = generation().accept_text(message).expect_err("an error");
    assert_kind(&error, ErrorKind::Server);
    assert_eq!(error.message(), "Internal server error");
    let structured = r#"{"error":{"code":7,"reason":"overload"},"errorType":"Overload"}"#;
    let error = generation().accept_text(structured).expect_err("an error");
    assert_kind(&error, ErrorKind::Server);
    assert_eq!(
        (error.message(), error.vendor_type()),
        ("code: 7, reason: overload", Some("Overload"))
    );
}

#[test]
fn an_error_is_one_in_whatever_words() {
    let said = [
        (
            r#"{"error":["no voice","no text"],"errorType":"InvalidInput"}"#,
            ErrorKind::RejectedInput,
            "no voice; no text",
        ),
        (r#"{"error":1.5}"#, ErrorKind::Server, "1.5"),
        (r#"{"action":"error"}"#, ErrorKind::Server, "the service gave no reason"),
    ];
    for (text, kind, message) in said {
        let error = generation().accept_text(text).expect_err("an error");
        assert_kind(&error, kind);
        assert_eq!(error.message(), message);
    }
}

#[test]
fn what_is_no_object_is_no_message() {
    // Not even with the fields in their order.
    for text in [
        "[]",
        " [1]",
        r#"["x", 0, "AAEC", true]"#,
        "17",
        "null",
        r#""text""#,
        r#"{"index":0.5,"data":""}"#,
    ] {
        let error = generation().accept_text(text).expect_err("no message");
        assert_kind(&error, ErrorKind::Protocol);
        assert!(!error.message().contains("struct"), "{error}");
        assert!(generation().accept_binary(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn chunks_of_another_generation_are_passed_over() {
    let mut generation = generation();
    let other = r#"{"index":0,"generationId":"00000000-0000-4000-8000-000000000000","data":"AAEC","isFinished":true}"#;
    assert!(!generation.accept_text(other).expect("fine"));
    let other = r#"{"error":"no","errorType":"RateLimit","generationId":"00000000-0000-4000-8000-000000000000"}"#;
    assert!(!generation.accept_text(other).expect("fine"));
    assert!(generation.accept_text(&chunk(0, "AAEC", true)).expect("fine"));
}

#[test]
fn chunks_that_come_early_wait_for_their_turn() {
    let mut generation = generation();
    assert!(!generation.accept_text(&chunk(2, "AAI=", false)).expect("kept"));
    assert!(!generation.accept_text(&chunk(1, "AAE=", false)).expect("kept"));
    assert!(!generation.accept_text(&chunk(1, "AAE=", false)).expect("a duplicate"));
    assert!(generation.accept_text(&chunk(0, "AAA=", false)).expect("due"));
    let mut seen = vec![generation.chunk().data.to_vec()];
    while generation.accept_held() {
        seen.push(generation.chunk().data.to_vec());
    }
    assert_eq!(seen, [[0, 0], [0, 1], [0, 2]]);
    assert_eq!(generation.duplicates(), 1);
    assert!(generation.accept_text(&chunk(3, "", true)).expect("the end"));
}

#[test]
fn a_last_message_that_repeats_an_index_is_still_the_last() {
    let mut complete = generation();
    assert!(complete.accept_text(&chunk(0, "AAA=", false)).expect("due"));
    assert!(complete.accept_text(&chunk(0, "AAA=", true)).expect("the end"));
    assert!(complete.is_finished() && complete.chunk().data.is_empty());

    let mut with_a_gap = generation();
    assert!(with_a_gap.accept_text(&chunk(0, "AAA=", false)).expect("due"));
    assert!(!with_a_gap.accept_text(&chunk(2, "AAI=", false)).expect("kept"));
    let error = with_a_gap
        .accept_text(&chunk(0, "AAA=", true))
        .expect_err("chunk 1 never came");
    assert!(error.message().contains("chunk 1 is missing"), "{error}");
}

#[test]
fn what_waits_is_bounded() {
    let mut many = generation();
    let refused = (1..)
        .find_map(|index| many.accept_text(&chunk(index, "AAAA", false)).err())
        .expect("at some point");
    assert!(refused.message().contains("chunk 0 is missing"), "{refused}");
    let mut large = Generation::new(ID, Format::S16le, 3000);
    large.accept_text(&chunk(1, &"A".repeat(4000), false)).expect("fits");
    assert!(large.accept_text(&chunk(2, "AAAA", false)).is_err());
}

/// Random changes to good messages, the same at each run.
#[test]
fn altered_messages_never_panic() {
    let good = [
        chunk(0, "AAECAwQFBgc=", false),
        chunk(1, "AAECAwQFBgc=", true),
        format!(r#"{{"error":"Rate \"limit\" \u00e9 exceeded","errorType":"RateLimit","generationId":"{ID}"}}"#),
        format!(r#"{{"data":"","generationId":"{ID}","isFinished":false}}"#),
    ];
    let mut state = 0x9E37_79B9_7F4A_7C15u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below as u64) as usize
    };
    let (mut audio, mut errors) = (0, 0);
    for round in 0..20_000 {
        let mut generation = generation();
        for _ in 0..3 {
            let mut bytes = good[random(good.len())].clone().into_bytes();
            for _ in 0..random(4) {
                let at = random(bytes.len());
                match random(4) {
                    0 => bytes[at] = random(256) as u8,
                    1 => bytes.insert(at, b"{}[]\",:0\\"[random(9)]),
                    2 => bytes.truncate(at + 1),
                    _ => drop(bytes.remove(at)),
                }
                if bytes.is_empty() {
                    bytes.push(b' ');
                }
            }
            let result = match std::str::from_utf8(&bytes) {
                Ok(text) if round % 2 == 0 => generation.accept_text(text),
                _ => generation.accept_binary(&bytes),
            };
            match result {
                Ok(true) => {
                    audio += 1;
                    let chunk = generation.chunk();
                    assert!(chunk.data.len() <= bytes.len() && !chunk.samples().is_empty() || chunk.is_final);
                    while generation.accept_held() {}
                }
                Ok(false) => {}
                Err(_) => errors += 1,
            }
        }
    }
    assert!(audio > 1000 && errors > 1000, "both ways are taken: {audio}, {errors}");
}
