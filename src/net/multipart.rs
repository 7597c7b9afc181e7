//! Forms with files in them (`multipart/form-data`, RFC 7578), read from disk as they are sent.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Cursor, Read};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::http::Progress;
use crate::error::{Error, ErrorKind, Result};

/// A form. It can be sent any number of times.
pub(crate) struct Multipart {
    boundary: String,
    parts: Vec<Part>,
}

struct Part {
    head: String,
    content: Content,
}

enum Content {
    Text(String),
    Bytes(Vec<u8>),
    File { field: String, path: PathBuf },
}

/// A form's bytes, and how many there are.
pub(crate) struct FormBytes {
    pieces: VecDeque<Box<dyn Read + Send>>,
    pub length: u64,
}

impl Multipart {
    pub fn new() -> Multipart {
        Multipart {
            // 122 random bits: nothing that is sent holds it by chance.
            boundary: format!("voicewire-{}", uuid::Uuid::new_v4().simple()),
            parts: Vec::new(),
        }
    }

    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    pub fn text(&mut self, name: &str, value: &str) {
        self.part(name, None, "", Content::Text(value.to_owned()));
    }

    /// Bytes as a file called `file_name`.
    pub fn bytes(&mut self, name: &str, file_name: &str, content_type: &str, bytes: Vec<u8>) {
        self.part(name, Some(file_name), content_type, Content::Bytes(bytes));
    }

    /// A file on disk, read while it is sent.
    pub fn file(&mut self, name: &str, file_name: &str, content_type: &str, path: PathBuf) {
        let field = name.to_owned();
        self.part(name, Some(file_name), content_type, Content::File { field, path });
    }

    fn part(&mut self, name: &str, file_name: Option<&str>, content_type: &str, content: Content) {
        let mut head = format!(
            "--{}\r\nContent-Disposition: form-data; name=\"{}\"",
            self.boundary,
            quoted(name)
        );
        if let Some(file_name) = file_name {
            head.push_str(&format!(
                "; filename=\"{}\"\r\nContent-Type: {content_type}",
                quoted(file_name)
            ));
        }
        head.push_str("\r\n\r\n");
        self.parts.push(Part { head, content });
    }

    /// Opens the files. The length is theirs now: one that shrinks while it is sent is an error, and what is added to
    /// one is not sent.
    pub fn open(&self) -> Result<FormBytes> {
        let mut bytes = FormBytes {
            pieces: VecDeque::new(),
            length: 0,
        };
        for part in &self.parts {
            bytes.text(part.head.clone());
            match &part.content {
                Content::Text(text) => bytes.text(text.clone()),
                Content::Bytes(content) => bytes.push(Cursor::new(content.clone()), content.len() as u64),
                Content::File { field, path } => {
                    let failed = |error: io::Error| {
                        Error::new(
                            ErrorKind::File,
                            format!("{} could not be read: {error}", path.display()),
                        )
                        .with_field(field)
                    };
                    // A pipe could keep the call waiting for ever, and has no length.
                    let metadata = path.metadata().map_err(failed)?;
                    if !metadata.is_file() {
                        return Err(failed(io::Error::other("it is no plain file")));
                    }
                    let file = File::open(path).map_err(failed)?;
                    let length = file.metadata().map_err(failed)?.len();
                    let whole = Whole {
                        file,
                        left: length,
                        field: field.clone(),
                        path: path.clone(),
                    };
                    bytes.push(whole, length);
                }
            }
            bytes.text("\r\n".to_owned());
        }
        bytes.text(format!("--{}--\r\n", self.boundary));
        Ok(bytes)
    }
}

/// As browsers write a name between quotes.
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

impl FormBytes {
    fn push(&mut self, piece: impl Read + Send + 'static, length: u64) {
        self.pieces.push_back(Box::new(piece));
        self.length += length;
    }

