//! Differences to published figures.

use super::comparison::Grouped;
use super::{
    CompareError, CompareOptions, Entry, FEWEST_UTTERANCES, Group, Metric, PublishedRow, SOURCES,
    Status, published,
};

/// Published figures to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Against {
    /// Who published them, one of [`SOURCES`].
    pub source: String,
    /// Their corpus; by default that of each group.
    pub corpus: Option<String>,
}

/// A difference to a published figure.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PublishedDifference {
    /// Our model.
    pub model: String,
    /// Our data.
    pub data: String,
    /// Our split.
    pub split: String,
    /// Source of the figures.
    pub source: String,
    /// Corpus of the figures.
    pub corpus: String,
    /// How reliable the figures are.
    pub status: Status,
    /// In what these scores differ from the published ones besides the model, such as the split.
    pub remarks: Vec<String>,
    /// Our mean minus the published figure for each score; `None` if either is missing.
    pub differences: Vec<Option<f64>>,
    /// The published figures.
    pub figures: Vec<Option<f64>>,
}

impl PublishedDifference {
    /// The source, with all that a reader has to know before comparing.
    pub(super) fn label(&self) -> String {
        let mut label = self.source.clone();
        if self.status == Status::Quoted {
            label.push_str(" (as quoted by others)");
        }
        if !self.remarks.is_empty() {
            label.push_str(&format!(" [not comparable: {}]", self.remarks.join("; ")));
        }
        label
    }
}

/// The differences of each group to the figures of its corpus, and notes on groups without figures.
pub(super) fn beside_published(
    groups: &[Group],
    grouped: &Grouped<'_>,
    options: &CompareOptions,
) -> Result<(Vec<PublishedDifference>, Vec<String>), CompareError> {
    let (mut differences, mut notes) = (Vec::new(), Vec::new());
    for against in &options.against {
        let source = &against.source;
        if !SOURCES.contains(&source.as_str()) {
            return Err(CompareError::Source {
                name: source.clone(),
                known: SOURCES.join(" or "),
            });
        }
        for group in groups {
            let entries = &grouped[&group.key()];
            let corpus = against.corpus.as_ref().or(group.corpus.as_ref());
            let note = match corpus.map(|corpus| (corpus, published(source, corpus))) {
                Some((_, Some(row))) => {
                    check_corpus(entries, row)?;
                    let remarks = remarks(group, entries, row);
                    differences.push(PublishedDifference {
                        remarks,
                        ..difference(group, row, options)
                    });
                    continue;
                }
                Some((corpus, None)) => format!("`{source}` has no published figures of {corpus}."),
                None => format!(
                    "No published figures for {}: its corpus is unknown, or its runs name different \
                     ones.",
                    group.data
                ),
            };
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    if differences.is_empty() && !options.against.is_empty() {
        return Err(CompareError::NotPublished {
            reasons: notes.join(" ").trim_end_matches('.').to_string(),
        });
    }
    Ok((differences, notes))
}

/// Refuses figures of another corpus than that of the data, or with another scale of labels.
fn check_corpus(entries: &[&Entry], row: &PublishedRow) -> Result<(), CompareError> {
    for entry in entries {
        let corpus = entry.corpus.as_deref().filter(|_| entry.is_recognised);
        if let Some(found) = corpus.filter(|found| *found != row.corpus) {
            return Err(CompareError::Corpus {
                run: entry.run.clone(),
                corpus: row.corpus.to_string(),
                found: found.to_string(),
            });
        }
        let targets = entry.predictions.iter().map(|row| row.target);
        let found = targets.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), target| {
            (low.min(target), high.max(target))
        });
        if !entry.predictions.is_empty() && !is_on_scale(found, entry, row) {
            return Err(CompareError::Scale {
                run: entry.run.clone(),
                corpus: row.corpus.to_string(),
                found,
                expected: row.labels,
            });
        }
    }
    Ok(())
}

/// Whether labels are on the scale of published ones. Of many, some are in its outer parts.
fn is_on_scale((low, high): (f32, f32), entry: &Entry, row: &PublishedRow) -> bool {
    let (least, most) = row.labels;
    let is_inside = least <= low && high <= most;
    let is_narrow = low >= least / 3.0 && high <= most / 3.0;
    is_inside && !(is_narrow && entry.predictions.len() >= FEWEST_UTTERANCES)
}

/// In what the scores of a group differ from published ones.
fn remarks(group: &Group, entries: &[&Entry], row: &PublishedRow) -> Vec<String> {
    if group.split != "test" {
        return vec![format!("{} split, published is test", group.split)];
    }
    let counts = entries.iter().map(|entry| entry.predictions.len());
    let other = counts
        .into_iter()
        .find(|&count| count > 0 && count != row.utterances);
    let remark =
        other.map(|count| format!("{count} test utterances, published {}", row.utterances));
    remark.into_iter().collect()
}

fn difference(group: &Group, row: &PublishedRow, options: &CompareOptions) -> PublishedDifference {
    let figure = |metric: &Metric| {
        let mut scores = row.scores.iter();
        scores
            .find(|(name, _)| *name == metric.name)
            .map(|(_, value)| *value)
    };
    let figures: Vec<Option<f64>> = options.metrics.iter().map(figure).collect();
    let means = group.summaries.iter().map(|summary| summary.mean);
    PublishedDifference {
        model: group.model.clone(),
        data: group.data.clone(),
        split: group.split.clone(),
        source: row.title.to_string(),
        corpus: row.corpus.to_string(),
        status: row.status,
        remarks: Vec::new(),
        differences: means
            .zip(&figures)
            .map(|(mean, figure)| Some(mean? - (*figure)?))
            .collect(),
        figures,
    }
}
