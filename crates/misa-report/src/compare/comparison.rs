//! Runs grouped, summed up and compared.

use super::{Bootstrap, Entry, Metric, PublishedRow, Status, Summary, holm};
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
    pub against: Vec<&'static PublishedRow>,
}

/// Runs side by side.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Comparison {
    /// Names of the scores, in the order of every list of scores.
    pub metrics: Vec<String>,
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
    /// Name of the data, and the beginning of its checksum.
    pub data: String,
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

/// A paired difference between two models.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Difference {
    /// Data and split.
    pub data: String,
    /// Name of the split.
    pub split: String,
    /// Name of the score.
    pub metric: String,
    /// One model.
    pub model: String,
    /// The model it is compared with.
    pub baseline: String,
    /// What drawing utterances again says.
    pub bootstrap: Bootstrap,
    /// Its probability, corrected for all pairs asked about this score on this split.
    pub p_holm: f64,
}

/// A difference to a published figure.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PublishedDifference {
    /// The model of ours.
    pub model: String,
    /// Data of ours.
    pub data: String,
    /// Split of ours.
    pub split: String,
    /// Who measured the other.
    pub source: String,
    /// How well it is known.
    pub status: Status,
    /// Our mean less the published figure, score by score; nothing where either is missing.
    pub differences: Vec<Option<f64>>,
    /// The published figures.
    pub figures: Vec<Option<f64>>,
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
}

type Key = (String, String, String);

