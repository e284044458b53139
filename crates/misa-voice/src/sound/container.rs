//! Which format a file has, from its first bytes.

use crate::VoiceError;

/// Bytes that are looked at.
pub(crate) const START: usize = 16;

/// A format of files that hold sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    Wav,
    Flac,
    Mp3,
    Ogg,
    Adts,
    Mp4,
    Mkv,
}

impl Container {
    /// The format of the file `name` that begins with `start`.
    pub fn of(name: &str, start: &[u8]) -> Result<Self, VoiceError> {
        let found = match start {
            [
                b'R',
                b'I',
                b'F',
                b'F',
                _,
                _,
                _,
                _,
                b'W',
                b'A',
                b'V',
                b'E',
                ..,
            ] => return Ok(Self::Wav),
            [b'f', b'L', b'a', b'C', ..] => return Ok(Self::Flac),
            [b'O', b'g', b'g', b'S', ..] => return Ok(Self::Ogg),
            [0x1a, 0x45, 0xdf, 0xa3, ..] => return Ok(Self::Mkv),
            [_, _, _, _, kind @ ..] if is_box(kind) => return Ok(Self::Mp4),
            [0xff, second, third, ..] => match of_frames(*second, *third) {
                Ok(container) => return Ok(container),
                Err(found) => found.to_string(),
            },
            _ => other(start),
        };
        let name = name.to_string();
        Err(VoiceError::Unknown { name, found })
    }

    /// Its name in messages and facts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Wav => "WAV",
            Self::Flac => "FLAC",
            Self::Mp3 => "MP3",
            Self::Ogg => "Ogg",
            Self::Adts => "AAC",
            Self::Mp4 => "MP4",
            Self::Mkv => "MKV",
        }
    }

    /// Whether its reader may jump. Others read from the first byte to the last, and guess nothing from the length.
    pub fn is_seekable(self) -> bool {
        matches!(self, Self::Mp4 | Self::Mkv)
    }
}

/// Whether a box of MP4 has this type, of those that a file may begin with.
fn is_box(kind: &[u8]) -> bool {
    const FIRST: [&[u8]; 7] = [
        b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot",
    ];
    FIRST.iter().any(|name| kind.starts_with(name))
}

/// The format of frames whose header has these bytes after `0xff`, or what it is instead.
fn of_frames(second: u8, third: u8) -> Result<Container, &'static str> {
    const BROKEN: &str = "no header of a frame that there is";
    let (is_synced, version, layer) = (second >> 5 == 7, second >> 3 & 3, second >> 1 & 3);
    match (is_synced, version, layer) {
        (true, 2 | 3, 0) if second >> 4 == 15 => Ok(Container::Adts),
        (true, 0 | 2 | 3, 1) if third >> 4 != 15 && third >> 2 & 3 != 3 => Ok(Container::Mp3),
        (true, 0 | 2 | 3, 2) => Err("MPEG of layer II"),
        (true, 0 | 2 | 3, 3) => Err("MPEG of layer I"),
        _ => Err(BROKEN),
    }
}

/// A format that is not read, by its first bytes, or these bytes.
fn other(start: &[u8]) -> String {
    const OTHERS: [(&[u8], &str); 11] = [
        (b"RF64", "WAV of more than 4 GB (RF64)"),
        (b"FORM", "AIFF"),
        (b"caff", "CAF"),
        (b"#!AMR", "AMR"),
        (b"MThd", "MIDI"),
        (b"wvpk", "WavPack"),
        (b"\x30\x26\xb2\x75", "WMA or WMV"),
        (b"FLV", "FLV"),
        (b"RIFF", "RIFF without WAVE, as AVI is"),
        (b"PK\x03\x04", "ZIP"),
        (b"<", "text, perhaps a page of the web"),
    ];
    let known = OTHERS.iter().find(|(magic, _)| start.starts_with(magic));
    match known {
        Some((_, name)) => (*name).to_string(),
        None => format!("bytes {:02x?}", &start[..start.len().min(8)]),
    }
}
