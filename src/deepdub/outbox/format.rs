//! The files of an outbox: what is in them, and how damage is noticed.
//!
//! A report that has not been delivered is one file: a line, a JSON object, a line end, the clip's bytes. The line is
//!
//! ```text
//! voicewire-report 1 JSON_BYTES JSON_CRC32 CLIP_BYTES CLIP_CRC32
//! ```
//!
//! with both checksums in hexadecimal. Everything else is a JSON object in a file of its own. Fields that are not known
//! here are passed over: a newer version may have more. A file that this version would misunderstand has another number.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::deepdub::clip::MAX_CLIP;
use crate::deepdub::issues::NewIssue;
use crate::error::{Error, ErrorKind, Result};

const MAGIC: &str = "voicewire-report";
const VERSION: u32 = 1;
/// The longest first line that is looked at.
const MAX_HEAD: u64 = 128;

/// What is stored of a report beside its clip.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    pub id: String,
    /// Seconds since 1970.
    pub created: f64,
    pub generation_id: String,
    pub generated_text: String,
    pub problem_word: String,
    pub voice_prompt_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub additional_comments: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem_seconds: Option<f64>,
}

impl Report {
    pub fn new(id: String, issue: &NewIssue) -> Report {
        Report {
            id,
            created: now(),
            generation_id: issue.generation_id.clone(),
            generated_text: issue.generated_text.clone(),
            problem_word: issue.problem_word.clone(),
            voice_prompt_id: issue.voice_prompt_id.clone(),
            additional_comments: issue.additional_comments.clone(),
            problem_seconds: issue.problem_seconds,
        }
    }

    /// What comes before the clip's bytes.
    pub fn head(&self, clip: &[u8]) -> Result<Vec<u8>> {
        let json = to_json(self)?;
        let mut head = format!(
            "{MAGIC} {VERSION} {} {:08x} {} {:08x}\n",
            json.len(),
            crc32(&json),
            clip.len(),
            crc32(clip)
        )
        .into_bytes();
        head.extend_from_slice(&json);
        head.push(b'\n');
        Ok(head)
    }
}

/// What went wrong the last time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Trouble {
    /// The kind's name.
    pub kind: String,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// Seconds since 1970.
    pub at: f64,
}

impl From<&Error> for Trouble {
    fn from(error: &Error) -> Trouble {
        Trouble {
            kind: error.kind().info().name.to_owned(),
            message: error.message().to_owned(),
            http_status: error.http_status(),
            at: now(),
        }
    }
}

/// What has become of a report so far: beside it, so that the clip need not be written again.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Note {
    pub version: u32,
    pub attempts: u32,
    pub last_error: Option<Trouble>,
}

impl Note {
    /// With one failure more.
    pub fn failed(self, error: &Error) -> Note {
        Note {
            version: VERSION,
            attempts: self.attempts.saturating_add(1),
            last_error: Some(Trouble::from(error)),
        }
    }
}

/// What stays of a report that has been delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Delivered {
    pub version: u32,
    pub id: String,
    /// The vendor's.
    pub issue_id: String,
    /// Seconds since 1970, as the next.
    pub created: f64,
    pub delivered: f64,
    pub attempts: u32,
    pub generation_id: String,
    pub problem_word: String,
    pub voice_prompt_id: String,
    pub clip_bytes: u64,
}

impl Delivered {
    pub fn new(stored: &Stored, issue_id: String, earlier: &Note) -> Delivered {
        let Stored { report, clip_bytes, .. } = stored;
        Delivered {
            version: VERSION,
            id: report.id.clone(),
            issue_id,
            created: report.created,
            delivered: now(),
            attempts: earlier.attempts.saturating_add(1),
            generation_id: report.generation_id.clone(),
            problem_word: report.problem_word.clone(),
            voice_prompt_id: report.voice_prompt_id.clone(),
            clip_bytes: *clip_bytes,
        }
    }
}

/// A report's file without the clip, which is read only to be sent.
pub(super) struct Stored {
    pub report: Report,
    pub clip_bytes: u64,
    clip_crc: u32,
    clip_offset: u64,
}

