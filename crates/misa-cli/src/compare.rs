//! Compares finished runs.

use crate::show::{Entries, entries, metrics, run_folders};
use misa_data::Split;
use misa_report::compare::{Against, CompareOptions, Comparison, Entry};
use std::error::Error;

/// Compares the finished runs in and below `runs`, which are `PATH` or `MODEL=PATH`; also returns
/// what is left out, in words.
///
/// Without a split, it is test if every finished run was scored on it, and valid otherwise.
/// Published figures are those of the corpus of each run's data, unless `against` names
/// another.
///
/// # Errors
///
/// If a folder cannot be read, holds no run or one that is not finished, a run has two names, the
/// tasks of the runs differ, or there is no such baseline or published figures.
pub fn compare(
    runs: &[String],
    split: Option<Split>,
    baseline: Option<String>,
    resamples: usize,
    against: Vec<Against>,
) -> Result<(Comparison, Vec<String>), Box<dyn Error>> {
    let folders = run_folders(runs)?;
    let scored = match split {
        Some(split) => entries(&folders, split)?,
        None => {
            let test = entries(&folders, Split::Test)?;
            let valid = entries(&folders, Split::Valid)?;
            if test.entries.len() == valid.entries.len() {
                test
            } else {
                valid
            }
        }
    };
    let Entries {
        entries,
        task,
        left_out,
        data,
    } = scored;
    let Some(task) = task else {
        let left_out = left_out.join("; ");
        return Err(format!("no scored runs, expected at least 1: {left_out}").into());
    };
    check_corpus(&entries, &against)?;
    let options = CompareOptions {
        metrics: metrics(task),
        resamples,
        seed: 0,
        baseline,
        against,
    };
    let mut comparison = Comparison::new(&entries, &options)?;
    comparison.notes.extend(data);
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
