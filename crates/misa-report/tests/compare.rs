//! Runs side by side, in every format.

#![allow(clippy::unwrap_used)]

use misa_report::compare::{
    CompareError, CompareOptions, Comparison, Entry, Metric, Prediction, published,
};

fn error(predictions: &[f32], targets: &[f32]) -> f64 {
    let errors = predictions
        .iter()
        .zip(targets)
        .map(|(p, t)| f64::from((p - t).abs()));
    errors.sum::<f64>() / targets.len() as f64
}

fn hits(predictions: &[f32], targets: &[f32]) -> f64 {
    let hits = predictions
        .iter()
        .zip(targets)
        .filter(|(p, t)| (**p < 0.0) == (**t < 0.0));
    hits.count() as f64 / targets.len() as f64
}

fn options() -> CompareOptions {
    let metric = |name, is_better_high, is_share, score| Metric {
        name,
        is_better_high,
        is_share,
        score,
    };
    CompareOptions {
        metrics: vec![
            metric("MAE", false, false, error as fn(&[f32], &[f32]) -> f64),
            metric("Acc-2 (neg/non-neg)", true, true, hits),
        ],
        resamples: 500,
        seed: 3,
        baseline: None,
        against: Vec::new(),
    }
}

/// A run whose predictions are off by `error`.
fn entry(model: &str, seed: u64, off: f32) -> Entry {
    let targets = [-2.0, -1.0, 0.5, 1.0, 2.0, 3.0f32];
    let row = |(place, &target): (usize, &f32)| Prediction {
        id: format!("u{place}"),
        prediction: target + off * (1.0 + place as f32 / 10.0),
        target,
    };
    let predictions: Vec<Prediction> = targets.iter().enumerate().map(row).collect();
    let guesses: Vec<f32> = predictions.iter().map(|row| row.prediction).collect();
    Entry {
        run: format!("runs/{model}/{seed}"),
        model: model.to_string(),
        data: "mosi".to_string(),
        data_checksum: "0123456789abcdef".to_string(),
        seed,
        split: "test".to_string(),
        scores: vec![
            ("MAE".to_string(), Some(error(&guesses, &targets))),
            (
                "Acc-2 (neg/non-neg)".to_string(),
                Some(hits(&guesses, &targets)),
            ),
        ],
        predictions,
        openings: 1,
        ..Entry::default()
    }
}

fn entries() -> Vec<Entry> {
    vec![
        entry("a_b", 2, 0.2),
        entry("a_b", 1, 0.4),
        entry("c|d", 1, 1.5),
        entry("c|d", 2, 1.7),
    ]
}

#[test]
fn seeds_of_a_model_are_summed_up_and_the_best_is_marked() {
    let comparison = Comparison::new(&entries(), &options()).unwrap();
    let [better, worse] = &comparison.groups[..] else {
        panic!("{comparison:?}");
    };
    assert_eq!(
        better.runs.iter().map(|run| run.seed).collect::<Vec<_>>(),
        [1, 2]
    );
    // Errors of 0.4 and 0.2, times the mean of 1.0 to 1.5.
    let summary = better.summaries[0];
    assert!((summary.mean.unwrap() - 0.375).abs() < 1e-6);
    assert!((summary.deviation.unwrap() - 0.25 * 0.5f64.sqrt()).abs() < 1e-6);
    assert_eq!(
        (&better.is_best[..], &worse.is_best[..]),
        (&[true, true][..], &[false, false][..])
    );
    let difference = &comparison.differences[0];
    assert_eq!(
        (difference.model.as_str(), difference.baseline.as_str()),
        ("a_b", "c|d")
    );
    assert!((difference.bootstrap.difference + 1.625).abs() < 1e-6);
    // Better on every utterance, so on every draw: the smallest p there is.
    assert!((difference.bootstrap.p - 2.0 / 501.0).abs() < 1e-12);
    assert_eq!(difference.p_holm, difference.bootstrap.p);
}

#[test]
fn the_order_of_runs_has_no_influence() {
    let mut turned = entries();
    turned.reverse();
    let text = |entries: &[Entry]| Comparison::new(entries, &options()).unwrap().to_markdown();
    assert_eq!(text(&entries()), text(&turned));
}

#[test]
fn marks_tell_what_had_been_seen() {
    let mut entries = entries();
    entries[0].openings = 3;
    entries[3].trained_after_opening = true;
    let text = Comparison::new(&entries, &options()).unwrap().to_markdown();
    assert!(text.contains("| 2†") && text.contains("| 2‡"), "{text}");
    assert!(text.contains("† The test split of this run had been looked at before."));
    assert!(text.contains("‡ This run was trained after its test split had been looked at."));
}

#[test]
fn formats_say_the_same() {
    let options = CompareOptions {
        against: vec![published("paper", "mosi").unwrap()],
        ..options()
    };
    let comparison = Comparison::new(&entries(), &options).unwrap();
    let markdown = comparison.to_markdown();
    assert!(
        markdown.starts_with("## mosi 01234567, test split\n\n| model | seed"),
        "{markdown}"
    );
    assert!(markdown.contains("**0.375 ± 0.177**"), "{markdown}");
    assert!(markdown.contains("| c\\|d"), "{markdown}");
    assert!(markdown.contains("-0.408 (0.783)"), "{markdown}");
    let latex = comparison.to_latex();
    assert!(
        latex.contains("a\\_b & mean $\\pm$ std, n = 2 & \\textbf{0.375 $\\pm$ 0.177}"),
        "{latex}"
    );
    assert!(!latex.contains("a_b"), "{latex}");
    let csv = comparison.to_csv();
    assert_eq!(csv.lines().count(), 1 + 8 + 4);
    assert!(
        csv.lines()
            .next()
            .unwrap()
            .starts_with("data,split,model,seed,run,score,value")
    );
    let json = serde_json::to_string(&comparison).unwrap();
    let read: Comparison = serde_json::from_str(&json).unwrap();
    assert_eq!(
        read.groups[0].runs[0].scores,
        comparison.groups[0].runs[0].scores
    );
}

#[test]
fn runs_on_other_data_are_another_table() {
    let mut other = entry("a_b", 3, 0.1);
    other.data_checksum = "fedcba9876543210".to_string();
    let all = [entries(), vec![other]].concat();
    let comparison = Comparison::new(&all, &options()).unwrap();
    assert_eq!(comparison.groups.len(), 3);
    assert_eq!(comparison.to_markdown().matches("test split\n").count(), 2);
    assert!(
        comparison
            .notes
            .iter()
            .any(|note| note == "One seed has no spread.")
    );
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let twice = [entries(), vec![entry("a_b", 2, 0.3)]].concat();
    let error = Comparison::new(&twice, &options()).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("the same model, data, split and seed 2"),
        "{error}"
    );
    assert_eq!(
        Comparison::new(&[], &options()).unwrap_err(),
        CompareError::Nothing
    );
    let missing = CompareOptions {
        baseline: Some("x".to_string()),
        ..options()
    };
    let error = Comparison::new(&entries(), &missing).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no model `x` among the runs, expected one of a_b, c|d"
    );
}

#[test]
fn a_baseline_is_what_others_are_less() {
    let options = CompareOptions {
        baseline: Some("a_b".to_string()),
        ..options()
    };
    let comparison = Comparison::new(&entries(), &options).unwrap();
    assert_eq!(comparison.differences[0].baseline, "a_b");
    assert!(comparison.differences[0].bootstrap.difference > 1.6);
}
