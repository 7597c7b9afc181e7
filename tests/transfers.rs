//! Uploads and downloads: whole or not at all, and the key to its own service only.

mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::ops::ControlFlow;

use support::assert_kind;
use support::http::*;
use voicewire::respeecher::{Audio, Client, Config};
use voicewire::{Error, ErrorKind, HttpConfig, SaveTo, Saved};

const KEY: &str = "rs-5ecre75ecre75ecre75ecre7";

fn client(server: &TestServer, http: HttpConfig) -> Client {
    Client::new(&Config::new().api_key(KEY).base_url(server.url()).http(http)).expect("good")
}

fn go_on(_: u64, _: Option<u64>) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn content() -> Vec<u8> {
    (0..200_000_u32).map(|index| (index * 7 % 251) as u8).collect()
}

fn export(server: &TestServer, to: &SaveTo) -> Result<Saved, Error> {
    let parameters = serde_json::json!({ "project_id": "p" });
    client(server, http(3)).download("export_project", parameters, to, go_on)
}

/// Serves `content` by ranges, breaking off after so many bytes in the first answers.
fn breaking(headers: &'static str, breaks: Vec<usize>) -> TestServer {
    TestServer::start(move |number, asked| {
        let content = content();
        let start = asked
            .header("range")
            .and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse().ok())
            .unwrap_or(0_usize);
        let rest = &content[start..];
        let kept = breaks.get(number).copied().unwrap_or(rest.len()).min(rest.len());
        if start == 0 {
            return cut("200 OK", headers, rest, kept);
        }
        let range = format!(
            "{headers}Content-Range: bytes {start}-{}/{}\r\n",
            content.len() - 1,
            content.len()
        );
        cut("206 Partial Content", &range, rest, kept)
    })
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_was() {
    let server = breaking("ETag: \"v1\"\r\nAccept-Ranges: bytes\r\n", vec![60_000, 50_000, 0]);
    let directory = Directory::new();
    let path = directory.join("x.zip");
    let saved = export(&server, &SaveTo::File(path.clone())).expect("downloaded");
    assert_eq!(saved.path, path.canonicalize().expect("there"));
    assert_eq!(saved.bytes, 200_000);
    assert!(std::fs::read(&path).expect("there") == content());
    assert_eq!(directory.names(), ["x.zip"]);
    let asked = server.asked();
    let ranges: Vec<_> = asked.iter().map(|asked| asked.header("range")).collect();
    assert_eq!(
        ranges,
        [None, Some("bytes=60000-"), Some("bytes=110000-"), Some("bytes=110000-")]
    );
    assert_eq!(asked[1].header("if-range"), Some("\"v1\""));
    assert!(
        asked
            .iter()
            .all(|asked| asked.header("accept-encoding") == Some("identity"))
    );
}

#[test]
fn without_a_name_for_the_content_a_download_begins_again() {
    // A weak tag does not promise the same bytes; who does not speak of ranges may not have them.
    for headers in [
        "Accept-Ranges: bytes\r\n",
        "ETag: W/\"v1\"\r\nAccept-Ranges: bytes\r\n",
        "ETag: \"v1\"\r\n",
    ] {
        let server = breaking(headers, vec![60_000]);
        let directory = Directory::new();
        let path = directory.join("x.zip");
        export(&server, &SaveTo::File(path.clone())).expect("downloaded");
        assert!(std::fs::read(&path).expect("there") == content(), "{headers}");
        assert!(
            server.asked().iter().all(|asked| asked.header("range").is_none()),
            "{headers}"
        );
    }
}

#[test]
fn what_does_not_fit_what_was_had_begins_again() {
    let tagged = "ETag: \"v1\"\r\nAccept-Ranges: bytes\r\n";
    let whole = || answer("200 OK", tagged, &content());
    let part = |range: &str| {
        let headers = format!("{tagged}Content-Range: {range}\r\n");
        answer("206 Partial Content", &headers, &content()[60_000..])
    };
    let seconds = [
        // The content has changed: the condition does not hold, and all of it comes.
        whole(),
        part("bytes 50000-199999/200000"),
        part("bytes 60000-199999/300000"),
        part("nonsense"),
        answer("416 Range Not Satisfiable", "", b""),
    ];
    for (case, second) in seconds.into_iter().enumerate() {
        let first = cut("200 OK", tagged, &content(), 60_000);
        let server = TestServer::with_answers(vec![first, second, whole()]);
        let directory = Directory::new();
        let path = directory.join("x.zip");
        let saved = export(&server, &SaveTo::File(path.clone())).expect("downloaded");
        assert_eq!(saved.bytes, 200_000, "{case}");
        assert!(std::fs::read(&path).expect("there") == content(), "{case}");
    }
}