impl Comparison {
    /// Compares scored runs.
    ///
    /// # Errors
    ///
    /// [`CompareError`] if there is nothing to compare, a run is there twice, or the baseline is not
    /// there.
    pub fn new(entries: &[Entry], options: &CompareOptions) -> Result<Self, CompareError> {
        let mut grouped: BTreeMap<Key, Vec<&Entry>> = BTreeMap::new();
        for entry in entries {
            grouped.entry(key(entry)).or_default().push(entry);
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
        let differences = differences(&grouped, options);
        Ok(Self {
            metrics: options
                .metrics
                .iter()
                .map(|metric| metric.name.to_string())
                .collect(),
            published: beside_published(&groups, options),
            notes: notes(&groups, &differences, options),
            differences,
            groups,
        })
    }
}

fn key(entry: &Entry) -> Key {
    let checksum: String = entry.data_checksum.chars().take(8).collect();
    (
        format!("{} {checksum}", entry.data),
        entry.split.clone(),
        entry.model.clone(),
    )
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

fn check_baseline(
    grouped: &BTreeMap<Key, Vec<&Entry>>,
    options: &CompareOptions,
) -> Result<(), CompareError> {
    let Some(name) = &options.baseline else {
        return Ok(());
    };
    let mut known: Vec<&str> = grouped.keys().map(|(_, _, model)| model.as_str()).collect();
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

fn group((data, split, model): &Key, runs: &[&Entry], options: &CompareOptions) -> Group {
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
        model: model.clone(),
        data: data.clone(),
        split: split.clone(),
        summaries: columns
            .map(|at| Summary::of(rows.iter().map(|row| row.scores[at])))
            .collect(),
        is_best: vec![false; options.metrics.len()],
        runs: rows,
    }
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

fn differences(grouped: &BTreeMap<Key, Vec<&Entry>>, options: &CompareOptions) -> Vec<Difference> {
    let mut found = Vec::new();
    if options.resamples == 0 {
        return found;
    }
    let groups: Vec<(&Key, &Vec<&Entry>)> = grouped.iter().collect();
    for metric in &options.metrics {
        let mut of_metric: BTreeMap<(&str, &str), Vec<Difference>> = BTreeMap::new();
        for (at, (one, runs)) in groups.iter().enumerate() {
            for (other, other_runs) in &groups[at + 1..] {
                if (&one.0, &one.1) != (&other.0, &other.1) {
                    continue;
                }
                let pair = ((*one, *runs), (*other, *other_runs));
                if let Some(difference) = difference(pair, metric, options) {
                    of_metric
                        .entry((&one.0, &one.1))
                        .or_default()
                        .push(difference);
                }
            }
        }
        for mut family in of_metric.into_values() {
            let p: Vec<f64> = family
                .iter()
                .map(|difference| difference.bootstrap.p)
                .collect();
            for (difference, p) in family.iter_mut().zip(holm(&p)) {
                difference.p_holm = p;
            }
            found.extend(family);
        }
    }
    found
}

type Runs<'a> = (&'a Key, &'a Vec<&'a Entry>);

/// The difference of two models; nothing if neither is the baseline.
fn difference(
    (one, other): (Runs<'_>, Runs<'_>),
    metric: &Metric,
    options: &CompareOptions,
) -> Option<Difference> {
    let (one, other) = match &options.baseline {
        None => (one, other),
        Some(baseline) if other.0.2 == *baseline => (one, other),
        Some(baseline) if one.0.2 == *baseline => (other, one),
        Some(_) => return None,
    };
    let predictions = |runs: &Vec<&Entry>| -> Vec<Vec<_>> {
        runs.iter().map(|entry| entry.predictions.clone()).collect()
    };
    let (a, b) = (predictions(one.1), predictions(other.1));
    let a: Vec<&[_]> = a.iter().map(Vec::as_slice).collect();
    let b: Vec<&[_]> = b.iter().map(Vec::as_slice).collect();
    let bootstrap = Bootstrap::paired(&a, &b, metric, options.resamples, options.seed)?;
    Some(Difference {
        data: one.0.0.clone(),
        split: one.0.1.clone(),
        metric: metric.name.to_string(),
        model: one.0.2.clone(),
        baseline: other.0.2.clone(),
        p_holm: bootstrap.p,
        bootstrap,
    })
}

fn beside_published(groups: &[Group], options: &CompareOptions) -> Vec<PublishedDifference> {
    let mut rows = Vec::new();
    for row in &options.against {
        for group in groups {
            let figures: Vec<Option<f64>> = options
                .metrics
                .iter()
                .map(|metric| {
                    let mut scores = row.scores.iter();
                    scores
                        .find(|(name, _)| *name == metric.name)
                        .map(|(_, value)| *value)
                })
                .collect();
            let means = group.summaries.iter().map(|summary| summary.mean);
            rows.push(PublishedDifference {
                model: group.model.clone(),
                data: group.data.clone(),
                split: group.split.clone(),
                source: row.title.to_string(),
                status: row.status,
                differences: means
                    .zip(&figures)
                    .map(|(mean, figure)| Some(mean? - (*figure)?))
                    .collect(),
                figures,
            });
        }
    }
    rows
}

fn notes(groups: &[Group], differences: &[Difference], options: &CompareOptions) -> Vec<String> {
    let mut notes = Vec::new();
    let runs = || groups.iter().flat_map(|group| &group.runs);
    if groups.iter().any(|group| group.split != "test") {
        notes.push("Scores of the valid split are too good: it chose the models.".to_string());
    }
    let is_test = groups.iter().all(|group| group.split == "test");
    if !options.against.is_empty() && !is_test {
        notes.push("Published figures are of the test split.".to_string());
    }
    if runs().any(|row| row.was_seen_before) {
        notes.push("† The test split of this run had been looked at before.".to_string());
    }
    if runs().any(|row| row.trained_after_opening) {
        notes.push("‡ This run was trained after its test split had been looked at.".to_string());
    }
    if groups.iter().any(|group| group.runs.len() < 2) {
        notes.push("One seed has no spread.".to_string());
    }
    if !differences.is_empty() {
        notes.push(format!(
            "Differences: paired bootstrap over utterances, {} resamples, mean over seeds; p by Holm \
             over the pairs of models of each score.",
            options.resamples
        ));
    }
    let undefined: usize = differences
        .iter()
        .map(|found| found.bootstrap.undefined)
        .sum();
    if undefined > 0 {
        notes.push(format!(
            "{undefined} resamples gave no defined score and are left out."
        ));
    }
    notes
}
