//! Differences to published figures.

use super::{CompareError, CompareOptions, Group, PublishedRow, SOURCES, Status, published};
use serde::{Deserialize, Serialize};

/// Published figures to stand beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Against {
    /// Who published them, one of [`SOURCES`].
    pub source: String,
    /// The corpus they are of; that of each group where it is not said.
    pub corpus: Option<String>,
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
    /// Corpus of the figures.
    pub corpus: String,
    /// How well it is known.
    pub status: Status,
    /// Our mean less the published figure, score by score; nothing where either is missing.
    pub differences: Vec<Option<f64>>,
    /// The published figures.
    pub figures: Vec<Option<f64>>,
}

/// Every group beside the figures of its own corpus, and what there is none for, in words.
pub(super) fn beside_published(
    groups: &[Group],
    options: &CompareOptions,
) -> Result<(Vec<PublishedDifference>, Vec<String>), CompareError> {
    let (mut found, mut notes) = (Vec::new(), Vec::new());
    for against in &options.against {
        let source = &against.source;
        if !SOURCES.contains(&source.as_str()) {
            return Err(CompareError::Source {
                name: source.clone(),
                known: SOURCES.join(" or "),
            });
        }
        for group in groups {
            let corpus = against.corpus.as_ref().or(group.corpus.as_ref());
            let note = match corpus.map(|corpus| (corpus, published(source, corpus))) {
                Some((_, Some(row))) => {
                    found.push(difference(group, row, options));
                    continue;
                }
                Some((corpus, None)) => format!("`{source}` has no published figures of {corpus}."),
                None => format!(
                    "No published figures stand beside {}: its corpus is not known, or its runs \
                     were told different ones.",
                    group.data
                ),
            };
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    if found.is_empty() && !options.against.is_empty() {
        return Err(CompareError::NotPublished {
            reasons: notes.join(" ").trim_end_matches('.').to_string(),
        });
    }
    Ok((found, notes))
}

fn difference(group: &Group, row: &PublishedRow, options: &CompareOptions) -> PublishedDifference {
    let metrics = options.metrics.iter();
    let figures: Vec<Option<f64>> = metrics
        .map(|metric| {
            let mut scores = row.scores.iter();
            let named = scores.find(|(name, _)| *name == metric.name);
            named.map(|(_, value)| *value)
        })
        .collect();
    let means = group.summaries.iter().map(|summary| summary.mean);
    PublishedDifference {
        model: group.model.clone(),
        data: group.data.clone(),
        split: group.split.clone(),
        source: row.title.to_string(),
        corpus: row.corpus.to_string(),
        status: row.status,
        differences: means
            .zip(&figures)
            .map(|(mean, figure)| Some(mean? - (*figure)?))
            .collect(),
        figures,
    }
}
