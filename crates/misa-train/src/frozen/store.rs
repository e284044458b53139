//! Rows of numbers by key, in memory or in a file.

use crate::{TrainError, run::files};
use misa_terms::hex;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// SHA-256 of what the numbers belong to.
pub(crate) type Key = [u8; 32];

/// Key, number of values, first half of the SHA-256 of the values.
const HEAD: u64 = 32 + 4 + 16;
const MAGIC: &[u8; 8] = b"misarow1";
const START: u64 = 8 + 32;

/// Rows of numbers by key, up to a number of bytes.
///
/// A file is a magic word and the identity of what computed the numbers, then one record after
/// another: key, number of values, checksum, values. A record that was not written to its end is
/// cut off when the file is opened, one whose checksum differs is not found; so a run may be
/// stopped at any moment.
#[derive(Debug)]
pub(crate) struct Store {
    place: Place,
    /// Bytes of records.
    bytes: u64,
    limit: u64,
    damaged: usize,
}

#[derive(Debug)]
enum Place {
    Memory(HashMap<Key, Vec<f32>>),
    Disk(Disk),
}

#[derive(Debug)]
struct Disk {
    path: PathBuf,
    file: File,
    /// Where the head of each record stands, and its number of values.
    index: HashMap<Key, (u64, u32)>,
    /// Whether this process may write.
    writes: bool,
}

impl Store {
    /// Rows that end with the process.
    pub(crate) fn in_memory(limit: u64) -> Self {
        Self {
            place: Place::Memory(HashMap::new()),
            bytes: 0,
            limit,
            damaged: 0,
        }
    }

    /// The rows of `identity` in `folder`.
    ///
    /// Where another process has the file, its rows are read and none are added.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] if folder or file cannot be used.
    pub(crate) fn open(folder: &Path, identity: Key, limit: u64) -> Result<Self, TrainError> {
        files::create_folder(folder)?;
        let path = folder.join(format!("bert-{}.rows", hex(&identity[..8])));
        let disk = Disk::open(&path, &identity);
        let (disk, bytes) = disk.map_err(|source| io_error(&path, source))?;
        Ok(Self {
            place: Place::Disk(disk),
            bytes,
            limit,
            damaged: 0,
        })
    }

    /// The rows of a key, if they are there and whole.
    pub(crate) fn get(&mut self, key: &Key) -> Option<Vec<f32>> {
        match &mut self.place {
            Place::Memory(rows) => rows.get(key).cloned(),
            Place::Disk(disk) => {
                let &(position, count) = disk.index.get(key)?;
                let read = disk.read(position, count);
                if read.is_none() {
                    disk.index.remove(key);
                    self.damaged += 1;
                }
                read
            }
        }
    }

    /// Keeps the rows of a key; `false` when there is no room, or another process writes.
    ///
    /// # Errors
    ///
    /// [`TrainError::Io`] if the file cannot be written.
    pub(crate) fn put(&mut self, key: Key, rows: &[f32]) -> Result<bool, TrainError> {
        let size = HEAD + 4 * rows.len() as u64;
        if self.bytes + size > self.limit {
            return Ok(false);
        }
        let kept = match &mut self.place {
            Place::Memory(kept) => {
                kept.insert(key, rows.to_vec());
                true
            }
            Place::Disk(disk) => {
                let written = disk.write(key, rows);
                written.map_err(|source| io_error(&disk.path, source))?
            }
        };
        self.bytes += if kept { size } else { 0 };
        Ok(kept)
    }

    /// Bytes of records.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Records found damaged.
    pub(crate) fn damaged(&self) -> usize {
        self.damaged
    }
}

impl Disk {
    /// The file with its bytes of records.
    fn open(path: &Path, identity: &Key) -> io::Result<(Self, u64)> {
        let mut options = OpenOptions::new();
        let mut file = options
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)?;
        let writes = match file.try_lock() {
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
        if !is_ours && writes {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(MAGIC)?;
            file.write_all(identity)?;
        }
        let mut disk = Self {
            path: path.to_path_buf(),
            file,
            index: HashMap::new(),
            writes,
        };
        let end = match is_ours {
            true => disk.scan(length)?,
            false => START,
        };
        if writes {
            disk.file.set_len(end)?;
        }
        Ok((disk, end - START))
    }

    /// Finds every whole record; gives the place after the last one.
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
        // The file held this many bytes when it was opened or written.
        let mut record = vec![0; HEAD as usize + 4 * count as usize];
        self.file.seek(SeekFrom::Start(position)).ok()?;
        self.file.read_exact(&mut record).ok()?;
        let (head, values) = record.split_first_chunk()?;
        let (_, _, expected) = parts(head);
        let is_whole = checksum(values) == expected;
        let values = values.as_chunks().0.iter().copied().map(f32::from_le_bytes);
        is_whole.then(|| values.collect())
    }

    fn write(&mut self, key: Key, rows: &[f32]) -> io::Result<bool> {
        let Ok(count) = u32::try_from(rows.len()) else {
            return Ok(false);
        };
        if !self.writes {
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
            // A part of a record would hide those that follow it.
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

fn io_error(path: &Path, source: io::Error) -> TrainError {
    TrainError::Io {
        path: path.to_path_buf(),
        source,
    }
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
    fn a_record_that_was_cut_off_is_forgotten_wherever_it_ends() {
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
