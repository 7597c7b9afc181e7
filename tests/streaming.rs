//! Speech as it streams: what arrives, in what order, and how a call ends.

mod support;

use std::ops::ControlFlow;
use std::time::Duration;

use support::*;
use voicewire::audio::Format;
use voicewire::deepdub::{AccentControl, SAMPLE_RATES, SpeechRequest};
use voicewire::{CallOptions, CancelToken, ErrorKind};
use voicewire_sandbox::{Options, Sandbox};

#[test]
fn chunks_arrive_in_order_and_the_last_is_marked() {
    let sandbox = sandbox();
    for format in ["wav", "s16le", "mulaw", "mp3", "opus"] {
        let heard = hear(&client(&sandbox), &request(format));
        let summary = heard.summary();
        assert!(
            heard.chunks.len() > 1,
            "{format}: the text is long enough for several chunks"
        );
        assert!(
            heard.indexes.iter().copied().eq(0..heard.indexes.len() as u64),
            "{format}: {:?}",
            heard.indexes
        );
        let (last, others) = heard.finals.split_last().expect("chunks");
        assert!(*last && !others.contains(&true), "{format}: {:?}", heard.finals);
        assert!(
            heard.chunks.iter().all(|chunk| !chunk.is_empty()),
            "{format}: the sandbox's last chunk has audio"
        );
        assert_eq!(summary.chunks, heard.chunks.len() as u64);
        assert_eq!(summary.bytes, heard.data().len() as u64);
        assert_eq!(summary.format.name(), format);
        assert!(
            summary
                .first_chunk
                .is_some_and(|first| summary.connect <= first && first <= summary.total)
        );
    }
}

#[test]
fn every_chunk_of_the_sandbox_is_delivered_byte_for_byte() {
    let sandbox = sandbox();
    let samples = hear(&client(&sandbox), &request("s16le")).data();
    let wav = hear(&client(&sandbox), &request("wav"));
    assert_eq!(wav.samples, samples, "the samples of WAV chunks are those of s16le");
    assert!(
        wav.chunks.iter().all(|chunk| chunk.starts_with(b"RIFF")),
        "as sent, headers included"
    );
    assert_eq!(wav.data().len(), samples.len() + 68 * wav.chunks.len());
    let mulaw = hear(&client(&sandbox), &request("mulaw"));
    assert_eq!(mulaw.samples, mulaw.data());
    assert_eq!(mulaw.samples.len() * 2, samples.len());
    assert!(
        hear(&client(&sandbox), &request("mp3")).samples.is_empty(),
        "compressed formats have no samples"
    );
}

#[test]
fn every_sample_rate_is_taken() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for rate in SAMPLE_RATES {
        let request = SpeechRequest {
            sample_rate: Some(rate),
            target_duration: Some(1.0),
            ..request("s16le")
        };
        assert_eq!(hear(&client, &request).data().len(), 2 * rate as usize, "{rate} Hz");
    }
}

#[test]
fn the_same_seed_gives_the_same_audio_and_another_does_not() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let with_seed = |seed| {
        hear(
            &client,
            &SpeechRequest {
                seed: Some(seed),
                ..request("mp3")
            },
        )
        .data()
    };
    assert_eq!(with_seed(1), with_seed(1));
    assert_ne!(with_seed(1), with_seed(2));
}

