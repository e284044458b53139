//! Broken and malicious pickles: each returns a typed error, and nothing is executed.

use crate::support::case::{Case, Expected, cases};
use crate::support::py::Py;
use crate::support::{convert, golden_pickles, limits, read_all};
use misa_files::Source;
use misa_files::pickle::{ConvertError, Pickle, PickleError};
use misa_testing::is_long;
use std::collections::HashSet;
use std::fs;

fn refusal(result: Result<(), PickleError>) -> String {
    match result {
        Ok(()) => "it was read".to_string(),
        Err(error) => error.to_string(),
    }
}

/// The outcome of a case that is read from memory: its error, or how far it was read.
fn outcome(case: &Case) -> String {
    let parsed = Pickle::parse(&case.bytes, &limits());
    match (case.expected, parsed) {
        (Expected::NotConverted(_), Ok(pickle)) => match convert(pickle.root()) {
            Ok(()) => "it was converted".to_string(),
            Err(error) => error.to_string(),
        },
        (_, parsed) => refusal(parsed.map(drop)),
    }
}

/// The difference between the actual and the expected outcome of a case.
fn fault(case: &Case) -> Option<String> {
    let (Expected::Refused(text) | Expected::RefusedPlain(text) | Expected::NotConverted(text)) =
        case.expected;
    let found = outcome(case);
    let read = found == "it was read" || found == "it was converted";
    if read || !found.contains(text) {
        return Some(format!("{}: {found}, expected {text:?}", case.name));
    }
    let torch = Pickle::parse_torch(&case.bytes, 0, &limits());
    let refused = matches!(case.expected, Expected::Refused(_));
    (refused && torch.is_ok()).then(|| format!("{}: read as PyTorch does it", case.name))
}

#[test]
fn every_case_is_refused_for_its_reason() {
    let cases = cases();
    let faults: Vec<String> = cases.iter().filter_map(fault).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let names: HashSet<&str> = cases.iter().map(|case| &*case.name).collect();
    let contents: HashSet<&[u8]> = cases.iter().map(|case| &*case.bytes).collect();
    println!(
        "{} cases, {} names, {} contents",
        cases.len(),
        names.len(),
        contents.len()
    );
    assert!(contents.len() >= 100);
}

#[test]
fn every_prefix_of_a_golden_pickle_is_refused() {
    let mut count = 0;
    for (path, bytes) in golden_pickles() {
        if bytes.len() > 64_000 {
            continue;
        }
        // All of them are a matter of minutes; the ends of a file come in every run.
        let step = if is_long() {
            1
        } else {
            1 + bytes.len() / 1_000
        };
        let ends = bytes.len().saturating_sub(200)..bytes.len();
        for length in (0..bytes.len()).step_by(step).chain(ends) {
            let parsed = Pickle::parse(&bytes[..length], &limits());
            assert!(parsed.is_err(), "{length} bytes of {}", path.display());
            count += 1;
        }
    }
    println!("{count} prefixes");
}

/// A small file with every kind of value.
fn everything() -> Py {
    let objects = Py::List(vec![Py::text("one"), Py::Int(2)]);
    let no = || Py::Bool(false);
    Py::Dict(vec![
        (
            Py::text("floats"),
            Py::floats(&[2, 2], &[1.0, 2.0, 3.0, 4.0]),
        ),
        (
            Py::text("objects"),
            Py::array(Py::dtype("O8", "|"), Py::ints(&[2]), no(), objects),
        ),
        (
            Py::text("texts"),
            Py::array(
                Py::dtype("U1", "<"),
                Py::ints(&[2]),
                Py::Bool(true),
                Py::Bytes(b"a\0\0\0b\0\0\0".to_vec()),
            ),
        ),
        (
            Py::Tuple(vec![Py::Int(1), Py::None]),
            Py::Set(vec![Py::Float(0.5), Py::Bool(true)]),
        ),
        (
            Py::Int(-1),
            Py::call(
                "_codecs",
                "encode",
                vec![Py::text("\u{e9}"), Py::text("latin1")],
            ),
        ),
    ])
}

#[test]
fn every_prefix_of_a_small_pickle_is_refused() {
    for protocol in 0..=5 {
        let bytes = everything().pickle(protocol);
        assert!(Pickle::parse(&bytes, &limits()).is_ok(), "{protocol}");
        for length in 0..bytes.len() {
            let prefix = &bytes[..length];
            assert!(Pickle::parse(prefix, &limits()).is_err(), "{length}");
            let torch = Pickle::parse_torch(prefix, 0, &limits());
            assert!(torch.is_err(), "{length}, as PyTorch does it");
        }
    }
}

#[test]
fn no_damaged_byte_panics() {
    for protocol in 0..=5 {
        let mut bytes = everything().pickle(protocol);
        for place in 0..bytes.len() {
            let before = bytes[place];
            for step in 1..=16_u8 {
                bytes[place] = before.wrapping_add(step.wrapping_mul(15));
                if let Ok(pickle) = Pickle::parse(&bytes, &limits()) {
                    read_all(pickle.root());
                }
                let _ = Pickle::parse_torch(&bytes, 0, &limits());
            }
            bytes[place] = before;
        }
    }
}

/// A pickle with an array that is long enough to stay in the file.
fn kept() -> Vec<u8> {
    Py::floats(&[100_000], &[1.5; 100_000]).pickle(3)
}

#[test]
fn a_file_that_shrinks_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("array.pkl");
    fs::write(&path, kept()).unwrap();
    let pickle = Pickle::parse(Source::open(&path).unwrap(), &limits()).unwrap();
    fs::write(&path, b"").unwrap();
    let kind = std::io::ErrorKind::UnexpectedEof;
    let array = pickle.root().array().unwrap();
    assert_eq!(array.to_floats(0..100_000), Err(ConvertError::Io { kind }));
    assert_eq!(array.to_doubles(), Err(ConvertError::Io { kind }));
    let source = Source::open(&path).unwrap();
    fs::write(&path, kept()).unwrap();
    // The length was fixed when the file was opened.
    assert!(matches!(
        Pickle::parse(source, &limits()),
        Err(PickleError::Empty)
    ));
    let source = Source::open(&path).unwrap();
    fs::write(&path, b"").unwrap();
    match Pickle::parse(source, &limits()) {
        Err(PickleError::Io {
            offset,
            kind: found,
        }) => assert_eq!((offset, found), (0, kind)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn conversions_share_one_budget() {
    let bytes = kept();
    let pickle = Pickle::parse(&bytes, &limits()).unwrap();
    let array = pickle.root().array().unwrap();
    let tries = (0..10_000).map(|_| array.to_floats(0..1000));
    let done = tries.take_while(Result::is_ok).count();
    // 1 MiB plus eight times the file, at 4000 bytes per conversion; the shape took 8.
    let budget = (1 << 20) + 8 * bytes.len();
    assert_eq!(done, (budget - 8) / 4000);
}
