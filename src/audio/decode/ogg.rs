//! Ogg: pages, checked, and the packets that lie in them.

use super::carry::Carry;
use super::opus::OpusStream;
use super::reader::{Broken, Reader};
use super::stage::Stage;

/// Walks from page to page, and from one stream to the next that is joined to it.
#[derive(Debug, Default)]
pub(super) struct OggReader {
    carry: Carry,
    stream: Option<Stream>,
    /// Bytes that are done with.
    position: u64,
}

#[derive(Debug)]
struct Stream {
    serial: u32,
    /// The number that the next page must have.
    next: u32,
    /// The beginning of a packet that goes on in the next page.
    packet: Vec<u8>,
    /// Whether there is such a one, however little of it.
    continues: bool,
    opus: OpusStream,
}

/// What the header of a page says.
struct Page<'a> {
    flags: u8,
    granule: u64,
    serial: u32,
    number: u32,
    lacing: &'a [u8],
    body: &'a [u8],
    size: usize,
}

impl<'a> Page<'a> {
    const FIXED: usize = 27;
    const LONGEST: usize = Self::FIXED + 255 + 255 * 255;
    const CONTINUES: u8 = 1;
    const FIRST: u8 = 2;
    const LAST: u8 = 4;

    /// The page at the beginning of `bytes`; `None` until all of it is there.
    fn parse(bytes: &'a [u8]) -> Result<Option<Page<'a>>, &'static str> {
        if !bytes.iter().zip(b"OggS\0").all(|(a, b)| a == b) {
            return Err("no Ogg page begins where one must");
        }
        const FIXED: usize = Page::FIXED;
        let Some((fixed, rest)) = bytes.split_first_chunk::<FIXED>() else {
            return Ok(None);
        };
        let Some((lacing, rest)) = rest.split_at_checked(usize::from(fixed[26])) else {
            return Ok(None);
        };
        let body: usize = lacing.iter().map(|&size| usize::from(size)).sum();
        let Some(body) = rest.get(..body) else {
            return Ok(None);
        };
        let size = Self::FIXED + lacing.len() + body.len();
        let word = |at: usize| u32::from_le_bytes([fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]]);
        let checksum = crc(crc(crc(0, &fixed[..22]), &[0; 4]), &bytes[26..size]);
        if checksum != word(22) {
            return Err("the checksum of an Ogg page is wrong");
        }
        Ok(Some(Page {
            flags: fixed[5],
            granule: u64::from(word(6)) | u64::from(word(10)) << 32,
            serial: word(14),
            number: word(18),
            lacing,
            body,
            size,
        }))
    }

    fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

impl OggReader {
    fn read(&mut self, bytes: &[u8], stage: &mut Stage) -> Result<usize, Broken> {
        let mut used = 0;
        while used < bytes.len() {
            let position = self.position;
            let broken = |what: String| Broken::at(position, what);
            let Some(page) = Page::parse(&bytes[used..]).map_err(|what| broken(what.to_owned()))? else {
                break;
            };
            self.take(&page, stage).map_err(broken)?;
            used += page.size;
            self.position += page.size as u64;
        }
        Ok(used)
    }

    fn take(&mut self, page: &Page<'_>, stage: &mut Stage) -> Result<(), String> {
        if page.is(Page::FIRST) {
            self.stream = Some(Stream {
                serial: page.serial,
                next: page.number,
                packet: Vec::new(),
                continues: false,
                opus: OpusStream::default(),
            });
        }
        let Some(stream) = &mut self.stream else {
            return Err("an Ogg stream must begin with a first page, which holds an OpusHead".to_owned());
        };
        if page.serial != stream.serial {
            return Err("an Ogg page belongs to another stream".to_owned());
        }
        if page.number != stream.next {
            return Err(format!(
                "Ogg pages are missing: number {} comes where {} must",
                page.number, stream.next
            ));
        }
        stream.next = page.number.wrapping_add(1);
        stream.take(page, stage)
    }
}

