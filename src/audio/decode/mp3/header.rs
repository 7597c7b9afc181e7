//! What the header of an mp3 frame and the table in a stream's first frame say.

/// The header of a layer III frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audio) struct FrameHeader {
    pub(in crate::audio) sample_rate: u32,
    pub(in crate::audio) channels: u16,
    /// Bytes of the whole frame.
    pub(in crate::audio) size: usize,
    /// Frames of samples in it: 1152, or 576 in MPEG 2 and 2.5.
    pub(in crate::audio) samples: usize,
    /// Whether two bytes of checksum follow the header.
    checked: bool,
}

impl FrameHeader {
    pub(in crate::audio) const SIZE: usize = 4;
    /// The longest frame there can be: 320 kbit/s at 32000 Hz.
    pub(in crate::audio) const LONGEST_FRAME: usize = 1441;

    /// The header at the beginning of `bytes`; `None` where there is none.
    pub(in crate::audio) fn parse(bytes: &[u8]) -> Option<FrameHeader> {
        const KBPS_V1: [u32; 15] = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
        const KBPS_V2: [u32; 15] = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
        const RATES_V1: [u32; 3] = [44_100, 48_000, 32_000];
        let [a, b, c, d] = *bytes.first_chunk::<{ Self::SIZE }>()?;
        let (version, layer) = (b >> 3 & 3, b >> 1 & 3);
        // Emphasis 2 does not exist.
        if a != 0xFF || b < 0xE0 || version == 1 || layer != 1 || d & 3 == 2 {
            return None;
        }
        let first_version = version == 3;
        let kbps = *if first_version { KBPS_V1 } else { KBPS_V2 }.get(usize::from(c >> 4))?;
        let sample_rate = RATES_V1.get(usize::from(c >> 2 & 3))?
            >> match version {
                3 => 0,
                2 => 1,
                _ => 2,
            };
        if kbps == 0 {
            return None;
        }
        let samples = if first_version { 1152 } else { 576 };
        Some(FrameHeader {
            sample_rate,
            channels: if d >> 6 == 3 { 1 } else { 2 },
            size: (samples / 8 * kbps * 1000 / sample_rate + u32::from(c >> 1 & 1)) as usize,
            samples: samples as usize,
            checked: b & 1 == 0,
        })
    }

    /// Whether the two can be frames of one stream.
    pub(in crate::audio) fn goes_with(self, other: FrameHeader) -> bool {
        (self.sample_rate, self.samples, self.channels) == (other.sample_rate, other.samples, other.channels)
    }

    /// Where the frame's own data begins: after the header, the checksum and what describes the granules.
    fn side_end(self) -> usize {
        let side = match (self.samples, self.channels) {
            (1152, 1) => 17,
            (1152, _) => 32,
            (_, 1) => 9,
            _ => 17,
        };
        Self::SIZE + side
    }
}

/// What a first frame that holds a table instead of sound says about the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::audio) struct Table {
    /// Frames that follow; 0 when it does not say.
    pub(in crate::audio) frames: u64,
    /// Frames of samples that the encoder put before the sound and after it, when it says so.
    pub(in crate::audio) trim: Option<(usize, usize)>,
}

impl Table {
    /// The table in `frame`, if there is one: a `Xing` or `Info` of LAME's form, or Fraunhofer's `VBRI`.
    pub(in crate::audio) fn parse(frame: &[u8], header: FrameHeader) -> Option<Table> {
        let vbri = frame.get(36..)?;
        if vbri.starts_with(b"VBRI") {
            return Some(Table {
                frames: u32_at(vbri, 14).unwrap_or(0).into(),
                trim: None,
            });
        }
        // Some writers put it after the checksum, some do not count that.
        let checksum = if header.checked { 2 } else { 0 };
        [header.side_end(), header.side_end() + checksum]
            .into_iter()
            .filter_map(|at| frame.get(at..))
            .find(|table| table.starts_with(b"Xing") || table.starts_with(b"Info"))
            .map(Table::parse_xing)
    }

    fn parse_xing(table: &[u8]) -> Table {
        let flags = u32_at(table, 4).unwrap_or(0);
        let mut at = 8;
        let mut frames = 0;
        for (flag, size) in [(1, 4), (2, 4), (4, 100), (8, 4)] {
            if flags & flag != 0 {
                if flag == 1 {
                    frames = u32_at(table, at).unwrap_or(0).into();
                }
                at += size;
            }
        }
        // The encoder's name, which is there when the rest is.
        let named = table.get(at).is_some_and(u8::is_ascii_alphanumeric);
        let trim = table.get(at + 21..at + 24).filter(|_| named).map(|bytes| {
            let [a, b, c] = [bytes[0], bytes[1], bytes[2]].map(usize::from);
            (a << 4 | b >> 4, (b & 15) << 8 | c)
        });
        Table { frames, trim }
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}
