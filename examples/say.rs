//! Speaks a text into a file, saying how it goes.
//!
//! ```text
//! cargo run --example say -- "Welcome to the show." -o welcome.wav
//! ```
//!
//! The file's ending chooses the format: .wav, .mp3, .opus, .ogg, .au, .ul or .pcm. With DEEPDUB_API_KEY set the
//! service speaks; without it a sandbox inside this program does.

use std::error::Error;
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::time::Instant;

use voicewire::audio::{AudioFile, Format};
use voicewire::deepdub::{Client, Config, SpeechRequest, TRIAL_VOICE};
use voicewire_sandbox::{Options, Sandbox};

const USAGE: &str = "usage: say TEXT [-o FILE] [--voice ID] [--locale LOCALE] [--seed N] [--rate HZ]";
/// For the formats that state no rate themselves; every format can have it.
const DEFAULT_RATE: u32 = 48_000;

struct Arguments {
    output: String,
    request: SpeechRequest,
    sample_rate: u32,
}

fn main() -> ExitCode {
    let arguments = match arguments(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("{problem}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match say(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("say: {error}");
            ExitCode::FAILURE
        }
    }
}

fn arguments(mut given: impl Iterator<Item = String>) -> Result<Arguments, Box<dyn Error>> {
    let (mut text, mut output) = (None, "out.wav".to_owned());
    let mut request = SpeechRequest::new("", TRIAL_VOICE);
    let mut sample_rate = DEFAULT_RATE;
    while let Some(argument) = given.next() {
        let mut value = || given.next().ok_or_else(|| format!("{argument} needs a value"));
        match argument.as_str() {
            "-o" | "--output" => output = value()?,
            "--voice" => request.voice_prompt_id = value()?,
            "--locale" => request.locale = value()?,
            "--seed" => request.seed = Some(value()?.parse().map_err(|_| "--seed takes a whole number")?),
            "--rate" => sample_rate = value()?.parse().map_err(|_| "--rate takes a number of Hz")?,
            option if option.starts_with("--") => return Err(format!("{option} is not an option").into()),
            _ if text.is_none() => text = Some(argument),
            _ => return Err("there is more than one text: put it in quotes".into()),
        }
    }
    request.text = text.ok_or("there is no text to say")?;
    request.format = Format::for_path(&output)?;
    request.sample_rate = Some(sample_rate);
    Ok(Arguments {
        output,
        request,
        sample_rate,
    })
}

fn say(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let Arguments {
        output,
        request,
        sample_rate,
    } = arguments;
    // Kept until the end: dropping it stops the sandbox.
    let (client, _sandbox) = client()?;
    let mut file = AudioFile::create(output, request.format, *sample_rate)?;

    let started = Instant::now();
    let mut write_error = None;
    let spoken = client.stream_tts(request, |chunk| {
        if chunk.index == 0 {
            eprintln!("first chunk after {} ms", started.elapsed().as_millis());
        }
        if let Err(error) = file.write(chunk.data) {
            write_error = Some(error);
            return ControlFlow::Break(());
        }
        eprint!("\r{:.1} s of audio", file.seconds());
        ControlFlow::Continue(())
    });
    eprintln!();
    if let Some(error) = write_error {
        return Err(error.into());
    }
    let seconds = file.seconds();
    match spoken {
        Ok(summary) => {
            file.finish()?;
            eprintln!(
                "{output}: {seconds:.2} s of audio, generation {}",
                summary.generation_id
            );
            Ok(())
        }
        Err(error) => {
            // What arrived before the failure is good.
            if seconds > 0.0 {
                file.finish()?;
                eprintln!("{output}: the first {seconds:.2} s of audio, before the failure");
            }
            Err(error.into())
        }
    }
}

/// A client of the service, or of a sandbox of our own where there is no key.
fn client() -> Result<(Client, Option<Sandbox>), Box<dyn Error>> {
    if std::env::var("DEEPDUB_API_KEY").is_ok_and(|key| !key.is_empty()) {
        return Ok((Client::new(&Config::new())?, None));
    }
    eprintln!("DEEPDUB_API_KEY is not set: a local sandbox speaks instead of the service");
    let sandbox = Sandbox::start(Options::default())?;
    let config = Config::new()
        .api_key(sandbox.api_key())
        .rest_url(sandbox.deepdub_rest_url())
        .websocket_url(sandbox.deepdub_open_url());
    Ok((Client::new(&config)?, Some(sandbox)))
}
