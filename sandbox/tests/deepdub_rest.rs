//! Deepdub's REST paths beyond speech and issues: voices, gender, usage, capacity, speech as a file.

mod support;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use support::api::{Api, Part, samples, text, wav};
use support::{Answer, Client, joined, request, start};
use voicewire_sandbox::Outcome;

/// Asserts a refusal in the vendor's shape, and gives its message.
fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", String::from_utf8_lossy(&answer.bytes));
    let body = answer.json();
    assert_eq!(body["success"], false);
    text(&body["message"]).to_owned()
}

fn voice(fields: Value) -> Value {
    let mut voice = json!({"filename": "me.wav", "data": STANDARD.encode(wav(150.0, 0.5))});
    voice
        .as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    voice
}

#[test]
fn a_voice_lives_from_its_upload_to_its_deletion() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    let fields =
        json!({"title": "Narrator", "locale": "en-GB", "gender": "female", "age": 35, "speaking_style": "calm"});
    let made = api.ok("POST", "/api/v1/voice", Some(voice(fields)));
    let id = text(&made["response"]["voice_prompt_id"]).to_owned();
    assert!(id.starts_with("vp_"), "{id}");
    let path = format!("/api/v1/voice/{id}");
    let prompt = api.ok("GET", &path, None)["prompt"].clone();
    assert_eq!(
        (&prompt["title"], &prompt["gender"]),
        (&json!("Narrator"), &json!("FEMALE"))
    );
    assert_eq!(prompt["speakingStyle"], "calm");
    let all = api.ok("GET", "/api/v1/voice", None)["voicePrompts"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(all.last(), Some(&prompt));
    // Empty fields change nothing.
    let change = json!({"id": id, "name": "Teller", "locale": "", "gender": "MALE"});
    let changed = api.ok("PUT", "/api/v1/voice", Some(change))["prompt"].clone();
    assert_eq!(
        (&changed["name"], &changed["locale"]),
        (&json!("Teller"), &json!("en-GB"))
    );
    assert_eq!(api.ok("GET", &path, None)["prompt"], changed);
    assert_eq!(api.ok("DELETE", &path, None)["success"], true);
    for answer in [
        api.get(&path),
        api.delete(&path),
        api.send("PUT", "/api/v1/voice", Some(json!({"id": id}))),
    ] {
        assert_eq!(refused(&answer, 404), "Voice prompt not found");
    }
}

#[test]
fn what_nobody_has_said_of_a_voice_is_not_there() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    let made = api.ok("POST", "/api/v1/voice", Some(voice(json!({}))));
    let path = format!("/api/v1/voice/{}", text(&made["response"]["voice_prompt_id"]));
    assert_eq!(api.ok("GET", &path, None)["prompt"].get("gender"), None);
}

#[test]
fn the_public_voices_speak_also_for_an_account_that_has_deleted_them() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    let voices = api.ok("GET", "/api/v1/voice", None)["voicePrompts"].clone();
    let id = text(&voices[0]["id"]);
    let path = format!("/api/v1/voice/{id}");
    api.ok("DELETE", &path, None);
    assert_eq!(refused(&api.get(&path), 404), "Voice prompt not found");
    let messages = Client::new(&sandbox).ask(json!({"voicePromptId": id}));
    assert!(!joined(&messages).is_empty());
}

#[test]
fn voices_are_an_accounts_own() {
    let sandbox = start();
    let made = Api::deepdub(&sandbox).ok("POST", "/api/v1/voice", Some(voice(json!({}))));
    let path = format!("/api/v1/voice/{}", text(&made["response"]["voice_prompt_id"]));
    let other = Api::nobody(&sandbox).with("x-api-key", "dd-somebody-else");
    assert_eq!(refused(&other.get(&path), 404), "Voice prompt not found");
    assert_eq!(
        refused(&Api::nobody(&sandbox).get(&path), 401),
        "Unauthorized: invalid or missing API key"
    );
}

