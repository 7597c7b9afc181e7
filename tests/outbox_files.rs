//! What an outbox has on the disk, and what it makes of what others put there.

mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;

use support::reports::*;
use support::*;
use voicewire::deepdub::{Client, Outbox, OutboxOptions, ReportState};
use voicewire::{ErrorKind, RetryPolicy};

#[cfg(unix)]
#[test]
fn files_and_directories_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (scratch, sandbox) = (Scratch::new("permissions"), sandbox());
    // It is there already, and everybody may look.
    fs::create_dir(scratch.place()).expect("made");
    fs::set_permissions(scratch.place(), fs::Permissions::from_mode(0o755)).expect("set");
    let outbox = scratch.outbox();
    for word in ["rejected", "delivered"] {
        outbox.add(&with_clip(word, b"clip")).expect("taken");
    }
    sandbox.inject("http=422".parse().expect("a fault"));
    outbox.send(&client(&sandbox)).expect("sent");
    outbox.add(&with_clip("waiting", b"clip")).expect("taken");
    let mode = |path: &std::path::Path| path.metadata().expect("there").permissions().mode() & 0o777;
    let files = scratch.files();
    assert_eq!(files.len(), 5, "lock, waiting, rejected, a note, a record: {files:?}");
    for file in files {
        assert_eq!(mode(&scratch.place().join(&file)), 0o600, "{file}");
    }
    assert_eq!(mode(&scratch.place()), 0o700);
    for entry in fs::read_dir(scratch.place()).expect("read").flatten() {
        assert!(!entry.path().is_dir() || mode(&entry.path()) == 0o700, "{entry:?}");
    }
}

#[test]
fn a_file_is_as_its_description_says() {
    let scratch = Scratch::new("format");
    let id = scratch.outbox().add(&with_clip("x", b"123456789")).expect("taken");
    let bytes = fs::read(scratch.file("waiting", &id)).expect("read");
    let (line, rest) = bytes.split_at(bytes.iter().position(|byte| *byte == b'\n').expect("a line"));
    let line: Vec<&str> = std::str::from_utf8(line).expect("text").split(' ').collect();
    // The check value of this checksum is that of these nine bytes.
    assert_eq!(
        (line[0], line[1], line[4], line[5]),
        ("voicewire-report", "1", "9", "cbf43926")
    );
    let length: usize = line[2].parse().expect("a length");
    let json: serde_json::Value = serde_json::from_slice(&rest[1..=length]).expect("JSON");
    assert_eq!((&json["id"], &json["problemWord"]), (&id.as_str().into(), &"x".into()));
    assert_eq!(&rest[length + 1..], b"\n123456789");
}

type Damage = fn(&mut Vec<u8>);

/// Changes a file's bytes.
fn alter(path: &std::path::Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).expect("read");
    change(&mut bytes);
    fs::write(path, bytes).expect("written");
}

#[test]
fn damaged_and_foreign_files_hold_up_nothing() {
    let (scratch, sandbox) = (Scratch::new("damaged"), sandbox());
    let outbox = scratch.outbox();
    let add = |word: &str| outbox.add(&with_clip(word, &[7; 500])).expect("taken");
    let first = add("first");
    let damages: [(&str, Damage); 7] = [
        ("cut", |bytes| bytes.truncate(bytes.len() - 1)),
        ("longer", |bytes| bytes.push(0)),
        ("empty", Vec::clear),
        ("head", |bytes| bytes[20] ^= 0x10),
        ("json", |bytes| bytes[80] ^= 1),
        ("newer", |bytes| bytes[17] = b'2'),
        ("zeros", |bytes| bytes.fill(0)),
    ];
    let mut unreadable = Vec::new();
    for (word, damage) in damages {
        let id = add(word);
        alter(&scratch.file("waiting", &id), damage);
        unreadable.push(id);
    }
    let clip = add("clip");
    alter(&scratch.file("waiting", &clip), |bytes| {
        *bytes.last_mut().expect("some") ^= 1
    });
    let waiting = scratch.place().join("waiting");
    fs::copy(scratch.file("waiting", &first), waiting.join("copy.report")).expect("copied");
    fs::write(waiting.join("notes.txt"), "not a report").expect("written");
    fs::create_dir(waiting.join("folder.report")).expect("made");
    unreadable.extend(["copy".to_owned(), "notes.txt".to_owned()]);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(scratch.file("waiting", &first), waiting.join("link.report")).expect("made");
        let pipe = std::ffi::CString::new(waiting.join("pipe.report").display().to_string()).expect("a path");
        // SAFETY: a text that ends in a NUL.
        assert_eq!(unsafe { libc::mkfifo(pipe.as_ptr(), 0o600) }, 0);
        unreadable.extend(["link".to_owned(), "pipe".to_owned()]);
    }
    add("last");

    let summary = scratch.outbox().send(&quick_client(&sandbox)).expect("sent");
    assert_eq!((summary.delivered, summary.rejected, summary.waiting), (2, 1, 0));
    assert_eq!(taken(&sandbox), ["first", "last"]);
    let mut listed_ids: Vec<_> = listed(&outbox, ReportState::Unreadable)
        .into_iter()
        .map(|report| {
            let why = report.last_error.expect("why");
            assert!(why.kind == Some(ErrorKind::File) && !why.message.is_empty());
            report.id
        })
        .collect();
    listed_ids.sort();
    unreadable.sort();
    assert_eq!(listed_ids, unreadable);
    let aside = listed(&outbox, ReportState::Rejected).remove(0);
    assert_eq!(aside.id, clip);
    assert!(aside.last_error.is_some_and(|error| error.message.contains("damaged")));
    for id in &unreadable {
        outbox.drop_report(id).expect("dropped");
    }
    assert!(listed(&outbox, ReportState::Unreadable).is_empty());
    assert_eq!(
        fs::read_dir(&waiting).expect("read").count(),
        1,
        "the folder is nobody's business"
    );
}

