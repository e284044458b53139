//! What is said about files of MATLAB.

use super::check;
use crate::array_tracks::{kit, parsed};
use crate::tracks::options;
use misa_recordings::ContainerError;
use misa_recordings::FaultKind::{Empty, Invalid, Malformed, TooLarge, Unclear, Unsupported};
use misa_recordings::tracks::TrackOptions;

/// An element of a MATLAB file with its padding.
fn element(kind: u32, data: &[u8]) -> Vec<u8> {
    let mut bytes = [kind.to_le_bytes(), (data.len() as u32).to_le_bytes()].concat();
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    bytes
}

fn matrix(class: u32, shape: [u32; 2], name: &str, content: &[u8]) -> Vec<u8> {
    let numbers = |numbers: [u32; 2]| numbers.map(u32::to_le_bytes).concat();
    let flags = element(6, &numbers([class, 0]));
    let heading = [
        flags,
        element(5, &numbers(shape)),
        element(1, name.as_bytes()),
    ]
    .concat();
    element(14, &[&heading, content].concat())
}

/// Doubles of 0.
fn doubles(shape: [u32; 2], name: &str) -> Vec<u8> {
    let count = (shape[0] * shape[1]) as usize;
    matrix(6, shape, name, &element(9, &vec![0; 8 * count]))
}

/// A cell of texts.
fn texts(name: &str, texts: &[&str]) -> Vec<u8> {
    let text = |text: &&str| matrix(4, [1, text.len() as u32], "", &element(16, text.as_bytes()));
    let cells: Vec<u8> = texts.iter().flat_map(text).collect();
    matrix(1, [1, texts.len() as u32], name, &cells)
}

fn mat(variables: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"MATLAB 5.0 MAT-file".to_vec();
    bytes.resize(124, b' ');
    bytes.extend(b"\x00\x01IM");
    bytes.extend(variables.concat());
    bytes
}

/// Limits that small files exceed.
fn limits() -> TrackOptions {
    options(|options| {
        options.limits.rows = 4;
        options.limits.columns = 3;
        options.limits.values = 8;
        options.limits.word_bytes = 3;
    })
}

fn features() -> Vec<u8> {
    doubles([2, 2], "features")
}

#[test]
fn sizes_and_choices_of_matlab() {
    let cases = [
        (
            mat(&[]),
            Empty,
            "expected a matrix called \"features\", or another one, found none with numbers",
        ),
        (
            mat(&[doubles([0, 74], "features")]),
            Empty,
            "features: expected rows of numbers, found 0 rows of 74 columns",
        ),
        (
            mat(&[doubles([5, 2], "features")]),
            TooLarge,
            "features: expected at most 4 rows, found 5 rows of 2 columns",
        ),
        (
            mat(&[doubles([2, 4], "features")]),
            TooLarge,
            "features: expected at most 3 columns, found 2 rows of 4 columns",
        ),
        (
            mat(&[doubles([3, 3], "features")]),
            TooLarge,
            "features: expected at most 8 values, found 3 rows of 3 columns",
        ),
        (
            mat(&[
                doubles([2, 2], "a"),
                doubles([1, 1], "rate"),
                doubles([2, 1], "b"),
            ]),
            Unclear,
            "expected one matrix, or one called \"features\", found \"a\", \"b\"; save the features alone, or \
             call them features",
        ),
    ];
    for (bytes, kind, expected) in cases {
        check("a.mat", &bytes, &limits(), kind, expected);
    }
}

#[test]
fn values_of_matlab() {
    let cases = [
        (
            mat(&[matrix(4, [1, 2], "features", &element(16, b"ab"))]),
            Unsupported,
            "expected a MATLAB file that can be read, found a fault: \"features\": expected numbers, found char \
             [1, 2]",
        ),
        (
            mat(&[matrix(0x806, [1, 1], "features", &element(9, &[0; 8]))]),
            Unsupported,
            "expected a MATLAB file that can be read, found a fault: \"features\": complex numbers are not \
             supported",
        ),
        (
            mat(&[matrix(5, [1, 1], "features", &element(9, &[0; 8]))]),
            Unsupported,
            "expected a MATLAB file that can be read, found a fault: \"features\": sparse numbers are not \
             supported",
        ),
        (
            mat(&[features()])[..140].to_vec(),
            Malformed,
            "expected a MATLAB file that can be read, found a fault: byte 128: an element of 88 bytes, found 4",
        ),
    ];
    for (bytes, kind, expected) in cases {
        check("a.mat", &bytes, &limits(), kind, expected);
    }
    let fault = parsed("a.mat", &mat(&[features()])[..140], &limits()).unwrap_err();
    assert!(matches!(
        fault.source.as_deref(),
        Some(ContainerError::Mat(_))
    ));
}

#[test]
fn names_of_columns_of_matlab() {
    let cases = [
        (
            mat(&[features(), texts("names", &["a"])]),
            Invalid,
            "features: expected a name for each of 2 columns, found 1 names",
        ),
        (
            mat(&[features(), texts("names", &["a", " a "])]),
            Invalid,
            "features: expected names of columns that differ, found \"a\" twice",
        ),
        (
            mat(&[features(), texts("names", &["a", "long"])]),
            TooLarge,
            "features: expected names of at most 3 bytes, found 4 bytes",
        ),
        (
            mat(&[features(), matrix(1, [1, 1], "names", &doubles([1, 1], ""))]),
            Invalid,
            "names: expected names of columns, found cells that are no texts",
        ),
    ];
    for (bytes, kind, expected) in cases {
        check("a.mat", &bytes, &limits(), kind, expected);
    }
}

#[test]
fn matlab_7_3() {
    let bytes = kit("covarep_v73_like.mat");
    let limits = options(|options| options.limits.rows = 199);
    let expected = "features: expected at most 199 rows, found 200 rows of 74 columns";
    check("a.mat", &bytes, &limits, TooLarge, expected);
    let expected = "expected a MATLAB file that can be read, found a fault: /: no HDF5 signature in a file of \
                    512 bytes";
    check("a.mat", &bytes[..512], &limits, Malformed, expected);
}
