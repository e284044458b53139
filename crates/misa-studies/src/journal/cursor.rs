//! How far a journal has been read.

use super::error::JournalError;
use super::limits::{FILE_BYTES, LINE_BYTES};
use super::operation::{Entry, Wrong};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

/// A position in a journal, from which only what is new is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Bytes of the complete lines that were read.
    offset: u64,
    /// Those lines.
    lines: u64,
}

impl Cursor {
    /// Bytes of the complete lines that were read.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Hands what is new to `entry`, line by line, without what Optuna itself ignores. An unfinished last line is
    /// left for later.
    ///
    /// # Errors
    ///
    /// At a line that is wrong or too long, before which the cursor stays; if the journal is too large, has become
    /// shorter, or cannot be read.
    pub fn read(&mut self, path: &Path, mut entry: impl FnMut(Entry)) -> Result<(), JournalError> {
        match self.read_lines(path, &mut entry) {
            // Another program may have cut off an unfinished line and begun another one, of which this is the
            // start and the end. The second look sees the new one whole.
            Err(JournalError::Line { .. }) => self.read_lines(path, &mut entry),
            read => read,
        }
    }

    fn read_lines(
        &mut self,
        path: &Path,
        entry: &mut impl FnMut(Entry),
    ) -> Result<(), JournalError> {
        let mut file = File::open(path).map_err(JournalError::system(path, "open it"))?;
        let bytes = file
            .metadata()
            .map_err(JournalError::system(path, "read its size"))?
            .len();
        self.check_size(path, bytes)?;
        file.seek(SeekFrom::Start(self.offset))
            .map_err(JournalError::system(path, "seek in it"))?;
        let mut file = BufReader::new(file.take(bytes - self.offset));
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = file
                .by_ref()
                .take(LINE_BYTES + 1)
                .read_until(b'\n', &mut line)
                .map_err(JournalError::system(path, "read it"))? as u64;
            if length > LINE_BYTES {
                let found = format!("more than {LINE_BYTES} bytes");
                return Err(self.wrong(path, found, "a line of fewer".to_string()));
            }
            let Some(content) = line.strip_suffix(b"\n") else {
                return Ok(());
            };
            if let Some(read) = self.parse(path, content)? {
                entry(read);
            }
            self.offset += length;
            self.lines += 1;
        }
    }

    fn check_size(&self, path: &Path, bytes: u64) -> Result<(), JournalError> {
        let path = path.to_path_buf();
        if bytes < self.offset {
            Err(JournalError::Shorter {
                path,
                bytes,
                read: self.offset,
            })
        } else if bytes > FILE_BYTES {
            Err(JournalError::TooLarge {
                path,
                bytes,
                limit: FILE_BYTES,
            })
        } else {
            Ok(())
        }
    }

    fn parse(&self, path: &Path, line: &[u8]) -> Result<Option<Entry>, JournalError> {
        let text = str::from_utf8(line).map_err(|error| {
            let found = format!("a byte outside UTF-8 at its byte {}", error.valid_up_to());
            self.wrong(path, found, "UTF-8".to_string())
        })?;
        Entry::read(text).map_err(|Wrong { found, expected }| self.wrong(path, found, expected))
    }

    fn wrong(&self, path: &Path, found: String, expected: String) -> JournalError {
        JournalError::Line {
            path: path.to_path_buf(),
            line: self.lines + 1,
            found,
            expected,
        }
    }
}