#[test]
fn fields_of_a_newer_version_are_passed_over_and_stay() {
    let (scratch, sandbox) = (Scratch::new("newer"), sandbox());
    let outbox = scratch.outbox();
    let id = outbox.add(&report("x")).expect("taken");
    let path = scratch.file("waiting", &id);
    let text = fs::read_to_string(&path).expect("text");
    let json = text
        .lines()
        .nth(1)
        .expect("the JSON")
        .replacen('{', r#"{"mood":{"is":"new"},"#, 1);
    let newer = format!(
        "voicewire-report 1 {} {:08x} 0 00000000\n{json}\n",
        json.len(),
        zip_checksum(json.as_bytes())
    );
    fs::write(&path, &newer).expect("written");
    sandbox.inject("http=422".parse().expect("a fault"));
    assert_eq!(outbox.send(&client(&sandbox)).expect("sent").rejected, 1);
    outbox.retry(&id).expect("waits again");
    assert_eq!(fs::read_to_string(&path).expect("text"), newer);
    assert_eq!(outbox.send(&client(&sandbox)).expect("sent").delivered, 1);
}

/// Bit by bit, as the standard has it.
fn zip_checksum(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = (crc >> 1) ^ (0xedb8_8320 * (crc & 1));
        }
    }
    !crc
}

#[test]
fn what_a_crash_left_behind_is_put_in_order() {
    let (scratch, sandbox) = (Scratch::new("leftovers"), sandbox());
    let outbox = scratch.outbox();
    let id = outbox.add(&report("one")).expect("taken");
    let path = scratch.file("waiting", &id);
    let bytes = fs::read(&path).expect("read");
    assert_eq!(outbox.send(&client(&sandbox)).expect("sent").delivered, 1);
    let (tmp, notes) = (scratch.place().join("tmp"), scratch.place().join("notes"));
    let leave = || {
        // Killed after the record was written, and in the middle of writing something else.
        fs::write(&path, &bytes).expect("written");
        fs::write(notes.join(format!("{id}.json")), "{}").expect("written");
        fs::write(tmp.join("half.part"), &bytes[..20]).expect("written");
    };
    leave();
    let reports = outbox.list().expect("read");
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].state, ReportState::Delivered);
    // The process goes on that has it open, and then another one begins.
    let summary = outbox.send(&client(&sandbox)).expect("sent");
    assert_eq!((summary.delivered, summary.waiting), (0, 0));
    leave();
    let writing = fs::File::create(tmp.join("writing.part")).expect("made");
    writing.lock().expect("locked");
    scratch.outbox();
    assert_eq!(
        scratch.files(),
        [format!("delivered/{id}.json"), "lock".into(), "tmp/writing.part".into()]
    );
    assert_eq!(taken(&sandbox), ["one"], "it is not sent again");
}

#[test]
fn a_delivery_that_cannot_be_recorded_is_not_repeated() {
    let (scratch, sandbox) = (Scratch::new("unrecorded"), sandbox());
    let outbox = scratch.outbox();
    let (delivered, aside) = (scratch.place().join("delivered"), scratch.place().join("aside"));
    let id = outbox.add(&report("one")).expect("taken");
    outbox.add(&report("two")).expect("taken");
    fs::rename(&delivered, &aside).expect("moved");
    let client = quick_client(&sandbox);
    let summary = outbox.send(&client).expect("sent");
    assert_eq!((summary.delivered, summary.waiting), (1, 1));
    assert_kind(&summary.error.expect("no record"), ErrorKind::File);
    fs::rename(&aside, &delivered).expect("moved");
    let known = listed(&outbox, ReportState::Delivered).remove(0);
    assert_eq!(known.id, id);
    assert_eq!(outbox.send(&client).expect("sent").delivered, 1);
    assert_eq!(taken(&sandbox), ["one", "two"]);
    let recorded = listed(&scratch.outbox(), ReportState::Delivered);
    assert_eq!(words(&recorded), ["one", "two"]);
    assert_eq!(recorded[0].issue_id, known.issue_id);
}

