//! Compares finished runs.

use crate::runs::{FinishedRuns, NamedRun, NamedRuns};
use crate::show::{Entries, Reported, entries, metrics_named};
use misa_data::Split;
use misa_report::compare::{Against, CompareOptions, Comparison, Entry};
use misa_train::{Manifest, Report, TrainError};
use std::error::Error;

/// Which runs are compared, and how.
#[derive(Clone, Debug, Default)]
pub struct CompareRequest {
    /// Run folders and folders of them, as `PATH` or `MODEL=PATH`.
    pub runs: Vec<String>,
    /// The split; without one, test if every finished run was scored on it, and valid otherwise.
    pub split: Option<Split>,
    /// The model that the others are compared with; without one, all pairs are compared.
    pub baseline: Option<String>,
    /// Resamples that measure the variance between utterances; 0 skips differences.
    pub resamples: usize,
    /// Published figures, by default those of the corpus of each run's data.
    pub against: Vec<Against>,
    /// The score that orders the models, better first.
    pub sort: Option<String>,
}

/// Compares finished runs; also returns what is left out, in words.
///
/// # Errors
///
/// If a folder cannot be read, there is no run, a run that was named is not finished, a run has two
/// names, the tasks of the runs or the scales of their labels differ, or there is no such baseline, score or published
/// figures.
pub fn compare(request: CompareRequest) -> Result<(Comparison, Vec<String>), Box<dyn Error>> {
    let FinishedRuns {
        runs,
        left_out: others,
    } = NamedRuns::of_texts(&request.runs)?.finished()?;
    let report = |(run, manifest): (NamedRun, Manifest)| {
        let report = Report::read(&run.folder)?;
        Ok((run, manifest, report))
    };
    let reported: Vec<Reported> = runs
        .into_iter()
        .map(report)
        .collect::<Result<_, TrainError>>()?;
    let is_scored = |(.., report): &Reported| report.scores_of(Split::Test).is_some();
    let split = request.split.unwrap_or_else(|| {
        if reported.iter().all(is_scored) {
            Split::Test
        } else {
            Split::Valid
        }
    });
    let Entries {
        entries,
        task,
        left_out,
        data,
        has_short_names,
    } = entries(reported, split)?;
    let left_out = [others, left_out].concat();
    let Some(task) = task else {
        let left_out = left_out.join("; ");
        return Err(format!("no scored runs, expected at least 1: {left_out}").into());
    };
    check_corpus(&entries, &request.against)?;
    let names = entries.iter().flat_map(|entry| &entry.scores);
    let options = CompareOptions {
        metrics: metrics_named(task, names.map(|(name, _)| name.as_str())),
        resamples: request.resamples,
        seed: 0,
        baseline: request.baseline,
        against: request.against,
        sort: request.sort,
    };
    let mut comparison = Comparison::new(&entries, &options)?;
    comparison.notes.extend(data);
    if has_short_names {
        let note = "Models are named by some of the settings in which they differ; MODEL=RUN names \
                    them otherwise.";
        comparison.notes.push(note.to_string());
    }
    Ok((comparison, left_out))
}

/// Refuses to show published figures beside data of an unknown corpus.
fn check_corpus(entries: &[Entry], against: &[Against]) -> Result<(), Box<dyn Error>> {
    let is_unknown = entries.iter().all(|entry| entry.corpus.is_none());
    let is_asked = against.iter().any(|against| against.corpus.is_none());
    if is_unknown && is_asked {
        return Err(
            "the corpus of these runs is not known, and there are no published figures \
                    of the synthetic set: expected --corpus with the corpus of the data"
                .into(),
        );
    }
    Ok(())
}
