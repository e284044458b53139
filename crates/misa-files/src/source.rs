//! Bytes that are read on demand, from memory or from a file.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

/// Bytes that a file source reads ahead, because parsers ask for a few bytes at a time.
const WINDOW: usize = 1 << 16;

/// The bytes of a file, in memory or on disk.
///
/// A file source holds a window of 64 KiB, so a parser keeps no more of a large file than it asks
/// for. The length is fixed when the file is opened; if the file shrinks afterwards, the first read
/// of the missing bytes returns an error.
#[derive(Debug)]
pub struct Source<'a> {
    storage: Storage<'a>,
    /// Offset of the first byte in `storage`.
    start: u64,
    len: u64,
}

#[derive(Debug)]
enum Storage<'a> {
    Memory(&'a [u8]),
    Unpacked(Vec<u8>),
    File(RefCell<Window>),
    Lent(&'a Source<'a>),
}

/// The part of a file that was read last.
#[derive(Debug)]
struct Window {
    file: File,
    start: u64,
    bytes: Vec<u8>,
}

impl<'a> From<&'a [u8]> for Source<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self {
            storage: Storage::Memory(bytes),
            start: 0,
            len: bytes.len() as u64,
        }
    }
}

impl<'a> From<&'a Vec<u8>> for Source<'a> {
    fn from(bytes: &'a Vec<u8>) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Source<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

/// Bytes that exist only in memory, such as an unpacked member of an archive.
impl From<Vec<u8>> for Source<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self {
            start: 0,
            len: bytes.len() as u64,
            storage: Storage::Unpacked(bytes),
        }
    }
}

/// A second view of the same bytes: the parser of a file with several parts lends its source to the
/// parsers of the parts.
impl<'a> From<&'a Source<'_>> for Source<'a> {
    fn from(source: &'a Source<'_>) -> Self {
        Self {
            storage: Storage::Lent(source),
            start: 0,
            len: source.len,
        }
    }
}

impl Source<'static> {
    /// The file at `path`.
    ///
    /// # Errors
    ///
    /// The error of the system when the file cannot be opened; [`io::ErrorKind::InvalidInput`] for
    /// folders, devices and pipes, which have no size and may have no end.
    pub fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let path = path.as_ref();
        // Checked before opening: opening a pipe waits for its other end.
        if !path.metadata()?.is_file() {
            let kind = io::ErrorKind::InvalidInput;
            return Err(io::Error::new(kind, "not a regular file"));
        }
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        let (start, bytes) = (0, Vec::new());
        let window = Window { file, start, bytes };
        Ok(Self {
            storage: Storage::File(RefCell::new(window)),
            start: 0,
            len,
        })
    }
}

impl<'a> Source<'a> {
    /// The `len` bytes from `offset` on, as a new source; `None` when there are fewer.
    pub fn part(&self, offset: u64, len: u64) -> Option<Source<'_>> {
        Source::from(self).into_part(offset, len)
    }

    /// Like [`part`](Self::part), but consumes the source.
    pub fn into_part(self, offset: u64, len: u64) -> Option<Self> {
        self.has(offset, len).then(|| Self {
            storage: self.storage,
            start: self.start + offset,
            len,
        })
    }

    /// Number of bytes.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are no bytes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether the source has `len` bytes from `offset` on. Ask before allocating memory for them.
    pub fn has(&self, offset: u64, len: u64) -> bool {
        offset.checked_add(len).is_some_and(|end| end <= self.len)
    }

    /// Fills `target` with the bytes from `offset` on.
    ///
    /// # Errors
    ///
    /// [`io::ErrorKind::UnexpectedEof`] when there are fewer bytes, otherwise the error of the
    /// system.
    pub fn read(&self, offset: u64, target: &mut [u8]) -> io::Result<()> {
        if !self.has(offset, target.len() as u64) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let start = self.start + offset;
        match &self.storage {
            Storage::File(window) => {
                let end = self.start + self.len;
                return window.borrow_mut().read(start, target, end);
            }
            Storage::Lent(source) => return source.read(start, target),
            Storage::Memory(bytes) => target.copy_from_slice(slice(bytes, start, target.len())),
            Storage::Unpacked(bytes) => target.copy_from_slice(slice(bytes, start, target.len())),
        }
        Ok(())
    }

    /// The `len` bytes from `offset` on, borrowed if they are in memory.
    ///
    /// # Errors
    ///
    /// As for [`read`](Self::read). Nothing is allocated for bytes that do not exist.
    pub fn bytes(&self, offset: u64, len: usize) -> io::Result<Cow<'_, [u8]>> {
        if !self.has(offset, len as u64) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let start = self.start + offset;
        match &self.storage {
            Storage::Memory(bytes) => Ok(Cow::Borrowed(slice(bytes, start, len))),
            Storage::Unpacked(bytes) => Ok(Cow::Borrowed(slice(bytes, start, len))),
            Storage::Lent(source) => source.bytes(start, len),
            Storage::File(_) => {
                let mut bytes = Vec::new();
                bytes.try_reserve_exact(len).map_err(io::Error::from)?;
                bytes.resize(len, 0);
                self.read(offset, &mut bytes)?;
                Ok(Cow::Owned(bytes))
            }
        }
    }
}

