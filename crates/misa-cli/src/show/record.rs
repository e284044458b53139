//! What a run folder holds, in the terms of `misa-report`.

use crate::RunSource;
use burn::tensor::Device;
use misa_core::{Task, loss::MisaLossTerms};
use misa_data::{Split, Utterance};
use misa_report::{Attention, Curve, Predictions, RunRecord, Section, SplitScores};
use misa_train::{Checkpoint, EpochRecord, Manifest, Phase, Report, Representations, open_test};
use serde_json::Value;
use std::{error::Error, path::Path};

/// Everything that a finished run found, with what its model makes of `split`.
///
/// A look at the test split is written down, as every one is.
///
/// # Errors
///
/// If the run is not finished, or its files or data cannot be read.
pub(crate) fn record(
    folder: &Path,
    split: Split,
    moved: Option<&Path>,
    device: &Device,
) -> Result<RunRecord, Box<dyn Error>> {
    let source = RunSource::open(folder, moved)?;
    let report = Report::read(folder)?;
    let checkpoint = Checkpoint::load(folder.join(Checkpoint::FOLDER), device)?;
    let (development, test) = source.data;
    let opened: Vec<Utterance>;
    let utterances = match split {
        Split::Test => {
            opened = open_test(folder, test)?;
            opened.as_slice()
        }
        split => development.dataset().split(split),
    };
    let found = checkpoint.represent(utterances, device)?;
    Ok(RunRecord {
        title: format!(
            "{}, seed {}",
            source.settings.data.name(),
            report.config.seed
        ),
        classes: classes(report.config.loss.task),
        facts: facts(&report, &source.manifest),
        notes: notes(&report, &source.manifest),
        scores: report.scores.iter().map(scores).collect(),
        curves: curves(&report.history),
        best_epoch: Some(report.best_epoch).filter(|&epoch| epoch > 0),
        predictions: Some(Predictions {
            split: split.to_string(),
            ids: found.ids.clone(),
            predictions: found.predictions.clone(),
            targets: found.targets.clone(),
            lengths: found.steps.clone(),
        }),
        attention: attention(&found, split),
        representations: Some(representations(found, split)),
    })
}

fn classes(task: Task) -> Vec<String> {
    match task {
        Task::Regression => Vec::new(),
        Task::Classification { classes: 2 } => {
            ["not humorous", "humorous"].map(str::to_string).into()
        }
        Task::Classification { classes } => (0..classes).map(|class| class.to_string()).collect(),
    }
}

fn scores((split, scores): &(Split, misa_train::Scores)) -> SplitScores {
    SplitScores {
        split: split.to_string(),
        utterances: scores.utterances,
        scores: scores.scores.clone(),
    }
}

fn representations(found: Representations, split: Split) -> misa_report::Representations {
    let modalities = found.modalities.clone();
    let used = |values: &misa_core::PerModality<Vec<f32>>| {
        let modalities = modalities.iter();
        modalities
            .map(|&modality| values.get(modality).clone())
            .collect()
    };
    misa_report::Representations {
        split: split.to_string(),
        modalities: modalities.iter().map(ToString::to_string).collect(),
        d_hidden: found.d_hidden,
        shared: used(&found.shared),
        private: used(&found.private),
        targets: found.targets,
    }
}

/// The attention of a fusion that has one.
fn attention(found: &Representations, split: Split) -> Option<Attention> {
    Some(Attention {
        split: split.to_string(),
        tokens: found.token_names(),
        weights: found.mean_attention()?,
    })
}