#[test]
fn a_voice_that_is_not_valid_is_refused() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    let post = |body: Value| refused(&api.send("POST", "/api/v1/voice", Some(body)), 400);
    assert_eq!(post(json!({"filename": "x.wav"})), "missing required field 'data'");
    assert_eq!(post(voice(json!({"filename": ""}))), "filename must not be empty");
    assert_eq!(post(voice(json!({"data": "§"}))), "data must be audio in base64");
    assert_eq!(
        post(voice(json!({"data": STANDARD.encode("text")}))),
        "Invalid audio data"
    );
    assert_eq!(
        post(voice(json!({"gender": "robot"}))),
        "gender must be one of MALE, FEMALE, NON_BINARY"
    );
    assert_eq!(post(voice(json!({"age": -1}))), "age must be from 0 to 150");
    let mut big = wav(150.0, 0.1);
    big.resize((20 << 20) + 1, 0);
    assert_eq!(
        post(voice(json!({"data": STANDARD.encode(&big)}))),
        "Audio data exceeds 20 MB limit"
    );
    // Whatever does not even fit is read to its end, and refused in the same words.
    let huge = "A".repeat(48 << 20);
    assert_eq!(post(voice(json!({"data": huge}))), "Audio data exceeds 20 MB limit");
    big.pop();
    let body = voice(json!({"data": STANDARD.encode(&big)}));
    assert_eq!(api.send("POST", "/api/v1/voice", Some(body)).status, 200);
    let put = api.send("PUT", "/api/v1/voice", Some(json!({"name": "x"})));
    assert_eq!(refused(&put, 400), "Invalid request: voice prompt ID is required");
}

#[test]
fn voices_run_into_the_limit_of_an_account() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    let mut answer = api.send("POST", "/api/v1/voice", Some(voice(json!({}))));
    for _ in 0..100 {
        if answer.status != 200 {
            break;
        }
        answer = api.send("POST", "/api/v1/voice", Some(voice(json!({}))));
    }
    assert_eq!(refused(&answer, 403), "Voice prompt limit reached for your account");
}

#[test]
fn a_speaker_is_classified_in_all_ways() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    let path = "/api/v1/gender-detection/classify";
    for (pitch, gender) in [(110.0, "male"), (230.0, "female")] {
        let file = wav(pitch, 1.5);
        let by_data = api.ok("POST", path, Some(json!({"audio_base64": STANDARD.encode(&file)})));
        let by_file = api.upload(&format!("{path}/upload"), &[("file", Part::File("me.wav", &file))]);
        let mut client = Client::new(&sandbox);
        let raw: Vec<u8> = samples(&file).iter().flat_map(|sample| sample.to_le_bytes()).collect();
        let by_socket = [(&file, None), (&raw, Some(16000))].map(|(audio, rate)| {
            let id = "0e7c9c5e-3a8f-4f3f-9d53-0c9b1f7f2d11";
            client.send(&json!({
                "action": "gender-classify", "generationId": id,
                "audio": STANDARD.encode(audio), "sample_rate": rate,
            }));
            let answer = client.receive();
            // The vendor's client waits for it where messages without an id go.
            assert_eq!(answer.get("generationId"), None);
            // The first second only.
            assert_eq!(answer["duration_seconds"], 1.0);
            answer
        });
        assert_eq!(by_data["duration_seconds"], 1.5);
        for answer in [&by_data, &by_file.json(), &by_socket[0], &by_socket[1]] {
            assert_eq!(answer["predicted_gender"], gender, "{answer}");
            let confidence = answer["confidence"].as_f64().unwrap();
            assert!(confidence > 0.9 && confidence <= 1.0);
            assert_eq!(answer["prediction"][gender], answer["confidence"]);
        }
    }
}

#[test]
fn an_upload_that_is_not_kept_whole_is_as_long_as_it_is() {
    let sandbox = start();
    let (minute, minutes) = (wav(110.0, 60.0), 24);
    let mut file = minute.clone();
    for _ in 1..minutes {
        file.extend_from_slice(&minute[44..]);
    }
    let bytes = (file.len() - 44) as u32;
    file[4..8].copy_from_slice(&(bytes + 36).to_le_bytes());
    file[40..44].copy_from_slice(&bytes.to_le_bytes());
    assert!(file.len() > 32 << 20);
    let path = "/api/v1/gender-detection/classify/upload";
    let answer = Api::deepdub(&sandbox).upload(path, &[("file", Part::File("me.wav", &file))]);
    let seconds = answer.json()["duration_seconds"].as_f64().unwrap();
    assert!((seconds - f64::from(minutes) * 60.0).abs() < 0.1, "{seconds}");
}