/// The `len` bytes from `start` on, which the caller has checked to exist.
fn slice(bytes: &[u8], start: u64, len: usize) -> &[u8] {
    &bytes[start as usize..start as usize + len]
}

impl Window {
    fn read(&mut self, offset: u64, target: &mut [u8], len: u64) -> io::Result<()> {
        // Long reads gain nothing from the window.
        if target.len() >= WINDOW {
            return self.read_file(offset, target);
        }
        if !self.holds(offset, target.len()) {
            let ahead = (len - offset).min(WINDOW as u64) as usize;
            let mut bytes = std::mem::take(&mut self.bytes);
            bytes.resize(ahead, 0);
            // If this read fails, the window is left empty rather than wrong.
            self.read_file(offset, &mut bytes)?;
            self.start = offset;
            self.bytes = bytes;
        }
        let from = (offset - self.start) as usize;
        target.copy_from_slice(&self.bytes[from..from + target.len()]);
        Ok(())
    }

    fn holds(&self, offset: u64, len: usize) -> bool {
        let end = self.start + self.bytes.len() as u64;
        offset >= self.start && offset + len as u64 <= end
    }

    fn read_file(&mut self, offset: u64, target: &mut [u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(offset))?;
        self.file.read_exact(target)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn bytes() -> Vec<u8> {
        (0..200_000_u32).map(|i| (i * 7 % 251) as u8).collect()
    }

    #[test]
    fn files_and_memory_hold_the_same_bytes() {
        let bytes = bytes();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bytes");
        fs::write(&path, &bytes).unwrap();
        let file = Source::open(&path).unwrap();
        let memory = Source::from(&bytes);
        let lent = Source::from(&file);
        let ranges = [
            (0, 10),
            (60_000, 10_000),
            (5, 3),
            (65_530, 12),
            (100, 150_000),
            (199_999, 1),
            (200_000, 0),
        ];
        for (offset, len) in ranges {
            let expected = &bytes[offset..offset + len];
            for source in [&file, &memory, &lent] {
                assert_eq!(source.bytes(offset as u64, len).unwrap(), expected);
            }
        }
        assert_eq!((file.len(), memory.len()), (200_000, 200_000));
    }

    #[test]
    fn bytes_beyond_the_end_are_not_allocated() {
        let source = Source::from(&b"abc"[..]);
        for (offset, len) in [(0, 4), (3, 1), (u64::MAX, 1), (1, usize::MAX)] {
            let error = source.bytes(offset, len).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
        }
        assert!(source.bytes(3, 0).unwrap().is_empty());
    }

    #[test]
    fn parts_end_where_they_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bytes");
        fs::write(&path, b"abcdefgh").unwrap();
        let file = Source::open(&path).unwrap();
        for source in [
            &file,
            &Source::from(b"abcdefgh"),
            &b"abcdefgh".to_vec().into(),
        ] {
            let part = source.part(1, 5).unwrap();
            let inner = part.part(1, 3).unwrap();
            for inner in [&inner.part(0, 3).unwrap(), &inner] {
                assert_eq!(inner.bytes(0, 3).unwrap(), &b"cde"[..]);
                let mut target = [0; 2];
                inner.read(1, &mut target).unwrap();
                assert_eq!(&target, b"de");
                for (offset, len) in [(0, 4), (3, 1), (u64::MAX, 2)] {
                    let error = inner.bytes(offset, len).unwrap_err();
                    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
                }
            }
            assert!(source.part(4, 5).is_none() && part.part(u64::MAX, 2).is_none());
            assert!(part.into_part(2, 4).is_none());
        }
        let owned = file.into_part(2, 4).unwrap().into_part(1, 2).unwrap();
        assert_eq!(owned.bytes(0, 2).unwrap(), &b"de"[..]);
    }

    #[test]
    fn a_file_that_shrinks_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bytes");
        fs::write(&path, bytes()).unwrap();
        let source = Source::open(&path).unwrap();
        fs::write(&path, b"short").unwrap();
        let error = source.bytes(100, 4).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn folders_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = Source::open(folder.path()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
