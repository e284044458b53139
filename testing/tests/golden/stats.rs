//! Differences between two systems, compared with resampling by NumPy and SciPy.

use misa_report::compare::{Bootstrap, Metric, Prediction};
use misa_testing::{Tensors, Trial, case, golden, json};
use misa_train::score;
use serde_json::Value;

/// Enough for an error of a hundredth in a probability.
const RESAMPLES: usize = 4000;

/// The kind of resampling of [`Bootstrap::paired`]: utterances are drawn, seeds are kept.
const MODE: &str = "fixed";

pub fn cases() -> Vec<Trial> {
    let tables = json(&golden("stats").join("tables.json"));
    let tables = tables.as_object().unwrap().iter();
    let of_table = |(name, table): (&String, &Value)| {
        let (key, table) = (name.clone(), table.clone());
        case(&format!("stats::{name}"), move || check(&key, &table))
    };
    tables.map(of_table).collect()
}

fn metric(name: &str) -> Metric {
    type Score = fn(&[f32], &[f32]) -> f64;
    let (name, score): (_, Score) = match name {
        "mae" => ("MAE", score::mean_absolute_error),
        "corr" => ("Corr", score::pearson_correlation),
        "acc2" => ("Acc-2", score::negative_accuracy),
        _ => panic!("{name}: no test knows this score"),
    };
    Metric {
        name,
        is_better_high: true,
        is_share: false,
        score,
    }
}

/// The predictions of each seed.
fn system(predictions: &[Vec<f64>], labels: &[f64]) -> Vec<Vec<Prediction>> {
    let row = |(index, (&prediction, &target)): (usize, (&f64, &f64))| Prediction {
        id: index.to_string(),
        prediction: prediction as f32,
        target: target as f32,
    };
    let seed = |seed: &Vec<f64>| seed.iter().zip(labels).enumerate().map(row).collect();
    predictions.iter().map(seed).collect()
}

fn check(name: &str, table: &Value) {
    let tensors = Tensors::read(&golden("stats").join("tables.safetensors"));
    let labels = tensors.floats(&format!("{name}.y"));
    let systems = ["a", "b"].map(|key| system(&tensors.rows(&format!("{name}.{key}")), &labels));
    let [one, other] = systems
        .each_ref()
        .map(|seeds| -> Vec<&[Prediction]> { seeds.iter().map(Vec::as_slice).collect() });
    // A score that counts utterances moves in steps.
    let step = 1.0 / (labels.len() * one.len().min(other.len())) as f64;
    for (score, difference) in table["difference"].as_object().unwrap() {
        let found = Bootstrap::paired(&one, &other, &metric(score), RESAMPLES, 11).unwrap();
        assert_within(score, found.difference, difference.as_f64().unwrap(), 1e-6);
        let Some(expected) = table["bootstrap"].get(format!("{MODE}.{score}")) else {
            continue;
        };
        let step = if score == "acc2" { step } else { 0.0 };
        check_resampled(score, &found, expected, step);
    }
}

/// Four standard errors of both computations.
fn check_resampled(score: &str, found: &Bootstrap, expected: &Value, step: f64) {
    let number = |key: &str| expected[key].as_f64().unwrap();
    let count = RESAMPLES as f64;
    let error = 2.7 * number("se") / count.sqrt();
    let ends = [found.interval.0, found.interval.1];
    for (end, found) in ends.into_iter().enumerate() {
        let reference = expected["ci95_mc_sd"][end].as_f64().unwrap();
        let allowed = 4.0 * error.hypot(reference) + 1e-6 + step;
        let expected = expected["ci95"][end].as_f64().unwrap();
        assert_within(&format!("{score}: end {end}"), found, expected, allowed);
    }
    let p = number("p");
    let own = (p * (1.0 - p / 2.0) * 2.0 / count).sqrt();
    let allowed = 4.0 * own.hypot(number("p_mc_sd")) + 2.0 / (count + 1.0);
    assert_within(&format!("{score}: p"), found.p, p, allowed);
}

fn assert_within(what: &str, found: f64, expected: f64, allowed: f64) {
    assert!(
        (found - expected).abs() <= allowed,
        "{what}: expected {expected} ± {allowed}, found {found}"
    );
}