impl Stream {
    fn take(&mut self, page: &Page<'_>, stage: &mut Stage) -> Result<(), String> {
        if page.is(Page::CONTINUES) != self.continues {
            return Err("a packet does not go on from one Ogg page to the next".to_owned());
        }
        let mut body = page.body;
        let mut lacing = page.lacing;
        while !lacing.is_empty() {
            // A packet ends with the first part that is shorter than 255.
            let (parts, ends) = match lacing.iter().position(|&size| size < 255) {
                Some(at) => (at + 1, true),
                None => (lacing.len(), false),
            };
            let size = lacing[..parts].iter().map(|&size| usize::from(size)).sum();
            let (part, rest) = body.split_at(size);
            (body, lacing) = (rest, &lacing[parts..]);
            match (self.continues, ends) {
                (false, true) => self.opus.packet(part, stage)?,
                (_, false) => self.hold(part)?,
                (true, true) => {
                    self.hold(part)?;
                    self.opus.packet(&self.packet, stage)?;
                    self.packet.clear();
                }
            }
            self.continues = !ends;
        }
        // All ones: no packet ends on this page.
        let granule = (page.granule != u64::MAX).then_some(page.granule);
        self.opus.page_end(granule, page.is(Page::LAST), stage);
        Ok(())
    }

    fn hold(&mut self, part: &[u8]) -> Result<(), String> {
        let most = self.opus.longest_packet();
        if self.packet.len() + part.len() > most.bytes && !most.rest_is_dropped {
            return Err("an Opus packet is longer than one can be".to_owned());
        }
        let room = most.bytes.saturating_sub(self.packet.len()).min(part.len());
        self.packet.extend_from_slice(&part[..room]);
        Ok(())
    }
}

impl Reader for OggReader {
    fn push(&mut self, bytes: &[u8], stage: &mut Stage) -> Result<(), Broken> {
        let mut carry = std::mem::take(&mut self.carry);
        let pushed = carry.push(Page::LONGEST, bytes, |bytes| self.read(bytes, stage));
        self.carry = carry;
        pushed
    }

    fn finish(&mut self, stage: &mut Stage) -> Result<(), Broken> {
        if let Some(stream) = &mut self.stream {
            stream.opus.finish(stage);
        }
        Ok(())
    }
}

/// Ogg's checksum goes on from `crc` over `bytes`: eight at a time, by tables.
fn crc(crc: u32, bytes: &[u8]) -> u32 {
    const fn tables() -> [[u32; 256]; 8] {
        let mut tables = [[0; 256]; 8];
        let mut byte = 0;
        while byte < 256 {
            let mut value = (byte as u32) << 24;
            let mut bit = 0;
            while bit < 8 {
                value = value << 1 ^ if value >> 31 == 1 { 0x04C1_1DB7 } else { 0 };
                bit += 1;
            }
            tables[0][byte] = value;
            byte += 1;
        }
        let mut table = 1;
        while table < 8 {
            let mut byte = 0;
            while byte < 256 {
                let before = tables[table - 1][byte];
                tables[table][byte] = before << 8 ^ tables[0][(before >> 24) as usize];
                byte += 1;
            }
            table += 1;
        }
        tables
    }
    static TABLES: [[u32; 256]; 8] = tables();
    let (words, rest) = bytes.as_chunks::<8>();
    let crc = words.iter().fold(crc, |crc, word| {
        let head = (crc ^ u32::from_be_bytes([word[0], word[1], word[2], word[3]])).to_be_bytes();
        let all = [head[0], head[1], head[2], head[3], word[4], word[5], word[6], word[7]];
        all.iter()
            .zip(TABLES.iter().rev())
            .fold(0, |crc, (byte, table)| crc ^ table[usize::from(*byte)])
    });
    rest.iter().fold(crc, |crc, byte| {
        crc << 8 ^ TABLES[0][usize::from((crc >> 24) as u8 ^ byte)]
    })
}
