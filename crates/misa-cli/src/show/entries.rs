//! Run folders as the rows of a comparison.

use super::error::{same_scale, same_task, scale_of};
use super::names::names_of;
use crate::runs::NamedRun;
use crate::settings::RunSettings;
use crate::settings_of;
use misa_core::Task;
use misa_data::Split;
use misa_report::compare::{Entry, Metric, Prediction};
use misa_train::score::{Goal, scores};
use misa_train::{CorpusEvidence, CorpusSummary, Manifest, Predictions, Report};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::Path;

/// Scored runs.
#[derive(Debug)]
pub(crate) struct Entries {
    pub entries: Vec<Entry>,
    /// The task of all of them; `None` without entries.
    pub task: Option<Task>,
    /// What is left out, in words.
    pub left_out: Vec<String>,
    /// What is known of each data set, in words.
    pub data: Vec<String>,
    /// Whether models are named by a part of the settings in which they differ.
    pub has_short_names: bool,
}

/// The scores of a task, in the type of a comparison.
pub(crate) fn metrics(task: Task) -> Vec<Metric> {
    let metric = |named: &misa_infer::score::NamedScore| Metric {
        name: named.name,
        is_better_high: named.goal == Goal::Higher,
        is_share: named.is_share,
        range: named.range,
        score: named.score,
    };
    scores(task).iter().map(metric).collect()
}

/// The scores of a task that have one of these names: labels of CH-SIMS have others than those of CMU-MOSI.
pub(crate) fn metrics_named<'a>(
    task: Task,
    names: impl IntoIterator<Item = &'a str>,
) -> Vec<Metric> {
    let names: BTreeSet<&str> = names.into_iter().collect();
    let mut metrics = metrics(task);
    metrics.retain(|metric| names.contains(metric.name));
    metrics
}

/// A finished run with its report.
pub(crate) type Reported = (NamedRun, Manifest, Report);

/// The runs that were scored on `split`.
///
/// # Errors
///
/// If the tasks or the scales of labels differ, or files cannot be read.
pub(crate) fn entries(reported: Vec<Reported>, split: Split) -> Result<Entries, Box<dyn Error>> {
    let is_scored = |(.., report): &Reported| report.scores_of(split).is_some();
    let (runs, others): (Vec<_>, Vec<_>) = reported.into_iter().partition(is_scored);
    let reason = |(run, ..): &Reported| {
        let name = run.folder.display();
        format!("{name}: not scored on the {split} split")
    };
    let left_out = others.iter().map(reason).collect();
    let tasks = runs
        .iter()
        .map(|(run, manifest, _)| (run.folder.clone(), manifest.config.loss.task));
    let task = same_task(tasks)?;
    let scale = |(run, _, report): &Reported| {
        let scored = report.scores_of(split)?;
        Some((run.folder.clone(), scale_of(&scored.scores)))
    };
    same_scale(runs.iter().filter_map(scale))?;
    let data = data_facts(&runs);
    let models = names_of(runs.iter().map(|(run, manifest, _)| (run, manifest)));
    let is_cut = models.is_cut;
    let mut entries = Vec::new();
    for ((run, manifest, report), model) in runs.into_iter().zip(models.names) {
        let predictions = Predictions::read(&run.folder, split)?;
        entries.push(entry(
            (&run.folder, &manifest, &report),
            split,
            model,
            predictions,
        ));
    }
    Ok(Entries {
        entries,
        task,
        left_out,
        data,
        has_short_names: is_cut,
    })
}

/// What manifests tell of each data set; nothing of those that were not examined.
fn data_facts(runs: &[Reported]) -> Vec<String> {
    let mut facts = BTreeMap::new();
    for (_, manifest, _) in runs {
        let data = &manifest.data;
        let Some(labels) = &data.labels else { continue };
        let checksum: String = data.checksum.chars().take(8).collect();
        let corpus = data.corpus.as_ref();
        let corpus = corpus.map_or("unknown".to_string(), ToString::to_string);
        let serious = data.findings.iter().filter(|finding| finding.is_serious());
        let kinds: BTreeSet<&str> = serious.map(|finding| finding.kind.as_str()).collect();
        let mut fact = format!(
            "Data {checksum}: layout {}; corpus {corpus}; labels of train and valid {labels}",
            data.format
        );
        if !kinds.is_empty() {
            let kinds: Vec<&str> = kinds.into_iter().collect();
            fact.push_str(&format!(
                "; warnings of the data doctor: {}",
                kinds.join(", ")
            ));
        }
        facts.insert(checksum, fact + ".");
    }
    facts.into_values().collect()
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
    let row = |row: misa_infer::PredictionRow| Prediction {
        id: row.id,
        prediction: row.prediction,
        target: row.target,
    };
    Entry {
        run: folder.display().to_string(),
        model,
        corpus: corpus_of(manifest, settings.as_ref()),
        is_recognised: manifest
            .data
            .corpus
            .as_ref()
            .is_some_and(CorpusSummary::is_certain),
        data: settings.map_or(report.data.format.clone(), |settings| settings.data.name()),
        data_checksum: manifest.data.checksum.clone(),
        seed: manifest.config.seed,
        split: split.to_string(),
        scores: report
            .scores_of(split)
            .map(|scores| scores.scores.clone())
            .unwrap_or_default(),
        predictions: predictions.0.into_iter().map(row).collect(),
        openings: match split {
            Split::Test => openings(manifest, report),
            _ => 0,
        },
        trained_after_opening: manifest.trained_after_opening(),
        provenance: provenance
            .map(|(name, value)| (name.to_string(), value))
            .to_vec(),
    }
}

/// The corpus of the data of a run, if it is known. Features of the sizes of a corpus do not tell it.
fn corpus_of(manifest: &Manifest, settings: Option<&RunSettings>) -> Option<String> {
    let data = &manifest.data;
    if data.labels.is_none() {
        // Version 1 did not record it: the settings of every run name one.
        let settings = settings.filter(|settings| settings.data.path.is_some());
        return settings.map(|settings| settings.corpus.to_string());
    }
    let corpus = data.corpus.as_ref();
    let corpus = corpus.filter(|corpus| corpus.evidence != CorpusEvidence::Sizes)?;
    corpus.corpus.map(|corpus| corpus.to_string())
}

/// Openings of the test split up to the one that gave the scores; later ones do not count.
fn openings(manifest: &Manifest, report: &Report) -> usize {
    let all = manifest.test_openings();
    match report.test_openings {
        // Reports of early versions do not record which opening gave their scores.
        0 => all,
        number => number.min(all),
    }
}
