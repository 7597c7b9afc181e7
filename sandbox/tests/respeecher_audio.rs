//! What Respeecher makes of sound: uploads, conversions by order, exports, downloads.

mod support;

use std::io::{Cursor, Read, Write};
use std::net::TcpStream;

use serde_json::{Value, json};
use support::api::{Api, Part, read_answer, samples, text, wav};
use support::{Answer, start};
use voicewire_sandbox::{Options, Sandbox};

const LINE: &str = "The next train calls at every station.";

struct World {
    sandbox: Sandbox,
    api: Api,
    folder: Value,
    voices: Vec<Value>,
}

fn world_with(options: Options) -> World {
    let sandbox = Sandbox::start(options).unwrap();
    let api = Api::respeecher(&sandbox);
    let project = api.ok("POST", "/api/projects", Some(json!({"name": "Night Train"})));
    let folder = json!({"name": "Act one", "project_id": project["id"]});
    World {
        folder: api.ok("POST", "/api/folders", Some(folder)),
        voices: api.ok("GET", "/api/v2/voices", None)["list"]
            .as_array()
            .unwrap()
            .clone(),
        sandbox,
        api,
    }
}

fn world() -> World {
    world_with(support::quick())
}

impl World {
    fn tts(&self) -> Value {
        let body = json!({"parent_folder_id": self.folder["id"], "text": LINE, "label": "Train"});
        self.api.ok("POST", "/api/v2/recordings/tts", Some(body))
    }

    fn upload(&self, name: &str, file: &[u8]) -> Answer {
        let folder = text(&self.folder["id"]).to_owned();
        let parts = [
            ("data", Part::File(name, file)),
            ("parent_folder_id", Part::Text(&folder)),
        ];
        self.api.upload("/api/recordings", &parts)
    }

    /// An order of the text in the first voices.
    fn order(&self, original: &Value, voices: usize) -> Answer {
        let conversions: Vec<Value> = self.voices[..voices]
            .iter()
            .map(|voice| json!({"voice_id": voice["id"], "narration_style_id": voice["narration_styles"][0]["id"]}))
            .collect();
        let order = json!({"original_id": original["id"], "conversions": conversions});
        self.api.send("POST", "/api/v2/orders", Some(order))
    }

    fn conversions(&self, original: &Value) -> Vec<Value> {
        let path = format!("/api/recordings/conversions?original_id={}", text(&original["id"]));
        self.api.ok("GET", &path, None)["list"].as_array().unwrap().clone()
    }

    fn credits(&self) -> Value {
        self.api.ok("GET", "/api/credits", None)["credits"].clone()
    }

    fn download(&self, recording: &Value) -> Vec<u8> {
        let answer = Api::nobody(&self.sandbox).get(text(&recording["url"]));
        assert_eq!(answer.status, 200);
        answer.bytes
    }
}

#[test]
fn an_upload_is_counted_hashed_and_given_back() {
    let world = world();
    let file = wav(150.0, 1.5);
    let made = world.upload("my voice.wav", &file).json();
    assert_eq!(
        (&made["state"], &made["microphone"]),
        (&json!("processing"), &json!("file"))
    );
    assert_eq!((&made["label"], &made["tts"]), (&json!("my voice.wav"), &json!(false)));
    assert_eq!(
        (made["size"].as_u64(), made["duration"].as_f64()),
        (Some(file.len() as u64), Some(1.5))
    );
    let logged = world.sandbox.requests().pop().unwrap().body.unwrap();
    assert_eq!(logged["parent_folder_id"], world.folder["id"]);
    assert_eq!(logged["data"]["size"], file.len());
    assert_eq!(text(&logged["data"]["sha256"]).len(), 64);
    let done = world
        .api
        .ok("GET", &format!("/api/recordings/{}", text(&made["id"])), None);
    assert_eq!(world.download(&done), file);
}

