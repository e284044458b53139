//! Finished runs to a comparison.

use crate::show::{Entries, entries, metrics, run_folders};
use misa_data::Split;
use misa_report::compare::{Against, CompareOptions, Comparison, Entry};
use std::error::Error;

/// Compares the finished runs in and below `runs`, which are `PATH` or `MODEL=PATH`; also gives
/// what is left out, in words.
///
/// Without a split, it is test if every finished run was scored on it, or else valid. Published
/// figures are those of the corpus that each run was told, if they are of no other.
///
/// # Errors
///
/// If a folder cannot be read, holds no run or is that of a run that is not finished, a run has two
/// names, the tasks of the runs differ, or the baseline or published figures are not there.
pub fn compare(
    runs: &[String],
    split: Option<Split>,
    baseline: Option<String>,
    resamples: usize,
    against: Vec<Against>,
) -> Result<(Comparison, Vec<String>), Box<dyn Error>> {
    let folders = run_folders(runs)?;
    let found = match split {
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
    } = found;
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
    Ok((Comparison::new(&entries, &options)?, left_out))
}

/// Refuses to put figures beside data of which no corpus is known.
fn check_corpus(entries: &[Entry], against: &[Against]) -> Result<(), Box<dyn Error>> {
    let is_unknown = entries.iter().all(|entry| entry.corpus.is_none());
    let is_asked = against.iter().any(|against| against.corpus.is_none());
    match is_unknown && is_asked {
        true => Err(
            "the corpus of these runs is not known, and published figures are not of the \
                     synthetic set: --corpus says of which corpus the data is"
                .into(),
        ),
        false => Ok(()),
    }
}