#[test]
fn every_parameter_reaches_the_service_under_its_name() {
    let sandbox = sandbox();
    let id = "4da9902b-9141-4fb7-9efb-d616ce266ed9";
    let everything = SpeechRequest {
        model: "dd-etts-3.2".to_owned(),
        locale: "fr-FR".to_owned(),
        generation_id: Some(id.to_owned()),
        sample_rate: Some(22050),
        tempo: Some(1.25),
        variance: Some(0.0),
        temperature: Some(1.0),
        seed: Some(-3),
        prompt_boost: Some(true),
        super_stretch: Some(false),
        realtime: Some(true),
        clean_audio: Some(false),
        auto_gain: Some(true),
        accent_control: Some(AccentControl {
            base_locale: "en-US".to_owned(),
            locale: "fr-FR".to_owned(),
            ratio: 0.75,
        }),
        performance_reference_prompt_id: Some("vp_reference".to_owned()),
        ..SpeechRequest::new("Bonjour « à tous » \"😀\"\n", "asset:vp_1")
    };
    let heard = hear(&client(&sandbox), &everything);
    assert_eq!(heard.summary().generation_id, id);
    let sent = |sandbox: &Sandbox| {
        sandbox
            .requests()
            .last()
            .and_then(|request| request.body.clone())
            .expect("a body")
    };
    assert_eq!(
        sent(&sandbox),
        serde_json::json!({
            "action": "text-to-speech", "targetText": "Bonjour « à tous » \"😀\"\n", "voicePromptId": "asset:vp_1",
            "model": "dd-etts-3.2", "locale": "fr-FR", "format": "mp3", "generationId": id, "sampleRate": 22050,
            "tempo": 1.25, "variance": 0.0, "temperature": 1.0, "seed": -3, "promptBoost": true,
            "superStretch": false, "realtime": true, "cleanAudio": false, "autoGain": true,
            "accentControl": {"accentBaseLocale": "en-US", "accentLocale": "fr-FR", "accentRatio": 0.75},
            "performanceReferencePromptId": "vp_reference",
        })
    );

    let least = SpeechRequest {
        target_duration: Some(1.5),
        ..SpeechRequest::new("Hello.", "vp_1")
    };
    let heard = hear(&client(&sandbox), &least);
    assert_eq!(
        sent(&sandbox),
        serde_json::json!({
            "action": "text-to-speech", "targetText": "Hello.", "voicePromptId": "vp_1", "model": "dd-etts-3.0",
            "locale": "en-US", "format": "mp3", "generationId": heard.summary().generation_id, "targetDuration": 1.5,
        }),
        "what is not given is not sent, but for the format"
    );
}

#[test]
fn a_generation_id_is_made_where_none_is_given() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let (one, two) = (hear(&client, &request("mp3")), hear(&client, &request("mp3")));
    assert_ne!(one.summary().generation_id, two.summary().generation_id);
    assert_eq!(sandbox.generations()[0].id, one.summary().generation_id);
    let error = fail(&client, "error=InvalidInput");
    assert_eq!(
        error.generation_id(),
        Some(sandbox.generations()[2].id.as_str()),
        "also when it fails"
    );
}

#[test]
fn what_the_service_may_do_changes_nothing_of_the_audio() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let plain = hear(&client, &request("s16le")).data();
    let odd = [
        "binary",
        "escape",
        "empty-final",
        "no-ack",
        "no-index",
        "extra",
        "ping",
        "fragment",
        "duplicate=0",
        "duplicate=2",
        "swap=1",
        "binary,escape,extra,ping,fragment,empty-final,duplicate=1,swap=2",
    ];
    for fault in odd {
        let heard = hear(&client, &faulty("s16le", fault));
        assert_eq!(heard.data(), plain, "{fault}: {:?}", heard.result);
        assert!(
            heard.indexes.iter().copied().eq(0..heard.indexes.len() as u64),
            "{fault}: {:?}",
            heard.indexes
        );
        assert_eq!(heard.finals.iter().filter(|last| **last).count(), 1, "{fault}");
        assert_eq!(heard.finals.last(), Some(&true), "{fault}");
    }
}

#[test]
fn final_chunk_audio_is_delivered_and_an_empty_final_chunk_ends_the_generation() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let with_audio = hear(&client, &request("s16le"));
    assert!(with_audio.chunks.last().is_some_and(|last| !last.is_empty()));
    let empty = hear(&client, &faulty("s16le", "empty-final"));
    assert!(empty.chunks.last().is_some_and(Vec::is_empty));
    assert_eq!(empty.data(), with_audio.data());
    assert_eq!(
        empty.summary().chunks,
        with_audio.summary().chunks,
        "chunks with audio are counted"
    );
}

#[test]
fn duplicates_are_dropped_and_counted() {
    let sandbox = sandbox();
    assert_eq!(
        hear(&client(&sandbox), &faulty("s16le", "duplicate=1"))
            .summary()
            .duplicates,
        1
    );
    assert_eq!(hear(&client(&sandbox), &request("s16le")).summary().duplicates, 0);
}