#[test]
fn a_speaker_is_classified_by_an_address_that_the_sandbox_gave_out() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    let spoken = api.ok(
        "POST",
        "/api/v1/tts/retroactive",
        Some(request(json!({"format": "wav"}))),
    );
    let path = "/api/v1/gender-detection/classify";
    let answer = api.ok("POST", path, Some(json!({"audio_url": spoken["url"]})));
    assert!(answer["duration_seconds"].as_f64().unwrap() > 1.0);
}

#[test]
fn classification_is_refused_in_words_of_its_own() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    let path = "/api/v1/gender-detection/classify";
    for (body, detail) in [
        (json!({}), "Either audio_url or audio_base64 must be provided"),
        (json!({"audio_base64": "§"}), "audio_base64 is not base64"),
        (
            json!({"audio_base64": STANDARD.encode("text")}),
            "The audio cannot be decoded",
        ),
        (
            json!({"audio_url": "https://example.com/voice.wav"}),
            "audio_url cannot be fetched",
        ),
    ] {
        let answer = api.send("POST", path, Some(body));
        assert_eq!(
            (answer.status, answer.json()),
            (400, json!({"error": "Bad request", "detail": detail}))
        );
    }
    let nothing = api.upload(&format!("{path}/upload"), &[("other", Part::Text("x"))]);
    assert_eq!(
        nothing.json(),
        json!({"error": "Bad request", "detail": "No file uploaded"})
    );
    let nobody = Api::nobody(&sandbox).send("POST", path, Some(json!({})));
    let unauthorized = json!({"error": "Unauthorized", "detail": "Invalid or missing API key"});
    assert_eq!((nobody.status, nobody.json()), (401, unauthorized));
    let mut client = Client::new(&sandbox);
    let bad = json!({"action": "gender-classify", "generationId": "7", "audio": "AAAA"});
    let refusal = client.refused(&bad);
    assert_eq!(
        (&refusal["errorType"], refusal.get("generationId")),
        (&json!("InvalidInput"), None)
    );
}

#[test]
fn speech_as_a_file_is_what_its_address_leads_to() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    let nobody = Api::nobody(&sandbox);
    for format in ["wav", "s16le", "mulaw", "mp3"] {
        let answer = api.ok(
            "POST",
            "/api/v1/tts/retroactive",
            Some(request(json!({"format": format}))),
        );
        let file = nobody.get(text(&answer["url"]));
        assert_eq!(file.status, 200);
        let open = Client::new(&sandbox).ask(json!({"format": format}));
        match format {
            "wav" => {
                let pieces: Vec<i16> = open
                    .iter()
                    .filter(|m| m["data"] != "")
                    .flat_map(|m| samples(&support::audio(m)))
                    .collect();
                assert!(samples(&file.bytes) == pieces);
            }
            _ => assert!(file.bytes == support::joined(&open), "{format}"),
        }
    }
    assert!(
        sandbox
            .generations()
            .iter()
            .all(|generation| generation.outcome == Outcome::Finished)
    );
    let bad = api.send(
        "POST",
        "/api/v1/tts/retroactive",
        Some(request(json!({"targetText": ""}))),
    );
    assert_eq!(refused(&bad, 400), "Invalid request: targetText must not be empty");
    let faulty = request(json!({"voicePromptId": "fault:error=InsufficientCredits"}));
    refused(&api.send("POST", "/api/v1/tts/retroactive", Some(faulty)), 402);
}

#[test]
fn usage_is_what_has_been_spoken() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    let range = "from=2026-01-01&to=2026-12-31";
    let year = api.ok("GET", &format!("/api/v1/usage/concurrent?{range}"), None);
    assert_eq!(year["items"], json!([]));
    let speech = api.send(
        "POST",
        "/api/v1/tts",
        Some(request(json!({"format": "mulaw", "targetDuration": 2}))),
    );
    assert_eq!(speech.status, 200);
    Client::new(&sandbox).ask(json!({"model": "dd-etts-2.5", "targetDuration": 3}));
    let (from, to) = around_today();
    let path = |more: &str| format!("/api/v1/usage/concurrent{more}from={from}&to={to}");
    let daily = api.ok("GET", &path("?"), None);
    assert_eq!((&daily["from"], &daily["to"]), (&json!(from), &json!(to)));
    let items = daily["items"].as_array().unwrap();
    let seconds = |row: &Value| row["usageSecondsTimesSize"].as_f64().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["modelId"], "dd-etts-2.5");
    assert!(
        (seconds(&items[0]) - 3.0).abs() < 0.01 && (seconds(&items[1]) - 2.0).abs() < 0.01,
        "{daily}"
    );
    let one = api.ok("GET", &path("?model_id=dd-etts-3.0&"), None);
    assert_eq!(one["items"].as_array().unwrap().len(), 1);
    assert_eq!(api.ok("GET", &path("?region=eu-west-1&"), None)["items"], json!([]));
    let models = api.ok("GET", &path("/by-model?"), None);
    assert_eq!(models["items"].as_array().unwrap().len(), 2);
    assert_eq!(models["items"][0]["daysWithUsage"], 1);
    let other = Api::nobody(&sandbox).with("x-api-key", "dd-somebody-else");
    assert_eq!(other.ok("GET", &path("?"), None)["items"], json!([]));
}

