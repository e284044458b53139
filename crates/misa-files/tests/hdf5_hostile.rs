//! Files made to harm: cut short, damaged, leading in circles, claiming too much.

// Helpers of tests are tests too, but the lint only knows functions marked so.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use misa_files::Source;
use misa_files::hdf5::{Dataset, Hdf5, Hdf5Error, Limits, Object};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hdf5");
    fs::read(folder.join(name)).unwrap()
}

fn open(bytes: &[u8]) -> Result<Hdf5<'_>, Hdf5Error> {
    Hdf5::open(Source::from(bytes), &Limits::default())
}

fn values(dataset: &Dataset<'_>) -> Result<usize, Hdf5Error> {
    match dataset.to_doubles() {
        Ok(values) => Ok(values.len()),
        Err(_) => dataset.to_texts().map(|texts| texts.len()),
    }
}

/// Reads all that a file has to give; returns how many values that are.
fn read_all(bytes: &[u8]) -> Result<usize, Hdf5Error> {
    let file = open(bytes)?;
    let mut groups = vec![file.root()];
    let mut count = 0;
    while let Some(group) = groups.pop() {
        for name in group.names() {
            match group.object(name) {
                Ok(Object::Group(group)) => groups.push(group),
                Ok(Object::Dataset(dataset)) => count += values(&dataset).unwrap_or(0),
                Err(_) => {}
            }
        }
    }
    Ok(count)
}

/// Reads a damaged file in less than a second.
fn survive(bytes: &[u8], what: impl Fn() -> String) {
    let start = Instant::now();
    let _ = read_all(bytes);
    assert!(start.elapsed() < Duration::from_secs(1), "{}", what());
}

/// Seeded numbers.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[test]
fn prefixes_are_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hdf5");
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().unwrap() != "h5" {
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        assert!(read_all(&bytes).is_ok());
        for len in 0..bytes.len().min(1 << 16) {
            assert!(open(&bytes[..len]).is_err(), "{}: {len}", path.display());
        }
        files += 1;
    }
    assert!(files > 10);
}

#[test]
fn prefixes_that_claim_to_be_whole_are_survived() {
    for name in ["texts.h5", "compact.h5"] {
        let bytes = fixture(name);
        for len in (48..bytes.len()).step_by(3) {
            let mut bytes = bytes[..len].to_vec();
            bytes[40..48].copy_from_slice(&(len as u64).to_le_bytes());
            survive(&bytes, || format!("{name}: {len}"));
        }
    }
}

#[test]
fn every_byte_may_be_wrong() {
    let bytes = fixture("small.h5");
    let all = read_all(&bytes).unwrap();
    let mut fewer = 0;
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        for other in 1..=16 {
            // Every bit, and all of them in growing numbers.
            damaged[place] = bytes[place]
                ^ (if other <= 8 {
                    1 << (other - 1)
                } else {
                    other * 15
                }) as u8;
            survive(&damaged, || format!("byte {place}: {}", damaged[place]));
        }
        fewer += usize::from(read_all(&damaged).unwrap_or(0) < all);
    }
    assert!(fewer > 100);
}

#[test]
fn random_damage_is_survived() {
    let mut state = 0x9e37_79b9_7f4a_7c15;
    let files = ["small.h5", "compact.h5", "compact_v110.h5", "texts_v110.h5"].map(fixture);
    for round in 0..200_000 {
        let mut bytes = files[round % files.len()].clone();
        for _ in 0..1 + random(&mut state) % 8 {
            let place = (random(&mut state) % bytes.len() as u64) as usize;
            bytes[place] = match random(&mut state) % 4 {
                0 => 0,
                1 => 0xff,
                2 => bytes[place] ^ 1 << (random(&mut state) % 8),
                _ => random(&mut state) as u8,
            };
        }
        survive(&bytes, || format!("round {round}"));
    }
}

#[test]
fn rows_of_no_dataset_are_not_too_long() {
    let mut bytes = fixture("small.h5");
    // The shape of `x`, `[6, 5]`, becomes one without rows, each of 2^64 bytes.
    assert_eq!(bytes[832..848], [6_u64, 5].map(u64::to_le_bytes).concat());
    bytes[832..848].copy_from_slice(&[0_u64, 1 << 62].map(u64::to_le_bytes).concat());
    let file = open(&bytes).unwrap();
    let error = file.root().dataset("x").unwrap_err().to_string();
    assert!(error.contains("elements of a dataset"), "{error}");
}