/// Reads a report's file, except for the clip's bytes. The error says in words why it is none.
pub(super) fn read_report(file: &mut File, id: &str) -> Result<Stored, String> {
    let system = |error: io::Error| error.to_string();
    let size = file.metadata().map_err(system)?.len();
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0)).map_err(system)?;
    file.take(MAX_HEAD).read_to_end(&mut head).map_err(system)?;
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).map_err(|_| "it is no report")?;
    let fields: Vec<&str> = line.split(' ').collect();
    match fields.as_slice() {
        [MAGIC, version, ..] if *version != VERSION.to_string() => {
            return Err(format!("it is of format {version}, and this version knows {VERSION}"));
        }
        [MAGIC, _, _, _, _, _] => {}
        _ => return Err("it is no report".to_owned()),
    }
    let broken = |_| "its first line is damaged".to_owned();
    let length = |field: usize| fields[field].parse::<u64>().map_err(broken);
    let checksum = |field: usize| u32::from_str_radix(fields[field], 16).map_err(broken);
    let (json_bytes, clip_bytes) = (length(2)?, length(4)?);
    let json_offset = line.len() as u64 + 1;
    let clip_offset = json_offset.saturating_add(json_bytes).saturating_add(1);
    let wanted = clip_offset.saturating_add(clip_bytes);
    if size != wanted {
        return Err(format!("it has {size} bytes, and should have {wanted}"));
    }
    if clip_bytes > MAX_CLIP {
        return Err(format!("its clip has {clip_bytes} bytes, and may have {MAX_CLIP}"));
    }
    let mut json = Vec::new();
    file.seek(SeekFrom::Start(json_offset)).map_err(system)?;
    file.take(json_bytes).read_to_end(&mut json).map_err(system)?;
    if crc32(&json) != checksum(3)? {
        return Err("its checksum is wrong".to_owned());
    }
    let report: Report = serde_json::from_slice(&json).map_err(|error| error.to_string())?;
    if report.id != id {
        return Err(format!("it is the report {}", report.id));
    }
    Ok(Stored {
        report,
        clip_bytes,
        clip_crc: checksum(5)?,
        clip_offset,
    })
}

/// The clip's bytes; `None` when they are not those that were stored.
pub(super) fn read_clip(file: &mut File, stored: &Stored) -> io::Result<Option<Vec<u8>>> {
    let mut clip = Vec::new();
    file.seek(SeekFrom::Start(stored.clip_offset))?;
    file.take(stored.clip_bytes).read_to_end(&mut clip)?;
    Ok((clip.len() as u64 == stored.clip_bytes && crc32(&clip) == stored.clip_crc).then_some(clip))
}

pub(super) fn to_json(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value)
        .map_err(|error| Error::new(ErrorKind::Internal, format!("a report could not be written: {error}")))
}

/// A JSON object of this version. The error says in words why it is none.
pub(super) fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    #[derive(Deserialize)]
    struct Version {
        version: u32,
    }
    let text = |error: serde_json::Error| error.to_string();
    let Version { version } = serde_json::from_slice(bytes).map_err(text)?;
    if version != VERSION {
        return Err(format!("it is of format {version}, and this version knows {VERSION}"));
    }
    serde_json::from_slice(bytes).map_err(text)
}

/// Seconds since 1970.
fn now() -> f64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0.0, |time| time.as_secs_f64())
}

/// 1970 for what the clock cannot show.
pub(super) fn moment(seconds: f64) -> SystemTime {
    Duration::try_from_secs_f64(seconds)
        .ok()
        .and_then(|time| SystemTime::UNIX_EPOCH.checked_add(time))
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

/// The checksum of zip and PNG.
fn crc32(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut index = 0;
        while index < 256 {
            let mut value = index as u32;
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 {
                    0xedb8_8320 ^ (value >> 1)
                } else {
                    value >> 1
                };
                bit += 1;
            }
            table[index] = value;
            index += 1;
        }
        table
    };
    !bytes.iter().fold(!0, |crc: u32, byte| {
        TABLE[usize::from(crc.to_le_bytes()[0] ^ byte)] ^ (crc >> 8)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_zip() {
        // The check value that every description of it gives.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_time_that_no_clock_shows_is_1970() {
        for seconds in [f64::NAN, -1.0, f64::INFINITY, 1e300] {
            assert_eq!(moment(seconds), SystemTime::UNIX_EPOCH);
        }
    }
}
