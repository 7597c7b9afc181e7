//! What the files of a job are called.

use std::collections::HashSet;

use super::answers::Recording;
use super::job::Job;
use crate::net::safe_name;

/// What a conversion's file is called: nothing else in this job is called so.
pub(super) fn file_name(job: &Job, index: usize, recording: &Recording, taken: &mut HashSet<String>) -> String {
    let conversion = &job.conversions[index];
    let label = conversion.label.as_ref().or(job.label.as_ref());
    let voice = recording.voice_name.as_ref().unwrap_or(&conversion.voice_id);
    let style = match (&recording.narration_style_name, &recording.accent_name) {
        (Some(style), _) if conversion.narration_style_id.is_some() => Some(style),
        (_, Some(accent)) if conversion.accent_id.is_some() => Some(accent),
        _ => None,
    };
    let stem = [
        Some(label.map_or("recording", String::as_str)),
        Some(voice.as_str()),
        style.map(String::as_str),
    ];
    let stem: Vec<&str> = stem.into_iter().flatten().collect();
    // A slash in a voice's name is not a directory, and a dot not the beginning of an ending.
    let stem = stem.join("-").replace(['/', '\\', '.'], "_");
    let ending = ending_of(recording);
    let mut name = safe_name(&format!("{stem}.{ending}")).unwrap_or_else(|| format!("recording.{ending}"));
    let mut number = 1;
    // On some systems names that differ in case alone are one.
    while !taken.insert(name.to_lowercase()) {
        number += 1;
        let shorter: String = stem.chars().take(40).collect();
        name = safe_name(&format!("{shorter}-{number}.{ending}")).unwrap_or_else(|| format!("{number}.{ending}"));
    }
    name
}

/// The ending of the conversion's file, as far as it is known.
fn ending_of(recording: &Recording) -> String {
    let path = recording
        .url
        .as_deref()
        .map(|url| url.split(['?', '#']).next().unwrap_or_default());
    [recording.file_name.as_deref(), path]
        .into_iter()
        .flatten()
        .filter_map(|name| name.rsplit('/').next()?.rsplit_once('.'))
        .map(|(_, ending)| ending.to_ascii_lowercase())
        .find(|ending| (1..=5).contains(&ending.len()) && ending.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        .unwrap_or_else(|| "wav".to_owned())
}