#[test]
fn there_is_never_half_a_file() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nabcde\r\n";
    let cases = [
        (cut("200 OK", "", &content(), 100), ErrorKind::Network, 4),
        (chunked.into(), ErrorKind::Network, 4),
        // The end cannot be told from a break.
        (
            b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabcde".to_vec(),
            ErrorKind::Protocol,
            1,
        ),
        // A service that says what went wrong with a status that says that nothing has.
        (
            json("200 OK", serde_json::json!({ "detail": "Try again later" })),
            ErrorKind::Protocol,
            1,
        ),
        (
            json("404 Not Found", serde_json::json!({ "detail": "No such project" })),
            ErrorKind::NotFound,
            1,
        ),
        (
            json("503 Busy", serde_json::json!({ "detail": "Later" })),
            ErrorKind::Server,
            4,
        ),
        (Vec::new(), ErrorKind::Network, 4),
    ];
    for (answer, kind, tries) in cases {
        let server = TestServer::with_answers(vec![answer]);
        let directory = Directory::new();
        let path = directory.join("x.zip");
        std::fs::write(&path, "what was there").expect("written");
        let error = export(&server, &SaveTo::File(path.clone())).expect_err("it fails");
        assert_kind(&error, kind);
        assert_eq!(server.asked().len(), tries, "{error}");
        assert!(
            error.url().is_some_and(|url| url.ends_with("/api/projects/p/export")),
            "{error}"
        );
        assert_eq!(std::fs::read(&path).expect("there"), b"what was there", "{error}");
        assert_eq!(directory.names(), ["x.zip"], "{error}");
    }
}

#[test]
fn tries_that_bring_something_do_not_count() {
    let server = breaking("ETag: \"v1\"\r\nAccept-Ranges: bytes\r\n", vec![10_000; 12]);
    let directory = Directory::new();
    let saved = export(&server, &SaveTo::File(directory.join("x"))).expect("downloaded");
    assert_eq!((saved.bytes, server.asked().len()), (200_000, 13));
}

#[test]
fn chunks_are_put_together() {
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n2\r\nfg\r\n0\r\n\r\n";
    let server = TestServer::with_answers(vec![chunked.into()]);
    let directory = Directory::new();
    let mut told = Vec::new();
    let client = client(&server, http(0));
    let parameters = serde_json::json!({ "original_id": "o" });
    let to = SaveTo::File(directory.join("x"));
    client
        .download("export_conversions", parameters, &to, |done, total| {
            told.push((done, total));
            ControlFlow::Continue(())
        })
        .expect("downloaded");
    assert_eq!(std::fs::read(directory.join("x")).expect("there"), b"abcdefg");
    assert_eq!((told[0], told[told.len() - 1]), ((0, None), (7, None)));
}

#[test]
fn the_service_s_name_for_a_file_is_made_safe() {
    let names = [
        ("attachment; filename=\"takes.zip\"", "takes.zip"),
        ("attachment; filename=\"../../takes.zip\"", "takes.zip"),
        ("attachment; filename=\"..\\\\..\\\\takes.zip\"", "takes.zip"),
        (
            "attachment; filename*=UTF-8''..%2F..%2Fgr%C3%BC%C3%9Fe.zip",
            "grüße.zip",
        ),
        ("attachment; filename=\"NUL\"", "_NUL"),
        ("attachment; filename=\"..\"", "export.zip"),
        ("attachment", "export.zip"),
    ];
    for (disposition, name) in names {
        let headers = format!("Content-Disposition: {disposition}\r\n");
        let server = TestServer::with_answers(vec![answer("200 OK", &headers, b"zip")]);
        let outer = Directory::new();
        let inner = outer.join("a/b");
        std::fs::create_dir_all(&inner).expect("made");
        let saved = export(&server, &SaveTo::Directory(inner.clone())).expect("downloaded");
        assert_eq!(saved.path.file_name().and_then(|name| name.to_str()), Some(name));
        assert_eq!(
            saved.path.parent(),
            Some(inner.canonicalize().expect("there").as_path())
        );
        assert_eq!(outer.names(), ["a"]);
    }
}