#[test]
fn every_documented_format_is_taken_and_nothing_else() {
    use voicewire_sandbox::codec::{Format, encode};
    let world = world();
    let pcm = samples(&wav(180.0, 1.0));
    for format in [Format::Mp3, Format::Opus] {
        let file = encode(&pcm, 16000, format, 10_000).unwrap().concat();
        let made = world.upload("voice", &file);
        assert_eq!(made.status, 200);
        assert!(
            (made.json()["duration"].as_f64().unwrap() - 1.0).abs() < 0.2,
            "{format:?}"
        );
    }
    for (name, file) in [
        ("song.wav", &b"no sound at all"[..]),
        ("empty.wav", b""),
        ("cut.wav", &wav(100.0, 1.0)[..30]),
    ] {
        let answer = world.upload(name, file);
        assert_eq!(answer.status, 422, "{name}");
        assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", "data"]));
    }
    let nothing = world.api.upload("/api/recordings", &[("label", Part::Text("x"))]);
    assert_eq!(nothing.json()["detail"].as_array().unwrap().len(), 2);
    let log = format!("{:?}", world.sandbox.requests());
    assert!(!log.contains("no sound at all"), "an upload is in the log");
}

#[test]
fn an_upload_that_is_refused_is_read_to_its_end() {
    let world = world();
    // More than the buffers on the way hold: who does not get rid of it does not see the answer.
    let long = vec![b'x'; 32 << 20];
    let no_boundary = Some(("multipart/form-data".to_owned(), long.clone()));
    let (answer, _) = world.api.exchange("POST", "/api/recordings", no_boundary);
    assert_eq!(answer.status, 422);
    let label = "x".repeat(100_000);
    let parts = [("label", Part::Text(&label)), ("data", Part::File("x.wav", &long))];
    let answer = world.api.upload("/api/recordings", &parts);
    assert_eq!(answer.status, 422);
    assert!(answer.json()["detail"][0]["msg"].as_str().unwrap().contains("label"));
    // Nobody takes these.
    let file = [("data", Part::File("x.wav", &long[..]))];
    assert_eq!(world.api.upload("/api/recording", &file).status, 404);
    assert_eq!(world.api.upload("/api/recordings/originals", &file).status, 405);
}

#[test]
fn of_a_long_upload_the_beginning_is_kept_and_the_rest_is_zeros() {
    let world = world_with(Options {
        kept_upload: 40_000,
        ..support::quick()
    });
    let file = wav(150.0, 4.0);
    let made = world.upload("long.wav", &file).json();
    assert_eq!(made["size"], file.len());
    assert!(
        (made["duration"].as_f64().unwrap() - 4.0).abs() < 0.05,
        "{}",
        made["duration"]
    );
    let done = world
        .api
        .ok("GET", &format!("/api/recordings/{}", text(&made["id"])), None);
    let back = world.download(&done);
    assert_eq!(back.len(), file.len());
    assert_eq!(back[..40_000], file[..40_000]);
    assert!(back[40_000..].iter().all(|byte| *byte == 0));
}

#[test]
fn an_order_makes_conversions_that_sound_different_and_cost_credits() {
    let world = world();
    let original = world.tts();
    let before = world.credits().as_u64().unwrap();
    let orders = world.order(&original, 2).json();
    assert_eq!(orders.as_array().unwrap().len(), 2);
    assert_eq!(orders[0]["state"], "processing");
    assert_eq!(orders[0]["original_id"], original["id"]);
    let made = world.conversions(&original);
    assert_eq!(made[0]["id"], orders[0]["conversion_id"]);
    assert_eq!(
        (&made[0]["state"], &made[0]["type"]),
        (&json!("done"), &json!("conversion"))
    );
    assert_eq!(made[1]["voice_name"], world.voices[1]["name"]);
    assert_eq!(made[1]["narration_style_name"], "Neutral");
    assert_eq!(world.credits(), before - 2);
    let path = format!("/api/recordings/{}", text(&original["id"]));
    let sounds = [&world.api.ok("GET", &path, None), &made[0], &made[1]].map(|row| world.download(row));
    assert!(sounds[0] != sounds[1] && sounds[1] != sounds[2]);
    for (sound, row) in sounds[1..].iter().zip(&made) {
        assert_eq!(row["size"], sound.len());
        let seconds = samples(sound).len() as f64 / 22050.0;
        assert!((row["duration"].as_f64().unwrap() - seconds).abs() < 1e-6);
        assert!(samples(sound).iter().any(|sample| sample.abs() > 1000));
    }
}

