//! What a small data set is learned to, compared with runs of the original solver.

use crate::{RANDOM, metrics::floats};
use burn::prelude::*;
use misa_core::loss::{MisaLossConfig, Similarity};
use misa_data::{Split, UtteranceDataset};
use misa_testing::{Trial, case, golden, is_long, json};
use misa_train::{Progress, Report, TrainingConfig, train_with};
use serde_json::Value;
use std::sync::PoisonError;

/// Seeds of a short test; `MISA_LONG=1` asks for as many as the original ran.
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

/// The same data and settings as the stored runs.
fn learns_as_the_original(name: &str, stored: &Value) {
    let _alone = RANDOM.write().unwrap_or_else(PoisonError::into_inner);
    let config = config(name, &stored["hyper"]);
    let expected = &stored["test_mean_std"][name];
    let all = expected["n"].as_u64().unwrap() as usize;
    let reports = trained(&config, if is_long() { all } else { all.min(FEW) });
    check_scores(&reports, expected);
    let runs = stored["runs"].as_array().unwrap().iter();
    let runs: Vec<_> = runs
        .filter(|run| run["cmd"] == Value::Bool(name == "cmd"))
        .collect();
    check_curves(config.epochs, &reports, &runs);
}

/// Within two standard deviations of the stored means.
fn check_scores(reports: &[Report], expected: &Value) {
    for (name, key) in [("Corr", "corr"), ("MAE", "mae")] {
        let scores = reports.iter().map(|report| {
            let scores = report.scores_of(Split::Test).unwrap();
            scores.get(name).unwrap()
        });
        let (mean, deviation) = spread(&scores.collect::<Vec<_>>());
        let [expected, allowed] = floats(&expected[key])[..] else {
            panic!("{key}: expected a mean and a deviation")
        };
        println!("{name}: {mean:.4} ± {deviation:.4}, stored {expected:.4} ± {allowed:.4}");
        assert!(
            (mean - f64::from(expected)).abs() <= 2.0 * f64::from(allowed),
            "{name}: {mean}, expected {expected} ± {allowed}"
        );
    }
}

/// The mean training loss of every epoch.
fn check_curves(epochs: usize, reports: &[Report], runs: &[&Value]) {
    for epoch in 0..epochs {
        let losses = reports
            .iter()
            .filter_map(|report| report.history.get(epoch));
        let losses: Vec<_> = losses.map(|record| record.train.total).collect();
        let curves = runs
            .iter()
            .filter_map(|run| run["train_loss"].get(epoch)?.as_f64());
        let (mean, _) = spread(&losses);
        let (expected, deviation) = spread(&curves.collect::<Vec<_>>());
        println!(
            "epoch {}: {mean:.4}, stored {expected:.4} ± {deviation:.4}",
            epoch + 1
        );
        assert!(
            (mean - expected).abs() <= 2.0 * deviation,
            "epoch {}: {mean}, expected {expected} ± {deviation}",
            epoch + 1
        );
    }
}
