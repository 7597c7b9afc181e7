//! A command that is served alone: it finds the sandbox by its environment.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, ExitCode, ExitStatus};
use std::{io, thread};

use tokio::sync::oneshot;
use voicewire_sandbox::Sandbox;

/// Runs it, and ends as it ends. `authority` is the file with the certificate that it has to trust, if any. When the sandbox
/// is told to stop meanwhile, that is the end of the wait: a terminal tells both.
pub async fn run(
    sandbox: &Sandbox,
    program: &OsStr,
    arguments: &[OsString],
    authority: Option<&Path>,
    told_to_stop: impl Future<Output = ()>,
) -> Result<ExitCode, String> {
    let mut command = Command::new(program);
    if let Some(file) = authority {
        // In full: the program may work in another folder.
        let file = std::path::absolute(file).map_err(|error| format!("{}: {error}", file.display()))?;
        command.env("SSL_CERT_FILE", file);
    }
    let mut child = command
        .args(arguments)
        .env("DEEPDUB_API_KEY", sandbox.api_key())
        .env("DEEPDUB_BASE_URL", sandbox.deepdub_rest_url())
        .env("DEEPDUB_BASE_WEBSOCKET_URL", sandbox.deepdub_open_url())
        .env("DEEPDUB_BASE_WEBSOCKET_STREAMING_URL", sandbox.deepdub_live_url())
        .env("PALABRA_API_KEY", sandbox.palabra().api_key())
        .env("PALABRA_API_URL", sandbox.palabra_url())
        .env("RESPEECHER_API_KEY", sandbox.respeecher().api_key())
        .env("RESPEECHER_BASE_URL", sandbox.respeecher_url())
        .spawn()
        .map_err(|error| format!("{} cannot be run: {error}", program.display()))?;
    let (ended, end) = oneshot::channel();
    thread::spawn(move || {
        let _ = ended.send(child.wait());
    });
    tokio::select! {
        () = told_to_stop => Ok(ExitCode::SUCCESS),
        status = end => Ok(code(status.unwrap_or_else(|_| Err(io::Error::other("the wait ended"))))),
    }
}

fn code(status: io::Result<ExitStatus>) -> ExitCode {
    let code = status
        .ok()
        .and_then(|status| status.code().or_else(|| of_signal(status)));
    match code.and_then(|code| u8::try_from(code).ok()) {
        Some(code) => ExitCode::from(code),
        None => ExitCode::FAILURE,
    }
}

/// What a shell makes of the signal that ended a program.
#[cfg(unix)]
fn of_signal(status: ExitStatus) -> Option<i32> {
    use std::os::unix::process::ExitStatusExt;
    status.signal().map(|signal| 128 + signal)
}

#[cfg(not(unix))]
fn of_signal(_: ExitStatus) -> Option<i32> {
    None
}
