//! Runs, grouped, summarised and compared.

use super::beside::beside_published;
use super::difference::differences;
use super::note::notes;
use super::{
    Against, CompareError, Difference, Entry, Metric, PublishedDifference, Summary, TableStyle,
    score_key,
};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::Range;

/// Options of a comparison.
#[derive(Clone, Debug)]
pub struct CompareOptions {
    /// The scores, in the order of the columns.
    pub metrics: Vec<Metric>,
    /// Number of resamples that measure the variance between utterances; 0 skips differences.
    pub resamples: usize,
    /// Seed of the resamples.
    pub seed: u64,
    /// The model that the others are compared with; without one, all pairs are compared.
    pub baseline: Option<String>,
    /// Published figures to compare with.
    pub against: Vec<Against>,
    /// The score that orders the models of each split, better first, by its name or its
    /// [`score_key`]; without one, they are ordered by name.
    pub sort: Option<String>,
}

/// Runs side by side.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Comparison {
    /// Names of the scores, in the order of all lists of scores.
    pub metrics: Vec<String>,
    /// Whether each score is a share, which is printed in percent.
    pub is_share: Vec<bool>,
    /// Whether higher values of each score are better.
    pub is_better_high: Vec<bool>,
    /// Models, each on one split of one data set.
    pub groups: Vec<Group>,
    /// Paired differences between models.
    pub differences: Vec<Difference>,
    /// Differences to published figures.
    pub published: Vec<PublishedDifference>,
    /// Notes for the reader; further ones go to the end.
    pub notes: Vec<String>,
    /// Positions of those that are about intervals of means, which a summary does not show.
    interval_notes: Range<usize>,
}

/// The seeds of one model.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Group {
    /// Name of all settings of the runs except the seed.
    pub model: String,
    /// A name of the data, and the beginning of its checksum, which identifies it.
    pub data: String,
    /// The corpus of the data, if it is known and equal for all runs.
    pub corpus: Option<String>,
    /// Name of the split.
    pub split: String,
    /// The runs, ordered by seed.
    pub runs: Vec<RunRow>,
    /// Each score over the seeds. No intervals if the runs have fewer than
    /// [`FEWEST_UTTERANCES`](super::FEWEST_UTTERANCES).
    pub summaries: Vec<Summary>,
    /// For each score, whether no other model on this data and split has a better mean.
    pub is_best: Vec<bool>,
}

/// One run of a group.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunRow {
    /// Folder of the run.
    pub run: String,
    /// Seed.
    pub seed: u64,
    /// Its scores.
    pub scores: Vec<Option<f64>>,
    /// Whether the test split had been opened before these scores.
    pub was_seen_before: bool,
    /// Whether training continued after the test split was opened.
    pub trained_after_opening: bool,
    /// Versions, device, checksums.
    pub provenance: Vec<(String, String)>,
}

/// What the runs of one group have in common, in the order of the tables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub data: String,
    pub split: String,
    pub model: String,
}

/// The seeds of each model.
pub(super) type Grouped<'a> = BTreeMap<Key, Vec<&'a Entry>>;

impl Group {
    /// Under which its runs are grouped.
    pub(super) fn key(&self) -> Key {
        Key {
            data: self.data.clone(),
            split: self.split.clone(),
            model: self.model.clone(),
        }
    }
}

impl Comparison {
    /// Compares scored runs.
    ///
    /// # Errors
    ///
    /// [`CompareError`] if there is nothing to compare, two runs have the same settings and seed, or
    /// there is no such baseline or no such published figures.
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
        if let Some(score) = &options.sort {
            sort(&mut groups, score, options)?;
        }
        let (differences, not_compared) = differences(&grouped, options);
        let (published, not_published) = beside_published(&groups, &grouped, options)?;
        let is_small = entries.iter().any(Entry::has_few_utterances);
        let (notes, interval_notes) = notes(&groups, &differences, options, is_small);
        let metrics = options.metrics.iter();
        let (names, is_share) = metrics
            .clone()
            .map(|metric| (metric.name.to_string(), metric.is_share))
            .unzip();
        Ok(Self {
            metrics: names,
            is_share,
            is_better_high: metrics.map(|metric| metric.is_better_high).collect(),
            published,
            notes: [notes, not_compared, not_published].concat(),
            interval_notes,
            differences,
            groups,
        })
    }

    /// The notes on what tables of this style show.
    pub(super) fn notes_in(&self, style: TableStyle) -> impl Iterator<Item = &String> {
        let notes = self.notes.iter().enumerate();
        let is_shown = move |(position, _): &(usize, &String)| {
            !style.is_summary || !self.interval_notes.contains(position)
        };
        notes.filter(is_shown).map(|(_, note)| note)
    }
}

