//! What is found in utterances, labels and features.

use super::*;

#[test]
fn utterances_in_two_splits_are_found() {
    let train = utterances("a", 20);
    let mut valid = utterances("bb", 10);
    let mut test = utterances("ccc", 10);
    valid.push(train[3].clone());
    test.push(utterance("a7[1]", 9.0, 0.0));
    let examination = examined(train, valid, test);
    let expected = [
        "copies_between_splits",
        "shared_ids",
        "shared_videos",
        "shared_videos",
    ];
    assert_eq!(kinds(&examination), expected, "{examination}");
    assert_eq!(finding(&examination, "shared_ids").ids, ["a3[0]"]);
    let copies = finding(&examination, "copies_between_splits");
    assert_eq!(
        (copies.place.as_str(), copies.ids[0].as_str()),
        ("valid", "a3[0]")
    );
    let mut videos = examination
        .findings
        .iter()
        .filter(|found| found.kind == "shared_videos");
    assert!(videos.any(|found| found.place == "train and test" && found.ids == ["a7"]));
    let splits = &content(&examination).splits;
    let counts: Vec<Option<usize>> = splits.iter().map(|split| split.videos).collect();
    assert_eq!(counts, [Some(20), Some(11), Some(11)]);
}

#[test]
fn labels_by_single_modalities_are_examined_as_labels_are() {
    let Py::Dict(mut splits) = platform(20, 5) else {
        panic!("a dict of splits")
    };
    for (index, (_, split)) in splits.iter_mut().enumerate() {
        let Py::Dict(columns) = split else {
            panic!("a dict of columns")
        };
        let labels = vec![-1.0, [f32::NAN, 0.5][index]];
        columns.push(("regression_labels_V", Py::Array(vec![2], labels)));
    }
    let examination = examined_pickle(&Py::Dict(splits), &OpenOptions::new());
    let bad = finding(&examination, "bad_labels");
    assert_eq!((bad.place.as_str(), bad.count), ("train: labels", 1));
    let [alone] = &content(&examination).modality_labels[..] else {
        panic!("{examination}")
    };
    assert_eq!(alone.modality, Modality::Visual);
    let [train, valid] = alone.splits[..] else {
        panic!("{examination}")
    };
    assert_eq!(
        (train.non_finite, train.negative, train.positive),
        (1, 1, 0)
    );
    assert_eq!((valid.min, valid.max), (Some(-1.0), Some(0.5)));
    let shown = examination.to_string();
    assert!(shown.contains("valid, visual"), "{shown}");
}

#[test]
fn copies_in_a_split_are_told_by_their_label() {
    let mut train = utterances("a", 20);
    let same = utterance("x[0]", 50.0, 1.0);
    train.push(same.clone());
    train.push(Utterance {
        id: "y[0]".to_owned(),
        ..same.clone()
    });
    train.push(Utterance {
        id: "z[0]".to_owned(),
        label: -1.0,
        ..same
    });
    let examination = examined(train, utterances("bb", 5), utterances("ccc", 5));
    let copies = finding(&examination, "copies");
    assert_eq!(
        (copies.ids[0].as_str(), copies.severity),
        ("y[0]", Severity::Note)
    );
    let other = finding(&examination, "copies_with_other_label");
    assert_eq!(
        (other.ids[0].as_str(), other.severity),
        ("z[0]", Severity::Warning)
    );
}

#[test]
fn few_misaligned_utterances_among_aligned_ones_are_found() {
    let mut train = utterances("a", 20);
    train[4].visual = Sequence::new(2, vec![1.0, 2.0]).unwrap();
    let examination = examined(train.clone(), utterances("bb", 2), utterances("ccc", 2));
    assert_eq!(finding(&examination, "misaligned").ids, ["a4[0]"]);
    assert_eq!(content(&examination).splits[0].unaligned, 1);
    for utterance in &mut train {
        utterance.visual = Sequence::new(2, vec![1.0, 2.0]).unwrap();
    }
    let examination = examined(train, utterances("bb", 2), utterances("ccc", 2));
    assert!(
        !kinds(&examination).contains(&"misaligned"),
        "{examination}"
    );
    assert!(content(&examination).variant.ends_with("not aligned"));
}

