//! Headers that do not fit what follows, or that are none.

use super::{folder, header};
use misa_files::npy::{Npy, Npz};
use misa_files::zip::Limits;
use misa_files::{Source, pickle};
use std::fs;

fn message(bytes: &[u8]) -> String {
    Npy::open(bytes).unwrap_err().to_string()
}

#[test]
fn shapes_must_fit_the_bytes() {
    let with = |shape: &str, count: usize| {
        let mut bytes = header("'<f4'", false, shape);
        bytes.extend(vec![0; count]);
        message(&bytes)
    };
    assert!(with("(2,)", 7).ends_with("array of shape [2] and element size 4, found 7 bytes"));
    assert!(with("(2,)", 9).ends_with("array of shape [2] and element size 4, found 9 bytes"));
    assert!(with("()", 0).ends_with("array of shape [] and element size 4, found 0 bytes"));
    // Products that overflow to 0.
    assert!(with("(4294967296, 4294967296)", 0).contains("shape [4294967296, 4294967296]"));
    assert!(with("(4611686018427387904,)", 0).contains("shape [4611686018427387904]"));
    assert!(with("(-1,)", 0).ends_with("expected the length of an axis"));
}

#[test]
fn headers_are_checked_before_they_are_read() {
    let long = |major: u8, len: u32| {
        let mut bytes = b"\x93NUMPY".to_vec();
        bytes.extend([major, 0]);
        bytes.extend(len.to_le_bytes());
        bytes
    };
    let limit = "expected at most 65536";
    let found = u32::MAX;
    assert_eq!(
        message(&long(2, found)),
        format!("byte 8: header of {found} bytes, {limit}")
    );
    let mut ten_million = long(3, 10_000_000);
    ten_million.extend(vec![b' '; 10_000_000]);
    assert_eq!(
        message(&ten_million),
        format!("byte 8: header of 10000000 bytes, {limit}")
    );
    assert_eq!(message(&long(2, 1000)), "byte 12: expected the header");
    assert_eq!(
        message(&long(4, 0)),
        "byte 6: version 4.0, expected 1.0, 2.0 or 3.0"
    );
    assert_eq!(
        message(b"\x93NUMPY"),
        "byte 6: expected the start of an array"
    );
    assert_eq!(
        message(b"PK\x03\x04..."),
        "byte 0: expected \"\\x93NUMPY\", found \"PK\\x03\\x04..\""
    );
    let code = header("__import__('os').system('true')", false, "()");
    assert_eq!(message(&code), "byte 20: expected an element type");
}

#[test]
fn every_prefix_of_every_fixture_is_refused() {
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let is_archive = path.extension().unwrap() == "npz";
        for len in 0..bytes.len() {
            let source = Source::from(&bytes[..len]);
            let refused = if is_archive {
                Npz::open(source, &Limits::default()).is_err()
            } else {
                refuses_array(&source)
            };
            assert!(refused, "{} cut to {len}", path.display());
        }
    }
}

fn refuses_array(source: &Source<'_>) -> bool {
    match Npy::open(source) {
        Err(_) => true,
        // The header of an object array has no length; the pickle reports the fault.
        Ok(array) => array.into_objects(&pickle::Limits::default()).is_err(),
    }
}
