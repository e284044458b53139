//! Comparison with published figures.

use super::*;

/// MAE of the paper: 0.783 on MOSI, 0.555 on MOSEI; of MMSA: 0.7765 and 0.5575.
#[test]
fn every_group_is_compared_with_the_figures_of_its_corpus() {
    let mut entries = entries();
    for (entry, corpus) in entries.iter_mut().zip(["mosi", "mosi", "mosei", "mosei"]) {
        entry.corpus = Some(corpus.to_string());
        entry.data = corpus.to_string();
        entry.data_checksum = corpus.repeat(8);
    }
    let mut options = CompareOptions {
        against: against(&["paper", "mmsa"], None),
        ..options()
    };
    let comparison = Comparison::new(&entries, &options).unwrap();
    let figures: Vec<(&str, &str, Option<f64>)> = comparison
        .published
        .iter()
        .map(|found| {
            (
                found.model.as_str(),
                found.corpus.as_str(),
                found.figures[0],
            )
        })
        .collect();
    let expected = [
        ("c|d", "mosei", Some(0.555)),
        ("a_b", "mosi", Some(0.783)),
        ("c|d", "mosei", Some(0.5575)),
        ("a_b", "mosi", Some(0.7765)),
    ];
    assert_eq!(figures, expected);

    entries[0].corpus = Some("mosei".to_string());
    let comparison = Comparison::new(&entries, &options).unwrap();
    assert_eq!(comparison.published.len(), 2);
    let note = "No published figures for mosi mosimosi: its corpus is unknown, or its runs name \
                different ones.";
    let notes = comparison.notes.iter();
    assert_eq!(notes.filter(|found| *found == note).count(), 1);

    options.against = against(&["mmsa"], Some("ur_funny"));
    let error = Comparison::new(&entries, &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no published figures for these runs: `mmsa` has no published figures of ur_funny"
    );
    options.against = against(&["elsewhere"], None);
    let error = Comparison::new(&entries, &options).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no published figures `elsewhere`, expected paper or mmsa"
    );
}

/// A model is judged by the labels of its own runs, in whatever order the models stand.
#[test]
fn sorted_models_keep_their_own_remarks() {
    let named = |model: &str, error: f64, count| {
        let mut entry = labelled("mosi", count, (-3.0, 3.0));
        entry.model = model.to_string();
        entry.scores = vec![("MAE".to_string(), Some(error))];
        entry
    };
    let entries = [named("a", 2.0, 686), named("z", 1.0, 12)];
    let options = CompareOptions {
        resamples: 0,
        against: against(&["paper"], None),
        sort: Some("MAE".to_string()),
        ..options()
    };
    let comparison = Comparison::new(&entries, &options).unwrap();
    let published = comparison.published.iter();
    let remarks: Vec<_> = published
        .map(|found| (found.model.as_str(), found.remarks.len()))
        .collect();
    assert_eq!(remarks, [("z", 1), ("a", 0)]);
}

/// Entries of `count` test utterances with labels from `low` to `high`.
fn labelled(corpus: &str, count: usize, (low, high): (f32, f32)) -> Entry {
    let row = |index: usize| Prediction {
        id: format!("u{index}"),
        prediction: 0.0,
        target: low + (high - low) * index as f32 / (count - 1) as f32,
    };
    Entry {
        corpus: Some(corpus.to_string()),
        predictions: (0..count).map(row).collect(),
        ..entry("m", 1, 0.5)
    }
}

#[test]
fn what_does_not_compare_with_published_figures_is_marked_or_refused() {
    let options = CompareOptions {
        resamples: 0,
        against: against(&["paper"], None),
        ..options()
    };
    let compare = |entry: Entry| Comparison::new(&[entry], &options);
    let whole = compare(labelled("mosi", 686, (-3.0, 3.0))).unwrap();
    assert_eq!(whole.published[0].remarks, [""; 0]);
    assert!(!whole.to_markdown().contains("not comparable"));
    let valid = Entry {
        split: "valid".to_string(),
        ..labelled("mosi", 686, (-3.0, 3.0))
    };
    for (entry, remark) in [
        (
            labelled("mosi", 12, (-3.0, 3.0)),
            "12 test utterances, published 686",
        ),
        (valid, "valid split, published is test"),
    ] {
        let comparison = compare(entry).unwrap();
        let label = format!("MISA paper (2020), BERT text [not comparable: {remark}]");
        let line = comparison.to_markdown();
        let line = line.lines().find(|line| line.contains(&label));
        assert!(
            line.is_some_and(|line| line.contains("(0.783)")),
            "{line:?}"
        );
        assert!(comparison.to_csv().contains(&label));
        assert!(comparison.to_latex().contains("not comparable"));
    }
    let refused = |entry: Entry| compare(entry).unwrap_err().to_string();
    assert_eq!(
        refused(labelled("mosi", 12, (1.0, 5.0))),
        "runs/m/1: labels from 1 to 5, expected those of mosi, from -3 to 3: its published figures \
         cannot be compared with these scores"
    );
    // As in CH-SIMS; of few utterances, it may be chance.
    assert!(refused(labelled("mosei", 457, (-1.0, 1.0))).contains("labels from -1 to 1"));
    assert!(compare(labelled("mosei", 12, (-1.0, 1.0))).is_ok());
    let other = Entry {
        is_recognised: true,
        ..labelled("mosei", 4659, (-3.0, 3.0))
    };
    let options = CompareOptions {
        against: against(&["paper"], Some("mosi")),
        ..options
    };
    assert_eq!(
        Comparison::new(&[other], &options).unwrap_err().to_string(),
        "runs/m/1: its data was recognised as mosei, expected mosi, whose figures are asked for"
    );
}