#[test]
fn absent_steps_are_counted_and_too_many_are_found() {
    let mut train = utterances("a", 4);
    for utterance in &mut train[1..] {
        let (values, absent) = (vec![0.0; 6], vec![true; 3]);
        utterance.visual = Sequence::with_absent(2, values, absent).unwrap();
    }
    let acoustic = vec![0.0, 0.25, -1.0];
    train[0].acoustic = Sequence::with_absent(1, acoustic, vec![true, false, false]).unwrap();
    let examination = examined(train, utterances("bb", 2), vec![]);
    let found = finding(&examination, "absent_steps");
    assert_eq!(found.place, "train: visual");
    assert_eq!(found.severity, Severity::Warning);
    let expected = "75 % of the steps are absent, all of them in 3 utterances";
    assert_eq!(found.what, expected);
    let kinds = kinds(&examination);
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "absent_steps").count(),
        1
    );
    assert!(!kinds.contains(&"zero_sequences"), "{examination}");

    let train = &features(&examination, Modality::Acoustic).splits[0];
    assert_eq!((train.absent.steps, train.absent.utterances), (1, 0));
    let json = serde_json::to_value(&examination).unwrap();
    let visual = &json["content"]["features"][1]["splits"];
    let expected = serde_json::json!({"steps": 9, "share": 0.75, "utterances": 3});
    assert_eq!(visual[0]["absent"], expected);
    assert_eq!(visual[1]["absent"]["steps"], 0);
    let text = examination.to_string();
    assert!(text.contains("75.0 %") && text.contains("8.3 %"), "{text}");
    let none = examined(utterances("a", 2), utterances("bb", 2), vec![]);
    assert!(!none.to_string().contains("absent"), "{none}");
}

#[test]
fn published_counts_are_compared() {
    let examination = examined(utterances("a", 1284), utterances("bb", 228), vec![]);
    let corpus = content(&examination).corpus.clone().unwrap();
    assert_eq!(
        (corpus.name, corpus.differences),
        ("CMU-MOSI", [Some(0), Some(-1), Some(-686)])
    );
    let fewer = finding(&examination, "fewer_utterances");
    assert_eq!((fewer.place.as_str(), fewer.count), ("valid", 1));
    let missing = finding(&examination, "missing_split");
    assert_eq!(
        (missing.place.as_str(), missing.severity),
        ("test", Severity::Warning)
    );
    assert!(missing.what.contains("686"), "{}", missing.what);
    let text = examination.to_string();
    assert!(
        text.contains("difference") && text.contains("-686"),
        "{text}"
    );
}

#[test]
fn labels_beyond_the_scale_of_the_corpus_are_found() {
    let mut train = utterances("a", 1284);
    train[5].label = 4.0;
    let examination = examined(train, utterances("bb", 229), utterances("ccc", 686));
    let found = finding(&examination, "label_range");
    assert_eq!((found.ids[0].as_str(), found.count), ("a5[0]", 1));
}

#[test]
fn columns_and_sequences_that_say_nothing_are_found() {
    let mut train = utterances("a", 10);
    train[2].acoustic = Sequence::new(1, vec![0.0; 3]).unwrap();
    for utterance in &mut train {
        let rows = utterance
            .visual
            .iter()
            .flat_map(|row| [row[0] - row[1], row[1], 7.0, 1.0]);
        utterance.visual = Sequence::new(4, rows.collect()).unwrap();
    }
    let mut valid = utterances("bb", 4);
    for utterance in &mut valid {
        let rows = utterance
            .visual
            .iter()
            .flat_map(|row| [row[0] - row[1], row[1], 7.0, row[1]]);
        utterance.visual = Sequence::new(4, rows.collect()).unwrap();
    }
    let examination = examined(train, valid, vec![]);
    let visual = features(&examination, Modality::Visual);
    assert_eq!(
        (&visual.constant, &visual.constant_in_train),
        (&vec![2], &vec![2, 3])
    );
    assert_eq!(visual.repeated, [0]);
    assert_eq!(finding(&examination, "constant_columns").ids, ["2"]);
    assert_eq!(finding(&examination, "constant_in_train").ids, ["3"]);
    assert_eq!(finding(&examination, "repeated_rows").ids, ["0"]);
    // 1 of 10 is more than usual.
    let zeros = finding(&examination, "zero_sequences");
    assert_eq!(
        (zeros.severity, zeros.ids[0].as_str()),
        (Severity::Warning, "a2[0]")
    );
}

#[test]
fn labels_that_are_all_the_same_teach_nothing() {
    let mut train = utterances("a", 10);
    train.iter_mut().for_each(|utterance| utterance.label = 1.0);
    let examination = examined(train, vec![], vec![]);
    assert!(
        kinds(&examination).contains(&"constant_labels"),
        "{examination}"
    );
    assert!(content(&examination).labels.look_like_classes);
}
