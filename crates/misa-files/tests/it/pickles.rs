//! Valid pickles: their values, from memory and from files.

use crate::support::py::Py;
use crate::support::{golden_pickles, limits};
use misa_files::Source;
use misa_files::pickle::{Limits, Pickle, PickleError, Value};
use std::collections::HashSet;
use std::fs;

/// The results of all accessors for a value and the values inside it, down to `depth` levels.
fn report(value: Value<'_>, depth: usize, lines: &mut Vec<String>) {
    lines.push(format!(
        "{} {:?} {:?} {:?} {:?} {:?} {:?}",
        value.describe(),
        value.as_float(),
        value.as_int(),
        value.to_text(),
        value.to_bytes(),
        value.to_floats(),
        value.to_ints(),
    ));
    if let Some(array) = value.array() {
        lines.push(format!("{:?} {:?}", array.to_doubles(), array.to_texts()));
        lines.push(format!("{:?}", array.to_floats(1..array.len().max(1))));
    }
    if depth == 0 {
        return;
    }
    for item in value.items().into_iter().flat_map(|items| items.iter()) {
        report(item, depth - 1, lines);
    }
    for (key, item) in value.entries().into_iter().flatten() {
        report(key, depth - 1, lines);
        report(item, depth - 1, lines);
    }
}

/// The report on a whole pickle, or its error.
fn outcome(pickle: Result<Pickle<'_>, PickleError>) -> Vec<String> {
    match pickle {
        Ok(pickle) => {
            let mut lines = Vec::new();
            report(pickle.root(), 6, &mut lines);
            lines
        }
        Err(error) => vec![error.to_string()],
    }
}

/// Checks that a pickle reads the same from memory, from a file and from a lent source.
fn check_sources(name: &str, bytes: &[u8]) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bytes.pkl");
    fs::write(&path, bytes).unwrap();
    let limits = Limits {
        expansion: 10_000,
        ..limits()
    };
    let file = Source::open(&path).unwrap();
    let expected = outcome(Pickle::parse(bytes, &limits));
    for source in [Source::from(&file), Source::open(&path).unwrap()] {
        assert_eq!(outcome(Pickle::parse(source, &limits)), expected, "{name}");
    }
    expected
}

#[test]
fn golden_files_and_memory_give_equal_values() {
    let pickles = golden_pickles();
    for (path, bytes) in &pickles {
        check_sources(&path.display().to_string(), bytes);
    }
    println!("{} pickles", pickles.len());
}

/// An array of `[30, 7, 11]` in the given notation, whose elements are 0 to 250, repeated.
fn big_array(dtype: &str, order: &str, fortran: bool) -> Py {
    let count = 30 * 7 * 11;
    let value = |i: usize| (i % 251) as u8;
    let size: usize = dtype[1..].parse().unwrap();
    let mut bytes = Vec::new();
    for position in 0..count {
        let index = if fortran {
            let (a, b, c) = (position % 30, position / 30 % 7, position / 210);
            (a * 7 + b) * 11 + c
        } else {
            position
        };
        let mut unit: Vec<u8> = match dtype {
            "f4" => f32::from(value(index)).to_le_bytes().into(),
            "f8" => f64::from(value(index)).to_le_bytes().into(),
            _ => {
                let mut unit = vec![0; size];
                unit[0] = value(index);
                unit
            }
        };
        if order == ">" {
            unit.reverse();
        }
        bytes.extend(unit);
    }
    Py::array(
        Py::dtype(dtype, order),
        Py::ints(&[30, 7, 11]),
        Py::Bool(fortran),
        Py::Bytes(bytes),
    )
}

