//! Differences between two systems in the scores of a run, compared with NumPy and SciPy.
//!
//! `crates/misa-report/tests/it/differences.rs` has more of these, and `equality.rs` the simulation.

use misa_report::compare::{CombinedT, FEWEST_SEEDS, Metric, Prediction};
use misa_testing::{Tensors, Trial, case, golden, json};
use misa_train::score;
use serde_json::Value;

/// Enough for an error of a hundredth in a standard error.
const RESAMPLES: usize = 4000;

/// The way of resampling of a [`CombinedT`], which adds the seeds by a formula: utterances are drawn,
/// seeds are kept.
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
    let (name, range, score): (_, _, Score) = match name {
        "mae" => ("MAE", (0.0, f64::INFINITY), score::mean_absolute_error),
        "corr" => ("Corr", (-1.0, 1.0), score::pearson_correlation),
        "acc2" => ("Acc-2", (0.0, 1.0), score::negative_accuracy),
        _ => panic!("{name}: no test knows this score"),
    };
    Metric {
        name,
        is_better_high: true,
        is_share: false,
        range,
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
    for (score, difference) in table["difference"].as_object().unwrap() {
        let found = CombinedT::of(&one, &other, &metric(score), RESAMPLES, 11).unwrap();
        assert_within(score, found.difference, difference.as_f64().unwrap(), 1e-6);
        if let Some(expected) = table["bootstrap"].get(format!("{MODE}.{score}")) {
            check_utterances(score, &found, expected);
        }
        if score == "mae" {
            check_seeds(&found, &table["welch_t_on_seed_mae"]);
            let has_seeds = one.len().min(other.len()) >= FEWEST_SEEDS;
            assert_eq!(found.p.is_some(), has_seeds);
            assert_eq!(found.interval.is_some(), has_seeds);
        }
    }
}

/// The standard error between utterances, within four standard errors of both computations.
fn check_utterances(score: &str, found: &CombinedT, expected: &Value) {
    let number = |key: &str| expected[key].as_f64().unwrap();
    let error = number("se");
    let inverse_counts = 1.0 / RESAMPLES as f64 + 1.0 / number("resamples");
    let allowed = 4.0 * error * (inverse_counts / 2.0).sqrt() + 1e-6;
    let utterances = found.utterances as f64;
    let bootstrap_variance = found.utterance_variance.unwrap() * (utterances - 1.0) / utterances;
    assert_within(score, bootstrap_variance.sqrt(), error, allowed);
}

/// The standard error between seeds, which is that of Welch's test where there is one.
fn check_seeds(found: &CombinedT, welch: &Value) {
    if let Some(t) = welch["t"].as_f64() {
        let error = found.seed_variance.unwrap().sqrt();
        assert_within(
            "t over seeds",
            found.difference / error,
            t,
            1e-5 * t.abs().max(1.0),
        );
    }
}

fn assert_within(what: &str, found: f64, expected: f64, allowed: f64) {
    assert!(
        (found - expected).abs() <= allowed,
        "{what}: expected {expected} ± {allowed}, found {found}"
    );
}
