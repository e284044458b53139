//! The bytes of a sound, from memory or from a file.

use crate::VoiceError;
use crate::sound::SoundLimits;
use crate::sound::container::{Container, START};
use crate::sound::wait::Wait;
use std::fs::File;
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use symphonia::core::io::MediaSource;

/// The header of a tag of ID3, which may stand before the sound.
const TAG: usize = 10;

/// Bytes that can be read and sought.
enum Bytes<'a> {
    Memory(Cursor<&'a [u8]>),
    File(File),
}

/// The bytes of a sound, without a tag before it.
pub(crate) struct Source<'a> {
    bytes: Bytes<'a>,
    /// Bytes of tags before the sound.
    skipped: u64,
    /// All bytes.
    length: u64,
    is_seekable: bool,
    /// Where the next byte is, without those skipped.
    position: u64,
    /// What is read instead of the bytes at these places.
    corrections: Vec<(u64, [u8; 4])>,
    wait: Wait,
}

impl Source<'static> {
    /// The bytes of the file at `path`.
    pub fn of_file(path: &Path, name: &str, limits: &SoundLimits) -> Result<Self, VoiceError> {
        let file = File::open(path).map_err(io_of(name))?;
        let about = file.metadata().map_err(io_of(name))?;
        if !about.is_file() {
            return Err(io_of(name)(io::Error::other("this is no file")));
        }
        Self::new(Bytes::File(file), about.len(), name, limits)
    }
}

impl<'a> Source<'a> {
    /// Bytes in memory.
    pub fn of_bytes(bytes: &'a [u8], name: &str, limits: &SoundLimits) -> Result<Self, VoiceError> {
        let length = bytes.len() as u64;
        Self::new(Bytes::Memory(Cursor::new(bytes)), length, name, limits)
    }

    fn new(
        bytes: Bytes<'a>,
        length: u64,
        name: &str,
        limits: &SoundLimits,
    ) -> Result<Self, VoiceError> {
        let name = name.to_string();
        if length == 0 {
            return Err(VoiceError::Empty { name });
        }
        if length > limits.bytes {
            let (found, most) = (length, limits.bytes);
            return Err(VoiceError::Bytes { name, found, most });
        }
        Ok(Self {
            bytes,
            skipped: 0,
            length,
            is_seekable: false,
            position: 0,
            corrections: Vec::new(),
            wait: Wait::begin(limits.patience),
        })
    }

    /// The format of the file `name`; tags before the sound are skipped.
    pub fn container(&mut self, name: &str) -> Result<Container, VoiceError> {
        let mut start = self.start().map_err(io_of(name))?;
        // Some programs write one tag before another.
        for _ in 0..4 {
            let Some(tag) = tag_bytes(&start) else { break };
            self.skipped = (self.skipped + tag).min(self.length);
            start = self.start().map_err(io_of(name))?;
        }
        let container = Container::of(name, &start)?;
        self.is_seekable = container.is_seekable();
        Ok(container)
    }

    /// Reads other bytes at these places, counted as readers do.
    pub fn correct(&mut self, corrections: Vec<(u64, [u8; 4])>) {
        self.corrections = corrections;
    }

    /// The first bytes, from which reading begins again.
    fn start(&mut self) -> io::Result<Vec<u8>> {
        self.seek(SeekFrom::Start(0))?;
        let mut start = Vec::with_capacity(START);
        self.by_ref().take(START as u64).read_to_end(&mut start)?;
        self.seek(SeekFrom::Start(0))?;
        Ok(start)
    }
}

/// An error of the system for the file `name`.
pub(crate) fn io_of(name: &str) -> impl FnOnce(io::Error) -> VoiceError + '_ {
    |source| {
        let name = name.to_string();
        match source.kind() {
            io::ErrorKind::NotFound => VoiceError::Missing { name },
            _ => VoiceError::Io { name, source },
        }
    }
}

/// Bytes of the tag of ID3, version 2, that a file begins with.
fn tag_bytes(start: &[u8]) -> Option<u64> {
    let tag = start.get(..TAG).filter(|tag| tag.starts_with(b"ID3"))?;
    let length = tag[6..]
        .iter()
        .fold(0, |length, byte| length << 7 | u64::from(byte & 0x7f));
    let has_footer = tag[5] & 0x10 != 0;
    Some(length + TAG as u64 * (1 + u64::from(has_footer)))
}

impl Read for Source<'_> {
    /// Fails after the time that reading may take, so that no reader goes over garbage for longer.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.wait.too_long().is_some() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let count = match &mut self.bytes {
            Bytes::Memory(bytes) => bytes.read(buffer),
            Bytes::File(file) => file.read(buffer),
        }?;
        for (place, bytes) in &self.corrections {
            for (place, &byte) in (*place..).zip(bytes) {
                let index = place.checked_sub(self.position);
                let index = index.and_then(|index| usize::try_from(index).ok());
                if let Some(found) = index.and_then(|index| buffer[..count].get_mut(index)) {
                    *found = byte;
                }
            }
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Source<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(byte) => SeekFrom::Start(byte.saturating_add(self.skipped)),
            other => other,
        };
        let at = match &mut self.bytes {
            Bytes::Memory(bytes) => bytes.seek(to),
            Bytes::File(file) => file.seek(to),
        }?;
        self.position = at.saturating_sub(self.skipped);
        Ok(self.position)
    }
}

impl MediaSource for Source<'_> {
    fn is_seekable(&self) -> bool {
        self.is_seekable
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length - self.skipped)
    }
}
