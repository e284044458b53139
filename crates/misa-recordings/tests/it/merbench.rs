//! MERBench's labels, in archives that NumPy wrote.

use misa_recordings::segments::{
    SegmentFormat, SegmentNoteKind, SegmentTable, SegmentsOptions, parse, read,
};
use misa_recordings::{Fault, FaultKind};
use misa_terms::Split;
use std::path::PathBuf;
use std::time::Duration;

fn path(name: &str) -> PathBuf {
    [
        env!("CARGO_MANIFEST_DIR"),
        "tests",
        "fixtures",
        "merbench",
        name,
    ]
    .iter()
    .collect()
}

fn of(name: &str, options: &SegmentsOptions) -> Result<SegmentTable, Fault> {
    parse(name, &std::fs::read(path(name)).unwrap(), options)
}

fn fault(name: &str) -> String {
    of(name, &SegmentsOptions::default())
        .unwrap_err()
        .to_string()
}

type Row<'t> = (&'t str, Option<f32>, Option<Split>);

fn rows(table: &SegmentTable) -> Vec<Row<'_>> {
    let segments = table.segments.iter();
    let row = segments.map(|segment| (segment.id.as_str(), segment.label, segment.split));
    row.collect()
}

#[test]
fn the_valence_is_the_label_and_the_dictionary_the_split() {
    let table = read(path("cmu.npz"), &SegmentsOptions::default()).unwrap();
    assert_eq!(table.format, SegmentFormat::MerBenchLabels);
    let (train, valid, test) = (Split::Train, Split::Valid, Split::Test);
    let expected = [
        ("a_1", Some(1.5), Some(train)),
        ("a_2", Some(-0.5), Some(train)),
        ("b_1", Some(0.0), Some(valid)),
        ("c_1", Some(-3.0), Some(test)),
    ];
    assert_eq!(rows(&table), expected);
    assert_eq!(table.segments[2].line, 3);
    let [note] = &table.notes[..] else {
        panic!("{:?}", table.notes);
    };
    assert_eq!((note.kind, note.count), (SegmentNoteKind::OtherColumn, 1));
    assert!(table.classes.is_empty());
}

/// MERBench reads -10 where a file says nothing; that is no label.
#[test]
fn missing_valences_are_counted_and_not_made_up() {
    let table = of("mer.npz", &SegmentsOptions::default()).unwrap();
    let test = Some(Split::Test);
    let expected = [
        ("sample_1", Some(2.0), Some(Split::Train)),
        ("sample_2", Some(-1.0), test),
        ("sample_3", None, test),
        ("sample_4", None, test),
    ];
    assert_eq!(rows(&table), expected);
    let unlabelled = table
        .notes
        .iter()
        .find(|note| note.kind == SegmentNoteKind::NoLabel);
    assert_eq!(unlabelled.map(|note| note.count), Some(2));
}

#[test]
fn a_whole_corpus_has_no_splits_but_those_that_are_told() {
    let mut options = SegmentsOptions::default();
    let id = "Ses01F_impro01_F000";
    let table = of("iemocap.npz", &options).unwrap();
    assert_eq!(rows(&table), [(id, Some(2.5), None)]);
    options.split = Some(Split::Test);
    let table = of("iemocap.npz", &options).unwrap();
    assert_eq!(rows(&table), [(id, Some(2.5), Some(Split::Test))]);
}

#[test]
fn emotions_are_labels_if_they_are_told() {
    let mut options = SegmentsOptions::default();
    options.label_column = Some("emo".to_string());
    options.classes = ["neutral", "angry", "happy", "sad"]
        .map(str::to_string)
        .to_vec();
    let table = of("cmu.npz", &options).unwrap();
    let labels: Vec<_> = table.segments.iter().map(|segment| segment.label).collect();
    assert_eq!(labels, [Some(2.0), Some(3.0), Some(0.0), Some(1.0)]);
    assert_eq!(table.classes, options.classes);
    assert_eq!(
        of("mer.npz", &options).unwrap_err().to_string(),
        "test1_corpus: \"sample_2\": expected `emo` to be one of the classes neutral, angry, happy, sad, \
         found \"worried\""
    );
    options.classes.clear();
    assert_eq!(
        of("cmu.npz", &options).unwrap_err().to_string(),
        "train_corpus: \"a_1\": expected `emo` to be a finite number, found \"happy\""
    );
    options.label_column = Some("valence".to_string());
    assert_eq!(
        of("cmu.npz", &options).unwrap_err().to_string(),
        "expected `valence` of the segments, found \"emo\", \"val\""
    );
    options.label_column = None;
    options.text_column = Some("english".to_string());
    assert_eq!(
        of("cmu.npz", &options).unwrap_err().to_string(),
        "expected `english` of the segments, found \"emo\""
    );
}