#[test]
fn an_uploaded_voice_is_shifted_by_the_voice_and_the_correction() {
    let world = world();
    let original = world.upload("me.wav", &wav(150.0, 1.0)).json();
    let accent = &world.voices[0]["accents"][1];
    let conversion = |semitones: i32| json!({"voice_id": world.voices[0]["id"], "accent_id": accent["id"], "semitones_correction": semitones});
    let order = json!({"original_id": original["id"], "conversions": [conversion(0), conversion(9)]});
    world.api.ok("POST", "/api/v2/orders", Some(order));
    let made = world.conversions(&original);
    assert_eq!(made[0]["accent_name"], accent["info"]["name"]);
    // The voice shifts by three semitones: faster by as much. Nine more make an octave.
    let seconds = |row: &Value| samples(&world.download(row)).len() as f64 / 16000.0;
    assert!((seconds(&made[0]) - 0.5_f64.powf(0.25)).abs() < 0.01);
    assert!((seconds(&made[1]) - 0.5).abs() < 0.01);
}

#[test]
fn an_order_that_is_not_right_costs_nothing_and_makes_nothing() {
    let world = world();
    let original = world.tts();
    let before = world.credits();
    let voice = &world.voices[0];
    let other = &world.voices[1]["narration_styles"][0]["id"];
    let style = &voice["narration_styles"][0]["id"];
    let unavailable = world.voices.iter().find(|voice| voice["available"] == false).unwrap();
    let nobody = "00000000-0000-4000-8000-00000000dead";
    for (conversions, place) in [
        (json!([]), json!(["body", "conversions"])),
        (json!("all"), json!(["body", "conversions"])),
        (json!([{}]), json!(["body", "conversions", 0, "voice_id"])),
        (
            json!([{"voice_id": nobody}]),
            json!(["body", "conversions", 0, "voice_id"]),
        ),
        (
            json!([{"voice_id": voice["id"]}]),
            json!(["body", "conversions", 0, "narration_style_id"]),
        ),
        (
            json!([{"voice_id": voice["id"], "narration_style_id": style}, {"voice_id": voice["id"], "narration_style_id": other}]),
            json!(["body", "conversions", 1, "narration_style_id"]),
        ),
        (
            json!([{"voice_id": unavailable["id"], "narration_style_id": unavailable["narration_styles"][0]["id"]}]),
            json!(["body", "conversions", 0, "voice_id"]),
        ),
        (
            json!([{"voice_id": voice["id"], "narration_style_id": style, "semitones_correction": 25}]),
            json!(["body", "conversions", 0, "semitones_correction"]),
        ),
    ] {
        let order = json!({"original_id": original["id"], "conversions": conversions});
        let answer = world.api.send("POST", "/api/v2/orders", Some(order));
        assert_eq!(answer.status, 422);
        assert_eq!(answer.json()["detail"][0]["loc"], place, "{}", answer.json());
    }
    let missing = json!({"id": nobody});
    assert_eq!(
        world.order(&missing, 1).json(),
        json!({"detail": "Recording not found"})
    );
    assert_eq!((world.credits(), world.conversions(&original).len()), (before, 0));
}

#[test]
fn what_is_held_stays_in_the_making() {
    let world = world();
    let done = world.tts();
    world.sandbox.hold_processing(true);
    let original = world.tts();
    let path = format!("/api/recordings/{}", text(&original["id"]));
    let seen = world.api.ok("GET", &path, None);
    assert_eq!(
        (&seen["state"], &seen["process_stage"]),
        (&json!("processing"), &json!("converting"))
    );
    assert_eq!(
        world.order(&original, 1).json(),
        json!({"detail": "The original is not ready yet"})
    );
    // What was done before stays so.
    assert_eq!(world.order(&done, 1).status, 200);
    assert_eq!(world.conversions(&done)[0]["state"], "processing");
    world.sandbox.hold_processing(false);
    assert_eq!(world.api.ok("GET", &path, None)["state"], "done");
    assert_eq!(world.conversions(&done)[0]["state"], "done");
}

