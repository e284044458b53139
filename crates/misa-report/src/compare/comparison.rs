//! Runs grouped, summed up and compared.

use super::{
    Against, Difference, Entry, Metric, PublishedDifference, Summary, beside::beside_published,
    difference::differences, note::notes,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use thiserror::Error;

/// What is asked of a comparison.
#[derive(Clone, Debug)]
pub struct CompareOptions {
    /// The scores, in the order of the columns.
    pub metrics: Vec<Metric>,
    /// Resamples of a paired comparison; 0 asks for none.
    pub resamples: usize,
    /// Seed of the resamples.
    pub seed: u64,
    /// Model that the others are compared with; every pair without it.
    pub baseline: Option<String>,
    /// Published figures to stand beside.
    pub against: Vec<Against>,
}

/// Runs side by side.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comparison {
    /// Names of the scores, in the order of every list of scores.
    pub metrics: Vec<String>,
    /// Whether each score is a share, which is printed in percent.
    pub is_share: Vec<bool>,
    /// Models, each on one split of one data set.
    pub groups: Vec<Group>,
    /// Paired differences between models.
    pub differences: Vec<Difference>,
    /// Differences to published figures.
    pub published: Vec<PublishedDifference>,
    /// What a reader has to know.
    pub notes: Vec<String>,
}

/// The seeds of one model.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Group {
    /// Name of everything the runs were told but the seed.
    pub model: String,
    /// A name of the data, and the beginning of its checksum, which is what counts.
    pub data: String,
    /// Corpus that the data is of, if that is known and the same for all runs.
    pub corpus: Option<String>,
    /// Name of the split.
    pub split: String,
    /// The runs by rising seed.
    pub runs: Vec<RunRow>,
    /// Each score over the seeds.
    pub summaries: Vec<Summary>,
    /// Whether no model on this data and split has a better mean, score by score.
    pub is_best: Vec<bool>,
}

/// One run of a group.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunRow {
    /// Folder of the run.
    pub run: String,
    /// Seed.
    pub seed: u64,
    /// Its scores.
    pub scores: Vec<Option<f64>>,
    /// Whether the test split had been looked at before these scores.
    pub was_seen_before: bool,
    /// Whether training went on after the test split was looked at.
    pub trained_after_opening: bool,
    /// Versions, device, checksums.
    pub provenance: Vec<(String, String)>,
}

/// Runs that cannot be compared.
#[derive(Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompareError {
    /// There is nothing to show.
    #[error("no scored runs, expected at least 1")]
    Nothing,
    /// The same run twice would count twice.
    #[error(
        "`{first}` and `{second}`: the same model, data, split and seed {seed}, expected one of them"
    )]
    Twice {
        /// One run.
        first: String,
        /// The other.
        second: String,
        /// Their seed.
        seed: u64,
    },
    /// The model that the others are to be compared with is not there.
    #[error("no model `{name}` among the runs, expected one of {known}")]
    Baseline {
        /// The name asked for.
        name: String,
        /// The models there are.
        known: String,
    },
    /// Nobody of this name published figures.
    #[error("no published figures `{name}`, expected {known}")]
    Source {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Published figures are asked for, and no run has any.
    #[error("no published figures for these runs: {reasons}")]
    NotPublished {
        /// Why not, data by data.
        reasons: String,
    },
}

/// What makes runs the seeds of one model, in the order of the tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub data: String,
    pub split: String,
    pub model: String,
}

/// The seeds of each model.
pub(super) type Grouped<'a> = BTreeMap<Key, Vec<&'a Entry>>;

impl Comparison {
    /// Compares scored runs.
    ///
    /// # Errors
    ///
    /// [`CompareError`] if there is nothing to compare, a run is there twice, or the baseline or
    /// published figures are not there.
    pub fn new(entries: &[Entry], options: &CompareOptions) -> Result<Self, CompareError> {
        let mut grouped = Grouped::new();
        let data_names = data_names(entries);
        for entry in entries {
            grouped
                .entry(key(entry, &data_names))
                .or_default()
                .push(entry);
        }
        if grouped.is_empty() {
            return Err(CompareError::Nothing);
        }
        for runs in grouped.values_mut() {
            runs.sort_by(|a, b| (a.seed, &a.run).cmp(&(b.seed, &b.run)));
            check_seeds(runs)?;
        }
        check_baseline(&grouped, options)?;
        let mut groups: Vec<Group> = grouped
            .iter()
            .map(|(key, runs)| group(key, runs, options))
            .collect();
        mark_best(&mut groups, options);
        let (differences, not_compared) = differences(&grouped, options);
        let (published, not_published) = beside_published(&groups, options)?;
        let notes = notes(&groups, &differences, options);
        let metrics = options.metrics.iter();
        let (names, is_share) = metrics
            .map(|metric| (metric.name.to_string(), metric.is_share))
            .unzip();
        Ok(Self {
            metrics: names,
            is_share,
            published,
            notes: [notes, not_compared, not_published].concat(),
            differences,
            groups,
        })
    }
}