#[test]
fn wav_samples_are_found_whatever_the_headers_say() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let samples = hear(&client, &request("s16le")).data();
    for fault in [
        "wav-lengths=0",
        "wav-lengths=ffffffff",
        "wav-header=first",
        "wav-header=first,wav-lengths=ffffffff",
    ] {
        assert_eq!(hear(&client, &faulty("wav", fault)).samples, samples, "{fault}");
    }
}

#[test]
fn breaking_from_the_callback_ends_the_call_and_the_generation() {
    // Slow enough that there is something left to stop.
    let sandbox = Sandbox::start(Options { pace: 2.0, ..options() }).expect("the sandbox starts");
    let mut chunks = 0;
    let error = client(&sandbox)
        .stream_tts(&request("s16le"), |_| {
            chunks += 1;
            if chunks == 2 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
        .expect_err("stopped");
    assert_kind(&error, ErrorKind::Cancelled);
    assert_eq!(error.received().map(|received| received.chunks), Some(2));
    assert_eq!(chunks, 2, "the callback is not called again");
    assert!(
        sandbox.wait_until_idle(Duration::from_secs(10)),
        "the connection is closed"
    );
}

#[test]
fn the_time_that_the_caller_takes_is_not_the_service_s() {
    let sandbox = sandbox();
    let limit = Duration::from_secs(4);
    let client = hasty_client(&sandbox, |timeouts| {
        (timeouts.total, timeouts.between_chunks) = (Some(limit), Some(limit))
    });
    let mut slept = false;
    let result = client.stream_tts(&request("s16le"), |_| {
        if !slept {
            std::thread::sleep(limit + limit / 4);
        }
        slept = true;
        ControlFlow::Continue(())
    });
    result.expect("all of it was there in time");
}

#[test]
#[cfg(target_os = "linux")]
fn a_fork_leaves_its_parent_s_connections_alone() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let plain = hear(&client, &request("s16le")).data();
    let mut stream = client
        .open_stream(&request("s16le"), &CallOptions::new())
        .expect("opens");
    let mut data = stream.next_chunk().expect("a chunk").expect("a chunk").data.to_vec();
    // SAFETY: the child does nothing that needs the threads it does not have: it asks for a chunk, which is refused
    // before any system call, drops the stream and ends.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let refused = stream.next_chunk().is_err();
        drop(stream);
        // SAFETY: ends the process without running anything else.
        unsafe { libc::_exit(i32::from(!refused)) };
    }
    let mut status = 0;
    // SAFETY: a child of this process, and a place for its status.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert_eq!(status, 0, "the child may not read");
    while let Some(chunk) = stream.next_chunk().expect("the connection is whole") {
        data.extend_from_slice(chunk.data);
    }
    assert_eq!(data, plain);
}

#[test]
fn breaking_at_the_last_chunk_is_a_success() {
    let sandbox = sandbox();
    let last = |chunk: voicewire::deepdub::Chunk<'_>| {
        if chunk.is_final {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    assert!(client(&sandbox).stream_tts(&request("mp3"), last).is_ok());
}

#[test]
fn a_stream_hands_out_chunks_when_asked_and_then_none() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let mut stream = client
        .open_stream(&request("s16le"), &CallOptions::new())
        .expect("opens");
    let mut data = Vec::new();
    while let Some(chunk) = stream.next_chunk().expect("no failure") {
        data.extend_from_slice(chunk.data);
    }
    assert!(stream.next_chunk().expect("still none").is_none());
    assert_eq!(data, hear(&client, &request("s16le")).data());
    assert_eq!(stream.summary().bytes, data.len() as u64);
    assert_eq!(
        stream.summary().total,
        stream.summary().total,
        "the clock stands still when the generation has ended"
    );
}

#[test]
fn a_stream_that_failed_says_so_again() {
    let sandbox = sandbox();
    let mut stream = client(&sandbox)
        .open_stream(&faulty("s16le", "drop,after=1"), &CallOptions::new())
        .expect("opens");
    assert!(stream.next_chunk().expect("a chunk").is_some());
    for _ in 0..2 {
        assert_kind(&stream.next_chunk().expect_err("lost"), ErrorKind::Network);
    }
}