#[test]
fn the_key_goes_to_its_own_service_only() {
    let elsewhere = TestServer::with_answers(vec![answer("200 OK", "", b"audio")]);
    let there = elsewhere.url();
    let service = TestServer::start(move |_, asked| match asked.target.as_str() {
        "/api/projects/p/export" => answer("302 Found", "Location: /files/1?signature=x\r\n", b""),
        "/files/1?signature=x" => answer("307 Moved", &format!("Location: {there}/2?signature=y\r\n"), b""),
        other => panic!("{other}"),
    });
    let directory = Directory::new();
    let saved = export(&service, &SaveTo::Directory(directory.0.clone())).expect("downloaded");
    assert_eq!(saved.bytes, 5);
    assert!(service.asked().iter().all(|asked| asked.header("api-key") == Some(KEY)));
    let asked = elsewhere.asked();
    assert_eq!(asked[0].target, "/2?signature=y");
    assert!(!asked[0].head.contains(KEY), "{}", asked[0].head);
    // Nor does a link in an answer take it elsewhere.
    let client = client(&service, http(0));
    let url = format!("{}/take%201.wav?signature=z", elsewhere.url());
    client
        .download_url(&url, &SaveTo::Directory(directory.0.clone()), go_on)
        .expect("downloaded");
    assert!(!elsewhere.asked()[1].head.contains(KEY));
}

#[test]
fn a_download_is_not_sent_around_for_ever_nor_in_the_clear() {
    let circle = TestServer::with_answers(vec![answer("302 Found", "Location: /again\r\n", b"")]);
    let directory = Directory::new();
    let to = SaveTo::Directory(directory.0.clone());
    assert_kind(&export(&circle, &to).expect_err("no end"), ErrorKind::Protocol);
    assert_eq!(circle.asked().len(), 6);
    for location in ["http://192.0.2.1/x", "ftp://127.0.0.1/x", "//elsewhere.example/x", "x"] {
        let server = TestServer::with_answers(vec![answer("302 Found", &format!("Location: {location}\r\n"), b"")]);
        let error = export(&server, &to).expect_err("refused");
        assert_kind(&error, ErrorKind::Protocol);
        assert_eq!(server.asked().len(), 1);
    }
    let service = TestServer::with_answers(vec![Vec::new()]);
    let client = client(&service, http(0));
    for url in [
        "",
        "x",
        "http://192.0.2.1/x",
        "file:///etc/passwd",
        "http://user@127.0.0.1/",
    ] {
        let error = client.download_url(url, &to, go_on).expect_err("refused");
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidArgument, Some("url")),
            "{url}"
        );
    }
    assert!(directory.names().is_empty());
}

#[test]
fn a_link_keeps_the_slash_at_its_end() {
    // Frameworks send whoever asks without it to the address with it.
    let server = TestServer::start(|_, asked| match asked.target.ends_with('/') {
        true => answer("200 OK", "", &content()),
        false => answer(
            "307 Temporary Redirect",
            &format!("Location: {}/\r\n", asked.target),
            b"",
        ),
    });
    let directory = Directory::new();
    export(&server, &SaveTo::File(directory.join("x.zip"))).expect("downloaded");
    assert_eq!(server.asked().len(), 2);
}

#[test]
fn what_is_packed_is_no_file() {
    // The bytes of gzip under a name that says zip would be a broken file that nobody hears of.
    let packed = b"\x1f\x8b\x08\x00rest";
    let whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\n\x1f\x08\r\n0\r\n\r\n".to_vec();
    for bytes in [answer("200 OK", "Content-Encoding: GZIP\r\n", packed), whole] {
        let server = TestServer::with_answers(vec![bytes]);
        let directory = Directory::new();
        let error = export(&server, &SaveTo::Directory(directory.0.clone())).expect_err("packed");
        assert_kind(&error, ErrorKind::Protocol);
        assert!(
            error.message().contains("gzip") || error.message().contains("GZIP"),
            "{error}"
        );
        assert_eq!(directory.names(), [""; 0]);
        assert_eq!(server.asked()[0].header("accept-encoding"), Some("identity"));
    }
    // Storages hand out what an uploader called an encoding.
    let server = TestServer::with_answers(vec![answer("200 OK", "Content-Encoding: utf-8\r\n", &content())]);
    let directory = Directory::new();
    export(&server, &SaveTo::File(directory.join("x.zip"))).expect("downloaded");
}

