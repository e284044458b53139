//! NumPy arrays, alone and in archives.

use misa_files::Source;
use misa_files::npy::{Npy, NpyError, Npz, NpzError, NpzWriter};
use misa_files::pickle;
use misa_files::zip::Limits;
use misa_testing::real_data;
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

#[test]
fn archives_of_every_compression_method() {
    for name in ["stored.npz", "deflated.npz", "plain.npz"] {
        let npz = Npz::open(source(name), &Limits::default()).unwrap();
        let names: Vec<&str> = npz.names().collect();
        assert_eq!(names, ["f4", "c_order", "unicode", "objects"]);
        let array = npz.array("c_order").unwrap();
        assert_eq!(
            array.rows(1..2).unwrap().to_ints().unwrap(),
            [6, 7, 8, 9, 10, 11]
        );
        assert_eq!(npz.array("unicode").unwrap().to_texts().unwrap()[0], "good");
        assert_eq!(
            npz.array("f4").unwrap().to_doubles().unwrap(),
            doubles("f4")
        );
        for entry in npz.archive().entries() {
            npz.archive().verify(entry).unwrap();
        }
    }
    let npz = Npz::open(source("wide.npz"), &Limits::default()).unwrap();
    assert_eq!(
        npz.array("f4").unwrap().to_doubles().unwrap(),
        doubles("f4")
    );
    let npz = Npz::open(source("empty.npz"), &Limits::default()).unwrap();
    assert_eq!(npz.names().count(), 0);
}