#[test]
fn dropping_a_stream_closes_the_connection() {
    let sandbox = Sandbox::start(Options { pace: 1.0, ..options() }).expect("the sandbox starts");
    let mut stream = client(&sandbox)
        .open_stream(&request("s16le"), &CallOptions::new())
        .expect("opens");
    assert!(stream.next_chunk().expect("a chunk").is_some());
    assert_eq!(sandbox.open_connections(), 1);
    drop(stream);
    assert!(sandbox.wait_until_idle(Duration::from_secs(10)));
}

#[test]
fn a_token_ends_a_waiting_call_from_another_thread() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    for fault in ["stall", "stall,after=1"] {
        let token = CancelToken::new();
        let options = CallOptions::new().cancel(&token);
        let mut stream = client.open_stream(&faulty("s16le", fault), &options).expect("opens");
        let ended = std::thread::scope(|scope| {
            scope.spawn(|| token.cancel());
            loop {
                match stream.next_chunk() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("it does not finish"),
                    Err(error) => break error,
                }
            }
        });
        assert_kind(&ended, ErrorKind::Cancelled);
    }
    let token = CancelToken::new();
    token.cancel();
    let requests = sandbox.requests().len();
    let error = client
        .open_stream(&request("mp3"), &CallOptions::new().cancel(&token))
        .expect_err("cancelled before");
    assert_kind(&error, ErrorKind::Cancelled);
    assert_eq!(sandbox.requests().len(), requests, "nothing is sent");
    assert!(sandbox.wait_until_idle(Duration::from_secs(10)));
}

#[test]
fn an_interrupt_check_ends_a_waiting_call() {
    let sandbox = sandbox();
    let options = CallOptions::new().interrupt(|| true);
    let mut stream = client(&sandbox)
        .open_stream(&faulty("s16le", "stall"), &options)
        .expect("opens");
    assert_kind(&stream.next_chunk().expect_err("interrupted"), ErrorKind::Cancelled);
}

#[test]
fn closing_a_client_ends_its_calls() {
    let sandbox = sandbox();
    let client = client(&sandbox);
    let mut stream = client
        .open_stream(&faulty("s16le", "stall"), &CallOptions::new())
        .expect("opens");
    client.close();
    assert_kind(&stream.next_chunk().expect_err("ended"), ErrorKind::Cancelled);
    assert_kind(&client.get_issue("iss_1").expect_err("ended"), ErrorKind::Cancelled);
}

#[test]
fn one_client_serves_many_threads() {
    let sandbox = Sandbox::start(Options {
        max_concurrent: 16,
        ..options()
    })
    .expect("the sandbox starts");
    let client = client(&sandbox);
    let expected = hear(&client, &request("s16le")).data();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| assert_eq!(hear(&client, &request("s16le")).data(), expected));
        }
    });
}

#[test]
fn the_handshake_carries_the_key_in_its_header_or_if_asked_in_its_url() {
    let sandbox = Sandbox::start(Options {
        keys: vec!["dd-the-one-key".to_owned()],
        ..options()
    })
    .expect("starts");
    let mut config = config(&sandbox);
    assert!(
        hear(
            &voicewire::deepdub::Client::new(&config).expect("good"),
            &request("mp3")
        )
        .result
        .is_ok()
    );
    config.key_in_query = true;
    assert!(
        hear(
            &voicewire::deepdub::Client::new(&config).expect("good"),
            &request("mp3")
        )
        .result
        .is_ok()
    );
    let wrong = config.api_key("dd-another-key");
    let error = hear(&voicewire::deepdub::Client::new(&wrong).expect("good"), &request("mp3"))
        .result
        .expect_err("refused");
    assert_kind(&error, ErrorKind::Unauthorized);
}

#[test]
fn formats_have_the_services_names() {
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>().expect("known"), format);
    }
    assert_kind(
        &"flac".parse::<Format>().expect_err("unknown"),
        ErrorKind::InvalidArgument,
    );
}
