//! Run folders as the rows of a comparison.

use crate::settings_of;
use misa_core::Task;
use misa_data::Split;
use misa_report::compare::{Entry, Metric, Prediction};
use misa_train::{
    Manifest, Predictions, Report, Status,
    score::{Goal, scores},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

/// How deep runs may lie in a folder: that of a sweep, and that of its seeds.
const DEPTH: usize = 3;

/// A run folder, and the name that the user has for its model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NamedRun {
    pub folder: PathBuf,
    pub model: Option<String>,
}

/// The run folders in and below each of `texts`, which are `PATH` or `MODEL=PATH`.
///
/// # Errors
///
/// If a folder cannot be read, or there is no run in it.
pub(crate) fn run_folders(texts: &[String]) -> Result<Vec<NamedRun>, Box<dyn Error>> {
    let mut found: BTreeMap<PathBuf, Option<String>> = BTreeMap::new();
    for text in texts {
        let (model, path) = match text.split_once('=') {
            Some((model, path)) if !Path::new(text).exists() => (Some(model.to_string()), path),
            _ => (None, text.as_str()),
        };
        let mut inside = BTreeSet::new();
        let at = |error: io::Error| format!("{path}: {error}");
        search(Path::new(path), DEPTH, &mut inside).map_err(at)?;
        if inside.is_empty() {
            return Err(format!("{path}: no run, expected a manifest.json").into());
        }
        found.extend(inside.into_iter().map(|folder| (folder, model.clone())));
    }
    let named = found.into_iter();
    Ok(named
        .map(|(folder, model)| NamedRun { folder, model })
        .collect())
}

fn search(path: &Path, depth: usize, found: &mut BTreeSet<PathBuf>) -> io::Result<()> {
    if path.join("manifest.json").is_file() {
        found.insert(path.to_path_buf());
        return Ok(());
    }
    if depth == 0 {
        return Ok(());
    }
    for entry in fs::read_dir(path)? {
        let inside = entry?.path();
        if inside.is_dir() {
            search(&inside, depth - 1, found)?;
        }
    }
    Ok(())
}

/// The scores of a task, as a comparison reads them.
pub(crate) fn metrics(task: Task) -> Vec<Metric> {
    let metric = |named: &misa_train::score::NamedScore| Metric {
        name: named.name,
        is_better_high: named.goal == Goal::Higher,
        is_share: !["MAE", "Corr"].contains(&named.name),
        score: named.score,
    };
    scores(task).iter().map(metric).collect()
}

/// The finished runs of `folders` that were scored on `split`, and what is left out, in words.
///
/// # Errors
///
/// If a folder is no run or its files cannot be read.
pub(crate) fn entries(
    named: &[NamedRun],
    split: Split,
) -> Result<(Vec<Entry>, Vec<String>), Box<dyn Error>> {
    let mut runs = Vec::new();
    let mut left_out = Vec::new();
    for run in named {
        let manifest = Manifest::read(&run.folder)?;
        let name = run.folder.display();
        if manifest.status != Status::Finished {
            left_out.push(format!("{name}: not finished"));
            continue;
        }
        let report = Report::read(&run.folder)?;
        match report.scores_of(split) {
            Some(_) => runs.push((run, manifest, report)),
            None => left_out.push(format!("{name}: not scored on the {split} split")),
        }
    }
    let models = models(runs.iter().map(|(_, manifest, _)| manifest));
    let mut entries = Vec::new();
    for ((run, manifest, report), model) in runs.into_iter().zip(models) {
        let predictions = Predictions::read(&run.folder, split)?;
        let model = run.model.clone().unwrap_or(model);
        entries.push(entry(
            (&run.folder, &manifest, &report),
            split,
            model,
            predictions,
        ));
    }
    Ok((entries, left_out))
}

fn entry(
    (folder, manifest, report): (&Path, &Manifest, &Report),
    split: Split,
    model: String,
    predictions: Predictions,
) -> Entry {
    let settings = settings_of(folder, manifest).ok();
    let system = &report.system;
    let provenance = [
        ("settings", manifest.config_checksum.clone()),
        ("data", manifest.data.checksum.clone()),
        (
            "versions",
            format!("misa {}, burn {}", system.misa, system.burn),
        ),
        (
            "device",
            format!("{} on {}", system.device, system.platform),
        ),
        ("command", system.command.join(" ")),
    ];
    let row = |row: misa_train::PredictionRow| Prediction {
        id: row.id,
        prediction: row.prediction,
        target: row.target,
    };
    Entry {
        run: folder.display().to_string(),
        model,
        data: settings.map_or(report.data.format.clone(), |settings| settings.data.name()),
        data_checksum: manifest.data.checksum.clone(),
        seed: manifest.config.seed,
        split: split.to_string(),
        scores: report
            .scores_of(split)
            .map(|scores| scores.scores.clone())
            .unwrap_or_default(),
        predictions: predictions.0.into_iter().map(row).collect(),
        openings: if split == Split::Test {
            manifest.test_openings()
        } else {
            0
        },
        trained_after_opening: manifest.trained_after_opening(),
        provenance: provenance
            .map(|(name, value)| (name.to_string(), value))
            .to_vec(),
    }
}

/// A name for everything that a run was told but its seed: the settings in which the runs differ.
fn models<'a>(manifests: impl Iterator<Item = &'a Manifest>) -> Vec<String> {
    let settings: Vec<BTreeMap<String, String>> = manifests
        .map(|manifest| {
            let mut fields = BTreeMap::new();
            let config = serde_json::to_value(&manifest.config).unwrap_or(Value::Null);
            flatten("", &config, &mut fields);
            fields.remove("seed");
            fields
        })
        .collect();
    let keys: BTreeSet<&String> = settings.iter().flat_map(BTreeMap::keys).collect();
    let differing: Vec<&String> = keys
        .into_iter()
        .filter(|key| {
            settings
                .iter()
                .any(|fields| fields.get(*key) != settings[0].get(*key))
        })
        .collect();
    let name = |fields: &BTreeMap<String, String>| {
        let parts = differing
            .iter()
            .filter_map(|key| Some(format!("{key}={}", fields.get(*key)?)));
        let parts: Vec<String> = parts.collect();
        match parts.is_empty() {
            true => "misa".to_string(),
            false => parts.join(", "),
        }
    };
    settings.iter().map(name).collect()
}

fn flatten(key: &str, value: &Value, fields: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(inside) => {
            for (name, value) in inside {
                let separator = if key.is_empty() { "" } else { "." };
                flatten(&format!("{key}{separator}{name}"), value, fields);
            }
        }
        Value::String(text) => {
            fields.insert(key.to_string(), text.clone());
        }
        value => {
            fields.insert(key.to_string(), value.to_string());
        }
    }
}