#[test]
fn a_file_that_would_run_a_command_is_refused() {
    let options = SegmentsOptions::default();
    let fault = of("command.npz", &options).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Malformed);
    let message = fault.to_string();
    assert!(
        message.contains("global `posix.system` is not allowed"),
        "{message}"
    );
    // Nor is it read if another column is the label.
    let mut options = options;
    options.label_column = Some("emo".to_string());
    assert!(of("command.npz", &options).is_err());
}

#[test]
fn what_is_no_label_is_refused_by_its_place() {
    for (name, expected) in [
        (
            "class.npz",
            "train_corpus: \"a\": expected `val` to be a finite number, found",
        ),
        (
            "unfinite.npz",
            "train_corpus: \"a\": expected `val` to be a finite number, found NaN",
        ),
        (
            "words.npz",
            "train_corpus: \"a\": expected `val` to be a finite number, found \"good\"",
        ),
        (
            "list.npz",
            "train_corpus: expected a dictionary of segments, found",
        ),
        (
            "numbers.npz",
            "expected a `label.npz` of MERBench that can be read, found a fault: ",
        ),
        (
            "unknown.npz",
            "expected train_corpus, val_corpus, test_corpus or whole_corpus, found \"extra_corpus\"",
        ),
        (
            "features.npz",
            "expected a table in text, or `train_corpus` and others in `label.npz` of MERBench, found arrays \
             \"audio\"; features belong into --faces or --voice",
        ),
        ("empty.npz", "expected a segment, found none"),
        (
            "twice.npz",
            "line 2, column id: expected a name that no other row has, found \"a\", also in line 1",
        ),
    ] {
        let message = fault(name);
        assert!(message.starts_with(expected), "{name}: {message}");
    }
}

#[test]
fn segments_are_counted_before_they_are_kept() {
    let mut options = SegmentsOptions::default();
    options.limits.words = 3;
    let fault = of("cmu.npz", &options).unwrap_err();
    assert_eq!(fault.kind, FaultKind::TooLarge);
    assert_eq!(
        fault.to_string(),
        "test_corpus: expected at most 3 segments, found one more"
    );
    options.limits.words = 4;
    options.limits.word_bytes = 2;
    assert!(
        of("cmu.npz", &options)
            .unwrap_err()
            .to_string()
            .starts_with("train_corpus: expected names of 1 to 2 bytes, found")
    );
}

/// Every prefix, and every file with one byte changed, is read or refused within moments.
#[test]
fn damaged_archives_never_panic() {
    let options = SegmentsOptions::default();
    for name in ["cmu.npz", "mer.npz", "command.npz"] {
        let bytes = std::fs::read(path(name)).unwrap();
        for length in 0..bytes.len() {
            assert!(parse(name, &bytes[..length], &options).is_err());
        }
        for place in 0..bytes.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut bytes = bytes.clone();
                bytes[place] ^= change;
                let _ = parse(name, &bytes, &options);
            }
        }
    }
}

/// 256 MiB of zeros in an archive of 256 KiB, as a dictionary.
#[test]
fn bombs_are_refused_soon() {
    let bytes = bomb();
    let options = SegmentsOptions::default();
    assert!(misa_testing::takes_less_than(
        Duration::from_millis(100),
        || {
            let fault = parse("label.npz", &bytes, &options).unwrap_err();
            assert_eq!(fault.kind, FaultKind::TooLarge);
        }
    ));
}

/// An archive with one member that says it has 256 MiB.
fn bomb() -> Vec<u8> {
    let (packed, length, name) = (256_u32 << 10, 256_u32 << 20, b"train_corpus.npy");
    let mut common = Vec::new();
    common.extend([20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0]);
    for number in [0, packed, length] {
        common.extend(number.to_le_bytes());
    }
    common.extend((name.len() as u16).to_le_bytes());
    common.extend([0, 0]);
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.extend(&common);
    bytes.extend(name);
    bytes.resize(bytes.len() + packed as usize, 0);
    let start = bytes.len() as u32;
    bytes.extend(b"PK\x01\x02\x14\x00");
    bytes.extend(&common);
    bytes.extend([0; 14]);
    bytes.extend(name);
    let size = bytes.len() as u32 - start;
    bytes.extend(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
    bytes.extend(size.to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}
