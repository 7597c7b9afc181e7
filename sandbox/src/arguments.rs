//! The program's command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use lexopt::prelude::*;
use voicewire_sandbox::{Options, speech::Engine};

const HELP: &str = "\
A local stand-in for cloud text-to-speech services. Prints its base URL on one line and serves until it is stopped by
SIGTERM, SIGINT or (with --until-stdin-closes) the end of standard input.

With a COMMAND it serves that command alone, which finds it by the environment variables that the services' clients read
(DEEPDUB_API_KEY, DEEPDUB_BASE_URL, DEEPDUB_BASE_WEBSOCKET_URL, DEEPDUB_BASE_WEBSOCKET_STREAMING_URL; PALABRA_API_KEY,
PALABRA_API_URL; RESPEECHER_API_KEY, RESPEECHER_BASE_URL; with --tls SSL_CERT_FILE), and ends with it and like it.

Usage: voicewire-sandbox [options] [-- COMMAND [ARGUMENT...]]

  --port N                 TCP port on 127.0.0.1; 0 picks a free one [0]
  --tls                    serve TLS with a certificate from a new authority; needs --ca-file
  --ca-file FILE           write that authority's certificate to FILE (PEM)
  --key KEY                accept this API key and no other one (again for several)
                           [any that begins with the service's dd-, rs- or pl- and has 8 more characters]
  --max-concurrent N       generations at once per key [5]
  --first-chunk-delay MS   milliseconds from a request to its first chunk [60]
  --pace X                 seconds of audio sent per second, or max [10]
  --chunk-millis N         milliseconds of audio per chunk [200]
  --processing-delay MS    milliseconds that a recording, conversion or voice takes to be made [300]
  --session-duration S     seconds that a login to Respeecher lasts [3600]
  --credits N              credits of a new account of Respeecher's [1000]
  --kept-upload BYTES      how much of an uploaded file is kept [4194304]
  --engine NAME            auto, espeak or formant [auto]
  --fault SPEC             a fault for every request, such as drop,after=2
  --until-stdin-closes     stop when standard input is at its end
  --help, --version

Deepdub is at /api/v1 (REST), /open and /ws (WebSocket), Respeecher at /api and /api/v2, Palabra at /saas. POST
/sandbox/faults with {\"fault\": SPEC, \"times\": N} lets the next requests fail, and DELETE withdraws what is left of that;
POST /sandbox/respeecher and /sandbox/palabra steer those services; GET /sandbox/requests, /sandbox/generations and
/sandbox/connections show what happened.";

/// What to do.
pub enum Command {
    Run(Box<Arguments>),
    Print(String),
}

/// How to run.
pub struct Arguments {
    pub options: Options,
    pub ca_file: Option<PathBuf>,
    pub until_stdin_closes: bool,
    /// A program and its arguments; empty for none.
    pub command: Vec<OsString>,
}

/// Reads the command line of this process.
pub fn read() -> Result<Command, String> {
    parse(lexopt::Parser::from_env())
}

fn parse(mut parser: lexopt::Parser) -> Result<Command, String> {
    let mut options = Options::default();
    let mut command = Vec::new();
    let mut ca_file = None;
    let mut until_stdin_closes = false;
    while let Some(argument) = parser.next().map_err(text)? {
        match argument {
            Long("port") => options.port = number(&mut parser, "--port")?,
            Long("tls") => options.tls = true,
            Long("ca-file") => ca_file = Some(parser.value().map_err(text)?.into()),
            Long("key") => options.keys.push(string(&mut parser)?),
            Long("max-concurrent") => match number(&mut parser, "--max-concurrent")? {
                0 => return Err("--max-concurrent must be at least 1".to_owned()),
                most => options.max_concurrent = most,
            },
            Long("first-chunk-delay") => {
                let millis: u32 = number(&mut parser, "--first-chunk-delay")?;
                options.first_chunk_delay = Duration::from_millis(millis.into());
            }
            Long("pace") => options.pace = pace(&string(&mut parser)?)?,
            Long("chunk-millis") => match number(&mut parser, "--chunk-millis")? {
                0 => return Err("--chunk-millis must be at least 1".to_owned()),
                millis => options.chunk_millis = millis,
            },
            Long("processing-delay") => {
                let millis: u32 = number(&mut parser, "--processing-delay")?;
                options.processing_delay = Duration::from_millis(millis.into());
            }
            Long("session-duration") => {
                let seconds: u32 = number(&mut parser, "--session-duration")?;
                options.session_duration = Duration::from_secs(seconds.into());
            }
            Long("credits") => options.credits = number(&mut parser, "--credits")?,
            Long("kept-upload") => options.kept_upload = number(&mut parser, "--kept-upload")?,
            Long("engine") => options.engine = engine(&string(&mut parser)?)?,
            Long("fault") => {
                let fault = string(&mut parser)?.parse();
                options.fault = Some(fault.map_err(|error| format!("--fault: {error}"))?);
            }
            Long("until-stdin-closes") => until_stdin_closes = true,
            Long("help") | Short('h') => return Ok(Command::Print(HELP.to_owned())),
            Long("version") | Short('V') => {
                let version = concat!("voicewire-sandbox ", env!("CARGO_PKG_VERSION"));
                return Ok(Command::Print(version.to_owned()));
            }
            Value(program) => {
                command.push(program);
                command.extend(parser.raw_args().map_err(text)?);
            }
            _ => return Err(text(argument.unexpected())),
        }
    }
    if command.is_empty() && std::env::args_os().next_back().is_some_and(|last| last == "--") {
        return Err("there is no COMMAND after --".to_owned());
    }
    match (options.tls, &ca_file) {
        (true, None) => return Err("--tls needs --ca-file, or no client can trust it".to_owned()),
        (false, Some(_)) => return Err("--ca-file needs --tls".to_owned()),
        _ => {}
    }
    Ok(Command::Run(Box::new(Arguments {
        options,
        ca_file,
        until_stdin_closes,
        command,
    })))
}

fn text(error: lexopt::Error) -> String {
    error.to_string()
}

fn string(parser: &mut lexopt::Parser) -> Result<String, String> {
    parser.value().and_then(ValueExt::string).map_err(text)
}

fn number<T: FromStr>(parser: &mut lexopt::Parser, flag: &str) -> Result<T, String> {
    let value = string(parser)?;
    value
        .parse()
        .map_err(|_| format!("{flag} needs a whole number in its range, not '{value}'"))
}

fn pace(value: &str) -> Result<f64, String> {
    match value.parse::<f64>() {
        _ if value == "max" => Ok(f64::INFINITY),
        Ok(pace) if pace > 0.0 && pace.is_finite() => Ok(pace),
        _ => Err(format!("--pace needs a number above 0, or max, not '{value}'")),
    }
}

fn engine(name: &str) -> Result<Engine, String> {
    match name {
        "auto" => Ok(Engine::Auto),
        "espeak" => Ok(Engine::Espeak),
        "formant" => Ok(Engine::Formant),
        _ => Err(format!("--engine must be auto, espeak or formant, not '{name}'")),
    }
}