/// Every loss term of training, the task loss of both splits, and every score of the valid split.
fn curves(history: &[EpochRecord]) -> Vec<Curve> {
    let (before, history): (Vec<_>, Vec<_>) =
        (history.iter().cloned()).partition(|epoch: &EpochRecord| epoch.phase != Phase::Joint);
    let mut curves = Vec::new();
    if !before.is_empty() {
        let panel = "pre-training";
        let train = before.iter().map(|epoch| Some(epoch.train.task));
        let valid = before.iter().map(|epoch| Some(epoch.valid_task));
        for (name, values) in [("train", train.collect()), ("valid", valid.collect())] {
            let (panel, name) = (panel.to_string(), name.to_string());
            curves.push(Curve {
                panel,
                name,
                values,
            });
        }
    }
    let curve = |panel: &str, name: &str, value: &dyn Fn(&EpochRecord) -> Option<f64>| Curve {
        panel: panel.to_string(),
        name: name.to_string(),
        values: history.iter().map(value).collect(),
    };
    curves.extend([
        curve("task loss", "train", &|epoch| Some(epoch.train.task)),
        curve("task loss", "valid", &|epoch| Some(epoch.valid_task)),
    ]);
    for (term, name) in MisaLossTerms::NAMES.into_iter().enumerate().skip(1) {
        let value = |epoch: &EpochRecord| epoch.train.named()[term].1;
        // A term that is switched off is 0 throughout.
        if history.iter().any(|epoch| value(epoch) != 0.0) {
            curves.push(curve(&format!("{name} loss"), "train", &|epoch| {
                Some(value(epoch))
            }));
        }
    }
    let names = history.first().map_or(&[][..], |epoch| &epoch.valid);
    curves.extend(names.iter().map(|(name, _)| {
        curve(name, "valid", &|epoch| {
            let mut scores = epoch.valid.iter();
            scores.find(|(found, _)| found == name)?.1
        })
    }));
    curves
}

fn notes(report: &Report, manifest: &Manifest) -> Vec<String> {
    let mut notes = Vec::new();
    if report.scores_of(Split::Test).is_none() {
        notes.push(
            "Scores are of the valid split, which also chose the model, and so are too good."
                .to_string(),
        );
    }
    match manifest.test_openings() {
        0 | 1 => {}
        times => notes.push(format!("The test split was looked at {times} times.")),
    }
    if manifest.trained_after_opening() {
        notes.push("The run was trained after its test split had been looked at.".to_string());
    }
    notes.extend(
        report
            .data
            .notes
            .iter()
            .map(|note| format!("Data: {note}.")),
    );
    notes
}

fn facts(report: &Report, manifest: &Manifest) -> Vec<Section> {
    let row = |name: &str, value: String| (name.to_string(), value);
    let counts: Vec<String> = (report.data.utterances.iter())
        .map(|(split, count)| format!("{split} {count}"))
        .collect();
    let system = &report.system;
    let mut run = vec![
        row(
            "data",
            format!("{}: {}", report.data.format, counts.join(", ")),
        ),
        row("data SHA-256", report.data.checksum.clone()),
        row("settings SHA-256", manifest.config_checksum.clone()),
        row("seed", report.config.seed.to_string()),
        row(
            "model of epoch",
            format!("{} of {}", report.best_epoch, report.history.len()),
        ),
        row("parameters", report.parameters.to_string()),
        row(
            "device",
            format!("{} on {}", system.device, system.platform),
        ),
        row(
            "versions",
            format!("misa {}, burn {}", system.misa, system.burn),
        ),
        row("starts", manifest.sessions.len().to_string()),
        row("wall time", format!("{:.1} s", report.seconds)),
    ];
    if let Some(bytes) = report.peak_memory {
        run.push(row("peak memory", format!("{} MiB", bytes >> 20)));
    }
    run.push(row("command", system.command.join(" ")));
    let config = serde_json::to_value(&report.config).unwrap_or(Value::Null);
    let mut settings = Vec::new();
    flatten("", &config, &mut settings);
    [("Run", run), ("Settings", settings)]
        .into_iter()
        .map(|(name, rows)| Section {
            name: name.to_string(),
            rows,
        })
        .collect()
}

fn flatten(key: &str, value: &Value, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let separator = if key.is_empty() { "" } else { "." };
                flatten(&format!("{key}{separator}{name}"), value, rows);
            }
        }
        Value::Null => rows.push((key.to_string(), "none".to_string())),
        Value::String(text) => rows.push((key.to_string(), text.clone())),
        value => rows.push((key.to_string(), value.to_string())),
    }
}
