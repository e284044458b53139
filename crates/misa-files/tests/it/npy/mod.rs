//! NumPy arrays, alone and in archives.

mod headers;
mod npz;
mod objects;

use misa_files::Source;
use misa_files::npy::{Npy, NpyError};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/npy")
}

fn source(name: &str) -> Source<'static> {
    Source::open(folder().join(name)).unwrap()
}

fn doubles(name: &str) -> Vec<f64> {
    let source = source(&format!("{name}.npy"));
    Npy::open(&source).unwrap().to_doubles().unwrap()
}

fn ints(name: &str) -> Vec<i64> {
    let source = source(&format!("{name}.npy"));
    Npy::open(&source).unwrap().to_ints().unwrap()
}

/// A header of version 1.
fn header(dtype: &str, fortran: bool, shape: &str) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let text = format!("{{'descr': {dtype}, 'fortran_order': {order}, 'shape': {shape}, }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((text.len() as u16).to_le_bytes());
    bytes.extend(text.as_bytes());
    bytes
}

#[test]
fn integers_of_every_size_and_order() {
    for (bytes, low, high) in [
        (1, i8::MIN.into(), i8::MAX.into()),
        (2, i16::MIN.into(), i16::MAX.into()),
        (4, i32::MIN.into(), i32::MAX.into()),
        (8, i64::MIN, i64::MAX),
    ] {
        let expected = [low, -1, 0, 1, 2, high];
        assert_eq!(ints(&format!("i{bytes}")), expected);
        if bytes > 1 {
            assert_eq!(ints(&format!("i{bytes}_big")), expected);
        }
    }
    for (bytes, high) in [
        (1, u8::MAX.into()),
        (2, u16::MAX.into()),
        (4, u32::MAX.into()),
    ] {
        assert_eq!(ints(&format!("u{bytes}")), [0, 1, 2, 3, 100, 127, high]);
    }
    assert_eq!(doubles("u8")[6], 18_446_744_073_709_551_615.0);
    assert_eq!(ints("b1"), [1, 0, 1, 0, 0, 1]);
}

#[test]
fn floats_of_every_size_and_order() {
    let expected = [0.0, -0.5, 1.5, 1024.0, f64::INFINITY, f64::NEG_INFINITY];
    for name in ["f2", "f4", "f8", "f2_big", "f4_big", "f8_big"] {
        assert_eq!(doubles(name), expected, "{name}");
        let source = source(&format!("{name}.npy"));
        let floats = Npy::open(&source).unwrap().to_floats().unwrap();
        assert_eq!(floats, expected.map(|value| value as f32), "{name}");
    }
    let nan = doubles("nan");
    assert!(nan[0].is_nan() && nan[1] == 1.0);
}

#[test]
fn texts_of_both_kinds() {
    let bytes = source("bytes.npy");
    let array = Npy::open(&bytes).unwrap();
    assert_eq!(array.to_texts().unwrap(), ["ab", "c", "", "defg"]);
    assert_eq!(array.rows(1..2).unwrap().to_texts().unwrap(), ["", "defg"]);
    for name in ["unicode.npy", "unicode_big.npy"] {
        let source = source(name);
        let texts = Npy::open(&source).unwrap().to_texts().unwrap();
        assert_eq!(
            texts,
            ["good", "\u{4f60}\u{597d}", "", "caf\u{e9} \u{1f600}"]
        );
    }
}

#[test]
fn elements_are_numbered_alike_in_both_orders() {
    let expected: Vec<i64> = (0..24).collect();
    for name in ["c_order", "fortran", "version_2", "version_3"] {
        let source = source(&format!("{name}.npy"));
        let array = Npy::open(&source).unwrap();
        assert_eq!((array.shape(), array.len()), (&[4, 3, 2][..], 24));
        assert_eq!(array.to_ints().unwrap(), expected, "{name}");
        for (start, end) in [(0, 4), (1, 3), (3, 4), (2, 2), (4, 4)] {
            let rows = array.rows(start..end).unwrap();
            assert_eq!(
                rows.to_ints().unwrap(),
                expected[6 * start..6 * end],
                "{name}"
            );
            assert_eq!(rows.len(), 6 * (end - start));
        }
        for range in [0..5, 5..5, 3..usize::MAX] {
            let error = array.rows(range.clone()).unwrap_err();
            assert!(matches!(error, NpyError::Rows { rows: 4, .. }), "{range:?}");
        }
    }
    assert_eq!(doubles("fortran_big"), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
}

#[test]
fn long_rows_are_read_in_pieces() {
    // More than one block, whose rows do not divide it.
    let values: Vec<u8> = (0..3_000_000_u32).map(|i| (i % 251) as u8).collect();
    let mut bytes = header("'|u1'", false, "(3000, 1000)");
    bytes.extend(&values);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.npy");
    fs::write(&path, &bytes).unwrap();
    let source = Source::open(&path).unwrap();
    let array = Npy::open(&source).unwrap();
    let expected: Vec<f32> = values.iter().map(|&value| value.into()).collect();
    assert!(array.to_floats().unwrap() == expected);
    let rows = array.rows(500..2_900).unwrap().to_floats().unwrap();
    assert!(rows == expected[500_000..2_900_000]);
}

#[test]
fn shapes_without_axes_or_elements() {
    assert_eq!(doubles("single"), [2.5]);
    for (name, shape) in [("empty", [0, 5]), ("empty_rows", [3, 0])] {
        let source = source(&format!("{name}.npy"));
        let array = Npy::open(&source).unwrap();
        assert_eq!(array.shape(), shape);
        assert!(array.is_empty() && array.to_floats().unwrap().is_empty());
    }
    // As many empty rows as there can be.
    for shape in ["(18446744073709551615, 0)", "(0, 18446744073709551615, 9)"] {
        for fortran in [false, true] {
            let bytes = header("'<f4'", fortran, shape);
            let source = Source::from(bytes.as_slice());
            let array = Npy::open(&source).unwrap();
            assert!(array.to_doubles().unwrap().is_empty());
        }
    }
}

#[test]
fn other_element_types_are_refused_by_name() {
    for (name, found) in [
        (
            "structured",
            "\"[('id', '<i4'), ('value', '<f4')], 'fortran_order': False, 'shape': (1,), }     \"",
        ),
        ("complex", "\"<c8\""),
        ("dates", "\"<M8[D]\""),
    ] {
        let source = source(&format!("{name}.npy"));
        let error = Npy::open(&source).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("byte 20: element type {found} is not supported")
        );
    }
}

#[test]
fn elements_of_another_kind_are_refused() {
    let kind = |name: &str, texts: bool| {
        let source = source(name);
        let array = Npy::open(&source).unwrap();
        if texts {
            array.to_texts().unwrap_err().to_string()
        } else {
            array.to_ints().unwrap_err().to_string()
        }
    };
    assert_eq!(kind("f4.npy", true), "expected texts, found array f4 [6]");
    assert_eq!(
        kind("f4.npy", false),
        "expected whole numbers, found array f4 [6]"
    );
    assert_eq!(
        kind("u8.npy", false),
        "expected whole numbers, found array u8 [7]"
    );
    assert_eq!(
        kind("unicode.npy", false),
        "expected whole numbers, found array U6 [4]"
    );
    assert_eq!(
        kind("objects.npy", false),
        "expected whole numbers, found array O []"
    );
    assert_eq!(
        kind("objects.npy", true),
        "expected texts, found array O []"
    );
}
