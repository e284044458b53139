//! The fixtures of `scripts/hdf5_fixtures.py`, read as h5py reads them.

use misa_files::Source;
use misa_files::hdf5::{Element, Fault, Hdf5, Hdf5Error, Limits, Object};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/hdf5")
}

/// What h5py read: path, type, shape and values of every dataset.
fn expected(name: &str) -> Vec<(String, String, Vec<u64>, Vec<Value>)> {
    let text = fs::read_to_string(folder().join(name).with_extension("txt")).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A number of h5py. NaN and infinities, which JSON lacks, are written as texts.
fn number(value: &Value) -> f64 {
    match value {
        Value::Bool(value) => f64::from(u8::from(*value)),
        Value::String(value) => value.parse().unwrap(),
        value => value.as_f64().unwrap(),
    }
}

/// Compares all datasets of a fixture, from memory and from the file.
fn check(name: &str) {
    let path = folder().join(name);
    let bytes = fs::read(&path).unwrap();
    let expected = expected(name);
    assert!(!expected.is_empty());
    for source in [Source::from(bytes.as_slice()), Source::open(&path).unwrap()] {
        let file = Hdf5::open(source, &Limits::default()).unwrap();
        for (path, kind, shape, values) in &expected {
            let dataset = file.root().dataset(path).unwrap();
            assert_eq!(dataset.shape(), shape, "{name}: {path}");
            if kind == "text" {
                let texts = dataset.to_texts().unwrap();
                assert_eq!(&texts, values, "{name}: {path}");
                continue;
            }
            let wanted: Vec<f64> = values.iter().map(number).collect();
            let bits =
                |values: &[f64]| -> Vec<u64> { values.iter().map(|v| v.to_bits()).collect() };
            let doubles = dataset.to_doubles().unwrap();
            assert_eq!(bits(&doubles), bits(&wanted), "{name}: {path}");
            let floats: Vec<u32> = wanted.iter().map(|&v| (v as f32).to_bits()).collect();
            let found = dataset.to_floats().unwrap();
            let found: Vec<u32> = found.iter().map(|v| v.to_bits()).collect();
            assert_eq!(found, floats, "{name}: {path}");
            check_rows(&dataset, &doubles);
        }
    }
}

/// Every two rows read together equal the same rows of the whole.
fn check_rows(dataset: &misa_files::hdf5::Dataset<'_>, all: &[f64]) {
    let len = dataset.row_len() as usize;
    for start in 0..dataset.row_count().min(20) {
        let end = (start + 2).min(dataset.row_count());
        let rows = dataset.rows(start..end).unwrap().to_doubles().unwrap();
        let wanted = &all[start as usize * len..end as usize * len];
        let same = rows
            .iter()
            .zip(wanted)
            .all(|(a, b)| a.to_bits() == b.to_bits());
        assert!(
            same && rows.len() == wanted.len(),
            "{} {start}",
            dataset.path()
        );
    }
}

macro_rules! fixtures {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                check(concat!(stringify!($name), ".h5"));
            }
        )*

        #[test]
        fn every_fixture_has_a_test() {
            let tested = [$(stringify!($name)),*];
            for entry in fs::read_dir(folder()).unwrap() {
                let path = entry.unwrap().path();
                let name = path.file_stem().unwrap().to_str().unwrap();
                assert!(tested.contains(&name) || name == "refused", "{name}");
            }
        }
    };
}

fixtures! {
    numbers texts csd chunks compact many
    numbers_v110 texts_v110 csd_v110 chunks_v110 compact_v110 many_v110 wide_v110
    chunks_latest wide_latest compact_block small small_latest
}

