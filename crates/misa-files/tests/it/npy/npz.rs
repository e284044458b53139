//! Archives of arrays.

use super::{doubles, source};
use misa_files::Source;
use misa_files::npy::{Npz, NpzError, NpzWriter};
use misa_files::zip::Limits;

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