    fn text(&mut self, text: String) {
        let length = text.len() as u64;
        self.push(Cursor::new(text), length);
    }
}

impl Read for FormBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(piece) = self.pieces.front_mut() {
            match piece.read(buffer)? {
                0 if !buffer.is_empty() => drop(self.pieces.pop_front()),
                length => return Ok(length),
            }
        }
        Ok(0)
    }
}

/// A file of which exactly so much is read.
struct Whole {
    file: File,
    left: u64,
    field: String,
    path: PathBuf,
}

impl Read for Whole {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let failed = |what: String| {
            let error = Error::new(ErrorKind::File, format!("{} {what}", self.path.display()));
            io::Error::other(error.with_field(&self.field))
        };
        match self.file.read(&mut buffer[..most]) {
            Ok(0) if most > 0 => Err(failed("became shorter while it was sent".to_owned())),
            Ok(length) => {
                self.left -= length as u64;
                Ok(length)
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(error),
            Err(error) => Err(failed(format!("could not be read: {error}"))),
        }
    }
}

/// Tells how much has been read of `inner`, and ends when that is answered with a break. Once the request is refused
/// nothing more of it is sent, and so nothing more is read or told; only the length is kept, as the HTTP library counts it.
pub(super) struct Told<'a, 'b> {
    pub inner: FormBytes,
    pub refused: Arc<AtomicBool>,
    pub sent: u64,
    pub total: u64,
    pub progress: &'a mut Progress<'b>,
}

impl Read for Told<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.refused.load(Ordering::Relaxed) {
            let left = usize::try_from(self.total - self.sent).unwrap_or(usize::MAX);
            let length = left.min(buffer.len());
            self.sent += length as u64;
            return Ok(length);
        }
        let length = self.inner.read(buffer)?;
        self.sent += length as u64;
        match (self.progress)(self.sent, Some(self.total)) {
            ControlFlow::Continue(()) => Ok(length),
            ControlFlow::Break(()) => Err(io::Error::other(Error::cancelled())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_as_long_as_it_says() {
        let path = std::env::temp_dir().join(format!("voicewire-form-{}", uuid::Uuid::new_v4().simple()));
        std::fs::write(&path, b"0123456789").expect("written");
        let mut form = Multipart::new();
        form.text("label", "Grüße");
        form.file("data", "a\"b\r\n.wav", "audio/wav", path.clone());
        form.bytes("more", "m", "application/octet-stream", vec![7; 3]);
        let mut bytes = form.open().expect("opens");
        let length = bytes.length;
        let mut text = Vec::new();
        bytes.read_to_end(&mut text).expect("read");
        assert_eq!(text.len() as u64, length);
        let text = String::from_utf8(text).expect("text");
        let boundary = &form.boundary;
        assert_eq!(
            text,
            format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"label\"\r\n\r\nGrüße\r\n\
                 --{boundary}\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a%22b%0D%0A.wav\"\r\n\
                 Content-Type: audio/wav\r\n\r\n0123456789\r\n\
                 --{boundary}\r\nContent-Disposition: form-data; name=\"more\"; filename=\"m\"\r\n\
                 Content-Type: application/octet-stream\r\n\r\n\x07\x07\x07\r\n--{boundary}--\r\n"
            )
        );
        // A file that loses its end meanwhile is noticed; one that grows is sent as it was.
        let mut bytes = form.open().expect("opens");
        std::fs::write(&path, b"0123").expect("written");
        let error = bytes.read_to_end(&mut Vec::new()).expect_err("shorter");
        assert!(error.to_string().contains("became shorter"), "{error}");
        let mut bytes = form.open().expect("opens");
        std::fs::write(&path, b"0123456").expect("written");
        let mut text = Vec::new();
        bytes.read_to_end(&mut text).expect("read");
        assert_eq!(text.len() as u64, bytes.length);
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(form.open().err().map(|error| error.kind()), Some(ErrorKind::File));
    }
}
