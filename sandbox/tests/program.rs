//! The program `voicewire-sandbox`.

mod support;

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::Instant;

use serde_json::json;
use support::{Client, PATIENCE, connect, request};

/// The program while it runs; killed if a test fails.
struct Program {
    child: Child,
    url: String,
}

impl Program {
    fn start(arguments: &[&str]) -> Program {
        let mut child = command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut url)
            .unwrap();
        Program {
            child,
            url: url.trim_end().to_owned(),
        }
    }

    /// A connection, under the trial key, with a generation that is being paced.
    fn busy(&self) -> Client {
        let url = self.url.replace("http", "ws") + "/open";
        let mut client = connect(&url, &[("x-api-key", "dd-12345678")]).unwrap();
        client.send(&request(json!({"targetDuration": 90})));
        client.receive();
        client
    }

    fn wait(&mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_voicewire-sandbox"));
    command.args(arguments);
    command
}

fn output(arguments: &[&str]) -> Output {
    command(arguments).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn it_prints_its_url_and_nothing_else_and_ends_with_its_input() {
    let mut program = Program::start(&["--port", "0", "--until-stdin-closes", "--pace=1"]);
    let port = program.url.strip_prefix("http://127.0.0.1:").unwrap();
    assert!(port.parse::<u16>().unwrap() > 0);
    let _client = program.busy();
    let begin = Instant::now();
    drop(program.child.stdin.take());
    assert!(program.wait().success());
    assert!(begin.elapsed() < PATIENCE);
    let mut rest = String::new();
    program
        .child
        .stdout
        .as_mut()
        .unwrap()
        .read_to_string(&mut rest)
        .unwrap();
    assert_eq!(rest, "");
}

#[cfg(unix)]
#[test]
fn it_ends_at_a_signal_even_with_generations_running() {
    for signal in ["-TERM", "-INT"] {
        let mut program = Program::start(&["--port", "0", "--pace", "1"]);
        let _client = program.busy();
        let begin = Instant::now();
        let pid = program.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert_eq!(program.wait().code(), Some(0), "{signal}");
        assert!(begin.elapsed() < PATIENCE);
    }
}

#[test]
fn its_options_reach_the_server() {
    let program = Program::start(&[
        "--port=0",
        "--key=dd-only-this-one",
        "--fault",
        "error=MaxExceeded",
        "--engine=formant",
        "--pace=max",
        "--first-chunk-delay=0",
        "--chunk-millis=100",
        "--max-concurrent=1",
        "--until-stdin-closes",
    ]);
    let url = program.url.replace("http", "ws") + "/open";
    assert!(connect(&url, &[("x-api-key", "dd-12345678")]).is_err());
    let mut client = connect(&url, &[("x-api-key", "dd-only-this-one")]).unwrap();
    let messages = client.ask(json!({}));
    assert_eq!(messages[0]["errorType"], "MaxExceeded");
    let messages = client.ask(json!({"voicePromptId": "fault:chunk-delay=0"}));
    // 100 ms of 16-bit samples at 16 kHz.
    assert_eq!(support::audio(&messages[1]).len(), 3200);
}

#[test]
fn it_writes_its_authority_to_a_file() {
    let file = std::env::temp_dir().join(format!("{}.pem", uuid::Uuid::new_v4()));
    let program = Program::start(&["--port=0", "--tls", "--ca-file", file.to_str().unwrap()]);
    assert!(program.url.starts_with("https://127.0.0.1:"));
    let pem = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(pem.starts_with("-----BEGIN CERTIFICATE-----"));
    assert!(!pem.contains("PRIVATE"));
}

#[test]
fn help_and_version_go_to_standard_output() {
    let help = output(&["--help"]);
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).unwrap();
    for flag in ["--port", "--fault", "--until-stdin-closes"] {
        assert!(text.contains(flag));
    }
    let version = output(&["--version"]);
    assert!(version.status.success());
    assert!(version.stdout.starts_with(b"voicewire-sandbox "));
}

#[test]
fn what_cannot_work_is_said_and_ends_with_2() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let cases: [(&[&str], &str); 13] = [
        (&["--port=0", "--"], "COMMAND"),
        (&["--port", &port], "in use"),
        (&["--port", "70000"], "--port"),
        (&["--prot", "0"], "--prot"),
        (
            &["--", "no-such-program-anywhere"],
            "no-such-program-anywhere cannot be run",
        ),
        (&["--port=0", "--pace", "-1"], "--pace"),
        (&["--port=0", "--pace", "NaN"], "--pace"),
        (&["--port=0", "--engine", "human"], "--engine"),
        (&["--port=0", "--fault", "explode"], "explode"),
        (&["--port=0", "--chunk-millis", "0"], "--chunk-millis"),
        (&["--port=0", "--max-concurrent", "0"], "--max-concurrent"),
        (&["--port=0", "--tls"], "--ca-file"),
        (
            &["--port=0", "--tls", "--ca-file=/no/such/directory/ca.pem"],
            "cannot write",
        ),
    ];
    for (arguments, reason) in cases {
        let output = output(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(output.stdout.is_empty());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(reason), "{arguments:?}: {text}");
    }
}

#[test]
#[cfg(unix)]
fn a_command_is_served_alone_and_its_exit_code_is_passed_on() {
    let script = "test -n \"$DEEPDUB_API_KEY\" && echo $DEEPDUB_BASE_URL $DEEPDUB_BASE_WEBSOCKET_URL \
        $DEEPDUB_BASE_WEBSOCKET_STREAMING_URL && exit 7";
    let output = command(&["--", "sh", "-c", script]).output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    let told = String::from_utf8(output.stdout).unwrap();
    let urls: Vec<&str> = told.trim_end().split(' ').collect();
    assert_eq!(urls.len(), 3, "the command's output and nothing else: {told}");
    let expected = [("http", "/api/v1"), ("ws", "/open"), ("ws", "/ws")];
    for (url, (scheme, path)) in urls.iter().zip(expected) {
        let begin = format!("{scheme}://127.0.0.1:");
        assert!(url.starts_with(&begin) && url.ends_with(path), "{told}");
    }
    // As a shell says it.
    let killed = command(&["--", "sh", "-c", "kill -9 $$"]).output().unwrap();
    assert_eq!(killed.status.code(), Some(128 + 9));
}

#[test]
#[cfg(unix)]
fn a_command_is_told_whom_to_trust() {
    let folder = std::env::temp_dir().join(uuid::Uuid::new_v4().to_string());
    std::fs::create_dir(&folder).unwrap();
    // Wherever it works.
    let script = "cd / && echo $DEEPDUB_BASE_URL && cat \"$SSL_CERT_FILE\"";
    let output = command(&["--tls", "--ca-file=ca.pem", "--", "sh", "-c", script])
        .current_dir(&folder)
        .output()
        .unwrap();
    let pem = std::fs::read_to_string(folder.join("ca.pem")).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(told.starts_with("https://") && told.ends_with(&pem), "{told}");

    // Without TLS it is left as it is.
    let output = command(&["--", "sh", "-c", "echo $SSL_CERT_FILE"])
        .env("SSL_CERT_FILE", "/mine.pem")
        .output()
        .unwrap();
    assert_eq!(output.stdout, b"/mine.pem\n");
}