#[test]
fn faults_of_archives_name_the_array() {
    let message = |file: &str, name: &str| {
        let npz = Npz::open(source(file), &Limits::default()).unwrap();
        npz.array(name).unwrap_err().to_string()
    };
    assert_eq!(
        message("small.npz", "b"),
        "array \"b\": expected one of [\"a\"], found no array of that name"
    );
    assert_eq!(
        message("lzma.npz", "a"),
        "\"a.npy\": packed by method 14, expected 0 (stored) or 8 (deflated)"
    );
    assert_eq!(
        message("others.npz", "broken"),
        "array \"broken\": byte 0: expected \"\\x93NUMPY\", found \"not an\""
    );
    let npz = Npz::open(source("others.npz"), &Limits::default()).unwrap();
    assert_eq!(npz.names().collect::<Vec<_>>(), ["broken"]);
    let error = Npz::open(source("f4.npy"), &Limits::default()).unwrap_err();
    assert!(matches!(error, NpzError::Zip(_)));
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

#[test]
fn objects_are_read_as_a_pickle() {
    let array = Npy::open(source("objects.npy")).unwrap();
    assert_eq!((array.shape(), array.len()), (&[][..], 1));
    let pickle = array.into_objects(&pickle::Limits::default()).unwrap();
    let items = pickle.root().items().unwrap();
    assert_eq!(items.len(), 1);
    let dict = items.get(0).unwrap();
    let value = dict.get("a").unwrap().get("val").unwrap();
    assert_eq!(value.as_float(), Some(0.5));
    assert!(dict.get("b").unwrap().is_none());

    let list = Npy::open(source("objects_list.npy")).unwrap();
    let pickle = list.into_objects(&pickle::Limits::default()).unwrap();
    let kinds: Vec<_> = pickle
        .root()
        .items()
        .unwrap()
        .iter()
        .map(|item| item.kind())
        .collect();
    assert_eq!(kinds, ["text", "int", "float"]);

    for name in ["stored.npz", "deflated.npz"] {
        let npz = Npz::open(source(name), &Limits::default()).unwrap();
        let pickle = npz.objects("objects", &pickle::Limits::default()).unwrap();
        let dict = pickle.root().items().unwrap().get(0).unwrap();
        assert_eq!(dict.get("a").unwrap().get("emo").unwrap().as_int(), Some(0));
        let error = npz.objects("f4", &pickle::Limits::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "array \"f4\": expected objects, found array f4 [6]"
        );
    }
}

#[test]
fn objects_execute_nothing() {
    let mut bytes = header("'|O'", false, "()");
    bytes.extend(b"cposix\nsystem\n(S'true'\ntR.");
    let array = Npy::open(&bytes).unwrap();
    let error = array.into_objects(&pickle::Limits::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "objects: byte 0: global `posix.system` is not allowed"
    );
}

/// Number of labels and sum of the values, according to NumPy.
const REAL: [(&str, &str, usize, f64); 6] = [
    ("ch_sims", "train_corpus", 1368, -263.8),
    ("ch_sims", "val_corpus", 456, -88.6),
    ("ch_sims", "test_corpus", 457, -88.0),
    ("cmu_mosei", "train_corpus", 16326, 2388.0000350922346),
    ("cmu_mosei", "val_corpus", 1871, 354.1666699051857),
    ("cmu_mosei", "test_corpus", 4659, 662.8333453983068),
];

#[test]
fn real_labels() {
    for (folder, array, count, sum) in REAL {
        let Some(path) = real_data(&format!("{folder}/label.npz")) else {
            continue;
        };
        let npz = Npz::open(Source::open(path).unwrap(), &Limits::default()).unwrap();
        assert_eq!(npz.names().count(), 3);
        let pickle = npz.objects(array, &pickle::Limits::default()).unwrap();
        let dict = pickle.root().items().unwrap().get(0).unwrap();
        let labels: Vec<f64> = dict
            .entries()
            .unwrap()
            .map(|(id, label)| {
                assert!(!id.to_text().unwrap().is_empty());
                assert_eq!(label.get("emo").unwrap().as_int(), Some(0));
                label.get("val").unwrap().as_float().unwrap()
            })
            .collect();
        assert_eq!(labels.len(), count, "{folder} {array}");
        let found: f64 = labels.iter().sum();
        assert!((found - sum).abs() < 1e-9, "{folder} {array}: {found}");
    }
}

#[test]
fn what_is_written_is_read_back() {
    let texts = ["a", "", "größer, \"x\" 𝄞"].map(str::to_string);
    let write = || {
        let mut archive = NpzWriter::new(Vec::new());
        archive
            .floats("x", &[2, 3], &[0.0, -1.5, f32::MAX, 1e-40, 4.0, f32::NAN])
            .unwrap();
        archive.floats("empty", &[0, 7], &[]).unwrap();
        archive.integers("steps", &[i64::MIN, 3]).unwrap();
        archive.texts("ids", &texts).unwrap();
        archive.finish().unwrap()
    };
    let bytes = write();
    assert_eq!(bytes, write());
    let archive = Npz::open(Source::from(bytes.as_slice()), &Limits::default()).unwrap();
    assert_eq!(
        archive.names().collect::<Vec<_>>(),
        ["x", "empty", "steps", "ids"]
    );
    let x = archive.array("x").unwrap();
    assert_eq!(x.shape(), [2, 3]);
    assert_eq!(
        x.to_floats().unwrap()[..5],
        [0.0, -1.5, f32::MAX, 1e-40, 4.0]
    );
    assert!(x.to_floats().unwrap()[5].is_nan());
    // NumPy begins elements at multiples of 64.
    assert_eq!(x.start() % 64, 0);
    assert_eq!(archive.array("empty").unwrap().shape(), [0, 7]);
    assert_eq!(
        archive.array("steps").unwrap().to_ints().unwrap(),
        [i64::MIN, 3]
    );
    assert_eq!(archive.array("ids").unwrap().to_texts().unwrap(), texts);
    for entry in archive.archive().entries() {
        archive.archive().verify(entry).unwrap();
    }
}

#[test]
#[should_panic(expected = "shape of `x`")]
fn a_shape_that_is_not_that_of_the_values_is_refused() {
    let _ = NpzWriter::new(Vec::new()).floats("x", &[2, 2], &[0.0; 3]);
}
