//! Learning curves and scores on a small data set, compared with runs of the original solver.

use crate::RANDOM;
use crate::metrics::floats;
use burn::prelude::*;
use misa_core::loss::{MisaLossConfig, Similarity};
use misa_data::{Split, UtteranceDataset};
use misa_testing::{Trial, case, golden, is_long, json};
use misa_train::{Progress, Report, TrainingConfig, train_with};
use serde_json::Value;
use std::sync::PoisonError;

/// Seeds of a short test; with `MISA_LONG=1`, as many as the original ran.
const FEW: usize = 2;

pub fn cases() -> Vec<Trial> {
    let stored = json(&golden("learning").join("curves.json"));
    let objectives = stored["test_mean_std"].as_object().unwrap();
    let names: Vec<String> = objectives.keys().cloned().collect();
    let of_objective = |name: String| {
        let stored = stored.clone();
        case(&format!("learning::{name}"), move || {
            learns_as_the_original(&name, &stored);
        })
    };
    names.into_iter().map(of_objective).collect()
}

/// Mean and standard deviation.
fn spread(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares = values.iter().map(|value| (value - mean).powi(2));
    (mean, (squares.sum::<f64>() / (count - 1.0)).sqrt())
}

fn config(name: &str, hyper: &Value) -> TrainingConfig {
    let number = |key: &str| hyper[key].as_f64().unwrap();
    let similarity = match name {
        "cmd" => Similarity::Cmd,
        "adv" => Similarity::Adversarial,
        _ => panic!("{name}: no test knows this objective"),
    };
    TrainingConfig::new()
        .with_epochs(number("epochs") as usize)
        .with_batch_size(number("batch") as usize)
        .with_learning_rate(number("lr"))
        .with_d_hidden(number("hidden") as usize)
        .with_d_embedding(number("embed") as usize)
        .with_dropout(number("dropout"))
        .with_loss(MisaLossConfig::new().with_similarity(similarity))
}

fn trained(config: &TrainingConfig, seeds: usize) -> Vec<Report> {
    let data = UtteranceDataset::open(golden("learning")).unwrap();
    let scratch = tempfile::tempdir().unwrap();
    let run = |seed| {
        let config = config.clone().with_seed(seed);
        let folder = scratch.path().join(seed.to_string());
        let device = Device::flex();
        train_with(&config, data.clone(), &device, folder, Progress::Silent).unwrap()
    };
    (0..seeds as u64).map(run).collect()
}

/// Trains with the data and settings of the stored runs, and compares.
fn learns_as_the_original(name: &str, stored: &Value) {
    let _alone = RANDOM.write().unwrap_or_else(PoisonError::into_inner);
    let config = config(name, &stored["hyper"]);
    let all = stored["test_mean_std"][name]["n"].as_u64().unwrap() as usize;
    let reports = trained(&config, if is_long() { all } else { all.min(FEW) });
    check_scores(name, &reports, &stored["test_mean_std"]);
    check_curve(name, &reports, stored["runs"].as_array().unwrap());
}

/// The deviation of an objective with `count` stored runs. That of fewer than three runs is not
/// reliable, so the largest of all objectives is used instead.
fn deviation(count: usize, stored: f64, all: impl Iterator<Item = f64>) -> f64 {
    if count < 3 {
        all.fold(stored, f64::max)
    } else {
        stored
    }
}

/// Scores of the test split, within two standard deviations of the stored means.
fn check_scores(name: &str, reports: &[Report], stored: &Value) {
    for (score, key) in [("Corr", "corr"), ("MAE", "mae")] {
        let scores = reports.iter().map(|report| {
            let scores = report.scores_of(Split::Test).unwrap();
            scores.get(score).unwrap()
        });
        let (mean, own) = spread(&scores.collect::<Vec<_>>());
        let of = |objective: &Value, place: usize| f64::from(floats(&objective[key])[place]);
        let all = stored.as_object().unwrap().values();
        let all = all.map(|objective| of(objective, 1));
        let expected = of(&stored[name], 0);
        let count = stored[name]["n"].as_u64().unwrap() as usize;
        let allowed = 2.0 * deviation(count, of(&stored[name], 1), all);
        println!(
            "{name} {score}: {mean:.4} ± {own:.4}, stored {expected:.4}, allowed {allowed:.4}"
        );
        assert!(
            (mean - expected).abs() <= allowed,
            "{score}: {mean}, expected {expected} ± {allowed}"
        );
    }
}

/// The training loss: in every epoch the mean lies within two standard deviations of that of the
/// stored runs, and over all epochs the distance is one at most, as a root mean square.
fn check_curve(name: &str, reports: &[Report], runs: &[Value]) {
    let curves = |is_cmd: bool, epoch: usize| -> Vec<f64> {
        let runs = runs.iter().filter(|run| run["cmd"] == is_cmd);
        runs.filter_map(|run| run["train_loss"].get(epoch)?.as_f64())
            .collect()
    };
    let epochs = reports.iter().map(|report| report.history.len()).min();
    let mut squares = 0.0;
    for epoch in 0..epochs.unwrap() {
        let losses = reports
            .iter()
            .map(|report| report.history[epoch].train.total);
        let (mean, _) = spread(&losses.collect::<Vec<_>>());
        let stored = curves(name == "cmd", epoch);
        let (expected, own) = spread(&stored);
        let all = [true, false].map(|is_cmd| spread(&curves(is_cmd, epoch)).1);
        let deviation = deviation(stored.len(), own, all.into_iter());
        let distance = (mean - expected) / deviation;
        println!(
            "{name} epoch {}: {mean:.4}, stored {expected:.4} ± {deviation:.4}",
            epoch + 1
        );
        assert!(
            distance.abs() <= 2.0,
            "epoch {}: {mean}, expected {expected} ± {deviation}",
            epoch + 1
        );
        squares += distance.powi(2);
    }
    let distance = (squares / epochs.unwrap() as f64).sqrt();
    assert!(distance <= 1.0, "the curve is {distance} deviations away");
}
