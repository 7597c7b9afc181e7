//! The sandbox as a program. Standard output has the base URL alone, on one line; everything else is on standard error.

mod arguments;
mod command;

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::thread;

use tokio::sync::oneshot;
use voicewire_sandbox::Sandbox;

use arguments::{Arguments, Command};

/// What a bad argument or a port that is taken ends with.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let arguments = match arguments::read() {
        Ok(Command::Run(arguments)) => *arguments,
        Ok(Command::Print(text)) => return print(&text),
        Err(message) => return fail(&format!("{message}\nTry --help.")),
    };
    match run(arguments) {
        Ok(code) => code,
        Err(message) => fail(&message),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("voicewire-sandbox: {message}");
    ExitCode::from(USAGE)
}

fn print(text: &str) -> ExitCode {
    match writeln!(io::stdout(), "{text}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    let sandbox = Sandbox::start(arguments.options).map_err(|error| error.to_string())?;
    if let (Some(file), Some(pem)) = (&arguments.ca_file, sandbox.ca_pem()) {
        std::fs::write(file, pem).map_err(|error| format!("cannot write {}: {error}", file.display()))?;
    }
    if !sandbox.api_key().starts_with("dd-") {
        eprintln!("voicewire-sandbox: no --key begins with dd-, as clients of Deepdub want it of theirs");
    }
    runtime.block_on(async {
        // Listened for before the URL is out: whoever has read it may send a signal.
        let told = told_to_stop()?;
        if let Some((program, given)) = arguments.command.split_first() {
            return command::run(&sandbox, program, given, arguments.ca_file.as_deref(), told).await;
        }
        let mut stdout = io::stdout();
        writeln!(stdout, "{}", sandbox.base_url())
            .and_then(|()| stdout.flush())
            .map_err(|error| format!("cannot print the URL: {error}"))?;
        eprintln!("voicewire-sandbox: an API key that it accepts: {}", sandbox.api_key());
        tokio::select! {
            () = told => {}
            () = stdin_closed(), if arguments.until_stdin_closes => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Completes at SIGINT or SIGTERM, and elsewhere at Ctrl-C.
#[cfg(unix)]
fn told_to_stop() -> Result<impl Future<Output = ()>, String> {
    use tokio::signal::unix::{SignalKind, signal};

    let listen = |kind| signal(kind).map_err(|error| format!("cannot wait for a signal: {error}"));
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes at Ctrl-C.
#[cfg(not(unix))]
fn told_to_stop() -> Result<impl Future<Output = ()>, String> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// Completes when standard input is at its end. It is read on a thread that is never joined, since nothing but its
/// other end can wake a read.
async fn stdin_closed() {
    let (closed, wait) = oneshot::channel();
    thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        let mut buffer = [0; 1024];
        loop {
            match stdin.read(&mut buffer) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        let _ = closed.send(());
    });
    let _ = wait.await;
}
