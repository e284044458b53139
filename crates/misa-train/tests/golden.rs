//! Equality with values produced by running the original evaluation and training code.
//!
//! The folder is `datasets/golden`, or the one `MISA_GOLDEN_DIR` names; its README tells how the
//! values were made.

#![allow(clippy::unwrap_used)]

use burn::prelude::*;
use misa_core::Task;
use misa_data::{Split, UtteranceDataset};
use misa_train::{
    Progress, TrainingConfig,
    score::{self, sims},
    train_with,
};
use serde_json::Value;
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// The mean absolute error is a single-precision mean there.
const OFFICIAL: f64 = 1e-6;
/// MMSA rounds to four digits.
const MMSA: f64 = 1e-4;

fn folder(kind: &str) -> PathBuf {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../datasets/golden");
    env::var_os("MISA_GOLDEN_DIR")
        .map_or(repository, PathBuf::from)
        .join(kind)
}

fn read(path: PathBuf) -> Value {
    let json = fs::read(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"));
    serde_json::from_slice(&json).unwrap()
}

/// Numbers, or rows of numbers one after the other.
fn floats(value: &Value) -> Vec<f32> {
    match value.as_array() {
        Some(values) => values.iter().flat_map(floats).collect(),
        None => vec![value.as_f64().unwrap() as f32],
    }
}

fn assert_score(what: &str, found: f64, expected: &Value, tolerance: f64) {
    match expected.as_f64() {
        Some(expected) => assert!(
            (found - expected).abs() <= tolerance * expected.abs().max(1.0),
            "{what}: expected {expected}, found {found}"
        ),
        None => assert!(found.is_nan(), "{what}: expected no number, found {found}"),
    }
}

#[test]
fn golden_metrics() {
    let metrics = read(folder("metrics").join("metrics.json"));
    for (group, cases) in metrics.as_object().unwrap() {
        for (name, case) in cases.as_object().unwrap() {
            let what = format!("{group}.{name}");
            let values = floats(&case["y_pred"]);
            let targets = floats(&case["y_true"]);
            match group.as_str() {
                "regression" => regression(&what, &values, &targets, case),
                "classification" => two_classes(&what, &values, &targets, &case["misa_official"]),
                "mmsa_classification" => {
                    three_classes(&what, &values, &targets, &case["mmsa_mosi"])
                }
                _ => panic!("{group}: no test knows this group"),
            }
        }
    }
}

fn regression(what: &str, p: &[f32], t: &[f32], case: &Value) {
    for (source, expected) in case.as_object().unwrap() {
        if source.starts_with("y_") || expected.get("error").is_some() {
            // The original stops where no target is polar; ours has no score there.
            continue;
        }
        for (key, expected) in expected.as_object().unwrap() {
            let (found, tolerance) = match source.as_str() {
                "misa_official" if key == "report_text" => continue,
                "misa_official" => (official(key, p, t), OFFICIAL),
                "mmsa_mosi" | "mmsa_mosei" => (mmsa(key, p, t), MMSA),
                "mmsa_sims" => (mmsa_sims(key, p, t), MMSA),
                _ => panic!("{source}: no test knows this source"),
            };
            assert_score(
                &format!("{what}.{source}.{key}"),
                found,
                expected,
                tolerance,
            );
        }
    }
}

fn official(key: &str, p: &[f32], t: &[f32]) -> f64 {
    match key {
        "returned_accuracy" | "acc2_nonneg_neg" => score::negative_accuracy(p, t),
        "mae" => score::mean_absolute_error(p, t),
        "corr" => score::pearson_correlation(p, t),
        "mult_a7" => score::seven_class_accuracy(p, t),
        "mult_a5" => score::five_class_accuracy(p, t),
        "acc2_pos_neg_nonzero" => score::polarity_accuracy(p, t),
        "f1_weighted_nonneg_neg" => score::negative_f1(p, t),
        // The original swaps predictions and targets here, so that predictions weigh the classes.
        "f_score" => {
            let polar = p.iter().zip(t).filter(|(_, t)| **t != 0.0);
            let sign = |x: &f32| f32::from(u8::from(*x > 0.0));
            let (p, t): (Vec<_>, Vec<_>) = polar.map(|(p, t)| (sign(p), sign(t))).unzip();
            score::weighted_f1(&t, &p)
        }
        _ => panic!("{key}: no test knows this score"),
    }
}

fn mmsa(key: &str, p: &[f32], t: &[f32]) -> f64 {
    match key {
        "Has0_acc_2" => score::negative_accuracy(p, t),
        "Has0_F1_score" => score::negative_f1(p, t),
        "Non0_acc_2" => score::polarity_accuracy(p, t),
        "Non0_F1_score" => score::polarity_f1(p, t),
        "Mult_acc_5" => score::five_class_accuracy(p, t),
        "Mult_acc_7" => score::seven_class_accuracy(p, t),
        "MAE" => score::mean_absolute_error(p, t),
        "Corr" => score::pearson_correlation(p, t),
        _ => panic!("{key}: no test knows this score"),
    }
}

fn mmsa_sims(key: &str, p: &[f32], t: &[f32]) -> f64 {
    let (clipped_p, clipped_t) = (sims::clipped(p), sims::clipped(t));
    match key {
        "MAE" => score::mean_absolute_error(&clipped_p, &clipped_t),
        "Corr" => score::pearson_correlation(&clipped_p, &clipped_t),
        "F1_score" => sims::two_class_f1(p, t),
        "Mult_acc_2" => sims::two_class_accuracy(p, t),
        "Mult_acc_3" => sims::three_class_accuracy(p, t),
        "Mult_acc_5" => sims::five_class_accuracy(p, t),
        _ => panic!("{key}: no test knows this score"),
    }
}

fn two_classes(what: &str, logits: &[f32], targets: &[f32], expected: &Value) {
    let classes = score::decide(Task::Classification { classes: 2 }, logits);
    for (key, expected) in expected.as_object().unwrap() {
        let found = match key.as_str() {
            "report_text" | "confusion" => continue,
            "returned_accuracy" | "acc2_pos_neg_nonzero" => score::accuracy(&classes, targets),
            "f1_weighted" => score::weighted_f1(&classes, targets),
            _ => panic!("{what}.{key}: no test knows this score"),
        };
        assert_score(&format!("{what}.{key}"), found, expected, OFFICIAL);
    }
}

/// Classes negative, neutral, positive. In its score without neutral targets, MMSA compares
/// predictions 0 and 1 with targets 0 and 2, so that a positive one is never right; the stored
/// value is met by doing the same.
fn three_classes(what: &str, logits: &[f32], targets: &[f32], expected: &Value) {
    let all = score::decide(Task::Classification { classes: 3 }, logits);
    let ends: Vec<f32> = logits.chunks(3).flat_map(|row| [row[0], row[2]]).collect();
    let ends = score::decide(Task::Classification { classes: 2 }, &ends);
    let above: Vec<f32> = targets
        .iter()
        .map(|t| f32::from(u8::from(*t > 1.0)))
        .collect();
    let polar = ends.iter().zip(targets).filter(|(_, t)| **t != 1.0);
    let (polar_ends, polar_targets): (Vec<f32>, Vec<f32>) = polar.unzip();
    for (key, expected) in expected.as_object().unwrap() {
        let found = match key.as_str() {
            "Acc_3" => score::accuracy(&all, targets),
            "F1_score_3" => score::weighted_f1(&all, targets),
            "Has0_acc_2" => score::accuracy(&ends, &above),
            "Has0_F1_score" => score::weighted_f1(&ends, &above),
            "Non0_acc_2" => score::accuracy(&polar_ends, &polar_targets),
            "Non0_F1_score" => score::weighted_f1(&polar_ends, &polar_targets),
            _ => panic!("{what}.{key}: no test knows this score"),
        };
        assert_score(&format!("{what}.{key}"), found, expected, MMSA);
    }
}

/// Mean and standard deviation.
fn spread(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2));
    (mean, (squares.sum::<f64>() / (count - 1.0)).sqrt())
}

