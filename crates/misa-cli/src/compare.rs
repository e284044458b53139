//! Finished runs to a comparison.

use crate::show::{entries, metrics, run_folders};
use misa_data::Split;
use misa_report::compare::{CompareOptions, Comparison, PublishedRow};
use misa_train::Manifest;
use std::error::Error;

/// Compares the finished runs in and below `runs`, which are `PATH` or `MODEL=PATH`; also gives
/// what is left out, in words.
///
/// Without a split, it is test if every finished run was scored on it, or else valid.
///
/// # Errors
///
/// If a folder cannot be read, holds no run, or the baseline is not among the models.
pub fn compare(
    runs: &[String],
    split: Option<Split>,
    baseline: Option<String>,
    resamples: usize,
    against: Vec<&'static PublishedRow>,
) -> Result<(Comparison, Vec<String>), Box<dyn Error>> {
    let folders = run_folders(runs)?;
    let (entries, left_out) = match split {
        Some(split) => entries(&folders, split)?,
        None => {
            let test = entries(&folders, Split::Test)?;
            let valid = entries(&folders, Split::Valid)?;
            if test.0.len() == valid.0.len() {
                test
            } else {
                valid
            }
        }
    };
    let task = Manifest::read(&folders[0].folder)?.config.loss.task;
    let options = CompareOptions {
        metrics: metrics(task),
        resamples,
        seed: 0,
        baseline,
        against,
    };
    Ok((Comparison::new(&entries, &options)?, left_out))
}