/// A day before and a day after, whatever the clock says while this runs.
fn around_today() -> (String, String) {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let day = |offset: i64| {
        // Days since 0000-03-01, as the calendar repeats after 400 years.
        let days = now.as_secs() as i64 / 86400 + offset + 719_468;
        let era = days / 146_097;
        let of_era = days % 146_097;
        let year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let month = if month < 10 { month + 3 } else { month - 9 };
        let year = year + era * 400 + i64::from(month <= 2);
        format!("{year:04}-{month:02}-{day:02}")
    };
    (day(-1), day(1))
}

#[test]
fn a_range_of_days_that_is_none_is_refused() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    for path in ["/api/v1/usage/concurrent", "/api/v1/usage/concurrent/by-model"] {
        for (query, message) in [
            ("to=2026-05-01", "from is required"),
            ("from=2026-05-01", "to is required"),
            ("from=May&to=2026-05-01", "from must be a date, as 2026-05-01"),
            ("from=2026-5-1&to=2026-05-01", "from must be a date, as 2026-05-01"),
            ("from=2026-02-30&to=2026-05-01", "from must be a date, as 2026-05-01"),
            ("from=2026-05-02&to=2026-05-01", "to must be on or after from"),
            ("from=2026-01-01&to=2027-01-02", "the range must be of 366 days at most"),
        ] {
            assert_eq!(refused(&api.get(&format!("{path}?{query}")), 400), message, "{query}");
        }
        assert_eq!(api.get(&format!("{path}?from=2026-01-01&to=2027-01-01")).status, 200);
        refused(&Api::nobody(&sandbox).get(path), 401);
    }
}

#[test]
fn capacity_is_read_and_set_by_model() {
    let sandbox = start();
    let api = Api::deepdub(&sandbox);
    let path = "/api/v1/concurrent_connections/dd-etts-3.0";
    let rest = json!({"concurrent_connections": 0, "desired_concurrent_connections": 5});
    assert_eq!(api.ok("GET", path, None)["data"], rest);
    let mut client = Client::new(&sandbox);
    client.send(&request(json!({"voicePromptId": "fault:stall,after=0"})));
    client.receive();
    let set = api.ok("PUT", path, Some(json!({"size": 7})));
    assert_eq!(
        set["data"],
        json!({"concurrent_connections": 1, "desired_concurrent_connections": 7})
    );
    assert_eq!(set["success"], true);
    let batch = api.ok(
        "GET",
        "/api/v1/concurrent_connections/batch?model_ids=dd-etts-3.0,dd-etts-2.5",
        None,
    );
    let sizes: Vec<&Value> = batch["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["desired_concurrent_connections"])
        .collect();
    assert_eq!(sizes, [7, 5]);
    for size in [
        json!({}),
        json!({"size": -1}),
        json!({"size": "5"}),
        json!({"size": 1.5}),
    ] {
        assert_eq!(
            refused(&api.send("PUT", path, Some(size)), 400),
            "Invalid size parameter"
        );
    }
    let unknown = "/api/v1/concurrent_connections/gpt";
    assert_eq!(refused(&api.get(unknown), 404), "Model not found");
    assert_eq!(
        refused(&api.send("PUT", unknown, Some(json!({"size": 1}))), 404),
        "Model not found"
    );
    for query in ["", "?model_ids=", "?model_ids=dd-etts-3.0,gpt"] {
        let answer = api.get(&format!("/api/v1/concurrent_connections/batch{query}"));
        assert_eq!(refused(&answer, 400), "Invalid model IDs");
    }
    refused(&Api::nobody(&sandbox).get(path), 401);
}