#[test]
fn calls_do_not_follow_redirects() {
    let server = TestServer::with_answers(vec![answer("302 Found", "Location: /elsewhere\r\n", b"")]);
    let error = client(&server, http(3)).get_credits().expect_err("no answer");
    assert_kind(&error, ErrorKind::Protocol);
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn a_transfer_ends_when_it_is_stopped() {
    let directory = Directory::new();
    let server = breaking("", vec![]);
    let error = client(&server, http(3))
        .download_url(&server.url(), &SaveTo::File(directory.join("x")), |done, _| {
            if done > 0 {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
        .expect_err("stopped");
    assert_kind(&error, ErrorKind::Cancelled);
    assert!(directory.names().is_empty());
    let audio = Audio::Bytes {
        name: "x.wav".to_owned(),
        bytes: content(),
    };
    let parameters = serde_json::json!({ "parent_folder_id": "f" });
    let error = client(&server, http(3))
        .upload("create_recording", parameters, &audio, |_, _| ControlFlow::Break(()))
        .expect_err("stopped");
    assert_kind(&error, ErrorKind::Cancelled);
}

#[cfg(unix)]
#[test]
fn a_link_at_the_destination_is_replaced_and_not_followed() {
    let server = breaking("", vec![]);
    let directory = Directory::new();
    let (link, secret) = (directory.join("x.zip"), directory.join("secret"));
    for there in [true, false] {
        if there {
            std::fs::write(&secret, "another's").expect("written");
        }
        std::os::unix::fs::symlink(&secret, &link).expect("made");
        let saved = export(&server, &SaveTo::File(link.clone())).expect("saved");
        assert_eq!(saved.path, link);
        assert!(link.symlink_metadata().expect("there").is_file());
        assert!(std::fs::read(&link).expect("there") == content());
        if there {
            assert_eq!(std::fs::read(&secret).expect("there"), b"another's");
            std::fs::remove_file(&secret).expect("removed");
        } else {
            assert!(!secret.exists());
        }
        std::fs::remove_file(&link).expect("removed");
    }
    // What is no file is left alone, through a link, too.
    std::os::unix::fs::symlink("/dev/null", &link).expect("made");
    let error = export(&server, &SaveTo::File(link.clone())).expect_err("a device");
    assert_kind(&error, ErrorKind::File);
    assert!(link.symlink_metadata().expect("there").is_symlink());
}

#[test]
fn what_cannot_be_written_is_a_file_error_at_once() {
    let server = breaking("", vec![]);
    let directory = Directory::new();
    for to in [
        SaveTo::File(directory.join("none/x")),
        SaveTo::Directory(directory.join("none")),
        SaveTo::File(directory.0.clone()),
    ] {
        let before = server.asked().len();
        let error = export(&server, &to).expect_err("no place");
        assert_kind(&error, ErrorKind::File);
        assert_eq!(server.asked().len(), before + 1);
    }
}

#[test]
fn an_upload_says_how_long_it_is_and_arrives_byte_for_byte() {
    let server = TestServer::with_answers(vec![json("200 OK", serde_json::json!({ "id": "r" }))]);
    let directory = Directory::new();
    let path = directory.join("take 1.flac");
    std::fs::write(&path, content()).expect("written");
    let mut told = Vec::new();
    let parameters = serde_json::json!({ "parent_folder_id": "f", "label": "Grüße \"1\"", "starred": null });
    client(&server, http(0))
        .upload("create_recording", parameters, &Audio::File(path), |done, total| {
            told.push((done, total));
            ControlFlow::Continue(())
        })
        .expect("uploaded");
    let asked = &server.asked()[0];
    let length: u64 = asked
        .header("content-length")
        .and_then(|length| length.parse().ok())
        .expect("a length");
    assert_eq!(asked.body.len() as u64, length);
    assert_eq!(told.last(), Some(&(length, Some(length))));
    let content = content();
    let at = asked.body.windows(content.len()).position(|window| window == content);
    let head = String::from_utf8_lossy(&asked.body[..at.expect("the file")]).into_owned();
    assert!(head.contains("name=\"label\"\r\n\r\nGrüße \"1\"\r\n"), "{head}");
    assert!(
        head.contains("name=\"data\"; filename=\"take 1.flac\"\r\nContent-Type: audio/flac\r\n\r\n"),
        "{head}"
    );
    assert!(!head.contains("starred"), "{head}");
}

#[test]
fn an_upload_is_not_repeated_when_it_may_have_arrived() {
    for (answer, tries) in [
        (Vec::new(), 1),
        (answer("500 Oops", "", b""), 1),
        (answer("429 Busy", "Retry-After: 0\r\n", b""), 4),
    ] {
        let server = TestServer::with_answers(vec![answer]);
        let audio = Audio::Bytes {
            name: "x.wav".to_owned(),
            bytes: vec![1; 10],
        };
        let parameters = serde_json::json!({ "parent_folder_id": "f" });
        let client = client(&server, http(3));
        let error = client
            .upload("create_recording", parameters, &audio, go_on)
            .expect_err("it fails");
        assert_eq!(server.asked().len(), tries, "{error}");
    }
}

/// Refuses each request as soon as it has its head, and reads nothing of what follows; then it hangs up, or does not.
fn hasty(hangs_up: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for mut stream in listener.incoming().flatten() {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                if stream.read_exact(&mut byte).is_err() {
                    break;
                }
                head.push(byte[0]);
            }
            let refusal = json("413 Too Large", serde_json::json!({ "detail": "It is too long" }));
            // Who has gone away is not told.
            let _ = stream.write_all(&refusal);
            if !hangs_up {
                kept.push(stream);
            }
        }
    });
    url
}

#[test]
fn an_upload_that_is_refused_before_all_of_it_was_sent_says_why() {
    let directory = Directory::new();
    let path = directory.join("long.wav");
    // More than any buffer on the way holds.
    let file = std::fs::File::create(&path).expect("made");
    file.set_len(64 << 20).expect("grown");
    for hangs_up in [true, false] {
        let config = Config::new().api_key(KEY).base_url(hasty(hangs_up)).http(http(0));
        let client = Client::new(&config).expect("good");
        // The second one needs a connection of its own.
        for _ in 0..2 {
            let parameters = serde_json::json!({ "parent_folder_id": "f" });
            let mut read = 0;
            let error = client
                .upload("create_recording", parameters, &Audio::File(path.clone()), |sent, _| {
                    read = sent;
                    ControlFlow::Continue(())
                })
                .expect_err("refused");
            assert!(read < 48 << 20, "{read} bytes were read though they were not sent");
            assert_kind(&error, ErrorKind::RejectedInput);
            assert_eq!((error.http_status(), error.message()), (Some(413), "It is too long"));
        }
    }
}

#[test]
fn what_cannot_be_uploaded_is_not_sent() {
    let server = TestServer::with_answers(vec![Vec::new()]);
    let directory = Directory::new();
    let client = client(&server, http(0));
    let parameters = || serde_json::json!({ "parent_folder_id": "f" });
    for path in [directory.join("none.wav"), directory.0.clone()] {
        let error = client
            .upload("create_recording", parameters(), &Audio::File(path), go_on)
            .expect_err("no file");
        assert_eq!((error.kind(), error.field()), (ErrorKind::File, Some("data")));
    }
    let empty = Audio::Bytes {
        name: "x.wav".to_owned(),
        bytes: Vec::new(),
    };
    let error = client
        .upload("create_recording", parameters(), &empty, go_on)
        .expect_err("no audio");
    assert_kind(&error, ErrorKind::InvalidArgument);
    for data in [
        serde_json::json!({ "parent_folder_id": "f" }),
        serde_json::json!({ "parent_folder_id": "f", "data": 3 }),
    ] {
        let error = client.call("create_recording", data).expect_err("no path");
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidArgument, Some("data"))
        );
    }
    assert!(server.asked().is_empty());
}

#[test]
fn a_link_is_tried_without_the_key_first() {
    let server = TestServer::start(|_, asked| match (asked.target.as_str(), asked.header("api-key")) {
        // Storage refuses what is signed twice.
        ("/signed", None) | ("/kept", Some(_)) => answer("200 OK", "", b"audio"),
        ("/signed", Some(_)) => answer("400 Bad Request", "", b"<Error/>"),
        _ => json("401 No", serde_json::json!({ "detail": "Who are you?" })),
    });
    let directory = Directory::new();
    let client = client(&server, http(0));
    let to = SaveTo::Directory(directory.0.clone());
    for (link, tries) in [("/signed", 1), ("/kept", 2)] {
        let before = server.asked().len();
        client.download_url(link, &to, go_on).expect("downloaded");
        assert_eq!(server.asked().len() - before, tries);
    }
    let elsewhere = TestServer::with_answers(vec![json("401 No", serde_json::json!({ "detail": "No" }))]);
    let error = client
        .download_url(&elsewhere.url(), &to, go_on)
        .expect_err("not for us");
    assert_kind(&error, ErrorKind::Unauthorized);
    assert_eq!(elsewhere.asked().len(), 1);
    assert!(!elsewhere.asked()[0].head.contains(KEY));
}
