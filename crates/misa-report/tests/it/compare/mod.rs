//! Comparisons of runs, in every format.

mod data;
mod published;
mod tables;

use crate::differences::absolute_error;
use misa_report::compare::{
    Against, CompareError, CompareOptions, Comparison, Entry, Metric, Prediction, TableStyle,
};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

fn hits(predictions: &[f32], targets: &[f32]) -> f64 {
    let hits = predictions
        .iter()
        .zip(targets)
        .filter(|(p, t)| (**p < 0.0) == (**t < 0.0));
    hits.count() as f64 / targets.len() as f64
}

fn options() -> CompareOptions {
    let metric = |name, is_better_high, is_share, highest, score| Metric {
        name,
        is_better_high,
        is_share,
        range: (0.0, highest),
        score,
    };
    let mean_error: fn(&[f32], &[f32]) -> f64 = absolute_error;
    CompareOptions {
        metrics: vec![
            metric("MAE", false, false, f64::INFINITY, mean_error),
            metric("Acc-2 (neg/non-neg)", true, true, 1.0, hits),
        ],
        resamples: 500,
        seed: 3,
        baseline: None,
        against: Vec::new(),
        sort: None,
    }
}

fn against(sources: &[&str], corpus: Option<&str>) -> Vec<Against> {
    let source = |source: &&str| Against {
        source: source.to_string(),
        corpus: corpus.map(str::to_string),
    };
    sources.iter().map(source).collect()
}

