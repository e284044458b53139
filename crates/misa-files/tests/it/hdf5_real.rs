//! Real files, where they are at hand: see `misa_testing::real_data`. The values are those of h5py 3.16.

use std::path::Path;

use misa_files::Source;
use misa_files::hdf5::{Group, Hdf5, Limits};
use misa_testing::real_data;

fn open(path: &Path) -> Hdf5<'static> {
    Hdf5::open(Source::open(path).unwrap(), &Limits::default()).unwrap()
}

fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

/// The one text of a dataset.
fn text(group: &Group<'_>, path: &str) -> String {
    let texts = group.dataset(path).unwrap().to_texts().unwrap();
    assert_eq!(texts.len(), 1, "{path}");
    texts[0].clone()
}

#[test]
fn words_of_mosi() {
    let Some(path) = real_data("mosi/csd/CMU_MOSI_ModifiedTimestampedWords.csd") else {
        return;
    };
    let file = open(&path);
    let root = file
        .root()
        .group("CMU_MOSI_ModifiedTimestampedWords")
        .unwrap();
    assert!(root.names().eq(["data", "metadata"]));
    assert_eq!(
        text(&root, "metadata/uuid"),
        "c4af6b6b-2249-4c7d-8b0f-1a1739837722"
    );
    let data = root.group("data").unwrap();
    assert_eq!(data.names().len(), 93);
    let (mut tokens, mut pauses, mut seconds) = (0, 0, 0.0);
    for video in data.names() {
        let video = data.group(video).unwrap();
        let words = video.dataset("features").unwrap().to_texts().unwrap();
        let intervals = video.dataset("intervals").unwrap();
        assert_eq!(intervals.shape(), [words.len() as u64, 2]);
        tokens += words.len();
        pauses += words.iter().filter(|word| *word == "sp").count();
        seconds += sum(&intervals.to_doubles().unwrap());
    }
    assert_eq!((tokens, pauses), (51056, 8287));
    assert!((seconds - 8486680.157611405).abs() < 1e-3);
    let words = data.dataset("03bSnISJMiM/features").unwrap();
    let first = words.rows(0..4).unwrap().to_texts().unwrap();
    assert_eq!(first, ["oh", "sp", "this", "sp"]);
}

#[test]
fn labels_of_mosi() {
    let Some(path) = real_data("mosi/csd/CMU_MOSI_Opinion_Labels.csd") else {
        return;
    };
    let file = open(&path);
    let root = file.root().group("Opinion Segment Labels").unwrap();
    assert_eq!(
        text(&root, "metadata/root name"),
        "\"Opinion Segment Labels\""
    );
    assert_eq!(
        text(&root, "metadata/dimension names"),
        "[\"sentiment score\"]"
    );
    let data = root.group("data").unwrap();
    assert_eq!(data.names().len(), 62);
    let mut labels = Vec::new();
    for video in data.names() {
        let video = data.dataset(&format!("{video}/features")).unwrap();
        labels.extend(video.to_doubles().unwrap());
    }
    assert_eq!(labels.len(), 1513);
    assert!((sum(&labels) - 371.96666695177555).abs() < 1e-9);
    let first = data.dataset("03bSnISJMiM/features").unwrap();
    assert_eq!(first.to_floats().unwrap()[..3], [2.4, -0.8, -1.0]);
    let times = data.dataset("03bSnISJMiM/intervals").unwrap();
    assert_eq!(times.to_floats().unwrap()[..2], [51.904533, 55.94535]);
}

#[test]
fn arrays_of_mmmo() {
    // First value, the one a third in, and the sum of all magnitudes.
    let files: [(_, &[u64], [f64; 3]); 4] = [
        (
            "audio_train",
            &[220, 20, 74],
            [143.58103327847647, -0.3452056965374034, 926379.0366671005],
        ),
        (
            "text_test_emb",
            &[80, 20, 300],
            [0.0, -0.08374255263157895, 57015.74979782993],
        ),
        (
            "video_test",
            &[80, 20, 36],
            [0.0, -0.012186570479044397, 2931.4624727865603],
        ),
        ("y_train", &[220], [1.5, 2.0, 739.5]),
    ];
    for (name, shape, [first, third, magnitudes]) in files {
        let Some(path) = real_data(&format!("mmmo/h5/{name}.h5")) else {
            return;
        };
        let file = open(&path);
        let dataset = file.root().dataset("d1").unwrap();
        assert_eq!(dataset.shape(), shape, "{name}");
        let values = dataset.to_doubles().unwrap();
        assert_eq!(
            (values[0], values[values.len() / 3]),
            (first, third),
            "{name}"
        );
        let found: f64 = values.iter().map(|value| value.abs()).sum();
        assert!((found / magnitudes - 1.0).abs() < 1e-12, "{name}");
        // The last row by itself, which takes no more than its bytes.
        let rows = dataset.row_count();
        let last = dataset.rows(rows - 1..rows).unwrap().to_doubles().unwrap();
        assert_eq!(last, values[values.len() - dataset.row_len() as usize..]);
    }
}