#[test]
fn a_conversion_fails_on_demand_costs_nothing_and_can_be_retried() {
    let world = world();
    let original = world.tts();
    world.sandbox.respeecher().fail_conversion(2, "The voice is hoarse");
    let before = world.credits().as_u64().unwrap();
    world.order(&original, 3);
    let made = world.conversions(&original);
    let states: Vec<&str> = made.iter().map(|row| text(&row["state"])).collect();
    assert_eq!(states, ["done", "error", "done"]);
    assert_eq!(
        (&made[1]["error"], &made[1]["url"]),
        (&json!("The voice is hoarse"), &Value::Null)
    );
    assert_eq!(world.credits(), before - 2);
    let retry = |row: &Value| {
        world
            .api
            .ok("POST", &format!("/api/v2/orders/retry/{}", text(&row["id"])), None)
    };
    assert_eq!(retry(&original)[0]["conversion_id"], made[1]["id"]);
    let again = &world.conversions(&original)[1];
    assert_eq!((&again["state"], &again["error"]), (&json!("done"), &Value::Null));
    assert!(!world.download(again).is_empty());
    assert_eq!(world.credits(), before - 3);
    assert_eq!(retry(&original), json!([]));
}

#[test]
fn credits_run_out_in_the_middle_of_an_order_and_then_before_one() {
    let world = world();
    let original = world.tts();
    world.sandbox.respeecher().set_credits(2);
    assert_eq!(world.order(&original, 3).status, 200);
    let made = world.conversions(&original);
    let states: Vec<&str> = made.iter().map(|row| text(&row["state"])).collect();
    assert_eq!(states, ["done", "done", "error"]);
    assert_eq!(made[2]["error"], "Not enough credits");
    assert_eq!(world.credits(), 0);
    let refusal = world.order(&original, 1);
    assert_eq!(
        (refusal.status, refusal.json()),
        (402, json!({"detail": "Not enough credits"}))
    );
    let path = format!("/api/v2/orders/retry/{}", text(&made[2]["id"]));
    assert_eq!(world.api.send("POST", &path, None).status, 402);
    world.sandbox.respeecher().set_credits(1);
    world.api.ok("POST", &path, None);
    assert_eq!(world.conversions(&original)[2]["state"], "done");
}

#[test]
fn a_calibration_is_noted_in_the_conversions_it_was_used_for() {
    let world = world();
    let file = wav(150.0, 0.5);
    let parts = [("name", Part::Text("Mine")), ("data", Part::File("me.wav", &file))];
    let calibration = world.api.upload("/api/calibration", &parts).json();
    let original = world.upload("me.wav", &file).json();
    let conversions = json!([{"voice_id": world.voices[0]["id"]}]);
    let mut order = json!({"original_id": original["id"], "conversions": conversions, "use_calibration": true});
    let answer = world.api.send("POST", "/api/v2/orders", Some(order.clone()));
    assert_eq!(answer.json()["detail"][0]["loc"], json!(["body", "calibration_id"]));
    order["calibration_id"] = calibration["id"].clone();
    world.api.ok("POST", "/api/v2/orders", Some(order));
    assert_eq!(world.conversions(&original)[0]["calibration_name"], "Mine");
}

fn entries(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a zip");
    (0..archive.len())
        .map(|index| {
            let mut entry = archive.by_index(index).expect("an entry");
            let mut bytes = Vec::new();
            // Reading to the end checks the checksum.
            entry.read_to_end(&mut bytes).expect("an entry that is whole");
            (entry.name().to_owned(), bytes)
        })
        .collect()
}

