//! A client of the sandbox's marketplace, and what tests find there.

use std::ops::ControlFlow;

use voicewire::HttpConfig;
use voicewire::respeecher::{
    Audio, Client, Config, Folder, NewFolder, NewProject, NewTtsRecording, Project, Recording, Voice, VoiceQuery,
};
use voicewire_sandbox::Sandbox;

use super::http::http;

pub fn market_config(sandbox: &Sandbox) -> Config {
    let respeecher = sandbox.respeecher();
    Config::new()
        .api_key(respeecher.api_key())
        .base_url(sandbox.base_url())
        .http(HttpConfig {
            ca_pem: sandbox.ca_pem().map(str::to_owned),
            ..http(2)
        })
}

pub fn market(sandbox: &Sandbox) -> Client {
    Client::new(&market_config(sandbox)).expect("good")
}

pub fn place(client: &Client) -> (Project, Folder) {
    let project = client.create_project(&NewProject::new("Alice")).expect("made");
    let folder = client
        .create_folder(&NewFolder {
            name: "Chapter 1".to_owned(),
            project_id: project.id.clone(),
            parent_id: None,
        })
        .expect("made");
    (project, folder)
}

pub fn spoken(client: &Client, folder: &Folder, text: &str) -> Recording {
    let new = NewTtsRecording {
        parent_folder_id: folder.id.clone(),
        text: text.to_owned(),
        label: Some("Line".to_owned()),
        ..NewTtsRecording::default()
    };
    let made = client.create_tts_recording(&new).expect("made");
    // Done when it is asked for next.
    client.get_recording(&made.id).expect("there")
}

/// Voices that may be used.
pub fn voices(client: &Client) -> Vec<Voice> {
    let all = client.list_voices(&VoiceQuery::default()).expect("good");
    let voices: Vec<Voice> = all.map(|voice| voice.expect("a voice")).collect();
    voices
        .into_iter()
        .filter(|voice| voice.available == Some(true))
        .collect()
}

/// Half a second of a tone, as a WAV file.
pub fn tone() -> Audio {
    let samples: Vec<u8> = (0..8000)
        .map(|index| ((f64::from(index) * 0.17).sin() * 8000.0) as i16)
        .flat_map(i16::to_le_bytes)
        .collect();
    Audio::Bytes {
        name: "tone.wav".to_owned(),
        bytes: voicewire::audio::file_bytes(voicewire::audio::Format::S16le, 16_000, &samples),
    }
}

pub fn go_on(_: u64, _: Option<u64>) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

/// The sandbox's address, as nobody.
pub fn nobody_s_config(sandbox: &Sandbox) -> Config {
    Config::new().base_url(sandbox.base_url()).http(http(2))
}
