//! What is said about arrays that cannot be used.

mod matlab;
mod numpy;
mod octave;

use crate::array_tracks::{kit, parsed};
use crate::tracks::options;
use misa_recordings::FaultKind;
use misa_recordings::FaultKind::{Invalid, Malformed};
use misa_recordings::tracks::TrackOptions;

/// Changes the options of a test.
type Change = fn(&mut TrackOptions);

fn check(name: &str, bytes: &[u8], options: &TrackOptions, kind: FaultKind, expected: &str) {
    let fault = parsed(name, bytes, options).unwrap_err();
    assert_eq!((fault.kind, fault.to_string().as_str()), (kind, expected));
}

#[test]
fn times_and_columns() {
    let bytes = kit("covarep_v7.mat");
    let cases: [(Change, FaultKind, &str); 5] = [
        (
            |options| options.rate = Some(0.0),
            Invalid,
            "features: expected a number of rows a second above 0, found 0",
        ),
        (
            |options| options.rate = Some(f64::NAN),
            Invalid,
            "features: expected a number of rows a second above 0, found NaN",
        ),
        (
            |options| options.rate = Some(1e-4),
            Invalid,
            "features: expected times up to 360000 seconds, found 200 rows from 0 to 2000000 seconds",
        ),
        (
            |options| options.first = f64::INFINITY,
            Invalid,
            "features: expected times up to 360000 seconds, found 200 rows from inf to inf seconds",
        ),
        (
            |options| options.columns = Some(vec!["f0".to_string()]),
            Invalid,
            "features: expected the column \"f0\", found 74 columns: \"F0\", \"VUV\", \"NAQ\", \"QOQ\", \"H1H2\" …",
        ),
    ];
    for (change, kind, expected) in cases {
        check("a.mat", &bytes, &options(change), kind, expected);
    }
}

#[test]
fn names_say_what_was_meant() {
    let none = TrackOptions::default();
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    let expected = "expected a NumPy array, found a pointer of Git LFS, not the file itself";
    let fault = parsed("a.NPY", pointer, &none).unwrap_err();
    let (start, _) = expected.split_once(" of Git").unwrap();
    assert!(fault.to_string().starts_with(start), "{fault}");
    check(
        "a.npy",
        b"",
        &none,
        Malformed,
        "expected a NumPy array, found an empty file",
    );
    let expected = "expected a MATLAB file of version 5 to 7.3, found something else";
    check("a.mat", &[1, 2, 3, 4, 0, 0xff], &none, Malformed, expected);
}
