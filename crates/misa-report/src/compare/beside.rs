//! Differences to published figures.

use super::{
    CompareError, CompareOptions, Group, Metric, PublishedRow, SOURCES, Status, published,
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
    /// Our mean minus the published figure for each score; `None` if either is missing.
    pub differences: Vec<Option<f64>>,
    /// The published figures.
    pub figures: Vec<Option<f64>>,
}

/// The differences of each group to the figures of its corpus, and notes on groups without figures.
pub(super) fn beside_published(
    groups: &[Group],
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
            let corpus = against.corpus.as_ref().or(group.corpus.as_ref());
            let note = match corpus.map(|corpus| (corpus, published(source, corpus))) {
                Some((_, Some(row))) => {
                    differences.push(difference(group, row, options));
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
        differences: means
            .zip(&figures)
            .map(|(mean, figure)| Some(mean? - (*figure)?))
            .collect(),
        figures,
    }
}