#[test]
fn exports_are_zips_of_the_finished_conversions() {
    let world = world();
    let original = world.tts();
    world.sandbox.respeecher().fail_conversion(3, "Hoarse");
    world.order(&original, 3);
    let made = world.conversions(&original);
    let star = format!("/api/recordings/{}", text(&made[1]["id"]));
    world.api.ok("PATCH", &star, Some(json!({"starred": true})));
    let project = text(&world.folder["project_id"]).to_owned();
    let id = text(&original["id"]);
    for (path, name) in [
        (format!("/api/projects/{project}/export"), "Night Train.zip"),
        (format!("/api/recordings/export?original_id={id}"), "Train.zip"),
    ] {
        let answer = world.api.get(&path);
        assert_eq!(answer.headers["content-type"], "application/zip");
        let disposition = answer.headers["content-disposition"].to_str().unwrap();
        assert_eq!(disposition, format!("attachment; filename=\"{name}\""));
        let files = entries(&answer.bytes);
        assert_eq!(files.len(), 2);
        for (entry, row) in files.iter().zip(&made) {
            assert_eq!(entry.0, format!("Act one/{}", text(&row["file_name"])));
            assert!(entry.1 == world.download(row));
        }
        let mark = if path.contains('?') { '&' } else { '?' };
        // Python's clients write it large.
        for yes in ["true", "True", "1"] {
            let starred = world.api.get(&format!("{path}{mark}starred_only={yes}"));
            assert_eq!(entries(&starred.bytes).len(), 1, "{yes}");
        }
        let all = world.api.get(&format!("{path}{mark}starred_only=False"));
        assert_eq!(entries(&all.bytes).len(), 2);
        assert_eq!(world.api.get(&format!("{path}{mark}starred_only=maybe")).status, 422);
    }
    let empty = world
        .api
        .ok("POST", "/api/projects", Some(json!({"name": "Über \"alles\"\\.."})));
    let answer = world.api.get(&format!("/api/projects/{}/export", text(&empty["id"])));
    assert_eq!(entries(&answer.bytes).len(), 0);
    let disposition = answer.headers["content-disposition"].to_str().unwrap();
    assert_eq!(
        disposition,
        "attachment; filename=\"_ber \\\"alles\\\"\\\\...zip\"; filename*=UTF-8''%C3%9Cber%20%22alles%22%5C...zip"
    );
}

#[test]
fn downloads_come_in_ranges_and_from_signed_addresses_only() {
    let world = world();
    let file = wav(150.0, 1.0);
    let made = world.upload("me.wav", &file).json();
    let made = world
        .api
        .ok("GET", &format!("/api/recordings/{}", text(&made["id"])), None);
    let url = text(&made["url"]);
    let nobody = Api::nobody(&world.sandbox);
    let whole = nobody.get(url);
    assert_eq!(whole.headers["accept-ranges"], "bytes");
    assert_eq!(whole.headers["content-disposition"], "attachment; filename=\"me.wav\"");
    let length = file.len();
    for (range, expected) in [
        ("bytes=0-9", 0..10),
        ("bytes=30000-", 30000..length),
        ("bytes=-5", length - 5..length),
        ("bytes=10-99999999", 10..length),
    ] {
        let part = nobody.with("Range", range).get(url);
        assert_eq!(part.status, 206);
        let told = format!("bytes {}-{}/{length}", expected.start, expected.end - 1);
        assert_eq!(part.headers["content-range"], told);
        assert!(part.bytes == file[expected], "{range}");
    }
    let beyond = nobody.with("Range", "bytes=99999999-").get(url);
    assert_eq!(
        (beyond.status, beyond.headers["content-range"].to_str().unwrap()),
        (416, &*format!("bytes */{length}"))
    );
    assert!(nobody.with("Range", "lines=1-2").get(url).bytes == file);
    assert_eq!(nobody.get(&url.replace("signature=", "signature=0")).status, 403);
    assert_eq!(nobody.with("Authorization", "Bearer x").get(url).status, 400);
    assert_eq!(nobody.exchange("HEAD", url, None).1, Some(length));
}