#[test]
fn arrays_are_read_in_parts_of_any_type_and_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("array.pkl");
    for dtype in ["f4", "f8", "u1", "i2", "i4", "i8", "u8"] {
        for (order, fortran) in [("<", false), (">", false), ("<", true), (">", true)] {
            for protocol in [0, 2, 3] {
                let name = format!("{order}{dtype} {fortran} {protocol}");
                fs::write(&path, big_array(dtype, order, fortran).pickle(protocol)).unwrap();
                let pickle = Pickle::parse(Source::open(&path).unwrap(), &limits()).unwrap();
                let array = pickle.root().array().unwrap();
                for range in [0..30 * 77, 0..0, 77..154, 2309..2310, 250..1000] {
                    let expected: Vec<f32> = range.clone().map(|i| (i % 251) as f32).collect();
                    assert_eq!(array.to_floats(range).unwrap(), expected, "{name}");
                }
                let mut values = vec![-1.0];
                array.to_floats_into(5..7, &mut values).unwrap();
                assert_eq!(values, [-1.0, 5.0, 6.0], "{name}");
                assert_eq!(array.to_doubles().unwrap()[500], 249.0, "{name}");
                assert!(array.to_floats(0..30 * 77 + 1).is_err(), "{name}");
            }
        }
    }
}

#[test]
fn empty_arrays_have_no_elements_in_any_order() {
    for fortran in [false, true] {
        let array = Py::array(
            Py::dtype("f4", "<"),
            Py::ints(&[2, 0, 3]),
            Py::Bool(fortran),
            Py::Bytes(vec![]),
        );
        let bytes = array.pickle(4);
        let pickle = Pickle::parse(&bytes, &limits()).unwrap();
        assert!(pickle.root().to_floats().unwrap().is_empty());
    }
}

#[test]
fn bytes_that_python_3_wrote_as_texts_come_back() {
    let bytes: Vec<u8> = (0..100_000_u32).map(|i| (i % 256) as u8).collect();
    let text: String = bytes.iter().copied().map(char::from).collect();
    for protocol in [1, 2] {
        let encoded = Py::call(
            "_codecs",
            "encode",
            vec![Py::Text(text.clone()), Py::text("latin1")],
        );
        let file = encoded.pickle(protocol);
        let pickle = Pickle::parse(&file, &limits()).unwrap();
        assert_eq!(*pickle.root().to_bytes().unwrap(), *bytes);
        check_sources("latin1", &file);
    }
}

#[test]
fn long_texts_and_keys_are_found_in_the_file() {
    let long = "long \u{e9} ".repeat(5_000);
    let bytes = Py::Dict(vec![(Py::Text(long.clone()), Py::Text(long.clone()))]).pickle(4);
    let pickle = Pickle::parse(&bytes, &limits()).unwrap();
    assert_eq!(
        pickle.root().get(&long).unwrap().to_text(),
        Ok(long.clone())
    );
    assert!(pickle.root().get(&long[1..]).is_none());
    check_sources("texts", &bytes);
}

#[test]
fn a_list_that_grows_after_it_became_an_array_has_no_items() {
    // The list of objects is stored in the memo, becomes an array of 1, and is then appended to.
    let objects = Py::array(
        Py::dtype("O8", "|"),
        Py::ints(&[1]),
        Py::Bool(false),
        Py::Raw(b"]q\x07K\x05a".to_vec()),
    );
    let fine = objects.pickle(2);
    let pickle = Pickle::parse(&fine, &limits()).unwrap();
    assert_eq!(pickle.root().items().unwrap().len(), 1);
    let mut grown = fine;
    grown.pop();
    grown.extend(b"h\x07K\x06a0.");
    let pickle = Pickle::parse(&grown, &limits()).unwrap();
    assert!(pickle.root().items().is_none());
}

#[test]
fn hashable_values_are_keys() {
    let keys = [
        Py::None,
        Py::Int(3),
        Py::text("key"),
        Py::Tuple(vec![Py::Int(1), Py::Tuple(vec![Py::text("a")])]),
        Py::call("builtins", "frozenset", vec![Py::List(vec![Py::Int(1)])]),
        Py::call(
            "numpy.core.multiarray",
            "scalar",
            vec![Py::dtype("i4", "<"), Py::Bytes(vec![1, 0, 0, 0])],
        ),
    ];
    let distinct: HashSet<usize> = (0..=5)
        .map(|protocol| {
            let entries = keys.iter().map(|key| (key.clone(), Py::None)).collect();
            let bytes = Py::Dict(entries).pickle(protocol);
            let pickle = Pickle::parse(&bytes, &limits()).unwrap();
            pickle.root().entries().unwrap().len()
        })
        .collect();
    assert_eq!(distinct, HashSet::from([keys.len()]));
}