/// The same data and settings as the stored runs of the original solver, five seeds: the scores
/// must lie within two standard deviations of the stored means, and the mean curve of the training
/// loss within two standard deviations of the stored curves.
#[test]
fn golden_learning() {
    let stored = read(folder("learning").join("curves.json"));
    let hyper = |key: &str| stored["hyper"][key].as_f64().unwrap();
    let epochs = hyper("epochs") as usize;
    let config = TrainingConfig::new()
        .with_epochs(epochs)
        .with_batch_size(hyper("batch") as usize)
        .with_learning_rate(hyper("lr"))
        .with_d_hidden(hyper("hidden") as usize)
        .with_d_embedding(hyper("embed") as usize)
        .with_dropout(hyper("dropout"));
    let data = UtteranceDataset::open(folder("learning")).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let reports: Vec<_> = (0..5)
        .map(|seed| {
            let config = config.clone().with_seed(seed);
            let device = Device::flex();
            train_with(
                &config,
                data.clone(),
                &device,
                scratch.path(),
                Progress::Silent,
            )
            .unwrap()
        })
        .collect();

    for (name, key) in [("Corr", "corr"), ("MAE", "mae")] {
        let scores = reports.iter().map(|report| {
            let scores = report.scores_of(Split::Test).unwrap();
            scores.get(name).unwrap()
        });
        let (mean, deviation) = spread(&scores.collect::<Vec<_>>());
        let [expected, allowed] = floats(&stored["test_mean_std"]["cmd"][key])[..] else {
            panic!("{key}: expected a mean and a deviation")
        };
        println!("{name}: {mean:.4} ± {deviation:.4}, stored {expected:.4} ± {allowed:.4}");
        assert!(
            (mean - f64::from(expected)).abs() <= 2.0 * f64::from(allowed),
            "{name}"
        );
    }
    let runs = stored["runs"].as_array().unwrap().iter();
    let runs: Vec<_> = runs.filter(|run| run["cmd"] == true).collect();
    for epoch in 0..epochs {
        let losses = reports
            .iter()
            .filter_map(|report| report.history.get(epoch));
        let losses: Vec<_> = losses.map(|record| record.train.total).collect();
        let curves = runs
            .iter()
            .filter_map(|run| run["train_loss"].get(epoch)?.as_f64());
        let (mean, _) = spread(&losses);
        let (expected, allowed) = spread(&curves.collect::<Vec<_>>());
        println!(
            "epoch {}: {mean:.4}, stored {expected:.4} ± {allowed:.4}",
            epoch + 1
        );
        assert!(
            (mean - expected).abs() <= 2.0 * allowed,
            "epoch {}",
            epoch + 1
        );
    }
}
