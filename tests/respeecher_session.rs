//! As whom calls are made, and lists that take many of them.

mod support;

use std::collections::BTreeSet;

use serde_json::json;
use support::http::{Directory, TestServer, answer, http};
use support::market::*;
use support::{assert_kind, sandbox};
use voicewire::respeecher::*;
use voicewire::{ErrorKind, SaveTo};

#[test]
fn a_list_is_fetched_as_it_is_asked_for() {
    let sandbox = sandbox();
    let client = market(&sandbox);
    let seeded = sandbox.respeecher().seed_recordings(250);
    let query = |limit| RecordingQuery {
        folder_id: Some(seeded.folder_id.clone()),
        limit,
        ..RecordingQuery::default()
    };
    let lists = || {
        sandbox
            .requests()
            .iter()
            .filter(|r| r.path == "/api/recordings")
            .count()
    };
    let mut list = client.list_recordings(&query(Some(40))).expect("good");
    assert_eq!(lists(), 0);
    for number in 1..=41 {
        let recording = list.next().expect("one").expect("good");
        assert_eq!(recording.label, Some(format!("Recording {number}")));
        assert_eq!(list.offset(), number);
    }
    assert_eq!(lists(), 2);
    assert_eq!(list.count(), 250 - 41);
    for limit in [Some(1), Some(50), Some(249), Some(250), Some(251), None] {
        let labels: BTreeSet<String> = client
            .list_recordings(&query(limit))
            .expect("good")
            .map(|recording| recording.expect("good").label.expect("a label"))
            .collect();
        assert_eq!(labels.len(), 250, "{limit:?}");
    }
    let late = RecordingQuery {
        offset: Some(240),
        ..query(Some(7))
    };
    assert_eq!(client.list_recordings(&late).expect("good").count(), 10);
    let json = client
        .list(
            "list_recordings",
            json!({ "folder_id": seeded.folder_id, "limit": 100 }),
        )
        .expect("good");
    assert_eq!(json.count(), 250);
}

#[test]
fn a_list_goes_on_after_a_page_that_is_not_full_when_more_are_counted() {
    // The service gives fewer than it says that a page has.
    let page = |ids: &[&str], offset: usize| {
        let list: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
        let page = json!({ "list": list, "pagination": { "count": 5, "limit": 50, "offset": offset } });
        answer("200 OK", "", page.to_string().as_bytes())
    };
    let server = TestServer::with_answers(vec![page(&["a", "b"], 0), page(&["c", "d"], 2), page(&["e"], 4)]);
    let config = Config::new().api_key("rs-x").base_url(server.url()).http(http(0));
    let client = Client::new(&config).expect("good");
    let list = client.list_projects(&ProjectQuery::default()).expect("good");
    let ids: Vec<String> = list.map(|project| project.expect("good").id).collect();
    assert_eq!(ids, ["a", "b", "c", "d", "e"]);
    assert_eq!(server.asked().len(), 3);
}

#[test]
fn a_list_whose_service_repeats_itself_ends_with_an_error() {
    let page = br#"{"list": [{"id": "a"}, {"id": "b"}], "pagination": {"count": 2, "limit": 2, "offset": 0}}"#;
    let server = TestServer::with_answers(vec![answer("200 OK", "", page)]);
    let config = Config::new().api_key("rs-x").base_url(server.url()).http(http(0));
    let client = Client::new(&config).expect("good");
    let mut list = client.list_projects(&ProjectQuery::default()).expect("good");
    assert!(list.next().is_some_and(|one| one.is_ok()) && list.next().is_some_and(|one| one.is_ok()));
    assert_kind(
        &list.next().expect("an end").expect_err("the same again"),
        ErrorKind::Protocol,
    );
    assert!(list.next().is_none());
}

#[test]
fn a_list_that_begins_at_the_end_of_all_numbers_has_an_end() {
    let page = |offset: u64| {
        let page = json!({
            "list": [{ "id": "a" }, { "id": "b" }],
            "pagination": { "count": u64::MAX, "limit": u64::MAX, "offset": offset },
        });
        answer("200 OK", "", page.to_string().as_bytes())
    };
    let server = TestServer::with_answers(vec![page(u64::MAX)]);
    let config = Config::new().api_key("rs-x").base_url(server.url()).http(http(0));
    let client = Client::new(&config).expect("good");
    let query = ProjectQuery {
        offset: Some(u64::MAX),
        ..ProjectQuery::default()
    };
    let mut list = client.list_projects(&query).expect("good");
    assert!(list.next().is_some_and(|one| one.is_ok()) && list.next().is_some_and(|one| one.is_ok()));
    assert_eq!(list.offset(), u64::MAX);
    assert!(list.next().is_none());
}

#[test]
fn a_login_signs_calls_in_with_its_cookie_and_token() {
    let sandbox = sandbox();
    let (email, password) = sandbox.respeecher().login();
    let client = Client::new(&nobody_s_config(&sandbox).login(email, password)).expect("good");
    client
        .create_project(&NewProject::new("Mine"))
        .expect("signed in with the first call");
    client.get_credits().expect("still");
    let logins = || sandbox.requests().iter().filter(|r| r.path == "/api/login").count();
    assert_eq!(logins(), 1);
    // The same user as with the key.
    assert_eq!(
        market(&sandbox)
            .list_projects(&ProjectQuery::default())
            .expect("good")
            .count(),
        1
    );
    client.logout().expect("signed out");
    let before = sandbox.requests().len();
    let error = client.get_credits().expect_err("signed out");
    assert_kind(&error, ErrorKind::Unauthorized);
    assert!(error.message().contains("logout"), "{error}");
    assert_eq!(sandbox.requests().len(), before, "nothing was sent");
    // The password was not kept.
    assert_eq!(client.login().expect_err("forgotten").field(), Some("password"));
    // It can be given anew.
    let answer = client
        .call("login", json!({ "email": email, "password": password }))
        .expect("signed in");
    assert_eq!(
        (answer.get("csrf_token"), &answer["user"]["email"]),
        (None, &json!(email))
    );
    client.get_credits().expect("signed in");
}

