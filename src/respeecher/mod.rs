//! Respeecher's Voice Marketplace: projects with recordings in them, spoken from texts or uploaded, that are converted into
//! other voices by order.
//!
//! [`Client::convert`] does all of it: text or audio, voices and styles in, finished files out. Under it is every call of
//! the vendor's reference: by types ([`Client::list_voices`], [`Client::create_order`] …) and, by the same names, as JSON
//! ([`Client::call`] with a name from [`ENDPOINTS`]).
//!
//! ```no_run
//! use voicewire::respeecher::{Client, Config, Conversion, Job, Source};
//!
//! let client = Client::new(&Config::new())?; // the key from RESPEECHER_API_KEY
//! let voice = client.search_voices("Ophelia", Some(1))?.swap_remove(0);
//! let job = Job {
//!     source: Source::text("Welcome to the show."),
//!     conversions: vec![Conversion::styled(voice.id, voice.narration_styles[0].id.clone())],
//!     directory: "takes".into(),
//!     ..Job::default()
//! };
//! for file in client.convert(&job, |_| std::ops::ControlFlow::Continue(()))?.files {
//!     println!("{}", file.path.display());
//! }
//! # Ok::<(), voicewire::Error>(())
//! ```

mod answers;
mod calls;
mod client;
mod config;
mod endpoints;
mod errors;
mod file_names;
mod flow;
mod job;
mod list;
mod parameters;
mod requests;
mod session;
mod waits;
mod words;

pub use answers::{
    Accent, AccentInfo, AccentSamples, AccentSettings, ApiKey, Calibration, ConversionCounts, Credits, Deleted, Folder,
    FolderStats, ModelStats, Moderation, MonthConverted, NarrationStyle, NarrationStyleInfo, NarrationStyleSettings,
    Note, PlacedOrder, Project, ProjectStats, Recording, RecordingNote, Session, Stats, Tier, TimeConverted, TtsVoice,
    Voice,
};
pub use client::{Audio, Client};
pub use config::{BASE_URL, Config};
pub use endpoints::{Answers, ENDPOINTS, Endpoint, Sends};
pub use job::{Converted, Failure, Incomplete, Job, Outcome, Place, Polling, Progress, Source, Stage};
pub use list::{List, Page, Pagination};
pub use requests::{
    Conversion, ConversionQuery, FolderQuery, NewFolder, NewProject, NewRecording, NewTtsRecording, NewTtsRecordingV1,
    Order, OriginalQuery, ProjectQuery, RecordingChanges, RecordingQuery, VoiceQuery, VoiceSettings,
};
pub use words::{
    AgeGroup, Direction, Gender, PitchGroup, ProjectSort, RecordingType, Species, State, Visibility, VoiceSort,
};
