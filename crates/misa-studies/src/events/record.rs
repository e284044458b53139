//! Records of an event file: a length, bytes, and checksums of both.

use super::crc32c::masked;
use super::error::EventError;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

/// Bytes of one record: others than scalars, such as images, may be large.
const RECORD_BYTES: u64 = 64 << 20;
/// The length and its checksum.
const HEAD: u64 = 12;
/// The checksum of the bytes.
const FOOT: u64 = 4;

/// The record of some bytes.
pub(super) fn record(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u64).to_le_bytes();
    let mut record = length.to_vec();
    record.extend(masked(&length).to_le_bytes());
    record.extend(bytes);
    record.extend(masked(bytes).to_le_bytes());
    record
}

/// The records of a file, one after the other.
#[derive(Debug)]
pub(super) struct Records {
    path: PathBuf,
    file: BufReader<File>,
    /// Bytes of the file when it was opened.
    bytes: u64,
    /// Where the next record begins.
    offset: u64,
}

impl Records {
    pub(super) fn open(path: &Path) -> Result<Self, EventError> {
        let file = File::open(path).map_err(EventError::system(path, "open it"))?;
        let bytes = file
            .metadata()
            .map_err(EventError::system(path, "read its size"))?
            .len();
        Ok(Self {
            path: path.to_path_buf(),
            file: BufReader::new(file),
            bytes,
            offset: 0,
        })
    }

    /// Where the next record begins; behind the last one, where a next one is to be written.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// The bytes of the next record; `None` behind the last one, and where only an incomplete or a wrong one follows.
    ///
    /// # Errors
    ///
    /// At a wrong record that others follow, or that is too long.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, EventError> {
        let rest = self.bytes - self.offset;
        if rest < HEAD + FOOT {
            return Ok(None);
        }
        let head: [u8; 12] = self.array()?;
        let [l0, l1, l2, l3, l4, l5, l6, l7, crc @ ..] = head;
        let length = [l0, l1, l2, l3, l4, l5, l6, l7];
        let is_right = u32::from_le_bytes(crc) == masked(&length);
        let length = u64::from_le_bytes(length);
        if !is_right {
            // Zeros are what a power failure leaves of a record.
            return if head == [0; 12] && self.is_zero()? {
                Ok(None)
            } else {
                Err(self.wrong("a length with another checksum", "its own"))
            };
        }
        if length > RECORD_BYTES {
            return Err(self.wrong(format!("{length} bytes"), "at most 67108864"));
        }
        if rest < HEAD + length + FOOT {
            return Ok(None);
        }
        let mut bytes = vec![0; length as usize];
        self.read(&mut bytes)?;
        let crc: [u8; 4] = self.array()?;
        if u32::from_le_bytes(crc) == masked(&bytes) {
            self.offset += HEAD + length + FOOT;
            Ok(Some(bytes))
        } else if rest == HEAD + length + FOOT {
            Ok(None)
        } else {
            Err(self.wrong("bytes with another checksum", "their own"))
        }
    }

    /// What is wrong with the record that begins at an offset.
    pub(super) fn wrong_at(
        &self,
        offset: u64,
        found: impl Into<String>,
        expected: &'static str,
    ) -> EventError {
        EventError::Record {
            path: self.path.clone(),
            offset,
            found: found.into(),
            expected,
        }
    }

    fn wrong(&self, found: impl Into<String>, expected: &'static str) -> EventError {
        self.wrong_at(self.offset, found, expected)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], EventError> {
        let mut bytes = [0; N];
        self.read(&mut bytes)?;
        Ok(bytes)
    }

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), EventError> {
        self.file
            .read_exact(bytes)
            .map_err(EventError::system(&self.path, "read it"))
    }

    /// Whether only zeros follow.
    fn is_zero(&mut self) -> Result<bool, EventError> {
        let bytes = self.file.by_ref().bytes();
        let all: io::Result<Vec<u8>> = bytes
            .filter(|byte| !matches!(byte, Ok(0)))
            .take(1)
            .collect();
        let other = all.map_err(EventError::system(&self.path, "read it"))?;
        Ok(other.is_empty())
    }
}