/// Calls `ask` with the root of a fixture.
fn open<T>(name: &str, ask: impl FnOnce(misa_files::hdf5::Group<'_>) -> T) -> T {
    let source = Source::open(folder().join(name)).unwrap();
    ask(Hdf5::open(source, &Limits::default()).unwrap().root())
}

fn message<T: std::fmt::Debug>(result: Result<T, Hdf5Error>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn names_come_in_the_order_of_the_file() {
    for name in ["many.h5", "many_v110.h5"] {
        open(name, |root| {
            let items = root.group("/a/b").unwrap();
            assert_eq!((items.path(), items.names().len()), ("/a/b", 60));
            let mut sorted: Vec<String> = (0..60).map(|item| format!("item {item}")).collect();
            sorted.sort();
            assert!(items.names().eq(sorted.iter().map(String::as_str)));
            assert!(items.contains("item 59") && !items.contains("item 60"));
            assert_eq!(root.group("group 3").unwrap().names().len(), 0);
        });
    }
}

#[test]
fn groups_and_datasets_are_distinguished() {
    open("csd.h5", |root| {
        let label = "Opinion Segment Labels";
        assert!(root.is_group(label).unwrap());
        assert!(root.is_group("").unwrap());
        let group = root.group(label).unwrap();
        assert!(group.is_group("data/video03").unwrap());
        assert!(!group.is_group("data/video03/features").unwrap());
        let object = group.object("metadata/root name").unwrap();
        assert!(matches!(object, Object::Dataset(_)));
        assert_eq!(
            message(group.dataset("data/video03")),
            "/Opinion Segment Labels/data/video03: expected a dataset, found another object"
        );
        assert_eq!(
            message(group.group("metadata/uuid/x")),
            "/Opinion Segment Labels/metadata/uuid: expected a group, found another object"
        );
        assert_eq!(
            message(group.dataset("data/none")),
            "/Opinion Segment Labels/data/none: does not exist"
        );
    });
}

#[test]
fn other_questions_than_the_file_answers_are_errors() {
    open("texts.h5", |root| {
        let dataset = root.dataset("variable").unwrap();
        assert_eq!(dataset.element(), Element::VariableText);
        assert_eq!(
            message(dataset.to_floats()),
            "/variable: expected numbers, found elements of type text of variable length"
        );
        assert_eq!(
            message(dataset.rows(2..5)),
            "/variable: rows 2 to 5, expected at most 4"
        );
        #[expect(clippy::reversed_empty_ranges)]
        let backwards = dataset.rows(3..2);
        assert!(matches!(backwards.unwrap_err().fault(), Fault::Rows { .. }));
    });
    open("numbers.h5", |root| {
        assert_eq!(
            message(root.dataset("little/i2").unwrap().to_texts()),
            "/little/i2: expected texts, found elements of type i2"
        );
    });
}

#[test]
fn parts_left_out_and_loops_are_named() {
    open("refused.h5", |root| {
        let what = |name| match root.dataset(name).unwrap_err().fault() {
            Fault::Unsupported { what, .. } => what.clone(),
            other => panic!("{other}"),
        };
        assert_eq!(what("compound"), "an element type of class 6, 8 bytes");
        assert_eq!(what("complex"), "an element type of class 6, 8 bytes");
        assert_eq!(what("lzf"), "the filter lzf");
        assert_eq!(what("virtual"), "a virtual dataset");
    });
    open("refused.h5", |root| {
        let error = root.object("a/b/back").unwrap_err();
        assert_eq!(error.path(), "/a/b/back");
        assert!(matches!(error.fault(), Fault::Cycle { what: "group", .. }));
    });
    open("compact.h5", |root| {
        assert!(
            message(root.dataset("path")).ends_with("a soft or external link is not supported")
        );
        // The named type is neither a group nor a dataset.
        let error = root.object("type").unwrap_err();
        assert!(matches!(error.fault(), Fault::NotADataset));
    });
}

#[test]
fn a_limit_is_kept() {
    let path = folder().join("chunks.h5");
    let open = |limits: Limits| Hdf5::open(Source::open(&path).unwrap(), &limits);
    let limits = Limits {
        dataset_bytes: 363,
        ..Limits::default()
    };
    // 13 x 7 floats of 4 bytes.
    let file = open(limits).unwrap();
    assert_eq!(
        message(file.root().dataset("gzip").unwrap().to_floats())
            .split_once(": ")
            .unwrap()
            .0,
        "/gzip"
    );
    let limits = Limits {
        links: 3,
        ..Limits::default()
    };
    assert!(message(open(limits)).ends_with("links of a group, expected at most 3"));
    let limits = Limits {
        messages: 0,
        ..Limits::default()
    };
    assert!(message(open(limits)).ends_with("messages of an object header, expected at most 0"));
    let deep = Limits {
        depth: 1,
        ..Limits::default()
    };
    let file = Hdf5::open(Source::open(folder().join("many.h5")).unwrap(), &deep).unwrap();
    assert!(file.root().group("a").is_ok());
    let error = message(file.root().group("a/b"));
    assert!(error.starts_with("/a/b: "), "{error}");
    assert!(error.ends_with("groups of a path, expected at most 1"));
}
