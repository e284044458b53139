//! Damaged files of arrays: whatever the damage, the reader returns values or an error.
//!
//! The number of changed files per kind is `MISA_MUTATIONS`, so that the same test can run for
//! seconds or for hours. The changes depend on nothing else.

use misa_files::npy::{Npy, NpyError, Npz, NpzError};
use misa_files::torch::{File, TorchError};
use misa_files::{Source, pickle, torch, zip};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

fn fixtures(folder: &str, is_used: impl Fn(&str) -> bool) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(folder);
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| is_used(path.file_name().unwrap().to_str().unwrap()))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Limits that are small enough for no read to take long.
fn small() -> (zip::Limits, pickle::Limits) {
    let archive = zip::Limits {
        entry_bytes: 1 << 20,
        total_bytes: 1 << 22,
        ..zip::Limits::default()
    };
    let pickle = pickle::Limits {
        values: 1 << 16,
        ..pickle::Limits::default()
    };
    (archive, pickle)
}

fn read_array(array: Npy<'_>) -> Result<(), NpyError> {
    let all = array.to_floats();
    if let Ok(all) = &all {
        assert_eq!(all.len(), array.len());
        assert_eq!(array.to_doubles()?.len(), all.len());
    }
    let _ = array.to_ints();
    let texts = array.to_texts();
    let half = array.n_rows() / 2;
    let rows = array.rows(half..array.n_rows())?;
    let _ = rows.to_floats();
    let objects = array.into_objects(&small().1).map(drop);
    all.map(drop).or(texts.map(drop)).or(objects)
}

fn read_npy(bytes: &[u8]) -> bool {
    Npy::open(bytes).and_then(read_array).is_ok()
}

fn read_npz(bytes: &[u8]) -> bool {
    let read = || -> Result<(), NpzError> {
        let npz = Npz::open(Source::from(bytes), &small().0)?;
        let names: Vec<&str> = npz.names().collect();
        for entry in npz.archive().entries() {
            let _ = npz.archive().verify(entry);
        }
        let mut result = Ok(());
        for name in names {
            match npz.array(name) {
                Ok(array) => drop(read_array(array)),
                Err(error) => result = Err(error),
            }
        }
        result
    };
    read().is_ok()
}

fn read_torch(bytes: &[u8]) -> bool {
    let read = || -> Result<(), TorchError> {
        let (archive, pickle) = small();
        let source = Source::from(bytes);
        let file = File::open(&source, &torch::Limits { archive, pickle })?;
        let root = file.root();
        let entries = root.entries().into_iter().flatten();
        let items = root.items().into_iter().flat_map(|items| items.iter());
        let mut result = Ok(());
        for value in items.chain(entries.map(|(_, value)| value)) {
            let floats = match file.tensor(value) {
                Ok(Some(tensor)) => tensor.to_floats(),
                Ok(None) => continue,
                Err(error) => Err(error),
            };
            result = result.and(floats.map(drop));
        }
        result
    };
    read().is_ok()
}

/// SplitMix64: the same numbers everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    /// One change: a byte, a bit, a number, or a piece removed, copied or cut off.
    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.below(bytes.len());
        let len = self.below(9).min(bytes.len() - at);
        match self.below(12) {
            0..=3 => bytes[at] = self.next() as u8,
            4..=6 => bytes[at] ^= 1 << self.below(8),
            7 => bytes[at..at + len].fill(0xff),
            8 => bytes[at..at + len].fill(0),
            9 => drop(bytes.drain(at..at + len)),
            10 => {
                let from = self.below(bytes.len() - len + 1);
                bytes.copy_within(from..from + len, at);
            }
            _ if self.below(8) == 0 => bytes.truncate(at),
            _ => bytes.insert(at, self.next() as u8),
        }
    }
}

/// Writes the checksums that the members of an archive have into its directory: otherwise changes would be noticed
/// by them alone, and not reach the parsers.
fn correct_checksums(bytes: &mut [u8]) {
    let mut faults = Vec::new();
    if let Ok(archive) = zip::Archive::open(Source::from(&*bytes), &small().0) {
        let entries = archive.entries().iter();
        faults.extend(entries.filter_map(|entry| archive.verify(entry).err()));
    }
    for fault in faults {
        let zip::ZipError::Checksum {
            expected, found, ..
        } = fault
        else {
            continue;
        };
        // The checksum is 16 bytes into an entry of the directory.
        for at in 0..bytes.len().saturating_sub(19) {
            if bytes[at..].starts_with(b"PK\x01\x02")
                && bytes[at + 16..at + 20] == expected.to_le_bytes()
            {
                bytes[at + 16..at + 20].copy_from_slice(&found.to_le_bytes());
            }
        }
    }
}

fn survives(kind: &str, seeds: &[Vec<u8>], read: impl Fn(&[u8]) -> bool) {
    let count = std::env::var("MISA_MUTATIONS").map_or(4_000, |count| count.parse().unwrap());
    let mut random = Random(7);
    let (mut readable, mut worst) = (0_u64, Duration::ZERO);
    for _ in 0..count {
        let mut bytes = seeds[random.below(seeds.len())].clone();
        for _ in 0..1 + random.below(4) {
            if !bytes.is_empty() {
                random.change(&mut bytes);
            }
        }
        correct_checksums(&mut bytes);
        let start = Instant::now();
        readable += u64::from(read(&bytes));
        worst = worst.max(start.elapsed());
    }
    println!("{kind}: {count} changed files, {readable} readable, slowest {worst:?}");
    // Otherwise the changes would only test the first check.
    assert!(readable > count / 100, "{kind}: {readable} of {count}");
    assert!(readable < count, "{kind}");
}

#[test]
fn changed_arrays() {
    survives(
        "npy",
        &fixtures("npy", |name| name.ends_with(".npy")),
        read_npy,
    );
}

#[test]
fn changed_archives_of_arrays() {
    survives(
        "npz",
        &fixtures("npy", |name| name.ends_with(".npz")),
        read_npz,
    );
}

#[test]
fn changed_archives_of_tensors() {
    let seeds = fixtures("torch", |name| !name.contains("legacy"));
    survives("torch archive", &seeds, read_torch);
}

#[test]
fn changed_older_files_of_tensors() {
    let seeds = fixtures("torch", |name| name.contains("legacy"));
    survives("torch legacy", &seeds, read_torch);
}

#[test]
fn every_byte_changed() {
    type Read = fn(&[u8]) -> bool;
    let kinds: [(&str, &str, Read); 5] = [
        ("npy", "small.npz", read_npz),
        ("npy", "wide.npz", read_npz),
        ("npy", "c_order.npy", read_npy),
        ("torch", "small.pt", read_torch),
        ("torch", "small_legacy.pt", read_torch),
    ];
    for (folder, name, read) in kinds {
        let [original] = &fixtures(folder, |found| found == name)[..] else {
            panic!("{name}");
        };
        assert!(read(original), "{name}");
        let mut refused = 0;
        for at in 0..original.len() {
            for step in 0..16_u8 {
                let mut bytes = original.clone();
                bytes[at] = bytes[at].wrapping_add(1 + 16 * step);
                refused += usize::from(!read(&bytes));
            }
        }
        assert!(refused > original.len(), "{name}: {refused}");
    }
}
