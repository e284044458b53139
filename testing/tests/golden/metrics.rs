//! Scores of synthetic predictions.

use misa_core::Task;
use misa_testing::{Trial, case, golden, json, unknown};
use misa_train::score::{self, sims};
use serde_json::Value;

/// The official code computes the mean absolute error in single precision.
const OFFICIAL: f64 = 1e-6;
/// MMSA rounds to four digits.
const MMSA: f64 = 1e-4;

/// Numbers, or rows of numbers one after the other.
pub fn floats(value: &Value) -> Vec<f32> {
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
        None => assert!(found.is_nan(), "{what}: expected NaN, found {found}"),
    }
}

pub fn cases() -> Vec<Trial> {
    let metrics = json(&golden("metrics").join("metrics.json"));
    let groups = metrics.as_object().unwrap().iter();
    let cases = groups.flat_map(|(group, cases)| {
        let cases = cases.as_object().unwrap().iter();
        cases.map(move |(name, values)| metric_case(group, name, values.clone()))
    });
    cases.collect()
}

fn metric_case(group: &str, name: &str, values: Value) -> Trial {
    let what = format!("metrics::{group}::{name}");
    let check = match group {
        "regression" => regression,
        "classification" => two_classes,
        "mmsa_classification" => three_classes,
        _ => return unknown(&what),
    };
    let place = format!("{group}.{name}");
    case(&what, move || {
        let predictions = floats(&values["y_pred"]);
        check(&place, &predictions, &floats(&values["y_true"]), &values);
    })
}

fn regression(what: &str, p: &[f32], t: &[f32], case: &Value) {
    for (source, expected) in case.as_object().unwrap() {
        if source.starts_with("y_") || expected.get("error").is_some() {
            // The original fails if all targets are 0; our score is NaN.
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

fn two_classes(what: &str, logits: &[f32], targets: &[f32], case: &Value) {
    let expected = &case["misa_official"];
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
fn three_classes(what: &str, logits: &[f32], targets: &[f32], case: &Value) {
    let expected = &case["mmsa_mosi"];
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