/// Runs one test of this program by itself, where it finds the directory in the environment.
#[cfg(unix)]
const FULL_DISK: &str = "VOICEWIRE_TEST_FULL_DISK";

#[cfg(unix)]
#[test]
fn on_a_full_disk_adding_is_an_error_and_leaves_nothing() {
    if let Some(place) = std::env::var_os(FULL_DISK) {
        let limit = libc::rlimit {
            rlim_cur: 4096,
            rlim_max: 4096,
        };
        // SAFETY: constants, and a struct that is read during the call.
        unsafe {
            libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
            assert_eq!(libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit), 0);
        }
        let outbox = Outbox::open(place, OutboxOptions::default()).expect("it opens");
        let error = outbox.add(&with_clip("large", &[0; 5000])).expect_err("no room");
        assert_kind(&error, ErrorKind::File);
        outbox.add(&with_clip("small", &[0; 500])).expect("taken");
        return;
    }
    let scratch = Scratch::new("full-disk");
    let child = std::process::Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", "on_a_full_disk_adding_is_an_error_and_leaves_nothing"])
        .env(FULL_DISK, scratch.place())
        .output()
        .expect("it runs");
    assert!(child.status.success(), "{}", String::from_utf8_lossy(&child.stdout));
    assert_eq!(scratch.files().len(), 2, "{:?}", scratch.files());
    assert_eq!(words(&scratch.outbox().list().expect("read")), ["small"]);
}

#[test]
fn a_place_that_cannot_be_an_outbox_is_an_error_that_names_it() {
    let scratch = Scratch::new("no-place");
    fs::write(scratch.place(), "a file").expect("written");
    for place in [scratch.place(), scratch.place().join("below")] {
        let error = Outbox::open(&place, OutboxOptions::default()).expect_err("a file is in the way");
        assert_kind(&error, ErrorKind::File);
        assert!(error.message().contains("outbox"), "{error}");
    }
    fs::remove_file(scratch.place()).expect("removed");
    let outbox = Outbox::open(scratch.place().join("deep").join("down"), OutboxOptions::default()).expect("made");
    fs::remove_dir_all(scratch.place()).expect("removed");
    assert_kind(&outbox.add(&report("x")).expect_err("gone"), ErrorKind::File);
    assert_kind(&outbox.list().expect_err("gone"), ErrorKind::File);
}

const KEY: &str = "dd-5ecre75ecre75ecre75ecre75ecre7ab";

/// Answers every request, one connection each, in turn with a refusal and a success that both name the key.
fn talkative() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        let answers = [
            ("422 Unprocessable", format!(r#"{{"message": "wrong: {KEY}"}}"#)),
            ("503 Busy", format!(r#"{{"message": "later: {KEY}"}}"#)),
            ("200 OK", format!(r#"{{"id": "iss_{KEY}", "state": "{KEY}"}}"#)),
        ];
        for (stream, (status, body)) in listener.incoming().zip(answers.iter().cycle()) {
            let mut stream = stream.expect("a connection");
            let mut request = Vec::new();
            // The body is JSON with nothing after it.
            while !request.ends_with(b"}") {
                let mut piece = [0; 1024];
                let count = stream.read(&mut piece).expect("a request");
                assert!(count > 0, "the request ends too early");
                request.extend_from_slice(&piece[..count]);
            }
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            )
            .expect("answered");
        }
    });
    url
}

#[test]
fn the_key_is_in_no_file() {
    let scratch = Scratch::new("key");
    let config = voicewire::deepdub::Config::new()
        .api_key(KEY)
        .rest_url(talkative())
        .retry(RetryPolicy::none());
    let client = Client::new(&config).expect("good");
    let outbox = scratch.outbox();
    for word in ["rejected", "waiting", "delivered"] {
        outbox.add(&report(word)).expect("taken");
    }
    let summary = outbox.send(&client).expect("sent");
    assert_eq!((summary.delivered, summary.rejected, summary.waiting), (1, 1, 1));
    let files = scratch.files();
    assert_eq!(files.len(), 6, "{files:?}");
    for file in files {
        let bytes = fs::read(scratch.place().join(&file)).expect("read");
        assert!(!String::from_utf8_lossy(&bytes).contains(KEY), "{file}");
    }
    let told = format!("{summary:?} {:?} {outbox:?}", outbox.list().expect("read"));
    assert!(!told.contains(KEY) && told.contains("[key]"), "{told}");
}
