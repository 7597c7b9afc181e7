//! Zip archives whose entries are stored, not compressed: audio hardly shrinks, and the parts need not be copied.

use bytes::Bytes;

/// Version 2.0 of the format, which every reader knows.
const VERSION: u16 = 20;
/// The file names are UTF-8.
const UTF8_NAMES: u16 = 1 << 11;
/// 1 January 1980, the first day that the format can tell: the same content gives the same bytes.
const DATE: u16 = (1 << 5) | 1;

/// An archive of these entries, name and content, as parts to be sent one after the other.
///
/// An entry has to be smaller than 4 GiB, and there can be 65 535 of them.
pub(crate) fn archive(entries: Vec<(String, Bytes)>) -> Vec<Bytes> {
    let mut parts = Vec::with_capacity(entries.len() * 2 + 1);
    let mut directory = Vec::new();
    let mut offset = 0u32;
    let count = entries.len() as u16;
    for (name, content) in entries {
        let described = description(&name, &content);
        let mut head = Vec::new();
        head.extend_from_slice(b"PK\x03\x04");
        head.extend_from_slice(&described);
        head.extend_from_slice(name.as_bytes());

        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&VERSION.to_le_bytes());
        directory.extend_from_slice(&described);
        // No comment, on the first disk, binary, no attributes.
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());

        offset += (head.len() + content.len()) as u32;
        parts.push(head.into());
        parts.push(content);
    }
    let size = directory.len() as u32;
    directory.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    directory.extend_from_slice(&count.to_le_bytes());
    directory.extend_from_slice(&count.to_le_bytes());
    directory.extend_from_slice(&size.to_le_bytes());
    directory.extend_from_slice(&offset.to_le_bytes());
    directory.extend_from_slice(&[0; 2]);
    parts.push(directory.into());
    parts
}

/// The fields of an entry that its local header and the directory have in common.
fn description(name: &str, content: &[u8]) -> Vec<u8> {
    let mut fields = Vec::new();
    let size = (content.len() as u32).to_le_bytes();
    fields.extend_from_slice(&VERSION.to_le_bytes());
    fields.extend_from_slice(&UTF8_NAMES.to_le_bytes());
    fields.extend_from_slice(&[0; 4]); // stored; midnight
    fields.extend_from_slice(&DATE.to_le_bytes());
    fields.extend_from_slice(&crc32(content).to_le_bytes());
    fields.extend_from_slice(&size); // compressed
    fields.extend_from_slice(&size);
    fields.extend_from_slice(&(name.len() as u16).to_le_bytes());
    fields.extend_from_slice(&[0; 2]); // no extra field
    fields
}

const CRC_TABLE: [u32; 256] = crc_table();

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < table.len() {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 {
                (value >> 1) ^ 0xEDB8_8320
            } else {
                value >> 1
            };
            bit += 1;
        }
        table[index] = value;
        index += 1;
    }
    table
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes
        .iter()
        .fold(!0, |crc, byte| (crc >> 8) ^ CRC_TABLE[usize::from(crc as u8 ^ byte)])
}
