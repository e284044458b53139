//! A cache of rows of numbers, in memory or in a file.

use crate::TrainError;
use crate::run::files;
use misa_terms::hex;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// SHA-256 of the input from which rows were computed.
pub(crate) type Key = [u8; 32];

/// Key, number of values, first half of the SHA-256 of the values.
const HEAD: u64 = 32 + 4 + 16;
const MAGIC: &[u8; 8] = b"misarow1";
/// Bytes before the first record: [`MAGIC`] and an identity.
const START: u64 = 8 + 32;

/// Rows of numbers by key, up to a number of bytes.
///
/// A file begins with [`MAGIC`] and the identity of the model that computed the rows. Records
/// follow: key, number of values, checksum, values. An incomplete record is removed when the file
/// is opened, and one whose checksum differs is ignored; so a run may be killed at any moment.
#[derive(Debug)]
pub(crate) struct Store {
    storage: Storage,
    /// Bytes of records.
    bytes: u64,
    limit: u64,
    damaged: usize,
}

#[derive(Debug)]
enum Storage {
    Memory(HashMap<Key, Vec<f32>>),
    Disk(Disk),
}

#[derive(Debug)]
struct Disk {
    path: PathBuf,
    file: File,
    /// Position of each record in bytes, and its number of values.
    index: HashMap<Key, (u64, u32)>,
    /// Whether this process may write.
    can_write: bool,
}

impl Store {
    /// A cache in memory.
    pub(crate) fn in_memory(limit: u64) -> Self {
        Self {
            storage: Storage::Memory(HashMap::new()),
            bytes: 0,
            limit,
            damaged: 0,
        }
    }

    /// The file of `identity` in `folder`.
    ///
    /// If another process has locked the file, its rows are read, but none are added.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] if folder or file cannot be used.
    pub(crate) fn open(folder: &Path, identity: Key, limit: u64) -> Result<Self, TrainError> {
        files::create_folder(folder)?;
        let path = folder.join(format!("bert-{}.rows", hex(&identity[..8])));
        let (disk, bytes) =
            Disk::open(&path, &identity).map_err(|source| files::io_error(&path, source))?;
        Ok(Self {
            storage: Storage::Disk(disk),
            bytes,
            limit,
            damaged: 0,
        })
    }

    /// The rows of a key, if they are stored and undamaged.
    pub(crate) fn get(&mut self, key: &Key) -> Option<Vec<f32>> {
        match &mut self.storage {
            Storage::Memory(rows) => rows.get(key).cloned(),
            Storage::Disk(disk) => {
                let &(position, count) = disk.index.get(key)?;
                let rows = disk.read(position, count);
                if rows.is_none() {
                    disk.index.remove(key);
                    self.damaged += 1;
                }
                rows
            }
        }
    }

    /// Stores the rows of a key, unless it has some. Returns `false` if they exceed the limit, or another
    /// process has locked the file.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] if the file cannot be written.
    pub(crate) fn put(&mut self, key: Key, rows: &[f32]) -> Result<bool, TrainError> {
        if self.has(&key) {
            return Ok(true);
        }
        let size = HEAD + 4 * rows.len() as u64;
        if self.bytes + size > self.limit {
            return Ok(false);
        }
        let is_stored = match &mut self.storage {
            Storage::Memory(stored) => {
                stored.insert(key, rows.to_vec());
                true
            }
            Storage::Disk(disk) => disk
                .write(key, rows)
                .map_err(|source| files::io_error(&disk.path, source))?,
        };
        self.bytes += if is_stored { size } else { 0 };
        Ok(is_stored)
    }

    fn has(&self, key: &Key) -> bool {
        match &self.storage {
            Storage::Memory(rows) => rows.contains_key(key),
            Storage::Disk(disk) => disk.index.contains_key(key),
        }
    }

    /// Bytes of records.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Number of damaged records.
    pub(crate) fn damaged(&self) -> usize {
        self.damaged
    }
}