#[test]
fn a_session_that_expires_is_noticed() {
    let sandbox = sandbox();
    let (email, password) = sandbox.respeecher().login();
    let client = Client::new(&nobody_s_config(&sandbox).login(email, password)).expect("good");
    client.get_credits().expect("signed in");
    sandbox.respeecher().expire_sessions();
    let error = client.get_credits().expect_err("expired");
    assert_kind(&error, ErrorKind::Unauthorized);
    assert!(error.message().contains("expired"), "{error}");

    let keeping = nobody_s_config(&sandbox).login(email, password).keep_password(true);
    let client = Client::new(&keeping).expect("good");
    let project = client.create_project(&NewProject::new("Mine")).expect("signed in");
    sandbox.respeecher().expire_sessions();
    // What makes something new, too: it was refused, and not done.
    client
        .create_project(&NewProject::new("Another"))
        .expect("signed in again");
    sandbox.respeecher().expire_sessions();
    let directory = Directory::new();
    let to = SaveTo::Directory(directory.0.clone());
    client
        .export_project(&project.id, None, &to, go_on)
        .expect("signed in again");
    sandbox.respeecher().expire_sessions();
    let new = NewFolder {
        name: "F".to_owned(),
        project_id: project.id,
        parent_id: None,
    };
    let folder = client.create_folder(&new).expect("signed in again");
    sandbox.respeecher().expire_sessions();
    let new = NewRecording {
        parent_folder_id: folder.id,
        ..NewRecording::default()
    };
    client
        .create_recording(&new, &tone(), go_on)
        .expect("signed in again, and the audio sent anew");
    client.logout().expect("signed out");
    client.login().expect("the password was kept");
    assert_eq!(client.list_projects(&ProjectQuery::default()).expect("good").count(), 2);
}

#[test]
fn a_wrong_password_is_unauthorized_and_not_tried_again() {
    let sandbox = sandbox();
    let (email, _) = sandbox.respeecher().login();
    let client = Client::new(
        &nobody_s_config(&sandbox)
            .login(email, "wrong password")
            .keep_password(true),
    )
    .expect("good");
    let error = client.get_credits().expect_err("refused");
    assert_kind(&error, ErrorKind::Unauthorized);
    assert!(!error.to_string().contains("wrong password"), "{error}");
    assert_eq!(sandbox.requests().len(), 1);
}

#[test]
fn a_login_that_fails_leaves_as_whom_a_client_speaks_as_it_was() {
    let sandbox = sandbox();
    let (email, password) = sandbox.respeecher().login();
    let client = Client::new(&nobody_s_config(&sandbox).login(email, password).keep_password(true)).expect("good");
    let wrong = serde_json::json!({ "email": email, "password": "recordings" });
    assert_kind(
        &client.call("login", wrong).expect_err("refused"),
        ErrorKind::Unauthorized,
    );
    // It is no secret any more, whatever errors have to say.
    let error = client.get_recording("nothing").expect_err("there is none");
    assert!(error.to_string().contains("/api/recordings"), "{error}");
    client.login().expect("the password is the one before");
}

#[test]
fn a_client_needs_to_be_somebody() {
    let refused = |config: Config, field: &str| {
        let error = Client::new(&config.base_url("http://127.0.0.1:1").http(http(0))).expect_err("refused");
        assert_eq!(
            (error.kind(), error.field()),
            (ErrorKind::InvalidArgument, Some(field)),
            "{error}"
        );
    };
    refused(Config::new().api_key(""), "api_key");
    refused(Config::new().api_key("a key"), "api_key");
    refused(Config::new().api_key("k\r\nx: y"), "api_key");
    refused(Config::new().login("", "p"), "email");
    refused(Config::new().login("e", " "), "password");
    refused(Config::new().api_key("k").login("e", "p"), "api_key");
    let error =
        Client::new(&Config::new().api_key("k").base_url("http://elsewhere.example")).expect_err("in the clear");
    assert_eq!(error.field(), Some("base_url"));
    let mut config = Config::new().api_key("k");
    config.http.timeouts.idle = Some(std::time::Duration::ZERO);
    assert_eq!(Client::new(&config).expect_err("no time").field(), Some("idle_timeout"));
    let client = Client::new(&Config::new().api_key("k")).expect("good");
    assert_eq!(client.base_url(), "https://gateway.respeecher.com/");
}

#[test]
fn calls_end_with_their_client_and_from_outside() {
    let sandbox = sandbox();
    let token = voicewire::CancelToken::new();
    let client = market(&sandbox).with_options(&voicewire::CallOptions::new().cancel(&token));
    client.get_credits().expect("there");
    token.cancel();
    assert_kind(&client.get_credits().expect_err("cancelled"), ErrorKind::Cancelled);
    let client = market(&sandbox);
    client.close();
    assert_kind(&client.get_credits().expect_err("closed"), ErrorKind::Cancelled);
}
