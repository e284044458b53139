//! Arrays of objects, which are pickles.

use super::{header, source};
use misa_files::npy::{Npy, Npz};
use misa_files::zip::Limits;
use misa_files::{Source, pickle};
use misa_testing::real_data;

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