impl Disk {
    /// Opens the file; also returns the number of bytes of its records.
    fn open(path: &Path, identity: &Key) -> io::Result<(Self, u64)> {
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let can_write = match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(error)) => return Err(error),
        };
        let length = file.metadata()?.len();
        let mut start = [0; START as usize];
        let is_ours = length >= START && {
            file.read_exact(&mut start)?;
            start[..8] == *MAGIC && start[8..] == *identity
        };
        if !is_ours && can_write {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(MAGIC)?;
            file.write_all(identity)?;
        }
        let mut disk = Self {
            path: path.to_path_buf(),
            file,
            index: HashMap::new(),
            can_write,
        };
        let end = if is_ours { disk.scan(length)? } else { START };
        if can_write {
            disk.file.set_len(end)?;
        }
        Ok((disk, end - START))
    }

    /// Indexes every complete record; returns the position after the last one.
    fn scan(&mut self, length: u64) -> io::Result<u64> {
        let mut position = START;
        let mut head = [0; HEAD as usize];
        while position + HEAD <= length {
            self.file.seek(SeekFrom::Start(position))?;
            self.file.read_exact(&mut head)?;
            let (key, count, _) = parts(&head);
            let end = position + HEAD + 4 * u64::from(count);
            if end > length {
                break;
            }
            self.index.insert(key, (position, count));
            position = end;
        }
        Ok(position)
    }

    /// The values of a record, if their checksum is right.
    fn read(&mut self, position: u64, count: u32) -> Option<Vec<f32>> {
        // `scan` or `write` has checked that the file has this many bytes.
        let mut record = vec![0; HEAD as usize + 4 * count as usize];
        self.file.seek(SeekFrom::Start(position)).ok()?;
        self.file.read_exact(&mut record).ok()?;
        let (head, values) = record.split_first_chunk()?;
        let (_, _, expected) = parts(head);
        let is_whole = checksum(values) == expected;
        let numbers = values.as_chunks().0.iter().copied().map(f32::from_le_bytes);
        is_whole.then(|| numbers.collect())
    }

    fn write(&mut self, key: Key, rows: &[f32]) -> io::Result<bool> {
        let Ok(count) = u32::try_from(rows.len()) else {
            return Ok(false);
        };
        if !self.can_write {
            return Ok(false);
        }
        let values: Vec<u8> = rows.iter().flat_map(|value| value.to_le_bytes()).collect();
        let mut record = Vec::with_capacity(HEAD as usize + values.len());
        record.extend(key);
        record.extend(count.to_le_bytes());
        record.extend(checksum(&values));
        record.extend(values);
        let position = self.file.seek(SeekFrom::End(0))?;
        if let Err(error) = self.file.write_all(&record) {
            // An incomplete record would hide those after it.
            self.file.set_len(position)?;
            return Err(error);
        }
        self.index.insert(key, (position, count));
        Ok(true)
    }
}

fn parts(head: &[u8; HEAD as usize]) -> (Key, u32, [u8; 16]) {
    let (mut key, mut count, mut sum) = ([0; 32], [0; 4], [0; 16]);
    key.copy_from_slice(&head[..32]);
    count.copy_from_slice(&head[32..36]);
    sum.copy_from_slice(&head[36..]);
    (key, u32::from_le_bytes(count), sum)
}