/// One name for each data set, by its checksum: the same data may lie in several places.
fn data_names(entries: &[Entry]) -> BTreeMap<&str, &str> {
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for entry in entries {
        let name = names.entry(&entry.data_checksum).or_insert(&entry.data);
        *name = entry.data.as_str().min(name);
    }
    names
}

fn key(entry: &Entry, names: &BTreeMap<&str, &str>) -> Key {
    let name = names[entry.data_checksum.as_str()];
    let checksum: String = entry.data_checksum.chars().take(8).collect();
    Key {
        data: format!("{name} {checksum}"),
        split: entry.split.clone(),
        model: entry.model.clone(),
    }
}

fn check_seeds(runs: &[&Entry]) -> Result<(), CompareError> {
    match runs.windows(2).find(|pair| pair[0].seed == pair[1].seed) {
        None => Ok(()),
        Some(pair) => Err(CompareError::Twice {
            first: pair[0].run.clone(),
            second: pair[1].run.clone(),
            seed: pair[0].seed,
        }),
    }
}

fn check_baseline(grouped: &Grouped<'_>, options: &CompareOptions) -> Result<(), CompareError> {
    let Some(name) = &options.baseline else {
        return Ok(());
    };
    let mut known: Vec<&str> = grouped.keys().map(|key| key.model.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    match known.contains(&name.as_str()) {
        true => Ok(()),
        false => Err(CompareError::Baseline {
            name: name.clone(),
            known: known.join(", "),
        }),
    }
}

fn group(key: &Key, runs: &[&Entry], options: &CompareOptions) -> Group {
    let rows: Vec<RunRow> = runs
        .iter()
        .map(|entry| RunRow {
            run: entry.run.clone(),
            seed: entry.seed,
            scores: options
                .metrics
                .iter()
                .map(|metric| score(entry, metric))
                .collect(),
            was_seen_before: entry.openings > 1,
            trained_after_opening: entry.trained_after_opening,
            provenance: entry.provenance.clone(),
        })
        .collect();
    let columns = 0..options.metrics.len();
    Group {
        model: key.model.clone(),
        data: key.data.clone(),
        corpus: corpus(runs),
        split: key.split.clone(),
        summaries: columns
            .map(|at| Summary::of(rows.iter().map(|row| row.scores[at])))
            .collect(),
        is_best: vec![false; options.metrics.len()],
        runs: rows,
    }
}

/// The corpus on which all runs agree.
fn corpus(runs: &[&Entry]) -> Option<String> {
    let first = runs.first()?.corpus.as_ref()?;
    let is_same = runs.iter().all(|run| run.corpus.as_ref() == Some(first));
    is_same.then(|| first.clone())
}

fn score(entry: &Entry, metric: &Metric) -> Option<f64> {
    let mut scores = entry.scores.iter();
    scores
        .find(|(name, _)| name == metric.name)?
        .1
        .filter(|value| value.is_finite())
}

/// Marks the best mean of each score among several models on the same split of the same data.
fn mark_best(groups: &mut [Group], options: &CompareOptions) {
    for at in 0..groups.len() {
        for (column, metric) in options.metrics.iter().enumerate() {
            let here = &groups[at];
            let rivals = groups.iter().enumerate().filter(|(place, rival)| {
                *place != at && (&rival.data, &rival.split) == (&here.data, &here.split)
            });
            let means: Vec<f64> = rivals
                .filter_map(|(_, rival)| rival.summaries[column].mean)
                .collect();
            let Some(mean) = here.summaries[column].mean else {
                continue;
            };
            let is_best = means.iter().all(|&rival| match metric.is_better_high {
                true => mean >= rival,
                false => mean <= rival,
            });
            groups[at].is_best[column] = is_best && !means.is_empty();
        }
    }
}