/// A run whose predictions have errors of `off` to `1.5 * off`.
fn entry(model: &str, seed: u64, off: f32) -> Entry {
    let targets = [-2.0, -1.0, 0.5, 1.0, 2.0, 3.0f32];
    let row = |(index, &target): (usize, &f32)| Prediction {
        id: format!("u{index}"),
        prediction: target + off * (1.0 + index as f32 / 10.0),
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
            ("MAE".to_string(), Some(absolute_error(&guesses, &targets))),
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
fn seeds_of_a_model_are_summarised_and_the_best_is_marked() {
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
    assert!((difference.test.difference + 1.625).abs() < 1e-6);
    // Two seeds do not show how far seeds spread.
    assert_eq!((difference.test.p, difference.test.interval), (None, None));
    assert_eq!(difference.p_holm, None);
}

/// The seeds of two models on `utterances` with labels of both signs.
fn large_entries(seeds: u64, utterances: usize) -> Vec<Entry> {
    let models = [("near", 0.2), ("far", 0.9)];
    let runs = models
        .iter()
        .flat_map(|&model| (1..=seeds).map(move |seed| (model, seed)));
    let runs = runs.map(|((model, off), seed)| {
        let off = off + 0.1 * seed as f32;
        let row = |index: usize| {
            let target = (index % 7) as f32 - 3.0;
            Prediction {
                id: format!("u{index}"),
                prediction: target + off * (1.0 + (index % 5) as f32 / 10.0),
                target,
            }
        };
        let predictions: Vec<Prediction> = (0..utterances).map(row).collect();
        let guesses: Vec<f32> = predictions.iter().map(|row| row.prediction).collect();
        let targets: Vec<f32> = predictions.iter().map(|row| row.target).collect();
        let mut entry = entry(model, seed, off);
        entry.scores[0].1 = Some(absolute_error(&guesses, &targets));
        entry.scores[1].1 = Some(hits(&guesses, &targets));
        entry.predictions = predictions;
        entry
    });
    runs.collect()
}

fn has_note(comparison: &Comparison, beginning: &str) -> bool {
    let mut notes = comparison.notes.iter();
    notes.any(|note| note.starts_with(beginning))
}

const FEW_SEEDS: &str =
    "A difference has no p and no interval if one of its models has fewer than 3 seeds";
const FEW_UTTERANCES: &str = "No intervals for fewer than 30 utterances";
const BOTH: &str =
    "Differences: mean over seeds; intervals and p cover other seeds and other utterances";

/// Means differ by 0.7 · 1.2, seeds of both models by 0.1 · 1.2 with a deviation of 0.12.
#[test]
fn three_seeds_and_thirty_utterances_have_p_and_interval() {
    let comparison = Comparison::new(&large_entries(3, 35), &options()).unwrap();
    let difference = &comparison.differences[0];
    let test = difference.test;
    assert_eq!(
        (difference.model.as_str(), test.seeds, test.utterances),
        ("far", [3, 3], 35)
    );
    assert!((test.difference - 0.84).abs() < 1e-5);
    assert!((test.seed_variance.unwrap() - 2.0 * 0.0144 / 3.0).abs() < 1e-5);
    assert!(test.p.unwrap() < 0.01, "{test:?}");
    let (low, high) = test.interval.unwrap();
    assert!((low + high - 2.0 * test.difference).abs() < 1e-9 && low > 0.0);
    assert_eq!(difference.p_holm, test.p);
    assert!(has_note(&comparison, BOTH) && !has_note(&comparison, FEW_SEEDS));
    let text = comparison.to_markdown();
    // Of the differences, and of the means; notes say what they cover.
    assert!(text.contains("| 95 % interval    | p "), "{text}");
    assert!(text.contains("| near  | 95 % interval "), "{text}");
    let note = "Intervals of means cover other seeds on these utterances, by Student's t.";
    assert!(has_note(&comparison, note));
    // All seeds of a model are right about the same share.
    assert!(has_note(
        &comparison,
        "A mean of equal seeds has no interval."
    ));
    for group in &comparison.groups {
        let equal = group.summaries[1];
        assert_eq!((equal.count, equal.interval), (3, None));
    }
    let row = text.lines().find(|row| row.starts_with("| near  | 95 %"));
    assert!(row.unwrap().contains("| – "), "{text}");
}

#[test]
fn notes_say_why_there_is_no_interval() {
    let few_seeds = Comparison::new(&large_entries(2, 35), &options()).unwrap();
    assert!(has_note(&few_seeds, FEW_SEEDS) && !has_note(&few_seeds, BOTH));
    assert!(!has_note(&few_seeds, FEW_UTTERANCES));
    assert!(few_seeds.groups[0].summaries[0].interval.is_none());
    let text = few_seeds.to_markdown();
    let row = text.lines().find(|row| row.starts_with("| MAE")).unwrap();
    assert_eq!(row.matches("| – ").count(), 5, "{row}");
    let small = Comparison::new(&large_entries(3, 29), &options()).unwrap();
    assert!(has_note(&small, FEW_UTTERANCES));
    let test = small.differences[0].test;
    assert!(test.p.is_some() && test.interval.is_none());
    assert!(small.groups[0].summaries[0].interval.is_none());
}

#[test]
fn the_order_of_runs_has_no_influence() {
    let mut reversed = entries();
    reversed.reverse();
    let text = |entries: &[Entry]| Comparison::new(entries, &options()).unwrap().to_markdown();
    assert_eq!(text(&entries()), text(&reversed));
}

static SCORED: AtomicUsize = AtomicUsize::new(0);

fn counted(predictions: &[f32], targets: &[f32]) -> f64 {
    SCORED.fetch_add(1, Ordering::Relaxed);
    absolute_error(predictions, targets)
}

/// Five models of one seed: each is scored on all utterances and on 20 resamples, whatever the pairs.
#[test]
fn every_model_is_scored_once_per_draw() {
    let entries = ["a", "b", "c", "d", "e"].map(|model| entry(model, 1, 0.5));
    let mut options = CompareOptions {
        resamples: 20,
        ..options()
    };
    options.metrics.truncate(1);
    options.metrics[0].score = counted;
    let comparison = Comparison::new(&entries, &options).unwrap();
    assert_eq!(comparison.differences.len(), 10);
    assert_eq!(SCORED.load(Ordering::Relaxed), 5 * 21);
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
fn a_baseline_is_subtracted_from_the_others() {
    let options = CompareOptions {
        baseline: Some("a_b".to_string()),
        ..options()
    };
    let comparison = Comparison::new(&entries(), &options).unwrap();
    assert_eq!(comparison.differences[0].baseline, "a_b");
    assert!(comparison.differences[0].test.difference > 1.6);
}