#[test]
fn statistics_count_what_was_converted() {
    let world = world();
    let original = world.tts();
    world.sandbox.respeecher().fail_conversion(1, "Hoarse");
    world.order(&original, 3);
    let counts = json!({"total": 3, "completed": 2, "in_progress": 0, "failed": 1});
    let stats = world.api.ok("GET", "/api/stats", None);
    assert_eq!(stats["conversions"], counts);
    assert!(stats["time_converted"]["current_month"].as_u64().unwrap() >= 2);
    assert_eq!(stats["models"].as_array().unwrap().len(), 3);
    let project = &world.folder["project_id"];
    let of_projects = world.api.ok(
        "GET",
        &format!("/api/stats/projects?project_ids={}", text(project)),
        None,
    );
    assert_eq!(
        (&of_projects[0]["project_id"], &of_projects[0]["conversions"]),
        (project, &counts)
    );
    assert_eq!(world.api.get("/api/stats/projects?project_ids=1,2").status, 422);

    let folder = &world.folder["id"];
    let body = Some(json!({"folder_ids": [folder]}));
    let by_body = world.api.ok("POST", "/api/stats/folders", body.clone());
    assert_eq!(by_body, json!([{"folder_id": folder, "stats": counts}]));
    let by_query = world
        .api
        .ok("GET", &format!("/api/stats/folders?folder_ids={}", text(folder)), None);
    assert_eq!(by_query, by_body);
    assert_eq!(
        world.api.send("POST", "/api/stats/folders", Some(json!({}))).status,
        422
    );
    world.sandbox.respeecher().refuse_folder_stats_post(true);
    let refused = world.api.send("POST", "/api/stats/folders", body);
    assert_eq!(
        (refused.status, refused.json()),
        (405, json!({"detail": "Method Not Allowed"}))
    );
}

#[test]
fn samples_of_an_accent_can_be_heard() {
    let world = world();
    let accent = text(&world.voices[0]["accents"][0]["id"]);
    let answer = world
        .api
        .ok("GET", &format!("/api/v2/accents/samples?accent_id={accent}"), None);
    let sound = Api::nobody(&world.sandbox).get(text(&answer["samples"]["speech"]));
    assert!(samples(&sound.bytes).len() > 5000);
}

#[test]
fn ten_thousand_recordings_are_there_at_once_and_page_by_page() {
    let sandbox = start();
    let seeded = sandbox.respeecher().seed_recordings(10_000);
    let api = Api::respeecher(&sandbox);
    let path = format!("/api/recordings?folder_id={}&limit=1000", seeded.folder_id);
    let mut labels = Vec::new();
    for page in 0..10 {
        let page = api.ok("GET", &format!("{path}&offset={}", page * 1000), None);
        assert_eq!(page["pagination"]["count"], 10_000);
        labels.extend(
            page["list"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| text(&row["label"]).to_owned()),
        );
    }
    let expected: Vec<String> = (1..=10_000).map(|number| format!("Recording {number}")).collect();
    assert!(labels == expected);
    let control = Api::nobody(&sandbox).ok("POST", "/sandbox/respeecher", Some(json!({"seed_recordings": 3})));
    let path = format!("/api/recordings?project_id={}", text(&control["project_id"]));
    assert_eq!(api.ok("GET", &path, None)["pagination"]["count"], 3);
}

#[test]
fn a_huge_upload_is_taken_without_keeping_it() {
    /// What a process that holds the whole upload has to grow by.
    const SIZE: usize = 256 << 20;
    let world = world();
    let head = wav(150.0, 1.0);
    let begin = format!(
        "--b\r\nContent-Disposition: form-data; name=\"parent_folder_id\"\r\n\r\n{}\r\n\
         --b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"huge.wav\"\r\n\r\n",
        text(&world.folder["id"])
    );
    let end = "\r\n--b--\r\n";
    let length = begin.len() + SIZE + end.len();
    let mut tcp = TcpStream::connect(world.sandbox.addr()).unwrap();
    write!(
        tcp,
        "POST /api/recordings HTTP/1.1\r\nHost: sandbox\r\nConnection: close\r\napi-key: {}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {length}\r\n\r\n{begin}",
        world.sandbox.respeecher().api_key()
    )
    .unwrap();
    tcp.write_all(&head).unwrap();
    let piece = vec![0; 1 << 20];
    let mut left = SIZE - head.len();
    while left > 0 {
        let part = left.min(piece.len());
        tcp.write_all(&piece[..part]).unwrap();
        left -= part;
    }
    tcp.write_all(end.as_bytes()).unwrap();
    let (answer, _) = read_answer(tcp);
    assert_eq!(
        (answer.status, answer.json()["size"].as_u64()),
        (200, Some(SIZE as u64))
    );
    if let Some(peak) = peak_memory() {
        assert!(peak < SIZE, "{peak} bytes at most");
    }
}

/// The most memory that this process has had, where the system tells.
fn peak_memory() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: usize = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kilobytes << 10)
}