/// One name for each data set by its checksum, because the same data may have several paths.
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
    if known.contains(&name.as_str()) {
        return Ok(());
    }
    Err(CompareError::Baseline {
        name: name.clone(),
        known: known.join(", "),
    })
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
    let is_small = runs.iter().any(|run| run.has_few_utterances());
    Group {
        model: key.model.clone(),
        data: key.data.clone(),
        corpus: corpus(runs),
        split: key.split.clone(),
        summaries: columns
            .map(|column| {
                let values = rows.iter().map(|row| row.scores[column]);
                let summary = Summary::of(values).within(options.metrics[column].range);
                Summary {
                    interval: summary.interval.filter(|_| !is_small),
                    ..summary
                }
            })
            .collect(),
        is_best: vec![false; options.metrics.len()],
        runs: rows,
    }
}

/// The corpus on which all runs agree.
fn corpus(runs: &[&Entry]) -> Option<String> {
    let first = runs.first()?.corpus.as_ref()?;
    let is_shared = runs.iter().all(|run| run.corpus.as_ref() == Some(first));
    is_shared.then(|| first.clone())
}

fn score(entry: &Entry, metric: &Metric) -> Option<f64> {
    let mut scores = entry.scores.iter();
    scores
        .find(|(name, _)| name == metric.name)?
        .1
        .filter(|value| value.is_finite())
}

/// Orders the models of each split of each data set by a score, better first; models without it come
/// last.
fn sort(groups: &mut [Group], score: &str, options: &CompareOptions) -> Result<(), CompareError> {
    let is_named = |metric: &Metric| {
        metric.name.eq_ignore_ascii_case(score) || score_key(metric.name) == score_key(score)
    };
    let Some(column) = options.metrics.iter().position(is_named) else {
        let known = options.metrics.iter().map(|metric| score_key(metric.name));
        return Err(CompareError::Score {
            name: score.to_string(),
            known: known.collect::<Vec<_>>().join(", "),
        });
    };
    let is_better_high = options.metrics[column].is_better_high;
    let by_score = |one: &Group, other: &Group| {
        let means = [one, other].map(|group| group.summaries[column].mean);
        match means {
            [Some(one), Some(other)] if is_better_high => other.total_cmp(&one),
            [Some(one), Some(other)] => one.total_cmp(&other),
            [one, other] => other.is_some().cmp(&one.is_some()),
        }
    };
    groups.sort_by(|one, other| {
        let splits = (&one.data, &one.split).cmp(&(&other.data, &other.split));
        match splits {
            Ordering::Equal => by_score(one, other),
            splits => splits,
        }
    });
    Ok(())
}

/// Marks the best mean of each score, if there are several models on the same split and data.
fn mark_best(groups: &mut [Group], options: &CompareOptions) {
    for index in 0..groups.len() {
        for (column, metric) in options.metrics.iter().enumerate() {
            let group = &groups[index];
            let Some(mean) = group.summaries[column].mean else {
                continue;
            };
            let rivals: Vec<f64> = groups
                .iter()
                .enumerate()
                .filter(|(rival_index, rival)| {
                    *rival_index != index
                        && (&rival.data, &rival.split) == (&group.data, &group.split)
                })
                .filter_map(|(_, rival)| rival.summaries[column].mean)
                .collect();
            let is_best = rivals.iter().all(|&rival| {
                if metric.is_better_high {
                    mean >= rival
                } else {
                    mean <= rival
                }
            });
            groups[index].is_best[column] = is_best && !rivals.is_empty();
        }
    }
}