fn checksum(values: &[u8]) -> [u8; 16] {
    let digest: [u8; 32] = Sha256::digest(values).into();
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    half
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    const IDENTITY: Key = [7; 32];

    fn file(folder: &Path) -> PathBuf {
        folder.join("bert-0707070707070707.rows")
    }

    fn open(folder: &Path) -> Store {
        Store::open(folder, IDENTITY, 1 << 20).unwrap()
    }

    /// A folder with two records.
    fn filled() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut store = open(folder.path());
        assert!(store.put([1; 32], &[1.0, 2.0]).unwrap());
        assert!(store.put([2; 32], &[f32::MIN_POSITIVE]).unwrap());
        folder
    }

    #[test]
    fn rows_outlive_the_process_bit_by_bit() {
        let folder = filled();
        let mut store = open(folder.path());
        assert_eq!(store.get(&[1; 32]), Some(vec![1.0, 2.0]));
        assert_eq!(store.get(&[2; 32]), Some(vec![f32::MIN_POSITIVE]));
        assert_eq!(store.get(&[3; 32]), None);
        assert_eq!(store.bytes(), 2 * HEAD + 12);
    }

    #[test]
    fn an_incomplete_record_is_removed_wherever_it_ends() {
        let whole = fs::read(file(filled().path())).unwrap();
        for length in 0..whole.len() {
            let folder = tempfile::tempdir().unwrap();
            fs::write(file(folder.path()), &whole[..length]).unwrap();
            let mut store = open(folder.path());
            let first = length as u64 >= START + HEAD + 8;
            assert_eq!(store.get(&[1; 32]).is_some(), first, "{length}");
            assert_eq!(store.get(&[2; 32]), None);
            assert!(store.put([2; 32], &[5.0]).unwrap());
            drop(store);
            let mut store = open(folder.path());
            assert_eq!(store.get(&[2; 32]), Some(vec![5.0]), "{length}");
            assert_eq!(store.get(&[1; 32]).is_some(), first, "{length}");
        }
    }

    #[test]
    fn damage_is_found_and_counted() {
        let folder = filled();
        let path = file(folder.path());
        let mut bytes = fs::read(&path).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(&path, bytes).unwrap();
        let mut store = open(folder.path());
        assert_eq!(store.get(&[2; 32]), None);
        assert_eq!(store.get(&[1; 32]), Some(vec![1.0, 2.0]));
        assert_eq!(store.damaged(), 1);
        assert!(store.put([2; 32], &[3.0]).unwrap());
        assert_eq!(store.get(&[2; 32]), Some(vec![3.0]));
    }

    #[test]
    fn nothing_grows_beyond_its_limit() {
        let folder = tempfile::tempdir().unwrap();
        let limit = HEAD + 8;
        for mut store in [
            Store::in_memory(limit),
            Store::open(folder.path(), IDENTITY, limit).unwrap(),
        ] {
            assert!(store.put([1; 32], &[1.0, 2.0]).unwrap());
            assert!(!store.put([2; 32], &[]).unwrap());
            assert_eq!(store.get(&[2; 32]), None);
            assert_eq!(store.bytes(), limit);
        }
    }

    /// As of a sentence that a batch has twice.
    #[test]
    fn the_first_rows_of_a_key_stay_and_count_once() {
        let folder = tempfile::tempdir().unwrap();
        for mut store in [Store::in_memory(1 << 20), open(folder.path())] {
            assert!(store.put([1; 32], &[1.0]).unwrap());
            assert!(store.put([1; 32], &[2.0]).unwrap());
            assert_eq!(store.get(&[1; 32]), Some(vec![1.0]));
            assert_eq!(store.bytes(), HEAD + 4);
        }
        let size = fs::metadata(file(folder.path())).unwrap().len();
        assert_eq!(size, START + HEAD + 4);
    }

    #[test]
    fn a_second_process_reads_and_does_not_write() {
        let folder = filled();
        let _first = open(folder.path());
        let mut second = open(folder.path());
        assert_eq!(second.get(&[1; 32]), Some(vec![1.0, 2.0]));
        assert!(!second.put([3; 32], &[1.0]).unwrap());
    }

    #[test]
    fn a_file_of_other_weights_begins_anew() {
        let folder = filled();
        let mut other = IDENTITY;
        // The same name, another identity.
        other[31] = 0;
        let mut store = Store::open(folder.path(), other, 1 << 20).unwrap();
        assert_eq!(store.get(&[1; 32]), None);
    }
}
