//! Hostile files: truncated, damaged, cyclic, or with lengths beyond the file.

use crate::support::hdf5::{
    DATA, DATASET, NOWHERE, ROOT, chunked, contiguous, dataset, file_of, header, link, node,
    numbers, put, single,
};
use misa_files::Source;
use misa_files::hdf5::{Dataset, Element, Hdf5, Hdf5Error, Limits, Object};
use misa_testing::{is_long, takes_less_than};
use std::fs;
use std::path::Path;
use std::time::Duration;

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hdf5");
    fs::read(folder.join(name)).unwrap()
}

fn open(bytes: &[u8]) -> Result<Hdf5<'_>, Hdf5Error> {
    Hdf5::open(Source::from(bytes), &Limits::default())
}

fn values(dataset: &Dataset<'_>) -> Result<usize, Hdf5Error> {
    match dataset.element() {
        Element::Number(_) => dataset.to_doubles().map(|values| values.len()),
        _ => dataset.to_texts().map(|texts| texts.len()),
    }
}

/// Reads all datasets of a file and returns the number of values.
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
    let read = || drop(read_all(bytes));
    assert!(takes_less_than(Duration::from_secs(1), read), "{}", what());
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
fn prefixes_that_state_their_own_length_are_survived() {
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
            // Each single bit, and then several bits at once.
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
    for round in 0..if is_long() { 200_000 } else { 20_000 } {
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

/// The fault of the dataset `x` of a file, which must be found in less than a second.
fn fault(bytes: &[u8]) -> String {
    let mut message = String::new();
    let read = || {
        let file = open(bytes).unwrap();
        let dataset = file.root().dataset("x");
        let error = dataset.and_then(|dataset| values(&dataset)).unwrap_err();
        message = error.to_string();
    };
    assert!(takes_less_than(Duration::from_secs(1), read), "{message}");
    message
}

#[test]
fn files_made_by_hand_are_read() {
    let bytes = dataset(&[3], false, contiguous(3), false, &[5, 6, 7]);
    let file = open(&bytes).unwrap();
    let values = file.root().dataset("x").unwrap().to_floats().unwrap();
    assert_eq!(values, [5.0, 6.0, 7.0]);
    // Two chunks of two elements, the second one extending beyond the edge.
    let tree = node(0, &[(2, 0, DATA + 200), (2, 2, DATA + 202)]);
    let mut data = tree.clone();
    put(&mut data, 200, &[1, 2, 3, 4]);
    let bytes = dataset(&[3], false, chunked(DATA, &[2]), false, &data);
    let file = open(&bytes).unwrap();
    let values = file.root().dataset("x").unwrap().to_floats().unwrap();
    assert_eq!(values, [1.0, 2.0, 3.0]);
}

#[test]
fn circles_end() {
    // The continuation of the header is its own block.
    let root = header(&[(0x10, numbers(&[ROOT + 16, 24]))]);
    let error = open(&file_of(&root, &[])).unwrap_err().to_string();
    assert_eq!(error, "/: byte 112: the object header contains itself");
    // A tree that is its own child, and one whose child has the same level.
    let tree = node(1, &[(1, 0, DATA)]);
    let error = fault(&dataset(&[9], false, chunked(DATA, &[1]), false, &tree));
    assert_eq!(error, "/x: byte 1024: the tree contains itself");
    // Each node points twenty times to the next one: 20^200 paths.
    let nodes = (0..=200_u64).rev().flat_map(|level| {
        let next = DATA + (201 - level) * 704;
        let mut node = node(level as u8, &[(1, 0, next); 20]);
        node.resize(704, 0);
        node
    });
    let nodes: Vec<u8> = nodes.collect();
    let error = fault(&dataset(&[9], false, chunked(DATA, &[1]), false, &nodes));
    assert!(error.contains("bytes visited in this file"), "{error}");
    // A group that contains itself.
    let bytes = file_of(&header(&[link(b'a', ROOT), link(b'b', ROOT)]), &[]);
    let file = open(&bytes).unwrap();
    let error = file.root().group("a").unwrap_err().to_string();
    assert_eq!(error, "/a: byte 96: the group contains itself");
}

#[test]
fn claims_beyond_the_file_are_refused() {
    let error = |shape: &[u64], layout| fault(&dataset(shape, false, layout, false, &[0; 8]));
    let huge = error(&[1 << 63, 4], contiguous(8));
    assert_eq!(
        huge,
        "/x: byte 256: elements of a dataset, expected at most 18446744073709551615"
    );
    // There are no rows, but each would be large.
    let no_rows = error(&[0, 1 << 63, 4], contiguous(8));
    assert_eq!(no_rows, huge);
    let absent = error(&[1 << 40], contiguous(1 << 40));
    assert_eq!(
        absent,
        "/x: byte 1024: expected 1099511627776 more bytes, found 8"
    );
    let unequal = error(&[1 << 40], contiguous(8));
    assert_eq!(
        unequal,
        "/x: byte 256: expected 1099511627776 more bytes, found 8"
    );
    // Nothing was ever written, so the file need not contain the bytes.
    let unwritten = error(&[1 << 40], chunked(NOWHERE, &[1]));
    assert!(unwritten.ends_with("bytes of a dataset, expected at most 8589934592"));
    let unwritten = error(&[1 << 30], chunked(NOWHERE, &[1]));
    assert!(unwritten.contains("bytes of values from this file, expected at most"));
    let axes = error(&[1; 33], contiguous(8));
    assert!(axes.ends_with("axes 33, expected at most 32"), "{axes}");
}

#[test]
fn chunks_are_no_larger_than_what_they_are_made_of() {
    let chunk = |shape: &[u64], stored| {
        let axes = vec![1; shape.len()];
        fault(&dataset(
            &axes,
            false,
            single(shape, stored),
            true,
            &[0; 64],
        ))
    };
    assert!(chunk(&[1 << 63], 64).ends_with("bytes of a chunk, expected at most 8589934592"));
    assert!(chunk(&[1 << 63, 2], 64).contains("elements of a dataset, expected at most"));
    let bomb = chunk(&[1 << 32], 64);
    assert_eq!(
        bomb,
        "/x: byte 1024: deflate of a chunk, expected 4294967296 bytes, found 70400"
    );
    assert!(chunk(&[1], 1 << 62).contains("bytes of all chunks, expected at most 1088"));
    assert_eq!(chunk(&[0], 64).split_once(": ").unwrap().0, "/x");
    // Many chunks that share the same bytes.
    let tree = node(0, &[0, 1, 2, 3].map(|place| (400, place, DATA)));
    let bytes = dataset(&[4], false, chunked(DATA, &[1]), true, &tree);
    assert!(fault(&bytes).contains("bytes of all chunks, expected at most"));
    let tree = node(0, &[(1, 0, DATA); 2]);
    let bytes = dataset(&[4], false, chunked(DATA, &[1]), false, &tree);
    assert!(fault(&bytes).ends_with("a chunk occurs twice, expected once"));
    let tree = node(0, &[(1, 7, DATA)]);
    let bytes = dataset(&[4], false, chunked(DATA, &[1]), false, &tree);
    assert!(fault(&bytes).contains("first row of a chunk 7, expected a position in the dataset"));
}

#[test]
fn one_text_cannot_be_read_any_number_of_times() {
    // 4000 elements refer to one text of 64,000 bytes: a quarter of a gigabyte in total.
    let (count, len) = (4_000_u64, 64_000_u32);
    let heap = DATA + count * 16;
    let mut element = len.to_le_bytes().to_vec();
    element.extend(heap.to_le_bytes());
    element.extend([1, 0, 0, 0]);
    let mut data = element.repeat(count as usize);
    data.extend(b"GCOL\x01\0\0\0");
    data.extend(numbers(&[32 + u64::from(len)]));
    data.extend([1, 0, 1, 0, 0, 0, 0, 0]);
    data.extend(numbers(&[len.into()]));
    data.resize(data.len() + len as usize, b'a');
    let bytes = dataset(&[count], true, contiguous(count * 16), false, &data);
    assert!(fault(&bytes).contains("bytes visited in this file, expected at most"));
    // A few of them are within the limits.
    let bytes = dataset(&[20], true, contiguous(count * 16), false, &data);
    let file = open(&bytes).unwrap();
    let texts = file.root().dataset("x").unwrap().to_texts().unwrap();
    assert!(texts.len() == 20 && texts.iter().all(|text| text.len() == len as usize));
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [b'.', b'/'] {
        let bytes = file_of(&header(&[link(name, DATASET)]), &[]);
        let error = open(&bytes).unwrap_err().to_string();
        assert!(error.contains("expected a name without `/`"), "{error}");
    }
    let bytes = file_of(&header(&[link(b'a', DATASET), link(b'a', DATA)]), &[]);
    let error = open(&bytes).unwrap_err().to_string();
    assert_eq!(error, "/: byte 96: a name occurs twice, expected once");
}
